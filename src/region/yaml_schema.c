// A schema table as JSON Schema (draft 2020-12), for editors that check YAML while it is written.
#include "region/yaml.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/banned.h"

// A JSON object that is being filled. jansson takes a NULL for a value that could not be made and
// then fails to add it, so `failed` tells of every failure below.
typedef struct {
	json_t *json;
	bool *failed;
} object;

static object object_new(bool *failed) {
	return (object){json_object(), failed};
}

static void put(object to, const char *key, json_t *value) {
	if (json_object_set_new(to.json, key, value) != 0)
		*to.failed = true;
}

static void push(object to, json_t *array, json_t *value) {
	if (json_array_append_new(array, value) != 0)
		*to.failed = true;
}

static json_t *number(double x) {
	const bool whole =
	        x > -0x1p53 && x < 0x1p53 && !((double)(int64_t)x < x) && !((double)(int64_t)x > x);
	return whole ? json_integer((json_int_t)x) : json_real(x);
}

static void put_range(object to, const vrd_schema *schema, const char *least, const char *most) {
	if (!(schema->min < 0 || schema->min > 0 || schema->max < 0 || schema->max > 0))
		return;
	put(to, least, number(schema->min));
	put(to, most, number(schema->max));
}

static void put_number(object to, const vrd_schema *schema) {
	put(to, "type", json_string(schema->kind == VRD_Y_INT ? "integer" : "number"));
	put_range(to, schema, "minimum", "maximum");
}

static void put_words(object to, const vrd_schema *schema) {
	json_t *words = json_array();
	for (size_t i = 0; schema->words[i] != NULL; i++)
		push(to, words, json_string(schema->words[i]));
	put(to, "enum", words);
}

// Any scalar is a text here, also what an editor takes for a number (a code such as 0301).
static void put_text(object to) {
	static const char *const types[] = {"string", "number", "boolean"};
	json_t *list = json_array();
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		push(to, list, json_string(types[i]));
	put(to, "type", list);
}

static void put_schema(object to, const vrd_schema *schema);

static json_t *json_of(object parent, const vrd_schema *schema) {
	const object to = object_new(parent.failed);
	put_schema(to, schema);
	return to.json;
}

static void put_number_or_word(object to, const vrd_schema *schema) {
	const object as_number = object_new(to.failed);
	const object as_word = object_new(to.failed);
	put_number(as_number, schema);
	put_words(as_word, schema);
	json_t *either = json_array();
	push(to, either, as_number.json);
	push(to, either, as_word.json);
	put(to, "oneOf", either);
}

static void put_list(object to, const vrd_schema *schema) {
	const object list = schema->one_ok ? object_new(to.failed) : to;
	put(list, "type", json_string("array"));
	put(list, "items", json_of(to, schema->item));
	put_range(list, schema, "minItems", "maxItems");
	if (!schema->one_ok)
		return;
	json_t *either = json_array();
	push(to, either, json_of(to, schema->item));
	push(to, either, list.json);
	put(to, "oneOf", either);
}

static void put_map(object to, const vrd_schema *schema) {
	const object properties = object_new(to.failed);
	json_t *required = json_array();
	for (size_t i = 0; i < schema->n_fields; i++) {
		const vrd_field *field = &schema->fields[i];
		const object property = object_new(to.failed);
		put(property, "description", json_string(field->help));
		put_schema(property, field->schema);
		put(properties, field->name, property.json);
		if (field->required)
			push(to, required, json_string(field->name));
	}
	put(to, "type", json_string("object"));
	put(to, "properties", properties.json);
	put(to, "required", required);
	put(to, "additionalProperties", json_false());
}

static void put_schema(object to, const vrd_schema *schema) {
	switch (schema->kind) {
	case VRD_Y_TEXT:
		put_text(to);
		return;
	case VRD_Y_BOOL:
		put(to, "type", json_string("boolean"));
		return;
	case VRD_Y_INT:
	case VRD_Y_NUMBER:
		put_number(to, schema);
		return;
	case VRD_Y_WORD:
		put_words(to, schema);
		return;
	case VRD_Y_NUMBER_OR_WORD:
		put_number_or_word(to, schema);
		return;
	case VRD_Y_LIST:
		put_list(to, schema);
		return;
	case VRD_Y_MAP:
		put_map(to, schema);
		return;
	case VRD_Y_DICT:
		put(to, "type", json_string("object"));
		put(to, "additionalProperties", json_of(to, schema->item));
		return;
	}
}

vrd_status vrd_yaml_json_schema(const vrd_schema *schema, const char *title, const char *id,
                                vrd_buf *out, vrd_err *err) {
	bool failed = false;
	const object root = object_new(&failed);
	put(root, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
	put(root, "$id", json_string(id));
	put(root, "title", json_string(title));
	put_schema(root, schema);
	// 15 digits: 0.85 as it stands in the table, not 0.84999999999999998.
	char *text =
	        failed ? NULL : json_dumps(root.json, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	json_decref(root.json);
	if (text == NULL)
		return vrd_fail(err, VRD_NOMEM, "no memory for the JSON Schema of %s", title);
	const size_t before = out->n;
	vrd_buf_printf(out, "%s\n", text);
	free(text);
	if (out->failed) {
		out->n = before;
		if (out->p != NULL)
			out->p[before] = '\0';
		return vrd_fail(err, VRD_NOMEM, "no memory for the JSON Schema of %s", title);
	}
	return VRD_OK;
}
