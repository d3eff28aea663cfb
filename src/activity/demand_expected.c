#include "activity/demand_work.h"
#include "num/linalg.h"

// Services driven by births have no rates by age: the region's activity of the stratum, by births.
static vrd_status expect_by_births(const work *w) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	const vrd_demand *d = w->out;
	const size_t n_stratum = d->n_band * w->n_pair;
	double *own, births = 0;
	if (!vrd_demand_has_births(d))
		return VRD_OK;
	VRD_TRY(VRD_NEW(w->mem, own, d->n_area));
	VRD_TRY(vrd_demand_mean_births(w, own));
	for (size_t g = 0; g < d->n_area; g++)
		births += own[g];
	for (size_t i = 0; i < n_stratum; i++) {
		if (!d->births_driven[i % w->n_pair / d->n_care])
			continue;
		double observed = 0;
		for (size_t g = 0; g < d->n_area; g++)
			observed += d->base_contacts[g * n_stratum + i];
		for (size_t g = 0; g < d->n_area && births > 0; g++)
			d->expected[g * n_stratum + i] = observed * (own[g] / births);
	}
out:
	return rc;
}

// One product per band for all areas: people [area][column] times the region's rates
// [column][pair].
vrd_status vrd_demand_expect(work *w) {
	vrd_status rc = VRD_OK;
	vrd_err *err = w->err;
	vrd_demand *d = w->out;
	const size_t n_class = w->n_class * w->n_rate_sex;
	double *people, *rates;
	VRD_TRY(VRD_NEW(w->mem, d->expected, d->n_area * d->n_band * w->n_pair));
	VRD_TRY(VRD_NEW(w->mem, people, d->n_area * w->n_columns));
	VRD_TRY(VRD_NEW(w->mem, rates, w->n_columns * w->n_pair));
	for (size_t g = 0; g < d->n_area; g++)
		vrd_demand_base_people(w, g, people + g * w->n_columns);
	for (size_t pair = 0; pair < w->n_pair; pair++)
		for (size_t j = 0; j < w->n_columns && !d->births_driven[pair / d->n_care]; j++) {
			const size_t class = w->class_of[j / w->n_sex] * w->n_rate_sex +
			                     w->rate_sex[j % w->n_sex];
			rates[j * w->n_pair + pair] = w->region[0][pair * n_class + class];
		}
	for (size_t b = 0; b < d->n_band; b++) {
		const size_t from = w->band_column[b], n = w->band_column[b + 1] - from;
		vrd_gemm(d->n_area, w->n_pair, n, people + from, w->n_columns,
		         rates + from * w->n_pair, w->n_pair, d->expected + b * w->n_pair,
		         d->n_band * w->n_pair);
	}
	VRD_TRY(expect_by_births(w));
out:
	return rc;
}
