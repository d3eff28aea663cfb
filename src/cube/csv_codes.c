#include "cube/csv_codes.h"

#include "base/banned.h"

// Slot of a text: its own, or the free one where it belongs.
static size_t slot_of(const vrd_csv_codes *codes, vrd_str text) {
	size_t slot = vrd_code_hash(text) & codes->mask;
	while (codes->slots[slot] != 0 &&
	       !vrd_csv_code_is(&codes->items[codes->slots[slot] - 1], text))
		slot = (slot + 1) & codes->mask;
	return slot;
}

bool vrd_csv_codes_look_up(vrd_csv_codes *codes, vrd_str text, uint32_t *out) {
	const size_t slot = slot_of(codes, text);
	if (codes->slots[slot] == 0)
		return false;
	codes->last = codes->slots[slot] - 1;
	*out = codes->items[codes->last].index;
	return true;
}

static vrd_status grow(vrd_csv_codes *codes, vrd_arena *mem, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_csv_codes next = {.n = codes->n, .last = codes->last};
	next.capacity = codes->capacity ? 2 * codes->capacity : 16;
	if (next.capacity > UINT32_MAX / 4)
		return vrd_fail(err, VRD_LIMIT, "a column has more than %zu different texts",
		                codes->n);
	const size_t n_slots = vrd_codes_size(next.capacity);
	next.mask = n_slots - 1;
	VRD_TRY(VRD_NEW(mem, next.items, next.capacity));
	VRD_TRY(VRD_NEW(mem, next.slots, n_slots));
	for (size_t i = 0; i < codes->n; i++) {
		next.items[i] = codes->items[i];
		next.slots[slot_of(&next, next.items[i].text)] = (uint32_t)i + 1;
	}
	*codes = next;
out:
	return rc;
}

vrd_status vrd_csv_codes_add(vrd_csv_codes *codes, vrd_arena *mem, vrd_str text, uint32_t index,
                             vrd_err *err) {
	vrd_status rc = VRD_OK;
	char *copy = vrd_arena_strndup(mem, text.p, text.n);
	if (!copy)
		return vrd_no_memory(err, mem, text.n + 1, 1);
	if (codes->n == codes->capacity)
		VRD_TRY(grow(codes, mem, err));
	codes->items[codes->n] = (vrd_csv_code){{copy, text.n}, index};
	codes->last = codes->n++;
	codes->slots[slot_of(codes, text)] = (uint32_t)codes->n;
out:
	return rc;
}
