#define _XOPEN_SOURCE 700 // the kit: nftw, mkdtemp, P_tmpdir

#include "store_kit.h"

// --- opening ------------------------------------------------------------------------------------

static void an_absent_store_is_made_only_when_asked(void **state) {
	(void)state;
	assert_int_equal(vrd_store_open(path, false, &store, &err), VRD_NOINPUT);
	SAYS("varde run");
	assert_null(store);
	assert_false(vrd_path_exists(path));
	OK(vrd_store_open(path, true, &store, &err));
	assert_true(vrd_path_exists(path));
	vrd_store_close(NULL);
}

static void the_file_says_what_it_is_and_its_tables_are_strict(void **state) {
	(void)state;
	reopen();
	assert_int_equal(sql("PRAGMA application_id"), 0x76726465);
	assert_int_equal(sql("PRAGMA user_version"), 1);
	assert_int_equal(sql("SELECT count(*) FROM pragma_table_list WHERE strict"), 2);
	assert_int_equal(sql("SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
}

static void an_empty_file_is_a_new_store(void **state) {
	(void)state;
	vrd_run_record *runs;
	size_t n = 9;
	(void)snprintf(path, sizeof path, "%s/empty.db", folder);
	OK(vrd_file_write_atomic(path, "", 0, &err));
	OK(vrd_store_open(path, false, &store, &err));
	OK(vrd_store_list(store, &mem, &runs, &n, &err));
	assert_int_equal(n, 0);
	put("aaaa1", "one", "base", "2026-01-01T00:00:00Z");
}

static void a_folder_in_the_place_of_the_file_is_no_input(void **state) {
	(void)state;
	assert_int_equal(vrd_store_open(folder, true, &store, &err), VRD_NOINPUT);
	SAYS("folder");
	assert_int_equal(vrd_store_open(folder, false, &store, NULL), VRD_NOINPUT);
}

static void a_text_file_is_no_store(void **state) {
	(void)state;
	static const char text[] = "area,year,value\n4601,2025,17\n";
	(void)snprintf(path, sizeof path, "%s/population.csv", folder);
	OK(vrd_file_write_atomic(path, text, sizeof text - 1, &err));
	assert_int_equal(vrd_store_open(path, true, &store, &err), VRD_STORE);
	SAYS("not a store of varde");
	SAYS(path);
}

static void another_programs_database_is_left_alone(void **state) {
	(void)state;
	(void)snprintf(path, sizeof path, "%s/other.db", folder);
	sql("CREATE TABLE t (x)");
	assert_int_equal(vrd_store_open(path, true, &store, &err), VRD_STORE);
	SAYS("not a store of varde");
	assert_int_equal(sql("SELECT count(*) FROM sqlite_schema"), 1);
	sql("PRAGMA application_id = 42; PRAGMA user_version = 1");
	assert_int_equal(vrd_store_open(path, true, &store, &err), VRD_STORE);
	SAYS("not a store of varde");
}

static void a_newer_schema_names_both_versions(void **state) {
	(void)state;
	reopen();
	vrd_store_close(store);
	store = NULL;
	sql("PRAGMA user_version = 7");
	assert_int_equal(vrd_store_open(path, false, &store, &err), VRD_STORE);
	SAYS("version 7");
	SAYS("version 1");
	SAYS("newer varde");
}

// What a released varde has written stays readable: the fixture is never edited.
static void a_store_of_schema_1_is_read_for_ever(void **state) {
	(void)state;
	const char *dump;
	size_t n;
	vrd_run_record run;
	const void *bytes;
	vrd_cube cube;
	OK(vrd_file_read(&mem, "tests/fixtures/store-schema-1.sql", 0, &dump, &n, &err));
	(void)snprintf(path, sizeof path, "%s/old.db", folder);
	sql(dump);
	OK(vrd_store_open(path, false, &store, &err));
	OK(vrd_store_find(store, &mem, "latest", &run, &err));
	assert_string_equal(run.id, "9f2c4e7a10b35d68");
	assert_string_equal(run.label, "Første kjøring");
	assert_string_equal(run.scenario, "basis");
	assert_string_equal(run.created, "2026-06-18T09:30:00Z");
	assert_string_equal(run.engine, "0.1.0");
	assert_string_equal(run.summary, "{\"draws\":2}");
	assert_part(run.id, "inputs", "region.yaml 00ff", 16);
	assert_part(run.id, "empty", "", 0);
	OK(vrd_store_part(store, &mem, run.id, "result/beds", &bytes, &n, &err));
	OK(vrd_cube_unpack(&mem, bytes, n, &cube, &err));
	assert_string_equal(cube.dims[0]->name, "year");
	assert_int_equal(cube.n_cells, 3);
	assert_true(cube.values[0] == 101.5 && cube.values[1] == 0.1);
	assert_int_equal(vrd_cube_status(&cube, 2), VRD_SUPPRESSED);
	put("new", "written by this varde", "basis", "2030-01-01T00:00:00Z");
}

// Opening as a user without write permission; root becomes nobody for this.
static int open_without_permission(bool create) {
	const pid_t child = fork();
	if (child == 0) {
		vrd_store *opened = NULL;
		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(255);
		_exit((int)vrd_store_open(path, create, &opened, NULL));
	}
	const int status = wait_for(child);
	if (status == 255)
		skip();
	return status;
}

static void a_folder_that_is_not_writable_is_no_permission(void **state) {
	(void)state;
	assert_int_equal(chmod(folder, 0555), 0);
	const int created = open_without_permission(true);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(created, VRD_NOPERM);
}

static void a_store_that_is_not_writable_is_no_permission(void **state) {
	(void)state;
	char inner[300];
	(void)snprintf(inner, sizeof inner, "%s/.varde", folder);
	reopen();
	put("aaaa1", "one", "base", "2026-01-01T00:00:00Z");
	vrd_store_close(store);
	store = NULL;
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(inner, 0555), 0);
	const int read_only = open_without_permission(false);
	assert_int_equal(chmod(path, 0), 0);
	const int unreadable = open_without_permission(false);
	assert_int_equal(chmod(inner, 0), 0);
	const int hidden = open_without_permission(false);
	assert_int_equal(chmod(inner, 0755), 0);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(read_only, VRD_NOPERM);
	assert_int_equal(unreadable, VRD_NOPERM);
	assert_int_equal(hidden, VRD_NOPERM);
	reopen();
	assert_part("aaaa1", "model", "m", 1);
}

// --- putting and reading ------------------------------------------------------------------------

static void a_run_comes_back_after_reopening(void **state) {
	(void)state;
	vrd_run_record found;
	const size_t n = 3000000;
	const char *const large = noise(n, 1);
	const vrd_part parts[] = {{"large", large, n}, {"empty", NULL, 0}, {"æøå", "\0\0", 2}};
	const vrd_run_record run =
	        record("abcd1234", "Uten tiltak", "basis", "2026-02-03T04:05:06Z");
	reopen();
	OK(vrd_store_put(store, &run, 3, parts, NULL, &err));
	reopen();
	OK(vrd_store_find(store, &mem, "abcd1234", &found, &err));
	assert_string_equal(found.id, run.id);
	assert_string_equal(found.label, run.label);
	assert_string_equal(found.scenario, run.scenario);
	assert_string_equal(found.created, run.created);
	assert_string_equal(found.engine, run.engine);
	assert_string_equal(found.summary, run.summary);
	assert_part("abcd1234", "large", large, n);
	assert_part("abcd1234", "empty", "", 0);
	assert_part("abcd1234", "æøå", "\0\0", 2);
}

static void a_record_without_texts_reads_as_empty_texts(void **state) {
	(void)state;
	vrd_run_record found;
	reopen();
	OK(vrd_store_put(store, &(vrd_run_record){.id = "abcd"}, 0, NULL, NULL, &err));
	OK(vrd_store_find(store, &mem, NULL, &found, &err));
	assert_string_equal(found.id, "abcd");
	assert_string_equal(found.label, "");
	assert_string_equal(found.summary, "");
}

static void the_same_id_is_not_written_twice(void **state) {
	(void)state;
	vrd_run_record again = record("abcd1234", "second", "other", "2027-01-01T00:00:00Z");
	vrd_run_record found;
	const vrd_part other[] = {{"model", "changed", 7}};
	bool existed = false;
	reopen();
	put("abcd1234", "first", "basis", "2026-01-01T00:00:00Z");
	OK(vrd_store_put(store, &again, 1, other, &existed, &err));
	assert_true(existed);
	OK(vrd_store_find(store, &mem, "abcd1234", &found, &err));
	assert_string_equal(found.label, "first");
	assert_part("abcd1234", "model", "m", 1);
	assert_int_equal(sql("SELECT count(*) FROM part"), 2);
}

static void two_parts_of_one_name_leave_the_store_as_it_was(void **state) {
	(void)state;
	const vrd_run_record run = record("abcd1234", "l", "s", "2026-01-01T00:00:00Z");
	const vrd_part parts[] = {{"model", "a", 1}, {"other", "b", 1}, {"model", "c", 1}};
	bool existed = true;
	reopen();
	assert_int_equal(vrd_store_put(store, &run, 3, parts, &existed, &err), VRD_INTERNAL);
	SAYS("two parts named model");
	assert_true(existed); // untouched
	assert_int_equal(sql("SELECT count(*) FROM run"), 0);
	put("abcd1234", "l", "s", "2026-01-01T00:00:00Z");
}

static void a_part_of_more_than_the_limit_is_refused_unread(void **state) {
	(void)state;
	const vrd_run_record run = record("abcd1234", "l", "s", "2026-01-01T00:00:00Z");
	const vrd_part parts[] = {{"model", "a", ((size_t)2 << 30) + 1}};
	reopen();
	assert_int_equal(vrd_store_put(store, &run, 1, parts, NULL, &err), VRD_LIMIT);
	SAYS("2147483648");
}

static void an_unknown_part_lists_the_parts_of_the_run(void **state) {
	(void)state;
	const void *bytes = "untouched";
	size_t n = 5;
	reopen();
	put("abcd1234", "l", "s", "2026-01-01T00:00:00Z");
	assert_int_equal(vrd_store_part(store, &mem, "abcd1234", "modle", &bytes, &n, &err),
	                 VRD_NOINPUT);
	SAYS("result/activity, model");
	assert_int_equal(vrd_store_part(store, &mem, "abcd", "model", &bytes, &n, &err),
	                 VRD_NOINPUT);
	SAYS("no run abcd");
	assert_string_equal(bytes, "untouched");
	assert_int_equal(n, 5);
}

static void a_small_budget_is_no_memory(void **state) {
	(void)state;
	const size_t size = 100000;
	const vrd_part parts[] = {{"large", noise(size, 2), size}};
	const vrd_run_record run = record("abcd1234", "l", "s", "2026-01-01T00:00:00Z");
	vrd_arena small;
	const void *bytes;
	vrd_run_record *runs;
	size_t n;
	reopen();
	OK(vrd_store_put(store, &run, 1, parts, NULL, &err));
	vrd_arena_init(&small, 1000);
	assert_int_equal(vrd_store_part(store, &small, run.id, "large", &bytes, &n, &err),
	                 VRD_NOMEM);
	vrd_arena_clear(&small);
	vrd_arena_init(&small, 64);
	assert_int_equal(vrd_store_list(store, &small, &runs, &n, &err), VRD_NOMEM);
	vrd_arena_clear(&small);
	assert_part(run.id, "large", parts[0].bytes, size);
}

static void equal_parts_have_equal_bytes_in_the_file(void **state) {
	(void)state;
	reopen();
	put("aaaa1", "one", "base", "2026-01-01T00:00:00Z");
	put("bbbb2", "two", "base", "2026-01-02T00:00:00Z");
	assert_int_equal(sql("SELECT count(DISTINCT bytes) FROM part"), 2);
}

// --- listing and finding ------------------------------------------------------------------------

static void runs_are_listed_newest_first(void **state) {
	(void)state;
	static const char *const order[] = {"cccc", "dddd", "bbbb", "aaaa"};
	vrd_run_record *runs;
	size_t n;
	reopen();
	put("aaaa", "l", "s", "2026-01-01T00:00:00Z");
	put("cccc", "l", "s", "2026-03-01T00:00:00Z");
	put("bbbb", "l", "s", "2026-02-01T00:00:00Z");
	put("dddd", "l", "s", "2026-02-01T00:00:00Z"); // in the same second: written later
	OK(vrd_store_list(store, &mem, &runs, &n, &err));
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(runs[i].id, order[i]);
}

static void a_run_is_found_by_id_prefix_label_scenario_and_latest(void **state) {
	(void)state;
	static const char *const pairs[][2] = {
	        {"3fa21111", "3fa21111"},    {"3fa21", "3fa21111"},  {"7777", "77770000"},
	        {"Uten tiltak", "77770000"}, {"basis", "77770000"},  {"Hjemmesykehus", "3fa22222"},
	        {"satsing", "3fa22222"},     {"latest", "77770000"}, {NULL, "77770000"},
	        {"3fa2", "88880000"}, // a whole label before the beginning of an id
	};
	vrd_run_record run;
	put_some_runs();
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		OK(vrd_store_find(store, &mem, pairs[i][0], &run, &err));
		assert_string_equal(run.id, pairs[i][1]);
	}
}

static void an_ambiguous_prefix_names_two_of_the_runs(void **state) {
	(void)state;
	vrd_run_record run = {.id = "untouched"};
	reopen();
	put("3fa21111", "a", "s", "2026-01-01T00:00:00Z");
	put("3fa22222", "b", "s", "2026-02-01T00:00:00Z");
	assert_int_equal(vrd_store_find(store, &mem, "3fa2", &run, &err), VRD_DATA);
	SAYS("3fa21111");
	SAYS("3fa22222");
	assert_string_equal(run.id, "untouched");
}

static void an_unknown_run_suggests_the_nearest_or_lists_the_newest(void **state) {
	(void)state;
	vrd_run_record run;
	put_some_runs();
	assert_int_equal(vrd_store_find(store, &mem, "Hjemesykehus", &run, &err), VRD_NOINPUT);
	SAYS("did you mean \"Hjemmesykehus\"");
	assert_int_equal(vrd_store_find(store, &mem, "xyzw", &run, &err), VRD_NOINPUT);
	SAYS("77770000 \"Uten tiltak\", 3fa22222");
	assert_int_equal(vrd_store_find(store, &mem, "777", &run, &err), VRD_NOINPUT);
	SAYS("at least 4 characters");
	assert_int_equal(vrd_store_find(store, &mem, "", &run, NULL), VRD_NOINPUT);
}

static void an_empty_store_says_how_to_make_a_run(void **state) {
	(void)state;
	vrd_run_record run;
	reopen();
	assert_int_equal(vrd_store_find(store, &mem, NULL, &run, &err), VRD_NOINPUT);
	SAYS("no runs yet");
	SAYS("varde run");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(an_absent_store_is_made_only_when_asked),
	        TEST(the_file_says_what_it_is_and_its_tables_are_strict),
	        TEST(an_empty_file_is_a_new_store),
	        TEST(a_folder_in_the_place_of_the_file_is_no_input),
	        TEST(a_text_file_is_no_store),
	        TEST(another_programs_database_is_left_alone),
	        TEST(a_newer_schema_names_both_versions),
	        TEST(a_store_of_schema_1_is_read_for_ever),
	        TEST(a_folder_that_is_not_writable_is_no_permission),
	        TEST(a_store_that_is_not_writable_is_no_permission),
	        TEST(a_run_comes_back_after_reopening),
	        TEST(a_record_without_texts_reads_as_empty_texts),
	        TEST(the_same_id_is_not_written_twice),
	        TEST(two_parts_of_one_name_leave_the_store_as_it_was),
	        TEST(a_part_of_more_than_the_limit_is_refused_unread),
	        TEST(an_unknown_part_lists_the_parts_of_the_run),
	        TEST(a_small_budget_is_no_memory),
	        TEST(equal_parts_have_equal_bytes_in_the_file),
	        TEST(runs_are_listed_newest_first),
	        TEST(a_run_is_found_by_id_prefix_label_scenario_and_latest),
	        TEST(an_ambiguous_prefix_names_two_of_the_runs),
	        TEST(an_unknown_run_suggests_the_nearest_or_lists_the_newest),
	        TEST(an_empty_store_says_how_to_make_a_run),
	};
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
