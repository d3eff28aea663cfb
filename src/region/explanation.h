// Why a run's result is what it is, as cubes: the same table, CSV, JSON and XLSX as `varde show`.
//
//	sequential  [step, ...by, stat]      the waterfall, step by step, in every draw of the run
//	shapley     [player, stat]           base, order-free effects of groups, and their total
//	tornado     [assumption, at]         the result at each parameter's P10 and P90, the others at
//	                                     their medians; p50 is the middle. `population`, with
//	                                     alternatives: the lowest and the highest one
//	sobol       [factor, index]          first-order and total indices with their errors
//	variance    [source, part]           the variance by source, and as shares
//	bounds      [bound, stat]            the result as the run has it, and if what it leaves
//	                                     independent raised or lowered it together (two cases, no
//	                                     bounds); and with overlapping avoidance inside each other
//	                                     or apart
//
// All but the first speak of one number: a measure in one year, summed over what is selected. Where
// the counts of that number are hidden, its explanation is.
#pragma once

#include "region/run_open.h"

typedef enum {
	VRD_EXPLAIN_SEQUENTIAL,
	VRD_EXPLAIN_SHAPLEY,
	VRD_EXPLAIN_TORNADO,
	VRD_EXPLAIN_SOBOL,
	VRD_EXPLAIN_VARIANCE,
	VRD_EXPLAIN_BOUNDS,
	VRD_N_EXPLAINS
} vrd_explain_method;
// What the players of Shapley are. AUTO: each assumption when all players are at most 12, else by
// theme (assumptions without one by kind), else by kind. Players past the most that can be computed
// are one, those that mean least step by step.
typedef enum {
	VRD_PLAYERS_AUTO,
	VRD_PLAYERS_ASSUMPTION,
	VRD_PLAYERS_THEME,
	VRD_PLAYERS_TYPE,
	VRD_N_PLAYERS
} vrd_players;

// Names of both: "shapley", "theme"; NULL past the last.
const char *vrd_explain_name(vrd_explain_method method);
const char *vrd_players_name(vrd_players players);
const char *vrd_measure_name(vrd_measure measure); // "bed_days"

// What is asked. `selection`: where and levels on area or provider, service and care form (and step
// for sequential), by for sequential only; its cube and run are not read.
typedef struct {
	vrd_measure measure;
	int year; // 0: the horizon
	vrd_query selection;
	vrd_players players;
	size_t draws; // at most as many of the run's own, the first ones; 0: all (never sequential)
} vrd_explain_query;

// Answers with one method. Notes say what was used and what the numbers do not tell. Errors as
// vrd_region_query.
vrd_status vrd_region_explain(vrd_region *region, const vrd_opened_run *run,
                              const vrd_explain_query *query, vrd_explain_method method,
                              vrd_cube *out, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
