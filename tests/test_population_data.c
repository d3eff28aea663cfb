// Population against public data and vectors (shared/); every test skips visibly without its file.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "population/population.h"
#include "tabular.h"

#define REGION "data/population/ssb07459_hso_kommune2024_age_sex_2005_2026_wide.csv"
#define NORWAY "data/population/ssb07459_norway_age_sex_1986_2026_wide.csv"
#define DISTRICTS "data/population/ssb10826_bydel_age_sex_2005_2026_wide.csv"
#define PROJECTION "data/projections/ssb14288_kommune_total_MMMM_2024_2050.csv"
#define VECTOR "vectors/population/graduate_norway_female_2024/"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

// The canonical cube of a wide file area,year,sex,a0..a105 (the last one open).
static vrd_cube wide(const char *text) {
	const vrd_csv_table table = table_of(&mem, text, ',');
	vrd_builder *builder;
	vrd_cube imported, cube;
	OK(vrd_builder_new(&mem, 4, (const char *[]){"area", "year", "sex", "age"}, &builder,
	                   &err));
	for (size_t r = 0; r < table.n_rows; r++) {
		const char *const *cells = table.rows + r * table.n_columns;
		uint32_t index[4];
		for (size_t d = 0; d < 3; d++)
			OK(vrd_builder_index(builder, d, vrd_str_of(cells[d]), &index[d], &err));
		for (size_t c = 3; c < table.n_columns; c++) {
			const bool open = c + 1 == table.n_columns;
			const char *age = open ? "105 år eller eldre" : table.columns[c];
			double people = 0;
			OK(vrd_builder_index(builder, 3, vrd_str_of(age), &index[3], &err));
			assert_true(vrd_parse_double(vrd_str_of(cells[c]), '.', &people));
			OK(vrd_builder_add(builder, index, people, VRD_PRESENT, &err));
		}
	}
	OK(vrd_builder_finish(builder, VRD_MISSING, &imported, NULL, &err));
	OK(vrd_population_canonical(&mem, &imported, &cube, &err));
	return cube;
}

static size_t errors_of(const vrd_cube *cube, vrd_diag *diag) {
	vrd_diag_init(diag, &mem, 0);
	vrd_population_check(cube, "shared", 0, diag);
	return diag->n_errors;
}

static double year_total(const vrd_cube *cube, const char *year) {
	vrd_cube one;
	OK(vrd_cube_slice(&mem, cube, "year", vrd_str_of(year), &one, &err));
	return total_of(&one);
}

static void the_counts_of_the_region_are_sound(void **state) {
	(void)state;
	const char *text = shared_text(&mem, REGION);
	NEED(text, REGION);
	vrd_diag diag;
	vrd_cube cube = wide(text);
	assert_string_equal(dims_of(&mem, &cube), "area sex age year");
	assert_int_equal(cube.dims[0]->n, 146);
	assert_int_equal(cube.dims[2]->n, 106);
	assert_string_equal(cube.dims[2]->cats[105].code, "105+");
	assert_int_equal(errors_of(&cube, &diag), 0);
	NEAR(year_total(&cube, "2026"), 3208023, 0);
	NEAR(year_total(&cube, "2019"), 3002385, 0);
	// Mid-year of 2025, and births as those aged 0 in 2026.
	vrd_cube mid, births;
	OK(vrd_population_exposure(&mem, &cube, VRD_EXPOSURE_MID, 1, (const int[]){2025}, &mid,
	                           &err));
	NEAR(total_of(&mid), (year_total(&cube, "2025") + 3208023) / 2, 1e-6);
	OK(vrd_population_births(&mem, &cube, 1, (const int[]){2025}, &births, &err));
	vrd_cube zero;
	OK(vrd_cube_slice(&mem, &cube, "age", VRD_STR("0"), &zero, &err));
	NEAR(total_of(&births), year_total(&zero, "2026"), 0);
}

static void the_counts_of_the_nation_are_sound_and_hold_the_region(void **state) {
	(void)state;
	const char *text = shared_text(&mem, NORWAY), *part = shared_text(&mem, REGION);
	NEED(text, NORWAY);
	NEED(part, REGION);
	vrd_diag diag;
	vrd_cube nation = wide(text), region = wide(part);
	assert_int_equal(errors_of(&nation, &diag), 0);
	assert_int_equal(diag.n_warnings, 0);
	// Every sex, age and year of the region is at most the nation's.
	vrd_cube sums;
	OK(vrd_cube_sum_by(&mem, &region, 3, (const char *[]){"sex", "age", "year"}, &sums, &err));
	size_t index[3] = {0};
	do {
		const char *codes = vrd_arena_printf(
		        &mem, "0 %s %s %s", sums.dims[0]->cats[index[0]].code,
		        sums.dims[1]->cats[index[1]].code, sums.dims[2]->cats[index[2]].code);
		if (!(sums.values[vrd_cube_position(&sums, index)] <= value_at(&nation, codes)))
			fail_msg("%s: more people in the region", codes);
	} while (vrd_cube_next(&sums, index));
	// The projection of 2024 starts at the count: 357 municipalities make the nation.
	const char *projection = shared_text(&mem, PROJECTION);
	NEED(projection, PROJECTION);
	const vrd_csv_table rows = table_of(&mem, projection, ',');
	double municipalities = 0;
	for (size_t r = 0; r < rows.n_rows; r++) {
		double people = 0;
		if (strcmp(table_cell(&rows, r, "year"), "2024") != 0)
			continue;
		assert_true(vrd_parse_double(vrd_str_of(table_cell(&rows, r, "persons")), '.',
		                             &people));
		municipalities += people;
	}
	NEAR(year_total(&nation, "2024"), municipalities, 0);
}

static void the_counts_of_districts_are_sound(void **state) {
	(void)state;
	const char *text = shared_text(&mem, DISTRICTS);
	NEED(text, DISTRICTS);
	vrd_diag diag;
	vrd_cube cube = wide(text);
	assert_int_equal(errors_of(&cube, &diag), 0);
	double oslo = 0;
	for (size_t a = 0; a < cube.dims[0]->n; a++) {
		vrd_cube one;
		const char *code = cube.dims[0]->cats[a].code;
		if (strncmp(code, "0301", 4) != 0)
			continue;
		OK(vrd_cube_slice(&mem, &cube, "area", vrd_str_of(code), &one, &err));
		oslo += year_total(&one, "2026");
	}
	NEAR(oslo, 726544, 0);
}

static void graduation_gives_the_published_single_years(void **state) {
	(void)state;
	const char *input = shared_text(&mem, VECTOR "input_5yr.csv");
	const char *expected = shared_text(&mem, VECTOR "expected.csv");
	NEED(input, VECTOR "input_5yr.csv");
	NEED(expected, VECTOR "expected.csv");
	const vrd_csv_table groups = table_of(&mem, input, ',');
	const vrd_csv_table single = table_of(&mem, expected, ',');
	vrd_buf text = {0};
	vrd_buf_puts(&text, "age,value\n");
	for (size_t r = 0; r < groups.n_rows; r++) {
		int64_t from;
		assert_true(
		        vrd_parse_int64(vrd_str_of(table_cell(&groups, r, "age_start")), &from));
		if (r + 1 < groups.n_rows)
			vrd_buf_printf(&text, "%d-%d", (int)from, (int)from + 4);
		else
			vrd_buf_printf(&text, "%d+", (int)from);
		vrd_buf_printf(&text, ",%s\n", table_cell(&groups, r, "pop"));
	}
	vrd_cube in = cube_of(&mem, text.p), out;
	vrd_buf_free(&text);
	OK(vrd_population_graduate(&mem, &in, &out, &err));
	assert_int_equal(out.n_cells, 101);
	assert_int_equal(single.n_rows, 101);
	double error = 0, uniform_error = 0;
	for (size_t r = 0; r < single.n_rows; r++) {
		double wanted = 0, actual = 0, uniform = 0;
		vrd_str cell = vrd_str_of(table_cell(&single, r, "graduate_mono"));
		assert_true(vrd_parse_double(cell, '.', &wanted));
		cell = vrd_str_of(table_cell(&single, r, "actual"));
		assert_true(vrd_parse_double(cell, '.', &actual));
		cell = vrd_str_of(table_cell(&single, r, "graduate_uniform"));
		assert_true(vrd_parse_double(cell, '.', &uniform));
		NEAR(out.values[r], wanted, 1e-8 * wanted);
		error += fabs(out.values[r] - actual);
		uniform_error += fabs(uniform - actual);
	}
	NEAR(total_of(&out), total_of(&in), 1e-9 * total_of(&in));
	assert_true(error < uniform_error / 2);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_counts_of_the_region_are_sound),
	        cmocka_unit_test(the_counts_of_the_nation_are_sound_and_hold_the_region),
	        cmocka_unit_test(the_counts_of_districts_are_sound),
	        cmocka_unit_test(graduation_gives_the_published_single_years),
	};
	return cmocka_run_group_tests(tests, NULL, clear);
}
