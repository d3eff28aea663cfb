#include "region/backtest_parts.h"

#include "num/score.h"
#include "num/stats.h"

#include <math.h>
#include <string.h>

enum { COVERAGE_Z_MILLI = 1960 }; // Wilson's limits at 95 %

// One scored cell or total.
typedef struct {
	size_t category; // in the result: by ..., measure, scored
	double forecast[VRD_N_FORECASTS];
	double observed, crps, interval_score;
	bool covered;
} outcome;

typedef struct {
	const vrd_backtest_series *s;
	const vrd_backtest_options *options;
	const vrd_trend *trend;
	const vrd_dim *const *by;
	size_t n_by;
	vrd_err *err;
	outcome *items;
	size_t n;
	double *region, *area, *cell, *draws; // [draw]
	// Sums over areas, sexes and ages inside a category, for one group and year.
	size_t n_slots;
	outcome *slot;
	double *slot_draws; // [slot][draw]
	bool *slot_used;
} scoring;

// Where a series is.
typedef struct {
	size_t group, area, sex, age, target;
} place;

static size_t index_in(const scoring *w, const vrd_dim *dim, const place *p) {
	const vrd_backtest_series *s = w->s;
	return dim == s->area      ? p->area
	       : dim == s->sex     ? p->sex
	       : dim == s->age     ? p->age
	       : dim == s->service ? s->group_service[p->group]
	       : dim == s->care    ? s->group_care[p->group]
	                           : p->target;
}

static size_t category_of(const scoring *w, const place *p) {
	size_t at = 0;
	for (size_t i = 0; i < w->n_by; i++)
		at = at * w->by[i]->n + index_in(w, w->by[i], p);
	return (at * w->s->measure->n + w->s->group_measure[p->group]) * VRD_N_SCORED;
}

static bool is_summed(const scoring *w, const vrd_dim *dim) {
	return dim == w->s->area || dim == w->s->sex || dim == w->s->age;
}

static size_t slot_of(const scoring *w, const place *p) {
	size_t at = 0;
	for (size_t i = 0; i < w->n_by; i++)
		if (is_summed(w, w->by[i]))
			at = at * w->by[i]->n + index_in(w, w->by[i], p);
	return at;
}

static void score(scoring *w, outcome *o, double *draws) {
	const size_t n = w->options->draws;
	o->crps = vrd_crps(draws, n, o->observed, true); // sorts them
	const double low = vrd_quantile_sorted(draws, n, 0.1);
	const double high = vrd_quantile_sorted(draws, n, 0.9);
	o->covered = low <= o->observed && o->observed <= high;
	o->interval_score = vrd_interval_score(low, high, o->observed, 0.2);
	w->items[w->n++] = *o;
}

static void score_cell(scoring *w, const place *p) {
	const vrd_backtest_series *s = w->s;
	const vrd_trend_input *in = &s->trend;
	const size_t n = w->options->draws, c = p->sex * s->age->n + p->age;
	const size_t series = vrd_trend_series(in, p->group, p->area, c);
	const size_t year = series * s->n_years + in->n_base + p->target, slot = slot_of(w, p);
	outcome o = {.category = category_of(w, p), .observed = s->observed[year]};
	o.forecast[VRD_FORECAST_DAMPED] = w->trend->forecast[series * in->n_target + p->target];
	o.forecast[VRD_FORECAST_CONSTANT] = in->expected[year];
	o.forecast[VRD_FORECAST_LAST] = vrd_trend_last_value(in, series, p->target);
	o.forecast[VRD_FORECAST_LINEAR] = vrd_trend_linear(in, series, p->target);
	memcpy(w->cell, w->area, n * sizeof *w->cell);
	vrd_trend_paths(w->trend, VRD_TREND_CELL, p->group, p->area, c, p->target, w->options->seed,
	                n, w->cell);
	vrd_trend_counts(w->trend, p->group, p->area, c, p->target, w->options->seed, n, w->cell,
	                 w->draws);
	outcome *sum = &w->slot[slot];
	sum->category = o.category + VRD_SCORED_TOTALS;
	sum->observed += o.observed;
	for (size_t f = 0; f < VRD_N_FORECASTS; f++)
		sum->forecast[f] += o.forecast[f];
	for (size_t d = 0; d < n; d++)
		w->slot_draws[slot * n + d] += w->draws[d];
	w->slot_used[slot] = true;
	score(w, &o, w->draws);
}

static void score_year(scoring *w, size_t group, size_t target) {
	const vrd_backtest_series *s = w->s;
	const size_t n = w->options->draws;
	const uint64_t seed = w->options->seed;
	memset(w->slot, 0, w->n_slots * sizeof *w->slot);
	memset(w->slot_draws, 0, w->n_slots * n * sizeof *w->slot_draws);
	memset(w->slot_used, 0, w->n_slots * sizeof *w->slot_used);
	memset(w->region, 0, n * sizeof *w->region);
	vrd_trend_paths(w->trend, VRD_TREND_REGION, group, 0, 0, target, seed, n, w->region);
	for (size_t g = 0; g < s->area->n; g++) {
		memcpy(w->area, w->region, n * sizeof *w->area);
		vrd_trend_paths(w->trend, VRD_TREND_AREA, group, g, 0, target, seed, n, w->area);
		for (size_t i = 0; i < s->sex->n * s->age->n; i++)
			score_cell(w, &(place){group, g, i / s->age->n, i % s->age->n, target});
	}
	for (size_t i = 0; i < w->n_slots; i++)
		if (w->slot_used[i])
			score(w, &w->slot[i], w->slot_draws + i * n);
}

// --- the figures of a category ------------------------------------------------------------------

// Cells of the result, without a number unless set. at: of the category.
typedef struct {
	vrd_cube *cube;
	size_t at;
} figures;

static void put(const figures *f, size_t stat, size_t forecast, double value) {
	const size_t position = f->at + stat * VRD_N_FORECASTS + forecast;
	if (!isfinite(value))
		return;
	f->cube->values[position] = value;
	f->cube->status[position] = VRD_PRESENT;
}

static void put_interval(const figures *f, size_t n, const outcome *const items[]) {
	double covered = 0, interval = 0, low, high;
	for (size_t i = 0; i < n; i++) {
		covered += items[i]->covered;
		interval += items[i]->interval_score;
	}
	vrd_wilson(covered, (double)n, COVERAGE_Z_MILLI / 1000.0, &low, &high);
	put(f, VRD_SCORE_COVERAGE, VRD_FORECAST_DAMPED, 100 * covered / (double)n);
	put(f, VRD_SCORE_COVERAGE_LOW, VRD_FORECAST_DAMPED, 100 * low);
	put(f, VRD_SCORE_COVERAGE_HIGH, VRD_FORECAST_DAMPED, 100 * high);
	put(f, VRD_SCORE_INTERVAL, VRD_FORECAST_DAMPED, interval / (double)n);
}

// Skill over a forecast whose error is no more than rounding has no meaning.
static bool has_error(double wape) {
	return wape > 1e-9;
}

// forecast and observed: scratch of n.
static void put_figures(const figures *f, size_t n, const outcome *const items[], double *forecast,
                        double *observed) {
	double wape[VRD_N_FORECASTS], crps[VRD_N_FORECASTS] = {0}, sum = 0;
	for (size_t i = 0; i < n; i++) {
		observed[i] = items[i]->observed;
		sum += observed[i];
	}
	for (size_t m = 0; m < VRD_N_FORECASTS; m++) {
		for (size_t i = 0; i < n; i++) {
			forecast[i] = items[i]->forecast[m];
			crps[m] += m == VRD_FORECAST_DAMPED
			                   ? items[i]->crps
			                   : vrd_crps(&(double){forecast[i]}, 1, observed[i], true);
		}
		const vrd_errors e = vrd_forecast_errors(n, forecast, observed);
		crps[m] /= (double)n;
		wape[m] = sum > 0 ? e.wape : NAN;
		put(f, VRD_SCORE_N, m, (double)n);
		put(f, VRD_SCORE_LEFT_OUT, m, (double)e.n_left_out);
		put(f, VRD_SCORE_BIAS, m, sum > 0 ? e.bias : NAN);
		put(f, VRD_SCORE_MAPE, m, e.n > 0 ? e.mape : NAN);
		put(f, VRD_SCORE_WAPE, m, wape[m]);
		put(f, VRD_SCORE_CRPS, m, crps[m]);
		if (m != VRD_FORECAST_DAMPED && has_error(wape[m])) {
			put(f, VRD_SCORE_SKILL, m, 1 - wape[VRD_FORECAST_DAMPED] / wape[m]);
			put(f, VRD_SCORE_CRPS_SKILL, m, 1 - crps[VRD_FORECAST_DAMPED] / crps[m]);
		}
	}
	put_interval(f, n, items);
}

static vrd_status fill(const scoring *w, vrd_arena *mem, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const size_t size = (size_t)VRD_N_SCORES * VRD_N_FORECASTS, n = out->n_cells / size;
	const outcome **sorted;
	double *forecast, *observed;
	size_t *start;
	VRD_TRY(VRD_NEW(mem, sorted, w->n));
	VRD_TRY(VRD_NEW(mem, forecast, w->n));
	VRD_TRY(VRD_NEW(mem, observed, w->n));
	VRD_TRY(VRD_NEW(mem, start, n + 2));
	VRD_TRY(VRD_NEW(mem, out->status, out->n_cells));
	for (size_t i = 0; i < out->n_cells; i++) {
		out->status[i] = VRD_NOT_APPLICABLE;
		out->values[i] = NAN;
	}
	for (size_t i = 0; i < w->n; i++)
		start[w->items[i].category + 2]++;
	for (size_t c = 1; c < n + 2; c++)
		start[c] += start[c - 1];
	for (size_t i = 0; i < w->n; i++)
		sorted[start[w->items[i].category + 1]++] = &w->items[i];
	for (size_t c = 0; c < n; c++)
		if (start[c + 1] > start[c])
			put_figures(&(figures){out, c * size}, start[c + 1] - start[c],
			            sorted + start[c], forecast, observed);
out:
	return rc;
}

// Room for all of it, before anything is drawn.
static vrd_status make_room(scoring *w, vrd_arena *mem) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const vrd_trend_input *in = &w->s->trend;
	const size_t n = w->options->draws;
	w->n_slots = 1;
	for (size_t i = 0; i < w->n_by; i++)
		if (is_summed(w, w->by[i]))
			w->n_slots *= w->by[i]->n;
	VRD_TRY(VRD_NEW(mem, w->items,
	                in->n_group * in->n_target * (in->n_area * in->n_cell + w->n_slots)));
	VRD_TRY(VRD_NEW(mem, w->region, n));
	VRD_TRY(VRD_NEW(mem, w->area, n));
	VRD_TRY(VRD_NEW(mem, w->cell, n));
	VRD_TRY(VRD_NEW(mem, w->draws, n));
	VRD_TRY(VRD_NEW(mem, w->slot, w->n_slots));
	VRD_TRY(VRD_NEW(mem, w->slot_draws, w->n_slots * n));
	VRD_TRY(VRD_NEW(mem, w->slot_used, w->n_slots));
out:
	return rc;
}

vrd_status vrd_backtest_score(vrd_arena *mem, const vrd_backtest_series *series,
                              const vrd_backtest_options *options, const vrd_trend *trend,
                              size_t n_by, const vrd_dim *const *by, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	scoring w = {.s = series,
	             .options = options,
	             .trend = trend,
	             .by = by,
	             .n_by = n_by,
	             .err = err};
	VRD_TRY(make_room(&w, mem));
	for (size_t j = 0; j < series->trend.n_group; j++)
		for (size_t h = 0; h < series->trend.n_target; h++)
			score_year(&w, j, h);
	VRD_TRY(fill(&w, mem, out));
out:
	return rc;
}
