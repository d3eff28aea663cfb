// The second method's places: docs/methods.md section 10, one area at a time. Include after
// cmocka.h.
#pragma once

#include "model_rules.h"

enum { MAX_PLACES = 8 };

// What the weights of places are asked for.
typedef struct {
	const vrd_model *model;
	vrd_axis axis;
	size_t g, k, care, t;
	bool fixed; // on the base year's map
} stand;

// Weight of each unit for an area on a map.
static inline void membership(const vrd_membership *map, size_t g, double out[MAX_PLACES]) {
	memset(out, 0, MAX_PLACES * sizeof *out);
	for (size_t i = map->start[g]; i < map->start[g + 1]; i++)
		out[map->unit[i]] += map->weight[i];
}

static inline void people_in_units(const stand *at, double out[MAX_PLACES]) {
	const vrd_model *model = at->model;
	const uint32_t state = at->fixed || !model->planned_map
	                               ? model->map_base[at->k]
	                               : model->map_at[at->k * model->demand.n_year + at->t];
	membership(&model->maps[state], at->g, out);
}

// Flows when the area's people, who lived as `before`, live as `after`. Those of one home hospital
// move together: what leaves them goes to the homes of the units that gain, in proportion to the
// gains, as far as the service follows the map.
static inline void flows_follow(const stand *at, const double *flow, const double *before,
                                const double *after, double out[MAX_PLACES]) {
	const vrd_model *model = at->model;
	double gains = 0;
	for (size_t u = 0; u < model->unit->n; u++)
		gains += fmax(after[u] - before[u], 0);
	memcpy(out, flow, MAX_PLACES * sizeof *out);
	for (size_t from = 0; from < model->provider->n; from++) {
		double residents = 0, lost = 0;
		for (size_t u = 0; u < model->unit->n; u++)
			if (model->home[u] == from) {
				residents += before[u];
				lost += fmax(before[u] - after[u], 0);
			}
		for (size_t u = 0; u < model->unit->n && lost > 1e-13; u++) {
			const size_t to = model->home[u];
			if (to == VRD_NONE || after[u] <= before[u])
				continue;
			const double moved = model->kappa[at->k] * lost / residents * flow[from] *
			                     (after[u] - before[u]) / gains;
			out[from] -= moved;
			out[to] += moved;
		}
	}
}

static inline void flows_in_year(const stand *at, double out[MAX_PLACES]) {
	const vrd_model *model = at->model;
	const vrd_demand *d = &model->demand;
	const size_t n_h = model->provider->n;
	double base[MAX_PLACES], now[MAX_PLACES], observed[MAX_PLACES] = {0};
	membership(&model->maps[model->map_base[at->k]], at->g, base);
	people_in_units(at, now);
	memcpy(observed,
	       model->flow + ((at->g * d->n_service + at->k) * d->n_care + at->care) * n_h,
	       n_h * sizeof *observed);
	flows_follow(at, observed, base, now, out);
}

// Before any rule of flow or catchment.
static inline void weights_before(const stand *at, double out[MAX_PLACES]) {
	memset(out, 0, MAX_PLACES * sizeof *out);
	if (at->axis == VRD_BY_AREA)
		out[at->g] = 1;
	else if (at->axis == VRD_BY_UNIT)
		people_in_units(at, out);
	else
		flows_in_year(at, out);
}

// What one such rule changes if it moves all that it can.
static inline void weights_moved(const stand *at, const vrd_assumption *rule,
                                 double out[MAX_PLACES]) {
	double before[MAX_PLACES], people[MAX_PLACES], after[MAX_PLACES] = {0};
	memset(out, 0, MAX_PLACES * sizeof *out);
	if (at->axis == VRD_BY_AREA || (at->axis == VRD_BY_UNIT && rule->kind == VRD_FLOW))
		return;
	weights_before(at, before);
	if (rule->kind == VRD_FLOW) {
		out[rule->from] -= before[rule->from];
		out[rule->to] += before[rule->from];
		return;
	}
	// Everyone becomes a resident of the rule's unit.
	people_in_units(at, people);
	after[rule->to] = 1;
	if (at->axis == VRD_BY_UNIT)
		memcpy(out, after, sizeof after);
	else
		flows_follow(at, before, people, after, out);
	for (size_t p = 0; p < MAX_PLACES; p++)
		out[p] -= before[p];
}
