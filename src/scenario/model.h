// The model of a run: everything the kernel needs, and nothing else. Cubes in, no I/O.
//
// Results are wanted at *places*: units (planning-level areas, on the map of the year), model areas
// or providers. Membership of area g in unit u and flows f[g,k,m -> h] turn strata into places.
#pragma once

#include "activity/demand.h"
#include "scenario/assumption.h"

// Area -> unit in one year: links of area g are [start[g], start[g+1]).
typedef struct {
	const size_t *start; // n_area + 1
	const size_t *unit;
	const double *weight; // sum 1 for each area
} vrd_membership;

// Correlated normal scores of some assumptions: z = L e, L lower triangular.
typedef struct {
	size_t n;
	const size_t *assumption; // [n]
	const double *factor;     // L, n x n
} vrd_matrix;

// Fields are public; everything is borrowed by the kernel and owned by the arena that made it.
typedef struct {
	vrd_demand demand;
	const vrd_dim *unit;
	size_t n_maps;
	const vrd_membership *maps; // distinct states of the maps
	const uint32_t *map_at;     // [k][t] -> state in force for a service in a year
	const uint32_t *map_base;   // [k] -> state of the base year
	const vrd_dim *provider;    // NULL: no flows, no results by provider
	const double *flow;         // [g][k][m][h], sum over h = 1
	const double *kappa;        // [k]: how much of a moved area follows the map
	const size_t *home;         // [unit] -> provider, VRD_NONE = none
	const double
	        *beds_per_bed_day; // [h][k][m] = 1 / (365 occupancy); 0 = this care uses no beds
	size_t n_assumptions;
	const vrd_assumption *assumptions;
	size_t n_groups;
	const char *const *group_names; // correlation groups; each has the stream "group/NAME"
	const double *group_rho;
	size_t n_matrices;
	const vrd_matrix *matrices;   // correlation matrices; an assumption is in one or in a group
	const double *variant_weight; // [v], sum 1; the main alternative is v = 0
	bool planned_map;             // false: the base year's map in every year
	bool poisson;                 // chance: counts are Poisson, bed days compound Poisson
	double los_cv; // with poisson: coefficient of variation of a stay (1 = exponential)
	// Base rates are uncertain: that of each area, reported service and form of care is
	// Gamma(X + 1/2) / X of what was observed, X its contacts over n_base years (Jeffreys); what has
	// no contacts stays empty.
	bool uncertain_rates;
	size_t n_base;
	// Services as reported. Rows that different measures may touch are strata of their own: then
	// demand.service has more categories and service_of[k] says which reported one each belongs to.
	// NULL: the same.
	const vrd_dim *service;
	const size_t *service_of;
} vrd_model;

// The services of results.
static inline const vrd_dim *vrd_model_services(const vrd_model *model) {
	return model->service ? model->service : model->demand.service;
}

// Everything that must hold before a run, each violation with its own message (all are listed):
// model.shift-sum (upper bounds of the shares leaving one stratum pass 1; names the assumptions and
// a stratum), model.shift-same (to the same form of care), model.removed-days (fixed days per moved
// stay that pass the mean stay), model.los-cv (rules on one stratum that differ),
// model.shift-cycle (shifts that lead back to where they began), model.two-ageing (healthy ageing
// twice on one stratum), model.levels (more than four level rules on one), model.place-sum (flows and catchments that may take more than all),
// model.backlog-base (nothing to spread a backlog by), model.two-correlations,
// model.duplicate-id, model.id-collision, model.reserved-id (the stream of something else),
// model.duplicate-group, model.neutral (warning: selects nothing), model.flow-sum,
// model.weights. A problem of assumptions stands at the place of the last of them, one without a
// place at the file `name`.
void vrd_model_check(const vrd_model *model, const char *name, vrd_diag *diag);

// The model as bytes and back, exact: a stored run can be asked anything, for ever.
vrd_status vrd_model_pack(const vrd_model *model, vrd_buf *out, vrd_err *err) VRD_MUST_USE;
vrd_status vrd_model_unpack(vrd_arena *mem, const void *bytes, size_t n, vrd_model *out,
                            vrd_err *err) VRD_MUST_USE;
