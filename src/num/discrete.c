#include "num/law.h"

#include <assert.h>

static vrd_status check_item(const double value[], const double weight[], size_t i, double a,
                             double b, vrd_err *err) {
	if (!(value[i] >= a && value[i] <= b) || !isfinite(value[i]))
		return vrd_fail(err, VRD_DATA, "value %zu is %.10g, outside [%.10g, %.10g]", i + 1,
		                value[i], a, b);
	if (!(weight[i] > 0) || !isfinite(weight[i]))
		return vrd_fail(err, VRD_DATA,
		                "the weight of value %.10g must be above 0, got %.10g", value[i],
		                weight[i]);
	for (size_t j = 0; j < i; ++j) {
		if (value[j] == value[i])
			return vrd_fail(err, VRD_DATA,
			                "value %.10g is given twice (number %zu and %zu); add "
			                "their weights",
			                value[i], j + 1, i + 1);
	}
	return VRD_OK;
}

static void insert_sorted(vrd_dist *dist, double value, double weight) {
	size_t at = dist->n++;
	for (; at > 0 && dist->item[at - 1] > value; --at) {
		dist->item[at] = dist->item[at - 1];
		dist->weight[at] = dist->weight[at - 1];
	}
	dist->item[at] = value;
	dist->weight[at] = weight;
}

// The sum is 1 to 1e-9 only: the rest is shared in proportion, and the last is 1 without rounding.
static void cumulate(vrd_dist *dist, double sum) {
	double below = 0;
	for (size_t i = 0; i < dist->n; ++i) {
		below += dist->weight[i];
		dist->weight[i] = fmin(below / sum, 1);
	}
	dist->weight[dist->n - 1] = 1;
}

vrd_status vrd_dist_fit_discrete(size_t n, const double value[], const double weight[], double a,
                                 double b, vrd_dist *out, vrd_err *err) {
	vrd_status rc;
	vrd_dist dist = {.kind = VRD_DIST_DISCRETE, .a = a, .b = b};
	double sum = 0;
	if (!(a < b))
		return vrd_fail(err, VRD_DATA, "the bounds [%.10g, %.10g] hold nothing", a, b);
	if (!(n >= 1 && n <= VRD_DIST_ITEMS))
		return vrd_fail(err, VRD_DATA, "a discrete law has 1 to %d values, got %zu",
		                VRD_DIST_ITEMS, n);
	for (size_t i = 0; i < n; ++i) {
		VRD_TRY(check_item(value, weight, i, a, b, err));
		insert_sorted(&dist, value[i], weight[i]);
		sum += weight[i];
	}
	if (!(fabs(sum - 1) <= 1e-9))
		return vrd_fail(err, VRD_DATA, "the weights must add up to 1, got %.10g", sum);
	if (n == 1)
		return vrd_dist_fit(VRD_DIST_FIXED, value[0], value[0], value[0], a, b, out, err);
	cumulate(&dist, sum);
	dist.low = vrd_discrete_quantile(&dist, 0.1);
	dist.mode = vrd_discrete_quantile(&dist, 0.5);
	dist.high = vrd_discrete_quantile(&dist, 0.9);
	*out = dist;
out:
	return rc;
}

// The least value with P(X <= value) >= u.
double vrd_discrete_quantile(const vrd_dist *dist, double u) {
	size_t i = 0;
	while (i + 1 < dist->n && dist->weight[i] < u)
		++i;
	return dist->item[i];
}

double vrd_discrete_cdf(const vrd_dist *dist, double x) {
	double share = 0;
	for (size_t i = 0; i < dist->n && dist->item[i] <= x; ++i)
		share = dist->weight[i];
	return share;
}

static double share_of(const vrd_dist *dist, size_t i) {
	return i == 0 ? dist->weight[0] : dist->weight[i] - dist->weight[i - 1];
}

double vrd_discrete_mean(const vrd_dist *dist) {
	assert(dist->n > 0);
	double above = 0; // the least value, which keeps the digits of values that lie close
	for (size_t i = 1; i < dist->n; ++i)
		above += share_of(dist, i) * (dist->item[i] - dist->item[0]);
	return dist->item[0] + above;
}

double vrd_discrete_variance(const vrd_dist *dist) {
	const double mean = vrd_discrete_mean(dist);
	double sum = 0;
	for (size_t i = 0; i < dist->n; ++i) {
		const double d = dist->item[i] - mean;
		sum += share_of(dist, i) * d * d;
	}
	return sum;
}
