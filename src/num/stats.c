#include "num/stats.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// Two lanes of a SIMD register. Written out because gcc does not vectorise these loops at -O2; the
// order of additions is the same on every processor.
typedef double pair __attribute__((vector_size(2 * sizeof(double))));
typedef int64_t pair_mask __attribute__((vector_size(2 * sizeof(int64_t))));

// A running sum with its correction (Neumaier 1974).
typedef struct {
	double sum, correction;
} running_sum;

static void add_to(running_sum *s, double x) {
	const double t = s->sum + x;
	s->correction += fabs(s->sum) >= fabs(x) ? (s->sum - t) + x : (x - t) + s->sum;
	s->sum = t;
}

double vrd_sum(const double *x, size_t n) {
	running_sum s = {0};
	for (size_t i = 0; i < n; ++i)
		add_to(&s, x[i]);
	return s.sum + s.correction;
}

// ---------------------------------------------------------------------------------------------
// Selection
//
// Quickselect for several ranks at once. Partitions are branch-free: draws are random, and a
// mispredicted branch costs ten times the comparison.

enum { SMALL = 24 };

static void swap(double *a, double *b) {
	const double t = *a;
	*a = *b;
	*b = t;
}

static void insertion_sort(double *x, size_t n) {
	for (size_t i = 1; i < n; ++i) {
		const double value = x[i];
		size_t j = i;
		for (; j > 0 && x[j - 1] > value; --j)
			x[j] = x[j - 1];
		x[j] = value;
	}
}

// Puts the elements below `pivot` first and returns how many there are.
static size_t partition_below(double *x, size_t n, double pivot) {
	size_t n_below = 0;
	for (size_t i = 0; i < n; ++i) {
		const double value = x[i];
		x[i] = x[n_below];
		x[n_below] = value;
		n_below += value < pivot;
	}
	return n_below;
}

static size_t partition_up_to(double *x, size_t n, double pivot) {
	size_t n_below = 0;
	for (size_t i = 0; i < n; ++i) {
		const double value = x[i];
		x[i] = x[n_below];
		x[n_below] = value;
		n_below += value <= pivot;
	}
	return n_below;
}

static double median3(double a, double b, double c) {
	const double low = a < b ? a : b, high = a < b ? b : a;
	return c < low ? low : c > high ? high : c;
}

static double ninther(const double *x, size_t n) {
	const size_t s = n / 9, i = s / 2;
	return median3(median3(x[i], x[i + s], x[i + 2 * s]),
	               median3(x[i + 3 * s], x[i + 4 * s], x[i + 5 * s]),
	               median3(x[i + 6 * s], x[i + 7 * s], x[i + 8 * s]));
}

static void place(double *x, size_t from, size_t to, const size_t *ranks, size_t n_ranks);

// Median of the medians of fives (Blum, Floyd, Pratt, Rivest and Tarjan 1973): at least three
// tenths of x lie on either side.
static double median_of_medians(double *x, size_t n) {
	const size_t n_fives = n / 5;
	for (size_t i = 0; i < n_fives; ++i) {
		insertion_sort(x + 5 * i, 5);
		swap(&x[i], &x[5 * i + 2]);
	}
	const size_t middle = n_fives / 2;
	place(x, 0, n_fives, &middle, 1);
	return x[middle];
}

// Reorders x[from, to) so that every x[ranks[j]] is what it would be if x were sorted; ranks are
// ascending and within [from, to). Linear for any input: a pivot that leaves more than 7/8 of a
// range brings in the median of medians for the next, and elements equal to a low pivot are set
// aside.
static void place(double *x, size_t from, size_t to, const size_t *ranks, size_t n_ranks) {
	bool bad = false;
	while (n_ranks > 0 && to - from > SMALL) {
		double *open = x + from;
		const size_t n = to - from;
		const double pivot = bad ? median_of_medians(open, n) : ninther(open, n);
		assert(!isnan(pivot));
		const size_t n_below = partition_below(open, n, pivot);
		size_t n_equal = 0;
		if (n_below < n / 8)
			n_equal = partition_up_to(open + n_below, n - n_below, pivot);
		size_t j = 0; // ranks[0, j) are below the pivot, [j, k) equal to it, [k, n_ranks)
		              // not below
		while (j < n_ranks && ranks[j] < from + n_below)
			++j;
		size_t k = j;
		while (k < n_ranks && ranks[k] < from + n_below + n_equal)
			++k;
		if (k == n_ranks) {
			n_ranks = j;
			to = from + n_below;
		} else {
			place(x, from, from + n_below, ranks, j);
			ranks += k;
			n_ranks -= k;
			from += n_below + n_equal;
		}
		bad = to - from > n - n / 8;
	}
	if (n_ranks > 0)
		insertion_sort(x + from, to - from);
}

double vrd_select(double *x, size_t n, size_t k) {
	assert(k < n);
	place(x, 0, n, &k, 1);
	return x[k];
}

// ---------------------------------------------------------------------------------------------
// Quantiles (Hyndman and Fan 1996, type 7)

// The quantile lies between the order statistics `rank` and rank + 1, `part` of the way.
typedef struct {
	size_t rank;
	double part;
} position;

static position position_of(double p, size_t n) {
	const double h = (double)(n - 1) * p;
	const size_t rank = (size_t)h < n - 1 ? (size_t)h : n - 1;
	return (position){rank, h - (double)rank};
}

static double between(double low, double high, double part) {
	return part > 0 ? low + part * (high - low) : low;
}

double vrd_quantile_sorted(const double *x, size_t n, double p) {
	assert(n > 0 && p >= 0 && p <= 1);
	const position at = position_of(p, n);
	return between(x[at.rank], x[at.rank + 1 < n ? at.rank + 1 : at.rank], at.part);
}

// ---------------------------------------------------------------------------------------------
// Summaries
//
// Of many draws only those near the three quantiles need to be looked at closely. Order statistics
// of a sample give three brackets that hold the wanted ranks almost surely:
//
//	      [ P10 ]              [ P50 ]              [ P90 ]
//	------+-----+--------------+-----+--------------+-----+------> x
//	 count  copy     count       copy     count       copy   (rest)
//
// One branch-free pass counts what lies below each bracket and copies what lies inside; the counts
// show for certain whether a bracket holds its rank. If one does not, or two brackets meet (few
// distinct values), everything is copied and searched: the result never depends on the sample.

enum { N_QUANTILES = 3, MANY = 1000, BLOCK = 1024 };
static const double shares[N_QUANTILES] = {0.1, 0.5, 0.9};

typedef struct {
	double low[N_QUANTILES], high[N_QUANTILES];
} brackets;

static void read_ranks(double *x, size_t n, const size_t ranks[2 * N_QUANTILES],
                       double low[N_QUANTILES], double high[N_QUANTILES]) {
	place(x, 0, n, ranks, 2 * N_QUANTILES);
	for (size_t j = 0; j < N_QUANTILES; ++j) {
		low[j] = x[ranks[2 * j]];
		high[j] = x[ranks[2 * j + 1]];
	}
}

// A sample of n^(2/3), as Floyd and Rivest (1975) choose it, and three standard deviations of its
// ranks to either side: a bracket misses once in 400 times.
static brackets find_brackets(const double *x, size_t n, double *scratch) {
	const size_t m = (size_t)cbrt((double)n * (double)n), stride = n / m;
	for (size_t i = 0; i < m; ++i)
		scratch[i] = x[i * stride];
	size_t ranks[2 * N_QUANTILES];
	for (size_t j = 0; j < N_QUANTILES; ++j) {
		const double centre = shares[j] * (double)m;
		const double reach = 3 * sqrt(shares[j] * (1 - shares[j]) * (double)m);
		ranks[2 * j] = (size_t)(centre - reach);
		ranks[2 * j + 1] = (size_t)(centre + reach);
	}
	brackets b;
	read_ranks(scratch, m, ranks, b.low, b.high);
	return b;
}

typedef struct {
	size_t n_inside;
	size_t n_below[N_QUANTILES], n_up_to[N_QUANTILES];
} counts;

static pair twice(double x) {
	return (pair){x, x};
}

static size_t total(pair_mask negative) {
	return (size_t)(-negative[0] - negative[1]);
}

static counts collect(const double *x, size_t n, const brackets *b, double *inside) {
	const pair l0 = twice(b->low[0]), l1 = twice(b->low[1]), l2 = twice(b->low[2]);
	const pair h0 = twice(b->high[0]), h1 = twice(b->high[1]), h2 = twice(b->high[2]);
	pair_mask below0 = {0}, below1 = {0}, below2 = {0}; // counts, negative
	pair_mask up_to0 = {0}, up_to1 = {0}, up_to2 = {0};
	size_t k = 0, i = 0;
	for (; i + 2 <= n; i += 2) {
		pair v;
		memcpy(&v, x + i, sizeof v);
		const pair_mask a0 = v < l0, a1 = v < l1, a2 = v < l2;
		const pair_mask b0 = v <= h0, b1 = v <= h1, b2 = v <= h2;
		below0 += a0;
		below1 += a1;
		below2 += a2;
		up_to0 += b0;
		up_to1 += b1;
		up_to2 += b2;
		const pair_mask in = (a0 ^ b0) | (a1 ^ b1) | (a2 ^ b2);
		inside[k] = v[0];
		k -= (size_t)in[0];
		inside[k] = v[1];
		k -= (size_t)in[1];
	}
	counts c = {
	        .n_below = {total(below0), total(below1), total(below2)},
	        .n_up_to = {total(up_to0), total(up_to1), total(up_to2)},
	};
	if (i < n) {
		inside[k] = x[i];
		for (size_t j = 0; j < N_QUANTILES; ++j) {
			c.n_below[j] += x[i] < b->low[j];
			c.n_up_to[j] += x[i] <= b->high[j];
			k += x[i] >= b->low[j] && x[i] <= b->high[j];
		}
	}
	c.n_inside = k;
	return c;
}

// The order statistics rank and rank + 1 of each position, by brackets; false when that fails.
static bool order_by_brackets(const double *x, size_t n, const position at[N_QUANTILES],
                              double *scratch, double low[N_QUANTILES], double high[N_QUANTILES]) {
	const brackets b = find_brackets(x, n, scratch);
	if (!(b.high[0] < b.low[1] && b.high[1] < b.low[2]))
		return false;
	const counts c = collect(x, n, &b, scratch);
	size_t ranks[2 * N_QUANTILES], n_left_out = 0;
	for (size_t j = 0; j < N_QUANTILES; ++j) {
		n_left_out += c.n_below[j] - (j > 0 ? c.n_up_to[j - 1] : 0);
		if (at[j].rank < c.n_below[j] || at[j].rank + 1 >= c.n_up_to[j])
			return false;
		ranks[2 * j] = at[j].rank - n_left_out;
		ranks[2 * j + 1] = at[j].rank + 1 - n_left_out;
	}
	read_ranks(scratch, c.n_inside, ranks, low, high);
	return true;
}

static void order_all(const double *x, size_t n, const position at[N_QUANTILES], double *scratch,
                      double low[N_QUANTILES], double high[N_QUANTILES]) {
	memcpy(scratch, x, n * sizeof *x);
	size_t ranks[2 * N_QUANTILES];
	for (size_t j = 0; j < N_QUANTILES; ++j) {
		ranks[2 * j] = at[j].rank;
		ranks[2 * j + 1] = at[j].rank + 1 < n ? at[j].rank + 1 : at[j].rank;
	}
	read_ranks(scratch, n, ranks, low, high);
}

typedef struct {
	double mean, sum_of_squares; // about the mean
} moments;

// Deviations from a draw near the middle, so that the squares do not cancel; blocks of 1 024 in
// four lanes, and the blocks are added with Neumaier's correction.
static moments moments_of(const double *x, size_t n, double centre) {
	running_sum sum = {0}, squares = {0};
	for (size_t from = 0; from < n; from += BLOCK) {
		const size_t to = n - from < BLOCK ? n : from + BLOCK;
		pair s0 = {0}, s1 = {0}, q0 = {0}, q1 = {0};
		size_t i = from;
		for (; i + 4 <= to; i += 4) {
			pair d0, d1;
			memcpy(&d0, x + i, sizeof d0);
			memcpy(&d1, x + i + 2, sizeof d1);
			d0 -= centre;
			d1 -= centre;
			s0 += d0;
			s1 += d1;
			q0 += d0 * d0;
			q1 += d1 * d1;
		}
		for (; i < to; ++i) {
			const double d = x[i] - centre;
			s0[0] += d;
			q0[0] += d * d;
		}
		s0 += s1;
		q0 += q1;
		add_to(&sum, s0[0] + s0[1]);
		add_to(&squares, q0[0] + q0[1]);
	}
	const double total_sum = sum.sum + sum.correction, shift = total_sum / (double)n;
	return (moments){centre + shift,
	                 fmax(squares.sum + squares.correction - total_sum * shift, 0)};
}

vrd_summary vrd_summarise(const double *x, size_t n, double *scratch) {
	assert(n > 0);
	const moments m = moments_of(x, n, median3(x[0], x[n / 2], x[n - 1]));
	if (!isfinite(m.mean)) // a draw is not finite: say so rather than order what has no order
		return (vrd_summary){NAN, NAN, NAN, NAN, NAN};
	position at[N_QUANTILES];
	for (size_t j = 0; j < N_QUANTILES; ++j)
		at[j] = position_of(shares[j], n);
	double low[N_QUANTILES], high[N_QUANTILES];
	if (n < MANY || !order_by_brackets(x, n, at, scratch, low, high))
		order_all(x, n, at, scratch, low, high);
	const double variance = n > 1 ? m.sum_of_squares / (double)(n - 1) : 0;
	return (vrd_summary){
	        .mean = m.mean,
	        .p10 = between(low[0], high[0], at[0].part),
	        .p50 = between(low[1], high[1], at[1].part),
	        .p90 = between(low[2], high[2], at[2].part),
	        .mc_error = sqrt(variance / (double)n),
	};
}
