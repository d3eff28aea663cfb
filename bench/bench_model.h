// A model of a region's size: ten catchments, twelve providers, 40 services, six forms of care, 25
// years and 40 assumptions.
#pragma once

#include "bench_kit.h"
#include "scenario/kernel.h"

#include <math.h>

enum { N_SERVICES = 40, N_CARES = 6, N_YEARS = 25 };
static const int band_from[] = {0, 18, 50, 65, 80};
enum { N_BANDS = sizeof band_from / sizeof *band_from };

enum { N_AREAS = 10, N_VARIANTS = 3, N_PROVIDERS = 12, N_RULES = 40 };
// Care forms: 0 and 1 are inpatient, 2 day treatment, 3 outpatient, 4 video, 5 at home.

static inline void make_demand(vrd_arena *mem, vrd_demand *d) {
	*d = (vrd_demand){.n_area = N_AREAS,
	                  .n_service = N_SERVICES,
	                  .n_care = N_CARES,
	                  .n_band = N_BANDS,
	                  .n_variant = N_VARIANTS,
	                  .n_year = N_YEARS,
	                  .band_from = band_from,
	                  .t0 = 2024};
	const size_t n = N_AREAS * N_BANDS * N_SERVICES * N_CARES, paths = N_VARIANTS * N_YEARS;
	d->area = numbered(mem, "area", N_AREAS, "g");
	d->service = numbered(mem, "service", N_SERVICES, "k");
	d->care = numbered(mem, "care", N_CARES, "m");
	int *year = room(mem, N_YEARS, sizeof *year);
	for (size_t t = 0; t < N_YEARS; t++)
		year[t] = 2026 + (int)t;
	d->year = year;
	d->contacts = room(mem, n * paths, sizeof(double));
	d->bed_days = room(mem, n * paths, sizeof(double));
	d->base_contacts = room(mem, n, sizeof(double));
	d->base_bed_days = room(mem, n, sizeof(double));
	double *persons = room(mem, N_AREAS * paths, sizeof(double));
	double *base_persons = room(mem, N_AREAS, sizeof(double));
	for (size_t i = 0; i < N_AREAS * paths; i++)
		persons[i] = base_persons[i / paths] = 100000;
	d->persons = persons;
	d->base_persons = base_persons;
	d->births_driven = room(mem, N_SERVICES, sizeof(bool));
	for (size_t i = 0; i < n; i++) {
		const double stay = i % N_CARES < 2 ? 1 + 6 * unit_random(11, i) : 0;
		d->base_contacts[i] = 10 + 2000 * unit_random(10, i);
		d->base_bed_days[i] = stay * d->base_contacts[i];
		for (size_t p = 0; p < paths; p++) {
			d->contacts[i * paths + p] =
			        d->base_contacts[i] * (1 + 0.4 * unit_random(12, i * paths + p));
			d->bed_days[i * paths + p] = stay * d->contacts[i * paths + p];
		}
	}
}

static inline const bool *some(vrd_arena *mem, size_t n, size_t from, size_t count) {
	bool *out = room(mem, n, sizeof *out);
	for (size_t i = 0; i < count; i++)
		out[(from + i) % n] = true;
	return out;
}

// Twelve growths, ten avoidances, ten shifts, eight on the length of stay: each of a few services
// and often of some ages or areas, a few of everything.
static inline void make_rule(vrd_arena *mem, size_t i, vrd_assumption *a) {
	static const vrd_kind kinds[] = {VRD_GROWTH, VRD_AVOID, VRD_SHIFT, VRD_LENGTH_OF_STAY};
	double low = 0.02, high = 0.12, lower, upper;
	*a = (vrd_assumption){.id = vrd_arena_printf(mem, "rule-%zu", i),
	                      .kind = i < 38 ? kinds[i % 4] : VRD_GROWTH,
	                      .phasing = {.curve = (vrd_curve)(i % 3), .start = 2026, .end = 2040},
	                      .group = VRD_NO_GROUP,
	                      .to = VRD_LEAVES};
	if (i % 10 != 0)
		a->service = some(mem, N_SERVICES, 7 * i, 4 + i % 9);
	if (i % 3 == 0)
		a->band = some(mem, N_BANDS, i, 2);
	if (i % 6 == 1)
		a->area = some(mem, N_AREAS, i, 3);
	if (a->kind == VRD_GROWTH) {
		a->annual = i % 8 == 0;
		low = -0.004;
		high = 0.012;
	}
	if (a->kind == VRD_AVOID && i % 8 == 1)
		a->care = some(mem, N_CARES, 0, 2);
	if (a->kind == VRD_LENGTH_OF_STAY) {
		a->care = some(mem, N_CARES, 0, 2);
		a->one_night = i % 8 == 3;
	}
	if (a->kind == VRD_SHIFT) {
		a->care = some(mem, N_CARES, i % 8 == 2 ? 3 : 0, i % 8 == 2 ? 1 : 2);
		a->to = i % 8 == 2 ? 4 : 2 + i / 4 % 4;
		a->conversion = 1;
		a->removed = VRD_REMOVED_SHORTEST;
	}
	vrd_kind_bounds(a->kind, &lower, &upper);
	if (a->kind == VRD_SHIFT)
		upper = 0.2; // so that overlapping shifts never take more than all
	RUN(vrd_dist_fit(VRD_DIST_TRUNCNORM, low, NAN, high, lower, upper, &a->dist, &err));
}

static inline void make_model(vrd_arena *mem, vrd_model *m) {
	*m = (vrd_model){.n_maps = 2, .n_assumptions = N_RULES, .planned_map = true, .los_cv = 1};
	make_demand(mem, &m->demand);
	m->unit = m->demand.area;
	m->provider = numbered(mem, "provider", N_PROVIDERS, "h");
	vrd_membership *maps = room(mem, 2, sizeof *maps);
	size_t *start = room(mem, N_AREAS + 1, sizeof *start);
	double *weight = room(mem, N_AREAS, sizeof *weight);
	for (size_t i = 0; i < 2; i++) {
		size_t *unit = room(mem, N_AREAS, sizeof *unit);
		for (size_t g = 0; g < N_AREAS; g++) {
			unit[g] = i && g == 3 ? 4 : g; // one area moves
			start[g + 1] = g + 1;
			weight[g] = 1;
		}
		maps[i] = (vrd_membership){start, unit, weight};
	}
	uint32_t *at = room(mem, N_SERVICES * N_YEARS, sizeof *at);
	for (size_t i = 0; i < N_SERVICES * N_YEARS; i++)
		at[i] = i % N_YEARS > 5;
	m->maps = maps;
	m->map_at = at;
	m->map_base = room(mem, N_SERVICES, sizeof(uint32_t));
	const size_t pairs = N_SERVICES * N_CARES;
	double *flow = room(mem, N_AREAS * pairs * N_PROVIDERS, sizeof *flow);
	for (size_t i = 0; i < N_AREAS * pairs; i++)
		for (size_t h = 0; h < N_PROVIDERS;
		     h++) // most at home, some at two large hospitals
			flow[i * N_PROVIDERS + h] = h == i / pairs ? 0.7
			                            : h == 10      ? 0.2
			                            : h == 11      ? 0.1
			                                           : 0;
	double *kappa = room(mem, N_SERVICES, sizeof *kappa);
	for (size_t k = 0; k < N_SERVICES; k++)
		kappa[k] = 1;
	size_t *home = room(mem, N_AREAS, sizeof *home);
	for (size_t g = 0; g < N_AREAS; g++)
		home[g] = g;
	double *beds = room(mem, N_PROVIDERS * pairs, sizeof *beds);
	for (size_t i = 0; i < N_PROVIDERS * pairs; i++)
		beds[i] = i % N_CARES < 2 ? 1 / (365 * 0.85) : 0;
	m->flow = flow;
	m->kappa = kappa;
	m->home = home;
	m->beds_per_bed_day = beds;
	vrd_assumption *rules = room(mem, N_RULES, sizeof *rules);
	for (size_t i = 0; i < N_RULES; i++)
		make_rule(mem, i, &rules[i]);
	m->assumptions = rules;
	double *share = room(mem, N_VARIANTS, sizeof *share);
	for (size_t v = 0; v < N_VARIANTS; v++)
		share[v] = v == 0 ? 0.5 : 0.25;
	m->variant_weight = share;
	vrd_diag diag;
	vrd_diag_init(&diag, mem, 0);
	vrd_model_check(m, "bench", &diag);
	need(diag.n_errors == 0, "the model has errors");
}
