// Walks told as parameters. In one year a walk is the growth that would lead to the same place
// without it: ln F = n ln(1 + x) + sd * (sum of standard normal steps).
#include "scenario/engine.h"
#include "scenario/explain_parts.h"

#include <math.h>

bool vrd_focus_walks(const vrd_assumption *a) {
	return a->walk_sd > 0 && a->annual;
}

// Years of growth until the year: ln F when ln(1 + x) is 1.
static double years_of_growth(const vrd_assumption *a, int year, double t0) {
	return log(vrd_assumption_effect(a, exp(1) - 1, 0, year, t0));
}

static double folded(const vrd_assumption *a, double x, double walk, double span, int year,
                     double t0) {
	return expm1(log(vrd_assumption_effect(a, x, walk, year, t0)) / span);
}

void vrd_focus_fold(const vrd_model *model, const vrd_assumption *a, uint64_t seed, size_t n,
                    double *x) {
	const double t0 = model->demand.t0;
	const int year = model->demand.year[0];
	const double span = years_of_growth(a, year, t0);
	for (size_t d = 0; d < n && span > 0; d++) {
		double walk;
		vrd_draw_walk(a, seed, &d, 1, year, t0, &walk);
		x[d] = folded(a, x[d], walk, span, year, t0);
	}
}

// P(X <= x) of the parameter with its walk: the mean over the law of the parameter, by midpoints.
static double cdf_of_folded(const vrd_assumption *a, double x, double span, double sd) {
	enum { POINTS = 2000 };
	double sum = 0;
	for (int i = 0; i < POINTS; i++) {
		const double own = vrd_dist_quantile(&a->dist, (i + 0.5) / POINTS);
		sum += vrd_normal_cdf(span * (log1p(x) - log1p(own)) / sd);
	}
	return sum / POINTS;
}

// By bisection: the quantile lies between those of the parameter moved as far as the walk is likely
// to take it.
static double quantile_of_folded(const vrd_assumption *a, double u, double span, double sd,
                                 double least, double most) {
	enum { HALVINGS = 60 };
	for (int i = 0; i < HALVINGS; i++) {
		const double middle = (least + most) / 2;
		if (cdf_of_folded(a, middle, span, sd) < u)
			least = middle;
		else
			most = middle;
	}
	return (least + most) / 2;
}

double vrd_focus_quantile(const vrd_model *model, const vrd_assumption *a, double u) {
	const double tail = 1e-6, t0 = model->demand.t0;
	const int year = model->demand.year[0];
	const double span = vrd_focus_walks(a) ? years_of_growth(a, year, t0) : 0;
	const size_t n_steps = span > 0 ? vrd_walk_steps(a, year, t0) : 0;
	if (n_steps == 0)
		return vrd_dist_quantile(&a->dist, u);
	const double steps = sqrt((double)n_steps);
	if (a->dist.kind == VRD_DIST_FIXED)
		return folded(a, vrd_dist_quantile(&a->dist, u), steps * vrd_normal_quantile(u),
		              span, year, t0);
	const double far = steps * vrd_normal_quantile(1 - tail);
	return quantile_of_folded(
	        a, u, span, a->walk_sd * steps,
	        folded(a, vrd_dist_quantile(&a->dist, tail), -far, span, year, t0),
	        folded(a, vrd_dist_quantile(&a->dist, 1 - tail), far, span, year, t0));
}
