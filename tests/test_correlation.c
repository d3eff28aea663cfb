#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "num/correlation.h"
#include "near.h"
#include "prop.h"

static void assert_says(const vrd_err *err, const char *part) {
	if (strstr(err->text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err->text, part);
}

static void assert_refused(size_t n, const double r[], const char *first, const char *second) {
	vrd_arena mem = {0};
	vrd_err err = {0};
	assert_int_equal(vrd_correlation_check(&mem, n, r, &err), VRD_DATA);
	assert_says(&err, first);
	assert_says(&err, second);
	assert_int_equal(vrd_correlation_check(&mem, n, r, NULL), VRD_DATA);
	vrd_arena_clear(&mem);
}

static void assert_accepted(size_t n, const double r[]) {
	vrd_arena mem = {0};
	vrd_err err = {0};
	if (vrd_correlation_check(&mem, n, r, &err) != VRD_OK)
		fail_msg("%s", err.text);
	vrd_arena_clear(&mem);
}

// ---- Check ------------------------------------------------------------------------------------

static void semidefinite_matrices_are_accepted(void **state) {
	(void)state;
	assert_accepted(0, NULL);
	assert_accepted(1, (const double[]){1});
	assert_accepted(2, (const double[]){1, -0.3, -0.3, 1});
	assert_accepted(2, (const double[]){1, 1, 1, 1});
	// three that add up to nothing: eigenvalues 0, 1.5, 1.5
	assert_accepted(3, (const double[]){1, -0.5, -0.5, -0.5, 1, -0.5, -0.5, -0.5, 1});
}

static void wrong_entry_is_named(void **state) {
	(void)state;
	assert_refused(2, (const double[]){1, 0.2, NAN, 1}, "row 2, column 1", "not a number");
	assert_refused(2, (const double[]){1, 0.2, 0.3, 1}, "row 1, column 2 has 0.2",
	               "row 2, column 1 has 0.3");
	assert_refused(2, (const double[]){1, 0.2, 0.2, 0.9}, "row 2, column 2", "got 0.9");
	assert_refused(2, (const double[]){1, 1.2, 1.2, 1}, "row 1, column 2 is 1.2", "[-1, 1]");
}

// Eigenvalues of the equicorrelation matrix: 1 + (n-1) r once, 1 - r the other times.
static void negative_eigenvalue_is_told(void **state) {
	(void)state;
	assert_refused(3, (const double[]){1, -0.75, -0.75, -0.75, 1, -0.75, -0.75, -0.75, 1},
	               "eigenvalue of the matrix is -0.5,", "nearest");
	// 1 - sqrt(2)
	assert_refused(3, (const double[]){1, 1, 0, 1, 1, 1, 0, 1, 1}, "-0.414214", "3 variables");
}

// ---- Nearest ----------------------------------------------------------------------------------

static void assert_nearest(size_t n, const double r[], const double expected[], double tolerance) {
	vrd_arena mem = {0};
	vrd_err err = {0};
	double found[16];
	if (vrd_correlation_nearest(&mem, n, r, found, &err) != VRD_OK)
		fail_msg("%s", err.text);
	assert_accepted(n, found);
	for (size_t i = 0; i < n * n; ++i)
		assert_near(found[i], expected[i], tolerance);
	vrd_arena_clear(&mem);
}

// Higham 2002, section 4: the tridiagonal matrix of ones.
static void nearest_is_highams(void **state) {
	(void)state;
	assert_nearest(3, (const double[]){1, 1, 0, 1, 1, 1, 0, 1, 1},
	               (const double[]){1, 0.7607, 0.1573, 0.7607, 1, 0.7607, 0.1573, 0.7607, 1},
	               5e-5);
	// the second difference matrix with its diagonal of 2 (same section)
	assert_nearest(4, (const double[]){2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2},
	               (const double[]){1, -0.8084, 0.1916, 0.1068, -0.8084, 1, -0.6562, 0.1916,
	                                0.1916, -0.6562, 1, -0.8084, 0.1068, 0.1916, -0.8084, 1},
	               5e-5);
}

// By symmetry the nearest to equal correlations r < -1/(n-1) has all of them -1/(n-1).
static void nearest_to_equal_negative_correlations_is_known(void **state) {
	(void)state;
	enum { N = 4 };
	double r[N * N], expected[N * N];
	for (size_t i = 0; i < (size_t)N * N; ++i) {
		r[i] = i % (N + 1) == 0 ? 1 : -0.9;
		expected[i] = i % (N + 1) == 0 ? 1 : -1.0 / (N - 1);
	}
	assert_nearest(N, r, expected, 1e-9);
}

static void random_symmetric(prop_gen *gen, size_t n, double r[]) {
	for (size_t i = 0; i < n; ++i) {
		r[i * n + i] = 1;
		for (size_t j = 0; j < i; ++j)
			r[i * n + j] = r[j * n + i] = 2 * prop_unit(gen) - 1;
	}
}

// L of a random semi-definite matrix of some rank, rows of length 1, and R = L L'.
static void random_correlation(prop_gen *gen, size_t n, size_t rank, double r[]) {
	double *rows = NULL;
	vrd_err *err = NULL;
	if (VRD_NEW(&gen->mem, rows, n * rank) != VRD_OK)
		fail_msg("out of memory");
	for (size_t i = 0; i < n; ++i) {
		double square = 0;
		for (size_t k = 0; k < rank; ++k) {
			const double x = 2 * prop_unit(gen) - 1;
			rows[i * rank + k] = x;
			square += x * x;
		}
		for (size_t k = 0; k < rank; ++k)
			rows[i * rank + k] /= sqrt(square);
	}
	for (size_t i = 0; i < n; ++i) {
		for (size_t j = 0; j < n; ++j) {
			double sum = 0;
			for (size_t k = 0; k < rank; ++k)
				sum += rows[i * rank + k] * rows[j * rank + k];
			r[i * n + j] = i == j ? 1 : sum;
		}
	}
}

static double distance(size_t n, const double x[], const double y[]) {
	double sum = 0;
	for (size_t i = 0; i < n * n; ++i)
		sum += (x[i] - y[i]) * (x[i] - y[i]);
	return sqrt(sum);
}

// What is found is a correlation matrix, and no point on the way to another one is nearer.
static bool no_other_is_nearer(prop_gen *gen) {
	enum { MOST = 8 };
	const size_t n = prop_size(gen);
	double r[MOST * MOST], found[MOST * MOST], other[MOST * MOST];
	random_symmetric(gen, n, r);
	vrd_err err = {0};
	PROP_HOLDS(gen, vrd_correlation_nearest(&gen->mem, n, r, found, &err) == VRD_OK, "%s",
	           err.text);
	PROP_HOLDS(gen, vrd_correlation_check(&gen->mem, n, found, &err) == VRD_OK, "%s", err.text);
	for (int k = 0; k < 20; ++k) {
		random_correlation(gen, n, 1 + prop_below(gen, n), other);
		for (size_t i = 0; i < n * n; ++i)
			other[i] = found[i] + 0.01 * (other[i] - found[i]);
		PROP_HOLDS(gen, distance(n, r, other) >= distance(n, r, found) - 1e-9,
		           "%.17g is nearer than %.17g", distance(n, r, other),
		           distance(n, r, found));
	}
	return true;
}

static void nearest_has_nothing_nearer(void **state) {
	(void)state;
	prop_check("nothing is nearer", no_other_is_nearer, 60, 8);
}

static void correlation_matrix_is_its_own_nearest(void **state) {
	(void)state;
	const double r[] = {1, 0.3, 0.3, 1};
	double found[4];
	vrd_arena mem = {0};
	assert_int_equal(vrd_correlation_nearest(&mem, 2, r, found, NULL), VRD_OK);
	assert_memory_equal(found, r, sizeof r);
	vrd_arena_clear(&mem);
}

static void nearest_to_what_is_not_symmetric_is_refused(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_err err = {0};
	double found[4] = {7, 7, 7, 7};
	assert_int_equal(
	        vrd_correlation_nearest(&mem, 2, (const double[]){1, 2, 3, 1}, found, &err),
	        VRD_DATA);
	assert_says(&err, "row 2, column 1 is 3");
	assert_int_equal(vrd_correlation_nearest(
	                         &mem, 2, (const double[]){1, INFINITY, INFINITY, 1}, found, &err),
	                 VRD_DATA);
	assert_true(found[0] == 7);
	vrd_arena_clear(&mem);
}

static void memory_budget_is_kept(void **state) {
	(void)state;
	vrd_arena mem;
	vrd_err err = {0};
	double found[9];
	vrd_arena_init(&mem, 32);
	const double r[] = {1, 1, 0, 1, 1, 1, 0, 1, 1};
	assert_int_equal(vrd_correlation_check(&mem, 3, r, &err), VRD_NOMEM);
	assert_int_equal(vrd_correlation_nearest(&mem, 3, r, found, &err), VRD_NOMEM);
	vrd_arena_clear(&mem);
}

// ---- Factor -----------------------------------------------------------------------------------

static void factor_of_two_is_known(void **state) {
	(void)state;
	double l[4];
	vrd_correlation_factor(2, (const double[]){1, 0.6, 0.6, 1}, l);
	assert_true(l[0] == 1 && l[1] == 0 && l[2] == 0.6);
	assert_near(l[3], 0.8, 1e-15);
}

static void dependent_row_has_nothing_of_its_own(void **state) {
	(void)state;
	double l[9];
	// the third is the first turned around, whatever the second is
	vrd_correlation_factor(3, (const double[]){1, 0.3, -1, 0.3, 1, -0.3, -1, -0.3, 1}, l);
	assert_true(l[8] == 0);
	assert_near(l[6], -1, 1e-15);
	assert_near(l[7], 0, 1e-15);
	vrd_correlation_factor(3, (const double[]){1, -0.5, -0.5, -0.5, 1, -0.5, -0.5, -0.5, 1}, l);
	assert_true(l[8] == 0);
	assert_near(l[7], -sqrt(0.75), 1e-15);
}

static bool factor_gives_the_matrix_back(prop_gen *gen) {
	enum { MOST = 24 };
	const size_t n = prop_size(gen), rank = 1 + prop_below(gen, n);
	double r[MOST * MOST], l[MOST * MOST];
	random_correlation(gen, n, rank, r);
	vrd_correlation_factor(n, r, l);
	for (size_t i = 0; i < n; ++i) {
		for (size_t j = 0; j < n; ++j) {
			double sum = 0;
			for (size_t k = 0; k < n; ++k)
				sum += l[i * n + k] * l[j * n + k];
			PROP_HOLDS(gen, fabs(sum - r[i * n + j]) < 1e-6,
			           "%zu, %zu: %.17g, not %.17g", i, j, sum, r[i * n + j]);
			PROP_HOLDS(gen, j <= i || l[i * n + j] == 0, "%zu, %zu above the diagonal",
			           i, j);
		}
	}
	return true;
}

static void factor_times_itself_is_the_matrix(void **state) {
	(void)state;
	prop_check("L L' = R", factor_gives_the_matrix_back, 500, 24);
}

static bool rows_before_are_unchanged(prop_gen *gen) {
	enum { MOST = 12 };
	const size_t n = 1 + prop_size(gen);
	double r[MOST * MOST], l[MOST * MOST], fewer[MOST * MOST], l_fewer[MOST * MOST];
	random_correlation(gen, n, 1 + prop_below(gen, n), r);
	for (size_t i = 0; i + 1 < n; ++i)
		memcpy(&fewer[i * (n - 1)], &r[i * n], (n - 1) * sizeof *r);
	vrd_correlation_factor(n, r, l);
	vrd_correlation_factor(n - 1, fewer, l_fewer);
	for (size_t i = 0; i + 1 < n; ++i)
		PROP_HOLDS(gen, memcmp(&l[i * n], &l_fewer[i * (n - 1)], (n - 1) * sizeof *l) == 0,
		           "row %zu changed", i);
	return true;
}

static void row_at_the_end_changes_nothing_before_it(void **state) {
	(void)state;
	prop_check("rows before", rows_before_are_unchanged, 200, 11);
}

// ---- Rank -------------------------------------------------------------------------------------

static void rank_correlation_has_its_known_values(void **state) {
	(void)state;
	assert_true(vrd_correlation_of_rank(0) == 0);
	assert_near(vrd_correlation_of_rank(1), 1, 1e-15);
	assert_near(vrd_correlation_of_rank(-1), -1, 1e-15);
	assert_near(vrd_correlation_of_rank(0.5), 0.5176380902050415, 1e-15);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(semidefinite_matrices_are_accepted),
	        cmocka_unit_test(wrong_entry_is_named),
	        cmocka_unit_test(negative_eigenvalue_is_told),
	        cmocka_unit_test(nearest_is_highams),
	        cmocka_unit_test(nearest_to_equal_negative_correlations_is_known),
	        cmocka_unit_test(nearest_has_nothing_nearer),
	        cmocka_unit_test(correlation_matrix_is_its_own_nearest),
	        cmocka_unit_test(nearest_to_what_is_not_symmetric_is_refused),
	        cmocka_unit_test(memory_budget_is_kept),
	        cmocka_unit_test(factor_of_two_is_known),
	        cmocka_unit_test(dependent_row_has_nothing_of_its_own),
	        cmocka_unit_test(factor_times_itself_is_the_matrix),
	        cmocka_unit_test(row_at_the_end_changes_nothing_before_it),
	        cmocka_unit_test(rank_correlation_has_its_known_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
