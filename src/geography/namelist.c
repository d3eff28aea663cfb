// A short list of names for a message.
#include "geography/geography_impl.h"

#include <stdarg.h>
#include <stdio.h>

void vrd_names_add(vrd_names *names, const char *format, ...) {
	if (names->n++ >= VRD_NAMES_SHOWN)
		return;
	char name[120];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(name, sizeof name, format, args);
	va_end(args);
	size_t left = sizeof names->text - names->used;
	int n = snprintf(names->text + names->used, left, "%s%s", names->n > 1 ? ", " : "", name);
	if (n > 0)
		names->used += (size_t)n < left ? (size_t)n : left - 1;
}

const char *vrd_names_end(vrd_names *names) {
	size_t left = sizeof names->text - names->used;
	if (names->n > VRD_NAMES_SHOWN)
		(void)snprintf(names->text + names->used, left, " and %zu more",
		               names->n - VRD_NAMES_SHOWN);
	return names->text;
}
