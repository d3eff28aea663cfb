// Operations that move cells without adding them: select, slice, tag, rename, align, append; and
// cell-wise arithmetic. Sums are in sums.c.
#include "cube/codes.h"
#include "cube/shape.h"

#include <assert.h>
#include <stdio.h>

#include "base/banned.h"

// --- select and slice ---------------------------------------------------------------------------

// The n categories `index` of one axis, as [outer | index | inner] blocks; out has the shape.
static vrd_status take(vrd_arena *mem, const vrd_cube *in, size_t axis, size_t n,
                       const size_t *index, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t inner = in->stride[axis], n_from = in->dims[axis]->n;
	const size_t outer = vrd_cube_product(in, 0, axis);
	const double *from = in->values;
	double *to = out->values;
	for (size_t g = 0; g < outer; g++, from += n_from * inner, to += n * inner) {
		for (size_t i = 0; i < n; i++) {
			if (inner == 1)
				to[i] = from[index[i]];
			else
				memcpy(to + i * inner, from + index[i] * inner, inner * sizeof *to);
		}
	}
	if (in->status == NULL)
		return VRD_OK;
	VRD_TRY(VRD_NEW(mem, out->status, out->n_cells));
	for (size_t g = 0; g < outer; g++) {
		for (size_t i = 0; i < n; i++)
			memcpy(out->status + (g * n + i) * inner,
			       in->status + (g * n_from + index[i]) * inner, inner);
	}
	vrd_cube_settle_status(out);
out:
	return rc;
}

// A dimension of the categories `index`; a parent that is not among them is forgotten.
static vrd_status subset_dim(vrd_arena *mem, const vrd_dim *dim, size_t n, const size_t *index,
                             const vrd_dim **out, vrd_err *err) {
	vrd_status rc;
	vrd_arena scratch = vrd_scratch(mem);
	vrd_category *cats;
	size_t *new_index; // + 1, 0 = left out
	VRD_TRY(VRD_NEW(&scratch, cats, n));
	VRD_TRY(VRD_NEW(&scratch, new_index, dim->n));
	for (size_t i = 0; i < n; i++)
		new_index[index[i]] = i + 1;
	for (size_t i = 0; i < n; i++) {
		cats[i] = dim->cats[index[i]];
		if (cats[i].parent != VRD_NONE)
			cats[i].parent = new_index[cats[i].parent] - 1; // 0 - 1 is VRD_NONE
	}
	VRD_TRY(vrd_dim_like(mem, dim, n, cats, out, err));
out:
	vrd_arena_clear(&scratch);
	return rc;
}

vrd_status vrd_cube_select(vrd_arena *mem, const vrd_cube *in, const char *dim, size_t n,
                           const vrd_str *codes, vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	size_t axis, *index;
	const vrd_dim *kept;
	vrd_cube cube;
	VRD_TRY(vrd_cube_require(in, dim, &axis, err));
	bool same = n == in->dims[axis]->n;
	VRD_TRY(VRD_NEW(mem, index, n));
	for (size_t i = 0; i < n; i++) {
		VRD_TRY(vrd_dim_require(in->dims[axis], codes[i], &index[i], err));
		same = same && index[i] == i;
	}
	if (same) {
		*out = *in;
		return VRD_OK;
	}
	VRD_TRY(subset_dim(mem, in->dims[axis], n, index, &kept, err));
	VRD_TRY(vrd_cube_like_but(mem, in, axis, kept, &cube, err));
	VRD_TRY(take(mem, in, axis, n, index, &cube, err));
	*out = cube;
out:
	return rc;
}

vrd_status vrd_cube_slice(vrd_arena *mem, const vrd_cube *in, const char *dim, vrd_str code,
                          vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	size_t axis, index;
	const vrd_dim **dims;
	vrd_cube cube;
	VRD_TRY(vrd_cube_require(in, dim, &axis, err));
	VRD_TRY(vrd_dim_require(in->dims[axis], code, &index, err));
	VRD_TRY(VRD_NEW(mem, dims, in->n_dims));
	for (size_t d = 0; d + 1 < in->n_dims; d++)
		dims[d] = in->dims[d < axis ? d : d + 1];
	VRD_TRY(vrd_cube_like(mem, in, in->n_dims - 1, dims, &cube, err));
	if (in->dims[axis]->cats[index].unit != NULL) // one measure is left, and it knows its unit
		cube.unit = in->dims[axis]->cats[index].unit;
	VRD_TRY(take(mem, in, axis, 1, &index, &cube, err));
	*out = cube;
out:
	return rc;
}

// --- tag, rename, replace: the cells are shared --------------------------------------------------

vrd_status vrd_cube_tag(vrd_arena *mem, const vrd_cube *in, const char *dim, const char *code,
                        vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	vrd_cube cube = *in;
	const vrd_category cat = {.code = code, .parent = VRD_NONE, .decimals = -1};
	if (vrd_cube_axis(in, dim) != VRD_NONE)
		return vrd_fail(err, VRD_DATA, "the cube has a dimension \"%s\" already", dim);
	cube.n_dims = in->n_dims + 1;
	VRD_TRY(VRD_NEW(mem, cube.dims, cube.n_dims));
	VRD_TRY(VRD_NEW(mem, cube.stride, cube.n_dims));
	VRD_TRY(vrd_dim_new(mem, dim, NULL, VRD_ROLE_NONE, 1, &cat, &cube.dims[0], err));
	cube.stride[0] = in->n_cells;
	for (size_t d = 0; d < in->n_dims; d++) {
		cube.dims[d + 1] = in->dims[d];
		cube.stride[d + 1] = in->stride[d];
	}
	*out = cube;
out:
	return rc;
}

vrd_status vrd_cube_replace_dim(vrd_arena *mem, const vrd_cube *in, const char *dim,
                                const vrd_dim *fresh, vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	size_t axis;
	vrd_cube cube = *in;
	VRD_TRY(vrd_cube_require(in, dim, &axis, err));
	const size_t other = vrd_cube_axis(in, fresh->name);
	if (other != VRD_NONE && other != axis)
		return vrd_fail(err, VRD_DATA,
		                "dimension \"%s\" cannot be called \"%s\": another one is", dim,
		                fresh->name);
	if (fresh->n != in->dims[axis]->n)
		return vrd_fail(
		        err, VRD_DATA,
		        "dimension \"%s\" has %zu categories: one with %zu cannot take its place",
		        dim, in->dims[axis]->n, fresh->n);
	VRD_TRY(VRD_NEW(mem, cube.dims, in->n_dims));
	for (size_t d = 0; d < in->n_dims; d++)
		cube.dims[d] = d == axis ? fresh : in->dims[d];
	*out = cube;
out:
	return rc;
}

vrd_status vrd_cube_rename(vrd_arena *mem, const vrd_cube *in, const char *dim, const char *name,
                           const char *label, vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	size_t axis;
	vrd_dim *renamed;
	VRD_TRY(vrd_cube_require(in, dim, &axis, err));
	const vrd_dim *old = in->dims[axis];
	if (label == NULL) // a label that only repeated the old name repeats the new one
		label = strcmp(old->label, old->name) == 0 ? name : old->label;
	VRD_TRY(VRD_NEW(mem, renamed, 1));
	*renamed = *old;
	renamed->name = vrd_arena_strdup(mem, name);
	renamed->label = vrd_arena_strdup(mem, label);
	if (renamed->name == NULL || renamed->label == NULL)
		return vrd_no_memory(err, mem, strlen(name) + strlen(label) + 2, 1);
	VRD_TRY(vrd_cube_replace_dim(mem, in, dim, renamed, out, err));
out:
	return rc;
}

// --- align and append ---------------------------------------------------------------------------

// How messages call two cubes: by their titles when those tell them apart.
typedef struct {
	char a[80];
	char b[80];
} titles;

static titles titles_of(const vrd_cube *a, const vrd_cube *b) {
	titles t = {"the first cube", "the second cube"};
	if (a->label != NULL && b->label != NULL && strcmp(a->label, b->label) != 0) {
		(void)snprintf(t.a, sizeof t.a, "\"%.70s\"", a->label);
		(void)snprintf(t.b, sizeof t.b, "\"%.70s\"", b->label);
	}
	return t;
}

// Fails when `a` lacks a dimension of `b`.
static vrd_status require_dims(const vrd_cube *a, const vrd_cube *b, const char *a_title,
                               const char *b_title, vrd_err *err) {
	vrd_listing lacking = {0};
	for (size_t d = 0; d < b->n_dims; d++) {
		if (vrd_cube_axis(a, b->dims[d]->name) == VRD_NONE)
			vrd_listing_add(&lacking, b->dims[d]->name);
	}
	if (lacking.n == 0)
		return VRD_OK;
	const char *names = vrd_listing_end(&lacking);
	return vrd_fail(err, VRD_DATA, "%s has the dimension%s %s, but %s has not", b_title,
	                lacking.n == 1 ? "" : "s", names, a_title);
}

static vrd_listing codes_not_in(const vrd_dim *of, const vrd_dim *in) {
	vrd_listing list = {0};
	for (size_t i = 0; i < of->n; i++) {
		if (vrd_dim_find_text(in, of->cats[i].code) == VRD_NONE)
			vrd_listing_add(&list, of->cats[i].code);
	}
	return list;
}

// Fails unless two dimensions have the same codes in any order, naming those that one side lacks.
static vrd_status require_codes(const vrd_dim *a, const vrd_dim *b, const titles *t, vrd_err *err) {
	vrd_listing only_a = codes_not_in(a, b), only_b = codes_not_in(b, a);
	if (only_a.n == 0 && only_b.n == 0)
		return VRD_OK;
	char first[600] = "", second[600] = "";
	if (only_a.n > 0)
		(void)snprintf(first, sizeof first, "%s %s in %s but not in %s",
		               vrd_listing_end(&only_a), only_a.n == 1 ? "is" : "are", t->a, t->b);
	if (only_b.n > 0)
		(void)snprintf(second, sizeof second, "%s %s in %s but not in %s",
		               vrd_listing_end(&only_b), only_b.n == 1 ? "is" : "are", t->b, t->a);
	return vrd_fail(err, VRD_DATA, "dimension \"%s\": %s%s%s", a->name, first,
	                first[0] && second[0] ? "; " : "", second);
}

// b with the categories of every dimension in the order of a's (b's own order of dimensions); the
// dimension `except` (may be NULL) stays as it is. b's dimensions must be among a's.
static vrd_status order_categories(vrd_arena *mem, const vrd_cube *a, const vrd_cube *b,
                                   const char *except, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const titles t = titles_of(a, b);
	vrd_cube cube = *b, next;
	const vrd_dim **dims;
	for (size_t d = 0; d < b->n_dims; d++) {
		if (except != NULL && strcmp(b->dims[d]->name, except) == 0)
			continue;
		const vrd_dim *to = a->dims[vrd_cube_axis(a, b->dims[d]->name)], *from = b->dims[d];
		if (vrd_dim_same_codes(to, from))
			continue;
		VRD_TRY(require_codes(to, from, &t, err));
		size_t *index;
		VRD_TRY(VRD_NEW(mem, index, to->n));
		for (size_t i = 0; i < to->n; i++)
			index[i] = vrd_dim_find_text(from, to->cats[i].code);
		VRD_TRY(vrd_cube_like_but(mem, &cube, d, to, &next, err));
		VRD_TRY(take(mem, &cube, d, to->n, index, &next, err));
		cube = next;
	}
	VRD_TRY(VRD_NEW(mem, dims, b->n_dims));
	for (size_t d = 0; d < b->n_dims; d++) {
		const bool own = except != NULL && strcmp(b->dims[d]->name, except) == 0;
		dims[d] = own ? b->dims[d] : a->dims[vrd_cube_axis(a, b->dims[d]->name)];
	}
	cube.dims = dims;
	*out = cube;
out:
	return rc;
}

// b in the shape of a, but for the categories of `except`.
static vrd_status conform(vrd_arena *mem, const vrd_cube *a, const vrd_cube *b, const char *except,
                          vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	const titles t = titles_of(a, b);
	vrd_cube ordered;
	size_t *axes;
	bool same = true;
	VRD_TRY(require_dims(a, b, t.a, t.b, err));
	VRD_TRY(require_dims(b, a, t.b, t.a, err));
	VRD_TRY(order_categories(mem, a, b, except, &ordered, err));
	VRD_TRY(VRD_NEW(mem, axes, a->n_dims));
	for (size_t d = 0; d < a->n_dims; d++) {
		axes[d] = vrd_cube_axis(&ordered, a->dims[d]->name);
		same = same && axes[d] == d;
	}
	if (same)
		*out = ordered;
	else
		VRD_TRY(vrd_cube_permute(mem, &ordered, axes, out, err));
out:
	return rc;
}

vrd_status vrd_cube_align(vrd_arena *mem, const vrd_cube *a, const vrd_cube *b, vrd_cube *b_out,
                          vrd_err *err) {
	return conform(mem, a, b, NULL, b_out, err);
}

static bool same_text(const char *a, const char *b) {
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

// The categories of a, then those of b. Units that differ between the cubes move to the categories.
static vrd_status join_dims(vrd_arena *mem, const vrd_cube *a, const vrd_cube *b, size_t axis,
                            const vrd_dim **out, vrd_err *err) {
	vrd_status rc;
	const vrd_dim *first = a->dims[axis], *second = b->dims[axis];
	const bool units = !same_text(a->unit, b->unit);
	vrd_listing both = {0};
	vrd_category *cats;
	VRD_TRY(VRD_NEW(mem, cats, first->n + second->n));
	for (size_t i = 0; i < first->n; i++) {
		cats[i] = first->cats[i];
		if (units && cats[i].unit == NULL)
			cats[i].unit = a->unit;
	}
	for (size_t i = 0; i < second->n; i++) {
		vrd_category *cat = &cats[first->n + i];
		*cat = second->cats[i];
		if (cat->parent != VRD_NONE)
			cat->parent += first->n;
		if (units && cat->unit == NULL)
			cat->unit = b->unit;
		if (vrd_dim_find_text(first, cat->code) != VRD_NONE)
			vrd_listing_add(&both, cat->code);
	}
	if (both.n > 0) {
		const titles t = titles_of(a, b);
		const char *codes = vrd_listing_end(&both);
		return vrd_fail(err, VRD_DATA, "dimension \"%s\": %s %s both in %s and in %s",
		                first->name, codes, both.n == 1 ? "is" : "are", t.a, t.b);
	}
	VRD_TRY(vrd_dim_like(mem, first, first->n + second->n, cats, out, err));
out:
	return rc;
}

// Blocks of a and b in turn; a side without statuses leaves zeros, which are PRESENT.
static void interleave(const vrd_cube *a, const vrd_cube *b, size_t axis, vrd_cube *out) {
	const size_t n_a = a->dims[axis]->n * a->stride[axis];
	const size_t n_b = b->dims[axis]->n * b->stride[axis];
	const size_t outer = vrd_cube_product(a, 0, axis);
	for (size_t g = 0; g < outer; g++) {
		const size_t at = g * (n_a + n_b);
		memcpy(out->values + at, a->values + g * n_a, n_a * sizeof(double));
		memcpy(out->values + at + n_a, b->values + g * n_b, n_b * sizeof(double));
		if (a->status != NULL)
			memcpy(out->status + at, a->status + g * n_a, n_a);
		if (b->status != NULL)
			memcpy(out->status + at + n_a, b->status + g * n_b, n_b);
	}
}

vrd_status vrd_cube_append(vrd_arena *mem, const vrd_cube *a, const vrd_cube *b, const char *dim,
                           vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	vrd_arena scratch = vrd_scratch(mem);
	size_t axis;
	vrd_cube fitted, cube;
	const vrd_dim *joined;
	VRD_TRY(vrd_cube_require(a, dim, &axis, err));
	VRD_TRY(conform(&scratch, a, b, dim, &fitted, err));
	VRD_TRY(join_dims(mem, a, &fitted, axis, &joined, err));
	VRD_TRY(vrd_cube_like_but(mem, a, axis, joined, &cube, err));
	if (a->status != NULL || fitted.status != NULL)
		VRD_TRY(VRD_NEW(mem, cube.status, cube.n_cells));
	interleave(a, &fitted, axis, &cube);
	if (!same_text(a->unit, b->unit))
		cube.unit = NULL;
	if (a->source == NULL) {
		cube.source = b->source;
	} else if (b->source != NULL && !same_text(a->source, b->source)) {
		cube.source = vrd_arena_printf(mem, "%s; %s", a->source, b->source);
		if (cube.source == NULL) {
			rc = vrd_no_memory(err, mem, strlen(a->source) + strlen(b->source) + 3, 1);
			goto out;
		}
	}
	for (size_t i = 0; i < b->n_notes; i++)
		VRD_TRY(vrd_cube_note(mem, &cube, b->notes[i], err));
	*out = cube;
out:
	vrd_arena_clear(&scratch);
	return rc;
}

// --- arithmetic ---------------------------------------------------------------------------------

static inline double apply(vrd_arith op, double x, double y) {
	switch (op) {
	case VRD_ADD:
		return x + y;
	case VRD_SUBTRACT:
		return x - y;
	case VRD_MULTIPLY:
		return x * y;
	case VRD_DIVIDE:
		break;
	}
	return x / y;
}

// One tile; a and the result run alike. Returns whether any result is no finite number. With a
// literal `op` and step this is one plain loop.
static inline __attribute__((always_inline)) bool arith_tile(vrd_arith op, const vrd_walk *w,
                                                             const double *x, const double *y,
                                                             double *to, size_t step) {
	const vrd_loop rows = *vrd_walk_rows(w);
	const size_t n = vrd_walk_cells(w)->n;
	bool odd = false;
	for (size_t r = 0; r < rows.n; r++) {
		const double *a = x + w->a + r * rows.a, *b = y + w->b + r * rows.b;
		double *o = to + w->o + r * rows.o;
		for (size_t i = 0; i < n; i++) {
			o[i] = apply(op, a[i], b[i * step]);
			odd |= !isfinite(o[i]);
		}
	}
	return odd;
}

static bool arith_values(vrd_arith op, vrd_walk *w, const double *x, const double *y, double *to) {
	bool odd = false;
	const size_t step = vrd_walk_cells(w)->b;
	do {
		if (op == VRD_ADD)
			odd |= arith_tile(VRD_ADD, w, x, y, to, step);
		else if (op == VRD_SUBTRACT)
			odd |= arith_tile(VRD_SUBTRACT, w, x, y, to, step);
		else if (op == VRD_MULTIPLY)
			odd |= arith_tile(VRD_MULTIPLY, w, x, y, to, step);
		else
			odd |= arith_tile(VRD_DIVIDE, w, x, y, to, step);
	} while (vrd_walk_next(w));
	return odd;
}

// The higher status, but a number and no number make no number: 1 and "not applicable" is "not
// applicable". A result outside the numbers (x / 0) is NOT_APPLICABLE.
static vrd_cell combine(vrd_cell a, vrd_cell b, double value) {
	const bool a_number = vrd_cell_has_number(a), b_number = vrd_cell_has_number(b);
	if (a_number != b_number)
		return a_number ? b : a;
	if (a_number && !isfinite(value))
		return VRD_NOT_APPLICABLE;
	return a > b ? a : b;
}

static void arith_statuses(vrd_walk *w, const vrd_cube *a, const vrd_cube *b, vrd_cube *out) {
	const vrd_loop rows = *vrd_walk_rows(w), cells = *vrd_walk_cells(w);
	do {
		for (size_t r = 0; r < rows.n; r++) {
			for (size_t i = 0; i < cells.n; i++) {
				const size_t o = w->o + r * rows.o + i * cells.o;
				const size_t at_a = w->a + r * rows.a + i * cells.a;
				const size_t at_b = w->b + r * rows.b + i * cells.b;
				const vrd_cell status =
				        combine(vrd_cube_status(a, at_a), vrd_cube_status(b, at_b),
				                out->values[o]);
				out->status[o] = (uint8_t)status;
				if (!vrd_cell_has_number(status))
					out->values[o] = NAN;
			}
		}
	} while (vrd_walk_next(w));
}

vrd_status vrd_cube_arith(vrd_arena *mem, vrd_arith op, const vrd_cube *a, const vrd_cube *b,
                          vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	vrd_arena scratch = vrd_scratch(mem);
	const titles t = titles_of(a, b);
	vrd_cube fitted, cube;
	vrd_walk walk = {0};
	if ((op == VRD_ADD || op == VRD_SUBTRACT) && a->unit != NULL && b->unit != NULL &&
	    strcmp(a->unit, b->unit) != 0) {
		rc = vrd_fail(err, VRD_DATA,
		              "%s is in \"%s\" and %s in \"%s\": units that differ cannot be %s",
		              t.a, a->unit, t.b, b->unit, op == VRD_ADD ? "added" : "subtracted");
		goto out;
	}
	VRD_TRY(require_dims(a, b, t.a, t.b, err));
	VRD_TRY(order_categories(&scratch, a, b, NULL, &fitted, err));
	VRD_TRY(vrd_cube_like(mem, a, a->n_dims, a->dims, &cube, err));
	if (cube.n_cells > 0) {
		for (size_t d = 0; d < a->n_dims; d++) {
			const size_t e = vrd_cube_axis(&fitted, a->dims[d]->name);
			vrd_walk_add(&walk, a->dims[d]->n, a->stride[d],
			             e == VRD_NONE ? 0 : fitted.stride[e], a->stride[d]);
		}
		vrd_walk_begin(&walk);
		const bool odd = arith_values(op, &walk, a->values, fitted.values, cube.values);
		if (odd || a->status != NULL || fitted.status != NULL) {
			VRD_TRY(VRD_NEW(mem, cube.status, cube.n_cells));
			vrd_walk_begin(&walk);
			arith_statuses(&walk, a, &fitted, &cube);
			vrd_cube_settle_status(&cube);
		}
	}
	*out = cube;
out:
	vrd_arena_clear(&scratch);
	return rc;
}

// A cube of one number fits every cube.
vrd_status vrd_cube_scale(vrd_arena *mem, const vrd_cube *in, double factor, vrd_cube *out,
                          vrd_err *err) {
	if (!isfinite(factor))
		return vrd_fail(err, VRD_DATA, "a cube cannot be multiplied by %g", factor);
	const vrd_cube one = {.n_cells = 1, .values = &factor};
	return vrd_cube_arith(mem, VRD_MULTIPLY, in, &one, out, err);
}
