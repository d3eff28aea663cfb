#include "scenario/engine.h"

#include "num/hash.h"

#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#define MAX_VIEW_BYTES ((size_t)900 << 20)
#define MAX_RATE_BYTES ((size_t)512 << 20)

size_t vrd_sums_cells(const sums *x) {
	return x->n_places * x->n_cares * x->n_slots;
}

size_t vrd_thread_number(void) {
#ifdef _OPENMP
	return (size_t)omp_get_thread_num();
#else
	return 0;
#endif
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

// --- the view -----------------------------------------------------------------------------------

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
	if (view->steps && view->overlap != VRD_OVERLAP_INDEPENDENT)
		return vrd_fail(err, VRD_USAGE,
		                "the steps of the waterfall take overlapping avoidance as "
		                "independent: ask for its bounds without steps");
	if (view->axis == VRD_BY_AREA && model->poisson && !view->steps)
		return vrd_fail(
		        err, VRD_USAGE,
		        "with noise: poisson chance is drawn at the planning level; results for "
		        "single areas below it are not available");
	return VRD_OK;
}

static vrd_status hash_name(vrd_arena *mem, const char *name, uint64_t *out, vrd_err *err) {
	if (!name)
		return vrd_no_memory(err, mem, 64, 1);
	*out = vrd_hash_id(vrd_str_of(name));
	return VRD_OK;
}

// Streams and slots of chance come from codes, so that the order of areas, providers and services
// in their files is free.
static vrd_status name_services(vrd_arena *mem, const vrd_dim *service, const vrd_dim *care,
                                const uint64_t **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	uint64_t *slot;
	VRD_TRY(VRD_NEW(mem, slot, service->n * care->n));
	for (size_t k = 0; k < service->n; k++)
		for (size_t m = 0; m < care->n; m++)
			VRD_TRY(hash_name(mem,
			                  vrd_arena_printf(mem, "%s/%s", service->cats[k].code,
			                                   care->cats[m].code),
			                  &slot[k * care->n + m], err));
	*out = slot;
out:
	return rc;
}

static vrd_status name_pairs(vrd_arena *mem, shared *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_model *model = s->model;
	const size_t n_h = model->provider ? model->provider->n : 1;
	uint64_t *stream;
	VRD_TRY(VRD_NEW(mem, stream, model->unit->n * n_h));
	for (size_t u = 0; u < model->unit->n; u++)
		for (size_t h = 0; h < n_h; h++)
			VRD_TRY(hash_name(
			        mem,
			        vrd_arena_printf(mem, "chance/%s/%s", model->unit->cats[u].code,
			                         model->provider ? model->provider->cats[h].code
			                                         : ""),
			        &stream[u * n_h + h], err));
	s->pair_stream = stream;
	s->places.pairs = true;
	s->places.sums = false;
	s->places.n = model->unit->n * n_h;
out:
	return rc;
}

// Contacts of the base years that each uncertain rate rests on.
static vrd_status count_rates(vrd_arena *mem, shared *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_model *model = s->model;
	const vrd_demand *d = &model->demand;
	const size_t n_service = vrd_model_services(model)->n;
	double *contacts;
	VRD_TRY(VRD_NEW(mem, contacts, d->n_area * n_service * d->n_care));
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++)
			for (size_t k = 0; k < d->n_service; k++)
				for (size_t m = 0; m < d->n_care; m++) {
					const size_t to =
					        model->service_of ? model->service_of[k] : k;
					contacts[(g * n_service + to) * d->n_care + m] +=
					        (double)model->n_base *
					        d->base_contacts[vrd_demand_stratum(d, g, b, k, m)];
				}
	s->rate_contacts = contacts;
out:
	return rc;
}

static vrd_status describe_rates(vrd_arena *mem, shared *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_demand *d = &s->model->demand;
	uint64_t *stream;
	VRD_TRY(VRD_NEW(mem, stream, d->n_area));
	for (size_t g = 0; g < d->n_area; g++)
		VRD_TRY(hash_name(mem, vrd_arena_printf(mem, "rates/%s", d->area->cats[g].code),
		                  &stream[g], err));
	s->rate_stream = stream;
	VRD_TRY(name_services(mem, vrd_model_services(s->model), d->care, &s->rate_slot, err));
	VRD_TRY(count_rates(mem, s, err));
out:
	return rc;
}

// Base contacts of everything that a rule selects.
static double selected_base(const vrd_model *model, const vrd_assumption *a) {
	const vrd_demand *d = &model->demand;
	double sum = 0;
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++)
			for (size_t k = 0; k < d->n_service; k++)
				for (size_t m = 0; m < d->n_care; m++)
					if (vrd_assumption_selects(a, g, k, m, b))
						sum += d->base_contacts[vrd_demand_stratum(d, g, b,
						                                           k, m)];
	return sum;
}

static vrd_status describe_rules(vrd_arena *mem, shared *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_model *model = s->model;
	size_t *order, *step_of, *mover_of, *ageing_of;
	double *base_total;
	VRD_TRY(VRD_NEW(mem, order, model->n_assumptions));
	VRD_TRY(VRD_NEW(mem, step_of, model->n_assumptions));
	VRD_TRY(VRD_NEW(mem, mover_of, model->n_assumptions));
	VRD_TRY(VRD_NEW(mem, ageing_of, model->n_assumptions));
	VRD_TRY(VRD_NEW(mem, base_total, model->n_assumptions));
	vrd_step_order(model, order);
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const vrd_assumption *a = &model->assumptions[i];
		const vrd_stage stage = vrd_kind_rule_of(a->kind)->stage;
		step_of[order[i]] = VRD_STEP_FIRST + i;
		if (stage == VRD_STAGE_PLACE)
			mover_of[i] = s->n_movers++;
		if (stage == VRD_STAGE_RATES)
			ageing_of[i] = s->n_ageing++;
		if (stage == VRD_STAGE_BASE)
			base_total[i] = selected_base(model, a);
	}
	s->step_of = step_of;
	s->mover_of = mover_of;
	s->ageing_of = ageing_of;
	s->base_total = base_total;
out:
	return rc;
}

static vrd_status describe_view(vrd_arena *mem, shared *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_model *model = s->model;
	const vrd_view *view = s->view;
	const vrd_demand *d = &model->demand;
	size_t *service_group;
	s->n_cares = n_groups(view->care_group, view->n_cares, d->n_care);
	s->n_services =
	        n_groups(view->service_group, view->n_services, vrd_model_services(model)->n);
	s->n_place_groups =
	        n_groups(view->place_group, view->n_places, n_of_axis(model, view->axis)) +
	        view->sums;
	s->places = (vrd_places){.model = model,
	                         .axis = view->axis,
	                         .group = view->place_group,
	                         .n = s->n_place_groups,
	                         .sums = view->sums};
	s->n_steps = view->steps ? vrd_n_steps(model) : 1;
	VRD_TRY(VRD_NEW(mem, service_group, d->n_service));
	for (size_t k = 0; k < d->n_service; k++) {
		const size_t reported = model->service_of ? model->service_of[k] : k;
		service_group[k] = view->service_group ? view->service_group[reported] : reported;
	}
	s->service_group = service_group;
	VRD_TRY(describe_rules(mem, s, err));
	const bool chance = model->poisson && !view->steps && !s->deterministic;
	if (chance) {
		VRD_TRY(name_services(mem, d->service, d->care, &s->service_care_slot, err));
		VRD_TRY(name_pairs(mem, s, err));
	}
	if (model->uncertain_rates)
		VRD_TRY(describe_rates(mem, s, err));
out:
	return rc;
}

// --- the draws ----------------------------------------------------------------------------------

// Sorts the draws by population alternative (stable) and cuts each run into blocks.
static vrd_status order_draws(engine *e, const vrd_draws *draws, const uint32_t *variant,
                              vrd_err *err) {
	vrd_status rc = VRD_OK;
	shared *s = &e->s;
	const size_t n_v = s->model->demand.n_variant;
	size_t *order, at = 0;
	uint32_t *of;
	block *blocks;
	VRD_TRY(VRD_NEW(&e->mem, order, s->n));
	VRD_TRY(VRD_NEW(&e->mem, of, s->n));
	VRD_TRY(VRD_NEW(&e->mem, blocks, s->n / BLOCK + n_v + 1));
	if (variant && !s->deterministic)
		memcpy(of, variant, s->n * sizeof *of);
	else
		vrd_draw_variants(s->model, draws, of);
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

// Draws every uncertain rate once, for all years, where there is room for them.
static vrd_status keep_rates(engine *e, vrd_err *err) {
	vrd_status rc = VRD_OK;
	shared *s = &e->s;
	const size_t n_cells =
	        s->model->demand.n_area * vrd_model_services(s->model)->n * s->model->demand.n_care;
	size_t *row, *cells, n = 0;
	double *table;
	VRD_TRY(VRD_NEW(&e->mem, row, n_cells));
	VRD_TRY(VRD_NEW(&e->mem, cells, n_cells));
	for (size_t cell = 0; cell < n_cells; cell++)
		if (s->rate_contacts[cell] > 0) {
			cells[n] = cell;
			row[cell] = n++;
		}
	if (n > MAX_RATE_BYTES / sizeof(double) / s->n)
		return VRD_OK;
	VRD_TRY(VRD_NEW(&e->mem, table, n * s->n));
#pragma omp parallel for schedule(static) num_threads((int)e->n_threads)
	for (size_t i = 0; i < n; i++)
		vrd_draw_rate(s, cells[i], table + i * s->n);
	s->rate_row = row;
	s->rate_table = table;
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
		cells += 3 * (double)(s->places.n * s->model->demand.n_care);
	const double vectors = cells + 2 * (double)s->model->n_assumptions;
	const double bytes = vectors * (double)s->n * sizeof(double);
	if (bytes * (double)n_threads <= MAX_VIEW_BYTES)
		return VRD_OK;
	return vrd_fail(err, VRD_LIMIT,
	                "this selection needs %.0f MB for each thread: ask for fewer categories, "
	                "fewer draws (--draws) or fewer threads (--threads)",
	                bytes / (1 << 20));
}

// --- workers ------------------------------------------------------------------------------------

static vrd_status make_sums(worker *w, sums *x, size_t n_steps, size_t n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	VRD_TRY(VRD_NEW(&w->mem, x->used, n_steps * vrd_sums_cells(x)));
	VRD_TRY(VRD_NEW(&w->mem, x->data, n_steps * vrd_sums_cells(x) * n));
out:
	return rc;
}

// The group of the view under construction, the sum over groups, and with chance one service by
// pairs, always with contacts and bed days, and with beds if they are wanted.
static vrd_status describe_sums(worker *w, bool keeps_sums, vrd_err *err) {
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
	pair_slot[VRD_BEDS] = s->view->measures[VRD_BEDS] ? 2 : VRD_NONE;
	w->group = (sums){.n_places = s->n_place_groups,
	                  .n_cares = s->n_cares + s->view->sums,
	                  .n_slots = n_slots,
	                  .slot = slot,
	                  .care_group = s->view->care_group ? s->view->care_group : identity};
	w->total = w->group;
	if (!keeps_sums)
		VRD_TRY(make_sums(w, &w->group, s->n_steps, s->n, err));
	if (s->view->sums)
		VRD_TRY(make_sums(w, &w->total, s->n_steps, s->n, err));
	if (s->places.pairs) {
		w->pair = (sums){.n_places = s->places.n,
		                 .n_cares = n_care,
		                 .n_slots = 2 + s->view->measures[VRD_BEDS],
		                 .slot = pair_slot,
		                 .care_group = identity};
		VRD_TRY(make_sums(w, &w->pair, 1, s->n, err));
	}
out:
	return rc;
}

static vrd_status make_worker(worker *w, const shared *s, bool keeps_sums, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = s->n, n_w = vrd_n_weights(s);
	const size_t n_rows = (s->n_movers + 1) * s->model->demand.n_care;
	*w = (worker){.s = s, .sign = 1};
	VRD_TRY(VRD_NEW(&w->mem, w->effect, s->model->n_assumptions * n));
	VRD_TRY(VRD_NEW(&w->mem, w->shortest_alone, s->model->n_assumptions * n));
	VRD_TRY(VRD_NEW(&w->mem, w->ready, s->model->n_assumptions));
	VRD_TRY(VRD_NEW(&w->mem, w->ageing, s->n_ageing * (s->model->demand.n_aged + 1) * n));
	VRD_TRY(VRD_NEW(&w->mem, w->own_rates,
	                s->model->uncertain_rates && !s->rate_table ? n : 0));
	VRD_TRY(VRD_NEW(&w->mem, w->quantiles, n));
	for (size_t kind = 0; kind < N_MAPS; kind++) {
		VRD_TRY(VRD_NEW(&w->mem, w->weights[kind], n_rows * n_w));
		VRD_TRY(VRD_NEW(&w->mem, w->has[kind], n_rows));
	}
	VRD_TRY(VRD_NEW(&w->mem, w->base_weights, n_w));
	VRD_TRY(VRD_NEW(&w->mem, w->scaled_weights, n_w));
	VRD_TRY(VRD_NEW(&w->mem, w->year_weights, n_w));
	VRD_TRY(VRD_NEW(&w->mem, w->shares, vrd_places_max_shares(&s->places)));
	VRD_TRY(VRD_NEW(&w->mem, w->scratch, vrd_places_scratch(&s->places)));
	VRD_TRY(describe_sums(w, keeps_sums, err));
out:
	return rc;
}

void vrd_worker_start(worker *w, size_t t) {
	w->t = t;
	memset(w->ready, 0, w->s->model->n_assumptions * sizeof *w->ready);
}

vrd_status vrd_engine_init(engine *self, const vrd_model *model, const vrd_draws *draws,
                           const vrd_view *view, const uint32_t *variant, bool keeps_sums,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_classes *classes;
	*self = (engine){.s = {.model = model,
	                       .view = view,
	                       .seed = draws->seed,
	                       .n = draws->n ? draws->n : 1,
	                       .deterministic = draws->n == 0}};
	VRD_TRY(check_view(model, view, err));
	VRD_TRY(describe_view(&self->mem, &self->s, err));
	VRD_TRY(VRD_NEW(&self->mem, self->years, model->demand.n_year));
	for (size_t t = 0; t < model->demand.n_year; t++)
		if (!view->years || view->years[t])
			self->years[self->n_years++] = t;
	const size_t n_threads = threads_for(draws, self->n_years ? self->n_years : 1);
	if (!keeps_sums)
		VRD_TRY(check_size(&self->s, n_threads, err));
	VRD_TRY(vrd_classes_build(&self->mem, model, &classes, err));
	self->s.classes = classes;
	VRD_TRY(order_draws(self, draws, variant, err));
	self->n_threads = n_threads;
	if (model->uncertain_rates)
		VRD_TRY(keep_rates(self, err));
	VRD_TRY(VRD_NEW(&self->mem, self->workers, n_threads));
	for (size_t i = 0; i < n_threads; i++)
		VRD_TRY(make_worker(&self->workers[i], &self->s, keeps_sums, err));
out:
	return rc;
}

void vrd_engine_clear(engine *self) {
	for (size_t i = 0; self->workers && i < self->n_threads; i++)
		vrd_arena_clear(&self->workers[i].mem);
	vrd_arena_clear(&self->mem);
}
