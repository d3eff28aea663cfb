// The uncertain parameter of an assumption: interval, quantiles or values to a distribution.
#include "region/scenario_parts.h"

#include <math.h>

#define RULE "scenario.interval"

typedef struct {
	double lower, upper;
} limits;

// Growth and productivity of -1 leave nothing.
static bool inside(vrd_kind kind, limits at, double x) {
	const bool open = kind == VRD_GROWTH || kind == VRD_PRODUCTIVITY;
	return x >= at.lower && x <= at.upper && !(open && x <= -1);
}

static bool read_bounds(const vrd_resolver *r, const vrd_assumption *a, limits *out) {
	const vrd_node *bounds = vrd_node_get(r->node, "bounds");
	vrd_kind_bounds(a->kind, &out->lower, &out->upper);
	if (!bounds)
		return true;
	const limits own = {bounds->items[0].number, bounds->items[1].number};
	if (!(own.lower >= out->lower && own.upper <= out->upper && own.lower < own.upper)) {
		vrd_resolver_problem(r, bounds, "scenario.bounds",
		                     "give two ascending numbers inside the natural bounds",
		                     "bounds [%g, %g] of \"%s\" are not inside [%g, %g]", own.lower,
		                     own.upper, a->id, out->lower, out->upper);
		return false;
	}
	*out = own;
	return true;
}

static bool takes_three(vrd_dist_kind kind) {
	return kind == VRD_DIST_PERT || kind == VRD_DIST_TRIANGULAR || kind == VRD_DIST_METALOG;
}

// Whether as many numbers stand there as the law takes. One is a constant, and no law's.
static bool count_fits(const vrd_resolver *r, const vrd_node *interval, vrd_dist_kind kind,
                       const char *word) {
	if (interval->n == 3 && !word)
		vrd_resolver_problem(
		        r, interval, RULE,
		        "add distribution: pert or triangular for [min, mode, max], "
		        "metalog for [P10, P50, P90]",
		        "three numbers need a distribution: pert, triangular or metalog");
	else if (interval->n == 3 && !takes_three(kind))
		vrd_resolver_problem(
		        r, interval, RULE,
		        "write [P10, P90], or say distribution: pert, triangular or metalog",
		        "three numbers belong to pert, triangular or metalog; %s takes two", word);
	else if (interval->n == 2 && takes_three(kind))
		vrd_resolver_problem(r, interval, RULE,
		                     kind == VRD_DIST_METALOG ? "write [P10, P50, P90]"
		                                              : "write [min, mode, max]",
		                     "%s needs three numbers", word);
	else
		return true;
	return false;
}

static void read_interval(const vrd_resolver *r, vrd_assumption *a, const vrd_node *interval,
                          limits at) {
	const char *word = vrd_node_text(r->node, "distribution", NULL);
	const double low = interval->items[0].number,
	             high = interval->items[interval->n - 1].number,
	             mode = interval->n == 3 ? interval->items[1].number : NAN;
	const bool bounded = isfinite(at.lower) || isfinite(at.upper);
	vrd_dist_kind kind = bounded ? VRD_DIST_TRUNCNORM : VRD_DIST_NORMAL;
	vrd_err why = {0};
	if (word)
		(void)vrd_dist_parse(vrd_str_of(word), &kind);
	if (!count_fits(r, interval, kind, word))
		return;
	if (interval->n == 1 && !inside(a->kind, at, low))
		vrd_resolver_problem(r, interval, RULE,
		                     at.upper <= 1 ? "a share is a fraction: 0.10 is ten per cent"
		                                   : "write a number inside the bounds",
		                     "\"%s\" is %g, outside %c%g, %g]", a->id, low,
		                     inside(a->kind, at, at.lower) ? '[' : '(', at.lower, at.upper);
	else if (vrd_dist_fit(kind, low, mode, high, at.lower, at.upper, &a->dist, &why) != VRD_OK)
		vrd_resolver_problem(r, interval, RULE,
		                     "correct the interval or choose another distribution",
		                     "\"%s\": %s", a->id, why.text);
}

static void read_quantiles(const vrd_resolver *r, vrd_assumption *a, const vrd_node *node,
                           limits at) {
	const vrd_node *word = vrd_node_get(r->node, "distribution");
	double u[VRD_DIST_ITEMS], x[VRD_DIST_ITEMS];
	vrd_dist_kind kind = VRD_DIST_METALOG;
	vrd_err why = {0};
	if (word && (!vrd_dist_parse(vrd_str_of(word->text), &kind) || kind != VRD_DIST_METALOG)) {
		vrd_resolver_problem(r, word, RULE, "remove distribution, or write interval",
		                     "quantiles make a metalog; %s takes an interval", word->text);
		return;
	}
	if (node->n < 3 || node->n > VRD_DIST_ITEMS) {
		vrd_resolver_problem(r, node, RULE,
		                     "write three quantiles or more, such as {0.05: 0.02, 0.5: "
		                     "0.08, 0.95: 0.2}",
		                     "\"%s\" has %zu quantiles, expected 3 to %d", a->id, node->n,
		                     VRD_DIST_ITEMS);
		return;
	}
	for (size_t i = 0; i < node->n; i++) {
		x[i] = node->items[i].number;
		if (!vrd_parse_double(vrd_str_of(node->keys[i]), '.', &u[i]) ||
		    !(u[i] > 0 && u[i] < 1)) {
			vrd_resolver_problem(
			        r, &node->items[i], RULE,
			        "write probabilities between 0 and 1, such as 0.05: 0.02",
			        "\"%s\" of \"%s\" is not a probability", node->keys[i], a->id);
			return;
		}
	}
	if (vrd_dist_fit_quantiles(node->n, u, x, at.lower, at.upper, &a->dist, &why) != VRD_OK)
		vrd_resolver_problem(r, node, RULE, "correct the quantiles, or give fewer",
		                     "\"%s\": %s", a->id, why.text);
}

static void read_values(const vrd_resolver *r, vrd_assumption *a, const vrd_node *node, limits at) {
	const vrd_node *weights = vrd_node_get(r->node, "weights"),
	               *word = vrd_node_get(r->node, "distribution");
	double value[VRD_DIST_ITEMS], weight[VRD_DIST_ITEMS];
	vrd_err why = {0};
	if (word) {
		vrd_resolver_problem(r, word, RULE, "remove distribution",
		                     "values with weights are a distribution themselves");
		return;
	}
	if (!weights || weights->n != node->n) {
		vrd_resolver_problem(r, weights ? weights : node, RULE,
		                     "write one weight for each value, with the sum 1",
		                     "\"%s\" has %zu values and %zu weights", a->id, node->n,
		                     weights ? weights->n : 0);
		return;
	}
	for (size_t i = 0; i < node->n; i++) {
		value[i] = node->items[i].number;
		weight[i] = weights->items[i].number;
		if (!inside(a->kind, at, value[i])) {
			vrd_resolver_problem(r, &node->items[i], RULE,
			                     "write values inside the bounds",
			                     "the value %g of \"%s\" is outside [%g, %g]", value[i],
			                     a->id, at.lower, at.upper);
			return;
		}
	}
	if (vrd_dist_fit_discrete(node->n, value, weight, at.lower, at.upper, &a->dist, &why) !=
	    VRD_OK)
		vrd_resolver_problem(r, node, RULE, "correct the values or their weights",
		                     "\"%s\": %s", a->id, why.text);
}

void vrd_scenario_parameter(const vrd_resolver *r, vrd_assumption *a) {
	const vrd_node *interval = vrd_node_get(r->node, "interval"),
	               *quantiles = vrd_node_get(r->node, "quantiles"),
	               *values = vrd_node_get(r->node, "values"),
	               *weights = vrd_node_get(r->node, "weights");
	const int given = !!interval + !!quantiles + !!values;
	limits at;
	if (weights && !values)
		vrd_resolver_problem(r, weights, RULE, "write values: [...] beside them",
		                     "the weights of \"%s\" have no values", a->id);
	if (given != 1) {
		vrd_resolver_problem(r, given ? (values ? values : quantiles) : r->node, RULE,
		                     "write one of interval: [P10, P90], quantiles: {0.05: x, ...} "
		                     "and values: [...]",
		                     "\"%s\" has %s of interval, quantiles and values", a->id,
		                     given ? "several" : "none");
		return;
	}
	if (!read_bounds(r, a, &at))
		return;
	if (interval)
		read_interval(r, a, interval, at);
	else if (quantiles)
		read_quantiles(r, a, quantiles, at);
	else
		read_values(r, a, values, at);
}
