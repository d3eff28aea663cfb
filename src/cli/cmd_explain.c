#include "cli/cube_out.h"
#include "cli/explain_page.h"
#include "cli/words.h"
#include "cube/messages.h"

#include <string.h>

static const char *const methods[] = {"sequential", "shapley", "tornado", "sobol",
                                      "variance",   "bounds",  NULL};
static const char *const measures[] = {"contacts", "bed_days", "beds", NULL};
static const char *const groups[] = {"auto", "assumption", "theme", "type", NULL};

static const vrd_option options[] = {
        {"measure", 'm', VRD_OPT_TEXT, "contacts|bed_days|beds",
         "What is explained (default: bed_days, with a waterfall of all three).", 0, 0},
        {"year", 'y', VRD_OPT_INT, "YEAR", "Year (default: the horizon of the run).", 1800, 2400},
        {"method", 0, VRD_OPT_TEXT, "sequential|shapley|tornado|sobol|variance|bounds",
         "One part alone (default: the whole page).", 0, 0},
        {"where", 'w', VRD_OPT_LIST, "DIM=CODE,...",
         "Explain a part: codes of area or provider, service and care; for --method sequential "
         "also step, the measures.",
         0, 0},
        {"by", 'b', VRD_OPT_TEXT, "DIM,...",
         "With --method sequential: the steps by area or provider, service, care.", 0, 0},
        {"level", 'l', VRD_OPT_LIST, "NAME", "service_group, or (sequential) a level of areas.", 0,
         0},
        {"group", 'g', VRD_OPT_TEXT, "assumption|theme|type",
         "What shares the result in --method shapley (default: each assumption, or themes or types "
         "when there are more than 12).",
         0, 0},
        {"draws", 'd', VRD_OPT_INT, "N",
         "Draws of the run to use, the first ones, for all but the waterfall (default: 1000).", 1,
         10000000},
        {"threads", 't', VRD_OPT_INT, "N", "Threads (default: all).", 1, 1024},
        VRD_CUBE_OPTIONS,
        {"lang", 0, VRD_OPT_TEXT, "LANG", "nb, nn or en (default: the region's).", 0, 0},
};

// What the command line asks for.
typedef struct {
	vrd_explain_query query;
	size_t method; // VRD_N_EXPLAINS: all
	bool measure_given, as_cube;
	const char *selection; // as it was typed
} request;

static vrd_status join_where(const vrd_cli *cli, const char **out) {
	const vrd_opt_value *where = vrd_cli_opt(cli, "where");
	vrd_buf text = {0};
	for (size_t i = 0; i < where->n_list; i++)
		vrd_buf_printf(&text, "%s%s", i ? "; " : "", where->list[i]);
	*out = text.p ? vrd_arena_strdup(cli->mem, text.p) : NULL;
	const bool failed = text.failed || (text.p && !*out);
	vrd_buf_free(&text);
	return failed ? vrd_fail(cli->err, VRD_NOMEM, "no memory for the selection") : VRD_OK;
}

static vrd_status parse(const vrd_cli *cli, request *out) {
	vrd_status rc = VRD_OK;
	const vrd_opt_value *where = vrd_cli_opt(cli, "where"), *level = vrd_cli_opt(cli, "level");
	const vrd_opt_value *draws = vrd_cli_opt(cli, "draws"),
	                    *format = vrd_cli_opt(cli, "format");
	const bool by = vrd_cli_opt(cli, "by")->given;
	size_t measure, players;
	VRD_TRY(vrd_cli_word(cli, "measure", measures, VRD_BED_DAYS, &measure));
	VRD_TRY(vrd_cli_word(cli, "group", groups, VRD_PLAYERS_AUTO, &players));
	VRD_TRY(vrd_cli_word(cli, "method", methods, by ? VRD_EXPLAIN_SEQUENTIAL : VRD_N_EXPLAINS,
	                     &out->method));
	VRD_TRY(vrd_query_parse(cli->mem, where->n_list, where->list, vrd_cli_opt(cli, "by")->text,
	                        &out->query.selection, cli->err));
	out->query.measure = (vrd_measure)measure;
	out->query.players = (vrd_players)players;
	out->query.year = (int)vrd_cli_opt(cli, "year")->number;
	out->query.draws = draws->given ? (size_t)draws->number : 1000;
	out->query.selection.n_levels = level->n_list;
	out->query.selection.levels = level->list;
	out->measure_given = vrd_cli_opt(cli, "measure")->given;
	out->as_cube = by || format->given || vrd_cli_opt(cli, "excel")->given ||
	               vrd_cli_opt(cli, "labels")->given;
	if (out->as_cube && out->method == VRD_N_EXPLAINS)
		VRD_TRY(vrd_fail(cli->err, VRD_USAGE,
		                 "--format is of one part: add --method sequential, shapley, "
		                 "tornado, sobol, variance or bounds"));
	VRD_TRY(join_where(cli, &out->selection));
out:
	return rc;
}

// What columns are of (statistics, indices, parts) is told in words; rows keep their codes, which
// other commands ask for.
static vrd_status name_columns(vrd_cli *cli, vrd_lang lang, vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	vrd_err *err = cli->err;
	const vrd_dim *last = cube->dims[cube->n_dims - 1];
	vrd_category *cats;
	const vrd_dim **dims;
	VRD_TRY(VRD_NEW(cli->mem, cats, last->n));
	VRD_TRY(VRD_NEW(cli->mem, dims, cube->n_dims));
	memcpy(dims, cube->dims, cube->n_dims * sizeof *dims);
	for (size_t i = 0; i < last->n; i++) {
		cats[i] = last->cats[i];
		const char *known = vrd_msg_named(last->name, cats[i].code, lang);
		cats[i].code = known ? known : cats[i].label;
	}
	VRD_TRY(vrd_dim_new(cli->mem, last->name, last->label, last->role, last->n, cats,
	                    &dims[cube->n_dims - 1], err));
	cube->dims = dims;
out:
	return rc;
}

static vrd_status write_cube(vrd_cli *cli, vrd_region *region, const vrd_opened_run *run,
                             const request *asked, vrd_diag *diag) {
	vrd_status rc = VRD_OK;
	const vrd_opt_value *format = vrd_cli_opt(cli, "format");
	const bool as_table = !vrd_cli_opt(cli, "excel")->given &&
	                      (!format->given || strcmp(format->text, "table") == 0);
	vrd_cube cube;
	VRD_TRY(vrd_region_explain(region, run, &asked->query, (vrd_explain_method)asked->method,
	                           &cube, diag, cli->err));
	cube.label = vrd_arena_printf(cli->mem, "%s: %s, %s%s%s", region->name,
	                              vrd_explain_name((vrd_explain_method)asked->method),
	                              vrd_measure_name(asked->query.measure),
	                              asked->selection ? " · " : "",
	                              asked->selection ? asked->selection : "");
	if (as_table && cube.n_cells)
		VRD_TRY(name_columns(cli, region->lang, &cube));
	VRD_TRY(vrd_cli_write_cube(cli, region, &cube));
out:
	return rc;
}

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_region *region;
	vrd_diag diag;
	vrd_opened_run opened;
	request asked = {0};
	vrd_buf out = {0};
	VRD_TRY(parse(cli, &asked));
	VRD_TRY(vrd_cli_open(cli, &region, &diag));
	VRD_TRY(vrd_run_open(region,
	                     cli->options->n_arguments > 1 ? vrd_cli_argument(cli, 1) : NULL,
	                     (size_t)vrd_cli_opt(cli, "threads")->number, &opened, cli->err));
	if (asked.as_cube) {
		VRD_TRY(write_cube(cli, region, &opened, &asked, &diag));
	} else {
		VRD_TRY(vrd_cli_explain_page(cli, region, &opened, &asked.query,
		                             (vrd_explain_method)asked.method, asked.measure_given,
		                             asked.selection, &diag, &out));
		VRD_TRY(vrd_cli_write_text(cli, &out));
	}
out:
	vrd_buf_free(&out);
	return rc;
}

const vrd_cli_entry vrd_cmd_explain = {
        .command = {.name = "explain",
                    .arguments = "DIR [RUN]",
                    .min_arguments = 1,
                    .max_arguments = 2,
                    .summary =
                            "Say why a result is what it is, and where its uncertainty comes from",
                    .description =
                            "RUN is an id, its beginning, a label or a scenario; without it the "
                            "latest run is explained. The page has the waterfall step by step, the "
                            "same shared out whatever the order (Shapley values), each assumption "
                            "at its P10 and P90 (tornado), the share of the variance that each "
                            "source of uncertainty has, alone and with interaction (Sobol indices, "
                            "with the error of the estimate), bounds for what the scenario does "
                            "not say about things going together, and which measure removes what, "
                            "where.\n\n"
                            "Steps and shared effects add up to the result in the mean; their P10 "
                            "and P90 do not. The waterfall has all draws of the run, the rest its "
                            "first 1000 (--draws). Numbers that privacy hides are not explained.",
                    .options = options,
                    .n_options = sizeof options / sizeof *options,
                    .examples = "varde explain DIR\tthe latest run, bed days at the horizon\n"
                                "varde explain DIR main --measure beds --where "
                                "provider=ahus\tone hospital's beds\n"
                                "varde explain DIR --method shapley --group type\tby type of "
                                "assumption\n"
                                "varde explain DIR --by step,area --where step=home-hospital\twhat "
                                "a measure removes, where\n"
                                "varde explain DIR --method tornado --format xlsx -o "
                                "tornado.xlsx\ta file"},
        .run = run};
