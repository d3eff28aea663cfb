#include "region/region.h"

#include <string.h>

#define MAX_YEARS 500 // of a range

static char *copy(vrd_arena *mem, vrd_str text) {
	return vrd_arena_strndup(mem, text.p, text.n);
}

// "2026-2040" of dimension year is each of its years; anything else is one code.
static void add_codes(vrd_arena *mem, vrd_where *where, vrd_str text) {
	vrd_str rest = text, first;
	int64_t from = 0, to = 0;
	const bool range = strcmp(where->dim, "year") == 0 && vrd_str_split(&rest, '-', &first) &&
	                   vrd_parse_int64(first, &from) && vrd_parse_int64(rest, &to) &&
	                   from <= to && to - from < MAX_YEARS;
	if (!range)
		where->codes[where->n++] = copy(mem, vrd_str_trim(text));
	for (int64_t year = from; range && year <= to; year++)
		where->codes[where->n++] = vrd_arena_printf(mem, "%lld", (long long)year);
}

// A code that stands twice is selected once.
static void drop_repeats(vrd_where *where) {
	size_t n = 0;
	for (size_t i = 0; i < where->n; i++) {
		bool again = false;
		for (size_t j = 0; j < n && where->codes[i] && !again; j++)
			again = strcmp(where->codes[j], where->codes[i]) == 0;
		if (!again)
			where->codes[n++] = where->codes[i];
	}
	where->n = n;
}

static size_t count_of(const char *text, char c) {
	size_t n = 0;
	for (; *text; text++)
		n += *text == c;
	return n;
}

static vrd_status parse_where(vrd_arena *mem, const char *text, vrd_where *out, size_t *n,
                              vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_str rest = vrd_str_of(text), one;
	while (vrd_str_split(&rest, ';', &one)) {
		vrd_str codes = one, dim, code;
		if (!vrd_str_split(&codes, '=', &dim) || codes.n == 0)
			VRD_TRY(vrd_fail(err, VRD_USAGE,
			                 "\"%s\" is not a selection: write DIM=CODE,CODE such as "
			                 "year=2026,2040",
			                 text));
		vrd_where *where = &out[(*n)++];
		*where = (vrd_where){.dim = copy(mem, vrd_str_trim(dim))};
		if (!where->dim)
			VRD_TRY(vrd_no_memory(err, mem, dim.n, 1));
		for (size_t i = 0; i + 1 < *n; i++)
			if (strcmp(out[i].dim, where->dim) == 0)
				VRD_TRY(vrd_fail(
				        err, VRD_USAGE,
				        "\"%s\" is selected twice: write one list, such as "
				        "%s=A,B",
				        where->dim, where->dim));
		const size_t most = strcmp(where->dim, "year") == 0 ? MAX_YEARS : 1;
		VRD_TRY(VRD_NEW(mem, where->codes, (count_of(text, ',') + 1) * most));
		while (vrd_str_split(&codes, ',', &code))
			add_codes(mem, where, code);
		for (size_t i = 0; i < where->n; i++)
			if (!where->codes[i])
				VRD_TRY(vrd_no_memory(err, mem, 16, 1));
		drop_repeats(where);
	}
out:
	return rc;
}

vrd_status vrd_query_parse(vrd_arena *mem, size_t n_where, const char *const *where, const char *by,
                           vrd_query *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t n = 0, n_by = 0;
	vrd_where *list;
	const char **dims;
	for (size_t i = 0; i < n_where; i++)
		n += count_of(where[i], ';') + 1;
	VRD_TRY(VRD_NEW(mem, list, n));
	n = 0;
	for (size_t i = 0; i < n_where; i++)
		VRD_TRY(parse_where(mem, where[i], list, &n, err));
	VRD_TRY(VRD_NEW(mem, dims, by ? count_of(by, ',') + 1 : 0));
	vrd_str rest = vrd_str_of(by), one;
	while (by && vrd_str_split(&rest, ',', &one)) {
		dims[n_by] = copy(mem, vrd_str_trim(one));
		if (!dims[n_by++])
			VRD_TRY(vrd_no_memory(err, mem, one.n, 1));
	}
	*out = (vrd_query){.n_where = n, .where = list, .n_by = n_by, .by = dims};
out:
	return rc;
}
