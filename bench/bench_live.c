// How quickly one changed assumption shows: JSON lines of milliseconds for one year and for the whole
// path, with an assumption on few strata (one service's stays, 1 % of the strata) and on all of them,
// and the memory of the session.
#include "bench_model.h"
#include "scenario/live.h"

#include <string.h>

enum { N_CHANGES = 21 };

static int by_size(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

// Median milliseconds of a change together with the summary that a slider shows.
static double milliseconds(vrd_live *live, size_t rule, size_t year) {
	double took[N_CHANGES];
	for (size_t i = 0; i < N_CHANGES; i++) {
		const double low = 0.02 + 0.001 * (double)i;
		vrd_dist dist;
		RUN(vrd_dist_fit(VRD_DIST_TRUNCNORM, low, NAN, low + 0.1, 0, 1, &dist, &err));
		const double since = seconds_of(CLOCK_MONOTONIC);
		RUN(vrd_live_set(live, rule, &dist, &err));
		for (vrd_measure m = 0; m < VRD_N_MEASURES; m++) {
			const vrd_cell_key key = {VRD_ALL, VRD_ALL, VRD_ALL, year, 0, m};
			need(vrd_live_summary(live, &key).mean > 0, "an empty summary");
		}
		took[i] = 1000 * (seconds_of(CLOCK_MONOTONIC) - since);
	}
	qsort(took, N_CHANGES, sizeof *took, by_size);
	return took[N_CHANGES / 2];
}

static void bench(const vrd_model *model, const char *name, size_t rule, bool one_year) {
	static const size_t one[N_SERVICES];
	char what[64];
	bool years[N_YEARS] = {[N_YEARS - 1] = true};
	const vrd_view view = {.axis = VRD_BY_PROVIDER,
	                       .service_group = one,
	                       .n_services = 1,
	                       .years = one_year ? years : NULL,
	                       .measures = {true, true, true}};
	vrd_live *live;
	RUN(vrd_live_new(model, &(vrd_draws){.n = 1000, .seed = 1}, &view, NULL, &live, &err));
	(void)snprintf(what, sizeof what, "%s_%s", name, one_year ? "year" : "path");
	print("live", what, milliseconds(live, rule, N_YEARS - 1), "ms");
	(void)snprintf(what, sizeof what, "%s_%s_memory", name, one_year ? "year" : "path");
	print("live", what, (double)vrd_live_bytes(live) / (1 << 20), "MB");
	vrd_live_free(live);
}

int main(void) {
	vrd_arena mem = {0};
	vrd_model model;
	make_model(&mem, &model);
	vrd_assumption *rules = room(&mem, N_RULES + 2, sizeof *rules);
	memcpy(rules, model.assumptions, N_RULES * sizeof *rules);
	for (size_t i = N_RULES; i < N_RULES + 2; i++) {
		rules[i] = (vrd_assumption){.id = i == N_RULES ? "few" : "all",
		                            .kind = VRD_AVOID,
		                            .phasing = {.start = 2026, .end = 2040},
		                            .group = VRD_NO_GROUP};
		RUN(vrd_dist_fit(VRD_DIST_TRUNCNORM, 0.02, NAN, 0.12, 0, 1, &rules[i].dist, &err));
	}
	rules[N_RULES].band = some(&mem, N_BANDS, 3, 2);
	rules[N_RULES].service = some(&mem, N_SERVICES, 0, 10);
	rules[N_RULES].care = some(&mem, N_CARES, 0, 3);
	model.assumptions = rules;
	model.n_assumptions = N_RULES + 2;
	for (size_t one_year = 0; one_year < 2; one_year++) {
		bench(&model, "few", N_RULES, one_year);
		bench(&model, "all", N_RULES + 1, one_year);
	}
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	print("live", "peak", (double)use.ru_maxrss / 1024, "MB");
	vrd_arena_clear(&mem);
	return 0;
}
