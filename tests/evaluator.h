// A second method: what a model gives, written from the formulas (docs/methods.md sections 4-15) one
// stratum and one draw at a time, with no classes and no sharing of work. Include after cmocka.h.
#pragma once

#include "evaluator_places.h"
#include "num/hash.h"

enum { MAX_CARE = 4, MAX_STEPS = VRD_STEP_FIRST + MAX_RULES + 2 };

// Contacts and bed days of one stratum, by the form of care that they are in.
typedef struct {
	double contacts[MAX_CARE], days[MAX_CARE];
} amount;

// What one stratum becomes in one draw: the change of each step, and the end before places. `size`:
// the largest amounts on the way, which set the rounding of their differences.
typedef struct {
	amount step[MAX_STEPS], end;
	double size;
} story;

typedef struct {
	const vrd_model *model;
	size_t g, b, k, m, v, t;
	double rate;              // factor of the stratum's uncertain rate
	double effect[MAX_RULES]; // of each assumption in this draw and year
	size_t step_of[MAX_RULES];
} subject;

// --- effects ------------------------------------------------------------------------------------

// Sum of the standard normal steps of the years in which a walk is under way.
static inline double walked(const vrd_assumption *a, uint64_t seed, size_t draw, int year,
                            double t0) {
	double sum = 0;
	for (int y = 2000; y <= year; y++)
		if (y > t0 && y > a->phasing.start && y <= a->phasing.end)
			sum += vrd_normal_quantile(vrd_uniform(seed, vrd_hash_id(vrd_str_of(a->id)),
			                                       draw, (uint64_t)y));
	return sum;
}

static inline double yearly_growth(const vrd_assumption *a, double x, double walk, int year,
                                   double t0) {
	const double from = a->phasing.start > t0 ? a->phasing.start : t0;
	const double to = year < a->phasing.end ? year : a->phasing.end;
	return to > from ? pow(1 + x, to - from) * exp(a->walk_sd * walk) : 1;
}

static inline double cleared_in(const vrd_phasing *p, int year) {
	for (size_t i = 0; i < p->n_table; i++)
		if (p->table_year[i] == year)
			return p->table_share[i];
	return 0;
}

// A factor, a share, a number of contacts for each person, or a number of contacts.
static inline double effect_in(const vrd_assumption *a, double x, double walk, int year,
                               double t0) {
	const double phi = a->kind == VRD_BACKLOG || a->kind == VRD_HEALTHY_AGEING
	                           ? 1
	                           : vrd_phasing_at(&a->phasing, year);
	switch (a->kind) {
	case VRD_HEALTHY_AGEING:
		return x;
	case VRD_GROWTH:
		return a->annual ? yearly_growth(a, x, walk, year, t0) : 1 + x * phi;
	case VRD_NEW_SERVICE:
		return x * phi / 1000;
	case VRD_BACKLOG:
		return x * cleared_in(&a->phasing, year);
	case VRD_AVOID:
	case VRD_LENGTH_OF_STAY:
		return 1 - x * phi;
	case VRD_PRODUCTIVITY:
		return 1 / (1 + x * phi);
	case VRD_LEVEL:
	case VRD_SHIFT:
	case VRD_FLOW:
	case VRD_CATCHMENT:
	case VRD_N_KINDS:
		break;
	}
	return x * phi;
}

static inline bool applies(const subject *s, size_t i, vrd_kind kind, size_t care) {
	const vrd_assumption *a = &s->model->assumptions[i];
	return a->kind == kind && vrd_assumption_selects(a, s->g, s->k, care, s->b);
}

// --- demand -------------------------------------------------------------------------------------

static inline void note(story *out, size_t step, size_t care, double contacts, double days) {
	out->step[step].contacts[care] += contacts;
	out->step[step].days[care] += days;
	out->size = fmax(out->size, fmax(fabs(contacts), fabs(days)));
}

static inline void demography(const subject *s, double contacts, double days, story *out) {
	const vrd_demand *d = &s->model->demand;
	const size_t stratum = vrd_demand_stratum(d, s->g, s->b, s->k, s->m);
	const double contacts0 = s->rate * d->base_contacts[stratum];
	const double days0 = s->rate * d->base_bed_days[stratum];
	note(out, VRD_STEP_BASE, s->m, contacts0, days0);
	out->size = fmax(out->size, fmax(contacts, days));
	if (d->births_driven[s->k]) {
		note(out, VRD_STEP_BIRTHS, s->m, contacts - contacts0, days - days0);
		return;
	}
	const double n0 = d->base_persons[s->g];
	const double n = d->persons[(s->g * d->n_variant + s->v) * d->n_year + s->t];
	const double size = n0 > 0 ? n / n0 : 0;
	out->size *= fmax(size, 1);
	note(out, VRD_STEP_SIZE, s->m, contacts0 * size - contacts0, days0 * size - days0);
	note(out, VRD_STEP_AGEING, s->m, contacts - contacts0 * size, days - days0 * size);
}

// The polynomial through (0, at_0) and (share[i], at[i * stride]), by divided differences.
static inline double polynomial(size_t n, const double *share, double at_0, const double *at,
                                size_t stride, double x) {
	double node[4] = {0}, c[4] = {at_0};
	for (size_t i = 0; i < n; i++) {
		node[i + 1] = share[i];
		c[i + 1] = at[i * stride];
	}
	for (size_t order = 1; order <= n; order++)
		for (size_t i = n; i >= order; i--)
			c[i] = (c[i] - c[i - 1]) / (node[i] - node[i - order]);
	double y = c[n];
	for (size_t i = n; i-- > 0;)
		y = c[i] + y * (x - node[i]);
	return y;
}

static inline void healthy_ageing(const subject *s, double *contacts, double *days, story *out) {
	const vrd_demand *d = &s->model->demand;
	const size_t cell = vrd_demand_cell(d, s->g, s->b, s->k, s->m, s->v, s->t);
	const size_t n =
	        d->n_area * d->n_band * d->n_service * d->n_care * d->n_variant * d->n_year;
	for (size_t i = 0; i < s->model->n_assumptions; i++) {
		if (!applies(s, i, VRD_HEALTHY_AGEING, s->m))
			continue;
		const double aged =
		        s->rate * polynomial(d->n_aged, d->aged_share, d->contacts[cell],
		                             d->aged_contacts + cell, n, s->effect[i]);
		const double aged_days =
		        s->rate * polynomial(d->n_aged, d->aged_share, d->bed_days[cell],
		                             d->aged_bed_days + cell, n, s->effect[i]);
		note(out, s->step_of[i], s->m, aged - *contacts, aged_days - *days);
		*contacts = aged;
		*days = aged_days;
	}
}

// Section 6: what multiplies demand, growth before levels.
static inline void factors(const subject *s, double *contacts, double *days, story *out) {
	const vrd_demand *d = &s->model->demand;
	for (vrd_kind kind = VRD_GROWTH; kind <= VRD_LEVEL; kind++)
		for (size_t i = 0; i < s->model->n_assumptions; i++) {
			if (!applies(s, i, kind, s->m))
				continue;
			const double *gap = s->model->assumptions[i].gap;
			const double factor =
			        kind == VRD_GROWTH ? s->effect[i]
			                           : 1 + s->effect[i] * gap[(s->g * d->n_service +
			                                                     s->k) * d->n_care +
			                                                    s->m];
			note(out, s->step_of[i], s->m, *contacts * (factor - 1),
			     *days * (factor - 1));
			*contacts *= factor;
			*days *= factor;
		}
}

static inline double base_of_backlog(const vrd_model *model, const vrd_assumption *a) {
	const vrd_demand *d = &model->demand;
	double sum = 0;
	for (size_t k = 0; k < d->n_service; k++)
		for (size_t m = 0; m < d->n_care; m++)
			for (size_t g = 0; g < d->n_area; g++)
				for (size_t b = 0; b < d->n_band; b++)
					if (vrd_assumption_selects(a, g, k, m, b))
						sum += d->base_contacts[vrd_demand_stratum(d, g, b,
						                                           k, m)];
	return sum;
}

// Section 6: what is added to it.
static inline void additions(const subject *s, double *contacts, double *days, story *out) {
	const vrd_demand *d = &s->model->demand;
	const size_t stratum = vrd_demand_stratum(d, s->g, s->b, s->k, s->m);
	const double people =
	        d->people[((s->g * d->n_band + s->b) * d->n_variant + s->v) * d->n_year + s->t];
	for (size_t i = 0; i < s->model->n_assumptions; i++) {
		const vrd_assumption *a = &s->model->assumptions[i];
		double more = 0, more_days = 0;
		if (applies(s, i, VRD_NEW_SERVICE, s->m)) {
			more = s->effect[i] * people;
			more_days = more * a->los_new;
		} else if (applies(s, i, VRD_BACKLOG, s->m)) {
			const double total = base_of_backlog(s->model, a);
			more = s->effect[i] * d->base_contacts[stratum] / total;
			more_days = s->effect[i] * d->base_bed_days[stratum] / total;
		}
		note(out, s->step_of[i], s->m, more, more_days);
		*contacts += more;
		*days += more_days;
	}
}

// --- care ---------------------------------------------------------------------------------------

// Section 7: rules share their joint effect by the logarithms of what each leaves.
static inline void avoidance(const subject *s, double *contacts, double *days, story *out) {
	double product = 1, logs = 0;
	for (size_t i = 0; i < s->model->n_assumptions; i++)
		if (applies(s, i, VRD_AVOID, s->m)) {
			product *= s->effect[i];
			logs += log(s->effect[i]);
		}
	for (size_t i = 0; i < s->model->n_assumptions; i++)
		if (applies(s, i, VRD_AVOID, s->m) && logs != 0) {
			const double part = (product - 1) * log(s->effect[i]) / logs;
			note(out, s->step_of[i], s->m, *contacts * part, *days * part);
		}
	*contacts *= product;
	*days *= product;
}

// Section 9 on something that lies at `care`.
static inline double stays_shortened(const subject *s, size_t care, double contacts, double days,
                                     story *out) {
	for (size_t i = 0; i < s->model->n_assumptions; i++) {
		if (!applies(s, i, VRD_LENGTH_OF_STAY, care))
			continue;
		const double after = s->model->assumptions[i].one_night
		                             ? contacts + (days - contacts) * s->effect[i]
		                             : days * s->effect[i];
		note(out, s->step_of[i], care, 0, after - days);
		days = after;
	}
	return days;
}

// Section 8: all shifts at once from the pre-shift amounts.
static inline void shifts(const subject *s, double contacts, double days, story *out) {
	const double stay = contacts > 0 ? days / contacts : 0;
	double left_contacts = contacts, left_days = days, shortest = 0;
	for (size_t i = 0; i < s->model->n_assumptions; i++)
		if (applies(s, i, VRD_SHIFT, s->m) &&
		    vrd_removes_shortest(&s->model->assumptions[i]))
			shortest += s->effect[i];
	for (size_t i = 0; i < s->model->n_assumptions; i++) {
		const vrd_assumption *a = &s->model->assumptions[i];
		if (!applies(s, i, VRD_SHIFT, s->m))
			continue;
		const double share = s->effect[i];
		double moved = contacts * share, moved_days = days * share;
		double there = a->conversion * moved, days_there = there * a->los_new;
		if (a->moves_days) {
			moved = there = 0;
			days_there = a->conversion * moved_days;
		} else if (a->removed == VRD_REMOVED_SHORTEST) {
			moved_days = moved * stay * vrd_shortest_share(shortest, a->los_cv);
		} else if (a->removed == VRD_REMOVED_VALUE) {
			moved_days = moved * a->removed_days;
		}
		left_contacts -= moved;
		left_days -= moved_days;
		note(out, s->step_of[i], s->m, -moved, -moved_days);
		if (a->to == VRD_LEAVES)
			continue;
		note(out, s->step_of[i], a->to, there, days_there);
		out->end.contacts[a->to] += there;
		out->end.days[a->to] += stays_shortened(s, a->to, there, days_there, out);
	}
	out->end.contacts[s->m] += left_contacts;
	out->end.days[s->m] += stays_shortened(s, s->m, left_contacts, left_days, out);
}

static inline void tell(const subject *s, story *out) {
	const vrd_demand *d = &s->model->demand;
	const size_t cell = vrd_demand_cell(d, s->g, s->b, s->k, s->m, s->v, s->t);
	double contacts = s->rate * d->contacts[cell], days = s->rate * d->bed_days[cell];
	memset(out, 0, sizeof *out);
	demography(s, contacts, days, out);
	healthy_ageing(s, &contacts, &days, out);
	factors(s, &contacts, &days, out);
	additions(s, &contacts, &days, out);
	avoidance(s, &contacts, &days, out);
	shifts(s, contacts, days, out);
}

// --- where --------------------------------------------------------------------------------------

// Weights of places for what is treated at `care`, with every rule that moves it there.
static inline void final_weights(const subject *s, vrd_axis axis, size_t care, bool fixed,
                                 double out[MAX_PLACES]) {
	const stand at = {s->model, axis, s->g, s->k, care, s->t, fixed};
	double moved[MAX_PLACES];
	weights_before(&at, out);
	for (size_t i = 0; i < s->model->n_assumptions; i++) {
		if (!applies(s, i, VRD_FLOW, care) && !applies(s, i, VRD_CATCHMENT, care))
			continue;
		weights_moved(&at, &s->model->assumptions[i], moved);
		for (size_t p = 0; p < MAX_PLACES; p++)
			out[p] += s->effect[i] * moved[p];
	}
}

// Beds for each bed per bed day, after the first `n` rules of productivity.
static inline double beds_carried(const subject *s, size_t care, size_t n) {
	double factor = 1;
	for (size_t i = 0; i < n; i++)
		if (applies(s, i, VRD_PRODUCTIVITY, care))
			factor *= s->effect[i];
	return factor;
}
