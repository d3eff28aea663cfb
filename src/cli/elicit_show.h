// What experts have answered, as bars for a terminal, a table of texts, or a workbook.
#pragma once

#include "cli/cli.h"
#include "region/elicit.h"

// What is shown: judgements[question * VRD_ELICIT_ROUNDS + round - 1], n 0 where there is none.
// Borrowed.
typedef struct {
	const vrd_region *region;
	const vrd_scenario *scenario;
	size_t n;
	const vrd_question *questions;
	const vrd_judgement *judgements;
	bool anonymous; // experts by number, in the order of their P50
} vrd_elicit_view;

// Bars on one axis for each assumption, both pools, disagreement, reasons, and the change from round
// 1 to round 2 where both are there.
void vrd_elicit_show_text(const vrd_elicit_view *view, vrd_buf *out);
// One row for each answer and each pool, as CSV or JSON.
vrd_status vrd_elicit_show_rows(const vrd_elicit_view *view, vrd_arena *mem, bool json,
                                vrd_buf *out, vrd_err *err) VRD_MUST_USE;
// The numbers with dimensions assumption, round, answer, stat; in the units of the questions.
vrd_status vrd_elicit_show_cube(const vrd_elicit_view *view, vrd_arena *mem, vrd_cube *out,
                                vrd_err *err) VRD_MUST_USE;
// How often facts fell inside each interval; format: "table", "csv" or "json".
vrd_status vrd_elicit_show_calibration(const vrd_calibrated *rows, size_t n, vrd_lang lang,
                                       const char *format, vrd_arena *mem, vrd_buf *out,
                                       vrd_err *err) VRD_MUST_USE;
