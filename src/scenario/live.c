#include "scenario/live.h"

#include "scenario/engine.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LIVE_BYTES ((size_t)1 << 30)

struct vrd_live {
	vrd_arena mem;
	vrd_view view;
	engine engine;
	size_t n_cells;    // of one year and group of services
	double *data;      // [year][service group][cell][draw]
	bool *used;        // [year][service group][cell]
	double *u;         // uniforms [assumption][draw], own order
	double *x;         // values [assumption][draw], in the engine's order
	double *candidate; // of a change
	const double **rows, **old_rows, **new_rows; // [assumption]
	bool *touched;                               // [assumption]: by the change under way
	double *scratch[2];
};

static size_t n_blocks_of_cells(const vrd_live *live) {
	return live->engine.n_years * live->engine.s.n_services;
}

// Points the worker's sums to what is kept of a year and a group of services.
static void point_at(const vrd_live *live, worker *w, size_t year, size_t group) {
	const size_t at = (year * live->engine.s.n_services + group) * live->n_cells;
	w->group.data = live->data + at * live->engine.s.n;
	w->group.used = live->used + at;
}

static bool any_touched(const bool *touched, const vrd_list *list) {
	for (size_t i = 0; i < list->n; i++)
		if (touched[list->items[i]])
			return true;
	return false;
}

static bool rules_touched(const bool *touched, const vrd_rules_at *rules) {
	return any_touched(touched, &rules->stay) || any_touched(touched, &rules->place) ||
	       any_touched(touched, &rules->resource);
}

static bool is_touched(const bool *touched, const vrd_class *c) {
	if (any_touched(touched, &c->rates) || any_touched(touched, &c->factor) ||
	    any_touched(touched, &c->level) || any_touched(touched, &c->added) ||
	    any_touched(touched, &c->keep) || any_touched(touched, &c->move) ||
	    rules_touched(touched, &c->own))
		return true;
	for (size_t i = 0; i < c->move.n; i++)
		if (rules_touched(touched, &c->target[i]))
			return true;
	return false;
}

// Adds the classes that `touched` marks (NULL: all) with a sign.
static void add_classes(const vrd_live *live, worker *w, size_t year, const bool *touched,
                        double sign) {
	const shared *s = &live->engine.s;
	w->sign = sign;
	for (size_t k = 0; k < s->model->demand.n_service; k++) {
		if (s->service_group[k] == VRD_NONE)
			continue;
		point_at(live, w, year, s->service_group[k]);
		w->k = k;
		for (size_t i = 0; i < s->classes[k].n; i++) {
			w->class = &s->classes[k].items[i];
			if (!touched || is_touched(touched, w->class))
				vrd_evaluate_class(w);
		}
	}
}

static void forget_touched(const vrd_live *live, worker *w) {
	for (size_t i = 0; i < live->engine.s.model->n_assumptions; i++)
		if (live->touched[i])
			w->ready[i] = false;
}

// Whether a change touches so many classes that starting afresh costs less than taking them out and
// putting them in again.
static bool touches_most(const vrd_live *live) {
	const shared *s = &live->engine.s;
	size_t n = 0, n_touched = 0;
	for (size_t k = 0; k < s->model->demand.n_service; k++)
		for (size_t i = 0; i < s->classes[k].n; i++) {
			n++;
			n_touched += is_touched(live->touched, &s->classes[k].items[i]);
		}
	return 2 * n_touched > n;
}

static void forget_results(vrd_live *live) {
	const size_t n = n_blocks_of_cells(live) * live->n_cells;
	memset(live->data, 0, n * live->engine.s.n * sizeof *live->data);
	memset(live->used, 0, n * sizeof *live->used);
}

// All years from the present rows; with a change the touched classes only, as they were and as they
// become.
static void evaluate(vrd_live *live, bool whole) {
	engine *e = &live->engine;
	const size_t n_years = e->n_years;
	shared *s = &e->s;
	shared before = *s;
	before.x = live->old_rows;
	s->x = live->rows;
	whole = whole || touches_most(live);
	if (whole)
		forget_results(live);
#pragma omp parallel for schedule(static, 1) num_threads((int)e->n_threads)
	for (size_t i = 0; i < n_years; i++) {
		worker *w = &e->workers[vrd_thread_number()];
		vrd_worker_start(w, e->years[i]);
		if (!whole) {
			w->s = &before;
			add_classes(live, w, i, live->touched, -1);
			forget_touched(live, w);
			w->s = s;
		}
		add_classes(live, w, i, whole ? NULL : live->touched, 1);
	}
}

void vrd_live_refresh(vrd_live *live) {
	evaluate(live, true);
}

// --- making -------------------------------------------------------------------------------------

static vrd_status check_bytes(const vrd_model *model, const vrd_live *live, vrd_err *err) {
	const engine *e = &live->engine;
	const double n = (double)e->s.n;
	const double bytes = ((double)n_blocks_of_cells(live) * (double)live->n_cells +
	                      (3 + 2 * (double)e->n_threads) * (double)model->n_assumptions) *
	                     n * sizeof(double);
	if (bytes <= (double)MAX_LIVE_BYTES)
		return VRD_OK;
	return vrd_fail(err, VRD_LIMIT,
	                "a live model of this size needs %.0f MB, more than %zu: ask for fewer "
	                "years, places or draws",
	                bytes / (1 << 20), MAX_LIVE_BYTES >> 20);
}

static vrd_status make_room(vrd_live *live, const vrd_model *model, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena *mem = &live->mem;
	const size_t n = live->engine.s.n, n_a = model->n_assumptions;
	const size_t n_cells = n_blocks_of_cells(live) * live->n_cells;
	VRD_TRY(check_bytes(model, live, err));
	VRD_TRY(VRD_NEW(mem, live->data, n_cells * n));
	VRD_TRY(VRD_NEW(mem, live->used, n_cells));
	VRD_TRY(VRD_NEW(mem, live->x, n_a * n));
	VRD_TRY(VRD_NEW(mem, live->candidate, n_a * n));
	VRD_TRY(VRD_NEW(mem, live->rows, n_a));
	VRD_TRY(VRD_NEW(mem, live->old_rows, n_a));
	VRD_TRY(VRD_NEW(mem, live->new_rows, n_a));
	VRD_TRY(VRD_NEW(mem, live->touched, n_a));
	VRD_TRY(VRD_NEW(mem, live->scratch[0], n));
	VRD_TRY(VRD_NEW(mem, live->scratch[1], n));
out:
	return rc;
}

static void draw_row(const vrd_live *live, size_t assumption, const vrd_dist *dist, double *out) {
	const shared *s = &live->engine.s;
	vrd_draw_values(dist, s->deterministic ? NULL : live->u + assumption * s->n, s->order, s->n,
	                out);
}

vrd_status vrd_live_new(const vrd_model *model, const vrd_draws *draws, const vrd_view *view,
                        const uint32_t *variant, vrd_live **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_live *live = calloc(1, sizeof *live);
	vrd_model *expected = NULL;
	if (!live)
		return vrd_fail(err, VRD_NOMEM, "no memory for a live model");
	live->view = *view;
	live->view.sums = live->view.steps = false;
	VRD_TRY(VRD_NEW(&live->mem, expected, 1));
	*expected = *model;
	expected->poisson = false;
	VRD_TRY(vrd_engine_init(&live->engine, expected, draws, &live->view, variant, true, err));
	live->n_cells = vrd_sums_cells(&live->engine.workers[0].group);
	VRD_TRY(make_room(live, expected, err));
	VRD_TRY(vrd_draw_uniforms(&live->mem, expected, draws, &live->u, err));
	for (size_t i = 0; i < expected->n_assumptions; i++) {
		live->rows[i] = live->x + i * live->engine.s.n;
		draw_row(live, i, &expected->assumptions[i].dist, live->x + i * live->engine.s.n);
	}
	vrd_live_refresh(live);
	*out = live;
	live = NULL;
out:
	vrd_live_free(live);
	return rc;
}

void vrd_live_free(vrd_live *live) {
	if (!live)
		return;
	vrd_engine_clear(&live->engine);
	vrd_arena_clear(&live->mem);
	free(live);
}

size_t vrd_live_draws(const vrd_live *live) {
	return live->engine.s.n;
}

size_t vrd_live_bytes(const vrd_live *live) {
	const size_t n_a = live->engine.s.model->n_assumptions;
	return (n_blocks_of_cells(live) * live->n_cells + (3 + 2 * live->engine.n_threads) * n_a) *
	       live->engine.s.n * sizeof(double);
}

// --- changing -----------------------------------------------------------------------------------

// The rows to be stand in live->candidate; those that become are copied after the evaluation.
static void apply(vrd_live *live, const size_t *which, size_t n_which) {
	const shared *s = &live->engine.s;
	memcpy(live->old_rows, live->rows, s->model->n_assumptions * sizeof *live->rows);
	memset(live->touched, 0, s->model->n_assumptions * sizeof *live->touched);
	for (size_t i = 0; i < n_which; i++) {
		live->rows[which[i]] = live->new_rows[which[i]];
		live->touched[which[i]] = true;
	}
	evaluate(live, false);
	for (size_t i = 0; i < n_which; i++) {
		const size_t a = which[i];
		double *kept = live->x + a * s->n;
		if (!live->rows[a])
			continue;
		memcpy(kept, live->candidate + a * s->n, s->n * sizeof *kept);
		live->rows[a] = kept;
	}
}

vrd_status vrd_live_change(vrd_live *live, size_t n, const vrd_change changes[], vrd_err *err) {
	vrd_status rc = VRD_OK;
	const shared *s = &live->engine.s;
	vrd_arena scratch = {0};
	size_t *which;
	VRD_TRY(VRD_NEW(&scratch, which, n));
	for (size_t i = 0; i < n; i++) {
		const size_t a = changes[i].assumption;
		which[i] = a;
		if (a >= s->model->n_assumptions)
			VRD_TRY(vrd_fail(err, VRD_USAGE, "there is no assumption %zu of %zu", a,
			                 s->model->n_assumptions));
		double *to = live->candidate + a * s->n;
		live->new_rows[a] = changes[i].x ? to : NULL;
		for (size_t d = 0; changes[i].x && d < s->n; d++)
			to[d] = changes[i].x[s->order[d]];
	}
	apply(live, which, n);
out:
	vrd_arena_clear(&scratch);
	return rc;
}

vrd_status vrd_live_set(vrd_live *live, size_t assumption, const vrd_dist *dist, vrd_err *err) {
	const shared *s = &live->engine.s;
	if (assumption >= s->model->n_assumptions)
		return vrd_fail(err, VRD_USAGE, "there is no assumption %zu of %zu", assumption,
		                s->model->n_assumptions);
	live->new_rows[assumption] = live->candidate + assumption * s->n;
	draw_row(live, assumption, dist ? dist : &s->model->assumptions[assumption].dist,
	         live->candidate + assumption * s->n);
	apply(live, &assumption, 1);
	return VRD_OK;
}

void vrd_live_parameter(const vrd_live *live, size_t assumption, double out[]) {
	const shared *s = &live->engine.s;
	for (size_t d = 0; d < s->n; d++)
		out[s->order[d]] = live->rows[assumption] ? live->rows[assumption][d] : 0;
}

// --- reading ------------------------------------------------------------------------------------

typedef struct {
	size_t from, to;
} range;

static range range_of(size_t key, size_t n) {
	return key == VRD_ALL ? (range){0, n} : (range){key, key + 1};
}

// Sums cells into `out`, in the engine's order.
static void sum_cells(const vrd_live *live, const vrd_cell_key *key, double *out) {
	const engine *e = &live->engine;
	const sums *x = &e->workers[0].group;
	const size_t n = e->s.n;
	size_t year = 0;
	memset(out, 0, n * sizeof *out);
	while (year < e->n_years && e->years[year] != key->year)
		year++;
	if (year == e->n_years || x->slot[key->measure] == VRD_NONE)
		return;
	const range services = range_of(key->service, e->s.n_services);
	const range places = range_of(key->place, x->n_places);
	const range cares = range_of(key->care, x->n_cares);
	for (size_t k = services.from; k < services.to; k++)
		for (size_t p = places.from; p < places.to; p++)
			for (size_t m = cares.from; m < cares.to; m++) {
				const size_t cell = (year * e->s.n_services + k) * live->n_cells +
				                    (p * x->n_cares + m) * x->n_slots +
				                    x->slot[key->measure];
				if (live->used[cell])
					plus(out, live->data + cell * n, n, 1);
			}
}

void vrd_live_cell(const vrd_live *live, const vrd_cell_key *key, double out[]) {
	double *sorted = live->scratch[0];
	sum_cells(live, key, sorted);
	for (size_t d = 0; d < live->engine.s.n; d++)
		out[live->engine.s.order[d]] = sorted[d];
}

vrd_summary vrd_live_summary(vrd_live *live, const vrd_cell_key *key) {
	sum_cells(live, key, live->scratch[0]);
	return vrd_summarise(live->scratch[0], live->engine.s.n, live->scratch[1]);
}
