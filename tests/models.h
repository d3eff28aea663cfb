// Random small models of a region, and the draws of a view as one array. Include after cmocka.h.
#pragma once

#include "num/rng.h"
#include "prop.h"
#include "scenario/kernel.h"
#include "tabular.h"

// --- models -------------------------------------------------------------------------------------

static inline void *room_for(vrd_arena *mem, size_t n, size_t size) {
	void *p = vrd_arena_alloc(mem, n, size);
	assert_non_null(p);
	return p;
}
#define ROOM(mem, type, n) ((type *)room_for((mem), (n), sizeof(type)))

static inline const vrd_dim *numbered(vrd_arena *mem, const char *name, size_t n,
                                      const char *prefix) {
	const char **codes = ROOM(mem, const char *, n);
	const vrd_dim *dim;
	for (size_t i = 0; i < n; i++)
		codes[i] = vrd_arena_printf(mem, "%s%zu", prefix, i);
	OK(vrd_dim_of_codes(mem, name, n, codes, &dim, &err));
	return dim;
}

static inline double between(prop_gen *gen, double low, double high) {
	return low + (high - low) * prop_unit(gen);
}

// Shares that sum to 1, some of them 0.
static inline void shares_of(prop_gen *gen, size_t n, double *out) {
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += out[i] = prop_chance(gen, 0.7) ? between(gen, 0.1, 1) : 0;
	if (sum == 0)
		sum = out[prop_below(gen, n)] = 1;
	for (size_t i = 0; i < n; i++)
		out[i] /= sum;
}

// People by band, and demand at two shares of healthy ageing (none where there is no demand).
static inline void random_ages(prop_gen *gen, vrd_demand *d) {
	static const double share[] = {-0.5, 1};
	const size_t paths = d->n_variant * d->n_year;
	const size_t n = d->n_area * d->n_band * d->n_service * d->n_care * paths;
	d->n_aged = 2;
	d->aged_share = share;
	d->aged_contacts = ROOM(&gen->mem, double, 2 * n);
	d->aged_bed_days = ROOM(&gen->mem, double, 2 * n);
	bool *ages = ROOM(&gen->mem, bool, n / paths); // the young stay as they are
	for (size_t i = 0; i < n / paths; i++)
		ages[i] = prop_chance(gen, 0.7);
	for (size_t i = 0; i < 2 * n; i++) {
		const bool changes = ages[i % n / paths];
		d->aged_contacts[i] = d->contacts[i % n] * (changes ? between(gen, 0.8, 1.2) : 1);
		d->aged_bed_days[i] = d->bed_days[i % n] * (changes ? between(gen, 0.8, 1.2) : 1);
	}
	d->people = ROOM(&gen->mem, double, d->n_area * d->n_band * paths);
	for (size_t i = 0; i < d->n_area * d->n_band * paths; i++)
		d->people[i] = between(gen, 20, 400);
}

static inline void random_demand(prop_gen *gen, vrd_demand *d) {
	vrd_arena *mem = &gen->mem;
	*d = (vrd_demand){.n_area = 1 + prop_below(gen, 5),
	                  .n_band = 1 + prop_below(gen, 3),
	                  .n_service = 1 + prop_below(gen, 3),
	                  .n_care = 2 + prop_below(gen, 3),
	                  .n_variant = 1 + prop_below(gen, 3),
	                  .n_year = 1 + prop_below(gen, 3),
	                  .t0 = 2024.5};
	d->area = numbered(mem, "area", d->n_area, "g");
	d->service = numbered(mem, "service", d->n_service, "k");
	d->care = numbered(mem, "care", d->n_care, "m");
	int *band_from = ROOM(mem, int, d->n_band), *year = ROOM(mem, int, d->n_year);
	bool *births = ROOM(mem, bool, d->n_service);
	for (size_t b = 0; b < d->n_band; b++)
		band_from[b] = (int)b * 20;
	for (size_t t = 0; t < d->n_year; t++)
		year[t] = 2025 + (int)(t * 5 + prop_below(gen, 5));
	for (size_t k = 0; k < d->n_service; k++)
		births[k] = prop_chance(gen, 0.2);
	d->band_from = band_from;
	d->year = year;
	d->births_driven = births;
	const size_t n = d->n_area * d->n_band * d->n_service * d->n_care;
	const size_t paths = d->n_variant * d->n_year;
	d->contacts = ROOM(mem, double, n *paths);
	d->bed_days = ROOM(mem, double, n *paths);
	d->base_contacts = ROOM(mem, double, n);
	d->base_bed_days = ROOM(mem, double, n);
	random_ages(gen, d);
	double *persons = ROOM(mem, double, d->n_area *paths);
	double *base_persons = ROOM(mem, double, d->n_area);
	for (size_t i = 0; i < n; i++) {
		const double contacts = prop_chance(gen, 0.85) ? between(gen, 1, 500) : 0;
		const double stay = prop_chance(gen, 0.7) ? between(gen, 1, 9) : 0;
		d->base_contacts[i] = contacts;
		d->base_bed_days[i] = contacts * stay;
		for (size_t p = 0; p < paths && contacts > 0; p++) {
			const double now = contacts * between(gen, 0.7, 1.6);
			d->contacts[i * paths + p] = now;
			d->bed_days[i * paths + p] = now * stay * between(gen, 1, 1.2);
		}
	}
	for (size_t g = 0; g < d->n_area; g++) {
		base_persons[g] = prop_chance(gen, 0.9) ? between(gen, 100, 900) : 0;
		for (size_t p = 0; p < paths; p++)
			persons[g * paths + p] = between(gen, 100, 900);
	}
	d->persons = persons;
	d->base_persons = base_persons;
}

// Strata's services reported as fewer, in any order.
static inline void random_row_sets(prop_gen *gen, vrd_model *model) {
	const size_t n = 1 + prop_below(gen, model->demand.n_service);
	size_t *of = ROOM(&gen->mem, size_t, model->demand.n_service);
	for (size_t k = 0; k < model->demand.n_service; k++)
		of[k] = prop_below(gen, n);
	model->service = numbered(&gen->mem, "service", n, "r");
	model->service_of = of;
}

static inline void random_maps(prop_gen *gen, vrd_model *model) {
	const vrd_demand *d = &model->demand;
	vrd_arena *mem = &gen->mem;
	const size_t n_u = 1 + prop_below(gen, 4);
	model->unit = numbered(mem, "area", n_u, "u");
	model->n_maps = 1 + prop_below(gen, 3);
	vrd_membership *maps = ROOM(mem, vrd_membership, model->n_maps);
	for (size_t i = 0; i < model->n_maps; i++) {
		size_t *start = ROOM(mem, size_t, d->n_area + 1), n = 0;
		size_t *unit = ROOM(mem, size_t, d->n_area * n_u);
		double *weight = ROOM(mem, double, d->n_area *n_u), *all = ROOM(mem, double, n_u);
		for (size_t g = 0; g < d->n_area; g++) {
			shares_of(gen, prop_chance(gen, 0.5) ? 1 : n_u, all);
			for (size_t u = 0; u < n_u; u++)
				if (all[u] > 0) {
					unit[n] = u;
					weight[n++] = all[u];
				}
			memset(all, 0, n_u * sizeof *all);
			start[g + 1] = n;
		}
		maps[i] = (vrd_membership){start, unit, weight};
	}
	uint32_t *at = ROOM(mem, uint32_t, d->n_service * d->n_year);
	uint32_t *base = ROOM(mem, uint32_t, d->n_service);
	for (size_t i = 0; i < d->n_service * d->n_year; i++)
		at[i] = (uint32_t)prop_below(gen, model->n_maps);
	for (size_t k = 0; k < d->n_service; k++)
		base[k] = (uint32_t)prop_below(gen, model->n_maps);
	model->maps = maps;
	model->map_at = at;
	model->map_base = base;
	model->planned_map = prop_chance(gen, 0.8);
}

static inline void random_flows(prop_gen *gen, vrd_model *model) {
	const vrd_demand *d = &model->demand;
	vrd_arena *mem = &gen->mem;
	const size_t n_h = 1 + prop_below(gen, 4), n = d->n_area * d->n_service * d->n_care;
	model->provider = numbered(mem, "provider", n_h, "h");
	double *flow = ROOM(mem, double, n *n_h), *kappa = ROOM(mem, double, d->n_service);
	double *beds = ROOM(mem, double, n_h * d->n_service * d->n_care);
	size_t *home = ROOM(mem, size_t, model->unit->n);
	for (size_t i = 0; i < n; i++)
		shares_of(gen, n_h, flow + i * n_h);
	for (size_t k = 0; k < d->n_service; k++)
		kappa[k] = prop_chance(gen, 0.5) ? 1 : prop_chance(gen, 0.5) ? prop_unit(gen) : 0;
	for (size_t u = 0; u < model->unit->n; u++)
		home[u] = prop_chance(gen, 0.8) ? prop_below(gen, n_h) : VRD_NONE;
	for (size_t i = 0; i < n_h * d->n_service * d->n_care; i++)
		beds[i] = prop_chance(gen, 0.8) ? 1 / (365 * between(gen, 0.7, 1)) : 0;
	model->flow = flow;
	model->kappa = kappa;
	model->home = home;
	model->beds_per_bed_day = beds;
}

// --- the draws of a view ------------------------------------------------------------------------

// x[cell * n + own number of the draw]; sums of the view are the last of each dimension.
typedef struct {
	size_t n_steps, n_places, n_services, n_cares, n_years, n;
	double *x;
	bool *seen;
	size_t *order;
	size_t n_twice; // cells that came more than once
} grid;

static inline size_t grid_cell(const grid *r, size_t step, size_t place, size_t service,
                               size_t care, size_t year, vrd_measure measure) {
	return ((((step * r->n_places + place) * r->n_services + service) * r->n_cares + care) *
	                r->n_years +
	        year) * VRD_N_MEASURES +
	       measure;
}

static inline size_t grid_size(const grid *r) {
	return r->n_steps * r->n_places * r->n_services * r->n_cares * r->n_years * VRD_N_MEASURES;
}

static inline void grid_sink(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                             double *scratch) {
	grid *r = context;
	const size_t cell = grid_cell(r, key->step, key->place, key->service, key->care, key->year,
	                              key->measure);
	if (r->seen[cell]) // never, so that threads do not meet here
		r->n_twice++;
	r->seen[cell] = true;
	for (size_t i = 0; i < n; i++)
		r->x[cell * n + i] = draws ? draws[i] : 0;
	memset(scratch, 0x7f, n * sizeof *scratch); // it is ours to overwrite
}

static inline size_t places_of_axis(const vrd_model *model, vrd_axis axis) {
	return axis == VRD_BY_UNIT   ? model->unit->n
	       : axis == VRD_BY_AREA ? model->demand.n_area
	                             : model->provider->n;
}

static inline grid grid_for(vrd_arena *mem, const vrd_model *model, const vrd_view *view,
                            size_t n) {
	const vrd_demand *d = &model->demand;
	grid r = {.n_steps = view->steps ? vrd_n_steps(model) : 1,
	          .n_places =
	                  (view->place_group ? view->n_places : places_of_axis(model, view->axis)) +
	                  view->sums,
	          .n_services =
	                  (view->service_group ? view->n_services : vrd_model_services(model)->n) +
	                  view->sums,
	          .n_cares = (view->care_group ? view->n_cares : d->n_care) + view->sums,
	          .n_years = d->n_year,
	          .n = n};
	r.x = ROOM(mem, double, grid_size(&r) * n);
	r.seen = ROOM(mem, bool, grid_size(&r));
	r.order = ROOM(mem, size_t, n);
	return r;
}

// Runs a view; every draw is put at its own number.
static inline grid run_view(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                            const vrd_view *view) {
	const size_t n = draws->n ? draws->n : 1;
	grid r = grid_for(mem, model, view, n);
	OK(vrd_kernel_run(model, draws, view, grid_sink, &r, r.order, NULL, NULL, &err));
	double *own = ROOM(mem, double, n);
	for (size_t cell = 0; cell < grid_size(&r); cell++) {
		for (size_t i = 0; i < n; i++)
			own[r.order[i]] = r.x[cell * n + i];
		memcpy(r.x + cell * n, own, n * sizeof *own);
	}
	return r;
}

static inline bool same_bits(const grid *a, const grid *b) {
	return grid_size(a) == grid_size(b) && a->n == b->n &&
	       memcmp(a->x, b->x, grid_size(a) * a->n * sizeof *a->x) == 0;
}
