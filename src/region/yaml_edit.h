// Changes of a YAML text that leave everything else as it was typed: comments, order, indentation.
//
// Edits are given by place in the text (nodes know their byte range) and applied together. The
// result is read again by the caller before it is written.
#pragma once

#include "region/yaml.h"

// Sets `key` of the map node to `value` (YAML text of a scalar or a flow value, such as
// [0.1, 0.2, 0.4] or "a quoted text"). Replaces the value (block style values too) or adds the key
// after the others, in the map's own style (block or flow) and indentation. NULL value: removes the
// key. Edits of one text may be collected in any order; they may not overlap.
typedef struct {
	const vrd_node *map;
	const char *key;
	const char *value;
} vrd_yaml_change;

vrd_status vrd_yaml_edit(vrd_arena *mem, const char *bytes, size_t len, size_t n,
                         const vrd_yaml_change changes[], vrd_buf *out, vrd_err *err) VRD_MUST_USE;
// Adds an item, given as block YAML lines without indentation, at the end of a list (block style; a
// flow list is refused with the remedy). The key is made when the map has none.
vrd_status vrd_yaml_append(vrd_arena *mem, const char *bytes, size_t len, const vrd_node *map,
                           const char *key, const char *item, vrd_buf *out,
                           vrd_err *err) VRD_MUST_USE;
// A text as a YAML scalar: plain where that is safe, else double-quoted with escapes.
void vrd_yaml_put_scalar(vrd_buf *out, const char *text);
// A value on one line, as it can be written between brackets: numbers and words as they were, lists
// and maps in brackets.
void vrd_yaml_put_node(vrd_buf *out, const vrd_node *node);
