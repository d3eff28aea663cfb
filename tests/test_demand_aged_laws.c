// Healthy ageing against loops written straight from docs/methods.md section 4, and what must not
// change by a bit.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "demand_world.h"

enum { MAX_TOP = 106, MAX_SHARES = 4 };

// --- generated worlds ---------------------------------------------------------------------------

// Model areas share the rates of coarser areas; the young may be one group, the activity is in runs
// of population ages. Year 0 of the results has no added years, and share 0 is 0.
typedef struct {
	vrd_demand_input in;
	vrd_cube activity, base, people, base_births, births, added;
	size_t n_area, n_rate_area, top, n_age, n_class, n_rate_sex, n_service, n_care, n_variant,
	        n_year;
	size_t rate_area[4], age_of[MAX_TOP], class_of[MAX_TOP];
	int band_from[MAX_TOP];
	bool births_driven[4], by_sex;
	double share[MAX_SHARES];
} old_world;

// Single years, or one group of the young before them; groups of the activity, which begin at
// `first`, and bands, both of whole population ages.
static void make_ages(prop_gen *gen, old_world *w, size_t *first) {
	static const size_t tops[] = {90, 95, 105};
	const size_t young = prop_chance(gen, 0.3) ? 40 : 1;
	const double fine = prop_unit(gen);
	w->top = tops[prop_below(gen, 3)];
	for (size_t age = 0; age <= w->top; age++)
		if (age == 0 || age >= young)
			w->age_of[w->n_age++] = age;
	for (size_t i = 0; i < w->n_age; i++) {
		if (i == 0 || prop_chance(gen, fine))
			first[w->n_class++] = w->age_of[i];
		w->class_of[i] = w->n_class - 1;
		if (i == 0 || prop_chance(gen, 0.05))
			w->band_from[w->in.n_band++] = (int)w->age_of[i];
	}
}

static void fill_old_world(prop_gen *gen, old_world *w) {
	vrd_arena *m = &gen->mem;
	const vrd_dim *base_year, *year;
	OK(vrd_dim_of_years(m, 2024, 2024, &base_year, &err));
	OK(vrd_dim_of_years(m, 2030, 2029 + (int)w->n_year, &year, &err));
	size_t first[MAX_TOP];
	make_ages(gen, w, first);
	const vrd_dim *class = ages_of(gen, first, w->n_class);
	const vrd_dim *age = ages_of(gen, w->age_of, w->n_age);
	const vrd_dim *sex = dim_of(m, "sex", 2, (const char *[]){"F", "M"});
	const vrd_dim *rate_sex = w->n_rate_sex == 2
	                                  ? dim_of(m, "sex", 2, (const char *[]){"M", "F"})
	                                  : dim_of(m, "sex", 1, (const char *[]){"all"});
	const vrd_dim *measure = dim_of(m, "measure", 2, (const char *[]){"bed_days", "contacts"});
	const vrd_dim *area = coded(m, "area", w->n_area, "a");
	const vrd_dim *variant = coded(m, "variant", w->n_variant, "v");
	w->activity =
	        filled(gen, 7,
	               (const vrd_dim *[]){coded(m, "area", w->n_rate_area, "a"), rate_sex, class,
	                                   coded(m, "service", w->n_service, "s"),
	                                   coded(m, "care", w->n_care, "c"), measure, base_year},
	               -20, 50);
	for (size_t i = 0; i < w->activity.n_cells; i++) // many are empty
		w->activity.values[i] = fmax(0, w->activity.values[i]);
	w->base = filled(gen, 4, (const vrd_dim *[]){area, sex, age, base_year}, 1, 1000);
	w->people = filled(gen, 5, (const vrd_dim *[]){variant, area, sex, age, year}, 0, 1000);
	w->base_births = filled(gen, 2, (const vrd_dim *[]){area, base_year}, 1, 100);
	w->births = filled(gen, 3, (const vrd_dim *[]){variant, area, year}, 0, 100);
	w->added = w->by_sex ? filled(gen, 2, (const vrd_dim *[]){sex, year}, -2, 5)
	                     : filled(gen, 1, (const vrd_dim *[]){year}, -2, 5);
	for (size_t i = 0; i < w->added.n_cells; i++)
		w->added.values[i] = i % w->n_year ? w->added.values[i] + prop_unit(gen) : 0;
}

static void make_old_world(prop_gen *gen, old_world *w) {
	*w = (old_world){.n_area = 1 + prop_below(gen, 3),
	                 .n_rate_sex = 1 + prop_below(gen, 2),
	                 .n_service = 1 + prop_below(gen, 3),
	                 .n_care = 1 + prop_below(gen, 2),
	                 .n_variant = 1 + prop_below(gen, 2),
	                 .n_year = 2 + prop_below(gen, 2),
	                 .by_sex = prop_chance(gen, 0.5)};
	w->n_rate_area = 1 + prop_below(gen, w->n_area);
	for (size_t g = 0; g < w->n_area; g++)
		w->rate_area[g] = g < w->n_rate_area ? g : prop_below(gen, w->n_rate_area);
	for (size_t k = 0; k < w->n_service; k++)
		w->births_driven[k] = prop_chance(gen, 0.2);
	for (size_t i = 1; i < MAX_SHARES; i++)
		w->share[i] = 2 * prop_unit(gen) - 1;
	fill_old_world(gen, w);
	w->in.activity = &w->activity;
	w->in.base_exposure = &w->base;
	w->in.exposure = &w->people;
	w->in.rate_area = w->rate_area;
	w->in.base_births = &w->base_births;
	w->in.births = &w->births;
	w->in.births_driven = w->births_driven;
	w->in.n_base = 1;
	w->in.base_years = year_2024;
	w->in.band_from = w->band_from;
	w->in.n_aged = MAX_SHARES;
	w->in.aged_share = w->share;
	w->in.added_years = &w->added;
}

static double ramp(size_t age) {
	return fmax(0, fmin(1, ((double)age - 55) / 10));
}

// x and people of an area (VRD_NONE: of the region) that share a rate.
static void rate_of(const old_world *w, size_t area, size_t sex, size_t class, const size_t pair[3],
                    double *x, double *n) {
	*x = *n = 0;
	for (size_t a = 0; a < w->n_rate_area; a++)
		if (area == VRD_NONE || a == area)
			*x += w->activity.values[vrd_cube_position(
			        &w->activity,
			        (size_t[]){a, sex, class, pair[0], pair[1], pair[2], 0})];
	for (size_t g = 0; g < w->n_area; g++)
		for (size_t s = 0; s < 2; s++)
			for (size_t i = 0; i < w->n_age; i++)
				if ((area == VRD_NONE || w->rate_area[g] == area) &&
				    (w->n_rate_sex == 1 ? 0 : 1 - s) == sex &&
				    w->class_of[i] == class)
					*n += w->base.values[vrd_cube_position(
					        &w->base, (size_t[]){g, s, i, 0})];
}

static double smoothed(const old_world *w, size_t sex, const size_t pair[3], size_t year) {
	double raw[MAX_TOP], x, n;
	size_t half = 2;
	while (half > year || year + half > w->top)
		half--;
	double sum = 0;
	for (size_t a = year - half; a <= year + half; a++) {
		size_t i = w->n_age - 1;
		while (w->age_of[i] > a)
			i--;
		rate_of(w, VRD_NONE, sex, w->class_of[i], pair, &x, &n);
		raw[a] = x / n;
		sum += raw[a];
	}
	return sum / (double)(2 * half + 1);
}

static double factor(const old_world *w, size_t s, const size_t pair[3], size_t age, double moved) {
	const size_t sex = w->n_rate_sex == 1 ? 0 : 1 - s;
	const double here = smoothed(w, sex, pair, age);
	const double at = fmax(0, fmin((double)w->top, (double)age - moved));
	const size_t left = (size_t)floor(at), right = left < w->top ? left + 1 : left;
	const double part = at - (double)left;
	return here > 0 ? ((1 - part) * smoothed(w, sex, pair, left) +
	                   part * smoothed(w, sex, pair, right)) /
	                          here
	                : 1;
}

static double naive(const old_world *w, size_t g, size_t b, const size_t pair[3], size_t v,
                    size_t t, double share) {
	double sum = 0, x, n;
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < w->n_age; i++) {
			const int age = (int)w->age_of[i];
			if (age < w->band_from[b] ||
			    (b + 1 < w->in.n_band && age >= w->band_from[b + 1]))
				continue;
			const double added = w->added.values[w->by_sex ? s * w->n_year + t : t];
			const double moved = share * ramp(w->age_of[i]) * added;
			rate_of(w, w->rate_area[g], w->n_rate_sex == 1 ? 0 : 1 - s, w->class_of[i],
			        pair, &x, &n);
			if (x > 0)
				sum += x / n * factor(w, s, pair, w->age_of[i], moved) *
				       w->people.values[vrd_cube_position(
				               &w->people, (size_t[]){v, g, s, i, t})];
		}
	return sum;
}

static bool agrees_with_loops(prop_gen *gen) {
	old_world w;
	vrd_demand d;
	make_old_world(gen, &w);
	OK(vrd_demand_compute(&gen->mem, &w.in, &d, NULL, NULL, &err));
	const size_t n_cells =
	        w.n_area * w.in.n_band * w.n_service * w.n_care * w.n_variant * w.n_year;
	const size_t i = prop_below(gen, MAX_SHARES), t = w.n_year - 1, v = w.n_variant - 1;
	EACH_STRATUM(&w, g, b, k, m)
	for (size_t measure = 0; measure < 2 && !w.births_driven[k]; measure++) {
		const double *values = measure ? d.aged_contacts : d.aged_bed_days;
		const double got = values[i * n_cells + vrd_demand_cell(&d, g, b, k, m, v, t)];
		const double wanted = naive(&w, g, b, (size_t[]){k, m, measure}, v, t, w.share[i]);
		PROP_HOLDS(gen, distance(got, wanted) < 1e-11, "%.17g, %.17g", got, wanted);
	}
	return true;
}

static void aged_demand_is_what_loops_over_cells_give(void **state) {
	(void)state;
	prop_check("aged demand = loops over cells", agrees_with_loops, 60, 8);
}

// Share 0, the year without added years, services driven by births and the young: every bit, under
// every policy.
static bool what_does_not_move_is_equal(prop_gen *gen) {
	old_world w;
	vrd_demand d, plain;
	make_old_world(gen, &w);
	w.in.shrink = prop_chance(gen, 0.3);
	if (prop_chance(gen, 0.5)) {
		w.in.zero = prop_chance(gen, 0.5) ? VRD_ZERO_HOLD : VRD_ZERO_SCALE;
		w.in.n_band = 1; // what nobody lives in cannot be divided
		for (size_t i = 0; i < w.base.n_cells; i++)
			if (prop_chance(gen, 0.4))
				w.base.values[i] = 0;
	}
	OK(vrd_demand_compute(&gen->mem, &w.in, &d, NULL, NULL, &err));
	w.in.n_aged = 0;
	OK(vrd_demand_compute(&gen->mem, &w.in, &plain, NULL, NULL, &err));
	const size_t n_cells =
	        w.n_area * w.in.n_band * w.n_service * w.n_care * w.n_variant * w.n_year;
	PROP_HOLDS(gen, memcmp(d.contacts, plain.contacts, n_cells * sizeof(double)) == 0, "%s",
	           "unaged contacts");
	PROP_HOLDS(gen, memcmp(d.bed_days, plain.bed_days, n_cells * sizeof(double)) == 0, "%s",
	           "unaged bed days");
	EACH_STRATUM(&w, g, b, k, m)
	for (size_t i = 0; i < MAX_SHARES * w.n_variant * w.n_year; i++) {
		const size_t share = i / (w.n_variant * w.n_year), v = i / w.n_year % w.n_variant;
		const size_t t = i % w.n_year, at = vrd_demand_cell(&d, g, b, k, m, v, t);
		const bool young = b + 1 < w.in.n_band && w.band_from[b + 1] <= 56;
		const double contacts = d.aged_contacts[share * n_cells + at];
		const double days = d.aged_bed_days[share * n_cells + at];
		PROP_HOLDS(gen, contacts >= 0 && days >= 0, "%g, %g", contacts, days);
		if (w.share[share] == 0 || t == 0 || w.births_driven[k] ||
		    (young && w.in.zero != VRD_ZERO_SCALE))
			PROP_HOLDS(gen, contacts == d.contacts[at] && days == d.bed_days[at],
			           "%.17g, %.17g; %.17g, %.17g", contacts, d.contacts[at], days,
			           d.bed_days[at]);
	}
	return true;
}

static void what_does_not_move_is_equal_to_the_bit(void **state) {
	(void)state;
	prop_check("what does not move is equal", what_does_not_move_is_equal, 150, 8);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(aged_demand_is_what_loops_over_cells_give),
	        cmocka_unit_test(what_does_not_move_is_equal_to_the_bit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
