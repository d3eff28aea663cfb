// A scenario as people read it: a block for each assumption, in words.
#include "cli/scenario_table.h"

#include "cli/page.h"
#include "cube/messages.h"

#include <math.h>
#include <string.h>

enum { HEAD = 14, WIDTH = 80 };

typedef struct {
	vrd_cli *cli;
	const vrd_region *region;
	vrd_buf *out;
} page;

// --- lines --------------------------------------------------------------------------------------

// "  head        text", the text broken between words and indented below itself.
static void put_line(const page *p, vrd_msg_key head, const char *text) {
	vrd_buf lines = {0};
	if (*text == '\0')
		return;
	vrd_buf_puts(p->out, "  ");
	vrd_page_text(p->out, vrd_msg(head, p->region->lang), HEAD, false);
	vrd_page_paragraph(&lines, text, HEAD + 2, WIDTH);
	if (lines.n > HEAD + 2)
		vrd_buf_add(p->out, lines.p + HEAD + 2, lines.n - HEAD - 2);
	vrd_buf_free(&lines);
}

static void put_buf(const page *p, vrd_msg_key head, vrd_buf *text) {
	put_line(p, head, text->p ? text->p : "");
	vrd_buf_free(text);
}

// --- what it acts on ----------------------------------------------------------------------------

static const char *name_of(const page *p, const char *dim, const char *code) {
	const vrd_region *r = p->region;
	const vrd_dim *table = strcmp(dim, "service") == 0 ? r->service_tree
	                       : strcmp(dim, "care") == 0  ? r->care
	                                                   : r->provider;
	const char *label = NULL;
	if (strcmp(dim, "area") == 0) {
		label = vrd_geography_label(r->geo, vrd_str_of(code));
	} else if (table) {
		const size_t at = vrd_dim_find_text(table, code);
		label = at == VRD_NONE ? NULL : table->cats[at].label;
	}
	return label ? label : code;
}

static void put_names(const page *p, const char *dim, const vrd_node *codes, vrd_buf *out) {
	if (codes->kind == VRD_NODE_SCALAR)
		vrd_buf_puts(out, name_of(p, dim, codes->text));
	for (size_t i = 0; i < codes->n; i++)
		vrd_buf_printf(out, "%s%s", i ? ", " : "",
		               codes->items[i].text ? name_of(p, dim, codes->items[i].text) : "");
}

static void put_selection(const page *p, const vrd_node *assumption) {
	const vrd_node *select = vrd_node_get(assumption, "select");
	vrd_buf text = {0};
	for (size_t i = 0; select && i < select->n; i++) {
		const bool age = strcmp(select->keys[i], "age") == 0;
		vrd_buf_puts(&text, i ? "; " : "");
		if (age)
			vrd_buf_printf(&text, "%s ", vrd_msg(VRD_MSG_DIM_AGE, p->region->lang));
		put_names(p, select->keys[i], &select->items[i], &text);
	}
	if (!text.n)
		vrd_buf_puts(&text, vrd_msg(VRD_MSG_SCN_EVERYTHING, p->region->lang));
	put_buf(p, VRD_MSG_SCN_SELECTS, &text);
}

// From where to where: a form of care, a provider or an area, as the type has it.
static void put_move(const page *p, const vrd_node *a, vrd_kind kind) {
	const char *dim = kind == VRD_FLOW ? "provider" : kind == VRD_CATCHMENT ? "area" : "care";
	const char *from = vrd_node_text(a, "from", NULL), *to = vrd_node_text(a, "to", NULL);
	vrd_buf text = {0};
	if (from)
		vrd_buf_puts(&text, name_of(p, dim, from));
	if (to)
		vrd_buf_printf(&text, "%s→ %s", from ? " " : "", name_of(p, dim, to));
	put_buf(p, VRD_MSG_SCN_MOVES, &text);
}

// --- how much and when --------------------------------------------------------------------------

static void put_amount(const page *p, const vrd_range *range, double x, vrd_buf *out) {
	const vrd_lang lang = p->region->lang;
	const bool counts = range->kind == VRD_NEW_SERVICE || range->kind == VRD_BACKLOG;
	const bool sign = range->kind == VRD_GROWTH || range->kind == VRD_PRODUCTIVITY;
	if (counts)
		vrd_fmt_significant(out, x, 4, lang);
	else
		vrd_fmt_percent(out, x, fabs(100 * x - round(100 * x)) < 0.05 ? 0 : 1, sign, lang);
}

static void put_interval(const page *p, const vrd_node *a, const vrd_range *range) {
	const vrd_lang lang = p->region->lang;
	vrd_buf text = {0};
	if (!range->known) {
		put_line(p, VRD_MSG_SCN_INTERVAL, vrd_msg(VRD_MSG_SCN_STATUS_UNREADABLE, lang));
		return;
	}
	put_amount(p, range, range->p10, &text);
	if (range->p90 > range->p10) {
		vrd_buf_puts(&text, " – ");
		put_amount(p, range, range->p90, &text);
		vrd_buf_puts(&text, " (P10–P90)");
	}
	if (range->kind == VRD_GROWTH && strcmp(vrd_node_text(a, "form", "annual"), "annual") == 0)
		vrd_buf_printf(&text, " %s", vrd_msg(VRD_MSG_SCN_A_YEAR, lang));
	else if (range->kind == VRD_NEW_SERVICE)
		vrd_buf_printf(&text, " %s", vrd_msg(VRD_MSG_SCN_PER_THOUSAND, lang));
	else if (range->kind == VRD_BACKLOG)
		vrd_buf_printf(&text, " %s", vrd_msg(VRD_MSG_MEASURE_CONTACTS, lang));
	put_buf(p, VRD_MSG_SCN_INTERVAL, &text);
}

// "2030: 40 %, 2035: 100 %"
static void put_years(const page *p, const vrd_node *table, vrd_buf *out) {
	for (size_t i = 0; i < table->n; i++) {
		vrd_buf_printf(out, "%s%s: ", i ? ", " : "", table->keys[i]);
		vrd_fmt_percent(out, table->items[i].number, 0, false, p->region->lang);
	}
}

static void put_phasing(const page *p, const vrd_node *a) {
	const vrd_node *node = vrd_node_get(a, "phasing"), *cleared = vrd_node_get(a, "cleared"),
	               *table = vrd_node_get(node, "table");
	const char *curve = vrd_node_text(node, "curve", "linear"),
	           *start = vrd_node_text(node, "start", ""), *end = vrd_node_text(node, "end", "");
	const char *word = vrd_msg_named("curve", curve, p->region->lang);
	vrd_buf text = {0};
	if (cleared)
		put_years(p, cleared, &text);
	else if (table)
		put_years(p, table, &text);
	else if (node && strcmp(curve, "step") == 0)
		vrd_msg_put(&text, VRD_MSG_SCN_STEP_FROM, p->region->lang, 1,
		            (const char *const[]){end});
	else if (node)
		vrd_buf_printf(&text, "%s %s–%s", word ? word : curve, start, end);
	put_buf(p, VRD_MSG_SCN_PHASING, &text);
}

// --- the page -----------------------------------------------------------------------------------

static void put_assumption(const page *p, const vrd_node *a, const vrd_range *range) {
	const vrd_lang lang = p->region->lang;
	const char *id = vrd_node_text(a, "id", ""), *label = vrd_node_text(a, "label", NULL),
	           *type = vrd_node_text(a, "type", ""),
	           *status = vrd_node_text(a, "status", "draft"),
	           *kind = vrd_msg_named("kind", type, lang),
	           *word = vrd_msg_named("scn_status", status, lang);
	vrd_buf title = {0};
	if (label)
		vrd_buf_printf(&title, "%s (%s)", label, id);
	else
		vrd_buf_puts(&title, id);
	vrd_buf_putc(p->out, '\n');
	vrd_page_paragraph(p->out, title.p ? title.p : "", 0, WIDTH);
	vrd_buf_free(&title);
	put_line(p, VRD_MSG_SCN_TYPE, kind ? kind : type);
	put_selection(p, a);
	put_move(p, a, range->kind);
	put_interval(p, a, range);
	put_phasing(p, a);
	put_line(p, VRD_MSG_SCN_THEME, vrd_node_text(a, "theme", ""));
	put_line(p, VRD_MSG_SCN_STATUS, word ? word : status);
	put_line(p, VRD_MSG_SCN_OWNER, vrd_node_text(a, "owner", ""));
	put_line(p, VRD_MSG_SCN_SOURCE, vrd_node_text(a, "source", ""));
	put_line(p, VRD_MSG_RATIONALE, vrd_node_text(a, "rationale", ""));
}

vrd_status vrd_scenario_page(vrd_cli *cli, vrd_region *region, const vrd_scenario *scenario) {
	vrd_status rc = VRD_OK;
	const vrd_node *list = vrd_node_get(scenario->node, "assumptions");
	const char *status = vrd_node_text(scenario->node, "status", "draft"),
	           *word = vrd_msg_named("scn_status", status, region->lang);
	const vrd_range *ranges;
	vrd_buf out = {0};
	const page p = {cli, region, &out};
	VRD_TRY(vrd_scenario_ranges(region, scenario, &ranges, cli->err));
	vrd_buf_printf(&out, "%s: %s · %s\n", scenario->name, scenario->label,
	               word ? word : status);
	for (size_t i = 0; list && i < list->n; i++)
		put_assumption(&p, &list->items[i], &ranges[i]);
	VRD_TRY(vrd_cli_print(&out, cli->err));
out:
	vrd_buf_free(&out);
	return rc;
}
