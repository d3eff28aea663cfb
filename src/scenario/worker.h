// What the parts of the kernel share while they run. Private to the scenario room.
#pragma once

#include "scenario/classes.h"
#include "scenario/kind.h"
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
	const size_t *order;    // own number of each draw
	const double *const *x; // [assumption] -> draws in this order; NULL: neutral
	size_t n_blocks;
	const block *blocks;
	size_t n_steps;                             // 1, or the steps of the waterfall
	const size_t *step_of;                      // assumption -> step
	size_t n_cares, n_services, n_place_groups; // groups; the sums come after them
	const size_t *service_group;                // service of the strata -> group or VRD_NONE
	const double *base_total;    // [assumption]: base contacts that a backlog is spread by
	size_t n_movers;             // rules that move between places
	const size_t *mover_of;      // assumption -> its number among them
	size_t n_ageing;             // rules of healthy ageing
	const size_t *ageing_of;     // assumption -> its number among them
	const uint64_t *pair_stream; // with chance: [unit x provider]
	const uint64_t *service_care_slot; // with chance: [service x care], of the codes
	// With uncertain rates: streams of areas, slots and contacts of the base years of reported
	// services and forms of care.
	const uint64_t *rate_stream, *rate_slot;
	const double *rate_contacts; // [area][service][care]
	const size_t *rate_row;      // [area][service][care] -> row of the table
	const double *rate_table;    // [row][draw]: the factors; NULL: too many to keep
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

// Where activity of a class comes from: everything after growth is linear, so each source takes the
// same way through avoidance, shifts, stays and places with its own weights.
typedef enum {
	FROM_YEAR,        // demand of the year
	FROM_AGED,        // the same at a share of healthy ageing (index)
	FROM_PEOPLE,      // a new service's people (index: assumption)
	FROM_BACKLOG,     // base activity as shares of the selected sum (index: assumption)
	FROM_BASE,        // demand of the base
	FROM_BASE_SCALED, // the base, scaled to the year's number of people
} origin;
typedef struct {
	origin from;
	size_t index;
	// A level rule multiplies by 1 + effect gap_g: linear in the effect, so it is one more source,
	// weighed by the areas' gaps. A bit for each of the class's level rules that take part.
	unsigned levels;
} source;

// What a thread works with.
typedef struct {
	const shared *s;
	vrd_arena mem;
	size_t t;
	size_t k;
	const vrd_class *class;
	const block *block;
	source source;
	double sign;            // of everything that is added: -1 takes a class out
	double *effect;         // [assumption][draw]
	double *shortest_alone; // [assumption][draw]: vrd_shortest_share of the rule alone
	bool *ready;            // [assumption]: effects of this year are computed
	double *ageing;         // [ageing rule][node][draw]
	const double *rates;    // [draw]: factors of the class's uncertain rate; NULL: certain
	double *own_rates;      // room for them
	bool has_rate_factor;
	size_t rate_cell;  // whose factor it is, from 1
	double *quantiles; // scratch of the sink
	double pre[BLOCK], shortest[BLOCK], logs[BLOCK], before[BLOCK], carried[BLOCK],
	        scaled[BLOCK];
	const double *carries; // beds are multiplied by it (NULL: 1)
	part own, moved, change, away;
	double *weights[N_MAPS]; // [mover + 1][care][place][base][variant]; 0: before any moves
	bool *has[N_MAPS];       // [mover + 1][care]
	double *base_weights, *scaled_weights, *year_weights;
	vrd_share *shares;
	double *scratch; // of places
	sums group, total, pair;
} worker;

// effect.c: the effects of the assumptions on the worker's class in its year, where they are not
// computed yet, and the factors of uncertain rates.
void vrd_prepare_effects(worker *w);
// Factors of an uncertain rate in each draw, in the engine's order: the same in every year.
void vrd_draw_rate(const shared *s, size_t cell, double *out);
// The weight of the demand at share `node` of healthy ageing (0: as it is) in each draw of the block.
const double *vrd_ageing_weight(const worker *w, size_t node);

// weigh.c: demand of the worker's class and source at places, and adding it to sums.
size_t vrd_n_weights(const shared *s);
void vrd_weigh(worker *w, size_t care, bool fixed, source from, const vrd_assumption *mover,
               double *out);
// Of the worker's source; `mover` VRD_NONE: before anything moves.
const double *vrd_weights_of(worker *w, size_t care, map_kind kind, size_t mover);
void vrd_add(worker *w, size_t step, size_t care, vrd_measure measure, size_t base,
             const double *weights, const double *coef);
void vrd_add_part(worker *w, size_t step, size_t care, const double *weights, const part *x);
void vrd_add_days(worker *w, size_t step, size_t care, const double *weights, const part *x);
void vrd_add_beds(worker *w, size_t step, size_t care, const double *weights, const part *x);

// evaluate.c: what the assumptions do to one class, block by block.
void vrd_evaluate_class(worker *w);

// deliver.c: where what remains is treated, and in how many beds.
void vrd_deliver(worker *w, const vrd_rules_at *rules, const part *x, size_t care, size_t step,
                 map_kind kind);
// The same as steps of the waterfall, on the fixed map.
void vrd_deliver_steps(worker *w, const vrd_rules_at *rules, const part *x, size_t care);

// steps.c: the waterfall's steps before shifts; leaves the pre-shift factor in w->pre. The first
// weighs what the others need of the base, once for all blocks.
void vrd_weigh_base(worker *w);
void vrd_entry_steps(worker *w);
void vrd_factor_steps(worker *w);
void vrd_level_step(worker *w);
void vrd_keep_steps(worker *w);

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
