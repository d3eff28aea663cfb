// Cubes as CSV: tidy, or with one dimension across.
#include "cube/codes.h"
#include "cube/csv.h"
#include "cube/csv_header.h"

#include "base/banned.h"

typedef struct {
	char separator;
	char decimal;
	const char *line_end;
	const char *start; // of the file
} dialect;

static const dialect dialects[] = {
        [VRD_CSV_MACHINE] = {',', '.', "\n", ""},
        [VRD_CSV_EXCEL] = {';', ',', "\r\n", "\xEF\xBB\xBF"},
};

// --- checks --------------------------------------------------------------------------------------

static bool has_control(vrd_str text) {
	unsigned code;
	for (size_t i = 0; i < text.n; i++) {
		if (vrd_csv_control_at(text, i, &code))
			return true;
	}
	return false;
}

// A text that a reader would not get back as it is cannot be written.
static vrd_status check_dim(const vrd_dim *dim, vrd_err *err) {
	const vrd_str name = vrd_str_of(dim->name);
	static const char *const reserved[] = {"value", "status"};
	if (vrd_csv_header_find(reserved, 2, dim->name) != VRD_NONE)
		return vrd_fail(err, VRD_DATA,
		                "a dimension called \"%s\" cannot be told from the values in CSV: "
		                "rename it",
		                dim->name);
	if (has_control(name) || !vrd_str_eq(name, vrd_str_trim(name)))
		return vrd_fail(err, VRD_DATA,
		                "the dimension name \"%.*s\" has spaces around it or control "
		                "characters: rename it",
		                vrd_shown(name), name.p);
	for (size_t i = 0; i < dim->n; i++) {
		const vrd_str code = vrd_str_of(dim->cats[i].code);
		if (has_control(code))
			return vrd_fail(err, VRD_DATA,
			                "code \"%.*s\" of dimension \"%s\" has control characters",
			                vrd_shown(code), code.p, dim->name);
	}
	return VRD_OK;
}

// --- fields --------------------------------------------------------------------------------------

// Quotes what a reader could take for something else, also under another separator.
static bool needs_quotes(vrd_str text) {
	if (text.n == 0 || text.p[0] == ' ' || text.p[text.n - 1] == ' ')
		return true;
	for (size_t i = 0; i < text.n; i++) {
		if (strchr(",;|\t\"\r\n", text.p[i]))
			return true;
	}
	return false;
}

void vrd_csv_put_quoted(vrd_buf *out, const char *text) {
	vrd_buf_putc(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			vrd_buf_putc(out, '"');
		vrd_buf_putc(out, *text);
	}
	vrd_buf_putc(out, '"');
}

static void put_text(vrd_buf *out, const char *text) {
	const vrd_str str = vrd_str_of(text);
	if (!needs_quotes(str)) {
		vrd_buf_add(out, str.p, str.n);
		return;
	}
	vrd_csv_put_quoted(out, text);
}

static void put_number(vrd_buf *out, double value, char decimal) {
	char text[32];
	const size_t n = vrd_format_double(value, text);
	char *point = decimal == '.' ? NULL : memchr(text, '.', n);
	if (point)
		*point = decimal;
	vrd_buf_add(out, text, n);
}

// --- rows ----------------------------------------------------------------------------------------

typedef struct {
	const vrd_cube *cube;
	const dialect *as;
	size_t across; // axis, or VRD_NONE
	bool marks;    // a column of statuses, for numbers that carry one
	vrd_buf *out;
	vrd_str **codes; // of each dimension and category: the field with the separator after it
} writer;

// Whether a number is preliminary or estimated, which the value alone cannot say.
static bool marked_numbers(const vrd_cube *cube) {
	for (size_t i = 0; cube->status && i < cube->n_cells; i++)
		if (cube->status[i] != VRD_PRESENT &&
		    vrd_cell_has_number((vrd_cell)cube->status[i]))
			return true;
	return false;
}

static vrd_status prepare(writer *w, vrd_arena *scratch, vrd_err *err) {
	vrd_status rc;
	vrd_buf field = {0};
	VRD_TRY(VRD_NEW(scratch, w->codes, w->cube->n_dims));
	for (size_t d = 0; d < w->cube->n_dims; d++) {
		const vrd_dim *dim = w->cube->dims[d];
		VRD_TRY(check_dim(dim, err));
		VRD_TRY(VRD_NEW(scratch, w->codes[d], dim->n));
		for (size_t i = 0; i < dim->n; i++) {
			vrd_buf_reset(&field);
			put_text(&field, dim->cats[i].code);
			vrd_buf_putc(&field, w->as->separator);
			char *copy =
			        field.failed ? NULL : vrd_arena_strndup(scratch, field.p, field.n);
			if (!copy) {
				rc = vrd_no_memory(err, scratch, field.n, 1);
				goto out;
			}
			w->codes[d][i] = (vrd_str){copy, field.n};
		}
	}
out:
	vrd_buf_free(&field);
	return rc;
}

// Header of a column of values: ages as "a17", which a reader knows for a dimension across.
static void put_category(const writer *w, const char *code) {
	const bool age = strcmp(w->cube->dims[w->across]->name, "age") == 0;
	if (age && code[0] >= '0' && code[0] <= '9' && !needs_quotes(vrd_str_of(code)))
		vrd_buf_putc(w->out, 'a');
	put_text(w->out, code);
}

static void put_header(const writer *w) {
	vrd_buf_puts(w->out, w->as->start);
	for (size_t d = 0; d < w->cube->n_dims; d++) {
		if (d == w->across)
			continue;
		put_text(w->out, w->cube->dims[d]->name);
		vrd_buf_putc(w->out, w->as->separator);
	}
	if (w->across == VRD_NONE) {
		vrd_buf_puts(w->out, "value");
		if (w->marks) {
			vrd_buf_putc(w->out, w->as->separator);
			vrd_buf_puts(w->out, "status");
		}
	} else {
		const vrd_dim *dim = w->cube->dims[w->across];
		for (size_t i = 0; i < dim->n; i++) {
			if (i > 0)
				vrd_buf_putc(w->out, w->as->separator);
			put_category(w, dim->cats[i].code);
		}
	}
	vrd_buf_puts(w->out, w->as->line_end);
}

static void put_keys(const writer *w, const size_t *index) {
	for (size_t d = 0; d < w->cube->n_dims; d++) {
		if (d != w->across)
			vrd_buf_add(w->out, w->codes[d][index[d]].p, w->codes[d][index[d]].n);
	}
}

static void put_tidy(const writer *w, size_t *index) {
	const vrd_cube *cube = w->cube;
	for (size_t at = 0; at < cube->n_cells; at++) {
		const vrd_cell status = vrd_cube_status(cube, at);
		put_keys(w, index);
		if (vrd_cell_has_number(status))
			put_number(w->out, cube->values[at], w->as->decimal);
		else if (!w->marks)
			vrd_buf_puts(w->out, vrd_cell_symbol(status));
		if (w->marks) {
			vrd_buf_putc(w->out, w->as->separator);
			vrd_buf_puts(w->out, vrd_cell_symbol(status));
		}
		vrd_buf_puts(w->out, w->as->line_end);
		(void)vrd_cube_next(cube, index);
	}
}

// One line for each cell whose index across is 0.
static void put_wide(const writer *w, size_t *index) {
	const vrd_cube *cube = w->cube;
	const size_t stride = cube->stride[w->across];
	for (size_t at = 0; at < cube->n_cells; at++, (void)vrd_cube_next(cube, index)) {
		if (index[w->across] != 0)
			continue;
		put_keys(w, index);
		for (size_t i = 0; i < cube->dims[w->across]->n; i++) {
			const size_t cell = at + i * stride;
			const vrd_cell status = vrd_cube_status(cube, cell);
			if (i > 0)
				vrd_buf_putc(w->out, w->as->separator);
			if (vrd_cell_has_number(status))
				put_number(w->out, cube->values[cell], w->as->decimal);
			vrd_buf_puts(w->out, vrd_cell_symbol(status));
		}
		vrd_buf_puts(w->out, w->as->line_end);
	}
}

vrd_status vrd_csv_write(const vrd_cube *cube, vrd_csv_dialect as, const char *wide, vrd_buf *out,
                         vrd_err *err) {
	vrd_status rc;
	vrd_arena scratch = {0};
	const size_t before = out->n;
	size_t *index;
	writer w = {.cube = cube,
	            .as = &dialects[as],
	            .across = VRD_NONE,
	            .marks = marked_numbers(cube),
	            .out = out};
	if (wide)
		VRD_TRY(vrd_cube_require(cube, wide, &w.across, err));
	VRD_TRY(prepare(&w, &scratch, err));
	VRD_TRY(VRD_NEW(&scratch, index, cube->n_dims));
	put_header(&w);
	if (wide)
		put_wide(&w, index);
	else
		put_tidy(&w, index);
	if (out->failed) {
		rc = out->max ? vrd_fail(err, VRD_LIMIT, "the CSV is larger than %zu bytes",
		                         out->max)
		              : vrd_fail(err, VRD_NOMEM, "no memory for %zu bytes of CSV", out->n);
		out->n = before;
		if (out->p)
			out->p[before] = '\0';
	}
out:
	vrd_arena_clear(&scratch);
	return rc;
}
