// Tables and charts for a terminal. Blanks inside numbers are no-break spaces; tests write them
// "~".
#include "cube/table.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const vrd_table_options nb = {.lang = VRD_NB, .decimals = -1, .labels = true};

static const vrd_dim *new_dim(vrd_arena *mem, const char *name, size_t n, const char *const *codes,
                              const char *const *labels) {
	vrd_category cats[16];
	const vrd_dim *dim;
	assert_in_range(n, 1, 16);
	for (size_t c = 0; c < n; c++)
		cats[c] = (vrd_category){.code = codes[c],
		                         .label = labels == NULL ? NULL : labels[c],
		                         .parent = VRD_NONE,
		                         .decimals = -1};
	assert_int_equal(vrd_dim_new(mem, name, NULL, VRD_ROLE_NONE, n, cats, &dim, NULL), VRD_OK);
	return dim;
}

static const vrd_dim *new_years(vrd_arena *mem, int from, int to) {
	const vrd_dim *dim;
	assert_int_equal(vrd_dim_of_years(mem, from, to, &dim, NULL), VRD_OK);
	return dim;
}

static const vrd_dim *three_areas(vrd_arena *mem) {
	static const char *const codes[] = {"ahus", "lds", "ous"};
	static const char *const labels[] = {"Akershus", "Lovisenberg", "Oslo"};
	return new_dim(mem, "area", 3, codes, labels);
}

static vrd_cube new_cube(vrd_arena *mem, size_t n_dims, const vrd_dim *const *dims,
                         const double *values) {
	vrd_cube cube;
	assert_int_equal(vrd_cube_new(mem, n_dims, dims, &cube, NULL), VRD_OK);
	for (size_t p = 0; p < cube.n_cells; p++)
		cube.values[p] = values[p];
	return cube;
}

static void set_status(vrd_arena *mem, vrd_cube *cube, size_t position, vrd_cell status) {
	assert_int_equal(vrd_cube_set_status(mem, cube, position, status, NULL), VRD_OK);
}

// No-break spaces as "~", to be seen in the tests.
static void show(const vrd_buf *in, vrd_buf *out) {
	vrd_buf_reset(out);
	vrd_buf_puts(out, "");
	for (size_t i = 0; i < in->n; i++)
		if (in->p[i] == '\xC2' && i + 1 < in->n && in->p[i + 1] == '\xA0') {
			vrd_buf_putc(out, '~');
			i++;
		} else {
			vrd_buf_putc(out, in->p[i]);
		}
}

static void assert_table(const vrd_cube *cube, const vrd_table_options *opt, const char *expected) {
	vrd_buf out = {0}, shown = {0};
	vrd_err err = {0};
	assert_int_equal(vrd_table_write(cube, opt, &out, &err), VRD_OK);
	show(&out, &shown);
	assert_string_equal(shown.p, expected);
	vrd_buf_free(&out);
	vrd_buf_free(&shown);
}

static void a_table_has_title_unit_rows_symbols_notes_and_source(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *const dims[] = {three_areas(&mem), new_years(&mem, 2026, 2028)};
	const double values[] = {1234567, 0, 1300000, 300, 310, 320, 0, 12, -5};
	vrd_cube cube = new_cube(&mem, 2, dims, values);
	set_status(&mem, &cube, 1, VRD_SUPPRESSED);
	set_status(&mem, &cube, 6, VRD_MISSING);
	set_status(&mem, &cube, 5, VRD_PRELIMINARY);
	cube.label = "Folkemengde";
	cube.unit = "persons";
	cube.source = "SSB";
	cube.updated = "2026-06-18T06:00:00Z";
	assert_int_equal(vrd_cube_note(&mem, &cube, "Tallene er laget for testen.", NULL), VRD_OK);
	assert_int_equal(vrd_cube_note(&mem, &cube, "En til.", NULL), VRD_OK);
	assert_table(&cube, &nb,
	             "Folkemengde\n"
	             "Enhet: personer\n"
	             "\n"
	             "område            2026  2027       2028\n"
	             "───────────  ─────────  ────  ──────────\n"
	             "Akershus     1~234~567     :  1~300~000\n"
	             "Lovisenberg        300   310        320*\n"
	             "Oslo                ..    12         −5\n"
	             "\n"
	             "Tegnforklaring: * foreløpig tall · : kan ikke offentliggjøres · .. mangler\n"
	             "Merknader: Tallene er laget for testen.\n"
	             "En til.\n"
	             "Kilde: SSB\n"
	             "Oppdatert: 18. juni 2026\n");
	vrd_arena_clear(&mem);
}

static void a_plain_cube_has_no_empty_heads(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *const dims[] = {three_areas(&mem)};
	const double values[] = {1, 20, 300};
	const vrd_cube cube = new_cube(&mem, 1, dims, values);
	assert_table(
	        &cube,
	        &(vrd_table_options){.lang = VRD_EN, .across = NULL, .labels = true, .decimals = 1},
	        "Akershus  Lovisenberg   Oslo\n"
	        "────────  ───────────  ─────\n"
	        "     1.0         20.0  300.0\n");
	vrd_arena_clear(&mem);
}

static void codes_are_shown_when_labels_are_not_wanted(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *const dims[] = {three_areas(&mem), new_years(&mem, 2026, 2026)};
	const double values[] = {1, 20, 300};
	const vrd_cube cube = new_cube(&mem, 2, dims, values);
	assert_table(&cube, &(vrd_table_options){.lang = VRD_NB, .decimals = -1},
	             "year: 2026\n"
	             "\n"
	             "area  verdi\n"
	             "────  ─────\n"
	             "ahus      1\n"
	             "lds      20\n"
	             "ous     300\n");
	vrd_arena_clear(&mem);
}

static void known_codes_get_words_in_the_language(void **state) {
	(void)state;
	vrd_arena mem = {0};
	static const char *const sexes[] = {"F", "M"};
	static const char *const stats[] = {"mean", "p10", "mc_error"};
	const vrd_dim *const dims[] = {new_dim(&mem, "sex", 2, sexes, NULL),
	                               new_dim(&mem, "stat", 3, stats, NULL)};
	const double values[] = {1000.25, 900, 0.5, 2000, 1900, 1};
	const vrd_cube cube = new_cube(&mem, 2, dims, values);
	assert_table(&cube, &nb,
	             "kjønn    gjennomsnitt    P10  Monte Carlo-feil\n"
	             "───────  ────────────  ─────  ────────────────\n"
	             "kvinner         1~000    900                 1\n"
	             "menn            2~000  1~900                 1\n");
	vrd_arena_clear(&mem);
}

static void repeated_keys_are_blank_so_that_groups_stand_out(void **state) {
	(void)state;
	vrd_arena mem = {0};
	static const char *const sexes[] = {"F", "M"};
	const vrd_dim *const dims[] = {three_areas(&mem), new_dim(&mem, "sex", 2, sexes, NULL),
	                               new_years(&mem, 2026, 2027)};
	const double values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	const vrd_cube cube = new_cube(&mem, 3, dims, values);
	assert_table(&cube, &nb,
	             "område       kjønn    2026  2027\n"
	             "───────────  ───────  ────  ────\n"
	             "Akershus     kvinner     1     2\n"
	             "             menn        3     4\n"
	             "Lovisenberg  kvinner     5     6\n"
	             "             menn        7     8\n"
	             "Oslo         kvinner     9    10\n"
	             "             menn       11    12\n");
	vrd_arena_clear(&mem);
}

static void any_dimension_can_be_laid_out_across(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *const dims[] = {three_areas(&mem), new_years(&mem, 2026, 2027)};
	const double values[] = {1, 2, 3, 4, 5, 6};
	const vrd_cube cube = new_cube(&mem, 2, dims, values);
	vrd_table_options opt = nb;
	opt.across = "area";
	assert_table(&cube, &opt,
	             "år    Akershus  Lovisenberg  Oslo\n"
	             "────  ────────  ───────────  ────\n"
	             "2026         1            3     5\n"
	             "2027         2            4     6\n");
	opt.across = "arae";
	vrd_buf out = {0};
	vrd_err err = {0};
	vrd_buf_puts(&out, "before");
	assert_int_equal(vrd_table_write(&cube, &opt, &out, &err), VRD_NOINPUT);
	assert_non_null(strstr(err.text, "arae"));
	assert_string_equal(out.p, "before");
	vrd_buf_free(&out);
	vrd_arena_clear(&mem);
}

static void what_does_not_fit_across_goes_down(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *const dims[] = {three_areas(&mem), new_years(&mem, 2026, 2027)};
	const double values[] = {1, 2, 3, 4, 5, 6};
	const vrd_cube cube = new_cube(&mem, 2, dims, values);
	vrd_table_options opt = nb;
	opt.width = 20;
	opt.max_rows = 3;
	assert_table(&cube, &opt,
	             "område       år    verdi\n"
	             "───────────  ────  ─────\n"
	             "Akershus     2026      1\n"
	             "             2027      2\n"
	             "Lovisenberg  2026      3\n"
	             "… og 3 rader til\n");
	opt.width = 23;
	opt.max_rows = 1;
	assert_table(&cube, &opt,
	             "område    2026  2027\n"
	             "────────  ────  ────\n"
	             "Akershus     1     2\n"
	             "… og 2 rader til\n");
	vrd_arena_clear(&mem);
}

static void decimals_follow_the_size_of_the_numbers(void **state) {
	(void)state;
	static const struct {
		double value;
		const char *line;
	} cases[] = {
	        {12345.6, "12~346\n"},
	        {999.96, "1~000,0\n"},
	        {12.34, "12,3\n"},
	        {4.321, "4,32\n"},
	        {0.4321, "0,432\n"},
	        {0.04321, "0,0432\n"},
	        {0.001234, "0,0012\n"},
	        {7, "7\n"},
	        {0, "0\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		vrd_arena mem = {0};
		const vrd_cube cube = new_cube(&mem, 0, NULL, &cases[i].value);
		vrd_buf out = {0}, shown = {0};
		assert_int_equal(vrd_table_write(&cube, &nb, &out, NULL), VRD_OK);
		show(&out, &shown);
		const char *last = strstr(shown.p, "\n");
		last = strstr(last + 1, "\n") + 1;
		assert_string_equal(last + strspn(last, " "), cases[i].line);
		vrd_buf_free(&out);
		vrd_buf_free(&shown);
		vrd_arena_clear(&mem);
	}
}

static void each_measure_has_its_own_decimals_and_unit(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_category cats[] = {
	        {.code = "contacts", .parent = VRD_NONE, .decimals = -1},
	        {.code = "rate", .label = "Rate", .parent = VRD_NONE, .decimals = 2, .unit = "%"},
	        {.code = "bed_days", .parent = VRD_NONE, .decimals = -1, .unit = "bed days"},
	};
	const vrd_dim *dims[2] = {NULL, new_years(&mem, 2026, 2027)};
	assert_int_equal(
	        vrd_dim_new(&mem, "measure", NULL, VRD_ROLE_METRIC, 3, cats, &dims[0], NULL),
	        VRD_OK);
	const double values[] = {12000, 13000, 4.5, 4.25, 70.5, 71};
	const vrd_cube cube = new_cube(&mem, 2, dims, values);
	assert_table(&cube, &nb,
	             "størrelse    2026    2027\n"
	             "─────────  ──────  ──────\n"
	             "kontakter  12~000  13~000\n"
	             "Rate (%)     4,50    4,25\n"
	             "liggedøgn    70,5    71,0\n");
	vrd_arena_clear(&mem);
}

static void children_are_indented_under_their_parents(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_category cats[] = {
	        {.code = "som", .label = "Somatikk", .parent = VRD_NONE, .decimals = -1},
	        {.code = "ort", .label = "Ortopedi", .parent = 0, .decimals = -1},
	        {.code = "hip", .label = "Hofte", .parent = 1, .decimals = -1},
	};
	const vrd_dim *dims[2] = {NULL, new_years(&mem, 2026, 2027)};
	assert_int_equal(
	        vrd_dim_new(&mem, "service", "Tjeneste", VRD_ROLE_NONE, 3, cats, &dims[0], NULL),
	        VRD_OK);
	const double values[] = {6, 5, 4, 3, 2, 1};
	const vrd_cube cube = new_cube(&mem, 2, dims, values);
	assert_table(&cube, &nb,
	             "Tjeneste    2026  2027\n"
	             "──────────  ────  ────\n"
	             "Somatikk       6     5\n"
	             "  Ortopedi     4     3\n"
	             "    Hofte      2     1\n");
	vrd_arena_clear(&mem);
}

static void control_characters_never_reach_the_terminal(void **state) {
	(void)state;
	vrd_arena mem = {0};
	static const char *const codes[] = {"a", "b"};
	static const char *const labels[] = {"red\x1b[31m", "two\nlines \xC2\x9B!"};
	const vrd_dim *const dims[] = {new_dim(&mem, "area", 2, codes, labels)};
	const double values[] = {1, 2};
	vrd_cube cube = new_cube(&mem, 1, dims, values);
	cube.label = "title\x1b]0;x\a";
	cube.unit = "u\x1b";
	vrd_buf out = {0};
	assert_int_equal(vrd_table_write(&cube, &nb, &out, NULL), VRD_OK);
	for (size_t i = 0; i < out.n; i++)
		assert_true((unsigned char)out.p[i] >= 0x20 || out.p[i] == '\n');
	assert_null(strstr(out.p, "\xC2\x9B"));
	assert_non_null(strstr(out.p, "two lines"));
	vrd_buf_free(&out);
	vrd_arena_clear(&mem);
}

static void long_notes_are_broken_at_blanks(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const double value = 1;
	vrd_cube cube = new_cube(&mem, 0, NULL, &value);
	cube.source = "Statistisk sentralbyrå, tabell 07459 og tabell 12882";
	vrd_table_options opt = nb;
	opt.width = 30;
	assert_table(&cube, &opt,
	             "verdi\n"
	             "─────\n"
	             "    1\n"
	             "\n"
	             "Kilde: Statistisk sentralbyrå,\n"
	             "  tabell 07459 og tabell 12882\n");
	vrd_arena_clear(&mem);
}

static void a_full_buffer_is_an_error_and_stays_as_it_was(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const double value = 1;
	const vrd_cube cube = new_cube(&mem, 0, NULL, &value);
	vrd_buf out = {.max = 12};
	assert_int_equal(vrd_table_write(&cube, &nb, &out, NULL), VRD_NOMEM);
	assert_int_equal(out.n, 0);
	vrd_buf_free(&out);
	vrd_arena_clear(&mem);
}

static void tables_come_in_three_languages(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *const dims[] = {three_areas(&mem), new_years(&mem, 2026, 2027)};
	const double values[] = {1234.5, 2, 3, 4, 5, 6};
	vrd_cube cube = new_cube(&mem, 2, dims, values);
	set_status(&mem, &cube, 1, VRD_NOT_APPLICABLE);
	set_status(&mem, &cube, 2, VRD_ESTIMATED);
	cube.source = "SSB";
	vrd_table_options opt = nb;
	opt.decimals = 1;
	opt.lang = VRD_NN;
	assert_table(&cube, &opt,
	             "område          2026   2027\n"
	             "───────────  ────────  ────\n"
	             "Akershus     1~234,5      .\n"
	             "Lovisenberg      3,0e   4,0\n"
	             "Oslo             5,0    6,0\n"
	             "\n"
	             "Teiknforklaring: . ikkje mogleg · e berekna\n"
	             "Kjelde: SSB\n");
	opt.lang = VRD_EN;
	assert_table(&cube, &opt,
	             "area            2026   2027\n"
	             "───────────  ────────  ────\n"
	             "Akershus     1,234.5      .\n"
	             "Lovisenberg      3.0e   4.0\n"
	             "Oslo             5.0    6.0\n"
	             "\n"
	             "Symbols: . not applicable · e estimated\n"
	             "Source: SSB\n");
	vrd_arena_clear(&mem);
}

// --- charts -------------------------------------------------------------------------------------

static void assert_spark(size_t n, const double *values, bool from_zero, const char *expected) {
	vrd_buf out = {0};
	vrd_buf_puts(&out, "");
	vrd_sparkline(&out, values, n, from_zero);
	assert_string_equal(out.p, expected);
	vrd_buf_free(&out);
}

static void a_sparkline_runs_from_smallest_to_largest(void **state) {
	(void)state;
	assert_spark(8, (const double[]){0, 1, 2, 3, 4, 5, 6, 7}, false, "▁▂▃▄▅▆▇█");
	assert_spark(3, (const double[]){10, 15, 20}, false, "▁▅█");
	assert_spark(3, (const double[]){10, 15, 20}, true, "▅▇█");
	assert_spark(3, (const double[]){-10, -20, 0}, true, "▅▁█");
	assert_spark(3, (const double[]){7, 7, 7}, false, "▄▄▄");
	assert_spark(3, (const double[]){7, 7, 7}, true, "▄▄▄");
	assert_spark(4, (const double[]){1, NAN, INFINITY, 2}, false, "▁  █");
	assert_spark(2, (const double[]){-1.7e308, 1.7e308}, false, "▁█");
	assert_spark(0, NULL, false, "");
}

static void assert_bar(double value, double max, size_t width, const char *expected) {
	vrd_buf out = {0};
	vrd_buf_puts(&out, "");
	vrd_bar(&out, value, max, width);
	assert_string_equal(out.p, expected);
	vrd_buf_free(&out);
}

static void a_bar_is_drawn_in_eighths(void **state) {
	(void)state;
	assert_bar(10, 10, 4, "████");
	assert_bar(5, 10, 4, "██");
	assert_bar(5, 10, 3, "█▌");
	assert_bar(1, 32, 4, "▏");
	assert_bar(7, 8, 1, "▉");
	assert_bar(0.001, 10, 4, "▏");
	assert_bar(0, 10, 4, "");
	assert_bar(20, 10, 4, "████");
	assert_bar(-5, 10, 4, "░░");
	assert_bar(-0.001, 10, 4, "░");
	assert_bar(NAN, 10, 4, "");
	assert_bar(5, 0, 4, "");
	assert_bar(5, NAN, 4, "");
	assert_bar(5, 10, 0, "");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_table_has_title_unit_rows_symbols_notes_and_source),
	        cmocka_unit_test(a_plain_cube_has_no_empty_heads),
	        cmocka_unit_test(codes_are_shown_when_labels_are_not_wanted),
	        cmocka_unit_test(known_codes_get_words_in_the_language),
	        cmocka_unit_test(repeated_keys_are_blank_so_that_groups_stand_out),
	        cmocka_unit_test(any_dimension_can_be_laid_out_across),
	        cmocka_unit_test(what_does_not_fit_across_goes_down),
	        cmocka_unit_test(decimals_follow_the_size_of_the_numbers),
	        cmocka_unit_test(each_measure_has_its_own_decimals_and_unit),
	        cmocka_unit_test(children_are_indented_under_their_parents),
	        cmocka_unit_test(control_characters_never_reach_the_terminal),
	        cmocka_unit_test(long_notes_are_broken_at_blanks),
	        cmocka_unit_test(a_full_buffer_is_an_error_and_stays_as_it_was),
	        cmocka_unit_test(tables_come_in_three_languages),
	        cmocka_unit_test(a_sparkline_runs_from_smallest_to_largest),
	        cmocka_unit_test(a_bar_is_drawn_in_eighths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
