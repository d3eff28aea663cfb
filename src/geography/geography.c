// Reading areas, maps and changes, and the plain questions about areas and levels.
#include "geography/geography_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	const vrd_csv_table *table;
	const char *file;
	vrd_diag *diag;
} source;

static vrd_place place_of(const source *in, size_t row) {
	return (vrd_place){in->file, in->table->lines[row], 0};
}

static vrd_str cell_of(const source *in, size_t row, size_t column) {
	if (column == VRD_NONE)
		return (vrd_str){NULL, 0};
	return vrd_str_trim(vrd_str_of(in->table->rows[row * in->table->n_columns + column]));
}

static bool find_columns(const source *in, size_t n, const char *const *names, size_t *columns) {
	bool all = true;
	for (size_t i = 0; i < n; i++) {
		columns[i] = vrd_csv_column_of(in->table, names[i]);
		if (columns[i] != VRD_NONE)
			continue;
		all = false;
		vrd_diag_add(in->diag, VRD_ERROR, (vrd_place){in->file, 1, 0}, "geo.missing-column",
		             "add the column to the header; columns may stand in any order",
		             "there is no column `%s`", names[i]);
	}
	return all;
}

// A year, or `absent` for an empty cell.
static bool read_year(const source *in, size_t row, size_t column, int absent, int *out) {
	vrd_str cell = cell_of(in, row, column);
	int64_t year;
	if (cell.n == 0) {
		*out = absent;
		return true;
	}
	if (!vrd_parse_int64(cell, &year) || year < 1000 || year > 9999) {
		vrd_diag_add(in->diag, VRD_ERROR, place_of(in, row), "geo.number",
		             "write a year with four digits", "`%.*s` in column `%s` is not a year",
		             (int)cell.n, cell.p, in->table->columns[column]);
		return false;
	}
	*out = (int)year;
	return true;
}

static bool read_weight(const source *in, size_t row, size_t column, double *out) {
	vrd_str cell = cell_of(in, row, column);
	double weight;
	bool number = vrd_parse_double(cell, '.', &weight) || vrd_parse_double(cell, ',', &weight);
	if (!number || !(weight > 0 && weight <= 1)) {
		vrd_diag_add(in->diag, VRD_ERROR, place_of(in, row), "geo.number",
		             "write the share that moves, for instance 1 or 0.35",
		             "weight `%.*s` is not a number above 0 and at most 1", (int)cell.n,
		             cell.n ? cell.p : "");
		return false;
	}
	*out = weight;
	return true;
}

static bool read_period(const source *in, size_t row, size_t from_column, size_t to_column,
                        int *from, int *to) {
	bool good = read_year(in, row, from_column, VRD_YEAR_FIRST, from);
	good = read_year(in, row, to_column, VRD_YEAR_LAST, to) && good;
	if (good && *from > *to) {
		vrd_diag_add(in->diag, VRD_ERROR, place_of(in, row), "geo.year-order",
		             "exchange the years; to_year is the last year in force",
		             "from_year %d is after to_year %d", *from, *to);
		return false;
	}
	return good;
}

// The index of a known area, VRD_NONE after a report with the nearest code or name.
static size_t find_area(const vrd_geography *geo, const source *in, size_t row, vrd_str code,
                        const char *rule, const char *what) {
	size_t found = vrd_dim_find(geo->codes, code);
	if (found != VRD_NONE)
		return found;
	size_t near = vrd_nearest(code, geo->code_list, geo->n_areas);
	char remedy[256] = "add it to the areas, or correct the code";
	for (size_t i = 0; i < geo->n_areas; i++) {
		if (vrd_str_is(code, geo->areas[i].label))
			near = i; // a name in place of a code
		const char *own = geo->code_list[i];
		if (own[0] == '0' && vrd_str_is(code, own + 1))
			near = i; // a spreadsheet took the leading zero
	}
	if (near != VRD_NONE)
		(void)snprintf(remedy, sizeof remedy, "did you mean %s (%s)?", geo->code_list[near],
		               geo->areas[near].label);
	vrd_diag_add(in->diag, VRD_ERROR, place_of(in, row), rule, remedy,
	             "%s `%.*s` is not among the areas", what, (int)code.n, code.n ? code.p : "");
	return VRD_NONE;
}

static vrd_status level_of(vrd_arena *mem, vrd_geography *geo, vrd_str type, size_t *out,
                           vrd_err *err) {
	for (size_t i = 0; i < geo->n_levels; i++) {
		if (vrd_str_is(type, geo->levels[i])) {
			*out = i;
			return VRD_OK;
		}
	}
	char *name = vrd_arena_strndup(mem, type.p, type.n);
	if (!name)
		return vrd_no_memory(err, mem, type.n + 1, 1);
	geo->levels[geo->n_levels] = name;
	*out = geo->n_levels++;
	return VRD_OK;
}

// --- areas --------------------------------------------------------------------------------------

enum { AREA_CODE, AREA_TYPE, AREA_PARENT, AREA_LABEL, N_AREA_COLUMNS };

typedef struct {
	vrd_str code;
	size_t row;
} coded_row;

static int by_code_then_row(const void *pa, const void *pb) {
	const coded_row *a = pa, *b = pb;
	size_t n = a->code.n < b->code.n ? a->code.n : b->code.n;
	int order = n ? memcmp(a->code.p, b->code.p, n) : 0;
	if (order != 0)
		return order;
	if (a->code.n != b->code.n)
		return a->code.n < b->code.n ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

// Marks the rows to keep: those with a code and a type, and the first of each code.
static vrd_status choose_rows(vrd_arena *mem, const source *in, const size_t *columns, bool *keep,
                              vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t n = 0;
	coded_row *rows;
	VRD_TRY(VRD_NEW(mem, rows, in->table->n_rows));
	for (size_t r = 0; r < in->table->n_rows; r++) {
		vrd_str code = cell_of(in, r, columns[AREA_CODE]);
		if (code.n == 0 || cell_of(in, r, columns[AREA_TYPE]).n == 0) {
			vrd_diag_add(in->diag, VRD_ERROR, place_of(in, r), "geo.empty-code",
			             "fill in the cell or delete the line", "an area has no %s",
			             code.n == 0 ? "code" : "type");
			continue;
		}
		keep[r] = true;
		rows[n++] = (coded_row){code, r};
	}
	if (n > 0)
		qsort(rows, n, sizeof *rows, by_code_then_row);
	for (size_t i = 1, first = 0; i < n; i++) {
		if (!vrd_str_eq(rows[first].code, rows[i].code)) {
			first = i;
			continue;
		}
		keep[rows[i].row] = false;
		vrd_diag_add(in->diag, VRD_ERROR, place_of(in, rows[i].row), "geo.duplicate-area",
		             "every area stands once; delete one of the lines",
		             "area `%.*s` stands on line %zu already", (int)rows[i].code.n,
		             rows[i].code.p, in->table->lines[rows[first].row]);
	}
out:
	return rc;
}

// Resolves the parents and reports each cycle once, at the first of its areas in the file.
static void read_parents(vrd_geography *geo, const source *in, size_t column, const size_t *row_of,
                         size_t *seen) {
	for (size_t i = 0; i < geo->n_areas; i++) {
		vrd_str parent = cell_of(in, row_of[i], column);
		geo->areas[i].parent = VRD_NONE;
		if (parent.n > 0)
			geo->areas[i].parent =
			        find_area(geo, in, row_of[i], parent, "geo.unknown-area", "parent");
	}
	for (size_t i = 0; i < geo->n_areas; i++) {
		size_t a = i;
		while (a != VRD_NONE && seen[a] == 0) {
			seen[a] = i + 1;
			a = geo->areas[a].parent;
		}
		if (a == VRD_NONE || seen[a] != i + 1)
			continue;
		vrd_diag_add(in->diag, VRD_ERROR, place_of(in, row_of[a]), "geo.parent-cycle",
		             "an area lies in larger ones only; empty one of the parents",
		             "area `%s` lies in itself, by its parents", geo->code_list[a]);
		size_t last = a;
		while (geo->areas[last].parent != a)
			last = geo->areas[last].parent;
		geo->areas[last].parent = VRD_NONE;
	}
}

static vrd_status make_level_dims(vrd_arena *mem, vrd_geography *geo, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_category *cats;
	VRD_TRY(VRD_NEW(mem, geo->level_dims, geo->n_levels));
	VRD_TRY(VRD_NEW(mem, cats, geo->n_areas));
	for (size_t level = 0; level < geo->n_levels; level++) {
		size_t n = 0;
		for (size_t i = 0; i < geo->n_areas; i++) {
			if (geo->areas[i].level != level)
				continue;
			geo->areas[i].in_level = n;
			cats[n++] = (vrd_category){.code = geo->code_list[i],
			                           .label = geo->areas[i].label,
			                           .parent = VRD_NONE,
			                           .decimals = -1};
		}
		VRD_TRY(vrd_dim_new(mem, "area", NULL, VRD_ROLE_GEO, n, cats,
		                    &geo->level_dims[level], err));
	}
out:
	return rc;
}

static vrd_status read_areas(vrd_arena *mem, vrd_geography *geo, const source *in, vrd_lang lang,
                             vrd_err *err) {
	vrd_status rc = VRD_OK;
	static const char *const names[N_AREA_COLUMNS] = {"code", "type", "parent", "label"};
	size_t columns[N_AREA_COLUMNS];
	size_t n_rows = in->table->n_rows;
	bool *keep;
	size_t *row_of, *seen;
	if (!find_columns(in, N_AREA_COLUMNS, names, columns))
		return VRD_OK;
	size_t other_label = VRD_NONE;
	if (lang != VRD_NB)
		other_label =
		        vrd_csv_column_of(in->table, lang == VRD_NN ? "label_nn" : "label_en");
	size_t from_column = vrd_csv_column_of(in->table, "from_year");
	size_t to_column = vrd_csv_column_of(in->table, "to_year");

	VRD_TRY(VRD_NEW(mem, keep, n_rows));
	VRD_TRY(VRD_NEW(mem, row_of, n_rows));
	VRD_TRY(VRD_NEW(mem, seen, n_rows));
	VRD_TRY(VRD_NEW(mem, geo->areas, n_rows));
	VRD_TRY(VRD_NEW(mem, geo->code_list, n_rows));
	VRD_TRY(VRD_NEW(mem, geo->levels, n_rows));
	VRD_TRY(choose_rows(mem, in, columns, keep, err));
	for (size_t r = 0; r < n_rows; r++) {
		if (!keep[r])
			continue;
		vrd_area *area = &geo->areas[geo->n_areas];
		vrd_str code = cell_of(in, r, columns[AREA_CODE]);
		vrd_str label = cell_of(in, r, other_label);
		if (label.n == 0)
			label = cell_of(in, r, columns[AREA_LABEL]);
		if (label.n == 0)
			label = code;
		VRD_TRY(level_of(mem, geo, cell_of(in, r, columns[AREA_TYPE]), &area->level, err));
		area->line = in->table->lines[r];
		if (!read_period(in, r, from_column, to_column, &area->from_year, &area->to_year)) {
			area->from_year = VRD_YEAR_FIRST;
			area->to_year = VRD_YEAR_LAST;
		}
		area->dated = area->from_year != VRD_YEAR_FIRST || area->to_year != VRD_YEAR_LAST;
		area->label = vrd_arena_strndup(mem, label.p, label.n);
		geo->code_list[geo->n_areas] = vrd_arena_strndup(mem, code.p, code.n);
		if (!area->label || !geo->code_list[geo->n_areas])
			VRD_TRY(vrd_no_memory(err, mem, code.n + label.n, 1));
		row_of[geo->n_areas++] = r;
	}
	if (geo->n_areas == 0) {
		vrd_diag_add(in->diag, VRD_ERROR, (vrd_place){in->file, 1, 0}, "geo.empty-code",
		             "write one line for each area: code,type,parent,label",
		             "there are no areas");
		goto out;
	}
	VRD_TRY(make_level_dims(mem, geo, err));
	VRD_TRY(vrd_dim_of_codes(mem, "area", geo->n_areas, geo->code_list, &geo->codes, err));
	read_parents(geo, in, columns[AREA_PARENT], row_of, seen);
out:
	return rc;
}

// --- maps ---------------------------------------------------------------------------------------

enum { MAP_AREA, MAP_UNIT, MAP_SERVICE, MAP_FROM, MAP_TO, MAP_WEIGHT, N_MAP_COLUMNS };

static vrd_status service_of(vrd_arena *mem, vrd_geography *geo, vrd_str name, size_t *out,
                             vrd_err *err) {
	*out = VRD_NONE;
	if (name.n == 0 || vrd_str_is(name, "*"))
		return VRD_OK;
	for (size_t i = 0; i < geo->n_services; i++) {
		if (vrd_str_is(name, geo->services[i])) {
			*out = i;
			return VRD_OK;
		}
	}
	char *copy = vrd_arena_strndup(mem, name.p, name.n);
	if (!copy)
		return vrd_no_memory(err, mem, name.n + 1, 1);
	geo->services[geo->n_services] = copy;
	*out = geo->n_services++;
	return VRD_OK;
}

static int by_area_then_line(const void *pa, const void *pb) {
	const vrd_map_row *a = pa, *b = pb;
	if (a->area != b->area)
		return a->area < b->area ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

static vrd_status read_maps(vrd_arena *mem, vrd_geography *geo, const source *in, vrd_err *err) {
	vrd_status rc = VRD_OK;
	static const char *const names[N_MAP_COLUMNS] = {"area",      "unit",    "service",
	                                                 "from_year", "to_year", "weight"};
	size_t columns[N_MAP_COLUMNS];
	if (!find_columns(in, N_MAP_COLUMNS, names, columns))
		return VRD_OK;
	VRD_TRY(VRD_NEW(mem, geo->maps, in->table->n_rows));
	VRD_TRY(VRD_NEW(mem, geo->services, in->table->n_rows));
	for (size_t r = 0; r < in->table->n_rows; r++) {
		vrd_map_row row = {.line = in->table->lines[r]};
		row.area = find_area(geo, in, r, cell_of(in, r, columns[MAP_AREA]),
		                     "geo.unknown-area", "area");
		row.unit = find_area(geo, in, r, cell_of(in, r, columns[MAP_UNIT]),
		                     "geo.unknown-unit", "unit");
		bool good = row.area != VRD_NONE && row.unit != VRD_NONE;
		good = read_period(in, r, columns[MAP_FROM], columns[MAP_TO], &row.from_year,
		                   &row.to_year) &&
		       good;
		good = read_weight(in, r, columns[MAP_WEIGHT], &row.weight) && good;
		VRD_TRY(service_of(mem, geo, cell_of(in, r, columns[MAP_SERVICE]), &row.service,
		                   err));
		if (good)
			geo->maps[geo->n_maps++] = row;
	}
	if (geo->n_maps > 0)
		qsort(geo->maps, geo->n_maps, sizeof *geo->maps, by_area_then_line);
out:
	return rc;
}

static void index_maps(vrd_geography *geo) {
	for (size_t area = 0, m = 0; area <= geo->n_areas; area++) {
		while (m < geo->n_maps && geo->maps[m].area < area)
			m++;
		geo->first_map[area] = m;
	}
}

// --- changes ------------------------------------------------------------------------------------

enum { CHANGE_YEAR, CHANGE_FROM, CHANGE_TO, CHANGE_WEIGHT, N_CHANGE_COLUMNS };

static int by_year_then_from(const void *pa, const void *pb) {
	const vrd_change *a = pa, *b = pb;
	if (a->year != b->year)
		return a->year < b->year ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

static void check_change_weights(const vrd_geography *geo, const source *in) {
	for (size_t i = 0, next; i < geo->n_changes; i = next) {
		const vrd_change *first = &geo->changes[i];
		double sum = 0;
		for (next = i; next < geo->n_changes && geo->changes[next].year == first->year &&
		               geo->changes[next].from == first->from;
		     next++)
			sum += geo->changes[next].weight;
		if (!(fabs(sum - 1) <= VRD_WEIGHT_TOLERANCE))
			vrd_diag_add(in->diag, VRD_ERROR, (vrd_place){in->file, first->line, 0},
			             "geo.change-weights",
			             "the shares of an area that is divided sum to 1",
			             "weights of `%s` in %d sum to %.10g, not 1",
			             geo->change_codes->cats[first->from].code, first->year, sum);
	}
}

static vrd_status read_changes(vrd_arena *mem, vrd_geography *geo, const source *in, vrd_err *err) {
	vrd_status rc = VRD_OK;
	static const char *const names[N_CHANGE_COLUMNS] = {"year", "from", "to", "weight"};
	size_t columns[N_CHANGE_COLUMNS];
	size_t n_rows = in->table->n_rows, n_codes = 0;
	coded_row *ends;
	const char **codes;
	size_t *index; // of both codes of each row, in change_codes
	if (n_rows == 0 || !find_columns(in, N_CHANGE_COLUMNS, names, columns))
		return VRD_OK;
	VRD_TRY(VRD_NEW(mem, ends, 2 * n_rows));
	VRD_TRY(VRD_NEW(mem, codes, 2 * n_rows));
	VRD_TRY(VRD_NEW(mem, index, 2 * n_rows));
	VRD_TRY(VRD_NEW(mem, geo->changes, n_rows));
	for (size_t r = 0; r < n_rows; r++) {
		ends[2 * r] = (coded_row){cell_of(in, r, columns[CHANGE_FROM]), 2 * r};
		ends[2 * r + 1] = (coded_row){cell_of(in, r, columns[CHANGE_TO]), 2 * r + 1};
	}
	qsort(ends, 2 * n_rows, sizeof *ends, by_code_then_row);
	for (size_t i = 0; i < 2 * n_rows; i++) {
		if (ends[i].code.n == 0) {
			vrd_diag_add(in->diag, VRD_ERROR, place_of(in, ends[i].row / 2),
			             "geo.empty-code", "fill in both codes or delete the line",
			             "a change has no code in column `%s`",
			             ends[i].row % 2 ? "to" : "from");
			index[ends[i].row] = VRD_NONE;
			continue;
		}
		if (n_codes == 0 || !vrd_str_is(ends[i].code, codes[n_codes - 1])) {
			codes[n_codes] = vrd_arena_strndup(mem, ends[i].code.p, ends[i].code.n);
			if (!codes[n_codes])
				VRD_TRY(vrd_no_memory(err, mem, ends[i].code.n + 1, 1));
			n_codes++;
		}
		index[ends[i].row] = n_codes - 1;
	}
	if (n_codes == 0)
		goto out;
	VRD_TRY(vrd_dim_of_codes(mem, "area", n_codes, codes, &geo->change_codes, err));
	for (size_t r = 0; r < n_rows; r++) {
		vrd_change row = {0, index[2 * r], index[2 * r + 1], 0, in->table->lines[r]};
		bool good = row.from != VRD_NONE && row.to != VRD_NONE;
		good = read_year(in, r, columns[CHANGE_YEAR], VRD_YEAR_FIRST, &row.year) && good;
		if (good && row.year == VRD_YEAR_FIRST) {
			vrd_diag_add(in->diag, VRD_ERROR, place_of(in, r), "geo.number",
			             "write the year from whose 1 January the new code holds",
			             "the year of the change is empty");
			good = false;
		}
		good = read_weight(in, r, columns[CHANGE_WEIGHT], &row.weight) && good;
		if (good)
			geo->changes[geo->n_changes++] = row;
	}
	if (geo->n_changes > 0)
		qsort(geo->changes, geo->n_changes, sizeof *geo->changes, by_year_then_from);
	check_change_weights(geo, in);
out:
	return rc;
}

// --- the public face ----------------------------------------------------------------------------

vrd_status vrd_geography_read(vrd_arena *mem, const vrd_csv_table *areas, const char *areas_name,
                              const vrd_csv_table *maps, const char *maps_name,
                              const vrd_csv_table *changes, const char *changes_name, vrd_lang lang,
                              vrd_geography **out, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_geography *geo;
	vrd_diag own;
	if (!diag) {
		vrd_diag_init(&own, mem, 0);
		diag = &own;
	}
	size_t errors_before = diag->n_errors;
	VRD_TRY(VRD_NEW(mem, geo, 1));
	geo->lang = lang;
	VRD_TRY(read_areas(mem, geo, &(source){areas, areas_name, diag}, lang, err));
	VRD_TRY(VRD_NEW(mem, geo->first_map, geo->n_areas + 1));
	if (geo->codes && maps) {
		VRD_TRY(read_maps(mem, geo, &(source){maps, maps_name, diag}, err));
		index_maps(geo);
		VRD_TRY(vrd_map_check(mem, geo, maps_name, diag, err));
	}
	if (changes)
		VRD_TRY(read_changes(mem, geo, &(source){changes, changes_name, diag}, err));
	if (diag->n_errors > errors_before)
		VRD_TRY(vrd_diag_fail(diag, VRD_DATA, err));
	*out = geo;
out:
	return rc;
}

const char *vrd_geography_type(const vrd_geography *geo, vrd_str code) {
	size_t area = vrd_dim_find(geo->codes, code);
	return area == VRD_NONE ? NULL : geo->levels[geo->areas[area].level];
}

const char *vrd_geography_label(const vrd_geography *geo, vrd_str code) {
	size_t area = vrd_dim_find(geo->codes, code);
	return area == VRD_NONE ? NULL : geo->areas[area].label;
}

const char *const *vrd_geography_codes(const vrd_geography *geo, size_t *n) {
	*n = geo->n_areas;
	return geo->code_list;
}

const char *const *vrd_geography_levels(const vrd_geography *geo, size_t *n) {
	*n = geo->n_levels;
	return geo->levels;
}

vrd_status vrd_geography_level_dim(const vrd_geography *geo, const char *level, const vrd_dim **out,
                                   vrd_err *err) {
	for (size_t i = 0; i < geo->n_levels; i++) {
		if (strcmp(geo->levels[i], level) == 0) {
			*out = geo->level_dims[i];
			return VRD_OK;
		}
	}
	size_t near = vrd_nearest(vrd_str_of(level), geo->levels, geo->n_levels);
	if (near != VRD_NONE)
		return vrd_fail(err, VRD_NOINPUT, "there is no area level `%s`; did you mean `%s`?",
		                level, geo->levels[near]);
	vrd_names known = {0};
	for (size_t i = 0; i < geo->n_levels; i++)
		vrd_names_add(&known, "%s", geo->levels[i]);
	return vrd_fail(err, VRD_NOINPUT, "there is no area level `%s`; the levels are %s", level,
	                vrd_names_end(&known));
}

const char *vrd_area_canonical(vrd_arena *mem, vrd_str code) {
	size_t digits = 0;
	while (digits < code.n && code.p[digits] >= '0' && code.p[digits] <= '9')
		digits++;
	bool district = digits == 5 || digits == 6;
	bool lettered = district && code.n == digits + 1 && code.p[digits] == 'a';
	bool padded = digits == 3 || digits == 5;
	if (lettered)
		code.n = digits;
	if (digits != code.n || !padded)
		return vrd_arena_strndup(mem, code.p, code.n);
	return vrd_arena_printf(mem, "0%.*s", (int)code.n, code.p);
}
