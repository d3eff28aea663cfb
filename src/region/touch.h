// Which rows of a table of episodes a measure may touch, and how much of each: row,measure,fraction.
//
// A row that measure i may touch with fraction f_i is as if it were split into sub-rows, one for
// each subset S of its measures, with the weight
//
//	w_S = prod_{i in S} f_i  prod_{i not in S} (1 - f_i)          sum_S w_S = 1
//	prod_i (1 - f_i x_i) = sum_S w_S prod_{i in S} (1 - x_i)      for every x
//
// so counting sub-rows by cell and set of measures loses nothing (docs/methods.md section 7).
// Measures with fraction 1 are in every S: only the others double the number of sub-rows.
#pragma once

#include "base/diag.h"
#include "region/intern.h"

#define VRD_MAX_FRACTIONS 12 // fractions below 1 of one row: 2^12 sub-rows

// What touches a row: measures ascending. Fields are public.
typedef struct {
	size_t n;
	const uint32_t *measure;
	const double *fraction; // in (0, 1]
} vrd_profile;

// Fields are public to read; owned by the arena it was read into.
typedef struct {
	const char *name; // of the file
	size_t n_measures;
	const char **measures; // sorted
	vrd_intern rows;       // ids
	const size_t *line;    // [row] where it stands first
	const uint32_t *profile_of;
	size_t n_profiles;
	const vrd_profile *profiles; // distinct, sorted by content; [0] touches nothing
} vrd_touch;

// Reads the columns row_id, measure_id and fraction (in any order; others are errors). Problems go
// to `diag` with line and column: touch.missing-column, touch.unknown-column, touch.empty,
// touch.measure (a name that cannot stand in a list), touch.fraction (outside (0, 1]),
// touch.duplicate (a measure twice on one row), touch.too-many (more than VRD_MAX_FRACTIONS
// fractions on one row), and those of the CSV reader. With any the result is DATA. Cost: one pass
// and a sort.
vrd_status vrd_touch_read(vrd_arena *mem, const char *bytes, size_t len, const char *name,
                          vrd_touch *out, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
