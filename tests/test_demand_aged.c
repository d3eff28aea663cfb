// Healthy ageing: curves whose answer is known.
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

enum { MAX_TOP = 106, MAX_SHARES = 4, BASE = 1000 };

// Single years to top-1 and an open end.
static const vrd_dim *ages(vrd_arena *m, size_t top) {
	const char *codes[MAX_TOP + 1];
	const vrd_dim *dim;
	size_t n = 0;
	for (size_t a = 0; a < top; a++)
		codes[n++] = vrd_age_code(m, (vrd_age){(int)a, (int)a});
	codes[n++] = vrd_age_code(m, (vrd_age){(int)top, VRD_AGE_MAX});
	OK(vrd_dim_of_codes(m, "age", n, codes, &dim, &err));
	return dim;
}

// --- one person of each age ---------------------------------------------------------------------

// One area, one sex, one band for each age: contacts of band a are r[a] H[a]. 2030 has the added
// years, 2031 none.
typedef struct {
	vrd_demand_input in;
	vrd_cube activity, base, people, added;
	int band_from[MAX_TOP];
	double share[MAX_SHARES];
	size_t top;
} line;

static void make_line(line *l, size_t top, double (*rate)(double), double added, double share) {
	const vrd_dim *years, *base_year;
	*l = (line){.top = top, .share = {share}};
	OK(vrd_dim_of_years(&mem, 2030, 2031, &years, &err));
	OK(vrd_dim_of_years(&mem, 2024, 2024, &base_year, &err));
	const vrd_dim *area = dim_of(&mem, "area", 1, (const char *[]){"a"});
	const vrd_dim *sex = dim_of(&mem, "sex", 1, (const char *[]){"F"});
	const vrd_dim *all = dim_of(&mem, "sex", 1, (const char *[]){"all"});
	const vrd_dim *service = dim_of(&mem, "service", 1, (const char *[]){"k"});
	const vrd_dim *care = dim_of(&mem, "care", 1, (const char *[]){"m"});
	const vrd_dim *measure =
	        dim_of(&mem, "measure", 2, (const char *[]){"contacts", "bed_days"});
	const vrd_dim *variant = dim_of(&mem, "variant", 1, (const char *[]){"x"});
	const vrd_dim *age = ages(&mem, top);
	const vrd_dim *const of_activity[] = {area, all, age, service, care, measure, base_year};
	OK(vrd_cube_new(&mem, 7, of_activity, &l->activity, &err));
	OK(vrd_cube_new(&mem, 4, (const vrd_dim *[]){area, sex, age, base_year}, &l->base, &err));
	OK(vrd_cube_new(&mem, 5, (const vrd_dim *[]){variant, area, sex, age, years}, &l->people,
	                &err));
	OK(vrd_cube_new(&mem, 1, (const vrd_dim *[]){years}, &l->added, &err));
	for (size_t a = 0; a <= top; a++) {
		l->activity.values[2 * a] = BASE * rate((double)a);
		l->activity.values[2 * a + 1] = 3 * BASE * rate((double)a);
		l->base.values[a] = BASE;
		l->people.values[2 * a] = l->people.values[2 * a + 1] = 1;
		l->band_from[a] = (int)a;
	}
	l->added.values[0] = added;
	l->in = (vrd_demand_input){.activity = &l->activity,
	                           .base_exposure = &l->base,
	                           .exposure = &l->people,
	                           .n_base = 1,
	                           .base_years = year_2024,
	                           .n_band = top + 1,
	                           .band_from = l->band_from,
	                           .n_aged = 1,
	                           .aged_share = l->share,
	                           .added_years = &l->added};
}

static vrd_demand demand_of(const vrd_demand_input *in) {
	vrd_demand d;
	OK(vrd_demand_compute(&mem, in, &d, NULL, NULL, &err));
	return d;
}

static double at_age(const vrd_demand *d, const double *values, size_t age) {
	return values[vrd_demand_cell(d, 0, age, 0, 0, 0, 0)];
}

static double ramp(size_t age) {
	return age <= 55 ? 0 : age >= 65 ? 1 : ((double)age - 55) / 10;
}

static double straight(double age) {
	return age / 200;
}

// Two added years, half of them healthy: at 60 the rate of 59.5 (half the ramp), at 80 that of 79.
static void a_straight_curve_moves_by_the_healthy_part_of_the_added_years(void **state) {
	(void)state;
	line l;
	make_line(&l, 105, straight, 2, 0.5);
	const vrd_demand d = demand_of(&l.in);
	assert_int_equal(d.n_aged, 1);
	NEAR(d.aged_share[0], 0.5, 0);
	NEAR(at_age(&d, d.aged_contacts, 55), 55. / 200, 1e-15);
	NEAR(at_age(&d, d.aged_contacts, 56), 55.9 / 200, 1e-15);
	NEAR(at_age(&d, d.aged_contacts, 60), 59.5 / 200, 1e-15);
	NEAR(at_age(&d, d.aged_contacts, 65), 64. / 200, 1e-15);
	NEAR(at_age(&d, d.aged_contacts, 80), 79. / 200, 1e-15);
	NEAR(at_age(&d, d.aged_bed_days, 80), 3 * 79. / 200, 1e-15);
	NEAR(at_age(&d, d.aged_contacts, 105), 104. / 200, 1e-15);
	for (size_t a = 0; a <= 55; a++)
		NEAR(at_age(&d, d.aged_contacts, a), at_age(&d, d.contacts, a), 0);
	const size_t later = vrd_demand_cell(&d, 0, 80, 0, 0, 0, 1); // without added years
	NEAR(d.aged_contacts[later], d.contacts[later], 0);
}

// 100 people of 60 and 50 of 80, in one band from 0: 59.5 + 39.5 contacts instead of 60 + 40.
static void one_band_sums_the_young_and_the_old(void **state) {
	(void)state;
	line l;
	make_line(&l, 105, straight, 2, 0.5);
	l.in.n_band = 1;
	memset(l.people.values, 0, l.people.n_cells * sizeof *l.people.values);
	l.people.values[2 * 30] = 8;
	l.people.values[2 * 60] = 200;
	l.people.values[2 * 80] = 100;
	const vrd_demand d = demand_of(&l.in);
	NEAR(d.contacts[0], 1.2 + 60 + 40, 1e-12);
	NEAR(d.aged_contacts[0], 1.2 + 59.5 + 39.5, 1e-12);
}

static double spike(double age) {
	return age == 70 ? 1 : 0;
}

// Smoothed, the spike is 0.2 from 68 to 72 and falls to 0 at 67: at 67.5 it is 0.1.
static void the_curve_is_smoothed_over_five_years(void **state) {
	(void)state;
	line l;
	static const double moved[] = {1, 2, 2.5, 2.75, 3, 10};
	static const double factor[] = {1, 1, 0.5, 0.25, 0, 0};
	for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
		make_line(&l, 105, spike, moved[i], 1);
		const vrd_demand d = demand_of(&l.in);
		NEAR(at_age(&d, d.aged_contacts, 70), factor[i], 1e-14);
		NEAR(at_age(&d, d.aged_contacts, 69), 0, 0);
		NEAR(at_age(&d, d.aged_contacts, 80), 0, 0); // rs = 0: H = 1, and r = 0
	}
}

static double exponential(double age) {
	return 1e-3 * exp(0.06 * age);
}

// A centred mean multiplies an exponential by a constant, so H is e^(-c h w Delta) but for the
// straight lines between years, which lie above by at most c^2/8 of the value. Next to the end of
// the curve the means are of fewer years: it differs by their constants, (1 + 2 cosh c + 2 cosh 2c)/5
// at the most.
static void an_exponential_curve_gives_an_exponential_factor(void **state) {
	(void)state;
	const double c = 0.06, shares[] = {-0.5, 0.3, 0.7, 1};
	const double end = (1 + 2 * cosh(c) + 2 * cosh(2 * c)) / 5 - 1;
	for (size_t i = 0; i < 4; i++) {
		line l;
		make_line(&l, 105, exponential, 1.7, shares[i]);
		const vrd_demand d = demand_of(&l.in);
		for (size_t a = 56; a <= 105; a++) {
			const double moved = shares[i] * ramp(a) * 1.7;
			const double wanted = exponential((double)a - moved);
			const double got = at_age(&d, d.aged_contacts, a);
			const bool inside = a <= 103 && (double)a - moved <= 103;
			if (moved < 0 && (double)a - moved > 105)
				continue; // constant beyond the end
			assert_true(got / wanted - 1 > (inside ? -1e-12 : -end));
			assert_true(got / wanted - 1 < c * c / 8 * 1.1 + (inside ? 0 : end));
		}
	}
}

static double falling_from_90(double age) {
	return age <= 90 ? age / 100 : (180 - age) / 100;
}

static void where_rates_fall_healthy_ageing_raises_them(void **state) {
	(void)state;
	line l;
	make_line(&l, 105, falling_from_90, 1, 1);
	const vrd_demand d = demand_of(&l.in);
	for (size_t a = 94; a <= 105; a++) {
		NEAR(at_age(&d, d.aged_contacts, a), (181 - (double)a) / 100, 1e-14);
		assert_true(at_age(&d, d.aged_contacts, a) > at_age(&d, d.contacts, a));
	}
	assert_true(at_age(&d, d.aged_contacts, 85) < at_age(&d, d.contacts, 85));
}

static double from_a_tenth(double age) {
	return 0.1 + age / 1000;
}

static void beyond_its_ends_the_curve_is_constant(void **state) {
	(void)state;
	line l;
	make_line(&l, 90, from_a_tenth, 500, 1);
	const vrd_demand younger = demand_of(&l.in);
	NEAR(at_age(&younger, younger.aged_contacts, 70), 0.1, 1e-15);
	l.share[0] = -1;
	const vrd_demand older = demand_of(&l.in);
	NEAR(at_age(&older, older.aged_contacts, 70), 0.19, 1e-15);
	NEAR(at_age(&older, older.aged_contacts, 90), 0.19, 1e-15);
}

// Nobody was 80: the rate of 79 stands in. 81 moves to 80: (78+79+79+81+82)/(79+79+81+82+83).
static void a_year_of_age_without_people_takes_the_rate_below(void **state) {
	(void)state;
	line l;
	make_line(&l, 105, straight, 1, 1);
	l.base.values[80] = 0;
	l.activity.values[2 * 80] = l.activity.values[2 * 80 + 1] = 0;
	const vrd_demand d = demand_of(&l.in);
	NEAR(at_age(&d, d.aged_contacts, 81), 81. / 200 * 399 / 404, 1e-15);
	NEAR(at_age(&d, d.aged_contacts, 80), 0, 0);
}

// Nobody was younger than 80: its rate stands in. rs is (4*80 + 81)/5 at 79, (3*80 + 81 + 82)/5 at 80.
static void the_first_years_without_people_take_the_rate_above(void **state) {
	(void)state;
	line l;
	make_line(&l, 105, straight, 1, 1);
	memset(l.base.values, 0, 80 * sizeof *l.base.values);
	memset(l.activity.values, 0, 2 * 80 * sizeof *l.activity.values);
	const vrd_demand d = demand_of(&l.in);
	NEAR(at_age(&d, d.aged_contacts, 80), 80. / 200 * 401 / 403, 1e-15);
}

// Two groups, 0-79 and 80+: constant in each, a slope of four years between after smoothing.
static void groups_of_activity_are_constant_before_smoothing(void **state) {
	(void)state;
	line l;
	make_line(&l, 105, straight, 1, 1);
	const vrd_dim *group = dim_of(&mem, "age", 2, (const char *[]){"0-79", "80+"});
	const vrd_dim *const *was = l.activity.dims;
	OK(vrd_cube_new(&mem, 7,
	                (const vrd_dim *[]){was[0], was[1], group, was[3], was[4], was[5], was[6]},
	                &l.activity, &err));
	l.activity.values[0] = 80 * BASE * 0.1; // contacts
	l.activity.values[2] = 26 * BASE * 0.6;
	const vrd_demand d = demand_of(&l.in);
	static const double rs[] = {0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.6}; // from 76
	for (size_t a = 77; a <= 83; a++)
		NEAR(at_age(&d, d.aged_contacts, a), (a < 80 ? 0.1 : 0.6) * rs[a - 77] / rs[a - 76],
		     1e-14);
	NEAR(at_age(&d, d.aged_contacts, 90), 0.6, 1e-14); // ageing inside a group is not seen
}

// --- where nobody lives -------------------------------------------------------------------------

static void activity_where_nobody_lives_stays_or_grows_as_the_aged_demand(void **state) {
	(void)state;
	line l;
	make_line(&l, 105, straight, 2, 1);
	l.base.values[70] = 0;
	l.activity.values[2 * 70] = 12;
	l.activity.values[2 * 70 + 1] = 24;
	l.in.zero = VRD_ZERO_HOLD;
	const vrd_demand held = demand_of(&l.in);
	NEAR(at_age(&held, held.aged_contacts, 70), 12, 0);
	NEAR(at_age(&held, held.aged_bed_days, 70), 24, 0);
	l.in.zero = VRD_ZERO_SCALE;
	const vrd_demand scaled = demand_of(&l.in);
	double now = 0, base = 0;
	for (size_t a = 0; a <= 105; a++) {
		now += a == 70 ? 0 : at_age(&held, held.aged_contacts, a);
		base += a == 70 ? 0 : held.base_contacts[a];
	}
	NEAR(at_age(&scaled, scaled.aged_contacts, 70), 12 * now / base, 1e-12);
	NEAR(at_age(&scaled, scaled.aged_bed_days, 70), 24 * now / base, 1e-12);
	assert_true(at_age(&scaled, scaled.aged_contacts, 70) <
	            at_age(&scaled, scaled.contacts, 70));
}

// --- what is refused ----------------------------------------------------------------------------

static void refused(const vrd_demand_input *in, const char *fragment) {
	vrd_demand d = {.t0 = 77};
	FAILS(vrd_demand_compute(&mem, in, &d, NULL, NULL, &err), VRD_DATA, fragment);
	NEAR(d.t0, 77, 0); // outputs are untouched
}

static void a_population_in_age_groups_is_refused(void **state) {
	(void)state;
	line l;
	make_line(&l, 89, straight, 2, 0.5);
	refused(&l.in, "an open end at 90 or later; it has the age group \"89+\"");
	make_line(&l, 90, straight, 2, 0.5);
	const vrd_dim *last = l.base.dims[2];
	const char *codes[90];
	for (size_t i = 0; i < 90; i++) // 56 and 57 become one group
		codes[i] = i == 56 ? "56-57" : last->cats[i < 56 ? i : i + 1].code;
	const vrd_dim *group = dim_of(&mem, "age", 90, codes);
	const vrd_dim *const *a = l.activity.dims, *const *p = l.people.dims,
	                     *const *b = l.base.dims;
	OK(vrd_cube_new(&mem, 7, (const vrd_dim *[]){a[0], a[1], group, a[3], a[4], a[5], a[6]},
	                &l.activity, &err));
	OK(vrd_cube_new(&mem, 4, (const vrd_dim *[]){b[0], b[1], group, b[3]}, &l.base, &err));
	OK(vrd_cube_new(&mem, 5, (const vrd_dim *[]){p[0], p[1], p[2], group, p[4]}, &l.people,
	                &err));
	l.in.n_band = 1;
	refused(&l.in, "single years of age above 55, with an open end at 90 or later; it has the "
	               "age group \"56-57\"");
	l.in.n_aged = 0; // not wanted, not needed
	assert_null(demand_of(&l.in).aged_contacts);
}

static void added_years_must_be_numbers_for_every_sex_and_year(void **state) {
	(void)state;
	line l;
	make_line(&l, 105, straight, NAN, 0.5);
	refused(&l.in, "the added years of life of sex F in 2030 are not a number");
	const vrd_cube few = cube_of(&mem, "year,value\n2030,1\n");
	l.in.added_years = &few;
	refused(&l.in, "the added years of life lack sex F in 2031");
	const vrd_cube men = cube_of(&mem, "sex,year,value\nM,2030,1\nM,2031,1\n");
	l.in.added_years = &men;
	refused(&l.in, "the added years of life lack sex F in 2030");
	const vrd_cube areas = cube_of(&mem, "area,year,value\na,2030,1\na,2031,1\n");
	l.in.added_years = &areas;
	refused(&l.in, "by year, or by sex and year");
	l.in.added_years = NULL;
	refused(&l.in, "healthy ageing needs the added years of life at 65");
	make_line(&l, 105, straight, 1, INFINITY);
	refused(&l.in, "share inf of the added years of life is not a number");
}

// --- a law --------------------------------------------------------------------------------------

// Rates that rise with age: the larger the healthy share, the lower the demand of every age.
static bool rising_rates_fall(prop_gen *gen) {
	line l;
	double last = 0;
	make_line(&l, 105, straight, 3 * prop_unit(gen), 0);
	for (size_t a = 0; a <= 105; a++) {
		last += prop_chance(gen, 0.3) ? 0 : prop_unit(gen);
		l.activity.values[2 * a] = last;
	}
	for (size_t i = 1; i < MAX_SHARES; i++)
		l.share[i] = l.share[i - 1] + prop_unit(gen) / 3;
	l.in.n_aged = MAX_SHARES;
	const vrd_demand d = demand_of(&l.in);
	for (size_t i = 1; i < MAX_SHARES; i++)
		for (size_t a = 0; a <= 105; a++) {
			const size_t n_cells = 2 * 106;
			const double less = at_age(&d, d.aged_contacts + i * n_cells, a);
			const double more = at_age(&d, d.aged_contacts + (i - 1) * n_cells, a);
			PROP_HOLDS(gen, less <= more * (1 + 1e-14), "age %zu: %.17g, %.17g", a,
			           less, more);
		}
	vrd_arena_clear(&mem);
	return true;
}

static void healthy_ageing_lowers_demand_that_rises_with_age(void **state) {
	(void)state;
	prop_check("rising rates fall", rising_rates_fall, 100, 8);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_teardown(
	                a_straight_curve_moves_by_the_healthy_part_of_the_added_years, clear),
	        cmocka_unit_test_teardown(one_band_sums_the_young_and_the_old, clear),
	        cmocka_unit_test_teardown(the_curve_is_smoothed_over_five_years, clear),
	        cmocka_unit_test_teardown(an_exponential_curve_gives_an_exponential_factor, clear),
	        cmocka_unit_test_teardown(where_rates_fall_healthy_ageing_raises_them, clear),
	        cmocka_unit_test_teardown(beyond_its_ends_the_curve_is_constant, clear),
	        cmocka_unit_test_teardown(a_year_of_age_without_people_takes_the_rate_below, clear),
	        cmocka_unit_test_teardown(the_first_years_without_people_take_the_rate_above,
	                                  clear),
	        cmocka_unit_test_teardown(groups_of_activity_are_constant_before_smoothing, clear),
	        cmocka_unit_test_teardown(
	                activity_where_nobody_lives_stays_or_grows_as_the_aged_demand, clear),
	        cmocka_unit_test_teardown(a_population_in_age_groups_is_refused, clear),
	        cmocka_unit_test_teardown(added_years_must_be_numbers_for_every_sex_and_year,
	                                  clear),
	        cmocka_unit_test_teardown(healthy_ageing_lowers_demand_that_rises_with_age, clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
