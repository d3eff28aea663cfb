// When effects come: after the base years, which hold what came before. The base year is 2025, the
// horizon 2030.
#include "scenario_kit.h"

static void a_phasing_begins_after_the_base_years(void **state) {
	(void)state;
	static const refusal list[] = {
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {start: 2000, end: 2028}}\n",
	         "scenario.phasing", "\"x\" starts in 2000, before the last base year 2025"},
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {start: 2010, end: 2030}}\n",
	         "scenario.phasing", "would count twice"},
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {curve: logistic, start: "
	         "2024}}\n",
	         "scenario.phasing", "starts in 2024"},
	        {"  - {id: x, type: growth, interval: 0.01, phasing: {start: 2024, end: 2028}}\n",
	         "scenario.phasing", "starts in 2024"},
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {start: 2010, table: {2030: "
	         "1}}}\n",
	         "scenario.phasing", "starts in 2010"},
	};
	ALL_REFUSED(list);
	const vrd_problem *p = not_built(list[0].items, list[0].rule, list[0].text);
	assert_string_equal(p->remedy, "write start: 2025 or later, or leave start out");
	built("  - {id: x, type: avoid, interval: 0.1, phasing: {start: 2025, end: 2030}}\n"
	      "  - {id: g, type: growth, interval: 0.01, phasing: {start: 2025, end: 2026}}\n"
	      "  - {id: t, type: length_of_stay, interval: 0.1, phasing: {start: 2025, table: "
	      "{2030: 1}}}\n");
	for (size_t i = 0; i < 3; i++)
		assert_near(vrd_phasing_at(&model.assumptions[i].phasing, 2025), 0, 0);
}

static void a_phasing_ends_after_the_base_years(void **state) {
	(void)state;
	static const refusal list[] = {
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {end: 2025}}\n",
	         "scenario.phasing",
	         "\"x\" ends in 2025: the projection begins after the last base "
	         "year 2025"},
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {curve: step, end: 2020}}\n",
	         "scenario.phasing", "ends in 2020"},
	        {"  - {id: x, type: growth, interval: 0.01, phasing: {end: 2020}}\n",
	         "scenario.phasing", "ends in 2020"},
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {table: {2015: 0, 2020: 1}}}\n",
	         "scenario.phasing", "ends in 2020"},
	        // Both years lie before: the first is told.
	        {"  - {id: x, type: growth, interval: 0.01, phasing: {start: 2010, end: 2020}}\n",
	         "scenario.phasing", "starts in 2010"},
	};
	ALL_REFUSED(list);
	const vrd_problem *p = not_built(list[0].items, list[0].rule, list[0].text);
	assert_string_equal(p->remedy, "let it end in 2026 or later, or remove the assumption");
	built("  - {id: x, type: avoid, interval: 0.1, phasing: {end: 2026}}\n"
	      "  - {id: s, type: length_of_stay, interval: 0.1, phasing: {curve: step, end: "
	      "2026}}\n");
	assert_near(vrd_phasing_at(&rule_of("s")->phasing, 2025), 0, 0);
	assert_near(vrd_phasing_at(&rule_of("s")->phasing, 2026), 1, 0);
}

static void a_table_has_nothing_in_the_base_years(void **state) {
	(void)state;
	static const refusal list[] = {
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {table: {2020: 0.5, 2030: "
	         "1}}}\n",
	         "scenario.phasing",
	         "\"x\" has the share 0.5 in 2020, not after the last base year 2025"},
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {table: {2025: 0.1, 2030: "
	         "1}}}\n",
	         "scenario.phasing", "the share 0.1 in 2025"},
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {table: {2020: 0.5, 2025: 0, "
	         "2030: 1}}}\n",
	         "scenario.phasing", "the share 0.5 in 2020"},
	        // Half way on the line from 2020 to 2030.
	        {"  - {id: x, type: avoid, interval: 0.1, phasing: {table: {2020: 0, 2030: 1}}}\n",
	         "scenario.phasing", "gives \"x\" the share 0.5 in the last base year 2025"},
	};
	ALL_REFUSED(list);
	assert_string_equal(assert_problem("scenario.phasing", "the line")->remedy,
	                    "add 2025: 0 to the table, or remove the years before");
	assert_int_equal(diag.n_errors, 1);
	built("  - {id: x, type: avoid, interval: 0.1, phasing: {table: {2020: 0, 2025: 0, 2030: "
	      "1}}}\n"
	      "  - {id: y, type: length_of_stay, interval: 0.1, phasing: {table: {2026: 0.5, 2030: "
	      "1}}}\n");
	assert_near(vrd_phasing_at(&rule_of("x")->phasing, 2025), 0, 0);
	assert_near(vrd_phasing_at(&rule_of("x")->phasing, 2026), 0.2, 1e-15);
	assert_near(vrd_phasing_at(&rule_of("y")->phasing, 2025), 0, 0);
}

static void years_that_are_none_are_told_once(void **state) {
	(void)state;
	not_built("  - {id: x, type: avoid, interval: 0.1, phasing: {table: {soon: 0.5}}}\n",
	          "scenario.phasing", "\"soon\"");
	assert_int_equal(diag.n_errors, 1);
	not_built("  - {id: x, type: backlog, interval: 10, cleared: {soon: 1}}\n",
	          "scenario.phasing", "\"soon\"");
	assert_int_equal(diag.n_errors, 1);
}

static void every_year_of_a_backlog_is_projected(void **state) {
	(void)state;
	not_built("  - {id: x, type: backlog, interval: 10, cleared: {2024: 0.2, 2026: 0.8}}\n",
	          "scenario.backlog", "cleared in 2024");
	not_built("  - {id: x, type: backlog, interval: 10, cleared: {2025: 0.2, 2026: 0.8}}\n",
	          "scenario.backlog", "after the base year 2025");
	built("  - {id: x, type: backlog, interval: 10, cleared: {2026: 0.4, 2030: 0.6}}\n");
	assert_null(find_problem("scenario.phasing", "x"));
	built("  - {id: x, type: backlog, interval: 10, cleared: {2026: 0.4, 2031: 0.6}}\n");
	assert_int_equal(assert_problem("scenario.phasing", "2031, after the horizon")->severity,
	                 VRD_WARNING);
}

// --- growth -------------------------------------------------------------------------------------

static void growth_of_a_tenth_each_year_is_questioned(void **state) {
	(void)state;
	static const char *const parameters[] = {"interval: 0.1", "interval: [0.02, 0.1]",
	                                         "interval: [0.05, 0.2], form: annual",
	                                         "quantiles: {0.1: 0.02, 0.5: 0.05, 0.9: 0.1}",
	                                         "values: [0.01, 0.2], weights: [0.5, 0.5]"};
	for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
		built(vrd_arena_printf(&mem, "  - {id: x, type: growth, %s}\n", parameters[i]));
		assert_int_equal(assert_problem("scenario.growth", "each year (P90)")->severity,
		                 VRD_WARNING);
	}
	built("  - {id: x, type: growth, interval: [0.05, 0.17]}\n");
	const vrd_problem *p =
	        assert_problem("scenario.growth", "\"x\" may grow by 17 % each year");
	assert_string_equal(p->remedy, "write form: total if it is the growth in all");
	static const char *const usual[] = {"interval: [0.005, 0.09]",
	                                    "interval: [0.1, 0.4], form: total",
	                                    "interval: [0, 0.02, 0.12], distribution: pert"};
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		built(vrd_arena_printf(&mem, "  - {id: x, type: growth, %s}\n", usual[i]));
		assert_null(find_problem("scenario.growth", "x"));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(a_phasing_begins_after_the_base_years),
	        TEST(a_phasing_ends_after_the_base_years),
	        TEST(a_table_has_nothing_in_the_base_years),
	        TEST(years_that_are_none_are_told_once),
	        TEST(every_year_of_a_backlog_is_projected),
	        TEST(growth_of_a_tenth_each_year_is_questioned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
