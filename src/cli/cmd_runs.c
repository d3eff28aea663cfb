#include "cli/cli.h"

#include "store/store.h"

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_region *region;
	vrd_diag diag;
	vrd_store *store = NULL;
	vrd_run_record *runs;
	size_t n;
	vrd_buf out = {0};
	VRD_TRY(vrd_cli_open(cli, &region, &diag));
	const char *path = vrd_region_store_path(region, cli->mem);
	rc = path ? vrd_store_open(path, false, &store, cli->err)
	          : vrd_fail(cli->err, VRD_NOMEM, "no memory");
	if (rc == VRD_NOINPUT)
		rc = vrd_fail(cli->err, rc, "the region has no runs yet: `varde run %s`",
		              region->dir);
	VRD_TRY(rc);
	VRD_TRY(vrd_store_list(store, cli->mem, &runs, &n, cli->err));
	for (size_t i = 0; i < n; i++)
		vrd_buf_printf(&out, "%.12s  %s  %-16s  %s  varde %s\n", runs[i].id,
		               runs[i].created, runs[i].scenario, runs[i].label, runs[i].engine);
	VRD_TRY(vrd_cli_print(&out, cli->err));
out:
	vrd_store_close(store);
	vrd_buf_free(&out);
	return rc;
}

const vrd_cli_entry vrd_cmd_runs = {
        .command = {.name = "runs",
                    .arguments = "DIR",
                    .min_arguments = 1,
                    .max_arguments = 1,
                    .summary = "List the runs of a region, newest first",
                    .description =
                            "Prints id, time (UTC), scenario, label and version of each stored "
                            "run. Any "
                            "unique beginning of an id of four characters or more names the run.",
                    .examples = "varde runs my-region\tlist them"},
        .run = run};
