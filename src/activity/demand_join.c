#include "activity/demand_work.h"
#include "population/age.h"

static vrd_status find_years(const vrd_dim *dim, size_t n, const int *years, size_t *index,
                             const char *what, vrd_err *err) {
	for (size_t i = 0; i < n; i++) {
		vrd_buf code = {0};
		vrd_buf_printf(&code, "%d", years[i]);
		index[i] = vrd_dim_find(dim, (vrd_str){code.p, code.n});
		vrd_buf_free(&code);
		if (index[i] == VRD_NONE)
			return vrd_fail(err, VRD_DATA, "%s has no year %d; it has %s to %s", what,
			                years[i], dim->cats[0].code, dim->cats[dim->n - 1].code);
	}
	return VRD_OK;
}

// Joins ages: each population age must lie inside one activity age and one band.
static vrd_status join_ages(work *w, const vrd_dim *population, const vrd_dim *activity) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const vrd_demand_input *in = w->in;
	VRD_TRY(VRD_NEW(w->mem, w->class_of, population->n));
	VRD_TRY(VRD_NEW(w->mem, w->band_column, in->n_band + 1));
	w->n_age = population->n;
	size_t band = 0;
	int last = -1;
	for (size_t i = 0; i < population->n; i++) {
		vrd_age age, class = {0, 0};
		size_t found = VRD_NONE;
		if (!vrd_age_parse(vrd_str_of(population->cats[i].code), &age) || age.from <= last)
			VRD_TRY(vrd_fail(err, VRD_INTERNAL,
			                 "population ages are not in canonical order at \"%s\"",
			                 population->cats[i].code));
		last = age.from;
		for (size_t c = 0; c < activity->n && found == VRD_NONE; c++)
			if (vrd_age_parse(vrd_str_of(activity->cats[c].code), &class) &&
			    class.from <= age.from && age.to <= class.to)
				found = c;
		if (found == VRD_NONE)
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "population age \"%s\" lies inside no age group of the "
			                 "activity; the "
			                 "activity must cover every age, and its groups may not "
			                 "cut that one",
			                 population->cats[i].code));
		w->class_of[i] = found;
		while (band + 1 < in->n_band && in->band_from[band + 1] <= age.from)
			w->band_column[++band] = i * w->n_sex;
		if (band + 1 < in->n_band && in->band_from[band + 1] <= age.to)
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "an assumption cuts at age %d, but the population has the "
			                 "age group "
			                 "\"%s\": choose a limit that the data have",
			                 in->band_from[band + 1], population->cats[i].code));
	}
	while (band < in->n_band)
		w->band_column[++band] = w->n_age * w->n_sex;
	for (size_t c = 0; c < activity->n; c++) {
		size_t i = 0;
		while (i < population->n && w->class_of[i] != c)
			i++;
		if (i == population->n)
			VRD_TRY(vrd_fail(
			        err, VRD_DATA,
			        "no age of the population belongs to the age group \"%s\" of the "
			        "activity; leave totals out of the file",
			        activity->cats[c].code));
	}
out:
	return rc;
}

static vrd_status join_sexes(work *w, const vrd_dim *population, const vrd_dim *activity) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const size_t all = vrd_dim_find_text(activity, "all");
	VRD_TRY(VRD_NEW(w->mem, w->rate_sex, population->n));
	if (all != VRD_NONE && activity->n > 1)
		VRD_TRY(vrd_fail(
		        err, VRD_DATA,
		        "the activity gives the sex \"all\" beside others: leave totals out "
		        "of the file"));
	for (size_t s = 0; s < population->n; s++) {
		const size_t own = vrd_dim_find_text(activity, population->cats[s].code);
		if (own == VRD_NONE && all == VRD_NONE)
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "the activity has no sex \"%s\" and no \"all\"",
			                 population->cats[s].code));
		w->rate_sex[s] = own != VRD_NONE ? own : all;
	}
out:
	return rc;
}

static vrd_status join_areas(work *w, const vrd_dim *population, const vrd_dim *activity) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	bool *reached;
	VRD_TRY(VRD_NEW(w->mem, w->rate_area, population->n));
	VRD_TRY(VRD_NEW(w->mem, reached, activity->n));
	for (size_t g = 0; g < population->n; g++) {
		w->rate_area[g] = w->in->rate_area
		                          ? w->in->rate_area[g]
		                          : vrd_dim_find_text(activity, population->cats[g].code);
		if (w->rate_area[g] == VRD_NONE)
			VRD_TRY(vrd_fail(err, VRD_DATA, "area \"%s\" has people but no activity",
			                 population->cats[g].code));
		reached[w->rate_area[g]] = true;
	}
	for (size_t i = 0; i < activity->n; i++)
		if (!reached[i])
			VRD_TRY(vrd_fail(err, VRD_DATA, "area \"%s\" has activity but no people",
			                 activity->cats[i].code));
out:
	return rc;
}

// The mean of one cell over the base years; cells without a number are counted in `missing`.
static double mean_cell(const work *w, size_t at, const size_t *years, size_t *missing,
                        size_t *first) {
	const vrd_cube *a = w->in->activity;
	double sum = 0;
	for (size_t y = 0; y < w->in->n_base; y++) {
		const vrd_cell status = vrd_cube_status(a, at + years[y]);
		if (vrd_cell_has_number(status))
			sum += a->values[at + years[y]];
		else if (status != VRD_NOT_APPLICABLE && (*missing)++ == 0)
			*first = at + years[y];
	}
	return sum / (double)w->in->n_base;
}

// Cells without a number, and the first of them.
typedef struct {
	size_t n, first;
} gaps;

// xbar of one activity area, in the order of the cube.
static void mean_area(const work *w, size_t g, size_t q, size_t measure, const size_t *years,
                      gaps *missing) {
	const vrd_cube *a = w->in->activity;
	for (size_t s = 0; s < w->n_rate_sex; s++)
		for (size_t c = 0; c < w->n_class; c++) {
			const size_t index[] = {g, s, c, 0, 0, measure, 0};
			const size_t from = vrd_cube_position(a, index);
			double *out = w->activity[q] + CELL(w, g, 0, c, s);
			for (size_t pair = 0; pair < w->n_pair; pair++)
				out[pair * w->n_class * w->n_rate_sex] =
				        mean_cell(w, from + pair * a->stride[4], years, &missing->n,
				                  &missing->first);
		}
}

static vrd_status report_gaps(const work *w, const gaps *missing) {
	const vrd_cube *a = w->in->activity;
	size_t n = 0;
	const gaps *first = NULL;
	for (size_t i = 0; i < 2 * w->n_rate_area; i++) {
		first = !first && missing[i].n ? &missing[i] : first;
		n += missing[i].n;
	}
	if (!first)
		return VRD_OK;
	const char *part[7];
	for (size_t d = 0; d < 7; d++)
		part[d] = a->dims[d]->cats[first->first / a->stride[d] % a->dims[d]->n].code;
	return vrd_fail(
	        w->err, VRD_DATA,
	        "the activity lacks %zu cells in the base years (missing or suppressed), "
	        "the first at area %s, sex %s, age %s, service %s, care %s, %s, year %s; if "
	        "rows that are not there mean none, say absent: zero",
	        n, part[0], part[1], part[2], part[3], part[4], part[5], part[6]);
}

// xbar: means over the base years. A cell without a number in a base year is an error.
static vrd_status mean_activity(work *w) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const size_t measures[2] = {w->contacts, w->bed_days};
	size_t *years;
	gaps *missing;
	VRD_TRY(VRD_NEW(w->mem, years, w->in->n_base));
	VRD_TRY(VRD_NEW(w->mem, missing, 2 * w->n_rate_area));
	VRD_TRY(find_years(w->in->activity->dims[6], w->in->n_base, w->in->base_years, years,
	                   "the activity", err));
	for (size_t q = 0; q < 2; q++)
		VRD_TRY(VRD_NEW(w->mem, w->activity[q],
		                w->n_rate_area * w->n_pair * w->n_class * w->n_rate_sex));
#pragma omp parallel for schedule(static)
	for (size_t g = 0; g < w->n_rate_area; g++)
		for (size_t q = 0; q < 2; q++)
			if (measures[q] != VRD_NONE)
				mean_area(w, g, q, measures[q], years, &missing[g * 2 + q]);
	VRD_TRY(report_gaps(w, missing));
out:
	return rc;
}

// Nbar, and the model's persons and base persons.
static vrd_status mean_people(work *w) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const vrd_cube *p = w->in->base_exposure;
	vrd_demand *d = w->out;
	double *base_persons;
	VRD_TRY(VRD_NEW(w->mem, w->base_index, w->in->n_base));
	VRD_TRY(find_years(p->dims[3], w->in->n_base, w->in->base_years, w->base_index,
	                   "the population of the base years", err));
	VRD_TRY(VRD_NEW(w->mem, w->people, w->n_rate_area * w->n_class * w->n_rate_sex));
	VRD_TRY(VRD_NEW(w->mem, base_persons, d->n_area));
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t s = 0; s < w->n_sex; s++)
			for (size_t i = 0; i < w->n_age; i++)
				for (size_t y = 0; y < w->in->n_base; y++) {
					const size_t at = vrd_cube_position(
					        p, (const size_t[]){g, s, i, w->base_index[y]});
					const double x = p->values[at] / (double)w->in->n_base;
					if (!(x >= 0))
						VRD_TRY(vrd_fail(err, VRD_DATA,
						                 "the population of area \"%s\", "
						                 "sex %s, age %s in %d is not "
						                 "a number",
						                 p->dims[0]->cats[g].code,
						                 p->dims[1]->cats[s].code,
						                 p->dims[2]->cats[i].code,
						                 w->in->base_years[y]));
					base_persons[g] += x;
					w->people[(w->rate_area[g] * w->n_class + w->class_of[i]) *
					                  w->n_rate_sex +
					          w->rate_sex[s]] += x;
				}
	d->base_persons = base_persons;
out:
	return rc;
}

vrd_status vrd_demand_mean_births(const work *w, double *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const vrd_cube *births = w->in->base_births;
	size_t *years;
	VRD_TRY(VRD_NEW(w->mem, years, w->in->n_base));
	VRD_TRY(find_years(births->dims[1], w->in->n_base, w->in->base_years, years,
	                   "births of the base years", err));
	for (size_t g = 0; g < w->out->n_area; g++)
		for (size_t y = 0; y < w->in->n_base; y++)
			out[g] += births->values[g * births->dims[1]->n + years[y]] /
			          (double)w->in->n_base;
out:
	return rc;
}

// Positions are used across the populations, so that their dimensions must be the same.
static vrd_status same_dims(const vrd_dim *a, const vrd_dim *b, vrd_err *err) {
	return vrd_dim_same_codes(a, b)
	               ? VRD_OK
	               : vrd_fail(err, VRD_DATA,
	                          "dimension \"%s\" differs between the populations of the base "
	                          "years and of the results",
	                          a->name);
}

static vrd_status check_populations(const vrd_demand_input *in, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *const *base = in->base_exposure->dims, *const *years = in->exposure->dims;
	for (size_t i = 0; i < 3; i++)
		VRD_TRY(same_dims(base[i], years[i + 1], err));
	if (in->base_births)
		VRD_TRY(same_dims(base[0], in->base_births->dims[0], err));
	if (in->births) {
		VRD_TRY(same_dims(years[0], in->births->dims[0], err));
		VRD_TRY(same_dims(base[0], in->births->dims[1], err));
		VRD_TRY(same_dims(years[4], in->births->dims[2], err));
	}
out:
	return rc;
}

vrd_status vrd_demand_join(work *w) {
	vrd_status rc = VRD_OK;
	const vrd_cube *people = w->in->base_exposure, *activity = w->in->activity;
	vrd_err *err = w->err;
	VRD_TRY(check_populations(w->in, err));
	w->n_sex = people->dims[1]->n;
	w->n_columns = people->dims[2]->n * w->n_sex;
	VRD_TRY(join_areas(w, people->dims[0], activity->dims[0]));
	VRD_TRY(join_sexes(w, people->dims[1], activity->dims[1]));
	VRD_TRY(join_ages(w, people->dims[2], activity->dims[2]));
	VRD_TRY(mean_activity(w));
	VRD_TRY(mean_people(w));
out:
	return rc;
}
