#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "num/shrink.h"

static double alpha_of(size_t n, const double observed[], const double expected[]) {
	double alpha = -1;
	vrd_err err = {0};
	assert_int_equal(vrd_shrink_alpha(n, observed, expected, &alpha, &err), VRD_OK);
	return alpha;
}

// The likelihood equation as it stands in the header, by finite sums: psi(a+O) - psi(a) for a whole
// O is the sum of 1/(a+j), j < O.
static double equation(size_t n, const double observed[], const double expected[], double alpha) {
	double sum = 0;
	for (size_t i = 0; i < n; ++i) {
		for (double j = 0; j < observed[i]; ++j)
			sum += 1 / (alpha + j);
		sum += 1 + log(alpha) - (observed[i] + alpha) / (expected[i] + alpha) -
		       log(expected[i] + alpha);
	}
	return sum;
}

static void alpha_solves_the_likelihood_equation(void **state) {
	(void)state;
	static const double o[] = {10, 30, 5, 12, 0}, e[] = {12, 20, 10, 15, 3.5};
	const double alpha = alpha_of(5, o, e);
	assert_true(isfinite(alpha));
	assert_true(fabs(equation(5, o, e, alpha)) < 1e-13);
	assert_true(equation(5, o, e, 0.999 * alpha) > 0);
	assert_true(equation(5, o, e, 1.001 * alpha) < 0);
}

static void counts_no_more_varied_than_poisson_give_infinity(void **state) {
	(void)state;
	static const double o[] = {10, 21, 9, 15}, e[] = {10.5, 20, 10, 15};
	assert_true(isinf(alpha_of(4, o, e)));
	static const double none[] = {0, 0, 0};
	assert_true(isinf(alpha_of(3, none, e)));
}

static void excess_on_the_edge_gives_a_large_alpha(void **state) {
	(void)state;
	// sum (O-E)^2 = 2 d^2 against sum O = 200: the root goes to infinity as d falls to 10
	double last = 0;
	for (double d = 12; d > 10.001; d = 10 + (d - 10) / 4) {
		const double o[] = {100 + d, 100 - d}, e[] = {100, 100};
		const double alpha = alpha_of(2, o, e);
		assert_true(alpha > last && isfinite(alpha));
		last = alpha;
	}
	assert_true(last > 1e5);
}

static void areas_without_expected_counts_are_left_out(void **state) {
	(void)state;
	static const double o[] = {10, 30, 5, 12}, e[] = {12, 20, 10, 15};
	static const double o2[] = {10, 0, 30, 5, 0, 12}, e2[] = {12, 0, 20, 10, 0, 15};
	assert_true(alpha_of(4, o, e) == alpha_of(6, o2, e2));
}

static void observed_counts_may_be_fractions(void **state) {
	(void)state;
	static const double e[] = {12, 20, 10, 15};
	static const double low[] = {10, 30, 5, 12}, between[] = {10, 30.5, 5, 12},
	                    high[] = {10, 31, 5, 12};
	const double alpha = alpha_of(4, between, e);
	assert_true(alpha < alpha_of(4, low, e) && alpha > alpha_of(4, high, e));
}

static void assert_refused(size_t n, const double o[], const double e[], const char *because) {
	double alpha = -1;
	vrd_err err = {0};
	assert_int_equal(vrd_shrink_alpha(n, o, e, &alpha, &err), VRD_DATA);
	assert_true(alpha == -1);
	if (strstr(err.text, because) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, because);
	assert_int_equal(vrd_shrink_alpha(n, o, e, &alpha, NULL), VRD_DATA);
}

static void bad_counts_are_named(void **state) {
	(void)state;
	assert_refused(3, (const double[]){1, -2, 3}, (const double[]){1, 2, 3}, "area 1");
	assert_refused(3, (const double[]){1, 2, 3}, (const double[]){1, 2, NAN}, "area 2");
	assert_refused(2, (const double[]){1, 2}, (const double[]){INFINITY, 2}, "area 0");
	assert_refused(3, (const double[]){1, 2, 7}, (const double[]){1, 2, 0}, "7 observed");
	assert_refused(2, (const double[]){1, 0}, (const double[]){1, 0}, "got 1");
	assert_refused(0, NULL, NULL, "got 0");
}

static void theta_lies_between_own_level_and_one(void **state) {
	(void)state;
	assert_true(vrd_shrink_theta(30, 20, 0) == 1.5);
	assert_true(vrd_shrink_theta(30, 20, 20) == 1.25);
	assert_true(vrd_shrink_theta(30, 20, INFINITY) == 1);
	assert_true(vrd_shrink_theta(0, 0, 0) == 1);
	assert_true(vrd_shrink_theta(0, 0, 5) == 1);
}

// ---- Shared vectors -------------------------------------------------------------------------

// Opens a file of the shared vectors, or skips the test aloud.
static FILE *open_shared(const char *name) {
	const char *shared = getenv("VRD_SHARED");
	char path[1024];
	snprintf(path, sizeof path, "%s/vectors/rates/variation/%s",
	         shared != NULL ? shared : "../shared", name);
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		print_message("skipped: %s is not there\n", path);
		skip();
	}
	return file;
}

static size_t split(char *line, vrd_str fields[], size_t max) {
	vrd_str rest = {line, strcspn(line, "\r\n")};
	size_t n = 0;
	while (n < max && vrd_str_split(&rest, ',', &fields[n]))
		++n;
	return n;
}

static double number(vrd_str text) {
	double value = NAN;
	return vrd_parse_double(text, '.', &value) ? value : NAN;
}

// alpha_negbin_tight solves the same equation; where it is empty there is no root.
static void alpha_agrees_with_the_shared_vectors(void **state) {
	(void)state;
	enum { MOST = 2000 };
	static double o[MOST], e[MOST];
	static char names[MOST][32];
	char line[4096];
	vrd_str f[24];
	size_t n = 0;
	FILE *file = open_shared("input.csv");
	while (fgets(line, sizeof line, file) != NULL && n < MOST) {
		if (split(line, f, 24) != 4 || isnan(number(f[3])))
			continue;
		snprintf(names[n], sizeof names[n], "%.*s", (int)f[0].n, f[0].p);
		o[n] = number(f[2]);
		e[n] = number(f[3]);
		++n;
	}
	fclose(file);
	assert_true(n > 1000);
	file = open_shared("expected_summary.csv");
	size_t n_cases = 0;
	while (fgets(line, sizeof line, file) != NULL) {
		if (split(line, f, 24) < 10 || isnan(number(f[1])))
			continue;
		size_t first = 0, n_areas = 0;
		while (first < n && !vrd_str_is(f[0], names[first]))
			++first;
		while (first + n_areas < n && vrd_str_is(f[0], names[first + n_areas]))
			++n_areas;
		assert_int_equal(n_areas, (size_t)number(f[1]));
		const double alpha = alpha_of(n_areas, o + first, e + first);
		if (f[9].n == 0)
			assert_true(isinf(alpha));
		else
			assert_true(fabs(alpha / number(f[9]) - 1) < 1e-9);
		++n_cases;
	}
	fclose(file);
	assert_true(n_cases > 30);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(alpha_solves_the_likelihood_equation),
	        cmocka_unit_test(counts_no_more_varied_than_poisson_give_infinity),
	        cmocka_unit_test(excess_on_the_edge_gives_a_large_alpha),
	        cmocka_unit_test(areas_without_expected_counts_are_left_out),
	        cmocka_unit_test(observed_counts_may_be_fractions),
	        cmocka_unit_test(bad_counts_are_named),
	        cmocka_unit_test(theta_lies_between_own_level_and_one),
	        cmocka_unit_test(alpha_agrees_with_the_shared_vectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
