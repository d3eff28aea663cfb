// Special functions: GSL behind one file, private to this room.
//
// GSL's default error handler ends the process; loading this file switches it off, before main and
// so before any thread. Failures come back as NaN and every caller tests for it.
#pragma once

double vrd_beta_cdf(double x, double alpha, double beta);
double vrd_log_beta(double alpha, double beta); // ln B(alpha, beta)
// Quantile of the beta law for 0 < u < 1; log_beta = vrd_log_beta(alpha, beta). About 1
// microsecond.
double vrd_beta_quantile(double u, double alpha, double beta, double log_beta);

double vrd_normal_upper(double z); // P(Z > z), without cancellation
double vrd_normal_density(double z);
double vrd_digamma(double x);  // x > 0
double vrd_trigamma(double x); // x > 0
