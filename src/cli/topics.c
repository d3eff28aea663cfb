#include "cli/topics.h"

#include <string.h>

static const struct {
	int code;
	const char *meaning;
} exit_codes[] = {
        {0, "success"},
        {64, "the command line is wrong"},
        {65, "an input is wrong"},
        {66, "something named does not exist"},
        {69, "an input is larger than the limit"},
        {70, "a defect in varde"},
        {71, "memory is used up"},
        {73, "an output could not be created"},
        {74, "reading or writing failed"},
        {76, "the store is damaged"},
        {77, "no permission"},
        {78, "region.yaml or a scenario is wrong"},
        {130, "interrupted"},
};
#define N_EXIT_CODES (sizeof exit_codes / sizeof *exit_codes)

static const char region[] =
        "A region is a folder of plain files:\n\n"
        "  region.yaml              name, language, base years, horizon, data sets\n"
        "  geography/areas.csv      code,type,parent,label\n"
        "  geography/maps.csv       area,unit,service,from_year,to_year,weight\n"
        "  geography/changes.csv    year,from,to,weight (optional)\n"
        "  geography/providers.csv  code,kind,catchment,label\n"
        "  data/services.csv        code,parent,driver,kappa,label\n"
        "  data/care.csv            code,beds,label\n"
        "  data/*                   cubes: population, activity, flows, occupancy,\n"
        "                           control totals\n"
        "  scenarios/*.yaml         assumptions (see varde help scenario)\n"
        "  log/*.jsonl              versions of scenarios: who, when, why\n"
        "  .varde/store.db          runs; a cache that may be deleted\n\n"
        "The formats are in docs/region-folder.md; editors can use\n"
        "schemas/region.schema.json. `varde example DIR` makes a complete one to start\n"
        "from; `varde check DIR` tells every problem.\n";

static const char scenario[] =
        "A scenario is a file scenarios/NAME.yaml of a region: what is assumed beyond\n"
        "the population, how uncertain it is, and why. For example:\n\n"
        "  schema: 1\n"
        "  name: main\n"
        "  label: Main scenario\n"
        "  draws: 10000\n"
        "  seed: 1\n"
        "  population: {MMMM: 0.6, HHMH: 0.2, LLML: 0.2}\n"
        "  correlation:\n"
        "    - {group: technology, rho: 0.5}\n"
        "  assumptions:\n"
        "    - id: hip-to-day\n"
        "      type: shift\n"
        "      label: Hip surgery without a night\n"
        "      select: {service: [orthopaedics], care: [inpatient_elective], age: 18+}\n"
        "      to: day\n"
        "      interval: [0.10, 0.25]\n"
        "      phasing: {curve: linear, start: 2027, end: 2036}\n"
        "      group: technology\n"
        "      rationale: Why\n"
        "      source: Where it comes from\n"
        "      owner: Who answers for it\n\n"
        "type          growth: more or less use, annual or total (form:)\n"
        "              avoid: a share of contacts that will not be needed\n"
        "              shift: a share that moves to another form of care, or to none\n"
        "              length_of_stay: a share of bed days that is saved\n"
        "select        area, service, care: lists of codes (areas of any level, services\n"
        "              or groups); age: 18+, 0-17 or 67-79; left out: everything\n"
        "interval      [P10, P90] as fractions; [min, mode, max] for pert; one number is\n"
        "              fixed\n"
        "distribution  normal, truncnorm, beta80, pert, uniform or lognormal; left out:\n"
        "              truncnorm where the parameter has bounds, else normal\n"
        "phasing       how the effect comes over the years: step, linear or logistic\n"
        "              from start to end, or table: {2030: 0.4, 2035: 1.0}\n"
        "correlation   rho of the assumptions of a group (Gaussian copula)\n"
        "population    weights of the population alternatives\n\n"
        "Every key is in docs/region-folder.md; editors can use\n"
        "schemas/scenario.schema.json. `varde check DIR` tells every problem with its\n"
        "line.\n";

static const char help[] = "usage: varde help [COMMAND|TOPIC]\n\n"
                           "Help of a command, or of region, scenario, exit-codes. Without a word: "
                           "the\ncommands.\n";

static const char version[] = "usage: varde version\n\n"
                              "Prints the version and the library that multiplies matrices.\n";

static const char man[] = "usage: varde man\n\n"
                          "Prints the man page. To read it: varde man | man -l -\n";

static const char completion[] = "usage: varde completion\n\n"
                                 "Prints a completion script for bash. To use it in this shell:\n"
                                 "eval \"$(varde completion)\"\n";

static const struct {
	const char *name, *text;
} topics[] = {
        {"region", region},   {"scenario", scenario}, {"help", help},
        {"version", version}, {"man", man},           {"completion", completion},
};

bool vrd_cli_topic(const char *name, vrd_buf *out) {
	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		if (strcmp(name, topics[i].name) == 0) {
			vrd_buf_puts(out, topics[i].text);
			return true;
		}
	if (strcmp(name, "exit-codes") != 0)
		return false;
	for (size_t i = 0; i < N_EXIT_CODES; i++)
		vrd_buf_printf(out, "%3d  %s\n", exit_codes[i].code, exit_codes[i].meaning);
	return true;
}

void vrd_cli_exit_status_section(vrd_buf *out) {
	vrd_buf_puts(out, "EXIT STATUS\n");
	for (size_t i = 0; i < N_EXIT_CODES; i++)
		vrd_buf_printf(out, "%d\t%s\n", exit_codes[i].code, exit_codes[i].meaning);
}
