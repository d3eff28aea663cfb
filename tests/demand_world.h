// Small worlds of population and activity for tests of demand, written or generated, and loops over
// the cells of those.
//
// Include after cmocka.h. Everything belongs to the arena of the generator.
#pragma once

#include "activity/demand.h"
#include "population/age.h"
#include "prop.h"
#include "tabular.h"

#define WRONG 1e-12 // relative

static const int year_2024[] = {2024};

static inline const vrd_dim *dim_of(vrd_arena *m, const char *name, size_t n,
                                    const char *const *codes) {
	const vrd_dim *dim;
	OK(vrd_dim_of_codes(m, name, n, codes, &dim, &err));
	return dim;
}

// Demand of 2024 in one band, from rows as text.
static inline vrd_demand_input input_of(vrd_arena *m, const char *activity, const char *base,
                                        const char *people) {
	static const int one_band[] = {0};
	vrd_cube *cubes = vrd_arena_alloc(m, 3, sizeof *cubes);
	assert_non_null(cubes);
	cubes[0] = cube_of(m, activity);
	cubes[1] = cube_of(m, base);
	cubes[2] = cube_of(m, people);
	return (vrd_demand_input){.activity = &cubes[0],
	                          .base_exposure = &cubes[1],
	                          .exposure = &cubes[2],
	                          .n_base = 1,
	                          .base_years = year_2024,
	                          .n_band = 1,
	                          .band_from = one_band};
}

static inline double distance(double a, double b) {
	const double size = fmax(fabs(a), fabs(b));
	return size > 0 ? fabs(a - b) / size : 0;
}

enum { MAX_AGE = 8, MAX_BASE = 3 };

// Model areas share the rates of coarser areas; activity ages are runs of population ages.
typedef struct {
	vrd_demand_input in;
	vrd_cube activity, base, people, base_births, births;
	size_t n_area, n_rate_area, n_age, n_class, n_rate_sex, n_service, n_care, n_variant,
	        n_year;
	size_t rate_area[8], class_of[MAX_AGE];
	int base_years[MAX_BASE], band_from[MAX_AGE];
	bool births_driven[4];
} world;

static inline const vrd_dim *coded(vrd_arena *m, const char *name, size_t n, const char *prefix) {
	const char *codes[32];
	const vrd_dim *dim;
	for (size_t i = 0; i < n; i++)
		codes[i] = vrd_arena_printf(m, "%s%zu", prefix, i);
	OK(vrd_dim_of_codes(m, name, n, codes, &dim, &err));
	return dim;
}

static inline vrd_cube filled(prop_gen *gen, size_t n, const vrd_dim *const *dims, int least,
                              int most) {
	vrd_cube cube;
	OK(vrd_cube_new(&gen->mem, n, dims, &cube, &err));
	for (size_t i = 0; i < cube.n_cells; i++)
		cube.values[i] = prop_whole(gen, least, most);
	return cube;
}

// Age groups that begin at `first`; the last is open.
static inline const vrd_dim *ages_of(prop_gen *gen, const size_t *first, size_t n) {
	const char *codes[VRD_AGE_MAX];
	const vrd_dim *dim;
	for (size_t c = 0; c < n; c++) {
		const int from = (int)first[c];
		const int to = c + 1 == n ? VRD_AGE_MAX : (int)first[c + 1] - 1;
		codes[c] = vrd_age_code(&gen->mem, (vrd_age){from, to});
	}
	OK(vrd_dim_of_codes(&gen->mem, "age", n, codes, &dim, &err));
	return dim;
}

static inline void make_world(prop_gen *gen, world *w) {
	vrd_arena *m = &gen->mem;
	*w = (world){.n_area = 1 + prop_below(gen, 6),
	             .n_age = 1 + prop_below(gen, MAX_AGE),
	             .n_rate_sex = 1 + prop_below(gen, 2),
	             .n_service = 1 + prop_below(gen, 3),
	             .n_care = 1 + prop_below(gen, 3),
	             .n_variant = 1 + prop_below(gen, 3),
	             .n_year = 1 + prop_below(gen, 3)};
	size_t single[MAX_AGE], first[MAX_AGE];
	bool births = false;
	for (size_t k = 0; k < w->n_service; k++) {
		w->births_driven[k] = prop_chance(gen, 0.3);
		births = births || w->births_driven[k];
	}
	for (size_t i = 0; i < w->n_age; i++) {
		single[i] = i;
		if (i == 0 || prop_chance(gen, 0.6))
			first[w->n_class++] = i;
		w->class_of[i] = w->n_class - 1;
		const bool divided = births && i > 0 && w->class_of[i - 1] == w->class_of[i];
		if (i == 0 || (prop_chance(gen, 0.4) && !divided)) // births have no ages to divide
			w->band_from[w->in.n_band++] = (int)i;
	}
	w->n_rate_area = 1 + prop_below(gen, w->n_area);
	for (size_t g = 0; g < w->n_area; g++)
		w->rate_area[g] = g < w->n_rate_area ? g : prop_below(gen, w->n_rate_area);
	w->in.n_base = 1 + prop_below(gen, MAX_BASE);
	for (size_t y = 0; y < w->in.n_base; y++)
		w->base_years[y] = 2020 + (int)y;
	const vrd_dim *base_year, *year, *sex, *rate_sex, *measure;
	OK(vrd_dim_of_years(m, 2019, 2024, &base_year, &err));
	OK(vrd_dim_of_years(m, 2030, 2029 + (int)w->n_year, &year, &err));
	OK(vrd_dim_of_codes(m, "sex", 2, (const char *[]){"F", "M"}, &sex, &err));
	OK(vrd_dim_of_codes(m, "sex", w->n_rate_sex,
	                    w->n_rate_sex == 2 ? (const char *[]){"M", "F"}
	                                       : (const char *[]){"all", ""},
	                    &rate_sex, &err));
	OK(vrd_dim_of_codes(m, "measure", 2, (const char *[]){"bed_days", "contacts"}, &measure,
	                    &err));
	const vrd_dim *area = coded(m, "area", w->n_area, "g");
	const vrd_dim *rate_area = coded(m, "area", w->n_rate_area, "r");
	const vrd_dim *age = ages_of(gen, single, w->n_age);
	const vrd_dim *class = ages_of(gen, first, w->n_class);
	const vrd_dim *service = coded(m, "service", w->n_service, "k");
	const vrd_dim *care = coded(m, "care", w->n_care, "m");
	const vrd_dim *variant = coded(m, "variant", w->n_variant, "v");
	w->activity = filled(
	        gen, 7,
	        (const vrd_dim *[]){rate_area, rate_sex, class, service, care, measure, base_year},
	        0, 50);
	w->base = filled(gen, 4, (const vrd_dim *[]){area, sex, age, base_year}, 1, 1000);
	w->people = filled(gen, 5, (const vrd_dim *[]){variant, area, sex, age, year}, 0, 1000);
	w->base_births = filled(gen, 2, (const vrd_dim *[]){area, base_year}, 1, 100);
	w->births = filled(gen, 3, (const vrd_dim *[]){variant, area, year}, 0, 100);
	w->in.activity = &w->activity;
	w->in.base_exposure = &w->base;
	w->in.exposure = &w->people;
	w->in.rate_area = w->rate_area;
	w->in.base_births = &w->base_births;
	w->in.births = &w->births;
	w->in.births_driven = w->births_driven;
	w->in.base_years = w->base_years;
	w->in.band_from = w->band_from;
}

static inline double mean_over_base(const world *w, const vrd_cube *cube, size_t *index, size_t n) {
	double sum = 0;
	for (size_t y = 0; y < w->in.n_base; y++) {
		index[n - 1] = (size_t)(w->base_years[y] - 2019);
		sum += cube->values[vrd_cube_position(cube, index)];
	}
	return sum / (double)w->in.n_base;
}

static inline size_t rate_sex_of(const world *w, size_t s) {
	return w->n_rate_sex == 1 ? 0 : 1 - s; // F, M against M, F
}

static inline double mean_activity_of(const world *w, size_t a, size_t s, size_t c, size_t k,
                                      size_t m, size_t measure) {
	return mean_over_base(w, &w->activity, (size_t[]){a, s, c, k, m, measure, 0}, 7);
}

// People of activity area a who share a rate, in the base years.
static inline double people_of_rate(const world *w, size_t a, size_t sex, size_t c) {
	double sum = 0;
	for (size_t g = 0; g < w->n_area; g++)
		for (size_t s = 0; s < 2; s++)
			for (size_t i = 0; i < w->n_age; i++)
				if (w->rate_area[g] == a && rate_sex_of(w, s) == sex &&
				    w->class_of[i] == c)
					sum += mean_over_base(w, &w->base, (size_t[]){g, s, i, 0},
					                      4);
	return sum;
}

static inline size_t band_of(const world *w, size_t age) {
	size_t b = 0;
	while (b + 1 < w->in.n_band && w->band_from[b + 1] <= (int)age)
		b++;
	return b;
}

static inline double births_of_rate_area(const world *w, size_t a) {
	double sum = 0;
	for (size_t g = 0; g < w->n_area; g++)
		if (w->rate_area[g] == a)
			sum += mean_over_base(w, &w->base_births, (size_t[]){g, 0}, 2);
	return sum;
}

#define EACH_STRATUM(w, g, b, k, m)                                                                \
	for (size_t g = 0; g < (w)->n_area; g++)                                                   \
		for (size_t b = 0; b < (w)->in.n_band; b++)                                        \
			for (size_t k = 0; k < (w)->n_service; k++)                                \
				for (size_t m = 0; m < (w)->n_care; m++)
