// The YAML files of measures/ as the build put them into the program (tools/embed.c), by name.
// Private to measures.c and its test.
#pragma once

#include <stddef.h>

typedef struct {
	const char *name; // of the file, without its ending
	const char *bytes;
	size_t len;
} vrd_embedded;

extern const vrd_embedded vrd_measure_files[];
extern const size_t vrd_measure_files_n;
