// Models whose numbers are known by heart: every stratum has 100 contacts and 400 bed days in the
// base years and 120 and 480 in every year of the result. Include after cmocka.h.
#pragma once

#include "models.h"

enum { FIRST_YEAR = 2025 };

static inline double *filled(vrd_arena *mem, size_t n, double x) {
	double *out = ROOM(mem, double, n);
	for (size_t i = 0; i < n; i++)
		out[i] = x;
	return out;
}

typedef struct {
	size_t n_area, n_band, n_service, n_care, n_year;
} plain_size;

static inline void plain_demand(vrd_arena *mem, const plain_size *size, vrd_demand *d) {
	const size_t n = size->n_area * size->n_band * size->n_service * size->n_care;
	int *year = ROOM(mem, int, size->n_year), *band = ROOM(mem, int, size->n_band);
	for (size_t t = 0; t < size->n_year; t++)
		year[t] = FIRST_YEAR + (int)t;
	for (size_t b = 0; b < size->n_band; b++)
		band[b] = 20 * (int)b;
	*d = (vrd_demand){.area = numbered(mem, "area", size->n_area, "g"),
	                  .service = numbered(mem, "service", size->n_service, "k"),
	                  .care = numbered(mem, "care", size->n_care, "m"),
	                  .n_area = size->n_area,
	                  .n_band = size->n_band,
	                  .n_service = size->n_service,
	                  .n_care = size->n_care,
	                  .n_variant = 1,
	                  .n_year = size->n_year,
	                  .band_from = band,
	                  .year = year,
	                  .t0 = FIRST_YEAR - 1,
	                  .contacts = filled(mem, n * size->n_year, 120),
	                  .bed_days = filled(mem, n * size->n_year, 480),
	                  .base_contacts = filled(mem, n, 100),
	                  .base_bed_days = filled(mem, n, 400),
	                  .persons = filled(mem, size->n_area * size->n_year, 2000),
	                  .base_persons = filled(mem, size->n_area, 2000),
	                  .people = filled(mem, size->n_area * size->n_band * size->n_year, 2000),
	                  .births_driven = ROOM(mem, bool, size->n_service)};
}

// Everyone lives in unit u0, whose home is h0; 70 % goes to h0 and 30 % to h1, the home of u1. Half
// of what the people use follows the map. A bed day is 0.003 beds.
static inline vrd_model plain_model(vrd_arena *mem, const plain_size *size) {
	vrd_model model = {.unit = numbered(mem, "area", 2, "u"),
	                   .provider = numbered(mem, "provider", 2, "h"),
	                   .n_maps = 1,
	                   .planned_map = true,
	                   .variant_weight = filled(mem, 1, 1),
	                   .los_cv = 1,
	                   .n_base = 1};
	plain_demand(mem, size, &model.demand);
	const size_t pairs = size->n_service * size->n_care;
	size_t *start = ROOM(mem, size_t, size->n_area + 1), *home = ROOM(mem, size_t, 2);
	vrd_membership *map = ROOM(mem, vrd_membership, 1);
	double *flow = ROOM(mem, double, size->n_area *pairs * 2);
	for (size_t i = 0; i < size->n_area * pairs; i++) {
		flow[2 * i] = 0.7;
		flow[2 * i + 1] = 0.3;
	}
	for (size_t g = 0; g <= size->n_area; g++)
		start[g] = g;
	home[1] = 1;
	*map = (vrd_membership){start, ROOM(mem, size_t, size->n_area),
	                        filled(mem, size->n_area, 1)};
	model.maps = map;
	model.map_at = ROOM(mem, uint32_t, size->n_service * size->n_year);
	model.map_base = ROOM(mem, uint32_t, size->n_service);
	model.flow = flow;
	model.kappa = filled(mem, size->n_service, 0.5);
	model.home = home;
	model.beds_per_bed_day = filled(mem, 2 * pairs, 0.003);
	return model;
}

static inline vrd_dist constant(double x) {
	vrd_dist dist;
	OK(vrd_dist_fit(VRD_DIST_FIXED, x, x, x, -INFINITY, INFINITY, &dist, &err));
	return dist;
}

// In force from the first year on, on everything.
static inline vrd_assumption plain_rule(const char *id, vrd_kind kind, double x) {
	return (vrd_assumption){
	        .id = id,
	        .kind = kind,
	        .dist = constant(x),
	        .phasing = {.curve = VRD_PHASE_STEP, .start = FIRST_YEAR - 1, .end = FIRST_YEAR},
	        .group = VRD_NO_GROUP};
}

// The value of one place, service and form of care in one draw and year of a view.
static inline double draw_at(const grid *r, size_t place, size_t service, size_t care, size_t year,
                             vrd_measure measure, size_t draw) {
	return r->x[grid_cell(r, 0, place, service, care, year, measure) * r->n + draw];
}
