// Runs: what a scenario may say, what is missing, and that a run is its content, whole or absent.
#include "region_text.h"

#include "store/store.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static vrd_status try_run(const char *scenario, const char **id) {
	const vrd_run_options options = {.draws = -1, .seed = -1, .n_threads = 1};
	bool existed;
	const vrd_status rc = open_quietly();
	return rc != VRD_OK ? rc
	                    : vrd_region_run(region, scenario, &options, NULL, NULL, id, &existed,
	                                     &diag, &err);
}

// --- scenarios ----------------------------------------------------------------------------------

// Each replaces a text of main.yaml and expects a problem of a rule.
typedef struct {
	const char *old, *fresh, *rule, *text;
} edit;

static void assert_edits(size_t n, const edit *edits) {
	const char *id;
	for (size_t i = 0; i < n; i++) {
		change("scenarios/main.yaml", edits[i].old, edits[i].fresh);
		if (try_run("main", &id) == VRD_OK)
			fail_msg("\"%s\" was accepted", edits[i].fresh);
		const vrd_problem *p = assert_problem(edits[i].rule, edits[i].text);
		assert_string_equal(p->place.file, "scenarios/main.yaml");
		write_text("scenarios/main.yaml", main_yaml);
	}
	OK(try_run("main", &id));
}
#define ASSERT_EDITS(edits) assert_edits(sizeof edits / sizeof *edits, edits)

static void unknown_codes_suggest_the_nearest(void **state) {
	(void)state;
	static const edit edits[] = {
	        {"{service: med}", "{service: medi}", "scenario.unknown-code", "\"med\""},
	        {"care: inp}", "care: innp}", "scenario.unknown-code", "\"inp\""},
	        {"area: c1", "area: cc1", "scenario.unknown-code", "\"c1\""},
	        {"area: c1", "area: [c1, Narnia]", "scenario.unknown-code",
	         "\"Narnia\" is not known"},
	        {"to: day", "to: days", "scenario.unknown-code", "\"day\""},
	        {"group: tech, label", "group: teck, label", "scenario.group", "\"teck\""},
	};
	ASSERT_EDITS(edits);
}

static void an_unknown_code_has_its_line_and_column(void **state) {
	(void)state;
	const char *id;
	change("scenarios/main.yaml", "{service: med}", "{service: medi}");
	assert_int_equal(try_run("main", &id), VRD_CONFIG);
	const vrd_problem *p = assert_problem("scenario.unknown-code", "medi");
	assert_int_equal(p->place.line, 9);
	assert_int_equal(p->place.column, 50);
	SAYS("scenarios/main.yaml:9:50");
}

static void intervals_are_ascending_and_within_bounds(void **state) {
	(void)state;
	static const edit edits[] = {
	        {"[0.02, 0.1]", "[0.1, 0.02]", "scenario.interval", "avoid"},
	        {"[0.02, 0.1]", "1.2", "scenario.interval", "\"avoid\" is 1.2, outside [0, 1]"},
	        {"[0.02, 0.1]", "[0.5, 1.2]", "scenario.interval", "avoid"},
	        {"[0.02, 0.1]", "[-0.1, 0.2]", "scenario.interval", "avoid"},
	        {"[0.02, 0.1]", "[0.1, 0.2, 0.3]", "scenario.interval", "pert"},
	        {"[0.02, 0.1]}", "[0.1, 0.2], distribution: pert}", "scenario.interval", "pert"},
	        {"[0.02, 0.1]}", "[0.3, 0.2, 0.4], distribution: pert}", "scenario.interval",
	         "avoid"},
	        {"[0.02, 0.1]", "[1e300, 1e308]", "scenario.interval", "avoid"},
	        {"[0, 0.5]", "[0, 1.5]", "scenario.bounds", "are not inside [0, 1]"},
	        {"[0, 0.5]", "[0.5, 0.1]", "scenario.bounds", "shift"},
	        {"[0, 0.5]", "[0.06, 0.5]", "scenario.interval", "shift"},
	};
	ASSERT_EDITS(edits);
}

static void a_phasing_is_a_curve_with_years_or_a_table(void **state) {
	(void)state;
	static const edit edits[] = {
	        {"start: 2026, end: 2029", "start: 2029, end: 2026", "scenario.phasing",
	         "starts in 2029 and ends in 2026"},
	        {"{curve: logistic, start: 2026, end: 2029}", "{start: 2030}", "scenario.phasing",
	         "starts in 2030 and ends in 2030"},
	        {"{curve: logistic, start: 2026, end: 2029}",
	         "{curve: table, table: {2028: 0.5, 2027: 1}}", "scenario.phasing", "\"2027\""},
	        {"{curve: logistic, start: 2026, end: 2029}", "{curve: table, table: {soon: 0.5}}",
	         "scenario.phasing", "\"soon\""},
	        {"{curve: logistic, start: 2026, end: 2029}", "{curve: table}", "scenario.phasing",
	         "needs one"},
	        {"{curve: logistic, start: 2026, end: 2029}", "{curve: table, table: {}}",
	         "scenario.phasing", "empty"},
	        {"{curve: logistic, start: 2026, end: 2029}", "{curve: linear, table: {2027: 1}}",
	         "scenario.phasing", "curve: table"},
	        {"{curve: logistic, start: 2026, end: 2029}",
	         "{curve: table, end: 2029, table: {2027: 1}}", "scenario.phasing",
	         "ends with its last year"},
	        {"{curve: logistic, start: 2026, end: 2029}",
	         "{curve: table, start: 2027, table: {2027: 1}}", "scenario.phasing",
	         "before its first year"},
	        {"type: avoid,", "type: growth, phasing: {table: {2027: 0.5, 2029: 1}},",
	         "scenario.phasing", "annual growth"},
	};
	ASSERT_EDITS(edits);
}

static void growth_by_a_table_has_the_form_total(void **state) {
	(void)state;
	const char *id;
	change("scenarios/main.yaml", "type: avoid,",
	       "type: growth, form: total, phasing: {start: 2026, table: {2027: 0.5, 2029: 1}},");
	OK(try_run("main", &id));
}

static void grouped_ages_do_where_no_service_follows_births(void **state) {
	(void)state;
	const char *id;
	for (size_t i = 0; i < 3; i++)
		change("region.yaml", "age=0, young: age=1-17", "\"-\", young: age=0-17");
	assert_int_not_equal(try_run("main", &id), VRD_OK);
	SAYS("single age 0");
	change("data/services.csv", "birth,,births", "birth,,population");
	OK(try_run("main", &id));
}

static void the_summary_names_the_alternatives_of_the_data(void **state) {
	(void)state;
	const char *id;
	vrd_store *store;
	vrd_run_record record;
	change("scenarios/main.yaml", "population: {MMMM: 0.75, HHMH: 0.25}\n", "");
	OK(try_run("main", &id));
	OK(vrd_store_open(vrd_region_store_path(region, &mem), false, &store, &err));
	OK(vrd_store_find(store, &mem, id, &record, &err));
	vrd_store_close(store);
	assert_non_null(strstr(record.summary, "\"MMMM\": 1.0"));
}

static void a_normal_distribution_keeps_its_bounds(void **state) {
	(void)state;
	static const edit edits[] = {
	        {"[0.02, 0.1]}", "[0.1, 0.9], distribution: normal}", "scenario.interval", "avoid"},
	        {"[0.02, 0.1]}", "[0.4, 0.5], bounds: [0.39, 0.51], distribution: normal}",
	         "scenario.interval", "avoid"},
	};
	ASSERT_EDITS(edits);
	const char *id;
	change("scenarios/main.yaml", "type: avoid,", "type: growth, distribution: normal,");
	OK(try_run("main", &id));
}

static void keys_of_another_kind_are_refused(void **state) {
	(void)state;
	static const edit edits[] = {
	        {"type: avoid,", "type: avoid, to: day,", "scenario.key", "belongs to type shift"},
	        {"type: avoid,", "type: avoid, form: total,", "scenario.key", "growth"},
	        {"type: shift,", "type: shift, floor: none,", "scenario.key", "length_of_stay"},
	        {" to: day,", "", "scenario.shift", "a shift needs a target"},
	};
	ASSERT_EDITS(edits);
}

static void ages_are_ranges(void **state) {
	(void)state;
	static const edit edits[] = {
	        {"age: 80+", "age: old", "scenario.age", "\"old\" is not an age range"},
	        {"age: 80+", "age: 80-20", "scenario.age", "\"80-20\""},
	};
	ASSERT_EDITS(edits);
}

static void a_cut_inside_a_population_band_is_refused(void **state) {
	(void)state;
	const char *id;
	change("scenarios/main.yaml", "age: 80+", "age: 67+");
	assert_int_equal(try_run("main", &id), VRD_DATA);
	SAYS("67");
}

static void shares_that_leave_a_stratum_are_one_at_most(void **state) {
	(void)state;
	static const edit edits[] = {
	        {"  - {id: stays",
	         "  - {id: more, type: shift, select: {care: inp, age: 80+}, to: "
	         "out, interval: [0.1, 0.2], bounds: [0, 0.6]}\n  - {id: stays",
	         "model.shift-sum", "more"},
	        {"  - {id: stays",
	         "  - {id: more, type: shift, select: {care: inp, service: card}, "
	         "to: out, interval: 0.9}\n  - {id: stays",
	         "model.shift-sum", "shift"},
	        {"to: day", "to: inp", "model.shift-same", "shift"},
	        {"id: stays", "id: avoid", "model.duplicate-id", "avoid"},
	        {"HHMH: 0.25", "HHMH: 0.5", "model.weights", "1.25"},
	};
	ASSERT_EDITS(edits);
}

static void a_scenario_has_the_name_of_its_file(void **state) {
	(void)state;
	static const edit edits[] = {
	        {"name: main", "name: hoved", "scenario.name", "calls itself \"hoved\""}};
	ASSERT_EDITS(edits);
}

static void an_unknown_scenario_suggests_the_nearest(void **state) {
	(void)state;
	const char *id;
	assert_int_equal(try_run("constnat", &id), VRD_NOINPUT);
	SAYS("\"constant\"");
	assert_int_equal(try_run("../region", &id), VRD_NOINPUT);
	SAYS("the region has main");
}

static void an_unknown_alternative_suggests_the_nearest(void **state) {
	(void)state;
	const char *id;
	change("scenarios/main.yaml", "HHMH", "HHMM");
	assert_int_equal(try_run("main", &id), VRD_NOINPUT);
	SAYS("did you mean \"HHMH\"");
}

static void the_horizon_comes_after_the_base_year(void **state) {
	(void)state;
	const char *id;
	change("scenarios/main.yaml", "draws: 200", "draws: 200\nhorizon: 2025");
	assert_int_equal(try_run("main", &id), VRD_CONFIG);
	SAYS("horizon 2025");
}

// --- missing data -------------------------------------------------------------------------------

static void a_base_year_without_activity_is_named(void **state) {
	(void)state;
	const char *id;
	write_activity("data/activity.csv", 2024, 2024);
	assert_int_equal(try_run("main", &id), VRD_DATA);
	SAYS("2025");
}

static void a_base_year_without_population_is_named(void **state) {
	(void)state;
	const char *id;
	change("region.yaml", "[2025]", "[2024, 2025]");
	write_activity("data/activity.csv", 2024, 2025);
	assert_int_equal(try_run("main", &id), VRD_DATA);
	SAYS("population of the base years");
	SAYS("2024");
}

static void a_year_without_population_is_named(void **state) {
	(void)state;
	const char *id;
	write_population("data/HHMH.csv", 2026, 2029, 0.009);
	assert_int_equal(try_run("main", &id), VRD_DATA);
	SAYS("HHMH");
	SAYS("2030");
}

static void mid_exposure_needs_the_year_after(void **state) {
	(void)state;
	const char *id;
	write_population("data/MMMM.csv", 2026, 2030, 0.005);
	write_population("data/HHMH.csv", 2026, 2030, 0.009);
	assert_int_equal(try_run("main", &id), VRD_DATA);
	SAYS("2031");
	SAYS("jan1");
	change("region.yaml", "language", "exposure: jan1\nlanguage");
	OK(try_run("main", &id));
}

static void a_region_without_activity_says_how_to_import_it(void **state) {
	(void)state;
	const char *id;
	change("region.yaml", "  - {kind: activity, file", "  - {kind: control, file");
	assert_int_equal(try_run("main", &id), VRD_NOINPUT);
	SAYS("varde import");
	SAYS("--as activity");
}

static bool has_onc(vrd_str line) {
	for (size_t i = 0; i + 5 <= line.n; i++)
		if (memcmp(line.p + i, ",onc,", 5) == 0)
			return true;
	return false;
}

static void activity_of_several_files_is_one(void **state) {
	(void)state;
	const char *id;
	open_region();
	run_with("main", 0, 1);
	const double whole = number("result/activity", "year=2030", "year");
	const char *text = read_text(in_folder("data/activity.csv"));
	vrd_buf part[2] = {{0}, {0}};
	for (vrd_str rest = vrd_str_of(text), line; vrd_str_split(&rest, '\n', &line);) {
		const bool onc = has_onc(line);
		for (int i = 0; i < 2; i++)
			if (line.n && (vrd_str_starts(line, "area") || onc == (i == 1)))
				vrd_buf_printf(&part[i], "%.*s\n", (int)line.n, line.p);
	}
	write_bytes("data/activity.csv", part[0].p, part[0].n);
	write_bytes("data/onc.csv", part[1].p, part[1].n);
	append_text("region.yaml",
	            "  - {kind: activity, file: data/onc.csv, absent: zero, columns: "
	            "{contacts: measure=contacts, bed_days: measure=bed_days}}\n");
	open_region();
	run_with("main", 0, 1);
	assert_near(number("result/activity", "year=2030", "year"), whole, 1e-12);
	change("data/onc.csv", "area,sex,age,", "area,sex,bands,");
	assert_int_not_equal(try_run("main", &id), VRD_OK);
	SAYS("data/onc.csv");
	for (int i = 0; i < 2; i++)
		vrd_buf_free(&part[i]);
}

static void dimensions_that_shares_do_not_have_are_refused(void **state) {
	(void)state;
	const char *id;
	change("region.yaml", "file: data/flows.csv}",
	       "file: data/flows.csv, constants: {sex: F}}");
	assert_int_equal(try_run("main", &id), VRD_DATA);
	SAYS("\"sex\"");
	change("region.yaml", ", constants: {sex: F}}",
	       "}\n  - {kind: occupancy, file: data/occ.csv}");
	write_text("data/occ.csv", "care,year,value\ninp,2025,0.9\n");
	assert_int_equal(try_run("main", &id), VRD_DATA);
	SAYS("\"year\"");
	write_text("data/occ.csv", "care,value\ninp,1.9\n");
	assert_int_equal(try_run("main", &id), VRD_DATA);
	SAYS("1.9");
	write_text("data/occ.csv", "care,value\ninp,0.5\n");
	OK(try_run("main", &id));
	assert_near(number("result/beds", "year=2030", "year"),
	            number("result/provider_bed_days", "year=2030;care=inp", "year") / (365 * 0.5),
	            1e-9);
}

static void flows_of_a_missing_provider_are_named(void **state) {
	(void)state;
	const char *id;
	change("data/flows.csv", "m,h1,0.7\n", "");
	assert_int_equal(try_run("main", &id), VRD_DATA);
	SAYS("h1");
	SAYS("absent: zero");
	write_text("data/flows.csv", flows_csv);
	change("data/flows.csv", "m,h1,0.7\n", "m,h1,0.8\n");
	assert_int_not_equal(try_run("main", &id), VRD_OK);
	assert_problem("model.flow-sum", "1.1");
}

static void results_that_are_no_numbers_are_not_stored(void **state) {
	(void)state;
	const char *id;
	change("scenarios/main.yaml", "[0.005, 0.02]", "[1e299, 1e300], distribution: lognormal");
	assert_int_equal(try_run("main", &id), VRD_DATA);
	SAYS("scenarios/main.yaml");
	SAYS("too large");
}

// --- the id -------------------------------------------------------------------------------------

static const char *const parts[] = {
        "result/activity",           "result/bed_days", "result/provider_activity",
        "result/provider_bed_days",  "result/beds",     "result/waterfall/contacts",
        "result/waterfall/bed_days", "model",           "scenario"};
enum { N_PARTS = sizeof parts / sizeof *parts };

static void read_parts(const char *id, vrd_str out[N_PARTS]) {
	vrd_store *store;
	OK(vrd_store_open(vrd_region_store_path(region, &mem), false, &store, &err));
	for (size_t i = 0; i < N_PARTS; i++) {
		const void *bytes;
		OK(vrd_store_part(store, &mem, id, parts[i], &bytes, &out[i].n, &err));
		out[i].p = bytes;
	}
	vrd_store_close(store);
}

static void bits_do_not_depend_on_threads_or_the_store(void **state) {
	(void)state;
	vrd_str first[N_PARTS], again[N_PARTS];
	open_region();
	const char *id = run_with("main", -1, 1);
	read_parts(id, first);
	for (size_t threads = 1; threads <= 4; threads *= 2) {
		remove_file(".varde/store.db");
		open_region();
		assert_string_equal(run_with("main", -1, threads), id);
		read_parts(id, again);
		for (size_t i = 0; i < N_PARTS; i++)
			assert_true(vrd_str_eq(first[i], again[i]));
	}
}

static void the_same_run_is_not_computed_twice(void **state) {
	(void)state;
	open_region();
	const vrd_run_options named = {.draws = -1, .seed = -1, .n_threads = 2, .label = "x"};
	const char *id, *again;
	bool existed = true;
	OK(vrd_region_run(region, "main", &named, NULL, NULL, &id, &existed, &diag, &err));
	assert_false(existed);
	const vrd_run_options other = {.draws = 200, .seed = 7, .n_threads = 1, .label = "y"};
	OK(vrd_region_run(region, "main", &other, NULL, NULL, &again, &existed, &diag, &err));
	assert_true(existed);
	assert_string_equal(id, again);
}

static void the_id_follows_every_input(void **state) {
	(void)state;
	static const struct {
		const char *file, *old, *fresh;
	} edits[] = {
	        {"region.yaml", "Liten", "Litan"},
	        {"scenarios/main.yaml", "0.005", "0.006"},
	        {"geography/areas.csv", "Bydel A", "Bydel Å"},
	        {"geography/maps.csv", "2027", "2026"},
	        {"geography/maps.csv", "2028", "2027"},
	        {"geography/providers.csv", "Utenfor", "Ute"},
	        {"data/services.csv", "0.5", "0.6"},
	        {"data/care.csv", "Dag", "Dagbehandling"},
	        {"data/flows.csv", "0.9\n", "0.90\n"},
	        {"data/count.csv", "\na,2025,F,1", "\na,2025,F,2"},
	        {"data/MMMM.csv", "\na,2026,F,1", "\na,2026,F,2"},
	        {"data/activity.csv", "card,inp,2025,1", "card,inp,2025,2"},
	};
	const char *ids[sizeof edits / sizeof *edits + 1];
	size_t n = 0;
	open_region();
	ids[n++] = run_with("main", 0, 1);
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		change(edits[i].file, edits[i].old, edits[i].fresh);
		if (i == 3)
			continue; // the gap is closed by the next edit
		open_region();
		ids[n] = run_with("main", 0, 1);
		for (size_t j = 0; j < n; j++)
			assert_string_not_equal(ids[n], ids[j]);
		n++;
	}
}

static void the_id_follows_draws_and_seed_but_not_control_totals(void **state) {
	(void)state;
	open_region();
	const char *id = run_with("main", 0, 1), *other;
	bool existed;
	assert_string_not_equal(id, run_with("main", 10, 1));
	assert_string_not_equal(id, run_with("constant", 0, 1));
	const vrd_run_options seed = {.draws = 0, .seed = 8};
	OK(vrd_region_run(region, "main", &seed, NULL, NULL, &other, &existed, &diag, &err));
	assert_string_not_equal(id, other);
	write_text("data/control.csv", "cube,value\n");
	append_text("region.yaml", "  - {kind: control, file: data/control.csv}\n");
	open_region();
	id = run_with("main", 0, 1);
	append_text("data/control.csv", "population,1\n");
	open_region();
	assert_string_equal(run_with("main", 0, 1), id);
}

static void draws_are_the_means_when_nothing_is_uncertain(void **state) {
	(void)state;
	write_text(
	        "scenarios/main.yaml",
	        "schema: 1\nname: main\nassumptions:\n  - {id: g, type: growth, interval: 0.01}\n");
	open_region();
	run_with("main", 0, 1);
	const vrd_cube fixed = ask("result/activity", "stat=mean", "area,service,year");
	run_with("main", 50, 1);
	for (size_t i = 0; i < 3; i++) {
		static const char *const stats[] = {"stat=mean", "stat=p10", "stat=p90"};
		const vrd_cube drawn = ask("result/activity", stats[i], "area,service,year");
		assert_same(&drawn, &fixed);
	}
}

// --- killed, cancelled, damaged -----------------------------------------------------------------

static bool never(void *context, const char *phase, size_t done, size_t n) {
	size_t *calls = context;
	(void)phase;
	(void)done;
	(void)n;
	return (*calls)-- > 0;
}

static void a_cancelled_run_leaves_nothing(void **state) {
	(void)state;
	const vrd_run_options options = {.draws = 2000, .seed = -1, .n_threads = 1};
	for (size_t calls = 0; calls < 4; calls++) {
		size_t left = calls;
		const char *id;
		bool existed;
		vrd_store *store;
		vrd_run_record *runs;
		size_t n;
		open_region();
		assert_int_equal(vrd_region_run(region, "main", &options, never, &left, &id,
		                                &existed, &diag, &err),
		                 VRD_CANCELLED);
		OK(vrd_store_open(vrd_region_store_path(region, &mem), false, &store, &err));
		OK(vrd_store_list(store, &mem, &runs, &n, &err));
		assert_int_equal(n, 0);
		vrd_store_close(store);
	}
}

// What the child does: one seed after the other until it is killed; says when the first is done. A
// program of its own, since OpenMP does not survive a fork.
static int run_for_ever(const char *dir, const char *first) {
	int64_t seed;
	(void)snprintf(folder, sizeof folder, "%s", dir);
	open_region();
	if (!vrd_parse_int64(vrd_str_of(first), &seed))
		return 1;
	for (bool said = false;; seed++, said = true) {
		const vrd_run_options options = {.draws = 20, .seed = seed, .n_threads = 1};
		bool existed;
		const char *id;
		if (vrd_region_run(region, "main", &options, NULL, NULL, &id, &existed, &diag,
		                   &err) != VRD_OK)
			return 1;
		if (!said && write(STDOUT_FILENO, "1", 1) != 1)
			return 1;
	}
}

static pid_t start_child(const char *first, int *say) {
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)execl("/proc/self/exe", "test_run", folder, first, (char *)NULL);
		_exit(1);
	}
	(void)close(ends[1]);
	*say = ends[0];
	return child;
}

static void a_killed_run_is_whole_or_absent(void **state) {
	(void)state;
	size_t n_whole = 0;
	for (long round = 0; round < 8; round++) {
		open_region();
		int say;
		char done;
		char first[32];
		(void)snprintf(first, sizeof first, "%ld000", round + 1);
		const pid_t child = start_child(first, &say);
		if (round)
			assert_int_equal(read(say, &done, 1), 1);
		const struct timespec wait = {.tv_nsec = (37 * round % 11 + 1) * 7000000L};
		(void)nanosleep(&wait, NULL);
		int how;
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &how, 0), child);
		assert_true(WIFSIGNALED(how));
		(void)close(say);
		vrd_store *store;
		vrd_run_record *runs;
		if (vrd_store_open(vrd_region_store_path(region, &mem), true, &store, &err) !=
		    VRD_OK)
			fail_msg("%s", err.text);
		OK(vrd_store_list(store, &mem, &runs, &n_whole, &err));
		vrd_store_close(store);
		for (size_t i = 0; i < n_whole; i++) {
			vrd_str bytes[N_PARTS];
			read_parts(runs[i].id, bytes);
		}
	}
	assert_true(n_whole >= 7);
	open_region();
	run_with("main", -1, 1);
	assert_true(number("result/activity", "year=2030", "year") > 0);
}

static void a_damaged_store_says_to_delete_it(void **state) {
	(void)state;
	const char *id;
	vrd_cube cube;
	open_region();
	run_with("main", 0, 1);
	write_text(".varde/store.db",
	           "this is no database, and has never been one. It is only text.\n");
	assert_int_equal(try_run("main", &id), VRD_STORE);
	SAYS("store.db");
	open_region();
	assert_int_equal(try_query("result/activity", NULL, NULL, NULL, &cube), VRD_STORE);
	SAYS("delete");
}

static void a_file_in_the_place_of_the_store_folder_is_named(void **state) {
	(void)state;
	const char *id;
	write_text(".varde", "");
	assert_int_not_equal(try_run("main", &id), VRD_OK);
	SAYS(".varde");
}

int main(int argc, char **argv) {
	if (argc == 3)
		return run_for_ever(argv[1], argv[2]);
	const struct CMUnitTest tests[] = {
	        TEST(unknown_codes_suggest_the_nearest),
	        TEST(an_unknown_code_has_its_line_and_column),
	        TEST(intervals_are_ascending_and_within_bounds),
	        TEST(a_phasing_is_a_curve_with_years_or_a_table),
	        TEST(growth_by_a_table_has_the_form_total),
	        TEST(grouped_ages_do_where_no_service_follows_births),
	        TEST(the_summary_names_the_alternatives_of_the_data),
	        TEST(a_normal_distribution_keeps_its_bounds),
	        TEST(keys_of_another_kind_are_refused),
	        TEST(ages_are_ranges),
	        TEST(a_cut_inside_a_population_band_is_refused),
	        TEST(shares_that_leave_a_stratum_are_one_at_most),
	        TEST(a_scenario_has_the_name_of_its_file),
	        TEST(an_unknown_scenario_suggests_the_nearest),
	        TEST(an_unknown_alternative_suggests_the_nearest),
	        TEST(the_horizon_comes_after_the_base_year),
	        TEST(a_base_year_without_activity_is_named),
	        TEST(a_base_year_without_population_is_named),
	        TEST(a_year_without_population_is_named),
	        TEST(mid_exposure_needs_the_year_after),
	        TEST(a_region_without_activity_says_how_to_import_it),
	        TEST(activity_of_several_files_is_one),
	        TEST(dimensions_that_shares_do_not_have_are_refused),
	        TEST(flows_of_a_missing_provider_are_named),
	        TEST(results_that_are_no_numbers_are_not_stored),
	        TEST(bits_do_not_depend_on_threads_or_the_store),
	        TEST(the_same_run_is_not_computed_twice),
	        TEST(the_id_follows_every_input),
	        TEST(the_id_follows_draws_and_seed_but_not_control_totals),
	        TEST(draws_are_the_means_when_nothing_is_uncertain),
	        TEST(a_cancelled_run_leaves_nothing),
	        TEST(a_killed_run_is_whole_or_absent),
	        TEST(a_damaged_store_says_to_delete_it),
	        TEST(a_file_in_the_place_of_the_store_folder_is_named),
	};
	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
