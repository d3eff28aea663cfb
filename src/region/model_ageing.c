// Added years of life at 65, and where between them healthy ageing is computed.
#include "region/model_parts.h"
#include "region/scenario_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void vrd_ageing_nodes(double low, double high, double out[3]) {
	if (!(low < 0 || high > 0)) // neither: every draw is 0, and any nodes do
		high = 1;
	if (low >= 0 || high <= 0) {
		const double end = low >= 0 ? high : low;
		out[0] = end / 3;
		out[1] = 2 * end / 3;
		out[2] = end;
	} else {
		out[0] = low;
		out[1] = high / 2;
		out[2] = high;
	}
}

// The range of all draws of healthy ageing; false when no assumption is of that type. What cannot
// be read is told later, with the other problems of the scenario.
static bool ageing_range(const vrd_build *b, const char **id, double *low, double *high) {
	const vrd_node *list = vrd_node_get(b->scenario->node, "assumptions");
	vrd_arena scratch = {0};
	vrd_diag own;
	bool any = false;
	vrd_diag_init(&own, &scratch, 0);
	*low = *high = 0;
	for (size_t i = 0; list && i < list->n; i++) {
		const vrd_resolver r = {.diag = &own, .node = &list->items[i]};
		vrd_assumption a = {.id = vrd_node_text(r.node, "id", "")};
		const size_t errors = own.n_errors;
		if (!vrd_kind_parse(vrd_str_of(vrd_node_text(r.node, "type", "")), &a.kind) ||
		    a.kind != VRD_HEALTHY_AGEING)
			continue;
		vrd_scenario_parameter(&r, &a);
		if (own.n_errors == errors) {
			const double from = vrd_dist_quantile(&a.dist, 0.001),
			             to = vrd_dist_quantile(&a.dist, 0.999);
			*low = any ? fmin(*low, from) : from;
			*high = any ? fmax(*high, to) : to;
			*id = a.id;
			any = true;
		}
	}
	vrd_arena_clear(&scratch);
	return any;
}

// --- added years --------------------------------------------------------------------------------

typedef struct {
	const char *file;
	const vrd_cube *cube; // [sex, year] or [year]
	const vrd_dim *years;
	size_t *order; // [year]: ascending years
	size_t year_stride;
} table;

static int year_at(const table *t, size_t i) {
	int64_t year = 0;
	(void)!vrd_parse_int64(vrd_str_of(t->years->cats[t->order[i]].code), &year);
	return (int)year;
}

static vrd_status sort_years(table *t, vrd_arena *mem, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t axis = vrd_cube_axis(t->cube, "year");
	t->years = t->cube->dims[axis];
	t->year_stride = t->cube->stride[axis];
	VRD_TRY(VRD_NEW(mem, t->order, t->years->n));
	for (size_t i = 0; i < t->years->n; i++) { // few, and ascending as a rule
		t->order[i] = i;
		for (size_t j = i; j > 0 && year_at(t, j) < year_at(t, j - 1); j--) {
			const size_t other = t->order[j];
			t->order[j] = t->order[j - 1];
			t->order[j - 1] = other;
		}
	}
out:
	return rc;
}

// Remaining life expectancy in a year or between two, straight between those that are given.
static double life_at(const table *t, size_t offset, double year) {
	const double *values = t->cube->values + offset;
	size_t i = 1;
	if (t->years->n == 1)
		return values[0];
	while (i + 1 < t->years->n && year > year_at(t, i))
		i++;
	const double from = values[t->order[i - 1] * t->year_stride],
	             to = values[t->order[i] * t->year_stride];
	const int first = year_at(t, i - 1);
	return from + (to - from) * (year - first) / (year_at(t, i) - first);
}

static vrd_status must_cover(const table *t, double from, double to, vrd_err *err) {
	const int first = year_at(t, 0), last = year_at(t, t->years->n - 1);
	if (from >= first && to <= last)
		return VRD_OK;
	return vrd_fail(
	        err, VRD_DATA,
	        "%s gives remaining life expectancy for %d to %d, but healthy ageing needs it "
	        "from %g (the mean of the base years) to %g: add years, or lower the horizon",
	        t->file, first, last, from, to);
}

// Life expectancy by the sexes of the population; of both together when it does not have them all.
static vrd_status fit_sexes(vrd_build *b, const vrd_cube *in, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	const vrd_dim *people = b->base.dims[1];
	const size_t axis = vrd_cube_axis(in, "sex");
	const char *const by[] = {"year"};
	vrd_arena *mem = b->region->mem;
	vrd_str codes[2];
	bool all = axis != VRD_NONE && people->n <= 2;
	if (axis == VRD_NONE) {
		*out = *in;
		return VRD_OK;
	}
	const vrd_dim *own = in->dims[axis];
	for (size_t s = 0; s < people->n && all; s++) {
		codes[s] = vrd_str_of(people->cats[s].code);
		all = vrd_dim_find(own, codes[s]) != VRD_NONE;
	}
	if (all) {
		VRD_TRY(vrd_cube_select(mem, in, "sex", people->n, codes, out, b->err));
	} else if (vrd_dim_find_text(own, "all") != VRD_NONE) {
		VRD_TRY(vrd_cube_slice(mem, in, "sex", VRD_STR("all"), out, b->err));
	} else {
		VRD_TRY(vrd_cube_sum_by(mem, in, 1, by, out, b->err));
		VRD_TRY(vrd_cube_scale(mem, out, 1 / (double)own->n, out, b->err));
	}
out:
	return rc;
}

static vrd_status add_years(vrd_build *b, const vrd_dataset *set) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	const vrd_region *r = b->region;
	vrd_cube life, added;
	const vrd_dim *dims[2];
	double t0 = 0;
	VRD_TRY(fit_sexes(b, &set->cube, &life));
	table t = {.file = set->file, .cube = &life};
	VRD_TRY(sort_years(&t, r->mem, err));
	for (size_t i = 0; i < r->n_base; i++)
		t0 += (double)r->base_years[i] / (double)r->n_base;
	VRD_TRY(must_cover(&t, t0, b->years[b->n_years - 1], err));
	const size_t sex = vrd_cube_axis(&life, "sex"),
	             n_sex = sex == VRD_NONE ? 1 : life.dims[sex]->n;
	VRD_TRY(vrd_dim_of_years(r->mem, b->years[0], b->years[b->n_years - 1], &dims[1], err));
	dims[0] = sex == VRD_NONE ? NULL : life.dims[sex];
	VRD_TRY(vrd_cube_new(r->mem, sex == VRD_NONE ? 1 : 2, sex == VRD_NONE ? dims + 1 : dims,
	                     &added, err));
	for (size_t s = 0; s < n_sex; s++) {
		const size_t offset = sex == VRD_NONE ? 0 : s * life.stride[sex];
		const double base = life_at(&t, offset, t0);
		for (size_t y = 0; y < b->n_years; y++)
			added.values[s * b->n_years + y] = life_at(&t, offset, b->years[y]) - base;
	}
	b->added_years = added;
out:
	return rc;
}

vrd_status vrd_build_ageing(vrd_build *b) {
	vrd_status rc = VRD_OK;
	vrd_region *r = b->region;
	const vrd_dataset *set = NULL;
	const char *id = NULL;
	double low, high;
	if (!ageing_range(b, &id, &low, &high))
		return VRD_OK;
	VRD_TRY(vrd_region_load_kind(r, VRD_DATA_LIFE_EXPECTANCY, false, b->diag, b->err));
	for (size_t i = 0; i < r->n_data; i++)
		if (r->data[i].kind == VRD_DATA_LIFE_EXPECTANCY)
			set = &r->data[i];
	if (!set)
		VRD_TRY(vrd_fail(b->err, VRD_NOINPUT,
		                 "\"%s\" needs remaining life expectancy at 65: import a file with "
		                 "the columns year, sex and value with `varde import %s FILE --as "
		                 "life_expectancy`",
		                 id, r->dir));
	VRD_TRY(add_years(b, set));
	b->n_aged = 3;
	vrd_ageing_nodes(low, high, b->aged_share);
out:
	return rc;
}
