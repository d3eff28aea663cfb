// Rolling origins inside the base years: each base year but the last is taken as the last one
// known, and the years after it are forecast with constant rates by age of the years until then.
// Nothing later is read.
//
//	e[o,h] = ln of observed / constant rates of the years until o, at o + h
//	sd^2 = (dof sd0^2 + max(0, sum over o of mean over h of (e^2 - noise)/h)) / (dof + origins)
//
// then widened from a normal to a t with as many degrees of freedom, so that P10 to P90 hold 80 %
// although sd is estimated.
#include "region/backtest_parts.h"

#include "cube/messages.h"

#include <math.h>
#include <string.h>

// The region's contacts of one service and form of care, in a base year.
typedef struct {
	double observed, expected;
} yearly;

static yearly contacts_of(const vrd_backtest_series *s, size_t group, size_t year) {
	const vrd_trend_input *in = &s->trend;
	const size_t n = in->n_area * in->n_cell;
	yearly sum = {0, 0};
	for (size_t i = group * n; i < (group + 1) * n; i++) {
		sum.observed += s->observed[i * s->n_years + year];
		sum.expected += s->expected[i * s->n_years + year];
	}
	return sum;
}

// The same service, form of care and measure in the series of an origin; VRD_NONE when there is none.
static size_t same_group(const vrd_backtest_series *from, size_t group,
                         const vrd_backtest_series *s) {
	for (size_t j = 0; j < s->trend.n_group; j++)
		if (s->group_service[j] == from->group_service[group] &&
		    s->group_care[j] == from->group_care[group] &&
		    s->group_measure[j] == from->group_measure[group])
			return j;
	return VRD_NONE;
}

static bool is_base_year(const vrd_backtest_series *s, int year) {
	for (size_t y = 0; y < s->trend.n_base; y++)
		if (s->years[y] == year)
			return true;
	return false;
}

// 90 % quantile of Student's t over that of the normal: Cornish-Fisher to the second order
// (Abramowitz and Stegun 1964, 26.7.5), within 1 % from 4 degrees of freedom.
static double widening(double dof) {
	const double z = 1.2815515655446004, z3 = z * z * z, z5 = z3 * z * z;
	return 1 + ((z3 + z) / (4 * dof) + (5 * z5 + 16 * z3 + 3 * z) / (96 * dof * dof)) / z;
}

// What the calibration reads: all base years, and for each but the last the series with that year as
// the last one known.
typedef struct {
	vrd_backtest_series all, *origins; // [all.trend.n_base - 1]
} rolling;

// Variance a year of one origin's errors, beyond that of independent contacts.
static double of_origin(const rolling *r, size_t group, size_t origin) {
	const vrd_backtest_series *s = &r->origins[origin];
	const size_t own = same_group(&r->all, group, s);
	yearly base = {0, 0};
	double sum = 0;
	size_t n = 0;
	for (size_t y = 0; y < s->trend.n_base && own != VRD_NONE; y++) {
		const yearly now = contacts_of(s, own, y);
		base.observed += now.observed;
		base.expected += now.expected;
	}
	for (size_t y = s->trend.n_base; y < s->n_years && own != VRD_NONE; y++) {
		const yearly now = contacts_of(s, own, y);
		const double forecast =
		        now.expected * (base.observed + 0.5) / (base.expected + 0.5);
		const double e = log((now.observed + 0.5) / (forecast + 0.5));
		const double noise = 1 / (base.observed + 0.5) + 1 / (forecast + 0.5);
		if (!is_base_year(&r->all, s->years[y]))
			continue;
		sum += (e * e - noise) / (s->years[y] - s->years[s->trend.n_base - 1]);
		n++;
	}
	return n ? sum / (double)n : 0;
}

static double walk_sd(const rolling *r, size_t group) {
	const double dof = VRD_TREND_PRIOR_DOF, n = (double)(r->all.trend.n_base - 1);
	const double prior = VRD_TREND_PRIOR_WALK * VRD_TREND_PRIOR_WALK;
	double sum = 0;
	for (size_t origin = 0; origin + 1 < r->all.trend.n_base; origin++)
		sum += of_origin(r, group, origin);
	return widening(dof + n) * sqrt((dof * prior + fmax(0, sum)) / (dof + n));
}

static vrd_status read_origins(vrd_region *region, const vrd_backtest_options *options,
                               rolling *out, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_backtest_options o = {.base = options->base, .n_base = options->n_base};
	VRD_TRY(vrd_backtest_read(region, &o, &out->all, diag, err));
	const vrd_backtest_series *s = &out->all;
	const size_t n = s->trend.n_base;
	if (n < 2)
		VRD_TRY(vrd_fail(
		        err, VRD_USAGE,
		        "%zu base year has no error to learn from: a calibration forecasts "
		        "the later base years from the earlier ones; give at least two, "
		        "better three, such as --base %d-%d",
		        n, s->years[0] - 2, s->years[0]));
	VRD_TRY(VRD_NEW(region->mem, out->origins, n - 1));
	o.base = s->years;
	o.until = s->years[n - 1];
	for (o.n_base = 1; o.n_base < n; o.n_base++)
		VRD_TRY(vrd_backtest_read(region, &o, &out->origins[o.n_base - 1], diag, err));
out:
	return rc;
}

// A scalar in single quotes, as YAML reads it literally.
static void put_quoted(vrd_buf *out, const char *text, size_t n) {
	vrd_buf_putc(out, '\'');
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\'')
			vrd_buf_putc(out, '\'');
		vrd_buf_putc(out, text[i]);
	}
	vrd_buf_putc(out, '\'');
}

static void put_words(vrd_buf *out, vrd_msg_key key, vrd_lang lang, size_t n,
                      const char *const *args) {
	vrd_buf text = {0};
	vrd_msg_put(&text, key, lang, n, args);
	put_quoted(out, text.p ? text.p : "", text.n);
	out->failed = out->failed || text.failed;
	vrd_buf_free(&text);
}

// A walk alone would raise the mean of its factor by exp(sd^2 / 2) a year.
static void put_walk(double sd, vrd_buf *out) {
	const double printed = round(sd * 1e4) / 1e4;
	vrd_buf_printf(out,
	               "    # exp(-walk_sd^2 / 2) - 1: with it the mean stays at constant rates\n"
	               "    interval: %.8f\n    walk_sd: %.4f\n",
	               expm1(-printed * printed / 2), printed);
}

static void put_assumption(const vrd_region *r, const rolling *x, size_t group, const char *years,
                           vrd_buf *out) {
	const vrd_backtest_series *s = &x->all;
	const vrd_category *service = &s->service->cats[s->group_service[group]];
	const vrd_category *care = &s->care->cats[s->group_care[group]];
	vrd_buf_printf(out, "  - id: walk-%s-%s\n    type: growth\n    label: ", service->code,
	               care->code);
	put_words(out, VRD_MSG_BACKTEST_WALK, r->lang, 2,
	          (const char *const[]){service->label, care->label});
	vrd_buf_puts(out, "\n    select: {service: ");
	put_quoted(out, service->code, strlen(service->code));
	vrd_buf_puts(out, ", care: ");
	put_quoted(out, care->code, strlen(care->code));
	vrd_buf_puts(out, "}\n    form: annual\n    cause: other\n");
	put_walk(walk_sd(x, group), out);
	vrd_buf_puts(out, "    rationale: ");
	put_words(out, VRD_MSG_BACKTEST_WALK_WHY, r->lang, 1, (const char *const[]){years});
	vrd_buf_puts(out, "\n    source: varde backtest --calibrate\n    status: draft\n");
}

vrd_status vrd_region_calibrate(vrd_region *region, const vrd_backtest_options *options,
                                vrd_buf *yaml, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	rolling r;
	const char *years = "";
	if (options->n_base == 0)
		VRD_TRY(vrd_fail(err, VRD_USAGE, "a calibration needs base years"));
	VRD_TRY(read_origins(region, options, &r, diag, err));
	const vrd_backtest_series *s = &r.all;
	for (size_t y = 0; y < s->trend.n_base && years; y++)
		years = vrd_arena_printf(region->mem, "%s%s%d", years, y ? ", " : "", s->years[y]);
	if (!years)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the years"));
	vrd_buf_puts(yaml, "assumptions:\n");
	for (size_t j = 0; j < s->trend.n_group; j++)
		if (s->trend.los[j] == 0)
			put_assumption(region, &r, j, years, yaml);
	if (yaml->failed)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the assumptions"));
out:
	return rc;
}
