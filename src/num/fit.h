// Two equations, two unknowns: the laws whose P10 and P90 have no closed form. Private to this
// room.
#pragma once

#include <stdbool.h>

// The part of a normal law inside [a, b], in units of its sd; mass = P(a < X < b), taken in the
// tail where the difference does not cancel.
typedef struct {
	double za, zb;
	double mass;
	double density_a, density_b;     // phi(z); 0 at infinity
	double z_density_a, z_density_b; // z phi(z); 0 at infinity
} vrd_truncation;
vrd_truncation vrd_truncation_of(double mu, double sd, double a, double b);

// (mu, sd) such that the normal law truncated to [a, b] (either may be infinite) has P10 = low and
// P90 = high, a < low < high < b. False when there is none: the widest such laws are the truncated
// exponentials, the uniform among them, and an interval within about 1e-5 of those counts as one.
bool vrd_fit_truncnorm(double low, double high, double a, double b, double *mu, double *sd);

// (alpha, beta) of the beta law on [0, 1] with P10 = low and P90 = high, 0 < low < high < 1. False
// when alpha + beta would pass 200 000, where the incomplete beta function is no longer exact.
bool vrd_fit_beta(double low, double high, double *alpha, double *beta);
