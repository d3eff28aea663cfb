// Live models: after any changes they are what a full run of the model so changed gives.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_rules.h"
#include "scenario/live.h"

// A live model beside the model that it should now be.
typedef struct {
	prop_gen *gen;
	vrd_model model; // with rules of its own
	vrd_assumption *rules;
	vrd_view view;
	vrd_draws draws;
	vrd_live *live;
} twin;

static vrd_view random_live_view(prop_gen *gen, const vrd_model *model) {
	vrd_view view = {.axis = (vrd_axis)prop_below(gen, model->provider ? 3 : 2),
	                 .measures = {true, prop_chance(gen, 0.8)}};
	view.measures[VRD_BEDS] = view.axis == VRD_BY_PROVIDER;
	if (prop_chance(gen, 0.3)) {
		bool *years = random_selector(gen, model->demand.n_year);
		view.years = years;
	}
	if (prop_chance(gen, 0.3)) {
		const size_t n = vrd_model_services(model)->n;
		size_t *group = ROOM(&gen->mem, size_t, n);
		view.n_services = 1 + prop_below(gen, n);
		for (size_t k = 0; k < n; k++)
			group[k] =
			        prop_chance(gen, 0.9) ? prop_below(gen, view.n_services) : VRD_NONE;
		view.service_group = group;
	}
	return view;
}

static void begin(twin *t, prop_gen *gen, size_t n_draws) {
	*t = (twin){.gen = gen, .model = random_model(gen)};
	t->view = random_live_view(gen, &t->model);
	t->draws = (vrd_draws){
	        .n = n_draws, .seed = prop_u64(gen), .n_threads = 1 + prop_below(gen, 3)};
	t->rules = ROOM(&gen->mem, vrd_assumption, t->model.n_assumptions);
	if (t->model.n_assumptions)
		memcpy(t->rules, t->model.assumptions, t->model.n_assumptions * sizeof *t->rules);
	vrd_model *kept = ROOM(&gen->mem, vrd_model, 1); // borrowed by the live model
	*kept = t->model;
	t->model.assumptions = t->rules;
	vrd_view view = t->view;
	OK(vrd_live_new(kept, &t->draws, &view, NULL, &t->live, &err));
	assert_int_equal(vrd_live_draws(t->live), n_draws ? n_draws : 1);
}

static grid cells_of(const twin *t) {
	grid r = grid_for(&t->gen->mem, &t->model, &t->view, vrd_live_draws(t->live));
	for (size_t p = 0; p < r.n_places; p++)
		for (size_t k = 0; k < r.n_services; k++)
			for (size_t m = 0; m < r.n_cares; m++)
				for (size_t year = 0; year < r.n_years; year++)
					for (vrd_measure x = 0; x < VRD_N_MEASURES; x++) {
						const vrd_cell_key key = {p, k, m, year, 0, x};
						vrd_live_cell(
						        t->live, &key,
						        r.x + grid_cell(&r, 0, p, k, m, year, x) *
						                        r.n);
					}
	return r;
}

static double largest(const grid *r) {
	double most = 0;
	for (size_t i = 0; i < grid_size(r) * r->n; i++)
		most = fmax(most, fabs(r->x[i]));
	return most;
}

static bool is_near(prop_gen *gen, const grid *got, const grid *wanted, double tolerance) {
	const double size = largest(wanted);
	for (size_t i = 0; i < grid_size(got) * got->n; i++)
		PROP_HOLDS(gen,
		           fabs(got->x[i] - wanted->x[i]) <=
		                   tolerance * fabs(wanted->x[i]) + 1e-13 * size,
		           "cell %zu: %.17g, a full run %.17g", i / got->n, got->x[i],
		           wanted->x[i]);
	return true;
}

static bool is_the_full_run(const twin *t) {
	const grid got = cells_of(t);
	const grid wanted = run_view(&t->gen->mem, &t->model, &t->draws, &t->view);
	return is_near(t->gen, &got, &wanted, 1e-10);
}

// --- changes ------------------------------------------------------------------------------------

static void make_neutral(vrd_assumption *rule) {
	rule->walk_sd = 0;
	OK(vrd_dist_fit(VRD_DIST_FIXED, 0, 0, 0, -INFINITY, INFINITY, &rule->dist, &err));
}

// The draws that the present rules of the model have.
static double *parameters_of(const twin *t) {
	double *x;
	OK(vrd_kernel_parameters(&t->gen->mem, &t->model, &t->draws, &x, &err));
	return x;
}

// A few assumptions at once, some of them neutral. Those that are brought back walk again.
static void change_some(twin *t, const vrd_model *first) {
	const size_t n_a = t->model.n_assumptions, n = vrd_live_draws(t->live);
	vrd_change *change = ROOM(&t->gen->mem, vrd_change, n_a);
	size_t n_changes = 0;
	for (size_t i = 0; i < n_a; i++) {
		if (!prop_chance(t->gen, 0.3))
			continue;
		change[n_changes++].assumption = i;
		t->rules[i] = first->assumptions[i];
		t->rules[i].dist = random_law_of(t->gen, t->rules[i].kind);
		if (prop_chance(t->gen, 0.3))
			make_neutral(&t->rules[i]);
	}
	const double *x = parameters_of(t);
	for (size_t i = 0; i < n_changes; i++) {
		const size_t a = change[i].assumption;
		const vrd_dist *dist = &t->rules[a].dist;
		const bool neutral = dist->kind == VRD_DIST_FIXED && dist->low == 0;
		change[i].x = neutral ? NULL : x + a * n;
	}
	OK(vrd_live_change(t->live, n_changes, change, &err));
}

static void set_one(twin *t, const vrd_model *first) {
	const size_t i = prop_below(t->gen, t->model.n_assumptions);
	t->rules[i] = first->assumptions[i];
	if (prop_chance(t->gen, 0.4)) {
		OK(vrd_live_set(t->live, i, NULL, &err));
		return;
	}
	t->rules[i].dist = random_law_of(t->gen, t->rules[i].kind);
	OK(vrd_live_set(t->live, i, &t->rules[i].dist, &err));
}

static bool follows_changes(prop_gen *gen) {
	twin t;
	begin(&t, gen, prop_below(gen, 9));
	vrd_model first = t.model;
	vrd_assumption *rules = ROOM(&gen->mem, vrd_assumption, first.n_assumptions);
	if (first.n_assumptions)
		memcpy(rules, t.rules, first.n_assumptions * sizeof *rules);
	first.assumptions = rules;
	bool held = is_the_full_run(&t);
	for (size_t step = 0; step < 6 && held && t.model.n_assumptions; step++) {
		if (prop_chance(gen, 0.5))
			set_one(&t, &first);
		else
			change_some(&t, &first);
		held = is_the_full_run(&t);
	}
	vrd_live_refresh(t.live);
	const grid fresh = cells_of(&t);
	const grid full = run_view(&gen->mem, &t.model, &t.draws, &t.view);
	vrd_live_free(t.live);
	if (!held)
		return false;
	PROP_HOLDS(gen, same_bits(&fresh, &full), "other bits after a refresh");
	return true;
}

static void changes_are_what_a_full_run_gives(void **state) {
	(void)state;
	prop_check("live = full run", follows_changes, 400, 8);
}

// Several blocks of draws and alternatives.
static bool follows_many_draws(prop_gen *gen) {
	twin t;
	begin(&t, gen, 1100 + prop_below(gen, 600));
	vrd_model first = t.model;
	vrd_assumption *rules = ROOM(&gen->mem, vrd_assumption, first.n_assumptions);
	if (first.n_assumptions)
		memcpy(rules, t.rules, first.n_assumptions * sizeof *rules);
	first.assumptions = rules;
	change_some(&t, &first);
	const bool held = is_the_full_run(&t);
	vrd_live_free(t.live);
	return held;
}

static void so_it_is_over_several_blocks_of_draws(void **state) {
	(void)state;
	prop_check("live = full run, many draws", follows_many_draws, 10, 8);
}

// --- what a change leaves -----------------------------------------------------------------------

// Whether an assumption may act on a group of services.
static bool acts_on(const twin *t, size_t assumption, size_t group) {
	const vrd_assumption *a = &t->rules[assumption];
	for (size_t k = 0; k < t->model.demand.n_service; k++) {
		const size_t reported = t->model.service_of ? t->model.service_of[k] : k;
		if ((t->view.service_group ? t->view.service_group[reported] : reported) == group &&
		    (!a->service || a->service[k]))
			return true;
	}
	return false;
}

static bool leaves_the_rest(prop_gen *gen) {
	twin t;
	size_t n_untouched = 0;
	begin(&t, gen, 4);
	const size_t i = prop_below(gen, t.model.n_assumptions + 1);
	if (i == t.model.n_assumptions) {
		vrd_live_free(t.live);
		return true;
	}
	const grid before = cells_of(&t);
	const vrd_dist dist = random_law_of(gen, t.rules[i].kind);
	OK(vrd_live_set(t.live, i, &dist, &err));
	const grid after = cells_of(&t);
	OK(vrd_live_change(t.live, 1, &(vrd_change){i, NULL}, &err));
	OK(vrd_live_set(t.live, i, NULL, &err));
	const grid back = cells_of(&t);
	vrd_live_free(t.live);
	for (size_t cell = 0; cell < grid_size(&after); cell++) {
		const size_t k =
		        cell / VRD_N_MEASURES / after.n_years / after.n_cares % after.n_services;
		if (acts_on(&t, i, k))
			continue;
		n_untouched++;
		PROP_HOLDS(gen,
		           memcmp(before.x + cell * after.n, after.x + cell * after.n,
		                  after.n * sizeof *after.x) == 0,
		           "cell %zu, which the rule does not touch, changed", cell);
	}
	return is_near(gen, &back, &before, 1e-12);
}

static void what_is_not_touched_stays_and_what_is_comes_back(void **state) {
	(void)state;
	prop_check("untouched and back", leaves_the_rest, 300, 8);
}

static bool threads_give_the_same_bits(prop_gen *gen) {
	const uint64_t state = gen->state;
	grid r[3];
	for (size_t i = 0; i < 3; i++) {
		twin t;
		gen->state = state;
		begin(&t, gen, 30);
		vrd_live_free(t.live);
		t.draws.n_threads = 1 + i;
		OK(vrd_live_new(&t.model, &t.draws, &t.view, NULL, &t.live, &err));
		if (t.model.n_assumptions) {
			const size_t a = prop_below(gen, t.model.n_assumptions);
			const vrd_dist dist = random_law_of(gen, t.rules[a].kind);
			OK(vrd_live_set(t.live, a, &dist, &err));
		}
		r[i] = cells_of(&t);
		vrd_live_free(t.live);
	}
	PROP_HOLDS(gen, same_bits(&r[0], &r[1]) && same_bits(&r[0], &r[2]), "other bits");
	return true;
}

static void one_two_and_three_threads_give_the_same_bits(void **state) {
	(void)state;
	prop_check("threads", threads_give_the_same_bits, 60, 8);
}

// --- reading ------------------------------------------------------------------------------------

static void parameters_are_in_their_own_order(void **state) {
	(void)state;
	enum { N = 40 };
	for (uint64_t seed = 1; seed <= 30; seed++) {
		prop_gen gen = {.state = seed, .size = 8};
		twin t;
		double got[N];
		begin(&t, &gen, N);
		const double *x = parameters_of(&t);
		for (size_t i = 0; i < t.model.n_assumptions; i++) {
			vrd_live_parameter(t.live, i, got);
			assert_memory_equal(got, x + i * N, sizeof got);
			double mine[N];
			for (size_t d = 0; d < N; d++)
				mine[d] = (double)(d + 1) / 1000;
			OK(vrd_live_change(t.live, 1, &(vrd_change){i, mine}, &err));
			vrd_live_parameter(t.live, i, got);
			assert_memory_equal(got, mine, sizeof got);
			OK(vrd_live_change(t.live, 1, &(vrd_change){i, NULL}, &err));
			vrd_live_parameter(t.live, i, got);
			for (size_t d = 0; d < N; d++)
				NEAR(got[d], 0, 0);
			OK(vrd_live_set(t.live, i, NULL, &err));
			vrd_live_parameter(t.live, i, got);
			assert_memory_equal(got, x + i * N, sizeof got);
		}
		vrd_live_free(t.live);
		vrd_arena_clear(&gen.mem);
	}
}

// A change is the draw's own: with the parameter of draw 3 alone other, only draw 3 changes.
static void a_change_of_one_draw_changes_that_draw(void **state) {
	(void)state;
	enum { N = 12 };
	size_t n_changed = 0;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		prop_gen gen = {.state = seed, .size = 8};
		twin t;
		begin(&t, &gen, N);
		const grid before = cells_of(&t);
		double x[N];
		for (size_t i = 0; i < t.model.n_assumptions; i++) {
			vrd_live_parameter(t.live, i, x);
			x[3] *= 0.5;
			OK(vrd_live_change(t.live, 1, &(vrd_change){i, x}, &err));
		}
		const grid after = cells_of(&t);
		for (size_t cell = 0; cell < grid_size(&after); cell++)
			for (size_t d = 0; d < N; d++) {
				const double was = before.x[cell * N + d],
				             is = after.x[cell * N + d];
				if (d == 3)
					n_changed += fabs(is - was) > 1e-9 * fabs(was);
				else
					NEAR(is, was, 1e-11 * largest(&before));
			}
		vrd_live_free(t.live);
		vrd_arena_clear(&gen.mem);
	}
	assert_true(n_changed > 50);
}

static bool sums_and_summaries(prop_gen *gen) {
	enum { N = 25 };
	twin t;
	begin(&t, gen, N);
	const grid r = cells_of(&t);
	double sum[N], wanted[N] = {0}, scratch[N];
	const size_t year = prop_below(gen, r.n_years), care = prop_below(gen, r.n_cares);
	const vrd_cell_key key = {VRD_ALL, VRD_ALL, care, year, 99, VRD_CONTACTS};
	vrd_live_cell(t.live, &key, sum);
	for (size_t p = 0; p < r.n_places; p++)
		for (size_t k = 0; k < r.n_services; k++)
			for (size_t d = 0; d < N; d++)
				wanted[d] +=
				        r.x[grid_cell(&r, 0, p, k, care, year, VRD_CONTACTS) * N +
				            d];
	const vrd_summary got = vrd_live_summary(t.live, &key);
	vrd_live_free(t.live);
	for (size_t d = 0; d < N; d++)
		PROP_HOLDS(gen, fabs(sum[d] - wanted[d]) <= 1e-12 * wanted[d], "%.17g, not %.17g",
		           sum[d], wanted[d]);
	const vrd_summary by_hand = vrd_summarise(sum, N, scratch);
	PROP_HOLDS(gen,
	           fabs(got.mean - by_hand.mean) <= 1e-12 * by_hand.mean &&
	                   got.p10 == by_hand.p10 && got.p90 == by_hand.p90,
	           "mean %.17g, not %.17g", got.mean, by_hand.mean);
	PROP_HOLDS(gen, !t.view.years || t.view.years[year] || got.mean == 0,
	           "a year that was not asked for has %g", got.mean);
	return true;
}

static void cells_are_summed_over_what_is_all(void **state) {
	(void)state;
	prop_check("sums of cells", sums_and_summaries, 100, 8);
}

// Every draw's alternative may be said.
static void alternatives_are_those_that_are_given(void **state) {
	(void)state;
	enum { N = 10 };
	prop_gen gen = {.state = 3, .size = 8};
	vrd_model model = random_model(&gen);
	while (model.demand.n_variant < 3)
		model = random_model(&gen);
	const vrd_draws draws = {.n = N, .seed = 8, .n_threads = 1};
	const vrd_view view = {.measures = {true, true}};
	for (uint32_t v = 0; v < 3; v++) {
		uint32_t variant[N];
		vrd_live *live;
		double weight[3] = {0}, got[N];
		for (size_t d = 0; d < N; d++)
			variant[d] = v;
		OK(vrd_live_new(&model, &draws, &view, variant, &live, &err));
		vrd_model only = model;
		weight[v] = 1;
		only.variant_weight = weight;
		const grid r = run_view(&gen.mem, &only, &draws, &view);
		vrd_live_cell(live, &(vrd_cell_key){0, 0, 0, 0, 0, VRD_CONTACTS}, got);
		assert_memory_equal(got, r.x + grid_cell(&r, 0, 0, 0, 0, 0, VRD_CONTACTS) * N,
		                    sizeof got);
		vrd_live_free(live);
	}
	vrd_arena_clear(&gen.mem);
}

// Counts by chance are not kept: the results are the expected ones.
static void chance_is_left_out(void **state) {
	(void)state;
	prop_gen gen = {.state = 5, .size = 8};
	vrd_model model = with_flows(&gen);
	const vrd_draws draws = {.n = 6, .seed = 1, .n_threads = 1};
	const vrd_view view = {.axis = VRD_BY_PROVIDER, .measures = {true, true, true}};
	const grid expected = run_view(&gen.mem, &model, &draws, &view);
	model.poisson = true;
	twin t = {.gen = &gen, .model = model, .view = view, .draws = draws};
	OK(vrd_live_new(&model, &draws, &view, NULL, &t.live, &err));
	const grid got = cells_of(&t);
	assert_true(same_bits(&got, &expected));
	vrd_live_free(t.live);
	vrd_arena_clear(&gen.mem);
}

// --- refusals -----------------------------------------------------------------------------------

static void a_change_that_fails_changes_nothing(void **state) {
	(void)state;
	size_t n_changed = 0;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		prop_gen gen = {.state = seed, .size = 8};
		twin t;
		begin(&t, &gen, 3);
		const size_t n = t.model.n_assumptions;
		const grid before = cells_of(&t);
		const double x[] = {0.01, 0.02, 0.03};
		const vrd_change changes[] = {{0, x}, {1, NULL}, {n, x}};
		if (n >= 2)
			FAILS(vrd_live_change(t.live, 3, changes, &err), VRD_USAGE,
			      "there is no assumption");
		FAILS(vrd_live_set(t.live, n, NULL, &err), VRD_USAGE, "there is no assumption");
		const grid after = cells_of(&t);
		assert_true(same_bits(&before, &after));
		OK(vrd_live_change(t.live, n >= 2 ? 2 : 0, changes, &err));
		const grid changed = cells_of(&t);
		n_changed += !same_bits(&before, &changed);
		vrd_live_free(t.live);
		vrd_arena_clear(&gen.mem);
	}
	assert_true(n_changed > 5);
	vrd_live_free(NULL);
}

static void memory_is_told_and_limited(void **state) {
	(void)state;
	enum { N = 1000 };
	prop_gen gen = {.state = 9, .size = 8};
	const vrd_model model = with_flows(&gen);
	const vrd_view view = {.axis = VRD_BY_PROVIDER, .measures = {true, true, true}};
	const size_t cells = model.demand.n_year * vrd_model_services(&model)->n *
	                     model.provider->n * model.demand.n_care * VRD_N_MEASURES;
	vrd_live *live;
	OK(vrd_live_new(&model, &(vrd_draws){.n = N, .n_threads = 1}, &view, NULL, &live, &err));
	assert_true(vrd_live_bytes(live) >= (cells + 3 * model.n_assumptions) * N * 8);
	assert_true(vrd_live_bytes(live) <= (cells + 5 * model.n_assumptions) * N * 8);
	vrd_live_free(live);
	live = NULL;
	const size_t too_many = ((size_t)1 << 30) / (cells * 8) + 1;
	FAILS(vrd_live_new(&model, &(vrd_draws){.n = too_many, .n_threads = 1}, &view, NULL, &live,
	                   &err),
	      VRD_LIMIT, "ask for fewer years, places or draws");
	assert_null(live);
	const vrd_view beds = {.measures = {false, false, true}};
	FAILS(vrd_live_new(&model, &(vrd_draws){.n = 1}, &beds, NULL, &live, &err), VRD_USAGE,
	      "beds are given by provider only");
	assert_null(live);
	vrd_arena_clear(&gen.mem);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(changes_are_what_a_full_run_gives),
	        cmocka_unit_test(so_it_is_over_several_blocks_of_draws),
	        cmocka_unit_test(what_is_not_touched_stays_and_what_is_comes_back),
	        cmocka_unit_test(one_two_and_three_threads_give_the_same_bits),
	        cmocka_unit_test(parameters_are_in_their_own_order),
	        cmocka_unit_test(a_change_of_one_draw_changes_that_draw),
	        cmocka_unit_test(cells_are_summed_over_what_is_all),
	        cmocka_unit_test(alternatives_are_those_that_are_given),
	        cmocka_unit_test(chance_is_left_out),
	        cmocka_unit_test(a_change_that_fails_changes_nothing),
	        cmocka_unit_test(memory_is_told_and_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
