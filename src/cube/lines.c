#include "cube/lines.h"

#include <string.h>

#include "base/banned.h"

bool vrd_dim_is_audited(const vrd_dim *dim) {
	return strcmp(dim->name, "stat") != 0 && strcmp(dim->name, "variant") != 0 &&
	       strcmp(dim->name, "measure") != 0;
}

// The categories ordered by parent (a counting sort; those without a parent last): the children of
// h are order[starts[h]] .. order[starts[h + 1] - 1], with h = n for the roots.
static vrd_status order_by_parent(vrd_arena *mem, const vrd_dim *dim, size_t **order,
                                  size_t **starts, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t *cats, *first;
	VRD_TRY(VRD_NEW(mem, cats, dim->n));
	VRD_TRY(VRD_NEW(mem, first, dim->n + 3));
	for (size_t c = 0; c < dim->n; c++) {
		const size_t parent = dim->cats[c].parent;
		first[(parent == VRD_NONE ? dim->n : parent) + 2]++;
	}
	for (size_t h = 0; h <= dim->n; h++)
		first[h + 2] += first[h + 1];
	// Filling moves first[h + 1] from the start of h to its end, the start of h + 1.
	for (size_t c = 0; c < dim->n; c++) {
		const size_t parent = dim->cats[c].parent;
		cats[first[(parent == VRD_NONE ? dim->n : parent) + 1]++] = c;
	}
	*order = cats;
	*starts = first;
out:
	return rc;
}

static vrd_status add_axis(vrd_arena *mem, const vrd_dim *dim, size_t axis, bool totals_shown,
                           vrd_sum_set *sets, size_t *n_sets, vrd_axis_sets *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t *order, *starts, *member_of, *head_of;
	VRD_TRY(order_by_parent(mem, dim, &order, &starts, err));
	VRD_TRY(VRD_NEW(mem, member_of, dim->n));
	VRD_TRY(VRD_NEW(mem, head_of, dim->n));
	for (size_t c = 0; c < dim->n; c++)
		member_of[c] = head_of[c] = VRD_NONE;
	for (size_t h = 0; h <= dim->n; h++) {
		const bool roots = h == dim->n;
		const size_t n = starts[h + 1] - starts[h];
		if (n == 0 || (roots && (!totals_shown || n < 2)))
			continue;
		sets[*n_sets] = (vrd_sum_set){axis, roots ? VRD_NONE : h, n, order + starts[h]};
		for (size_t i = starts[h]; i < starts[h + 1]; i++)
			member_of[order[i]] = *n_sets;
		if (!roots)
			head_of[h] = *n_sets;
		++*n_sets;
	}
	*out = (vrd_axis_sets){member_of, head_of};
out:
	return rc;
}

vrd_status vrd_lines_of(vrd_arena *mem, const vrd_cube *cube, bool totals_shown, vrd_lines *out,
                        vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t most = 0, n_sets = 0;
	for (size_t d = 0; d < cube->n_dims; d++)
		most += cube->dims[d]->n + 1;
	vrd_sum_set *sets;
	vrd_axis_sets *axes;
	VRD_TRY(VRD_NEW(mem, sets, most));
	VRD_TRY(VRD_NEW(mem, axes, cube->n_dims));
	for (size_t d = 0; d < cube->n_dims; d++)
		if (vrd_dim_is_audited(cube->dims[d]))
			VRD_TRY(add_axis(mem, cube->dims[d], d, totals_shown, sets, &n_sets,
			                 &axes[d], err));
	*out = (vrd_lines){n_sets, sets, axes};
out:
	return rc;
}
