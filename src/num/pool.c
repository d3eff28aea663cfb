#include "num/pool.h"

#include <assert.h>
#include <math.h>

static double weight_of(const double weight[], size_t n, size_t e) {
	return weight != NULL ? weight[e] : 1 / (double)n;
}

static double pool_cdf(size_t n, const vrd_dist dist[], const double weight[], double x) {
	double sum = 0;
	for (size_t e = 0; e < n; ++e) {
		const double w = weight_of(weight, n, e);
		sum += w > 0 ? w * vrd_dist_cdf(&dist[e], x) : 0;
	}
	return sum;
}

// Between the least and the largest quantile of an expert, where every F_e is <= p, and >= p.
double vrd_pool_linear_quantile(size_t n, const vrd_dist dist[], const double weight[], double p) {
	assert(n >= 1 && p > 0 && p < 1);
	double low = INFINITY, high = -INFINITY;
	for (size_t e = 0; e < n; ++e) {
		if (!(weight_of(weight, n, e) > 0))
			continue;
		const double x = vrd_dist_quantile(&dist[e], p);
		low = fmin(low, x);
		high = fmax(high, x);
	}
	const double enough = 1e-12 * (high - low);
	while (high - low > enough) {
		const double middle = 0.5 * (low + high);
		if (!(middle > low && middle < high))
			break;
		if (pool_cdf(n, dist, weight, middle) < p)
			low = middle;
		else
			high = middle;
	}
	return high;
}

// Means of the experts, and of their variances; the variance between them.
typedef struct {
	double mean, between, within;
} moments;

static moments moments_of(size_t n, const vrd_dist dist[], const double weight[]) {
	moments m = {0};
	for (size_t e = 0; e < n; ++e) {
		const double w = weight_of(weight, n, e);
		if (!(w > 0))
			continue;
		m.mean += w * vrd_dist_mean(&dist[e]);
		m.within += w * vrd_dist_variance(&dist[e]);
	}
	for (size_t e = 0; e < n; ++e) {
		const double w = weight_of(weight, n, e);
		const double d = w > 0 ? vrd_dist_mean(&dist[e]) - m.mean : 0;
		m.between += w * d * d;
	}
	return m;
}

vrd_pooled vrd_pool_linear(size_t n, const vrd_dist dist[], const double weight[]) {
	const moments m = moments_of(n, dist, weight);
	return (vrd_pooled){
	        .p10 = vrd_pool_linear_quantile(n, dist, weight, 0.1),
	        .p50 = vrd_pool_linear_quantile(n, dist, weight, 0.5),
	        .p90 = vrd_pool_linear_quantile(n, dist, weight, 0.9),
	        .mean = m.mean,
	        .sd = sqrt(m.between + m.within),
	};
}

double vrd_pool_disagreement(size_t n, const vrd_dist dist[], const double weight[]) {
	const moments m = moments_of(n, dist, weight);
	if (isinf(m.within))
		return 0;
	return m.between > 0 ? m.between / (m.between + m.within) : 0;
}

// ---- Quantile averaging -----------------------------------------------------------------------

static double mean_quantile(size_t n, const vrd_dist dist[], const double weight[], double u) {
	double sum = 0;
	for (size_t e = 0; e < n; ++e) {
		const double w = weight_of(weight, n, e);
		sum += w > 0 ? w * vrd_dist_quantile(&dist[e], u) : 0;
	}
	return sum;
}

// Where a quantile function jumps or bends after `from`: steps of discrete laws, modes of triangular
// ones; else 1.
static double next_break(size_t n, const vrd_dist dist[], double from) {
	double next = 1;
	for (size_t e = 0; e < n; ++e) {
		const vrd_dist *d = &dist[e];
		for (size_t i = 0; d->kind == VRD_DIST_DISCRETE && i < d->n; ++i)
			next = d->weight[i] > from ? fmin(next, d->weight[i]) : next;
		if (d->kind == VRD_DIST_TRIANGULAR) {
			const double at_mode = (d->mode - d->low) / (d->high - d->low);
			next = at_mode > from ? fmin(next, at_mode) : next;
		}
	}
	return next;
}

// Integral of (Q(u) - centre)^2 over [from, to], where Q is smooth inside: the tanh-sinh rule, which
// minds no infinite slope at an end (Takahasi and Mori 1974). u is kept to what draws can have.
static double squares_between(size_t n, const vrd_dist dist[], const double weight[], double centre,
                              double from, double to) {
	enum { N = 128 };
	const double pi = 3.14159265358979323846, step = 3.2 / N;
	double sum = 0;
	for (int k = -N; k <= N; ++k) {
		const double v = k * step, e = exp(-pi * sinh(fabs(v)));
		const double near = (to - from) * e / (1 + e);
		const double u = fmin(fmax(k < 0 ? from + near : to - near, 0x1p-53), 1 - 0x1p-53);
		const double d = mean_quantile(n, dist, weight, u) - centre;
		sum += d * d * near / (1 + e) * pi * cosh(v);
	}
	return step * sum;
}

static double variance_of_average(size_t n, const vrd_dist dist[], const double weight[],
                                  double mean) {
	double sum = 0;
	for (double from = 0; from < 1;) {
		const double to = next_break(n, dist, from);
		sum += squares_between(n, dist, weight, mean, from, to);
		from = to;
	}
	return sum;
}

vrd_pooled vrd_pool_quantile(size_t n, const vrd_dist dist[], const double weight[]) {
	assert(n >= 1);
	const moments m = moments_of(n, dist, weight);
	const double variance =
	        isinf(m.within) ? INFINITY : variance_of_average(n, dist, weight, m.mean);
	return (vrd_pooled){
	        .p10 = mean_quantile(n, dist, weight, 0.1),
	        .p50 = mean_quantile(n, dist, weight, 0.5),
	        .p90 = mean_quantile(n, dist, weight, 0.9),
	        .mean = m.mean,
	        .sd = sqrt(variance),
	};
}
