#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool same_bits(double a, double b) {
	return memcmp(&a, &b, sizeof a) == 0;
}

// xorshift64: enough to wander over all doubles, and the same walk every time.
static uint64_t next_random(uint64_t *state) {
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void assert_slice(vrd_str actual, const char *expected) {
	char copy[256];
	assert_true(actual.n < sizeof copy);
	memcpy(copy, actual.p, actual.n);
	copy[actual.n] = '\0';
	assert_string_equal(copy, expected);
}

static void slices_compare_by_content(void **state) {
	(void)state;
	assert_true(vrd_str_eq(VRD_STR("age"), vrd_str_of("age")));
	assert_false(vrd_str_eq(VRD_STR("age"), VRD_STR("ages")));
	assert_true(vrd_str_eq(vrd_str_of(NULL), VRD_STR("")));
	assert_true(vrd_str_is((vrd_str){"years", 4}, "year"));
	assert_true(vrd_str_starts(VRD_STR("bed_days"), "bed"));
	assert_false(vrd_str_starts(VRD_STR("be"), "bed"));
	assert_true(vrd_str_starts((vrd_str){0}, ""));
}

static void trim_takes_blanks_and_no_break_spaces(void **state) {
	(void)state;
	assert_slice(vrd_str_trim(VRD_STR(" \t\xC2\xA0 a b \xC2\xA0\r")), "a b");
	assert_slice(vrd_str_trim(VRD_STR("\xC2\xA0")), "");
	assert_slice(vrd_str_trim(VRD_STR("\xC3\xA0")), "\xC3\xA0"); // "à" ends in the same byte
	assert_slice(vrd_str_trim(VRD_STR("a\n")), "a\n");
}

static void split_gives_empty_parts_too(void **state) {
	(void)state;
	const char *const expected[] = {"a", "", "b", ""};
	vrd_str rest = VRD_STR("a,,b,");
	vrd_str part;
	for (size_t i = 0; i < 4; i++) {
		assert_true(vrd_str_split(&rest, ',', &part));
		assert_slice(part, expected[i]);
	}
	assert_false(vrd_str_split(&rest, ',', &part));

	rest = VRD_STR("");
	assert_true(vrd_str_split(&rest, ',', &part));
	assert_int_equal(part.n, 0);
	assert_false(vrd_str_split(&rest, ',', &part));
}

static void utf8_errors_are_found_where_they_are(void **state) {
	(void)state;
	static const struct {
		const char *text;
		size_t bad_at; // SIZE_MAX = valid
	} cases[] = {
	        {"", SIZE_MAX},
	        {"plain ASCII text that is long", SIZE_MAX},
	        {"B\xC3\xA6rum, \xE2\x82\xAC and \xF0\x9F\x98\x80", SIZE_MAX},
	        {"\xF4\x8F\xBF\xBF", SIZE_MAX},      // U+10FFFF
	        {"a\xC0\xAF", 1},                    // overlong "/"
	        {"\xE0\x80\xAF", 0},                 // overlong "/"
	        {"12345678\xED\xA0\x80", 8},         // surrogate
	        {"\xF4\x90\x80\x80", 0},             // past U+10FFFF
	        {"ab\x80", 2},                       // continuation alone
	        {"abc\xE2\x82", 3},                  // cut short
	        {"\xF8\x88\x80\x80\x80", 0},         // five bytes
	        {"ISO-8859-1: B\xE6rum is bad", 13}, // the usual case
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const size_t n = strlen(cases[i].text);
		const size_t expected = cases[i].bad_at == SIZE_MAX ? n : cases[i].bad_at;
		assert_int_equal(vrd_utf8_invalid_at(cases[i].text, n), expected);
	}
}

static void width_counts_letters_not_bytes(void **state) {
	(void)state;
	assert_int_equal(vrd_utf8_width(VRD_STR("S\xC3\xB8r-\xC3\x98st")), 7);
	assert_int_equal(vrd_utf8_width(VRD_STR("a\xCC\x8Arsak")), 5); // a + combining ring
	assert_int_equal(vrd_utf8_width(VRD_STR("\xE6 stray")), 7);
}

static void numbers_are_read_exactly(void **state) {
	(void)state;
	static const struct {
		const char *text;
		double value;
	} cases[] = {
	        {"0", 0.0},
	        {"1", 1.0},
	        {"-.5", -0.5},
	        {"+5.", 5.0},
	        {" 12.25 ", 12.25},
	        {"1e5", 1e5},
	        {"1E-5", 1e-5},
	        {"1e+22", 1e22},
	        {"1e23", 1e23},
	        {"0.1", 0.1},
	        {"0.30000000000000004", 0.30000000000000004},
	        {"9007199254740993", 9007199254740992.0},         // a tie, to even
	        {"9007199254740993.0000001", 9007199254740994.0}, // just above it
	        {"18446744073709551615", 18446744073709551616.0},
	        {"99999999999999999999", 1e20},
	        {"0000000000000000000000012.5", 12.5},
	        {"0.000000000000000000000000000001", 1e-30},
	        {"2.2250738585072011e-308", 2.2250738585072011e-308},
	        {"4.9e-324", 4.9e-324},
	        {"1e-400", 0.0},
	        {"0e999999999999", 0.0},
	        {"1.7976931348623157e308", DBL_MAX},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double value = -1.0;
		assert_true(vrd_parse_double(vrd_str_of(cases[i].text), '.', &value));
		if (!same_bits(value, cases[i].value))
			fail_msg("%s was read as %.17g", cases[i].text, value);
	}
	double value;
	assert_true(vrd_parse_double(VRD_STR("-0"), '.', &value));
	assert_true(same_bits(value, -0.0));
}

static void what_is_not_a_number_is_refused(void **state) {
	(void)state;
	static const char *const cases[] = {
	        "",
	        " ",
	        ".",
	        "-",
	        "+-1",
	        "1 000",
	        "1,5",
	        "nan",
	        "inf",
	        "-inf",
	        "0x1",
	        "1e",
	        "1e+",
	        "e5",
	        ".e5",
	        "1.2.3",
	        "1e5.5",
	        "1f",
	        "1e309",
	        "--1",
	        "1_0",
	        "1\n",
	        "\xE2\x88\x92\x31",
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double value = 42.0;
		if (vrd_parse_double(vrd_str_of(cases[i]), '.', &value))
			fail_msg("\"%s\" was read as %.17g", cases[i], value);
		assert_true(same_bits(value, 42.0));
	}
	double value;
	assert_false(vrd_parse_double((vrd_str){0}, '.', &value));
	assert_false(vrd_parse_double((vrd_str){"1\0", 2}, '.', &value));
}

static void decimal_comma_is_a_choice(void **state) {
	(void)state;
	double value;
	assert_true(vrd_parse_double(VRD_STR("3,25"), ',', &value));
	assert_true(same_bits(value, 3.25));
	assert_false(vrd_parse_double(VRD_STR("3.25"), ',', &value));
	assert_true(vrd_parse_double(VRD_STR("1234567890123456789012,5"), ',', &value));
	assert_true(same_bits(value, 1234567890123456789012.5));
}

static void only_the_slice_is_read(void **state) {
	(void)state;
	double value;
	int64_t number;
	assert_true(vrd_parse_double((vrd_str){"12345", 3}, '.', &value));
	assert_true(same_bits(value, 123.0));
	assert_true(vrd_parse_int64((vrd_str){"12345", 3}, &number));
	assert_int_equal(number, 123);
}

// Against strtod, which glibc rounds correctly: every path of the reader, at every precision.
static void reading_agrees_with_strtod(void **state) {
	(void)state;
	uint64_t random = 88172645463325252U;
	for (size_t i = 0; i < 200000; i++) {
		const uint64_t bits = next_random(&random);
		double x;
		memcpy(&x, &bits, sizeof x);
		if (i % 2 == 0)
			x = (double)(int64_t)bits * 0x1p-43;
		if (!isfinite(x))
			continue;
		char text[64];
		const int digits = 1 + (int)(i % 25);
		snprintf(text, sizeof text, i % 4 < 2 ? "%.*g" : "%.*e", digits, x);
		const double expected = strtod(text, NULL);
		double value = 0.0;
		if (isinf(expected))
			continue;
		assert_true(vrd_parse_double(vrd_str_of(text), '.', &value));
		if (!same_bits(value, expected))
			fail_msg("%s was read as %.17g", text, value);
	}
}

// The midpoint of two doubles has up to 767 digits: one more digit anywhere behind them decides.
static void digits_far_behind_break_a_tie(void **state) {
	(void)state;
	enum { zeros = 2000 };
	char text[zeros + 64];
	const int n = snprintf(text, sizeof text, "9007199254740993.%0*d1", zeros, 0);
	double value;
	assert_true(vrd_parse_double((vrd_str){text, (size_t)n - 1}, '.', &value));
	assert_true(same_bits(value, 9007199254740992.0));
	assert_true(vrd_parse_double((vrd_str){text, (size_t)n}, '.', &value));
	assert_true(same_bits(value, 9007199254740994.0));
}

static void integers_know_their_range(void **state) {
	(void)state;
	int64_t value = 0;
	assert_true(vrd_parse_int64(VRD_STR("-9223372036854775808"), &value));
	assert_true(value == INT64_MIN);
	assert_true(vrd_parse_int64(VRD_STR(" +9223372036854775807"), &value));
	assert_true(value == INT64_MAX);
	static const char *const bad[] = {"9223372036854775808",
	                                  "-9223372036854775809",
	                                  "99999999999999999999",
	                                  "",
	                                  "-",
	                                  "1.0",
	                                  "1e3",
	                                  "1 2",
	                                  "x"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(vrd_parse_int64(vrd_str_of(bad[i]), &value));
		assert_true(value == INT64_MAX);
	}
}

static void numbers_are_written_as_people_would(void **state) {
	(void)state;
	static const struct {
		double value;
		const char *text;
	} cases[] = {
	        {0.0, "0"},
	        {-0.0, "0"},
	        {1.0, "1"},
	        {-105.0, "-105"},
	        {100000.0, "100000"},
	        {9007199254740991.0, "9007199254740991"},
	        {1e17, "100000000000000000"},
	        {1e18, "1e18"},
	        {-1.5e22, "-1.5e22"},
	        {0.1, "0.1"},
	        {-0.25, "-0.25"},
	        {1234.5678, "1234.5678"},
	        {0.1 + 0.2, "0.30000000000000004"},
	        {1.0 / 3.0, "0.3333333333333333"},
	        {0.0001, "0.0001"},
	        {0.00001, "1e-5"},
	        {1.25e-7, "1.25e-7"},
	        {4.9e-324, "5e-324"},
	        {DBL_MIN, "2.2250738585072014e-308"},
	        {-DBL_MAX, "-1.7976931348623157e308"},
	        {NAN, "nan"},
	        {-INFINITY, "-inf"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[32];
		const size_t n = vrd_format_double(cases[i].value, text);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(n, strlen(text));
	}
}

static size_t digits_of(const char *text) {
	size_t n = 0;
	for (; *text != '\0' && *text != 'e'; text++) {
		if (*text >= '0' && *text <= '9' && (n > 0 || *text != '0'))
			n++;
	}
	return n;
}

static void what_is_written_reads_back_and_no_shorter_text_does(void **state) {
	(void)state;
	uint64_t random = 123456789;
	for (size_t i = 0; i < 100000; i++) {
		const uint64_t bits = next_random(&random);
		double x;
		memcpy(&x, &bits, sizeof x);
		if (i % 3 == 0)
			x = (double)(bits % 100000000) / 1000.0 + 0.001;
		if (i % 3 == 1)
			x = (double)(bits >> 11) * 0x1p-53;
		if (!isfinite(x))
			continue;
		char text[32];
		char shorter[40];
		double back = 0.0;
		const size_t n = vrd_format_double(x, text);
		assert_true(vrd_parse_double((vrd_str){text, n}, '.', &back));
		if (!same_bits(back, x))
			fail_msg("%.17g was written as %s", x, text);
		// Zeros at the end of a plain integer are not digits that were needed.
		const size_t digits = digits_of(text);
		if (digits > 1 && digits <= 17 && text[n - 1] != '0') {
			snprintf(shorter, sizeof shorter, "%.*e", (int)digits - 2, x);
			assert_false(same_bits(strtod(shorter, NULL), x));
		}
	}
}

static void buffer_grows_and_can_be_used_again(void **state) {
	(void)state;
	vrd_buf buf = {0};
	for (int i = 0; i < 1000; i++)
		vrd_buf_printf(&buf, "%03d,", i);
	assert_int_equal(buf.n, 4000);
	assert_memory_equal(buf.p + 3996, "999,", 5);
	const size_t capacity = buf.capacity;
	vrd_buf_reset(&buf);
	assert_string_equal(buf.p, "");
	vrd_buf_puts(&buf, "a");
	vrd_buf_putc(&buf, 'b');
	vrd_buf_add(&buf, "cd", 1);
	assert_string_equal(buf.p, "abc");
	assert_int_equal(buf.capacity, capacity);
	assert_false(buf.failed);
	vrd_buf_free(&buf);
	assert_null(buf.p);
	vrd_buf_free(NULL);
}

static void empty_append_still_terminates(void **state) {
	(void)state;
	vrd_buf buf = {0};
	vrd_buf_add(&buf, NULL, 0);
	assert_string_equal(buf.p, "");
	vrd_buf_free(&buf);
	vrd_buf_printf(&buf, "%s", "");
	assert_string_equal(buf.p, "");
	vrd_buf_free(&buf);
}

static void full_buffer_keeps_what_fits_and_remembers(void **state) {
	(void)state;
	vrd_buf buf = {.max = 5};
	vrd_buf_puts(&buf, "abcde");
	assert_false(buf.failed);
	vrd_buf_putc(&buf, 'f');
	assert_true(buf.failed);
	assert_string_equal(buf.p, "abcde");
	vrd_buf_reset(&buf);
	vrd_buf_printf(&buf, "%d", 1234567);
	assert_true(buf.failed);
	assert_string_equal(buf.p, "12345");
	vrd_buf_reset(&buf);
	vrd_buf_puts(&buf, "abc");
	vrd_buf_puts(&buf, "defg");
	vrd_buf_puts(&buf, "h"); // nothing follows a gap
	assert_string_equal(buf.p, "abcde");
	vrd_buf_free(&buf);
}

static void appending_more_than_memory_can_hold_fails(void **state) {
	(void)state;
	vrd_buf buf = {0};
	vrd_buf_puts(&buf, "kept");
	vrd_buf_add(&buf, "", SIZE_MAX - 2);
	assert_true(buf.failed);
	assert_string_equal(buf.p, "kept");
	vrd_buf_free(&buf);
}

static void edit_distance_counts_swaps_once(void **state) {
	(void)state;
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
	        {"", "", 0},           {"", "abc", 3},           {"draws", "draws", 0},
	        {"draws", "DRAWS", 0}, {"drwas", "draws", 1},    {"draw", "draws", 1},
	        {"drows", "draws", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const vrd_str a = vrd_str_of(cases[i].a);
		const vrd_str b = vrd_str_of(cases[i].b);
		assert_int_equal(vrd_edit_distance(a, b), cases[i].distance);
		assert_int_equal(vrd_edit_distance(b, a), cases[i].distance);
	}
	char x[300];
	memset(x, 'x', sizeof x);
	assert_int_equal(vrd_edit_distance((vrd_str){x, 300}, VRD_STR("")), 64);
}

static void nearest_suggests_only_what_is_near(void **state) {
	(void)state;
	static const char *const names[] = {"draws", "draft", "bed_days", "year", "output-file"};
	assert_int_equal(vrd_nearest(VRD_STR("drwas"), names, 5), 0);
	assert_int_equal(vrd_nearest(VRD_STR("drat"), names, 5), 1);
	assert_int_equal(vrd_nearest(VRD_STR("Year"), names, 5), 3);
	assert_int_equal(vrd_nearest(VRD_STR("days"), names, 5), 2);        // shares a word
	assert_int_equal(vrd_nearest(VRD_STR("output_name"), names, 5), 4); // shares a word
	assert_int_equal(vrd_nearest(VRD_STR("population"), names, 5), SIZE_MAX);
	assert_int_equal(vrd_nearest(VRD_STR("yr"), names, 5), SIZE_MAX);
	assert_int_equal(vrd_nearest(VRD_STR("drax"), (const char *const[]){"drab", "drag"}, 2), 0);
	assert_int_equal(vrd_nearest(VRD_STR("draws"), NULL, 0), SIZE_MAX);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(slices_compare_by_content),
	        cmocka_unit_test(trim_takes_blanks_and_no_break_spaces),
	        cmocka_unit_test(split_gives_empty_parts_too),
	        cmocka_unit_test(utf8_errors_are_found_where_they_are),
	        cmocka_unit_test(width_counts_letters_not_bytes),
	        cmocka_unit_test(numbers_are_read_exactly),
	        cmocka_unit_test(what_is_not_a_number_is_refused),
	        cmocka_unit_test(decimal_comma_is_a_choice),
	        cmocka_unit_test(only_the_slice_is_read),
	        cmocka_unit_test(reading_agrees_with_strtod),
	        cmocka_unit_test(digits_far_behind_break_a_tie),
	        cmocka_unit_test(integers_know_their_range),
	        cmocka_unit_test(numbers_are_written_as_people_would),
	        cmocka_unit_test(what_is_written_reads_back_and_no_shorter_text_does),
	        cmocka_unit_test(buffer_grows_and_can_be_used_again),
	        cmocka_unit_test(empty_append_still_terminates),
	        cmocka_unit_test(full_buffer_keeps_what_fits_and_remembers),
	        cmocka_unit_test(appending_more_than_memory_can_hold_fails),
	        cmocka_unit_test(edit_distance_counts_swaps_once),
	        cmocka_unit_test(nearest_suggests_only_what_is_near),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
