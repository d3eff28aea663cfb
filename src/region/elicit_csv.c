// Questions as a file for experts, and files that come back as sheets of named columns.
#include "region/elicit_parts.h"

#include "cube/messages.h"

#include <stdarg.h>
#include <string.h>

// --- writing ------------------------------------------------------------------------------------

typedef struct {
	const vrd_region *region;
	bool excel;
	size_t n; // cells of this row
	vrd_buf *out;
} writer;

static void begin_cell(writer *w) {
	if (w->n++)
		vrd_buf_putc(w->out, w->excel ? ';' : ',');
}

static void put_cell(writer *w, const char *text) {
	const bool formula = *text && strchr("=+-@", *text); // a spreadsheet would compute it
	begin_cell(w);
	if (!formula && !strpbrk(text, ",;\"\r\n")) {
		vrd_buf_puts(w->out, text);
		return;
	}
	vrd_buf_puts(w->out, formula ? "\" " : "\"");
	for (; *text; text++) {
		if (*text == '"')
			vrd_buf_putc(w->out, '"');
		vrd_buf_putc(w->out, *text);
	}
	vrd_buf_putc(w->out, '"');
}

static void end_row(writer *w) {
	vrd_buf_puts(w->out, w->excel ? "\r\n" : "\n");
	w->n = 0;
}

void vrd_elicit_put_number(vrd_buf *out, double x, char decimal) {
	char text[32];
	vrd_format_double(vrd_elicit_tidy(x, 12), text);
	for (char *p = text; *p; p++)
		*p = *p == '.' ? decimal : *p;
	vrd_buf_puts(out, text);
}

// Four digits are more than anybody knows. Empty when there is no number: a bound that is not there.
static void put_number(writer *w, double x) {
	begin_cell(w);
	if (isfinite(x))
		vrd_elicit_put_number(w->out, vrd_elicit_tidy(x, 4), w->excel ? ',' : '.');
}

// Reasons without names, in an order that tells none.
static void put_comments(writer *w, const vrd_judgement *j) {
	vrd_buf text = {0};
	for (size_t i = 0; i < j->n; i++)
		if (*j->answers[i].comment)
			vrd_buf_printf(&text, "%s• %s", text.n ? " " : "", j->answers[i].comment);
	put_cell(w, text.p ? text.p : "");
	w->out->failed = w->out->failed || text.failed;
	vrd_buf_free(&text);
}

static void put_round_1(writer *w, const vrd_judgement *j) {
	double lowest = INFINITY, highest = -INFINITY;
	for (size_t i = 0; i < j->n; i++) {
		lowest = fmin(lowest, j->answers[i].p10);
		highest = fmax(highest, j->answers[i].p90);
	}
	put_number(w, (double)j->n);
	put_number(w, j->n ? j->linear.p10 : NAN);
	put_number(w, j->n ? j->linear.p50 : NAN);
	put_number(w, j->n ? j->linear.p90 : NAN);
	put_number(w, lowest);
	put_number(w, highest);
	put_number(w, j->n ? j->disagreement : NAN);
	put_comments(w, j);
}

void vrd_elicit_questions_csv(const vrd_region *region, const char *scenario,
                              const vrd_question *questions, size_t n, const vrd_judgement *shown,
                              bool excel, vrd_buf *out) {
	static const char *const heads[] = {
	        "scenario",        "assumption", "question", "unit",   "lower_bound", "upper_bound",
	        "evidence",        "expert",     "p10",      "p50",    "p90",         "comment",
	        "r1_experts",      "r1_p10",     "r1_p50",   "r1_p90", "r1_lowest",   "r1_highest",
	        "r1_disagreement", "r1_comments"};
	const size_t n_own = 12, n_heads = sizeof heads / sizeof *heads;
	writer w = {.region = region, .excel = excel, .out = out};
	vrd_buf_puts(out, excel ? "\xEF\xBB\xBF" : "");
	for (size_t c = 0; c < (shown ? n_heads : n_own); c++)
		put_cell(&w, heads[c]);
	end_row(&w);
	for (size_t i = 0; i < n; i++) {
		const vrd_question *q = &questions[i];
		put_cell(&w, scenario);
		put_cell(&w, q->id);
		put_cell(&w, q->text);
		put_cell(&w, vrd_elicit_unit(q->unit, region->lang));
		put_number(&w, q->lower);
		put_number(&w, q->upper);
		put_cell(&w, q->evidence);
		for (size_t c = 7; c < n_own; c++)
			put_cell(&w, "");
		if (shown)
			put_round_1(&w, &shown[i]);
		end_row(&w);
	}
}

// --- reading ------------------------------------------------------------------------------------

vrd_status vrd_elicit_sheet_read(vrd_region *region, const char *bytes, size_t len,
                                 const char *file, vrd_elicit_sheet *out, vrd_diag *diag,
                                 vrd_err *err) {
	*out = (vrd_elicit_sheet){.file = file, .diag = diag};
	return vrd_csv_read_table(region->mem, bytes, len, file, &out->table, diag, err);
}

size_t vrd_elicit_column(const vrd_elicit_sheet *sheet, const char *name, bool required) {
	const size_t column = vrd_csv_column_of(&sheet->table, name);
	if (column == VRD_NONE && required)
		vrd_diag_add(sheet->diag, VRD_ERROR, (vrd_place){.file = sheet->file, .line = 1},
		             "elicit.column", "keep the header of the file of questions",
		             "there is no column \"%s\"", name);
	return column;
}

vrd_str vrd_elicit_cell(const vrd_elicit_sheet *sheet, size_t row, size_t column) {
	if (column == VRD_NONE)
		return vrd_str_of("");
	return vrd_str_trim(vrd_str_of(sheet->table.rows[row * sheet->table.n_columns + column]));
}

void vrd_elicit_problem(const vrd_elicit_sheet *sheet, size_t row, size_t column,
                        vrd_severity severity, const char *rule, const char *remedy,
                        const char *format, ...) {
	const vrd_place place = {.file = sheet->file, .line = sheet->table.lines[row]};
	vrd_err text = {0};
	va_list args;
	va_start(args, format);
	(void)vrd_vfail(&text, VRD_DATA, format, args);
	va_end(args);
	if (column == VRD_NONE)
		vrd_diag_add(sheet->diag, severity, place, rule, remedy, "%s", text.text);
	else
		vrd_diag_add(sheet->diag, severity, place, rule, remedy, "column %s: %s",
		             sheet->table.columns[column], text.text);
}

bool vrd_elicit_number(vrd_elicit_sheet *sheet, size_t row, size_t column, double *out) {
	const vrd_str cell = vrd_elicit_cell(sheet, row, column);
	const int shown = cell.n < 60 ? (int)cell.n : 60;
	const bool comma = memchr(cell.p, ',', cell.n), point = memchr(cell.p, '.', cell.n);
	const char decimal = comma ? ',' : '.';
	if (!vrd_parse_double(cell, decimal, out)) {
		vrd_elicit_problem(sheet, row, column, VRD_ERROR, "elicit.number",
		                   "write a number such as 12 or 12.5, without unit",
		                   "\"%.*s\" is not a number", shown, cell.p);
		return false;
	}
	if ((comma || point) && sheet->decimal && sheet->decimal != decimal) {
		vrd_elicit_problem(sheet, row, column, VRD_ERROR, "elicit.mixed-decimal",
		                   "use either a comma or a point in the whole file",
		                   "\"%.*s\" has another decimal sign than numbers above it", shown,
		                   cell.p);
		return false;
	}
	if (comma || point)
		sheet->decimal = decimal;
	return true;
}

size_t vrd_elicit_question_of(const vrd_elicit_sheet *sheet, size_t row, size_t column,
                              const vrd_question *questions, size_t n) {
	const vrd_str id = vrd_elicit_cell(sheet, row, column);
	const size_t length = id.n < 300 ? id.n : 300;
	char text[301];
	vrd_err why = {0};
	size_t i = VRD_NONE;
	memcpy(text, id.p, length);
	text[length] = '\0';
	if (vrd_elicit_find(questions, n, text, &i, &why) != VRD_OK)
		vrd_elicit_problem(sheet, row, column, VRD_ERROR, "elicit.assumption",
		                   "keep the column as it was in the file of questions", "%s",
		                   why.text);
	return i;
}
