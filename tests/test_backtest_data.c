// The trend on what happened: Helse Nord 2012 to 2016, with only 2012-2014 (then 2012-2015) known.
// Prints every figure, good or bad; skips visibly without shared/.
#define _XOPEN_SOURCE 700 // P_tmpdir, mkdtemp

#include "helse_nord.h"
#include "region/backtest.h"

// --- figures ------------------------------------------------------------------------------------

static vrd_cube scored(const char *base, size_t n_by, const char *const *by) {
	vrd_backtest_options o = {.until = 2016,
	                          .draws = VRD_BACKTEST_DRAWS,
	                          .seed = VRD_BACKTEST_SEED,
	                          .n_by = n_by,
	                          .by = by};
	vrd_cube cube;
	OK(vrd_backtest_years(&mem, base, &o.base, &o.n_base, &err));
	vrd_region *region = opened();
	if (vrd_region_backtest(region, &o, &cube, &diag, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return cube;
}

// One figure by care: codes in the order care, measure, scored, stat, forecast.
static double figure(const vrd_cube *cube, const char *care, const char *measure,
                     const char *counted, const char *stat, const char *forecast) {
	const char *const codes[] = {care, measure, counted, stat, forecast};
	size_t at = 0;
	for (size_t d = 0; d < 5; d++) {
		const size_t i = vrd_dim_find_text(cube->dims[d], codes[d]);
		assert_true(i != VRD_NONE);
		at += i * cube->stride[d];
	}
	return cube->values[at];
}

static void print_all(const vrd_cube *cube, const char *base) {
	static const char *const forecasts[] = {"damped", "constant", "last", "linear"};
	const vrd_dim *care = cube->dims[0], *measure = cube->dims[1], *counted = cube->dims[2];
	for (size_t i = 0; i < care->n * measure->n * counted->n; i++) {
		const char *c = care->cats[i / counted->n / measure->n].code;
		const char *m = measure->cats[i / counted->n % measure->n].code;
		const char *s = counted->cats[i % counted->n].code;
		if (isnan(figure(cube, c, m, s, "n", "damped")))
			continue;
		print_message("# %s %s %s, %g %s: coverage %.1f %% (%.1f-%.1f)\n", base, c, m,
		              figure(cube, c, m, s, "n", "damped"), s,
		              figure(cube, c, m, s, "coverage", "damped"),
		              figure(cube, c, m, s, "coverage_low", "damped"),
		              figure(cube, c, m, s, "coverage_high", "damped"));
		for (size_t f = 0; f < 4; f++)
			print_message(
			        "#   %-8s bias %+7.2f MAPE %7.2f (%g left out) WAPE %7.2f CRPS "
			        "%10.2f skill %+.2f\n",
			        forecasts[f], figure(cube, c, m, s, "bias", forecasts[f]),
			        figure(cube, c, m, s, "mape", forecasts[f]),
			        figure(cube, c, m, s, "n_left_out", forecasts[f]),
			        figure(cube, c, m, s, "wape", forecasts[f]),
			        figure(cube, c, m, s, "crps", forecasts[f]),
			        f ? figure(cube, c, m, s, "skill", forecasts[f]) : 0);
	}
}

// --- the criteria -------------------------------------------------------------------------------

// What is judged together: stays, bed days, outpatient and day care.
static const struct {
	const char *care, *measure;
} judged[] = {{"inpatient", "contacts"},
              {"inpatient", "bed_days"},
              {"outpatient", "contacts"},
              {"day", "contacts"}};

enum { N_JUDGED = sizeof judged / sizeof *judged };

// Mean over the four of one score of the forecasts.
static double together(const vrd_cube *cube, const char *counted, const char *stat,
                       const char *forecast) {
	double sum = 0;
	for (size_t i = 0; i < N_JUDGED; i++)
		sum += figure(cube, judged[i].care, judged[i].measure, counted, stat, forecast);
	return sum / N_JUDGED;
}

static void judge(const char *base) {
	const vrd_cube cube = scored(base, 1, TEXTS("care"));
	const vrd_cube all = scored(base, 0, NULL);
	double covered = 0, n = 0;
	print_all(&cube, base);
	for (size_t s = 0; s < 2; s++) {
		const char *counted = s ? "totals" : "cells";
		const double ours = together(&cube, counted, "wape", "damped");
		const double constant = together(&cube, counted, "wape", "constant");
		print_message(
		        "# %s, four together, %s: WAPE %.2f, constant %.2f, last %.2f, linear "
		        "%.2f\n",
		        base, counted, ours, constant, together(&cube, counted, "wape", "last"),
		        together(&cube, counted, "wape", "linear"));
		assert_true(ours < constant);
	}
	const double four = together(&cube, "cells", "coverage", "damped");
	for (size_t q = 0; q < all.dims[0]->n; q++) {
		const size_t at = q * all.stride[0];
		const size_t stat = all.stride[2];
		const double cells = all.values[at + vrd_dim_find_text(all.dims[2], "n") * stat];
		n += cells;
		covered += cells / 100 *
		           all.values[at + vrd_dim_find_text(all.dims[2], "coverage") * stat];
	}
	print_message(
	        "# %s, coverage of cells: the four %.1f %%, every care and measure %.1f %% of "
	        "%g\n",
	        base, four, 100 * covered / n, n);
	assert_true(four >= 70 && four <= 90);
	assert_true(covered / n >= 0.7 && covered / n <= 0.9);
}

static void a_damped_trend_from_2012_to_2014_beats_constant_rates(void **state) {
	(void)state;
	make_north();
	judge("2012-2014");
}

static void a_damped_trend_from_2012_to_2015_beats_constant_rates(void **state) {
	(void)state;
	make_north();
	judge("2012-2015");
}

// The rolling origin inside the base years: what was looked at when the method was made. Of 2015 and
// 2016 only the published errors of constant rates were known then.
static void figures_of_the_base_years_alone_are_printed(void **state) {
	(void)state;
	make_north();
	vrd_backtest_options o = {.until = 2014,
	                          .draws = VRD_BACKTEST_DRAWS,
	                          .seed = VRD_BACKTEST_SEED,
	                          .n_by = 1,
	                          .by = TEXTS("care")};
	vrd_cube cube;
	OK(vrd_backtest_years(&mem, "2012-2013", &o.base, &o.n_base, &err));
	OK(vrd_region_backtest(opened(), &o, &cube, &diag, &err));
	print_all(&cube, "2012-2013 until 2014");
	assert_true(together(&cube, "cells", "coverage", "damped") > 70);
}

// Constant rates are those of the model: the errors of the published baseline, in per cent.
static void constant_rates_miss_as_a_run_does(void **state) {
	(void)state;
	make_north();
	vrd_backtest_options o = {
	        .until = 2016, .draws = 2, .n_by = 2, .by = TEXTS("care", "year")};
	vrd_cube cube;
	OK(vrd_backtest_years(&mem, "2012-2014", &o.base, &o.n_base, &err));
	OK(vrd_region_backtest(opened(), &o, &cube, &diag, &err));
	static const struct {
		const char *care, *year, *measure;
		double error;
	} known[] = {
	        {"inpatient", "2015", "contacts", 2.9},   {"inpatient", "2016", "contacts", 2.3},
	        {"inpatient", "2015", "bed_days", 3.8},   {"inpatient", "2016", "bed_days", 2.1},
	        {"outpatient", "2015", "contacts", -2.6}, {"outpatient", "2016", "contacts", -3.1},
	        {"day", "2015", "contacts", 6.8},         {"day", "2016", "contacts", 13.5}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		vrd_cube one;
		OK(vrd_cube_slice(&mem, &cube, "year", vrd_str_of(known[i].year), &one, &err));
		const double bias =
		        figure(&one, known[i].care, known[i].measure, "totals", "bias", "constant");
		if (!(fabs(bias - known[i].error) <
		      0.06)) // bed days were published for every form of care together
			fail_msg("%s %s: %+.2f %%, not %+.1f %%", known[i].care, known[i].year,
			         bias, known[i].error);
	}
}

// P10 to P90 of constant rates with the walks that the base years 2012-2014 calibrate, against the
// totals of 2015 and 2016: the error of constant rates is in the bias.
static void calibrated_walks_hold_half_of_what_came(void **state) {
	(void)state;
	static const char *const cares[] = {"inpatient", "day", "outpatient", "specialist"};
	const double z90 = 1.2815515655446004;
	size_t inside = 0;
	make_north();
	vrd_backtest_options o = {
	        .until = 2016, .draws = 2, .n_by = 2, .by = TEXTS("care", "year")};
	vrd_buf yaml = {0};
	vrd_cube cube;
	OK(vrd_backtest_years(&mem, "2012-2014", &o.base, &o.n_base, &err));
	OK(vrd_region_backtest(opened(), &o, &cube, &diag, &err));
	OK(vrd_region_calibrate(opened(), &o, &yaml, &diag, &err));
	for (size_t i = 0; i < 8; i++) {
		const char *care = cares[i / 2];
		const char *at = strstr(yaml.p, vrd_arena_printf(&mem, "walk-somatic-%s", care));
		assert_non_null(at);
		const double sd = strtod(strstr(at, "walk_sd: ") + 9, NULL);
		const size_t years = i % 2 + 1;
		vrd_cube one;
		OK(vrd_cube_slice(&mem, &cube, "year", vrd_str_of(years == 1 ? "2015" : "2016"),
		                  &one, &err));
		const double bias = figure(&one, care, "contacts", "totals", "bias", "constant");
		const double e = -log1p(bias / 100), far = z90 * sd * sqrt((double)years);
		print_message("# %s %zu: walk_sd %.4f, ln(observed / constant) %+.4f, %s\n", care,
		              2014 + years, sd, e, fabs(e) <= far ? "inside" : "outside");
		inside += fabs(e) <= far;
	}
	print_message("# calibrated walks held %zu of 8 totals\n", inside);
	vrd_buf_free(&yaml);
	assert_int_equal(inside, 4);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
	        TEST(a_damped_trend_from_2012_to_2014_beats_constant_rates),
	        TEST(a_damped_trend_from_2012_to_2015_beats_constant_rates),
	        TEST(figures_of_the_base_years_alone_are_printed),
	        TEST(constant_rates_miss_as_a_run_does),
	        TEST(calibrated_walks_hold_half_of_what_came),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
