// The CSV codec, reading: what is read, what is refused and where. Writing, laws and real files are
// in test_csv_laws.c.
#include "cube/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cube_text.h"

#include "base/banned.h"

static vrd_arena mem;
static vrd_diag diag;

static int setup(void **state) {
	(void)state;
	vrd_arena_init(&mem, (size_t)1 << 30);
	vrd_diag_init(&diag, &mem, 0);
	return 0;
}

static int teardown(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

static const char *problems(void) {
	vrd_buf out = {0};
	vrd_buf_puts(&out, "");
	vrd_diag_print(&diag, &out, false);
	const char *text = vrd_arena_strdup(&mem, out.p);
	vrd_buf_free(&out);
	return text;
}

static vrd_cube read_with(const char *text, const vrd_csv_options *opt) {
	vrd_cube cube = {0};
	vrd_err err = {0};
	vrd_diag_init(&diag, &mem, 0);
	if (vrd_csv_read(&mem, text, strlen(text), opt, &cube, &diag, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return cube;
}

// The text gives this cube, without a word.
static void reads_with(const char *text, const vrd_csv_options *opt, const char *expected) {
	const vrd_cube cube = read_with(text, opt);
	IS(cube, expected);
	assert_string_equal(problems(), "");
}

static void reads(const char *text, const char *expected) {
	reads_with(text, NULL, expected);
}

// The text is refused with exactly these problems, and the cube is left alone.
static void refused_with(const char *text, const vrd_csv_options *opt, const char *expected) {
	vrd_cube cube = {.n_dims = 77};
	vrd_err err = {0};
	vrd_diag_init(&diag, &mem, 0);
	assert_int_equal(vrd_csv_read(&mem, text, strlen(text), opt, &cube, &diag, &err), VRD_DATA);
	assert_string_equal(problems(), expected);
	assert_int_equal(cube.n_dims, 77);
	assert_true(diag.n_errors > 0);
	assert_int_equal(err.status, VRD_DATA);
	assert_int_equal(vrd_csv_read(&mem, text, strlen(text), opt, &cube, NULL, NULL), VRD_DATA);
}

static void refused(const char *text, const char *expected) {
	refused_with(text, NULL, expected);
}

// --- shapes --------------------------------------------------------------------------------------

static const char small[] = "area,sex,value\n0301,F,1\n0301,M,2\n3101,F,3\n3101,M,4\n";

static void tidy_file_becomes_a_cube(void **state) {
	(void)state;
	reads(small, small);
	reads("sex,area,n\nF,0301,1\nM,0301,-2.5\n", "sex,area,value\nF,0301,1\nM,0301,-2.5\n");
	reads("value,area\n1,0301\n2,3101\n", "area,value\n0301,1\n3101,2\n");
	reads("value\n5\n", "value\n5\n");
}

static void byte_order_mark_line_ends_and_spaces_do_not_matter(void **state) {
	(void)state;
	reads("\xEF\xBB\xBF"
	      "area,sex,value\r\n0301,F,1\r\n0301,M,2\r\n3101,F,3\r\n3101,M,4",
	      small);
	reads("area,sex,value\r0301,F,1\r0301,M,2\r3101,F,3\r3101,M,4\r", small);
	reads("\n \n area , sex,value\n\n0301 ,F, 1\n0301,M,2 \n3101,F,3\n\t\n3101,M,4\n\n", small);
}

static void separator_is_the_most_consistent_one(void **state) {
	(void)state;
	reads("area;sex;value\n0301;F;1\n0301;M;2\n3101;F;3\n3101;M;4\n", small);
	reads("area\tsex\tvalue\n0301\tF\t1\n0301\tM\t2\n3101\tF\t3\n3101\tM\t4\n", small);
	reads("area|sex|value\n0301|F|1\n0301|M|2\n3101|F|3\n3101|M|4\n", small);
	reads("name;value\nFet, Sørum;1,5\nOs;2,5\n", "name,value\nFet, Sørum,1.5\nOs,2.5\n");
	reads("name,value\n\"a;b;c\",1\n\"d;e;f\",2\n", "name,value\na;b;c,1\nd;e;f,2\n");
	const vrd_csv_options opt = {.separator = '|'};
	reads_with("a;b|value\nx;y|1\n", &opt, "a;b,value\nx;y,1\n");
}

static void quoted_fields_keep_separators_quotes_spaces_and_lines(void **state) {
	(void)state;
	reads("name,value\n\"Bø, \"\"Vest\"\"\",1\n\" b \" ,2\n\"two\r\nlines\",\"3\"\n5\" "
	      "pipe,4\n",
	      "name,value\nBø, \"Vest\",1\n b ,2\ntwo\r\nlines,3\n5\" pipe,4\n");
}

static void wide_ages_and_years_are_dimensions(void **state) {
	(void)state;
	reads("area,sex,a0,a1,a2+\n0301,F,1,2,3\n0301,M,4,5,6\n",
	      "area,sex,age,value\n0301,F,0,1\n0301,F,1,2\n0301,F,2+,3\n"
	      "0301,M,0,4\n0301,M,1,5\n0301,M,2+,6\n");
	reads("area,Age0,Age1\nx,1,2\n", "area,age,value\nx,0,1\nx,1,2\n");
	reads("area,2005,2006\nx,1,2\n", "area,year,value\nx,2005,1\nx,2006,2\n");
	reads("area,uke1,uke2\nx,1,2\n", "area,uke,value\nx,1,1\nx,2,2\n");
	// Two columns of codes are not values, nor is any number beside a column "value".
	reads("icd1,icd2,n\nA,B,1\n", "icd1,icd2,value\nA,B,1\n");
	reads("a0,a1,value\nA,B,1\n", "a0,a1,value\nA,B,1\n");
}

static void pxweb_file_has_a_title_and_contents_with_years(void **state) {
	(void)state;
	const vrd_cube cube =
	        read_with("\"07459: Befolkning, etter region, \xC3\xA5r\"\n\n"
	                  "\"region\";\"kj\xC3\xB8nn\";\"Personer 2024\";\"Personer 2025\"\n"
	                  "\"0301 Oslo\";\"Menn\";1;2\n",
	                  NULL);
	IS(cube, "region,kjønn,year,value\n0301 Oslo,Menn,2024,1\n0301 Oslo,Menn,2025,2\n");
	assert_string_equal(cube.label, "07459: Befolkning, etter region, år");
	assert_int_equal(cube.dims[2]->role, VRD_ROLE_TIME);
	reads("region;Personer1 Main 2024;Personer1 Main 2025;Døde 2024\nx;1;2;3\n",
	      "region,ContentsCode,year,value\nx,Personer1 Main,2024,1\nx,Personer1 Main,2025,2\n"
	      "x,Døde,2024,3\nx,Døde,2025,..\n");
	reads("region;sex;Personer 2024\nx;F;1\n", "region,sex,year,value\nx,F,2024,1\n");
	reads("Folketall\nregion;2024\nx;1\n", "region,year,value\nx,2024,1\n");
}

static void column_without_a_name_is_left_out_with_a_warning(void **state) {
	(void)state;
	const vrd_cube cube = read_with(",area,value\n1,x,5\n2,y,6\n", NULL);
	IS(cube, "area,value\nx,5\ny,6\n");
	assert_string_equal(problems(),
	                    "line 1:1: warning: column 1 has no name and is left out "
	                    "[csv.missing-column]\n  give the column a name if it is wanted\n");
}

// --- options -------------------------------------------------------------------------------------

static void listed_columns_become_what_they_are_said_to_be(void **state) {
	(void)state;
	const vrd_csv_column columns[] = {
	        {"Region", VRD_COLUMN_DIM, "area", NULL},
	        {"navn", VRD_COLUMN_LABEL, "area", NULL},
	        {" KONTAKTER ", VRD_COLUMN_WIDE, "measure", "contacts"},
	        {"liggetid", VRD_COLUMN_WIDE, "measure", "bed_days"},
	        {"rate", VRD_COLUMN_IGNORE, NULL, NULL},
	};
	const vrd_recode recodes[] = {{"area", "301", "0301"}, {"area", "", "unknown"}};
	const vrd_constant constants[] = {{"sex", "all"}};
	vrd_csv_options opt = {.columns = columns,
	                       .n_columns = 5,
	                       .recodes = recodes,
	                       .n_recodes = 2,
	                       .constants = constants,
	                       .n_constants = 1};
	const char *text = "region,navn,aar,kontakter,liggetid,rate\n301,Oslo,2024,1,2,x\n"
	                   ",\"\",2024,3,4,x\n0301,Christiania,2025,5,6,x\n";
	const vrd_cube cube = read_with(text, &opt);
	IS(cube, "area,aar,sex,measure,value\n"
	         "0301,2024,all,contacts,1\n0301,2024,all,bed_days,2\n"
	         "0301,2025,all,contacts,5\n0301,2025,all,bed_days,6\n"
	         "unknown,2024,all,contacts,3\nunknown,2024,all,bed_days,4\n"
	         "unknown,2025,all,contacts,..\nunknown,2025,all,bed_days,..\n");
	assert_string_equal(cube.dims[0]->cats[0].label, "Oslo");
	assert_string_equal(cube.dims[0]->cats[1].label, "unknown");
	opt.other_columns_ignored = true;
	opt.sum_duplicates = true;
	reads_with(text, &opt,
	           "area,sex,measure,value\n0301,all,contacts,6\n0301,all,bed_days,8\n"
	           "unknown,all,contacts,3\nunknown,all,bed_days,4\n");
}

static void header_category_can_be_recoded(void **state) {
	(void)state;
	const vrd_recode recodes[] = {{"age", "1", "1+"}};
	const vrd_csv_options opt = {.recodes = recodes, .n_recodes = 1};
	reads_with("sex,a0,a1\nF,1,2\n", &opt, "sex,age,value\nF,0,1\nF,1+,2\n");
}

static void absent_row_is_what_the_caller_says(void **state) {
	(void)state;
	const char *text = "a,b,value\nx,p,1\ny,q,\n";
	vrd_csv_options opt = {.absent = VRD_NOT_APPLICABLE};
	reads(text, "a,b,value\nx,p,1\nx,q,..\ny,p,..\ny,q,..\n");
	reads_with(text, &opt, "a,b,value\nx,p,1\nx,q,.\ny,p,.\ny,q,..\n");
	opt.absent_is_zero = true;
	reads_with(text, &opt, "a,b,value\nx,p,1\nx,q,0\ny,p,0\ny,q,..\n");
	const vrd_cube full = read_with("a,b,value\nx,p,1\ny,q,2\n", &opt);
	assert_null(full.status);
}

static void rows_of_a_cell_are_added_when_asked(void **state) {
	(void)state;
	const vrd_csv_options opt = {.sum_duplicates = true};
	reads_with("a,value\nx,1\ny,2\nx,3\ny,:\nz,.\nz,4*\nw,1e16\nw,1\nw,-1e16\n", &opt,
	           "a,value\nx,4\ny,:\nz,4*\nw,1\n");
	refused_with("a,value\nx,1e308\nx,1e308\n", &opt,
	             "line 2: error: the sum of this row's cell is not finite [csv.not-finite]\n"
	             "  check the size of the numbers\n");
}

// --- values --------------------------------------------------------------------------------------

static void symbols_become_statuses(void **state) {
	(void)state;
	reads("a;value\n1;\n2;..\n3;...\n4;:\n5;.\n6;-\n7;12*\n8;1.5 e\n9;\"\"\n",
	      "a,value\n1,..\n2,..\n3,..\n4,:\n5,.\n6,0\n7,12*\n8,1.5e\n9,..\n");
	reads("a;value;status\n1;;:\n2;5;*\n3;6;\n4;;\n5;7;e\n6;;.\n",
	      "a,value\n1,:\n2,5*\n3,6\n4,..\n5,7e\n6,.\n");
	refused("a;value;status\n1;5;:\n2;;*\n3;1;?\n",
	        "line 2:5: error: the symbol \":\" says that there is no number, but there is one "
	        "[csv.number]\n  use . .. : (no number), * e (beside a number), or nothing\n"
	        "line 3:4: error: the symbol \"*\" belongs to a number, but there is none "
	        "[csv.number]\n  use . .. : (no number), * e (beside a number), or nothing\n"
	        "line 4:5: error: the symbol \"?\" is not a status "
	        "[csv.number]\n  use . .. : (no number), * e (beside a number), or nothing\n");
}

static void decimal_comma_is_seen(void **state) {
	(void)state;
	reads("a;value\nx;1,5\ny;-2,25\nz;3\n", "a,value\nx,1.5\ny,-2.25\nz,3\n");
	reads("a,value\nx,\"1,5\"\ny,2\n", "a,value\nx,1.5\ny,2\n");
	reads("a;value\nx;1,234\n", "a,value\nx,1.234\n");
	reads("a,value\nx,\"1,234\"\ny,\"0,5\"\n", "a,value\nx,1.234\ny,0.5\n");
	const vrd_csv_options comma = {.decimal = ','};
	reads_with("a,value\nx,\"1,234\"\n", &comma, "a,value\nx,1.234\n");
	refused("a,value\nx,\"1,234\"\ny,\"22,500\"\n",
	        "line 2:3: error: a comma and three digits in every number: decimals or thousands? "
	        "[csv.number]\n  say which decimal mark the file has, or write 1234\n");
}

static void mixed_decimal_marks_name_both_places(void **state) {
	(void)state;
	refused("a;value\nw;7\nx;1,5\ny;  2.5\n",
	        "line 4:5: error: \"2.5\", but line 3, column 3 has a decimal comma "
	        "[csv.mixed-decimal]\n  use one decimal mark in the whole file\n");
	const vrd_csv_options point = {.decimal = '.'};
	refused_with("a;value\nx;1,5\n", &point,
	             "line 2:3: error: \"1,5\", but the file is said to have a decimal point "
	             "[csv.mixed-decimal]\n  correct the number or the declared decimal mark\n");
}

static void value_that_is_no_number_names_its_place(void **state) {
	(void)state;
	refused("a;value\nx;1 234\ny;1\u00A0234\nz;NA\nw;inf\nv;1e999\nu;*\nt;1.234,5\nså;0x10\n",
	        "line 2:3: error: \"1 234\" has a mark between thousands [csv.number]\n"
	        "  write numbers without marks between thousands: 1234, not 1 234\n"
	        "line 3:3: error: \"1\u00A0234\" has a mark between thousands [csv.number]\n"
	        "  write numbers without marks between thousands: 1234, not 1 234\n"
	        "line 4:3: error: \"NA\" is not a number [csv.number]\n"
	        "  write a number, nothing when it is missing, or a symbol: . .. : -\n"
	        "line 5:3: error: \"inf\" is not a finite number [csv.not-finite]\n"
	        "  leave the cell empty when the number is missing\n"
	        "line 6:3: error: \"1e999\" is not a finite number [csv.not-finite]\n"
	        "  leave the cell empty when the number is missing\n"
	        "line 7:3: error: \"*\" is not a number [csv.number]\n"
	        "  write a number, nothing when it is missing, or a symbol: . .. : -\n"
	        "line 8:3: error: \"1.234,5\" has a mark between thousands [csv.number]\n"
	        "  write numbers without marks between thousands: 1234, not 1 234\n"
	        "line 9:5: error: \"0x10\" is not a number [csv.number]\n"
	        "  write a number, nothing when it is missing, or a symbol: . .. : -\n");
}

static void negative_zero_is_zero(void **state) {
	(void)state;
	const vrd_cube cube = read_with("a,value\nx,-0\ny,-0.0\n", NULL);
	assert_false(signbit(cube.values[0]) || signbit(cube.values[1]));
}

// --- problems ------------------------------------------------------------------------------------

static void latin1_is_refused_with_its_place(void **state) {
	(void)state;
	refused("area,value\nOslo,1\nTroms\xF8,2\n",
	        "line 3:6: error: byte 0xF8 is not UTF-8 (is the file ISO-8859-1?) [csv.encoding]\n"
	        "  save the file as UTF-8 (in Excel: «CSV UTF-8»)\n");
	refused("\xFF\xFE"
	        "a,value", // UTF-16
	        "line 1:1: error: byte 0xFF is not UTF-8 (is the file UTF-16?) [csv.encoding]\n"
	        "  save the file as UTF-8 (in Excel: «CSV UTF-8»)\n");
	vrd_err err;
	vrd_cube cube;
	assert_int_equal(vrd_csv_read(&mem, "a\0,v", 4, NULL, &cube, NULL, &err), VRD_DATA);
	assert_non_null(strstr(err.text, "1:2: byte 0x00 is not UTF-8 (is the file UTF-16?)"));
}

static void control_character_is_left_out_with_a_warning(void **state) {
	(void)state;
	const vrd_cube cube = read_with("name,value\nAdmitted \x1A 4h,1\nB\xC2\x85,2\n", NULL);
	IS(cube, "name,value\nAdmitted  4h,1\nB,2\n");
	assert_string_equal(
	        problems(),
	        "line 2:1: warning: \"Admitted  4h\" has a control character (U+001A), "
	        "which is left out [csv.control]\n  remove the character at the source\n"
	        "line 3:1: warning: \"B\" has a control character (U+0085), "
	        "which is left out [csv.control]\n  remove the character at the source\n");
}

static void empty_file_and_header_alone_are_refused(void **state) {
	(void)state;
	refused("", "error: the file is empty [csv.empty]\n"
	            "  write a header line and one line for each row\n");
	refused("\xEF\xBB\xBF\r\n  \n", "error: the file is empty [csv.empty]\n"
	                                "  write a header line and one line for each row\n");
	refused("\narea,value\n", "line 2: error: there is a header but no row [csv.empty]\n"
	                          "  check that the whole file was fetched\n");
}

static void missing_column_suggests_the_nearest(void **state) {
	(void)state;
	const vrd_csv_column columns[] = {{"kontaktr", VRD_COLUMN_VALUE, NULL, NULL}};
	const vrd_csv_options opt = {.columns = columns, .n_columns = 1, .name = "npr.csv"};
	refused_with("area,kontakter\nx,1\n", &opt,
	             "npr.csv:1: error: there is no column \"kontaktr\" [csv.missing-column]\n"
	             "  did you mean \"kontakter\"?\n");
	refused("status\n1\n", "line 1: error: there is no column of values [csv.missing-column]\n"
	                       "  add a column of numbers, called \"value\"\n");
	const vrd_csv_column label[] = {{"navn", VRD_COLUMN_LABEL, "area", NULL}};
	const vrd_csv_options labels = {.columns = label, .n_columns = 1};
	refused_with("region,navn,value\nx,X,1\n", &labels,
	             "line 1:8: error: labels are given for the dimension \"area\" "
	             "[csv.missing-column]\n  name a dimension that has a column\n");
}

static void duplicate_column_is_refused(void **state) {
	(void)state;
	refused("area;Østfold;østfold;value\nx;1;2;3\n",
	        "line 1:15: error: column 3 is called \"østfold\", as is column 2 "
	        "[csv.duplicate-column]\n  give every column a name of its own\n");
	const vrd_csv_column columns[] = {{"a", VRD_COLUMN_DIM, "area", NULL},
	                                  {"b", VRD_COLUMN_DIM, "area", NULL}};
	const vrd_csv_options opt = {.columns = columns, .n_columns = 2};
	refused_with("a,b,value\nx,y,1\n", &opt,
	             "line 1:3: error: two columns or constants are the dimension \"area\" "
	             "[csv.duplicate-column]\n  rename or ignore one of them\n");
	const vrd_csv_column twice[] = {{"a", VRD_COLUMN_VALUE, NULL, NULL},
	                                {"b", VRD_COLUMN_VALUE, NULL, NULL}};
	const vrd_csv_options values = {.columns = twice, .n_columns = 2};
	refused_with("a,b\n1,2\n", &values,
	             "line 1: error: more than one column is \"value\" [csv.duplicate-column]\n"
	             "  rename or ignore one of them\n");
}

static void rows_of_wrong_length_name_their_place(void **state) {
	(void)state;
	refused("area,value\nx,1,5\ny\nz,3\n",
	        "line 2:5: error: the row has 3 fields, the header 2 (separator \",\") "
	        "[csv.row-length]\n  give every row as many fields as the header; quote a text or "
	        "a "
	        "decimal comma that holds the separator\n"
	        "line 3:1: error: the row has 1 field, the header 2 (separator \",\") "
	        "[csv.row-length]\n  give every row as many fields as the header; quote a text or "
	        "a "
	        "decimal comma that holds the separator\n");
}

static void open_quote_is_refused_where_it_opens(void **state) {
	(void)state;
	refused("area,value\n\"x\",1\ny, \"2\nz,3\n",
	        "line 3:4: error: the quoted field that begins here has no end [csv.truncated]\n"
	        "  close the quote, or fetch the file again: it may have been cut off\n");
	refused("\"area,value\nx,1\n",
	        "line 1:1: error: the quoted field that begins here has no end [csv.truncated]\n"
	        "  close the quote, or fetch the file again: it may have been cut off\n");
}

static void text_after_a_closing_quote_is_refused(void **state) {
	(void)state;
	refused("area,value\nx,1\n\"y\"z\",2\n",
	        "line 3:1: error: there is text after the closing quote of this field [csv.quote]\n"
	        "  double every quote inside a quoted field (\"\")\n");
}

static void duplicate_cell_names_both_lines(void **state) {
	(void)state;
	refused("area,sex,value\nx,F,1\n\ny,F,2\nx,F,1\n",
	        "line 5:1: error: area x, sex F stands on line 2 already [csv.duplicate-cell]\n"
	        "  keep one of the rows, add the column that tells them apart, or ask for sums\n");
	refused("area,a0,a1\nx,1,2\nx,3,4\n",
	        "line 3:1: error: area x, age 0 stands on line 2 already [csv.duplicate-cell]\n"
	        "  keep one of the rows, add the column that tells them apart, or ask for sums\n");
	refused("value\n1\n2\n",
	        "line 3:1: error: the number stands on line 2 already [csv.duplicate-cell]\n"
	        "  keep one of the rows, add the column that tells them apart, or ask for sums\n");
}

static void empty_code_is_refused(void **state) {
	(void)state;
	refused("area,sex,value\n\"two\nlines\", ,1\n\x01,F,2\n",
	        "line 3:9: error: the cell of dimension \"sex\" is empty [csv.empty-code]\n"
	        "  write a code in every row, or recode the empty text\n"
	        "line 4:1: warning: \"\" has a control character (U+0001), which is left out "
	        "[csv.control]\n  remove the character at the source\n"
	        "line 4:1: error: the cell of dimension \"area\" is empty [csv.empty-code]\n"
	        "  write a code in every row, or recode the empty text\n");
}

static void cube_of_columns_that_follow_from_each_other_is_refused(void **state) {
	(void)state;
	vrd_buf text = {0};
	vrd_buf_puts(&text, "town,county,region,value\n");
	for (int i = 0; i < 1000; i++)
		vrd_buf_printf(&text, "t%d,c%d,r%d,1\n", i, i, i);
	refused(text.p, "error: 3 dimensions make a table of 1e+09 cells, for 1000 values "
	                "[csv.sparse]\n  ignore the columns that follow from others, and ask for "
	                "sums\n");
	vrd_buf_free(&text);
}

static void all_bad_rows_are_reported_up_to_the_limit(void **state) {
	(void)state;
	vrd_buf text = {0};
	vrd_cube cube;
	vrd_err err;
	vrd_buf_puts(&text, "area,value\n");
	for (int i = 0; i < 70; i++)
		vrd_buf_printf(&text, "%d,x\n", i);
	const vrd_csv_options opt = {.name = "bad.csv"};
	assert_int_equal(vrd_csv_read(&mem, text.p, text.n, &opt, &cube, &diag, &err), VRD_DATA);
	assert_int_equal(diag.n, 50);
	assert_int_equal(diag.n_errors, 70);
	assert_int_equal(diag.items[49].place.line, 51);
	assert_string_equal(diag.items[49].text, "\"x\" is not a number");
	// The status tells of this file, also in a list that holds another file's errors.
	const vrd_csv_options next = {.name = "next.csv"};
	assert_int_equal(vrd_csv_read(&mem, "a,value\nx,y\n", 12, &next, &cube, &diag, &err),
	                 VRD_DATA);
	assert_non_null(strstr(err.text, "next.csv:2:3"));
	vrd_buf_free(&text);
}

static void small_budget_fails_without_touching_the_cube(void **state) {
	(void)state;
	size_t budget = 64;
	vrd_cube cube = {.n_dims = 77};
	vrd_status rc;
	do { // every allocation fails in turn
		vrd_arena tight;
		vrd_err err = {0};
		vrd_arena_init(&tight, budget);
		rc = vrd_csv_read(&tight, small, strlen(small), NULL, &cube, NULL, &err);
		if (rc != VRD_OK) {
			assert_int_equal(rc, VRD_NOMEM);
			assert_int_equal(err.status, VRD_NOMEM);
			assert_int_equal(cube.n_dims, 77);
		} else {
			IS(cube, small);
		}
		vrd_arena_clear(&tight);
		budget += 64;
	} while (rc != VRD_OK);
	assert_true(budget > 10000);
}

// --- tables --------------------------------------------------------------------------------------

static void table_has_texts_and_lines(void **state) {
	(void)state;
	vrd_csv_table table;
	vrd_err err;
	const char *text = "code;Type;label\n0301;municipality;\"Oslo; by\"\n\n\"\";x;\n";
	vrd_diag_init(&diag, &mem, 0);
	assert_int_equal(
	        vrd_csv_read_table(&mem, text, strlen(text), "areas.csv", &table, &diag, &err),
	        VRD_OK);
	assert_int_equal(table.n_columns, 3);
	assert_int_equal(table.n_rows, 2);
	assert_string_equal(table.rows[2], "Oslo; by");
	assert_string_equal(table.rows[3], "");
	assert_string_equal(table.rows[5], "");
	assert_int_equal(table.lines[0], 2);
	assert_int_equal(table.lines[1], 4);
	assert_int_equal(vrd_csv_column_of(&table, " TYPE"), 1);
	assert_int_equal(vrd_csv_column_of(&table, "typ"), VRD_NONE);
}

static void table_reports_its_problems(void **state) {
	(void)state;
	vrd_csv_table table = {.n_rows = 77};
	const char *text = "code,label\n1,a,b\n2,\x02x\n3\n";
	vrd_diag_init(&diag, &mem, 0);
	assert_int_equal(vrd_csv_read_table(&mem, text, strlen(text), "t.csv", &table, &diag, NULL),
	                 VRD_DATA);
	assert_string_equal(
	        problems(),
	        "t.csv:2:5: error: the row has 3 fields, the header 2 (separator \",\") "
	        "[csv.row-length]\n  give every row as many fields as the header; quote a text or "
	        "a "
	        "decimal comma that holds the separator\n"
	        "t.csv:3:3: warning: \"x\" has a control character (U+0002), which is left out "
	        "[csv.control]\n  remove the character at the source\n"
	        "t.csv:4:1: error: the row has 1 field, the header 2 (separator \",\") "
	        "[csv.row-length]\n  give every row as many fields as the header; quote a text or "
	        "a "
	        "decimal comma that holds the separator\n");
	assert_int_equal(table.n_rows, 77);
	assert_int_equal(vrd_csv_read_table(&mem, "", 0, NULL, &table, NULL, NULL), VRD_DATA);
	OK(vrd_csv_read_table(&mem, "year,from,to\n", 13, NULL, &table, NULL, &err));
	assert_int_equal(table.n_rows, 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(tidy_file_becomes_a_cube, setup, teardown),
	        cmocka_unit_test_setup_teardown(byte_order_mark_line_ends_and_spaces_do_not_matter,
	                                        setup, teardown),
	        cmocka_unit_test_setup_teardown(separator_is_the_most_consistent_one, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(
	                quoted_fields_keep_separators_quotes_spaces_and_lines, setup, teardown),
	        cmocka_unit_test_setup_teardown(wide_ages_and_years_are_dimensions, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(pxweb_file_has_a_title_and_contents_with_years,
	                                        setup, teardown),
	        cmocka_unit_test_setup_teardown(column_without_a_name_is_left_out_with_a_warning,
	                                        setup, teardown),
	        cmocka_unit_test_setup_teardown(listed_columns_become_what_they_are_said_to_be,
	                                        setup, teardown),
	        cmocka_unit_test_setup_teardown(header_category_can_be_recoded, setup, teardown),
	        cmocka_unit_test_setup_teardown(absent_row_is_what_the_caller_says, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(rows_of_a_cell_are_added_when_asked, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(symbols_become_statuses, setup, teardown),
	        cmocka_unit_test_setup_teardown(decimal_comma_is_seen, setup, teardown),
	        cmocka_unit_test_setup_teardown(mixed_decimal_marks_name_both_places, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(value_that_is_no_number_names_its_place, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(negative_zero_is_zero, setup, teardown),
	        cmocka_unit_test_setup_teardown(latin1_is_refused_with_its_place, setup, teardown),
	        cmocka_unit_test_setup_teardown(control_character_is_left_out_with_a_warning, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(empty_file_and_header_alone_are_refused, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(missing_column_suggests_the_nearest, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(duplicate_column_is_refused, setup, teardown),
	        cmocka_unit_test_setup_teardown(rows_of_wrong_length_name_their_place, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(open_quote_is_refused_where_it_opens, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(text_after_a_closing_quote_is_refused, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(duplicate_cell_names_both_lines, setup, teardown),
	        cmocka_unit_test_setup_teardown(empty_code_is_refused, setup, teardown),
	        cmocka_unit_test_setup_teardown(
	                cube_of_columns_that_follow_from_each_other_is_refused, setup, teardown),
	        cmocka_unit_test_setup_teardown(all_bad_rows_are_reported_up_to_the_limit, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(small_budget_fails_without_touching_the_cube, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(table_has_texts_and_lines, setup, teardown),
	        cmocka_unit_test_setup_teardown(table_reports_its_problems, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
