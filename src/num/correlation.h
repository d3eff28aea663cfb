// Correlation matrices of a Gaussian copula: symmetric, unit diagonal, no negative eigenvalue.
//
// Matrices are row-major n x n. All allocate scratch from `mem`.
#pragma once

#include "base/mem.h"
#include "base/status.h"

// OK when r is a correlation matrix (semi-definite is accepted: eigenvalues >= -1e-12 n). DATA
// otherwise: says which entry is not finite, not symmetric, off the diagonal's 1 or outside
// [-1, 1], or that the smallest eigenvalue is negative, with its value. Cost: O(n^3).
vrd_status vrd_correlation_check(vrd_arena *mem, size_t n, const double r[],
                                 vrd_err *err) VRD_MUST_USE;
// The nearest correlation matrix in the Frobenius norm: alternating projections with Dykstra's
// correction (Higham 2002, algorithm 3.3). `r` must be symmetric and finite. A correlation
// matrix is its own nearest, bit for bit. DATA when it does not converge.
vrd_status vrd_correlation_nearest(vrd_arena *mem, size_t n, const double r[], double out[],
                                   vrd_err *err) VRD_MUST_USE;
// Lower triangular L with L L' = r (checked before). Semi-definite: a dependent row has 0 on the
// diagonal. Row i depends on rows 0..i of r only, so what is added at the end changes no draw
// before it.
void vrd_correlation_factor(size_t n, const double r[], double l[]);
// Pearson's correlation of the normal scores for Spearman's rank correlation: 2 sin(pi r/6).
double vrd_correlation_of_rank(double spearman);
