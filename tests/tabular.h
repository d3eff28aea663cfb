// Small tables, cubes and shared files for tests of geography and population.
//
// Include after cmocka.h. Everything belongs to the arena that is passed.
#pragma once

#include "base/file.h"
#include "cube/csv.h"
#include "cube/cube.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The calls inside name `err`, which these declare.
#define OK(call)                                                                                   \
	do {                                                                                       \
		vrd_err err = {0};                                                                 \
		if ((call) != VRD_OK)                                                              \
			fail_msg("%s: %s", #call, err.text);                                       \
	} while (0)

// A failure with its status, whose message holds `fragment`.
#define FAILS(call, wanted_status, fragment)                                                       \
	do {                                                                                       \
		vrd_err err = {0};                                                                 \
		assert_int_equal((call), (wanted_status));                                         \
		if (!strstr(err.text, (fragment)))                                                 \
			fail_msg("\"%s\" is not in \"%s\"", (fragment), err.text);                 \
	} while (0)

// Doubles: cmocka's assert_float_equal would round them to float. `tolerance` is absolute; 0 =
// equal.
#define NEAR(got, wanted, tolerance)                                                               \
	do {                                                                                       \
		const double got_ = (got), wanted_ = (wanted);                                     \
		if (!(fabs(got_ - wanted_) <= (tolerance)))                                        \
			fail_msg("%s is %.17g, not %.17g", #got, got_, wanted_);                   \
	} while (0)

// A table from lines of cells, header first; CR and a byte order mark are taken away.
static inline vrd_csv_table table_of(vrd_arena *mem, const char *text, char separator) {
	vrd_csv_table table = {0};
	vrd_str rest = vrd_str_of(text), line, cell;
	size_t n_lines = 0;
	for (const char *p = text; *p; p++)
		n_lines += *p == '\n';
	if (vrd_str_starts(rest, "\xEF\xBB\xBF"))
		rest = (vrd_str){rest.p + 3, rest.n - 3};
	for (size_t number = 1; vrd_str_split(&rest, '\n', &line); number++) {
		line = vrd_str_trim(line);
		if (line.n == 0)
			continue;
		if (!table.columns) {
			for (size_t i = 0; i < line.n; i++)
				table.n_columns += line.p[i] == separator;
			table.n_columns++;
			table.columns = vrd_arena_alloc(mem, table.n_columns, sizeof(char *));
			table.rows = vrd_arena_alloc(mem, (n_lines + 1) * table.n_columns,
			                             sizeof(char *));
			table.lines = vrd_arena_alloc(mem, n_lines + 1, sizeof *table.lines);
			assert_true(table.columns && table.rows && table.lines);
		}
		const char **cells = table.columns;
		if (number > 1) {
			cells = table.rows + table.n_rows * table.n_columns;
			table.lines[table.n_rows++] = number;
		}
		for (size_t c = 0; c < table.n_columns; c++) {
			if (!vrd_str_split(&line, separator, &cell))
				cell = VRD_STR("");
			cells[c] = vrd_arena_strndup(mem, cell.p ? cell.p : "", cell.n);
			assert_non_null(cells[c]);
		}
	}
	return table;
}

static inline const char *table_cell(const vrd_csv_table *table, size_t row, const char *column) {
	for (size_t c = 0; c < table->n_columns; c++)
		if (strcmp(table->columns[c], column) == 0)
			return table->rows[row * table->n_columns + c];
	fail_msg("no column %s", column);
	return "";
}

// A cube from "area,sex,value\n0301,F,12\n...": numbers, "12e" (estimated) or a symbol.
static inline vrd_cube cube_of(vrd_arena *mem, const char *text) {
	const vrd_csv_table table = table_of(mem, text, ',');
	const size_t n = table.n_columns - 1;
	vrd_builder *builder;
	vrd_cube cube;
	OK(vrd_builder_new(mem, n, table.columns, &builder, &err));
	for (size_t r = 0; r < table.n_rows; r++) {
		uint32_t index[8];
		const char *const *cells = table.rows + r * table.n_columns;
		vrd_str value = vrd_str_of(cells[n]);
		vrd_cell status = VRD_PRESENT;
		double number = NAN;
		for (size_t d = 0; d < n; d++)
			OK(vrd_builder_index(builder, d, vrd_str_of(cells[d]), &index[d], &err));
		if (value.n > 1 && value.p[value.n - 1] == 'e') {
			status = VRD_ESTIMATED;
			value.n--;
		}
		if (!vrd_parse_double(value, '.', &number))
			assert_true(vrd_cell_from_symbol(value, &status));
		OK(vrd_builder_add(builder, index, number, status, &err));
	}
	OK(vrd_builder_finish(builder, VRD_MISSING, &cube, NULL, &err));
	return cube;
}

// Position of a cell by its codes, "0301 F 2026", in the order of the dimensions.
static inline size_t position_of(const vrd_cube *cube, const char *codes) {
	size_t position = 0;
	vrd_str rest = vrd_str_of(codes), code;
	for (size_t d = 0; d < cube->n_dims; d++) {
		assert_true(vrd_str_split(&rest, ' ', &code));
		const size_t i = vrd_dim_find(cube->dims[d], code);
		if (i == VRD_NONE)
			fail_msg("no %.*s in %s", (int)code.n, code.p, cube->dims[d]->name);
		position += i * cube->stride[d];
	}
	return position;
}

static inline double value_at(const vrd_cube *cube, const char *codes) {
	return cube->values[position_of(cube, codes)];
}

static inline vrd_cell status_at(const vrd_cube *cube, const char *codes) {
	return vrd_cube_status(cube, position_of(cube, codes));
}

static inline double total_of(const vrd_cube *cube) {
	double sum = 0;
	for (size_t i = 0; i < cube->n_cells; i++)
		sum += cube->values[i];
	return sum;
}

// "area sex age year": the names of the dimensions; `codes_of`: the codes of one.
static inline const char *dims_of(vrd_arena *mem, const vrd_cube *cube) {
	const char *text = "";
	for (size_t d = 0; d < cube->n_dims; d++)
		text = vrd_arena_printf(mem, "%s%s%s", text, d ? " " : "", cube->dims[d]->name);
	return text;
}

static inline const char *codes_of(vrd_arena *mem, const vrd_cube *cube, const char *dim) {
	const size_t axis = vrd_cube_axis(cube, dim);
	const char *text = "";
	if (axis == VRD_NONE)
		return NULL;
	for (size_t i = 0; i < cube->dims[axis]->n; i++)
		text = vrd_arena_printf(mem, "%s%s%s", text, i ? " " : "",
		                        cube->dims[axis]->cats[i].code);
	return text;
}

static inline bool has_note(const vrd_cube *cube, const char *fragment) {
	for (size_t i = 0; i < cube->n_notes; i++)
		if (strstr(cube->notes[i], fragment))
			return true;
	return false;
}

// A file of the shared folder (VRD_SHARED, else beside the project); NULL when it is absent.
static inline const char *shared_path(vrd_arena *mem, const char *name) {
	const char *folder = getenv("VRD_SHARED");
	const char *path = vrd_path_join(mem, folder ? folder : "../shared", name);
	assert_non_null(path);
	return vrd_path_exists(path) ? path : NULL;
}

static inline const char *shared_text(vrd_arena *mem, const char *name) {
	const char *path = shared_path(mem, name), *bytes;
	size_t len;
	if (!path)
		return NULL;
	OK(vrd_file_read(mem, path, 0, &bytes, &len, &err));
	return bytes;
}

// Skips the test, saying which file is not there.
#define NEED(text, name)                                                                           \
	do {                                                                                       \
		if (!(text)) {                                                                     \
			print_message("# skipped: no shared/%s\n", (name));                        \
			skip();                                                                    \
		}                                                                                  \
	} while (0)
