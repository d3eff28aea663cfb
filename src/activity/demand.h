// From activity and population to demographic demand on strata: rates x people, as matrix products.
//
//	r[g',s,a,k,m] = xbar / Nbar     xbar, Nbar: means over the base years
//	D_g[(k,m), (v,t)]_b = R_g'[(k,m), (s, a in b)] . N_g[(s, a in b), (v,t)]
//
// (docs/methods.md sections 3 and 4.)
// g is a model area (the areas of the population), g' = rate_area[g] the activity area whose rates
// it has (the same when activity is given for the same areas). Activity in age bands has a constant
// rate inside a band. Services driven by births: D = xbar * B_g(t) / Bbar instead (never both).
#pragma once

#include "base/diag.h"
#include "cube/cube.h"

// The result. Fields are public. Strata are (g, b, k, m); indices by the functions below.
typedef struct {
	const vrd_dim *area, *service, *care;
	size_t n_area, n_service, n_care, n_band, n_variant, n_year;
	const int *band_from; // lower age of each band; band b is [band_from[b], band_from[b+1])
	const int *year;
	double t0;             // mean of the base years
	double *contacts;      // [g][b][k][m][v][t]
	double *bed_days;      // the same shape
	double *base_contacts; // [g][b][k][m]: xbar (shared by persons when rates are coarser)
	double *base_bed_days;
	double *persons;           // [g][v][t]: all ages, exposure of the year
	double *base_persons;      // [g]
	const bool *births_driven; // [k]
	double *people;            // [g][b][v][t]: exposure of the band, both sexes
	// [g][b][k][m]: base contacts at the region's rates by sex and age, never shrunk:
	// sum_{s,a in b} Nbar_g X/N, X and N the region's; births-driven: the region's contacts by
	// births. Activity where nobody lives has no rate: it is expected where it is kept. Over areas
	// the sum is what was observed.
	double *expected;
	// Healthy ageing: the demand if the share aged_share[i] of the added years is lived in good
	// health, for the services whose rates have ages (births-driven: as it is). NULL: not asked.
	size_t n_aged;
	const double *aged_share;
	double *aged_contacts; // [i][g][b][k][m][v][t]
	double *aged_bed_days;
} vrd_demand;

static inline size_t vrd_demand_stratum(const vrd_demand *d, size_t g, size_t b, size_t k,
                                        size_t m) {
	return ((g * d->n_band + b) * d->n_service + k) * d->n_care + m;
}
static inline size_t vrd_demand_cell(const vrd_demand *d, size_t g, size_t b, size_t k, size_t m,
                                     size_t v, size_t t) {
	return (vrd_demand_stratum(d, g, b, k, m) * d->n_variant + v) * d->n_year + t;
}

typedef enum { VRD_ZERO_REFUSE, VRD_ZERO_HOLD, VRD_ZERO_SCALE } vrd_zero_policy;

// Inputs, all borrowed. Ages of `activity` are canonical codes (bands or single years, or absent:
// one rate for all ages); of the populations single years with an open end (or the same bands).
// A dimension sex may be absent from activity (both sexes have one rate).
typedef struct {
	const vrd_cube *activity; // [area, sex, age, service, care, measure, year]; measure has
	                          // contacts and, where there are any, bed_days
	const vrd_cube *base_exposure; // [area, sex, age, year]: the base years, model areas
	const vrd_cube *exposure;      // [variant, area, sex, age, year]: result years, model areas
	const size_t *rate_area;       // per model area its activity area; NULL = same code
	const vrd_cube *base_births;   // [area, year]; NULL when no service is driven by births
	const vrd_cube *births;        // [variant, area, year]
	const bool *births_driven;     // per service of `activity`; NULL = none
	size_t n_base;
	const int *base_years; // excluded years already left out; n_base >= 1
	size_t n_band;
	const int *band_from; // ascending, band_from[0] = 0; cuts inside an activity band are
	                      // fine where rates apply, inside a population band an error
	// Healthy ageing (docs/methods.md section 4): shares h at which the aged demand is wanted, and
	// the added years of life at 65 since the base years, [sex, year] with the sexes of the
	// population, those of the activity or "all", or [year]. n_aged 0: not wanted. Rates become
	// r H by measure, service, care and sex:
	//
	//	H[s,a,t] = rs[s, a - h w(a) added[s,t]] / rs[s,a]     w(a) = (a - 55)/10 within 0 .. 1
	//
	// rs is the region's rate at each year of age, smoothed by the mean of the five years
	// a-2 .. a+2 (three and one, still centred, next to and at the ends of the curve), and linear
	// between years. A rate of an activity age group is that of each of its years, before
	// smoothing. A year in which nobody of the region lives takes the rate of the nearest younger
	// one (the first years that of the nearest older). Activity without sex has one curve.
	// The curve runs from 0 to the first year of the population's last age group, whose people are
	// taken to be that old; it is constant beyond both ends. rs[a] = 0 gives H = 1.
	// The population must have single years above 55, and no open end before 90: within a wider
	// group nobody knows who moves where, so it is refused. Younger ages may be in groups.
	// What does not move is the unaged demand bit for bit: every year in which h added = 0 for all
	// sexes, bands of ages up to 55, services driven by births.
	size_t n_aged;
	const double *aged_share;
	const vrd_cube *added_years;
	bool shrink;          // gamma-Poisson towards the region, per (k,m)
	vrd_zero_policy zero; // activity where nobody lives (x > 0, N = 0)
} vrd_demand_input;

// Computes the demand. `mem` owns the result. Warnings go to `diag` (act.open-band: more than 10 %
// of a service's contacts in the open band; act.zero-population when policy is not REFUSE). Errors:
// DATA: act.missing-year, missing or suppressed cells in a base year (how many, the first), x > 0
// where N = 0 (cells listed), an age of the activity that the population does not resolve, a band
// that cuts an age group with activity where nobody lives; with healthy ageing a population without
// single years above 55, added years that lack a sex or year or are not numbers.
// *shrinkage (NULL ok): [area, service, care, stat] with observed, expected, theta, alpha, when
// `shrink`. Cost: one gemm per area and band for each measure, one per band for what is expected;
// for each aged share the same work again over ages above 55, and its copy of the result.
vrd_status vrd_demand_compute(vrd_arena *mem, const vrd_demand_input *in, vrd_demand *out,
                              vrd_cube *shrinkage, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// Checks an activity cube as read: act.negative, act.not-finite, act.fraction (warning),
// act.bed-days-without-contacts (warning), act.los-below-one (warning), act.unknown-measure,
// act.jump (warning: a service's total changes by more than a third between years). Problems name
// `name`.
void vrd_activity_check(const vrd_cube *activity, const char *name, vrd_diag *diag);
// Canonical dimensions, order [area, sex, age, service, care, measure, year], sex and age codes
// made canonical; a missing `measure` dimension becomes contacts.
vrd_status vrd_activity_canonical(vrd_arena *mem, const vrd_cube *in, vrd_cube *out,
                                  vrd_err *err) VRD_MUST_USE;
