#include "cube/shape.h"

#include <assert.h>
#include <string.h>

#include "base/banned.h"

void vrd_walk_add(vrd_walk *walk, size_t n, size_t a, size_t b, size_t o) {
	if (n == 1)
		return;
	if (walk->n_loops > 0) {
		vrd_loop *outer = &walk->loop[walk->n_loops - 1];
		if (outer->a == n * a && outer->b == n * b && outer->o == n * o) {
			*outer = (vrd_loop){.n = outer->n * n, .a = a, .b = b, .o = o};
			return;
		}
	}
	assert(walk->n_loops < sizeof walk->loop / sizeof *walk->loop - 2);
	walk->loop[walk->n_loops++] = (vrd_loop){.n = n, .a = a, .b = b, .o = o};
}

void vrd_walk_begin(vrd_walk *walk) {
	while (walk->n_loops < 2) { // a tile has two loops, if only of one
		memmove(walk->loop + 1, walk->loop, walk->n_loops * sizeof *walk->loop);
		walk->loop[0] = (vrd_loop){.n = 1};
		walk->n_loops++;
	}
	memset(walk->at, 0, sizeof walk->at);
	walk->a = walk->b = walk->o = 0;
}

bool vrd_walk_next(vrd_walk *walk) {
	for (size_t l = walk->n_loops - 2; l-- > 0;) {
		const vrd_loop *loop = &walk->loop[l];
		walk->a += loop->a;
		walk->b += loop->b;
		walk->o += loop->o;
		if (++walk->at[l] < loop->n)
			return true;
		walk->at[l] = 0;
		walk->a -= loop->n * loop->a;
		walk->b -= loop->n * loop->b;
		walk->o -= loop->n * loop->o;
	}
	return false;
}

vrd_arena vrd_scratch(const vrd_arena *mem) {
	vrd_arena scratch;
	size_t budget = mem->budget;
	if (budget > 0) // 0 means no limit, so what is used up leaves a budget of one byte
		budget = budget > mem->used ? budget - mem->used : 1;
	vrd_arena_init(&scratch, budget);
	return scratch;
}

vrd_status vrd_dim_like(vrd_arena *mem, const vrd_dim *dim, size_t n, const vrd_category *cats,
                        const vrd_dim **out, vrd_err *err) {
	vrd_status rc;
	const vrd_dim *made;
	vrd_dim *noted;
	VRD_TRY(vrd_dim_new(mem, dim->name, dim->label, dim->role, n, cats, &made, err));
	VRD_TRY(VRD_NEW(mem, noted, 1));
	*noted = *made;
	noted->note = dim->note;
	*out = noted;
out:
	return rc;
}

vrd_status vrd_cube_like(vrd_arena *mem, const vrd_cube *in, size_t n_dims,
                         const vrd_dim *const *dims, vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	vrd_cube cube;
	VRD_TRY(vrd_cube_new(mem, n_dims, dims, &cube, err));
	cube.label = in->label;
	cube.unit = in->unit;
	cube.source = in->source;
	cube.updated = in->updated;
	cube.notes = in->notes;
	cube.n_notes = in->n_notes;
	*out = cube;
out:
	return rc;
}

vrd_status vrd_cube_like_but(vrd_arena *mem, const vrd_cube *in, size_t axis, const vrd_dim *dim,
                             vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	const vrd_dim **dims;
	VRD_TRY(VRD_NEW(mem, dims, in->n_dims));
	for (size_t d = 0; d < in->n_dims; d++)
		dims[d] = d == axis ? dim : in->dims[d];
	VRD_TRY(vrd_cube_like(mem, in, in->n_dims, dims, out, err));
out:
	return rc;
}

static void copy_tile(const vrd_walk *w, const vrd_cube *in, vrd_cube *out) {
	const vrd_loop rows = *vrd_walk_rows(w), cells = *vrd_walk_cells(w);
	for (size_t r = 0; r < rows.n; r++) {
		const size_t a = w->a + r * rows.a, o = w->o + r * rows.o;
		for (size_t i = 0; i < cells.n; i++)
			out->values[o + i * cells.o] = in->values[a + i * cells.a];
		if (out->status == NULL)
			continue;
		for (size_t i = 0; i < cells.n; i++)
			out->status[o + i * cells.o] = in->status[a + i * cells.a];
	}
}

vrd_status vrd_cube_permute(vrd_arena *mem, const vrd_cube *in, const size_t *axes, vrd_cube *out,
                            vrd_err *err) {
	vrd_status rc;
	const vrd_dim **dims;
	vrd_cube cube;
	vrd_walk walk = {0};
	VRD_TRY(VRD_NEW(mem, dims, in->n_dims));
	for (size_t d = 0; d < in->n_dims; d++)
		dims[d] = in->dims[axes[d]];
	VRD_TRY(vrd_cube_like(mem, in, in->n_dims, dims, &cube, err));
	if (in->status != NULL)
		VRD_TRY(VRD_NEW(mem, cube.status, cube.n_cells));
	if (cube.n_cells > 0) {
		for (size_t d = 0; d < in->n_dims; d++)
			vrd_walk_add(&walk, dims[d]->n, in->stride[axes[d]], 0, cube.stride[d]);
		vrd_walk_begin(&walk);
		do
			copy_tile(&walk, in, &cube);
		while (vrd_walk_next(&walk));
	}
	*out = cube;
out:
	return rc;
}

void vrd_cube_settle_status(vrd_cube *cube) {
	if (cube->status == NULL)
		return;
	for (size_t i = 0; i < cube->n_cells; i++) {
		if (cube->status[i] != VRD_PRESENT)
			return;
	}
	cube->status = NULL;
}

size_t vrd_cube_product(const vrd_cube *cube, size_t from, size_t to) {
	size_t product = 1;
	for (size_t d = from; d < to; d++)
		product *= cube->dims[d]->n;
	return product;
}
