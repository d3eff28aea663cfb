// Variance components by the empirical variogram: two base years k apart differ by
//
//	E (z[y+k] - z[y])^2 = free * (noise (1 + extra) + walk k + drift k^2)
//
// The three are those that maximise the gamma likelihood of the squared differences (each is a
// scaled chi-square, so its standard deviation follows its mean), under a prior that counts as so
// many more of them. Squares of pairs that share a year are dependent: each pair weighs 2/n, so
// that n years weigh as n - 1. The maximum is found by multiplicative steps, which keep every
// component above zero and never go down (Fevotte and Idier 2011, Neural Computation 23:2421).
#include "activity/trend_work.h"

#include <math.h>

enum { EXTRA, WALK, DRIFT, N_COMPONENTS, MOST_STEPS = 2000 };

// Fewest expected contacts in a base year where ln of a count is near enough to normal.
#define LEAST_EXPECTED 5

typedef struct {
	double up[N_COMPONENTS], down[N_COMPONENTS];
} slopes;

static bool is_informative(const vrd_trend_units *u, size_t group, size_t unit) {
	const vrd_trend_input *in = u->in;
	const size_t at = group * u->n_unit + unit;
	const double *expected = u->expected + at * (in->n_base + in->n_target);
	bool enough = u->unit[at].free > 0;
	for (size_t y = 0; y < in->n_base; y++)
		enough = enough && expected[y] >= LEAST_EXPECTED * vrd_trend_event(in, group);
	return enough;
}

// One unit's pairs of years.
static void add_unit(const vrd_trend_units *u, size_t group, size_t unit, const double part[],
                     slopes *to) {
	const vrd_trend_input *in = u->in;
	const size_t at = group * u->n_unit + unit;
	const double *z = u->z + at * in->n_base, *noise = u->noise + at * in->n_base;
	const double free = u->unit[at].free, weight = 2 / (double)in->n_base;
	for (size_t y = 0; y < in->n_base; y++)
		for (size_t x = 0; x < y; x++) {
			const double gap = in->base_year[y] - in->base_year[x];
			const double square = (z[y] - z[x]) * (z[y] - z[x]);
			const double slope[N_COMPONENTS] = {free * (noise[x] + noise[y]),
			                                    free * gap, free * gap * gap};
			const double fit = slope[EXTRA] * (1 + part[EXTRA]) +
			                   slope[WALK] * part[WALK] + slope[DRIFT] * part[DRIFT];
			for (size_t c = 0; c < N_COMPONENTS; c++) {
				to->up[c] += weight * slope[c] * square / (fit * fit);
				to->down[c] += weight * slope[c] / fit;
			}
		}
}

// The components of one group under a prior.
static void maximise(const vrd_trend_units *u, size_t group, const double prior[],
                     bool extra_is_known, double part[]) {
	const double dof = VRD_TREND_PRIOR_DOF;
	double change = 1;
	for (size_t step = 0; step < MOST_STEPS && change > 1e-9; step++) {
		slopes sum = {{0}, {0}};
		for (size_t i = 0; i < u->n_unit; i++)
			if (is_informative(u, group, i))
				add_unit(u, group, i, part, &sum);
		change = 0;
		for (size_t c = extra_is_known ? WALK : EXTRA; c < N_COMPONENTS; c++) {
			const double old = part[c];
			part[c] *= sqrt((sum.up[c] + dof * prior[c] / (old * old)) /
			                (sum.down[c] + dof / old));
			change = fmax(change, fabs(part[c] / old - 1));
		}
	}
}

static double freedom(const vrd_trend_units *u, size_t group) {
	double units = 0;
	for (size_t i = 0; i < u->n_unit; i++)
		if (is_informative(u, group, i))
			units += u->unit[group * u->n_unit + i].free;
	return VRD_TREND_PRIOR_DOF + units * (double)(u->in->n_base - 1);
}

static void estimate(const vrd_trend_units *u, const vrd_trend_variance *known,
                     const double prior[], vrd_trend_variance out[]) {
	for (size_t j = 0; j < u->in->n_group; j++) {
		double part[N_COMPONENTS] = {known ? known[j].extra : prior[EXTRA], prior[WALK],
		                             prior[DRIFT]};
		maximise(u, j, prior, known != NULL, part);
		out[j] = (vrd_trend_variance){part[EXTRA], part[WALK], part[DRIFT], freedom(u, j)};
	}
}

// What the groups have in common is the mean of the logarithms, weighted by what each tells: one
// erratic group does not move it much.
static void pool(const vrd_trend_units *u, const vrd_trend_variance of[], double out[]) {
	double sum[N_COMPONENTS] = {0}, weight = 0;
	for (size_t j = 0; j < u->in->n_group; j++) {
		weight += of[j].dof;
		sum[EXTRA] += of[j].dof * log(of[j].extra);
		sum[WALK] += of[j].dof * log(of[j].walk);
		sum[DRIFT] += of[j].dof * log(of[j].drift);
	}
	for (size_t c = 0; c < N_COMPONENTS && weight > 0; c++)
		out[c] = exp(sum[c] / weight);
}

void vrd_trend_variances(const vrd_trend_units *units, const vrd_trend_variance *known,
                         vrd_trend_variance out[]) {
	double prior[N_COMPONENTS] = {VRD_TREND_PRIOR_EXTRA,
	                              VRD_TREND_PRIOR_WALK * VRD_TREND_PRIOR_WALK,
	                              VRD_TREND_PRIOR_DRIFT * VRD_TREND_PRIOR_DRIFT};
	estimate(units, known, prior, out);
	pool(units, out, prior);
	estimate(units, known, prior, out);
}
