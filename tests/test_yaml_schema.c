// JSON Schema of the tables that the reader checks by.
#include "yaml_kit.h"

#include <jansson.h>

static json_t *schema_of(const vrd_schema *schema) {
	vrd_buf out = {0};
	json_error_t error;
	assert_int_equal(vrd_yaml_json_schema(schema, "Title", "urn:x", &out, NULL), VRD_OK);
	json_t *json = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		fail_msg("%d:%d: %s", error.line, error.column, error.text);
	vrd_buf_free(&out);
	return json;
}

// The value at "a/b/0" is `expected`, written as JSON without spaces.
static void assert_at(const json_t *json, const char *path, const char *expected) {
	vrd_str rest = vrd_str_of(path);
	vrd_str name;
	while (vrd_str_split(&rest, '/', &name)) {
		char key[64];
		int64_t i;
		snprintf(key, sizeof key, "%.*s", (int)name.n, name.p);
		json = json_is_array(json) && vrd_parse_int64(name, &i)
		               ? json_array_get(json, (size_t)i)
		               : json_object_get(json, key);
		if (json == NULL)
			fail_msg("nothing at \"%s\" of %s", key, path);
	}
	char *found = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	assert_string_equal(found, expected);
	free(found);
}

static void json_schema_says_what_the_table_says(void **state) {
	(void)state;
	json_t *json = schema_of(&toy);
	assert_at(json, "$schema", "\"https://json-schema.org/draft/2020-12/schema\"");
	assert_at(json, "$id", "\"urn:x\"");
	assert_at(json, "title", "\"Title\"");
	assert_at(json, "type", "\"object\"");
	assert_at(json, "additionalProperties", "false");
	assert_at(json, "required", "[]");
	assert_at(json, "properties/name/description", "\"what it is called\"");
	assert_at(json, "properties/name/type", "[\"string\",\"number\",\"boolean\"]");
	assert_at(json, "properties/flag/type", "\"boolean\"");
	assert_at(json, "properties/whole",
	          "{\"description\":\"any whole number\",\"type\":\"integer\"}");
	assert_at(json, "properties/year/minimum", "1800");
	assert_at(json, "properties/year/maximum", "2200");
	assert_at(json, "properties/share/type", "\"number\"");
	assert_at(json, "properties/curve/enum", "[\"step\",\"linear\",\"logistic\",\"table\"]");
	assert_at(json, "properties/stay/oneOf",
	          "[{\"type\":\"number\",\"minimum\":0,\"maximum\":100},"
	          "{\"enum\":[\"shortest\",\"mean\"]}]");
	assert_at(json, "properties/pair/minItems", "2");
	assert_at(json, "properties/pair/maxItems", "2");
	assert_at(json, "properties/pair/items", "{\"type\":\"number\"}");
	assert_at(json, "properties/texts/oneOf/0/type", "[\"string\",\"number\",\"boolean\"]");
	assert_at(json, "properties/texts/oneOf/1/type", "\"array\"");
	assert_at(json, "properties/shares/additionalProperties",
	          "{\"type\":\"number\",\"minimum\":0,\"maximum\":1}");
	assert_at(json, "properties/parts/items/required", "[\"id\",\"interval\"]");
	assert_at(json, "properties/parts/items/additionalProperties", "false");
	assert_at(json, "properties/parts/items/properties/interval/oneOf/1/maxItems", "3");
	json_decref(json);
}

static void json_schema_numbers_are_written_as_in_the_table(void **state) {
	(void)state;
	json_t *json = schema_of(&vrd_region_schema);
	assert_at(json, "properties/occupancy/minimum", "0.01");
	assert_at(json, "properties/schema",
	          "{\"description\":\"version of this format\","
	          "\"type\":\"integer\",\"minimum\":1,\"maximum\":1}");
	json_decref(json);
}

static void json_schema_without_room_leaves_the_buffer_as_it_was(void **state) {
	(void)state;
	vrd_buf out = {.max = 100};
	vrd_err err = {0};
	vrd_buf_puts(&out, "before");
	assert_int_equal(vrd_yaml_json_schema(&toy, "Title", "urn:x", &out, &err), VRD_NOMEM);
	assert_string_equal(out.p, "before");
	assert_int_equal(out.n, 6);
	assert_non_null(strstr(err.text, "Title"));
	vrd_buf_free(&out);
}

static void check_shipped(const vrd_schema *schema, const char *title, const char *id,
                          const char *path) {
	vrd_arena mem = {0};
	vrd_buf made = {0};
	vrd_err err = {0};
	const char *shipped = "";
	size_t len = 0;
	assert_int_equal(vrd_yaml_json_schema(schema, title, id, &made, &err), VRD_OK);
	if (getenv("VRD_RENEW") != NULL &&
	    vrd_file_write_atomic(path, made.p, made.n, &err) != VRD_OK)
		fail_msg("%s", err.text);
	const vrd_status rc = vrd_file_read(&mem, path, 0, &shipped, &len, &err);
	if (rc != VRD_OK || len != made.n || memcmp(shipped, made.p, len) != 0)
		fail_msg("%s is not what the schema table makes; run this test with VRD_RENEW=1",
		         path);
	vrd_buf_free(&made);
	vrd_arena_clear(&mem);
}

static void shipped_json_schemas_are_up_to_date(void **state) {
	(void)state;
	check_shipped(&vrd_region_schema, "varde: region.yaml", "urn:varde:schema:region:1",
	              "schemas/region.schema.json");
	check_shipped(&vrd_scenario_schema, "varde: scenarios/*.yaml",
	              "urn:varde:schema:scenario:1", "schemas/scenario.schema.json");
	check_shipped(&vrd_measure_schema, "varde: measures/*.yaml", "urn:varde:schema:measure:1",
	              "schemas/measure.schema.json");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(json_schema_says_what_the_table_says),
	        cmocka_unit_test(json_schema_numbers_are_written_as_in_the_table),
	        cmocka_unit_test(json_schema_without_room_leaves_the_buffer_as_it_was),
	        cmocka_unit_test(shipped_json_schemas_are_up_to_date),
	};
	return cmocka_run_group_tests_name("yaml_schema", tests, NULL, NULL);
}
