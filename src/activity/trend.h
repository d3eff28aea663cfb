// Where the use of health care is going: a damped, shrunken trend of each series around what
// constant rates give, with the uncertainty that the base years show (docs/methods.md, Trend and
// backtest).
//
//	series = group x area x cell; group: service, form of care and measure; cell: sex and age
//	z[u,y] = ln of observed / expected, less that of the unit above it, less its own mean
//	  units u: the region of a group, its areas, their cells
//	z = level + drift (y - T) + walk + sampling           T: the last base year
//	forecast[i,T+h] = expected[i,T+h] * prod over the three units of exp(level + g_h drift)
//	g_h = phi + phi^2 + ... + phi^h
//
// Level and drift are those of a Gaussian model whose variances are estimated from the base years
// alone, by group, and pooled: what is noise shrinks away, a lone base year gives constant rates.
// Forecasts of the cells of an area add up to the area's, and those to the region's. Pure; numbers
// in, numbers out. Thread-safe for different arenas.
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

// Damping a year, fixed beforehand: published applications lie between 0.8 and 0.98 (Gardner and
// McKenzie 1985; Hyndman and Athanasopoulos 2021, section 8.2).
#define VRD_TREND_DAMPING 0.9
// What is believed before any base year is compared with another, on the log scale: standard
// deviations a year of the walk and of the drift, and sampling variance beyond that of independent
// contacts as a share of it. Own judgement; each weighs as VRD_TREND_PRIOR_DOF observations.
#define VRD_TREND_PRIOR_WALK 0.03
#define VRD_TREND_PRIOR_DRIFT 0.02
#define VRD_TREND_PRIOR_EXTRA 0.5
#define VRD_TREND_PRIOR_DOF 4.0

typedef enum {
	VRD_TREND_REGION,
	VRD_TREND_AREA,
	VRD_TREND_CELL,
	VRD_N_TREND_LEVELS
} vrd_trend_level;

// Inputs, all borrowed (the result keeps pointers to them). Years ascending, targets after the last
// base year. expected: what the base years' rates give on the people of each year, base years
// first; it sums to the observed over the base years (to rounding). Ids name groups, areas and
// cells in the random streams.
typedef struct {
	size_t n_group, n_area, n_cell, n_base, n_target;
	const int *base_year, *target_year;
	const double *observed; // [group][area][cell][base]
	const double *expected; // [group][area][cell][base + target]
	const double
	        *los; // [group]: bed days per contact where the group counts bed days, else 0. Less
	              // than one means that few contacts have any: those that do have at least one
	double los_cv; // coefficient of variation of stays
	const uint64_t *group_id, *area_id, *cell_id;
} vrd_trend_input;

// Variances of the units of one level and group.
typedef struct {
	double extra; // sampling beyond independent contacts (a share of it)
	double walk;  // a year
	double drift; // of a year's drift
	double dof;   // how well they are known
} vrd_trend_variance;

// One unit: its estimate and their covariance. `free` is 1 less its share of the unit above: the
// variance that is left when that one is given; 0 for an only child, which is the unit above.
typedef struct {
	double free;
	double level, drift;
	double level_var, drift_var, covariance;
} vrd_trend_unit;

// Fields are public to read.
typedef struct {
	const vrd_trend_input *in;
	double *reach;                                    // [target]: g_h
	vrd_trend_variance *variance[VRD_N_TREND_LEVELS]; // [group]
	vrd_trend_unit *unit[VRD_N_TREND_LEVELS]; // [group], [group][area], [group][area][cell]
	double *forecast;                         // [group][area][cell][target]: mean
} vrd_trend;

static inline size_t vrd_trend_series(const vrd_trend_input *in, size_t group, size_t area,
                                      size_t cell) {
	return (group * in->n_area + area) * in->n_cell + cell;
}

// Fits the model. DATA for a negative or not finite number, a series observed but not expected, or
// years out of order. Cost: O(series * base^3 + iterations * series * base^2).
vrd_status vrd_trend_fit(vrd_arena *mem, const vrd_trend_input *in, vrd_trend *out,
                         vrd_err *err) VRD_MUST_USE;

// Adds the log factors of one unit, around its forecast, to log_factor[draw]; exp of them has mean
// 1. Years of one unit share their path; the variances of a level and group are drawn as badly
// known as they are. `area` and `cell` are not read above their level.
void vrd_trend_paths(const vrd_trend *trend, vrd_trend_level level, size_t group, size_t area,
                     size_t cell, size_t target, uint64_t seed, size_t n_draws,
                     double log_factor[]);
// Counts that may be observed: the series' forecast times exp(log_factor), with chance.
// log_factor: the sum of its three units' paths.
void vrd_trend_counts(const vrd_trend *trend, size_t group, size_t area, size_t cell, size_t target,
                      uint64_t seed, size_t n_draws, const double log_factor[], double out[]);

// The forecasts to beat, of one series. Constant rates are `expected` itself.
double vrd_trend_last_value(const vrd_trend_input *in, size_t series, size_t target);
// Least squares through the base years' observed / expected, never below 0; one year: constant.
double vrd_trend_linear(const vrd_trend_input *in, size_t series, size_t target);
