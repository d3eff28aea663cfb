// A cube as text for a terminal: aligned columns, numbers by numfmt, symbols for cells without a
// number, title, unit, notes, source and legend of the symbols used. And small terminal charts.
#pragma once

#include "cube/cube.h"
#include "cube/numfmt.h"

typedef struct {
	vrd_lang lang;
	int decimals;       // -1 = from the values: 0 for counts, more for small numbers
	const char *across; // dimension laid out across (usually "year" or "stat"); NULL = choose:
	                    // the last dimension when it has 2 to 12 categories, else none
	size_t max_rows;    // 0 = all; further rows are counted in a last line
	size_t width;       // terminal columns, 0 = 100: when it does not fit across, it goes down
	bool labels;        // labels instead of codes
} vrd_table_options;

// Dimensions of one category are said above the table. Control characters in texts become blanks.
// Cost O(cells) for the decimals, then O(cells written). Errors: NOINPUT for an unknown `across`;
// NOMEM, also when `out` has no room.
vrd_status vrd_table_write(const vrd_cube *cube, const vrd_table_options *opt, vrd_buf *out,
                           vrd_err *err) VRD_MUST_USE;

// One line of block characters, one per value, scaled from min to max (or from 0 when `from_zero`);
// a value that is NaN is a space; all equal gives the middle block. n = 0 gives nothing.
void vrd_sparkline(vrd_buf *out, const double *values, size_t n, bool from_zero);
// A horizontal bar of at most `width` columns for value/max, with eighth blocks; negative values
// are drawn as the same length of '░'.
void vrd_bar(vrd_buf *out, double value, double max, size_t width);
