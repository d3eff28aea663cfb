#include "scenario/explain_parts.h"

#include <string.h>

enum { MOST_PLAYERS = 12, MOST_CONTEXTS = 4 };

// Assumptions are toggled in a live model; the people and the map are other models. A context is
// one choice of those two, with a live model and sums of its own, so that contexts can be worked on
// side by side.
typedef struct {
	vrd_model model;
	vrd_live *live;
	size_t bits;    // of the people and the map
	double *effect; // [player][draw]
	double *value;  // [draw]
	vrd_status rc;
	vrd_err err;
} context;

typedef struct {
	const vrd_focus *focus;
	const vrd_game *game;
	size_t n, n_all; // players that are assumptions, and all
	size_t n_draws;
	const double *x; // [assumption][draw]
	const size_t
	        *start; // [player]: its assumptions are member[start[p]] to member[start[p + 1]]
	const size_t *member;
	const double
	        *origin; // v(all) by draw: effects are of differences to it, which costs nothing
	                 // (the weights sum to 0) and lowers the rounding
	double *base;    // v(none), when it comes
} shapley;

static vrd_status list_members(vrd_arena *mem, shapley *s, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n_assumptions = s->focus->model.n_assumptions;
	size_t *start, *member, at = 0;
	VRD_TRY(VRD_NEW(mem, start, s->n + 1));
	VRD_TRY(VRD_NEW(mem, member, n_assumptions));
	for (size_t p = 0; p < s->n; p++) {
		start[p] = at;
		for (size_t i = 0; i < n_assumptions; i++)
			if (s->game->player_of[i] == p)
				member[at++] = i;
	}
	start[s->n] = at;
	s->start = start;
	s->member = member;
out:
	return rc;
}

// Switches a player's assumptions on or off.
static vrd_status toggle(const shapley *s, vrd_live *live, size_t player, bool on,
                         vrd_change *changes, vrd_err *err) {
	const size_t n = s->start[player + 1] - s->start[player];
	const size_t *member = s->member + s->start[player];
	for (size_t i = 0; i < n; i++)
		changes[i] = (vrd_change){member[i], on ? s->x + member[i] * s->n_draws : NULL};
	return n ? vrd_live_change(live, n, changes, err) : VRD_OK;
}

static void add_set(const shapley *s, context *c, size_t set) {
	const size_t n = s->n_draws;
	vrd_live_cell(c->live, &s->focus->key, c->value);
	if (set == 0)
		memcpy(s->base, c->value, n * sizeof *s->base);
	for (size_t d = 0; d < n; d++)
		c->value[d] -= s->origin[d];
	for (size_t p = 0; p < s->n_all; p++) {
		const double weight = vrd_shapley_weight(s->n_all, set, p);
		double *effect = c->effect + p * n;
		for (size_t d = 0; d < n; d++)
			effect[d] += weight * c->value[d];
	}
}

// All sets of assumptions in the order of a Gray code, from all to one, so that one player changes
// at a time.
static vrd_status evaluate(const shapley *s, context *c, vrd_change *changes) {
	vrd_status rc = VRD_OK;
	size_t set = ((size_t)1 << s->n) - 1;
	for (size_t step = 0; step < (size_t)1 << s->n; step++) {
		if (step > 0) {
			size_t player = 0;
			while (!(step >> player & 1))
				player++;
			set ^= (size_t)1 << player;
			VRD_TRY(toggle(s, c->live, player, set >> player & 1, changes, &c->err));
		}
		add_set(s, c, set | c->bits);
	}
out:
	return rc;
}

// The contexts of the game; the first is that of all players.
static vrd_status make_contexts(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                const shapley *s, context contexts[], size_t *n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_game *game = s->game;
	vrd_model base;
	if (game->population)
		VRD_TRY(vrd_focus_base_people(mem, model, s->focus, &base, err));
	for (int people = 1; people >= (game->population ? 0 : 1); people--)
		for (int map = 1; map >= (game->map ? 0 : 1); map--) {
			context *c = &contexts[*n];
			*c = (context){.model = people ? s->focus->model : base};
			c->bits = (size_t)(game->population && people) << s->n |
			          (size_t)(game->map && map) << (s->n + game->population);
			if (!map)
				c->model.planned_map = false;
			VRD_TRY(VRD_NEW(mem, c->effect, s->n_all * s->n_draws));
			VRD_TRY(VRD_NEW(mem, c->value, s->n_draws));
			VRD_TRY(vrd_focus_live(s->focus, &c->model, draws, NULL, &c->live, err));
			++*n;
		}
out:
	return rc;
}

static void summarise(const shapley *s, const context contexts[], size_t n_contexts,
                      double *scratch, vrd_player out[]) {
	for (size_t p = 0; p < s->n_all; p++) {
		double *sum = contexts[0].effect + p * s->n_draws;
		for (size_t c = 1; c < n_contexts; c++)
			for (size_t d = 0; d < s->n_draws; d++)
				sum[d] += contexts[c].effect[p * s->n_draws + d];
		out[p].effect = vrd_summarise(sum, s->n_draws, scratch);
	}
}

static vrd_status play(vrd_arena *mem, const shapley *s, context contexts[], size_t n_contexts,
                       size_t n_threads, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n_assumptions = s->focus->model.n_assumptions;
	vrd_change *changes;
	VRD_TRY(VRD_NEW(mem, changes, n_contexts * (n_assumptions + 1)));
#pragma omp parallel for schedule(static, 1) num_threads((int)n_threads)
	for (size_t c = 0; c < n_contexts; c++)
		contexts[c].rc = evaluate(s, &contexts[c], changes + c * (n_assumptions + 1));
	(void)n_threads;
	for (size_t c = 0; c < n_contexts; c++)
		if (contexts[c].rc != VRD_OK) {
			if (err)
				*err = contexts[c].err;
			return contexts[c].rc;
		}
out:
	return rc;
}

vrd_status vrd_explain_shapley(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                               const vrd_target *target, const vrd_game *game, vrd_player out[],
                               vrd_summary *base, vrd_summary *total, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_focus focus;
	context contexts[MOST_CONTEXTS];
	size_t n_contexts = 0;
	double *x, *origin, *scratch;
	shapley s = {.focus = &focus,
	             .game = game,
	             .n = game->n_players,
	             .n_all = game->n_players + game->population + game->map,
	             .n_draws = draws->n ? draws->n : 1};
	if (s.n_all > MOST_PLAYERS)
		VRD_TRY(vrd_fail(err, VRD_LIMIT,
		                 "%zu groups are more than %d, the most whose every combination "
		                 "can be computed: give assumptions a common theme",
		                 s.n_all, MOST_PLAYERS));
	VRD_TRY(vrd_focus_new(mem, model, target, &focus, err));
	focus.model.uncertain_rates = false; // a sample for each stratum in each of so many sets
	VRD_TRY(list_members(mem, &s, err));
	VRD_TRY(make_contexts(mem, model, draws, &s, contexts, &n_contexts, err));
	VRD_TRY(vrd_focus_parameters(mem, contexts[0].live, model->n_assumptions, &x, err));
	VRD_TRY(VRD_NEW(mem, origin, s.n_draws));
	VRD_TRY(VRD_NEW(mem, s.base, s.n_draws));
	VRD_TRY(VRD_NEW(mem, scratch, s.n_draws));
	vrd_live_cell(contexts[0].live, &focus.key, origin);
	s.x = x;
	s.origin = origin;
	VRD_TRY(play(mem, &s, contexts, n_contexts,
	             draws->n_threads && draws->n_threads < n_contexts ? draws->n_threads
	                                                               : n_contexts,
	             err));
	summarise(&s, contexts, n_contexts, scratch, out);
	*base = vrd_summarise(s.base, s.n_draws, scratch);
	*total = vrd_summarise(origin, s.n_draws, scratch);
out:
	for (size_t c = 0; c < n_contexts; c++)
		vrd_live_free(contexts[c].live);
	return rc;
}
