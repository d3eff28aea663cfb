#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/linalg.h"
#include "num/rng.h"

static void product_of_two_small_matrices(void **state) {
	(void)state;
	static const double a[] = {1, 2, 3, 4, 5, 6};        // 2 x 3
	static const double b[] = {7, 8, 9, 10, 11, 12};     // 3 x 2
	static const double expected[] = {58, 64, 139, 154}; // 2 x 2
	double c[4] = {NAN, NAN, NAN, NAN};
	vrd_gemm(2, 2, 3, a, 3, b, 2, c, 2);
	assert_memory_equal(c, expected, sizeof c);
}

static void leading_dimensions_leave_the_rest_alone(void **state) {
	(void)state;
	static const double a[] = {1, 2, -9, 3, 4, -9};            // 2 x 2 in rows of 3
	static const double b[] = {5, 6, -9, -9, 7, 8, -9, -9};    // 2 x 2 in rows of 4
	static const double expected[] = {19, 22, -1, 43, 50, -1}; // 2 x 2 in rows of 3
	double c[6] = {0, 0, -1, 0, 0, -1};
	vrd_gemm(2, 2, 2, a, 3, b, 4, c, 3);
	assert_memory_equal(c, expected, sizeof c);
}

static void empty_sum_is_zero_and_empty_product_touches_nothing(void **state) {
	(void)state;
	double c[6] = {1, 2, 3, 4, 5, 6};
	static const double none[1] = {NAN}, zeroed[] = {0, 0, 3, 0, 0, 6};
	vrd_gemm(0, 2, 2, none, 2, none, 2, c, 3);
	vrd_gemm(2, 0, 2, none, 2, none, 2, c, 3);
	assert_true(c[0] == 1 && c[1] == 2 && c[4] == 5);
	vrd_gemm(2, 2, 0, NULL, 0, NULL, 2, c, 3);
	assert_memory_equal(c, zeroed, sizeof c);
}

static void product_agrees_with_the_definition(void **state) {
	(void)state;
	static const struct {
		size_t m, n, k;
	} shapes[] = {{1, 1, 1}, {1, 40, 7}, {33, 1, 5}, {17, 19, 212}, {64, 100, 33}};
	for (size_t s = 0; s < sizeof shapes / sizeof *shapes; ++s) {
		const size_t m = shapes[s].m, n = shapes[s].n, k = shapes[s].k;
		double *a = calloc(m * k, sizeof *a), *b = calloc(k * n, sizeof *b);
		double *c = calloc(m * n, sizeof *c), *again = calloc(m * n, sizeof *again);
		assert_true(a != NULL && b != NULL && c != NULL && again != NULL);
		for (size_t i = 0; i < m * k; ++i)
			a[i] = vrd_uniform(1, s, i, 0) - 0.5;
		for (size_t i = 0; i < k * n; ++i)
			b[i] = vrd_uniform(2, s, i, 0) - 0.5;
		vrd_gemm(m, n, k, a, k, b, n, c, n);
		vrd_gemm(m, n, k, a, k, b, n, again, n);
		assert_memory_equal(c, again, m * n * sizeof *c);
		for (size_t i = 0; i < m; ++i) {
			for (size_t j = 0; j < n; ++j) {
				double sum = 0;
				for (size_t l = 0; l < k; ++l)
					sum += a[i * k + l] * b[l * n + j];
				assert_true(fabs(c[i * n + j] - sum) <= 1e-13);
			}
		}
		free(a);
		free(b);
		free(c);
		free(again);
	}
}

static void name_tells_library_version_and_kernel(void **state) {
	(void)state;
	const char *name = vrd_blas_name();
	assert_true(strncmp(name, "OpenBLAS ", 9) == 0);
	const char *kernel = strchr(name + 9, ' ');
	assert_non_null(kernel);
	assert_true(name[9] >= '0' && name[9] <= '9');
	assert_true(strlen(kernel + 1) > 0 && strchr(kernel + 1, ' ') == NULL);
	assert_ptr_equal(name, vrd_blas_name());
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(product_of_two_small_matrices),
	        cmocka_unit_test(leading_dimensions_leave_the_rest_alone),
	        cmocka_unit_test(empty_sum_is_zero_and_empty_product_touches_nothing),
	        cmocka_unit_test(product_agrees_with_the_definition),
	        cmocka_unit_test(name_tells_library_version_and_kernel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
