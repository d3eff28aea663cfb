#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <pthread.h>
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

typedef struct {
	const double *a, *b, *expected;
	size_t n_wrong;
} multiplier;

enum { M = 6, K = 21, N = 8, ROUNDS = 300000 };

static void *multiply_again_and_again(void *argument) {
	multiplier *self = argument;
	double c[M * N];
	for (size_t i = 0; i < ROUNDS; ++i) {
		vrd_gemm(M, N, K, self->a, K, self->b, N, c, N);
		self->n_wrong += memcmp(c, self->expected, sizeof c) != 0;
	}
	return NULL;
}

static void threads_do_not_disturb_each_others_products(void **state) {
	(void)state;
	double a[2][M * K], b[2][K * N], expected[2][M * N];
	multiplier self[2];
	pthread_t thread[2];
	for (size_t t = 0; t < 2; ++t) {
		for (size_t i = 0; i < M * K; ++i)
			a[t][i] = vrd_uniform(3, t, i, 0) - 0.5;
		for (size_t i = 0; i < K * N; ++i)
			b[t][i] = vrd_uniform(4, t, i, 0) - 0.5;
		vrd_gemm(M, N, K, a[t], K, b[t], N, expected[t], N);
		self[t] = (multiplier){a[t], b[t], expected[t], 0};
	}
	for (size_t t = 0; t < 2; ++t)
		assert_int_equal(
		        pthread_create(&thread[t], NULL, multiply_again_and_again, &self[t]), 0);
	for (size_t t = 0; t < 2; ++t)
		assert_int_equal(pthread_join(thread[t], NULL), 0);
	assert_int_equal(self[0].n_wrong + self[1].n_wrong, 0);
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
	        cmocka_unit_test(threads_do_not_disturb_each_others_products),
	        cmocka_unit_test(name_tells_library_version_and_kernel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
