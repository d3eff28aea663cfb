#include "region/live_session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_DRAWS 1000

struct vrd_session {
	vrd_region *region;
	vrd_scenario scenario;
	vrd_model model;
	vrd_assumption *assumptions; // as they are now
	const size_t *one_service;   // every reported service in one group
	vrd_draws draws;
	vrd_axis axis;
	vrd_live *live;
};

static vrd_status choose_axis(vrd_session *s, const char *axis, vrd_err *err) {
	if (strcmp(axis, "area") == 0)
		s->axis = VRD_BY_UNIT;
	else if (strcmp(axis, "provider") == 0)
		s->axis = VRD_BY_PROVIDER;
	else
		return vrd_fail(err, VRD_USAGE,
		                "a session is by \"area\" or by \"provider\", not "
		                "by \"%s\"",
		                axis);
	return VRD_OK;
}

static vrd_status build(vrd_session *s, const char *scenario, const vrd_run_options *options,
                        vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_region *region = s->region;
	size_t *zeros;
	vrd_cube shrinkage;
	VRD_TRY(vrd_scenario_read(region, scenario, &s->scenario, diag, err));
	VRD_TRY(vrd_diag_fail(diag, VRD_CONFIG, err));
	VRD_TRY(vrd_region_model(region, &s->scenario, &s->model, NULL, &shrinkage, diag, err));
	VRD_TRY(VRD_NEW(region->mem, s->assumptions, s->model.n_assumptions));
	if (s->model.n_assumptions)
		memcpy(s->assumptions, s->model.assumptions,
		       s->model.n_assumptions * sizeof *s->assumptions);
	VRD_TRY(VRD_NEW(region->mem, zeros, vrd_model_services(&s->model)->n));
	s->one_service = zeros;
	s->draws = (vrd_draws){
	        .n = options->draws >= 0 ? (size_t)options->draws : DEFAULT_DRAWS,
	        .seed = (uint64_t)(options->seed >= 0 ? options->seed : s->scenario.seed),
	        .n_threads = options->n_threads};
	const vrd_view view = {.axis = s->axis,
	                       .service_group = zeros,
	                       .n_services = 1,
	                       .measures = {true, true, s->axis == VRD_BY_PROVIDER}};
	VRD_TRY(vrd_live_new(&s->model, &s->draws, &view, NULL, &s->live, err));
out:
	return rc;
}

vrd_status vrd_session_open(vrd_region *region, const char *scenario,
                            const vrd_run_options *options, const char *axis, vrd_session **out,
                            vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_session *s = calloc(1, sizeof *s);
	if (!s)
		return vrd_fail(err, VRD_NOMEM, "no memory for a session");
	s->region = region;
	VRD_TRY(choose_axis(s, axis, err));
	VRD_TRY(build(s, scenario, options, diag, err));
	*out = s;
	s = NULL;
out:
	vrd_session_close(s);
	return rc;
}

void vrd_session_close(vrd_session *session) {
	if (!session)
		return;
	vrd_live_free(session->live);
	free(session);
}

size_t vrd_session_bytes(const vrd_session *session) {
	return vrd_live_bytes(session->live);
}

// --- moving -------------------------------------------------------------------------------------

static vrd_status find(const vrd_session *s, const char *id, size_t *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena scratch = {0};
	const char **ids;
	const size_t n = s->model.n_assumptions;
	VRD_TRY(VRD_NEW(&scratch, ids, n));
	for (size_t i = 0; i < n; i++) {
		ids[i] = s->model.assumptions[i].id;
		if (strcmp(ids[i], id) == 0) {
			*out = i;
			goto out;
		}
	}
	const size_t near = vrd_nearest(vrd_str_of(id), ids, n);
	rc = vrd_fail(err, VRD_NOINPUT, "scenario \"%s\" has no assumption \"%s\"%s%s%s",
	              s->scenario.name, id, near == SIZE_MAX ? "" : "; did you mean \"",
	              near == SIZE_MAX ? "" : ids[near], near == SIZE_MAX ? "" : "\"?");
out:
	vrd_arena_clear(&scratch);
	return rc;
}

// Laws whose middle number must be said; others take none.
static bool takes_a_middle(vrd_dist_kind kind) {
	return kind == VRD_DIST_PERT || kind == VRD_DIST_TRIANGULAR || kind == VRD_DIST_METALOG;
}

static vrd_status refit(const vrd_assumption *a, double low, double mode, double high,
                        vrd_dist *out, vrd_err *err) {
	const vrd_dist_kind kind =
	        a->dist.kind == VRD_DIST_FIXED || a->dist.kind == VRD_DIST_DISCRETE
	                ? VRD_DIST_TRUNCNORM
	                : a->dist.kind;
	double lower = a->dist.a, upper = a->dist.b;
	if (a->dist.kind == VRD_DIST_FIXED)
		vrd_kind_bounds(a->kind, &lower, &upper);
	if (!isnan(mode) && !takes_a_middle(kind))
		return vrd_fail(err, VRD_DATA,
		                "\"%s\" has the law %s, which is given by two numbers, not three",
		                a->id, vrd_dist_name(kind));
	if (low == high && !(low >= lower && low <= upper))
		return vrd_fail(err, VRD_DATA, "\"%s\" is %g, outside [%g, %g]", a->id, low, lower,
		                upper);
	return vrd_dist_fit(kind, low, mode, high, lower, upper, out, err);
}

// The model's check with the candidate in place, its first error as ours.
static vrd_status check_candidate(vrd_session *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena scratch = {0};
	vrd_diag diag;
	vrd_model candidate = s->model;
	candidate.assumptions = s->assumptions;
	vrd_diag_init(&diag, &scratch, 0);
	vrd_model_check(&candidate, s->scenario.file, &diag);
	rc = vrd_diag_fail(&diag, VRD_CONFIG, err);
	vrd_arena_clear(&scratch);
	return rc;
}

static vrd_status set(vrd_session *s, size_t i, const vrd_dist *dist, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dist before = s->assumptions[i].dist;
	s->assumptions[i].dist = *dist;
	VRD_TRY(check_candidate(s, err));
	VRD_TRY(vrd_live_set(s->live, i, dist, err));
out:
	if (rc != VRD_OK)
		s->assumptions[i].dist = before;
	return rc;
}

vrd_status vrd_session_set(vrd_session *session, const char *id, double low, double mode,
                           double high, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t i = 0;
	vrd_dist dist;
	VRD_TRY(find(session, id, &i, err));
	VRD_TRY(refit(&session->model.assumptions[i], low, mode, high, &dist, err));
	VRD_TRY(set(session, i, &dist, err));
out:
	return rc;
}

vrd_status vrd_session_reset(vrd_session *session, const char *id, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t i = 0;
	VRD_TRY(find(session, id, &i, err));
	VRD_TRY(set(session, i, &session->model.assumptions[i].dist, err));
out:
	return rc;
}

// --- reading ------------------------------------------------------------------------------------

static const char *const stat_codes[] = {"mean", "p10", "p50", "p90", "mc_error"};
#define N_STATS (sizeof stat_codes / sizeof *stat_codes)

static const vrd_dim *axis_dim(const vrd_session *s) {
	return s->axis == VRD_BY_UNIT ? s->model.unit : s->model.provider;
}

// The rows of a table and "*", their sum.
static vrd_status rows_of(const vrd_session *s, vrd_arena *mem, const char *by, const vrd_dim **out,
                          vrd_err *err) {
	vrd_status rc = VRD_OK;
	const bool by_care = strcmp(by, "care") == 0;
	const vrd_dim *own = by_care ? s->model.demand.care : axis_dim(s);
	vrd_category *cats;
	if (!by_care && strcmp(by, own->name) != 0)
		VRD_TRY(vrd_fail(err, VRD_USAGE, "a session has tables by \"care\" and by \"%s\"",
		                 axis_dim(s)->name));
	VRD_TRY(VRD_NEW(mem, cats, own->n + 1));
	memcpy(cats, own->cats, own->n * sizeof *cats);
	for (size_t i = 0; i < own->n; i++)
		cats[i].parent = own->n; // so that suppression knows the sum
	cats[own->n] = (vrd_category){.code = "*", .parent = VRD_NONE, .decimals = -1};
	VRD_TRY(vrd_dim_new(mem, by, own->label, own->role, own->n + 1, cats, out, err));
out:
	return rc;
}

static vrd_status fill_table(vrd_session *s, vrd_arena *mem, const char *by, vrd_measure measure,
                             vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	static const char *const units[VRD_N_MEASURES] = {"contacts", "bed days", "beds"};
	const vrd_demand *d = &s->model.demand;
	const vrd_dim *dims[3];
	const size_t first = by ? 0 : 1;
	if (by)
		VRD_TRY(rows_of(s, mem, by, &dims[0], err));
	VRD_TRY(vrd_dim_of_years(mem, d->year[0], d->year[d->n_year - 1], &dims[1], err));
	VRD_TRY(vrd_dim_of_codes(mem, "stat", N_STATS, stat_codes, &dims[2], err));
	VRD_TRY(vrd_cube_new(mem, 3 - first, dims + first, out, err));
	out->unit = units[measure];
	const size_t n_rows = by ? dims[0]->n : 1;
	for (size_t row = 0; row < n_rows; row++)
		for (size_t t = 0; t < d->n_year; t++) {
			const size_t own = row + 1 < n_rows ? row : VRD_ALL;
			const bool by_care = by && strcmp(by, "care") == 0;
			const vrd_cell_key key = {.place = by_care ? VRD_ALL : own,
			                          .service = VRD_ALL,
			                          .care = by_care ? own : VRD_ALL,
			                          .year = t,
			                          .measure = measure};
			const vrd_summary x = vrd_live_summary(s->live, &key);
			const double stats[N_STATS] = {x.mean, x.p10, x.p50, x.p90, x.mc_error};
			memcpy(out->values + (row * d->n_year + t) * N_STATS, stats, sizeof stats);
		}
out:
	return rc;
}

vrd_status vrd_session_table(vrd_session *session, vrd_arena *mem, const char *by,
                             vrd_measure measure, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube contacts, table;
	if (measure == VRD_BEDS && session->axis != VRD_BY_PROVIDER)
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "beds are given by provider: open the session by "
		                 "\"provider\""));
	VRD_TRY(fill_table(session, mem, by, VRD_CONTACTS, &contacts, err));
	VRD_TRY(vrd_cube_suppress(mem, &contacts, &session->region->suppression, &contacts, NULL,
	                          NULL, err));
	if (measure == VRD_CONTACTS) {
		*out = contacts;
		return VRD_OK;
	}
	VRD_TRY(fill_table(session, mem, by, measure, &table, err));
	for (size_t i = 0; i < table.n_cells; i++)
		if (vrd_cube_status(&contacts, i) == VRD_SUPPRESSED)
			VRD_TRY(vrd_cube_set_status(mem, &table, i, VRD_SUPPRESSED, err));
	*out = table;
out:
	return rc;
}
