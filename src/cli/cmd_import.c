#include "cli/cli.h"

#include "region/import.h"

#include <math.h>
#include <stdio.h>

static const vrd_option options[] = {
        {"as", 'a', VRD_OPT_TEXT,
         "population|activity|flows|occupancy|control|areas|maps|changes|providers|services|care|"
         "episodes",
         "What the file is.", 0, 0},
        {"map", 'm', VRD_OPT_LIST, "COLUMN=DIM",
         "What a column is: a dimension (Region=area), values of a category "
         "(visits=measure=contacts), the values (n=value), or nothing (note=-). Quote a header "
         "that holds '=': '\"a=b\"=area'. In tables 'a|b=area' takes the first of two columns that "
         "has text.",
         0, 0},
        {"recode", 'r', VRD_OPT_LIST, "DIM:FROM=TO", "Read code FROM of a dimension as TO.", 0, 0},
        {"set", 's', VRD_OPT_LIST, "DIM=CODE",
         "A dimension (or column of a table) that is not in the file.", 0, 0},
        {"only", 0, VRD_OPT_LIST, "COLUMN=TEXT",
         "Tables: take these rows only. Several texts of one column are alternatives.", 0, 0},
        {"variant", 0, VRD_OPT_TEXT, "NAME",
         "Population: count, or the name of an official alternative.", 0, 0},
        {"main", 0, VRD_OPT_FLAG, NULL, "Population: this alternative is the main one.", 0, 0},
        {"weight", 0, VRD_OPT_TEXT, "W",
         "Population: weight of this alternative among the drawn ones, 0 to 1.", 0, 0},
        {"source", 0, VRD_OPT_TEXT, "TEXT", "Where the file comes from; printed with results.", 0,
         0},
        {"license", 0, VRD_OPT_TEXT, "TEXT", "Terms of use.", 0, 0},
        {"borders", 0, VRD_OPT_INT, "YEAR",
         "Year of the municipality numbers, when not the present ones.", 1800, 2200},
        {"absent", 0, VRD_OPT_TEXT, "zero|missing",
         "What rows that are not there mean (default: missing).", 0, 0},
        {"sum", 0, VRD_OPT_FLAG, NULL,
         "Add rows of the same cell (an extract with more columns than needed).", 0, 0},
        {"other-areas", 0, VRD_OPT_TEXT, "refuse|drop",
         "Areas that areas.csv does not have (default: refuse).", 0, 0},
        {"suppress", 0, VRD_OPT_INT, "N", "Hide numbers above 0 and below N of this data set.", 0,
         1000000},
        {"separator", 0, VRD_OPT_TEXT, "CHAR",
         "Between columns, or the word tab (default: detected).", 0, 0},
        {"decimal", 0, VRD_OPT_TEXT, "CHAR", "Decimal point or comma (default: detected).", 0, 0},
        {"touch", 0, VRD_OPT_TEXT, "FILE",
         "Episodes: a table row_id,measure_id,fraction of which rows a measure may touch.", 0, 0},
        {"ages", 0, VRD_OPT_TEXT, "LIST", "Episodes: bands that ages are put into, 0-17,18-66,67+.",
         0, 0},
        {"dry-run", 'n', VRD_OPT_FLAG, NULL, "Tell what would be done, and write nothing.", 0, 0},
        {"replace", 0, VRD_OPT_FLAG, NULL, "Replace the file and the entry of the same name.", 0,
         0},
};

static vrd_status read_weight(const vrd_cli *cli, double *out) {
	const vrd_opt_value *weight = vrd_cli_opt(cli, "weight");
	*out = NAN;
	if (weight->given &&
	    (!vrd_parse_double(vrd_str_of(weight->text), '.', out) || *out < 0 || *out > 1))
		return vrd_fail(cli->err, VRD_USAGE, "--weight \"%s\" is not a number from 0 to 1",
		                weight->text);
	return VRD_OK;
}

static vrd_status read_options(const vrd_cli *cli, vrd_import_options *out) {
	vrd_status rc = VRD_OK;
	const vrd_opt_value *maps = vrd_cli_opt(cli, "map"), *recodes = vrd_cli_opt(cli, "recode");
	const vrd_opt_value *sets = vrd_cli_opt(cli, "set"), *onlys = vrd_cli_opt(cli, "only");
	const vrd_opt_value *borders = vrd_cli_opt(cli, "borders"),
	                    *suppress = vrd_cli_opt(cli, "suppress");
	*out = (vrd_import_options){.file = vrd_cli_argument(cli, 1),
	                            .as = vrd_cli_opt(cli, "as")->text,
	                            .n_maps = maps->n_list,
	                            .maps = maps->list,
	                            .n_recodes = recodes->n_list,
	                            .recodes = recodes->list,
	                            .n_sets = sets->n_list,
	                            .sets = sets->list,
	                            .n_onlys = onlys->n_list,
	                            .onlys = onlys->list,
	                            .variant = vrd_cli_opt(cli, "variant")->text,
	                            .source = vrd_cli_opt(cli, "source")->text,
	                            .license = vrd_cli_opt(cli, "license")->text,
	                            .main = vrd_cli_opt(cli, "main")->given,
	                            .borders = borders->given ? borders->number : 0,
	                            .absent = vrd_cli_opt(cli, "absent")->text,
	                            .other_areas = vrd_cli_opt(cli, "other-areas")->text,
	                            .separator = vrd_cli_opt(cli, "separator")->text,
	                            .decimal = vrd_cli_opt(cli, "decimal")->text,
	                            .suppress = suppress->given ? suppress->number : -1,
	                            .sum = vrd_cli_opt(cli, "sum")->given,
	                            .touch = vrd_cli_opt(cli, "touch")->text,
	                            .ages = vrd_cli_opt(cli, "ages")->text,
	                            .replace = vrd_cli_opt(cli, "replace")->given,
	                            .dry_run = vrd_cli_opt(cli, "dry-run")->given};
	VRD_TRY(read_weight(cli, &out->weight));
out:
	return rc;
}

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_region *region;
	vrd_diag diag;
	vrd_buf report = {0};
	vrd_import_options import;
	VRD_TRY(read_options(cli, &import));
	VRD_TRY(vrd_cli_open(cli, &region, &diag));
	const size_t from = diag.n;
	rc = vrd_region_import(region, &import, &report, &diag, cli->err);
	vrd_cli_problems(&diag, from, true);
	VRD_TRY(rc);
	VRD_TRY(vrd_cli_print(&report, cli->err));
out:
	vrd_buf_free(&report);
	return rc;
}

const vrd_cli_entry vrd_cmd_import = {
        .command = {.name = "import",
                    .arguments = "DIR FILE",
                    .min_arguments = 2,
                    .max_arguments = 2,
                    .summary = "Import a data file, or rows of a table, into a region folder",
                    .description =
                            "Reads the file and checks it as every later command will read it: "
                            "wrong rows, "
                            "unknown areas, ages that are missing or overlap. All problems are "
                            "listed with "
                            "their place, and nothing is written when there is one. Then prints "
                            "what was "
                            "understood: dimensions, codes, totals of each year.\n\nA data set "
                            "(population, "
                            "activity, flows, occupancy, control: CSV or JSON-stat 2) is copied to "
                            "data/ byte for "
                            "byte, and an entry with these options is added to region.yaml, whose "
                            "other lines "
                            "are kept. A table (areas, maps, changes, providers, services, care: "
                            "CSV) gets the "
                            "rows added; columns of the same name need no --map, and rows without "
                            "a code are left "
                            "out.\n\nEpisodes are a CSV file with one row for each stay or "
                            "contact. Rows are counted "
                            "by area, sex, age, service, form of care and year; only the counts "
                            "are written, as "
                            "activity. --map names the columns: row, area, sex, age or birth_year, "
                            "service, care, "
                            "year or date, admitted and discharged or bed_days, count. With "
                            "--touch, rows are "
                            "also split by the measures that may touch them (data/row-sets.csv), "
                            "and an assumption "
                            "selects them with rows.\n\nFiles with national identity numbers or "
                            "person keys are "
                            "refused.\n\n"
                            "docs/real-data.md makes a region from public files, step by step.",
                    .options = options,
                    .n_options = sizeof options / sizeof *options,
                    .examples = "varde import my-region 07459.csv --as population --dry-run\tsee "
                                "what it holds\n"
                                "varde import my-region 14288.csv --as population --variant MMMM "
                                "--main --set age=all "
                                "--set sex=all\ta projection of totals\n"
                                "varde import my-region stays.csv --as activity --map year=year "
                                "--map hf=area "
                                "--map n=measure=contacts --sum\tan extract\n"
                                "varde import my-region stays.csv --as episodes --map hf=area "
                                "--touch touch.csv "
                                "--ages 0-17,18-66,67-79,80+\trows of stays, counted\n"
                                "varde import my-region klass.csv --as maps --map "
                                "'district|municipality=area' "
                                "--map hf=unit --set from_year=2026\ta catchment map"},
        .run = run};
