// Sums, quantiles and summaries of draws.
#pragma once

#include "base/status.h"

#include <stddef.h>

double vrd_sum(const double *x, size_t n); // Neumaier

typedef struct {
	double mean;
	double p10, p50, p90; // type 7 (Hyndman and Fan 1996)
	double mc_error;      // of the mean: s / sqrt(n), s with n - 1; 0 for n = 1
} vrd_summary;

// Summary of n >= 1 finite draws in any order. scratch: n doubles, overwritten. Expected O(n): the
// order statistics by selection, never a full sort. The same numbers in another order give the same
// quantiles (bit-equal) and a mean equal to rounding.
vrd_summary vrd_summarise(const double *x, size_t n, double *scratch);
// Type-7 quantile of sorted x, 0 <= p <= 1.
double vrd_quantile_sorted(const double *x, size_t n, double p);
// k-th smallest (from 0) of x, which is partly reordered: x[0..k) <= x[k] <= x(k..n).
double vrd_select(double *x, size_t n, size_t k);
