#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "num/score.h"
#include "near.h"
#include "prop.h"

// ---- CRPS -------------------------------------------------------------------------------------

// docs/methods: projection, section 18. mean |x - 3| = 7/4; sum |x_i - x_j| = 32.
static void crps_of_four_draws_is_known(void **state) {
	(void)state;
	double x[] = {7, 1, 4, 2};
	assert_true(vrd_crps(x, 4, 3, false) == 0.75);
	assert_true(x[0] == 1 && x[1] == 2 && x[2] == 4 && x[3] == 7);
	assert_near(vrd_crps(x, 4, 3, true), 1.0 / 3, 1e-15);
}

static void crps_of_one_draw_is_the_absolute_error(void **state) {
	(void)state;
	double x[] = {7};
	assert_true(vrd_crps(x, 1, 3, false) == 4);
	assert_true(vrd_crps(x, 1, 9, true) == 2);
}

static void crps_of_a_sure_and_right_forecast_is_nothing(void **state) {
	(void)state;
	double x[] = {5, 5, 5};
	assert_true(vrd_crps(x, 3, 5, false) == 0);
	assert_true(vrd_crps(x, 3, 5, true) == 0);
}

static bool crps_is_its_double_sum(prop_gen *gen) {
	const size_t n = 1 + prop_size(gen);
	double x[64];
	double distance = 0, apart = 0;
	const double observed = prop_whole(gen, -50, 50);
	for (size_t i = 0; i < n; ++i)
		x[i] = prop_whole(gen, -50, 50);
	for (size_t i = 0; i < n; ++i) {
		distance += fabs(x[i] - observed);
		for (size_t j = 0; j < n; ++j)
			apart += fabs(x[i] - x[j]);
	}
	const double count = (double)n;
	const double plain = distance / count - apart / (2 * count * count);
	const double fair = distance / count - apart / (2 * count * (count - 1));
	PROP_HOLDS(gen, fabs(vrd_crps(x, n, observed, false) - plain) < 1e-12, "plain %g", plain);
	PROP_HOLDS(gen, fabs(vrd_crps(x, n, observed, true) - fair) < 1e-12, "fair %g", fair);
	return true;
}

static void crps_is_the_sum_over_all_pairs(void **state) {
	(void)state;
	prop_check("CRPS", crps_is_its_double_sum, 200, 63);
}

// Uniform draws on [0, 1]: the integral of (F - 1{x >= o})^2 is o^3/3 + (1-o)^3/3.
static void crps_of_many_draws_is_that_of_their_law(void **state) {
	(void)state;
	enum { N = 20000 };
	static double x[N];
	for (size_t i = 0; i < N; ++i)
		x[i] = ((double)i + 0.5) / N;
	assert_near(vrd_crps(x, N, 0.3, false), (0.027 + 0.343) / 3, 1e-8);
}

// ---- Intervals --------------------------------------------------------------------------------

static void interval_score_adds_what_lies_outside(void **state) {
	(void)state;
	assert_true(vrd_interval_score(10, 14, 12, 0.2) == 4);
	assert_true(vrd_interval_score(10, 14, 10, 0.2) == 4);
	assert_true(vrd_interval_score(10, 14, 14, 0.2) == 4);
	assert_near(vrd_interval_score(10, 14, 9, 0.2), 4 + 10, 1e-12);
	assert_near(vrd_interval_score(10, 14, 16.5, 0.2), 4 + 25, 1e-12);
	assert_near(vrd_interval_score(10, 14, 9, 0.5), 4 + 4, 1e-12);
}

static void assert_wilson(double x, double n, double lower, double upper) {
	double low, high;
	vrd_wilson(x, n, 1.959963984540054, &low, &high);
	assert_near(low, lower, 5e-5);
	assert_near(high, upper, 5e-5);
}

// Newcombe 1998, table I, method 3.
static void wilson_limits_are_the_published_ones(void **state) {
	(void)state;
	assert_wilson(81, 263, 0.2553, 0.3662);
	assert_wilson(15, 148, 0.0624, 0.1605);
	assert_wilson(0, 20, 0, 0.1611);
	assert_wilson(1, 29, 0.0061, 0.1718);
}

static void wilson_limits_stay_inside_and_meet_the_ends(void **state) {
	(void)state;
	double low, high, mirrored_low, mirrored_high;
	vrd_wilson(0, 7, 1.96, &low, &high);
	assert_true(low == 0 && high < 1);
	vrd_wilson(7, 7, 1.96, &mirrored_low, &mirrored_high);
	assert_true(mirrored_high == 1);
	assert_near(mirrored_low, 1 - high, 1e-15);
	vrd_wilson(0, 0, 1.96, &low, &high);
	assert_true(low == 0 && high == 1);
}

// ---- Errors -----------------------------------------------------------------------------------

// F - O: 10, -10, 3, 0; the third has O = 0 and no relative error.
static void errors_are_those_computed_by_hand(void **state) {
	(void)state;
	static const double forecast[] = {110, 40, 3, 50}, observed[] = {100, 50, 0, 50};
	const vrd_errors e = vrd_forecast_errors(4, forecast, observed);
	assert_near(e.bias, 1.5, 1e-13);
	assert_near(e.wape, 11.5, 1e-13);
	assert_near(e.mape, 10, 1e-13);
	assert_int_equal(e.n, 3);
	assert_int_equal(e.n_left_out, 1);
}

static void errors_of_nothing_are_not_numbers(void **state) {
	(void)state;
	static const double forecast[] = {1, 0}, observed[] = {0, 0};
	const vrd_errors e = vrd_forecast_errors(2, forecast, observed);
	assert_true(isnan(e.bias) && isnan(e.mape) && isnan(e.wape));
	assert_true(e.n == 0 && e.n_left_out == 2);
	assert_true(isnan(vrd_forecast_errors(0, NULL, NULL).mape));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(crps_of_four_draws_is_known),
	        cmocka_unit_test(crps_of_one_draw_is_the_absolute_error),
	        cmocka_unit_test(crps_of_a_sure_and_right_forecast_is_nothing),
	        cmocka_unit_test(crps_is_the_sum_over_all_pairs),
	        cmocka_unit_test(crps_of_many_draws_is_that_of_their_law),
	        cmocka_unit_test(interval_score_adds_what_lies_outside),
	        cmocka_unit_test(wilson_limits_are_the_published_ones),
	        cmocka_unit_test(wilson_limits_stay_inside_and_meet_the_ends),
	        cmocka_unit_test(errors_are_those_computed_by_hand),
	        cmocka_unit_test(errors_of_nothing_are_not_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
