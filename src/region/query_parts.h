// What the two halves of a query share. Private to the region room.
#pragma once

#include "region/region.h"

// The selection on a dimension, NULL when there is none.
const vrd_where *vrd_query_where(const vrd_query *query, const char *dim);
bool vrd_query_by(const vrd_query *query, const char *dim);
// The area level asked for, or the planning level.
const char *vrd_query_area_level(const vrd_region *region, const vrd_query *query);
bool vrd_query_service_groups(const vrd_query *query);
// The groups of services (roots of the tree) as a dimension, and the group of each category of `own`
// (VRD_NONE when the services table does not have it). NOINPUT without a services table.
vrd_status vrd_query_group_services(vrd_region *region, const vrd_dim *own, const vrd_dim **groups,
                                    size_t **parent, vrd_err *err) VRD_MUST_USE;

// NOINPUT when `by` or `where` name a dimension that is not known (lists those that are).
vrd_status vrd_query_check_dims(const vrd_query *query, size_t n, const char *const *known,
                                vrd_err *err) VRD_MUST_USE;
// NOINPUT for a code that `dim` does not have: the level it is of, or the nearest code.
vrd_status vrd_query_unknown_code(const vrd_region *region, const vrd_dim *dim, const char *code,
                                  vrd_err *err) VRD_MUST_USE;

// Selects what `where` says of every dimension of the cube, gives the never-summed dimensions their
// main category when they are neither selected nor in `by`, and sums to `by`.
vrd_status vrd_query_shape(vrd_region *region, const vrd_query *query, const vrd_cube *in,
                           vrd_cube *out, vrd_err *err) VRD_MUST_USE;

// query_result.c: cubes that begin with "result/". *rule is the region's rule and becomes that of
// the cube (beds are scaled bed days; a waterfall hides the groups whose base year is hidden).
vrd_status vrd_query_result(vrd_region *region, const vrd_query *query, vrd_cube *out,
                            vrd_suppression *rule, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// --- query_groups.c: what a query asks of a model ------------------------------------------------

// The view that answers the query (measures and steps are the caller's to set) and the names of its
// groups: each wanted category one of its own where the dimension is in `by`, else one group.
typedef struct {
	vrd_view view;
	const vrd_dim *place, *service, *care;
} vrd_grouped;
vrd_status vrd_query_groups(vrd_region *region, const vrd_query *query, const vrd_model *model,
                            vrd_axis axis, vrd_grouped *out, vrd_err *err) VRD_MUST_USE;
// Gives areas, services, care forms and providers the labels that the region has now.
vrd_status vrd_query_relabel(const vrd_region *region, vrd_cube *cube, vrd_err *err) VRD_MUST_USE;

// --- query_hide.c: a selection never shows what the whole table hides -----------------------------

// The query without its selections, which become dimensions to show; those on year, measure and
// variant stay, stat and step go.
vrd_status vrd_query_widen(vrd_region *region, const vrd_query *query, vrd_query *out,
                           vrd_err *err) VRD_MUST_USE;
// Suppresses the whole table behind `query` (`full` has every category of the dimensions shown or
// selected on) and shapes it as the query: cells SUPPRESSED there must be hidden.
vrd_status vrd_query_hidden(vrd_region *region, const vrd_query *query, const vrd_cube *full,
                            const vrd_suppression *rule, vrd_cube *out, vrd_err *err) VRD_MUST_USE;
// Hides the cells of `cube` that are SUPPRESSED in `hidden`, joined by codes; dimensions that
// `hidden` lacks do not matter.
vrd_status vrd_query_hide(vrd_region *region, const vrd_cube *hidden, vrd_cube *cube,
                          vrd_err *err) VRD_MUST_USE;
