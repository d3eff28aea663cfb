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

static const char *const measure_codes[VRD_N_MEASURES] = {"contacts", "bed_days", "beds"};

typedef struct {
	vrd_region *region;
	const vrd_query *query;
	vrd_diag *diag;
	vrd_err *err;
	vrd_store *store;
	vrd_run_record run;
	const result_kind *kind;
	vrd_axis axis;
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
	if (rc == VRD_NOINPUT && a->kind && a->axis == VRD_BY_PROVIDER)
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
	if (a->kind->steps && a->axis == VRD_BY_PROVIDER)
		return false;
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
	vrd_grouped groups;
	vrd_cube cubes[VRD_N_MEASURES] = {0};
	const void *bytes;
	size_t n;
	VRD_TRY(vrd_store_part(a->store, r->mem, a->run.id, "model", &bytes, &n, a->err));
	VRD_TRY(vrd_model_unpack(r->mem, bytes, n, &model, a->err));
	VRD_TRY(draws_of(a, &draws));
	if (a->axis == VRD_BY_PROVIDER && !model.provider)
		VRD_TRY(no_providers(a));
	VRD_TRY(vrd_query_groups(r, a->query, &model, a->axis, &groups, a->err));
	vrd_view *view = &groups.view;
	view->steps = a->kind->steps;
	view->measures[measure] = true;
	const vrd_where *year = vrd_query_where(a->query, "year");
	const bool sum = !vrd_query_by(a->query, "year") && !(year && year->n == 1);
	vrd_draws head = draws;
	if (sum)
		head.n = 0; // only the shape is needed
	VRD_TRY(vrd_kernel_summary(r->mem, &model, &head, view, groups.place, groups.service,
	                           groups.care, NULL, NULL, cubes, a->err));
	*out = cubes[measure];
	if (sum)
		VRD_TRY(sum_years(a, &model, draws, view, &cubes[measure], out));
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
	b.axis = b.kind->axis;
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

// The measures of a waterfall that are asked for: contacts unless something else is said; beds by
// provider only.
static void waterfall_measures(const asking *a, bool wanted[VRD_N_MEASURES]) {
	const vrd_where *where = vrd_query_where(a->query, "measure");
	for (size_t m = 0; m < VRD_N_MEASURES; m++) {
		wanted[m] = !where && (m == VRD_CONTACTS ||
		                       (vrd_query_by(a->query, "measure") && m == VRD_BED_DAYS));
		for (size_t i = 0; where && i < where->n; i++)
			wanted[m] = wanted[m] || strcmp(where->codes[i], measure_codes[m]) == 0;
	}
	if (!where && vrd_query_by(a->query, "measure"))
		wanted[VRD_BEDS] = a->axis == VRD_BY_PROVIDER;
}

// Steps stand at places of residence, or, when providers or beds are asked for, of treatment.
static vrd_status waterfall_axis(asking *a) {
	const vrd_where *measure = vrd_query_where(a->query, "measure");
	bool beds = false;
	for (size_t i = 0; measure && i < measure->n; i++)
		beds = beds || strcmp(measure->codes[i], "beds") == 0;
	const bool area = vrd_query_by(a->query, "area") || vrd_query_where(a->query, "area");
	const bool provider =
	        vrd_query_by(a->query, "provider") || vrd_query_where(a->query, "provider");
	if (area && (provider || beds))
		return vrd_fail(a->err, VRD_USAGE, "%s: choose provider or area, not both",
		                beds ? "beds are given by provider only"
		                     : "steps stand where people live or where they are treated");
	if (provider || beds)
		a->axis = VRD_BY_PROVIDER;
	return VRD_OK;
}

// One measure's steps, hidden where its counts or those of its base year are. Beds are bed days
// divided, so they are hidden where the steps of bed days are.
static vrd_status waterfall_of(asking *a, vrd_measure measure, const vrd_suppression *rule,
                               vrd_cube *out) {
	static const char *const counts[][2] = {
	        {"result/activity", "result/bed_days"},
	        {"result/provider_activity", "result/provider_bed_days"}};
	vrd_status rc = VRD_OK;
	vrd_suppression base = *rule;
	vrd_cube days;
	char *part =
	        vrd_arena_printf(a->region->mem, "result/waterfall/%s", measure_codes[measure]);
	if (!part)
		VRD_TRY(vrd_no_memory(a->err, a->region->mem, 32, 1));
	VRD_TRY(answer(a, part, measure, out));
	out->unit = NULL;
	if (measure != VRD_BEDS) {
		const bool provider = a->axis == VRD_BY_PROVIDER;
		VRD_TRY(hide_by(a, counts[provider][measure == VRD_BED_DAYS], rule, out));
		VRD_TRY(hide_along(a, "step", VRD_STR("base"), &base, out));
	} else if (rule->threshold > 0) {
		VRD_TRY(waterfall_of(a, VRD_BED_DAYS, rule, &days));
		VRD_TRY(vrd_query_hide(a->region, &days, out, a->err));
	}
out:
	return rc;
}

static vrd_status query_waterfall(asking *a, const vrd_suppression *rule, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_cube all, one;
	bool wanted[VRD_N_MEASURES], any = false;
	waterfall_measures(a, wanted);
	for (vrd_measure m = 0; m < VRD_N_MEASURES; m++) {
		if (!wanted[m])
			continue;
		VRD_TRY(waterfall_of(a, m, rule, &one));
		VRD_TRY(vrd_cube_tag(a->region->mem, &one, "measure", measure_codes[m], &one,
		                     a->err));
		if (any)
			VRD_TRY(vrd_cube_append(a->region->mem, &all, &one, "measure", &all,
			                        a->err));
		else
			all = one;
		any = true;
	}
	if (!any)
		VRD_TRY(vrd_fail(a->err, VRD_NOINPUT,
		                 "measures are contacts, bed_days and beds (by provider)"));
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
	a.axis = a.kind->axis;
	if (a.kind->steps)
		VRD_TRY(waterfall_axis(&a));
	a.place = a.axis == VRD_BY_PROVIDER ? "provider" : "area";
	const char *const known[] = {a.place, "service", "care", "year", "stat", "step", "measure"};
	VRD_TRY(vrd_query_check_dims(query, a.kind->steps ? 7 : 5, known, err));
	if (a.kind->steps) {
		VRD_TRY(query_waterfall(&a, rule, &cube));
		VRD_TRY(shape(&a, !in_store(&a), &cube, &cube));
	} else {
		VRD_TRY(answer(&a, a.kind->part, a.kind->measure, &cube));
		VRD_TRY(shape(&a, !in_store(&a), &cube, &cube));
		VRD_TRY(hide_by(
		        &a, a.kind->measure == VRD_BEDS ? "result/provider_bed_days" : a.kind->cube,
		        rule, &cube));
	}
	rule->threshold = 0;
	VRD_TRY(vrd_query_relabel(region, &cube, err));
	VRD_TRY(describe(&a, &cube));
	*out = cube;
out:
	vrd_store_close(a.store);
	return rc;
}
