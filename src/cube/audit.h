// What a reader can work out about hidden cells: the linear system of one connected set of them.
//
//	row r:   sum over its terms of sign * x[cell] = sum,     x >= 0 when the table holds counts
//
// Private to suppress.c. Thread-safe.
#pragma once

#include "cube/cube.h"

typedef struct {
	size_t cell;
	double sign; // 1 or -1
} vrd_audit_term;

// `sum` NaN: the reader knows it, we do not, because a cell came to us already hidden.
typedef struct {
	const vrd_audit_term *terms; // borrowed
	size_t n_terms;
	double sum;
} vrd_audit_row;

// `determined`: the equations alone give x. [lo, hi] holds x; lo_row and hi_row are the rows that
// gave the bound, VRD_NONE when none did or a combination of rows.
typedef struct {
	bool determined;
	double lo, hi;
	size_t lo_row, hi_row;
} vrd_audit_cell;

// Fills cells[0..n_cells). Whether a cell is determined is exact (Gauss-Jordan). Bounds are
// propagated over the rows and the reduced rows to a fixpoint: they hold, and are the tightest in
// all but a few tables in ten thousand (measured against the simplex method on random tables).
// Fewer known sums never narrow a bound. Cost O(rows * cells * rank) time at worst, O(rows * cells)
// memory of `scratch`. Errors: NOMEM.
vrd_status vrd_audit(vrd_arena *scratch, size_t n_cells, size_t n_rows, const vrd_audit_row *rows,
                     bool non_negative, vrd_audit_cell *cells, vrd_err *err) VRD_MUST_USE;
