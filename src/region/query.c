#include "region/query_parts.h"

#include "cube/messages.h"
#include "population/age.h"
#include "region/row_sets.h"

#include <math.h>
#include <string.h>

static const char *const cube_names[] = {"population",
                                         "activity",
                                         "flows",
                                         "occupancy",
                                         "result/activity",
                                         "result/bed_days",
                                         "result/provider_activity",
                                         "result/provider_bed_days",
                                         "result/beds",
                                         "result/waterfall",
                                         "result/shrinkage"};

const char *const *vrd_query_cubes(size_t *n) {
	*n = sizeof cube_names / sizeof *cube_names;
	return cube_names;
}

const vrd_where *vrd_query_where(const vrd_query *query, const char *dim) {
	for (size_t i = 0; i < query->n_where; i++)
		if (strcmp(query->where[i].dim, dim) == 0)
			return &query->where[i];
	return NULL;
}

bool vrd_query_by(const vrd_query *query, const char *dim) {
	for (size_t i = 0; i < query->n_by; i++)
		if (strcmp(query->by[i], dim) == 0)
			return true;
	return false;
}

vrd_status vrd_query_check_dims(const vrd_query *query, size_t n, const char *const *known,
                                vrd_err *err) {
	for (size_t i = 0; i < query->n_by + query->n_where; i++) {
		const char *name =
		        i < query->n_by ? query->by[i] : query->where[i - query->n_by].dim;
		bool found = false;
		for (size_t j = 0; j < n; j++)
			found = found || strcmp(known[j], name) == 0;
		if (found)
			continue;
		vrd_buf list = {.max = 200};
		for (size_t j = 0; j < n; j++)
			vrd_buf_printf(&list, "%s%s", j ? ", " : "", known[j]);
		const vrd_status rc =
		        vrd_fail(err, VRD_NOINPUT, "%s has no dimension \"%s\"; it has %s",
		                 query->cube, name, list.p ? list.p : "others");
		vrd_buf_free(&list);
		return rc;
	}
	return VRD_OK;
}

static bool is_area_level(const vrd_region *region, const char *level) {
	size_t n;
	const char *const *levels = vrd_geography_levels(region->geo, &n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(levels[i], level) == 0)
			return true;
	return false;
}

const char *vrd_query_area_level(const vrd_region *region, const vrd_query *query) {
	for (size_t i = 0; i < query->n_levels; i++)
		if (is_area_level(region, query->levels[i]))
			return query->levels[i];
	return region->planning_level;
}

bool vrd_query_service_groups(const vrd_query *query) {
	for (size_t i = 0; i < query->n_levels; i++)
		if (strcmp(query->levels[i], "service_group") == 0)
			return true;
	return false;
}

// Activity by row set, which nothing else is shown by.
static bool by_rows(const vrd_query *query) {
	for (size_t i = 0; i < query->n_levels; i++)
		if (strcmp(query->levels[i], "rows") == 0)
			return true;
	return false;
}

// Width of the age groups asked for (age5, age10), 0 = none.
static int age_width(const vrd_query *query) {
	for (size_t i = 0; i < query->n_levels; i++) {
		vrd_str rest = vrd_str_of(query->levels[i]);
		int64_t width;
		if (!vrd_str_starts(rest, "age"))
			continue;
		rest.p += 3;
		rest.n -= 3;
		if (vrd_parse_int64(rest, &width) && width >= 2 && width <= 50)
			return (int)width;
	}
	return 0;
}

static vrd_status check_levels(const vrd_region *region, const vrd_query *query, vrd_err *err) {
	size_t n;
	const char *const *levels = vrd_geography_levels(region->geo, &n);
	for (size_t i = 0; i < query->n_levels; i++) {
		const vrd_query one = {.levels = &query->levels[i], .n_levels = 1};
		if (is_area_level(region, query->levels[i]) || vrd_query_service_groups(&one) ||
		    age_width(&one))
			continue;
		if (by_rows(&one)) {
			if (strcmp(query->cube, "activity") == 0)
				continue;
			return vrd_fail(err, VRD_NOINPUT,
			                "%s has no level \"rows\": only activity is shown by row "
			                "set",
			                query->cube);
		}
		const size_t near = vrd_nearest(vrd_str_of(query->levels[i]), levels, n);
		return vrd_fail(
		        err, VRD_NOINPUT,
		        "there is no level \"%s\"%s%s%s; levels are the types in areas.csv, "
		        "service_group, age5 and age10",
		        query->levels[i], near == SIZE_MAX ? "" : "; did you mean \"",
		        near == SIZE_MAX ? "" : levels[near], near == SIZE_MAX ? "" : "\"?");
	}
	return VRD_OK;
}

// --- shaping ------------------------------------------------------------------------------------

// The category that stands for a dimension that is never summed; NULL when it may be summed.
static const char *main_category(const vrd_dim *dim) {
	if (strcmp(dim->name, "stat") == 0)
		return vrd_dim_find_text(dim, "mean") != VRD_NONE ? "mean" : dim->cats[0].code;
	if (strcmp(dim->name, "measure") == 0)
		return vrd_dim_find_text(dim, "contacts") != VRD_NONE ? "contacts"
		                                                      : dim->cats[0].code;
	if (strcmp(dim->name, "variant") == 0)
		return dim->cats[0].code;
	return NULL;
}

// An unknown area code may be of another level: say so.
vrd_status vrd_query_unknown_code(const vrd_region *region, const vrd_dim *dim, const char *code,
                                  vrd_err *err) {
	size_t index;
	const char *type = strcmp(dim->name, "area") == 0
	                           ? vrd_geography_type(region->geo, vrd_str_of(code))
	                           : NULL;
	if (type)
		return vrd_fail(err, VRD_NOINPUT, "\"%s\" (%s) is of level %s: add --level %s",
		                code, vrd_geography_label(region->geo, vrd_str_of(code)), type,
		                type);
	return vrd_dim_require(dim, vrd_str_of(code), &index, err);
}

vrd_status vrd_query_shape(vrd_region *region, const vrd_query *query, const vrd_cube *in,
                           vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube cube = *in;
	for (size_t i = 0; i < query->n_where; i++) {
		const vrd_where *where = &query->where[i];
		size_t axis;
		vrd_str *codes;
		VRD_TRY(vrd_cube_require(&cube, where->dim, &axis, err));
		VRD_TRY(VRD_NEW(region->mem, codes, where->n));
		for (size_t j = 0; j < where->n; j++) {
			codes[j] = vrd_str_of(where->codes[j]);
			if (vrd_dim_find(cube.dims[axis], codes[j]) == VRD_NONE)
				VRD_TRY(vrd_query_unknown_code(region, cube.dims[axis],
				                               where->codes[j], err));
		}
		VRD_TRY(vrd_cube_select(region->mem, &cube, where->dim, where->n, codes, &cube,
		                        err));
	}
	for (size_t d = 0; d < cube.n_dims;) {
		const vrd_dim *dim = cube.dims[d];
		const char *main = main_category(dim);
		if (!main || vrd_query_by(query, dim->name)) {
			d++;
			continue;
		}
		const vrd_where *where = vrd_query_where(query, dim->name);
		if (where && where->n > 1)
			VRD_TRY(vrd_fail(err, VRD_USAGE,
			                 "\"%s\" is never summed: add it to --by, or choose one",
			                 dim->name));
		VRD_TRY(vrd_cube_slice(region->mem, &cube, dim->name,
		                       vrd_str_of(where ? where->codes[0] : main), &cube, err));
	}
	if (vrd_cube_axis(&cube, "step") != VRD_NONE && !vrd_query_by(query, "step") &&
	    cube.dims[vrd_cube_axis(&cube, "step")]->n > 1)
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "the steps of a waterfall are not summed: add step to --by, or "
		                 "choose one with "
		                 "--where step=base"));
	for (size_t i = 0; i < query->n_by; i++) {
		size_t axis;
		VRD_TRY(vrd_cube_require(&cube, query->by[i], &axis, err));
	}
	VRD_TRY(vrd_cube_sum_by(region->mem, &cube, query->n_by, query->by, out, err));
out:
	return rc;
}

// --- data cubes ---------------------------------------------------------------------------------

static vrd_status group_ages(vrd_region *region, int width, vrd_cube *cube, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *dim = cube->dims[vrd_cube_axis(cube, "age")];
	const char **codes;
	size_t n = 0;
	int open = 0; // from here on one group
	for (size_t i = 0; i < dim->n; i++) {
		vrd_age age;
		if (vrd_age_parse(vrd_str_of(dim->cats[i].code), &age) && age.from > open)
			open = age.from;
	}
	VRD_TRY(VRD_NEW(region->mem, codes, VRD_AGE_MAX));
	for (int from = 0; from <= open; from += width) {
		const vrd_age band = {from, from + width > open ? VRD_AGE_MAX : from + width - 1};
		codes[n] = vrd_age_code(region->mem, band);
		if (!codes[n++])
			VRD_TRY(vrd_no_memory(err, region->mem, 8, 1));
	}
	VRD_TRY(vrd_population_rebin(region->mem, cube, n, codes, cube, err));
out:
	return rc;
}

vrd_status vrd_query_group_services(vrd_region *region, const vrd_dim *own, const vrd_dim **groups,
                                    size_t **parent, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *tree = region->service_tree;
	vrd_category *cats;
	size_t *of, n = 0;
	if (!tree)
		VRD_TRY(vrd_fail(err, VRD_NOINPUT,
		                 "the region has no services table (data/services.csv): there are "
		                 "no groups of services"));
	VRD_TRY(VRD_NEW(region->mem, of, own->n));
	VRD_TRY(VRD_NEW(region->mem, cats, tree->n));
	for (size_t i = 0; i < tree->n; i++)
		if (tree->cats[i].parent == VRD_NONE)
			cats[n++] = tree->cats[i];
	VRD_TRY(vrd_dim_new(region->mem, "service", NULL, VRD_ROLE_NONE, n, cats, groups, err));
	for (size_t i = 0; i < own->n; i++) {
		size_t at = vrd_dim_find_text(tree, own->cats[i].code);
		while (at != VRD_NONE && tree->cats[at].parent != VRD_NONE)
			at = tree->cats[at].parent;
		of[i] = at == VRD_NONE ? VRD_NONE : vrd_dim_find_text(*groups, tree->cats[at].code);
	}
	*parent = of;
out:
	return rc;
}

// Data given for areas of the level itself and others (districts of one city, groups of
// municipalities elsewhere): the level is what is of it; the others do not reach it.
static vrd_status keep_level(vrd_region *region, const char *level, vrd_cube *cube, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *dim = cube->dims[vrd_cube_axis(cube, "area")];
	vrd_str *codes;
	size_t n = 0;
	VRD_TRY(VRD_NEW(region->mem, codes, dim->n));
	for (size_t i = 0; i < dim->n; i++) {
		const vrd_str code = vrd_str_of(dim->cats[i].code);
		const char *type = vrd_geography_type(region->geo, code);
		if (type && strcmp(type, level) == 0)
			codes[n++] = code;
	}
	if (n)
		VRD_TRY(vrd_cube_select(region->mem, cube, "area", n, codes, cube, err));
out:
	return rc;
}

// Levels of a data cube: areas on the map of each year, service groups, age groups.
static vrd_status to_levels(vrd_region *region, const vrd_query *query, vrd_cube *cube,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	const int width = age_width(query);
	if (vrd_cube_axis(cube, "area") != VRD_NONE &&
	    (vrd_query_by(query, "area") || vrd_query_where(query, "area"))) {
		VRD_TRY(keep_level(region, vrd_query_area_level(region, query), cube, err));
		const bool dated = vrd_cube_axis(cube, "year") != VRD_NONE;
		VRD_TRY(vrd_geography_move(region->mem, region->geo, cube,
		                           vrd_query_area_level(region, query), NULL,
		                           dated            ? 0
		                           : region->n_base ? region->base_years[region->n_base - 1]
		                                            : region->horizon,
		                           cube, err));
	}
	if (vrd_query_service_groups(query) && vrd_cube_axis(cube, "service") != VRD_NONE) {
		const vrd_dim *own = cube->dims[vrd_cube_axis(cube, "service")], *groups;
		size_t *parent, n = 0;
		vrd_link *links;
		VRD_TRY(vrd_query_group_services(region, own, &groups, &parent, err));
		VRD_TRY(VRD_NEW(region->mem, links, own->n));
		for (size_t i = 0; i < own->n; i++)
			if (parent[i] != VRD_NONE)
				links[n++] = (vrd_link){i, parent[i], 1};
		const size_t n_links[] = {n};
		const vrd_link *const lists[] = {links};
		VRD_TRY(vrd_cube_regroup(region->mem, cube, "service", groups, NULL, n_links, lists,
		                         cube, err));
	}
	if (width && vrd_cube_axis(cube, "age") != VRD_NONE)
		VRD_TRY(group_ages(region, width, cube, err));
out:
	return rc;
}

// The dimensions of the population that the query needs.
static size_t population_dims(const vrd_query *query, const char *dims[4]) {
	static const char *const all[] = {"area", "sex", "age", "year"};
	size_t n = 0;
	for (size_t i = 0; i < 4; i++)
		if (strcmp(all[i], "year") == 0 || vrd_query_by(query, all[i]) ||
		    vrd_query_where(query, all[i]))
			dims[n++] = all[i];
	return n;
}

// What was counted and what was projected for the same year differ: the note says by how much.
static vrd_status note_projection(vrd_region *region, vrd_cube *cube, const char *variant,
                                  vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *const by[] = {"year"};
	vrd_cube count, projection;
	if (vrd_region_population(region, region->mem, "count", false, 1, by, &count, diag, NULL) !=
	            VRD_OK ||
	    vrd_region_population(region, region->mem, variant, true, 1, by, &projection, diag,
	                          NULL) != VRD_OK)
		return VRD_OK;
	const vrd_dim *counted = count.dims[0];
	const char *last = counted->cats[counted->n - 1].code;
	const size_t at = vrd_dim_find_text(projection.dims[0], last);
	if (at == VRD_NONE || projection.values[at] == count.values[counted->n - 1])
		return VRD_OK;
	const double gap = projection.values[at] - count.values[counted->n - 1];
	vrd_buf text = {0}, numbers[4] = {{0}};
	vrd_fmt_number(&numbers[0], projection.values[at], 0, region->lang);
	vrd_fmt_number(&numbers[1], count.values[counted->n - 1], 0, region->lang);
	vrd_fmt_number(&numbers[2], gap, 0, region->lang);
	vrd_fmt_percent(&numbers[3], gap / count.values[counted->n - 1], 2, true, region->lang);
	const char *const args[] = {last,         variant,      numbers[0].p,
	                            numbers[1].p, numbers[2].p, numbers[3].p};
	vrd_msg_put(&text, VRD_MSG_PROJECTION_GAP, region->lang, 6, args);
	if (text.p)
		rc = vrd_cube_note(region->mem, cube, text.p, err);
	vrd_buf_free(&text);
	for (size_t i = 0; i < 4; i++)
		vrd_buf_free(&numbers[i]);
	return rc;
}

// Shapes a cube of counts, hiding first; nothing is left to hide after it.
static vrd_status shape_hidden(vrd_region *region, const vrd_query *query, const vrd_cube *full,
                               vrd_suppression *rule, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube hidden, shaped;
	VRD_TRY(vrd_query_shape(region, query, full, &shaped, err));
	if (rule->threshold > 0) {
		VRD_TRY(vrd_query_hidden(region, query, full, rule, &hidden, err));
		VRD_TRY(vrd_query_hide(region, &hidden, &shaped, err));
	}
	rule->threshold = 0;
	*out = shaped;
out:
	return rc;
}

static vrd_status query_population(vrd_region *region, const vrd_query *query, vrd_cube *out,
                                   vrd_suppression *rule, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_where *chosen = vrd_query_where(query, "variant");
	static const char *const known[] = {"area", "sex", "age", "year", "variant"};
	const char *dims[4], **names;
	const size_t n_dims = population_dims(query, dims);
	size_t n;
	vrd_cube all = {0};
	VRD_TRY(vrd_query_check_dims(query, 5, known, err));
	VRD_TRY(vrd_region_variants(region, &names, &n, diag, err));
	const bool every = !chosen && vrd_query_by(query, "variant");
	const size_t n_wanted = chosen ? chosen->n : every && n ? n : 1;
	for (size_t i = 0; i < n_wanted; i++) {
		const char *variant = chosen ? chosen->codes[i] : every && n ? names[i] : NULL;
		vrd_cube one;
		VRD_TRY(vrd_region_population(region, region->mem, variant, variant != NULL, n_dims,
		                              dims, &one, diag, err));
		VRD_TRY(to_levels(region, query, &one, err));
		if (!variant && n)
			variant = names[0];
		if (variant && strcmp(variant, "count") != 0)
			VRD_TRY(note_projection(region, &one, variant, diag, err));
		VRD_TRY(vrd_cube_tag(region->mem, &one, "variant", variant ? variant : "count",
		                     &one, err));
		if (i)
			VRD_TRY(vrd_cube_append(region->mem, &all, &one, "variant", &all, err));
		else
			all = one;
	}
	VRD_TRY(shape_hidden(region, query, &all, rule, out, err));
out:
	return rc;
}

// Changes are no counts: an area is hidden, parts and all, where its people of either year would
// be.
static vrd_status hide_changes(vrd_region *region, vrd_suppression *rule, vrd_cube *cube,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_str ends[] = {VRD_STR("from"), VRD_STR("to")};
	vrd_cube people;
	VRD_TRY(vrd_cube_select(region->mem, cube, "part", 2, ends, &people, err));
	VRD_TRY(vrd_cube_suppress(region->mem, &people, rule, &people, NULL, NULL, err));
	rule->threshold = 0;
	const size_t area = vrd_cube_axis(cube, "area"), part = vrd_cube_axis(cube, "part");
	for (size_t i = 0; i < people.n_cells; i++) {
		const size_t g = i / people.stride[vrd_cube_axis(&people, "area")] %
		                 people.dims[vrd_cube_axis(&people, "area")]->n;
		for (size_t p = 0;
		     p < cube->dims[part]->n && vrd_cube_status(&people, i) == VRD_SUPPRESSED; p++)
			VRD_TRY(vrd_cube_set_status(region->mem, cube,
			                            g * cube->stride[area] + p * cube->stride[part],
			                            VRD_SUPPRESSED, err));
	}
out:
	return rc;
}

// How much of each area's change between two years is people and how much is the redrawn map.
static vrd_status query_change(vrd_region *region, const vrd_query *query, vrd_cube *out,
                               vrd_suppression *rule, vrd_diag *diag, vrd_err *err) {
	static const char *const dims[] = {"area", "year"};
	vrd_status rc = VRD_OK;
	const vrd_where *year = vrd_query_where(query, "year"),
	                *variant = vrd_query_where(query, "variant");
	int64_t from, to;
	vrd_cube all;
	vrd_query rest = *query;
	vrd_where *where;
	if (!year || year->n != 2 || !vrd_parse_int64(vrd_str_of(year->codes[0]), &from) ||
	    !vrd_parse_int64(vrd_str_of(year->codes[1]), &to))
		VRD_TRY(vrd_fail(
		        err, VRD_USAGE,
		        "population/change needs two years, such as --where year=2026,2040"));
	VRD_TRY(vrd_region_population(region, region->mem, variant ? variant->codes[0] : NULL,
	                              variant != NULL, 2, dims, &all, diag, err));
	VRD_TRY(vrd_geography_effects(region->mem, region->geo, &all,
	                              vrd_query_area_level(region, query), (int)from, (int)to, &all,
	                              err));
	VRD_TRY(VRD_NEW(region->mem, where, query->n_where));
	rest.where = where;
	rest.n_where = 0;
	for (size_t i = 0; i < query->n_where; i++)
		if (&query->where[i] != year && &query->where[i] != variant)
			where[rest.n_where++] = query->where[i];
	VRD_TRY(hide_changes(region, rule, &all, err));
	VRD_TRY(vrd_query_shape(region, &rest, &all, out, err));
out:
	return rc;
}

// Shares are not summed: every dimension must be shown, or one code of it chosen.
static vrd_status refuse_sum_of_shares(const vrd_query *query, const vrd_cube *cube, vrd_err *err) {
	for (size_t d = 0; d < cube->n_dims; d++) {
		const char *dim = cube->dims[d]->name;
		const vrd_where *where = vrd_query_where(query, dim);
		if (cube->dims[d]->n > 1 && !vrd_query_by(query, dim) && !(where && where->n == 1))
			return vrd_fail(err, VRD_USAGE,
			                "shares are not summed: add %s to --by, or choose one with "
			                "--where %s=%s",
			                dim, dim, cube->dims[d]->cats[0].code);
	}
	return VRD_OK;
}

static vrd_status query_shares(vrd_region *region, const vrd_query *query, const vrd_cube *cube,
                               vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_query every = *query;
	const char **dims;
	VRD_TRY(VRD_NEW(region->mem, dims, cube->n_dims));
	for (size_t d = 0; d < cube->n_dims; d++)
		dims[d] = cube->dims[d]->name;
	if (!every.n_by) {
		every.by = dims;
		every.n_by = cube->n_dims;
	}
	VRD_TRY(refuse_sum_of_shares(&every, cube, err));
	VRD_TRY(vrd_query_shape(region, &every, cube, out, err));
out:
	return rc;
}

static vrd_status query_data(vrd_region *region, const vrd_query *query, vrd_data_kind kind,
                             vrd_cube *out, vrd_suppression *rule, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube all = {0};
	VRD_TRY(vrd_region_load_kind(region, kind, true, diag, err));
	rule->threshold = 0;
	for (size_t i = 0; i < region->n_data; i++) {
		const vrd_dataset *set = &region->data[i];
		if (set->kind != kind)
			continue;
		all = set->cube;
		if (set->threshold > rule->threshold)
			rule->threshold = set->threshold;
	}
	if (kind == VRD_DATA_ACTIVITY)
		VRD_TRY(vrd_region_activity(region, region->mem, &all, diag, err));
	if (kind == VRD_DATA_ACTIVITY && !by_rows(query))
		VRD_TRY(vrd_row_sets_merge(region, region->mem, &all, &all, err));
	const vrd_where *measure = vrd_query_where(query, "measure");
	if (vrd_query_by(query, "measure") ||
	    (measure && strcmp(measure->codes[0], "bed_days") == 0))
		VRD_TRY(vrd_cube_note(region->mem, &all, vrd_region_bed_day_note(region), err));
	if (kind == VRD_DATA_FLOWS || kind == VRD_DATA_OCCUPANCY) {
		VRD_TRY(query_shares(region, query, &all, out, err));
		return VRD_OK;
	}
	VRD_TRY(to_levels(region, query, &all, err));
	VRD_TRY(shape_hidden(region, query, &all, rule, out, err));
out:
	return rc;
}

// --- the query ----------------------------------------------------------------------------------

// A stock (people) is not summed over years.
static vrd_status need_year(const vrd_query *query, vrd_err *err) {
	const vrd_where *where = vrd_query_where(query, "year");
	if (vrd_query_by(query, "year") || (where && where->n == 1))
		return VRD_OK;
	return vrd_fail(
	        err, VRD_USAGE,
	        "people and beds are not summed over years: add year to --by, or choose one with "
	        "--where year=2040");
}

static void defaults(vrd_query *query) {
	static const char *const population[] = {"area", "year"};
	static const char *const activity[] = {"service", "care", "year"};
	static const char *const residence[] = {"area", "year"};
	static const char *const provider[] = {"provider", "year"};
	static const char *const waterfall[] = {"step", "year"};
	static const char *const change[] = {"area", "part"};
	static const char *const shrinkage[] = {"area", "service", "care", "stat"};
	const struct {
		const char *cube;
		const char *const *by;
		size_t n;
	} table[] = {{"population", population, 2},
	             {"population/change", change, 2},
	             {"activity", activity, 3},
	             {"result/activity", residence, 2},
	             {"result/bed_days", residence, 2},
	             {"result/waterfall", waterfall, 2},
	             {"result/shrinkage", shrinkage, 4},
	             {"result/provider_activity", provider, 2},
	             {"result/provider_bed_days", provider, 2},
	             {"result/beds", provider, 2}};
	for (size_t i = 0; i < sizeof table / sizeof *table && !query->n_by; i++)
		if (strcmp(table[i].cube, query->cube) == 0) {
			query->by = table[i].by;
			query->n_by = table[i].n;
		}
}

static double people_threshold(const vrd_region *region) {
	double threshold = 0;
	for (size_t i = 0; i < region->n_data; i++)
		if (region->data[i].kind == VRD_DATA_POPULATION)
			threshold = fmax(threshold, region->data[i].threshold);
	return threshold;
}

vrd_status vrd_region_query(vrd_region *region, const vrd_query *asked, vrd_cube *out,
                            vrd_suppression *rule, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_query query = *asked;
	vrd_suppression own = region->suppression;
	vrd_cube cube = {0};
	own.totals_shown = true;
	defaults(&query);
	VRD_TRY(check_levels(region, &query, err));
	if (strcmp(query.cube, "population") == 0) {
		own.threshold = people_threshold(region);
		VRD_TRY(need_year(&query, err));
		VRD_TRY(query_population(region, &query, &cube, &own, diag, err));
	} else if (strcmp(query.cube, "population/change") == 0) {
		own.threshold = people_threshold(region);
		VRD_TRY(query_change(region, &query, &cube, &own, diag, err));
	} else if (strcmp(query.cube, "activity") == 0) {
		VRD_TRY(query_data(region, &query, VRD_DATA_ACTIVITY, &cube, &own, diag, err));
	} else if (strcmp(query.cube, "flows") == 0 || strcmp(query.cube, "occupancy") == 0) {
		const bool flows = strcmp(query.cube, "flows") == 0;
		VRD_TRY(query_data(region, &query, flows ? VRD_DATA_FLOWS : VRD_DATA_OCCUPANCY,
		                   &cube, &own, diag, err));
		own.threshold = 0; // shares are no counts
	} else if (strncmp(query.cube, "result/", 7) == 0) {
		if (strcmp(query.cube, "result/beds") == 0)
			VRD_TRY(need_year(&query, err));
		for (size_t i = 0; i < region->n_data; i++)
			if (region->data[i].kind == VRD_DATA_ACTIVITY &&
			    region->data[i].threshold > own.threshold)
				own.threshold = region->data[i].threshold;
		VRD_TRY(vrd_query_result(region, &query, &cube, &own, diag, err));
	} else {
		size_t n;
		const char *const *names = vrd_query_cubes(&n);
		const size_t near = vrd_nearest(vrd_str_of(query.cube), names, n);
		VRD_TRY(vrd_fail(err, VRD_NOINPUT, "there is no cube \"%s\"; did you mean \"%s\"?",
		                 query.cube, names[near == SIZE_MAX ? 0 : near]));
	}
	*out = cube;
	*rule = own;
out:
	return rc;
}
