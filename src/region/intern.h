// Texts as numbers: each distinct text gets the next index, from 0. A zeroed vrd_intern is empty.
// Cost: one hash look-up; a new text is copied to the arena.
#pragma once

#include "base/mem.h"
#include "base/text.h"

// Fields are public to read.
typedef struct {
	size_t n;
	const char **texts; // in order of first appearance; NUL-terminated
	size_t capacity;
	uint32_t *slots; // index + 1, 0 = free; at most half full
	size_t n_slots;  // a power of two
	uint32_t last;   // the answer before
} vrd_intern;

// *fresh (NULL ok): the text was not there before.
vrd_status vrd_intern_add(vrd_intern *self, vrd_arena *mem, vrd_str text, uint32_t *index,
                          bool *fresh, vrd_err *err) VRD_MUST_USE;
// Index, or SIZE_MAX.
size_t vrd_intern_find(const vrd_intern *self, vrd_str text);
