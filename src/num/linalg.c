#include "num/linalg.h"

#include <cblas.h>

#include <assert.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// Debian's serial OpenBLAS hands one work buffer to two threads that multiply at once: its products
// take turns. The one with POSIX threads is safe, and told to use none of its own.
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t threading_once = PTHREAD_ONCE_INIT;
static bool takes_turns;

static void settle_threading(void) {
	takes_turns = openblas_get_parallel() == OPENBLAS_SEQUENTIAL;
	if (openblas_get_parallel() == OPENBLAS_THREAD)
		openblas_set_num_threads(1);
}

static blasint blas_int(size_t n) {
	assert(n <= INT_MAX);
	return (blasint)n;
}

void vrd_gemm(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b,
              size_t ldb, double *c, size_t ldc) {
	if (m == 0 || n == 0)
		return;
	assert(lda >= k && ldb >= n && ldc >= n);
	if (k == 0) {
		for (size_t i = 0; i < m; ++i)
			memset(c + i * ldc, 0, n * sizeof *c);
		return;
	}
	pthread_once(&threading_once, settle_threading);
	if (takes_turns)
		pthread_mutex_lock(&turn);
	cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, blas_int(m), blas_int(n),
	            blas_int(k), 1, a, blas_int(lda), b, blas_int(ldb), 0, c, blas_int(ldc));
	if (takes_turns)
		pthread_mutex_unlock(&turn);
}

// openblas_get_config fills a buffer of its own at every call, so it is called once.
static char blas_name[64];
static pthread_once_t blas_name_once = PTHREAD_ONCE_INIT;

static void make_blas_name(void) {
	// "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...": the first two words
	const char *config = openblas_get_config();
	size_t n = strcspn(config, " ");
	if (config[n] == ' ')
		n += 1 + strcspn(config + n + 1, " ");
	snprintf(blas_name, sizeof blas_name, "%.*s %s", (int)n, config, openblas_get_corename());
}

const char *vrd_blas_name(void) {
	pthread_once(&blas_name_once, make_blas_name);
	return blas_name;
}
