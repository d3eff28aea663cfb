#include "cube/csv_value.h"

#include <string.h>

#include "base/banned.h"

// Marks that people put between thousands: space, apostrophe, U+00A0, U+2009, U+202F.
static size_t group_mark_at(vrd_str text, size_t i) {
	static const char *const marks[] = {" ", "'", "\u00A0", "\u2009", "\u202F"};
	for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++) {
		const size_t n = strlen(marks[m]);
		if (text.n - i >= n && memcmp(text.p + i, marks[m], n) == 0)
			return n;
	}
	return 0;
}

static bool is_grouped(vrd_str text) {
	size_t digits = 0;
	size_t marks = 0;
	for (size_t i = 0; i < text.n;) {
		const char c = text.p[i];
		const size_t mark = group_mark_at(text, i);
		if (mark == 0 && !(c >= '0' && c <= '9') && c != '.' && c != ',' &&
		    !(i == 0 && (c == '-' || c == '+')))
			return false;
		digits += c >= '0' && c <= '9';
		marks += mark > 0 || c == '.' || c == ',';
		i += mark ? mark : 1;
	}
	return digits > 3 && marks > 0;
}

// A number by its letters that is none for us: not finite, or too large for a double.
static bool is_not_finite(vrd_str text) {
	static const char *const words[] = {"nan", "inf", "infinity"};
	if (text.n > 0 && (text.p[0] == '-' || text.p[0] == '+'))
		text = (vrd_str){text.p + 1, text.n - 1};
	for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
		const vrd_str word = vrd_str_of(words[w]);
		size_t i = 0;
		while (i < word.n && i < text.n && (text.p[i] | 0x20) == word.p[i])
			i++;
		if (i == word.n && text.n == word.n)
			return true;
	}
	bool digit = false;
	for (size_t i = 0; i < text.n; i++) {
		const char c = text.p[i];
		digit |= c >= '0' && c <= '9';
		if (!(c >= '0' && c <= '9') && !(digit && strchr("eE+-.,", c)))
			return false;
	}
	// 1e999: a number in form that vrd_parse_double refused for its size.
	const char *e = text.n ? memchr(text.p, 'e', text.n) : NULL;
	e = e || !text.n ? e : memchr(text.p, 'E', text.n);
	return digit && e && e > text.p && e + 1 < text.p + text.n && e[1] != '-';
}

static vrd_csv_verdict number(vrd_str text, char *decimal, double *value) {
	char mark = 0;
	for (size_t i = 0; i < text.n; i++) {
		const char c = text.p[i];
		if (c != '.' && c != ',')
			continue;
		if (mark)
			return is_grouped(text) ? VRD_CSV_GROUPED : VRD_CSV_NOT_A_NUMBER;
		mark = c;
	}
	double parsed;
	if (vrd_parse_double(text, mark ? mark : '.', &parsed)) {
		if (mark && *decimal && mark != *decimal)
			return VRD_CSV_MIXED;
		if (mark)
			*decimal = mark;
		*value = parsed == 0 ? 0 : parsed; // no -0: it would not survive being written
		return VRD_CSV_NUMBER;
	}
	if (is_grouped(text))
		return VRD_CSV_GROUPED;
	return is_not_finite(text) ? VRD_CSV_NOT_FINITE : VRD_CSV_NOT_A_NUMBER;
}

vrd_csv_verdict vrd_csv_value(vrd_str text, char *decimal, double *value, vrd_cell *status) {
	const char last = text.n ? text.p[text.n - 1] : '\0';
	if (last >= '0' && last <= '9') {
		const vrd_csv_verdict verdict = number(text, decimal, value);
		if (verdict == VRD_CSV_NUMBER)
			*status = VRD_PRESENT;
		return verdict;
	}
	text = vrd_str_trim(text);
	vrd_cell cell = VRD_MISSING;
	if (text.n == 0 || (vrd_cell_from_symbol(text, &cell) && !vrd_cell_has_number(cell))) {
		*value = NAN;
		*status = cell;
		return VRD_CSV_NUMBER;
	}
	if (vrd_str_is(text, "-")) {
		*value = 0;
		*status = VRD_PRESENT;
		return VRD_CSV_NUMBER;
	}
	cell = VRD_PRESENT;
	if (text.n > 1 && vrd_cell_from_symbol((vrd_str){text.p + text.n - 1, 1}, &cell) &&
	    vrd_cell_has_number(cell) && cell != VRD_PRESENT)
		text = vrd_str_trim((vrd_str){text.p, text.n - 1});
	else
		cell = VRD_PRESENT;
	const vrd_csv_verdict verdict = number(text, decimal, value);
	if (verdict == VRD_CSV_NUMBER)
		*status = cell;
	return verdict;
}
