#include "num/score.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

// A running sum with its correction (Neumaier 1974): a backtest has many cells.
typedef struct {
	double sum, correction;
} total;

static void add(total *t, double x) {
	const double next = t->sum + x;
	t->correction += fabs(t->sum) >= fabs(x) ? (t->sum - next) + x : (x - next) + t->sum;
	t->sum = next;
}

static double value(const total *t) {
	return t->sum + t->correction;
}

static int ascending(const void *left, const void *right) {
	const double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

// With x in order, sum_ij |x_i - x_j| = 2 sum_i (2 i - n + 1) x_i for i = 0 .. n - 1.
double vrd_crps(double x[], size_t n, double observed, bool fair) {
	assert(n > 0);
	total distance = {0}, apart = {0};
	const double count = (double)n;
	qsort(x, n, sizeof *x, ascending);
	for (size_t i = 0; i < n; ++i) {
		const double d = x[i] - observed;
		add(&distance, fabs(d));
		add(&apart, (2 * (double)i - count + 1) * d);
	}
	if (n == 1)
		return value(&distance);
	const double pairs = count * (fair ? count - 1 : count);
	return value(&distance) / count - value(&apart) / pairs;
}

double vrd_interval_score(double lower, double upper, double observed, double alpha) {
	double outside = 0;
	if (observed < lower)
		outside = lower - observed;
	else if (observed > upper)
		outside = observed - upper;
	return (upper - lower) + 2 / alpha * outside;
}

void vrd_wilson(double x, double n, double z, double *lower, double *upper) {
	if (!(n > 0)) {
		*lower = 0;
		*upper = 1;
		return;
	}
	const double share = x / n, zz = z * z / n;
	const double middle = share + zz / 2;
	const double half = z * sqrt((share * (1 - share) + zz / 4) / n);
	*lower = x <= 0 ? 0 : fmax((middle - half) / (1 + zz), 0);
	*upper = x >= n ? 1 : fmin((middle + half) / (1 + zz), 1);
}

vrd_errors vrd_forecast_errors(size_t n, const double forecast[], const double observed[]) {
	vrd_errors e = {0};
	total error = {0}, distance = {0}, relative = {0}, facts = {0};
	for (size_t i = 0; i < n; ++i) {
		const double d = forecast[i] - observed[i];
		add(&error, d);
		add(&distance, fabs(d));
		add(&facts, observed[i]);
		if (observed[i] > 0) {
			add(&relative, fabs(d) / observed[i]);
			++e.n;
		} else {
			++e.n_left_out;
		}
	}
	const double all = value(&facts);
	e.bias = all > 0 ? 100 * value(&error) / all : NAN;
	e.wape = all > 0 ? 100 * value(&distance) / all : NAN;
	e.mape = e.n > 0 ? 100 * value(&relative) / (double)e.n : NAN;
	return e;
}
