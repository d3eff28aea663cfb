// Classes of strata: within one service, the strata of a form of care that the same assumptions act
// on, so that they share every factor in every draw. Private to the scenario room.
#pragma once

#include "scenario/model.h"

// Lists of assumption indices, in file order.
typedef struct {
	size_t n;
	const size_t *items;
} vrd_list;

typedef struct {
	size_t care;
	size_t n_strata;
	const uint32_t *area; // [n_strata], ascending
	const uint32_t *band;
	vrd_list growth, avoid, shift, los;
	const vrd_list *shift_los; // [shift.n]: length-of-stay rules at the shift's target
} vrd_class;

typedef struct {
	size_t n;
	const vrd_class *items;
} vrd_classes;

// Classes of every service ([n_service]); strata without demand in any year are left out.
// Cost: strata x assumptions.
vrd_status vrd_classes_build(vrd_arena *mem, const vrd_model *model, vrd_classes **out,
                             vrd_err *err) VRD_MUST_USE;
