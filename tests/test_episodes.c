// Counting rows of episodes: known answers by hand, the identity of sub-rows against every row on its
// own, and every bad input with its place.
#include "region/episodes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "prop.h"

static vrd_arena mem;
static vrd_diag diag;
static vrd_err err;
static vrd_episodes counts;
static vrd_touch touch;

static int start(void **state) {
	(void)state;
	vrd_arena_init(&mem, 0);
	vrd_diag_init(&diag, &mem, 0);
	err = (vrd_err){0};
	return 0;
}

static int stop(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

static vrd_status count(const char *text, vrd_episode_options *options) {
	options->name = "stays.csv";
	return vrd_episodes_count(&mem, text, strlen(text), options, &counts, &diag, &err);
}

static void counted(const char *text, vrd_episode_options *options) {
	if (count(text, options) != VRD_OK)
		fail_msg("%s", err.text);
}

static vrd_status touched(const char *text) {
	return vrd_touch_read(&mem, text, strlen(text), "touch.csv", &touch, &diag, &err);
}

// Cells as text: "codes set contacts bed_days" on a line each.
static const char *cells(void) {
	vrd_buf out = {0};
	for (size_t i = 0; i < counts.n_cells; i++) {
		const vrd_episode_cell *cell = &counts.cells[i];
		char number[2][32];
		for (size_t d = 0; d < VRD_N_CELL_DIMS; d++)
			if (counts.n_codes[d])
				vrd_buf_printf(&out, "%s ", counts.codes[d][cell->at[d]]);
		vrd_format_double(cell->contacts, number[0]);
		vrd_format_double(cell->bed_days, number[1]);
		vrd_buf_printf(&out, "%s%s%s %s\n", counts.sets[cell->set], cell->set ? " " : "",
		               number[0], number[1]);
	}
	const char *text = vrd_arena_strdup(&mem, out.p ? out.p : "");
	vrd_buf_free(&out);
	return text;
}

// One problem of `rule` at a place of a file, and no other error.
static void assert_told(const char *file, size_t line, size_t column, const char *rule) {
	for (size_t i = 0; i < diag.n; i++) {
		const vrd_problem *p = &diag.items[i];
		if (strcmp(p->rule, rule) == 0 && strcmp(p->place.file, file) == 0 &&
		    p->place.line == line && p->place.column == column)
			return;
	}
	vrd_buf all = {0};
	vrd_diag_print(&diag, &all, false);
	fail_msg("no %s at %s:%zu:%zu in\n%s", rule, file, line, column, all.p ? all.p : "");
}

#define REFUSED(text, options, line, column, rule)                                                 \
	do {                                                                                       \
		vrd_diag_init(&diag, &mem, 0);                                                     \
		assert_int_equal(count(text, options), VRD_DATA);                                  \
		assert_told("stays.csv", line, column, rule);                                      \
	} while (0)

// --- counting -----------------------------------------------------------------------------------

static void rows_become_counts_and_bed_days(void **state) {
	(void)state;
	counted("area,sex,age,service,care,year,bed_days\n"
	        "south,M,7,surgery,ward,2024,3\n"
	        "north,K,81,surgery,ward,2024,2\n"
	        "north,F,81,surgery,ward,2024,4.5\n"
	        "north,F,9,surgery,ward,2024,0\n",
	        &(vrd_episode_options){0});
	assert_string_equal(cells(), "north F 9 surgery ward 2024 1 0\n"
	                             "north F 81 surgery ward 2024 2 6.5\n"
	                             "south M 7 surgery ward 2024 1 3\n");
	assert_int_equal(counts.n_rows, 4);
	assert_int_equal(counts.n_sets, 1);
}

static void columns_are_mapped_and_codes_are_read_as_others(void **state) {
	(void)state;
	const vrd_recode recodes[] = {{"care", "1", "ward"}, {"sex", "x", "F"}};
	vrd_episode_options options = {.recodes = recodes, .n_recodes = 2};
	options.column[VRD_EPISODE_AREA] = "Bosted";
	options.column[VRD_EPISODE_BED_DAYS] = "liggetid";
	options.constant[VRD_EPISODE_SERVICE] = "surgery";
	options.ignored[VRD_EPISODE_AGE] = true;
	counted("bosted;sex;age;care;year;liggetid\n"
	        "north;x;old;1;2024;1,5\n",
	        &options);
	assert_string_equal(cells(), "north F surgery ward 2024 1 1.5\n");
}

static void a_count_stands_for_that_many_rows(void **state) {
	(void)state;
	counted("area,service,care,year,count,bed_days\n"
	        "a,k,m,2024,3,2\na,k,m,2024,0.5,4\n",
	        &(vrd_episode_options){0});
	assert_string_equal(cells(), "a k m 2024 3.5 8\n");
}

static void a_birth_year_gives_the_age_that_is_reached_and_bands_hold_it(void **state) {
	(void)state;
	static const vrd_age bands[] = {{0, 17}, {18, 66}, {67, VRD_AGE_MAX}};
	vrd_episode_options options = {0};
	static const char *const rows = "area,service,care,date,birth_year\n"
	                                "a,k,m,2024-02-29,2024\n"
	                                "a,k,m,31.12.2024,2006\n"
	                                "a,k,m,20240101,1920\n";
	counted(rows, &options);
	assert_string_equal(cells(), "a 0 k m 2024 1 0\na 18 k m 2024 1 0\na 104 k m 2024 1 0\n");
	options.bands = bands;
	options.n_bands = 3;
	counted(rows, &options);
	assert_string_equal(cells(),
	                    "a 0-17 k m 2024 1 0\na 18-66 k m 2024 1 0\na 67+ k m 2024 1 0\n");
}

// A stay over New Year and a leap day: 2023-12-30 20:00 to 2024-03-01 08:00 is 62 nights, 61.5 days.
static void each_definition_of_a_bed_day_counts_its_own(void **state) {
	(void)state;
	static const double expected[] = {62 + 0, 62 + 2, 61.5 + 0.125};
	for (size_t i = 0; i < 3; i++) {
		vrd_episode_options options = {.bed_day = (vrd_bed_day)i};
		counted("area,service,care,admitted,discharged\n"
		        "a,k,m,2023-12-30T20:00,2024-03-01 08:00:00\n"
		        "a,k,m,05.05.2024 09:00,05.05.2024 12:00\n",
		        &options);
		assert_int_equal(counts.n_cells, 1);
		assert_string_equal(counts.codes[VRD_CELL_YEAR][0], "2024");
		assert_true(counts.cells[0].bed_days == expected[i]);
	}
}

static void only_care_with_beds_needs_days(void **state) {
	(void)state;
	const vrd_dim *care;
	const bool beds[] = {true, false};
	assert_int_equal(
	        vrd_dim_of_codes(&mem, "care", 2, (const char *[]){"ward", "visit"}, &care, &err),
	        VRD_OK);
	vrd_episode_options options = {
	        .care = care, .care_beds = beds, .bed_day = VRD_NIGHTS_PLUS_ONE};
	counted("area,service,care,year,bed_days\na,k,visit,2024,\na,k,ward,2024,2\n", &options);
	assert_string_equal(cells(), "a k visit 2024 1 0\na k ward 2024 1 2\n");
	counted("area,service,care,admitted,discharged\na,k,visit,2024-01-01,2024-01-01\n",
	        &options);
	assert_string_equal(cells(), "a k visit 2024 1 0\n");
	REFUSED("area,service,care,year,bed_days\na,k,ward,2024,\n", &options, 2, 15,
	        "episodes.stay");
	REFUSED("area,service,care,year,admitted,discharged\na,k,ward,2024,,2024-01-02\n", &options,
	        2, 15, "episodes.stay");
}

// --- what measures touch ------------------------------------------------------------------------

// Row 1 by falls (0.25) and frailty (0.5), row 2 by frailty wholly, row 3 by nothing.
static void a_row_is_split_by_the_sets_that_may_touch_it(void **state) {
	(void)state;
	assert_int_equal(touched("row_id,measure_id,fraction\n"
	                         "1,frailty,0.5\n2,frailty,1\n1,falls,0.25\n"),
	                 VRD_OK);
	vrd_episode_options options = {.touch = &touch};
	counted("row,area,service,care,year,bed_days\n"
	        "1,a,k,m,2024,8\n2,a,k,m,2024,2\n3,a,k,m,2024,1\n",
	        &options);
	assert_string_equal(cells(), "a k m 2024 1.375 4\n"
	                             "a k m 2024 falls 0.125 1\n"
	                             "a k m 2024 falls;frailty 0.125 1\n"
	                             "a k m 2024 frailty 1.375 5\n");
	assert_int_equal(counts.n_touched, 2);
}

static double unit_of(prop_gen *gen) {
	return prop_chance(gen, 0.1) ? 1 : prop_unit(gen);
}

enum { MOST_ROWS = 40, MOST_MEASURES = 6, N_PLACES = 2 };
typedef struct {
	size_t n_rows, n_measures;
	size_t area[MOST_ROWS], service[MOST_ROWS], band[MOST_ROWS];
	double days[MOST_ROWS], fraction[MOST_ROWS][MOST_MEASURES];
} world;

static void random_world(prop_gen *gen, world *w) {
	*w = (world){.n_rows = prop_size(gen), .n_measures = 1 + prop_below(gen, MOST_MEASURES)};
	for (size_t i = 0; i < w->n_rows; i++) {
		w->area[i] = prop_below(gen, N_PLACES);
		w->service[i] = prop_below(gen, 2);
		w->band[i] = prop_below(gen, 3);
		w->days[i] = prop_whole(gen, 0, 30) / 4;
		for (size_t j = 0; j < w->n_measures; j++)
			w->fraction[i][j] = prop_chance(gen, 0.4)   ? 0
			                    : prop_chance(gen, 0.3) ? 1
			                                            : 0.01 * prop_whole(gen, 1, 99);
	}
}

// The two tables with rows, entries and columns in a random order.
static void write_world(prop_gen *gen, const world *w, bool mixed, vrd_buf *rows,
                        vrd_buf *entries) {
	static const char *const heads[] = {"row", "area", "service", "care",
	                                    "age", "year", "bed_days"};
	size_t column[7], row[MOST_ROWS], entry[MOST_ROWS * MOST_MEASURES];
	for (size_t i = 0; i < 7; i++)
		column[i] = i;
	for (size_t i = 0; i < w->n_rows; i++)
		row[i] = i;
	for (size_t i = 0; i < w->n_rows * w->n_measures; i++)
		entry[i] = i;
	if (mixed) {
		prop_shuffle(gen, column, 7);
		prop_shuffle(gen, row, w->n_rows);
		prop_shuffle(gen, entry, w->n_rows * w->n_measures);
	}
	for (size_t c = 0; c < 7; c++)
		vrd_buf_printf(rows, "%s%s", c ? "," : "", heads[column[c]]);
	for (size_t i = 0; i < w->n_rows; i++)
		for (size_t c = 0; c < 7; c++) {
			const size_t r = row[i];
			vrd_buf_puts(rows, c ? "," : "\n");
			switch (column[c]) {
			case 0:
				vrd_buf_printf(rows, "id%zu", r);
				break;
			case 1:
				vrd_buf_printf(rows, "a%zu", w->area[r]);
				break;
			case 2:
				vrd_buf_printf(rows, "k%zu", w->service[r]);
				break;
			case 3:
				vrd_buf_puts(rows, "m");
				break;
			case 4:
				vrd_buf_printf(rows, "%zu", 40 * w->band[r]);
				break;
			case 5:
				vrd_buf_puts(rows, "2024");
				break;
			default:
				vrd_buf_printf(rows, "%.2f", w->days[r]);
				break;
			}
		}
	vrd_buf_puts(entries, "row_id,measure_id,fraction");
	for (size_t i = 0; i < w->n_rows * w->n_measures; i++) {
		const size_t r = entry[i] / w->n_measures, j = entry[i] % w->n_measures;
		if (w->fraction[r][j] > 0)
			vrd_buf_printf(entries, "\nid%zu,m%zu,%.2f", r, j, w->fraction[r][j]);
	}
}

static bool count_world(prop_gen *gen, const world *w, bool mixed, vrd_episodes *out) {
	vrd_buf rows = {0}, entries = {0};
	vrd_touch own;
	vrd_episode_options options = {.name = "rows", .touch = &own};
	write_world(gen, w, mixed, &rows, &entries);
	const bool good =
	        vrd_touch_read(&gen->mem, entries.p, entries.n, "touch", &own, NULL, &err) ==
	                VRD_OK &&
	        vrd_episodes_count(&gen->mem, rows.p, rows.n, &options, out, NULL, &err) == VRD_OK;
	vrd_buf_free(&rows);
	vrd_buf_free(&entries);
	return good;
}

// What measure j leaves of a sub-row with the set of measures `set`.
static double kept(const world *w, const char *set, const double x[MOST_MEASURES]) {
	double product = 1;
	vrd_str rest = vrd_str_of(set), part;
	while (*set && vrd_str_split(&rest, ';', &part)) {
		const size_t j = (size_t)(part.p[1] - '0');
		product *= j < w->n_measures ? 1 - x[j] : NAN;
	}
	return product;
}

static bool sub_rows_keep_what_every_row_keeps(prop_gen *gen) {
	world w;
	vrd_episodes own;
	double x[MOST_MEASURES], direct[N_PLACES][2] = {{0}}, split[N_PLACES][2] = {{0}};
	random_world(gen, &w);
	PROP_HOLDS(gen, count_world(gen, &w, true, &own), "%s", err.text);
	for (size_t j = 0; j < MOST_MEASURES; j++)
		x[j] = unit_of(gen);
	for (size_t i = 0; i < w.n_rows; i++) {
		double share = 1;
		for (size_t j = 0; j < w.n_measures; j++)
			share *= 1 - w.fraction[i][j] * x[j];
		direct[w.area[i]][0] += share;
		direct[w.area[i]][1] += share * w.days[i];
	}
	for (size_t i = 0; i < own.n_cells; i++) {
		const vrd_episode_cell *cell = &own.cells[i];
		const size_t g =
		        (size_t)(own.codes[VRD_CELL_AREA][cell->at[VRD_CELL_AREA]][1] - '0');
		const double share = kept(&w, own.sets[cell->set], x);
		split[g][0] += share * cell->contacts;
		split[g][1] += share * cell->bed_days;
	}
	for (size_t g = 0; g < N_PLACES; g++)
		for (size_t m = 0; m < 2; m++)
			PROP_HOLDS(gen,
			           fabs(split[g][m] - direct[g][m]) <= 1e-12 * (1 + direct[g][m]),
			           "area %zu: %.17g, by rows %.17g", g, split[g][m], direct[g][m]);
	return true;
}

static bool order_changes_no_bit(prop_gen *gen) {
	world w;
	vrd_episodes a, b;
	random_world(gen, &w);
	PROP_HOLDS(gen, count_world(gen, &w, false, &a), "%s", err.text);
	PROP_HOLDS(gen, count_world(gen, &w, true, &b), "%s", err.text);
	PROP_HOLDS(gen, a.n_cells == b.n_cells && a.n_sets == b.n_sets, "%zu and %zu cells",
	           a.n_cells, b.n_cells);
	PROP_HOLDS(gen, memcmp(a.cells, b.cells, a.n_cells * sizeof *a.cells) == 0, "%zu cells",
	           a.n_cells);
	for (size_t s = 0; s < a.n_sets; s++)
		PROP_HOLDS(gen, strcmp(a.sets[s], b.sets[s]) == 0, "%s and %s", a.sets[s],
		           b.sets[s]);
	return true;
}

static void what_two_or_three_measures_leave_is_what_every_row_keeps(void **state) {
	(void)state;
	prop_check("sub-rows keep what every row keeps", sub_rows_keep_what_every_row_keeps, 300,
	           MOST_ROWS);
}

static void the_order_of_rows_and_columns_changes_no_bit(void **state) {
	(void)state;
	prop_check("order changes no bit", order_changes_no_bit, 200, MOST_ROWS);
}

// --- bad input ----------------------------------------------------------------------------------

#define HEAD "area,service,care,year\n"

static void every_bad_row_is_told_with_its_place(void **state) {
	(void)state;
	const vrd_dim *services;
	assert_int_equal(vrd_dim_of_codes(&mem, "service", 2,
	                                  (const char *[]){"surgery", "medicine"}, &services, &err),
	                 VRD_OK);
	vrd_episode_options options = {.service = services};
	vrd_diag_init(&diag, &mem, 0);
	assert_int_equal(count("area,sex,age,service,care,year,bed_days\n"
	                       "a,F,1,surgey,m,2024,1\n"
	                       "a,Q,1,surgery,m,2024,1\n"
	                       "a,F,old,surgery,m,2024,1\n"
	                       "a,F,1,surgery,m,24,1\n"
	                       ",F,1,surgery,m,2024,1\n"
	                       "a,F,1,surgery,m,2024,-1\n"
	                       "a,F,1,surgery,m,2024\n"
	                       "a,F,1,surgey,m,2024,1\n",
	                       &options),
	                 VRD_DATA);
	assert_int_equal(diag.n_errors, 8);
	assert_told("stays.csv", 2, 7, "episodes.unknown-code");
	assert_told("stays.csv", 3, 3, "episodes.sex");
	assert_told("stays.csv", 4, 5, "episodes.age");
	assert_told("stays.csv", 5, 17, "episodes.year");
	assert_told("stays.csv", 6, 1, "episodes.empty");
	assert_told("stays.csv", 7, 22, "episodes.number");
	assert_told("stays.csv", 8, 17, "csv.row-length");
	assert_told("stays.csv", 9, 7, "episodes.unknown-code");
	assert_non_null(strstr(diag.items[0].text, "did you mean \"surgery\"?"));
}

static void bad_dates_are_told(void **state) {
	(void)state;
	static const char *const dates[] = {"2023-02-29",    "2024-13-01",  "2024-00-10",
	                                    "24-01-01",      "2024-01-01x", "2024-01-01T25:00",
	                                    "2024-01-01T10", "32.01.2024",  "2024-1-1",
	                                    "1.1.2024",      "1700-01-01"};
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		const char *text =
		        vrd_arena_printf(&mem, "area,service,care,date\na,k,m,%s\n", dates[i]);
		REFUSED(text, &(vrd_episode_options){0}, 2, 7, "episodes.date");
	}
	REFUSED("area,service,care,date\na,k,m,\n", &(vrd_episode_options){0}, 2, 7,
	        "episodes.year");
	REFUSED("area,service,care,admitted,discharged\na,k,m,2024-01-02,2024-01-01\n",
	        &(vrd_episode_options){0}, 2, 18, "episodes.stay");
	REFUSED("area,service,care,admitted,discharged\na,k,m,2024-01-01T10:00,2024-01-01T09:00\n",
	        &(vrd_episode_options){0}, 2, 24, "episodes.stay");
	REFUSED("area,service,care,admitted,discharged\na,k,m,2024-01-01,2024-01-02T09:00\n",
	        &(vrd_episode_options){.bed_day = VRD_HOURS}, 2, 7, "episodes.stay");
	REFUSED("area,service,care,year,birth_year\na,k,m,2024,2025\n", &(vrd_episode_options){0},
	        2, 12, "episodes.age");
	REFUSED("area,service,care,year,birth_year\na,k,m,2024,1800\n", &(vrd_episode_options){0},
	        2, 12, "episodes.age");
}

static void columns_that_are_missing_or_double_are_told(void **state) {
	(void)state;
	REFUSED("area,service,year\na,k,2024\n", &(vrd_episode_options){0}, 1, 0,
	        "episodes.missing-column");
	REFUSED("area,service,care\na,k,m\n", &(vrd_episode_options){0}, 1, 0,
	        "episodes.missing-column");
	REFUSED("area,service,care,year,date\na,k,m,2024,2024-01-01\n", &(vrd_episode_options){0},
	        1, 0, "episodes.two-columns");
	REFUSED("area,service,care,year,age,birth_year\na,k,m,2024,1,2023\n",
	        &(vrd_episode_options){0}, 1, 0, "episodes.two-columns");
	vrd_episode_options options = {0};
	options.column[VRD_EPISODE_AREA] = "bosted";
	REFUSED(HEAD "a,k,m,2024\n", &options, 1, 0, "episodes.missing-column");
	assert_int_equal(touched("row_id,measure_id,fraction\n1,x,1\n"), VRD_OK);
	REFUSED(HEAD "a,k,m,2024\n", &(vrd_episode_options){.touch = &touch}, 1, 0,
	        "episodes.missing-column");
	vrd_diag_init(&diag, &mem, 0);
	assert_int_equal(count(HEAD, &(vrd_episode_options){0}), VRD_DATA);
	assert_int_equal(count("", &(vrd_episode_options){0}), VRD_DATA);
}

static void the_table_of_measures_must_fit_the_rows(void **state) {
	(void)state;
	assert_int_equal(touched("row_id,measure_id,fraction\n1,x,1\n7,x,1\n7,y,1\n"), VRD_OK);
	vrd_diag_init(&diag, &mem, 0);
	assert_int_equal(
	        count("row," HEAD "1,a,k,m,2024\n", &(vrd_episode_options){.touch = &touch}),
	        VRD_DATA);
	assert_int_equal(diag.n_errors, 1);
	assert_told("touch.csv", 3, 0, "touch.unknown-row");
	REFUSED("row," HEAD "1,a,k,m,2024\n7,a,k,m,2024\n1,b,k,m,2024\n",
	        &(vrd_episode_options){.touch = &touch}, 4, 1, "episodes.duplicate-row");
}

static void bad_lines_of_the_table_of_measures_are_told(void **state) {
	(void)state;
	assert_int_equal(touched("row_id,measure_id,fraction\n"
	                         "1,x,0\n2,x,1.01\n3,x,-0.5\n4,x,many\n5,x,\n,x,1\n6,,1\n"
	                         "7,\"x;y\",1\n8,x,0.5\n8,y,1\n8,x,0.2\n"),
	                 VRD_DATA);
	for (size_t line = 2; line <= 6; line++)
		assert_told("touch.csv", line, 5, "touch.fraction");
	assert_told("touch.csv", 7, 1, "touch.empty");
	assert_told("touch.csv", 8, 3, "touch.empty");
	assert_told("touch.csv", 9, 3, "touch.measure");
	assert_told("touch.csv", 12, 3, "touch.duplicate");
	assert_int_equal(diag.n_errors, 9);
	assert_int_equal(touched("row,measure_id,fraction\n1,x,1\n"), VRD_DATA);
	assert_told("touch.csv", 1, 0, "touch.missing-column");
	assert_told("touch.csv", 1, 1, "touch.unknown-column");
}

static void ages_above_the_open_group_are_counted_in_it(void **state) {
	(void)state;
	static const char *const rows = "area,age,service,care,year\n"
	                                "a,105,k,m,2024\na,120,k,m,2024\na,104,k,m,2024\n"
	                                "a,120,k,m,2024\na,105+,k,m,2024\n";
	vrd_episode_options options = {0};
	counted(rows, &options);
	assert_string_equal(cells(), "a 104 k m 2024 1 0\na 105+ k m 2024 4 0\n");
	assert_int_equal(counts.n_folded, 3);
	options.open_age = 100;
	counted("area,service,care,year,birth_year\n"
	        "a,k,m,2024,1904\na,k,m,2024,1904\na,k,m,2024,1925\n",
	        &options);
	assert_string_equal(cells(), "a 99 k m 2024 1 0\na 100+ k m 2024 2 0\n");
	assert_int_equal(counts.n_folded, 2);
	static const vrd_age bands[] = {{0, 66}, {67, VRD_AGE_MAX}};
	options.bands = bands;
	options.n_bands = 2;
	counted(rows, &options);
	assert_string_equal(cells(), "a 67+ k m 2024 5 0\n");
	assert_int_equal(counts.n_folded, 0);
}

static void an_age_that_nobody_has_is_refused_in_every_row(void **state) {
	(void)state;
	static const char *const rows = "area,age,service,care,year\n"
	                                "a,7,k,m,2024\na,999,k,m,2024\na,131,k,m,2024\n"
	                                "a,999,k,m,2024\na,all,k,m,2024\na,0-17,k,m,2024\n";
	REFUSED(rows, &(vrd_episode_options){0}, 3, 3, "episodes.age");
	for (size_t line = 4; line <= 7; line++)
		assert_told("stays.csv", line, 3, "episodes.age");
	assert_int_equal(diag.n_errors, 5);
	assert_non_null(strstr(diag.items[0].remedy, "--recode age:TEXT=AGE"));
	assert_non_null(strstr(diag.items[3].text, "rows before have \"7\""));
	const vrd_recode unknown = {"age", "999", "80"};
	counted("area,age,service,care,year\na,7,k,m,2024\na,999,k,m,2024\n",
	        &(vrd_episode_options){.recodes = &unknown, .n_recodes = 1});
	assert_string_equal(cells(), "a 7 k m 2024 1 0\na 80 k m 2024 1 0\n");
	counted("area,age,service,care,year\na,all,k,m,2024\n", &(vrd_episode_options){0});
	REFUSED("area,service,care,year,birth_year\na,k,m,2024,1893\n", &(vrd_episode_options){0},
	        2, 12, "episodes.age");
}

static void long_stays_and_bed_days_without_beds_are_told_once(void **state) {
	(void)state;
	const vrd_dim *care;
	const bool beds[] = {true, false};
	assert_int_equal(
	        vrd_dim_of_codes(&mem, "care", 2, (const char *[]){"ward", "visit"}, &care, &err),
	        VRD_OK);
	vrd_episode_options options = {.care = care, .care_beds = beds};
	counted("area,service,care,year,count,bed_days\n"
	        "a,k,ward,2024,9,731\na,k,ward,2024,1,732\na,k,visit,2024,2,3\n"
	        "a,k,ward,2024,1,1000\na,k,visit,2024,1,0.5\na,k,visit,2024,1,0\n",
	        &options);
	assert_int_equal(diag.n, 2);
	assert_told("stays.csv", 3, 0, "episodes.long-stay");
	assert_non_null(
	        strstr(diag.items[0].text, "2 stays are more than two years, 1732 bed days"));
	assert_told("stays.csv", 4, 18, "episodes.no-beds");
	assert_non_null(strstr(diag.items[1].text, "6.5 bed days in 2 rows"));
	counted("area,service,care,admitted,discharged\na,k,ward,2021-05-01,2024-05-01\n",
	        &options);
	assert_told("stays.csv", 2, 0, "episodes.long-stay");
}

static void ids_of_rows_stand_once_and_are_not_empty_where_measures_touch(void **state) {
	(void)state;
	REFUSED("row," HEAD "1,a,k,m,2024\n2,a,k,m,2024\n2,b,k,m,2024\n", &(vrd_episode_options){0},
	        4, 1, "episodes.duplicate-row");
	assert_non_null(strstr(diag.items[0].text, "line 3 too"));
	counted("row," HEAD ",a,k,m,2024\n,a,k,m,2024\n", &(vrd_episode_options){0});
	assert_int_equal(touched("row_id,measure_id,fraction\n1,x,1\n"), VRD_OK);
	REFUSED("row," HEAD "1,a,k,m,2024\n,a,k,m,2024\n3,a,k,m,2024\n3,a,k,m,2024\n",
	        &(vrd_episode_options){.touch = &touch}, 3, 1, "episodes.empty");
	assert_told("stays.csv", 5, 1, "episodes.duplicate-row");
	assert_int_equal(diag.n_errors, 2);
}

static void one_code_for_every_row_does_not_hide_a_column(void **state) {
	(void)state;
	vrd_episode_options options = {0};
	options.constant[VRD_EPISODE_SEX] = "M";
	REFUSED("area,sex,service,care,year\na,F,k,m,2024\n", &options, 1, 6,
	        "episodes.two-columns");
	options.ignored[VRD_EPISODE_SEX] = true;
	counted("area,sex,service,care,year\na,F,k,m,2024\n", &options);
	assert_string_equal(cells(), "a M k m 2024 1 0\n");
	vrd_episode_options year = {0};
	year.constant[VRD_EPISODE_YEAR] = "2025";
	REFUSED(HEAD "a,k,m,2024\n", &year, 1, 19, "episodes.two-columns");
}

static void too_many_fractions_on_one_row_are_refused(void **state) {
	(void)state;
	vrd_buf text = {0};
	vrd_buf_puts(&text, "row_id,measure_id,fraction\n");
	for (int i = 0; i < VRD_MAX_FRACTIONS; i++)
		vrd_buf_printf(&text, "1,m%d,0.5\n", i);
	for (int i = 0; i < 5; i++)
		vrd_buf_printf(&text, "1,whole%d,1\n", i);
	assert_int_equal(touched(text.p), VRD_OK);
	vrd_episode_options options = {.touch = &touch};
	counted("row," HEAD "1,a,k,m,2024\n", &options);
	assert_int_equal(counts.n_cells, 4096);
	for (size_t i = 0; i < counts.n_cells; i++)
		assert_true(counts.cells[i].contacts == 0x1p-12);
	vrd_buf_puts(&text, "1,one-more,0.5\n");
	assert_int_equal(touched(text.p), VRD_DATA);
	assert_told("touch.csv", 2, 3, "touch.too-many");
	vrd_buf_free(&text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(rows_become_counts_and_bed_days),
	        TEST(columns_are_mapped_and_codes_are_read_as_others),
	        TEST(a_count_stands_for_that_many_rows),
	        TEST(a_birth_year_gives_the_age_that_is_reached_and_bands_hold_it),
	        TEST(each_definition_of_a_bed_day_counts_its_own),
	        TEST(only_care_with_beds_needs_days),
	        TEST(a_row_is_split_by_the_sets_that_may_touch_it),
	        TEST(what_two_or_three_measures_leave_is_what_every_row_keeps),
	        TEST(the_order_of_rows_and_columns_changes_no_bit),
	        TEST(every_bad_row_is_told_with_its_place),
	        TEST(bad_dates_are_told),
	        TEST(columns_that_are_missing_or_double_are_told),
	        TEST(the_table_of_measures_must_fit_the_rows),
	        TEST(bad_lines_of_the_table_of_measures_are_told),
	        TEST(ages_above_the_open_group_are_counted_in_it),
	        TEST(an_age_that_nobody_has_is_refused_in_every_row),
	        TEST(long_stays_and_bed_days_without_beds_are_told_once),
	        TEST(ids_of_rows_stand_once_and_are_not_empty_where_measures_touch),
	        TEST(one_code_for_every_row_does_not_hide_a_column),
	        TEST(too_many_fractions_on_one_row_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
