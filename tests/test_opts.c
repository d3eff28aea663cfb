#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/opts.h"

static const vrd_option run_options[] = {
        {"draws", 'n', VRD_OPT_INT, "N", "Number of draws.", 1, 100000},
        {"seed", 0, VRD_OPT_INT, "N", "Seed of the draws.", 0, 0},
        {"threads", 0, VRD_OPT_INT, "N", "Number of threads.", 1, INT64_MAX},
        {"format", 'f', VRD_OPT_TEXT, "csv|json|xlsx",
         "How results are written; the default is a table for people to read on a terminal.", 0, 0},
        {"where", 0, VRD_OPT_LIST, "DIM=CODE", "Only these categories.", 0, 0},
        {"dry-run", 0, VRD_OPT_FLAG, NULL, "Only say what would be done.", 0, 0},
        {"quiet", 'q', VRD_OPT_FLAG, NULL, "Say nothing.", 0, 0},
        {"name-that-is-long", 0, VRD_OPT_TEXT, "SOMETHING", "Label of the r\xC3\xB8n.", 0, 0},
};
static const vrd_command run = {
        "run",
        "DIR [SCENARIO]",
        1,
        2,
        "Run a scenario and keep the result.",
        "Draws every uncertain assumption, projects activity and beds for every year, and keeps\n"
        "the run in the store.\n\n"
        ".yaml files aren't changed; C:\\data is read.",
        run_options,
        sizeof run_options / sizeof run_options[0],
        "varde run region\tRun the base scenario.\nvarde run -n 10000 region\tWith more draws.",
};
static const vrd_command version = {
        "version", "", 0, 0, "Print the version.", NULL, NULL, 0, NULL,
};
static const vrd_command *const commands[] = {&run, &version};

typedef struct {
	vrd_arena mem;
	vrd_opt_result result;
	vrd_err err;
} parsed;

// Parses a line of words that are separated by one space.
static vrd_status parse(parsed *p, const vrd_command *command, const char *line) {
	char *words[32];
	int n = 0;
	memset(p, 0, sizeof *p);
	vrd_str rest = vrd_str_of(line);
	vrd_str word;
	while (line[0] != '\0' && vrd_str_split(&rest, ' ', &word)) {
		assert_true(n < 32);
		words[n++] = vrd_arena_strndup(&p->mem, word.p, word.n);
	}
	return vrd_opts_parse(&p->mem, command, n, words, &p->result, &p->err);
}

static void assert_usage_error(const vrd_command *command, const char *line, const char *text) {
	parsed p;
	const vrd_status status = parse(&p, command, line);
	if (status != VRD_USAGE)
		fail_msg("\"%s\" was accepted", line);
	assert_string_equal(p.err.text, text);
	assert_null(p.result.values); // untouched
	vrd_arena_clear(&p.mem);
}

static void every_kind_is_parsed(void **state) {
	(void)state;
	parsed p;
	assert_int_equal(parse(&p, &run,
	                       "--draws 500 -f csv --format=json --where a=1 region --quiet "
	                       "--where=b=2 base.yaml --seed -5"),
	                 VRD_OK);
	const vrd_opt_result *r = &p.result;
	assert_int_equal(vrd_opt(&run, r, "draws")->number, 500);
	assert_int_equal(vrd_opt(&run, r, "seed")->number, -5);
	assert_string_equal(vrd_opt(&run, r, "format")->text, "json");
	assert_int_equal(vrd_opt(&run, r, "where")->n_list, 2);
	assert_string_equal(vrd_opt(&run, r, "where")->list[0], "a=1");
	assert_string_equal(vrd_opt(&run, r, "where")->list[1], "b=2");
	assert_true(vrd_opt(&run, r, "quiet")->given);
	assert_false(vrd_opt(&run, r, "dry-run")->given);
	assert_false(vrd_opt(&run, r, "threads")->given);
	assert_false(r->help);
	assert_int_equal(r->n_arguments, 2);
	assert_string_equal(r->arguments[0], "region");
	assert_string_equal(r->arguments[1], "base.yaml");
	vrd_arena_clear(&p.mem);
}

static void short_options_join_and_take_their_value_closely(void **state) {
	(void)state;
	parsed p;
	assert_int_equal(parse(&p, &run, "-qn7 region"), VRD_OK);
	assert_true(vrd_opt(&run, &p.result, "quiet")->given);
	assert_int_equal(vrd_opt(&run, &p.result, "draws")->number, 7);
	vrd_arena_clear(&p.mem);
}

static void unique_beginning_of_a_name_is_enough(void **state) {
	(void)state;
	parsed p;
	assert_int_equal(parse(&p, &run, "--dra 7 region"), VRD_OK);
	assert_int_equal(vrd_opt(&run, &p.result, "draws")->number, 7);
	vrd_arena_clear(&p.mem);
	assert_usage_error(&run, "--d 7 region", "--d could be --draws or --dry-run; write it out");
}

static void two_dashes_end_the_options_and_one_is_an_argument(void **state) {
	(void)state;
	parsed p;
	assert_int_equal(parse(&p, &run, "-q -- -x --draws"), VRD_OK);
	assert_int_equal(p.result.n_arguments, 2);
	assert_string_equal(p.result.arguments[0], "-x");
	assert_string_equal(p.result.arguments[1], "--draws");
	vrd_arena_clear(&p.mem);
	assert_int_equal(parse(&p, &run, "-"), VRD_OK);
	assert_string_equal(p.result.arguments[0], "-");
	vrd_arena_clear(&p.mem);
}

static void parsing_twice_gives_the_same(void **state) {
	(void)state;
	parsed p;
	for (int i = 0; i < 2; i++) {
		assert_usage_error(&run, "-qx", "unknown option -x of run"); // stops in mid-word
		assert_int_equal(parse(&p, &run, "region -q"), VRD_OK);
		assert_int_equal(p.result.n_arguments, 1);
		vrd_arena_clear(&p.mem);
	}
}

static void help_forgives_everything_else(void **state) {
	(void)state;
	const char *const lines[] = {"--help", "-h", "--bad --help", "--draws none -h a b c",
	                             "a b c d --help"};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		parsed p;
		assert_int_equal(parse(&p, &run, lines[i]), VRD_OK);
		assert_true(p.result.help);
		vrd_arena_clear(&p.mem);
	}
	parsed p;
	assert_int_equal(parse(&p, &run, "region -- --help"), VRD_OK); // that one is a file
	assert_false(p.result.help);
	vrd_arena_clear(&p.mem);
}

static void usage_errors_say_what_would_be_right(void **state) {
	(void)state;
	static const struct {
		const char *line;
		const char *text;
	} cases[] = {
	        {"--drwas 5 region", "unknown option --drwas of run; did you mean --draws?"},
	        {"--drwas=5 region", "unknown option --drwas of run; did you mean --draws?"},
	        {"--hepl", "unknown option --hepl of run; did you mean --help?"},
	        {"--population x", "unknown option --population of run"},
	        {"-x region", "unknown option -x of run"},
	        {"-\xC3\xB8 region", "unknown option -\xC3\xB8 of run"},
	        {"region --draws", "--draws takes a value: --draws N"},
	        {"region -f", "--format takes a value: --format csv|json|xlsx"},
	        {"--quiet=yes region", "--quiet takes no value"},
	        {"--help=yes region", "--help takes no value"},
	        {"--draws many region",
	         "--draws takes a whole number from 1 to 100000, not \"many\""},
	        {"--draws 0 region", "--draws takes a whole number from 1 to 100000, not \"0\""},
	        {"--draws 1e3 region",
	         "--draws takes a whole number from 1 to 100000, not \"1e3\""},
	        {"--threads 0 region", "--threads takes a whole number of at least 1, not \"0\""},
	        {"--seed 9223372036854775808 region",
	         "--seed takes a whole number, not \"9223372036854775808\""},
	        {"", "run takes DIR [SCENARIO], but 0 of at least 1 were given"},
	        {"a b c", "run takes DIR [SCENARIO]: \"c\" is one too many"},
	        {"--bad --worse", "unknown option --bad of run"}, // the first one is told
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_usage_error(&run, cases[i].line, cases[i].text);
	assert_usage_error(&version, "now", "version takes no arguments, but \"now\" was given");
}

static void parsing_without_memory_is_an_error(void **state) {
	(void)state;
	char word[] = "region";
	char *words[] = {word};
	for (size_t budget = 16; budget < 1024; budget += 16) {
		vrd_arena mem;
		vrd_opt_result result = {0};
		vrd_arena_init(&mem, budget);
		const vrd_status status = vrd_opts_parse(&mem, &run, 1, words, &result, NULL);
		assert_true(status == VRD_NOMEM || status == VRD_OK);
		assert_true((status == VRD_OK) == (result.values != NULL));
		if (budget == 16)
			assert_int_equal(status, VRD_NOMEM);
		vrd_arena_clear(&mem);
	}
}

static void help_is_complete_and_fits_eighty_columns(void **state) {
	(void)state;
	vrd_buf out = {0};
	vrd_opts_help(&run, "varde", false, &out);
	assert_false(out.failed);
	assert_string_equal(
	        out.p,
	        "usage: varde run [options] DIR [SCENARIO]\n"
	        "\n"
	        "Run a scenario and keep the result.\n"
	        "\n"
	        "Draws every uncertain assumption, projects activity and beds for every year, and\n"
	        "keeps the run in the store.\n"
	        "\n"
	        ".yaml files aren't changed; C:\\data is read.\n"
	        "\n"
	        "Options\n"
	        "  -n, --draws N               Number of draws. From 1 to 100000.\n"
	        "      --seed N                Seed of the draws.\n"
	        "      --threads N             Number of threads. At least 1.\n"
	        "  -f, --format csv|json|xlsx  How results are written; the default is a table\n"
	        "                              for people to read on a terminal.\n"
	        "      --where DIM=CODE        Only these categories. May be given more than\n"
	        "                              once.\n"
	        "      --dry-run               Only say what would be done.\n"
	        "  -q, --quiet                 Say nothing.\n"
	        "      --name-that-is-long SOMETHING\n"
	        "                              Label of the r\xC3\xB8n.\n"
	        "  -h, --help                  Show this help and do nothing else.\n"
	        "\n"
	        "Examples\n"
	        "  varde run region\n"
	        "      Run the base scenario.\n"
	        "  varde run -n 10000 region\n"
	        "      With more draws.\n");
	vrd_str rest = {out.p, out.n};
	for (vrd_str line; vrd_str_split(&rest, '\n', &line);)
		assert_true(vrd_utf8_width(line) <= 80);
	vrd_buf_free(&out);
}

static void help_has_bold_heads_only_when_asked(void **state) {
	(void)state;
	vrd_buf out = {0};
	vrd_opts_help(&version, "varde", true, &out);
	assert_string_equal(out.p, "\033[1musage:\033[0m varde version [options]\n"
	                           "\n"
	                           "Print the version.\n"
	                           "\n"
	                           "\033[1mOptions\033[0m\n"
	                           "  -h, --help  Show this help and do nothing else.\n");
	vrd_buf_free(&out);
}

static void make_man(vrd_buf *out) {
	vrd_opts_man(
	        commands, 2, "varde", "0.1.0", "2026-01-31", "plan health services",
	        "First.\n\nSecond.",
	        "EXIT STATUS\n0\tsuccess\n64\tthe command line is wrong\n\nFILES\nNone - yet.\n",
	        out);
	assert_false(out->failed);
}

static void man_page_says_the_same_as_help(void **state) {
	(void)state;
	vrd_buf out = {0};
	make_man(&out);
	const char *const parts[] = {
	        ".TH VARDE 1 \"2026\\-01\\-31\" \"varde 0.1.0\" \"User Commands\"\n",
	        ".SH NAME\nvarde \\- plan health services\n",
	        ".SH DESCRIPTION\nFirst.\n.PP\nSecond.\n",
	        ".SS varde run [\\fIoptions\\fP] \\fIDIR [SCENARIO]\\fP\n",
	        "\n\\&.yaml files aren\\(aqt changed; C:\\edata is read.\n",
	        "\\fB\\-n\\fR, \\fB\\-\\-draws\\fR \\fIN\\fR\nNumber of draws. From 1 to",
	        "Label of the r\\[u00F8]n.\n",
	        ".B varde run \\-n 10000 region\nWith more draws.\n",
	        ".SH EXIT STATUS\n.TP\n.B 0\nsuccess\n.TP\n.B 64\nthe command line is wrong\n",
	        ".SH FILES\nNone \\- yet.\n",
	};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (strstr(out.p, parts[i]) == NULL)
			fail_msg("not in the man page: %s", parts[i]);
	}
	vrd_buf_free(&out);
}

// Feeds `text` to a shell command; its exit status, or 127 when it is not installed.
static int pipe_to(const char *shell_command, const char *text) {
	fflush(NULL);
	FILE *stream = popen(shell_command, "w");
	assert_non_null(stream);
	fputs(text, stream);
	const int status = pclose(stream);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void groff_has_no_warning_about_the_man_page(void **state) {
	(void)state;
	if (pipe_to("command -v groff >/dev/null || exit 127", "") == 127)
		skip();
	vrd_buf out = {0};
	make_man(&out);
	assert_int_equal(
	        pipe_to("w=$(groff -man -Tutf8 -ww 2>&1 >/dev/null) && test -z \"$w\"", out.p), 0);
	vrd_buf_free(&out);
}

static void completion_lists_commands_and_options(void **state) {
	(void)state;
	vrd_buf out = {0};
	vrd_opts_completion(commands, 2, "varde", &out);
	assert_false(out.failed);
	assert_non_null(strstr(out.p, "words='run version --help'"));
	assert_non_null(strstr(out.p, "'run --format'|'run -f') words='csv json xlsx' ;;"));
	assert_non_null(strstr(out.p, "'version -'*) words='--help' ;;"));
	vrd_buf_free(&out);
}

static void bash_completes_with_the_script(void **state) {
	(void)state;
	if (pipe_to("command -v bash >/dev/null || exit 127", "") == 127)
		skip();
	vrd_buf out = {0};
	vrd_opts_completion(commands, 2, "varde", &out);
	vrd_buf_puts(&out, "check() {\n"
	                   "  _varde; [ \"${COMPREPLY[*]}\" = \"$1\" ] && return\n"
	                   "  echo \"${COMP_WORDS[*]}: ${COMPREPLY[*]}\" >&2; exit 1\n"
	                   "}\n"
	                   "COMP_WORDS=(varde ve); COMP_CWORD=1; check version\n"
	                   "COMP_WORDS=(varde run --d); COMP_CWORD=2; check '--draws --dry-run'\n"
	                   "COMP_WORDS=(varde run -f ''); COMP_CWORD=3; check 'csv json xlsx'\n"
	                   "COMP_WORDS=(varde run reg); COMP_CWORD=2; check ''\n");
	assert_int_equal(pipe_to("bash --norc", out.p), 0);
	vrd_buf_free(&out);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_kind_is_parsed),
	        cmocka_unit_test(short_options_join_and_take_their_value_closely),
	        cmocka_unit_test(unique_beginning_of_a_name_is_enough),
	        cmocka_unit_test(two_dashes_end_the_options_and_one_is_an_argument),
	        cmocka_unit_test(parsing_twice_gives_the_same),
	        cmocka_unit_test(help_forgives_everything_else),
	        cmocka_unit_test(usage_errors_say_what_would_be_right),
	        cmocka_unit_test(parsing_without_memory_is_an_error),
	        cmocka_unit_test(help_is_complete_and_fits_eighty_columns),
	        cmocka_unit_test(help_has_bold_heads_only_when_asked),
	        cmocka_unit_test(man_page_says_the_same_as_help),
	        cmocka_unit_test(groff_has_no_warning_about_the_man_page),
	        cmocka_unit_test(completion_lists_commands_and_options),
	        cmocka_unit_test(bash_completes_with_the_script),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
