// XLSX writer: one sheet of data (tidy, header row, frozen, filter), one of information (title,
// unit, source, updated, notes, dictionary of columns). Suppressed and missing cells are SSB's
// symbols as text, never 0. Numbers are numbers. Accessible: header cells marked, real text.
#pragma once

#include "cube/cube.h"

// Writes the file atomically (temporary name, then rename). Errors: NOCREATE, NOPERM, IO; LIMIT
// when the cube has more than 1 048 575 rows. The file's bytes do not depend on the clock.
vrd_status vrd_xlsx_write(const vrd_cube *cube, const char *path, vrd_err *err) VRD_MUST_USE;
