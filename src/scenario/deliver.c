#include "scenario/worker.h"

// x times an effect, in every draw.
static const part *times(worker *w, const part *x, const double *effect) {
	part *out = &w->away;
	const size_t n = w->block->n;
	out->any_contacts = x->any_contacts;
	out->any_days = x->any_days;
	out->any_per_contact = x->any_per_contact;
	for (size_t d = 0; x->any_contacts && d < n; d++)
		out->contacts[d] = x->contacts[d] * effect[d];
	for (size_t d = 0; x->any_days && d < n; d++)
		out->days[d] = x->days[d] * effect[d];
	for (size_t d = 0; x->any_per_contact && d < n; d++)
		out->per_contact[d] = x->per_contact[d] * effect[d];
	return out;
}

void vrd_deliver(worker *w, const vrd_rules_at *rules, const part *x, size_t care, size_t step,
                 map_kind kind) {
	const size_t n = w->block->n;
	if (rules->resource.n)
		fill(w->carried, n, 1);
	for (size_t i = 0; i < rules->resource.n; i++) {
		const double *effect = effect_of(w, rules->resource.items[i]);
		for (size_t d = 0; d < n; d++)
			w->carried[d] /= effect[d];
	}
	w->carries = rules->resource.n ? w->carried : NULL;
	vrd_add_part(w, step, care, vrd_weights_of(w, care, kind, VRD_NONE), x);
	for (size_t i = 0; i < rules->place.n; i++) {
		const size_t mover = rules->place.items[i];
		vrd_add_part(w, step, care, vrd_weights_of(w, care, kind, mover),
		             times(w, x, effect_of(w, mover)));
	}
	w->carries = NULL;
}

void vrd_deliver_steps(worker *w, const vrd_rules_at *rules, const part *x, size_t care) {
	const size_t n = w->block->n;
	for (size_t i = 0; i < rules->place.n; i++) {
		const size_t mover = rules->place.items[i];
		vrd_add_part(w, w->s->step_of[mover], care,
		             vrd_weights_of(w, care, MAP_FIXED, mover),
		             times(w, x, effect_of(w, mover)));
	}
	double *before = w->before; // what earlier rules leave
	fill(before, n, 1);
	for (size_t i = 0; i < rules->resource.n; i++) {
		const size_t index = rules->resource.items[i], step = w->s->step_of[index];
		const double *effect = effect_of(w, index);
		for (size_t d = 0; d < n; d++) {
			w->carried[d] = before[d] / effect[d] - before[d];
			before[d] /= effect[d];
		}
		w->carries = w->carried;
		vrd_add_beds(w, step, care, vrd_weights_of(w, care, MAP_FIXED, VRD_NONE), x);
		for (size_t j = 0; j < rules->place.n; j++) {
			const size_t mover = rules->place.items[j];
			vrd_add_beds(w, step, care, vrd_weights_of(w, care, MAP_FIXED, mover),
			             times(w, x, effect_of(w, mover)));
		}
		w->carries = NULL;
	}
}
