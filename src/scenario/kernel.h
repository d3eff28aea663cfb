// The projection kernel: draws of every sum that is asked for, in one pass over classes of strata.
//
// Why it is quick. Strata that the same assumptions act on share the same factors in every draw: a
// *class*. A result cell is linear in demand, cell(d) = sum_c coef_c(d) W_c, where W_c is the
// demand of class c that belongs to the cell. So a draw costs one multiply-add per class and cell,
// not per stratum or person, with exactly the same distribution.
//
// Draws are sorted by population alternative inside (so that W is constant along a run of draws);
// `order` gives each draw's own number. A draw of a parameter depends on seed, id and draw only.
// Years are computed in parallel, each by one thread in a fixed order: bits do not depend on the
// number of threads.
#pragma once

#include "scenario/model.h"

typedef struct {
	size_t n; // number of draws; 0: one deterministic evaluation at the parameters' means
	uint64_t seed;
	size_t n_threads; // 0 = all
} vrd_draws;

typedef enum { VRD_BY_UNIT, VRD_BY_AREA, VRD_BY_PROVIDER } vrd_axis;
typedef enum { VRD_CONTACTS, VRD_BED_DAYS, VRD_BEDS, VRD_N_MEASURES } vrd_measure;

// How the shares of overlapping rules of avoidance join: independent (the product of what each
// leaves), or the bounds of what is possible: one inside the other, or apart as far as can be.
typedef enum { VRD_OVERLAP_INDEPENDENT, VRD_OVERLAP_FULL, VRD_OVERLAP_NONE } vrd_overlap;

// What is wanted. Each place, service (as reported) and care form belongs to one group or to none (VRD_NONE: left
// out). With `sums` also the sum over all groups of each dimension, of each pair and of all three,
// as the group number n_*.
typedef struct {
	vrd_axis axis;
	const size_t *place_group, *service_group,
	        *care_group;                  // NULL = every category its own group
	size_t n_places, n_services, n_cares; // numbers of groups (ignored where the array is NULL)
	bool sums;
	bool measures[VRD_N_MEASURES]; // BEDS only by provider
	const bool *years;             // [n_year] NULL = all
	bool steps;          // the waterfall: one result per step instead of the final one
	vrd_overlap overlap; // not with steps
} vrd_view;

// The steps of the waterfall: base, population, ageing, births, one per assumption, map.
typedef enum {
	VRD_STEP_BASE,
	VRD_STEP_SIZE,
	VRD_STEP_AGEING,
	VRD_STEP_BIRTHS,
	VRD_STEP_FIRST
} vrd_step;
size_t vrd_n_steps(const vrd_model *model); // VRD_STEP_FIRST + n_assumptions + 1
// Steps stand in the order in which the kinds act, those of a kind in file order.
// assumption index of step VRD_STEP_FIRST + i is order[i] (n_assumptions entries).
void vrd_step_order(const vrd_model *model, size_t order[]);

typedef struct {
	size_t place, service, care, year; // group numbers; n_* = the sum
	size_t step;                       // 0 unless view.steps
	vrd_measure measure;
} vrd_cell_key;

// Receives the draws of one cell (NULL: all zero). Called once per cell, from several threads for
// different years. `scratch` has room for n doubles.
typedef void vrd_sink(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                      double *scratch);
// Called now and then (serialised) with what is done of `total`; returning false cancels.
typedef bool vrd_progress(void *context, size_t done, size_t total);

// Evaluates the view. `order` (NULL ok, n entries): the own number of each draw in the arrays that
// the sink gets. Errors: NOMEM, LIMIT (the view needs more than 900 MB: says how to ask for less),
// USAGE for a view that the model cannot give, CANCELLED.
// Cost: classes x places x years x draws multiply-adds, and a selection of quantiles in the sink.
vrd_status vrd_kernel_run(const vrd_model *model, const vrd_draws *draws, const vrd_view *view,
                          vrd_sink *sink, void *context, size_t order[], vrd_progress *progress,
                          void *progress_context, vrd_err *err) VRD_MUST_USE;

// Parameter draws x[i * n + d] in their own order (for tests, export and explanations).
vrd_status vrd_kernel_parameters(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                 double **x, vrd_err *err) VRD_MUST_USE;

// The view's result as cubes with a dimension stat (mean, p10, p50, p90, mc_error), one per measure
// asked for: [area|provider, service, care, year, stat], with a dimension step in front for steps.
// Sums have the code "*". `names` of groups come from the given dims (NULL: the model's own).
vrd_status vrd_kernel_summary(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                              const vrd_view *view, const vrd_dim *place, const vrd_dim *service,
                              const vrd_dim *care, vrd_progress *progress, void *progress_context,
                              vrd_cube out[VRD_N_MEASURES], vrd_err *err) VRD_MUST_USE;

// Variance of the region's total in one year by source (law of total variance over the weights of
// the alternatives): population, assumptions, their interaction, base rates (at the means of the
// parameters, mixed over the alternatives by weight), chance; the parts sum to the variance. With
// uncertain rates the mean and all parts but that of the rates are at observed rates, and what rates
// and parameters do together is left out.
typedef struct {
	double mean, variance;
	double population, assumptions, interaction, rates, chance; // parts of variance
} vrd_variance;
vrd_status vrd_kernel_variance(const vrd_model *model, const vrd_draws *draws, size_t year,
                               vrd_measure measure, vrd_variance *out, vrd_err *err) VRD_MUST_USE;
// The same of a view of one cell in one year, whose groups are all given: one measure at some
// places, services and forms of care.
vrd_status vrd_kernel_variance_of(const vrd_model *model, const vrd_draws *draws,
                                  const vrd_view *view, vrd_measure measure, vrd_variance *out,
                                  vrd_err *err) VRD_MUST_USE;
