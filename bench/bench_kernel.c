// Speed and memory of a projection, one JSON line for each measure: name, value, unit. Each case
// runs in a process of its own, so that its peak of memory is its own. Names as arguments choose
// cases. Seconds are of the clock; cpu_seconds are those of all threads.
#include "activity/demand.h"
#include "bench_model.h"
#include "num/linalg.h"
#include "num/stats.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// --- demand -------------------------------------------------------------------------------------

enum { N_DEMAND_AREAS = 161, N_AGES = 106, N_SEXES = 2 };

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
