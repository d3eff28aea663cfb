#include "base/status.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static const struct {
	const char *name;
	int exit_code;
	int http;
	const char *text;
} statuses[] = {
#define VRD_STATUS_ROW(name, exit_code, http, text) {#name, exit_code, http, text},
        VRD_STATUSES(VRD_STATUS_ROW)
#undef VRD_STATUS_ROW
};

enum { n_statuses = sizeof statuses / sizeof statuses[0] };

// Length of text[0..n) without a code point that was cut in half at the end.
static size_t whole_utf8(const char *text, size_t n) {
	size_t lead = n;
	while (lead > 0 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
		lead--;
	if (lead == 0)
		return n;
	const unsigned char c = (unsigned char)text[lead - 1];
	const size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
	return n - (lead - 1) < need ? lead - 1 : n;
}

vrd_status vrd_vfail(vrd_err *err, vrd_status status, const char *format, va_list args) {
	assert(status != VRD_OK);
	if (err == NULL)
		return status;
	// Callers add context with vrd_fail(err, s, "...: %s", err->text), so format elsewhere
	// first.
	char text[sizeof err->text];
	const int n = vsnprintf(text, sizeof text, format, args);
	if (n < 0)
		text[0] = '\0';
	else if ((size_t)n >= sizeof text)
		text[whole_utf8(text, sizeof text - 1)] = '\0';
	// Messages quote input; an escape sequence in it must not reach a terminal.
	for (char *p = text; *p != '\0'; p++) {
		const unsigned char c = (unsigned char)*p;
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
			*p = '?';
	}
	err->status = status;
	memcpy(err->text, text, strlen(text) + 1);
	return status;
}

vrd_status vrd_fail(vrd_err *err, vrd_status status, const char *format, ...) {
	va_list args;
	va_start(args, format);
	vrd_vfail(err, status, format, args);
	va_end(args);
	return status;
}

const char *vrd_status_name(vrd_status status) {
	assert((size_t)status < n_statuses);
	return statuses[status].name;
}

const char *vrd_status_text(vrd_status status) {
	assert((size_t)status < n_statuses);
	return statuses[status].text;
}

int vrd_status_exit_code(vrd_status status) {
	assert((size_t)status < n_statuses);
	return statuses[status].exit_code;
}

int vrd_status_http(vrd_status status) {
	assert((size_t)status < n_statuses);
	return statuses[status].http;
}
