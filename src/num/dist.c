#include "num/dist.h"

#include "num/fit.h"
#include "num/law.h"
#include "num/special.h"

#include <assert.h>
#include <math.h>

// The uniforms of rng.h lie in [2^-53, 1 - 2^-53].
static const double least_uniform = 0x1p-53;

static const char *const dist_names[VRD_N_DISTS] = {
        [VRD_DIST_FIXED] = "fixed",         [VRD_DIST_NORMAL] = "normal",
        [VRD_DIST_TRUNCNORM] = "truncnorm", [VRD_DIST_BETA80] = "beta80",
        [VRD_DIST_PERT] = "pert",           [VRD_DIST_UNIFORM] = "uniform",
        [VRD_DIST_LOGNORMAL] = "lognormal", [VRD_DIST_TRIANGULAR] = "triangular",
        [VRD_DIST_METALOG] = "metalog",     [VRD_DIST_DISCRETE] = "discrete",
};

bool vrd_dist_parse(vrd_str text, vrd_dist_kind *out) {
	for (int kind = 0; kind < VRD_N_DISTS; ++kind) {
		if (vrd_str_is(text, dist_names[kind])) {
			*out = (vrd_dist_kind)kind;
			return true;
		}
	}
	return false;
}

const char *vrd_dist_name(vrd_dist_kind kind) {
	assert(kind >= 0 && kind < VRD_N_DISTS);
	return dist_names[kind];
}

// From whichever tail is the smaller, so that nothing cancels.
static double truncnorm_z(const vrd_dist *dist, double u) {
	const double below = dist->cdf_a + u * (dist->cdf_b - dist->cdf_a);
	if (below < 0.5)
		return vrd_normal_quantile(below);
	return -vrd_normal_quantile(dist->sf_b + (1 - u) * (dist->sf_a - dist->sf_b));
}

static double beta_on(const vrd_dist *dist, double u, double from, double to) {
	const double x = vrd_beta_quantile(u, dist->p, dist->q, dist->log_beta);
	return vrd_inside(from + x * (to - from), from, to);
}

// From the end on its own side of the mode.
static double triangular(const vrd_dist *dist, double u) {
	const double width = dist->high - dist->low;
	const double rise = dist->mode - dist->low, fall = dist->high - dist->mode;
	const double x = u * width < rise ? dist->low + sqrt(u * width * rise)
	                                  : dist->high - sqrt((1 - u) * width * fall);
	return vrd_inside(x, dist->low, dist->high);
}

double vrd_dist_quantile(const vrd_dist *dist, double u) {
	switch (dist->kind) {
	case VRD_DIST_FIXED:
		return dist->low;
	case VRD_DIST_NORMAL:
		return dist->p + dist->q * vrd_normal_quantile(u);
	case VRD_DIST_TRUNCNORM:
		return vrd_inside(dist->p + dist->q * truncnorm_z(dist, u), dist->a, dist->b);
	case VRD_DIST_BETA80:
		return beta_on(dist, u, dist->a, dist->b);
	case VRD_DIST_PERT:
		return beta_on(dist, u, dist->low, dist->high);
	case VRD_DIST_UNIFORM:
		return vrd_inside(dist->p + u * (dist->q - dist->p), dist->p, dist->q);
	case VRD_DIST_LOGNORMAL:
		return exp(dist->p + dist->q * vrd_normal_quantile(u));
	case VRD_DIST_TRIANGULAR:
		return triangular(dist, u);
	case VRD_DIST_METALOG:
		return vrd_metalog_quantile(dist, u);
	case VRD_DIST_DISCRETE:
		return vrd_discrete_quantile(dist, u);
	case VRD_N_DISTS:
		break;
	}
	return NAN;
}

double vrd_dist_mean(const vrd_dist *dist) {
	const double p = dist->p, q = dist->q;
	switch (dist->kind) {
	case VRD_DIST_FIXED:
		return dist->low;
	case VRD_DIST_NORMAL:
		return p;
	case VRD_DIST_TRUNCNORM: {
		const vrd_truncation t = vrd_truncation_of(p, q, dist->a, dist->b);
		return p + q * (t.density_a - t.density_b) / t.mass;
	}
	case VRD_DIST_BETA80:
		return dist->a + (dist->b - dist->a) * p / (p + q);
	case VRD_DIST_PERT:
		return dist->low + (dist->high - dist->low) * p / (p + q);
	case VRD_DIST_UNIFORM:
		return 0.5 * (p + q);
	case VRD_DIST_LOGNORMAL:
		return exp(p + 0.5 * q * q);
	case VRD_DIST_TRIANGULAR:
		return dist->low + ((dist->mode - dist->low) + (dist->high - dist->low)) / 3;
	case VRD_DIST_METALOG:
		return vrd_metalog_mean(dist);
	case VRD_DIST_DISCRETE:
		return vrd_discrete_mean(dist);
	case VRD_N_DISTS:
		break;
	}
	return NAN;
}

static double beta_variance(double alpha, double beta, double width) {
	const double sum = alpha + beta;
	return width * width * alpha * beta / (sum * sum * (sum + 1));
}

static double triangular_variance(double rise, double fall) {
	return (rise * rise + rise * fall + fall * fall) / 18;
}

double vrd_dist_variance(const vrd_dist *dist) {
	const double p = dist->p, q = dist->q;
	switch (dist->kind) {
	case VRD_DIST_FIXED:
		return 0;
	case VRD_DIST_NORMAL:
		return q * q;
	case VRD_DIST_TRUNCNORM: {
		const vrd_truncation t = vrd_truncation_of(p, q, dist->a, dist->b);
		const double shift = (t.density_a - t.density_b) / t.mass;
		return q * q * (1 + (t.z_density_a - t.z_density_b) / t.mass - shift * shift);
	}
	case VRD_DIST_BETA80:
		return beta_variance(p, q, dist->b - dist->a);
	case VRD_DIST_PERT:
		return beta_variance(p, q, dist->high - dist->low);
	case VRD_DIST_UNIFORM:
		return (q - p) * (q - p) / 12;
	case VRD_DIST_LOGNORMAL:
		return expm1(q * q) * exp(2 * p + q * q);
	case VRD_DIST_TRIANGULAR:
		return triangular_variance(dist->mode - dist->low, dist->high - dist->mode);
	case VRD_DIST_METALOG:
		return vrd_metalog_variance(dist);
	case VRD_DIST_DISCRETE:
		return vrd_discrete_variance(dist);
	case VRD_N_DISTS:
		break;
	}
	return NAN;
}

// Normal and lognormal laws never reach their bounds (dist_fit.c), so those hold for every kind.
double vrd_dist_least(const vrd_dist *dist) {
	switch (dist->kind) {
	case VRD_DIST_FIXED:
	case VRD_DIST_PERT:
	case VRD_DIST_TRIANGULAR:
		return dist->low;
	case VRD_DIST_UNIFORM:
		return dist->p;
	case VRD_DIST_LOGNORMAL:
		return fmax(dist->a, 0);
	case VRD_DIST_DISCRETE:
		return dist->item[0];
	case VRD_DIST_NORMAL:
	case VRD_DIST_TRUNCNORM:
	case VRD_DIST_BETA80:
	case VRD_DIST_METALOG:
	case VRD_N_DISTS:
		break;
	}
	return dist->a;
}

double vrd_dist_most(const vrd_dist *dist) {
	switch (dist->kind) {
	case VRD_DIST_FIXED:
	case VRD_DIST_PERT:
	case VRD_DIST_TRIANGULAR:
		return dist->high;
	case VRD_DIST_UNIFORM:
		return dist->q;
	case VRD_DIST_DISCRETE:
		return dist->item[dist->n - 1];
	case VRD_DIST_NORMAL:
	case VRD_DIST_TRUNCNORM:
	case VRD_DIST_BETA80:
	case VRD_DIST_LOGNORMAL:
	case VRD_DIST_METALOG:
	case VRD_N_DISTS:
		break;
	}
	return dist->b;
}

// The inverse of truncnorm_z.
static double truncnorm_cdf(const vrd_dist *dist, double z) {
	const double below = vrd_normal_cdf(z);
	if (below < 0.5)
		return (below - dist->cdf_a) / (dist->cdf_b - dist->cdf_a);
	return 1 - (vrd_normal_upper(z) - dist->sf_b) / (dist->sf_a - dist->sf_b);
}

static double triangular_cdf(const vrd_dist *dist, double x) {
	const double width = dist->high - dist->low;
	if (x < dist->mode)
		return (x - dist->low) * (x - dist->low) / (width * (dist->mode - dist->low));
	return 1 - (dist->high - x) * (dist->high - x) / (width * (dist->high - dist->mode));
}

double vrd_dist_cdf(const vrd_dist *dist, double x) {
	const double p = dist->p, q = dist->q;
	if (x < vrd_dist_least(dist))
		return 0;
	if (x >= vrd_dist_most(dist))
		return 1;
	switch (dist->kind) {
	case VRD_DIST_NORMAL:
		return vrd_normal_cdf((x - p) / q);
	case VRD_DIST_TRUNCNORM:
		return truncnorm_cdf(dist, (x - p) / q);
	case VRD_DIST_BETA80:
		return vrd_beta_cdf((x - dist->a) / (dist->b - dist->a), p, q);
	case VRD_DIST_PERT:
		return vrd_beta_cdf((x - dist->low) / (dist->high - dist->low), p, q);
	case VRD_DIST_UNIFORM:
		return (x - p) / (q - p);
	case VRD_DIST_LOGNORMAL:
		return vrd_normal_cdf((log(x) - p) / q);
	case VRD_DIST_TRIANGULAR:
		return triangular_cdf(dist, x);
	case VRD_DIST_METALOG:
		return vrd_metalog_cdf(dist, x);
	case VRD_DIST_DISCRETE:
		return vrd_discrete_cdf(dist, x);
	case VRD_DIST_FIXED: // its one value is its least and its most
	case VRD_N_DISTS:
		break;
	}
	return NAN;
}

// rho = 0 and 1 give a uniform back bit for bit: an assumption in no group keeps its draws.
double vrd_copula_uniform(double rho, double group_uniform, double own_uniform) {
	assert(rho >= 0 && rho <= 1);
	if (rho == 0)
		return own_uniform;
	if (rho == 1)
		return group_uniform;
	const double z = sqrt(rho) * vrd_normal_quantile(group_uniform) +
	                 sqrt(1 - rho) * vrd_normal_quantile(own_uniform);
	return fmin(fmax(vrd_normal_cdf(z), least_uniform), 1 - least_uniform);
}
