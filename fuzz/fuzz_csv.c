// Any bytes as CSV. A cube that results is written and read back and must be the same; the quick
// way through a record must give what libcsv gives; the table reader must survive.
#include "cube/csv.h"
#include "cube/csv_scan.h"

#include <stdlib.h>

#include "base/banned.h"

enum { BUDGET = 16 << 20 };

static void require(bool condition) {
	if (!condition)
		abort();
}

// The separator of a machine's file is detected; of Excel's it is said, since names of dimensions
// such as ",a," can make it look like another.
static void round_trip(vrd_arena *mem, const vrd_cube *cube, vrd_csv_dialect dialect) {
	const vrd_csv_options opt = {.separator = dialect == VRD_CSV_EXCEL ? ';' : 0};
	vrd_buf out = {0};
	vrd_cube back;
	require(vrd_csv_write(cube, dialect, NULL, &out, NULL) == VRD_OK);
	const vrd_status rc = vrd_csv_read(mem, out.p, out.n, &opt, &back, NULL, NULL);
	require(rc == VRD_NOMEM || (rc == VRD_OK && vrd_cube_equal(cube, &back)));
	vrd_buf_free(&out);
}

static void cube_survives(const char *bytes, size_t len) {
	vrd_arena mem;
	vrd_diag diag;
	vrd_cube cube;
	vrd_arena_init(&mem, BUDGET);
	vrd_diag_init(&diag, &mem, 0);
	const vrd_status rc = vrd_csv_read(&mem, bytes, len, NULL, &cube, &diag, NULL);
	require(rc != VRD_DATA || diag.n_errors > 0);
	if (rc == VRD_OK) {
		require(diag.n_errors == 0);
		round_trip(&mem, &cube, VRD_CSV_MACHINE);
		round_trip(&mem, &cube, VRD_CSV_EXCEL);
	}
	vrd_arena_clear(&mem);
}

static void same_record(const vrd_csv_scan *a, const vrd_csv_scan *b) {
	require(a->n_fields == b->n_fields && a->at == b->at && a->line == b->line);
	for (size_t f = 0; f < a->n_fields && f < a->keep; f++)
		require(vrd_str_eq(a->fields[f].text, b->fields[f].text) &&
		        a->fields[f].at == b->fields[f].at);
}

static void quick_way_is_libcsv(const char *bytes, size_t len) {
	vrd_arena mem = {0};
	vrd_csv_report report;
	vrd_csv_scan quick, slow;
	vrd_csv_report_init(&report, &mem, NULL, NULL);
	bool more = vrd_csv_scan_open(&quick, &mem, bytes, len, 0, &report, NULL) == VRD_OK;
	require(more == (vrd_csv_scan_open(&slow, &mem, bytes, len, 0, &report, NULL) == VRD_OK));
	slow.libcsv_only = true;
	while (more) {
		bool slow_more;
		require(vrd_csv_scan_next(&quick, &more, NULL) == VRD_OK);
		require(vrd_csv_scan_next(&slow, &slow_more, NULL) == VRD_OK);
		require(more == slow_more);
		if (more)
			same_record(&quick, &slow);
	}
	vrd_csv_scan_close(&quick);
	vrd_csv_scan_close(&slow);
	vrd_arena_clear(&mem);
}

static void table_survives(const char *bytes, size_t len) {
	vrd_arena mem;
	vrd_csv_table table;
	vrd_arena_init(&mem, BUDGET);
	if (vrd_csv_read_table(&mem, bytes, len, NULL, &table, NULL, NULL) == VRD_OK) {
		for (size_t i = 0; i < table.n_rows * table.n_columns; i++)
			require(table.rows[i] != NULL);
		for (size_t r = 1; r < table.n_rows; r++)
			require(table.lines[r] > table.lines[r - 1]);
	}
	vrd_arena_clear(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	const char *bytes = (const char *)data;
	cube_survives(bytes, size);
	quick_way_is_libcsv(bytes, size);
	table_survives(bytes, size);
	return 0;
}
