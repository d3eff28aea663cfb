// Row sets: a service whose rows different measures may touch is split, one leaf for each set.
//
//	data/row-sets.csv          code,service,measures          surgery~1,surgery,falls;frailty
//
//	surgery            rows that no measure touches, and the service that results speak of
//	  surgery~1        rows that falls and frailty may touch
//
// Activity names the leaves (an import of episodes writes both). An assumption that says
// `rows: [falls]` acts on the leaves whose set has the measure; a service selects all its leaves;
// everything that is shown is of real services unless the level `rows` is asked for.
#pragma once

#include "region/region.h"

// Reads the table after the services: adds its leaves to service_tree, service, service_leaf,
// births_driven and kappa, which they inherit. No table: nothing changes. Problems go to `diag`:
// table.missing-column, rows.code (stands in the services table, or twice), rows.service (not a
// service of the table, or a heading), rows.measures (none, one twice, or a set twice).
vrd_status vrd_row_sets_read(vrd_region *region, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// Code of the real service of a leaf: itself when it is no row set. Borrowed.
const char *vrd_row_sets_service(const vrd_region *region, const char *code);
// Marks the leaves of `services` whose set has the measure. false: no set of the region has it.
bool vrd_row_sets_mark(const vrd_region *region, const vrd_dim *services, const char *measure,
                       bool *marks);
// All measures of the region, once each, ascending; owned by the region.
vrd_status vrd_row_sets_measures(const vrd_region *region, const char ***names, size_t *n,
                                 vrd_err *err) VRD_MUST_USE;

// The real services of `own` (order of the services table) and the one of each category; *real is
// NULL when `own` has no row set. For vrd_model.service and service_of, and for sums.
vrd_status vrd_row_sets_of(const vrd_region *region, vrd_arena *mem, const vrd_dim *own,
                           const vrd_dim **real, const size_t **of, vrd_err *err) VRD_MUST_USE;
// The cube with its row sets summed to real services; parts of whole rows become whole again.
vrd_status vrd_row_sets_merge(const vrd_region *region, vrd_arena *mem, const vrd_cube *in,
                              vrd_cube *out, vrd_err *err) VRD_MUST_USE;
