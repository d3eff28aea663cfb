// People of the example region: cohorts that grow older along smooth schedules, fitted to the plan.
//
//	log N(area, age, t) = log R(age - (t - 2026))       size of the cohort, by its age in 2026
//	                    + Q(age) - Q(age in 2026)        deaths and moves, as the nation
// projects
//	                    + log profile(area, age)         who lives where (a hump of young adults
// in town)
//	                    + tilt(area, t) ramp(age)        fitted: the share aged 80 and over
//
// Each area and year is scaled to its total, so a cohort changes from year to year only by what its
// age asks for. The tilt is found in 2026 and 2040, where the plan prints shares, and runs straight
// between and a year beyond.
#include "region/example_parts.h"

#include <math.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { BASE = 2026, END = 2040, OLD = 80 };

// Persons in the region, 1 January: SSB table 14288, MMMM (2024), sum of the eight counties.
static const double total_year[] = {2025, 2026, 2030, 2035, 2040, 2041};
static const double total_persons[] = {3189959, 3215674, 3292649, 3384375, 3464947, 3479075};

// Persons per year of age in 2026, in hundreds, both sexes: SSB table 07459, means of five-year
// groups at their middle. Negative ages are born later: newborns grow as in SSB table 13599.
static const double cohort_age[] = {-15, -10, -5, 0,  2,  7,  12, 17, 22, 27, 32, 37,  42,
                                    47,  52,  57, 62, 67, 72, 77, 82, 87, 92, 97, 102, 105};
static const double cohort_size[] = {330, 326, 313, 304,  313, 333,  361,  387, 368,
                                     417, 458, 465, 430,  415, 437,  429,  383, 340,
                                     292, 265, 176, 92.6, 38,  10.4, 1.46, 0.71};

// 1000 ln of what becomes of a cohort from birth on, deaths and moves: SSB table 13599, mean of
// 2026-2040.
static const double life_age[] = {0,  10, 18, 22, 26, 30, 35, 45,  55, 60,
                                  65, 70, 75, 80, 85, 90, 95, 100, 105};
static const double life[] = {0,   34, 62, 81,  126,  166,  189,   197,   178,  159,
                              128, 84, 18, -97, -321, -781, -1723, -3491, -6400};

// Women among 1000 persons: SSB table 07459, Helse Sør-Øst, 1 January 2026.
static const double women_age[] = {0, 40, 60, 70, 75, 80, 85, 90, 95, 105};
static const double women[] = {487, 487, 494, 507, 519, 541, 571, 632, 719, 800};

// Ages of vrd_example_area.profile.
static const double profile_age[VRD_EX_KNOTS] = {0, 6, 14, 18, 22, 26, 32, 40, 50, 65, 80, 92};

// How the high alternative differs from the main one in 2040, in ln, before all ages are scaled to
// its total; the low one is its mirror. Made up: more children, more young adults who move in, more
// who grow very old.
static const double spread_age[] = {0, 14, 20, 30, 45, 65, 80, 95};
static const double spread[] = {0.14, 0.08, 0.05, 0.08, 0.04, 0, 0.03, 0.10};

// Persons in the region in 2050 in each alternative beside MMMM's 3 577 172: SSB table 14288.
static const double of_mmmm_2050[VRD_EX_VARIANTS] = {1, 3146206 / 3577172.0, 3988313 / 3577172.0};

static double region_total(int year) {
	return floor(vrd_example_curve(COUNT(total_year), total_year, total_persons, year) + 0.5);
}

// Part of the way from 2026 to 2040 that the region's total has come.
static double progress(int year) {
	return (region_total(year) - region_total(BASE)) / (region_total(END) - region_total(BASE));
}

static double ramp(double age) {
	const double u = fmin(fmax((age - 50) / 30, 0), 1);
	return u * u * (3 - 2 * u);
}

// ln of persons by age, up to a constant, before tilt.
static void structure(const vrd_example_area *area, int year, double out[VRD_EX_AGES]) {
	double log_size[COUNT(cohort_age)], log_profile[VRD_EX_KNOTS];
	for (size_t i = 0; i < COUNT(cohort_age); i++)
		log_size[i] = log(cohort_size[i]);
	for (size_t i = 0; i < VRD_EX_KNOTS; i++)
		log_profile[i] = log(area->profile[i]);
	for (int a = 0; a < VRD_EX_AGES; a++) {
		const int before = a - (year - BASE); // age in 2026
		const double lived = vrd_example_curve(COUNT(life), life_age, life, a) -
		                     vrd_example_curve(COUNT(life), life_age, life, before);
		out[a] = vrd_example_curve(COUNT(cohort_age), cohort_age, log_size, before) +
		         lived / 1000 +
		         vrd_example_curve(VRD_EX_KNOTS, profile_age, log_profile, a);
	}
}

// Persons by age with the given tilt, scaled to `total`; returns those of 80 and over.
static double persons_by_age(const double log_persons[VRD_EX_AGES], double tilt, double total,
                             double out[VRD_EX_AGES]) {
	double sum = 0, old = 0;
	for (size_t a = 0; a < VRD_EX_AGES; a++) {
		out[a] = exp(log_persons[a] + tilt * ramp((double)a));
		sum += out[a];
	}
	for (size_t a = 0; a < VRD_EX_AGES; a++) {
		out[a] *= total / sum;
		old += a >= OLD ? out[a] : 0;
	}
	return old;
}

// --- the plan's two years -----------------------------------------------------------------------

typedef struct {
	int year;
	double share_added; // within rounding, so that the region's share rounds as printed too
	int64_t total[VRD_EX_AREAS];
	double tilt[VRD_EX_AREAS];
} anchor;

// Totals of the areas: municipalities as projected; districts share the rest of their catchment in
// proportion to their counts.
static void share_out_totals(anchor *at) {
	for (size_t u = 0; u < VRD_EX_UNITS; u++) {
		const vrd_example_unit *unit = &vrd_example_units[u];
		int64_t left = at->year == BASE ? unit->persons_2026 : unit->persons_2040;
		size_t n = 0, members[VRD_EX_AREAS];
		double counted[VRD_EX_AREAS];
		int64_t shared[VRD_EX_AREAS];
		for (size_t g = 0; g < VRD_EX_AREAS; g++) {
			const vrd_example_area *a = &vrd_example_areas[g];
			if (vrd_example_unit_of(g, at->year) != u)
				continue;
			at->total[g] = at->year == BASE ? a->persons_2026 : a->persons_2040;
			left -= at->total[g];
			if (a->counted) {
				counted[n] = a->counted;
				members[n++] = g;
			}
		}
		if (n)
			vrd_example_share(n, counted, left, shared);
		for (size_t i = 0; i < n; i++)
			at->total[members[i]] = shared[i];
	}
}

static double old_of_unit(const anchor *at, size_t unit, double tilt,
                          double log_persons[][VRD_EX_AGES]) {
	double by_age[VRD_EX_AGES], old = 0;
	for (size_t g = 0; g < VRD_EX_AREAS; g++)
		if (vrd_example_unit_of(g, at->year) == unit)
			old += persons_by_age(log_persons[g], tilt, (double)at->total[g], by_age);
	return old;
}

// One tilt for all areas of a catchment, by bisection: the old grow with it.
static void fit_tilts(anchor *at) {
	double log_persons[VRD_EX_AREAS][VRD_EX_AGES];
	for (size_t g = 0; g < VRD_EX_AREAS; g++)
		structure(&vrd_example_areas[g], at->year, log_persons[g]);
	for (size_t u = 0; u < VRD_EX_UNITS; u++) {
		const vrd_example_unit *unit = &vrd_example_units[u];
		const bool base = at->year == BASE;
		const double wanted =
		        (base ? unit->persons_2026 : unit->persons_2040) *
		        ((base ? unit->old_2026 : unit->old_2040) / 1000.0 + at->share_added);
		double low = -2, high = 2;
		for (int i = 0; i < 60; i++) {
			const double middle = (low + high) / 2;
			if (old_of_unit(at, u, middle, log_persons) < wanted)
				low = middle;
			else
				high = middle;
		}
		for (size_t g = 0; g < VRD_EX_AREAS; g++)
			if (vrd_example_unit_of(g, at->year) == u)
				at->tilt[g] = (low + high) / 2;
	}
}

// --- all years ----------------------------------------------------------------------------------

static void area_totals(const anchor *base, const anchor *end, int year, int64_t out[]) {
	double exact[VRD_EX_AREAS];
	for (size_t g = 0; g < VRD_EX_AREAS; g++)
		exact[g] = (double)base->total[g] +
		           (double)(end->total[g] - base->total[g]) * progress(year);
	vrd_example_share(VRD_EX_AREAS, exact, (int64_t)region_total(year), out);
}

// An alternative departs from MMMM along a straight line from 2026.
static void alternative_totals(vrd_example_variant variant, int year, int64_t totals[]) {
	double exact[VRD_EX_AREAS], sum = 0;
	const double factor = 1 + (of_mmmm_2050[variant] - 1) * (year - BASE) / (2050 - BASE);
	if (variant == VRD_EX_MMMM || year <= BASE)
		return;
	for (size_t g = 0; g < VRD_EX_AREAS; g++)
		sum += exact[g] = (double)totals[g];
	vrd_example_share(VRD_EX_AREAS, exact, (int64_t)floor(sum * factor + 0.5), totals);
}

static void spread_out(vrd_example_variant variant, int year, double log_persons[VRD_EX_AGES]) {
	const double part = year <= BASE ? 0 : (double)(year - BASE) / (END - BASE);
	const double sign = variant == VRD_EX_HHMH ? 1 : variant == VRD_EX_LLML ? -1 : 0;
	for (size_t a = 0; a < VRD_EX_AGES; a++)
		log_persons[a] += sign * part *
		                  vrd_example_curve(COUNT(spread), spread_age, spread, (double)a);
}

static void fill_year(vrd_example_people *people, vrd_example_variant variant, const anchor *base,
                      const anchor *end, size_t y) {
	const int year = VRD_EX_FIRST_YEAR + (int)y;
	const double part = (double)(year - BASE) / (END - BASE);
	int64_t totals[VRD_EX_AREAS], whole[2 * VRD_EX_AGES];
	double by_age[VRD_EX_AGES], cells[2 * VRD_EX_AGES];
	area_totals(base, end, year, totals);
	alternative_totals(variant, year, totals);
	for (size_t g = 0; g < VRD_EX_AREAS; g++) {
		double log_persons[VRD_EX_AGES];
		structure(&vrd_example_areas[g], year, log_persons);
		spread_out(variant, year, log_persons);
		(void)persons_by_age(log_persons,
		                     base->tilt[g] + (end->tilt[g] - base->tilt[g]) * part,
		                     (double)totals[g], by_age);
		for (size_t a = 0; a < VRD_EX_AGES; a++) {
			const double share =
			        vrd_example_curve(COUNT(women), women_age, women, (double)a) / 1000;
			cells[a] = by_age[a] * share;
			cells[VRD_EX_AGES + a] = by_age[a] * (1 - share);
		}
		vrd_example_share(2 * VRD_EX_AGES, cells, totals[g], whole);
		for (size_t i = 0; i < 2 * VRD_EX_AGES; i++)
			people->persons[variant][g][i / VRD_EX_AGES][y][i % VRD_EX_AGES] =
			        (int32_t)whole[i];
	}
}

vrd_status vrd_example_people_make(vrd_arena *mem, const vrd_example_people **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_example_people *people;
	anchor base = {.year = BASE, .share_added = 0.0002}, end = {.year = END};
	VRD_TRY(VRD_NEW(mem, people, 1));
	share_out_totals(&base);
	share_out_totals(&end);
	fit_tilts(&base);
	fit_tilts(&end);
	for (vrd_example_variant v = VRD_EX_MMMM; v < VRD_EX_VARIANTS; v++)
		for (size_t y = 0; y < VRD_EX_YEARS; y++)
			fill_year(people, v, &base, &end, y);
	*out = people;
out:
	return rc;
}

// --- files --------------------------------------------------------------------------------------

static void write_years(const vrd_example_people *people, vrd_example_variant variant, size_t from,
                        size_t to, vrd_buf *out) {
	vrd_buf_puts(out, "area,sex,year");
	for (int a = 0; a < VRD_EX_AGES; a++)
		vrd_buf_printf(out, ",a%d%s", a, a == VRD_EX_AGES - 1 ? "+" : "");
	for (size_t g = 0; g < VRD_EX_AREAS; g++)
		for (size_t s = 0; s < 2; s++)
			for (size_t y = from; y <= to; y++) {
				vrd_buf_printf(out, "\n%s,%c,%d", vrd_example_areas[g].name.code,
				               "FM"[s], VRD_EX_FIRST_YEAR + (int)y);
				for (size_t a = 0; a < VRD_EX_AGES; a++)
					vrd_buf_printf(out, ",%d",
					               (int)people->persons[variant][g][s][y][a]);
			}
	vrd_buf_putc(out, '\n');
}

void vrd_example_population_2025_csv(const vrd_example_people *people, vrd_buf *out) {
	write_years(people, VRD_EX_MMMM, 0, 0, out);
}

void vrd_example_population_csv(const vrd_example_people *people, vrd_buf *out) {
	write_years(people, VRD_EX_MMMM, 1, VRD_EX_YEARS - 1, out);
}

void vrd_example_population_llml_csv(const vrd_example_people *people, vrd_buf *out) {
	write_years(people, VRD_EX_LLML, 1, VRD_EX_YEARS - 1, out);
}

void vrd_example_population_hhmh_csv(const vrd_example_people *people, vrd_buf *out) {
	write_years(people, VRD_EX_HHMH, 1, VRD_EX_YEARS - 1, out);
}
