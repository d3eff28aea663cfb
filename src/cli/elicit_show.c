#include "cli/elicit_show.h"

#include "cli/text_table.h"
#include "cube/messages.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

enum { bar_width = 40 };

static const vrd_judgement *judgement(const vrd_elicit_view *v, size_t question, size_t round) {
	return &v->judgements[question * VRD_ELICIT_ROUNDS + round - 1];
}

static const char *method_text(const char *method, vrd_lang lang) {
	const char *text = vrd_msg_named("eli_method", method, lang);
	return text ? text : method;
}

static void put_message(vrd_buf *out, vrd_msg_key key, vrd_lang lang, const char *argument) {
	vrd_msg_put(out, key, lang, 1, &argument);
}

// --- names --------------------------------------------------------------------------------------

static void put_expert(const vrd_elicit_view *v, const vrd_judgement *j, size_t i, vrd_buf *out) {
	char number[32];
	if (!v->anonymous) {
		vrd_buf_puts(out, j->answers[i].expert);
		return;
	}
	(void)snprintf(number, sizeof number, "%zu", i + 1);
	put_message(out, VRD_MSG_ELI_ANONYMOUS, v->region->lang, number);
}

static void put_count(size_t n, vrd_lang lang, vrd_buf *out) {
	char number[32];
	(void)snprintf(number, sizeof number, "%zu", n);
	put_message(out, n == 1 ? VRD_MSG_ELI_EXPERT : VRD_MSG_ELI_EXPERTS, lang, number);
}

// --- bars ---------------------------------------------------------------------------------------

typedef struct {
	double low, high;
	size_t name_width;
} axis;

static void widen(axis *x, double p10, double p90) {
	x->low = fmin(x->low, p10);
	x->high = fmax(x->high, p90);
}

static void widen_name(axis *x, vrd_buf *name) {
	const size_t width = vrd_utf8_width((vrd_str){name->p, name->n});
	x->name_width = width > x->name_width ? width : x->name_width;
	vrd_buf_free(name);
}

// One axis for both rounds, so that bars may be compared.
static axis axis_of(const vrd_elicit_view *v, size_t question) {
	axis x = {INFINITY, -INFINITY, 0};
	static const char *const methods[] = {"linear", "quantile"};
	for (size_t m = 0; m < 2; m++) {
		const size_t width =
		        vrd_utf8_width(vrd_str_of(method_text(methods[m], v->region->lang)));
		x.name_width = width > x.name_width ? width : x.name_width;
	}
	for (size_t round = 1; round <= VRD_ELICIT_ROUNDS; round++) {
		const vrd_judgement *j = judgement(v, question, round);
		for (size_t i = 0; i < j->n; i++) {
			vrd_buf name = {0};
			put_expert(v, j, i, &name);
			widen_name(&x, &name);
			widen(&x, j->answers[i].p10, j->answers[i].p90);
		}
		if (j->n) {
			widen(&x, j->linear.p10, j->linear.p90);
			widen(&x, j->quantile.p10, j->quantile.p90);
		}
	}
	return x;
}

static size_t column_of(const axis *x, double value) {
	const double share = x->high > x->low ? (value - x->low) / (x->high - x->low) : 0.5;
	return (size_t)lround(share * (bar_width - 1));
}

static void put_blanks(vrd_buf *out, size_t n) {
	for (size_t i = 0; i < n; i++)
		vrd_buf_putc(out, ' ');
}

// "  name   ├───●──────┤      5 – 10 – 20"
static void put_bar(const axis *x, const char *name, double p10, double p50, double p90,
                    vrd_lang lang, vrd_buf *out) {
	const size_t low = column_of(x, p10), middle = column_of(x, p50), high = column_of(x, p90);
	vrd_buf_printf(out, "  %s", name);
	put_blanks(out, x->name_width - vrd_utf8_width(vrd_str_of(name)) + 2);
	for (size_t c = 0; c < bar_width; c++)
		vrd_buf_puts(out, c == middle           ? "●"
		                  : c < low || c > high ? " "
		                  : c == low            ? "├"
		                  : c == high           ? "┤"
		                                        : "─");
	vrd_buf_puts(out, "  ");
	vrd_fmt_significant(out, p10, 3, lang);
	vrd_buf_puts(out, " – ");
	vrd_fmt_significant(out, p50, 3, lang);
	vrd_buf_puts(out, " – ");
	vrd_fmt_significant(out, p90, 3, lang);
	vrd_buf_putc(out, '\n');
}

static void put_pool(const axis *x, const char *method, const vrd_pooled *p, vrd_lang lang,
                     vrd_buf *out) {
	put_bar(x, method_text(method, lang), p->p10, p->p50, p->p90, lang, out);
}

// --- one round ----------------------------------------------------------------------------------

static void put_disagreement(const vrd_judgement *j, vrd_lang lang, vrd_buf *out) {
	vrd_buf number = {0};
	vrd_fmt_number(&number, j->disagreement, 2, lang);
	const char *const args[] = {vrd_msg_named("eli_disagreement",
	                                          vrd_elicit_disagreement_word(j->disagreement),
	                                          lang),
	                            number.p ? number.p : ""};
	vrd_buf_puts(out, "  ");
	vrd_msg_put(out, VRD_MSG_ELI_DISAGREEMENT, lang, 2, args);
	vrd_buf_putc(out, '\n');
	out->failed = out->failed || number.failed;
	vrd_buf_free(&number);
}

static void put_head(const vrd_judgement *j, vrd_lang lang, vrd_buf *out) {
	vrd_buf count = {0};
	char round[32];
	(void)snprintf(round, sizeof round, "%zu", j->round);
	put_count(j->n, lang, &count);
	const char *const args[] = {round, count.p ? count.p : "",
	                            vrd_elicit_unit(j->question->unit, lang)};
	vrd_msg_put(out, VRD_MSG_ELI_ROUND, lang, 3, args);
	vrd_buf_putc(out, '\n');
	out->failed = out->failed || count.failed;
	vrd_buf_free(&count);
}

static void put_round(const vrd_elicit_view *v, const axis *x, const vrd_judgement *j,
                      vrd_buf *out) {
	const vrd_lang lang = v->region->lang;
	put_head(j, lang, out);
	for (size_t i = 0; i < j->n; i++) {
		const vrd_answer *a = &j->answers[i];
		vrd_buf name = {0};
		put_expert(v, j, i, &name);
		put_bar(x, name.p ? name.p : "", a->p10, a->p50, a->p90, lang, out);
		out->failed = out->failed || name.failed;
		vrd_buf_free(&name);
	}
	put_pool(x, "linear", &j->linear, lang, out);
	put_pool(x, "quantile", &j->quantile, lang, out);
	put_disagreement(j, lang, out);
	for (size_t i = 0; i < j->n; i++) {
		if (!*j->answers[i].comment)
			continue;
		vrd_buf_puts(out, "  • ");
		if (!v->anonymous)
			vrd_buf_printf(out, "%s: ", j->answers[i].expert);
		vrd_buf_printf(out, "%s\n", j->answers[i].comment);
	}
}

// --- from one round to the next -----------------------------------------------------------------

static void put_change(const char *method, const vrd_pooled *from, const vrd_pooled *to,
                       double disagreed, double disagree, vrd_lang lang, vrd_buf *out) {
	const double x[] = {from->p50, to->p50, from->p90 - from->p10, to->p90 - to->p10};
	vrd_buf text[6] = {0};
	const char *args[7] = {method_text(method, lang)};
	for (size_t i = 0; i < 6; i++) {
		if (i < 4)
			vrd_fmt_significant(&text[i], x[i], 3, lang);
		else
			vrd_fmt_number(&text[i], i == 4 ? disagreed : disagree, 2, lang);
		args[i + 1] = text[i].p ? text[i].p : "";
		out->failed = out->failed || text[i].failed;
	}
	vrd_msg_put(out, VRD_MSG_ELI_CHANGE, lang, 7, args);
	vrd_buf_putc(out, '\n');
	for (size_t i = 0; i < 6; i++)
		vrd_buf_free(&text[i]);
}

void vrd_elicit_show_text(const vrd_elicit_view *v, vrd_buf *out) {
	const vrd_lang lang = v->region->lang;
	bool any = false;
	for (size_t q = 0; q < v->n; q++) {
		const vrd_judgement *one = judgement(v, q, 1), *two = judgement(v, q, 2);
		if (one->n + two->n == 0)
			continue;
		const axis x = axis_of(v, q);
		vrd_buf_printf(out, "%s%s\n%s\n", any ? "\n" : "", v->questions[q].id,
		               v->questions[q].text);
		any = true;
		if (one->n)
			put_round(v, &x, one, out);
		if (two->n)
			put_round(v, &x, two, out);
		if (one->n && two->n) {
			put_change("linear", &one->linear, &two->linear, one->disagreement,
			           two->disagreement, lang, out);
			put_change("quantile", &one->quantile, &two->quantile, one->disagreement,
			           two->disagreement, lang, out);
		}
	}
	vrd_buf_printf(out, "%s%s\n", any ? "\n" : "",
	               vrd_msg(any ? VRD_MSG_ELI_READING : VRD_MSG_ELI_NOBODY, lang));
}

// --- rows ---------------------------------------------------------------------------------------

enum {
	C_SCENARIO,
	C_ASSUMPTION,
	C_ROUND,
	C_KIND,
	C_EXPERT,
	C_UNIT,
	C_P10,
	C_P50,
	C_P90,
	C_DISAGREEMENT,
	C_COMMENT,
	C_TIME,
	C_QUESTION,
	N_COLUMNS
};

typedef struct {
	const vrd_elicit_view *view;
	vrd_arena *mem;
	const char **cells;
	size_t n; // rows
	bool failed;
} filler;

static const char *taken(filler *f, vrd_buf *buf) {
	const char *text =
	        buf->failed ? NULL : vrd_arena_strndup(f->mem, buf->p ? buf->p : "", buf->n);
	f->failed = f->failed || !text;
	vrd_buf_free(buf);
	return text ? text : "";
}

static const char *number(filler *f, double x) {
	char text[32];
	vrd_buf buf = {0};
	vrd_format_double(vrd_elicit_tidy(x, 10), text);
	vrd_buf_puts(&buf, text);
	return taken(f, &buf);
}

static const char **add_row(filler *f, const vrd_judgement *j, const char *kind, double p10,
                            double p50, double p90) {
	const char **cells = f->cells + N_COLUMNS * f->n++;
	for (size_t c = 0; c < N_COLUMNS; c++)
		cells[c] = "";
	cells[C_SCENARIO] = f->view->scenario->name;
	cells[C_ASSUMPTION] = j->question->id;
	cells[C_ROUND] = number(f, (double)j->round);
	cells[C_KIND] = kind;
	cells[C_UNIT] = j->question->unit;
	cells[C_P10] = number(f, p10);
	cells[C_P50] = number(f, p50);
	cells[C_P90] = number(f, p90);
	return cells;
}

static void add_judgement(filler *f, const vrd_judgement *j) {
	for (size_t i = 0; i < j->n; i++) {
		const vrd_answer *a = &j->answers[i];
		const char **cells = add_row(f, j, "expert", a->p10, a->p50, a->p90);
		vrd_buf name = {0};
		put_expert(f->view, j, i, &name);
		cells[C_EXPERT] = taken(f, &name);
		cells[C_COMMENT] = a->comment;
		cells[C_QUESTION] = a->wording;
		cells[C_TIME] = f->view->anonymous ? "" : a->time; // it may tell who
	}
	const vrd_pooled *pools[] = {&j->linear, &j->quantile};
	for (size_t m = 0; m < 2 && j->n; m++) {
		const char **cells = add_row(f, j, m ? "quantile" : "linear", pools[m]->p10,
		                             pools[m]->p50, pools[m]->p90);
		cells[C_DISAGREEMENT] = number(f, j->disagreement);
	}
}

vrd_status vrd_elicit_show_rows(const vrd_elicit_view *v, vrd_arena *mem, bool json, vrd_buf *out,
                                vrd_err *err) {
	static const vrd_text_column columns[N_COLUMNS] = {
	        {"scenario", "", false},    {"assumption", "", false}, {"round", "", true},
	        {"kind", "", false},        {"expert", "", false},     {"unit", "", false},
	        {"p10", "", true},          {"p50", "", true},         {"p90", "", true},
	        {"disagreement", "", true}, {"comment", "", false},    {"time", "", false},
	        {"question", "", false}};
	vrd_status rc = VRD_OK;
	filler f = {.view = v, .mem = mem};
	size_t n = 0;
	for (size_t i = 0; i < v->n * VRD_ELICIT_ROUNDS; i++)
		n += v->judgements[i].n + 2;
	VRD_TRY(VRD_NEW(mem, f.cells, n * N_COLUMNS));
	for (size_t i = 0; i < v->n * VRD_ELICIT_ROUNDS; i++)
		add_judgement(&f, &v->judgements[i]);
	if (f.failed)
		VRD_TRY(vrd_no_memory(err, mem, n, N_COLUMNS));
	const vrd_text_table table = {N_COLUMNS, columns, f.n, f.cells};
	(json ? vrd_text_table_json : vrd_text_table_csv)(&table, out);
out:
	return rc;
}
