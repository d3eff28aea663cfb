// Symbols follow Hörmann's two papers of 1993 (see rng.h): U is uniform on (-1/2, 1/2), V on (0,
// 1), k = floor((2a / us + b) U + centre) is the proposal by the transformed rejection method.
// Inside the squeeze us >= 0.07, V <= v_r it is accepted at once.
#include "num/rng.h"

#include "num/dist.h"

#include <assert.h>
#include <math.h>

// Longest run of a sequential inversion. Its mean is below 10, so P(X > 110) < 1e-70: only the
// rounding of the sum of the probabilities can lead past it, and the draw is made again.
enum { INVERSION_END = 110 };

// ln k! - [ln sqrt(2 pi) + (k + 1/2) ln(k + 1) - (k + 1)]: Stirling's correction; error < 1e-10.
static double stirling_correction(double k) {
	static const double table[10] = {
	        0.08106146679532726,  0.04134069595540929, 0.02767792568499834,
	        0.02079067210376509,  0.01664469118982119, 0.01387612882307075,
	        0.01189670994589177,  0.01041126526197209, 0.009255462182712733,
	        0.008330563433362871,
	};
	if (k < 10)
		return table[(int)k];
	const double r = 1 / (k + 1);
	const double r2 = r * r;
	return (1.0 / 12 - (1.0 / 360 - r2 / 1260) * r2) * r;
}

static int64_t count_of(double k) {
	return k < 0x1p63 ? (int64_t)k : INT64_MAX;
}

static int64_t poisson_by_inversion(vrd_stream *stream, double mean) {
	const double p0 = exp(-mean);
	for (;;) {
		double u = vrd_stream_uniform(stream), p = p0;
		int64_t k = 0;
		for (; u > p && k <= INVERSION_END; ++k) {
			u -= p;
			p *= mean / (double)(k + 1);
		}
		if (k <= INVERSION_END)
			return k;
	}
}

// ln P(K = k) in a form whose large terms cancel exactly, so that it is right for means of 1e15
// too: k ln(mean/(k+1)) + (k + 1 - mean) has the size of (k - mean)^2 / mean.
static double poisson_log_mass(double k, double mean) {
	const double d = mean - (k + 1);
	return k * log1p(d / (k + 1)) - d - 0.5 * log(6.283185307179586 * (k + 1)) -
	       stirling_correction(k);
}

static int64_t poisson_by_rejection(vrd_stream *stream, double mean) {
	const double b = 0.931 + 2.53 * sqrt(mean);
	const double a = -0.059 + 0.02483 * b;
	const double inv_alpha = 1.1239 + 1.1328 / (b - 3.4);
	const double v_r = 0.9277 - 3.6224 / (b - 2);
	for (;;) {
		const double u = vrd_stream_uniform(stream) - 0.5;
		const double v = vrd_stream_uniform(stream);
		const double us = 0.5 - fabs(u);
		const double k = floor((2 * a / us + b) * u + mean + 0.43);
		if (us >= 0.07 && v <= v_r)
			return count_of(k);
		if (k < 0 || (us < 0.013 && v > us))
			continue;
		if (log(v * inv_alpha / (a / (us * us) + b)) <= poisson_log_mass(k, mean))
			return count_of(k);
	}
}

int64_t vrd_poisson(vrd_stream *stream, double mean) {
	assert(mean >= 0 && isfinite(mean));
	return mean < 10 ? poisson_by_inversion(stream, mean) : poisson_by_rejection(stream, mean);
}

static int64_t binomial_by_inversion(vrd_stream *stream, int64_t n, double p) {
	const double p0 = exp((double)n * log1p(-p)), odds = p / (1 - p);
	const int64_t end = n < INVERSION_END ? n : INVERSION_END;
	for (;;) {
		double u = vrd_stream_uniform(stream), mass = p0;
		int64_t k = 0;
		for (; u > mass && k <= end; ++k) {
			u -= mass;
			mass *= (double)(n - k) / (double)(k + 1) * odds;
		}
		if (k <= end)
			return k;
	}
}

static int64_t binomial_by_rejection(vrd_stream *stream, int64_t count, double p) {
	const double n = (double)count, odds = p / (1 - p);
	const double spq = sqrt(n * p * (1 - p));
	const double b = 1.15 + 2.53 * spq;
	const double a = -0.0873 + 0.0248 * b + 0.01 * p;
	const double centre = n * p + 0.5;
	const double v_r = 0.92 - 4.2 / b;
	const double alpha = (2.83 + 5.1 / b) * spq;
	const double m = floor((n + 1) * p); // the mode
	// Terms of ln P(K = k) / P(K = m) that do not depend on k; made when first needed.
	double of_mode = NAN;
	for (;;) {
		const double u = vrd_stream_uniform(stream) - 0.5;
		const double v = vrd_stream_uniform(stream);
		const double us = 0.5 - fabs(u);
		const double k = floor((2 * a / us + b) * u + centre);
		if (k < 0 || k > n)
			continue;
		if (us >= 0.07 && v <= v_r)
			return count_of(k);
		if (isnan(of_mode))
			of_mode = (m + 0.5) * log((m + 1) / (odds * (n - m + 1))) +
			          stirling_correction(m) + stirling_correction(n - m);
		const double log_ratio = of_mode + (n + 1) * log1p((k - m) / (n - k + 1)) +
		                         (k + 0.5) * log(odds * (n - k + 1) / (k + 1)) -
		                         stirling_correction(k) - stirling_correction(n - k);
		if (log(v * alpha / (a / (us * us) + b)) <= log_ratio)
			return count_of(k);
	}
}

int64_t vrd_binomial(vrd_stream *stream, int64_t n, double p) {
	assert(n >= 0 && p >= 0 && p <= 1);
	const double rarer = fmin(p, 1 - p);
	const int64_t k = (double)n * rarer < 10 ? binomial_by_inversion(stream, n, rarer)
	                                         : binomial_by_rejection(stream, n, rarer);
	return p <= 0.5 ? k : n - k;
}

double vrd_normal(vrd_stream *stream) {
	return vrd_normal_quantile(vrd_stream_uniform(stream));
}

// Marsaglia and Tsang, A simple method for generating gamma variables, ACM TOMS 26 (2000) 363.
static double gamma_from_one(vrd_stream *stream, double shape) {
	const double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
	for (;;) {
		const double x = vrd_normal(stream);
		const double t = 1 + c * x;
		if (t <= 0)
			continue;
		const double v = t * t * t, u = vrd_stream_uniform(stream);
		if (u < 1 - 0.0331 * (x * x) * (x * x))
			return d * v;
		if (log(u) < 0.5 * x * x + d * (1 - v + log(v)))
			return d * v;
	}
}

double vrd_gamma(vrd_stream *stream, double shape, double scale) {
	assert(shape >= 0 && scale >= 0);
	if (shape == 0)
		return 0;
	if (shape >= 1)
		return scale * gamma_from_one(stream, shape);
	const double u = vrd_stream_uniform(stream);
	return scale * gamma_from_one(stream, shape + 1) * pow(u, 1 / shape);
}
