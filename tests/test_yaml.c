// YAML that is read: values, and what a schema says of them.
#include "yaml_kit.h"

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
	        cmocka_unit_test(examples_of_the_documentation_are_valid),
	};
	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
