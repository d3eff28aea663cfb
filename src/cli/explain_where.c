// Which step changes what, and where: by where people live, and by where they are treated for beds
// and for what only moves between places of treatment.
#include "cli/explain_section.h"
#include "cli/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PLACES = 3, INDENT = 4 };
static const double least = 0.05; // what is less is no change

// The steps in each place, and the order in which one step's places are told.
typedef struct {
	const vrd_explain_view *view;
	vrd_cube areas, providers; // without cells: not asked for
	size_t label;              // columns
} map;

typedef struct {
	double value;
	size_t place;
} change;

static double change_of(const vrd_cube *x, size_t step, size_t place) {
	return x->values[(step * x->dims[1]->n + place) * EXPLAIN_N_STATS + EXPLAIN_MEAN];
}

static bool changes_any(const vrd_cube *x, size_t step) {
	for (size_t i = 0; x->n_cells && i < x->dims[1]->n; i++)
		if (fabs(change_of(x, step, i)) >= least)
			return true;
	return false;
}

static vrd_status ask(const vrd_explain_view *p, const char *const *by, vrd_cube *out) {
	vrd_explain_query query = *p->query;
	query.selection.by = by;
	query.selection.n_by = 1;
	return vrd_region_explain(p->region, p->run, &query, VRD_EXPLAIN_SEQUENTIAL, out, p->diag,
	                          p->cli->err);
}

static int largest_first(const void *a, const void *b) {
	const change *x = a, *y = b;
	const double u = fabs(x->value), v = fabs(y->value);
	return u != v ? (u < v ? 1 : -1) : x->place < y->place ? -1 : x->place > y->place;
}

static int from_less_to_more(const void *a, const void *b) {
	const change *x = a, *y = b;
	return x->value < y->value ? -1 : x->value > y->value;
}

// The places that change most; when the step only moves, those that lose come before those that
// gain.
static size_t choose(const vrd_cube *x, size_t step, change *out, double *sum) {
	size_t n = 0;
	double all = 0;
	*sum = 0;
	for (size_t i = 0; i < x->dims[1]->n; i++) {
		const double v = change_of(x, step, i);
		*sum += v;
		all += fabs(v);
		if (fabs(v) >= least)
			out[n++] = (change){v, i};
	}
	qsort(out, n, sizeof *out, largest_first);
	n = n < MOST_PLACES ? n : MOST_PLACES;
	if (fabs(*sum) <= 1e-6 * all) {
		*sum = 0;
		qsort(out, n, sizeof *out, from_less_to_more);
	}
	return n;
}

// One place and its number, on a new line when the page has no room for it.
static void put_place(const map *m, const char *text, size_t *column) {
	const vrd_explain_view *p = m->view;
	const size_t own = vrd_utf8_width(vrd_str_of(text));
	if (*column == 0) {
		vrd_buf_putc(p->out, '\n');
		vrd_page_text(p->out, "", INDENT, false);
		*column = INDENT;
	} else if (*column + 2 + own + 1 <= p->width) {
		vrd_buf_puts(p->out, "; ");
		*column += 2;
	} else {
		vrd_buf_puts(p->out, ";\n");
		vrd_page_text(p->out, "", INDENT, false);
		*column = INDENT;
	}
	vrd_buf_puts(p->out, text);
	*column += own;
}

static void put_step(const map *m, const vrd_cube *x, size_t step, change *order) {
	const vrd_explain_view *p = m->view;
	double sum;
	const size_t n = choose(x, step, order, &sum);
	size_t column = 0;
	vrd_page_label(p->out, x->dims[0]->cats[step].label, m->label);
	vrd_page_number(p->out, sum, vrd_explain_decimals(p), true, EXPLAIN_NUMBER, p->lang);
	for (size_t i = 0; i < n; i++) {
		const char *place = x->dims[1]->cats[order[i].place].label;
		vrd_buf text = {0};
		if (x == &m->areas && i == 0)
			vrd_msg_put(&text, VRD_MSG_EXPLAIN_RESIDENTS, p->lang, 1, &place);
		else
			vrd_buf_puts(&text, place);
		vrd_buf_putc(&text, ' ');
		vrd_page_number(&text, order[i].value, vrd_explain_decimals(p), true, 0, p->lang);
		put_place(m, text.p ? text.p : "", &column);
		p->out->failed = p->out->failed || text.failed;
		vrd_buf_free(&text);
	}
	vrd_buf_putc(p->out, '\n');
}

static vrd_status ask_all(map *m) {
	static const char *const area[] = {"area"}, *const provider[] = {"provider"};
	vrd_status rc = VRD_OK;
	const vrd_explain_view *p = m->view;
	if (p->query->measure != VRD_BEDS)
		VRD_TRY(ask(p, area, &m->areas));
	if (p->run->model.provider)
		VRD_TRY(ask(p, provider, &m->providers));
out:
	return rc;
}

vrd_status vrd_explain_where(const vrd_explain_view *p) {
	vrd_status rc = VRD_OK;
	vrd_err *err = p->cli->err;
	map m = {.view = p};
	change *order;
	if (p->run->model.n_assumptions == 0 || vrd_explain_selects(p, "area") ||
	    vrd_explain_selects(p, "provider"))
		return VRD_OK;
	VRD_TRY(ask_all(&m));
	const vrd_cube *any = m.areas.n_cells ? &m.areas : &m.providers;
	const size_t n = any->dims[0]->n, room = p->width - EXPLAIN_NUMBER;
	const size_t longest = vrd_explain_longest(any->dims[0], VRD_STEP_FIRST);
	const size_t n_areas = m.areas.n_cells ? m.areas.dims[1]->n : 0;
	const size_t n_providers = m.providers.n_cells ? m.providers.dims[1]->n : 0;
	m.label = longest < room ? longest : room;
	VRD_TRY(VRD_NEW(p->cli->mem, order, n_areas + n_providers));
	vrd_page_heading(p->out, vrd_msg(VRD_MSG_EXPLAIN_WHERE, p->lang));
	for (size_t step = VRD_STEP_FIRST; step + 1 < n; step++) {
		if (changes_any(&m.areas, step))
			put_step(&m, &m.areas, step, order);
		else if (changes_any(&m.providers, step))
			put_step(&m, &m.providers, step, order);
	}
out:
	return rc;
}
