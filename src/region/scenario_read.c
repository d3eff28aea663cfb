// Scenario files: which there are, and what stands in one.
#include "region/scenario_parts.h"

#include "base/file.h"
#include "population/age.h"
#include "region/schemas.h"

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

static vrd_status must_exist(vrd_region *region, const char *name, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char **names;
	size_t n;
	VRD_TRY(vrd_scenario_list(region, &names, &n, err));
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return VRD_OK;
	const size_t near = vrd_nearest(vrd_str_of(name), names, n);
	if (near != SIZE_MAX)
		VRD_TRY(vrd_fail(err, VRD_NOINPUT,
		                 "there is no scenario \"%s\"; did you mean \"%s\"?", name,
		                 names[near]));
	vrd_buf all = {0};
	for (size_t i = 0; i < n; i++)
		vrd_buf_printf(&all, "%s%s", i ? ", " : "", names[i]);
	rc = vrd_fail(err, VRD_NOINPUT, "there is no scenario \"%s\": %s%s", name,
	              n ? "the region has " : "scenarios/ has none", all.p ? all.p : "");
	vrd_buf_free(&all);
out:
	return rc;
}

static void read_values(const vrd_region *region, vrd_scenario *s) {
	s->label = vrd_node_text(s->node, "label", s->name);
	s->illustrative = vrd_node_truth(s->node, "illustrative", region->illustrative);
	s->locked = strcmp(vrd_node_text(s->node, "status", "draft"), "locked") == 0;
	s->horizon = (int)vrd_node_number(s->node, "horizon", region->horizon);
	s->draws = (int64_t)vrd_node_number(s->node, "draws", 10000);
	s->seed = (int64_t)vrd_node_number(s->node, "seed", 1);
	s->poisson = strcmp(vrd_node_text(s->node, "noise", "none"), "poisson") == 0;
	s->uncertain_rates = vrd_node_truth(s->node, "rate_uncertainty", false);
	s->planned_map = strcmp(vrd_node_text(s->node, "map", "planned"), "planned") == 0;
	s->los_cv = vrd_node_number(s->node, "los_cv", 1);
}

vrd_status vrd_scenario_read(vrd_region *region, const char *name, vrd_scenario *out,
                             vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *file = vrd_arena_printf(region->mem, "scenarios/%s.yaml", name), *full;
	vrd_scenario s = {.file = file};
	VRD_TRY(must_exist(region, name, err));
	full = file ? vrd_path_join(region->mem, region->dir, file) : NULL;
	if (!full)
		VRD_TRY(vrd_no_memory(err, region->mem, strlen(name), 1));
	VRD_TRY(vrd_file_read(region->mem, full, 8 << 20, &s.bytes, &s.n_bytes, err));
	VRD_TRY(vrd_schema_not_newer(s.bytes, s.n_bytes, file, diag, err));
	VRD_TRY(vrd_yaml_read(region->mem, s.bytes, s.n_bytes, file, &vrd_scenario_schema, &s.node,
	                      diag, err));
	s.name = vrd_node_text(s.node, "name", name);
	if (strcmp(s.name, name) != 0)
		vrd_diag_add(diag, VRD_ERROR, vrd_node_get(s.node, "name")->place, "scenario.name",
		             "rename the file or the scenario",
		             "the scenario in \"%s\" calls itself \"%s\"", file, s.name);
	read_values(region, &s);
	*out = s;
out:
	return rc;
}

// --- ages ---------------------------------------------------------------------------------------

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
		const vrd_node *node = vrd_node_get(vrd_node_get(&list->items[i], "select"), "age");
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
