// The JSON-stat codec: what is read, what is written, and that both agree.
#include "jsonstat_kit.h"

static const char *written(const vrd_cube *cube) {
	vrd_buf buf = {0};
	vrd_err err = {VRD_OK, ""};
	if (vrd_jsonstat_write(cube, &buf, &err) != VRD_OK)
		fail_msg("%s", err.text);
	const char *text = vrd_arena_strndup(&mem, buf.p, buf.n);
	vrd_buf_free(&buf);
	assert_non_null(text);
	return text;
}

static vrd_cube again(const vrd_cube *cube) {
	const char *text = written(cube);
	vrd_cube out;
	vrd_err err = {VRD_OK, ""};
	if (vrd_jsonstat_read(&mem, text, strlen(text), "again.json", &out, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return out;
}

static void assert_missing(const vrd_cube *cube, size_t position) {
	assert_int_equal(vrd_cube_status(cube, position), VRD_MISSING);
	assert_true(isnan(cube->values[position]));
}

// --- reading ------------------------------------------------------------------------------------

static void dense_values_are_row_major(void **state) {
	(void)state;
	const vrd_cube cube = read_text(BEGIN SHAPE "'value':[1,2,3,4.5,5e3,-6]}");
	assert_int_equal(cube.n_dims, 2);
	assert_int_equal(cube.n_cells, 6);
	assert_string_equal(cube.dims[0]->name, "sex");
	assert_string_equal(cube.dims[0]->label, "sex");
	assert_string_equal(cube.dims[1]->cats[2].code, "2025");
	assert_string_equal(cube.dims[1]->cats[2].label, "2025");
	assert_int_equal(cube.dims[1]->cats[2].parent, VRD_NONE);
	assert_int_equal(cube.dims[1]->cats[2].decimals, -1);
	assert_number(cube.values[vrd_cube_position(&cube, (size_t[]){1, 0})], 4.5);
	assert_number(cube.values[4], 5000);
	assert_number(cube.values[5], -6);
	assert_null(cube.status);
	assert_null(cube.label);
	assert_null(cube.unit);
}

static void the_index_orders_the_categories_not_the_keys(void **state) {
	(void)state;
	const vrd_cube cube = read_text(
	        ONE("{'label':{'x':'Ex','y':'Why'},'index':{'y':1,'x':0}}") "'value':[10,20]}");
	assert_string_equal(cube.dims[0]->cats[0].code, "x");
	assert_string_equal(cube.dims[0]->cats[0].label, "Ex");
	assert_string_equal(cube.dims[0]->cats[1].label, "Why");
	assert_number(cube.values[1], 20);
}

static void one_category_may_do_without_an_index(void **state) {
	(void)state;
	const vrd_cube cube = read_text(BEGIN "'id':['a'],'size':[1],'dimension':{'a':{'category':"
	                                      "{'label':{'0301':'Oslo'}}}},'value':[7]}");
	assert_string_equal(cube.dims[0]->cats[0].code, "0301");
	assert_string_equal(cube.dims[0]->cats[0].label, "Oslo");
}

static void null_and_absent_values_are_missing_and_never_zero(void **state) {
	(void)state;
	const vrd_cube dense = read_text(BEGIN SHAPE "'value':[1,null,3,4,5,0]}");
	assert_missing(&dense, 1);
	assert_number(dense.values[5], 0);
	assert_int_equal(vrd_cube_status(&dense, 5), VRD_PRESENT);
	const vrd_cube sparse = read_text(BEGIN SHAPE "'value':{'5':6,'0':1,'2':null}}");
	assert_number(sparse.values[0], 1);
	assert_number(sparse.values[5], 6);
	for (size_t i = 1; i < 5; i++)
		assert_missing(&sparse, i);
}

static void a_status_array_gives_one_to_each_cell(void **state) {
	(void)state;
	const vrd_cube cube = read_text(
	        BEGIN SHAPE "'value':[1,null,3,null,null,6],'status':['*',':','e','.','..','']}");
	static const vrd_cell want[] = {VRD_PRELIMINARY,    VRD_SUPPRESSED, VRD_ESTIMATED,
	                                VRD_NOT_APPLICABLE, VRD_MISSING,    VRD_PRESENT};
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(vrd_cube_status(&cube, i), want[i]);
	assert_number(cube.values[0], 1);
	assert_number(cube.values[2], 3);
	assert_int_equal(cube.n_notes, 0);
}

static void a_status_object_gives_it_to_the_cells_it_names(void **state) {
	(void)state;
	const vrd_cube cube =
	        read_text(BEGIN SHAPE "'value':[1,2,3,4,5,null],'status':{'5':':','0':'*'}}");
	assert_int_equal(vrd_cube_status(&cube, 0), VRD_PRELIMINARY);
	assert_int_equal(vrd_cube_status(&cube, 1), VRD_PRESENT);
	assert_int_equal(vrd_cube_status(&cube, 5), VRD_SUPPRESSED);
}

static void one_status_text_holds_for_all_cells(void **state) {
	(void)state;
	static const char *const forms[] = {"'*'", "['*']"};
	for (size_t f = 0; f < 2; f++) {
		const char *text = vrd_arena_printf(
		        &mem, BEGIN SHAPE "'value':[1,2,3,4,5,null],'status':%s}", forms[f]);
		const vrd_cube cube = read_text(text);
		for (size_t i = 0; i < 5; i++)
			assert_int_equal(vrd_cube_status(&cube, i), VRD_PRELIMINARY);
		assert_missing(&cube, 5); // a preliminary number needs a number
	}
}

static void a_number_beside_a_suppressed_status_does_not_survive(void **state) {
	(void)state;
	const vrd_cube cube =
	        read_text(BEGIN SHAPE "'value':[1,2,3,4,5,6],'status':{'1':':','2':'..'}}");
	assert_int_equal(vrd_cube_status(&cube, 1), VRD_SUPPRESSED);
	assert_true(isnan(cube.values[1]));
	assert_missing(&cube, 2);
	assert_null(strstr(written(&cube), "[1,2,"));
}

static void nil_is_the_number_zero(void **state) {
	(void)state;
	const vrd_cube cube =
	        read_text(BEGIN SHAPE "'value':[null,0,3,4,5,6],'status':{'0':'-','1':'-'}}");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(vrd_cube_status(&cube, i), VRD_PRESENT);
		assert_number(cube.values[i], 0);
	}
	assert_int_equal(cube.n_notes, 1);
	assert_string_equal(cube.notes[0], "status \"-\": 2 cells");
}

static void status_texts_without_a_cell_status_are_kept_as_notes(void **state) {
	(void)state;
	const vrd_cube cube = read_text(BEGIN SHAPE "'value':[null,2,3,4,5,null],"
	                                            "'status':['...','b','','b','b','..']}");
	assert_missing(&cube, 0);
	assert_missing(&cube, 5);
	assert_int_equal(vrd_cube_status(&cube, 1), VRD_PRESENT);
	assert_number(cube.values[1], 2);
	assert_int_equal(cube.n_notes, 2);
	assert_string_equal(cube.notes[0], "status \"...\": 1 cell");
	assert_string_equal(cube.notes[1], "status \"b\": 3 cells");
}

static void texts_roles_units_notes_and_parents_are_read(void **state) {
	(void)state;
	const vrd_cube cube = read_text(
	        BEGIN "'label':'Senger','source':'SSB','updated':'2026-03-01T07:00:00Z',"
	              "'note':['first','second','first'],"
	              "'id':['g','m'],'size':[3,2],'role':{'geo':['g'],'metric':['m']},"
	              "'dimension':{'g':{'label':'omr\u00e5de','note':['a','b'],'category':{"
	              "'index':['T','1','2'],'label':{'T':'All','2':'S\\u00f8r'},"
	              "'child':{'T':['1','2']},'note':{'2':['merged','in 2020']}}},"
	              "'m':{'category':{'index':['bed','day'],'unit':{"
	              "'bed':{'base':'senger','decimals':0},'day':{'label':'d\u00f8gn'}}}}},"
	              "'value':[1,2,3,4,5,6]}");
	assert_string_equal(cube.label, "Senger");
	assert_string_equal(cube.source, "SSB");
	assert_string_equal(cube.updated, "2026-03-01T07:00:00Z");
	assert_int_equal(cube.n_notes, 2);
	assert_string_equal(cube.notes[1], "second");
	const vrd_dim *g = cube.dims[0];
	assert_int_equal(g->role, VRD_ROLE_GEO);
	assert_string_equal(g->label, "område");
	assert_string_equal(g->note, "a\nb");
	assert_int_equal(g->cats[0].parent, VRD_NONE);
	assert_int_equal(g->cats[1].parent, 0);
	assert_int_equal(g->cats[2].parent, 0);
	assert_string_equal(g->cats[1].label, "1");
	assert_string_equal(g->cats[2].label, "Sør");
	assert_string_equal(g->cats[2].note, "merged\nin 2020");
	assert_null(g->cats[1].note);
	const vrd_dim *m = cube.dims[1];
	assert_int_equal(m->role, VRD_ROLE_METRIC);
	assert_string_equal(m->cats[0].unit, "senger");
	assert_int_equal(m->cats[0].decimals, 0);
	assert_string_equal(m->cats[1].unit, "døgn");
	assert_int_equal(m->cats[1].decimals, -1);
	assert_null(cube.unit); // the two differ
}

static void codes_stay_texts_with_their_leading_zeros(void **state) {
	(void)state;
	const vrd_cube cube = read_text(ONE("{'index':['0301','301']}") "'value':[1,2]}");
	assert_int_equal(vrd_dim_find_text(cube.dims[0], "0301"), 0);
	assert_int_equal(vrd_dim_find_text(cube.dims[0], "301"), 1);
	refused_with(ONE("{'index':[0301,301]}") "'value':[1,2]}",
	             "t.json:1:97: invalid token near '0'");
}

static void a_byte_order_mark_is_fine(void **state) {
	(void)state;
	const vrd_cube cube = read_text("\xEF\xBB\xBF" BEGIN SHAPE "'value':[1,2,3,4,5,6]}");
	assert_int_equal(cube.n_cells, 6);
}

static void a_dataset_without_dimensions_is_one_number(void **state) {
	(void)state;
	const vrd_cube cube = read_text(BEGIN "'id':[],'size':[],'dimension':{},'value':[42]}");
	assert_int_equal(cube.n_dims, 0);
	assert_number(cube.values[0], 42);
	const vrd_cube copy = again(&cube);
	assert_true(vrd_cube_equal(&cube, &copy));
}

// --- what SSB sends -----------------------------------------------------------------------------

// Table 07459 as PxWebApi 1 answers for json-stat2: index as object, role after value, extension.
static const char pxwebapi_1[] =
        "{'class':'dataset','label':'07459: Befolkning, etter region, kj\u00f8nn, alder, "
        "statistikkvariabel og \u00e5r','source':'Statistisk sentralbyr\u00e5',"
        "'updated':'2026-02-24T07:00:00Z',"
        "'id':['Region','Kjonn','Alder','ContentsCode','Tid'],'size':[2,2,3,1,2],"
        "'dimension':{"
        "'Region':{'label':'region','category':{'index':{'0301':0,'3101':1},"
        "'label':{'0301':'Oslo','3101':'Halden'}},"
        "'link':{'describedby':[{'extension':{'Region':'urn:ssb:classification:klass:131'}}]}},"
        "'Kjonn':{'label':'kj\u00f8nn','category':{'index':{'1':0,'2':1},"
        "'label':{'1':'Menn','2':'Kvinner'}}},"
        "'Alder':{'label':'alder','category':{'index':{'000':0,'001':1,'105+':2},"
        "'label':{'000':'0 \u00e5r','001':'1 \u00e5r','105+':'105 \u00e5r eller eldre'}}},"
        "'ContentsCode':{'label':'statistikkvariabel','category':{'index':{'Personer1':0},"
        "'label':{'Personer1':'Personer'},"
        "'unit':{'Personer1':{'base':'personer','decimals':0}}}},"
        "'Tid':{'label':'\u00e5r','category':{'index':{'2025':0,'2026':1},"
        "'label':{'2025':'2025','2026':'2026'}}}},"
        "'value':[4567,4601,4490,4533,1,0,4350,4382,4288,4301,9,11,"
        "150,148,161,151,0,0,139,142,144,140,null,0],"
        "'status':{'22':'..'},"
        "'role':{'time':['Tid'],'geo':['Region'],'metric':['ContentsCode']},"
        "'version':'2.0','extension':{'px':{'infofile':'None','tableid':'07459','decimals':0}}}";

// The same table as PxWebApi 2 answers: role before dimension, extension of every dimension,
// notes, contacts.
static const char pxwebapi_2[] =
        "{'version':'2.0','class':'dataset','label':'07459: Befolkning',"
        "'source':'Statistisk sentralbyr\u00e5','updated':'2026-02-24T07:00:00Z',"
        "'link':{'related':[{'href':'https://example.org/'}]},'href':null,"
        "'note':['Tallene gjelder 1. januar.'],"
        "'role':{'time':['Tid'],'geo':['Region'],'metric':['ContentsCode']},"
        "'id':['Region','Alder','ContentsCode','Tid'],'size':[2,2,1,1],"
        "'dimension':{"
        "'Region':{'label':'region','note':['Kommuner i 2024.'],"
        "'category':{'index':{'0301':0,'1580':1},'label':{'0301':'Oslo','1580':'Haram'},"
        "'note':{'1580':['Skilt ut fra \u00c5lesund i 2024.']}},"
        "'extension':{'elimination':true,'eliminationValueCode':'0','noteMandatory':{'0':true},"
        "'show':'value','codelists':[{'id':'agg_KommSummer','label':'Kommuner','links':[]}]},"
        "'link':{'describedby':[{'extension':{'Region':'urn:ssb:classification:klass:131'}}]}},"
        "'Alder':{'label':'alder','category':{'index':{'000':0,'105+':1},"
        "'label':{'000':'0 \u00e5r','105+':'105 \u00e5r eller eldre'}},"
        "'extension':{'elimination':true,'show':'value'}},"
        "'ContentsCode':{'label':'statistikkvariabel','category':{'index':{'Personer1':0},"
        "'label':{'Personer1':'Personer'},"
        "'unit':{'Personer1':{'base':'personer','decimals':0}}},"
        "'extension':{'elimination':false,'refperiod':{'Personer1':'1. januar'},"
        "'measuringType':{'Personer1':'Stock'},'show':'value'}},"
        "'Tid':{'label':'\u00e5r','category':{'index':{'2026':0},'label':{'2026':'2026'}},"
        "'extension':{'elimination':false,'frequency':'A','firstPeriod':'1986',"
        "'lastPeriod':'2026','show':'code'}}},"
        "'extension':{'noteMandatory':{'0':true},'contact':[{'name':'Seksjon','mail':'a@b.no'}],"
        "'px':{'tableid':'07459','decimals':0,'language':'no','aggregallowed':true,"
        "'contents':'Befolkning','heading':['Tid'],'stub':['Region','Alder']}},"
        "'value':[4601,3,71,null],'status':{'3':':'}}";

static void table_07459_of_pxwebapi_1_is_read(void **state) {
	(void)state;
	const vrd_cube cube = read_text(pxwebapi_1);
	assert_int_equal(cube.n_cells, 24);
	const vrd_dim *age = cube.dims[vrd_cube_axis(&cube, "Alder")];
	assert_string_equal(age->cats[2].code, "105+");
	assert_string_equal(age->cats[0].label, "0 år");
	assert_int_equal(cube.dims[0]->role, VRD_ROLE_GEO);
	assert_int_equal(cube.dims[1]->role, VRD_ROLE_NONE);
	assert_int_equal(cube.dims[3]->role, VRD_ROLE_METRIC);
	assert_int_equal(cube.dims[4]->role, VRD_ROLE_TIME);
	assert_string_equal(cube.dims[3]->cats[0].unit, "personer");
	assert_int_equal(cube.dims[3]->cats[0].decimals, 0);
	assert_string_equal(cube.unit, "personer");
	// Halden, women, age 1, 2026
	assert_number(cube.values[vrd_cube_position(&cube, (size_t[]){1, 1, 1, 0, 1})], 140);
	assert_missing(&cube, 22);
	const vrd_cube copy = again(&cube);
	assert_true(vrd_cube_equal(&cube, &copy));
}

static void table_07459_of_pxwebapi_2_is_read(void **state) {
	(void)state;
	const vrd_cube cube = read_text(pxwebapi_2);
	assert_string_equal(cube.label, "07459: Befolkning");
	assert_int_equal(cube.n_notes, 1);
	assert_string_equal(cube.notes[0], "Tallene gjelder 1. januar.");
	assert_string_equal(cube.dims[0]->note, "Kommuner i 2024.");
	assert_string_equal(cube.dims[0]->cats[1].note, "Skilt ut fra Ålesund i 2024.");
	assert_string_equal(cube.unit, "personer");
	assert_number(cube.values[1], 3);
	assert_int_equal(vrd_cube_status(&cube, 3), VRD_SUPPRESSED);
	const vrd_cube copy = again(&cube);
	assert_true(vrd_cube_equal(&cube, &copy));
}

static void a_used_up_budget_is_no_memory(void **state) {
	(void)state;
	const char *json = quoted(pxwebapi_1);
	for (size_t budget = 64; budget < 4096; budget += 64) {
		vrd_arena small = {0};
		vrd_arena_init(&small, budget);
		vrd_cube cube = {.n_dims = 77};
		vrd_err err;
		const vrd_status rc =
		        vrd_jsonstat_read(&small, json, strlen(json), "t.json", &cube, &err);
		assert_int_equal(rc, VRD_NOMEM);
		assert_int_equal(cube.n_dims, 77);
		vrd_arena_clear(&small);
	}
}

// --- writing ------------------------------------------------------------------------------------

static vrd_cube cube_of(size_t n, const double *values) {
	const vrd_dim *dim;
	vrd_category *cats = vrd_arena_alloc(&mem, n, sizeof *cats);
	assert_non_null(cats);
	for (size_t i = 0; i < n; i++)
		cats[i] = (vrd_category){.code = vrd_arena_printf(&mem, "c%zu", i),
		                         .parent = VRD_NONE,
		                         .decimals = -1};
	assert_int_equal(vrd_dim_new(&mem, "d", NULL, VRD_ROLE_NONE, n, cats, &dim, NULL), VRD_OK);
	vrd_cube cube;
	assert_int_equal(vrd_cube_new(&mem, 1, &dim, &cube, NULL), VRD_OK);
	for (size_t i = 0; i < n; i++)
		cube.values[i] = values[i];
	return cube;
}

static void a_cube_is_written_as_this_text(void **state) {
	(void)state;
	vrd_cube cube = cube_of(4, (double[]){1, 2.5, 0, 1e21});
	cube.label = "A \"b\"\n";
	cube.unit = "persons";
	assert_int_equal(vrd_cube_set_status(&mem, &cube, 0, VRD_SUPPRESSED, NULL), VRD_OK);
	assert_int_equal(vrd_cube_set_status(&mem, &cube, 1, VRD_ESTIMATED, NULL), VRD_OK);
	assert_int_equal(vrd_cube_note(&mem, &cube, "n", NULL), VRD_OK);
	assert_string_equal(
	        written(&cube),
	        quoted("{'version':'2.0','class':'dataset','label':'A \\'b\\'\\u000a',"
	               "\n'note':['n'],\n'id':['d'],\n'size':[4],\n'dimension':{\n"
	               "'d':{'label':'d','category':{'index':['c0','c1','c2','c3']}}},\n"
	               "'value':[null,2.5,0,1e21],\n'status':{'0':':','1':'e'},\n"
	               "'extension':{'varde':{'unit':'persons'}}}\n"));
}

static void every_double_comes_back_bit_for_bit(void **state) {
	(void)state;
	static const double values[] = {0.0,
	                                -0.0,
	                                0.1,
	                                1.0 / 3,
	                                9007199254740993.0,
	                                5e-324,
	                                2.2250738585072014e-308,
	                                1.7976931348623157e308,
	                                -1e-7,
	                                123456.789};
	const vrd_cube cube = cube_of(sizeof values / sizeof values[0], values);
	const vrd_cube copy = again(&cube);
	assert_true(vrd_cube_equal(&cube, &copy));
	assert_true(signbit(copy.values[1]));
}

static void all_that_a_cube_says_comes_back(void **state) {
	(void)state;
	const vrd_category areas[] = {{"R", "Region", VRD_NONE, "note of \"R\"", NULL, -1},
	                              {"01", "Østfold \\ \t", 0, NULL, NULL, -1},
	                              {"02", "02", 0, "line\nline", NULL, -1},
	                              {"021", "", 2, NULL, NULL, -1}};
	const vrd_category measures[] = {{"n", "Number", VRD_NONE, NULL, "persons", 0},
	                                 {"r", "Rate", VRD_NONE, NULL, "per 1 000", 1},
	                                 {"x", "x", VRD_NONE, NULL, NULL, 2}};
	const vrd_dim *dims[3];
	assert_int_equal(
	        vrd_dim_new(&mem, "area", "område", VRD_ROLE_GEO, 4, areas, &dims[0], NULL),
	        VRD_OK);
	assert_int_equal(
	        vrd_dim_new(&mem, "measure", NULL, VRD_ROLE_METRIC, 3, measures, &dims[1], NULL),
	        VRD_OK);
	assert_int_equal(vrd_dim_of_years(&mem, 2024, 2025, &dims[2], NULL), VRD_OK);
	vrd_cube cube;
	assert_int_equal(vrd_cube_new(&mem, 3, dims, &cube, NULL), VRD_OK);
	for (size_t i = 0; i < cube.n_cells; i++) {
		cube.values[i] = (double)i / 7;
		assert_int_equal(vrd_cube_set_status(&mem, &cube, i,
		                                     (vrd_cell)(i % (VRD_MISSING + 1)), NULL),
		                 VRD_OK);
	}
	cube.label = "title";
	cube.source = "SSB, FHI";
	cube.updated = "2026-01-01";
	cube.unit = NULL; // though the measures have units
	assert_int_equal(vrd_cube_note(&mem, &cube, "one", NULL), VRD_OK);
	assert_int_equal(vrd_cube_note(&mem, &cube, "", NULL), VRD_OK);
	const vrd_cube copy = again(&cube);
	assert_true(vrd_cube_equal(&cube, &copy));
	assert_string_equal(copy.label, "title");
	assert_string_equal(copy.source, "SSB, FHI");
	assert_string_equal(copy.updated, "2026-01-01");
	assert_null(copy.unit);
	assert_int_equal(copy.n_notes, 2);
	assert_string_equal(copy.notes[1], "");
	for (size_t d = 0; d < 3; d++) {
		assert_int_equal(copy.dims[d]->role, cube.dims[d]->role);
		assert_string_equal(copy.dims[d]->label, cube.dims[d]->label);
		for (size_t i = 0; i < copy.dims[d]->n; i++) {
			const vrd_category *a = &cube.dims[d]->cats[i];
			const vrd_category *b = &copy.dims[d]->cats[i];
			assert_string_equal(a->label, b->label);
			assert_int_equal(a->parent, b->parent);
			assert_int_equal(a->decimals, b->decimals);
			assert_true((a->unit == NULL) == (b->unit == NULL));
			assert_true((a->note == NULL) == (b->note == NULL));
			if (a->unit != NULL)
				assert_string_equal(a->unit, b->unit);
			if (a->note != NULL)
				assert_string_equal(a->note, b->note);
		}
	}
	assert_string_equal(written(&cube), written(&copy));
}

static void a_number_that_json_cannot_say_leaves_the_buffer_alone(void **state) {
	(void)state;
	static const double values[] = {1, INFINITY};
	const vrd_cube cube = cube_of(2, values);
	vrd_buf buf = {0};
	vrd_err err;
	vrd_buf_puts(&buf, "before");
	assert_int_equal(vrd_jsonstat_write(&cube, &buf, &err), VRD_DATA);
	assert_string_equal(err.text, "the cell at position 1 holds inf, which JSON cannot say");
	assert_string_equal(buf.p, "before");
	assert_int_equal(buf.n, 6);
	vrd_buf_free(&buf);
}

static void a_text_that_is_not_utf8_is_not_written(void **state) {
	(void)state;
	vrd_cube cube = cube_of(1, (double[]){1});
	cube.label = "\xC3";
	vrd_buf buf = {0};
	vrd_err err;
	assert_int_equal(vrd_jsonstat_write(&cube, &buf, &err), VRD_DATA);
	assert_string_equal(err.text, "a code, label, unit or note of the cube is not UTF-8");
	assert_int_equal(buf.n, 0);
	vrd_buf_free(&buf);
}

static void a_cube_without_cells_is_not_written(void **state) {
	(void)state;
	const vrd_cube cube = cube_of(0, NULL);
	vrd_buf buf = {0};
	vrd_err err;
	assert_int_equal(vrd_jsonstat_write(&cube, &buf, &err), VRD_DATA);
	assert_string_equal(err.text,
	                    "dimension \"d\" has no categories, which JSON-stat cannot say");
	vrd_buf_free(&buf);
}

static void a_full_buffer_fails_and_says_so(void **state) {
	(void)state;
	const vrd_cube cube = cube_of(3, (double[]){1, 2, 3});
	const size_t whole = strlen(written(&cube));
	for (size_t max = 1; max < whole; max++) {
		vrd_buf buf = {.max = max};
		vrd_err err;
		assert_int_equal(vrd_jsonstat_write(&cube, &buf, &err), VRD_NOMEM);
		assert_int_equal(buf.n, 0);
		vrd_buf_free(&buf);
	}
	vrd_buf buf = {.max = whole};
	assert_int_equal(vrd_jsonstat_write(&cube, &buf, NULL), VRD_OK);
	vrd_buf_free(&buf);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(dense_values_are_row_major),
	        TEST(the_index_orders_the_categories_not_the_keys),
	        TEST(one_category_may_do_without_an_index),
	        TEST(null_and_absent_values_are_missing_and_never_zero),
	        TEST(a_status_array_gives_one_to_each_cell),
	        TEST(a_status_object_gives_it_to_the_cells_it_names),
	        TEST(one_status_text_holds_for_all_cells),
	        TEST(a_number_beside_a_suppressed_status_does_not_survive),
	        TEST(nil_is_the_number_zero),
	        TEST(status_texts_without_a_cell_status_are_kept_as_notes),
	        TEST(texts_roles_units_notes_and_parents_are_read),
	        TEST(codes_stay_texts_with_their_leading_zeros),
	        TEST(a_byte_order_mark_is_fine),
	        TEST(a_dataset_without_dimensions_is_one_number),
	        TEST(table_07459_of_pxwebapi_1_is_read),
	        TEST(table_07459_of_pxwebapi_2_is_read),
	        TEST(a_used_up_budget_is_no_memory),
	        TEST(a_cube_is_written_as_this_text),
	        TEST(every_double_comes_back_bit_for_bit),
	        TEST(all_that_a_cube_says_comes_back),
	        TEST(a_number_that_json_cannot_say_leaves_the_buffer_alone),
	        TEST(a_text_that_is_not_utf8_is_not_written),
	        TEST(a_cube_without_cells_is_not_written),
	        TEST(a_full_buffer_fails_and_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
