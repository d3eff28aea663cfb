#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static vrd_arena mem;
static vrd_buf packed;
static vrd_err err;

static int start(void **state) {
	(void)state;
	vrd_arena_init(&mem, 0);
	err = (vrd_err){0};
	return 0;
}

static int stop(void **state) {
	(void)state;
	vrd_buf_free(&packed);
	packed = (vrd_buf){0};
	vrd_arena_clear(&mem);
	return 0;
}

#define OK(call) assert_int_equal((call), VRD_OK)

static void assert_text(const char *a, const char *b) {
	assert_int_equal(a == NULL, b == NULL);
	if (a)
		assert_string_equal(a, b);
}

// Everything that a cube says, text by text and bit by bit.
static void assert_same(const vrd_cube *a, const vrd_cube *b) {
	assert_text(a->label, b->label);
	assert_text(a->unit, b->unit);
	assert_text(a->source, b->source);
	assert_text(a->updated, b->updated);
	assert_int_equal(a->n_notes, b->n_notes);
	for (size_t i = 0; i < a->n_notes; i++)
		assert_text(a->notes[i], b->notes[i]);
	assert_int_equal(a->n_dims, b->n_dims);
	for (size_t d = 0; d < a->n_dims; d++) {
		const vrd_dim *x = a->dims[d];
		const vrd_dim *y = b->dims[d];
		assert_text(x->name, y->name);
		assert_text(x->label, y->label);
		assert_text(x->note, y->note);
		assert_int_equal(x->role, y->role);
		assert_int_equal(x->n, y->n);
		assert_int_equal(a->stride[d], b->stride[d]);
		for (size_t i = 0; i < x->n; i++) {
			assert_text(x->cats[i].code, y->cats[i].code);
			assert_text(x->cats[i].label, y->cats[i].label);
			assert_text(x->cats[i].note, y->cats[i].note);
			assert_text(x->cats[i].unit, y->cats[i].unit);
			assert_int_equal(x->cats[i].parent, y->cats[i].parent);
			assert_int_equal(x->cats[i].decimals, y->cats[i].decimals);
			assert_int_equal(vrd_dim_find_text(y, x->cats[i].code), i);
		}
	}
	assert_int_equal(a->n_cells, b->n_cells);
	assert_memory_equal(a->values, b->values, a->n_cells * sizeof *a->values);
	assert_int_equal(a->status == NULL, b->status == NULL);
	if (a->status)
		assert_memory_equal(a->status, b->status, a->n_cells);
}

// area (with a tree) x measure, with every field in use.
static vrd_cube rich_cube(void) {
	static const char *notes[] = {"Tall for 2024 er foreløpige", ""};
	const vrd_category areas[] = {
	        {.code = "46", .label = "Vestland", .parent = VRD_NONE, .decimals = -1},
	        {.code = "4601",
	         .label = "Bergen",
	         .parent = 0,
	         .note = "uten øyene",
	         .decimals = -1},
	        {.code = "4602", .parent = 0, .decimals = -1},
	};
	const vrd_category measures[] = {
	        {.code = "stays",
	         .label = "Opphold",
	         .parent = VRD_NONE,
	         .unit = "opphold",
	         .decimals = 0},
	        {.code = "days", .label = "", .parent = VRD_NONE, .unit = "", .decimals = 2},
	};
	const vrd_dim *dims[2];
	vrd_dim *noted;
	vrd_cube cube;
	OK(vrd_dim_new(&mem, "area", "Område", VRD_ROLE_GEO, 3, areas, &dims[0], &err));
	OK(vrd_dim_new(&mem, "measure", NULL, VRD_ROLE_METRIC, 2, measures, &dims[1], &err));
	noted = vrd_arena_alloc(&mem, 1, sizeof *noted);
	assert_non_null(noted);
	*noted = *dims[0];
	noted->note = "grenser per 2024";
	dims[0] = noted;
	OK(vrd_cube_new(&mem, 2, dims, &cube, &err));
	cube.label = "Aktivitet æøå";
	cube.unit = "antall";
	cube.source = "NPR";
	cube.updated = "2026-06-18";
	cube.notes = notes;
	cube.n_notes = 2;
	const double values[] = {1, -0.0, 0.1, 5e-324, 1.7976931348623157e308, -1e-7};
	memcpy(cube.values, values, sizeof values);
	OK(vrd_cube_set_status(&mem, &cube, 2, VRD_ESTIMATED, &err));
	OK(vrd_cube_set_status(&mem, &cube, 3, VRD_SUPPRESSED, &err));
	OK(vrd_cube_set_status(&mem, &cube, 4, VRD_PRELIMINARY, &err));
	OK(vrd_cube_set_status(&mem, &cube, 5, VRD_MISSING, &err));
	return cube;
}

static vrd_cube cube_of_years(int from, int to) {
	const vrd_dim *years;
	vrd_cube cube;
	OK(vrd_dim_of_years(&mem, from, to, &years, &err));
	OK(vrd_cube_new(&mem, 1, &years, &cube, &err));
	return cube;
}

static void assert_round_trip(const vrd_cube *cube) {
	vrd_cube back;
	vrd_buf_reset(&packed);
	OK(vrd_cube_pack(cube, &packed, &err));
	OK(vrd_cube_unpack(&mem, packed.p, packed.n, &back, &err));
	assert_same(cube, &back);
}

static void every_text_parent_role_and_bit_comes_back(void **state) {
	(void)state;
	const vrd_cube cube = rich_cube();
	assert_round_trip(&cube);
}

static void a_cube_without_dimensions_or_texts_comes_back(void **state) {
	(void)state;
	vrd_cube cube;
	OK(vrd_cube_new(&mem, 0, NULL, &cube, &err));
	cube.values[0] = 42;
	cube.label = NULL;
	assert_round_trip(&cube);
}

static void values_of_many_blocks_come_back(void **state) {
	(void)state;
	vrd_cube cube = cube_of_years(1, 1537);
	for (size_t i = 0; i < cube.n_cells; i++)
		cube.values[i] = 1.0 / (double)(i + 1);
	assert_round_trip(&cube);
}

static void infinities_and_the_payload_of_a_nan_come_back(void **state) {
	(void)state;
	vrd_cube cube = cube_of_years(2025, 2027);
	const uint64_t odd_nan = 0x7ff80000deadbeefu;
	cube.values[0] = INFINITY;
	cube.values[1] = -INFINITY;
	OK(vrd_cube_set_status(&mem, &cube, 2, VRD_NOT_APPLICABLE, &err));
	memcpy(&cube.values[2], &odd_nan, sizeof odd_nan);
	assert_round_trip(&cube);
}

static void statuses_that_are_all_present_stay_an_array(void **state) {
	(void)state;
	vrd_cube cube = cube_of_years(2025, 2026);
	OK(vrd_cube_set_status(&mem, &cube, 0, VRD_MISSING, &err));
	cube.status[0] = VRD_PRESENT;
	cube.values[0] = 3;
	assert_round_trip(&cube);
}

// Runs stay readable for ever: these bytes never change their meaning.
static void the_bytes_of_version_1_are_fixed(void **state) {
	(void)state;
	static const char bytes[] =
	        "vrdcube\x01"
	        "\x02\0\0\0L"                        // label "L"
	        "\x02\0\0\0u"                        // unit "u"
	        "\0\0\0\0"                           // no source
	        "\x01\0\0\0"                         // updated ""
	        "\x01\0\0\0\0\0\0\0\x02\0\0\0n"      // one note "n"
	        "\x01\0\0\0\0\0\0\0"                 // one dimension
	        "\x02\0\0\0d\x02\0\0\0D\0\0\0\0\x03" // "d", "D", no note, metric
	        "\x02\0\0\0\0\0\0\0"                 // two categories
	        "\x02\0\0\0a\x02\0\0\0A\0\0\0\0\x02\0\0\0p"
	        "\0\0\0\0\0\0\0\0\xff\xff\xff\xff" // no parent, decimals -1
	        "\x02\0\0\0b\x02\0\0\0B\x02\0\0\0N\0\0\0\0"
	        "\x01\0\0\0\0\0\0\0\x02\0\0\0" // parent 0, decimals 2
	        "\x01\x00\x04"                 // statuses: present, suppressed
	        "\0\0\0\0\0\0\xf8\x3f"         // 1.5
	        "\0\0\0\0\0\0\xf8\x7f";        // NaN
	vrd_cube cube;
	OK(vrd_cube_unpack(&mem, bytes, sizeof bytes - 1, &cube, &err));
	assert_string_equal(cube.label, "L");
	assert_string_equal(cube.unit, "u");
	assert_null(cube.source);
	assert_string_equal(cube.updated, "");
	assert_int_equal(cube.n_notes, 1);
	assert_string_equal(cube.notes[0], "n");
	assert_int_equal(cube.dims[0]->role, VRD_ROLE_METRIC);
	assert_int_equal(cube.dims[0]->cats[1].parent, 0);
	assert_int_equal(cube.dims[0]->cats[0].decimals, -1);
	assert_string_equal(cube.dims[0]->cats[1].note, "N");
	assert_true(cube.values[0] == 1.5);
	assert_int_equal(vrd_cube_status(&cube, 1), VRD_SUPPRESSED);
	OK(vrd_cube_pack(&cube, &packed, &err));
	assert_int_equal(packed.n, sizeof bytes - 1);
	assert_memory_equal(packed.p, bytes, packed.n);
}

static void packing_appends_and_repeats_the_same_bytes(void **state) {
	(void)state;
	const vrd_cube cube = rich_cube();
	vrd_buf_puts(&packed, "before");
	OK(vrd_cube_pack(&cube, &packed, &err));
	const size_t once = packed.n - 6;
	OK(vrd_cube_pack(&cube, &packed, &err));
	assert_int_equal(packed.n, 6 + 2 * once);
	assert_memory_equal(packed.p, "before", 6);
	assert_memory_equal(packed.p + 6, packed.p + 6 + once, once);
}

static void a_nan_that_is_said_to_be_present_names_the_cell(void **state) {
	(void)state;
	vrd_cube cube = cube_of_years(2025, 2030);
	cube.label = "Liggedøgn";
	cube.values[4] = NAN;
	vrd_buf_puts(&packed, "before");
	assert_int_equal(vrd_cube_pack(&cube, &packed, &err), VRD_INTERNAL);
	assert_non_null(strstr(err.text, "cell 4"));
	assert_non_null(strstr(err.text, "Liggedøgn"));
	assert_int_equal(packed.n, 6);
	assert_int_equal(vrd_cube_pack(&cube, &packed, NULL), VRD_INTERNAL);
}

static void a_number_in_a_missing_cell_is_refused(void **state) {
	(void)state;
	vrd_cube cube = cube_of_years(2025, 2030);
	OK(vrd_cube_set_status(&mem, &cube, 3, VRD_MISSING, &err));
	cube.values[3] = 7;
	assert_int_equal(vrd_cube_pack(&cube, &packed, &err), VRD_INTERNAL);
	assert_non_null(strstr(err.text, "value 7"));
}

static void a_text_that_is_not_utf8_leaves_the_buffer_alone(void **state) {
	(void)state;
	vrd_cube cube = cube_of_years(2025, 2025);
	cube.source = "bl\xe5";
	vrd_buf_puts(&packed, "before");
	assert_int_equal(vrd_cube_pack(&cube, &packed, &err), VRD_DATA);
	assert_non_null(strstr(err.text, "not UTF-8 after \"bl\""));
	assert_int_equal(packed.n, 6);
	assert_string_equal(packed.p, "before");
}

static void a_buffer_that_is_too_small_is_no_memory(void **state) {
	(void)state;
	const vrd_cube cube = rich_cube();
	vrd_buf small = {.max = 100};
	assert_int_equal(vrd_cube_pack(&cube, &small, &err), VRD_NOMEM);
	assert_int_equal(small.n, 0);
	vrd_buf_free(&small);
}

static void every_shorter_text_is_damaged(void **state) {
	(void)state;
	const vrd_cube cube = rich_cube();
	OK(vrd_cube_pack(&cube, &packed, &err));
	for (size_t n = 0; n < packed.n; n++) {
		vrd_cube out = {.n_cells = 77};
		assert_int_equal(vrd_cube_unpack(&mem, packed.p, n, &out, &err), VRD_STORE);
		assert_non_null(strstr(err.text, "delete .varde/store.db"));
		assert_int_equal(out.n_cells, 77);
	}
	assert_int_equal(vrd_cube_unpack(&mem, packed.p, 0, &(vrd_cube){0}, NULL), VRD_STORE);
}

static void bytes_after_the_last_value_are_damage(void **state) {
	(void)state;
	const vrd_cube cube = rich_cube();
	vrd_cube out;
	OK(vrd_cube_pack(&cube, &packed, &err));
	vrd_buf_putc(&packed, 0);
	assert_int_equal(vrd_cube_unpack(&mem, packed.p, packed.n, &out, &err), VRD_STORE);
	assert_non_null(strstr(err.text, "more bytes follow"));
}

static void a_later_version_is_not_guessed_at(void **state) {
	(void)state;
	const vrd_cube cube = rich_cube();
	vrd_cube out;
	OK(vrd_cube_pack(&cube, &packed, &err));
	packed.p[7] = 2;
	assert_int_equal(vrd_cube_unpack(&mem, packed.p, packed.n, &out, &err), VRD_STORE);
	assert_non_null(strstr(err.text, "version 1"));
}

// Whatever bit is flipped, the result is damage or a cube that keeps every promise of cube.h.
static void a_flipped_bit_is_damage_or_another_whole_cube(void **state) {
	(void)state;
	const vrd_cube cube = rich_cube();
	size_t n_damaged = 0;
	OK(vrd_cube_pack(&cube, &packed, &err));
	for (size_t bit = 0; bit < 8 * packed.n; bit++) {
		vrd_arena trial;
		vrd_buf again = {0};
		vrd_cube first, second;
		vrd_arena_init(&trial, (size_t)1 << 20);
		packed.p[bit / 8] = (char)(packed.p[bit / 8] ^ 1 << bit % 8);
		const vrd_status rc = vrd_cube_unpack(&trial, packed.p, packed.n, &first, &err);
		if (rc == VRD_OK) {
			OK(vrd_cube_pack(&first, &again, &err));
			OK(vrd_cube_unpack(&trial, again.p, again.n, &second, &err));
			assert_same(&first, &second);
		} else {
			assert_int_equal(rc, VRD_STORE);
			n_damaged++;
		}
		packed.p[bit / 8] = (char)(packed.p[bit / 8] ^ 1 << bit % 8);
		vrd_buf_free(&again);
		vrd_arena_clear(&trial);
	}
	assert_true(n_damaged > packed.n); // lengths, counts, parents, statuses
}

static void a_code_that_stands_twice_is_damage(void **state) {
	(void)state;
	const vrd_cube cube = cube_of_years(2025, 2026);
	vrd_cube out;
	OK(vrd_cube_pack(&cube, &packed, &err));
	for (size_t i = 0; i + 4 <= packed.n; i++)
		if (memcmp(packed.p + i, "2026", 4) == 0)
			packed.p[i + 3] = '5';
	assert_int_equal(vrd_cube_unpack(&mem, packed.p, packed.n, &out, &err), VRD_STORE);
	assert_non_null(strstr(err.text, "2025"));
}

static void a_count_of_a_billion_claims_no_memory(void **state) {
	(void)state;
	static const char notes[] = "vrdcube\x01"
	                            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	                            "\0\xca\x9a\x3b\0\0\0\0";
	static const char dims[] = "vrdcube\x01"
	                           "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	                           "\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff";
	static const char categories[] = "vrdcube\x01"
	                                 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	                                 "\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0"
	                                 "\x02\0\0\0d\0\0\0\0\0\0\0\0\0\0\xca\x9a\x3b\0\0\0\0";
	vrd_cube out;
	assert_int_equal(vrd_cube_unpack(&mem, notes, sizeof notes - 1, &out, &err), VRD_STORE);
	assert_non_null(strstr(err.text, "count"));
	assert_int_equal(vrd_cube_unpack(&mem, dims, sizeof dims - 1, &out, &err), VRD_STORE);
	assert_non_null(strstr(err.text, "count"));
	assert_int_equal(vrd_cube_unpack(&mem, categories, sizeof categories - 1, &out, &err),
	                 VRD_STORE);
	assert_non_null(strstr(err.text, "count"));
	assert_true(mem.used < 4096);
}

static void a_budget_of_any_size_gives_no_memory_or_the_cube(void **state) {
	(void)state;
	const vrd_cube cube = rich_cube();
	size_t n_short = 0;
	OK(vrd_cube_pack(&cube, &packed, &err));
	for (size_t budget = 1;; budget += 16) {
		vrd_arena trial;
		vrd_cube out = {.n_cells = 77};
		vrd_arena_init(&trial, budget);
		const vrd_status rc = vrd_cube_unpack(&trial, packed.p, packed.n, &out, &err);
		if (rc == VRD_OK)
			assert_same(&cube, &out);
		else
			assert_int_equal(out.n_cells, 77);
		vrd_arena_clear(&trial);
		if (rc == VRD_OK)
			break;
		assert_int_equal(rc, VRD_NOMEM);
		n_short++;
	}
	assert_true(n_short > 20);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(every_text_parent_role_and_bit_comes_back),
	        TEST(a_cube_without_dimensions_or_texts_comes_back),
	        TEST(values_of_many_blocks_come_back),
	        TEST(infinities_and_the_payload_of_a_nan_come_back),
	        TEST(statuses_that_are_all_present_stay_an_array),
	        TEST(the_bytes_of_version_1_are_fixed),
	        TEST(packing_appends_and_repeats_the_same_bytes),
	        TEST(a_nan_that_is_said_to_be_present_names_the_cell),
	        TEST(a_number_in_a_missing_cell_is_refused),
	        TEST(a_text_that_is_not_utf8_leaves_the_buffer_alone),
	        TEST(a_buffer_that_is_too_small_is_no_memory),
	        TEST(every_shorter_text_is_damaged),
	        TEST(bytes_after_the_last_value_are_damage),
	        TEST(a_later_version_is_not_guessed_at),
	        TEST(a_flipped_bit_is_damage_or_another_whole_cube),
	        TEST(a_code_that_stands_twice_is_damage),
	        TEST(a_count_of_a_billion_claims_no_memory),
	        TEST(a_budget_of_any_size_gives_no_memory_or_the_cube),
	};
	return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
