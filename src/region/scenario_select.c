// Selectors: codes of areas, services, forms of care and ages to strata of the model.
#include "region/scenario_parts.h"

#include "population/age.h"
#include "region/row_sets.h"

#include <string.h>

// Marks the categories that `text` names; false when it names none.
typedef bool marker(const vrd_resolver *r, const char *text, bool *marks);

// A service itself, or (groups) by an ancestor in the tree.
static bool mark_service(const vrd_resolver *r, const char *text, bool *marks) {
	const vrd_dim *tree = r->region->service_tree, *dim = r->model->demand.service;
	const size_t wanted = vrd_dim_find_text(tree, text);
	for (size_t k = 0; k < dim->n && wanted != VRD_NONE; k++)
		for (size_t at = vrd_dim_find_text(tree, dim->cats[k].code); at != VRD_NONE;
		     at = tree->cats[at].parent)
			marks[k] = marks[k] || at == wanted;
	return wanted != VRD_NONE;
}

static bool mark_care(const vrd_resolver *r, const char *text, bool *marks) {
	const vrd_dim *dim = r->model->demand.care;
	const size_t m = vrd_dim_find_text(dim, text);
	if (m != VRD_NONE)
		marks[m] = true;
	return m != VRD_NONE || vrd_dim_find_text(r->region->care, text) != VRD_NONE;
}

// An area of any level: the model areas that reach it on the map of the base year.
static bool mark_area(const vrd_resolver *r, const char *text, bool *marks) {
	const vrd_dim *dim = r->model->demand.area;
	const size_t own = vrd_dim_find_text(dim, text);
	const char *level = vrd_geography_type(r->region->geo, vrd_str_of(text));
	if (own != VRD_NONE) {
		marks[own] = true;
		return true;
	}
	const vrd_dim *target;
	vrd_link *links;
	size_t n;
	vrd_err why;
	if (!level || vrd_geography_links(r->region->mem, r->region->geo, dim, level, NULL,
	                                  r->region->base_years[r->region->n_base - 1], &target,
	                                  &links, &n, NULL, &why) != VRD_OK)
		return false;
	const size_t wanted = vrd_dim_find_text(target, text);
	for (size_t i = 0; i < n; i++)
		if (links[i].to == wanted && links[i].weight > 0.5)
			marks[links[i].from] = true;
	return wanted != VRD_NONE;
}

// The row sets that a measure may touch.
static bool mark_rows(const vrd_resolver *r, const char *text, bool *marks) {
	return vrd_row_sets_mark(r->region, r->model->demand.service, text, marks);
}

// Measures stand in a table of their own, and all of them can be told.
static void unknown_measure(const vrd_resolver *r, const vrd_node *at, const char *const *known,
                            size_t n) {
	enum { most_listed = 12 };
	const char *table = vrd_node_text(r->region->config, "row_sets", VRD_ROW_SETS_PATH);
	const size_t near = vrd_nearest(vrd_str_of(at->text), known, n);
	vrd_buf remedy = {0};
	if (n == 0)
		vrd_buf_printf(
		        &remedy,
		        "%s has no measures: import episodes with --touch, which writes them",
		        table);
	else
		vrd_buf_printf(&remedy, "write a measure of %s: ", table);
	for (size_t i = 0; i < n && i < most_listed; i++)
		vrd_buf_printf(&remedy, "%s%s", i ? ", " : "", known[i]);
	if (n > most_listed)
		vrd_buf_printf(&remedy, " and %zu more", n - most_listed);
	vrd_resolver_problem(r, at, "scenario.unknown-code", remedy.p,
	                     "rows \"%s\" is no measure that the region knows%s%s%s", at->text,
	                     near == SIZE_MAX ? "" : "; did you mean \"",
	                     near == SIZE_MAX ? "" : known[near], near == SIZE_MAX ? "" : "\"?");
	vrd_buf_free(&remedy);
}

static vrd_status select_by(const vrd_resolver *r, const char *key, size_t n, marker *mark,
                            const char *const *known, size_t n_known, const bool **out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_node *list = vrd_node_get(vrd_node_get(r->node, "select"), key);
	bool *marks;
	if (!list)
		return VRD_OK;
	VRD_TRY(VRD_NEW(r->region->mem, marks, n));
	for (size_t i = 0; i < list->n; i++)
		if (mark(r, list->items[i].text, marks))
			continue;
		else if (mark == mark_rows)
			unknown_measure(r, &list->items[i], known, n_known);
		else
			vrd_resolver_unknown(r, &list->items[i], key, known, n_known);
	*out = marks;
out:
	return rc;
}

// Rows that a measure may touch, of the services selected.
static vrd_status select_rows(const vrd_resolver *r, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const size_t n = r->model->demand.n_service;
	const bool *rows = NULL;
	const char **measures;
	size_t n_measures;
	bool *both;
	if (!vrd_node_get(vrd_node_get(r->node, "select"), "rows"))
		return VRD_OK;
	VRD_TRY(vrd_row_sets_measures(r->region, &measures, &n_measures, err));
	VRD_TRY(select_by(r, "rows", n, mark_rows, measures, n_measures, &rows));
	VRD_TRY(VRD_NEW(r->region->mem, both, n));
	for (size_t k = 0; k < n; k++)
		both[k] = rows[k] && (!a->service || a->service[k]);
	a->service = both;
out:
	return rc;
}

vrd_status vrd_scenario_select(const vrd_resolver *r, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_demand *d = &r->model->demand;
	const vrd_node *node = vrd_node_get(vrd_node_get(r->node, "select"), "age");
	const char **services, **cares;
	size_t n_areas;
	const char *const *areas = vrd_geography_codes(r->region->geo, &n_areas);
	vrd_age age;
	VRD_TRY(vrd_dim_codes(r->region->mem, r->region->service_tree, &services, err));
	VRD_TRY(vrd_dim_codes(r->region->mem, r->region->care, &cares, err));
	VRD_TRY(select_by(r, "area", d->n_area, mark_area, areas, n_areas, &a->area));
	VRD_TRY(select_by(r, "service", d->n_service, mark_service, services,
	                  r->region->service_tree->n, &a->service));
	VRD_TRY(select_rows(r, a));
	VRD_TRY(select_by(r, "care", d->n_care, mark_care, cares, r->region->care->n, &a->care));
	if (node && vrd_age_parse(vrd_str_of(node->text), &age)) {
		bool *bands;
		VRD_TRY(VRD_NEW(r->region->mem, bands, d->n_band));
		for (size_t b = 0; b < d->n_band; b++)
			bands[b] = d->band_from[b] >= age.from && d->band_from[b] <= age.to;
		a->band = bands;
	}
out:
	return rc;
}
