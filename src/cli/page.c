#include "cli/page.h"

#include <math.h>
#include <string.h>

void vrd_page_text(vrd_buf *out, const char *text, size_t width, bool right) {
	const size_t own = vrd_utf8_width(vrd_str_of(text));
	for (size_t i = own; right && i < width; i++)
		vrd_buf_putc(out, ' ');
	vrd_buf_puts(out, text);
	for (size_t i = own; !right && i < width; i++)
		vrd_buf_putc(out, ' ');
}

void vrd_page_label(vrd_buf *out, const char *text, size_t width) {
	const vrd_str all = vrd_str_of(text);
	if (vrd_utf8_width(all) <= width) {
		vrd_page_text(out, text, width, false);
		return;
	}
	size_t at = 0, length;
	while (at < all.n && vrd_utf8_width((vrd_str){all.p, at}) + 1 < width) {
		(void)vrd_utf8_decode(all.p + at, all.n - at, &length);
		at += length ? length : 1;
	}
	vrd_buf_add(out, all.p, at);
	vrd_buf_puts(out, "…");
}

void vrd_page_lines(vrd_buf *out, const char *text, size_t width) {
	vrd_buf lines = {0};
	vrd_page_paragraph(&lines, text, 0, width);
	const char *last = lines.p ? lines.p : "";
	if (lines.n)
		lines.p[lines.n - 1] = '\0'; // the end of the last line
	for (const char *at; (at = strchr(last, '\n')) != NULL; last = at + 1)
		vrd_buf_add(out, last, (size_t)(at + 1 - last));
	vrd_page_label(out, last, width);
	out->failed = out->failed || lines.failed;
	vrd_buf_free(&lines);
}

static void put_number(vrd_buf *out, double x, int decimals, bool sign, vrd_lang lang) {
	if (isnan(x)) {
		vrd_buf_puts(out, ":");
		return;
	}
	const double least = 0.5 * pow(10, -decimals);
	if (sign && x >= least)
		vrd_buf_putc(out, '+');
	vrd_fmt_number(out, x, decimals, lang);
}

void vrd_page_number(vrd_buf *out, double x, int decimals, bool sign, size_t width, vrd_lang lang) {
	vrd_buf text = {0};
	put_number(&text, x, decimals, sign, lang);
	vrd_page_text(out, text.p ? text.p : "", width, true);
	vrd_buf_free(&text);
}

void vrd_page_percent(vrd_buf *out, double share, int decimals, size_t width, vrd_lang lang) {
	vrd_buf text = {0};
	if (isnan(share))
		vrd_buf_puts(&text, ":");
	else
		vrd_fmt_percent(&text, share, decimals, false, lang);
	vrd_page_text(out, text.p ? text.p : "", width, true);
	vrd_buf_free(&text);
}

void vrd_page_range(vrd_buf *out, double low, double high, int decimals, bool sign, size_t width,
                    vrd_lang lang) {
	vrd_buf text = {0};
	if (!(high == low)) {
		put_number(&text, low, decimals, sign, lang);
		vrd_buf_puts(&text, " – ");
		put_number(&text, high, decimals, sign, lang);
	}
	vrd_page_text(out, text.p ? text.p : "", width, true);
	vrd_buf_free(&text);
}

void vrd_page_heading(vrd_buf *out, const char *text) {
	vrd_buf_printf(out, "\n%s\n", text);
}

void vrd_page_paragraph(vrd_buf *out, const char *text, size_t indent, size_t width) {
	vrd_str rest = vrd_str_of(text), word;
	size_t column = 0;
	while (vrd_str_split(&rest, ' ', &word)) {
		const size_t own = vrd_utf8_width(word);
		if (column > 0 && column + 1 + own > width) {
			vrd_buf_putc(out, '\n');
			column = 0;
		}
		for (size_t blanks = column > 0 ? 1 : indent; blanks > 0; blanks--, column++)
			vrd_buf_putc(out, ' ');
		vrd_buf_add(out, word.p, word.n);
		column += own;
	}
	vrd_buf_putc(out, '\n');
}

static size_t columns_of(double x, double most, size_t width) {
	if (!(most > 0) || !(fabs(x) > 0))
		return 0;
	const double n = round(fabs(x) / most * (double)width);
	return n < 1 ? 1 : n > (double)width ? width : (size_t)n;
}

// One side: the longer of the two bars on it shows behind the shorter one.
static void put_side(vrd_buf *out, size_t light, size_t full, size_t width, bool left) {
	for (size_t i = 0; i < width; i++) {
		const size_t at = left ? width - i : i + 1; // distance from the middle
		vrd_buf_puts(out, at <= full && (full <= light || at > light) ? "█"
		                  : at <= light                               ? "░"
		                                                              : " ");
	}
}

void vrd_page_swing(vrd_buf *out, double low, double high, double most, size_t width) {
	const size_t l = columns_of(low, most, width), h = columns_of(high, most, width);
	put_side(out, low < 0 ? l : 0, high < 0 ? h : 0, width, true);
	vrd_buf_puts(out, "│");
	put_side(out, low > 0 ? l : 0, high > 0 ? h : 0, width, false);
}
