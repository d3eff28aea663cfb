// What the parts of the demand computation share. Private to the activity room.
#pragma once

#include "activity/demand.h"

// Positions of what is multiplied. Column j of a rate matrix is population age i and sex s:
// j = i * n_sex + s, ages ascending, so that a band is a run of columns.
typedef struct {
	const vrd_demand_input *in;
	vrd_demand *out;
	vrd_arena *mem;
	vrd_diag *diag;
	vrd_err *err;
	size_t n_rate_area, n_age, n_sex, n_columns, n_class, n_rate_sex, n_pair;
	size_t contacts, bed_days; // categories of measure; bed_days may be VRD_NONE
	size_t *class_of;          // population age -> activity age
	size_t *rate_sex;          // population sex -> activity sex
	size_t *band_column;       // first column of each band, n_band + 1
	size_t *rate_area;         // model area -> activity area
	size_t *base_index;        // base years in base_exposure
	double *activity[2]; // xbar: [rate area][pair][class][rate sex], contacts and bed days
	double *people;      // Nbar: [rate area][class][rate sex]
	double *theta[2];    // shrinkage [rate area][pair]; NULL = none
	double *region[2];   // the region's rates: [pair][class][rate sex]
} work;

// Whether any service is driven by births.
static inline bool vrd_demand_has_births(const vrd_demand *d) {
	bool any = false;
	for (size_t k = 0; k < d->n_service; k++)
		any = any || d->births_driven[k];
	return any;
}

#define CELL(w, area, pair, class, sex)                                                            \
	((((area) * (w)->n_pair + (pair)) * (w)->n_class + (class)) * (w)->n_rate_sex + (sex))

// demand_join.c: which population cell has which rate; means of the base years.
vrd_status vrd_demand_join(work *w);
// Bbar of each model area.
vrd_status vrd_demand_mean_births(const work *w, double *out);

// demand_product.c: rates (shrunk when asked for) times people.
vrd_status vrd_demand_shrink(work *w, vrd_cube *report);
vrd_status vrd_demand_region(work *w); // fills w->region
vrd_status vrd_demand_multiply(work *w);
// rates[pair][column] of an activity area; pairs driven by births have none.
void vrd_demand_rates(const work *w, size_t area, size_t q, double *rates);
// N of a model area: [column][variant][year]. DATA, without a message, where there is no number.
vrd_status vrd_demand_people(const work *w, size_t g, double *people);
// Nbar of a model area: [column].
void vrd_demand_base_people(const work *w, size_t g, double *column);

// demand_expected.c: base contacts at the region's rates. After services are driven by births.
vrd_status vrd_demand_expect(work *w);

// demand_aged.c: the demand with healthy ageing. After services are driven by births, before
// activity of people who are not there is kept.
vrd_status vrd_demand_age(work *w);
