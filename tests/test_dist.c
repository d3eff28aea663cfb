#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/dist.h"
#include "num/rng.h"
#include "num/special.h"
#include "num/stats.h"
#include "fitted.h"
#include "near.h"

static const double least = 0x1p-53; // the least uniform that rng.h makes

static void names_are_read_and_written(void **state) {
	(void)state;
	static const char *const names[VRD_N_DISTS] = {
	        "fixed",   "normal",    "truncnorm",  "beta80",  "pert",
	        "uniform", "lognormal", "triangular", "metalog", "discrete"};
	for (int kind = 0; kind < VRD_N_DISTS; ++kind) {
		vrd_dist_kind read = VRD_N_DISTS;
		assert_string_equal(vrd_dist_name((vrd_dist_kind)kind), names[kind]);
		assert_true(vrd_dist_parse(vrd_str_of(names[kind]), &read));
		assert_int_equal(read, kind);
	}
	vrd_dist_kind kind = VRD_DIST_PERT;
	assert_false(vrd_dist_parse(VRD_STR("gaussian"), &kind));
	assert_false(vrd_dist_parse(VRD_STR(""), &kind));
	assert_false(vrd_dist_parse(VRD_STR("normal "), &kind));
	assert_int_equal(kind, VRD_DIST_PERT);
}

// ---- The normal law -------------------------------------------------------------------------

// Values to 20 digits by mpmath; .975 and .9 are in every table.
static void normal_law_has_its_known_values(void **state) {
	(void)state;
	static const double quantiles[][2] = {
	        {0.9, 1.2815515655446005935},     {0.975, 1.9599639845400538556},
	        {0.75, 0.6744897501960817432},    {0.3, -0.52440051270804081597},
	        {0.025, -1.9599639845400542118},  {0.999, 3.0902323061678132778},
	        {1e-10, -6.3613409024040561991},  {0x1p-53, -8.2095361516013868556},
	        {1e-300, -37.047096299361199237},
	};
	for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; ++i)
		assert_close(vrd_normal_quantile(quantiles[i][0]), quantiles[i][1], 1e-14);
	assert_true(vrd_normal_quantile(0.5) == 0);
	static const double values[][2] = {
	        {0, 0.5},
	        {1, 0.84134474606854294859},
	        {-1, 0.15865525393145705141},
	        {1.96, 0.97500210485177956379},
	        {-5, 2.8665157187919391167e-7},
	        {-10, 7.619853024160526066e-24},
	        {8, 0.9999999999999993779},
	};
	for (size_t i = 0; i < sizeof values / sizeof *values; ++i)
		assert_close(vrd_normal_cdf(values[i][0]), values[i][1], 1e-14);
}

static void normal_quantile_undoes_the_distribution_function(void **state) {
	(void)state;
	for (double u = 1e-12; u < 1; u += 0.00137)
		assert_close(vrd_normal_cdf(vrd_normal_quantile(u)), u, 1e-13);
}

// ---- Published fits (docs/methods: projection, section 12) -----------------------------------

static void truncnorm_has_the_documented_parameters_and_mean(void **state) {
	(void)state;
	const vrd_dist low = fitted(VRD_DIST_TRUNCNORM, 0.05, NAN, 0.20, 0, 1);
	assert_near(low.p, 0.121228083922, 6e-13);
	assert_near(low.q, 0.060834658980, 6e-13);
	assert_near(vrd_dist_mean(&low), 0.124639465856, 6e-13);
	// by quadrature (mpmath)
	assert_close(vrd_dist_variance(&low), 0.0032756629111118921, 1e-10);
	assert_close(vrd_dist_quantile(&low, 0.5), 0.122992988478677, 1e-11);
	const vrd_dist high = fitted(VRD_DIST_TRUNCNORM, 0.85, NAN, 0.98, 0, 1);
	assert_near(high.p, 0.934119453718, 6e-13);
	assert_near(high.q, 0.061528063160, 6e-13);
	assert_near(vrd_dist_mean(&high), 0.917990256817, 6e-13);
}

static void beta80_has_the_documented_parameters(void **state) {
	(void)state;
	const vrd_dist low = fitted(VRD_DIST_BETA80, 0.05, NAN, 0.20, 0, 1);
	assert_near(low.p, 3.394810392125, 6e-13);
	assert_near(low.q, 25.126942054828, 6e-13);
	const vrd_dist high = fitted(VRD_DIST_BETA80, 0.85, NAN, 0.98, 0, 1);
	assert_near(high.p, 22.134547056438, 6e-13);
	assert_near(high.q, 1.849806695510, 6e-13);
	assert_close(vrd_dist_quantile(&low, 0.5), 0.110120158287465734, 1e-11);
	assert_close(vrd_dist_quantile(&high, 0.75), 0.962929319185078322, 1e-11);
}

static void pert_has_its_textbook_moments(void **state) {
	(void)state;
	const vrd_dist d = fitted(VRD_DIST_PERT, 2, 3, 8, 0, 10);
	assert_close(d.p, 1 + 4.0 / 6, 1e-15);
	assert_close(d.q, 1 + 20.0 / 6, 1e-15);
	const double mean = (2 + 4 * 3 + 8) / 6.0;
	assert_close(vrd_dist_mean(&d), mean, 1e-15);
	assert_close(vrd_dist_variance(&d), (mean - 2) * (8 - mean) / 7, 1e-14);
	const vrd_dist even = fitted(VRD_DIST_PERT, 0, 5, 10, 0, 10);
	assert_close(vrd_dist_quantile(&even, 0.5), 5, 1e-14);
}

// Triangle of min 2, mode 3, max 8: P(X <= 3) = 1/6, and the closed forms of every textbook.
static void triangular_has_its_textbook_values(void **state) {
	(void)state;
	const vrd_dist d = fitted(VRD_DIST_TRIANGULAR, 2, 3, 8, 0, 10);
	assert_close(vrd_dist_mean(&d), 13.0 / 3, 1e-15);
	assert_close(vrd_dist_variance(&d), (4 + 9 + 64 - 6 - 16 - 24) / 18.0, 1e-14);
	assert_close(vrd_dist_cdf(&d, 3), 1.0 / 6, 1e-15);
	assert_close(vrd_dist_quantile(&d, 1.0 / 6), 3, 1e-15);
	assert_close(vrd_dist_quantile(&d, 1.0 / 24), 2.5, 1e-15);
	assert_close(vrd_dist_quantile(&d, 1 - 1.0 / 30), 7, 1e-15);
}

static void normal_lognormal_and_uniform_have_closed_forms(void **state) {
	(void)state;
	const vrd_dist n = fitted(VRD_DIST_NORMAL, -1, NAN, 3, -INFINITY, INFINITY);
	assert_close(n.p, 1, 1e-15);
	assert_close(n.q, 4 / 2.5631031310892007, 1e-15);
	assert_true(vrd_dist_mean(&n) == n.p && vrd_dist_variance(&n) == n.q * n.q);
	const vrd_dist u = fitted(VRD_DIST_UNIFORM, 0.1, NAN, 0.9, 0, 1);
	assert_true(u.p >= 0 && u.p < 1e-16 && u.q <= 1 && u.q > 1 - 1e-15);
	assert_close(vrd_dist_mean(&u), 0.5, 1e-15);
	assert_close(vrd_dist_variance(&u), 1.0 / 12, 1e-14);
	const vrd_dist l = fitted(VRD_DIST_LOGNORMAL, 0.5, NAN, 2, 0, INFINITY);
	const double s = log(4) / 2.5631031310892007;
	assert_close(vrd_dist_quantile(&l, 0.5), 1, 1e-15);
	assert_close(vrd_dist_mean(&l), exp(s * s / 2), 1e-14);
	assert_close(vrd_dist_variance(&l), (exp(s * s) - 1) * exp(s * s), 1e-14);
}

static void beta_quantile_has_its_closed_forms(void **state) {
	(void)state;
	for (double u = 0.003; u < 1; u += 0.013) {
		assert_close(vrd_beta_quantile(u, 1, 1, vrd_log_beta(1, 1)), u, 1e-14);
		assert_close(vrd_beta_quantile(u, 3.5, 1, vrd_log_beta(3.5, 1)), pow(u, 1 / 3.5),
		             1e-14);
		assert_close(vrd_beta_quantile(u, 1, 0.7, vrd_log_beta(1, 0.7)),
		             -expm1(log1p(-u) / 0.7), 1e-13);
		const double sine = sin(1.5707963267948966 * u);
		assert_close(vrd_beta_quantile(u, 0.5, 0.5, vrd_log_beta(0.5, 0.5)), sine * sine,
		             1e-13);
	}
	assert_close(vrd_beta_quantile(0.25, 2, 5, vrd_log_beta(2, 5)), 0.161162916790326523,
	             1e-14);
	assert_close(vrd_beta_quantile(0.9, 300, 700, vrd_log_beta(300, 700)), 0.318652126673931318,
	             1e-13);
}

// ---- Every law ------------------------------------------------------------------------------

static const struct {
	vrd_dist_kind kind;
	double low, mode, high, a, b;
} laws[] = {
        {VRD_DIST_TRUNCNORM, 0.05, NAN, 0.20, 0, 1},
        {VRD_DIST_TRUNCNORM, 0.85, NAN, 0.98, 0, 1},
        {VRD_DIST_TRUNCNORM, 0.92, NAN, 0.99, 0, 1},
        {VRD_DIST_TRUNCNORM, 0.3, NAN, 0.7, 0, 1},
        {VRD_DIST_TRUNCNORM, 0.15, NAN, 0.85, 0, 1},
        {VRD_DIST_TRUNCNORM, 0.4999, NAN, 0.5001, 0, 1},
        {VRD_DIST_TRUNCNORM, 0.001, NAN, 0.019, 0, 1},
        {VRD_DIST_TRUNCNORM, 0.1, NAN, 2.0, 0, INFINITY},
        {VRD_DIST_TRUNCNORM, -2.0, NAN, -0.1, -INFINITY, 0},
        {VRD_DIST_TRUNCNORM, -1, NAN, 1, -INFINITY, INFINITY},
        {VRD_DIST_TRUNCNORM, 1000.5, NAN, 1003, 1000, 1010},
        {VRD_DIST_BETA80, 0.05, NAN, 0.20, 0, 1},
        {VRD_DIST_BETA80, 0.85, NAN, 0.98, 0, 1},
        {VRD_DIST_BETA80, 0.1, NAN, 0.9, 0, 1},
        {VRD_DIST_BETA80, 0.498, NAN, 0.502, 0, 1},
        {VRD_DIST_BETA80, 1e-6, NAN, 1e-4, 0, 1},
        {VRD_DIST_BETA80, 0.6, NAN, 0.999, 0, 1},
        {VRD_DIST_BETA80, -4, NAN, 3, -5, 5},
        {VRD_DIST_PERT, 0.05, 0.1, 0.20, 0, 1},
        {VRD_DIST_PERT, 0, 0, 1, 0, 1},
        {VRD_DIST_PERT, 5, 7, 7, -INFINITY, INFINITY},
        {VRD_DIST_UNIFORM, 0.1, NAN, 0.9, 0, 1},
        {VRD_DIST_UNIFORM, 1.2, NAN, 1.7, 1, 2},
        {VRD_DIST_NORMAL, 0.9, NAN, 1.1, 0, INFINITY},
        {VRD_DIST_NORMAL, -3, NAN, 9, -INFINITY, INFINITY},
        {VRD_DIST_LOGNORMAL, 0.9, NAN, 1.3, 0, INFINITY},
        {VRD_DIST_LOGNORMAL, 0.1, NAN, 10, -INFINITY, INFINITY},
        {VRD_DIST_TRIANGULAR, 0.05, 0.1, 0.20, 0, 1},
        {VRD_DIST_TRIANGULAR, 0, 0, 1, 0, 1},
        {VRD_DIST_TRIANGULAR, 5, 7, 7, -INFINITY, INFINITY},
        {VRD_DIST_METALOG, 0.05, 0.10, 0.20, 0, 1},
        {VRD_DIST_METALOG, 0.02, 0.5, 0.98, 0, 1},
        {VRD_DIST_METALOG, 0.9, 0.95, 0.97, 0, 1},
        {VRD_DIST_METALOG, 1, 1.5, 2.5, 0, INFINITY},
        {VRD_DIST_METALOG, -2.5, -1.5, -1, -INFINITY, 0},
        {VRD_DIST_METALOG, -1, 0.2, 2, -INFINITY, INFINITY},
};
enum { N_LAWS = sizeof laws / sizeof *laws };

static bool has_ends(vrd_dist_kind kind) { // low and high are its ends, not P10 and P90
	return kind == VRD_DIST_PERT || kind == VRD_DIST_TRIANGULAR;
}

static vrd_dist law(size_t i) {
	return fitted(laws[i].kind, laws[i].low, laws[i].mode, laws[i].high, laws[i].a, laws[i].b);
}

static void every_law_hits_its_interval(void **state) {
	(void)state;
	for (size_t i = 0; i < N_LAWS; ++i) {
		if (has_ends(laws[i].kind))
			continue;
		const vrd_dist d = law(i);
		const double width = laws[i].high - laws[i].low;
		assert_true(fabs(vrd_dist_quantile(&d, 0.1) - laws[i].low) <= 1e-9 * width);
		assert_true(fabs(vrd_dist_quantile(&d, 0.9) - laws[i].high) <= 1e-9 * width);
	}
}

static void quantiles_rise_strictly_inside_the_bounds(void **state) {
	(void)state;
	for (size_t i = 0; i < N_LAWS; ++i) {
		const vrd_dist d = law(i);
		const bool ends = has_ends(laws[i].kind);
		const double from = ends ? laws[i].low : laws[i].a,
		             to = ends ? laws[i].high : laws[i].b;
		const double first = vrd_dist_quantile(&d, least);
		const double last = vrd_dist_quantile(&d, 1 - least);
		assert_true(first > from && last < to && isfinite(first) && isfinite(last));
		double before = first;
		for (int k = 1; k < 2000; ++k) {
			const double x = vrd_dist_quantile(&d, k / 2000.0);
			assert_true(x > before);
			before = x;
		}
		assert_true(last > before);
	}
}

// The mass is inside the bounds, never on them: no value near a bound comes twice.
static void no_draw_is_repeated(void **state) {
	(void)state;
	enum { N = 10000 };
	static double x[N];
	for (size_t i = 0; i < N_LAWS; ++i) {
		const vrd_dist d = law(i);
		double least_x = INFINITY, most_x = -INFINITY;
		for (uint64_t draw = 0; draw < N; ++draw) {
			x[draw] = vrd_dist_quantile(&d, vrd_uniform(1, i, draw, 0));
			least_x = fmin(least_x, x[draw]);
			most_x = fmax(most_x, x[draw]);
		}
		size_t n_least = 0, n_most = 0;
		for (size_t draw = 0; draw < N; ++draw) {
			n_least += x[draw] == least_x;
			n_most += x[draw] == most_x;
		}
		assert_int_equal(n_least, 1);
		assert_int_equal(n_most, 1);
	}
}

static void distribution_function_undoes_the_quantile(void **state) {
	(void)state;
	for (size_t i = 0; i < N_LAWS; ++i) {
		const vrd_dist d = law(i);
		for (double u = 0.0005; u < 1; u += 0.0137)
			assert_near(vrd_dist_cdf(&d, vrd_dist_quantile(&d, u)), u, 1e-9);
		assert_true(vrd_dist_cdf(&d, vrd_dist_least(&d)) < 1e-15);
		assert_true(vrd_dist_cdf(&d, vrd_dist_most(&d)) == 1);
		assert_true(vrd_dist_cdf(&d, -1e300) < 1e-12);
		assert_true(vrd_dist_cdf(&d, 1e300) > 1 - 1e-12);
	}
}

static void least_and_most_enclose_every_draw(void **state) {
	(void)state;
	for (size_t i = 0; i < N_LAWS; ++i) {
		const vrd_dist d = law(i);
		assert_true(vrd_dist_least(&d) >= laws[i].a && vrd_dist_most(&d) <= laws[i].b);
		assert_true(vrd_dist_least(&d) < vrd_dist_quantile(&d, least));
		assert_true(vrd_dist_most(&d) > vrd_dist_quantile(&d, 1 - least));
	}
	const vrd_dist uniform = fitted(VRD_DIST_UNIFORM, 1.2, NAN, 1.8, 1, 2);
	assert_close(vrd_dist_least(&uniform), 1.125, 1e-15);
	assert_close(vrd_dist_most(&uniform), 1.875, 1e-15);
	const vrd_dist pert = fitted(VRD_DIST_PERT, 5, 7, 8, 0, 10);
	assert_true(vrd_dist_least(&pert) == 5 && vrd_dist_most(&pert) == 8);
	const vrd_dist lognormal = fitted(VRD_DIST_LOGNORMAL, 0.5, NAN, 2, -1, INFINITY);
	assert_true(vrd_dist_least(&lognormal) == 0 && isinf(vrd_dist_most(&lognormal)));
	const vrd_dist fixed = fitted(VRD_DIST_FIXED, 0.3, NAN, 0.3, 0, 1);
	assert_true(vrd_dist_least(&fixed) == 0.3 && vrd_dist_most(&fixed) == 0.3);
	assert_true(vrd_dist_cdf(&fixed, 0.3) == 1 && vrd_dist_cdf(&fixed, 0.29) == 0);
}

// Integrals of Q(u) and Q(u)^2 by the midpoint rule in v with u = v^2 (3 - 2 v), which is smooth at
// the ends, against the closed forms.
static void mean_and_variance_are_those_of_the_quantiles(void **state) {
	(void)state;
	enum { N = 20000 };
	for (size_t i = 0; i < N_LAWS; ++i) {
		const vrd_dist d = law(i);
		const double middle = vrd_dist_quantile(&d, 0.5);
		double first = 0, second = 0;
		for (size_t k = 0; k < N; ++k) {
			const double v = ((double)k + 0.5) / N;
			const double weight = 6 * v * (1 - v) / N;
			const double x = vrd_dist_quantile(&d, v * v * (3 - 2 * v)) - middle;
			first += weight * x;
			second += weight * x * x;
		}
		const double variance = second - first * first, sd = sqrt(variance);
		// the second moment of a wide lognormal law lies far out in its tail
		const double tolerance = laws[i].kind == VRD_DIST_LOGNORMAL ? 1e-2 : 1e-5;
		assert_true(fabs(vrd_dist_mean(&d) - middle - first) < 0.1 * tolerance * sd);
		assert_close(vrd_dist_variance(&d), variance, tolerance);
	}
}

static void equal_ends_are_a_constant_whatever_the_kind(void **state) {
	(void)state;
	for (int kind = 0; kind < VRD_N_DISTS; ++kind) {
		const vrd_dist d = fitted((vrd_dist_kind)kind, 1, NAN, 1, 0, 1);
		assert_int_equal(d.kind, VRD_DIST_FIXED);
		assert_true(vrd_dist_quantile(&d, least) == 1 && vrd_dist_quantile(&d, 0.7) == 1);
		assert_true(vrd_dist_mean(&d) == 1 && vrd_dist_variance(&d) == 0);
	}
}

// Fits of truncated normal laws whose parameters are known, over bounds near and far.
static void truncnorm_is_found_again_from_its_own_interval(void **state) {
	(void)state;
	size_t n = 0;
	for (uint64_t i = 0; i < 20000; ++i) {
		const bool one_sided = i % 2 == 0;
		const double b = one_sided ? INFINITY : 1;
		const double mu = -2 + 5 * vrd_uniform(5, 1, i, 0);
		const double sd = 0.004 * exp(7 * vrd_uniform(5, 2, i, 0));
		vrd_dist d = {.kind = VRD_DIST_TRUNCNORM, .a = 0, .b = b, .p = mu, .q = sd};
		const double za = (0 - mu) / sd, zb = (b - mu) / sd;
		if (za > 30 || zb < -30)
			continue; // exponential to three digits
		d.cdf_a = vrd_normal_cdf(za);
		d.cdf_b = vrd_normal_cdf(zb);
		d.sf_a = vrd_normal_upper(za);
		d.sf_b = vrd_normal_upper(zb);
		const double low = vrd_dist_quantile(&d, 0.1), high = vrd_dist_quantile(&d, 0.9);
		if (sd > 80 * (high - low))
			continue; // uniform to four digits
		const vrd_dist again = fitted(VRD_DIST_TRUNCNORM, low, NAN, high, 0, b);
		if (za < 10 && zb > -10 &&
		    sd < 5 * (high - low)) // the parameters are well determined
			assert_close(again.q, sd, 1e-6);
		assert_true(fabs(vrd_dist_quantile(&again, 0.1) - low) <= 1e-9 * (high - low));
		assert_true(fabs(vrd_dist_quantile(&again, 0.9) - high) <= 1e-9 * (high - low));
		++n;
	}
	assert_true(n > 10000);
}

static void beta80_is_found_again_from_its_own_interval(void **state) {
	(void)state;
	size_t n = 0;
	for (uint64_t i = 0; i < 1000; ++i) {
		const double alpha = exp(9 * vrd_uniform(6, 1, i, 0));
		const double beta = 0.5 * exp(9 * vrd_uniform(6, 2, i, 0));
		const double log_beta = vrd_log_beta(alpha, beta);
		const double low = vrd_beta_quantile(0.1, alpha, beta, log_beta);
		const double high = vrd_beta_quantile(0.9, alpha, beta, log_beta);
		if (high > 1 - 1e-4)
			continue;
		const vrd_dist d = fitted(VRD_DIST_BETA80, low, NAN, high, 0, 1);
		assert_close(d.p, alpha, 1e-8);
		assert_close(d.q, beta, 1e-8);
		++n;
	}
	assert_true(n > 800);
}

// ---- Refusals -------------------------------------------------------------------------------

static void assert_refused(vrd_dist_kind kind, double low, double mode, double high, double a,
                           double b, const char *first, const char *second, const char *third) {
	vrd_dist dist = {.kind = VRD_N_DISTS};
	vrd_err err = {0};
	assert_int_equal(vrd_dist_fit(kind, low, mode, high, a, b, &dist, &err), VRD_DATA);
	assert_int_equal(err.status, VRD_DATA);
	assert_int_equal(dist.kind, VRD_N_DISTS);
	const char *const parts[] = {first, second, third};
	for (size_t i = 0; i < 3; ++i) {
		if (strstr(err.text, parts[i]) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", err.text, parts[i]);
	}
	assert_int_equal(vrd_dist_fit(kind, low, mode, high, a, b, &dist, NULL), VRD_DATA);
}

static void interval_as_wide_as_a_uniform_is_refused_and_beta80_offered(void **state) {
	(void)state;
	assert_refused(VRD_DIST_TRUNCNORM, 0.1, NAN, 0.9, 0, 1, "P10 0.1", "P90 0.9", "beta80");
	assert_refused(VRD_DIST_TRUNCNORM, 0.05, NAN, 0.95, 0, 1, "P10 0.05", "P90 0.95",
	               "uniform");
	// wider than an exponential: P90/P10 above ln(10)/ln(10/9) = 21.85
	assert_refused(VRD_DIST_TRUNCNORM, 1, NAN, 22, 0, INFINITY, "P10 1 ", "P90 22",
	               "exponential");
	const vrd_dist narrower = fitted(VRD_DIST_TRUNCNORM, 1, NAN, 21.5, 0, INFINITY);
	assert_true(vrd_dist_quantile(&narrower, least) > 0);
}

static void low_above_high_is_refused(void **state) {
	(void)state;
	for (int kind = 0; kind < VRD_N_DISTS; ++kind)
		assert_refused((vrd_dist_kind)kind, 0.3, 0.25, 0.2, 0, 1, "low 0.3", "larger",
		               "high 0.2");
}

static void bound_reached_by_an_end_is_refused(void **state) {
	(void)state;
	assert_refused(VRD_DIST_TRUNCNORM, 0.9, NAN, 1, 0, 1, "high (P90)", "bound 1", "low 0.9");
	assert_refused(VRD_DIST_TRUNCNORM, 0, NAN, 0.1, 0, 1, "low (P10)", "bound 0", "high 0.1");
	assert_refused(VRD_DIST_BETA80, 0, NAN, 0.1, 0, 1, "low (P10)", "bound 0", "high 0.1");
	assert_refused(VRD_DIST_UNIFORM, 0.9, NAN, 1, 0, 1, "high (P90)", "bound 1", "low 0.9");
	assert_refused(VRD_DIST_NORMAL, 0, NAN, 1, 0, INFINITY, "low (P10)", "bound 0", "high 1");
}

static void ends_outside_the_bounds_are_refused(void **state) {
	(void)state;
	for (int kind = 0; kind < VRD_N_DISTS; ++kind) {
		assert_refused((vrd_dist_kind)kind, -0.1, 0, 0.2, 0, 1, "-0.1", "0.2", "[0, 1]");
		assert_refused((vrd_dist_kind)kind, 0.4, 0.5, 1.2, 0, 1, "0.4", "1.2", "[0, 1]");
	}
	assert_refused(VRD_DIST_FIXED, 2, NAN, 2, 0, 1, "2", "2", "[0, 1]");
}

static void what_is_not_a_number_is_refused(void **state) {
	(void)state;
	assert_refused(VRD_DIST_NORMAL, NAN, NAN, 1, -INFINITY, INFINITY, "nan", "1", "numbers");
	assert_refused(VRD_DIST_NORMAL, 0, NAN, INFINITY, -INFINITY, INFINITY, "0", "inf",
	               "numbers");
	assert_refused(VRD_DIST_TRUNCNORM, 0.1, NAN, 0.2, NAN, 1, "nan", "1", "bounds");
	assert_refused(VRD_DIST_TRUNCNORM, 0.1, NAN, 0.2, 1, 1, "1", "1", "bounds");
}

static void u_shape_is_refused(void **state) {
	(void)state;
	assert_refused(VRD_DIST_BETA80, 0.02, NAN, 0.98, 0, 1, "P10 0.02", "P90 0.98", "U-shaped");
	assert_refused(VRD_DIST_BETA80, -4.9, NAN, 4.9, -5, 5, "P10 -4.9", "P90 4.9", "U-shaped");
}

static void beta80_without_two_bounds_is_refused(void **state) {
	(void)state;
	assert_refused(VRD_DIST_BETA80, 0.1, NAN, 0.2, 0, INFINITY, "0.1", "0.2", "two bounds");
}

static void beta80_that_crowds_a_bound_is_refused(void **state) {
	(void)state;
	assert_refused(VRD_DIST_BETA80, 0.9, NAN, 1 - 1e-9, 0, 1, "P10 0.9", "0.999999999",
	               "repeat");
}

static void beta80_too_narrow_to_compute_is_refused(void **state) {
	(void)state;
	assert_refused(VRD_DIST_BETA80, 0.49999, NAN, 0.50001, 0, 1, "0.49999", "0.50001",
	               "truncnorm");
}

static void law_that_would_pass_a_bound_is_refused(void **state) {
	(void)state;
	assert_refused(VRD_DIST_NORMAL, 0.1, NAN, 0.5, 0, INFINITY, "0.1", "0.5", "lower bound 0");
	assert_refused(VRD_DIST_NORMAL, 0.5, NAN, 0.9, -9, 1, "0.5", "0.9", "upper bound 1");
	assert_refused(VRD_DIST_UNIFORM, 0.05, NAN, 0.9, 0, 1, "0.05", "0.9", "[0, 1]");
	assert_refused(VRD_DIST_LOGNORMAL, 0.5, NAN, 2, 0.1, INFINITY, "0.5", "2",
	               "lower bound 0.1");
	assert_refused(VRD_DIST_LOGNORMAL, 0.5, NAN, 2, 0, 9, "0.5", "2", "upper bound 9");
	assert_refused(VRD_DIST_LOGNORMAL, -0.5, NAN, 2, -1, INFINITY, "-0.5", "2", "above 0");
}

static void law_without_a_mode_between_its_ends_is_refused(void **state) {
	(void)state;
	assert_refused(VRD_DIST_TRIANGULAR, 0.1, NAN, 0.2, 0, 1, "triangular", "0.2", "nan");
	assert_refused(VRD_DIST_TRIANGULAR, 0.1, 0.05, 0.2, 0, 1, "0.1", "0.2", "0.05");
	assert_refused(VRD_DIST_PERT, 0.1, NAN, 0.2, 0, 1, "0.1", "0.2", "nan");
	assert_refused(VRD_DIST_PERT, 0.1, 0.3, 0.2, 0, 1, "0.1", "0.2", "0.3");
}

static void fixed_needs_equal_ends(void **state) {
	(void)state;
	assert_refused(VRD_DIST_FIXED, 0.1, NAN, 0.2, 0, 1, "0.1", "0.2", "equal");
}

// ---- Correlation ----------------------------------------------------------------------------

static void copula_without_or_with_full_correlation_changes_no_bit(void **state) {
	(void)state;
	for (uint64_t i = 0; i < 100; ++i) {
		const double g = vrd_uniform(1, 1, i, 0), o = vrd_uniform(1, 2, i, 0);
		assert_true(vrd_copula_uniform(0, g, o) == o);
		assert_true(vrd_copula_uniform(1, g, o) == g);
	}
}

static void copula_mixes_normal_scores(void **state) {
	(void)state;
	// Phi(.5 z(.9) + sqrt(.75) z(.3)), by mpmath
	assert_close(vrd_copula_uniform(0.25, 0.9, 0.3), 0.574025262256599391, 1e-14);
	assert_true(vrd_copula_uniform(0.5, least, least) > 0);
	assert_true(vrd_copula_uniform(0.5, 1 - least, 1 - least) < 1);
}

// Two members of a group have correlation rho in their normal scores.
static void members_of_a_group_are_correlated_as_asked(void **state) {
	(void)state;
	enum { N = 200000 };
	const double rho = 0.6;
	double sum = 0;
	for (uint64_t i = 0; i < N; ++i) {
		const double g = vrd_uniform(3, 0, i, 0);
		const double u = vrd_copula_uniform(rho, g, vrd_uniform(3, 1, i, 0));
		const double v = vrd_copula_uniform(rho, g, vrd_uniform(3, 2, i, 0));
		sum += vrd_normal_quantile(u) * vrd_normal_quantile(v);
	}
	assert_true(fabs(sum / N - rho) < 4 * sqrt((1 + rho * rho) / N));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_are_read_and_written),
	        cmocka_unit_test(normal_law_has_its_known_values),
	        cmocka_unit_test(normal_quantile_undoes_the_distribution_function),
	        cmocka_unit_test(truncnorm_has_the_documented_parameters_and_mean),
	        cmocka_unit_test(beta80_has_the_documented_parameters),
	        cmocka_unit_test(pert_has_its_textbook_moments),
	        cmocka_unit_test(triangular_has_its_textbook_values),
	        cmocka_unit_test(normal_lognormal_and_uniform_have_closed_forms),
	        cmocka_unit_test(beta_quantile_has_its_closed_forms),
	        cmocka_unit_test(every_law_hits_its_interval),
	        cmocka_unit_test(quantiles_rise_strictly_inside_the_bounds),
	        cmocka_unit_test(no_draw_is_repeated),
	        cmocka_unit_test(distribution_function_undoes_the_quantile),
	        cmocka_unit_test(least_and_most_enclose_every_draw),
	        cmocka_unit_test(mean_and_variance_are_those_of_the_quantiles),
	        cmocka_unit_test(equal_ends_are_a_constant_whatever_the_kind),
	        cmocka_unit_test(truncnorm_is_found_again_from_its_own_interval),
	        cmocka_unit_test(beta80_is_found_again_from_its_own_interval),
	        cmocka_unit_test(interval_as_wide_as_a_uniform_is_refused_and_beta80_offered),
	        cmocka_unit_test(low_above_high_is_refused),
	        cmocka_unit_test(bound_reached_by_an_end_is_refused),
	        cmocka_unit_test(ends_outside_the_bounds_are_refused),
	        cmocka_unit_test(what_is_not_a_number_is_refused),
	        cmocka_unit_test(u_shape_is_refused),
	        cmocka_unit_test(beta80_without_two_bounds_is_refused),
	        cmocka_unit_test(beta80_that_crowds_a_bound_is_refused),
	        cmocka_unit_test(beta80_too_narrow_to_compute_is_refused),
	        cmocka_unit_test(law_that_would_pass_a_bound_is_refused),
	        cmocka_unit_test(law_without_a_mode_between_its_ends_is_refused),
	        cmocka_unit_test(fixed_needs_equal_ends),
	        cmocka_unit_test(copula_without_or_with_full_correlation_changes_no_bit),
	        cmocka_unit_test(copula_mixes_normal_scores),
	        cmocka_unit_test(members_of_a_group_are_correlated_as_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
