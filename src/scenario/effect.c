#include "num/rng.h"
#include "scenario/engine.h"

// The interpolating polynomials over the shares 0, aged_share[...]: each is 1 at its own node.
static void compute_ageing(worker *w, size_t rule) {
	const shared *s = w->s;
	const vrd_demand *d = &s->model->demand;
	const double *share = w->effect + rule * s->n;
	for (size_t node = 0; node <= d->n_aged; node++) {
		double *out = w->ageing + (s->ageing_of[rule] * (d->n_aged + 1) + node) * s->n;
		const double own = node ? d->aged_share[node - 1] : 0;
		fill(out, s->n, 1);
		for (size_t j = 0; j <= d->n_aged; j++) {
			const double other = j ? d->aged_share[j - 1] : 0;
			for (size_t i = 0; j != node && i < s->n; i++)
				out[i] *= (share[i] - other) / (own - other);
		}
	}
}

static void compute_effect(worker *w, size_t i) {
	const shared *s = w->s;
	const vrd_assumption *a = &s->model->assumptions[i];
	const vrd_demand *d = &s->model->demand;
	double *out = w->effect + i * s->n;
	w->ready[i] = true;
	if (!s->x[i]) {
		fill(out, s->n, vrd_assumption_effect(a, 0, 0, d->year[w->t], d->t0));
	} else if (a->walk_sd > 0 && a->annual && !s->deterministic) {
		vrd_draw_walk(a, s->seed, s->order, s->n, d->year[w->t], d->t0, out);
		for (size_t j = 0; j < s->n; j++)
			out[j] = vrd_assumption_effect(a, s->x[i][j], out[j], d->year[w->t], d->t0);
	} else {
		for (size_t j = 0; j < s->n; j++)
			out[j] = vrd_assumption_effect(a, s->x[i][j], 0, d->year[w->t], d->t0);
	}
	if (a->kind == VRD_HEALTHY_AGEING)
		compute_ageing(w, i);
	if (vrd_removes_shortest(a))
		for (size_t j = 0; j < s->n; j++)
			w->shortest_alone[i * s->n + j] = vrd_shortest_share(out[j], a->los_cv);
}

static void prepare_list(worker *w, const vrd_list *list) {
	for (size_t i = 0; i < list->n; i++)
		if (!w->ready[list->items[i]])
			compute_effect(w, list->items[i]);
}

static void prepare_rules(worker *w, const vrd_rules_at *rules) {
	prepare_list(w, &rules->stay);
	prepare_list(w, &rules->place);
	prepare_list(w, &rules->resource);
}

// What is drawn is the rate of an area's service and form of care, named by codes: neither the order
// of the categories nor the ages at which assumptions cut play a part.
void vrd_draw_rate(const shared *s, size_t cell, double *out) {
	const size_t n_pairs = vrd_model_services(s->model)->n * s->model->demand.n_care;
	const size_t g = cell / n_pairs, pair = cell % n_pairs;
	const double x = s->rate_contacts[cell];
	if (s->deterministic) {
		fill(out, s->n, 1 + 0.5 / x);
		return;
	}
	for (size_t i = 0; i < s->n; i++) {
		vrd_stream one =
		        vrd_stream_of(s->seed, s->rate_stream[g], s->order[i], s->rate_slot[pair]);
		out[i] = vrd_gamma(&one, x + 0.5, 1 / x);
	}
}

// The class is of one area when rates are uncertain.
static void find_rates(worker *w) {
	const shared *s = w->s;
	const vrd_model *model = s->model;
	const size_t n_service = vrd_model_services(model)->n, n_care = model->demand.n_care;
	w->rates = NULL;
	if (!model->uncertain_rates)
		return;
	const size_t service = model->service_of ? model->service_of[w->k] : w->k;
	const size_t cell = (w->class->area[0] * n_service + service) * n_care + w->class->care;
	if (s->rate_contacts[cell] == 0)
		return;
	if (!s->rate_table)
		vrd_draw_rate(s, cell, w->own_rates);
	w->rates = s->rate_table ? s->rate_table + s->rate_row[cell] * s->n : w->own_rates;
}

void vrd_prepare_effects(worker *w) {
	const vrd_class *c = w->class;
	prepare_list(w, &c->rates);
	prepare_list(w, &c->factor);
	prepare_list(w, &c->level);
	prepare_list(w, &c->added);
	prepare_list(w, &c->keep);
	prepare_list(w, &c->move);
	prepare_rules(w, &c->own);
	for (size_t i = 0; i < c->move.n; i++)
		prepare_rules(w, &c->target[i]);
	find_rates(w);
}

const double *vrd_ageing_weight(const worker *w, size_t node) {
	const size_t rule = w->class->rates.items[0];
	const size_t row = w->s->ageing_of[rule] * (w->s->model->demand.n_aged + 1) + node;
	return w->ageing + row * w->s->n + w->block->from;
}
