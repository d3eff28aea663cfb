// Matrix products by cblas, one thread, shapes fixed by the caller so that bits never depend on
// the number of threads. Any thread may call, with the OpenBLAS of one thread too (its products
// take turns).
#pragma once

#include <stddef.h>

// c[m x n] = a[m x k] b[k x n], all row-major with the given leading dimensions.
void vrd_gemm(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b,
              size_t ldb, double *c, size_t ldc);
// Name of the BLAS and its kernel, for the record of a run ("OpenBLAS 0.3.21 Haswell").
const char *vrd_blas_name(void);
