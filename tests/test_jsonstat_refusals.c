// What the JSON-stat reader refuses, each with the exact message: path and reason.
#include "jsonstat_kit.h"

static void a_syntax_error_names_line_and_column(void **state) {
	(void)state;
	refused_with("{'class':'dataset',\n 'id':['a'],,",
	             "t.json:2:13: string or '}' expected near ','");
	refused_with("", "t.json:1:1: '[' or '{' expected near end of file");
	refused_with("{'class':'dataset','class':'dataset'}",
	             "t.json:1:26: duplicate object key near '\"class\"'");
	refused_with("{'label':'\xff'}", "t.json:1:10: unable to decode byte 0xff near '\"'");
	refused_with(BEGIN SHAPE "'value':[NaN,1,2,3,4,5]}",
	             "t.json:1:186: invalid token near 'NaN'");
	refused_with("{} x", "t.json:1:4: end of file expected near 'x'");
}

static void a_number_outside_the_double_range_names_its_place(void **state) {
	(void)state;
	refused_with(BEGIN SHAPE "\n'value':[1,\n1e999,3,4,5,6]}",
	             "t.json:3:5: real number overflow near '1e999'");
	const vrd_cube cube = read_text(BEGIN SHAPE "'value':[98765432109876543210,2,3,4,5,6]}");
	assert_number(cube.values[0], 98765432109876543210.0);
}

static void nesting_without_end_is_refused(void **state) {
	(void)state;
	enum { DEPTH = 100000 };
	char *text = malloc(DEPTH);
	assert_non_null(text);
	memset(text, '[', DEPTH);
	vrd_cube cube;
	vrd_err err;
	assert_int_equal(vrd_jsonstat_read(&mem, text, DEPTH, "deep.json", &cube, &err), VRD_DATA);
	assert_non_null(strstr(err.text, "deep.json:1:2049: maximum parsing depth reached"));
	free(text);
}

static void collections_and_old_bundles_are_refused(void **state) {
	(void)state;
	refused("[1]", "t.json: document: an array stands where a JSON-stat dataset belongs");
	refused("{'version':'2.0','class':'collection','link':{}}",
	        "t.json: class: 'collection' is no dataset; save one table at a time");
	refused("{'version':'2.0','class':'dimension'}",
	        "t.json: class: 'dimension' is no dataset; save one table at a time");
	refused("{'dataset':{'dimension':{},'value':[1]}}",
	        "t.json: class: 'dataset' is missing: a bundle of JSON-stat 1, or no JSON-stat; "
	        "ask "
	        "the source for the format json-stat2");
	refused("{'class':'dataset','version':'1.3'}",
	        "t.json: version: 1.3 is not 2.0; ask the source for the format json-stat2");
	refused("{'class':'dataset','version':2}",
	        "t.json: version: a number is not 2.0; ask the source for the format json-stat2");
	refused("{'class':'dataset','dimension':{'id':['a'],'size':[1]}}",
	        "t.json: dimension.id: stands here in JSON-stat 1; ask the source for the format "
	        "json-stat2");
}

static void id_size_and_dimension_must_fit(void **state) {
	(void)state;
	refused(BEGIN "'id':['a','b'],'size':[2],'dimension':{},'value':[]}",
	        "t.json: size: 1 sizes, but id names 2 dimensions");
	refused(BEGIN "'id':'a','size':[2],'dimension':{}}",
	        "t.json: id: a text stands where an array belongs");
	refused(BEGIN "'id':['a'],'dimension':{}}",
	        "t.json: size: nothing stands where an array belongs");
	refused(BEGIN "'id':['a'],'size':[2]}",
	        "t.json: dimension: nothing stands where an object belongs");
	refused(BEGIN "'id':[1],'size':[2],'dimension':{}}",
	        "t.json: id: a number stands where a name belongs");
	refused(BEGIN "'id':['a'],'size':[2],'dimension':{}}",
	        "t.json: dimension: 'a', which id names, is missing");
	refused(BEGIN "'id':[],'size':[],'dimension':{'b':{}},'value':[1]}",
	        "t.json: dimension: 'b' is not in id");
	refused(BEGIN "'id':['a','a'],'size':[1,1],'dimension':{'a':{'category':{'index':['x']}}},"
	              "'value':[1]}",
	        "t.json: id: the dimension 'a' stands twice");
	refused(BEGIN "'id':['a'],'size':[2],'dimension':{'a':{}}}",
	        "t.json: dimension.a.category: nothing stands where an object belongs");
}

static void a_size_that_is_no_number_of_categories_is_refused(void **state) {
	(void)state;
	static const char *const sizes[] = {"0", "-1", "1.5", "'2'", "null", "134217729"};
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		refused(vrd_arena_printf(&mem, BEGIN "'id':['a'],'size':[%s],'dimension':{'a':{}}}",
		                         sizes[i]),
		        "t.json: size: that of 'a' is no whole number from 1 to 134217728");
}

static void a_small_file_cannot_ask_for_endless_cells(void **state) {
	(void)state;
	refused(BEGIN "'id':['a','b'],'size':[100000,100000],'dimension':{'a':{},'b':{}},"
	              "'value':{'0':1}}",
	        "t.json: size: more than 134217728 cells; select fewer");
	vrd_buf many = {0};
	vrd_buf_puts(&many, BEGIN "'size':[1");
	for (int i = 1; i < 65; i++)
		vrd_buf_puts(&many, ",1");
	vrd_buf_puts(&many, "],'dimension':{},'id':['d0'");
	for (int i = 1; i < 65; i++)
		vrd_buf_printf(&many, ",'d%d'", i);
	vrd_buf_puts(&many, "]}");
	refused(many.p, "t.json: id: 65 dimensions, more than 64");
	vrd_buf_free(&many);
}

static void the_index_must_be_0_to_n_1(void **state) {
	(void)state;
	static const char *const positions[] = {"2", "-1", "0.5", "'1'"};
	for (size_t i = 0; i < sizeof positions / sizeof positions[0]; i++)
		refused(vrd_arena_printf(&mem, ONE("{'index':{'x':0,'y':%s}}") "'value':[1,2]}",
		                         positions[i]),
		        "t.json: dimension.a.category.index: the position of 'y' is no whole "
		        "number "
		        "from 0 to 1");
	refused(ONE("{'index':{'x':1,'y':1}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.index: 'x' and 'y' both have position 1");
	refused(ONE("{'index':{'x':0}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.index: 1 codes, but size says 2");
	refused(ONE("{'index':['x','y','z']}") "'value':[1,2]}",
	        "t.json: dimension.a.category.index: 3 codes, but size says 2");
	refused(ONE("{'index':['x',7]}") "'value':[1,2]}",
	        "t.json: dimension.a.category.index: a number stands at position 1, where a code "
	        "(a text) belongs");
	refused(ONE("{'index':true}") "'value':[1,2]}",
	        "t.json: dimension.a.category.index: a truth value stands where an object or array "
	        "belongs");
	refused(ONE("{'label':{'x':'X','y':'Y'}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.index: is missing; only one labelled category may do "
	        "without, and size says 2");
}

static void duplicate_and_empty_codes_are_refused(void **state) {
	(void)state;
	refused(ONE("{'index':['x','x']}") "'value':[1,2]}",
	        "t.json: dimension.a.category.index: dimension 'a': the code 'x' stands twice, as "
	        "category number 1 and 2");
	refused(ONE("{'index':['x','']}") "'value':[1,2]}",
	        "t.json: dimension.a.category.index: dimension 'a': category number 2 has an empty "
	        "code");
}

static void what_is_said_of_an_unknown_code_is_refused(void **state) {
	(void)state;
	refused(ONE("{'index':['x','y'],'label':{'z':'Z'}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.label: 'z' is not in category.index");
	refused(ONE("{'index':['x','y'],'unit':{'z':{}}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.unit: 'z' is not in category.index");
	refused(ONE("{'index':['x','y'],'child':{'x':['z']}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.child: 'z' under 'x' is not in category.index");
	refused(ONE("{'index':['x','y'],'note':[1]}") "'value':[1,2]}",
	        "t.json: dimension.a.category.note: an array stands where an object belongs");
}

static void texts_units_and_notes_must_have_their_kind(void **state) {
	(void)state;
	refused(ONE("{'index':['x','y'],'label':{'x':1}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.label: a number stands where a text belongs");
	refused(ONE("{'index':['x','y'],'unit':{'x':'kr'}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.unit: a text stands where an object belongs");
	refused(ONE("{'index':['x','y'],'unit':{'x':{'decimals':-1}}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.unit: decimals of 'x' is no whole number from 0 to "
	        "99");
	refused(ONE("{'index':['x','y'],'note':{'x':[false]}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.note: a truth value stands where a text belongs");
	refused(BEGIN SHAPE "'label':7,'value':[1,2,3,4,5,6]}",
	        "t.json: label: a number stands where a text belongs");
	refused(BEGIN SHAPE "'note':[{}],'value':[1,2,3,4,5,6]}",
	        "t.json: note: an object stands where a text belongs");
}

static void parents_must_make_a_tree(void **state) {
	(void)state;
	refused(ONE("{'index':['x','y'],'child':{'x':['y','y']}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.child: 'y' stands under more than one parent");
	refused(ONE("{'index':['x','y'],'child':{'x':['y'],'y':['x']}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.child: dimension 'a': the parents of 'x' lead back "
	        "to "
	        "itself");
	refused(ONE("{'index':['x','y'],'child':{'x':'y'}}") "'value':[1,2]}",
	        "t.json: dimension.a.category.child: a text stands where an array belongs");
}

static void roles_must_name_dimensions_once(void **state) {
	(void)state;
	refused(BEGIN SHAPE "'role':{'time':['Tid']},'value':[1,2,3,4,5,6]}",
	        "t.json: role.time: 'Tid' is not in id");
	refused(BEGIN SHAPE "'role':{'time':['year'],'geo':['year']},'value':[1,2,3,4,5,6]}",
	        "t.json: role.geo: 'year' has a role already");
	refused(BEGIN SHAPE "'role':{'metric':'year'},'value':[1,2,3,4,5,6]}",
	        "t.json: role.metric: a text stands where an array belongs");
	refused(BEGIN SHAPE "'role':{'geo':[3]},'value':[1,2,3,4,5,6]}",
	        "t.json: role.geo: a number stands where a name belongs");
	refused(BEGIN SHAPE "'role':[],'value':[1,2,3,4,5,6]}",
	        "t.json: role: an array stands where an object belongs");
}

static void values_must_be_numbers_for_every_cell(void **state) {
	(void)state;
	refused(BEGIN SHAPE "'value':[1,2,3,4,5]}", "t.json: value: 5 numbers, but size says 6");
	refused(BEGIN SHAPE "'value':[1,2,'3',4,5,6]}",
	        "t.json: value: a text stands at position 2, where a number belongs");
	refused(BEGIN SHAPE "'value':[1,2,'NaN',4,5,6]}",
	        "t.json: value: a text stands at position 2, where a number belongs");
	refused(BEGIN SHAPE "'value':{'4':true}}",
	        "t.json: value: a truth value stands at position 4, where a number belongs");
	refused(BEGIN SHAPE "'label':'x'}",
	        "t.json: value: nothing stands where an array or object belongs");
	static const char *const keys[] = {"6", "01", "", "-1", "1.0", "x", "99999999999999999999"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		refused(vrd_arena_printf(&mem, BEGIN SHAPE "'value':{'%s':1}}", keys[i]),
		        vrd_arena_printf(&mem, "t.json: value: '%s' is no position from 0 to 5",
		                         keys[i]));
}

static void statuses_must_be_texts_of_cells(void **state) {
	(void)state;
	refused(BEGIN SHAPE "'value':[1,2,3,4,5,6],'status':['*','*']}",
	        "t.json: status: 2 texts, but size says 6");
	refused(BEGIN SHAPE "'value':[1,2,3,4,5,6],'status':{'6':'*'}}",
	        "t.json: status: '6' is no position from 0 to 5");
	refused(BEGIN SHAPE "'value':[1,2,3,4,5,6],'status':{'0':1}}",
	        "t.json: status: a number stands at position 0, where a text belongs");
	refused(BEGIN SHAPE "'value':[1,2,3,4,5,6],'status':7}",
	        "t.json: status: a number stands where an array, object or text belongs");
	refused(BEGIN SHAPE "'value':[1,2,3,4,5,6],'status':{'4':'-'}}",
	        "t.json: status: '-' (nil) stands at position 4, beside 5");
	vrd_buf many = {0};
	vrd_buf_puts(&many, BEGIN "'id':['a'],'size':[33],'dimension':{'a':{'category':{'index':[");
	for (int i = 0; i < 33; i++)
		vrd_buf_printf(&many, "%s'%d'", i > 0 ? "," : "", i);
	vrd_buf_puts(&many, "]}}},'value':{},'status':[");
	for (int i = 0; i < 33; i++)
		vrd_buf_printf(&many, "%s's%d'", i > 0 ? "," : "", i);
	vrd_buf_puts(&many, "]}");
	refused(many.p, "t.json: status: more than 32 texts that are no symbols of SSB");
	vrd_buf_free(&many);
}

static void a_message_is_utf8_when_the_input_is_not(void **state) {
	(void)state;
	refused_with("'\xdd\x8bsn\\\xd8\x8b", "t.json:1:6: invalid escape near '\"\xdd\x8bsn\\?'");
}

static void long_texts_are_clipped_in_messages_at_whole_characters(void **state) {
	(void)state;
	vrd_buf text = {0};
	vrd_buf_puts(&text, ONE("{'index':['x','y'],'label':{'x"));
	for (int i = 0; i < 2000; i++)
		vrd_buf_puts(&text, "å");
	vrd_buf_puts(&text, "':''}}");
	vrd_buf_puts(&text, "'value':[1,2]}");
	vrd_buf json = {0};
	vrd_buf_puts(&json, quoted(text.p));
	vrd_cube cube;
	vrd_err err = {VRD_OK, ""};
	assert_int_equal(vrd_jsonstat_read(&mem, json.p, json.n, "t.json", &cube, &err), VRD_DATA);
	assert_int_equal(vrd_utf8_invalid_at(err.text, strlen(err.text)), strlen(err.text));
	vrd_buf_free(&text);
	vrd_buf_free(&json);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(a_syntax_error_names_line_and_column),
	        TEST(a_number_outside_the_double_range_names_its_place),
	        TEST(nesting_without_end_is_refused),
	        TEST(collections_and_old_bundles_are_refused),
	        TEST(id_size_and_dimension_must_fit),
	        TEST(a_size_that_is_no_number_of_categories_is_refused),
	        TEST(a_small_file_cannot_ask_for_endless_cells),
	        TEST(the_index_must_be_0_to_n_1),
	        TEST(duplicate_and_empty_codes_are_refused),
	        TEST(what_is_said_of_an_unknown_code_is_refused),
	        TEST(texts_units_and_notes_must_have_their_kind),
	        TEST(parents_must_make_a_tree),
	        TEST(roles_must_name_dimensions_once),
	        TEST(values_must_be_numbers_for_every_cell),
	        TEST(statuses_must_be_texts_of_cells),
	        TEST(a_message_is_utf8_when_the_input_is_not),
	        TEST(long_texts_are_clipped_in_messages_at_whole_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
