// Backtest: stand in a past year, project with what was known then, compare with what happened
// (docs/methods.md, Trend and backtest).
//
// A scored cell is area x sex x age group x service x form of care x measure x year, as the
// activity has them (more than 12 age groups are put together to 0-17, 18-49, 50-66, 67-79, 80+). A scored
// total is the sum over areas, sexes and ages inside a category of the result. Contacts and bed
// days are never added.
#pragma once

#include "activity/trend.h"
#include "region/region.h"

typedef enum {
	VRD_BACKTEST_RATES, // the true population of the years projected: errors of rates alone
	VRD_BACKTEST_CHAIN, // the newest projection known at the last base year (`known: YEAR`)
} vrd_backtest_mode;

#define VRD_BACKTEST_DRAWS 2000
#define VRD_BACKTEST_SEED 1

// Options, all borrowed. Base years ascending (vrd_backtest_years); the region's exclude_years are
// left out of them. `by`: of area, sex, age, service, care, year.
typedef struct {
	size_t n_base;
	const int *base;
	int until;
	vrd_backtest_mode mode;
	size_t draws;
	uint64_t seed;
	size_t n_by;
	const char *const *by;
} vrd_backtest_options;

// "2012-2014", "2012..2014", "2012,2014" or "2014"; ascending. USAGE when it is none of these.
vrd_status vrd_backtest_years(vrd_arena *mem, const char *text, const int **years, size_t *n,
                              vrd_err *err) VRD_MUST_USE;

// Scores of the forecasts: [by ..., measure, scored, stat, forecast].
//	scored    cells, totals
//	stat      n n_left_out bias mape wape crps coverage coverage_low coverage_high
//	          interval_score skill crps_skill
//	forecast  damped (the default), constant, last, linear
// bias, mape, wape and coverage are per cent; coverage_low and coverage_high are Wilson's 95 %
// limits; crps of a forecast without an interval is its mean absolute error; the skills of the
// default over another forecast stand at that forecast. What has no meaning is NOT_APPLICABLE.
// Categories whose observed sum suppression hides are SUPPRESSED. Errors: USAGE for years out of
// order, an unknown `by`, no draws; NOINPUT and DATA for years without data, no projection known
// then, and what vrd_demand_compute refuses. Owned by the region's memory. Cost: cells x years x
// draws.
vrd_status vrd_region_backtest(vrd_region *region, const vrd_backtest_options *options,
                               vrd_cube *out, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// The yearly standard deviation of ln of use around constant rates, by service and form of care, as
// the base years alone tell it by rolling origins, as growth assumptions in YAML (walk_sd) to be
// pasted into a scenario, whose mean stays at constant rates. Of the options only base is read. USAGE
// for less than two base years: there is no error to learn from.
vrd_status vrd_region_calibrate(vrd_region *region, const vrd_backtest_options *options,
                                vrd_buf *yaml, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
