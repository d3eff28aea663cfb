#include "region/region.h"

#include "cube/messages.h"
#include "population/age.h"

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

static bool absent_is_zero(const vrd_dataset *set) {
	return strcmp(vrd_node_text(set->node, "absent", "missing"), "zero") == 0;
}

// Whether two codes of ages or sexes speak of the same people.
static bool overlap(const char *dim, const char *a, const char *b) {
	vrd_age x, y;
	if (strcmp(dim, "sex") == 0)
		return strcmp(a, "all") == 0 || strcmp(b, "all") == 0;
	return strcmp(dim, "age") == 0 && vrd_age_parse(vrd_str_of(a), &x) &&
	       vrd_age_parse(vrd_str_of(b), &y) && x.from <= y.to && y.from <= x.to;
}

// The categories of both, those of `a` first.
static vrd_status both_dims(vrd_arena *mem, const vrd_dim *a, const vrd_dim *b, const vrd_dim **out,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_category *cats;
	size_t n = a->n;
	VRD_TRY(VRD_NEW(mem, cats, a->n + b->n));
	memcpy(cats, a->cats, a->n * sizeof *cats);
	for (size_t i = 0; i < b->n; i++) {
		const char *code = b->cats[i].code;
		if (vrd_dim_find_text(a, code) != VRD_NONE)
			continue;
		for (size_t j = 0; j < a->n; j++)
			if (overlap(a->name, a->cats[j].code, code))
				VRD_TRY(vrd_fail(err, VRD_DATA,
				                 "%s \"%s\" and \"%s\" overlap: import both files "
				                 "with the same groups",
				                 a->name, a->cats[j].code, code));
		cats[n++] = b->cats[i];
	}
	VRD_TRY(vrd_dim_new(mem, a->name, a->label, a->role, n, cats, out, err));
out:
	return rc;
}

// Adds the cells of `in` to `out`, which has all its categories. *shared gets a cell that has a
// number in both.
static vrd_status add_cells(vrd_arena *mem, const vrd_cube *in, vrd_cube *out, size_t *shared,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t **to, *index;
	VRD_TRY(VRD_NEW(mem, to, in->n_dims));
	VRD_TRY(VRD_NEW(mem, index, in->n_dims));
	for (size_t d = 0; d < in->n_dims; d++) {
		VRD_TRY(VRD_NEW(mem, to[d], in->dims[d]->n));
		for (size_t i = 0; i < in->dims[d]->n; i++)
			to[d][i] = out->stride[d] *
			           vrd_dim_find_text(out->dims[d], in->dims[d]->cats[i].code);
	}
	for (size_t i = 0; i < in->n_cells; i++) {
		size_t at = 0;
		for (size_t d = 0; d < in->n_dims; d++)
			at += to[d][index[d]];
		if (in->values[i] != 0 && out->values[at] != 0)
			*shared = at;
		out->values[at] += in->values[i];
		if (vrd_cube_status(in, i) != VRD_PRESENT)
			VRD_TRY(vrd_cube_set_status(mem, out, at, vrd_cube_status(in, i), err));
		(void)vrd_cube_next(in, index);
	}
out:
	return rc;
}

static vrd_status counted_twice(const vrd_cube *cube, size_t cell, const char *file, vrd_err *err) {
	const char *code[4];
	static const size_t shown[] = {0, 3, 4, 6}; // of the canonical dimensions
	for (size_t i = 0; i < 4; i++) {
		const vrd_dim *dim = cube->dims[shown[i]];
		code[i] = dim->cats[cell / cube->stride[shown[i]] % dim->n].code;
	}
	return vrd_fail(err, VRD_DATA,
	                "%s and the activity before it both have area \"%s\", service \"%s\", care "
	                "\"%s\" in %s: it would count twice; leave one of them out",
	                file, code[0], code[1], code[2], code[3]);
}

// Files in which rows that are not there are 0 need not have the same services, forms of care, areas
// or ages: each has what it has. Years must be the same: one that a file lacks is not a year of 0.
static vrd_status join_zeros(vrd_arena *mem, const vrd_cube *a, const vrd_dataset *set,
                             vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_cube *b = &set->cube;
	const vrd_dim **dims;
	vrd_cube sum;
	size_t shared = VRD_NONE;
	VRD_TRY(VRD_NEW(mem, dims, a->n_dims));
	for (size_t d = 0; d < a->n_dims; d++) {
		VRD_TRY(both_dims(mem, a->dims[d], b->dims[d], &dims[d], err));
		if (strcmp(dims[d]->name, "year") == 0 &&
		    (dims[d]->n != a->dims[d]->n || dims[d]->n != b->dims[d]->n))
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "%s does not have the years of the activity before it",
			                 set->file));
	}
	VRD_TRY(vrd_cube_new(mem, a->n_dims, dims, &sum, err));
	VRD_TRY(add_cells(mem, a, &sum, &shared, err));
	shared = VRD_NONE;
	VRD_TRY(add_cells(mem, b, &sum, &shared, err));
	if (shared != VRD_NONE)
		VRD_TRY(counted_twice(&sum, shared, set->file, err));
	sum.unit = a->unit;
	sum.source = a->source ? a->source : b->source;
	if (a->source && b->source && strcmp(a->source, b->source) != 0) {
		sum.source = vrd_arena_printf(mem, "%s; %s", a->source, b->source);
		if (!sum.source)
			VRD_TRY(vrd_no_memory(err, mem, 64, 1));
	}
	for (size_t i = 0; i < a->n_notes; i++)
		VRD_TRY(vrd_cube_note(mem, &sum, a->notes[i], err));
	for (size_t i = 0; i < b->n_notes; i++)
		VRD_TRY(vrd_cube_note(mem, &sum, b->notes[i], err));
	*out = sum;
out:
	return rc;
}

// Several files are put together along the one dimension in which they differ.
static vrd_status join_activity(vrd_arena *mem, vrd_cube *all, const vrd_dataset *set, bool zeros,
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
	if (zeros)
		return join_zeros(mem, all, set, all, err);
	return vrd_fail(err, VRD_DATA, "%s does not fit the activity before it: %s", set->file,
	                first.text);
}

// Files that do not fit each other are told where people put them together: at the entry.
static vrd_status at_entry(vrd_arena *mem, const vrd_dataset *set, const vrd_err *why,
                           vrd_diag *diag, vrd_err *err) {
	static const char remedy[] = "correct the file, or leave the entry out";
	vrd_diag own;
	vrd_diag_init(&own, mem, 1);
	vrd_diag_add(&own, VRD_ERROR, set->node->place, "activity.join", remedy, "%s", why->text);
	vrd_diag_add(diag, VRD_ERROR, set->node->place, "activity.join", remedy, "%s", why->text);
	return vrd_diag_fail(&own, VRD_DATA, err);
}

vrd_status vrd_region_activity(vrd_region *region, vrd_arena *mem, vrd_cube *out, vrd_diag *diag,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube all = {0};
	vrd_err why = {0};
	bool zeros = true;
	VRD_TRY(vrd_region_load_kind(region, VRD_DATA_ACTIVITY, true, diag, err));
	for (size_t i = 0; i < region->n_data; i++) {
		const vrd_dataset *set = &region->data[i];
		if (set->kind != VRD_DATA_ACTIVITY)
			continue;
		zeros = zeros && absent_is_zero(set);
		rc = join_activity(mem, &all, set, zeros, &why);
		if (rc == VRD_OK)
			rc = vrd_region_refuse_nested(region, mem, &all, set->file, &why);
		if (rc == VRD_DATA)
			rc = at_entry(mem, set, &why, diag, err);
		else if (rc != VRD_OK)
			rc = vrd_fail(err, rc, "%s", why.text);
		VRD_TRY(rc);
	}
	*out = all;
out:
	return rc;
}

vrd_status vrd_region_births_of(const vrd_region *region, const vrd_dim *services, const bool **out,
                                vrd_err *err) {
	vrd_status rc = VRD_OK;
	bool *births, any = false;
	VRD_TRY(VRD_NEW(region->mem, births, services->n));
	for (size_t k = 0; k < services->n; k++) {
		const char *code = services->cats[k].code;
		const size_t leaf =
		        region->service ? vrd_dim_find_text(region->service, code) : VRD_NONE;
		births[k] = leaf != VRD_NONE && region->births_driven[leaf];
		any = any || births[k];
	}
	*out = any ? births : NULL;
out:
	return rc;
}
