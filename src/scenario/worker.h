// What the parts of the kernel share while they run. Private to the scenario room.
#pragma once

#include "scenario/classes.h"
#include "scenario/places.h"

// W[place][base][variant]: demand that a class has at a place. Contacts, bed days, and both again
// weighted by beds per bed day.
enum { ON_CONTACTS, ON_BED_DAYS, BEDS_ON_CONTACTS, BEDS_ON_BED_DAYS, N_BASES };

// Draws of one population alternative that are worked on at a time: few enough that all vectors of
// a worker stay in the nearest cache. Blocks do not depend on the number of threads.
enum { BLOCK = 512 };
typedef struct {
	size_t from, n, variant;
} block;

// What all threads share.
typedef struct {
	const vrd_model *model;
	const vrd_view *view;
	const vrd_classes *classes; // [service]
	vrd_places places;
	uint64_t seed;
	size_t n; // draws, at least 1
	bool deterministic;
	const size_t *order; // own number of each draw
	const double *x;     // [assumption][draw], in this order
	size_t n_blocks;
	const block *blocks;
	size_t n_steps;                             // 1, or the steps of the waterfall
	const size_t *step_of;                      // assumption -> step
	size_t n_cares, n_services, n_place_groups; // groups; the sums come after them
	const uint64_t *pair_stream;                // with chance: [unit x provider]
	const uint64_t *service_care_slot;          // with chance: [service x care], of the codes
	vrd_sink *sink;
	void *sink_context;
} shared;

// Sums under construction: data[cell * n + draw], cell = ((step * places + place) * cares + care) *
// measures + slot; `used` marks the cells that something was added to.
typedef struct {
	double *data;
	bool *used;
	size_t n_places, n_cares, n_slots;
	const size_t *care_group; // care form -> column
	const size_t *slot;       // measure -> slot
} sums;

// Contacts = contacts . G0, bed days = days . BD0 + per_contact . G0, in every draw: what stays at
// a form of care, or moves to one. A vector that is not `any_` is all zero and not to be read.
typedef struct {
	double contacts[BLOCK], days[BLOCK], per_contact[BLOCK];
	bool any_contacts, any_days, any_per_contact;
} part;

// Which map the weights are of: of the year, of the base year, or the first less the second.
typedef enum { MAP_DATED, MAP_FIXED, MAP_CHANGE, N_MAPS } map_kind;

// What a thread works with.
typedef struct {
	const shared *s;
	vrd_arena mem;
	size_t t;
	size_t k;
	const vrd_class *class;
	const block *block;
	double *effect;         // [assumption][draw]
	double *shortest_alone; // [assumption][draw]: vrd_shortest_share of the rule alone
	double *quantiles;      // scratch of the sink
	double pre[BLOCK], shortest[BLOCK], logs[BLOCK];
	part own, moved, change;
	double *weights[N_MAPS]; // [care][place][base][variant]
	bool *has[N_MAPS];       // [care]
	double *base_weights, *scaled_weights, *year_weights;
	vrd_share *shares;
	double *scratch; // of places
	sums group, total, pair;
} worker;

// weigh.c: demand of the worker's class at places, and adding it to sums.
size_t vrd_n_weights(const shared *s);
// Demand of the year, of the base, or of the base scaled to the year's number of people.
typedef enum { FROM_YEAR, FROM_BASE, FROM_BASE_SCALED } source;
void vrd_weigh(worker *w, size_t care, bool fixed, source from, double *out);
const double *vrd_weights_of(worker *w, size_t care, map_kind kind);
void vrd_add(worker *w, size_t step, size_t care, vrd_measure measure, size_t base,
             const double *weights, const double *coef);
void vrd_add_part(worker *w, size_t step, size_t care, const double *weights, const part *x);
void vrd_add_days(worker *w, size_t step, size_t care, const double *weights, const part *x);

// effects.c: what the assumptions do to one class, block by block.
void vrd_evaluate_class(worker *w);

// steps.c: the waterfall's steps before shifts; leaves the pre-shift factor in w->pre. The first
// weighs what the others need of the base, once for all blocks.
void vrd_weigh_base(worker *w);
void vrd_demography_steps(worker *w);
void vrd_growth_steps(worker *w);
void vrd_avoid_steps(worker *w);

// chance.c: makes the pairs of one service random and adds them to the groups of the view.
void vrd_collect_pairs(worker *w);

// The block's draws of an assumption's effect.
static inline const double *effect_of(const worker *w, size_t assumption) {
	return w->effect + assumption * w->s->n + w->block->from;
}

static inline void fill(double *x, size_t n, double value) {
	for (size_t d = 0; d < n; d++)
		x[d] = value;
}

static inline void multiply(double *restrict x, const double *restrict by, size_t n) {
	for (size_t d = 0; d < n; d++)
		x[d] *= by[d];
}

static inline void plus(double *restrict to, const double *restrict x, size_t n, double factor) {
	for (size_t d = 0; d < n; d++)
		to[d] += factor * x[d];
}
