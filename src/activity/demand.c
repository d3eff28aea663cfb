#include "activity/demand_work.h"
#include "population/age.h"

#include <string.h>

static size_t band_of_age(const work *w, size_t i) {
	size_t band = 0;
	while (band + 1 < w->out->n_band && w->band_column[band + 1] <= i * w->n_sex)
		band++;
	return band;
}

// The band of an activity age group in which nobody lives: nothing tells how it divides at a cut
// inside the group.
static vrd_status band_of_class(const work *w, size_t class, size_t service, size_t *out) {
	const size_t group = class / w->n_rate_sex;
	size_t first = 0, last = w->n_age - 1;
	while (w->class_of[first] != group)
		first++;
	while (w->class_of[last] != group)
		last--;
	const size_t band = band_of_age(w, first);
	if (band_of_age(w, last) != band)
		return vrd_fail(w->err, VRD_DATA,
		                "an assumption cuts at age %d, inside the age group \"%s\" of the "
		                "activity in \"%s\", which is where nobody lives and cannot be "
		                "divided by age; choose a limit between the age groups, or give "
		                "finer ones",
		                w->in->band_from[band + 1],
		                w->in->activity->dims[2]->cats[group].code,
		                w->out->service->cats[service].code);
	*out = band;
	return VRD_OK;
}

// Adds rho per birth to a stratum: to its base, and along its paths.
static void add_per_birth(const work *w, size_t g, size_t stratum, size_t q, double rho,
                          double base_births) {
	const vrd_demand *d = w->out;
	double *to = (q ? d->bed_days : d->contacts) + stratum * d->n_variant * d->n_year;
	(q ? d->base_bed_days : d->base_contacts)[stratum] += rho * base_births;
	for (size_t v = 0; v < d->n_variant; v++) {
		const double *births = w->in->births->values + (v * d->n_area + g) * d->n_year;
		for (size_t t = 0; t < d->n_year; t++)
			to[v * d->n_year + t] += rho * births[t];
	}
}

// How an activity age group and sex divides on the bands: by the region's people in the base years,
// as a rate that is constant inside the group does. [class][band], each class sums to 1.
static vrd_status shares_of_bands(const work *w, double **out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const vrd_cube *p = w->in->base_exposure;
	const size_t n_band = w->out->n_band, n_class = w->n_class * w->n_rate_sex;
	double *share;
	VRD_TRY(VRD_NEW(w->mem, share, n_class * n_band));
	for (size_t g = 0; g < w->out->n_area; g++)
		for (size_t s = 0; s < w->n_sex; s++)
			for (size_t i = 0; i < w->n_age; i++) {
				const size_t class =
				        w->class_of[i] * w->n_rate_sex + w->rate_sex[s];
				for (size_t y = 0; y < w->in->n_base; y++)
					share[class * n_band + band_of_age(w, i)] +=
					        p->values[vrd_cube_position(
					                p, (const size_t[]){g, s, i,
					                                    w->base_index[y]})];
			}
	for (size_t class = 0; class < n_class; class ++) {
		double sum = 0;
		size_t first = 0;
		while (w->class_of[first] != class / w->n_rate_sex)
			first++;
		for (size_t b = 0; b < n_band; b++)
			sum += share[class * n_band + b];
		for (size_t b = 0; b < n_band; b++)
			share[class * n_band + b] = sum > 0 ? share[class * n_band + b] / sum
			                                    : b == band_of_age(w, first);
	}
	*out = share;
out:
	return rc;
}

// Services driven by births: D = xbar * B_g(t) / Bbar, with the ages that the base years had.
static vrd_status drive_by_births(work *w) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const vrd_demand *d = w->out;
	const size_t n_class = w->n_class * w->n_rate_sex;
	double *own, *area, *share;
	if (!vrd_demand_has_births(d))
		return VRD_OK;
	VRD_TRY(VRD_NEW(w->mem, own, d->n_area));
	VRD_TRY(VRD_NEW(w->mem, area, w->n_rate_area));
	VRD_TRY(vrd_demand_mean_births(w, own));
	VRD_TRY(shares_of_bands(w, &share));
	for (size_t g = 0; g < d->n_area; g++)
		area[w->rate_area[g]] += own[g];
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t i = 0; i < w->n_pair * n_class * 2; i++) {
			const size_t q = i % 2, c = i / 2 % n_class, pair = i / 2 / n_class;
			const size_t a = w->rate_area[g], k = pair / d->n_care;
			const double x = w->activity[q][(a * w->n_pair + pair) * n_class + c];
			if (!d->births_driven[k] || x == 0)
				continue;
			if (!(area[a] > 0))
				VRD_TRY(vrd_fail(err, VRD_DATA,
				                 "area \"%s\" has activity in \"%s\", driven by "
				                 "births, but no births in the base years",
				                 d->area->cats[g].code, d->service->cats[k].code));
			for (size_t b = 0; b < d->n_band; b++)
				if (share[c * d->n_band + b] > 0)
					add_per_birth(
					        w, g,
					        vrd_demand_stratum(d, g, b, k, pair % d->n_care), q,
					        share[c * d->n_band + b] * x / area[a], own[g]);
		}
out:
	return rc;
}

// Adds activity of people who are not there to the paths of a stratum: as it is, or growing as the
// region's demand of the same service and care form.
static void keep_on_paths(const work *w, size_t stratum, double x, double days, double *contacts,
                          double *bed_days) {
	const vrd_demand *d = w->out;
	const size_t paths = d->n_variant * d->n_year, pair = stratum % w->n_pair;
	for (size_t i = 0; i < paths; i++) {
		double now = 0, base = 0;
		for (size_t o = 0; o < d->n_area * d->n_band && w->in->zero == VRD_ZERO_SCALE;
		     o++) {
			const size_t other = o * w->n_pair + pair;
			now += contacts[other * paths + i];
			base += d->base_contacts[other];
		}
		const double factor = base > x && now > 0 ? now / (base - x) : 1;
		contacts[stratum * paths + i] += x * factor;
		bed_days[stratum * paths + i] += days * factor;
	}
}

// Activity of people who are not there (x > 0 where N = 0): refused, held constant, or scaled with
// the region's growth in the same service and care form. It stays at the area's first model area.
static vrd_status keep_unpeopled(work *w) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	vrd_demand *d = w->out;
	const size_t n_class = w->n_class * w->n_rate_sex;
	const size_t n_cells = d->n_area * d->n_band * w->n_pair * d->n_variant * d->n_year;
	size_t n = 0;
	double lost = 0;
	char first[128] = "";
	for (size_t a = 0; a < w->n_rate_area; a++)
		for (size_t c = 0; c < n_class; c++) {
			if (w->people[a * n_class + c] > 0)
				continue;
			size_t g = 0;
			while (w->rate_area[g] != a)
				g++;
			for (size_t pair = 0; pair < w->n_pair; pair++) {
				const size_t k = pair / d->n_care, m = pair % d->n_care;
				const double x =
				        w->activity[0][(a * w->n_pair + pair) * n_class + c];
				const double days =
				        w->activity[1][(a * w->n_pair + pair) * n_class + c];
				if ((x == 0 && days == 0) || d->births_driven[k])
					continue;
				lost += x;
				if (n++ == 0) {
					vrd_buf text = {.max = sizeof first - 1};
					vrd_buf_printf(&text, "area %s, sex %s, age %s, service %s",
					               w->in->activity->dims[0]->cats[a].code,
					               w->in->activity->dims[1]
					                       ->cats[c % w->n_rate_sex]
					                       .code,
					               w->in->activity->dims[2]
					                       ->cats[c / w->n_rate_sex]
					                       .code,
					               d->service->cats[k].code);
					memcpy(first, text.p ? text.p : "", text.n);
					vrd_buf_free(&text);
				}
				if (w->in->zero == VRD_ZERO_REFUSE)
					continue;
				size_t band = 0;
				VRD_TRY(band_of_class(w, c, k, &band));
				const size_t stratum = vrd_demand_stratum(d, g, band, k, m);
				d->base_contacts[stratum] += x;
				d->base_bed_days[stratum] += days;
				d->expected[stratum] += x; // no rate: nothing to compare
				keep_on_paths(w, stratum, x, days, d->contacts, d->bed_days);
				for (size_t i = 0; i < d->n_aged; i++)
					keep_on_paths(w, stratum, x, days,
					              d->aged_contacts + i * n_cells,
					              d->aged_bed_days + i * n_cells);
			}
		}
	if (n && w->in->zero == VRD_ZERO_REFUSE)
		VRD_TRY(vrd_fail(err, VRD_DATA,
		                 "%zu cells have activity (%.0f contacts a year) where nobody "
		                 "lives, the first at "
		                 "%s; correct the file or say zero_population: hold or scale",
		                 n, lost, first));
	if (n)
		vrd_diag_add(w->diag, VRD_WARNING, (vrd_place){0}, "act.zero-population",
		             "correct the file if it is an error",
		             "%zu cells have activity (%.0f contacts a year) where nobody lives, "
		             "the first at %s",
		             n, lost, first);
out:
	return rc;
}

// Ageing inside an open age group cannot be seen.
static void warn_open_band(const work *w) {
	const vrd_cube *a = w->in->activity;
	const size_t last = a->dims[2]->n, n_class = w->n_class * w->n_rate_sex;
	size_t open = VRD_NONE, from = 0;
	for (size_t c = 0; c < last; c++) {
		vrd_age age;
		if (vrd_age_parse(vrd_str_of(a->dims[2]->cats[c].code), &age) &&
		    age.to == VRD_AGE_MAX) {
			open = c;
			from = (size_t)age.from;
		}
	}
	if (open == VRD_NONE || from >= 100)
		return;
	double all = 0, in_open = 0;
	for (size_t i = 0; i < w->n_rate_area * w->n_pair * n_class; i++) {
		all += w->activity[0][i];
		if (i % n_class / w->n_rate_sex == open)
			in_open += w->activity[0][i];
	}
	if (in_open > 0.1 * all)
		vrd_diag_add(w->diag, VRD_WARNING, (vrd_place){0}, "act.open-band",
		             "use finer ages for the oldest if there are any",
		             "%.0f %% of the contacts are in the open age group \"%s\": ageing "
		             "inside it is "
		             "invisible",
		             100 * in_open / all, a->dims[2]->cats[open].code);
}

static vrd_status make_result(work *w) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	vrd_demand *d = w->out;
	const vrd_demand_input *in = w->in;
	const size_t paths = d->n_variant * d->n_year;
	const size_t n = d->n_area * d->n_band * w->n_pair;
	int *band_from, *year;
	bool *births;
	VRD_TRY(VRD_NEW(w->mem, band_from, in->n_band));
	memcpy(band_from, in->band_from, in->n_band * sizeof *band_from);
	VRD_TRY(VRD_NEW(w->mem, births, d->n_service));
	if (in->births_driven)
		memcpy(births, in->births_driven, d->n_service * sizeof *births);
	VRD_TRY(VRD_NEW(w->mem, year, d->n_year));
	for (size_t t = 0; t < d->n_year; t++) {
		int64_t number;
		const char *code = in->exposure->dims[4]->cats[t].code;
		if (!vrd_parse_int64(vrd_str_of(code), &number))
			VRD_TRY(vrd_fail(err, VRD_DATA, "\"%s\" is not a year", code));
		year[t] = (int)number;
	}
	for (size_t y = 0; y < in->n_base; y++)
		d->t0 += in->base_years[y] / (double)in->n_base;
	d->band_from = band_from;
	d->births_driven = births;
	d->year = year;
	VRD_TRY(VRD_NEW(w->mem, d->contacts, n * paths));
	VRD_TRY(VRD_NEW(w->mem, d->bed_days, n * paths));
	VRD_TRY(VRD_NEW(w->mem, d->base_contacts, n));
	VRD_TRY(VRD_NEW(w->mem, d->base_bed_days, n));
out:
	return rc;
}

vrd_status vrd_demand_compute(vrd_arena *mem, const vrd_demand_input *in, vrd_demand *out,
                              vrd_cube *shrinkage, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *const *a = in->activity->dims;
	vrd_demand demand = {.area = in->base_exposure->dims[0],
	                     .service = a[3],
	                     .care = a[4],
	                     .n_area = in->base_exposure->dims[0]->n,
	                     .n_service = a[3]->n,
	                     .n_care = a[4]->n,
	                     .n_band = in->n_band,
	                     .n_variant = in->exposure->dims[0]->n,
	                     .n_year = in->exposure->dims[4]->n};
	work w = {.in = in,
	          .out = &demand,
	          .mem = mem,
	          .diag = diag,
	          .err = err,
	          .n_rate_area = a[0]->n,
	          .n_class = a[2]->n,
	          .n_rate_sex = a[1]->n,
	          .n_pair = a[3]->n * a[4]->n,
	          .contacts = vrd_dim_find_text(a[5], "contacts"),
	          .bed_days = vrd_dim_find_text(a[5], "bed_days")};
	if (w.contacts == VRD_NONE)
		VRD_TRY(vrd_fail(err, VRD_DATA, "the activity has no measure \"contacts\""));
	VRD_TRY(make_result(&w));
	VRD_TRY(vrd_demand_join(&w));
	if (in->shrink)
		VRD_TRY(vrd_demand_shrink(&w, shrinkage));
	VRD_TRY(vrd_demand_region(&w));
	VRD_TRY(vrd_demand_multiply(&w));
	VRD_TRY(drive_by_births(&w));
	VRD_TRY(vrd_demand_expect(&w));
	VRD_TRY(vrd_demand_age(&w));
	VRD_TRY(keep_unpeopled(&w));
	warn_open_band(&w);
	*out = demand;
out:
	return rc;
}
