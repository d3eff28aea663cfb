// Problems: a list of everything that is wrong with an input, each with its place and remedy.
//
// Parsers and checks add to a vrd_diag and go on; the caller prints the list. After `limit`
// problems of one file further ones are only counted. Cost: one arena copy per problem.
#pragma once

#include "base/mem.h"
#include "base/text.h"

typedef enum { VRD_NOTE, VRD_WARNING, VRD_ERROR } vrd_severity;

// A place in an input; line and column count from 1, 0 = not known; column in bytes.
typedef struct {
	const char *file; // borrowed; NULL = no file
	size_t line;
	size_t column;
} vrd_place;

// Fields are public; texts are owned by the list's arena. `rule` is a stable short name such as
// "csv.duplicate-cell"; `text` states the rule and the value; `remedy` says what to do (or NULL).
typedef struct {
	vrd_severity severity;
	vrd_place place;
	const char *rule;
	const char *text;
	const char *remedy;
} vrd_problem;

typedef struct {
	vrd_arena *mem; // borrowed
	vrd_problem *items;
	size_t n;
	size_t capacity;
	size_t n_errors; // counted even when dropped
	size_t n_warnings;
	size_t n_dropped;
	size_t limit; // per file; 0 = 50
} vrd_diag;

void vrd_diag_init(vrd_diag *diag, vrd_arena *mem, size_t limit);
// Adds a problem. `rule` is borrowed and static; place.file and texts are copied. diag may be NULL.
// `remedy` may be NULL. Without memory the problem is counted but not kept. Past the limit of its
// file too, except the very first error, which vrd_diag_fail must be able to tell.
void vrd_diag_add(vrd_diag *diag, vrd_severity severity, vrd_place place, const char *rule,
                  const char *remedy, const char *format, ...) VRD_PRINTF(6, 7);
// One line each: "file:line:column: error: text [rule]" then "  remedy" when there is one.
// Colours when `colour`. Ends with the dropped count when any were dropped.
void vrd_diag_print(const vrd_diag *diag, vrd_buf *out, bool colour);
// Turns the list into one failure: VRD_OK when there is no error, else `status` with the first
// error's place, text and remedy and the number of further ones:
// "a.csv:2:5: text (remedy); and 3 more errors".
vrd_status vrd_diag_fail(const vrd_diag *diag, vrd_status status, vrd_err *err) VRD_MUST_USE;
