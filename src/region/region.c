#include "region/region.h"

#include "base/file.h"
#include "cube/messages.h"
#include "region/row_sets.h"
#include "region/schemas.h"

#include <math.h>
#include <string.h>

static const char *const kind_names[VRD_N_DATA_KINDS] = {
        "population", "activity", "flows", "occupancy", "life_expectancy", "control"};

const char *vrd_data_kind_name(vrd_data_kind kind) {
	return kind_names[kind];
}

// --- files --------------------------------------------------------------------------------------

static const vrd_overlay *overlay_of(const vrd_region *r, const char *path) {
	for (size_t i = 0; i < r->n_overlays; i++)
		if (strcmp(r->overlays[i].path, path) == 0)
			return &r->overlays[i];
	return NULL;
}

vrd_status vrd_region_file(const vrd_region *r, vrd_arena *mem, const char *path, size_t max,
                           const char **bytes, size_t *len, vrd_err *err) {
	const vrd_overlay *overlay = overlay_of(r, path);
	if (overlay) {
		*bytes = overlay->bytes;
		*len = overlay->len;
		return VRD_OK;
	}
	const char *full = vrd_path_join(mem, r->dir, path);
	if (!full)
		return vrd_no_memory(err, mem, strlen(path), 1);
	return vrd_file_read(mem, full, max, bytes, len, err);
}

bool vrd_region_has_file(const vrd_region *r, const char *path) {
	const char *full = vrd_path_join(r->mem, r->dir, path);
	return overlay_of(r, path) || (full && vrd_path_exists(full));
}

// --- tables -------------------------------------------------------------------------------------

typedef struct {
	vrd_csv_table table;
	const char *name; // of the file, as written in region.yaml
	bool there;
} table_file;

static const char *path_of(const vrd_region *r, const char *section, const char *key,
                           const char *otherwise) {
	const vrd_node *at = section ? vrd_node_get(r->config, section) : r->config;
	return vrd_node_text(at, key, otherwise);
}

static vrd_status read_table(vrd_region *r, const char *path, bool required, table_file *out,
                             vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *bytes;
	size_t len;
	*out = (table_file){.name = path};
	if (!required && !vrd_region_has_file(r, path))
		return VRD_OK;
	VRD_TRY(vrd_region_file(r, r->mem, path, r->max_input_bytes, &bytes, &len, err));
	VRD_TRY(vrd_csv_read_table(r->mem, bytes, len, path, &out->table, diag, err));
	out->there = true;
out:
	return rc;
}

static const char *cell(const table_file *f, size_t row, size_t column) {
	return column == VRD_NONE ? "" : f->table.rows[row * f->table.n_columns + column];
}

static vrd_place line_of(const table_file *f, size_t row) {
	return (vrd_place){.file = f->name, .line = f->table.lines[row]};
}

// The label in the region's language; the plain one when that is empty.
static const char *label_in(const table_file *f, size_t row, vrd_lang lang) {
	static const char *const names[VRD_N_LANGS] = {"label", "label_nn", "label_en"};
	const char *own = cell(f, row, vrd_csv_column_of(&f->table, names[lang]));
	if (*own)
		return own;
	const char *plain = cell(f, row, vrd_csv_column_of(&f->table, "label"));
	return *plain ? plain : cell(f, row, vrd_csv_column_of(&f->table, "code"));
}

static bool need_columns(const table_file *f, size_t n, const char *const *names, vrd_diag *diag) {
	bool all = true;
	for (size_t i = 0; i < n; i++)
		if (vrd_csv_column_of(&f->table, names[i]) == VRD_NONE) {
			all = false;
			vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = f->name, .line = 1},
			             "table.missing-column",
			             "see docs/region-folder.md for the columns",
			             "there is no column \"%s\"", names[i]);
		}
	return all;
}

// A dimension from a table's codes, labels and (when there is the column) parents.
static vrd_status table_dim(vrd_region *r, const table_file *f, const char *name, vrd_role role,
                            const vrd_dim **out, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t code = vrd_csv_column_of(&f->table, "code");
	const size_t parent = vrd_csv_column_of(&f->table, "parent");
	vrd_category *cats;
	const vrd_dim *flat;
	vrd_err why = {0};
	VRD_TRY(VRD_NEW(r->mem, cats, f->table.n_rows));
	for (size_t i = 0; i < f->table.n_rows; i++)
		cats[i] = (vrd_category){.code = cell(f, i, code),
		                         .label = label_in(f, i, r->lang),
		                         .parent = VRD_NONE,
		                         .decimals = -1};
	rc = vrd_dim_new(r->mem, name, NULL, role, f->table.n_rows, cats, &flat, &why);
	if (rc != VRD_OK)
		VRD_TRY(vrd_fail(err, rc, "%s: %s", f->name, why.text));
	for (size_t i = 0; i < f->table.n_rows; i++) {
		const char *text = cell(f, i, parent);
		if (!*text)
			continue;
		vrd_err local;
		if (vrd_dim_require(flat, vrd_str_of(text), &cats[i].parent, &local) != VRD_OK)
			vrd_diag_add(diag, VRD_ERROR, line_of(f, i), "table.unknown-parent",
			             "write the code of another row, or leave it empty", "%s",
			             local.text);
	}
	rc = vrd_dim_new(r->mem, name, NULL, role, f->table.n_rows, cats, out, &why);
	if (rc != VRD_OK)
		VRD_TRY(vrd_fail(err, rc, "%s: %s", f->name, why.text));
out:
	return rc;
}

static double number_cell(const table_file *f, size_t row, const char *column, double low,
                          double high, double otherwise, vrd_diag *diag) {
	const char *text = cell(f, row, vrd_csv_column_of(&f->table, column));
	double x;
	if (!*text)
		return otherwise;
	if (vrd_parse_double(vrd_str_of(text), '.', &x) && x >= low && x <= high)
		return x;
	vrd_diag_add(diag, VRD_ERROR, line_of(f, row), "table.number",
	             "write a number with a point", "%s is \"%s\", expected a number from %g to %g",
	             column, text, low, high);
	return otherwise;
}

// A word of a table: index among `words`; the first when the cell is empty.
static size_t word_cell(const table_file *f, size_t row, const char *column, size_t n,
                        const char *const *words, vrd_diag *diag) {
	const char *text = cell(f, row, vrd_csv_column_of(&f->table, column));
	if (!*text)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	const size_t near = vrd_nearest(vrd_str_of(text), words, n);
	vrd_diag_add(diag, VRD_ERROR, line_of(f, row), "table.word", NULL,
	             "%s is \"%s\"; did you mean \"%s\"?", column, text,
	             words[near == SIZE_MAX ? 0 : near]);
	return 0;
}

static vrd_status read_services(vrd_region *r, vrd_diag *diag, vrd_err *err) {
	static const char *const needed[] = {"code", "label"};
	static const char *const drivers[] = {"population", "births"};
	vrd_status rc = VRD_OK;
	table_file f;
	VRD_TRY(read_table(r, path_of(r, NULL, "services", "data/services.csv"), false, &f, diag,
	                   err));
	if (!f.there || !need_columns(&f, 2, needed, diag))
		return VRD_OK;
	VRD_TRY(table_dim(r, &f, "service", VRD_ROLE_NONE, &r->service_tree, diag, err));
	const vrd_dim *tree = r->service_tree;
	bool *is_group, *births;
	size_t *leaf, n = 0;
	double *kappa;
	vrd_category *cats;
	VRD_TRY(VRD_NEW(r->mem, is_group, tree->n));
	VRD_TRY(VRD_NEW(r->mem, births, tree->n));
	VRD_TRY(VRD_NEW(r->mem, leaf, tree->n));
	VRD_TRY(VRD_NEW(r->mem, kappa, tree->n));
	VRD_TRY(VRD_NEW(r->mem, cats, tree->n));
	for (size_t i = 0; i < tree->n; i++)
		if (tree->cats[i].parent != VRD_NONE)
			is_group[tree->cats[i].parent] = true;
	for (size_t i = 0; i < tree->n; i++) {
		if (is_group[i])
			continue;
		births[n] = word_cell(&f, i, "driver", 2, drivers, diag) == 1;
		kappa[n] = number_cell(&f, i, "kappa", 0, 1, 1, diag);
		cats[n] = tree->cats[i];
		cats[n].parent = VRD_NONE;
		leaf[n++] = i;
	}
	VRD_TRY(vrd_dim_new(r->mem, "service", NULL, VRD_ROLE_NONE, n, cats, &r->service, err));
	r->service_leaf = leaf;
	r->births_driven = births;
	r->kappa = kappa;
out:
	return rc;
}

static vrd_status read_care(vrd_region *r, vrd_diag *diag, vrd_err *err) {
	static const char *const needed[] = {"code", "beds"};
	static const char *const words[] = {"no", "yes"};
	vrd_status rc = VRD_OK;
	table_file f;
	bool *beds;
	VRD_TRY(read_table(r, path_of(r, NULL, "care", "data/care.csv"), false, &f, diag, err));
	if (!f.there || !need_columns(&f, 2, needed, diag))
		return VRD_OK;
	VRD_TRY(table_dim(r, &f, "care", VRD_ROLE_NONE, &r->care, diag, err));
	VRD_TRY(VRD_NEW(r->mem, beds, r->care->n));
	for (size_t i = 0; i < r->care->n; i++)
		beds[i] = word_cell(&f, i, "beds", 2, words, diag) == 1;
	r->care_beds = beds;
out:
	return rc;
}

static vrd_status read_providers(vrd_region *r, vrd_diag *diag, vrd_err *err) {
	static const char *const needed[] = {"code", "kind"};
	static const char *const kinds[] = {"own", "private", "outside"};
	vrd_status rc = VRD_OK;
	table_file f;
	vrd_provider *providers;
	VRD_TRY(read_table(r, path_of(r, "geography", "providers", "geography/providers.csv"),
	                   false, &f, diag, err));
	if (!f.there || !need_columns(&f, 2, needed, diag))
		return VRD_OK;
	VRD_TRY(table_dim(r, &f, "provider", VRD_ROLE_NONE, &r->provider, diag, err));
	VRD_TRY(VRD_NEW(r->mem, providers, r->provider->n));
	const size_t home = vrd_csv_column_of(&f.table, "catchment");
	for (size_t i = 0; i < r->provider->n; i++) {
		providers[i] = (vrd_provider){.code = r->provider->cats[i].code, .home = VRD_NONE};
		providers[i].kind = kinds[word_cell(&f, i, "kind", 3, kinds, diag)];
		const char *text = cell(&f, i, home);
		vrd_err local;
		if (*text && vrd_dim_require(r->unit, vrd_str_of(text), &providers[i].home,
		                             &local) != VRD_OK)
			vrd_diag_add(diag, VRD_ERROR, line_of(&f, i), "table.unknown-catchment",
			             "write the code of an area of the planning level", "%s",
			             local.text);
		for (size_t j = 0; j < i && providers[i].home != VRD_NONE; j++)
			if (providers[j].home == providers[i].home)
				vrd_diag_add(diag, VRD_ERROR, line_of(&f, i), "table.two-homes",
				             "leave catchment empty for all but one of them",
				             "\"%s\" and \"%s\" are both the home hospital of "
				             "\"%s\"",
				             providers[j].code, providers[i].code, text);
	}
	r->providers = providers;
out:
	return rc;
}

static vrd_status read_geography(vrd_region *r, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	table_file areas, maps, changes;
	VRD_TRY(read_table(r, path_of(r, "geography", "areas", "geography/areas.csv"), true, &areas,
	                   diag, err));
	VRD_TRY(read_table(r, path_of(r, "geography", "maps", "geography/maps.csv"), false, &maps,
	                   diag, err));
	VRD_TRY(read_table(r, path_of(r, "geography", "changes", "geography/changes.csv"), false,
	                   &changes, diag, err));
	VRD_TRY(vrd_geography_read(
	        r->mem, &areas.table, areas.name, maps.there ? &maps.table : NULL, maps.name,
	        changes.there ? &changes.table : NULL, changes.name, r->lang, &r->geo, diag, err));
	VRD_TRY(vrd_geography_level_dim(r->geo, r->planning_level, &r->unit, err));
out:
	return rc;
}

// --- region.yaml --------------------------------------------------------------------------------

static size_t word_index(const vrd_node *config, const char *key, size_t n,
                         const char *const *words) {
	const char *text = vrd_node_text(config, key, words[0]);
	for (size_t i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	return 0;
}

const char *vrd_region_bed_day_note(const vrd_region *region) {
	const char *name = vrd_node_text(region->config, "bed_day_definition", "nights");
	return vrd_msg_named("bed_day", name, region->lang);
}

static vrd_status read_base_years(vrd_region *r, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *base = vrd_node_get(r->config, "base_years");
	const vrd_node *exclude = vrd_node_get(r->config, "exclude_years");
	int *years;
	VRD_TRY(VRD_NEW(r->mem, years, base ? base->n : 0));
	for (size_t i = 0; base && i < base->n; i++) {
		bool keep = true;
		for (size_t j = 0; exclude && j < exclude->n; j++)
			keep = keep && exclude->items[j].number != base->items[i].number;
		if (keep)
			years[r->n_base++] = (int)base->items[i].number;
	}
	if (base && r->n_base == 0)
		vrd_diag_add(diag, VRD_ERROR, base->place, "region.base-years",
		             "keep at least one base year", "every base year is excluded");
	for (size_t i = 1; i < r->n_base; i++)
		if (years[i] <= years[i - 1])
			vrd_diag_add(diag, VRD_ERROR, base->place, "region.base-years",
			             "list years ascending, once", "base year %d comes after %d",
			             years[i], years[i - 1]);
	r->base_years = years;
out:
	return rc;
}

// Shares and life expectancy are read from one file each, and one alternative is the main one.
static void check_data_list(const vrd_region *r, vrd_diag *diag) {
	for (size_t i = 0; i < r->n_data; i++)
		for (size_t j = 0; j < i; j++) {
			const vrd_dataset *a = &r->data[j], *b = &r->data[i];
			if (a->kind != b->kind)
				continue;
			if (a->kind == VRD_DATA_FLOWS || a->kind == VRD_DATA_OCCUPANCY ||
			    a->kind == VRD_DATA_LIFE_EXPECTANCY)
				vrd_diag_add(diag, VRD_ERROR, b->node->place, "region.one-file",
				             "put all rows in one file",
				             "there are two files of kind %s: \"%s\" and \"%s\"",
				             vrd_data_kind_name(a->kind), a->file, b->file);
			if (a->main && b->main && strcmp(a->variant, b->variant) != 0)
				vrd_diag_add(diag, VRD_ERROR, b->node->place, "region.main",
				             "say main: true of one alternative",
				             "both \"%s\" and \"%s\" are the main alternative",
				             a->variant, b->variant);
		}
}

static vrd_status read_data_list(vrd_region *r, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *list = vrd_node_get(r->config, "data");
	const size_t n = list ? list->n : 0;
	VRD_TRY(VRD_NEW(r->mem, r->data, n));
	for (size_t i = 0; i < n; i++) {
		const vrd_node *node = &list->items[i];
		vrd_dataset *set = &r->data[r->n_data++];
		*set = (vrd_dataset){.node = node};
		set->kind = (vrd_data_kind)word_index(node, "kind", VRD_N_DATA_KINDS, kind_names);
		set->file = vrd_node_text(node, "file", "");
		set->main = vrd_node_truth(node, "main", false);
		set->weight = vrd_node_number(node, "weight", NAN);
		set->threshold = vrd_node_number(
		        node, "suppress",
		        set->kind == VRD_DATA_POPULATION || set->kind == VRD_DATA_LIFE_EXPECTANCY
		                ? 0
		                : r->suppression.threshold);
		set->variant = vrd_node_text(node, "variant", "count");
		if (set->kind != VRD_DATA_POPULATION &&
		    (set->main || vrd_node_get(node, "variant")))
			vrd_diag_add(diag, VRD_ERROR, node->place, "region.population-only",
			             "remove the key",
			             "variant and main belong to data of kind population");
		if (!vrd_region_has_file(r, set->file))
			vrd_diag_add(diag, VRD_ERROR, vrd_node_get(node, "file")->place,
			             "region.no-file",
			             "correct the path, or import the file with varde import",
			             "there is no file \"%s\"", set->file);
	}
	check_data_list(r, diag);
out:
	return rc;
}

static vrd_status read_config(vrd_region *r, vrd_diag *diag, vrd_err *err) {
	static const char *const exposures[] = {"mid", "jan1"};
	static const char *const policies[] = {"refuse", "hold", "scale"};
	vrd_status rc = VRD_OK;
	const char *bytes;
	size_t len;
	if (!vrd_region_has_file(r, "region.yaml"))
		VRD_TRY(vrd_fail(err, VRD_NOINPUT,
		                 "\"%s\" is not a region folder: it has no region.yaml; make an "
		                 "example with "
		                 "`varde example %s`, or see `varde help region`",
		                 r->dir, r->dir));
	VRD_TRY(vrd_region_file(r, r->mem, "region.yaml", 8 << 20, &bytes, &len, err));
	VRD_TRY(vrd_schema_not_newer(bytes, len, "region.yaml", diag, err));
	VRD_TRY(vrd_yaml_read(r->mem, bytes, len, "region.yaml", &vrd_region_schema, &r->config,
	                      diag, err));
	const vrd_node *c = r->config, *hide = vrd_node_get(c, "suppression");
	r->name = vrd_node_text(c, "name", "");
	(void)vrd_lang_parse(vrd_str_of(vrd_node_text(c, "language", "nb")), &r->lang);
	r->illustrative = vrd_node_truth(c, "illustrative", false);
	r->planning_level = vrd_node_text(c, "planning_level", "catchment");
	r->horizon = (int)vrd_node_number(c, "horizon", 2040);
	r->exposure = (vrd_exposure)word_index(c, "exposure", 2, exposures);
	r->occupancy = vrd_node_number(c, "occupancy", 0.85);
	r->zero = (vrd_zero_policy)word_index(c, "zero_population", 3, policies);
	r->shrink = vrd_node_truth(c, "shrink", false);
	r->suppression = (vrd_suppression){.threshold = vrd_node_number(hide, "threshold", 5),
	                                   .hide_zero = vrd_node_truth(hide, "hide_zero", false)};
	r->max_input_bytes = (size_t)vrd_node_number(c, "max_input_bytes", 536870912);
	VRD_TRY(read_base_years(r, diag, err));
	VRD_TRY(read_data_list(r, diag, err));
out:
	return rc;
}

vrd_status vrd_region_open_with(vrd_arena *mem, const char *dir, const char *lang,
                                size_t n_overlays, const vrd_overlay *overlays, vrd_region **out,
                                vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_region *r;
	VRD_TRY(VRD_NEW(mem, r, 1));
	r->mem = mem;
	r->dir = dir;
	r->n_overlays = n_overlays;
	r->overlays = overlays;
	VRD_TRY(read_config(r, diag, err));
	if (lang && !vrd_lang_parse(vrd_str_of(lang), &r->lang))
		VRD_TRY(vrd_fail(err, VRD_USAGE, "there is no language \"%s\": nb, nn or en",
		                 lang));
	VRD_TRY(read_geography(r, diag, err));
	VRD_TRY(read_services(r, diag, err));
	VRD_TRY(vrd_row_sets_read(r, diag, err));
	VRD_TRY(read_care(r, diag, err));
	VRD_TRY(read_providers(r, diag, err));
	for (size_t i = 0; i < r->n_data && !r->provider; i++)
		if (r->data[i].kind == VRD_DATA_FLOWS)
			vrd_diag_add(diag, VRD_WARNING, r->data[i].node->place,
			             "region.no-providers", "add geography/providers.csv",
			             "there are flows but no table of providers: runs will have no "
			             "results by provider");
	VRD_TRY(vrd_diag_fail(diag, VRD_CONFIG, err));
	*out = r;
out:
	return rc;
}

vrd_status vrd_region_open_in(vrd_arena *mem, const char *dir, const char *lang, vrd_region **out,
                              vrd_diag *diag, vrd_err *err) {
	return vrd_region_open_with(mem, dir, lang, 0, NULL, out, diag, err);
}

vrd_status vrd_region_open(vrd_arena *mem, const char *dir, vrd_region **out, vrd_diag *diag,
                           vrd_err *err) {
	return vrd_region_open_in(mem, dir, NULL, out, diag, err);
}
