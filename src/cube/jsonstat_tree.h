// Private to the JSON-stat reader: pieces of the tree that jansson made, and messages with a path.
//
// Texts are borrowed from the tree (they go when it does) unless a function says that it copies.
#pragma once

#include "cube/cube.h"

#include <jansson.h>

// What is being read. Fields are public.
typedef struct {
	vrd_arena *mem;
	vrd_err *err;
	const char *name; // of the file
	const char *dim;  // name of the dimension under way, or NULL
} vrd_js;

// For "%.*s": at most 60 bytes of a text, whole characters.
int vrd_js_clip(const char *text);
#define VRD_JS_SHOWN(text) vrd_js_clip(text), (text)

// DATA with "name: path: ..." or, inside a dimension, "name: dimension.NAME.path: ...".
vrd_status vrd_js_bad(const vrd_js *js, const char *path, const char *format, ...) VRD_PRINTF(3, 4);
// The same for "a text stands where an object belongs"; `what` is "an object".
vrd_status vrd_js_misfit(const vrd_js *js, const char *path, const json_t *json, const char *what);
// A failure of the cube's own checks, put at a path.
vrd_status vrd_js_at(const vrd_js *js, const char *path, vrd_status status, const vrd_err *why);
const char *vrd_js_kind(const json_t *json); // "a number"; NULL is "nothing"

// A text; absent or null leaves *out alone.
vrd_status vrd_js_text(const vrd_js *js, const char *path, const json_t *json,
                       const char **out) VRD_MUST_USE;
// The same, copied into the arena.
vrd_status vrd_js_keep(const vrd_js *js, const char *path, const json_t *json,
                       const char **out) VRD_MUST_USE;
// A note, copied: an array of texts (they become lines) or, as before 2.0, one text.
vrd_status vrd_js_note(const vrd_js *js, const char *path, const json_t *json,
                       const char **out) VRD_MUST_USE;
// A whole number in [0, limit), limit below 2^53.
bool vrd_js_index(const json_t *json, size_t limit, size_t *out) VRD_MUST_USE;
// The position that a key of a sparse object names: digits without leading zeros, below n.
bool vrd_js_position(const char *key, size_t n, size_t *out) VRD_MUST_USE;

// Reads dimension js->dim of n categories.
vrd_status vrd_js_dim(const vrd_js *js, vrd_role role, size_t n, const json_t *json,
                      const vrd_dim **out) VRD_MUST_USE;
