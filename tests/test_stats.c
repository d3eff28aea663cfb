#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/rng.h"
#include "num/stats.h"

static int compare_doubles(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double *new_doubles(size_t n) {
	double *x = calloc(n > 0 ? n : 1, sizeof *x);
	assert_non_null(x);
	return x;
}

static double uniform(size_t i) {
	return vrd_uniform(42, 0, i, 0);
}

// ---- Sums -----------------------------------------------------------------------------------

static void sum_keeps_what_plain_addition_loses(void **state) {
	(void)state;
	assert_true(vrd_sum((const double[]){1, 1e100, 1, -1e100}, 4) == 2);
	assert_true(vrd_sum((const double[]){1e100, 1, -1e100}, 3) == 1);
	assert_true(vrd_sum(NULL, 0) == 0);
	double *tenths = new_doubles(1000000);
	for (size_t i = 0; i < 1000000; ++i)
		tenths[i] = 0.1;
	assert_true(vrd_sum(tenths, 1000000) == 100000);
	free(tenths);
}

// ---- Quantiles ------------------------------------------------------------------------------

// Type 7 of R: quantile(c(1, 2, 4, 8), c(0, .1, .5, .9, 1)).
static void quantile_is_of_type_seven(void **state) {
	(void)state;
	static const double x[] = {1, 2, 4, 8};
	assert_float_equal(vrd_quantile_sorted(x, 4, 0), 1, 0);
	assert_float_equal(vrd_quantile_sorted(x, 4, 0.1), 1.3, 1e-15);
	assert_float_equal(vrd_quantile_sorted(x, 4, 0.5), 3, 0);
	assert_float_equal(vrd_quantile_sorted(x, 4, 0.9), 6.8, 1e-15);
	assert_float_equal(vrd_quantile_sorted(x, 4, 1), 8, 0);
	assert_float_equal(vrd_quantile_sorted(x, 1, 0.3), 1, 0);
}

// Shapes of input that are known to trouble selection.
enum { N_SHAPES = 14 };

static double shape_value(unsigned shape, size_t i, size_t n) {
	const double u = uniform(i), at = (double)i / (double)n;
	switch (shape) {
	case 0:
		return u;
	case 1:
		return (double)i; // sorted
	case 2:
		return -(double)i; // sorted backwards
	case 3:
		return 7.25; // constant
	case 4:
		return u < 0.5 ? 0 : 1; // two values
	case 5:
		return u < 0.95 ? 0 : u; // mostly zero
	case 6:
		return floor(20 * u); // few values
	case 7:
		return i < n / 2 ? (double)i : (double)(n - i); // organ pipe
	case 8:
		return (double)(i % 17); // saw
	case 9:
		return exp(30 * (u - 0.5)); // heavy tail
	case 10:
		return at < 0.9 ? u : u + 1e9; // a step at the very end
	case 11:
		return (double)(i % 2 == 0 ? i : n - i); // two interleaved runs
	case 12:
		return u - 0.5 + 1e12; // little variation far from zero
	default:
		return i % 21 == 0 ? -1 - u : u; // a sample of every 21st sees nothing of the rest
	}
}

static const size_t sizes[] = {1,   2,   3,    4,    5,    9,    10,   11,   24,    25,   26,
                               100, 999, 1000, 1001, 1500, 2048, 4410, 9999, 10000, 10001};

static void assert_summary_is_that_of_the_sorted(const double *x, size_t n) {
	double *scratch = new_doubles(n), *sorted = new_doubles(n);
	const vrd_summary s = vrd_summarise(x, n, scratch);
	memcpy(sorted, x, n * sizeof *x);
	qsort(sorted, n, sizeof *sorted, compare_doubles);
	assert_true(s.p10 == vrd_quantile_sorted(sorted, n, 0.1));
	assert_true(s.p50 == vrd_quantile_sorted(sorted, n, 0.5));
	assert_true(s.p90 == vrd_quantile_sorted(sorted, n, 0.9));
	const double mean = vrd_sum(sorted, n) / (double)n;
	assert_true(fabs(s.mean - mean) <= 1e-14 * fmax(fabs(sorted[0]), fabs(sorted[n - 1])));
	const double middle = sorted[n / 2];
	for (size_t i = 0; i < n; ++i)
		sorted[i] = x[i] - middle;
	const double shift = vrd_sum(sorted, n) / (double)n;
	for (size_t i = 0; i < n; ++i)
		sorted[i] = (sorted[i] - shift) * (sorted[i] - shift);
	const double variance = n > 1 ? vrd_sum(sorted, n) / (double)(n - 1) : 0;
	const double error = sqrt(variance / (double)n);
	assert_true(fabs(s.mc_error - error) <= 1e-12 * error);
	free(scratch);
	free(sorted);
}

static void summary_is_bit_for_bit_that_of_the_sorted_draws(void **state) {
	(void)state;
	for (unsigned shape = 0; shape < N_SHAPES; ++shape) {
		for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
			const size_t n = sizes[s];
			double *x = new_doubles(n);
			for (size_t i = 0; i < n; ++i)
				x[i] = shape_value(shape, i, n);
			assert_summary_is_that_of_the_sorted(x, n);
			free(x);
		}
	}
}

static void many_random_draws_are_summarised_right(void **state) {
	(void)state;
	enum { N = 3000 };
	double x[N];
	for (uint64_t round = 0; round < 400; ++round) {
		const size_t n = 1000 + (size_t)(2000 * vrd_uniform(1, 0, round, 0));
		for (size_t i = 0; i < n; ++i)
			x[i] = vrd_uniform(2, round, i, 0);
		assert_summary_is_that_of_the_sorted(x, n);
	}
}

// The sample that guesses where the quantiles lie sees one value and nothing of the others.
static void sample_that_misleads_changes_no_result(void **state) {
	(void)state;
	enum { N = 10000 };
	double *x = new_doubles(N);
	const size_t m = (size_t)cbrt((double)N * N), stride = N / m;
	for (int below = 0; below <= 1; ++below) {
		for (size_t i = 0; i < N; ++i)
			x[i] = i % stride == 0 ? (below != 0 ? -1 : 1) * (2 + uniform(i))
			                       : uniform(i);
		assert_summary_is_that_of_the_sorted(x, N);
	}
	free(x);
}

static void input_is_left_alone_and_order_does_not_matter(void **state) {
	(void)state;
	enum { N = 5000 };
	double *x = new_doubles(N), *copy = new_doubles(N), *scratch = new_doubles(N);
	for (size_t i = 0; i < N; ++i)
		x[i] = copy[i] = uniform(i);
	const vrd_summary a = vrd_summarise(x, N, scratch);
	assert_memory_equal(x, copy, N * sizeof *x);
	for (size_t i = 0; i < N; ++i)
		copy[i] = x[(i * 1237) % N];
	const vrd_summary b = vrd_summarise(copy, N, scratch);
	assert_true(a.p10 == b.p10 && a.p50 == b.p50 && a.p90 == b.p90);
	assert_true(fabs(a.mean - b.mean) < 1e-15 && fabs(a.mc_error - b.mc_error) < 1e-15);
	free(x);
	free(copy);
	free(scratch);
}

static void summary_of_one_draw_and_of_equal_draws_is_exact(void **state) {
	(void)state;
	double scratch[3];
	const vrd_summary one = vrd_summarise((const double[]){0.1}, 1, scratch);
	assert_true(one.mean == 0.1 && one.p10 == 0.1 && one.p90 == 0.1 && one.mc_error == 0);
	const vrd_summary same = vrd_summarise((const double[]){0.1, 0.1, 0.1}, 3, scratch);
	assert_true(same.mean == 0.1 && same.p50 == 0.1 && same.mc_error == 0);
	const vrd_summary two = vrd_summarise((const double[]){3, 1}, 2, scratch);
	assert_true(two.mean == 2 && two.p50 == 2 && fabs(two.mc_error - 1) < 1e-15);
}

static void draw_that_is_not_finite_makes_the_summary_nan(void **state) {
	(void)state;
	enum { N = 2000 };
	static const double bad[] = {NAN, INFINITY, -INFINITY};
	double x[N], scratch[N];
	for (size_t b = 0; b < 3; ++b) {
		for (size_t at = 0; at < N; at += 333) {
			for (size_t i = 0; i < N; ++i)
				x[i] = i == at ? bad[b] : uniform(i);
			const vrd_summary s = vrd_summarise(x, N, scratch);
			assert_true(isnan(s.mean) && isnan(s.p10) && isnan(s.p50) && isnan(s.p90) &&
			            isnan(s.mc_error));
		}
	}
}

// ---- Selection ------------------------------------------------------------------------------

static void selected_element_divides_the_others(void **state) {
	(void)state;
	for (unsigned shape = 0; shape < N_SHAPES; ++shape) {
		for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
			const size_t n = sizes[s];
			const size_t ranks[] = {0, n / 10, n / 2, n - 1};
			double *x = new_doubles(n), *sorted = new_doubles(n);
			for (size_t r = 0; r < sizeof ranks / sizeof *ranks; ++r) {
				const size_t k = ranks[r];
				for (size_t i = 0; i < n; ++i)
					x[i] = sorted[i] = shape_value(shape, i, n);
				qsort(sorted, n, sizeof *sorted, compare_doubles);
				assert_true(vrd_select(x, n, k) == sorted[k]);
				for (size_t i = 0; i < k; ++i)
					assert_true(x[i] <= x[k]);
				for (size_t i = k + 1; i < n; ++i)
					assert_true(x[i] >= x[k]);
			}
			free(x);
			free(sorted);
		}
	}
}

// The nine elements that make the first pivot are the least of all: the next must be a better one.
static void pivots_from_an_ill_chosen_place_do_not_mislead(void **state) {
	(void)state;
	enum { N = 9000 };
	double *x = new_doubles(N), *sorted = new_doubles(N);
	for (size_t i = 0; i < N; ++i)
		x[i] = i % 1000 == 500 ? -(double)i : 1 + uniform(i);
	memcpy(sorted, x, N * sizeof *x);
	qsort(sorted, N, sizeof *sorted, compare_doubles);
	assert_true(vrd_select(x, N, 8000) == sorted[8000]);
	free(x);
	free(sorted);
}

// A quadratic search would need the best part of an hour here.
static void a_million_draws_of_any_shape_end_at_once(void **state) {
	(void)state;
	const size_t n = 1000000;
	double *x = new_doubles(n), *scratch = new_doubles(n);
	for (unsigned shape = 1; shape <= 11; ++shape) {
		for (size_t i = 0; i < n; ++i)
			x[i] = shape == 5 || shape == 9 ? (double)(i % 3)
			                                : shape_value(shape, i, n);
		const vrd_summary s = vrd_summarise(x, n, scratch);
		assert_true(s.p10 <= s.p50 && s.p50 <= s.p90);
		const double middle = vrd_select(x, n, n / 2);
		assert_true(middle >= s.p10 && middle <= s.p90);
	}
	free(x);
	free(scratch);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(sum_keeps_what_plain_addition_loses),
	        cmocka_unit_test(quantile_is_of_type_seven),
	        cmocka_unit_test(summary_is_bit_for_bit_that_of_the_sorted_draws),
	        cmocka_unit_test(many_random_draws_are_summarised_right),
	        cmocka_unit_test(sample_that_misleads_changes_no_result),
	        cmocka_unit_test(input_is_left_alone_and_order_does_not_matter),
	        cmocka_unit_test(summary_of_one_draw_and_of_equal_draws_is_exact),
	        cmocka_unit_test(draw_that_is_not_finite_makes_the_summary_nan),
	        cmocka_unit_test(selected_element_divides_the_others),
	        cmocka_unit_test(pivots_from_an_ill_chosen_place_do_not_mislead),
	        cmocka_unit_test(a_million_draws_of_any_shape_end_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
