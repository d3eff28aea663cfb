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

// The weight of alternative v in a segment: in the deterministic evaluation the mean over all.
static double segment_weight(const shared *s, const double *w, size_t i) {
	if (!s->deterministic)
		return w[s->segment_variant[i]];
	double sum = 0;
	for (size_t v = 0; v < s->model->demand.n_variant; v++)
		sum += s->model->variant_weight[v] * w[v];
	return sum;
}

static void add_cell(const shared *s, sums *to, size_t cell, const double *w, const double *coef) {
	double *restrict out = to->data + cell * s->n;
	for (size_t i = 0; i < s->n_segments; i++) {
		const double weight = segment_weight(s, w, i);
		if (weight == 0)
			continue;
		to->used[cell] = true;
		const size_t from = s->segments[i].from, end = s->segments[i].to;
		if (coef)
			for (size_t d = from; d < end; d++)
				out[d] += weight * coef[d];
		else
			for (size_t d = from; d < end; d++)
				out[d] += weight;
	}
}

// Adds coef (NULL: 1) times the weights on `base` to a measure at `care`.
void vrd_add(worker *w, size_t step, size_t care, vrd_measure measure, size_t base,
             const double *weights, const double *coef) {
	const shared *s = w->s;
	sums *to = s->model->poisson && !s->view->steps ? &w->pair : &w->group;
	const size_t n_v = s->model->demand.n_variant;
	if (to->slot[measure] == VRD_NONE || to->care_group[care] == VRD_NONE)
		return;
	for (size_t place = 0; place < to->n_places; place++) {
		const size_t cell =
		        ((step * to->n_places + place) * to->n_cares + to->care_group[care]) *
		                to->n_slots +
		        to->slot[measure];
		add_cell(s, to, cell, weights + (place * N_BASES + base) * n_v, coef);
	}
}

static bool any(const double *x, size_t n) {
	for (size_t d = 0; d < n; d++)
		if (x[d] != 0)
			return true;
	return false;
}

void vrd_add_days(worker *w, size_t step, size_t care, const double *weights, const part *x) {
	if (any(x->days, w->s->n)) {
		vrd_add(w, step, care, VRD_BED_DAYS, ON_BED_DAYS, weights, x->days);
		vrd_add(w, step, care, VRD_BEDS, BEDS_ON_BED_DAYS, weights, x->days);
	}
	if (any(x->per_contact, w->s->n)) {
		vrd_add(w, step, care, VRD_BED_DAYS, ON_CONTACTS, weights, x->per_contact);
		vrd_add(w, step, care, VRD_BEDS, BEDS_ON_CONTACTS, weights, x->per_contact);
	}
}

void vrd_add_part(worker *w, size_t step, size_t care, const double *weights, const part *x) {
	vrd_add(w, step, care, VRD_CONTACTS, ON_CONTACTS, weights, x->contacts);
	vrd_add_days(w, step, care, weights, x);
}
