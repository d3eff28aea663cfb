// The kinds of assumption behind one interface: a kind is a row of the table in kind.c, with the
// stage at which it acts and what its parameter does there. Private to the scenario room.
#pragma once

#include "scenario/assumption.h"

// What the kernel does with an effect.
typedef enum {
	VRD_STAGE_RATES,   // the share h at which the aged demand is read
	VRD_STAGE_FACTOR,  // demand is multiplied by it
	VRD_STAGE_LEVEL,   // demand is multiplied by 1 + it * gap of the area
	VRD_STAGE_PEOPLE,  // contacts per person, added
	VRD_STAGE_BASE,    // contacts, added where the selected activity of the base years is
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
