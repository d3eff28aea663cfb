// Pages of text for people: aligned labels, numbers and bars. Appends to a buffer; nothing fails
// but the buffer.
#pragma once

#include "cube/messages.h"

// Text in `width` columns, to the left or to the right; longer text keeps its length.
void vrd_page_text(vrd_buf *out, const char *text, size_t width, bool right);
// A label cut to `width` columns (with "…") and filled to it.
void vrd_page_label(vrd_buf *out, const char *text, size_t width);
// A label broken between words into lines of `width` columns, the last one filled to it.
void vrd_page_lines(vrd_buf *out, const char *text, size_t width);
// A number right-aligned; with `sign` a plus before positive ones. NaN is ":" (hidden).
void vrd_page_number(vrd_buf *out, double x, int decimals, bool sign, size_t width, vrd_lang lang);
void vrd_page_percent(vrd_buf *out, double share, int decimals, size_t width, vrd_lang lang);
// "low – high" right-aligned, signs as of a number; blank where both are the same.
void vrd_page_range(vrd_buf *out, double low, double high, int decimals, bool sign, size_t width,
                    vrd_lang lang);
// A blank line and a heading.
void vrd_page_heading(vrd_buf *out, const char *text);
// A paragraph, broken between words at `width` columns, of which the first `indent` are blank.
void vrd_page_paragraph(vrd_buf *out, const char *text, size_t indent, size_t width);
// Two bars around a middle that is 0: `low` and `high` are signed, the longest side of all is
// `most`. The first is drawn light, the second full; each side has `width` columns.
void vrd_page_swing(vrd_buf *out, double low, double high, double most, size_t width);
