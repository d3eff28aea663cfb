// What each kind of assumption does, by hand; and what rules of places and walks may never do.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_rules.h"
#include "plain_model.h"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

static const plain_size one = {1, 1, 1, 1, 1};

// Contacts, bed days and beds at h0 and h1 of one stratum under some rules.
static void becomes(vrd_model model, size_t n, const vrd_assumption *rules, double contacts,
                    double days, double beds, double share_of_h0) {
	const vrd_view view = {.axis = VRD_BY_PROVIDER, .measures = {true, true, true}};
	model.n_assumptions = n;
	model.assumptions = rules;
	const grid r = run_view(&mem, &model, &(vrd_draws){.n = 1, .seed = 1}, &view);
	for (size_t h = 0; h < 2; h++) {
		const double share = h ? 1 - share_of_h0 : share_of_h0;
		NEAR(draw_at(&r, h, 0, 0, 0, VRD_CONTACTS, 0), share * contacts, 1e-11);
		NEAR(draw_at(&r, h, 0, 0, 0, VRD_BED_DAYS, 0), share * days, 1e-11);
		NEAR(draw_at(&r, h, 0, 0, 0, VRD_BEDS, 0), share * beds, 1e-13);
	}
}

static void healthy_ageing_reads_the_polynomial_through_aged_demand(void **state) {
	(void)state;
	static double aged[] = {111, 104}, aged_days[] = {440, 400};
	vrd_model model = plain_model(&mem, &one);
	const vrd_assumption rule = plain_rule("ageing", VRD_HEALTHY_AGEING, 0.25);
	model.demand.n_aged = 2;
	model.demand.aged_share = (const double[]){0.5, 1};
	model.demand.aged_contacts = aged;
	model.demand.aged_bed_days = aged_days;
	// Weights 3/8, 3/4, -1/8 of 120, 111, 104 and of 480, 440, 400.
	becomes(model, 1, &rule, 115.25, 460, 1.38, 0.7);
	const vrd_assumption none = plain_rule("ageing", VRD_HEALTHY_AGEING, 0);
	becomes(model, 1, &none, 120, 480, 1.44, 0.7);
	const vrd_assumption full = plain_rule("ageing", VRD_HEALTHY_AGEING, 1);
	becomes(model, 1, &full, 104, 400, 1.2, 0.7);
}

static void a_level_goes_part_of_the_way_to_its_target(void **state) {
	(void)state;
	const vrd_model model = plain_model(&mem, &one);
	vrd_assumption rule = plain_rule("level", VRD_LEVEL, 0.5);
	rule.gap = (const double[]){-0.2};
	becomes(model, 1, &rule, 108, 432, 1.296, 0.7);
	// After growth: 120 x 1.1 x 0.9.
	const vrd_assumption both[] = {rule, plain_rule("growth", VRD_GROWTH, 0.1)};
	becomes(model, 2, both, 118.8, 475.2, 1.4256, 0.7);
}

// 120 x 0.9 x 1.5 x 0.75 x 1.2, and each one's step after those before it.
static void levels_multiply(void **state) {
	(void)state;
	static const double gap[4][1] = {{-0.2}, {1}, {-0.5}, {0.4}};
	const double wanted[4] = {-12, 54, -40.5, 24.3};
	vrd_model model = plain_model(&mem, &one);
	vrd_assumption rules[4];
	for (size_t i = 0; i < 4; i++) {
		rules[i] = plain_rule(vrd_arena_printf(&mem, "level-%zu", i), VRD_LEVEL, 0.5);
		rules[i].gap = gap[i];
	}
	becomes(model, 4, rules, 145.8, 583.2, 1.7496, 0.7);
	model.n_assumptions = 4;
	model.assumptions = rules;
	const vrd_view view = {.measures = {true}, .steps = true};
	const grid r = run_view(&mem, &model, &(vrd_draws){.n = 0}, &view);
	for (size_t i = 0; i < 4; i++)
		NEAR(r.x[grid_cell(&r, VRD_STEP_FIRST + i, 0, 0, 0, 0, VRD_CONTACTS)], wanted[i],
		     1e-11);
}

static void a_new_service_grows_with_people_and_not_with_activity(void **state) {
	(void)state;
	const vrd_model model = plain_model(&mem, &one);
	vrd_assumption rules[] = {plain_rule("new", VRD_NEW_SERVICE, 5),
	                          plain_rule("growth", VRD_GROWTH, 0.5),
	                          plain_rule("avoid", VRD_AVOID, 0.1)};
	rules[0].los_new = 3;
	becomes(model, 1, rules, 130, 510, 1.53, 0.7);
	becomes(model, 2, rules, 190, 750, 2.25, 0.7); // 120 x 1.5 + 10
	becomes(model, 3, rules, 171, 675, 2.025, 0.7);
}

static void a_backlog_is_spread_as_the_base_and_then_gone(void **state) {
	(void)state;
	const plain_size size = {2, 1, 1, 1, 3};
	vrd_model model = plain_model(&mem, &size);
	model.demand.base_contacts[1] = 300; // a quarter of the base is in area 0
	model.demand.base_bed_days[1] = 600;
	vrd_assumption rule = plain_rule("backlog", VRD_BACKLOG, 80);
	rule.phasing = (vrd_phasing){.curve = VRD_PHASE_TABLE,
	                             .n_table = 2,
	                             .table_year = (const int[]){2025, 2026},
	                             .table_share = (const double[]){0.75, 0.25}};
	model.n_assumptions = 1;
	model.assumptions = &rule;
	const vrd_view view = {.axis = VRD_BY_AREA, .measures = {true, true}};
	const grid r = run_view(&mem, &model, &(vrd_draws){.n = 0}, &view);
	const double wanted[2][3] = {{135, 125, 120}, {165, 135, 120}};
	const double wanted_days[2][3] = {{540, 500, 480}, {570, 510, 480}};
	for (size_t g = 0; g < 2; g++)
		for (size_t t = 0; t < 3; t++) {
			NEAR(draw_at(&r, g, 0, 0, t, VRD_CONTACTS, 0), wanted[g][t], 1e-11);
			NEAR(draw_at(&r, g, 0, 0, t, VRD_BED_DAYS, 0), wanted_days[g][t], 1e-11);
		}
}

// docs/methods.md section 7: together between the largest and the sum, at most all.
static void overlapping_avoidance_has_bounds(void **state) {
	(void)state;
	static const double wanted[2][3] = {{67.2, 84, 60}, {16.8, 24, 0}};
	vrd_model model = plain_model(&mem, &one);
	vrd_assumption rules[] = {plain_rule("one", VRD_AVOID, 0.2),
	                          plain_rule("two", VRD_AVOID, 0.3)};
	model.assumptions = rules;
	model.n_assumptions = 2;
	vrd_view view = {.measures = {true}};
	for (size_t i = 0; i < 2; i++) {
		for (view.overlap = VRD_OVERLAP_INDEPENDENT; view.overlap <= VRD_OVERLAP_NONE;
		     view.overlap++) {
			const grid r = run_view(&mem, &model, &(vrd_draws){.n = 0}, &view);
			NEAR(draw_at(&r, 0, 0, 0, 0, VRD_CONTACTS, 0), wanted[i][view.overlap],
			     1e-11);
		}
		rules[0] = plain_rule("one", VRD_AVOID, 0.8); // the sum is above all
	}
	view.steps = true;
	view.overlap = VRD_OVERLAP_FULL;
	FAILS(vrd_kernel_run(&model, &(vrd_draws){.n = 1}, &view, grid_sink, NULL, NULL, NULL, NULL,
	                     &err),
	      VRD_USAGE, "ask for its bounds without steps");
}

static void flows_stand_on_the_shares_before_any_of_them(void **state) {
	(void)state;
	const vrd_model model = plain_model(&mem, &one);
	vrd_assumption rules[] = {plain_rule("there", VRD_FLOW, 0.5),
	                          plain_rule("back", VRD_FLOW, 0.5)};
	rules[0].to = rules[1].from = 1;
	becomes(model, 1, rules, 120, 480, 1.44, 0.35);
	becomes(model, 2, rules, 120, 480, 1.44, 0.5); // 0.7 - 0.35 + 0.15
}

static void a_catchment_moves_people_and_their_home_hospitals_part(void **state) {
	(void)state;
	vrd_model model = plain_model(&mem, &one);
	vrd_assumption rule = plain_rule("catchment", VRD_CATCHMENT, 0.4);
	rule.to = 1;
	becomes(model, 1, &rule, 120, 480, 1.44, 0.7 - 0.4 * 0.5 * 0.7);
	model.n_assumptions = 1;
	model.assumptions = &rule;
	const vrd_view view = {.axis = VRD_BY_UNIT, .measures = {true, true}};
	const grid r = run_view(&mem, &model, &(vrd_draws){.n = 0}, &view);
	NEAR(draw_at(&r, 0, 0, 0, 0, VRD_CONTACTS, 0), 72, 1e-12);
	NEAR(draw_at(&r, 1, 0, 0, 0, VRD_CONTACTS, 0), 48, 1e-12);
}

// Half of the area lives in each unit, so each home's patients are half of the people.
static void in_a_divided_area_every_home_hospital_is_left(void **state) {
	(void)state;
	vrd_model model = plain_model(&mem, &one);
	static const size_t home[] = {0, 1, 2};
	model.unit = numbered(&mem, "area", 3, "u");
	model.provider = numbered(&mem, "provider", 3, "h");
	model.flow = (const double[]){0.6, 0.3, 0.1};
	model.home = home;
	model.kappa = (const double[]){1};
	model.beds_per_bed_day = filled(&mem, 3, 0.003);
	model.maps = &(vrd_membership){(const size_t[]){0, 2}, (const size_t[]){0, 1},
	                               (const double[]){0.5, 0.5}};
	vrd_assumption rule = plain_rule("catchment", VRD_CATCHMENT, 1);
	rule.to = 2;
	model.n_assumptions = 1;
	model.assumptions = &rule;
	const vrd_view view = {.axis = VRD_BY_PROVIDER, .measures = {true}};
	const grid r = run_view(&mem, &model, &(vrd_draws){.n = 0}, &view);
	NEAR(draw_at(&r, 0, 0, 0, 0, VRD_CONTACTS, 0), 0, 1e-12);
	NEAR(draw_at(&r, 1, 0, 0, 0, VRD_CONTACTS, 0), 0, 1e-12);
	NEAR(draw_at(&r, 2, 0, 0, 0, VRD_CONTACTS, 0), 120, 1e-12);
}

static void productivity_changes_beds_alone(void **state) {
	(void)state;
	const vrd_model model = plain_model(&mem, &one);
	const vrd_assumption rules[] = {plain_rule("more", VRD_PRODUCTIVITY, 0.25),
	                                plain_rule("less", VRD_PRODUCTIVITY, -0.2)};
	becomes(model, 1, rules, 120, 480, 1.152, 0.7);
	becomes(model, 2, rules, 120, 480, 1.44, 0.7); // 1.25 x 0.8 = 1
}

// Beds follow the bed days that are drawn, in every draw.
static void productivity_holds_with_chance_too(void **state) {
	(void)state;
	enum { N = 50 };
	vrd_model model = plain_model(&mem, &one);
	vrd_assumption rules[] = {plain_rule("more", VRD_PRODUCTIVITY, 0.25),
	                          plain_rule("home", VRD_FLOW, 0.5)};
	rules[1].from = 1;
	rules[1].to = 0;
	model.poisson = true;
	model.assumptions = rules;
	model.n_assumptions = 2;
	const vrd_view view = {.axis = VRD_BY_PROVIDER, .measures = {true, true, true}};
	const grid r = run_view(&mem, &model, &(vrd_draws){.n = N, .seed = 3}, &view);
	bool varies = false;
	for (size_t h = 0; h < 2; h++)
		for (size_t d = 0; d < N; d++) {
			const double days = draw_at(&r, h, 0, 0, 0, VRD_BED_DAYS, d);
			NEAR(draw_at(&r, h, 0, 0, 0, VRD_BEDS, d), days * 0.003 / 1.25, 1e-12);
			varies = varies || days != draw_at(&r, h, 0, 0, 0, VRD_BED_DAYS, 0);
		}
	assert_true(varies);
}

// A rule of no effect may cut ages anywhere: rates are drawn for the service, not for its ages.
static void uncertain_rates_do_not_know_what_assumptions_select(void **state) {
	(void)state;
	enum { N = 60 };
	const plain_size size = {2, 4, 1, 2, 2};
	vrd_model model = plain_model(&mem, &size);
	model.uncertain_rates = true;
	const vrd_view view = {.axis = VRD_BY_UNIT, .measures = {true, true}};
	const grid whole = run_view(&mem, &model, &(vrd_draws){.n = N, .seed = 3}, &view);
	static const bool old[] = {false, false, true, true}, last[] = {false, false, false, true};
	vrd_assumption rules[] = {plain_rule("old", VRD_AVOID, 0),
	                          plain_rule("oldest", VRD_LENGTH_OF_STAY, 0)};
	rules[0].band = old;
	rules[1].band = last;
	model.assumptions = rules;
	model.n_assumptions = 2;
	const grid cut = run_view(&mem, &model, &(vrd_draws){.n = N, .seed = 3}, &view);
	for (size_t i = 0; i < grid_size(&whole) * N; i++)
		NEAR(cut.x[i], whole.x[i], 1e-12 * fabs(whole.x[i]));
}

static void services_that_are_one_when_reported_are_summed(void **state) {
	(void)state;
	const plain_size size = {1, 1, 3, 1, 1};
	vrd_model model = plain_model(&mem, &size);
	static const size_t of[] = {1, 0, 1};
	static const bool first[] = {true, false, false};
	vrd_assumption rule = plain_rule("avoid", VRD_AVOID, 0.5);
	rule.service = first; // one set of rows alone
	model.service = numbered(&mem, "service", 2, "r");
	model.service_of = of;
	model.n_assumptions = 1;
	model.assumptions = &rule;
	const vrd_view view = {.axis = VRD_BY_UNIT, .measures = {true}};
	const grid r = run_view(&mem, &model, &(vrd_draws){.n = 0}, &view);
	NEAR(draw_at(&r, 0, 0, 0, 0, VRD_CONTACTS, 0), 120, 1e-12);
	NEAR(draw_at(&r, 0, 1, 0, 0, VRD_CONTACTS, 0), 180, 1e-12);
}

// --- places -------------------------------------------------------------------------------------

// A map that puts everybody into one unit, in every year.
static vrd_model all_in(prop_gen *gen, const vrd_model *in, size_t unit) {
	vrd_model out = *in;
	const vrd_demand *d = &in->demand;
	vrd_membership *maps = ROOM(&gen->mem, vrd_membership, in->n_maps + 1);
	size_t *start = ROOM(&gen->mem, size_t, d->n_area + 1);
	size_t *units = ROOM(&gen->mem, size_t, d->n_area);
	uint32_t *at = ROOM(&gen->mem, uint32_t, d->n_service * d->n_year);
	memcpy(maps, in->maps, in->n_maps * sizeof *maps);
	for (size_t g = 0; g < d->n_area; g++) {
		start[g + 1] = g + 1;
		units[g] = unit;
	}
	for (size_t i = 0; i < d->n_service * d->n_year; i++)
		at[i] = (uint32_t)in->n_maps;
	maps[in->n_maps] = (vrd_membership){start, units, filled(&gen->mem, d->n_area, 1)};
	out.maps = maps;
	out.map_at = at;
	out.n_maps++;
	out.planned_map = true;
	return out;
}

static bool a_full_catchment_is_a_map(prop_gen *gen) {
	vrd_model model = without_rules(with_flows(gen));
	vrd_assumption rule = plain_rule("catchment", VRD_CATCHMENT, 1);
	rule.to = prop_below(gen, model.unit->n);
	model.planned_map = false;
	const vrd_model mapped = all_in(gen, &model, rule.to);
	model.n_assumptions = 1;
	model.assumptions = &rule;
	const vrd_draws draws = {.n = 2, .seed = 4, .n_threads = 1};
	for (vrd_axis axis = VRD_BY_UNIT; axis <= VRD_BY_PROVIDER; axis++) {
		const vrd_view view = {.axis = axis,
		                       .measures = {true, true, axis == VRD_BY_PROVIDER}};
		const grid a = run_view(&gen->mem, &model, &draws, &view);
		const grid b = run_view(&gen->mem, &mapped, &draws, &view);
		for (size_t i = 0; i < grid_size(&a) * a.n; i++)
			PROP_HOLDS(gen, fabs(a.x[i] - b.x[i]) < 1e-9 * (1 + fabs(b.x[i])),
			           "%.17g, by the map %.17g", a.x[i], b.x[i]);
	}
	return true;
}

// Some flows and catchments that together move all at most.
static vrd_model with_movers(prop_gen *gen, vrd_model model) {
	vrd_assumption *rules = ROOM(&gen->mem, vrd_assumption, 5);
	model = without_rules(model);
	for (size_t i = 0; i < 5; i++) {
		rules[i] = rule_of_kind(gen, &model, i % 2 ? VRD_FLOW : VRD_CATCHMENT,
		                        vrd_arena_printf(&gen->mem, "mover-%zu", i), 0);
		rules[i].dist = random_dist(gen, 0, 0.2);
	}
	model.assumptions = rules;
	model.n_assumptions = 5;
	return model;
}

static bool is_sound(prop_gen *gen, const vrd_model *model) {
	vrd_diag diag;
	vrd_diag_init(&diag, &gen->mem, 0);
	vrd_model_check(model, "plan.yaml", &diag);
	for (size_t i = 0; i < diag.n; i++)
		PROP_HOLDS(gen, diag.items[i].severity != VRD_ERROR, "%s: %s", diag.items[i].rule,
		           diag.items[i].text);
	return true;
}

// Sums over units or providers are what they are without such rules, in every draw; each such step
// of the waterfall sums to nothing; and no place has less than nothing.
static bool movers_keep_people(prop_gen *gen) {
	const vrd_model still = without_rules(with_flows(gen));
	const vrd_model model = with_movers(gen, still);
	const vrd_draws draws = {.n = 6, .seed = prop_u64(gen), .n_threads = 1};
	if (!is_sound(gen, &model))
		return false;
	for (size_t i = 0; i < 2; i++) {
		vrd_view view = {.axis = i ? VRD_BY_PROVIDER : VRD_BY_UNIT,
		                 .measures = {true, true}};
		const grid a = run_view(&gen->mem, &model, &draws, &view);
		for (size_t j = 0; j < grid_size(&a) * a.n; j++)
			PROP_HOLDS(gen, a.x[j] >= -1e-9, "%g at a place", a.x[j]);
		size_t *zeros = ROOM(&gen->mem, size_t, a.n_places);
		view.place_group = zeros;
		view.n_places = 1;
		const grid moved = run_view(&gen->mem, &model, &draws, &view);
		const grid kept = run_view(&gen->mem, &still, &draws, &view);
		for (size_t j = 0; j < grid_size(&kept) * kept.n; j++)
			PROP_HOLDS(gen, fabs(moved.x[j] - kept.x[j]) <= 1e-12 * (1 + kept.x[j]),
			           "%.17g, without %.17g", moved.x[j], kept.x[j]);
		view.steps = true;
		const grid steps = run_view(&gen->mem, &model, &draws, &view);
		const size_t size = grid_size(&kept) * kept.n;
		for (size_t j = VRD_STEP_FIRST * size; j < grid_size(&steps) * steps.n; j++)
			PROP_HOLDS(gen, fabs(steps.x[j]) <= 1e-12 * (1 + kept.x[j % size]),
			           "a step makes %g", steps.x[j]);
	}
	return true;
}

static bool random_models_are_sound(prop_gen *gen) {
	const vrd_model model = random_model(gen);
	return is_sound(gen, &model);
}

static void rules_of_places_keep_people(void **state) {
	(void)state;
	prop_check("a full catchment is a map", a_full_catchment_is_a_map, 300, 8);
	prop_check("movers keep people", movers_keep_people, 200, 8);
	prop_check("random models are sound", random_models_are_sound, 1500, 8);
}

// --- growth -------------------------------------------------------------------------------------

enum { N_WALKS = 6000, N_YEARS = 10 };

static grid growth_of(double walk_sd, size_t n) {
	const plain_size size = {1, 1, 1, 1, N_YEARS};
	vrd_model model = plain_model(&mem, &size);
	vrd_assumption rule = plain_rule("growth", VRD_GROWTH, 0.01);
	rule.annual = true;
	rule.phasing.end = FIRST_YEAR + 50;
	rule.walk_sd = walk_sd;
	model.n_assumptions = 1;
	model.assumptions = &rule;
	const vrd_view view = {.axis = VRD_BY_UNIT, .measures = {true}};
	return run_view(&mem, &model, &(vrd_draws){.n = n, .seed = 77}, &view);
}

// Projection.md section 21, 6.
static void one_percent_a_year_is_scaled_by_years(void **state) {
	(void)state;
	const grid r = growth_of(0, 1);
	for (size_t t = 0; t < N_YEARS; t++)
		NEAR(draw_at(&r, 0, 0, 0, t, VRD_CONTACTS, 0), 120 * pow(1.01, (double)t + 1),
		     1e-10);
	NEAR(draw_at(&r, 0, 0, 0, 9, VRD_CONTACTS, 0) / 120, 1.1046221, 5e-8);
	const grid median = growth_of(0.03, 0); // one evaluation at the means takes the median
	NEAR(draw_at(&median, 0, 0, 0, 9, VRD_CONTACTS, 0) / 120, 1.1046221254112045, 1e-13);
}

static double moment(const double *x, const double *y, size_t n) {
	double mx = 0, my = 0, sum = 0;
	for (size_t i = 0; i < n; i++) {
		mx += x[i] / (double)n;
		my += y[i] / (double)n;
	}
	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mx) * (y[i] - my);
	return sum / (double)(n - 1);
}

static void the_variance_of_a_walk_grows_linearly_with_the_years(void **state) {
	(void)state;
	const double sd = 0.03;
	const grid r = growth_of(sd, N_WALKS);
	double *ln = ROOM(&mem, double, N_YEARS *N_WALKS), *step = ROOM(&mem, double, N_WALKS);
	for (size_t t = 0; t < N_YEARS; t++) {
		double *now = ln + t * N_WALKS, mean = 0;
		const double years = (double)t + 1, wanted = years * sd * sd;
		for (size_t i = 0; i < N_WALKS; i++) {
			now[i] = log(draw_at(&r, 0, 0, 0, t, VRD_CONTACTS, i) / 120);
			mean += now[i] / N_WALKS;
			step[i] = now[i] - (t ? now[i - N_WALKS] : 0);
		}
		NEAR(mean, years * log(1.01), 5 * sqrt(wanted / N_WALKS));
		NEAR(moment(now, now, N_WALKS) / wanted, 1, 5 * sqrt(2.0 / N_WALKS));
		NEAR(moment(step, step, N_WALKS) / (sd * sd), 1, 5 * sqrt(2.0 / N_WALKS));
		if (t) // each year's step is its own
			NEAR(moment(step, now - N_WALKS, N_WALKS) / (sd * sd * sqrt(years - 1)), 0,
			     5 / sqrt(N_WALKS));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_teardown(healthy_ageing_reads_the_polynomial_through_aged_demand,
	                                  clear),
	        cmocka_unit_test_teardown(a_level_goes_part_of_the_way_to_its_target, clear),
	        cmocka_unit_test_teardown(levels_multiply, clear),
	        cmocka_unit_test_teardown(a_new_service_grows_with_people_and_not_with_activity,
	                                  clear),
	        cmocka_unit_test_teardown(a_backlog_is_spread_as_the_base_and_then_gone, clear),
	        cmocka_unit_test_teardown(overlapping_avoidance_has_bounds, clear),
	        cmocka_unit_test_teardown(flows_stand_on_the_shares_before_any_of_them, clear),
	        cmocka_unit_test_teardown(a_catchment_moves_people_and_their_home_hospitals_part,
	                                  clear),
	        cmocka_unit_test_teardown(in_a_divided_area_every_home_hospital_is_left, clear),
	        cmocka_unit_test_teardown(productivity_changes_beds_alone, clear),
	        cmocka_unit_test_teardown(productivity_holds_with_chance_too, clear),
	        cmocka_unit_test_teardown(uncertain_rates_do_not_know_what_assumptions_select,
	                                  clear),
	        cmocka_unit_test_teardown(services_that_are_one_when_reported_are_summed, clear),
	        cmocka_unit_test(rules_of_places_keep_people),
	        cmocka_unit_test_teardown(one_percent_a_year_is_scaled_by_years, clear),
	        cmocka_unit_test_teardown(the_variance_of_a_walk_grows_linearly_with_the_years,
	                                  clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
