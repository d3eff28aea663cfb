// Privacy suppression: the one place where small counts are hidden, before anything leaves the
// program. Primary: a number above 0 and below the threshold. Secondary: further cells, smallest
// first, until no hidden cell can be worked out from what is shown.
#pragma once

#include "cube/cube.h"

// threshold 0 = nothing is hidden. Default elsewhere: 5 («færre enn 5»), zero shown.
typedef struct {
	double threshold;
	bool hide_zero;    // zeros are hidden too
	bool totals_shown; // the sums along every dimension are (or may be) shown elsewhere
	// Dimensions that are no sums (never audited as rows): "stat", "variant", "measure".
	// A hidden mean hides its whole group of cells along "stat" and is what is audited; without
	// a category "mean" one small number hides its group.
} vrd_suppression;

// Result: a copy of `in` in which hidden cells are SUPPRESSED (NaN). *n_primary and *n_secondary
// (NULL ok) count the cells hidden here (a group along "stat" once); cells that came in SUPPRESSED
// count as hidden, and not here. A cell is safe when the linear system of shown cells, totals along
// each dimension and parent sums inside a dimension (when the parent's cell is in the cube) neither
// determines it nor bounds it, with numbers >= 0, to an interval narrower than the threshold.
// Exceptions: what the totals alone tell, whatever is hidden in the cube (a line whose sum is below
// the threshold: that sum is itself hidden where it stands); a zero hidden as company, which was no
// secret; and connected sets of more than 400 hidden cells, which get a plainer rule (suppress.c).
// Tables that show negative numbers are audited without the bound x >= 0.
// Cost: O(cells) when nothing is hidden; else grows with the hidden cells of each connected table.
// Applied twice it changes nothing more. Errors: NOMEM; DATA for a threshold below 0 or NaN.
vrd_status vrd_cube_suppress(vrd_arena *mem, const vrd_cube *in, const vrd_suppression *rule,
                             vrd_cube *out, size_t *n_primary, size_t *n_secondary,
                             vrd_err *err) VRD_MUST_USE;
