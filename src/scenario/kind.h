// The kinds of assumption behind one interface. A new kind is a file kind_NAME.c with a rule, and
// its line in kind.c. Private to the scenario room.
#pragma once

#include "scenario/assumption.h"

// What the kernel does with an effect.
typedef enum {
	VRD_STAGE_RATES,   // the share h at which the aged demand is read
	VRD_STAGE_FACTOR,  // demand is multiplied by it
	VRD_STAGE_LEVEL,   // demand is multiplied by 1 + it * gap of the area
	VRD_STAGE_PEOPLE,  // contacts per person, added
	VRD_STAGE_BASE,    // contacts per selected contact of the base years, added
	VRD_STAGE_KEEP,    // contacts and bed days are multiplied by it
	VRD_STAGE_MOVE,    // the share that leaves for another form of care
	VRD_STAGE_STAY,    // length of stay is multiplied by it
	VRD_STAGE_PLACE,   // the share that goes to another provider or unit
	VRD_STAGE_RESOURCE // what one bed carries is multiplied by it
} vrd_stage;

typedef struct {
	const char *name;
	vrd_stage stage;
	double lower, upper; // natural bounds of x
	double (*effect)(const vrd_assumption *a, double x, double walk, int year, double t0);
} vrd_kind_rule;

const vrd_kind_rule *vrd_kind_rule_of(vrd_kind kind);

extern const vrd_kind_rule vrd_kind_healthy_ageing, vrd_kind_growth, vrd_kind_level,
        vrd_kind_new_service, vrd_kind_backlog, vrd_kind_avoid, vrd_kind_shift,
        vrd_kind_length_of_stay, vrd_kind_flow, vrd_kind_catchment, vrd_kind_productivity;
