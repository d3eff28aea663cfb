// What the parts of the trend model share. Private to the activity room.
#pragma once

#include "activity/trend.h"

#include <math.h>

// The units of one level: [group][unit], with a row of base years each.
typedef struct {
	const vrd_trend_input *in;
	size_t n_unit;     // in a group
	double *observed;  // [group][unit][base]
	double *expected;  // [group][unit][base + target]
	double *z, *noise; // [group][unit][base]; noise: of independent contacts, all of the unit
	vrd_trend_unit *unit; // [group][unit]
} vrd_trend_units;

// What one chance event counts for: 1 contact, or the bed days of a contact that has any.
static inline double vrd_trend_event(const vrd_trend_input *in, size_t group) {
	return fmax(1, in->los[group]);
}

// Estimates the variances of every group at one level, by group, and shrunk towards what the
// groups have in common. Sampling beyond independent contacts is taken from `known` (NULL:
// estimated too). `out` has one for each group.
void vrd_trend_variances(const vrd_trend_units *units, const vrd_trend_variance *known,
                         vrd_trend_variance out[]);
