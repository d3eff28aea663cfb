// From rows to results, as a planner of one hospital group would: three tables of rows in memory are
// counted by cell and set of measures, become demand and a model of 385 assumptions, and are drawn
// from. One JSON line for each measure: name, value, unit. Making the tables is not timed.
//
//	rows_count     the three tables counted        rows_stays    the 100 000 stays alone
//	rows_horizon   counted, modelled, 256 draws of the last year
//	rows_path      the same for every year of the projection
//	rows_single    as rows_horizon, with ages by the single year; the others have 20 groups
#include "bench_kit.h"
#include "num/stats.h"
#include "region/episodes.h"
#include "scenario/kernel.h"

#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static double chance(uint64_t what, uint64_t i) {
	return vrd_uniform(7, what, i, 0);
}

static size_t below(uint64_t what, uint64_t i, size_t n) {
	return (size_t)(chance(what, i) * (double)n);
}

// --- the tables ---------------------------------------------------------------------------------

enum {
	N_AREAS = 8,
	N_AGES = 96, // the last one is open
	N_SERVICES = 30,
	N_DIAGNOSES = 200, // groups; a measure touches the rows of some of them
	N_MEASURES = 92,
	N_RULES = 385,
	N_DRAWS = 256,
	FIRST_YEAR = 2024,
	LAST_YEAR = 2041,
	N_YEARS = LAST_YEAR - FIRST_YEAR + 1
};
static const char *const cares[] = {"elective", "emergency", "day", "outpatient", "video", "ed"};
enum { N_CARES = sizeof cares / sizeof *cares };

typedef struct {
	const char *name;
	size_t n_rows;
	size_t n_cares;
	size_t care[3];
	bool stays;
} table_kind;
static const table_kind kinds[] = {{"stays", 100000, 3, {0, 1, 2}, true},
                                   {"outpatients", 136000, 1, {3}, false},
                                   {"emergency", 34000, 1, {5}, false}};
enum { N_TABLES = sizeof kinds / sizeof *kinds };

typedef struct {
	vrd_buf rows, touch;
} table;

// The share of a row that a measure may touch: of a few groups of diagnoses, some above an age.
static double fraction_of(size_t measure, size_t kind, size_t diagnosis, size_t age) {
	const uint64_t id = (measure * N_TABLES + kind) * N_DIAGNOSES + diagnosis;
	if (chance(20, id) > 0.02 || (measure % 3 == 0 && age < 65))
		return 0;
	return chance(21, id) < 0.7 ? 1 : 0.05 * (1 + (double)below(22, id, 18));
}

static void make_table(size_t kind, table *out) {
	const table_kind *k = &kinds[kind];
	vrd_buf_puts(&out->rows, "row,area,sex,age,service,care,year,bed_days\n");
	vrd_buf_puts(&out->touch, "row_id,measure_id,fraction\n");
	for (size_t i = 0; i < k->n_rows; i++) {
		const uint64_t id = kind * 1000000 + i;
		const size_t diagnosis = below(10, id, N_DIAGNOSES), age = below(11, id, N_AGES);
		const size_t care = k->care[below(12, id, k->n_cares)];
		vrd_buf_printf(&out->rows, "%c%zu,a%zu,%c,%zu,k%zu,%s,%d,%zu\n", k->name[0], i,
		               below(13, id, N_AREAS), chance(14, id) < 0.5 ? 'F' : 'M', age,
		               diagnosis % N_SERVICES, cares[care], FIRST_YEAR,
		               care < 2 ? below(15, id, 12) : 0);
		for (size_t m = 0; m < N_MEASURES; m++) {
			const double f = fraction_of(m, kind, diagnosis, age);
			if (f > 0)
				vrd_buf_printf(&out->touch, "%c%zu,m%zu,%g\n", k->name[0], i, m, f);
		}
	}
	need(!out->rows.failed && !out->touch.failed, "no memory for a table");
}

static void count_table(vrd_arena *mem, size_t kind, const table *t, int width, vrd_episodes *out) {
	vrd_touch touch;
	vrd_diag diag;
	vrd_age bands[N_AGES];
	vrd_diag_init(&diag, mem, 0);
	for (int from = 0; from < N_AGES; from += width)
		bands[from / width] =
		        (vrd_age){from, from + width < N_AGES ? from + width - 1 : VRD_AGE_MAX};
	const vrd_episode_options options = {.name = kinds[kind].name,
	                                     .touch = &touch,
	                                     .bands = bands,
	                                     .n_bands = (size_t)((N_AGES + width - 1) / width)};
	RUN(vrd_touch_read(mem, t->touch.p, t->touch.n, "touch", &touch, &diag, &err));
	RUN(vrd_episodes_count(mem, t->rows.p, t->rows.n, &options, out, &diag, &err));
}

// --- the model ----------------------------------------------------------------------------------

// Leaves of all tables: "service;set" as one text.
typedef struct {
	vrd_intern leaves;
	size_t *service_of;
} leaf_list;

static void collect_leaves(vrd_arena *mem, const vrd_episodes counts[N_TABLES], leaf_list *out,
                           uint32_t *leaf_of[N_TABLES]) {
	vrd_buf text = {0};
	size_t most = 0;
	for (size_t i = 0; i < N_TABLES; i++)
		most += counts[i].n_codes[VRD_CELL_SERVICE] * counts[i].n_sets;
	out->service_of = room(mem, most, sizeof *out->service_of);
	for (size_t i = 0; i < N_TABLES; i++) {
		const vrd_episodes *c = &counts[i];
		leaf_of[i] = room(mem, c->n_codes[VRD_CELL_SERVICE] * c->n_sets, sizeof **leaf_of);
		for (size_t j = 0; j < c->n_cells; j++) {
			const size_t k = c->cells[j].at[VRD_CELL_SERVICE], set = c->cells[j].set;
			uint32_t *leaf = &leaf_of[i][k * c->n_sets + set];
			if (*leaf)
				continue;
			vrd_buf_reset(&text);
			vrd_buf_printf(&text, "%s;%s", c->codes[VRD_CELL_SERVICE][k], c->sets[set]);
			RUN(vrd_intern_add(&out->leaves, mem, (vrd_str){text.p, text.n}, leaf, NULL,
			                   &err));
			out->service_of[*leaf] =
			        (size_t)strtoul(c->codes[VRD_CELL_SERVICE][k] + 1, NULL, 10);
			(*leaf)++; // 0: not seen
		}
	}
	vrd_buf_free(&text);
}

static const vrd_dim *ages(vrd_arena *mem, int width) {
	const char *codes[N_AGES];
	const vrd_dim *dim;
	size_t n = 0;
	for (int from = 0; from < N_AGES; from += width)
		codes[n++] =
		        vrd_age_code(mem, (vrd_age){from, from + width < N_AGES ? from + width - 1
		                                                                : VRD_AGE_MAX});
	RUN(vrd_dim_of_codes(mem, "age", n, codes, &dim, &err));
	return dim;
}

// The counts as one cube.
static void make_activity(vrd_arena *mem, const vrd_episodes counts[N_TABLES], leaf_list *leaves,
                          const vrd_dim *area, const vrd_dim *sex, const vrd_dim *age,
                          vrd_cube *out) {
	uint32_t *leaf_of[N_TABLES];
	const vrd_dim *service, *care, *measure, *year;
	collect_leaves(mem, counts, leaves, leaf_of);
	RUN(vrd_dim_of_codes(mem, "service", leaves->leaves.n, leaves->leaves.texts, &service,
	                     &err));
	RUN(vrd_dim_of_codes(mem, "care", N_CARES, cares, &care, &err));
	RUN(vrd_dim_of_codes(mem, "measure", 2, (const char *[]){"contacts", "bed_days"}, &measure,
	                     &err));
	RUN(vrd_dim_of_years(mem, FIRST_YEAR, FIRST_YEAR, &year, &err));
	const vrd_dim *dims[] = {area, sex, age, service, care, measure, year};
	RUN(vrd_cube_new(mem, 7, dims, out, &err));
	for (size_t t = 0; t < N_TABLES; t++) {
		const vrd_episodes *c = &counts[t];
		for (size_t i = 0; i < c->n_cells; i++) {
			const vrd_episode_cell *cell = &c->cells[i];
			size_t at = 0;
			for (size_t d = 0; d < VRD_CELL_YEAR; d++) {
				const size_t code =
				        d == VRD_CELL_SERVICE
				                ? leaf_of[t][cell->at[d] * c->n_sets + cell->set] -
				                          1
				                : vrd_dim_find_text(dims[d],
				                                    c->codes[d][cell->at[d]]);
				at += code * out->stride[d];
			}
			out->values[at] += cell->contacts;
			out->values[at + out->stride[5]] += cell->bed_days;
		}
	}
}

// People by area, sex and age that grow, the old more than the young.
static void make_people(vrd_arena *mem, const vrd_dim *area, const vrd_dim *sex, const vrd_dim *age,
                        vrd_cube *base, vrd_cube *exposure) {
	const vrd_dim *year, *years, *variant;
	RUN(vrd_dim_of_years(mem, FIRST_YEAR, FIRST_YEAR, &year, &err));
	RUN(vrd_dim_of_years(mem, FIRST_YEAR, LAST_YEAR, &years, &err));
	RUN(vrd_dim_of_codes(mem, "variant", 1, (const char *[]){"MMMM"}, &variant, &err));
	RUN(vrd_cube_new(mem, 4, (const vrd_dim *[]){area, sex, age, year}, base, &err));
	RUN(vrd_cube_new(mem, 5, (const vrd_dim *[]){variant, area, sex, age, years}, exposure,
	                 &err));
	for (size_t i = 0; i < base->n_cells; i++)
		base->values[i] = 500;
	for (size_t i = 0; i < exposure->n_cells; i++)
		exposure->values[i] =
		        500 * (1 + 0.0002 * (double)(i % N_YEARS) * (double)(i / N_YEARS % N_AGES));
}

static const bool *only(vrd_arena *mem, size_t n, size_t at) {
	bool *out = room(mem, n, sizeof *out);
	out[at] = true;
	return out;
}

static bool has_measure(const char *leaf, size_t measure) {
	char name[16];
	vrd_str rest = vrd_str_of(leaf), part;
	snprintf(name, sizeof name, "m%zu", measure);
	(void)vrd_str_split(&rest, ';', &part); // the service
	while (vrd_str_split(&rest, ';', &part))
		if (vrd_str_is(part, name))
			return true;
	return false;
}

// 92 avoidances of rows; then growths, stays and shifts of one service each, some of an age band.
static void make_rule(vrd_arena *mem, const vrd_model *m, const leaf_list *leaves, size_t i,
                      vrd_assumption *a) {
	const vrd_demand *d = &m->demand;
	const size_t kind = i < N_MEASURES ? 0 : 1 + i % 3;
	static const vrd_kind of[] = {VRD_AVOID, VRD_GROWTH, VRD_LENGTH_OF_STAY, VRD_SHIFT};
	bool *services = room(mem, d->n_service, sizeof *services);
	double lower, upper;
	*a = (vrd_assumption){
	        .id = vrd_arena_printf(mem, "rule-%zu", i),
	        .kind = of[kind],
	        .phasing = {.curve = VRD_PHASE_LINEAR, .start = FIRST_YEAR, .end = LAST_YEAR},
	        .group = VRD_NO_GROUP,
	        .to = VRD_LEAVES,
	        .service = services};
	for (size_t k = 0; k < d->n_service; k++)
		services[k] = i < N_MEASURES ? has_measure(leaves->leaves.texts[k], i)
		                             : leaves->service_of[k] == i % N_SERVICES;
	if (kind == 1)
		a->band = only(mem, d->n_band, i % d->n_band);
	if (kind == 2)
		a->care = only(mem, N_CARES, i % 2);
	if (kind == 3) {
		a->care = only(mem, N_CARES, 3);
		a->band = only(mem, d->n_band, i / 7 % d->n_band);
		a->to = 4;
		a->conversion = 1;
		a->removed = VRD_REMOVED_MEAN;
	}
	vrd_kind_bounds(a->kind, &lower, &upper);
	upper = kind == 3 ? 0.05 : upper;
	RUN(vrd_dist_fit(VRD_DIST_TRUNCNORM, 0.005, NAN, 0.02, lower, upper, &a->dist, &err));
}

static void make_maps(vrd_arena *mem, vrd_model *m) {
	const vrd_demand *d = &m->demand;
	size_t *first = room(mem, N_AREAS + 1, sizeof *first),
	       *unit = room(mem, N_AREAS, sizeof *unit);
	double *weight = room(mem, N_AREAS, sizeof *weight);
	double *kappa = room(mem, d->n_service, sizeof *kappa),
	       *share = room(mem, 1, sizeof *share);
	size_t *home = room(mem, N_AREAS, sizeof *home);
	vrd_membership *map = room(mem, 1, sizeof *map);
	for (size_t g = 0; g < N_AREAS; g++) {
		first[g + 1] = g + 1;
		unit[g] = g;
		weight[g] = 1;
		home[g] = VRD_NONE;
	}
	share[0] = 1;
	*map = (vrd_membership){first, unit, weight};
	m->unit = d->area;
	m->n_maps = 1;
	m->maps = map;
	m->map_at = room(mem, d->n_service * d->n_year, sizeof *m->map_at);
	m->map_base = room(mem, d->n_service, sizeof *m->map_base);
	m->kappa = kappa;
	m->home = home;
	m->variant_weight = share;
}

static void make_model(vrd_arena *mem, const vrd_episodes counts[N_TABLES], int width,
                       vrd_model *m) {
	static const int bands[] = {0, 18, 50, 65, 80}, base_year[] = {FIRST_YEAR};
	leaf_list leaves = {0};
	vrd_cube activity, base, exposure;
	const vrd_dim *area = numbered(mem, "area", N_AREAS, "a"), *sex;
	const vrd_dim *age = ages(mem, width), *years_of_age = ages(mem, 1);
	RUN(vrd_dim_of_codes(mem, "sex", 2, (const char *[]){"F", "M"}, &sex, &err));
	make_activity(mem, counts, &leaves, area, sex, age, &activity);
	make_people(mem, area, sex, years_of_age, &base, &exposure);
	const vrd_demand_input in = {.activity = &activity,
	                             .base_exposure = &base,
	                             .exposure = &exposure,
	                             .n_base = 1,
	                             .base_years = base_year,
	                             .n_band = 5,
	                             .band_from = bands};
	*m = (vrd_model){.planned_map = true, .los_cv = 1, .n_assumptions = N_RULES};
	RUN(vrd_demand_compute(mem, &in, &m->demand, NULL, NULL, &err));
	make_maps(mem, m);
	m->service = numbered(mem, "service", N_SERVICES, "k");
	m->service_of = leaves.service_of;
	vrd_assumption *rules = room(mem, N_RULES, sizeof *rules);
	for (size_t i = 0; i < N_RULES; i++)
		make_rule(mem, m, &leaves, i, &rules[i]);
	m->assumptions = rules;
	vrd_diag diag;
	vrd_diag_init(&diag, mem, 0);
	vrd_model_check(m, "bench", &diag);
	need(diag.n_errors == 0, "the model has errors");
}

static void add_mean(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                     double *scratch) {
	double *mean = context;
	if (draws && key->service == N_SERVICES && key->care == N_CARES && key->place == N_AREAS &&
	    key->year == N_YEARS - 1 && key->measure == VRD_CONTACTS)
		*mean = vrd_summarise(draws, n, scratch).mean;
}

static double draw(const vrd_model *m, bool path) {
	bool years[N_YEARS] = {[N_YEARS - 1] = true};
	double mean = 0;
	const vrd_view view = {.axis = VRD_BY_UNIT,
	                       .sums = true,
	                       .measures = {true, true},
	                       .years = path ? NULL : years};
	RUN(vrd_kernel_run(m, &(vrd_draws){.n = N_DRAWS, .seed = 1}, &view, add_mean, &mean, NULL,
	                   NULL, NULL, &err));
	return mean;
}

// --- all ----------------------------------------------------------------------------------------

typedef enum { STAYS, COUNT, HORIZON, PATH, SINGLE } bench_case;

static void run_case(const char *name, bench_case which) {
	table tables[N_TABLES] = {{{0}, {0}}};
	vrd_episodes counts[N_TABLES];
	vrd_arena mem = {0};
	vrd_model model;
	const size_t n = which == STAYS ? 1 : N_TABLES;
	const int width = which == SINGLE ? 1 : 5;
	for (size_t i = 0; i < n; i++)
		make_table(i, &tables[i]);
	const stopwatch since = start();
	for (size_t i = 0; i < n; i++)
		count_table(&mem, i, &tables[i], width, &counts[i]);
	const double counted = elapsed(since).wall;
	if (which >= HORIZON) {
		make_model(&mem, counts, width, &model);
		const double modelled = elapsed(since).wall;
		const double mean = draw(&model, which == PATH);
		print(name, "seconds_counting", counted, "s");
		print(name, "seconds_model", modelled - counted, "s");
		print(name, "row_sets", (double)model.demand.n_service, "services and sets");
		print(name, "mean", mean, "contacts in the last year");
	}
	print(name, "seconds", elapsed(since).wall, "s");
	print_peak(name);
	vrd_arena_clear(&mem);
	for (size_t i = 0; i < n; i++) {
		vrd_buf_free(&tables[i].rows);
		vrd_buf_free(&tables[i].touch);
	}
}

int main(int argc, char **argv) {
	static const char *const names[] = {"rows_stays", "rows_count", "rows_horizon", "rows_path",
	                                    "rows_single"};
	int worst = 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		bool chosen = argc < 2;
		int status = 0;
		for (int j = 1; j < argc; j++)
			chosen = chosen || strcmp(argv[j], names[i]) == 0;
		if (!chosen)
			continue;
		const pid_t child = fork(); // each has a peak of memory of its own
		if (child == 0) {
			run_case(names[i], (bench_case)i);
			_exit(0);
		}
		need(child > 0 && waitpid(child, &status, 0) == child, "no process");
		if (status != 0)
			worst = 1;
	}
	return worst;
}
