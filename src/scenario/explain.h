// Why a result is what it is: order-free effects, sensitivity and variance by source.
//
// All speak of one number: a measure in one year, summed over some places, services and forms of
// care (NULL = all), by unit or (beds) by provider.
#pragma once

#include "num/sensitivity.h"
#include "scenario/live.h"

typedef struct {
	vrd_measure measure;
	size_t year; // index
	const bool *place, *service,
	        *care;    // of the axis (unit; provider for beds), reported services
	bool by_provider; // places are providers for contacts and bed days too
} vrd_target;

// --- Shapley ------------------------------------------------------------------------------------

// The players: each assumption belongs to player_of[i] < n_players or to none (VRD_NONE: always
// on). With `population` one more player is the change of the people since the base years
// (size, age and births), with `map` one more the redrawn map. At most 12 in all.
typedef struct {
	size_t n_players;
	const size_t *player_of;
	bool population, map;
} vrd_game;

// effect[player], in the order: the n_players, population, map. Per draw first and then summarised:
// the means add up exactly, the quantiles do not. base and total: v(none), v(all). Base rates are
// those observed, and there is no chance.
typedef struct {
	vrd_summary effect;
} vrd_player;
vrd_status vrd_explain_shapley(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                               const vrd_target *target, const vrd_game *game, vrd_player out[],
                               vrd_summary *base, vrd_summary *total, vrd_err *err) VRD_MUST_USE;

// --- tornado ------------------------------------------------------------------------------------

// Each parameter at its P10 and its P90, the others at their medians (walks without steps); the
// population is the mean of the alternatives. A growth that walks swings to the P10 and P90 of what
// it has become by the year, steps and all. `population` (NULL ok): the lowest and the highest
// alternative, at the medians.
typedef struct {
	double low, high; // the target's value at P10 and P90 of the parameter
} vrd_swing;
vrd_status vrd_explain_tornado(vrd_arena *mem, const vrd_model *model, const vrd_target *target,
                               double *middle, vrd_swing out[], vrd_swing *population,
                               vrd_err *err) VRD_MUST_USE;

// --- Sobol --------------------------------------------------------------------------------------

// Factors: every assumption with an interval that is not correlated, every correlated group or
// matrix as one, and the population's alternatives when there are several. `members` marks the
// assumptions of a factor (none: the population).
typedef struct {
	const char *name; // id, name of the group, or "population"
	const bool *members;
	vrd_sobol index;
} vrd_factor;
vrd_status vrd_explain_sobol(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                             const vrd_target *target, vrd_factor **out, size_t *n,
                             vrd_err *err) VRD_MUST_USE;

// --- variance -----------------------------------------------------------------------------------

// The target's variance by source, as vrd_kernel_variance gives that of the region's total.
vrd_status vrd_explain_variance(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                const vrd_target *target, vrd_variance *out,
                                vrd_err *err) VRD_MUST_USE;

// --- bounds -------------------------------------------------------------------------------------

// The target's summary as the run has it (its own groups and matrices, what is left independent),
// and when what is left (in no matrix and no group with rho above 0) is one: every parameter at the
// quantile that raises the target as much as the others' do, by the sign of its swing. Two cases, no
// bounds: the tails of walks, rates and population stay as they are.
vrd_status vrd_explain_correlation(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                   const vrd_target *target, vrd_summary *independent,
                                   vrd_summary *dependent, vrd_err *err) VRD_MUST_USE;
// The target's summary when overlapping rules of avoidance lie one inside the other, and when they
// are apart as far as can be: the bounds of what is possible around independence.
vrd_status vrd_explain_avoidance(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                 const vrd_target *target, vrd_summary *full, vrd_summary *none,
                                 vrd_err *err) VRD_MUST_USE;
