#include "scenario/explain_parts.h"

#include <string.h>

static vrd_status summarise_run(vrd_arena *mem, const vrd_focus *focus, const vrd_model *model,
                                const vrd_draws *draws, vrd_summary *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = draws->n ? draws->n : 1;
	double *x, *scratch;
	VRD_TRY(VRD_NEW(mem, x, n));
	VRD_TRY(VRD_NEW(mem, scratch, n));
	VRD_TRY(vrd_focus_run(focus, model, draws, x, err));
	*out = vrd_summarise(x, n, scratch);
out:
	return rc;
}

// --- correlation --------------------------------------------------------------------------------

static bool in_matrix(const vrd_model *model, size_t assumption) {
	for (size_t m = 0; m < model->n_matrices; m++)
		for (size_t i = 0; i < model->matrices[m].n; i++)
			if (model->matrices[m].assumption[i] == assumption)
				return true;
	return false;
}

static bool is_left(const vrd_model *model, size_t i) {
	const size_t group = model->assumptions[i].group;
	return !in_matrix(model, i) && (group == VRD_NO_GROUP || model->group_rho[group] == 0);
}

// Everything that was left uncorrelated, in one matrix of rank 1: z_i = sign_i z.
static vrd_status bind_rest(vrd_arena *mem, const vrd_model *model, const vrd_swing *swing,
                            vrd_matrix *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t *member, n = 0;
	double *factor;
	VRD_TRY(VRD_NEW(mem, member, model->n_assumptions));
	for (size_t i = 0; i < model->n_assumptions; i++)
		if (is_left(model, i))
			member[n++] = i;
	VRD_TRY(VRD_NEW(mem, factor, n * n));
	for (size_t i = 0; i < n; i++)
		factor[i * n] = swing[member[i]].high < swing[member[i]].low ? -1 : 1;
	*out = (vrd_matrix){.n = n, .assumption = member, .factor = factor};
out:
	return rc;
}

// All that raises the target is high together.
static vrd_status correlate_rest(vrd_arena *mem, const vrd_model *model, const vrd_swing *swing,
                                 vrd_model *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = model->n_matrices;
	vrd_matrix *matrices;
	vrd_assumption *assumptions;
	VRD_TRY(VRD_NEW(mem, matrices, n + 1));
	VRD_TRY(VRD_NEW(mem, assumptions, model->n_assumptions));
	if (n)
		memcpy(matrices, model->matrices, n * sizeof *matrices);
	VRD_TRY(bind_rest(mem, model, swing, &matrices[n], err));
	for (size_t i = 0; i < model->n_assumptions; i++) {
		assumptions[i] = model->assumptions[i];
		if (is_left(model, i))
			assumptions[i].group = VRD_NO_GROUP;
	}
	*out = *model;
	out->n_matrices = n + 1;
	out->matrices = matrices;
	out->assumptions = assumptions;
out:
	return rc;
}

vrd_status vrd_explain_correlation(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                   const vrd_target *target, vrd_summary *independent,
                                   vrd_summary *dependent, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_focus focus;
	vrd_model together;
	vrd_swing *swing;
	double middle;
	VRD_TRY(VRD_NEW(mem, swing, model->n_assumptions));
	VRD_TRY(vrd_explain_tornado(mem, model, target, &middle, swing, NULL, err));
	VRD_TRY(vrd_focus_new(mem, model, target, &focus, err));
	VRD_TRY(correlate_rest(mem, &focus.model, swing, &together, err));
	VRD_TRY(summarise_run(mem, &focus, NULL, draws, independent, err));
	VRD_TRY(summarise_run(mem, &focus, &together, draws, dependent, err));
out:
	return rc;
}

// --- avoidance ----------------------------------------------------------------------------------

vrd_status vrd_explain_avoidance(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                 const vrd_target *target, vrd_summary *full, vrd_summary *none,
                                 vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_focus focus;
	VRD_TRY(vrd_focus_new(mem, model, target, &focus, err));
	focus.view.overlap = VRD_OVERLAP_FULL;
	VRD_TRY(summarise_run(mem, &focus, NULL, draws, full, err));
	focus.view.overlap = VRD_OVERLAP_NONE;
	VRD_TRY(summarise_run(mem, &focus, NULL, draws, none, err));
out:
	return rc;
}
