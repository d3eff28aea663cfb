// A live model: results kept for every draw, and changed one assumption at a time.
//
// A change evaluates only the classes of strata that the assumption acts on, once as they were and
// once as they become, and adds the difference: sliders, tornado, Sobol and Shapley all stand on
// this. The uniforms of the draws stay what they are, so a change shows no seed noise. Against a
// full run the results agree to rounding (about 1e-13 relative; vrd_live_refresh starts afresh).
// With noise: poisson the results are the expected ones.
#pragma once

#include "num/stats.h"
#include "scenario/kernel.h"

typedef struct vrd_live vrd_live;

// Where the numbers stand: every place, reported service and form of care of the view by default.
// view.sums and view.steps must be false. Cost: one run of the kernel. Memory: years x services x
// places x cares x measures x draws x 8 bytes, and (3 + 2 x threads) x assumptions x draws x 8; LIMIT
// when it passes 1 GB (says how to ask for less). `variant` (NULL: from the seed): each draw's own population
// alternative. `model`, the arrays of `view` and everything of them is borrowed until vrd_live_free. Not thread-safe.
vrd_status vrd_live_new(const vrd_model *model, const vrd_draws *draws, const vrd_view *view,
                        const uint32_t *variant, vrd_live **out, vrd_err *err) VRD_MUST_USE;
void vrd_live_free(vrd_live *live); // NULL ok
size_t vrd_live_bytes(const vrd_live *live);
size_t vrd_live_draws(const vrd_live *live); // at least 1

// One assumption's new values.
typedef struct {
	size_t assumption;
	const double *x; // its draws in their own order, borrowed during the call; NULL: neutral
} vrd_change;

// Changes assumptions together. Nothing is changed on failure. Cost: classes touched x places x
// years x draws, twice.
vrd_status vrd_live_change(vrd_live *live, size_t n, const vrd_change changes[],
                           vrd_err *err) VRD_MUST_USE;
// The same with a new distribution, from the kept uniforms (correlation included). NULL: the one
// that the model has.
vrd_status vrd_live_set(vrd_live *live, size_t assumption, const vrd_dist *dist,
                        vrd_err *err) VRD_MUST_USE;
// Draws of an assumption's parameter as they are now, in their own order. `out`: n doubles.
void vrd_live_parameter(const vrd_live *live, size_t assumption, double out[]);
// Recomputes everything from the present parameters.
void vrd_live_refresh(vrd_live *live);

#define VRD_ALL SIZE_MAX

// The draws of one cell in their own order, summed over every dimension that is VRD_ALL (place,
// service, care; `year` is an index of the model's years; `step` is ignored). `out`: n doubles.
void vrd_live_cell(const vrd_live *live, const vrd_cell_key *key, double out[]);
vrd_summary vrd_live_summary(vrd_live *live, const vrd_cell_key *key);
