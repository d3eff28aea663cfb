// Sensitivity of a function of independent factors: Sobol indices and Shapley values, from values
// that the caller has computed.
#pragma once

#include "base/mem.h"
#include "base/status.h"

// A first-order and a total index with bootstrap standard errors. Small negatives are estimates
// and are left as they are.
typedef struct {
	double first, total;
	double first_error, total_error;
} vrd_sobol;

// fa, fb: f at n points A and B; fab[i * n + d]: f at A with factor i taken from B.
//
//	S_i = 1/n sum f(B) (f(A_B^i) - f(A)) / V      (Saltelli et al. 2010, table 2 b)
//	T_i = 1/(2n) sum (f(A) - f(A_B^i))^2 / V      (Jansen 1999)
//
// V is the variance of fa and fb together, f centred by their mean first (which takes nothing from
// S_i and lowers its error). Errors of estimation: n_boot resamples of the rows with `seed`. V = 0
// gives zeros. n >= 2.
vrd_status vrd_sobol_indices(vrd_arena *mem, size_t n, size_t n_factors, const double fa[],
                             const double fb[], const double fab[], size_t n_boot, uint64_t seed,
                             vrd_sobol out[], vrd_err *err) VRD_MUST_USE;

// Exact Shapley values of n <= 12 players from v[S], S a bit set of players (2^n values):
// phi_i = sum_{S without i} |S|! (n-|S|-1)! / n! (v(S+i) - v(S)). Their sum is v(all) - v(none) to
// rounding.
void vrd_shapley_exact(size_t n, const double v[], double phi[]);
// phi_i = sum_S weight[S][i] v(S): the weight of v(S) in phi_i, negative where S lacks i. For
// vectors of draws, added up as they are computed.
double vrd_shapley_weight(size_t n, size_t set, size_t player);
