// YAML by schema: one table checks a file, gives its values with their places, and makes the JSON
// Schema for editors. libfyaml stays behind this file.
//
// Every problem of a file is reported (unknown key with the nearest known one, wrong type, value
// out of range, unknown word, missing key, duplicate key, syntax), each with line and column.
#pragma once

#include "base/diag.h"

typedef enum {
	VRD_Y_TEXT,   // any scalar as text ("NO" stays NO: YAML 1.2)
	VRD_Y_BOOL,   // true, false (yes and no are refused with the remedy)
	VRD_Y_INT,    // whole number within [min, max]
	VRD_Y_NUMBER, // number within [min, max]
	VRD_Y_WORD,   // one of `words`
	VRD_Y_NUMBER_OR_WORD,
	VRD_Y_LIST, // of `item`; a single scalar stands for a list of one when one_ok
	VRD_Y_MAP,  // of `fields`
	VRD_Y_DICT, // any keys, each `item`
} vrd_yaml_kind;

typedef struct vrd_schema vrd_schema;

typedef struct {
	const char *name;
	const vrd_schema *schema;
	bool required;
	const char *help; // becomes the description in the JSON Schema
} vrd_field;

struct vrd_schema {
	vrd_yaml_kind kind;
	double min, max;          // for numbers; both 0 = any. LIST: numbers of items
	const char *const *words; // NULL-terminated
	const vrd_schema *item;
	bool one_ok;
	const vrd_field *fields;
	size_t n_fields;
};

// A value with its place. Fields are public, owned by the arena. A key that is absent has no node.
typedef enum { VRD_NODE_SCALAR, VRD_NODE_LIST, VRD_NODE_MAP } vrd_node_kind;
typedef struct vrd_node vrd_node;
struct vrd_node {
	vrd_node_kind kind;
	vrd_place place;  // of the value
	const char *text; // SCALAR: as written
	double number;    // SCALAR read as a number (NaN when it is none)
	bool truth;       // SCALAR read as true
	size_t n;
	const vrd_node *items;   // LIST and MAP
	const char *const *keys; // MAP
	// Bytes of the value in the text, with quotes, brackets and a block text's header; a block ends
	// where its last value does, without the line break. And of its key, when a map has it (else
	// both are 0).
	size_t from, to, key_from, key_to;
};

// Reads one document. Borrows bytes; `name` stands in messages and places (copied). Problems go to
// `diag` (rules yaml.*); when any is an error the result is CONFIG with the first one and *out is
// untouched. Depth and size are bounded (64 levels, 8 MiB; aliases are refused).
vrd_status vrd_yaml_read(vrd_arena *mem, const char *bytes, size_t len, const char *name,
                         const vrd_schema *schema, const vrd_node **out, vrd_diag *diag,
                         vrd_err *err) VRD_MUST_USE;

// Child of a map by key; NULL when absent (or node is NULL).
const vrd_node *vrd_node_get(const vrd_node *node, const char *key);
// Values of a child, or the given default when it is absent.
const char *vrd_node_text(const vrd_node *node, const char *key, const char *otherwise);
double vrd_node_number(const vrd_node *node, const char *key, double otherwise);
bool vrd_node_truth(const vrd_node *node, const char *key, bool otherwise);

// JSON Schema (draft 2020-12) of a schema table; `title` and `id` go to the head.
vrd_status vrd_yaml_json_schema(const vrd_schema *schema, const char *title, const char *id,
                                vrd_buf *out, vrd_err *err) VRD_MUST_USE;
