// Rolling origins inside the base years: each base year but the last is taken as the last one
// known, and the years after it are forecast with constant rates. Nothing later is read.
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

// 90 % quantile of Student's t over that of the normal: Cornish-Fisher to the second order
// (Abramowitz and Stegun 1964, 26.7.5), within 1 % from 4 degrees of freedom.
static double widening(double dof) {
	const double z = 1.2815515655446004, z3 = z * z * z, z5 = z3 * z * z;
	return 1 + ((z3 + z) / (4 * dof) + (5 * z5 + 16 * z3 + 3 * z) / (96 * dof * dof)) / z;
}

// Variance a year of one origin's errors, beyond that of independent contacts.
static double of_origin(const vrd_backtest_series *s, size_t group, size_t origin) {
	const vrd_trend_input *in = &s->trend;
	yearly base = {0, 0};
	double sum = 0;
	for (size_t y = 0; y <= origin; y++) {
		const yearly now = contacts_of(s, group, y);
		base.observed += now.observed;
		base.expected += now.expected;
	}
	for (size_t y = origin + 1; y < in->n_base; y++) {
		const yearly now = contacts_of(s, group, y);
		const double forecast =
		        now.expected * (base.observed + 0.5) / (base.expected + 0.5);
		const double e = log((now.observed + 0.5) / (forecast + 0.5));
		const double noise = 1 / (base.observed + 0.5) + 1 / (forecast + 0.5);
		sum += (e * e - noise) / (in->base_year[y] - in->base_year[origin]);
	}
	return sum / (double)(in->n_base - 1 - origin);
}

static double walk_sd(const vrd_backtest_series *s, size_t group) {
	const double dof = VRD_TREND_PRIOR_DOF, n = (double)(s->trend.n_base - 1);
	const double prior = VRD_TREND_PRIOR_WALK * VRD_TREND_PRIOR_WALK;
	double sum = 0;
	for (size_t origin = 0; origin + 1 < s->trend.n_base; origin++)
		sum += of_origin(s, group, origin);
	return widening(dof + n) * sqrt((dof * prior + fmax(0, sum)) / (dof + n));
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

static void put_assumption(const vrd_region *r, const vrd_backtest_series *s, size_t group,
                           const char *years, vrd_buf *out) {
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
	vrd_buf_printf(
	        out, "}\n    form: annual\n    cause: other\n    interval: 0\n    walk_sd: %.4f\n",
	        walk_sd(s, group));
	vrd_buf_puts(out, "    rationale: ");
	put_words(out, VRD_MSG_BACKTEST_WALK_WHY, r->lang, 1, (const char *const[]){years});
	vrd_buf_puts(out, "\n    source: varde backtest --calibrate\n    status: draft\n");
}

vrd_status vrd_region_calibrate(vrd_region *region, const vrd_backtest_options *options,
                                vrd_buf *yaml, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_backtest_options base_only = *options;
	vrd_backtest_series s;
	const char *years = "";
	base_only.until = 0;
	if (options->n_base == 0)
		VRD_TRY(vrd_fail(err, VRD_USAGE, "a calibration needs base years"));
	VRD_TRY(vrd_backtest_read(region, &base_only, &s, diag, err));
	for (size_t y = 0; y < s.trend.n_base && years; y++)
		years = vrd_arena_printf(region->mem, "%s%s%d", years, y ? ", " : "", s.years[y]);
	if (!years)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the years"));
	vrd_buf_puts(yaml, "assumptions:\n");
	for (size_t j = 0; j < s.trend.n_group; j++)
		if (s.trend.los[j] == 0)
			put_assumption(region, &s, j, years, yaml);
	if (yaml->failed)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the assumptions"));
out:
	return rc;
}
