#include "scenario/worker.h"

#include <string.h>

size_t vrd_n_weights(const shared *s) {
	return s->places.n * N_BASES * s->model->demand.n_variant;
}

// A stratum's contacts and bed days of a source.
static void read_source(const worker *w, source from, size_t g, size_t band, size_t v,
                        double *contacts, double *days) {
	const vrd_demand *d = &w->s->model->demand;
	const size_t stratum = vrd_demand_stratum(d, g, band, w->k, w->class->care);
	const size_t cell = (stratum * d->n_variant + v) * d->n_year + w->t;
	double scale = 1;
	switch (from.from) {
	case FROM_YEAR:
		*contacts = d->contacts[cell];
		*days = d->bed_days[cell];
		return;
	case FROM_AGED: {
		const size_t n_cells =
		        vrd_demand_stratum(d, d->n_area, 0, 0, 0) * d->n_variant * d->n_year;
		*contacts = d->aged_contacts[from.index * n_cells + cell];
		*days = d->aged_bed_days[from.index * n_cells + cell];
		return;
	}
	case FROM_PEOPLE:
		*contacts =
		        d->people[((g * d->n_band + band) * d->n_variant + v) * d->n_year + w->t];
		*days = *contacts * w->s->model->assumptions[from.index].los_new;
		return;
	case FROM_BACKLOG:
		scale = 1 / w->s->base_total[from.index];
		break;
	case FROM_BASE_SCALED:
		scale = d->base_persons[g] > 0
		                ? d->persons[(g * d->n_variant + v) * d->n_year + w->t] /
		                          d->base_persons[g]
		                : 0;
		break;
	case FROM_BASE:
		break;
	}
	*contacts = d->base_contacts[stratum] * scale;
	*days = d->base_bed_days[stratum] * scale;
}

// Product of the area's gaps by the level rules of a source.
static double gaps_of(const worker *w, source from, size_t g) {
	const vrd_demand *d = &w->s->model->demand;
	const vrd_list *rules = &w->class->level;
	double product = 1;
	for (size_t i = 0; from.levels && i < rules->n; i++)
		if (from.levels >> i & 1)
			product *= w->s->model->assumptions[rules->items[i]]
			                   .gap[(g * d->n_service + w->k) * d->n_care +
			                        w->class->care];
	return product;
}

void vrd_weigh(worker *w, size_t care, bool fixed, source from, const vrd_assumption *mover,
               double *out) {
	const shared *s = w->s;
	const size_t n_v = s->model->demand.n_variant;
	memset(out, 0, vrd_n_weights(s) * sizeof *out);
	size_t n = 0, last = VRD_NONE;
	double gaps = 1;
	for (size_t i = 0; i < w->class->n_strata; i++) {
		const size_t g = w->class->area[i];
		if (g != last)
			n = mover ? vrd_places_moved(&s->places, mover, g, w->k, care, w->t, fixed,
			                             w->shares, w->scratch)
			          : vrd_places_of(&s->places, g, w->k, care, w->t, fixed, w->shares,
			                          w->scratch);
		if (g != last)
			gaps = gaps_of(w, from, g);
		last = g;
		for (size_t v = 0; v < n_v; v++) {
			double contacts, days;
			read_source(w, from, g, w->class->band[i], v, &contacts, &days);
			contacts *= gaps;
			days *= gaps;
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

const double *vrd_weights_of(worker *w, size_t care, map_kind kind, size_t mover) {
	const shared *s = w->s;
	const size_t row =
	        (mover == VRD_NONE ? 0 : s->mover_of[mover] + 1) * s->model->demand.n_care + care;
	double *out = w->weights[kind] + row * vrd_n_weights(s);
	if (w->has[kind][row])
		return out;
	w->has[kind][row] = true;
	if (kind != MAP_CHANGE) {
		vrd_weigh(w, care, kind == MAP_FIXED, w->source,
		          mover == VRD_NONE ? NULL : &s->model->assumptions[mover], out);
		return out;
	}
	const double *dated = vrd_weights_of(w, care, MAP_DATED, mover);
	const double *fixed = vrd_weights_of(w, care, MAP_FIXED, mover);
	for (size_t i = 0; i < vrd_n_weights(s); i++)
		out[i] = dated[i] - fixed[i];
	return out;
}

// The weight of the block's alternative: in the deterministic evaluation the mean over all.
static double weight_of(const worker *w, const double *by_variant) {
	const shared *s = w->s;
	if (!s->deterministic)
		return w->sign * by_variant[w->block->variant];
	double sum = 0;
	for (size_t v = 0; v < s->model->demand.n_variant; v++)
		sum += s->model->variant_weight[v] * by_variant[v];
	return w->sign * sum;
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

static sums *sums_of(worker *w) {
	return w->s->places.pairs ? &w->pair : &w->group;
}

static bool is_wanted(const sums *to, size_t care, vrd_measure measure) {
	return to->slot[measure] != VRD_NONE && to->care_group[care] != VRD_NONE;
}

// Adds coef (NULL: 1) times the weights on `base` to a measure at `care`.
void vrd_add(worker *w, size_t step, size_t care, vrd_measure measure, size_t base,
             const double *weights, const double *coef) {
	sums *to = sums_of(w);
	const size_t n_v = w->s->model->demand.n_variant;
	if (!is_wanted(to, care, measure))
		return;
	for (size_t place = 0; place < to->n_places; place++) {
		const size_t cell =
		        ((step * to->n_places + place) * to->n_cares + to->care_group[care]) *
		                to->n_slots +
		        to->slot[measure];
		add_cell(w, to, cell, weight_of(w, weights + (place * N_BASES + base) * n_v), coef);
	}
}

static const double *carried(worker *w, const double *coef) {
	if (!w->carries)
		return coef;
	memcpy(w->scaled, coef, w->block->n * sizeof *coef);
	multiply(w->scaled, w->carries, w->block->n);
	return w->scaled;
}

void vrd_add_beds(worker *w, size_t step, size_t care, const double *weights, const part *x) {
	if (!is_wanted(sums_of(w), care, VRD_BEDS))
		return;
	if (x->any_days)
		vrd_add(w, step, care, VRD_BEDS, BEDS_ON_BED_DAYS, weights, carried(w, x->days));
	if (x->any_per_contact)
		vrd_add(w, step, care, VRD_BEDS, BEDS_ON_CONTACTS, weights,
		        carried(w, x->per_contact));
}

void vrd_add_days(worker *w, size_t step, size_t care, const double *weights, const part *x) {
	if (x->any_days)
		vrd_add(w, step, care, VRD_BED_DAYS, ON_BED_DAYS, weights, x->days);
	if (x->any_per_contact)
		vrd_add(w, step, care, VRD_BED_DAYS, ON_CONTACTS, weights, x->per_contact);
	vrd_add_beds(w, step, care, weights, x);
}

void vrd_add_part(worker *w, size_t step, size_t care, const double *weights, const part *x) {
	if (x->any_contacts)
		vrd_add(w, step, care, VRD_CONTACTS, ON_CONTACTS, weights, x->contacts);
	vrd_add_days(w, step, care, weights, x);
}
