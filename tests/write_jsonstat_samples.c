// Writes sample datasets into a folder: what the JSON-stat oracle (tests/oracle) checks with
// another implementation of the format. Beside NAME.json stands NAME.tsv with what a reader must
// find, made without JSON: lines of "key<TAB>value", then "cell<TAB>position<TAB>value<TAB>status".
#include "base/file.h"
#include "cube/jsonstat.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

// The expectation: one line per thing that is said. Tabs and line breaks in texts become spaces;
// the checks do the same to what they read.
static void line(vrd_buf *out, const char *key, const char *value) {
	vrd_buf_printf(out, "%s\t", key);
	for (const char *c = value; *c != '\0'; c++)
		vrd_buf_putc(out, *c == '\t' || *c == '\n' ? ' ' : *c);
	vrd_buf_putc(out, '\n');
}

static void expect_dim(vrd_buf *out, const vrd_dim *dim) {
	static const char *const roles[] = {"classification", "time", "geo", "metric"};
	line(out, "dim", dim->name);
	line(out, "dim-label", dim->label);
	line(out, "dim-role", roles[dim->role]);
	if (dim->note != NULL)
		line(out, "dim-note", dim->note);
	for (size_t i = 0; i < dim->n; i++) {
		const vrd_category *cat = &dim->cats[i];
		line(out, "code", cat->code);
		line(out, "code-label", cat->label);
		if (cat->unit != NULL)
			line(out, "code-unit", cat->unit);
		if (cat->decimals >= 0)
			vrd_buf_printf(out, "code-decimals\t%d\n", cat->decimals);
		if (cat->note != NULL)
			line(out, "code-note", cat->note);
		if (cat->parent != VRD_NONE)
			line(out, "code-parent", dim->cats[cat->parent].code);
	}
}

static void expect(vrd_buf *out, const vrd_cube *cube) {
	char number[32];
	if (cube->label != NULL)
		line(out, "label", cube->label);
	if (cube->source != NULL)
		line(out, "source", cube->source);
	if (cube->updated != NULL)
		line(out, "updated", cube->updated);
	for (size_t i = 0; i < cube->n_notes; i++)
		line(out, "note", cube->notes[i]);
	for (size_t d = 0; d < cube->n_dims; d++)
		expect_dim(out, cube->dims[d]);
	for (size_t i = 0; i < cube->n_cells; i++) {
		const vrd_cell status = vrd_cube_status(cube, i);
		vrd_format_double(cube->values[i], number);
		vrd_buf_printf(out, "cell\t%zu\t%s\t%s\n", i,
		               vrd_cell_has_number(status) ? number : "null",
		               vrd_cell_symbol(status));
	}
}

static vrd_status save(const char *dir, const char *name, const vrd_cube *cube, vrd_err *err) {
	vrd_arena mem = {0};
	vrd_buf json = {0};
	vrd_buf tsv = {0};
	vrd_status rc;
	const char *json_path = vrd_arena_printf(&mem, "%s/%s.json", dir, name);
	const char *tsv_path = vrd_arena_printf(&mem, "%s/%s.tsv", dir, name);
	if (json_path == NULL || tsv_path == NULL)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "memory is used up"));
	VRD_TRY(vrd_jsonstat_write(cube, &json, err));
	expect(&tsv, cube);
	if (tsv.failed)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "memory is used up"));
	VRD_TRY(vrd_file_write_atomic(json_path, json.p, json.n, err));
	VRD_TRY(vrd_file_write_atomic(tsv_path, tsv.p, tsv.n, err));
out:
	vrd_buf_free(&json);
	vrd_buf_free(&tsv);
	vrd_arena_clear(&mem);
	return rc;
}

// Population as SSB has it: every role, leading zeros, an open age, notes on all levels.
static vrd_status population(vrd_arena *mem, vrd_cube *cube, vrd_err *err) {
	static const vrd_category areas[] = {
	        {"0", "Hele landet", VRD_NONE, NULL, NULL, -1},
	        {"0301", "Oslo", 0, NULL, NULL, -1},
	        {"1580", "Haram", 0, "Skilt ut fra Ålesund i 2024.", NULL, -1}};
	static const vrd_category ages[] = {
	        {"000", "0 år", VRD_NONE, NULL, NULL, -1},
	        {"105+", "105 år eller eldre", VRD_NONE, NULL, NULL, -1}};
	static const vrd_category contents[] = {
	        {"Personer1", "Personer", VRD_NONE, NULL, "personer", 0},
	        {"Andel", "Andel", VRD_NONE, NULL, "prosent", 1}};
	const vrd_dim *dims[4];
	vrd_status rc;
	VRD_TRY(vrd_dim_new(mem, "area", "område", VRD_ROLE_GEO, 3, areas, &dims[0], err));
	VRD_TRY(vrd_dim_new(mem, "age", "alder", VRD_ROLE_NONE, 2, ages, &dims[1], err));
	VRD_TRY(vrd_dim_new(mem, "measure", "innhold", VRD_ROLE_METRIC, 2, contents, &dims[2],
	                    err));
	VRD_TRY(vrd_dim_of_years(mem, 2024, 2026, &dims[3], err));
	vrd_dim noted = *dims[0];
	noted.note = "Kommuner i 2024.";
	vrd_dim *kept;
	VRD_TRY(VRD_NEW(mem, kept, 1));
	*kept = noted;
	dims[0] = kept;
	VRD_TRY(vrd_cube_new(mem, 4, dims, cube, err));
	for (size_t i = 0; i < cube->n_cells; i++)
		cube->values[i] = (double)(i * i) - (double)i / 8;
	VRD_TRY(vrd_cube_set_status(mem, cube, 3, VRD_SUPPRESSED, err));
	VRD_TRY(vrd_cube_set_status(mem, cube, 5, VRD_MISSING, err));
	VRD_TRY(vrd_cube_set_status(mem, cube, 7, VRD_NOT_APPLICABLE, err));
	VRD_TRY(vrd_cube_set_status(mem, cube, 8, VRD_PRELIMINARY, err));
	VRD_TRY(vrd_cube_set_status(mem, cube, 9, VRD_ESTIMATED, err));
	cube->label = "Befolkning 1. januar";
	cube->source = "Statistisk sentralbyrå";
	cube->updated = "2026-02-24";
	cube->unit = "personer";
	VRD_TRY(vrd_cube_note(mem, cube, "Kun til prøve.", err));
	VRD_TRY(vrd_cube_note(mem, cube, "\"Sitat\", \\ og\nny linje.", err));
out:
	return rc;
}

// Numbers at the edges of what a double holds, in one dimension, no status.
static vrd_status numbers(vrd_arena *mem, vrd_cube *cube, vrd_err *err) {
	static const double values[] = {0,
	                                -1,
	                                0.1,
	                                1.0 / 3,
	                                9007199254740991.0,
	                                9007199254740993.0,
	                                1e21,
	                                1e-7,
	                                5e-324,
	                                2.2250738585072014e-308,
	                                1.7976931348623157e308,
	                                -123456.789};
	enum { N = sizeof values / sizeof values[0] };
	const char *codes[N];
	const vrd_dim *dim;
	vrd_status rc;
	for (size_t i = 0; i < N; i++) {
		codes[i] = vrd_arena_printf(mem, "%02zu", i);
		if (codes[i] == NULL)
			return vrd_fail(err, VRD_NOMEM, "memory is used up");
	}
	VRD_TRY(vrd_dim_of_codes(mem, "case", N, codes, &dim, err));
	VRD_TRY(vrd_cube_new(mem, 1, &dim, cube, err));
	memcpy(cube->values, values, sizeof values);
out:
	return rc;
}

// Texts that need escapes or more than two bytes.
static vrd_status texts(vrd_arena *mem, vrd_cube *cube, vrd_err *err) {
	static const vrd_category cats[] = {
	        {"a\"b", "\"quoted\"", VRD_NONE, NULL, NULL, -1},
	        {"a\\b", "back\\slash / slash", VRD_NONE, NULL, NULL, -1},
	        {"æøå", "Ærøskøbing \xF0\x9F\x8F\xA5 \xE2\x80\xA8", VRD_NONE, "\x01\x1F", NULL, -1},
	        {"k;l,m", "{\"id\":[]}", VRD_NONE, NULL, NULL, -1},
	        {" ", "", VRD_NONE, NULL, NULL, -1}};
	const vrd_dim *dim;
	vrd_status rc;
	VRD_TRY(vrd_dim_new(mem, "tekst", "Tekst «x»", VRD_ROLE_NONE, 5, cats, &dim, err));
	VRD_TRY(vrd_cube_new(mem, 1, &dim, cube, err));
	for (size_t i = 0; i < cube->n_cells; i++)
		cube->values[i] = (double)i;
	cube->label = "</script><b>\t&amp;";
out:
	return rc;
}

int main(int argc, char **argv) {
	static const struct {
		const char *name;
		vrd_status (*make)(vrd_arena *mem, vrd_cube *cube, vrd_err *err);
	} samples[] = {{"population", population}, {"numbers", numbers}, {"texts", texts}};
	if (argc != 2) {
		fprintf(stderr, "usage: write_jsonstat_samples DIR\n");
		return 64;
	}
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		vrd_arena mem = {0};
		vrd_cube cube;
		vrd_err err = {VRD_OK, ""};
		vrd_status rc = samples[i].make(&mem, &cube, &err);
		if (rc == VRD_OK)
			rc = save(argv[1], samples[i].name, &cube, &err);
		vrd_arena_clear(&mem);
		if (rc != VRD_OK) {
			fprintf(stderr, "%s\n", err.text);
			return vrd_status_exit_code(rc);
		}
	}
	return 0;
}
