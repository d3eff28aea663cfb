#include "cli/cube_out.h"
#include "cli/page.h"
#include "cli/words.h"
#include "cube/table.h"
#include "region/comparison.h"
#include "region/explanation.h"
#include "region/versions.h"

#include <math.h>
#include <string.h>

enum { LABEL = 30, NUMBER = 15, RANGE = 30, SHARE = 10, WIDTH = 100, N_STATS = 6 };
enum { MEAN, P10, P50, P90, MC_ERROR, PROBABILITY };

static const char *const measures[] = {"contacts", "bed_days", "beds", NULL};

static const vrd_option options[] = {
        {"measure", 'm', VRD_OPT_TEXT, "contacts|bed_days|beds",
         "What is compared (default: all three; bed_days with --by or --format).", 0, 0},
        {"year", 'y', VRD_OPT_INT, "YEAR", "Year (default: the horizon of the first run).", 1800,
         2400},
        {"where", 'w', VRD_OPT_LIST, "DIM=CODE,...",
         "Compare a part: codes of area or provider, service, care and year.", 0, 0},
        {"by", 'b', VRD_OPT_TEXT, "DIM,...",
         "Dimensions to show: area or provider, service, care, "
         "year.",
         0, 0},
        {"level", 'l', VRD_OPT_LIST, "NAME",
         "Level of areas (a type in areas.csv) or service_group.", 0, 0},
        {"threads", 't', VRD_OPT_INT, "N", "Threads (default: all).", 1, 1024},
        VRD_CUBE_OPTIONS,
        {"lang", 0, VRD_OPT_TEXT, "LANG", "nb, nn or en (default: the region's).", 0, 0},
};

typedef struct {
	vrd_cli *cli;
	vrd_region *region;
	vrd_comparison runs;
	vrd_compare_query query;
	vrd_diag *diag;
	vrd_buf *out;
} page;

// --- sections -----------------------------------------------------------------------------------

static void put(const page *p, vrd_msg_key key, size_t n, const char *const *args) {
	vrd_msg_put(p->out, key, p->region->lang, n, args);
}

static void title(const page *p) {
	char n[32], year[32];
	const vrd_demand *d = &p->runs.run[0].model.demand;
	(void)vrd_format_double((double)p->runs.n, n);
	(void)vrd_format_double(p->query.year ? p->query.year : d->year[d->n_year - 1], year);
	const char *const args[] = {n, year};
	vrd_buf_printf(p->out, "%s\n", p->region->name);
	put(p, VRD_MSG_COMPARE_HEAD, 2, args);
	vrd_buf_putc(p->out, '\n');
	if (p->region->illustrative)
		vrd_buf_printf(p->out, "%s\n", vrd_msg(VRD_MSG_ILLUSTRATIVE, p->region->lang));
	vrd_buf_putc(p->out, '\n');
	for (size_t i = 0; i < p->runs.n; i++) {
		const vrd_run_record *run = &p->runs.run[i].record;
		vrd_page_label(p->out, p->runs.names[i], LABEL);
		vrd_buf_printf(p->out, "  %.12s  %s  %s\n", run->id, run->created, run->scenario);
	}
	for (size_t i = 0; i < p->runs.n_warnings; i++) {
		vrd_buf_puts(p->out, i ? "" : "\n");
		vrd_page_paragraph(p->out, p->runs.warnings[i], 0, WIDTH);
	}
}

static void put_level(const page *p, size_t i, const double *x, int decimals) {
	vrd_page_label(p->out, p->runs.names[i], LABEL);
	vrd_page_number(p->out, x[MEAN], decimals, false, NUMBER, p->region->lang);
	vrd_page_range(p->out, x[P10], x[P90], decimals, false, RANGE, p->region->lang);
	vrd_buf_putc(p->out, '\n');
}

static void put_difference(const page *p, size_t i, const double *x, double level, int decimals) {
	const vrd_lang lang = p->region->lang;
	vrd_buf percent = {0};
	vrd_page_label(p->out, p->runs.names[i], LABEL);
	vrd_page_number(p->out, x[MEAN], decimals, true, NUMBER, lang);
	vrd_page_range(p->out, x[P10], x[P90], decimals, true, RANGE, lang);
	if (isnan(x[MEAN]) || !(level > 0))
		vrd_buf_puts(&percent, isnan(x[MEAN]) ? ":" : "");
	else
		vrd_fmt_percent(&percent, x[MEAN] / level, 1, true, lang);
	vrd_page_text(p->out, percent.p ? percent.p : "", SHARE, true);
	vrd_page_percent(p->out, x[PROBABILITY], 0, SHARE, lang);
	vrd_buf_putc(p->out, '\n');
	vrd_buf_free(&percent);
}

static void put_heads(const page *p, const char *label, bool difference) {
	const vrd_lang lang = p->region->lang;
	vrd_page_label(p->out, label, LABEL);
	vrd_page_text(p->out, vrd_msg(VRD_MSG_STAT_MEAN, lang), NUMBER, true);
	vrd_page_text(p->out, vrd_msg(VRD_MSG_SUM_INTERVAL, lang), RANGE, true);
	if (difference) {
		vrd_page_text(p->out, vrd_msg(VRD_MSG_COMPARE_PERCENT, lang), SHARE, true);
		vrd_page_text(p->out, vrd_msg(VRD_MSG_COMPARE_MORE, lang), SHARE, true);
	}
	vrd_buf_putc(p->out, '\n');
}

// Each run as it is, then what the others need more or less than the first.
static vrd_status measure_section(const page *p, vrd_measure measure) {
	vrd_status rc = VRD_OK;
	const vrd_lang lang = p->region->lang;
	vrd_compare_query query = p->query;
	vrd_cube x;
	vrd_buf head = {0};
	const int decimals = measure == VRD_BEDS;
	const char *const first[] = {p->runs.names[0]};
	query.measure = measure;
	VRD_TRY(vrd_region_compare(p->region, &p->runs, &query, &x, p->diag, p->cli->err));
	vrd_buf_putc(p->out, '\n');
	put_heads(p, vrd_msg_named("measure", vrd_measure_name(measure), lang), false);
	for (size_t i = 0; i < p->runs.n; i++)
		put_level(p, i, x.values + 2 * i * N_STATS, decimals);
	vrd_msg_put(&head, VRD_MSG_COMPARE_DIFFERENCE, lang, 1, first);
	put_heads(p, head.p ? head.p : "", true);
	for (size_t i = 1; i < p->runs.n; i++)
		put_difference(p, i, x.values + (2 * i + 1) * N_STATS, x.values[MEAN], decimals);
out:
	vrd_buf_free(&head);
	return rc;
}

static vrd_status scenario_section(const page *p, size_t i) {
	vrd_status rc = VRD_OK;
	const vrd_opened_run *a = &p->runs.run[0], *b = &p->runs.run[i];
	const char *const args[] = {p->runs.names[0], p->runs.names[i]};
	vrd_buf lines = {0};
	VRD_TRY(vrd_scenario_diff(p->cli->mem, a->scenario, a->scenario_len, b->scenario,
	                          b->scenario_len, &lines, p->cli->err));
	vrd_buf_putc(p->out, '\n');
	put(p, VRD_MSG_COMPARE_ASSUMPTIONS, 2, args);
	vrd_buf_putc(p->out, '\n');
	vrd_str rest = {lines.p, lines.n}, line;
	bool any = false;
	while (vrd_str_split(&rest, '\n', &line)) {
		const bool change = line.n && strchr("~+-", line.p[0]) != NULL;
		if (change)
			vrd_buf_printf(p->out, "  %.*s\n", (int)line.n, line.p);
		any = any || change;
	}
	if (!any)
		vrd_buf_printf(p->out, "  %s\n", vrd_msg(VRD_MSG_COMPARE_SAME, p->region->lang));
out:
	vrd_buf_free(&lines);
	return rc;
}

static bool has(const vrd_query *q, const char *dim) {
	for (size_t i = 0; i < q->n_where; i++)
		if (strcmp(q->where[i].dim, dim) == 0)
			return true;
	return false;
}

static vrd_status write_page(const page *p, bool measure_given) {
	vrd_status rc = VRD_OK;
	const char *const first[] = {p->runs.names[0]};
	bool providers = !has(&p->query.selection, "area");
	for (size_t i = 0; i < p->runs.n; i++)
		providers = providers && p->runs.run[i].model.provider;
	title(p);
	for (vrd_measure m = 0; m < VRD_N_MEASURES; m++)
		if (measure_given ? m == p->query.measure : m != VRD_BEDS || providers)
			VRD_TRY(measure_section(p, m));
	vrd_buf_putc(p->out, '\n');
	vrd_page_paragraph(p->out, vrd_msg(VRD_MSG_COMPARE_NOTE, p->region->lang), 0, WIDTH);
	put(p, VRD_MSG_COMPARE_MORE_NOTE, 1, first);
	vrd_buf_putc(p->out, '\n');
	for (size_t i = 1; i < p->runs.n; i++)
		VRD_TRY(scenario_section(p, i));
	VRD_TRY(vrd_cli_write_text(p->cli, p->out));
out:
	return rc;
}

// --- the command --------------------------------------------------------------------------------

static vrd_status parse(const vrd_cli *cli, vrd_compare_query *out) {
	vrd_status rc = VRD_OK;
	const vrd_opt_value *where = vrd_cli_opt(cli, "where"), *level = vrd_cli_opt(cli, "level");
	size_t measure;
	VRD_TRY(vrd_cli_word(cli, "measure", measures, VRD_BED_DAYS, &measure));
	VRD_TRY(vrd_query_parse(cli->mem, where->n_list, where->list, vrd_cli_opt(cli, "by")->text,
	                        &out->selection, cli->err));
	out->measure = (vrd_measure)measure;
	out->year = (int)vrd_cli_opt(cli, "year")->number;
	out->selection.n_levels = level->n_list;
	out->selection.levels = level->list;
out:
	return rc;
}

// For people: units stand above the table, and what they need of the statistics in one line.
static vrd_status label_stats(const page *p, vrd_cube *cube, bool difference) {
	static const char *const codes[] = {"mean", "p10", "p90", "probability"};
	vrd_status rc = VRD_OK;
	vrd_arena *mem = p->cli->mem;
	const size_t n = difference ? 4 : 3;
	vrd_str kept[4];
	vrd_category cats[4];
	const vrd_dim *stat;
	for (size_t i = 0; i < n; i++) {
		kept[i] = vrd_str_of(codes[i]);
		cats[i] = (vrd_category){.code = codes[i],
		                         .label = vrd_msg_named("stat", codes[i], p->region->lang),
		                         .parent = VRD_NONE,
		                         .decimals = -1};
	}
	cats[3].label = vrd_msg(VRD_MSG_COMPARE_MORE, p->region->lang);
	cats[3].decimals = 2;
	cube->unit = cube->dims[cube->n_dims - 1]->cats[0].unit;
	VRD_TRY(vrd_cube_select(mem, cube, "stat", n, kept, cube, p->cli->err));
	VRD_TRY(vrd_dim_new(mem, "stat", NULL, VRD_ROLE_METRIC, n, cats, &stat, p->cli->err));
	VRD_TRY(vrd_cube_replace_dim(mem, cube, "stat", stat, cube, p->cli->err));
out:
	return rc;
}

// The levels of all runs, or the differences of the others from the first.
static vrd_status part_of(const page *p, const vrd_cube *cube, bool difference, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_arena *mem = p->cli->mem;
	const vrd_str code = vrd_str_of(difference ? "difference" : "level");
	vrd_str others[VRD_COMPARE_MOST], stats[N_STATS];
	const vrd_dim *stat = cube->dims[cube->n_dims - 1];
	*out = *cube;
	VRD_TRY(vrd_cube_select(mem, out, "comparison", 1, &code, out, p->cli->err));
	for (size_t i = 1; i < p->runs.n; i++)
		others[i - 1] = vrd_str_of(p->runs.names[i]);
	if (difference)
		VRD_TRY(vrd_cube_select(mem, out, "run", p->runs.n - 1, others, out, p->cli->err));
	for (size_t i = 0; i < N_STATS; i++)
		stats[i] = vrd_str_of(stat->cats[i].code);
	if (vrd_cli_opt(p->cli, "labels")->given)
		VRD_TRY(label_stats(p, out, difference));
	else if (!difference)
		VRD_TRY(vrd_cube_select(mem, out, "stat", N_STATS - 1, stats, out, p->cli->err));
out:
	return rc;
}

static vrd_status write_tables(const page *p, const vrd_cube *cube) {
	vrd_status rc = VRD_OK;
	const vrd_table_options options_of = {.lang = p->region->lang,
	                                      .decimals = -1,
	                                      .width = vrd_cli_page_width(),
	                                      .labels = vrd_cli_opt(p->cli, "labels")->given};
	for (int difference = 0; difference < 2; difference++) {
		vrd_cube part;
		VRD_TRY(part_of(p, cube, difference, &part));
		if (!difference) { // what is said of both stands below the last
			part.n_notes = 0;
			part.source = NULL;
		}
		vrd_buf_puts(p->out, difference ? "\n" : "");
		VRD_TRY(vrd_table_write(&part, &options_of, p->out, p->cli->err));
	}
	VRD_TRY(vrd_cli_write_text(p->cli, p->out));
out:
	return rc;
}

static vrd_status write_cube(const page *p) {
	vrd_status rc = VRD_OK;
	vrd_cube cube;
	const vrd_opt_value *format = vrd_cli_opt(p->cli, "format");
	const bool table = !vrd_cli_opt(p->cli, "excel")->given &&
	                   (!format->given || strcmp(format->text, "table") == 0);
	VRD_TRY(vrd_region_compare(p->region, &p->runs, &p->query, &cube, p->diag, p->cli->err));
	cube.label = vrd_arena_printf(p->cli->mem, "%s: compare, %s", p->region->name,
	                              vrd_measure_name(p->query.measure));
	VRD_TRY(table ? write_tables(p, &cube) : vrd_cli_write_cube(p->cli, p->region, &cube));
out:
	return rc;
}

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_diag diag;
	vrd_buf out = {0};
	page p = {.cli = cli, .diag = &diag, .out = &out};
	const bool as_cube = vrd_cli_opt(cli, "by")->given || vrd_cli_opt(cli, "format")->given ||
	                     vrd_cli_opt(cli, "excel")->given || vrd_cli_opt(cli, "labels")->given;
	VRD_TRY(parse(cli, &p.query));
	VRD_TRY(vrd_cli_open(cli, &p.region, &diag));
	VRD_TRY(vrd_comparison_open(
	        p.region, cli->options->n_arguments - 1, cli->options->arguments + 1,
	        (size_t)vrd_cli_opt(cli, "threads")->number, &p.runs, cli->err));
	VRD_TRY(as_cube ? write_cube(&p) : write_page(&p, vrd_cli_opt(cli, "measure")->given));
out:
	vrd_buf_free(&out);
	return rc;
}

const vrd_cli_entry vrd_cmd_compare = {
        .command = {.name = "compare",
                    .arguments = "DIR RUN RUN [RUN] [RUN]",
                    .min_arguments = 3,
                    .max_arguments = 5,
                    .summary = "Compare 2 to 4 runs: their difference with its own interval",
                    .description =
                            "Each RUN is an id, its beginning, a label or a scenario. The others "
                            "are compared with the first: the difference is taken draw by draw, so "
                            "its interval is its own and free of the noise that the runs share; "
                            "P(more) is the probability that a run needs more than the first. "
                            "Assumptions that differ are listed, and whatever else differs (data, "
                            "map, program) is told. Runs must have the same seed; with different "
                            "numbers of draws the smaller number, which both share, is used.",
                    .options = options,
                    .n_options = sizeof options / sizeof *options,
                    .examples = "varde compare DIR main low\tbed days, contacts and beds at the "
                                "horizon\n"
                                "varde compare DIR main low --by provider --measure beds\tbeds by "
                                "place of treatment\n"
                                "varde compare DIR main low --by year --format csv -o "
                                "difference.csv\ta file"},
        .run = run};
