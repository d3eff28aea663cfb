// Contacts expected at the region's rates (indirect standardisation) and people by band, against
// hand calculation and loops.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "demand_world.h"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

// Areas a and b: 100 and 300 young, 200 and 50 old.
#define STAYS                                                                                      \
	"area,sex,age,service,care,measure,year,value\n"                                           \
	"a,all,0-59,k,m,contacts,2024,10\na,all,60+,k,m,contacts,2024,60\n"                        \
	"b,all,0-59,k,m,contacts,2024,70\nb,all,60+,k,m,contacts,2024,15\n"
#define PEOPLE                                                                                     \
	"area,sex,age,year,value\n"                                                                \
	"a,F,0-59,2024,100\na,F,60+,2024,200\nb,F,0-59,2024,300\nb,F,60+,2024,50\n"
#define LATER                                                                                      \
	"variant,area,sex,age,year,value\n"                                                        \
	"x,a,F,0-59,2030,110\nx,a,F,60+,2030,220\nx,b,F,0-59,2030,330\nx,b,F,60+,2030,55\n"

static vrd_demand_input input_in_two_bands(const char *base) {
	static const int two_bands[] = {0, 60};
	vrd_demand_input in = input_of(&mem, STAYS, base, LATER);
	in.n_band = 2;
	in.band_from = two_bands;
	return in;
}

static double expected_at(const vrd_demand *d, size_t g, size_t b) {
	return d->expected[vrd_demand_stratum(d, g, b, 0, 0)];
}

// Rates of the region: 80/400 young, 75/250 old.
static void contacts_are_expected_at_the_regions_rates(void **state) {
	(void)state;
	vrd_demand_input in = input_in_two_bands(PEOPLE);
	vrd_demand d;
	OK(vrd_demand_compute(&mem, &in, &d, NULL, NULL, &err));
	NEAR(expected_at(&d, 0, 0), 100 * 0.2, 1e-12);
	NEAR(expected_at(&d, 0, 1), 200 * 0.3, 1e-12);
	NEAR(expected_at(&d, 1, 0), 300 * 0.2, 1e-12);
	NEAR(expected_at(&d, 1, 1), 50 * 0.3, 1e-12);
	in.shrink = true; // moves the areas' rates, not the region's
	OK(vrd_demand_compute(&mem, &in, &d, NULL, NULL, &err));
	NEAR(expected_at(&d, 0, 0), 100 * 0.2, 1e-12);
	NEAR(expected_at(&d, 1, 1), 50 * 0.3, 1e-12);
}

static void people_are_counted_by_band(void **state) {
	(void)state;
	const vrd_demand_input in = input_in_two_bands(PEOPLE);
	vrd_demand d;
	OK(vrd_demand_compute(&mem, &in, &d, NULL, NULL, &err));
	static const double wanted[] = {110, 220, 330, 55};
	for (size_t i = 0; i < 4; i++)
		NEAR(d.people[i], wanted[i], 0);
	NEAR(d.persons[0], 330, 0);
	NEAR(d.persons[1], 385, 0);
}

// 150 contacts: 30 of 120 births are in a.
static void services_driven_by_births_are_expected_by_births(void **state) {
	(void)state;
	vrd_demand_input in = input_in_two_bands(PEOPLE);
	const vrd_cube base = cube_of(&mem, "area,year,value\na,2024,30\nb,2024,90\n");
	const vrd_cube births =
	        cube_of(&mem, "variant,area,year,value\nx,a,2030,60\nx,b,2030,60\n");
	in.base_births = &base;
	in.births = &births;
	in.births_driven = (const bool[]){true};
	vrd_demand d;
	OK(vrd_demand_compute(&mem, &in, &d, NULL, NULL, &err));
	NEAR(expected_at(&d, 0, 0), 80 * 0.25, 1e-12);
	NEAR(expected_at(&d, 0, 1), 75 * 0.25, 1e-12);
	NEAR(expected_at(&d, 1, 0), 80 * 0.75, 1e-12);
	NEAR(expected_at(&d, 1, 1), 75 * 0.75, 1e-12);
}

// Nobody is old in a: its 60 old contacts have no rate, and are expected where they are.
static void activity_where_nobody_lives_is_expected_where_it_is_kept(void **state) {
	(void)state;
	vrd_demand_input in =
	        input_in_two_bands("area,sex,age,year,value\n"
	                           "a,F,0-59,2024,100\na,F,60+,2024,0\nb,F,0-59,2024,300\n"
	                           "b,F,60+,2024,50\n");
	static const vrd_zero_policy policies[] = {VRD_ZERO_HOLD, VRD_ZERO_SCALE};
	for (size_t i = 0; i < 2; i++) {
		vrd_demand d;
		in.zero = policies[i];
		OK(vrd_demand_compute(&mem, &in, &d, NULL, NULL, &err));
		NEAR(expected_at(&d, 0, 0), 100 * 0.2, 1e-12);
		NEAR(expected_at(&d, 0, 1), 60, 1e-12);
		NEAR(expected_at(&d, 1, 1), 15, 1e-12);
	}
}

// --- laws ---------------------------------------------------------------------------------------

// A third of the worlds have ages in which nobody lives somewhere.
static void make_holes(prop_gen *gen, world *w) {
	w->in.zero = prop_chance(gen, 0.5) ? VRD_ZERO_HOLD : VRD_ZERO_SCALE;
	w->in.n_band = 1; // what nobody lives in cannot be divided
	for (size_t i = 0; i < w->base.n_cells; i++)
		if (prop_chance(gen, 0.4))
			w->base.values[i] = 0;
}

static bool sums_are_what_was_observed(prop_gen *gen) {
	world w;
	vrd_demand d;
	make_world(gen, &w);
	w.in.shrink = prop_chance(gen, 0.3);
	if (prop_chance(gen, 0.3))
		make_holes(gen, &w);
	OK(vrd_demand_compute(&gen->mem, &w.in, &d, NULL, NULL, &err));
	for (size_t k = 0; k < w.n_service; k++)
		for (size_t m = 0; m < w.n_care; m++) {
			double sum = 0, observed = 0;
			for (size_t g = 0; g < w.n_area; g++)
				for (size_t b = 0; b < w.in.n_band; b++)
					sum += d.expected[vrd_demand_stratum(&d, g, b, k, m)];
			for (size_t a = 0; a < w.n_rate_area; a++)
				for (size_t s = 0; s < w.n_rate_sex; s++)
					for (size_t c = 0; c < w.n_class; c++)
						observed += mean_activity_of(&w, a, s, c, k, m, 1);
			PROP_HOLDS(gen, distance(sum, observed) < 1e-9, "%.17g, %.17g", sum,
			           observed);
		}
	return true;
}

static bool agrees_with_loops(prop_gen *gen) {
	world w;
	vrd_demand d;
	make_world(gen, &w);
	OK(vrd_demand_compute(&gen->mem, &w.in, &d, NULL, NULL, &err));
	EACH_STRATUM(&w, g, b, k, m) {
		double wanted = 0;
		for (size_t s = 0; s < 2; s++)
			for (size_t i = 0; i < w.n_age; i++) {
				const size_t c = w.class_of[i], sex = rate_sex_of(&w, s);
				double x = 0, n = 0;
				for (size_t a = 0; a < w.n_rate_area; a++) {
					x += mean_activity_of(&w, a, sex, c, k, m, 1);
					n += people_of_rate(&w, a, sex, c);
				}
				if (band_of(&w, i) == b)
					wanted += mean_over_base(&w, &w.base,
					                         (size_t[]){g, s, i, 0}, 4) *
					          x / n;
			}
		const double got = d.expected[vrd_demand_stratum(&d, g, b, k, m)];
		if (!w.births_driven[k])
			PROP_HOLDS(gen, distance(got, wanted) < WRONG, "%.17g, %.17g", got, wanted);
	}
	return true;
}

// With one area of rates every model area has the region's.
static bool an_area_with_the_regions_rates_has_what_is_expected(prop_gen *gen) {
	world w;
	vrd_demand d;
	do
		make_world(gen, &w);
	while (w.n_rate_area > 1);
	OK(vrd_demand_compute(&gen->mem, &w.in, &d, NULL, NULL, &err));
	EACH_STRATUM(&w, g, b, k, m) {
		const size_t at = vrd_demand_stratum(&d, g, b, k, m);
		PROP_HOLDS(gen, distance(d.expected[at], d.base_contacts[at]) < WRONG,
		           "%.17g, %.17g", d.expected[at], d.base_contacts[at]);
	}
	return true;
}

// Whole numbers of people: sums are exact.
static bool bands_sum_to_persons(prop_gen *gen) {
	world w;
	vrd_demand d;
	make_world(gen, &w);
	OK(vrd_demand_compute(&gen->mem, &w.in, &d, NULL, NULL, &err));
	const size_t paths = w.n_variant * w.n_year;
	for (size_t g = 0; g < w.n_area; g++)
		for (size_t i = 0; i < paths; i++) {
			double sum = 0;
			for (size_t b = 0; b < w.in.n_band; b++)
				sum += d.people[(g * w.in.n_band + b) * paths + i];
			PROP_HOLDS(gen, sum == d.persons[g * paths + i], "%.17g, %.17g", sum,
			           d.persons[g * paths + i]);
		}
	return true;
}

static void expectations_sum_to_the_region_and_agree_with_loops(void **state) {
	(void)state;
	prop_check("sum = observed", sums_are_what_was_observed, 300, 8);
	prop_check("expected = loops", agrees_with_loops, 200, 8);
	prop_check("region's rates", an_area_with_the_regions_rates_has_what_is_expected, 100, 8);
}

static void people_of_bands_sum_to_persons(void **state) {
	(void)state;
	prop_check("bands = persons", bands_sum_to_persons, 200, 8);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_teardown(contacts_are_expected_at_the_regions_rates, clear),
	        cmocka_unit_test_teardown(people_are_counted_by_band, clear),
	        cmocka_unit_test_teardown(services_driven_by_births_are_expected_by_births, clear),
	        cmocka_unit_test_teardown(activity_where_nobody_lives_is_expected_where_it_is_kept,
	                                  clear),
	        cmocka_unit_test_teardown(expectations_sum_to_the_region_and_agree_with_loops,
	                                  clear),
	        cmocka_unit_test_teardown(people_of_bands_sum_to_persons, clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
