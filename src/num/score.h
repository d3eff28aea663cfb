// How good forecasts were: scores of draws and intervals against what happened.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Continuous ranked probability score of an ensemble: mean |x_i - o| - 1/(2 n^2) sum |x_i - x_j|;
// fair: 1/(2 n (n-1)) instead (Ferro 2014); one draw gives the absolute error. x is sorted in
// place. O(n log n).
double vrd_crps(double x[], size_t n, double observed, bool fair);
// Interval score of a central interval with nominal coverage 1 - alpha (Gneiting and Raftery 2007):
// (u-l) + 2/alpha ((l-o) 1{o<l} + (o-u) 1{o>u}).
double vrd_interval_score(double lower, double upper, double observed, double alpha);
// Wilson's limits of the share x / n (x of n cells) at normal quantile z (1.96 for 95 %);
// [0, 1] when n is 0.
void vrd_wilson(double x, double n, double z, double *lower, double *upper);

typedef struct {
	double bias;          // 100 sum(F-O) / sum O; NaN, as the others, when nothing happened
	double mape;          // mean 100 |F-O|/O over O > 0
	double wape;          // 100 sum |F-O| / sum O
	size_t n, n_left_out; // cells with O > 0; and with O = 0
} vrd_errors;
vrd_errors vrd_forecast_errors(size_t n, const double forecast[], const double observed[]);
