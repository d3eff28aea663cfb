// Ages and sexes as people and statistics offices write them.
#include "population/age.h"

#include <string.h>

// --- reading words without case -----------------------------------------------------------------

// Lower-case copy with runs of spaces (also U+00A0) as one, dashes as '-', trimmed; false when it
// is too long to be an age or a sex.
static bool simplify(vrd_str text, char *out, size_t size) {
	size_t n = 0;
	text = vrd_str_trim(text);
	for (size_t i = 0; i < text.n; i++) {
		const char *p = text.p + i;
		char c = *p;
		if (text.n - i >= 2 && memcmp(p, "\xC2\xA0", 2) == 0) {
			c = ' ';
			i += 1;
		} else if (text.n - i >= 3 && (memcmp(p, "\xE2\x80\x93", 3) == 0 ||
		                               memcmp(p, "\xE2\x88\x92", 3) == 0)) {
			c = '-'; // en dash, minus
			i += 2;
		} else if (text.n - i >= 2 && p[0] == '\xC3' && (unsigned char)p[1] <= 0x9E) {
			if (n + 2 >= size)
				return false;
			out[n++] = '\xC3'; // Æ, Ø, Å: the small letter is 32 further on
			c = (char)(p[1] + 0x20);
			i += 1;
		} else if (c >= 'A' && c <= 'Z') {
			c = (char)(c - 'A' + 'a');
		}
		if (c == ' ' && n > 0 && out[n - 1] == ' ')
			continue;
		if (n + 1 >= size)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return true;
}

static bool is_one_of(const char *word, const char *const *words) {
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static const char *skip(const char *p, const char *word) {
	size_t n = strlen(word);
	return strncmp(p, word, n) == 0 ? p + n : p;
}

static const char *skip_spaces(const char *p) {
	while (*p == ' ')
		p++;
	return p;
}

// Up to four digits; NULL when there is none.
static const char *read_digits(const char *p, int *out) {
	int value = 0, n = 0;
	for (; *p >= '0' && *p <= '9' && n < 4; p++, n++)
		value = 10 * value + (*p - '0');
	*out = value;
	return n > 0 ? p : NULL;
}

static const char *skip_unit(const char *p) {
	static const char *const units[] = {"years old", "years", "year", "\xC3\xA5r", NULL};
	p = skip_spaces(p);
	for (size_t i = 0; units[i]; i++) {
		const char *after = skip(p, units[i]);
		if (after != p)
			return skip_spaces(after);
	}
	return p;
}

// --- ages ---------------------------------------------------------------------------------------

static const char *const all_ages[] = {"all",         "all ages",    "alle",  "alle aldre",
                                       "alle aldrar", "alder i alt", "i alt", "total",
                                       "999",         "999a",        NULL};
static const char *const open_ends[] = {"+",          "-",        "eller eldre", "eller mer",
                                        "eller over", "og eldre", "og over",     "og meir",
                                        "og mer",     "and over", "and older",   "or over",
                                        "or older",   "or more",  "+ \xC3\xA5r", NULL};

bool vrd_age_parse(vrd_str text, vrd_age *out) {
	char word[64];
	if (!simplify(text, word, sizeof word))
		return false;
	if (is_one_of(word, all_ages)) {
		*out = (vrd_age){0, VRD_AGE_MAX};
		return true;
	}
	const char *p = word;
	// "a7" and "F00-17" as codes write them.
	if ((*p == 'a' || *p == 'f') && p[1] >= '0' && p[1] <= '9')
		p++;
	vrd_age age;
	p = read_digits(p, &age.from);
	if (!p)
		return false;
	const char *rest = skip_unit(p);
	age.to = age.from;
	if (is_one_of(rest, open_ends)) {
		age.to = VRD_AGE_MAX;
	} else if (*rest == '-') {
		p = read_digits(skip_spaces(rest + 1), &age.to);
		if (!p || *skip_unit(p) != '\0' || age.to < age.from)
			return false;
	} else if (*rest != '\0') {
		return false;
	}
	if (age.from > VRD_AGE_MAX || age.to > VRD_AGE_MAX)
		return false;
	*out = age;
	return true;
}

char *vrd_age_code(vrd_arena *mem, vrd_age age) {
	if (age.from == 0 && age.to == VRD_AGE_MAX)
		return vrd_arena_strdup(mem, "all");
	if (age.to == VRD_AGE_MAX)
		return vrd_arena_printf(mem, "%d+", age.from);
	if (age.from == age.to)
		return vrd_arena_printf(mem, "%d", age.from);
	return vrd_arena_printf(mem, "%d-%d", age.from, age.to);
}

// --- sexes --------------------------------------------------------------------------------------

const char *vrd_sex_code(vrd_str text) {
	static const char *const women[] = {"2",       "f",      "k",       "w",
	                                    "kvinner", "kvinne", "kvinnar", "women",
	                                    "woman",   "female", "females", NULL};
	static const char *const men[] = {"1",   "m",   "menn", "mann",  "menner",
	                                  "men", "man", "male", "males", NULL};
	static const char *const both[] = {
	        "0",    "all",        "alle",  "t",     "total",
	        "both", "both sexes", "i alt", "begge", "begge kj\xC3\xB8nn",
	        NULL};
	char word[64];
	if (!simplify(text, word, sizeof word))
		return NULL;
	if (is_one_of(word, women))
		return "F";
	if (is_one_of(word, men))
		return "M";
	return is_one_of(word, both) ? "all" : NULL;
}
