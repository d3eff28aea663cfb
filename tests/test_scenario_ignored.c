// Options that something else written beside them leaves without effect are refused.
#include "scenario_kit.h"

#define SHIFT "  - {id: x, type: shift, select: {care: inp}, interval: 0.1, "
#define GROWTH "  - {id: x, type: growth, interval: 0.01, "
#define AVOID "  - {id: x, type: avoid, select: {age: 80+}, "

static void options_of_stays_need_stays_that_move(void **state) {
	(void)state;
	static const refusal list[] = {
	        {SHIFT "to: day, moves: days, los_new: 1}\n", "scenario.ignored",
	         "los_new has no effect in \"x\": moves: days"},
	        {SHIFT "to: day, moves: days, removed_los: shortest}\n", "scenario.ignored",
	         "removed_los has no effect"},
	        {SHIFT "to: none, moves: days, los_cv: 1}\n", "scenario.ignored",
	         "los_cv has no effect"},
	        {SHIFT "to: day, removed_los: mean, los_cv: 1}\n", "scenario.ignored",
	         "los_cv has no effect in \"x\": only the shortest"},
	        {SHIFT "to: day, removed_los: 1.5, los_cv: 0}\n", "scenario.ignored",
	         "los_cv has no effect"},
	};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		not_built(list[i].items, list[i].rule, list[i].text);
		assert_int_equal(diag.n_errors, 1);
	}
	built(SHIFT "to: day, moves: days, conversion: 0.5}\n");
	assert_near(rule_of("x")->conversion, 0.5, 0);
	built(SHIFT "to: day, moves: stays, removed_los: shortest, los_cv: 1, los_new: 0}\n");
	assert_near(rule_of("x")->los_cv, 1, 0);
	built(SHIFT "to: day, los_cv: 1.5}\n"); // shortest, since nothing else is said
}

static void what_leaves_becomes_nothing_new(void **state) {
	(void)state;
	static const refusal list[] = {
	        {SHIFT "to: none, conversion: 1}\n", "scenario.ignored",
	         "conversion has no effect in \"x\": to: none leaves the hospital"},
	        {SHIFT "to: none, los_new: 0}\n", "scenario.ignored", "los_new has no effect"},
	        {SHIFT "to: none, moves: days, los_new: 0}\n", "scenario.ignored",
	         "los_new has no effect"},
	};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		not_built(list[i].items, list[i].rule, list[i].text);
		assert_int_equal(diag.n_errors, 1);
	}
	built(SHIFT "to: none, removed_los: 1.5}\n");
	assert_near(rule_of("x")->removed_days, 1.5, 0);
}

static void a_step_needs_no_start(void **state) {
	(void)state;
	const vrd_problem *p =
	        not_built(AVOID "interval: 0.1, phasing: {curve: step, start: 2025, end: 2028}}\n",
	                  "scenario.ignored", "start has no effect in \"x\": a step comes at once");
	assert_string_equal(p->remedy, "remove start: end is the first year with the effect");
	built(AVOID "interval: 0.1, phasing: {curve: step, end: 2028}}\n");
	assert_int_equal(rule_of("x")->phasing.end, 2028);
}

static void annual_growth_has_no_curve_but_its_line(void **state) {
	(void)state;
	static const refusal list[] = {
	        {GROWTH "phasing: {curve: logistic, start: 2026}}\n", "scenario.ignored",
	         "curve has no effect in \"x\": annual growth"},
	        {GROWTH "form: annual, phasing: {curve: step, end: 2028}}\n", "scenario.ignored",
	         "curve has no effect"},
	};
	ALL_REFUSED(list);
	built(GROWTH "phasing: {curve: linear, start: 2026, end: 2029}}\n");
	built(GROWTH "form: total, phasing: {curve: logistic, start: 2026, end: 2029}}\n");
	assert_int_equal(rule_of("x")->phasing.curve, VRD_PHASE_LOGISTIC);
}

static void one_number_has_no_distribution(void **state) {
	(void)state;
	static const refusal list[] = {
	        {AVOID "interval: 0.1, distribution: beta80}\n", "scenario.ignored",
	         "distribution has no effect in \"x\": one number is a constant"},
	        {AVOID "interval: [0.1], distribution: pert}\n", "scenario.ignored",
	         "distribution has no effect"},
	};
	ALL_REFUSED(list);
	built(AVOID "interval: 0.1, bounds: [0, 0.5]}\n");
	assert_int_equal(rule_of("x")->dist.kind, VRD_DIST_FIXED);
	not_built(AVOID "interval: 0.1, bounds: [0.2, 0.5]}\n", "scenario.interval", "outside");
}

static void variation_of_stays_needs_noise(void **state) {
	(void)state;
	static const char item[] = AVOID "interval: 0.1}\n";
	static const char *const heads[] = {"los_cv: 1.2\n", "noise: none\nlos_cv: 1\n"};
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(build_with(heads[i], item), VRD_CONFIG);
		assert_string_equal(
		        assert_problem("scenario.ignored", "los_cv has no effect")->remedy,
		        "add noise: poisson, or remove los_cv");
	}
	OK(build_with("noise: poisson\nlos_cv: 1.2\n", item));
	assert_near(model.los_cv, 1.2, 0);
}

static void a_group_without_members_is_told(void **state) {
	(void)state;
	static const char head[] = "correlation:\n  - {group: tech, rho: 0.5}\n";
	OK(build_with(head, AVOID "interval: [0.1, 0.2]}\n"));
	const vrd_problem *p =
	        assert_problem("scenario.ignored", "no assumption is in the correlation group "
	                                           "\"tech\"");
	assert_int_equal(p->severity, VRD_WARNING);
	assert_int_equal(p->place.line, 5);
	OK(build_with(head, AVOID "interval: [0.1, 0.2], group: tech}\n"));
	assert_null(find_problem("scenario.ignored", "tech"));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(options_of_stays_need_stays_that_move),
	        TEST(what_leaves_becomes_nothing_new),
	        TEST(a_step_needs_no_start),
	        TEST(annual_growth_has_no_curve_but_its_line),
	        TEST(one_number_has_no_distribution),
	        TEST(variation_of_stays_needs_noise),
	        TEST(a_group_without_members_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
