#include "region/backtest_parts.h"

#include "cube/messages.h"

#include <string.h>

// --- years --------------------------------------------------------------------------------------

static vrd_status not_years(const char *text, vrd_err *err) {
	return vrd_fail(
	        err, VRD_USAGE,
	        "\"%s\" are no base years: say a range such as 2012-2014 (or 2012..2014), one "
	        "year, or years with commas, ascending",
	        text);
}

// "2012" or "2012-2014" or "2012..2014".
static bool parse_range(vrd_str part, int64_t *from, int64_t *to) {
	size_t digits = 0;
	while (digits < part.n && part.p[digits] >= '0' && part.p[digits] <= '9')
		digits++;
	vrd_str rest = {part.p + digits, part.n - digits};
	if (!vrd_parse_int64((vrd_str){part.p, digits}, from))
		return false;
	*to = *from;
	if (rest.n == 0)
		return true;
	const size_t skip = vrd_str_starts(rest, "..") ? 2 : vrd_str_starts(rest, "–") ? 3 : 1;
	if (skip == 1 && rest.p[0] != '-')
		return false;
	return vrd_parse_int64((vrd_str){rest.p + skip, rest.n - skip}, to);
}

vrd_status vrd_backtest_years(vrd_arena *mem, const char *text, const int **years, size_t *n,
                              vrd_err *err) {
	enum { FIRST = 1800, LAST = 2200 };
	vrd_status rc = VRD_OK;
	vrd_str rest = vrd_str_of(text), part;
	int *list;
	size_t n_list = 0;
	VRD_TRY(VRD_NEW(mem, list, LAST - FIRST + 1));
	while (vrd_str_split(&rest, ',', &part)) {
		int64_t from = 0, to = 0;
		if (!parse_range(vrd_str_trim(part), &from, &to) || from < FIRST || to > LAST ||
		    to < from || (n_list && from <= list[n_list - 1]))
			VRD_TRY(not_years(text, err));
		for (int64_t year = from; year <= to; year++)
			list[n_list++] = (int)year;
	}
	if (n_list == 0)
		VRD_TRY(not_years(text, err));
	*years = list;
	*n = n_list;
out:
	return rc;
}

// --- the cube -----------------------------------------------------------------------------------

// A dimension with labels from the table of words; decimals NULL: not said.
static vrd_status worded_dim(vrd_region *r, const char *name, size_t n, const char *const codes[],
                             const int decimals[], const vrd_dim **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_category *cats;
	VRD_TRY(VRD_NEW(r->mem, cats, n));
	for (size_t i = 0; i < n; i++)
		cats[i] = (vrd_category){.code = codes[i],
		                         .label = vrd_msg_named(name, codes[i], r->lang),
		                         .parent = VRD_NONE,
		                         .decimals = decimals ? decimals[i] : -1};
	VRD_TRY(vrd_dim_new(r->mem, name, vrd_msg_named("dim", name, r->lang),
	                    decimals ? VRD_ROLE_METRIC : VRD_ROLE_NONE, n, cats, out, err));
out:
	return rc;
}

static vrd_status measure_dim(vrd_region *r, const vrd_dim *measure, const vrd_dim **out,
                              vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char **codes;
	VRD_TRY(VRD_NEW(r->mem, codes, measure->n));
	for (size_t i = 0; i < measure->n; i++)
		codes[i] = measure->cats[i].code;
	VRD_TRY(worded_dim(r, "measure", measure->n, codes, NULL, out, err));
out:
	return rc;
}

static vrd_status find_by(const vrd_backtest_series *s, const char *name, size_t n_before,
                          const vrd_dim *const before[], const vrd_dim **out, vrd_err *err) {
	const vrd_dim *const known[] = {s->area, s->sex, s->age, s->service, s->care, s->year};
	const char *names[6];
	const vrd_dim *found = NULL;
	for (size_t i = 0; i < 6; i++) {
		names[i] = known[i]->name;
		if (strcmp(names[i], name) == 0)
			found = known[i];
	}
	for (size_t i = 0; i < n_before; i++)
		if (before[i] == found && found)
			return vrd_fail(err, VRD_USAGE, "\"%s\" stands twice in --by", name);
	if (!found) {
		const size_t near = vrd_nearest(vrd_str_of(name), names, 6);
		return vrd_fail(
		        err, VRD_USAGE,
		        "a backtest cannot be shown by \"%s\"%s%s%s: it has area, sex, age, "
		        "service, care and year (measures always stand apart)",
		        name, near == SIZE_MAX ? "" : " (did you mean \"",
		        near == SIZE_MAX ? "" : names[near], near == SIZE_MAX ? "" : "\"?)");
	}
	*out = found;
	return VRD_OK;
}

static vrd_status make_cube(vrd_region *r, const vrd_backtest_series *s, size_t n_by,
                            const vrd_dim *const by[], vrd_cube *out, vrd_err *err) {
	static const char *const scored[] = {"cells", "totals"};
	static const char *const forecasts[] = {"damped", "constant", "last", "linear"};
	static const char *const stats[] = {
	        "n",     "n_left_out", "bias",         "mape",          "wape",
	        "crps",  "coverage",   "coverage_low", "coverage_high", "interval_score",
	        "skill", "crps_skill"};
	static const int decimals[VRD_N_SCORES] = {0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2};
	vrd_status rc = VRD_OK;
	const vrd_dim **dims;
	VRD_TRY(VRD_NEW(r->mem, dims, n_by + 4));
	memcpy(dims, by, n_by * sizeof *dims);
	VRD_TRY(measure_dim(r, s->measure, &dims[n_by], err));
	VRD_TRY(worded_dim(r, "scored", VRD_N_SCORED, scored, NULL, &dims[n_by + 1], err));
	VRD_TRY(worded_dim(r, "stat", VRD_N_SCORES, stats, decimals, &dims[n_by + 2], err));
	VRD_TRY(worded_dim(r, "forecast", VRD_N_FORECASTS, forecasts, NULL, &dims[n_by + 3], err));
	VRD_TRY(vrd_cube_new(r->mem, n_by + 4, dims, out, err));
out:
	return rc;
}

// --- privacy ------------------------------------------------------------------------------------

// What happened, by the categories of the result: [by ..., measure].
static vrd_status observed_by(vrd_region *r, const vrd_backtest_series *s, size_t n_by,
                              const vrd_dim *const by[], vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *all[] = {s->service, s->care, s->measure, s->area, s->sex, s->age, s->year};
	const char **names;
	vrd_cube cube;
	size_t index[7] = {0};
	const vrd_trend_input *in = &s->trend;
	VRD_TRY(vrd_cube_new(r->mem, 7, all, &cube, err));
	for (size_t i = 0; i < in->n_group * in->n_area * in->n_cell * in->n_target; i++) {
		const size_t series = i / in->n_target, c = series % in->n_cell;
		const size_t group = series / in->n_cell / in->n_area;
		index[0] = s->group_service[group];
		index[1] = s->group_care[group];
		index[2] = s->group_measure[group];
		index[3] = series / in->n_cell % in->n_area;
		index[4] = c / s->age->n;
		index[5] = c % s->age->n;
		index[6] = i % in->n_target;
		cube.values[vrd_cube_position(&cube, index)] =
		        s->observed[series * s->n_years + in->n_base + index[6]];
	}
	VRD_TRY(VRD_NEW(r->mem, names, n_by + 1));
	for (size_t i = 0; i < n_by; i++)
		names[i] = by[i]->name;
	names[n_by] = "measure";
	VRD_TRY(vrd_cube_sum_by(r->mem, &cube, n_by + 1, names, out, err));
out:
	return rc;
}

// An error and a forecast tell what happened: where that is hidden, so are the scores.
static vrd_status hide(vrd_region *r, const vrd_backtest_series *s, size_t n_by,
                       const vrd_dim *const by[], vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube observed;
	vrd_suppression rule = r->suppression;
	bool any = false;
	rule.totals_shown = true;
	for (size_t i = 0; i < r->n_data; i++)
		if (r->data[i].kind == VRD_DATA_ACTIVITY)
			rule.threshold = fmax(rule.threshold, r->data[i].threshold);
	VRD_TRY(observed_by(r, s, n_by, by, &observed, err));
	VRD_TRY(vrd_cube_suppress(r->mem, &observed, &rule, &observed, NULL, NULL, err));
	const size_t size = out->n_cells / observed.n_cells;
	for (size_t i = 0; i < out->n_cells; i++)
		if (vrd_cube_status(&observed, i / size) == VRD_SUPPRESSED) {
			VRD_TRY(vrd_cube_set_status(r->mem, out, i, VRD_SUPPRESSED, err));
			any = true;
		}
	if (any)
		VRD_TRY(vrd_cube_note(r->mem, out, vrd_msg(VRD_MSG_BACKTEST_HIDDEN, r->lang), err));
out:
	return rc;
}

// A text of the table of words with its placeholders filled, owned by the region.
static vrd_status worded(vrd_region *r, vrd_msg_key key, size_t n, const char *const args[],
                         const char **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_buf text = {0};
	vrd_msg_put(&text, key, r->lang, n, args);
	const char *copy = text.failed ? NULL : vrd_arena_strndup(r->mem, text.p, text.n);
	if (!copy)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the words of the result"));
	*out = copy;
out:
	vrd_buf_free(&text);
	return rc;
}

static vrd_status describe(vrd_region *r, const vrd_backtest_series *s,
                           const vrd_backtest_options *o, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	char number[32];
	const char *people, *base = "";
	for (size_t y = 0; y < s->trend.n_base && base; y++)
		base = vrd_arena_printf(r->mem, "%s%s%d", base, y ? ", " : "", s->years[y]);
	if (!base)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the title"));
	(void)vrd_format_double(o->until, number);
	VRD_TRY(worded(r, VRD_MSG_BACKTEST_HEAD, 3, (const char *const[]){r->name, base, number},
	               &out->label, err));
	if (s->vintage)
		(void)vrd_format_double(vrd_backtest_known(s->vintage), number);
	VRD_TRY(worded(r, s->vintage ? VRD_MSG_BACKTEST_CHAIN : VRD_MSG_BACKTEST_RATES,
	               s->vintage ? 2 : 0,
	               (const char *const[]){s->vintage ? s->vintage->variant : "", number},
	               &people, err));
	VRD_TRY(vrd_cube_note(r->mem, out, people, err));
	VRD_TRY(vrd_cube_note(r->mem, out, vrd_msg(VRD_MSG_BACKTEST_READING, r->lang), err));
	if (r->illustrative)
		VRD_TRY(vrd_cube_note(r->mem, out, vrd_msg(VRD_MSG_ILLUSTRATIVE, r->lang), err));
out:
	return rc;
}

vrd_status vrd_region_backtest(vrd_region *region, const vrd_backtest_options *options,
                               vrd_cube *out, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_backtest_series s;
	vrd_trend trend;
	vrd_cube cube;
	const vrd_dim **by;
	if (options->n_base == 0 || options->draws == 0 || options->until == 0)
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "a backtest needs base years, a last year and at least one draw"));
	VRD_TRY(vrd_backtest_read(region, options, &s, diag, err));
	VRD_TRY(VRD_NEW(region->mem, by, options->n_by));
	for (size_t i = 0; i < options->n_by; i++)
		VRD_TRY(find_by(&s, options->by[i], i, by, &by[i], err));
	VRD_TRY(vrd_trend_fit(region->mem, &s.trend, &trend, err));
	VRD_TRY(make_cube(region, &s, options->n_by, by, &cube, err));
	VRD_TRY(vrd_backtest_score(region->mem, &s, options, &trend, options->n_by, by, &cube,
	                           err));
	VRD_TRY(describe(region, &s, options, &cube, err));
	VRD_TRY(hide(region, &s, options->n_by, by, &cube, err));
	*out = cube;
out:
	return rc;
}
