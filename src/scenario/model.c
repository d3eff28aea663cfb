#include "scenario/model.h"

#include "num/hash.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static vrd_place place_of(const char *name) {
	return (vrd_place){.file = name};
}

static vrd_place place_of_rule(const vrd_assumption *a, const char *name) {
	return a->place.file ? a->place : place_of(name);
}

// Names of streams that are not an assumption's.
static bool is_reserved(const char *id) {
	return strcmp(id, "population.variant") == 0 || strncmp(id, "group/", 6) == 0 ||
	       strncmp(id, "chance/", 7) == 0;
}

static void check_ids(const vrd_model *model, const char *name, vrd_diag *diag) {
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const char *a = model->assumptions[i].id;
		if (is_reserved(a))
			vrd_diag_add(diag, VRD_ERROR, place_of_rule(&model->assumptions[i], name),
			             "model.reserved-id", "rename the assumption",
			             "the id \"%s\" names another random stream of the run", a);
		for (size_t j = 0; j < i; j++) {
			const char *b = model->assumptions[j].id;
			if (strcmp(a, b) == 0)
				vrd_diag_add(diag, VRD_ERROR,
				             place_of_rule(&model->assumptions[i], name),
				             "model.duplicate-id",
				             "give each assumption its own id",
				             "two assumptions have the id \"%s\"", a);
			else if (vrd_hash_id(vrd_str_of(a)) == vrd_hash_id(vrd_str_of(b)))
				vrd_diag_add(
				        diag, VRD_ERROR,
				        place_of_rule(&model->assumptions[i], name),
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
				vrd_diag_add(diag, VRD_ERROR, place_of(name),
				             "model.duplicate-group",
				             "give each correlation group its own name",
				             "two correlation groups have the name \"%s\"",
				             model->group_names[i]);
}

static bool selects_anything(const vrd_model *model, const vrd_assumption *a) {
	const vrd_demand *d = &model->demand;
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++)
			for (size_t k = 0; k < d->n_service; k++)
				for (size_t m = 0; m < d->n_care; m++)
					if (vrd_assumption_selects(a, g, k, m, b) &&
					    d->base_contacts[vrd_demand_stratum(d, g, b, k, m)] > 0)
						return true;
	return false;
}

static void check_alone(const vrd_model *model, const char *name, vrd_diag *diag) {
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const vrd_assumption *a = &model->assumptions[i];
		if (!selects_anything(model, a))
			vrd_diag_add(diag, VRD_WARNING, place_of_rule(a, name), "model.neutral",
			             "check its selector",
			             "assumption \"%s\" selects nothing that has activity in the "
			             "base years",
			             a->id);
		if (a->kind != VRD_SHIFT || a->to == VRD_LEAVES)
			continue;
		if (a->care ? a->care[a->to] : true)
			vrd_diag_add(
			        diag, VRD_ERROR, place_of_rule(a, name), "model.shift-same",
			        "select the forms of care it moves from (select: {care: [...]})",
			        "shift \"%s\" moves \"%s\" to itself", a->id,
			        model->demand.care->cats[a->to].code);
	}
}

// The most that a draw of the parameter can be.
static double most_of(const vrd_assumption *a) {
	switch (a->dist.kind) {
	case VRD_DIST_FIXED:
		return a->dist.low;
	case VRD_DIST_UNIFORM:
		return a->dist.q;
	case VRD_DIST_PERT:
		return a->dist.high;
	case VRD_DIST_NORMAL:
	case VRD_DIST_TRUNCNORM:
	case VRD_DIST_BETA80:
	case VRD_DIST_LOGNORMAL:
	case VRD_N_DISTS:
		break;
	}
	return a->dist.b;
}

// The shifts on one stratum: the shares that leave may not pass 1 even when all are at their upper
// bounds (no draw is ever rescaled), moved stays and moved days together may not take more days than
// there are, and shortest-first rules must agree on the spread of stays. Each set of rules is
// reported once.
typedef struct {
	bool sum, days, cv;
} reported;

static void check_stratum(const vrd_model *model, const char *name, size_t g, size_t k, size_t m,
                          size_t b, reported *done, vrd_diag *diag) {
	const vrd_demand *d = &model->demand;
	const size_t stratum = vrd_demand_stratum(d, g, b, k, m);
	const double contacts = d->base_contacts[stratum], days = d->base_bed_days[stratum];
	double stays = 0, moved_days = 0, shortest = 0, taken = 0, cv = -1;
	char who[256] = "";
	vrd_place place = place_of(name); // of the last rule involved
	if (contacts <= 0)
		return;
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const vrd_assumption *a = &model->assumptions[i];
		if (a->kind != VRD_SHIFT || !vrd_assumption_selects(a, g, k, m, b))
			continue;
		const size_t used = strlen(who);
		place = place_of_rule(a, name);
		(void)snprintf(who + used, sizeof who - used, "%s%s", used ? " + " : "", a->id);
		stays += a->moves_days ? 0 : most_of(a);
		moved_days += a->moves_days ? most_of(a) : 0;
		taken += a->moves_days || a->removed == VRD_REMOVED_MEAN ? most_of(a) * days
		         : a->removed == VRD_REMOVED_VALUE ? most_of(a) * a->removed_days * contacts
		                                           : 0;
		if (vrd_removes_shortest(a)) {
			shortest += most_of(a);
			if (cv >= 0 && cv != a->los_cv && !done->cv) {
				done->cv = true;
				vrd_diag_add(diag, VRD_ERROR, place, "model.los-cv",
				             "give the rules the same los_cv",
				             "shortest-first shifts of one stratum differ in "
				             "los_cv (%s)",
				             who);
			}
			cv = a->los_cv;
		}
	}
	shortest = fmin(shortest, 1);
	taken += shortest * vrd_shortest_share(shortest, cv) * days;
	const bool too_much = fmax(stays, moved_days) > 1 + 1e-9;
	if (too_much && !done->sum) {
		done->sum = true;
		vrd_diag_add(
		        diag, VRD_ERROR, place, "model.shift-sum",
		        "give them upper bounds that sum to 1 at most, such as bounds: [0, 0.5]",
		        "the shifts %s may take %.4g of service \"%s\", care \"%s\", area "
		        "\"%s\": more "
		        "than all of it",
		        who, fmax(stays, moved_days), d->service->cats[k].code,
		        d->care->cats[m].code, d->area->cats[g].code);
	}
	if (!too_much && days > 0 && taken > days * (1 + 1e-9) && !done->days) {
		done->days = true;
		vrd_diag_add(diag, VRD_ERROR, place, "model.removed-days",
		             "lower removed_los, or say removed_los: shortest or mean",
		             "the shifts %s may remove %.4g of the %.4g bed days of service "
		             "\"%s\", care "
		             "\"%s\", area \"%s\"",
		             who, taken, days, d->service->cats[k].code, d->care->cats[m].code,
		             d->area->cats[g].code);
	}
}

static void check_weights(const vrd_model *model, const char *name, vrd_diag *diag) {
	const vrd_demand *d = &model->demand;
	double sum = 0;
	for (size_t v = 0; v < d->n_variant; v++)
		sum += model->variant_weight[v];
	if (!(fabs(sum - 1) < 1e-9))
		vrd_diag_add(diag, VRD_ERROR, place_of(name), "model.weights",
		             "give the alternatives weights that sum to 1",
		             "the weights of the population alternatives sum to %.10g", sum);
	const size_t n = model->provider ? d->n_area * d->n_service * d->n_care : 0;
	for (size_t i = 0; i < n; i++) {
		sum = 0;
		for (size_t h = 0; h < model->provider->n; h++)
			sum += model->flow[i * model->provider->n + h];
		if (!(fabs(sum - 1) < 1e-9)) {
			vrd_diag_add(diag, VRD_ERROR, place_of(name), "model.flow-sum",
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
	const vrd_demand *d = &model->demand;
	reported done = {0};
	check_ids(model, name, diag);
	check_groups(model, name, diag);
	check_alone(model, name, diag);
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++)
			for (size_t k = 0; k < d->n_service; k++)
				for (size_t m = 0; m < d->n_care; m++)
					check_stratum(model, name, g, k, m, b, &done, diag);
	check_weights(model, name, diag);
}
