// Shapes: walking over cells by strides and deriving cubes of another shape. Private to the room.
//
// A walk runs over up to three operands at once (a, b and the result o), each with its own stride
// for every loop. Loops of one category vanish and neighbours that all operands cross evenly are
// joined, so few are left; the two innermost are the caller's *tile*:
//
//	for each position of the outer loops:             vrd_walk_next
//	    for r in 0..tile.rows: for i in 0..tile.n:    the caller's kernel
//	        a[a0 + r * row.a + i * step.a]  ...
#pragma once

#include "cube/cube.h"

typedef struct {
	size_t n;
	size_t a, b, o; // strides
} vrd_loop;

// Every loop has at least two categories and their product is a number of doubles in memory, so 64
// loops are always enough.
typedef struct {
	size_t n_loops;
	vrd_loop loop[64]; // outermost first
	size_t at[64];
	size_t a, b, o; // where the present tile begins
} vrd_walk;

void vrd_walk_add(vrd_walk *walk, size_t n, size_t a, size_t b, size_t o); // the next inner loop
void vrd_walk_begin(vrd_walk *walk); // after the last loop; n must not be 0 anywhere
bool vrd_walk_next(vrd_walk *walk);  // false after the last tile
static inline const vrd_loop *vrd_walk_rows(const vrd_walk *walk) {
	return &walk->loop[walk->n_loops - 2];
}
static inline const vrd_loop *vrd_walk_cells(const vrd_walk *walk) {
	return &walk->loop[walk->n_loops - 1];
}

// An arena for what an operation needs only while it runs, within what is left of mem's budget.
vrd_arena vrd_scratch(const vrd_arena *mem);

// A dimension with the name, label, role and note of `dim` and other categories.
vrd_status vrd_dim_like(vrd_arena *mem, const vrd_dim *dim, size_t n, const vrd_category *cats,
                        const vrd_dim **out, vrd_err *err) VRD_MUST_USE;
// A cube of zeros over dims with the texts of `in` (shared).
vrd_status vrd_cube_like(vrd_arena *mem, const vrd_cube *in, size_t n_dims,
                         const vrd_dim *const *dims, vrd_cube *out, vrd_err *err) VRD_MUST_USE;
// As above, with the dimensions of `in` but for the one at `axis`.
vrd_status vrd_cube_like_but(vrd_arena *mem, const vrd_cube *in, size_t axis, const vrd_dim *dim,
                             vrd_cube *out, vrd_err *err) VRD_MUST_USE;
// Dimensions of `in` in another order: axes[d] is where the result's dimension d stands in `in`.
vrd_status vrd_cube_permute(vrd_arena *mem, const vrd_cube *in, const size_t *axes, vrd_cube *out,
                            vrd_err *err) VRD_MUST_USE;
// Drops a status array in which every cell is PRESENT.
void vrd_cube_settle_status(vrd_cube *cube);
// Product of the sizes of dimensions [from, to).
size_t vrd_cube_product(const vrd_cube *cube, size_t from, size_t to);
