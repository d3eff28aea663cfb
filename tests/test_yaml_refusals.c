// Text that is not read at all, and limits.
#include "yaml_kit.h"

#include <unistd.h>

// --- what is not read at all --------------------------------------------------------------------

static void empty_document_says_what_to_write(void **state) {
	(void)state;
	const char *const texts_[] = {"", "# only a comment\n", "---\n", "\xEF\xBB\xBF", "\n\n"};
	for (size_t i = 0; i < COUNT(texts_); i++)
		refuse_bytes(&vrd_scenario_schema, texts_[i], strlen(texts_[i]),
		             "a.yaml:1:1: error: the document is empty [yaml.missing-key]\n"
		             "  write at least: schema, name\n");
}

static void second_document_is_refused(void **state) {
	(void)state;
	refuse("---\nname: a\n---\nname: b\n",
	       "a.yaml:3:1: error: a second document begins after here [yaml.syntax]\n"
	       "  keep one document in a file: remove the --- or ...\n");
	refuse_by("name: a\n...\nname: b\n", "yaml.syntax", 1, 7, "one document");
	reading_free(accept("---\nname: a\n...\n"));
}

static void aliases_anchors_and_tags_are_refused(void **state) {
	(void)state;
	refuse("name: &x a\nshare: *x\ntexts: !!seq [a]\n*x : 1\nshares: {<<: *x}\n",
	       "a.yaml:1:7: error: an anchor (&) is not allowed [yaml.alias]\n"
	       "  remove it, or put quotes around a text that begins with &\n"
	       "a.yaml:2:8: error: an alias (*) is not allowed [yaml.alias]\n"
	       "  write the value out, or put quotes around a text that begins with *\n"
	       "a.yaml:3:8: error: a tag (!) is not allowed [yaml.alias]\n"
	       "  remove it, or put quotes around a text that begins with !\n"
	       "a.yaml:4:1: error: an alias (*) is not allowed [yaml.alias]\n"
	       "  write the value out, or put quotes around a text that begins with *\n"
	       "a.yaml:5:14: error: an alias (*) is not allowed [yaml.alias]\n"
	       "  write the value out, or put quotes around a text that begins with *\n");
}

static void keys_are_texts(void **state) {
	(void)state;
	refuse_by("name: a\n? [b]\n: c\n", "yaml.wrong-type", 2, 3, "quotes");
	refuse_by("name: a\n: b\n", "yaml.syntax", 1, 7, "before the \":\"");
}

static void syntax_errors_have_place_and_remedy(void **state) {
	(void)state;
	refuse_by("name: \xc3\xa6: x\n", "yaml.syntax", 1, 9, "quotes around a text");
	refuse_by("name: a\nflag true\nyear: 2025\n", "yaml.syntax", 2, 1, "end a key");
	refuse_by("name: @home\n", "yaml.syntax", 1, 7, "quotes around");
	refuse_by("name: \"a\\qb\"\n", "yaml.syntax", 1, 9, "backslash");
	refuse_by("name: \"a\" b\n", "yaml.syntax", 1, 11, "closing quote");
	refuse_by("name: \"a\n", "yaml.syntax", 1, 8, "close the quotes");
	refuse_by("shares:\n  a: 1\n b: 1\n", "yaml.syntax", 3, 2, "alike");
	refuse_by("texts: - a\n", "yaml.syntax", 1, 8, "line of its own");
	refuse_by("texts:\n  - a\n b\n", "yaml.syntax", 3, 2, NULL);
}

static void quotes_in_quotes_are_read_or_refused(void **state) {
	(void)state;
	reading *r = accept("name: 'it''s ''so'''\ntexts: [\"'\", '\"\"', \"''''''''''\"]\n");
	assert_string_equal(vrd_node_text(r->root, "name", ""), "it's 'so'");
	assert_string_equal(vrd_node_get(r->root, "texts")->items[2].text, "''''''''''");
	reading_free(r);
	// libfyaml would give three of these two, and lose memory over a dozen.
	refuse("name: ''''''\ntexts: [a, 'b''''''''''''''''''''''''''']\n",
	       "a.yaml:1:7: error: quotes follow one another inside this text [yaml.syntax]\n"
	       "  use double quotes around it\n"
	       "a.yaml:2:12: error: quotes follow one another inside this text [yaml.syntax]\n"
	       "  use double quotes around it\n");
}

static void open_brackets_are_named(void **state) {
	(void)state;
	reading *r = reading_of("name: a\nshares: {a: 1,\n");
	assert_int_equal(r->rc, VRD_CONFIG);
	assert_int_equal(r->diag.n, 1);
	assert_string_equal(r->diag.items[0].rule, "yaml.syntax");
	assert_non_null(strstr(r->diag.items[0].text, "the bracket of line 2, column 9, is open"));
	assert_non_null(strstr(r->diag.items[0].remedy, "brackets and commas"));
	reading_free(r);
}

static void tabs_are_told_wherever_the_parser_stumbles(void **state) {
	(void)state;
	refuse_by("shares:\n\ta: 1\n", "yaml.syntax", 2, 1, "spaces");
	refuse_by("name: a\n\tflag: true\n", "yaml.syntax", 1, 7, "spaces");
	refuse_by("shares:\n  a: 1\n  \tb: 1\n", "yaml.syntax", 2, 6, "spaces");
	reading_free(accept("name:\ta\n\t# a comment\nflag: true\t# another\n"));
}

static void what_stands_before_a_syntax_error_is_checked_too(void **state) {
	(void)state;
	reading *r = reading_of("share: 2\nparts:\n  - id: a\nname: b: c\n");
	// The first part misses its interval; the document was cut, so nothing is missing there.
	assert_int_equal(r->diag.n, 3);
	assert_string_equal(r->diag.items[0].rule, "yaml.range");
	assert_string_equal(r->diag.items[1].rule, "yaml.missing-key");
	assert_string_equal(r->diag.items[2].rule, "yaml.syntax");
	assert_int_equal(r->diag.items[2].place.line, 4);
	reading_free(r);
	// What an open bracket has swallowed is not judged.
	refuse_by("name: a\npair: [x\n", "yaml.syntax", 3, 1, "brackets");
}

static void bytes_that_are_not_text_are_refused(void **state) {
	(void)state;
	refuse("name: a\nname: bl\xE5\n",
	       "a.yaml:2:9: error: byte 0xE5 is not UTF-8 [yaml.encoding]\n"
	       "  save the file as UTF-8 text\n");
	refuse_bytes(&toy, "\xFF\xFEn\0a\0", 6,
	             "a.yaml:1:1: error: the file is UTF-16, not UTF-8 [yaml.encoding]\n"
	             "  save the file as UTF-8 text\n");
	refuse_bytes(
	        &toy, "name: a\0b\n", 10,
	        "a.yaml:1:8: error: byte 0x00 is a control character, not text [yaml.encoding]\n"
	        "  remove it, or write it as \\xNN between double quotes\n");
	refuse("name: a\n\nflag: \x1b[1m\n",
	       "a.yaml:3:7: error: byte 0x1B is a control character, not text [yaml.encoding]\n"
	       "  remove it, or write it as \\xNN between double quotes\n");
	refuse("name: \"a\\0b\"\n",
	       "a.yaml:1:7: error: an escape in this text makes a NUL or no UTF-8 [yaml.encoding]\n"
	       "  remove the escape\n");
}

static void directives_are_refused(void **state) {
	(void)state;
	refuse_by("%YAML 1.1\n---\nname: a\n", "yaml.syntax", 1, 1, "remove the line");
	refuse_by("name: a\n%\n", "yaml.syntax", 2, 1, "remove the line");
	reading_free(accept("name: 5 %\n"));
}

// --- limits -------------------------------------------------------------------------------------

static void nesting_has_a_limit(void **state) {
	(void)state;
	size_t n;
	char *yaml = repeated("name: ", "[", 100000, "", &n);
	reading *r = reading_new(&toy, yaml, n);
	assert_int_equal(r->rc, VRD_CONFIG);
	assert_int_equal(r->diag.n, 1); // not that a list stands where a text belongs: it is open
	assert_string_equal(r->diag.items[0].rule, "yaml.depth");
	assert_int_equal(r->diag.items[0].place.column, 6 + 64);
	reading_free(r);
	free(yaml);
	yaml = repeated("", "- ", 100000, "a\n", &n);
	r = reading_new(&toy, yaml, n);
	assert_string_equal(r->diag.items[r->diag.n - 1].rule, "yaml.depth");
	reading_free(r);
	free(yaml);
}

static void sixty_four_levels_are_read(void **state) {
	(void)state;
	static vrd_schema levels[65];
	levels[0] = (vrd_schema){.kind = VRD_Y_TEXT};
	for (size_t i = 1; i < 65; i++)
		levels[i] = (vrd_schema){.kind = VRD_Y_LIST, .item = &levels[i - 1]};
	size_t n;
	char *open = repeated("", "[", 64, "a", &n);
	char *yaml = repeated(open, "]", 64, "\n", &n);
	reading *r = reading_new(&levels[64], yaml, n);
	assert_int_equal(r->rc, VRD_OK);
	const vrd_node *node = r->root;
	while (node->kind == VRD_NODE_LIST)
		node = &node->items[0];
	assert_string_equal(node->text, "a");
	assert_int_equal(node->place.column, 65);
	reading_free(r);
	free(open);
	free(yaml);
}

static void large_documents_are_refused_unread(void **state) {
	(void)state;
	size_t n;
	char *yaml = repeated("", "name: abcdefghi\n", 1 << 19, "#", &n); // 8 MiB and a byte
	reading *r = reading_new(&toy, yaml, n);
	assert_int_equal(r->rc, VRD_CONFIG);
	assert_string_equal(r->diag.items[0].rule, "yaml.size");
	assert_string_equal(r->err.text,
	                    "a.yaml: 8388609 bytes are more than the 8 MiB that are read "
	                    "(put tables into CSV files and name them here)");
	reading_free(r);
	free(yaml);
}

// Each of these would cost the parser gigabytes or hours.
static void texts_made_to_be_costly_are_refused(void **state) {
	(void)state;
	const struct {
		const char *head, *unit;
		size_t count;
	} costly[] = {
	        {"texts: [", "a,", 1 << 20},  {"", "[\n", 1 << 20},           {"- ", " ", 1 << 20},
	        {"name: |\n", "\n", 1 << 20}, {"texts:\n", "- a\n", 1 << 19},
	};
	for (size_t i = 0; i < COUNT(costly); i++) {
		size_t n;
		char *yaml = repeated(costly[i].head, costly[i].unit, costly[i].count, "", &n);
		reading *r = reading_new(&toy, yaml, n);
		assert_int_equal(r->rc, VRD_CONFIG);
		assert_string_equal(r->diag.items[0].rule, "yaml.size");
		reading_free(r);
		free(yaml);
	}
}

static void problems_past_the_limit_are_counted(void **state) {
	(void)state;
	size_t n;
	char *yaml = repeated("", "nmae: 1\n", 5000, "", &n);
	reading *r = reading_new(&toy, yaml, n);
	assert_int_equal(r->diag.n_errors, 5000);
	assert_int_equal(r->diag.n, 50);
	assert_int_equal(r->diag.n_dropped, 4950);
	assert_non_null(strstr(r->err.text, "and 4999 more errors"));
	reading_free(r);
	free(yaml);
}

static void memory_budget_is_kept(void **state) {
	(void)state;
	const char *yaml = "name: a\ntexts: [a, b, c, d]\nshares: {a: 1, b: 0}\n";
	size_t budget = 16;
	vrd_status rc = VRD_NOMEM;
	size_t n_refused = 0;
	for (; rc == VRD_NOMEM && budget < 65536; budget += 16) {
		vrd_arena mem;
		vrd_err err = {0};
		const vrd_node *out = NULL;
		vrd_arena_init(&mem, budget);
		rc = vrd_yaml_read(&mem, yaml, strlen(yaml), "a", &toy, &out, NULL, &err);
		assert_true((rc == VRD_OK) == (out != NULL));
		assert_true((rc == VRD_OK) == (err.text[0] == '\0'));
		n_refused += rc != VRD_OK;
		vrd_arena_clear(&mem);
	}
	assert_int_equal(rc, VRD_OK);
	assert_true(n_refused > 20);
}

static void nothing_is_printed(void **state) {
	(void)state;
	// Whatever libfyaml would like to say about this must not reach the terminal.
	FILE *file = tmpfile();
	assert_non_null(file);
	fflush(stderr);
	const int saved = dup(STDERR_FILENO);
	assert_true(saved >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	reading *r = reading_of("name: [a\nb: *c\n  \t]: {\n");
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	assert_int_equal(r->rc, VRD_CONFIG);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	assert_int_equal(ftell(file), 0);
	fclose(file);
	reading_free(r);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(empty_document_says_what_to_write),
	        cmocka_unit_test(second_document_is_refused),
	        cmocka_unit_test(aliases_anchors_and_tags_are_refused),
	        cmocka_unit_test(keys_are_texts),
	        cmocka_unit_test(syntax_errors_have_place_and_remedy),
	        cmocka_unit_test(quotes_in_quotes_are_read_or_refused),
	        cmocka_unit_test(open_brackets_are_named),
	        cmocka_unit_test(tabs_are_told_wherever_the_parser_stumbles),
	        cmocka_unit_test(what_stands_before_a_syntax_error_is_checked_too),
	        cmocka_unit_test(bytes_that_are_not_text_are_refused),
	        cmocka_unit_test(directives_are_refused),
	        cmocka_unit_test(nesting_has_a_limit),
	        cmocka_unit_test(sixty_four_levels_are_read),
	        cmocka_unit_test(large_documents_are_refused_unread),
	        cmocka_unit_test(texts_made_to_be_costly_are_refused),
	        cmocka_unit_test(problems_past_the_limit_are_counted),
	        cmocka_unit_test(memory_budget_is_kept),
	        cmocka_unit_test(nothing_is_printed),
	};
	return cmocka_run_group_tests_name("yaml_refusals", tests, NULL, NULL);
}
