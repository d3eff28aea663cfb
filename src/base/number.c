// Numbers to and from text, without locale. A decimal number is digits * 10^power here; the
// point exists only in the text that is read or written.
#include "base/text.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

static_assert(FLT_RADIX == 2 && DBL_MANT_DIG == 53 && FLT_EVAL_METHOD == 0,
              "the exact paths need IEEE double arithmetic without excess precision");

__extension__ typedef unsigned __int128 u128;

static const double exact_below = 9007199254740992.0; // 2^53: every integer below is a double

// 10^0 .. 10^22 are doubles exactly.
static const double pow10_exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { max_exact_power = 22, max_u64_power = 18 };

// digits * 10^power when it can be had with one rounding; false when strtod must decide.
static bool scale_exactly(uint64_t digits, int64_t power, double *out) {
	if (digits == 0) {
		*out = 0.0;
		return true;
	}
	if (digits <= (uint64_t)1 << 53) {
		if (power < -max_exact_power || power > max_exact_power)
			return false;
		// Two exact doubles and one operation (Clinger 1990).
		*out = power < 0 ? (double)digits / pow10_exact[-power]
		                 : (double)digits * pow10_exact[power];
		return true;
	}
	if (power < -max_u64_power || power > 0)
		return false;
	// 17 digits, as R and Python write them: divide integers and let the remainder be a sticky
	// bit below the rounding bit. The quotient has at least 117 - 60 = 57 bits, enough for 53
	// and both.
	const u128 divisor = (uint64_t)pow10_exact[-power];
	const u128 dividend = (u128)digits << 64;
	const u128 quotient = dividend / divisor;
	*out = (double)(quotient | (dividend % divisor != 0)) * 0x1p-64;
	return true;
}

// A number as it was written: sign, the run of digits with at most one decimal mark, exponent.
typedef struct {
	bool negative;
	vrd_str mantissa;
	int64_t exponent;
} written;

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

// strtod's answer. Leading zeros go, and digits past the 770th (no double has more in its exact
// expansion) only say "a little more", so the copy is bounded. It has no decimal mark, so strtod's
// locale has no say.
static double scale_by_strtod(const written *number) {
	enum { most_digits = 780 };
	char text[most_digits + 32];
	size_t n = 0;
	int64_t power = number->exponent;
	bool after_mark = false;
	bool more = false;
	for (size_t i = 0; i < number->mantissa.n; i++) {
		const char c = number->mantissa.p[i];
		if (!is_digit(c)) {
			after_mark = true;
			continue;
		}
		power -= after_mark;
		if (n == 0 && c == '0')
			continue;
		if (n < most_digits) {
			text[n++] = c;
		} else {
			more |= c != '0';
			power += 1;
		}
	}
	if (more) {
		text[n++] = '1';
		power -= 1;
	}
	snprintf(text + n, sizeof text - n, "e%lld", (long long)power);
	return n == 0 ? 0.0 : strtod(text, NULL);
}

bool vrd_parse_double(vrd_str text, char decimal, double *out) {
	enum { most_fast_digits = 19 }; // 10^19 - 1 fits in uint64_t
	text = vrd_str_trim(text);
	const char *p = text.p;
	const char *end = text.n == 0 ? p : p + text.n;
	written number = {0};
	if (p < end && (*p == '-' || *p == '+'))
		number.negative = *p++ == '-';

	number.mantissa.p = p;
	uint64_t digits = 0;
	size_t n_significant = 0;
	size_t n_digits = 0;
	size_t n_decimals = 0;
	for (bool after_mark = false; p < end; p++) {
		if (is_digit(*p)) {
			// May wrap past 19 digits; then it is not used.
			digits = digits * 10 + (uint64_t)(*p - '0');
			n_significant += digits != 0 || n_significant != 0;
			n_digits++;
			n_decimals += after_mark;
		} else if (*p == decimal && !after_mark) {
			after_mark = true;
		} else {
			break;
		}
	}
	number.mantissa.n = (size_t)(p - number.mantissa.p);
	if (n_digits == 0)
		return false;

	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		const bool negative = p < end && *p == '-';
		p += p < end && (*p == '-' || *p == '+');
		if (p == end)
			return false;
		for (; p < end && is_digit(*p); p++) {
			if (number.exponent < 100000000) // beyond any mantissa held in memory
				number.exponent = number.exponent * 10 + (*p - '0');
		}
		if (negative)
			number.exponent = -number.exponent;
	}
	if (p != end)
		return false;

	double value;
	if (n_significant > most_fast_digits ||
	    !scale_exactly(digits, number.exponent - (int64_t)n_decimals, &value)) {
		value = scale_by_strtod(&number);
		if (!isfinite(value))
			return false;
	}
	*out = number.negative ? -value : value;
	return true;
}

bool vrd_parse_int64(vrd_str text, int64_t *out) {
	text = vrd_str_trim(text);
	size_t i = 0;
	const bool negative = text.n > 0 && text.p[0] == '-';
	if (text.n > 0 && (text.p[0] == '-' || text.p[0] == '+'))
		i = 1;
	if (i == text.n)
		return false;
	int64_t value = 0;
	for (; i < text.n; i++) {
		if (!is_digit(text.p[i]))
			return false;
		// Towards the sign, since INT64_MIN has no positive twin.
		const int64_t digit = negative ? -(text.p[i] - '0') : text.p[i] - '0';
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	*out = value;
	return true;
}

// Writes digits * 10^power, plainly when that is not much longer than with an exponent.
static size_t write_decimal(bool negative, uint64_t digits, int power, char out[32]) {
	while (digits != 0 && digits % 10 == 0) {
		digits /= 10;
		power++;
	}
	char all[20];
	size_t n = 0;
	for (uint64_t rest = digits; n == 0 || rest != 0; rest /= 10)
		all[n++] = (char)('0' + rest % 10);
	for (size_t i = 0; i < n / 2; i++) {
		const char c = all[i];
		all[i] = all[n - 1 - i];
		all[n - 1 - i] = c;
	}
	const int first = power + (int)n - 1; // the power of ten of the first digit
	const char *sign = negative ? "-" : "";
	const int count = (int)n;
	int length;
	if (first >= -4 && first < 0)
		length = snprintf(out, 32, "%s0.%.*s%.*s", sign, -first - 1, "000", count, all);
	else if (first >= 0 && first < count)
		length = snprintf(out, 32, "%s%.*s%s%.*s", sign, first + 1, all,
		                  first + 1 < count ? "." : "", count - first - 1, all + first + 1);
	else if (first >= count && first <= 17)
		length = snprintf(out, 32, "%s%.*s%.*s", sign, count, all, power,
		                  "00000000000000000");
	else
		length = snprintf(out, 32, "%s%c%s%.*se%d", sign, all[0], count > 1 ? "." : "",
		                  count - 1, all + 1, first);
	assert(length > 0 && length < 32);
	return (size_t)length;
}

// The fewest digits, at least `fewest` and at most 17, that read back as `value` > 0.
static uint64_t shortest_digits(double value, int fewest, int *power) {
	for (int n = fewest;; n++) {
		assert(n <= 17);
		char text[40];
		// d.ddde-xxx; all but the digits, such as a point that a locale chose, is skipped.
		snprintf(text, sizeof text, "%.*e", n - 1, value);
		const char *exponent = strchr(text, 'e');
		assert(exponent != NULL);
		char whole[40];
		size_t k = 0;
		uint64_t digits = 0;
		for (const char *p = text; p < exponent; p++) {
			if (is_digit(*p)) {
				digits = digits * 10 + (uint64_t)(*p - '0');
				whole[k++] = *p;
			}
		}
		int64_t ten;
		const bool is_number = vrd_parse_int64(vrd_str_of(exponent + 1), &ten);
		assert(is_number);
		const int at = (int)ten - (n - 1);
		const int written_length = snprintf(whole + k, sizeof whole - k, "e%d", at);
		assert(written_length > 0);
		double back;
		// The largest double rounded up to fewer digits is out of range: not read back.
		if (vrd_parse_double(vrd_str_of(whole), '.', &back) && back >= value &&
		    back <= value) {
			*power = at;
			return digits;
		}
	}
}

size_t vrd_format_double(double value, char out[32]) {
	if (isnan(value))
		return (size_t)snprintf(out, 32, "nan");
	if (isinf(value))
		return (size_t)snprintf(out, 32, "%s", value > 0 ? "inf" : "-inf");
	const bool negative = value < 0;
	const double size = negative ? -value : value;
	// Counts, and measurements with a few decimals: w / 10^k is one correctly rounded division,
	// so if it gives the value, the text w * 10^-k reads back as the value.
	for (int k = 0; k <= 9; k++) {
		const double scaled = size * pow10_exact[k];
		if (!(scaled < (k == 0 ? exact_below : 1e15)))
			break;
		const uint64_t w = (uint64_t)(scaled + (k == 0 ? 0.0 : 0.5));
		const double back = (double)w / pow10_exact[k];
		if (back >= size && back <= size)
			return write_decimal(negative, w, -k, out);
	}
	int power;
	// A decimal of 15 digits survives in every double but a subnormal, which needs fewer.
	const uint64_t digits = shortest_digits(size, size < DBL_MIN ? 1 : 15, &power);
	return write_decimal(negative, digits, power, out);
}
