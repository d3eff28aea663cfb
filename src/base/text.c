#include "base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

vrd_str vrd_str_of(const char *text) {
	return (vrd_str){text, text == NULL ? 0 : strlen(text)};
}

bool vrd_str_eq(vrd_str a, vrd_str b) {
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool vrd_str_is(vrd_str a, const char *text) {
	return vrd_str_eq(a, vrd_str_of(text));
}

bool vrd_str_starts(vrd_str a, const char *prefix) {
	const size_t n = strlen(prefix);
	return n <= a.n && (n == 0 || memcmp(a.p, prefix, n) == 0);
}

static bool is_blank(char c) {
	return c == ' ' || c == '\t' || c == '\r';
}

vrd_str vrd_str_trim(vrd_str a) {
	static const char nbsp[] = {'\xC2', '\xA0'};
	while (a.n > 0) {
		if (is_blank(a.p[0]))
			a = (vrd_str){a.p + 1, a.n - 1};
		else if (a.n >= 2 && memcmp(a.p, nbsp, 2) == 0)
			a = (vrd_str){a.p + 2, a.n - 2};
		else if (is_blank(a.p[a.n - 1]))
			a.n -= 1;
		else if (a.n >= 2 && memcmp(a.p + a.n - 2, nbsp, 2) == 0)
			a.n -= 2;
		else
			break;
	}
	return a;
}

bool vrd_str_split(vrd_str *rest, char separator, vrd_str *part) {
	if (rest->p == NULL)
		return false;
	const char *end = rest->n == 0 ? NULL : memchr(rest->p, separator, rest->n);
	if (end == NULL) {
		*part = *rest;
		*rest = (vrd_str){0};
		return true;
	}
	const size_t n = (size_t)(end - rest->p);
	*part = (vrd_str){rest->p, n};
	*rest = (vrd_str){end + 1, rest->n - n - 1};
	return true;
}

// RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF.
uint32_t vrd_utf8_decode(const char *p, size_t n, size_t *length) {
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char lead = (unsigned char)p[0];
	*length = 0;
	const size_t need = lead < 0x80   ? 1
	                    : lead < 0xC0 ? 0
	                    : lead < 0xE0 ? 2
	                    : lead < 0xF0 ? 3
	                    : lead < 0xF8 ? 4
	                                  : 0;
	if (need == 0 || need > n)
		return 0;
	uint32_t code = need == 1 ? lead : lead & (0xFFU >> (need + 1));
	for (size_t i = 1; i < need; i++) {
		const unsigned char c = (unsigned char)p[i];
		if ((c & 0xC0) != 0x80)
			return 0;
		code = code << 6 | (c & 0x3F);
	}
	if (code < smallest[need] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return 0;
	*length = need;
	return code;
}

size_t vrd_utf8_invalid_at(const char *p, size_t n) {
	const uint64_t high_bits = 0x8080808080808080U;
	size_t i = 0;
	while (i < n) {
		uint64_t eight;
		if (n - i >= sizeof eight) { // most input is ASCII
			memcpy(&eight, p + i, sizeof eight);
			if ((eight & high_bits) == 0) {
				i += sizeof eight;
				continue;
			}
		}
		size_t length;
		vrd_utf8_decode(p + i, n - i, &length);
		if (length == 0)
			return i;
		i += length;
	}
	return n;
}

static bool is_combining(uint32_t code) {
	static const uint32_t ranges[][2] = {
	        {0x0300, 0x036F}, {0x0483, 0x0489}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
	        {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
	};
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		if (code >= ranges[i][0] && code <= ranges[i][1])
			return true;
	}
	return false;
}

size_t vrd_utf8_width(vrd_str text) {
	size_t width = 0;
	for (size_t i = 0; i < text.n;) {
		size_t length;
		const uint32_t code = vrd_utf8_decode(text.p + i, text.n - i, &length);
		width += !is_combining(code);
		i += length == 0 ? 1 : length; // a stray byte shows as one replacement character
	}
	return width;
}

void vrd_buf_free(vrd_buf *buf) {
	if (buf == NULL)
		return;
	free(buf->p);
	*buf = (vrd_buf){.max = buf->max};
}

void vrd_buf_reset(vrd_buf *buf) {
	buf->n = 0;
	buf->failed = false;
	if (buf->p != NULL)
		buf->p[0] = '\0';
}

// Makes room for `extra` bytes and a NUL; on failure the buffer stays as it is.
static bool buf_reserve(vrd_buf *buf, size_t extra) {
	size_t need;
	if (__builtin_add_overflow(buf->n, extra, &need) || __builtin_add_overflow(need, 1, &need))
		return false;
	if (need <= buf->capacity)
		return true;
	size_t capacity = buf->capacity < 128 ? 256 : buf->capacity;
	while (capacity < need) {
		if (__builtin_mul_overflow(capacity, 2, &capacity))
			capacity = need;
	}
	if (buf->max != 0 && capacity - 1 > buf->max && need - 1 <= buf->max)
		capacity = buf->max + 1;
	char *p = realloc(buf->p, capacity);
	if (p == NULL)
		return false;
	buf->p = p;
	buf->capacity = capacity;
	return true;
}

void vrd_buf_add(vrd_buf *buf, const char *p, size_t n) {
	if (buf->failed) // nothing may follow a gap
		return;
	if (buf->max != 0 && n > buf->max - buf->n) {
		buf->failed = true;
		n = buf->max - buf->n;
	}
	if (!buf_reserve(buf, n)) {
		buf->failed = true;
		return;
	}
	if (n > 0)
		memcpy(buf->p + buf->n, p, n);
	buf->n += n;
	buf->p[buf->n] = '\0';
}

void vrd_buf_puts(vrd_buf *buf, const char *text) {
	vrd_buf_add(buf, text, strlen(text));
}

void vrd_buf_putc(vrd_buf *buf, char c) {
	vrd_buf_add(buf, &c, 1);
}

void vrd_buf_printf(vrd_buf *buf, const char *format, ...) {
	if (buf->failed)
		return;
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	// Straight into the free space; only what does not fit there is formatted twice.
	const size_t space = buf->capacity - buf->n;
	const int length = vsnprintf(space == 0 ? NULL : buf->p + buf->n, space, format, args);
	const size_t n = length < 0 ? 0 : (size_t)length;
	const bool fits = buf->max == 0 || n <= buf->max - buf->n;
	if (length < 0) {
		buf->failed = true;
	} else if (fits && n < space) {
		buf->n += n;
	} else if (!buf_reserve(buf, n)) {
		buf->failed = true;
	} else {
		vsnprintf(buf->p + buf->n, n + 1, format, again);
		buf->n += fits ? n : buf->max - buf->n;
		buf->failed = !fits;
	}
	if (buf->p != NULL)
		buf->p[buf->n] = '\0';
	va_end(again);
	va_end(args);
}

static char lower(char c) {
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static size_t least(size_t a, size_t b) {
	return a < b ? a : b;
}

enum { longest_compared = 64 };

size_t vrd_edit_distance(vrd_str a, vrd_str b) {
	const size_t n = least(a.n, longest_compared);
	const size_t m = least(b.n, longest_compared);
	size_t rows[3][longest_compared + 1]; // row i and the two before it, in rotation
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *now = rows[i % 3];
		const size_t *before = rows[(i + 2) % 3];
		const size_t *before2 = rows[(i + 1) % 3];
		const char x = lower(a.p[i - 1]);
		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			const char y = lower(b.p[j - 1]);
			size_t d = before[j - 1] + (x != y);
			d = least(d, before[j] + 1);
			d = least(d, now[j - 1] + 1);
			if (i > 1 && j > 1 && x == lower(b.p[j - 2]) && lower(a.p[i - 2]) == y)
				d = least(d, before2[j - 2] + 1);
			now[j] = d;
		}
	}
	return rows[n % 3][m];
}

static bool is_word_byte(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       ((unsigned char)c & 0x80) != 0;
}

// Takes the next run of letters and digits off the front of *rest; empty at the end.
static vrd_str next_word(vrd_str *rest) {
	while (rest->n > 0 && !is_word_byte(rest->p[0]))
		*rest = (vrd_str){rest->p + 1, rest->n - 1};
	vrd_str found = {rest->p, 0};
	while (found.n < rest->n && is_word_byte(rest->p[found.n]))
		found.n++;
	*rest = (vrd_str){rest->p + found.n, rest->n - found.n};
	return found;
}

static bool share_a_word(vrd_str a, vrd_str b) {
	for (vrd_str x = next_word(&a); x.n > 0; x = next_word(&a)) {
		vrd_str rest = b;
		for (vrd_str y = next_word(&rest); y.n > 0; y = next_word(&rest)) {
			if (x.n >= 3 && x.n == y.n && vrd_edit_distance(x, y) == 0)
				return true;
		}
	}
	return false;
}

size_t vrd_nearest(vrd_str word, const char *const *candidates, size_t n) {
	const size_t third = word.n / 3;
	const size_t close = third < 1 ? 1 : least(third, 3);
	size_t best = SIZE_MAX;
	size_t best_distance = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		const vrd_str candidate = vrd_str_of(candidates[i]);
		const size_t d = vrd_edit_distance(word, candidate);
		if (d < best_distance && (d <= close || share_a_word(word, candidate))) {
			best = i;
			best_distance = d;
		}
	}
	return best;
}
