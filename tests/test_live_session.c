// Sliders: a scenario's assumption is moved, and the tables are what a run of the changed file gives.
#include "region_text.h"
#include "region/live_session.h"
#include "varde.h"

static vrd_session *session;

static void open_session(const char *axis) {
	const vrd_run_options options = {.draws = 200, .seed = -1};
	open_region();
	if (vrd_session_open(region, "main", &options, axis, &session, &diag, &err) != VRD_OK)
		fail_msg("%s", err.text);
}

static vrd_cube table(const char *by, vrd_measure measure) {
	vrd_cube cube;
	if (vrd_session_table(session, &mem, by, measure, &cube, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return cube;
}

// A table of the session against the same numbers of a run.
static void assert_table_is(const char *by, vrd_measure measure, const vrd_cube *run) {
	const vrd_cube live = table(by, measure);
	assert_true(live.n_cells >= run->n_cells); // the session has a row for the sum
	for (size_t i = 0; i < run->n_cells; i++) {
		if (isnan(run->values[i]))
			assert_true(isnan(live.values[i]));
		else
			assert_near(live.values[i], run->values[i],
			            1e-9 * fmax(1, fabs(run->values[i])));
	}
}

static vrd_cube of_run(const char *cube, const char *by) {
	vrd_cube x = ask(cube, NULL, by);
	OK(vrd_cube_suppress(&mem, &x, &last_rule, &x, NULL, NULL, &err));
	return x;
}

static void an_untouched_session_shows_the_run(void **state) {
	(void)state;
	open_session("provider");
	(void)run_with("main", 200, 0);
	const vrd_cube days = of_run("result/bed_days", "care,year,stat");
	const vrd_cube beds = of_run("result/beds", "provider,year,stat");
	const vrd_cube total = of_run("result/activity", "year,stat");
	assert_table_is("care", VRD_BED_DAYS, &days);
	assert_table_is("provider", VRD_BEDS, &beds);
	assert_table_is(NULL, VRD_CONTACTS, &total);
	vrd_session_close(session);
}

static void a_moved_assumption_gives_the_run_of_the_moved_file(void **state) {
	(void)state;
	open_session("area");
	OK(vrd_session_set(session, "avoid", 0.1, NAN, 0.3, &err));
	OK(vrd_session_set(session, "shift", 0.2, NAN, 0.2, &err));
	change("scenarios/main.yaml", "interval: [0.02, 0.1]", "interval: [0.1, 0.3]");
	change("scenarios/main.yaml", "interval: [0.05, 0.2]", "interval: 0.2");
	vrd_session *const kept = session;
	open_region();
	(void)run_with("main", 200, 0);
	const vrd_cube care = of_run("result/activity", "care,year,stat");
	const vrd_cube days = of_run("result/bed_days", "area,year,stat");
	session = kept;
	assert_table_is("care", VRD_CONTACTS, &care);
	assert_table_is("area", VRD_BED_DAYS, &days);
	vrd_session_close(session);
}

static void resetting_gives_back_what_the_file_says(void **state) {
	(void)state;
	open_session("provider");
	const vrd_cube before = table("care", VRD_BED_DAYS);
	OK(vrd_session_set(session, "stays", 0.3, NAN, 0.5, &err));
	const vrd_cube moved = table("care", VRD_BED_DAYS);
	OK(vrd_session_reset(session, "stays", &err));
	const vrd_cube after = table("care", VRD_BED_DAYS);
	double most = 0;
	for (size_t i = 0; i < before.n_cells; i++) {
		if (isnan(before.values[i]))
			continue;
		assert_near(after.values[i], before.values[i],
		            1e-9 * fabs(before.values[i]) + 1e-9);
		most = fmax(most, fabs(moved.values[i] - before.values[i]));
	}
	assert_true(most > 10);
	vrd_session_close(session);
}

static void what_cannot_be_is_refused_and_nothing_changes(void **state) {
	(void)state;
	open_session("provider");
	const vrd_cube before = table("care", VRD_CONTACTS);
	assert_int_equal(vrd_session_set(session, "avoidd", 0.1, NAN, 0.2, &err), VRD_NOINPUT);
	SAYS("\"avoid\"");
	assert_int_equal(vrd_session_set(session, "avoid", 0.3, NAN, 0.2, &err), VRD_DATA);
	assert_int_equal(vrd_session_set(session, "avoid", 0.3, NAN, 1.2, &err), VRD_DATA);
	assert_int_equal(vrd_session_set(session, "avoid", 0.1, 0.15, 0.2, &err), VRD_DATA);
	SAYS("two numbers");
	assert_int_equal(vrd_session_set(session, "avoid", 2, NAN, 2, &err), VRD_DATA);
	SAYS("outside");
	assert_int_equal(vrd_session_set(session, "shift", 0.3, NAN, 0.6, &err), VRD_DATA);
	const vrd_cube after = table("care", VRD_CONTACTS);
	assert_memory_equal(before.values, after.values, before.n_cells * sizeof(double));
	vrd_cube cube;
	assert_int_equal(vrd_session_table(session, &mem, "area", VRD_CONTACTS, &cube, &err),
	                 VRD_USAGE);
	SAYS("\"provider\"");
	vrd_session_close(session);
	const vrd_run_options options = {.draws = 50, .seed = -1};
	assert_int_equal(vrd_session_open(region, "main", &options, "moon", &session, &diag, &err),
	                 VRD_USAGE);
	assert_int_equal(vrd_session_open(region, "mian", &options, "area", &session, &diag, &err),
	                 VRD_NOINPUT);
	SAYS("\"main\"");
}

static void shifts_that_could_take_more_than_all_are_refused_live(void **state) {
	(void)state;
	append_text("scenarios/main.yaml",
	            "  - {id: second, type: shift, select: {service: card, care: inp}, to: out, "
	            "interval: 0.4}\n");
	open_session("area");
	const vrd_cube before = table("care", VRD_CONTACTS);
	assert_int_equal(vrd_session_set(session, "second", 0.6, NAN, 0.6, &err), VRD_CONFIG);
	SAYS("shift + second");
	const vrd_cube after = table("care", VRD_CONTACTS);
	assert_memory_equal(before.values, after.values, before.n_cells * sizeof(double));
	OK(vrd_session_set(session, "second", 0.45, NAN, 0.45, &err));
	vrd_session_close(session);
}

static void a_program_moves_a_slider(void **state) {
	(void)state;
	varde_region *r = NULL;
	varde_live *live = NULL;
	varde_cube *cube = NULL;
	varde_error error;
	size_t n, m;
	assert_int_equal(varde_open(folder, &r, &error), VARDE_OK);
	assert_int_equal(varde_live_open(r, "main", 100, "provider", &live, &error), VARDE_OK);
	assert_int_equal(varde_live_read(live, "bed_days", NULL, &cube, &error), VARDE_OK);
	const double before = varde_cube_values(cube, &n)[n - 5];
	varde_cube_free(cube);
	const double interval[] = {0.2, 0.4};
	assert_int_equal(varde_live_set(live, "stays", 2, interval, &error), VARDE_OK);
	assert_int_equal(varde_live_read(live, "bed_days", NULL, &cube, &error), VARDE_OK);
	const double after = varde_cube_values(cube, &m)[m - 5];
	assert_int_equal(n, m);
	assert_true(after < 0.85 * before);
	varde_cube_free(cube);
	assert_int_equal(varde_live_set(live, "stays", 4, interval, &error), VRD_USAGE);
	assert_int_equal(varde_live_read(live, "miles", NULL, &cube, &error), VRD_USAGE);
	assert_int_equal(varde_live_set(live, "stays", 0, NULL, &error), VARDE_OK);
	varde_live_close(live);
	varde_live_close(NULL);
	varde_close(r);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(an_untouched_session_shows_the_run),
	        TEST(a_moved_assumption_gives_the_run_of_the_moved_file),
	        TEST(resetting_gives_back_what_the_file_says),
	        TEST(what_cannot_be_is_refused_and_nothing_changes),
	        TEST(shifts_that_could_take_more_than_all_are_refused_live),
	        TEST(a_program_moves_a_slider),
	};
	return cmocka_run_group_tests_name("live session", tests, NULL, NULL);
}
