#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum {
	cache_line = 64,
	word = 16,
	block_bytes = 64 * 1024,
	// Above this a request gets its own block, so at most a quarter of a shared one is wasted.
	large_bytes = block_bytes / 4,
};

//	[vrd_block][pad][data, 64-byte aligned: used ...... | free ...... size]
struct vrd_block {
	vrd_block *next;
	unsigned char *data;
	size_t size;
	size_t used;
};

void vrd_arena_init(vrd_arena *mem, size_t budget) {
	*mem = (vrd_arena){.budget = budget};
}

void vrd_arena_clear(vrd_arena *mem) {
	for (vrd_block *block = mem->head; block != NULL;) {
		vrd_block *next = block->next;
		free(block);
		block = next;
	}
	*mem = (vrd_arena){.budget = mem->budget};
}

// calloc, not aligned_alloc + memset: the kernel hands out zero pages, so that a large cube costs
// nothing until it is written.
static vrd_block *block_new(size_t size) {
	size_t bytes;
	if (__builtin_add_overflow(size, sizeof(vrd_block) + cache_line, &bytes))
		return NULL;
	vrd_block *block = calloc(1, bytes);
	if (block == NULL)
		return NULL;
	unsigned char *start = (unsigned char *)(block + 1);
	block->data = start + (cache_line - (uintptr_t)start % cache_line) % cache_line;
	block->size = size;
	return block;
}

void *vrd_arena_alloc(vrd_arena *mem, size_t n, size_t size) {
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - word)
		return NULL;
	const size_t align = bytes >= cache_line ? cache_line : word;
	bytes = bytes == 0 ? word : (bytes + word - 1) / word * word;
	if (mem->budget != 0 && (mem->used > mem->budget || bytes > mem->budget - mem->used))
		return NULL;

	vrd_block *block = mem->head;
	const size_t at = block == NULL ? 0 : (block->used + align - 1) / align * align;
	if (block != NULL && at <= block->size && bytes <= block->size - at) {
		block->used = at + bytes;
		mem->used += bytes;
		return block->data + at;
	}

	const bool large = bytes > large_bytes;
	vrd_block *fresh = block_new(large ? bytes : block_bytes);
	if (fresh == NULL)
		return NULL;
	fresh->used = bytes;
	if (large && block != NULL) { // behind the head, which still has room for small requests
		fresh->next = block->next;
		block->next = fresh;
	} else {
		fresh->next = block;
		mem->head = fresh;
	}
	mem->used += bytes;
	return fresh->data;
}

vrd_status vrd_no_memory(vrd_err *err, const vrd_arena *mem, size_t n, size_t size) {
	if (mem == NULL || mem->budget == 0)
		return vrd_fail(err, VRD_NOMEM, "no memory for %zu x %zu bytes", n, size);
	return vrd_fail(err, VRD_NOMEM,
	                "no memory for %zu x %zu bytes: %zu bytes of a budget of %zu are used", n,
	                size, mem->used, mem->budget);
}

char *vrd_arena_strndup(vrd_arena *mem, const char *text, size_t n) {
	if (n == SIZE_MAX)
		return NULL;
	char *copy = vrd_arena_alloc(mem, n + 1, 1);
	if (copy != NULL && n > 0)
		memcpy(copy, text, n); // the arena's memory is zeroed: the NUL is there
	return copy;
}

char *vrd_arena_strdup(vrd_arena *mem, const char *text) {
	return vrd_arena_strndup(mem, text, strlen(text));
}

char *vrd_arena_printf(vrd_arena *mem, const char *format, ...) {
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	char *text = NULL;
	const int n = vsnprintf(NULL, 0, format, args);
	if (n >= 0)
		text = vrd_arena_alloc(mem, (size_t)n + 1, 1);
	if (text != NULL) {
		const int written = vsnprintf(text, (size_t)n + 1, format, again);
		assert(written == n);
	}
	va_end(again);
	va_end(args);
	return text;
}
