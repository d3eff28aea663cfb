// The scenarios of the example region: complete, marked as examples, and shared where they agree.
#define _XOPEN_SOURCE 700 // P_tmpdir

#include "folder_kit.h"

#include "region/example.h"
#include "region/example_parts.h"
#include "region/region.h"

static vrd_region *region;

static int begin(void **state) {
	if (start(state) != 0 || vrd_example_write(region_dir, &err) != VRD_OK)
		return -1;
	region = opened();
	return 0;
}

// Reads a scenario and its model; nothing is to be said about them.
static vrd_scenario model_of(const char *name, vrd_model *model) {
	vrd_scenario scenario;
	OK(vrd_scenario_read(region, name, &scenario, &diag, &err));
	if (vrd_region_model(region, &scenario, model, NULL, NULL, &diag, &err) != VRD_OK)
		fail_msg("%s: %s", name, err.text);
	assert_int_equal(diag.n_errors + diag.n_warnings, 0);
	return scenario;
}

// Every assumption says what, why, from where, who, when and how sure: an example, each time.
static void assert_examples(const vrd_scenario *scenario, const vrd_model *model) {
	static const char *const keys[] = {"theme", "owner", "date"};
	const vrd_node *list = vrd_node_get(scenario->node, "assumptions");
	assert_int_equal(list->n, model->n_assumptions);
	for (size_t i = 0; i < list->n; i++) {
		const vrd_node *item = &list->items[i];
		assert_int_equal(strncmp(vrd_node_text(item, "label", ""), "Eksempel: ", 10), 0);
		assert_says(vrd_node_text(item, "rationale", ""), "Eksempel, ikke et anslag");
		assert_string_equal(vrd_node_text(item, "source", ""), "Eksempel, ikke et anslag");
		assert_string_equal(vrd_node_text(item, "status", ""), "draft");
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			assert_non_null(vrd_node_get(item, keys[k]));
	}
}

static size_t count_kind(const vrd_model *model, vrd_kind kind) {
	size_t n = 0;
	for (size_t i = 0; i < model->n_assumptions; i++)
		n += model->assumptions[i].kind == kind;
	return n;
}

static void every_assumption_says_that_it_is_an_example(void **state) {
	(void)state;
	static const char *const names[] = {"main", "efficient", "outgoing-hospital"};
	size_t kinds[VRD_N_KINDS] = {0};
	for (size_t s = 0; s < sizeof names / sizeof *names; s++) {
		vrd_model model;
		const vrd_scenario scenario = model_of(names[s], &model);
		assert_int_equal(scenario.draws, 10000);
		assert_int_equal(scenario.seed, 2040);
		assert_true(scenario.planned_map && scenario.illustrative);
		assert_true(model.n_assumptions >= 12);
		assert_int_equal(model.demand.n_variant, 3);
		assert_examples(&scenario, &model);
		for (vrd_kind kind = 0; kind < VRD_N_KINDS; kind++)
			kinds[kind] += count_kind(&model, kind);
	}
	for (vrd_kind kind = 0; kind < VRD_N_KINDS; kind++)
		assert_int_equal(kinds[kind] > 0, kind != VRD_CATCHMENT); // the map has its own
}

static void the_main_scenario_shows_what_an_assumption_can_say(void **state) {
	(void)state;
	vrd_model model;
	size_t grouped = 0, tables = 0, nights = 0, days = 0, walks = 0;
	(void)model_of("main", &model);
	for (size_t i = 0; i < model.n_assumptions; i++) {
		const vrd_assumption *a = &model.assumptions[i];
		grouped += a->group != VRD_NO_GROUP;
		tables += a->phasing.curve == VRD_PHASE_TABLE;
		nights += a->one_night;
		days += a->moves_days;
		walks += a->walk_sd > 0;
	}
	assert_true(grouped >= 2 && tables && nights && days && walks);
	assert_int_equal(count_kind(&model, VRD_HEALTHY_AGEING), 1);
	assert_true(count_kind(&model, VRD_GROWTH) >= 2 && count_kind(&model, VRD_SHIFT) >= 2);
}

// What two scenarios share is drawn alike, so that their difference has no noise of it.
static void scenarios_share_what_everybody_expects(void **state) {
	(void)state;
	static const char *const names[] = {"efficient", "outgoing-hospital"};
	vrd_model main_model, other;
	(void)model_of("main", &main_model);
	for (size_t s = 0; s < 2; s++) {
		size_t shared = 0;
		(void)model_of(names[s], &other);
		for (size_t i = 0; i < other.n_assumptions; i++)
			for (size_t j = 0; j < main_model.n_assumptions; j++) {
				const vrd_assumption *a = &other.assumptions[i],
				                     *b = &main_model.assumptions[j];
				if (strcmp(a->id, b->id) != 0)
					continue;
				assert_int_equal(a->kind, b->kind);
				assert_true(vrd_dist_mean(&a->dist) == vrd_dist_mean(&b->dist));
				shared++;
			}
		assert_true(shared >= 6);
	}
	assert_int_equal(count_kind(&other, VRD_FLOW), 2);
	assert_int_equal(count_kind(&other, VRD_NEW_SERVICE), 3);
}

static void scenarios_differ_by_what_they_assume_alone(void **state) {
	(void)state;
	static const char *const names[] = {"efficient", "outgoing-hospital", "no-change"};
	vrd_model first, other;
	(void)model_of("main", &first);
	assert_int_equal(first.demand.n_variant, 3);
	for (size_t s = 0; s < 3; s++) {
		(void)model_of(names[s], &other);
		assert_int_equal(other.demand.n_variant, 3);
		for (size_t v = 0; v < 3; v++)
			assert_true(other.variant_weight[v] == first.variant_weight[v]);
	}
}

static void nothing_changes_but_people_and_map(void **state) {
	(void)state;
	vrd_model model;
	(void)model_of("no-change", &model);
	assert_int_equal(model.n_assumptions, 0);
	assert_true(model.planned_map);
}

// 65 + e65 was 86.8 (women) and 84.7 (men) in 2018-2024.
static void years_of_life_at_65_begin_near_the_published_ones_and_rise(void **state) {
	(void)state;
	OK(vrd_region_load_kind(region, VRD_DATA_LIFE_EXPECTANCY, true, &diag, &err));
	size_t i = 0;
	while (region->data[i].kind != VRD_DATA_LIFE_EXPECTANCY)
		i++;
	const vrd_cube *life = &region->data[i].cube;
	assert_int_equal(life->n_cells, 2 * VRD_EX_YEARS);
	assert_string_equal(life->dims[0]->name, "sex");
	const double *women = life->values, *men = women + VRD_EX_YEARS;
	assert_true(women[0] > 21.8 && women[0] < 22.8 && men[0] > 19.7 && men[0] < 20.7);
	for (size_t y = 1; y < VRD_EX_YEARS; y++) {
		assert_true(women[y] > women[y - 1] && men[y] > men[y - 1]);
		assert_true(women[y] > men[y]);
	}
	assert_true(women[15] - women[0] > 1 && women[15] - women[0] < 2);
}

int main(void) {
#define EXAMPLE(test) cmocka_unit_test_setup_teardown(test, begin, stop)
	const struct CMUnitTest tests[] = {
	        EXAMPLE(every_assumption_says_that_it_is_an_example),
	        EXAMPLE(the_main_scenario_shows_what_an_assumption_can_say),
	        EXAMPLE(scenarios_share_what_everybody_expects),
	        EXAMPLE(scenarios_differ_by_what_they_assume_alone),
	        EXAMPLE(nothing_changes_but_people_and_map),
	        EXAMPLE(years_of_life_at_65_begin_near_the_published_ones_and_rise),
	};
	return cmocka_run_group_tests_name("example_scenarios", tests, NULL, NULL);
}
