// Where the demand of an area shows up: weights of places, on the dated or the fixed map. Private
// to the scenario room.
#pragma once

#include "scenario/kernel.h"

// A share of an area's strata of one service and care form that belongs to a place.
typedef struct {
	size_t place;
	double weight;
	double beds; // weight * beds per bed day (by provider only; else 0)
} vrd_share;

// Places of a view: groups, and with sums one more place (the last) that is the sum of all. With
// `pairs` (for chance) every unit x provider is a place of its own and groups are applied later.
typedef struct {
	const vrd_model *model;
	vrd_axis axis;
	const size_t *group; // NULL = identity
	size_t n;            // places, the sum included
	bool sums;
	bool pairs;
} vrd_places;

// Most shares that vrd_places_of or vrd_places_moved can return, and doubles of scratch that it needs.
size_t vrd_places_max_shares(const vrd_places *places);
size_t vrd_places_scratch(const vrd_places *places);
// Shares of area g for service k and (after shifts) care m in year t; `fixed`: on the fixed map.
// Returns their number. A place may stand several times.
size_t vrd_places_of(const vrd_places *places, size_t g, size_t k, size_t m, size_t t, bool fixed,
                     vrd_share *shares, double *scratch);
// What a rule of flow or catchment moves when all that it can move goes (its effect is 1): shares
// that are taken away are negative. Everything stands in proportion to the shares before any such
// rule, so rules on one stratum add up.
size_t vrd_places_moved(const vrd_places *places, const vrd_assumption *rule, size_t g, size_t k,
                        size_t m, size_t t, bool fixed, vrd_share *shares, double *scratch);
