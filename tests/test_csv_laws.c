// The CSV codec, second part: writing, laws (round trips, and the quick way through a record
// against libcsv's), and real files.
#include "base/file.h"
#include "cube/csv.h"
#include "cube/csv_scan.h"
#include "cube/csv_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cube_text.h"
#include "prop.h"

#include "base/banned.h"

static vrd_arena mem;

static int setup(void **state) {
	(void)state;
	vrd_arena_init(&mem, (size_t)2 << 30);
	return 0;
}

static int teardown(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

// --- writing -------------------------------------------------------------------------------------

static void writes(const char *cube_text, vrd_csv_dialect dialect, const char *wide,
                   const char *expected) {
	vrd_buf out = {0};
	const vrd_cube cube = cube_of(&mem, cube_text);
	OK(vrd_csv_write(&cube, dialect, wide, &out, &err));
	assert_string_equal(out.p, expected);
	vrd_buf_free(&out);
}

static void machines_get_commas_and_full_precision(void **state) {
	(void)state;
	writes("area,sex,value\n0301,F,1\n0301,M,0.1\n3101,F,-1e300\n3101,M,4\n", VRD_CSV_MACHINE,
	       NULL, "area,sex,value\n0301,F,1\n0301,M,0.1\n3101,F,-1e300\n3101,M,4\n");
	writes("area,value\na;b,1\n", VRD_CSV_MACHINE, NULL, "area,value\n\"a;b\",1\n");
}

static void cells_without_a_number_have_their_symbol(void **state) {
	(void)state;
	writes("area,value\na,1\nb,:\nc,..\nf,.\n", VRD_CSV_MACHINE, NULL,
	       "area,value\na,1\nb,:\nc,..\nf,.\n");
}

static void statuses_of_numbers_have_a_column_of_their_own(void **state) {
	(void)state;
	writes("area,value\na,1\nb,:\nc,..\nd,5*\ne,6e\nf,.\n", VRD_CSV_MACHINE, NULL,
	       "area,value,status\na,1,\nb,,:\nc,,..\nd,5,*\ne,6,e\nf,,.\n");
}

static void excel_gets_semicolons_commas_and_a_byte_order_mark(void **state) {
	(void)state;
	writes("area,value\nTrøndelag \"N\",1.5\nB,-2.25\n", VRD_CSV_EXCEL, NULL,
	       "\xEF\xBB\xBF"
	       "area;value\r\n\"Trøndelag \"\"N\"\"\";1,5\r\nB;-2,25\r\n");
	writes("area,value\nA,1.5\nB,..\n", VRD_CSV_EXCEL, NULL,
	       "\xEF\xBB\xBF"
	       "area;value\r\nA;1,5\r\nB;..\r\n");
}

static void dimension_can_go_across(void **state) {
	(void)state;
	const char *cube = "area,year,sex,value\nx,2024,F,1\nx,2024,M,2*\nx,2025,F,:\nx,2025,M,4\n"
	                   "y,2024,F,5\ny,2024,M,6\ny,2025,F,7\n";
	writes(cube, VRD_CSV_MACHINE, "year",
	       "area,sex,2024,2025\nx,F,1,:\nx,M,2*,4\ny,F,5,7\ny,M,6,..\n");
	writes(cube, VRD_CSV_EXCEL, "sex",
	       "\xEF\xBB\xBF"
	       "area;year;F;M\r\nx;2024;1;2*\r\nx;2025;:;4\r\n"
	       "y;2024;5;6\r\ny;2025;7;..\r\n");
	writes("age,value\n0,1\n1,2\n105+,3\n", VRD_CSV_MACHINE, "age", "a0,a1,a105+\n1,2,3\n");
}

static void what_could_not_be_read_back_is_not_written(void **state) {
	(void)state;
	vrd_buf out = {0};
	vrd_buf_puts(&out, "before");
	vrd_cube cube;
	const vrd_dim *dim;
	const char *const codes[] = {"a\x1A"};
	OK(vrd_dim_of_codes(&mem, "Status", 0, NULL, &dim, &err));
	OK(vrd_cube_new(&mem, 1, &dim, &cube, &err));
	FAILS(vrd_csv_write(&cube, VRD_CSV_MACHINE, NULL, &out, &err), VRD_DATA,
	      "a dimension called \"Status\" cannot be told from the values in CSV: rename it");
	OK(vrd_dim_of_codes(&mem, "area", 1, codes, &dim, &err));
	OK(vrd_cube_new(&mem, 1, &dim, &cube, &err));
	FAILS(vrd_csv_write(&cube, VRD_CSV_MACHINE, NULL, &out, &err), VRD_DATA,
	      "code \"a?\" of dimension \"area\" has control characters");
	assert_int_equal(vrd_csv_write(&cube, VRD_CSV_MACHINE, "sex", &out, NULL), VRD_NOINPUT);
	assert_string_equal(out.p, "before");
	vrd_buf_free(&out);
}

static void full_buffer_is_left_as_it_was(void **state) {
	(void)state;
	vrd_buf out = {.max = 20};
	vrd_buf_puts(&out, "before");
	const vrd_cube cube = cube_of(&mem, "area,value\na,1\nb,2\n");
	FAILS(vrd_csv_write(&cube, VRD_CSV_MACHINE, NULL, &out, &err), VRD_LIMIT,
	      "the CSV is larger than 20 bytes");
	assert_string_equal(out.p, "before");
	vrd_buf_free(&out);
}

// --- laws ----------------------------------------------------------------------------------------

// A text of pieces that mean something in CSV.
static vrd_str random_text(prop_gen *gen) {
	static const char *const pieces[] = {"a",     "b",    "12", ",",  ";", "\"",  "\"\"",
	                                     "\n",    "\r\n", "\r", "\t", " ", "1,5", ".",
	                                     "\"x\"", ",",    ",",  "\n", "é", "|"};
	const size_t n = prop_size(gen);
	char *text = vrd_arena_alloc(&gen->mem, 4 * n + 1, 1);
	size_t used = 0;
	for (size_t i = 0; i < n; i++) {
		const char *piece = pieces[prop_below(gen, sizeof pieces / sizeof *pieces)];
		memcpy(text + used, piece, strlen(piece));
		used += strlen(piece);
	}
	return (vrd_str){text, used};
}

static bool same_record(const vrd_csv_scan *a, const vrd_csv_scan *b) {
	if (a->n_fields != b->n_fields || a->record_line != b->record_line || a->at != b->at ||
	    a->line != b->line)
		return false;
	for (size_t f = 0; f < a->n_fields; f++) {
		if (!vrd_str_eq(a->fields[f].text, b->fields[f].text) ||
		    a->fields[f].at != b->fields[f].at)
			return false;
	}
	return true;
}

static bool quick_way_is_libcsv(prop_gen *gen) {
	const vrd_str text = random_text(gen);
	vrd_csv_scan quick, slow;
	vrd_csv_report reports[2];
	vrd_err err = {0};
	bool more = true;
	const char separator = ",;\t|"[prop_below(gen, 4)];
	for (size_t i = 0; i < 2; i++)
		vrd_csv_report_init(&reports[i], &gen->mem, NULL, NULL);
	assert_int_equal(
	        vrd_csv_scan_open(&quick, &gen->mem, text.p, text.n, separator, &reports[0], &err),
	        VRD_OK);
	assert_int_equal(
	        vrd_csv_scan_open(&slow, &gen->mem, text.p, text.n, separator, &reports[1], &err),
	        VRD_OK);
	slow.libcsv_only = true;
	bool same = true;
	while (more && same) {
		bool slow_more;
		assert_int_equal(vrd_csv_scan_next(&quick, &more, &err), VRD_OK);
		assert_int_equal(vrd_csv_scan_next(&slow, &slow_more, &err), VRD_OK);
		same = more == slow_more && (!more || same_record(&quick, &slow));
	}
	same = same && reports[0].n == reports[1].n;
	vrd_csv_scan_close(&quick);
	vrd_csv_scan_close(&slow);
	PROP_HOLDS(gen, same, "\"%.*s\" with \"%c\"", (int)text.n, text.p, separator);
	return true;
}

static void quick_way_gives_what_libcsv_gives(void **state) {
	(void)state;
	prop_check("the quick way gives what libcsv gives", quick_way_is_libcsv, 20000, 40);
}

// A cube with awkward codes, statuses and numbers.
static vrd_cube random_cube(prop_gen *gen) {
	static const char *const names[] = {"area", "year", "icd 10; chapter"};
	const vrd_dim *dims[3];
	const char *codes[12];
	const size_t n_dims = prop_below(gen, 4);
	vrd_cube cube;
	vrd_err err;
	for (size_t d = 0; d < n_dims; d++) {
		const size_t n = 1 + prop_below(gen, gen->size < 12 ? gen->size : 12);
		for (size_t i = 0; i < n; i++) {
			const vrd_str text = random_text(gen);
			codes[i] = vrd_arena_printf(&gen->mem, "%.*s%zu%s", (int)text.n, text.p, i,
			                            prop_chance(gen, 0.2) ? " " : "");
		}
		assert_int_equal(vrd_dim_of_codes(&gen->mem, names[d], n, codes, &dims[d], &err),
		                 VRD_OK);
	}
	assert_int_equal(vrd_cube_new(&gen->mem, n_dims, dims, &cube, &err), VRD_OK);
	const bool statuses = prop_chance(gen, 0.5);
	for (size_t i = 0; i < cube.n_cells; i++) {
		cube.values[i] = prop_chance(gen, 0.5) ? prop_whole(gen, -1000, 1000)
		                                       : (prop_unit(gen) - 0.5) * 1e10;
		if (statuses)
			assert_int_equal(vrd_cube_set_status(
			                         &gen->mem, &cube, i,
			                         (vrd_cell)prop_below(gen, VRD_MISSING + 1), &err),
			                 VRD_OK);
	}
	return cube;
}

static bool survives(prop_gen *gen, const vrd_cube *cube, vrd_csv_dialect dialect) {
	vrd_buf out = {0};
	vrd_cube back;
	vrd_err err = {0};
	vrd_status rc = vrd_csv_write(cube, dialect, NULL, &out, &err);
	if (rc == VRD_OK)
		rc = vrd_csv_read(&gen->mem, out.p, out.n, NULL, &back, NULL, &err);
	const bool same = rc == VRD_OK && vrd_cube_equal(cube, &back);
	const char *text = vrd_arena_strndup(&gen->mem, out.p, out.n);
	vrd_buf_free(&out);
	PROP_HOLDS(gen, same, "%s\n%s", err.text, text);
	return true;
}

static bool cube_survives(prop_gen *gen) {
	const vrd_cube cube = random_cube(gen);
	return survives(gen, &cube, VRD_CSV_MACHINE) && survives(gen, &cube, VRD_CSV_EXCEL);
}

static void what_is_written_reads_back_equal(void **state) {
	(void)state;
	prop_check("what is written reads back equal", cube_survives, 1000, 20);
}

static void wide_file_reads_back_equal(void **state) {
	(void)state;
	vrd_buf out = {0};
	vrd_cube back;
	const vrd_cube cube =
	        cube_of(&mem, "area,age,value\nx,0,1\nx,1,2*\nx,105+,:\ny,0,4.5\ny,1,.\n");
	OK(vrd_csv_write(&cube, VRD_CSV_EXCEL, "age", &out, &err));
	OK(vrd_csv_read(&mem, out.p, out.n, NULL, &back, NULL, &err));
	assert_true(vrd_cube_equal(&cube, &back));
	vrd_buf_free(&out);
}

// --- real files ----------------------------------------------------------------------------------

// The file's bytes, or a visible skip when the shared folder is not there.
static vrd_str shared_file(const char *name) {
	vrd_str bytes;
	const char *root = getenv("VRD_SHARED");
	const char *path = vrd_path_join(&mem, root ? root : "../shared", name);
	if (!vrd_path_exists(path)) {
		print_message("%s is not here\n", path);
		skip();
	}
	OK(vrd_file_read(&mem, path, 0, &bytes.p, &bytes.n, &err));
	return bytes;
}

static vrd_cube read_shared(const char *name, const vrd_csv_options *opt, vrd_diag *diag) {
	const vrd_str bytes = shared_file(name);
	vrd_cube cube = {0};
	vrd_diag_init(diag, &mem, 0);
	OK(vrd_csv_read(&mem, bytes.p, bytes.n, opt, &cube, diag, &err));
	return cube;
}

static double sum(const vrd_cube *cube) {
	double total = 0;
	for (size_t i = 0; i < cube->n_cells; i++)
		total += isnan(cube->values[i]) ? 0 : cube->values[i];
	return total;
}

static size_t count(const vrd_cube *cube, vrd_cell status) {
	size_t n = 0;
	for (size_t i = 0; i < cube->n_cells; i++)
		n += vrd_cube_status(cube, i) == status;
	return n;
}

// Cells and sums are what Python's csv module and awk find in the same files.
static void population_file_reads_whole(const char *name, size_t n_cells, double people) {
	vrd_diag diag;
	const vrd_cube cube = read_shared(name, NULL, &diag);
	assert_int_equal(diag.n, 0);
	assert_int_equal(cube.n_dims, 4);
	assert_int_equal(cube.n_cells, n_cells);
	assert_null(cube.status);
	assert_true(sum(&cube) == people);
}

static void population_of_south_east_reads_whole(void **state) {
	(void)state;
	population_file_reads_whole(
	        "data/population/ssb07459_hso_kommune2024_age_sex_2005_2026_wide.csv", 680944,
	        63509843);
}

static void population_of_north_reads_whole(void **state) {
	(void)state;
	population_file_reads_whole(
	        "data/population/ssb07459_helse_nord_kommune2024_age_sex_2012_2017_wide.csv",
	        101760, 2870797);
}

static void population_of_norway_reads_whole(void **state) {
	(void)state;
	population_file_reads_whole("data/population/ssb07459_norway_age_sex_1986_2026_wide.csv",
	                            8692, 195839887);
}

static void population_of_districts_reads_whole(void **state) {
	(void)state;
	population_file_reads_whole("data/population/ssb10826_bydel_age_sex_2005_2026_wide.csv",
	                            177232, 27038272);
}

static void population_by_trust_has_missing_cells(void **state) {
	(void)state;
	vrd_diag diag;
	const vrd_cube cube =
	        read_shared("data/population/rapsodi_bohf_age_sex_2014_2018.csv", NULL, &diag);
	assert_int_equal(diag.n, 0);
	assert_int_equal(cube.n_cells, 5 * 21 * 2 * 106);
	assert_int_equal(count(&cube, VRD_PRESENT), 21918);
	assert_true(sum(&cube) == 26261935);
}

static void population_totals_take_names_for_labels(void **state) {
	(void)state;
	const vrd_csv_column columns[] = {{"kommunenr", VRD_COLUMN_DIM, "area", NULL},
	                                  {"name", VRD_COLUMN_LABEL, "area", NULL},
	                                  {"persons", VRD_COLUMN_VALUE, NULL, NULL}};
	const vrd_csv_options opt = {.columns = columns, .n_columns = 3};
	vrd_diag diag;
	const vrd_cube cube =
	        read_shared("data/population/ssb_kommune2024_total_2000_2005.csv", &opt, &diag);
	assert_int_equal(diag.n, 0);
	assert_int_equal(cube.n_cells, 357 * 6);
	assert_true(sum(&cube) == 27241804);
	assert_string_equal(cube.dims[0]->cats[0].label, "Oslo");
	vrd_buf out = {0};
	vrd_cube back;
	OK(vrd_csv_write(&cube, VRD_CSV_EXCEL, "year", &out, &err));
	OK(vrd_csv_read(&mem, out.p, out.n, NULL, &back, NULL, &err));
	assert_true(vrd_cube_equal(&cube, &back));
	vrd_buf_free(&out);
}

// Contacts and bed days by year, form of care and trust of residence.
static void activity_is_summed(const char *name, size_t n_cells, size_t n_present, double contacts,
                               double bed_days) {
	const vrd_csv_column columns[] = {{"aar", VRD_COLUMN_DIM, "year", NULL},
	                                  {"behandlingsniva", VRD_COLUMN_DIM, "care", NULL},
	                                  {"boomr_hf", VRD_COLUMN_DIM, "area", NULL},
	                                  {"kontakter", VRD_COLUMN_WIDE, "measure", "contacts"},
	                                  {"liggetid", VRD_COLUMN_WIDE, "measure", "bed_days"}};
	const vrd_csv_options opt = {.columns = columns,
	                             .n_columns = 5,
	                             .other_columns_ignored = true,
	                             .sum_duplicates = true};
	vrd_diag diag;
	const vrd_cube cube = read_shared(name, &opt, &diag);
	vrd_cube by;
	assert_int_equal(diag.n, 0);
	assert_int_equal(cube.n_cells, n_cells);
	assert_int_equal(count(&cube, VRD_PRESENT), n_present);
	OK(vrd_cube_slice(&mem, &cube, "measure", VRD_STR("contacts"), &by, &err));
	assert_true(sum(&by) == contacts);
	OK(vrd_cube_slice(&mem, &cube, "measure", VRD_STR("bed_days"), &by, &err));
	assert_true(sum(&by) == bed_days);
}

static void activity_of_north_by_urgency_is_summed(void **state) {
	(void)state;
	activity_is_summed(
	        "data/activity/npr_helse_nord/npr_helse_nord_age_sex_urgency_2012_2016.csv",
	        5 * 4 * 5 * 2, 95 * 2, 3726663, 1588905);
}

static void activity_of_north_by_chapter_is_summed(void **state) {
	(void)state;
	activity_is_summed("data/activity/npr_helse_nord/npr_helse_nord_icd10chapter_2011_2016.csv",
	                   6 * 4 * 5 * 2, 113 * 2, 4493870, 2101846);
}

// Without a word on its columns that follow from each other it is refused, not swallowed.
static void activity_with_every_column_is_too_sparse(void **state) {
	(void)state;
	const vrd_str bytes = shared_file(
	        "data/activity/npr_helse_nord/npr_helse_nord_age_sex_urgency_2012_2016.csv");
	vrd_cube cube;
	vrd_err err;
	assert_int_equal(vrd_csv_read(&mem, bytes.p, bytes.n, NULL, &cube, NULL, &err), VRD_DATA);
	assert_non_null(strstr(err.text, "15 dimensions make a table of"));
}

static void atlas_with_a_control_character_reads_with_a_warning(void **state) {
	(void)state;
	const vrd_csv_column columns[] = {{"area_name", VRD_COLUMN_DIM, "area", NULL},
	                                  {"level2_name", VRD_COLUMN_DIM, "indicator", NULL},
	                                  {"numerator_name", VRD_COLUMN_DIM, "counted", NULL},
	                                  {"level1_name", VRD_COLUMN_DIM, "topic", NULL},
	                                  {"numerator", VRD_COLUMN_VALUE, NULL, NULL}};
	const vrd_csv_options opt = {
	        .columns = columns, .n_columns = 5, .other_columns_ignored = true};
	vrd_diag diag;
	const vrd_cube cube = read_shared("data/activity/helseatlas/eldre_en.csv", &opt, &diag);
	assert_int_equal(count(&cube, VRD_PRESENT), 861);
	assert_true(sum(&cube) == 16356098);
	assert_int_equal(diag.n_errors, 0);
	assert_int_equal(diag.n, 1);
	assert_string_equal(diag.items[0].rule, "csv.control");
	assert_int_equal(diag.items[0].place.line, 611);
	assert_int_not_equal(vrd_dim_find_text(cube.dims[3], "Admitted   4h"), VRD_NONE);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(machines_get_commas_and_full_precision, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(cells_without_a_number_have_their_symbol, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(statuses_of_numbers_have_a_column_of_their_own,
	                                        setup, teardown),
	        cmocka_unit_test_setup_teardown(excel_gets_semicolons_commas_and_a_byte_order_mark,
	                                        setup, teardown),
	        cmocka_unit_test_setup_teardown(dimension_can_go_across, setup, teardown),
	        cmocka_unit_test_setup_teardown(what_could_not_be_read_back_is_not_written, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(full_buffer_is_left_as_it_was, setup, teardown),
	        cmocka_unit_test_setup_teardown(quick_way_gives_what_libcsv_gives, setup, teardown),
	        cmocka_unit_test_setup_teardown(what_is_written_reads_back_equal, setup, teardown),
	        cmocka_unit_test_setup_teardown(wide_file_reads_back_equal, setup, teardown),
	        cmocka_unit_test_setup_teardown(population_of_south_east_reads_whole, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(population_of_north_reads_whole, setup, teardown),
	        cmocka_unit_test_setup_teardown(population_of_norway_reads_whole, setup, teardown),
	        cmocka_unit_test_setup_teardown(population_of_districts_reads_whole, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(population_by_trust_has_missing_cells, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(population_totals_take_names_for_labels, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(activity_of_north_by_urgency_is_summed, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(activity_of_north_by_chapter_is_summed, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(activity_with_every_column_is_too_sparse, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(atlas_with_a_control_character_reads_with_a_warning,
	                                        setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
