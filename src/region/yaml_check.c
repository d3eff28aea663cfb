// A tree against a schema: every problem is reported, then the nodes are what the schema says.
#include "region/yaml_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

// Nobody is shown the thousandth mistake, and looking for the nearest word costs more than all the
// rest.
enum { most_suggestions = 1000 };

// A value that is being checked. `label` is the key that people know it by.
typedef struct {
	vrd_yaml_job *job;
	const char *label;
	const vrd_yaml_tree *tree;
	const vrd_schema *schema;
} value;

static vrd_status check_value(const value *v, vrd_node *out, vrd_err *err);

// --- words --------------------------------------------------------------------------------------

// A text as a message quotes it: not a whole page.
static const char *shown(const vrd_yaml_job *job, const char *text) {
	enum { most_shown = 60 };
	size_t n = strlen(text);
	if (n <= most_shown)
		return text;
	n = most_shown;
	while (((unsigned char)text[n] & 0xC0) == 0x80) // not inside a code point
		n--;
	const char *cut = vrd_arena_printf(job->scratch, "%.*s...", (int)n, text);
	return cut == NULL ? "..." : cut;
}

// Remedies are made of pieces; "" when memory is used up.
static const char *kept(const vrd_yaml_job *job, vrd_buf *buf) {
	const char *text = buf->n == 0 ? "" : vrd_arena_strndup(job->scratch, buf->p, buf->n);
	vrd_buf_free(buf);
	return text == NULL ? "" : text;
}

static void put_number(vrd_buf *buf, double x) {
	char text[32];
	vrd_format_double(x, text);
	vrd_buf_puts(buf, text);
}

static void put_words(vrd_buf *buf, const char *const *words) {
	for (size_t i = 0; words[i] != NULL; i++)
		vrd_buf_printf(buf, "%s%s", i == 0 ? "" : ", ", words[i]);
}

static bool is_limited(const vrd_schema *schema) {
	return schema->min < 0 || schema->min > 0 || schema->max < 0 || schema->max > 0;
}

static void put_range(vrd_buf *buf, const vrd_schema *schema) {
	static const double no_real_limit = 1e15; // as the tables write it
	if (!is_limited(schema))
		return;
	vrd_buf_puts(buf, schema->max < no_real_limit ? " from " : " of at least ");
	put_number(buf, schema->min);
	if (schema->max < no_real_limit) {
		vrd_buf_puts(buf, " to ");
		put_number(buf, schema->max);
	}
}

// "a number from 0 to 1"
static void put_wanted(vrd_buf *buf, const vrd_schema *schema) {
	switch (schema->kind) {
	case VRD_Y_TEXT:
		vrd_buf_puts(buf, "a text");
		return;
	case VRD_Y_BOOL:
		vrd_buf_puts(buf, "true or false");
		return;
	case VRD_Y_WORD:
		vrd_buf_puts(buf, "one of ");
		put_words(buf, schema->words);
		return;
	case VRD_Y_INT:
	case VRD_Y_NUMBER:
	case VRD_Y_NUMBER_OR_WORD:
		if (is_limited(schema) && !(schema->max > schema->min)) {
			put_number(buf, schema->min);
			return;
		}
		vrd_buf_puts(buf, schema->kind == VRD_Y_INT ? "a whole number" : "a number");
		put_range(buf, schema);
		if (schema->kind == VRD_Y_NUMBER_OR_WORD) {
			vrd_buf_puts(buf, ", or one of ");
			put_words(buf, schema->words);
		}
		return;
	case VRD_Y_LIST:
		vrd_buf_puts(buf, "a list: [a, b], or a line \"- a\" for each item");
		return;
	case VRD_Y_MAP:
	case VRD_Y_DICT:
		vrd_buf_puts(buf, "lines \"key: value\", indented, or {key: value}");
		return;
	}
}

static const char *write_wanted(const value *v) {
	vrd_buf buf = {0};
	vrd_buf_puts(&buf, "write ");
	put_wanted(&buf, v->schema);
	return kept(v->job, &buf);
}

static size_t count_words(const char *const *words) {
	size_t n = 0;
	while (words[n] != NULL)
		n++;
	return n;
}

// "did you mean \"linear\"? allowed: step, linear"
static const char *suggest(const value *v, const char *text, const char *const *words, size_t n) {
	vrd_buf buf = {0};
	if (v->job->problems.n_errors < most_suggestions) {
		const size_t i = vrd_nearest(vrd_str_of(text), words, n);
		if (i < n)
			vrd_buf_printf(&buf, "did you mean \"%s\"? ", words[i]);
	}
	vrd_buf_puts(&buf, "allowed: ");
	put_words(&buf, words);
	return kept(v->job, &buf);
}

// What stands where something else belongs.
static void wrong_type(const value *v) {
	static const char *const nouns[] = {
	        [VRD_Y_TEXT] = "a text",
	        [VRD_Y_BOOL] = "true or false",
	        [VRD_Y_INT] = "a whole number",
	        [VRD_Y_NUMBER] = "a number",
	        [VRD_Y_WORD] = "a word",
	        [VRD_Y_NUMBER_OR_WORD] = "a number or a word",
	        [VRD_Y_LIST] = "a list",
	        [VRD_Y_MAP] = "a map of keys and values",
	        [VRD_Y_DICT] = "a map of keys and values",
	};
	const vrd_yaml_tree *tree = v->tree;
	const char *noun = nouns[v->schema->kind];
	if (tree->kind != VRD_NODE_SCALAR) {
		vrd_yaml_problem(v->job, tree->place, "yaml.wrong-type", write_wanted(v),
		                 "%s: a %s stands where %s belongs", shown(v->job, v->label),
		                 tree->kind == VRD_NODE_LIST ? "list" : "map", noun);
	} else if (tree->plain && tree->text[0] == '\0') {
		vrd_buf buf = {0};
		vrd_buf_puts(&buf, "write ");
		put_wanted(&buf, v->schema);
		vrd_buf_puts(&buf, v->schema->kind == VRD_Y_TEXT
		                           ? " (\"\" is the empty one), or remove the key"
		                           : ", or remove the key");
		vrd_yaml_problem(v->job, tree->place, "yaml.wrong-type", kept(v->job, &buf),
		                 "%s has no value", shown(v->job, v->label));
	} else {
		vrd_yaml_problem(v->job, tree->place, "yaml.wrong-type", write_wanted(v),
		                 "%s: \"%s\" stands where %s belongs", shown(v->job, v->label),
		                 shown(v->job, tree->text), noun);
	}
}

// --- scalars ------------------------------------------------------------------------------------

static bool parse_truth(const char *text, bool *out) {
	static const char *const spellings[] = {"true", "True", "TRUE", "false", "False", "FALSE"};
	for (size_t i = 0; i < 6; i++) {
		if (strcmp(text, spellings[i]) == 0) {
			*out = i < 3;
			return true;
		}
	}
	return false;
}

static void check_bool(const value *v) {
	bool truth;
	const char *text = v->tree->text;
	if (v->tree->plain && parse_truth(text, &truth))
		return;
	vrd_yaml_problem(v->job, v->tree->place, "yaml.wrong-type",
	                 parse_truth(text, &truth) ? "remove the quotes" : "write true or false",
	                 "%s: \"%s\" is not true or false%s", shown(v->job, v->label),
	                 shown(v->job, text), v->tree->plain ? "" : ": it is a text");
}

// Slips that are known: quotes, a decimal comma, per cent, groups of digits.
static const char *number_remedy(const value *v) {
	const char *text = v->tree->text;
	const vrd_str whole = vrd_str_of(text);
	char digits[32];
	double x;
	if (!v->tree->plain && vrd_parse_double(whole, '.', &x))
		return "remove the quotes";
	vrd_buf buf = {0};
	if (vrd_parse_double(whole, ',', &x)) {
		vrd_format_double(x, digits);
		vrd_buf_printf(&buf, "write a decimal point: %s", digits);
		return kept(v->job, &buf);
	}
	if (whole.n > 1 && whole.p[whole.n - 1] == '%' &&
	    (vrd_parse_double((vrd_str){text, whole.n - 1}, '.', &x) ||
	     vrd_parse_double((vrd_str){text, whole.n - 1}, ',', &x))) {
		vrd_format_double(x / 100, digits);
		vrd_buf_printf(&buf, "write a fraction: %s", digits);
		return kept(v->job, &buf);
	}
	return write_wanted(v);
}

static void check_number(const value *v, double x) {
	const vrd_schema *schema = v->schema;
	const vrd_yaml_tree *tree = v->tree;
	const char *label = shown(v->job, v->label);
	const char *text = shown(v->job, tree->text);
	// Past 2^53 a double no longer tells whole numbers apart.
	const bool whole = fabs(x) <= 0x1p53 && x - floor(x) <= 0;
	if (isnan(x))
		vrd_yaml_problem(v->job, tree->place, "yaml.wrong-type", number_remedy(v),
		                 "%s: \"%s\" is not a number%s", label, text,
		                 tree->plain ? "" : ": it is a text");
	else if (is_limited(schema) && !(x >= schema->min && x <= schema->max))
		vrd_yaml_problem(v->job, tree->place, "yaml.range", write_wanted(v),
		                 "%s: %s is out of range", label, text);
	else if (schema->kind == VRD_Y_INT && !whole)
		vrd_yaml_problem(v->job, tree->place, "yaml.wrong-type", write_wanted(v),
		                 "%s: %s is not a whole number", label, text);
}

static bool is_word(const char *const *words, const char *text) {
	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0)
			return true;
	}
	return false;
}

static void check_word(const value *v) {
	const char *const *words = v->schema->words;
	const char *text = v->tree->text;
	if (!is_word(words, text))
		vrd_yaml_problem(v->job, v->tree->place, "yaml.word",
		                 suggest(v, text, words, count_words(words)),
		                 "%s: \"%s\" is not a word that is known here",
		                 shown(v->job, v->label), shown(v->job, text));
}

// A word is meant by what begins like one; a number that is wrong is told as a number.
static void check_number_or_word(const value *v, double x) {
	const unsigned char first = (unsigned char)v->tree->text[0];
	const bool letter = (first | 0x20) >= 'a' && (first | 0x20) <= 'z';
	if (is_word(v->schema->words, v->tree->text))
		return;
	if (letter || first >= 0x80)
		check_word(v);
	else
		check_number(v, x);
}

static void check_scalar(const value *v, vrd_node *out) {
	const vrd_yaml_tree *tree = v->tree;
	if (tree->kind != VRD_NODE_SCALAR || (tree->plain && tree->text[0] == '\0')) {
		wrong_type(v);
		return;
	}
	double x = NAN;
	bool truth = false;
	if (tree->plain && !vrd_parse_double(vrd_str_of(tree->text), '.', &x))
		x = NAN;
	if (tree->plain && !parse_truth(tree->text, &truth))
		truth = false;
	*out = (vrd_node){.kind = VRD_NODE_SCALAR,
	                  .place = tree->place,
	                  .text = tree->text,
	                  .number = x,
	                  .truth = truth,
	                  .from = tree->from,
	                  .to = tree->to};
	switch (v->schema->kind) {
	case VRD_Y_BOOL:
		check_bool(v);
		return;
	case VRD_Y_INT:
	case VRD_Y_NUMBER:
		check_number(v, x);
		return;
	case VRD_Y_WORD:
		check_word(v);
		return;
	case VRD_Y_NUMBER_OR_WORD:
		check_number_or_word(v, x);
		return;
	case VRD_Y_TEXT:
	case VRD_Y_LIST:
	case VRD_Y_MAP:
	case VRD_Y_DICT:
		return;
	}
}

// --- lists --------------------------------------------------------------------------------------

static void check_count(const value *v, size_t n) {
	const vrd_schema *schema = v->schema;
	const double count = (double)n;
	const bool few = !(count >= schema->min) && !v->tree->cut;
	if (!is_limited(schema) || (!few && count <= schema->max))
		return;
	vrd_buf buf = {0};
	vrd_buf_puts(&buf, "write ");
	put_number(&buf, schema->min);
	if (schema->max > schema->min) {
		vrd_buf_puts(&buf, " to ");
		put_number(&buf, schema->max);
	}
	vrd_buf_puts(&buf, schema->max < 2 ? " item" : " items");
	vrd_yaml_problem(v->job, v->tree->place, "yaml.range", kept(v->job, &buf), "%s has %zu %s",
	                 shown(v->job, v->label), n, n == 1 ? "item" : "items");
}

static vrd_status check_list(const value *v, vrd_node *out, vrd_err *err) {
	vrd_status rc;
	const vrd_yaml_tree *tree = v->tree;
	const bool one = tree->kind == VRD_NODE_SCALAR && v->schema->one_ok &&
	                 !(tree->plain && tree->text[0] == '\0');
	if (tree->kind != VRD_NODE_LIST && !one) {
		wrong_type(v);
		return VRD_OK;
	}
	const size_t n = one ? 1 : tree->n;
	vrd_node *items;
	VRD_TRY(VRD_NEW(v->job->mem, items, n));
	check_count(v, n);
	const vrd_yaml_tree *child = one ? tree : tree->first;
	for (size_t i = 0; i < n; i++, child = child->next) {
		const value item = {v->job, v->label, child, v->schema->item};
		VRD_TRY(check_value(&item, &items[i], err));
	}
	*out = (vrd_node){.kind = VRD_NODE_LIST,
	                  .place = tree->place,
	                  .number = NAN,
	                  .n = n,
	                  .items = items,
	                  .from = tree->from,
	                  .to = tree->to};
out:
	return rc;
}

// --- maps ---------------------------------------------------------------------------------------

static int by_key_and_place(const void *a, const void *b) {
	const vrd_yaml_tree *x = *(vrd_yaml_tree *const *)a;
	const vrd_yaml_tree *y = *(vrd_yaml_tree *const *)b;
	const int order = strcmp(x->key, y->key);
	if (order != 0)
		return order;
	if (x->key_place.line != y->key_place.line)
		return x->key_place.line < y->key_place.line ? -1 : 1;
	return x->key_place.column < y->key_place.column ? -1 : 1;
}

// Sets `twin` of every child whose key has stood before.
static vrd_status find_twins(const value *v, vrd_err *err) {
	vrd_status rc;
	vrd_yaml_tree **sorted;
	size_t n = 0;
	VRD_TRY(VRD_NEW(v->job->scratch, sorted, v->tree->n));
	for (vrd_yaml_tree *child = v->tree->first; child != NULL; child = child->next) {
		if (child->key != NULL)
			sorted[n++] = child;
	}
	qsort(sorted, n, sizeof *sorted, by_key_and_place);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
			sorted[i]->twin = sorted[i - 1];
	}
out:
	return rc;
}

// The schema of a key; NULL when it has none.
static const vrd_schema *find_field(const vrd_schema *schema, const char *key) {
	if (schema->kind == VRD_Y_DICT)
		return schema->item;
	for (size_t i = 0; i < schema->n_fields; i++) {
		if (strcmp(schema->fields[i].name, key) == 0)
			return schema->fields[i].schema;
	}
	return NULL;
}

static vrd_status field_names(const value *v, const char ***out, vrd_err *err) {
	vrd_status rc;
	const vrd_schema *schema = v->schema;
	const char **names;
	VRD_TRY(VRD_NEW(v->job->scratch, names, schema->n_fields + 1));
	for (size_t i = 0; i < schema->n_fields; i++)
		names[i] = schema->fields[i].name;
	*out = names;
out:
	return rc;
}

// Sets `meant` of unknown keys that resemble a known one.
static void find_meant(const value *v, const char *const *names) {
	size_t n = 0;
	for (vrd_yaml_tree *child = v->tree->first; child != NULL; child = child->next) {
		if (child->key == NULL || find_field(v->schema, child->key) != NULL)
			continue;
		if (++n > most_suggestions)
			return;
		const size_t i = vrd_nearest(vrd_str_of(child->key), names, v->schema->n_fields);
		child->meant = i < v->schema->n_fields ? names[i] : NULL;
	}
}

// A required key that is only misspelled is reported once, where it stands.
static bool is_there(const vrd_yaml_tree *map, const char *name) {
	for (const vrd_yaml_tree *child = map->first; child != NULL; child = child->next) {
		if (child->key != NULL && strcmp(child->key, name) == 0)
			return true;
		if (child->meant != NULL && strcmp(child->meant, name) == 0)
			return true;
	}
	return false;
}

static void report_missing(const value *v) {
	for (size_t i = 0; i < v->schema->n_fields; i++) {
		const vrd_field *field = &v->schema->fields[i];
		if (!field->required || is_there(v->tree, field->name))
			continue;
		vrd_buf buf = {0};
		vrd_buf_printf(&buf, "add \"%s: ...\" (%s)", field->name, field->help);
		vrd_yaml_problem(v->job, v->tree->place, "yaml.missing-key", kept(v->job, &buf),
		                 "%s: \"%s\" is missing", shown(v->job, v->label), field->name);
	}
}

static void report_unknown(const value *v, const vrd_yaml_tree *child, const char *const *names) {
	vrd_buf buf = {0};
	if (child->meant != NULL) {
		vrd_buf_printf(&buf, "did you mean \"%s\"?", child->meant);
	} else {
		vrd_buf_puts(&buf, "known keys: ");
		put_words(&buf, names);
	}
	vrd_yaml_problem(v->job, child->key_place, "yaml.unknown-key", kept(v->job, &buf),
	                 "unknown key \"%s\"", shown(v->job, child->key));
}

static vrd_status check_map(const value *v, vrd_node *out, vrd_err *err) {
	vrd_status rc;
	const vrd_yaml_tree *tree = v->tree;
	if (tree->kind != VRD_NODE_MAP) {
		wrong_type(v);
		return VRD_OK;
	}
	const char **names;
	const char **keys;
	vrd_node *items;
	size_t n = 0;
	VRD_TRY(field_names(v, &names, err));
	VRD_TRY(find_twins(v, err));
	VRD_TRY(VRD_NEW(v->job->mem, keys, tree->n));
	VRD_TRY(VRD_NEW(v->job->mem, items, tree->n));
	find_meant(v, names);
	if (!tree->cut)
		report_missing(v);
	for (const vrd_yaml_tree *child = tree->first; child != NULL; child = child->next) {
		if (child->key == NULL)
			continue;
		const value field = {v->job, child->key, child, find_field(v->schema, child->key)};
		if (field.schema == NULL) {
			report_unknown(v, child, names);
		} else if (child->twin != NULL) {
			vrd_yaml_problem(v->job, child->key_place, "yaml.duplicate-key",
			                 "keep one of them",
			                 "key \"%s\" stands already on line %zu",
			                 shown(v->job, child->key), child->twin->key_place.line);
		} else {
			keys[n] = child->key;
			VRD_TRY(check_value(&field, &items[n], err));
			items[n].key_from = child->key_from;
			items[n++].key_to = child->key_to;
		}
	}
	*out = (vrd_node){.kind = VRD_NODE_MAP,
	                  .place = tree->place,
	                  .number = NAN,
	                  .n = n,
	                  .items = items,
	                  .keys = keys,
	                  .from = tree->from,
	                  .to = tree->to};
out:
	return rc;
}

// --- all ----------------------------------------------------------------------------------------

static vrd_status check_value(const value *v, vrd_node *out, vrd_err *err) {
	if (v->tree->refused)
		return VRD_OK;
	switch (v->schema->kind) {
	case VRD_Y_LIST:
		return check_list(v, out, err);
	case VRD_Y_MAP:
	case VRD_Y_DICT:
		return check_map(v, out, err);
	case VRD_Y_TEXT:
	case VRD_Y_BOOL:
	case VRD_Y_INT:
	case VRD_Y_NUMBER:
	case VRD_Y_WORD:
	case VRD_Y_NUMBER_OR_WORD:
		check_scalar(v, out);
		return VRD_OK;
	}
	return VRD_OK;
}

static void report_empty(vrd_yaml_job *job, const vrd_schema *schema) {
	vrd_buf buf = {0};
	for (size_t i = 0; i < schema->n_fields; i++) {
		if (schema->fields[i].required)
			vrd_buf_printf(&buf, "%s%s", buf.n == 0 ? "write at least: " : ", ",
			               schema->fields[i].name);
	}
	const char *remedy = buf.n == 0 ? NULL : kept(job, &buf);
	vrd_yaml_problem(job, (vrd_place){job->file, 1, 1}, "yaml.missing-key", remedy,
	                 "the document is empty");
}

vrd_status vrd_yaml_check(vrd_yaml_job *job, const vrd_yaml_tree *root, const vrd_schema *schema,
                          vrd_node *out, vrd_err *err) {
	if (root == NULL ||
	    (root->kind == VRD_NODE_SCALAR && root->plain && root->text[0] == '\0')) {
		report_empty(job, schema);
		return VRD_OK;
	}
	const value document = {job, "the document", root, schema};
	return check_value(&document, out, err);
}
