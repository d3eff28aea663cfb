#include "region/measures.h"

#include "cube/messages.h"
#include "region/measure_files.h"
#include "region/schemas.h"
#include "region/versions.h"
#include "region/yaml_edit.h"

#include <string.h>

#include "base/banned.h"

// --- reading ------------------------------------------------------------------------------------

static vrd_status read_one(vrd_arena *mem, const vrd_embedded *file, vrd_template *out,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_diag diag;
	vrd_err why = {0};
	const vrd_node *node = NULL;
	const char *path = vrd_arena_printf(mem, "measures/%s.yaml", file->name);
	if (!path)
		VRD_TRY(vrd_no_memory(err, mem, 64, 1));
	vrd_diag_init(&diag, mem, 0);
	rc = vrd_yaml_read(mem, file->bytes, file->len, path, &vrd_measure_schema, &node, &diag,
	                   &why);
	if (rc == VRD_CONFIG)
		rc = vrd_fail(err, VRD_INTERNAL, "the library of measures is damaged: %s",
		              why.text);
	else if (rc != VRD_OK)
		rc = vrd_fail(err, rc, "%s", why.text);
	VRD_TRY(rc);
	*out = (vrd_template){vrd_node_text(node, "id", ""), node, file->bytes, file->len};
out:
	return rc;
}

vrd_status vrd_templates_read(vrd_arena *mem, const vrd_template **out, size_t *n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_template *measures;
	VRD_TRY(VRD_NEW(mem, measures, vrd_measure_files_n));
	for (size_t i = 0; i < vrd_measure_files_n; i++)
		VRD_TRY(read_one(mem, &vrd_measure_files[i], &measures[i], err));
	*out = measures;
	*n = vrd_measure_files_n;
out:
	return rc;
}

vrd_status vrd_template_find(size_t n, const vrd_template measures[], const char *id,
                             const vrd_template **out, vrd_err *err) {
	const char *ids[256];
	const size_t n_ids = n < 256 ? n : 256;
	for (size_t i = 0; i < n; i++)
		if (strcmp(measures[i].id, id) == 0) {
			*out = &measures[i];
			return VRD_OK;
		}
	for (size_t i = 0; i < n_ids; i++)
		ids[i] = measures[i].id;
	const size_t near = vrd_nearest(vrd_str_of(id), ids, n_ids);
	return vrd_fail(err, VRD_NOINPUT, "there is no measure \"%s\"%s%s%s; see `varde measures`",
	                id, near == SIZE_MAX ? "" : "; did you mean \"",
	                near == SIZE_MAX ? "" : ids[near], near == SIZE_MAX ? "" : "\"?");
}

// --- what it says -------------------------------------------------------------------------------

const char *vrd_template_text(const vrd_template *m, const char *key, vrd_lang lang) {
	return vrd_node_text(vrd_node_get(m->node, key), vrd_lang_code(lang), "");
}

const char *vrd_template_theme(const vrd_template *m, vrd_lang lang) {
	const char *theme = vrd_node_text(m->node, "theme", ""),
	           *text = vrd_msg_named("theme", theme, lang);
	return text ? text : theme;
}

const char *vrd_template_part(const vrd_template *m, size_t i, vrd_lang lang) {
	const vrd_node *item = &vrd_node_get(m->node, "assumptions")->items[i];
	const vrd_node *part =
	        vrd_node_get(vrd_node_get(m->node, "parts"), vrd_node_text(item, "id", ""));
	return part ? vrd_node_text(part, vrd_lang_code(lang), "")
	            : vrd_template_text(m, "label", lang);
}

void vrd_template_put_plan(const vrd_template *m, vrd_buf *out) {
	const vrd_node *plan = vrd_node_get(m->node, "plan");
	for (size_t i = 0; i < plan->n; i++)
		vrd_buf_printf(out, "%s%s", i ? ", " : "", plan->items[i].text);
}

void vrd_template_put_kinds(const vrd_template *m, vrd_lang lang, vrd_buf *out) {
	const vrd_node *list = vrd_node_get(m->node, "assumptions");
	const char *before = "";
	for (size_t i = 0; i < list->n; i++) {
		const char *type = vrd_node_text(&list->items[i], "type", "");
		size_t same = 0;
		while (strcmp(vrd_node_text(&list->items[same], "type", ""), type) != 0)
			same++;
		if (same < i)
			continue;
		vrd_buf_printf(out, "%s%s", before, type);
		before = ", ";
	}
	if (list->n == 0)
		vrd_buf_puts(out, vrd_msg(VRD_MSG_LIBRARY_RESOURCE, lang));
}

// --- adding to a scenario -----------------------------------------------------------------------

// The item's lines as they are typed, comments too, without the indentation that they have here.
static void put_item_lines(const vrd_template *m, const vrd_node *item, vrd_buf *out) {
	const size_t indent = item->place.column - 1;
	const char *p = m->bytes + item->from, *end = m->bytes + m->len,
	           *last = m->bytes + item->to;
	while (p < last) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		stop = stop ? stop : end;
		vrd_buf_add(out, p, (size_t)(stop - p));
		vrd_buf_putc(out, '\n');
		p = stop == end ? end : stop + 1;
		for (size_t i = 0; i < indent && p < end && *p == ' '; i++)
			p++;
	}
}

static void put_key(vrd_buf *out, const char *key, const char *text) {
	vrd_buf_printf(out, "%s: ", key);
	vrd_yaml_put_scalar(out, text);
	vrd_buf_putc(out, '\n');
}

// What only people can say (rationale, source, owner, date) is left out, so that it is missed.
static void put_item(const vrd_template *m, size_t i, vrd_lang lang, vrd_buf *out) {
	put_item_lines(m, &vrd_node_get(m->node, "assumptions")->items[i], out);
	put_key(out, "label", vrd_template_part(m, i, lang));
	put_key(out, "theme", vrd_template_theme(m, lang));
	put_key(out, "status", "draft");
}

// "# head: text" in lines of at most 80 columns.
static void put_comment(vrd_buf *out, size_t indent, const char *head, const char *text,
                        const char *nl) {
	enum { WIDTH = 80 };
	vrd_str rest = vrd_str_of(text), word = {0};
	size_t column = 0;
	for (bool first = true; first || vrd_str_split(&rest, ' ', &word); first = false) {
		const vrd_str own = first ? vrd_str_of(head) : word;
		const size_t width = vrd_utf8_width(own) + first;
		if (column > 0 && column + 1 + width > WIDTH) {
			vrd_buf_puts(out, nl);
			column = 0;
		}
		if (column == 0) {
			vrd_buf_printf(out, "%*s#", (int)indent, "");
			column = indent + 1;
		}
		vrd_buf_putc(out, ' ');
		vrd_buf_add(out, own.p, own.n);
		vrd_buf_puts(out, first ? ":" : "");
		column += 1 + width;
	}
	vrd_buf_puts(out, nl);
}

// The text with the mechanism, and what would have to be known, above the item.
static void put_with_comments(const vrd_template *m, const vrd_node *item, const char *bytes,
                              size_t len, vrd_lang lang, vrd_buf *out) {
	size_t line = item->from, dash;
	while (line > 0 && bytes[line - 1] != '\n')
		line--;
	dash = line;
	while (dash < item->from && bytes[dash] == ' ')
		dash++;
	const char *nl = line > 1 && bytes[line - 2] == '\r' ? "\r\n" : "\n";
	vrd_buf_add(out, bytes, line);
	put_comment(out, dash - line, vrd_msg(VRD_MSG_LIBRARY_MECHANISM, lang),
	            vrd_template_text(m, "mechanism", lang), nl);
	put_comment(out, dash - line, vrd_msg(VRD_MSG_LIBRARY_EVIDENCE, lang),
	            vrd_template_text(m, "evidence_needed", lang), nl);
	vrd_buf_add(out, bytes + line, len - line);
}

static vrd_status refuse_present(const vrd_scenario *scenario, const vrd_template *m,
                                 vrd_diag *diag, vrd_err *err) {
	const vrd_node *added = vrd_node_get(m->node, "assumptions"),
	               *present = vrd_node_get(scenario->node, "assumptions");
	const size_t errors = diag->n_errors;
	if (added->n == 0)
		return vrd_fail(err, VRD_USAGE,
		                "\"%s\" changes what a contact takes, not how many there are: it "
		                "has no assumptions to add (see `varde measures show %s`)",
		                m->id, m->id);
	for (size_t i = 0; present && i < present->n; i++)
		for (size_t j = 0; j < added->n; j++) {
			const char *id = vrd_node_text(&added->items[j], "id", "");
			if (strcmp(vrd_node_text(&present->items[i], "id", ""), id) == 0)
				vrd_diag_add(diag, VRD_ERROR, present->items[i].place,
				             "scenario.duplicate-id",
				             "rename it first, to have the measure twice",
				             "\"%s\" is there already", id);
		}
	return diag->n_errors > errors ? vrd_diag_fail(diag, VRD_CONFIG, err) : VRD_OK;
}

// Takes a text as the scenario's own.
static vrd_status take_text(vrd_region *region, vrd_scenario *scenario, const vrd_buf *text,
                            vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	scenario->bytes = text->failed ? NULL : vrd_arena_strndup(region->mem, text->p, text->n);
	scenario->n_bytes = text->n;
	if (!scenario->bytes)
		VRD_TRY(vrd_no_memory(err, region->mem, text->n, 1));
	VRD_TRY(vrd_yaml_read(region->mem, scenario->bytes, scenario->n_bytes, scenario->file,
	                      &vrd_scenario_schema, &scenario->node, diag, err));
out:
	return rc;
}

// Appends item after item; each is given to the text that the one before made.
static vrd_status append_all(vrd_region *region, vrd_scenario *scenario, const vrd_template *m,
                             vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_buf item = {0}, text = {0};
	const size_t n = vrd_node_get(m->node, "assumptions")->n;
	for (size_t i = 0; i < n; i++) {
		vrd_buf_reset(&item);
		vrd_buf_reset(&text);
		put_item(m, i, region->lang, &item);
		if (item.failed)
			VRD_TRY(vrd_no_memory(err, region->mem, item.n, 1));
		VRD_TRY(vrd_yaml_append(region->mem, scenario->bytes, scenario->n_bytes,
		                        scenario->node, "assumptions", item.p, &text, err));
		VRD_TRY(take_text(region, scenario, &text, diag, err));
		if (i > 0)
			continue;
		const vrd_node *list = vrd_node_get(scenario->node, "assumptions");
		vrd_buf_reset(&text);
		put_with_comments(m, &list->items[list->n - 1], scenario->bytes, scenario->n_bytes,
		                  region->lang, &text);
		VRD_TRY(take_text(region, scenario, &text, diag, err));
	}
out:
	vrd_buf_free(&item);
	vrd_buf_free(&text);
	return rc;
}

// Whether all that is wrong is codes that the region does not have, which are corrected in the file.
static bool are_codes_only(const vrd_diag *diag, size_t from) {
	for (size_t i = from; i < diag->n; i++)
		if (diag->items[i].severity == VRD_ERROR &&
		    strcmp(diag->items[i].rule, "scenario.unknown-code") != 0)
			return false;
	return true;
}

vrd_status vrd_template_add(vrd_region *region, const char *name, const vrd_template *m,
                            bool *written, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK, fits;
	vrd_scenario scenario;
	vrd_model model;
	vrd_err misfit = {0};
	const char *why = vrd_arena_printf(region->mem, "measure %s", m->id);
	*written = false;
	VRD_TRY(vrd_scenario_read(region, name, &scenario, diag, err));
	VRD_TRY(refuse_present(&scenario, m, diag, err));
	VRD_TRY(append_all(region, &scenario, m, diag, err));
	const size_t told = diag->n;
	fits = vrd_region_model(region, &scenario, &model, NULL, NULL, diag, &misfit);
	if (fits != VRD_OK && !(diag->n > told && are_codes_only(diag, told)))
		VRD_TRY(vrd_fail(err, fits, "%s", misfit.text));
	VRD_TRY(vrd_scenario_write(region, name, scenario.bytes, scenario.n_bytes, false, NULL,
	                           "measure", why, diag, err));
	*written = true;
	if (fits != VRD_OK)
		rc = vrd_fail(err, fits, "%s", misfit.text);
out:
	return rc;
}
