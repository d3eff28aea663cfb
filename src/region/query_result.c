#include "region/query_parts.h"

#include "cube/messages.h"
#include "num/stats.h"
#include "store/store.h"

#include <jansson.h>
#include <string.h>

// Which part of a run answers a cube, and how the kernel would compute it.
typedef struct {
	const char *cube, *part;
	vrd_axis axis;
	vrd_measure measure;
	bool steps;
} result_kind;

static const result_kind kinds[] = {
        {"result/activity", "result/activity", VRD_BY_UNIT, VRD_CONTACTS, false},
        {"result/bed_days", "result/bed_days", VRD_BY_UNIT, VRD_BED_DAYS, false},
        {"result/provider_activity", "result/provider_activity", VRD_BY_PROVIDER, VRD_CONTACTS,
         false},
        {"result/provider_bed_days", "result/provider_bed_days", VRD_BY_PROVIDER, VRD_BED_DAYS,
         false},
        {"result/beds", "result/beds", VRD_BY_PROVIDER, VRD_BEDS, false},
        {"result/waterfall", "result/waterfall/", VRD_BY_UNIT, VRD_CONTACTS, true},
};

typedef struct {
	vrd_region *region;
	const vrd_query *query;
	vrd_diag *diag;
	vrd_err *err;
	vrd_store *store;
	vrd_run_record run;
	const result_kind *kind;
	const char *place; // "area" or "provider"
} asking;

// --- from the store -----------------------------------------------------------------------------

static vrd_status no_providers(const asking *a) {
	return vrd_fail(a->err, VRD_NOINPUT,
	                "run %.12s has no results by provider: they need providers.csv and flows "
	                "(`varde import %s FILE --as flows`)",
	                a->run.id, a->region->dir);
}

static vrd_status stored_cube(asking *a, const char *part, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	const void *bytes;
	size_t n;
	rc = vrd_store_part(a->store, a->region->mem, a->run.id, part, &bytes, &n, a->err);
	if (rc == VRD_NOINPUT && a->kind && a->kind->axis == VRD_BY_PROVIDER)
		rc = no_providers(a);
	VRD_TRY(rc);
	VRD_TRY(vrd_cube_unpack(a->region->mem, bytes, n, out, a->err));
out:
	return rc;
}

// A stored cube has every category and, as "*", the sum of all: enough unless a sum of some is
// asked for, other areas or groups, or a sum over years.
static bool in_store(const asking *a) {
	static const char *const summed[] = {"area", "provider", "service", "care"};
	if (strcmp(vrd_query_area_level(a->region, a->query), a->region->planning_level) != 0 ||
	    vrd_query_service_groups(a->query))
		return false;
	for (size_t i = 0; i < sizeof summed / sizeof *summed; i++) {
		const vrd_where *where = vrd_query_where(a->query, summed[i]);
		if (where && !vrd_query_by(a->query, summed[i]) && where->n > 1)
			return false;
		if (a->kind->steps && (where || vrd_query_by(a->query, summed[i])))
			return false;
	}
	const vrd_where *year = vrd_query_where(a->query, "year");
	return vrd_query_by(a->query, "year") || (year && year->n == 1);
}

// Takes "*" where a dimension is neither selected nor asked for, and leaves "*" out elsewhere.
static vrd_status take_sums(asking *a, vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->err;
	for (size_t d = 0; d < cube->n_dims;) {
		const vrd_dim *dim = cube->dims[d];
		const bool kept =
		        vrd_query_by(a->query, dim->name) || vrd_query_where(a->query, dim->name);
		if (vrd_dim_find_text(dim, "*") == VRD_NONE) {
			d++;
			continue;
		}
		if (!kept) {
			VRD_TRY(vrd_cube_slice(a->region->mem, cube, dim->name, VRD_STR("*"), cube,
			                       err));
			continue;
		}
		vrd_str *codes;
		size_t n = 0;
		VRD_TRY(VRD_NEW(a->region->mem, codes, dim->n));
		for (size_t i = 0; i < dim->n; i++)
			if (strcmp(dim->cats[i].code, "*") != 0)
				codes[n++] = vrd_str_of(dim->cats[i].code);
		VRD_TRY(vrd_cube_select(a->region->mem, cube, dim->name, n, codes, cube, err));
		d++;
	}
out:
	return rc;
}

// --- from the model -----------------------------------------------------------------------------

// Groups of one dimension: each wanted category its own when the dimension is in `by`, else one.
typedef struct {
	size_t *group;
	size_t n;
	const vrd_dim *dim;
} grouping;

// `parent` (NULL: none) gives each category of `own` its category in `shown`.
static vrd_status group_by(asking *a, const char *name, size_t n_own, const vrd_dim *shown,
                           const size_t *parent, grouping *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->err;
	const vrd_where *where = vrd_query_where(a->query, name);
	const bool each = vrd_query_by(a->query, name);
	size_t *of_shown;
	vrd_category *cats;
	VRD_TRY(VRD_NEW(a->region->mem, of_shown, shown->n));
	VRD_TRY(VRD_NEW(a->region->mem, cats, shown->n + 1)); // codes stand once: vrd_query_parse
	VRD_TRY(VRD_NEW(a->region->mem, out->group, n_own));
	out->n = each ? 0 : 1;
	for (size_t i = 0; i < shown->n; i++)
		of_shown[i] = where ? VRD_NONE : each ? i : 0;
	for (size_t i = 0; i < (where ? where->n : shown->n); i++) {
		size_t at = i;
		if (where) {
			at = vrd_dim_find_text(shown, where->codes[i]);
			if (at == VRD_NONE)
				VRD_TRY(vrd_query_unknown_code(a->region, shown, where->codes[i],
				                               err));
			of_shown[at] = each ? i : 0;
		}
		if (each) {
			cats[out->n] = shown->cats[at];
			cats[out->n++].parent = VRD_NONE;
		}
	}
	if (!each)
		cats[0] = (vrd_category){.code = "*", .parent = VRD_NONE, .decimals = -1};
	for (size_t i = 0; i < n_own; i++) {
		const size_t at = parent ? parent[i] : i;
		out->group[i] = at == VRD_NONE ? VRD_NONE : of_shown[at];
	}
	VRD_TRY(vrd_dim_new(a->region->mem, name, NULL, shown->role, out->n, cats, &out->dim, err));
out:
	return rc;
}

// The area of `shown` that each area of `own` wholly belongs to in the run's first year. USAGE
// names an area that belongs only in part.
static vrd_status whole_parents(asking *a, const vrd_model *model, const vrd_dim *own,
                                const char *level, const vrd_dim *shown, size_t *parent,
                                vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *target;
	vrd_link *links;
	size_t n;
	VRD_TRY(vrd_geography_links(a->region->mem, a->region->geo, own, level, NULL,
	                            model->demand.year[0], &target, &links, &n, NULL, err));
	for (size_t i = 0; i < n; i++) {
		if (links[i].weight < 1 - 1e-9)
			VRD_TRY(vrd_fail(
			        err, VRD_USAGE,
			        "area \"%s\" belongs only in part to \"%s\": results are not "
			        "available at level %s",
			        own->cats[links[i].from].code, target->cats[links[i].to].code,
			        level));
		parent[links[i].from] = vrd_dim_find_text(shown, target->cats[links[i].to].code);
	}
out:
	return rc;
}

// Areas of the level asked for: the planning level's own units; a level that those wholly belong to
// (on the map of each year); else model areas, on the map of the base year.
static vrd_status group_areas(asking *a, const vrd_model *model, vrd_view *view, grouping *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->err, why;
	vrd_region *r = a->region;
	const char *level = vrd_query_area_level(r, a->query);
	const vrd_dim *areas = model->demand.area, *shown;
	size_t *parent;
	bool any = false;
	if (strcmp(level, r->planning_level) == 0) {
		VRD_TRY(group_by(a, "area", model->unit->n, model->unit, NULL, out));
		return VRD_OK;
	}
	VRD_TRY(vrd_geography_level_dim(r->geo, level, &shown, err));
	VRD_TRY(VRD_NEW(r->mem, parent, areas->n + model->unit->n));
	for (size_t g = 0; g < areas->n; g++) {
		parent[g] = vrd_dim_find_text(shown, areas->cats[g].code);
		any = any || parent[g] != VRD_NONE;
	}
	if (!any && whole_parents(a, model, model->unit, level, shown, parent, &why) == VRD_OK) {
		VRD_TRY(group_by(a, "area", model->unit->n, shown, parent, out));
		return VRD_OK;
	}
	view->axis = VRD_BY_AREA;
	if (!any)
		VRD_TRY(whole_parents(a, model, areas, level, shown, parent, err));
	VRD_TRY(group_by(a, "area", areas->n, shown, parent, out));
out:
	return rc;
}

static vrd_status group_services(asking *a, const vrd_model *model, grouping *out) {
	vrd_status rc = VRD_OK;
	const vrd_dim *own = model->demand.service, *groups;
	size_t *parent;
	if (!vrd_query_service_groups(a->query))
		return group_by(a, "service", own->n, own, NULL, out);
	VRD_TRY(vrd_query_group_services(a->region, own, &groups, &parent, a->err));
	VRD_TRY(group_by(a, "service", own->n, groups, parent, out));
out:
	return rc;
}

static vrd_status wanted_years(asking *a, const vrd_model *model, bool **out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->err;
	const vrd_demand *d = &model->demand;
	const vrd_where *where = vrd_query_where(a->query, "year");
	bool *years;
	VRD_TRY(VRD_NEW(a->region->mem, years, d->n_year));
	for (size_t t = 0; t < d->n_year; t++)
		years[t] = !where;
	for (size_t i = 0; where && i < where->n; i++) {
		int64_t year;
		bool found = false;
		for (size_t t = 0; t < d->n_year; t++)
			if (vrd_parse_int64(vrd_str_of(where->codes[i]), &year) &&
			    year == d->year[t])
				found = years[t] = true;
		if (!found)
			VRD_TRY(vrd_fail(err, VRD_NOINPUT,
			                 "the run has no year \"%s\"; it has %d to %d",
			                 where->codes[i], d->year[0], d->year[d->n_year - 1]));
	}
	*out = years;
out:
	return rc;
}

static vrd_status draws_of(const asking *a, vrd_draws *out) {
	json_t *root = json_loads(a->run.summary, 0, NULL);
	const json_t *n = json_object_get(root, "draws"), *seed = json_object_get(root, "seed");
	const bool good = json_is_integer(n) && json_is_integer(seed);
	if (good)
		*out = (vrd_draws){.n = (size_t)json_integer_value(n),
		                   .seed = (uint64_t)json_integer_value(seed),
		                   .n_threads = a->query->n_threads};
	json_decref(root);
	return good ? VRD_OK
	            : vrd_fail(a->err, VRD_STORE,
	                       "the summary of run %.12s cannot be read; delete .varde/store.db "
	                       "and run again",
	                       a->run.id);
}

// Sums of years inside the draws: years come in order (one thread), cell by cell.
typedef struct {
	double *sums; // [cell][draw]
	size_t n, n_services, n_cares, n_steps;
} year_sums;

static size_t cell_of(const year_sums *s, const vrd_cell_key *key) {
	return ((key->step + s->n_steps * key->place) * s->n_services + key->service) * s->n_cares +
	       key->care;
}

static void add_year(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                     double *scratch) {
	(void)scratch;
	const year_sums *s = context;
	double *to = s->sums + cell_of(s, key) * n;
	for (size_t d = 0; d < n && draws; d++)
		to[d] += draws[d];
}

static vrd_status sum_years(asking *a, const vrd_model *model, vrd_draws draws,
                            const vrd_view *view, const vrd_cube *like, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->err;
	vrd_arena mem = {0};
	const size_t n = draws.n ? draws.n : 1;
	year_sums s = {.n = n,
	               .n_services = view->n_services,
	               .n_cares = view->n_cares,
	               .n_steps = view->steps ? vrd_n_steps(model) : 1};
	const size_t n_cells = s.n_steps * view->n_places * s.n_services * s.n_cares;
	double *scratch;
	vrd_cube first;
	const vrd_dim *years = like->dims[vrd_cube_axis(like, "year")];
	VRD_TRY(VRD_NEW(&mem, s.sums, n_cells * n));
	VRD_TRY(VRD_NEW(&mem, scratch, n));
	draws.n_threads = 1;
	VRD_TRY(vrd_kernel_run(model, &draws, view, add_year, &s, NULL, NULL, NULL, err));
	VRD_TRY(vrd_cube_slice(a->region->mem, like, "year", vrd_str_of(years->cats[0].code),
	                       &first, err));
	VRD_TRY(vrd_cube_new(a->region->mem, first.n_dims, first.dims, out, err));
	out->unit = like->unit;
	const size_t off = view->steps ? 1 : 0;
	for (size_t i = 0; i < out->n_cells; i += 5) {
		size_t index[5] = {0};
		for (size_t d = 0; d < out->n_dims; d++)
			index[d] = i / out->stride[d] % out->dims[d]->n;
		const vrd_cell_key key = {.step = off ? index[0] : 0,
		                          .place = index[off],
		                          .service = index[off + 1],
		                          .care = index[off + 2]};
		const vrd_summary x = vrd_summarise(s.sums + cell_of(&s, &key) * n, n, scratch);
		const double stats[5] = {x.mean, x.p10, x.p50, x.p90, x.mc_error};
		memcpy(out->values + i, stats, sizeof stats);
	}
out:
	vrd_arena_clear(&mem);
	return rc;
}

static vrd_status compute(asking *a, vrd_measure measure, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_region *r = a->region;
	vrd_model model;
	vrd_draws draws;
	grouping place, service, care;
	vrd_view view = {.axis = a->kind->axis, .steps = a->kind->steps};
	vrd_cube cubes[VRD_N_MEASURES] = {0};
	const void *bytes;
	size_t n;
	bool *years;
	VRD_TRY(vrd_store_part(a->store, r->mem, a->run.id, "model", &bytes, &n, a->err));
	VRD_TRY(vrd_model_unpack(r->mem, bytes, n, &model, a->err));
	VRD_TRY(draws_of(a, &draws));
	if (view.axis == VRD_BY_PROVIDER && !model.provider)
		VRD_TRY(no_providers(a));
	if (view.axis == VRD_BY_PROVIDER)
		VRD_TRY(group_by(a, "provider", model.provider->n, model.provider, NULL, &place));
	else
		VRD_TRY(group_areas(a, &model, &view, &place));
	VRD_TRY(group_services(a, &model, &service));
	VRD_TRY(group_by(a, "care", model.demand.n_care, model.demand.care, NULL, &care));
	VRD_TRY(wanted_years(a, &model, &years));
	view.place_group = place.group;
	view.service_group = service.group;
	view.care_group = care.group;
	view.n_places = place.n;
	view.n_services = service.n;
	view.n_cares = care.n;
	view.years = years;
	view.measures[measure] = true;
	const vrd_where *year = vrd_query_where(a->query, "year");
	const bool sum = !vrd_query_by(a->query, "year") && !(year && year->n == 1);
	vrd_draws head = draws;
	if (sum)
		head.n = 0; // only the shape is needed
	VRD_TRY(vrd_kernel_summary(r->mem, &model, &head, &view, place.dim, service.dim, care.dim,
	                           NULL, NULL, cubes, a->err));
	*out = cubes[measure];
	if (sum)
		VRD_TRY(sum_years(a, &model, draws, &view, &cubes[measure], out));
out:
	return rc;
}

// --- the answer ---------------------------------------------------------------------------------

static vrd_status label_steps(asking *a, vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->err;
	const size_t axis = vrd_cube_axis(cube, "step");
	vrd_category *cats;
	const vrd_dim *fresh;
	if (axis == VRD_NONE)
		return VRD_OK;
	const vrd_dim *dim = cube->dims[axis];
	VRD_TRY(VRD_NEW(a->region->mem, cats, dim->n));
	for (size_t i = 0; i < dim->n; i++) {
		const char *text = vrd_msg_named("step", dim->cats[i].code, a->region->lang);
		cats[i] = dim->cats[i];
		if (text && strcmp(cats[i].label, cats[i].code) == 0)
			cats[i].label = text;
	}
	VRD_TRY(vrd_dim_new(a->region->mem, "step", NULL, dim->role, dim->n, cats, &fresh, err));
	VRD_TRY(vrd_cube_replace_dim(a->region->mem, cube, "step", fresh, cube, err));
out:
	return rc;
}

// A run keeps the labels of the day and language that it was made in; those of now are shown.
static vrd_status relabel(const asking *a, vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->err;
	vrd_region *r = a->region;
	const vrd_dim *const tables[] = {r->service_tree, r->care, r->provider};
	for (size_t d = 0; d < cube->n_dims; d++) {
		const vrd_dim *dim = cube->dims[d], *table = NULL, *fresh;
		const bool area = strcmp(dim->name, "area") == 0;
		vrd_category *cats;
		for (size_t i = 0; i < 3; i++)
			if (tables[i] && strcmp(tables[i]->name, dim->name) == 0)
				table = tables[i];
		if (!area && !table)
			continue;
		VRD_TRY(VRD_NEW(r->mem, cats, dim->n));
		for (size_t i = 0; i < dim->n; i++) {
			const char *code = dim->cats[i].code, *label = NULL;
			const size_t at = table ? vrd_dim_find_text(table, code) : VRD_NONE;
			if (area)
				label = vrd_geography_label(r->geo, vrd_str_of(code));
			else if (at != VRD_NONE)
				label = table->cats[at].label;
			cats[i] = dim->cats[i];
			if (label)
				cats[i].label = label;
		}
		VRD_TRY(vrd_dim_new(r->mem, dim->name, dim->label, dim->role, dim->n, cats, &fresh,
		                    err));
		VRD_TRY(vrd_cube_replace_dim(r->mem, cube, dim->name, fresh, cube, err));
	}
out:
	return rc;
}

static vrd_status describe(asking *a, vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_region *r = a->region;
	cube->source = vrd_arena_printf(r->mem, "varde %s, %.12s, %s", a->run.engine, a->run.id,
	                                a->run.scenario);
	cube->updated = a->run.created;
	json_t *root = json_loads(a->run.summary, 0, NULL);
	const bool illustrative = json_is_true(json_object_get(root, "illustrative"));
	json_decref(root);
	if (a->kind->measure != VRD_CONTACTS)
		VRD_TRY(vrd_cube_note(r->mem, cube, vrd_region_bed_day_note(r), a->err));
	if (illustrative || r->illustrative)
		VRD_TRY(vrd_cube_note(r->mem, cube, vrd_msg(VRD_MSG_ILLUSTRATIVE, r->lang),
		                      a->err));
out:
	return rc;
}

// One measure's cube, from the store when it is there.
static vrd_status answer(asking *a, const char *part, vrd_measure measure, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_cube cube;
	if (in_store(a)) {
		VRD_TRY(stored_cube(a, part, &cube));
		VRD_TRY(take_sums(a, &cube));
	} else {
		VRD_TRY(compute(a, measure, &cube));
	}
	*out = cube;
out:
	return rc;
}

// A query without the selections that the computation has already made (groups and sums).
static vrd_status shape(asking *a, bool computed, const vrd_cube *cube, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_query rest = *a->query;
	vrd_err *err = a->err;
	vrd_where *where;
	VRD_TRY(VRD_NEW(a->region->mem, where, rest.n_where));
	rest.n_where = 0;
	for (size_t i = 0; i < a->query->n_where; i++) {
		const char *dim = a->query->where[i].dim;
		const bool done =
		        computed && (strcmp(dim, a->place) == 0 || strcmp(dim, "service") == 0 ||
		                     strcmp(dim, "care") == 0 ||
		                     (strcmp(dim, "year") == 0 && !vrd_query_by(a->query, dim)));
		if (!done)
			where[rest.n_where++] = a->query->where[i];
	}
	rest.where = where;
	VRD_TRY(vrd_query_shape(a->region, &rest, cube, out, err));
out:
	return rc;
}

// Cells that are no counts are hidden, all along `dim`, where the counts at `code` would be: a
// waterfall where its base year is, shrinkage where what was observed is.
static vrd_status hide_along(asking *a, const char *dim, vrd_str code, vrd_suppression *rule,
                             vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->err;
	const size_t axis = vrd_cube_axis(cube, dim);
	const size_t n = cube->dims[axis]->n, stride = cube->stride[axis];
	vrd_cube base, hidden;
	VRD_TRY(vrd_cube_slice(a->region->mem, cube, dim, code, &base, err));
	VRD_TRY(vrd_cube_suppress(a->region->mem, &base, rule, &hidden, NULL, NULL, err));
	for (size_t i = 0; i < hidden.n_cells; i++)
		for (size_t j = 0; j < n && vrd_cube_status(&hidden, i) == VRD_SUPPRESSED; j++)
			VRD_TRY(vrd_cube_set_status(a->region->mem, cube,
			                            i / stride * stride * n + j * stride +
			                                    i % stride,
			                            VRD_SUPPRESSED, err));
	rule->threshold = 0;
out:
	return rc;
}

// Hides what the whole table of counts behind the query hides: its means are judged, once, and every
// statistic, step or number of beds made from them follows.
static vrd_status hide_by(asking *a, const char *counts, const vrd_suppression *rule,
                          vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_query wide;
	asking b = *a;
	vrd_cube full, hidden;
	if (!(rule->threshold > 0))
		return VRD_OK;
	VRD_TRY(vrd_query_widen(a->region, a->query, &wide, a->err));
	b.query = &wide;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].cube, counts) == 0)
			b.kind = &kinds[i];
	VRD_TRY(answer(&b, b.kind->part, b.kind->measure, &full));
	vrd_query rows = *a->query; // without the selections that counts do not have
	vrd_where *where;
	vrd_err *err = a->err;
	VRD_TRY(VRD_NEW(a->region->mem, where, rows.n_where));
	rows.n_where = 0;
	for (size_t i = 0; i < a->query->n_where; i++)
		if (strcmp(a->query->where[i].dim, "measure") != 0)
			where[rows.n_where++] = a->query->where[i];
	rows.where = where;
	const char **by;
	VRD_TRY(VRD_NEW(a->region->mem, by, rows.n_by));
	rows.n_by = 0;
	for (size_t i = 0; i < a->query->n_by; i++)
		if (strcmp(a->query->by[i], "measure") != 0)
			by[rows.n_by++] = a->query->by[i];
	rows.by = by;
	VRD_TRY(vrd_query_hidden(a->region, &rows, &full, rule, &hidden, a->err));
	VRD_TRY(vrd_query_hide(a->region, &hidden, cube, a->err));
out:
	return rc;
}

static vrd_status query_waterfall(asking *a, const vrd_suppression *rule, vrd_cube *out) {
	static const char *const codes[] = {"contacts", "bed_days"};
	vrd_status rc = VRD_OK;
	vrd_cube all, one;
	for (size_t i = 0; i < 2; i++) {
		char *part = vrd_arena_printf(a->region->mem, "result/waterfall/%s", codes[i]);
		if (!part)
			VRD_TRY(vrd_no_memory(a->err, a->region->mem, 32, 1));
		VRD_TRY(answer(a, part, i ? VRD_BED_DAYS : VRD_CONTACTS, &one));
		one.unit = NULL;
		VRD_TRY(hide_by(a, i ? "result/bed_days" : "result/activity", rule, &one));
		VRD_TRY(vrd_cube_tag(a->region->mem, &one, "measure", codes[i], &one, a->err));
		if (i)
			VRD_TRY(vrd_cube_append(a->region->mem, &all, &one, "measure", &all,
			                        a->err));
		else
			all = one;
	}
	VRD_TRY(label_steps(a, &all));
	*out = all;
out:
	return rc;
}

vrd_status vrd_query_result(vrd_region *region, const vrd_query *query, vrd_cube *out,
                            vrd_suppression *rule, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	asking a = {.region = region, .query = query, .diag = diag, .err = err};
	vrd_cube cube;
	const char *path = vrd_region_store_path(region, region->mem);
	const bool shrinkage = strcmp(query->cube, "result/shrinkage") == 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].cube, query->cube) == 0)
			a.kind = &kinds[i];
	if (!a.kind && !shrinkage) {
		size_t n;
		const char *const *names = vrd_query_cubes(&n);
		const size_t near = vrd_nearest(vrd_str_of(query->cube), names, n);
		VRD_TRY(vrd_fail(err, VRD_NOINPUT,
		                 "there is no result \"%s\"; did you mean \"%s\"?", query->cube,
		                 names[near == SIZE_MAX ? n - 1 : near]));
	}
	if (!path)
		VRD_TRY(vrd_no_memory(err, region->mem, 64, 1));
	rc = vrd_store_open(path, false, &a.store, err);
	if (rc == VRD_NOINPUT)
		rc = vrd_fail(err, VRD_NOINPUT, "the region has no runs yet: `varde run %s`",
		              region->dir);
	VRD_TRY(rc);
	VRD_TRY(vrd_store_find(a.store, region->mem, query->run, &a.run, err));
	if (shrinkage && !region->shrink)
		VRD_TRY(vrd_fail(
		        err, VRD_NOINPUT,
		        "rates are not shrunk in this region: say shrink: true in region.yaml and "
		        "run again"));
	if (shrinkage) {
		VRD_TRY(stored_cube(&a, "shrinkage", &cube));
		VRD_TRY(hide_along(&a, "stat", VRD_STR("observed"), rule, &cube));
		VRD_TRY(vrd_query_shape(region, query, &cube, out, err));
		goto out;
	}
	a.place = a.kind->axis == VRD_BY_PROVIDER ? "provider" : "area";
	const char *const known[] = {a.place, "service", "care", "year", "stat", "step", "measure"};
	VRD_TRY(vrd_query_check_dims(query, a.kind->steps ? 7 : 5, known, err));
	if (a.kind->steps) {
		vrd_suppression base = *rule;
		VRD_TRY(query_waterfall(&a, rule, &cube));
		VRD_TRY(hide_along(&a, "step", VRD_STR("base"), &base, &cube));
		VRD_TRY(shape(&a, !in_store(&a), &cube, &cube));
	} else {
		VRD_TRY(answer(&a, a.kind->part, a.kind->measure, &cube));
		VRD_TRY(shape(&a, !in_store(&a), &cube, &cube));
		VRD_TRY(hide_by(
		        &a, a.kind->measure == VRD_BEDS ? "result/provider_bed_days" : a.kind->cube,
		        rule, &cube));
	}
	rule->threshold = 0;
	VRD_TRY(relabel(&a, &cube));
	VRD_TRY(describe(&a, &cube));
	*out = cube;
out:
	vrd_store_close(a.store);
	return rc;
}
