#include "cli/cli.h"

#include <stdio.h>

static const vrd_option options[] = {
        {"quiet", 'q', VRD_OPT_FLAG, NULL, "Print problems only, not what was read and reconciled.",
         0, 0},
        {"limit", 0, VRD_OPT_INT, "N", "Problems to list of each file (default 50).", 1, 100000},
};

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_region *region;
	vrd_diag diag;
	vrd_buf out = {0};
	const vrd_opt_value *limit = vrd_cli_opt(cli, "limit");
	VRD_TRY(vrd_cli_open(cli, &region, &diag));
	if (limit->given)
		diag.limit = (size_t)limit->number;
	VRD_TRY(vrd_region_check(region, &diag, cli->err));
	vrd_cli_problems(&diag, 0, !vrd_cli_opt(cli, "quiet")->given);
	if (diag.n_errors)
		VRD_TRY(vrd_fail(cli->err, VRD_DATA, "%s: %zu error%s, %zu warning%s", region->name,
		                 diag.n_errors, diag.n_errors == 1 ? "" : "s", diag.n_warnings,
		                 diag.n_warnings == 1 ? "" : "s"));
	vrd_buf_printf(&out, "%s: no errors, %zu warning%s\n", region->name, diag.n_warnings,
	               diag.n_warnings == 1 ? "" : "s");
	VRD_TRY(vrd_cli_print(&out, cli->err));
out:
	return rc;
}

const vrd_cli_entry vrd_cmd_check = {
        .command =
                {.name = "check",
                 .arguments = "DIR",
                 .min_arguments = 1,
                 .max_arguments = 1,
                 .summary = "Check a region folder: every problem, with place and remedy",
                 .description =
                         "Reads region.yaml, the tables, every data set and every scenario, and "
                         "lists all "
                         "problems with file, line and column, the rule, the value and what to do. "
                         "Projections are compared with counts, and control totals (data of kind "
                         "control) "
                         "are reconciled: the difference is printed.\n\n"
                         "The logs of scenarios are chained: a line that was changed or removed "
                         "shows. That the last lines were cut off does not show in the chain, only "
                         "against .varde/log-heads, which knows the last line; without that "
                         "folder it does not show.",
                 .options = options,
                 .n_options = sizeof options / sizeof *options,
                 .examples = "varde check my-region\tcheck all of it"},
        .run = run};
