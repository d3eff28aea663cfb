// The people of a model: exposure of base and result years, and births, for each alternative.
#include "region/model_parts.h"

#include <math.h>
#include <string.h>

static const char *const population_dims[] = {"area", "sex", "age", "year"};

// The alternatives to draw from: the scenario's, else those of the data sets that carry a weight,
// else the main one alone.
static vrd_status choose_variants(vrd_build *b) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	const vrd_region *r = b->region;
	const vrd_node *chosen = vrd_node_get(b->scenario->node, "population");
	const char **names, **list;
	double *weights;
	size_t n, n_list = 0;
	VRD_TRY(vrd_region_variants(b->region, &names, &n, b->diag, err));
	VRD_TRY(VRD_NEW(r->mem, list, (chosen ? chosen->n : 0) + r->n_data + 1));
	VRD_TRY(VRD_NEW(r->mem, weights, (chosen ? chosen->n : 0) + r->n_data + 1));
	for (size_t i = 0; chosen && i < chosen->n; i++) {
		list[n_list] = chosen->keys[i];
		weights[n_list++] = chosen->items[i].number;
	}
	for (size_t i = 0; !chosen && i < r->n_data; i++)
		if (r->data[i].kind == VRD_DATA_POPULATION && !isnan(r->data[i].weight)) {
			list[n_list] = r->data[i].variant;
			weights[n_list++] = r->data[i].weight;
		}
	if (n_list == 0) {
		list[0] = n ? names[0] : "count";
		weights[n_list++] = 1;
	}
	b->variants = list;
	b->weights = weights;
	b->n_variants = n_list;
out:
	return rc;
}

static vrd_status name_years(vrd_build *b) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	const int first = b->region->base_years[b->region->n_base - 1];
	int *years;
	if (b->scenario->horizon <= first)
		VRD_TRY(vrd_fail(err, VRD_CONFIG,
		                 "the horizon %d must come after the last base year %d",
		                 b->scenario->horizon, first));
	b->n_years = (size_t)(b->scenario->horizon - first) + 1;
	VRD_TRY(VRD_NEW(b->region->mem, years, b->n_years));
	for (size_t t = 0; t < b->n_years; t++)
		years[t] = first + (int)t;
	b->years = years;
out:
	return rc;
}

// Adds one alternative's cube under the ones before it.
static vrd_status stack(vrd_build *b, vrd_cube *all, const vrd_cube *one, const char *variant) {
	vrd_status rc = VRD_OK;
	vrd_cube tagged;
	VRD_TRY(vrd_cube_tag(b->region->mem, one, "variant", variant, &tagged, b->err));
	if (all->n_cells == 0)
		*all = tagged;
	else
		VRD_TRY(vrd_cube_append(b->region->mem, all, &tagged, "variant", all, b->err));
out:
	return rc;
}

static vrd_status take_variant(vrd_build *b, const char *variant) {
	vrd_status rc = VRD_OK;
	vrd_region *r = b->region;
	vrd_cube series, exposure, births, aligned;
	vrd_err why = {0};
	VRD_TRY(vrd_region_population(r, r->mem, variant, true, 4, population_dims, &series,
	                              b->diag, b->err));
	rc = vrd_population_exposure(r->mem, &series, r->exposure, b->n_years, b->years, &exposure,
	                             &why);
	if (rc != VRD_OK)
		VRD_TRY(vrd_fail(b->err, rc, "population alternative \"%s\": %s", variant,
		                 why.text));
	if (b->exposure.n_cells) { // the same areas as the alternative before
		vrd_cube first;
		VRD_TRY(vrd_cube_slice(r->mem, &b->exposure, "variant", vrd_str_of(b->variants[0]),
		                       &first, b->err));
		VRD_TRY(vrd_cube_align(r->mem, &first, &exposure, &aligned, b->err));
		exposure = aligned;
	}
	VRD_TRY(stack(b, &b->exposure, &exposure, variant));
	if (!b->births_driven)
		return VRD_OK;
	VRD_TRY(vrd_population_births(r->mem, &series, b->n_years, b->years, &births, b->err));
	VRD_TRY(stack(b, &b->births, &births, variant));
out:
	return rc;
}

vrd_status vrd_build_population(vrd_build *b) {
	vrd_status rc = VRD_OK;
	vrd_region *r = b->region;
	vrd_cube series, first, aligned;
	vrd_err why = {0};
	VRD_TRY(choose_variants(b));
	VRD_TRY(name_years(b));
	VRD_TRY(vrd_region_population(r, r->mem, NULL, false, 4, population_dims, &series, b->diag,
	                              b->err));
	rc = vrd_population_exposure(r->mem, &series, r->exposure, r->n_base, r->base_years,
	                             &b->base, &why);
	if (rc != VRD_OK)
		VRD_TRY(vrd_fail(b->err, rc, "population of the base years: %s", why.text));
	if (b->births_driven)
		VRD_TRY(vrd_population_births(r->mem, &series, r->n_base, r->base_years,
		                              &b->base_births, b->err));
	for (size_t v = 0; v < b->n_variants; v++)
		VRD_TRY(take_variant(b, b->variants[v]));
	// Projections in the order of the counts' areas, sexes and ages.
	const char *const by[] = {"area", "sex", "age"};
	vrd_cube base_one, exposure_one;
	VRD_TRY(vrd_cube_slice(r->mem, &b->exposure, "variant", vrd_str_of(b->variants[0]), &first,
	                       b->err));
	VRD_TRY(vrd_cube_sum_by(r->mem, &b->base, 3, by, &base_one, b->err));
	VRD_TRY(vrd_cube_sum_by(r->mem, &first, 3, by, &exposure_one, b->err));
	VRD_TRY(vrd_cube_align(r->mem, &exposure_one, &base_one, &aligned, b->err));
	for (size_t i = 0; i < 3; i++) {
		const vrd_dim *dim = exposure_one.dims[i];
		vrd_str *codes;
		vrd_err *err = b->err;
		VRD_TRY(VRD_NEW(r->mem, codes, dim->n));
		for (size_t j = 0; j < dim->n; j++)
			codes[j] = vrd_str_of(dim->cats[j].code);
		VRD_TRY(vrd_cube_select(r->mem, &b->base, by[i], dim->n, codes, &b->base, b->err));
		if (i == 0 && b->births_driven) {
			VRD_TRY(vrd_cube_select(r->mem, &b->base_births, by[i], dim->n, codes,
			                        &b->base_births, b->err));
			VRD_TRY(vrd_cube_select(r->mem, &b->births, by[i], dim->n, codes,
			                        &b->births, b->err));
		}
	}
out:
	return rc;
}
