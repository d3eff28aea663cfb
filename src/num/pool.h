// Pooling of experts' distributions (docs/methods.md, elicitation).
#pragma once

#include "num/dist.h"

typedef struct {
	double p10, p50, p90, mean, sd;
} vrd_pooled;

// Linear opinion pool F(x) = sum w_e F_e(x): its quantiles by bisection, to 1e-12 of the width.
// Weights >= 0 that sum to 1 (NULL: equal). n >= 1.
vrd_pooled vrd_pool_linear(size_t n, const vrd_dist dist[], const double weight[]);
// Quantile averaging Q(p) = sum w_e Q_e(p).
vrd_pooled vrd_pool_quantile(size_t n, const vrd_dist dist[], const double weight[]);
// Vb / (Vb + Vw), Vb = sum w (mu_e - mu)^2, Vw = sum w s_e^2: 0 the experts agree, 1 all is between
// them; 0 when nobody is uncertain and all agree.
double vrd_pool_disagreement(size_t n, const vrd_dist dist[], const double weight[]);
// Quantile of the linear pool for 0 < p < 1.
double vrd_pool_linear_quantile(size_t n, const vrd_dist dist[], const double weight[], double p);
