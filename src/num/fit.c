#include "num/fit.h"

#include "num/dist.h"
#include "num/special.h"

#include <math.h>

static const double two_z90 = 2.5631031310892007; // Phi^-1(.9) - Phi^-1(.1)

// Phi(z1) - Phi(z0) for z0 <= z1.
static double normal_between(double z0, double z1) {
	return z0 > 0 ? vrd_normal_upper(z0) - vrd_normal_upper(z1)
	              : vrd_normal_cdf(z1) - vrd_normal_cdf(z0);
}

vrd_truncation vrd_truncation_of(double mu, double sd, double a, double b) {
	const double za = (a - mu) / sd, zb = (b - mu) / sd;
	const double da = vrd_normal_density(za), db = vrd_normal_density(zb);
	return (vrd_truncation){
	        .za = za,
	        .zb = zb,
	        .mass = normal_between(za, zb),
	        .density_a = da,
	        .density_b = db,
	        .z_density_a = isinf(za) ? 0 : za * da,
	        .z_density_b = isinf(zb) ? 0 : zb * db,
	};
}

// One residual F = T(x) - share, T the truncated distribution function, and its derivatives by
// mu/sd and ln sd.
typedef struct {
	double f, by_mu, by_log_sd;
} equation;

static equation truncnorm_equation(const vrd_truncation *t, double z, double share) {
	const double density = vrd_normal_density(z);
	const double below = normal_between(t->za, z) / t->mass;
	return (equation){
	        .f = below - share,
	        .by_mu = (below * (t->density_b - t->density_a) - (density - t->density_a)) /
	                 t->mass,
	        .by_log_sd = (below * (t->z_density_b - t->z_density_a) -
	                      (z * density - t->z_density_a)) /
	                     t->mass,
	};
}

static double residual(equation low, equation high) {
	return fmax(fabs(low.f), fabs(high.f));
}

bool vrd_fit_truncnorm(double low, double high, double a, double b, double *mu_out,
                       double *sd_out) {
	double mu = 0.5 * (low + high), sd = (high - low) / two_z90;
	vrd_truncation t = vrd_truncation_of(mu, sd, a, b);
	equation p10 = truncnorm_equation(&t, (low - mu) / sd, 0.1);
	equation p90 = truncnorm_equation(&t, (high - mu) / sd, 0.9);
	double worst = residual(p10, p90);
	for (int i = 0; i < 500 && worst > 1e-15; ++i) {
		const double det = p10.by_mu * p90.by_log_sd - p10.by_log_sd * p90.by_mu;
		const double d_mu = -(p10.f * p90.by_log_sd - p10.by_log_sd * p90.f) / det;
		const double d_log_sd = -(p10.by_mu * p90.f - p10.f * p90.by_mu) / det;
		// The step is taken in 1/sd^2 and mu/sd^2, where the law is an exponential family
		// and the way to its limit (sd and -mu to infinity) is straight: at most a factor 2
		// in sd, and no further than makes the residuals smaller.
		const double growth = -2 * d_log_sd; // of 1/sd^2
		double step = fmin(1, growth < 0 ? -0.75 / growth : 3 / growth);
		for (; step > 1e-6; step *= 0.5) {
			const double factor = 1 + step * growth;
			const double mu_new = mu + step * d_mu * sd / factor,
			             sd_new = sd / sqrt(factor);
			t = vrd_truncation_of(mu_new, sd_new, a, b);
			const equation e10 = truncnorm_equation(&t, (low - mu_new) / sd_new, 0.1);
			const equation e90 = truncnorm_equation(&t, (high - mu_new) / sd_new, 0.9);
			if (residual(e10, e90) < worst) {
				mu = mu_new;
				sd = sd_new;
				p10 = e10;
				p90 = e90;
				worst = residual(e10, e90);
				break;
			}
		}
		if (!(step > 1e-6))
			break;
	}
	const bool found = worst < 1e-12 && sd < 100 * (high - low) && (a - mu) / sd < 35 &&
	                   (b - mu) / sd > -35;
	if (found) {
		*mu_out = mu;
		*sd_out = sd;
	}
	return found;
}

static double logit(double p) {
	return log(p) - log1p(-p);
}

// Logits of the distribution function at low and high, less those of .1 and .9: near linear in
// ln alpha and ln beta, so that Newton's method finds its way from afar.
static void beta_residuals(double low, double high, double log_alpha, double log_beta,
                           double f[2]) {
	const double ln9 = 2.1972245773362196;
	const double alpha = exp(log_alpha), beta = exp(log_beta);
	f[0] = logit(vrd_beta_cdf(low, alpha, beta)) + ln9;
	f[1] = -logit(vrd_beta_cdf(1 - high, beta, alpha)) - ln9;
}

bool vrd_fit_beta(double low, double high, double *alpha, double *beta) {
	const double mean = 0.5 * (low + high), sd = (high - low) / two_z90;
	const double size = fmax(mean * (1 - mean) / (sd * sd) - 1, 0.5);
	double x[2] = {log(mean * size), log((1 - mean) * size)};
	double f[2];
	beta_residuals(low, high, x[0], x[1], f);
	double worst = fmax(fabs(f[0]), fabs(f[1]));
	for (int i = 0; i < 200 && worst > 1e-15; ++i) {
		double jacobian[2][2]; // by central differences: exact enough to converge fast
		for (int j = 0; j < 2; ++j) {
			const double h = 1e-5;
			double plus[2], minus[2];
			beta_residuals(low, high, x[0] + (j == 0 ? h : 0), x[1] + (j == 1 ? h : 0),
			               plus);
			beta_residuals(low, high, x[0] - (j == 0 ? h : 0), x[1] - (j == 1 ? h : 0),
			               minus);
			jacobian[0][j] = (plus[0] - minus[0]) / (2 * h);
			jacobian[1][j] = (plus[1] - minus[1]) / (2 * h);
		}
		const double det =
		        jacobian[0][0] * jacobian[1][1] - jacobian[0][1] * jacobian[1][0];
		const double d0 = -(f[0] * jacobian[1][1] - f[1] * jacobian[0][1]) / det;
		const double d1 = -(f[1] * jacobian[0][0] - f[0] * jacobian[1][0]) / det;
		double step = fmin(1, 1 / fmax(fabs(d0), fabs(d1)));
		for (; step > 1e-6; step *= 0.5) {
			double g[2];
			beta_residuals(low, high, x[0] + step * d0, x[1] + step * d1, g);
			const double now = fmax(fabs(g[0]), fabs(g[1]));
			if (now < worst) {
				x[0] += step * d0;
				x[1] += step * d1;
				f[0] = g[0];
				f[1] = g[1];
				worst = now;
				break;
			}
		}
		if (!(step > 1e-6))
			break;
	}
	const double sum = exp(x[0]) + exp(x[1]);
	const bool found = worst < 1e-9 && sum <= 2e5;
	if (found) {
		*alpha = exp(x[0]);
		*beta = exp(x[1]);
	}
	return found;
}
