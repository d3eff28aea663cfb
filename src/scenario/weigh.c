#include "scenario/worker.h"

#include <string.h>

size_t vrd_n_weights(const shared *s) {
	return s->places.n * N_BASES * s->model->demand.n_variant;
}

static double demand_at(const vrd_demand *d, const double *year, const double *base, size_t g,
                        size_t stratum, size_t v, size_t t, source from) {
	if (from == FROM_YEAR)
		return year[(stratum * d->n_variant + v) * d->n_year + t];
	if (from == FROM_BASE)
		return base[stratum];
	return d->base_persons[g] > 0
	               ? base[stratum] * d->persons[(g * d->n_variant + v) * d->n_year + t] /
	                         d->base_persons[g]
	               : 0;
}

// Weights of the worker's class at `care`.
void vrd_weigh(worker *w, size_t care, bool fixed, source from, double *out) {
	const shared *s = w->s;
	const vrd_demand *d = &s->model->demand;
	const size_t n_v = d->n_variant;
	memset(out, 0, vrd_n_weights(s) * sizeof *out);
	size_t n = 0, last = VRD_NONE;
	for (size_t i = 0; i < w->class->n_strata; i++) {
		const size_t g = w->class->area[i];
		if (g != last)
			n = vrd_places_of(&s->places, g, w->k, care, w->t, fixed, w->shares,
			                  w->scratch);
		last = g;
		const size_t stratum =
		        vrd_demand_stratum(d, g, w->class->band[i], w->k, w->class->care);
		for (size_t v = 0; v < n_v; v++) {
			const double contacts = demand_at(d, d->contacts, d->base_contacts, g,
			                                  stratum, v, w->t, from);
			const double days = demand_at(d, d->bed_days, d->base_bed_days, g, stratum,
			                              v, w->t, from);
			for (size_t j = 0; j < n; j++) {
				double *at = out + w->shares[j].place * N_BASES * n_v + v;
				at[ON_CONTACTS * n_v] += w->shares[j].weight * contacts;
				at[ON_BED_DAYS * n_v] += w->shares[j].weight * days;
				at[BEDS_ON_CONTACTS * n_v] += w->shares[j].beds * contacts;
				at[BEDS_ON_BED_DAYS * n_v] += w->shares[j].beds * days;
			}
		}
	}
}

const double *vrd_weights_of(worker *w, size_t care, map_kind kind) {
	double *out = w->weights[kind] + care * vrd_n_weights(w->s);
	if (w->has[kind][care])
		return out;
	w->has[kind][care] = true;
	if (kind != MAP_CHANGE) {
		vrd_weigh(w, care, kind == MAP_FIXED, FROM_YEAR, out);
		return out;
	}
	const double *dated = vrd_weights_of(w, care, MAP_DATED);
	const double *fixed = vrd_weights_of(w, care, MAP_FIXED);
	for (size_t i = 0; i < vrd_n_weights(w->s); i++)
		out[i] = dated[i] - fixed[i];
	return out;
}

// The weight of the block's alternative: in the deterministic evaluation the mean over all.
static double weight_of(const worker *w, const double *by_variant) {
	const shared *s = w->s;
	if (!s->deterministic)
		return by_variant[w->block->variant];
	double sum = 0;
	for (size_t v = 0; v < s->model->demand.n_variant; v++)
		sum += s->model->variant_weight[v] * by_variant[v];
	return sum;
}

static void add_cell(worker *w, sums *to, size_t cell, double weight, const double *coef) {
	double *out = to->data + cell * w->s->n + w->block->from;
	if (weight == 0)
		return;
	to->used[cell] = true;
	if (coef)
		plus(out, coef, w->block->n, weight);
	else
		for (size_t d = 0; d < w->block->n; d++)
			out[d] += weight;
}

// Adds coef (NULL: 1) times the weights on `base` to a measure at `care`.
void vrd_add(worker *w, size_t step, size_t care, vrd_measure measure, size_t base,
             const double *weights, const double *coef) {
	const shared *s = w->s;
	sums *to = s->places.pairs ? &w->pair : &w->group;
	const size_t n_v = s->model->demand.n_variant;
	if (to->slot[measure] == VRD_NONE || to->care_group[care] == VRD_NONE)
		return;
	for (size_t place = 0; place < to->n_places; place++) {
		const size_t cell =
		        ((step * to->n_places + place) * to->n_cares + to->care_group[care]) *
		                to->n_slots +
		        to->slot[measure];
		add_cell(w, to, cell, weight_of(w, weights + (place * N_BASES + base) * n_v), coef);
	}
}

void vrd_add_days(worker *w, size_t step, size_t care, const double *weights, const part *x) {
	if (x->any_days) {
		vrd_add(w, step, care, VRD_BED_DAYS, ON_BED_DAYS, weights, x->days);
		vrd_add(w, step, care, VRD_BEDS, BEDS_ON_BED_DAYS, weights, x->days);
	}
	if (x->any_per_contact) {
		vrd_add(w, step, care, VRD_BED_DAYS, ON_CONTACTS, weights, x->per_contact);
		vrd_add(w, step, care, VRD_BEDS, BEDS_ON_CONTACTS, weights, x->per_contact);
	}
}

void vrd_add_part(worker *w, size_t step, size_t care, const double *weights, const part *x) {
	if (x->any_contacts)
		vrd_add(w, step, care, VRD_CONTACTS, ON_CONTACTS, weights, x->contacts);
	vrd_add_days(w, step, care, weights, x);
}
