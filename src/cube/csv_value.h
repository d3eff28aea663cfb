// One cell of a value column: a number, a symbol of SSB, or why it is neither. Inside of the CSV
// codec only.
#pragma once

#include "cube/cube.h"

typedef enum {
	VRD_CSV_NUMBER, // also a symbol, or nothing (missing)
	VRD_CSV_NOT_A_NUMBER,
	VRD_CSV_GROUPED, // "1 234", "1.234,5"
	VRD_CSV_NOT_FINITE,
	VRD_CSV_MIXED, // the other decimal mark than *decimal
} vrd_csv_verdict;

// Reads a cell. *decimal is '.' or ',', or 0 until a number shows which: then it is set. Outputs
// are set for VRD_CSV_NUMBER only; *value is NaN exactly when *status has no number.
//	""  ..  ...  missing     .  not applicable     :  suppressed     -  nil, a zero
//	12*  preliminary         12e  estimated
vrd_csv_verdict vrd_csv_value(vrd_str text, char *decimal, double *value, vrd_cell *status);
