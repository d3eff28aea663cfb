#include "region/region.h"

#include "cube/jsonstat.h"
#include "cube/messages.h"
#include "region/life.h"
#include "region/row_sets.h"

#include <string.h>

// --- options of an entry ------------------------------------------------------------------------

// "area", "measure=contacts", "value", "status", "-" -> what the column becomes.
static vrd_csv_column column_of(vrd_arena *mem, const char *header, const char *text) {
	vrd_csv_column column = {.column = header, .kind = VRD_COLUMN_DIM, .name = text};
	vrd_str rest = vrd_str_of(text), name;
	if (strcmp(text, "-") == 0)
		column.kind = VRD_COLUMN_IGNORE;
	else if (strcmp(text, "value") == 0)
		column.kind = VRD_COLUMN_VALUE;
	else if (strcmp(text, "status") == 0)
		column.kind = VRD_COLUMN_STATUS;
	else if (memchr(text, '=', strlen(text)) && vrd_str_split(&rest, '=', &name)) {
		column.kind = VRD_COLUMN_WIDE;
		column.name = vrd_arena_strndup(mem, name.p, name.n);
		column.code = vrd_arena_strndup(mem, rest.p, rest.n);
	}
	return column;
}

static vrd_status csv_options(vrd_arena *mem, const vrd_node *entry, const char *name,
                              vrd_csv_options *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *columns = vrd_node_get(entry, "columns");
	const vrd_node *constants = vrd_node_get(entry, "constants");
	const vrd_node *recode = vrd_node_get(entry, "recode");
	vrd_csv_column *column;
	vrd_constant *constant;
	vrd_recode *recodes;
	size_t n_recodes = 0;
	const char *separator = vrd_node_text(entry, "separator", "");
	*out = (vrd_csv_options){
	        .name = name,
	        .separator = strcmp(separator, "tab") == 0 ? '\t' : separator[0],
	        .decimal = vrd_node_text(entry, "decimal", "")[0],
	        .absent = VRD_MISSING,
	        .absent_is_zero = strcmp(vrd_node_text(entry, "absent", "missing"), "zero") == 0,
	        .not_negative = strcmp(vrd_node_text(entry, "kind", "control"), "control") != 0,
	        .sum_duplicates = vrd_node_truth(entry, "sum", false),
	};
	VRD_TRY(VRD_NEW(mem, column, columns ? columns->n : 0));
	for (size_t i = 0; columns && i < columns->n; i++) {
		const char *to = columns->items[i].text;
		if (strcmp(columns->keys[i], "*") == 0 && strcmp(to, "-") == 0)
			out->other_columns_ignored = true;
		else
			column[out->n_columns++] = column_of(mem, columns->keys[i], to);
	}
	out->columns = column;
	VRD_TRY(VRD_NEW(mem, constant, constants ? constants->n : 0));
	for (size_t i = 0; constants && i < constants->n; i++)
		constant[out->n_constants++] =
		        (vrd_constant){constants->keys[i], constants->items[i].text};
	out->constants = constant;
	for (size_t i = 0; recode && i < recode->n; i++)
		n_recodes += recode->items[i].n;
	VRD_TRY(VRD_NEW(mem, recodes, n_recodes));
	for (size_t i = 0; recode && i < recode->n; i++)
		for (size_t j = 0; j < recode->items[i].n; j++)
			recodes[out->n_recodes++] =
			        (vrd_recode){recode->keys[i], recode->items[i].keys[j],
			                     recode->items[i].items[j].text};
	out->recodes = recodes;
out:
	return rc;
}

// Gives one category of a dimension another code.
static vrd_status recode_dim(vrd_arena *mem, vrd_cube *cube, const vrd_node *recode,
                             const char *name, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t axis;
	const vrd_dim *fresh;
	vrd_category *cats;
	VRD_TRY(vrd_cube_require(cube, name, &axis, err));
	const vrd_dim *own = cube->dims[axis];
	VRD_TRY(VRD_NEW(mem, cats, own->n));
	memcpy(cats, own->cats, own->n * sizeof *cats);
	for (size_t i = 0; i < recode->n; i++) {
		const size_t at = vrd_dim_find_text(own, recode->keys[i]);
		if (at != VRD_NONE)
			cats[at].code = recode->items[i].text;
	}
	VRD_TRY(vrd_dim_new(mem, name, own->label, own->role, own->n, cats, &fresh, err));
	VRD_TRY(vrd_cube_replace_dim(mem, cube, name, fresh, cube, err));
out:
	return rc;
}

// A JSON-stat file names its dimensions itself; `columns` renames them ("-" drops one of a single
// category), `constants` adds some, `recode` renames categories.
static vrd_status rename_dims(vrd_arena *mem, const vrd_node *entry, vrd_cube *cube, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *columns = vrd_node_get(entry, "columns");
	const vrd_node *constants = vrd_node_get(entry, "constants");
	const vrd_node *recode = vrd_node_get(entry, "recode");
	size_t axis;
	for (size_t i = 0; columns && i < columns->n; i++) {
		const char *from = columns->keys[i], *to = columns->items[i].text;
		VRD_TRY(vrd_cube_require(cube, from, &axis, err));
		const vrd_dim *dim = cube->dims[axis];
		if (strcmp(to, "-") == 0 && dim->n > 1)
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "dimension %s has %zu categories and cannot be left out: "
			                 "choose one when you fetch the file",
			                 from, dim->n));
		if (strcmp(to, "-") == 0)
			VRD_TRY(vrd_cube_slice(mem, cube, from, vrd_str_of(dim->cats[0].code), cube,
			                       err));
		else
			VRD_TRY(vrd_cube_rename(mem, cube, from, to, NULL, cube, err));
	}
	for (size_t i = 0; constants && i < constants->n; i++)
		VRD_TRY(vrd_cube_tag(mem, cube, constants->keys[i], constants->items[i].text, cube,
		                     err));
	for (size_t i = 0; recode && i < recode->n; i++)
		VRD_TRY(recode_dim(mem, cube, &recode->items[i], recode->keys[i], err));
out:
	return rc;
}

static bool ends_with(const char *text, const char *end) {
	const size_t n = strlen(text), m = strlen(end);
	return n >= m && strcmp(text + n - m, end) == 0;
}

vrd_status vrd_region_read_file(const vrd_region *region, vrd_arena *mem, const char *path,
                                const vrd_node *entry, vrd_cube *out, vrd_diag *diag,
                                vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *bytes;
	size_t len;
	vrd_csv_options opt;
	VRD_TRY(vrd_region_file(region, mem, path, region->max_input_bytes, &bytes, &len, err));
	if (ends_with(path, ".json")) {
		VRD_TRY(vrd_jsonstat_read(mem, bytes, len, path, out, err));
		VRD_TRY(rename_dims(mem, entry, out, err));
		return VRD_OK;
	}
	VRD_TRY(csv_options(mem, entry, path, &opt, err));
	VRD_TRY(vrd_csv_read(mem, bytes, len, &opt, out, diag, err));
out:
	return rc;
}

// --- codes --------------------------------------------------------------------------------------

static bool ends_field(char c) {
	return c == 0 || strchr(",;\t|\"\r\n", c) != NULL;
}

// Where a code stands first in a CSV file, as a whole field; without line when it is not found.
static vrd_place find_code(const vrd_region *r, const vrd_dataset *set, const char *code) {
	vrd_arena mem = {0};
	vrd_place place = {.file = set->file};
	const char *bytes;
	size_t len, line = 1, start = 0;
	const size_t n = strlen(code);
	if (!ends_with(set->file, ".json") &&
	    vrd_region_file(r, &mem, set->file, r->max_input_bytes, &bytes, &len, NULL) == VRD_OK)
		for (size_t i = 0; i + n <= len && !place.line; i++) {
			const bool begins = i == start || ends_field(bytes[i - 1]);
			if (begins && memcmp(bytes + i, code, n) == 0 &&
			    (i + n == len || ends_field(bytes[i + n]))) {
				place.line = line;
				place.column = i - start + 1;
			}
			if (bytes[i] == '\n') {
				line++;
				start = i + 1;
			}
		}
	vrd_arena_clear(&mem);
	return place;
}

static void unknown_code(const vrd_region *r, const vrd_dataset *set, const vrd_dim *known,
                         const char *code, vrd_diag *diag) {
	vrd_err why = {0};
	size_t index;
	(void)!vrd_dim_require(known, vrd_str_of(code), &index, &why);
	vrd_diag_add(diag, VRD_ERROR, find_code(r, set, code), "data.unknown-code",
	             strcmp(known->name, "area") == 0
	                     ? "correct the code, add the area to areas.csv, or leave other areas "
	                       "out with "
	                       "other_areas: drop"
	                     : "correct the code, or add it to the table of the region folder",
	             "%s", why.text);
}

// Gives dimension `known->name` of the cube the codes, labels and order of `known`, of which it
// keeps those that the cube has. Codes that are not known are problems, or (drop) are left out.
static vrd_status adopt(const vrd_region *r, const vrd_dataset *set, vrd_cube *cube,
                        const vrd_dim *known, bool drop, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t axis = vrd_cube_axis(cube, known->name);
	const vrd_dim *fresh;
	vrd_category *cats;
	vrd_str *codes;
	size_t n = 0;
	if (axis == VRD_NONE)
		return VRD_OK;
	const vrd_dim *own = cube->dims[axis];
	for (size_t i = 0; i < own->n && !drop; i++)
		if (vrd_dim_find_text(known, own->cats[i].code) == VRD_NONE)
			unknown_code(r, set, known, own->cats[i].code, diag);
	VRD_TRY(VRD_NEW(r->mem, cats, known->n));
	VRD_TRY(VRD_NEW(r->mem, codes, known->n));
	for (size_t i = 0; i < known->n; i++)
		if (vrd_dim_find_text(own, known->cats[i].code) != VRD_NONE) {
			cats[n] = known->cats[i];
			cats[n].parent = VRD_NONE;
			codes[n++] = vrd_str_of(known->cats[i].code);
		}
	if (n == 0 && !drop) // each has been told, with the nearest
		VRD_TRY(vrd_diag_fail(diag, VRD_DATA, err));
	if (n == 0)
		VRD_TRY(vrd_fail(
		        err, VRD_DATA,
		        "%s: no %s in the file is known to the region; its first is \"%s\"",
		        set->file, known->name, own->n ? own->cats[0].code : ""));
	VRD_TRY(vrd_cube_select(r->mem, cube, known->name, n, codes, cube, err));
	VRD_TRY(vrd_dim_new(r->mem, known->name, NULL, known->role, n, cats, &fresh, err));
	VRD_TRY(vrd_cube_replace_dim(r->mem, cube, known->name, fresh, cube, err));
out:
	return rc;
}

// All areas of the region as one dimension, whatever their level.
static vrd_status all_areas(const vrd_region *r, const vrd_dim **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t n;
	const char *const *codes = vrd_geography_codes(r->geo, &n);
	vrd_category *cats;
	VRD_TRY(VRD_NEW(r->mem, cats, n));
	for (size_t i = 0; i < n; i++)
		cats[i] =
		        (vrd_category){.code = codes[i],
		                       .parent = VRD_NONE,
		                       .decimals = -1,
		                       .label = vrd_geography_label(r->geo, vrd_str_of(codes[i]))};
	VRD_TRY(vrd_dim_new(r->mem, "area", NULL, VRD_ROLE_GEO, n, cats, out, err));
out:
	return rc;
}

// Leaves out areas that neither areas.csv nor the borders of that year have.
static vrd_status drop_unknown(const vrd_region *r, vrd_cube *cube, int borders, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *own = cube->dims[vrd_cube_axis(cube, "area")];
	vrd_str *codes;
	size_t n = 0;
	VRD_TRY(VRD_NEW(r->mem, codes, own->n));
	for (size_t i = 0; i < own->n; i++) {
		const char *code = own->cats[i].code;
		bool known = vrd_geography_type(r->geo, vrd_str_of(code)) != NULL;
		if (!known) {
			const vrd_dim *one;
			vrd_cube probe;
			VRD_TRY(vrd_dim_of_codes(r->mem, "area", 1, &code, &one, err));
			VRD_TRY(vrd_cube_new(r->mem, 1, &one, &probe, err));
			known = vrd_geography_renumber(r->mem, r->geo, &probe, borders, 9999,
			                               &probe, NULL) == VRD_OK;
		}
		if (known)
			codes[n++] = vrd_str_of(code);
	}
	if (n && n < own->n)
		VRD_TRY(vrd_cube_select(r->mem, cube, "area", n, codes, cube, err));
out:
	return rc;
}

// Canonical area codes, the present borders, and only areas that the region knows.
static vrd_status adopt_areas(const vrd_region *r, const vrd_dataset *set, vrd_cube *cube,
                              vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t axis = vrd_cube_axis(cube, "area");
	const vrd_dim *fresh, *known;
	vrd_category *cats;
	if (axis == VRD_NONE)
		return VRD_OK;
	const vrd_dim *own = cube->dims[axis];
	VRD_TRY(VRD_NEW(r->mem, cats, own->n));
	for (size_t i = 0; i < own->n; i++) {
		cats[i] = own->cats[i];
		cats[i].code = vrd_geography_type(r->geo, vrd_str_of(own->cats[i].code))
		                       ? own->cats[i].code
		                       : vrd_area_canonical(r->mem, vrd_str_of(own->cats[i].code));
		if (!cats[i].code)
			VRD_TRY(vrd_no_memory(err, r->mem, 8, 1));
	}
	VRD_TRY(vrd_dim_new(r->mem, "area", own->label, VRD_ROLE_GEO, own->n, cats, &fresh, err));
	VRD_TRY(vrd_cube_replace_dim(r->mem, cube, "area", fresh, cube, err));
	const int borders = (int)vrd_node_number(set->node, "borders", 0);
	const bool drop = strcmp(vrd_node_text(set->node, "other_areas", "refuse"), "drop") == 0;
	if (borders && drop)
		VRD_TRY(drop_unknown(r, cube, borders, err));
	if (borders)
		VRD_TRY(vrd_geography_renumber(r->mem, r->geo, cube, borders, 9999, cube, err));
	VRD_TRY(all_areas(r, &known, err));
	VRD_TRY(adopt(r, set, cube, known, drop, diag, err));
out:
	return rc;
}

// An area and one that it lies in (by the maps or its parents) would count the same people twice.
vrd_status vrd_region_refuse_nested(const vrd_region *r, vrd_arena *mem, const vrd_cube *cube,
                                    const char *file, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t axis = vrd_cube_axis(cube, "area");
	const int year = r->n_base ? r->base_years[r->n_base - 1] : r->horizon;
	if (axis == VRD_NONE)
		return VRD_OK;
	const vrd_dim *areas = cube->dims[axis];
	size_t n_levels;
	const char *const *levels = vrd_geography_levels(r->geo, &n_levels);
	for (size_t l = 0; l < n_levels; l++) {
		const vrd_dim *level;
		VRD_TRY(vrd_geography_level_dim(r->geo, levels[l], &level, err));
		bool any = false;
		for (size_t i = 0; i < level->n; i++)
			any = any || vrd_dim_find_text(areas, level->cats[i].code) != VRD_NONE;
		for (size_t i = 0; i < areas->n && any; i++) {
			const vrd_dim *one, *target;
			vrd_link *links;
			size_t n;
			const char *code = areas->cats[i].code;
			if (vrd_dim_find_text(level, code) != VRD_NONE)
				continue;
			VRD_TRY(vrd_dim_of_codes(mem, "area", 1, &code, &one, err));
			if (vrd_geography_links(mem, r->geo, one, levels[l], NULL, year, &target,
			                        &links, &n, NULL, NULL) != VRD_OK)
				continue; // it does not lie in an area of this level
			for (size_t j = 0; j < n; j++) {
				const char *outer = target->cats[links[j].to].code;
				if (vrd_dim_find_text(areas, outer) != VRD_NONE)
					VRD_TRY(vrd_fail(
					        err, VRD_DATA,
					        "%s: the data have both \"%s\" and \"%s\", which "
					        "lies in it: they would count twice; leave one "
					        "out of the file (or of areas.csv, with "
					        "other_areas: drop)",
					        file, outer, code));
			}
		}
	}
out:
	return rc;
}

// --- loading ------------------------------------------------------------------------------------

static vrd_status describe(const vrd_region *r, const vrd_dataset *set, vrd_cube *cube,
                           vrd_err *err) {
	static const char *const units[VRD_N_DATA_KINDS] = {
	        [VRD_DATA_POPULATION] = "persons",
	        [VRD_DATA_FLOWS] = "share",
	        [VRD_DATA_OCCUPANCY] = "share",
	        [VRD_DATA_LIFE_EXPECTANCY] = "years",
	};
	vrd_status rc = VRD_OK;
	const char *source = vrd_node_text(set->node, "source", NULL);
	if (source)
		cube->source = source;
	if (units[set->kind])
		cube->unit = units[set->kind];
	if (r->illustrative)
		VRD_TRY(vrd_cube_note(r->mem, cube, vrd_msg(VRD_MSG_ILLUSTRATIVE, r->lang), err));
out:
	return rc;
}

// A failure that does not know the file, with its name.
static vrd_status in_file(const vrd_dataset *set, vrd_status status, const vrd_err *why,
                          vrd_err *err) {
	return status == VRD_OK ? VRD_OK : vrd_fail(err, status, "%s: %s", set->file, why->text);
}

// A dimension that the kind does not have would be passed over.
static vrd_status only_known_dims(const vrd_dataset *set, const vrd_cube *cube, vrd_err *err) {
	static const char *const shares[] = {"service", "care", "provider", "area"},
	                         *const life[] = {"year", "sex"};
	const bool years = set->kind == VRD_DATA_LIFE_EXPECTANCY;
	const char *const *known = years ? life : shares;
	const size_t n = years ? 2 : set->kind == VRD_DATA_FLOWS ? 4 : 3;
	for (size_t d = 0; d < cube->n_dims; d++) {
		bool good = false;
		for (size_t i = 0; i < n; i++)
			good = good || strcmp(cube->dims[d]->name, known[i]) == 0;
		if (!good)
			return vrd_fail(err, VRD_DATA,
			                "%s: %s cannot have the dimension \"%s\"; leave the column "
			                "out with columns: {COLUMN: \"-\"}",
			                set->file, vrd_data_kind_name(set->kind),
			                cube->dims[d]->name);
	}
	return VRD_OK;
}

static vrd_status canonical(vrd_region *r, const vrd_dataset *set, vrd_cube *cube, vrd_diag *diag,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_err why = {0};
	vrd_cube whole; // parts of rows are no whole numbers
	if (set->kind == VRD_DATA_CONTROL)
		return VRD_OK;
	if (set->kind == VRD_DATA_POPULATION)
		VRD_TRY(in_file(set, vrd_population_canonical(r->mem, cube, cube, &why), &why,
		                err));
	VRD_TRY(adopt_areas(r, set, cube, diag, err));
	if (set->kind == VRD_DATA_POPULATION || set->kind == VRD_DATA_ACTIVITY)
		VRD_TRY(vrd_region_refuse_nested(r, r->mem, cube, set->file, err));
	if (set->kind == VRD_DATA_POPULATION) {
		vrd_population_check(cube, set->file, 0, diag);
		const bool single =
		        strcmp(vrd_node_text(set->node, "ages", "as_given"), "single") == 0;
		if (single && diag->n_errors == 0)
			VRD_TRY(in_file(set, vrd_population_graduate(r->mem, cube, cube, &why),
			                &why, err));
		return VRD_OK;
	}
	const bool activity =
	        set->kind == VRD_DATA_ACTIVITY; // others may speak of groups of services
	if (!activity)
		VRD_TRY(only_known_dims(set, cube, err));
	if (set->kind == VRD_DATA_LIFE_EXPECTANCY) {
		VRD_TRY(in_file(set, vrd_life_canonical(r->mem, cube, &why), &why, err));
		return VRD_OK;
	}
	const vrd_dim *const tables[] = {activity ? r->service : r->service_tree, r->care,
	                                 r->provider};
	for (size_t i = 0; i < 3; i++)
		if (tables[i])
			VRD_TRY(adopt(r, set, cube, tables[i], false, diag, err));
	if (activity) {
		VRD_TRY(in_file(set, vrd_activity_canonical(r->mem, cube, cube, &why), &why, err));
		VRD_TRY(vrd_row_sets_merge(r, r->mem, cube, &whole, err));
		vrd_activity_check(&whole, set->file, diag);
	}
out:
	return rc;
}

vrd_status vrd_region_load(vrd_region *region, vrd_dataset *set, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube cube;
	const size_t errors = diag->n_errors;
	if (set->loaded)
		return VRD_OK;
	VRD_TRY(vrd_region_read_file(region, region->mem, set->file, set->node, &cube, diag, err));
	VRD_TRY(canonical(region, set, &cube, diag, err));
	VRD_TRY(describe(region, set, &cube, err));
	if (diag->n_errors > errors)
		VRD_TRY(vrd_diag_fail(diag, VRD_DATA, err));
	set->cube = cube;
	set->loaded = true;
out:
	return rc;
}

vrd_status vrd_region_load_kind(vrd_region *region, vrd_data_kind kind, bool required,
                                vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t n = 0;
	for (size_t i = 0; i < region->n_data; i++)
		if (region->data[i].kind == kind) {
			n++;
			VRD_TRY(vrd_region_load(region, &region->data[i], diag, err));
		}
	if (n == 0 && required)
		VRD_TRY(vrd_fail(
		        err, VRD_NOINPUT,
		        "the region has no %s: import a file with `varde import %s FILE --as %s`",
		        vrd_data_kind_name(kind), region->dir, vrd_data_kind_name(kind)));
out:
	return rc;
}
