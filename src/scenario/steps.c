#include "scenario/worker.h"

#include <math.h>

// The factor of the block's uncertain base rates; NULL when they are certain.
static const double *rates_of(const worker *w) {
	return w->rates ? w->rates + w->block->from : NULL;
}

// Adds weights `to` less `from` (NULL: nothing) in every draw.
static void add_people(worker *w, size_t step, const double *to, const double *from) {
	const size_t n = vrd_n_weights(w->s);
	for (size_t i = 0; i < n; i++)
		w->year_weights[i] = to[i] - (from ? from[i] : 0);
	const size_t care = w->class->care;
	const double *coef = rates_of(w);
	vrd_add(w, step, care, VRD_CONTACTS, ON_CONTACTS, w->year_weights, coef);
	vrd_add(w, step, care, VRD_BED_DAYS, ON_BED_DAYS, w->year_weights, coef);
	vrd_add(w, step, care, VRD_BEDS, BEDS_ON_BED_DAYS, w->year_weights, coef);
}

void vrd_weigh_base(worker *w) {
	const size_t care = w->class->care;
	vrd_weigh(w, care, true, (source){.from = FROM_BASE}, NULL, w->base_weights);
	if (!w->s->model->demand.births_driven[w->k])
		vrd_weigh(w, care, true, (source){.from = FROM_BASE_SCALED}, NULL,
		          w->scaled_weights);
}

static void demography_steps(worker *w) {
	const double *year = vrd_weights_of(w, w->class->care, MAP_FIXED, VRD_NONE);
	add_people(w, VRD_STEP_BASE, w->base_weights, NULL);
	if (w->s->model->demand.births_driven[w->k]) {
		add_people(w, VRD_STEP_BIRTHS, year, w->base_weights);
		return;
	}
	add_people(w, VRD_STEP_SIZE, w->scaled_weights, w->base_weights);
	add_people(w, VRD_STEP_AGEING, year, w->scaled_weights);
}

// A change of the source's activity that leaves its mean stay as it is.
static void add_change(worker *w, size_t step, const double *coef) {
	const double *own = vrd_weights_of(w, w->class->care, MAP_FIXED, VRD_NONE);
	const size_t care = w->class->care;
	vrd_add(w, step, care, VRD_CONTACTS, ON_CONTACTS, own, coef);
	vrd_add(w, step, care, VRD_BED_DAYS, ON_BED_DAYS, own, coef);
	vrd_add(w, step, care, VRD_BEDS, BEDS_ON_BED_DAYS, own, coef);
}

void vrd_entry_steps(worker *w) {
	const size_t n = w->block->n;
	const vrd_list *rates = &w->class->rates;
	double *a = w->pre, *change = w->moved.contacts;
	if (w->source.from == FROM_YEAR) {
		demography_steps(w);
		if (rates->n == 0)
			return;
		const double *kept = vrd_ageing_weight(w, 0);
		for (size_t d = 0; d < n; d++)
			change[d] = kept[d] - 1;
		if (rates_of(w))
			multiply(change, rates_of(w), n);
		add_change(w, w->s->step_of[rates->items[0]], change);
	} else {
		const size_t rule = w->source.from == FROM_AGED ? rates->items[0] : w->source.index;
		add_change(w, w->s->step_of[rule], a);
	}
}

void vrd_factor_steps(worker *w) {
	const size_t n = w->block->n;
	double *a = w->pre, *change = w->moved.contacts;
	for (size_t i = 0; i < w->class->factor.n; i++) {
		const size_t index = w->class->factor.items[i];
		const double *factor = effect_of(w, index);
		for (size_t d = 0; d < n; d++)
			change[d] = a[d] * (factor[d] - 1);
		add_change(w, w->s->step_of[index], change);
		multiply(a, factor, n);
	}
}

// A level source is the effect of its last rule after the ones before it; growth has no step of its
// own there.
void vrd_level_step(worker *w) {
	const vrd_list *rules = &w->class->level;
	size_t last = rules->n - 1;
	while (!(w->source.levels >> last & 1))
		last--;
	add_change(w, w->s->step_of[rules->items[last]], w->pre);
}

// Overlapping rules share their joint effect by the logarithms of what each leaves, which is exact
// and does not depend on their order; a rule that leaves nothing makes them share by what each
// would avoid alone.
void vrd_keep_steps(worker *w) {
	const size_t n = w->block->n;
	const vrd_list *rules = &w->class->keep;
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
