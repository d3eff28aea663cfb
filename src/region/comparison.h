// Stored runs against each other: how much more or less each needs than the first, draw by draw,
// and what they are made of that differs.
#pragma once

#include "region/run_open.h"

#define VRD_COMPARE_MOST 4

// Fields are public, owned by the region's arena. `names` are the runs' labels, or the beginnings
// of their ids where labels repeat. `warnings` are texts in the region's language: data, program or
// settings that differ, so that a difference is not of assumptions alone.
typedef struct {
	size_t n;
	vrd_opened_run run[VRD_COMPARE_MOST]; // with the draws that all have
	const char *names[VRD_COMPARE_MOST];
	size_t n_warnings;
	const char **warnings;
} vrd_comparison;

// Opens 2 to 4 different runs. Runs of one seed share their draws: with different numbers of draws
// the smallest is used, with a warning. USAGE: runs of different seeds (says how to run again), the
// same run twice.
vrd_status vrd_comparison_open(vrd_region *region, size_t n, const char *const runs[],
                               size_t n_threads, vrd_comparison *out, vrd_err *err) VRD_MUST_USE;

// `selection`: where, by and levels on area or provider, service, care form and year; its cube and
// run are not read. Without year in `by` the year is `year` (0: the last that the first run has).
typedef struct {
	vrd_measure measure;
	int year;
	vrd_query selection;
} vrd_compare_query;

// [run, comparison, ...by, stat]: `comparison` is level (the run as it is) or difference (the run less
// the first; not applicable to the first). stat has mean, p10, p50, p90, mc_error and probability
// (that the run needs more than the first; ties count half; of differences only). Numbers are hidden
// where those of any of the runs are.
vrd_status vrd_region_compare(vrd_region *region, const vrd_comparison *comparison,
                              const vrd_compare_query *query, vrd_cube *out, vrd_diag *diag,
                              vrd_err *err) VRD_MUST_USE;
