#include "scenario/explain_parts.h"

// Everything that a swing needs. Draws n = 0 make a live model of one number: the population is the
// mean of the alternatives and walks have no steps.
typedef struct {
	vrd_focus *focus;
	const vrd_change *medians; // of every assumption
} tornado;

static const vrd_draws one_number = {.n = 0, .n_threads = 1};

static vrd_status live_at_medians(const tornado *t, const vrd_model *model, vrd_live **out,
                                  vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = t->focus->model.n_assumptions;
	VRD_TRY(vrd_focus_live(t->focus, model, &one_number, NULL, out, err));
	if (n)
		VRD_TRY(vrd_live_change(*out, n, t->medians, err));
out:
	return rc;
}

// The target with one parameter at a value, which is put back.
static vrd_status value_at(const tornado *t, vrd_live *live, size_t i, double x, double *out,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	VRD_TRY(vrd_live_change(live, 1, &(vrd_change){i, &x}, err));
	vrd_live_cell(live, &t->focus->key, out);
	VRD_TRY(vrd_live_change(live, 1, &t->medians[i], err));
out:
	return rc;
}

static vrd_status swing_of(const tornado *t, vrd_live *live, size_t i, vrd_swing *out,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_model *model = &t->focus->model;
	const vrd_assumption *a = &model->assumptions[i];
	if (a->dist.kind == VRD_DIST_FIXED && !vrd_focus_walks(a))
		return VRD_OK;
	VRD_TRY(value_at(t, live, i, vrd_focus_quantile(model, a, 0.1), &out->low, err));
	VRD_TRY(value_at(t, live, i, vrd_focus_quantile(model, a, 0.9), &out->high, err));
out:
	return rc;
}

// The alternatives have weights, but no order: the lowest and the highest result.
static vrd_status swing_of_population(vrd_arena *mem, const tornado *t, vrd_swing *out,
                                      vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = t->focus->model.demand.n_variant;
	vrd_model one = t->focus->model;
	vrd_live *live = NULL;
	double *weight;
	bool any = false;
	VRD_TRY(VRD_NEW(mem, weight, n));
	one.variant_weight = weight;
	for (size_t v = 0; v < n; v++) {
		double x;
		if (!(t->focus->model.variant_weight[v] > 0))
			continue;
		weight[v] = 1;
		VRD_TRY(live_at_medians(t, &one, &live, err));
		vrd_live_cell(live, &t->focus->key, &x);
		vrd_live_free(live);
		live = NULL;
		weight[v] = 0;
		out->low = any && out->low < x ? out->low : x;
		out->high = any && out->high > x ? out->high : x;
		any = true;
	}
out:
	vrd_live_free(live);
	return rc;
}

vrd_status vrd_explain_tornado(vrd_arena *mem, const vrd_model *model, const vrd_target *target,
                               double *middle, vrd_swing out[], vrd_swing *population,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = model->n_assumptions;
	vrd_live *live = NULL;
	vrd_focus focus;
	vrd_change *changes;
	double *median, at;
	VRD_TRY(vrd_focus_new(mem, model, target, &focus, err));
	VRD_TRY(VRD_NEW(mem, changes, n));
	VRD_TRY(VRD_NEW(mem, median, n));
	focus.model.uncertain_rates = false;
	for (size_t i = 0; i < n; i++) {
		median[i] = vrd_dist_quantile(&model->assumptions[i].dist, 0.5);
		changes[i] = (vrd_change){i, &median[i]};
	}
	const tornado t = {&focus, changes};
	VRD_TRY(live_at_medians(&t, NULL, &live, err));
	vrd_live_cell(live, &focus.key, &at);
	for (size_t i = 0; i < n; i++) {
		out[i] = (vrd_swing){at, at};
		VRD_TRY(swing_of(&t, live, i, &out[i], err));
	}
	if (population) {
		*population = (vrd_swing){at, at};
		if (model->demand.n_variant > 1)
			VRD_TRY(swing_of_population(mem, &t, population, err));
	}
	*middle = at;
out:
	vrd_live_free(live);
	return rc;
}
