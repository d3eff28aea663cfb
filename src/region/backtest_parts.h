// What the parts of the backtest share. Private to this room.
#pragma once

#include "region/backtest.h"

// Series with what was observed and what constant rates give in every year: base years first. The
// fields that name things are dimensions of the result.
typedef struct {
	const vrd_dim *area, *sex, *age, *service, *care, *year, *measure; // year: targets
	size_t n_years;
	int *years; // base, then targets
	// A group is a service, form of care and measure that has anything.
	size_t *group_service, *group_care, *group_measure;
	double *observed;           // [group][area][sex][age][base + target]
	double *expected;           // the same
	const vrd_dataset *vintage; // the projection known at the time; NULL: the true population
	vrd_trend_input trend;
} vrd_backtest_series;

// Reads activity and population and computes the series. Base years excluded by the region are left
// out; targets are the years after the last base year, until `until`, that the activity has.
vrd_status vrd_backtest_read(vrd_region *region, const vrd_backtest_options *options,
                             vrd_backtest_series *out, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// backtest_people.c: people (and births) of the years, summed to the areas of the activity.
typedef struct {
	vrd_cube base, exposure;      // [area, sex, age, year]
	vrd_cube base_births, births; // [area, year]
	const vrd_dataset *vintage;   // chain: the projection used
} vrd_backtest_people;
// The year in which a projection was published (known: YEAR); 0: not said.
int vrd_backtest_known(const vrd_dataset *set);
vrd_status vrd_backtest_people_of(vrd_region *region, const vrd_backtest_options *options,
                                  const vrd_dim *areas, size_t n_base, size_t n_years,
                                  const int *years, bool with_births, vrd_backtest_people *out,
                                  vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// backtest_score.c: the last four dimensions of the result.
enum { VRD_SCORED_CELLS, VRD_SCORED_TOTALS, VRD_N_SCORED };
enum {
	VRD_FORECAST_DAMPED,
	VRD_FORECAST_CONSTANT,
	VRD_FORECAST_LAST,
	VRD_FORECAST_LINEAR,
	VRD_N_FORECASTS
};
enum {
	VRD_SCORE_N,
	VRD_SCORE_LEFT_OUT,
	VRD_SCORE_BIAS,
	VRD_SCORE_MAPE,
	VRD_SCORE_WAPE,
	VRD_SCORE_CRPS,
	VRD_SCORE_COVERAGE,
	VRD_SCORE_COVERAGE_LOW,
	VRD_SCORE_COVERAGE_HIGH,
	VRD_SCORE_INTERVAL,
	VRD_SCORE_SKILL,
	VRD_SCORE_CRPS_SKILL,
	VRD_N_SCORES
};
// Fills a cube [by ..., measure, scored, stat, forecast] of zeros with the scores.
vrd_status vrd_backtest_score(vrd_arena *mem, const vrd_backtest_series *series,
                              const vrd_backtest_options *options, const vrd_trend *trend,
                              size_t n_by, const vrd_dim *const *by, vrd_cube *out,
                              vrd_err *err) VRD_MUST_USE;
