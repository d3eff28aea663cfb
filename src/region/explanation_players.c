#include "region/explanation_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 12 };

// The players: assumptions by name of their group, then the people and the map.
typedef struct {
	vrd_game game;
	size_t *of; // [assumption] -> player
	const char **codes, **labels;
	vrd_players by;
	size_t n_merged; // players that became the one of the rest, and their labels
	const char **merged;
} cast;

static const char *const fixed[] = {"base", "population", "map", "total", "other"};

// A group may not be called what the people, the map, the sums and the rest are called.
static const char *safe_code(const vrd_explaining *e, const char *name) {
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		if (strcmp(name, fixed[i]) == 0)
			return vrd_arena_printf(e->region->mem, "group/%s", name);
	return name;
}

static const char *kind_label(const vrd_explaining *e, vrd_kind kind) {
	const char *label = vrd_msg_named("kind", vrd_kind_name(kind), e->region->lang);
	return label ? label : vrd_kind_name(kind);
}

static void name_of(const vrd_explaining *e, const vrd_assumption *a, vrd_players by,
                    const char **code, const char **label) {
	if (by == VRD_PLAYERS_ASSUMPTION) {
		*code = safe_code(e, a->id);
		*label = a->label;
	} else if (by == VRD_PLAYERS_THEME && a->theme) {
		*code = safe_code(e, a->theme);
		*label = a->theme;
	} else {
		*code = vrd_kind_name(a->kind);
		*label = kind_label(e, a->kind);
	}
}

static vrd_status group(const vrd_explaining *e, vrd_players by, cast *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	const vrd_model *model = &e->run->model;
	out->by = by;
	out->game.n_players = 0;
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const char *code, *label;
		size_t player = 0;
		name_of(e, &model->assumptions[i], by, &code, &label);
		if (!code)
			VRD_TRY(vrd_no_memory(err, e->region->mem, 32, 1));
		while (player < out->game.n_players && strcmp(out->codes[player], code) != 0)
			player++;
		if (player == out->game.n_players) {
			out->codes[player] = code;
			out->labels[player] = label;
			out->game.n_players++;
		}
		out->of[i] = player;
	}
out:
	return rc;
}

// The size of each player's effect, step by step.
static vrd_status weigh(const vrd_explaining *e, const cast *c, double *weight) {
	enum { STATS = 5 };
	vrd_status rc = VRD_OK;
	const vrd_model *model = &e->run->model;
	vrd_cube steps;
	VRD_TRY(vrd_explain_steps(e, &steps));
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const size_t row = vrd_dim_find_text(steps.dims[0], model->assumptions[i].id);
		const double mean = row == VRD_NONE ? 0 : steps.values[row * STATS];
		weight[c->of[i]] += isnan(mean) ? 0 : mean;
	}
	for (size_t p = 0; p < c->game.n_players; p++)
		weight[p] = fabs(weight[p]);
out:
	return rc;
}

typedef struct {
	double weight;
	size_t player;
} ranked;

static int largest_first(const void *a, const void *b) {
	const ranked *x = a, *y = b;
	return x->weight > y->weight   ? -1
	       : x->weight < y->weight ? 1
	       : x->player < y->player ? -1
	                               : x->player > y->player;
}

// Keeps the room - 1 players that mean most, in their order; the others become one.
static vrd_status merge(const vrd_explaining *e, size_t room, cast *c) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	vrd_arena *mem = e->region->mem;
	const size_t n = c->game.n_players;
	double *weight;
	ranked *order;
	size_t *becomes, kept = 0;
	char count[32];
	VRD_TRY(VRD_NEW(mem, weight, n));
	VRD_TRY(VRD_NEW(mem, order, n));
	VRD_TRY(VRD_NEW(mem, becomes, n));
	VRD_TRY(VRD_NEW(mem, c->merged, n));
	VRD_TRY(weigh(e, c, weight));
	for (size_t p = 0; p < n; p++)
		order[p] = (ranked){weight[p], p};
	qsort(order, n, sizeof *order, largest_first);
	for (size_t i = room - 1; i < n; i++) {
		becomes[order[i].player] = VRD_NONE;
		c->merged[c->n_merged++] = c->labels[order[i].player];
	}
	for (size_t p = 0; p < n; p++) {
		if (becomes[p] == VRD_NONE)
			continue;
		becomes[p] = kept;
		c->codes[kept] = c->codes[p];
		c->labels[kept++] = c->labels[p];
	}
	for (size_t i = 0; i < e->run->model.n_assumptions; i++)
		c->of[i] = becomes[c->of[i]] == VRD_NONE ? kept : becomes[c->of[i]];
	(void)vrd_format_double((double)c->n_merged, count);
	const char *const args[] = {count};
	c->codes[kept] = "other";
	VRD_TRY(vrd_explain_text(e, VRD_MSG_EXPLAIN_REST, 1, args, &c->labels[kept]));
	c->game.n_players = room;
out:
	return rc;
}

static bool has_themes(const vrd_model *model) {
	for (size_t i = 0; i < model->n_assumptions; i++)
		if (model->assumptions[i].theme)
			return true;
	return false;
}

// Whether any service's map differs in the year from that of the base years, where it matters: it
// moves people between places, never in or out of all.
static bool map_moves(const vrd_model *model, const vrd_target *target) {
	const size_t t = target->year;
	if (!target->place && !target->by_provider)
		return false;
	for (size_t k = 0; model->planned_map && k < model->demand.n_service; k++)
		if (model->map_at[k * model->demand.n_year + t] != model->map_base[k])
			return true;
	return false;
}

static vrd_status choose(const vrd_explaining *e, cast *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	const vrd_model *model = &e->run->model;
	vrd_arena *mem = e->region->mem;
	*out = (cast){.game = {.population = true, .map = map_moves(model, &e->target)}};
	VRD_TRY(VRD_NEW(mem, out->of, model->n_assumptions));
	VRD_TRY(VRD_NEW(mem, out->codes, model->n_assumptions + 4));
	VRD_TRY(VRD_NEW(mem, out->labels, model->n_assumptions + 4));
	const size_t room = MOST - 1 - out->game.map;
	if (e->query->players != VRD_PLAYERS_AUTO) {
		VRD_TRY(group(e, e->query->players, out));
	} else {
		VRD_TRY(group(e, VRD_PLAYERS_ASSUMPTION, out));
		if (out->game.n_players > room && has_themes(model))
			VRD_TRY(group(e, VRD_PLAYERS_THEME, out));
		if (out->game.n_players > room)
			VRD_TRY(group(e, VRD_PLAYERS_TYPE, out));
	}
	if (out->game.n_players > room)
		VRD_TRY(merge(e, room, out));
	out->game.player_of = out->of;
out:
	return rc;
}

static vrd_status add_notes(const vrd_explaining *e, const cast *c, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	VRD_TRY(vrd_explain_note(e, out, VRD_MSG_EXPLAIN_SHAPLEY_NOTE, 0, NULL));
	if (c->by == VRD_PLAYERS_THEME && c->by != e->query->players)
		VRD_TRY(vrd_explain_note(e, out, VRD_MSG_EXPLAIN_BY_THEME, 0, NULL));
	if (c->by == VRD_PLAYERS_TYPE && c->by != e->query->players)
		VRD_TRY(vrd_explain_note(e, out, VRD_MSG_EXPLAIN_BY_TYPE, 0, NULL));
	if (c->n_merged) {
		char room[32], merged[32];
		const char *args[3] = {room, merged, NULL};
		(void)vrd_format_double((double)c->game.n_players, room);
		(void)vrd_format_double((double)c->n_merged, merged);
		VRD_TRY(vrd_explain_labels(e, c->n_merged, c->merged, &args[2]));
		VRD_TRY(vrd_explain_note(e, out, VRD_MSG_EXPLAIN_MERGED, 3, args));
	}
out:
	return rc;
}

vrd_status vrd_explain_players(const vrd_explaining *e, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	const vrd_lang lang = e->region->lang;
	cast c;
	vrd_player *effect;
	vrd_summary *x;
	const char **codes, **labels;
	VRD_TRY(choose(e, &c));
	const size_t n = c.game.n_players + c.game.population + c.game.map;
	c.codes[c.game.n_players] = "population";
	c.labels[c.game.n_players] = vrd_msg(VRD_MSG_EXPLAIN_POPULATION, lang);
	c.codes[c.game.n_players + 1] = "map";
	c.labels[c.game.n_players + 1] = vrd_msg(VRD_MSG_STEP_MAP, lang);
	VRD_TRY(VRD_NEW(e->region->mem, effect, n));
	VRD_TRY(VRD_NEW(e->region->mem, x, n + 2));
	VRD_TRY(VRD_NEW(e->region->mem, codes, n + 2));
	VRD_TRY(VRD_NEW(e->region->mem, labels, n + 2));
	VRD_TRY(vrd_explain_shapley(e->region->mem, &e->run->model, &e->draws, &e->target, &c.game,
	                            effect, &x[0], &x[n + 1], err));
	codes[0] = "base";
	labels[0] = vrd_msg(VRD_MSG_STEP_BASE, lang);
	codes[n + 1] = "total";
	labels[n + 1] = vrd_msg(VRD_MSG_EXPLAIN_TOTAL, lang);
	for (size_t p = 0; p < n; p++) {
		codes[p + 1] = c.codes[p];
		labels[p + 1] = c.labels[p];
		x[p + 1] = effect[p].effect;
	}
	VRD_TRY(vrd_explain_summaries(e, "player", n + 2, codes, labels, x, out));
	VRD_TRY(add_notes(e, &c, out));
out:
	return rc;
}
