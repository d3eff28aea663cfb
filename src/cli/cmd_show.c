#include "cli/cli.h"

#include "cli/cube_out.h"

#include <string.h>

static const vrd_option options[] = {
        {"run", 'r', VRD_OPT_TEXT, "ID",
         "Run to show: id, its beginning, label or scenario (default: the latest).", 0, 0},
        {"where", 'w', VRD_OPT_LIST, "DIM=CODE,...",
         "Select codes of a dimension; several selections with ';' or by repeating the option. "
         "Years may be ranges: year=2026-2040.",
         0, 0},
        {"by", 'b', VRD_OPT_TEXT, "DIM,...",
         "Dimensions to show, in this order; others are summed.", 0, 0},
        {"level", 'l', VRD_OPT_LIST, "NAME",
         "Level of areas (a type in areas.csv), service_group, age5 or age10.", 0, 0},
        VRD_CUBE_OPTIONS,
        {"lang", 0, VRD_OPT_TEXT, "LANG", "nb, nn or en (default: the region's).", 0, 0},
        {"threads", 't', VRD_OPT_INT, "N", "Threads for sums that must be computed (default: all).",
         1, 1024},
};

static vrd_status parse_query(vrd_cli *cli, vrd_query *out) {
	vrd_status rc = VRD_OK;
	const vrd_opt_value *where = vrd_cli_opt(cli, "where"), *level = vrd_cli_opt(cli, "level");
	VRD_TRY(vrd_query_parse(cli->mem, where->n_list, where->list, vrd_cli_opt(cli, "by")->text,
	                        out, cli->err));
	out->cube = vrd_cli_argument(cli, 1);
	out->run = vrd_cli_opt(cli, "run")->text;
	out->n_levels = level->n_list;
	out->levels = level->list;
	out->n_threads = (size_t)vrd_cli_opt(cli, "threads")->number;
out:
	return rc;
}

// --- the title ----------------------------------------------------------------------------------

// "REGION: CUBE · dim=code,code": what was selected, as it was asked for; a long list ends early.
static vrd_status title(vrd_cli *cli, const vrd_region *region, const char **out) {
	enum { WIDEST = 120 };
	vrd_status rc = VRD_OK;
	vrd_buf text = {0};
	const vrd_opt_value *where = vrd_cli_opt(cli, "where");
	bool has_room = true;
	vrd_buf_printf(&text, "%s: %s", region->name, vrd_cli_argument(cli, 1));
	for (size_t i = 0; i < where->n_list; i++) {
		vrd_str rest = vrd_str_of(where->list[i]), selection, code;
		while (has_room && vrd_str_split(&rest, ';', &selection)) {
			const char *between = " · ";
			while (has_room && vrd_str_split(&selection, ',', &code)) {
				code = vrd_str_trim(code);
				has_room = text.n + strlen(between) + code.n <= WIDEST;
				vrd_buf_puts(&text, between);
				if (has_room)
					vrd_buf_add(&text, code.p, code.n);
				else
					vrd_buf_puts(&text, "…");
				between = ",";
			}
		}
	}
	*out = text.failed ? NULL : vrd_arena_strndup(cli->mem, text.p, text.n);
	if (!*out)
		rc = vrd_fail(cli->err, VRD_NOMEM, "no memory for the title");
	vrd_buf_free(&text);
	return rc;
}

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_region *region;
	vrd_diag diag;
	vrd_query query;
	vrd_cube cube;
	vrd_suppression rule;
	VRD_TRY(parse_query(cli, &query));
	VRD_TRY(vrd_cli_open(cli, &region, &diag));
	rc = vrd_region_query(region, &query, &cube, &rule, &diag, cli->err);
	if (rc != VRD_OK && diag.n_errors)
		vrd_cli_problems(&diag, 0, false);
	VRD_TRY(rc);
	if (!cube.label)
		VRD_TRY(title(cli, region, &cube.label));
	VRD_TRY(vrd_cube_suppress(cli->mem, &cube, &rule, &cube, NULL, NULL, cli->err));
	VRD_TRY(vrd_cli_write_cube(cli, region, &cube));
out:
	return rc;
}

const vrd_cli_entry vrd_cmd_show = {
        .command = {.name = "show",
                    .arguments = "DIR CUBE",
                    .min_arguments = 2,
                    .max_arguments = 2,
                    .summary = "Show a cube: population, activity or a result, as table, CSV, JSON "
                               "or XLSX",
                    .description =
                            "CUBE is population, population/change (people against redrawn map "
                            "between two years), "
                            "activity, flows, occupancy, or a result of a run: result/activity and "
                            "result/bed_days (by area of residence), result/provider_activity, "
                            "result/provider_bed_days and result/beds (by provider), "
                            "result/waterfall (by step), "
                            "result/shrinkage.\n\n"
                            "Dimensions that are not in --by are summed; in results inside the "
                            "draws, so that an "
                            "interval of a sum is never a sum of intervals. stat (mean, p10, p50, "
                            "p90, mc_error) "
                            "and variant are never summed: left out, the mean and the main "
                            "alternative are shown; "
                            "measure: contacts. A dimension with levels is shown at the region's "
                            "planning level, on "
                            "the map of each year, unless --level says otherwise.\n\n"
                            "CSV has one column per dimension in the order of --by, then value, "
                            "with full "
                            "precision. Numbers that privacy hides are ':' in every format.",
                    .options = options,
                    .n_options = sizeof options / sizeof *options,
                    .examples = "varde show DIR population --by area,year --where "
                                "year=2026,2040\tthe plan's table\n"
                                "varde show DIR result/beds --by provider,year,stat --where "
                                "stat=mean,p10,p90\tbeds with "
                                "interval\n"
                                "varde show DIR result/waterfall --by step --where "
                                "'year=2040;measure=bed_days'\twhat "
                                "drives the change\n"
                                "varde show DIR result/activity --by service,year --format csv -o "
                                "need.csv\ta file"},
        .run = run};
