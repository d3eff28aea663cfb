// Runs against each other, draw by draw: the difference has an interval of its own, free of the
// noise that the runs share.
#pragma once

#include "scenario/kernel.h"

// Two to four models with the same seed and number of draws. Places, services and forms of care are
// matched by code; what one model lacks is zero there. The view's groups are of the first model and
// may not be given for several unless their dimensions are the same.
typedef struct {
	const vrd_model *model;
	const vrd_draws *draws;
} vrd_side;

// Cubes [run, place, service, care, year, stat]: the level of each run, and what run i needs more
// than run 0 (not applicable to run 0); and [run, place, service, care, year] with the probability
// that run i needs more than run 0 (a tie counts half: what differs by no more than 1e-9 of the
// larger is rounding). `names` are the codes of the dimension run. place, service and care as in
// vrd_kernel_summary. Errors: USAGE when draws or seeds differ.
vrd_status vrd_compare(vrd_arena *mem, size_t n, const vrd_side sides[], const char *const names[],
                       const vrd_view *view, const vrd_dim *place, const vrd_dim *service,
                       const vrd_dim *care, vrd_measure measure, vrd_cube *level,
                       vrd_cube *difference, vrd_cube *probability, vrd_err *err) VRD_MUST_USE;
