// The two regions of docs/real-data.md, made from public files by the same imports; both skip
// visibly without shared/.
#define _XOPEN_SOURCE 700 // P_tmpdir, mkdtemp

#include "helse_nord.h"

#define COUNTS "data/population/ssb07459_hso_kommune2024_age_sex_2005_2026_wide.csv"
#define PROJECTION "data/projections/ssb14288_kommune_total_MMMM_2024_2050.csv"

// The cube of a query by these dimensions, at one code of one dimension (NULL: of none).
static vrd_cube shown(vrd_region *region, const char *name, size_t n_by, const char *const *by,
                      const char *dim, const char *code) {
	vrd_cube cube;
	vrd_suppression rule;
	const vrd_where where = {.dim = dim, .n = 1, .codes = &code};
	const vrd_query query = {.cube = name,
	                         .n_where = dim ? 1 : 0,
	                         .where = &where,
	                         .n_by = n_by,
	                         .by = by,
	                         .n_threads = 1};
	if (vrd_region_query(region, &query, &cube, &rule, &diag, &err) != VRD_OK)
		fail_msg("%s: %s", name, err.text);
	return cube;
}

static double at(const vrd_cube *cube, const char *first, const char *second) {
	const size_t i = vrd_dim_find_text(cube->dims[0], first);
	const size_t j = second ? vrd_dim_find_text(cube->dims[1], second) : 0;
	assert_true(i != VRD_NONE && j != VRD_NONE);
	return cube->values[i * cube->stride[0] + j];
}

static bool is_told(const char *part) {
	for (size_t i = 0; i < diag.n; i++)
		if (strstr(diag.items[i].text, part))
			return true;
	return false;
}

// --- Helse Sør-Øst ------------------------------------------------------------------------------

static void make_south_east(void) {
	(void)shared(COUNTS);
	(void)shared(PROJECTION);
	(void)text_file("region/region.yaml", "schema: 1\nname: Helse Sør-Øst\nlanguage: nb\n"
	                                      "planning_level: catchment\nbase_years: [2025]\n"
	                                      "horizon: 2040\n");
	(void)text_file("region/geography/areas.csv", "code,type,parent,label\n"
	                                              "hso,region,,Helse Sør-Øst\n"
	                                              "14,catchment,hso,Østfold\n"
	                                              "15,catchment,hso,Akershus\n"
	                                              "30,catchment,hso,Oslo\n"
	                                              "19,catchment,hso,Innlandet\n"
	                                              "20,catchment,hso,Vestre Viken\n"
	                                              "21,catchment,hso,Vestfold\n"
	                                              "22,catchment,hso,Telemark\n"
	                                              "23,catchment,hso,Sørlandet\n");
	import_areas("4", "2026");
	import_counts(COUNTS);
	assert_says(report.p, "  area        146  ");
	assert_says(report.p, "  total     2019  3\u00a0002\u00a0385\n");
	assert_says(report.p, "  total     2026  3\u00a0208\u00a0023\n");
	vrd_import_options options = import_of(shared(PROJECTION), "population");
	options.variant = "MMMM";
	options.main = true;
	options.other_areas = "drop";
	options.n_maps = 4;
	options.maps = TEXTS("kommunenr=area", "year=year", "persons=value", "*=-");
	options.n_sets = 2;
	options.sets = TEXTS("sex=all", "age=all");
	options.source = "SSB 14288";
	import_ok(&options);
	assert_says(report.p, "  total     2026  3\u00a0215\u00a0674\n");
	(void)text_file("region/scenarios/main.yaml", "schema: 1\nname: main\n");
}

static void the_population_of_south_east_is_that_of_the_plan(void **state) {
	(void)state;
	make_south_east();
	vrd_region *region = opened();
	vrd_cube cube = shown(region, "population", 1, TEXTS("year"), NULL, NULL);
	assert_true(at(&cube, "2019", NULL) == 3002385);
	assert_true(at(&cube, "2026", NULL) == 3208023);
	assert_true(at(&cube, "2040", NULL) == 3464947);
	cube = shown(region, "population", 2, TEXTS("area", "year"), NULL, NULL);
	assert_int_equal(cube.dims[0]->n, 8);
	assert_int_equal(cube.dims[1]->n, 2050 - 2005 + 1);
	for (size_t i = 0; i < cube.n_cells; i++)
		assert_true(cube.values[i] > 100000);
	// The plan's table: municipalities of Akershus in 2040, Oslo as a whole, Østfold in 2040.
	assert_true(at(&cube, "15", "2040") == 583204);
	assert_true(at(&cube, "30", "2040") == 794224);
	assert_true(at(&cube, "30", "2026") == 728714);
	assert_true(at(&cube, "23", "2005") == 264872);
}

static void the_check_of_south_east_tells_count_from_projection(void **state) {
	(void)state;
	make_south_east();
	vrd_region *region = opened();
	OK(vrd_region_check(region, &diag, &err));
	assert_int_equal(diag.n_errors, 0);
	assert_true(is_told("the projection MMMM has 3215674 people, counted were 3208023"));
	assert_true(is_told("the region has no activity"));
}

static void a_run_of_south_east_names_the_missing_activity(void **state) {
	(void)state;
	make_south_east();
	const vrd_run_options run = {.draws = 0, .seed = -1, .n_threads = 1};
	const char *id;
	bool existed;
	assert_int_equal(
	        vrd_region_run(opened(), "main", &run, NULL, NULL, &id, &existed, &diag, &err),
	        VRD_NOINPUT);
	assert_says(err.text, "has no activity");
	assert_says(err.text, "--as activity");
}

// --- Helse Nord ---------------------------------------------------------------------------------

// What the model says of a year against what happened, in per cent with one decimal.
static void assert_error_is(const vrd_cube *model, const vrd_cube *record, const char *care,
                            const char *year, double expected) {
	const double error = 100 * (at(model, care, year) / at(record, care, year) - 1);
	if (!(fabs(error - expected) < 0.05))
		fail_msg("%s %s: %+.2f %%, expected %+.1f %%", care, year, error, expected);
}

// The baseline of shared/data/README.md: rates of 2012-2014 times people at mid-year.
static void rates_of_2012_to_2014_miss_2015_and_2016_in_helse_nord_as_published(void **state) {
	(void)state;
	make_north();
	vrd_region *region = opened();
	const vrd_run_options run = {.draws = -1, .seed = -1, .n_threads = 1};
	const char *id;
	bool existed;
	if (vrd_region_run(region, "main", &run, NULL, NULL, &id, &existed, &diag, &err) != VRD_OK)
		fail_msg("%s", err.text);
	vrd_cube model = shown(region, "result/activity", 2, TEXTS("care", "year"), NULL, NULL);
	vrd_cube record =
	        shown(region, "activity", 2, TEXTS("care", "year"), "measure", "contacts");
	assert_true(at(&record, "inpatient", "2016") == 70546);
	assert_error_is(&model, &record, "inpatient", "2015", 2.9);
	assert_error_is(&model, &record, "inpatient", "2016", 2.3);
	assert_error_is(&model, &record, "outpatient", "2015", -2.6);
	assert_error_is(&model, &record, "outpatient", "2016", -3.1);
	assert_error_is(&model, &record, "day", "2015", 6.8);
	assert_error_is(&model, &record, "day", "2016", 13.5);
	model = shown(region, "result/bed_days", 1, TEXTS("year"), NULL, NULL);
	record = shown(region, "activity", 1, TEXTS("year"), "measure", "bed_days");
	const double error[] = {at(&model, "2015", NULL) / at(&record, "2015", NULL) - 1,
	                        at(&model, "2016", NULL) / at(&record, "2016", NULL) - 1};
	assert_true(fabs(error[0] - 0.038) < 0.0005);
	assert_true(fabs(error[1] - 0.021) < 0.0005);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
	        TEST(the_population_of_south_east_is_that_of_the_plan),
	        TEST(the_check_of_south_east_tells_count_from_projection),
	        TEST(a_run_of_south_east_names_the_missing_activity),
	        TEST(rates_of_2012_to_2014_miss_2015_and_2016_in_helse_nord_as_published),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
