// Logs: what was written is read, what was changed afterwards shows, and a torn line is moved aside.
#define _XOPEN_SOURCE 700 // P_tmpdir

#include "folder_kit.h"

#include "num/hash.h"
#include "prop.h"
#include "region/log.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const vrd_entry *entries;
static size_t n_entries;

static void append(const char *what, const char *data) {
	if (vrd_log_append(&mem, region_dir, "a", "Kari", what, data, &err) != VRD_OK)
		fail_msg("%s", err.text);
}

static void read_log(void) {
	vrd_diag_init(&diag, &mem, 0);
	OK(vrd_log_read(&mem, region_dir, "a", &entries, &n_entries, &diag, &err));
}

static const char *log_text(void) {
	return text_of(in_region("log/a.jsonl"));
}

static void write_log(const char *text) {
	OK(vrd_file_write_atomic(in_region("log/a.jsonl"), text, strlen(text), &err));
}

static void three_lines(void) {
	append("one", "{\"x\":1}");
	append("two", "{\"x\":2}");
	append("three", "{\"x\":3}");
}

// The log with its first `old` replaced.
static const char *with(const char *old, const char *fresh) {
	const char *text = log_text(), *at = strstr(text, old);
	assert_non_null(at);
	return vrd_arena_printf(&mem, "%.*s%s%s", (int)(at - text), text, fresh, at + strlen(old));
}

static const char *line_at(size_t i) {
	vrd_str rest = vrd_str_of(log_text()), line = {0};
	for (size_t k = 0; k <= i; k++)
		assert_true(vrd_str_split(&rest, '\n', &line));
	return vrd_arena_strndup(&mem, line.p, line.n);
}

static void only_problem(vrd_severity severity, const char *rule, size_t line) {
	assert_int_equal(diag.n, 1);
	assert_int_equal(diag.items[0].severity, severity);
	assert_string_equal(diag.items[0].rule, rule);
	assert_string_equal(diag.items[0].place.file, "log/a.jsonl");
	assert_int_equal(diag.items[0].place.line, line);
}

static void a_log_that_is_not_there_has_no_entries(void **state) {
	(void)state;
	read_log();
	assert_int_equal(n_entries, 0);
	assert_int_equal(diag.n, 0);
}

static void entries_come_back_in_order(void **state) {
	(void)state;
	append("one", "{\"x\": [1, 2.5, \"\\u00f8\\n\"]}");
	append("two", "{}");
	read_log();
	assert_int_equal(diag.n, 0);
	assert_int_equal(n_entries, 2);
	assert_int_equal(entries[0].n, 1);
	assert_string_equal(entries[0].who, "Kari");
	assert_string_equal(entries[0].what, "one");
	assert_string_equal(entries[0].data, "{\"x\":[1,2.5,\"ø\\n\"]}");
	assert_int_equal(strlen(entries[0].time), strlen("2026-11-22T08:15:00Z"));
	assert_int_equal(entries[0].time[19], 'Z');
	assert_int_equal(entries[1].n, 2);
	assert_string_equal(entries[1].what, "two");
}

static void each_line_has_the_hash_of_the_line_before(void **state) {
	(void)state;
	append("one", "{}");
	append("two", "{}");
	read_log();
	char hex[2 * VRD_HASH_BYTES + 1];
	const char *first = line_at(0);
	const vrd_hash hash = vrd_hash_bytes(first, strlen(first));
	vrd_hash_hex(&hash, hex);
	assert_says(first, "\"prev\":\"\"}");
	assert_says(line_at(1), vrd_arena_printf(&mem, "\"prev\":\"%s\"}", hex));
	assert_string_equal(entries[0].hash, hex);
}

static void the_author_is_who_is_said_or_the_environment_or_the_user(void **state) {
	(void)state;
	assert_int_equal(setenv("VARDE_USER", "Ola Nordmann", 1), 0);
	OK(vrd_log_append(&mem, region_dir, "a", NULL, "one", "{}", &err));
	assert_int_equal(unsetenv("VARDE_USER"), 0);
	OK(vrd_log_append(&mem, region_dir, "a", NULL, "two", "{}", &err));
	read_log();
	assert_string_equal(entries[0].who, "Ola Nordmann");
	assert_true(entries[1].who[0] != '\0');
}

static void what_is_no_text_or_no_object_is_refused(void **state) {
	(void)state;
	assert_int_equal(vrd_log_append(&mem, region_dir, "a", "\xFF", "x", "{}", &err), VRD_USAGE);
	assert_int_equal(vrd_log_append(&mem, region_dir, "a", "x", "x", "[1]", &err), VRD_USAGE);
	assert_int_equal(vrd_log_append(&mem, region_dir, "a", "x", "x", "{", &err), VRD_USAGE);
	assert_string_equal(log_text(), "");
}

static void a_changed_line_breaks_the_chain_at_the_next(void **state) {
	(void)state;
	three_lines();
	write_log(with("\"x\":1", "\"x\":9"));
	read_log();
	only_problem(VRD_ERROR, "log.broken", 2);
	assert_int_equal(n_entries, 1);
}

static void a_removed_line_breaks_the_chain(void **state) {
	(void)state;
	three_lines();
	write_log(with(vrd_arena_printf(&mem, "%s\n", line_at(1)), ""));
	read_log();
	only_problem(VRD_ERROR, "log.broken", 2);
	assert_int_equal(n_entries, 1);
	assert_int_equal(vrd_log_append(&mem, region_dir, "a", "x", "x", "{}", &err), VRD_DATA);
	assert_says(err.text, "log/a.jsonl: the last line does not follow the one before it");
}

static void lines_in_another_order_break_the_chain(void **state) {
	(void)state;
	three_lines();
	write_log(vrd_arena_printf(&mem, "%s\n%s\n%s\n", line_at(1), line_at(0), line_at(2)));
	read_log();
	only_problem(VRD_ERROR, "log.broken", 1);
	assert_int_equal(n_entries, 0);
}

static void a_line_that_is_no_entry_is_told_with_its_number(void **state) {
	(void)state;
	static const char *const lines[] = {"", "{}", "[]", "x", "{\"n\":2}"};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		remove_tree(region_dir);
		three_lines();
		write_log(with(line_at(1), lines[i]));
		read_log();
		only_problem(VRD_ERROR, "log.syntax", 2);
		assert_int_equal(n_entries, 1);
	}
}

static void nothing_is_written_after_an_end_that_is_no_entry(void **state) {
	(void)state;
	three_lines();
	write_log(with(line_at(2), "{}"));
	const char *before = log_text();
	assert_int_equal(vrd_log_append(&mem, region_dir, "a", "x", "x", "{}", &err), VRD_DATA);
	assert_says(err.text,
	            "the last line is no entry of a log (restore the file from a copy, or "
	            "rename it: a new log begins); nothing was written");
	assert_string_equal(log_text(), before);
}

static void a_torn_last_line_is_a_warning_and_moved_aside(void **state) {
	(void)state;
	three_lines();
	const char *whole = log_text(), *last = line_at(2);
	for (size_t cut = 1; cut < strlen(last); cut += 7) {
		remove_tree(in_region("log"));
		OK(vrd_dir_make(in_region("log"), &err));
		write_log(vrd_arena_strndup(&mem, whole, strlen(whole) - 1 - cut));
		read_log();
		only_problem(VRD_WARNING, "log.torn", 3);
		assert_int_equal(n_entries, 2);
		append("four", "{}");
		read_log();
		assert_int_equal(diag.n, 0);
		assert_int_equal(n_entries, 4);
		assert_string_equal(entries[2].what, "repair");
		assert_string_equal(entries[2].data,
		                    vrd_arena_printf(&mem, "{\"bytes\":%zu}", strlen(last) - cut));
		assert_string_equal(
		        text_of(in_region("log/a.jsonl.torn")),
		        vrd_arena_printf(&mem, "%.*s\n", (int)(strlen(last) - cut), last));
		assert_string_equal(entries[3].what, "four");
	}
}

static void a_torn_first_line_is_moved_aside_too(void **state) {
	(void)state;
	append("one", "{}");
	write_log("{\"n\":1,\"ti");
	append("two", "{}");
	read_log();
	assert_int_equal(diag.n, 0);
	assert_int_equal(n_entries, 2);
	assert_string_equal(entries[0].what, "repair");
}

static void a_whole_line_that_lacks_its_line_break_is_an_entry(void **state) {
	(void)state;
	three_lines();
	write_log(vrd_arena_strndup(&mem, log_text(), strlen(log_text()) - 1));
	read_log();
	assert_int_equal(diag.n, 0);
	assert_int_equal(n_entries, 3);
	append("four", "{}");
	read_log();
	assert_int_equal(diag.n, 0);
	assert_int_equal(n_entries, 4);
	assert_false(vrd_path_exists(in_region("log/a.jsonl.torn")));
}

static void check_heads(void) {
	vrd_diag_init(&diag, &mem, 0);
	OK(vrd_log_check_heads(&mem, region_dir, &diag, &err));
}

static void a_changed_or_removed_last_line_shows_against_what_was_kept(void **state) {
	(void)state;
	check_heads();
	assert_int_equal(diag.n, 0);
	three_lines();
	const char *whole = log_text();
	check_heads();
	assert_int_equal(diag.n, 0);
	write_log(with("\"x\":3", "\"x\":9"));
	read_log();
	assert_int_equal(diag.n, 0); // the chain does not see it
	check_heads();
	only_problem(VRD_ERROR, "log.cut", 3);
	write_log(whole);
	write_log(with(vrd_arena_printf(&mem, "%s\n", line_at(2)), ""));
	check_heads();
	only_problem(VRD_ERROR, "log.cut", 0);
	assert_says(diag.items[0].text, "the log has 2 entries, and had 3");
	assert_int_equal(unlink(in_region("log/a.jsonl")), 0);
	check_heads();
	only_problem(VRD_ERROR, "log.cut", 0);
}

static void what_was_cut_shows_after_more_is_written(void **state) {
	(void)state;
	three_lines();
	write_log(with(vrd_arena_printf(&mem, "%s\n", line_at(2)), ""));
	append("other", "{}");
	append("more", "{}");
	check_heads();
	only_problem(VRD_ERROR, "log.cut", 3);
}

static void a_longer_log_and_one_that_nothing_is_kept_of_are_good(void **state) {
	(void)state;
	three_lines();
	const char *head = text_of(in_region(".varde/log-heads/a.json"));
	append("four", "{}"); // as by somebody who has no .varde
	OK(vrd_file_write_atomic(in_region(".varde/log-heads/a.json"), head, strlen(head), &err));
	check_heads();
	assert_int_equal(diag.n, 0);
	write_log(with("\"x\":1", "\"x\":9")); // a broken chain is told elsewhere
	check_heads();
	assert_int_equal(diag.n, 0);
	remove_tree(in_region(".varde"));
	assert_int_equal(unlink(in_region("log/a.jsonl")), 0);
	check_heads();
	assert_int_equal(diag.n, 0);
	append("one", "{}");
	write_log("");
	OK(vrd_file_write_atomic(in_region(".varde/log-heads/a.json"), "{", 1, &err));
	check_heads();
	assert_int_equal(diag.n, 0);
}

// In a child: a full disk is a limit of the file's size.
static void a_full_disk_leaves_the_log_as_it_was(void **state) {
	(void)state;
	three_lines();
	const char *before = log_text();
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit limit = {strlen(before) + 20, strlen(before) + 20};
		(void)signal(SIGXFSZ, SIG_IGN);
		(void)setrlimit(RLIMIT_FSIZE, &limit);
		_exit(vrd_log_append(&mem, region_dir, "a", "x", "four", "{}", &err) == VRD_IO ? 0
		                                                                               : 1);
	}
	int code;
	assert_int_equal(waitpid(child, &code, 0), child);
	assert_true(WIFEXITED(code) && WEXITSTATUS(code) == 0);
	assert_string_equal(log_text(), before);
}

static void a_folder_that_cannot_be_written_is_told(void **state) {
	(void)state;
	if (geteuid() == 0) {
		skip(); // nothing is forbidden
		return;
	}
	OK(vrd_dir_make(region_dir, &err));
	assert_int_equal(chmod(region_dir, 0555), 0);
	assert_int_equal(vrd_log_append(&mem, region_dir, "a", "x", "x", "{}", &err), VRD_NOPERM);
	assert_int_equal(chmod(region_dir, 0755), 0);
}

// Four writers at once: the chain holds, and no entry is lost.
static void writers_wait_for_each_other(void **state) {
	(void)state;
	enum { WRITERS = 4, LINES = 25 };
	pid_t children[WRITERS];
	for (size_t w = 0; w < WRITERS; w++) {
		children[w] = fork();
		assert_true(children[w] >= 0);
		if (children[w] == 0) {
			vrd_status rc = VRD_OK;
			for (size_t i = 0; i < LINES && rc == VRD_OK; i++)
				rc = vrd_log_append(&mem, region_dir, "a", "x", "x", "{}", &err);
			_exit(rc == VRD_OK ? 0 : 1);
		}
	}
	for (size_t w = 0; w < WRITERS; w++) {
		int code;
		assert_int_equal(waitpid(children[w], &code, 0), children[w]);
		assert_true(WIFEXITED(code) && WEXITSTATUS(code) == 0);
	}
	read_log();
	assert_int_equal(diag.n, 0);
	assert_int_equal(n_entries, WRITERS * LINES);
}

// Any one byte changed before the last line shows; so does any change of what the last line says of
// the line before.
static bool any_changed_byte_shows(prop_gen *gen) {
	char *text = vrd_arena_strdup(&gen->mem, log_text());
	const size_t guarded = strlen(text) - strlen(line_at(2)) - 1;
	const size_t at = prop_below(gen, guarded);
	const char old = text[at];
	text[at] = (char)(0x20 + prop_below(gen, 0x5F));
	if (text[at] == old)
		return true;
	vrd_diag found;
	vrd_diag_init(&found, &gen->mem, 0);
	OK(vrd_log_parse(&gen->mem, text, strlen(text), "log/a.jsonl", &entries, &n_entries, &found,
	                 &err));
	PROP_HOLDS(gen, found.n == 1, "byte %zu of <<%s>>", at, text);
	return true;
}

static void every_changed_byte_before_the_last_line_shows(void **state) {
	(void)state;
	three_lines();
	prop_check("a changed byte shows", any_changed_byte_shows, 2000, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void) {
	const struct CMUnitTest all[] = {
	        TEST(a_log_that_is_not_there_has_no_entries),
	        TEST(entries_come_back_in_order),
	        TEST(each_line_has_the_hash_of_the_line_before),
	        TEST(the_author_is_who_is_said_or_the_environment_or_the_user),
	        TEST(what_is_no_text_or_no_object_is_refused),
	        TEST(a_changed_line_breaks_the_chain_at_the_next),
	        TEST(a_removed_line_breaks_the_chain),
	        TEST(lines_in_another_order_break_the_chain),
	        TEST(a_line_that_is_no_entry_is_told_with_its_number),
	        TEST(nothing_is_written_after_an_end_that_is_no_entry),
	        TEST(a_torn_last_line_is_a_warning_and_moved_aside),
	        TEST(a_torn_first_line_is_moved_aside_too),
	        TEST(a_whole_line_that_lacks_its_line_break_is_an_entry),
	        TEST(a_changed_or_removed_last_line_shows_against_what_was_kept),
	        TEST(what_was_cut_shows_after_more_is_written),
	        TEST(a_longer_log_and_one_that_nothing_is_kept_of_are_good),
	        TEST(a_full_disk_leaves_the_log_as_it_was),
	        TEST(a_folder_that_cannot_be_written_is_told),
	        TEST(writers_wait_for_each_other),
	        TEST(every_changed_byte_before_the_last_line_shows),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
