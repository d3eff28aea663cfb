#include "region/backtest_parts.h"

#include "cube/messages.h"
#include "num/hash.h"
#include "population/age.h"

#include <math.h>
#include <string.h>

// What the parts of the reading share.
typedef struct {
	vrd_region *region;
	const vrd_backtest_options *options;
	vrd_diag *diag;
	vrd_err *err;
	vrd_cube activity; // [area, sex, age, service, care, measure, year]
	vrd_backtest_people people;
	vrd_backtest_series s;
	size_t n_base;
	size_t n_band;
	int *band_from;
	size_t *band_of;           // [age of the activity]
	const bool *births_driven; // [service of the activity]; NULL when none is
	double *all[2]; // observed, expected: [service][care][measure][area][sex][age][year]
} reading;

enum { AREA, SEX, AGE, SERVICE, CARE, MEASURE, YEAR };

// --- years --------------------------------------------------------------------------------------

static bool has_year(const reading *r, int year) {
	char code[32];
	(void)vrd_format_double(year, code);
	return vrd_dim_find_text(r->activity.dims[YEAR], code) != VRD_NONE;
}

static vrd_status no_year(const reading *r, int year, const char *what) {
	const vrd_dim *years = r->activity.dims[YEAR];
	return vrd_fail(r->err, VRD_NOINPUT,
	                "%s %d has no activity: the region has %s to %s; choose years among them, "
	                "or import the year",
	                what, year, years->cats[0].code, years->cats[years->n - 1].code);
}

static bool is_excluded(const reading *r, int year) {
	const vrd_node *out = vrd_node_get(r->region->config, "exclude_years");
	for (size_t i = 0; out && i < out->n; i++)
		if (out->items[i].number == year)
			return true;
	return false;
}

static vrd_status name_years(reading *r) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_backtest_options *o = r->options;
	const int last = o->base[o->n_base - 1];
	if (o->until != 0 && o->until <= last)
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "--until %d must come after the last base year %d: a backtest "
		                 "projects from the base years to years with facts",
		                 o->until, last));
	VRD_TRY(VRD_NEW(r->region->mem, r->s.years,
	                o->n_base + (size_t)(o->until > last ? o->until - last : 0)));
	for (size_t i = 0; i < o->n_base; i++) {
		if (is_excluded(r, o->base[i]))
			continue;
		if (!has_year(r, o->base[i]))
			VRD_TRY(no_year(r, o->base[i], "base year"));
		r->s.years[r->n_base++] = o->base[i];
	}
	if (r->n_base == 0)
		VRD_TRY(vrd_fail(err, VRD_USAGE, "every base year is among the exclude_years"));
	r->s.n_years = r->n_base;
	if (o->until != 0 && !has_year(r, o->until))
		VRD_TRY(no_year(r, o->until, "the year"));
	for (int year = last + 1; year <= o->until; year++)
		if (has_year(r, year))
			r->s.years[r->s.n_years++] = year;
out:
	return rc;
}

// --- dimensions ---------------------------------------------------------------------------------

static bool is_cut(const vrd_dim *ages, int from) {
	for (size_t i = 0; i < ages->n; i++) {
		vrd_age age;
		if (vrd_age_parse(vrd_str_of(ages->cats[i].code), &age) && age.from == from)
			return true;
	}
	return false;
}

// The activity's own age groups, or broad ones where it has many.
static vrd_status choose_bands(reading *r) {
	enum { MOST = 12 };
	static const int broad[] = {0, 18, 50, 67, 80};
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_dim *ages = r->activity.dims[AGE];
	const bool own = ages->n <= MOST;
	const size_t n = own ? ages->n : sizeof broad / sizeof *broad;
	VRD_TRY(VRD_NEW(r->region->mem, r->band_from, n));
	VRD_TRY(VRD_NEW(r->region->mem, r->band_of, ages->n));
	for (size_t i = 0; i < n; i++) {
		vrd_age age = {broad[own ? 0 : i], 0};
		if (own)
			(void)vrd_age_parse(vrd_str_of(ages->cats[i].code), &age);
		if (i == 0 || is_cut(ages, age.from))
			r->band_from[r->n_band++] = i ? age.from : 0;
	}
	for (size_t i = 0; i < ages->n; i++) {
		vrd_age age = {0, 0};
		(void)vrd_age_parse(vrd_str_of(ages->cats[i].code), &age);
		while (r->band_of[i] + 1 < r->n_band && r->band_from[r->band_of[i] + 1] <= age.from)
			r->band_of[i]++;
	}
out:
	return rc;
}

static vrd_status name_bands(reading *r) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	vrd_category *cats;
	VRD_TRY(VRD_NEW(r->region->mem, cats, r->n_band));
	for (size_t b = 0; b < r->n_band; b++) {
		const int to = b + 1 < r->n_band ? r->band_from[b + 1] - 1 : VRD_AGE_MAX;
		cats[b] = (vrd_category){.parent = VRD_NONE, .decimals = -1};
		cats[b].code = vrd_age_code(r->region->mem, (vrd_age){r->band_from[b], to});
		if (!cats[b].code)
			VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the age groups"));
	}
	VRD_TRY(vrd_dim_new(r->region->mem, "age", vrd_msg(VRD_MSG_DIM_AGE, r->region->lang),
	                    VRD_ROLE_NONE, r->n_band, cats, &r->s.age, err));
out:
	return rc;
}

static vrd_status name_dims(reading *r) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	vrd_arena *mem = r->region->mem;
	const size_t n_targets = r->s.n_years - r->n_base;
	const char **codes;
	VRD_TRY(choose_bands(r));
	VRD_TRY(name_bands(r));
	VRD_TRY(vrd_region_births_of(r->region, r->activity.dims[SERVICE], &r->births_driven, err));
	r->s.area = r->activity.dims[AREA];
	r->s.sex = r->activity.dims[SEX];
	r->s.service = r->activity.dims[SERVICE];
	r->s.care = r->activity.dims[CARE];
	r->s.measure = r->activity.dims[MEASURE];
	VRD_TRY(VRD_NEW(mem, codes, n_targets));
	for (size_t h = 0; h < n_targets; h++) {
		codes[h] = vrd_arena_printf(mem, "%d", r->s.years[r->n_base + h]);
		if (!codes[h])
			VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the years"));
	}
	VRD_TRY(vrd_dim_of_codes(mem, "year", n_targets, codes, &r->s.year, err));
out:
	return rc;
}

// --- observed and expected ----------------------------------------------------------------------

static size_t at(const reading *r, size_t k, size_t m, size_t q, size_t g, size_t s, size_t b,
                 size_t y) {
	const vrd_backtest_series *x = &r->s;
	const size_t group = (k * x->care->n + m) * x->measure->n + q;
	return (((group * x->area->n + g) * x->sex->n + s) * r->n_band + b) * x->n_years + y;
}

static vrd_status observe(reading *r) {
	vrd_status rc = VRD_OK;
	const vrd_cube *a = &r->activity;
	size_t year_at[7] = {0};
	for (size_t y = 0; y < r->s.n_years; y++) {
		char code[32];
		(void)vrd_format_double(r->s.years[y], code);
		size_t index[7] = {0};
		year_at[YEAR] = vrd_dim_find_text(a->dims[YEAR], code);
		do {
			const size_t position = vrd_cube_position(a, index);
			if (index[YEAR] != year_at[YEAR])
				continue;
			if (!vrd_cell_has_number(vrd_cube_status(a, position)))
				VRD_TRY(vrd_fail(
				        r->err, VRD_DATA,
				        "the activity of %s in \"%s\", \"%s\", %s is missing "
				        "or hidden: a backtest needs what happened (absent: "
				        "zero in region.yaml where no row means none)",
				        a->dims[AREA]->cats[index[AREA]].code,
				        a->dims[SERVICE]->cats[index[SERVICE]].code,
				        a->dims[CARE]->cats[index[CARE]].code, code));
			r->all[0][at(r, index[SERVICE], index[CARE], index[MEASURE], index[AREA],
			             index[SEX], r->band_of[index[AGE]], y)] += a->values[position];
		} while (vrd_cube_next(a, index));
	}
out:
	return rc;
}

// One sex of a cube; a cube where both sexes are one stays whole.
static vrd_status take_sex(const reading *r, const vrd_cube *in, size_t sex, vrd_cube *out) {
	const vrd_str code = vrd_str_of(r->s.sex->cats[sex].code);
	if (r->s.sex->n == 1 && vrd_str_is(code, "all")) {
		*out = *in;
		return VRD_OK;
	}
	return vrd_cube_select(r->region->mem, in, "sex", 1, &code, out, r->err);
}

// What the rates of the base years give in every year, for one sex.
static vrd_status expect(reading *r, size_t sex) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	vrd_arena *mem = r->region->mem;
	const bool births = r->births_driven != NULL;
	vrd_cube activity, base, exposure, tagged = {0};
	vrd_demand d;
	VRD_TRY(take_sex(r, &r->activity, sex, &activity));
	VRD_TRY(take_sex(r, &r->people.base, sex, &base));
	VRD_TRY(take_sex(r, &r->people.exposure, sex, &exposure));
	VRD_TRY(vrd_cube_tag(mem, &exposure, "variant", "known", &exposure, err));
	if (births)
		VRD_TRY(vrd_cube_tag(mem, &r->people.births, "variant", "known", &tagged, err));
	const vrd_demand_input in = {.activity = &activity,
	                             .base_exposure = &base,
	                             .exposure = &exposure,
	                             .base_births = births ? &r->people.base_births : NULL,
	                             .births = births ? &tagged : NULL,
	                             .births_driven = r->births_driven,
	                             .n_base = r->n_base,
	                             .base_years = r->s.years,
	                             .n_band = r->n_band,
	                             .band_from = r->band_from,
	                             .zero = r->region->zero};
	VRD_TRY(vrd_demand_compute(mem, &in, &d, NULL, sex ? NULL : r->diag, err));
	for (size_t g = 0; g < d.n_area; g++) {
		const size_t area = vrd_dim_find_text(r->s.area, d.area->cats[g].code);
		for (size_t i = 0; i < d.n_band * d.n_service * d.n_care * d.n_year; i++) {
			const size_t y = i % d.n_year, m = i / d.n_year % d.n_care;
			const size_t k = i / d.n_year / d.n_care % d.n_service;
			const size_t b = i / d.n_year / d.n_care / d.n_service;
			const size_t cell = vrd_demand_cell(&d, g, b, k, m, 0, y);
			for (size_t q = 0; q < r->s.measure->n; q++)
				r->all[1][at(r, k, m, q, area, sex, b, y)] +=
				        strcmp(r->s.measure->cats[q].code, "bed_days") == 0
				                ? d.bed_days[cell]
				                : d.contacts[cell];
		}
	}
out:
	return rc;
}

// --- groups -------------------------------------------------------------------------------------

static size_t cells_of_group(const reading *r) {
	return r->s.area->n * r->s.sex->n * r->n_band * r->s.n_years;
}

static double total(const reading *r, size_t group, bool base_only) {
	const size_t n = cells_of_group(r);
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		if (!base_only || i % r->s.n_years < r->n_base)
			sum += r->all[0][group * n + i];
	return sum;
}

// Bed days per contact in the base years; 0 for a group of contacts.
static double los_of(const reading *r, size_t group) {
	const size_t n_measure = r->s.measure->n, first = group / n_measure * n_measure;
	const size_t contacts = vrd_dim_find_text(r->s.measure, "contacts");
	if (strcmp(r->s.measure->cats[group % n_measure].code, "bed_days") != 0)
		return 0;
	const double n = total(r, first + contacts, true);
	return n > 0 ? total(r, group, true) / n : 0;
}

static uint64_t id_of(const char *a, const char *b, const char *c) {
	vrd_hasher hasher;
	vrd_hasher_init(&hasher);
	vrd_hasher_add_text(&hasher, "backtest");
	vrd_hasher_add_text(&hasher, a);
	vrd_hasher_add_text(&hasher, b);
	vrd_hasher_add_text(&hasher, c);
	const vrd_hash hash = vrd_hasher_finish(&hasher);
	uint64_t id = 0;
	for (size_t i = 0; i < 8; i++)
		id |= (uint64_t)hash.bytes[i] << 8 * i;
	return id;
}

static vrd_status make_ids(reading *r, size_t n_group) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	vrd_arena *mem = r->region->mem;
	vrd_backtest_series *s = &r->s;
	uint64_t *group, *area, *cell;
	VRD_TRY(VRD_NEW(mem, group, n_group));
	VRD_TRY(VRD_NEW(mem, area, s->area->n));
	VRD_TRY(VRD_NEW(mem, cell, s->sex->n * r->n_band));
	for (size_t j = 0; j < n_group; j++)
		group[j] = id_of(s->service->cats[s->group_service[j]].code,
		                 s->care->cats[s->group_care[j]].code,
		                 s->measure->cats[s->group_measure[j]].code);
	for (size_t g = 0; g < s->area->n; g++)
		area[g] = id_of("area", s->area->cats[g].code, NULL);
	for (size_t c = 0; c < s->sex->n * r->n_band; c++)
		cell[c] = id_of("cell", s->sex->cats[c / r->n_band].code,
		                s->age->cats[c % r->n_band].code);
	s->trend.group_id = group;
	s->trend.area_id = area;
	s->trend.cell_id = cell;
out:
	return rc;
}

static vrd_status make_groups(reading *r) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	vrd_arena *mem = r->region->mem;
	vrd_backtest_series *s = &r->s;
	const size_t n = s->service->n * s->care->n * s->measure->n, size = cells_of_group(r);
	size_t n_group = 0;
	double *los;
	VRD_TRY(VRD_NEW(mem, s->group_service, n));
	VRD_TRY(VRD_NEW(mem, s->group_care, n));
	VRD_TRY(VRD_NEW(mem, s->group_measure, n));
	VRD_TRY(VRD_NEW(mem, los, n));
	for (size_t i = 0; i < n; i++)
		los[i] = los_of(r, i);
	for (size_t i = 0; i < n; i++) {
		if (!(total(r, i, false) > 0))
			continue;
		s->group_service[n_group] = i / s->measure->n / s->care->n;
		s->group_care[n_group] = i / s->measure->n % s->care->n;
		s->group_measure[n_group] = i % s->measure->n;
		los[n_group] = los[i];
		for (size_t q = 0; q < 2; q++)
			memmove(r->all[q] + n_group * size, r->all[q] + i * size,
			        size * sizeof *r->all[q]);
		n_group++;
	}
	if (n_group == 0)
		VRD_TRY(vrd_fail(err, VRD_NOINPUT, "there is no activity in the base years"));
	s->observed = r->all[0];
	s->expected = r->all[1];
	VRD_TRY(make_ids(r, n_group));
	s->trend.n_group = n_group;
	s->trend.los = los;
	s->trend.los_cv = 1; // as scenarios with noise: poisson, unless they say otherwise
out:
	return rc;
}

// The trend reads the base years of what was observed, and nothing later.
static vrd_status make_trend(reading *r) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	vrd_backtest_series *s = &r->s;
	vrd_trend_input *t = &s->trend;
	double *observed;
	t->n_area = s->area->n;
	t->n_cell = s->sex->n * r->n_band;
	t->n_base = r->n_base;
	t->n_target = s->n_years - r->n_base;
	t->base_year = s->years;
	t->target_year = s->years + r->n_base;
	t->expected = s->expected;
	const size_t n = t->n_group * t->n_area * t->n_cell;
	VRD_TRY(VRD_NEW(r->region->mem, observed, n * t->n_base));
	for (size_t i = 0; i < n; i++)
		memcpy(observed + i * t->n_base, s->observed + i * s->n_years,
		       t->n_base * sizeof *observed);
	t->observed = observed;
out:
	return rc;
}

vrd_status vrd_backtest_read(vrd_region *region, const vrd_backtest_options *options,
                             vrd_backtest_series *out, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	reading r = {.region = region, .options = options, .diag = diag, .err = err};
	VRD_TRY(vrd_region_activity(region, region->mem, &r.activity, diag, err));
	VRD_TRY(name_years(&r));
	VRD_TRY(name_dims(&r));
	VRD_TRY(vrd_backtest_people_of(region, options, r.s.area, r.n_base, r.s.n_years, r.s.years,
	                               r.births_driven != NULL, &r.people, diag, err));
	for (size_t q = 0; q < 2; q++)
		VRD_TRY(VRD_NEW(region->mem, r.all[q],
		                r.s.service->n * r.s.care->n * r.s.measure->n *
		                        cells_of_group(&r)));
	VRD_TRY(observe(&r));
	for (size_t s = 0; s < r.s.sex->n; s++)
		VRD_TRY(expect(&r, s));
	VRD_TRY(make_groups(&r));
	VRD_TRY(make_trend(&r));
	r.s.vintage = r.people.vintage;
	*out = r.s;
out:
	return rc;
}
