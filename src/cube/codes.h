// Codes: looking them up by hash, and listing them in messages. Private to the room.
//
// A table of codes is an array of categories and `slots` (index + 1, 0 = free) with linear probing,
// at most half full; dimensions keep it fixed, builders let it grow.
#pragma once

#include "cube/cube.h"

#include <string.h>

static inline size_t vrd_code_hash(vrd_str code) {
	uint64_t h = 0xcbf29ce484222325u; // FNV-1a, then a fold so that the low bits see every byte
	for (size_t i = 0; i < code.n; i++)
		h = (h ^ (uint8_t)code.p[i]) * 0x100000001b3u;
	return (size_t)(h ^ (h >> 32));
}

static inline bool vrd_code_is(const char *code, vrd_str text) {
	return strlen(code) == text.n && memcmp(code, text.p, text.n) == 0;
}

// Index of a code, or VRD_NONE and the slot where it belongs.
static inline size_t vrd_codes_find(const vrd_category *cats, const uint32_t *slots, size_t mask,
                                    vrd_str code, size_t *slot) {
	size_t at = vrd_code_hash(code) & mask;
	while (slots[at] != 0 && !vrd_code_is(cats[slots[at] - 1].code, code))
		at = (at + 1) & mask;
	*slot = at;
	return slots[at] == 0 ? VRD_NONE : slots[at] - 1;
}

// Smallest power of two that leaves a table of n codes half empty.
static inline size_t vrd_codes_size(size_t n) {
	size_t size = 8;
	while (size < 2 * n)
		size *= 2;
	return size;
}

// The role that a dimension's standard name implies.
vrd_role vrd_role_of_name(const char *name);

// Width for "%.*s": long texts are cut so that a message keeps its end.
static inline int vrd_shown(vrd_str text) {
	return text.n < 80 ? (int)text.n : 80;
}

// Names in a message: `"a", "b", "c" and 4 more`. Zeroed = empty; no memory is allocated.
typedef struct {
	char text[400];
	size_t used;
	size_t n; // all that were added
	size_t n_shown;
} vrd_listing;

void vrd_listing_add(vrd_listing *list, const char *name);
// Ends the list with the count of names that were not shown; borrowed from the list.
const char *vrd_listing_end(vrd_listing *list);
