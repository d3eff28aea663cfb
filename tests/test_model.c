// Everything that is refused before a run.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_rules.h"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

// One area, service, band and provider; care m0 has 100 stays and 400 bed days, m1 nothing.
typedef struct {
	vrd_model model;
	vrd_assumption rules[3];
	double weight[2], flow[4], kappa[1], beds[4];
	size_t home[2];
} small;

static const bool from_m0[] = {true, false}, from_m1[] = {false, true};

static vrd_assumption shift(const char *id, double high) {
	vrd_assumption a = {.id = id,
	                    .kind = VRD_SHIFT,
	                    .care = from_m0,
	                    .to = 1,
	                    .conversion = 1,
	                    .group = VRD_NO_GROUP};
	OK(vrd_dist_fit(VRD_DIST_PERT, 0, high / 2, high, 0, 1, &a.dist, &err));
	return a;
}

static small *small_model(void) {
	small *s = ROOM(&mem, small, 1);
	s->weight[0] = 1;
	s->flow[0] = s->flow[1] = 1;
	s->rules[0] = shift("one", 0.5);
	s->rules[1] = shift("two", 0.5);
	double *contacts = ROOM(&mem, double, 2), *days = ROOM(&mem, double, 2);
	contacts[0] = 100;
	days[0] = 400;
	s->model = (vrd_model){
	        .demand = {.area = numbered(&mem, "area", 1, "g"),
	                   .service = numbered(&mem, "service", 1, "k"),
	                   .care = numbered(&mem, "care", 2, "m"),
	                   .n_area = 1,
	                   .n_service = 1,
	                   .n_care = 2,
	                   .n_band = 1,
	                   .n_variant = 1,
	                   .base_contacts = contacts,
	                   .base_bed_days = days},
	        .provider = numbered(&mem, "provider", 1, "h"),
	        .flow = s->flow,
	        .kappa = s->kappa,
	        .beds_per_bed_day = s->beds,
	        .n_assumptions = 2,
	        .assumptions = s->rules,
	        .variant_weight = s->weight,
	};
	return s;
}

static void finds(const small *s, const char *rule, vrd_severity severity, const char *fragment) {
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	if (diag.n != 1)
		fail_msg("%zu problems, not 1", diag.n);
	assert_string_equal(diag.items[0].rule, rule);
	assert_int_equal(diag.items[0].severity, severity);
	assert_string_equal(diag.items[0].place.file, "plan.yaml");
	assert_non_null(diag.items[0].remedy);
	if (!strstr(diag.items[0].text, fragment))
		fail_msg("\"%s\" is not in \"%s\"", fragment, diag.items[0].text);
}

static void a_sound_model_has_no_problems(void **state) {
	(void)state;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&small_model()->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0);
}

static void shifts_may_not_take_more_than_all(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[1] = shift("two", 0.6);
	finds(s, "model.shift-sum", VRD_ERROR,
	      "the shifts one + two may take 1.1 of service \"k0\", care \"m0\", area \"g0\"");
	// Days that move are a share of the days, not of the stays.
	s->rules[1].moves_days = true;
	s->rules[0].removed = VRD_REMOVED_SHORTEST;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0);
}

static void bounds_of_a_law_count_not_its_interval(void **state) {
	(void)state;
	static const struct {
		vrd_dist_kind kind;
		double bound, most;
	} laws[] = {{VRD_DIST_TRUNCNORM, 0.9, 0.9},
	            {VRD_DIST_BETA80, 0.8, 0.8},
	            {VRD_DIST_UNIFORM, 1, 0.325},
	            {VRD_DIST_PERT, 1, 0.3}};
	for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
		small *s = small_model();
		OK(vrd_dist_fit(laws[i].kind, 0.1, 0.2, 0.3, 0, laws[i].bound, &s->rules[0].dist,
		                &err));
		const double rest = 1 - laws[i].most;
		s->rules[1] = shift("two", rest - 1e-9);
		vrd_diag diag;
		vrd_diag_init(&diag, &mem, 0);
		vrd_model_check(&s->model, "plan.yaml", &diag);
		assert_int_equal(diag.n, 0);
		s->rules[1] = shift("two", rest + 1e-4);
		finds(s, "model.shift-sum", VRD_ERROR, "one + two");
	}
}

static void a_shift_may_not_end_where_it_starts(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[0].to = 0;
	finds(s, "model.shift-same", VRD_ERROR, "shift \"one\" moves \"m0\" to itself");
	s->rules[0].to = 1;
	s->rules[0].care = NULL; // everything, its target too
	finds(s, "model.shift-same", VRD_ERROR, "shift \"one\" moves \"m1\" to itself");
}

static void moved_stays_may_not_take_days_that_are_not_there(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[0].removed = VRD_REMOVED_VALUE;
	s->rules[0].removed_days =
	        3.9; // 0.5 x 100 x 3.9 and the mean of the other half: 395 of 400
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0);
	s->rules[0].removed_days = 4.1;
	finds(s, "model.removed-days", VRD_ERROR, "may remove 405 of the 400 bed days");
}

// The shortest 90 % of exponential stays have 0.9 + 0.1 ln 0.1 = 0.67 of the days.
static void shortest_stays_and_moved_days_share_the_days(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[0] = shift("one", 0.9);
	s->rules[0].removed = VRD_REMOVED_SHORTEST;
	s->rules[1].moves_days = true;
	finds(s, "model.removed-days", VRD_ERROR,
	      "the shifts one + two may remove 467.9 of the 400 bed days");
	s->rules[1] = shift("two", 0.33);
	s->rules[1].moves_days = true;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0);
}

static void shortest_stays_have_one_spread(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[0].removed = s->rules[1].removed = VRD_REMOVED_SHORTEST;
	s->rules[1].los_cv = 1;
	finds(s, "model.los-cv", VRD_ERROR, "one + two");
	s->rules[0].los_cv = 1;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0);
}

static void ids_are_unique(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[1].id = "one";
	finds(s, "model.duplicate-id", VRD_ERROR, "two assumptions have the id \"one\"");
}

static void groups_have_different_names(void **state) {
	(void)state;
	static const char *const names[] = {"one", "two", "one"};
	static const double rho[] = {0.5, 0.5, 0.5};
	small *s = small_model();
	s->model.n_groups = 2;
	s->model.group_names = names;
	s->model.group_rho = rho;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0); // a group may be called as an assumption is
	s->model.n_groups = 3;
	finds(s, "model.duplicate-group", VRD_ERROR,
	      "two correlation groups have the name \"one\"");
}

static void ids_of_other_streams_are_refused(void **state) {
	(void)state;
	static const char *const ids[] = {"population.variant", "group/one", "chance/u/h",
	                                  "rates/g"};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		small *s = small_model();
		s->rules[1].id = ids[i];
		finds(s, "model.reserved-id", VRD_ERROR, ids[i]);
	}
}

static void an_assumption_that_selects_nothing_is_told(void **state) {
	(void)state;
	static const bool only_m1[] = {false, true};
	small *s = small_model();
	s->rules[0].kind = VRD_AVOID;
	s->rules[0].care = only_m1; // no activity there
	finds(s, "model.neutral", VRD_WARNING, "\"one\" selects nothing");
}

// One broken model for each rule that names assumptions.
static void problems_stand_at_the_last_assumption_involved(void **state) {
	(void)state;
	static const bool only_m1[] = {false, true};
	for (size_t i = 0; i < 7; i++) {
		small *s = small_model();
		vrd_assumption *last = &s->rules[1];
		s->rules[0].place = (vrd_place){"plan.yaml", 3, 5};
		last->place = (vrd_place){"other.yaml", 7, 9};
		if (i == 0) {
			last->id = "one";
		} else if (i == 1) {
			last->id = "population.variant";
		} else if (i == 2) {
			last->to = 0;
		} else if (i == 3) {
			last->kind = VRD_AVOID;
			last->care = only_m1;
		} else if (i == 4) {
			last->dist = shift("two", 0.6).dist;
		} else if (i == 5) {
			s->rules[0].removed = VRD_REMOVED_VALUE;
			s->rules[0].removed_days = 4.1;
		} else {
			s->rules[0].removed = last->removed = VRD_REMOVED_SHORTEST;
			last->los_cv = 1;
		}
		vrd_diag diag;
		vrd_diag_init(&diag, &mem, 0);
		vrd_model_check(&s->model, "plan.yaml", &diag);
		assert_int_equal(diag.n, 1);
		assert_string_equal(diag.items[0].place.file, "other.yaml");
		assert_int_equal(diag.items[0].place.line, 7);
		assert_int_equal(diag.items[0].place.column, 9);
	}
}

static void flows_sum_to_one(void **state) {
	(void)state;
	small *s = small_model();
	s->flow[1] = 0.9;
	finds(s, "model.flow-sum", VRD_ERROR,
	      "the flows of area \"g0\", service \"k0\", care \"m1\" sum to 0.9");
	s->flow[1] = NAN;
	finds(s, "model.flow-sum", VRD_ERROR, "sum to nan");
}

static void weights_of_alternatives_sum_to_one(void **state) {
	(void)state;
	small *s = small_model();
	s->weight[0] = 0.75;
	finds(s, "model.weights", VRD_ERROR, "sum to 0.75");
}

static void has_no_problems(const small *s) {
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	if (diag.n != 0)
		fail_msg("%s: %s", diag.items[0].rule, diag.items[0].text);
}

// A small model with three forms of care that all have activity.
static small *three_cares(void) {
	small *s = small_model();
	static double contacts[] = {100, 80, 60}, days[] = {400, 200, 60};
	s->model.provider = NULL;
	s->model.demand.n_care = 3;
	s->model.demand.care = numbered(&mem, "care", 3, "m");
	s->model.demand.base_contacts = contacts;
	s->model.demand.base_bed_days = days;
	return s;
}

static void shifts_may_not_lead_back(void **state) {
	(void)state;
	static const bool care[3][3] = {
	        {true, false, false}, {false, true, false}, {false, false, true}};
	small *s = three_cares();
	for (size_t i = 0; i < 3; i++) {
		s->rules[i] = shift((const char *[]){"one", "two", "three"}[i], 0.4);
		s->rules[i].care = care[i];
		s->rules[i].to = (i + 1) % 3;
	}
	s->model.n_assumptions = 2; // m0 to m1, and m1 to m2
	has_no_problems(s);
	s->model.n_assumptions = 3;
	finds(s, "model.shift-cycle", VRD_ERROR,
	      "the shifts of service \"k0\" lead back to where they began (the last is \"three\")");
	s->rules[2].to = 1; // m0 and m2 to m1, m1 to m2
	finds(s, "model.shift-cycle", VRD_ERROR, "lead back");
	s->rules[1].to = VRD_LEAVES;
	has_no_problems(s);
	// Two shifts there and back.
	s->model.n_assumptions = 2;
	s->rules[1].to = 0;
	finds(s, "model.shift-cycle", VRD_ERROR, "\"two\"");
}

static void shifts_of_different_people_make_no_cycle(void **state) {
	(void)state;
	static const bool none[] = {false}, all[] = {true};
	small *s = three_cares();
	s->rules[0].care = (const bool[]){true, false, false};
	s->rules[1].care = (const bool[]){false, true, false};
	s->rules[1].to = 0;
	s->rules[0].area = all;
	s->rules[1].area = none;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 1); // that the second selects nothing
	assert_string_equal(diag.items[0].rule, "model.neutral");
	s->rules[1].area = all;
	finds(s, "model.shift-cycle", VRD_ERROR, "\"two\"");
}

static vrd_assumption rule(const char *id, vrd_kind kind, double most) {
	vrd_assumption a = shift(id, most);
	a.kind = kind;
	a.care = NULL;
	a.to = 0;
	return a;
}

static void healthy_ageing_acts_once(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[0] = rule("one", VRD_HEALTHY_AGEING, 0.5);
	s->rules[1] = rule("two", VRD_HEALTHY_AGEING, 0.5);
	finds(s, "model.two-ageing", VRD_ERROR,
	      "healthy ageing \"one\" and \"two\" act on the same activity");
	s = three_cares();
	s->rules[0] = rule("one", VRD_HEALTHY_AGEING, 0.5);
	s->rules[1] = rule("two", VRD_HEALTHY_AGEING, 0.5);
	s->rules[0].care = (const bool[]){true, false, true};
	s->rules[1].care = (const bool[]){false, true, false};
	has_no_problems(s);
}

static void few_levels_act_on_one_stratum(void **state) {
	(void)state;
	static const bool m0[] = {true, false, false}, others[] = {false, true, true};
	small *s = three_cares();
	vrd_assumption *rules = ROOM(&mem, vrd_assumption, 5);
	for (size_t i = 0; i < 5; i++)
		rules[i] = rule(vrd_arena_printf(&mem, "level-%zu", i), VRD_LEVEL, 0.5);
	s->model.assumptions = rules;
	s->model.n_assumptions = 4;
	has_no_problems(s);
	s->model.n_assumptions = 5;
	finds(s, "model.levels", VRD_ERROR,
	      "more than 4 level rules act on the same activity (the last is \"level-4\")");
	for (size_t i = 0; i < 5; i++)
		rules[i].care = i % 2 ? m0 : others;
	has_no_problems(s);
}

// Two providers and units: half of everything goes to each.
static small *two_places(void) {
	small *s = small_model();
	s->model.demand.n_care = 1;
	s->model.demand.care = numbered(&mem, "care", 1, "m");
	s->model.provider = numbered(&mem, "provider", 2, "h");
	s->model.unit = numbered(&mem, "area", 2, "u");
	s->flow[0] = s->flow[1] = 0.5;
	s->home[1] = 1;
	s->model.home = s->home;
	return s;
}

// Each acts on contacts that are there, but on nothing of them that it could change.
static void what_a_rule_cannot_change_is_told(void **state) {
	(void)state;
	static const char says[] = "selects nothing that it can change";
	small *s = two_places();
	s->rules[0] = rule("elsewhere", VRD_FLOW, 0.5);
	s->rules[1] = rule("fine", VRD_FLOW, 0.2);
	s->rules[0].from = s->rules[1].to = 1;
	s->flow[0] = 1;
	s->flow[1] = 0;
	finds(s, "model.neutral", VRD_WARNING, says);
	s = small_model();
	for (size_t i = 0;
	     i < vrd_demand_stratum(&s->model.demand, s->model.demand.n_area, 0, 0, 0); i++)
		s->model.demand.base_bed_days[i] = 0;
	s->rules[0] = rule("stays", VRD_LENGTH_OF_STAY, 0.1);
	s->rules[1] = rule("fine", VRD_AVOID, 0.1);
	finds(s, "model.neutral", VRD_WARNING, says);
	s->rules[0] = rule("beds", VRD_PRODUCTIVITY, 0.1);
	finds(s, "model.neutral", VRD_WARNING, says);
}

static void rules_of_places_may_not_move_more_than_all(void **state) {
	(void)state;
	small *s = two_places();
	s->rules[0] = rule("one", VRD_FLOW, 0.6);
	s->rules[1] = rule("two", VRD_FLOW, 0.4);
	s->rules[0].to = s->rules[1].to = 1;
	has_no_problems(s);
	s->rules[1] = rule("two", VRD_FLOW, 0.5);
	s->rules[1].to = 1;
	finds(s, "model.place-sum", VRD_ERROR,
	      "may move 1.1 of service \"k0\", care \"m0\", area \"g0\"");
	s->rules[1].from = 1; // each from its own provider
	s->rules[1].to = 0;
	has_no_problems(s);
	s->rules[1] = rule("two", VRD_CATCHMENT, 0.5); // takes from both
	finds(s, "model.place-sum", VRD_ERROR, "may move 1.1");
	s->rules[0] = rule("one", VRD_CATCHMENT, 0.5);
	has_no_problems(s);
	s->rules[0] = rule("one", VRD_CATCHMENT, 0.7);
	finds(s, "model.place-sum", VRD_ERROR, "may move 1.2");
}

static void a_backlog_needs_something_to_be_spread_by(void **state) {
	(void)state;
	small *s = small_model();
	s->model.n_assumptions = 1;
	s->rules[0] = rule("one", VRD_BACKLOG, 0.5);
	has_no_problems(s);
	s->rules[0].care = from_m1; // no activity there
	finds(s, "model.backlog-base", VRD_ERROR, "backlog \"one\" has nothing to be spread by");
	// Not even when something is brought there.
	s->model.n_assumptions = 2;
	finds(s, "model.backlog-base", VRD_ERROR, "\"one\"");
}

static void an_assumption_is_in_one_correlation(void **state) {
	(void)state;
	static const size_t members[] = {0, 1};
	static const double factor[] = {1, 0, 0.6, 0.8}, rho[] = {0.5};
	static const char *const names[] = {"a"};
	small *s = small_model();
	s->model.n_matrices = 1;
	s->model.matrices = (const vrd_matrix[]){{2, members, factor}};
	has_no_problems(s);
	s->model.n_groups = 1;
	s->model.group_names = names;
	s->model.group_rho = rho;
	s->rules[1].group = 0;
	finds(s, "model.two-correlations", VRD_ERROR, "assumption \"two\" is in 2 correlations");
	s->rules[1].group = VRD_NO_GROUP;
	s->model.n_matrices = 2;
	s->model.matrices =
	        (const vrd_matrix[]){{2, members, factor}, {1, members, (const double[]){1}}};
	finds(s, "model.two-correlations", VRD_ERROR, "assumption \"one\" is in 2 correlations");
}

// What a new service brings is there to be shifted, too.
static void shifts_of_a_new_service_may_not_take_more_than_all(void **state) {
	(void)state;
	small *s = small_model();
	s->model.n_assumptions = 3;
	s->rules[0] = shift("one", 0.7);
	s->rules[1] = shift("two", 0.7);
	s->rules[0].care = s->rules[1].care = from_m1; // nothing there in the base years
	s->rules[0].to = s->rules[1].to = VRD_LEAVES;
	s->rules[2] = rule("new", VRD_NEW_SERVICE, 1);
	s->rules[2].care = from_m1;
	finds(s, "model.shift-sum", VRD_ERROR, "one + two may take 1.4");
	s->rules[0] = shift("one", 0.3);
	s->rules[0].care = from_m1;
	s->rules[0].to = VRD_LEAVES;
	has_no_problems(s);
}

// Of a place that nobody goes to from the base, but that a shift leads to.
static void rules_of_what_arrives_are_not_neutral(void **state) {
	(void)state;
	for (vrd_kind kind = VRD_LENGTH_OF_STAY; kind <= VRD_PRODUCTIVITY; kind++) {
		small *s = small_model();
		s->model.unit = numbered(&mem, "area", 1, "u");
		s->rules[1] = rule("two", kind, 0.5);
		s->rules[1].care = from_m1;
		has_no_problems(s);
	}
	small *s = small_model();
	s->rules[1] = rule("two", VRD_GROWTH, 0.5);
	s->rules[1].care = from_m1;
	finds(s, "model.neutral", VRD_WARNING, "\"two\" selects nothing");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_teardown(a_sound_model_has_no_problems, clear),
	        cmocka_unit_test_teardown(shifts_may_not_take_more_than_all, clear),
	        cmocka_unit_test_teardown(bounds_of_a_law_count_not_its_interval, clear),
	        cmocka_unit_test_teardown(a_shift_may_not_end_where_it_starts, clear),
	        cmocka_unit_test_teardown(moved_stays_may_not_take_days_that_are_not_there, clear),
	        cmocka_unit_test_teardown(shortest_stays_and_moved_days_share_the_days, clear),
	        cmocka_unit_test_teardown(shortest_stays_have_one_spread, clear),
	        cmocka_unit_test_teardown(ids_are_unique, clear),
	        cmocka_unit_test_teardown(groups_have_different_names, clear),
	        cmocka_unit_test_teardown(ids_of_other_streams_are_refused, clear),
	        cmocka_unit_test_teardown(an_assumption_that_selects_nothing_is_told, clear),
	        cmocka_unit_test_teardown(problems_stand_at_the_last_assumption_involved, clear),
	        cmocka_unit_test_teardown(flows_sum_to_one, clear),
	        cmocka_unit_test_teardown(shifts_may_not_lead_back, clear),
	        cmocka_unit_test_teardown(shifts_of_different_people_make_no_cycle, clear),
	        cmocka_unit_test_teardown(healthy_ageing_acts_once, clear),
	        cmocka_unit_test_teardown(few_levels_act_on_one_stratum, clear),
	        cmocka_unit_test_teardown(what_a_rule_cannot_change_is_told, clear),
	        cmocka_unit_test_teardown(rules_of_places_may_not_move_more_than_all, clear),
	        cmocka_unit_test_teardown(a_backlog_needs_something_to_be_spread_by, clear),
	        cmocka_unit_test_teardown(an_assumption_is_in_one_correlation, clear),
	        cmocka_unit_test_teardown(shifts_of_a_new_service_may_not_take_more_than_all,
	                                  clear),
	        cmocka_unit_test_teardown(rules_of_what_arrives_are_not_neutral, clear),
	        cmocka_unit_test_teardown(weights_of_alternatives_sum_to_one, clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
