// What a selection must not show. A number that the whole table hides stays hidden when a part of the
// table is asked for: suppression judges every category of the dimensions that are shown or selected
// on, and only then is the selection made and summed. A sum with a hidden part is hidden.
#include "region/query_parts.h"

#include <string.h>

// Dimensions that are no rows of a table: selected, never audited.
static bool is_row(const char *dim) {
	static const char *const no_rows[] = {"stat", "step", "measure", "variant", "part"};
	for (size_t i = 0; i < sizeof no_rows / sizeof *no_rows; i++)
		if (strcmp(no_rows[i], dim) == 0)
			return false;
	return true;
}

static bool kept_as_it_is(const char *dim) {
	return strcmp(dim, "year") == 0 || strcmp(dim, "measure") == 0 ||
	       strcmp(dim, "variant") == 0;
}

vrd_status vrd_query_widen(vrd_region *region, const vrd_query *query, vrd_query *out,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char **by;
	vrd_where *where;
	*out = *query;
	out->n_by = out->n_where = 0;
	VRD_TRY(VRD_NEW(region->mem, by, query->n_by + query->n_where));
	VRD_TRY(VRD_NEW(region->mem, where, query->n_where));
	out->by = by;
	out->where = where;
	for (size_t i = 0; i < query->n_by; i++)
		if (is_row(query->by[i]) || kept_as_it_is(query->by[i]))
			by[out->n_by++] = query->by[i];
	for (size_t i = 0; i < query->n_where; i++) {
		const char *dim = query->where[i].dim;
		if (kept_as_it_is(dim))
			where[out->n_where++] = query->where[i];
		else if (is_row(dim) && !vrd_query_by(out, dim))
			by[out->n_by++] = dim;
	}
out:
	return rc;
}

vrd_status vrd_query_hidden(vrd_region *region, const vrd_query *query, const vrd_cube *full,
                            const vrd_suppression *rule, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_query wide, narrow;
	vrd_cube table;
	const char **by;
	vrd_where *where;
	VRD_TRY(vrd_query_widen(region, query, &wide, err));
	VRD_TRY(VRD_NEW(region->mem, where, wide.n_where));
	size_t n = 0; // years that were summed are gone already
	for (size_t i = 0; i < wide.n_where; i++)
		if (vrd_cube_axis(full, wide.where[i].dim) != VRD_NONE)
			where[n++] = wide.where[i];
	wide.where = where;
	wide.n_where = n;
	VRD_TRY(vrd_query_shape(region, &wide, full, &table, err));
	VRD_TRY(vrd_cube_suppress(region->mem, &table, rule, &table, NULL, NULL, err));
	narrow = *query;
	VRD_TRY(VRD_NEW(region->mem, by, query->n_by));
	VRD_TRY(VRD_NEW(region->mem, where, query->n_where));
	narrow.by = by;
	narrow.where = where;
	narrow.n_by = narrow.n_where = 0;
	for (size_t i = 0; i < query->n_by; i++)
		if (vrd_cube_axis(&table, query->by[i]) != VRD_NONE)
			by[narrow.n_by++] = query->by[i];
	for (size_t i = 0; i < query->n_where; i++)
		if (vrd_cube_axis(&table, query->where[i].dim) != VRD_NONE)
			where[narrow.n_where++] = query->where[i];
	VRD_TRY(vrd_query_shape(region, &narrow, &table, out, err));
out:
	return rc;
}

vrd_status vrd_query_hide(vrd_region *region, const vrd_cube *hidden, vrd_cube *cube,
                          vrd_err *err) {
	vrd_status rc = VRD_OK;
	uint8_t *status = NULL;
	double *values;
	if (!hidden->status)
		return VRD_OK;
	VRD_TRY(VRD_NEW(region->mem, status, cube->n_cells));
	VRD_TRY(VRD_NEW(region->mem, values, cube->n_cells));
	for (size_t i = 0; i < cube->n_cells; i++) {
		size_t at = 0;
		bool there = true;
		for (size_t d = 0; d < hidden->n_dims && there; d++) {
			const size_t axis = vrd_cube_axis(cube, hidden->dims[d]->name);
			const vrd_dim *own = axis == VRD_NONE ? NULL : cube->dims[axis];
			const size_t code =
			        own ? vrd_dim_find_text(
			                      hidden->dims[d],
			                      own->cats[i / cube->stride[axis] % own->n].code)
			            : 0;
			there = code != VRD_NONE;
			at += there ? code * hidden->stride[d] : 0;
		}
		const bool hide = there && hidden->status[at] == VRD_SUPPRESSED;
		status[i] = hide ? VRD_SUPPRESSED : (uint8_t)vrd_cube_status(cube, i);
		values[i] = hide ? NAN : cube->values[i];
	}
	cube->status = status;
	cube->values = values;
out:
	return rc;
}
