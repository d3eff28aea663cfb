#include "scenario/kernel.h"

#include "scenario/engine.h"

#include <string.h>

static void reset(sums *x, size_t n_steps, size_t n) {
	for (size_t cell = 0; cell < n_steps * vrd_sums_cells(x); cell++)
		if (x->used[cell])
			memset(x->data + cell * n, 0, n * sizeof(double));
	memset(x->used, 0, n_steps * vrd_sums_cells(x) * sizeof(bool));
}

// Adds the care forms' sum to the last column.
static void sum_cares(const shared *s, sums *x) {
	for (size_t row = 0; row < s->n_steps * x->n_places; row++)
		for (size_t c = 0; c < s->n_cares; c++)
			for (size_t slot = 0; slot < x->n_slots; slot++) {
				const size_t cell = (row * x->n_cares + c) * x->n_slots + slot;
				const size_t sum =
				        (row * x->n_cares + s->n_cares) * x->n_slots + slot;
				if (!x->used[cell])
					continue;
				plus(x->data + sum * s->n, x->data + cell * s->n, s->n, 1);
				x->used[sum] = true;
			}
}

// Hands every cell of one service group to the sink, and adds it to the sum over services.
static void finish_group(worker *w, size_t service) {
	const shared *s = w->s;
	sums *x = service == s->n_services ? &w->total : &w->group;
	const bool totalling = x == &w->group && s->view->sums;
	if (totalling)
		sum_cares(s, x);
	size_t cell = 0;
	for (size_t step = 0; step < s->n_steps; step++)
		for (size_t place = 0; place < x->n_places; place++)
			for (size_t care = 0; care < x->n_cares; care++)
				for (vrd_measure m = 0; m < VRD_N_MEASURES; m++) {
					if (x->slot[m] == VRD_NONE)
						continue;
					const vrd_cell_key key = {place, service, care,
					                          w->t,  step,    m};
					const double *draws =
					        x->used[cell] ? x->data + cell * s->n : NULL;
					s->sink(s->sink_context, &key, draws, s->n, w->quantiles);
					if (totalling && draws) {
						plus(w->total.data + cell * s->n, draws, s->n, 1);
						w->total.used[cell] = true;
					}
					cell++;
				}
	reset(x, s->n_steps, s->n);
}

static void evaluate_service(worker *w, size_t k) {
	w->k = k;
	for (size_t i = 0; i < w->s->classes[k].n; i++) {
		w->class = &w->s->classes[k].items[i];
		vrd_evaluate_class(w);
	}
	if (w->pair.data) {
		vrd_collect_pairs(w);
		reset(&w->pair, 1, w->s->n);
	}
}

static void evaluate_year(worker *w, size_t t) {
	const shared *s = w->s;
	const vrd_model *model = s->model;
	vrd_worker_start(w, t);
	for (size_t group = 0; group < s->n_services; group++) {
		for (size_t k = 0; k < model->demand.n_service; k++)
			if (s->service_group[k] == group)
				evaluate_service(w, k);
		finish_group(w, group);
	}
	if (s->view->sums)
		finish_group(w, s->n_services);
}

size_t vrd_n_steps(const vrd_model *model) {
	return VRD_STEP_FIRST + model->n_assumptions + 1;
}

void vrd_step_order(const vrd_model *model, size_t order[]) {
	size_t n = 0;
	for (vrd_kind kind = 0; kind < VRD_N_KINDS; kind++)
		for (size_t i = 0; i < model->n_assumptions; i++)
			if (model->assumptions[i].kind == kind)
				order[n++] = i;
}

static vrd_status evaluate_years(engine *e, vrd_progress *progress, void *context, vrd_err *err) {
	const size_t n_years = e->n_years;
	size_t done = 0;
	bool cancelled = false;
#pragma omp parallel for schedule(static, 1) num_threads((int)e->n_threads)
	for (size_t i = 0; i < n_years; i++) {
		bool stop;
#pragma omp atomic read
		stop = cancelled;
		if (stop)
			continue;
		evaluate_year(&e->workers[vrd_thread_number()], e->years[i]);
#pragma omp critical(vrd_kernel_progress)
		{
			done++;
			if (progress && !progress(context, done, n_years)) {
#pragma omp atomic write
				cancelled = true;
			}
		}
	}
	return cancelled ? vrd_fail(err, VRD_CANCELLED, "interrupted after %zu of %zu years", done,
	                            n_years)
	                 : VRD_OK;
}

// Values of every parameter in the order of the draws.
static vrd_status draw_parameters(engine *e, const vrd_draws *draws, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_model *model = e->s.model;
	const size_t n = e->s.n;
	vrd_arena scratch = {0};
	double *u, *values;
	const double **x;
	VRD_TRY(VRD_NEW(&e->mem, values, model->n_assumptions * n));
	VRD_TRY(VRD_NEW(&e->mem, x, model->n_assumptions));
	VRD_TRY(vrd_draw_uniforms(&scratch, model, draws, &u, err));
	for (size_t i = 0; i < model->n_assumptions; i++) {
		x[i] = values + i * n;
		vrd_draw_values(&model->assumptions[i].dist, e->s.deterministic ? NULL : u + i * n,
		                e->s.order, n, values + i * n);
	}
	e->s.x = x;
out:
	vrd_arena_clear(&scratch);
	return rc;
}

vrd_status vrd_kernel_run(const vrd_model *model, const vrd_draws *draws, const vrd_view *view,
                          vrd_sink *sink, void *context, size_t order[], vrd_progress *progress,
                          void *progress_context, vrd_err *err) {
	vrd_status rc = VRD_OK;
	engine e;
	VRD_TRY(vrd_engine_init(&e, model, draws, view, NULL, false, err));
	e.s.sink = sink;
	e.s.sink_context = context;
	VRD_TRY(draw_parameters(&e, draws, err));
	VRD_TRY(evaluate_years(&e, progress, progress_context, err));
	if (order)
		memcpy(order, e.s.order, e.s.n * sizeof *order);
out:
	vrd_engine_clear(&e);
	return rc;
}
