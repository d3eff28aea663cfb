// Questions in words that a clinician or a planner reads: what changes, by when, and for whom.
#include "region/elicit_parts.h"

#include "cube/messages.h"
#include "num/hash.h"

#include <stdio.h>
#include <string.h>

// What a sentence may name.
typedef struct {
	vrd_region *region;
	const vrd_scenario *scenario;
	const vrd_node *node;
	vrd_kind kind;
	vrd_lang lang;
	bool by_code; // codes in the place of names: what is asked, in no language
} asked;

// --- units --------------------------------------------------------------------------------------

static bool is_annual(const vrd_node *node) {
	return strcmp(vrd_node_text(node, "form", "annual"), "annual") == 0;
}

static const char *unit_of(const vrd_node *node, vrd_kind kind) {
	if (kind == VRD_NEW_SERVICE)
		return "per_1000";
	if (kind == VRD_BACKLOG)
		return "contacts";
	return kind == VRD_GROWTH && is_annual(node) ? "percent_a_year" : "percent";
}

const char *vrd_elicit_unit(const char *unit, vrd_lang lang) {
	return vrd_msg_named("eli_unit", unit, lang);
}

double vrd_elicit_tidy(double x, int digits) {
	char text[40];
	double tidy = x;
	(void)snprintf(text, sizeof text, "%.*g", digits, x);
	return isfinite(x) && vrd_parse_double(vrd_str_of(text), '.', &tidy) ? tidy : x;
}

// --- years --------------------------------------------------------------------------------------

static int last_year(const vrd_node *table, int otherwise) {
	int64_t year = otherwise;
	if (table && table->n && !vrd_parse_int64(vrd_str_of(table->keys[table->n - 1]), &year))
		year = otherwise;
	return (int)year;
}

static int end_of(const asked *q) {
	const vrd_node *phasing = vrd_node_get(q->node, "phasing");
	return (int)vrd_node_number(
	        phasing, "end", last_year(vrd_node_get(phasing, "table"), q->scenario->horizon));
}

static int start_of(const asked *q) {
	const vrd_region *r = q->region;
	return (int)vrd_node_number(vrd_node_get(q->node, "phasing"), "start",
	                            r->base_years[r->n_base - 1]);
}

// --- names --------------------------------------------------------------------------------------

static const char *label_in(const asked *q, const vrd_dim *dim, const char *code) {
	const size_t i = dim && !q->by_code ? vrd_dim_find_text(dim, code) : VRD_NONE;
	return i == VRD_NONE ? code : dim->cats[i].label;
}

static const char *area_label(const asked *q, const char *code) {
	const char *label = vrd_geography_label(q->region->geo, vrd_str_of(code));
	return label && *label && !q->by_code ? label : code;
}

static const char *label_of(const asked *q, const char *key, const char *code) {
	if (strcmp(key, "area") == 0)
		return area_label(q, code);
	if (strcmp(key, "service") == 0)
		return label_in(q, q->region->service_tree, code);
	return strcmp(key, "care") == 0 ? label_in(q, q->region->care, code) : code;
}

static const char *place_of(const asked *q, const char *key) {
	const char *code = vrd_node_text(q->node, key, "");
	if (q->kind == VRD_FLOW)
		return label_in(q, q->region->provider, code);
	return q->kind == VRD_CATCHMENT ? area_label(q, code) : label_in(q, q->region->care, code);
}

static const char *target_of(const asked *q) {
	const char *code = vrd_node_text(q->node, "target", "region");
	const char *words = vrd_msg_named("eli_target", code, q->lang);
	return words ? words : area_label(q, code);
}

// --- the sentence -------------------------------------------------------------------------------

static vrd_msg_key shift_key(const asked *q) {
	const bool leaves = strcmp(vrd_node_text(q->node, "to", ""), "none") == 0;
	const bool days = strcmp(vrd_node_text(q->node, "moves", "stays"), "days") == 0;
	if (days)
		return leaves ? VRD_MSG_ELI_Q_SHIFT_DAYS_AWAY : VRD_MSG_ELI_Q_SHIFT_DAYS;
	return leaves ? VRD_MSG_ELI_Q_SHIFT_AWAY : VRD_MSG_ELI_Q_SHIFT;
}

static vrd_msg_key key_of(const asked *q) {
	switch (q->kind) {
	case VRD_HEALTHY_AGEING:
		return VRD_MSG_ELI_Q_HEALTHY_AGEING;
	case VRD_GROWTH:
		return is_annual(q->node) ? VRD_MSG_ELI_Q_GROWTH : VRD_MSG_ELI_Q_GROWTH_TOTAL;
	case VRD_LEVEL:
		return VRD_MSG_ELI_Q_LEVEL;
	case VRD_NEW_SERVICE:
		return VRD_MSG_ELI_Q_NEW_SERVICE;
	case VRD_BACKLOG:
		return VRD_MSG_ELI_Q_BACKLOG;
	case VRD_SHIFT:
		return shift_key(q);
	case VRD_LENGTH_OF_STAY:
		return VRD_MSG_ELI_Q_LENGTH_OF_STAY;
	case VRD_FLOW:
		return VRD_MSG_ELI_Q_FLOW;
	case VRD_CATCHMENT:
		return VRD_MSG_ELI_Q_CATCHMENT;
	case VRD_PRODUCTIVITY:
		return VRD_MSG_ELI_Q_PRODUCTIVITY;
	case VRD_AVOID:
	case VRD_N_KINDS:
		break;
	}
	return VRD_MSG_ELI_Q_AVOID;
}

// "Applies to: Medicine, Surgery; Inpatient; aged 80+."
static void put_selection(const asked *q, vrd_buf *out) {
	static const char *const keys[] = {"area", "service", "care", "rows"};
	const vrd_node *select = vrd_node_get(q->node, "select");
	const char *age = vrd_node_text(select, "age", NULL), *only;
	vrd_buf parts = {0};
	for (size_t k = 0; k < 4; k++) {
		const vrd_node *list = vrd_node_get(select, keys[k]);
		for (size_t i = 0; list && i < list->n; i++)
			vrd_buf_printf(&parts, "%s%s",
			               i         ? " / "
			               : parts.n ? "; "
			                         : "",
			               label_of(q, keys[k], list->items[i].text));
	}
	vrd_buf_puts(&parts, age && parts.n ? "; " : "");
	if (age)
		vrd_msg_put(&parts, VRD_MSG_ELI_AGED, q->lang, 1, &age);
	only = q->kind == VRD_LEVEL
	               ? vrd_msg_named("eli_only", vrd_node_text(q->node, "only", ""), q->lang)
	               : NULL;
	if (only)
		vrd_buf_printf(&parts, "%s%s", parts.n ? "; " : "", only);
	if (parts.n) {
		const char *const args[] = {parts.p};
		vrd_buf_putc(out, ' ');
		vrd_msg_put(out, VRD_MSG_ELI_APPLIES, q->lang, 1, args);
	}
	out->failed = out->failed || parts.failed;
	vrd_buf_free(&parts);
}

static vrd_status text_of(vrd_region *region, const vrd_scenario *scenario, const vrd_node *node,
                          vrd_kind kind, bool by_code, const char **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_lang lang = by_code ? VRD_EN : region->lang;
	const asked q = {region, scenario, node, kind, lang, by_code};
	const char *label = vrd_node_text(node, "label", "");
	char start[16], end[16];
	vrd_buf text = {0};
	(void)snprintf(end, sizeof end, "%d", end_of(&q));
	(void)snprintf(start, sizeof start, "%d", start_of(&q));
	const char *const args[] = {end, start,
	                            kind == VRD_LEVEL ? target_of(&q) : place_of(&q, "to"),
	                            place_of(&q, "from")};
	if (*label)
		vrd_buf_printf(&text, "%s. ", label);
	vrd_msg_put(&text, key_of(&q), lang, 4, args);
	put_selection(&q, &text);
	const char *copy = text.failed ? NULL : vrd_arena_strndup(region->mem, text.p, text.n);
	if (!copy)
		VRD_TRY(vrd_no_memory(err, region->mem, text.n, 1));
	*out = copy;
out:
	vrd_buf_free(&text);
	return rc;
}

// --- questions ----------------------------------------------------------------------------------

static void read_bounds(const vrd_node *node, vrd_question *q, vrd_diag *diag) {
	const vrd_node *bounds = vrd_node_get(node, "bounds");
	double lower, upper;
	vrd_kind_bounds(q->kind, &lower, &upper);
	if (bounds) {
		const double a = bounds->items[0].number, b = bounds->items[1].number;
		if (!(a >= lower && b <= upper && a < b)) {
			vrd_diag_add(diag, VRD_ERROR, bounds->place, "scenario.bounds",
			             "give two ascending numbers inside the natural bounds",
			             "bounds [%g, %g] of \"%s\" are not inside [%g, %g]", a, b,
			             q->id, lower, upper);
			return;
		}
		lower = a;
		upper = b;
	}
	q->lower = vrd_elicit_tidy(lower * q->scale, 12);
	q->upper = vrd_elicit_tidy(upper * q->scale, 12);
}

void vrd_elicit_wording(const vrd_question *question, vrd_str text, vrd_wording *out) {
	vrd_hasher hasher;
	vrd_hasher_init(&hasher);
	vrd_hasher_add(&hasher, text.p, text.n);
	vrd_hasher_add_text(&hasher, question->unit);
	vrd_hasher_add_double(&hasher, question->lower);
	vrd_hasher_add_double(&hasher, question->upper);
	const vrd_hash hash = vrd_hasher_finish(&hasher);
	vrd_hash_hex(&hash, out->hex);
}

static vrd_status read_words(vrd_region *region, const vrd_scenario *scenario, vrd_question *q,
                             vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *meaning;
	VRD_TRY(text_of(region, scenario, q->node, q->kind, false, &q->text, err));
	VRD_TRY(text_of(region, scenario, q->node, q->kind, true, &meaning, err));
	vrd_elicit_wording(q, vrd_str_of(meaning), &q->wording);
out:
	return rc;
}

vrd_str vrd_elicit_own_reasons(vrd_str rationale) {
	for (vrd_lang lang = 0; lang < VRD_N_LANGS; lang++) {
		const char *mark = vrd_msg(VRD_MSG_ELI_REASONS, lang);
		for (size_t i = 0; i + strlen(mark) <= rationale.n; i++)
			if (memcmp(rationale.p + i, mark, strlen(mark)) == 0)
				rationale.n = i;
	}
	return vrd_str_trim(rationale);
}

// Reasons of an earlier round would name who gave them.
static vrd_status evidence_of(vrd_region *region, const vrd_node *node, const char **out,
                              vrd_err *err) {
	const vrd_str why =
	        vrd_elicit_own_reasons(vrd_str_of(vrd_node_text(node, "rationale", "")));
	const char *source = vrd_node_text(node, "source", "");
	*out = why.n && *source
	               ? vrd_arena_printf(region->mem, "%.*s (%s)", (int)why.n, why.p, source)
	       : why.n ? vrd_arena_strndup(region->mem, why.p, why.n)
	               : source;
	return *out ? VRD_OK : vrd_no_memory(err, region->mem, why.n, 1);
}

vrd_status vrd_elicit_questions(vrd_region *region, const vrd_scenario *scenario,
                                const vrd_question **out, size_t *n, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *list = vrd_node_get(scenario->node, "assumptions");
	vrd_question *questions;
	vrd_diag own;
	vrd_diag_init(&own, region->mem, 0);
	VRD_TRY(VRD_NEW(region->mem, questions, list ? list->n : 0));
	for (size_t i = 0; list && i < list->n; i++) {
		const vrd_node *node = &list->items[i];
		vrd_question *q = &questions[i];
		q->node = node;
		q->id = vrd_node_text(node, "id", "");
		q->label = vrd_node_text(node, "label", q->id);
		(void)vrd_kind_parse(vrd_str_of(vrd_node_text(node, "type", "")), &q->kind);
		q->unit = unit_of(node, q->kind);
		q->scale = strncmp(q->unit, "percent", 7) == 0 ? 100 : 1;
		read_bounds(node, q, &own);
		VRD_TRY(read_words(region, scenario, q, err));
		VRD_TRY(evidence_of(region, node, &q->evidence, err));
	}
	for (size_t i = 0; i < own.n; i++)
		vrd_diag_add(diag, own.items[i].severity, own.items[i].place, own.items[i].rule,
		             own.items[i].remedy, "%s", own.items[i].text);
	VRD_TRY(vrd_diag_fail(&own, VRD_CONFIG, err));
	*out = questions;
	*n = list ? list->n : 0;
out:
	return rc;
}

vrd_status vrd_elicit_find(const vrd_question *questions, size_t n, const char *id, size_t *out,
                           vrd_err *err) {
	size_t best = SIZE_MAX, least = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		const size_t edits = vrd_edit_distance(vrd_str_of(id), vrd_str_of(questions[i].id));
		if (strcmp(questions[i].id, id) == 0) {
			*out = i;
			return VRD_OK;
		}
		if (edits < least) {
			least = edits;
			best = i;
		}
	}
	const bool near =
	        best != SIZE_MAX && vrd_nearest(vrd_str_of(id), &questions[best].id, 1) != SIZE_MAX;
	if (near)
		return vrd_fail(err, VRD_NOINPUT,
		                "the scenario has no assumption \"%s\"; did you mean \"%s\"?", id,
		                questions[best].id);
	return vrd_fail(err, VRD_NOINPUT,
	                "the scenario has no assumption \"%s\"; write the id of one of its %zu", id,
	                n);
}
