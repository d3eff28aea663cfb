// Resolving a scenario's assumptions, in parts. Private to this room.
//
//	scenario_read.c         files, places of the text, ages
//	scenario_file.c         one assumption after the other; what a locked scenario must have
//	scenario_select.c       select: -> strata
//	scenario_dist.c         interval, quantiles, values -> a distribution
//	scenario_phasing.c      phasing, cleared -> shares by year
//	scenario_ranges.c       P10 and P90 of each, for people
//	scenario_kind.c         what only one type of assumption has: a row for each
//	scenario_ignored.c      options that something else written beside them leaves without effect
//	scenario_correlation.c  groups and matrices
//
// Problems go to `diag` with the place of the value; a failure is only lack of memory.
#pragma once

#include "region/region.h"

// An assumption while it is resolved. The model has its dimensions, maps and flows already; without
// data (demand.base_contacts NULL) codes and numbers are checked and nothing is computed.
typedef struct {
	vrd_region *region;
	const vrd_scenario *scenario;
	vrd_model *model;
	vrd_diag *diag;
	vrd_err *err;
	const vrd_node *node;
} vrd_resolver;

// A problem of the assumption at the place of `at`.
void vrd_resolver_problem(const vrd_resolver *r, const vrd_node *at, const char *rule,
                          const char *remedy, const char *format, ...) VRD_PRINTF(5, 6);
// A code that does not exist, with the nearest that does.
void vrd_resolver_unknown(const vrd_resolver *r, const vrd_node *at, const char *what,
                          const char *const *known, size_t n_known);
// Index of the code in `dim`; VRD_NONE, and told, when it is not there.
size_t vrd_resolver_find(const vrd_resolver *r, const vrd_node *at, const char *what,
                         const vrd_dim *dim);

// The codes of a dimension as a list for suggestions; owned by `mem`.
vrd_status vrd_dim_codes(vrd_arena *mem, const vrd_dim *dim, const char ***out,
                         vrd_err *err) VRD_MUST_USE;

vrd_status vrd_scenario_select(const vrd_resolver *r, vrd_assumption *a) VRD_MUST_USE;

// Needs a->id and a->kind only.
void vrd_scenario_parameter(const vrd_resolver *r, vrd_assumption *a);

vrd_status vrd_scenario_phasing(const vrd_resolver *r, vrd_assumption *a) VRD_MUST_USE;

// Refuses keys that other types have, then reads the type's own.
vrd_status vrd_scenario_kind(const vrd_resolver *r, vrd_assumption *a) VRD_MUST_USE;

// Options of the assumption, and of the scenario, that would be taken and ignored.
void vrd_scenario_ignored(const vrd_resolver *r, const vrd_assumption *a);
void vrd_scenario_ignored_head(const vrd_resolver *r);

// Groups of the model, before the assumptions; matrices after them.
vrd_status vrd_scenario_groups(const vrd_resolver *r) VRD_MUST_USE;
void vrd_scenario_group_of(const vrd_resolver *r, vrd_assumption *a);
vrd_status vrd_scenario_matrices(const vrd_resolver *r, size_t n,
                                 const vrd_assumption *assumptions) VRD_MUST_USE;
