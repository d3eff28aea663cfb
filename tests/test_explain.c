// Explanations against hand computation, closed forms and direct evaluation.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_rules.h"
#include "scenario/explain.h"

#include <math.h>

// --- a model that can be computed by hand -------------------------------------------------------

// One area, one band, one form of care, K services of 100 contacts and 300 bed days each in every
// year, one year (2030).
enum { MOST = 14 };
typedef struct {
	vrd_arena mem;
	vrd_model model;
	vrd_assumption rules[MOST];
} plain;

static double *repeated(vrd_arena *mem, size_t n, double x) {
	double *out = ROOM(mem, double, n);
	for (size_t i = 0; i < n; i++)
		out[i] = x;
	return out;
}

static void make_plain(plain *p, size_t n_service, size_t n_variant) {
	static const int year[] = {2030}, band_from[] = {0};
	memset(p, 0, sizeof *p);
	vrd_arena *mem = &p->mem;
	vrd_demand *d = &p->model.demand;
	*d = (vrd_demand){.n_area = 1,
	                  .n_band = 1,
	                  .n_service = n_service,
	                  .n_care = 1,
	                  .n_variant = n_variant,
	                  .n_year = 1,
	                  .year = year,
	                  .band_from = band_from,
	                  .t0 = 2025};
	d->area = numbered(mem, "area", 1, "g");
	d->service = numbered(mem, "service", n_service, "k");
	d->care = numbered(mem, "care", 1, "m");
	d->births_driven = ROOM(mem, bool, n_service);
	d->contacts = repeated(mem, n_service * n_variant, 100);
	d->bed_days = repeated(mem, n_service * n_variant, 300);
	d->base_contacts = repeated(mem, n_service, 100);
	d->base_bed_days = repeated(mem, n_service, 300);
	d->persons = repeated(mem, n_variant, 1000);
	d->base_persons = repeated(mem, 1, 1000);
	d->people = repeated(mem, n_variant, 1000);
	p->model.unit = numbered(mem, "area", 1, "u");
	size_t *start = ROOM(mem, size_t, 2);
	start[1] = 1;
	vrd_membership *map = ROOM(mem, vrd_membership, 1);
	*map = (vrd_membership){start, ROOM(mem, size_t, 1), repeated(mem, 1, 1)};
	p->model.n_maps = 1;
	p->model.maps = map;
	p->model.map_at = ROOM(mem, uint32_t, n_service);
	p->model.map_base = ROOM(mem, uint32_t, n_service);
	p->model.variant_weight = repeated(mem, n_variant, 1.0 / (double)n_variant);
	p->model.planned_map = true;
	p->model.los_cv = 1;
	p->model.assumptions = p->rules;
}

// A rule that is wholly realised, on one service or (VRD_NONE) all.
static vrd_assumption *add_rule(plain *p, vrd_kind kind, const char *id, vrd_dist_kind law,
                                double low, double high, size_t service) {
	vrd_assumption *a = &p->rules[p->model.n_assumptions++];
	double lower, upper;
	bool *selected = ROOM(&p->mem, bool, p->model.demand.n_service);
	*a = (vrd_assumption){.id = id,
	                      .label = id,
	                      .kind = kind,
	                      .phasing = {.curve = VRD_PHASE_STEP, .start = 2025, .end = 2026},
	                      .group = VRD_NO_GROUP,
	                      .to = VRD_LEAVES};
	vrd_kind_bounds(kind, &lower, &upper);
	OK(vrd_dist_fit(law, low, (low + high) / 2, high, lower, upper, &a->dist, &err));
	for (size_t k = 0; service != VRD_NONE && k < p->model.demand.n_service; k++)
		selected[k] = k == service;
	if (service != VRD_NONE)
		a->service = selected;
	return a;
}

static void add_fixed(plain *p, vrd_kind kind, const char *id, double x, size_t service) {
	(void)add_rule(p, kind, id, VRD_DIST_FIXED, x, x, service);
}

static const vrd_target contacts_of_all = {.measure = VRD_CONTACTS};

static vrd_summary base, total;

// Shapley with each assumption a player of its own.
static void each_plays(plain *p, size_t n_draws, bool population, vrd_player out[]) {
	size_t player_of[MOST];
	for (size_t i = 0; i < p->model.n_assumptions; i++)
		player_of[i] = i;
	const vrd_game game = {p->model.n_assumptions, player_of, population, false};
	const vrd_draws draws = {.n = n_draws, .seed = 3};
	OK(vrd_explain_shapley(&p->mem, &p->model, &draws, &contacts_of_all, &game, out, &base,
	                       &total, &err));
}

// --- Shapley ------------------------------------------------------------------------------------

static void a_hundred_times_1_2_times_0_9_is_plus_19_and_minus_11(void **state) {
	(void)state;
	plain p;
	vrd_player out[2];
	make_plain(&p, 1, 1);
	add_fixed(&p, VRD_GROWTH, "growth", 0.2, VRD_NONE);
	add_fixed(&p, VRD_AVOID, "avoid", 0.1, VRD_NONE);
	each_plays(&p, 50, false, out);
	NEAR(base.mean, 100, 1e-12);
	NEAR(total.mean, 108, 1e-12);
	NEAR(out[0].effect.mean, 19, 1e-12);
	NEAR(out[1].effect.mean, -11, 1e-12);
	NEAR(out[0].effect.p10, 19, 1e-12);
	vrd_arena_clear(&p.mem);
}

static void a_neutral_assumption_gets_nothing_and_equal_ones_the_same(void **state) {
	(void)state;
	plain p;
	vrd_player out[5];
	make_plain(&p, 2, 1);
	add_fixed(&p, VRD_GROWTH, "one", 0.3, VRD_NONE);
	add_fixed(&p, VRD_GROWTH, "neutral", 0, VRD_NONE);
	add_fixed(&p, VRD_GROWTH, "two", 0.3, VRD_NONE);
	(void)add_rule(&p, VRD_AVOID, "avoid", VRD_DIST_UNIFORM, 0.1, 0.2, 1);
	each_plays(&p, 200, true, out);
	NEAR(out[1].effect.mean, 0, 1e-10);
	NEAR(out[0].effect.mean, out[2].effect.mean, 1e-10);
	NEAR(out[0].effect.p90, out[2].effect.p90, 1e-10);
	assert_true(out[3].effect.mean < -1);
	vrd_arena_clear(&p.mem);
}

static void the_people_are_a_player(void **state) {
	(void)state;
	plain p;
	vrd_player out[2];
	make_plain(&p, 1, 2);
	p.model.demand.contacts[0] = 120; // of one alternative, 140 of the other
	p.model.demand.contacts[1] = 140;
	add_fixed(&p, VRD_AVOID, "avoid", 0.1, VRD_NONE);
	each_plays(&p, 4000, true, out);
	// People: 1/2 (v - 100) + 1/2 (0.9 v - 90) with v = 120 or 140.
	NEAR(out[1].effect.p10, 19, 1e-9);
	NEAR(out[1].effect.p90, 38, 1e-9);
	NEAR(base.p90, 100, 1e-12);
	NEAR(total.mean - base.mean, out[0].effect.mean + out[1].effect.mean, 1e-9);
	vrd_arena_clear(&p.mem);
}

static void more_than_twelve_players_are_refused_with_the_remedy(void **state) {
	(void)state;
	plain p;
	vrd_player out[14];
	size_t player_of[13];
	make_plain(&p, 1, 1);
	for (size_t i = 0; i < 13; i++) {
		player_of[i] = i;
		add_fixed(&p, VRD_GROWTH, vrd_arena_printf(&p.mem, "g%zu", i), 0.1, VRD_NONE);
	}
	const vrd_game game = {13, player_of, false, false};
	FAILS(vrd_explain_shapley(&p.mem, &p.model, &(vrd_draws){.n = 10}, &contacts_of_all, &game,
	                          out, &base, &total, &err),
	      VRD_LIMIT, "common theme");
	vrd_arena_clear(&p.mem);
}

// The result of a random model in its last year and of one measure, by the kernel.
static vrd_summary by_kernel(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                             const vrd_target *target) {
	const size_t n = draws->n ? draws->n : 1;
	const vrd_axis axis = target->measure == VRD_BEDS ? VRD_BY_PROVIDER : VRD_BY_UNIT;
	const size_t zeros[64] = {0};
	vrd_view view = {.axis = axis,
	                 .place_group = zeros,
	                 .service_group = zeros,
	                 .care_group = zeros,
	                 .n_places = 1,
	                 .n_services = 1,
	                 .n_cares = 1};
	view.measures[target->measure] = true;
	const grid r = run_view(mem, model, draws, &view);
	return vrd_summarise(r.x + grid_cell(&r, 0, 0, 0, 0, target->year, target->measure) * n, n,
	                     ROOM(mem, double, n));
}

static vrd_target random_target(prop_gen *gen, const vrd_model *model) {
	vrd_target target = {.measure = (vrd_measure)prop_below(gen, model->provider ? 3 : 2)};
	target.year = prop_below(gen, model->demand.n_year);
	return target;
}

static bool effects_of_any_model_add_up_to_what_the_run_has(prop_gen *gen) {
	vrd_model model = random_model(gen);
	model.poisson = model.uncertain_rates = false;
	const vrd_target target = random_target(gen, &model);
	const vrd_draws draws = {.n = 40 + prop_below(gen, 40), .seed = prop_below(gen, 99)};
	vrd_player out[12];
	size_t *player_of = ROOM(&gen->mem, size_t, model.n_assumptions);
	const size_t n = 1 + prop_below(gen, 4);
	for (size_t i = 0; i < model.n_assumptions; i++)
		player_of[i] = prop_chance(gen, 0.9) ? prop_below(gen, n) : VRD_NONE;
	const vrd_game game = {n, player_of, prop_chance(gen, 0.7), prop_chance(gen, 0.7)};
	OK(vrd_explain_shapley(&gen->mem, &model, &draws, &target, &game, out, &base, &total,
	                       &err));
	double sum = base.mean;
	for (size_t i = 0; i < n + game.population + game.map; i++)
		sum += out[i].effect.mean;
	const vrd_summary run = by_kernel(&gen->mem, &model, &draws, &target);
	const double size = fmax(fabs(total.mean), fabs(base.mean)) + 1e-9;
	PROP_HOLDS(gen, fabs(sum - total.mean) <= 1e-9 * size, "%.17g is not %.17g", sum,
	           total.mean);
	PROP_HOLDS(gen, fabs(run.mean - total.mean) <= 1e-9 * size, "the run has %.17g, not %.17g",
	           run.mean, total.mean);
	PROP_HOLDS(gen, fabs(run.p90 - total.p90) <= 1e-9 * size,
	           "the run's P90 is %.17g, not %.17g", run.p90, total.p90);
	return true;
}

static void effects_add_up_in_any_model(void **state) {
	(void)state;
	prop_check("effects add up", effects_of_any_model_add_up_to_what_the_run_has, 60, 8);
}

// --- tornado ------------------------------------------------------------------------------------

// The model with every parameter a constant.
static vrd_model at_quantiles(vrd_arena *mem, const vrd_model *model, const double *u) {
	vrd_model out = *model;
	vrd_assumption *a = ROOM(mem, vrd_assumption, model->n_assumptions);
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const double x = vrd_dist_quantile(&model->assumptions[i].dist, u[i]);
		a[i] = model->assumptions[i];
		OK(vrd_dist_fit(VRD_DIST_FIXED, x, x, x, -INFINITY, INFINITY, &a[i].dist, &err));
	}
	out.assumptions = a;
	return out;
}

static double kernel_at(vrd_arena *mem, const vrd_model *model, const vrd_target *target,
                        const double *u) {
	const vrd_model fixed = at_quantiles(mem, model, u);
	return by_kernel(mem, &fixed, &(vrd_draws){.n = 0}, target).mean;
}

static bool a_swing_is_what_the_kernel_gives(prop_gen *gen) {
	vrd_model model = random_model(gen);
	model.poisson = model.uncertain_rates = false;
	vrd_assumption *still = ROOM(&gen->mem, vrd_assumption, model.n_assumptions);
	for (size_t i = 0; i < model.n_assumptions; i++) {
		still[i] = model.assumptions[i];
		still[i].walk_sd = 0; // the kernel has no quantile of a walk
	}
	model.assumptions = still;
	const vrd_target target = random_target(gen, &model);
	vrd_swing *swing = ROOM(&gen->mem, vrd_swing, model.n_assumptions);
	double *u = ROOM(&gen->mem, double, model.n_assumptions), middle;
	for (size_t i = 0; i < model.n_assumptions; i++)
		u[i] = 0.5;
	OK(vrd_explain_tornado(&gen->mem, &model, &target, &middle, swing, NULL, &err));
	const double expected = kernel_at(&gen->mem, &model, &target, u);
	const double tolerance = 1e-9 * (1 + fabs(expected));
	PROP_HOLDS(gen, fabs(middle - expected) <= tolerance, "%.17g is not %.17g", middle,
	           expected);
	for (size_t i = 0; i < model.n_assumptions; i++) {
		u[i] = 0.1;
		const double low = kernel_at(&gen->mem, &model, &target, u);
		u[i] = 0.9;
		const double high = kernel_at(&gen->mem, &model, &target, u);
		u[i] = 0.5;
		PROP_HOLDS(gen, fabs(swing[i].low - low) <= tolerance, "%.17g is not %.17g",
		           swing[i].low, low);
		PROP_HOLDS(gen, fabs(swing[i].high - high) <= tolerance, "%.17g is not %.17g",
		           swing[i].high, high);
	}
	return true;
}

static void a_tornado_is_direct_evaluation(void **state) {
	(void)state;
	prop_check("tornado", a_swing_is_what_the_kernel_gives, 60, 8);
}

static void the_middle_of_a_tornado_has_the_mean_of_the_alternatives(void **state) {
	(void)state;
	plain p;
	vrd_swing swing[1], people;
	double middle;
	make_plain(&p, 1, 2);
	p.model.demand.contacts[0] = 120;
	p.model.demand.contacts[1] = 140;
	(void)add_rule(&p, VRD_AVOID, "avoid", VRD_DIST_UNIFORM, 0.1, 0.3, VRD_NONE);
	OK(vrd_explain_tornado(&p.mem, &p.model, &contacts_of_all, &middle, swing, &people, &err));
	NEAR(middle, 130 * 0.8, 1e-9);
	NEAR(swing[0].low, 130 * 0.9, 1e-9);
	NEAR(swing[0].high, 130 * 0.7, 1e-9);
	NEAR(people.low, 120 * 0.8, 1e-9);
	NEAR(people.high, 140 * 0.8, 1e-9);
	vrd_arena_clear(&p.mem);
}

// Fifteen steps from the base year 2025 until the year 2040.
static vrd_assumption *add_walk(plain *p, vrd_dist_kind law, double low, double high) {
	static const int year[] = {2040};
	vrd_assumption *a = add_rule(p, VRD_GROWTH, "walk", law, low, high, VRD_NONE);
	p->model.demand.year = year;
	a->annual = true;
	a->walk_sd = 0.05;
	a->phasing = (vrd_phasing){.curve = VRD_PHASE_STEP, .start = 2025, .end = 2100};
	return a;
}

static void a_walk_swings_to_the_quantiles_of_what_it_becomes(void **state) {
	(void)state;
	plain p;
	vrd_swing swing[1];
	double middle;
	make_plain(&p, 1, 1);
	(void)add_walk(&p, VRD_DIST_FIXED, 0, 0);
	OK(vrd_explain_tornado(&p.mem, &p.model, &contacts_of_all, &middle, swing, NULL, &err));
	const double far = 0.05 * sqrt(15) * 1.2815515655446004;
	NEAR(middle, 100, 1e-9);
	NEAR(swing[0].low, 100 * exp(-far), 1e-9);
	NEAR(swing[0].high, 100 * exp(far), 1e-9);
	vrd_arena_clear(&p.mem);
}

// Against draws of the whole factor: the kernel's own quantiles.
static void a_walk_around_an_uncertain_growth_swings_as_its_draws_do(void **state) {
	(void)state;
	plain p;
	vrd_swing swing[1];
	double middle;
	make_plain(&p, 1, 1);
	(void)add_walk(&p, VRD_DIST_UNIFORM, -0.01, 0.02);
	OK(vrd_explain_tornado(&p.mem, &p.model, &contacts_of_all, &middle, swing, NULL, &err));
	const vrd_summary drawn =
	        by_kernel(&p.mem, &p.model, &(vrd_draws){.n = 40000, .seed = 2}, &contacts_of_all);
	NEAR(middle, 100 * pow(1.005, 15), 1e-9);
	NEAR(swing[0].low, drawn.p10, 0.01 * drawn.p10);
	NEAR(swing[0].high, drawn.p90, 0.01 * drawn.p90);
	vrd_arena_clear(&p.mem);
}

// --- Sobol --------------------------------------------------------------------------------------

static vrd_factor *factors_of(plain *p, size_t n_draws, uint64_t seed, size_t *n) {
	vrd_factor *out;
	OK(vrd_explain_sobol(&p->mem, &p->model, &(vrd_draws){.n = n_draws, .seed = seed},
	                     &contacts_of_all, &out, n, &err));
	return out;
}

static void assert_index(const vrd_factor *factor, double first, double whole) {
	NEAR(factor->index.first, first, 4 * factor->index.first_error + 1e-12);
	NEAR(factor->index.total, whole, 4 * factor->index.total_error + 1e-12);
	assert_true(factor->index.first_error < 0.06 && factor->index.total_error < 0.06);
}

// 100 (1 + x) + 100 (1 + y): variances 0.1^2 and 0.2^2 up to a factor.
static void sums_have_their_shares_of_the_variance(void **state) {
	(void)state;
	plain p;
	size_t n;
	make_plain(&p, 2, 1);
	(void)add_rule(&p, VRD_GROWTH, "small", VRD_DIST_UNIFORM, 0, 0.1, 0);
	(void)add_rule(&p, VRD_GROWTH, "large", VRD_DIST_UNIFORM, 0, 0.2, 1);
	add_fixed(&p, VRD_GROWTH, "certain", 0.3, VRD_NONE);
	const vrd_factor *f = factors_of(&p, 4000, 5, &n);
	assert_int_equal(n, 2);
	assert_string_equal(f[0].name, "small");
	assert_string_equal(f[1].name, "large");
	assert_index(&f[0], 0.2, 0.2);
	assert_index(&f[1], 0.8, 0.8);
	vrd_arena_clear(&p.mem);
}

// 100 (1 + x)(1 + y) with v = Var(1 + x) / E(1 + x)^2: V = (1 + v)(1 + w) - 1, S = v / V and
// T = v (1 + w) / V. The interval of P10 to P90 is 0.8 of a uniform's width.
static void products_have_their_closed_form(void **state) {
	(void)state;
	plain p;
	size_t n;
	make_plain(&p, 1, 1);
	const double width = 2 / 0.8, v = width * width / 12 / 4, w = v / 4;
	(void)add_rule(&p, VRD_GROWTH, "x", VRD_DIST_UNIFORM, 0, 2, VRD_NONE);
	(void)add_rule(&p, VRD_GROWTH, "y", VRD_DIST_UNIFORM, 0.5, 1.5, VRD_NONE);
	const double all = (1 + v) * (1 + w) - 1;
	const vrd_factor *f = factors_of(&p, 8000, 7, &n);
	assert_int_equal(n, 2);
	assert_index(&f[0], v / all, v * (1 + w) / all);
	assert_index(&f[1], w / all, w * (1 + v) / all);
	vrd_arena_clear(&p.mem);
}

static void the_population_is_a_factor_when_it_has_alternatives(void **state) {
	(void)state;
	plain p;
	size_t n;
	make_plain(&p, 1, 2);
	p.model.demand.contacts[1] = 120;
	(void)add_rule(&p, VRD_GROWTH, "x", VRD_DIST_UNIFORM, 0, 1e-9, VRD_NONE);
	const vrd_factor *f = factors_of(&p, 2000, 9, &n);
	assert_int_equal(n, 2);
	assert_string_equal(f[1].name, "population");
	assert_index(&f[0], 0, 0);
	assert_index(&f[1], 1, 1);
	vrd_arena_clear(&p.mem);
}

static void a_correlated_group_is_one_factor(void **state) {
	(void)state;
	static const char *const names[] = {"together", "apart"};
	static const double rho[] = {0.9, 0};
	plain p;
	size_t n;
	make_plain(&p, 3, 1);
	p.model.n_groups = 2;
	p.model.group_names = names;
	p.model.group_rho = rho;
	for (size_t k = 0; k < 3; k++)
		add_rule(&p, VRD_GROWTH, vrd_arena_printf(&p.mem, "g%zu", k), VRD_DIST_UNIFORM, 0,
		         0.1, k)
		        ->group = k < 2 ? 0 : 1;
	const vrd_factor *f = factors_of(&p, 4000, 5, &n);
	assert_int_equal(n, 2);
	assert_string_equal(f[0].name, "together");
	assert_true(f[0].members[0] && f[0].members[1] && !f[0].members[2]);
	assert_string_equal(f[1].name, "g2");
	assert_true(f[0].index.first > 0.7 && f[1].index.first < 0.3);
	NEAR(f[0].index.first + f[1].index.first, 1, 0.1);
	vrd_arena_clear(&p.mem);
}

// A walk belongs to its assumption, though it is no parameter: two walks of the same size have half
// each, as a parameter has that makes the same variance.
static void a_walk_belongs_to_its_assumption(void **state) {
	(void)state;
	plain p;
	size_t n;
	make_plain(&p, 2, 1);
	for (size_t k = 0; k < 2; k++) {
		vrd_assumption *a =
		        add_rule(&p, VRD_GROWTH, k ? "b" : "a", VRD_DIST_FIXED, 0.01, 0.01, k);
		a->annual = true;
		a->walk_sd = 0.02;
		a->phasing.end = 2040;
	}
	const vrd_factor *f = factors_of(&p, 4000, 5, &n);
	assert_int_equal(n, 2);
	assert_index(&f[0], 0.5, 0.5);
	assert_index(&f[1], 0.5, 0.5);
	vrd_arena_clear(&p.mem);
}

static void
a_seed_gives_the_same_indices_and_another_gives_others_within_their_errors(void **state) {
	(void)state;
	plain p;
	size_t n;
	make_plain(&p, 2, 1);
	(void)add_rule(&p, VRD_GROWTH, "x", VRD_DIST_UNIFORM, 0, 0.1, 0);
	(void)add_rule(&p, VRD_GROWTH, "y", VRD_DIST_UNIFORM, 0, 0.1, 1);
	const vrd_sobol one = factors_of(&p, 2000, 5, &n)[0].index;
	const vrd_sobol again = factors_of(&p, 2000, 5, &n)[0].index;
	const vrd_sobol other = factors_of(&p, 2000, 6, &n)[0].index;
	assert_memory_equal(&one, &again, sizeof one);
	assert_true(one.first != other.first);
	NEAR(one.first, other.first, 4 * (one.first_error + other.first_error));
	vrd_arena_clear(&p.mem);
}

static void one_draw_is_too_few(void **state) {
	(void)state;
	plain p;
	vrd_factor *out;
	size_t n;
	make_plain(&p, 1, 1);
	FAILS(vrd_explain_sobol(&p.mem, &p.model, &(vrd_draws){.n = 1}, &contacts_of_all, &out, &n,
	                        &err),
	      VRD_USAGE, "2 draws");
	vrd_arena_clear(&p.mem);
}

// --- bounds and variance ------------------------------------------------------------------------

static void what_moves_together_has_a_wider_interval(void **state) {
	(void)state;
	plain p;
	vrd_summary apart, together;
	const vrd_draws draws = {.n = 20000, .seed = 1};
	make_plain(&p, 2, 1);
	(void)add_rule(&p, VRD_GROWTH, "x", VRD_DIST_UNIFORM, 0, 0.2, 0);
	(void)add_rule(&p, VRD_GROWTH, "y", VRD_DIST_UNIFORM, 0, 0.2, 1);
	OK(vrd_explain_correlation(&p.mem, &p.model, &draws, &contacts_of_all, &apart, &together,
	                           &err));
	NEAR(together.p10, 200, 0.6);
	NEAR(together.p90, 240, 0.6);
	// The sum of two uniforms of width 25: P10 is 25 (sqrt(0.2) - 1) from the middle.
	NEAR(apart.p10, 220 + 25 * (sqrt(0.2) - 1), 0.6);
	NEAR(apart.mean, together.mean, 5 * (apart.mc_error + together.mc_error));
	vrd_arena_clear(&p.mem);
}

// 100 (1 + x) + 100 (1 - y): high together would cancel, so what raises the result is high with what
// lowers it low.
static void opposite_effects_do_not_cancel(void **state) {
	(void)state;
	plain p;
	vrd_summary apart, together;
	const vrd_draws draws = {.n = 20000, .seed = 1};
	make_plain(&p, 2, 1);
	(void)add_rule(&p, VRD_GROWTH, "x", VRD_DIST_UNIFORM, 0, 0.2, 0);
	(void)add_rule(&p, VRD_AVOID, "y", VRD_DIST_UNIFORM, 0.1, 0.3, 1);
	OK(vrd_explain_correlation(&p.mem, &p.model, &draws, &contacts_of_all, &apart, &together,
	                           &err));
	NEAR(together.p10, 170, 0.6);
	NEAR(together.p90, 210, 0.6);
	assert_true(apart.p90 - apart.p10 < 35);
	vrd_arena_clear(&p.mem);
}

// With everything in the scenario's own group nothing is left to bind.
static void the_run_s_own_groups_stay_in_both_cases(void **state) {
	(void)state;
	static const char *const names[] = {"own"};
	static const double rho[] = {0.5};
	plain p;
	vrd_summary apart, together;
	const vrd_draws draws = {.n = 1000, .seed = 1};
	make_plain(&p, 2, 1);
	p.model.n_groups = 1;
	p.model.group_names = names;
	p.model.group_rho = rho;
	add_rule(&p, VRD_GROWTH, "x", VRD_DIST_UNIFORM, 0, 0.2, 0)->group = 0;
	add_rule(&p, VRD_GROWTH, "y", VRD_DIST_UNIFORM, 0, 0.2, 1)->group = 0;
	OK(vrd_explain_correlation(&p.mem, &p.model, &draws, &contacts_of_all, &apart, &together,
	                           &err));
	NEAR(apart.p90, together.p90, 0);
	NEAR(apart.p90, by_kernel(&p.mem, &p.model, &draws, &contacts_of_all).p90, 0);
	vrd_arena_clear(&p.mem);
}

static void overlapping_avoidance_lies_between_its_bounds(void **state) {
	(void)state;
	plain p;
	vrd_summary full, none;
	make_plain(&p, 1, 1);
	add_fixed(&p, VRD_AVOID, "one", 0.3, VRD_NONE);
	add_fixed(&p, VRD_AVOID, "two", 0.2, VRD_NONE);
	OK(vrd_explain_avoidance(&p.mem, &p.model, &(vrd_draws){.n = 10}, &contacts_of_all, &full,
	                         &none, &err));
	NEAR(full.mean, 70, 1e-9);
	NEAR(none.mean, 50, 1e-9);
	vrd_arena_clear(&p.mem);
}

static bool parts_of_the_variance_are_those_of_the_region_s_total(prop_gen *gen) {
	const vrd_model model = random_model(gen);
	const vrd_draws draws = {.n = 50, .seed = 4};
	vrd_target target = random_target(gen, &model);
	vrd_variance own, whole;
	if (target.measure == VRD_BEDS)
		target.measure = VRD_BED_DAYS;
	OK(vrd_explain_variance(&gen->mem, &model, &draws, &target, &own, &err));
	OK(vrd_kernel_variance(&model, &draws, target.year, target.measure, &whole, &err));
	const double tolerance = 1e-9 * (1 + whole.variance);
	PROP_HOLDS(gen, fabs(own.variance - whole.variance) <= tolerance, "%.17g is not %.17g",
	           own.variance, whole.variance);
	const double sum =
	        own.population + own.assumptions + own.interaction + own.rates + own.chance;
	PROP_HOLDS(gen, fabs(sum - own.variance) <= tolerance, "parts sum to %.17g, not %.17g", sum,
	           own.variance);
	return true;
}

static void a_target_of_all_has_the_variance_of_the_total(void **state) {
	(void)state;
	prop_check("variance", parts_of_the_variance_are_those_of_the_region_s_total, 40, 8);
}

// The factor of x contacts has the variance (x + 1/2)/x^2, in each alternative.
static void the_part_of_the_rates_mixes_the_alternatives_by_weight(void **state) {
	(void)state;
	enum { N = 20000 };
	static const double weight[] = {0.75, 0.25};
	plain p;
	vrd_variance v;
	const double x = 100, wanted = (x + 0.5) / (x * x) * (0.75 * 100 * 100 + 0.25 * 300 * 300);
	make_plain(&p, 1, 2);
	p.model.demand.contacts[1] = 300;
	p.model.variant_weight = weight;
	p.model.uncertain_rates = true;
	p.model.n_base = 1;
	OK(vrd_explain_variance(&p.mem, &p.model, &(vrd_draws){.n = N, .seed = 2}, &contacts_of_all,
	                        &v, &err));
	NEAR(v.rates / wanted, 1, 5 * sqrt((2 + 6 / (x + 0.5)) / N));
	NEAR(v.mean, 150, 1e-9); // at observed rates
	NEAR(v.population, 0.75 * 0.25 * 200 * 200, 1e-6);
	vrd_arena_clear(&p.mem);
}

static void a_year_or_a_place_that_is_not_there_is_refused(void **state) {
	(void)state;
	plain p;
	vrd_variance out;
	const vrd_draws draws = {.n = 10};
	make_plain(&p, 1, 1);
	const vrd_target no_year = {.year = 1}, no_provider = {.measure = VRD_BEDS};
	FAILS(vrd_explain_variance(&p.mem, &p.model, &draws, &no_year, &out, &err), VRD_USAGE,
	      "no year 1");
	FAILS(vrd_explain_variance(&p.mem, &p.model, &draws, &no_provider, &out, &err), VRD_USAGE,
	      "flows");
	vrd_arena_clear(&p.mem);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_hundred_times_1_2_times_0_9_is_plus_19_and_minus_11),
	        cmocka_unit_test(a_neutral_assumption_gets_nothing_and_equal_ones_the_same),
	        cmocka_unit_test(the_people_are_a_player),
	        cmocka_unit_test(more_than_twelve_players_are_refused_with_the_remedy),
	        cmocka_unit_test(effects_add_up_in_any_model),
	        cmocka_unit_test(a_tornado_is_direct_evaluation),
	        cmocka_unit_test(the_middle_of_a_tornado_has_the_mean_of_the_alternatives),
	        cmocka_unit_test(a_walk_swings_to_the_quantiles_of_what_it_becomes),
	        cmocka_unit_test(a_walk_around_an_uncertain_growth_swings_as_its_draws_do),
	        cmocka_unit_test(sums_have_their_shares_of_the_variance),
	        cmocka_unit_test(products_have_their_closed_form),
	        cmocka_unit_test(the_population_is_a_factor_when_it_has_alternatives),
	        cmocka_unit_test(a_correlated_group_is_one_factor),
	        cmocka_unit_test(a_walk_belongs_to_its_assumption),
	        cmocka_unit_test(
	                a_seed_gives_the_same_indices_and_another_gives_others_within_their_errors),
	        cmocka_unit_test(one_draw_is_too_few),
	        cmocka_unit_test(what_moves_together_has_a_wider_interval),
	        cmocka_unit_test(opposite_effects_do_not_cancel),
	        cmocka_unit_test(the_run_s_own_groups_stay_in_both_cases),
	        cmocka_unit_test(overlapping_avoidance_lies_between_its_bounds),
	        cmocka_unit_test(a_target_of_all_has_the_variance_of_the_total),
	        cmocka_unit_test(the_part_of_the_rates_mixes_the_alternatives_by_weight),
	        cmocka_unit_test(a_year_or_a_place_that_is_not_there_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
