// How an effect comes over the years: phasing, and the years in which a backlog is cleared.
#include "region/scenario_parts.h"

#include <stdio.h>
#include <string.h>

#define RULE "scenario.phasing"

static int last_base(const vrd_resolver *r) {
	return r->region->base_years[r->region->n_base - 1];
}

// A map from years to shares, ascending.
static vrd_status read_table(const vrd_resolver *r, const vrd_node *table, vrd_phasing *p) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	int *years;
	double *shares;
	bool good = table->n > 0;
	VRD_TRY(VRD_NEW(r->region->mem, years, table->n));
	VRD_TRY(VRD_NEW(r->region->mem, shares, table->n));
	for (size_t i = 0; i < table->n; i++) {
		int64_t year = 0;
		if (!vrd_parse_int64(vrd_str_of(table->keys[i]), &year) || year < 1800 ||
		    year > 2200 || (i && year <= years[i - 1])) {
			vrd_resolver_problem(r, &table->items[i], RULE,
			                     "write ascending years, such as {2030: 0.4, 2035: 1}",
			                     "\"%s\" is not a year after the one before",
			                     table->keys[i]);
			year = i ? years[i - 1] : last_base(r);
			good = false;
		}
		years[i] = (int)year;
		shares[i] = table->items[i].number;
	}
	if (table->n == 0)
		vrd_resolver_problem(r, table, RULE, "add years", "the table of years is empty");
	p->curve = VRD_PHASE_TABLE;
	p->n_table = good ? table->n : 0; // what is wrong already is not judged further
	p->table_year = years;
	p->table_share = shares;
out:
	return rc;
}

// Effects stand on top of the base years: what came before or in them is in their activity already,
// and would count twice.
static bool starts_after_base(const vrd_resolver *r, const vrd_assumption *a,
                              const vrd_node *start) {
	const int base = last_base(r);
	char remedy[96];
	if (!start || start->number >= base)
		return true;
	(void)snprintf(remedy, sizeof remedy, "write start: %d or later, or leave start out", base);
	vrd_resolver_problem(
	        r, start, RULE, remedy,
	        "the phasing of \"%s\" starts in %d, before the last base year %d: what "
	        "came until then is in the base years already and would count twice",
	        a->id, (int)start->number, base);
	return false;
}

static bool ends_after_base(const vrd_resolver *r, const vrd_assumption *a, const vrd_node *at,
                            int end) {
	const int base = last_base(r);
	char remedy[96];
	if (end > base)
		return true;
	(void)snprintf(remedy, sizeof remedy, "let it end in %d or later, or remove the assumption",
	               base + 1);
	vrd_resolver_problem(
	        r, at, RULE, remedy,
	        "the phasing of \"%s\" ends in %d: the projection begins after the last "
	        "base year %d",
	        a->id, end, base);
	return false;
}

// Also a share of 0 long before the base years rises on the straight line to the next point.
static void begins_at_zero(const vrd_resolver *r, const vrd_assumption *a, const vrd_node *table) {
	const vrd_phasing *p = &a->phasing;
	const int base = last_base(r);
	const double share = vrd_phasing_at(p, base);
	char remedy[96];
	for (size_t i = 0; i < p->n_table && p->table_year[i] <= base; i++) {
		if (!(p->table_share[i] > 0))
			continue;
		vrd_resolver_problem(
		        r, &table->items[i], RULE,
		        "write the shares that come after that, beginning at 0",
		        "\"%s\" has the share %g in %d, not after the last base year %d: "
		        "what came until then is in the base years already and would "
		        "count twice",
		        a->id, p->table_share[i], p->table_year[i], base);
		return;
	}
	(void)snprintf(remedy, sizeof remedy, "add %d: 0 to the table, or remove the years before",
	               base);
	if (share > 0)
		vrd_resolver_problem(
		        r, table, RULE, remedy,
		        "the line between the years of the table gives \"%s\" the share "
		        "%g in the last base year %d already: it would count twice",
		        a->id, share, base);
}

// An effect that begins at the horizon is never seen; one that is full only after it is seen in
// part, which may be meant.
static void compare_with_horizon(const vrd_resolver *r, const vrd_assumption *a, const vrd_node *at,
                                 int first, int last) {
	const int horizon = r->scenario->horizon;
	if (first > horizon)
		vrd_resolver_problem(r, at, RULE, "let it begin earlier, or raise the horizon",
		                     "\"%s\" has its first effect in %d or later, after the "
		                     "horizon %d",
		                     a->id, first, horizon);
	else if (last > horizon)
		vrd_diag_add(r->diag, VRD_WARNING, at->place, RULE,
		             "raise the horizon if the full effect shall be seen",
		             a->phasing.curve == VRD_PHASE_STEP
		                     ? "\"%s\" has its effect in %d, after the horizon %d: the "
		                       "projection shows none of it"
		                     : "\"%s\" has its full effect in %d, after the horizon %d",
		             a->id, last, horizon);
}

static vrd_status table_phasing(const vrd_resolver *r, vrd_assumption *a, const vrd_node *node,
                                const vrd_node *table) {
	vrd_status rc = VRD_OK;
	vrd_phasing *p = &a->phasing;
	const vrd_node *start = vrd_node_get(node, "start");
	if (a->kind == VRD_GROWTH && a->annual)
		vrd_resolver_problem(
		        r, table, RULE, "write form: total, or a start and an end",
		        "annual growth counts years from a start to an end: it has no table");
	if (vrd_node_get(node, "end"))
		vrd_resolver_problem(r, vrd_node_get(node, "end"), RULE, "remove end, or the table",
		                     "a table of years ends with its last year");
	VRD_TRY(read_table(r, table, p));
	if (p->n_table == 0)
		return VRD_OK;
	p->start = start ? (int)start->number : 9999; // none: nothing before the first point
	if (start && p->start >= p->table_year[0])
		vrd_resolver_problem(
		        r, start, RULE,
		        "remove start, or let it come before the first year of the table",
		        "a table of years starts before its first year");
	p->end = p->table_year[p->n_table - 1];
	if (!starts_after_base(r, a, start) ||
	    !ends_after_base(r, a, &table->items[p->n_table - 1], p->end))
		return VRD_OK;
	begins_at_zero(r, a, table);
	compare_with_horizon(r, a, table, start ? p->start + 1 : p->table_year[0], p->end);
out:
	return rc;
}

static void curve_phasing(const vrd_resolver *r, vrd_assumption *a, const vrd_node *node) {
	vrd_phasing *p = &a->phasing;
	const vrd_node *at = node ? node : r->node, *start = vrd_node_get(node, "start"),
	               *end = vrd_node_get(node, "end");
	p->start = (int)vrd_node_number(node, "start", last_base(r));
	p->end = (int)vrd_node_number(node, "end", r->scenario->horizon);
	if (!starts_after_base(r, a, start) || (end && !ends_after_base(r, a, end, p->end)))
		return;
	if (p->end <= p->start) {
		vrd_resolver_problem(r, at, RULE, "let end come after start",
		                     "the phasing of \"%s\" starts in %d and ends in %d", a->id,
		                     p->start, p->end);
		return;
	}
	// Annual growth has no full effect that could be missed.
	const bool grows = a->kind == VRD_GROWTH && a->annual;
	compare_with_horizon(r, a, at, p->start + 1, grows ? p->start : p->end);
}

// --- a backlog ----------------------------------------------------------------------------------

static vrd_status cleared(const vrd_resolver *r, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	const vrd_node *node = vrd_node_get(r->node, "cleared");
	vrd_phasing *p = &a->phasing;
	double sum = 0;
	if (!node) {
		vrd_resolver_problem(r, r->node, "scenario.backlog",
		                     "add cleared: {2027: 0.5, 2028: 0.5}",
		                     "backlog \"%s\" does not say when it is cleared", a->id);
		return VRD_OK;
	}
	VRD_TRY(read_table(r, node, p));
	if (p->n_table == 0)
		return VRD_OK;
	for (size_t i = 0; i < p->n_table; i++)
		sum += p->table_share[i];
	p->start = p->table_year[0] - 1;
	p->end = p->table_year[p->n_table - 1];
	if (sum > 1 + 1e-9)
		vrd_resolver_problem(r, node, "scenario.backlog", "let the shares sum to 1 at most",
		                     "the shares of \"%s\" that are cleared sum to %g", a->id, sum);
	if (p->table_year[0] <= last_base(r))
		vrd_resolver_problem(
		        r, &node->items[0], "scenario.backlog", "clear it in years after that",
		        "\"%s\" is cleared in %d: the projection begins after the base year %d",
		        a->id, p->table_year[0], last_base(r));
	compare_with_horizon(r, a, node, p->table_year[0], p->end);
out:
	return rc;
}

vrd_status vrd_scenario_phasing(const vrd_resolver *r, vrd_assumption *a) {
	const vrd_node *node = vrd_node_get(r->node, "phasing"),
	               *table = vrd_node_get(node, "table");
	const char *curve = vrd_node_text(node, "curve", table ? "table" : "linear");
	if (a->kind == VRD_BACKLOG)
		return cleared(r, a);
	if (a->kind == VRD_HEALTHY_AGEING)
		return VRD_OK; // the added years carry the time
	(void)vrd_curve_parse(vrd_str_of(curve), &a->phasing.curve);
	if ((a->phasing.curve == VRD_PHASE_TABLE) != (table != NULL)) {
		vrd_resolver_problem(
		        r, node, RULE, "curve: table goes with table: {2030: 0.4, 2035: 1}",
		        "a table of years belongs to curve: table, and that curve needs one");
		a->phasing.curve = VRD_PHASE_LINEAR;
	}
	if (a->phasing.curve == VRD_PHASE_TABLE)
		return table_phasing(r, a, node, table);
	curve_phasing(r, a, node);
	return VRD_OK;
}
