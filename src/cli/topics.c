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
        "type            what the parameter x means; 0 changes nothing\n"
        "  healthy_ageing  share of added years of life in good health; no phasing\n"
        "  growth          more or less use; form: annual or total, cause:\n"
        "                  epidemiology, medical_development or other; walk_sd: spread\n"
        "                  of a random walk from year to year (annual only)\n"
        "  level           share of the gap closed to target: region, lowest_quartile\n"
        "                  or an area; only: down, up or both\n"
        "  new_service     contacts per 1000 people a year, new; los_new: bed days each\n"
        "  backlog         contacts that wait; cleared: {2026: 0.5, 2027: 0.5}\n"
        "  avoid           share of contacts that will not be needed\n"
        "  shift           share that moves to another form of care (to:), or to none\n"
        "  length_of_stay  share of bed days that is saved\n"
        "  flow            share of what goes to provider from: that goes to: instead\n"
        "  catchment       share of an area's people that move to area to:\n"
        "  productivity    relative change of what one bed carries\n\n"
        "select        area, service, care: lists of codes (areas of any level, services\n"
        "              or groups); age: 18+, 0-17 or 67-79; left out: everything\n"
        "interval      how uncertain x is, as fractions: [P10, P90]; [P10, P50, P90] for\n"
        "              metalog; [min, mode, max] for pert and triangular; one number is\n"
        "              fixed. Instead of it:\n"
        "quantiles     {0.05: x, 0.5: y, 0.95: z}, a metalog through them\n"
        "values        [a, b, c] with weights: [wa, wb, wc], one of them\n"
        "distribution  normal, truncnorm, beta80, pert, uniform, lognormal, triangular\n"
        "              or metalog; left out: truncnorm where the parameter has bounds,\n"
        "              else normal\n"
        "phasing       how the effect comes over the years: linear or logistic from\n"
        "              start to end; step: 0 before end, 1 from it; or table:\n"
        "              {2030: 0.4, 2035: 1.0}\n"
        "theme         groups assumptions in explanations\n"
        "status        of an assumption draft, agreed or locked; of the scenario draft\n"
        "              or locked, by `varde scenario DIR lock NAME`\n"
        "correlation   rho of the assumptions of a group (Gaussian copula), or\n"
        "              {matrix: [id, ...], values: [[...], ...]} between assumptions;\n"
        "              rank: true when the values are rank correlations\n"
        "rate_uncertainty  true: base year rates are uncertain too\n"
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
