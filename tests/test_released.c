// Formats that have been released stay readable: the folder region-schema-1 and the scenario
// scenario-schema-1.yaml use every key of version 1, and their results are known.
#include "region_text.h"

static void copy_fixture(const char *from, const char *to) {
	write_text(to, read_text(vrd_arena_printf(&mem, "tests/fixtures/%s", from)));
}

static void copy_folder(void) {
	static const char *const files[] = {
	        "region.yaml",           "geography/areas.csv",     "geography/maps.csv",
	        "geography/changes.csv", "geography/providers.csv", "data/services.csv",
	        "data/care.csv",         "data/count.csv",          "data/MMMM.csv",
	        "data/HHMH.csv",         "data/activity.csv",       "data/flows.csv",
	        "data/occupancy.csv",    "data/control.csv",        "scenarios/constant.yaml"};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		copy_fixture(vrd_arena_printf(&mem, "region-schema-1/%s", files[i]), files[i]);
	copy_fixture("scenario-schema-1.yaml", "scenarios/main.yaml");
}

static void region_schema_1_opens_and_its_controls_agree(void **state) {
	(void)state;
	copy_folder();
	check_region();
	assert_no_errors();
	size_t n = 0;
	for (size_t i = 0; i < diag.n; i++)
		n += strcmp(diag.items[i].rule, "control.total") == 0;
	assert_int_equal(n, 3);
	assert_string_equal(region->name, "Utgitt region");
	assert_int_equal(region->lang, VRD_NN);
	assert_int_equal(region->n_base, 2);
	assert_int_equal(region->zero, VRD_ZERO_HOLD);
	assert_true(region->shrink && region->illustrative);
	assert_float_equal(region->suppression.threshold, 3, 0);
}

static void scenario_schema_1_reads_as_it_was_written(void **state) {
	(void)state;
	vrd_scenario scenario;
	vrd_model model;
	vrd_cube shrinkage = {0};
	copy_folder();
	open_region();
	OK(vrd_scenario_read(region, "main", &scenario, &diag, &err));
	OK(vrd_region_model(region, &scenario, &model, NULL, &shrinkage, &diag, &err));
	assert_int_equal(scenario.draws, 64);
	assert_int_equal(scenario.seed, 20261122);
	assert_true(model.poisson && model.planned_map);
	assert_float_equal(model.los_cv, 1.2, 0);
	assert_int_equal(model.n_assumptions, 8);
	assert_float_equal(model.variant_weight[1], 0.25, 0);
	assert_float_equal(model.group_rho[0], 0.5, 0);
	static const vrd_kind kinds[] = {VRD_GROWTH, VRD_GROWTH, VRD_AVOID, VRD_AVOID,
	                                 VRD_SHIFT,  VRD_SHIFT,  VRD_SHIFT, VRD_LENGTH_OF_STAY};
	static const vrd_dist_kind laws[] = {
	        VRD_DIST_NORMAL,    VRD_DIST_PERT,      VRD_DIST_LOGNORMAL, VRD_DIST_UNIFORM,
	        VRD_DIST_TRUNCNORM, VRD_DIST_TRUNCNORM, VRD_DIST_TRUNCNORM, VRD_DIST_BETA80};
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(model.assumptions[i].kind, kinds[i]);
		if (i != 5) // a fixed value has no law
			assert_int_equal(model.assumptions[i].dist.kind, laws[i]);
	}
	const vrd_assumption *a = model.assumptions;
	assert_true(a[0].annual && !a[1].annual && a[7].one_night);
	assert_int_equal(a[0].group, 0);
	assert_int_equal(a[2].phasing.curve, VRD_PHASE_STEP);
	assert_int_equal(a[4].phasing.curve, VRD_PHASE_LOGISTIC);
	assert_int_equal(a[7].phasing.n_table, 2);
	assert_float_equal(a[4].conversion, 1.1, 0);
	assert_float_equal(a[4].los_new, 0.1, 0);
	assert_int_equal(a[5].to, VRD_LEAVES);
	assert_int_equal(a[5].removed, VRD_REMOVED_MEAN);
	assert_int_equal(a[6].removed, VRD_REMOVED_VALUE);
	assert_float_equal(a[6].removed_days, 2.5, 0);
	// c1 and "0004": the areas that belong mostly to c1 in the base year, and Dal.
	const vrd_dim *area = model.demand.area;
	for (size_t g = 0; g < area->n; g++)
		assert_int_equal(a[0].area[g], strcmp(area->cats[g].code, "0003") != 0);
}

static void the_results_of_schema_1_are_as_they_were(void **state) {
	(void)state;
	static const struct {
		const char *scenario, *cube, *where;
		double value;
	} known[] = {
	        {"constant", "result/activity", "year=2025", 919.0022572727887},
	        {"constant", "result/activity", "year=2028", 965.1930701387369},
	        {"constant", "result/bed_days", "year=2028", 3586.5004794602705},
	        {"constant", "result/beds", "year=2028", 11.624436448353112},
	        {"main", "result/activity", "year=2028", 960.6313623860268},
	        {"main", "result/bed_days", "year=2028", 3320.573525812826},
	        {"main", "result/bed_days", "year=2028;area=c1", 301.88862491231987},
	        {"main", "result/beds", "year=2028;provider=h2", 8.876127541342195},
	};
	copy_folder();
	open_region();
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (i == 0 || strcmp(known[i].scenario, known[i - 1].scenario) != 0)
			run_with(known[i].scenario, 0, 1);
		vrd_query query;
		vrd_cube cube;
		OK(vrd_query_parse(&mem, 1, &known[i].where, "year", &query, &err));
		query.cube = known[i].cube;
		query.run = known[i].scenario;
		OK(vrd_region_query(region, &query, &cube, &last_rule, &diag, &err));
		assert_near(cube.values[0], known[i].value, 1e-9);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(region_schema_1_opens_and_its_controls_agree),
	        TEST(scenario_schema_1_reads_as_it_was_written),
	        TEST(the_results_of_schema_1_are_as_they_were),
	};
	return cmocka_run_group_tests_name("released", tests, NULL, NULL);
}
