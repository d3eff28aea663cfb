#include "region/import_parts.h"

#include "base/file.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

// --- the tables ---------------------------------------------------------------------------------

#define MAX_COLUMNS 9

typedef struct {
	const char *kind, *section, *key, *path;
	const char *columns[MAX_COLUMNS]; // those that are always written come first
	size_t n_written;
	size_t n_key; // the first columns: rows with the same are the same thing
} table_kind;

static const table_kind tables[] = {
        {"areas",
         "geography",
         "areas",
         "geography/areas.csv",
         {"code", "type", "parent", "label", "label_nn", "label_en", "from_year", "to_year"},
         4,
         1},
        {"maps",
         "geography",
         "maps",
         "geography/maps.csv",
         {"area", "unit", "service", "from_year", "to_year", "weight"},
         6,
         4},
        {"changes",
         "geography",
         "changes",
         "geography/changes.csv",
         {"year", "from", "to", "weight"},
         4,
         3},
        {"providers",
         "geography",
         "providers",
         "geography/providers.csv",
         {"code", "kind", "catchment", "label", "label_nn", "label_en"},
         4,
         1},
        {"services",
         NULL,
         "services",
         "data/services.csv",
         {"code", "parent", "driver", "kappa", "label", "label_nn", "label_en"},
         5,
         1},
        {"care",
         NULL,
         "care",
         "data/care.csv",
         {"code", "beds", "label", "label_nn", "label_en"},
         3,
         1},
};

// One import of rows. Cells of the new rows are [row][kind column].
typedef struct {
	const vrd_import *job;
	const table_kind *kind;
	size_t n_columns;
	const char *path; // of the table, as in region.yaml
	vrd_csv_table in;
	vrd_csv_table old; // zeroed when there is none
	const char *old_bytes;
	size_t old_len;
	const size_t *from[MAX_COLUMNS]; // columns of the file, the first that has text counts
	size_t n_from[MAX_COLUMNS];
	const char *constant[MAX_COLUMNS];
	size_t n_rows;
	const char **cells;
	size_t *lines; // in the file
	size_t n_empty, n_other, n_same;
} work;

static size_t column_of(const work *w, const char *name) {
	for (size_t c = 0; c < w->n_columns; c++)
		if (strcmp(w->kind->columns[c], name) == 0)
			return c;
	return VRD_NONE;
}

// A column of the table by name, or USAGE with the nearest.
static vrd_status require_target(const work *w, const char *option, const char *name, size_t *out,
                                 vrd_err *err) {
	*out = column_of(w, name);
	if (*out != VRD_NONE)
		return VRD_OK;
	const size_t near = vrd_nearest(vrd_str_of(name), w->kind->columns, w->n_columns);
	return vrd_fail(err, VRD_USAGE, "--%s: %s has no column \"%s\"; did you mean \"%s\"?",
	                option, w->path, name, w->kind->columns[near == SIZE_MAX ? 0 : near]);
}

static vrd_status require_source(const work *w, const char *option, const char *name, size_t *out,
                                 vrd_err *err) {
	*out = vrd_csv_column_of(&w->in, name);
	if (*out != VRD_NONE)
		return VRD_OK;
	const size_t near = vrd_nearest(vrd_str_of(name), w->in.columns, w->in.n_columns);
	return vrd_fail(err, VRD_DATA,
	                "%s:1: there is no column \"%s\" (--%s); did you mean \"%s\"?",
	                w->job->name, name, option, w->in.columns[near == SIZE_MAX ? 0 : near]);
}

// --- options ------------------------------------------------------------------------------------

static vrd_status add_map(work *w, const char *text, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *columns, *name;
	vrd_str rest, part;
	size_t target, *list, n = 0;
	VRD_TRY(vrd_import_pair(w->job->mem, "map", text, '=', &columns, &name, err));
	VRD_TRY(VRD_NEW(w->job->mem, list, strlen(columns) + 1));
	list[n] = vrd_csv_column_of(&w->in, columns);
	n += list[0] != VRD_NONE; // a header may hold "|" itself
	rest = vrd_str_of(n ? NULL : columns);
	while (vrd_str_split(&rest, '|', &part)) {
		const char *one = vrd_arena_strndup(w->job->mem, part.p, part.n);
		if (!one)
			VRD_TRY(vrd_no_memory(err, w->job->mem, part.n, 1));
		VRD_TRY(require_source(w, "map", one, &list[n++], err));
	}
	if (strcmp(name, "-") == 0)
		return VRD_OK;
	VRD_TRY(require_target(w, "map", name, &target, err));
	w->from[target] = list;
	w->n_from[target] = n;
out:
	return rc;
}

// Columns: as mapped, else those that have the same name; then constants.
static vrd_status read_columns(work *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_import_options *opt = w->job->opt;
	const char *name, *text;
	size_t target;
	for (size_t i = 0; i < opt->n_maps; i++)
		VRD_TRY(add_map(w, opt->maps[i], err));
	for (size_t i = 0; i < opt->n_sets; i++) {
		VRD_TRY(vrd_import_pair(w->job->mem, "set", opt->sets[i], '=', &name, &text, err));
		VRD_TRY(require_target(w, "set", name, &target, err));
		w->constant[target] = text;
	}
	for (size_t c = 0; c < w->n_columns; c++) {
		size_t *own;
		const size_t same = vrd_csv_column_of(&w->in, w->kind->columns[c]);
		if (w->n_from[c] || w->constant[c] || same == VRD_NONE)
			continue;
		VRD_TRY(VRD_NEW(w->job->mem, own, 1));
		*own = same;
		w->from[c] = own;
		w->n_from[c] = 1;
	}
	for (size_t c = 0; c < w->kind->n_key && c < 2; c++)
		if (!w->n_from[c] && !w->constant[c])
			VRD_TRY(vrd_fail(
			        err, VRD_USAGE,
			        "nothing says what %s is: add --map COLUMN=%s (columns of %s: "
			        "%s%s%s ...)",
			        w->kind->columns[c], w->kind->columns[c], w->job->name,
			        w->in.columns[0], w->in.n_columns > 1 ? ", " : "",
			        w->in.n_columns > 1 ? w->in.columns[1] : ""));
out:
	return rc;
}

// Which rows are wanted: for each column named by --only, one of its texts.
static vrd_status read_onlys(const work *w, bool *wanted, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_import_options *opt = w->job->opt;
	const char *name, **texts;
	size_t *columns;
	VRD_TRY(VRD_NEW(w->job->mem, columns, opt->n_onlys));
	VRD_TRY(VRD_NEW(w->job->mem, texts, opt->n_onlys));
	for (size_t i = 0; i < opt->n_onlys; i++) {
		VRD_TRY(vrd_import_pair(w->job->mem, "only", opt->onlys[i], '=', &name, &texts[i],
		                        err));
		VRD_TRY(require_source(w, "only", name, &columns[i], err));
	}
	for (size_t r = 0; r < w->in.n_rows; r++) {
		wanted[r] = true;
		for (size_t i = 0; i < opt->n_onlys; i++) {
			bool found = false;
			for (size_t j = 0; j < opt->n_onlys; j++)
				found = found ||
				        (columns[j] == columns[i] &&
				         strcmp(w->in.rows[r * w->in.n_columns + columns[i]],
				                texts[j]) == 0);
			wanted[r] = wanted[r] && found;
		}
	}
out:
	return rc;
}

static vrd_status recode(const work *w, size_t column, const char **text, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_import_options *opt = w->job->opt;
	const char *name, *rest, *from, *to, *given = *text;
	for (size_t i = 0; i < opt->n_recodes; i++) {
		size_t target;
		VRD_TRY(vrd_import_pair(w->job->mem, "recode", opt->recodes[i], ':', &name, &rest,
		                        err));
		VRD_TRY(vrd_import_pair(w->job->mem, "recode", rest, '=', &from, &to, err));
		VRD_TRY(require_target(w, "recode", name, &target, err));
		if (target == column && strcmp(from, given) == 0)
			*text = to;
	}
out:
	return rc;
}

// --- rows ---------------------------------------------------------------------------------------

// Official codes in their canonical form: municipalities and districts of areas.csv, both sides of
// a change, and what names an area that is known in that form.
static const char *canonical(const work *w, size_t column, const char *type, const char *text) {
	static const char *const columns[] = {"area", "unit", "parent", "catchment"};
	const vrd_geography *geo = w->job->region->geo;
	const char *name = w->kind->columns[column];
	const bool change = strcmp(name, "from") == 0 || strcmp(name, "to") == 0;
	const bool numbered = strcmp(w->kind->kind, "areas") == 0 && column == 0 &&
	                      (strcmp(type, "municipality") == 0 || strcmp(type, "district") == 0);
	bool refers = false;
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		refers = refers || strcmp(name, columns[i]) == 0;
	if (strcmp(w->kind->kind, "services") == 0 || !(change || numbered || refers) ||
	    (refers && vrd_geography_type(geo, vrd_str_of(text))))
		return text;
	const char *code = vrd_area_canonical(w->job->mem, vrd_str_of(text));
	if (code && refers && strcmp(name, "area") != 0 &&
	    !vrd_geography_type(geo, vrd_str_of(code)))
		return text;
	return code;
}

static vrd_status make_row(work *w, size_t r, const char **cells, vrd_err *err) {
	vrd_status rc = VRD_OK;
	for (size_t c = 0; c < w->n_columns; c++) {
		const char *text = w->constant[c] ? w->constant[c] : "";
		for (size_t i = 0; i < w->n_from[c] && !*text; i++)
			text = w->in.rows[r * w->in.n_columns + w->from[c][i]];
		VRD_TRY(recode(w, c, &text, err));
		cells[c] = text;
	}
	const size_t type = column_of(w, "type");
	for (size_t c = 0; c < w->n_columns; c++) {
		cells[c] = canonical(w, c, type == VRD_NONE ? "" : cells[type], cells[c]);
		if (!cells[c])
			VRD_TRY(vrd_no_memory(err, w->job->mem, 8, 1));
	}
out:
	return rc;
}

static bool same_cells(const char *const *a, const char *const *b, size_t n) {
	for (size_t c = 0; c < n; c++)
		if (strcmp(a[c], b[c]) != 0)
			return false;
	return true;
}

// A row of the present table with the key of `cells`: its line, or 0.
static size_t line_in_table(const work *w, const char *const *cells) {
	for (size_t r = 0; r < w->old.n_rows; r++) {
		bool equal = true;
		for (size_t c = 0; c < w->kind->n_key; c++) {
			const size_t own = vrd_csv_column_of(&w->old, w->kind->columns[c]);
			const char *text =
			        own == VRD_NONE ? "" : w->old.rows[r * w->old.n_columns + own];
			equal = equal && strcmp(text, cells[c]) == 0;
		}
		if (equal)
			return w->old.lines[r];
	}
	return 0;
}

static void add_row(work *w, size_t r) {
	const char **cells = w->cells + w->n_rows * w->n_columns;
	const vrd_place place = {.file = w->job->name, .line = w->in.lines[r]};
	if (!*cells[0]) {
		w->n_empty++;
		return;
	}
	for (size_t i = 0; i < w->n_rows; i++) {
		const char *const *other = w->cells + i * w->n_columns;
		if (!same_cells(other, cells, w->kind->n_key))
			continue;
		if (same_cells(other, cells, w->n_columns))
			w->n_same++;
		else
			vrd_diag_add(w->job->diag, VRD_ERROR, place, "import.duplicate",
			             "choose rows with --only, or correct the file",
			             "%s \"%s\" stands in line %zu with other contents",
			             w->kind->columns[0], cells[0], w->lines[i]);
		return;
	}
	const size_t line = line_in_table(w, cells);
	if (line)
		vrd_diag_add(
		        w->job->diag, VRD_ERROR, place, "import.duplicate",
		        "take the old row out of the table, or leave the new one out with --only",
		        "%s \"%s\" stands in %s, line %zu", w->kind->columns[0], cells[0], w->path,
		        line);
	w->lines[w->n_rows++] = w->in.lines[r];
}

static vrd_status make_rows(work *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	bool *wanted;
	VRD_TRY(VRD_NEW(w->job->mem, wanted, w->in.n_rows));
	VRD_TRY(VRD_NEW(w->job->mem, w->cells, w->in.n_rows * w->n_columns));
	VRD_TRY(VRD_NEW(w->job->mem, w->lines, w->in.n_rows));
	VRD_TRY(read_onlys(w, wanted, err));
	for (size_t r = 0; r < w->in.n_rows; r++) {
		if (!wanted[r]) {
			w->n_other++;
			continue;
		}
		VRD_TRY(make_row(w, r, w->cells + w->n_rows * w->n_columns, err));
		add_row(w, r);
	}
	VRD_TRY(vrd_diag_fail(w->job->diag, VRD_DATA, err));
	if (w->n_rows == 0)
		VRD_TRY(vrd_fail(err, VRD_DATA,
		                 "%s: no row is left: %zu have no %s, %zu are not chosen by --only",
		                 w->job->name, w->n_empty, w->kind->columns[0], w->n_other));
out:
	return rc;
}

// --- the new text -------------------------------------------------------------------------------

static void put_cell(vrd_buf *out, const char *text, char separator) {
	const size_t n = strlen(text);
	const char special[] = {separator, '"', '\r', '\n', 0};
	const bool padded = n && (strchr(" \t", text[0]) || strchr(" \t", text[n - 1]));
	if (!padded && strcspn(text, special) == n) {
		vrd_buf_puts(out, text);
		return;
	}
	vrd_csv_put_quoted(out, text);
}

// What separates the columns of the present table: the one that stands between its headers.
static char separator_of(const work *w) {
	static const char separators[] = ",;\t|";
	const char *end = w->old_len ? memchr(w->old_bytes, '\n', w->old_len) : NULL;
	const size_t n = end ? (size_t)(end - w->old_bytes) : w->old_len;
	for (const char *s = separators; *s; s++) {
		size_t found = 0;
		for (size_t i = 0; i < n; i++)
			found += w->old_bytes[i] == *s;
		if (found && found + 1 == w->old.n_columns)
			return *s;
	}
	return ',';
}

static vrd_status make_text(const work *w, vrd_buf *text, vrd_buf *shown, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t *order, n = 0;
	bool placed[MAX_COLUMNS] = {false};
	const bool there = w->old.n_columns > 0;
	const char separator = separator_of(w);
	const char *eol = w->old_len > 1 && memchr(w->old_bytes, '\r', w->old_len) ? "\r\n" : "\n";
	VRD_TRY(VRD_NEW(w->job->mem, order, w->old.n_columns + w->n_columns));
	for (size_t c = 0; c < (there ? w->old.n_columns : w->n_columns); c++) {
		const size_t own = there ? column_of(w, w->old.columns[c]) : c;
		const bool said = own != VRD_NONE && (w->n_from[own] || w->constant[own]);
		if (!there && own >= w->kind->n_written && !said)
			continue;
		if (own != VRD_NONE)
			placed[own] = true;
		order[n++] = own;
	}
	for (size_t c = 0; c < w->n_columns; c++)
		if (!placed[c] && (w->n_from[c] || w->constant[c]))
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "%s has no column %s: add it to its header (and an empty "
			                 "cell to its "
			                 "rows), or leave it text with --map %s=-",
			                 w->path, w->kind->columns[c], w->kind->columns[c]));
	vrd_buf_add(text, w->old_bytes ? w->old_bytes : "", w->old_len);
	if (w->old_len && w->old_bytes[w->old_len - 1] != '\n')
		vrd_buf_puts(text, eol);
	for (size_t r = 0; r <= w->n_rows; r++) {
		const size_t at = text->n;
		if (r == 0 && there)
			continue;
		for (size_t c = 0; c < n; c++) {
			const char *cell = order[c] == VRD_NONE ? ""
			                   : r == 0             ? w->kind->columns[order[c]]
			                            : w->cells[(r - 1) * w->n_columns + order[c]];
			if (c)
				vrd_buf_putc(text, separator);
			put_cell(text, cell, separator);
		}
		vrd_buf_puts(text, eol);
		if (r <= 5 && !text->failed) {
			vrd_buf_puts(shown, "  ");
			vrd_buf_add(shown, text->p + at, text->n - at);
		}
	}
	if (text->failed)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for %s", w->path));
out:
	return rc;
}

// --- checking and writing -----------------------------------------------------------------------

// Problems of the new rows are told at their lines in the imported file.
static vrd_status try_table(const work *w, const vrd_buf *text, vrd_err *err) {
	const vrd_import *job = w->job;
	const vrd_overlay overlay = {w->path, text->p, text->n};
	const size_t first = w->old.n_rows ? w->old.lines[w->old.n_rows - 1] + 1 : 2;
	vrd_region *fresh;
	vrd_diag own;
	vrd_diag_init(&own, job->mem, job->diag->limit);
	vrd_status rc = vrd_region_open_with(job->mem, job->region->dir, NULL, 1, &overlay, &fresh,
	                                     &own, err);
	for (size_t i = 0; i < own.n; i++) {
		const vrd_problem *p = &own.items[i];
		vrd_place place = p->place;
		if (place.file && strcmp(place.file, w->path) == 0 && place.line >= first &&
		    place.line - first < w->n_rows)
			place = (vrd_place){.file = job->name,
			                    .line = w->lines[place.line - first]};
		vrd_diag_add(job->diag, p->severity, place, p->rule, p->remedy, "%s", p->text);
	}
	if (rc != VRD_OK && job->diag->n_errors)
		return vrd_diag_fail(job->diag, VRD_DATA, err);
	return rc;
}

static vrd_status write_table(const work *w, const vrd_buf *text, vrd_err *err) {
	vrd_status rc = VRD_OK;
	char *full = vrd_path_join(w->job->mem, w->job->region->dir, w->path);
	char *folder = full ? vrd_arena_strdup(w->job->mem, full) : NULL;
	if (!folder)
		VRD_TRY(vrd_no_memory(err, w->job->mem, strlen(w->path), 1));
	char *slash = strrchr(folder, '/');
	if (slash && slash != folder) {
		*slash = 0;
		VRD_TRY(vrd_dir_make(folder, err));
	}
	VRD_TRY(vrd_file_write_atomic(full, text->p, text->n, err));
out:
	return rc;
}

static vrd_status read_old(work *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_region *r = w->job->region;
	if (!vrd_region_has_file(r, w->path))
		return VRD_OK;
	VRD_TRY(vrd_region_file(r, w->job->mem, w->path, r->max_input_bytes, &w->old_bytes,
	                        &w->old_len, err));
	VRD_TRY(vrd_csv_read_table(w->job->mem, w->old_bytes, w->old_len, w->path, &w->old,
	                           w->job->diag, err));
out:
	return rc;
}

static void tell(const work *w, const vrd_buf *shown) {
	vrd_buf *out = w->job->report;
	vrd_buf_printf(out, "%s: %zu rows for %s", w->job->name, w->n_rows, w->path);
	if (w->n_other)
		vrd_buf_printf(out, "; %zu not chosen", w->n_other);
	if (w->n_empty)
		vrd_buf_printf(out, "; %zu without %s left out", w->n_empty, w->kind->columns[0]);
	if (w->n_same)
		vrd_buf_printf(out, "; %zu equal ones taken once", w->n_same);
	vrd_buf_printf(out, "\n%s", shown->p ? shown->p : "");
	if (w->n_rows > 5)
		vrd_buf_puts(out, "  ...\n");
	if (w->job->opt->dry_run)
		vrd_buf_puts(out, "Nothing was written.\n");
	else
		vrd_buf_printf(out, "%s %s/%s\n", w->old_len ? "Added them to" : "Wrote",
		               w->job->region->dir, w->path);
}

// Options that say how a cube is read mean nothing here.
static vrd_status refuse_cube_options(const vrd_import_options *opt, vrd_err *err) {
	const struct {
		bool given;
		const char *name;
	} others[] = {
	        {opt->replace, "replace"},
	        {opt->variant, "variant"},
	        {opt->main, "main"},
	        {opt->borders != 0, "borders"},
	        {opt->absent, "absent"},
	        {opt->sum, "sum"},
	        {opt->separator, "separator"},
	        {opt->decimal, "decimal"},
	        {opt->suppress >= 0, "suppress"},
	        {opt->other_areas, "other-areas"},
	        {opt->source, "source"},
	        {opt->license, "license"},
	        {!isnan(opt->weight), "weight"},
	};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].given)
			return vrd_fail(err, VRD_USAGE,
			                "--%s is for data sets; %s is a table, whose rows are "
			                "added to those there are",
			                others[i].name, opt->as);
	return VRD_OK;
}

vrd_status vrd_import_table(const vrd_import *job, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_buf text = {0}, shown = {0};
	work w = {.job = job};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strcmp(tables[i].kind, job->opt->as) == 0)
			w.kind = &tables[i];
	while (w.n_columns < MAX_COLUMNS && w.kind->columns[w.n_columns])
		w.n_columns++;
	const vrd_node *config = job->region->config;
	w.path = vrd_node_text(w.kind->section ? vrd_node_get(config, w.kind->section) : config,
	                       w.kind->key, w.kind->path);
	VRD_TRY(refuse_cube_options(job->opt, err));
	VRD_TRY(vrd_csv_read_table(job->mem, job->bytes, job->len, job->name, &w.in, job->diag,
	                           err));
	VRD_TRY(read_old(&w, err));
	VRD_TRY(read_columns(&w, err));
	VRD_TRY(make_rows(&w, err));
	VRD_TRY(make_text(&w, &text, &shown, err));
	VRD_TRY(try_table(&w, &text, err));
	if (!job->opt->dry_run)
		VRD_TRY(write_table(&w, &text, err));
	tell(&w, &shown);
out:
	vrd_buf_free(&text);
	vrd_buf_free(&shown);
	return rc;
}
