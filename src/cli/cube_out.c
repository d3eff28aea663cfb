#include "cli/cube_out.h"

#include "base/file.h"
#include "cli/words.h"
#include "cube/jsonstat.h"
#include "cube/table.h"
#include "cube/xlsx.h"

#include <stdio.h>
#include <string.h>

vrd_status vrd_cli_write_text(vrd_cli *cli, vrd_buf *out) {
	const char *file = vrd_cli_opt(cli, "output")->text;
	if (!file)
		return vrd_cli_print(out, cli->err);
	vrd_status rc =
	        out->failed ? vrd_fail(cli->err, VRD_NOMEM, "no memory for the output")
	                    : vrd_file_write_atomic(file, out->p ? out->p : "", out->n, cli->err);
	vrd_buf_free(out);
	return rc;
}

// A CSV for other programs ends with the value: preliminary and estimated numbers are numbers there
// (JSON and XLSX say which they are), and only a cell without a number has a symbol.
static vrd_status plain_numbers(vrd_cli *cli, vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_err *err = cli->err;
	uint8_t *status;
	if (!cube->status)
		return VRD_OK;
	VRD_TRY(VRD_NEW(cli->mem, status, cube->n_cells));
	for (size_t i = 0; i < cube->n_cells; i++)
		status[i] = vrd_cell_has_number((vrd_cell)cube->status[i]) ? VRD_PRESENT
		                                                           : cube->status[i];
	cube->status = status;
out:
	return rc;
}

vrd_status vrd_cli_write_cube(vrd_cli *cli, const vrd_region *region, const vrd_cube *cube) {
	static const char *const formats[] = {"table", "csv", "json", "xlsx"};
	vrd_status rc = VRD_OK;
	vrd_buf out = {0};
	const vrd_opt_value *format = vrd_cli_opt(cli, "format"),
	                    *file = vrd_cli_opt(cli, "output");
	const bool excel = vrd_cli_opt(cli, "excel")->given,
	           labels = vrd_cli_opt(cli, "labels")->given;
	const char *name = format->given ? format->text : excel ? "csv" : "table";
	if (excel && strcmp(name, "csv") != 0)
		VRD_TRY(vrd_fail(cli->err, VRD_USAGE, "--excel belongs to --format csv"));
	if (labels && strcmp(name, "table") != 0)
		VRD_TRY(vrd_fail(
		        cli->err, VRD_USAGE,
		        "--labels belongs to --format table; other formats have codes (JSON and "
		        "XLSX have labels too)"));
	if (strcmp(name, "csv") == 0) {
		vrd_cube plain = *cube;
		const vrd_csv_dialect dialect = excel ? VRD_CSV_EXCEL : VRD_CSV_MACHINE;
		VRD_TRY(plain_numbers(cli, &plain));
		VRD_TRY(vrd_csv_write(&plain, dialect, NULL, &out, cli->err));
	} else if (strcmp(name, "json") == 0) {
		VRD_TRY(vrd_jsonstat_write(cube, &out, cli->err));
	} else if (strcmp(name, "xlsx") == 0) {
		if (!file->given)
			VRD_TRY(vrd_fail(cli->err, VRD_USAGE,
			                 "xlsx needs a file: add -o FILE.xlsx"));
		return vrd_xlsx_write(cube, file->text, cli->err);
	} else if (strcmp(name, "table") == 0) {
		const vrd_table_options table = {.lang = region->lang,
		                                 .decimals = -1,
		                                 .width = vrd_cli_terminal_width(),
		                                 .labels = labels};
		VRD_TRY(vrd_table_write(cube, &table, &out, cli->err));
	} else {
		VRD_TRY(vrd_cli_check_format(name, 4, formats, cli->err));
	}
	VRD_TRY(vrd_cli_write_text(cli, &out));
out:
	vrd_buf_free(&out);
	return rc;
}
