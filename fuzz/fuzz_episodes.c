// Any bytes as a table of episodes, and what follows a zero byte as the table of what measures touch:
// both are refused with a problem, or counted; what touches rows moves no contact, and a second
// count gives the same bytes.
#include "region/episodes.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
	if (!holds)
		abort();
}

typedef struct {
	double contacts, bed_days;
} totals;

static totals sum(const vrd_episodes *counts) {
	totals out = {0};
	for (size_t i = 0; i < counts->n_cells; i++) {
		check(counts->cells[i].set < counts->n_sets && counts->cells[i].contacts >= 0);
		out.contacts += counts->cells[i].contacts;
		out.bed_days += counts->cells[i].bed_days;
	}
	return out;
}

static bool near(double a, double b) {
	return fabs(a - b) <= 1e-9 * (1 + fabs(a));
}

static bool count(vrd_arena *mem, const char *bytes, size_t len, const vrd_touch *touch,
                  vrd_episodes *out) {
	const vrd_episode_options options = {
	        .name = "rows.csv", .bed_day = (vrd_bed_day)(len % 3), .touch = touch};
	vrd_diag diag;
	vrd_err err = {0};
	vrd_diag_init(&diag, mem, 0);
	const vrd_status rc = vrd_episodes_count(mem, bytes, len, &options, out, &diag, &err);
	check(rc == VRD_OK ? diag.n_errors == 0 : strlen(err.text) > 0);
	return rc == VRD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	const char *rows = (const char *)data;
	const char *end = size ? memchr(rows, 0, size) : NULL;
	const size_t n_rows = end ? (size_t)(end - rows) : size;
	vrd_arena mem;
	vrd_touch touch;
	vrd_episodes plain, split, again;
	vrd_arena_init(&mem, (size_t)256 << 20);
	const bool touched = end && vrd_touch_read(&mem, end + 1, size - n_rows - 1, "touch.csv",
	                                           &touch, NULL, NULL) == VRD_OK;
	if (count(&mem, rows, n_rows, NULL, &plain) && touched &&
	    count(&mem, rows, n_rows, &touch, &split)) {
		const totals a = sum(&plain), b = sum(&split);
		check(near(a.contacts, b.contacts) && near(a.bed_days, b.bed_days));
		check(count(&mem, rows, n_rows, &touch, &again) && again.n_cells == split.n_cells);
		check(memcmp(again.cells, split.cells, split.n_cells * sizeof *split.cells) == 0);
	}
	vrd_arena_clear(&mem);
	return 0;
}
