// Assumptions: what professionals expect to change, each with an uncertain parameter x and a
// phasing curve.
//
// An assumption selects strata (area, service, care, age band), has a distribution of x, and acts
// with the share phi(t) that is realised in year t. They act in the order of the list, which is
// also the order of the waterfall (sections of docs/methods.md):
//
//	healthy_ageing  rates r(a) become r(a - x w(a) added years)                       4
//	growth          G *= (1+x)^(years)  (annual)   or  1 + x phi  (total)             6
//	level           G *= 1 + x phi gap_g, gap = target/rate_g - 1                     6
//	new_service     G += x people/1000 phi                                            6
//	backlog         G += x cleared(t), spread as the selected base activity           6
//	avoid           G *= 1 - phi x                                                    7
//	shift           d = x phi G leaves care m for m' (all at once, pre-shift G)       8
//	length_of_stay  BD *= 1 - phi x, or one_night: BD = G + (BD-G)(1 - phi x)         9
//	flow            x phi of what goes to one provider goes to another                10
//	catchment       x phi of an area's people belong to another unit                  10
//	productivity    beds /= 1 + x phi                                                 10
//
// Every kind is neutral at x = 0. kind.c has a row for each; its stage says how the kernel uses its
// effect.
#pragma once

#include "base/diag.h"
#include "num/dist.h"

typedef enum {
	VRD_HEALTHY_AGEING,
	VRD_GROWTH,
	VRD_LEVEL,
	VRD_NEW_SERVICE,
	VRD_BACKLOG,
	VRD_AVOID,
	VRD_SHIFT,
	VRD_LENGTH_OF_STAY,
	VRD_FLOW,
	VRD_CATCHMENT,
	VRD_PRODUCTIVITY,
	VRD_N_KINDS
} vrd_kind;
typedef enum { VRD_PHASE_LINEAR, VRD_PHASE_STEP, VRD_PHASE_LOGISTIC, VRD_PHASE_TABLE } vrd_curve;
typedef enum { VRD_REMOVED_MEAN, VRD_REMOVED_SHORTEST, VRD_REMOVED_VALUE } vrd_removed;

const char *vrd_kind_name(vrd_kind kind); // "growth" ...
bool vrd_kind_parse(vrd_str text, vrd_kind *out);
bool vrd_curve_parse(vrd_str text, vrd_curve *out);
const char *vrd_curve_name(vrd_curve curve);

// phi(t): 0 at and before `start`, 1 from `end` on. Logistic: (s(t)-s(start))/(s(end)-s(start))
// with s(t) = 1/(1+exp(-10 (t-mid)/(end-start))). Step: 1 from `end`. Table: given points, straight
// lines between them and from (start, 0); constant after the last. Fields are public, arrays
// borrowed. Backlog reads the table as it stands: the share of the backlog that is cleared in each
// year named, nothing in others.
typedef struct {
	vrd_curve curve;
	int start, end;
	size_t n_table;
	const int *table_year;     // ascending
	const double *table_share; // within [0, 1]
} vrd_phasing;

double vrd_phasing_at(const vrd_phasing *phasing, int year);

// Natural bounds of a kind's parameter.
void vrd_kind_bounds(vrd_kind kind, double *a, double *b);

// Fields are public; pointers borrowed from the arena of the model. A selector that is NULL selects
// everything.
typedef struct {
	const char *id; // also names the random stream: renaming changes the draws
	const char *label;
	const char *theme; // group in explanations; NULL: none
	vrd_kind kind;
	vrd_dist dist;
	vrd_phasing phasing;
	const bool *area, *service, *care, *band;
	size_t group;   // correlation group or VRD_NO_GROUP
	bool annual;    // growth
	double walk_sd; // growth: sd of each year's step of ln factor, from the base (0: none)
	const double
	        *gap; // level: [g][k][m], target/rate - 1; 0 where `only` forbids the direction
	size_t to;    // shift: care index, or VRD_LEAVES; flow: provider; catchment: unit
	size_t from;  // flow: provider
	double conversion; // shift: contacts at the target per contact moved
	vrd_removed removed;
	double removed_days; // with REMOVED_VALUE
	double los_cv;       // with REMOVED_SHORTEST: > 0 log-normal, 0 exponential
	double los_new;      // shift, new_service: bed days per new contact
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

// The assumptions that can act on a service: their indices, in order; returns their number.
size_t vrd_assumptions_of_service(size_t n, const vrd_assumption assumptions[], size_t service,
                                  size_t out[]);

// A shift whose moved stays are the shortest ones.
static inline bool vrd_removes_shortest(const vrd_assumption *a) {
	return a->kind == VRD_SHIFT && !a->moves_days && a->removed == VRD_REMOVED_SHORTEST;
}

// What the parameter x does in `year`, as its stage uses it (kind.h): a factor, a share that is
// kept, moved or added. t0 is the mean of the base years (growth counts years from there, or from
// phasing.start when that is later, until phasing.end). `walk` is the sum of a walk's standard
// normal steps until the year (0 without one).
double vrd_assumption_effect(const vrd_assumption *a, double x, double walk, int year, double t0);

// Share of the mean stay that the moved stays have when they are the shortest S of all:
// l_rem(S)/L = (1/S) int_0^S Q(u) du / L. Exponential: 1 + (1-S)/S ln(1-S); log-normal with
// sl^2 = ln(1+cv^2): Phi(Phi^-1(S) - sl)/S. 0 <= S <= 1.
double vrd_shortest_share(double s, double los_cv);
