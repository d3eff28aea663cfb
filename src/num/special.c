#include "num/special.h"

#include "num/dist.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>

#include <math.h>

__attribute__((constructor)) static void keep_gsl_quiet(void) {
	gsl_set_error_handler_off();
}

double vrd_normal_cdf(double z) {
	return gsl_cdf_ugaussian_P(z);
}

double vrd_normal_upper(double z) {
	return gsl_cdf_ugaussian_Q(z);
}

double vrd_normal_density(double z) {
	return gsl_ran_ugaussian_pdf(z);
}

// Wichura's AS 241, full double precision.
double vrd_normal_quantile(double u) {
	return gsl_cdf_ugaussian_Pinv(u);
}

double vrd_digamma(double x) {
	gsl_sf_result r;
	return gsl_sf_psi_e(x, &r) == GSL_SUCCESS ? r.val : NAN;
}

double vrd_trigamma(double x) {
	gsl_sf_result r;
	return gsl_sf_psi_1_e(x, &r) == GSL_SUCCESS ? r.val : NAN;
}

double vrd_beta_cdf(double x, double alpha, double beta) {
	return gsl_cdf_beta_P(x, alpha, beta);
}

double vrd_log_beta(double alpha, double beta) {
	gsl_sf_result r;
	return gsl_sf_lnbeta_e(alpha, beta, &r) == GSL_SUCCESS ? r.val : NAN;
}

// A first guess of ln(x/(1-x)): Abramowitz and Stegun 26.5.22 for a bell, else the power at 0.
static double beta_logit_guess(double u, double alpha, double beta, double log_beta) {
	if (alpha < 1 || beta < 1) {
		const double log_x = (log(u * alpha) + log_beta) / alpha;
		return log_x < -1 ? log_x : log(alpha / beta);
	}
	if (alpha == 1 && beta == 1)
		return log(u) - log1p(-u);
	const double y = -gsl_cdf_ugaussian_Pinv(u), l = (y * y - 3) / 6;
	const double ra = 1 / (2 * alpha - 1), rb = 1 / (2 * beta - 1);
	const double h = 2 / (ra + rb);
	const double w = y * sqrt(fmax(h + l, 0)) / h - (rb - ra) * (l + 5.0 / 6 - 2 / (3 * h));
	return log(alpha / beta) - 2 * w;
}

// Halley's method on y = ln(x/(1-x)) within a bracket that only shrinks. gsl_cdf_beta_Pinv takes
// three times as long and gives up on narrow laws (alpha of 5000, say).
static double beta_quantile_of_lower_half(double u, double alpha, double beta, double log_beta) {
	double low = -745 / fmin(alpha, 1), high = 745 / fmin(beta, 1);
	double y = beta_logit_guess(u, alpha, beta, log_beta);
	for (int i = 0; i < 200; ++i) {
		if (!(y > low && y < high))
			y = 0.5 * (low + high);
		const double log_1px = y > 0 ? y + log1p(exp(-y)) : log1p(exp(y)); // -ln(1-x)
		const double x = exp(y - log_1px);
		const double f = gsl_cdf_beta_P(x, alpha, beta) - u;
		if (f > 0)
			high = y;
		else
			low = y;
		// dP/dy = x^alpha (1-x)^beta / B; its own logarithmic derivative is alpha - (alpha
		// + beta) x
		const double slope = exp(alpha * y - (alpha + beta) * log_1px - log_beta);
		const double newton = f / slope;
		const double bend = 0.5 * newton * (alpha - (alpha + beta) * x);
		y -= newton / fmax(1 - bend, 0.5);
		// Convergence is cubic: the step just made from here leaves less than rounding.
		if (fabs(f) <= 1e-5 * u || high - low <= 1e-16 * fabs(low))
			break;
	}
	return 1 / (1 + exp(-y));
}

// The upper half mirrored: P(X <= x; alpha, beta) = P(1 - X >= 1 - x; beta, alpha).
double vrd_beta_quantile(double u, double alpha, double beta, double log_beta) {
	return u <= 0.5 ? beta_quantile_of_lower_half(u, alpha, beta, log_beta)
	                : 1 - beta_quantile_of_lower_half(1 - u, beta, alpha, log_beta);
}
