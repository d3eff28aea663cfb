#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prop.h"
#include "region/yaml_edit.h"

// --- a small format -----------------------------------------------------------------------------

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const vrd_schema text = {.kind = VRD_Y_TEXT};
static const vrd_schema texts = {.kind = VRD_Y_LIST, .item = &text, .one_ok = true};
static const vrd_schema dict = {.kind = VRD_Y_DICT, .item = &text};
static const vrd_field item_fields[] = {
        {"id", &text, false, ""}, {"w", &text, false, ""}, {"l", &texts, false, ""}};
static const vrd_schema item = {
        .kind = VRD_Y_MAP, .fields = item_fields, .n_fields = COUNT(item_fields)};
static const vrd_schema items = {.kind = VRD_Y_LIST, .item = &item};
static const vrd_field root_fields[] = {{"a", &text, false, ""}, {"b", &text, false, ""},
                                        {"c", &text, false, ""}, {"l", &texts, false, ""},
                                        {"m", &dict, false, ""}, {"items", &items, false, ""},
                                        {"d", &text, false, ""}};
static const vrd_schema root_schema = {
        .kind = VRD_Y_MAP, .fields = root_fields, .n_fields = COUNT(root_fields)};

static vrd_arena mem;
static vrd_err err;
static vrd_buf out;

static int clear(void **state) {
	(void)state;
	vrd_buf_free(&out);
	vrd_arena_clear(&mem);
	return 0;
}

static const vrd_node *read_text(const char *bytes) {
	const vrd_node *node = NULL;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	if (vrd_yaml_read(&mem, bytes, strlen(bytes), "a.yaml", &root_schema, &node, &diag, &err) !=
	    VRD_OK)
		fail_msg("%s in <<%s>>", err.text, bytes);
	return node;
}

// "items.1.w": a place in the tree; numbers are items of a list.
static const vrd_node *node_at(const vrd_node *node, const char *path) {
	vrd_str rest = vrd_str_of(path), part;
	while (node != NULL && vrd_str_split(&rest, '.', &part)) {
		char key[32];
		(void)snprintf(key, sizeof key, "%.*s", (int)part.n, part.p);
		if (node->kind == VRD_NODE_LIST)
			node = &node->items[strtoul(key, NULL, 10)];
		else
			node = vrd_node_get(node, key);
	}
	if (node == NULL)
		fail_msg("there is no %s", path);
	return node;
}

// One line of a change: "path.key = value" or "path.key" to remove it.
static vrd_yaml_change change_of(const vrd_node *root, const char *line) {
	const char *equals = strstr(line, " = ");
	const size_t n = equals != NULL ? (size_t)(equals - line) : strlen(line);
	char *path = vrd_arena_strndup(&mem, line, n);
	char *dot = strrchr(path, '.');
	if (dot != NULL)
		*dot = '\0';
	return (vrd_yaml_change){.map = dot == NULL ? root : node_at(root, path),
	                         .key = dot == NULL ? path : dot + 1,
	                         .value = equals != NULL ? equals + 3 : NULL};
}

static vrd_status edit(const char *before, const char *lines) {
	vrd_yaml_change changes[8];
	size_t n = 0;
	const vrd_node *root = read_text(before);
	vrd_str rest = vrd_str_of(lines), line;
	while (vrd_str_split(&rest, ';', &line))
		changes[n++] = change_of(root, vrd_arena_strndup(&mem, line.p, line.n));
	vrd_buf_free(&out);
	return vrd_yaml_edit(&mem, before, strlen(before), n, changes, &out, &err);
}

static void becomes(const char *before, const char *lines, const char *after) {
	if (edit(before, lines) != VRD_OK)
		fail_msg("%s", err.text);
	assert_string_equal(out.p == NULL ? "" : out.p, after);
	(void)read_text(after);
}

static vrd_status append(const char *before, const char *path, const char *value) {
	const vrd_yaml_change place = change_of(read_text(before), path);
	vrd_buf_free(&out);
	return vrd_yaml_append(&mem, before, strlen(before), place.map, place.key, value, &out,
	                       &err);
}

static void grows(const char *before, const char *path, const char *value, const char *after) {
	if (append(before, path, value) != VRD_OK)
		fail_msg("%s", err.text);
	assert_string_equal(out.p, after);
	(void)read_text(after);
}

// --- byte ranges --------------------------------------------------------------------------------

static void has_bytes(const char *yaml, const char *path, const char *expected) {
	const vrd_node *node = node_at(read_text(yaml), path);
	const char *bytes = vrd_arena_strndup(&mem, yaml + node->from, node->to - node->from);
	assert_string_equal(bytes, expected);
}

static void nodes_know_their_bytes(void **state) {
	(void)state;
	has_bytes("a: one # not this\n", "a", "one");
	has_bytes("a: 'it''s'\n", "a", "'it''s'");
	has_bytes("a: \"\"", "a", "\"\"");
	has_bytes("a: two\n   lines \nb: 1\n", "a", "two\n   lines");
	has_bytes("a: |+ # head\n  kept\n\nb: 1\n", "a", "|+ # head\n  kept\n\n");
	has_bytes("a: >-\n  folded\n  text\n\nb: 1\n", "a", ">-\n  folded\n  text");
	has_bytes("a: |\r\n  x\r\n  y\r\nb: 1\r\n", "a", "|\r\n  x\r\n  y");
	has_bytes("\"a\": |", "a", "|");
	has_bytes("m: {x: \"q\", y: z}\n", "m", "{x: \"q\", y: z}");
	has_bytes("m: {x: \"q\", y: z}\n", "m.x", "\"q\"");
	has_bytes("l:\n- x\n- 'y'  # c\n\nb: 1\n", "l", "- x\n- 'y'");
	has_bytes("l: x\n", "l", "x");
	has_bytes("items:\n  - id: 1\n    w: 2\n\n  - id: 3\n", "items.0", "id: 1\n    w: 2");
	has_bytes("\xEF\xBB\xBF"
	          "a: one\n",
	          "a", "one");
	const vrd_node *node = node_at(read_text("b: 1\n'a' : 2\n"), "a");
	assert_int_equal(node->key_from, 5);
	assert_int_equal(node->key_to, 8);
}

// --- values -------------------------------------------------------------------------------------

static void a_value_is_replaced_and_comments_stay(void **state) {
	(void)state;
	becomes("# top\nl: 1   # why\nb:  2\n", "l = [1, 2]", "# top\nl: [1, 2]   # why\nb:  2\n");
	becomes("a: 'x'", "a = y", "a: y");
	becomes("m: {x: 1, y: 2}\n", "m.y = 3", "m: {x: 1, y: 3}\n");
	becomes("m: {\"x\":1}\n", "m.x = 3", "m: {\"x\": 3}\n");
	becomes("items:\n- id: 1 # one\n  w: 2\n", "items.0.id = 7;items.0.w = 8",
	        "items:\n- id: 7 # one\n  w: 8\n");
	becomes("a: 1\r\nb: 2\r\n", "a = 3", "a: 3\r\nb: 2\r\n");
	becomes("\xEF\xBB\xBF"
	        "a: 1\n",
	        "a = 2",
	        "\xEF\xBB\xBF"
	        "a: 2\n");
}

static void a_block_value_gives_way_to_one_on_the_line_of_its_key(void **state) {
	(void)state;
	becomes("l: # which\n  # these\n  - x\n  - y # last\nb: 1\n", "l = [z]",
	        "l: [z] # which\n  # these\nb: 1\n");
	becomes("m:\n  x: 1\n  y: |+\n    t\n\nb: 1\n", "m = {x: 2}", "m: {x: 2}\nb: 1\n");
	becomes("a: |\n  one\n  two\n\n# next\nb: 1\n", "a = x", "a: x\n\n# next\nb: 1\n");
	becomes("a: |+\n  one\n\nb: 1\n", "a = x", "a: x\nb: 1\n");
	becomes("l:\n- x", "l = []", "l: []\n");
	becomes("a: two\n   lines # c\n", "a = x", "a: x # c\n");
	becomes("a:\n   below # c\n", "a = x", "a:\n   x # c\n");
}

// --- keys ---------------------------------------------------------------------------------------

static void a_key_is_added_in_the_style_of_its_map(void **state) {
	(void)state;
	becomes("a: 1 # x\n# end\n", "b = 2", "a: 1 # x\nb: 2\n# end\n");
	becomes("a: 1", "b = 2;c = 3", "a: 1\nb: 2\nc: 3");
	becomes("m:\n    x: 1\nb: 1\n", "m.y = 2", "m:\n    x: 1\n    y: 2\nb: 1\n");
	becomes("items:\n  - id: 1\n  -   id: 2\n", "items.0.w = 3;items.1.w = 4",
	        "items:\n  - id: 1\n    w: 3\n  -   id: 2\n      w: 4\n");
	becomes("m: {x: 1}\n", "m.y = 2;m.z = 3", "m: {x: 1, y: 2, z: 3}\n");
	becomes("m: {}\n", "m.y = 2;m.z = 3", "m: {y: 2, z: 3}\n");
	becomes("m: {x: 1, # c\n }\n", "m.y = 2", "m: {x: 1, y: 2, # c\n }\n");
	becomes("a: |\n  t\n\n\nm: {}\n", "m.y = 2", "a: |\n  t\n\n\nm: {y: 2}\n");
	becomes("a: |+\n  t\n\n", "b = 2", "a: |+\n  t\n\nb: 2\n");
	becomes("a: 1\r\n", "b = 2", "a: 1\r\nb: 2\r\n");
	becomes("a: 1\r\nc: 1", "b = 2", "a: 1\r\nc: 1\r\nb: 2");
	becomes("m: {}\n", "m.a: b = x", "m: {\"a: b\": x}\n");
	becomes("l:\n- x\n- y\n", "l = [z];b = 1", "l: [z]\nb: 1\n");
}

static void maps_that_end_together_grow_from_within(void **state) {
	(void)state;
	becomes("items:\n  - id: 1", "a = x;items.0.w = 2;b = y",
	        "items:\n  - id: 1\n    w: 2\na: x\nb: y");
	becomes("m:\n  x: 1\n", "a = x;m.y = 2", "m:\n  x: 1\n  y: 2\na: x\n");
}

static void a_key_is_removed_with_its_line(void **state) {
	(void)state;
	becomes("# of a\na: 1 # c\n# of b\nb: 2\n", "a", "# of a\n# of b\nb: 2\n");
	becomes("a: 1\nb: 2", "b", "a: 1\n");
	becomes("a: 1\nl:\n  - x\n  # y\n  - z\nb: 2\n", "l", "a: 1\nb: 2\n");
	becomes("a: 1\n", "b", "a: 1\n");
	becomes("a: 1\nb: 2\n", "a;b", "{}\n");
	becomes("m:\n  x: 1\nb: 2\n", "m.x", "m:\n  {}\nb: 2\n");
	becomes("m:\n  x: 1\nb: 2\n", "m.x;m.y = 3", "m:\n  {y: 3}\nb: 2\n");
	becomes("a: 1\nb: 2\nc: 3\n", "b;c;d = 4", "a: 1\nd: 4\n");
}

static void the_first_key_of_an_item_is_removed(void **state) {
	(void)state;
	becomes("items:\n- id: 1\n  w: 2\n", "items.0.id", "items:\n- w: 2\n");
	becomes("items:\n- id: 1 # one\n  w: 2\n", "items.0.id", "items:\n-  # one\n  w: 2\n");
	becomes("items:\n- id: |+\n    t\n\n  w: 2\n  l: x\n", "items.0.id;items.0.w",
	        "items:\n- l: x\n");
	becomes("items:\n- id: 1\n  w: 2\n", "items.0.id;items.0.w;items.0.l = [x]",
	        "items:\n- {l: [x]}\n");
}

static void a_key_between_braces_is_removed_with_its_comma(void **state) {
	(void)state;
	becomes("m: {x: 1, y: 2, z: 3}\n", "m.x", "m: {y: 2, z: 3}\n");
	becomes("m: {x: 1, y: 2, z: 3}\n", "m.y", "m: {x: 1, z: 3}\n");
	becomes("m: {x: 1, y: 2, z: 3}\n", "m.z", "m: {x: 1, y: 2}\n");
	becomes("m: {x: 1, y: 2, z: 3}\n", "m.y;m.z;m.w = 4", "m: {x: 1, w: 4}\n");
	becomes("m: {x: 1, y: 2, z: 3}\n", "m.x;m.y;m.z", "m: {}\n");
	becomes("m: {x: 1, y: 2,}\n", "m.y", "m: {x: 1,}\n");
	becomes("m: {\n  x: 1, # of x\n  y: 2, # of y\n  }\n", "m.y",
	        "m: {\n  x: 1, # of x\n   # of y\n  }\n");
}

static void a_question_mark_key_is_refused_with_the_remedy(void **state) {
	(void)state;
	assert_int_equal(edit("? a\n: 1\nb: 2\n", "a = 3"), VRD_CONFIG);
	assert_string_equal(err.text, "line 2: the key \"a\" cannot be changed by a command: write "
	                              "it as \"a: ...\" on one line");
}

static void a_value_that_is_not_indented_is_refused_with_the_remedy(void **state) {
	(void)state;
	assert_int_equal(edit("a:\nx\n", "b = 3"), VRD_CONFIG);
	assert_string_equal(err.text, "line 1: this cannot be changed by a command: indent each "
	                              "value that stands below its key");
}

static void two_changes_of_one_place_are_refused(void **state) {
	(void)state;
	assert_int_equal(edit("a: 1\n", "a = 2;a = 3"), VRD_INTERNAL);
	assert_int_equal(edit("a: 1\n", "b = 2;b = 3"), VRD_INTERNAL);
	assert_int_equal(edit("m: {x: 1}\n", "m = 2;m.x = 3"), VRD_INTERNAL);
	assert_int_equal(out.n, 0);
}

// --- lists --------------------------------------------------------------------------------------

static void an_item_is_added_at_the_end_of_its_list(void **state) {
	(void)state;
	grows("items:\n  - id: 1 # c\n# end\nb: 1\n", "items", "id: 2\nw: |\n  t\n\n  u\n",
	      "items:\n  - id: 1 # c\n  - id: 2\n    w: |\n      t\n\n      u\n# end\nb: 1\n");
	grows("items:\n- id: 1", "items", "id: 2", "items:\n- id: 1\n- id: 2");
	grows("items:\n- w: |+\n    t\n\nb: 1\n", "items", "id: 2",
	      "items:\n- w: |+\n    t\n\n- id: 2\nb: 1\n");
	grows("a: 1\r\n", "items", "id: 2\nw: 3", "a: 1\r\nitems:\r\n  - id: 2\r\n    w: 3\r\n");
	grows("items: [] # none\nb: 1\n", "items", "id: 2", "items: # none\n  - id: 2\nb: 1\n");
	grows("items:\n- id: 1\n  l:\n  - x\n", "items.0.l", "y",
	      "items:\n- id: 1\n  l:\n  - x\n  - y\n");
}

static void a_list_between_brackets_does_not_grow_and_the_remedy_is_told(void **state) {
	(void)state;
	assert_int_equal(append("b: 1\nl: [x]\n", "l", "y"), VRD_CONFIG);
	assert_string_equal(err.text, "line 2: nothing can be added to \"l\": write it as lines, "
	                              "\"l:\" and below it \"- ...\" for each item");
	assert_int_equal(append("l: x\n", "l", "y"), VRD_CONFIG);
	assert_int_equal(append("{a: 1}\n", "l", "y"), VRD_CONFIG);
	assert_int_equal(append("{l: []}\n", "l", "y"), VRD_CONFIG);
}

// --- scalars ------------------------------------------------------------------------------------

static void scalar_is(const char *value, const char *expected) {
	vrd_buf_free(&out);
	vrd_yaml_put_scalar(&out, value);
	assert_string_equal(out.p, expected);
}

static void a_text_is_plain_where_that_is_safe(void **state) {
	(void)state;
	scalar_is("Hofteplager øker (10 % mer)", "Hofteplager øker (10 % mer)");
	scalar_is("2026-11-22", "2026-11-22");
	scalar_is("", "\"\"");
	scalar_is("true", "\"true\"");
	scalar_is("No", "\"No\"");
	scalar_is("0.10", "\"0.10\"");
	scalar_is("a: b", "\"a: b\"");
	scalar_is("a, b", "\"a, b\"");
	scalar_is("#1", "\"#1\"");
	scalar_is("- x", "\"- x\"");
	scalar_is(" x", "\" x\"");
	scalar_is("say \"hi\"\\\n\t", "\"say \\\"hi\\\"\\\\\\n\\x09\"");
	scalar_is("\xC2\x85\xE2\x80\xA8", "\"\\x85\\u2028\"");
}

static void random_text(prop_gen *gen, char *value, size_t n) {
	static const char *const pieces[] = {" ",        "  ",
	                                     "\n",       "\t",
	                                     "a",        "Z",
	                                     "0",        ":",
	                                     "#",        ",",
	                                     "[",        "}",
	                                     "'",        "\"",
	                                     "\\",       "-",
	                                     "?",        "!",
	                                     "%",        "&",
	                                     "*",        "|",
	                                     ">",        "@",
	                                     "`",        "~",
	                                     "null",     "ø",
	                                     "€",        "😀",
	                                     "\r",       "\x7F",
	                                     "\xC2\xA0", "\xEF\xBB\xBF",
	                                     "\x01"};
	value[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		const char *piece = pieces[prop_below(gen, COUNT(pieces))];
		memcpy(value + strlen(value), piece, strlen(piece) + 1);
	}
}

static bool a_scalar_reads_back_as_its_text(prop_gen *gen) {
	char value[256], key[256];
	random_text(gen, value, prop_below(gen, gen->size + 1));
	random_text(gen, key, prop_size(gen));
	vrd_buf yaml = {0};
	vrd_buf_puts(&yaml, "m: {x: 1, ");
	vrd_yaml_put_scalar(&yaml, key);
	vrd_buf_puts(&yaml, ": ");
	vrd_yaml_put_scalar(&yaml, value);
	vrd_buf_puts(&yaml, "}\na: ");
	vrd_yaml_put_scalar(&yaml, value);
	vrd_buf_puts(&yaml, "\n");
	const vrd_node *root = read_text(yaml.p);
	const char *in_flow = vrd_node_text(vrd_node_get(root, "m"), key, "");
	const char *in_block = vrd_node_text(root, "a", "");
	PROP_HOLDS(gen, strcmp(in_block, value) == 0, "<<%s>>", yaml.p);
	PROP_HOLDS(gen, strcmp(in_flow, value) == 0, "<<%s>>", yaml.p);
	vrd_buf_free(&yaml);
	return true;
}

static void every_text_makes_a_scalar_that_reads_back(void **state) {
	(void)state;
	prop_check("a scalar reads back", a_scalar_reads_back_as_its_text, 2000, 24);
	vrd_buf blanks = {0};
	for (size_t i = 0; i < 3000; i++)
		vrd_buf_putc(&blanks, ' ');
	vrd_buf_free(&out);
	vrd_buf_puts(&out, "a: ");
	vrd_yaml_put_scalar(&out, blanks.p);
	assert_string_equal(vrd_node_text(read_text(out.p), "a", ""), blanks.p);
	vrd_buf_free(&blanks);
}

// --- laws ---------------------------------------------------------------------------------------

// A random map "m" in a random style, among other keys and comments.
static void random_map(prop_gen *gen, vrd_buf *yaml, size_t n) {
	const bool flow = prop_chance(gen, 0.4), in_item = prop_chance(gen, 0.5);
	const char *indent = in_item ? "    " : "  ";
	static const char *const values[] = {
	        "1", "'two'", "\"3\"", "|\n      t\n", "|+\n      t\n\n", "four\n      five"};
	vrd_buf_puts(yaml, in_item ? "items:\n  - id: 0\n  - " : flow ? "m: " : "m:\n");
	if (flow)
		vrd_buf_puts(yaml, "{");
	for (size_t i = 0; i < n; i++) {
		const char *value = values[prop_below(gen, flow ? 3 : COUNT(values))];
		if (!flow && (i > 0 || !in_item))
			vrd_buf_puts(yaml, indent);
		vrd_buf_printf(yaml, "%s: %s",
		               in_item  ? i == 0 ? "id" : "w"
		               : i == 0 ? "x"
		                        : "y",
		               value);
		if (flow && i + 1 < n)
			vrd_buf_puts(yaml, prop_chance(gen, 0.3) ? ", # c\n     " : ", ");
		else if (!flow && value[strlen(value) - 1] != '\n')
			vrd_buf_puts(yaml, prop_chance(gen, 0.3) ? " # c\n" : "\n");
	}
	if (flow)
		vrd_buf_puts(yaml, "}\n");
	vrd_buf_puts(yaml, "# end\na: 1\n");
}

static const vrd_node *map_of(const vrd_node *root) {
	const vrd_node *list = vrd_node_get(root, "items");
	return list != NULL ? &list->items[1] : vrd_node_get(root, "m");
}

// After any changes each key has its new value, or its old one, or is gone; a second reading of the
// old map is the reference.
static bool changes_do_what_they_say_and_no_more(prop_gen *gen) {
	static const char *const in_item[] = {"id", "w", "l"}, *const in_dict[] = {"x", "y", "z"};
	vrd_buf yaml = {0}, after = {0};
	random_map(gen, &yaml, 1 + prop_below(gen, 2));
	const vrd_node *map = map_of(read_text(yaml.p));
	const char *const *keys = vrd_node_get(map, "id") != NULL ? in_item : in_dict;
	vrd_yaml_change changes[3];
	int action[3]; // 0 stays, 1 goes, 2 is set
	size_t n = 0;
	for (size_t i = 0; i < 3; i++) {
		action[i] = (int)prop_below(gen, 3);
		if (action[i] != 0)
			changes[n++] =
			        (vrd_yaml_change){map, keys[i], action[i] == 1 ? NULL : "[new]"};
	}
	const bool is_list_item = keys == in_item;
	for (size_t i = 0; is_list_item && i < n; i++) // id and w are texts
		if (changes[i].value != NULL && strcmp(changes[i].key, "l") != 0)
			changes[i].value = "new";
	for (size_t i = 0; !is_list_item && i < n; i++)
		if (changes[i].value != NULL)
			changes[i].value = "new";
	PROP_HOLDS(gen, vrd_yaml_edit(&mem, yaml.p, yaml.n, n, changes, &after, &err) == VRD_OK,
	           "%s <<%s>>", err.text, yaml.p);
	const vrd_node *root = read_text(after.p), *got = map_of(root);
	for (size_t i = 0; i < 3; i++) {
		const vrd_node *now = vrd_node_get(got, keys[i]),
		               *then = vrd_node_get(map, keys[i]);
		const char *value = now == NULL                  ? NULL
		                    : now->kind == VRD_NODE_LIST ? now->items[0].text
		                                                 : now->text;
		const char *wanted = action[i] == 2                   ? "new"
		                     : action[i] == 0 && then != NULL ? then->text
		                                                      : NULL;
		PROP_HOLDS(gen, (value == NULL) == (wanted == NULL), "%s <<%s>> <<%s>>", keys[i],
		           yaml.p, after.p);
		PROP_HOLDS(gen, value == NULL || strcmp(value, wanted) == 0, "%s <<%s>> <<%s>>",
		           keys[i], yaml.p, after.p);
	}
	PROP_HOLDS(gen, strcmp(vrd_node_text(root, "a", ""), "1") == 0, "<<%s>>", after.p);
	PROP_HOLDS(gen, strstr(after.p, "# end\n") != NULL, "<<%s>>", after.p);
	vrd_buf_free(&yaml);
	vrd_buf_free(&after);
	return true;
}

static void any_changes_of_any_map_read_back(void **state) {
	(void)state;
	prop_check("changes do what they say", changes_do_what_they_say_and_no_more, 3000, 4);
}

int main(void) {
	const struct CMUnitTest all[] = {
	        cmocka_unit_test_teardown(nodes_know_their_bytes, clear),
	        cmocka_unit_test_teardown(a_value_is_replaced_and_comments_stay, clear),
	        cmocka_unit_test_teardown(a_block_value_gives_way_to_one_on_the_line_of_its_key,
	                                  clear),
	        cmocka_unit_test_teardown(a_key_is_added_in_the_style_of_its_map, clear),
	        cmocka_unit_test_teardown(maps_that_end_together_grow_from_within, clear),
	        cmocka_unit_test_teardown(a_key_is_removed_with_its_line, clear),
	        cmocka_unit_test_teardown(the_first_key_of_an_item_is_removed, clear),
	        cmocka_unit_test_teardown(a_key_between_braces_is_removed_with_its_comma, clear),
	        cmocka_unit_test_teardown(a_question_mark_key_is_refused_with_the_remedy, clear),
	        cmocka_unit_test_teardown(a_value_that_is_not_indented_is_refused_with_the_remedy,
	                                  clear),
	        cmocka_unit_test_teardown(two_changes_of_one_place_are_refused, clear),
	        cmocka_unit_test_teardown(an_item_is_added_at_the_end_of_its_list, clear),
	        cmocka_unit_test_teardown(
	                a_list_between_brackets_does_not_grow_and_the_remedy_is_told, clear),
	        cmocka_unit_test_teardown(a_text_is_plain_where_that_is_safe, clear),
	        cmocka_unit_test_teardown(every_text_makes_a_scalar_that_reads_back, clear),
	        cmocka_unit_test_teardown(any_changes_of_any_map_read_back, clear),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
