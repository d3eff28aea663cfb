// Text: borrowed slices, a growable buffer with a maximum, numbers without locale, suggestions.
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

// A borrowed slice of UTF-8; not NUL-terminated. Zeroed = empty.
typedef struct {
	const char *p;
	size_t n;
} vrd_str;

#define VRD_STR(literal) ((vrd_str){(literal), sizeof(literal) - 1})
vrd_str vrd_str_of(const char *text); // of a NUL-terminated text; NULL gives the empty slice
bool vrd_str_eq(vrd_str a, vrd_str b);
bool vrd_str_is(vrd_str a, const char *text);
bool vrd_str_starts(vrd_str a, const char *prefix);
vrd_str vrd_str_trim(vrd_str a); // without surrounding spaces, tabs, CR, U+00A0
// Takes the part before `separator` off the front of *rest; false when *rest was empty (p NULL).
bool vrd_str_split(vrd_str *rest, char separator, vrd_str *part);

// First byte that is not valid UTF-8 (overlong forms and surrogates refused), or n when all is.
size_t vrd_utf8_invalid_at(const char *p, size_t n);
// The code point at p (n > 0) and its length in bytes; length 0 when it is not valid UTF-8.
uint32_t vrd_utf8_decode(const char *p, size_t n, size_t *length);
// Columns that a terminal gives the text (a simple count of code points outside combining marks).
size_t vrd_utf8_width(vrd_str text);

// Locale-free number with `decimal` ('.' or ','): the whole slice must be a number; surrounding
// spaces are allowed; "1e5", "-.5" are numbers; "", "nan", "inf", "0x1p3", "1 000" are not.
bool vrd_parse_double(vrd_str text, char decimal, double *out) VRD_MUST_USE;
bool vrd_parse_int64(vrd_str text, int64_t *out) VRD_MUST_USE;
// The fewest digits that read back to the same double, decimal point; plain from 1e-4 to 1e18,
// else "1.5e-7". out needs 32 bytes; nothing is ever longer than 25 with the NUL.
// Returns its length. NaN gives "nan"; -0 gives "0".
size_t vrd_format_double(double value, char out[32]);

// Growable buffer. Zeroed = empty, no maximum. Appending past `max` (0 = none), or without memory,
// marks it failed, drops what does not fit and all that follows, and is remembered: check `failed`
// once, at the end.
typedef struct {
	char *p; // NUL-terminated once anything was appended
	size_t n;
	size_t capacity;
	size_t max;
	bool failed;
} vrd_buf;

void vrd_buf_free(vrd_buf *buf);  // gone; NULL ok; buf is empty and reusable
void vrd_buf_reset(vrd_buf *buf); // n = 0, not failed, capacity kept
void vrd_buf_add(vrd_buf *buf, const char *p, size_t n);
void vrd_buf_puts(vrd_buf *buf, const char *text);
void vrd_buf_putc(vrd_buf *buf, char c);
void vrd_buf_printf(vrd_buf *buf, const char *format, ...) VRD_PRINTF(2, 3);

// Edit distance (Damerau-Levenshtein with adjacent swaps, on bytes, ASCII case ignored).
// O(a b) time; texts past 64 bytes are cut.
size_t vrd_edit_distance(vrd_str a, vrd_str b);
// The candidate nearest to `word`: index, or SIZE_MAX when none is within a third of its length
// (at least 1, at most 3 edits) or shares a whole word of three bytes or more with it (words are
// runs of letters and digits). Fewest edits win; ties go to the first.
size_t vrd_nearest(vrd_str word, const char *const *candidates, size_t n);
