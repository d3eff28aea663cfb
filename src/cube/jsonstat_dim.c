// One dimension of a JSON-stat dataset: its categories in the order of `index`, then what the other
// members of `category` say of each code.
#include "cube/jsonstat_tree.h"

#include <string.h>

#include "base/banned.h"

typedef struct {
	const vrd_js *js;
	const vrd_dim *codes; // look-up of a code
	vrd_category *cats;
} categories;

// --- index --------------------------------------------------------------------------------------

static vrd_status codes_of_array(const vrd_js *js, const json_t *index, const char **codes) {
	for (size_t i = 0; i < json_array_size(index); i++) {
		const json_t *code = json_array_get(index, i);
		codes[i] = json_string_value(code);
		if (codes[i] == NULL)
			return vrd_js_bad(
			        js, "category.index",
			        "%s stands at position %zu, where a code (a text) belongs",
			        vrd_js_kind(code), i);
	}
	return VRD_OK;
}

// {code: position}: the keys may stand in any order, the positions must be 0..n-1.
static vrd_status codes_of_object(const vrd_js *js, json_t *index, const char **codes) {
	const size_t n = json_object_size(index);
	const char *code;
	json_t *json;
	json_object_foreach(index, code, json) {
		size_t at;
		if (!vrd_js_index(json, n, &at))
			return vrd_js_bad(
			        js, "category.index",
			        "the position of \"%.*s\" is no whole number from 0 to %zu",
			        VRD_JS_SHOWN(code), n - 1);
		if (codes[at] != NULL)
			return vrd_js_bad(js, "category.index",
			                  "\"%.*s\" and \"%.*s\" both have position %zu",
			                  VRD_JS_SHOWN(codes[at]), VRD_JS_SHOWN(code), at);
		codes[at] = code;
	}
	return VRD_OK;
}

// Absent for one category: then its label names it.
static vrd_status code_of_label(const vrd_js *js, size_t n, json_t *label, const char **codes) {
	if (n != 1 || json_object_size(label) != 1)
		return vrd_js_bad(js, "category.index",
		                  "is missing; only one labelled category may do without, and size "
		                  "says %zu",
		                  n);
	codes[0] = json_object_iter_key(json_object_iter(label));
	return VRD_OK;
}

static vrd_status read_codes(const vrd_js *js, const json_t *category, size_t n,
                             const char **codes) {
	json_t *index = json_object_get(category, "index");
	if (index == NULL)
		return code_of_label(js, n, json_object_get(category, "label"), codes);
	if (!json_is_array(index) && !json_is_object(index))
		return vrd_js_misfit(js, "category.index", index, "an object or array");
	const size_t given =
	        json_is_array(index) ? json_array_size(index) : json_object_size(index);
	if (given != n)
		return vrd_js_bad(js, "category.index", "%zu codes, but size says %zu", given, n);
	return json_is_array(index) ? codes_of_array(js, index, codes)
	                            : codes_of_object(js, index, codes);
}

// --- what is said of each code ------------------------------------------------------------------

static vrd_status set_label(const categories *c, vrd_category *cat, const json_t *json) {
	return vrd_js_text(c->js, "category.label", json, &cat->label);
}

static vrd_status set_note(const categories *c, vrd_category *cat, const json_t *json) {
	return vrd_js_note(c->js, "category.note", json, &cat->note);
}

// {"base": text, "decimals": n}; `base` is SSB's word for what the format calls `label`.
static vrd_status set_unit(const categories *c, vrd_category *cat, const json_t *json) {
	if (!json_is_object(json))
		return vrd_js_misfit(c->js, "category.unit", json, "an object");
	const json_t *base = json_object_get(json, "base");
	const json_t *decimals = json_object_get(json, "decimals");
	if (decimals != NULL) {
		size_t n;
		if (!vrd_js_index(decimals, 100, &n))
			return vrd_js_bad(c->js, "category.unit",
			                  "decimals of \"%.*s\" is no whole number from 0 to 99",
			                  VRD_JS_SHOWN(cat->code));
		cat->decimals = (int)n;
	}
	return vrd_js_text(c->js, "category.unit",
	                   base != NULL ? base : json_object_get(json, "label"), &cat->unit);
}

static vrd_status set_children(const categories *c, vrd_category *cat, const json_t *json) {
	if (!json_is_array(json))
		return vrd_js_misfit(c->js, "category.child", json, "an array");
	for (size_t i = 0; i < json_array_size(json); i++) {
		const json_t *item = json_array_get(json, i);
		const char *code = json_string_value(item);
		if (code == NULL)
			return vrd_js_misfit(c->js, "category.child", item, "a code (a text)");
		const size_t child = vrd_dim_find_text(c->codes, code);
		if (child == VRD_NONE)
			return vrd_js_bad(c->js, "category.child",
			                  "\"%.*s\" under \"%.*s\" is not in category.index",
			                  VRD_JS_SHOWN(code), VRD_JS_SHOWN(cat->code));
		if (c->cats[child].parent != VRD_NONE)
			return vrd_js_bad(c->js, "category.child",
			                  "\"%.*s\" stands under more than one parent",
			                  VRD_JS_SHOWN(code));
		c->cats[child].parent = (size_t)(cat - c->cats);
	}
	return VRD_OK;
}

// The members of `category` beside `index`; each is {code: something}.
static const struct {
	const char *key;
	const char *path;
	vrd_status (*set)(const categories *c, vrd_category *cat, const json_t *json);
} members[] = {
        {"label", "category.label", set_label},
        {"unit", "category.unit", set_unit},
        {"note", "category.note", set_note},
        {"child", "category.child", set_children},
};

static vrd_status read_members(const categories *c, const json_t *category) {
	for (size_t m = 0; m < sizeof members / sizeof members[0]; m++) {
		json_t *object = json_object_get(category, members[m].key);
		if (object == NULL || json_is_null(object))
			continue;
		if (!json_is_object(object))
			return vrd_js_misfit(c->js, members[m].path, object, "an object");
		const char *code;
		json_t *json;
		json_object_foreach(object, code, json) {
			const size_t i = vrd_dim_find_text(c->codes, code);
			if (i == VRD_NONE)
				return vrd_js_bad(c->js, members[m].path,
				                  "\"%.*s\" is not in category.index",
				                  VRD_JS_SHOWN(code));
			const vrd_status rc = members[m].set(c, &c->cats[i], json);
			if (rc != VRD_OK)
				return rc;
		}
	}
	return VRD_OK;
}

// --- the dimension ------------------------------------------------------------------------------

// vrd_dim_new takes no note; dimensions are immutable once shared, this one is not yet.
static vrd_status with_note(const vrd_js *js, const char *note, const vrd_dim **dim) {
	vrd_err *err = js->err;
	vrd_dim *noted;
	vrd_status rc;
	VRD_TRY(VRD_NEW(js->mem, noted, 1));
	*noted = **dim;
	noted->note = note;
	*dim = noted;
out:
	return rc;
}

vrd_status vrd_js_dim(const vrd_js *js, vrd_role role, size_t n, const json_t *json,
                      const vrd_dim **out) {
	const json_t *category = json_object_get(json, "category");
	categories c = {.js = js};
	const char **codes;
	const char *label = NULL;
	const char *note = NULL;
	const vrd_dim *dim;
	vrd_err *err = js->err;
	vrd_err why = {VRD_OK, ""};
	vrd_status rc;
	if (!json_is_object(category))
		return vrd_js_misfit(js, "category", category, "an object");
	VRD_TRY(VRD_NEW(js->mem, codes, n));
	VRD_TRY(read_codes(js, category, n, codes));
	rc = vrd_dim_of_codes(js->mem, js->dim, n, codes, &c.codes, &why);
	if (rc != VRD_OK)
		return vrd_js_at(js, "category.index", rc, &why);
	VRD_TRY(VRD_NEW(js->mem, c.cats, n));
	for (size_t i = 0; i < n; i++)
		c.cats[i] = (vrd_category){.code = codes[i], .parent = VRD_NONE, .decimals = -1};
	VRD_TRY(read_members(&c, category));
	VRD_TRY(vrd_js_text(js, "label", json_object_get(json, "label"), &label));
	VRD_TRY(vrd_js_note(js, "note", json_object_get(json, "note"), &note));
	rc = vrd_dim_new(js->mem, js->dim, label, role, n, c.cats, &dim, &why);
	if (rc != VRD_OK)
		return vrd_js_at(js, "category.child", rc, &why);
	if (note != NULL)
		VRD_TRY(with_note(js, note, &dim));
	*out = dim;
out:
	return rc;
}
