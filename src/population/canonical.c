// Imported cubes brought to the one form that the models know.
#include "population/age.h"
#include "population/population.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// The dimensions of a population cube, in their order. A contents dimension holds measures: with
// one category it says nothing, with several they are alternatives.
typedef enum { CONTENTS, VARIANT, SERVICE, AREA, SEX, AGE, YEAR, N_KINDS, UNKNOWN = N_KINDS } kind;

static const char *const kind_names[N_KINDS] = {"measure", "variant", "service", "area",
                                                "sex",     "age",     "year"};

static const struct {
	kind kind;
	const char *name;
} synonyms[] = {
        {CONTENTS, "ContentsCode"},
        {CONTENTS, "statistikkvariabel"},
        {CONTENTS, "contents"},
        {CONTENTS, "measure"},
        {VARIANT, "Framskriv"},
        {VARIANT, "framskrivingsalternativ"},
        {VARIANT, "framskriving"},
        {VARIANT, "alternativ"},
        {VARIANT, "alternative"},
        {VARIANT, "variant"},
        {SERVICE, "HelseTjenomr"},
        {SERVICE, "tjenesteomr\xC3\xA5"
                  "de"},
        {SERVICE, "service"},
        {AREA, "Region"},
        {AREA, "HelseReg"},
        {AREA, "helseregion"},
        {AREA, "KommuneNr"},
        {AREA, "kommune"},
        {AREA, "bydel"},
        {AREA, "area"},
        {SEX, "Kjonn"},
        {SEX, "kj\xC3\xB8nn"},
        {SEX, "gender"},
        {SEX, "sex"},
        {AGE, "Alder"},
        {AGE, "age"},
        {YEAR, "Tid"},
        {YEAR, "\xC3\xA5r"},
        {YEAR, "year"},
};

static kind kind_of_text(const char *text) {
	for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
		if (text && strcasecmp(text, synonyms[i].name) == 0)
			return synonyms[i].kind;
	return UNKNOWN;
}

static kind kind_of(const vrd_dim *dim) {
	kind by_name = kind_of_text(dim->name);
	return by_name != UNKNOWN ? by_name : kind_of_text(dim->label);
}

static bool is_word(char c) {
	return isalnum((unsigned char)c) || (c & 0x80);
}

// The letters of an alternative inside its label, "Hovedalternativet (MMMM)" -> MMMM: a word of
// three or four letters for fertility, mortality, (domestic moves,) immigration.
static vrd_str alternative_of(const char *label) {
	for (const char *p = label; *p;) {
		size_t n = strspn(p, "MHL0");
		bool starts = p == label || !is_word(p[-1]);
		if ((n == 3 || n == 4) && starts && !is_word(p[n]) && strspn(p, "0") < n)
			return (vrd_str){p, n};
		p += n ? n : 1;
	}
	return (vrd_str){NULL, 0};
}

// --- categories ---------------------------------------------------------------------------------

typedef struct {
	vrd_category cat;
	size_t from; // index in the dimension as imported
	long long order;
} renamed;

static int by_order(const void *pa, const void *pb) {
	const renamed *a = pa, *b = pb;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

static vrd_status rename_variant(vrd_arena *mem, const vrd_dim *dim, renamed *out, vrd_err *err) {
	vrd_str letters = alternative_of(out->cat.label);
	if (!letters.p && kind_of(dim) == VARIANT && strcmp(dim->name, "variant") == 0)
		return VRD_OK; // already canonical: "count", "own"
	if (!letters.p)
		return vrd_fail(
		        err, VRD_DATA,
		        "`%s` of %s is labelled \"%s\", which names no alternative by its "
		        "letters, such as (MMMM); keep one measure only, or the alternatives",
		        out->cat.code, dim->name, out->cat.label);
	out->cat.code = vrd_arena_strndup(mem, letters.p, letters.n);
	return out->cat.code ? VRD_OK : vrd_no_memory(err, mem, letters.n + 1, 1);
}

// Labels are words and say what they mean; a bare code is read by SSB's list (1 men, 2 women).
static vrd_status rename_sex(const vrd_dim *dim, renamed *out, vrd_err *err) {
	const char *code = vrd_sex_code(vrd_str_of(out->cat.label));
	if (!code)
		code = vrd_sex_code(vrd_str_of(out->cat.code));
	if (!code)
		return vrd_fail(err, VRD_DATA,
		                "sex `%s` (\"%s\") of %s cannot be read; expected F, M or all, "
		                "2 or 1, Kvinner or Menn",
		                out->cat.code, out->cat.label, dim->name);
	out->cat.code = code;
	return VRD_OK;
}

static vrd_status rename_age(vrd_arena *mem, const vrd_dim *dim, renamed *out, vrd_err *err) {
	vrd_age age;
	if (!vrd_age_parse(vrd_str_of(out->cat.code), &age) &&
	    !vrd_age_parse(vrd_str_of(out->cat.label), &age))
		return vrd_fail(err, VRD_DATA,
		                "age `%s` (\"%s\") of %s cannot be read; expected 0..%d, 105+, "
		                "0-17 or all",
		                out->cat.code, out->cat.label, dim->name, VRD_AGE_MAX);
	out->cat.code = vrd_age_code(mem, age);
	out->order = 1000LL * age.from + age.to;
	return out->cat.code ? VRD_OK : vrd_no_memory(err, mem, 8, 1);
}

static vrd_status rename_year(vrd_arena *mem, const vrd_dim *dim, renamed *out, vrd_err *err) {
	int64_t year;
	if (!vrd_parse_int64(vrd_str_of(out->cat.code), &year) || year < 1000 || year > 9999)
		return vrd_fail(err, VRD_DATA,
		                "year `%s` of %s cannot be read; expected four digits (1 January)",
		                out->cat.code, dim->name);
	out->cat.code = vrd_arena_printf(mem, "%d", (int)year);
	out->order = year;
	return out->cat.code ? VRD_OK : vrd_no_memory(err, mem, 5, 1);
}

static vrd_status rename_category(vrd_arena *mem, kind which, const vrd_dim *dim, renamed *out,
                                  vrd_err *err) {
	switch (which) {
	case CONTENTS:
	case VARIANT:
		return rename_variant(mem, dim, out, err);
	case SEX:
		return rename_sex(dim, out, err);
	case AGE:
		return rename_age(mem, dim, out, err);
	case YEAR:
		return rename_year(mem, dim, out, err);
	case SERVICE:
	case AREA:
	case N_KINDS:
		break;
	}
	return VRD_OK;
}

static vrd_status name_collision(const vrd_dim *dim, const renamed *cats, size_t n, vrd_err *err) {
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(cats[i].cat.code, cats[j].cat.code) == 0)
				return vrd_fail(err, VRD_DATA,
				                "`%s` and `%s` of %s both mean %s; leave one out",
				                dim->cats[cats[j].from].code,
				                dim->cats[cats[i].from].code, dim->name,
				                cats[i].cat.code);
	return VRD_OK;
}

// Wide files head their last age a105 and mean 105 and over: a population counts everybody, so a
// last single year of 90 or more is open.
static vrd_status open_last_age(vrd_arena *mem, renamed *last, vrd_err *err) {
	vrd_age age;
	if (!vrd_age_parse(vrd_str_of(last->cat.code), &age) || age.from < 90 || age.to != age.from)
		return VRD_OK;
	last->cat.code = vrd_age_code(mem, (vrd_age){age.from, VRD_AGE_MAX});
	return last->cat.code ? VRD_OK : vrd_no_memory(err, mem, 8, 1);
}

// Replaces dimension `dim` by its canonical form: name, role, codes, order.
static vrd_status canonical_dim(vrd_arena *mem, const vrd_cube *in, const vrd_dim *dim, kind which,
                                vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	renamed *cats;
	vrd_category *ordered;
	vrd_link *links;
	const vrd_dim *target;
	vrd_cube moved;
	kind name = which == CONTENTS ? VARIANT : which;
	VRD_TRY(VRD_NEW(mem, cats, dim->n));
	VRD_TRY(VRD_NEW(mem, ordered, dim->n));
	VRD_TRY(VRD_NEW(mem, links, dim->n));
	for (size_t i = 0; i < dim->n; i++) {
		cats[i] = (renamed){dim->cats[i], i, 0};
		cats[i].cat.parent = VRD_NONE;
		VRD_TRY(rename_category(mem, which, dim, &cats[i], err));
	}
	if (which != AREA && which != SERVICE)
		VRD_TRY(name_collision(dim, cats, dim->n, err));
	qsort(cats, dim->n, sizeof *cats, by_order);
	if (which == AGE && dim->n > 1)
		VRD_TRY(open_last_age(mem, &cats[dim->n - 1], err));
	for (size_t i = 0; i < dim->n; i++) {
		ordered[i] = cats[i].cat;
		links[i] = (vrd_link){cats[i].from, i, 1};
	}
	vrd_role role = which == YEAR   ? VRD_ROLE_TIME
	                : which == AREA ? VRD_ROLE_GEO
	                                : VRD_ROLE_NONE;
	VRD_TRY(vrd_dim_new(mem, kind_names[name], kind_names[name], role, dim->n, ordered, &target,
	                    err));
	const vrd_link *list = links;
	VRD_TRY(vrd_cube_regroup(mem, in, dim->name, target, NULL, &dim->n, &list, &moved, err));
	if (!moved.unit)
		moved.unit = ordered[0].unit;
	*out = moved;
out:
	return rc;
}

// Takes away a dimension of one category; what it said becomes a note.
static vrd_status drop(vrd_arena *mem, const vrd_cube *in, const vrd_dim *dim, vrd_cube *out,
                       vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube sliced;
	const vrd_category *only = &dim->cats[0];
	VRD_TRY(vrd_cube_slice(mem, in, dim->name, vrd_str_of(only->code), &sliced, err));
	const char *note = vrd_arena_printf(mem, "%s: %s", dim->label, only->label);
	if (!note)
		VRD_TRY(vrd_no_memory(err, mem, 1, 1));
	VRD_TRY(vrd_cube_note(mem, &sliced, note, err));
	if (!sliced.unit && only->unit)
		sliced.unit = only->unit;
	*out = sliced;
out:
	return rc;
}

vrd_status vrd_population_canonical(vrd_arena *mem, const vrd_cube *in, vrd_cube *out,
                                    vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *of_kind[N_KINDS] = {NULL};
	vrd_cube cube = *in;
	for (size_t d = 0; d < in->n_dims; d++) {
		const vrd_dim *dim = in->dims[d];
		kind which = kind_of(dim);
		if (which == UNKNOWN && dim->n > 1)
			VRD_TRY(vrd_fail(
			        err, VRD_DATA,
			        "the dimension %s (\"%s\") has no place in a population; "
			        "choose one of its %zu categories, or map it to area, sex, "
			        "age or year",
			        dim->name, dim->label, dim->n));
		if (which != UNKNOWN && of_kind[which])
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "the dimensions %s and %s both mean %s; leave one out",
			                 of_kind[which]->name, dim->name, kind_names[which]));
		if (which == UNKNOWN || (dim->n == 1 && (which == CONTENTS || which == SERVICE)))
			VRD_TRY(drop(mem, &cube, dim, &cube, err));
		else
			of_kind[which] = dim;
	}
	if (of_kind[CONTENTS] && of_kind[VARIANT])
		VRD_TRY(vrd_fail(
		        err, VRD_DATA,
		        "alternatives stand both in %s and in %s; choose one category of %s",
		        of_kind[CONTENTS]->name, of_kind[VARIANT]->name, of_kind[CONTENTS]->name));
	const char *by[N_KINDS];
	size_t n_by = 0;
	for (kind which = CONTENTS; which < N_KINDS; which++) {
		if (!of_kind[which])
			continue;
		VRD_TRY(canonical_dim(mem, &cube, of_kind[which], which, &cube, err));
		by[n_by++] = kind_names[which == CONTENTS ? VARIANT : which];
	}
	VRD_TRY(vrd_cube_sum_by(mem, &cube, n_by, by, out, err)); // sums nothing: only the order
out:
	return rc;
}
