#include "scenario/model_check.h"

#include "num/hash.h"
#include "scenario/classes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Names of streams that are not an assumption's.
static bool is_reserved(const char *id) {
	return strcmp(id, "population.variant") == 0 || strncmp(id, "group/", 6) == 0 ||
	       strncmp(id, "chance/", 7) == 0 || strncmp(id, "rates/", 6) == 0;
}

static void check_ids(const vrd_model *model, const char *name, vrd_diag *diag) {
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const char *a = model->assumptions[i].id;
		if (is_reserved(a))
			vrd_diag_add(diag, VRD_ERROR,
			             vrd_place_of_rule(&model->assumptions[i], name),
			             "model.reserved-id", "rename the assumption",
			             "the id \"%s\" names another random stream of the run", a);
		for (size_t j = 0; j < i; j++) {
			const char *b = model->assumptions[j].id;
			if (strcmp(a, b) == 0)
				vrd_diag_add(diag, VRD_ERROR,
				             vrd_place_of_rule(&model->assumptions[i], name),
				             "model.duplicate-id",
				             "give each assumption its own id",
				             "two assumptions have the id \"%s\"", a);
			else if (vrd_hash_id(vrd_str_of(a)) == vrd_hash_id(vrd_str_of(b)))
				vrd_diag_add(
				        diag, VRD_ERROR,
				        vrd_place_of_rule(&model->assumptions[i], name),
				        "model.id-collision", "rename one of them",
				        "the ids \"%s\" and \"%s\" name the same random stream", a,
				        b);
		}
	}
}

static void check_groups(const vrd_model *model, const char *name, vrd_diag *diag) {
	for (size_t i = 0; i < model->n_groups; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(model->group_names[i], model->group_names[j]) == 0)
				vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = name},
				             "model.duplicate-group",
				             "give each correlation group its own name",
				             "two correlation groups have the name \"%s\"",
				             model->group_names[i]);
}

static bool has_beds(const vrd_model *model, size_t k, size_t m) {
	const vrd_demand *d = &model->demand;
	for (size_t h = 0; model->provider && h < model->provider->n; h++)
		if (model->beds_per_bed_day[(h * d->n_service + k) * d->n_care + m] > 0)
			return true;
	return false;
}

static bool flows_from(const vrd_model *model, const vrd_assumption *a, size_t g, size_t k,
                       size_t m) {
	const vrd_demand *d = &model->demand;
	const size_t pair = (g * d->n_service + k) * d->n_care + m;
	return model->provider && model->flow[pair * model->provider->n + a->from] > 0;
}

static bool lives_elsewhere(const vrd_model *model, const vrd_assumption *a, size_t g, size_t k) {
	const vrd_membership *map = model->n_maps ? &model->maps[model->map_base[k]] : NULL;
	if (!map)
		return true;
	for (size_t i = map->start[g]; i < map->start[g + 1]; i++)
		if (map->unit[i] != a->to && map->weight[i] > 0)
			return true;
	return false;
}

// Whether a rule has something to act on in a stratum that it selects.
static bool finds_something(const vrd_model *model, const vrd_assumption *a, size_t g, size_t b,
                            size_t k, size_t m) {
	const vrd_demand *d = &model->demand;
	const size_t stratum = vrd_demand_stratum(d, g, b, k, m);
	if (!(d->base_contacts[stratum] > 0))
		return false;
	switch (vrd_kind_rule_of(a->kind)->stage) {
	case VRD_STAGE_RATES:
		return d->n_aged == 0 || vrd_stratum_ages(d, g, b, k, m);
	case VRD_STAGE_LEVEL:
		return !a->gap || a->gap[(g * d->n_service + k) * d->n_care + m] != 0;
	case VRD_STAGE_STAY:
		return d->base_bed_days[stratum] > 0;
	case VRD_STAGE_RESOURCE:
		return d->base_bed_days[stratum] > 0 && has_beds(model, k, m);
	case VRD_STAGE_PLACE:
		return a->kind == VRD_FLOW ? flows_from(model, a, g, k, m)
		                           : lives_elsewhere(model, a, g, k);
	case VRD_STAGE_FACTOR:
	case VRD_STAGE_PEOPLE:
	case VRD_STAGE_BASE:
	case VRD_STAGE_KEEP:
	case VRD_STAGE_MOVE:
		break;
	}
	return true;
}

static bool selects_anything(const vrd_model *model, const vrd_assumption *a) {
	const vrd_demand *d = &model->demand;
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++)
			for (size_t k = 0; k < d->n_service; k++)
				for (size_t m = 0; m < d->n_care; m++)
					if (vrd_assumption_selects(a, g, k, m, b) &&
					    finds_something(model, a, g, b, k, m))
						return true;
	return false;
}

// What acts only on what is brought to a form of care by other rules need not select anything of
// the base.
static bool may_act_on_arrivals(const vrd_model *model, const vrd_assumption *a) {
	const vrd_stage stage = vrd_kind_rule_of(a->kind)->stage;
	if (stage == VRD_STAGE_PEOPLE)
		return true;
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const vrd_assumption *other = &model->assumptions[i];
		if (other->kind == VRD_SHIFT && other->to != VRD_LEAVES &&
		    (!a->care || a->care[other->to]) &&
		    (stage == VRD_STAGE_STAY || stage == VRD_STAGE_PLACE ||
		     stage == VRD_STAGE_RESOURCE))
			return true;
		if (other->kind == VRD_NEW_SERVICE && stage >= VRD_STAGE_KEEP)
			return true;
	}
	return false;
}

static void check_alone(const vrd_model *model, const char *name, vrd_diag *diag) {
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const vrd_assumption *a = &model->assumptions[i];
		const vrd_place place = vrd_place_of_rule(a, name);
		const bool empty = !selects_anything(model, a);
		if (empty && a->kind == VRD_BACKLOG)
			vrd_diag_add(diag, VRD_ERROR, place, "model.backlog-base",
			             "select services that have activity in the base years",
			             "backlog \"%s\" has nothing to be spread by: it selects no "
			             "activity of the base years",
			             a->id);
		else if (empty && !may_act_on_arrivals(model, a))
			vrd_diag_add(diag, VRD_WARNING, place, "model.neutral",
			             "check its selector",
			             "assumption \"%s\" selects nothing that it can change in the "
			             "base years",
			             a->id);
		if (a->kind == VRD_SHIFT && a->to != VRD_LEAVES &&
		    (a->care ? a->care[a->to] : true))
			vrd_diag_add(
			        diag, VRD_ERROR, place, "model.shift-same",
			        "select the forms of care it moves from (select: {care: [...]})",
			        "shift \"%s\" moves \"%s\" to itself", a->id,
			        model->demand.care->cats[a->to].code);
	}
}

// An assumption is in one correlation at most.
static void check_correlations(const vrd_model *model, const char *name, vrd_diag *diag) {
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const vrd_assumption *a = &model->assumptions[i];
		size_t n = a->group != VRD_NO_GROUP;
		for (size_t j = 0; j < model->n_matrices; j++)
			for (size_t l = 0; l < model->matrices[j].n; l++)
				n += model->matrices[j].assumption[l] == i;
		if (n > 1)
			vrd_diag_add(diag, VRD_ERROR, vrd_place_of_rule(a, name),
			             "model.two-correlations",
			             "leave it in one group or one matrix",
			             "assumption \"%s\" is in %zu correlations", a->id, n);
	}
}

static void check_weights(const vrd_model *model, const char *name, vrd_diag *diag) {
	const vrd_demand *d = &model->demand;
	double sum = 0;
	for (size_t v = 0; v < d->n_variant; v++)
		sum += model->variant_weight[v];
	if (!(fabs(sum - 1) < 1e-9))
		vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = name}, "model.weights",
		             "give the alternatives weights that sum to 1",
		             "the weights of the population alternatives sum to %.10g", sum);
	const size_t n = model->provider ? d->n_area * d->n_service * d->n_care : 0;
	for (size_t i = 0; i < n; i++) {
		sum = 0;
		for (size_t h = 0; h < model->provider->n; h++)
			sum += model->flow[i * model->provider->n + h];
		if (!(fabs(sum - 1) < 1e-9)) {
			vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = name}, "model.flow-sum",
			             "give every area shares over all providers that sum to 1, "
			             "those outside "
			             "the region included",
			             "the flows of area \"%s\", service \"%s\", care \"%s\" sum to "
			             "%.10g",
			             d->area->cats[i / (d->n_service * d->n_care)].code,
			             d->service->cats[i / d->n_care % d->n_service].code,
			             d->care->cats[i % d->n_care].code, sum);
			return;
		}
	}
}

void vrd_model_check(const vrd_model *model, const char *name, vrd_diag *diag) {
	check_ids(model, name, diag);
	check_groups(model, name, diag);
	check_alone(model, name, diag);
	check_correlations(model, name, diag);
	vrd_model_check_strata(model, name, diag);
	check_weights(model, name, diag);
}
