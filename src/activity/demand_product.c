#include "activity/demand_work.h"
#include "num/linalg.h"
#include "num/shrink.h"

#include <math.h>
#include <string.h>

// theta of each area for each pair: observed against expected at the region's rates. Activity where
// nobody lives has no rate: it is kept apart (keep_unpeopled) and tells nothing here.
vrd_status vrd_demand_shrink(work *w, vrd_cube *report) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	static const char *const stats[] = {"observed", "expected", "theta", "alpha"};
	const vrd_cube *a = w->in->activity;
	const size_t n_class = w->n_class * w->n_rate_sex;
	const vrd_dim *stat;
	vrd_cube out;
	double *observed, *expected;
	VRD_TRY(vrd_dim_of_codes(w->mem, "stat", 4, stats, &stat, err));
	VRD_TRY(vrd_cube_new(w->mem, 4,
	                     (const vrd_dim *[]){a->dims[0], a->dims[3], a->dims[4], stat}, &out,
	                     err));
	VRD_TRY(VRD_NEW(w->mem, observed, w->n_rate_area));
	VRD_TRY(VRD_NEW(w->mem, expected, w->n_rate_area));
	for (size_t q = 0; q < 2; q++) {
		VRD_TRY(VRD_NEW(w->mem, w->theta[q], w->n_rate_area * w->n_pair));
		for (size_t pair = 0; pair < w->n_pair; pair++) {
			memset(observed, 0, w->n_rate_area * sizeof *observed);
			memset(expected, 0, w->n_rate_area * sizeof *expected);
			double total = 0;
			for (size_t c = 0; c < n_class; c++) {
				double x = 0, n = 0;
				for (size_t g = 0; g < w->n_rate_area; g++) {
					if (!(w->people[g * n_class + c] > 0))
						continue;
					const double own =
					        w->activity[q]
					                   [(g * w->n_pair + pair) * n_class + c];
					observed[g] += own;
					x += own;
					n += w->people[g * n_class + c];
				}
				total += x;
				for (size_t g = 0; g < w->n_rate_area; g++)
					expected[g] +=
					        n > 0 ? w->people[g * n_class + c] * x / n : 0;
			}
			double alpha = INFINITY;
			if (total > 0 && w->n_rate_area > 1)
				VRD_TRY(vrd_shrink_alpha(w->n_rate_area, observed, expected, &alpha,
				                         err));
			for (size_t g = 0; g < w->n_rate_area; g++) {
				const double theta =
				        vrd_shrink_theta(observed[g], expected[g], alpha);
				w->theta[q][g * w->n_pair + pair] = theta;
				if (q == 0) {
					const double row[4] = {observed[g], expected[g], theta,
					                       alpha};
					memcpy(out.values + (g * w->n_pair + pair) * 4, row,
					       sizeof row);
				}
			}
		}
	}
	if (report)
		*report = out;
out:
	return rc;
}

// Area by area, as activity lies in memory. Activity where nobody lives counts in no rate.
static void region_rates(const work *w, size_t q, double *rate, double *people) {
	const size_t n_class = w->n_class * w->n_rate_sex;
	for (size_t g = 0; g < w->n_rate_area; g++) {
		const double *own = w->people + g * n_class;
		const double *activity = w->activity[q] + g * w->n_pair * n_class;
		for (size_t c = 0; c < n_class; c++)
			people[c] += own[c];
		for (size_t i = 0; i < w->n_pair * n_class; i++)
			rate[i] += own[i % n_class] > 0 ? activity[i] : 0;
	}
	for (size_t i = 0; i < w->n_pair * n_class; i++)
		rate[i] = people[i % n_class] > 0 ? rate[i] / people[i % n_class] : 0;
}

vrd_status vrd_demand_region(work *w) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const size_t n_class = w->n_class * w->n_rate_sex;
	double *people;
	for (size_t q = 0; q < 2; q++) {
		VRD_TRY(VRD_NEW(w->mem, w->region[q], w->n_pair * n_class));
		VRD_TRY(VRD_NEW(w->mem, people, n_class));
		region_rates(w, q, w->region[q], people);
	}
out:
	return rc;
}

void vrd_demand_rates(const work *w, size_t area, size_t q, double *rates) {
	const size_t n_class = w->n_class * w->n_rate_sex, n_care = w->out->n_care;
	for (size_t pair = 0; pair < w->n_pair; pair++) {
		const bool births = w->out->births_driven[pair / n_care];
		double *row = rates + pair * w->n_columns;
		for (size_t i = 0; i < w->n_age; i++)
			for (size_t s = 0; s < w->n_sex; s++) {
				const size_t class =
				        w->class_of[i] * w->n_rate_sex + w->rate_sex[s];
				const double people = w->people[area * n_class + class];
				const double x =
				        w->activity[q][(area * w->n_pair + pair) * n_class + class];
				row[i * w->n_sex + s] =
				        births || people <= 0 ? 0
				        : w->theta[q] ? w->theta[q][area * w->n_pair + pair] *
				                                w->region[q][pair * n_class + class]
				                      : x / people;
			}
	}
}

vrd_status vrd_demand_people(const work *w, size_t g, double *people) {
	const vrd_cube *e = w->in->exposure;
	const vrd_demand *d = w->out;
	const size_t n_v = d->n_variant, n_t = d->n_year;
	for (size_t v = 0; v < n_v; v++)
		for (size_t s = 0; s < w->n_sex; s++)
			for (size_t i = 0; i < w->n_age; i++) {
				const double *from =
				        e->values +
				        vrd_cube_position(e, (const size_t[]){v, g, s, i, 0});
				double *to = people + ((i * w->n_sex + s) * n_v + v) * n_t;
				for (size_t t = 0; t < n_t; t++) {
					to[t] = from[t];
					if (!(from[t] >= 0))
						return VRD_DATA;
				}
			}
	return VRD_OK;
}

static vrd_status bad_exposure(const work *w) {
	const vrd_cube *e = w->in->exposure;
	for (size_t i = 0; i < e->n_cells; i++)
		if (!(e->values[i] >= 0))
			return vrd_fail(w->err, VRD_DATA,
			                "the population has no number for area \"%s\", sex %s, age "
			                "%s in %s "
			                "(alternative %s): a projection needs every age and sex of "
			                "every year",
			                e->dims[1]->cats[i / e->stride[1] % e->dims[1]->n].code,
			                e->dims[2]->cats[i / e->stride[2] % e->dims[2]->n].code,
			                e->dims[3]->cats[i / e->stride[3] % e->dims[3]->n].code,
			                e->dims[4]->cats[i / e->stride[4] % e->dims[4]->n].code,
			                e->dims[0]->cats[i / e->stride[0] % e->dims[0]->n].code);
	return vrd_fail(w->err, VRD_INTERNAL, "a population cell that was not a number became one");
}

// Persons of a model area, of all ages and of each band.
static void count_people(const work *w, size_t g, const double *people) {
	const vrd_demand *d = w->out;
	const size_t paths = d->n_variant * d->n_year;
	for (size_t i = 0; i < paths; i++) {
		double sum = 0;
		for (size_t j = 0; j < w->n_columns; j++)
			sum += people[j * paths + i];
		d->persons[g * paths + i] = sum;
	}
	for (size_t b = 0; b < d->n_band; b++) {
		double *band = d->people + (g * d->n_band + b) * paths;
		for (size_t j = w->band_column[b]; j < w->band_column[b + 1]; j++)
			for (size_t i = 0; i < paths; i++)
				band[i] += people[j * paths + i];
	}
}

// One model area: its products, band by band, and its persons. `rates`, `people`: scratch.
static vrd_status multiply_area(const work *w, size_t g, double *rates, double *people) {
	const vrd_demand *d = w->out;
	const size_t paths = d->n_variant * d->n_year;
	double *const out[2] = {d->contacts, d->bed_days};
	if (vrd_demand_people(w, g, people) != VRD_OK)
		return VRD_DATA;
	for (size_t q = 0; q < 2; q++) {
		if (q == 1 && w->bed_days == VRD_NONE)
			continue;
		vrd_demand_rates(w, w->rate_area[g], q, rates);
		for (size_t b = 0; b < d->n_band; b++) {
			const size_t from = w->band_column[b], n = w->band_column[b + 1] - from;
			vrd_gemm(w->n_pair, paths, n, rates + from, w->n_columns,
			         people + from * paths, paths,
			         out[q] + vrd_demand_stratum(d, g, b, 0, 0) * paths, paths);
		}
	}
	count_people(w, g, people);
	return VRD_OK;
}

void vrd_demand_base_people(const work *w, size_t g, double *column) {
	const vrd_cube *p = w->in->base_exposure;
	memset(column, 0, w->n_columns * sizeof *column);
	for (size_t i = 0; i < w->n_age; i++)
		for (size_t s = 0; s < w->n_sex; s++)
			for (size_t y = 0; y < w->in->n_base; y++)
				column[i * w->n_sex + s] +=
				        p->values[vrd_cube_position(
				                p, (const size_t[]){g, s, i, w->base_index[y]})] /
				        (double)w->in->n_base;
}

// The base's strata: rates times the model area's own mean population.
static void base_of_area(const work *w, size_t g, double *rates, double *column) {
	const vrd_demand *d = w->out;
	double *const out[2] = {d->base_contacts, d->base_bed_days};
	vrd_demand_base_people(w, g, column);
	for (size_t q = 0; q < 2; q++) {
		if (q == 1 && w->bed_days == VRD_NONE)
			continue;
		vrd_demand_rates(w, w->rate_area[g], q, rates);
		for (size_t b = 0; b < d->n_band; b++) {
			const size_t from = w->band_column[b], n = w->band_column[b + 1] - from;
			vrd_gemm(w->n_pair, 1, n, rates + from, w->n_columns, column + from, 1,
			         out[q] + vrd_demand_stratum(d, g, b, 0, 0), 1);
		}
	}
}

vrd_status vrd_demand_multiply(work *w) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	vrd_demand *d = w->out;
	const size_t paths = d->n_variant * d->n_year;
	VRD_TRY(VRD_NEW(w->mem, d->persons, d->n_area * paths));
	VRD_TRY(VRD_NEW(w->mem, d->people, d->n_area * d->n_band * paths));
	vrd_status worst = VRD_OK;
#pragma omp parallel
	{
		vrd_arena scratch = {0};
		double *rates = vrd_arena_alloc(&scratch, w->n_pair * w->n_columns, sizeof *rates);
		double *people = vrd_arena_alloc(&scratch, w->n_columns * paths, sizeof *people);
		double *column = vrd_arena_alloc(&scratch, w->n_columns, sizeof *column);
#pragma omp for schedule(static)
		for (size_t g = 0; g < d->n_area; g++) {
			vrd_status own = VRD_NOMEM;
			if (rates && people && column) {
				own = multiply_area(w, g, rates, people);
				base_of_area(w, g, rates, column);
			}
			if (own != VRD_OK) {
#pragma omp atomic write
				worst = own;
			}
		}
		vrd_arena_clear(&scratch);
	}
	if (worst == VRD_DATA)
		VRD_TRY(bad_exposure(w));
	if (worst != VRD_OK)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the rates of an area"));
out:
	return rc;
}
