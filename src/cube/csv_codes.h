// The texts of one column and the category that each became: a reader cleans, recodes and looks up
// a text once, and finds it here from then on. Inside of the CSV codec only.
//
// Cost: one comparison when a row repeats the text of the row before, or steps to the text that
// came after it last time (sorted files do little else); else one hash look-up.
#pragma once

#include "cube/codes.h"

typedef struct {
	vrd_str text; // as it stands in the file
	uint32_t index;
} vrd_csv_code;

// Zeroed = empty. Memory comes from the arena that is passed to vrd_csv_codes_add.
typedef struct {
	vrd_csv_code *items;
	size_t n;
	size_t capacity;
	uint32_t *slots; // item + 1, 0 = free
	size_t mask;
	size_t last; // item found last
} vrd_csv_codes;

vrd_status vrd_csv_codes_add(vrd_csv_codes *codes, vrd_arena *mem, vrd_str text, uint32_t index,
                             vrd_err *err) VRD_MUST_USE;
bool vrd_csv_codes_look_up(vrd_csv_codes *codes, vrd_str text, uint32_t *out);

static inline bool vrd_csv_code_is(const vrd_csv_code *item, vrd_str text) {
	return item->text.n == text.n && memcmp(item->text.p, text.p, text.n) == 0;
}

// False when the text is new.
static inline bool vrd_csv_codes_find(vrd_csv_codes *codes, vrd_str text, uint32_t *out) {
	if (codes->n == 0)
		return false;
	const vrd_csv_code *item = &codes->items[codes->last];
	if (!vrd_csv_code_is(item, text)) {
		const size_t next = codes->last + 1 < codes->n ? codes->last + 1 : 0;
		item = &codes->items[next];
		if (!vrd_csv_code_is(item, text))
			return vrd_csv_codes_look_up(codes, text, out);
		codes->last = next;
	}
	*out = item->index;
	return true;
}
