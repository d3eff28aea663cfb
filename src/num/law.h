// Laws with a file of their own, behind dist.h. Private to this room.
#pragma once

#include "num/dist.h"

#include <math.h>

// Rounding at u = 2^-53 may land on an end that the law itself does not reach.
static inline double vrd_inside(double x, double from, double to) {
	if (x <= from)
		return nextafter(from, INFINITY);
	return x >= to ? nextafter(to, -INFINITY) : x;
}

// The metalog (metalog.c). dist holds a, b and low < mode < high, its P10, P50 and P90.
vrd_status vrd_metalog_fit_three(vrd_dist *dist, vrd_err *err) VRD_MUST_USE;
double vrd_metalog_quantile(const vrd_dist *dist, double u);
double vrd_metalog_cdf(const vrd_dist *dist, double x);
// The mean always exists (the fit sees to it); a variance that does not is INFINITY: one bound and
// a heavy tail.
double vrd_metalog_mean(const vrd_dist *dist);
double vrd_metalog_variance(const vrd_dist *dist);

// A few values (discrete.c).
double vrd_discrete_quantile(const vrd_dist *dist, double u);
double vrd_discrete_cdf(const vrd_dist *dist, double x);
double vrd_discrete_mean(const vrd_dist *dist);
double vrd_discrete_variance(const vrd_dist *dist);
