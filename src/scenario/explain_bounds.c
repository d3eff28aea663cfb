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

// Everything that was left uncorrelated in one group with rho 1: all parameters are high together.
static vrd_status correlate_rest(vrd_arena *mem, const vrd_model *model, vrd_model *out,
                                 vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = model->n_groups;
	const char **names;
	double *rho;
	vrd_assumption *assumptions;
	VRD_TRY(VRD_NEW(mem, names, n + 1));
	VRD_TRY(VRD_NEW(mem, rho, n + 1));
	VRD_TRY(VRD_NEW(mem, assumptions, model->n_assumptions));
	for (size_t i = 0; i < n; i++) {
		names[i] = model->group_names[i];
		rho[i] = model->group_rho[i];
	}
	names[n] = "*"; // no name that a file can give
	rho[n] = 1;
	for (size_t i = 0; i < model->n_assumptions; i++) {
		vrd_assumption *a = &assumptions[i];
		*a = model->assumptions[i];
		if (!in_matrix(model, i) && (a->group == VRD_NO_GROUP || rho[a->group] == 0))
			a->group = n;
	}
	*out = *model;
	out->n_groups = n + 1;
	out->group_names = names;
	out->group_rho = rho;
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
	VRD_TRY(vrd_focus_new(mem, model, target, &focus, err));
	VRD_TRY(correlate_rest(mem, &focus.model, &together, err));
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
