#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cube_text.h"

#define CODES(...)                                                                                 \
	sizeof((vrd_str[]){__VA_ARGS__}) / sizeof(vrd_str), (const vrd_str[]) {                    \
		__VA_ARGS__                                                                        \
	}

// --- dimensions ---------------------------------------------------------------------------------

static void codes_are_found_among_100_000(void **state) {
	(void)state;
	enum { N = 100000 };
	vrd_arena mem = {0};
	const char **codes = vrd_arena_alloc(&mem, N, sizeof *codes);
	const vrd_dim *dim;
	for (size_t i = 0; i < N; i++)
		codes[i] = vrd_arena_printf(&mem, "%06zu", i);
	OK(vrd_dim_of_codes(&mem, "patient", N, codes, &dim, &err));
	for (size_t i = 0; i < N; i++)
		assert_int_equal(vrd_dim_find_text(dim, codes[i]), i);
	assert_int_equal(vrd_dim_find_text(dim, "100000"), VRD_NONE);
	assert_int_equal(vrd_dim_find_text(dim, "00001"), VRD_NONE);
	assert_int_equal(vrd_dim_find(dim, (vrd_str){"0000123", 6}), 12);
	assert_int_equal(vrd_dim_find(dim, (vrd_str){"00001\0", 6}), VRD_NONE);
	assert_int_equal(vrd_dim_find(dim, (vrd_str){0}), VRD_NONE);
	vrd_arena_clear(&mem);
}

static void a_code_that_stands_twice_is_named_with_both_places(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *dim = NULL;
	FAILS(vrd_dim_of_codes(&mem, "area", 3, (const char *[]){"0301", "1103", "0301"}, &dim,
	                       &err),
	      VRD_DATA,
	      "dimension \"area\": the code \"0301\" stands twice, as category number 1 and 3");
	FAILS(vrd_dim_of_codes(&mem, "area", 2, (const char *[]){"0301", ""}, &dim, &err), VRD_DATA,
	      "dimension \"area\": category number 2 has an empty code");
	FAILS(vrd_dim_of_codes(&mem, "", 0, NULL, &dim, &err), VRD_DATA,
	      "a dimension needs a name");
	assert_null(dim);
	vrd_arena_clear(&mem);
}

static void parents_that_lead_nowhere_or_round_are_refused(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *dim = NULL;
	vrd_category cats[] = {
	        {.code = "a", .parent = 1}, {.code = "b", .parent = 2}, {.code = "c", .parent = 1}};
	FAILS(vrd_dim_new(&mem, "service", NULL, VRD_ROLE_NONE, 3, cats, &dim, &err), VRD_DATA,
	      "dimension \"service\": the parents of \"b\" lead back to itself");
	cats[2].parent = 3;
	FAILS(vrd_dim_new(&mem, "service", NULL, VRD_ROLE_NONE, 3, cats, &dim, &err), VRD_DATA,
	      "dimension \"service\": the parent of \"c\" is category number 4, but there are only "
	      "3");
	cats[2].parent = 2;
	FAILS(vrd_dim_new(&mem, "service", NULL, VRD_ROLE_NONE, 3, cats, &dim, &err), VRD_DATA,
	      "dimension \"service\": the parents of \"c\" lead back to itself");
	cats[2].parent = VRD_NONE;
	OK(vrd_dim_new(&mem, "service", NULL, VRD_ROLE_NONE, 3, cats, &dim, &err));
	assert_string_equal(dim->label, "service");
	assert_string_equal(dim->cats[1].label, "b");
	vrd_arena_clear(&mem);
}

static void a_code_that_is_not_there_suggests_the_nearest_code_or_label(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *dim;
	size_t index = 7;
	const vrd_category cats[] = {{.code = "0301", .label = "Oslo", .parent = VRD_NONE},
	                             {.code = "1103", .label = "Stavanger", .parent = VRD_NONE}};
	OK(vrd_dim_new(&mem, "area", "Municipality", VRD_ROLE_GEO, 2, cats, &dim, &err));
	FAILS(vrd_dim_require(dim, VRD_STR("301"), &index, &err), VRD_NOINPUT,
	      "dimension \"area\" has no category \"301\"; did you mean \"0301\" (Oslo)?");
	FAILS(vrd_dim_require(dim, VRD_STR("Stavangr"), &index, &err), VRD_NOINPUT,
	      "dimension \"area\" has no category \"Stavangr\"; did you mean \"1103\" "
	      "(Stavanger)?");
	FAILS(vrd_dim_require(dim, VRD_STR("Tromsø"), &index, &err), VRD_NOINPUT,
	      "dimension \"area\" has no category \"Tromsø\"; it has \"0301\", \"1103\"");
	assert_int_equal(vrd_dim_require(dim, VRD_STR("301"), &index, NULL), VRD_NOINPUT);
	assert_int_equal(index, 7);
	OK(vrd_dim_require(dim, VRD_STR("1103"), &index, &err));
	assert_int_equal(index, 1);
	vrd_arena_clear(&mem);
}

static void years_are_a_time_dimension(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *dim;
	OK(vrd_dim_of_years(&mem, 2024, 2050, &dim, &err));
	assert_int_equal(dim->n, 27);
	assert_int_equal(dim->role, VRD_ROLE_TIME);
	assert_int_equal(vrd_dim_find_text(dim, "2050"), 26);
	FAILS(vrd_dim_of_years(&mem, 2050, 2024, &dim, &err), VRD_DATA,
	      "the years run from 2050 to 2024, which is backwards");
	vrd_arena_clear(&mem);
}

// --- cells --------------------------------------------------------------------------------------

static void symbols_of_statuses_read_back(void **state) {
	(void)state;
	vrd_cell status = VRD_PRESENT;
	for (int s = VRD_PRESENT; s <= VRD_MISSING; s++) {
		assert_true(
		        vrd_cell_from_symbol(vrd_str_of(vrd_cell_symbol((vrd_cell)s)), &status));
		assert_int_equal(status, s);
	}
	assert_true(vrd_cell_from_symbol(VRD_STR("..."), &status));
	assert_int_equal(status, VRD_MISSING);
	assert_false(vrd_cell_from_symbol(VRD_STR("x"), &status));
}

static void a_cube_of_no_dimensions_has_one_cell(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube cube;
	OK(vrd_cube_new(&mem, 0, NULL, &cube, &err));
	assert_int_equal(cube.n_cells, 1);
	IS(cube, "value\n0\n");
	vrd_arena_clear(&mem);
}

static void a_cube_that_cannot_be_is_refused(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *dim;
	vrd_dim huge = {.name = "a", .n = SIZE_MAX / 4}, huge_b = {.name = "b", .n = 8};
	vrd_cube cube;
	OK(vrd_dim_of_codes(&mem, "area", 1, (const char *[]){"x"}, &dim, &err));
	FAILS(vrd_cube_new(&mem, 2, (const vrd_dim *[]){dim, dim}, &cube, &err), VRD_DATA,
	      "the dimension \"area\" stands twice");
	FAILS(vrd_cube_new(&mem, 2, (const vrd_dim *[]){&huge, &huge_b}, &cube, &err), VRD_DATA,
	      "the cube is too large: dimension \"a\" of 4611686018427387903 categories times "
	      "those "
	      "after it");
	vrd_arena_clear(&mem);
}

static void a_status_without_a_number_takes_the_number_away(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube cube = cube_of(&mem, "area,value\nx,1\ny,2\nz,3\n");
	OK(vrd_cube_set_status(&mem, &cube, 0, VRD_PRESENT, &err));
	assert_null(cube.status);
	OK(vrd_cube_set_status(&mem, &cube, 1, VRD_SUPPRESSED, &err));
	OK(vrd_cube_set_status(&mem, &cube, 2, VRD_PRELIMINARY, &err));
	IS(cube, "area,value\nx,1\ny,:\nz,3*\n");
	vrd_arena_clear(&mem);
}

static void a_note_is_kept_once_and_by_its_own_cube(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube cube = cube_of(&mem, "area,value\nx,1\n");
	OK(vrd_cube_note(&mem, &cube, "rounded", &err));
	vrd_cube copy = cube;
	OK(vrd_cube_note(&mem, &copy, "rounded", &err));
	OK(vrd_cube_note(&mem, &copy, "estimated", &err));
	assert_int_equal(cube.n_notes, 1);
	assert_int_equal(copy.n_notes, 2);
	assert_string_equal(copy.notes[1], "estimated");
	vrd_arena_clear(&mem);
}

static void a_dimension_that_is_not_there_suggests_the_nearest(void **state) {
	(void)state;
	vrd_arena mem = {0};
	size_t axis;
	vrd_cube cube = cube_of(&mem, "area,sex,value\nx,F,1\n");
	FAILS(vrd_cube_require(&cube, "aera", &axis, &err), VRD_NOINPUT,
	      "the cube has no dimension \"aera\"; did you mean \"area\"? it has \"area\", "
	      "\"sex\"");
	cube.label = "Population";
	FAILS(vrd_cube_require(&cube, "year", &axis, &err), VRD_NOINPUT,
	      "the cube \"Population\" has no dimension \"year\"; it has \"area\", \"sex\"");
	vrd_arena_clear(&mem);
}

static void equal_cubes_have_the_same_codes_statuses_and_bits(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_cube a = cube_of(&mem, "area,value\nx,1\ny,:\n");
	const vrd_cube same = cube_of(&mem, "area,value\nx,1\ny,:\n");
	const char *const others[] = {"area,value\nx,1\ny,..\n",  "area,value\nx,1e\ny,:\n",
	                              "area,value\nx,1.5\ny,:\n", "area,value\nx,1\nz,:\n",
	                              "unit,value\nx,1\ny,:\n",   "area,value\nx,1\n"};
	assert_true(vrd_cube_equal(&a, &same));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const vrd_cube other = cube_of(&mem, others[i]);
		assert_false(vrd_cube_equal(&a, &other));
	}
	same.values[1] = -NAN; // which NaN it is says nothing
	assert_true(vrd_cube_equal(&a, &same));
	vrd_arena_clear(&mem);
}

// --- select, slice, tag, rename -----------------------------------------------------------------

#define PEOPLE "area,sex,value\nx,F,1\nx,M,2\ny,F,3\ny,M,:\nz,F,5\nz,M,6\n"

static void select_keeps_the_order_that_was_asked_for(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = cube_of(&mem, PEOPLE), out;
	OK(vrd_cube_select(&mem, &in, "area", CODES(VRD_STR("z"), VRD_STR("x")), &out, &err));
	IS(out, "area,sex,value\nz,F,5\nz,M,6\nx,F,1\nx,M,2\n");
	assert_null(out.status); // the hidden cell is gone, and with it the need for statuses
	OK(vrd_cube_select(&mem, &in, "sex", CODES(VRD_STR("M")), &out, &err));
	IS(out, "area,sex,value\nx,M,2\ny,M,:\nz,M,6\n");
	OK(vrd_cube_select(&mem, &in, "sex", 0, NULL, &out, &err));
	assert_int_equal(out.n_cells, 0);
	FAILS(vrd_cube_select(&mem, &in, "sex", CODES(VRD_STR("M"), VRD_STR("M")), &out, &err),
	      VRD_DATA,
	      "dimension \"sex\": the code \"M\" stands twice, as category number 1 and 2");
	vrd_arena_clear(&mem);
}

// chapter > (block > code), other
static vrd_cube tree_cube(vrd_arena *mem) {
	const vrd_category cats[] = {{.code = "chapter", .parent = VRD_NONE},
	                             {.code = "block", .parent = 0},
	                             {.code = "code", .parent = 1},
	                             {.code = "sister", .parent = 0},
	                             {.code = "other", .parent = VRD_NONE}};
	const vrd_dim *dim;
	vrd_cube cube;
	OK(vrd_dim_new(mem, "service", NULL, VRD_ROLE_NONE, 5, cats, &dim, &err));
	OK(vrd_cube_new(mem, 1, &dim, &cube, &err));
	for (size_t i = 0; i < 5; i++)
		cube.values[i] = (double)((size_t)1 << i);
	return cube;
}

static void select_keeps_parents_that_are_selected(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = tree_cube(&mem), out;
	OK(vrd_cube_select(&mem, &in, "service",
	                   CODES(VRD_STR("code"), VRD_STR("block"), VRD_STR("sister")), &out,
	                   &err));
	assert_int_equal(out.dims[0]->cats[0].parent, 1);
	assert_int_equal(out.dims[0]->cats[1].parent, VRD_NONE);
	assert_int_equal(out.dims[0]->cats[2].parent, VRD_NONE);
	vrd_arena_clear(&mem);
}

static void slice_takes_the_dimension_away(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = cube_of(&mem, PEOPLE), out;
	OK(vrd_cube_slice(&mem, &in, "sex", VRD_STR("F"), &out, &err));
	IS(out, "area,value\nx,1\ny,3\nz,5\n");
	OK(vrd_cube_slice(&mem, &in, "area", VRD_STR("y"), &out, &err));
	IS(out, "sex,value\nF,3\nM,:\n");
	FAILS(vrd_cube_slice(&mem, &in, "area", VRD_STR("yy"), &out, &err), VRD_NOINPUT,
	      "dimension \"area\" has no category \"yy\"; did you mean \"y\"?");
	vrd_arena_clear(&mem);
}

static void tag_and_rename_share_the_cells(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = cube_of(&mem, "Alder,value\n0,1\n1,2\n"), out;
	OK(vrd_cube_rename(&mem, &in, "Alder", "age", NULL, &out, &err));
	assert_string_equal(out.dims[0]->label, "age");
	OK(vrd_cube_tag(&mem, &out, "variant", "MMMM", &out, &err));
	IS(out, "variant,age,value\nMMMM,0,1\nMMMM,1,2\n");
	assert_ptr_equal(out.values, in.values);
	FAILS(vrd_cube_tag(&mem, &out, "age", "x", &out, &err), VRD_DATA,
	      "the cube has a dimension \"age\" already");
	FAILS(vrd_cube_rename(&mem, &out, "age", "variant", NULL, &out, &err), VRD_DATA,
	      "dimension \"age\" cannot be called \"variant\": another one is");
	vrd_arena_clear(&mem);
}

static void another_dimension_of_the_same_size_takes_the_place(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = cube_of(&mem, "area,sex,value\n1,F,1\n2,F,2\n"), out;
	const vrd_dim *fresh;
	OK(vrd_dim_of_codes(&mem, "district", 2, (const char *[]){"0301", "1103"}, &fresh, &err));
	OK(vrd_cube_replace_dim(&mem, &in, "area", fresh, &out, &err));
	IS(out, "district,sex,value\n0301,F,1\n1103,F,2\n");
	FAILS(vrd_cube_replace_dim(&mem, &in, "sex", fresh, &out, &err), VRD_DATA,
	      "dimension \"sex\" has 1 categories: one with 2 cannot take its place");
	FAILS(vrd_cube_replace_dim(&mem, &in, "sex", in.dims[0], &out, &err), VRD_DATA,
	      "dimension \"sex\" cannot be called \"area\": another one is");
	vrd_arena_clear(&mem);
}

// --- sums ---------------------------------------------------------------------------------------

static void a_sum_has_the_highest_status_among_its_parts(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube out, in = cube_of(&mem, "row,part,value\n"
	                                 "numbers,a,1\nnumbers,b,2\nnumbers,c,3\n"
	                                 "nothing,a,.\nnothing,b,.\nnothing,c,.\n"
	                                 "some,a,.\nsome,b,2\nsome,c,.\n"
	                                 "preliminary,a,1*\npreliminary,b,.\npreliminary,c,3\n"
	                                 "estimated,a,1*\nestimated,b,2e\nestimated,c,3\n"
	                                 "hidden,a,1\nhidden,b,2e\nhidden,c,:\n"
	                                 "missing,a,:\nmissing,b,..\nmissing,c,3\n");
	OK(vrd_cube_sum_by(&mem, &in, BY("row"), &out, &err));
	IS(out, "row,value\nnumbers,6\nnothing,.\nsome,2\npreliminary,4*\nestimated,6e\n"
	        "hidden,:\nmissing,..\n");
	vrd_arena_clear(&mem);
}

static void sums_keep_what_rounding_would_lose(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube out, in = cube_of(&mem, "big,small,value\n"
	                                 "p,a,1\np,b,1e100\np,c,1\np,d,-1e100\n"
	                                 "q,a,1e100\nq,b,1\nq,c,-1e100\nq,d,1\n");
	OK(vrd_cube_sum_by(&mem, &in, BY("big"), &out, &err));
	IS(out, "big,value\np,2\nq,2\n");
	OK(vrd_cube_sum_by(&mem, &in, 0, NULL, &out, &err));
	IS(out, "value\n4\n");
	for (size_t i = 0; i < in.n_cells; i++)
		in.values[i] = 1e308;
	FAILS(vrd_cube_sum_by(&mem, &in, 0, NULL, &out, &err), VRD_DATA,
	      "a sum is outside the range of a double");
	vrd_arena_clear(&mem);
}

static const vrd_dim *units_of(vrd_arena *mem) {
	const vrd_dim *dim;
	OK(vrd_dim_of_codes(mem, "unit", 3, (const char *[]){"U", "V", "W"}, &dim, &err));
	return dim;
}

static void moves_keep_what_rounding_would_lose(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = cube_of(&mem, "area,value\nx,1\ny,1e100\nz,1\nw,-1e100\n"), out;
	const vrd_link links[] = {{0, 0, 1}, {1, 0, 1}, {2, 0, 1}, {3, 0, 1}, {0, 1, 1}, {0, 2, 1}};
	const vrd_link *const lists[] = {links};
	const size_t n = 6;
	OK(vrd_cube_regroup(&mem, &in, "area", units_of(&mem), NULL, &n, lists, &out, &err));
	IS(out, "unit,value\nU,2\nV,1\nW,1\n");
	vrd_arena_clear(&mem);
}

static void the_order_of_by_is_the_order_of_the_result(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = cube_of(&mem, "a,b,c,value\nx,F,1,1\nx,F,2,2\nx,M,1,3\nx,M,2,4\n"
	                            "y,F,1,5\ny,F,2,6\ny,M,1,7\ny,M,2,8\n"),
	         out;
	OK(vrd_cube_sum_by(&mem, &in, BY("c", "a"), &out, &err));
	IS(out, "c,a,value\n1,x,4\n1,y,12\n2,x,6\n2,y,14\n");
	FAILS(vrd_cube_sum_by(&mem, &in, BY("c", "c"), &out, &err), VRD_DATA,
	      "the dimension \"c\" stands twice");
	FAILS(vrd_cube_sum_by(&mem, &in, BY("year"), &out, &err), VRD_NOINPUT,
	      "the cube has no dimension \"year\"; it has \"a\", \"b\", \"c\"");
	vrd_arena_clear(&mem);
}

static void regroup_shares_cells_by_weight_and_says_so(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = cube_of(&mem, "area,sex,value\nx,F,4\nx,M,8\ny,F,3\ny,M,:\n"), out;
	const vrd_link links[] = {{0, 0, 0.25}, {0, 1, 0.75}, {1, 1, 1}};
	const vrd_link *const lists[] = {links};
	size_t n = 3;
	OK(vrd_cube_regroup(&mem, &in, "area", units_of(&mem), NULL, &n, lists, &out, &err));
	IS(out, "unit,sex,value\nU,F,1e\nU,M,2e\nV,F,6e\nV,M,:\nW,F,..\nW,M,..\n");
	const vrd_link none[] = {
	        {0, 0, 1}, {1, 0, 0}, {1, 1, 0}, {0, 2, 1}}; // 0 takes no ":" along
	const vrd_link *const none_lists[] = {none};
	n = 4;
	OK(vrd_cube_regroup(&mem, &in, "area", units_of(&mem), NULL, &n, none_lists, &out, &err));
	IS(out, "unit,sex,value\nU,F,4\nU,M,8\nV,F,0\nV,M,0\nW,F,4\nW,M,8\n");
	vrd_arena_clear(&mem);
}

static void a_dated_map_moves_each_year_by_its_own_links(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = cube_of(&mem, "area,year,value\nx,2025,1\nx,2026,2\nx,2027,3\n"
	                            "y,2025,10\ny,2026,20\ny,2027,30\n"),
	         out;
	const vrd_link old[] = {{0, 0, 1}, {1, 1, 1}}, new[] = {{0, 2, 1}, {1, 2, 1}};
	const vrd_link *const lists[] = {old, old, new};
	OK(vrd_cube_regroup(&mem, &in, "area", units_of(&mem), "year", (size_t[]){2, 2, 2}, lists,
	                    &out, &err));
	IS(out, "unit,year,value\nU,2025,1\nU,2026,2\nU,2027,..\nV,2025,10\nV,2026,20\nV,2027,..\n"
	        "W,2025,..\nW,2026,..\nW,2027,33\n");
	FAILS(vrd_cube_regroup(&mem, &in, "area", units_of(&mem), "area", (size_t[]){2, 2}, lists,
	                       &out, &err),
	      VRD_DATA, "dimension \"area\" cannot be moved by itself");
	vrd_arena_clear(&mem);
}

static void links_that_cannot_be_are_refused(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = cube_of(&mem, "area,value\nx,1\ny,2\n"), out;
	vrd_link link = {1, 3, 1};
	const vrd_link *const lists[] = {&link};
	const size_t n = 1;
	FAILS(vrd_cube_regroup(&mem, &in, "area", units_of(&mem), NULL, &n, lists, &out, &err),
	      VRD_DATA,
	      "link 0 from \"area\" (2 categories) to \"unit\" (3 categories) goes from 1 to 3, "
	      "counted from 0");
	link = (vrd_link){1, 2, NAN};
	FAILS(vrd_cube_regroup(&mem, &in, "area", units_of(&mem), NULL, &n, lists, &out, &err),
	      VRD_DATA, "the weight from \"y\" to \"W\" is nan");
	vrd_arena_clear(&mem);
}

static void rollup_adds_leaves_and_counts_nobody_twice(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube in = tree_cube(&mem), out;
	OK(vrd_cube_rollup(&mem, &in, "service", &out, &err));
	IS(out, "service,value\nchapter,12\nother,16\n"); // code 4 + sister 8; other 16
	vrd_arena_clear(&mem);
}

// --- align and append ---------------------------------------------------------------------------

static void align_takes_the_order_of_the_first(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube a = cube_of(&mem, PEOPLE), out;
	vrd_cube b = cube_of(&mem, "sex,area,value\nM,z,6\nM,y,:\nM,x,2\nF,z,5\nF,y,3\nF,x,1\n");
	OK(vrd_cube_align(&mem, &a, &b, &out, &err));
	IS(out, PEOPLE);
	vrd_arena_clear(&mem);
}

static void cubes_that_do_not_fit_are_told_what_is_missing_where(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube out, a = cube_of(&mem, "area,value\n030199,1\n0302,1\n0303,1\n");
	vrd_cube b = cube_of(&mem, "area,value\n0302,1\n0303,1\n");
	a.label = "the population";
	FAILS(vrd_cube_align(&mem, &a, &b, &out, &err), VRD_DATA,
	      "dimension \"area\": \"030199\" is in the first cube but not in the second cube");
	b.label = "the rates";
	vrd_cube c = cube_of(&mem, "area,value\n1,1\n2,1\n3,1\n4,1\n5,1\n6,1\n7,1\n8,1\n0303,1\n");
	c.label = "activity";
	FAILS(vrd_cube_align(&mem, &b, &c, &out, &err), VRD_DATA,
	      "dimension \"area\": \"0302\" is in \"the rates\" but not in \"activity\"; \"1\", "
	      "\"2\", "
	      "\"3\", \"4\", \"5\", \"6\" and 2 more are in \"activity\" but not in \"the rates\"");
	vrd_cube d = cube_of(&mem, "sex,year,value\nF,1,1\n");
	FAILS(vrd_cube_align(&mem, &a, &d, &out, &err), VRD_DATA,
	      "the second cube has the dimensions \"sex\", \"year\", but the first cube has not");
	FAILS(vrd_cube_arith(&mem, VRD_MULTIPLY, &b, &d, &out, &err), VRD_DATA,
	      "the second cube has the dimensions \"sex\", \"year\", but the first cube has not");
	vrd_arena_clear(&mem);
}

static void append_joins_categories_texts_and_notes(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube out, a = cube_of(&mem, "sex,measure,value\nF,stays,1\nM,stays,2\n");
	vrd_cube b = cube_of(&mem, "measure,sex,value\ndays,M,8e\ndays,F,7\n");
	a.unit = "stays", b.unit = "days", a.source = "NPR", b.source = "SSB";
	OK(vrd_cube_note(&mem, &b, "rounded", &err));
	OK(vrd_cube_append(&mem, &a, &b, "measure", &out, &err));
	IS(out, "sex,measure,value\nF,stays,1\nF,days,7\nM,stays,2\nM,days,8e\n");
	assert_null(out.unit); // no longer one unit: each measure carries its own
	assert_string_equal(out.dims[1]->cats[0].unit, "stays");
	assert_string_equal(out.dims[1]->cats[1].unit, "days");
	assert_string_equal(out.source, "NPR; SSB");
	assert_string_equal(out.notes[0], "rounded");
	OK(vrd_cube_slice(&mem, &out, "measure", VRD_STR("days"), &out, &err));
	assert_string_equal(out.unit, "days");
	FAILS(vrd_cube_append(&mem, &a, &a, "measure", &out, &err), VRD_DATA,
	      "dimension \"measure\": \"stays\" is both in the first cube and in the second cube");
	vrd_arena_clear(&mem);
}

// --- arithmetic ---------------------------------------------------------------------------------

static void arithmetic_repeats_the_second_over_what_it_lacks(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube a = cube_of(&mem, PEOPLE), out;
	vrd_cube b = cube_of(&mem, "sex,value\nM,10\nF,100\n"); // in another order
	OK(vrd_cube_arith(&mem, VRD_MULTIPLY, &a, &b, &out, &err));
	IS(out, "area,sex,value\nx,F,100\nx,M,20\ny,F,300\ny,M,:\nz,F,500\nz,M,60\n");
	OK(vrd_cube_scale(&mem, &b, 0.5, &out, &err));
	IS(out, "sex,value\nM,5\nF,50\n");
	FAILS(vrd_cube_scale(&mem, &b, INFINITY, &out, &err), VRD_DATA,
	      "a cube cannot be multiplied by inf");
	vrd_arena_clear(&mem);
}

static void categories_that_are_appended_keep_their_parents(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_str own[] = {VRD_STR("other")};
	const vrd_str tree[] = {VRD_STR("chapter"), VRD_STR("block"), VRD_STR("code")};
	vrd_cube in = tree_cube(&mem), a, b, out;
	OK(vrd_cube_select(&mem, &in, "service", 1, own, &a, &err));
	OK(vrd_cube_select(&mem, &in, "service", 3, tree, &b, &err));
	OK(vrd_cube_append(&mem, &a, &b, "service", &out, &err));
	IS(out, "service,value\nother,16\nchapter,1\nblock,2\ncode,4\n");
	assert_int_equal(out.dims[0]->cats[0].parent, VRD_NONE);
	assert_int_equal(out.dims[0]->cats[1].parent, VRD_NONE);
	assert_int_equal(out.dims[0]->cats[2].parent, 1);
	assert_int_equal(out.dims[0]->cats[3].parent, 2);
	vrd_arena_clear(&mem);
}

static void division_by_zero_is_not_applicable(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube out, a = cube_of(&mem, "i,value\np,1\nq,0\nr,6\ns,:\nt,.\nu,..\nv,1e\nw,2*\n");
	vrd_cube b = cube_of(&mem, "i,value\np,0\nq,0\nr,3\ns,0\nt,1e\nu,.\nv,.\nw,4e\n");
	OK(vrd_cube_arith(&mem, VRD_DIVIDE, &a, &b, &out, &err));
	IS(out, "i,value\np,.\nq,.\nr,2\ns,:\nt,.\nu,..\nv,.\nw,0.5e\n");
	a = cube_of(&mem, "i,value\np,1\nq,6\n"); // no statuses yet
	b = cube_of(&mem, "i,value\np,0\nq,3\n");
	OK(vrd_cube_arith(&mem, VRD_DIVIDE, &a, &b, &out, &err));
	IS(out, "i,value\np,.\nq,2\n");
	vrd_arena_clear(&mem);
}

static void units_that_differ_are_not_added(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_cube a = cube_of(&mem, "i,value\np,6\n"), b = a, out;
	a.unit = "bed days", b.unit = "persons";
	FAILS(vrd_cube_arith(&mem, VRD_ADD, &a, &b, &out, &err), VRD_DATA,
	      "the first cube is in \"bed days\" and the second cube in \"persons\": units that "
	      "differ "
	      "cannot be added");
	OK(vrd_cube_arith(&mem, VRD_DIVIDE, &a, &b, &out, &err));
	b.unit = NULL;
	OK(vrd_cube_arith(&mem, VRD_SUBTRACT, &a, &b, &out, &err));
	IS(out, "i,value\np,0\n");
	vrd_arena_clear(&mem);
}

// --- builder ------------------------------------------------------------------------------------

static void a_second_row_of_a_cell_is_named(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_builder *builder;
	vrd_cube cube = {0};
	size_t duplicate = 0;
	uint32_t index;
	OK(vrd_builder_new(&mem, 2, (const char *[]){"area", "sex"}, &builder, &err));
	OK(vrd_builder_category(builder, 0, VRD_STR("0301"), VRD_STR("Oslo"), &err));
	OK(vrd_builder_category(builder, 0, VRD_STR("0301"), VRD_STR("Kristiania"), &err));
	OK(vrd_builder_index(builder, 1, VRD_STR("F"), &index, &err));
	OK(vrd_builder_index(builder, 1, VRD_STR("M"), &index, &err));
	for (uint32_t i = 0; i < 2; i++)
		OK(vrd_builder_add(builder, (uint32_t[]){0, i}, i, VRD_PRESENT, &err));
	FAILS(vrd_builder_add(builder, (uint32_t[]){0, 1}, NAN, VRD_PRESENT, &err), VRD_DATA,
	      "the value of row 2 (from 0) is nan, not a finite number");
	OK(vrd_builder_finish(builder, VRD_MISSING, &cube, &duplicate, &err));
	assert_string_equal(cube.dims[0]->cats[0].label, "Oslo");
	assert_int_equal(cube.dims[0]->role, VRD_ROLE_GEO);
	IS(cube, "area,sex,value\n0301,F,0\n0301,M,1\n");
	OK(vrd_builder_add(builder, (uint32_t[]){0, 1}, 5, VRD_PRESENT, &err));
	FAILS(vrd_builder_finish(builder, VRD_MISSING, &cube, &duplicate, &err), VRD_DATA,
	      "rows 1 and 2 (from 0) name the same cell: area = \"0301\", sex = \"M\"");
	assert_int_equal(duplicate, 2);
	FAILS(vrd_builder_index(builder, 1, VRD_STR(""), &index, &err), VRD_DATA,
	      "dimension \"sex\": a code is empty");
	vrd_arena_clear(&mem);
}

static void rows_beyond_one_chunk_all_arrive(void **state) {
	(void)state;
	enum { SIDE = 150 };
	vrd_arena mem = {0};
	vrd_builder *builder;
	vrd_cube cube;
	uint32_t index[2];
	OK(vrd_builder_new(&mem, 2, (const char *[]){"i", "j"}, &builder, &err));
	for (unsigned i = 0; i < SIDE * SIDE; i++) {
		char code[2][16];
		(void)snprintf(code[0], sizeof code[0], "%u", i / SIDE);
		(void)snprintf(code[1], sizeof code[1], "%u", i % SIDE);
		for (size_t d = 0; d < 2; d++)
			OK(vrd_builder_index(builder, d, vrd_str_of(code[d]), &index[d], &err));
		OK(vrd_builder_add(builder, index, i, VRD_PRESENT, &err));
	}
	OK(vrd_builder_finish(builder, VRD_MISSING, &cube, NULL, &err));
	assert_null(cube.status);
	for (size_t i = 0; i < SIDE * SIDE; i++)
		assert_true(cube.values[i] == (double)i);
	vrd_arena_clear(&mem);
}

static void cells_without_a_row_are_what_was_asked_for(void **state) {
	(void)state;
	const char *const wanted[] = {"a,value\nx,7\ny,0\n", "a,value\nx,7\ny,.\n"};
	const vrd_cell absent[] = {VRD_PRESENT, VRD_NOT_APPLICABLE};
	for (size_t i = 0; i < 2; i++) {
		vrd_arena mem = {0};
		vrd_builder *builder;
		vrd_cube cube;
		OK(vrd_builder_new(&mem, 1, (const char *[]){"a"}, &builder, &err));
		OK(vrd_builder_category(builder, 0, VRD_STR("x"), (vrd_str){0}, &err));
		OK(vrd_builder_category(builder, 0, VRD_STR("y"), (vrd_str){0}, &err));
		OK(vrd_builder_add(builder, (uint32_t[]){0}, 7, VRD_PRESENT, &err));
		OK(vrd_builder_finish(builder, absent[i], &cube, NULL, &err));
		IS(cube, wanted[i]);
		vrd_arena_clear(&mem);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(codes_are_found_among_100_000),
	        cmocka_unit_test(a_code_that_stands_twice_is_named_with_both_places),
	        cmocka_unit_test(parents_that_lead_nowhere_or_round_are_refused),
	        cmocka_unit_test(a_code_that_is_not_there_suggests_the_nearest_code_or_label),
	        cmocka_unit_test(years_are_a_time_dimension),
	        cmocka_unit_test(symbols_of_statuses_read_back),
	        cmocka_unit_test(a_cube_of_no_dimensions_has_one_cell),
	        cmocka_unit_test(a_cube_that_cannot_be_is_refused),
	        cmocka_unit_test(a_status_without_a_number_takes_the_number_away),
	        cmocka_unit_test(a_note_is_kept_once_and_by_its_own_cube),
	        cmocka_unit_test(a_dimension_that_is_not_there_suggests_the_nearest),
	        cmocka_unit_test(equal_cubes_have_the_same_codes_statuses_and_bits),
	        cmocka_unit_test(select_keeps_the_order_that_was_asked_for),
	        cmocka_unit_test(select_keeps_parents_that_are_selected),
	        cmocka_unit_test(slice_takes_the_dimension_away),
	        cmocka_unit_test(tag_and_rename_share_the_cells),
	        cmocka_unit_test(another_dimension_of_the_same_size_takes_the_place),
	        cmocka_unit_test(a_sum_has_the_highest_status_among_its_parts),
	        cmocka_unit_test(sums_keep_what_rounding_would_lose),
	        cmocka_unit_test(moves_keep_what_rounding_would_lose),
	        cmocka_unit_test(the_order_of_by_is_the_order_of_the_result),
	        cmocka_unit_test(regroup_shares_cells_by_weight_and_says_so),
	        cmocka_unit_test(a_dated_map_moves_each_year_by_its_own_links),
	        cmocka_unit_test(links_that_cannot_be_are_refused),
	        cmocka_unit_test(rollup_adds_leaves_and_counts_nobody_twice),
	        cmocka_unit_test(align_takes_the_order_of_the_first),
	        cmocka_unit_test(cubes_that_do_not_fit_are_told_what_is_missing_where),
	        cmocka_unit_test(append_joins_categories_texts_and_notes),
	        cmocka_unit_test(arithmetic_repeats_the_second_over_what_it_lacks),
	        cmocka_unit_test(categories_that_are_appended_keep_their_parents),
	        cmocka_unit_test(division_by_zero_is_not_applicable),
	        cmocka_unit_test(units_that_differ_are_not_added),
	        cmocka_unit_test(a_second_row_of_a_cell_is_named),
	        cmocka_unit_test(rows_beyond_one_chunk_all_arrive),
	        cmocka_unit_test(cells_without_a_row_are_what_was_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
