#include "region/explanation_parts.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static const char *const method_names[VRD_N_EXPLAINS] = {"sequential", "shapley",  "tornado",
                                                         "sobol",      "variance", "bounds"};
static const char *const players_names[VRD_N_PLAYERS] = {"auto", "assumption", "theme", "type"};
static const char *const measure_names[VRD_N_MEASURES] = {"contacts", "bed_days", "beds"};
static const char *const units[VRD_N_MEASURES] = {"contacts", "bed days", "beds"};

const char *vrd_explain_name(vrd_explain_method method) {
	return method < VRD_N_EXPLAINS ? method_names[method] : NULL;
}

const char *vrd_players_name(vrd_players players) {
	return players < VRD_N_PLAYERS ? players_names[players] : NULL;
}

const char *vrd_measure_name(vrd_measure measure) {
	return measure < VRD_N_MEASURES ? measure_names[measure] : NULL;
}

// --- making cubes -------------------------------------------------------------------------------

vrd_status vrd_explain_dim(const vrd_explaining *e, const char *name, size_t n,
                           const char *const *codes, const char *const *labels,
                           const vrd_dim **out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	const char *label = vrd_msg_named("dim", name, e->region->lang);
	vrd_category *cats;
	VRD_TRY(VRD_NEW(e->region->mem, cats, n));
	for (size_t i = 0; i < n; i++) {
		const char *own = labels ? labels[i] : NULL;
		cats[i] = (vrd_category){.code = codes[i], .parent = VRD_NONE, .decimals = -1};
		cats[i].label = own ? own : vrd_msg_named(name, codes[i], e->region->lang);
	}
	VRD_TRY(vrd_dim_new(e->region->mem, name, label, VRD_ROLE_NONE, n, cats, out, err));
out:
	return rc;
}

// [name, second] with the unit of what is explained.
static vrd_status new_cube(const vrd_explaining *e, const char *name, size_t n,
                           const char *const *codes, const char *const *labels, const char *second,
                           size_t n_second, const char *const *second_codes, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	const vrd_dim *dims[2];
	VRD_TRY(vrd_explain_dim(e, name, n, codes, labels, &dims[0]));
	VRD_TRY(vrd_explain_dim(e, second, n_second, second_codes, NULL, &dims[1]));
	VRD_TRY(vrd_cube_new(e->region->mem, 2, dims, out, e->err));
	out->unit = units[e->target.measure];
out:
	return rc;
}

vrd_status vrd_explain_summaries(const vrd_explaining *e, const char *name, size_t n,
                                 const char *const *codes, const char *const *labels,
                                 const vrd_summary *x, vrd_cube *out) {
	static const char *const stats[] = {"mean", "p10", "p50", "p90", "mc_error"};
	vrd_status rc = VRD_OK;
	VRD_TRY(new_cube(e, name, n, codes, labels, "stat", 5, stats, out));
	for (size_t i = 0; i < n; i++) {
		const double values[5] = {x[i].mean, x[i].p10, x[i].p50, x[i].p90, x[i].mc_error};
		memcpy(out->values + i * 5, values, sizeof values);
	}
out:
	return rc;
}

// Moves the text to the region's memory.
static vrd_status keep(const vrd_explaining *e, vrd_buf *text, const char **out) {
	*out = text->p && !text->failed ? vrd_arena_strdup(e->region->mem, text->p) : NULL;
	vrd_buf_free(text);
	return *out ? VRD_OK : vrd_fail(e->err, VRD_NOMEM, "no memory for a text");
}

vrd_status vrd_explain_text(const vrd_explaining *e, vrd_msg_key key, size_t n,
                            const char *const *args, const char **out) {
	vrd_buf text = {0};
	vrd_msg_put(&text, key, e->region->lang, n, args);
	return keep(e, &text, out);
}

vrd_status vrd_explain_labels(const vrd_explaining *e, size_t n, const char *const *labels,
                              const char **out) {
	enum { MOST = 5, WIDTH = 32 };
	vrd_buf text = {0};
	for (size_t i = 0; i < n && i < MOST; i++) {
		size_t at = 0, length;
		const vrd_str all = vrd_str_of(labels[i]);
		const bool whole = vrd_utf8_width(all) <= WIDTH;
		vrd_buf_puts(&text, i ? "; " : "");
		while (at < all.n && (whole || vrd_utf8_width((vrd_str){all.p, at}) + 1 < WIDTH)) {
			(void)vrd_utf8_decode(all.p + at, all.n - at, &length);
			at += length ? length : 1;
		}
		vrd_buf_add(&text, all.p, at);
		vrd_buf_puts(&text, whole ? "" : "…");
	}
	vrd_buf_puts(&text, n > MOST ? "; …" : "");
	return keep(e, &text, out);
}

vrd_status vrd_explain_note(const vrd_explaining *e, vrd_cube *cube, vrd_msg_key key, size_t n,
                            const char *const *args) {
	vrd_status rc = VRD_OK;
	const char *text;
	VRD_TRY(vrd_explain_text(e, key, n, args, &text));
	VRD_TRY(vrd_cube_note(e->region->mem, cube, text, e->err));
out:
	return rc;
}

// --- the target ---------------------------------------------------------------------------------

// Flags of the selected categories; with `parent` a code names all categories of a group.
static vrd_status select_codes(const vrd_explaining *e, const vrd_where *where, const vrd_dim *own,
                               const vrd_dim *shown, const size_t *parent, const bool **out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	bool *wanted;
	if (!where)
		return VRD_OK;
	VRD_TRY(VRD_NEW(e->region->mem, wanted, own->n));
	for (size_t i = 0; i < where->n; i++) {
		const size_t at = vrd_dim_find_text(shown, where->codes[i]);
		if (at == VRD_NONE)
			VRD_TRY(vrd_query_unknown_code(e->region, shown, where->codes[i], err));
		for (size_t j = 0; j < own->n; j++)
			wanted[j] = wanted[j] || (parent ? parent[j] : j) == at;
	}
	*out = wanted;
out:
	return rc;
}

static vrd_status select_places(vrd_explaining *e) {
	vrd_status rc = VRD_OK;
	const vrd_model *model = &e->run->model;
	const vrd_query *q = &e->query->selection;
	const vrd_where *area = vrd_query_where(q, "area"),
	                *provider = vrd_query_where(q, "provider");
	const char *level = vrd_query_area_level(e->region, q);
	e->target.by_provider = provider != NULL || e->target.measure == VRD_BEDS;
	if (area && e->target.by_provider)
		VRD_TRY(vrd_fail(e->err, VRD_USAGE, "%s: choose provider or area, not both",
		                 provider ? "places are where people live or where they are treated"
		                          : "beds are given by provider only"));
	if (strcmp(level, e->region->planning_level) != 0)
		VRD_TRY(vrd_fail(e->err, VRD_USAGE,
		                 "this is explained at the planning level (%s); level %s is there "
		                 "for --method sequential",
		                 e->region->planning_level, level));
	if (e->target.by_provider && !model->provider)
		VRD_TRY(vrd_fail(e->err, VRD_NOINPUT,
		                 "run %.12s has no results by provider: they need providers.csv "
		                 "and flows (`varde import %s FILE --as flows`)",
		                 e->run->record.id, e->region->dir));
	const vrd_dim *own = e->target.by_provider ? model->provider : model->unit;
	VRD_TRY(select_codes(e, provider ? provider : area, own, own, NULL, &e->target.place));
out:
	return rc;
}

static vrd_status select_year(vrd_explaining *e) {
	const vrd_demand *d = &e->run->model.demand;
	const int year = e->query->year ? e->query->year : d->year[d->n_year - 1];
	for (size_t t = 0; t < d->n_year; t++)
		if (d->year[t] == year) {
			e->target.year = t;
			return VRD_OK;
		}
	return vrd_fail(e->err, VRD_NOINPUT, "the run has no year %d; it has %d to %d", year,
	                d->year[0], d->year[d->n_year - 1]);
}

static vrd_status find_target(vrd_explaining *e) {
	vrd_status rc = VRD_OK;
	static const char *const known[] = {"area", "provider", "service", "care"};
	const vrd_model *model = &e->run->model;
	vrd_query q = e->query->selection;
	const vrd_dim *own = vrd_model_services(model), *shown = own;
	size_t *parent = NULL;
	q.cube = "an explanation";
	e->target.measure = e->query->measure;
	VRD_TRY(vrd_query_check_dims(&q, 4, known, e->err));
	if (q.n_by)
		VRD_TRY(vrd_fail(e->err, VRD_USAGE,
		                 "--by belongs to --method sequential: the others explain one "
		                 "number, choose it with --where"));
	VRD_TRY(select_year(e));
	VRD_TRY(select_places(e));
	if (vrd_query_service_groups(&q))
		VRD_TRY(vrd_query_group_services(e->region, own, &shown, &parent, e->err));
	VRD_TRY(select_codes(e, vrd_query_where(&q, "service"), own, shown, parent,
	                     &e->target.service));
	VRD_TRY(select_codes(e, vrd_query_where(&q, "care"), model->demand.care, model->demand.care,
	                     NULL, &e->target.care));
out:
	return rc;
}

// --- the methods --------------------------------------------------------------------------------

// The waterfall is a query of its own.
vrd_status vrd_explain_steps(const vrd_explaining *e, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	vrd_query q = e->query->selection;
	vrd_where *where;
	const char **by, **year, **measure;
	vrd_suppression rule;
	vrd_arena *mem = e->region->mem;
	VRD_TRY(VRD_NEW(mem, where, q.n_where + 2));
	VRD_TRY(VRD_NEW(mem, by, q.n_by + 2));
	VRD_TRY(VRD_NEW(mem, year, 1));
	VRD_TRY(VRD_NEW(mem, measure, 1));
	if (q.n_where)
		memcpy(where, q.where, q.n_where * sizeof *where);
	year[0] = vrd_arena_printf(mem, "%d", e->run->model.demand.year[e->target.year]);
	if (!year[0])
		VRD_TRY(vrd_no_memory(err, mem, 8, 1));
	measure[0] = measure_names[e->query->measure];
	where[q.n_where] = (vrd_where){"year", 1, year};
	where[q.n_where + 1] = (vrd_where){"measure", 1, measure};
	size_t n = 0;
	if (!vrd_query_by(&q, "step"))
		by[n++] = "step";
	for (size_t i = 0; i < q.n_by; i++)
		by[n++] = q.by[i];
	if (!vrd_query_by(&q, "stat"))
		by[n++] = "stat";
	q.cube = "result/waterfall";
	q.run = e->run->record.id;
	q.where = where;
	q.n_where += 2;
	q.by = by;
	q.n_by = n;
	q.n_threads = e->draws.n_threads;
	VRD_TRY(vrd_region_query(e->region, &q, out, &rule, e->diag, err));
	out->unit = units[e->query->measure];
	VRD_TRY(vrd_explain_note(e, out, VRD_MSG_EXPLAIN_SEQUENTIAL_NOTE, 0, NULL));
out:
	return rc;
}

static vrd_status name_assumptions(const vrd_explaining *e, const char ***codes,
                                   const char ***labels) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	const vrd_model *model = &e->run->model;
	VRD_TRY(VRD_NEW(e->region->mem, *codes, model->n_assumptions + 1));
	VRD_TRY(VRD_NEW(e->region->mem, *labels, model->n_assumptions + 1));
	for (size_t i = 0; i < model->n_assumptions; i++) {
		(*codes)[i] = model->assumptions[i].id;
		(*labels)[i] = model->assumptions[i].label;
	}
out:
	return rc;
}

static vrd_status tornado(const vrd_explaining *e, vrd_cube *out) {
	static const char *const at[] = {"p10", "p50", "p90"};
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	const vrd_model *model = &e->run->model;
	const bool alternatives = model->demand.n_variant > 1;
	const size_t n = model->n_assumptions + (alternatives ? 1 : 0);
	const char **codes, **labels;
	vrd_swing *swing;
	double middle;
	VRD_TRY(name_assumptions(e, &codes, &labels));
	codes[model->n_assumptions] = "population";
	labels[model->n_assumptions] = vrd_msg(VRD_MSG_EXPLAIN_ALTERNATIVES, e->region->lang);
	VRD_TRY(VRD_NEW(e->region->mem, swing, model->n_assumptions + 1));
	VRD_TRY(vrd_explain_tornado(e->region->mem, model, &e->target, &middle, swing,
	                            &swing[model->n_assumptions], err));
	VRD_TRY(new_cube(e, "assumption", n, codes, labels, "at", 3, at, out));
	for (size_t i = 0; i < n; i++) {
		const double values[3] = {swing[i].low, middle, swing[i].high};
		memcpy(out->values + i * 3, values, sizeof values);
	}
	VRD_TRY(vrd_explain_note(e, out, VRD_MSG_EXPLAIN_TORNADO_NOTE, 0, NULL));
	if (alternatives)
		VRD_TRY(vrd_explain_note(e, out, VRD_MSG_EXPLAIN_TORNADO_PEOPLE, 0, NULL));
out:
	return rc;
}

// A factor of one assumption is called as that, one of many by what is in it.
static vrd_status factor_label(const vrd_explaining *e, const vrd_factor *factor,
                               const char **out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	const vrd_model *model = &e->run->model;
	const char **labels;
	size_t n = 0, last = 0;
	VRD_TRY(VRD_NEW(e->region->mem, labels, model->n_assumptions));
	for (size_t i = 0; i < model->n_assumptions; i++)
		if (factor->members[i]) {
			labels[n++] = model->assumptions[i].label;
			last = i;
		}
	if (n < 2) {
		*out = n ? labels[0] : vrd_msg(VRD_MSG_EXPLAIN_ALTERNATIVES, e->region->lang);
		goto out;
	}
	const char *args[2] = {factor->name, NULL};
	const size_t group = model->assumptions[last].group;
	const bool named =
	        group != VRD_NO_GROUP && strcmp(model->group_names[group], factor->name) == 0;
	VRD_TRY(vrd_explain_labels(e, n, labels, &args[1]));
	VRD_TRY(vrd_explain_text(e, named ? VRD_MSG_EXPLAIN_GROUP : VRD_MSG_EXPLAIN_MATRIX,
	                         named ? 2 : 1, named ? args : args + 1, out));
out:
	return rc;
}

static vrd_status sobol(const vrd_explaining *e, vrd_cube *out) {
	static const char *const index[] = {"first", "first_error", "total", "total_error"};
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	vrd_factor *factors;
	const char **codes, **labels;
	size_t n;
	VRD_TRY(vrd_explain_sobol(e->region->mem, &e->run->model, &e->draws, &e->target, &factors,
	                          &n, err));
	VRD_TRY(VRD_NEW(e->region->mem, codes, n));
	VRD_TRY(VRD_NEW(e->region->mem, labels, n));
	for (size_t i = 0; i < n; i++) {
		codes[i] = factors[i].name;
		VRD_TRY(factor_label(e, &factors[i], &labels[i]));
	}
	VRD_TRY(new_cube(e, "factor", n, codes, labels, "index", 4, index, out));
	out->unit = "share";
	for (size_t i = 0; i < n; i++) {
		const vrd_sobol *x = &factors[i].index;
		const double values[4] = {x->first, x->first_error, x->total, x->total_error};
		memcpy(out->values + i * 4, values, sizeof values);
	}
	VRD_TRY(vrd_explain_note(e, out, VRD_MSG_EXPLAIN_SOBOL_NOTE, 0, NULL));
out:
	return rc;
}

static vrd_status variance(const vrd_explaining *e, vrd_cube *out) {
	static const char *const sources[] = {"population",  "rates",  "assumptions",
	                                      "interaction", "chance", "all"};
	static const char *const parts[] = {"share", "variance"};
	vrd_status rc = VRD_OK;
	vrd_variance v;
	VRD_TRY(vrd_explain_variance(e->region->mem, &e->run->model, &e->draws, &e->target, &v,
	                             e->err));
	VRD_TRY(new_cube(e, "source", 6, sources, NULL, "part", 2, parts, out));
	out->unit = NULL;
	const double x[] = {v.population,  v.rates,  v.assumptions,
	                    v.interaction, v.chance, v.variance};
	for (size_t i = 0; i < 6; i++) {
		out->values[i * 2] = v.variance > 0 ? x[i] / v.variance : 0;
		out->values[i * 2 + 1] = x[i];
	}
	VRD_TRY(vrd_explain_note(e, out, VRD_MSG_EXPLAIN_VARIANCE_NOTE, 0, NULL));
out:
	return rc;
}

static bool any_avoidance(const vrd_model *model) {
	size_t n = 0;
	for (size_t i = 0; i < model->n_assumptions; i++)
		n += model->assumptions[i].kind == VRD_AVOID;
	return n > 1;
}

static vrd_status bounds(const vrd_explaining *e, vrd_cube *out) {
	static const char *const codes[] = {"independent", "together", "avoid_inside",
	                                    "avoid_apart"};
	vrd_status rc = VRD_OK;
	const vrd_model *model = &e->run->model;
	vrd_summary x[4];
	size_t n = 2;
	VRD_TRY(vrd_explain_correlation(e->region->mem, model, &e->draws, &e->target, &x[0], &x[1],
	                                e->err));
	if (any_avoidance(model)) {
		VRD_TRY(vrd_explain_avoidance(e->region->mem, model, &e->draws, &e->target, &x[2],
		                              &x[3], e->err));
		n = 4;
	}
	VRD_TRY(vrd_explain_summaries(e, "bound", n, codes, NULL, x, out));
	VRD_TRY(vrd_explain_note(e, out, VRD_MSG_EXPLAIN_BOUNDS_NOTE, 0, NULL));
out:
	return rc;
}

// --- the answer ---------------------------------------------------------------------------------

// Shares of variance are shares of counts: all cells are hidden where a step of the waterfall of
// the same selection is.
static vrd_status hide(const vrd_explaining *e, vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_cube steps;
	bool any = e->region->suppression.threshold > 0, hidden = false;
	for (size_t i = 0; i < e->region->n_data; i++)
		any = any || e->region->data[i].threshold > 0;
	if (!any)
		return VRD_OK;
	VRD_TRY(vrd_explain_steps(e, &steps));
	for (size_t i = 0; i < steps.n_cells; i++)
		hidden = hidden || vrd_cube_status(&steps, i) == VRD_SUPPRESSED;
	for (size_t i = 0; hidden && i < cube->n_cells; i++)
		VRD_TRY(vrd_cube_set_status(e->region->mem, cube, i, VRD_SUPPRESSED, e->err));
out:
	return rc;
}

static vrd_status describe(const vrd_explaining *e, vrd_explain_method method, vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_region *r = e->region;
	const vrd_run_record *run = &e->run->record;
	json_t *root = json_loads(run->summary, 0, NULL);
	const bool illustrative = json_is_true(json_object_get(root, "illustrative"));
	json_decref(root);
	cube->source = vrd_arena_printf(r->mem, "varde %s, %.12s, %s", run->engine, run->id,
	                                run->scenario);
	cube->updated = run->created;
	if (method != VRD_EXPLAIN_TORNADO && e->draws.n < e->run->draws.n) {
		vrd_buf used = {0}, all = {0};
		vrd_fmt_number(&used, (double)e->draws.n, 0, r->lang);
		vrd_fmt_number(&all, (double)e->run->draws.n, 0, r->lang);
		const char *const args[] = {used.p, all.p};
		rc = vrd_explain_note(e, cube, VRD_MSG_EXPLAIN_DRAWS, 2, args);
		vrd_buf_free(&used);
		vrd_buf_free(&all);
		VRD_TRY(rc);
	}
	if (e->target.measure != VRD_CONTACTS)
		VRD_TRY(vrd_cube_note(r->mem, cube, vrd_region_bed_day_note(r), e->err));
	if (illustrative || r->illustrative)
		VRD_TRY(vrd_cube_note(r->mem, cube, vrd_msg(VRD_MSG_ILLUSTRATIVE, r->lang),
		                      e->err));
out:
	return rc;
}

vrd_status vrd_region_explain(vrd_region *region, const vrd_opened_run *run,
                              const vrd_explain_query *query, vrd_explain_method method,
                              vrd_cube *out, vrd_diag *diag, vrd_err *err) {
	static vrd_status (*const methods[VRD_N_EXPLAINS])(const vrd_explaining *, vrd_cube *) = {
	        vrd_explain_steps, vrd_explain_players, tornado, sobol, variance, bounds};
	vrd_status rc = VRD_OK;
	vrd_cube cube;
	vrd_explaining e = {.region = region,
	                    .run = run,
	                    .query = query,
	                    .draws = run->draws,
	                    .target = {.measure = query->measure},
	                    .diag = diag,
	                    .err = err};
	if (query->draws && query->draws < e.draws.n)
		e.draws.n = query->draws;
	if (method == VRD_EXPLAIN_SEQUENTIAL) {
		VRD_TRY(select_year(&e));
		VRD_TRY(vrd_explain_steps(&e, &cube));
	} else {
		VRD_TRY(find_target(&e));
		VRD_TRY(methods[method](&e, &cube));
		VRD_TRY(describe(&e, method, &cube));
		VRD_TRY(hide(&e, &cube));
	}
	*out = cube;
out:
	return rc;
}
