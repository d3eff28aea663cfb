#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "num/dist.h"
#include "near.h"
#include "prop.h"

static vrd_dist metalog(double p10, double p50, double p90, double a, double b) {
	vrd_dist dist;
	vrd_err err = {0};
	if (vrd_dist_fit(VRD_DIST_METALOG, p10, p50, p90, a, b, &dist, &err) != VRD_OK)
		fail_msg("%s", err.text);
	assert_int_equal(dist.kind, VRD_DIST_METALOG);
	return dist;
}

static vrd_dist through(size_t n, const double u[], const double x[], double a, double b) {
	vrd_dist dist;
	vrd_err err = {0};
	if (vrd_dist_fit_quantiles(n, u, x, a, b, &dist, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return dist;
}

static void assert_says(const vrd_err *err, const char *part) {
	if (strstr(err->text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err->text, part);
}

// ---- Three quantiles --------------------------------------------------------------------------

// docs/methods: projection, section 12; mean and variance to 14 digits by mpmath's quadrature.
static void share_has_the_documented_mean_and_tails(void **state) {
	(void)state;
	const vrd_dist d = metalog(0.05, 0.10, 0.20, 0, 1);
	assert_near(vrd_dist_mean(&d), 0.116404439976, 1e-11);
	assert_close(vrd_dist_mean(&d), 0.11640443998094136, 1e-12);
	assert_close(vrd_dist_variance(&d), 0.0050453572892638, 1e-11);
	assert_near(vrd_dist_quantile(&d, 0.01), 0.023092, 5e-7);
	assert_near(vrd_dist_quantile(&d, 0.99), 0.380763, 5e-7);
}

// With z50 in the middle the metalog is the logistic law: mean P50, variance (pi s)^2 / 3, F(x) =
// 1 / (1 + exp(-(x - P50)/s)), s = (P90 - P10) / (2 ln 9).
static void symmetric_metalog_is_the_logistic_law(void **state) {
	(void)state;
	const vrd_dist d = metalog(3, 5, 7, -INFINITY, INFINITY);
	const double s = 4 / (2 * log(9)), pi = 3.14159265358979323846;
	assert_close(vrd_dist_mean(&d), 5, 1e-14);
	assert_close(vrd_dist_variance(&d), pi * pi * s * s / 3, 1e-12);
	for (double x = -20; x < 30; x += 0.7)
		assert_close(vrd_dist_cdf(&d, x), 1 / (1 + exp(-(x - 5) / s)), 1e-12);
}

// M = a1 + L (a2 + a3 c): E M = a1 + a3/2 and Var M = pi^2 (a2^2/3 + a3^2/36) + a3^2/12 (Keelin
// 2016, table 3).
static void unbounded_metalog_has_its_closed_moments(void **state) {
	(void)state;
	const double ln9 = log(9), pi = 3.14159265358979323846;
	const double a2 = 3 / (2 * ln9), a3 = 1 / (0.8 * ln9);
	const vrd_dist d = metalog(-1, 0, 2, -INFINITY, INFINITY);
	assert_close(vrd_dist_mean(&d), 0.5 * a3, 1e-12);
	assert_close(vrd_dist_variance(&d), pi * pi * (a2 * a2 / 3 + a3 * a3 / 36) + a3 * a3 / 12,
	             1e-12);
}

// Median 1 and z symmetric, bound 0: the log-logistic law of scale 1 and shape 1/s, whose mean is
// pi s / sin(pi s) and whose second moment is 2 pi s / sin(2 pi s).
static void one_bound_gives_the_log_logistic_law(void **state) {
	(void)state;
	const double pi = 3.14159265358979323846;
	for (double s = 0.05; s < 1; s += 0.0499) {
		const double p90 = exp(s * log(9));
		const vrd_dist d = metalog(1 / p90, 1, p90, 0, INFINITY);
		const double mean = pi * s / sin(pi * s);
		assert_close(vrd_dist_mean(&d), mean, 1e-10);
		if (s < 0.5)
			assert_close(vrd_dist_variance(&d),
			             2 * pi * s / sin(2 * pi * s) - mean * mean, 1e-9);
		else
			assert_true(isinf(vrd_dist_variance(&d)));
		const vrd_dist mirrored = metalog(7 - p90, 6, 7 - 1 / p90, -INFINITY, 7);
		assert_close(vrd_dist_mean(&mirrored), 7 - mean, 1e-10 * mean);
		assert_close(vrd_dist_quantile(&mirrored, 0.25), 7 - vrd_dist_quantile(&d, 0.75),
		             1e-12);
	}
}

// Three quantiles in the feasible range are met, by draws that rise, on any bounds.
static bool three_quantiles_are_met(prop_gen *gen) {
	const double share = 0.1666 + 0.6668 * prop_unit(gen);
	const double z10 = -4 + 5 * prop_unit(gen), width = 0.01 + 2.3 * prop_unit(gen);
	const double z[3] = {z10, z10 + share * width, z10 + width};
	const double a = prop_chance(gen, 0.5) ? -3 : -INFINITY;
	const double b = prop_chance(gen, 0.5) ? 4 : INFINITY;
	double x[3];
	for (int i = 0; i < 3; ++i) {
		x[i] = z[i];
		if (isfinite(a) && isfinite(b))
			x[i] = a + (b - a) / (1 + exp(-z[i]));
		else if (isfinite(a))
			x[i] = a + exp(z[i]);
		else if (isfinite(b))
			x[i] = b - exp(-z[i]);
	}
	const vrd_dist d = metalog(x[0], x[1], x[2], a, b);
	for (int i = 0; i < 3; ++i) {
		const double u = 0.1 + 0.4 * i, q = vrd_dist_quantile(&d, u);
		PROP_HOLDS(gen, fabs(q - x[i]) <= 1e-9 * (x[2] - x[0]), "Q(%g) = %.17g, not %.17g",
		           u, q, x[i]);
	}
	double before = vrd_dist_quantile(&d, 0x1p-53);
	for (int k = 1; k < 500; ++k) {
		const double q = vrd_dist_quantile(&d, k / 500.0);
		PROP_HOLDS(gen, q > before && q > a && q < b, "Q(%g) = %.17g after %.17g",
		           k / 500.0, q, before);
		before = q;
	}
	return true;
}

static void three_quantiles_are_met_on_any_bounds(void **state) {
	(void)state;
	prop_check("three quantiles are met", three_quantiles_are_met, 300, 1);
}

// Integrals of Q and Q^2 over u by the midpoint rule with u = v^3 (10 - 15 v + 6 v^2).
static bool moments_are_those_of_the_quantiles(prop_gen *gen) {
	enum { N = 4000 };
	const double width = 0.02 + 0.4 * prop_unit(gen), p10 = 0.01 + 0.5 * prop_unit(gen);
	const double p50 = p10 + width * (0.4 + 0.2 * prop_unit(gen));
	const vrd_dist d = metalog(p10, p50, p10 + width, 0, 1);
	double first = 0, second = 0;
	for (size_t k = 0; k < N; ++k) {
		const double v = ((double)k + 0.5) / N, w = 30 * v * v * (1 - v) * (1 - v) / N;
		const double u = v * v * v * (10 - 15 * v + 6 * v * v);
		const double x = vrd_dist_quantile(&d, u);
		first += w * x;
		second += w * x * x;
	}
	const double variance = second - first * first;
	PROP_HOLDS(gen, fabs(vrd_dist_mean(&d) - first) <= 1e-9 * first, "%.17g, not %.17g",
	           vrd_dist_mean(&d), first);
	PROP_HOLDS(gen, fabs(vrd_dist_variance(&d) - variance) <= 1e-7 * variance,
	           "variance %.17g, not %.17g", vrd_dist_variance(&d), variance);
	return true;
}

static void mean_and_variance_are_those_of_the_quantiles(void **state) {
	(void)state;
	prop_check("moments", moments_are_those_of_the_quantiles, 100, 1);
}

static void assert_refused(double p10, double p50, double p90, double a, double b,
                           const char *part) {
	const vrd_dist before = {.kind = VRD_DIST_UNIFORM};
	vrd_dist dist = before;
	vrd_err err = {0};
	assert_int_equal(vrd_dist_fit(VRD_DIST_METALOG, p10, p50, p90, a, b, &dist, &err),
	                 VRD_DATA);
	assert_int_equal(dist.kind, before.kind);
	assert_says(&err, part);
}

static void median_too_near_an_end_is_refused(void **state) {
	(void)state;
	assert_refused(0, 0.16657, 1, -INFINITY, INFINITY, "(0.16658, 0.83342)");
	assert_refused(0, 0.83343, 1, -INFINITY, INFINITY, "P50 0.83343");
	assert_refused(0.05, 0.051, 0.20, 0, 1, "nearer the middle");
	const vrd_dist low = metalog(0, 0.16659, 1, -INFINITY, INFINITY);
	const vrd_dist high = metalog(0, 0.83341, 1, -INFINITY, INFINITY);
	assert_true(vrd_dist_quantile(&low, 1e-9) < vrd_dist_quantile(&low, 1e-8));
	assert_true(vrd_dist_quantile(&high, 0.99) < vrd_dist_quantile(&high, 0.999));
}

static void median_outside_its_interval_is_refused(void **state) {
	(void)state;
	assert_refused(0.1, NAN, 0.2, 0, 1, "got nan");
	assert_refused(0.1, 0.1, 0.2, 0, 1, "P10 0.1");
	assert_refused(0.1, 0.3, 0.2, 0, 1, "got 0.3");
}

static void bound_reached_by_a_quantile_is_refused(void **state) {
	(void)state;
	assert_refused(0, 0.1, 0.2, 0, 1, "low (P10) reaches the bound 0");
	assert_refused(0.8, 0.9, 1, 0, 1, "high (P90) reaches the bound 1");
}

static void law_without_a_mean_is_refused(void **state) {
	(void)state;
	assert_refused(1.0 / 9, 1, 9.01, 0, INFINITY, "no mean");
	assert_refused(-9.01, -1, -1.0 / 9, -INFINITY, 0, "other bound");
}

static void law_that_crowds_a_bound_is_refused(void **state) {
	(void)state;
	assert_refused(0.9, 0.9999, 1 - 1e-8, 0, 1, "would repeat");
	assert_refused(10 - 1e-4, 10 - 1e-7, 10 - 1e-10, -INFINITY, 10, "would repeat");
}

// ---- More quantiles ---------------------------------------------------------------------------

static void three_given_quantiles_are_the_three_of_an_interval(void **state) {
	(void)state;
	static const double u[] = {0.1, 0.5, 0.9}, x[] = {0.05, 0.10, 0.20};
	const vrd_dist one = metalog(0.05, 0.10, 0.20, 0, 1), other = through(3, u, x, 0, 1);
	for (size_t k = 0; k < 3; ++k)
		assert_close(other.item[k], one.item[k], 1e-12);
	assert_close(other.low, 0.05, 1e-12);
	assert_close(other.mode, 0.10, 1e-12);
	assert_close(other.high, 0.20, 1e-12);
}

// Quantiles of known coefficients give the coefficients back: five terms by hand.
static void five_terms_are_those_of_the_definition(void **state) {
	(void)state;
	static const double u[] = {0.05, 0.25, 0.5, 0.8, 0.95};
	static const double term[] = {2, 1, 0.3, 0.5, -0.4};
	double x[5];
	for (size_t i = 0; i < 5; ++i) {
		const double l = log(u[i] / (1 - u[i])), c = u[i] - 0.5;
		x[i] = term[0] + term[1] * l + term[2] * c * l + term[3] * c + term[4] * c * c;
	}
	const vrd_dist d = through(5, u, x, -INFINITY, INFINITY);
	assert_int_equal(d.n, 5);
	for (size_t k = 0; k < 5; ++k)
		assert_close(d.item[k], term[k], 1e-11);
	// E c^2 = 1/12, E c L = 1/2
	assert_close(vrd_dist_mean(&d), 2 + 0.3 / 2 - 0.4 / 12, 1e-12);
}

// Quantiles of the normal law: any number of them is met, and what lies between is near.
static void many_quantiles_are_met(void **state) {
	(void)state;
	for (size_t n = 3; n <= VRD_DIST_ITEMS; ++n) {
		double u[VRD_DIST_ITEMS], x[VRD_DIST_ITEMS];
		for (size_t i = 0; i < n; ++i) {
			u[i] = ((double)i + 0.7) / ((double)n + 0.1);
			x[i] = 10 + vrd_normal_quantile(u[i]);
		}
		const vrd_dist d = through(n, u, x, 0, INFINITY);
		for (size_t i = 0; i < n; ++i)
			assert_close(vrd_dist_quantile(&d, u[i]), x[i], 1e-10);
		if (n > 4) {
			assert_near(vrd_dist_quantile(&d, 0.5), 10, 0.02);
			assert_near(vrd_dist_mean(&d), 10, 0.05);
		}
	}
}

static void assert_not_through(size_t n, const double u[], const double x[], double a, double b,
                               const char *part) {
	vrd_dist dist = {.kind = VRD_DIST_UNIFORM};
	vrd_err err = {0};
	assert_int_equal(vrd_dist_fit_quantiles(n, u, x, a, b, &dist, &err), VRD_DATA);
	assert_int_equal(dist.kind, VRD_DIST_UNIFORM);
	assert_says(&err, part);
	assert_int_equal(vrd_dist_fit_quantiles(n, u, x, a, b, &dist, NULL), VRD_DATA);
}

static void quantiles_that_no_metalog_meets_are_refused(void **state) {
	(void)state;
	static const double u[] = {0.1, 0.3, 0.5, 0.7, 0.9};
	static const double steep[] = {0, 0.01, 5, 5.01, 10};
	assert_not_through(5, u, steep, -INFINITY, INFINITY, "falls near quantile");
	static const double seven[] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
	static const double x[] = {1, 2, 3, 4, 5, 7, 10};
	assert_not_through(7, seven, x, 0, 20, "mirrored around the median");
	static const double same[] = {0.1, 0.5, 0.5 + 1e-15}, near[] = {1, 2, 2.000001};
	assert_not_through(3, same, near, 0, 20, "near");
}

static void quantiles_out_of_order_or_bounds_are_refused(void **state) {
	(void)state;
	static const double u[] = {0.1, 0.5, 0.9};
	assert_not_through(2, u, (const double[]){1, 2}, 0, 9, "3 to 12 quantiles, got 2");
	assert_not_through(13, u, u, 0, 9, "3 to 12 quantiles, got 13");
	assert_not_through(3, u, (const double[]){1, 1, 2}, 0, 9, "quantile 0.5 is 1 after");
	assert_not_through(3, (const double[]){0.1, 0.1, 0.9}, u, 0, 9, "must rise");
	assert_not_through(3, (const double[]){0, 0.1, 0.9}, u, 0, 9, "between 0 and 1, got 0");
	assert_not_through(3, u, (const double[]){0, 1, 2}, 0, 9, "quantile 0.1 is 0, not inside");
	assert_not_through(3, u, (const double[]){1, 2, NAN}, 0, 9, "quantile 0.9 is nan");
	assert_not_through(3, u, u, 1, 0, "hold nothing");
}

// ---- A few values -----------------------------------------------------------------------------

static vrd_dist discrete(size_t n, const double value[], const double weight[]) {
	vrd_dist dist;
	vrd_err err = {0};
	if (vrd_dist_fit_discrete(n, value, weight, 0, 10, &dist, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return dist;
}

static void values_come_with_their_weights(void **state) {
	(void)state;
	static const double value[] = {4, 1, 10}, weight[] = {0.25, 0.55, 0.2};
	const vrd_dist d = discrete(3, value, weight);
	assert_int_equal(d.kind, VRD_DIST_DISCRETE);
	assert_true(vrd_dist_quantile(&d, 0.3) == 1 && vrd_dist_quantile(&d, 0.55) == 1);
	assert_true(vrd_dist_quantile(&d, 0.56) == 4 && vrd_dist_quantile(&d, 0.8) == 4);
	assert_true(vrd_dist_quantile(&d, 0.81) == 10 && vrd_dist_quantile(&d, 1 - 1e-16) == 10);
	assert_close(vrd_dist_mean(&d), 0.55 + 1 + 2, 1e-15);
	assert_close(vrd_dist_variance(&d), 0.55 + 4 + 20 - 3.55 * 3.55, 1e-14);
	assert_true(vrd_dist_cdf(&d, 0.99) == 0 && vrd_dist_cdf(&d, 10) == 1);
	assert_close(vrd_dist_cdf(&d, 1), 0.55, 1e-15);
	assert_close(vrd_dist_cdf(&d, 9.99), 0.8, 1e-15);
	assert_true(vrd_dist_least(&d) == 1 && vrd_dist_most(&d) == 10);
	assert_true(d.low == 1 && d.mode == 1 && d.high == 10);
}

static void order_of_the_values_is_of_no_matter(void **state) {
	(void)state;
	const vrd_dist one =
	        discrete(3, (const double[]){0, 3, 7}, (const double[]){0.5, 0.2, 0.3});
	const vrd_dist two =
	        discrete(3, (const double[]){7, 0, 3}, (const double[]){0.3, 0.5, 0.2});
	assert_memory_equal(one.item, two.item, sizeof one.item);
	assert_memory_equal(one.weight, two.weight, sizeof one.weight);
}

static void one_value_is_fixed(void **state) {
	(void)state;
	const vrd_dist d = discrete(1, (const double[]){3}, (const double[]){1});
	assert_int_equal(d.kind, VRD_DIST_FIXED);
	assert_true(vrd_dist_quantile(&d, 0.2) == 3);
}

static void assert_no_law(size_t n, const double value[], const double weight[], const char *part) {
	vrd_dist dist = {.kind = VRD_DIST_UNIFORM};
	vrd_err err = {0};
	assert_int_equal(vrd_dist_fit_discrete(n, value, weight, 0, 10, &dist, &err), VRD_DATA);
	assert_int_equal(dist.kind, VRD_DIST_UNIFORM);
	assert_says(&err, part);
}

static void wrong_values_and_weights_are_refused(void **state) {
	(void)state;
	static const double half[] = {0.5, 0.5}, two[] = {1, 2};
	assert_no_law(0, two, half, "1 to 12 values, got 0");
	assert_no_law(13, two, half, "1 to 12 values, got 13");
	assert_no_law(2, (const double[]){1, 1}, half, "given twice");
	assert_no_law(2, (const double[]){1, 11}, half, "value 2 is 11");
	assert_no_law(2, (const double[]){NAN, 1}, half, "value 1 is nan");
	assert_no_law(2, two, (const double[]){0.5, 0.4}, "add up to 1, got 0.9");
	assert_no_law(2, two, (const double[]){1, 0}, "value 2 must be above 0, got 0");
	assert_no_law(2, two, (const double[]){0.5, NAN}, "got nan");
	vrd_dist dist;
	vrd_err err = {0};
	assert_int_equal(vrd_dist_fit(VRD_DIST_DISCRETE, 1, 2, 3, 0, 10, &dist, &err), VRD_DATA);
	assert_says(&err, "values with weights");
	assert_int_equal(vrd_dist_fit_discrete(2, two, half, 3, 3, &dist, &err), VRD_DATA);
	assert_says(&err, "hold nothing");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(share_has_the_documented_mean_and_tails),
	        cmocka_unit_test(symmetric_metalog_is_the_logistic_law),
	        cmocka_unit_test(unbounded_metalog_has_its_closed_moments),
	        cmocka_unit_test(one_bound_gives_the_log_logistic_law),
	        cmocka_unit_test(three_quantiles_are_met_on_any_bounds),
	        cmocka_unit_test(mean_and_variance_are_those_of_the_quantiles),
	        cmocka_unit_test(median_too_near_an_end_is_refused),
	        cmocka_unit_test(median_outside_its_interval_is_refused),
	        cmocka_unit_test(bound_reached_by_a_quantile_is_refused),
	        cmocka_unit_test(law_without_a_mean_is_refused),
	        cmocka_unit_test(law_that_crowds_a_bound_is_refused),
	        cmocka_unit_test(three_given_quantiles_are_the_three_of_an_interval),
	        cmocka_unit_test(five_terms_are_those_of_the_definition),
	        cmocka_unit_test(many_quantiles_are_met),
	        cmocka_unit_test(quantiles_that_no_metalog_meets_are_refused),
	        cmocka_unit_test(quantiles_out_of_order_or_bounds_are_refused),
	        cmocka_unit_test(values_come_with_their_weights),
	        cmocka_unit_test(order_of_the_values_is_of_no_matter),
	        cmocka_unit_test(one_value_is_fixed),
	        cmocka_unit_test(wrong_values_and_weights_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
