#include "scenario/model_check.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// The shifts on one stratum: the shares that leave may not pass 1 even when all are at their upper
// bounds (no draw is ever rescaled), moved stays and moved days together may not take more days than
// there are, and shortest-first rules must agree on the spread of stays. Each set of rules is
// reported once.
typedef struct {
	bool sum, days, cv, cycle, ageing, place;
} reported;

// Contacts of the base years, or of a new service.
static bool has_contacts(const vrd_model *model, size_t g, size_t k, size_t m, size_t b) {
	if (model->demand.base_contacts[vrd_demand_stratum(&model->demand, g, b, k, m)] > 0)
		return true;
	for (size_t i = 0; i < model->n_assumptions; i++)
		if (model->assumptions[i].kind == VRD_NEW_SERVICE &&
		    vrd_assumption_selects(&model->assumptions[i], g, k, m, b))
			return true;
	return false;
}

static void check_shifts(const vrd_model *model, const char *name, size_t g, size_t k, size_t m,
                         size_t b, reported *done, vrd_diag *diag) {
	const vrd_demand *d = &model->demand;
	const size_t stratum = vrd_demand_stratum(d, g, b, k, m);
	const double contacts = d->base_contacts[stratum], days = d->base_bed_days[stratum];
	double stays = 0, moved_days = 0, shortest = 0, taken = 0, cv = -1;
	char who[256] = "";
	vrd_place place = (vrd_place){.file = name}; // of the last rule involved
	if (!has_contacts(model, g, k, m, b))
		return;
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const vrd_assumption *a = &model->assumptions[i];
		if (a->kind != VRD_SHIFT || !vrd_assumption_selects(a, g, k, m, b))
			continue;
		const size_t used = strlen(who);
		place = vrd_place_of_rule(a, name);
		(void)snprintf(who + used, sizeof who - used, "%s%s", used ? " + " : "", a->id);
		stays += a->moves_days ? 0 : vrd_dist_most(&a->dist);
		moved_days += a->moves_days ? vrd_dist_most(&a->dist) : 0;
		taken += a->moves_days || a->removed == VRD_REMOVED_MEAN
		                 ? vrd_dist_most(&a->dist) * days
		         : a->removed == VRD_REMOVED_VALUE
		                 ? vrd_dist_most(&a->dist) * a->removed_days * contacts
		                 : 0;
		if (vrd_removes_shortest(a)) {
			shortest += vrd_dist_most(&a->dist);
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

// A shift that leads, perhaps by others, back to the form of care that it took from: what moved
// would move again. Forms of care that lead to others, as a closure.
static bool has_cycle(const vrd_model *model, size_t g, size_t b, size_t k, bool *leads,
                      const vrd_assumption **last) {
	const size_t n = model->demand.n_care;
	bool any = false;
	memset(leads, 0, n * n * sizeof *leads);
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const vrd_assumption *a = &model->assumptions[i];
		for (size_t m = 0; a->kind == VRD_SHIFT && a->to != VRD_LEAVES && m < n; m++)
			if (vrd_assumption_selects(a, g, k, m, b) && m != a->to) {
				leads[m * n + a->to] = any = true;
				*last = a;
			}
	}
	for (size_t via = 0; any && via < n; via++)
		for (size_t from = 0; from < n; from++)
			for (size_t to = 0; to < n; to++)
				leads[from * n + to] =
				        leads[from * n + to] ||
				        (leads[from * n + via] && leads[via * n + to]);
	for (size_t m = 0; any && m < n; m++)
		if (leads[m * n + m])
			return true;
	return false;
}

static void check_cycle(const vrd_model *model, const char *name, size_t g, size_t b, size_t k,
                        bool *leads, reported *done, vrd_diag *diag) {
	const vrd_assumption *last = NULL;
	if (done->cycle || !has_cycle(model, g, b, k, leads, &last))
		return;
	done->cycle = true;
	vrd_diag_add(diag, VRD_ERROR, vrd_place_of_rule(last, name), "model.shift-cycle",
	             "write the net shift in one direction",
	             "the shifts of service \"%s\" lead back to where they began (the last is "
	             "\"%s\")",
	             model->demand.service->cats[k].code, last->id);
}

// Healthy ageing once on a stratum; flows from a provider and catchments that leave something.
static void check_places(const vrd_model *model, const char *name, size_t g, size_t k, size_t m,
                         size_t b, reported *done, vrd_diag *diag) {
	const vrd_assumption *ageing = NULL;
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const vrd_assumption *a = &model->assumptions[i];
		if (!vrd_assumption_selects(a, g, k, m, b))
			continue;
		if (a->kind == VRD_HEALTHY_AGEING && ageing && !done->ageing) {
			done->ageing = true;
			vrd_diag_add(diag, VRD_ERROR, vrd_place_of_rule(a, name),
			             "model.two-ageing", "let their selectors be apart",
			             "healthy ageing \"%s\" and \"%s\" act on the same activity",
			             ageing->id, a->id);
		}
		ageing = a->kind == VRD_HEALTHY_AGEING ? a : ageing;
		if (vrd_kind_rule_of(a->kind)->stage != VRD_STAGE_PLACE)
			continue;
		double sum = 0;
		for (size_t j = 0; j < model->n_assumptions; j++) {
			const vrd_assumption *other = &model->assumptions[j];
			const bool joins = other->kind == VRD_CATCHMENT ||
			                   (other->kind == VRD_FLOW && a->kind == VRD_FLOW &&
			                    other->from == a->from);
			if (joins && vrd_assumption_selects(other, g, k, m, b))
				sum += vrd_dist_most(&other->dist);
		}
		if (sum > 1 + 1e-9 && !done->place) {
			done->place = true;
			vrd_diag_add(diag, VRD_ERROR, vrd_place_of_rule(a, name), "model.place-sum",
			             "give them upper bounds that sum to 1 at most",
			             "flows and catchments may move %.4g of service \"%s\", care "
			             "\"%s\", area \"%s\" (the last is \"%s\")",
			             sum, model->demand.service->cats[k].code,
			             model->demand.care->cats[m].code,
			             model->demand.area->cats[g].code, a->id);
		}
	}
}

void vrd_model_check_strata(const vrd_model *model, const char *name, vrd_diag *diag) {
	const vrd_demand *d = &model->demand;
	reported done = {0};
	vrd_arena scratch = {0};
	bool *leads = vrd_arena_alloc(&scratch, d->n_care * d->n_care, sizeof *leads);
	if (!leads)
		vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = name}, "model.memory",
		             "free some memory", "no memory to check the shifts");
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++)
			for (size_t k = 0; k < d->n_service; k++) {
				if (leads)
					check_cycle(model, name, g, b, k, leads, &done, diag);
				for (size_t m = 0; m < d->n_care; m++) {
					check_shifts(model, name, g, k, m, b, &done, diag);
					check_places(model, name, g, k, m, b, &done, diag);
				}
			}
	vrd_arena_clear(&scratch);
}
