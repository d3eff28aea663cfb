// Curves through a few points, and whole numbers that keep their sum.
#include "region/example_parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static double chord(const double x[], const double y[], size_t i) {
	return (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
}

// Weighted harmonic mean of the chords on both sides; 0 where they differ in sign.
static double slope(size_t n, const double x[], const double y[], size_t i) {
	if (i == 0 || i == n - 1)
		return chord(x, y, i == 0 ? 0 : n - 2);
	const double before = chord(x, y, i - 1), after = chord(x, y, i);
	if (!(before * after > 0))
		return 0;
	const double h0 = x[i] - x[i - 1], h1 = x[i + 1] - x[i];
	return 3 * (h0 + h1) / ((2 * h1 + h0) / before + (h1 + 2 * h0) / after);
}

double vrd_example_curve(size_t n, const double x[], const double y[], double at) {
	assert(n >= 2);
	if (at <= x[0])
		return y[0];
	if (at >= x[n - 1])
		return y[n - 1];
	size_t i = 0;
	while (x[i + 1] < at)
		i++;
	const double h = x[i + 1] - x[i], u = (at - x[i]) / h, v = 1 - u;
	return y[i] * (1 + 2 * u) * v * v + h * slope(n, x, y, i) * u * v * v +
	       y[i + 1] * u * u * (1 + 2 * v) - h * slope(n, x, y, i + 1) * u * u * v;
}

typedef struct {
	double fraction;
	size_t index;
} remainder_of;

static int by_fraction(const void *pa, const void *pb) {
	const remainder_of *a = pa, *b = pb;
	if (a->fraction != b->fraction)
		return a->fraction > b->fraction ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

void vrd_example_share(size_t n, const double weights[], int64_t total, int64_t out[]) {
	remainder_of rest[VRD_EX_SHARE_MAX];
	double sum = 0;
	assert(n <= VRD_EX_SHARE_MAX && total >= 0);
	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	assert(sum > 0);
	int64_t left = total;
	for (size_t i = 0; i < n; i++) {
		const double exact = weights[i] * ((double)total / sum);
		out[i] = (int64_t)exact;
		rest[i] = (remainder_of){exact - (double)out[i], i};
		left -= out[i];
	}
	qsort(rest, n, sizeof *rest, by_fraction);
	assert(left >= 0 && left <= (int64_t)n);
	for (int64_t i = 0; i < left; i++)
		out[rest[i].index]++;
}
