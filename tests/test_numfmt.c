// Numbers, dates and names: the vectors of tests/numbers.tsv, which the browser runs too.
#include "cube/numfmt.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Appends code point `code` (below 0x10000) as UTF-8.
static void put_utf8(vrd_buf *out, unsigned code) {
	if (code < 0x80) {
		vrd_buf_putc(out, (char)code);
	} else if (code < 0x800) {
		vrd_buf_putc(out, (char)(unsigned char)(0xC0 | code >> 6));
		vrd_buf_putc(out, (char)(unsigned char)(0x80 | (code & 0x3F)));
	} else {
		vrd_buf_putc(out, (char)(unsigned char)(0xE0 | code >> 12));
		vrd_buf_putc(out, (char)(unsigned char)(0x80 | (code >> 6 & 0x3F)));
		vrd_buf_putc(out, (char)(unsigned char)(0x80 | (code & 0x3F)));
	}
}

// \uXXXX as in JavaScript.
static void unescape(vrd_str text, vrd_buf *out) {
	vrd_buf_reset(out);
	vrd_buf_puts(out, "");
	for (size_t i = 0; i < text.n; i++) {
		unsigned code;
		if (text.p[i] == '\\' && i + 5 < text.n && text.p[i + 1] == 'u' &&
		    sscanf(text.p + i + 2, "%4x", &code) == 1) {
			put_utf8(out, code);
			i += 5;
		} else {
			vrd_buf_putc(out, text.p[i]);
		}
	}
}

static double number_of(vrd_str text) {
	double value = NAN;
	if (!vrd_str_is(text, "NaN"))
		assert_true(vrd_parse_double(text, '.', &value));
	return value;
}

static int whole_of(vrd_str text) {
	int64_t value = 0;
	assert_true(vrd_parse_int64(text, &value));
	return (int)value;
}

static void call(vrd_str function, size_t n, const vrd_str args[3], vrd_lang lang, vrd_buf *out) {
	if (vrd_str_is(function, "number") && n == 2)
		vrd_fmt_number(out, number_of(args[0]), whole_of(args[1]), lang);
	else if (vrd_str_is(function, "percent") && n == 3)
		vrd_fmt_percent(out, number_of(args[0]), whole_of(args[1]), whole_of(args[2]) == 1,
		                lang);
	else if (vrd_str_is(function, "significant") && n == 2)
		vrd_fmt_significant(out, number_of(args[0]), whole_of(args[1]), lang);
	else if (vrd_str_is(function, "compact") && n == 1)
		vrd_fmt_compact(out, number_of(args[0]), lang);
	else if (vrd_str_is(function, "money") && n == 2)
		vrd_fmt_money(out, number_of(args[0]), whole_of(args[1]) == 1, lang);
	else if (vrd_str_is(function, "rate") && n == 2)
		vrd_fmt_rate(out, number_of(args[0]), whole_of(args[1]), lang);
	else if (vrd_str_is(function, "date") && n == 1)
		vrd_fmt_date(out, args[0], lang);
	else if (vrd_str_is(function, "date_short") && n == 1)
		vrd_fmt_date_short(out, args[0], lang);
	else if (vrd_str_is(function, "collate") && n == 2)
		vrd_buf_printf(out, "%d", vrd_collate(args[0], args[1]));
	else
		fail_msg("%.*s with %zu arguments", (int)function.n, function.p, n);
}

static void check_row(vrd_str row, size_t line, vrd_buf *scratch, vrd_buf *out) {
	vrd_str fields[4] = {{0}}, rest = row, args[3] = {{0}};
	size_t n = 0, n_args = 0;
	while (n < 4 && vrd_str_split(&rest, '\t', &fields[n]))
		n++;
	vrd_lang lang = VRD_NB;
	if (n != 4 || rest.p != NULL || !vrd_lang_parse(fields[2], &lang))
		fail_msg("numbers.tsv:%zu: not four fields with a language", line);
	unescape(fields[1], scratch);
	vrd_str text = {scratch->p, scratch->n};
	while (n_args < 3 && vrd_str_split(&text, '|', &args[n_args]))
		n_args++;
	vrd_buf_reset(out);
	vrd_buf_puts(out, "");
	call(fields[0], n_args, args, lang, out);
	vrd_buf expected = {0};
	unescape(fields[3], &expected);
	if (strcmp(out->p, expected.p) != 0)
		fail_msg("numbers.tsv:%zu: %.*s(%.*s): got \"%s\", expected \"%s\"", line,
		         (int)fields[0].n, fields[0].p, (int)fields[1].n, fields[1].p, out->p,
		         expected.p);
	vrd_buf_free(&expected);
}

static void every_vector_of_numbers_tsv_holds(void **state) {
	(void)state;
	FILE *file = fopen("tests/numbers.tsv", "rb");
	if (file == NULL)
		fail_msg("tests/numbers.tsv is not there: run the tests from the project's root");
	char *text = calloc(1, 1U << 16);
	assert_non_null(text);
	const size_t length = fread(text, 1, (1U << 16) - 1, file);
	fclose(file);
	assert_in_range(length, 1000, (1U << 16) - 2);
	vrd_buf scratch = {0}, out = {0};
	vrd_str rest = {text, length}, row;
	size_t line = 0, n_checked = 0;
	while (vrd_str_split(&rest, '\n', &row)) {
		line++;
		if (row.n == 0 || row.p[0] == '#' || vrd_str_starts(row, "function\t"))
			continue;
		check_row(row, line, &scratch, &out);
		n_checked++;
	}
	assert_true(n_checked > 120);
	vrd_buf_free(&scratch);
	vrd_buf_free(&out);
	free(text);
}

static void languages_are_read_by_their_codes_only(void **state) {
	(void)state;
	vrd_lang lang = VRD_NN;
	assert_true(vrd_lang_parse(VRD_STR("en"), &lang));
	assert_int_equal(lang, VRD_EN);
	assert_false(vrd_lang_parse(VRD_STR("no"), &lang));
	assert_false(vrd_lang_parse(VRD_STR("NB"), &lang));
	assert_false(vrd_lang_parse(VRD_STR(""), &lang));
	assert_int_equal(lang, VRD_EN);
	assert_string_equal(vrd_lang_code(VRD_NB), "nb");
	assert_string_equal(vrd_lang_code(VRD_NN), "nn");
}

static void the_largest_and_smallest_doubles_have_all_their_digits(void **state) {
	(void)state;
	vrd_buf out = {0};
	vrd_fmt_number(&out, 1.7976931348623157e308, 0, VRD_EN);
	assert_int_equal(out.n, 309 + 102);
	assert_memory_equal(out.p, "179,769,313,486,231,570,000", 27);
	vrd_buf_reset(&out);
	vrd_fmt_significant(&out, 5e-324, 3, VRD_EN);
	assert_int_equal(out.n, 326);
	assert_memory_equal(out.p + 320, "000005", 6);
	vrd_buf_reset(&out);
	vrd_fmt_compact(&out, -INFINITY, VRD_NB);
	assert_string_equal(out.p, "−∞");
	vrd_buf_free(&out);
}

static void a_number_is_never_written_half_into_a_full_buffer_unseen(void **state) {
	(void)state;
	vrd_buf out = {.max = 4};
	vrd_fmt_money(&out, 129e9, false, VRD_NB);
	assert_true(out.failed);
	vrd_buf_free(&out);
}

// Every pair both ways: a comparison that is not antisymmetric and transitive lets a sort do
// anything.
static void collation_is_a_total_order_of_norwegian_names(void **state) {
	(void)state;
	static const char *const sorted[] = {
	        "",
	        "-",
	        "1. divisjon",
	        "Akershus",
	        "Andøy",
	        "Bærum",
	        "Drammen",
	        "Kongsberg",
	        "kor",
	        "kór",
	        "Nes",
	        "Nord-Fron",
	        "Norðfjörður",
	        "Nordre Follo",
	        "Oslo",
	        "Porsanger",
	        "Porsáŋgu",
	        "Våler",
	        "Z",
	        "Ærfugl",
	        "Ærøy",
	        "Østfold",
	        "Øyer",
	        "Ål",
	        "Ås",
	        "Aas",
	        "Åsnes",
	};
	const size_t n = sizeof sorted / sizeof sorted[0];
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			const int got = vrd_collate(vrd_str_of(sorted[i]), vrd_str_of(sorted[j]));
			const int expected = i < j ? -1 : i > j;
			if (got != expected)
				fail_msg("\"%s\" against \"%s\": %d", sorted[i], sorted[j], got);
		}
}

static void collation_survives_bytes_that_are_not_utf8(void **state) {
	(void)state;
	const char bad[] = {'A', '\xC3', 'B', '\xFF'};
	assert_int_equal(vrd_collate((vrd_str){bad, 4}, (vrd_str){bad, 4}), 0);
	assert_int_equal(vrd_collate((vrd_str){bad, 2}, VRD_STR("A")), 1);
	assert_int_equal(vrd_collate((vrd_str){0}, (vrd_str){bad, 4}), -1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_vector_of_numbers_tsv_holds),
	        cmocka_unit_test(languages_are_read_by_their_codes_only),
	        cmocka_unit_test(the_largest_and_smallest_doubles_have_all_their_digits),
	        cmocka_unit_test(a_number_is_never_written_half_into_a_full_buffer_unseen),
	        cmocka_unit_test(collation_is_a_total_order_of_norwegian_names),
	        cmocka_unit_test(collation_survives_bytes_that_are_not_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
