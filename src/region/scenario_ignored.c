// Options that something else written beside them leaves without effect. Nothing that a person
// wrote is silently ignored.
#include "region/scenario_parts.h"

#include <string.h>

#define RULE "scenario.ignored"

// Refuses `key` of a map, if it stands there.
static void refuse(const vrd_resolver *r, const vrd_assumption *a, const vrd_node *map,
                   const char *key, const char *remedy, const char *why) {
	const vrd_node *node = vrd_node_get(map, key);
	if (node)
		vrd_resolver_problem(r, node, RULE, remedy, "%s has no effect in \"%s\": %s", key,
		                     a->id, why);
}

// --- one assumption -----------------------------------------------------------------------------

static void check_parameter(const vrd_resolver *r, const vrd_assumption *a) {
	const vrd_node *interval = vrd_node_get(r->node, "interval");
	if (interval && interval->n == 1)
		refuse(r, a, r->node, "distribution",
		       "remove distribution, or write interval: [P10, P90]",
		       "one number is a constant");
}

static void check_phasing(const vrd_resolver *r, const vrd_assumption *a) {
	const vrd_node *phasing = vrd_node_get(r->node, "phasing");
	const char *curve = vrd_node_text(phasing, "curve", "linear");
	if (a->kind == VRD_GROWTH && a->annual &&
	    (strcmp(curve, "step") == 0 || strcmp(curve, "logistic") == 0))
		refuse(r, a, phasing, "curve", "remove curve, or write form: total",
		       "annual growth is the same in each year from start to end");
	else if (strcmp(curve, "step") == 0)
		refuse(r, a, phasing, "start",
		       "remove start: end is the first year with the effect",
		       "a step comes at once, in end");
}

static void check_shift(const vrd_resolver *r, const vrd_assumption *a) {
	static const char *const of_stays[] = {"los_new", "removed_los", "los_cv"},
	                         *const of_target[] = {"conversion", "los_new"};
	for (size_t i = 0; i < 3 && a->moves_days; i++)
		refuse(r, a, r->node, of_stays[i], "remove the key, or write moves: stays",
		       "moves: days moves bed days as they are");
	const bool leaves = strcmp(vrd_node_text(r->node, "to", ""), "none") == 0;
	for (size_t i = 0; i < 2 && leaves; i++)
		if (i == 0 || !a->moves_days) // los_new is told above
			refuse(r, a, r->node, of_target[i],
			       "remove the key, or write a form of care in to",
			       "to: none leaves the hospital");
	if (!a->moves_days && a->removed != VRD_REMOVED_SHORTEST)
		refuse(r, a, r->node, "los_cv", "remove los_cv, or write removed_los: shortest",
		       "only the shortest stays are found by how stays vary");
}

void vrd_scenario_ignored(const vrd_resolver *r, const vrd_assumption *a) {
	check_parameter(r, a);
	check_phasing(r, a);
	if (a->kind == VRD_SHIFT)
		check_shift(r, a);
}

// --- the scenario -------------------------------------------------------------------------------

static bool has_member(const vrd_node *assumptions, const char *group) {
	for (size_t i = 0; assumptions && i < assumptions->n; i++)
		if (strcmp(vrd_node_text(&assumptions->items[i], "group", ""), group) == 0)
			return true;
	return false;
}

void vrd_scenario_ignored_head(const vrd_resolver *r) {
	const vrd_node *head = r->scenario->node, *los_cv = vrd_node_get(head, "los_cv"),
	               *list = vrd_node_get(head, "correlation");
	if (los_cv && !r->scenario->poisson)
		vrd_resolver_problem(r, los_cv, RULE, "add noise: poisson, or remove los_cv",
		                     "los_cv has no effect: without noise stays do not vary");
	for (size_t i = 0; list && i < list->n; i++) {
		const vrd_node *group = vrd_node_get(&list->items[i], "group");
		if (group && !has_member(vrd_node_get(head, "assumptions"), group->text))
			vrd_diag_add(r->diag, VRD_WARNING, group->place, RULE,
			             "add group: to the assumptions that vary together, or remove "
			             "it from correlation",
			             "no assumption is in the correlation group \"%s\"",
			             group->text);
	}
}
