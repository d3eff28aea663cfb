#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "region/schemas.h"

// --- a schema with every kind -------------------------------------------------------------------

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const vrd_schema text = {.kind = VRD_Y_TEXT};
static const vrd_schema truth = {.kind = VRD_Y_BOOL};
static const vrd_schema whole = {.kind = VRD_Y_INT};
static const vrd_schema year = {.kind = VRD_Y_INT, .min = 1800, .max = 2200};
static const vrd_schema number = {.kind = VRD_Y_NUMBER};
static const vrd_schema share = {.kind = VRD_Y_NUMBER, .min = 0, .max = 1};
static const vrd_schema curve = {
        .kind = VRD_Y_WORD,
        .words = (const char *const[]){"step", "linear", "logistic", "table", NULL}};
static const vrd_schema stay = {.kind = VRD_Y_NUMBER_OR_WORD,
                                .min = 0,
                                .max = 100,
                                .words = (const char *const[]){"shortest", "mean", NULL}};
static const vrd_schema interval = {
        .kind = VRD_Y_LIST, .item = &number, .one_ok = true, .min = 1, .max = 3};
static const vrd_schema pair = {.kind = VRD_Y_LIST, .item = &number, .min = 2, .max = 2};
static const vrd_schema texts = {.kind = VRD_Y_LIST, .item = &text, .one_ok = true};
static const vrd_schema shares = {.kind = VRD_Y_DICT, .item = &share};
static const vrd_field part_fields[] = {
        {"id", &text, true, "names the part"},
        {"interval", &interval, true, "P10 and P90"},
        {"curve", &curve, false, "how it comes"},
};
static const vrd_schema part = {
        .kind = VRD_Y_MAP, .fields = part_fields, .n_fields = COUNT(part_fields)};
static const vrd_schema parts = {.kind = VRD_Y_LIST, .item = &part};
static const vrd_field toy_fields[] = {
        {"name", &text, false, "what it is called"},  {"flag", &truth, false, "yes or no"},
        {"whole", &whole, false, "any whole number"}, {"year", &year, false, "a year"},
        {"number", &number, false, "any number"},     {"share", &share, false, "a share"},
        {"curve", &curve, false, "a curve"},          {"stay", &stay, false, "days or a word"},
        {"pair", &pair, false, "two numbers"},        {"texts", &texts, false, "texts"},
        {"shares", &shares, false, "shares by name"}, {"parts", &parts, false, "parts"},
};
static const vrd_schema toy = {
        .kind = VRD_Y_MAP, .fields = toy_fields, .n_fields = COUNT(toy_fields)};

// --- reading in a test --------------------------------------------------------------------------

typedef struct {
	vrd_arena mem;
	vrd_diag diag;
	vrd_err err;
	const vrd_node *root;
	vrd_status rc;
} reading;

static reading *reading_new(const vrd_schema *schema, const char *bytes, size_t n) {
	reading *r = calloc(1, sizeof *r);
	// Exactly as long as the text, so that a sanitizer sees a read past its end.
	char *copy = malloc(n == 0 ? 1 : n);
	assert_non_null(r);
	assert_non_null(copy);
	memcpy(copy, bytes, n);
	vrd_diag_init(&r->diag, &r->mem, 0);
	r->rc = vrd_yaml_read(&r->mem, copy, n, "a.yaml", schema, &r->root, &r->diag, &r->err);
	free(copy); // everything in the result is a copy
	return r;
}

static void reading_free(reading *r) {
	vrd_arena_clear(&r->mem);
	free(r);
}

static reading *reading_of(const char *yaml) {
	return reading_new(&toy, yaml, strlen(yaml));
}

static reading *accept(const char *yaml) {
	reading *r = reading_of(yaml);
	if (r->rc != VRD_OK)
		fail_msg("refused: %s", r->err.text);
	assert_int_equal(r->diag.n_errors, 0);
	assert_non_null(r->root);
	return r;
}

// The printed problems are exactly `expected`, and the failure tells the first of them.
static void refuse_bytes(const vrd_schema *schema, const char *bytes, size_t n,
                         const char *expected) {
	reading *r = reading_new(schema, bytes, n);
	vrd_buf printed = {0};
	vrd_diag_print(&r->diag, &printed, false);
	assert_int_equal(r->rc, VRD_CONFIG);
	assert_null(r->root);
	assert_string_equal(printed.p, expected);
	const size_t place = strcspn(expected, " ");
	assert_memory_equal(r->err.text, expected, place);
	vrd_buf_free(&printed);
	reading_free(r);
}

static void refuse(const char *yaml, const char *expected) {
	refuse_bytes(&toy, yaml, strlen(yaml), expected);
}

// The rule, place and remedy of the only problem, for texts whose wording is the library's.
static void refuse_by(const char *yaml, const char *rule, size_t line, size_t column,
                      const char *remedy_part) {
	reading *r = reading_of(yaml);
	assert_int_equal(r->rc, VRD_CONFIG);
	assert_int_equal(r->diag.n, 1);
	const vrd_problem *problem = &r->diag.items[0];
	assert_string_equal(problem->rule, rule);
	assert_string_equal(problem->place.file, "a.yaml");
	assert_int_equal(problem->place.line, line);
	assert_int_equal(problem->place.column, column);
	if (remedy_part != NULL &&
	    (problem->remedy == NULL || strstr(problem->remedy, remedy_part) == NULL))
		fail_msg("remedy \"%s\" does not say \"%s\"", problem->remedy, remedy_part);
	reading_free(r);
}

// `count` copies of `unit` between `head` and `tail`; free() it.
static char *repeated(const char *head, const char *unit, size_t count, const char *tail,
                      size_t *n) {
	const size_t h = strlen(head);
	const size_t u = strlen(unit);
	const size_t t = strlen(tail);
	char *bytes = malloc(h + u * count + t + 1);
	assert_non_null(bytes);
	memcpy(bytes, head, h);
	for (size_t i = 0; i < count; i++)
		memcpy(bytes + h + i * u, unit, u);
	memcpy(bytes + h + u * count, tail, t + 1);
	*n = h + u * count + t;
	return bytes;
}

static void assert_place(const vrd_node *node, size_t line, size_t column) {
	assert_non_null(node);
	assert_string_equal(node->place.file, "a.yaml");
	assert_int_equal(node->place.line, line);
	assert_int_equal(node->place.column, column);
}

static bool same(double a, double b) {
	return a >= b && a <= b;
}

// --- values -------------------------------------------------------------------------------------

static void norway_stays_text(void **state) {
	(void)state;
	reading *r = accept("name: NO\ntexts: [no, 0301, 1e3, null, ~, true]\n");
	assert_string_equal(vrd_node_text(r->root, "name", ""), "NO");
	const vrd_node *list = vrd_node_get(r->root, "texts");
	const char *const expected[] = {"no", "0301", "1e3", "null", "~", "true"};
	assert_int_equal(list->n, 6);
	for (size_t i = 0; i < list->n; i++)
		assert_string_equal(list->items[i].text, expected[i]);
	reading_free(r);
}

static void values_are_read_with_their_places(void **state) {
	(void)state;
	reading *r = accept("# a comment\n"
	                    "name: \"b\\u00e6r\"\n"
	                    "flag: true\n"
	                    "share: .5\n"
	                    "number: -1.5e3\n"
	                    "shares: {nord: 0.25, \"sør\":  1}\n"
	                    "parts:\n"
	                    "  - id: 'it''s'\n"
	                    "    interval: [0.1, 2]\n"
	                    "  - {id: b, interval: 3}\n");
	const vrd_node *root = r->root;
	assert_place(root, 2, 1);
	assert_string_equal(vrd_node_text(root, "name", ""), "b\xc3\xa6r");
	assert_place(vrd_node_get(root, "name"), 2, 7);
	assert_true(isnan(vrd_node_number(root, "name", 1)));
	assert_true(vrd_node_truth(root, "flag", false));
	assert_true(same(vrd_node_number(root, "share", 0), 0.5));
	assert_true(same(vrd_node_number(root, "number", 0), -1500));
	const vrd_node *dict = vrd_node_get(root, "shares");
	assert_int_equal(dict->kind, VRD_NODE_MAP);
	assert_string_equal(dict->keys[1], "s\xc3\xb8r");
	assert_place(&dict->items[1], 6, 31); // in bytes: ø is two
	const vrd_node *list = vrd_node_get(root, "parts");
	assert_int_equal(list->kind, VRD_NODE_LIST);
	assert_int_equal(list->n, 2);
	assert_place(list, 8, 3);
	assert_place(&list->items[0], 8, 5);
	assert_string_equal(vrd_node_text(&list->items[0], "id", ""), "it's");
	const vrd_node *two = vrd_node_get(&list->items[0], "interval");
	assert_place(two, 9, 15);
	assert_true(same(two->items[1].number, 2));
	assert_place(&two->items[1], 9, 21);
	reading_free(r);
}

static void one_scalar_stands_for_a_list_of_one(void **state) {
	(void)state;
	reading *r = accept("texts: oslo\nparts: [{id: a, interval: 0.5}]\n");
	const vrd_node *list = vrd_node_get(r->root, "texts");
	assert_int_equal(list->kind, VRD_NODE_LIST);
	assert_int_equal(list->n, 1);
	assert_string_equal(list->items[0].text, "oslo");
	assert_place(list, 1, 8);
	const vrd_node *first = &vrd_node_get(r->root, "parts")->items[0];
	assert_true(same(vrd_node_get(first, "interval")->items[0].number, 0.5));
	reading_free(r);
}

static void absent_keys_give_what_is_asked_for_otherwise(void **state) {
	(void)state;
	reading *r = accept("name: a\n");
	assert_null(vrd_node_get(r->root, "flag"));
	assert_null(vrd_node_get(NULL, "flag"));
	assert_null(vrd_node_get(vrd_node_get(r->root, "name"), "flag"));
	assert_string_equal(vrd_node_text(r->root, "curve", "linear"), "linear");
	assert_string_equal(vrd_node_text(NULL, "curve", "step"), "step");
	assert_true(same(vrd_node_number(r->root, "share", 0.85), 0.85));
	assert_true(vrd_node_truth(r->root, "flag", true));
	assert_false(vrd_node_truth(r->root, "flag", false));
	reading_free(r);
}

static void number_or_word_takes_either(void **state) {
	(void)state;
	reading *r = accept("stay: shortest\n");
	assert_string_equal(vrd_node_text(r->root, "stay", ""), "shortest");
	assert_true(isnan(vrd_node_number(r->root, "stay", 0)));
	reading_free(r);
	r = accept("stay: 2.5\n");
	assert_true(same(vrd_node_number(r->root, "stay", 0), 2.5));
	reading_free(r);
	refuse("stay: shortst\n",
	       "a.yaml:1:7: error: stay: \"shortst\" is not a word that is known here [yaml.word]\n"
	       "  did you mean \"shortest\"? allowed: shortest, mean\n");
	refuse("stay: 101\n", "a.yaml:1:7: error: stay: 101 is out of range [yaml.range]\n"
	                      "  write a number from 0 to 100, or one of shortest, mean\n");
	refuse("stay: \"3\"\n",
	       "a.yaml:1:7: error: stay: \"3\" is not a number: it is a text [yaml.wrong-type]\n"
	       "  remove the quotes\n");
}

static void block_texts_keep_their_lines(void **state) {
	(void)state;
	reading *r = accept("name: |\n  one\n  two\ntexts:\n- >-\n  a\n  b\n");
	assert_string_equal(vrd_node_text(r->root, "name", ""), "one\ntwo\n");
	assert_string_equal(vrd_node_get(r->root, "texts")->items[0].text, "a b");
	reading_free(r);
}

static void byte_order_mark_and_crlf_change_nothing(void **state) {
	(void)state;
	reading *r = accept("\xEF\xBB\xBFname: a\r\nyear: 2025\r\n");
	assert_string_equal(vrd_node_text(r->root, "name", ""), "a");
	assert_place(vrd_node_get(r->root, "name"), 1, 7);
	assert_place(vrd_node_get(r->root, "year"), 2, 7);
	reading_free(r);
	refuse("\xEF\xBB\xBFyear: x\r\n",
	       "a.yaml:1:7: error: year: \"x\" is not a number [yaml.wrong-type]\n"
	       "  write a whole number from 1800 to 2200\n");
	r = accept("name: a\ryear: 2025\r"); // an old Macintosh
	assert_place(vrd_node_get(r->root, "year"), 2, 7);
	reading_free(r);
}

// --- what a schema refuses ----------------------------------------------------------------------

static void every_problem_is_reported_in_the_order_of_the_file(void **state) {
	(void)state;
	refuse("naem: x\n"
	       "flag: yes\n"
	       "year: 3000\n"
	       "curve: linaer\n"
	       "year: 2025\n"
	       "parts:\n"
	       "  - id: &a b\n"
	       "    intervall: [1, 2]\n"
	       "  - id: c\n"
	       "pair: [1, 2, 3]\n"
	       "zzz: 1\n",
	       "a.yaml:1:1: error: unknown key \"naem\" [yaml.unknown-key]\n"
	       "  did you mean \"name\"?\n"
	       "a.yaml:2:7: error: flag: \"yes\" is not true or false [yaml.wrong-type]\n"
	       "  write true or false\n"
	       "a.yaml:3:7: error: year: 3000 is out of range [yaml.range]\n"
	       "  write a whole number from 1800 to 2200\n"
	       "a.yaml:4:8: error: curve: \"linaer\" is not a word that is known here [yaml.word]\n"
	       "  did you mean \"linear\"? allowed: step, linear, logistic, table\n"
	       "a.yaml:5:1: error: key \"year\" stands already on line 3 [yaml.duplicate-key]\n"
	       "  keep one of them\n"
	       "a.yaml:7:9: error: an anchor (&) is not allowed [yaml.alias]\n"
	       "  remove it, or put quotes around a text that begins with &\n"
	       "a.yaml:8:5: error: unknown key \"intervall\" [yaml.unknown-key]\n"
	       "  did you mean \"interval\"?\n"
	       "a.yaml:9:5: error: parts: \"interval\" is missing [yaml.missing-key]\n"
	       "  add \"interval: ...\" (P10 and P90)\n"
	       "a.yaml:10:7: error: pair has 3 items [yaml.range]\n"
	       "  write 2 items\n"
	       "a.yaml:11:1: error: unknown key \"zzz\" [yaml.unknown-key]\n"
	       "  known keys: name, flag, whole, year, number, share, curve, stay, pair, texts, "
	       "shares, parts\n");
}

static void failure_tells_the_first_problem_and_counts_the_rest(void **state) {
	(void)state;
	const char *yaml = "share: 2\nflag: nei\nyear: 1\n";
	vrd_arena mem = {0};
	vrd_err err = {0};
	const vrd_node *out = NULL;
	assert_int_equal(vrd_yaml_read(&mem, yaml, strlen(yaml), "b.yaml", &toy, &out, NULL, &err),
	                 VRD_CONFIG);
	assert_string_equal(err.text, "b.yaml:1:8: share: 2 is out of range "
	                              "(write a number from 0 to 1); and 2 more errors");
	assert_null(out);
	assert_int_equal(vrd_yaml_read(&mem, yaml, strlen(yaml), "b.yaml", &toy, &out, NULL, NULL),
	                 VRD_CONFIG);
	vrd_arena_clear(&mem);
}

static void failure_is_of_this_file_when_the_list_has_others(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_diag diag;
	vrd_err err = {0};
	const vrd_node *out = NULL;
	vrd_diag_init(&diag, &mem, 0);
	vrd_diag_add(&diag, VRD_ERROR, (vrd_place){"x.csv", 1, 1}, "csv.x", NULL, "bad");
	assert_int_equal(vrd_yaml_read(&mem, "name: a\n", 8, "b.yaml", &toy, &out, &diag, &err),
	                 VRD_OK);
	assert_string_equal(vrd_node_text(out, "name", ""), "a");
	assert_int_equal(vrd_yaml_read(&mem, "flag: a\n", 8, "b.yaml", &toy, &out, &diag, &err),
	                 VRD_CONFIG);
	assert_memory_equal(err.text, "b.yaml:1:7: flag", 16);
	assert_int_equal(diag.n_errors, 2);
	vrd_arena_clear(&mem);
}

static void numbers_say_what_to_write(void **state) {
	(void)state;
	refuse("share: \"0.5\"\n",
	       "a.yaml:1:8: error: share: \"0.5\" is not a number: it is a text [yaml.wrong-type]\n"
	       "  remove the quotes\n");
	refuse("share: 0,5\n",
	       "a.yaml:1:8: error: share: \"0,5\" is not a number [yaml.wrong-type]\n"
	       "  write a decimal point: 0.5\n");
	refuse("share: 12,5 %\n",
	       "a.yaml:1:8: error: share: \"12,5 %\" is not a number [yaml.wrong-type]\n"
	       "  write a fraction: 0.125\n");
	refuse("number: .inf\n",
	       "a.yaml:1:9: error: number: \".inf\" is not a number [yaml.wrong-type]\n"
	       "  write a number\n");
	refuse("number: 1e999\n",
	       "a.yaml:1:9: error: number: \"1e999\" is not a number [yaml.wrong-type]\n"
	       "  write a number\n");
	refuse("whole: 1.5\n",
	       "a.yaml:1:8: error: whole: 1.5 is not a whole number [yaml.wrong-type]\n"
	       "  write a whole number\n");
	refuse("whole: 1e17\n", // more digits than a double tells apart
	       "a.yaml:1:8: error: whole: 1e17 is not a whole number [yaml.wrong-type]\n"
	       "  write a whole number\n");
	refuse("share: -0.001\n", "a.yaml:1:8: error: share: -0.001 is out of range [yaml.range]\n"
	                          "  write a number from 0 to 1\n");
	refuse("number: [1]\n",
	       "a.yaml:1:9: error: number: a list stands where a number belongs [yaml.wrong-type]\n"
	       "  write a number\n");
}

static void ends_of_ranges_are_allowed(void **state) {
	(void)state;
	reading_free(accept("share: 0\nyear: 1800\nstay: 100\nwhole: -9007199254740992\n"));
	reading_free(accept("share: 1\nyear: 2200\nstay: 0\npair: [1, 2]\n"));
}

static void quoted_truth_is_a_text(void **state) {
	(void)state;
	refuse("flag: \"true\"\n",
	       "a.yaml:1:7: error: flag: \"true\" is not true or false: it is a text "
	       "[yaml.wrong-type]\n"
	       "  remove the quotes\n");
	reading *r = accept("flag: False\n"); // YAML 1.2, core schema
	assert_false(vrd_node_truth(r->root, "flag", true));
	reading_free(r);
}

static void empty_values_are_told(void **state) {
	(void)state;
	refuse("name:\nshare:\ntexts: [a, ]\nparts:\n",
	       "a.yaml:1:1: error: name has no value [yaml.wrong-type]\n"
	       "  write a text (\"\" is the empty one), or remove the key\n"
	       "a.yaml:2:1: error: share has no value [yaml.wrong-type]\n"
	       "  write a number from 0 to 1, or remove the key\n"
	       "a.yaml:4:1: error: parts has no value [yaml.wrong-type]\n"
	       "  write a list: [a, b], or a line \"- a\" for each item, or remove the key\n");
	reading *r = accept("name: \"\"\n");
	assert_string_equal(vrd_node_text(r->root, "name", "x"), "");
	reading_free(r);
}

static void containers_in_the_wrong_place_are_told(void **state) {
	(void)state;
	refuse("name: {a: 1}\nparts: x\nshares: [1]\npair: 1\nparts2: 1\n",
	       "a.yaml:1:7: error: name: a map stands where a text belongs [yaml.wrong-type]\n"
	       "  write a text\n"
	       "a.yaml:2:8: error: parts: \"x\" stands where a list belongs [yaml.wrong-type]\n"
	       "  write a list: [a, b], or a line \"- a\" for each item\n"
	       "a.yaml:3:9: error: shares: a list stands where a map of keys and values belongs "
	       "[yaml.wrong-type]\n"
	       "  write lines \"key: value\", indented, or {key: value}\n"
	       "a.yaml:4:7: error: pair: \"1\" stands where a list belongs [yaml.wrong-type]\n"
	       "  write a list: [a, b], or a line \"- a\" for each item\n"
	       "a.yaml:5:1: error: unknown key \"parts2\" [yaml.unknown-key]\n"
	       "  did you mean \"parts\"?\n");
	refuse("- a\n", "a.yaml:1:1: error: the document: a list stands where a map of keys and "
	                "values belongs [yaml.wrong-type]\n"
	                "  write lines \"key: value\", indented, or {key: value}\n");
}

static void numbers_of_items_have_bounds(void **state) {
	(void)state;
	refuse("pair: [1]\nparts: [{id: a, interval: []}]\n",
	       "a.yaml:1:7: error: pair has 1 item [yaml.range]\n"
	       "  write 2 items\n"
	       "a.yaml:2:27: error: interval has 0 items [yaml.range]\n"
	       "  write 1 to 3 items\n");
	reading *r = accept("texts: []\n"); // no bounds: none is fine
	assert_int_equal(vrd_node_get(r->root, "texts")->n, 0);
	reading_free(r);
}

static void duplicate_keys_of_a_dictionary_are_found(void **state) {
	(void)state;
	refuse("shares: {b: 1, a: 1, \"b\": 0, b: 0.5}\n",
	       "a.yaml:1:22: error: key \"b\" stands already on line 1 [yaml.duplicate-key]\n"
	       "  keep one of them\n"
	       "a.yaml:1:30: error: key \"b\" stands already on line 1 [yaml.duplicate-key]\n"
	       "  keep one of them\n");
}

static void long_values_are_cut_between_characters(void **state) {
	(void)state;
	size_t n;
	char *yaml = repeated("curve: a", "\xc3\xa6", 100, "\n", &n);
	reading *r = reading_new(&toy, yaml, n);
	const char *problem = r->diag.items[0].text;
	assert_int_equal(vrd_utf8_invalid_at(problem, strlen(problem)), strlen(problem));
	assert_non_null(strstr(problem, "\xc3\xa6...\" is not"));
	assert_true(strlen(problem) < 120);
	reading_free(r);
	free(yaml);
}

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

// --- the files of a region ----------------------------------------------------------------------

static void examples_of_the_documentation_are_valid(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const char *page;
	size_t len;
	assert_int_equal(vrd_file_read(&mem, "docs/region-folder.md", 0, &page, &len, NULL),
	                 VRD_OK);
	const vrd_schema *const schemas[] = {&vrd_region_schema, &vrd_scenario_schema};
	for (size_t i = 0; i < COUNT(schemas); i++) {
		const char *begin = strstr(page, "```yaml\n");
		assert_non_null(begin);
		begin += 8;
		const char *end = strstr(begin, "```\n");
		assert_non_null(end);
		reading *r = reading_new(schemas[i], begin, (size_t)(end - begin));
		if (r->rc != VRD_OK)
			fail_msg("%s", r->err.text);
		reading_free(r);
		page = end + 4;
	}
	vrd_arena_clear(&mem);
}

// --- JSON Schema --------------------------------------------------------------------------------

static json_t *schema_of(const vrd_schema *schema) {
	vrd_buf out = {0};
	json_error_t error;
	assert_int_equal(vrd_yaml_json_schema(schema, "Title", "urn:x", &out, NULL), VRD_OK);
	json_t *json = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		fail_msg("%d:%d: %s", error.line, error.column, error.text);
	vrd_buf_free(&out);
	return json;
}

// The value at "a/b/0" is `expected`, written as JSON without spaces.
static void assert_at(const json_t *json, const char *path, const char *expected) {
	vrd_str rest = vrd_str_of(path);
	vrd_str name;
	while (vrd_str_split(&rest, '/', &name)) {
		char key[64];
		int64_t i;
		snprintf(key, sizeof key, "%.*s", (int)name.n, name.p);
		json = json_is_array(json) && vrd_parse_int64(name, &i)
		               ? json_array_get(json, (size_t)i)
		               : json_object_get(json, key);
		if (json == NULL)
			fail_msg("nothing at \"%s\" of %s", key, path);
	}
	char *found = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	assert_string_equal(found, expected);
	free(found);
}

static void json_schema_says_what_the_table_says(void **state) {
	(void)state;
	json_t *json = schema_of(&toy);
	assert_at(json, "$schema", "\"https://json-schema.org/draft/2020-12/schema\"");
	assert_at(json, "$id", "\"urn:x\"");
	assert_at(json, "title", "\"Title\"");
	assert_at(json, "type", "\"object\"");
	assert_at(json, "additionalProperties", "false");
	assert_at(json, "required", "[]");
	assert_at(json, "properties/name/description", "\"what it is called\"");
	assert_at(json, "properties/name/type", "[\"string\",\"number\",\"boolean\"]");
	assert_at(json, "properties/flag/type", "\"boolean\"");
	assert_at(json, "properties/whole",
	          "{\"description\":\"any whole number\",\"type\":\"integer\"}");
	assert_at(json, "properties/year/minimum", "1800");
	assert_at(json, "properties/year/maximum", "2200");
	assert_at(json, "properties/share/type", "\"number\"");
	assert_at(json, "properties/curve/enum", "[\"step\",\"linear\",\"logistic\",\"table\"]");
	assert_at(json, "properties/stay/oneOf",
	          "[{\"type\":\"number\",\"minimum\":0,\"maximum\":100},"
	          "{\"enum\":[\"shortest\",\"mean\"]}]");
	assert_at(json, "properties/pair/minItems", "2");
	assert_at(json, "properties/pair/maxItems", "2");
	assert_at(json, "properties/pair/items", "{\"type\":\"number\"}");
	assert_at(json, "properties/texts/oneOf/0/type", "[\"string\",\"number\",\"boolean\"]");
	assert_at(json, "properties/texts/oneOf/1/type", "\"array\"");
	assert_at(json, "properties/shares/additionalProperties",
	          "{\"type\":\"number\",\"minimum\":0,\"maximum\":1}");
	assert_at(json, "properties/parts/items/required", "[\"id\",\"interval\"]");
	assert_at(json, "properties/parts/items/additionalProperties", "false");
	assert_at(json, "properties/parts/items/properties/interval/oneOf/1/maxItems", "3");
	json_decref(json);
}

static void json_schema_numbers_are_written_as_in_the_table(void **state) {
	(void)state;
	json_t *json = schema_of(&vrd_region_schema);
	assert_at(json, "properties/occupancy/minimum", "0.01");
	assert_at(json, "properties/schema",
	          "{\"description\":\"version of this format\","
	          "\"type\":\"integer\",\"minimum\":1,\"maximum\":1}");
	json_decref(json);
}

static void json_schema_without_room_leaves_the_buffer_as_it_was(void **state) {
	(void)state;
	vrd_buf out = {.max = 100};
	vrd_err err = {0};
	vrd_buf_puts(&out, "before");
	assert_int_equal(vrd_yaml_json_schema(&toy, "Title", "urn:x", &out, &err), VRD_NOMEM);
	assert_string_equal(out.p, "before");
	assert_int_equal(out.n, 6);
	assert_non_null(strstr(err.text, "Title"));
	vrd_buf_free(&out);
}

static void check_shipped(const vrd_schema *schema, const char *title, const char *id,
                          const char *path) {
	vrd_arena mem = {0};
	vrd_buf made = {0};
	vrd_err err = {0};
	const char *shipped = "";
	size_t len = 0;
	assert_int_equal(vrd_yaml_json_schema(schema, title, id, &made, &err), VRD_OK);
	if (getenv("VRD_RENEW") != NULL &&
	    vrd_file_write_atomic(path, made.p, made.n, &err) != VRD_OK)
		fail_msg("%s", err.text);
	const vrd_status rc = vrd_file_read(&mem, path, 0, &shipped, &len, &err);
	if (rc != VRD_OK || len != made.n || memcmp(shipped, made.p, len) != 0)
		fail_msg("%s is not what the schema table makes; run this test with VRD_RENEW=1",
		         path);
	vrd_buf_free(&made);
	vrd_arena_clear(&mem);
}

static void shipped_json_schemas_are_up_to_date(void **state) {
	(void)state;
	check_shipped(&vrd_region_schema, "varde: region.yaml", "urn:varde:schema:region:1",
	              "schemas/region.schema.json");
	check_shipped(&vrd_scenario_schema, "varde: scenarios/*.yaml",
	              "urn:varde:schema:scenario:1", "schemas/scenario.schema.json");
	check_shipped(&vrd_measure_schema, "varde: measures/*.yaml", "urn:varde:schema:measure:1",
	              "schemas/measure.schema.json");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(norway_stays_text),
	        cmocka_unit_test(values_are_read_with_their_places),
	        cmocka_unit_test(one_scalar_stands_for_a_list_of_one),
	        cmocka_unit_test(absent_keys_give_what_is_asked_for_otherwise),
	        cmocka_unit_test(number_or_word_takes_either),
	        cmocka_unit_test(block_texts_keep_their_lines),
	        cmocka_unit_test(byte_order_mark_and_crlf_change_nothing),
	        cmocka_unit_test(every_problem_is_reported_in_the_order_of_the_file),
	        cmocka_unit_test(failure_tells_the_first_problem_and_counts_the_rest),
	        cmocka_unit_test(failure_is_of_this_file_when_the_list_has_others),
	        cmocka_unit_test(numbers_say_what_to_write),
	        cmocka_unit_test(ends_of_ranges_are_allowed),
	        cmocka_unit_test(quoted_truth_is_a_text),
	        cmocka_unit_test(empty_values_are_told),
	        cmocka_unit_test(containers_in_the_wrong_place_are_told),
	        cmocka_unit_test(numbers_of_items_have_bounds),
	        cmocka_unit_test(duplicate_keys_of_a_dictionary_are_found),
	        cmocka_unit_test(long_values_are_cut_between_characters),
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
	        cmocka_unit_test(examples_of_the_documentation_are_valid),
	        cmocka_unit_test(json_schema_says_what_the_table_says),
	        cmocka_unit_test(json_schema_numbers_are_written_as_in_the_table),
	        cmocka_unit_test(json_schema_without_room_leaves_the_buffer_as_it_was),
	        cmocka_unit_test(shipped_json_schemas_are_up_to_date),
	};
	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
