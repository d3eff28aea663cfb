#include "region/region.h"

#include "base/file.h"
#include "population/age.h"
#include "region/schemas.h"

#include <math.h>
#include <string.h>

vrd_status vrd_scenario_list(vrd_region *region, const char ***names, size_t *n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char **files, *dir = vrd_path_join(region->mem, region->dir, "scenarios");
	if (!dir)
		VRD_TRY(vrd_no_memory(err, region->mem, strlen(region->dir), 1));
	VRD_TRY(vrd_dir_list(region->mem, dir, ".yaml", &files, n, err));
	for (size_t i = 0; i < *n; i++) {
		files[i] = vrd_arena_strndup(region->mem, files[i],
		                             strlen(files[i]) - strlen(".yaml"));
		if (!files[i])
			VRD_TRY(vrd_no_memory(err, region->mem, 64, 1));
		if (strcmp(files[i], "main") == 0) {
			const char *first = files[i];
			memmove(files + 1, files, i * sizeof *files);
			files[0] = first;
		}
	}
	*names = files;
out:
	return rc;
}

vrd_status vrd_scenario_read(vrd_region *region, const char *name, vrd_scenario *out,
                             vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char **names, *file = vrd_arena_printf(region->mem, "scenarios/%s.yaml", name), *full;
	size_t n;
	vrd_scenario s = {.file = file};
	VRD_TRY(vrd_scenario_list(region, &names, &n, err));
	size_t i = 0;
	while (i < n && strcmp(names[i], name) != 0)
		i++;
	if (i == n) {
		const size_t near = vrd_nearest(vrd_str_of(name), names, n);
		if (near != SIZE_MAX)
			VRD_TRY(vrd_fail(err, VRD_NOINPUT,
			                 "there is no scenario \"%s\"; did you mean \"%s\"?", name,
			                 names[near]));
		VRD_TRY(vrd_fail(
		        err, VRD_NOINPUT,
		        "there is no scenario \"%s\": the region has %zu in scenarios/%s%s", name,
		        n, n ? ", the first is " : "", n ? names[0] : ""));
	}
	full = file ? vrd_path_join(region->mem, region->dir, file) : NULL;
	if (!full)
		VRD_TRY(vrd_no_memory(err, region->mem, strlen(name), 1));
	VRD_TRY(vrd_file_read(region->mem, full, 8 << 20, &s.bytes, &s.n_bytes, err));
	VRD_TRY(vrd_yaml_read(region->mem, s.bytes, s.n_bytes, file, &vrd_scenario_schema, &s.node,
	                      diag, err));
	s.name = vrd_node_text(s.node, "name", name);
	if (strcmp(s.name, name) != 0)
		vrd_diag_add(diag, VRD_ERROR, vrd_node_get(s.node, "name")->place, "scenario.name",
		             "rename the file or the scenario",
		             "the scenario in \"%s\" calls itself \"%s\"", file, s.name);
	s.label = vrd_node_text(s.node, "label", s.name);
	s.illustrative = vrd_node_truth(s.node, "illustrative", region->illustrative);
	s.horizon = (int)vrd_node_number(s.node, "horizon", region->horizon);
	s.draws = (int64_t)vrd_node_number(s.node, "draws", 10000);
	s.seed = (int64_t)vrd_node_number(s.node, "seed", 1);
	s.poisson = strcmp(vrd_node_text(s.node, "noise", "none"), "poisson") == 0;
	s.planned_map = strcmp(vrd_node_text(s.node, "map", "planned"), "planned") == 0;
	s.los_cv = vrd_node_number(s.node, "los_cv", 1);
	*out = s;
out:
	return rc;
}

// --- ages ---------------------------------------------------------------------------------------

static const vrd_node *age_of(const vrd_node *assumption) {
	return vrd_node_get(vrd_node_get(assumption, "select"), "age");
}

static void add_cut(int *cuts, size_t *n, int age) {
	size_t i = 0;
	while (i < *n && cuts[i] < age)
		i++;
	if (i < *n && cuts[i] == age)
		return;
	memmove(cuts + i + 1, cuts + i, (*n - i) * sizeof *cuts);
	cuts[i] = age;
	(*n)++;
}

vrd_status vrd_scenario_bands(vrd_region *region, const vrd_scenario *scenario, int **band_from,
                              size_t *n_band, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *list = vrd_node_get(scenario->node, "assumptions");
	int *cuts;
	size_t n = 1;
	VRD_TRY(VRD_NEW(region->mem, cuts, 2 * (list ? list->n : 0) + 1));
	for (size_t i = 0; list && i < list->n; i++) {
		const vrd_node *node = age_of(&list->items[i]);
		vrd_age age;
		if (!node)
			continue;
		if (!vrd_age_parse(vrd_str_of(node->text), &age)) {
			vrd_diag_add(diag, VRD_ERROR, node->place, "scenario.age",
			             "write 18+, 0-17 or 67-79", "\"%s\" is not an age range",
			             node->text);
			continue;
		}
		add_cut(cuts, &n, age.from);
		if (age.to < VRD_AGE_MAX)
			add_cut(cuts, &n, age.to + 1);
	}
	*band_from = cuts;
	*n_band = n;
out:
	return rc;
}

// --- selectors ----------------------------------------------------------------------------------

typedef struct {
	vrd_region *region;
	const vrd_scenario *scenario;
	vrd_model *model;
	vrd_diag *diag;
	vrd_err *err;
	const vrd_node *node; // of the assumption
} resolver;

static void problem(const resolver *r, const vrd_node *at, const char *rule, const char *remedy,
                    const char *text) {
	vrd_diag_add(r->diag, VRD_ERROR, at->place, rule, remedy, "%s", text);
}

// Marks the categories of `dim` that `text` names, itself or (groups) by an ancestor in the tree.
static bool mark_service(const resolver *r, const char *text, bool *marks) {
	const vrd_dim *tree = r->region->service_tree, *dim = r->model->demand.service;
	const size_t wanted = vrd_dim_find_text(tree, text);
	for (size_t k = 0; k < dim->n && wanted != VRD_NONE; k++)
		for (size_t at = vrd_dim_find_text(tree, dim->cats[k].code); at != VRD_NONE;
		     at = tree->cats[at].parent)
			marks[k] = marks[k] || at == wanted;
	return wanted != VRD_NONE;
}

static bool mark_care(const resolver *r, const char *text, bool *marks) {
	const vrd_dim *dim = r->model->demand.care;
	const size_t m = vrd_dim_find_text(dim, text);
	if (m != VRD_NONE)
		marks[m] = true;
	return m != VRD_NONE || vrd_dim_find_text(r->region->care, text) != VRD_NONE;
}

// An area of any level: the model areas that reach it on the map of the base year.
static bool mark_area(const resolver *r, const char *text, bool *marks) {
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

typedef bool marker(const resolver *r, const char *text, bool *marks);

static vrd_status select_by(const resolver *r, const char *key, size_t n, marker *mark,
                            const char *const *known, size_t n_known, const bool **out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_node *list = vrd_node_get(vrd_node_get(r->node, "select"), key);
	bool *marks;
	if (!list)
		return VRD_OK;
	VRD_TRY(VRD_NEW(r->region->mem, marks, n));
	for (size_t i = 0; i < list->n; i++) {
		const vrd_node *item = &list->items[i];
		if (mark(r, item->text, marks))
			continue;
		const size_t near = vrd_nearest(vrd_str_of(item->text), known, n_known);
		if (near == SIZE_MAX)
			vrd_diag_add(r->diag, VRD_ERROR, item->place, "scenario.unknown-code",
			             "write a code from the tables of the region folder",
			             "%s \"%s\" is not known", key, item->text);
		else
			vrd_diag_add(r->diag, VRD_ERROR, item->place, "scenario.unknown-code",
			             "write a code from the tables of the region folder",
			             "%s \"%s\" is not known; did you mean \"%s\"?", key,
			             item->text, known[near]);
	}
	*out = marks;
out:
	return rc;
}

static vrd_status codes_of(vrd_arena *mem, const vrd_dim *dim, const char ***out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	VRD_TRY(VRD_NEW(mem, *out, dim->n));
	for (size_t i = 0; i < dim->n; i++)
		(*out)[i] = dim->cats[i].code;
out:
	return rc;
}

static vrd_status resolve_selector(const resolver *r, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_demand *d = &r->model->demand;
	const char **services, **cares;
	size_t n_areas;
	const char *const *areas = vrd_geography_codes(r->region->geo, &n_areas);
	VRD_TRY(codes_of(r->region->mem, r->region->service_tree, &services, err));
	VRD_TRY(codes_of(r->region->mem, r->region->care, &cares, err));
	VRD_TRY(select_by(r, "area", d->n_area, mark_area, areas, n_areas, &a->area));
	VRD_TRY(select_by(r, "service", d->n_service, mark_service, services,
	                  r->region->service_tree->n, &a->service));
	VRD_TRY(select_by(r, "care", d->n_care, mark_care, cares, r->region->care->n, &a->care));
	const vrd_node *node = age_of(r->node);
	vrd_age age;
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

// --- the parameter ------------------------------------------------------------------------------

static void resolve_distribution(const resolver *r, vrd_assumption *a) {
	const vrd_node *interval = vrd_node_get(r->node, "interval");
	const vrd_node *bounds = vrd_node_get(r->node, "bounds");
	const vrd_node *word = vrd_node_get(r->node, "distribution");
	double low, high, mode = NAN, lower, upper;
	vrd_kind_bounds(a->kind, &lower, &upper);
	if (bounds) {
		const double own_lower = bounds->items[0].number,
		             own_upper = bounds->items[1].number;
		if (!(own_lower >= lower && own_upper <= upper && own_lower < own_upper)) {
			vrd_diag_add(r->diag, VRD_ERROR, bounds->place, "scenario.bounds",
			             "give two ascending numbers inside the natural bounds",
			             "bounds [%g, %g] of \"%s\" are not inside [%g, %g]", own_lower,
			             own_upper, a->id, lower, upper);
			return;
		}
		lower = own_lower;
		upper = own_upper;
	}
	vrd_dist_kind kind = VRD_DIST_TRUNCNORM;
	if (word)
		(void)vrd_dist_parse(vrd_str_of(word->text), &kind);
	low = interval->items[0].number;
	high = interval->items[interval->n - 1].number;
	if (interval->n == 3)
		mode = interval->items[1].number;
	if ((interval->n == 3) != (kind == VRD_DIST_PERT) && interval->n != 1) {
		problem(r, interval, "scenario.interval",
		        "write [P10, P90], [min, mode, max] with distribution: pert, or one number",
		        "three numbers belong to pert, and pert needs three");
		return;
	}
	vrd_err why;
	if (interval->n == 1 && !(low >= lower && low <= upper))
		vrd_diag_add(r->diag, VRD_ERROR, interval->place, "scenario.interval",
		             "a share is a fraction: 0.10 is ten per cent",
		             "\"%s\" is %g, outside [%g, %g]", a->id, low, lower, upper);
	else if (vrd_dist_fit(kind, low, mode, high, lower, upper, &a->dist, &why) != VRD_OK)
		vrd_diag_add(r->diag, VRD_ERROR, interval->place, "scenario.interval",
		             "correct the interval or choose another distribution", "\"%s\": %s",
		             a->id, why.text);
}

static vrd_status resolve_phasing(const resolver *r, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_node *node = vrd_node_get(r->node, "phasing");
	const vrd_node *table = vrd_node_get(node, "table");
	const vrd_region *region = r->region;
	vrd_phasing *p = &a->phasing;
	int *years;
	double *shares;
	(void)vrd_curve_parse(vrd_str_of(vrd_node_text(node, "curve", table ? "table" : "linear")),
	                      &p->curve);
	p->start = (int)vrd_node_number(node, "start",
	                                table ? 9999 : region->base_years[region->n_base - 1]);
	p->end = (int)vrd_node_number(node, "end", r->scenario->horizon);
	if ((p->curve == VRD_PHASE_TABLE) != (table != NULL)) {
		problem(r, node, "scenario.phasing",
		        "curve: table goes with table: {2030: 0.4, 2035: 1}",
		        "a table of years belongs to curve: table, and that curve needs one");
		p->curve = VRD_PHASE_LINEAR;
	}
	if (p->curve != VRD_PHASE_TABLE) {
		if (p->end <= p->start)
			vrd_diag_add(r->diag, VRD_ERROR, node ? node->place : r->node->place,
			             "scenario.phasing", "let end come after start",
			             "the phasing of \"%s\" starts in %d and ends in %d", a->id,
			             p->start, p->end);
		return VRD_OK;
	}
	if (a->kind == VRD_GROWTH && a->annual)
		problem(r, table, "scenario.phasing", "write form: total, or a start and an end",
		        "annual growth counts years from a start to an end: it has no table");
	if (vrd_node_get(node, "end"))
		problem(r, vrd_node_get(node, "end"), "scenario.phasing",
		        "remove end, or the table", "a table of years ends with its last year");
	VRD_TRY(VRD_NEW(region->mem, years, table->n));
	VRD_TRY(VRD_NEW(region->mem, shares, table->n));
	for (size_t i = 0; i < table->n; i++) {
		int64_t year = 0;
		if (!vrd_parse_int64(vrd_str_of(table->keys[i]), &year) ||
		    (i && year <= years[i - 1]))
			vrd_diag_add(r->diag, VRD_ERROR, table->items[i].place, "scenario.phasing",
			             "write ascending years, such as {2030: 0.4, 2035: 1}",
			             "\"%s\" is not a year after the one before", table->keys[i]);
		years[i] = (int)year;
		shares[i] = table->items[i].number;
	}
	if (table->n == 0)
		problem(r, table, "scenario.phasing", "add years", "the table of years is empty");
	else if (vrd_node_get(node, "start") && p->start >= years[0])
		problem(r, vrd_node_get(node, "start"), "scenario.phasing",
		        "remove start, or let it come before the first year of the table",
		        "a table of years starts before its first year");
	p->n_table = table->n;
	p->table_year = years;
	p->table_share = shares;
out:
	return rc;
}

static void resolve_shift(const resolver *r, vrd_assumption *a) {
	const vrd_node *to = vrd_node_get(r->node, "to"),
	               *removed = vrd_node_get(r->node, "removed_los");
	a->to = VRD_LEAVES;
	if (!to) {
		problem(r, r->node, "scenario.shift",
		        "add to: day (or another form of care, or none)", "a shift needs a target");
	} else if (strcmp(to->text, "none") != 0) {
		a->to = vrd_dim_find_text(r->model->demand.care, to->text);
		vrd_err why;
		size_t index;
		if (a->to == VRD_NONE &&
		    vrd_dim_require(r->model->demand.care, vrd_str_of(to->text), &index, &why) !=
		            VRD_OK)
			problem(r, to, "scenario.unknown-code", "write a form of care, or none",
			        why.text);
	}
	a->conversion = vrd_node_number(r->node, "conversion", 1);
	a->los_cv = vrd_node_number(r->node, "los_cv", 0);
	a->los_new = vrd_node_number(r->node, "los_new", 0);
	a->moves_days = strcmp(vrd_node_text(r->node, "moves", "stays"), "days") == 0;
	a->removed = VRD_REMOVED_SHORTEST;
	if (removed && strcmp(removed->text, "mean") == 0) {
		a->removed = VRD_REMOVED_MEAN;
	} else if (removed && !isnan(removed->number)) {
		a->removed = VRD_REMOVED_VALUE;
		a->removed_days = removed->number;
	}
}

// An option that another kind of assumption has would be ignored: refuse it.
static void refuse_foreign_keys(const resolver *r, const vrd_assumption *a) {
	static const struct {
		const char *key;
		vrd_kind kind;
	} own[] = {{"form", VRD_GROWTH},
	           {"cause", VRD_GROWTH},
	           {"to", VRD_SHIFT},
	           {"conversion", VRD_SHIFT},
	           {"removed_los", VRD_SHIFT},
	           {"los_cv", VRD_SHIFT},
	           {"los_new", VRD_SHIFT},
	           {"moves", VRD_SHIFT},
	           {"floor", VRD_LENGTH_OF_STAY}};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		const vrd_node *node = vrd_node_get(r->node, own[i].key);
		if (node && a->kind != own[i].kind)
			vrd_diag_add(r->diag, VRD_ERROR, node->place, "scenario.key",
			             "remove the key",
			             "\"%s\" belongs to type %s; \"%s\" is of type %s", own[i].key,
			             vrd_kind_name(own[i].kind), a->id, vrd_kind_name(a->kind));
	}
}

static vrd_status resolve_assumption(resolver *r, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	a->id = vrd_node_text(r->node, "id", "");
	a->place = vrd_node_get(r->node, "id")->place;
	a->label = vrd_node_text(r->node, "label", a->id);
	(void)vrd_kind_parse(vrd_str_of(vrd_node_text(r->node, "type", "")), &a->kind);
	a->group = VRD_NO_GROUP;
	a->to = VRD_LEAVES;
	a->annual = strcmp(vrd_node_text(r->node, "form", "annual"), "annual") == 0;
	refuse_foreign_keys(r, a);
	resolve_distribution(r, a);
	VRD_TRY(resolve_phasing(r, a));
	VRD_TRY(resolve_selector(r, a));
	if (a->kind == VRD_SHIFT)
		resolve_shift(r, a);
	a->one_night = strcmp(vrd_node_text(r->node, "floor", "none"), "one_night") == 0;
	const vrd_node *group = vrd_node_get(r->node, "group");
	for (size_t i = 0; group && i < r->model->n_groups; i++)
		if (strcmp(r->model->group_names[i], group->text) == 0)
			a->group = i;
	if (group && a->group == VRD_NO_GROUP)
		vrd_diag_add(r->diag, VRD_ERROR, group->place, "scenario.group",
		             "add it under correlation: with its rho",
		             "there is no correlation group \"%s\"", group->text);
out:
	return rc;
}

vrd_status vrd_scenario_resolve(vrd_region *region, const vrd_scenario *scenario, vrd_model *model,
                                vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *list = vrd_node_get(scenario->node, "assumptions");
	const vrd_node *groups = vrd_node_get(scenario->node, "correlation");
	const size_t n = list ? list->n : 0, n_groups = groups ? groups->n : 0,
	             errors = diag->n_errors;
	vrd_assumption *assumptions;
	const char **names;
	double *rho;
	VRD_TRY(VRD_NEW(region->mem, assumptions, n));
	VRD_TRY(VRD_NEW(region->mem, names, n_groups));
	VRD_TRY(VRD_NEW(region->mem, rho, n_groups));
	for (size_t i = 0; i < n_groups; i++) {
		names[i] = vrd_node_text(&groups->items[i], "group", "");
		rho[i] = vrd_node_number(&groups->items[i], "rho", 0);
	}
	model->n_groups = n_groups;
	model->group_names = names;
	model->group_rho = rho;
	for (size_t i = 0; i < n; i++) {
		resolver r = {region, scenario, model, diag, err, &list->items[i]};
		VRD_TRY(resolve_assumption(&r, &assumptions[i]));
	}
	if (diag->n_errors > errors)
		VRD_TRY(vrd_diag_fail(diag, VRD_CONFIG, err));
	model->n_assumptions = n;
	model->assumptions = assumptions;
	model->planned_map = scenario->planned_map;
	model->poisson = scenario->poisson;
	model->los_cv = scenario->los_cv;
out:
	return rc;
}
