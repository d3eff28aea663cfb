#include "activity/demand.h"
#include "population/age.h"

#include <math.h>
#include <string.h>

static const char *const order[] = {"area", "sex", "age", "service", "care", "measure", "year"};
#define N_ORDER (sizeof order / sizeof *order)

// The dimension with other codes; labels stay when the code did not change.
static vrd_status recode_dim(vrd_arena *mem, vrd_cube *cube, const char *name,
                             const char *(*recode)(vrd_arena *, vrd_str), const char *expected,
                             vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t axis = vrd_cube_axis(cube, name);
	const vrd_dim *dim = cube->dims[axis], *fresh;
	vrd_category *cats;
	VRD_TRY(VRD_NEW(mem, cats, dim->n));
	for (size_t i = 0; i < dim->n; i++) {
		cats[i] = dim->cats[i];
		cats[i].code = recode(mem, vrd_str_of(dim->cats[i].code));
		if (!cats[i].code)
			VRD_TRY(vrd_fail(
			        err, VRD_DATA,
			        "dimension \"%s\" of the activity has the code \"%s\"; expected %s",
			        name, dim->cats[i].code, expected));
	}
	VRD_TRY(vrd_dim_new(mem, name, dim->label, dim->role, dim->n, cats, &fresh, err));
	VRD_TRY(vrd_cube_replace_dim(mem, cube, name, fresh, cube, err));
out:
	return rc;
}

static const char *age_code(vrd_arena *mem, vrd_str text) {
	vrd_age age;
	return vrd_age_parse(text, &age) ? vrd_age_code(mem, age) : NULL;
}

static const char *sex_code(vrd_arena *mem, vrd_str text) {
	(void)mem;
	return vrd_sex_code(text);
}

vrd_status vrd_activity_canonical(vrd_arena *mem, const vrd_cube *in, vrd_cube *out, vrd_err *err) {
	static const char *const absent[N_ORDER] = {NULL, "all",      "all", NULL,
	                                            NULL, "contacts", NULL};
	vrd_status rc = VRD_OK;
	vrd_cube cube = *in;
	for (size_t i = 0; i < N_ORDER; i++) {
		if (vrd_cube_axis(&cube, order[i]) != VRD_NONE)
			continue;
		if (!absent[i])
			VRD_TRY(vrd_fail(
			        err, VRD_DATA,
			        "the activity has no dimension \"%s\"; name its column with "
			        "columns: {COLUMN: %s} in region.yaml or --map COLUMN=%s",
			        order[i], order[i], order[i]));
		VRD_TRY(vrd_cube_tag(mem, &cube, order[i], absent[i], &cube, err));
	}
	if (cube.n_dims != N_ORDER)
		for (size_t d = 0; d < cube.n_dims; d++) {
			size_t i = 0;
			while (i < N_ORDER && strcmp(order[i], cube.dims[d]->name) != 0)
				i++;
			if (i == N_ORDER)
				VRD_TRY(vrd_fail(err, VRD_DATA,
				                 "the activity has the dimension \"%s\", which "
				                 "varde does not use; "
				                 "leave the column out with columns: {COLUMN: "
				                 "\"-\"} and sum: true",
				                 cube.dims[d]->name));
		}
	VRD_TRY(vrd_cube_sum_by(mem, &cube, N_ORDER, order, &cube, err));
	VRD_TRY(recode_dim(mem, &cube, "age", age_code, "an age such as 7, 105+, 0-17 or all",
	                   err));
	VRD_TRY(recode_dim(mem, &cube, "sex", sex_code, "F, M or all", err));
	*out = cube;
out:
	return rc;
}

// --- checks -------------------------------------------------------------------------------------

// Where a cell is, in words: "area 0301, sex F, ...".
static const char *cell_name(const vrd_cube *cube, size_t position, char *out, size_t size) {
	size_t used = 0;
	out[0] = 0;
	for (size_t d = 0; d < cube->n_dims && used < size; d++) {
		const size_t i = position / cube->stride[d] % cube->dims[d]->n;
		vrd_buf part = {.max = 128};
		vrd_buf_printf(&part, "%s%s %s", d ? ", " : "", cube->dims[d]->name,
		               cube->dims[d]->cats[i].code);
		const size_t n = part.n < size - used - 1 ? part.n : size - used - 1;
		memcpy(out + used, part.p ? part.p : "", n);
		used += n;
		out[used] = 0;
		vrd_buf_free(&part);
	}
	return out;
}

typedef struct {
	size_t n, first;
} tally;

static void count(tally *t, size_t position) {
	if (t->n++ == 0)
		t->first = position;
}

// Says where the first cell is, never what it holds: it may be a count of few persons.
static void report(const tally *t, const vrd_cube *cube, const char *name, vrd_severity severity,
                   const char *rule, const char *what, const char *remedy, vrd_diag *diag) {
	char where[256];
	if (t->n)
		vrd_diag_add(diag, severity, (vrd_place){.file = name}, rule, remedy,
		             "%zu %s; the first is at %s", t->n, what,
		             cell_name(cube, t->first, where, sizeof where));
}

static void check_cells(const vrd_cube *cube, const char *name, vrd_diag *diag) {
	tally negative = {0}, infinite = {0}, fraction = {0};
	for (size_t i = 0; i < cube->n_cells; i++) {
		const double x = cube->values[i];
		if (!vrd_cell_has_number(vrd_cube_status(cube, i)))
			continue;
		if (!isfinite(x))
			count(&infinite, i);
		else if (x < 0)
			count(&negative, i);
		else if (x != floor(x))
			count(&fraction, i);
	}
	report(&negative, cube, name, VRD_ERROR, "act.negative", "negative counts",
	       "correct the file: counts and bed days are 0 or more", diag);
	report(&infinite, cube, name, VRD_ERROR, "act.not-finite", "cells are not numbers",
	       "leave the cell empty (missing) or write a number", diag);
	report(&fraction, cube, name, VRD_WARNING, "act.fraction", "counts are not whole numbers",
	       "fine if the file holds averages; else correct it", diag);
}

static void check_stays(const vrd_cube *cube, const char *name, vrd_diag *diag) {
	const size_t axis = vrd_cube_axis(cube, "measure");
	const vrd_dim *dim = cube->dims[axis];
	const size_t contacts = vrd_dim_find_text(dim, "contacts");
	const size_t days = vrd_dim_find_text(dim, "bed_days");
	for (size_t i = 0; i < dim->n; i++)
		if (i != contacts && i != days)
			vrd_diag_add(
			        diag, VRD_WARNING, (vrd_place){.file = name}, "act.unknown-measure",
			        "measures are contacts and bed_days; leave others out with \"-\"",
			        "measure \"%s\" is not used", dim->cats[i].code);
	if (contacts == VRD_NONE) {
		vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = name}, "act.unknown-measure",
		             "name the column with columns: {COLUMN: measure=contacts}",
		             "there is no measure \"contacts\"");
		return;
	}
	if (days == VRD_NONE)
		return;
	const size_t stride = cube->stride[axis];
	tally without = {0}, below = {0};
	for (size_t i = 0; i < cube->n_cells; i++) {
		if (i / stride % dim->n != days || !(cube->values[i] > 0))
			continue;
		const double n = cube->values[i - (days - contacts) * stride];
		if (n == 0)
			count(&without, i);
		else if (cube->values[i] < n)
			count(&below, i);
	}
	report(&without, cube, name, VRD_WARNING, "act.bed-days-without-contacts",
	       "cells have bed days but no contacts",
	       "a shift or avoidance cannot move them; correct the file if it is an error", diag);
	report(&below, cube, name, VRD_NOTE, "act.los-below-one",
	       "cells have fewer bed days than stays (stays without a night)",
	       "do not use floor: one_night for them", diag);
}

static void check_jumps(const vrd_cube *cube, const char *name, vrd_diag *diag) {
	vrd_arena mem = {0};
	vrd_cube sum;
	vrd_str contacts = VRD_STR("contacts");
	static const char *const by[] = {"service", "year"};
	if (vrd_cube_slice(&mem, cube, "measure", contacts, &sum, NULL) == VRD_OK &&
	    vrd_cube_sum_by(&mem, &sum, 2, by, &sum, NULL) == VRD_OK) {
		const size_t n = sum.dims[1]->n;
		for (size_t k = 0; k < sum.dims[0]->n; k++)
			for (size_t t = 1; t < n; t++) {
				const double from = sum.values[k * n + t - 1],
				             to = sum.values[k * n + t];
				if (from >= 100 && fabs(to - from) > from / 3)
					vrd_diag_add(diag, VRD_WARNING, (vrd_place){.file = name},
					             "act.jump",
					             "check registration, or leave the year out "
					             "with exclude_years",
					             "service \"%s\" goes from %.0f contacts in %s "
					             "to %.0f in %s",
					             sum.dims[0]->cats[k].code, from,
					             sum.dims[1]->cats[t - 1].code, to,
					             sum.dims[1]->cats[t].code);
			}
	}
	vrd_arena_clear(&mem);
}

void vrd_activity_check(const vrd_cube *activity, const char *name, vrd_diag *diag) {
	check_cells(activity, name, diag);
	if (vrd_cube_axis(activity, "measure") == VRD_NONE)
		return;
	check_stays(activity, name, diag);
	check_jumps(activity, name, diag);
}
