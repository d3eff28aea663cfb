// Elicitation in parts. Private to this room.
//
//	elicit_question.c   assumptions -> questions in words
//	elicit_csv.c        questions -> CSV
//	elicit_answers.c    CSV -> answers, every bad row told
//	elicit.c            answers <-> log; judgements
//	elicit_apply.c      judgements -> the scenario's text
//	elicit_calibrate.c  answers against facts
#pragma once

#include "region/elicit.h"

#include "cube/csv.h"

// The hash of a question in these words, with its unit and bounds.
void vrd_elicit_wording(const vrd_question *question, vrd_str text, vrd_wording *out);
// A rationale without the reasons that `apply` put behind it.
vrd_str vrd_elicit_own_reasons(vrd_str rationale);
// Fits the law of an answer, in the unit of the question.
vrd_status vrd_elicit_fit(const vrd_question *question, double p10, double p50, double p90,
                          vrd_dist *out, vrd_err *err) VRD_MUST_USE;
void vrd_elicit_put_number(vrd_buf *out, double x, char decimal);

// A table read from a file, whose columns are known by name. Numbers may have a decimal comma or
// point, but not both in one file.
typedef struct {
	vrd_csv_table table;
	const char *file;
	vrd_diag *diag;
	char decimal; // of the first number that had one; 0: none yet
} vrd_elicit_sheet;

vrd_status vrd_elicit_sheet_read(vrd_region *region, const char *bytes, size_t len,
                                 const char *file, vrd_elicit_sheet *out, vrd_diag *diag,
                                 vrd_err *err) VRD_MUST_USE;
// A column, VRD_NONE and told when it is missing and `required`.
size_t vrd_elicit_column(const vrd_elicit_sheet *sheet, const char *name, bool required);
// A cell, trimmed; "" when the column is VRD_NONE.
vrd_str vrd_elicit_cell(const vrd_elicit_sheet *sheet, size_t row, size_t column);
// False, and told, when the cell is no number.
bool vrd_elicit_number(vrd_elicit_sheet *sheet, size_t row, size_t column, double *out);
void vrd_elicit_problem(const vrd_elicit_sheet *sheet, size_t row, size_t column,
                        vrd_severity severity, const char *rule, const char *remedy,
                        const char *format, ...) VRD_PRINTF(7, 8);
// Index of the question that a cell names, VRD_NONE and told when there is none.
size_t vrd_elicit_question_of(const vrd_elicit_sheet *sheet, size_t row, size_t column,
                              const vrd_question *questions, size_t n);
