#include "num/shrink.h"

#include "num/special.h"

#include <math.h>
#include <stdbool.h>

// psi(alpha + o) - psi(alpha). For large alpha the two would cancel, so the difference is taken
// term by term in psi(x) = ln x - 1/(2x) - 1/(12 x^2) + O(x^-4).
static double digamma_rise(double alpha, double o) {
	if (alpha < 1e4)
		return vrd_digamma(alpha + o) - vrd_digamma(alpha);
	const double top = alpha + o;
	const double r = o / (alpha * top);
	return log1p(o / alpha) + r / 2 + r * (alpha + top) / (12 * alpha * top);
}

typedef struct {
	double value, slope; // slope by ln alpha
} score;

// The likelihood equation (shrink.h), gathered area by area so that large alpha loses no digits:
// psi(alpha+O) - psi(alpha) - ln(1 + E/alpha) + (E-O)/(E+alpha).
static score score_at(size_t n, const double observed[], const double expected[], double alpha) {
	score s = {0, 0};
	for (size_t i = 0; i < n; ++i) {
		const double o = observed[i], e = expected[i], sum = e + alpha;
		if (e == 0)
			continue;
		s.value += digamma_rise(alpha, o) - log1p(e / alpha) + (e - o) / sum;
		s.slope += vrd_trigamma(alpha + o) - vrd_trigamma(alpha) + e / (alpha * sum) -
		           (e - o) / (sum * sum);
	}
	s.slope *= alpha;
	return s;
}

static vrd_status check(size_t n, const double observed[], const double expected[], vrd_err *err) {
	size_t n_used = 0;
	for (size_t i = 0; i < n; ++i) {
		const double o = observed[i], e = expected[i];
		if (!(o >= 0 && isfinite(o)) || !(e >= 0 && isfinite(e)))
			return vrd_fail(
			        err, VRD_DATA,
			        "area %zu: observed %.10g and expected %.10g must be numbers, "
			        "0 or more",
			        i, o, e);
		if (e == 0 && o > 0)
			return vrd_fail(err, VRD_DATA,
			                "area %zu: %.10g observed where 0 are expected", i, o);
		n_used += e > 0;
	}
	if (n_used < 2)
		return vrd_fail(err, VRD_DATA,
		                "shrinkage needs two areas or more with expected counts, got %zu",
		                n_used);
	return VRD_OK;
}

// Near alpha = infinity the score has the sign of sum O - (O-E)^2, near 0 it is positive: there is
// a root when the counts vary more than Poisson counts. The moment estimate is where the search
// begins.
static double solve(size_t n, const double observed[], const double expected[]) {
	double excess = 0, scale = 0;
	bool any = false;
	for (size_t i = 0; i < n; ++i) {
		const double d = observed[i] - expected[i];
		excess += d * d - observed[i];
		scale += expected[i] * expected[i];
		any = any || observed[i] > 0;
	}
	if (!any || !(excess > 0))
		return INFINITY;
	double y = log(scale / excess), low = y, high = y;
	const double limit = 30 + fmax(y, 0);
	while (!(score_at(n, observed, expected, exp(low)).value > 0)) {
		if (low < -limit)
			return INFINITY;
		low -= 1;
	}
	while (!(score_at(n, observed, expected, exp(high)).value < 0)) {
		if (high > limit)
			return INFINITY;
		high += 1;
	}
	// Newton's method on ln alpha within a bracket that only shrinks.
	for (int i = 0; i < 200 && high - low > 1e-15 * fmax(1, fabs(y)); ++i) {
		if (!(y > low && y < high))
			y = 0.5 * (low + high);
		const score s = score_at(n, observed, expected, exp(y));
		if (s.value > 0)
			low = y;
		else
			high = y;
		const double step = s.value / s.slope;
		y -= step;
		if (fabs(step) < 1e-15)
			break;
	}
	return exp(y);
}

vrd_status vrd_shrink_alpha(size_t n, const double observed[], const double expected[],
                            double *alpha, vrd_err *err) {
	const vrd_status rc = check(n, observed, expected, err);
	if (rc == VRD_OK)
		*alpha = solve(n, observed, expected);
	return rc;
}

double vrd_shrink_theta(double observed, double expected, double alpha) {
	const double sum = expected + alpha;
	return isinf(alpha) || sum == 0 ? 1 : (observed + alpha) / sum;
}
