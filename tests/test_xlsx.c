// The XLSX writer: the parts of the file are read back with unzip, and with LibreOffice where it
// is.
#include "cube/xlsx.h"

#include "base/file.h"
#include "cube/xlsx_check.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/banned.h"

static vrd_arena mem;
static char dir[512]; // of the test, removed after it

static int setup(void **state) {
	(void)state;
	const char *base = getenv("TMPDIR");
	vrd_arena_init(&mem, 0);
	snprintf(dir, sizeof dir, "%s/vrd-xlsx-XXXXXX", base != NULL ? base : ".");
	return mkdtemp(dir) == NULL;
}

static const char *in_dir(const char *name) {
	const char *path = vrd_path_join(&mem, dir, name);
	assert_non_null(path);
	return path;
}

static size_t n_files(void) {
	const char **names;
	size_t n;
	assert_int_equal(vrd_dir_list(&mem, dir, "", &names, &n, NULL), VRD_OK);
	return n;
}

static int teardown(void **state) {
	(void)state;
	const char **names = NULL;
	size_t n = 0;
	if (vrd_dir_list(&mem, dir, "", &names, &n, NULL) != VRD_OK)
		return 1;
	for (size_t i = 0; i < n; i++)
		unlink(in_dir(names[i]));
	vrd_arena_clear(&mem);
	return rmdir(dir);
}

static vrd_cube cube_of(size_t n_dims, const vrd_dim *const *dims) {
	vrd_cube cube;
	assert_int_equal(vrd_cube_new(&mem, n_dims, dims, &cube, NULL), VRD_OK);
	return cube;
}

// area (with labels) x year, one cell of every status.
static vrd_cube sample(void) {
	const vrd_category areas[] = {{"0301", "Oslo & omegn", VRD_NONE, "a note", NULL, -1},
	                              {"1580", "Haram <ny>", VRD_NONE, NULL, NULL, -1}};
	const vrd_dim *dims[2];
	assert_int_equal(
	        vrd_dim_new(&mem, "area", "område", VRD_ROLE_GEO, 2, areas, &dims[0], NULL),
	        VRD_OK);
	assert_int_equal(vrd_dim_of_years(&mem, 2024, 2026, &dims[1], NULL), VRD_OK);
	vrd_cube cube = cube_of(2, dims);
	for (size_t i = 0; i < 6; i++) {
		cube.values[i] = (double)i + 0.5;
		assert_int_equal(vrd_cube_set_status(&mem, &cube, i, (vrd_cell)i, NULL), VRD_OK);
	}
	cube.label = "Folkemengde";
	cube.unit = "personer";
	cube.source = "SSB";
	cube.updated = "2026-02-24";
	assert_int_equal(vrd_cube_note(&mem, &cube, "=1+1 is a text", NULL), VRD_OK);
	return cube;
}

static const char *save(const vrd_cube *cube, const char *name) {
	const char *path = in_dir(name);
	vrd_err err = {VRD_OK, ""};
	if (vrd_xlsx_write(cube, path, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return path;
}

// What a command prints; NULL when it cannot be run.
static const char *output_of(const char *command) {
	FILE *pipe = popen(command, "r");
	vrd_buf text = {0};
	char part[4096];
	size_t n;
	assert_non_null(pipe);
	while ((n = fread(part, 1, sizeof part, pipe)) > 0)
		vrd_buf_add(&text, part, n);
	const int rc = pclose(pipe);
	const char *copy = rc == 0 ? vrd_arena_strndup(&mem, text.p ? text.p : "", text.n) : NULL;
	vrd_buf_free(&text);
	return copy;
}

static const char *part_of(const char *path, const char *part) {
	const char *text = output_of(vrd_arena_printf(&mem, "unzip -p '%s' '%s'", path, part));
	if (text == NULL)
		fail_msg("cannot unpack %s of %s: the test needs unzip", part, path);
	return text;
}

static void has(const char *text, const char *piece) {
	if (text == NULL || piece == NULL || strstr(text, piece) == NULL)
		fail_msg("\"%s\" is not in: %s", piece != NULL ? piece : "nothing",
		         text != NULL ? text : "nothing");
}

static size_t count(const char *text, const char *piece) {
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, piece)) != NULL; at++)
		n++;
	return n;
}

// Cell text as the library writes it inline.
static const char *inline_text(const char *cell, const char *text) {
	return vrd_arena_printf(&mem, "<c r=\"%s\" t=\"inlineStr\"><is><t>%s</t></is></c>", cell,
	                        text);
}

static void numbers_are_numbers_and_codes_are_texts(void **state) {
	(void)state;
	const vrd_cube cube = sample();
	const char *sheet = part_of(save(&cube, "a.xlsx"), "xl/worksheets/sheet1.xml");
	has(sheet, inline_text("A2", "0301"));
	has(sheet, inline_text("B2", "Oslo &amp; omegn"));
	has(sheet, inline_text("C2", "2024"));
	has(sheet, "<c r=\"D2\"><v>0.5</v></c>");
	has(sheet, inline_text("B7", "Haram &lt;ny&gt;"));
	assert_int_equal(count(sheet, "<row "), 7);
}

static void cells_without_a_number_are_symbols_and_never_zero(void **state) {
	(void)state;
	const vrd_cube cube = sample();
	const char *sheet = part_of(save(&cube, "a.xlsx"), "xl/worksheets/sheet1.xml");
	has(sheet, inline_text("D3", "."));
	has(sheet, "<c r=\"D4\"><v>2.5</v></c>");
	has(sheet, inline_text("E4", "*"));
	has(sheet, "<c r=\"D5\"><v>3.5</v></c>");
	has(sheet, inline_text("E5", "e"));
	has(sheet, inline_text("D6", ":"));
	has(sheet, inline_text("D7", ".."));
	assert_null(strstr(sheet, "<v>4.5</v>")); // the number under ":"
	assert_int_equal(count(sheet, "<v>"), 3);
}

static void the_header_is_bold_frozen_filtered_and_named(void **state) {
	(void)state;
	const vrd_cube cube = sample();
	const char *path = save(&cube, "a.xlsx");
	const char *sheet = part_of(path, "xl/worksheets/sheet1.xml");
	has(sheet, "<c r=\"A1\" s=\"1\" t=\"inlineStr\"><is><t>area</t>");
	has(sheet, "<t>area_label</t>");
	has(sheet, "<t>value</t>");
	has(sheet, "<t>status</t>");
	has(sheet, "ySplit=\"1\"");
	has(sheet, "state=\"frozen\"");
	has(sheet, "<autoFilter ref=\"A1:E7\"/>");
	has(sheet, "numberStoredAsText=\"1\"");
	const char *book = part_of(path, "xl/workbook.xml");
	has(book, "<sheet name=\"Data\"");
	has(book, "<sheet name=\"Info\"");
	has(book, "name=\"ColumnTitle\"");
	has(book, ">Data!$A$1:$E$1</definedName>");
	has(book, ">Data!$1:$1</definedName>");
	has(part_of(path, "xl/styles.xml"), "<b/>");
}

static void a_cube_without_labels_and_statuses_has_the_tidy_columns_only(void **state) {
	(void)state;
	const vrd_dim *year;
	assert_int_equal(vrd_dim_of_years(&mem, 2020, 2021, &year, NULL), VRD_OK);
	const vrd_cube cube = cube_of(1, &year);
	const char *sheet = part_of(save(&cube, "a.xlsx"), "xl/worksheets/sheet1.xml");
	has(sheet, "<autoFilter ref=\"A1:B3\"/>");
	has(sheet, "<c r=\"B3\"><v>0</v></c>");
}

static void the_sheet_info_says_what_the_numbers_are(void **state) {
	(void)state;
	const vrd_cube cube = sample();
	const char *path = save(&cube, "a.xlsx");
	const char *info = part_of(path, "xl/worksheets/sheet2.xml");
	static const char *const texts[] = {"title",  "Folkemengde", "unit",       "personer",
	                                    "source", "SSB",         "updated",    "2026-02-24",
	                                    "note",   "område",      "categories", "a note"};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		has(info, vrd_arena_printf(&mem, "<t>%s</t>", texts[i]));
	has(info, "<t>=1+1 is a text</t>");
	assert_null(strstr(info, "<f>"));
	has(part_of(path, "docProps/core.xml"), "<dc:title>Folkemengde</dc:title>");
}

static void the_bytes_do_not_depend_on_the_clock(void **state) {
	(void)state;
	const vrd_cube cube = sample();
	const char *first;
	const char *second;
	size_t n_first;
	size_t n_second;
	assert_int_equal(vrd_file_read(&mem, save(&cube, "a.xlsx"), 0, &first, &n_first, NULL),
	                 VRD_OK);
	sleep(1); // the clock of the format counts seconds
	assert_int_equal(vrd_file_read(&mem, save(&cube, "b.xlsx"), 0, &second, &n_second, NULL),
	                 VRD_OK);
	assert_int_equal(n_first, n_second);
	assert_memory_equal(first, second, n_first);
	has(part_of(in_dir("a.xlsx"), "docProps/core.xml"), "2000-01-01T00:00:00Z");
}

static void an_old_file_is_replaced_and_nothing_else_is_left(void **state) {
	(void)state;
	assert_int_equal(vrd_file_write_atomic(in_dir("a.xlsx"), "old", 3, NULL), VRD_OK);
	const vrd_cube cube = sample();
	has(part_of(save(&cube, "a.xlsx"), "xl/workbook.xml"), "Data");
	assert_int_equal(n_files(), 1);
}

static void too_many_rows_are_a_limit_with_a_remedy(void **state) {
	(void)state;
	const vrd_dim *dims[2];
	assert_int_equal(vrd_dim_of_years(&mem, 1, 1024, &dims[0], NULL), VRD_OK);
	const vrd_category cat = {.code = "x", .parent = VRD_NONE};
	vrd_category *cats = vrd_arena_alloc(&mem, 1024, sizeof *cats);
	assert_non_null(cats);
	for (size_t i = 0; i < 1024; i++) {
		cats[i] = cat;
		cats[i].code = vrd_arena_printf(&mem, "%zu", i);
	}
	assert_int_equal(vrd_dim_new(&mem, "d", NULL, VRD_ROLE_NONE, 1024, cats, &dims[1], NULL),
	                 VRD_OK);
	const vrd_cube cube = cube_of(2, dims);
	vrd_err err;
	assert_int_equal(vrd_xlsx_write(&cube, in_dir("a.xlsx"), &err), VRD_LIMIT);
	has(err.text,
	    "the cube has 1048576 cells and a sheet 1048575 rows; select fewer, or write CSV");
	assert_int_equal(vrd_xlsx_write(&cube, in_dir("a.xlsx"), NULL), VRD_LIMIT);
	assert_int_equal(n_files(), 0);
}

static void a_text_longer_than_a_cell_is_refused(void **state) {
	(void)state;
	vrd_cube cube = sample();
	char *text = vrd_arena_alloc(&mem, 32769, 1);
	assert_non_null(text);
	memset(text, 'x', 32768);
	assert_int_equal(vrd_cube_note(&mem, &cube, text, NULL), VRD_OK);
	vrd_err err;
	assert_int_equal(vrd_xlsx_write(&cube, in_dir("a.xlsx"), &err), VRD_DATA);
	has(err.text, "a text is longer than the 32767 characters that a cell of a workbook holds");
	assert_int_equal(n_files(), 0);
}

static void places_that_cannot_be_written_say_why(void **state) {
	(void)state;
	const vrd_cube cube = sample();
	vrd_err err;
	assert_int_equal(vrd_xlsx_write(&cube, in_dir("absent/a.xlsx"), &err), VRD_NOCREATE);
	has(err.text, "/absent/a.xlsx: No such file or directory");
	assert_int_equal(vrd_xlsx_write(&cube, dir, &err), VRD_NOCREATE);
	has(err.text, "it is a folder");
	assert_int_equal(n_files(), 0);
}

static void a_folder_without_permission_is_said_so(void **state) {
	(void)state;
	const vrd_cube cube = sample();
	vrd_err err;
	const uid_t user = geteuid();
	assert_int_equal(chmod(dir, 0500), 0);
	if (user == 0) // who may write everywhere; 65534 is nobody
		assert_int_equal(seteuid(65534), 0);
	const vrd_status rc = vrd_xlsx_write(&cube, in_dir("a.xlsx"), &err);
	if (user == 0)
		assert_int_equal(seteuid(user), 0);
	assert_int_equal(chmod(dir, 0700), 0);
	assert_int_equal(rc, VRD_NOPERM);
	has(err.text, "/a.xlsx: Permission denied");
	assert_int_equal(n_files(), 0);
}

// A limit on the size of files stands in for a full disk. Whatever breaks off first (the rows, the
// sheet made of them, or the archive), the result is an error or a whole workbook, never a
// workbook with fewer rows.
static void a_full_disk_is_an_error_and_leaves_nothing(void **state) {
	(void)state;
	const vrd_dim *year;
	assert_int_equal(vrd_dim_of_years(&mem, 1, 2000, &year, NULL), VRD_OK);
	const vrd_cube cube = cube_of(1, &year);
	assert_int_equal(vrd_file_write_atomic(in_dir("a.xlsx"), "old", 3, NULL), VRD_OK);
	struct rlimit old;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	size_t n_failed = 0;
	size_t n_written = 0;
	for (rlim_t limit = 0; n_written == 0; limit += limit < 8192 ? 512 : 4096) {
		const struct rlimit now = {limit, old.rlim_max};
		vrd_err err = {VRD_OK, ""};
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
		const vrd_status rc = vrd_xlsx_write(&cube, in_dir("a.xlsx"), &err);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_int_equal(n_files(), 1);
		if (rc == VRD_OK) {
			n_written++;
			break;
		}
		n_failed++;
		assert_int_equal(rc, VRD_IO);
		has(err.text, "a.xlsx: ");
		const char *bytes;
		size_t len;
		assert_int_equal(vrd_file_read(&mem, in_dir("a.xlsx"), 0, &bytes, &len, NULL),
		                 VRD_OK);
		assert_int_equal(len, 3); // the old file stands
	}
	signal(SIGXFSZ, handler);
	assert_true(n_failed > 10);
	const char *sheet = part_of(in_dir("a.xlsx"), "xl/worksheets/sheet1.xml");
	assert_int_equal(count(sheet, "</row>"), 2001);
	has(sheet, "</worksheet>");
}

static void a_workbook_cut_or_changed_anywhere_is_not_whole(void **state) {
	(void)state;
	const vrd_cube cube = sample();
	const char *bytes;
	size_t len;
	assert_int_equal(vrd_file_read(&mem, save(&cube, "a.xlsx"), 0, &bytes, &len, NULL), VRD_OK);
	unsigned char *copy = vrd_arena_alloc(&mem, len, 1);
	assert_non_null(copy);
	memcpy(copy, bytes, len);
	assert_true(vrd_xlsx_is_whole(copy, len));
	for (size_t n = 0; n < len; n++)
		assert_false(vrd_xlsx_is_whole(copy, n));
	// Any byte may be harmless (a date, a version), but none may break the check.
	size_t n_seen = 0;
	for (size_t i = 0; i < len; i++) {
		copy[i] ^= 0xFF;
		n_seen += !vrd_xlsx_is_whole(copy, len);
		copy[i] ^= 0xFF;
	}
	assert_true(n_seen > len / 2);
}

static void libreoffice_reads_the_same_table(void **state) {
	(void)state;
	const vrd_cube cube = sample();
	const char *path = save(&cube, "a.xlsx");
	const char *done = output_of(vrd_arena_printf(
	        &mem,
	        "libreoffice -env:UserInstallation=file://\"$(realpath '%s')\"/profile --headless "
	        "--convert-to 'csv:Text - txt - csv (StarCalc):44,34,76' --outdir '%s' '%s' 2>&1; "
	        "rm -rf '%s/profile'",
	        dir, dir, path, dir));
	assert_non_null(done);
	const char *csv;
	size_t len;
	assert_int_equal(vrd_file_read(&mem, in_dir("a.csv"), 0, &csv, &len, NULL), VRD_OK);
	assert_string_equal(csv, "area,area_label,year,value,status\n"
	                         "0301,Oslo & omegn,2024,0.5,\n"
	                         "0301,Oslo & omegn,2025,.,.\n"
	                         "0301,Oslo & omegn,2026,2.5,*\n"
	                         "1580,Haram <ny>,2024,3.5,e\n"
	                         "1580,Haram <ny>,2025,:,:\n"
	                         "1580,Haram <ny>,2026,..,..\n");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	        TEST(numbers_are_numbers_and_codes_are_texts),
	        TEST(cells_without_a_number_are_symbols_and_never_zero),
	        TEST(the_header_is_bold_frozen_filtered_and_named),
	        TEST(a_cube_without_labels_and_statuses_has_the_tidy_columns_only),
	        TEST(the_sheet_info_says_what_the_numbers_are),
	        TEST(the_bytes_do_not_depend_on_the_clock),
	        TEST(an_old_file_is_replaced_and_nothing_else_is_left),
	        TEST(too_many_rows_are_a_limit_with_a_remedy),
	        TEST(a_text_longer_than_a_cell_is_refused),
	        TEST(places_that_cannot_be_written_say_why),
	        TEST(a_folder_without_permission_is_said_so),
	        TEST(a_full_disk_is_an_error_and_leaves_nothing),
	        TEST(a_workbook_cut_or_changed_anywhere_is_not_whole),
	        TEST(libreoffice_reads_the_same_table), // last: see below
	};
	size_t n = sizeof tests / sizeof tests[0];
	// Left out rather than skip(): cmocka 1.1 prints a skipped test as "not ok", which meson
	// counts as failed.
	if (system("command -v libreoffice >/dev/null") != 0) {
		printf("# SKIP libreoffice_reads_the_same_table: no libreoffice on this machine\n");
		fflush(stdout);
		n--;
	}
	return _cmocka_run_group_tests("xlsx", tests, n, NULL, NULL);
}
