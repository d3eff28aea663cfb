#include "activity/demand_work.h"
#include "num/linalg.h"
#include "population/age.h"

#include <math.h>
#include <string.h>

enum {
	RAMP_FROM = 55, // w(a) = 0 up to here
	RAMP_TO = 65,   // and 1 from here
	OPEN_FROM = 90, // an open age group that begins earlier hides too much of the curve
	HALF_WINDOW = 2
};

// Old columns are those of ages above RAMP_FROM: first_column .. n_columns - 1.
typedef struct {
	const work *w;
	size_t n_years; // of age: the curves run from 0 to n_years - 1
	size_t first_column, n_old;
	size_t first_band;  // band of the first old column
	size_t *age;        // of each old age, in years
	double *added;      // [sex][year]
	size_t *class_at;   // the rate at a year of age: [rate sex][age]; VRD_NONE: nobody lives
	double *factors[2]; // H: [share][year][pair][old column]
} ageing;

// Buffers of one thread.
typedef struct {
	double *rates, *aged_rates; // [pair][column], [pair][old column]
	double *people, *by_year;   // [column][variant][year], [year][old column][variant]
	double *young;              // of the first band: [pair][variant][year]
	double *product;            // [pair][variant]
} buffers;

// No one moves: no share of these years of life, or none was added.
static bool is_still(const ageing *a, size_t share, size_t t) {
	for (size_t s = 0; s < a->w->n_sex; s++)
		if (a->w->in->aged_share[share] * a->added[s * a->w->out->n_year + t] != 0)
			return false;
	return true;
}

// --- what is given ------------------------------------------------------------------------------

// The ages that move must be single years: within a wider group nobody knows who is how old.
static vrd_status find_old(ageing *a) {
	vrd_status rc = VRD_OK;
	const work *w = a->w;
	vrd_err *err = w->err;
	const vrd_dim *dim = w->in->base_exposure->dims[2];
	size_t n_old = 0;
	VRD_TRY(VRD_NEW(w->mem, a->age, w->n_age));
	for (size_t i = 0; i < w->n_age; i++) {
		vrd_age age = {0, 0};
		(void)vrd_age_parse(vrd_str_of(dim->cats[i].code), &age); // was read by the join
		const bool open = age.to == VRD_AGE_MAX && age.from >= OPEN_FROM;
		if (age.to > RAMP_FROM && age.from != age.to && !open)
			VRD_TRY(vrd_fail(
			        err, VRD_DATA,
			        "healthy ageing needs the population by single years of age above "
			        "%d, with an open end at %d or later; it has the age group \"%s\": "
			        "give finer ages or leave healthy ageing out",
			        RAMP_FROM, OPEN_FROM, dim->cats[i].code));
		if (age.from > RAMP_FROM)
			a->age[n_old++] = (size_t)age.from;
		a->n_years = (size_t)age.from + 1;
	}
	a->n_old = n_old * w->n_sex;
	a->first_column = w->n_columns - a->n_old;
	while (a->first_band + 1 < w->out->n_band &&
	       w->band_column[a->first_band + 1] <= a->first_column)
		a->first_band++;
out:
	return rc;
}

// The category of `added` for a sex of the population: its own, the activity's, or all.
static size_t find_sex(const work *w, const vrd_dim *sexes, size_t s) {
	const char *codes[] = {w->in->base_exposure->dims[1]->cats[s].code,
	                       w->in->activity->dims[1]->cats[w->rate_sex[s]].code, "all"};
	size_t found = VRD_NONE;
	for (size_t i = 0; i < 3 && found == VRD_NONE; i++)
		found = vrd_dim_find_text(sexes, codes[i]);
	return found;
}

static vrd_status read_added(ageing *a) {
	vrd_status rc = VRD_OK;
	const work *w = a->w;
	vrd_err *err = w->err;
	const vrd_cube *added = w->in->added_years;
	const vrd_dim *years = w->in->exposure->dims[4];
	const size_t sex = added ? vrd_cube_axis(added, "sex") : VRD_NONE;
	const size_t year = added ? vrd_cube_axis(added, "year") : VRD_NONE;
	if (year == VRD_NONE || added->n_dims != (sex == VRD_NONE ? 1 : 2))
		VRD_TRY(vrd_fail(err, VRD_DATA,
		                 "healthy ageing needs the added years of life at %d by year, or "
		                 "by sex and year",
		                 RAMP_TO));
	VRD_TRY(VRD_NEW(w->mem, a->added, w->n_sex * years->n));
	for (size_t s = 0; s < w->n_sex; s++)
		for (size_t t = 0; t < years->n; t++) {
			const char *code = w->in->base_exposure->dims[1]->cats[s].code;
			const size_t i = sex == VRD_NONE ? 0 : find_sex(w, added->dims[sex], s);
			const size_t y = vrd_dim_find_text(added->dims[year], years->cats[t].code);
			if (i == VRD_NONE || y == VRD_NONE)
				VRD_TRY(vrd_fail(err, VRD_DATA,
				                 "the added years of life lack sex %s in %s", code,
				                 years->cats[t].code));
			const double x =
			        added->values[(sex == VRD_NONE ? 0 : i * added->stride[sex]) +
			                      y * added->stride[year]];
			if (!isfinite(x))
				VRD_TRY(vrd_fail(err, VRD_DATA,
				                 "the added years of life of sex %s in %s are "
				                 "not a number",
				                 code, years->cats[t].code));
			a->added[s * years->n + t] = x;
		}
	for (size_t i = 0; i < w->in->n_aged; i++)
		if (!isfinite(w->in->aged_share[i]))
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "share %g of the added years of life is not a number",
			                 w->in->aged_share[i]));
out:
	return rc;
}

// --- curves -------------------------------------------------------------------------------------

// The age group and sex of the activity that has a year of age, VRD_NONE when no one of the region
// lives there: then there is no rate.
static size_t class_of_year(const work *w, int year, size_t rate_sex) {
	const vrd_dim *dim = w->in->activity->dims[2];
	const size_t n_class = w->n_class * w->n_rate_sex;
	for (size_t c = 0; c < dim->n; c++) {
		vrd_age age;
		if (!vrd_age_parse(vrd_str_of(dim->cats[c].code), &age) || year < age.from ||
		    year > age.to)
			continue;
		for (size_t g = 0; g < w->n_rate_area; g++)
			if (w->people[g * n_class + c * w->n_rate_sex + rate_sex] > 0)
				return c * w->n_rate_sex + rate_sex;
	}
	return VRD_NONE;
}

// Years of age without a rate have that of the nearest younger one, the first ones of the nearest
// older.
static vrd_status find_classes(ageing *a) {
	vrd_status rc = VRD_OK;
	const work *w = a->w;
	vrd_err *err = w->err;
	VRD_TRY(VRD_NEW(w->mem, a->class_at, w->n_rate_sex * a->n_years));
	for (size_t s = 0; s < w->n_rate_sex; s++) {
		size_t *at = a->class_at + s * a->n_years;
		for (size_t y = 0; y < a->n_years; y++) {
			at[y] = class_of_year(w, (int)y, s);
			if (at[y] == VRD_NONE && y > 0)
				at[y] = at[y - 1];
		}
		for (size_t y = a->n_years - 1; y-- > 0;)
			if (at[y] == VRD_NONE)
				at[y] = at[y + 1];
	}
out:
	return rc;
}

// rs: the mean of the years within HALF_WINDOW, of fewer on both sides at the ends.
static void smooth_curve(const ageing *a, size_t q, size_t pair, size_t rate_sex, double *rs) {
	const work *w = a->w;
	const double *region = w->region[q] + pair * w->n_class * w->n_rate_sex;
	const size_t *at = a->class_at + rate_sex * a->n_years;
	for (size_t y = 0; y < a->n_years; y++) {
		size_t half = HALF_WINDOW;
		half = y < half ? y : half;
		half = a->n_years - 1 - y < half ? a->n_years - 1 - y : half;
		double sum = 0;
		for (size_t i = y - half; i <= y + half; i++)
			sum += at[i] == VRD_NONE ? 0 : region[at[i]];
		rs[y] = sum / (double)(2 * half + 1);
	}
}

// The curve at an age between years, constant beyond its ends.
static double curve_at(const double *rs, size_t n_years, double age) {
	const double last = (double)(n_years - 1);
	if (!(age > 0))
		return rs[0];
	if (age >= last)
		return rs[n_years - 1];
	const double from = floor(age);
	const double *left = rs + (size_t)from;
	return left[0] + (age - from) * (left[1] - left[0]);
}

// H of one pair and measure, every share and year.
static void fill_factors(const ageing *a, size_t q, size_t pair) {
	const work *w = a->w;
	const size_t n_year = w->out->n_year;
	double rs[VRD_AGE_MAX + 1];
	for (size_t s = 0; s < w->n_sex; s++) {
		smooth_curve(a, q, pair, w->rate_sex[s], rs);
		for (size_t j = s; j < a->n_old; j += w->n_sex) {
			const size_t age = a->age[j / w->n_sex];
			const double ramp =
			        fmin(1, ((double)age - RAMP_FROM) / (double)(RAMP_TO - RAMP_FROM));
			for (size_t i = 0; i < w->in->n_aged * n_year; i++) {
				const double moved = w->in->aged_share[i / n_year] * ramp *
				                     a->added[s * n_year + i % n_year];
				a->factors[q][(i * w->n_pair + pair) * a->n_old + j] =
				        rs[age] > 0
				                ? curve_at(rs, a->n_years, (double)age - moved) /
				                          rs[age]
				                : 1;
			}
		}
	}
}

static vrd_status find_factors(ageing *a) {
	vrd_status rc = VRD_OK;
	const work *w = a->w;
	vrd_err *err = w->err;
	VRD_TRY(find_classes(a));
	for (size_t q = 0; q < 2; q++) {
		VRD_TRY(VRD_NEW(w->mem, a->factors[q],
		                w->in->n_aged * w->out->n_year * w->n_pair * a->n_old));
		for (size_t pair = 0; pair < w->n_pair; pair++)
			fill_factors(a, q, pair);
	}
out:
	return rc;
}

// --- products -----------------------------------------------------------------------------------

// One share and year: r H of the old times the people of the year, band by band.
static void age_year(const ageing *a, size_t g, size_t q, size_t share, size_t t, buffers *b) {
	const work *w = a->w;
	const vrd_demand *d = w->out;
	const size_t n_v = d->n_variant, paths = n_v * d->n_year;
	const size_t n_cells = d->n_area * d->n_band * w->n_pair * paths;
	double *out = (q ? d->aged_bed_days : d->aged_contacts) + share * n_cells;
	const double *h = a->factors[q] + (share * d->n_year + t) * w->n_pair * a->n_old;
	for (size_t i = 0; i < w->n_pair * a->n_old; i++)
		b->aged_rates[i] =
		        h[i] *
		        b->rates[i / a->n_old * w->n_columns + a->first_column + i % a->n_old];
	for (size_t band = a->first_band; band < d->n_band; band++) {
		const size_t begin = band == a->first_band ? a->first_column : w->band_column[band];
		const size_t from = begin - a->first_column;
		vrd_gemm(w->n_pair, n_v, w->band_column[band + 1] - begin, b->aged_rates + from,
		         a->n_old, b->by_year + (t * a->n_old + from) * n_v, n_v, b->product, n_v);
		for (size_t i = 0; i < w->n_pair * n_v; i++) {
			const size_t pair = i / n_v, at = i * d->n_year + t;
			if (!d->births_driven[pair / d->n_care])
				out[vrd_demand_stratum(d, g, band, 0, 0) * paths + at] =
				        (band == a->first_band ? b->young[at] : 0) + b->product[i];
		}
	}
}

static void age_area(const ageing *a, size_t g, buffers *b) {
	const work *w = a->w;
	const vrd_demand *d = w->out;
	const size_t n_v = d->n_variant, n_t = d->n_year, paths = n_v * n_t;
	const size_t young = w->band_column[a->first_band];
	(void)vrd_demand_people(w, g, b->people); // was read by the unaged products
	for (size_t t = 0; t < n_t; t++)
		for (size_t i = 0; i < a->n_old * n_v; i++)
			b->by_year[t * a->n_old * n_v + i] =
			        b->people[a->first_column * paths + i * n_t + t];
	for (size_t q = 0; q < 2; q++) {
		if (q == 1 && w->bed_days == VRD_NONE)
			continue;
		vrd_demand_rates(w, w->rate_area[g], q, b->rates);
		if (young < a->first_column)
			vrd_gemm(w->n_pair, paths, a->first_column - young, b->rates + young,
			         w->n_columns, b->people + young * paths, paths, b->young, paths);
		for (size_t i = 0; i < d->n_aged * n_t; i++)
			if (!is_still(a, i / n_t, i % n_t))
				age_year(a, g, q, i / n_t, i % n_t, b);
	}
}

static bool make_buffers(const ageing *a, vrd_arena *mem, buffers *b) {
	const work *w = a->w;
	const size_t n_v = w->out->n_variant, paths = n_v * w->out->n_year;
	b->rates = vrd_arena_alloc(mem, w->n_pair * w->n_columns, sizeof(double));
	b->aged_rates = vrd_arena_alloc(mem, w->n_pair * a->n_old, sizeof(double));
	b->people = vrd_arena_alloc(mem, w->n_columns * paths, sizeof(double));
	b->by_year = vrd_arena_alloc(mem, a->n_old * paths, sizeof(double));
	b->young = vrd_arena_alloc(mem, w->n_pair * paths, sizeof(double));
	b->product = vrd_arena_alloc(mem, w->n_pair * n_v, sizeof(double));
	return b->rates && b->aged_rates && b->people && b->by_year && b->young && b->product;
}

static vrd_status age_areas(const ageing *a) {
	bool short_of_memory = false;
#pragma omp parallel
	{
		vrd_arena scratch = {0};
		buffers own = {0};
		const bool ready = make_buffers(a, &scratch, &own);
#pragma omp for schedule(static)
		for (size_t g = 0; g < a->w->out->n_area; g++) {
			if (ready) {
				age_area(a, g, &own);
			} else {
#pragma omp atomic write
				short_of_memory = true;
			}
		}
		vrd_arena_clear(&scratch);
	}
	return short_of_memory ? vrd_fail(a->w->err, VRD_NOMEM,
	                                  "no memory for the healthy ageing of an area")
	                       : VRD_OK;
}

// What does not age is the demand as it is, bit for bit: years without added life, services driven
// by births, bands of the young.
static vrd_status copy_unaged(work *w) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	vrd_demand *d = w->out;
	const size_t n = d->n_area * d->n_band * w->n_pair * d->n_variant * d->n_year;
	double *share;
	VRD_TRY(VRD_NEW(w->mem, share, w->in->n_aged));
	VRD_TRY(VRD_NEW(w->mem, d->aged_contacts, w->in->n_aged * n));
	VRD_TRY(VRD_NEW(w->mem, d->aged_bed_days, w->in->n_aged * n));
	memcpy(share, w->in->aged_share, w->in->n_aged * sizeof *share);
	for (size_t i = 0; i < w->in->n_aged; i++) {
		memcpy(d->aged_contacts + i * n, d->contacts, n * sizeof *d->contacts);
		memcpy(d->aged_bed_days + i * n, d->bed_days, n * sizeof *d->bed_days);
	}
	d->n_aged = w->in->n_aged;
	d->aged_share = share;
out:
	return rc;
}

vrd_status vrd_demand_age(work *w) {
	vrd_status rc = VRD_OK;
	ageing a = {.w = w};
	if (w->in->n_aged == 0)
		return VRD_OK;
	VRD_TRY(find_old(&a));
	VRD_TRY(read_added(&a));
	VRD_TRY(copy_unaged(w));
	if (a.n_old == 0)
		return VRD_OK;
	VRD_TRY(find_factors(&a));
	VRD_TRY(age_areas(&a));
out:
	return rc;
}
