// A table is laid out once to learn the widths of its columns and then written; what is laid out
// across but does not fit goes down instead.
#include "cube/table.h"

#include "cube/messages.h"

#include <assert.h>
#include <string.h>

#include "base/banned.h"

enum { DEFAULT_WIDTH = 100, GAP = 2, MOST_ACROSS = 12 };

// One way to lay out the cube: key columns at the left, one column of numbers for each category of
// `across`, or one in all. Dimensions of one category are said above the table.
typedef struct {
	const vrd_cube *cube; // borrowed
	const vrd_table_options *opt;
	const char *const *const *texts; // [axis][category]
	size_t decimals_axis;            // VRD_NONE: one number of decimals for all
	const int *decimals;             // per category of decimals_axis
	size_t across;                   // axis or VRD_NONE
	size_t n_keys;
	size_t *keys; // axes, in order
	size_t *key_width;
	size_t n_columns;
	size_t *column_width; // numbers, without marks
	bool *marked;         // some number of the column has a mark after it
	size_t n_rows;        // in all
	size_t n_shown;
	bool used[VRD_MISSING + 1]; // statuses among the cells shown
} view;

// --- texts --------------------------------------------------------------------------------------

// A copy fit for a terminal: control characters (an escape sequence in a label, a line break in a
// note) become blanks.
static const char *clean(vrd_arena *mem, const char *text) {
	char *copy = vrd_arena_strdup(mem, text);
	for (char *p = copy; p != NULL && *p != '\0'; p++) {
		const unsigned char c = (unsigned char)*p;
		if (c < 0x20 || c == 0x7F)
			*p = ' ';
		else if (c == 0xC2 && (unsigned char)p[1] >= 0x80 && (unsigned char)p[1] < 0xA0)
			p[0] = p[1] = ' ';
	}
	return copy;
}

static size_t depth_of(const vrd_dim *dim, size_t c) {
	size_t depth = 0;
	while (dim->cats[c].parent != VRD_NONE) {
		c = dim->cats[c].parent;
		depth++;
	}
	return depth;
}

// The words of a dimension's name and of a category, or the codes.
static const char *dim_text(const vrd_dim *dim, const vrd_table_options *opt) {
	if (!opt->labels)
		return dim->name;
	if (dim->label != NULL && strcmp(dim->label, dim->name) != 0)
		return dim->label;
	const char *known = vrd_msg_named("dim", dim->name, opt->lang);
	return known != NULL ? known : dim->name;
}

static const char *category_text(vrd_arena *mem, const vrd_dim *dim, size_t c,
                                 const vrd_table_options *opt) {
	const vrd_category *cat = &dim->cats[c];
	if (!opt->labels)
		return clean(mem, cat->code);
	const char *text = cat->label;
	if (strcmp(text, cat->code) == 0) {
		const char *known = vrd_msg_named(dim->name, cat->code, opt->lang);
		text = known != NULL ? known : text;
	}
	const char *unit = cat->unit == NULL ? NULL : vrd_msg_named("unit", cat->unit, opt->lang);
	unit = unit != NULL ? unit : cat->unit;
	const bool with_unit = unit != NULL && strcmp(unit, text) != 0;
	const char *whole = vrd_arena_printf(mem, "%*s%s%s%s%s", (int)(2 * depth_of(dim, c)), "",
	                                     text, with_unit ? " (" : "", with_unit ? unit : "",
	                                     with_unit ? ")" : "");
	return whole == NULL ? NULL : clean(mem, whole);
}

static vrd_status new_texts(vrd_arena *mem, const vrd_cube *cube, const vrd_table_options *opt,
                            const char *const *const **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *const **axes;
	VRD_TRY(VRD_NEW(mem, axes, cube->n_dims));
	for (size_t d = 0; d < cube->n_dims; d++) {
		const char **texts;
		VRD_TRY(VRD_NEW(mem, texts, cube->dims[d]->n));
		for (size_t c = 0; c < cube->dims[d]->n; c++) {
			texts[c] = category_text(mem, cube->dims[d], c, opt);
			if (texts[c] == NULL)
				return vrd_no_memory(err, mem, 1, 1);
		}
		axes[d] = texts;
	}
	*out = axes;
out:
	return rc;
}

// --- decimals -----------------------------------------------------------------------------------

// What is known of the numbers that share their decimals.
typedef struct {
	bool fractions;
	double largest;
} span;

static int decimals_of(const span *s) {
	static const double limits[] = {1000, 5, 0.5, 0.05};
	int decimals = 0;
	while (s->fractions && decimals < 4 && s->largest < limits[decimals])
		decimals++;
	return decimals;
}

// A metric dimension has decimals of its own for each category; any other cube has one number.
static vrd_status choose_decimals(vrd_arena *mem, view *v, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_cube *cube = v->cube;
	v->decimals_axis = VRD_NONE;
	for (size_t d = 0; d < cube->n_dims && v->decimals_axis == VRD_NONE; d++)
		if (cube->dims[d]->role == VRD_ROLE_METRIC ||
		    strcmp(cube->dims[d]->name, "measure") == 0)
			v->decimals_axis = d;
	const vrd_dim *dim = v->decimals_axis == VRD_NONE ? NULL : cube->dims[v->decimals_axis];
	const size_t n = dim == NULL ? 1 : dim->n;
	span *spans;
	int *decimals;
	VRD_TRY(VRD_NEW(mem, spans, n));
	VRD_TRY(VRD_NEW(mem, decimals, n));
	for (size_t p = 0; p < cube->n_cells; p++) {
		const double value = cube->values[p];
		if (!isfinite(value))
			continue;
		span *s = &spans[dim == NULL ? 0 : p / cube->stride[v->decimals_axis] % n];
		s->fractions = s->fractions || fabs(value - nearbyint(value)) > 0;
		s->largest = fmax(s->largest, fabs(value));
	}
	for (size_t c = 0; c < n; c++) {
		const int said = dim == NULL ? -1 : dim->cats[c].decimals;
		decimals[c] = v->opt->decimals >= 0 ? v->opt->decimals
		              : said >= 0           ? said
		                                    : decimals_of(&spans[c]);
	}
	v->decimals = decimals;
out:
	return rc;
}

// --- cells --------------------------------------------------------------------------------------

static bool has_mark(vrd_cell status) {
	return status == VRD_PRELIMINARY || status == VRD_ESTIMATED;
}

// The number without its mark, or the symbol that stands for it.
static void put_cell(const view *v, size_t position, vrd_buf *out) {
	const vrd_cell status = vrd_cube_status(v->cube, position);
	if (!vrd_cell_has_number(status)) {
		vrd_buf_puts(out, vrd_cell_symbol(status));
		return;
	}
	const size_t axis = v->decimals_axis;
	const size_t c =
	        axis == VRD_NONE ? 0 : position / v->cube->stride[axis] % v->cube->dims[axis]->n;
	vrd_fmt_number(out, v->cube->values[position], v->decimals[c], v->opt->lang);
}

// Category of key k in a row; the last key runs fastest.
static size_t key_of(const view *v, size_t row, size_t k) {
	for (size_t i = v->n_keys; i-- > k + 1;)
		row /= v->cube->dims[v->keys[i]]->n;
	return row % v->cube->dims[v->keys[k]]->n;
}

static size_t row_base(const view *v, size_t row) {
	size_t base = 0;
	for (size_t k = 0; k < v->n_keys; k++)
		base += key_of(v, row, k) * v->cube->stride[v->keys[k]];
	return base;
}

static size_t cell_of(const view *v, size_t base, size_t column) {
	return v->across == VRD_NONE ? base : base + column * v->cube->stride[v->across];
}

static const char *column_text(const view *v, size_t column) {
	return v->across == VRD_NONE ? vrd_msg(VRD_MSG_VALUE, v->opt->lang)
	                             : v->texts[v->across][column];
}

static size_t width_of(const char *text) {
	return vrd_utf8_width(vrd_str_of(text));
}

// --- layout -------------------------------------------------------------------------------------

static void widen(size_t *width, size_t to) {
	if (*width < to)
		*width = to;
}

static vrd_status lay_out(vrd_arena *mem, view *v, size_t across, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_cube *cube = v->cube;
	vrd_buf cell = {0};
	v->across = across;
	v->n_keys = 0;
	v->n_rows = 1;
	v->n_columns = across == VRD_NONE ? 1 : cube->dims[across]->n;
	VRD_TRY(VRD_NEW(mem, v->keys, cube->n_dims));
	VRD_TRY(VRD_NEW(mem, v->key_width, cube->n_dims));
	VRD_TRY(VRD_NEW(mem, v->column_width, v->n_columns));
	VRD_TRY(VRD_NEW(mem, v->marked, v->n_columns));
	memset(v->used, 0, sizeof v->used);
	for (size_t d = 0; d < cube->n_dims; d++)
		if (d != across && cube->dims[d]->n > 1) {
			v->key_width[v->n_keys] = width_of(dim_text(cube->dims[d], v->opt));
			v->keys[v->n_keys++] = d;
			v->n_rows *= cube->dims[d]->n;
		}
	v->n_shown =
	        v->opt->max_rows > 0 && v->opt->max_rows < v->n_rows ? v->opt->max_rows : v->n_rows;
	for (size_t c = 0; c < v->n_columns; c++)
		v->column_width[c] = width_of(column_text(v, c));
	for (size_t row = 0; row < v->n_shown; row++) {
		const size_t base = row_base(v, row);
		for (size_t k = 0; k < v->n_keys; k++)
			widen(&v->key_width[k], width_of(v->texts[v->keys[k]][key_of(v, row, k)]));
		for (size_t c = 0; c < v->n_columns; c++) {
			const size_t p = cell_of(v, base, c);
			const vrd_cell status = vrd_cube_status(cube, p);
			vrd_buf_reset(&cell);
			put_cell(v, p, &cell);
			widen(&v->column_width[c], vrd_utf8_width((vrd_str){cell.p, cell.n}));
			v->marked[c] = v->marked[c] || has_mark(status);
			v->used[status] = true;
		}
	}
	if (cell.failed)
		rc = vrd_no_memory(err, mem, 1, cell.n);
out:
	vrd_buf_free(&cell);
	return rc;
}

static size_t total_width(const view *v) {
	size_t width = 0;
	for (size_t k = 0; k < v->n_keys; k++)
		width += v->key_width[k] + GAP;
	for (size_t c = 0; c < v->n_columns; c++)
		width += v->column_width[c] + v->marked[c] + GAP;
	return width - GAP;
}

// --- writing ------------------------------------------------------------------------------------

static void put_blanks(vrd_buf *out, size_t n) {
	for (size_t i = 0; i < n; i++)
		vrd_buf_putc(out, ' ');
}

static void put_left(vrd_buf *out, const char *text, size_t width) {
	const size_t own = width_of(text);
	vrd_buf_puts(out, text);
	put_blanks(out, width > own ? width - own : 0);
}

static void put_right(vrd_buf *out, vrd_str text, size_t width) {
	const size_t own = vrd_utf8_width(text);
	put_blanks(out, width > own ? width - own : 0);
	vrd_buf_add(out, text.p, text.n);
}

// Ends a line without blanks at its end.
static void end_line(vrd_buf *out) {
	while (out->n > 0 && out->p[out->n - 1] == ' ')
		out->p[--out->n] = '\0';
	vrd_buf_putc(out, '\n');
}

// "head: text", broken at blanks; further lines are indented.
static void put_paragraph(vrd_buf *out, const char *head, const char *text, size_t width) {
	size_t at = 0;
	if (head != NULL) {
		vrd_buf_printf(out, "%s:", head);
		at = width_of(head) + 1;
	}
	vrd_str rest = vrd_str_of(text), word;
	while (vrd_str_split(&rest, ' ', &word)) {
		if (word.n == 0)
			continue;
		const size_t own = vrd_utf8_width(word);
		if (at > 0 && at + 1 + own > width) {
			vrd_buf_puts(out, "\n  ");
			at = 2;
		} else if (at > 0) {
			vrd_buf_putc(out, ' ');
			at++;
		}
		vrd_buf_add(out, word.p, word.n);
		at += own;
	}
	vrd_buf_putc(out, '\n');
}

static void put_head(const view *v, vrd_buf *out) {
	for (size_t k = 0; k < v->n_keys; k++) {
		put_left(out, dim_text(v->cube->dims[v->keys[k]], v->opt), v->key_width[k]);
		put_blanks(out, GAP);
	}
	for (size_t c = 0; c < v->n_columns; c++) {
		put_right(out, vrd_str_of(column_text(v, c)), v->column_width[c]);
		put_blanks(out, GAP + v->marked[c]);
	}
	end_line(out);
	for (size_t k = 0; k < v->n_keys + v->n_columns; k++) {
		const size_t c = k - v->n_keys;
		const size_t width =
		        k < v->n_keys ? v->key_width[k] : v->column_width[c] + v->marked[c];
		for (size_t i = 0; i < width; i++)
			vrd_buf_puts(out, "─");
		put_blanks(out, GAP);
	}
	end_line(out);
}

// A key that is the same as in the row above is left blank, so that groups stand out.
static void put_keys(const view *v, size_t row, vrd_buf *out) {
	bool same = row > 0;
	for (size_t k = 0; k < v->n_keys; k++) {
		const size_t c = key_of(v, row, k);
		same = same && k + 1 < v->n_keys && key_of(v, row - 1, k) == c;
		put_left(out, same ? "" : v->texts[v->keys[k]][c], v->key_width[k]);
		put_blanks(out, GAP);
	}
}

static void put_rows(const view *v, vrd_buf *out, vrd_buf *cell) {
	for (size_t row = 0; row < v->n_shown; row++) {
		const size_t base = row_base(v, row);
		put_keys(v, row, out);
		for (size_t c = 0; c < v->n_columns; c++) {
			const size_t p = cell_of(v, base, c);
			const vrd_cell status = vrd_cube_status(v->cube, p);
			vrd_buf_reset(cell);
			put_cell(v, p, cell);
			put_right(out, (vrd_str){cell->p, cell->n}, v->column_width[c]);
			if (v->marked[c])
				vrd_buf_puts(out, has_mark(status) ? vrd_cell_symbol(status) : " ");
			put_blanks(out, GAP);
		}
		end_line(out);
	}
	if (v->n_shown < v->n_rows) {
		vrd_buf_reset(cell);
		vrd_fmt_number(cell, (double)(v->n_rows - v->n_shown), 0, v->opt->lang);
		const char *const args[] = {cell->p == NULL ? "" : cell->p};
		vrd_msg_put(out, VRD_MSG_MORE_ROWS, v->opt->lang, 1, args);
		vrd_buf_putc(out, '\n');
	}
}

// Unit and the dimensions of one category, in one paragraph above the table.
static void put_selection(vrd_arena *mem, const view *v, size_t width, vrd_buf *out) {
	vrd_buf line = {0};
	const vrd_cube *cube = v->cube;
	if (cube->unit != NULL) {
		const char *known = vrd_msg_named("unit", cube->unit, v->opt->lang);
		vrd_buf_printf(&line, "%s: %s", vrd_msg(VRD_MSG_UNIT, v->opt->lang),
		               known != NULL ? known : cube->unit);
	}
	for (size_t d = 0; d < cube->n_dims; d++)
		if (d != v->across && cube->dims[d]->n == 1)
			vrd_buf_printf(&line, "%s%s: %s", line.n > 0 ? " · " : "",
			               dim_text(cube->dims[d], v->opt), v->texts[d][0]);
	const char *text = line.n > 0 ? clean(mem, line.p) : NULL;
	if (text != NULL)
		put_paragraph(out, NULL, text, width);
	out->failed = out->failed || line.failed || (line.n > 0 && text == NULL);
	vrd_buf_free(&line);
}

static void put_legend(const view *v, size_t width, vrd_buf *out) {
	static const vrd_msg_key keys[] = {
	        [VRD_NOT_APPLICABLE] = VRD_MSG_CELL_NOT_APPLICABLE,
	        [VRD_PRELIMINARY] = VRD_MSG_CELL_PRELIMINARY,
	        [VRD_ESTIMATED] = VRD_MSG_CELL_ESTIMATED,
	        [VRD_SUPPRESSED] = VRD_MSG_CELL_SUPPRESSED,
	        [VRD_MISSING] = VRD_MSG_CELL_MISSING,
	};
	vrd_buf line = {0};
	for (int s = VRD_NOT_APPLICABLE; s <= VRD_MISSING; s++)
		if (v->used[s])
			vrd_buf_printf(&line, "%s%s %s", line.n > 0 ? " · " : "",
			               vrd_cell_symbol((vrd_cell)s),
			               vrd_msg(keys[s], v->opt->lang));
	if (line.n > 0)
		put_paragraph(out, vrd_msg(VRD_MSG_LEGEND, v->opt->lang), line.p, width);
	out->failed = out->failed || line.failed;
	vrd_buf_free(&line);
}

static void put_text(vrd_arena *mem, vrd_buf *out, const char *head, const char *text,
                     size_t width) {
	if (text == NULL || *text == '\0')
		return;
	const char *fit = clean(mem, text);
	if (fit == NULL)
		out->failed = true;
	else
		put_paragraph(out, head, fit, width);
}

static void put_foot(vrd_arena *mem, const view *v, size_t width, vrd_buf *out) {
	const vrd_cube *cube = v->cube;
	const vrd_lang lang = v->opt->lang;
	const size_t before = out->n;
	vrd_buf_putc(out, '\n');
	put_legend(v, width, out);
	for (size_t i = 0; i < cube->n_notes; i++)
		put_text(mem, out, i == 0 ? vrd_msg(VRD_MSG_NOTES, lang) : NULL, cube->notes[i],
		         width);
	put_text(mem, out, vrd_msg(VRD_MSG_SOURCE, lang), cube->source, width);
	if (cube->updated != NULL) {
		// SSB's dates carry a time of day, which readers do not need.
		vrd_str date = vrd_str_of(cube->updated);
		if (date.n > 10 && date.p[10] == 'T')
			date.n = 10;
		vrd_buf text = {0};
		vrd_fmt_date(&text, date, lang);
		put_text(mem, out, vrd_msg(VRD_MSG_UPDATED, lang), text.p, width);
		out->failed = out->failed || text.failed;
		vrd_buf_free(&text);
	}
	if (out->n == before + 1 && !out->failed)
		out->p[--out->n] = '\0';
}

static vrd_status choose_across(const vrd_cube *cube, const vrd_table_options *opt, size_t *out,
                                vrd_err *err) {
	if (opt->across != NULL)
		return vrd_cube_require(cube, opt->across, out, err);
	const size_t last = cube->n_dims == 0 ? VRD_NONE : cube->n_dims - 1;
	const size_t n = last == VRD_NONE ? 0 : cube->dims[last]->n;
	*out = n >= 2 && n <= MOST_ACROSS ? last : VRD_NONE;
	return VRD_OK;
}

vrd_status vrd_table_write(const vrd_cube *cube, const vrd_table_options *opt, vrd_buf *out,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena mem = {0};
	vrd_buf text = {.max = out->max}, cell = {0};
	const size_t width = opt->width == 0 ? DEFAULT_WIDTH : opt->width;
	view v = {.cube = cube, .opt = opt};
	size_t across;
	assert(opt->lang < VRD_N_LANGS);
	VRD_TRY(choose_across(cube, opt, &across, err));
	VRD_TRY(new_texts(&mem, cube, opt, &v.texts, err));
	VRD_TRY(choose_decimals(&mem, &v, err));
	put_text(&mem, &text, NULL, cube->label, width);
	if (cube->n_cells > 0) {
		VRD_TRY(lay_out(&mem, &v, across, err));
		if (across != VRD_NONE && total_width(&v) > width)
			VRD_TRY(lay_out(&mem, &v, VRD_NONE, err));
		put_selection(&mem, &v, width, &text);
		if (text.n > 0)
			vrd_buf_putc(&text, '\n');
		put_head(&v, &text);
		put_rows(&v, &text, &cell);
	} else {
		put_text(&mem, &text, NULL, vrd_msg(VRD_MSG_NO_ROWS, opt->lang), width);
	}
	put_foot(&mem, &v, width, &text);
	if (text.failed || cell.failed) {
		rc = vrd_fail(err, VRD_NOMEM, "the table does not fit in memory or in its buffer");
		goto out;
	}
	vrd_buf_add(out, text.p, text.n);
	if (out->failed)
		rc = vrd_fail(err, VRD_NOMEM, "the table does not fit in memory or in its buffer");
out:
	vrd_buf_free(&cell);
	vrd_buf_free(&text);
	vrd_arena_clear(&mem);
	return rc;
}
