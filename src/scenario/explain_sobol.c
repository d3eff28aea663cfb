#include "num/hash.h"
#include "scenario/explain_parts.h"

#include <string.h>

enum { N_BOOT = 200 };

// Sobol's matrices A and B are two live models: A has the draws of the run, B those of a seed that
// is made from it. f(A with factor i from B) is A with the parameters of the factor changed and
// changed back.
typedef struct {
	const vrd_focus *focus;
	size_t n; // draws
	vrd_live *a, *b;
	const double *xa, *xb; // [assumption][draw]
	double *fa, *fb, *fab;
	vrd_change *changes;
} sobol;

static uint64_t seed_of_b(uint64_t seed) {
	vrd_hasher hasher;
	uint64_t out;
	vrd_hasher_init(&hasher);
	vrd_hasher_add_text(&hasher, "sobol/B");
	vrd_hasher_add_u64(&hasher, seed);
	const vrd_hash hash = vrd_hasher_finish(&hasher);
	memcpy(&out, hash.bytes, sizeof out);
	return out;
}

// --- factors ------------------------------------------------------------------------------------

static bool varies(const vrd_assumption *a) {
	return a->dist.kind != VRD_DIST_FIXED || vrd_focus_walks(a);
}

// The matrix that an assumption is in, or VRD_NONE.
static size_t matrix_of(const vrd_model *model, size_t assumption) {
	for (size_t m = 0; m < model->n_matrices; m++)
		for (size_t i = 0; i < model->matrices[m].n; i++)
			if (model->matrices[m].assumption[i] == assumption)
				return m;
	return VRD_NONE;
}

static bool is_correlated(const vrd_model *model, size_t group) {
	return group != VRD_NO_GROUP && model->group_rho[group] > 0;
}

// Whether b belongs to the factor of a, the first of its own.
static bool belongs(const vrd_model *model, size_t a, size_t b) {
	const size_t group = model->assumptions[a].group, matrix = matrix_of(model, a);
	if (a == b)
		return true;
	if (matrix != VRD_NONE)
		return matrix_of(model, b) == matrix;
	return is_correlated(model, group) && model->assumptions[b].group == group;
}

static vrd_status add_factor(vrd_arena *mem, const vrd_model *model, size_t first, bool *taken,
                             vrd_factor *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_assumption *a = &model->assumptions[first];
	const size_t matrix = matrix_of(model, first);
	bool *members;
	size_t n = 0;
	VRD_TRY(VRD_NEW(mem, members, model->n_assumptions));
	for (size_t i = 0; i < model->n_assumptions; i++)
		if (varies(&model->assumptions[i]) && belongs(model, first, i)) {
			members[i] = taken[i] = true;
			n++;
		}
	out->members = members;
	out->name = a->id;
	if (matrix != VRD_NONE && n > 1)
		out->name = vrd_arena_printf(mem, "matrix/%zu", matrix + 1);
	else if (is_correlated(model, a->group) && n > 1)
		out->name = model->group_names[a->group];
	if (!out->name)
		VRD_TRY(vrd_no_memory(err, mem, 32, 1));
out:
	return rc;
}

static vrd_status list_factors(vrd_arena *mem, const vrd_model *model, vrd_factor **out, size_t *n,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_factor *factors;
	bool *taken, *none;
	*n = 0;
	VRD_TRY(VRD_NEW(mem, factors, model->n_assumptions + 1));
	VRD_TRY(VRD_NEW(mem, taken, model->n_assumptions));
	VRD_TRY(VRD_NEW(mem, none, model->n_assumptions));
	for (size_t i = 0; i < model->n_assumptions; i++)
		if (!taken[i] && varies(&model->assumptions[i])) {
			VRD_TRY(add_factor(mem, model, i, taken, &factors[*n], err));
			++*n;
		}
	if (model->demand.n_variant > 1)
		factors[(*n)++] = (vrd_factor){.name = "population", .members = none};
	*out = factors;
out:
	return rc;
}

// --- walks --------------------------------------------------------------------------------------

// A walk is not a parameter, but belongs to the factor of its assumption: it is folded into it.
static vrd_status without_walks(vrd_arena *mem, vrd_model *model, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_assumption *assumptions;
	VRD_TRY(VRD_NEW(mem, assumptions, model->n_assumptions));
	for (size_t i = 0; i < model->n_assumptions; i++) {
		assumptions[i] = model->assumptions[i];
		assumptions[i].walk_sd = 0;
	}
	model->assumptions = assumptions;
out:
	return rc;
}

// Gives a live model without walks the parameters that have them, and x the same.
static vrd_status fold_walks(const sobol *s, const vrd_model *model, uint64_t seed, vrd_live *live,
                             double *x, vrd_err *err) {
	vrd_status rc = VRD_OK;
	for (size_t i = 0; i < model->n_assumptions; i++) {
		if (!vrd_focus_walks(&model->assumptions[i]))
			continue;
		vrd_focus_fold(&s->focus->model, &model->assumptions[i], seed, s->n, x + i * s->n);
		VRD_TRY(vrd_live_change(live, 1, &(vrd_change){i, x + i * s->n}, err));
	}
out:
	return rc;
}

// --- values -------------------------------------------------------------------------------------

static size_t list_changes(const sobol *s, const bool *members, const double *x) {
	size_t n = 0;
	for (size_t i = 0; i < s->focus->model.n_assumptions; i++)
		if (!members || members[i])
			s->changes[n++] = (vrd_change){i, x + i * s->n};
	return n;
}

// A with one factor from B.
static vrd_status swap_parameters(const sobol *s, const bool *members, double *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	VRD_TRY(vrd_live_change(s->a, list_changes(s, members, s->xb), s->changes, err));
	vrd_live_cell(s->a, &s->focus->key, out);
	VRD_TRY(vrd_live_change(s->a, list_changes(s, members, s->xa), s->changes, err));
out:
	return rc;
}

// A with the population from B is B with all parameters from A: B is of no use after it.
static vrd_status swap_population(const sobol *s, double *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = list_changes(s, NULL, s->xa);
	if (n)
		VRD_TRY(vrd_live_change(s->b, n, s->changes, err));
	vrd_live_cell(s->b, &s->focus->key, out);
out:
	return rc;
}

// `model` is the one with walks.
static vrd_status evaluate(vrd_arena *mem, sobol *s, const vrd_model *model, uint64_t seed,
                           size_t n_factors, const vrd_factor *factors, vrd_err *err) {
	vrd_status rc = VRD_OK;
	double *xa, *xb;
	VRD_TRY(VRD_NEW(mem, s->fa, s->n));
	VRD_TRY(VRD_NEW(mem, s->fb, s->n));
	VRD_TRY(VRD_NEW(mem, s->fab, n_factors * s->n));
	VRD_TRY(VRD_NEW(mem, s->changes, model->n_assumptions));
	VRD_TRY(vrd_focus_parameters(mem, s->a, model->n_assumptions, &xa, err));
	VRD_TRY(vrd_focus_parameters(mem, s->b, model->n_assumptions, &xb, err));
	VRD_TRY(fold_walks(s, model, seed, s->a, xa, err));
	VRD_TRY(fold_walks(s, model, seed_of_b(seed), s->b, xb, err));
	s->xa = xa;
	s->xb = xb;
	vrd_live_cell(s->a, &s->focus->key, s->fa);
	vrd_live_cell(s->b, &s->focus->key, s->fb);
	for (size_t i = 0; i < n_factors; i++) {
		const bool is_population = model->demand.n_variant > 1 && i + 1 == n_factors;
		double *out = s->fab + i * s->n;
		VRD_TRY(is_population ? swap_population(s, out, err)
		                      : swap_parameters(s, factors[i].members, out, err));
	}
out:
	return rc;
}

// Base rates are those observed and there is no chance: the indices share out what assumptions and
// population do.
vrd_status vrd_explain_sobol(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                             const vrd_target *target, vrd_factor **out, size_t *n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_focus focus;
	vrd_factor *factors;
	vrd_sobol *index;
	size_t n_factors;
	vrd_draws other = *draws;
	sobol s = {.focus = &focus, .n = draws->n};
	if (draws->n < 2)
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "Sobol indices need at least 2 draws, the run has %zu", draws->n));
	VRD_TRY(vrd_focus_new(mem, model, target, &focus, err));
	focus.model.uncertain_rates = false;
	VRD_TRY(without_walks(mem, &focus.model, err));
	VRD_TRY(list_factors(mem, model, &factors, &n_factors, err));
	other.seed = seed_of_b(draws->seed);
	VRD_TRY(vrd_focus_live(&focus, NULL, draws, NULL, &s.a, err));
	VRD_TRY(vrd_focus_live(&focus, NULL, &other, NULL, &s.b, err));
	VRD_TRY(evaluate(mem, &s, model, draws->seed, n_factors, factors, err));
	VRD_TRY(VRD_NEW(mem, index, n_factors));
	VRD_TRY(vrd_sobol_indices(mem, s.n, n_factors, s.fa, s.fb, s.fab, N_BOOT, draws->seed,
	                          index, err));
	for (size_t i = 0; i < n_factors; i++)
		factors[i].index = index[i];
	*out = factors;
	*n = n_factors;
out:
	vrd_live_free(s.a);
	vrd_live_free(s.b);
	return rc;
}
