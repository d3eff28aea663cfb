// What every column of a CSV file becomes: from the header and the caller's options. Inside of the
// CSV codec only.
//
// The cube's dimensions, in this order: key columns as in the header, constants, and the wide
// dimensions, whose categories stand in the header:
//
//	area;sex;Personer 2024;Personer 2025     keys area, sex; wide year: 2024, 2025
#pragma once

#include "cube/csv.h"
#include "cube/csv_header.h"

typedef struct {
	size_t column;
	size_t label; // column of the labels of its categories, or VRD_NONE
} vrd_csv_key;

typedef struct {
	size_t column;
	const char **codes; // one for each wide dimension
} vrd_csv_number;

typedef struct {
	size_t n_dims;
	const char **dims;
	size_t n_keys; // the first dimensions
	vrd_csv_key *keys;
	size_t n_wide; // the last ones
	size_t n_numbers;
	vrd_csv_number *numbers;
	size_t status;     // column, or VRD_NONE
	const char *label; // of the cube, or NULL
} vrd_csv_plan;

// Reports csv.missing-column and csv.duplicate-column; the plan can be used when the report has no
// error. Errors: NOMEM.
vrd_status vrd_csv_plan_make(vrd_arena *mem, const vrd_csv_header *header,
                             const vrd_csv_options *opt, vrd_csv_report *report, vrd_csv_plan *out,
                             vrd_err *err) VRD_MUST_USE;
