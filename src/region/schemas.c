#include "region/schemas.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const vrd_schema text = {.kind = VRD_Y_TEXT};
static const vrd_schema truth = {.kind = VRD_Y_BOOL};
static const vrd_schema year = {.kind = VRD_Y_INT, .min = 1800, .max = 2200};
static const vrd_schema years = {.kind = VRD_Y_LIST, .item = &year, .one_ok = true};
static const vrd_schema share = {.kind = VRD_Y_NUMBER, .min = 0, .max = 1};
static const vrd_schema count = {.kind = VRD_Y_INT, .min = 0, .max = 1e15};
static const vrd_schema number = {.kind = VRD_Y_NUMBER};
static const vrd_schema not_negative = {.kind = VRD_Y_NUMBER, .min = 0, .max = 1e15};
enum { NEWEST = 1 };
static const vrd_schema version = {.kind = VRD_Y_INT, .min = 1, .max = NEWEST};
static const vrd_schema texts = {.kind = VRD_Y_LIST, .item = &text, .one_ok = true};
static const vrd_schema dict_of_text = {.kind = VRD_Y_DICT, .item = &text};
static const vrd_schema dict_of_dict = {.kind = VRD_Y_DICT, .item = &dict_of_text};
static const vrd_schema dict_of_share = {.kind = VRD_Y_DICT, .item = &share};
static const vrd_schema dict_of_number = {.kind = VRD_Y_DICT, .item = &number};

// --- region.yaml --------------------------------------------------------------------------------

static const vrd_schema language = {.kind = VRD_Y_WORD,
                                    .words = (const char *const[]){"nb", "nn", "en", NULL}};
static const vrd_schema exposure = {.kind = VRD_Y_WORD,
                                    .words = (const char *const[]){"mid", "jan1", NULL}};
static const vrd_schema bed_day = {
        .kind = VRD_Y_WORD,
        .words = (const char *const[]){"nights", "nights_plus_one", "hours", NULL}};
static const vrd_schema occupancy = {.kind = VRD_Y_NUMBER, .min = 0.01, .max = 1};
static const vrd_schema zero_policy = {
        .kind = VRD_Y_WORD, .words = (const char *const[]){"refuse", "hold", "scale", NULL}};

static const vrd_field suppression_fields[] = {
        {"threshold", &count, false, "numbers above 0 and below this are hidden (0: none are)"},
        {"hide_zero", &truth, false, "zeros are hidden too"},
};
static const vrd_schema suppression = {
        .kind = VRD_Y_MAP, .fields = suppression_fields, .n_fields = COUNT(suppression_fields)};

static const vrd_field geography_fields[] = {
        {"areas", &text, false, "areas, their types and parents"},
        {"maps", &text, false, "dated membership"},
        {"changes", &text, false, "changes of municipality numbers"},
        {"providers", &text, false, "who treats"},
};
static const vrd_schema geography = {
        .kind = VRD_Y_MAP, .fields = geography_fields, .n_fields = COUNT(geography_fields)};

static const vrd_schema data_kind = {
        .kind = VRD_Y_WORD,
        .words = (const char *const[]){"population", "activity", "flows", "occupancy",
                                       "life_expectancy", "control", NULL}};
static const vrd_schema absent = {.kind = VRD_Y_WORD,
                                  .words = (const char *const[]){"missing", "zero", NULL}};
static const vrd_schema other_areas = {.kind = VRD_Y_WORD,
                                       .words = (const char *const[]){"refuse", "drop", NULL}};
static const vrd_schema ages = {.kind = VRD_Y_WORD,
                                .words = (const char *const[]){"as_given", "single", NULL}};
static const vrd_field data_fields[] = {
        {"kind", &data_kind, true, "what the file holds"},
        {"file", &text, true, "path from the region folder"},
        {"source", &text, false, "where it comes from; printed with every result"},
        {"license", &text, false, "terms of use"},
        {"variant", &text, false, "population: count, or the name of an official alternative"},
        {"main", &truth, false, "population: this projection is the main one"},
        {"weight", &share, false, "population: weight of this alternative among the drawn ones"},
        {"known", &year, false,
         "population: year in which the projection was published, for backtest"},
        {"borders", &year, false, "year of the municipality numbers"},
        {"absent", &absent, false, "what rows that are not there mean"},
        {"other_areas", &other_areas, false, "areas that areas.csv does not have: refuse or drop"},
        {"ages", &ages, false, "population: as_given, or single years estimated from age groups"},
        {"sum", &truth, false, "rows of the same cell are added"},
        {"suppress", &count, false, "threshold of this data set"},
        {"separator", &text, false, "of a CSV file; detected when not said"},
        {"decimal", &text, false, "point or comma; detected when not said"},
        {"columns", &dict_of_text, false, "header: dimension, dimension=code, or -"},
        {"constants", &dict_of_text, false, "dimension: code"},
        {"recode", &dict_of_dict, false, "dimension: {code in the file: code}"},
};
static const vrd_schema data_set = {
        .kind = VRD_Y_MAP, .fields = data_fields, .n_fields = COUNT(data_fields)};
static const vrd_schema data = {.kind = VRD_Y_LIST, .item = &data_set};

static const vrd_field region_fields[] = {
        {"schema", &version, true, "version of this format"},
        {"name", &text, true, "name of the region"},
        {"language", &language, false, "nb, nn or en"},
        {"illustrative", &truth, false, "every output says that the data are illustrative"},
        {"planning_level", &text, false, "area level that is shown unless --level says otherwise"},
        {"base_years", &years, false, "rates are the mean of these years"},
        {"exclude_years", &years, false, "left out of the base years"},
        {"horizon", &year, false, "last year of projections"},
        {"exposure", &exposure, false, "mid or jan1"},
        {"bed_day_definition", &bed_day, false, "nights, nights_plus_one or hours"},
        {"occupancy", &occupancy, false, "planned occupancy of beds"},
        {"zero_population", &zero_policy, false, "activity where nobody lives"},
        {"shrink", &truth, false, "gamma-Poisson shrinkage of small areas' rates"},
        {"suppression", &suppression, false, "hiding of small numbers"},
        {"max_input_bytes", &count, false, "largest file that is read"},
        {"geography", &geography, false, "paths of the geography tables"},
        {"services", &text, false, "path of the services table"},
        {"row_sets", &text, false, "path of the table of row sets (data/row-sets.csv)"},
        {"care", &text, false, "path of the forms of care table"},
        {"data", &data, false, "the data sets"},
};
const vrd_schema vrd_region_schema = {
        .kind = VRD_Y_MAP, .fields = region_fields, .n_fields = COUNT(region_fields)};

// --- scenarios/*.yaml ---------------------------------------------------------------------------

static const vrd_schema noise = {.kind = VRD_Y_WORD,
                                 .words = (const char *const[]){"none", "poisson", NULL}};
static const vrd_schema map = {.kind = VRD_Y_WORD,
                               .words = (const char *const[]){"planned", "fixed", NULL}};
static const vrd_schema kind = {.kind = VRD_Y_WORD,
                                .words = (const char *const[]){"healthy_ageing", "growth", "level",
                                                               "new_service", "backlog", "avoid",
                                                               "shift", "length_of_stay", "flow",
                                                               "catchment", "productivity", NULL}};
static const vrd_schema distribution = {
        .kind = VRD_Y_WORD,
        .words = (const char *const[]){"normal", "truncnorm", "beta80", "pert", "uniform",
                                       "lognormal", "triangular", "metalog", NULL}};
static const vrd_schema form = {.kind = VRD_Y_WORD,
                                .words = (const char *const[]){"annual", "total", NULL}};
static const vrd_schema cause = {
        .kind = VRD_Y_WORD,
        .words = (const char *const[]){"epidemiology", "medical_development", "other", NULL}};
static const vrd_schema curve = {
        .kind = VRD_Y_WORD,
        .words = (const char *const[]){"step", "linear", "logistic", "table", NULL}};
static const vrd_schema moves = {.kind = VRD_Y_WORD,
                                 .words = (const char *const[]){"stays", "days", NULL}};
static const vrd_schema removed = {.kind = VRD_Y_NUMBER_OR_WORD,
                                   .min = 0,
                                   .max = 1e6,
                                   .words = (const char *const[]){"shortest", "mean", NULL}};
static const vrd_schema floor_kind = {.kind = VRD_Y_WORD,
                                      .words = (const char *const[]){"none", "one_night", NULL}};
static const vrd_schema status = {
        .kind = VRD_Y_WORD, .words = (const char *const[]){"draft", "agreed", "locked", NULL}};
static const vrd_schema interval = {
        .kind = VRD_Y_LIST, .item = &number, .one_ok = true, .min = 1, .max = 3};
static const vrd_schema values = {.kind = VRD_Y_LIST, .item = &number, .min = 1, .max = 12};
static const vrd_schema weights = {.kind = VRD_Y_LIST, .item = &not_negative, .min = 1, .max = 12};
static const vrd_schema only = {.kind = VRD_Y_WORD,
                                .words = (const char *const[]){"down", "up", "both", NULL}};
static const vrd_schema resource_word = {.kind = VRD_Y_WORD,
                                         .words = (const char *const[]){"beds", NULL}};
static const vrd_schema bounds = {.kind = VRD_Y_LIST, .item = &number, .min = 2, .max = 2};

static const vrd_field select_fields[] = {
        {"area", &texts, false, "area codes of any level"},
        {"service", &texts, false, "service or group codes"},
        {"care", &texts, false, "forms of care"},
        {"age", &text, false, "18+, 0-17 or 67-79"},
        {"rows", &texts, false, "measures: the rows of episodes that they may touch"},
};
static const vrd_schema select = {
        .kind = VRD_Y_MAP, .fields = select_fields, .n_fields = COUNT(select_fields)};

static const vrd_field phasing_fields[] = {
        {"curve", &curve, false, "step, linear, logistic or table"},
        {"start", &year, false,
         "last year without effect, not before the last base year; a step has none"},
        {"end", &year, false, "first year with full effect"},
        {"table", &dict_of_share, false, "year: share realised"},
};
static const vrd_schema phasing = {
        .kind = VRD_Y_MAP, .fields = phasing_fields, .n_fields = COUNT(phasing_fields)};

static const vrd_field assumption_fields[] = {
        {"id", &text, true, "names the assumption and its random stream"},
        {"type", &kind, true, "what it changes: growth, avoid, shift ..."},
        {"label", &text, false, "what people read"},
        {"theme", &text, false, "groups assumptions in explanations"},
        {"select", &select, false, "what it acts on; left out: everything"},
        {"interval", &interval, false,
         "[P10, P90]; [min, mode, max] for pert and triangular; [P10, P50, P90] for metalog; or "
         "one "
         "fixed number"},
        {"quantiles", &dict_of_number, false, "probability: value; a metalog through them"},
        {"values", &values, false, "a few values, with weights"},
        {"weights", &weights, false, "probabilities of values, with the sum 1"},
        {"distribution", &distribution, false, "default: truncnorm with bounds, else normal"},
        {"bounds", &bounds, false, "narrower natural bounds of the parameter"},
        {"form", &form, false, "growth: annual or total"},
        {"cause", &cause, false, "growth: epidemiology or medical_development"},
        {"walk_sd", &not_negative, false,
         "annual growth: standard deviation of each year's step of the logarithm"},
        {"target", &text, false,
         "level: region, lowest_quartile, or an area of the planning level"},
        {"only", &only, false, "level: down, up or both"},
        {"cleared", &dict_of_share, false, "backlog: year: share that is cleared in it"},
        {"from", &text, false, "flow: provider"},
        {"to", &text, false,
         "shift: a form of care, or none; flow: provider; catchment: area of the planning level"},
        {"resource", &resource_word, false, "productivity: beds"},
        {"conversion", &not_negative, false, "shift: contacts of the new kind per contact moved"},
        {"removed_los", &removed, false, "shift: shortest, mean, or days"},
        {"los_cv", &not_negative, false, "shift: coefficient of variation of stays, with shortest"},
        {"los_new", &not_negative, false, "shift, new_service: bed days per new contact"},
        {"moves", &moves, false, "shift: stays or days"},
        {"floor", &floor_kind, false, "length_of_stay: none or one_night"},
        {"phasing", &phasing, false, "how the effect comes over the years"},
        {"group", &text, false, "correlation group"},
        {"rationale", &text, false, "why"},
        {"source", &text, false, "where it comes from"},
        {"owner", &text, false, "who answers for it"},
        {"date", &text, false, "when it was set"},
        {"status", &status, false, "draft, agreed or locked"},
};
static const vrd_schema assumption = {
        .kind = VRD_Y_MAP, .fields = assumption_fields, .n_fields = COUNT(assumption_fields)};
static const vrd_schema assumptions = {.kind = VRD_Y_LIST, .item = &assumption};

static const vrd_schema ids = {.kind = VRD_Y_LIST, .item = &text, .min = 2, .max = 100};
static const vrd_schema row = {.kind = VRD_Y_LIST, .item = &number, .min = 2, .max = 100};
static const vrd_schema rows = {.kind = VRD_Y_LIST, .item = &row, .min = 2, .max = 100};
static const vrd_schema scenario_status = {.kind = VRD_Y_WORD,
                                           .words = (const char *const[]){"draft", "locked", NULL}};

static const vrd_field group_fields[] = {
        {"group", &text, false, "name of a group"},
        {"rho", &share, false, "correlation of its members (Gaussian copula)"},
        {"matrix", &ids, false, "ids of assumptions"},
        {"values", &rows, false, "a row of correlations for each of them"},
        {"rank", &truth, false, "the correlations are Spearman's"},
};
static const vrd_schema group = {
        .kind = VRD_Y_MAP, .fields = group_fields, .n_fields = COUNT(group_fields)};
static const vrd_schema groups = {.kind = VRD_Y_LIST, .item = &group};

static const vrd_field scenario_fields[] = {
        {"schema", &version, true, "version of this format"},
        {"name", &text, true, "short name, as in --scenario"},
        {"label", &text, false, "what people read"},
        {"illustrative", &truth, false, "every output says that the assumptions are illustrative"},
        {"status", &scenario_status, false,
         "draft or locked: locked needs a rationale for every assumption"},
        {"horizon", &year, false, "last year; default: the region's"},
        {"draws", &count, false, "number of draws; 0: one evaluation at the means"},
        {"seed", &count, false, "seed of every draw"},
        {"noise", &noise, false, "none or poisson"},
        {"los_cv", &not_negative, false, "with noise: coefficient of variation of stays (1)"},
        {"rate_uncertainty", &truth, false, "base rates are drawn too"},
        {"map", &map, false, "planned (dated maps) or fixed"},
        {"population", &dict_of_share, false, "weights of the population alternatives"},
        {"correlation", &groups, false, "groups and matrices of assumptions that vary together"},
        {"assumptions", &assumptions, false, "the assumptions"},
};
const vrd_schema vrd_scenario_schema = {
        .kind = VRD_Y_MAP, .fields = scenario_fields, .n_fields = COUNT(scenario_fields)};

// --- versions -----------------------------------------------------------------------------------

vrd_status vrd_schema_not_newer(const char *bytes, size_t len, const char *file, vrd_diag *diag,
                                vrd_err *err) {
	vrd_str rest = {bytes, len}, line, value;
	for (size_t at = 1; vrd_str_split(&rest, '\n', &line); at++) {
		int64_t found;
		if (!vrd_str_starts(line, "schema:"))
			continue;
		line = (vrd_str){line.p + strlen("schema:"), line.n - strlen("schema:")};
		if (!vrd_str_split(&line, '#', &value) ||
		    !vrd_parse_int64(vrd_str_trim(value), &found) || found <= NEWEST)
			continue;
		vrd_diag_add(diag, VRD_ERROR, (vrd_place){file, at, 1}, "yaml.newer",
		             "update varde, or ask for the file in the older format",
		             "schema %lld was made by a newer varde; this one reads %d",
		             (long long)found, NEWEST);
		return vrd_diag_fail(diag, VRD_CONFIG, err);
	}
	return VRD_OK;
}

// --- measures/*.yaml (the program's own) --------------------------------------------------------

static const vrd_schema measure_theme = {
        .kind = VRD_Y_WORD,
        .words = (const char *const[]){"prevention", "involvement", "collaboration", "outgoing",
                                       "time", "ai", "variation", "preparedness", NULL}};
static const vrd_schema resource_parameter = {
        .kind = VRD_Y_WORD,
        .words = (const char *const[]){"minutes_per_contact", "minutes_per_bed_day",
                                       "minutes_per_examination", "hours_per_post", NULL}};

static const vrd_field languages_fields[] = {
        {"nb", &text, true, "bokmål"},
        {"nn", &text, true, "nynorsk"},
        {"en", &text, true, "English"},
};
static const vrd_schema languages = {
        .kind = VRD_Y_MAP, .fields = languages_fields, .n_fields = COUNT(languages_fields)};
static const vrd_schema parts = {.kind = VRD_Y_DICT, .item = &languages};

static const vrd_field resource_fields[] = {
        {"parameter", &resource_parameter, true, "what it changes"},
        {"nb", &text, true, "bokmål"},
        {"nn", &text, true, "nynorsk"},
        {"en", &text, true, "English"},
};
static const vrd_schema resource = {
        .kind = VRD_Y_MAP, .fields = resource_fields, .n_fields = COUNT(resource_fields)};

static const vrd_field measure_fields[] = {
        {"schema", &version, true, "version of this format"},
        {"id", &text, true, "the file's name without .yaml"},
        {"label", &languages, true, "what people read"},
        {"plan", &texts, true, "sections of the plan that name it"},
        {"theme", &measure_theme, true, "groups measures in explanations"},
        {"unverified", &truth, true, "true: nobody has verified an effect"},
        {"mechanism", &languages, true, "how it works, in a sentence or two"},
        {"evidence_needed", &languages, true, "what would have to be known"},
        {"resource", &resource, false, "without assumptions: what it changes instead"},
        {"parts", &parts, false, "labels of the assumptions, by id, when there are several"},
        {"assumptions", &assumptions, true, "as in a scenario; [] when it changes no activity"},
};
const vrd_schema vrd_measure_schema = {
        .kind = VRD_Y_MAP, .fields = measure_fields, .n_fields = COUNT(measure_fields)};
