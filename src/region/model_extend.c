// Services and forms of care that an assumption begins.
#include "region/model_parts.h"

#include <string.h>

typedef struct {
	const char **service, **care;
	size_t n_service, n_care;
} named;

static const char *only_code(const vrd_node *assumption, const char *key) {
	const vrd_node *list = vrd_node_get(vrd_node_get(assumption, "select"), key);
	return list && list->n == 1 ? list->items[0].text : NULL;
}

static void name_one(const vrd_node *assumption, named *out) {
	const char *type = vrd_node_text(assumption, "type", "");
	const char *service = NULL, *care = NULL;
	if (strcmp(type, "shift") == 0) {
		care = vrd_node_text(assumption, "to", NULL);
	} else if (strcmp(type, "new_service") == 0) {
		service = only_code(assumption, "service");
		care = only_code(assumption, "care");
	}
	if (service)
		out->service[out->n_service++] = service;
	if (care)
		out->care[out->n_care++] = care;
}

static bool stands_in(const char *code, size_t n, const char *const *list) {
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], code) == 0)
			return true;
	return false;
}

// The categories of `table` that the activity has or that are named, in the table's order; *out is
// `own` when that is all. `from[i]` is the place in `own`, VRD_NONE for a new one.
static vrd_status longer_dim(vrd_arena *mem, const vrd_dim *own, const vrd_dim *table, size_t n,
                             const char *const *names, const vrd_dim **out, size_t **from,
                             bool **fresh, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_category *cats;
	size_t n_cats = 0;
	VRD_TRY(VRD_NEW(mem, cats, table->n));
	VRD_TRY(VRD_NEW(mem, *from, table->n));
	VRD_TRY(VRD_NEW(mem, *fresh, table->n));
	for (size_t i = 0; i < table->n; i++) {
		const char *code = table->cats[i].code;
		const size_t at = vrd_dim_find_text(own, code);
		if (at == VRD_NONE && !stands_in(code, n, names))
			continue;
		(*from)[n_cats] = at;
		(*fresh)[n_cats] = at == VRD_NONE;
		cats[n_cats] = at == VRD_NONE ? table->cats[i] : own->cats[at];
		cats[n_cats++].parent = VRD_NONE;
	}
	*out = own;
	if (n_cats > own->n)
		VRD_TRY(vrd_dim_new(mem, own->name, own->label, own->role, n_cats, cats, out, err));
out:
	return rc;
}

// Copies the cells of dimension `axis` to their places in a longer one; the others are 0.
static vrd_status stretch(vrd_arena *mem, const vrd_cube *in, size_t axis, const vrd_dim *longer,
                          const size_t *from, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube cube = *in, shape;
	const vrd_dim **dims;
	VRD_TRY(VRD_NEW(mem, dims, in->n_dims));
	memcpy(dims, in->dims, in->n_dims * sizeof *dims);
	dims[axis] = longer;
	VRD_TRY(vrd_cube_new(mem, in->n_dims, dims, &shape, err));
	cube.dims = shape.dims;
	cube.stride = shape.stride;
	cube.n_cells = shape.n_cells;
	cube.values = shape.values;
	if (in->status)
		VRD_TRY(VRD_NEW(mem, cube.status, shape.n_cells));
	const size_t inner = in->stride[axis], own = in->dims[axis]->n,
	             outer = in->n_cells / (inner * own);
	for (size_t o = 0; o < outer; o++)
		for (size_t i = 0; i < longer->n; i++) {
			if (from[i] == VRD_NONE)
				continue;
			const size_t to = (o * longer->n + i) * inner,
			             at = (o * own + from[i]) * inner;
			memcpy(cube.values + to, in->values + at, inner * sizeof *cube.values);
			if (in->status)
				memcpy(cube.status + to, in->status + at, inner);
		}
	*out = cube;
out:
	return rc;
}

static vrd_status extend(vrd_build *b, const char *name, const vrd_dim *table, size_t n,
                         const char *const *names, const bool **fresh) {
	vrd_status rc = VRD_OK;
	vrd_arena *mem = b->region->mem;
	const size_t axis = vrd_cube_axis(&b->activity, name);
	const vrd_dim *own = b->activity.dims[axis], *longer;
	size_t *from;
	bool *marks;
	VRD_TRY(longer_dim(mem, own, table, n, names, &longer, &from, &marks, b->err));
	if (longer == own || b->activity.n_cells == 0)
		return VRD_OK;
	VRD_TRY(stretch(mem, &b->activity, axis, longer, from, &b->activity, b->err));
	*fresh = marks;
out:
	return rc;
}

vrd_status vrd_build_extend(vrd_build *b) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	const vrd_region *r = b->region;
	const vrd_node *list = vrd_node_get(b->scenario->node, "assumptions");
	const size_t n = list ? list->n : 0;
	named names = {0};
	VRD_TRY(VRD_NEW(r->mem, names.service, n));
	VRD_TRY(VRD_NEW(r->mem, names.care, n));
	for (size_t i = 0; i < n; i++)
		name_one(&list->items[i], &names);
	VRD_TRY(extend(b, "service", r->service, names.n_service, names.service, &b->new_service));
	VRD_TRY(extend(b, "care", r->care, names.n_care, names.care, &b->new_care));
out:
	return rc;
}
