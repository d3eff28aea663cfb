#include "scenario/worker.h"

#include <string.h>

// Pre-shift factor A: growth, then avoidance.
static void pre_shift(const worker *w, double *a) {
	fill(a, w->s->n, 1);
	for (size_t i = 0; i < w->class->growth.n; i++)
		multiply(a, effect_of(w, w->class->growth.items[i]), w->s->n);
	for (size_t i = 0; i < w->class->avoid.n; i++)
		multiply(a, effect_of(w, w->class->avoid.items[i]), w->s->n);
}

// What shift `rule` takes away, per unit of pre-shift demand. All shortest-first rules remove the
// same mean stay, so their order is free.
static void outflow(const worker *w, const vrd_assumption *rule, const double *share, part *out) {
	const double *a = w->pre;
	for (size_t d = 0; d < w->s->n; d++) {
		const double moved = a[d] * share[d];
		out->contacts[d] = rule->moves_days ? 0 : moved;
		out->days[d] = moved;
		out->per_contact[d] = 0;
		if (rule->moves_days || rule->removed == VRD_REMOVED_MEAN)
			continue;
		const bool shortest = rule->removed == VRD_REMOVED_SHORTEST;
		out->days[d] = shortest ? moved * w->shortest[d] : 0;
		out->per_contact[d] = shortest ? 0 : moved * rule->removed_days;
	}
}

// What it brings to its target.
static void inflow(const worker *w, const vrd_assumption *rule, const double *share, part *in) {
	for (size_t d = 0; d < w->s->n; d++) {
		const double moved = w->pre[d] * share[d] * rule->conversion;
		in->contacts[d] = rule->moves_days ? 0 : moved;
		in->days[d] = rule->moves_days ? moved : 0;
		in->per_contact[d] = rule->moves_days ? 0 : moved * rule->los_new;
	}
}

// Mean stay of the moved, as a share of all stays' mean: it depends on the sum of the shares that
// leave shortest-first. One such rule alone, the usual case, has its share computed once a year.
static void share_of_shortest(const worker *w) {
	const size_t n = w->s->n;
	double *out = w->shortest;
	size_t n_rules = 0, last = 0;
	for (size_t i = 0; i < w->class->shift.n; i++) {
		const size_t index = w->class->shift.items[i];
		if (!vrd_removes_shortest(&w->s->model->assumptions[index]))
			continue;
		if (n_rules++ == 0)
			fill(out, n, 0);
		for (size_t d = 0; d < n; d++)
			out[d] += effect_of(w, index)[d];
		last = index;
	}
	if (n_rules == 1)
		memcpy(out, w->shortest_alone + last * n, n * sizeof *out);
	else if (n_rules > 1)
		for (size_t d = 0; d < n; d++)
			out[d] = vrd_shortest_share(out[d], w->s->model->assumptions[last].los_cv);
}

static void subtract(part *from, const part *x, size_t n) {
	for (size_t d = 0; d < n; d++) {
		from->contacts[d] -= x->contacts[d];
		from->days[d] -= x->days[d];
		from->per_contact[d] -= x->per_contact[d];
	}
}

static void negate(part *x, size_t n) {
	for (size_t d = 0; d < n; d++) {
		x->contacts[d] = -x->contacts[d];
		x->days[d] = -x->days[d];
		x->per_contact[d] = -x->per_contact[d];
	}
}

// Length-of-stay rules on a part; with steps each rule's effect is added to its own step.
static void shorten(worker *w, const vrd_list *rules, part *x, bool by_step, size_t care,
                    const double *weights) {
	const size_t n = w->s->n;
	for (size_t i = 0; i < rules->n; i++) {
		const double *keep = effect_of(w, rules->items[i]);
		const bool one_night = w->s->model->assumptions[rules->items[i]].one_night;
		part *change = &w->change;
		for (size_t d = 0; d < n; d++) {
			const double days = keep[d] * x->days[d];
			const double per_contact = keep[d] * x->per_contact[d] +
			                           (one_night ? (1 - keep[d]) * x->contacts[d] : 0);
			change->days[d] = days - x->days[d];
			change->per_contact[d] = per_contact - x->per_contact[d];
			x->days[d] = days;
			x->per_contact[d] = per_contact;
		}
		if (by_step)
			vrd_add_days(w, w->s->step_of[rules->items[i]], care, weights, change);
	}
}

// Shifts (all from the same pre-shift demand w->pre), then length of stay. With `by_step` each
// effect goes to its own step; else the result goes to `step`, weighed on map `kind`.
static void shifts_and_stays(worker *w, bool by_step, size_t step, map_kind kind) {
	const shared *s = w->s;
	const vrd_class *c = w->class;
	const size_t n = s->n;
	const double *own = vrd_weights_of(w, c->care, kind);
	memcpy(w->own.contacts, w->pre, n * sizeof(double));
	memcpy(w->own.days, w->pre, n * sizeof(double));
	fill(w->own.per_contact, n, 0);
	share_of_shortest(w);
	for (size_t i = 0; i < c->shift.n; i++) {
		const size_t index = c->shift.items[i];
		const vrd_assumption *rule = &s->model->assumptions[index];
		const size_t shift_step = by_step ? s->step_of[index] : step;
		part *moved = &w->moved;
		outflow(w, rule, effect_of(w, index), moved);
		subtract(&w->own, moved, n);
		if (by_step) {
			negate(moved, n);
			vrd_add_part(w, shift_step, c->care, own, moved);
		}
		if (rule->to == VRD_LEAVES)
			continue;
		const double *there = vrd_weights_of(w, rule->to, kind);
		inflow(w, rule, effect_of(w, index), moved);
		if (by_step)
			vrd_add_part(w, shift_step, rule->to, there, moved);
		shorten(w, &c->shift_los[i], moved, by_step, rule->to, there);
		if (!by_step)
			vrd_add_part(w, step, rule->to, there, moved);
	}
	shorten(w, &c->los, &w->own, by_step, c->care, own);
	if (!by_step)
		vrd_add_part(w, step, c->care, own, &w->own);
}

void vrd_evaluate_class(worker *w) {
	for (size_t kind = 0; kind < N_MAPS; kind++)
		memset(w->has[kind], 0, w->s->model->demand.n_care * sizeof(bool));
	if (!w->s->view->steps) {
		pre_shift(w, w->pre);
		shifts_and_stays(w, false, 0, MAP_DATED);
		return;
	}
	vrd_demography_steps(w);
	vrd_growth_steps(w);
	vrd_avoid_steps(w);
	shifts_and_stays(w, true, 0, MAP_FIXED);
	if (w->s->model->planned_map)
		shifts_and_stays(w, false, w->s->n_steps - 1, MAP_CHANGE);
}
