#include "num/dist.h"

#include "num/fit.h"
#include "num/law.h"
#include "num/special.h"

#include <math.h>

static const double two_z90 = 2.5631031310892007; // Phi^-1(.9) - Phi^-1(.1)

// The uniforms of rng.h lie in [2^-53, 1 - 2^-53]: what a law without bounds can reach.
static const double least_uniform = 0x1p-53;

// Normal and lognormal have no bounds of their own: allowed when no draw can reach a bound.
static vrd_status check_reach(const vrd_dist *dist, vrd_err *err) {
	const double least = vrd_dist_quantile(dist, least_uniform);
	const double most = vrd_dist_quantile(dist, 1 - least_uniform);
	if (least <= dist->a && !(dist->kind == VRD_DIST_LOGNORMAL && dist->a <= 0))
		return vrd_fail(
		        err, VRD_DATA,
		        "a %s law from %.10g to %.10g would pass the lower bound %.10g; use "
		        "truncnorm",
		        vrd_dist_name(dist->kind), dist->low, dist->high, dist->a);
	if (most >= dist->b)
		return vrd_fail(
		        err, VRD_DATA,
		        "a %s law from %.10g to %.10g would pass the upper bound %.10g; use "
		        "truncnorm",
		        vrd_dist_name(dist->kind), dist->low, dist->high, dist->b);
	return VRD_OK;
}

static vrd_status fit_normal(vrd_dist *dist, vrd_err *err) {
	dist->p = 0.5 * (dist->low + dist->high);
	dist->q = (dist->high - dist->low) / two_z90;
	return check_reach(dist, err);
}

static vrd_status fit_lognormal(vrd_dist *dist, vrd_err *err) {
	if (!(dist->low > 0))
		return vrd_fail(err, VRD_DATA,
		                "a lognormal law needs a low above 0, got %.10g (high %.10g)",
		                dist->low, dist->high);
	dist->p = 0.5 * (log(dist->low) + log(dist->high));
	dist->q = (log(dist->high) - log(dist->low)) / two_z90;
	return check_reach(dist, err);
}

static vrd_status fit_truncnorm(vrd_dist *dist, vrd_err *err) {
	if (!vrd_fit_truncnorm(dist->low, dist->high, dist->a, dist->b, &dist->p, &dist->q))
		return vrd_fail(
		        err, VRD_DATA,
		        "no truncated normal law on [%.10g, %.10g] has P10 %.10g and P90 %.10g: "
		        "the interval is as wide as that of a uniform or truncated exponential "
		        "law; use beta80, or a narrower interval",
		        dist->a, dist->b, dist->low, dist->high);
	const double za = (dist->a - dist->p) / dist->q, zb = (dist->b - dist->p) / dist->q;
	dist->cdf_a = vrd_normal_cdf(za);
	dist->cdf_b = vrd_normal_cdf(zb);
	dist->sf_a = vrd_normal_upper(za);
	dist->sf_b = vrd_normal_upper(zb);
	return VRD_OK;
}

static vrd_status fit_beta80(vrd_dist *dist, vrd_err *err) {
	if (!isfinite(dist->a) || !isfinite(dist->b))
		return vrd_fail(
		        err, VRD_DATA,
		        "beta80 needs two bounds, got [%.10g, %.10g]; use truncnorm for %.10g "
		        "to %.10g",
		        dist->a, dist->b, dist->low, dist->high);
	const double width = dist->b - dist->a;
	double alpha, beta;
	if (!vrd_fit_beta((dist->low - dist->a) / width, (dist->high - dist->a) / width, &alpha,
	                  &beta))
		return vrd_fail(
		        err, VRD_DATA,
		        "no beta law on [%.10g, %.10g] was found with P10 %.10g and P90 %.10g: "
		        "the interval is too narrow; use truncnorm",
		        dist->a, dist->b, dist->low, dist->high);
	if (alpha < 1 && beta < 1)
		return vrd_fail(
		        err, VRD_DATA,
		        "the beta law on [%.10g, %.10g] with P10 %.10g and P90 %.10g is U-shaped "
		        "(alpha %.4g, beta %.4g): most of it lies at the bounds; give a narrower "
		        "interval",
		        dist->a, dist->b, dist->low, dist->high, alpha, beta);
	dist->p = alpha;
	dist->q = beta;
	dist->log_beta = vrd_log_beta(alpha, beta);
	// A J shape may crowd so near a bound that doubles cannot tell its draws from the bound.
	const double at_b = vrd_beta_cdf(0x1p-53 * fmax(1, fabs(dist->b) / width), beta, alpha);
	const double at_a = vrd_beta_cdf(0x1p-53 * fabs(dist->a) / width, alpha, beta);
	if (!(at_a < 1e-5 && at_b < 1e-5))
		return vrd_fail(
		        err, VRD_DATA,
		        "the beta law on [%.10g, %.10g] with P10 %.10g and P90 %.10g lies so near "
		        "a "
		        "bound that draws would repeat there; move the interval inside, or ask for "
		        "a fixed value",
		        dist->a, dist->b, dist->low, dist->high);
	return VRD_OK;
}

// Triangular has no parameters but its ends and mode.
static vrd_status check_mode(const vrd_dist *dist, vrd_err *err) {
	if (dist->mode >= dist->low && dist->mode <= dist->high)
		return VRD_OK;
	return vrd_fail(err, VRD_DATA,
	                "a %s law needs a mode between its low %.10g and its high %.10g, got %.10g",
	                vrd_dist_name(dist->kind), dist->low, dist->high, dist->mode);
}

static void fit_pert(vrd_dist *dist) {
	const double width = dist->high - dist->low;
	dist->p = 1 + 4 * ((dist->mode - dist->low) / width);
	dist->q = 1 + 4 * ((dist->high - dist->mode) / width);
	dist->log_beta = vrd_log_beta(dist->p, dist->q);
}

static vrd_status fit_uniform(vrd_dist *dist, vrd_err *err) {
	const double tail = (dist->high - dist->low) / 8;
	dist->p = dist->low - tail;
	dist->q = dist->high + tail;
	// [.1, .9] on [0, 1] is just allowed, whatever the rounding
	const double rounding = 1e-12 * tail;
	if (dist->p < dist->a - rounding || dist->q > dist->b + rounding)
		return vrd_fail(
		        err, VRD_DATA,
		        "a uniform law with P10 %.10g and P90 %.10g runs from %.10g to %.10g and "
		        "passes the bounds [%.10g, %.10g]; use beta80, or a narrower interval",
		        dist->low, dist->high, dist->p, dist->q, dist->a, dist->b);
	dist->p = fmax(dist->p, dist->a);
	dist->q = fmin(dist->q, dist->b);
	return VRD_OK;
}

static vrd_status check_numbers(const vrd_dist *dist, vrd_err *err) {
	const double low = dist->low, high = dist->high, a = dist->a, b = dist->b;
	if (!isfinite(low) || !isfinite(high))
		return vrd_fail(err, VRD_DATA, "low and high must be numbers, got %.10g and %.10g",
		                low, high);
	if (!(a < b))
		return vrd_fail(err, VRD_DATA, "the bounds [%.10g, %.10g] hold nothing", a, b);
	if (low > high)
		return vrd_fail(err, VRD_DATA, "low %.10g is larger than high %.10g", low, high);
	if (low < a || high > b)
		return vrd_fail(err, VRD_DATA,
		                "low %.10g and high %.10g must lie within [%.10g, %.10g]", low,
		                high, a, b);
	return VRD_OK;
}

// P10 and P90 must leave room for the tenth of the law on their other side.
static vrd_status check_room(const vrd_dist *dist, vrd_err *err) {
	const bool at_a = dist->low <= dist->a;
	if (!at_a && dist->high < dist->b)
		return VRD_OK;
	return vrd_fail(
	        err, VRD_DATA,
	        "%s reaches the bound %.10g (low %.10g, high %.10g): a tenth of the law lies "
	        "beyond it; move it inside, or ask for a fixed value",
	        at_a ? "low (P10)" : "high (P90)", at_a ? dist->a : dist->b, dist->low, dist->high);
}

// Laws whose low and high are P10 and P90.
static vrd_status fit_interval(vrd_dist *dist, vrd_err *err) {
	vrd_status rc;
	VRD_TRY(check_room(dist, err));
	switch (dist->kind) {
	case VRD_DIST_NORMAL:
		return fit_normal(dist, err);
	case VRD_DIST_TRUNCNORM:
		return fit_truncnorm(dist, err);
	case VRD_DIST_BETA80:
		return fit_beta80(dist, err);
	case VRD_DIST_UNIFORM:
		return fit_uniform(dist, err);
	case VRD_DIST_LOGNORMAL:
		return fit_lognormal(dist, err);
	case VRD_DIST_METALOG:
		return vrd_metalog_fit_three(dist, err);
	case VRD_DIST_FIXED:
	case VRD_DIST_PERT:
	case VRD_DIST_TRIANGULAR:
	case VRD_DIST_DISCRETE:
	case VRD_N_DISTS:
		break;
	}
	return vrd_fail(err, VRD_DATA, "a fixed value needs low equal to high, got %.10g and %.10g",
	                dist->low, dist->high);
out:
	return rc;
}

static vrd_status fit_law(vrd_dist *dist, vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (dist->kind == VRD_DIST_DISCRETE)
		return vrd_fail(err, VRD_DATA,
		                "a discrete law needs values with weights, not an interval from "
		                "%.10g to %.10g",
		                dist->low, dist->high);
	if (dist->kind != VRD_DIST_PERT && dist->kind != VRD_DIST_TRIANGULAR)
		return fit_interval(dist, err);
	VRD_TRY(check_mode(dist, err));
	if (dist->kind == VRD_DIST_PERT)
		fit_pert(dist);
out:
	return rc;
}

vrd_status vrd_dist_fit(vrd_dist_kind kind, double low, double mode, double high, double a,
                        double b, vrd_dist *out, vrd_err *err) {
	vrd_status rc;
	vrd_dist dist = {.kind = kind, .a = a, .b = b, .low = low, .mode = mode, .high = high};
	VRD_TRY(check_numbers(&dist, err));
	if (low == high)
		dist.kind = VRD_DIST_FIXED;
	else
		VRD_TRY(fit_law(&dist, err));
	*out = dist;
out:
	return rc;
}
