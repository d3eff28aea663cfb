#include "scenario/worker.h"

#include <string.h>

// What the source brings before anything that acts on all of it: for demand the uncertain rates and
// the share of healthy ageing, for what is added its number.
static void enter(worker *w) {
	const size_t n = w->block->n;
	const bool is_demand = w->source.from == FROM_YEAR || w->source.from == FROM_AGED;
	if (!is_demand)
		memcpy(w->pre, effect_of(w, w->source.index), n * sizeof(double));
	else if (w->class->rates.n)
		memcpy(w->pre,
		       vrd_ageing_weight(w, w->source.from == FROM_AGED ? w->source.index + 1 : 0),
		       n * sizeof(double));
	else
		fill(w->pre, n, 1);
	if (is_demand && w->rates)
		multiply(w->pre, w->rates + w->block->from, n);
	for (size_t i = 0; w->source.levels && i < w->class->level.n; i++)
		if (w->source.levels >> i & 1)
			multiply(w->pre, effect_of(w, w->class->level.items[i]), n);
}

// The share that overlapping rules of avoidance leave: independent, or at its bounds.
static void keep(worker *w) {
	const size_t n = w->block->n;
	const vrd_list *rules = &w->class->keep;
	const vrd_overlap overlap = w->s->view->overlap;
	double *joint = w->logs;
	if (rules->n == 0)
		return;
	fill(joint, n, 1);
	for (size_t i = 0; i < rules->n; i++) {
		const double *own = effect_of(w, rules->items[i]);
		if (overlap == VRD_OVERLAP_INDEPENDENT)
			multiply(joint, own, n);
		for (size_t d = 0; overlap == VRD_OVERLAP_FULL && d < n; d++)
			joint[d] = own[d] < joint[d] ? own[d] : joint[d];
		for (size_t d = 0; overlap == VRD_OVERLAP_NONE && d < n; d++)
			joint[d] = joint[d] + own[d] > 1 ? joint[d] + own[d] - 1 : 0;
	}
	multiply(w->pre, joint, n);
}

// What shift `rule` takes away, per unit of pre-shift demand. All shortest-first rules remove the
// same mean stay, so their order is free.
static void outflow(const worker *w, const vrd_assumption *rule, const double *share, part *out) {
	const size_t n = w->block->n;
	const bool value = !rule->moves_days && rule->removed == VRD_REMOVED_VALUE;
	out->any_contacts = !rule->moves_days;
	out->any_days = !value;
	out->any_per_contact = value;
	for (size_t d = 0; d < n; d++)
		out->contacts[d] = out->days[d] = w->pre[d] * share[d];
	if (vrd_removes_shortest(rule))
		multiply(out->days, w->shortest, n);
	if (value)
		for (size_t d = 0; d < n; d++)
			out->per_contact[d] = out->contacts[d] * rule->removed_days;
}

// What it brings to its target.
static void inflow(const worker *w, const vrd_assumption *rule, const double *share, part *in) {
	in->any_contacts = !rule->moves_days;
	in->any_days = rule->moves_days;
	in->any_per_contact = !rule->moves_days && rule->los_new != 0;
	for (size_t d = 0; d < w->block->n; d++) {
		const double moved = w->pre[d] * share[d] * rule->conversion;
		in->contacts[d] = in->days[d] = moved;
		in->per_contact[d] = moved * rule->los_new;
	}
}

// Mean stay of the moved, as a share of all stays' mean: it depends on the sum of the shares that
// leave shortest-first. One such rule alone, the usual case, has its share computed once a year.
static void share_of_shortest(worker *w) {
	const size_t n = w->block->n;
	double *out = w->shortest;
	size_t n_rules = 0, last = 0;
	for (size_t i = 0; i < w->class->move.n; i++) {
		const size_t index = w->class->move.items[i];
		if (!vrd_removes_shortest(&w->s->model->assumptions[index]))
			continue;
		if (n_rules++ == 0)
			fill(out, n, 0);
		plus(out, effect_of(w, index), n, 1);
		last = index;
	}
	if (n_rules == 1)
		memcpy(out, w->shortest_alone + last * w->s->n + w->block->from, n * sizeof *out);
	else if (n_rules > 1)
		for (size_t d = 0; d < n; d++)
			out[d] = vrd_shortest_share(out[d], w->s->model->assumptions[last].los_cv);
}

static void subtract(part *from, const part *x, size_t n) {
	if (x->any_contacts)
		plus(from->contacts, x->contacts, n, -1);
	if (x->any_days)
		plus(from->days, x->days, n, -1);
	if (!x->any_per_contact)
		return;
	if (!from->any_per_contact)
		fill(from->per_contact, n, 0);
	from->any_per_contact = true;
	plus(from->per_contact, x->per_contact, n, -1);
}

static void negate(part *x, size_t n) {
	for (size_t d = 0; d < n; d++) {
		x->contacts[d] = -x->contacts[d];
		x->days[d] = -x->days[d];
		x->per_contact[d] = -x->per_contact[d];
	}
}

// What is kept of a vector; the change goes to `change`.
static void keep_part(double *restrict x, const double *restrict keep, double *restrict change,
                      size_t n) {
	for (size_t d = 0; d < n; d++) {
		change[d] = keep[d] * x[d] - x[d];
		x[d] = keep[d] * x[d];
	}
}

// One length-of-stay rule on a part; its effect goes to w->change.
static void shorten_once(worker *w, const vrd_assumption *rule, const double *keep, part *x) {
	const size_t n = w->block->n;
	part *change = &w->change;
	const bool nights = rule->one_night && x->any_contacts;
	if (nights && !x->any_per_contact)
		fill(x->per_contact, n, 0);
	x->any_per_contact = x->any_per_contact || nights;
	change->any_days = x->any_days;
	change->any_per_contact = x->any_per_contact;
	if (x->any_days)
		keep_part(x->days, keep, change->days, n);
	if (x->any_per_contact)
		keep_part(x->per_contact, keep, change->per_contact, n);
	for (size_t d = 0; nights && d < n; d++) {
		const double night = (1 - keep[d]) * x->contacts[d];
		x->per_contact[d] += night;
		change->per_contact[d] += night;
	}
}

// Length-of-stay rules on a part; with steps each rule's effect is added to its own step.
static void shorten(worker *w, const vrd_list *rules, part *x, bool by_step, size_t care,
                    const double *weights) {
	for (size_t i = 0; i < rules->n; i++) {
		const size_t index = rules->items[i];
		shorten_once(w, &w->s->model->assumptions[index], effect_of(w, index), x);
		if (by_step)
			vrd_add_days(w, w->s->step_of[index], care, weights, &w->change);
	}
}

// Shifts (all from the same pre-shift demand w->pre), then length of stay, then where. With `by_step`
// each effect goes to its own step; else the result goes to `step`, weighed on map `kind`.
static void shifts_and_stays(worker *w, bool by_step, size_t step, map_kind kind) {
	const shared *s = w->s;
	const vrd_class *c = w->class;
	const size_t n = w->block->n;
	const double *own = vrd_weights_of(w, c->care, kind, VRD_NONE);
	memcpy(w->own.contacts, w->pre, n * sizeof(double));
	memcpy(w->own.days, w->pre, n * sizeof(double));
	w->own.any_contacts = w->own.any_days = true;
	w->own.any_per_contact = false;
	share_of_shortest(w);
	for (size_t i = 0; i < c->move.n; i++) {
		const size_t index = c->move.items[i];
		const vrd_assumption *rule = &s->model->assumptions[index];
		part *moved = &w->moved;
		outflow(w, rule, effect_of(w, index), moved);
		subtract(&w->own, moved, n);
		if (by_step) {
			negate(moved, n);
			vrd_add_part(w, s->step_of[index], c->care, own, moved);
		}
		if (rule->to == VRD_LEAVES)
			continue;
		const double *there = vrd_weights_of(w, rule->to, kind, VRD_NONE);
		inflow(w, rule, effect_of(w, index), moved);
		if (by_step)
			vrd_add_part(w, s->step_of[index], rule->to, there, moved);
		shorten(w, &c->target[i].stay, moved, by_step, rule->to, there);
		if (by_step)
			vrd_deliver_steps(w, &c->target[i], moved, rule->to);
		else
			vrd_deliver(w, &c->target[i], moved, rule->to, step, kind);
	}
	shorten(w, &c->own.stay, &w->own, by_step, c->care, own);
	if (by_step)
		vrd_deliver_steps(w, &c->own, &w->own, c->care);
	else
		vrd_deliver(w, &c->own, &w->own, c->care, step, kind);
}

static void grow(worker *w) {
	for (size_t i = 0; i < w->class->factor.n; i++)
		multiply(w->pre, effect_of(w, w->class->factor.items[i]), w->block->n);
}

static void evaluate_block(worker *w) {
	const bool is_demand = w->source.from == FROM_YEAR || w->source.from == FROM_AGED;
	enter(w);
	if (!w->s->view->steps) {
		if (is_demand)
			grow(w);
		keep(w);
		shifts_and_stays(w, false, 0, MAP_DATED);
		return;
	}
	if (w->source.levels) {
		grow(w);
		vrd_level_step(w);
	} else {
		vrd_entry_steps(w);
		if (is_demand)
			vrd_factor_steps(w);
	}
	vrd_keep_steps(w);
	shifts_and_stays(w, true, 0, MAP_FIXED);
	if (w->s->model->planned_map)
		shifts_and_stays(w, false, w->s->n_steps - 1, MAP_CHANGE);
}

static void evaluate_source(worker *w, source from) {
	const size_t n_rows = (w->s->n_movers + 1) * w->s->model->demand.n_care;
	w->source = from;
	for (size_t kind = 0; kind < N_MAPS; kind++)
		memset(w->has[kind], 0, n_rows * sizeof(bool));
	if (w->s->view->steps && from.from == FROM_YEAR && !from.levels)
		vrd_weigh_base(w);
	for (size_t i = 0; i < w->s->n_blocks; i++) {
		w->block = &w->s->blocks[i];
		evaluate_block(w);
	}
}

// A demand source and, for each set of the class's level rules, the part that they multiply.
static void evaluate_demand(worker *w, source from) {
	for (unsigned levels = 0; levels < 1u << w->class->level.n; levels++) {
		from.levels = levels;
		evaluate_source(w, from);
	}
}

void vrd_evaluate_class(worker *w) {
	const vrd_class *c = w->class;
	const vrd_model *model = w->s->model;
	vrd_prepare_effects(w);
	evaluate_demand(w, (source){.from = FROM_YEAR});
	for (size_t i = 0; c->rates.n && i < model->demand.n_aged; i++)
		evaluate_demand(w, (source){.from = FROM_AGED, .index = i});
	for (size_t i = 0; i < c->added.n; i++) {
		const size_t rule = c->added.items[i];
		const bool is_new = model->assumptions[rule].kind == VRD_NEW_SERVICE;
		evaluate_source(
		        w, (source){.from = is_new ? FROM_PEOPLE : FROM_BACKLOG, .index = rule});
	}
}
