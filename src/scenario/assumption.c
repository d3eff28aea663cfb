#include "scenario/assumption.h"

#include "scenario/kind.h"

#include <assert.h>
#include <math.h>

static const char *const curve_names[] = {"linear", "step", "logistic", "table"};
#define N_CURVES (sizeof curve_names / sizeof *curve_names)

const char *vrd_kind_name(vrd_kind kind) {
	return vrd_kind_rule_of(kind)->name;
}

bool vrd_kind_parse(vrd_str text, vrd_kind *out) {
	for (vrd_kind i = 0; i < VRD_N_KINDS; i++)
		if (vrd_str_is(text, vrd_kind_name(i))) {
			*out = i;
			return true;
		}
	return false;
}

const char *vrd_curve_name(vrd_curve curve) {
	return curve_names[curve];
}

bool vrd_curve_parse(vrd_str text, vrd_curve *out) {
	for (size_t i = 0; i < N_CURVES; i++)
		if (vrd_str_is(text, curve_names[i])) {
			*out = (vrd_curve)i;
			return true;
		}
	return false;
}

static double table_at(const vrd_phasing *p, int year) {
	assert(p->n_table > 0);
	if (year <= p->start && p->start < p->table_year[0])
		return 0;
	int from_year = p->start;
	double from = 0;
	for (size_t i = 0; i < p->n_table; i++) {
		if (year == p->table_year[i])
			return p->table_share[i];
		if (year < p->table_year[i]) {
			if (i == 0 && p->start >= p->table_year[0])
				return 0; // no start was given: nothing before the first point
			const double part =
			        (double)(year - from_year) / (p->table_year[i] - from_year);
			return from + part * (p->table_share[i] - from);
		}
		from_year = p->table_year[i];
		from = p->table_share[i];
	}
	return from;
}

static double logistic(double t, double mid, double width) {
	return 1 / (1 + exp(-10 * (t - mid) / width));
}

double vrd_phasing_at(const vrd_phasing *p, int year) {
	if (p->curve == VRD_PHASE_TABLE)
		return table_at(p, year);
	if (year >= p->end)
		return 1;
	if (year <= p->start || p->curve == VRD_PHASE_STEP)
		return 0;
	const double width = p->end - p->start;
	if (p->curve == VRD_PHASE_LINEAR)
		return (year - p->start) / width;
	const double mid = 0.5 * (p->start + p->end);
	const double low = logistic(p->start, mid, width), high = logistic(p->end, mid, width);
	return (logistic(year, mid, width) - low) / (high - low);
}

void vrd_kind_bounds(vrd_kind kind, double *a, double *b) {
	*a = vrd_kind_rule_of(kind)->lower;
	*b = vrd_kind_rule_of(kind)->upper;
}

size_t vrd_assumptions_of_service(size_t n, const vrd_assumption assumptions[], size_t service,
                                  size_t out[]) {
	size_t n_out = 0;
	for (size_t i = 0; i < n; i++)
		if (!assumptions[i].service || assumptions[i].service[service])
			out[n_out++] = i;
	return n_out;
}

double vrd_assumption_effect(const vrd_assumption *a, double x, double walk, int year, double t0) {
	return vrd_kind_rule_of(a->kind)->effect(a, x, walk, year, t0);
}

double vrd_shortest_share(double s, double los_cv) {
	if (!(s > 0))
		return 0;
	if (s >= 1)
		return 1;
	if (los_cv > 0) {
		const double sl = sqrt(log1p(los_cv * los_cv));
		return vrd_normal_cdf(vrd_normal_quantile(s) - sl) / s;
	}
	if (s < 1e-3) // sum_n S^n/(n(n+1)): the closed form cancels here
		return s / 2 + s * s / 6 + s * s * s / 12 + s * s * s * s / 20;
	return 1 + (1 - s) / s * log1p(-s);
}
