// Distributions of an uncertain parameter, given by an 80 % interval (P10, P90) and natural bounds.
// Never clamped: every law has its mass inside its bounds. All sampling is x = Q(u).
#pragma once

#include "base/status.h"
#include "base/text.h"

typedef enum {
	VRD_DIST_FIXED,      // a constant (low == high)
	VRD_DIST_NORMAL,     // no bounds: mean (lo+hi)/2, sd (hi-lo)/2.5631031310892007
	VRD_DIST_TRUNCNORM,  // normal truncated to [A,B] whose P10, P90 are lo, hi
	VRD_DIST_BETA80,     // beta on [A,B] with P10, P90 = lo, hi; a U shape is refused
	VRD_DIST_PERT,       // min, mode, max (weight 4) given as low, mode, high
	VRD_DIST_UNIFORM,    // uniform whose P10, P90 are lo, hi
	VRD_DIST_LOGNORMAL,  // lo > 0: ln x normal
	VRD_DIST_TRIANGULAR, // min, mode, max given as low, mode, high
	VRD_DIST_METALOG,  // through given quantiles (Keelin 2016); low, mode, high = P10, P50, P90
	VRD_DIST_DISCRETE, // a few values with weights
	VRD_N_DISTS
} vrd_dist_kind;

// "truncnorm" and so on; false when it is none.
bool vrd_dist_parse(vrd_str text, vrd_dist_kind *out);
const char *vrd_dist_name(vrd_dist_kind kind);

// Most coefficients of a metalog and values of a discrete law.
#define VRD_DIST_ITEMS 12

// Fields are public to read: a and b are bounds (-INFINITY / INFINITY = none), p and q the law's
// own parameters (mu and sd; alpha and beta; min and max), low and high as given.
typedef struct {
	vrd_dist_kind kind;
	double a, b;
	double low, mode, high;
	double p, q;
	double cdf_a, cdf_b;           // truncnorm: untruncated distribution function at the bounds
	double sf_a, sf_b;             // truncnorm: 1 - cdf at the bounds, without cancellation
	double log_beta;               // beta80, pert: ln B(alpha, beta)
	size_t n;                      // metalog: coefficients; discrete: values; else 0
	double item[VRD_DIST_ITEMS];   // metalog: coefficients; discrete: values, ascending
	double weight[VRD_DIST_ITEMS]; // discrete: cumulative weights, the last 1
} vrd_dist;

// Fits a law. low == high gives FIXED whatever the kind. `mode` is read by PERT, TRIANGULAR and
// METALOG (its P50) only (NaN: refused there). Errors (DATA, with both numbers): low > high, not
// finite, outside the bounds, a bound reached by P10 or P90, no solution (truncnorm: says so and
// offers beta80), U-shaped beta, uniform or normal that would pass a bound, a metalog that no
// increasing quantile function goes through or that has no mean (one bound and a very wide
// interval); DISCRETE (use the function below).
vrd_status vrd_dist_fit(vrd_dist_kind kind, double low, double mode, double high, double a,
                        double b, vrd_dist *out, vrd_err *err) VRD_MUST_USE;
// The metalog with n terms through n quantiles (3 <= n <= VRD_DIST_ITEMS, 0 < u ascending < 1, x
// ascending inside the bounds), Keelin 2016: M(u) = a1 + a2 L + a3 (u-1/2) L + a4 (u-1/2) +
// a5 (u-1/2)^2 + a6 (u-1/2)^2 L ..., L = ln(u/(1-u)), on z = x, ln(x-A), -ln(B-x) or
// ln((x-A)/(B-x)). Refused (DATA) when M is not increasing. low, mode, high get its P10, P50, P90.
vrd_status vrd_dist_fit_quantiles(size_t n, const double u[], const double x[], double a, double b,
                                  vrd_dist *out, vrd_err *err) VRD_MUST_USE;
// A few values (1 <= n <= VRD_DIST_ITEMS, different, inside the bounds) with weights > 0 that sum
// to 1 (to 1e-9). One value gives FIXED. low, mode, high get P10, P50, P90.
vrd_status vrd_dist_fit_discrete(size_t n, const double value[], const double weight[], double a,
                                 double b, vrd_dist *out, vrd_err *err) VRD_MUST_USE;
// The smallest and the largest value that a draw can have (-INFINITY / INFINITY: none).
double vrd_dist_least(const vrd_dist *dist);
double vrd_dist_most(const vrd_dist *dist);
// Distribution function P(X <= x).
double vrd_dist_cdf(const vrd_dist *dist, double x);
// Quantile for 0 < u < 1; accurate to about 1e-12 relative to the width of the law.
double vrd_dist_quantile(const vrd_dist *dist, double u);
// Always finite. The variance of a metalog with one bound may be INFINITY: its tail is a power law.
double vrd_dist_mean(const vrd_dist *dist);
double vrd_dist_variance(const vrd_dist *dist);

double vrd_normal_cdf(double z);
double vrd_normal_quantile(double u); // 0 < u < 1

// One-factor Gaussian copula (docs/methods.md section 12): u_i = Phi(sqrt(rho) zg + sqrt(1-rho) z_i)
// for 0 <= rho <= 1, where zg and z_i are standard normal. Spearman's r enters as 2 sin(pi r/6).
double vrd_copula_uniform(double rho, double group_uniform, double own_uniform);
