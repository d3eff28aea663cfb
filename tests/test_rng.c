#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/philox.h"
#include "num/rng.h"

enum { N_DRAWS = 400000 };
static const double least_p = 1e-4;

// ---- Known answers --------------------------------------------------------------------------

// kat_vectors of the Random123 distribution (Salmon, Moraes, Dror and Shaw 2011), philox4x64 10.
static void philox_gives_the_published_known_answers(void **state) {
	(void)state;
	static const struct {
		uint64_t counter[4], key[2], answer[4];
	} known[] = {
	        {{0, 0, 0, 0},
	         {0, 0},
	         {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
	        {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
	         {UINT64_MAX, UINT64_MAX},
	         {0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}},
	        {{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
	         {0x452821e638d01377, 0xbe5466cf34e90c6c},
	         {0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; ++i) {
		uint64_t words[4];
		vrd_philox_block(known[i].counter, known[i].key, words);
		assert_memory_equal(words, known[i].answer, sizeof words);
	}
}

static void identity_fills_key_and_counter_in_order(void **state) {
	(void)state;
	uint64_t words[4], block[4];
	vrd_philox(11, 22, 33, 44, words);
	vrd_philox_block((const uint64_t[4]){22, 33, 44, 0}, (const uint64_t[2]){11, 0}, block);
	assert_memory_equal(words, block, sizeof words);
	assert_true(vrd_uniform(11, 22, 33, 44) == vrd_uniform_of(words[0]));
}

static void uniform_lies_strictly_inside_and_mirrors_exactly(void **state) {
	(void)state;
	assert_true(vrd_uniform_of(0) == 0x1p-53);
	assert_true(vrd_uniform_of(UINT64_MAX) == 1 - 0x1p-53);
	for (uint64_t i = 0; i < 1000; ++i) {
		uint64_t words[4];
		vrd_philox(1, 2, i, 0, words);
		assert_true(1 - vrd_uniform_of(words[0]) == vrd_uniform_of(~words[0]));
	}
}

static void stream_begins_with_the_uniform_and_goes_on_in_the_last_word(void **state) {
	(void)state;
	vrd_stream stream = vrd_stream_of(5, 6, 7, 8);
	for (uint64_t block = 0; block < 3; ++block) {
		uint64_t words[4];
		vrd_philox_block((const uint64_t[4]){6, 7, 8, block}, (const uint64_t[2]){5, 0},
		                 words);
		for (int i = 0; i < 4; ++i)
			assert_true(vrd_stream_uniform(&stream) == vrd_uniform_of(words[i]));
	}
	stream = vrd_stream_of(5, 6, 7, 8);
	assert_true(vrd_stream_uniform(&stream) == vrd_uniform(5, 6, 7, 8));
}

// ---- Against exact laws ---------------------------------------------------------------------

// Kolmogorov's P(D > d) for n draws (Stephens' correction).
static double ks_p(double d, size_t n) {
	const double root = sqrt((double)n), lambda = (root + 0.12 + 0.11 / root) * d;
	double p = 0;
	for (int j = 1; j < 100; ++j)
		p += (j % 2 == 1 ? 2 : -2) * exp(-2.0 * j * j * lambda * lambda);
	return p;
}

static int compare_doubles(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

// KS test of values of the distribution function, which must be uniform. Sorts u.
static double ks_of_uniforms(double *u, size_t n) {
	qsort(u, n, sizeof *u, compare_doubles);
	double d = 0;
	for (size_t i = 0; i < n; ++i) {
		d = fmax(d, (double)(i + 1) / (double)n - u[i]);
		d = fmax(d, u[i] - (double)i / (double)n);
	}
	return ks_p(d, n);
}

static double *new_doubles(size_t n) {
	double *x = calloc(n, sizeof *x);
	assert_non_null(x);
	return x;
}

// Chi-square test of counts by value from `first`, cells pooled until 20 are expected; what lies
// outside the window counts in its end cells. Neighbours share a stream's identity only by slot.
typedef double mass_function(unsigned k, double a, double b);
typedef int64_t sampler(vrd_stream *stream, double a, double b);

static double chi_square_p(sampler *draw, mass_function *mass, double a, double b, double mean,
                           double sd) {
	const double reach = 8 * sd + 40;
	const int64_t first = mean > reach ? (int64_t)(mean - reach) : 0;
	const size_t width = (size_t)(mean + reach - (double)first) + 1;
	double *observed = new_doubles(width);
	for (uint64_t i = 0; i < N_DRAWS; ++i) {
		vrd_stream stream = vrd_stream_of(20240517, 1, i, (uint64_t)(mean * 1000));
		const int64_t k = draw(&stream, a, b);
		assert_true(k >= 0);
		const int64_t cell = k < first ? 0 : k - first;
		observed[(size_t)cell < width ? (size_t)cell : width - 1] += 1;
	}
	double chi_square = 0, o = 0, e = 0, e_total = 0;
	size_t n_cells = 0;
	for (size_t i = 0; i < width; ++i) {
		o += observed[i];
		e += N_DRAWS * mass((unsigned)(first + (int64_t)i), a, b);
		const double e_rest = N_DRAWS - e_total - e;
		if (e >= 20 && e_rest >= 20) {
			chi_square += (o - e) * (o - e) / e;
			e_total += e;
			o = e = 0;
			++n_cells;
		}
	}
	e = N_DRAWS - e_total;
	chi_square += (o - e) * (o - e) / e;
	free(observed);
	return n_cells > 0 ? gsl_cdf_chisq_Q(chi_square, (double)n_cells) : 1;
}

static int64_t draw_poisson(vrd_stream *stream, double mean, double unused) {
	(void)unused;
	return vrd_poisson(stream, mean);
}

static double poisson_mass(unsigned k, double mean, double unused) {
	(void)unused;
	return gsl_ran_poisson_pdf(k, mean);
}

static void poisson_draws_follow_their_law_for_small_middle_and_large_means(void **state) {
	(void)state;
	static const double means[] = {0.02, 0.7, 3, 9.999, 10, 12.5, 31, 200, 4321.5, 1e5};
	for (size_t i = 0; i < sizeof means / sizeof *means; ++i) {
		const double p = chi_square_p(draw_poisson, poisson_mass, means[i], 0, means[i],
		                              sqrt(means[i]));
		if (!(p > least_p))
			fail_msg("Poisson mean %g: p = %g", means[i], p);
	}
}

static int64_t draw_binomial(vrd_stream *stream, double n, double p) {
	return vrd_binomial(stream, (int64_t)n, p);
}

static double binomial_mass(unsigned k, double n, double p) {
	return k <= n ? gsl_ran_binomial_pdf(k, p, (unsigned)n) : 0;
}

static void binomial_draws_follow_their_law_for_small_middle_and_large_means(void **state) {
	(void)state;
	static const struct {
		double n, p;
	} laws[] = {
	        {1, 0.5},     {3, 0.9},      {100, 0.001}, {20, 0.499}, {20, 0.5},
	        {100, 0.3},   {100, .95},    {1e4, 0.1},   {1e6, 0.01}, {1e6, 0.5},
	        {2e5, 0.997}, {1e6, 9.9e-6}, {40, 0.25},   {1e5, 1e-4},
	};
	for (size_t i = 0; i < sizeof laws / sizeof *laws; ++i) {
		const double n = laws[i].n, p = laws[i].p;
		const double q = chi_square_p(draw_binomial, binomial_mass, n, p, n * p,
		                              sqrt(n * p * (1 - p)));
		if (!(q > least_p))
			fail_msg("binomial n = %g, p = %g: p = %g", n, p, q);
	}
}

// Where a mass function cannot be summed the law is normal to 1e-6: rounding would show as drift.
static void enormous_counts_stay_centred(void **state) {
	(void)state;
	enum { N = 100000 };
	double *u = new_doubles(N);
	static const double means[] = {1e9, 1e13, 1e15};
	for (size_t j = 0; j < sizeof means / sizeof *means; ++j) {
		for (uint64_t i = 0; i < N; ++i) {
			vrd_stream stream = vrd_stream_of(7, j, i, 0);
			const double k = (double)vrd_poisson(&stream, means[j]);
			u[i] = gsl_cdf_ugaussian_P((k - means[j]) / sqrt(means[j]));
		}
		assert_true(ks_of_uniforms(u, N) > least_p);
	}
	for (uint64_t i = 0; i < N; ++i) {
		vrd_stream stream = vrd_stream_of(8, 0, i, 0);
		const double k = (double)vrd_binomial(&stream, 1000000000000, 0.3);
		u[i] = gsl_cdf_ugaussian_P((k - 3e11) / sqrt(2.1e11));
	}
	assert_true(ks_of_uniforms(u, N) > least_p);
	free(u);
}

static void certain_counts_are_certain(void **state) {
	(void)state;
	for (uint64_t i = 0; i < 100; ++i) {
		vrd_stream stream = vrd_stream_of(1, 1, i, 0);
		assert_int_equal(vrd_poisson(&stream, 0), 0);
		assert_int_equal(vrd_binomial(&stream, 0, 0.4), 0);
		assert_int_equal(vrd_binomial(&stream, 1000, 0), 0);
		assert_int_equal(vrd_binomial(&stream, 1000, 1), 1000);
		assert_int_equal(vrd_binomial(&stream, INT64_C(1) << 50, 1), INT64_C(1) << 50);
		assert_true(vrd_gamma(&stream, 0, 3) == 0);
		assert_true(vrd_gamma(&stream, 2, 0) == 0);
	}
}

static void gamma_draws_follow_their_law_below_and_above_shape_one(void **state) {
	(void)state;
	enum { N = 200000 };
	static const double shapes[] = {0.05, 0.5, 1, 1.3, 7.5, 1000};
	double *u = new_doubles(N);
	for (size_t j = 0; j < sizeof shapes / sizeof *shapes; ++j) {
		const double shape = shapes[j], scale = 3.5;
		double mean = 0, square = 0;
		for (uint64_t i = 0; i < N; ++i) {
			vrd_stream stream = vrd_stream_of(99, j, i, 0);
			const double x = vrd_gamma(&stream, shape, scale);
			mean += x / N;
			square += x * x / N;
			u[i] = gsl_cdf_gamma_P(x, shape, scale);
		}
		const double p = ks_of_uniforms(u, N);
		if (!(p > least_p))
			fail_msg("gamma shape %g: p = %g", shape, p);
		const double sd = scale * sqrt(shape);
		assert_true(fabs(mean - shape * scale) < 4 * sd / sqrt(N));
		// the fourth central moment is 3 a^2 + 6 a in units of scale^4
		const double variance = square - mean * mean;
		const double variance_sd =
		        sqrt((2 * shape * shape + 6 * shape) / N) * scale * scale;
		assert_true(fabs(variance - sd * sd) < 4 * variance_sd);
	}
	free(u);
}

static void normal_draws_follow_their_law(void **state) {
	(void)state;
	enum { N = 400000 };
	double *u = new_doubles(N);
	double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
	for (uint64_t i = 0; i < N; ++i) {
		vrd_stream stream = vrd_stream_of(3, 4, i, 0);
		const double z = vrd_normal(&stream);
		u[i] = gsl_cdf_ugaussian_P(z);
		m1 += z / N;
		m2 += z * z / N;
		m3 += z * z * z / N;
		m4 += z * z * z * z / N;
	}
	assert_true(ks_of_uniforms(u, N) > least_p);
	assert_true(fabs(m1) < 4 * sqrt(1.0 / N));
	assert_true(fabs(m2 - 1) < 4 * sqrt(2.0 / N));
	assert_true(fabs(m3) < 4 * sqrt(15.0 / N));
	assert_true(fabs(m4 - 3) < 4 * sqrt(96.0 / N));
	free(u);
}

static double poisson_mass_of_the_same_mean(unsigned k, double n, double p) {
	return gsl_ran_poisson_pdf(k, n * p);
}

// A test that cannot fail proves nothing: a variance 5 % off is seen.
static void the_tests_see_a_wrong_law(void **state) {
	(void)state;
	assert_true(chi_square_p(draw_binomial, poisson_mass_of_the_same_mean, 200, 0.05, 10, 4) <
	            1e-12);
	double u[1000];
	for (size_t i = 0; i < 1000; ++i)
		u[i] = pow(((double)i + 0.5) / 1000, 1.2);
	assert_true(ks_of_uniforms(u, 1000) < 0.05);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(philox_gives_the_published_known_answers),
	        cmocka_unit_test(identity_fills_key_and_counter_in_order),
	        cmocka_unit_test(uniform_lies_strictly_inside_and_mirrors_exactly),
	        cmocka_unit_test(stream_begins_with_the_uniform_and_goes_on_in_the_last_word),
	        cmocka_unit_test(poisson_draws_follow_their_law_for_small_middle_and_large_means),
	        cmocka_unit_test(binomial_draws_follow_their_law_for_small_middle_and_large_means),
	        cmocka_unit_test(enormous_counts_stay_centred),
	        cmocka_unit_test(certain_counts_are_certain),
	        cmocka_unit_test(gamma_draws_follow_their_law_below_and_above_shape_one),
	        cmocka_unit_test(normal_draws_follow_their_law),
	        cmocka_unit_test(the_tests_see_a_wrong_law),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
