// How often facts fell inside experts' intervals, as a table.
#include "cli/elicit_show.h"

#include "cli/text_table.h"
#include "cube/messages.h"

#include <string.h>

enum { K_EXPERT, K_INSIDE, K_FACTS, K_SHARE, K_LOW, K_HIGH, N_COLUMNS };

typedef struct {
	vrd_arena *mem;
	vrd_lang lang;
	bool table; // for people
	bool failed;
} filler;

static const char *share(filler *f, double x) {
	char text[32];
	vrd_buf buf = {0};
	if (f->table) {
		vrd_fmt_number(&buf, x, 2, f->lang);
	} else {
		vrd_format_double(x, text);
		vrd_buf_puts(&buf, text);
	}
	const char *copy = buf.failed ? NULL : vrd_arena_strndup(f->mem, buf.p ? buf.p : "", buf.n);
	vrd_buf_free(&buf);
	f->failed = f->failed || !copy;
	return copy ? copy : "";
}

static const char *count(filler *f, size_t n) {
	const char *text = vrd_arena_printf(f->mem, "%zu", n);
	f->failed = f->failed || !text;
	return text ? text : "";
}

static void fill(filler *f, const vrd_calibrated *c, const char **cells) {
	const char *method =
	        c->pool && f->table ? vrd_msg_named("eli_method", c->expert, f->lang) : NULL;
	cells[K_EXPERT] = method ? method : c->expert;
	cells[K_INSIDE] = count(f, c->inside);
	cells[K_FACTS] = count(f, c->n);
	cells[K_SHARE] = share(f, (double)c->inside / (double)c->n);
	cells[K_LOW] = share(f, c->low);
	cells[K_HIGH] = share(f, c->high);
}

vrd_status vrd_elicit_show_calibration(const vrd_calibrated *rows, size_t n, vrd_lang lang,
                                       const char *format, vrd_arena *mem, vrd_buf *out,
                                       vrd_err *err) {
	vrd_status rc = VRD_OK;
	filler f = {mem, lang, strcmp(format, "table") == 0, false};
	const vrd_text_column columns[N_COLUMNS] = {
	        {"expert", vrd_msg(VRD_MSG_ELI_COL_EXPERT, lang), false},
	        {"inside", vrd_msg(VRD_MSG_ELI_COL_INSIDE, lang), true},
	        {"facts", vrd_msg(VRD_MSG_ELI_COL_FACTS, lang), true},
	        {"share", vrd_msg(VRD_MSG_ELI_COL_SHARE, lang), true},
	        {"low", vrd_msg(VRD_MSG_ELI_COL_LOW, lang), true},
	        {"high", vrd_msg(VRD_MSG_ELI_COL_HIGH, lang), true},
	};
	const char **cells;
	VRD_TRY(VRD_NEW(mem, cells, n * N_COLUMNS));
	for (size_t i = 0; i < n; i++)
		fill(&f, &rows[i], cells + i * N_COLUMNS);
	if (f.failed)
		VRD_TRY(vrd_no_memory(err, mem, 64, n));
	const vrd_text_table table = {N_COLUMNS, columns, n, cells};
	if (f.table) {
		vrd_buf_printf(out, "%s\n", vrd_msg(VRD_MSG_ELI_CALIBRATION, lang));
		vrd_text_table_put(&table, out);
	} else if (strcmp(format, "json") == 0) {
		vrd_text_table_json(&table, out);
	} else {
		vrd_text_table_csv(&table, out);
	}
out:
	return rc;
}
