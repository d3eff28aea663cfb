// Any bytes as region.yaml and as a scenario: refused with a problem, or nodes that are exactly
// what the schema says, with places inside the text. And a scenario can be changed by those places:
// what is read again has the new values, and the old ones elsewhere.
#include "region/schemas.h"
#include "region/yaml_edit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BUDGET = 64 << 20 };

static void require(bool condition) {
	if (!condition)
		abort();
}

static void require_text(const char *text) {
	require(text != NULL);
	require(vrd_utf8_invalid_at(text, strlen(text)) == strlen(text));
}

static bool is_limited(const vrd_schema *schema) {
	return schema->min < 0 || schema->min > 0 || schema->max < 0 || schema->max > 0;
}

static bool is_word(const vrd_schema *schema, const char *text) {
	for (size_t i = 0; schema->words[i] != NULL; i++) {
		if (strcmp(schema->words[i], text) == 0)
			return true;
	}
	return false;
}

static bool is_number(const vrd_schema *schema, double x) {
	return is_limited(schema) ? x >= schema->min && x <= schema->max : x - x >= 0;
}

static void require_scalar(const vrd_node *node, const vrd_schema *schema) {
	require(node->kind == VRD_NODE_SCALAR && node->n == 0);
	require_text(node->text);
	switch (schema->kind) {
	case VRD_Y_INT:
		require((double)(int64_t)node->number >= node->number);
		require(is_number(schema, node->number));
		return;
	case VRD_Y_NUMBER:
		require(is_number(schema, node->number));
		return;
	case VRD_Y_WORD:
		require(is_word(schema, node->text));
		return;
	case VRD_Y_NUMBER_OR_WORD:
		require(is_word(schema, node->text) || is_number(schema, node->number));
		return;
	case VRD_Y_BOOL:
		require(node->truth == (node->text[0] == 't' || node->text[0] == 'T'));
		return;
	case VRD_Y_TEXT:
	case VRD_Y_LIST:
	case VRD_Y_MAP:
	case VRD_Y_DICT:
		return;
	}
}

static void require_node(const vrd_node *node, const vrd_schema *schema, size_t size);

static void require_map(const vrd_node *node, const vrd_schema *schema, size_t size) {
	require(node->kind == VRD_NODE_MAP);
	for (size_t i = 0; i < schema->n_fields; i++)
		require(!schema->fields[i].required ||
		        vrd_node_get(node, schema->fields[i].name) != NULL);
	for (size_t i = 0; i < node->n; i++) {
		const vrd_schema *item = schema->item;
		require_text(node->keys[i]);
		require(i > 100 || vrd_node_get(node, node->keys[i]) == &node->items[i]); // unique
		for (size_t f = 0; f < schema->n_fields; f++) {
			if (strcmp(schema->fields[f].name, node->keys[i]) == 0)
				item = schema->fields[f].schema;
		}
		require(item != NULL);
		require_node(&node->items[i], item, size);
	}
}

// Bytes of children lie in order inside their parent's.
static void require_ranges(const vrd_node *node, size_t size) {
	size_t at = node->from;
	require(node->from <= node->to && node->to <= size);
	for (size_t i = 0; i < node->n; i++) {
		const vrd_node *child = &node->items[i];
		require(node->kind == VRD_NODE_LIST || child->key_from >= at);
		require(node->kind == VRD_NODE_LIST || child->key_to > child->key_from);
		require(child->from >= (node->kind == VRD_NODE_LIST ? at : child->key_to));
		require(child->to <= node->to);
		at = child->to;
	}
}

static void require_node(const vrd_node *node, const vrd_schema *schema, size_t size) {
	require_ranges(node, size);
	require(node->place.line >= 1 && node->place.line <= size + 1);
	require(node->place.column >= 1 && node->place.column <= size + 1);
	if (schema->kind == VRD_Y_MAP || schema->kind == VRD_Y_DICT) {
		require_map(node, schema, size);
	} else if (schema->kind == VRD_Y_LIST) {
		require(node->kind == VRD_NODE_LIST);
		require(!is_limited(schema) ||
		        ((double)node->n >= schema->min && (double)node->n <= schema->max));
		for (size_t i = 0; i < node->n; i++)
			require_node(&node->items[i], schema->item, size);
	} else {
		require_scalar(node, schema);
	}
}

static void survives(const vrd_schema *schema, const char *bytes, size_t len) {
	vrd_arena mem;
	vrd_diag diag;
	vrd_err err = {0};
	const vrd_node *root = NULL;
	vrd_arena_init(&mem, BUDGET);
	vrd_diag_init(&diag, &mem, 0);
	const vrd_status rc = vrd_yaml_read(&mem, bytes, len, "fuzz", schema, &root, &diag, &err);
	if (rc == VRD_OK) {
		require(diag.n_errors == 0 && err.text[0] == '\0');
		require_node(root, schema, len);
	} else {
		require(root == NULL && err.text[0] != '\0');
		require(rc == VRD_NOMEM || (rc == VRD_CONFIG && diag.n_errors > 0 && diag.n > 0));
		require_text(err.text);
		for (size_t i = 0; i < diag.n; i++)
			require(diag.items[i].place.line <= len + 1);
	}
	vrd_arena_clear(&mem);
}

// A status for the scenario, an owner for each assumption, and no dates.
static size_t changes_of(vrd_arena *mem, const vrd_node *root, vrd_yaml_change **out) {
	const vrd_node *list = vrd_node_get(root, "assumptions");
	const size_t n = list == NULL ? 0 : list->n;
	vrd_yaml_change *changes = vrd_arena_alloc(mem, 1 + 2 * n, sizeof *changes);
	require(changes != NULL);
	changes[0] = (vrd_yaml_change){root, "status", "locked"};
	for (size_t i = 0; i < n; i++) {
		changes[1 + 2 * i] = (vrd_yaml_change){&list->items[i], "owner", "\"Kari: N\""};
		changes[2 + 2 * i] = (vrd_yaml_change){&list->items[i], "date", NULL};
	}
	*out = changes;
	return 1 + 2 * n;
}

static const char *text_in(const vrd_node *list, size_t i, const char *key) {
	return vrd_node_text(&list->items[i], key, "");
}

static void require_changed(const vrd_node *old, const vrd_node *new) {
	const vrd_node *before = vrd_node_get(old, "assumptions");
	const vrd_node *after = vrd_node_get(new, "assumptions");
	require(strcmp(vrd_node_text(new, "status", ""), "locked") == 0);
	require(strcmp(vrd_node_text(new, "name", ""), vrd_node_text(old, "name", "")) == 0);
	require((before == NULL ? 0 : before->n) == (after == NULL ? 0 : after->n));
	for (size_t i = 0; before != NULL && i < before->n; i++) {
		require(strcmp(text_in(after, i, "owner"), "Kari: N") == 0);
		require(vrd_node_get(&after->items[i], "date") == NULL);
		require(strcmp(text_in(after, i, "id"), text_in(before, i, "id")) == 0);
		require(strcmp(text_in(after, i, "rationale"), text_in(before, i, "rationale")) ==
		        0);
	}
}

static void can_be_changed(const char *bytes, size_t len) {
	vrd_arena mem;
	vrd_diag diag;
	vrd_err err = {0};
	vrd_buf text = {0};
	vrd_yaml_change *changes;
	const vrd_node *old, *new;
	vrd_arena_init(&mem, 4 * BUDGET);
	vrd_diag_init(&diag, &mem, 0);
	const vrd_schema *schema = &vrd_scenario_schema;
	// What an edit makes longer may pass a limit of the reader, so texts near it are left out.
	if (len < 1 << 16 &&
	    vrd_yaml_read(&mem, bytes, len, "old", schema, &old, &diag, &err) == VRD_OK) {
		const size_t n = changes_of(&mem, old, &changes);
		const vrd_status rc = vrd_yaml_edit(&mem, bytes, len, n, changes, &text, &err);
		require(rc == VRD_OK || (rc == VRD_CONFIG && text.n == 0)); // "? key"
		if (rc == VRD_OK) {
			require(vrd_yaml_read(&mem, text.p, text.n, "new", schema, &new, &diag,
			                      &err) == VRD_OK);
			require_changed(old, new);
		}
	}
	vrd_buf_free(&text);
	vrd_arena_clear(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	// A copy of its own, so that a read past the end is seen for every size.
	char *bytes = malloc(size == 0 ? 1 : size);
	require(bytes != NULL);
	if (size > 0)
		memcpy(bytes, data, size);
	survives(&vrd_region_schema, bytes, size);
	survives(&vrd_scenario_schema, bytes, size);
	can_be_changed(bytes, size);
	free(bytes);
	return 0;
}
