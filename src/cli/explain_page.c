#include "cli/explain_page.h"

#include "cli/explain_section.h"
#include "cli/page.h"
#include "cube/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER = EXPLAIN_NUMBER, RANGE = EXPLAIN_RANGE, SHARE = NUMBER + 4, GAP = EXPLAIN_GAP };
enum { LEAST_LABEL = EXPLAIN_LEAST_LABEL, SIDE = 13, SHORT_SIDE = 6 };
enum { MEAN = EXPLAIN_MEAN, P10 = EXPLAIN_P10, P90 = EXPLAIN_P90, N_STATS = EXPLAIN_N_STATS };

typedef vrd_explain_view page;

// --- helpers ------------------------------------------------------------------------------------

static vrd_status ask(const page *p, vrd_measure measure, vrd_explain_method method,
                      vrd_cube *out) {
	vrd_explain_query query = *p->query;
	query.measure = measure;
	return vrd_region_explain(p->region, p->run, &query, method, out, p->diag, p->cli->err);
}

static int decimals_of(vrd_measure measure) {
	return measure == VRD_BEDS ? 1 : 0;
}

int vrd_explain_decimals(const page *p) {
	return decimals_of(p->query->measure);
}

static void heading(const page *p, vrd_msg_key key) {
	vrd_page_heading(p->out, vrd_msg(key, p->lang));
}

static void head(const page *p, vrd_msg_key key, size_t width) {
	vrd_page_text(p->out, vrd_msg(key, p->lang), width, true);
}

static void line(const page *p, vrd_msg_key key, size_t n, const char *const *args) {
	vrd_msg_put(p->out, key, p->lang, n, args);
	vrd_buf_putc(p->out, '\n');
}

static void paragraph(const page *p, vrd_msg_key key) {
	vrd_page_paragraph(p->out, vrd_msg(key, p->lang), 0, p->width);
}

static void line_of_number(const page *p, vrd_msg_key key, double x, int places) {
	vrd_buf text = {0};
	vrd_fmt_number(&text, x, places, p->lang);
	const char *const args[] = {text.p ? text.p : ""};
	line(p, key, 1, args);
	vrd_buf_free(&text);
}

static double mean_of(const vrd_cube *cube, size_t row) {
	return cube->values[row * N_STATS + MEAN];
}

static void stats_head(const page *p, size_t width) {
	vrd_page_label(p->out, "", width);
	head(p, VRD_MSG_EXPLAIN_MEAN, NUMBER);
	head(p, VRD_MSG_SUM_INTERVAL, RANGE);
	vrd_buf_putc(p->out, '\n');
}

// A label, the mean and the interval, without the end of the line.
static void stats_cells(const page *p, const vrd_cube *x, size_t row, bool sign, size_t width) {
	const double *v = x->values + row * N_STATS;
	vrd_page_lines(p->out, x->dims[0]->cats[row].label, width);
	vrd_page_number(p->out, v[MEAN], vrd_explain_decimals(p), sign, NUMBER, p->lang);
	vrd_page_range(p->out, v[P10], v[P90], vrd_explain_decimals(p), sign, RANGE, p->lang);
}

// The notes of a method, without those that the head of the page says.
static void notes(const page *p, const vrd_cube *cube) {
	for (size_t i = 0; i < cube->n_notes; i++)
		if (strcmp(cube->notes[i], vrd_msg(VRD_MSG_ILLUSTRATIVE, p->lang)) != 0 &&
		    strcmp(cube->notes[i], vrd_region_bed_day_note(p->region)) != 0)
			vrd_page_paragraph(p->out, cube->notes[i], 0, p->width);
}

// Whether the numbers are hidden; then a line says so.
static bool hidden(const page *p, const vrd_cube *cube) {
	if (cube->n_cells == 0 || vrd_cube_status(cube, 0) != VRD_SUPPRESSED)
		return false;
	vrd_buf_printf(p->out, "%s\n", vrd_msg(VRD_MSG_EXPLAIN_HIDDEN, p->lang));
	return true;
}

static void bar(const page *p, double x, double most, size_t width) {
	if (width == 0 || !(most > 0) || !(fabs(x) > most * 1e-9))
		return;
	vrd_buf_puts(p->out, "  ");
	vrd_bar(p->out, x, most, width);
}

// Rows of a cube in the order of `weight`, largest first (NaN last), file order between equals.
typedef struct {
	double weight;
	size_t row;
} ranked;

static int by_weight(const void *a, const void *b) {
	const ranked *x = a, *y = b;
	if (x->weight != y->weight && !(isnan(x->weight) && isnan(y->weight)))
		return isnan(x->weight) || x->weight < y->weight ? 1 : -1;
	return x->row < y->row ? -1 : x->row > y->row;
}

// --- sequential ---------------------------------------------------------------------------------

// The waterfalls of the measures that can be given, side by side.
typedef struct {
	size_t n;
	vrd_measure measure[VRD_N_MEASURES];
	vrd_cube cube[VRD_N_MEASURES];
	vrd_explain_layout layout;
} falls;

static bool can_give(const page *p, vrd_measure measure) {
	if (p->measure_given)
		return measure == p->query->measure;
	return measure != VRD_BEDS || (p->run->model.provider && !vrd_explain_selects(p, "area"));
}

static bool changes_sum(const falls *f, size_t row) {
	for (size_t i = 0; i < f->n; i++)
		if (!(fabs(mean_of(&f->cube[i], row)) < 1e-6))
			return true;
	return false;
}

// Whether the step is of a kind that moves between places and leaves their sum as it is.
static bool only_moves(const page *p, const falls *f, size_t row) {
	const vrd_model *model = &p->run->model;
	const char *code = f->cube[0].dims[0]->cats[row].code;
	for (size_t i = 0; i < model->n_assumptions; i++)
		if (strcmp(model->assumptions[i].id, code) == 0)
			return (model->assumptions[i].kind == VRD_FLOW ||
			        model->assumptions[i].kind == VRD_CATCHMENT) &&
			       !changes_sum(f, row);
	return false;
}

// The step's bar is that of the measure that the page is about.
static void step_row(const page *p, const falls *f, size_t row, double most) {
	const vrd_category *step = &f->cube[0].dims[0]->cats[row];
	vrd_page_label(p->out, step->label, f->layout.label);
	for (size_t i = 0; i < f->n; i++)
		vrd_page_number(p->out, mean_of(&f->cube[i], row), decimals_of(f->measure[i]),
		                row > 0, NUMBER, p->lang);
	for (size_t i = 0; i < f->n; i++) {
		if (f->measure[i] != p->query->measure)
			continue;
		const double *x = f->cube[i].values + row * N_STATS;
		if (f->n == 1)
			vrd_page_range(p->out, x[P10], x[P90], vrd_explain_decimals(p), row > 0,
			               RANGE, p->lang);
		if (row > 0)
			bar(p, x[MEAN], most, f->layout.bar);
	}
	vrd_buf_putc(p->out, '\n');
}

static void falls_head(const page *p, const falls *f) {
	vrd_page_label(p->out, "", f->layout.label);
	for (size_t i = 0; i < f->n; i++) {
		const char *name =
		        f->measure[i] == VRD_BEDS
		                ? vrd_msg(VRD_MSG_EXPLAIN_BEDS, p->lang)
		                : vrd_msg_named("measure", vrd_measure_name(f->measure[i]),
		                                p->lang);
		vrd_page_text(p->out, name, NUMBER, true);
	}
	if (f->n == 1)
		head(p, VRD_MSG_SUM_INTERVAL, RANGE);
	vrd_buf_putc(p->out, '\n');
}

static void total_row(const page *p, const falls *f) {
	vrd_page_label(p->out, vrd_msg(VRD_MSG_EXPLAIN_TOTAL, p->lang), f->layout.label);
	for (size_t i = 0; i < f->n; i++) {
		double sum = 0;
		for (size_t row = 0; row < f->cube[i].dims[0]->n; row++)
			sum += mean_of(&f->cube[i], row);
		vrd_page_number(p->out, sum, decimals_of(f->measure[i]), false, NUMBER, p->lang);
		if (f->measure[i] == p->query->measure)
			*p->stepwise = sum;
	}
	vrd_buf_putc(p->out, '\n');
}

static vrd_status sequential(const page *p) {
	vrd_status rc = VRD_OK;
	falls f = {0};
	double most = 0;
	bool moves = false;
	for (vrd_measure m = 0; m < VRD_N_MEASURES; m++)
		if (can_give(p, m)) {
			f.measure[f.n] = m;
			VRD_TRY(ask(p, m, VRD_EXPLAIN_SEQUENTIAL, &f.cube[f.n]));
			f.n++;
		}
	heading(p, VRD_MSG_EXPLAIN_SEQUENTIAL);
	for (size_t i = 0; i < f.n; i++)
		for (size_t row = 1;
		     f.measure[i] == p->query->measure && row < f.cube[i].dims[0]->n; row++)
			most = fmax(most, fabs(mean_of(&f.cube[i], row)));
	f.layout = vrd_explain_lay_out(p, f.cube[0].dims[0], f.n * NUMBER + (f.n == 1 ? RANGE : 0));
	falls_head(p, &f);
	for (size_t row = 0; row < f.cube[0].dims[0]->n; row++) {
		const bool move = only_moves(p, &f, row);
		moves = moves || move;
		if (row == 0 || move || changes_sum(&f, row))
			step_row(p, &f, row, most);
	}
	total_row(p, &f);
	notes(p, &f.cube[0]);
	if (moves)
		paragraph(p, VRD_MSG_EXPLAIN_MOVES);
out:
	return rc;
}

// --- Shapley ------------------------------------------------------------------------------------

static vrd_status shapley(const page *p) {
	vrd_status rc = VRD_OK;
	vrd_cube x;
	double most = 0;
	VRD_TRY(ask(p, p->query->measure, VRD_EXPLAIN_SHAPLEY, &x));
	heading(p, VRD_MSG_EXPLAIN_SHAPLEY);
	if (hidden(p, &x))
		goto out;
	const size_t n = x.dims[0]->n;
	for (size_t row = 1; row + 1 < n; row++)
		most = fmax(most, fabs(mean_of(&x, row)));
	const vrd_explain_layout at = vrd_explain_lay_out(p, x.dims[0], NUMBER + RANGE);
	stats_head(p, at.label);
	for (size_t row = 0; row < n; row++) {
		const bool effect = row > 0 && row + 1 < n;
		stats_cells(p, &x, row, effect, at.label);
		if (effect)
			bar(p, mean_of(&x, row), most, at.bar);
		vrd_buf_putc(p->out, '\n');
	}
	vrd_explain_mixed(p, mean_of(&x, n - 1), true);
	notes(p, &x);
out:
	return rc;
}

// --- tornado ------------------------------------------------------------------------------------

static void swing_row(const page *p, const vrd_cube *x, size_t row, double most, size_t label,
                      size_t side) {
	const double *v = x->values + row * 3;
	vrd_page_label(p->out, x->dims[0]->cats[row].label, label);
	vrd_page_number(p->out, v[0] - v[1], vrd_explain_decimals(p), true, NUMBER, p->lang);
	vrd_page_number(p->out, v[2] - v[1], vrd_explain_decimals(p), true, NUMBER, p->lang);
	vrd_buf_puts(p->out, "  ");
	vrd_page_swing(p->out, v[0] - v[1], v[2] - v[1], most, side);
	vrd_buf_putc(p->out, '\n');
}

static vrd_status tornado(const page *p) {
	vrd_status rc = VRD_OK;
	vrd_err *err = p->cli->err;
	vrd_cube x;
	ranked *order;
	VRD_TRY(ask(p, p->query->measure, VRD_EXPLAIN_TORNADO, &x));
	if (x.n_cells == 0)
		return VRD_OK;
	heading(p, VRD_MSG_EXPLAIN_TORNADO);
	if (hidden(p, &x))
		goto out;
	const size_t n = x.dims[0]->n;
	size_t n_small = 0;
	double most = 0;
	VRD_TRY(VRD_NEW(p->cli->mem, order, n));
	for (size_t i = 0; i < n; i++) {
		const double *v = x.values + i * 3;
		order[i] = (ranked){fabs(v[2] - v[0]), i};
		most = fmax(most, fmax(fabs(v[0] - v[1]), fabs(v[2] - v[1])));
	}
	qsort(order, n, sizeof *order, by_weight);
	line_of_number(p, VRD_MSG_EXPLAIN_MIDDLE, x.values[1], vrd_explain_decimals(p));
	const size_t side =
	        p->width < 2 * NUMBER + LEAST_LABEL + GAP + 2 * SIDE + 1 ? SHORT_SIDE : SIDE;
	const size_t room = p->width - 2 * NUMBER - GAP - 2 * side - 1;
	const size_t longest = vrd_explain_longest(x.dims[0], 0);
	const size_t label = longest < room ? longest : room;
	vrd_page_label(p->out, "", label);
	head(p, VRD_MSG_EXPLAIN_AT_P10, NUMBER);
	head(p, VRD_MSG_EXPLAIN_AT_P90, NUMBER);
	vrd_buf_puts(p->out, "  ░ P10  █ P90\n");
	for (size_t i = 0; i < n; i++) {
		if (order[i].weight >= 1e-3 * most && most > 0)
			swing_row(p, &x, order[i].row, most, label, side);
		else
			n_small++;
	}
	if (n_small)
		line_of_number(p, VRD_MSG_EXPLAIN_OTHERS, (double)n_small, 0);
	notes(p, &x);
out:
	return rc;
}

// --- Sobol --------------------------------------------------------------------------------------

static void index_cell(const page *p, double share, double error) {
	vrd_buf text = {0};
	vrd_fmt_percent(&text, share, 1, false, p->lang);
	vrd_buf_puts(&text, " ± ");
	vrd_fmt_percent(&text, error, 1, false, p->lang);
	vrd_page_text(p->out, text.p ? text.p : "", SHARE, true);
	vrd_buf_free(&text);
}

static vrd_status sobol(const page *p) {
	vrd_status rc = VRD_OK;
	vrd_err *err = p->cli->err;
	vrd_cube x;
	ranked *order;
	heading(p, VRD_MSG_EXPLAIN_SOBOL);
	if (p->run->draws.n < 2 || (p->query->draws == 1)) {
		vrd_page_paragraph(p->out, vrd_msg(VRD_MSG_EXPLAIN_FEW_DRAWS, p->lang), 0,
		                   p->width);
		return VRD_OK;
	}
	VRD_TRY(ask(p, p->query->measure, VRD_EXPLAIN_SOBOL, &x));
	if (x.n_cells == 0) {
		vrd_page_paragraph(p->out, vrd_msg(VRD_MSG_EXPLAIN_NO_UNCERTAINTY, p->lang), 0,
		                   p->width);
		return VRD_OK;
	}
	if (hidden(p, &x))
		goto out;
	const size_t n = x.dims[0]->n;
	VRD_TRY(VRD_NEW(p->cli->mem, order, n));
	for (size_t i = 0; i < n; i++)
		order[i] = (ranked){x.values[i * 4 + 2], i};
	qsort(order, n, sizeof *order, by_weight);
	const vrd_explain_layout at = vrd_explain_lay_out(p, x.dims[0], 2 * SHARE);
	vrd_page_label(p->out, "", at.label);
	head(p, VRD_MSG_EXPLAIN_ALONE, SHARE);
	head(p, VRD_MSG_EXPLAIN_WITH, SHARE);
	vrd_buf_putc(p->out, '\n');
	for (size_t i = 0; i < n; i++) {
		const double *v = x.values + order[i].row * 4;
		vrd_page_lines(p->out, x.dims[0]->cats[order[i].row].label, at.label);
		index_cell(p, v[0], v[1]);
		index_cell(p, v[2], v[3]);
		bar(p, v[2], fmax(1, order[0].weight), at.bar);
		vrd_buf_putc(p->out, '\n');
	}
	notes(p, &x);
out:
	return rc;
}

// --- variance and bounds ------------------------------------------------------------------------

static vrd_status variance(const page *p) {
	vrd_status rc = VRD_OK;
	vrd_cube x;
	VRD_TRY(ask(p, p->query->measure, VRD_EXPLAIN_VARIANCE, &x));
	heading(p, VRD_MSG_EXPLAIN_VARIANCE);
	if (hidden(p, &x))
		goto out;
	const vrd_explain_layout at = vrd_explain_lay_out(p, x.dims[0], NUMBER);
	for (size_t row = 0; row + 1 < x.dims[0]->n; row++) {
		const double share = x.values[row * 2];
		vrd_page_label(p->out, x.dims[0]->cats[row].label, at.label);
		vrd_page_percent(p->out, share, 1, NUMBER, p->lang);
		bar(p, share, 1, at.bar);
		vrd_buf_putc(p->out, '\n');
	}
	notes(p, &x);
out:
	return rc;
}

static vrd_status bounds(const page *p) {
	vrd_status rc = VRD_OK;
	vrd_cube x;
	VRD_TRY(ask(p, p->query->measure, VRD_EXPLAIN_BOUNDS, &x));
	heading(p, VRD_MSG_EXPLAIN_BOUNDS);
	if (hidden(p, &x))
		goto out;
	const size_t room = p->width - NUMBER - RANGE, longest = vrd_explain_longest(x.dims[0], 0);
	const size_t label = longest < room ? longest : room;
	stats_head(p, label);
	for (size_t row = 0; row < x.dims[0]->n; row++) {
		const double mean = mean_of(&x, row);
		if (row >= 2 && fabs(mean - mean_of(&x, 0)) <= 1e-12 * fabs(mean))
			continue; // no stratum has two rules of avoidance
		stats_cells(p, &x, row, false, label);
		vrd_buf_putc(p->out, '\n');
	}
	vrd_explain_mixed(p, mean_of(&x, 0), false);
	notes(p, &x);
out:
	return rc;
}

// --- the page -----------------------------------------------------------------------------------

static void title(const page *p, const char *selection) {
	char year[16], seed[32], id[13] = {0};
	const vrd_demand *d = &p->run->model.demand;
	const vrd_run_record *run = &p->run->record;
	vrd_buf draws = {0};
	memcpy(id, run->id, 12);
	(void)vrd_format_double(p->query->year ? p->query->year : d->year[d->n_year - 1], seed);
	memcpy(year, seed, sizeof year);
	const char *const args[] = {
	        vrd_msg_named("measure", vrd_measure_name(p->query->measure), p->lang), year,
	        run->scenario};
	vrd_buf_printf(p->out, "%s\n", p->region->name);
	line(p, VRD_MSG_EXPLAIN_HEAD, 3, args);
	vrd_fmt_number(&draws, (double)p->run->draws.n, 0, p->lang);
	(void)vrd_format_double((double)p->run->draws.seed, seed);
	const char *const more[] = {id, draws.p ? draws.p : "", seed};
	line(p, VRD_MSG_EXPLAIN_RUN, 3, more);
	vrd_buf_free(&draws);
	if (selection)
		line(p, VRD_MSG_EXPLAIN_SELECTION, 1, &selection);
	if (p->region->illustrative)
		paragraph(p, VRD_MSG_ILLUSTRATIVE);
	if (!p->measure_given || p->query->measure != VRD_CONTACTS)
		vrd_page_paragraph(p->out, vrd_region_bed_day_note(p->region), 0, p->width);
}

// A part of a whole page that is too large to compute is left out, with the reason.
static vrd_status section(const page *p, vrd_explain_method method, bool alone,
                          vrd_status (*write)(const page *)) {
	const vrd_status rc = write(p);
	if (rc != VRD_LIMIT || alone)
		return rc;
	vrd_buf_printf(p->out, "\n%s: ", vrd_explain_name(method));
	vrd_page_paragraph(p->out, p->cli->err->text, 0, p->width);
	return VRD_OK;
}

vrd_status vrd_cli_explain_page(vrd_cli *cli, vrd_region *region, const vrd_opened_run *run,
                                const vrd_explain_query *query, vrd_explain_method method,
                                bool measure_given, const char *selection, vrd_diag *diag,
                                vrd_buf *out) {
	static vrd_status (*const sections[VRD_N_EXPLAINS])(const page *) = {
	        sequential, shapley, tornado, sobol, variance, bounds};
	vrd_status rc = VRD_OK;
	double stepwise = NAN;
	const page p = {.cli = cli,
	                .region = region,
	                .run = run,
	                .query = query,
	                .measure_given = measure_given || method != VRD_N_EXPLAINS,
	                .diag = diag,
	                .lang = region->lang,
	                .width = vrd_cli_page_width(),
	                .stepwise = &stepwise,
	                .out = out};
	title(&p, selection);
	for (vrd_explain_method m = 0; m < VRD_N_EXPLAINS; m++)
		if (method == VRD_N_EXPLAINS || method == m)
			VRD_TRY(section(&p, m, method == m, sections[m]));
	if (method == VRD_N_EXPLAINS)
		VRD_TRY(vrd_explain_where(&p));
out:
	return rc;
}
