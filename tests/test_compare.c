// Runs against each other: by draws of the kernel, one at a time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_rules.h"
#include "num/stats.h"
#include "scenario/compare.h"

#include <math.h>

static const char *const names[] = {"a", "b", "c", "d"};
static vrd_cube level, difference, probability;

static const vrd_view by_unit = {.axis = VRD_BY_UNIT};

static void compare(vrd_arena *mem, const vrd_model *a, const vrd_model *b, const vrd_draws *draws,
                    vrd_measure measure) {
	const vrd_side sides[] = {{a, draws}, {b, draws}};
	OK(vrd_compare(mem, 2, sides, names, &by_unit, NULL, NULL, NULL, measure, &level,
	               &difference, &probability, &err));
}

static vrd_measure random_measure(prop_gen *gen) {
	return prop_chance(gen, 0.5) ? VRD_CONTACTS : VRD_BED_DAYS;
}

static bool a_model_less_itself_is_nothing(prop_gen *gen) {
	const vrd_model model = random_model(gen);
	const vrd_draws draws = {.n = 30, .seed = 2};
	compare(&gen->mem, &model, &model, &draws, random_measure(gen));
	const size_t half = difference.n_cells / 2;
	for (size_t i = half; i < difference.n_cells; i++)
		PROP_HOLDS(gen, difference.values[i] == 0, "%g", difference.values[i]);
	for (size_t i = 0; i < probability.n_cells; i++) {
		if (i < probability.n_cells / 2)
			PROP_HOLDS(gen,
			           vrd_cube_status(&difference, 5 * i) == VRD_NOT_APPLICABLE &&
			                   isnan(probability.values[i]) &&
			                   vrd_cube_status(&probability, i) == VRD_NOT_APPLICABLE,
			           "%g", probability.values[i]);
		else
			PROP_HOLDS(gen, probability.values[i] == 0.5, "%g", probability.values[i]);
	}
	return true;
}

static void a_run_does_not_differ_from_itself_in_any_draw(void **state) {
	(void)state;
	prop_check("nothing", a_model_less_itself_is_nothing, 80, 8);
}

// The model without its last assumption.
static vrd_model without_last(const vrd_model *model) {
	vrd_model out = *model;
	out.n_assumptions--;
	return out;
}

// Matrices name assumptions by number and rows of shifts by form of care: the difference is computed
// from the draws of both models, cell by cell.
static bool differences_are_those_of_the_draws(prop_gen *gen) {
	const vrd_model model = random_model(gen);
	const vrd_draws draws = {.n = 20 + prop_below(gen, 60), .seed = prop_below(gen, 9)};
	const vrd_measure m = random_measure(gen);
	if (model.n_assumptions == 0 || model.n_matrices)
		return true;
	const vrd_model less = without_last(&model);
	vrd_view view = by_unit;
	view.measures[m] = true;
	compare(&gen->mem, &less, &model, &draws, m);
	const grid a = run_view(&gen->mem, &less, &draws, &view);
	const grid b = run_view(&gen->mem, &model, &draws, &view);
	double *x = ROOM(&gen->mem, double, draws.n), *scratch = ROOM(&gen->mem, double, draws.n);
	const size_t n_cells = a.n_places * a.n_services * a.n_cares * a.n_years;
	for (size_t i = 0; i < n_cells; i++) {
		const size_t cell = i * VRD_N_MEASURES + m;
		double more = 0;
		for (size_t d = 0; d < draws.n; d++) {
			x[d] = b.x[cell * draws.n + d] - a.x[cell * draws.n + d];
			const double most =
			        fmax(fabs(b.x[cell * draws.n + d]), fabs(a.x[cell * draws.n + d]));
			more += fabs(x[d]) <= 1e-9 * most ? 0.5 : x[d] > 0 ? 1 : 0;
		}
		const vrd_summary s = vrd_summarise(x, draws.n, scratch);
		const double *got = difference.values + (n_cells + i) * 5;
		PROP_HOLDS(gen, got[0] == s.mean && got[1] == s.p10 && got[3] == s.p90,
		           "%.17g is not %.17g", got[0], s.mean);
		const vrd_summary own = vrd_summarise(b.x + cell * draws.n, draws.n, scratch);
		got = level.values + (n_cells + i) * 5;
		PROP_HOLDS(gen, got[0] == own.mean && got[1] == own.p10 && got[3] == own.p90,
		           "%.17g is not %.17g", got[0], own.mean);
		PROP_HOLDS(gen, probability.values[n_cells + i] == more / (double)draws.n,
		           "%g is not %g", probability.values[n_cells + i], more / (double)draws.n);
	}
	return true;
}

static void one_more_assumption_differs_by_what_it_does_in_each_draw(void **state) {
	(void)state;
	prop_check("draws", differences_are_those_of_the_draws, 120, 8);
}

// --- codes --------------------------------------------------------------------------------------

// A model without assumptions whose services are `codes`, with 10 (k + 1) contacts each.
static vrd_model with_services(prop_gen *gen, size_t n, const char *const *codes) {
	vrd_model model;
	do
		model = random_model(gen);
	while (model.demand.n_service < n || model.demand.n_variant > 1);
	vrd_demand *d = &model.demand;
	const size_t n_strata = d->n_area * d->n_band * d->n_care;
	model.n_assumptions = model.n_matrices = 0;
	model.poisson = model.uncertain_rates = false;
	model.service = NULL;
	model.service_of = NULL;
	model.provider = NULL;
	OK(vrd_dim_of_codes(&gen->mem, "service", n, codes, &d->service, &err));
	d->n_service = n;
	const size_t cells = n_strata * n * d->n_year;
	for (size_t i = 0; i < cells; i++)
		d->contacts[i] = d->base_contacts[i / d->n_year] = 0;
	for (size_t k = 0; k < n; k++)
		for (size_t t = 0; t < d->n_year; t++)
			d->contacts[vrd_demand_cell(d, 0, 0, k, 0, 0, t)] = 10 * (double)(k + 1);
	return model;
}

// The level of the first run, and what the second needs more.
static double need_of(const char *run, const char *service) {
	static const char *const by[] = {"run", "service", "year", "stat"};
	vrd_arena mem = {0};
	vrd_cube sum;
	const vrd_cube *shown = strcmp(run, names[0]) == 0 ? &level : &difference;
	OK(vrd_cube_sum_by(&mem, shown, 4, by, &sum, &err));
	const size_t index[] = {vrd_dim_find_text(sum.dims[0], run),
	                        vrd_dim_find_text(sum.dims[1], service), 0, 0};
	assert_true(index[0] != VRD_NONE && index[1] != VRD_NONE);
	const double out = sum.values[vrd_cube_position(&sum, index)];
	vrd_arena_clear(&mem);
	return out;
}

static void services_are_matched_by_code_and_what_is_not_there_is_zero(void **state) {
	(void)state;
	static const char *const first[] = {"surgery", "medicine"}, *const second[] = {"eyes",
	                                                                               "surgery"};
	prop_gen gen = {.state = 5, .size = 6};
	const vrd_model a = with_services(&gen, 2, first);
	vrd_model b = with_services(&gen, 2, second);
	// The second model has the places and years of the first, and services of its own.
	const vrd_dim *service = b.demand.service;
	b = a;
	b.demand.service = service;
	const vrd_draws draws = {.n = 4, .seed = 1};
	compare(&gen.mem, &a, &b, &draws, VRD_CONTACTS);
	assert_int_equal(difference.dims[2]->n, 3);
	NEAR(need_of("a", "surgery"), 10, 1e-12);
	NEAR(need_of("a", "medicine"), 20, 1e-12);
	NEAR(need_of("a", "eyes"), 0, 0);
	NEAR(need_of("b", "surgery"), 10, 1e-12); // 20 less 10
	NEAR(need_of("b", "medicine"), -20, 1e-12);
	NEAR(need_of("b", "eyes"), 10, 1e-12);
	vrd_arena_clear(&gen.mem);
}

static void a_group_of_all_holds_what_only_another_run_has(void **state) {
	(void)state;
	static const char *const first[] = {"surgery", "medicine"}, *const second[] = {"eyes",
	                                                                               "surgery"};
	static const char *const all[] = {"*"};
	prop_gen gen = {.state = 5, .size = 6};
	const vrd_model a = with_services(&gen, 2, first);
	vrd_model b = a;
	const size_t zeros[2] = {0}, half[2] = {0, VRD_NONE};
	const vrd_dim *one;
	const vrd_draws draws = {.n = 4, .seed = 1};
	const vrd_side sides[] = {{&a, &draws}, {&b, &draws}};
	vrd_view view = by_unit;
	OK(vrd_dim_of_codes(&gen.mem, "service", 2, second, &b.demand.service, &err));
	OK(vrd_dim_of_codes(&gen.mem, "service", 1, all, &one, &err));
	view.service_group = zeros;
	view.n_services = 1;
	OK(vrd_compare(&gen.mem, 2, sides, names, &view, NULL, one, NULL, VRD_CONTACTS, &level,
	               &difference, &probability, &err));
	NEAR(need_of("a", "*"), 30, 1e-12);
	NEAR(need_of("b", "*"), 0, 0);
	view.service_group = half;
	FAILS(vrd_compare(&gen.mem, 2, sides, names, &view, NULL, one, NULL, VRD_CONTACTS, &level,
	                  &difference, &probability, &err),
	      VRD_USAGE, "\"eyes\"");
	vrd_arena_clear(&gen.mem);
}

static void the_last_digits_of_a_sum_are_no_need(void **state) {
	(void)state;
	static const char *const one[] = {"surgery"};
	static const struct {
		double factor, probability;
	} cases[] = {{1 + 1e-12, 0.5}, {1 - 1e-12, 0.5}, {1 + 1e-7, 1}, {1 - 1e-7, 0}};
	prop_gen gen = {.state = 5, .size = 6};
	const vrd_model a = with_services(&gen, 1, one);
	const vrd_demand *d = &a.demand;
	const vrd_draws draws = {.n = 4, .seed = 1};
	const size_t n = d->n_area * d->n_band * d->n_care * d->n_year;
	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		vrd_model b = a;
		double more = 0;
		b.demand.contacts = ROOM(&gen.mem, double, n);
		for (size_t i = 0; i < n; i++)
			b.demand.contacts[i] = cases[c].factor * d->contacts[i];
		compare(&gen.mem, &a, &b, &draws, VRD_CONTACTS);
		for (size_t i = probability.n_cells / 2; i < probability.n_cells; i++)
			more += probability.values[i] - 0.5; // elsewhere nothing is needed: ties
		NEAR(more, (cases[c].probability - 0.5) * (double)d->n_year, 1e-12);
	}
	vrd_arena_clear(&gen.mem);
}

// --- refusals -----------------------------------------------------------------------------------

static void draws_and_seeds_must_be_the_same(void **state) {
	(void)state;
	prop_gen gen = {.state = 3, .size = 4};
	const vrd_model model = random_model(&gen);
	const vrd_draws one = {.n = 10, .seed = 1}, seed = {.n = 10, .seed = 2},
	                more = {.n = 20, .seed = 1};
	const vrd_side seeds[] = {{&model, &one}, {&model, &seed}};
	const vrd_side numbers[] = {{&model, &one}, {&model, &more}};
	FAILS(vrd_compare(&gen.mem, 2, seeds, names, &by_unit, NULL, NULL, NULL, VRD_CONTACTS,
	                  &level, &difference, &probability, &err),
	      VRD_USAGE, "no draws in common");
	FAILS(vrd_compare(&gen.mem, 2, numbers, names, &by_unit, NULL, NULL, NULL, VRD_CONTACTS,
	                  &level, &difference, &probability, &err),
	      VRD_USAGE, "no draws in common");
	FAILS(vrd_compare(&gen.mem, 1, seeds, names, &by_unit, NULL, NULL, NULL, VRD_CONTACTS,
	                  &level, &difference, &probability, &err),
	      VRD_USAGE, "2 to 4");
	vrd_arena_clear(&gen.mem);
}

static void years_are_those_that_all_runs_have(void **state) {
	(void)state;
	static const int later[] = {2100};
	prop_gen gen = {.state = 3, .size = 4};
	const vrd_model model = random_model(&gen);
	vrd_model other = model;
	const vrd_draws draws = {.n = 10, .seed = 1};
	const vrd_side sides[] = {{&model, &draws}, {&other, &draws}};
	other.demand.n_year = 1;
	other.demand.year = later;
	FAILS(vrd_compare(&gen.mem, 2, sides, names, &by_unit, NULL, NULL, NULL, VRD_CONTACTS,
	                  &level, &difference, &probability, &err),
	      VRD_USAGE, "no year in common");
	vrd_arena_clear(&gen.mem);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_run_does_not_differ_from_itself_in_any_draw),
	        cmocka_unit_test(one_more_assumption_differs_by_what_it_does_in_each_draw),
	        cmocka_unit_test(services_are_matched_by_code_and_what_is_not_there_is_zero),
	        cmocka_unit_test(a_group_of_all_holds_what_only_another_run_has),
	        cmocka_unit_test(the_last_digits_of_a_sum_are_no_need),
	        cmocka_unit_test(draws_and_seeds_must_be_the_same),
	        cmocka_unit_test(years_are_those_that_all_runs_have),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
