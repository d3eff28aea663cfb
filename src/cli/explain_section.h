// What the sections of an explanation's page share. Private to the command line.
#pragma once

#include "cli/explain_page.h"

#include "cube/messages.h"

// Columns of numbers, and where statistics stand in a cube.
enum { EXPLAIN_NUMBER = 13, EXPLAIN_RANGE = 25 };
enum { EXPLAIN_BAR = 14, EXPLAIN_GAP = 2, EXPLAIN_LEAST_LABEL = 36 };
enum { EXPLAIN_MEAN, EXPLAIN_P10, EXPLAIN_P50, EXPLAIN_P90, EXPLAIN_N_STATS = 5 };

typedef struct {
	vrd_cli *cli;
	vrd_region *region;
	const vrd_opened_run *run;
	const vrd_explain_query *query;
	bool measure_given;
	vrd_diag *diag;
	vrd_lang lang;
	size_t width;     // of the page
	double *stepwise; // the result that the waterfall of this page ends with; NaN: there is none
	vrd_buf *out;
} vrd_explain_view;

// Whether the query says which categories of the dimension.
bool vrd_explain_selects(const vrd_explain_view *p, const char *dim);
int vrd_explain_decimals(const vrd_explain_view *p);
// Columns of the longest label of the dimension's categories from `from` on.
size_t vrd_explain_longest(const vrd_dim *dim, size_t from);

// Columns of labels and bars beside `fixed` columns of numbers: bars give way to labels (0: none).
typedef struct {
	size_t label, bar;
} vrd_explain_layout;
vrd_explain_layout vrd_explain_lay_out(const vrd_explain_view *p, const vrd_dim *dim, size_t fixed);
// Says beside another total of the same page why it is not the one that the waterfall ends with.
void vrd_explain_mixed(const vrd_explain_view *p, double total, bool observed_rates);

// explain_where.c: which step changes what, where.
vrd_status vrd_explain_where(const vrd_explain_view *p) VRD_MUST_USE;
