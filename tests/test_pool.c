#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "num/pool.h"
#include "fitted.h"
#include "near.h"
#include "prop.h"

static vrd_dist expert(double p10, double p50, double p90) {
	return fitted(VRD_DIST_METALOG, p10, p50, p90, 0, 100);
}

enum { N_EXPERTS = 3 };
static void three_experts(vrd_dist out[N_EXPERTS]) {
	out[0] = expert(5, 10, 20);
	out[1] = expert(8, 12, 18);
	out[2] = expert(15, 25, 40);
}

// ---- Known answers ----------------------------------------------------------------------------

// docs/methods: projection, section 19, per cent on [0, 100].
static void pools_of_three_experts_are_the_documented_ones(void **state) {
	(void)state;
	vrd_dist d[N_EXPERTS];
	three_experts(d);
	const vrd_pooled linear = vrd_pool_linear(N_EXPERTS, d, NULL);
	assert_near(linear.p10, 6.987040, 6e-7);
	assert_near(linear.p50, 13.902195, 6e-7);
	assert_near(linear.p90, 31.095673, 6e-7);
	const vrd_pooled averaged = vrd_pool_quantile(N_EXPERTS, d, NULL);
	assert_near(averaged.p10, 28 / 3.0, 1e-9);
	assert_near(averaged.p50, 47 / 3.0, 1e-9);
	assert_near(averaged.p90, 26, 1e-9);
	assert_near(vrd_pool_disagreement(N_EXPERTS, d, NULL), 0.43883, 6e-6);
	assert_near(linear.mean, averaged.mean, 1e-12);
	assert_true(averaged.sd < linear.sd);
}

// Normal laws: the average of quantiles is normal with the mean sd; the pool's variance is the mean
// of the variances and the variance of the means.
static void pools_of_normal_laws_have_closed_forms(void **state) {
	(void)state;
	const vrd_dist d[] = {fitted(VRD_DIST_NORMAL, 0, NAN, 2, -INFINITY, INFINITY),
	                      fitted(VRD_DIST_NORMAL, 2, NAN, 8, -INFINITY, INFINITY)};
	const double weight[] = {0.25, 0.75}, s0 = 2 / 2.5631031310892007, s1 = 3 * s0;
	const vrd_pooled averaged = vrd_pool_quantile(2, d, weight);
	assert_near(averaged.mean, 4, 1e-14);
	assert_near(averaged.sd, 0.25 * s0 + 0.75 * s1, 1e-9);
	assert_near(averaged.p90, 0.25 * 2 + 0.75 * 8, 1e-12);
	const vrd_pooled linear = vrd_pool_linear(2, d, weight);
	const double within = 0.25 * s0 * s0 + 0.75 * s1 * s1, between = 0.25 * 9 + 0.75 * 1;
	assert_near(linear.mean, 4, 1e-14);
	assert_near(linear.sd, sqrt(within + between), 1e-13);
	assert_near(vrd_pool_disagreement(2, d, weight), between / (between + within), 1e-13);
	const double p = 0.25 * vrd_normal_cdf((linear.p10 - 1) / s0) +
	                 0.75 * vrd_normal_cdf((linear.p10 - 5) / s1);
	assert_near(p, 0.1, 1e-12);
}

// A coin and a die of two sides: quantiles of steps, by hand.
static void pools_of_steps_are_those_computed_by_hand(void **state) {
	(void)state;
	vrd_dist d[2];
	assert_int_equal(vrd_dist_fit_discrete(2, (const double[]){0, 4},
	                                       (const double[]){0.5, 0.5}, 0, 10, &d[0], NULL),
	                 VRD_OK);
	assert_int_equal(vrd_dist_fit_discrete(2, (const double[]){2, 10},
	                                       (const double[]){0.75, 0.25}, 0, 10, &d[1], NULL),
	                 VRD_OK);
	// P(0) = 1/4, P(2) = 3/8, P(4) = 1/4, P(10) = 1/8
	assert_near(vrd_pool_linear_quantile(2, d, NULL, 0.2), 0, 1e-11);
	assert_near(vrd_pool_linear_quantile(2, d, NULL, 0.5), 2, 1e-11);
	assert_near(vrd_pool_linear_quantile(2, d, NULL, 0.8), 4, 1e-11);
	assert_near(vrd_pool_linear_quantile(2, d, NULL, 0.9), 10, 1e-11);
	// averages 1, 3, 7 with shares 1/2, 1/4, 1/4: mean 3, variance 2 + 0 + 4
	const vrd_pooled averaged = vrd_pool_quantile(2, d, NULL);
	assert_near(averaged.mean, 3, 1e-14);
	assert_near(averaged.sd, sqrt(6), 1e-9);
	assert_true(averaged.p10 == 1 && averaged.p50 == 1 && averaged.p90 == 7);
}

// ---- Laws -------------------------------------------------------------------------------------

static void assert_is_the_law(vrd_pooled pooled, const vrd_dist *d) {
	const double sd = sqrt(vrd_dist_variance(d));
	assert_near(pooled.p10, vrd_dist_quantile(d, 0.1), 1e-10 * sd);
	assert_near(pooled.p50, vrd_dist_quantile(d, 0.5), 1e-10 * sd);
	assert_near(pooled.p90, vrd_dist_quantile(d, 0.9), 1e-10 * sd);
	assert_near(pooled.mean, vrd_dist_mean(d), 1e-10 * sd);
	assert_near(pooled.sd, sd, 1e-8 * sd);
}

static void one_expert_is_the_pool(void **state) {
	(void)state;
	const vrd_dist laws[] = {
	        expert(5, 10, 20),
	        fitted(VRD_DIST_TRUNCNORM, 0.05, NAN, 0.20, 0, 1),
	        fitted(VRD_DIST_BETA80, 0.05, NAN, 0.20, 0, 1),
	        fitted(VRD_DIST_PERT, 2, 3, 8, 0, 10),
	        fitted(VRD_DIST_UNIFORM, 0.2, NAN, 0.7, 0, 1),
	        fitted(VRD_DIST_TRIANGULAR, 2, 3, 8, 0, 10),
	        fitted(VRD_DIST_LOGNORMAL, 0.5, NAN, 2, 0, INFINITY),
	        fitted(VRD_DIST_METALOG, 1, 1.5, 2.2, 0, INFINITY),
	};
	for (size_t i = 0; i < sizeof laws / sizeof *laws; ++i) {
		assert_is_the_law(vrd_pool_linear(1, &laws[i], NULL), &laws[i]);
		assert_is_the_law(vrd_pool_quantile(1, &laws[i], NULL), &laws[i]);
		assert_true(vrd_pool_disagreement(1, &laws[i], NULL) == 0);
	}
}

static void experts_who_say_the_same_are_one(void **state) {
	(void)state;
	const vrd_dist d[] = {expert(5, 10, 20), expert(5, 10, 20), expert(5, 10, 20)};
	const double weight[] = {0.2, 0.3, 0.5};
	assert_is_the_law(vrd_pool_linear(3, d, weight), &d[0]);
	assert_is_the_law(vrd_pool_quantile(3, d, weight), &d[0]);
	assert_near(vrd_pool_disagreement(3, d, weight), 0, 1e-25);
}

static void expert_of_no_weight_is_not_heard(void **state) {
	(void)state;
	vrd_dist d[N_EXPERTS];
	three_experts(d);
	const double weight[] = {0, 1, 0};
	assert_is_the_law(vrd_pool_linear(N_EXPERTS, d, weight), &d[1]);
	assert_is_the_law(vrd_pool_quantile(N_EXPERTS, d, weight), &d[1]);
	assert_true(vrd_pool_disagreement(N_EXPERTS, d, weight) == 0);
}

static void certain_experts_agree_or_disagree_wholly(void **state) {
	(void)state;
	const vrd_dist d[] = {fitted(VRD_DIST_FIXED, 3, NAN, 3, 0, 9),
	                      fitted(VRD_DIST_FIXED, 5, NAN, 5, 0, 9)};
	assert_true(vrd_pool_disagreement(2, d, NULL) == 1);
	assert_true(vrd_pool_disagreement(1, d, NULL) == 0);
	const vrd_pooled linear = vrd_pool_linear(2, d, NULL);
	assert_near(linear.p10, 3, 1e-11);
	assert_near(linear.p90, 5, 1e-11);
	assert_near(linear.sd, 1, 1e-15);
	const vrd_pooled averaged = vrd_pool_quantile(2, d, NULL);
	assert_true(averaged.p10 == 4 && averaged.p90 == 4);
	assert_near(averaged.sd, 0, 1e-7);
}

// Without a variance there is no share of it; no number is invented.
static void law_without_a_variance_has_an_infinite_sd(void **state) {
	(void)state;
	const vrd_dist d[] = {fitted(VRD_DIST_METALOG, 1, 3, 12, 0, INFINITY),
	                      fitted(VRD_DIST_METALOG, 1, 2, 3, 0, INFINITY)};
	assert_true(isinf(vrd_pool_linear(2, d, NULL).sd));
	assert_true(isinf(vrd_pool_quantile(2, d, NULL).sd));
	assert_true(vrd_pool_disagreement(2, d, NULL) == 0);
	assert_near(vrd_pool_quantile(2, d, NULL).p50, 2.5, 1e-12);
}

// The pool's quantile has its probability, lies among the experts', and the order of the experts is
// of no matter.
static bool pool_keeps_its_laws(prop_gen *gen) {
	enum { MOST = 6 };
	const size_t n = prop_size(gen);
	vrd_dist d[MOST], turned[MOST];
	double weight[MOST], weight_turned[MOST], sum = 0;
	for (size_t e = 0; e < n; ++e) {
		const double p10 = 2 + 50 * prop_unit(gen), width = 1 + 40 * prop_unit(gen);
		d[e] = expert(p10, p10 + width * (0.4 + 0.2 * prop_unit(gen)), p10 + width);
		weight[e] = prop_unit(gen);
		sum += weight[e];
	}
	for (size_t e = 0; e < n; ++e) {
		weight[e] /= sum;
		turned[n - 1 - e] = d[e];
		weight_turned[n - 1 - e] = weight[e];
	}
	for (double p = 0.01; p < 1; p += 0.14) {
		const double x = vrd_pool_linear_quantile(n, d, weight, p);
		double share = 0, least = INFINITY, most = -INFINITY;
		for (size_t e = 0; e < n; ++e) {
			share += weight[e] * vrd_dist_cdf(&d[e], x);
			least = fmin(least, vrd_dist_quantile(&d[e], p));
			most = fmax(most, vrd_dist_quantile(&d[e], p));
		}
		PROP_HOLDS(gen, fabs(share - p) < 1e-10, "F = %.17g at Q(%g)", share, p);
		PROP_HOLDS(gen, x >= least && x <= most, "%g outside [%g, %g]", x, least, most);
		const double again = vrd_pool_linear_quantile(n, turned, weight_turned, p);
		PROP_HOLDS(gen, fabs(x - again) < 1e-9, "%.17g turned, not %.17g", again, x);
	}
	const double share = vrd_pool_disagreement(n, d, weight);
	PROP_HOLDS(gen, share >= 0 && share <= 1, "disagreement %g", share);
	const vrd_pooled linear = vrd_pool_linear(n, d, weight),
	                 averaged = vrd_pool_quantile(n, d, weight);
	PROP_HOLDS(gen, averaged.sd <= linear.sd * (1 + 1e-9), "sd %.17g over %.17g", averaged.sd,
	           linear.sd);
	return true;
}

static void pool_has_its_probabilities_in_any_order_of_experts(void **state) {
	(void)state;
	prop_check("pool", pool_keeps_its_laws, 60, 6);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(pools_of_three_experts_are_the_documented_ones),
	        cmocka_unit_test(pools_of_normal_laws_have_closed_forms),
	        cmocka_unit_test(pools_of_steps_are_those_computed_by_hand),
	        cmocka_unit_test(one_expert_is_the_pool),
	        cmocka_unit_test(experts_who_say_the_same_are_one),
	        cmocka_unit_test(expert_of_no_weight_is_not_heard),
	        cmocka_unit_test(certain_experts_agree_or_disagree_wholly),
	        cmocka_unit_test(law_without_a_variance_has_an_infinite_sd),
	        cmocka_unit_test(pool_has_its_probabilities_in_any_order_of_experts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
