#include "region/region.h"

#include "cube/messages.h"

#include <math.h>
#include <string.h>

// The region's population is a list of pieces: one per data set and alternative.
typedef struct {
	const char *variant; // "count" or an alternative
	const vrd_dataset *set;
	vrd_cube cube; // without dimension variant
} piece;

typedef struct {
	size_t n;
	piece *items;
} pieces;

static vrd_status list_pieces(vrd_region *r, pieces *out, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t n = 0;
	VRD_TRY(vrd_region_load_kind(r, VRD_DATA_POPULATION, true, diag, err));
	for (size_t i = 0; i < r->n_data; i++) {
		const size_t axis = r->data[i].kind == VRD_DATA_POPULATION
		                            ? vrd_cube_axis(&r->data[i].cube, "variant")
		                            : VRD_NONE;
		n += axis == VRD_NONE ? 1 : r->data[i].cube.dims[axis]->n;
	}
	*out = (pieces){0};
	VRD_TRY(VRD_NEW(r->mem, out->items, n));
	for (size_t i = 0; i < r->n_data; i++) {
		const vrd_dataset *set = &r->data[i];
		if (set->kind != VRD_DATA_POPULATION)
			continue;
		const size_t axis = vrd_cube_axis(&set->cube, "variant");
		if (axis == VRD_NONE) {
			out->items[out->n++] = (piece){set->variant, set, set->cube};
			continue;
		}
		for (size_t v = 0; v < set->cube.dims[axis]->n; v++) {
			piece *p = &out->items[out->n++];
			*p = (piece){set->cube.dims[axis]->cats[v].code, set, {0}};
			VRD_TRY(vrd_cube_slice(r->mem, &set->cube, "variant",
			                       vrd_str_of(p->variant), &p->cube, err));
		}
	}
out:
	return rc;
}

static bool is_count(const piece *p) {
	return strcmp(p->variant, "count") == 0;
}

vrd_status vrd_region_variants(vrd_region *region, const char ***names, size_t *n, vrd_diag *diag,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	pieces all;
	const char **list;
	VRD_TRY(list_pieces(region, &all, diag, err));
	VRD_TRY(VRD_NEW(region->mem, list, all.n));
	*n = 0;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < all.n; i++) {
			const piece *p = &all.items[i];
			const bool main = p->set->main && strcmp(p->set->variant, p->variant) == 0;
			bool known = is_count(p) || (pass == 0 && !main);
			for (size_t j = 0; j < *n && !known; j++)
				known = strcmp(list[j], p->variant) == 0;
			if (!known)
				list[(*n)++] = p->variant;
		}
	*names = list;
out:
	return rc;
}

// --- a series -----------------------------------------------------------------------------------

// Puts a piece beside what there is: new years after old ones, or new areas beside old ones.
static vrd_status join(vrd_arena *mem, vrd_cube *series, const vrd_cube *next, const piece *p,
                       vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (series->n_cells == 0) {
		*series = *next;
		return VRD_OK;
	}
	const size_t axis = vrd_cube_axis(series, "area"), other = vrd_cube_axis(next, "area");
	const bool same_areas = axis == VRD_NONE || other == VRD_NONE ||
	                        vrd_dim_same_codes(series->dims[axis], next->dims[other]);
	vrd_err why = {0};
	rc = vrd_cube_append(mem, series, next, same_areas ? "year" : "area", series, &why);
	if (rc != VRD_OK)
		rc = vrd_fail(err, rc, "%s does not fit the population files before it: %s",
		              p->set->file, why.text);
	return rc;
}

// Keeps the years in `keep` (by code) or, with `drop`, those not in it.
static vrd_status filter_years(vrd_arena *mem, vrd_cube *cube, const vrd_dim *other, bool drop,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *years = cube->dims[vrd_cube_axis(cube, "year")];
	vrd_str *codes;
	size_t n = 0;
	VRD_TRY(VRD_NEW(mem, codes, years->n));
	for (size_t i = 0; i < years->n; i++)
		if ((vrd_dim_find_text(other, years->cats[i].code) != VRD_NONE) != drop)
			codes[n++] = vrd_str_of(years->cats[i].code);
	if (n == 0) {
		*cube = (vrd_cube){0};
		return VRD_OK;
	}
	VRD_TRY(vrd_cube_select(mem, cube, "year", n, codes, cube, err));
out:
	return rc;
}

// All pieces of one alternative, summed to `by`. They are joined by area, so that files of other
// areas or years fit, and areas that hold each other are found. Pieces that lack a dimension asked
// for are left out.
static vrd_status series_of(const vrd_region *r, vrd_arena *mem, const pieces *all,
                            const char *variant, size_t n_by, const char *const *by, vrd_cube *out,
                            bool *left_out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *joined[5] = {"area"};
	size_t n_joined = 1;
	vrd_cube series = {0};
	for (size_t i = 0; i < n_by; i++)
		if (strcmp(by[i], "area") != 0)
			joined[n_joined++] = by[i];
	for (size_t i = 0; i < all->n; i++) {
		const piece *p = &all->items[i];
		vrd_cube sum;
		bool fits = true;
		if (strcmp(p->variant, variant) != 0)
			continue;
		for (size_t j = 0; j < n_by; j++)
			fits = fits && vrd_cube_axis(&p->cube, by[j]) != VRD_NONE;
		if (!fits) {
			*left_out = true;
			continue;
		}
		const size_t skip = vrd_cube_axis(&p->cube, "area") == VRD_NONE ? 1 : 0;
		VRD_TRY(vrd_cube_sum_by(mem, &p->cube, n_joined - skip, joined + skip, &sum, err));
		const bool first = series.n_cells == 0;
		VRD_TRY(join(mem, &series, &sum, p, err));
		if (!first)
			VRD_TRY(vrd_region_refuse_nested(r, mem, &series, p->set->file, err));
	}
	if (series.n_cells)
		VRD_TRY(vrd_cube_sum_by(mem, &series, n_by, by, &series, err));
	*out = series;
out:
	return rc;
}

static int code_year(const char *code) {
	int64_t year = 0;
	return vrd_parse_int64(vrd_str_of(code), &year) ? (int)year : 0;
}

// The years ascending.
static vrd_status sort_years(vrd_arena *mem, vrd_cube *cube, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *years = cube->dims[vrd_cube_axis(cube, "year")];
	vrd_str *codes;
	bool sorted = true;
	VRD_TRY(VRD_NEW(mem, codes, years->n));
	for (size_t i = 0; i < years->n; i++) {
		size_t at = i;
		while (at > 0 && code_year(codes[at - 1].p) > code_year(years->cats[i].code)) {
			codes[at] = codes[at - 1];
			at--;
		}
		sorted = sorted && at == i;
		codes[at] = vrd_str_of(years->cats[i].code);
	}
	if (!sorted)
		VRD_TRY(vrd_cube_select(mem, cube, "year", years->n, codes, cube, err));
out:
	return rc;
}

vrd_status vrd_region_population(vrd_region *region, vrd_arena *mem, const char *variant,
                                 bool prefer_projection, size_t n_by, const char *const *by,
                                 vrd_cube *out, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	pieces all;
	vrd_cube counts, projection, series;
	const char **names;
	size_t n;
	bool left_out = false;
	VRD_TRY(list_pieces(region, &all, diag, err));
	VRD_TRY(vrd_region_variants(region, &names, &n, diag, err));
	VRD_TRY(series_of(region, mem, &all, "count", n_by, by, &counts, &left_out, err));
	if (!variant && n)
		variant = names[0];
	if (variant && strcmp(variant, "count") != 0) {
		bool known = false;
		for (size_t i = 0; i < n; i++)
			known = known || strcmp(names[i], variant) == 0;
		if (!known) {
			const size_t near = vrd_nearest(vrd_str_of(variant), names, n);
			VRD_TRY(vrd_fail(
			        err, VRD_NOINPUT,
			        "there is no population alternative \"%s\"; did you mean \"%s\"?",
			        variant,
			        near == SIZE_MAX ? (n ? names[0] : "count") : names[near]));
		}
		VRD_TRY(series_of(region, mem, &all, variant, n_by, by, &projection, &left_out,
		                  err));
	} else {
		projection = (vrd_cube){0};
	}
	const bool both = counts.n_cells && projection.n_cells;
	if (both && prefer_projection)
		VRD_TRY(filter_years(mem, &counts,
		                     projection.dims[vrd_cube_axis(&projection, "year")], true,
		                     err));
	else if (both)
		VRD_TRY(filter_years(mem, &projection, counts.dims[vrd_cube_axis(&counts, "year")],
		                     true, err));
	series = counts.n_cells ? counts : projection;
	if (series.n_cells == 0)
		VRD_TRY(vrd_fail(err, VRD_NOINPUT,
		                 left_out ? "no population file has all of the dimensions asked "
		                            "for (totals have no age or sex)"
		                          : "the region has no population of that alternative"));
	if (counts.n_cells && projection.n_cells)
		VRD_TRY(vrd_cube_append(mem, &counts, &projection, "year", &series, err));
	VRD_TRY(sort_years(mem, &series, err));
	if (left_out)
		VRD_TRY(vrd_cube_note(mem, &series, vrd_msg(VRD_MSG_TOTALS_LEFT_OUT, region->lang),
		                      err));
	*out = series;
out:
	return rc;
}

// --- activity -----------------------------------------------------------------------------------

// Several files are put together along the one dimension in which they differ.
static vrd_status join_activity(vrd_arena *mem, vrd_cube *all, const vrd_dataset *set,
                                vrd_err *err) {
	static const char *const along[] = {"year", "service", "care", "area", "measure"};
	if (all->n_cells == 0) {
		*all = set->cube;
		return VRD_OK;
	}
	vrd_err first = {0};
	for (size_t i = 0; i < sizeof along / sizeof *along; i++) {
		vrd_err why = {0};
		if (vrd_cube_append(mem, all, &set->cube, along[i], all, &why) == VRD_OK)
			return VRD_OK;
		if (i == 0)
			first = why;
	}
	return vrd_fail(err, VRD_DATA, "%s does not fit the activity before it: %s", set->file,
	                first.text);
}

vrd_status vrd_region_activity(vrd_region *region, vrd_arena *mem, vrd_cube *out, vrd_diag *diag,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube all = {0};
	VRD_TRY(vrd_region_load_kind(region, VRD_DATA_ACTIVITY, true, diag, err));
	for (size_t i = 0; i < region->n_data; i++) {
		const vrd_dataset *set = &region->data[i];
		if (set->kind != VRD_DATA_ACTIVITY)
			continue;
		VRD_TRY(join_activity(mem, &all, set, err));
		VRD_TRY(vrd_region_refuse_nested(region, mem, &all, set->file, err));
	}
	*out = all;
out:
	return rc;
}
