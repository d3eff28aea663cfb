// Resolves the assumptions of a scenario, one after the other, against a model's dimensions.
#include "region/scenario_parts.h"

#include <stdio.h>
#include <string.h>

// --- problems -----------------------------------------------------------------------------------

void vrd_resolver_problem(const vrd_resolver *r, const vrd_node *at, const char *rule,
                          const char *remedy, const char *format, ...) {
	vrd_err text = {0};
	va_list args;
	va_start(args, format);
	(void)vrd_vfail(&text, VRD_CONFIG, format, args);
	va_end(args);
	vrd_diag_add(r->diag, VRD_ERROR, at->place, rule, remedy, "%s", text.text);
}

void vrd_resolver_unknown(const vrd_resolver *r, const vrd_node *at, const char *what,
                          const char *const *known, size_t n_known) {
	const char *remedy = strcmp(what, "assumption") == 0
	                             ? "write the id of an assumption of this scenario"
	                             : "write a code from the tables of the region folder";
	const size_t near = vrd_nearest(vrd_str_of(at->text), known, n_known);
	if (near == SIZE_MAX)
		vrd_resolver_problem(r, at, "scenario.unknown-code", remedy,
		                     "%s \"%s\" is not known", what, at->text);
	else
		vrd_resolver_problem(r, at, "scenario.unknown-code", remedy,
		                     "%s \"%s\" is not known; did you mean \"%s\"?", what, at->text,
		                     known[near]);
}

size_t vrd_resolver_find(const vrd_resolver *r, const vrd_node *at, const char *what,
                         const vrd_dim *dim) {
	const size_t index = vrd_dim_find_text(dim, at->text);
	vrd_err why = {0};
	size_t unused;
	if (index == VRD_NONE &&
	    vrd_dim_require(dim, vrd_str_of(at->text), &unused, &why) != VRD_OK)
		vrd_resolver_problem(r, at, "scenario.unknown-code",
		                     "write a code from the tables of the region folder", "%s: %s",
		                     what, why.text);
	return index;
}

vrd_status vrd_dim_codes(vrd_arena *mem, const vrd_dim *dim, const char ***out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	VRD_TRY(VRD_NEW(mem, *out, dim->n));
	for (size_t i = 0; i < dim->n; i++)
		(*out)[i] = dim->cats[i].code;
out:
	return rc;
}

// --- one assumption -----------------------------------------------------------------------------

// A locked scenario is what others plan by: why a number stands there, and whose it is, must be in
// it.
static void check_lock(const vrd_resolver *r, const vrd_assumption *a) {
	static const char *const keys[] = {"rationale", "source", "owner", "date"};
	for (size_t i = 0; i < 4 && r->scenario->locked; i++) {
		char remedy[80];
		if (*vrd_node_text(r->node, keys[i], ""))
			continue;
		(void)snprintf(remedy, sizeof remedy, "add %s:, or status: draft to the scenario",
		               keys[i]);
		vrd_diag_add(r->diag, i ? VRD_WARNING : VRD_ERROR, a->place, "scenario.lock",
		             remedy, "the scenario is locked, but \"%s\" has no %s", a->id,
		             keys[i]);
	}
}

static vrd_status resolve_assumption(const vrd_resolver *r, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	a->id = vrd_node_text(r->node, "id", "");
	a->place = vrd_node_get(r->node, "id")->place;
	a->label = vrd_node_text(r->node, "label", a->id);
	a->theme = vrd_node_text(r->node, "theme", NULL);
	(void)vrd_kind_parse(vrd_str_of(vrd_node_text(r->node, "type", "")), &a->kind);
	a->group = VRD_NO_GROUP;
	a->to = VRD_LEAVES;
	a->annual = strcmp(vrd_node_text(r->node, "form", "annual"), "annual") == 0;
	vrd_scenario_parameter(r, a);
	VRD_TRY(vrd_scenario_phasing(r, a));
	VRD_TRY(vrd_scenario_select(r, a));
	VRD_TRY(vrd_scenario_kind(r, a));
	vrd_scenario_ignored(r, a);
	vrd_scenario_group_of(r, a);
	check_lock(r, a);
out:
	return rc;
}

vrd_status vrd_scenario_resolve(vrd_region *region, const vrd_scenario *scenario, vrd_model *model,
                                vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *list = vrd_node_get(scenario->node, "assumptions");
	const size_t n = list ? list->n : 0, errors = diag->n_errors;
	vrd_assumption *assumptions;
	vrd_resolver r = {region, scenario, model, diag, err, NULL};
	VRD_TRY(VRD_NEW(region->mem, assumptions, n));
	vrd_scenario_ignored_head(&r);
	VRD_TRY(vrd_scenario_groups(&r));
	for (size_t i = 0; i < n; i++) {
		r.node = &list->items[i];
		VRD_TRY(resolve_assumption(&r, &assumptions[i]));
	}
	VRD_TRY(vrd_scenario_matrices(&r, n, assumptions));
	if (diag->n_errors > errors)
		VRD_TRY(vrd_diag_fail(diag, VRD_CONFIG, err));
	model->n_assumptions = n;
	model->assumptions = assumptions;
	model->planned_map = scenario->planned_map;
	model->poisson = scenario->poisson;
	model->los_cv = scenario->los_cv;
	model->uncertain_rates = scenario->uncertain_rates;
	model->n_base = region->n_base;
out:
	return rc;
}
