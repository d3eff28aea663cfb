// Where a model's demand goes: areas of coarser data, units on dated maps, providers and beds.
#include "region/model_parts.h"
#include "region/row_sets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// --- areas of coarser data ----------------------------------------------------------------------

vrd_status vrd_build_containers(vrd_build *b, const vrd_dim *areas, const vrd_dim *coarse,
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

// --- maps ---------------------------------------------------------------------------------------

static bool same_map(const vrd_membership *a, const vrd_membership *b, size_t n_area) {
	const size_t n = a->start[n_area];
	return memcmp(a->start, b->start, (n_area + 1) * sizeof *a->start) == 0 &&
	       memcmp(a->unit, b->unit, n * sizeof *a->unit) == 0 &&
	       memcmp(a->weight, b->weight, n * sizeof *a->weight) == 0;
}

static vrd_status membership(vrd_build *b, const char *service, int year, vrd_membership *out) {
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

// The first leaf of the same real service: k itself, or one whose maps are there.
static size_t earlier_set(const vrd_build *b, size_t k) {
	const vrd_model *m = b->model;
	size_t i = m->service_of ? 0 : k;
	while (i < k && m->service_of[i] != m->service_of[k])
		i++;
	return i;
}

vrd_status vrd_build_maps(vrd_build *b) {
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
		const char *service = vrd_row_sets_service(r, d->service->cats[k].code);
		const size_t same = earlier_set(b, k);
		if (same < k) {
			memcpy(at + k * d->n_year, at + same * d->n_year, d->n_year * sizeof *at);
			base[k] = base[same];
			continue;
		}
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
static double look_up(const vrd_build *b, const vrd_cube *cube, size_t area, const char *service,
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

// The share of an area's contacts that a provider treats, as the file says it; NaN when it does not.
// A provider that the file does not name treats nobody.
static double flow_of(const vrd_build *b, const vrd_cube *cube, size_t area, size_t k, size_t m,
                      size_t h) {
	const vrd_demand *d = &b->model->demand;
	const char *code = b->region->provider->cats[h].code;
	const double share =
	        look_up(b, cube, area, d->service->cats[k].code, d->care->cats[m].code, code);
	const vrd_dim *named = cube->dims[vrd_cube_axis(cube, "provider")];
	return isnan(share) && vrd_dim_find_text(named, code) == VRD_NONE ? 0 : share;
}

static bool is_new(const vrd_build *b, size_t k, size_t m) {
	return (b->new_service && b->new_service[k]) || (b->new_care && b->new_care[m]);
}

// Where the contacts of area g go, by what they weigh: of one service, or (VRD_NONE) of all. False
// when there are none.
static bool others_flow(const vrd_build *b, const vrd_cube *cube, const size_t *area, size_t g,
                        size_t service, double *to) {
	const vrd_demand *d = &b->model->demand;
	const size_t n_h = b->region->provider->n;
	double all = 0;
	memset(to, 0, n_h * sizeof *to);
	for (size_t k = 0; k < d->n_service; k++)
		for (size_t m = 0; m < d->n_care; m++) {
			double contacts = 0;
			if ((service != VRD_NONE && k != service) || is_new(b, k, m))
				continue;
			for (size_t i = 0; i < d->n_band; i++)
				contacts += d->base_contacts[vrd_demand_stratum(d, g, i, k, m)];
			for (size_t h = 0; h < n_h; h++)
				to[h] += contacts * flow_of(b, cube, area[g], k, m, h);
			all += contacts;
		}
	for (size_t h = 0; h < n_h; h++)
		to[h] = all > 0 ? to[h] / all : 0;
	return all > 0;
}

// What begins after the base years has no flows unless the file names it: it goes where the same
// area's contacts of the service go, or all its contacts.
static bool fill_new(const vrd_build *b, const vrd_cube *cube, const size_t *area, size_t g,
                     size_t k, size_t m, double *to) {
	bool known = true;
	for (size_t h = 0; h < b->region->provider->n; h++)
		known = known && !isnan(to[h]);
	return !known && is_new(b, k, m) &&
	       (others_flow(b, cube, area, g, k, to) ||
	        others_flow(b, cube, area, g, VRD_NONE, to));
}

static vrd_status check_flows(const vrd_build *b, const vrd_dataset *set, size_t g, size_t k,
                              size_t m, const double *to) {
	const vrd_demand *d = &b->model->demand;
	for (size_t h = 0; h < b->region->provider->n; h++)
		if (!(to[h] >= 0 && to[h] <= 1 + 1e-9))
			return vrd_fail(
			        b->err, VRD_DATA,
			        "%s: the share of area \"%s\", service \"%s\", care \"%s\" "
			        "treated by \"%s\" is %g; give every share (absent: zero, if "
			        "rows that are not there mean none)",
			        set->file, d->area->cats[g].code, d->service->cats[k].code,
			        d->care->cats[m].code, b->region->provider->cats[h].code, to[h]);
	return VRD_OK;
}

// One warning for all of them: a form of care that begins has no flows in any service.
static void tell_filled(const vrd_build *b, const vrd_dataset *set, size_t n, size_t k, size_t m) {
	const vrd_demand *d = &b->model->demand;
	char others[40] = "";
	if (n > 1)
		(void)snprintf(others, sizeof others, " (and %zu more)", n - 1);
	vrd_diag_add(
	        b->diag, VRD_WARNING, (vrd_place){.file = set->file}, "data.new-flows",
	        "add rows for it if it shall go elsewhere",
	        "service \"%s\", care \"%s\"%s begins after the base years and has no flows: it "
	        "goes where the same area's other contacts go",
	        d->service->cats[k].code, d->care->cats[m].code, others);
}

static vrd_status build_flows(vrd_build *b) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	vrd_region *r = b->region;
	vrd_model *model = b->model;
	const vrd_demand *d = &model->demand;
	const vrd_dataset *set;
	double *flow;
	const size_t *area;
	size_t n_filled = 0, first[2] = {0};
	VRD_TRY(vrd_region_load_kind(r, VRD_DATA_FLOWS, false, b->diag, err));
	set = last_of(r, VRD_DATA_FLOWS);
	if (!set || !r->provider)
		return VRD_OK;
	const size_t axis = vrd_cube_axis(&set->cube, "area"), n_h = r->provider->n;
	if (axis == VRD_NONE || vrd_cube_axis(&set->cube, "provider") == VRD_NONE)
		VRD_TRY(vrd_fail(err, VRD_DATA, "%s: flows need the dimensions area and provider",
		                 set->file));
	VRD_TRY(vrd_build_containers(b, d->area, set->cube.dims[axis], "flows", &area));
	VRD_TRY(VRD_NEW(r->mem, flow, d->n_area * d->n_service * d->n_care * n_h));
	for (size_t k = 0; k < d->n_service; k++)
		for (size_t m = 0; m < d->n_care; m++) {
			bool filled = false; // for some area
			for (size_t g = 0; g < d->n_area; g++) {
				double *to = flow + ((g * d->n_service + k) * d->n_care + m) * n_h;
				for (size_t h = 0; h < n_h; h++)
					to[h] = flow_of(b, &set->cube, area[g], k, m, h);
				filled = fill_new(b, &set->cube, area, g, k, m, to) || filled;
				VRD_TRY(check_flows(b, set, g, k, m, to));
			}
			if (filled && n_filled++ == 0) {
				first[0] = k;
				first[1] = m;
			}
		}
	if (n_filled)
		tell_filled(b, set, n_filled, first[0], first[1]);
	model->flow = flow;
	model->provider = r->provider;
out:
	return rc;
}

vrd_status vrd_build_providers(vrd_build *b) {
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
