// The backtest on made-up regions whose future is known, against hand computation.
#define _XOPEN_SOURCE 700 // P_tmpdir, mkdtemp

#include "folder_kit.h"
#include "near.h"
#include "region/backtest.h"

// --- a region -----------------------------------------------------------------------------------

static void write_region(const char *more_data) {
	(void)text_file(
	        "region/region.yaml",
	        vrd_arena_printf(&mem,
	                         "schema: 1\nname: Liten\nlanguage: en\nplanning_level: catchment\n"
	                         "base_years: [2014]\nhorizon: 2018\nexclude_years: [2011]\n"
	                         "data:\n"
	                         "  - {kind: population, file: data/count.csv}\n"
	                         "  - {kind: activity, file: data/activity.csv, absent: zero, "
	                         "columns: {contacts: measure=contacts, bed_days: "
	                         "measure=bed_days}}\n%s",
	                         more_data));
	(void)text_file("region/geography/areas.csv", "code,type,parent,label\nr,region,,Region\n"
	                                              "a,catchment,r,Alpha\nb,catchment,r,Beta\n");
	(void)text_file("region/data/services.csv",
	                "code,parent,driver,kappa,label\nmed,,population,1,Medicine\n");
	(void)text_file("region/data/care.csv", "code,beds,label\ninp,yes,Inpatient\nday,no,Day\n");
	(void)text_file("region/scenarios/main.yaml", "schema: 1\nname: main\n");
}

// People on 1 January: `size` times a number that differs by area, sex, age and year.
static double people(size_t area, size_t sex, size_t age, int year, double size) {
	return size * (1000.0 + 370.0 * (double)area + 41.0 * (double)sex + 130.0 * (double)age) *
	       (1 + 0.01 * (double)(year - 2010) * (double)(1 + age));
}

static void write_people(const char *name, int from, int to, double size) {
	static const char *const ages[] = {"0-17", "18-66", "67+"};
	vrd_buf text = {0};
	vrd_buf_puts(&text, "area,sex,age,year,value\n");
	for (size_t i = 0; i < 12; i++)
		for (int year = from; year <= to; year++)
			vrd_buf_printf(&text, "%c,%c,%s,%d,%.12g\n", "ab"[i / 6], "FM"[i / 3 % 2],
			               ages[i % 3], year,
			               people(i / 6, i / 3 % 2, i % 3, year, size));
	(void)file_of(name, text.p, text.n);
	vrd_buf_free(&text);
}

// Rates that never change, times people at mid-year: what constant rates foresee exactly.
static void write_constant_use(double size) {
	static const char *const ages[] = {"0-17", "18-66", "67+"};
	vrd_buf text = {0};
	vrd_buf_puts(&text, "area,sex,age,service,care,year,contacts,bed_days\n");
	for (size_t i = 0; i < 12; i++)
		for (int year = 2010; year <= 2016; year++) {
			const double rate = 0.05 + 0.02 * (double)(i % 5);
			const double mid = (people(i / 6, i / 3 % 2, i % 3, year, size) +
			                    people(i / 6, i / 3 % 2, i % 3, year + 1, size)) /
			                   2;
			vrd_buf_printf(&text,
			               "%c,%c,%s,med,inp,%d,%.12g,%.12g\n"
			               "%c,%c,%s,med,day,%d,%.12g,0\n",
			               "ab"[i / 6], "FM"[i / 3 % 2], ages[i % 3], year, rate * mid,
			               4 * rate * mid, "ab"[i / 6], "FM"[i / 3 % 2], ages[i % 3],
			               year, rate * mid / 3);
		}
	(void)file_of("region/data/activity.csv", text.p, text.n);
	vrd_buf_free(&text);
}

static void write_constant_region(double size) {
	write_region("");
	write_people("region/data/count.csv", 2010, 2017, size);
	write_constant_use(size);
}

enum { HIDDEN = -1 };

// One area, sex and age; 1000 people in every year; contacts as told from 2012 on.
static void write_single(size_t n, const int contacts[], const char *more_data) {
	vrd_buf text = {0};
	write_region(more_data);
	vrd_buf_puts(&text, "area,sex,age,year,value\n");
	for (int year = 2012; year <= 2018; year++)
		vrd_buf_printf(&text, "a,all,all,%d,1000\n", year);
	(void)file_of("region/data/count.csv", text.p, text.n);
	vrd_buf_reset(&text);
	vrd_buf_puts(&text, "area,sex,age,service,care,year,contacts,bed_days\n");
	for (size_t i = 0; i < n; i++) {
		const char *told =
		        contacts[i] == HIDDEN ? ":" : vrd_arena_printf(&mem, "%d", contacts[i]);
		vrd_buf_printf(&text, "a,all,all,med,day,%d,%s,0\n", 2012 + (int)i, told);
	}
	(void)file_of("region/data/activity.csv", text.p, text.n);
	vrd_buf_free(&text);
}

// --- asking -------------------------------------------------------------------------------------

static vrd_backtest_options asked(const char *base, int until, size_t n_by, const char *const *by) {
	vrd_backtest_options o = {.until = until, .draws = 300, .seed = 4, .n_by = n_by, .by = by};
	OK(vrd_backtest_years(&mem, base, &o.base, &o.n_base, &err));
	return o;
}

static vrd_cube scored(const vrd_backtest_options *o) {
	vrd_cube cube;
	vrd_region *region = opened();
	if (vrd_region_backtest(region, o, &cube, &diag, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return cube;
}

static void assert_refused(const vrd_backtest_options *o, vrd_status status, const char *part) {
	vrd_cube cube;
	vrd_region *region = opened();
	const vrd_status rc = vrd_region_backtest(region, o, &cube, &diag, &err);
	if (rc != status)
		fail_msg("status %s: %s", vrd_status_name(rc), rc == VRD_OK ? "" : err.text);
	assert_says(err.text, part);
}

static size_t position(const vrd_cube *cube, const char *codes) {
	vrd_str rest = vrd_str_of(codes), part;
	size_t at = 0;
	for (size_t d = 0; d < cube->n_dims; d++) {
		assert_true(vrd_str_split(&rest, ' ', &part));
		const size_t i = vrd_dim_find(cube->dims[d], part);
		if (i == VRD_NONE)
			fail_msg("no \"%.*s\" in %s", (int)part.n, part.p, cube->dims[d]->name);
		at += i * cube->stride[d];
	}
	return at;
}

static double value(const vrd_cube *cube, const char *codes) {
	return cube->values[position(cube, codes)];
}

// --- known answers ------------------------------------------------------------------------------

static void a_future_of_constant_rates_is_foreseen_without_error(void **state) {
	(void)state;
	write_constant_region(1);
	const vrd_backtest_options o = asked("2012-2014", 2016, 1, TEXTS("care"));
	const vrd_cube cube = scored(&o);
	static const char *const who[] = {"inp contacts", "inp bed_days", "day contacts"};
	static const char *const how[] = {"damped", "constant", "last", "linear"};
	for (size_t i = 0; i < 3; i++)
		for (size_t f = 0; f < 4; f++)
			for (size_t s = 0; s < 2; s++) {
				const char *stem = vrd_arena_printf(&mem, "%s %s", who[i],
				                                    s ? "totals" : "cells");
				const char *bias =
				        vrd_arena_printf(&mem, "%s bias %s", stem, how[f]);
				const char *wape =
				        vrd_arena_printf(&mem, "%s wape %s", stem, how[f]);
				assert_near(value(&cube, bias), 0, 1e-8);
				assert_near(value(&cube, wape), 0, 1e-8);
			}
	assert_near(value(&cube, "inp contacts cells n damped"), 24,
	            0); // 2 areas x 2 x 3 x 2 years
	assert_near(value(&cube, "inp contacts totals n damped"), 2, 0);
	assert_near(value(&cube, "inp contacts cells coverage damped"), 100, 0);
	assert_true(vrd_cube_status(&cube, position(&cube, "day bed_days cells n damped")) ==
	            VRD_NOT_APPLICABLE);
	assert_true(vrd_cube_status(&cube, position(&cube, "inp contacts cells coverage last")) ==
	            VRD_NOT_APPLICABLE);
}

static void figures_agree_with_hand_computation(void **state) {
	(void)state;
	write_single(5, (const int[]){100, 100, 100, 110, 80}, "");
	const vrd_backtest_options o = asked("2012..2014", 2016, 0, NULL);
	const vrd_cube cube = scored(&o);
	// Forecast 100 and 100, observed 110 and 80.
	assert_near(value(&cube, "contacts cells bias damped"), 1000 / 190.0, 1e-9);
	assert_near(value(&cube, "contacts cells wape damped"), 3000 / 190.0, 1e-9);
	assert_near(value(&cube, "contacts cells mape damped"), 50 * (10 / 110.0 + 20 / 80.0),
	            1e-9);
	assert_near(value(&cube, "contacts cells crps constant"), 15, 1e-9);
	assert_near(value(&cube, "contacts cells skill constant"), 0, 1e-9);
	assert_near(value(&cube, "contacts cells n_left_out damped"), 0, 0);
	assert_near(value(&cube, "contacts cells crps_skill constant"),
	            1 - value(&cube, "contacts cells crps damped") / 15, 1e-12);
	// One cell a year: cells and totals are the same numbers.
	assert_near(value(&cube, "contacts totals crps damped"),
	            value(&cube, "contacts cells crps damped"), 1e-12);
	assert_string_equal(
	        cube.label,
	        "Liten: projected from 2012, 2013, 2014, compared with what happened until 2016");
}

static void rivals_are_scored_by_hand_too(void **state) {
	(void)state;
	write_single(5, (const int[]){100, 110, 120, 125, 0}, "");
	const vrd_backtest_options o = asked("2012-2014", 2016, 1, TEXTS("year"));
	const vrd_cube cube = scored(&o);
	assert_near(value(&cube, "2015 contacts cells bias constant"), -12, 1e-9);
	assert_near(value(&cube, "2015 contacts cells bias last"), -4, 1e-9);
	assert_near(value(&cube, "2015 contacts cells bias linear"), 4, 1e-9);
	const double wape = value(&cube, "2015 contacts cells wape damped");
	assert_true(wape < 12); // between constant rates and the line
	assert_near(value(&cube, "2015 contacts cells skill constant"), 1 - wape / 12, 1e-12);
	// Nothing observed: no percentage, and MAPE says what it left out.
	const size_t bias = position(&cube, "2016 contacts cells bias damped");
	assert_int_equal(vrd_cube_status(&cube, bias), VRD_NOT_APPLICABLE);
	assert_near(value(&cube, "2016 contacts cells n_left_out damped"), 1, 0);
	assert_near(value(&cube, "2016 contacts cells crps last"), 120, 1e-9);
}

static void ten_times_as_many_people_and_the_same_use_change_nothing(void **state) {
	(void)state;
	write_constant_region(1);
	const vrd_backtest_options o = asked("2012-2014", 2016, 1, TEXTS("area"));
	const vrd_cube one = scored(&o);
	write_people("region/data/count.csv", 2010, 2017, 10);
	const vrd_cube ten = scored(&o);
	for (size_t i = 0; i < one.n_cells; i++)
		if (!isnan(one.values[i]))
			assert_near(ten.values[i], one.values[i], 1e-6 * (1 + fabs(one.values[i])));
}

static void categories_divide_the_cells(void **state) {
	(void)state;
	write_constant_region(1);
	const vrd_backtest_options all = asked("2012-2014", 2016, 0, NULL);
	const vrd_backtest_options by = asked("2012-2014", 2016, 3, TEXTS("year", "area", "age"));
	const vrd_cube whole = scored(&all), parts = scored(&by);
	double n = 0, crps = 0;
	for (size_t i = 0; i < 12; i++) {
		const char *stem = vrd_arena_printf(
		        &mem, "%d %c %s contacts cells", 2015 + (int)(i / 6), "ab" [i / 3 % 2],
		        (const char *[]) { "0-17", "18-66", "67+" }[i % 3]);
		const double of = value(&parts, vrd_arena_printf(&mem, "%s n damped", stem));
		n += of;
		crps += of * value(&parts, vrd_arena_printf(&mem, "%s crps damped", stem));
	}
	assert_near(n, value(&whole, "contacts cells n damped"), 0);
	assert_near(crps / n, value(&whole, "contacts cells crps damped"), 1e-9);
}

static void the_same_seed_gives_the_same_bits(void **state) {
	(void)state;
	write_constant_region(1);
	vrd_backtest_options o = asked("2012-2014", 2016, 1, TEXTS("care"));
	const vrd_cube first = scored(&o), again = scored(&o);
	assert_true(vrd_cube_equal(&first, &again));
	o.seed = 5;
	const vrd_cube other = scored(&o);
	assert_false(vrd_cube_equal(&first, &other));
}

static void excluded_base_years_are_left_out(void **state) {
	(void)state;
	write_constant_region(1);
	const vrd_backtest_options o = asked("2010-2014", 2015, 0, NULL);
	assert_says(scored(&o).label, "from 2010, 2012, 2013, 2014,");
	const vrd_backtest_options none = asked("2011", 2015, 0, NULL);
	assert_refused(&none, VRD_USAGE, "exclude_years");
}

static void errors_of_small_numbers_are_hidden(void **state) {
	(void)state;
	write_single(5, (const int[]){3, 2, 3, 2, 1}, "");
	const vrd_backtest_options o = asked("2012-2014", 2016, 0, NULL);
	const vrd_cube cube = scored(&o);
	const size_t contacts = position(&cube, "contacts cells n damped");
	for (size_t i = 0; i < cube.stride[0]; i++)
		assert_int_equal(vrd_cube_status(&cube, contacts + i), VRD_SUPPRESSED);
	assert_says(cube.notes[cube.n_notes - 1], "hidden for privacy");
}

// --- what was known -----------------------------------------------------------------------------

static const char vintages[] =
        "  - {kind: population, file: data/early.csv, variant: early, known: 2012}\n"
        "  - {kind: population, file: data/then.csv, variant: then, known: 2014}\n"
        "  - {kind: population, file: data/later.csv, variant: later, known: 2015}\n"
        "  - {kind: population, file: data/now.csv, variant: now, main: true}\n";

// Constant totals of one area from 2015 on.
static void write_vintage(const char *name, int to, int size) {
	vrd_buf text = {0};
	vrd_buf_puts(&text, "area,sex,age,year,value\n");
	for (int year = 2015; year <= to; year++)
		vrd_buf_printf(&text, "a,all,all,%d,%d\n", year, size);
	(void)file_of(name, text.p, text.n);
	vrd_buf_free(&text);
}

static void write_vintages(int to) {
	write_vintage("region/data/early.csv", to, 1300);
	write_vintage("region/data/then.csv", to, 1100);
	write_vintage("region/data/later.csv", 2017, 1500);
	write_vintage("region/data/now.csv", 2017, 1000);
}

static void the_chain_uses_the_newest_projection_known_then(void **state) {
	(void)state;
	write_single(5, (const int[]){100, 100, 100, 100, 100}, vintages);
	write_vintages(2017);
	vrd_backtest_options o = asked("2012-2014", 2016, 1, TEXTS("year"));
	vrd_cube cube = scored(&o);
	assert_near(value(&cube, "2016 contacts cells bias damped"), 0, 1e-9);
	o.mode = VRD_BACKTEST_CHAIN;
	cube = scored(&o);
	assert_near(value(&cube, "2015 contacts cells bias constant"), 10, 1e-9);
	assert_near(value(&cube, "2016 contacts cells bias constant"), 10, 1e-9);
	assert_says(cube.notes[0], "then of 2014");
	const vrd_backtest_options from_2013 = {.n_base = o.n_base - 1,
	                                        .base = o.base,
	                                        .until = 2016,
	                                        .mode = VRD_BACKTEST_CHAIN,
	                                        .draws = 100,
	                                        .n_by = 1,
	                                        .by = o.by};
	cube = scored(&from_2013);
	assert_near(value(&cube, "2016 contacts cells bias constant"), 30, 1e-9);
}

static void a_chain_without_a_projection_of_the_time_says_so(void **state) {
	(void)state;
	write_single(5, (const int[]){100, 100, 100, 100, 100}, "");
	vrd_backtest_options o = asked("2012-2014", 2016, 0, NULL);
	o.mode = VRD_BACKTEST_CHAIN;
	assert_refused(&o, VRD_NOINPUT, "no population projection that was known in 2014");
	assert_says(err.text, "known: YEAR");
	write_single(5, (const int[]){100, 100, 100, 100, 100}, vintages);
	write_vintages(2016);
	assert_refused(&o, VRD_DATA, "\"then\", known in 2014, has no year 2017");
	assert_says(err.text, "mid-year exposure");
}

// --- bad input ----------------------------------------------------------------------------------

static void years_that_cannot_be_are_refused(void **state) {
	(void)state;
	write_single(4, (const int[]){100, 100, 100, 100}, "");
	vrd_backtest_options o = asked("2012-2014", 2014, 0, NULL);
	assert_refused(&o, VRD_USAGE, "--until 2014 must come after the last base year 2014");
	o.until = 2011;
	assert_refused(&o, VRD_USAGE, "--until 2011");
	o.until = 2016;
	assert_refused(&o, VRD_NOINPUT,
	               "the year 2016 has no activity: the region has 2012 to 2015");
	o = asked("2009-2010,2012", 2015, 0, NULL);
	assert_refused(&o, VRD_NOINPUT, "base year 2009 has no activity");
	o = asked("2012-2014", 2015, 1, TEXTS("aera"));
	assert_refused(&o, VRD_USAGE, "did you mean \"area\"?");
	o = asked("2012-2014", 2015, 2, TEXTS("care", "care"));
	assert_refused(&o, VRD_USAGE, "stands twice");
	o = asked("2012-2014", 2015, 0, NULL);
	o.draws = 0;
	assert_refused(&o, VRD_USAGE, "at least one draw");
}

static void base_years_are_read_as_people_write_them(void **state) {
	(void)state;
	const int *years;
	size_t n;
	OK(vrd_backtest_years(&mem, "2012-2014", &years, &n, &err));
	assert_true(n == 3 && years[0] == 2012 && years[2] == 2014);
	OK(vrd_backtest_years(&mem, "2012..2015", &years, &n, &err));
	assert_int_equal(n, 4);
	OK(vrd_backtest_years(&mem, "2010, 2012–2013", &years, &n, &err));
	assert_true(n == 3 && years[0] == 2010 && years[2] == 2013);
	static const char *const bad[] = {"",          "x",          "2014-2012",
	                                  "2012-",     "2012,2011",  "20122014",
	                                  "2012 2013", "2012--2014", "-2012"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (vrd_backtest_years(&mem, bad[i], &years, &n, &err) != VRD_USAGE)
			fail_msg("\"%s\" was read as years", bad[i]);
}

static void missing_facts_are_refused(void **state) {
	(void)state;
	write_single(5, (const int[]){100, 100, 100, 100, HIDDEN}, "");
	const vrd_backtest_options o = asked("2012-2014", 2016, 0, NULL);
	assert_refused(&o, VRD_DATA, "missing or hidden");
}

// --- calibration --------------------------------------------------------------------------------

static const char *calibrated(const char *base) {
	vrd_buf yaml = {0};
	const vrd_backtest_options o = asked(base, 0, 0, NULL);
	vrd_region *region = opened();
	if (vrd_region_calibrate(region, &o, &yaml, &diag, &err) != VRD_OK)
		fail_msg("%s", err.text);
	const char *text = vrd_arena_strndup(&mem, yaml.p, yaml.n);
	vrd_buf_free(&yaml);
	return text;
}

static void one_base_year_has_no_error_to_learn_from(void **state) {
	(void)state;
	vrd_buf yaml = {0};
	write_single(3, (const int[]){10000, 11000, 9000}, "");
	const vrd_backtest_options o = asked("2014", 0, 0, NULL);
	assert_int_equal(vrd_region_calibrate(opened(), &o, &yaml, &diag, &err), VRD_USAGE);
	assert_says(err.text, "at least two, better three, such as --base 2012-2014");
	vrd_buf_free(&yaml);
}

// The number after a key of what is calibrated.
static double number_of(const char *yaml, const char *key) {
	const char *at = strstr(yaml, key);
	assert_non_null(at);
	return strtod(at + strlen(key), NULL);
}

static void a_calibrated_walk_keeps_the_mean(void **state) {
	(void)state;
	write_single(3, (const int[]){10000, 11000, 9000}, "");
	const char *yaml = calibrated("2012-2014");
	assert_says(yaml, "assumptions:\n  - id: walk-med-day\n    type: growth\n");
	assert_says(yaml, "select: {service: 'med', care: 'day'}");
	assert_says(yaml, "# exp(-walk_sd^2 / 2) - 1: with it the mean stays");
	const double x = number_of(yaml, "interval: "), sd = number_of(yaml, "walk_sd: ");
	assert_true(sd > 0.03);
	assert_near((1 + x) * exp(sd * sd / 2), 1, 1e-8);
}

// Twice as many old people in 2013, and the total that the rates by age of 2012 foresee then, with
// other rates by age: no error, so the prior with one origin is left.
static void an_origin_knows_no_later_rates_by_age(void **state) {
	(void)state;
	write_region("");
	(void)text_file("region/data/count.csv",
	                "area,sex,age,year,value\n"
	                "a,all,0-66,2012,1000000\na,all,67+,2012,1000000\n"
	                "a,all,0-66,2013,1000000\na,all,67+,2013,1000000\n"
	                "a,all,0-66,2014,1000000\na,all,67+,2014,3000000\n");
	(void)text_file("region/data/activity.csv",
	                "area,sex,age,service,care,year,contacts,bed_days\n"
	                "a,all,0-66,med,day,2012,100000,0\na,all,67+,med,day,2012,200000,0\n"
	                "a,all,0-66,med,day,2013,300000,0\na,all,67+,med,day,2013,200000,0\n");
	const double t5 = 1.475884 / 1.281552; // 90 % quantiles of t and normal
	assert_near(number_of(calibrated("2012-2013"), "walk_sd: "), t5 * 0.03 * sqrt(4 / 5.0),
	            0.0002);
}

// Origins 2012 (h = 1, 2) and 2013 (h = 1), by hand.
static void calibration_agrees_with_hand_computation(void **state) {
	(void)state;
	write_single(3, (const int[]){1000000, 1100000, 900000}, "");
	const double a = pow(log(1.1), 2), b = pow(log(0.9), 2) / 2, c = pow(log(900 / 1050.0), 2);
	const double variance = (4 * 0.0009 + (a + b) / 2 + c) / 6;
	const double t6 = 1.439756 / 1.281552; // 90 % quantiles of t and normal
	const char *walk = strstr(calibrated("2012-2014"), "walk_sd: ");
	assert_non_null(walk);
	assert_near(strtod(walk + 9, NULL), t6 * sqrt(variance), 0.0003);
}

static void calibration_never_reads_what_came_later(void **state) {
	(void)state;
	write_single(5, (const int[]){1000, 1100, 900, 5000, 1}, "");
	const char *one = calibrated("2012-2014");
	write_single(5, (const int[]){1000, 1100, 900, 17, 90000}, "");
	assert_string_equal(calibrated("2012-2014"), one);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
	        TEST(a_future_of_constant_rates_is_foreseen_without_error),
	        TEST(figures_agree_with_hand_computation),
	        TEST(rivals_are_scored_by_hand_too),
	        TEST(ten_times_as_many_people_and_the_same_use_change_nothing),
	        TEST(categories_divide_the_cells),
	        TEST(the_same_seed_gives_the_same_bits),
	        TEST(excluded_base_years_are_left_out),
	        TEST(errors_of_small_numbers_are_hidden),
	        TEST(the_chain_uses_the_newest_projection_known_then),
	        TEST(a_chain_without_a_projection_of_the_time_says_so),
	        TEST(years_that_cannot_be_are_refused),
	        TEST(base_years_are_read_as_people_write_them),
	        TEST(missing_facts_are_refused),
	        TEST(one_base_year_has_no_error_to_learn_from),
	        TEST(a_calibrated_walk_keeps_the_mean),
	        TEST(an_origin_knows_no_later_rates_by_age),
	        TEST(calibration_agrees_with_hand_computation),
	        TEST(calibration_never_reads_what_came_later),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
