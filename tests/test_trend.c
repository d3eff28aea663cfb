// The trend against known answers, its laws, and its intervals on series made from its own model.
#include "activity/trend.h"
#include "num/rng.h"
#include "num/stats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "near.h"

static vrd_arena mem;
static vrd_err err;

#define OK(call) assert_int_equal((call), VRD_OK)
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

static int start(void **state) {
	(void)state;
	vrd_arena_init(&mem, 0);
	err = (vrd_err){0};
	return 0;
}

static int stop(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

// Series of contacts with room for their numbers; ids are 1, 2, 3 ... in their own ranges.
typedef struct {
	vrd_trend_input in;
	double *observed, *expected, *los;
	uint64_t *group_id, *area_id, *cell_id;
} world;

static const int base_years[] = {2010, 2011, 2012, 2013, 2014}, target_years[] = {2015, 2016, 2017};

#define NEW(ptr, n) assert_non_null((ptr) = vrd_arena_alloc(&mem, (n), sizeof *(ptr)))

static world make(size_t n_group, size_t n_area, size_t n_cell, size_t n_base, size_t n_target) {
	world w = {.in = {.n_group = n_group,
	                  .n_area = n_area,
	                  .n_cell = n_cell,
	                  .n_base = n_base,
	                  .n_target = n_target,
	                  .base_year = base_years + 5 - n_base,
	                  .target_year = target_years,
	                  .los_cv = 1}};
	const size_t n = n_group * n_area * n_cell;
	NEW(w.observed, n * n_base);
	NEW(w.expected, n * (n_base + n_target));
	NEW(w.los, n_group);
	NEW(w.group_id, n_group);
	NEW(w.area_id, n_area);
	NEW(w.cell_id, n_cell);
	for (size_t i = 0; i < n_group; i++)
		w.group_id[i] = 1 + i;
	for (size_t i = 0; i < n_area; i++)
		w.area_id[i] = 1001 + i;
	for (size_t i = 0; i < n_cell; i++)
		w.cell_id[i] = 2001 + i;
	w.in.observed = w.observed;
	w.in.expected = w.expected;
	w.in.los = w.los;
	w.in.group_id = w.group_id;
	w.in.area_id = w.area_id;
	w.in.cell_id = w.cell_id;
	return w;
}

static vrd_trend fitted(const world *w) {
	vrd_trend trend;
	if (vrd_trend_fit(&mem, &w->in, &trend, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return trend;
}

// One series, its expected the mean of what was observed.
static world one_series(size_t n_base, const double observed[]) {
	world w = make(1, 1, 1, n_base, 3);
	memcpy(w.observed, observed, n_base * sizeof *observed);
	for (size_t y = 0; y < n_base + 3; y++)
		w.expected[y] = vrd_sum(observed, n_base) / (double)n_base;
	return w;
}

// --- known answers ------------------------------------------------------------------------------

static void use_without_change_gives_constant_rates(void **state) {
	(void)state;
	world w = make(3, 4, 5, 4, 3);
	const size_t years = 7, n = 60;
	for (size_t i = 0; i < n; i++)
		for (size_t y = 0; y < years; y++) {
			w.expected[i * years + y] = (3 + (double)i) * (10 + (double)y);
			if (y < 4)
				w.observed[i * 4 + y] = w.expected[i * years + y];
		}
	w.los[2] = 4;
	const vrd_trend t = fitted(&w);
	for (size_t i = 0; i < n; i++)
		for (size_t h = 0; h < 3; h++)
			assert_near(t.forecast[i * 3 + h] / w.expected[i * years + 4 + h], 1,
			            1e-12);
}

static void one_base_year_gives_constant_rates_and_the_prior(void **state) {
	(void)state;
	world w = make(2, 3, 2, 1, 2);
	for (size_t i = 0; i < 12; i++) {
		w.observed[i] = w.expected[i * 3] = 50 + 7 * (double)i;
		w.expected[i * 3 + 1] = w.expected[i * 3 + 2] = 60;
	}
	const vrd_trend t = fitted(&w);
	for (size_t i = 0; i < 24; i++)
		assert_near(t.forecast[i], 60, 1e-9);
	for (size_t l = 0; l < VRD_N_TREND_LEVELS; l++) {
		assert_near(sqrt(t.variance[l][1].walk), VRD_TREND_PRIOR_WALK, 1e-9);
		assert_near(sqrt(t.variance[l][1].drift), VRD_TREND_PRIOR_DRIFT, 1e-9);
		assert_near(t.variance[l][1].extra, VRD_TREND_PRIOR_EXTRA, 1e-9);
		assert_near(t.variance[l][1].dof, VRD_TREND_PRIOR_DOF, 0);
	}
}

static void the_reach_of_a_trend_is_the_damped_sum(void **state) {
	(void)state;
	const world w = one_series(3, (const double[]){900, 1000, 1100});
	const vrd_trend t = fitted(&w);
	assert_near(t.reach[0], 0.9, 1e-15);
	assert_near(t.reach[1], 1.71, 1e-15);
	assert_near(t.reach[2], 2.439, 1e-15);
}

// With two years the covariance is diagonal: a and b by hand.
static void level_and_drift_of_two_years_are_those_of_hand_computation(void **state) {
	(void)state;
	const world w = one_series(2, (const double[]){9000, 11000});
	const vrd_trend t = fitted(&w);
	const vrd_trend_variance v = t.variance[VRD_TREND_REGION][0];
	const vrd_trend_unit u = t.unit[VRD_TREND_REGION][0];
	const double noise = (1 + v.extra) / 10000.5;
	const double z = 0.5 * log(11000.5 / 9000.5); // less the mean of the two
	const double first = noise + v.walk + v.drift;
	const double level = (z / noise - z / first) / (1 / noise + 1 / first);
	assert_near(u.level, level, 1e-12);
	assert_near(u.drift, v.drift / first * (level + z), 1e-12);
	assert_near(u.level_var, 1 / (1 / noise + 1 / first), 1e-15);
	assert_near(t.forecast[0], 10000 * exp(u.level + 0.9 * u.drift), 1e-6);
	assert_true(u.drift > 0 && u.drift < 0.5 * 2 * z); // well below the raw change
}

static void a_trend_in_large_numbers_is_followed_and_one_in_small_numbers_is_not(void **state) {
	(void)state;
	const world large = one_series(4, (const double[]){90000, 96000, 102000, 108000});
	const world small = one_series(4, (const double[]){9, 9.6, 10.2, 10.8});
	const double of_large = fitted(&large).forecast[2] / 99000;
	const double of_small = fitted(&small).forecast[2] / 9.9;
	assert_true(of_large > 1.1 && of_large < 108000 / 99000.0 * pow(108 / 102.0, 3));
	assert_true(of_small > 1 && of_small < 1.02);
}

static void forecasts_to_beat_are_plain(void **state) {
	(void)state;
	const world rising = one_series(3, (const double[]){10, 20, 30});
	const world falling = one_series(3, (const double[]){30, 20, 10});
	const world single = one_series(1, (const double[]){7});
	assert_near(vrd_trend_last_value(&rising.in, 0, 1), 30, 1e-12);
	assert_near(vrd_trend_linear(&rising.in, 0, 0), 40, 1e-12);
	assert_near(vrd_trend_linear(&rising.in, 0, 2), 60, 1e-12);
	assert_near(vrd_trend_linear(&falling.in, 0, 2), 0, 1e-12);
	assert_near(vrd_trend_linear(&single.in, 0, 2), 7, 1e-12);
}

// --- laws ---------------------------------------------------------------------------------------

// Series from the model itself: variances of the prior, counts with extra variance. Also what came.
static world simulate(uint64_t seed, size_t n_group, size_t n_area, size_t n_cell, size_t n_base,
                      double **future) {
	const size_t n_target = 3, years = n_base + n_target;
	const size_t n_unit[] = {1, n_area, n_area * n_cell};
	world w = make(n_group, n_area, n_cell, n_base, n_target);
	double *factor;
	NEW(factor, n_group * n_area * n_cell * years);
	NEW(*future, n_group * n_area * n_cell * n_target);
	for (size_t l = 0; l < VRD_N_TREND_LEVELS; l++)
		for (size_t u = 0; u < n_group * n_unit[l]; u++) {
			vrd_stream s = vrd_stream_of(seed, l, u, 0);
			const size_t below = n_area * n_cell / n_unit[l];
			double z = 0, drift = VRD_TREND_PRIOR_DRIFT * vrd_normal(&s);
			for (size_t y = 0; y < years; y++) {
				drift *= y >= n_base ? VRD_TREND_DAMPING : 1;
				z += drift + VRD_TREND_PRIOR_WALK * vrd_normal(&s);
				for (size_t i = u * below; i < (u + 1) * below; i++)
					factor[i * years + y] += z;
			}
		}
	for (size_t i = 0; i < n_group * n_area * n_cell; i++) {
		vrd_stream s = vrd_stream_of(seed, 9, i, 0);
		const double size = exp(4 + 4 * vrd_stream_uniform(&s)), extra = 0.5;
		double sum = 0;
		for (size_t y = 0; y < years; y++) {
			const double mean = size * exp(factor[i * years + y]);
			const double n =
			        (double)vrd_poisson(&s, vrd_gamma(&s, mean / extra, extra));
			if (y < n_base) {
				w.observed[i * n_base + y] = n;
				sum += n / (double)n_base;
			} else {
				(*future)[i * n_target + y - n_base] = n;
			}
		}
		for (size_t y = 0; y < years; y++)
			w.expected[i * years + y] = sum;
	}
	return w;
}

static double share_covered(const world *w, const double *future, bool totals) {
	enum { DRAWS = 400 };
	const vrd_trend_input *in = &w->in;
	const vrd_trend t = fitted(w);
	double region[DRAWS], area[DRAWS], cell[DRAWS], draws[DRAWS], scratch[DRAWS];
	double covered = 0, n = 0;
	for (size_t j = 0; j < in->n_group; j++)
		for (size_t h = 0; h < in->n_target; h++) {
			double sum[DRAWS] = {0}, came = 0;
			memset(region, 0, sizeof region);
			vrd_trend_paths(&t, VRD_TREND_REGION, j, 0, 0, h, 5, DRAWS, region);
			for (size_t i = 0; i < in->n_area * in->n_cell; i++) {
				const size_t g = i / in->n_cell, c = i % in->n_cell;
				const double o =
				        future[(j * in->n_area * in->n_cell + i) * in->n_target +
				               h];
				if (c == 0) {
					memcpy(area, region, sizeof area);
					vrd_trend_paths(&t, VRD_TREND_AREA, j, g, 0, h, 5, DRAWS,
					                area);
				}
				memcpy(cell, area, sizeof cell);
				vrd_trend_paths(&t, VRD_TREND_CELL, j, g, c, h, 5, DRAWS, cell);
				vrd_trend_counts(&t, j, g, c, h, 5, DRAWS, cell, draws);
				const vrd_summary s = vrd_summarise(draws, DRAWS, scratch);
				covered += !totals && s.p10 <= o && o <= s.p90;
				n += !totals;
				came += o;
				for (size_t d = 0; d < DRAWS; d++)
					sum[d] += draws[d];
			}
			const vrd_summary s = vrd_summarise(sum, DRAWS, scratch);
			covered += totals && s.p10 <= came && came <= s.p90;
			n += totals;
		}
	return covered / n;
}

// 80 % plus or minus what a few hundred dependent totals, and thousands of dependent cells, allow.
static void intervals_hold_four_of_five_on_series_from_the_model(void **state) {
	(void)state;
	for (size_t n_base = 3; n_base <= 5; n_base++) {
		double *future;
		const world w = simulate(11, 60, 4, 5, n_base, &future);
		const double cells = share_covered(&w, future, false);
		const double totals = share_covered(&w, future, true);
		print_message("# %zu base years: cells %.3f, totals %.3f\n", n_base, cells, totals);
		assert_near(cells, 0.80, 0.03);
		assert_near(totals, 0.80, 0.10);
	}
}

static void the_mean_of_the_draws_is_the_forecast(void **state) {
	(void)state;
	enum { DRAWS = 20000 };
	double *future, *factor, *draws, *scratch;
	const world w = simulate(3, 2, 2, 2, 4, &future);
	w.los[1] = 3.5; // a group of bed days has its own chance
	const vrd_trend t = fitted(&w);
	NEW(factor, DRAWS);
	NEW(draws, DRAWS);
	NEW(scratch, DRAWS);
	for (size_t j = 0; j < 2; j++) {
		memset(factor, 0, DRAWS * sizeof *factor);
		for (size_t l = 0; l < VRD_N_TREND_LEVELS; l++)
			vrd_trend_paths(&t, (vrd_trend_level)l, j, 1, 1, 2, 7, DRAWS, factor);
		vrd_trend_counts(&t, j, 1, 1, 2, 7, DRAWS, factor, draws);
		const vrd_summary s = vrd_summarise(draws, DRAWS, scratch);
		const size_t series = vrd_trend_series(&w.in, j, 1, 1);
		assert_near(s.mean, t.forecast[series * 3 + 2], 4 * s.mc_error);
	}
}

static void forecasts_of_cells_add_up_to_the_region(void **state) {
	(void)state;
	double *future;
	const world w = simulate(8, 3, 4, 6, 4, &future);
	const vrd_trend t = fitted(&w);
	for (size_t j = 0; j < 3; j++)
		for (size_t h = 0; h < 3; h++) {
			double forecast = 0, expected = 0;
			for (size_t i = j * 24; i < (j + 1) * 24; i++) {
				forecast += t.forecast[i * 3 + h];
				expected += w.expected[i * 7 + 4 + h];
			}
			const vrd_trend_unit *u = &t.unit[VRD_TREND_REGION][j];
			assert_near(forecast / expected, exp(u->level + t.reach[h] * u->drift),
			            1e-12);
		}
}

// Turns the order of groups, areas and cells around, names and numbers together.
static world reversed(const world *w) {
	const vrd_trend_input *in = &w->in;
	world r = make(in->n_group, in->n_area, in->n_cell, in->n_base, in->n_target);
	const size_t n = in->n_group * in->n_area * in->n_cell, years = in->n_base + in->n_target;
	for (size_t i = 0; i < n; i++) {
		memcpy(r.observed + (n - 1 - i) * in->n_base, w->observed + i * in->n_base,
		       in->n_base * sizeof *r.observed);
		memcpy(r.expected + (n - 1 - i) * years, w->expected + i * years,
		       years * sizeof *r.expected);
	}
	for (size_t i = 0; i < in->n_group; i++)
		r.group_id[i] = w->group_id[in->n_group - 1 - i];
	for (size_t i = 0; i < in->n_area; i++)
		r.area_id[i] = w->area_id[in->n_area - 1 - i];
	for (size_t i = 0; i < in->n_cell; i++)
		r.cell_id[i] = w->cell_id[in->n_cell - 1 - i];
	return r;
}

static void the_order_of_series_does_not_matter(void **state) {
	(void)state;
	double *future, a[50] = {0}, b[50] = {0};
	const world w = simulate(21, 3, 2, 4, 3, &future), r = reversed(&w);
	const vrd_trend t = fitted(&w), back = fitted(&r);
	for (size_t i = 0; i < 24; i++)
		for (size_t h = 0; h < 3; h++)
			assert_near(t.forecast[i * 3 + h] / back.forecast[(23 - i) * 3 + h], 1,
			            1e-7);
	vrd_trend_paths(&t, VRD_TREND_CELL, 0, 1, 2, 2, 1, 50, a);
	vrd_trend_paths(&back, VRD_TREND_CELL, 2, 0, 1, 2, 1, 50, b);
	for (size_t d = 0; d < 50; d++)
		assert_near(a[d], b[d], 1e-6 * (1 + fabs(a[d])));
}

static void a_draw_is_the_same_number_however_many_are_drawn(void **state) {
	(void)state;
	double *future, few[10] = {0}, many[100] = {0};
	const world w = simulate(2, 1, 2, 2, 3, &future);
	const vrd_trend t = fitted(&w);
	vrd_trend_paths(&t, VRD_TREND_AREA, 0, 1, 0, 2, 4, 10, few);
	vrd_trend_paths(&t, VRD_TREND_AREA, 0, 1, 0, 2, 4, 100, many);
	assert_memory_equal(few, many, sizeof few);
}

// --- refusals -----------------------------------------------------------------------------------

static void assert_refused(const world *w, const char *part) {
	vrd_trend trend;
	assert_int_equal(vrd_trend_fit(&mem, &w->in, &trend, &err), VRD_DATA);
	if (!strstr(err.text, part))
		fail_msg("\"%s\" does not say \"%s\"", err.text, part);
}

static void numbers_that_cannot_be_are_refused(void **state) {
	(void)state;
	world w = one_series(3, (const double[]){10, -1, 12});
	assert_refused(&w, "series 0 of a trend");
	w = one_series(3, (const double[]){10, NAN, 12});
	assert_refused(&w, "must be finite");
	w = one_series(3, (const double[]){10, 11, 12});
	memset(w.expected, 0, 6 * sizeof *w.expected);
	assert_refused(&w, "33 observed and 0 expected");
	w = one_series(3, (const double[]){10, 11, 12});
	w.in.target_year = base_years;
	assert_refused(&w, "2010 comes after 2014");
}

static void a_series_of_nothing_stays_nothing(void **state) {
	(void)state;
	world w = make(1, 2, 1, 2, 1);
	memcpy(w.observed, (const double[]){40, 44, 0, 0}, 4 * sizeof(double));
	memcpy(w.expected, (const double[]){42, 42, 42, 0, 0, 0}, 6 * sizeof(double));
	const vrd_trend t = fitted(&w);
	double factor[20] = {0}, draws[20];
	assert_true(t.forecast[1] == 0 && t.forecast[0] > 42);
	vrd_trend_paths(&t, VRD_TREND_AREA, 0, 1, 0, 0, 1, 20, factor);
	vrd_trend_counts(&t, 0, 1, 0, 0, 1, 20, factor, draws);
	for (size_t d = 0; d < 20; d++)
		assert_true(factor[d] == 0 && draws[d] == 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(use_without_change_gives_constant_rates),
	        TEST(one_base_year_gives_constant_rates_and_the_prior),
	        TEST(the_reach_of_a_trend_is_the_damped_sum),
	        TEST(level_and_drift_of_two_years_are_those_of_hand_computation),
	        TEST(a_trend_in_large_numbers_is_followed_and_one_in_small_numbers_is_not),
	        TEST(forecasts_to_beat_are_plain),
	        TEST(intervals_hold_four_of_five_on_series_from_the_model),
	        TEST(the_mean_of_the_draws_is_the_forecast),
	        TEST(forecasts_of_cells_add_up_to_the_region),
	        TEST(the_order_of_series_does_not_matter),
	        TEST(a_draw_is_the_same_number_however_many_are_drawn),
	        TEST(numbers_that_cannot_be_are_refused),
	        TEST(a_series_of_nothing_stays_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
