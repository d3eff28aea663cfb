// Demographic demand against loops written straight from docs/methods.md sections 3 and 4, the shared
// vector of a peer, and what happened in the north.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "population/population.h"
#include "demand_world.h"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

// --- a small world as text ----------------------------------------------------------------------

#define ACTIVITY_HEAD "area,sex,age,service,care,measure,year,value\n"
#define BASE_HEAD "area,sex,age,year,value\n"
#define PEOPLE_HEAD "variant,area,sex,age,year,value\n"

static vrd_demand demand_of(const vrd_demand_input *in) {
	vrd_demand d;
	OK(vrd_demand_compute(&mem, in, &d, NULL, NULL, &err));
	return d;
}

static double contacts_at(const vrd_demand *d, size_t g, size_t b, size_t v, size_t t) {
	return d->contacts[vrd_demand_cell(d, g, b, 0, 0, v, t)];
}

#define STAYS_OF_A                                                                                 \
	"a,F,0,k,m,contacts,2024,30\na,M,0,k,m,contacts,2024,10\n"                                 \
	"a,F,1+,k,m,contacts,2024,50\na,M,1+,k,m,contacts,2024,80\n"
#define PEOPLE_OF_A "a,F,0,2024,100\na,M,0,2024,50\na,F,1+,2024,1000\na,M,1+,2024,800\n"

static void a_rate_times_the_people_of_the_year(void **state) {
	(void)state;
	const vrd_demand_input in = input_of(
	        &mem, ACTIVITY_HEAD STAYS_OF_A, BASE_HEAD PEOPLE_OF_A,
	        PEOPLE_HEAD "x,a,F,0,2030,10\nx,a,M,0,2030,20\nx,a,F,1+,2030,2000\nx,a,M,1+,"
	                    "2030,400\n");
	const vrd_demand d = demand_of(&in);
	NEAR(contacts_at(&d, 0, 0, 0, 0), 0.3 * 10 + 0.2 * 20 + 0.05 * 2000 + 0.1 * 400, 1e-12);
	NEAR(d.base_contacts[0], 170, 1e-12);
	NEAR(d.bed_days[0], 0, 0);
	NEAR(d.persons[0], 2430, 0);
	NEAR(d.base_persons[0], 1950, 0);
	NEAR(d.t0, 2024, 0);
	assert_int_equal(d.year[0], 2030);
}

static void services_driven_by_births_follow_births_alone(void **state) {
	(void)state;
	vrd_demand_input in = input_of(
	        &mem, ACTIVITY_HEAD STAYS_OF_A, BASE_HEAD PEOPLE_OF_A,
	        PEOPLE_HEAD "x,a,F,0,2030,10\nx,a,M,0,2030,20\nx,a,F,1+,2030,2000\nx,a,M,1+,"
	                    "2030,400\n");
	const vrd_cube base = cube_of(&mem, "area,year,value\na,2023,999\na,2024,40\n");
	const vrd_cube births = cube_of(&mem, "variant,area,year,value\nx,a,2030,60\n");
	in.base_births = &base;
	in.births = &births;
	in.births_driven = (const bool[]){true};
	in.n_band = 2;
	in.band_from = (const int[]){0, 1};
	const vrd_demand d = demand_of(&in);
	NEAR(contacts_at(&d, 0, 0, 0, 0), 40 * 1.5, 1e-12);
	NEAR(contacts_at(&d, 0, 1, 0, 0), 130 * 1.5, 1e-12);
	NEAR(d.base_contacts[0] + d.base_contacts[1], 170, 1e-12);
	const vrd_cube none = cube_of(&mem, "area,year,value\na,2024,0\n");
	in.base_births = &none;
	vrd_demand out;
	FAILS(vrd_demand_compute(&mem, &in, &out, NULL, NULL, &err), VRD_DATA,
	      "area \"a\" has activity in \"k\", driven by births, but no births");
}

#define OLDER_PEOPLE "a,F,1-4,2024,1000\na,M,1-4,2024,800\na,F,5+,2024,10\na,M,5+,2024,20\n"

// Births-driven activity divides as the region's people do (10 of 1 010 women and 20 of 820 men are 5
// or older); what has no people behind it cannot be divided.
static void a_cut_inside_activity_without_people_is_refused(void **state) {
	(void)state;
	vrd_demand_input in = input_of(
	        &mem, ACTIVITY_HEAD STAYS_OF_A,
	        BASE_HEAD "a,F,0,2024,100\na,M,0,2024,50\n" OLDER_PEOPLE,
	        PEOPLE_HEAD "x,a,F,0,2030,1\nx,a,M,0,2030,2\nx,a,F,1-4,2030,2\nx,a,M,1-4,2030,4\n"
	                    "x,a,F,5+,2030,2\nx,a,M,5+,2030,4\n");
	const vrd_cube base = cube_of(&mem, "area,year,value\na,2024,40\n");
	const vrd_cube births = cube_of(&mem, "variant,area,year,value\nx,a,2030,60\n");
	vrd_demand d;
	in.n_band = 2;
	in.band_from = (const int[]){0, 5};
	OK(vrd_demand_compute(&mem, &in, &d, NULL, NULL, &err)); // rates apply
	in.base_births = &base;
	in.births = &births;
	in.births_driven = (const bool[]){true};
	OK(vrd_demand_compute(&mem, &in, &d, NULL, NULL, &err)); // divided as the people are
	NEAR(contacts_at(&d, 0, 0, 0, 0) + contacts_at(&d, 0, 1, 0, 0), 170 * 1.5, 1e-12);
	assert_true(contacts_at(&d, 0, 1, 0, 0) > 130 * 1.5 * 10 / 1010);
	assert_true(contacts_at(&d, 0, 1, 0, 0) < 130 * 1.5 * 20 / 820);
	vrd_demand_input nobody = input_of(
	        &mem, ACTIVITY_HEAD STAYS_OF_A,
	        BASE_HEAD "a,F,0,2024,1\na,M,0,2024,1\na,F,1-4,2024,0\na,M,1-4,2024,8\n"
	                  "a,F,5+,2024,0\na,M,5+,2024,2\n",
	        PEOPLE_HEAD "x,a,F,0,2030,1\nx,a,M,0,2030,2\nx,a,F,1-4,2030,2\nx,a,M,1-4,2030,4\n"
	                    "x,a,F,5+,2030,2\nx,a,M,5+,2030,4\n");
	nobody.zero = VRD_ZERO_HOLD;
	nobody.n_band = 2;
	nobody.band_from = (const int[]){0, 5};
	FAILS(vrd_demand_compute(&mem, &nobody, &d, NULL, NULL, &err), VRD_DATA,
	      "which is where nobody lives and cannot be divided by age");
}

// --- what is refused ----------------------------------------------------------------------------

static const char people_of_a[] =
        PEOPLE_HEAD "x,a,F,0,2030,10\nx,a,M,0,2030,20\nx,a,F,1+,2030,2000\nx,a,M,1+,2030,400\n";

static void refused(const vrd_demand_input *in, const char *fragment) {
	vrd_demand d = {.t0 = 77};
	FAILS(vrd_demand_compute(&mem, in, &d, NULL, NULL, &err), VRD_DATA, fragment);
	NEAR(d.t0, 77, 0); // outputs are untouched
}

static void a_missing_cell_is_not_zero(void **state) {
	(void)state;
	const vrd_demand_input gap =
	        input_of(&mem, ACTIVITY_HEAD STAYS_OF_A "a,F,0,k2,m,contacts,2024,1\n",
	                 BASE_HEAD PEOPLE_OF_A, people_of_a);
	refused(&gap, "the activity lacks 3 cells in the base years (missing or suppressed), the "
	              "first at area a, sex F, age 1+, service k2");
	const vrd_demand_input hidden =
	        input_of(&mem,
	                 ACTIVITY_HEAD "a,F,0,k,m,contacts,2024,:\na,M,0,k,m,contacts,2024,10\n"
	                               "a,F,1+,k,m,contacts,2024,1\na,M,1+,k,m,contacts,2024,1\n",
	                 BASE_HEAD PEOPLE_OF_A, people_of_a);
	refused(&hidden, "the activity lacks 1 cells in the base years");
	// Not applicable counts as nothing.
	const vrd_demand_input none =
	        input_of(&mem,
	                 ACTIVITY_HEAD "a,F,0,k,m,contacts,2024,.\na,M,0,k,m,contacts,2024,10\n"
	                               "a,F,1+,k,m,contacts,2024,0\na,M,1+,k,m,contacts,2024,0\n",
	                 BASE_HEAD PEOPLE_OF_A, people_of_a);
	const vrd_demand d = demand_of(&none);
	NEAR(contacts_at(&d, 0, 0, 0, 0), 0.2 * 20, 1e-14);
}

static void a_missing_population_is_named(void **state) {
	(void)state;
	const vrd_demand_input later =
	        input_of(&mem, ACTIVITY_HEAD STAYS_OF_A, BASE_HEAD PEOPLE_OF_A,
	                 PEOPLE_HEAD
	                 "x,a,F,0,2030,10\nx,a,M,0,2030,20\nx,a,F,1+,2030,..\nx,a,M,1+,2030,4\n");
	refused(&later, "the population has no number for area \"a\", sex F, age 1+ in 2030");
	const vrd_demand_input base = input_of(
	        &mem, ACTIVITY_HEAD STAYS_OF_A,
	        BASE_HEAD "a,F,0,2024,..\na,M,0,2024,50\na,F,1+,2024,1000\na,M,1+,2024,800\n",
	        people_of_a);
	refused(&base, "the population of area \"a\", sex F, age 0 in 2024 is not a number");
}

static void years_that_are_absent_are_named(void **state) {
	(void)state;
	vrd_demand_input in =
	        input_of(&mem, ACTIVITY_HEAD STAYS_OF_A, BASE_HEAD PEOPLE_OF_A, people_of_a);
	in.base_years = (const int[]){2019};
	refused(&in, "the activity has no year 2019; it has 2024 to 2024");
}

static void areas_must_be_the_same_on_both_sides(void **state) {
	(void)state;
	const vrd_demand_input idle = input_of(
	        &mem,
	        ACTIVITY_HEAD STAYS_OF_A "b,F,0,k,m,contacts,2024,1\nb,M,0,k,m,contacts,2024,1\n"
	                                 "b,F,1+,k,m,contacts,2024,1\nb,M,1+,k,m,contacts,2024,1\n",
	        BASE_HEAD PEOPLE_OF_A, people_of_a);
	refused(&idle, "area \"b\" has activity but no people");
	const vrd_demand_input unused = input_of(
	        &mem, ACTIVITY_HEAD STAYS_OF_A,
	        BASE_HEAD PEOPLE_OF_A "b,F,0,2024,1\nb,M,0,2024,1\nb,F,1+,2024,1\nb,M,1+,2024,1\n",
	        PEOPLE_HEAD "x,a,F,0,2030,1\nx,a,M,0,2030,2\nx,a,F,1+,2030,2\nx,a,M,1+,2030,4\n"
	                    "x,b,F,0,2030,1\nx,b,M,0,2030,2\nx,b,F,1+,2030,2\nx,b,M,1+,2030,4\n");
	refused(&unused, "area \"b\" has people but no activity");
	// Populations of other areas, or in another order, would be multiplied with foreign rates.
	const vrd_demand_input other =
	        input_of(&mem, ACTIVITY_HEAD STAYS_OF_A, BASE_HEAD PEOPLE_OF_A,
	                 PEOPLE_HEAD "x,a,M,0,2030,10\nx,a,F,0,2030,20\nx,a,M,1+,2030,2000\nx,a,F,"
	                             "1+,2030,400\n");
	refused(&other, "dimension \"sex\"");
}

static void ages_that_do_not_fit_are_refused(void **state) {
	(void)state;
	vrd_demand_input in =
	        input_of(&mem, ACTIVITY_HEAD STAYS_OF_A, BASE_HEAD PEOPLE_OF_A, people_of_a);
	in.n_band = 2;
	in.band_from = (const int[]){0, 18};
	refused(&in, "an assumption cuts at age 18, but the population has the age group \"1+\"");
	const vrd_demand_input cut =
	        input_of(&mem,
	                 ACTIVITY_HEAD "a,F,0,k,m,contacts,2024,1\na,M,0,k,m,contacts,2024,1\n"
	                               "a,F,5+,k,m,contacts,2024,1\na,M,5+,k,m,contacts,2024,1\n",
	                 BASE_HEAD PEOPLE_OF_A, people_of_a);
	refused(&cut, "population age \"1+\" lies inside no age group of the activity");
}

static void totals_beside_their_parts_are_refused(void **state) {
	(void)state;
	const vrd_demand_input ages =
	        input_of(&mem,
	                 ACTIVITY_HEAD "a,all,0,k,m,contacts,2024,1\na,all,1+,k,m,contacts,2024,1\n"
	                               "a,all,all,k,m,contacts,2024,2\n",
	                 BASE_HEAD PEOPLE_OF_A, people_of_a);
	refused(&ages, "no age of the population belongs to the age group \"all\"");
	const vrd_demand_input sexes =
	        input_of(&mem,
	                 ACTIVITY_HEAD "a,F,all,k,m,contacts,2024,1\na,M,all,k,m,contacts,2024,1\n"
	                               "a,all,all,k,m,contacts,2024,2\n",
	                 BASE_HEAD PEOPLE_OF_A, people_of_a);
	refused(&sexes, "the sex \"all\" beside others");
}

static void activity_without_contacts_is_refused(void **state) {
	(void)state;
	const vrd_demand_input in = input_of(&mem, ACTIVITY_HEAD "a,all,all,k,m,bed_days,2024,5\n",
	                                     BASE_HEAD PEOPLE_OF_A, people_of_a);
	refused(&in, "the activity has no measure \"contacts\"");
}

// --- where nobody lives -------------------------------------------------------------------------

#define GHOSTS                                                                                     \
	"a,F,0,k,m,contacts,2024,12\na,M,0,k,m,contacts,2024,0\n"                                  \
	"a,F,1+,k,m,contacts,2024,50\na,M,1+,k,m,contacts,2024,80\n"                               \
	"a,F,0,k,m,bed_days,2024,24\na,M,0,k,m,bed_days,2024,0\n"                                  \
	"a,F,1+,k,m,bed_days,2024,100\na,M,1+,k,m,bed_days,2024,80\n"
#define NOBODY "a,F,0,2024,0\na,M,0,2024,0\na,F,1+,2024,1000\na,M,1+,2024,800\n"

static void activity_where_nobody_lives_is_refused_held_or_scaled(void **state) {
	(void)state;
	vrd_demand_input in =
	        input_of(&mem, ACTIVITY_HEAD GHOSTS, BASE_HEAD NOBODY,
	                 PEOPLE_HEAD "x,a,F,0,2030,10\nx,a,M,0,2030,20\nx,a,F,1+,2030,2000\nx,a,M,"
	                             "1+,2030,1600\n");
	refused(&in, "1 cells have activity (12 contacts a year) where nobody lives, the first at "
	             "area a, sex F, age 0, service k");
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_demand d;
	in.zero = VRD_ZERO_HOLD;
	OK(vrd_demand_compute(&mem, &in, &d, NULL, &diag, &err));
	NEAR(contacts_at(&d, 0, 0, 0, 0), 12 + 2 * 130, 1e-12);
	NEAR(d.bed_days[0], 24 + 2 * 180, 1e-12);
	NEAR(d.base_contacts[0], 142, 1e-12);
	assert_true(diag.n_warnings >= 1);
	assert_string_equal(diag.items[0].rule, "act.zero-population");
	in.zero = VRD_ZERO_SCALE;
	const vrd_demand scaled = demand_of(&in);
	NEAR(contacts_at(&scaled, 0, 0, 0, 0), 2 * 142, 1e-12);
	NEAR(scaled.bed_days[0], 2 * 204, 1e-12);
}

// Two areas alike, but for contacts of nobody: they are held once, and not in the rates too.
static void unpeopled_activity_is_not_shrunk_into_rates(void **state) {
	(void)state;
	vrd_demand_input in = input_of(
	        &mem,
	        ACTIVITY_HEAD GHOSTS "b,F,0,k,m,contacts,2024,6\nb,M,0,k,m,contacts,2024,0\n"
	                             "b,F,1+,k,m,contacts,2024,50\nb,M,1+,k,m,contacts,2024,80\n"
	                             "b,F,0,k,m,bed_days,2024,12\nb,M,0,k,m,bed_days,2024,0\n"
	                             "b,F,1+,k,m,bed_days,2024,100\nb,M,1+,k,m,bed_days,2024,80\n",
	        BASE_HEAD NOBODY "b,F,0,2024,60\nb,M,0,2024,0\nb,F,1+,2024,1000\nb,M,1+,2024,800\n",
	        PEOPLE_HEAD "x,a,F,0,2030,0\nx,a,M,0,2030,0\nx,a,F,1+,2030,1000\nx,a,M,1+,2030,"
	                    "800\nx,b,F,0,2030,60\nx,b,M,0,2030,0\nx,b,F,1+,2030,1000\nx,b,M,1+,"
	                    "2030,800\n");
	in.shrink = true;
	in.zero = VRD_ZERO_HOLD;
	vrd_demand d;
	vrd_cube shrinkage;
	OK(vrd_demand_compute(&mem, &in, &d, &shrinkage, NULL, &err));
	NEAR(shrinkage.values[0], 130, 1e-12); // observed, without the 12 of nobody
	NEAR(shrinkage.values[1], 130, 1e-12);
	NEAR(contacts_at(&d, 0, 0, 0, 0), 12 + 130, 1e-9);
	NEAR(contacts_at(&d, 1, 0, 0, 0), 136, 1e-9);
	NEAR(d.bed_days[0], 24 + 180, 1e-9);
}

static void an_open_band_with_much_activity_is_warned_of(void **state) {
	(void)state;
	const vrd_demand_input in =
	        input_of(&mem, ACTIVITY_HEAD STAYS_OF_A, BASE_HEAD PEOPLE_OF_A, people_of_a);
	vrd_diag diag;
	vrd_demand d;
	vrd_diag_init(&diag, &mem, 0);
	OK(vrd_demand_compute(&mem, &in, &d, NULL, &diag, &err));
	assert_int_equal(diag.n, 1);
	assert_string_equal(diag.items[0].rule, "act.open-band");
	assert_non_null(strstr(diag.items[0].text, "76"));
}

// --- generated worlds ---------------------------------------------------------------------------

// D of one cell; t == VRD_NONE: the base.
static double naive_demand(const world *w, size_t g, size_t b, size_t k, size_t m, size_t measure,
                           size_t v, size_t t) {
	const size_t a = w->rate_area[g];
	double sum = 0;
	if (w->births_driven[k]) {
		const double own =
		        t == VRD_NONE ? mean_over_base(w, &w->base_births, (size_t[]){g, 0}, 2)
		                      : w->births.values[vrd_cube_position(&w->births,
		                                                           (size_t[]){v, g, t})];
		for (size_t c = 0; c < w->n_class; c++) {
			size_t age = 0;
			while (w->class_of[age] != c)
				age++;
			for (size_t s = 0; s < w->n_rate_sex && band_of(w, age) == b; s++)
				sum += mean_activity_of(w, a, s, c, k, m, measure) * own /
				       births_of_rate_area(w, a);
		}
		return sum;
	}
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < w->n_age; i++) {
			if (band_of(w, i) != b)
				continue;
			const size_t c = w->class_of[i], sex = rate_sex_of(w, s);
			const double people =
			        t == VRD_NONE
			                ? mean_over_base(w, &w->base, (size_t[]){g, s, i, 0}, 4)
			                : w->people.values[vrd_cube_position(
			                          &w->people, (size_t[]){v, g, s, i, t})];
			sum += mean_activity_of(w, a, sex, c, k, m, measure) /
			       people_of_rate(w, a, sex, c) * people;
		}
	return sum;
}

static bool agrees_with_loops(prop_gen *gen) {
	world w;
	vrd_demand d;
	make_world(gen, &w);
	OK(vrd_demand_compute(&gen->mem, &w.in, &d, NULL, NULL, &err));
	EACH_STRATUM(&w, g, b, k, m) {
		const size_t stratum = vrd_demand_stratum(&d, g, b, k, m);
		for (size_t measure = 0; measure < 2; measure++) {
			const double *base = measure ? d.base_contacts : d.base_bed_days;
			const double *year = measure ? d.contacts : d.bed_days;
			const double wanted = naive_demand(&w, g, b, k, m, measure, 0, VRD_NONE);
			PROP_HOLDS(gen, distance(base[stratum], wanted) < WRONG,
			           "base %.17g, %.17g", base[stratum], wanted);
			for (size_t v = 0; v < w.n_variant; v++)
				for (size_t t = 0; t < w.n_year; t++) {
					const double x =
					        naive_demand(&w, g, b, k, m, measure, v, t);
					const double got =
					        year[vrd_demand_cell(&d, g, b, k, m, v, t)];
					PROP_HOLDS(gen, distance(got, x) < WRONG, "%.17g, %.17g",
					           got, x);
				}
		}
	}
	return true;
}

static void demand_is_what_loops_over_cells_give(void **state) {
	(void)state;
	prop_check("demand = loops over cells", agrees_with_loops, 300, 8);
}

// The sum over model areas that share a rate is the activity observed there.
static bool base_is_the_mean_of_the_base_years(prop_gen *gen) {
	world w;
	vrd_demand d;
	make_world(gen, &w);
	OK(vrd_demand_compute(&gen->mem, &w.in, &d, NULL, NULL, &err));
	for (size_t a = 0; a < w.n_rate_area; a++)
		for (size_t k = 0; k < w.n_service; k++)
			for (size_t m = 0; m < w.n_care; m++) {
				double got = 0, wanted = 0;
				for (size_t g = 0; g < w.n_area; g++)
					for (size_t b = 0; b < w.in.n_band && w.rate_area[g] == a;
					     b++)
						got += d.base_contacts[vrd_demand_stratum(&d, g, b,
						                                          k, m)];
				for (size_t s = 0; s < w.n_rate_sex; s++)
					for (size_t c = 0; c < w.n_class; c++)
						wanted += mean_activity_of(&w, a, s, c, k, m, 1);
				PROP_HOLDS(gen, distance(got, wanted) < WRONG, "%.17g, %.17g", got,
				           wanted);
			}
	return true;
}

static bool twice_the_people_is_twice_the_demand(prop_gen *gen) {
	world w;
	vrd_demand one, two;
	make_world(gen, &w);
	OK(vrd_demand_compute(&gen->mem, &w.in, &one, NULL, NULL, &err));
	OK(vrd_cube_scale(&gen->mem, &w.people, 2, &w.people, &err));
	OK(vrd_cube_scale(&gen->mem, &w.births, 2, &w.births, &err));
	OK(vrd_demand_compute(&gen->mem, &w.in, &two, NULL, NULL, &err));
	const size_t n = w.n_area * w.in.n_band * w.n_service * w.n_care * w.n_variant * w.n_year;
	for (size_t i = 0; i < n; i++)
		PROP_HOLDS(gen, two.contacts[i] == 2 * one.contacts[i], "%g, %g", two.contacts[i],
		           one.contacts[i]);
	return true;
}

static bool bands_sum_to_one_product(prop_gen *gen) {
	world w;
	vrd_demand cut, whole;
	make_world(gen, &w);
	OK(vrd_demand_compute(&gen->mem, &w.in, &cut, NULL, NULL, &err));
	const size_t n_band = w.in.n_band;
	w.in.n_band = 1;
	OK(vrd_demand_compute(&gen->mem, &w.in, &whole, NULL, NULL, &err));
	EACH_STRATUM(&w, g, one, k, m)
	for (size_t i = 0; i < w.n_variant * w.n_year; i++) {
		double sum = 0;
		for (size_t b = 0; b < n_band; b++)
			sum += cut.bed_days[vrd_demand_stratum(&cut, g, b, k, m) * w.n_variant *
			                            w.n_year +
			                    i];
		const double all = whole.bed_days[vrd_demand_stratum(&whole, g, one, k, m) *
		                                          w.n_variant * w.n_year +
		                                  i];
		PROP_HOLDS(gen, distance(sum, all) < WRONG, "%.17g, %.17g", sum, all);
	}
	return true;
}

static void demand_is_linear_and_additive(void **state) {
	(void)state;
	prop_check("N(t) = Nbar gives xbar", base_is_the_mean_of_the_base_years, 200, 8);
	prop_check("2 N gives 2 D", twice_the_people_is_twice_the_demand, 200, 8);
	prop_check("bands sum", bands_sum_to_one_product, 200, 8);
}

// --- shrinkage ----------------------------------------------------------------------------------

// D = theta r_region N, theta = (x + alpha) / (E + alpha).
static bool shrunk_rates_are_theta_times_the_region(prop_gen *gen) {
	world w;
	vrd_demand d;
	vrd_cube report;
	make_world(gen, &w);
	memset(w.births_driven, 0, sizeof w.births_driven);
	w.in.shrink = true;
	OK(vrd_demand_compute(&gen->mem, &w.in, &d, &report, NULL, &err));
	EACH_STRATUM(&w, g, b, k, m) {
		const double *row =
		        report.values + ((w.rate_area[g] * w.n_service + k) * w.n_care + m) * 4;
		const double theta = isinf(row[3]) ? 1 : (row[0] + row[3]) / (row[1] + row[3]);
		PROP_HOLDS(gen, distance(theta, row[2]) < WRONG, "theta %.17g, %.17g", row[2],
		           theta);
		double wanted = 0;
		for (size_t s = 0; s < 2; s++)
			for (size_t i = 0; i < w.n_age; i++) {
				const size_t c = w.class_of[i], sex = rate_sex_of(&w, s);
				double x = 0, n = 0;
				for (size_t a = 0; a < w.n_rate_area; a++) {
					x += mean_activity_of(&w, a, sex, c, k, m, 1);
					n += people_of_rate(&w, a, sex, c);
				}
				wanted += band_of(&w, i) == b
				                  ? theta * x / n *
				                            w.people.values[vrd_cube_position(
				                                    &w.people,
				                                    (size_t[]){0, g, s, i, 0})]
				                  : 0;
			}
		const double got = d.contacts[vrd_demand_cell(&d, g, b, k, m, 0, 0)];
		PROP_HOLDS(gen, distance(got, wanted) < WRONG, "%.17g, %.17g", got, wanted);
	}
	return true;
}

static vrd_demand_input two_areas(double a, double b) {
	return input_of(
	        &mem,
	        vrd_arena_printf(&mem,
	                         ACTIVITY_HEAD
	                         "a,all,all,k,m,contacts,2024,%g\nb,all,all,k,m,contacts,2024,%g\n",
	                         a, b),
	        BASE_HEAD "a,F,0+,2024,1000\nb,F,0+,2024,4000\n",
	        PEOPLE_HEAD "x,a,F,0+,2030,1000\nx,b,F,0+,2030,4000\n");
}

static void shrinkage_ranges_from_the_regions_rate_to_the_areas_own(void **state) {
	(void)state;
	prop_check("shrunk rates", shrunk_rates_are_theta_times_the_region, 100, 8);
	// Areas that differ no more than chance have the region's rate ...
	vrd_demand_input in = two_areas(102, 398);
	in.shrink = true;
	vrd_demand d = demand_of(&in);
	NEAR(contacts_at(&d, 0, 0, 0, 0), 100, 1e-9);
	NEAR(contacts_at(&d, 1, 0, 0, 0), 400, 1e-9);
	// ... and areas that differ by much more keep nearly their own.
	in = two_areas(1e8, 1e6);
	in.shrink = true;
	d = demand_of(&in);
	assert_true(distance(contacts_at(&d, 0, 0, 0, 0), 1e8) < 1e-5);
	assert_true(distance(contacts_at(&d, 1, 0, 0, 0), 1e6) < 1e-5);
}

// --- the peer's vector --------------------------------------------------------------------------

#define VECTOR "vectors/projection/nhp_demography_only/"

static double number(const char *text) {
	double x = NAN;
	return vrd_parse_double(vrd_str_of(text), '.', &x) ? x : NAN;
}

static double expected_of(const vrd_csv_table *t, const char *pod, const char *column) {
	for (size_t r = 0; r < t->n_rows; r++)
		if (strcmp(table_cell(t, r, "pod"), pod) == 0)
			return number(table_cell(t, r, column));
	fail_msg("no point of delivery %s", pod);
	return NAN;
}

// The row of an age and sex; the vector's sexes are 1 = male, 2 = female.
static double factor_of(const vrd_csv_table *t, const char *age, const char *sex, bool births) {
	for (size_t r = 0; r < t->n_rows; r++)
		if (strcmp(table_cell(t, r, "age"), age) == 0 &&
		    strcmp(table_cell(t, r, "sex"), sex) == 0) {
			const double x = number(
			        table_cell(t, r, births ? "birth_factor" : "demographic_factor"));
			return births && isnan(x) ? 1 : x;
		}
	fail_msg("no factor for age %s, sex %s", age, sex);
	return NAN;
}

static void cells_times_factors_give_the_vectors_expectation(void **state) {
	(void)state;
	const char *cell_text = shared_text(&mem, VECTOR "demog_only_cells.csv");
	const char *factor_text = shared_text(&mem, VECTOR "demog_only_factors.csv");
	const char *expected_text = shared_text(&mem, VECTOR "demog_only_expected_exact.csv");
	NEED(cell_text, VECTOR "demog_only_cells.csv");
	NEED(factor_text, VECTOR "demog_only_factors.csv");
	NEED(expected_text, VECTOR "demog_only_expected_exact.csv");
	const vrd_csv_table cells = table_of(&mem, cell_text, ',');
	const vrd_csv_table factors = table_of(&mem, factor_text, ',');
	const vrd_csv_table expected = table_of(&mem, expected_text, ',');
	assert_int_equal(cells.n_rows, 749);
	for (size_t e = 0; e < expected.n_rows; e++) {
		const char *pod = table_cell(&expected, e, "pod");
		double admissions = 0, days = 0;
		for (size_t r = 0; r < cells.n_rows; r++) {
			if (strcmp(table_cell(&cells, r, "pod"), pod) != 0)
				continue;
			const bool births =
			        strcmp(table_cell(&cells, r, "demog_type"), "births") == 0;
			const double factor = factor_of(&factors, table_cell(&cells, r, "age"),
			                                table_cell(&cells, r, "sex"), births);
			admissions += factor * number(table_cell(&cells, r, "admissions"));
			days += factor * number(table_cell(&cells, r, "beddays"));
		}
		assert_true(admissions > 0);
		assert_true(distance(admissions,
		                     expected_of(&expected, pod, "expected_admissions")) < WRONG);
		assert_true(distance(days, expected_of(&expected, pod, "expected_beddays")) <
		            WRONG);
	}
}

// --- Helse Nord ---------------------------------------------------------------------------------

#define NORTH_ACTIVITY "data/activity/npr_helse_nord/npr_helse_nord_age_sex_urgency_2012_2016.csv"
#define NORTH_PEOPLE "data/population/ssb07459_helse_nord_kommune2024_age_sex_2012_2017_wide.csv"

// Persons of the whole region, [area, sex, age, year], age 105 open.
static vrd_cube northerners(const char *text) {
	const vrd_csv_table table = table_of(&mem, text, ',');
	vrd_builder *builder;
	vrd_cube all, cube;
	OK(vrd_builder_new(&mem, 4, (const char *[]){"area", "sex", "age", "year"}, &builder,
	                   &err));
	for (size_t r = 0; r < table.n_rows; r++) {
		uint32_t index[4];
		const char *const *cells = table.rows + r * table.n_columns;
		OK(vrd_builder_index(builder, 0, vrd_str_of(cells[0]), &index[0], &err));
		OK(vrd_builder_index(builder, 1, vrd_str_of(cells[2]), &index[1], &err));
		OK(vrd_builder_index(builder, 3, vrd_str_of(cells[1]), &index[3], &err));
		for (size_t c = 3; c < table.n_columns; c++) {
			const char *age = c + 1 == table.n_columns ? "105+" : table.columns[c] + 1;
			OK(vrd_builder_index(builder, 2, vrd_str_of(age), &index[2], &err));
			OK(vrd_builder_add(builder, index, number(cells[c]), VRD_PRESENT, &err));
		}
	}
	OK(vrd_builder_finish(builder, VRD_MISSING, &all, NULL, &err));
	OK(vrd_cube_sum_by(&mem, &all, 3, (const char *[]){"sex", "age", "year"}, &cube, &err));
	OK(vrd_cube_tag(&mem, &cube, "area", "north", &cube, &err));
	return cube;
}

static vrd_cube north_activity(const char *text) {
	static const char *const names[] = {"area", "sex",     "age", "service",
	                                    "care", "measure", "year"};
	static const char *const measures[] = {"contacts", "bed_days"};
	static const char *const columns[] = {"kontakter", "liggetid"};
	const vrd_csv_table table = table_of(&mem, text, ',');
	vrd_builder *builder;
	vrd_cube rows, out;
	// One more dimension keeps rows apart that are summed afterwards.
	OK(vrd_builder_new(
	        &mem, 8,
	        (const char *[]){"row", "area", "sex", "age", "service", "care", "measure", "year"},
	        &builder, &err));
	double sums[2][8][4][5] = {{{{0}}}}; // measure, care x sex, age, year
	const char *cares[4] = {0}, *ages[4] = {0};
	size_t n_care = 0, n_age = 0;
	for (size_t r = 0; r < table.n_rows; r++) {
		if (strcmp(table_cell(&table, r, "boomr_rhf"), "Boomr Helse Nord RHF") != 0)
			continue;
		const char *care = table_cell(&table, r, "behandlingsniva");
		const char *age = table_cell(&table, r, "alder");
		size_t c = 0, a = 0;
		while (c < n_care && strcmp(cares[c], care) != 0)
			c++;
		while (a < n_age && strcmp(ages[a], age) != 0)
			a++;
		assert_true(c < 4 && a < 4);
		cares[c] = care;
		ages[a] = age;
		n_care = c == n_care ? c + 1 : n_care;
		n_age = a == n_age ? a + 1 : n_age;
		const size_t sex = strcmp(table_cell(&table, r, "kjonn"), "Kvinner") != 0;
		const size_t year = (size_t)number(table_cell(&table, r, "aar")) - 2012;
		assert_true(year < 5);
		for (size_t q = 0; q < 2; q++) {
			const double x = number(table_cell(&table, r, columns[q]));
			sums[q][c * 2 + sex][a][year] += isnan(x) ? 0 : x;
		}
	}
	for (size_t q = 0; q < 2; q++)
		for (size_t i = 0; i < n_care * 2 * n_age * 5; i++) {
			const size_t c = i / (2 * n_age * 5), s = i / (n_age * 5) % 2,
			             a = i / 5 % n_age, y = i % 5;
			const char *codes[8] = {
			        "1",           "north",
			        s ? "M" : "F", ages[a],
			        "somatic",     cares[c],
			        measures[q],   vrd_arena_printf(&mem, "%zu", 2012 + y)};
			uint32_t index[8];
			for (size_t d = 0; d < 8; d++)
				OK(vrd_builder_index(builder, d, vrd_str_of(codes[d]), &index[d],
				                     &err));
			OK(vrd_builder_add(builder, index, sums[q][c * 2 + s][a][y], VRD_PRESENT,
			                   &err));
		}
	OK(vrd_builder_finish(builder, VRD_MISSING, &rows, NULL, &err));
	OK(vrd_cube_sum_by(&mem, &rows, 7, names, &rows, &err));
	OK(vrd_activity_canonical(&mem, &rows, &out, &err));
	return out;
}

static double observed(const vrd_cube *activity, const char *care, const char *measure,
                       const char *year) {
	vrd_cube x;
	OK(vrd_cube_sum_by(&mem, activity, 3, (const char *[]){"care", "measure", "year"}, &x,
	                   &err));
	return value_at(&x, vrd_arena_printf(&mem, "%s %s %s", care, measure, year));
}

// Rates of 2012-2014 and the people of 2015 and 2016.
static void rates_of_the_north_err_as_published(void **state) {
	(void)state;
	const char *activity_text = shared_text(&mem, NORTH_ACTIVITY);
	const char *people_text = shared_text(&mem, NORTH_PEOPLE);
	NEED(activity_text, NORTH_ACTIVITY);
	NEED(people_text, NORTH_PEOPLE);
	const vrd_cube activity = north_activity(activity_text), people = northerners(people_text);
	const int base_years[] = {2012, 2013, 2014}, years[] = {2015, 2016};
	vrd_cube base, exposure;
	OK(vrd_population_exposure(&mem, &people, VRD_EXPOSURE_MID, 3, base_years, &base, &err));
	OK(vrd_population_exposure(&mem, &people, VRD_EXPOSURE_MID, 2, years, &exposure, &err));
	OK(vrd_cube_tag(&mem, &exposure, "variant", "counted", &exposure, &err));
	assert_int_equal(activity.dims[2]->n, 4);
	const vrd_demand_input in = {.activity = &activity,
	                             .base_exposure = &base,
	                             .exposure = &exposure,
	                             .n_base = 3,
	                             .base_years = base_years,
	                             .n_band = 1,
	                             .band_from = (const int[]){0}};
	const vrd_demand d = demand_of(&in);
	static const struct {
		const char *care, *measure;
		double percent[2];
	} published[] = {{"Døgnopphold", "contacts", {2.9, 2.3}},
	                 {"Døgnopphold", "bed_days", {3.8, 2.1}},
	                 {"Poliklinikk", "contacts", {-2.6, -3.1}},
	                 {"Dagbehandling", "contacts", {6.8, 13.5}}};
	for (size_t i = 0; i < sizeof published / sizeof *published; i++)
		for (size_t t = 0; t < 2; t++) {
			const size_t m = vrd_dim_find_text(d.care, published[i].care);
			assert_true(m != VRD_NONE);
			const double *from = strcmp(published[i].measure, "contacts") == 0
			                             ? d.contacts
			                             : d.bed_days;
			const double forecast = from[vrd_demand_cell(&d, 0, 0, 0, m, 0, t)];
			const double fact = observed(&activity, published[i].care,
			                             published[i].measure, t ? "2016" : "2015");
			NEAR(round(1000 * (forecast - fact) / fact) / 10, published[i].percent[t],
			     1e-9);
		}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_teardown(a_rate_times_the_people_of_the_year, clear),
	        cmocka_unit_test_teardown(services_driven_by_births_follow_births_alone, clear),
	        cmocka_unit_test_teardown(a_cut_inside_activity_without_people_is_refused, clear),
	        cmocka_unit_test_teardown(a_missing_cell_is_not_zero, clear),
	        cmocka_unit_test_teardown(a_missing_population_is_named, clear),
	        cmocka_unit_test_teardown(years_that_are_absent_are_named, clear),
	        cmocka_unit_test_teardown(areas_must_be_the_same_on_both_sides, clear),
	        cmocka_unit_test_teardown(ages_that_do_not_fit_are_refused, clear),
	        cmocka_unit_test_teardown(totals_beside_their_parts_are_refused, clear),
	        cmocka_unit_test_teardown(activity_without_contacts_is_refused, clear),
	        cmocka_unit_test_teardown(activity_where_nobody_lives_is_refused_held_or_scaled,
	                                  clear),
	        cmocka_unit_test_teardown(unpeopled_activity_is_not_shrunk_into_rates, clear),
	        cmocka_unit_test_teardown(an_open_band_with_much_activity_is_warned_of, clear),
	        cmocka_unit_test_teardown(demand_is_what_loops_over_cells_give, clear),
	        cmocka_unit_test_teardown(demand_is_linear_and_additive, clear),
	        cmocka_unit_test_teardown(shrinkage_ranges_from_the_regions_rate_to_the_areas_own,
	                                  clear),
	        cmocka_unit_test_teardown(cells_times_factors_give_the_vectors_expectation, clear),
	        cmocka_unit_test_teardown(rates_of_the_north_err_as_published, clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
