#include "region/import_parts.h"

#include "base/file.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

static const char *const kinds[] = {"population",      "activity",  "flows",    "occupancy",
                                    "life_expectancy", "control",   "areas",    "maps",
                                    "changes",         "providers", "services", "care",
                                    "episodes"};
#define N_KINDS (sizeof kinds / sizeof *kinds)

// --- what was understood ------------------------------------------------------------------------

static void tell_dim(vrd_buf *out, const vrd_dim *dim) {
	vrd_buf_printf(out, "  %-9s %5zu  ", dim->name, dim->n);
	if (dim->n <= 6) {
		for (size_t i = 0; i < dim->n; i++)
			vrd_buf_printf(out, "%s%s", i ? ", " : "", dim->cats[i].code);
		vrd_buf_putc(out, '\n');
		return;
	}
	vrd_buf_printf(out, "%s ... %s\n", dim->cats[0].code, dim->cats[dim->n - 1].code);
}

static size_t count_missing(const vrd_cube *cube) {
	size_t n = 0;
	for (size_t i = 0; i < cube->n_cells; i++)
		n += isnan(cube->values[i]) ? 1 : 0;
	return n;
}

// The sum of the numbers there are, for every year (and measure, and alternative).
static vrd_status tell_totals(const vrd_import *job, const vrd_cube *cube, vrd_err *err) {
	static const char *const kept[] = {"variant", "measure", "year"};
	vrd_status rc = VRD_OK;
	const char *by[3];
	size_t n_by = 0, index[3] = {0};
	vrd_cube known, sum;
	for (size_t i = 0; i < 3; i++)
		if (vrd_cube_axis(cube, kept[i]) != VRD_NONE)
			by[n_by++] = kept[i];
	VRD_TRY(vrd_cube_new(job->mem, cube->n_dims, cube->dims, &known, err));
	for (size_t i = 0; i < cube->n_cells; i++)
		known.values[i] = isnan(cube->values[i]) ? 0 : cube->values[i];
	VRD_TRY(vrd_cube_sum_by(job->mem, &known, n_by, by, &sum, err));
	for (size_t i = 0; i < sum.n_cells; i++) {
		vrd_buf_puts(job->report, "  total    ");
		for (size_t d = 0; d < n_by; d++)
			vrd_buf_printf(job->report, " %s", sum.dims[d]->cats[index[d]].code);
		vrd_buf_puts(job->report, "  ");
		vrd_fmt_number(job->report, sum.values[i], 0, job->region->lang);
		vrd_buf_putc(job->report, '\n');
		(void)vrd_cube_next(&sum, index);
	}
out:
	return rc;
}

static vrd_status tell_cube(const vrd_import *job, const vrd_dataset *set, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_cube *cube = &set->cube;
	const size_t missing = count_missing(cube);
	vrd_buf_printf(job->report, "%s: %s%s%s, %zu cells\n", job->name, job->opt->as,
	               set->kind == VRD_DATA_POPULATION ? ", " : "",
	               set->kind == VRD_DATA_POPULATION ? set->variant : "", cube->n_cells);
	for (size_t d = 0; d < cube->n_dims; d++)
		tell_dim(job->report, cube->dims[d]);
	vrd_buf_printf(job->report, "  unit      %s\n", cube->unit ? cube->unit : "not said");
	if (missing)
		vrd_buf_printf(job->report, "  %zu of %zu cells have no number\n", missing,
		               cube->n_cells);
	if (set->kind == VRD_DATA_POPULATION || set->kind == VRD_DATA_ACTIVITY)
		VRD_TRY(tell_totals(job, cube, err));
out:
	return rc;
}

// Control totals are a table: `varde check` judges them.
static vrd_status tell_controls(const vrd_import *job, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_csv_table table;
	double x;
	VRD_TRY(vrd_csv_read_table(job->mem, job->bytes, job->len, job->name, &table, job->diag,
	                           err));
	const size_t value = vrd_csv_column_of(&table, "value");
	if (value == VRD_NONE || vrd_csv_column_of(&table, "cube") == VRD_NONE)
		VRD_TRY(vrd_fail(err, VRD_DATA,
		                 "%s:1: control totals need the columns cube and value",
		                 job->name));
	for (size_t r = 0; r < table.n_rows; r++)
		if (!vrd_parse_double(vrd_str_of(table.rows[r * table.n_columns + value]), '.', &x))
			vrd_diag_add(job->diag, VRD_ERROR,
			             (vrd_place){.file = job->name, .line = table.lines[r]},
			             "control.number", "write a number with a point",
			             "value is \"%s\"", table.rows[r * table.n_columns + value]);
	VRD_TRY(vrd_diag_fail(job->diag, VRD_DATA, err));
	vrd_buf_printf(job->report, "%s: control, %zu totals\n", job->name, table.n_rows);
out:
	return rc;
}

// --- cubes --------------------------------------------------------------------------------------

// The entry for `path`, VRD_NONE when there is none. A name that is taken needs --replace.
vrd_status vrd_import_find_entry(const vrd_import *job, const char *path, size_t *entry,
                                 vrd_err *err) {
	const vrd_region *r = job->region;
	const char *bytes;
	size_t len;
	*entry = VRD_NONE;
	for (size_t i = 0; i < r->n_data; i++)
		if (strcmp(r->data[i].file, path) == 0)
			*entry = i;
	if (job->opt->replace)
		return VRD_OK;
	if (*entry != VRD_NONE)
		return vrd_fail(
		        err, VRD_NOCREATE,
		        "region.yaml has an entry for %s (line %zu): add --replace to put the new "
		        "file and entry in its place, or give the file another name",
		        path, r->data[*entry].node->place.line);
	if (vrd_region_has_file(r, path) &&
	    (vrd_region_file(r, job->mem, path, 0, &bytes, &len, NULL) != VRD_OK ||
	     len != job->len || memcmp(bytes, job->bytes, len) != 0))
		return vrd_fail(
		        err, VRD_NOCREATE,
		        "%s/%s is there with another content: add --replace to overwrite it, or "
		        "give the file another name",
		        r->dir, path);
	return VRD_OK;
}

// Reads the files of a kind together, as later commands do.
static vrd_status join_kind(vrd_region *region, const vrd_dataset *set, vrd_diag *diag,
                            vrd_err *err) {
	static const char *const by[] = {"year"};
	vrd_cube all;
	vrd_err why = {0};
	if (set->kind == VRD_DATA_ACTIVITY)
		return vrd_region_activity(region, region->mem, &all, diag, err);
	if (set->kind != VRD_DATA_POPULATION || vrd_cube_axis(&set->cube, "variant") != VRD_NONE)
		return VRD_OK;
	const vrd_status rc = vrd_region_population(region, region->mem, set->variant, true, 1, by,
	                                            &all, diag, &why);
	return rc == VRD_OK
	               ? rc
	               : vrd_fail(err, rc, "region.yaml:%zu: %s", set->node->place.line, why.text);
}

// A file that is right by itself can still not fit those beside it. What was wrong before is no
// reason to refuse a file that may mend it.
static vrd_status try_together(const vrd_import *job, vrd_region *fresh, const vrd_dataset *set,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_region *present;
	vrd_diag own, quiet;
	vrd_err why = {0};
	vrd_diag_init(&own, job->mem, 0);
	vrd_diag_init(&quiet, job->mem, 0);
	const vrd_status joined = join_kind(fresh, set, &own, &why);
	if (joined == VRD_OK)
		return VRD_OK;
	VRD_TRY(vrd_region_open(job->mem, job->region->dir, &present, &quiet, err));
	for (size_t i = 0; i < present->n_data; i++) {
		vrd_dataset *old = &present->data[i];
		if (old->kind != set->kind)
			continue;
		if (vrd_region_load(present, old, &quiet, NULL) == VRD_OK &&
		    join_kind(present, old, &quiet, NULL) == VRD_OK)
			continue;
		vrd_diag_add(job->diag, VRD_WARNING, set->node->place, "import.together",
		             "see `varde check`",
		             "the folder's data did not fit each other before, and do not now: %s",
		             why.text);
		return VRD_OK;
	}
	for (size_t i = 0; i < own.n; i++)
		vrd_diag_add(job->diag, own.items[i].severity, own.items[i].place,
		             own.items[i].rule, own.items[i].remedy, "%s", own.items[i].text);
	rc = vrd_fail(err, joined, "%s", why.text);
out:
	return rc;
}

// Opens the folder as it would be, and reads the file by its new entry.
vrd_status vrd_import_try(const vrd_import *job, const char *path, size_t n,
                          const vrd_overlay *overlays, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_region *fresh;
	vrd_dataset *set = NULL;
	VRD_TRY(vrd_region_open_with(job->mem, job->region->dir, NULL, n, overlays, &fresh,
	                             job->diag, err));
	for (size_t i = 0; i < fresh->n_data; i++)
		if (strcmp(fresh->data[i].file, path) == 0)
			set = &fresh->data[i];
	if (!set)
		VRD_TRY(vrd_fail(err, VRD_INTERNAL, "the entry for %s is lost", path));
	if (set->kind == VRD_DATA_CONTROL) {
		VRD_TRY(tell_controls(job, err));
	} else {
		VRD_TRY(vrd_region_load(fresh, set, job->diag, err));
		VRD_TRY(tell_cube(job, set, err));
		VRD_TRY(try_together(job, fresh, set, err));
	}
out:
	return rc;
}

// A file that is written, and what was there before.
typedef struct {
	const char *path;
	const char *old; // NULL: nothing
	size_t old_len;
} written;

static vrd_status write_one(const vrd_import *job, const vrd_overlay *file, written *out,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *path = vrd_path_join(job->mem, job->region->dir, file->path);
	const char *slash = path ? strrchr(path, '/') : NULL;
	const char *dir = slash ? vrd_arena_strndup(job->mem, path, (size_t)(slash - path)) : NULL;
	if (!dir)
		VRD_TRY(vrd_no_memory(err, job->mem, strlen(file->path), 1));
	if (vrd_path_exists(path))
		VRD_TRY(vrd_file_read(job->mem, path, job->region->max_input_bytes, &out->old,
		                      &out->old_len, err));
	VRD_TRY(vrd_dir_make(dir, err));
	VRD_TRY(vrd_file_write_atomic(path, file->bytes, file->len, err));
	out->path = path;
out:
	return rc;
}

vrd_status vrd_import_write(const vrd_import *job, size_t n, const vrd_overlay *overlays,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	written *files;
	VRD_TRY(VRD_NEW(job->mem, files, n));
	for (size_t i = n; i-- > 0 && rc == VRD_OK;)
		rc = write_one(job, &overlays[i], &files[i], err);
	for (size_t i = 0; i < n && rc != VRD_OK; i++)
		if (files[i].path && files[i].old)
			(void)!vrd_file_write_atomic(files[i].path, files[i].old, files[i].old_len,
			                             NULL);
		else if (files[i].path)
			(void)unlink(files[i].path);
out:
	return rc;
}

static vrd_status import_cube(const vrd_import *job, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_region *r = job->region;
	const char *path = vrd_arena_printf(job->mem, "data/%s", job->name), *old, *text;
	size_t entry, old_len, text_len;
	if (!path)
		VRD_TRY(vrd_no_memory(err, job->mem, strlen(job->name), 1));
	if (job->opt->n_onlys)
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "--only is for tables; a data set is imported whole"));
	VRD_TRY(vrd_import_find_entry(job, path, &entry, err));
	VRD_TRY(vrd_region_file(r, job->mem, "region.yaml", 8 << 20, &old, &old_len, err));
	VRD_TRY(vrd_import_splice(job, old, old_len, path, entry, &text, &text_len, err));
	const vrd_overlay overlays[2] = {{"region.yaml", text, text_len},
	                                 {path, job->bytes, job->len}};
	VRD_TRY(vrd_import_try(job, path, 2, overlays, err));
	if (job->opt->dry_run) {
		vrd_buf entry_text = {0};
		VRD_TRY(vrd_import_entry(job, path, 2, &entry_text, err));
		vrd_buf_printf(job->report,
		               "Nothing was written. The entry of region.yaml would be:\n%s",
		               entry_text.p);
		vrd_buf_free(&entry_text);
	} else {
		VRD_TRY(vrd_import_write(job, 2, overlays, err));
		vrd_buf_printf(job->report, "%s %s/%s and its entry in region.yaml\n",
		               entry == VRD_NONE ? "Wrote" : "Replaced", r->dir, path);
	}
out:
	return rc;
}

// --- any file -----------------------------------------------------------------------------------

static bool has_ending(const char *name, const char *ending) {
	const size_t n = strlen(name), m = strlen(ending);
	return n > m && strcmp(name + n - m, ending) == 0;
}

static vrd_status check_name(const char *name, vrd_err *err) {
	static const char *const others[] = {".xlsx", ".xls", ".ods", ".gz", ".zip"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (has_ending(name, others[i]))
			return vrd_fail(err, VRD_DATA, "%s is a %s file: %s, then import that",
			                name, others[i],
			                i < 3 ? "save the sheet as CSV (UTF-8)" : "unpack it");
	return VRD_OK;
}

static vrd_status find_kind(const char *as, size_t *kind, vrd_err *err) {
	for (*kind = 0; *kind < N_KINDS; ++*kind)
		if (as && strcmp(as, kinds[*kind]) == 0)
			return VRD_OK;
	const size_t near = as ? vrd_nearest(vrd_str_of(as), kinds, N_KINDS) : SIZE_MAX;
	vrd_buf words = {.max = 200};
	for (size_t i = 0; i < N_KINDS; i++)
		vrd_buf_printf(&words, "%s%s", i ? ", " : "", kinds[i]);
	const vrd_status rc =
	        as ? vrd_fail(err, VRD_USAGE, "--as \"%s\": %s%s%sa file is one of %s", as,
	                      near == SIZE_MAX ? "" : "did you mean ",
	                      near == SIZE_MAX ? "" : kinds[near], near == SIZE_MAX ? "" : "? ",
	                      words.p)
	           : vrd_fail(err, VRD_USAGE, "say what the file is with --as: one of %s", words.p);
	vrd_buf_free(&words);
	return rc;
}

vrd_status vrd_region_import(vrd_region *region, const vrd_import_options *options, vrd_buf *report,
                             vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena mem = {0};
	vrd_diag own; // errors of this import alone
	size_t kind;
	const char *slash = strrchr(options->file, '/');
	vrd_import job = {.region = region,
	                  .opt = options,
	                  .mem = &mem,
	                  .name = slash ? slash + 1 : options->file,
	                  .report = report,
	                  .diag = &own};
	vrd_diag_init(&own, &mem, diag ? diag->limit : 0);
	VRD_TRY(find_kind(options->as, &kind, err));
	VRD_TRY(check_name(job.name, err));
	VRD_TRY(vrd_file_read(&mem, options->file, region->max_input_bytes, &job.bytes, &job.len,
	                      err));
	VRD_TRY(vrd_import_refuse_persons(&job, err));
	if ((options->touch || options->ages) && strcmp(options->as, "episodes") != 0)
		VRD_TRY(vrd_fail(err, VRD_USAGE, "--%s is for --as episodes",
		                 options->touch ? "touch" : "ages"));
	if (kind < VRD_N_DATA_KINDS)
		VRD_TRY(import_cube(&job, err));
	else if (strcmp(options->as, "episodes") == 0)
		VRD_TRY(vrd_import_episodes(&job, err));
	else
		VRD_TRY(vrd_import_table(&job, err));
out:
	for (size_t i = 0; diag && i < own.n; i++) {
		const vrd_problem *p = &own.items[i];
		vrd_diag_add(diag, p->severity, p->place, p->rule, p->remedy, "%s", p->text);
	}
	vrd_arena_clear(&mem);
	return rc;
}
