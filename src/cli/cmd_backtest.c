#include "cli/cli.h"

#include "cli/cube_out.h"
#include "cube/jsonstat.h"
#include "cube/messages.h"
#include "cube/table.h"
#include "cube/xlsx.h"
#include "region/backtest.h"

#include <string.h>

static const vrd_option options[] = {
        {"base", 'B', VRD_OPT_TEXT, "YEARS",
         "Base years, such as 2012-2014 (needed): what may be known.", 0, 0},
        {"until", 'u', VRD_OPT_INT, "YEAR",
         "Last year that is projected and compared (needed, but for --calibrate).", 1800, 2200},
        {"mode", 'm', VRD_OPT_TEXT, "MODE",
         "rates (default: the true population, so that the error is that of the rates) or chain "
         "(the newest projection known at the time: known: YEAR in region.yaml).",
         0, 0},
        {"by", 'b', VRD_OPT_TEXT, "DIM,...",
         "Of area, sex, age, service, care and year (default: service,care). Measures always "
         "stand apart.",
         0, 0},
        {"draws", 'n', VRD_OPT_INT, "N", "Draws of the forecast (default 2000).", 2, 1000000},
        {"seed", 's', VRD_OPT_INT, "N", "Seed of every draw (default 1).", 0, 1e15},
        {"calibrate", 0, VRD_OPT_FLAG, NULL,
         "Print the uncertainty of the development as growth assumptions (walk_sd) in YAML, from "
         "the base years alone (at least two); goes with --base, --lang and --output only.",
         0, 0},
        {"format", 'f', VRD_OPT_TEXT, "FORMAT", "table, csv, json (JSON-stat 2) or xlsx.", 0, 0},
        {"output", 'o', VRD_OPT_TEXT, "FILE",
         "Write to a file (needed for xlsx); written whole or not at all.", 0, 0},
        {"lang", 0, VRD_OPT_TEXT, "LANG", "nb, nn or en (default: the region's).", 0, 0},
};

// --- options ------------------------------------------------------------------------------------

static vrd_status one_of(vrd_cli *cli, const char *name, const char *word, size_t n,
                         const char *const words[], size_t *out) {
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0) {
			*out = i;
			return VRD_OK;
		}
	const size_t near = vrd_nearest(vrd_str_of(word), words, n);
	return vrd_fail(cli->err, VRD_USAGE, "--%s cannot be \"%s\"; did you mean \"%s\"?", name,
	                word, words[near == SIZE_MAX ? 0 : near]);
}

static vrd_status split_by(vrd_cli *cli, const char *text, vrd_backtest_options *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = cli->err;
	vrd_str rest = vrd_str_of(text), part;
	const char **by;
	VRD_TRY(VRD_NEW(cli->mem, by, rest.n + 1));
	while (vrd_str_split(&rest, ',', &part)) {
		part = vrd_str_trim(part);
		by[out->n_by] = vrd_arena_strndup(cli->mem, part.p, part.n);
		if (!by[out->n_by++])
			VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for --by"));
	}
	out->by = by;
out:
	return rc;
}

// A calibration is YAML from the base years alone, without draws.
static vrd_status refuse_idle(const vrd_cli *cli) {
	static const char *const idle[] = {"until", "mode", "by", "draws", "seed", "format"};
	for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
		if (vrd_cli_opt(cli, idle[i])->given)
			return vrd_fail(cli->err, VRD_USAGE,
			                "--%s does nothing with --calibrate, which prints YAML "
			                "from the base years alone; leave it out",
			                idle[i]);
	return VRD_OK;
}

static vrd_status read_options(vrd_cli *cli, vrd_backtest_options *out) {
	static const char *const modes[] = {"rates", "chain"};
	vrd_status rc = VRD_OK;
	const vrd_opt_value *base = vrd_cli_opt(cli, "base"), *until = vrd_cli_opt(cli, "until");
	const vrd_opt_value *mode = vrd_cli_opt(cli, "mode"), *by = vrd_cli_opt(cli, "by");
	const vrd_opt_value *draws = vrd_cli_opt(cli, "draws"), *seed = vrd_cli_opt(cli, "seed");
	const bool calibrate = vrd_cli_opt(cli, "calibrate")->given;
	size_t chosen = 0;
	*out = (vrd_backtest_options){0};
	if (!base->given || !(until->given || calibrate))
		VRD_TRY(vrd_fail(cli->err, VRD_USAGE,
		                 "say which years are known and how far to look, such as --base "
		                 "2012-2014 --until 2016"));
	if (calibrate)
		VRD_TRY(refuse_idle(cli));
	VRD_TRY(vrd_backtest_years(cli->mem, base->text, &out->base, &out->n_base, cli->err));
	if (mode->given)
		VRD_TRY(one_of(cli, "mode", mode->text, 2, modes, &chosen));
	VRD_TRY(split_by(cli, by->given ? by->text : "service,care", out));
	out->mode = (vrd_backtest_mode)chosen;
	out->until = until->given ? (int)until->number : 0;
	out->draws = draws->given ? (size_t)draws->number : VRD_BACKTEST_DRAWS;
	out->seed = seed->given ? (uint64_t)seed->number : VRD_BACKTEST_SEED;
out:
	return rc;
}

// --- tables -------------------------------------------------------------------------------------

static bool is_empty(const vrd_cube *cube, size_t first, size_t n) {
	for (size_t i = first; i < first + n; i++)
		if (vrd_cube_status(cube, i) != VRD_NOT_APPLICABLE)
			return false;
	return true;
}

// "Inpatient stays · bed days": the labels of the dimensions before the last two that differ.
static const char *row_label(vrd_arena *mem, const vrd_cube *cube, size_t position) {
	const char *label = "";
	for (size_t d = 0; d + 2 < cube->n_dims && label; d++)
		if (cube->dims[d]->n > 1)
			label = vrd_arena_printf(
			        mem, "%s%s%s", label, *label ? " · " : "",
			        cube->dims[d]
			                ->cats[position / cube->stride[d] % cube->dims[d]->n]
			                .label);
	return label;
}

// One row for each category that has anything: [row, scored, across].
static vrd_status take_rows(vrd_cli *cli, const vrd_cube *in, const char *head, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = cli->err;
	const size_t size = in->dims[in->n_dims - 2]->n * in->dims[in->n_dims - 1]->n;
	const vrd_dim *dims[3] = {NULL, in->dims[in->n_dims - 2], in->dims[in->n_dims - 1]};
	vrd_category *cats;
	size_t n = 0, *from;
	VRD_TRY(VRD_NEW(cli->mem, cats, in->n_cells / size));
	VRD_TRY(VRD_NEW(cli->mem, from, in->n_cells / size));
	for (size_t i = 0; i < in->n_cells; i += size)
		if (!is_empty(in, i, size)) {
			cats[n] = (vrd_category){.code = vrd_arena_printf(cli->mem, "%zu", n),
			                         .label = row_label(cli->mem, in, i),
			                         .parent = VRD_NONE,
			                         .decimals = -1};
			if (!cats[n].code || !cats[n].label)
				VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the table"));
			from[n++] = i;
		}
	VRD_TRY(vrd_dim_new(cli->mem, "row", head, VRD_ROLE_NONE, n, cats, &dims[0], err));
	VRD_TRY(vrd_cube_new(cli->mem, 3, dims, out, err));
	VRD_TRY(VRD_NEW(cli->mem, out->status, out->n_cells));
	for (size_t i = 0; i < out->n_cells; i++) {
		const size_t position = from[i / size] + i % size;
		out->values[i] = in->values[position];
		out->status[i] = (uint8_t)vrd_cube_status(in, position);
	}
out:
	return rc;
}

static vrd_status put_table(vrd_cli *cli, const vrd_region *region, const vrd_cube *cube,
                            vrd_msg_key title, const char *across, int decimals, vrd_buf *out) {
	enum { WIDEST = 200 }; // figures side by side are what a table is for
	vrd_status rc = VRD_OK;
	vrd_cube rows;
	const vrd_table_options table = {.lang = region->lang,
	                                 .decimals = decimals,
	                                 .across = across,
	                                 .width = WIDEST,
	                                 .labels = true};
	VRD_TRY(take_rows(cli, cube, vrd_msg(VRD_MSG_DIM_MEASURE, region->lang), &rows));
	rows.label = vrd_msg(title, region->lang);
	VRD_TRY(vrd_table_write(&rows, &table, out, cli->err));
	vrd_buf_putc(out, '\n');
out:
	return rc;
}

// The default's figures, and the four forecasts side by side.
static vrd_status write_tables(vrd_cli *cli, const vrd_region *region, const vrd_cube *cube,
                               vrd_buf *out) {
	static const char *const stats[] = {"n",    "bias",     "mape",         "n_left_out",
	                                    "wape", "coverage", "coverage_low", "coverage_high",
	                                    "crps"};
	enum { N_STATS = sizeof stats / sizeof *stats };
	vrd_status rc = VRD_OK;
	vrd_cube damped, rivals;
	vrd_str codes[N_STATS];
	for (size_t i = 0; i < N_STATS; i++)
		codes[i] = vrd_str_of(stats[i]);
	VRD_TRY(vrd_cube_slice(cli->mem, cube, "forecast", VRD_STR("damped"), &damped, cli->err));
	VRD_TRY(vrd_cube_select(cli->mem, &damped, "stat", N_STATS, codes, &damped, cli->err));
	VRD_TRY(vrd_cube_slice(cli->mem, cube, "stat", VRD_STR("wape"), &rivals, cli->err));
	vrd_buf_printf(out, "%s\n", cube->label);
	for (size_t i = 0; i < cube->n_notes; i++)
		vrd_buf_printf(out, "%s\n", cube->notes[i]);
	vrd_buf_putc(out, '\n');
	VRD_TRY(put_table(cli, region, &damped, VRD_MSG_BACKTEST_DEFAULT, "stat", -1, out));
	VRD_TRY(put_table(cli, region, &rivals, VRD_MSG_BACKTEST_RIVALS, "forecast", 1, out));
out:
	return rc;
}

// --- writing ------------------------------------------------------------------------------------

static vrd_status write_scores(vrd_cli *cli, const vrd_region *region, const vrd_cube *cube,
                               size_t format) {
	enum { TABLE, CSV, JSON };
	vrd_status rc = VRD_OK;
	vrd_buf out = {0};
	if (format == TABLE)
		VRD_TRY(write_tables(cli, region, cube, &out));
	else if (format == CSV)
		VRD_TRY(vrd_csv_write(cube, VRD_CSV_MACHINE, NULL, &out, cli->err));
	else if (format == JSON)
		VRD_TRY(vrd_jsonstat_write(cube, &out, cli->err));
	else
		return vrd_xlsx_write(cube, vrd_cli_opt(cli, "output")->text, cli->err);
	VRD_TRY(vrd_cli_write_text(cli, &out));
out:
	vrd_buf_free(&out);
	return rc;
}

static vrd_status calibrate(vrd_cli *cli, vrd_region *region, const vrd_backtest_options *o,
                            vrd_diag *diag) {
	vrd_status rc = VRD_OK;
	vrd_buf out = {0};
	VRD_TRY(vrd_region_calibrate(region, o, &out, diag, cli->err));
	VRD_TRY(vrd_cli_write_text(cli, &out));
out:
	vrd_buf_free(&out);
	return rc;
}

static vrd_status run(vrd_cli *cli) {
	static const char *const formats[] = {"table", "csv", "json", "xlsx"};
	vrd_status rc = VRD_OK;
	vrd_backtest_options o;
	vrd_region *region;
	vrd_diag diag;
	vrd_cube cube;
	size_t format = 0;
	const vrd_opt_value *word = vrd_cli_opt(cli, "format");
	VRD_TRY(read_options(cli, &o));
	if (word->given)
		VRD_TRY(one_of(cli, "format", word->text, 4, formats, &format));
	if (format == 3 && !vrd_cli_opt(cli, "output")->given)
		VRD_TRY(vrd_fail(cli->err, VRD_USAGE, "xlsx needs a file: add -o FILE.xlsx"));
	VRD_TRY(vrd_cli_open(cli, &region, &diag));
	if (vrd_cli_opt(cli, "calibrate")->given) {
		VRD_TRY(calibrate(cli, region, &o, &diag));
		return VRD_OK;
	}
	rc = vrd_region_backtest(region, &o, &cube, &diag, cli->err);
	vrd_cli_problems(&diag, 0, false);
	VRD_TRY(rc);
	VRD_TRY(write_scores(cli, region, &cube, format));
out:
	return rc;
}

const vrd_cli_entry vrd_cmd_backtest = {
        .command =
                {.name = "backtest",
                 .arguments = "DIR",
                 .min_arguments = 1,
                 .max_arguments = 1,
                 .summary = "Project from past years and compare with what happened",
                 .description =
                         "Stands at the last base year, uses only what was known then, projects to "
                         "--until with a damped trend, and compares with what happened: bias, MAPE "
                         "(and how many cells without contacts it leaves out), WAPE, CRPS, how "
                         "often the 80 % interval held what happened with Wilson's limits, and the "
                         "interval score. Constant rates, the last value and a linear trend are "
                         "the forecasts to beat: the skill is 1 less the error over theirs.\n\n"
                         "Scores are of cells (area, sex, age group, service, form of care, "
                         "measure, year) and of totals (areas, sexes and ages summed). Where small "
                         "numbers are hidden, so are the errors of them.\n\n"
                         "--calibrate prints what the base years alone tell about how far "
                         "use wanders from constant rates, as growth assumptions to paste into a "
                         "scenario.",
                 .options = options,
                 .n_options = sizeof options / sizeof *options,
                 .examples =
                         "varde backtest DIR --base 2012-2014 --until 2016\thow good was the "
                         "method?\n"
                         "varde backtest DIR --base 2012-2014 --until 2016 --by area,care\tby "
                         "area\n"
                         "varde backtest DIR --base 2012-2014 --until 2016 --mode chain\twith the "
                         "projection of the time\n"
                         "varde backtest DIR --base 2018-2024 --calibrate\tuncertainty for a "
                         "scenario"},
        .run = run};
