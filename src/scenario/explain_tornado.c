#include "scenario/explain_parts.h"

// The target with one parameter at a value, which is put back.
static vrd_status value_at(vrd_live *live, const vrd_focus *focus, size_t i, double x,
                           const double *back, double *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	VRD_TRY(vrd_live_change(live, 1, &(vrd_change){i, &x}, err));
	vrd_live_cell(live, &focus->key, out);
	VRD_TRY(vrd_live_change(live, 1, &(vrd_change){i, back}, err));
out:
	return rc;
}

// Draws n = 0 make a live model of one number: the population is the mean of the alternatives and
// walks have no steps.
vrd_status vrd_explain_tornado(vrd_arena *mem, const vrd_model *model, const vrd_target *target,
                               double *middle, vrd_swing out[], vrd_err *err) {
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
	VRD_TRY(vrd_focus_live(&focus, NULL, &(vrd_draws){.n = 0, .n_threads = 1}, NULL, &live,
	                       err));
	for (size_t i = 0; i < n; i++) {
		median[i] = vrd_dist_quantile(&model->assumptions[i].dist, 0.5);
		changes[i] = (vrd_change){i, &median[i]};
	}
	if (n)
		VRD_TRY(vrd_live_change(live, n, changes, err));
	vrd_live_cell(live, &focus.key, &at);
	for (size_t i = 0; i < n; i++) {
		const vrd_dist *dist = &model->assumptions[i].dist;
		vrd_swing swing = {at, at};
		if (dist->kind != VRD_DIST_FIXED) {
			VRD_TRY(value_at(live, &focus, i, vrd_dist_quantile(dist, 0.1), &median[i],
			                 &swing.low, err));
			VRD_TRY(value_at(live, &focus, i, vrd_dist_quantile(dist, 0.9), &median[i],
			                 &swing.high, err));
		}
		out[i] = swing;
	}
	*middle = at;
out:
	vrd_live_free(live);
	return rc;
}
