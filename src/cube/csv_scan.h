// Records of a CSV text, and the problems found in them. Inside of the CSV codec (csv.h) only.
//
// A record is a list of fields with their byte offset in the input. Fields are trimmed of spaces
// and tabs outside quotes; blank lines are passed over; LF, CRLF and CR end a line. A record in
// which no field begins with a quote is split here, in place; every other one goes to libcsv. Both
// ways give the same fields (tests/test_csv.c compares them).
//
// Cost: one pass over the bytes, no copy for records without quotes.
#pragma once

#include "base/diag.h"

#define VRD_CSV_MAX_COLUMNS 16384 // as in a spreadsheet

// The caller's list, and the first error of this one file (for the status at the end).
typedef struct {
	vrd_diag *diag; // NULL ok
	vrd_diag first;
	const char *file;
	size_t n;
} vrd_csv_report;

// `mem` holds the first error's texts.
void vrd_csv_report_init(vrd_csv_report *report, vrd_arena *mem, vrd_diag *diag, const char *file);
// Adds a problem to both lists; report NULL = nobody listens.
void vrd_csv_problem(vrd_csv_report *report, vrd_severity severity, vrd_place place,
                     const char *rule, const char *remedy, const char *format, ...)
        VRD_PRINTF(6, 7);
// VRD_OK, or DATA with the first error of this file.
vrd_status vrd_csv_report_fail(const vrd_csv_report *report, vrd_err *err) VRD_MUST_USE;
// Length for "%.*s" of a text in a message: at most 60 bytes, never half a character.
int vrd_csv_shown(vrd_str text);

// Budget of a scratch arena beside `mem`: what is left of its own.
static inline size_t vrd_csv_scratch_budget(const vrd_arena *mem) {
	if (mem->budget == 0)
		return 0;
	return mem->used < mem->budget ? mem->budget - mem->used : 1;
}

typedef struct {
	vrd_str text; // borrowed until the next record
	size_t at;    // of its first byte (the quote, when it is quoted)
} vrd_csv_field;

typedef struct vrd_csv_quoted vrd_csv_quoted; // libcsv's side

// Fields are public to read; `keep`, `report` and `libcsv_only` may be set between records.
typedef struct {
	const char *bytes; // borrowed
	size_t len;
	char separator;
	size_t at;   // of the next record
	size_t line; // of the next record
	size_t n_fields;
	vrd_csv_field *fields; // at most `keep` of them
	size_t capacity;
	size_t keep;
	size_t record_at;
	size_t record_line;
	vrd_csv_report *report; // borrowed
	bool libcsv_only;       // for tests: no record is split here
	uint8_t kind[256];      // of a byte: ends a field, or may surround it
	vrd_csv_quoted *quoted;
	vrd_arena *scratch; // borrowed
} vrd_csv_scan;

// Passes a BOM, checks the encoding (csv.encoding) and finds the separator when it is 0. Close it
// in every case. Errors: DATA (encoding), LIMIT (4 GiB), NOMEM.
vrd_status vrd_csv_scan_open(vrd_csv_scan *scan, vrd_arena *scratch, const char *bytes, size_t len,
                             char separator, vrd_csv_report *report, vrd_err *err) VRD_MUST_USE;
// Next record; *more is false after the last. A quote that is never closed (csv.truncated) or text
// after a closing quote (csv.quote) is reported. Errors: NOMEM.
vrd_status vrd_csv_scan_next(vrd_csv_scan *scan, bool *more, vrd_err *err) VRD_MUST_USE;
void vrd_csv_scan_close(vrd_csv_scan *scan);

// Line and column of a byte of the present record.
vrd_place vrd_csv_place(const vrd_csv_scan *scan, size_t at);
