// Assumptions: what professionals expect to change, each with an interval and a phasing curve.
//
// An assumption selects strata (area, service, care, age band), has one uncertain parameter x with
// a distribution, and acts with the share phi(t) of it that is realised in year t:
//
//	growth          G *= (1+x)^(years)  (annual)   or  1 + x phi  (total)        section 6
//	avoid           G *= 1 - phi x                                               section 7
//	shift           d = x phi G leaves care m for m' (all at once, pre-shift G)  section 8
//	length_of_stay  BD *= 1 - phi x, or one_night: BD = G + (BD-G)(1 - phi x)    section 9
//
// (sections of docs/methods.md). Neutral when x = 0.
#pragma once

#include "base/diag.h"
#include "num/dist.h"

typedef enum { VRD_GROWTH, VRD_AVOID, VRD_SHIFT, VRD_LENGTH_OF_STAY, VRD_N_KINDS } vrd_kind;
typedef enum { VRD_PHASE_LINEAR, VRD_PHASE_STEP, VRD_PHASE_LOGISTIC, VRD_PHASE_TABLE } vrd_curve;
typedef enum { VRD_REMOVED_MEAN, VRD_REMOVED_SHORTEST, VRD_REMOVED_VALUE } vrd_removed;

const char *vrd_kind_name(vrd_kind kind); // "growth", "avoid", "shift", "length_of_stay"
bool vrd_kind_parse(vrd_str text, vrd_kind *out);
bool vrd_curve_parse(vrd_str text, vrd_curve *out);
const char *vrd_curve_name(vrd_curve curve);

// phi(t): 0 at and before `start`, 1 from `end` on. Logistic: (s(t)-s(start))/(s(end)-s(start))
// with s(t) = 1/(1+exp(-10 (t-mid)/(end-start))). Step: 1 from `end`. Table: given points, straight
// lines between them and from (start, 0); constant after the last. Fields are public, arrays
// borrowed.
typedef struct {
	vrd_curve curve;
	int start, end;
	size_t n_table;
	const int *table_year;     // ascending
	const double *table_share; // within [0, 1]
} vrd_phasing;

double vrd_phasing_at(const vrd_phasing *phasing, int year);

// Natural bounds of a kind's parameter: growth (-1, none), the others [0, 1].
void vrd_kind_bounds(vrd_kind kind, double *a, double *b);

// Fields are public; pointers borrowed from the arena of the model. A selector that is NULL selects
// everything.
typedef struct {
	const char *id; // also names the random stream: renaming changes the draws
	const char *label;
	vrd_kind kind;
	vrd_dist dist;
	vrd_phasing phasing;
	const bool *area, *service, *care, *band;
	size_t group;      // correlation group or VRD_NO_GROUP
	bool annual;       // growth
	size_t to;         // shift: care index, or VRD_LEAVES
	double conversion; // shift: contacts at the target per contact moved
	vrd_removed removed;
	double removed_days; // with REMOVED_VALUE
	double los_cv;       // with REMOVED_SHORTEST: > 0 log-normal, 0 exponential
	double los_new;      // bed days per new contact
	bool moves_days;     // bed days move, stays remain
	bool one_night;      // length_of_stay
	vrd_place place;     // where it stands, for messages; not part of the model's bytes
} vrd_assumption;

#define VRD_NO_GROUP SIZE_MAX
#define VRD_LEAVES SIZE_MAX

static inline bool vrd_assumption_selects(const vrd_assumption *a, size_t area, size_t service,
                                          size_t care, size_t band) {
	return (!a->area || a->area[area]) && (!a->service || a->service[service]) &&
	       (!a->care || a->care[care]) && (!a->band || a->band[band]);
}

// A shift whose moved stays are the shortest ones.
static inline bool vrd_removes_shortest(const vrd_assumption *a) {
	return a->kind == VRD_SHIFT && !a->moves_days && a->removed == VRD_REMOVED_SHORTEST;
}

// What the parameter x does in `year`: growth: the factor; avoid and length_of_stay: 1 - phi x;
// shift: the share phi x. t0 is the mean of the base years (growth counts years from there, or from
// phasing.start when that is later, until phasing.end).
double vrd_assumption_effect(const vrd_assumption *a, double x, int year, double t0);

// Share of the mean stay that the moved stays have when they are the shortest S of all:
// l_rem(S)/L = (1/S) int_0^S Q(u) du / L. Exponential: 1 + (1-S)/S ln(1-S); log-normal with
// sl^2 = ln(1+cv^2): Phi(Phi^-1(S) - sl)/S. 0 <= S <= 1.
double vrd_shortest_share(double s, double los_cv);
