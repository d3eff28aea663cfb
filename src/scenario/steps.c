#include "scenario/worker.h"

#include <math.h>

// Adds the same number in every draw: weights `to` less `from` (NULL: nothing).
static void add_constant(worker *w, size_t step, const double *to, const double *from) {
	const size_t n = vrd_n_weights(w->s);
	for (size_t i = 0; i < n; i++)
		w->year_weights[i] = to[i] - (from ? from[i] : 0);
	const size_t care = w->class->care;
	vrd_add(w, step, care, VRD_CONTACTS, ON_CONTACTS, w->year_weights, NULL);
	vrd_add(w, step, care, VRD_BED_DAYS, ON_BED_DAYS, w->year_weights, NULL);
	vrd_add(w, step, care, VRD_BEDS, BEDS_ON_BED_DAYS, w->year_weights, NULL);
}

void vrd_weigh_base(worker *w) {
	vrd_weigh(w, w->class->care, true, FROM_BASE, w->base_weights);
	if (!w->s->model->demand.births_driven[w->k])
		vrd_weigh(w, w->class->care, true, FROM_BASE_SCALED, w->scaled_weights);
}

void vrd_demography_steps(worker *w) {
	const double *year = vrd_weights_of(w, w->class->care, MAP_FIXED);
	add_constant(w, VRD_STEP_BASE, w->base_weights, NULL);
	if (w->s->model->demand.births_driven[w->k]) {
		add_constant(w, VRD_STEP_BIRTHS, year, w->base_weights);
		return;
	}
	add_constant(w, VRD_STEP_SIZE, w->scaled_weights, w->base_weights);
	add_constant(w, VRD_STEP_AGEING, year, w->scaled_weights);
}

// A change of demand that leaves the mean stay as it is.
static void add_change(worker *w, size_t step, const double *coef) {
	const double *own = vrd_weights_of(w, w->class->care, MAP_FIXED);
	const size_t care = w->class->care;
	vrd_add(w, step, care, VRD_CONTACTS, ON_CONTACTS, own, coef);
	vrd_add(w, step, care, VRD_BED_DAYS, ON_BED_DAYS, own, coef);
	vrd_add(w, step, care, VRD_BEDS, BEDS_ON_BED_DAYS, own, coef);
}

void vrd_growth_steps(worker *w) {
	const size_t n = w->block->n;
	double *a = w->pre, *change = w->moved.contacts;
	fill(a, n, 1);
	for (size_t i = 0; i < w->class->growth.n; i++) {
		const double *factor = effect_of(w, w->class->growth.items[i]);
		for (size_t d = 0; d < n; d++)
			change[d] = a[d] * (factor[d] - 1);
		add_change(w, w->s->step_of[w->class->growth.items[i]], change);
		multiply(a, factor, n);
	}
}

// Overlapping rules share their joint effect by the logarithms of what each leaves, which is exact
// and does not depend on their order; a rule that leaves nothing makes them share by what each
// would avoid alone.
void vrd_avoid_steps(worker *w) {
	const size_t n = w->block->n;
	const vrd_list *rules = &w->class->avoid;
	double *a = w->pre, *change = w->moved.contacts, *product = w->moved.days;
	if (rules->n == 0)
		return;
	fill(product, n, 1);
	fill(w->logs, n, 0);
	for (size_t i = 0; i < rules->n; i++)
		multiply(product, effect_of(w, rules->items[i]), n);
	for (size_t i = 0; i < rules->n; i++) {
		const double *keep = effect_of(w, rules->items[i]);
		for (size_t d = 0; d < n; d++)
			w->logs[d] += product[d] > 0 ? log(keep[d]) : 1 - keep[d];
	}
	for (size_t i = 0; i < rules->n; i++) {
		const double *keep = effect_of(w, rules->items[i]);
		for (size_t d = 0; d < n; d++) {
			const double own = product[d] > 0 ? log(keep[d]) : 1 - keep[d];
			change[d] =
			        w->logs[d] != 0 ? a[d] * (product[d] - 1) * own / w->logs[d] : 0;
		}
		add_change(w, w->s->step_of[rules->items[i]], change);
	}
	multiply(a, product, n);
}
