// A cube as the answer of a command: table, CSV, JSON-stat or XLSX, to stdout or a file.
#pragma once

#include "cli/cli.h"

// The options that vrd_cli_write_cube reads: rows of a command's table.
#define VRD_CUBE_OPTIONS                                                                           \
	{"format", 'f', VRD_OPT_TEXT, "FORMAT", "table, csv, json (JSON-stat 2) or xlsx.", 0, 0},  \
	        {"output",                                                                         \
	         'o',                                                                              \
	         VRD_OPT_TEXT,                                                                     \
	         "FILE",                                                                           \
	         "Write to a file (needed for xlsx); written whole or not at all.",                \
	         0,                                                                                \
	         0},                                                                               \
	        {"excel",                                                                          \
	         0,                                                                                \
	         VRD_OPT_FLAG,                                                                     \
	         NULL,                                                                             \
	         "CSV for Norwegian Excel: semicolon, decimal comma, BOM.",                        \
	         0,                                                                                \
	         0},                                                                               \
	{                                                                                          \
		"labels", 0, VRD_OPT_FLAG, NULL, "Labels instead of codes in tables.", 0, 0        \
	}

// Writes the cube as the options say. USAGE for options that do not go together, and for a format
// that there is not (suggests one).
vrd_status vrd_cli_write_cube(vrd_cli *cli, const vrd_region *region,
                              const vrd_cube *cube) VRD_MUST_USE;
// Writes a text to the file of --output, or to stdout; the buffer is freed.
vrd_status vrd_cli_write_text(vrd_cli *cli, vrd_buf *out) VRD_MUST_USE;
