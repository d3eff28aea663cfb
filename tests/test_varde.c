// The public library as another program uses it.
#include "region_text.h"
#include "varde.h"

static void a_program_opens_runs_and_reads(void **state) {
	(void)state;
	varde_region *r = NULL;
	varde_cube *cube = NULL;
	varde_error error = {0};
	const char *id = NULL;
	size_t n;
	assert_string_equal(varde_version(), VRD_VERSION);
	assert_int_equal(varde_open(folder, &r, &error), VARDE_OK);
	assert_int_equal(varde_run(r, "main", 50, &id, &error), VARDE_OK);
	assert_int_equal(strlen(id), 64);
	assert_int_equal(varde_read(r, "result/activity", id, "year=2026,2030;care=day",
	                            "area,year", &cube, &error),
	                 VARDE_OK);
	assert_int_equal(varde_cube_n_dims(cube), 2);
	assert_string_equal(varde_cube_dim_name(cube, 0), "area");
	assert_int_equal(varde_cube_dim_size(cube, 1), 2);
	assert_string_equal(varde_cube_code(cube, 0, 1), "c2");
	assert_string_equal(varde_cube_label(cube, 0, 1), "Sør");
	const double *values = varde_cube_values(cube, &n);
	assert_int_equal(n, 6);
	assert_true(values[0] > 0);
	open_region();
	assert_near(values[1], number("result/activity", "year=2030;care=day;area=c1", "area,year"),
	            0);
	varde_cube_free(cube);
	varde_close(r);
}

static void what_is_wrong_is_said_and_nothing_else_changes(void **state) {
	(void)state;
	varde_region *r = NULL;
	varde_cube *cube = NULL;
	varde_error error = {0};
	const char *id = "untouched";
	assert_int_equal(varde_open("no-such-folder", &r, &error), VRD_NOINPUT);
	assert_int_equal(error.status, VRD_NOINPUT);
	assert_non_null(strstr(error.text, "varde example"));
	assert_null(r);
	assert_int_equal(varde_open("no-such-folder", &r, NULL), VRD_NOINPUT);
	assert_int_equal(varde_open(folder, &r, &error), VARDE_OK);
	assert_int_equal(varde_run(r, "mian", -1, &id, &error), VRD_NOINPUT);
	assert_non_null(strstr(error.text, "\"main\""));
	assert_string_equal(id, "untouched");
	assert_int_equal(varde_read(r, "result/beds", NULL, NULL, "year", &cube, &error),
	                 VRD_NOINPUT);
	assert_non_null(strstr(error.text, "varde run"));
	assert_int_equal(varde_read(r, "population", NULL, "2026", NULL, &cube, &error), VRD_USAGE);
	assert_null(cube);
	varde_cube_free(cube);
	varde_close(r);
	varde_close(NULL);
}

static void small_numbers_are_hidden_from_programs_too(void **state) {
	(void)state;
	varde_region *r = NULL;
	varde_cube *cube = NULL;
	varde_error error;
	size_t n, hidden = 0;
	append_text("data/activity.csv", "a,M,18-79,birth,day,2025,3,0\n");
	open_region();
	const vrd_cube open = ask("activity", "service=birth", "area,care");
	assert_int_equal(varde_open(folder, &r, &error), VARDE_OK);
	assert_int_equal(
	        varde_read(r, "activity", NULL, "service=birth", "area,care", &cube, &error),
	        VARDE_OK);
	const double *values = varde_cube_values(cube, &n);
	assert_int_equal(n, open.n_cells);
	for (size_t i = 0; i < n; i++) {
		hidden += isnan(values[i]) ? 1 : 0;
		if (open.values[i] > 0 && open.values[i] < 5)
			assert_true(isnan(values[i]));
	}
	assert_true(hidden > 1);
	varde_cube_free(cube);
	varde_close(r);
}

static void two_regions_are_independent(void **state) {
	(void)state;
	varde_region *one = NULL, *two = NULL;
	varde_cube *cube = NULL;
	varde_error error;
	assert_int_equal(varde_open(folder, &one, &error), VARDE_OK);
	assert_int_equal(varde_open(folder, &two, &error), VARDE_OK);
	varde_close(one);
	assert_int_equal(varde_read(two, "population", NULL, "year=2026", "year", &cube, &error),
	                 VARDE_OK);
	assert_int_equal(varde_cube_n_dims(cube), 1);
	varde_cube_free(cube);
	varde_close(two);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(a_program_opens_runs_and_reads),
	        TEST(what_is_wrong_is_said_and_nothing_else_changes),
	        TEST(small_numbers_are_hidden_from_programs_too),
	        TEST(two_regions_are_independent),
	};
	return cmocka_run_group_tests_name("varde", tests, NULL, NULL);
}
