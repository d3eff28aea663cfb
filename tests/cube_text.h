// Cubes as text, so that tests read as data. Include after cmocka.h.
#pragma once

#include "cube/cube.h"

// The calls inside name `err`, which these declare.
#define OK(call)                                                                                   \
	do {                                                                                       \
		vrd_err err = {0};                                                                 \
		if ((call) != VRD_OK)                                                              \
			fail_msg("%s: %s", #call, err.text);                                       \
	} while (0)

// A failure with its status and exact message.
#define FAILS(call, wanted_status, wanted_text)                                                    \
	do {                                                                                       \
		vrd_err err = {0};                                                                 \
		assert_int_equal((call), (wanted_status));                                         \
		assert_string_equal(err.text, (wanted_text));                                      \
	} while (0)

// --- cubes as text ------------------------------------------------------------------------------

// "12", "12e" (estimated), "12*", ":" and so on.
static inline double read_cell(vrd_str text, vrd_cell *status) {
	double value = NAN;
	*status = VRD_PRESENT;
	if (vrd_cell_from_symbol(text, status) || vrd_parse_double(text, '.', &value))
		return value;
	assert_true(text.n > 1);
	assert_true(vrd_parse_double((vrd_str){text.p, text.n - 1}, '.', &value));
	assert_true(vrd_cell_from_symbol((vrd_str){text.p + text.n - 1, 1}, status));
	return value;
}

// A cube from "area,sex,value\n0301,F,12\n..."; cells without a line are MISSING.
static inline vrd_cube cube_of(vrd_arena *mem, const char *text) {
	const char *names[8];
	size_t n = 0;
	vrd_builder *builder;
	vrd_cube cube;
	vrd_str rest = vrd_str_of(text), line, field;
	assert_true(vrd_str_split(&rest, '\n', &line));
	while (vrd_str_split(&line, ',', &field) && !vrd_str_is(field, "value"))
		names[n++] = vrd_arena_strndup(mem, field.p, field.n);
	OK(vrd_builder_new(mem, n, names, &builder, &err));
	while (vrd_str_split(&rest, '\n', &line) && line.n > 0) {
		uint32_t index[8];
		vrd_cell status;
		for (size_t d = 0; d < n; d++) {
			assert_true(vrd_str_split(&line, ',', &field));
			OK(vrd_builder_index(builder, d, field, &index[d], &err));
		}
		const double value = read_cell(line, &status);
		OK(vrd_builder_add(builder, index, value, status, &err));
	}
	OK(vrd_builder_finish(builder, VRD_MISSING, &cube, NULL, &err));
	return cube;
}

static inline const char *text_of(vrd_arena *mem, const vrd_cube *cube) {
	vrd_buf buf = {0};
	size_t index[8] = {0};
	for (size_t d = 0; d < cube->n_dims; d++)
		vrd_buf_printf(&buf, "%s,", cube->dims[d]->name);
	vrd_buf_puts(&buf, "value\n");
	for (size_t i = 0; i < cube->n_cells; i++, (void)vrd_cube_next(cube, index)) {
		char number[32] = "";
		const vrd_cell status = vrd_cube_status(cube, i);
		assert_int_equal(i, vrd_cube_position(cube, index));
		assert_int_equal(!isnan(cube->values[i]), vrd_cell_has_number(status));
		if (vrd_cell_has_number(status))
			(void)vrd_format_double(cube->values[i], number);
		for (size_t d = 0; d < cube->n_dims; d++)
			vrd_buf_printf(&buf, "%s,", cube->dims[d]->cats[index[d]].code);
		vrd_buf_printf(&buf, "%s%s\n", number, vrd_cell_symbol(status));
	}
	const char *text = vrd_arena_strdup(mem, buf.p);
	vrd_buf_free(&buf);
	return text;
}

#define IS(cube, text) assert_string_equal(text_of(&mem, &(cube)), (text))
#define BY(...)                                                                                    \
	sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (const char *[]) {                 \
		__VA_ARGS__                                                                        \
	}
