// Norwegian collation of names, without ICU: two levels, letters first and accents where all
// letters are equal. The order is that of CLDR's nb: ... z æ ø å; ä sorts with æ, ö with ø, ü with
// y, aa with å.
#include "cube/numfmt.h"

#include <utf8proc.h>

#include "base/banned.h"

// The longest decomposition with case folding of one code point (Unicode 15: 18).
enum { MAX_DECOMPOSED = 18 };

// Reads a text as folded and decomposed code points, with two of look-ahead. Decomposing both
// texts makes composed and combining spellings equal.
typedef struct {
	vrd_str rest;
	utf8proc_int32_t queue[2 * MAX_DECOMPOSED];
	size_t first, n;
} reader;

// What one letter weighs. Primary 0 is the end of the text.
typedef struct {
	uint32_t primary;
	uint32_t secondary;
} weight;

enum { RING = 0x30A, DIAERESIS = 0x308, REPLACEMENT = 0xFFFD };
enum { CLASS_SIGN = 1, CLASS_DIGIT, CLASS_LETTER, CLASS_OTHER };

static void read_one(reader *r) {
	utf8proc_int32_t code;
	utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)r->rest.p,
	                                         (utf8proc_ssize_t)r->rest.n, &code);
	if (used <= 0) {
		used = 1;
		code = REPLACEMENT;
	}
	r->rest.p += used;
	r->rest.n -= (size_t)used;
	for (size_t i = 0; i < r->n; i++)
		r->queue[i] = r->queue[r->first + i];
	r->first = 0;
	int boundary = 0;
	const utf8proc_ssize_t n = utf8proc_decompose_char(
	        code, r->queue + r->n, MAX_DECOMPOSED,
	        (utf8proc_option_t)(UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD), &boundary);
	if (n >= 0 && n <= MAX_DECOMPOSED)
		r->n += (size_t)n;
	else
		r->queue[r->n++] = code;
}

// The code point `ahead` (0 to 2) places on; 0 at the end.
static utf8proc_int32_t peek(reader *r, size_t ahead) {
	while (r->n <= ahead && r->rest.n > 0)
		read_one(r);
	return r->n > ahead ? r->queue[r->first + ahead] : 0;
}

static void drop(reader *r) {
	r->first++;
	r->n--;
}

static bool is_mark(utf8proc_int32_t code) {
	const utf8proc_category_t category = utf8proc_category(code);
	return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

static weight weight_of(utf8proc_int32_t code) {
	static const struct {
		utf8proc_int32_t code;
		char letter;
	} variants[] = {{0x111, 'd'}, {0xF0, 'd'}, {0x14B, 'n'}, {0x167, 't'}, {0x142, 'l'}};
	for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
		if (code == variants[i].code)
			return (weight){CLASS_LETTER << 24 | (uint32_t)(variants[i].letter - 'a'),
			                (uint32_t)code};
	uint32_t class = CLASS_SIGN;
	uint32_t place = (uint32_t)code;
	if (code >= '0' && code <= '9') {
		class = CLASS_DIGIT;
	} else if (code >= 'a' && code <= 'z') {
		class = CLASS_LETTER;
		place = (uint32_t)(code - 'a');
	} else if (code == 0xE6 || code == 0xF8) {
		class = CLASS_LETTER;
		place = code == 0xE6 ? 26 : 27;
	} else {
		const utf8proc_category_t category = utf8proc_category(code);
		if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO)
			class = CLASS_OTHER;
	}
	return (weight){class << 24 | place, 0};
}

// Letters that a mark turns into another letter of the alphabet.
static bool marked_letter(utf8proc_int32_t base, utf8proc_int32_t mark, weight *out) {
	const uint32_t letters = CLASS_LETTER << 24;
	if (base == 'a' && mark == RING)
		*out = (weight){letters | 28, 0};
	else if (base == 'a' && mark == DIAERESIS)
		*out = (weight){letters | 26, 1};
	else if (base == 'o' && mark == DIAERESIS)
		*out = (weight){letters | 27, 1};
	else if (base == 'u' && mark == DIAERESIS)
		*out = (weight){letters | ('y' - 'a'), 1};
	else
		return false;
	return true;
}

static weight next_weight(reader *r) {
	const utf8proc_int32_t base = peek(r, 0);
	if (base == 0)
		return (weight){0, 0};
	const utf8proc_int32_t second = peek(r, 1);
	const bool two_letters = second != 0 && !is_mark(peek(r, 2)); // not the a of an å
	weight w;
	drop(r);
	if (base == 'a' && second == 'a' && two_letters) {
		w = (weight){CLASS_LETTER << 24 | 28, 1};
		drop(r);
	} else if (marked_letter(base, second, &w)) {
		drop(r);
	} else {
		w = weight_of(base);
	}
	for (utf8proc_int32_t mark = peek(r, 0); mark != 0 && is_mark(mark); mark = peek(r, 0)) {
		w.secondary = w.secondary * 31 + (uint32_t)mark;
		drop(r);
	}
	return w;
}

int vrd_collate(vrd_str a, vrd_str b) {
	reader in_a = {.rest = a}, in_b = {.rest = b};
	int accents = 0;
	for (;;) {
		const weight x = next_weight(&in_a);
		const weight y = next_weight(&in_b);
		if (x.primary != y.primary)
			return x.primary < y.primary ? -1 : 1;
		if (x.primary == 0)
			return accents;
		if (accents == 0 && x.secondary != y.secondary)
			accents = x.secondary < y.secondary ? -1 : 1;
	}
}
