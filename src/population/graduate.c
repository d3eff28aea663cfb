// Age groups: summed to wider ones, or graduated to single years.
#include "population/age.h"
#include "population/population.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// An age category and its place in the dimension.
typedef struct {
	vrd_age age;
	size_t index;
} aged;

static int by_age(const void *pa, const void *pb) {
	const aged *a = pa, *b = pb;
	if (a->age.from != b->age.from)
		return a->age.from < b->age.from ? -1 : 1;
	return (a->age.to > b->age.to) - (a->age.to < b->age.to);
}

static vrd_status read_age(const char *code, vrd_age *out, vrd_err *err) {
	if (vrd_age_parse(vrd_str_of(code), out))
		return VRD_OK;
	return vrd_fail(err, VRD_DATA, "age `%s` cannot be read; expected 0..%d, 105+, 0-17 or all",
	                code, VRD_AGE_MAX);
}

// --- wider groups -------------------------------------------------------------------------------

static bool inside(vrd_age a, vrd_age group) {
	return a.from >= group.from && a.to <= group.to;
}

static bool touches(vrd_age a, vrd_age group) {
	return a.from <= group.to && a.to >= group.from;
}

vrd_status vrd_population_rebin(vrd_arena *mem, const vrd_cube *in, size_t n_ages,
                                const char *const *ages, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t axis;
	vrd_age *groups;
	vrd_link *links;
	const vrd_dim *target;
	VRD_TRY(vrd_cube_require(in, "age", &axis, err));
	const vrd_dim *dim = in->dims[axis];
	VRD_TRY(VRD_NEW(mem, groups, n_ages));
	VRD_TRY(VRD_NEW(mem, links, dim->n));
	for (size_t g = 0; g < n_ages; g++)
		VRD_TRY(read_age(ages[g], &groups[g], err));
	for (size_t i = 0; i < dim->n; i++) {
		vrd_age age;
		size_t home = VRD_NONE;
		VRD_TRY(read_age(dim->cats[i].code, &age, err));
		for (size_t g = 0; g < n_ages; g++) {
			if (!touches(age, groups[g]))
				continue;
			if (home != VRD_NONE || !inside(age, groups[g]))
				VRD_TRY(vrd_fail(err, VRD_DATA,
				                 "age %s does not lie inside one of the groups: it "
				                 "straddles %s",
				                 dim->cats[i].code, ages[g]));
			home = g;
		}
		if (home == VRD_NONE)
			VRD_TRY(vrd_fail(err, VRD_DATA, "age %s lies in none of the %zu age groups",
			                 dim->cats[i].code, n_ages));
		links[i] = (vrd_link){i, home, 1};
	}
	VRD_TRY(vrd_dim_of_codes(mem, "age", n_ages, ages, &target, err));
	const vrd_link *list = links;
	VRD_TRY(vrd_cube_regroup(mem, in, "age", target, NULL, &dim->n, &list, out, err));
out:
	return rc;
}

// --- single years -------------------------------------------------------------------------------
//
// The curve goes through the cumulated bands, V_0 = 0, V_i = V_(i-1) + band_i, and is a cubic in
// each band, given by its slopes b at the knots. Slopes: those of the cubic spline whose end cubics
// pass through four points (Forsythe, Malcolm, Moler 1977, section 4.4), then limited so that the
// curve never falls (Hyman 1983, SIAM J. Sci. Stat. Comput. 4:645, eq. 2.6). With fewer than four
// knots the end cubics do not exist: the slopes are harmonic means (Fritsch and Butland 1984,
// 5:300), which lie in the monotone region of Fritsch and Carlson (1980).

// Room for one run of bands: knots x[0..n], heights of bands h, slopes s and the solver's columns.
typedef struct {
	double *x, *h, *s, *b, *diagonal, *right;
} curve;

// Solves for sigma, a sixth of the second derivative at the n + 1 knots, into `right`, then slopes.
static void spline_slopes(const curve *c, size_t n) {
	double *sigma = c->right, *diagonal = c->diagonal;
	const double *x = c->x, *s = c->s;
	for (size_t i = 1; i < n; i++) {
		diagonal[i] = 2 * (x[i + 1] - x[i - 1]);
		sigma[i] = s[i] - s[i - 1];
	}
	// Third divided differences of the first and the last four points.
	double first = (sigma[2] / (x[3] - x[1]) - sigma[1] / (x[2] - x[0])) / (x[3] - x[0]);
	double last = (sigma[n - 1] / (x[n] - x[n - 2]) - sigma[n - 2] / (x[n - 1] - x[n - 3])) /
	              (x[n] - x[n - 3]);
	double d_first = x[1] - x[0], d_last = x[n] - x[n - 1];
	diagonal[0] = -d_first;
	sigma[0] = d_first * d_first * first;
	diagonal[n] = -d_last;
	sigma[n] = -d_last * d_last * last;
	for (size_t i = 1; i <= n; i++) {
		double width = x[i] - x[i - 1], t = width / diagonal[i - 1];
		diagonal[i] -= t * width;
		sigma[i] -= t * sigma[i - 1];
	}
	sigma[n] /= diagonal[n];
	for (size_t i = n; i-- > 0;)
		sigma[i] = (sigma[i] - (x[i + 1] - x[i]) * sigma[i + 1]) / diagonal[i];
	for (size_t i = 0; i < n; i++)
		c->b[i] = s[i] - (x[i + 1] - x[i]) * (sigma[i + 1] + 2 * sigma[i]);
	c->b[n] = s[n - 1] + d_last * (sigma[n - 1] + 2 * sigma[n]);
}

// Hyman's filter for a rising curve: 0 <= b <= 3 min(slopes beside).
static void limit_slopes(const curve *c, size_t n) {
	for (size_t i = 0; i <= n; i++) {
		double before = c->s[i > 0 ? i - 1 : 0], after = c->s[i < n ? i : n - 1];
		c->b[i] = fmin(fmax(c->b[i], 0), 3 * fmin(before, after));
	}
}

static void short_slopes(const curve *c, size_t n) {
	c->b[0] = c->s[0];
	c->b[n] = c->s[n - 1];
	for (size_t i = 1; i < n; i++) {
		double low = c->s[i - 1], high = c->s[i];
		double before = c->x[i] - c->x[i - 1], after = c->x[i + 1] - c->x[i];
		double share = (before + 2 * after) / (3 * (before + after));
		double mixed = share * high + (1 - share) * low;
		c->b[i] = mixed > 0 ? low * high / mixed : 0;
	}
}

// People of band i from its start to `u` of its width; a rising function, 0 at u = 0.
static double people_to(const curve *c, size_t i, double u) {
	double width = c->x[i + 1] - c->x[i];
	double left = width * c->b[i], right = width * c->b[i + 1];
	return u * u * (3 - 2 * u) * c->h[i] + u * (1 - u) * ((1 - u) * left - u * right);
}

typedef struct {
	const aged *bands; // sorted, contiguous
	size_t n_bands;    // closed ones
	size_t *first;     // index of the first single year of each band in the result
	size_t stride;     // of the dimension age, the same before and after
	curve curve;
} graduation;

// Graduates the bands [i, j) of one series, all of which have a number.
static vrd_status graduate_run(vrd_arena *mem, const graduation *self, const double *values,
                               size_t i, size_t j, vrd_cube *out, size_t base, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const curve *c = &self->curve;
	size_t n = j - i;
	c->x[0] = self->bands[i].age.from;
	for (size_t k = 0; k < n; k++) {
		c->x[k + 1] = self->bands[i + k].age.to + 1;
		c->h[k] = values[self->bands[i + k].index * self->stride];
		c->s[k] = c->h[k] / (c->x[k + 1] - c->x[k]);
	}
	if (n >= 3)
		spline_slopes(c, n);
	else
		short_slopes(c, n);
	limit_slopes(c, n);
	for (size_t k = 0; k < n; k++) {
		int width = self->bands[i + k].age.to - self->bands[i + k].age.from + 1;
		double below = 0;
		for (int a = 0; a < width && width > 1; a++) {
			double to = a + 1 < width ? people_to(c, k, (a + 1.0) / width) : c->h[k];
			size_t position = base + (self->first[i + k] + (size_t)a) * self->stride;
			assert(to - below >= -1e-9 * c->h[k]); // rounding of a curve that rises
			out->values[position] = fmax(to - below, 0);
			below = to;
			VRD_TRY(vrd_cube_set_status(mem, out, position, VRD_ESTIMATED, err));
		}
	}
out:
	return rc;
}

// One series along age: copies what is single or has no number, graduates the runs of the rest.
static vrd_status graduate_series(vrd_arena *mem, const graduation *self, const vrd_cube *in,
                                  size_t in_base, size_t out_base, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const double *values = in->values + in_base;
	size_t run = 0;
	for (size_t i = 0; i <= self->n_bands; i++) {
		size_t from = i < self->n_bands ? self->bands[i].index * self->stride : 0;
		vrd_cell status = VRD_MISSING;
		if (i < self->n_bands)
			status = vrd_cube_status(in, in_base + from);
		if (i == self->n_bands || !vrd_cell_has_number(status)) {
			if (i > run)
				VRD_TRY(graduate_run(mem, self, values, run, i, out, out_base,
				                     err));
			run = i + 1;
		} else if (!(values[from] >= 0 && values[from] < INFINITY)) {
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "age %d-%d has %g people; a negative or infinite number "
			                 "cannot be spread over ages",
			                 self->bands[i].age.from, self->bands[i].age.to,
			                 values[from]));
		}
		int width =
		        i < self->n_bands ? self->bands[i].age.to - self->bands[i].age.from + 1 : 0;
		bool copied = width == 1 || !vrd_cell_has_number(status);
		for (int a = 0; a < width && copied; a++) {
			size_t position = out_base + (self->first[i] + (size_t)a) * self->stride;
			out->values[position] = values[from];
			if (status != VRD_PRESENT)
				VRD_TRY(vrd_cube_set_status(mem, out, position, status, err));
		}
	}
out:
	return rc;
}

static vrd_status sorted_ages(vrd_arena *mem, const vrd_dim *dim, aged **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	aged *bands;
	VRD_TRY(VRD_NEW(mem, bands, dim->n));
	for (size_t i = 0; i < dim->n; i++) {
		VRD_TRY(read_age(dim->cats[i].code, &bands[i].age, err));
		bands[i].index = i;
	}
	if (dim->n > 0)
		qsort(bands, dim->n, sizeof *bands, by_age);
	for (size_t i = 1; i < dim->n; i++)
		if (bands[i].age.from != bands[i - 1].age.to + 1)
			VRD_TRY(vrd_fail(
			        err, VRD_DATA,
			        "ages %s and %s do not meet, so single years cannot be made; "
			        "ages must follow each other without gap or overlap",
			        dim->cats[bands[i - 1].index].code,
			        dim->cats[bands[i].index].code));
	*out = bands;
out:
	return rc;
}

vrd_status vrd_population_graduate(vrd_arena *mem, const vrd_cube *in, vrd_cube *out,
                                   vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t axis;
	aged *bands;
	const char **codes;
	const vrd_dim **dims;
	vrd_cube made;
	graduation self = {0};
	VRD_TRY(vrd_cube_require(in, "age", &axis, err));
	const vrd_dim *dim = in->dims[axis];
	VRD_TRY(sorted_ages(mem, dim, &bands, err));
	bool open = dim->n > 0 && bands[dim->n - 1].age.to == VRD_AGE_MAX;
	self.bands = bands;
	self.n_bands = open ? dim->n - 1 : dim->n;
	self.stride = in->stride[axis];
	VRD_TRY(VRD_NEW(mem, self.first, dim->n));
	VRD_TRY(VRD_NEW(mem, codes, VRD_AGE_MAX + 1));
	size_t n = 0;
	for (size_t i = 0; i < self.n_bands; i++) {
		self.first[i] = n;
		for (int a = bands[i].age.from; a <= bands[i].age.to; a++)
			codes[n++] = vrd_age_code(mem, (vrd_age){a, a});
	}
	if (open)
		codes[n++] = vrd_age_code(mem, bands[dim->n - 1].age);
	for (size_t i = 0; i < n; i++)
		if (!codes[i])
			VRD_TRY(vrd_no_memory(err, mem, n, 4));
	if (n == dim->n) { // every band is single already
		*out = *in;
		return VRD_OK;
	}
	VRD_TRY(VRD_NEW(mem, dims, in->n_dims));
	memcpy(dims, in->dims, in->n_dims * sizeof *dims);
	VRD_TRY(vrd_dim_of_codes(mem, "age", n, codes, &dims[axis], err));
	VRD_TRY(vrd_cube_new(mem, in->n_dims, dims, &made, err));
	made.label = in->label;
	made.unit = in->unit;
	made.source = in->source;
	made.updated = in->updated;
	made.notes = in->notes;
	made.n_notes = in->n_notes;
	double *room;
	size_t knots = self.n_bands + 1;
	VRD_TRY(VRD_NEW(mem, room, 6 * knots));
	self.curve = (curve){room,
	                     room + knots,
	                     room + 2 * knots,
	                     room + 3 * knots,
	                     room + 4 * knots,
	                     room + 5 * knots};
	size_t block_in = dim->n * self.stride, block_out = n * self.stride;
	for (size_t o = 0; o < in->n_cells / block_in; o++) {
		for (size_t i = 0; i < self.stride; i++) {
			size_t from = o * block_in + i, to = o * block_out + i;
			VRD_TRY(graduate_series(mem, &self, in, from, to, &made, err));
			if (!open)
				continue;
			from += bands[dim->n - 1].index * self.stride;
			to += (n - 1) * self.stride;
			made.values[to] = in->values[from];
			vrd_cell status = vrd_cube_status(in, from);
			if (status != VRD_PRESENT)
				VRD_TRY(vrd_cube_set_status(mem, &made, to, status, err));
		}
	}
	VRD_TRY(vrd_cube_note(mem, &made,
	                      "single years of age estimated from age groups by a monotone cubic "
	                      "through the cumulated groups (Hyman); group totals kept",
	                      err));
	*out = made;
out:
	return rc;
}
