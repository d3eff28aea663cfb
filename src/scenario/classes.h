// Classes of strata: within one service, the strata of a form of care that the same assumptions act
// on, so that they share every factor in every draw. Private to the scenario room.
#pragma once

#include "scenario/model.h"

// Lists of assumption indices, in file order.
typedef struct {
	size_t n;
	const size_t *items;
} vrd_list;

// What acts on the stays that end up at a form of care: length of stay, where they are treated, and
// what a bed carries.
typedef struct {
	vrd_list stay, place, resource;
} vrd_rules_at;

typedef struct {
	size_t care;
	size_t n_strata;
	const uint32_t *area; // [n_strata], ascending
	const uint32_t *band;
	vrd_list rates;  // healthy ageing: one at most
	vrd_list factor; // growth
	vrd_list level;  // towards a reference rate
	vrd_list added;  // new services and backlogs
	vrd_list keep, move;
	vrd_rules_at own;
	const vrd_rules_at *target; // [move.n]: rules at the shift's target
} vrd_class;

typedef struct {
	size_t n;
	const vrd_class *items;
} vrd_classes;

// Classes of every service ([n_service]); strata without demand in any year that nothing is added to
// are left out. With uncertain rates a class is of one area. Cost: strata x assumptions.
vrd_status vrd_classes_build(vrd_arena *mem, const vrd_model *model, vrd_classes **out,
                             vrd_err *err) VRD_MUST_USE;

// Whether healthy ageing changes a stratum at all: the young and births stay as they are.
bool vrd_stratum_ages(const vrd_demand *demand, size_t g, size_t b, size_t k, size_t m);
