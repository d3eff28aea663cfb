// The header of a CSV text: names of columns and their places. Inside of the CSV codec only.
#pragma once

#include "cube/csv_scan.h"

// Fields are public; texts are owned by the arena that was passed.
typedef struct {
	const char *title; // of the line before the header, as PxWeb writes it; or NULL
	size_t n;
	const char **names; // trimmed; may be ""
	vrd_place *places;
} vrd_csv_header;

// Reads the header and leaves the scan at the first row, keeping one field more than there are
// columns. Reports csv.empty and csv.duplicate-column. Errors: LIMIT (columns), NOMEM.
vrd_status vrd_csv_header_read(vrd_csv_scan *scan, vrd_arena *mem, vrd_csv_header *out,
                               vrd_err *err) VRD_MUST_USE;
// Column by name (without case and surrounding spaces), VRD_NONE when absent.
size_t vrd_csv_header_find(const char *const *names, size_t n, const char *name);
// Reports csv.row-length; true when the present record has one field for each column.
bool vrd_csv_row_fits(const vrd_csv_scan *scan, const vrd_csv_header *header);
// Bytes of the control character at text.p[i], 0 when there is none: C0 but tab and line breaks,
// DEL, C1, and U+FEFF, which marks the start of a file.
size_t vrd_csv_control_at(vrd_str text, size_t i, unsigned *code);
// A NUL-terminated copy without control characters: csv.control.
vrd_status vrd_csv_clean(vrd_csv_report *report, vrd_arena *mem, vrd_str text, vrd_place place,
                         const char **out, vrd_err *err) VRD_MUST_USE;
