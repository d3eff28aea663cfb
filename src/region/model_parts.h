// Building the model of a run, in parts. Private to this room.
//
//	model_build.c       activity, demand, and all parts together
//	model_extend.c      services and forms of care that begin after the base years
//	model_population.c  people and births, by alternative
//	model_ageing.c      added years of life
//	model_places.c      maps, providers, beds
//	model_level.c       gaps to a level of use
#pragma once

#include "region/region.h"

typedef struct {
	vrd_region *region;
	const vrd_scenario *scenario;
	vrd_model *model;
	vrd_diag *diag;
	vrd_err *err;
	vrd_cube activity;            // [area, sex, age, service, care, measure, year]
	const bool *new_service;      // [service]: not in the data; NULL: none is
	const bool *new_care;         // [care]
	vrd_cube base, exposure;      // [area, sex, age, year]; [variant, area, sex, age, year]
	vrd_cube base_births, births; // [area, year]; [variant, area, year]
	size_t n_variants;
	const char **variants;
	const double *weights;
	size_t n_years;
	const int *years;
	const size_t *rate_area;
	const bool *births_driven; // per service of the activity; NULL when none is
	size_t n_aged;
	double aged_share[3];
	vrd_cube added_years;
} vrd_build;

// Adds to the activity, with nothing in them, the services and forms of care of the tables that
// shifts and new services name and nobody has in the base years.
vrd_status vrd_build_extend(vrd_build *b) VRD_MUST_USE;

vrd_status vrd_build_population(vrd_build *b) VRD_MUST_USE;

// Where there is healthy ageing: the shares at which aged demand is wanted and the added years.
// NOINPUT when the region has no life_expectancy.
vrd_status vrd_build_ageing(vrd_build *b) VRD_MUST_USE;
// Shares h at which demand is computed, beside 0, so that a cubic through the four is near the
// demand at every h from `low` to `high` (0.1 and 99.9 % of all draws): three values, different and
// not 0, that with 0 divide the range from the lowest to the highest evenly, or nearly so. The
// cubic meets 0 exactly: an assumption with h = 0 changes nothing.
void vrd_ageing_nodes(double low, double high, double out[3]);

// Index in `coarse` of the area that each of `areas` belongs to in the base year: itself when it is
// there, else by the map. Areas of `coarse` must be of one level; `what` names the data.
vrd_status vrd_build_containers(vrd_build *b, const vrd_dim *areas, const vrd_dim *coarse,
                                const char *what, const size_t **out) VRD_MUST_USE;
vrd_status vrd_build_maps(vrd_build *b) VRD_MUST_USE;
// Flows, homes, kappa and beds. What the flows do not know because it is new goes where the same
// area's other contacts go, with a warning.
vrd_status vrd_build_providers(vrd_build *b) VRD_MUST_USE;

// The level that use shall come nearer to, and in which direction.
typedef struct {
	enum { VRD_LEVEL_REGION, VRD_LEVEL_LOWEST_QUARTILE, VRD_LEVEL_UNIT } kind;
	size_t unit; // with LEVEL_UNIT
	bool down, up;
} vrd_level_target;

// gap[g][k][m] = target/ratio - 1 (docs/methods.md section 5). The ratio of a unit is observed over
// expected contacts of the base years on the base year's map, over the selected ages, for each
// service and form of care; the target is 1, the lower quartile (type 7) of the units with expected
// contacts, or one unit's. 0 where the ratio is 0 or undefined, where the direction is not wanted,
// and where nothing is selected. An area takes the mean of its units' gaps by their weights.
// *aimless gets what the target is (in words) for the first selected service and form of care where
// it is 0 or undefined (NULL: none is). Needs demand and maps. Cost: O(strata).
vrd_status vrd_level_gap(vrd_arena *mem, const vrd_model *model, const vrd_assumption *a,
                         const vrd_level_target *target, const double **out, const char **aimless,
                         vrd_err *err) VRD_MUST_USE;
