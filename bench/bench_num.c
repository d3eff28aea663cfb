// Speed of the num room, one JSON line for each measure: name, value, unit. CPU time of one core,
// the best of several rounds, so that other work on the machine shows less.
#include "num/dist.h"
#include "num/rng.h"
#include "num/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N_ROUNDS = 9 };

static double cpu_seconds(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// What a measured loop computes goes here, so that it is not optimised away.
static volatile double sink;

typedef struct {
	double *x, *scratch;
	size_t n;
	double a, b;
	vrd_dist dist;
} workload;

typedef void work(const workload *w);

static double best_seconds(work *run, const workload *w) {
	double best = INFINITY;
	for (int i = 0; i < N_ROUNDS; ++i) {
		const double start = cpu_seconds();
		run(w);
		best = fmin(best, cpu_seconds() - start);
	}
	return best;
}

static void print_million_per_second(const char *name, work *run, const workload *w) {
	printf("{\"name\": \"%s\", \"value\": %.2f, \"unit\": \"M/s\"}\n", name,
	       1e-6 * (double)w->n / best_seconds(run, w));
}

static void print_ns(const char *name, work *run, const workload *w, size_t n_elements) {
	printf("{\"name\": \"%s\", \"value\": %.2f, \"unit\": \"ns\"}\n", name,
	       1e9 * best_seconds(run, w) / (double)n_elements);
}

static void uniforms(const workload *w) {
	double sum = 0;
	for (size_t i = 0; i < w->n; ++i)
		sum += vrd_uniform(1, 2, i, 3);
	sink = sum;
}

// A fresh stream for every draw, as the projection uses them.
static void poissons(const workload *w) {
	double sum = 0;
	for (size_t i = 0; i < w->n; ++i) {
		vrd_stream stream = vrd_stream_of(1, 2, i, 3);
		sum += (double)vrd_poisson(&stream, w->a);
	}
	sink = sum;
}

static void binomials(const workload *w) {
	double sum = 0;
	for (size_t i = 0; i < w->n; ++i) {
		vrd_stream stream = vrd_stream_of(1, 2, i, 3);
		sum += (double)vrd_binomial(&stream, (int64_t)w->a, w->b);
	}
	sink = sum;
}

static void gammas(const workload *w) {
	double sum = 0;
	for (size_t i = 0; i < w->n; ++i) {
		vrd_stream stream = vrd_stream_of(1, 2, i, 3);
		sum += vrd_gamma(&stream, w->a, 1);
	}
	sink = sum;
}

static void quantiles(const workload *w) {
	double sum = 0;
	for (size_t i = 0; i < w->n; ++i)
		sum += vrd_dist_quantile(&w->dist, ((double)i + 0.5) / (double)w->n);
	sink = sum;
}

enum { N_DRAWS = 10000, N_CELLS = 64 };

static void summaries(const workload *w) {
	double sum = 0;
	for (size_t cell = 0; cell < N_CELLS; ++cell)
		sum += vrd_summarise(w->x + cell * N_DRAWS, N_DRAWS, w->scratch).p90;
	sink = sum;
}

static void measure_summaries(double *x, double *scratch) {
	const workload w = {.x = x, .scratch = scratch};
	const size_t n = (size_t)N_CELLS * N_DRAWS;
	for (size_t i = 0; i < n; ++i)
		x[i] = exp(vrd_normal_quantile(vrd_uniform(5, 6, i, 0)));
	print_ns("summarise_10000_lognormal", summaries, &w, n);
	for (size_t i = 0; i < n; ++i)
		x[i] = floor(20 * vrd_uniform(5, 6, i, 0));
	print_ns("summarise_10000_small_counts", summaries, &w, n);
	for (size_t i = 0; i < n; ++i)
		x[i] = (double)(i % N_DRAWS);
	print_ns("summarise_10000_sorted", summaries, &w, n);
	for (size_t i = 0; i < n; ++i)
		x[i] = 1;
	print_ns("summarise_10000_constant", summaries, &w, n);
}

static int measure_quantiles(void) {
	static const struct {
		const char *name;
		vrd_dist_kind kind;
		double low, mode, high;
	} laws[] = {
	        {"quantile_truncnorm", VRD_DIST_TRUNCNORM, 0.05, NAN, 0.2},
	        {"quantile_beta80", VRD_DIST_BETA80, 0.05, NAN, 0.2},
	        {"quantile_pert", VRD_DIST_PERT, 0.05, 0.1, 0.2},
	};
	for (size_t i = 0; i < sizeof laws / sizeof *laws; ++i) {
		workload w = {.n = 200000};
		vrd_err err;
		if (vrd_dist_fit(laws[i].kind, laws[i].low, laws[i].mode, laws[i].high, 0, 1,
		                 &w.dist, &err) != VRD_OK) {
			fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		print_ns(laws[i].name, quantiles, &w, w.n);
	}
	return 0;
}

int main(void) {
	double *x = malloc((size_t)N_CELLS * N_DRAWS * sizeof *x);
	double *scratch = malloc(N_DRAWS * sizeof *scratch);
	if (x == NULL || scratch == NULL)
		return 1;
	measure_summaries(x, scratch);
	print_million_per_second("uniform", uniforms, &(workload){.n = 4000000});
	print_million_per_second("poisson_1", poissons, &(workload){.n = 1000000, .a = 1});
	print_million_per_second("poisson_20", poissons, &(workload){.n = 1000000, .a = 20});
	print_million_per_second("poisson_10000", poissons, &(workload){.n = 1000000, .a = 1e4});
	print_million_per_second("binomial_100_0.3", binomials,
	                         &(workload){.n = 1000000, .a = 100, .b = 0.3});
	print_million_per_second("binomial_10000_0.1", binomials,
	                         &(workload){.n = 1000000, .a = 1e4, .b = 0.1});
	print_million_per_second("binomial_100_0.001", binomials,
	                         &(workload){.n = 1000000, .a = 100, .b = 0.001});
	print_million_per_second("gamma_2.5", gammas, &(workload){.n = 1000000, .a = 2.5});
	const int rc = measure_quantiles();
	free(x);
	free(scratch);
	return rc;
}
