// Reading: jansson makes the tree, this file checks it against the format and fills the cube, in
// the order in which an error is most useful: kind of document, shape, numbers, statuses.
#include "cube/jsonstat.h"

#include "cube/jsonstat_tree.h"

#include <string.h>

#include "base/banned.h"

// A sparse file of a few bytes may claim any shape, so the number of cells has a limit of its own.
#define MAX_CELLS ((size_t)1 << 27)
#define MAX_DIMS 64

// --- document -----------------------------------------------------------------------------------

static vrd_status parse(const vrd_js *js, const char *bytes, size_t len, json_t **out) {
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	json_error_t why;
	// All numbers as doubles: whole numbers past 2^63 are then numbers, not errors.
	json_t *root = json_loadb(bytes != NULL ? bytes : "", len,
	                          JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &why);
	if (root != NULL) {
		*out = root;
		return VRD_OK;
	}
	// jansson says nothing at all when memory is used up in the middle of a tree.
	if (why.text[0] == '\0' || json_error_code(&why) == json_error_out_of_memory)
		return vrd_fail(js->err, VRD_NOMEM, "%s: no memory for a JSON text of %zu bytes",
		                js->name, len);
	// jansson quotes the input byte by byte and can cut a character.
	for (size_t i; (i = vrd_utf8_invalid_at(why.text, strlen(why.text))) < strlen(why.text);)
		why.text[i] = '?';
	return vrd_fail(js->err, VRD_DATA, "%s:%d:%d: %s", js->name, why.line > 0 ? why.line : 1,
	                why.column > 0 ? why.column : 1, why.text);
}

static vrd_status check_class(const vrd_js *js, const json_t *root) {
	if (!json_is_object(root))
		return vrd_js_misfit(js, "document", root, "a JSON-stat dataset");
	const char *class = json_string_value(json_object_get(root, "class"));
	if (class == NULL)
		return vrd_js_bad(js, "class",
		                  "\"dataset\" is missing: a bundle of JSON-stat 1, or no "
		                  "JSON-stat; ask the source for the format json-stat2");
	if (strcmp(class, "dataset") != 0)
		return vrd_js_bad(js, "class", "\"%.*s\" is no dataset; save one table at a time",
		                  VRD_JS_SHOWN(class));
	const json_t *version = json_object_get(root, "version");
	const char *text =
	        json_is_string(version) ? json_string_value(version) : vrd_js_kind(version);
	if (version != NULL && strncmp(text, "2.", 2) != 0)
		return vrd_js_bad(js, "version",
		                  "%.*s is not 2.0; ask the source for the format json-stat2",
		                  VRD_JS_SHOWN(text));
	return VRD_OK;
}

// --- shape --------------------------------------------------------------------------------------

// Index in the array `id` of a name, or the length of `id`.
static size_t find_id(const json_t *id, const char *name) {
	size_t d = 0;
	while (d < json_array_size(id) &&
	       strcmp(json_string_value(json_array_get(id, d)), name) != 0)
		d++;
	return d;
}

static vrd_status read_roles(const vrd_js *js, const json_t *root, const json_t *id,
                             vrd_role *roles) {
	static const struct {
		const char *key;
		const char *path;
		vrd_role role;
	} known[] = {
	        {"time", "role.time", VRD_ROLE_TIME},
	        {"geo", "role.geo", VRD_ROLE_GEO},
	        {"metric", "role.metric", VRD_ROLE_METRIC},
	};
	const json_t *role = json_object_get(root, "role");
	if (role != NULL && !json_is_object(role))
		return vrd_js_misfit(js, "role", role, "an object");
	for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
		const json_t *list = json_object_get(role, known[k].key);
		if (list != NULL && !json_is_array(list))
			return vrd_js_misfit(js, known[k].path, list, "an array");
		for (size_t i = 0; i < json_array_size(list); i++) {
			const char *name = json_string_value(json_array_get(list, i));
			if (name == NULL)
				return vrd_js_misfit(js, known[k].path, json_array_get(list, i),
				                     "a name");
			const size_t d = find_id(id, name);
			if (d == json_array_size(id))
				return vrd_js_bad(js, known[k].path, "\"%.*s\" is not in id",
				                  VRD_JS_SHOWN(name));
			if (roles[d] != VRD_ROLE_NONE)
				return vrd_js_bad(js, known[k].path, "\"%.*s\" has a role already",
				                  VRD_JS_SHOWN(name));
			roles[d] = known[k].role;
		}
	}
	return VRD_OK;
}

// id, size and dimension against each other, before anything is made of them.
static vrd_status check_shape(const vrd_js *js, const json_t *id, const json_t *size,
                              json_t *dimension, size_t *sizes) {
	const size_t n = json_array_size(id);
	size_t cells = 1;
	for (size_t d = 0; d < n; d++) {
		const char *name = json_string_value(json_array_get(id, d));
		if (name == NULL)
			return vrd_js_misfit(js, "id", json_array_get(id, d), "a name");
		if (!vrd_js_index(json_array_get(size, d), MAX_CELLS + 1, &sizes[d]) ||
		    sizes[d] == 0)
			return vrd_js_bad(js, "size",
			                  "that of \"%.*s\" is no whole number from 1 to %zu",
			                  VRD_JS_SHOWN(name), MAX_CELLS);
		if (sizes[d] > MAX_CELLS / cells)
			return vrd_js_bad(js, "size", "more than %zu cells; select fewer",
			                  MAX_CELLS);
		cells *= sizes[d];
		if (!json_is_object(json_object_get(dimension, name)))
			return vrd_js_bad(js, "dimension", "\"%.*s\", which id names, is missing",
			                  VRD_JS_SHOWN(name));
	}
	const char *name;
	json_t *json;
	json_object_foreach(dimension, name, json) {
		if (find_id(id, name) == n)
			return vrd_js_bad(js, "dimension", "\"%.*s\" is not in id",
			                  VRD_JS_SHOWN(name));
	}
	return VRD_OK;
}

static vrd_status read_shape(vrd_js *js, const json_t *root, vrd_cube *cube) {
	const json_t *id = json_object_get(root, "id");
	const json_t *size = json_object_get(root, "size");
	json_t *dimension = json_object_get(root, "dimension");
	const size_t n = json_array_size(id);
	size_t *sizes;
	vrd_role *roles;
	const vrd_dim **dims;
	vrd_err *err = js->err;
	vrd_err why = {VRD_OK, ""};
	vrd_status rc;
	if (!json_is_object(dimension))
		return vrd_js_misfit(js, "dimension", dimension, "an object");
	if (json_is_array(json_object_get(dimension, "id")))
		return vrd_js_bad(js, "dimension.id",
		                  "stands here in JSON-stat 1; ask the source for the format "
		                  "json-stat2");
	if (!json_is_array(id))
		return vrd_js_misfit(js, "id", id, "an array");
	if (!json_is_array(size))
		return vrd_js_misfit(js, "size", size, "an array");
	if (json_array_size(size) != n)
		return vrd_js_bad(js, "size", "%zu sizes, but id names %zu dimensions",
		                  json_array_size(size), n);
	if (n > MAX_DIMS)
		return vrd_js_bad(js, "id", "%zu dimensions, more than %d", n, MAX_DIMS);
	VRD_TRY(VRD_NEW(js->mem, sizes, n));
	VRD_TRY(VRD_NEW(js->mem, roles, n));
	VRD_TRY(VRD_NEW(js->mem, dims, n));
	VRD_TRY(check_shape(js, id, size, dimension, sizes));
	VRD_TRY(read_roles(js, root, id, roles));
	for (size_t d = 0; d < n; d++) {
		js->dim = json_string_value(json_array_get(id, d));
		VRD_TRY(vrd_js_dim(js, roles[d], sizes[d], json_object_get(dimension, js->dim),
		                   &dims[d]));
	}
	js->dim = NULL;
	rc = vrd_cube_new(js->mem, n, dims, cube, &why);
	if (rc != VRD_OK)
		return vrd_js_at(js, "id", rc, &why);
out:
	return rc;
}

// --- texts of the cube --------------------------------------------------------------------------

// What varde wrote, else the one unit that every category of the metric dimensions has.
static vrd_status read_unit(const vrd_js *js, const json_t *root, vrd_cube *cube) {
	const json_t *own = json_object_get(json_object_get(root, "extension"), "varde");
	if (json_is_object(own))
		return vrd_js_keep(js, "extension.varde.unit", json_object_get(own, "unit"),
		                   &cube->unit);
	const char *unit = NULL;
	for (size_t d = 0; d < cube->n_dims; d++) {
		const vrd_dim *dim = cube->dims[d];
		for (size_t i = 0; dim->role == VRD_ROLE_METRIC && i < dim->n; i++) {
			const char *here = dim->cats[i].unit;
			if (here == NULL || (unit != NULL && strcmp(unit, here) != 0))
				return VRD_OK;
			unit = here;
		}
	}
	cube->unit = unit;
	return VRD_OK;
}

static vrd_status read_notes(const vrd_js *js, const json_t *note, vrd_cube *cube) {
	const size_t n = json_is_array(note) ? json_array_size(note) : 1;
	vrd_status rc = VRD_OK;
	for (size_t i = 0; i < n; i++) {
		const char *text = NULL;
		VRD_TRY(vrd_js_text(js, "note",
		                    json_is_array(note) ? json_array_get(note, i) : note, &text));
		if (text != NULL)
			VRD_TRY(vrd_cube_note(js->mem, cube, text, js->err));
	}
out:
	return rc;
}

static vrd_status read_texts(const vrd_js *js, const json_t *root, vrd_cube *cube) {
	vrd_status rc;
	VRD_TRY(vrd_js_keep(js, "label", json_object_get(root, "label"), &cube->label));
	VRD_TRY(vrd_js_keep(js, "source", json_object_get(root, "source"), &cube->source));
	VRD_TRY(vrd_js_keep(js, "updated", json_object_get(root, "updated"), &cube->updated));
	VRD_TRY(read_unit(js, root, cube));
	VRD_TRY(read_notes(js, json_object_get(root, "note"), cube));
out:
	return rc;
}

// --- numbers ------------------------------------------------------------------------------------

static vrd_status read_value(const vrd_js *js, const json_t *json, size_t i, vrd_cube *cube) {
	if (json_is_null(json))
		return VRD_OK;
	if (!json_is_number(json))
		return vrd_js_bad(js, "value", "%s stands at position %zu, where a number belongs",
		                  vrd_js_kind(json), i);
	cube->values[i] = json_number_value(json);
	return VRD_OK;
}

static vrd_status read_values(const vrd_js *js, const json_t *root, vrd_cube *cube) {
	json_t *value = json_object_get(root, "value");
	const size_t n = cube->n_cells;
	vrd_status rc = VRD_OK;
	for (size_t i = 0; i < n; i++)
		cube->values[i] = NAN;
	if (json_is_array(value)) {
		if (json_array_size(value) != n)
			return vrd_js_bad(js, "value", "%zu numbers, but size says %zu",
			                  json_array_size(value), n);
		for (size_t i = 0; i < n; i++)
			VRD_TRY(read_value(js, json_array_get(value, i), i, cube));
	} else if (json_is_object(value)) {
		const char *key;
		json_t *json;
		json_object_foreach(value, key, json) {
			size_t i;
			if (!vrd_js_position(key, n, &i))
				return vrd_js_bad(js, "value",
				                  "\"%.*s\" is no position from 0 to %zu",
				                  VRD_JS_SHOWN(key), n - 1);
			VRD_TRY(read_value(js, json, i, cube));
		}
	} else {
		return vrd_js_misfit(js, "value", value, "an array or object");
	}
	for (size_t i = 0; i < n; i++) {
		if (isnan(cube->values[i]))
			VRD_TRY(vrd_cube_set_status(js->mem, cube, i, VRD_MISSING, js->err));
	}
out:
	return rc;
}

// --- statuses -----------------------------------------------------------------------------------

// Status texts that the cube has no cell status for ("...", "-", other offices' letters) with the
// number of their cells; they become notes.
enum { MOST_OTHERS = 32 };
typedef struct {
	const char *texts[MOST_OTHERS];
	size_t counts[MOST_OTHERS];
	size_t n;
} others;

static vrd_status remember(const vrd_js *js, others *seen, const char *text) {
	size_t k = 0;
	while (k < seen->n && strcmp(seen->texts[k], text) != 0)
		k++;
	if (k == MOST_OTHERS)
		return vrd_js_bad(js, "status", "more than %d texts that are no symbols of SSB",
		                  MOST_OTHERS);
	seen->texts[k] = text;
	seen->counts[k]++;
	seen->n = k == seen->n ? k + 1 : seen->n;
	return VRD_OK;
}

static vrd_status note_others(const vrd_js *js, const others *seen, vrd_cube *cube) {
	vrd_buf note = {0};
	vrd_status rc = VRD_OK;
	for (size_t k = 0; k < seen->n; k++) {
		vrd_buf_reset(&note);
		vrd_buf_printf(&note, "status \"%s\": %zu %s", seen->texts[k], seen->counts[k],
		               seen->counts[k] == 1 ? "cell" : "cells");
		if (note.failed)
			VRD_TRY(vrd_no_memory(js->err, js->mem, strlen(seen->texts[k]), 1));
		VRD_TRY(vrd_cube_note(js->mem, cube, note.p, js->err));
	}
out:
	vrd_buf_free(&note);
	return rc;
}

static vrd_status set_nil(const vrd_js *js, vrd_cube *cube, size_t i) {
	if (!isnan(cube->values[i]) && cube->values[i] != 0)
		return vrd_js_bad(js, "status", "\"-\" (nil) stands at position %zu, beside %g", i,
		                  cube->values[i]);
	const vrd_status rc = vrd_cube_set_status(js->mem, cube, i, VRD_PRESENT, js->err);
	if (rc == VRD_OK)
		cube->values[i] = 0;
	return rc;
}

// The status wins over the value: a number that stands beside ":" must not survive.
static vrd_status set_status(const vrd_js *js, vrd_cube *cube, size_t i, const json_t *json,
                             others *seen) {
	const char *text = json_string_value(json);
	vrd_cell cell;
	vrd_status rc = VRD_OK;
	if (json_is_null(json) || (text != NULL && text[0] == '\0'))
		return VRD_OK;
	if (text == NULL)
		return vrd_js_bad(js, "status", "%s stands at position %zu, where a text belongs",
		                  vrd_js_kind(json), i);
	if (strcmp(text, "-") == 0) {
		VRD_TRY(set_nil(js, cube, i));
		return remember(js, seen, text);
	}
	if (!vrd_cell_from_symbol(vrd_str_of(text), &cell))
		return remember(js, seen, text);
	if (!vrd_cell_has_number(cell) || !isnan(cube->values[i]))
		VRD_TRY(vrd_cube_set_status(js->mem, cube, i, cell, js->err));
	if (strcmp(text, vrd_cell_symbol(cell)) != 0)
		VRD_TRY(remember(js, seen, text));
out:
	return rc;
}

static vrd_status read_statuses(const vrd_js *js, const json_t *root, vrd_cube *cube) {
	json_t *status = json_object_get(root, "status");
	const size_t n = cube->n_cells;
	others seen = {.n = 0};
	vrd_status rc = VRD_OK;
	if (status == NULL || json_is_null(status))
		return VRD_OK;
	if (json_is_object(status)) {
		const char *key;
		json_t *json;
		json_object_foreach(status, key, json) {
			size_t i;
			if (!vrd_js_position(key, n, &i))
				return vrd_js_bad(js, "status",
				                  "\"%.*s\" is no position from 0 to %zu",
				                  VRD_JS_SHOWN(key), n - 1);
			VRD_TRY(set_status(js, cube, i, json, &seen));
		}
	} else if (json_is_string(status) || json_array_size(status) == 1) {
		const json_t *all = json_is_string(status) ? status : json_array_get(status, 0);
		for (size_t i = 0; i < n; i++)
			VRD_TRY(set_status(js, cube, i, all, &seen));
	} else if (json_is_array(status)) {
		if (json_array_size(status) != n)
			return vrd_js_bad(js, "status", "%zu texts, but size says %zu",
			                  json_array_size(status), n);
		for (size_t i = 0; i < n; i++)
			VRD_TRY(set_status(js, cube, i, json_array_get(status, i), &seen));
	} else {
		return vrd_js_misfit(js, "status", status, "an array, object or text");
	}
	VRD_TRY(note_others(js, &seen, cube));
out:
	return rc;
}

vrd_status vrd_jsonstat_read(vrd_arena *mem, const char *bytes, size_t len, const char *name,
                             vrd_cube *out, vrd_err *err) {
	vrd_js js = {.mem = mem, .err = err, .name = name};
	vrd_cube cube = {0};
	json_t *root = NULL;
	vrd_status rc;
	VRD_TRY(parse(&js, bytes, len, &root));
	VRD_TRY(check_class(&js, root));
	VRD_TRY(read_shape(&js, root, &cube));
	VRD_TRY(read_texts(&js, root, &cube));
	VRD_TRY(read_values(&js, root, &cube));
	VRD_TRY(read_statuses(&js, root, &cube));
	*out = cube;
out:
	json_decref(root);
	return rc;
}
