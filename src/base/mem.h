// Arena: memory of one job (an import, a run, a request), freed all at once.
//
// A zeroed vrd_arena is valid, empty and without a limit. Allocations are zeroed and aligned (64
// bytes when they are 64 bytes or larger, else 16), and live until vrd_arena_clear. An arena
// belongs to one thread.
//
//	block: [header | used ............ | free .... ]   small requests share blocks of 64 KiB,
//	large ones get a block of their own.
//
// Cost: an allocation is a pointer bump; a large one is one malloc.
#pragma once

#include "base/status.h"

#include <stdint.h>

typedef struct vrd_block vrd_block;

// Fields are public to read: `used` is what has been handed out, `budget` the most (0 = no limit).
typedef struct {
	vrd_block *head;
	size_t used;
	size_t budget;
} vrd_arena;

void vrd_arena_init(vrd_arena *mem, size_t budget);
void vrd_arena_clear(vrd_arena *mem); // frees everything; the arena is empty and reusable

// n * size bytes, zeroed; NULL when the product overflows, the budget is used up or malloc fails.
// n * size == 0 gives a valid non-NULL pointer.
void *vrd_arena_alloc(vrd_arena *mem, size_t n, size_t size) VRD_MUST_USE;

// Allocates n elements of *ptr from `mem`; a status for VRD_TRY. `err` must be in scope.
#define VRD_NEW(mem, ptr, n)                                                                       \
	((((ptr) = vrd_arena_alloc((mem), (n), sizeof *(ptr))) != NULL)                            \
	         ? VRD_OK                                                                          \
	         : vrd_no_memory(err, (mem), (n), sizeof *(ptr)))
vrd_status vrd_no_memory(vrd_err *err, const vrd_arena *mem, size_t n, size_t size);

// NUL-terminated copies owned by `mem`; NULL when memory is used up.
char *vrd_arena_strndup(vrd_arena *mem, const char *text, size_t n) VRD_MUST_USE;
char *vrd_arena_strdup(vrd_arena *mem, const char *text) VRD_MUST_USE;
char *vrd_arena_printf(vrd_arena *mem, const char *format, ...) VRD_PRINTF(2, 3) VRD_MUST_USE;
