// Draws: what is drawn depends on its own name alone, errors are what is printed, and uncertain
// rates have the law that they should have.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_rules.h"
#include "num/stats.h"
#include "plain_model.h"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

// --- common random numbers ----------------------------------------------------------------------

// Projection.md section 21, 1: whoever has the same id has the same draws, but for `except`.
static bool holds_for_ids(prop_gen *gen, const vrd_model *a, const vrd_model *b,
                          const char *except) {
	enum { N = 50 };
	const vrd_draws draws = {.n = N, .seed = 12};
	double *x, *y;
	OK(vrd_kernel_parameters(&gen->mem, a, &draws, &x, &err));
	OK(vrd_kernel_parameters(&gen->mem, b, &draws, &y, &err));
	for (size_t i = 0; i < a->n_assumptions; i++)
		for (size_t j = 0; j < b->n_assumptions; j++) {
			const char *id = a->assumptions[i].id;
			if (strcmp(id, b->assumptions[j].id) != 0 || strcmp(id, except) == 0)
				continue;
			PROP_HOLDS(gen, memcmp(x + i * N, y + j * N, N * sizeof *x) == 0,
			           "the draws of %s changed", id);
		}
	return true;
}

// The matrices of a model whose assumption i is now number now[i]; the first gets `one_more` at
// its end (VRD_NONE: nobody).
static vrd_matrix *matrices_moved(prop_gen *gen, const vrd_model *model, const size_t *now,
                                  size_t one_more) {
	vrd_matrix *out = ROOM(&gen->mem, vrd_matrix, model->n_matrices);
	for (size_t i = 0; i < model->n_matrices; i++) {
		const vrd_matrix *in = &model->matrices[i];
		const size_t n = in->n + (i == 0 && one_more != VRD_NONE);
		size_t *members = ROOM(&gen->mem, size_t, n);
		for (size_t j = 0; j < in->n; j++)
			members[j] = now[in->assumption[j]];
		if (n > in->n)
			members[in->n] = one_more;
		out[i] = random_matrix(gen, n, members);
		double *factor = ROOM(&gen->mem, double, n *n);
		memcpy(factor, out[i].factor, n * n * sizeof *factor);
		for (size_t row = 0; row < in->n; row++)
			for (size_t column = 0; column < n; column++)
				factor[row * n + column] =
				        column < in->n ? in->factor[row * in->n + column] : 0;
		out[i].factor = factor;
	}
	return out;
}

static bool others_draws_stay(prop_gen *gen) {
	const vrd_model model = random_model(gen);
	const size_t n = model.n_assumptions;
	if (n == 0)
		return true;
	vrd_model changed = model;
	vrd_assumption *rules = ROOM(&gen->mem, vrd_assumption, n + 1);
	size_t *order = ROOM(&gen->mem, size_t, n), *now = ROOM(&gen->mem, size_t, n);
	changed.assumptions = rules;
	// Another order, and one more in front of all, which joins the first matrix at its end.
	prop_shuffle(gen, order, n);
	rules[0] = random_assumption(gen, &model, "one more", 0);
	rules[0].group = model.n_matrices ? VRD_NO_GROUP : rules[0].group;
	for (size_t i = 0; i < n; i++) {
		rules[i + 1] = model.assumptions[order[i]];
		now[order[i]] = i + 1;
	}
	changed.n_assumptions = n + 1;
	changed.matrices = matrices_moved(gen, &model, now, 0);
	if (!holds_for_ids(gen, &model, &changed, "") || !holds_for_ids(gen, &changed, &model, ""))
		return false;
	// The same without the newcomer, and one of the others fixed.
	const size_t fixed = prop_below(gen, n);
	for (size_t i = 0; i < n; i++) {
		rules[i] = model.assumptions[i];
		now[i] = i;
	}
	rules[fixed].dist = constant(vrd_dist_mean(&rules[fixed].dist));
	changed.n_assumptions = n;
	changed.matrices = matrices_moved(gen, &model, now, VRD_NONE);
	return holds_for_ids(gen, &model, &changed, rules[fixed].id);
}

static void changing_one_assumption_leaves_the_draws_of_others(void **state) {
	(void)state;
	prop_check("common random numbers", others_draws_stay, 400, 8);
}

// A walk has its years' steps from its own id: what else is there changes nothing of it.
static void a_walk_is_the_same_whatever_else_there_is(void **state) {
	(void)state;
	enum { N = 30 };
	const plain_size size = {1, 1, 2, 1, 6};
	vrd_model model = plain_model(&mem, &size);
	static const bool first[] = {true, false}, second[] = {false, true};
	vrd_assumption rules[3] = {plain_rule("other", VRD_AVOID, 0.1),
	                           plain_rule("walk", VRD_GROWTH, 0.01),
	                           plain_rule("walk too", VRD_GROWTH, 0.01)};
	for (size_t i = 1; i < 3; i++) {
		rules[i].annual = true;
		rules[i].walk_sd = 0.04;
		rules[i].phasing.end = FIRST_YEAR + 50;
		rules[i].service = first;
	}
	rules[0].service = rules[2].service = second;
	const vrd_view view = {.measures = {true}};
	const vrd_draws draws = {.n = N, .seed = 3};
	model.assumptions = rules + 1;
	model.n_assumptions = 1;
	const grid alone = run_view(&mem, &model, &draws, &view);
	model.assumptions = rules;
	model.n_assumptions = 3;
	const grid among = run_view(&mem, &model, &draws, &view);
	size_t n_same = 0;
	for (size_t t = 0; t < size.n_year; t++)
		for (size_t d = 0; d < N; d++) {
			const double x = draw_at(&among, 0, 0, 0, t, VRD_CONTACTS, d);
			NEAR(x, draw_at(&alone, 0, 0, 0, t, VRD_CONTACTS, d), 0);
			// And another id walks elsewhere.
			n_same += draw_at(&among, 0, 1, 0, t, VRD_CONTACTS, d) == x * 0.9;
		}
	assert_int_equal(n_same, 0);
}

static double pearson(const double *x, const double *y, size_t n) {
	double mx = vrd_sum(x, n) / (double)n, my = vrd_sum(y, n) / (double)n;
	double xy = 0, xx = 0, yy = 0;
	for (size_t i = 0; i < n; i++) {
		xy += (x[i] - mx) * (y[i] - my);
		xx += (x[i] - mx) * (x[i] - mx);
		yy += (y[i] - my) * (y[i] - my);
	}
	return xy / sqrt(xx * yy);
}

// Uniform laws of correlated normal scores: r = 6/pi asin(rho/2).
static void a_matrix_correlates_its_members(void **state) {
	(void)state;
	enum { N = 10000 };
	static const size_t members[] = {2, 0, 1};
	static const double factor[] = {1, 0, 0, 0.6, 0.8, 0, -0.8, 0, 0.6};
	const double rho[3][3] = {{1, -0.48, 0.6}, {-0.48, 1, -0.8}, {0.6, -0.8, 1}};
	const plain_size size = {1, 1, 1, 1, 1};
	vrd_model model = plain_model(&mem, &size);
	vrd_assumption rules[3];
	double *x;
	for (size_t i = 0; i < 3; i++) {
		rules[i] = plain_rule((const char *[]){"a", "b", "c"}[i], VRD_AVOID, 0);
		OK(vrd_dist_fit(VRD_DIST_UNIFORM, 0.1, NAN, 0.3, 0, 1, &rules[i].dist, &err));
	}
	model.assumptions = rules;
	model.n_assumptions = 3;
	model.n_matrices = 1;
	model.matrices = &(vrd_matrix){3, members, factor};
	OK(vrd_kernel_parameters(&mem, &model, &(vrd_draws){.n = N, .seed = 5}, &x, &err));
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < i; j++)
			NEAR(pearson(x + i * N, x + j * N, N), 6 / acos(-1) * asin(rho[i][j] / 2),
			     5 / sqrt(N));
}

// The order of assumptions is that of nothing but the waterfall. (A shorter stay and a shorter
// stay beyond the first night do have an order.)
static bool order_of_rules_is_free(prop_gen *gen) {
	vrd_model model = with_flows(gen), other;
	const size_t n = model.n_assumptions;
	vrd_assumption *rules = ROOM(&gen->mem, vrd_assumption, n),
	               *shuffled = ROOM(&gen->mem, vrd_assumption, n);
	size_t *order = ROOM(&gen->mem, size_t, n), *now = ROOM(&gen->mem, size_t, n);
	prop_shuffle(gen, order, n);
	for (size_t i = 0; i < n; i++) {
		rules[i] = model.assumptions[i];
		rules[i].one_night = false;
		now[order[i]] = i;
	}
	for (size_t i = 0; i < n; i++)
		shuffled[i] = rules[order[i]];
	model.assumptions = rules;
	other = model;
	other.assumptions = shuffled;
	other.matrices = matrices_moved(gen, &model, now, VRD_NONE);
	const vrd_draws draws = {.n = 5, .seed = 9, .n_threads = 1};
	const vrd_view view = {.axis = VRD_BY_PROVIDER, .measures = {true, true, true}};
	const grid a = run_view(&gen->mem, &model, &draws, &view);
	const grid b = run_view(&gen->mem, &other, &draws, &view);
	for (size_t i = 0; i < grid_size(&a) * a.n; i++)
		PROP_HOLDS(gen, fabs(a.x[i] - b.x[i]) <= 1e-11 * (1 + fabs(a.x[i])),
		           "%.17g, in another order %.17g", a.x[i], b.x[i]);
	return true;
}

static void assumptions_in_another_order_give_the_same_result(void **state) {
	(void)state;
	prop_check("order of assumptions", order_of_rules_is_free, 200, 8);
}

// --- laws ---------------------------------------------------------------------------------------

static int ascending(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

// Projection.md section 21, 3: intervals that end near a bound, as by clamping, would repeat it.
static void no_draw_is_clamped_to_a_bound(void **state) {
	(void)state;
	enum { N = 10000 };
	static const vrd_dist_kind laws[] = {VRD_DIST_TRUNCNORM, VRD_DIST_BETA80, VRD_DIST_METALOG};
	const plain_size size = {1, 1, 1, 1, 1};
	for (size_t i = 0; i < 3; i++) {
		vrd_model model = plain_model(&mem, &size);
		vrd_assumption rule = plain_rule("avoid", VRD_AVOID, 0);
		double *x;
		OK(vrd_dist_fit(laws[i], 0.85, 0.93, 0.98, 0, 1, &rule.dist, &err));
		model.assumptions = &rule;
		model.n_assumptions = 1;
		OK(vrd_kernel_parameters(&mem, &model, &(vrd_draws){.n = N, .seed = 31}, &x, &err));
		qsort(x, N, sizeof *x, ascending);
		assert_true(x[0] > 0 && x[N - 1] < 1);
		for (size_t d = 1; d < N; d++)
			assert_true(x[d] > x[d - 1]);
		size_t below[2] = {0};
		for (size_t d = 0; d < N; d++) {
			below[0] += x[d] < 0.85;
			below[1] += x[d] < 0.98;
		}
		NEAR((double)below[0] / N, 0.1, 5 * 0.3 / sqrt(N));
		NEAR((double)below[1] / N, 0.9, 5 * 0.3 / sqrt(N));
	}
}

// --- error of the draws -------------------------------------------------------------------------

// 12 areas, four age groups, eight services, three forms of care, and twenty assumptions of an
// ordinary width.
static vrd_model region(void) {
	const plain_size size = {12, 4, 8, 3, 1};
	vrd_model model = plain_model(&mem, &size);
	prop_gen gen = {.state = 6};
	vrd_assumption *rules = ROOM(&mem, vrd_assumption, 20);
	for (size_t i = 0; i < 20; i++) {
		const vrd_kind kind =
		        (vrd_kind[]){VRD_GROWTH, VRD_AVOID, VRD_LENGTH_OF_STAY, VRD_SHIFT}[i % 4];
		bool *service = ROOM(&mem, bool, 8);
		for (size_t k = 0; k < 8; k++)
			service[k] = prop_chance(&gen, 0.4);
		rules[i] = plain_rule(vrd_arena_printf(&mem, "rule-%zu", i), kind, 0);
		rules[i].service = service;
		rules[i].to = 1;
		rules[i].conversion = 1;
		OK(vrd_dist_fit(VRD_DIST_TRUNCNORM, 0.01, NAN, 0.05 + 0.01 * (double)(i % 5),
		                kind == VRD_GROWTH ? -1 : 0, 1, &rules[i].dist, &err));
	}
	bool *inpatient = ROOM(&mem, bool, 3);
	inpatient[0] = true;
	for (size_t i = 0; i < 20; i++)
		rules[i].care = inpatient;
	model.assumptions = rules;
	model.n_assumptions = 20;
	return model;
}

// Projection.md section 21, 4: what is printed as the error is what seeds differ by, and it is
// small at the usual number of draws.
static void seeds_differ_by_the_printed_error(void **state) {
	(void)state;
	enum { N = 10000, SEEDS = 20 };
	static const size_t zeros[12] = {0};
	const vrd_model model = region();
	const vrd_view view = {.measures = {false, true},
	                       .place_group = zeros,
	                       .service_group = zeros,
	                       .care_group = zeros,
	                       .n_places = 1,
	                       .n_services = 1,
	                       .n_cares = 1};
	double mean[SEEDS], errors = 0, squares = 0;
	double *scratch = ROOM(&mem, double, N);
	for (size_t i = 0; i < SEEDS; i++) {
		const grid r = run_view(&mem, &model, &(vrd_draws){.n = N, .seed = 100 + i}, &view);
		const vrd_summary s = vrd_summarise(
		        r.x + grid_cell(&r, 0, 0, 0, 0, 0, VRD_BED_DAYS) * N, N, scratch);
		mean[i] = s.mean;
		errors += s.mc_error / SEEDS;
		assert_true(s.mc_error < 0.002 * s.mean);
	}
	const double all = vrd_sum(mean, SEEDS) / SEEDS;
	for (size_t i = 0; i < SEEDS; i++)
		squares += (mean[i] - all) * (mean[i] - all);
	const double ratio = sqrt(squares / (SEEDS - 1)) / errors;
	if (!(ratio > 0.6 && ratio < 1.5))
		fail_msg("seeds differ by %g of the printed error", ratio);
}

// --- uncertain rates ----------------------------------------------------------------------------

enum { N_RATES = 20000 };

// One stratum with x contacts over the base years.
static vrd_model uncertain(size_t n_area, double x) {
	const plain_size size = {n_area, 1, 1, 1, 2};
	vrd_model model = plain_model(&mem, &size);
	model.uncertain_rates = true;
	model.n_base = 2;
	for (size_t g = 0; g < n_area; g++)
		model.demand.base_contacts[g] = x / 2;
	return model;
}

static void an_uncertain_rate_is_gamma(void **state) {
	(void)state;
	static const double counts[] = {1, 8, 300};
	const vrd_view view = {.axis = VRD_BY_AREA, .measures = {true, true}};
	for (size_t i = 0; i < 3; i++) {
		const double x = counts[i], variance = (x + 0.5) / (x * x);
		const vrd_model model = uncertain(2, x);
		const grid r = run_view(&mem, &model, &(vrd_draws){.n = N_RATES, .seed = 8}, &view);
		const double *first = r.x + grid_cell(&r, 0, 0, 0, 0, 0, VRD_CONTACTS) * N_RATES;
		const double *second = r.x + grid_cell(&r, 0, 1, 0, 0, 0, VRD_CONTACTS) * N_RATES;
		double squares = 0;
		const double mean = vrd_sum(first, N_RATES) / N_RATES / 120;
		for (size_t d = 0; d < N_RATES; d++) {
			squares += (first[d] / 120 - mean) * (first[d] / 120 - mean);
			// One factor for all years, and for bed days.
			NEAR(draw_at(&r, 0, 0, 0, 1, VRD_CONTACTS, d), first[d], 0);
			NEAR(draw_at(&r, 0, 0, 0, 0, VRD_BED_DAYS, d), 4 * first[d],
			     1e-12 * first[d]);
		}
		NEAR(mean, 1 + 1 / (2 * x), 5 * sqrt(variance / N_RATES));
		// Kurtosis of a gamma law: 3 + 6/shape.
		NEAR(squares / (N_RATES - 1) / variance, 1,
		     5 * sqrt((2 + 6 / (x + 0.5)) / (N_RATES - 1)));
		NEAR(pearson(first, second, N_RATES), 0, 5 / sqrt(N_RATES));
		const grid once = run_view(&mem, &model, &(vrd_draws){.n = 0}, &view);
		NEAR(draw_at(&once, 0, 0, 0, 0, VRD_CONTACTS, 0), 120 * (1 + 1 / (2 * x)), 1e-11);
	}
}

static void a_stratum_without_contacts_stays_empty(void **state) {
	(void)state;
	vrd_model model = uncertain(2, 10);
	model.demand.base_contacts[1] = model.demand.base_bed_days[1] = 0;
	for (size_t i = 2; i < 4; i++)
		model.demand.contacts[i] = model.demand.bed_days[i] = 0;
	const vrd_view view = {.axis = VRD_BY_AREA, .measures = {true, true}};
	const grid r = run_view(&mem, &model, &(vrd_draws){.n = 20, .seed = 1}, &view);
	for (size_t t = 0; t < 2; t++)
		for (size_t d = 0; d < 20; d++) {
			NEAR(draw_at(&r, 1, 0, 0, t, VRD_CONTACTS, d), 0, 0);
			NEAR(draw_at(&r, 1, 0, 0, t, VRD_BED_DAYS, d), 0, 0);
		}
}

static void the_part_of_the_rates_in_the_variance_is_the_closed_form(void **state) {
	(void)state;
	const double x = 12, wanted = 120 * 120 * (x + 0.5) / (x * x);
	vrd_model model = uncertain(1, x);
	vrd_variance v;
	const vrd_draws draws = {.n = N_RATES, .seed = 2};
	OK(vrd_kernel_variance(&model, &draws, 0, VRD_CONTACTS, &v, &err));
	NEAR(v.rates / wanted, 1, 5 * sqrt((2 + 6 / (x + 0.5)) / N_RATES));
	NEAR(v.rates, v.variance, 1e-9 * wanted);
	OK(vrd_kernel_variance(&model, &draws, 0, VRD_BED_DAYS, &v, &err));
	NEAR(v.rates / (16 * wanted), 1, 5 * sqrt((2 + 6 / (x + 0.5)) / N_RATES));
	model.uncertain_rates = false;
	OK(vrd_kernel_variance(&model, &draws, 0, VRD_CONTACTS, &v, &err));
	NEAR(v.rates, 0, 0);
}

// Three areas and two services in an order of their own; the numbers belong to the codes.
static grid rates_in_order(const size_t area[3], const size_t service[2]) {
	const plain_size size = {3, 2, 2, 1, 1};
	vrd_model model = plain_model(&mem, &size);
	const char *areas[3], *services[2];
	for (size_t g = 0; g < 3; g++)
		areas[g] = vrd_arena_printf(&mem, "area %zu", area[g]);
	for (size_t k = 0; k < 2; k++)
		services[k] = vrd_arena_printf(&mem, "service %zu", service[k]);
	OK(vrd_dim_of_codes(&mem, "area", 3, areas, &model.demand.area, &err));
	OK(vrd_dim_of_codes(&mem, "service", 2, services, &model.demand.service, &err));
	for (size_t g = 0; g < 3; g++)
		for (size_t b = 0; b < 2; b++)
			for (size_t k = 0; k < 2; k++)
				model.demand.base_contacts[vrd_demand_stratum(&model.demand, g, b,
				                                              k, 0)] =
				        (double)(1 + area[g] + 3 * service[k] + 6 * b);
	model.uncertain_rates = true;
	const vrd_view view = {.axis = VRD_BY_AREA, .measures = {true, true}};
	return run_view(&mem, &model, &(vrd_draws){.n = 25, .seed = 4}, &view);
}

static void rates_are_the_same_in_any_order_of_areas_and_services(void **state) {
	(void)state;
	static const size_t area[2][3] = {{0, 1, 2}, {2, 0, 1}}, service[2][2] = {{0, 1}, {1, 0}};
	const grid a = rates_in_order(area[0], service[0]);
	const grid b = rates_in_order(area[1], service[1]);
	for (size_t g = 0; g < 3; g++)
		for (size_t k = 0; k < 2; k++)
			for (vrd_measure m = VRD_CONTACTS; m <= VRD_BED_DAYS; m++)
				assert_memory_equal(
				        a.x + grid_cell(&a, 0, area[1][g], service[1][k], 0, 0, m) *
				                        25,
				        b.x + grid_cell(&b, 0, g, k, 0, 0, m) * 25,
				        25 * sizeof(double));
	assert_memory_not_equal(a.x, a.x + grid_cell(&a, 0, 1, 0, 0, 0, VRD_CONTACTS) * 25,
	                        25 * sizeof(double));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(changing_one_assumption_leaves_the_draws_of_others),
	        cmocka_unit_test_teardown(a_walk_is_the_same_whatever_else_there_is, clear),
	        cmocka_unit_test_teardown(a_matrix_correlates_its_members, clear),
	        cmocka_unit_test(assumptions_in_another_order_give_the_same_result),
	        cmocka_unit_test_teardown(no_draw_is_clamped_to_a_bound, clear),
	        cmocka_unit_test_teardown(seeds_differ_by_the_printed_error, clear),
	        cmocka_unit_test_teardown(an_uncertain_rate_is_gamma, clear),
	        cmocka_unit_test_teardown(a_stratum_without_contacts_stays_empty, clear),
	        cmocka_unit_test_teardown(the_part_of_the_rates_in_the_variance_is_the_closed_form,
	                                  clear),
	        cmocka_unit_test_teardown(rates_are_the_same_in_any_order_of_areas_and_services,
	                                  clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
