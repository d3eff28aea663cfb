#include "scenario/kernel.h"

#include "num/hash.h"
#include "num/rng.h"
#include "scenario/worker.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#define MAX_VIEW_BYTES ((size_t)900 << 20)

static size_t n_cells(const sums *x, size_t n_steps) {
	return n_steps * x->n_places * x->n_cares * x->n_slots;
}

static void reset(sums *x, size_t n_steps, size_t n) {
	for (size_t cell = 0; cell < n_cells(x, n_steps); cell++)
		if (x->used[cell])
			memset(x->data + cell * n, 0, n * sizeof(double));
	memset(x->used, 0, n_cells(x, n_steps) * sizeof(bool));
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
	w->t = t;
	for (size_t i = 0; i < model->n_assumptions; i++)
		for (size_t d = 0; d < s->n; d++)
			w->effect[i * s->n + d] =
			        vrd_assumption_effect(&model->assumptions[i], s->x[i * s->n + d],
			                              model->demand.year[t], model->demand.t0);
	for (size_t i = 0; i < model->n_assumptions; i++)
		if (vrd_removes_shortest(&model->assumptions[i]))
			for (size_t d = 0; d < s->n; d++)
				w->shortest_alone[i * s->n + d] = vrd_shortest_share(
				        w->effect[i * s->n + d], model->assumptions[i].los_cv);
	for (size_t group = 0; group < s->n_services; group++) {
		for (size_t k = 0; k < model->demand.n_service; k++)
			if ((s->view->service_group ? s->view->service_group[k] : k) == group)
				evaluate_service(w, k);
		finish_group(w, group);
	}
	if (s->view->sums)
		finish_group(w, s->n_services);
}

// --- draws --------------------------------------------------------------------------------------

// Streams of correlation groups, apart from those of assumptions with the same name.
static vrd_status group_streams(vrd_arena *mem, const vrd_model *model, uint64_t **out,
                                vrd_err *err) {
	vrd_status rc = VRD_OK;
	uint64_t *stream;
	VRD_TRY(VRD_NEW(mem, stream, model->n_groups));
	for (size_t i = 0; i < model->n_groups; i++) {
		const char *name = vrd_arena_printf(mem, "group/%s", model->group_names[i]);
		if (!name)
			VRD_TRY(vrd_no_memory(err, mem, 64, 1));
		stream[i] = vrd_hash_id(vrd_str_of(name));
	}
	*out = stream;
out:
	return rc;
}

static double parameter_uniform(const vrd_model *model, const vrd_assumption *a,
                                const uint64_t *group_stream, uint64_t seed, size_t draw) {
	const double own = vrd_uniform(seed, vrd_hash_id(vrd_str_of(a->id)), draw, 0);
	if (a->group == VRD_NO_GROUP)
		return own;
	return vrd_copula_uniform(model->group_rho[a->group],
	                          vrd_uniform(seed, group_stream[a->group], draw, 0), own);
}

static vrd_status draw_parameters(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                  const size_t *order, double **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = draws->n ? draws->n : 1;
	double *x;
	uint64_t *group_stream;
	VRD_TRY(VRD_NEW(mem, x, model->n_assumptions * n));
	VRD_TRY(group_streams(mem, model, &group_stream, err));
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const vrd_assumption *a = &model->assumptions[i];
		for (size_t d = 0; d < n; d++) {
			const size_t own = order ? order[d] : d;
			x[i * n + d] = draws->n == 0 || a->dist.kind == VRD_DIST_FIXED
			                       ? vrd_dist_mean(&a->dist)
			                       : vrd_dist_quantile(
			                                 &a->dist,
			                                 parameter_uniform(model, a, group_stream,
			                                                   draws->seed, own));
		}
	}
	*out = x;
out:
	return rc;
}

vrd_status vrd_kernel_parameters(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                 double **x, vrd_err *err) {
	return draw_parameters(mem, model, draws, NULL, x, err);
}

static size_t variant_of(const vrd_model *model, uint64_t seed, size_t draw) {
	const size_t n_v = model->demand.n_variant;
	double u = vrd_uniform(seed, vrd_hash_id(VRD_STR("population.variant")), draw, 0);
	for (size_t v = 0; v + 1 < n_v; v++) {
		u -= model->variant_weight[v];
		if (u < 0)
			return v;
	}
	return n_v - 1;
}

// Sorts the draws by population alternative (stable) and cuts each run into blocks.
static vrd_status order_draws(vrd_arena *mem, const vrd_draws *draws, shared *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n_v = s->model->demand.n_variant;
	size_t *order, at = 0;
	uint32_t *of;
	block *blocks;
	VRD_TRY(VRD_NEW(mem, order, s->n));
	VRD_TRY(VRD_NEW(mem, of, s->n));
	VRD_TRY(VRD_NEW(mem, blocks, s->n / BLOCK + n_v + 1));
	for (size_t d = 0; d < s->n; d++)
		of[d] = s->deterministic ? 0 : (uint32_t)variant_of(s->model, draws->seed, d);
	for (size_t v = 0; v < n_v; v++) {
		size_t from = at;
		for (size_t d = 0; d < s->n; d++)
			if (of[d] == v)
				order[at++] = d;
		for (; from < at; from += BLOCK)
			blocks[s->n_blocks++] =
			        (block){from, at - from < BLOCK ? at - from : BLOCK, v};
	}
	s->order = order;
	s->blocks = blocks;
out:
	return rc;
}

// --- the run ------------------------------------------------------------------------------------

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

static size_t n_groups(const size_t *group, size_t n_group, size_t n_category) {
	return group ? n_group : n_category;
}

static size_t n_of_axis(const vrd_model *model, vrd_axis axis) {
	return axis == VRD_BY_UNIT   ? model->unit->n
	       : axis == VRD_BY_AREA ? model->demand.n_area
	                             : model->provider->n;
}

static vrd_status check_view(const vrd_model *model, const vrd_view *view, vrd_err *err) {
	if (view->axis == VRD_BY_PROVIDER && !model->provider)
		return vrd_fail(
		        err, VRD_USAGE,
		        "there are no results by provider: the region has no flows (kind: flows)");
	if (view->measures[VRD_BEDS] && view->axis != VRD_BY_PROVIDER)
		return vrd_fail(err, VRD_USAGE, "beds are given by provider only");
	if (view->axis == VRD_BY_AREA && model->poisson && !view->steps)
		return vrd_fail(
		        err, VRD_USAGE,
		        "with noise: poisson chance is drawn at the planning level; results for "
		        "single areas below it are not available");
	return VRD_OK;
}

// Streams and slots of chance come from codes, so that the order of areas, providers and services
// in their files is free.
static vrd_status describe_pairs(vrd_arena *mem, shared *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_model *model = s->model;
	const size_t n_h = model->provider ? model->provider->n : 1;
	const vrd_demand *d = &model->demand;
	uint64_t *stream, *slot;
	VRD_TRY(VRD_NEW(mem, stream, model->unit->n * n_h));
	VRD_TRY(VRD_NEW(mem, slot, d->n_service * d->n_care));
	for (size_t u = 0; u < model->unit->n; u++)
		for (size_t h = 0; h < n_h; h++) {
			const char *name = vrd_arena_printf(
			        mem, "chance/%s/%s", model->unit->cats[u].code,
			        model->provider ? model->provider->cats[h].code : "");
			if (!name)
				VRD_TRY(vrd_no_memory(err, mem, 64, 1));
			stream[u * n_h + h] = vrd_hash_id(vrd_str_of(name));
		}
	for (size_t k = 0; k < d->n_service; k++)
		for (size_t m = 0; m < d->n_care; m++) {
			const char *name = vrd_arena_printf(mem, "%s/%s", d->service->cats[k].code,
			                                    d->care->cats[m].code);
			if (!name)
				VRD_TRY(vrd_no_memory(err, mem, 64, 1));
			slot[k * d->n_care + m] = vrd_hash_id(vrd_str_of(name));
		}
	s->pair_stream = stream;
	s->service_care_slot = slot;
	s->places.pairs = true;
	s->places.sums = false;
	s->places.n = model->unit->n * n_h;
out:
	return rc;
}

static vrd_status describe_view(vrd_arena *mem, shared *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_model *model = s->model;
	const vrd_view *view = s->view;
	const vrd_demand *d = &model->demand;
	size_t *order, *step_of;
	s->n_cares = n_groups(view->care_group, view->n_cares, d->n_care);
	s->n_services = n_groups(view->service_group, view->n_services, d->n_service);
	s->n_place_groups =
	        n_groups(view->place_group, view->n_places, n_of_axis(model, view->axis)) +
	        view->sums;
	s->places = (vrd_places){.model = model,
	                         .axis = view->axis,
	                         .group = view->place_group,
	                         .n = s->n_place_groups,
	                         .sums = view->sums};
	s->n_steps = view->steps ? vrd_n_steps(model) : 1;
	VRD_TRY(VRD_NEW(mem, order, model->n_assumptions));
	VRD_TRY(VRD_NEW(mem, step_of, model->n_assumptions));
	vrd_step_order(model, order);
	for (size_t i = 0; i < model->n_assumptions; i++)
		step_of[order[i]] = VRD_STEP_FIRST + i;
	s->step_of = step_of;
	if (model->poisson && !view->steps && !s->deterministic)
		VRD_TRY(describe_pairs(mem, s, err));
out:
	return rc;
}

// Refuses what does not fit before anything is drawn.
static vrd_status check_size(const shared *s, size_t n_threads, vrd_err *err) {
	const vrd_view *view = s->view;
	double cells = (double)(s->n_steps * s->n_place_groups) * (double)(s->n_cares + view->sums);
	size_t n_measures = 0;
	for (size_t m = 0; m < VRD_N_MEASURES; m++)
		n_measures += view->measures[m];
	cells *= (double)(n_measures * (view->sums ? 2 : 1));
	if (s->places.pairs)
		cells += 2 * (double)(s->places.n * s->model->demand.n_care);
	const double vectors = cells + 2 * (double)s->model->n_assumptions;
	const double bytes = vectors * (double)s->n * sizeof(double);
	if (bytes * (double)n_threads <= MAX_VIEW_BYTES)
		return VRD_OK;
	return vrd_fail(err, VRD_LIMIT,
	                "this selection needs %.0f MB for each thread: ask for fewer categories, "
	                "fewer draws (--draws) or fewer threads (--threads)",
	                bytes / (1 << 20));
}

static vrd_status make_sums(worker *w, sums *x, size_t n_steps, size_t n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	VRD_TRY(VRD_NEW(&w->mem, x->used, n_cells(x, n_steps)));
	VRD_TRY(VRD_NEW(&w->mem, x->data, n_cells(x, n_steps) * n));
out:
	return rc;
}

// Columns and slots of a worker's sums: the view's groups and measures, or (pairs) every care form
// with contacts and bed days.
static vrd_status describe_sums(worker *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const shared *s = w->s;
	const size_t n_care = s->model->demand.n_care;
	size_t *identity, *slot, *pair_slot;
	VRD_TRY(VRD_NEW(&w->mem, identity, n_care));
	VRD_TRY(VRD_NEW(&w->mem, slot, VRD_N_MEASURES));
	VRD_TRY(VRD_NEW(&w->mem, pair_slot, VRD_N_MEASURES));
	for (size_t m = 0; m < n_care; m++)
		identity[m] = m;
	size_t n_slots = 0;
	for (size_t m = 0; m < VRD_N_MEASURES; m++)
		slot[m] = s->view->measures[m] ? n_slots++ : VRD_NONE;
	pair_slot[VRD_CONTACTS] = 0;
	pair_slot[VRD_BED_DAYS] = 1;
	pair_slot[VRD_BEDS] = VRD_NONE;
	w->group = (sums){.n_places = s->n_place_groups,
	                  .n_cares = s->n_cares + s->view->sums,
	                  .n_slots = n_slots,
	                  .slot = slot,
	                  .care_group = s->view->care_group ? s->view->care_group : identity};
	w->total = w->group;
	VRD_TRY(make_sums(w, &w->group, s->n_steps, s->n, err));
	if (s->view->sums)
		VRD_TRY(make_sums(w, &w->total, s->n_steps, s->n, err));
	if (s->places.pairs) {
		w->pair = (sums){.n_places = s->places.n,
		                 .n_cares = n_care,
		                 .n_slots = 2,
		                 .slot = pair_slot,
		                 .care_group = identity};
		VRD_TRY(make_sums(w, &w->pair, 1, s->n, err));
	}
out:
	return rc;
}

// All memory that a thread needs, so that nothing can fail inside the parallel loop.
static vrd_status make_worker(worker *w, const shared *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = s->n, n_care = s->model->demand.n_care, n_w = vrd_n_weights(s);
	*w = (worker){.s = s};
	VRD_TRY(VRD_NEW(&w->mem, w->effect, s->model->n_assumptions * n));
	VRD_TRY(VRD_NEW(&w->mem, w->shortest_alone, s->model->n_assumptions * n));
	VRD_TRY(VRD_NEW(&w->mem, w->quantiles, n));
	for (size_t kind = 0; kind < N_MAPS; kind++) {
		VRD_TRY(VRD_NEW(&w->mem, w->weights[kind], n_care * n_w));
		VRD_TRY(VRD_NEW(&w->mem, w->has[kind], n_care));
	}
	VRD_TRY(VRD_NEW(&w->mem, w->base_weights, n_w));
	VRD_TRY(VRD_NEW(&w->mem, w->scaled_weights, n_w));
	VRD_TRY(VRD_NEW(&w->mem, w->year_weights, n_w));
	VRD_TRY(VRD_NEW(&w->mem, w->shares, vrd_places_max_shares(&s->places)));
	VRD_TRY(VRD_NEW(&w->mem, w->scratch, vrd_places_scratch(&s->places)));
	VRD_TRY(describe_sums(w, err));
out:
	return rc;
}

static size_t threads_for(const vrd_draws *draws, size_t n_year) {
#ifdef _OPENMP
	const size_t n = draws->n_threads ? draws->n_threads : (size_t)omp_get_max_threads();
	return n < n_year ? n : n_year;
#else
	(void)draws;
	(void)n_year;
	return 1;
#endif
}

static size_t thread_number(void) {
#ifdef _OPENMP
	return (size_t)omp_get_thread_num();
#else
	return 0;
#endif
}

static size_t years_wanted(const vrd_view *view, size_t n_year, size_t *wanted) {
	size_t n = 0;
	for (size_t t = 0; t < n_year; t++)
		if (!view->years || view->years[t])
			wanted[n++] = t;
	return n;
}

static vrd_status evaluate_years(worker *workers, size_t n_threads, const size_t *years,
                                 size_t n_years, vrd_progress *progress, void *context,
                                 vrd_err *err) {
	size_t done = 0;
	bool cancelled = false;
#pragma omp parallel for schedule(static, 1) num_threads((int)n_threads)
	for (size_t i = 0; i < n_years; i++) {
		bool stop;
#pragma omp atomic read
		stop = cancelled;
		if (stop)
			continue;
		evaluate_year(&workers[thread_number()], years[i]);
#pragma omp critical(vrd_kernel_progress)
		{
			done++;
			if (progress && !progress(context, done, n_years)) {
#pragma omp atomic write
				cancelled = true;
			}
		}
	}
	(void)n_threads;
	return cancelled ? vrd_fail(err, VRD_CANCELLED, "interrupted after %zu of %zu years", done,
	                            n_years)
	                 : VRD_OK;
}

vrd_status vrd_kernel_run(const vrd_model *model, const vrd_draws *draws, const vrd_view *view,
                          vrd_sink *sink, void *context, size_t order[], vrd_progress *progress,
                          void *progress_context, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena mem = {0};
	worker *workers = NULL;
	size_t n_threads = 0, *years, n_years;
	vrd_classes *classes;
	double *x;
	shared s = {.model = model,
	            .view = view,
	            .seed = draws->seed,
	            .n = draws->n ? draws->n : 1,
	            .deterministic = draws->n == 0,
	            .sink = sink,
	            .sink_context = context};
	VRD_TRY(check_view(model, view, err));
	VRD_TRY(describe_view(&mem, &s, err));
	VRD_TRY(VRD_NEW(&mem, years, model->demand.n_year));
	n_years = years_wanted(view, model->demand.n_year, years);
	n_threads = threads_for(draws, n_years ? n_years : 1);
	VRD_TRY(check_size(&s, n_threads, err));
	VRD_TRY(vrd_classes_build(&mem, model, &classes, err));
	s.classes = classes;
	VRD_TRY(order_draws(&mem, draws, &s, err));
	VRD_TRY(draw_parameters(&mem, model, draws, s.order, &x, err));
	s.x = x;
	VRD_TRY(VRD_NEW(&mem, workers, n_threads));
	for (size_t i = 0; i < n_threads; i++)
		VRD_TRY(make_worker(&workers[i], &s, err));
	VRD_TRY(evaluate_years(workers, n_threads, years, n_years, progress, progress_context,
	                       err));
	if (order)
		memcpy(order, s.order, s.n * sizeof *order);
out:
	for (size_t i = 0; workers && i < n_threads; i++)
		vrd_arena_clear(&workers[i].mem);
	vrd_arena_clear(&mem);
	return rc;
}
