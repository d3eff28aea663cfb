// Geography against public data (shared/data); every test skips visibly where a file is absent.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "geography/geography.h"
#include "tabular.h"

#define BOOMR "data/geography/skde_boomr.csv"
#define FORNY "data/geography/skde_forny_komnr.csv"
#define REDISTRICTING "data/geography/csdata_redistricting_to_2024.csv.gz"
#define PROJECTION "data/projections/ssb14288_kommune_total_MMMM_2024_2050.csv"
#define COUNTIES "data/projections/ssb14288_fylke_total_2024_2050.csv"
#define COUNTS "data/population/ssb07459_hso_kommune2024_age_sex_2005_2026_wide.csv"
#define DISTRICTS "data/population/ssb10826_bydel_age_sex_2005_2026_wide.csv"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

static const char *text_of(vrd_buf *buf) {
	assert_false(buf->failed);
	const char *copy = vrd_arena_strndup(&mem, buf->p, buf->n);
	assert_non_null(copy);
	vrd_buf_free(buf);
	return copy;
}

static const char *canonical(const char *code) {
	const char *form = vrd_area_canonical(&mem, vrd_str_of(code));
	assert_non_null(form);
	return form;
}

// SKDE's list as areas (municipalities, districts, catchments with the number of bohf) and a map.
static vrd_geography *catchments(const char *boomr) {
	const vrd_csv_table list = table_of(&mem, boomr, ';');
	vrd_buf areas = {0}, maps = {0};
	bool seen[10000] = {false};
	vrd_buf_puts(&areas, "code,type,parent,label\n");
	vrd_buf_puts(&maps, "area,unit,service,from_year,to_year,weight\n");
	for (size_t r = 0; r < list.n_rows; r++) {
		const char *municipality = table_cell(&list, r, "komnr");
		const char *district = table_cell(&list, r, "bydel");
		const char *unit = table_cell(&list, r, "bohf");
		int64_t number;
		if (*municipality == '\0' || !vrd_parse_int64(vrd_str_of(unit), &number))
			continue; // the comment and the sums without a code
		assert_in_range(number, 0, 9999);
		if (!seen[number])
			vrd_buf_printf(&areas, "bohf%s,catchment,,%s\n", unit,
			               table_cell(&list, r, "bohf_navn"));
		seen[number] = true;
		const char *code = canonical(*district ? district : municipality);
		vrd_buf_printf(&areas, "%s,%s,,%s\n", code, *district ? "district" : "municipality",
		               table_cell(&list, r, *district ? "bydel_navn" : "komnr_navn"));
		vrd_buf_printf(&maps, "%s,bohf%s,,2026,,1\n", code, unit);
	}
	const vrd_csv_table a = table_of(&mem, text_of(&areas), ',');
	const vrd_csv_table m = table_of(&mem, text_of(&maps), ',');
	vrd_geography *geo = NULL;
	OK(vrd_geography_read(&mem, &a, "areas", &m, "maps", NULL, NULL, VRD_NB, &geo, NULL, &err));
	return geo;
}

// [area, year] from rows with a code, a year and a number.
static vrd_cube totals(const char *text, const char *code, const char *value, const char *only,
                       const char *only_value) {
	const vrd_csv_table table = table_of(&mem, text, ',');
	vrd_builder *builder;
	vrd_cube cube;
	OK(vrd_builder_new(&mem, 2, (const char *[]){"area", "year"}, &builder, &err));
	for (size_t r = 0; r < table.n_rows; r++) {
		uint32_t index[2];
		double number = 0;
		if (only && strcmp(table_cell(&table, r, only), only_value) != 0)
			continue;
		const char *area = canonical(table_cell(&table, r, code));
		OK(vrd_builder_index(builder, 0, vrd_str_of(area), &index[0], &err));
		OK(vrd_builder_index(builder, 1, vrd_str_of(table_cell(&table, r, "year")),
		                     &index[1], &err));
		assert_true(
		        vrd_parse_double(vrd_str_of(table_cell(&table, r, value)), '.', &number));
		OK(vrd_builder_add(builder, index, number, VRD_PRESENT, &err));
	}
	OK(vrd_builder_finish(builder, VRD_MISSING, &cube, NULL, &err));
	return cube;
}

// [area, year] from a wide file area,year,sex,a0..a105, summed over sex and age.
static vrd_cube wide_totals(const char *text) {
	const vrd_csv_table table = table_of(&mem, text, ',');
	vrd_builder *builder;
	vrd_cube by_sex, cube;
	OK(vrd_builder_new(&mem, 3, (const char *[]){"area", "year", "sex"}, &builder, &err));
	for (size_t r = 0; r < table.n_rows; r++) {
		const char *const *cells = table.rows + r * table.n_columns;
		uint32_t index[3];
		double sum = 0;
		for (size_t d = 0; d < 3; d++)
			OK(vrd_builder_index(builder, d, vrd_str_of(cells[d]), &index[d], &err));
		for (size_t c = 3; c < table.n_columns; c++) {
			double number = 0;
			assert_true(vrd_parse_double(vrd_str_of(cells[c]), '.', &number));
			sum += number;
		}
		OK(vrd_builder_add(builder, index, sum, VRD_PRESENT, &err));
	}
	OK(vrd_builder_finish(builder, VRD_MISSING, &by_sex, NULL, &err));
	OK(vrd_cube_sum_by(&mem, &by_sex, 2, (const char *[]){"area", "year"}, &cube, &err));
	return cube;
}

static double year_total(const vrd_cube *cube, const char *year) {
	vrd_cube one;
	OK(vrd_cube_slice(&mem, cube, "year", vrd_str_of(year), &one, &err));
	return total_of(&one);
}

// --- catchments ---------------------------------------------------------------------------------

static void the_projection_gives_the_catchments_of_the_plan(void **state) {
	(void)state;
	const char *boomr = shared_text(&mem, BOOMR), *projection = shared_text(&mem, PROJECTION);
	NEED(boomr, BOOMR);
	NEED(projection, PROJECTION);
	static const struct {
		const char *name, *cell;
		double persons;
	} plan[] = {
	        {"Oslo", "bohf30 2026", 729702},      {"Østfold", "bohf14 2026", 337337},
	        {"Innlandet", "bohf19 2026", 347971}, {"Vestre Viken", "bohf20 2026", 514050},
	        {"Vestfold", "bohf21 2026", 260197},  {"Telemark", "bohf22 2026", 179228},
	        {"Sørlandet", "bohf23 2026", 325634},
	};
	const vrd_geography *geo = catchments(boomr);
	vrd_cube in = totals(projection, "kommunenr", "persons", NULL, NULL), out;
	OK(vrd_geography_move(&mem, geo, &in, "catchment", NULL, 0, &out, &err));
	double region = 0;
	for (size_t i = 0; i < sizeof plan / sizeof *plan; i++) {
		const char *code = vrd_arena_strndup(&mem, plan[i].cell, 6);
		assert_string_equal(vrd_geography_label(geo, vrd_str_of(code)), plan[i].name);
		NEAR(value_at(&out, plan[i].cell), plan[i].persons, 0);
		region += plan[i].persons;
	}
	// Akershus without the districts of Oslo; with Oslo as a whole, the region.
	NEAR(value_at(&out, "bohf15 2026"), 521555, 0);
	NEAR(region + 521555, 3215674, 0);
	NEAR(value_at(&out, "bohf15 2040"), 583204, 0);
	NEAR(total_of(&out), total_of(&in), 1e-9 * total_of(&in));
	assert_int_equal(status_at(&out, "bohf14 2026"), VRD_PRESENT);
	assert_true(has_note(&out, "År til og med 2025 ligger før kartets første tilstand"));
}

static void counties_and_municipalities_agree(void **state) {
	(void)state;
	const char *municipal = shared_text(&mem, PROJECTION),
	           *county = shared_text(&mem, COUNTIES);
	NEED(municipal, PROJECTION);
	NEED(county, COUNTIES);
	vrd_cube small = totals(municipal, "kommunenr", "persons", NULL, NULL);
	vrd_cube large = totals(county, "fylkenr", "persons", "alt", "MMMM");
	// By the first two digits, as parents.
	vrd_buf areas = {0};
	vrd_buf_puts(&areas, "code,type,parent,label\n");
	for (size_t i = 0; i < large.dims[0]->n; i++)
		vrd_buf_printf(&areas, "%s,county,,\n", large.dims[0]->cats[i].code);
	for (size_t i = 0; i < small.dims[0]->n; i++)
		vrd_buf_printf(&areas, "%s,municipality,%.2s,\n", small.dims[0]->cats[i].code,
		               small.dims[0]->cats[i].code);
	const vrd_csv_table a = table_of(&mem, text_of(&areas), ',');
	vrd_geography *geo;
	vrd_cube moved, aligned;
	OK(vrd_geography_read(&mem, &a, "areas", NULL, NULL, NULL, NULL, VRD_NB, &geo, NULL, &err));
	OK(vrd_geography_move(&mem, geo, &small, "county", NULL, 0, &moved, &err));
	OK(vrd_cube_align(&mem, &moved, &large, &aligned, &err));
	assert_int_equal(aligned.n_cells, moved.n_cells);
	for (size_t i = 0; i < moved.n_cells; i++)
		NEAR(moved.values[i], aligned.values[i], 0);
}

static void border_cases_go_where_they_belong(void **state) {
	(void)state;
	const char *boomr = shared_text(&mem, BOOMR);
	NEED(boomr, BOOMR);
	static const char *const cases[][2] = {
	        {"3216", "Østfold"},      {"3401", "Akershus"},      {"3414", "Akershus"},
	        {"3415", "Akershus"},     {"3416", "Akershus"},      {"3417", "Akershus"},
	        {"3228", "Akershus"},     {"3903", "Vestfold"},      {"3234", "Innlandet"},
	        {"3236", "Vestre Viken"}, {"030101", "Lovisenberg"}, {"030105", "Diakonhjemmet"},
	        {"030110", "Akershus"},   {"030112", "OUS"},         {"030103", "OUS"},
	        {"030199", "OUS"},
	};
	const vrd_geography *geo = catchments(boomr);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const vrd_dim *from, *to;
		vrd_link *links;
		size_t n;
		OK(vrd_dim_of_codes(&mem, "area", 1, (const char *[]){cases[i][0]}, &from, &err));
		OK(vrd_geography_links(&mem, geo, from, "catchment", NULL, 2026, &to, &links, &n,
		                       NULL, &err));
		assert_int_equal(n, 1);
		assert_string_equal(to->cats[links[0].to].label, cases[i][1]);
	}
}

static void districts_give_the_counted_hospitals_of_oslo(void **state) {
	(void)state;
	const char *boomr = shared_text(&mem, BOOMR), *counts = shared_text(&mem, DISTRICTS);
	NEED(boomr, BOOMR);
	NEED(counts, DISTRICTS);
	const vrd_geography *geo = catchments(boomr);
	vrd_cube in = wide_totals(counts), out;
	OK(vrd_geography_move(&mem, geo, &in, "catchment", NULL, 2026, &out, &err));
	NEAR(value_at(&out, "bohf16 2026"), 342902, 0); // OUS, with Alna
	NEAR(value_at(&out, "bohf17 2026"), 171852, 0);
	NEAR(value_at(&out, "bohf18 2026"), 148715, 0);
	NEAR(value_at(&out, "bohf15 2026"), 63075, 0); // Grorud and Stovner
}

static void the_region_counts_as_published(void **state) {
	(void)state;
	const char *counts = shared_text(&mem, COUNTS);
	NEED(counts, COUNTS);
	vrd_cube cube = wide_totals(counts);
	assert_int_equal(cube.dims[0]->n, 146);
	NEAR(year_total(&cube, "2026"), 3208023, 0);
	NEAR(year_total(&cube, "2019"), 3002385, 0);
}

// --- changes of numbers -------------------------------------------------------------------------

static vrd_geography *with_changes(const char *changes) {
	const vrd_csv_table a =
	        table_of(&mem, "code,type,parent,label\n0301,municipality,,Oslo\n", ',');
	const vrd_csv_table c = table_of(&mem, changes, ',');
	vrd_geography *geo = NULL;
	OK(vrd_geography_read(&mem, &a, "areas", NULL, NULL, &c, "changes", VRD_NB, &geo, NULL,
	                      &err));
	return geo;
}

// One person more in each area than in the one before, so that a mixed-up area shows.
static vrd_cube people_in(size_t n, const char *const *codes) {
	const vrd_dim *dim;
	vrd_cube cube;
	OK(vrd_dim_of_codes(&mem, "area", n, codes, &dim, &err));
	OK(vrd_cube_new(&mem, 1, &dim, &cube, &err));
	for (size_t i = 0; i < n; i++)
		cube.values[i] = 1000.1 + (double)i;
	return cube;
}

// SKDE's list: every code of 2017 comes to the borders of 2024, and everybody with it.
static void the_list_of_skde_loses_nobody(void **state) {
	(void)state;
	const char *forny = shared_text(&mem, FORNY);
	NEED(forny, FORNY);
	const vrd_csv_table list = table_of(&mem, forny, ';');
	vrd_buf text = {0};
	const char **codes = vrd_arena_alloc(&mem, list.n_rows, sizeof *codes);
	size_t n = 0;
	assert_non_null(codes);
	vrd_buf_puts(&text, "year,from,to,weight\n");
	for (size_t r = 0; r < list.n_rows; r++) {
		int64_t year;
		if (!vrd_parse_int64(vrd_str_of(table_cell(&list, r, "aar")), &year))
			continue; // the comment
		const char *from = canonical(table_cell(&list, r, "gml_komnr"));
		vrd_buf_printf(&text, "%d,%s,%s,1\n", (int)year, from,
		               canonical(table_cell(&list, r, "ny_komnr")));
		codes[n++] = from;
	}
	assert_int_equal(n, 526);
	const vrd_geography *geo = with_changes(text_of(&text));
	// Keep the codes that hold in 2017: the others are refused, each by its own.
	size_t n_valid = 0;
	vrd_cube out, one;
	for (size_t i = 0; i < n; i++) {
		one = people_in(1, &codes[i]);
		if (vrd_geography_renumber(&mem, geo, &one, 2017, 2017, &out, NULL) == VRD_OK)
			codes[n_valid++] = codes[i];
	}
	assert_in_range(n_valid, 300, 420);
	vrd_cube in = people_in(n_valid, codes);
	OK(vrd_geography_renumber(&mem, geo, &in, 2017, 2024, &out, &err));
	NEAR(total_of(&out), total_of(&in), 1e-9 * total_of(&in));
	assert_true(out.n_cells < in.n_cells);
	// No result is a number that a later change took away.
	for (size_t i = 0; i < out.dims[0]->n; i++) {
		one = people_in(1, &out.dims[0]->cats[i].code);
		vrd_cube again;
		OK(vrd_geography_renumber(&mem, geo, &one, 2024, 2024, &again, &err));
	}
	static const char *const chains[][2] = {
	        {"0716", "3905"}, {"0704", "3905"}, {"0532", "3236"}, {"0533", "3234"},
	        {"1504", "1508"}, {"1850", "1806"}, {"1613", "5059"},
	};
	for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
		one = people_in(1, &chains[i][0]);
		OK(vrd_geography_renumber(&mem, geo, &one, 2017, 2024, &out, &err));
		assert_string_equal(codes_of(&mem, &out, "area"), chains[i][1]);
	}
	one = people_in(1, (const char *[]){"0716"});
	OK(vrd_geography_renumber(&mem, geo, &one, 2017, 2020, &out, &err));
	assert_string_equal(codes_of(&mem, &out, "area"), "3803");
	FAILS(vrd_geography_renumber(&mem, geo, &one, 2020, 2024, &out, &err), VRD_DATA,
	      "0716 (nearest valid year 2019)");
}

// The file of csdata, unpacked by gzip; NULL when either is absent.
static const char *unpacked(void) {
	const char *path = shared_path(&mem, REDISTRICTING);
	if (!path)
		return NULL;
	const char *command = vrd_arena_printf(&mem, "gzip -dc '%s'", path);
	assert_non_null(command);
	FILE *pipe = popen(command, "r");
	if (!pipe)
		return NULL;
	vrd_buf buf = {0};
	char block[65536];
	for (size_t n; (n = fread(block, 1, sizeof block, pipe)) > 0;)
		vrd_buf_add(&buf, block, n);
	if (pclose(pipe) != 0 || buf.n == 0) {
		vrd_buf_free(&buf);
		return NULL;
	}
	return text_of(&buf);
}

// The weights from the municipalities of `year` to those of 2024, as changes in 2024.
static const char *changes_from(const vrd_csv_table *table, const char *year, const char **codes,
                                size_t *n) {
	vrd_buf text = {0};
	*n = 0;
	vrd_buf_puts(&text, "year,from,to,weight\n");
	for (size_t r = 0; r < table->n_rows; r++) {
		if (strcmp(table_cell(table, r, "year"), year) != 0 ||
		    strcmp(table_cell(table, r, "kind"), "municip") != 0)
			continue;
		const char *from = table_cell(table, r, "original");
		vrd_buf_printf(&text, "2024,%s,%s,%s\n", from, table_cell(table, r, "current"),
		               table_cell(table, r, "weight"));
		size_t known = 0;
		while (known < *n && strcmp(codes[known], from) != 0)
			known++;
		if (known == *n)
			codes[(*n)++] = from;
	}
	return text_of(&text);
}

static void weighted_splits_lose_nobody(void **state) {
	(void)state;
	const char *text = unpacked();
	NEED(text, REDISTRICTING);
	const vrd_csv_table table = table_of(&mem, text, ',');
	const char **codes = vrd_arena_alloc(&mem, table.n_rows, sizeof *codes);
	size_t n;
	vrd_cube in, out;
	assert_non_null(codes);
	static const char *const years[] = {"1960", "2001", "2017", "2019", "2023"};
	for (size_t y = 0; y < sizeof years / sizeof *years; y++) {
		const vrd_geography *geo = with_changes(changes_from(&table, years[y], codes, &n));
		assert_in_range(n, 300, 800);
		in = people_in(n, codes);
		OK(vrd_geography_renumber(&mem, geo, &in, 2023, 2024, &out, &err));
		NEAR(total_of(&out), total_of(&in), 1e-9 * total_of(&in));
	}

	const vrd_geography *geo = with_changes(changes_from(&table, "2023", codes, &n));
	in = people_in(1, (const char *[]){"1507"});
	OK(vrd_geography_renumber(&mem, geo, &in, 2023, 2024, &out, &err));
	assert_string_equal(codes_of(&mem, &out, "area"), "1508 1580");
	NEAR(value_at(&out, "1580"), 500.05, 1e-9);
	assert_int_equal(status_at(&out, "1508"), VRD_ESTIMATED);

	geo = with_changes(changes_from(&table, "2019", codes, &n));
	in = people_in(2, (const char *[]){"1850", "5012"});
	OK(vrd_geography_renumber(&mem, geo, &in, 2023, 2024, &out, &err));
	assert_string_equal(codes_of(&mem, &out, "area"), "1806 1875 5055 5056 5059");
	NEAR(value_at(&out, "1875"), 500.05, 1e-9);
	NEAR(value_at(&out, "5059"), 0.3 * 1001.1, 1e-9);
	assert_int_equal(status_at(&out, "5059"), VRD_ESTIMATED);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_projection_gives_the_catchments_of_the_plan),
	        cmocka_unit_test(counties_and_municipalities_agree),
	        cmocka_unit_test(border_cases_go_where_they_belong),
	        cmocka_unit_test(districts_give_the_counted_hospitals_of_oslo),
	        cmocka_unit_test(the_region_counts_as_published),
	        cmocka_unit_test(the_list_of_skde_loses_nobody),
	        cmocka_unit_test(weighted_splits_lose_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, clear);
}
