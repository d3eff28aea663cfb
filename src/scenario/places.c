#include "scenario/places.h"

#include <assert.h>
#include <string.h>

static size_t n_providers(const vrd_model *model) {
	return model->provider ? model->provider->n : 0;
}

size_t vrd_places_max_shares(const vrd_places *p) {
	const vrd_model *model = p->model;
	const size_t providers = n_providers(model) ? n_providers(model) : 1;
	return 4 * (p->pairs ? model->unit->n * (providers + 1) : model->unit->n + providers + 1);
}

size_t vrd_places_scratch(const vrd_places *p) {
	return n_providers(p->model) + p->model->unit->n;
}

static const vrd_membership *map_of(const vrd_model *model, size_t k, size_t t, bool fixed) {
	return &model->maps[fixed || !model->planned_map
	                            ? model->map_base[k]
	                            : model->map_at[k * model->demand.n_year + t]];
}

// Share of area g's people who live, on the base map, in units whose home hospital is `home`.
static double residents_of(const vrd_model *model, const vrd_membership *base, size_t g,
                           size_t home) {
	double sum = 0;
	for (size_t i = base->start[g]; i < base->start[g + 1]; i++)
		if (model->home[base->unit[i]] == home)
			sum += base->weight[i];
	return sum;
}

// f_t[g, k, m -> h]: observed shares, of which a moved area's part at the old home hospital follows
// the map by kappa (docs/methods.md section 10): what the residents who moved used there goes
// to the homes of the units that gained them.
static void flows_of(const vrd_model *model, size_t g, size_t k, size_t m, size_t t, bool fixed,
                     double *flow, double *change) {
	const vrd_demand *d = &model->demand;
	const size_t n_h = model->provider->n, n_u = model->unit->n;
	const double *f0 = model->flow + ((g * d->n_service + k) * d->n_care + m) * n_h;
	memcpy(flow, f0, n_h * sizeof *flow);
	const vrd_membership *now = map_of(model, k, t, fixed);
	const vrd_membership *base = map_of(model, k, t, true);
	if (now == base || model->kappa[k] == 0)
		return;
	memset(change, 0, n_u * sizeof *change);
	for (size_t i = now->start[g]; i < now->start[g + 1]; i++)
		change[now->unit[i]] += now->weight[i];
	for (size_t i = base->start[g]; i < base->start[g + 1]; i++)
		change[base->unit[i]] -= base->weight[i];
	double gained = 0;
	for (size_t u = 0; u < n_u; u++)
		gained += change[u] > 0 ? change[u] : 0;
	if (gained < 1e-12)
		return;
	for (size_t i = base->start[g]; i < base->start[g + 1]; i++) {
		const size_t from = model->home[base->unit[i]];
		const double lost = -change[base->unit[i]];
		if (!(lost > 0) || from == VRD_NONE)
			continue;
		const double moved =
		        model->kappa[k] * lost / residents_of(model, base, g, from) * f0[from];
		for (size_t u = 0; u < n_u; u++) {
			const size_t to = model->home[u];
			if (change[u] > 0 && to != VRD_NONE) {
				flow[from] -= moved * change[u] / gained;
				flow[to] += moved * change[u] / gained;
			}
		}
	}
}

// Beds for each bed day at a provider; by unit nobody asks.
static double beds_at(const vrd_places *p, size_t h, size_t k, size_t m) {
	const vrd_demand *d = &p->model->demand;
	return p->axis == VRD_BY_PROVIDER
	               ? p->model->beds_per_bed_day[(h * d->n_service + k) * d->n_care + m]
	               : 0;
}

static size_t put(const vrd_places *p, size_t place, double weight, double beds, vrd_share *shares,
                  size_t n) {
	if (weight == 0)
		return n;
	if (p->group && !p->pairs)
		place = p->group[place];
	if (place == VRD_NONE)
		return n;
	shares[n++] = (vrd_share){place, weight, beds};
	if (p->sums)
		shares[n++] = (vrd_share){p->n - 1, weight, beds};
	return n;
}

size_t vrd_places_of(const vrd_places *p, size_t g, size_t k, size_t m, size_t t, bool fixed,
                     vrd_share *shares, double *scratch) {
	const vrd_model *model = p->model;
	const size_t n_h = n_providers(model);
	if (p->axis == VRD_BY_AREA && !p->pairs)
		return put(p, g, 1, 0, shares, 0);
	size_t n = 0;
	double *flow = scratch;
	if (n_h)
		flows_of(model, g, k, m, t, fixed, flow, scratch + n_h);
	if (p->axis == VRD_BY_PROVIDER && !p->pairs) {
		assert(n_h > 0);
		for (size_t h = 0; h < n_h; h++)
			n = put(p, h, flow[h], flow[h] * beds_at(p, h, k, m), shares, n);
		return n;
	}
	const vrd_membership *map = map_of(model, k, t, fixed);
	for (size_t i = map->start[g]; i < map->start[g + 1]; i++) {
		if (!p->pairs) {
			n = put(p, map->unit[i], map->weight[i], 0, shares, n);
			continue;
		}
		for (size_t h = 0; h < (n_h ? n_h : 1); h++) {
			const double weight = map->weight[i] * (n_h ? flow[h] : 1);
			n = put(p, map->unit[i] * (n_h ? n_h : 1) + h, weight,
			        weight * beds_at(p, h, k, m), shares, n);
		}
	}
	return n;
}

// --- rules that move ----------------------------------------------------------------------------

// Writes shares of one rule.
typedef struct {
	const vrd_places *p;
	size_t k, m;
	vrd_share *shares;
	size_t n;
} mover;

static void move_provider(mover *x, size_t from, size_t to, double weight) {
	const double beds_from = beds_at(x->p, from, x->k, x->m),
	             beds_to = beds_at(x->p, to, x->k, x->m);
	x->n = put(x->p, from, -weight, -weight * beds_from, x->shares, x->n);
	x->n = put(x->p, to, weight, weight * beds_to, x->shares, x->n);
}

// Pairs stand unit by unit; without providers each unit has one.
static void move_pair(mover *x, size_t unit, size_t provider, double weight) {
	const size_t n_h = n_providers(x->p->model);
	x->n = put(x->p, unit * (n_h ? n_h : 1) + provider, weight,
	           weight * beds_at(x->p, provider, x->k, x->m), x->shares, x->n);
}

static void move_flow(mover *x, const vrd_assumption *rule, const vrd_membership *map, size_t g,
                      const double *flow) {
	if (x->p->axis == VRD_BY_PROVIDER && !x->p->pairs) {
		move_provider(x, rule->from, rule->to, flow[rule->from]);
		return;
	}
	for (size_t i = map->start[g]; x->p->pairs && i < map->start[g + 1]; i++) {
		const size_t unit = map->unit[i];
		const double weight = map->weight[i] * flow[rule->from];
		move_pair(x, unit, rule->from, -weight);
		move_pair(x, unit, rule->to, weight);
	}
}

// Share of what goes to provider `h` that follows area g's people to the rule's unit: kappa, where
// somebody has it as home hospital and the unit has another.
static double follows(const mover *x, const vrd_assumption *rule, const vrd_membership *map,
                      size_t g, size_t h) {
	const vrd_model *model = x->p->model;
	const size_t new_home = model->home[rule->to];
	if (new_home == VRD_NONE || h == new_home || !(residents_of(model, map, g, h) > 0))
		return 0;
	return model->kappa[x->k];
}

static void move_residents(mover *x, const vrd_assumption *rule, const vrd_membership *map,
                           size_t g) {
	for (size_t i = map->start[g]; i < map->start[g + 1]; i++) {
		x->n = put(x->p, map->unit[i], -map->weight[i], 0, x->shares, x->n);
		x->n = put(x->p, rule->to, map->weight[i], 0, x->shares, x->n);
	}
}

static void move_patients(mover *x, const vrd_assumption *rule, const vrd_membership *map, size_t g,
                          const double *flow) {
	const vrd_model *model = x->p->model;
	for (size_t h = 0; h < n_providers(model); h++) {
		const double part = follows(x, rule, map, g, h);
		if (part > 0)
			move_provider(x, h, model->home[rule->to], part * flow[h]);
	}
}

// What everybody uses leaves, and comes back as what residents of the rule's unit use.
static void move_pairs(mover *x, const vrd_assumption *rule, const vrd_membership *map, size_t g,
                       const double *flow) {
	const vrd_model *model = x->p->model;
	const size_t n_h = n_providers(model);
	for (size_t i = map->start[g]; i < map->start[g + 1]; i++)
		for (size_t h = 0; h < (n_h ? n_h : 1); h++)
			move_pair(x, map->unit[i], h, -map->weight[i] * (n_h ? flow[h] : 1));
	if (!n_h)
		move_pair(x, rule->to, 0, 1);
	for (size_t h = 0; h < n_h; h++) {
		const double away = follows(x, rule, map, g, h) * flow[h];
		move_pair(x, rule->to, h, flow[h] - away);
		if (away > 0)
			move_pair(x, rule->to, model->home[rule->to], away);
	}
}

// All people of the area become residents of the rule's unit, and what they use at their home
// hospitals follows by kappa, as when the map moves them (docs/methods.md section 10).
static void move_catchment(mover *x, const vrd_assumption *rule, const vrd_membership *map,
                           size_t g, const double *flow) {
	if (x->p->pairs)
		move_pairs(x, rule, map, g, flow);
	else if (x->p->axis == VRD_BY_UNIT)
		move_residents(x, rule, map, g);
	else
		move_patients(x, rule, map, g, flow);
}

size_t vrd_places_moved(const vrd_places *p, const vrd_assumption *rule, size_t g, size_t k,
                        size_t m, size_t t, bool fixed, vrd_share *shares, double *scratch) {
	const vrd_model *model = p->model;
	const size_t n_h = n_providers(model);
	mover x = {.p = p, .k = k, .m = m, .shares = shares};
	if (p->axis == VRD_BY_AREA && !p->pairs)
		return 0;
	if (n_h)
		flows_of(model, g, k, m, t, fixed, scratch, scratch + n_h);
	if (rule->kind == VRD_CATCHMENT)
		move_catchment(&x, rule, map_of(model, k, t, fixed), g, scratch);
	else if (n_h)
		move_flow(&x, rule, map_of(model, k, t, fixed), g, scratch);
	return x.n;
}
