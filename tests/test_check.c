// Checking a whole folder: every problem of every file, what was reconciled, and nothing else.
#include "region_text.h"

static size_t count_of(const char *rule) {
	size_t n = 0;
	for (size_t i = 0; i < diag.n; i++)
		n += strcmp(diag.items[i].rule, rule) == 0;
	return n;
}

static void a_good_region_has_no_errors(void **state) {
	(void)state;
	check_region();
	assert_no_errors();
	assert_int_equal(count_of("data.read"), 5);
	assert_problem("data.read", "activity");
}

static void a_projection_is_compared_with_the_count(void **state) {
	(void)state;
	check_region();
	const vrd_problem *p = assert_problem("pop.projection-gap", "MMMM");
	assert_int_equal(p->severity, VRD_NOTE);
	assert_non_null(strstr(p->text, "1 January 2026"));
	assert_problem("pop.projection-gap", "HHMH");
}

static void every_file_is_checked(void **state) {
	(void)state;
	change("data/count.csv", "a,2025,F,1", "a,2025,F,-1");
	change("data/activity.csv", "a,F,0-17,card,inp,2025,", "a,F,0-17,card,inp,2025,-");
	change("data/flows.csv", "a,ute", "a,ude");
	check_region();
	assert_string_equal(assert_problem("csv.negative", "-1")->place.file, "data/count.csv");
	assert_string_equal(assert_problem("csv.negative", "-14")->place.file, "data/activity.csv");
	assert_string_equal(assert_problem("data.unknown-code", "\"ute\"")->place.file,
	                    "data/flows.csv");
}

static void bad_data_do_not_hide_bad_scenarios(void **state) {
	(void)state;
	change("data/count.csv", "a,2025,F,1", "a,2025,F,-1");
	check_finds("csv.negative", "");
	assert_int_equal(diag.n_errors, 1);
	change("scenarios/main.yaml", "[0.02, 0.1]", "[0.1, 0.02]");
	change("scenarios/main.yaml", "area: c1", "area: cc1");
	check_region();
	assert_problem("csv.negative", "");
	assert_problem("scenario.interval", "avoid");
	assert_problem("scenario.unknown-code", "cc1");
}

static void what_the_population_lacks_is_listed(void **state) {
	(void)state;
	static const struct {
		const char *old, *fresh, *rule;
	} cases[] = {
	        {"young: age=1-17", "young: age=1-16", "pop.age-gap"},
	        {"young: age=1-17", "young: age=1-18", "pop.age-overlap"},
	        {"old: age=80+", "old: age=80-99", "pop.open-age"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_text("region.yaml", region_yaml);
		change("region.yaml", cases[i].old, cases[i].fresh);
		check_region();
		if (count_of(cases[i].rule) == 0)
			fail_msg("no %s", cases[i].rule);
	}
	write_text("region.yaml", region_yaml);
	change("data/count.csv", "kid,", "kid,kid");
	check_region();
	assert_true(diag.n_errors > 0);
}

static void a_missing_sex_or_number_is_listed(void **state) {
	(void)state;
	write_text("data/count.csv", "area,year,sex,kid,young,grown,old\n"
	                             "a,2025,F,1,2,3,4\nb,2025,F,1,,3,4\n");
	check_region();
	assert_problem("pop.sex-missing", "M");
	assert_problem("pop.not-a-number", "1");
}

static void series_that_do_not_fit_are_listed(void **state) {
	(void)state;
	write_population("data/more.csv", 2026, 2027, 0.004);
	append_text("region.yaml",
	            "  - {kind: population, file: data/more.csv, columns: {kid: age=0, "
	            "young: age=1-17, grown: age=18-79, old: age=80+}}\n");
	check_finds("pop.series", "data/more.csv");
}

static void problems_of_every_scenario_are_listed(void **state) {
	(void)state;
	change("scenarios/main.yaml", "[0.02, 0.1]", "[0.1, 0.02]");
	change("scenarios/main.yaml", "area: c1", "area: cc1");
	write_text("scenarios/other.yaml", "schema: 1\nname: another\n");
	write_text("scenarios/torn.yaml", "schema: 1\nname: [torn\n");
	check_region();
	assert_problem("scenario.interval", "avoid");
	assert_problem("scenario.unknown-code", "cc1");
	assert_problem("scenario.name", "another");
	bool torn = false;
	for (size_t i = 0; i < diag.n; i++)
		torn = torn || strstr(diag.items[i].text, "scenarios/torn.yaml") ||
		       (diag.items[i].place.file &&
		        strcmp(diag.items[i].place.file, "scenarios/torn.yaml") == 0);
	assert_true(torn);
}

static void a_folder_in_the_place_of_a_scenario_is_listed(void **state) {
	(void)state;
	OK(vrd_dir_make(in_folder("scenarios/folder.yaml"), &err));
	check_region();
	bool told = false;
	for (size_t i = 0; i < diag.n; i++)
		told = told || (diag.items[i].severity == VRD_ERROR &&
		                strstr(diag.items[i].text, "folder.yaml"));
	assert_true(told);
}

static void a_region_without_activity_is_warned(void **state) {
	(void)state;
	write_text("region.yaml",
	           "schema: 1\nname: R\nhorizon: 2030\ndata: [{kind: population, file: "
	           "data/count.csv, columns: {kid: age=0, young: age=1-17, grown: "
	           "age=18-79, old: age=80+}}]\n");
	const vrd_problem *p = check_finds("region.no-activity", "no activity");
	assert_int_equal(p->severity, VRD_WARNING);
	assert_no_errors();
}

static void areas_without_a_map_are_named(void **state) {
	(void)state;
	change("geography/maps.csv", "b,c2,,2020,,1\n", "");
	const vrd_problem *p = check_finds("check", "do not reach the level catchment in 2025: b");
	assert_string_equal(p->place.file, "scenarios/main.yaml");
	p = check_finds("pop.level", "do not reach the level catchment");
	assert_int_equal(p->severity, VRD_WARNING);
}

// --- control totals -----------------------------------------------------------------------------

static void with_controls(const char *rows) {
	write_text("data/control.csv", rows);
	append_text("region.yaml", "  - {kind: control, file: data/control.csv}\n");
}

static void good_control_totals_are_noted_with_their_source(void **state) {
	(void)state;
	open_region();
	const double a = number("population", "year=2025;area=c1", "year"),
	             b = number("population", "year=2025;area=c2", "year"),
	             card = number("activity", "service=card;year=2025", "service");
	with_controls(vrd_arena_printf(&mem,
	                               "cube,year,area,service,value,tolerance,source,note\n"
	                               "population,2025,c1,,%.10g,,SSB,\n"
	                               "population,2025,c1|c2,,%.10g,0.001,SSB,\n"
	                               "population,2025,,,%.10g,1,,rounded\n"
	                               "activity,2025,,card,%.10g,,,\n",
	                               a, a + b, a + b + 0.7, card));
	check_region();
	assert_no_errors();
	assert_int_equal(count_of("control.total"), 4);
	const vrd_problem *p = assert_problem("control.total", "SSB");
	assert_int_equal(p->severity, VRD_NOTE);
	assert_int_equal(p->place.line, 2);
	assert_non_null(strstr(p->text, "difference +0"));
}

static void a_bad_control_total_shows_the_difference(void **state) {
	(void)state;
	open_region();
	const double all = number("population", "year=2025", "year");
	with_controls(vrd_arena_printf(&mem,
	                               "cube,year,value,tolerance\npopulation,2025,%.10g,2\n"
	                               "population,2025,%.10g,\n",
	                               all - 3, all));
	const vrd_problem *p = check_finds("control.total", "difference +3");
	assert_int_equal(p->severity, VRD_ERROR);
	assert_int_equal(p->place.line, 2);
	assert_int_equal(diag.n_errors, 1);
}

static void a_control_total_of_few_persons_is_not_told(void **state) {
	(void)state;
	write_text("data/activity.csv", "area,sex,age,service,care,year,contacts,bed_days\n"
	                                "a,F,0-17,card,inp,2025,3,4\n");
	with_controls("cube,year,service,value\nactivity,2025,card,3\n");
	check_finds("control.hidden", "hides");
	assert_int_equal(count_of("control.total"), 0);
}

static void control_totals_that_select_nothing_are_listed(void **state) {
	(void)state;
	with_controls("cube,year,area,value,tolerance\n"
	              "populasjon,2025,,1,\n"
	              "population,2025,c9,1,\n"
	              "population,1900,,1,\n"
	              "population,,,1,\n"
	              "population,2025,,many,\n"
	              "population,2025,,1,much\n"
	              "population,2025,,1,-1\n");
	check_region();
	for (size_t line = 2; line <= 8; line++) {
		bool told = false;
		for (size_t i = 0; i < diag.n; i++)
			told = told ||
			       (diag.items[i].severity == VRD_ERROR &&
			        diag.items[i].place.line == line && diag.items[i].place.file &&
			        strcmp(diag.items[i].place.file, "data/control.csv") == 0);
		if (!told)
			fail_msg("line %zu was accepted", line);
	}
	assert_problem("control.selection", "\"population\"");
	assert_problem("control.selection", "\"c1\"");
	assert_problem("control.number", "many");
}

static void control_totals_need_their_columns(void **state) {
	(void)state;
	with_controls("cube,total\npopulation,1\n");
	check_finds("table.missing-column", "cube and value");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(a_good_region_has_no_errors),
	        TEST(a_projection_is_compared_with_the_count),
	        TEST(every_file_is_checked),
	        TEST(bad_data_do_not_hide_bad_scenarios),
	        TEST(what_the_population_lacks_is_listed),
	        TEST(a_missing_sex_or_number_is_listed),
	        TEST(series_that_do_not_fit_are_listed),
	        TEST(problems_of_every_scenario_are_listed),
	        TEST(a_folder_in_the_place_of_a_scenario_is_listed),
	        TEST(a_region_without_activity_is_warned),
	        TEST(areas_without_a_map_are_named),
	        TEST(good_control_totals_are_noted_with_their_source),
	        TEST(a_bad_control_total_shows_the_difference),
	        TEST(a_control_total_of_few_persons_is_not_told),
	        TEST(control_totals_that_select_nothing_are_listed),
	        TEST(control_totals_need_their_columns),
	};
	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
