// The only file that knows libxlsxwriter. Its constant-memory mode streams rows to a temporary
// file, so a million rows cost the memory of one.
#include "cube/xlsx.h"

#include "cube/xlsx_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/banned.h"

// A workbook states when it was made. The same cube must give the same bytes, so this is not the
// clock: 2000-01-01. When the data are from stands in the sheet Info.
#define CREATED ((time_t)946684800)
#define MAX_ROWS ((size_t)LXW_ROW_MAX - 1) // below the header
#define MAX_TEXT 32767                     // characters in a cell

typedef enum { CODE, LABEL, VALUE, STATUS } column_kind;

typedef struct {
	const char *header;
	column_kind kind;
	size_t axis; // for CODE and LABEL
} column;

typedef struct {
	const vrd_cube *cube;
	column *columns; // of the sheet Data
	size_t n_columns;
	lxw_workbook *book;
	lxw_worksheet *data;
	lxw_worksheet *info;
	lxw_format *bold;
	lxw_format *wrapped;
	size_t info_row;  // the next one
	lxw_error failed; // the first thing that libxlsxwriter refused
} workbook;

// --- failures -----------------------------------------------------------------------------------

static vrd_status fail_errno(vrd_err *err, int code, const char *path) {
	char reason[128];
	if (code == 0 || strerror_r(code, reason, sizeof reason) != 0)
		snprintf(reason, sizeof reason, "writing failed; is the disk full?");
	vrd_status status = VRD_IO;
	if (code == EACCES || code == EPERM || code == EROFS)
		status = VRD_NOPERM;
	else if (code == ENOENT || code == ENOTDIR || code == EISDIR || code == ENAMETOOLONG)
		status = VRD_NOCREATE;
	return vrd_fail(err, status, "cannot write %s: %s", path, reason);
}

static vrd_status fail_book(vrd_err *err, lxw_error code, const char *path) {
	if (code == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED)
		return vrd_fail(err, VRD_DATA,
		                "cannot write %s: a text is longer than the %d characters that a "
		                "cell of a workbook holds",
		                path, MAX_TEXT);
	if (code == LXW_ERROR_MEMORY_MALLOC_FAILED)
		return vrd_fail(err, VRD_NOMEM, "cannot write %s: memory is used up", path);
	return vrd_fail(err, VRD_INTERNAL, "cannot write %s: %s", path, lxw_strerror(code));
}

// --- columns ------------------------------------------------------------------------------------

static bool has_labels(const vrd_dim *dim) {
	for (size_t i = 0; i < dim->n; i++) {
		if (strcmp(dim->cats[i].code, dim->cats[i].label) != 0)
			return true;
	}
	return false;
}

static bool has_status(const vrd_cube *cube) {
	for (size_t i = 0; cube->status != NULL && i < cube->n_cells; i++) {
		if (vrd_cube_status(cube, i) != VRD_PRESENT)
			return true;
	}
	return false;
}

// For each dimension its codes and, where they say more, its labels; then the value and, when any
// cell has one, the status.
static vrd_status lay_out(vrd_arena *mem, const vrd_cube *cube, workbook *w, vrd_err *err) {
	size_t n = 0;
	vrd_status rc;
	VRD_TRY(VRD_NEW(mem, w->columns, 2 * cube->n_dims + 2));
	for (size_t d = 0; d < cube->n_dims; d++) {
		const char *name = cube->dims[d]->name;
		w->columns[n++] = (column){name, CODE, d};
		if (!has_labels(cube->dims[d]))
			continue;
		const char *header = vrd_arena_printf(mem, "%s_label", name);
		if (header == NULL)
			return vrd_no_memory(err, mem, strlen(name) + 7, 1);
		w->columns[n++] = (column){header, LABEL, d};
	}
	w->columns[n++] = (column){"value", VALUE, 0};
	if (has_status(cube))
		w->columns[n++] = (column){"status", STATUS, 0};
	if (n > LXW_COL_MAX)
		return vrd_fail(err, VRD_LIMIT,
		                "a sheet has at most %d columns, the cube needs %zu", LXW_COL_MAX,
		                n);
	w->n_columns = n;
out:
	return rc;
}

// --- cells --------------------------------------------------------------------------------------

static void keep(workbook *w, lxw_error code) {
	if (w->failed == LXW_NO_ERROR)
		w->failed = code;
}

static void put_text(workbook *w, lxw_worksheet *sheet, size_t row, size_t col, const char *text,
                     lxw_format *format) {
	if (text != NULL && text[0] != '\0')
		keep(w,
		     worksheet_write_string(sheet, (lxw_row_t)row, (lxw_col_t)col, text, format));
}

static void put_number(workbook *w, lxw_worksheet *sheet, size_t row, size_t col, double number) {
	keep(w, worksheet_write_number(sheet, (lxw_row_t)row, (lxw_col_t)col, number, NULL));
}

static void put_cell(workbook *w, size_t row, size_t col, const size_t *index, size_t position) {
	const vrd_cube *cube = w->cube;
	const column *c = &w->columns[col];
	const vrd_cell status = vrd_cube_status(cube, position);
	switch (c->kind) {
	case CODE:
		put_text(w, w->data, row, col, cube->dims[c->axis]->cats[index[c->axis]].code,
		         NULL);
		break;
	case LABEL:
		put_text(w, w->data, row, col, cube->dims[c->axis]->cats[index[c->axis]].label,
		         NULL);
		break;
	case VALUE:
		if (vrd_cell_has_number(status))
			put_number(w, w->data, row, col, cube->values[position]);
		else
			put_text(w, w->data, row, col, vrd_cell_symbol(status), NULL);
		break;
	case STATUS:
		put_text(w, w->data, row, col, vrd_cell_symbol(status), NULL);
		break;
	}
}

// --- the sheet Data -----------------------------------------------------------------------------

// A header that is one for people (bold, frozen, printed on every page) and for screen readers,
// which find it by the name ColumnTitle.
static void put_header(workbook *w) {
	const lxw_col_t last = (lxw_col_t)(w->n_columns - 1);
	char range[64] = "";
	char formula[80];
	lxw_rowcol_to_range_abs(range, 0, 0, 0, last);
	snprintf(formula, sizeof formula, "=Data!%s", range);
	keep(w, workbook_define_name(w->book, "Data!ColumnTitle", formula));
	keep(w, worksheet_repeat_rows(w->data, 0, 0));
	worksheet_freeze_panes(w->data, 1, 0);
	keep(w, worksheet_autofilter(w->data, 0, 0, (lxw_row_t)w->cube->n_cells, last));
	// Codes are texts ("0301"); that is meant, and no warning to show in every cell.
	keep(w,
	     worksheet_ignore_errors(w->data, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576"));
	for (size_t i = 0; i < w->n_columns; i++) {
		const double width = w->columns[i].kind == LABEL ? 28 : 14;
		keep(w, worksheet_set_column(w->data, (lxw_col_t)i, (lxw_col_t)i, width, NULL));
		put_text(w, w->data, 0, i, w->columns[i].header, w->bold);
	}
}

static vrd_status put_data(vrd_arena *mem, workbook *w, vrd_err *err) {
	size_t *index;
	size_t position = 0;
	vrd_status rc;
	VRD_TRY(VRD_NEW(mem, index, w->cube->n_dims));
	put_header(w);
	for (bool more = w->cube->n_cells > 0; more; more = vrd_cube_next(w->cube, index)) {
		for (size_t col = 0; col < w->n_columns; col++)
			put_cell(w, position + 1, col, index, position);
		position++;
	}
out:
	return rc;
}

// --- the sheet Info -----------------------------------------------------------------------------

static void put_fact(workbook *w, const char *term, const char *text) {
	if (text == NULL)
		return;
	put_text(w, w->info, w->info_row, 0, term, w->bold);
	put_text(w, w->info, w->info_row++, 1, text, w->wrapped);
}

static void put_heads(workbook *w, size_t n, const char *const *heads) {
	w->info_row++; // an empty row between tables
	for (size_t i = 0; i < n; i++)
		put_text(w, w->info, w->info_row, i, heads[i], w->bold);
	w->info_row++;
}

static const char *role_name(vrd_role role) {
	switch (role) {
	case VRD_ROLE_TIME:
		return "time";
	case VRD_ROLE_GEO:
		return "geo";
	case VRD_ROLE_METRIC:
		return "metric";
	case VRD_ROLE_NONE:
		break;
	}
	return "";
}

static void put_dictionary(workbook *w) {
	static const char *const heads[] = {"column", "meaning", "role", "categories", "note"};
	put_heads(w, sizeof heads / sizeof heads[0], heads);
	for (size_t i = 0; i < w->n_columns; i++) {
		const column *c = &w->columns[i];
		const size_t row = w->info_row++;
		put_text(w, w->info, row, 0, c->header, NULL);
		if (c->kind == CODE || c->kind == LABEL) {
			const vrd_dim *dim = w->cube->dims[c->axis];
			put_text(w, w->info, row, 1, dim->label, w->wrapped);
			put_text(w, w->info, row, 2, role_name(dim->role), NULL);
			put_number(w, w->info, row, 3, (double)dim->n);
			put_text(w, w->info, row, 4, dim->note, w->wrapped);
		} else if (c->kind == VALUE) {
			put_text(w, w->info, row, 1,
			         "a number, or a symbol: .. missing, : may not be published, . not "
			         "applicable",
			         w->wrapped);
		} else {
			put_text(w, w->info, row, 1,
			         "symbol of the cell: * preliminary, e estimated, and those above",
			         w->wrapped);
		}
	}
}

// Categories with a unit, decimals or a note of their own.
static void put_categories(workbook *w) {
	static const char *const heads[] = {"column", "code", "unit", "decimals", "note"};
	bool begun = false;
	for (size_t d = 0; d < w->cube->n_dims; d++) {
		const vrd_dim *dim = w->cube->dims[d];
		for (size_t i = 0; i < dim->n; i++) {
			const vrd_category *cat = &dim->cats[i];
			if (cat->unit == NULL && cat->note == NULL)
				continue;
			if (!begun)
				put_heads(w, sizeof heads / sizeof heads[0], heads);
			begun = true;
			const size_t row = w->info_row++;
			put_text(w, w->info, row, 0, dim->name, NULL);
			put_text(w, w->info, row, 1, cat->code, NULL);
			put_text(w, w->info, row, 2, cat->unit, NULL);
			if (cat->decimals >= 0)
				put_number(w, w->info, row, 3, cat->decimals);
			put_text(w, w->info, row, 4, cat->note, w->wrapped);
		}
	}
}

static void put_info(workbook *w) {
	keep(w, worksheet_set_column(w->info, 0, 0, 18, NULL));
	keep(w, worksheet_set_column(w->info, 1, 1, 80, NULL));
	keep(w, worksheet_set_column(w->info, 4, 4, 60, NULL));
	keep(w,
	     worksheet_ignore_errors(w->info, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576"));
	put_fact(w, "title", w->cube->label);
	put_fact(w, "unit", w->cube->unit);
	put_fact(w, "source", w->cube->source);
	put_fact(w, "updated", w->cube->updated);
	for (size_t i = 0; i < w->cube->n_notes; i++)
		put_fact(w, "note", w->cube->notes[i]);
	put_dictionary(w);
	put_categories(w);
}

// --- the file -----------------------------------------------------------------------------------

// Ends a sheet's temporary file, while its errors can still be seen. An errno, 0 = fine.
static int finish_sheet(lxw_worksheet *sheet) {
	lxw_worksheet_write_single_row(sheet);
	errno = 0;
	if (fflush(sheet->optimize_tmpfile) == 0 && !ferror(sheet->optimize_tmpfile))
		return 0;
	return errno != 0 ? errno : EIO;
}

static vrd_status open_book(vrd_arena *mem, workbook *w, const char *temporary, const char *path,
                            vrd_err *err) {
	lxw_workbook_options options = {.constant_memory = LXW_TRUE};
	lxw_doc_properties properties = {.created = CREATED};
	if (w->cube->label != NULL) {
		properties.title = vrd_arena_strdup(mem, w->cube->label);
		if (properties.title == NULL)
			return fail_book(err, LXW_ERROR_MEMORY_MALLOC_FAILED, path);
	}
	errno = 0;
	w->book = workbook_new_opt(temporary, &options);
	if (w->book == NULL)
		return fail_book(err, LXW_ERROR_MEMORY_MALLOC_FAILED, path);
	w->data = workbook_add_worksheet(w->book, "Data");
	w->info = workbook_add_worksheet(w->book, "Info");
	w->bold = workbook_add_format(w->book);
	w->wrapped = workbook_add_format(w->book);
	if (w->data == NULL || w->info == NULL)
		return fail_errno(err, errno, path); // no temporary file
	if (w->bold == NULL || w->wrapped == NULL)
		return fail_book(err, LXW_ERROR_MEMORY_MALLOC_FAILED, path);
	format_set_bold(w->bold);
	format_set_text_wrap(w->wrapped);
	format_set_align(w->wrapped, LXW_ALIGN_VERTICAL_TOP);
	keep(w, workbook_set_properties(w->book, &properties));
	return VRD_OK;
}

// Makes the workbook under its temporary name; messages name `path`.
static vrd_status make_book(const vrd_cube *cube, const char *temporary, const char *path,
                            vrd_err *err) {
	vrd_arena local = {0};
	workbook w = {.cube = cube};
	vrd_status rc;
	VRD_TRY(lay_out(&local, cube, &w, err));
	VRD_TRY(open_book(&local, &w, temporary, path, err));
	VRD_TRY(put_data(&local, &w, err));
	put_info(&w);
	if (w.failed != LXW_NO_ERROR)
		VRD_TRY(fail_book(err, w.failed, path));
	int code = finish_sheet(w.data);
	if (code == 0)
		code = finish_sheet(w.info);
	if (code != 0)
		VRD_TRY(fail_errno(err, code, path));
	errno = 0;
	const lxw_error closed = workbook_close(w.book); // frees the book, in any case
	w.book = NULL;
	if (closed != LXW_NO_ERROR)
		VRD_TRY(fail_errno(err, errno, path));
out:
	if (w.book != NULL)
		lxw_workbook_free(w.book);
	vrd_arena_clear(&local);
	return rc;
}

// Checks that the finished file is whole and on the disk.
static vrd_status check_file(const char *temporary, const char *path, vrd_err *err) {
	vrd_status rc = VRD_OK;
	struct stat st;
	void *bytes = MAP_FAILED;
	const int fd = open(temporary, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		VRD_TRY(fail_errno(err, errno, path));
	if (st.st_size == 0)
		VRD_TRY(fail_errno(err, 0, path));
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		VRD_TRY(fail_errno(err, errno, path));
	if (!vrd_xlsx_is_whole(bytes, (size_t)st.st_size))
		VRD_TRY(fail_errno(err, 0, path));
	if (fsync(fd) != 0)
		VRD_TRY(fail_errno(err, errno, path));
out:
	if (bytes != MAP_FAILED)
		munmap(bytes, (size_t)st.st_size);
	if (fd >= 0)
		close(fd);
	return rc;
}

// Takes a free name beside `path`; the library then opens the name again. *name is NULL on failure.
static vrd_status take_name(vrd_arena *mem, const char *path, char **name, vrd_err *err) {
	const char *slash = strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;
	for (unsigned i = 0; i < 1000; i++) {
		char *candidate = vrd_arena_printf(mem, "%.*s%.200s.%ld-%u.tmp", (int)(base - path),
		                                   path, base, (long)getpid(), i);
		if (candidate == NULL)
			return vrd_no_memory(err, mem, strlen(path) + 32, 1);
		const int fd = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd >= 0) {
			close(fd);
			*name = candidate;
			return VRD_OK;
		}
		if (errno != EEXIST)
			break;
	}
	return fail_errno(err, errno, path);
}

vrd_status vrd_xlsx_write(const vrd_cube *cube, const char *path, vrd_err *err) {
	vrd_arena local = {0};
	char *temporary = NULL;
	struct stat st;
	vrd_status rc;
	if (cube->n_cells > MAX_ROWS)
		return vrd_fail(err, VRD_LIMIT,
		                "cannot write %s: the cube has %zu cells and a sheet %zu rows; "
		                "select fewer, or write CSV",
		                path, cube->n_cells, MAX_ROWS);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return vrd_fail(err, VRD_NOCREATE, "cannot write %s: it is %s", path,
		                S_ISDIR(st.st_mode) ? "a folder" : "not a regular file");
	VRD_TRY(take_name(&local, path, &temporary, err));
	VRD_TRY(make_book(cube, temporary, path, err));
	VRD_TRY(check_file(temporary, path, err));
	if (rename(temporary, path) != 0)
		VRD_TRY(fail_errno(err, errno, path));
	temporary = NULL;
out:
	if (temporary != NULL)
		unlink(temporary);
	vrd_arena_clear(&local);
	return rc;
}
