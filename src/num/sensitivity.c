#include "num/sensitivity.h"

#include "num/hash.h"
#include "num/rng.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// ---- Sobol ------------------------------------------------------------------------------------

// Sums over rows, each row counted `times` times; values are f less f(A) of the first row, so that
// a constant function has exactly no variance.
typedef struct {
	double n, ab, ab_squared; // rows; f(A) + f(B); their squares
	double *step;             // sum of f(A_B^i) - f(A)
	double *b_step;           // sum of f(B) times that
	double *step_squared;
} sums;

static vrd_status sums_init(sums *s, vrd_arena *mem, size_t n_factors, vrd_err *err) {
	vrd_status rc;
	*s = (sums){0};
	VRD_TRY(VRD_NEW(mem, s->step, n_factors));
	VRD_TRY(VRD_NEW(mem, s->b_step, n_factors));
	VRD_TRY(VRD_NEW(mem, s->step_squared, n_factors));
out:
	return rc;
}

static void sums_clear(sums *s, size_t n_factors) {
	s->n = s->ab = s->ab_squared = 0;
	memset(s->step, 0, n_factors * sizeof *s->step);
	memset(s->b_step, 0, n_factors * sizeof *s->b_step);
	memset(s->step_squared, 0, n_factors * sizeof *s->step_squared);
}

typedef struct {
	size_t n, n_factors;
	const double *fa, *fb, *fab;
} design;

static void add_row(sums *s, const design *d, size_t row, double times) {
	const double shift = d->fa[0], a = d->fa[row] - shift, b = d->fb[row] - shift;
	s->n += times;
	s->ab += times * (a + b);
	s->ab_squared += times * (a * a + b * b);
	for (size_t i = 0; i < d->n_factors; ++i) {
		const double step = (d->fab[i * d->n + row] - shift) - a;
		s->step[i] += times * step;
		s->b_step[i] += times * b * step;
		s->step_squared[i] += times * step * step;
	}
}

static void indices_of(const sums *s, size_t n_factors, double first[], double total[]) {
	const double mean = s->ab / (2 * s->n);
	const double variance = s->ab_squared / (2 * s->n) - mean * mean;
	for (size_t i = 0; i < n_factors; ++i) {
		const bool varies = variance > 0;
		first[i] = varies ? (s->b_step[i] - mean * s->step[i]) / s->n / variance : 0;
		total[i] = varies ? s->step_squared[i] / (2 * s->n) / variance : 0;
	}
}

// Running mean and sum of squared deviations (Welford 1962) of one index over the resamples.
typedef struct {
	double mean, squares;
} spread;

static void spread_add(spread *s, double x, size_t n_before) {
	const double d = x - s->mean;
	s->mean += d / (double)(n_before + 1);
	s->squares += d * (x - s->mean);
}

static double spread_sd(const spread *s, size_t n) {
	return n > 1 ? sqrt(s->squares / (double)(n - 1)) : 0;
}

// How often each row comes in one resample: n draws of a row, with replacement.
static void resample(uint64_t seed, size_t boot, size_t n, double times[]) {
	vrd_stream stream = vrd_stream_of(seed, vrd_hash_id(VRD_STR("sobol-bootstrap")), boot, 0);
	memset(times, 0, n * sizeof *times);
	for (size_t k = 0; k < n; ++k) {
		const size_t row = (size_t)(vrd_stream_uniform(&stream) * (double)n);
		times[row < n ? row : n - 1] += 1;
	}
}

static vrd_status bootstrap(vrd_arena *mem, const design *d, size_t n_boot, uint64_t seed,
                            vrd_sobol found[], vrd_err *err) {
	vrd_status rc;
	sums s;
	double *times, *first, *total;
	spread *spreads; // first and total of each factor
	VRD_TRY(sums_init(&s, mem, d->n_factors, err));
	VRD_TRY(VRD_NEW(mem, times, d->n));
	VRD_TRY(VRD_NEW(mem, first, d->n_factors));
	VRD_TRY(VRD_NEW(mem, total, d->n_factors));
	VRD_TRY(VRD_NEW(mem, spreads, 2 * d->n_factors));
	for (size_t boot = 0; boot < n_boot; ++boot) {
		resample(seed, boot, d->n, times);
		sums_clear(&s, d->n_factors);
		for (size_t row = 0; row < d->n; ++row) {
			if (times[row] > 0)
				add_row(&s, d, row, times[row]);
		}
		indices_of(&s, d->n_factors, first, total);
		for (size_t i = 0; i < d->n_factors; ++i) {
			spread_add(&spreads[2 * i], first[i], boot);
			spread_add(&spreads[2 * i + 1], total[i], boot);
		}
	}
	for (size_t i = 0; i < d->n_factors; ++i) {
		found[i].first_error = spread_sd(&spreads[2 * i], n_boot);
		found[i].total_error = spread_sd(&spreads[2 * i + 1], n_boot);
	}
out:
	return rc;
}

static vrd_status check_values(const char *name, size_t n, const double f[], vrd_err *err) {
	for (size_t i = 0; i < n; ++i) {
		if (!isfinite(f[i]))
			return vrd_fail(
			        err, VRD_DATA,
			        "sensitivity needs finite values, got %g as value %zu of %s", f[i],
			        i + 1, name);
	}
	return VRD_OK;
}

vrd_status vrd_sobol_indices(vrd_arena *mem, size_t n, size_t n_factors, const double fa[],
                             const double fb[], const double fab[], size_t n_boot, uint64_t seed,
                             vrd_sobol out[], vrd_err *err) {
	vrd_status rc;
	const design d = {.n = n, .n_factors = n_factors, .fa = fa, .fb = fb, .fab = fab};
	sums s;
	double *first, *total;
	vrd_sobol *found;
	if (n < 2)
		return vrd_fail(err, VRD_DATA, "sensitivity needs at least 2 points, got %zu", n);
	VRD_TRY(check_values("f(A)", n, fa, err));
	VRD_TRY(check_values("f(B)", n, fb, err));
	VRD_TRY(check_values("f(A_B)", n * n_factors, fab, err));
	VRD_TRY(sums_init(&s, mem, n_factors, err));
	VRD_TRY(VRD_NEW(mem, first, n_factors));
	VRD_TRY(VRD_NEW(mem, total, n_factors));
	VRD_TRY(VRD_NEW(mem, found, n_factors));
	for (size_t row = 0; row < n; ++row)
		add_row(&s, &d, row, 1);
	indices_of(&s, n_factors, first, total);
	for (size_t i = 0; i < n_factors; ++i)
		found[i] = (vrd_sobol){.first = first[i], .total = total[i]};
	VRD_TRY(bootstrap(mem, &d, n_boot, seed, found, err));
	memcpy(out, found, n_factors * sizeof *out);
out:
	return rc;
}

// ---- Shapley ----------------------------------------------------------------------------------

enum { MAX_PLAYERS = 12 };

// |S|! (n - |S| - 1)! / n! for |S| = 0 .. n - 1: 1 over n C(n-1, |S|).
static void join_weights(size_t n, double weight[MAX_PLAYERS]) {
	double ways = 1; // C(n-1, size): whole numbers, exact
	for (size_t size = 0; size < n; ++size) {
		weight[size] = 1 / ((double)n * ways);
		ways = ways * (double)(n - 1 - size) / (double)(size + 1);
	}
}

static size_t n_members(size_t set) {
	size_t count = 0;
	for (; set != 0; set &= set - 1)
		++count;
	return count;
}

void vrd_shapley_exact(size_t n, const double v[], double phi[]) {
	assert(n <= MAX_PLAYERS);
	double weight[MAX_PLAYERS];
	join_weights(n, weight);
	for (size_t i = 0; i < n; ++i) {
		const size_t player = (size_t)1 << i;
		phi[i] = 0;
		for (size_t set = 0; set < (size_t)1 << n; ++set) {
			if ((set & player) == 0)
				phi[i] += weight[n_members(set)] * (v[set | player] - v[set]);
		}
	}
}

double vrd_shapley_weight(size_t n, size_t set, size_t player) {
	assert(n <= MAX_PLAYERS && player < n && set < (size_t)1 << n);
	double weight[MAX_PLAYERS];
	join_weights(n, weight);
	const size_t size = n_members(set);
	return (set >> player & 1) != 0 ? weight[size - 1] : -weight[size];
}
