// Poisson-gamma shrinkage of observed against expected counts (Martuzzi and Hills 1995; mean 1).
#pragma once

#include "base/status.h"

#include <stddef.h>

// The maximum-likelihood alpha of O_i ~ Poisson(E_i theta_i), theta_i ~ Gamma(alpha, alpha):
//   sum[psi(alpha+O) - psi(alpha)] + I(1 + ln alpha) - sum (O+alpha)/(E+alpha) - sum ln(E+alpha) =
//   0
// INFINITY when the counts vary no more than Poisson counts do (no root). O may be fractional.
// Areas with E = 0 are left out (O must be 0 there, else DATA). Errors: DATA for a negative or NaN
// number, fewer than two areas with E > 0.
vrd_status vrd_shrink_alpha(size_t n, const double observed[], const double expected[],
                            double *alpha, vrd_err *err) VRD_MUST_USE;
// theta = (O + alpha)/(E + alpha); 1 when alpha is infinite or both are 0.
double vrd_shrink_theta(double observed, double expected, double alpha);
