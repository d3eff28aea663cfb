#include "cli/text_table.h"

#include "cube/csv.h"

#include <string.h>

#include "base/banned.h"

enum { usual_widest = 34, most_columns = 16 };

static const char *cell(const vrd_text_table *t, size_t row, size_t column) {
	return t->cells[row * t->n_columns + column];
}

// --- for a terminal -----------------------------------------------------------------------------

static bool is_blank(char c) {
	return (unsigned char)c <= ' ' || c == 0x7F;
}

// Takes a line of at most `width` columns off the front: to the last blank that fits, or cut where
// there is none.
static vrd_str take_line(vrd_str *rest, size_t width) {
	size_t end = 0, blank = 0, used = 0, length;
	while (end < rest->n) {
		(void)vrd_utf8_decode(rest->p + end, rest->n - end, &length);
		length = length == 0 ? 1 : length;
		used += vrd_utf8_width((vrd_str){rest->p + end, length});
		if (used > width && end > 0)
			break;
		blank = is_blank(rest->p[end]) ? end : blank;
		end += length;
	}
	if (end < rest->n && !is_blank(rest->p[end]) && blank > 0)
		end = blank;
	const vrd_str line = {rest->p, end};
	while (end < rest->n && is_blank(rest->p[end]))
		end++;
	*rest = (vrd_str){rest->p + end, rest->n - end};
	return line;
}

static size_t line_width(const char *text, size_t widest) {
	size_t most = 0;
	for (vrd_str rest = vrd_str_of(text); rest.n > 0;) {
		const size_t width = vrd_utf8_width(take_line(&rest, widest));
		most = width > most ? width : most;
	}
	return most;
}

static void put_blanks(vrd_buf *out, size_t n) {
	for (size_t i = 0; i < n; i++)
		vrd_buf_putc(out, ' ');
}

static void put_text(vrd_buf *out, vrd_str text) {
	for (size_t i = 0; i < text.n; i++)
		vrd_buf_putc(out, is_blank(text.p[i]) ? ' ' : text.p[i]);
}

// One row of cells as the lines that it needs.
static void put_row(const vrd_text_table *t, const size_t *widest, const size_t *widths,
                    vrd_str *rest, vrd_buf *out) {
	for (bool more = true; more;) {
		size_t owed = 0; // blanks that only a later text makes visible
		more = false;
		for (size_t c = 0; c < t->n_columns; c++) {
			const vrd_str line = take_line(&rest[c], widest[c]);
			const size_t gap = widths[c] - vrd_utf8_width(line);
			if (line.n > 0) {
				put_blanks(out, owed + (t->columns[c].number ? gap : 0));
				put_text(out, line);
				owed = t->columns[c].number ? 0 : gap;
			} else {
				owed += widths[c];
			}
			owed += 2;
			more = more || rest[c].n > 0;
		}
		vrd_buf_putc(out, '\n');
	}
}

void vrd_text_table_put(const vrd_text_table *t, vrd_buf *out) {
	static const size_t usual[most_columns] = {0};
	vrd_text_table_put_within(t, usual, out);
}

void vrd_text_table_put_within(const vrd_text_table *t, const size_t *widest, vrd_buf *out) {
	size_t widths[most_columns] = {0}, most[most_columns];
	vrd_str rest[most_columns];
	if (t->n_columns > most_columns) {
		out->failed = true;
		return;
	}
	for (size_t c = 0; c < t->n_columns; c++) {
		most[c] = widest[c] ? widest[c] : usual_widest;
		widths[c] = line_width(t->columns[c].head, most[c]);
		for (size_t r = 0; r < t->n_rows; r++) {
			const size_t width = line_width(cell(t, r, c), most[c]);
			widths[c] = width > widths[c] ? width : widths[c];
		}
		rest[c] = vrd_str_of(t->columns[c].head);
	}
	put_row(t, most, widths, rest, out);
	for (size_t r = 0; r < t->n_rows; r++) {
		for (size_t c = 0; c < t->n_columns; c++)
			rest[c] = vrd_str_of(cell(t, r, c));
		put_row(t, most, widths, rest, out);
	}
}

// --- for programs -------------------------------------------------------------------------------

static void put_csv(vrd_buf *out, const char *text) {
	if (strpbrk(text, ",\"\r\n") == NULL)
		vrd_buf_puts(out, text);
	else
		vrd_csv_put_quoted(out, text);
}

void vrd_text_table_csv(const vrd_text_table *t, vrd_buf *out) {
	for (size_t c = 0; c < t->n_columns; c++)
		vrd_buf_printf(out, "%s%s", c == 0 ? "" : ",", t->columns[c].key);
	vrd_buf_putc(out, '\n');
	for (size_t r = 0; r < t->n_rows; r++) {
		for (size_t c = 0; c < t->n_columns; c++) {
			vrd_buf_puts(out, c == 0 ? "" : ",");
			put_csv(out, cell(t, r, c));
		}
		vrd_buf_putc(out, '\n');
	}
}

static void put_json(vrd_buf *out, const char *text) {
	vrd_buf_putc(out, '"');
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7F) {
			vrd_buf_printf(out, "\\u%04X", (unsigned)(unsigned char)*text);
			continue;
		}
		if (*text == '"' || *text == '\\')
			vrd_buf_putc(out, '\\');
		vrd_buf_putc(out, *text);
	}
	vrd_buf_putc(out, '"');
}

void vrd_text_table_json(const vrd_text_table *t, vrd_buf *out) {
	vrd_buf_puts(out, "[");
	for (size_t r = 0; r < t->n_rows; r++) {
		vrd_buf_puts(out, r == 0 ? "\n {" : ",\n {");
		for (size_t c = 0; c < t->n_columns; c++) {
			const char *text = cell(t, r, c);
			vrd_buf_printf(out, "%s\"%s\": ", c == 0 ? "" : ", ", t->columns[c].key);
			if (t->columns[c].number)
				vrd_buf_puts(out, *text == '\0' ? "null" : text);
			else
				put_json(out, text);
		}
		vrd_buf_putc(out, '}');
	}
	vrd_buf_puts(out, t->n_rows > 0 ? "\n]\n" : "]\n");
}
