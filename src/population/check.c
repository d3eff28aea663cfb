// Checks of a population cube: every problem is listed, none stops the next.
#include "population/age.h"
#include "population/population.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_JUMP 0.10
#define COHORT_LEAST 200.0
#define COHORT_OLDEST 80

// A category that reads as a number: the age or the year it stands for, and its place.
typedef struct {
	int from, to;
	size_t index;
} span;

typedef struct {
	const vrd_cube *cube;
	const char *name;
	double jump;
	vrd_diag *diag;
	size_t age_axis, year_axis, sex_axis;
	span *ages, *years; // sorted; NULL when the dimension is absent or cannot be read
	size_t n_ages, n_years;
} checker;

static int by_from(const void *pa, const void *pb) {
	const span *a = pa, *b = pb;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static void report(const checker *self, vrd_severity severity, const char *rule, const char *remedy,
                   const char *text) {
	vrd_diag_add(self->diag, severity, (vrd_place){self->name, 0, 0}, rule, remedy, "%s", text);
}

static uint64_t axis_bit(size_t axis) {
	return axis < 64 ? (uint64_t)1 << axis : 0;
}

// "area 0301, sex F, age 7, year 2026" of a position, without the axes in `skip`.
static void describe(const checker *self, size_t position, uint64_t skip, char *out, size_t size) {
	const vrd_cube *cube = self->cube;
	size_t used = 0;
	out[0] = '\0';
	for (size_t d = 0; d < cube->n_dims && used < size; d++) {
		size_t i = position / cube->stride[d] % cube->dims[d]->n;
		if (skip & axis_bit(d))
			continue;
		int n = snprintf(out + used, size - used, "%s%s %s", used ? ", " : "",
		                 cube->dims[d]->name, cube->dims[d]->cats[i].code);
		used += n > 0 ? (size_t)n : 0;
	}
}

// --- categories ---------------------------------------------------------------------------------

static void check_ages(checker *self) {
	const vrd_dim *dim = self->cube->dims[self->age_axis];
	char text[256];
	for (size_t i = 0; i < dim->n; i++) {
		vrd_age age;
		if (!vrd_age_parse(vrd_str_of(dim->cats[i].code), &age)) {
			(void)snprintf(text, sizeof text, "age `%.40s` cannot be read",
			               dim->cats[i].code);
			report(self, VRD_ERROR, "pop.age-gap",
			       "write ages as 0..104, 105+, 0-17 or all", text);
			continue;
		}
		self->ages[self->n_ages++] = (span){age.from, age.to, i};
	}
	qsort(self->ages, self->n_ages, sizeof *self->ages, by_from);
	int next = 0;
	for (size_t i = 0; i < self->n_ages; i++) {
		const span *age = &self->ages[i];
		if (age->from > next) {
			(void)snprintf(text, sizeof text, "ages %d to %d are missing", next,
			               age->from - 1);
			report(self, VRD_ERROR, "pop.age-gap",
			       "every age from 0 stands once; add the missing ones", text);
		} else if (age->from < next) {
			(void)snprintf(text, sizeof text, "age %s covers ages that stand already",
			               dim->cats[age->index].code);
			report(self, VRD_ERROR, "pop.age-overlap",
			       "leave out groups and totals that repeat single ages", text);
		}
		if (age->to + 1 > next)
			next = age->to + 1;
	}
	if (self->n_ages > 0 && next <= VRD_AGE_MAX) {
		(void)snprintf(text, sizeof text, "the ages end at %d; nobody is older", next - 1);
		report(self, VRD_WARNING, "pop.open-age", "let the last age be open, such as 105+",
		       text);
	}
}

static void check_sexes(const checker *self) {
	const vrd_dim *dim = self->cube->dims[self->sex_axis];
	bool women = vrd_dim_find_text(dim, "F") != VRD_NONE;
	bool men = vrd_dim_find_text(dim, "M") != VRD_NONE;
	bool all = vrd_dim_find_text(dim, "all") != VRD_NONE;
	char text[128];
	if (women != men || !(women || men || all)) {
		(void)snprintf(text, sizeof text, "sex %s is missing",
		               women ? "M"
		               : men ? "F"
		                     : "F and M");
		report(self, VRD_ERROR, "pop.sex-missing",
		       "the data need both sexes, or `all` alone", text);
	}
	if (all && (women || men))
		report(self, VRD_ERROR, "pop.sex-overlap", "leave out `all`, or F and M",
		       "sex `all` stands beside F and M: sums count everyone twice");
}

static void check_years(checker *self) {
	const vrd_dim *dim = self->cube->dims[self->year_axis];
	char text[128];
	for (size_t i = 0; i < dim->n; i++) {
		int64_t year;
		if (vrd_parse_int64(vrd_str_of(dim->cats[i].code), &year) && year >= 1000 &&
		    year <= 9999) {
			self->years[self->n_years++] = (span){(int)year, (int)year, i};
			continue;
		}
		(void)snprintf(text, sizeof text, "year `%.40s` cannot be read", dim->cats[i].code);
		report(self, VRD_ERROR, "pop.year-gap", "write years with four digits", text);
	}
	qsort(self->years, self->n_years, sizeof *self->years, by_from);
	for (size_t i = 1; i < self->n_years; i++) {
		int before = self->years[i - 1].from, after = self->years[i].from;
		if (after == before + 1)
			continue;
		if (after == before)
			(void)snprintf(text, sizeof text, "year %d stands twice", after);
		else if (after == before + 2)
			(void)snprintf(text, sizeof text, "year %d is missing", before + 1);
		else
			(void)snprintf(text, sizeof text, "years %d to %d are missing", before + 1,
			               after - 1);
		report(self, VRD_ERROR, "pop.year-gap",
		       "years follow each other; add the missing ones", text);
	}
}

// --- cells --------------------------------------------------------------------------------------

static void check_cells(const checker *self) {
	const vrd_cube *cube = self->cube;
	size_t n_without = 0, first_without = 0, n_fractions = 0, first_fraction = 0;
	char place[256], text[512];
	for (size_t i = 0; i < cube->n_cells; i++) {
		vrd_cell status = vrd_cube_status(cube, i);
		double value = cube->values[i];
		if (status == VRD_NOT_APPLICABLE) // an area that is not there this year
			continue;
		if (!vrd_cell_has_number(status) || !isfinite(value)) {
			first_without = n_without++ ? first_without : i;
		} else if (value < 0) {
			describe(self, i, 0, place, sizeof place);
			(void)snprintf(text, sizeof text, "%g persons (%s)", value, place);
			report(self, VRD_ERROR, "pop.negative", "a population is 0 or more", text);
		} else if (value != floor(value) && status != VRD_ESTIMATED) {
			first_fraction = n_fractions++ ? first_fraction : i;
		}
	}
	if (n_without > 0) {
		describe(self, first_without, 0, place, sizeof place);
		(void)snprintf(text, sizeof text, "%zu cells of %zu have no number; the first: %s",
		               n_without, cube->n_cells, place);
		report(self, VRD_ERROR, "pop.not-a-number",
		       "fill the cells, or say `absent: zero` where rows without people are left "
		       "out",
		       text);
	}
	if (n_fractions > 0) {
		describe(self, first_fraction, 0, place, sizeof place);
		(void)snprintf(text, sizeof text,
		               "%zu counts are not whole numbers; the first: %g (%s)", n_fractions,
		               cube->values[first_fraction], place);
		report(self, VRD_WARNING, "pop.fraction", "estimates should be marked as such",
		       text);
	}
}

// --- jumps --------------------------------------------------------------------------------------

// Sum over ages and sexes of the group that `base` (age 0, sex 0, year 0 of it) stands for.
static double total_of(const checker *self, size_t base, size_t year) {
	const vrd_cube *cube = self->cube;
	size_t n_ages = self->age_axis != VRD_NONE ? cube->dims[self->age_axis]->n : 1;
	size_t n_sexes = self->sex_axis != VRD_NONE ? cube->dims[self->sex_axis]->n : 1;
	double sum = 0;
	for (size_t s = 0; s < n_sexes; s++)
		for (size_t a = 0; a < n_ages; a++)
			sum += cube->values[base + year * cube->stride[self->year_axis] +
			                    (s ? s * cube->stride[self->sex_axis] : 0) +
			                    (a ? a * cube->stride[self->age_axis] : 0)];
	return sum;
}

static bool at_start(const checker *self, size_t position, size_t axis) {
	const vrd_cube *cube = self->cube;
	return axis == VRD_NONE || position / cube->stride[axis] % cube->dims[axis]->n == 0;
}

static void report_jump(const checker *self, size_t position, size_t year, double before,
                        double after, const char *what) {
	char place[256], text[512];
	bool total = what == NULL;
	uint64_t summed = axis_bit(self->age_axis) | axis_bit(self->sex_axis);
	describe(self, position, axis_bit(self->year_axis) | (total ? summed : 0), place,
	         sizeof place);
	(void)snprintf(text, sizeof text, "%s: %.0f persons in %d and %.0f %sin %d, %+.0f %%",
	               place, before, self->years[year].from, after, total ? "" : what,
	               self->years[year + 1].from, 100 * (after / before - 1));
	report(self, VRD_WARNING, "pop.jump",
	       "look for a change of borders, a shifted column or missing rows", text);
}

// `base` is the first age and sex of an area; NaN never compares as a jump.
static void check_totals(const checker *self, size_t base) {
	for (size_t y = 0; y + 1 < self->n_years; y++) {
		if (self->years[y + 1].from != self->years[y].from + 1)
			continue;
		double before = total_of(self, base, self->years[y].index);
		double after = total_of(self, base, self->years[y + 1].index);
		if (before > 0 && fabs(after - before) > self->jump * before)
			report_jump(self, base, y, before, after, NULL);
	}
}

// `base` is the first age of an area and sex.
static void check_cohorts(const checker *self, size_t base) {
	const vrd_cube *cube = self->cube;
	size_t age_stride = cube->stride[self->age_axis],
	       year_stride = cube->stride[self->year_axis];
	for (size_t y = 0; y + 1 < self->n_years; y++) {
		const span *year = &self->years[y];
		if (year[1].from != year[0].from + 1)
			continue;
		for (size_t a = 0; a + 1 < self->n_ages; a++) {
			const span *age = &self->ages[a];
			if (age[0].from != age[0].to || age[1].from != age[1].to ||
			    age[1].from != age[0].from + 1 || age[0].from >= COHORT_OLDEST)
				continue;
			size_t position = base + age[0].index * age_stride;
			double before = cube->values[position + year[0].index * year_stride];
			double after = cube->values[base + age[1].index * age_stride +
			                            year[1].index * year_stride];
			if (before > COHORT_LEAST && fabs(after - before) > 3 * self->jump * before)
				report_jump(self, position, y, before, after, "a year older ");
		}
	}
}

void vrd_population_check(const vrd_cube *population, const char *name, double jump,
                          vrd_diag *diag) {
	vrd_arena mem;
	vrd_arena_init(&mem, 0);
	checker self = {.cube = population,
	                .name = name,
	                .jump = jump > 0 ? jump : DEFAULT_JUMP,
	                .diag = diag,
	                .age_axis = vrd_cube_axis(population, "age"),
	                .year_axis = vrd_cube_axis(population, "year"),
	                .sex_axis = vrd_cube_axis(population, "sex")};
	size_t n_ages = self.age_axis != VRD_NONE ? population->dims[self.age_axis]->n : 0;
	size_t n_years = self.year_axis != VRD_NONE ? population->dims[self.year_axis]->n : 0;
	self.ages = vrd_arena_alloc(&mem, n_ages, sizeof *self.ages);
	self.years = vrd_arena_alloc(&mem, n_years, sizeof *self.years);
	if (!self.ages || !self.years) {
		report(&self, VRD_ERROR, "pop.memory", NULL, "memory is used up");
		goto out;
	}
	if (n_ages > 0)
		check_ages(&self);
	if (self.sex_axis != VRD_NONE)
		check_sexes(&self);
	if (n_years > 0)
		check_years(&self);
	check_cells(&self);
	for (size_t i = 0; i < population->n_cells && self.n_years > 1; i++) {
		if (!at_start(&self, i, self.year_axis) || !at_start(&self, i, self.age_axis))
			continue;
		if (at_start(&self, i, self.sex_axis))
			check_totals(&self, i);
		if (self.n_ages > 1)
			check_cohorts(&self, i);
	}
out:
	vrd_arena_clear(&mem);
}
