// Random assumptions of every kind that keep a model sound, and models with them. Include after
// cmocka.h.
#pragma once

#include "models.h"

// --- their parts --------------------------------------------------------------------------------

enum { MAX_RULES = 10 };
// The sum over this many rules of the largest share is below 1.
static const double largest_share = 0.095;

// NULL (everything) or each with a good chance.
static inline bool *random_selector(prop_gen *gen, size_t n) {
	if (prop_chance(gen, 0.4))
		return NULL;
	bool *out = ROOM(&gen->mem, bool, n);
	for (size_t i = 0; i < n; i++)
		out[i] = prop_chance(gen, 0.7);
	return out;
}

static inline vrd_phasing random_phasing(prop_gen *gen) {
	static const int years[] = {2026, 2031};
	static const double realised[] = {0.4, 0.7};
	vrd_phasing p = {.curve = (vrd_curve)prop_below(gen, VRD_PHASE_TABLE + 1),
	                 .start = 2024 + (int)prop_below(gen, 5)};
	p.end = p.start + (int)prop_below(gen, 8);
	if (p.curve == VRD_PHASE_TABLE) {
		p.n_table = 2;
		p.table_year = years;
		p.table_share = realised;
	}
	return p;
}

// Parts of the backlog in some of the years.
static inline vrd_phasing random_clearing(prop_gen *gen, const vrd_demand *d) {
	double *realised = ROOM(&gen->mem, double, d->n_year);
	for (size_t t = 0; t < d->n_year; t++)
		realised[t] = between(gen, 0, 1) / (double)d->n_year;
	return (vrd_phasing){.curve = VRD_PHASE_TABLE,
	                     .start = 2024,
	                     .end = 2024,
	                     .n_table = 1 + prop_below(gen, d->n_year),
	                     .table_year = d->year,
	                     .table_share = realised};
}

// A law inside [low, high] for every kind of law that has bounds.
static inline vrd_dist random_dist(prop_gen *gen, double low, double high) {
	static const vrd_dist_kind kinds[] = {VRD_DIST_FIXED,      VRD_DIST_UNIFORM,
	                                      VRD_DIST_PERT,       VRD_DIST_TRUNCNORM,
	                                      VRD_DIST_TRIANGULAR, VRD_DIST_METALOG};
	const double width = high - low, from = low + width * between(gen, 0.15, 0.4);
	const double to = low + width * between(gen, 0.6, 0.85);
	const double middle = from + (to - from) * between(gen, 0.35, 0.65);
	const vrd_dist_kind law = kinds[prop_below(gen, 6)];
	vrd_dist dist;
	if (prop_chance(gen, 0.15)) {
		const double values[] = {from, middle, to}, weights[] = {0.3, 0.5, 0.2};
		OK(vrd_dist_fit_discrete(3, values, weights, low, high, &dist, &err));
		return dist;
	}
	if (vrd_dist_fit(law, from, middle, law == VRD_DIST_FIXED ? from : to, low, high, &dist,
	                 NULL) != VRD_OK)
		OK(vrd_dist_fit(VRD_DIST_UNIFORM, from, NAN, to, low, high, &dist, &err));
	return dist;
}

static inline vrd_dist random_law_of(prop_gen *gen, vrd_kind kind) {
	switch (kind) {
	case VRD_HEALTHY_AGEING:
		return random_dist(gen, -0.4, 0.9);
	case VRD_GROWTH:
		return random_dist(gen, -0.06, 0.1);
	case VRD_LEVEL:
		return random_dist(gen, 0, 1);
	case VRD_NEW_SERVICE:
		return random_dist(gen, 0, 40);
	case VRD_BACKLOG:
		return random_dist(gen, 0, 300);
	case VRD_PRODUCTIVITY:
		return random_dist(gen, -0.3, 0.5);
	case VRD_AVOID:
	case VRD_SHIFT:
	case VRD_LENGTH_OF_STAY:
	case VRD_FLOW:
	case VRD_CATCHMENT:
	case VRD_N_KINDS:
		break;
	}
	return random_dist(gen, 0, largest_share);
}

// --- one of each kind ---------------------------------------------------------------------------

// Shifts lead to forms of care with higher numbers, so that they have no cycles.
static inline void random_shift(prop_gen *gen, const vrd_demand *d, vrd_assumption *a,
                                double los_cv) {
	bool *care = ROOM(&gen->mem, bool, d->n_care);
	a->to = prop_chance(gen, 0.75) ? 1 + prop_below(gen, d->n_care - 1) : VRD_LEAVES;
	for (size_t m = 0; m < d->n_care; m++)
		care[m] = (a->to == VRD_LEAVES || m < a->to) && prop_chance(gen, 0.7);
	a->care = care;
	a->conversion = prop_chance(gen, 0.5) ? 1 : between(gen, 0.5, 3);
	a->removed = (vrd_removed)prop_below(gen, 3);
	a->removed_days = between(gen, 0, 1);
	a->los_cv = los_cv;
	a->los_new = prop_chance(gen, 0.5) ? 0 : between(gen, 0, 2);
	a->moves_days = prop_chance(gen, 0.25);
}

// Services that no other healthy ageing selects; false when there are none left.
static inline bool select_unaged(prop_gen *gen, const vrd_model *model, vrd_assumption *a) {
	bool *service = ROOM(&gen->mem, bool, model->demand.n_service), any = false;
	for (size_t k = 0; k < model->demand.n_service; k++) {
		service[k] = !a->service || a->service[k];
		for (size_t i = 0; i < model->n_assumptions; i++) {
			const vrd_assumption *other = &model->assumptions[i];
			if (other->kind == VRD_HEALTHY_AGEING &&
			    (!other->service || other->service[k]))
				service[k] = false;
		}
		any = any || service[k];
	}
	a->service = service;
	return any;
}

static inline bool selects_activity(const vrd_demand *d, const vrd_assumption *a) {
	for (size_t i = 0; i < d->n_area * d->n_band * d->n_service * d->n_care; i++) {
		const size_t m = i % d->n_care, k = i / d->n_care % d->n_service;
		const size_t b = i / d->n_care / d->n_service % d->n_band;
		const size_t g = i / d->n_care / d->n_service / d->n_band;
		if (d->base_contacts[i] > 0 && vrd_assumption_selects(a, g, k, m, b))
			return true;
	}
	return false;
}

static inline size_t n_of_kind(const vrd_model *model, vrd_kind kind) {
	size_t n = 0;
	for (size_t i = 0; i < model->n_assumptions; i++)
		n += model->assumptions[i].kind == kind;
	return n;
}

static inline void random_gap(prop_gen *gen, const vrd_demand *d, vrd_assumption *a) {
	const size_t n = d->n_area * d->n_service * d->n_care;
	double *gap = ROOM(&gen->mem, double, n);
	for (size_t i = 0; i < n; i++)
		gap[i] = prop_chance(gen, 0.8) ? between(gen, -0.6, 1) : 0;
	a->gap = gap;
}

// What the kind has of its own; false when the model has no room for it.
static inline bool finish_rule(prop_gen *gen, const vrd_model *model, double los_cv,
                               vrd_assumption *a) {
	const vrd_demand *d = &model->demand;
	switch (a->kind) {
	case VRD_HEALTHY_AGEING:
		return select_unaged(gen, model, a);
	case VRD_GROWTH:
		a->annual = prop_chance(gen, 0.5);
		a->walk_sd = a->annual && prop_chance(gen, 0.4) ? between(gen, 0, 0.05) : 0;
		return true;
	case VRD_LEVEL:
		random_gap(gen, d, a);
		return n_of_kind(model, VRD_LEVEL) < 4; // more may not act on one stratum
	case VRD_NEW_SERVICE:
		a->los_new = prop_chance(gen, 0.4) ? 0 : between(gen, 0, 5);
		return true;
	case VRD_BACKLOG:
		a->phasing = random_clearing(gen, d);
		return selects_activity(d, a);
	case VRD_SHIFT:
		random_shift(gen, d, a, los_cv);
		return true;
	case VRD_LENGTH_OF_STAY:
		a->one_night = prop_chance(gen, 0.4);
		return true;
	case VRD_FLOW:
		if (!model->provider)
			return false;
		a->from = prop_below(gen, model->provider->n);
		a->to = prop_below(gen, model->provider->n);
		return true;
	case VRD_CATCHMENT:
		a->to = prop_below(gen, model->unit->n);
		return true;
	case VRD_AVOID:
	case VRD_PRODUCTIVITY:
	case VRD_N_KINDS:
		break;
	}
	return true;
}

static inline vrd_assumption rule_of_kind(prop_gen *gen, const vrd_model *model, vrd_kind kind,
                                          const char *id, double los_cv) {
	const vrd_demand *d = &model->demand;
	vrd_assumption a = {.id = id,
	                    .label = id,
	                    .kind = kind,
	                    .theme = prop_chance(gen, 0.3) ? "theme" : NULL,
	                    .phasing = random_phasing(gen),
	                    .area = random_selector(gen, d->n_area),
	                    .service = random_selector(gen, d->n_service),
	                    .care = random_selector(gen, d->n_care),
	                    .band = random_selector(gen, d->n_band),
	                    .group = VRD_NO_GROUP,
	                    .to = VRD_LEAVES};
	if (!finish_rule(gen, model, los_cv, &a))
		a.kind = VRD_AVOID;
	a.dist = random_law_of(gen, a.kind);
	if (model->n_groups && prop_chance(gen, 0.5))
		a.group = prop_below(gen, model->n_groups);
	return a;
}

static inline vrd_assumption random_assumption(prop_gen *gen, const vrd_model *model,
                                               const char *id, double los_cv) {
	return rule_of_kind(gen, model, (vrd_kind)prop_below(gen, VRD_N_KINDS), id, los_cv);
}

// --- models -------------------------------------------------------------------------------------

// The rows of a factor have length 1, so that L L' has a diagonal of ones.
static inline vrd_matrix random_matrix(prop_gen *gen, size_t n, const size_t *members) {
	double *factor = ROOM(&gen->mem, double, n *n);
	for (size_t i = 0; i < n; i++) {
		double squares = 0;
		for (size_t j = 0; j <= i; j++) {
			factor[i * n + j] = between(gen, j == i ? 0.1 : -1, 1);
			squares += factor[i * n + j] * factor[i * n + j];
		}
		for (size_t j = 0; j <= i; j++)
			factor[i * n + j] /= sqrt(squares);
	}
	return (vrd_matrix){n, members, factor};
}

// A matrix of some of the assumptions that are in no group, in any order.
static inline void random_matrices(prop_gen *gen, vrd_model *model) {
	size_t *free_ones = ROOM(&gen->mem, size_t, model->n_assumptions), n = 0;
	size_t *order = ROOM(&gen->mem, size_t, model->n_assumptions);
	prop_shuffle(gen, order, model->n_assumptions);
	for (size_t i = 0; i < model->n_assumptions; i++)
		if (model->assumptions[order[i]].group == VRD_NO_GROUP)
			free_ones[n++] = order[i];
	if (n < 2 || prop_chance(gen, 0.5))
		return;
	vrd_matrix *matrix = ROOM(&gen->mem, vrd_matrix, 2);
	const size_t first = 1 + prop_below(gen, n);
	matrix[0] = random_matrix(gen, first, free_ones);
	matrix[1] = random_matrix(gen, n - first, free_ones + first);
	model->matrices = matrix;
	model->n_matrices = n > first ? 2 : 1;
}

static inline void random_rules(prop_gen *gen, vrd_model *model, size_t n) {
	vrd_assumption *a = ROOM(&gen->mem, vrd_assumption, n);
	const double los_cv = prop_chance(gen, 0.5) ? 0 : between(gen, 0.5, 2);
	model->assumptions = a;
	for (model->n_assumptions = 0; model->n_assumptions < n; model->n_assumptions++)
		a[model->n_assumptions] = random_assumption(
		        gen, model, vrd_arena_printf(&gen->mem, "rule-%zu", model->n_assumptions),
		        los_cv);
	random_matrices(gen, model);
}

// Without assumptions, groups and matrices.
static inline vrd_model without_rules(vrd_model model) {
	model.n_assumptions = model.n_groups = model.n_matrices = 0;
	return model;
}

static inline vrd_model random_model(prop_gen *gen) {
	static const char *const groups[] = {"one", "rule-1"};
	vrd_arena *mem = &gen->mem;
	vrd_model model = {.los_cv = 1, .n_base = 1 + prop_below(gen, 3)};
	random_demand(gen, &model.demand);
	random_maps(gen, &model);
	if (prop_chance(gen, 0.8))
		random_flows(gen, &model);
	if (prop_chance(gen, 0.3))
		random_row_sets(gen, &model);
	model.uncertain_rates = prop_chance(gen, 0.2);
	model.n_groups = prop_below(gen, 3);
	double *rho = ROOM(mem, double, model.n_groups);
	for (size_t i = 0; i < model.n_groups; i++)
		rho[i] = prop_unit(gen);
	model.group_rho = rho;
	model.group_names = groups;
	random_rules(gen, &model, prop_below(gen, MAX_RULES + 1));
	double *weight = ROOM(mem, double, model.demand.n_variant);
	shares_of(gen, model.demand.n_variant, weight);
	model.variant_weight = weight;
	return model;
}

// A model that has flows.
static inline vrd_model with_flows(prop_gen *gen) {
	vrd_model model = random_model(gen);
	if (!model.provider)
		random_flows(gen, &model);
	return model;
}
