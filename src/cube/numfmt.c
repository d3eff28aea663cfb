#include "cube/numfmt.h"

#include "cube/messages.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

#define NBSP "\xC2\xA0"
#define MINUS "\xE2\x88\x92"

static const char *const lang_codes[VRD_N_LANGS] = {"nb", "nn", "en"};

bool vrd_lang_parse(vrd_str text, vrd_lang *out) {
	for (size_t i = 0; i < VRD_N_LANGS; i++)
		if (vrd_str_is(text, lang_codes[i])) {
			*out = (vrd_lang)i;
			return true;
		}
	return false;
}

const char *vrd_lang_code(vrd_lang lang) {
	return lang_codes[lang];
}

// --- decimals -----------------------------------------------------------------------------------

// 0.d[0]d[1]...d[n-1] * 10^point. Rounding and moving the point are done on these digits: they are
// what a person sees as the number, and 0.0775 as a share is then exactly 7.75 per cent.
typedef struct {
	bool negative;
	int n;
	int point;
	char d[32];
} decimal;

static void trim_zeros(decimal *x) {
	while (x->n > 0 && x->d[x->n - 1] == '0')
		x->n--;
	if (x->n == 0) {
		x->negative = false;
		x->point = 0;
	}
}

// `value` is finite. Reads the text of vrd_format_double: [-]digits[.digits][e[-]digits].
static decimal decimal_of(double value) {
	char text[32];
	vrd_format_double(value, text);
	decimal x = {0};
	bool before_point = true;
	const char *p = text;
	if (*p == '-') {
		x.negative = true;
		p++;
	}
	for (; *p != '\0' && *p != 'e'; p++) {
		if (*p == '.') {
			before_point = false;
			continue;
		}
		if (x.n > 0 || *p != '0')
			x.d[x.n++] = *p;
		if (before_point)
			x.point += x.n > 0;
		else
			x.point -= x.n == 0;
	}
	if (*p == 'e') {
		int64_t power = 0;
		const char *number = p[1] == '+' ? p + 2 : p + 1;
		if (vrd_parse_int64(vrd_str_of(number), &power))
			x.point += (int)power;
	}
	trim_zeros(&x);
	return x;
}

// Rounds half away from zero to the first `keep` digits (none or fewer: to zero or one unit).
static void round_to(decimal *x, int keep) {
	if (keep >= x->n)
		return;
	const bool up = keep >= 0 && x->d[keep] >= '5';
	x->n = keep > 0 ? keep : 0;
	if (up) {
		while (x->n > 0 && x->d[x->n - 1] == '9')
			x->n--;
		if (x->n > 0) {
			x->d[x->n - 1]++;
		} else {
			x->d[x->n++] = '1';
			x->point++;
		}
	}
	trim_zeros(x);
}

static char digit_at(const decimal *x, int i) {
	return i >= 0 && i < x->n ? x->d[i] : '0';
}

static int decimals_in(const decimal *x) {
	return x->n > x->point ? x->n - x->point : 0;
}

static void put_decimal(vrd_buf *out, const decimal *x, int decimals, vrd_lang lang) {
	if (x->negative)
		vrd_buf_puts(out, MINUS);
	if (x->point <= 0)
		vrd_buf_putc(out, '0');
	for (int i = 0; i < x->point; i++) {
		vrd_buf_putc(out, digit_at(x, i));
		const int left = x->point - 1 - i;
		if (left > 0 && left % 3 == 0)
			vrd_buf_puts(out, lang == VRD_EN ? "," : NBSP);
	}
	if (decimals > 0)
		vrd_buf_putc(out, lang == VRD_EN ? '.' : ',');
	for (int i = 0; i < decimals; i++)
		vrd_buf_putc(out, digit_at(x, x->point + i));
}

// Writes what stands for a value without digits; false when there are digits to write.
static bool put_not_finite(vrd_buf *out, double value) {
	if (isfinite(value))
		return false;
	vrd_buf_puts(out, isnan(value) ? ".." : value > 0 ? "\xE2\x88\x9E" : MINUS "\xE2\x88\x9E");
	return true;
}

// Appends the message with the text of `part` as its argument, and frees `part`.
static void put_around(vrd_buf *out, vrd_msg_key key, vrd_lang lang, vrd_buf *part) {
	const char *const args[] = {part->p == NULL ? "" : part->p};
	vrd_msg_put(out, key, lang, 1, args);
	out->failed = out->failed || part->failed;
	vrd_buf_free(part);
}

// --- numbers ------------------------------------------------------------------------------------

void vrd_fmt_number(vrd_buf *out, double value, int decimals, vrd_lang lang) {
	if (put_not_finite(out, value))
		return;
	const int kept = decimals > 0 ? decimals : 0;
	decimal x = decimal_of(value);
	round_to(&x, x.point + kept);
	put_decimal(out, &x, kept, lang);
}

void vrd_fmt_percent(vrd_buf *out, double share, int decimals, bool sign, vrd_lang lang) {
	if (put_not_finite(out, share))
		return;
	const int kept = decimals > 0 ? decimals : 0;
	decimal x = decimal_of(share);
	if (x.n > 0)
		x.point += 2;
	round_to(&x, x.point + kept);
	if (sign && !x.negative && x.n > 0)
		vrd_buf_putc(out, '+');
	put_decimal(out, &x, kept, lang);
	vrd_buf_puts(out, lang == VRD_EN ? "%" : NBSP "%");
}

void vrd_fmt_significant(vrd_buf *out, double value, int digits, vrd_lang lang) {
	if (put_not_finite(out, value))
		return;
	decimal x = decimal_of(value);
	round_to(&x, digits > 1 ? digits : 1);
	put_decimal(out, &x, decimals_in(&x), lang);
}

void vrd_fmt_compact(vrd_buf *out, double value, vrd_lang lang) {
	static const vrd_msg_key keys[] = {VRD_MSG_THOUSAND, VRD_MSG_MILLION, VRD_MSG_BILLION};
	if (put_not_finite(out, value))
		return;
	decimal x = decimal_of(value);
	if (x.point <= 4) {
		round_to(&x, x.point > 3 ? x.point : 3);
		put_decimal(out, &x, decimals_in(&x), lang);
		return;
	}
	size_t step = x.point <= 6 ? 0 : x.point <= 9 ? 1 : 2;
	const int whole = x.point - 3 * (int)(step + 1);
	round_to(&x, whole <= 2 ? whole + 1 : whole);
	// 999 999 rounds to 1000 thousand, which is one million.
	if (step < 2 && x.point - 3 * (int)(step + 1) > 3)
		step++;
	x.point -= 3 * (int)(step + 1);
	vrd_buf number = {0};
	put_decimal(&number, &x, decimals_in(&x), lang);
	put_around(out, keys[step], lang, &number);
}

void vrd_fmt_money(vrd_buf *out, double nok, bool short_form, vrd_lang lang) {
	vrd_buf number = {0};
	vrd_fmt_compact(&number, nok, lang);
	put_around(out, short_form ? VRD_MSG_MONEY_SHORT : VRD_MSG_MONEY, lang, &number);
}

void vrd_fmt_rate(vrd_buf *out, double rate, int64_t per, vrd_lang lang) {
	vrd_buf number = {0}, base = {0};
	vrd_fmt_number(&number, rate, fabs(rate) < 5 ? 2 : 1, lang);
	vrd_fmt_number(&base, (double)per, 0, lang);
	out->failed = out->failed || number.failed || base.failed;
	if (!out->failed) {
		const char *const args[] = {number.p, base.p};
		vrd_msg_put(out, VRD_MSG_PER_POPULATION, lang, 2, args);
	}
	vrd_buf_free(&number);
	vrd_buf_free(&base);
}

// --- dates --------------------------------------------------------------------------------------

static bool read_part(vrd_str iso, size_t from, size_t n, int64_t *out) {
	for (size_t i = from; i < from + n; i++)
		if (iso.p[i] < '0' || iso.p[i] > '9')
			return false;
	return vrd_parse_int64((vrd_str){iso.p + from, n}, out);
}

static bool read_date(vrd_str iso, int64_t *year, int64_t *month, int64_t *day) {
	static const int64_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (iso.n != 10 || iso.p[4] != '-' || iso.p[7] != '-' || !read_part(iso, 0, 4, year) ||
	    !read_part(iso, 5, 2, month) || !read_part(iso, 8, 2, day) || *month < 1 || *month > 12)
		return false;
	const bool leap = (*year % 4 == 0 && *year % 100 != 0) || *year % 400 == 0;
	const int64_t length = lengths[*month - 1] + (leap && *month == 2);
	return *day >= 1 && *day <= length;
}

void vrd_fmt_date(vrd_buf *out, vrd_str iso, vrd_lang lang) {
	int64_t year, month, day;
	if (!read_date(iso, &year, &month, &day)) {
		vrd_buf_add(out, iso.p, iso.n);
		return;
	}
	char day_text[32], year_text[32];
	vrd_format_double((double)day, day_text);
	vrd_format_double((double)year, year_text);
	const vrd_msg_key name = (vrd_msg_key)(VRD_MSG_MONTH_1 + (month - 1));
	const char *const args[] = {day_text, vrd_msg(name, lang), year_text};
	vrd_msg_put(out, VRD_MSG_DATE, lang, 3, args);
}

void vrd_fmt_date_short(vrd_buf *out, vrd_str iso, vrd_lang lang) {
	int64_t year, month, day;
	if (lang == VRD_EN || !read_date(iso, &year, &month, &day)) {
		vrd_fmt_date(out, iso, lang);
		return;
	}
	vrd_buf_printf(out, "%.2s.%.2s.%.4s", iso.p + 8, iso.p + 5, iso.p);
}
