// Versions of scenarios: what is recorded and when, what a lock holds, and what differs.
#include "region_text.h"

#include "region/log.h"
#include "region/versions.h"

static const vrd_version *versions;
static size_t n_versions;

static void read_versions(void) {
	vrd_diag_init(&diag, &mem, 0);
	OK(vrd_versions_read(region, "main", &versions, &n_versions, &diag, &err));
	assert_int_equal(diag.n, 0);
}

static size_t record(const char *what, const char *why) {
	size_t number = 0;
	if (vrd_version_record(region, "main", "Kari", what, why, &number, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return number;
}

static vrd_status try_write(const char *text, bool unlocking, const char *what) {
	vrd_diag_init(&diag, &mem, 0);
	return vrd_scenario_write(region, "main", text, strlen(text), unlocking, "Ola", what, "why",
	                          &diag, &err);
}

static const char *main_text(void) {
	return read_text(in_folder("scenarios/main.yaml"));
}

// main.yaml with its first `old` replaced.
static const char *with(const char *old, const char *fresh) {
	const char *at = strstr(main_yaml, old);
	assert_non_null(at);
	return vrd_arena_printf(&mem, "%.*s%s%s", (int)(at - main_yaml), main_yaml, fresh,
	                        at + strlen(old));
}

static const char *locked_text(void) {
	return with("draws: 200\n", "draws: 200\nstatus: locked\n");
}

static void lock(void) {
	OK(try_write(locked_text(), false, "lock"));
}

static vrd_status try_run(size_t draws, bool *existed) {
	const vrd_run_options options = {.draws = (int64_t)draws, .seed = -1, .n_threads = 1};
	const char *id;
	open_region();
	return vrd_region_run(region, "main", &options, NULL, NULL, &id, existed, &diag, &err);
}

// --- recording ----------------------------------------------------------------------------------

static void a_text_is_recorded_once(void **state) {
	(void)state;
	open_region();
	read_versions();
	assert_int_equal(n_versions, 0);
	assert_int_equal(record("save", "first"), 1);
	assert_int_equal(record("save", "again"), 1);
	change("scenarios/main.yaml", "draws: 200", "draws: 300");
	assert_int_equal(record("save", NULL), 2);
	write_text("scenarios/main.yaml", main_yaml); // an older text is a new version
	assert_int_equal(record("save", NULL), 3);
	read_versions();
	assert_int_equal(n_versions, 3);
	assert_string_equal(versions[0].text, main_yaml);
	assert_string_equal(versions[0].who, "Kari");
	assert_string_equal(versions[0].what, "save");
	assert_string_equal(versions[0].why, "first");
	assert_string_equal(versions[1].text, with("draws: 200", "draws: 300"));
	assert_string_equal(versions[1].why, "");
	assert_int_equal(versions[2].number, 3);
	assert_false(versions[0].locked);
}

static void a_run_records_what_it_computed(void **state) {
	(void)state;
	bool existed;
	OK(try_run(20, &existed));
	OK(try_run(30, &existed));
	change("scenarios/main.yaml", "[0.02, 0.1]", "[0.02, 0.2]");
	OK(try_run(20, &existed));
	read_versions();
	assert_int_equal(n_versions, 2);
	assert_string_equal(versions[1].what, "run");
	assert_string_equal(versions[1].text, with("[0.02, 0.1]", "[0.02, 0.2]"));
}

static void a_run_that_cannot_record_is_stored_all_the_same(void **state) {
	(void)state;
	bool existed;
	write_text("log", "in the way");
	OK(try_run(20, &existed));
	assert_false(existed);
	assert_problem("log.not-recorded", "no version was recorded");
	OK(try_run(20, &existed));
	assert_true(existed);
}

static void an_entry_that_is_no_version_is_not_counted(void **state) {
	(void)state;
	open_region();
	assert_int_equal(record("save", NULL), 1);
	OK(vrd_log_append(&mem, folder, "scenario-main", "x", "repair", "{\"bytes\":1}", &err));
	assert_int_equal(record("save", NULL), 1);
	change("scenarios/main.yaml", "draws: 200", "draws: 300");
	assert_int_equal(record("save", NULL), 2);
}

static void nothing_is_recorded_in_a_broken_log(void **state) {
	(void)state;
	size_t number;
	open_region();
	record("save", NULL);
	change("scenarios/main.yaml", "draws: 200", "draws: 300");
	record("save", NULL);
	change("log/scenario-main.jsonl", "Kari", "Mari");
	change("scenarios/main.yaml", "draws: 300", "draws: 400");
	assert_int_equal(vrd_version_record(region, "main", NULL, "save", NULL, &number, &err),
	                 VRD_DATA);
	SAYS("log/scenario-main.jsonl:2: the line does not follow the line before it");
	OK(vrd_region_check(region, &diag, &err));
	assert_problem("log.broken", "does not follow");
}

static void an_unknown_scenario_suggests_the_nearest(void **state) {
	(void)state;
	size_t number;
	open_region();
	assert_int_equal(vrd_version_record(region, "mian", NULL, "save", NULL, &number, &err),
	                 VRD_NOINPUT);
	SAYS("did you mean \"main\"?");
	assert_int_equal(vrd_version_record(region, "../main", NULL, "save", NULL, &number, &err),
	                 VRD_NOINPUT);
}

// --- writing ------------------------------------------------------------------------------------

static void a_new_text_is_written_and_recorded_after_the_present_one(void **state) {
	(void)state;
	open_region();
	const char *text = with("draws: 200", "draws: 300");
	OK(try_write(text, false, "elicit"));
	assert_string_equal(main_text(), text);
	read_versions();
	assert_int_equal(n_versions, 2);
	assert_string_equal(versions[0].what, "found");
	assert_string_equal(versions[0].text, main_yaml);
	assert_string_equal(versions[1].what, "elicit");
	assert_string_equal(versions[1].who, "Ola");
	assert_string_equal(versions[1].why, "why");
	OK(try_write(text, false, "elicit")); // the same again is no change
	read_versions();
	assert_int_equal(n_versions, 2);
}

static void a_text_that_is_no_scenario_is_refused_and_nothing_is_written(void **state) {
	(void)state;
	open_region();
	assert_int_equal(try_write(with("draws: 200", "drams: 200"), false, "elicit"), VRD_CONFIG);
	assert_problem("yaml.unknown-key", "drams");
	assert_int_equal(try_write(with("name: main", "name: other"), false, "elicit"), VRD_CONFIG);
	assert_problem("scenario.name", "calls itself \"other\"");
	assert_string_equal(main_text(), main_yaml);
	read_versions();
	assert_int_equal(n_versions, 0);
}

static void a_new_scenario_never_overwrites(void **state) {
	(void)state;
	open_region();
	vrd_diag_init(&diag, &mem, 0);
	const char *text = with("name: main", "name: plan-b");
	OK(vrd_scenario_create(region, "plan-b", text, strlen(text), "Ola", "copy", NULL, &diag,
	                       &err));
	assert_string_equal(read_text(in_folder("scenarios/plan-b.yaml")), text);
	assert_int_equal(vrd_scenario_create(region, "plan-b", text, strlen(text), "Ola", "copy",
	                                     NULL, &diag, &err),
	                 VRD_NOCREATE);
	SAYS("scenarios/plan-b.yaml exists and is not overwritten");
	static const char *const names[] = {"", "../x", "a/b", ".x", "a b", "a:b"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(vrd_scenario_create(region, names[i], text, strlen(text), "Ola",
		                                     "copy", NULL, &diag, &err),
		                 VRD_USAGE);
	remove_file("scenarios/plan-b.yaml"); // its versions are those of another scenario
	assert_int_equal(vrd_scenario_create(region, "plan-b", text, strlen(text), "Ola", "copy",
	                                     NULL, &diag, &err),
	                 VRD_NOCREATE);
	SAYS("log/scenario-plan-b.jsonl");
}

// --- locks --------------------------------------------------------------------------------------

static void a_locked_scenario_is_not_written(void **state) {
	(void)state;
	open_region();
	lock();
	assert_int_equal(try_write(main_yaml, false, "elicit"), VRD_CONFIG);
	SAYS("unlock main --why TEXT");
	SAYS("[scenario.locked]");
	assert_string_equal(main_text(), locked_text());
	OK(try_write(main_yaml, true, "unlock"));
	OK(try_write(with("draws: 200", "draws: 300"), false, "elicit"));
}

static void a_locked_scenario_runs_as_it_was_locked_and_not_otherwise(void **state) {
	(void)state;
	bool existed;
	open_region();
	OK(try_write("schema: 1\nname: main\nstatus: locked\nassumptions:\n  - {id: avoid, type: "
	             "avoid, interval: [0.02, 0.1], rationale: Made up}\n",
	             false, "lock"));
	OK(try_run(20, &existed));
	change("scenarios/main.yaml", "[0.02, 0.1]", "[0.02, 0.2]");
	assert_int_equal(try_run(20, &existed), VRD_CONFIG);
	assert_problem("scenario.locked-changed", "the file is not its version 2");
	SAYS("diff");
	SAYS("unlock");
}

static void taking_the_word_out_of_the_file_does_not_unlock(void **state) {
	(void)state;
	bool existed;
	size_t number;
	open_region();
	lock();
	write_text("scenarios/main.yaml", with("draws: 200", "draws: 300"));
	assert_int_equal(try_run(20, &existed), VRD_CONFIG);
	assert_int_equal(try_write(main_yaml, false, "elicit"), VRD_CONFIG);
	assert_int_equal(vrd_version_record(region, "main", NULL, "save", NULL, &number, &err),
	                 VRD_CONFIG);
	SAYS("[scenario.locked-changed]");
	OK(vrd_region_check(region, &diag, &err));
	assert_problem("scenario.locked-changed", "is not its version 2");
	OK(try_write(main_yaml, true, "unlock")); // what was found is kept
	read_versions();
	assert_int_equal(n_versions, 4);
	assert_string_equal(versions[2].what, "found");
	assert_ptr_equal(vrd_versions_lock(versions, 2), &versions[1]);
	assert_ptr_equal(vrd_versions_lock(versions, 3), &versions[1]); // killed before it unlocked
	assert_null(vrd_versions_lock(versions, 4));
	assert_string_equal(versions[2].text, with("draws: 200", "draws: 300"));
	OK(try_run(20, &existed));
}

// Without .varde too: nothing but the file says that it is locked.
static void a_lock_without_its_log_is_told_and_can_be_made_again(void **state) {
	(void)state;
	bool existed;
	size_t number;
	open_region();
	OK(try_write("schema: 1\nname: main\nstatus: locked\nassumptions:\n  - {id: avoid, type: "
	             "avoid, interval: [0.02, 0.1], rationale: Made up}\n",
	             false, "lock"));
	remove_file("log/scenario-main.jsonl");
	remove_file(".varde/log-heads/scenario-main.json");
	change("scenarios/main.yaml", "[0.02, 0.1]", "[0.02, 0.2]");
	assert_int_equal(try_run(20, &existed), VRD_CONFIG);
	assert_problem("scenario.locked-changed", "its log has no lock");
	SAYS("lock NAME");
	OK(vrd_region_check(region, &diag, &err));
	assert_problem("scenario.locked-changed", "its log has no lock");
	assert_int_equal(vrd_version_record(region, "main", NULL, "save", NULL, &number, &err),
	                 VRD_CONFIG);
	SAYS("[scenario.locked-changed]");
	OK(vrd_version_record(region, "main", NULL, "lock", NULL, &number, &err));
	OK(try_run(20, &existed));
}

static void a_text_that_was_found_locked_can_be_locked(void **state) {
	(void)state;
	bool existed;
	open_region();
	record("save", NULL);
	write_text("scenarios/main.yaml", locked_text());
	assert_int_equal(try_run(20, &existed), VRD_CONFIG);
	assert_int_equal(record("lock", NULL), 2);
	read_versions();
	assert_ptr_equal(vrd_versions_lock(versions, n_versions), &versions[1]);
	assert_int_equal(record("lock", NULL), 2);
}

static void a_log_that_is_gone_is_told_by_check(void **state) {
	(void)state;
	open_region();
	lock();
	remove_file("log/scenario-main.jsonl");
	write_text("scenarios/main.yaml", main_yaml);
	OK(vrd_region_check(region, &diag, &err));
	assert_problem("log.cut", "the log has 0 entries, and had 2");
}

static void a_reason_that_is_given_later_stands_with_its_version(void **state) {
	(void)state;
	open_region();
	record("save", "first");
	change("scenarios/main.yaml", "draws: 200", "draws: 300");
	record("save", NULL);
	OK(vrd_version_note(region, "main", 2, "Ola", "seminar", &err));
	OK(vrd_version_note(region, "main", 1, "Ola", "again", &err));
	OK(vrd_version_note(region, "main", 3, "Ola", "of nothing", &err));
	assert_int_equal(vrd_version_note(region, "main", 1, "Ola", "\xFF", &err), VRD_USAGE);
	read_versions();
	assert_int_equal(n_versions, 2);
	assert_string_equal(versions[0].why, "first; again (Ola)");
	assert_string_equal(versions[1].why, "seminar (Ola)");
}

static void the_locked_version_can_be_put_back(void **state) {
	(void)state;
	open_region();
	lock();
	write_text("scenarios/main.yaml", "not: a scenario\n");
	OK(try_write(locked_text(), false, "restore"));
	assert_string_equal(main_text(), locked_text());
	read_versions();
	assert_ptr_equal(vrd_versions_lock(versions, n_versions), &versions[n_versions - 1]);
}

static void unlocking_by_hand_is_told_as_unlocking(void **state) {
	(void)state;
	open_region();
	lock();
	write_text("scenarios/main.yaml", main_yaml);
	OK(try_write(main_yaml, true, "unlock"));
	read_versions();
	assert_int_equal(n_versions, 3);
	assert_string_equal(versions[2].what, "unlock");
	assert_string_equal(versions[2].why, "why");
}

static void a_broken_log_stops_a_locked_scenario_only(void **state) {
	(void)state;
	bool existed;
	open_region();
	lock();
	change("log/scenario-main.jsonl", "\"Ola\"", "\"Eva\"");
	assert_int_equal(try_run(20, &existed), VRD_CONFIG);
	SAYS("does not follow");
	write_text("scenarios/main.yaml", main_yaml);
	OK(try_run(20, &existed));
	assert_problem("log.broken", "does not follow");
}

// --- differences --------------------------------------------------------------------------------

static const char *diff(const char *old, const char *new) {
	vrd_buf out = {0};
	if (vrd_scenario_diff(&mem, old, strlen(old), new, strlen(new), &out, &err) != VRD_OK)
		fail_msg("%s", err.text);
	const char *text = vrd_arena_strndup(&mem, out.p, out.n);
	vrd_buf_free(&out);
	return text;
}

static void equal_texts_do_not_differ(void **state) {
	(void)state;
	assert_string_equal(diff(main_yaml, main_yaml), "no difference\n");
}

static void comments_order_and_spelling_are_no_difference_in_meaning(void **state) {
	(void)state;
	static const char same[] =
	        "# The same, typed otherwise\n"
	        "name: 'main'\n"
	        "schema: 1\n"
	        "seed: 7\n"
	        "draws: 200.0\n"
	        "label: Hovedscenario\n"
	        "correlation:\n"
	        "  - rho: 0.50\n"
	        "    group: tech\n"
	        "population: {HHMH: 0.25, MMMM: 0.75}\n"
	        "assumptions:\n"
	        "  - {id: stays, type: length_of_stay, select: {care: [inp]}, interval: [0.02, "
	        "0.08], group: tech}\n"
	        "  - {id: avoid, type: avoid, select: {age: 80+, care: inp}, interval: [2e-2, "
	        "0.1]}\n"
	        "  - {id: shift, type: shift, select: {service: card, care: inp, area: c1}, to: "
	        "day, interval: [0.05, 0.2], bounds: [0, 0.5], phasing: {curve: logistic, start: "
	        "2026, end: 2029}}\n"
	        "  - id: growth # first once\n"
	        "    type: growth\n"
	        "    select: {service: med}\n"
	        "    interval: [0.005, 0.02]\n"
	        "    group: tech\n"
	        "    label: Vekst\n";
	assert_string_equal(diff(main_yaml, same), "no difference in meaning\n");
	assert_string_equal(diff(same, main_yaml), "no difference in meaning\n");
}

static void every_key_that_differs_is_told(void **state) {
	(void)state;
	assert_string_equal(diff(main_yaml, with("[0.02, 0.1]", "[0.02, 0.2]")),
	                    "~ avoid.interval: [0.02, 0.1] -> [0.02, 0.2]\n");
	assert_string_equal(diff(main_yaml, with("start: 2026", "start: 2027")),
	                    "~ shift.phasing.start: 2026 -> 2027\n");
	assert_string_equal(diff(main_yaml, with("rho: 0.5", "rho: 0.6")),
	                    "~ correlation.tech.rho: 0.5 -> 0.6\n");
	assert_string_equal(diff(main_yaml, with("MMMM: 0.75", "MMMM: 0.7")),
	                    "~ population.MMMM: 0.75 -> 0.7\n");
	assert_string_equal(diff(main_yaml, with("draws: 200", "draws: 300")),
	                    "~ draws: 200 -> 300\n");
	assert_string_equal(diff(main_yaml, with("label: Vekst", "owner: 'Kari: N'")),
	                    "- growth.label: Vekst\n+ growth.owner: \"Kari: N\"\n");
	assert_string_equal(diff(main_yaml, with("{service: med}", "{service: [med, card]}")),
	                    "~ growth.select.service: [med] -> [med, card]\n");
	assert_string_equal(diff(main_yaml, with("id: avoid", "id: avoid2")),
	                    "- avoid\n+ avoid2\n");
}

static void a_selection_is_a_set_and_a_code_is_a_text(void **state) {
	(void)state;
	const char *ab = with("{service: med}", "{service: [card, onc]}");
	assert_string_equal(diff(ab, with("{service: med}", "{service: [onc, card]}")),
	                    "no difference in meaning\n");
	assert_string_equal(diff(with("area: c1", "area: 07"), with("area: c1", "area: 7")),
	                    "~ shift.select.area: [07] -> [7]\n");
}

static void a_text_that_cannot_be_read_is_told(void **state) {
	(void)state;
	vrd_buf out = {0};
	assert_int_equal(
	        vrd_scenario_diff(&mem, main_yaml, strlen(main_yaml), "a: [", 4, &out, &err),
	        VRD_CONFIG);
	SAYS("the new text:1");
	assert_int_equal(out.n, 0);
}

int main(void) {
	const struct CMUnitTest all[] = {
	        TEST(a_text_is_recorded_once),
	        TEST(a_run_records_what_it_computed),
	        TEST(a_run_that_cannot_record_is_stored_all_the_same),
	        TEST(an_entry_that_is_no_version_is_not_counted),
	        TEST(nothing_is_recorded_in_a_broken_log),
	        TEST(an_unknown_scenario_suggests_the_nearest),
	        TEST(a_new_text_is_written_and_recorded_after_the_present_one),
	        TEST(a_text_that_is_no_scenario_is_refused_and_nothing_is_written),
	        TEST(a_new_scenario_never_overwrites),
	        TEST(a_locked_scenario_is_not_written),
	        TEST(a_locked_scenario_runs_as_it_was_locked_and_not_otherwise),
	        TEST(taking_the_word_out_of_the_file_does_not_unlock),
	        TEST(a_lock_without_its_log_is_told_and_can_be_made_again),
	        TEST(a_text_that_was_found_locked_can_be_locked),
	        TEST(a_log_that_is_gone_is_told_by_check),
	        TEST(a_reason_that_is_given_later_stands_with_its_version),
	        TEST(the_locked_version_can_be_put_back),
	        TEST(unlocking_by_hand_is_told_as_unlocking),
	        TEST(a_broken_log_stops_a_locked_scenario_only),
	        TEST(equal_texts_do_not_differ),
	        TEST(comments_order_and_spelling_are_no_difference_in_meaning),
	        TEST(every_key_that_differs_is_told),
	        TEST(a_selection_is_a_set_and_a_code_is_a_text),
	        TEST(a_text_that_cannot_be_read_is_told),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
