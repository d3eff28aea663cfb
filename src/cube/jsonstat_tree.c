#include "cube/jsonstat_tree.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

int vrd_js_clip(const char *text) {
	enum { MOST = 60 };
	size_t n = strnlen(text, MOST + 1);
	if (n > MOST) {
		n = MOST;
		while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
			n--;
	}
	return (int)n;
}

vrd_status vrd_js_bad(const vrd_js *js, const char *path, const char *format, ...) {
	char text[sizeof js->err->text];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (js->dim == NULL)
		return vrd_fail(js->err, VRD_DATA, "%s: %s: %s", js->name, path, text);
	return vrd_fail(js->err, VRD_DATA, "%s: dimension.%.*s.%s: %s", js->name,
	                VRD_JS_SHOWN(js->dim), path, text);
}

vrd_status vrd_js_misfit(const vrd_js *js, const char *path, const json_t *json, const char *what) {
	return vrd_js_bad(js, path, "%s stands where %s belongs", vrd_js_kind(json), what);
}

vrd_status vrd_js_at(const vrd_js *js, const char *path, vrd_status status, const vrd_err *why) {
	if (status == VRD_DATA)
		return vrd_js_bad(js, path, "%s", why->text);
	return vrd_fail(js->err, status, "%s: %s", js->name, why->text);
}

const char *vrd_js_kind(const json_t *json) {
	if (json == NULL)
		return "nothing";
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a text";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "a truth value";
	case JSON_NULL:
		break;
	}
	return "null";
}

static vrd_status copy(const vrd_js *js, const char *text, const char **out) {
	const char *kept = vrd_arena_strdup(js->mem, text);
	if (kept == NULL)
		return vrd_no_memory(js->err, js->mem, strlen(text) + 1, 1);
	*out = kept;
	return VRD_OK;
}

vrd_status vrd_js_text(const vrd_js *js, const char *path, const json_t *json, const char **out) {
	if (json == NULL || json_is_null(json))
		return VRD_OK;
	if (!json_is_string(json))
		return vrd_js_misfit(js, path, json, "a text");
	*out = json_string_value(json);
	return VRD_OK;
}

vrd_status vrd_js_keep(const vrd_js *js, const char *path, const json_t *json, const char **out) {
	const char *text = NULL;
	const vrd_status rc = vrd_js_text(js, path, json, &text);
	return rc != VRD_OK || text == NULL ? rc : copy(js, text, out);
}

vrd_status vrd_js_note(const vrd_js *js, const char *path, const json_t *json, const char **out) {
	if (!json_is_array(json))
		return vrd_js_keep(js, path, json, out);
	vrd_buf lines = {0};
	size_t n = 0;
	vrd_status rc = VRD_OK;
	for (size_t i = 0; i < json_array_size(json); i++) {
		const char *text = NULL;
		VRD_TRY(vrd_js_text(js, path, json_array_get(json, i), &text));
		if (text == NULL)
			continue;
		if (n++ > 0)
			vrd_buf_putc(&lines, '\n');
		vrd_buf_puts(&lines, text);
	}
	if (lines.failed)
		VRD_TRY(vrd_no_memory(js->err, js->mem, lines.n, 1));
	if (n > 0)
		VRD_TRY(copy(js, lines.p != NULL ? lines.p : "", out));
out:
	vrd_buf_free(&lines);
	return rc;
}

bool vrd_js_index(const json_t *json, size_t limit, size_t *out) {
	const double value = json_is_number(json) ? json_number_value(json) : -1;
	if (!(value >= 0 && value < (double)limit) || value != floor(value))
		return false;
	*out = (size_t)value;
	return true;
}

bool vrd_js_position(const char *key, size_t n, size_t *out) {
	size_t position = 0;
	if (key[0] == '\0' || (key[0] == '0' && key[1] != '\0'))
		return false;
	for (const char *c = key; *c != '\0'; c++) {
		if (*c < '0' || *c > '9')
			return false;
		position = position * 10 + (size_t)(*c - '0');
		if (position >= n) // n is far below SIZE_MAX / 10: no overflow before this
			return false;
	}
	*out = position;
	return true;
}
