// What only one type of assumption has. A new type is a row of `types`, its keys in schemas.c and a
// function that reads them.
#include "region/model_parts.h"
#include "region/scenario_parts.h"

#include <math.h>
#include <string.h>

// --- growth -------------------------------------------------------------------------------------

// Ten per cent a year is more than doubled in eight: likely a total that was written as a rate.
static void question_rate(const vrd_resolver *r, const vrd_assumption *a) {
	static const double much = 0.1;
	const double high = vrd_dist_quantile(&a->dist, 0.9);
	if (a->annual && high >= much - 1e-9)
		vrd_diag_add(r->diag, VRD_WARNING, a->place, "scenario.growth",
		             "write form: total if it is the growth in all",
		             "\"%s\" may grow by %.3g %% each year (P90): is it the growth in all "
		             "that is meant?",
		             a->id, 100 * high);
}

static vrd_status growth(const vrd_resolver *r, vrd_assumption *a) {
	const vrd_node *walk = vrd_node_get(r->node, "walk_sd");
	a->walk_sd = vrd_node_number(r->node, "walk_sd", 0);
	if (a->walk_sd > 0 && !a->annual)
		vrd_resolver_problem(r, walk, "scenario.growth", "remove walk_sd, or form: total",
		                     "\"%s\" grows by a total: only annual growth can walk", a->id);
	question_rate(r, a);
	return VRD_OK;
}

// --- level --------------------------------------------------------------------------------------

static vrd_status level(const vrd_resolver *r, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_node *target = vrd_node_get(r->node, "target");
	const char *word = vrd_node_text(r->node, "target", "region"),
	           *only = vrd_node_text(r->node, "only", "both");
	vrd_level_target aim = {.kind = VRD_LEVEL_REGION,
	                        .down = strcmp(only, "up") != 0,
	                        .up = strcmp(only, "down") != 0};
	if (strcmp(word, "lowest_quartile") == 0) {
		aim.kind = VRD_LEVEL_LOWEST_QUARTILE;
	} else if (strcmp(word, "region") != 0) {
		aim.kind = VRD_LEVEL_UNIT;
		aim.unit = vrd_resolver_find(r, target, "target", r->region->unit);
		if (aim.unit == VRD_NONE)
			return VRD_OK;
	}
	if (!r->model->demand.base_contacts)
		return VRD_OK;
	const char *aimless = NULL;
	VRD_TRY(vrd_level_gap(r->region->mem, r->model, a, &aim, &a->gap, &aimless, err));
	if (aimless)
		vrd_diag_add(r->diag, VRD_WARNING, target ? target->place : r->node->place,
		             "scenario.level", "select other services or ages, or another target",
		             "the target of \"%s\" is %s", a->id, aimless);
out:
	return rc;
}

// --- new service, shift -------------------------------------------------------------------------

// Bed days in a form of care without beds need none; stays in one with beds bring days.
static void compare_with_beds(const vrd_resolver *r, const vrd_assumption *a, size_t care) {
	const char *code = r->model->demand.care->cats[care].code;
	const bool beds = r->region->care_beds[vrd_dim_find_text(r->region->care, code)];
	const vrd_node *los = vrd_node_get(r->node, "los_new");
	if (!beds && a->los_new > 0)
		vrd_diag_add(r->diag, VRD_WARNING, los->place, "scenario.beds",
		             "write beds: yes for it in care.csv, or remove los_new",
		             "\"%s\" brings %g bed days per contact to \"%s\", which has no beds: "
		             "they count as bed days and need none",
		             a->id, a->los_new, code);
	if (beds && !los && !a->moves_days)
		vrd_diag_add(r->diag, VRD_WARNING, r->node->place, "scenario.beds",
		             "add los_new: bed days per contact (0 if there are none)",
		             "\"%s\" brings contacts to \"%s\", which has beds, but no bed days",
		             a->id, code);
}

static vrd_status new_service(const vrd_resolver *r, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_node *select = vrd_node_get(r->node, "select");
	const vrd_node *service = vrd_node_get(select, "service"),
	               *care = vrd_node_get(select, "care");
	a->los_new = vrd_node_number(r->node, "los_new", 0);
	if (!service || !care || service->n != 1 || care->n != 1 || vrd_node_get(select, "rows")) {
		vrd_resolver_problem(r, select ? select : r->node, "scenario.new-service",
		                     "write select: {service: CODE, care: CODE}",
		                     "new service \"%s\" needs one service and one form of care",
		                     a->id);
		return VRD_OK;
	}
	const char *code = service->items[0].text;
	if (vrd_dim_find_text(r->region->service, code) == VRD_NONE &&
	    vrd_dim_find_text(r->region->service_tree, code) != VRD_NONE)
		vrd_resolver_problem(r, &service->items[0], "scenario.new-service",
		                     "write a service that stands under it in services.csv",
		                     "\"%s\" is a group of services: new service \"%s\" needs one",
		                     code, a->id);
	const size_t m = vrd_dim_find_text(r->model->demand.care, care->items[0].text);
	if (m != VRD_NONE)
		compare_with_beds(r, a, m);
	// No measure touches what is new: it is not of the service's row sets.
	const size_t k = vrd_dim_find_text(r->model->demand.service, code);
	bool *one;
	if (k != VRD_NONE) {
		VRD_TRY(VRD_NEW(r->region->mem, one, r->model->demand.n_service));
		one[k] = true;
		a->service = one;
	}
out:
	return rc;
}

static void shift_target(const vrd_resolver *r, vrd_assumption *a, const vrd_node *to) {
	const vrd_dim *care = r->region->care;
	if (!to) {
		vrd_resolver_problem(r, r->node, "scenario.shift",
		                     "add to: day (or another form of care, or none)",
		                     "a shift needs a target");
		return;
	}
	if (strcmp(to->text, "none") == 0)
		return;
	if (vrd_resolver_find(r, to, "care", care) == VRD_NONE)
		return;
	a->to = vrd_dim_find_text(r->model->demand.care, to->text);
	if (a->to != VRD_NONE)
		compare_with_beds(r, a, a->to);
}

static vrd_status shift(const vrd_resolver *r, vrd_assumption *a) {
	const vrd_node *removed = vrd_node_get(r->node, "removed_los");
	a->conversion = vrd_node_number(r->node, "conversion", 1);
	a->los_cv = vrd_node_number(r->node, "los_cv", 0);
	a->los_new = vrd_node_number(r->node, "los_new", 0);
	a->moves_days = strcmp(vrd_node_text(r->node, "moves", "stays"), "days") == 0;
	a->removed = VRD_REMOVED_SHORTEST;
	if (removed && strcmp(removed->text, "mean") == 0) {
		a->removed = VRD_REMOVED_MEAN;
	} else if (removed && !isnan(removed->number)) {
		a->removed = VRD_REMOVED_VALUE;
		a->removed_days = removed->number;
	}
	shift_target(r, a, vrd_node_get(r->node, "to"));
	return VRD_OK;
}

static vrd_status length_of_stay(const vrd_resolver *r, vrd_assumption *a) {
	a->one_night = strcmp(vrd_node_text(r->node, "floor", "none"), "one_night") == 0;
	return VRD_OK;
}

// --- places -------------------------------------------------------------------------------------

static vrd_status flow(const vrd_resolver *r, vrd_assumption *a) {
	const vrd_node *from = vrd_node_get(r->node, "from"), *to = vrd_node_get(r->node, "to");
	if (!from || !to) {
		vrd_resolver_problem(r, r->node, "scenario.flow",
		                     "add from: and to:, codes of providers.csv",
		                     "flow \"%s\" needs two providers", a->id);
		return VRD_OK;
	}
	if (!r->region->provider || (r->model->demand.base_contacts && !r->model->provider)) {
		vrd_resolver_problem(r, r->node, "scenario.flow",
		                     r->region->provider
		                             ? "import them with `varde import DIR FILE --as flows`"
		                             : "add geography/providers.csv and flows",
		                     "\"%s\" moves patients between providers, but the region has "
		                     "no flows",
		                     a->id);
		return VRD_OK;
	}
	a->from = vrd_resolver_find(r, from, "from", r->region->provider);
	a->to = vrd_resolver_find(r, to, "to", r->region->provider);
	if (a->from == a->to && a->from != VRD_NONE)
		vrd_resolver_problem(r, to, "scenario.flow", "write another provider",
		                     "flow \"%s\" goes from \"%s\" to itself", a->id, to->text);
	return VRD_OK;
}

static vrd_status catchment(const vrd_resolver *r, vrd_assumption *a) {
	const vrd_node *to = vrd_node_get(r->node, "to");
	if (to)
		a->to = vrd_resolver_find(r, to, "to", r->region->unit);
	else
		vrd_resolver_problem(r, r->node, "scenario.catchment",
		                     "add to: the code of an area of the planning level",
		                     "catchment \"%s\" does not say where people move to", a->id);
	return VRD_OK;
}

// --- the table ----------------------------------------------------------------------------------

enum { MOST_KEYS = 8 };
typedef struct {
	const char *keys[MOST_KEYS]; // those that not every type has
	vrd_status (*read)(const vrd_resolver *r, vrd_assumption *a);
	const char *instead; // of phasing, where there is none
} type_row;

static const type_row types[VRD_N_KINDS] = {
        [VRD_HEALTHY_AGEING] = {.instead = "remove the key: healthy ageing comes with the years "
                                           "of life that life_expectancy adds"},
        [VRD_GROWTH] = {.keys = {"phasing", "form", "cause", "walk_sd"}, .read = growth},
        [VRD_LEVEL] = {.keys = {"phasing", "target", "only"}, .read = level},
        [VRD_NEW_SERVICE] = {.keys = {"phasing", "los_new"}, .read = new_service},
        [VRD_BACKLOG] = {.keys = {"cleared"}, .instead = "say the years under cleared"},
        [VRD_AVOID] = {.keys = {"phasing"}},
        [VRD_SHIFT] = {.keys = {"phasing", "to", "conversion", "removed_los", "los_cv", "los_new",
                                "moves"},
                       .read = shift},
        [VRD_LENGTH_OF_STAY] = {.keys = {"phasing", "floor"}, .read = length_of_stay},
        [VRD_FLOW] = {.keys = {"phasing", "from", "to"}, .read = flow},
        [VRD_CATCHMENT] = {.keys = {"phasing", "to"}, .read = catchment},
        [VRD_PRODUCTIVITY] = {.keys = {"phasing", "resource"}},
};

static bool has_key(const type_row *row, const char *key) {
	for (size_t i = 0; i < MOST_KEYS && row->keys[i]; i++)
		if (strcmp(row->keys[i], key) == 0)
			return true;
	return false;
}

// An option that another type has would be ignored: refuse it.
static void refuse_key(const vrd_resolver *r, const vrd_assumption *a, const char *key,
                       const vrd_node *at) {
	const type_row *own = &types[a->kind];
	vrd_buf owners = {0};
	for (size_t i = 0; i < VRD_N_KINDS; i++)
		if (has_key(&types[i], key))
			vrd_buf_printf(&owners, "%s%s", owners.n ? ", " : "",
			               vrd_kind_name((vrd_kind)i));
	if (owners.n && !has_key(own, key))
		vrd_resolver_problem(r, at, "scenario.key",
		                     own->instead && strcmp(key, "phasing") == 0 ? own->instead
		                                                                 : "remove the key",
		                     "\"%s\" belongs to type %s; \"%s\" is of type %s", key,
		                     owners.p, a->id, vrd_kind_name(a->kind));
	vrd_buf_free(&owners);
}

vrd_status vrd_scenario_kind(const vrd_resolver *r, vrd_assumption *a) {
	for (size_t i = 0; i < r->node->n; i++)
		refuse_key(r, a, r->node->keys[i], &r->node->items[i]);
	return types[a->kind].read ? types[a->kind].read(r, a) : VRD_OK;
}
