// A CSV text as a table of texts.
#include "cube/csv.h"
#include "cube/csv_header.h"

#include <string.h>

#include "base/banned.h"

// Rows so far; they move to arrays of the right size at the end.
typedef struct {
	const char **cells;
	size_t *lines;
	size_t n;
	size_t capacity;
} rows;

static vrd_status grow(rows *self, size_t n_columns, size_t capacity, vrd_arena *mem,
                       vrd_err *err) {
	vrd_status rc;
	const char **cells;
	size_t *lines;
	if (capacity > SIZE_MAX / n_columns)
		return vrd_no_memory(err, mem, capacity, n_columns);
	VRD_TRY(VRD_NEW(mem, cells, capacity * n_columns));
	VRD_TRY(VRD_NEW(mem, lines, capacity));
	if (self->n > 0) {
		memcpy(cells, self->cells, self->n * n_columns * sizeof *cells);
		memcpy(lines, self->lines, self->n * sizeof *lines);
	}
	self->cells = cells;
	self->lines = lines;
	self->capacity = capacity;
out:
	return rc;
}

static vrd_status read_all(vrd_arena *mem, vrd_csv_scan *scan, vrd_csv_table *out, vrd_err *err) {
	vrd_status rc;
	vrd_csv_header header;
	rows found = {0};
	bool more;
	VRD_TRY(vrd_csv_header_read(scan, mem, &header, err));
	VRD_TRY(vrd_csv_report_fail(scan->report, err));
	for (;;) {
		VRD_TRY(vrd_csv_scan_next(scan, &more, err));
		if (!more)
			break;
		if (!vrd_csv_row_fits(scan, &header))
			continue;
		if (found.n == found.capacity)
			VRD_TRY(grow(&found, header.n, found.n ? 2 * found.n : 16, scan->scratch,
			             err));
		const char **cells = found.cells + found.n * header.n;
		for (size_t c = 0; c < header.n; c++)
			VRD_TRY(vrd_csv_clean(scan->report, mem, scan->fields[c].text,
			                      vrd_csv_place(scan, scan->fields[c].at), &cells[c],
			                      err));
		found.lines[found.n++] = scan->record_line;
	}
	VRD_TRY(vrd_csv_report_fail(scan->report, err));
	VRD_TRY(grow(&found, header.n, found.n, mem, err));
	*out = (vrd_csv_table){.n_columns = header.n,
	                       .columns = header.names,
	                       .n_rows = found.n,
	                       .rows = found.cells,
	                       .lines = found.lines};
out:
	return rc;
}

vrd_status vrd_csv_read_table(vrd_arena *mem, const char *bytes, size_t len, const char *name,
                              vrd_csv_table *out, vrd_diag *diag, vrd_err *err) {
	vrd_arena scratch;
	vrd_csv_report report;
	vrd_csv_scan scan;
	vrd_arena_init(&scratch, vrd_csv_scratch_budget(mem));
	vrd_csv_report_init(&report, &scratch, diag, name);
	vrd_status rc = vrd_csv_scan_open(&scan, &scratch, bytes, len, 0, &report, err);
	if (rc == VRD_OK)
		rc = read_all(mem, &scan, out, err);
	vrd_csv_scan_close(&scan);
	vrd_arena_clear(&scratch);
	return rc;
}
