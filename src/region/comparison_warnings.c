#include "cube/messages.h"
#include "region/comparison_parts.h"

#include <jansson.h>
#include <string.h>

typedef struct {
	vrd_region *region;
	vrd_comparison *comparison;
	size_t room;
	vrd_err *err;
} warning_list;

static vrd_status add(warning_list *w, vrd_msg_key key, size_t n, const char *const *args) {
	vrd_status rc = VRD_OK;
	vrd_buf text = {0};
	const char *copy;
	vrd_msg_put(&text, key, w->region->lang, n, args);
	copy = text.p ? vrd_arena_strdup(w->region->mem, text.p) : NULL;
	vrd_buf_free(&text);
	if (!copy)
		VRD_TRY(vrd_no_memory(w->err, w->region->mem, 64, 1));
	if (w->comparison->n_warnings < w->room)
		w->comparison->warnings[w->comparison->n_warnings++] = copy;
out:
	return rc;
}

// --- settings -----------------------------------------------------------------------------------

static const struct {
	const char *key;
	vrd_msg_key word;
} settings[] = {{"engine", VRD_MSG_COMPARE_ENGINE},         {"blas", VRD_MSG_COMPARE_BLAS},
                {"noise", VRD_MSG_COMPARE_NOISE},           {"map", VRD_MSG_COMPARE_MAP},
                {"first_year", VRD_MSG_COMPARE_FIRST_YEAR}, {"horizon", VRD_MSG_COMPARE_HORIZON},
                {"population", VRD_MSG_COMPARE_POPULATION}};
#define N_SETTINGS (sizeof settings / sizeof *settings)

static void put_value(vrd_buf *out, const json_t *value, vrd_lang lang) {
	if (json_is_string(value))
		vrd_buf_puts(out, json_string_value(value));
	else if (json_is_integer(value))
		vrd_buf_printf(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		vrd_fmt_percent(out, json_real_value(value), 0, false, lang);
}

// A value as words, in the region's memory: weights as "MMMM 60 %, LLML 20 %".
static const char *text_of(const warning_list *w, json_t *value) {
	vrd_buf text = {0};
	const char *name;
	json_t *one;
	if (json_is_object(value)) {
		json_object_foreach(value, name, one) {
			vrd_buf_printf(&text, "%s%s ", text.n ? ", " : "", name);
			put_value(&text, one, w->region->lang);
		}
	} else {
		put_value(&text, value, w->region->lang);
	}
	const char *kept = text.p ? vrd_arena_strdup(w->region->mem, text.p) : NULL;
	vrd_buf_free(&text);
	return kept ? kept : "-";
}

static vrd_status compare_setting(warning_list *w, size_t setting, size_t i, const json_t *first,
                                  const json_t *other) {
	vrd_status rc = VRD_OK;
	json_t *a = json_object_get(first, settings[setting].key);
	json_t *b = json_object_get(other, settings[setting].key);
	if (a == b || json_equal(a, b))
		return VRD_OK;
	const char *const args[] = {vrd_msg(settings[setting].word, w->region->lang),
	                            w->comparison->names[0], text_of(w, a), w->comparison->names[i],
	                            text_of(w, b)};
	VRD_TRY(add(w, VRD_MSG_COMPARE_DIFFERS, 5, args));
	if (settings[setting].word == VRD_MSG_COMPARE_POPULATION)
		VRD_TRY(add(w, VRD_MSG_COMPARE_SPREAD, 0, NULL));
out:
	return rc;
}

// --- files --------------------------------------------------------------------------------------

static const char *hash_of(const json_t *inputs, const char *file) {
	for (size_t i = 0; i < json_array_size(inputs); i++) {
		const json_t *one = json_array_get(inputs, i);
		const char *name = json_string_value(json_object_get(one, "file"));
		if (name && strcmp(name, file) == 0)
			return json_string_value(json_object_get(one, "blake2b"));
	}
	return NULL;
}

// Names of the files of `a` that `b` has otherwise or (absent) not at all. Scenarios are compared
// by what they say.
static void list_files(const json_t *a, const json_t *b, bool absent, vrd_buf *out) {
	for (size_t i = 0; i < json_array_size(a); i++) {
		const json_t *one = json_array_get(a, i);
		const char *name = json_string_value(json_object_get(one, "file"));
		const char *own = json_string_value(json_object_get(one, "blake2b"));
		if (!name || !own || strncmp(name, "scenarios/", 10) == 0)
			continue;
		const char *other = hash_of(b, name);
		if (absent ? other == NULL : other && strcmp(own, other) != 0)
			vrd_buf_printf(out, "%s%s", out->n ? ", " : "", name);
	}
}

static vrd_status compare_files(warning_list *w, size_t i, const json_t *first,
                                const json_t *other) {
	vrd_status rc = VRD_OK;
	const json_t *a = json_object_get(first, "inputs"), *b = json_object_get(other, "inputs");
	vrd_buf files = {0};
	list_files(a, b, false, &files);
	list_files(a, b, true, &files);
	list_files(b, a, true, &files);
	if (files.n) {
		const char *const args[] = {w->comparison->names[0], w->comparison->names[i],
		                            files.p};
		rc = add(w, VRD_MSG_COMPARE_FILES, 3, args);
	}
	vrd_buf_free(&files);
	return rc;
}

vrd_status vrd_comparison_warnings(vrd_region *region, vrd_comparison *comparison, vrd_err *err) {
	vrd_status rc = VRD_OK;
	warning_list w = {region, comparison, VRD_COMPARE_MOST * (N_SETTINGS + 3), err};
	json_t *info[VRD_COMPARE_MOST] = {0};
	VRD_TRY(VRD_NEW(region->mem, comparison->warnings, w.room));
	for (size_t i = 0; i < comparison->n; i++)
		info[i] = json_loads(comparison->run[i].record.summary, 0, NULL);
	for (size_t i = 1; i < comparison->n; i++) {
		VRD_TRY(compare_files(&w, i, info[0], info[i]));
		for (size_t s = 0; s < N_SETTINGS; s++)
			VRD_TRY(compare_setting(&w, s, i, info[0], info[i]));
	}
	size_t least = comparison->run[0].draws.n, most = least;
	for (size_t i = 1; i < comparison->n; i++) {
		const size_t n = comparison->run[i].draws.n;
		least = n < least ? n : least;
		most = n > most ? n : most;
	}
	if (least < most) {
		vrd_buf text[2] = {{0}};
		vrd_fmt_number(&text[0], (double)most, 0, region->lang);
		vrd_fmt_number(&text[1], (double)least, 0, region->lang);
		const char *const args[] = {text[0].p, text[1].p, text[1].p};
		rc = add(&w, VRD_MSG_COMPARE_DRAWS, 3, args);
		vrd_buf_free(&text[0]);
		vrd_buf_free(&text[1]);
	}
out:
	for (size_t i = 0; i < comparison->n; i++)
		json_decref(info[i]);
	return rc;
}
