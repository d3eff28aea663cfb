// Two texts of a scenario, compared by meaning: the schema says how values are equal, and parts of a
// list are found again by their id or name.
#include "region/versions.h"

#include "region/schemas.h"
#include "region/yaml_edit.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

typedef struct {
	vrd_arena *mem;
	vrd_buf *out;
} differ;

// --- values -------------------------------------------------------------------------------------

static bool is_number(const vrd_schema *schema) {
	return schema->kind == VRD_Y_NUMBER || schema->kind == VRD_Y_INT ||
	       schema->kind == VRD_Y_NUMBER_OR_WORD;
}

static const vrd_schema *schema_of(const vrd_schema *schema, const char *key) {
	if (schema->kind != VRD_Y_MAP)
		return schema->item;
	for (size_t i = 0; i < schema->n_fields; i++) {
		if (strcmp(schema->fields[i].name, key) == 0)
			return schema->fields[i].schema;
	}
	return schema->item;
}

static bool is_equal(const vrd_schema *schema, const vrd_node *a, const vrd_node *b) {
	if (a->kind != b->kind || a->n != b->n)
		return false;
	if (a->kind == VRD_NODE_SCALAR && schema->kind == VRD_Y_BOOL)
		return a->truth == b->truth;
	if (a->kind == VRD_NODE_SCALAR && is_number(schema) && !isnan(a->number))
		return a->number >= b->number && a->number <= b->number;
	if (a->kind == VRD_NODE_SCALAR)
		return strcmp(a->text, b->text) == 0;
	for (size_t i = 0; i < a->n; i++) {
		const char *key = a->kind == VRD_NODE_MAP ? a->keys[i] : "";
		const vrd_node *other =
		        a->kind == VRD_NODE_MAP ? vrd_node_get(b, key) : &b->items[i];
		if (other == NULL || !is_equal(schema_of(schema, key), &a->items[i], other))
			return false;
	}
	return true;
}

static bool holds(const vrd_node *list, const char *text) {
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->items[i].text, text) == 0)
			return true;
	}
	return false;
}

// What a selection names, in any order.
static bool is_same_set(const vrd_node *a, const vrd_node *b) {
	for (size_t i = 0; i < a->n; i++) {
		if (!holds(b, a->items[i].text))
			return false;
	}
	for (size_t i = 0; i < b->n; i++) {
		if (!holds(a, b->items[i].text))
			return false;
	}
	return true;
}

// --- lines --------------------------------------------------------------------------------------

static void tell(const differ *d, const char *path, const vrd_node *a, const vrd_node *b) {
	vrd_buf_printf(d->out, "%c %s: ", a == NULL ? '+' : b == NULL ? '-' : '~', path);
	if (a != NULL)
		vrd_yaml_put_node(d->out, a);
	vrd_buf_puts(d->out, a != NULL && b != NULL ? " -> " : "");
	if (b != NULL)
		vrd_yaml_put_node(d->out, b);
	vrd_buf_putc(d->out, '\n');
}

static const char *join(const differ *d, const char *path, const char *key) {
	const char *joined = path[0] == '\0' ? vrd_arena_strdup(d->mem, key)
	                                     : vrd_arena_printf(d->mem, "%s.%s", path, key);
	d->out->failed = d->out->failed || joined == NULL;
	return joined == NULL ? "" : joined;
}

// What a part of a list is known by: its id or group; NULL when it has neither.
static const char *name_of(const vrd_node *part) {
	return vrd_node_text(part, "id", vrd_node_text(part, "group", NULL));
}

static const vrd_node *part_named(const vrd_node *list, const char *name) {
	for (size_t i = 0; list != NULL && i < list->n; i++) {
		const char *own = name_of(&list->items[i]);
		if (own != NULL && strcmp(own, name) == 0)
			return &list->items[i];
	}
	return NULL;
}

static bool are_named(const vrd_node *list) {
	for (size_t i = 0; list != NULL && i < list->n; i++) {
		const char *name = name_of(&list->items[i]);
		if (name == NULL || part_named(list, name) != &list->items[i])
			return false;
	}
	return true;
}

static void differ_map(const differ *d, const vrd_schema *schema, const char *path,
                       const vrd_node *a, const vrd_node *b);

// Parts by name. An assumption is known by its id alone, all else by where it stands.
static void differ_list(const differ *d, const vrd_schema *schema, const char *path,
                        const vrd_node *a, const vrd_node *b) {
	const char *under = strcmp(path, "assumptions") == 0 ? "" : path;
	for (size_t i = 0; a != NULL && i < a->n; i++) {
		const char *name = name_of(&a->items[i]);
		const vrd_node *other = part_named(b, name);
		if (other == NULL)
			vrd_buf_printf(d->out, "- %s\n", join(d, under, name));
		else
			differ_map(d, schema->item, join(d, under, name), &a->items[i], other);
	}
	for (size_t i = 0; b != NULL && i < b->n; i++) {
		const char *name = name_of(&b->items[i]);
		if (part_named(a, name) == NULL)
			vrd_buf_printf(d->out, "+ %s\n", join(d, under, name));
	}
}

static void differ_value(const differ *d, const vrd_schema *schema, const char *path,
                         const vrd_node *a, const vrd_node *b) {
	const bool is_map = schema->kind == VRD_Y_MAP || schema->kind == VRD_Y_DICT;
	const bool of_maps = schema->kind == VRD_Y_LIST && schema->item->kind == VRD_Y_MAP;
	const bool selects = strstr(path, "select.") != NULL && schema->kind == VRD_Y_LIST;
	if (of_maps && are_named(a) && are_named(b))
		differ_list(d, schema, path, a, b);
	else if (a != NULL && b != NULL && is_map)
		differ_map(d, schema, path, a, b);
	else if (a == NULL || b == NULL)
		tell(d, path, a, b);
	else if (selects ? !is_same_set(a, b) : !is_equal(schema, a, b))
		tell(d, path, a, b);
}

static void differ_map(const differ *d, const vrd_schema *schema, const char *path,
                       const vrd_node *a, const vrd_node *b) {
	for (size_t i = 0; i < a->n; i++)
		differ_value(d, schema_of(schema, a->keys[i]), join(d, path, a->keys[i]),
		             &a->items[i], vrd_node_get(b, a->keys[i]));
	for (size_t i = 0; i < b->n; i++) {
		if (vrd_node_get(a, b->keys[i]) == NULL)
			differ_value(d, schema_of(schema, b->keys[i]), join(d, path, b->keys[i]),
			             NULL, &b->items[i]);
	}
}

vrd_status vrd_scenario_diff(vrd_arena *mem, const char *a, size_t a_len, const char *b,
                             size_t b_len, vrd_buf *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *old, *new;
	vrd_buf text = {0};
	const differ d = {mem, &text};
	VRD_TRY(vrd_yaml_read(mem, a, a_len, "the old text", &vrd_scenario_schema, &old, NULL,
	                      err));
	VRD_TRY(vrd_yaml_read(mem, b, b_len, "the new text", &vrd_scenario_schema, &new, NULL,
	                      err));
	differ_map(&d, &vrd_scenario_schema, "", old, new);
	if (text.n == 0)
		vrd_buf_puts(&text, a_len == b_len && memcmp(a, b, a_len) == 0
		                            ? "no difference\n"
		                            : "no difference in meaning\n");
	if (text.failed)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for a comparison of scenarios"));
	vrd_buf_add(out, text.p, text.n);
out:
	vrd_buf_free(&text);
	return rc;
}
