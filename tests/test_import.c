// Imports into a small region folder; a picture of the folder before and after shows that an import
// that fails has written nothing.
#define _XOPEN_SOURCE 700 // P_tmpdir, mkdtemp

#include "folder_kit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const char head[] = "# What the tests plan\n"
                           "schema: 1\n"
                           "name: \"Testland\"   # a name\n"
                           "planning_level: catchment\n"
                           "base_years: [2020]\n"
                           "horizon: 2021\n"
                           "max_input_bytes: 8192\n";

static const char people[] = "area,sex,age,year,value\n"
                             "north,F,0-17,2020,100\nnorth,F,18+,2020,300\n"
                             "north,M,0-17,2020,110\nnorth,M,18+,2020,310\n"
                             "south,F,0-17,2020,200\nsouth,F,18+,2020,400\n"
                             "south,M,0-17,2020,210\nsouth,M,18+,2020,410\n";

static int with_region(void **state) {
	if (start(state) != 0)
		return -1;
	(void)text_file("region/region.yaml", head);
	(void)text_file("region/geography/areas.csv", "code,type,parent,label\n"
	                                              "all,region,,Testland\n"
	                                              "north,catchment,all,North\n"
	                                              "south,catchment,all,South\n");
	return 0;
}

static void assert_refused(const vrd_import_options *options, vrd_status status, const char *part) {
	const char *before = picture();
	assert_int_equal(try_import(options), status);
	assert_says(err.text, part);
	assert_string_equal(picture(), before);
}

// --- data sets ----------------------------------------------------------------------------------

static void an_import_copies_the_file_and_adds_its_entry(void **state) {
	(void)state;
	vrd_import_options options = import_of(text_file("in/people.csv", people), "population");
	options.source = "Counted: \"by hand\"";
	import_ok(&options);
	assert_string_equal(text_of(in_region("data/people.csv")), people);
	assert_string_equal(
	        text_of(in_region("region.yaml")),
	        vrd_arena_printf(&mem,
	                         "%sdata:\n  - kind: population\n    file: data/people.csv\n"
	                         "    source: \"Counted: \\\"by hand\\\"\"\n",
	                         head));
	vrd_region *region = opened();
	assert_int_equal(region->n_data, 1);
	OK(vrd_region_load(region, &region->data[0], &diag, &err));
	assert_string_equal(region->data[0].cube.source, options.source);
}

static void the_report_says_what_was_understood(void **state) {
	(void)state;
	const vrd_import_options options =
	        import_of(text_file("in/people.csv", people), "population");
	import_ok(&options);
	assert_says(report.p, "people.csv: population, count, 8 cells");
	assert_says(report.p, "  area          2  north, south\n");
	assert_says(report.p, "  age           2  0-17, 18+\n");
	assert_says(report.p, "  unit      persons\n");
	assert_says(report.p, "  total     2020  2\u00a0040\n");
}

static void a_dry_run_tells_and_writes_nothing(void **state) {
	(void)state;
	vrd_import_options options = import_of(text_file("in/people.csv", people), "population");
	options.dry_run = true;
	const char *before = picture();
	import_ok(&options);
	assert_says(report.p, "  total     2020  2\u00a0040\n");
	assert_says(report.p, "Nothing was written.");
	assert_says(report.p, "  - kind: population\n    file: data/people.csv\n");
	assert_string_equal(picture(), before);
}

static void a_file_that_lies_in_the_folder_is_imported_where_it_is(void **state) {
	(void)state;
	const vrd_import_options options =
	        import_of(text_file("region/data/people.csv", people), "population");
	import_ok(&options);
	assert_string_equal(text_of(in_region("data/people.csv")), people);
	assert_int_equal(opened()->n_data, 1);
}

static void a_name_that_is_taken_needs_replace(void **state) {
	(void)state;
	vrd_import_options options = import_of(text_file("in/people.csv", people), "population");
	import_ok(&options);
	assert_refused(&options, VRD_NOCREATE, "--replace");
	(void)text_file("region/data/other.csv", "area,value\n");
	options.file = text_file("in/other.csv", people);
	assert_refused(&options, VRD_NOCREATE, "another content: add --replace");
}

static void replace_puts_the_new_entry_in_the_place_of_the_old(void **state) {
	(void)state;
	static const char *const entries = "data:\n"
	                                   "- kind: population # first\n"
	                                   "  file: data/people.csv\n"
	                                   "  # of the first\n"
	                                   "  source: old\n"
	                                   "\n"
	                                   "# before the second\n"
	                                   "- kind: population\n"
	                                   "  file: data/more.csv\n"
	                                   "  variant: MMMM\n"
	                                   "language: en # the end\n";
	(void)text_file("region/region.yaml", vrd_arena_printf(&mem, "%s%s", head, entries));
	(void)text_file("region/data/people.csv", "area,value\n");
	(void)text_file("region/data/more.csv", people);
	vrd_import_options options = import_of(text_file("in/people.csv", people), "population");
	options.replace = true;
	options.source = "new";
	import_ok(&options);
	assert_string_equal(text_of(in_region("data/people.csv")), people);
	assert_string_equal(text_of(in_region("region.yaml")),
	                    vrd_arena_printf(&mem,
	                                     "%sdata:\n"
	                                     "- kind: population\n"
	                                     "  file: data/people.csv\n"
	                                     "  source: new\n"
	                                     "\n"
	                                     "# before the second\n"
	                                     "- kind: population\n"
	                                     "  file: data/more.csv\n"
	                                     "  variant: MMMM\n"
	                                     "language: en # the end\n",
	                                     head));
}

// Text of region.yaml after `head` before and after an import of people.csv.
static void assert_entry_goes(const char *before, const char *after) {
	(void)text_file("region/region.yaml", vrd_arena_printf(&mem, "%s%s", head, before));
	const vrd_import_options options =
	        import_of(text_file("in/people.csv", people), "population");
	import_ok(&options);
	assert_string_equal(text_of(in_region("region.yaml")),
	                    vrd_arena_printf(&mem, "%s%s", head, after));
	(void)unlink(in_region("data/people.csv"));
}

#define ENTRY "  - kind: population\n    file: data/people.csv\n"

static void the_entry_goes_to_the_end_of_the_list_and_the_rest_stays(void **state) {
	(void)state;
	(void)text_file("region/data/b.csv", people);
	assert_entry_goes("", "data:\n" ENTRY);
	assert_entry_goes("data: []   # none yet\nlanguage: nn\n",
	                  "data:    # none yet\n" ENTRY "language: nn\n");
	assert_entry_goes("language: nn", "language: nn\ndata:\n" ENTRY);
	assert_entry_goes("data:\n  - kind: population\n    file: data/b.csv\n    variant: X\n"
	                  "    # of the entry\n\n# after it\nlanguage: nn\n",
	                  "data:\n  - kind: population\n    file: data/b.csv\n    variant: X\n"
	                  "    # of the entry\n" ENTRY "\n# after it\nlanguage: nn\n");
	assert_entry_goes("data:\n  - {kind: population, file: data/b.csv, variant: X}",
	                  "data:\n  - {kind: population, file: data/b.csv, variant: X}\n" ENTRY);
}

static void a_list_between_brackets_is_left_alone(void **state) {
	(void)state;
	(void)text_file("region/data/b.csv", people);
	(void)text_file(
	        "region/region.yaml",
	        vrd_arena_printf(&mem,
	                         "%sdata: [{kind: population, file: data/b.csv, variant: X}]\n",
	                         head));
	const vrd_import_options options =
	        import_of(text_file("in/people.csv", people), "population");
	assert_refused(&options, VRD_CONFIG, "region.yaml:8: data is written between brackets");
}

static void columns_are_mapped_recoded_and_ignored(void **state) {
	(void)state;
	vrd_import_options options =
	        import_of(text_file("in/wide.csv", "place=code;gender;note;kids;grown\n"
	                                           "N;girl;x;100;300\nN;boy;x;110;310\n"
	                                           "south;girl;y;200;400\nsouth;boy;y;210;410\n"),
	                  "population");
	const char *const maps[] = {"\"place=code\"=area", "gender=sex", "kids=age=0-17",
	                            "grown=age=18+", "*=-"};
	const char *const recodes[] = {"area:N=north", "sex:girl=F", "sex:boy=M"};
	const char *const sets[] = {"year=2020"};
	options.n_maps = 5;
	options.maps = maps;
	options.n_recodes = 3;
	options.recodes = recodes;
	options.n_sets = 1;
	options.sets = sets;
	import_ok(&options);
	assert_says(report.p, "  total     2020  2\u00a0040\n");
	vrd_region *region = opened();
	OK(vrd_region_load(region, &region->data[0], &diag, &err));
	assert_int_equal(region->data[0].cube.n_cells, 8);
}

static void a_json_stat_file_is_renamed_and_recoded(void **state) {
	(void)state;
	vrd_import_options options = import_of(
	        text_file("in/totals.json",
	                  "{\"version\":\"2.0\",\"class\":\"dataset\",\"id\":[\"Region\",\"Tid\","
	                  "\"What\"],"
	                  "\"size\":[2,1,1],\"dimension\":{"
	                  "\"Region\":{\"category\":{\"index\":[\"N\",\"S\"]}},"
	                  "\"Tid\":{\"category\":{\"index\":[\"2020\"]}},"
	                  "\"What\":{\"category\":{\"index\":[\"P\"]}}},\"value\":[820,1220]}"),
	        "population");
	const char *const maps[] = {"Region=area", "What=-"};
	const char *const recodes[] = {"area:N=north", "area:S=south"};
	options.n_maps = 2;
	options.maps = maps;
	options.n_recodes = 2;
	options.recodes = recodes;
	import_ok(&options);
	assert_says(report.p, "  area          2  north, south\n");
	assert_says(report.p, "  total     2020  2\u00a0040\n");
}

// --- inputs that are refused --------------------------------------------------------------------

typedef struct {
	const char *name, *text, *part;
} bad_input;

static void a_bad_file_is_named_with_place_and_remedy_and_nothing_is_written(void **state) {
	(void)state;
	static const bad_input inputs[] = {
	        {"duplicate.csv",
	         "area,sex,age,year,value\nnorth,F,all,2020,1\nnorth,F,all,2020,2\n",
	         "duplicate.csv:3"},
	        {"unknown.csv", "area,year,value\nnroth,2020,1\n", "did you mean \"north\""},
	        {"negative.csv", "area,year,value\nnorth,2020,-4\n", "-4"},
	        {"nan.csv", "area,year,value\nnorth,2020,NaN\n", "nan.csv:2:12"},
	        {"gap.csv", "area,age,year,value\nnorth,0-17,2020,1\nnorth,67+,2020,1\n", "18"},
	        {"mixed.csv", "area;year;value\nnorth;2020;1,5\nsouth;2020;2.5\n", "mixed.csv:3"},
	        {"latin.csv", "area,year,value\nn\xF8rth,2020,1\n", "UTF-8"},
	        {"cut.csv", "area,year,value\nnorth,2020,1\n\"sou", "cut.csv:3"},
	        {"short.csv", "area,year,value\nnorth,2020,1\nsouth\n", "short.csv:3"},
	        {"empty.csv", "", "empty"},
	        {"size.json",
	         "{\"version\":\"2.0\",\"class\":\"dataset\",\"id\":[\"area\",\"year\"],\"size\":["
	         "2,1],"
	         "\"dimension\":{\"area\":{\"category\":{\"index\":[\"north\"]}},"
	         "\"year\":{\"category\":{\"index\":[\"2020\"]}}},\"value\":[1,2]}",
	         "size"},
	        {"book.xlsx", "PK", "save the sheet as CSV"},
	};
	for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
		const bad_input *in = &inputs[i];
		const vrd_import_options options =
		        import_of(text_file(vrd_arena_printf(&mem, "in/%s", in->name), in->text),
		                  "population");
		assert_refused(&options, VRD_DATA, in->part);
	}
}

static void all_bad_rows_are_listed(void **state) {
	(void)state;
	const vrd_import_options options =
	        import_of(text_file("in/bad.csv", "area,year,value\nnorth,2020,x\nsouth,2020,y\n"),
	                  "population");
	assert_refused(&options, VRD_DATA, "and 1 more error");
	assert_int_equal(diag.n_errors, 2);
	assert_int_equal(diag.items[1].place.line, 3);
}

static void a_column_that_is_not_there_is_named(void **state) {
	(void)state;
	vrd_import_options options = import_of(text_file("in/people.csv", people), "population");
	const char *const maps[] = {"aera=area"};
	options.n_maps = 1;
	options.maps = maps;
	assert_refused(&options, VRD_DATA, "aera");
}

static void options_that_cannot_be_read_are_usage_errors(void **state) {
	(void)state;
	vrd_import_options options = import_of(text_file("in/people.csv", people), "populatoin");
	assert_refused(&options, VRD_USAGE, "did you mean population?");
	options.as = NULL;
	assert_refused(&options, VRD_USAGE, "--as");
	options.as = "population";
	options.n_maps = 1;
	options.maps = TEXTS("area");
	assert_refused(&options, VRD_USAGE, "--map \"area\"");
	options.n_maps = 0;
	options.absent = "nothing";
	assert_refused(&options, VRD_USAGE, "absent");
	options.absent = NULL;
	options.n_onlys = 1;
	options.onlys = TEXTS("area=north");
	assert_refused(&options, VRD_USAGE, "--only");
}

static void an_absent_file_is_named(void **state) {
	(void)state;
	const vrd_import_options options = import_of(in_folder("nowhere.csv"), "population");
	assert_refused(&options, VRD_NOINPUT, "nowhere.csv");
}

static void a_file_above_the_limit_is_refused_unread(void **state) {
	(void)state;
	const char *path = text_file("in/huge.csv", people);
	assert_int_equal(truncate(path, (off_t)1 << 40), 0);
	const vrd_import_options options = import_of(path, "population");
	assert_refused(&options, VRD_LIMIT, "max_input_bytes");
}

// --- persons ------------------------------------------------------------------------------------

// Numbers of the test population: month 92 is December, 81 January; the control digits are right.
static void data_about_persons_are_refused(void **state) {
	(void)state;
	static const bad_input inputs[] = {
	        {"key.csv", "area,year,Pasientløpenr,value\nnorth,2020,1,1\n", "persons"},
	        {"number.csv", "area,year,who,value\nnorth,2020,01929012484,1\n", "persons"},
	        {"spaced.csv", "area;year;who;value\nnorth;2020;\"158190 11165\";1\n", "persons"},
	        {"number.json", "{\"version\":\"2.0\",\n\"note\":[\"01929012484\"]}", "persons"},
	};
	for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
		vrd_import_options options = import_of(
		        text_file(vrd_arena_printf(&mem, "in/%s", inputs[i].name), inputs[i].text),
		        "population");
		options.n_maps = 1;
		options.maps = TEXTS("*=-");
		assert_refused(&options, VRD_DATA, inputs[i].part);
		assert_true(diag.n_errors > 0);
		for (size_t j = 0; j < diag.n; j++)
			assert_null(strstr(diag.items[j].text, "1929012484"));
	}
}

static void other_long_numbers_are_not_persons(void **state) {
	(void)state;
	vrd_import_options options =
	        import_of(text_file("in/long.csv",
	                            "area,year,pasienter,value\nnorth,2020,01929012485,1\n"
	                            "north,2021,00000000000,1\nsouth,2020,1,1\nsouth,2021,1,1\n"),
	                  "population");
	options.n_maps = 1;
	options.maps = TEXTS("pasienter=-");
	import_ok(&options);
}

// --- tables -------------------------------------------------------------------------------------

static const char places[] = "komnr;navn;bydel;hf;rhf\n"
                             ";a comment;;;\n"
                             "301;Oslo;;south;1\n"
                             "301;Oslo;30101;north;1\n"
                             "4601;Bergen;;west;2\n";

static vrd_import_options areas_of_places(void) {
	static const char *const maps[] = {"bydel|komnr=code", "navn=label"};
	static const char *const sets[] = {"type=district"};
	static const char *const onlys[] = {"rhf=1"};
	vrd_import_options options = import_of(text_file("in/places.csv", places), "areas");
	options.n_maps = 2;
	options.maps = maps;
	options.n_sets = 1;
	options.sets = sets;
	options.n_onlys = 1;
	options.onlys = onlys;
	return options;
}

static void rows_of_a_table_are_made_canonical_and_appended(void **state) {
	(void)state;
	vrd_import_options options = areas_of_places();
	import_ok(&options);
	const char *areas = text_of(in_region("geography/areas.csv"));
	assert_says(areas,
	            "south,catchment,all,South\n0301,district,,Oslo\n030101,district,,Oslo\n");
	assert_null(strstr(areas, "Bergen"));
	options = import_of(options.file, "maps");
	options.n_maps = 2;
	options.maps = TEXTS("bydel|komnr=area", "hf=unit");
	options.n_sets = 2;
	options.sets = TEXTS("from_year=2026", "weight=1");
	options.n_onlys = 1;
	options.onlys = TEXTS("rhf=1");
	import_ok(&options);
	assert_string_equal(text_of(in_region("geography/maps.csv")),
	                    "area,unit,service,from_year,to_year,weight\n"
	                    "0301,south,,2026,,1\n030101,north,,2026,,1\n");
	assert_says(report.p, "places.csv: 2 rows for geography/maps.csv; 2 not chosen\n");
	assert_non_null(vrd_geography_type(opened()->geo, VRD_STR("030101")));
}

static void a_dry_run_of_a_table_shows_its_first_rows(void **state) {
	(void)state;
	vrd_import_options options = areas_of_places();
	options.dry_run = true;
	const char *before = picture();
	import_ok(&options);
	assert_says(report.p,
	            "  0301,district,,Oslo\n  030101,district,,Oslo\nNothing was written.\n");
	assert_string_equal(picture(), before);
}

static void a_code_that_the_table_has_is_refused(void **state) {
	(void)state;
	const vrd_import_options options = import_of(
	        text_file("in/areas.csv", "code,type,parent,label\nsouth,catchment,all,Again\n"),
	        "areas");
	assert_refused(&options, VRD_DATA, "stands in geography/areas.csv, line 4");
}

static void equal_rows_are_taken_once_and_others_are_duplicates(void **state) {
	(void)state;
	vrd_import_options options = import_of(
	        text_file("in/areas.csv", "code,type,parent,label\neast,catchment,all,East\n"
	                                  "east,catchment,all,East\n"),
	        "areas");
	import_ok(&options);
	assert_says(report.p, "1 equal ones taken once");
	options.file =
	        text_file("in/areas2.csv", "code,type,parent,label\nwest,catchment,all,West\n"
	                                   "west,catchment,all,Vest\n");
	assert_refused(&options, VRD_DATA, "areas2.csv:3: code \"west\" stands in line 2");
}

static void a_wrong_row_of_a_table_is_told_at_its_line_in_the_file(void **state) {
	(void)state;
	const vrd_import_options options = import_of(
	        text_file("in/maps.csv", "area,unit,from_year\nall,north,2020\nall,suoth,2021\n"),
	        "maps");
	assert_refused(&options, VRD_DATA, "maps.csv:");
	bool told = false;
	for (size_t i = 0; i < diag.n; i++)
		told = told || (diag.items[i].place.line == 3 &&
		                strstr(diag.items[i].text, "suoth") != NULL);
	assert_true(told);
}

static void a_table_keeps_its_separator_and_column_order(void **state) {
	(void)state;
	(void)text_file("region/data/care.csv", "label;code;beds\r\n\"Days; short\";day;no");
	const vrd_import_options options = import_of(
	        text_file("in/care.csv", "code,beds,label\nnight,yes,\"Nights; long\"\n"), "care");
	import_ok(&options);
	assert_string_equal(
	        text_of(in_region("data/care.csv")),
	        "label;code;beds\r\n\"Days; short\";day;no\r\n\"Nights; long\";night;yes\r\n");
	assert_int_equal(opened()->care->n, 2);
}

static void options_of_data_sets_are_refused_for_tables(void **state) {
	(void)state;
	vrd_import_options options = areas_of_places();
	options.sum = true;
	assert_refused(&options, VRD_USAGE, "--sum is for data sets");
	options = areas_of_places();
	options.sets = TEXTS("typ=district");
	assert_refused(&options, VRD_USAGE, "did you mean \"type\"");
	options = areas_of_places();
	options.onlys = TEXTS("rfh=1");
	assert_refused(&options, VRD_DATA, "did you mean \"rhf\"");
}

// --- folders that cannot be written -------------------------------------------------------------

// Imports in a child process, because limits on files and the user are the whole process's.
static vrd_status import_in_child(const vrd_import_options *options, rlim_t most, bool as_nobody) {
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit limit = {most, most};
		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit) != 0 ||
		    (as_nobody && geteuid() == 0 && setuid(65534) != 0))
			_exit(255);
		_exit((int)try_import(options));
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), 255);
	return (vrd_status)WEXITSTATUS(status);
}

static void a_folder_without_permission_is_left_as_it_was(void **state) {
	(void)state;
	const vrd_import_options options =
	        import_of(text_file("in/people.csv", people), "population");
	const char *before = picture();
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(chmod(region_dir, 0555), 0);
	assert_int_equal(import_in_child(&options, RLIM_INFINITY, true), VRD_NOPERM);
	assert_int_equal(chmod(region_dir, 0755), 0);
	assert_string_equal(picture(), before);
}

static void data_are_taken_back_when_the_entry_cannot_be_written(void **state) {
	(void)state;
	const vrd_import_options options =
	        import_of(text_file("in/people.csv", people), "population");
	(void)text_file("region/data/other.csv", "x\n");
	const char *before = picture();
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(chmod(in_region("data"), 0777), 0);
	assert_int_equal(chmod(region_dir, 0555), 0);
	assert_int_equal(import_in_child(&options, RLIM_INFINITY, true), VRD_NOPERM);
	assert_int_equal(chmod(region_dir, 0755), 0);
	assert_string_equal(picture(), before);
}

// The disk is full for the data, then (a longer region.yaml) for the entry.
static void a_full_disk_leaves_nothing_half_written(void **state) {
	(void)state;
	const vrd_import_options options =
	        import_of(text_file("in/people.csv", people), "population");
	(void)text_file("region/data/other.csv", "x\n");
	const char *before = picture();
	assert_int_equal(import_in_child(&options, 100, false), VRD_IO);
	assert_string_equal(picture(), before);
	vrd_buf padded = {0};
	vrd_buf_puts(&padded, head);
	for (size_t i = 0; i < 20; i++)
		vrd_buf_puts(&padded,
		             "# a long comment, to make region.yaml longer than the data\n");
	(void)file_of("region/region.yaml", padded.p, padded.n);
	before = picture();
	assert_int_equal(import_in_child(&options, (rlim_t)strlen(people) + 10, false), VRD_IO);
	assert_string_equal(picture(), before);
	assert_int_equal(import_in_child(&options, (rlim_t)padded.n + 200, false), VRD_OK);
	vrd_buf_free(&padded);
}

// --- after the import ---------------------------------------------------------------------------

static void a_run_names_the_year_whose_population_is_missing(void **state) {
	(void)state;
	(void)text_file("region/data/services.csv", "code,parent,driver,kappa,label\nall,,,,All\n");
	(void)text_file("region/data/care.csv", "code,beds,label\nday,no,Day\n");
	(void)text_file("region/scenarios/main.yaml", "schema: 1\nname: main\ndraws: 0\n");
	vrd_import_options options = import_of(text_file("in/people.csv", people), "population");
	import_ok(&options);
	options = import_of(text_file("in/visits.csv",
	                              "area,service,care,year,value\n"
	                              "north,all,day,2020,10\nsouth,all,day,2020,20\n"),
	                    "activity");
	import_ok(&options);
	const vrd_run_options run = {.draws = -1, .seed = -1, .n_threads = 1};
	const char *id;
	bool existed;
	assert_int_equal(
	        vrd_region_run(opened(), "main", &run, NULL, NULL, &id, &existed, &diag, &err),
	        VRD_DATA);
	assert_says(err.text, "2021");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, with_region, stop)
	const struct CMUnitTest tests[] = {
	        TEST(an_import_copies_the_file_and_adds_its_entry),
	        TEST(the_report_says_what_was_understood),
	        TEST(a_dry_run_tells_and_writes_nothing),
	        TEST(a_file_that_lies_in_the_folder_is_imported_where_it_is),
	        TEST(a_name_that_is_taken_needs_replace),
	        TEST(replace_puts_the_new_entry_in_the_place_of_the_old),
	        TEST(the_entry_goes_to_the_end_of_the_list_and_the_rest_stays),
	        TEST(a_list_between_brackets_is_left_alone),
	        TEST(columns_are_mapped_recoded_and_ignored),
	        TEST(a_json_stat_file_is_renamed_and_recoded),
	        TEST(a_bad_file_is_named_with_place_and_remedy_and_nothing_is_written),
	        TEST(all_bad_rows_are_listed),
	        TEST(a_column_that_is_not_there_is_named),
	        TEST(options_that_cannot_be_read_are_usage_errors),
	        TEST(an_absent_file_is_named),
	        TEST(a_file_above_the_limit_is_refused_unread),
	        TEST(data_about_persons_are_refused),
	        TEST(other_long_numbers_are_not_persons),
	        TEST(rows_of_a_table_are_made_canonical_and_appended),
	        TEST(a_dry_run_of_a_table_shows_its_first_rows),
	        TEST(a_code_that_the_table_has_is_refused),
	        TEST(equal_rows_are_taken_once_and_others_are_duplicates),
	        TEST(a_wrong_row_of_a_table_is_told_at_its_line_in_the_file),
	        TEST(a_table_keeps_its_separator_and_column_order),
	        TEST(options_of_data_sets_are_refused_for_tables),
	        TEST(a_folder_without_permission_is_left_as_it_was),
	        TEST(data_are_taken_back_when_the_entry_cannot_be_written),
	        TEST(a_full_disk_leaves_nothing_half_written),
	        TEST(a_run_names_the_year_whose_population_is_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
