#include "scenario/model_check.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LEVELS = 4 };

// Each kind of violation is reported once.
typedef struct {
	bool sum, days, cv, cycle, ageing, levels, place;
} reported;

typedef struct {
	const vrd_model *model;
	const char *name;
	size_t g, k, m, b;
	size_t n_rules; // that can act on service k
	const size_t *rules;
	vrd_diag *diag;
} stratum;

// A rule of the service, and whether it acts on the stratum.
static const vrd_assumption *rule_of(const stratum *s, size_t i) {
	return &s->model->assumptions[s->rules[i]];
}

static bool selects(const stratum *s, const vrd_assumption *a) {
	return vrd_assumption_selects(a, s->g, s->k, s->m, s->b);
}

// Contacts of the base years, or of a new service.
static bool has_contacts(const stratum *s) {
	const vrd_demand *d = &s->model->demand;
	if (d->base_contacts[vrd_demand_stratum(d, s->g, s->b, s->k, s->m)] > 0)
		return true;
	for (size_t i = 0; i < s->n_rules; i++)
		if (rule_of(s, i)->kind == VRD_NEW_SERVICE && selects(s, rule_of(s, i)))
			return true;
	return false;
}

// What the shifts of one stratum can take when all are at their upper bounds.
typedef struct {
	double stays, moved_days, shortest, bed_days, cv;
	bool differ_in_cv;
} taking;

static void take(const vrd_assumption *a, double contacts, double days, taking *t) {
	const double most = vrd_dist_most(&a->dist);
	if (a->moves_days)
		t->moved_days += most;
	else
		t->stays += most;
	if (vrd_removes_shortest(a)) {
		t->shortest += most;
		t->differ_in_cv = t->differ_in_cv || (t->cv >= 0 && t->cv != a->los_cv);
		t->cv = a->los_cv;
	} else if (a->moves_days || a->removed == VRD_REMOVED_MEAN) {
		t->bed_days += most * days;
	} else {
		t->bed_days += most * a->removed_days * contacts;
	}
}

static bool shifts_from(const stratum *s, const vrd_assumption *a) {
	return a->kind == VRD_SHIFT && selects(s, a);
}

// Names of the stratum's shifts; *place gets that of the last.
static void name_shifts(const stratum *s, char *who, size_t size, vrd_place *place) {
	size_t used = 0;
	for (size_t i = 0; i < s->n_rules && used < size; i++) {
		const vrd_assumption *a = rule_of(s, i);
		if (!shifts_from(s, a))
			continue;
		*place = vrd_place_of_rule(a, s->name);
		used += (size_t)snprintf(who + used, size - used, "%s%s", used ? " + " : "", a->id);
	}
}

// The shares that leave may not pass 1 even when all are at their upper bounds (no draw is ever
// rescaled), moved stays and moved days together may not take more days than there are, and
// shortest-first rules must agree on the spread of stays.
static void check_shifts(const stratum *s, reported *done) {
	const vrd_demand *d = &s->model->demand;
	const size_t at = vrd_demand_stratum(d, s->g, s->b, s->k, s->m);
	const double days = d->base_bed_days[at];
	const char *service = d->service->cats[s->k].code, *care = d->care->cats[s->m].code,
	           *area = d->area->cats[s->g].code;
	taking t = {.cv = -1};
	char who[256] = "";
	vrd_place place = {.file = s->name};
	for (size_t i = 0; i < s->n_rules; i++)
		if (shifts_from(s, rule_of(s, i)))
			take(rule_of(s, i), d->base_contacts[at], days, &t);
	const double shortest = fmin(t.shortest, 1);
	const double taken = t.bed_days + shortest * vrd_shortest_share(shortest, t.cv) * days;
	const double share = fmax(t.stays, t.moved_days);
	const bool too_much = share > 1 + 1e-9;
	const bool too_many_days = !too_much && days > 0 && taken > days * (1 + 1e-9);
	if (!too_much && !too_many_days && !t.differ_in_cv)
		return;
	name_shifts(s, who, sizeof who, &place);
	if (t.differ_in_cv && !done->cv)
		vrd_diag_add(s->diag, VRD_ERROR, place, "model.los-cv",
		             "give the rules the same los_cv",
		             "shortest-first shifts of one stratum differ in los_cv (%s)", who);
	if (too_much && !done->sum)
		vrd_diag_add(
		        s->diag, VRD_ERROR, place, "model.shift-sum",
		        "give them upper bounds that sum to 1 at most, such as bounds: [0, 0.5]",
		        "the shifts %s may take %.4g of service \"%s\", care \"%s\", area "
		        "\"%s\": more than all of it",
		        who, share, service, care, area);
	if (too_many_days && !done->days)
		vrd_diag_add(s->diag, VRD_ERROR, place, "model.removed-days",
		             "lower removed_los, or say removed_los: shortest or mean",
		             "the shifts %s may remove %.4g of the %.4g bed days of service "
		             "\"%s\", care \"%s\", area \"%s\"",
		             who, taken, days, service, care, area);
	done->cv = done->cv || t.differ_in_cv;
	done->sum = done->sum || too_much;
	done->days = done->days || too_many_days;
}

// A shift that leads, perhaps by others, back to the form of care that it took from: what moved
// would move again. Forms of care that lead to others, as a closure.
static bool has_cycle(const stratum *s, bool *leads, const vrd_assumption **last) {
	const size_t n = s->model->demand.n_care;
	stratum from_here = *s;
	bool any = false;
	memset(leads, 0, n * n * sizeof *leads);
	for (size_t i = 0; i < s->n_rules; i++) {
		const vrd_assumption *a = rule_of(s, i);
		if (a->kind != VRD_SHIFT || a->to == VRD_LEAVES)
			continue;
		for (size_t m = 0; m < n; m++) {
			from_here.m = m;
			if (m != a->to && selects(&from_here, a)) {
				leads[m * n + a->to] = any = true;
				*last = a;
			}
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

static void check_cycle(const stratum *s, bool *leads, reported *done) {
	const vrd_assumption *last = NULL;
	if (done->cycle || !has_cycle(s, leads, &last))
		return;
	done->cycle = true;
	vrd_diag_add(s->diag, VRD_ERROR, vrd_place_of_rule(last, s->name), "model.shift-cycle",
	             "write the net shift in one direction",
	             "the shifts of service \"%s\" lead back to where they began (the last is "
	             "\"%s\")",
	             s->model->demand.service->cats[s->k].code, last->id);
}

// What flows and catchments may take together with rule `a`: from its provider, or of the people.
static double most_moved(const stratum *s, const vrd_assumption *a) {
	double sum = 0;
	for (size_t j = 0; j < s->n_rules; j++) {
		const vrd_assumption *other = rule_of(s, j);
		const bool joins =
		        other->kind == VRD_CATCHMENT ||
		        (other->kind == VRD_FLOW && a->kind == VRD_FLOW && other->from == a->from);
		if (joins && selects(s, other))
			sum += vrd_dist_most(&other->dist);
	}
	return sum;
}

static void check_place(const stratum *s, const vrd_assumption *a, reported *done) {
	const double sum = done->place ? 0 : most_moved(s, a);
	if (sum <= 1 + 1e-9)
		return;
	done->place = true;
	vrd_diag_add(s->diag, VRD_ERROR, vrd_place_of_rule(a, s->name), "model.place-sum",
	             "give them upper bounds that sum to 1 at most",
	             "flows and catchments may move %.4g of service \"%s\", care \"%s\", area "
	             "\"%s\" (the last is \"%s\")",
	             sum, s->model->demand.service->cats[s->k].code,
	             s->model->demand.care->cats[s->m].code, s->model->demand.area->cats[s->g].code,
	             a->id);
}

// Healthy ageing once on a stratum, few levels (each doubles the work), and flows and catchments that
// leave something.
static void check_others(const stratum *s, reported *done) {
	const vrd_assumption *ageing = NULL;
	size_t n_levels = 0;
	for (size_t i = 0; i < s->n_rules; i++) {
		const vrd_assumption *a = rule_of(s, i);
		const vrd_place place = vrd_place_of_rule(a, s->name);
		if (!selects(s, a))
			continue;
		n_levels += a->kind == VRD_LEVEL;
		if (n_levels > MAX_LEVELS && !done->levels) {
			done->levels = true;
			vrd_diag_add(
			        s->diag, VRD_ERROR, place, "model.levels",
			        "let their selectors be apart",
			        "more than %d level rules act on the same activity (the last is "
			        "\"%s\")",
			        MAX_LEVELS, a->id);
		}
		if (a->kind == VRD_HEALTHY_AGEING && ageing && !done->ageing) {
			done->ageing = true;
			vrd_diag_add(s->diag, VRD_ERROR, place, "model.two-ageing",
			             "let their selectors be apart",
			             "healthy ageing \"%s\" and \"%s\" act on the same activity",
			             ageing->id, a->id);
		}
		ageing = a->kind == VRD_HEALTHY_AGEING ? a : ageing;
		if (vrd_kind_rule_of(a->kind)->stage == VRD_STAGE_PLACE)
			check_place(s, a, done);
	}
}

static void check_service(stratum *s, bool *leads, reported *done) {
	const vrd_demand *d = &s->model->demand;
	for (s->g = 0; s->g < d->n_area; s->g++)
		for (s->b = 0; s->b < d->n_band; s->b++) {
			check_cycle(s, leads, done);
			for (s->m = 0; s->m < d->n_care; s->m++) {
				if (has_contacts(s))
					check_shifts(s, done);
				check_others(s, done);
			}
		}
}

void vrd_model_check_strata(const vrd_model *model, const char *name, vrd_diag *diag) {
	const vrd_demand *d = &model->demand;
	reported done = {0};
	vrd_arena scratch = {0};
	stratum s = {.model = model, .name = name, .diag = diag};
	bool *leads = vrd_arena_alloc(&scratch, d->n_care * d->n_care, sizeof *leads);
	size_t *rules = vrd_arena_alloc(&scratch, model->n_assumptions, sizeof *rules);
	s.rules = rules;
	for (s.k = 0; leads && rules && s.k < d->n_service; s.k++) {
		s.n_rules = vrd_assumptions_of_service(model->n_assumptions, model->assumptions,
		                                       s.k, rules);
		if (s.n_rules)
			check_service(&s, leads, &done);
	}
	if (!leads || !rules)
		vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = name}, "model.memory",
		             "free some memory", "no memory to check the assumptions");
	vrd_arena_clear(&scratch);
}
