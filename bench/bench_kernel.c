// Speed and memory of a projection, one JSON line for each measure: name, value, unit. Each case
// runs in a process of its own, so that its peak of memory is its own. Names as arguments choose
// cases. Seconds are of the clock; cpu_seconds are those of all threads.
#include "activity/demand.h"
#include "num/linalg.h"
#include "num/rng.h"
#include "num/stats.h"
#include "scenario/kernel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void need(bool holds, const char *what) {
	if (holds)
		return;
	fprintf(stderr, "bench_kernel: %s\n", what);
	exit(1);
}

#define RUN(call)                                                                                  \
	do {                                                                                       \
		vrd_err err = {0};                                                                 \
		need((call) == VRD_OK, err.text);                                                  \
	} while (0)

static double seconds_of(clockid_t clock) {
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void print(const char *name, const char *what, double value, const char *unit) {
	printf("{\"name\": \"%s_%s\", \"value\": %.4g, \"unit\": \"%s\"}\n", name, what, value,
	       unit);
	fflush(stdout);
}

typedef struct {
	double wall, cpu;
} stopwatch;

static stopwatch start(void) {
	return (stopwatch){seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
}

static stopwatch elapsed(stopwatch since) {
	const stopwatch now = start();
	return (stopwatch){now.wall - since.wall, now.cpu - since.cpu};
}

static void print_run(const char *name, stopwatch took) {
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	print(name, "seconds", took.wall, "s");
	print(name, "cpu_seconds", took.cpu, "s");
	print(name, "peak", (double)use.ru_maxrss / 1024, "MB");
}

static double unit_random(uint64_t what, uint64_t i) {
	return vrd_uniform(1, what, i, 0);
}

static void *room(vrd_arena *mem, size_t n, size_t size) {
	void *p = vrd_arena_alloc(mem, n, size);
	need(p != NULL, "no memory");
	return p;
}

static const vrd_dim *numbered(vrd_arena *mem, const char *name, size_t n, const char *format) {
	const char **codes = room(mem, n, sizeof *codes);
	const vrd_dim *dim;
	for (size_t i = 0; i < n; i++)
		codes[i] = vrd_arena_printf(mem, "%s%zu", format, i);
	RUN(vrd_dim_of_codes(mem, name, n, codes, &dim, &err));
	return dim;
}

// --- demand -------------------------------------------------------------------------------------

enum {
	N_DEMAND_AREAS = 161,
	N_AGES = 106,
	N_SEXES = 2,
	N_SERVICES = 40,
	N_CARES = 6,
	N_YEARS = 25
};
static const int band_from[] = {0, 18, 50, 65, 80};
enum { N_BANDS = sizeof band_from / sizeof *band_from };

static vrd_cube random_cube(vrd_arena *mem, size_t n, const vrd_dim *const *dims, double most) {
	vrd_cube cube;
	RUN(vrd_cube_new(mem, n, dims, &cube, &err));
	for (size_t i = 0; i < cube.n_cells; i++)
		cube.values[i] = floor(most * unit_random(1, i));
	return cube;
}

// The products alone, on the shapes that the demand has: what cblas can do.
static double seconds_of_products(void) {
	enum { N_PAIRS = N_SERVICES * N_CARES, N_COLUMNS = N_AGES * N_SEXES };
	vrd_arena mem = {0};
	double *rates = room(&mem, N_PAIRS * N_COLUMNS, sizeof *rates);
	double *people = room(&mem, N_COLUMNS * N_YEARS, sizeof *people);
	double *out = room(&mem, N_PAIRS * N_YEARS, sizeof *out);
	for (size_t i = 0; i < N_PAIRS * N_COLUMNS; i++)
		rates[i] = unit_random(2, i);
	for (size_t i = 0; i < N_COLUMNS * N_YEARS; i++)
		people[i] = unit_random(3, i);
	const stopwatch since = start();
	for (size_t g = 0; g < 2 * N_DEMAND_AREAS; g++)
		for (size_t b = 0; b < N_BANDS; b++) {
			const size_t from = N_SEXES * (size_t)band_from[b];
			const size_t to =
			        b + 1 < N_BANDS ? N_SEXES * (size_t)band_from[b + 1] : N_COLUMNS;
			vrd_gemm(N_PAIRS, N_YEARS, to - from, rates + from, N_COLUMNS,
			         people + from * N_YEARS, N_YEARS, out, N_YEARS);
		}
	const double cpu = elapsed(since).cpu;
	vrd_arena_clear(&mem);
	return cpu;
}

static void bench_demand(const char *name) {
	vrd_arena mem = {0}, result = {0};
	const char *ages[N_AGES];
	const vrd_dim *age, *sex, *measure, *base_year, *year, *variant;
	for (size_t i = 0; i < N_AGES; i++)
		ages[i] = vrd_arena_printf(&mem, "%zu%s", i, i + 1 == N_AGES ? "+" : "");
	RUN(vrd_dim_of_codes(&mem, "age", N_AGES, ages, &age, &err));
	RUN(vrd_dim_of_codes(&mem, "sex", N_SEXES, (const char *[]){"F", "M"}, &sex, &err));
	RUN(vrd_dim_of_codes(&mem, "measure", 2, (const char *[]){"contacts", "bed_days"}, &measure,
	                     &err));
	RUN(vrd_dim_of_codes(&mem, "variant", 1, (const char *[]){"MMMM"}, &variant, &err));
	RUN(vrd_dim_of_years(&mem, 2024, 2024, &base_year, &err));
	RUN(vrd_dim_of_years(&mem, 2026, 2025 + N_YEARS, &year, &err));
	const vrd_dim *area = numbered(&mem, "area", N_DEMAND_AREAS, "g");
	const vrd_dim *service = numbered(&mem, "service", N_SERVICES, "k");
	const vrd_dim *care = numbered(&mem, "care", N_CARES, "m");
	const vrd_cube activity = random_cube(
	        &mem, 7, (const vrd_dim *[]){area, sex, age, service, care, measure, base_year},
	        20);
	const vrd_cube base =
	        random_cube(&mem, 4, (const vrd_dim *[]){area, sex, age, base_year}, 900);
	const vrd_cube people =
	        random_cube(&mem, 5, (const vrd_dim *[]){variant, area, sex, age, year}, 900);
	for (size_t i = 0; i < base.n_cells; i++)
		base.values[i] += 1;
	const vrd_demand_input in = {.activity = &activity,
	                             .base_exposure = &base,
	                             .exposure = &people,
	                             .n_base = 1,
	                             .base_years = (const int[]){2024},
	                             .n_band = N_BANDS,
	                             .band_from = band_from};
	vrd_demand demand;
	stopwatch best = {INFINITY, INFINITY};
	for (size_t round = 0; round < 5; round++) {
		vrd_arena_clear(&result);
		const stopwatch since = start();
		RUN(vrd_demand_compute(&result, &in, &demand, NULL, NULL, &err));
		const stopwatch took = elapsed(since);
		best.wall = fmin(best.wall, took.wall);
		best.cpu = fmin(best.cpu, took.cpu);
	}
	print_run(name, best);
	print(name, "of_cblas", seconds_of_products() / best.cpu, "share of its CPU time");
	vrd_arena_clear(&result);
	vrd_arena_clear(&mem);
}

// --- projection ---------------------------------------------------------------------------------

enum { N_AREAS = 10, N_VARIANTS = 3, N_PROVIDERS = 12, N_RULES = 40 };
// Care forms: 0 and 1 are inpatient, 2 day treatment, 3 outpatient, 4 video, 5 at home.

static void make_demand(vrd_arena *mem, vrd_demand *d) {
	*d = (vrd_demand){.n_area = N_AREAS,
	                  .n_service = N_SERVICES,
	                  .n_care = N_CARES,
	                  .n_band = N_BANDS,
	                  .n_variant = N_VARIANTS,
	                  .n_year = N_YEARS,
	                  .band_from = band_from,
	                  .t0 = 2024};
	const size_t n = N_AREAS * N_BANDS * N_SERVICES * N_CARES, paths = N_VARIANTS * N_YEARS;
	d->area = numbered(mem, "area", N_AREAS, "g");
	d->service = numbered(mem, "service", N_SERVICES, "k");
	d->care = numbered(mem, "care", N_CARES, "m");
	int *year = room(mem, N_YEARS, sizeof *year);
	for (size_t t = 0; t < N_YEARS; t++)
		year[t] = 2026 + (int)t;
	d->year = year;
	d->contacts = room(mem, n * paths, sizeof(double));
	d->bed_days = room(mem, n * paths, sizeof(double));
	d->base_contacts = room(mem, n, sizeof(double));
	d->base_bed_days = room(mem, n, sizeof(double));
	double *persons = room(mem, N_AREAS * paths, sizeof(double));
	double *base_persons = room(mem, N_AREAS, sizeof(double));
	for (size_t i = 0; i < N_AREAS * paths; i++)
		persons[i] = base_persons[i / paths] = 100000;
	d->persons = persons;
	d->base_persons = base_persons;
	d->births_driven = room(mem, N_SERVICES, sizeof(bool));
	for (size_t i = 0; i < n; i++) {
		const double stay = i % N_CARES < 2 ? 1 + 6 * unit_random(11, i) : 0;
		d->base_contacts[i] = 10 + 2000 * unit_random(10, i);
		d->base_bed_days[i] = stay * d->base_contacts[i];
		for (size_t p = 0; p < paths; p++) {
			d->contacts[i * paths + p] =
			        d->base_contacts[i] * (1 + 0.4 * unit_random(12, i * paths + p));
			d->bed_days[i * paths + p] = stay * d->contacts[i * paths + p];
		}
	}
}

static const bool *some(vrd_arena *mem, size_t n, size_t from, size_t count) {
	bool *out = room(mem, n, sizeof *out);
	for (size_t i = 0; i < count; i++)
		out[(from + i) % n] = true;
	return out;
}

// Twelve growths, ten avoidances, ten shifts, eight on the length of stay: each of a few services
// and often of some ages or areas, a few of everything.
static void make_rule(vrd_arena *mem, size_t i, vrd_assumption *a) {
	static const vrd_kind kinds[] = {VRD_GROWTH, VRD_AVOID, VRD_SHIFT, VRD_LENGTH_OF_STAY};
	double low = 0.02, high = 0.12, lower, upper;
	*a = (vrd_assumption){.id = vrd_arena_printf(mem, "rule-%zu", i),
	                      .kind = i < 38 ? kinds[i % 4] : VRD_GROWTH,
	                      .phasing = {.curve = (vrd_curve)(i % 3), .start = 2026, .end = 2040},
	                      .group = VRD_NO_GROUP,
	                      .to = VRD_LEAVES};
	if (i % 10 != 0)
		a->service = some(mem, N_SERVICES, 7 * i, 4 + i % 9);
	if (i % 3 == 0)
		a->band = some(mem, N_BANDS, i, 2);
	if (i % 6 == 1)
		a->area = some(mem, N_AREAS, i, 3);
	if (a->kind == VRD_GROWTH) {
		a->annual = i % 8 == 0;
		low = -0.004;
		high = 0.012;
	}
	if (a->kind == VRD_AVOID && i % 8 == 1)
		a->care = some(mem, N_CARES, 0, 2);
	if (a->kind == VRD_LENGTH_OF_STAY) {
		a->care = some(mem, N_CARES, 0, 2);
		a->one_night = i % 8 == 3;
	}
	if (a->kind == VRD_SHIFT) {
		a->care = some(mem, N_CARES, i % 8 == 2 ? 3 : 0, i % 8 == 2 ? 1 : 2);
		a->to = i % 8 == 2 ? 4 : 2 + i / 4 % 4;
		a->conversion = 1;
		a->removed = VRD_REMOVED_SHORTEST;
	}
	vrd_kind_bounds(a->kind, &lower, &upper);
	if (a->kind == VRD_SHIFT)
		upper = 0.2; // so that overlapping shifts never take more than all
	RUN(vrd_dist_fit(VRD_DIST_TRUNCNORM, low, NAN, high, lower, upper, &a->dist, &err));
}

static void make_model(vrd_arena *mem, vrd_model *m) {
	*m = (vrd_model){.n_maps = 2, .n_assumptions = N_RULES, .planned_map = true, .los_cv = 1};
	make_demand(mem, &m->demand);
	m->unit = m->demand.area;
	m->provider = numbered(mem, "provider", N_PROVIDERS, "h");
	vrd_membership *maps = room(mem, 2, sizeof *maps);
	size_t *start = room(mem, N_AREAS + 1, sizeof *start);
	double *weight = room(mem, N_AREAS, sizeof *weight);
	for (size_t i = 0; i < 2; i++) {
		size_t *unit = room(mem, N_AREAS, sizeof *unit);
		for (size_t g = 0; g < N_AREAS; g++) {
			unit[g] = i && g == 3 ? 4 : g; // one area moves
			start[g + 1] = g + 1;
			weight[g] = 1;
		}
		maps[i] = (vrd_membership){start, unit, weight};
	}
	uint32_t *at = room(mem, N_SERVICES * N_YEARS, sizeof *at);
	for (size_t i = 0; i < N_SERVICES * N_YEARS; i++)
		at[i] = i % N_YEARS > 5;
	m->maps = maps;
	m->map_at = at;
	m->map_base = room(mem, N_SERVICES, sizeof(uint32_t));
	const size_t pairs = N_SERVICES * N_CARES;
	double *flow = room(mem, N_AREAS * pairs * N_PROVIDERS, sizeof *flow);
	for (size_t i = 0; i < N_AREAS * pairs; i++)
		for (size_t h = 0; h < N_PROVIDERS;
		     h++) // most at home, some at two large hospitals
			flow[i * N_PROVIDERS + h] = h == i / pairs ? 0.7
			                            : h == 10      ? 0.2
			                            : h == 11      ? 0.1
			                                           : 0;
	double *kappa = room(mem, N_SERVICES, sizeof *kappa);
	for (size_t k = 0; k < N_SERVICES; k++)
		kappa[k] = 1;
	size_t *home = room(mem, N_AREAS, sizeof *home);
	for (size_t g = 0; g < N_AREAS; g++)
		home[g] = g;
	double *beds = room(mem, N_PROVIDERS * pairs, sizeof *beds);
	for (size_t i = 0; i < N_PROVIDERS * pairs; i++)
		beds[i] = i % N_CARES < 2 ? 1 / (365 * 0.85) : 0;
	m->flow = flow;
	m->kappa = kappa;
	m->home = home;
	m->beds_per_bed_day = beds;
	vrd_assumption *rules = room(mem, N_RULES, sizeof *rules);
	for (size_t i = 0; i < N_RULES; i++)
		make_rule(mem, i, &rules[i]);
	m->assumptions = rules;
	double *share = room(mem, N_VARIANTS, sizeof *share);
	for (size_t v = 0; v < N_VARIANTS; v++)
		share[v] = v == 0 ? 0.5 : 0.25;
	m->variant_weight = share;
	vrd_diag diag;
	vrd_diag_init(&diag, mem, 0);
	vrd_model_check(m, "bench", &diag);
	need(diag.n_errors == 0, "the model has errors");
}

// Where summaries go; with `sums_only` cells of a single service and care form are passed over.
typedef struct {
	vrd_summary *at; // by year, then in the order of arrival
	size_t n_per_year, n_taken[N_YEARS];
	bool sums_only;
} summaries;

static void summarise(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                      double *scratch) {
	summaries *s = context;
	if (!draws || (s->sums_only && key->service < N_SERVICES && key->care < N_CARES))
		return;
	const size_t i = s->n_taken[key->year]++;
	need(i < s->n_per_year, "more cells than expected");
	s->at[key->year * s->n_per_year + i] = vrd_summarise(draws, n, scratch);
}

static void project(vrd_arena *mem, const vrd_model *model, size_t n, vrd_axis axis,
                    bool sums_only) {
	const vrd_view view = {.axis = axis,
	                       .sums = true,
	                       .measures = {true, true, axis == VRD_BY_PROVIDER && !sums_only}};
	summaries s = {.n_per_year = (N_PROVIDERS + 1) * (N_SERVICES + 1) * (N_CARES + 1) *
	                             VRD_N_MEASURES,
	               .sums_only = sums_only};
	s.at = room(mem, N_YEARS * s.n_per_year, sizeof *s.at);
	RUN(vrd_kernel_run(model, &(vrd_draws){.n = n, .seed = 1}, &view, summarise, &s, NULL, NULL,
	                   NULL, &err));
}

static void bench_projection(const char *name, size_t n, bool sums_only) {
	vrd_arena mem = {0};
	vrd_model model;
	make_model(&mem, &model);
	const stopwatch since = start();
	project(&mem, &model, n, VRD_BY_UNIT, sums_only);
	if (!sums_only)
		project(&mem, &model, n, VRD_BY_PROVIDER, false);
	print_run(name, elapsed(since));
	vrd_arena_clear(&mem);
}

static void bench_waterfall(const char *name, size_t n) {
	static const size_t one[N_SERVICES + N_CARES];
	vrd_arena mem = {0};
	vrd_model model;
	make_model(&mem, &model);
	bool years[N_YEARS] = {[N_YEARS - 1] = true};
	const vrd_view view = {.axis = VRD_BY_UNIT,
	                       .service_group = one,
	                       .care_group = one,
	                       .n_services = 1,
	                       .n_cares = 1,
	                       .years = years,
	                       .measures = {true, true},
	                       .steps = true};
	summaries s = {.n_per_year = 2 * N_AREAS * (N_RULES + VRD_STEP_FIRST + 1)};
	s.at = room(&mem, N_YEARS * s.n_per_year, sizeof *s.at);
	const stopwatch since = start();
	RUN(vrd_kernel_run(&model, &(vrd_draws){.n = n, .seed = 1}, &view, summarise, &s, NULL,
	                   NULL, NULL, &err));
	print_run(name, elapsed(since));
	vrd_arena_clear(&mem);
}

// --- all ----------------------------------------------------------------------------------------

typedef struct {
	const char *name;
	size_t n_draws; // 0: the demand
	bool sums_only, waterfall;
} bench_case;

static void run_case(const bench_case *c) {
	if (c->n_draws == 0)
		bench_demand(c->name);
	else if (c->waterfall)
		bench_waterfall(c->name, c->n_draws);
	else
		bench_projection(c->name, c->n_draws, c->sums_only);
}

int main(int argc, char **argv) {
	static const bench_case cases[] = {
	        {"demand", 0, false, false},          {"sums_1000", 1000, true, false},
	        {"sums_10000", 10000, true, false},   {"cells_1000", 1000, false, false},
	        {"cells_10000", 10000, false, false}, {"waterfall_10000", 10000, false, true},
	};
	int worst = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool chosen = argc < 2;
		for (int j = 1; j < argc; j++)
			chosen = chosen || strcmp(argv[j], cases[i].name) == 0;
		if (!chosen)
			continue;
		const pid_t child = fork();
		need(child >= 0, "cannot start a process");
		if (child == 0) {
			run_case(&cases[i]);
			exit(0);
		}
		int status = 0;
		need(waitpid(child, &status, 0) == child, "cannot wait for a case");
		worst |= status;
	}
	return worst != 0;
}
