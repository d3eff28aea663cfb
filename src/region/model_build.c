#include "region/region.h"

#include <math.h>
#include <string.h>

// What the parts of the build share.
typedef struct {
	vrd_region *region;
	const vrd_scenario *scenario;
	vrd_model *model;
	vrd_diag *diag;
	vrd_err *err;
	vrd_cube activity;
	vrd_cube base, exposure;      // [area, sex, age, year]; [variant, area, sex, age, year]
	vrd_cube base_births, births; // [area, year]; [variant, area, year]
	size_t n_variants;
	const char **variants;
	const double *weights;
	size_t n_years;
	const int *years;
	const size_t *rate_area;
	const bool *births_driven; // per service of the activity; NULL when none is
} build;

static const char *const population_dims[] = {"area", "sex", "age", "year"};

// --- activity -----------------------------------------------------------------------------------

// Births are computed only where a service follows them: they need ages by the single year.
static vrd_status find_births(build *b) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	const vrd_region *r = b->region;
	const vrd_dim *services = b->activity.dims[3];
	bool *births, any = false;
	VRD_TRY(VRD_NEW(r->mem, births, services->n));
	for (size_t k = 0; k < services->n; k++) {
		births[k] = r->births_driven[vrd_dim_find_text(r->service, services->cats[k].code)];
		any = any || births[k];
	}
	b->births_driven = any ? births : NULL;
out:
	return rc;
}

static vrd_status load_activity(build *b) {
	vrd_status rc = VRD_OK;
	vrd_region *r = b->region;
	VRD_TRY(vrd_region_load_kind(r, VRD_DATA_ACTIVITY, true, b->diag, b->err));
	if (!r->service || !r->care)
		VRD_TRY(vrd_fail(
		        b->err, VRD_NOINPUT,
		        "the region has no %s table (data/%s.csv): it names the %s of the activity",
		        r->service ? "care" : "services", r->service ? "care" : "services",
		        r->service ? "forms of care" : "services"));
	VRD_TRY(vrd_region_activity(r, r->mem, &b->activity, b->diag, b->err));
	VRD_TRY(find_births(b));
	if (r->n_base == 0)
		VRD_TRY(vrd_fail(
		        b->err, VRD_CONFIG,
		        "region.yaml names no base_years: rates need at least one, such as "
		        "base_years: [2025]"));
out:
	return rc;
}

// --- population ---------------------------------------------------------------------------------

// The alternatives to draw from: the scenario's, else those of the data sets that carry a weight,
// else the main one alone.
static vrd_status choose_variants(build *b) {
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

static vrd_status name_years(build *b) {
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
static vrd_status stack(build *b, vrd_cube *all, const vrd_cube *one, const char *variant) {
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

static vrd_status take_variant(build *b, const char *variant) {
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

static vrd_status load_population(build *b) {
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

// --- which rates --------------------------------------------------------------------------------

// Index in `coarse` of the area that each model area belongs to in the base year: itself when it is
// there, else by the map. Areas of `coarse` must be of one level.
static vrd_status containers(build *b, const vrd_dim *areas, const vrd_dim *coarse,
                             const char *what, const size_t **out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	vrd_region *r = b->region;
	size_t *index;
	bool all = true;
	VRD_TRY(VRD_NEW(r->mem, index, areas->n));
	for (size_t g = 0; g < areas->n; g++) {
		index[g] = vrd_dim_find_text(coarse, areas->cats[g].code);
		all = all && index[g] != VRD_NONE;
	}
	if (!all) {
		const char *level = vrd_geography_type(r->geo, vrd_str_of(coarse->cats[0].code));
		const vrd_dim *target;
		vrd_link *links;
		size_t n;
		VRD_TRY(vrd_geography_links(
		        r->mem, r->geo, areas, level ? level : r->planning_level, NULL,
		        r->base_years[r->n_base - 1], &target, &links, &n, NULL, err));
		for (size_t i = 0; i < n; i++) {
			const size_t to = vrd_dim_find_text(coarse, target->cats[links[i].to].code);
			if (links[i].weight < 1 - 1e-9)
				VRD_TRY(vrd_fail(err, VRD_DATA,
				                 "area \"%s\" belongs only in part (%g) to \"%s\": "
				                 "%s must be given for "
				                 "areas that do not share it",
				                 areas->cats[links[i].from].code, links[i].weight,
				                 target->cats[links[i].to].code, what));
			index[links[i].from] = to;
		}
		for (size_t g = 0; g < areas->n; g++)
			if (index[g] == VRD_NONE)
				VRD_TRY(vrd_fail(err, VRD_DATA, "area \"%s\" has people but no %s",
				                 areas->cats[g].code, what));
	}
	*out = index;
out:
	return rc;
}

static vrd_status compute_demand(build *b, vrd_cube *shrinkage) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	vrd_region *r = b->region;
	int *band_from;
	size_t n_band;
	VRD_TRY(containers(b, b->base.dims[0], b->activity.dims[0], "activity", &b->rate_area));
	VRD_TRY(vrd_scenario_bands(r, b->scenario, &band_from, &n_band, b->diag, err));
	const vrd_demand_input in = {.activity = &b->activity,
	                             .base_exposure = &b->base,
	                             .exposure = &b->exposure,
	                             .rate_area = b->rate_area,
	                             .base_births = b->births_driven ? &b->base_births : NULL,
	                             .births = b->births_driven ? &b->births : NULL,
	                             .births_driven = b->births_driven,
	                             .n_base = r->n_base,
	                             .base_years = r->base_years,
	                             .n_band = n_band,
	                             .band_from = band_from,
	                             .shrink = r->shrink,
	                             .zero = r->zero};
	VRD_TRY(vrd_demand_compute(r->mem, &in, &b->model->demand, shrinkage, b->diag, err));
out:
	return rc;
}

// --- maps ---------------------------------------------------------------------------------------

static bool same_map(const vrd_membership *a, const vrd_membership *b, size_t n_area) {
	const size_t n = a->start[n_area];
	return memcmp(a->start, b->start, (n_area + 1) * sizeof *a->start) == 0 &&
	       memcmp(a->unit, b->unit, n * sizeof *a->unit) == 0 &&
	       memcmp(a->weight, b->weight, n * sizeof *a->weight) == 0;
}

static vrd_status membership(build *b, const char *service, int year, vrd_membership *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	vrd_region *r = b->region;
	const vrd_dim *areas = b->model->demand.area, *target;
	vrd_link *links;
	size_t n, *start, *unit, *fill;
	double *weight;
	VRD_TRY(vrd_geography_links(r->mem, r->geo, areas, r->planning_level, service, year,
	                            &target, &links, &n, NULL, err));
	VRD_TRY(VRD_NEW(r->mem, start, areas->n + 1));
	VRD_TRY(VRD_NEW(r->mem, fill, areas->n + 1));
	VRD_TRY(VRD_NEW(r->mem, unit, n));
	VRD_TRY(VRD_NEW(r->mem, weight, n));
	for (size_t i = 0; i < n; i++)
		start[links[i].from + 1]++;
	for (size_t g = 0; g < areas->n; g++)
		start[g + 1] += start[g];
	memcpy(fill, start, (areas->n + 1) * sizeof *fill);
	for (size_t i = 0; i < n; i++) {
		const size_t at = fill[links[i].from]++;
		unit[at] = vrd_dim_find_text(r->unit, target->cats[links[i].to].code);
		weight[at] = links[i].weight;
	}
	*out = (vrd_membership){start, unit, weight};
out:
	return rc;
}

// Adds a state unless it is there already; its index.
static size_t add_map(vrd_membership *maps, size_t *n, const vrd_membership *map, size_t n_area) {
	for (size_t i = 0; i < *n; i++)
		if (same_map(&maps[i], map, n_area))
			return i;
	maps[*n] = *map;
	return (*n)++;
}

static vrd_status build_maps(build *b) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	vrd_region *r = b->region;
	vrd_model *m = b->model;
	const vrd_demand *d = &m->demand;
	vrd_membership *maps, one;
	uint32_t *at, *base;
	VRD_TRY(VRD_NEW(r->mem, maps, d->n_service * (d->n_year + 1)));
	VRD_TRY(VRD_NEW(r->mem, at, d->n_service * d->n_year));
	VRD_TRY(VRD_NEW(r->mem, base, d->n_service));
	m->unit = r->unit;
	for (size_t k = 0; k < d->n_service; k++) {
		const char *service = d->service->cats[k].code;
		VRD_TRY(membership(b, service, r->base_years[r->n_base - 1], &one));
		base[k] = (uint32_t)add_map(maps, &m->n_maps, &one, d->n_area);
		for (size_t t = 0; t < d->n_year; t++) {
			VRD_TRY(membership(b, service, d->year[t], &one));
			at[k * d->n_year + t] =
			        (uint32_t)add_map(maps, &m->n_maps, &one, d->n_area);
		}
	}
	m->maps = maps;
	m->map_at = at;
	m->map_base = base;
out:
	return rc;
}

// --- providers ----------------------------------------------------------------------------------

// The category of `dim` for a service of the model: itself or its nearest ancestor in the tree; 0
// with *absent when the cube lacks the dimension.
static size_t find_service(const vrd_region *r, const vrd_dim *dim, const char *code) {
	for (size_t i = vrd_dim_find_text(r->service_tree, code); i != VRD_NONE;
	     i = r->service_tree->cats[i].parent) {
		const size_t at = vrd_dim_find_text(dim, r->service_tree->cats[i].code);
		if (at != VRD_NONE)
			return at;
	}
	return VRD_NONE;
}

// Reads cube[...] where dimensions that it lacks do not matter. NaN when a code is not there.
static double look_up(const build *b, const vrd_cube *cube, size_t area, const char *service,
                      const char *care, const char *provider) {
	size_t position = 0;
	for (size_t i = 0; i < cube->n_dims; i++) {
		const vrd_dim *dim = cube->dims[i];
		const size_t at =
		        strcmp(dim->name, "area") == 0       ? area
		        : strcmp(dim->name, "service") == 0  ? find_service(b->region, dim, service)
		        : strcmp(dim->name, "care") == 0     ? vrd_dim_find_text(dim, care)
		        : strcmp(dim->name, "provider") == 0 ? vrd_dim_find_text(dim, provider)
		                                             : VRD_NONE;
		if (at == VRD_NONE)
			return NAN;
		position += at * cube->stride[i];
	}
	return cube->values[position];
}

static const vrd_dataset *last_of(const vrd_region *r, vrd_data_kind kind) {
	const vrd_dataset *set = NULL;
	for (size_t i = 0; i < r->n_data; i++)
		if (r->data[i].kind == kind)
			set = &r->data[i];
	return set;
}

static vrd_status build_flows(build *b) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	vrd_region *r = b->region;
	vrd_model *m = b->model;
	const vrd_demand *d = &m->demand;
	const vrd_dataset *set;
	double *flow;
	const size_t *area;
	VRD_TRY(vrd_region_load_kind(r, VRD_DATA_FLOWS, false, b->diag, err));
	set = last_of(r, VRD_DATA_FLOWS);
	if (!set || !r->provider)
		return VRD_OK;
	const size_t axis = vrd_cube_axis(&set->cube, "area");
	if (axis == VRD_NONE || vrd_cube_axis(&set->cube, "provider") == VRD_NONE)
		VRD_TRY(vrd_fail(err, VRD_DATA, "%s: flows need the dimensions area and provider",
		                 set->file));
	VRD_TRY(containers(b, d->area, set->cube.dims[axis], "flows", &area));
	const size_t n_h = r->provider->n;
	VRD_TRY(VRD_NEW(r->mem, flow, d->n_area * d->n_service * d->n_care * n_h));
	double *to = flow;
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t k = 0; k < d->n_service; k++)
			for (size_t c = 0; c < d->n_care; c++)
				for (size_t h = 0; h < n_h; h++, to++) {
					*to = look_up(
					        b, &set->cube, area[g], d->service->cats[k].code,
					        d->care->cats[c].code, r->provider->cats[h].code);
					if (isnan(*to) &&
					    vrd_dim_find_text(set->cube.dims[vrd_cube_axis(
					                              &set->cube, "provider")],
					                      r->provider->cats[h].code) ==
					            VRD_NONE)
						*to = 0; // a provider that the file does not name
						         // treats nobody
					if (!(*to >= 0 && *to <= 1 + 1e-9))
						VRD_TRY(vrd_fail(
						        err, VRD_DATA,
						        "%s: the share of area \"%s\", service "
						        "\"%s\", care \"%s\" treated "
						        "by \"%s\" is %g; give every share "
						        "(absent: zero, if rows that are "
						        "not there mean none)",
						        set->file, d->area->cats[g].code,
						        d->service->cats[k].code,
						        d->care->cats[c].code,
						        r->provider->cats[h].code, *to));
				}
	m->flow = flow;
	m->provider = r->provider;
out:
	return rc;
}

static vrd_status build_providers(build *b) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	vrd_region *r = b->region;
	vrd_model *m = b->model;
	const vrd_demand *d = &m->demand;
	size_t *home;
	double *kappa, *beds;
	VRD_TRY(build_flows(b));
	VRD_TRY(VRD_NEW(r->mem, home, m->unit->n));
	VRD_TRY(VRD_NEW(r->mem, kappa, d->n_service));
	for (size_t u = 0; u < m->unit->n; u++)
		home[u] = VRD_NONE;
	for (size_t k = 0; k < d->n_service; k++)
		kappa[k] = r->kappa[vrd_dim_find_text(r->service, d->service->cats[k].code)];
	m->home = home;
	m->kappa = kappa;
	if (!m->provider)
		return VRD_OK;
	for (size_t h = 0; h < m->provider->n; h++)
		if (r->providers[h].home != VRD_NONE)
			home[r->providers[h].home] = h;
	VRD_TRY(vrd_region_load_kind(r, VRD_DATA_OCCUPANCY, false, b->diag, err));
	const vrd_dataset *set = last_of(r, VRD_DATA_OCCUPANCY);
	VRD_TRY(VRD_NEW(r->mem, beds, m->provider->n * d->n_service * d->n_care));
	double *to = beds;
	for (size_t h = 0; h < m->provider->n; h++)
		for (size_t k = 0; k < d->n_service; k++)
			for (size_t c = 0; c < d->n_care; c++, to++) {
				double u = set ? look_up(b, &set->cube, 0, d->service->cats[k].code,
				                         d->care->cats[c].code,
				                         m->provider->cats[h].code)
				               : NAN;
				if (isnan(u))
					u = r->occupancy;
				if (!(u > 0 && u <= 1))
					VRD_TRY(vrd_fail(err, VRD_DATA,
					                 "%s: an occupancy of %g is outside (0, 1]",
					                 set ? set->file : "region.yaml", u));
				const size_t care =
				        vrd_dim_find_text(r->care, d->care->cats[c].code);
				*to = r->care_beds[care] ? 1 / (365 * u) : 0;
			}
	m->beds_per_bed_day = beds;
out:
	return rc;
}

vrd_status vrd_region_model(vrd_region *region, const vrd_scenario *scenario, vrd_model *out,
                            const char *const **variants, vrd_cube *shrinkage, vrd_diag *diag,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_model model = {0};
	build b = {
	        .region = region, .scenario = scenario, .model = &model, .diag = diag, .err = err};
	VRD_TRY(load_activity(&b));
	VRD_TRY(load_population(&b));
	VRD_TRY(compute_demand(&b, shrinkage));
	VRD_TRY(build_maps(&b));
	VRD_TRY(build_providers(&b));
	model.variant_weight = b.weights;
	VRD_TRY(vrd_scenario_resolve(region, scenario, &model, diag, err));
	vrd_model_check(&model, scenario->file, diag);
	VRD_TRY(vrd_diag_fail(diag, VRD_CONFIG, err));
	*out = model;
	if (variants)
		*variants = b.variants;
out:
	return rc;
}
