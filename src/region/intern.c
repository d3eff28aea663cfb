#include "region/intern.h"

#include <string.h>

#include "base/banned.h"

static bool is(const char *text, vrd_str wanted) {
	return strlen(text) == wanted.n && (wanted.n == 0 || memcmp(text, wanted.p, wanted.n) == 0);
}

// FNV-1a, folded so that the low bits see every byte.
static size_t hash(vrd_str text) {
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (uint8_t)text.p[i]) * 0x100000001b3u;
	return (size_t)(h ^ (h >> 32));
}

static size_t slot_of(const vrd_intern *self, vrd_str text) {
	size_t at = hash(text) & (self->n_slots - 1);
	while (self->slots[at] && !is(self->texts[self->slots[at] - 1], text))
		at = (at + 1) & (self->n_slots - 1);
	return at;
}

static vrd_status grow(vrd_intern *self, vrd_arena *mem, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_intern fresh = *self;
	fresh.capacity = self->capacity ? 2 * self->capacity : 16;
	fresh.n_slots = 2 * fresh.capacity;
	VRD_TRY(VRD_NEW(mem, fresh.texts, fresh.capacity));
	VRD_TRY(VRD_NEW(mem, fresh.slots, fresh.n_slots));
	for (size_t i = 0; i < self->n; i++) {
		fresh.texts[i] = self->texts[i];
		fresh.slots[slot_of(&fresh, vrd_str_of(fresh.texts[i]))] = (uint32_t)i + 1;
	}
	*self = fresh;
out:
	return rc;
}

vrd_status vrd_intern_add(vrd_intern *self, vrd_arena *mem, vrd_str text, uint32_t *index,
                          bool *fresh, vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (fresh)
		*fresh = false;
	if (self->n && is(self->texts[self->last], text)) { // tables repeat themselves
		*index = self->last;
		return VRD_OK;
	}
	if (self->n == UINT32_MAX - 1)
		return vrd_fail(err, VRD_LIMIT, "more than %u different texts in one column",
		                UINT32_MAX - 1);
	if (self->n == self->capacity)
		VRD_TRY(grow(self, mem, err));
	const size_t at = slot_of(self, text);
	if (!self->slots[at]) {
		const char *copy = vrd_arena_strndup(mem, text.p ? text.p : "", text.n);
		if (!copy)
			VRD_TRY(vrd_no_memory(err, mem, text.n, 1));
		self->texts[self->n++] = copy;
		self->slots[at] = (uint32_t)self->n;
		if (fresh)
			*fresh = true;
	}
	self->last = *index = self->slots[at] - 1;
out:
	return rc;
}

size_t vrd_intern_find(const vrd_intern *self, vrd_str text) {
	const size_t at = self->n ? slot_of(self, text) : 0;
	return self->n && self->slots[at] ? self->slots[at] - 1 : SIZE_MAX;
}
