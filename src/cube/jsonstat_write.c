// Writing: straight into the buffer, in the order in which JSON-stat documents its members.
#include "cube/jsonstat.h"

#include <string.h>

#include "base/banned.h"

typedef struct {
	vrd_buf *out;
	bool invalid; // a text was not UTF-8
} writer;

static void put(writer *w, const char *text) {
	vrd_buf_puts(w->out, text);
}

static void put_text(writer *w, const char *text) {
	const size_t n = strlen(text);
	if (vrd_utf8_invalid_at(text, n) != n)
		w->invalid = true;
	vrd_buf_putc(w->out, '"');
	size_t from = 0; // of the run that needs no escape
	for (size_t i = 0; i <= n; i++) {
		const unsigned char c = (unsigned char)text[i];
		if (i < n && c >= 0x20 && c != '"' && c != '\\')
			continue;
		vrd_buf_add(w->out, text + from, i - from);
		from = i + 1;
		if (i < n && c < 0x20)
			vrd_buf_printf(w->out, "\\u%04x", c);
		else if (i < n)
			vrd_buf_printf(w->out, "\\%c", c);
	}
	vrd_buf_putc(w->out, '"');
}

static void put_number(writer *w, double value) {
	char text[32];
	// -0 has its own bits, which the number format leaves out.
	if (value == 0)
		put(w, signbit(value) ? "-0.0" : "0");
	else
		vrd_buf_add(w->out, text, vrd_format_double(value, text));
}

// `,"key":"text"`, or nothing for NULL.
static void put_member(writer *w, const char *key, const char *text) {
	if (text == NULL)
		return;
	put(w, ",\"");
	put(w, key);
	put(w, "\":");
	put_text(w, text);
}

static void put_note(writer *w, const char *text) {
	if (text == NULL)
		return;
	put(w, ",\"note\":[");
	put_text(w, text);
	put(w, "]");
}

// --- dimensions ---------------------------------------------------------------------------------

// Begins the entry of a category in an object member; the first one opens the member.
static void put_entry(writer *w, const char *member, bool *open, const char *code) {
	if (!*open) {
		put(w, ",\"");
		put(w, member);
		put(w, "\":{");
	} else {
		put(w, ",");
	}
	*open = true;
	put_text(w, code);
	put(w, ":");
}

static void close_member(writer *w, bool open) {
	if (open)
		put(w, "}");
}

static void put_labels(writer *w, const vrd_dim *dim) {
	bool open = false;
	size_t n_own = 0;
	for (size_t i = 0; i < dim->n; i++)
		n_own += strcmp(dim->cats[i].code, dim->cats[i].label) != 0;
	// All or none: readers differ in what they do with a label object that has gaps.
	for (size_t i = 0; i < dim->n && n_own > 0; i++) {
		put_entry(w, "label", &open, dim->cats[i].code);
		put_text(w, dim->cats[i].label);
	}
	close_member(w, open);
}

static void put_units(writer *w, const vrd_dim *dim) {
	bool open = false;
	for (size_t i = 0; i < dim->n; i++) {
		const vrd_category *cat = &dim->cats[i];
		if (cat->unit == NULL && cat->decimals < 0)
			continue;
		put_entry(w, "unit", &open, cat->code);
		put(w, "{");
		if (cat->unit != NULL) {
			put(w, "\"base\":");
			put_text(w, cat->unit);
		}
		if (cat->decimals >= 0)
			vrd_buf_printf(w->out, "%s\"decimals\":%d", cat->unit != NULL ? "," : "",
			               cat->decimals);
		put(w, "}");
	}
	close_member(w, open);
}

static void put_category_notes(writer *w, const vrd_dim *dim) {
	bool open = false;
	for (size_t i = 0; i < dim->n; i++) {
		if (dim->cats[i].note == NULL)
			continue;
		put_entry(w, "note", &open, dim->cats[i].code);
		put(w, "[");
		put_text(w, dim->cats[i].note);
		put(w, "]");
	}
	close_member(w, open);
}

// Parents in the order of the dimension, each with its children in that order: the links are
// turned round once, O(n).
static vrd_status put_children(writer *w, const vrd_dim *dim, vrd_err *err) {
	vrd_arena local = {0};
	size_t *first; // child of a category, VRD_NONE = none
	size_t *next;  // sibling
	bool open = false;
	vrd_status rc;
	VRD_TRY(VRD_NEW(&local, first, dim->n));
	VRD_TRY(VRD_NEW(&local, next, dim->n));
	for (size_t i = 0; i < dim->n; i++)
		first[i] = VRD_NONE;
	for (size_t i = dim->n; i-- > 0;) {
		const size_t parent = dim->cats[i].parent;
		if (parent == VRD_NONE)
			continue;
		next[i] = first[parent];
		first[parent] = i;
	}
	for (size_t i = 0; i < dim->n; i++) {
		if (first[i] == VRD_NONE)
			continue;
		put_entry(w, "child", &open, dim->cats[i].code);
		for (size_t c = first[i]; c != VRD_NONE; c = next[c]) {
			put(w, c == first[i] ? "[" : ",");
			put_text(w, dim->cats[c].code);
		}
		put(w, "]");
	}
	close_member(w, open);
out:
	vrd_arena_clear(&local);
	return rc;
}

static vrd_status put_dim(writer *w, const vrd_dim *dim, vrd_err *err) {
	put_text(w, dim->name);
	put(w, ":{\"label\":");
	put_text(w, dim->label);
	put_note(w, dim->note);
	put(w, ",\"category\":{\"index\":[");
	for (size_t i = 0; i < dim->n; i++) {
		put(w, i > 0 ? "," : "");
		put_text(w, dim->cats[i].code);
	}
	put(w, "]");
	put_labels(w, dim);
	put_units(w, dim);
	put_category_notes(w, dim);
	const vrd_status rc = put_children(w, dim, err);
	put(w, "}}");
	return rc;
}

static void put_roles(writer *w, const vrd_cube *cube) {
	static const struct {
		const char *key;
		vrd_role role;
	} roles[] = {{"time", VRD_ROLE_TIME}, {"geo", VRD_ROLE_GEO}, {"metric", VRD_ROLE_METRIC}};
	size_t n_roles = 0;
	for (size_t k = 0; k < sizeof roles / sizeof roles[0]; k++) {
		size_t n = 0;
		for (size_t d = 0; d < cube->n_dims; d++) {
			if (cube->dims[d]->role != roles[k].role)
				continue;
			if (n++ > 0)
				put(w, ",");
			else
				vrd_buf_printf(w->out, "%s\"%s\":[",
				               n_roles++ > 0 ? "," : ",\n\"role\":{", roles[k].key);
			put_text(w, cube->dims[d]->name);
		}
		put(w, n > 0 ? "]" : "");
	}
	put(w, n_roles > 0 ? "}" : "");
}

static vrd_status put_dims(writer *w, const vrd_cube *cube, vrd_err *err) {
	vrd_status rc = VRD_OK;
	put(w, ",\n\"id\":[");
	for (size_t d = 0; d < cube->n_dims; d++) {
		if (cube->dims[d]->n == 0)
			return vrd_fail(err, VRD_DATA,
			                "dimension \"%s\" has no categories, which JSON-stat "
			                "cannot say",
			                cube->dims[d]->name);
		put(w, d > 0 ? "," : "");
		put_text(w, cube->dims[d]->name);
	}
	put(w, "],\n\"size\":[");
	for (size_t d = 0; d < cube->n_dims; d++)
		vrd_buf_printf(w->out, "%s%zu", d > 0 ? "," : "", cube->dims[d]->n);
	put(w, "]");
	put_roles(w, cube);
	put(w, ",\n\"dimension\":{");
	for (size_t d = 0; d < cube->n_dims; d++) {
		put(w, d > 0 ? ",\n" : "\n");
		VRD_TRY(put_dim(w, cube->dims[d], err));
	}
	put(w, "}");
out:
	return rc;
}

// --- cells --------------------------------------------------------------------------------------

static vrd_status put_values(writer *w, const vrd_cube *cube, vrd_err *err) {
	put(w, ",\n\"value\":[");
	for (size_t i = 0; i < cube->n_cells; i++) {
		if (i > 0)
			vrd_buf_putc(w->out, ',');
		if (!vrd_cell_has_number(vrd_cube_status(cube, i)))
			put(w, "null");
		else if (isfinite(cube->values[i]))
			put_number(w, cube->values[i]);
		else
			return vrd_fail(err, VRD_DATA,
			                "the cell at position %zu holds %g, which JSON cannot say",
			                i, cube->values[i]);
	}
	put(w, "]");
	return VRD_OK;
}

// MISSING too, though null says it already: other readers show the symbol.
static void put_statuses(writer *w, const vrd_cube *cube) {
	bool open = false;
	for (size_t i = 0; cube->status != NULL && i < cube->n_cells; i++) {
		const vrd_cell cell = vrd_cube_status(cube, i);
		if (cell == VRD_PRESENT)
			continue;
		vrd_buf_printf(w->out, "%s\"%zu\":\"%s\"", open ? "," : ",\n\"status\":{", i,
		               vrd_cell_symbol(cell));
		open = true;
	}
	close_member(w, open);
}

static vrd_status put_cube(writer *w, const vrd_cube *cube, vrd_err *err) {
	vrd_status rc;
	put(w, "{\"version\":\"2.0\",\"class\":\"dataset\"");
	put_member(w, "label", cube->label);
	put_member(w, "source", cube->source);
	put_member(w, "updated", cube->updated);
	for (size_t i = 0; i < cube->n_notes; i++) {
		put(w, i > 0 ? "," : ",\n\"note\":[");
		put_text(w, cube->notes[i]);
	}
	put(w, cube->n_notes > 0 ? "]" : "");
	VRD_TRY(put_dims(w, cube, err));
	VRD_TRY(put_values(w, cube, err));
	put_statuses(w, cube);
	// The format has units of categories only. null is "none", told from a foreign file that
	// says nothing.
	put(w, ",\n\"extension\":{\"varde\":{\"unit\":");
	if (cube->unit != NULL)
		put_text(w, cube->unit);
	else
		put(w, "null");
	put(w, "}}}\n");
out:
	return rc;
}

vrd_status vrd_jsonstat_write(const vrd_cube *cube, vrd_buf *out, vrd_err *err) {
	writer w = {.out = out};
	const size_t start = out->n;
	vrd_status rc;
	VRD_TRY(put_cube(&w, cube, err));
	if (w.invalid)
		VRD_TRY(vrd_fail(err, VRD_DATA,
		                 "a code, label, unit or note of the cube is not UTF-8"));
	if (out->failed)
		VRD_TRY(vrd_fail(err, VRD_NOMEM,
		                 "no room for the JSON-stat text after %zu bytes: memory or the "
		                 "buffer's maximum (%zu) is used up",
		                 out->n, out->max));
out:
	if (rc != VRD_OK && out->n > start) {
		out->n = start;
		out->p[start] = '\0';
	}
	return rc;
}
