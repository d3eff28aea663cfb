#include "scenario/kind.h"

#include <assert.h>
#include <math.h>

static double share(const vrd_assumption *a, double x, double walk, int year, double t0) {
	(void)walk;
	(void)t0;
	return vrd_phasing_at(&a->phasing, year) * x;
}

static double left(const vrd_assumption *a, double x, double walk, int year, double t0) {
	return 1 - share(a, x, walk, year, t0);
}

static double raised(const vrd_assumption *a, double x, double walk, int year, double t0) {
	return 1 + share(a, x, walk, year, t0);
}

static double growth(const vrd_assumption *a, double x, double walk, int year, double t0) {
	if (!a->annual)
		return raised(a, x, walk, year, t0);
	const double from = fmax(t0, a->phasing.start), to = fmin(year, a->phasing.end);
	return to > from ? exp((to - from) * log1p(x) + a->walk_sd * walk) : 1;
}

static double per_thousand(const vrd_assumption *a, double x, double walk, int year, double t0) {
	return share(a, x, walk, year, t0) / 1000;
}

// Only in the years that the table names: it is a plan, not a curve.
static double cleared(const vrd_assumption *a, double x, double walk, int year, double t0) {
	(void)walk;
	(void)t0;
	for (size_t i = 0; i < a->phasing.n_table; i++)
		if (a->phasing.table_year[i] == year)
			return a->phasing.table_share[i] * x;
	return 0;
}

// The added years carry the time: there is no phasing.
static double as_it_is(const vrd_assumption *a, double x, double walk, int year, double t0) {
	(void)a;
	(void)walk;
	(void)year;
	(void)t0;
	return x;
}

static const vrd_kind_rule rules[VRD_N_KINDS] = {
        [VRD_HEALTHY_AGEING] = {"healthy_ageing", VRD_STAGE_RATES, -1, 1, as_it_is},
        [VRD_GROWTH] = {"growth", VRD_STAGE_FACTOR, -1, INFINITY, growth},
        [VRD_LEVEL] = {"level", VRD_STAGE_LEVEL, 0, 1, share},
        [VRD_NEW_SERVICE] = {"new_service", VRD_STAGE_PEOPLE, 0, INFINITY, per_thousand},
        [VRD_BACKLOG] = {"backlog", VRD_STAGE_BASE, 0, INFINITY, cleared},
        [VRD_AVOID] = {"avoid", VRD_STAGE_KEEP, 0, 1, left},
        [VRD_SHIFT] = {"shift", VRD_STAGE_MOVE, 0, 1, share},
        [VRD_LENGTH_OF_STAY] = {"length_of_stay", VRD_STAGE_STAY, 0, 1, left},
        [VRD_FLOW] = {"flow", VRD_STAGE_PLACE, 0, 1, share},
        [VRD_CATCHMENT] = {"catchment", VRD_STAGE_PLACE, 0, 1, share},
        [VRD_PRODUCTIVITY] = {"productivity", VRD_STAGE_RESOURCE, -1, INFINITY, raised},
};

const vrd_kind_rule *vrd_kind_rule_of(vrd_kind kind) {
	assert(kind < VRD_N_KINDS);
	return &rules[kind];
}
