// The groups of categories that a query asks of a model, and the labels of what comes back.
#include "region/query_parts.h"

#include <string.h>

typedef struct {
	vrd_region *region;
	const vrd_query *query;
	vrd_err *err;
} asking;

// Groups of one dimension: each wanted category its own when the dimension is in `by`, else one.
typedef struct {
	size_t *group;
	size_t n;
	const vrd_dim *dim;
} grouping;

// `parent` (NULL: none) gives each category of `own` its category in `shown`.
static vrd_status group_by(const asking *a, const char *name, size_t n_own, const vrd_dim *shown,
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
static vrd_status whole_parents(const asking *a, const vrd_model *model, const vrd_dim *own,
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
static vrd_status group_areas(const asking *a, const vrd_model *model, vrd_view *view,
                              grouping *out) {
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

static vrd_status group_services(const asking *a, const vrd_model *model, grouping *out) {
	vrd_status rc = VRD_OK;
	const vrd_dim *own = vrd_model_services(model), *groups;
	size_t *parent;
	if (!vrd_query_service_groups(a->query))
		return group_by(a, "service", own->n, own, NULL, out);
	VRD_TRY(vrd_query_group_services(a->region, own, &groups, &parent, a->err));
	VRD_TRY(group_by(a, "service", own->n, groups, parent, out));
out:
	return rc;
}

static vrd_status wanted_years(const asking *a, const vrd_model *model, bool **out) {
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

vrd_status vrd_query_groups(vrd_region *region, const vrd_query *query, const vrd_model *model,
                            vrd_axis axis, vrd_grouped *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	grouping place, service, care;
	bool *years;
	const asking a = {region, query, err};
	vrd_view view = {.axis = axis};
	if (axis == VRD_BY_PROVIDER)
		VRD_TRY(group_by(&a, "provider", model->provider->n, model->provider, NULL,
		                 &place));
	else
		VRD_TRY(group_areas(&a, model, &view, &place));
	VRD_TRY(group_services(&a, model, &service));
	VRD_TRY(group_by(&a, "care", model->demand.n_care, model->demand.care, NULL, &care));
	VRD_TRY(wanted_years(&a, model, &years));
	view.place_group = place.group;
	view.service_group = service.group;
	view.care_group = care.group;
	view.n_places = place.n;
	view.n_services = service.n;
	view.n_cares = care.n;
	view.years = years;
	*out = (vrd_grouped){view, place.dim, service.dim, care.dim};
out:
	return rc;
}

// A run keeps the labels of the day and language that it was made in; those of now are shown.
vrd_status vrd_query_relabel(const vrd_region *r, vrd_cube *cube, vrd_err *err) {
	vrd_status rc = VRD_OK;
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
