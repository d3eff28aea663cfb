#include "activity/trend_work.h"

#include <math.h>
#include <string.h>

// --- units of a level ---------------------------------------------------------------------------

static size_t n_years(const vrd_trend_input *in) {
	return in->n_base + in->n_target;
}

static vrd_status make_units(vrd_arena *mem, const vrd_trend_input *in, size_t n_unit,
                             vrd_trend_units *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = in->n_group * n_unit;
	*out = (vrd_trend_units){.in = in, .n_unit = n_unit};
	VRD_TRY(VRD_NEW(mem, out->observed, n * in->n_base));
	VRD_TRY(VRD_NEW(mem, out->expected, n * n_years(in)));
	VRD_TRY(VRD_NEW(mem, out->z, n * in->n_base));
	VRD_TRY(VRD_NEW(mem, out->noise, n * in->n_base));
	VRD_TRY(VRD_NEW(mem, out->unit, n));
out:
	return rc;
}

// Every unit is the sum of `of` units of the level below.
static void add_up(const vrd_trend_units *below, vrd_trend_units *to, size_t of) {
	const vrd_trend_input *in = to->in;
	const size_t n = in->n_group * to->n_unit * of, years = n_years(in);
	for (size_t i = 0; i < n; i++) {
		for (size_t y = 0; y < in->n_base; y++)
			to->observed[i / of * in->n_base + y] +=
			        below->observed[i * in->n_base + y];
		for (size_t y = 0; y < years; y++)
			to->expected[i / of * years + y] += below->expected[i * years + y];
	}
}

static double sum_of_base(const vrd_trend_units *u, size_t at) {
	double sum = 0;
	for (size_t y = 0; y < u->in->n_base; y++)
		sum += u->expected[at * n_years(u->in) + y];
	return sum;
}

// Half a contact keeps the logarithm of nothing finite.
static double half_contact(const vrd_trend_input *in, size_t group) {
	return 0.5 * vrd_trend_event(in, group);
}

// Variance of an independent count per expected one: 1 for contacts; E[LOS^2]/E[LOS] for bed days.
static double dispersion(const vrd_trend_input *in, size_t group) {
	return in->los[group] > 0 ? vrd_trend_event(in, group) * (1 + in->los_cv * in->los_cv) : 1;
}

static double log_ratio(const vrd_trend_units *u, size_t at, size_t y) {
	const vrd_trend_input *in = u->in;
	const double half = half_contact(in, at / u->n_unit);
	return log((u->observed[at * in->n_base + y] + half) /
	           (u->expected[at * n_years(in) + y] + half));
}

// z less that of the unit above (`above` NULL: none), less its own mean; the mean is weighted by
// what was expected, so that a series without change has forecasts equal to constant rates.
static void describe(vrd_trend_units *u, size_t at, const vrd_trend_units *above, size_t of) {
	const vrd_trend_input *in = u->in;
	const size_t group = at / u->n_unit;
	const double half = half_contact(in, group), sum = sum_of_base(u, at);
	const double all = above ? sum_of_base(above, at / of) : INFINITY;
	double *z = u->z + at * in->n_base, mean = 0;
	u->unit[at].free = sum > 0 && sum < all * (1 - 1e-9) ? 1 - sum / all : 0;
	if (u->unit[at].free == 0)
		return;
	for (size_t y = 0; y < in->n_base; y++) {
		const double expected = u->expected[at * n_years(in) + y];
		z[y] = log_ratio(u, at, y) - (above ? log_ratio(above, at / of, y) : 0);
		mean += z[y] * expected / sum;
		u->noise[at * in->n_base + y] = dispersion(in, group) / (expected + half);
	}
	for (size_t y = 0; y < in->n_base; y++)
		z[y] -= mean;
}

// --- the estimate of one unit -------------------------------------------------------------------

// Solves K x = b for the n x n covariance K, which is replaced by its Cholesky factor. n is the
// number of base years: a library call would cost more than it saves.
static void factor(size_t n, double *k) {
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = k[i * n + j];
			for (size_t m = 0; m < j; m++)
				sum -= k[i * n + m] * k[j * n + m];
			k[i * n + j] = i == j ? sqrt(sum) : sum / k[j * n + j];
		}
}

static void solve(size_t n, const double *k, double *x) {
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++)
			x[i] -= k[i * n + j] * x[j];
		x[i] /= k[i * n + i];
	}
	for (size_t i = n; i-- > 0;) {
		for (size_t j = i + 1; j < n; j++)
			x[i] -= k[j * n + i] * x[j];
		x[i] /= k[i * n + i];
	}
}

// Scratch for one unit: k[n][n], ones[n], years[n] (K^-1 1 and K^-1 (y - T)).
typedef struct {
	double *k, *ones, *years;
} scratch;

static void covariance(const vrd_trend_units *u, size_t at, const vrd_trend_variance *v,
                       double *k) {
	const vrd_trend_input *in = u->in;
	const size_t n = in->n_base;
	const int last = in->base_year[n - 1];
	for (size_t x = 0; x < n; x++)
		for (size_t y = 0; y < n; y++) {
			const double a = last - in->base_year[x], b = last - in->base_year[y];
			double sum = v->walk * fmin(a, b) + v->drift * a * b;
			if (x == y)
				sum += u->noise[at * n + x] * (1 + v->extra);
			k[x * n + y] = u->unit[at].free * sum;
		}
}

// Generalised least squares for the level at T, and the drift that the rest leaves: universal
// kriging with a diffuse level (Cressie 1993, section 3.4).
static void estimate(vrd_trend_units *u, size_t at, const vrd_trend_variance *v, scratch s) {
	const vrd_trend_input *in = u->in;
	const size_t n = in->n_base;
	const double *z = u->z + at * n;
	vrd_trend_unit *unit = &u->unit[at];
	const double drift = unit->free * v->drift;
	double one_one = 0, one_z = 0, year_one = 0, year_z = 0, year_year = 0;
	if (unit->free == 0)
		return;
	covariance(u, at, v, s.k);
	factor(n, s.k);
	for (size_t y = 0; y < n; y++) {
		s.ones[y] = 1;
		s.years[y] = in->base_year[y] - in->base_year[n - 1];
	}
	solve(n, s.k, s.ones);
	solve(n, s.k, s.years);
	for (size_t y = 0; y < n; y++) {
		const double year = in->base_year[y] - in->base_year[n - 1];
		one_one += s.ones[y];
		one_z += s.ones[y] * z[y];
		year_one += s.years[y];
		year_z += s.years[y] * z[y];
		year_year += s.years[y] * year;
	}
	const double lean = drift * year_one; // of the drift on an error of the level
	unit->level = one_z / one_one;
	unit->drift = drift * year_z - lean * unit->level;
	unit->level_var = 1 / one_one;
	unit->covariance = -lean / one_one;
	unit->drift_var = fmax(0, drift - drift * drift * year_year + lean * lean / one_one);
}

// --- forecasts ----------------------------------------------------------------------------------

static double change(const vrd_trend *t, vrd_trend_level level, size_t at, size_t target) {
	const vrd_trend_unit *unit = &t->unit[level][at];
	return exp(unit->level + t->reach[target] * unit->drift);
}

// Multiplies forecasts by the changes of units, scaled so that the units above keep their sums.
static void apply(vrd_trend *t, vrd_trend_level level, const vrd_trend_units *u, size_t of,
                  size_t target) {
	const vrd_trend_input *in = t->in;
	const size_t n = in->n_group * u->n_unit, years = n_years(in);
	const size_t series = in->n_area * in->n_cell / u->n_unit;
	for (size_t first = 0; first < n; first += of) {
		double before = 0, after = 0;
		for (size_t i = first; i < first + of; i++) {
			const double expected = u->expected[i * years + in->n_base + target];
			before += expected;
			after += expected * change(t, level, i, target);
		}
		const double keep = level == VRD_TREND_REGION || !(after > 0) ? 1 : before / after;
		for (size_t i = first * series; i < (first + of) * series; i++)
			t->forecast[i * in->n_target + target] *=
			        keep * change(t, level, i / series, target);
	}
}

static void forecast(vrd_trend *t, const vrd_trend_units units[VRD_N_TREND_LEVELS]) {
	const vrd_trend_input *in = t->in;
	const size_t n = in->n_group * in->n_area * in->n_cell;
	for (size_t h = 0; h < in->n_target; h++) {
		for (size_t i = 0; i < n; i++)
			t->forecast[i * in->n_target + h] =
			        in->expected[i * n_years(in) + in->n_base + h];
		apply(t, VRD_TREND_REGION, &units[VRD_TREND_REGION], 1, h);
		apply(t, VRD_TREND_AREA, &units[VRD_TREND_AREA], in->n_area, h);
		apply(t, VRD_TREND_CELL, &units[VRD_TREND_CELL], in->n_cell, h);
	}
}

static void reach(const vrd_trend_input *in, double out[]) {
	for (size_t h = 0; h < in->n_target; h++) {
		out[h] = 0;
		for (int k = 1; k <= in->target_year[h] - in->base_year[in->n_base - 1]; k++)
			out[h] += pow(VRD_TREND_DAMPING, k);
	}
}

// --- checks -------------------------------------------------------------------------------------

static vrd_status check_years(const vrd_trend_input *in, vrd_err *err) {
	int before = INT32_MIN;
	for (size_t y = 0; y < n_years(in); y++) {
		const int year =
		        y < in->n_base ? in->base_year[y] : in->target_year[y - in->n_base];
		if (year <= before)
			return vrd_fail(err, VRD_DATA,
			                "years of a trend must ascend, base years first: %d comes "
			                "after %d",
			                year, before);
		before = year;
	}
	return in->n_base ? VRD_OK : vrd_fail(err, VRD_DATA, "a trend needs a base year");
}

static vrd_status check_numbers(const vrd_trend_input *in, vrd_err *err) {
	const size_t n = in->n_group * in->n_area * in->n_cell;
	for (size_t i = 0; i < n; i++) {
		double observed = 0, expected = 0;
		bool good = true;
		for (size_t y = 0; y < n_years(in); y++) {
			const double e = in->expected[i * n_years(in) + y];
			const double o = y < in->n_base ? in->observed[i * in->n_base + y] : 0;
			good = good && e >= 0 && isfinite(e) && o >= 0 && isfinite(o);
			observed += o;
			expected += y < in->n_base ? e : 0;
		}
		if (!good || (observed > 0 && !(expected > 0)))
			return vrd_fail(
			        err, VRD_DATA,
			        "series %zu of a trend: %g observed and %g expected in the "
			        "base years; both must be finite, at least 0, and something "
			        "expected where there is something observed",
			        i, observed, expected);
	}
	return VRD_OK;
}

// --- the fit ------------------------------------------------------------------------------------

static vrd_status prepare(vrd_arena *mem, const vrd_trend_input *in, vrd_trend_units *units,
                          vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n_cells = in->n_area * in->n_cell, n = in->n_group * n_cells;
	vrd_trend_units *cell = &units[VRD_TREND_CELL], *area = &units[VRD_TREND_AREA];
	vrd_trend_units *region = &units[VRD_TREND_REGION];
	VRD_TRY(make_units(mem, in, 1, region, err));
	VRD_TRY(make_units(mem, in, in->n_area, area, err));
	VRD_TRY(make_units(mem, in, n_cells, cell, err));
	memcpy(cell->observed, in->observed, n * in->n_base * sizeof *in->observed);
	memcpy(cell->expected, in->expected, n * n_years(in) * sizeof *in->expected);
	add_up(cell, area, in->n_cell);
	add_up(area, region, in->n_area);
	for (size_t i = 0; i < n; i++)
		describe(cell, i, area, in->n_cell);
	for (size_t i = 0; i < in->n_group * in->n_area; i++)
		describe(area, i, region, in->n_area);
	for (size_t i = 0; i < in->n_group; i++)
		describe(region, i, NULL, 1);
out:
	return rc;
}

vrd_status vrd_trend_fit(vrd_arena *mem, const vrd_trend_input *in, vrd_trend *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_trend t = {.in = in};
	vrd_trend_units units[VRD_N_TREND_LEVELS];
	scratch s = {0};
	VRD_TRY(check_years(in, err));
	VRD_TRY(check_numbers(in, err));
	VRD_TRY(prepare(mem, in, units, err));
	VRD_TRY(VRD_NEW(mem, t.reach, in->n_target));
	VRD_TRY(VRD_NEW(mem, t.forecast, in->n_group * in->n_area * in->n_cell * in->n_target));
	VRD_TRY(VRD_NEW(mem, s.k, in->n_base * in->n_base));
	VRD_TRY(VRD_NEW(mem, s.ones, in->n_base));
	VRD_TRY(VRD_NEW(mem, s.years, in->n_base));
	for (size_t up = 0; up < VRD_N_TREND_LEVELS; up++) {
		const size_t l = VRD_N_TREND_LEVELS - 1 - up; // cells first: they tell of sampling
		const vrd_trend_variance *known = up ? t.variance[VRD_TREND_CELL] : NULL;
		VRD_TRY(VRD_NEW(mem, t.variance[l], in->n_group));
		vrd_trend_variances(&units[l], known, t.variance[l]);
		for (size_t i = 0; i < in->n_group * units[l].n_unit; i++)
			estimate(&units[l], i, &t.variance[l][i / units[l].n_unit], s);
		t.unit[l] = units[l].unit;
	}
	reach(in, t.reach);
	forecast(&t, units);
	*out = t;
out:
	return rc;
}

// --- the forecasts to beat ----------------------------------------------------------------------

double vrd_trend_last_value(const vrd_trend_input *in, size_t series, size_t target) {
	const double *expected = in->expected + series * n_years(in);
	const double base = expected[in->n_base - 1];
	return base > 0 ? in->observed[(series + 1) * in->n_base - 1] / base *
	                          expected[in->n_base + target]
	                : expected[in->n_base + target];
}

double vrd_trend_linear(const vrd_trend_input *in, size_t series, size_t target) {
	const double *expected = in->expected + series * n_years(in);
	double n = 0, year = 0, ratio = 0, year_year = 0, year_ratio = 0;
	for (size_t y = 0; y < in->n_base; y++)
		if (expected[y] > 0) {
			const double x = in->base_year[y] - in->base_year[0];
			const double r = in->observed[series * in->n_base + y] / expected[y];
			n += 1;
			year += x;
			ratio += r;
			year_year += x * x;
			year_ratio += x * r;
		}
	const double spread = year_year - year * year / fmax(n, 1);
	if (!(spread > 0))
		return expected[in->n_base + target];
	const double slope = (year_ratio - year * ratio / n) / spread;
	const double x = in->target_year[target] - in->base_year[0];
	return fmax(0, ratio / n + slope * (x - year / n)) * expected[in->n_base + target];
}
