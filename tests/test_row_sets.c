// Rows of episodes through a region folder: what an import writes, what is shown, and what measures
// that overlap leave, against every row on its own.
#define _XOPEN_SOURCE 700 // P_tmpdir, mkdtemp

#include "folder_kit.h"
#include "region/row_sets.h"

static const char *const people =
        "area,sex,age,year,value\n"
        "north,all,0-64,2020,100\nnorth,all,65+,2020,50\nsouth,all,0-64,2020,200\n"
        "south,all,65+,2020,80\nnorth,all,0-64,2021,110\nnorth,all,65+,2021,60\n"
        "south,all,0-64,2021,210\nsouth,all,65+,2021,96\n";

static const char *const stays = "id,area,age,service,care,year,bed_days\n"
                                 "s1,north,81,surgery,ward,2020,8\n"
                                 "s2,north,30,surgery,ward,2020,2\n"
                                 "s3,south,70,surgery,ward,2020,4\n"
                                 "s4,south,70,surgery,ward,2020,0\n"
                                 "s5,south,66,medicine,ward,2020,5\n";

// falls may touch s1 by 1/4 and s5, frailty s1 by 1/2 and s3, drugs s1 by 0.3.
static const char *const touch = "row_id,measure_id,fraction\n"
                                 "s1,falls,0.25\ns1,frailty,0.5\ns1,drugs,0.3\n"
                                 "s3,frailty,1\ns5,falls,1\n";

static int with_region(void **state) {
	if (start(state) != 0)
		return -1;
	(void)text_file("region/region.yaml",
	                "schema: 1\nname: Testland\nlanguage: en\nplanning_level: catchment\n"
	                "base_years: [2020]\nhorizon: 2021\nexposure: jan1\n"
	                "suppression: {threshold: 0}\n"
	                "data:\n  - kind: population\n    file: data/people.csv\n");
	(void)text_file("region/data/people.csv", people);
	(void)text_file("region/geography/areas.csv", "code,type,parent,label\n"
	                                              "all,region,,Testland\n"
	                                              "north,catchment,all,North\n"
	                                              "south,catchment,all,South\n");
	(void)text_file("region/data/services.csv", "code,parent,driver,kappa,label\n"
	                                            "somatic,,,,Somatic\n"
	                                            "surgery,somatic,,0.5,Surgery\n"
	                                            "medicine,somatic,,,Medicine\n");
	(void)text_file("region/data/care.csv", "code,beds,label\nward,yes,Ward\nvisit,no,Visit\n");
	return 0;
}

static vrd_import_options episodes_of(const char *file, const char *touched) {
	static const char *const maps[] = {"id=row"};
	vrd_import_options options = import_of(file, "episodes");
	options.touch = touched;
	options.ages = "0-64,65+";
	options.maps = maps;
	options.n_maps = 1;
	return options;
}

static void import_stays(void) {
	const vrd_import_options options =
	        episodes_of(text_file("in/stays.csv", stays), text_file("in/touch.csv", touch));
	import_ok(&options);
}

// --- the import ---------------------------------------------------------------------------------

static const char *const sets = "code,service,measures\n"
                                "medicine~1,medicine,falls\n"
                                "surgery~1,surgery,drugs\n"
                                "surgery~2,surgery,drugs;falls\n"
                                "surgery~3,surgery,drugs;falls;frailty\n"
                                "surgery~4,surgery,drugs;frailty\n"
                                "surgery~5,surgery,falls\n"
                                "surgery~6,surgery,falls;frailty\n"
                                "surgery~7,surgery,frailty\n";

static void only_counts_and_sets_are_written(void **state) {
	(void)state;
	import_stays();
	assert_string_equal(text_of(in_region("data/row-sets.csv")), sets);
	const char *text = text_of(in_region("data/activity-stays.csv"));
	assert_says(text, "area,age,service,care,year,measure,value\n"
	                  "north,0-64,surgery,ward,2020,contacts,1\n"
	                  "north,0-64,surgery,ward,2020,bed_days,2\n"
	                  "north,65+,surgery,ward,2020,contacts,0.262");
	assert_says(text, "south,65+,surgery~7,ward,2020,bed_days,4\n");
	assert_null(strstr(picture(), "s3"));
	assert_says(text_of(in_region("region.yaml")), "  - kind: activity\n"
	                                               "    file: data/activity-stays.csv\n"
	                                               "    absent: zero\n");
	assert_says(report.p, "stays.csv: episodes, 5 rows, of which 3 are touched by 3 measures; "
	                      "row sets: 8 new\n");
}

static void a_dry_run_and_a_bad_row_write_nothing(void **state) {
	(void)state;
	const char *before = picture();
	vrd_import_options options =
	        episodes_of(text_file("in/stays.csv", stays), text_file("in/touch.csv", touch));
	options.dry_run = true;
	import_ok(&options);
	assert_says(report.p, "Nothing was written.");
	assert_string_equal(picture(), before);
	options.dry_run = false;
	options.file = text_file("in/bad.csv", "id,area,age,service,care,year,bed_days\n"
	                                       "s1,nowhere,81,surgery,ward,2020,8\n");
	options.touch = NULL;
	assert_int_equal(try_import(&options), VRD_DATA);
	assert_says(err.text, "bad.csv:2:4");
	assert_string_equal(picture(), before);
}

static void a_second_table_keeps_the_codes_of_the_first(void **state) {
	(void)state;
	import_stays();
	const vrd_import_options options = episodes_of(
	        text_file("in/visits.csv", "id,area,age,service,care,year\n"
	                                   "v1,north,70,surgery,visit,2020\n"
	                                   "v2,south,20,surgery,visit,2020\n"),
	        text_file("in/more.csv", "row_id,measure_id,fraction\nv1,frailty,1\nv2,video,1\n"));
	import_ok(&options);
	assert_string_equal(text_of(in_region("data/row-sets.csv")),
	                    vrd_arena_printf(&mem, "%s%s", sets, "surgery~8,surgery,video\n"));
	assert_says(text_of(in_region("data/activity-visits.csv")),
	            "north,65+,surgery~7,visit,2020,contacts,1\n"
	            "south,0-64,surgery~8,visit,2020,contacts,1\n");
	vrd_region *region = opened();
	vrd_cube all;
	OK(vrd_region_activity(region, &mem, &all, &diag, &err));
	double sum = 0;
	for (size_t i = 0; i < all.n_cells; i++)
		sum += all.values[i];
	assert_float_equal(sum, 5 + 19 + 2, 1e-12);
}

// --- with what there is -------------------------------------------------------------------------

static void the_same_rows_again_are_refused_at_their_entry(void **state) {
	(void)state;
	import_stays();
	const char *before = picture();
	vrd_import_options options = episodes_of(text_file("in/again.csv", stays), NULL);
	for (int dry = 1; dry >= 0; dry--) {
		options.dry_run = dry != 0;
		assert_int_equal(try_import(&options), VRD_DATA);
		assert_says(err.text, "region.yaml:15:5: data/activity-again.csv and the activity "
		                      "before it both have area \"south\"");
		assert_string_equal(picture(), before);
	}
	options = import_of(text_file("in/copy.csv", text_of(in_region("data/activity-stays.csv"))),
	                    "activity");
	options.absent = "zero";
	assert_int_equal(try_import(&options), VRD_DATA);
	assert_string_equal(diag.items[diag.n - 1].rule, "activity.join");
	assert_string_equal(picture(), before);
}

static void people_counted_twice_are_refused(void **state) {
	(void)state;
	const char *before = picture();
	const vrd_import_options options =
	        import_of(text_file("in/again.csv", people), "population");
	assert_int_equal(try_import(&options), VRD_DATA);
	assert_says(err.text, "region.yaml:12");
	assert_says(err.text, "data/again.csv does not fit the population files before it");
	assert_string_equal(picture(), before);
}

static void break_by_hand(void) {
	import_stays();
	(void)text_file("region/data/copy.csv", text_of(in_region("data/activity-stays.csv")));
	(void)text_file("region/region.yaml",
	                vrd_arena_printf(&mem,
	                                 "%s  - kind: activity\n    file: data/copy.csv\n"
	                                 "    absent: zero\n",
	                                 text_of(in_region("region.yaml"))));
}

static void check_tells_activity_that_does_not_fit_once_and_at_its_entry(void **state) {
	(void)state;
	static const char *const names[] = {"main", "other"};
	for (size_t i = 0; i < 2; i++)
		(void)text_file(vrd_arena_printf(&mem, "region/scenarios/%s.yaml", names[i]),
		                vrd_arena_printf(&mem,
		                                 "schema: 1\nname: %s\nassumptions:\n"
		                                 "  - {id: a, type: avoid, interval: 0.1}\n",
		                                 names[i]));
	break_by_hand();
	vrd_region *region = opened();
	OK(vrd_region_check(region, &diag, &err));
	assert_int_equal(diag.n_errors, 1);
	for (size_t i = 0; i < diag.n; i++) {
		const vrd_problem *p = &diag.items[i];
		if (p->severity != VRD_ERROR)
			continue;
		assert_string_equal(p->rule, "activity.join");
		assert_string_equal(p->place.file, "region.yaml");
		assert_int_equal(p->place.line, 15);
	}
}

static void a_folder_that_was_wrong_before_can_be_mended(void **state) {
	(void)state;
	break_by_hand();
	const vrd_import_options visits =
	        episodes_of(text_file("in/visits.csv", "id,area,age,service,care,year\n"
	                                               "v1,north,70,surgery,visit,2020\n"),
	                    NULL);
	import_ok(&visits);
	assert_int_equal(diag.n_warnings, 1);
	assert_string_equal(diag.items[0].rule, "import.together");
	vrd_import_options copy =
	        import_of(text_file("in/copy.csv", "area,age,service,care,year,measure,value\n"
	                                           "north,65+,medicine,visit,2020,contacts,1\n"),
	                  "activity");
	copy.absent = "zero";
	copy.replace = true;
	import_ok(&copy);
	assert_int_equal(diag.n_warnings, 0);
}

static void the_oldest_are_counted_as_the_population_counts_them(void **state) {
	(void)state;
	vrd_import_options options =
	        episodes_of(text_file("in/old.csv", "id,area,age,service,care,year\n"
	                                            "v1,north,0-64,surgery,visit,2020\n"
	                                            "v2,north,81,surgery,visit,2020\n"
	                                            "v3,south,110,surgery,visit,2020\n"),
	                    NULL);
	options.ages = NULL;
	import_ok(&options);
	assert_says(report.p, "  age       2 rows are counted as 65+, the open group of the "
	                      "population\n");
	assert_says(text_of(in_region("data/activity-old.csv")), "south,65+,surgery,visit,2020");
	OK(vrd_region_check(opened(), &diag, &err));
	assert_int_equal(diag.n_errors, 0);
}

static void a_key_of_persons_in_episodes_is_left_out_or_renamed(void **state) {
	(void)state;
	const vrd_import_options options =
	        episodes_of(text_file("in/pid.csv", "id,PID,area,age,service,care,year\n"), NULL);
	assert_int_equal(try_import(&options), VRD_DATA);
	assert_says(err.text, "leave the column out of the file, or rename it");
	assert_null(strstr(err.text, "count persons"));
}

static void wrong_options_are_refused(void **state) {
	(void)state;
	const char *before = picture();
	vrd_import_options options = episodes_of(text_file("in/stays.csv", stays), NULL);
	options.maps = TEXTS("id=raw");
	assert_int_equal(try_import(&options), VRD_USAGE);
	assert_says(err.text, "did you mean \"row\"?");
	options = episodes_of(options.file, NULL);
	options.ages = "0-64,60+";
	assert_int_equal(try_import(&options), VRD_USAGE);
	assert_says(err.text, "--ages");
	options = episodes_of(options.file, NULL);
	options.sum = true;
	assert_int_equal(try_import(&options), VRD_USAGE);
	options = import_of(options.file, "activity");
	options.touch = "touch.csv";
	assert_int_equal(try_import(&options), VRD_USAGE);
	assert_says(err.text, "--touch is for --as episodes");
	options = episodes_of(text_file("in/p.csv", "pasientnr,area\n1,north\n"), NULL);
	assert_int_equal(try_import(&options), VRD_DATA);
	assert_says(err.text, "about persons");
	assert_string_equal(picture(), before);
}

// --- the table of sets --------------------------------------------------------------------------

static void row_sets_inherit_from_their_service(void **state) {
	(void)state;
	(void)text_file("region/data/row-sets.csv", sets);
	const vrd_region *region = opened();
	assert_int_equal(region->service->n, 2 + 8);
	const size_t leaf = vrd_dim_find_text(region->service, "surgery~3");
	assert_true(region->kappa[leaf] == 0.5);
	const vrd_category *in_tree = &region->service_tree->cats[region->service_leaf[leaf]];
	assert_string_equal(region->service_tree->cats[in_tree->parent].code, "surgery");
	assert_string_equal(vrd_row_sets_service(region, "surgery~3"), "surgery");
	assert_string_equal(vrd_row_sets_service(region, "surgery"), "surgery");
	bool marks[10] = {false};
	assert_true(vrd_row_sets_mark(region, region->service, "frailty", marks));
	assert_false(marks[0] || marks[1] || marks[2] || !marks[leaf] || !marks[9]);
	assert_false(vrd_row_sets_mark(region, region->service, "frail", marks));
	const char **names;
	size_t n;
	OK(vrd_row_sets_measures(region, &names, &n, &err));
	assert_int_equal(n, 3);
	assert_string_equal(names[0], "drugs");
	assert_string_equal(names[2], "frailty");
}

static void bad_row_sets_are_told(void **state) {
	(void)state;
	static const struct {
		const char *row, *rule;
	} bad[] = {{"surgery,surgery,falls", "rows.code"},
	           {",surgery,falls", "rows.code"},
	           {"x~1,urology,falls", "rows.service"},
	           {"x~1,somatic,falls", "rows.service"},
	           {"x~1,surgery,", "rows.measures"},
	           {"x~1,surgery,falls;falls", "rows.measures"},
	           {"x~1,surgery,falls;;drugs", "rows.measures"},
	           {"ok~1,medicine,falls", "rows.code"},
	           {"x~1,surgery,drugs;falls", "rows.measures"}};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		vrd_region *region;
		(void)text_file("region/data/row-sets.csv",
		                vrd_arena_printf(&mem,
		                                 "code,service,measures\nok~1,surgery,falls;drugs\n"
		                                 "%s\n",
		                                 bad[i].row));
		vrd_diag_init(&diag, &mem, 0);
		assert_int_not_equal(vrd_region_open(&mem, region_dir, &region, &diag, &err),
		                     VRD_OK);
		assert_string_equal(diag.items[0].rule, bad[i].rule);
		assert_int_equal(diag.items[0].place.line, 3);
	}
}

// --- what is shown ------------------------------------------------------------------------------

static vrd_cube shown(vrd_region *region, vrd_query query) {
	vrd_cube cube;
	vrd_suppression rule;
	if (vrd_region_query(region, &query, &cube, &rule, &diag, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return cube;
}

static void activity_is_shown_by_real_service(void **state) {
	(void)state;
	import_stays();
	vrd_region *region = opened();
	const char *const by[] = {"service"};
	const vrd_cube cube = shown(region, (vrd_query){.cube = "activity", .by = by, .n_by = 1});
	assert_int_equal(cube.n_cells, 2);
	assert_string_equal(cube.dims[0]->cats[0].code, "surgery");
	assert_true(cube.values[0] == 4); // whole again
	assert_true(cube.values[1] == 1);
	const char *const rows[] = {"rows"};
	const vrd_cube split = shown(
	        region,
	        (vrd_query){
	                .cube = "activity", .by = by, .n_by = 1, .levels = rows, .n_levels = 1});
	assert_int_equal(split.n_cells, 9);
	const vrd_cube groups = shown(region, (vrd_query){.cube = "activity",
	                                                  .by = by,
	                                                  .n_by = 1,
	                                                  .levels = TEXTS("service_group"),
	                                                  .n_levels = 1});
	assert_int_equal(groups.n_cells, 1);
	assert_true(groups.values[0] == 5);
	vrd_cube none;
	vrd_suppression rule;
	const vrd_query people_rows = {.cube = "population", .levels = rows, .n_levels = 1};
	assert_int_equal(vrd_region_query(region, &people_rows, &none, &rule, &diag, &err),
	                 VRD_NOINPUT);
	assert_says(err.text, "only activity is shown by row set");
}

// --- scenarios ----------------------------------------------------------------------------------

// Population of each band grows by a factor of its own; a row is kept by prod(1 - f x).
static void overlapping_measures_leave_what_every_row_leaves(void **state) {
	(void)state;
	import_stays();
	(void)text_file("region/scenarios/main.yaml",
	                "schema: 1\nname: main\ndraws: 4\nassumptions:\n"
	                "  - {id: a, type: avoid, select: {rows: [falls]}, interval: 0.4,\n"
	                "     phasing: {curve: step, end: 2021}}\n"
	                "  - {id: b, type: avoid, select: {rows: [frailty], service: [surgery]},\n"
	                "     interval: 0.2, phasing: {curve: step, end: 2021}}\n"
	                "  - {id: c, type: avoid, select: {rows: drugs}, interval: 0.9,\n"
	                "     phasing: {curve: step, end: 2021}}\n"
	                "  - {id: d, type: avoid, select: {service: [surgery]}, interval: 0.1,\n"
	                "     phasing: {curve: step, end: 2021}}\n");
	vrd_region *region = opened();
	const char *id;
	bool existed;
	const vrd_run_options options = {.draws = -1, .seed = -1};
	if (vrd_region_run(region, "main", &options, NULL, NULL, &id, &existed, &diag, &err) !=
	    VRD_OK)
		fail_msg("%s", err.text);
	const double s1 = (1 - 0.25 * 0.4) * (1 - 0.5 * 0.2) * (1 - 0.3 * 0.9);
	const double expected[2][2] = {
	        {0.9 * (s1 * 1.2 + 1.1 + 0.8 * 1.2 + 1.2), 0.6 * 1.2},
	        {0.9 * (8 * s1 * 1.2 + 2 * 1.1 + 4 * 0.8 * 1.2), 5 * 0.6 * 1.2}};
	static const char *const cubes[] = {"result/activity", "result/bed_days"};
	const char *year[] = {"2021"};
	const vrd_where where[] = {{"year", 1, year}};
	const char *const by[] = {"service"};
	for (size_t i = 0; i < 2; i++) {
		const vrd_cube cube = shown(region, (vrd_query){.cube = cubes[i],
		                                                .by = by,
		                                                .n_by = 1,
		                                                .where = where,
		                                                .n_where = 1});
		assert_int_equal(cube.n_cells, 2);
		assert_string_equal(cube.dims[0]->cats[0].code, "surgery");
		for (size_t k = 0; k < 2; k++)
			assert_float_equal(cube.values[k], expected[i][k], 1e-12);
	}
}

// Mean of contacts and bed days of each service, area and form of care in the last year.
static vrd_cube results(vrd_region *region, const char *name) {
	const char *id, *year[] = {"2021"};
	bool existed;
	const vrd_run_options options = {.draws = -1, .seed = -1};
	const vrd_where where[] = {{"year", 1, year}};
	const char *const by[] = {"area", "service", "care"};
	if (vrd_region_run(region, "main", &options, NULL, NULL, &id, &existed, &diag, &err) !=
	    VRD_OK)
		fail_msg("%s", err.text);
	return shown(region, (vrd_query){.cube = name,
	                                 .run = id,
	                                 .by = by,
	                                 .n_by = 3,
	                                 .where = where,
	                                 .n_where = 1});
}

static void a_split_changes_nothing_for_assumptions_that_name_no_rows(void **state) {
	(void)state;
	static const char *const cubes[] = {"result/activity", "result/bed_days"};
	vrd_cube whole[2], split[2];
	(void)text_file(
	        "region/scenarios/main.yaml",
	        "schema: 1\nname: main\ndraws: 8\nassumptions:\n"
	        "  - {id: grow, type: growth, interval: [0.01, 0.03]}\n"
	        "  - {id: level, type: level, select: {service: [surgery]}, interval: 0.5}\n"
	        "  - {id: new, type: new_service, interval: 9, los_new: 2,\n"
	        "     select: {service: [surgery], care: [ward]}}\n"
	        "  - {id: wait, type: backlog, interval: 3, cleared: {2021: 1},\n"
	        "     select: {service: [surgery]}}\n"
	        "  - {id: less, type: avoid, select: {service: [somatic]}, interval: [0.1, "
	        "0.2]}\n"
	        "  - {id: move, type: shift, select: {care: [ward]}, to: visit, interval: "
	        "0.3,\n     removed_los: mean}\n"
	        "  - {id: stay, type: length_of_stay, select: {age: 65+}, interval: 0.1}\n");
	const vrd_import_options options = episodes_of(text_file("in/stays.csv", stays), NULL);
	import_ok(&options);
	for (size_t i = 0; i < 2; i++)
		whole[i] = results(opened(), cubes[i]);
	vrd_import_options again = episodes_of(options.file, text_file("in/touch.csv", touch));
	again.replace = true;
	import_ok(&again);
	for (size_t i = 0; i < 2; i++) {
		split[i] = results(opened(), cubes[i]);
		assert_int_equal(split[i].n_cells, whole[i].n_cells);
		double sum = 0;
		for (size_t j = 0; j < whole[i].n_cells; j++) {
			assert_float_equal(split[i].values[j], whole[i].values[j], 1e-12);
			sum += whole[i].values[j];
		}
		assert_true(sum > 5);
	}
}

static void an_unknown_measure_suggests_the_nearest(void **state) {
	(void)state;
	import_stays();
	(void)text_file("region/scenarios/main.yaml",
	                "schema: 1\nname: main\nassumptions:\n"
	                "  - {id: a, type: avoid, select: {rows: [fals]}, interval: 0.4}\n");
	vrd_region *region = opened();
	const char *id;
	bool existed;
	const vrd_run_options options = {.draws = -1, .seed = -1};
	assert_int_equal(
	        vrd_region_run(region, "main", &options, NULL, NULL, &id, &existed, &diag, &err),
	        VRD_CONFIG);
	assert_says(err.text, "did you mean \"falls\"?");
	assert_says(err.text, "main.yaml:4");
}

static void check_scenario(const char *select) {
	import_stays();
	(void)text_file("region/scenarios/main.yaml",
	                vrd_arena_printf(&mem,
	                                 "schema: 1\nname: main\nassumptions:\n"
	                                 "  - {id: a, type: avoid, select: {%s}, interval: 0.4}\n",
	                                 select));
	OK(vrd_region_check(opened(), &diag, &err));
}

static const vrd_problem *problem_of(const char *rule) {
	for (size_t i = 0; i < diag.n; i++)
		if (strcmp(diag.items[i].rule, rule) == 0)
			return &diag.items[i];
	fail_msg("no %s", rule);
	return NULL;
}

static void an_unknown_measure_names_the_table_and_all_measures(void **state) {
	(void)state;
	check_scenario("rows: [nosuch]");
	const vrd_problem *p = problem_of("scenario.unknown-code");
	assert_string_equal(p->remedy,
	                    "write a measure of data/row-sets.csv: drugs, falls, frailty");
	assert_string_equal(p->text, "rows \"nosuch\" is no measure that the region knows");
}

static void a_selector_that_finds_nothing_lists_real_services(void **state) {
	(void)state;
	check_scenario("care: [visit]");
	assert_says(problem_of("model.neutral")->remedy,
	            "services with activity: surgery, medicine; forms of care: ward");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, with_region, stop)

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(only_counts_and_sets_are_written),
	        TEST(a_dry_run_and_a_bad_row_write_nothing),
	        TEST(a_second_table_keeps_the_codes_of_the_first),
	        TEST(the_same_rows_again_are_refused_at_their_entry),
	        TEST(people_counted_twice_are_refused),
	        TEST(check_tells_activity_that_does_not_fit_once_and_at_its_entry),
	        TEST(a_folder_that_was_wrong_before_can_be_mended),
	        TEST(the_oldest_are_counted_as_the_population_counts_them),
	        TEST(a_key_of_persons_in_episodes_is_left_out_or_renamed),
	        TEST(wrong_options_are_refused),
	        TEST(row_sets_inherit_from_their_service),
	        TEST(bad_row_sets_are_told),
	        TEST(activity_is_shown_by_real_service),
	        TEST(overlapping_measures_leave_what_every_row_leaves),
	        TEST(a_split_changes_nothing_for_assumptions_that_name_no_rows),
	        TEST(an_unknown_measure_suggests_the_nearest),
	        TEST(an_unknown_measure_names_the_table_and_all_measures),
	        TEST(a_selector_that_finds_nothing_lists_real_services),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
