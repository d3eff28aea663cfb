// What must hold of every projection: sums, steps, bits, chance and errors. What its numbers are is
// in test_kernel.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_rules.h"
#include "num/stats.h"

static vrd_view view_of(vrd_axis axis, bool sums) {
	return (vrd_view){
	        .axis = axis, .sums = sums, .measures = {true, true, axis == VRD_BY_PROVIDER}};
}

static double largest(const double *x, size_t n) {
	double most = 0;
	for (size_t i = 0; i < n; i++)
		most = fmax(most, fabs(x[i]));
	return most;
}

static double variance_of(const double *x, size_t n, double *mean) {
	double squares = 0;
	*mean = vrd_sum(x, n) / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (x[i] - *mean) * (x[i] - *mean);
	return squares / (double)(n - 1);
}

// --- sums ---------------------------------------------------------------------------------------

static bool steps_sum_to_the_end(prop_gen *gen) {
	const vrd_model model = with_flows(gen);
	const vrd_draws draws = {.n = 20, .seed = prop_u64(gen), .n_threads = 1};
	for (vrd_axis axis = VRD_BY_UNIT; axis <= VRD_BY_PROVIDER; axis++) {
		vrd_view view = view_of(axis, true);
		const grid end = run_view(&gen->mem, &model, &draws, &view);
		view.steps = true;
		const grid steps = run_view(&gen->mem, &model, &draws, &view);
		const size_t n = grid_size(&end) * draws.n;
		const double size = largest(steps.x, n * steps.n_steps);
		for (size_t i = 0; i < n; i++) {
			double sum = 0;
			for (size_t step = 0; step < steps.n_steps; step++)
				sum += steps.x[step * n + i];
			PROP_HOLDS(gen, fabs(sum - end.x[i]) <= 1e-12 * size, "%.17g, not %.17g",
			           sum, end.x[i]);
		}
	}
	return true;
}

static double all_of(const grid *r, size_t t, vrd_measure measure, size_t draw) {
	const size_t cell =
	        grid_cell(r, 0, r->n_places - 1, r->n_services - 1, r->n_cares - 1, t, measure);
	return r->x[cell * r->n + draw];
}

static bool every_axis_has_the_same_total(prop_gen *gen) {
	const vrd_model model = with_flows(gen);
	const vrd_draws draws = {.n = 5, .seed = prop_u64(gen), .n_threads = 1};
	grid by[3];
	for (vrd_axis axis = VRD_BY_UNIT; axis <= VRD_BY_PROVIDER; axis++) {
		const vrd_view view = view_of(axis, true);
		by[axis] = run_view(&gen->mem, &model, &draws, &view);
	}
	for (size_t t = 0; t < model.demand.n_year; t++)
		for (vrd_measure m = VRD_CONTACTS; m <= VRD_BED_DAYS; m++)
			for (size_t d = 0; d < draws.n; d++) {
				const double wanted = all_of(&by[0], t, m, d);
				for (size_t axis = 1; axis < 3; axis++)
					PROP_HOLDS(gen,
					           fabs(all_of(&by[axis], t, m, d) - wanted) <=
					                   1e-12 * wanted,
					           "%.17g, %.17g", all_of(&by[axis], t, m, d),
					           wanted);
			}
	return true;
}

// A view of groups, with sums, is what the single cells' draws sum to.
static bool groups_are_sums_of_singles(prop_gen *gen) {
	const vrd_model model = with_flows(gen);
	const vrd_axis axis = (vrd_axis)prop_below(gen, 3);
	const vrd_draws draws = {.n = 5, .seed = prop_u64(gen), .n_threads = 1};
	vrd_view view = view_of(axis, false);
	view.steps = prop_chance(gen, 0.3);
	const grid one = run_view(&gen->mem, &model, &draws, &view);
	const size_t sizes[3] = {one.n_places, one.n_services, one.n_cares};
	size_t *group[3];
	for (size_t i = 0; i < 3; i++) {
		group[i] = ROOM(&gen->mem, size_t, sizes[i]);
		for (size_t j = 0; j < sizes[i]; j++)
			group[i][j] = prop_chance(gen, 0.8) ? prop_below(gen, 2) : VRD_NONE;
	}
	view.place_group = group[0];
	view.service_group = group[1];
	view.care_group = group[2];
	view.n_places = view.n_services = view.n_cares = 2;
	view.sums = true;
	const grid got = run_view(&gen->mem, &model, &draws, &view);
	grid sum = grid_for(&gen->mem, &model, &view, draws.n);
	for (size_t i = 0; i < grid_size(&one) * draws.n; i++) {
		const size_t cell = i / draws.n, m = cell % VRD_N_MEASURES;
		const size_t t = cell / VRD_N_MEASURES % one.n_years;
		const size_t rest = cell / VRD_N_MEASURES / one.n_years;
		const size_t c = group[2][rest % sizes[2]];
		const size_t k = group[1][rest / sizes[2] % sizes[1]];
		const size_t p = group[0][rest / sizes[2] / sizes[1] % sizes[0]];
		const size_t step = rest / sizes[2] / sizes[1] / sizes[0];
		if (p == VRD_NONE || k == VRD_NONE || c == VRD_NONE)
			continue;
		for (size_t s = 0; s < 8; s++)
			sum.x[grid_cell(&sum, step, s & 1 ? 2 : p, s & 2 ? 2 : k, s & 4 ? 2 : c, t,
			                (vrd_measure)m) *
			              draws.n +
			      i % draws.n] += one.x[i];
	}
	const double size = largest(sum.x, grid_size(&sum) * draws.n);
	for (size_t i = 0; i < grid_size(&sum) * draws.n; i++)
		PROP_HOLDS(gen, fabs(sum.x[i] - got.x[i]) <= 1e-12 * size, "%.17g, not %.17g",
		           got.x[i], sum.x[i]);
	return true;
}

static void draws_add_up(void **state) {
	(void)state;
	prop_check("steps sum to the end", steps_sum_to_the_end, 150, 8);
	prop_check("every axis has the same total", every_axis_has_the_same_total, 150, 8);
	prop_check("groups are sums of singles", groups_are_sums_of_singles, 200, 8);
}

// --- draws --------------------------------------------------------------------------------------

static bool fixed_parameters_give_the_deterministic_answer(prop_gen *gen) {
	vrd_model model = with_flows(gen);
	vrd_assumption *rules = ROOM(&gen->mem, vrd_assumption, model.n_assumptions);
	for (size_t i = 0; i < model.n_assumptions; i++) {
		rules[i] = model.assumptions[i];
		const double x = vrd_dist_mean(&rules[i].dist);
		OK(vrd_dist_fit(VRD_DIST_TRUNCNORM, x, NAN, x, -INFINITY, INFINITY, &rules[i].dist,
		                &err));
		rules[i].walk_sd = 0;
	}
	model.uncertain_rates = false;
	double *weight = ROOM(&gen->mem, double, model.demand.n_variant);
	weight[0] = 1;
	model.assumptions = rules;
	model.variant_weight = weight;
	const vrd_view view = view_of(VRD_BY_PROVIDER, true);
	const grid draws = run_view(&gen->mem, &model, &(vrd_draws){.n = 3, .seed = 1}, &view);
	const grid once = run_view(&gen->mem, &model, &(vrd_draws){.n = 0, .seed = 1}, &view);
	for (size_t i = 0; i < grid_size(&once) * 3; i++)
		PROP_HOLDS(gen, fabs(draws.x[i] - once.x[i / 3]) <= 1e-13 * fabs(once.x[i / 3]),
		           "%.17g, %.17g", draws.x[i], once.x[i / 3]);
	return true;
}

static void an_interval_without_width_is_a_constant(void **state) {
	(void)state;
	prop_check("fixed = deterministic", fixed_parameters_give_the_deterministic_answer, 100, 8);
}

// Projection.md section 15: activity is linear in each parameter, annual growth, healthy ageing and
// the shortest stays apart, so that with independent parameters its mean is its value at their
// means. Uncertain rates are independent too.
static bool means_are_values_at_the_means(prop_gen *gen) {
	vrd_model model = random_model(gen);
	vrd_assumption *rules = ROOM(&gen->mem, vrd_assumption, model.n_assumptions);
	for (size_t i = 0; i < model.n_assumptions; i++) {
		rules[i] = model.assumptions[i];
		rules[i].annual = false;
		rules[i].group = VRD_NO_GROUP;
		const double x = vrd_dist_mean(&rules[i].dist);
		if (rules[i].kind == VRD_HEALTHY_AGEING)
			OK(vrd_dist_fit(VRD_DIST_FIXED, x, NAN, x, -1, 1, &rules[i].dist, &err));
		if (rules[i].removed == VRD_REMOVED_SHORTEST)
			rules[i].removed = VRD_REMOVED_MEAN;
	}
	model.assumptions = rules;
	model.n_matrices = 0;
	vrd_view view = view_of(VRD_BY_UNIT, true);
	enum { N = 4000 };
	const grid draws =
	        run_view(&gen->mem, &model, &(vrd_draws){.n = N, .seed = prop_u64(gen)}, &view);
	const grid once = run_view(&gen->mem, &model, &(vrd_draws){.n = 0}, &view);
	double *scratch = ROOM(&gen->mem, double, N);
	for (size_t t = 0; t < model.demand.n_year; t++)
		for (vrd_measure m = VRD_CONTACTS; m <= VRD_BED_DAYS; m++) {
			const size_t cell =
			        grid_cell(&draws, 0, draws.n_places - 1, draws.n_services - 1,
			                  draws.n_cares - 1, t, m);
			const vrd_summary s = vrd_summarise(draws.x + cell * N, N, scratch);
			PROP_HOLDS(gen,
			           fabs(s.mean - once.x[cell]) <= 4 * s.mc_error + 1e-9 * s.mean,
			           "mean %.10g, at the means %.10g, error %g", s.mean, once.x[cell],
			           s.mc_error);
		}
	return true;
}

static void the_mean_is_exact_where_activity_is_linear(void **state) {
	(void)state;
	prop_check("mean = value at means", means_are_values_at_the_means, 60, 8);
}

static bool bits_do_not_depend_on_threads(prop_gen *gen) {
	vrd_model model = with_flows(gen);
	vrd_view view = view_of((vrd_axis)prop_below(gen, 3), prop_chance(gen, 0.5));
	view.steps = prop_chance(gen, 0.3);
	model.poisson = view.axis != VRD_BY_AREA && prop_chance(gen, 0.3);
	vrd_draws draws = {.n = 1 + prop_below(gen, 1500), .seed = prop_u64(gen), .n_threads = 1};
	const grid one = run_view(&gen->mem, &model, &draws, &view);
	for (draws.n_threads = 2; draws.n_threads <= 4; draws.n_threads += 2) {
		const grid more = run_view(&gen->mem, &model, &draws, &view);
		PROP_HOLDS(gen, same_bits(&one, &more), "other bits with %zu threads",
		           draws.n_threads);
	}
	return true;
}

static void one_two_and_four_threads_give_the_same_bits(void **state) {
	(void)state;
	prop_check("threads", bits_do_not_depend_on_threads, 60, 8);
}

// The group's factor is not the draw of the assumption that has the group's name.
static void a_group_named_as_an_assumption_has_its_own_draws(void **state) {
	(void)state;
	enum { N = 4000 };
	static const char *const names[] = {"one"};
	static const double rho[] = {1};
	prop_gen gen = {.state = 4, .size = 8};
	vrd_model model = random_model(&gen);
	vrd_assumption rules[2] = {{.id = "one", .group = VRD_NO_GROUP}, {.id = "two"}};
	OK(vrd_dist_fit(VRD_DIST_UNIFORM, 0.2, 0.5, 0.8, 0, 1, &rules[0].dist, &err));
	rules[1].dist = rules[0].dist;
	model.assumptions = rules;
	model.n_assumptions = 2;
	model.n_matrices = 0;
	model.n_groups = 1;
	model.group_names = names;
	model.group_rho = rho;
	double *x, mean, cross = 0;
	OK(vrd_kernel_parameters(&gen.mem, &model, &(vrd_draws){.n = N, .seed = 6}, &x, &err));
	const double variance = variance_of(x, N, &mean);
	for (size_t d = 0; d < N; d++)
		cross += (x[d] - mean) * (x[N + d] - mean) / N;
	assert_true(fabs(cross / variance) < 5 / sqrt(N));
	vrd_arena_clear(&gen.mem);
}

// More draws are the same draws and more.
static void the_first_draws_are_the_same_however_many_there_are(void **state) {
	(void)state;
	prop_gen gen = {.state = 3, .size = 8};
	const vrd_model model = with_flows(&gen);
	const vrd_view view = view_of(VRD_BY_PROVIDER, true);
	const grid few = run_view(&gen.mem, &model, &(vrd_draws){.n = 100, .seed = 5}, &view);
	const grid many = run_view(&gen.mem, &model, &(vrd_draws){.n = 1700, .seed = 5}, &view);
	for (size_t cell = 0; cell < grid_size(&few); cell++)
		assert_memory_equal(few.x + cell * 100, many.x + cell * 1700, 100 * sizeof(double));
	vrd_arena_clear(&gen.mem);
}

// --- order of areas -----------------------------------------------------------------------------

static double *permuted(prop_gen *gen, const double *x, const size_t *order, size_t n,
                        size_t size) {
	double *out = ROOM(&gen->mem, double, n *size);
	for (size_t g = 0; g < n; g++)
		memcpy(out + g * size, x + order[g] * size, size * sizeof *out);
	return out;
}

static void permute_map(prop_gen *gen, const vrd_membership *in, const size_t *order, size_t n,
                        vrd_membership *out) {
	size_t *start = ROOM(&gen->mem, size_t, n + 1),
	       *unit = ROOM(&gen->mem, size_t, in->start[n]);
	double *weight = ROOM(&gen->mem, double, in->start[n]);
	for (size_t g = 0, at = 0; g < n; g++) {
		for (size_t i = in->start[order[g]]; i < in->start[order[g] + 1]; i++, at++) {
			unit[at] = in->unit[i];
			weight[at] = in->weight[i];
		}
		start[g + 1] = at;
	}
	*out = (vrd_membership){start, unit, weight};
}

static vrd_demand demand_in_order(prop_gen *gen, const vrd_demand *in, const size_t *order) {
	vrd_demand out = *in;
	const size_t n = in->n_area, paths = in->n_variant * in->n_year;
	const size_t strata = in->n_band * in->n_service * in->n_care;
	out.contacts = permuted(gen, in->contacts, order, n, strata * paths);
	out.bed_days = permuted(gen, in->bed_days, order, n, strata * paths);
	out.base_contacts = permuted(gen, in->base_contacts, order, n, strata);
	out.base_bed_days = permuted(gen, in->base_bed_days, order, n, strata);
	out.persons = permuted(gen, in->persons, order, n, paths);
	out.base_persons = permuted(gen, in->base_persons, order, n, 1);
	out.people = permuted(gen, in->people, order, n, in->n_band * paths);
	out.aged_contacts = ROOM(&gen->mem, double, in->n_aged *n *strata *paths);
	out.aged_bed_days = ROOM(&gen->mem, double, in->n_aged *n *strata *paths);
	for (size_t i = 0; i < in->n_aged; i++) {
		const size_t from = i * n * strata * paths, size = n * strata * paths;
		memcpy(out.aged_contacts + from,
		       permuted(gen, in->aged_contacts + from, order, n, strata * paths),
		       size * sizeof(double));
		memcpy(out.aged_bed_days + from,
		       permuted(gen, in->aged_bed_days + from, order, n, strata * paths),
		       size * sizeof(double));
	}
	return out;
}

static void rule_in_order(prop_gen *gen, const vrd_demand *d, const size_t *order,
                          vrd_assumption *a) {
	bool *area = ROOM(&gen->mem, bool, d->n_area);
	for (size_t g = 0; g < d->n_area; g++)
		area[g] = !a->area || a->area[order[g]];
	a->area = area;
	if (a->gap)
		a->gap = permuted(gen, a->gap, order, d->n_area, d->n_service * d->n_care);
}

static vrd_model areas_in_order(prop_gen *gen, const vrd_model *in, const vrd_dim *area,
                                const size_t *order) {
	vrd_model out = *in;
	const size_t n = in->demand.n_area, pairs = in->demand.n_service * in->demand.n_care;
	out.demand = demand_in_order(gen, &in->demand, order);
	out.demand.area = area;
	vrd_membership *maps = ROOM(&gen->mem, vrd_membership, in->n_maps);
	for (size_t i = 0; i < in->n_maps; i++)
		permute_map(gen, &in->maps[i], order, n, &maps[i]);
	out.maps = maps;
	out.flow = permuted(gen, in->flow, order, n, pairs * in->provider->n);
	vrd_assumption *rules = ROOM(&gen->mem, vrd_assumption, in->n_assumptions);
	for (size_t i = 0; i < in->n_assumptions; i++) {
		rules[i] = in->assumptions[i];
		rule_in_order(gen, &in->demand, order, &rules[i]);
	}
	out.assumptions = rules;
	return out;
}

static bool order_of_areas_is_free(prop_gen *gen) {
	const vrd_model model = with_flows(gen);
	size_t *order = ROOM(&gen->mem, size_t, model.demand.n_area);
	prop_shuffle(gen, order, model.demand.n_area);
	const char **codes = ROOM(&gen->mem, const char *, model.demand.n_area);
	const vrd_dim *area;
	for (size_t g = 0; g < model.demand.n_area; g++)
		codes[g] = model.demand.area->cats[order[g]].code;
	OK(vrd_dim_of_codes(&gen->mem, "area", model.demand.n_area, codes, &area, &err));
	const vrd_model other = areas_in_order(gen, &model, area, order);
	const vrd_draws draws = {.n = 6, .seed = 9, .n_threads = 1};
	vrd_view view = view_of(prop_chance(gen, 0.5) ? VRD_BY_UNIT : VRD_BY_PROVIDER, true);
	view.steps = prop_chance(gen, 0.5);
	const grid a = run_view(&gen->mem, &model, &draws, &view);
	const grid b = run_view(&gen->mem, &other, &draws, &view);
	const double size = largest(a.x, grid_size(&a) * a.n);
	for (size_t i = 0; i < grid_size(&a) * a.n; i++)
		PROP_HOLDS(gen, fabs(a.x[i] - b.x[i]) <= 1e-12 * size, "%.17g, %.17g", a.x[i],
		           b.x[i]);
	return true;
}

static void areas_in_another_order_change_nothing(void **state) {
	(void)state;
	prop_check("order of areas", order_of_areas_is_free, 150, 8);
}

// --- chance -------------------------------------------------------------------------------------

// Without assumptions and alternatives a count is Poisson and bed days compound Poisson:
// Var(BD) = Lambda E[LOS^2] = BD^2/Lambda (1 + cv^2).
static void counts_are_poisson_and_bed_days_compound(void **state) {
	(void)state;
	enum { N = 4000 };
	prop_gen gen = {.state = 11, .size = 8};
	vrd_model model = without_rules(random_model(&gen));
	model.provider = NULL; // one chance for a cell, so that all of its stays have one mean
	model.service_of = NULL;
	model.service = NULL;
	model.uncertain_rates = false;
	double weight[] = {1, 0, 0, 0};
	model.variant_weight = weight;
	model.los_cv = 0.8;
	const vrd_view view = view_of(VRD_BY_UNIT, false);
	const grid expected = run_view(&gen.mem, &model, &(vrd_draws){.n = 0}, &view);
	model.poisson = true;
	const vrd_draws draws = {.n = N, .seed = 2};
	const grid got = run_view(&gen.mem, &model, &draws, &view);
	size_t n_tested = 0;
	for (size_t cell = 0; cell < grid_size(&got); cell += VRD_N_MEASURES) {
		const double lambda = expected.x[cell], days = expected.x[cell + 1];
		double mean;
		const double variance = variance_of(got.x + cell * N, N, &mean);
		if (lambda == 0)
			continue;
		n_tested++;
		// Five standard errors: of the mean, and of the variance (kurtosis 3 + 1/lambda).
		assert_true(fabs(mean - lambda) < 5 * sqrt(lambda / N));
		assert_true(fabs(variance - lambda) <
		            5 * lambda * sqrt((2 + 1 / lambda) / (N - 1)));
		for (size_t i = 0; i < N; i++)
			assert_true(got.x[cell * N + i] == floor(got.x[cell * N + i]));
		if (days == 0)
			continue;
		const double wanted = days * days / lambda * (1 + 0.8 * 0.8);
		const double found = variance_of(got.x + (cell + 1) * N, N, &mean);
		assert_true(fabs(mean - days) < 5 * sqrt(wanted / N));
		// E[LOS^4] / E[LOS^2]^2 = (a+2)(a+3) / (a (a+1)) of gamma stays, a = 1/cv^2.
		const double a = 1 / (0.8 * 0.8), fourth = (a + 2) * (a + 3) / (a * (a + 1));
		assert_true(fabs(found / wanted - 1) < 5 * sqrt((2 + fourth / lambda) / (N - 1)));
	}
	assert_true(n_tested > 3);
	// n = 0 is the expectation: without chance.
	const grid once = run_view(&gen.mem, &model, &(vrd_draws){.n = 0}, &view);
	assert_true(same_bits(&once, &expected));
	vrd_arena_clear(&gen.mem);
}

static bool chance_adds_up_in_every_draw(prop_gen *gen) {
	vrd_model model = with_flows(gen);
	model.poisson = true;
	const vrd_draws draws = {.n = 4, .seed = prop_u64(gen), .n_threads = 1};
	const vrd_view units = view_of(VRD_BY_UNIT, true),
	               hospitals = view_of(VRD_BY_PROVIDER, true);
	const grid a = run_view(&gen->mem, &model, &draws, &units);
	const grid b = run_view(&gen->mem, &model, &draws, &hospitals);
	for (size_t k = 0; k < a.n_services; k++)
		for (size_t c = 0; c < a.n_cares; c++)
			for (size_t t = 0; t < a.n_years; t++)
				for (size_t d = 0; d < draws.n; d++) {
					double sum = 0;
					for (size_t p = 0; p + 1 < a.n_places; p++)
						sum += a.x[grid_cell(&a, 0, p, k, c, t,
						                     VRD_CONTACTS) *
						                   a.n +
						           d];
					const double all = a.x[grid_cell(&a, 0, a.n_places - 1, k,
					                                 c, t, VRD_CONTACTS) *
					                               a.n +
					                       d];
					const double there = b.x[grid_cell(&b, 0, b.n_places - 1, k,
					                                   c, t, VRD_CONTACTS) *
					                                 b.n +
					                         d];
					PROP_HOLDS(gen, sum == all && all == there,
					           "areas %g, their sum %g, hospitals %g", sum, all,
					           there);
				}
	return true;
}

static void areas_and_hospitals_see_the_same_chance(void **state) {
	(void)state;
	prop_check("chance adds up", chance_adds_up_in_every_draw, 100, 8);
}

static bool variance_has_parts(prop_gen *gen) {
	vrd_model model = with_flows(gen);
	vrd_variance v;
	model.poisson = prop_chance(gen, 0.5);
	const vrd_draws draws = {.n = 500, .seed = 4, .n_threads = 1};
	const vrd_measure measure = prop_chance(gen, 0.5) ? VRD_CONTACTS : VRD_BED_DAYS;
	OK(vrd_kernel_variance(&model, &draws, 0, measure, &v, &err));
	const double sum = v.population + v.assumptions + v.interaction + v.rates + v.chance;
	PROP_HOLDS(gen, fabs(sum - v.variance) <= 1e-9 * v.variance + 1e-12 * v.mean * v.mean,
	           "parts %.17g of %.17g", sum, v.variance);
	PROP_HOLDS(gen, v.population >= 0 && v.assumptions >= 0 && v.rates >= 0 && v.chance >= 0,
	           "a negative part");
	PROP_HOLDS(gen, model.poisson || v.chance == 0, "chance %g without chance", v.chance);
	PROP_HOLDS(gen, model.uncertain_rates || v.rates == 0, "certain rates vary by %g", v.rates);
	PROP_HOLDS(gen, model.demand.n_variant > 1 || v.population <= 1e-12 * v.mean * v.mean,
	           "population %g of one alternative", v.population);
	if (model.n_assumptions == 0)
		PROP_HOLDS(gen, v.assumptions <= 1e-12 * v.mean * v.mean, "assumptions %g of none",
		           v.assumptions);
	model.uncertain_rates = false; // chance is that of the observed rates
	const grid once = run_view(&gen->mem, &model, &(vrd_draws){.n = 0},
	                           &(vrd_view){.measures = {true, true}, .sums = true});
	if (model.poisson && measure == VRD_CONTACTS)
		PROP_HOLDS(gen, fabs(v.chance / all_of(&once, 0, VRD_CONTACTS, 0) - 1) < 1e-12,
		           "chance %g is not the expected count", v.chance);
	return true;
}

static void the_variances_parts_sum_to_it(void **state) {
	(void)state;
	prop_check("variance by source", variance_has_parts, 100, 8);
}

// --- summaries ----------------------------------------------------------------------------------

static void summaries_are_of_the_draws(void **state) {
	(void)state;
	enum { N = 300 };
	prop_gen gen = {.state = 21, .size = 8};
	const vrd_model model = with_flows(&gen);
	const vrd_draws draws = {.n = N, .seed = 1};
	vrd_view view = view_of(VRD_BY_PROVIDER, true);
	const grid r = run_view(&gen.mem, &model, &draws, &view);
	vrd_cube cubes[VRD_N_MEASURES];
	double scratch[N];
	OK(vrd_kernel_summary(&gen.mem, &model, &draws, &view, NULL, NULL, NULL, NULL, NULL, cubes,
	                      &err));
	for (vrd_measure m = 0; m < VRD_N_MEASURES; m++) {
		assert_string_equal(dims_of(&gen.mem, &cubes[m]),
		                    "provider service care year stat");
		size_t index[5] = {0};
		do {
			const size_t cell =
			        grid_cell(&r, 0, index[0], index[1], index[2], index[3], m);
			const vrd_summary s = vrd_summarise(r.x + cell * N, N, scratch);
			const double wanted[] = {s.mean, s.p10, s.p50, s.p90, s.mc_error};
			NEAR(cubes[m].values[vrd_cube_position(&cubes[m], index)], wanted[index[4]],
			     1e-12 * fabs(s.mean));
		} while (vrd_cube_next(&cubes[m], index));
	}
	const vrd_dim *care = cubes[0].dims[2];
	assert_string_equal(care->cats[care->n - 1].code, "*");
	assert_string_equal(cubes[VRD_BEDS].unit, "beds");
	view.steps = true;
	OK(vrd_kernel_summary(&gen.mem, &model, &draws, &view, NULL, NULL, NULL, NULL, NULL, cubes,
	                      &err));
	assert_string_equal(dims_of(&gen.mem, &cubes[0]), "step provider service care year stat");
	const vrd_dim *step = cubes[0].dims[0];
	assert_int_equal(step->n, vrd_n_steps(&model));
	assert_string_equal(step->cats[VRD_STEP_AGEING].code, "ageing");
	assert_string_equal(step->cats[step->n - 1].code, "map");
	size_t *order = ROOM(&gen.mem, size_t, model.n_assumptions);
	vrd_step_order(&model, order);
	for (size_t i = 0; i < model.n_assumptions; i++)
		assert_string_equal(step->cats[VRD_STEP_FIRST + i].code,
		                    model.assumptions[order[i]].id);
	vrd_arena_clear(&gen.mem);
}

// --- errors -------------------------------------------------------------------------------------

static void ignore(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                   double *scratch) {
	(void)context;
	(void)key;
	(void)draws;
	(void)n;
	(void)scratch;
}

static bool stop_after(void *context, size_t done, size_t total) {
	size_t *left = context;
	assert_true(done >= 1 && done <= total);
	return (*left)-- > 1;
}

static void a_run_can_be_interrupted(void **state) {
	(void)state;
	prop_gen gen = {.state = 2, .size = 8};
	vrd_model model = random_model(&gen);
	while (model.demand.n_year < 3)
		model = random_model(&gen);
	const vrd_view view = view_of(VRD_BY_UNIT, true);
	size_t left = 2;
	FAILS(vrd_kernel_run(&model, &(vrd_draws){.n = 5, .n_threads = 1}, &view, ignore, NULL,
	                     NULL, stop_after, &left, &err),
	      VRD_CANCELLED, "interrupted after 2 of 3 years");
	left = 100;
	OK(vrd_kernel_run(&model, &(vrd_draws){.n = 5, .n_threads = 1}, &view, ignore, NULL, NULL,
	                  stop_after, &left, &err));
	assert_int_equal(left, 97);
	vrd_arena_clear(&gen.mem);
}

static vrd_status run_ignored(const vrd_model *model, size_t n, const vrd_view *view,
                              vrd_err *err) {
	return vrd_kernel_run(model, &(vrd_draws){.n = n, .n_threads = 1}, view, ignore, NULL, NULL,
	                      NULL, NULL, err);
}

static void views_that_the_model_cannot_give_are_refused(void **state) {
	(void)state;
	prop_gen gen = {.state = 2, .size = 8};
	vrd_model model = with_flows(&gen);
	vrd_view view = view_of(VRD_BY_PROVIDER, true);
	vrd_model without = model;
	without.provider = NULL;
	FAILS(run_ignored(&without, 1, &view, &err), VRD_USAGE, "the region has no flows");
	view = view_of(VRD_BY_UNIT, true);
	view.measures[VRD_BEDS] = true;
	FAILS(run_ignored(&model, 1, &view, &err), VRD_USAGE, "beds are given by provider only");
	view = view_of(VRD_BY_AREA, true);
	model.poisson = true;
	FAILS(run_ignored(&model, 1, &view, &err), VRD_USAGE, "single areas below it");
	model.poisson = false;
	FAILS(run_ignored(&model, 100 * 1000 * 1000, &view, &err), VRD_LIMIT,
	      "ask for fewer categories, fewer draws (--draws)");
	vrd_arena_clear(&gen.mem);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(draws_add_up),
	        cmocka_unit_test(an_interval_without_width_is_a_constant),
	        cmocka_unit_test(the_mean_is_exact_where_activity_is_linear),
	        cmocka_unit_test(one_two_and_four_threads_give_the_same_bits),
	        cmocka_unit_test(a_group_named_as_an_assumption_has_its_own_draws),
	        cmocka_unit_test(the_first_draws_are_the_same_however_many_there_are),
	        cmocka_unit_test(areas_in_another_order_change_nothing),
	        cmocka_unit_test(counts_are_poisson_and_bed_days_compound),
	        cmocka_unit_test(areas_and_hospitals_see_the_same_chance),
	        cmocka_unit_test(the_variances_parts_sum_to_it),
	        cmocka_unit_test(summaries_are_of_the_draws),
	        cmocka_unit_test(a_run_can_be_interrupted),
	        cmocka_unit_test(views_that_the_model_cannot_give_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
