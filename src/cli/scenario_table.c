#include "cli/scenario_table.h"

#include "cli/text_table.h"
#include "cli/words.h"
#include "cube/messages.h"
#include "region/yaml_edit.h"

#include <math.h>
#include <string.h>

bool vrd_scenario_says(const vrd_node *assumption, const char *key) {
	return vrd_str_trim(vrd_str_of(vrd_node_text(assumption, key, ""))).n > 0;
}

// --- writing ------------------------------------------------------------------------------------

static const char *format_of(const vrd_cli *cli) {
	const vrd_opt_value *format = vrd_cli_opt(cli, "format");
	return format->given ? format->text : "table";
}

bool vrd_scenario_is_for_people(const vrd_cli *cli) {
	return strcmp(format_of(cli), "table") == 0;
}

vrd_status vrd_scenario_check_format(vrd_cli *cli) {
	static const char *const formats[] = {"table", "csv", "json"};
	return vrd_cli_check_format(format_of(cli), 3, formats, cli->err);
}

static vrd_status print_table(vrd_cli *cli, const vrd_text_table *table) {
	vrd_buf out = {0};
	if (vrd_scenario_is_for_people(cli)) {
		vrd_text_table_put(table, &out);
	} else if (strcmp(format_of(cli), "csv") == 0) {
		vrd_text_table_csv(table, &out);
	} else {
		vrd_text_table_json(table, &out);
	}
	return vrd_cli_print(&out, cli->err);
}

// A code, or what people call it where people read.
static const char *word(const vrd_cli *cli, const vrd_region *region, const char *prefix,
                        const char *code) {
	const char *text =
	        vrd_scenario_is_for_people(cli) ? vrd_msg_named(prefix, code, region->lang) : NULL;
	return text ? text : code;
}

// Takes the buffer as a text of the arena; "" without memory, which the caller sees in `failed`.
static const char *taken(vrd_cli *cli, vrd_buf *buf, bool *failed) {
	const char *text =
	        buf->failed ? NULL : vrd_arena_strndup(cli->mem, buf->p ? buf->p : "", buf->n);
	*failed = *failed || !text;
	vrd_buf_free(buf);
	return text ? text : "";
}

static const char *counted(vrd_cli *cli, size_t n, bool *failed) {
	vrd_buf buf = {0};
	vrd_buf_printf(&buf, "%zu", n);
	return taken(cli, &buf, failed);
}

// --- all scenarios ------------------------------------------------------------------------------

enum {
	L_NAME,
	L_LABEL,
	L_STATUS,
	L_COUNT,
	L_VERSION,
	L_CHANGED,
	L_RATIONALE,
	L_SOURCE,
	L_OWNER,
	L_DATE,
	N_LIST
};

static size_t count_silent(const vrd_node *list, const char *key) {
	size_t n = 0;
	for (size_t i = 0; list && i < list->n; i++)
		n += !vrd_scenario_says(&list->items[i], key);
	return n;
}

static void fill_content(vrd_cli *cli, const vrd_region *region, const vrd_scenario *s,
                         const char **cells, bool *failed) {
	static const char *const keys[] = {"rationale", "source", "owner", "date"};
	const vrd_node *list = vrd_node_get(s->node, "assumptions");
	cells[L_LABEL] = s->label;
	cells[L_STATUS] =
	        word(cli, region, "scn_status", vrd_node_text(s->node, "status", "draft"));
	cells[L_COUNT] = counted(cli, list ? list->n : 0, failed);
	for (size_t k = 0; k < 4; k++)
		cells[L_RATIONALE + k] = counted(cli, count_silent(list, keys[k]), failed);
}

static vrd_status list_row(vrd_cli *cli, vrd_region *region, const char *name, const char **cells) {
	vrd_status rc = VRD_OK;
	vrd_scenario s;
	const vrd_version *versions;
	const char *text;
	size_t n, len;
	bool failed = false;
	vrd_diag diag;
	vrd_diag_init(&diag, cli->mem, 0);
	for (size_t c = 0; c < N_LIST; c++)
		cells[c] = "";
	cells[L_NAME] = name;
	if (vrd_scenario_read(region, name, &s, &diag, NULL) == VRD_OK)
		fill_content(cli, region, &s, cells, &failed);
	else
		cells[L_STATUS] = word(cli, region, "scn_status", "unreadable");
	VRD_TRY(vrd_versions_read(region, name, &versions, &n, &diag, cli->err));
	VRD_TRY(vrd_scenario_bytes(region, name, &text, &len, cli->err));
	const bool changed = n > 0 && (versions[n - 1].len != len ||
	                               memcmp(versions[n - 1].text, text, len) != 0);
	cells[L_VERSION] = counted(cli, n, &failed);
	cells[L_CHANGED] = !vrd_scenario_is_for_people(cli) ? changed ? "yes" : "no"
	                   : changed                        ? vrd_msg(VRD_MSG_SCN_YES, region->lang)
	                                                    : "";
	vrd_cli_problems(&diag, 0, false);
	if (failed)
		VRD_TRY(vrd_no_memory(cli->err, cli->mem, 64, 1));
out:
	return rc;
}

// "rationale 2, source 1": what people read of the four counts.
static const char *lacks(vrd_cli *cli, vrd_lang lang, const char *const *cells, bool *failed) {
	static const vrd_msg_key words[] = {VRD_MSG_RATIONALE, VRD_MSG_SCN_SOURCE,
	                                    VRD_MSG_SCN_OWNER, VRD_MSG_SCN_DATE};
	vrd_buf out = {0};
	for (size_t k = 0; k < 4; k++) {
		const char *n = cells[L_RATIONALE + k];
		if (*n && strcmp(n, "0") != 0)
			vrd_buf_printf(&out, "%s%s %s", out.n ? ", " : "", vrd_msg(words[k], lang),
			               n);
	}
	return taken(cli, &out, failed);
}

// Narrower, and without what is zero.
static vrd_status print_list(vrd_cli *cli, const vrd_region *region, size_t n,
                             const char *const *all) {
	enum { NAME, LABEL, STATUS, COUNT, VERSION, CHANGED, LACKS, N };
	vrd_status rc = VRD_OK;
	vrd_err *err = cli->err;
	const vrd_lang lang = region->lang;
	static const size_t widest[N] = {[LABEL] = 24, [CHANGED] = 7, [LACKS] = 15};
	const vrd_text_column columns[N] = {
	        {"", vrd_msg(VRD_MSG_SCN_NAME, lang), false},
	        {"", vrd_msg(VRD_MSG_SCN_LABEL, lang), false},
	        {"", vrd_msg(VRD_MSG_SCN_STATUS, lang), false},
	        {"", vrd_msg(VRD_MSG_SCN_NUMBER, lang), true},
	        {"", vrd_msg(VRD_MSG_SCN_VERSION, lang), true},
	        {"", vrd_msg(VRD_MSG_SCN_CHANGED, lang), false},
	        {"", vrd_msg(VRD_MSG_SCN_LACKS, lang), false},
	};
	const char **cells;
	bool failed = false;
	vrd_buf out = {0};
	VRD_TRY(VRD_NEW(cli->mem, cells, n * N));
	for (size_t i = 0; i < n; i++) {
		const char *const *row = all + i * N_LIST;
		for (size_t c = 0; c < LACKS; c++)
			cells[i * N + c] = row[c];
		cells[i * N + LACKS] = lacks(cli, lang, row, &failed);
	}
	if (failed)
		VRD_TRY(vrd_no_memory(err, cli->mem, n, 64));
	const vrd_text_table table = {N, columns, n, cells};
	vrd_text_table_put_within(&table, widest, &out);
	VRD_TRY(vrd_cli_print(&out, err));
out:
	vrd_buf_free(&out);
	return rc;
}

vrd_status vrd_scenario_list_table(vrd_cli *cli, vrd_region *region) {
	vrd_status rc = VRD_OK;
	vrd_err *err = cli->err;
	static const vrd_text_column columns[N_LIST] = {
	        {.key = "scenario"},
	        {.key = "label"},
	        {.key = "status"},
	        {.key = "assumptions", .number = true},
	        {.key = "version", .number = true},
	        {.key = "changed"},
	        {.key = "no_rationale", .number = true},
	        {.key = "no_source", .number = true},
	        {.key = "no_owner", .number = true},
	        {.key = "no_date", .number = true},
	};
	const char **names, **cells;
	size_t n;
	VRD_TRY(vrd_scenario_list(region, &names, &n, err));
	VRD_TRY(VRD_NEW(cli->mem, cells, n * N_LIST));
	for (size_t i = 0; i < n; i++)
		VRD_TRY(list_row(cli, region, names[i], cells + i * N_LIST));
	const vrd_text_table table = {N_LIST, columns, n, cells};
	VRD_TRY(vrd_scenario_is_for_people(cli) ? print_list(cli, region, n, cells)
	                                        : print_table(cli, &table));
out:
	return rc;
}

// --- the assumptions of one ---------------------------------------------------------------------

enum { A_ID, A_TYPE, A_SELECTS, A_INTERVAL, A_PHASING, A_RATIONALE, A_OWNER, A_STATUS, N_SHOW };

// "area=c1,c2; care=inp"
static const char *selects(vrd_cli *cli, const vrd_node *assumption, bool *failed) {
	const vrd_node *select = vrd_node_get(assumption, "select");
	vrd_buf out = {0};
	for (size_t i = 0; select && i < select->n; i++) {
		const vrd_node *item = &select->items[i];
		vrd_buf_printf(&out, "%s%s=", i ? "; " : "", select->keys[i]);
		if (item->kind == VRD_NODE_SCALAR)
			vrd_buf_puts(&out, item->text);
		for (size_t k = 0; k < item->n; k++)
			vrd_buf_printf(&out, "%s%s", k ? "," : "",
			               item->items[k].text ? item->items[k].text : "");
	}
	return taken(cli, &out, failed);
}

// As it is written, with the name of its distribution.
static const char *interval(vrd_cli *cli, const vrd_node *assumption, bool *failed) {
	static const char *const keys[] = {"interval", "quantiles", "values", "weights"};
	vrd_buf out = {0};
	for (size_t k = 0; k < 4; k++) {
		const vrd_node *node = vrd_node_get(assumption, keys[k]);
		if (!node)
			continue;
		if (k > 0)
			vrd_buf_printf(&out, "%s%s ", out.n ? " " : "", keys[k]);
		vrd_yaml_put_node(
		        &out, node->kind == VRD_NODE_LIST && node->n == 1 ? &node->items[0] : node);
	}
	const char *distribution = vrd_node_text(assumption, "distribution", "");
	vrd_buf_printf(&out, "%s%s", *distribution ? " " : "", distribution);
	return taken(cli, &out, failed);
}

static const char *phasing(vrd_cli *cli, const vrd_node *assumption, bool *failed) {
	const vrd_node *node = vrd_node_get(assumption, "phasing");
	const vrd_node *table = vrd_node_get(node, "table");
	vrd_buf out = {0};
	vrd_buf_puts(&out, vrd_node_text(node, "curve", node && !table ? "linear" : ""));
	if (vrd_node_get(node, "start") || vrd_node_get(node, "end"))
		vrd_buf_printf(&out, "%s%s–%s", out.n ? " " : "", vrd_node_text(node, "start", ""),
		               vrd_node_text(node, "end", ""));
	if (table) {
		vrd_buf_puts(&out, out.n ? " " : "");
		vrd_yaml_put_node(&out, table);
	}
	return taken(cli, &out, failed);
}

static void show_row(vrd_cli *cli, const vrd_region *region, const vrd_node *a, const char **cells,
                     bool *failed) {
	cells[A_ID] = vrd_node_text(a, "id", "");
	cells[A_TYPE] = vrd_node_text(a, "type", "");
	cells[A_SELECTS] = selects(cli, a, failed);
	cells[A_INTERVAL] = interval(cli, a, failed);
	cells[A_PHASING] = phasing(cli, a, failed);
	cells[A_RATIONALE] = vrd_node_text(a, "rationale", "");
	cells[A_OWNER] = vrd_node_text(a, "owner", "");
	cells[A_STATUS] = word(cli, region, "scn_status", vrd_node_text(a, "status", ""));
}

vrd_status vrd_scenario_assumptions_table(vrd_cli *cli, vrd_region *region,
                                          const vrd_scenario *scenario) {
	vrd_status rc = VRD_OK;
	vrd_err *err = cli->err;
	static const vrd_text_column columns[N_SHOW] = {
	        {.key = "id"},      {.key = "type"},      {.key = "selects"}, {.key = "interval"},
	        {.key = "phasing"}, {.key = "rationale"}, {.key = "owner"},   {.key = "status"},
	};
	const vrd_node *list = vrd_node_get(scenario->node, "assumptions");
	const size_t n = list ? list->n : 0;
	const char **cells;
	bool failed = false;
	VRD_TRY(VRD_NEW(cli->mem, cells, n * N_SHOW));
	for (size_t i = 0; i < n; i++)
		show_row(cli, region, &list->items[i], cells + i * N_SHOW, &failed);
	if (failed)
		VRD_TRY(vrd_no_memory(err, cli->mem, n, 64));
	const vrd_text_table table = {N_SHOW, columns, n, cells};
	VRD_TRY(print_table(cli, &table));
out:
	return rc;
}

// --- versions -----------------------------------------------------------------------------------

vrd_status vrd_scenario_versions_table(vrd_cli *cli, const vrd_region *region,
                                       const vrd_version *versions, size_t n) {
	enum { V_NUMBER, V_TIME, V_WHO, V_WHAT, V_WHY, V_STATUS, V_HASH, N_LOG };
	vrd_status rc = VRD_OK;
	vrd_err *err = cli->err;
	const vrd_lang lang = region->lang;
	const vrd_text_column columns[N_LOG] = {
	        {"version", vrd_msg(VRD_MSG_SCN_VERSION, lang), true},
	        {"time", vrd_msg(VRD_MSG_SCN_TIME, lang), false},
	        {"who", vrd_msg(VRD_MSG_SCN_WHO, lang), false},
	        {"what", vrd_msg(VRD_MSG_SCN_WHAT, lang), false},
	        {"why", vrd_msg(VRD_MSG_SCN_WHY, lang), false},
	        {"status", vrd_msg(VRD_MSG_SCN_STATUS, lang), false},
	        {"hash", vrd_msg(VRD_MSG_SCN_HASH, lang), false},
	};
	const char **cells;
	bool failed = false;
	VRD_TRY(VRD_NEW(cli->mem, cells, n * N_LOG));
	for (size_t i = 0; i < n; i++) {
		const vrd_version *v = &versions[i];
		const char **row = cells + i * N_LOG;
		row[V_NUMBER] = counted(cli, v->number, &failed);
		row[V_TIME] = v->time;
		row[V_WHO] = v->who;
		row[V_WHAT] = word(cli, region, "scn_what", v->what);
		row[V_WHY] = v->why;
		row[V_STATUS] = word(cli, region, "scn_status", v->locked ? "locked" : "draft");
		row[V_HASH] = vrd_scenario_is_for_people(cli)
		                      ? vrd_arena_strndup(cli->mem, v->hash, 12)
		                      : v->hash;
		failed = failed || !row[V_HASH];
	}
	if (failed)
		VRD_TRY(vrd_no_memory(err, cli->mem, n, 64));
	const vrd_text_table table = {N_LOG, columns, n, cells};
	VRD_TRY(print_table(cli, &table));
out:
	return rc;
}
