#include "cli/cli.h"

#include "region/example.h"

#include <stdio.h>

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_buf word = {0};
	const char *dir = vrd_cli_argument(cli, 0);
	VRD_TRY(vrd_example_write(dir, cli->err));
	vrd_cli_put_word(&word, dir);
	const char *quoted = word.p ? word.p : dir;
	(void)fprintf(stderr,
	              "Made the example region in %s. Its figures are illustrative.\n"
	              "Next: varde check %s; varde run %s\n",
	              dir, quoted, quoted);
out:
	vrd_buf_free(&word);
	return rc;
}

const vrd_cli_entry vrd_cmd_example = {
        .command = {.name = "example",
                    .arguments = "DIR",
                    .min_arguments = 1,
                    .max_arguments = 1,
                    .summary = "Make the example region Helse Sør-Øst (illustrative)",
                    .description = "Writes a complete region folder: ten catchment areas with the "
                                   "population of the "
                                   "plan for 2026 and 2040, activity that adds up to the plan's "
                                   "key figures for 2025, "
                                   "and four scenarios: main, no-change, efficient and "
                                   "outgoing-hospital. Ages, services and assumptions are made by "
                                   "the program to show the method; every output says so.\n\nThe "
                                   "folder may not exist, "
                                   "or must be empty.",
                    .examples = "varde example my-region\tmake it\nvarde run my-region\trun its "
                                "main scenario"},
        .run = run};
