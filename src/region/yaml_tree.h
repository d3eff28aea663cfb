// A YAML text as a tree, before any schema: what yaml_read.c hands to yaml_check.c. Private to this
// room.
//
//	yaml_read.c   bytes, by libfyaml, to vrd_yaml_tree: encoding, syntax, limits
//	yaml_check.c  vrd_yaml_tree and vrd_schema to vrd_node: keys, types, ranges
//	yaml_schema.c vrd_schema to JSON Schema
//	yaml.c        the first two together; what is read from nodes
#pragma once

#include "region/yaml.h"

// Texts and keys are owned by the result's arena, the tree itself by the scratch arena.
typedef struct vrd_yaml_tree vrd_yaml_tree;
struct vrd_yaml_tree {
	vrd_node_kind kind;
	bool plain;   // SCALAR without quotes: the only kind that may be a number, true or false
	bool cut;     // LIST, MAP: reading stopped before its end, so nothing is missing from it
	bool refused; // a problem of it has been reported: not to be checked
	vrd_place place;
	const char *text; // SCALAR
	const char *key;  // in a MAP; NULL when it was refused
	vrd_place key_place;
	size_t from, to, key_from, key_to; // as in vrd_node
	size_t n;
	vrd_yaml_tree *first, *last, *next; // children; next sibling
	const vrd_yaml_tree *twin;          // set by the check: earlier sibling with the same key
	const char *meant;                  // set by the check: the known key nearest to an unknown
};

// One reading: where memory comes from and what is wrong.
typedef struct {
	vrd_arena *mem;     // of the result
	vrd_arena *scratch; // gone when the reading ends
	const char *file;
	vrd_diag problems;
} vrd_yaml_job;

void vrd_yaml_problem(vrd_yaml_job *job, vrd_place place, const char *rule, const char *remedy,
                      const char *format, ...) VRD_PRINTF(5, 6);

// The value at the root; NULL for a document without one, or one that could not be read at all.
vrd_status vrd_yaml_parse(vrd_yaml_job *job, const char *bytes, size_t len, vrd_yaml_tree **out,
                          vrd_err *err) VRD_MUST_USE;

// Reports what `schema` does not allow. The node is whole only when job->problems is empty.
vrd_status vrd_yaml_check(vrd_yaml_job *job, const vrd_yaml_tree *root, const vrd_schema *schema,
                          vrd_node *out, vrd_err *err) VRD_MUST_USE;
