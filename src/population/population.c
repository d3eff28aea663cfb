// Populations made ready for rates: exposure and births.
#include "population/age.h"
#include "population/population.h"

#include <stdio.h>
#include <string.h>

// A number with its status; NOT_APPLICABLE counts as nothing in a sum.
typedef struct {
	double value;
	vrd_cell status;
} number;

static number cell_at(const vrd_cube *cube, size_t position) {
	return (number){cube->values[position], vrd_cube_status(cube, position)};
}

static number mean_of(number a, number b) {
	if (a.status == VRD_NOT_APPLICABLE && b.status == VRD_NOT_APPLICABLE)
		return a;
	if (a.status == VRD_NOT_APPLICABLE)
		a = (number){0, VRD_PRESENT};
	if (b.status == VRD_NOT_APPLICABLE)
		b = (number){0, VRD_PRESENT};
	return (number){(a.value + b.value) / 2, a.status > b.status ? a.status : b.status};
}

// Index of a year in the dimension, VRD_NONE when absent.
static size_t find_year(const vrd_dim *years, int year) {
	char code[16];
	(void)snprintf(code, sizeof code, "%d", year);
	return vrd_dim_find_text(years, code);
}

static vrd_status year_dim(vrd_arena *mem, size_t n, const int *years, const vrd_dim **out,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_category *cats;
	if (n == 0)
		VRD_TRY(vrd_fail(err, VRD_DATA, "no year was asked for"));
	VRD_TRY(VRD_NEW(mem, cats, n));
	for (size_t y = 0; y < n; y++) {
		char *code = vrd_arena_printf(mem, "%d", years[y]);
		if (!code)
			VRD_TRY(vrd_no_memory(err, mem, 16, 1));
		cats[y] = (vrd_category){.code = code, .parent = VRD_NONE, .decimals = -1};
	}
	VRD_TRY(vrd_dim_new(mem, "year", "year", VRD_ROLE_TIME, n, cats, out, err));
out:
	return rc;
}

// The two years whose mean gives a year of the result; the same one twice for a single date.
typedef struct {
	size_t first, second;
} year_pair;

// A cube like `in` whose year y is the mean of the pair y.
static vrd_status mean_years(vrd_arena *mem, const vrd_cube *in, size_t axis, const vrd_dim *years,
                             const year_pair *pairs, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube made;
	const vrd_dim **dims;
	VRD_TRY(VRD_NEW(mem, dims, in->n_dims));
	memcpy(dims, in->dims, in->n_dims * sizeof *dims);
	dims[axis] = years;
	VRD_TRY(vrd_cube_new(mem, in->n_dims, dims, &made, err));
	made.label = in->label;
	made.unit = in->unit;
	made.source = in->source;
	made.updated = in->updated;
	made.notes = in->notes;
	made.n_notes = in->n_notes;
	size_t stride = in->stride[axis], n_in = in->dims[axis]->n;
	for (size_t o = 0; o < in->n_cells / (n_in * stride); o++) {
		for (size_t y = 0; y < years->n; y++) {
			for (size_t i = 0; i < stride; i++) {
				size_t from = o * n_in * stride + i;
				size_t to = (o * years->n + y) * stride + i;
				number mean = mean_of(cell_at(in, from + pairs[y].first * stride),
				                      cell_at(in, from + pairs[y].second * stride));
				made.values[to] = mean.value;
				if (mean.status != VRD_PRESENT)
					VRD_TRY(vrd_cube_set_status(mem, &made, to, mean.status,
					                            err));
			}
		}
	}
	*out = made;
out:
	return rc;
}

vrd_status vrd_population_exposure(vrd_arena *mem, const vrd_cube *in, vrd_exposure exposure,
                                   size_t n_years, const int *years, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t axis;
	year_pair *pairs;
	const vrd_dim *dim;
	vrd_cube made;
	VRD_TRY(vrd_cube_require(in, "year", &axis, err));
	VRD_TRY(VRD_NEW(mem, pairs, n_years));
	for (size_t y = 0; y < n_years; y++) {
		int next = exposure == VRD_EXPOSURE_MID ? years[y] + 1 : years[y];
		pairs[y].first = find_year(in->dims[axis], years[y]);
		pairs[y].second = find_year(in->dims[axis], next);
		if (pairs[y].first == VRD_NONE)
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "the population has no 1 January %d; add that year to the "
			                 "data",
			                 years[y]));
		if (pairs[y].second == VRD_NONE)
			VRD_TRY(vrd_fail(
			        err, VRD_DATA,
			        "the mid-year population of %d needs 1 January %d, which the "
			        "data lack; add that year, or set exposure to jan1",
			        years[y], next));
	}
	VRD_TRY(year_dim(mem, n_years, years, &dim, err));
	VRD_TRY(mean_years(mem, in, axis, dim, pairs, &made, err));
	const char *note = exposure == VRD_EXPOSURE_MID
	                           ? "exposure: mean of 1 January of the year and of the next"
	                           : "exposure: population on 1 January";
	VRD_TRY(vrd_cube_note(mem, &made, note, err));
	*out = made;
out:
	return rc;
}

// Persons aged 0, both sexes, by every other dimension.
static vrd_status newborns(vrd_arena *mem, const vrd_cube *in, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t axis, n_by = 0;
	const char **by;
	vrd_cube cube = *in, aged;
	VRD_TRY(vrd_cube_require(in, "age", &axis, err));
	size_t zero = VRD_NONE;
	for (size_t a = 0; a < in->dims[axis]->n && zero == VRD_NONE; a++) {
		vrd_age age;
		if (vrd_age_parse(vrd_str_of(in->dims[axis]->cats[a].code), &age) &&
		    age.from == 0 && age.to == 0)
			zero = a;
	}
	if (zero == VRD_NONE)
		VRD_TRY(vrd_fail(
		        err, VRD_DATA,
		        "births need the single age 0, and the ages begin with %s; graduate "
		        "the ages first",
		        in->dims[axis]->cats[0].code));
	VRD_TRY(vrd_cube_slice(mem, &cube, "age", vrd_str_of(in->dims[axis]->cats[zero].code),
	                       &aged, err));
	size_t sex = vrd_cube_axis(&aged, "sex");
	// Where both sexes together stand beside women and men, the sum would count everyone twice.
	if (sex != VRD_NONE && vrd_dim_find_text(aged.dims[sex], "all") != VRD_NONE) {
		VRD_TRY(vrd_cube_slice(mem, &aged, "sex", VRD_STR("all"), &cube, err));
		aged = cube;
	}
	VRD_TRY(VRD_NEW(mem, by, aged.n_dims));
	for (size_t d = 0; d < aged.n_dims; d++)
		if (strcmp(aged.dims[d]->name, "sex") != 0)
			by[n_by++] = aged.dims[d]->name;
	VRD_TRY(vrd_cube_sum_by(mem, &aged, n_by, by, out, err));
out:
	return rc;
}

vrd_status vrd_population_births(vrd_arena *mem, const vrd_cube *in, size_t n_years,
                                 const int *years, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t axis;
	year_pair *pairs;
	const vrd_dim *dim;
	vrd_cube zero, made;
	const char *same_year = NULL;
	VRD_TRY(vrd_cube_require(in, "year", &axis, err));
	VRD_TRY(newborns(mem, in, &zero, err));
	axis = vrd_cube_axis(&zero, "year");
	const vrd_dim *known = zero.dims[axis];
	int last = 0;
	for (size_t y = 0; y < known->n; y++) {
		int64_t year;
		if (vrd_parse_int64(vrd_str_of(known->cats[y].code), &year) && year > last)
			last = (int)year;
	}
	VRD_TRY(VRD_NEW(mem, pairs, n_years));
	for (size_t y = 0; y < n_years; y++) {
		bool is_last = years[y] == last;
		size_t found = find_year(known, is_last ? last : years[y] + 1);
		if (found == VRD_NONE)
			VRD_TRY(vrd_fail(
			        err, VRD_DATA,
			        "births of %d are the persons aged 0 on 1 January %d, which "
			        "the data lack; add that year",
			        years[y], years[y] + 1));
		if (is_last)
			same_year = known->cats[found].code;
		pairs[y] = (year_pair){found, found};
	}
	VRD_TRY(year_dim(mem, n_years, years, &dim, err));
	VRD_TRY(mean_years(mem, &zero, axis, dim, pairs, &made, err));
	VRD_TRY(vrd_cube_note(mem, &made,
	                      "births: persons aged 0 on 1 January of the next year; infant deaths "
	                      "and moves in the first months are left out",
	                      err));
	if (same_year) {
		const char *note = vrd_arena_printf(
		        mem,
		        "births of %s: persons aged 0 on 1 January %s, as the next year is "
		        "not in the data",
		        same_year, same_year);
		if (!note)
			VRD_TRY(vrd_no_memory(err, mem, 96, 1));
		VRD_TRY(vrd_cube_note(mem, &made, note, err));
	}
	*out = made;
out:
	return rc;
}
