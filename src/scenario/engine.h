// What a run and a live model have in common: the view described, the draws ordered, and a worker
// for each thread with all the memory it needs, so that nothing can fail inside a parallel loop.
// Private to the scenario room.
#pragma once

#include "scenario/worker.h"

typedef struct {
	vrd_arena mem;
	shared s;
	worker *workers;
	size_t n_threads;
	size_t *years; // wanted
	size_t n_years;
} engine;

// `model`, `view` and `draws` are borrowed; `variant` (NULL: from the seed) is each draw's own
// population alternative. s.x is the caller's to set. With `keeps_sums` the workers have no sums of
// their own: w->group is the caller's to point somewhere. Clear it after a failure too. Errors:
// USAGE for a view that the model cannot give, LIMIT, NOMEM.
vrd_status vrd_engine_init(engine *self, const vrd_model *model, const vrd_draws *draws,
                           const vrd_view *view, const uint32_t *variant, bool keeps_sums,
                           vrd_err *err) VRD_MUST_USE;
void vrd_engine_clear(engine *self);
size_t vrd_thread_number(void);
// Cells of one step of the sums.
size_t vrd_sums_cells(const sums *x);
// Sets the worker's year: effects are to be computed anew.
void vrd_worker_start(worker *w, size_t t);

// draws.c: uniforms of the parameters [assumption][n] in the draws' own order, correlation included,
// and each draw's population alternative.
vrd_status vrd_draw_uniforms(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                             double **out, vrd_err *err) VRD_MUST_USE;
void vrd_draw_variants(const vrd_model *model, const vrd_draws *draws, uint32_t *out);
// Number of a walk's steps from the base until the year.
size_t vrd_walk_steps(const vrd_assumption *a, int year, double t0);
// Sum of a walk's standard normal steps from the base until the year, in each draw.
void vrd_draw_walk(const vrd_assumption *a, uint64_t seed, const size_t *order, size_t n, int year,
                   double t0, double *out);
// Values of one parameter: Q(u), the mean in a deterministic evaluation (u NULL). `order` NULL: own.
void vrd_draw_values(const vrd_dist *dist, const double *u, const size_t *order, size_t n,
                     double *out);
