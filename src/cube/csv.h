// CSV codec: tidy (one column per dimension, then value) and wide (one dimension in the header).
//
// Reading detects what is not said: UTF-8 BOM, separator (, ; tab |), decimal point or comma, a
// title line before the header (as PxWeb writes). Every bad row is reported with its line, column
// and remedy, up to the limit of the list; the cube is made only when there is no error.
// Cost: about one pass over the bytes.
#pragma once

#include "base/diag.h"
#include "cube/cube.h"

// What a column becomes.
typedef enum {
	VRD_COLUMN_DIM,    // a dimension called `name`
	VRD_COLUMN_VALUE,  // the value
	VRD_COLUMN_STATUS, // SSB symbols of the value
	VRD_COLUMN_WIDE,   // values of the category `code` of dimension `name`
	VRD_COLUMN_LABEL,  // labels for the categories of dimension `name`
	VRD_COLUMN_IGNORE,
} vrd_column_kind;

typedef struct {
	const char *column; // header text, compared without case and surrounding spaces
	vrd_column_kind kind;
	const char *name; // dimension
	const char *code; // category for WIDE
} vrd_csv_column;

// Recodes a category while reading: in dimension `dim`, `from` becomes `to`.
typedef struct {
	const char *dim;
	const char *from;
	const char *to;
} vrd_recode;

// A constant dimension: every row is in category `code` of dimension `dim`.
typedef struct {
	const char *dim;
	const char *code;
} vrd_constant;

// A zeroed struct reads a plain tidy file: every column but the last is a dimension named as in the
// header, the column "value" (or the last) holds numbers, a column "status" symbols. Runs of two or
// more columns named prefix + number ("a0".."a105", "age0".., "2005".."2026") are read as a wide
// dimension: "a"/"age" -> age, years -> year. Texts before the years ("Personer 2024", as PxWeb
// writes, also a lone one at the end) become the dimension ContentsCode when there are several. A
// column "value" rules this out. Dimensions: columns in their order, constants, wide ones.
typedef struct {
	const char *name; // for messages: the file's name
	char separator;   // 0 = detect
	char decimal;     // '.' or ','; 0 = detect; mixed use is an error
	const vrd_csv_column *columns;
	size_t n_columns;
	const vrd_recode *recodes;
	size_t n_recodes;
	const vrd_constant *constants;
	size_t n_constants;
	vrd_cell absent;            // status of cells without a row: VRD_MISSING unless set
	bool absent_is_zero;        // cells without a row are 0 instead
	bool not_negative;          // numbers below 0 are errors (csv.negative)
	bool sum_duplicates;        // rows of the same cell are added (aggregating an extract)
	bool other_columns_ignored; // with columns given: unlisted columns are ignored, not
	                            // dimensions
} vrd_csv_options;

// Borrows bytes; cube owned by `mem`. Problems go to `diag` (rules csv.*); when any is an error the
// result is DATA with the first one. Rules: csv.encoding, csv.empty, csv.missing-column,
// csv.duplicate-column, csv.row-length, csv.truncated (an open quote at the end), csv.number,
// csv.mixed-decimal, csv.duplicate-cell, csv.empty-code, csv.negative, csv.not-finite, csv.quote (text after a
// closing quote), csv.sparse (columns that follow from each other make a cube that no memory
// holds), csv.control (a warning: control characters are left out). LIMIT past 4 GiB or 16 384
// columns.
vrd_status vrd_csv_read(vrd_arena *mem, const char *bytes, size_t len, const vrd_csv_options *opt,
                        vrd_cube *out, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// A small table of texts (areas, maps, services ...): header and rows of cells, with lines for
// messages. Same detection and errors as above. cell = rows[r * n_columns + c], never NULL.
typedef struct {
	size_t n_columns;
	const char **columns;
	size_t n_rows;
	const char **rows;
	size_t *lines; // line in the file of each row
} vrd_csv_table;

vrd_status vrd_csv_read_table(vrd_arena *mem, const char *bytes, size_t len, const char *name,
                              vrd_csv_table *out, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// Column of a table by header (no case), VRD_NONE when absent.
size_t vrd_csv_column_of(const vrd_csv_table *table, const char *header);

typedef enum {
	VRD_CSV_MACHINE, // comma, decimal point, LF, no BOM, full precision
	VRD_CSV_EXCEL,   // Norwegian Excel: semicolon, decimal comma, CRLF, BOM, ASCII minus
} vrd_csv_dialect;

// Tidy: one column per dimension, then `value`, where a cell without a number has its symbol (: .
// ..). When a number is preliminary or estimated a column `status` follows, with every cell's
// symbol, and cells without a number have an empty value. `wide` (NULL = none) names a dimension
// whose categories become columns (statuses as symbols in the cells). Reading what MACHINE wrote
// gives the same cube (vrd_cube_equal). Output to a growing buffer. DATA for names and codes that
// would not read back: dimensions "value" and "status", control characters. LIMIT when the buffer's
// maximum is reached.
vrd_status vrd_csv_write(const vrd_cube *cube, vrd_csv_dialect dialect, const char *wide,
                         vrd_buf *out, vrd_err *err) VRD_MUST_USE;
// A text as a field in quotes, the quotes inside it doubled.
void vrd_csv_put_quoted(vrd_buf *out, const char *text);
