#include "region/comparison.h"

#include "cube/messages.h"
#include "region/comparison_parts.h"
#include "region/query_parts.h"
#include "scenario/compare.h"

#include <string.h>

// --- opening ------------------------------------------------------------------------------------

static vrd_status check_runs(const vrd_region *region, const vrd_comparison *c, vrd_err *err) {
	const vrd_opened_run *first = &c->run[0];
	for (size_t i = 1; i < c->n; i++) {
		const vrd_opened_run *own = &c->run[i];
		for (size_t j = 0; j < i; j++)
			if (strcmp(own->record.id, c->run[j].record.id) == 0)
				return vrd_fail(err, VRD_USAGE,
				                "run %.12s stands twice: it does not differ from "
				                "itself",
				                own->record.id);
		if (own->draws.seed != first->draws.seed)
			return vrd_fail(
			        err, VRD_USAGE,
			        "runs %.12s and %.12s have different seeds (%llu and %llu), so no "
			        "draws in common: `varde run %s %s --seed %llu`, and compare that",
			        first->record.id, own->record.id,
			        (unsigned long long)first->draws.seed,
			        (unsigned long long)own->draws.seed, region->dir,
			        own->record.scenario, (unsigned long long)first->draws.seed);
	}
	return VRD_OK;
}

// Labels where each is of one run, else beginnings of ids.
static vrd_status name_runs(const vrd_region *region, vrd_comparison *c, vrd_err *err) {
	vrd_status rc = VRD_OK;
	for (size_t i = 0; i < c->n; i++) {
		const vrd_run_record *own = &c->run[i].record;
		bool repeats = own->label[0] == '\0';
		for (size_t j = 0; j < c->n; j++)
			repeats = repeats ||
			          (j != i && strcmp(own->label, c->run[j].record.label) == 0);
		c->names[i] =
		        repeats ? vrd_arena_printf(region->mem, "%.12s", own->id) : own->label;
		if (!c->names[i])
			VRD_TRY(vrd_no_memory(err, region->mem, 16, 1));
	}
out:
	return rc;
}

vrd_status vrd_comparison_open(vrd_region *region, size_t n, const char *const runs[],
                               size_t n_threads, vrd_comparison *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_comparison c = {.n = n};
	if (n < 2 || n > VRD_COMPARE_MOST)
		VRD_TRY(vrd_fail(err, VRD_USAGE, "2 to %d runs can be compared, not %zu",
		                 VRD_COMPARE_MOST, n));
	for (size_t i = 0; i < n; i++)
		VRD_TRY(vrd_run_open(region, runs[i], n_threads, &c.run[i], err));
	VRD_TRY(check_runs(region, &c, err));
	VRD_TRY(name_runs(region, &c, err));
	VRD_TRY(vrd_comparison_warnings(region, &c, err));
	size_t least = c.run[0].draws.n;
	for (size_t i = 1; i < n; i++)
		least = c.run[i].draws.n < least ? c.run[i].draws.n : least;
	for (size_t i = 0; i < n; i++)
		c.run[i].draws.n = least;
	*out = c;
out:
	return rc;
}

// --- the query ----------------------------------------------------------------------------------

typedef struct {
	vrd_region *region;
	const vrd_comparison *c;
	const vrd_compare_query *asked;
	vrd_query query; // with the year that is meant
	bool by_provider;
	vrd_diag *diag;
	vrd_err *err;
} comparing;

static bool names_dim(const vrd_query *q, const char *dim) {
	return vrd_query_by(q, dim) || vrd_query_where(q, dim);
}

// Years are shown or chosen, never summed.
static vrd_status choose_year(comparing *x) {
	vrd_status rc = VRD_OK;
	vrd_err *err = x->err;
	vrd_query *q = &x->query;
	const vrd_demand *d = &x->c->run[0].model.demand;
	const vrd_where *year = vrd_query_where(q, "year");
	vrd_where *where;
	const char **code;
	if (vrd_query_by(q, "year") || (year && year->n == 1))
		return VRD_OK;
	if (year)
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "years are not summed in a comparison: add year to --by"));
	VRD_TRY(VRD_NEW(x->region->mem, where, q->n_where + 1));
	VRD_TRY(VRD_NEW(x->region->mem, code, 1));
	if (q->n_where)
		memcpy(where, q->where, q->n_where * sizeof *where);
	code[0] = vrd_arena_printf(x->region->mem, "%d",
	                           x->asked->year ? x->asked->year : d->year[d->n_year - 1]);
	if (!code[0])
		VRD_TRY(vrd_no_memory(err, x->region->mem, 8, 1));
	where[q->n_where++] = (vrd_where){"year", 1, code};
	q->where = where;
out:
	return rc;
}

static vrd_status check_query(comparing *x) {
	static const char *const known[] = {"area", "provider", "service", "care", "year"};
	vrd_status rc = VRD_OK;
	const vrd_query *q = &x->query;
	const bool beds = x->asked->measure == VRD_BEDS;
	VRD_TRY(vrd_query_check_dims(q, 5, known, x->err));
	x->by_provider = beds || names_dim(q, "provider");
	if (x->by_provider && names_dim(q, "area"))
		VRD_TRY(vrd_fail(x->err, VRD_USAGE, "%s: choose provider or area, not both",
		                 beds ? "beds are given by provider only"
		                      : "places are where people live or where they are treated"));
	for (size_t i = 0; i < x->c->n && x->by_provider; i++)
		if (!x->c->run[i].model.provider)
			VRD_TRY(vrd_fail(x->err, VRD_NOINPUT,
			                 "run %.12s has no results by provider: they need "
			                 "providers.csv and flows (`varde import %s FILE --as "
			                 "flows`)",
			                 x->c->run[i].record.id, x->region->dir));
	VRD_TRY(choose_year(x));
out:
	return rc;
}

// A dimension whose every category is shown is matched by code, also what only one run has.
static void free_groups(const comparing *x, vrd_grouped *g) {
	const vrd_query *q = &x->query;
	const char *place = x->by_provider ? "provider" : "area";
	if (vrd_query_by(q, place) && !vrd_query_where(q, place) &&
	    (x->by_provider ||
	     strcmp(vrd_query_area_level(x->region, q), x->region->planning_level) == 0)) {
		g->view.place_group = NULL;
		g->place = NULL;
	}
	if (vrd_query_by(q, "service") && !vrd_query_where(q, "service") &&
	    !vrd_query_service_groups(q)) {
		g->view.service_group = NULL;
		g->service = NULL;
	}
	if (vrd_query_by(q, "care") && !vrd_query_where(q, "care")) {
		g->view.care_group = NULL;
		g->care = NULL;
	}
}

// --- the cube -----------------------------------------------------------------------------------

// Statistics of one comparison, before the probability stands after them.
enum { N_STATS = 6, N_SHOWN = 2 };

static vrd_status joined_dims(const comparing *x, const vrd_cube *part, const vrd_dim *dims[7]) {
	static const char *const stats[N_STATS] = {"mean", "p10",      "p50",
	                                           "p90",  "mc_error", "probability"};
	static const char *const shown[N_SHOWN] = {"level", "difference"};
	vrd_status rc = VRD_OK;
	vrd_category cats[N_STATS];
	for (size_t i = 0; i < N_STATS; i++)
		cats[i] = (vrd_category){
		        .code = stats[i], .parent = VRD_NONE, .decimals = -1, .unit = part->unit};
	cats[N_STATS - 1].unit = "share";
	cats[N_STATS - 1].decimals = 2;
	dims[0] = part->dims[0];
	memcpy(dims + 2, part->dims + 1, 4 * sizeof *dims);
	VRD_TRY(vrd_dim_of_codes(x->region->mem, "comparison", N_SHOWN, shown, &dims[1], x->err));
	VRD_TRY(vrd_dim_new(x->region->mem, "stat", NULL, VRD_ROLE_METRIC, N_STATS, cats, &dims[6],
	                    x->err));
out:
	return rc;
}

// One cell of a part to all its statistics in the whole; NULL: levels have no probability.
static vrd_status join_cell(const comparing *x, const vrd_cube *part, const vrd_cube *probability,
                            size_t cell, size_t at, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	for (size_t s = 0; s < N_STATS; s++) {
		const bool last = s == N_STATS - 1;
		const vrd_cube *from = last ? probability : part;
		const size_t own = last ? cell : cell * (N_STATS - 1) + s;
		const vrd_cell status = from ? vrd_cube_status(from, own) : VRD_NOT_APPLICABLE;
		if (status == VRD_PRESENT)
			out->values[at + s] = from->values[own];
		else
			VRD_TRY(vrd_cube_set_status(x->region->mem, out, at + s, status, x->err));
	}
out:
	return rc;
}

// Levels and differences of each run side by side, told apart by the dimension `comparison`.
static vrd_status join(const comparing *x, const vrd_cube parts[N_SHOWN],
                       const vrd_cube *probability, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	const vrd_dim *dims[7];
	vrd_cube cube;
	const size_t n_cells = probability->n_cells, n = n_cells / x->c->n;
	VRD_TRY(joined_dims(x, &parts[0], dims));
	VRD_TRY(vrd_cube_new(x->region->mem, 7, dims, &cube, x->err));
	for (size_t p = 0; p < N_SHOWN; p++)
		for (size_t i = 0; i < n_cells; i++)
			VRD_TRY(join_cell(x, &parts[p], p ? probability : NULL, i,
			                  ((i / n * N_SHOWN + p) * n + i % n) * N_STATS, &cube));
	*out = cube;
out:
	return rc;
}

static vrd_status shape(const comparing *x, vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_err *err = x->err;
	const char **by;
	size_t n = 0;
	VRD_TRY(VRD_NEW(x->region->mem, by, x->query.n_by + 3));
	by[n++] = "run";
	by[n++] = "comparison";
	for (size_t i = 0; i < x->query.n_by; i++)
		by[n++] = x->query.by[i];
	by[n++] = "stat";
	VRD_TRY(vrd_cube_sum_by(x->region->mem, cube, n, by, cube, err));
	VRD_TRY(vrd_query_relabel(x->region, cube, err));
out:
	return rc;
}

// Hides what a query of any of the runs hides. A run that lacks what was selected hides nothing.
static vrd_status hide(const comparing *x, vrd_cube *cube) {
	static const char *const cubes[2][VRD_N_MEASURES] = {
	        {"result/activity", "result/bed_days", NULL},
	        {"result/provider_activity", "result/provider_bed_days", "result/beds"}};
	vrd_status rc = VRD_OK;
	vrd_err *err = x->err;
	vrd_query q = x->query;
	const char **by;
	vrd_suppression rule;
	VRD_TRY(VRD_NEW(x->region->mem, by, q.n_by + 1));
	if (q.n_by)
		memcpy(by, q.by, q.n_by * sizeof *by);
	q.by = by;
	if (!vrd_query_by(&q, "year"))
		by[q.n_by++] = "year";
	q.cube = cubes[x->by_provider][x->asked->measure];
	for (size_t i = 0; i < x->c->n; i++) {
		vrd_cube counts;
		q.run = x->c->run[i].record.id;
		rc = vrd_region_query(x->region, &q, &counts, &rule, x->diag, err);
		if (rc == VRD_NOINPUT && i > 0) {
			rc = VRD_OK;
			continue;
		}
		VRD_TRY(rc);
		if (vrd_cube_axis(cube, "year") == VRD_NONE)
			VRD_TRY(vrd_cube_slice(
			        x->region->mem, &counts, "year",
			        vrd_str_of(
			                counts.dims[vrd_cube_axis(&counts, "year")]->cats[0].code),
			        &counts, err));
		VRD_TRY(vrd_query_hide(x->region, &counts, cube, err));
	}
out:
	return rc;
}

static bool any_threshold(const vrd_region *region) {
	bool any = region->suppression.threshold > 0;
	for (size_t i = 0; i < region->n_data; i++)
		any = any ||
		      (region->data[i].kind == VRD_DATA_ACTIVITY && region->data[i].threshold > 0);
	return any;
}

static vrd_status describe(const comparing *x, vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_region *r = x->region;
	vrd_buf source = {0}, note = {0};
	const char *const args[] = {x->c->names[0]};
	vrd_buf_printf(&source, "varde %s", VRD_VERSION);
	for (size_t i = 0; i < x->c->n; i++)
		vrd_buf_printf(&source, ", %.12s (%s)", x->c->run[i].record.id, x->c->names[i]);
	cube->source = source.p ? vrd_arena_strdup(r->mem, source.p) : NULL;
	vrd_msg_put(&note, VRD_MSG_COMPARE_MORE_NOTE, r->lang, 1, args);
	VRD_TRY(vrd_cube_note(r->mem, cube, vrd_msg(VRD_MSG_COMPARE_NOTE, r->lang), x->err));
	VRD_TRY(vrd_cube_note(r->mem, cube, note.p ? note.p : "", x->err));
	for (size_t i = 0; i < x->c->n_warnings; i++)
		VRD_TRY(vrd_cube_note(r->mem, cube, x->c->warnings[i], x->err));
	if (x->asked->measure != VRD_CONTACTS)
		VRD_TRY(vrd_cube_note(r->mem, cube, vrd_region_bed_day_note(r), x->err));
	if (r->illustrative)
		VRD_TRY(vrd_cube_note(r->mem, cube, vrd_msg(VRD_MSG_ILLUSTRATIVE, r->lang),
		                      x->err));
out:
	vrd_buf_free(&source);
	vrd_buf_free(&note);
	return rc;
}

vrd_status vrd_region_compare(vrd_region *region, const vrd_comparison *comparison,
                              const vrd_compare_query *query, vrd_cube *out, vrd_diag *diag,
                              vrd_err *err) {
	vrd_status rc = VRD_OK;
	comparing x = {.region = region,
	               .c = comparison,
	               .asked = query,
	               .query = query->selection,
	               .diag = diag,
	               .err = err};
	vrd_side sides[VRD_COMPARE_MOST];
	vrd_grouped groups;
	vrd_cube parts[N_SHOWN], probability, cube;
	x.query.cube = "a comparison";
	VRD_TRY(check_query(&x));
	for (size_t i = 0; i < comparison->n; i++)
		sides[i] = (vrd_side){&comparison->run[i].model, &comparison->run[i].draws};
	VRD_TRY(vrd_query_groups(region, &x.query, sides[0].model,
	                         x.by_provider ? VRD_BY_PROVIDER : VRD_BY_UNIT, &groups, err));
	free_groups(&x, &groups);
	VRD_TRY(vrd_compare(region->mem, comparison->n, sides, comparison->names, &groups.view,
	                    groups.place, groups.service, groups.care, query->measure, &parts[0],
	                    &parts[1], &probability, err));
	VRD_TRY(join(&x, parts, &probability, &cube));
	VRD_TRY(shape(&x, &cube));
	if (any_threshold(region))
		VRD_TRY(hide(&x, &cube));
	VRD_TRY(describe(&x, &cube));
	*out = cube;
out:
	return rc;
}
