// Phasing curves, effects and the shortest stays, at published and hand-worked values.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenario/assumption.h"
#include "tabular.h"

static const double eps = 1e-15;

static vrd_phasing curve(vrd_curve kind, int start, int end) {
	return (vrd_phasing){.curve = kind, .start = start, .end = end};
}

static void names_read_back(void **state) {
	(void)state;
	for (vrd_kind kind = 0; kind < VRD_N_KINDS; kind++) {
		vrd_kind back = VRD_N_KINDS;
		assert_true(vrd_kind_parse(vrd_str_of(vrd_kind_name(kind)), &back));
		assert_int_equal(back, kind);
	}
	for (vrd_curve c = VRD_PHASE_LINEAR; c <= VRD_PHASE_TABLE; c++) {
		vrd_curve back = VRD_PHASE_LINEAR;
		assert_true(vrd_curve_parse(vrd_str_of(vrd_curve_name(c)), &back));
		assert_int_equal(back, c);
	}
	vrd_kind kind = VRD_SHIFT;
	vrd_curve c = VRD_PHASE_STEP;
	assert_false(vrd_kind_parse(VRD_STR("grow"), &kind));
	assert_false(vrd_curve_parse(VRD_STR(""), &c));
	assert_int_equal(kind, VRD_SHIFT);
	assert_int_equal(c, VRD_PHASE_STEP);
}

static void a_line_rises_from_its_start_to_its_end(void **state) {
	(void)state;
	const vrd_phasing p = curve(VRD_PHASE_LINEAR, 2026, 2036);
	NEAR(vrd_phasing_at(&p, 2000), 0, 0);
	NEAR(vrd_phasing_at(&p, 2026), 0, 0);
	NEAR(vrd_phasing_at(&p, 2029), 0.3, eps);
	NEAR(vrd_phasing_at(&p, 2036), 1, 0);
	NEAR(vrd_phasing_at(&p, 2050), 1, 0);
}

static void a_step_waits_for_its_end(void **state) {
	(void)state;
	const vrd_phasing p = curve(VRD_PHASE_STEP, 2026, 2030);
	NEAR(vrd_phasing_at(&p, 2026), 0, 0);
	NEAR(vrd_phasing_at(&p, 2029), 0, 0);
	NEAR(vrd_phasing_at(&p, 2030), 1, 0);
}

static void a_logistic_curve_is_half_way_in_the_middle(void **state) {
	(void)state;
	const vrd_phasing p = curve(VRD_PHASE_LOGISTIC, 2025, 2035);
	NEAR(vrd_phasing_at(&p, 2025), 0, 0);
	// (1/(1+e^3) - 1/(1+e^5)) / (1/(1+e^-5) - 1/(1+e^5))
	const double wanted =
	        (1 / (1 + exp(3)) - 1 / (1 + exp(5))) / (1 / (1 + exp(-5)) - 1 / (1 + exp(5)));
	NEAR(vrd_phasing_at(&p, 2027), wanted, eps);
	NEAR(wanted, 0.0412856, 1e-7);
	NEAR(vrd_phasing_at(&p, 2030), 0.5, eps);
	NEAR(vrd_phasing_at(&p, 2027) + vrd_phasing_at(&p, 2033), 1, 2 * eps);
	NEAR(vrd_phasing_at(&p, 2035), 1, 0);
}

// SINTEF 2003: 40 % realised in 2010 and 70 % in 2020.
static void a_table_has_straight_lines_between_its_points(void **state) {
	(void)state;
	vrd_phasing p = curve(VRD_PHASE_TABLE, 2005, 2005);
	p.n_table = 2;
	p.table_year = (const int[]){2010, 2020};
	p.table_share = (const double[]){0.4, 0.7};
	NEAR(vrd_phasing_at(&p, 2004), 0, 0);
	NEAR(vrd_phasing_at(&p, 2005), 0, 0);
	NEAR(vrd_phasing_at(&p, 2007), 0.16, eps);
	NEAR(vrd_phasing_at(&p, 2010), 0.4, 0);
	NEAR(vrd_phasing_at(&p, 2015), 0.55, eps);
	NEAR(vrd_phasing_at(&p, 2020), 0.7, 0);
	NEAR(vrd_phasing_at(&p, 2040), 0.7, 0);
	p.start = 2010; // not before the first point: nothing until then
	NEAR(vrd_phasing_at(&p, 2009), 0, 0);
	NEAR(vrd_phasing_at(&p, 2010), 0.4, 0);
}

static void every_curve_is_monotone_within_0_and_1(void **state) {
	(void)state;
	for (vrd_curve c = VRD_PHASE_LINEAR; c < VRD_PHASE_TABLE; c++)
		for (int length = 0; length < 30; length++) {
			const vrd_phasing p = curve(c, 2020, 2020 + length);
			double last = 0;
			for (int year = 2015; year < 2055; year++) {
				const double phi = vrd_phasing_at(&p, year);
				assert_true(phi >= last && phi <= 1);
				assert_true(year >= 2020 || phi == 0);
				last = phi;
			}
			NEAR(last, 1, 0);
		}
}

static void one_percent_a_year_is_a_tenth_and_more_in_ten_years(void **state) {
	(void)state;
	vrd_assumption a = {
	        .kind = VRD_GROWTH, .annual = true, .phasing = curve(VRD_PHASE_LINEAR, 2000, 2100)};
	NEAR(vrd_assumption_effect(&a, 0.01, 0, 2034, 2024), 1.1046221254112045, 1e-14);
	// t0 is a mean of years, so that it may lie between two.
	NEAR(vrd_assumption_effect(&a, 0.01, 0, 2034, 2024.5), pow(1.01, 9.5), 1e-14);
	NEAR(vrd_assumption_effect(&a, 0.01, 0, 2020, 2024), 1, 0);
	NEAR(vrd_assumption_effect(&a, -0.02, 0, 2026, 2024), 0.98 * 0.98, eps);
	a.phasing = curve(VRD_PHASE_LINEAR, 2030, 2035); // from 2030 until 2035 only
	NEAR(vrd_assumption_effect(&a, 0.01, 0, 2030, 2024), 1, 0);
	NEAR(vrd_assumption_effect(&a, 0.01, 0, 2032, 2024), 1.01 * 1.01, eps);
	NEAR(vrd_assumption_effect(&a, 0.01, 0, 2050, 2024), pow(1.01, 5), 1e-14);
}

static void effects_follow_the_share_that_is_realised(void **state) {
	(void)state;
	vrd_assumption a = {.phasing = curve(VRD_PHASE_LINEAR, 2026, 2036)};
	const double at_2031[VRD_N_KINDS] = {
	        [VRD_HEALTHY_AGEING] = 0.2, // the added years carry the time
	        [VRD_GROWTH] = 1.1,         [VRD_LEVEL] = 0.1,
	        [VRD_NEW_SERVICE] = 0.0001, // for each person
	        [VRD_BACKLOG] = 0,          // nothing is said to be cleared
	        [VRD_AVOID] = 0.9,          [VRD_SHIFT] = 0.1,     [VRD_LENGTH_OF_STAY] = 0.9,
	        [VRD_FLOW] = 0.1,           [VRD_CATCHMENT] = 0.1, [VRD_PRODUCTIVITY] = 1.1};
	for (a.kind = 0; a.kind < VRD_N_KINDS; a.kind++)
		NEAR(vrd_assumption_effect(&a, 0.2, 0, 2031, 2024), at_2031[a.kind], eps);
}

static void a_backlog_is_cleared_in_the_years_named(void **state) {
	(void)state;
	const vrd_assumption a = {.kind = VRD_BACKLOG,
	                          .phasing = {.curve = VRD_PHASE_TABLE,
	                                      .n_table = 2,
	                                      .table_year = (const int[]){2026, 2028},
	                                      .table_share = (const double[]){0.5, 0.3}}};
	NEAR(vrd_assumption_effect(&a, 200, 0, 2025, 2024), 0, 0);
	NEAR(vrd_assumption_effect(&a, 200, 0, 2026, 2024), 100, 0);
	NEAR(vrd_assumption_effect(&a, 200, 0, 2027, 2024), 0, 0);
	NEAR(vrd_assumption_effect(&a, 200, 0, 2028, 2024), 60, 0);
	NEAR(vrd_assumption_effect(&a, 200, 0, 2040, 2024), 0, 0);
}

// ln F = n ln(1 + x) + sd (e_1 + ... + e_n)
static void a_walk_multiplies_the_growth(void **state) {
	(void)state;
	vrd_assumption a = {.kind = VRD_GROWTH,
	                    .annual = true,
	                    .walk_sd = 0.02,
	                    .phasing = curve(VRD_PHASE_LINEAR, 2024, 2100)};
	NEAR(vrd_assumption_effect(&a, 0.01, 1.5, 2034, 2024), 1.1046221254112045 * exp(0.03),
	     1e-14);
	NEAR(vrd_assumption_effect(&a, 0, -1, 2034, 2024), exp(-0.02), eps);
	NEAR(vrd_assumption_effect(&a, 0.01, 1.5, 2024, 2024), 1, 0); // not yet
}

static double neutral_effect(vrd_kind kind) {
	switch (kind) {
	case VRD_GROWTH:
	case VRD_AVOID:
	case VRD_LENGTH_OF_STAY:
	case VRD_PRODUCTIVITY:
		return 1; // a factor
	case VRD_HEALTHY_AGEING:
	case VRD_LEVEL:
	case VRD_NEW_SERVICE:
	case VRD_BACKLOG:
	case VRD_SHIFT:
	case VRD_FLOW:
	case VRD_CATCHMENT:
	case VRD_N_KINDS:
		break;
	}
	return 0; // a share, or what is added
}

static void nothing_happens_when_the_parameter_is_0_or_before_the_start(void **state) {
	(void)state;
	for (vrd_kind kind = 0; kind < VRD_N_KINDS; kind++)
		for (int annual = 0; annual < 2; annual++) {
			const vrd_assumption a = {.kind = kind,
			                          .annual = annual != 0,
			                          .phasing = curve(VRD_PHASE_LOGISTIC, 2026, 2036)};
			const double neutral = neutral_effect(kind);
			for (int year = 2020; year < 2050; year++)
				NEAR(vrd_assumption_effect(&a, 0, 0, year, 2024), neutral, 0);
			if (kind != VRD_HEALTHY_AGEING) // it has no phasing
				NEAR(vrd_assumption_effect(&a, 0.3, 0, 2026, 2024), neutral, 0);
		}
}

static void parameters_have_natural_bounds(void **state) {
	(void)state;
	const struct {
		vrd_kind kind;
		double a, b;
	} wanted[] = {{VRD_HEALTHY_AGEING, -1, 1},
	              {VRD_GROWTH, -1, INFINITY},
	              {VRD_LEVEL, 0, 1},
	              {VRD_NEW_SERVICE, 0, INFINITY},
	              {VRD_BACKLOG, 0, INFINITY},
	              {VRD_AVOID, 0, 1},
	              {VRD_SHIFT, 0, 1},
	              {VRD_LENGTH_OF_STAY, 0, 1},
	              {VRD_FLOW, 0, 1},
	              {VRD_CATCHMENT, 0, 1},
	              {VRD_PRODUCTIVITY, -1, INFINITY}};
	assert_int_equal(sizeof wanted / sizeof *wanted, VRD_N_KINDS);
	for (size_t i = 0; i < VRD_N_KINDS; i++) {
		double a, b;
		vrd_kind_bounds(wanted[i].kind, &a, &b);
		assert_true(a == wanted[i].a && b == wanted[i].b);
	}
}

// docs/methods.md section 8.
static void moving_the_shortest_fifth_saves_few_bed_days(void **state) {
	(void)state;
	NEAR(0.2 * vrd_shortest_share(0.2, 0), 0.2 + 0.8 * log(0.8), eps);
	NEAR(0.2 * vrd_shortest_share(0.2, 0), 0.021, 0.0005);
	NEAR(0.2 * vrd_shortest_share(0.2, 1), 0.047, 0.0005);
	// Phi(Phi^-1(.2) - sqrt(ln 2)) by another library.
	NEAR(0.2 * vrd_shortest_share(0.2, 1), 0.047048022649674226, 1e-14);
}

static void the_shortest_of_none_save_nothing_and_of_all_everything(void **state) {
	(void)state;
	const double spreads[] = {0, 0.3, 1, 2};
	for (size_t i = 0; i < sizeof spreads / sizeof *spreads; i++) {
		double last = 0;
		NEAR(vrd_shortest_share(0, spreads[i]), 0, 0);
		NEAR(vrd_shortest_share(1, spreads[i]), 1, 0);
		for (int s = 1; s < 1000; s++) {
			const double share = vrd_shortest_share(s / 1000.0, spreads[i]);
			assert_true(share > last && share < 1);
			last = share;
		}
	}
}

// The series near 0 and the closed form meet.
static void a_small_share_loses_no_digits(void **state) {
	(void)state;
	for (double s = 1e-9; s < 0.9e-3; s *= 3)
		NEAR(vrd_shortest_share(s, 0) / (s / 2 * (1 + s / 3 + s * s / 6 + s * s * s / 10)),
		     1, 1e-12);
	NEAR(vrd_shortest_share(0.001 - 1e-9, 0), vrd_shortest_share(0.001 + 1e-9, 0), 1.1e-9);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_read_back),
	        cmocka_unit_test(a_line_rises_from_its_start_to_its_end),
	        cmocka_unit_test(a_step_waits_for_its_end),
	        cmocka_unit_test(a_logistic_curve_is_half_way_in_the_middle),
	        cmocka_unit_test(a_table_has_straight_lines_between_its_points),
	        cmocka_unit_test(every_curve_is_monotone_within_0_and_1),
	        cmocka_unit_test(one_percent_a_year_is_a_tenth_and_more_in_ten_years),
	        cmocka_unit_test(effects_follow_the_share_that_is_realised),
	        cmocka_unit_test(a_backlog_is_cleared_in_the_years_named),
	        cmocka_unit_test(a_walk_multiplies_the_growth),
	        cmocka_unit_test(nothing_happens_when_the_parameter_is_0_or_before_the_start),
	        cmocka_unit_test(parameters_have_natural_bounds),
	        cmocka_unit_test(moving_the_shortest_fifth_saves_few_bed_days),
	        cmocka_unit_test(the_shortest_of_none_save_nothing_and_of_all_everything),
	        cmocka_unit_test(a_small_share_loses_no_digits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
