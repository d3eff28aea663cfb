// The kernel against an evaluator written straight from docs/methods.md sections 4-11 and 15: one
// stratum and one draw at a time, no classes, no sharing of work.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evaluator.h"

// --- adding up ----------------------------------------------------------------------------------

typedef struct {
	grid value, size; // size: sums of magnitudes, for the tolerance
	const vrd_model *model;
	const vrd_view *view;
	double weight; // of the alternative
	double rounds; // size of what is added
	size_t draw;
} tally;

static void put_in(tally *y, size_t step, size_t place, size_t k, size_t care, size_t t,
                   vrd_measure measure, double x) {
	const vrd_view *v = y->view;
	const size_t p = v->place_group ? v->place_group[place] : place;
	const size_t reported = y->model->service_of ? y->model->service_of[k] : k;
	const size_t s = v->service_group ? v->service_group[reported] : reported;
	const size_t c = v->care_group ? v->care_group[care] : care;
	if (p == VRD_NONE || s == VRD_NONE || c == VRD_NONE || !v->measures[measure])
		return;
	for (size_t sums = 0; sums < (v->sums ? 8u : 1u); sums++) {
		const size_t cell = grid_cell(&y->value, step, sums & 1 ? y->value.n_places - 1 : p,
		                              sums & 2 ? y->value.n_services - 1 : s,
		                              sums & 4 ? y->value.n_cares - 1 : c, t, measure);
		y->value.x[cell * y->value.n + y->draw] += y->weight * x;
		y->size.x[cell * y->size.n + y->draw] += y->weight * y->rounds;
	}
}

// What is treated at each form of care, times the weights of places.
static void put_weighted(tally *y, const subject *s, size_t step, const amount *a, size_t care,
                         const double weights[MAX_PLACES], double carried) {
	const vrd_demand *d = &y->model->demand;
	for (size_t p = 0; p < places_of_axis(y->model, y->view->axis); p++) {
		const double days = weights[p] * a->days[care];
		put_in(y, step, p, s->k, care, s->t, VRD_CONTACTS, weights[p] * a->contacts[care]);
		put_in(y, step, p, s->k, care, s->t, VRD_BED_DAYS, days);
		if (y->view->axis == VRD_BY_PROVIDER)
			put_in(y, step, p, s->k, care, s->t, VRD_BEDS,
			       carried * days *
			               y->model->beds_per_bed_day[(p * d->n_service + s->k) *
			                                                  d->n_care +
			                                          care]);
	}
}

// Beds alone: productivity.
static void put_beds(tally *y, const subject *s, size_t step, const amount *a, size_t care,
                     const double weights[MAX_PLACES], double carried) {
	amount days = {{0}, {0}};
	const bool wanted[VRD_N_MEASURES] = {false, false, y->view->measures[VRD_BEDS]};
	vrd_view beds = *y->view, *all = &beds;
	const vrd_view *kept = y->view;
	memcpy(beds.measures, wanted, sizeof wanted);
	days.days[care] = a->days[care];
	y->view = all;
	put_weighted(y, s, step, &days, care, weights, carried);
	y->view = kept;
}

// The steps of places and beds, which come after all others, on the fixed map; then the map's.
static void put_places(tally *y, const subject *s, const amount *end, size_t care) {
	const vrd_model *model = y->model;
	const stand at = {model, y->view->axis, s->g, s->k, care, s->t, true};
	double weights[MAX_PLACES], fixed[MAX_PLACES], dated[MAX_PLACES];
	for (size_t i = 0; i < model->n_assumptions; i++) {
		if (!applies(s, i, VRD_FLOW, care) && !applies(s, i, VRD_CATCHMENT, care))
			continue;
		weights_moved(&at, &model->assumptions[i], weights);
		for (size_t p = 0; p < MAX_PLACES; p++)
			weights[p] *= s->effect[i];
		put_weighted(y, s, s->step_of[i], end, care, weights, 1);
	}
	final_weights(s, y->view->axis, care, true, fixed);
	final_weights(s, y->view->axis, care, false, dated);
	for (size_t i = 0; i < model->n_assumptions; i++)
		if (applies(s, i, VRD_PRODUCTIVITY, care))
			put_beds(y, s, s->step_of[i], end, care, fixed,
			         beds_carried(s, care, i + 1) - beds_carried(s, care, i));
	for (size_t p = 0; p < MAX_PLACES; p++)
		weights[p] = dated[p] - fixed[p];
	put_weighted(y, s, vrd_n_steps(model) - 1, end, care, weights,
	             beds_carried(s, care, model->n_assumptions));
}

static void add_story(tally *y, const subject *s, const story *told) {
	const size_t n_care = y->model->demand.n_care;
	double weights[MAX_PLACES];
	y->rounds = told->size;
	for (size_t care = 0; care < n_care; care++) {
		if (!y->view->steps) {
			final_weights(s, y->view->axis, care, false, weights);
			put_weighted(y, s, 0, &told->end, care, weights,
			             beds_carried(s, care, y->model->n_assumptions));
			continue;
		}
		weights_before(&(stand){y->model, y->view->axis, s->g, s->k, care, s->t, true},
		               weights);
		for (size_t step = 0; step + 1 < vrd_n_steps(y->model); step++)
			put_weighted(y, s, step, &told->step[step], care, weights, 1);
		put_places(y, s, &told->end, care);
	}
}

// Section 13: the alternative of a draw by one uniform of its own.
static size_t alternative_of(const vrd_model *model, uint64_t seed, size_t draw) {
	const double u = vrd_uniform(seed, vrd_hash_id(VRD_STR("population.variant")), draw, 0);
	double sum = 0;
	for (size_t v = 0; v + 1 < model->demand.n_variant; v++) {
		sum += model->variant_weight[v];
		if (u < sum)
			return v;
	}
	return model->demand.n_variant - 1;
}

// Uncertain rates: Gamma(X + 1/2) / X of the area's reported service and form of care.
static double rate_of(const subject *s, const vrd_draws *draws, size_t draw) {
	const vrd_model *model = s->model;
	const vrd_demand *d = &model->demand;
	const vrd_dim *services = model->service ? model->service : d->service;
	const size_t own = model->service_of ? model->service_of[s->k] : s->k;
	double x = 0;
	for (size_t b = 0; b < d->n_band; b++)
		for (size_t k = 0; k < d->n_service; k++)
			if ((model->service_of ? model->service_of[k] : k) == own)
				x += (double)model->n_base *
				     d->base_contacts[vrd_demand_stratum(d, s->g, b, k, s->m)];
	char area[64], care[64];
	if (!model->uncertain_rates || x == 0)
		return 1;
	if (draws->n == 0)
		return (x + 0.5) / x;
	(void)snprintf(area, sizeof area, "rates/%s", d->area->cats[s->g].code);
	(void)snprintf(care, sizeof care, "%s/%s", services->cats[own].code,
	               d->care->cats[s->m].code);
	vrd_stream stream = vrd_stream_of(draws->seed, vrd_hash_id(vrd_str_of(area)), draw,
	                                  vrd_hash_id(vrd_str_of(care)));
	return vrd_gamma(&stream, x + 0.5, 1) / x;
}

static void add_strata(tally *y, subject *s, const vrd_draws *draws) {
	const vrd_demand *d = &y->model->demand;
	story told;
	for (s->g = 0; s->g < d->n_area; s->g++)
		for (s->b = 0; s->b < d->n_band; s->b++)
			for (s->k = 0; s->k < d->n_service; s->k++)
				for (s->m = 0; s->m < d->n_care; s->m++) {
					s->rate = rate_of(s, draws, y->draw);
					tell(s, &told);
					add_story(y, s, &told);
				}
}

static void add_draw(tally *y, const vrd_draws *draws, const double *x) {
	const vrd_demand *d = &y->model->demand;
	subject s = {.model = y->model};
	size_t order[MAX_RULES];
	vrd_step_order(y->model, order);
	for (size_t i = 0; i < y->model->n_assumptions; i++)
		s.step_of[order[i]] = VRD_STEP_FIRST + i;
	for (s.v = 0; s.v < d->n_variant; s.v++) {
		y->weight = draws->n == 0 ? y->model->variant_weight[s.v]
		                          : s.v == alternative_of(y->model, draws->seed, y->draw);
		for (s.t = 0; s.t < d->n_year && y->weight > 0; s.t++) {
			if (y->view->years && !y->view->years[s.t])
				continue;
			for (size_t i = 0; i < y->model->n_assumptions; i++) {
				const vrd_assumption *a = &y->model->assumptions[i];
				const double walk = draws->n == 0 || a->walk_sd == 0
				                            ? 0
				                            : walked(a, draws->seed, y->draw,
				                                     d->year[s.t], d->t0);
				s.effect[i] = effect_in(a, x[i], walk, d->year[s.t], d->t0);
			}
			add_strata(y, &s, draws);
		}
	}
}

static double alone(const vrd_model *model, const vrd_draws *draws, size_t i, size_t draw) {
	return vrd_uniform(draws->seed, vrd_hash_id(vrd_str_of(model->assumptions[i].id)), draw, 0);
}

static double own_uniform(const vrd_model *model, const vrd_draws *draws, size_t i, size_t draw) {
	const vrd_assumption *a = &model->assumptions[i];
	for (size_t j = 0; j < model->n_matrices; j++)
		for (size_t row = 0; row < model->matrices[j].n; row++) {
			const vrd_matrix *matrix = &model->matrices[j];
			double z = 0;
			if (matrix->assumption[row] != i)
				continue;
			for (size_t l = 0; l < matrix->n; l++)
				z += matrix->factor[row * matrix->n + l] *
				     vrd_normal_quantile(
				             alone(model, draws, matrix->assumption[l], draw));
			return vrd_normal_cdf(z);
		}
	if (a->group == VRD_NO_GROUP)
		return alone(model, draws, i, draw);
	char name[64];
	(void)snprintf(name, sizeof name, "group/%s", model->group_names[a->group]);
	const double rho = model->group_rho[a->group];
	const double common = vrd_uniform(draws->seed, vrd_hash_id(vrd_str_of(name)), draw, 0);
	return vrd_normal_cdf(sqrt(rho) * vrd_normal_quantile(common) +
	                      sqrt(1 - rho) * vrd_normal_quantile(alone(model, draws, i, draw)));
}

static bool parameters_are_quantiles(prop_gen *gen, const vrd_model *model, const vrd_draws *draws,
                                     const double *x) {
	const size_t n = draws->n ? draws->n : 1;
	for (size_t i = 0; i < model->n_assumptions; i++)
		for (size_t d = 0; d < n; d++) {
			const vrd_dist *dist = &model->assumptions[i].dist;
			const double wanted =
			        draws->n == 0 || dist->kind == VRD_DIST_FIXED
			                ? vrd_dist_mean(dist)
			                : vrd_dist_quantile(dist, own_uniform(model, draws, i, d));
			PROP_HOLDS(gen, fabs(x[i * n + d] - wanted) < 1e-12 * (1 + fabs(wanted)),
			           "%.17g, %.17g", x[i * n + d], wanted);
		}
	return true;
}

static size_t *random_groups(prop_gen *gen, size_t n, size_t *n_groups) {
	if (prop_chance(gen, 0.6))
		return NULL;
	size_t *out = ROOM(&gen->mem, size_t, n);
	*n_groups = 1 + prop_below(gen, n);
	for (size_t i = 0; i < n; i++)
		out[i] = prop_chance(gen, 0.85) ? prop_below(gen, *n_groups) : VRD_NONE;
	return out;
}

static vrd_view random_view(prop_gen *gen, const vrd_model *model) {
	vrd_view view = {.axis = (vrd_axis)prop_below(gen, model->provider ? 3 : 2),
	                 .sums = prop_chance(gen, 0.6),
	                 .steps = prop_chance(gen, 0.5)};
	for (size_t m = 0; m < VRD_N_MEASURES; m++)
		view.measures[m] =
		        prop_chance(gen, 0.8) && (m != VRD_BEDS || view.axis == VRD_BY_PROVIDER);
	view.place_group = random_groups(gen, places_of_axis(model, view.axis), &view.n_places);
	view.service_group = random_groups(gen, vrd_model_services(model)->n, &view.n_services);
	view.care_group = random_groups(gen, model->demand.n_care, &view.n_cares);
	view.years = random_selector(gen, model->demand.n_year);
	return view;
}

static bool kernel_agrees(prop_gen *gen, const vrd_model *model, const vrd_draws *draws,
                          const vrd_view *view) {
	const size_t n = draws->n ? draws->n : 1;
	const grid got = run_view(&gen->mem, model, draws, view);
	double *x, *own = ROOM(&gen->mem, double, model->n_assumptions);
	OK(vrd_kernel_parameters(&gen->mem, model, draws, &x, &err));
	if (!parameters_are_quantiles(gen, model, draws, x))
		return false;
	tally y = {.value = grid_for(&gen->mem, model, view, n),
	           .size = grid_for(&gen->mem, model, view, n),
	           .model = model,
	           .view = view};
	for (y.draw = 0; y.draw < n; y.draw++) {
		for (size_t i = 0; i < model->n_assumptions; i++)
			own[i] = x[i * n + y.draw];
		add_draw(&y, draws, own);
	}
	PROP_HOLDS(gen, got.n_twice == 0, "%zu cells came twice", got.n_twice);
	for (size_t i = 0; i < grid_size(&got) * n; i++) {
		const size_t cell = i / n, measure = cell % VRD_N_MEASURES,
		             t = cell / VRD_N_MEASURES % got.n_years;
		const bool wanted = view->measures[measure] && (!view->years || view->years[t]);
		PROP_HOLDS(gen, got.seen[cell] == wanted, "cell %zu is there or not", cell);
		PROP_HOLDS(gen, fabs(got.x[i] - y.value.x[i]) <= 1e-12 * y.size.x[i],
		           "cell %zu draw %zu: %.17g, loops %.17g (size %g)", cell, i % n, got.x[i],
		           y.value.x[i], y.size.x[i]);
	}
	return true;
}

static bool a_few_draws(prop_gen *gen) {
	const vrd_model model = random_model(gen);
	const vrd_view view = random_view(gen, &model);
	const vrd_draws draws = {.n = prop_below(gen, 7),
	                         .seed = prop_u64(gen),
	                         .n_threads = 1 + prop_below(gen, 2)};
	return kernel_agrees(gen, &model, &draws, &view);
}

static bool many_draws(prop_gen *gen) {
	vrd_model model = random_model(gen);
	const vrd_view view = random_view(gen, &model);
	const vrd_draws draws = {.n = 2000 + prop_below(gen, 2000), .seed = 7, .n_threads = 1};
	return kernel_agrees(gen, &model, &draws, &view);
}

static void the_kernel_is_what_loops_over_strata_give(void **state) {
	(void)state;
	prop_check("kernel = loops", a_few_draws, 1500, 8);
}

static void so_it_is_over_several_blocks_of_draws(void **state) {
	(void)state;
	prop_check("kernel = loops, many draws", many_draws, 8, 8);
}

// --- the peer's vector through a whole region ----------------------------------------------------

#define VECTOR "vectors/projection/nhp_demography_only/"

static double number(const char *text) {
	double x = NAN;
	return vrd_parse_double(vrd_str_of(text), '.', &x) ? x : NAN;
}

// Ages 0 to 90, the last one open; sexes 1 = male, 2 = female.
static size_t place_in_cube(const vrd_csv_table *t, size_t row) {
	return (size_t)(number(table_cell(t, row, "sex")) - 1) * 91 +
	       (size_t)number(table_cell(t, row, "age"));
}

// Activity of the cells that `births` drives or not, [area, sex, age, service, care, measure,
// year].
static vrd_cube vector_activity(vrd_arena *mem, const vrd_csv_table *cells,
                                const vrd_dim *const *dims, bool births) {
	vrd_cube cube;
	OK(vrd_cube_new(mem, 7, dims, &cube, &err));
	for (size_t r = 0; r < cells->n_rows; r++) {
		if ((strcmp(table_cell(cells, r, "demog_type"), "births") == 0) != births)
			continue;
		const size_t k = vrd_dim_find_text(dims[3], table_cell(cells, r, "pod"));
		double *at = cube.values + (place_in_cube(cells, r) * dims[3]->n + k) * 2;
		at[0] += number(table_cell(cells, r, "admissions"));
		at[1] += number(table_cell(cells, r, "beddays"));
	}
	return cube;
}

// One area and one provider; people (or births by the mother's age) grow by the factors.
static grid through_a_region(vrd_arena *mem, const vrd_cube *activity, const vrd_csv_table *factors,
                             bool births) {
	const vrd_dim *variant, *year, *base_year = activity->dims[6];
	vrd_cube base, people;
	OK(vrd_dim_of_codes(mem, "variant", 1, (const char *[]){"main"}, &variant, &err));
	OK(vrd_dim_of_years(mem, 2035, 2035, &year, &err));
	const vrd_dim *dims[] = {variant, activity->dims[0], activity->dims[1], activity->dims[2],
	                         base_year};
	OK(vrd_cube_new(mem, 4, dims + 1, &base, &err));
	dims[4] = year;
	OK(vrd_cube_new(mem, 5, dims, &people, &err));
	for (size_t r = 0; r < factors->n_rows; r++) {
		const size_t at = place_in_cube(factors, r);
		const double x = number(
		        table_cell(factors, r, births ? "birth_factor" : "demographic_factor"));
		base.values[at] = 700 + (double)at;
		people.values[at] = base.values[at] * (isnan(x) ? 1 : x);
	}
	vrd_model model = {.unit = activity->dims[0],
	                   .provider = numbered(mem, "provider", 1, "h"),
	                   .n_maps = 1,
	                   .planned_map = true,
	                   .variant_weight = (const double[]){1}};
	const vrd_demand_input in = {.activity = activity,
	                             .base_exposure = &base,
	                             .exposure = &people,
	                             .n_base = 1,
	                             .base_years = (const int[]){2023},
	                             .n_band = 3,
	                             .band_from = (const int[]){0, 18, 75}};
	OK(vrd_demand_compute(mem, &in, &model.demand, NULL, NULL, &err));
	const size_t n = model.demand.n_service;
	const vrd_membership map = {(const size_t[]){0, 1}, (const size_t[]){0},
	                            (const double[]){1}};
	double *ones = ROOM(mem, double, n);
	for (size_t k = 0; k < n; k++)
		ones[k] = 1;
	model.maps = &map;
	model.map_at = model.map_base = ROOM(mem, uint32_t, n);
	model.flow = model.kappa = model.beds_per_bed_day = ones;
	model.home = (const size_t[]){0};
	const vrd_view view = {.axis = VRD_BY_PROVIDER, .measures = {true, true}};
	return run_view(mem, &model, &(vrd_draws){.n = 0}, &view);
}

static void a_region_gives_the_peers_expectation(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const char *cell_text = shared_text(&mem, VECTOR "demog_only_cells.csv");
	const char *factor_text = shared_text(&mem, VECTOR "demog_only_factors.csv");
	const char *expected_text = shared_text(&mem, VECTOR "demog_only_expected_exact.csv");
	NEED(cell_text, VECTOR "demog_only_cells.csv");
	NEED(factor_text, VECTOR "demog_only_factors.csv");
	NEED(expected_text, VECTOR "demog_only_expected_exact.csv");
	const vrd_csv_table cells = table_of(&mem, cell_text, ',');
	const vrd_csv_table factors = table_of(&mem, factor_text, ',');
	const vrd_csv_table expected = table_of(&mem, expected_text, ',');
	const char *pods[16], *ages[91];
	const vrd_dim *dims[7];
	for (size_t r = 0; r < expected.n_rows; r++)
		pods[r] = table_cell(&expected, r, "pod");
	for (size_t a = 0; a < 91; a++)
		ages[a] = vrd_arena_printf(&mem, "%zu%s", a, a == 90 ? "+" : "");
	dims[0] = numbered(&mem, "area", 1, "g");
	dims[4] = numbered(&mem, "care", 1, "m");
	OK(vrd_dim_of_codes(&mem, "sex", 2, (const char *[]){"M", "F"}, &dims[1], &err));
	OK(vrd_dim_of_codes(&mem, "age", 91, ages, &dims[2], &err));
	OK(vrd_dim_of_codes(&mem, "service", expected.n_rows, pods, &dims[3], &err));
	OK(vrd_dim_of_codes(&mem, "measure", 2, (const char *[]){"contacts", "bed_days"}, &dims[5],
	                    &err));
	OK(vrd_dim_of_years(&mem, 2023, 2023, &dims[6], &err));
	double got[16][2] = {{0}};
	for (int births = 0; births < 2; births++) {
		const vrd_cube activity = vector_activity(&mem, &cells, dims, births != 0);
		const grid r = through_a_region(&mem, &activity, &factors, births != 0);
		for (size_t k = 0; k < expected.n_rows; k++)
			for (vrd_measure m = VRD_CONTACTS; m <= VRD_BED_DAYS; m++)
				got[k][m] += r.x[grid_cell(&r, 0, 0, k, 0, 0, m)];
	}
	assert_int_equal(expected.n_rows, 6);
	for (size_t k = 0; k < expected.n_rows; k++) {
		const double stays = number(table_cell(&expected, k, "expected_admissions"));
		const double days = number(table_cell(&expected, k, "expected_beddays"));
		NEAR(got[k][0], stays, 1e-12 * stays);
		NEAR(got[k][1], days, 1e-12 * days);
	}
	vrd_arena_clear(&mem);
}

// --- chance -------------------------------------------------------------------------------------

// Days of a form of care that has no contacts, as a shift of days leaves them.
static void bed_days_without_contacts_stay_as_expected(void **state) {
	(void)state;
	enum { N = 3 };
	prop_gen gen = {.state = 12, .size = 8};
	vrd_model model = without_rules(with_flows(&gen));
	const vrd_demand *d = &model.demand;
	for (size_t i = 0; i < d->n_area * d->n_band * d->n_service; i++)
		for (size_t path = 0; path < d->n_variant * d->n_year; path++)
			d->contacts[i * d->n_care * d->n_variant * d->n_year + path] = 0;
	const vrd_draws draws = {.n = N, .seed = 2};
	for (vrd_axis axis = VRD_BY_UNIT; axis <= VRD_BY_PROVIDER; axis++) {
		const vrd_view view = {.axis = axis,
		                       .measures = {true, true, axis == VRD_BY_PROVIDER}};
		if (axis == VRD_BY_AREA)
			continue;
		model.poisson = false;
		const grid expected = run_view(&gen.mem, &model, &draws, &view);
		model.poisson = true;
		const grid got = run_view(&gen.mem, &model, &draws, &view);
		size_t n_tested = 0;
		for (size_t cell = 0; cell < grid_size(&got); cell++) {
			if (cell / VRD_N_MEASURES / got.n_years % got.n_cares != 0)
				continue;
			for (size_t i = cell * N; i < (cell + 1) * N; i++)
				NEAR(got.x[i], expected.x[i], 1e-12 * (1 + expected.x[i]));
			n_tested += cell % VRD_N_MEASURES == VRD_BED_DAYS && got.x[cell * N] > 0;
		}
		assert_true(n_tested > 0);
	}
	vrd_arena_clear(&gen.mem);
}

// Two services alike in one area: only their codes tell them apart.
static grid chance_of_services(vrd_arena *mem, size_t n_care, const char *first,
                               const char *second) {
	static const size_t start[] = {0, 1}, unit[] = {0};
	static const double one[] = {1};
	static double persons[] = {1};
	static double days[] = {150, 150, 150, 150}, contacts[] = {50, 50, 50, 50};
	static const int year[] = {2030}, band_from[] = {0};
	static const uint32_t map[] = {0, 0};
	static const bool births[] = {false, false};
	static const double kappa[] = {0, 0};
	const vrd_membership *maps = &(vrd_membership){start, unit, one};
	vrd_model model = {.demand = {.area = numbered(mem, "area", 1, "g"),
	                              .care = numbered(mem, "care", n_care, "m"),
	                              .n_area = 1,
	                              .n_service = 2,
	                              .n_care = n_care,
	                              .n_band = 1,
	                              .n_variant = 1,
	                              .n_year = 1,
	                              .band_from = band_from,
	                              .year = year,
	                              .contacts = contacts,
	                              .bed_days = days,
	                              .base_contacts = contacts,
	                              .base_bed_days = days,
	                              .persons = persons,
	                              .base_persons = persons,
	                              .births_driven = births},
	                   .unit = numbered(mem, "area", 1, "u"),
	                   .n_maps = 1,
	                   .maps = maps,
	                   .map_at = map,
	                   .map_base = map,
	                   .kappa = kappa,
	                   .variant_weight = one,
	                   .poisson = true,
	                   .los_cv = 1};
	OK(vrd_dim_of_codes(mem, "service", 2, (const char *[]){first, second},
	                    &model.demand.service, &err));
	const vrd_view view = {.measures = {true, true}};
	return run_view(mem, &model, &(vrd_draws){.n = 40, .seed = 3}, &view);
}

static void chance_follows_a_services_code_not_its_place(void **state) {
	(void)state;
	enum { N = 40 };
	vrd_arena mem = {0};
	const grid a = chance_of_services(&mem, 2, "medicine", "surgery");
	const grid b = chance_of_services(&mem, 2, "surgery", "medicine");
	for (size_t k = 0; k < 2; k++)
		for (size_t c = 0; c < 2; c++)
			for (vrd_measure m = VRD_CONTACTS; m <= VRD_BED_DAYS; m++)
				assert_memory_equal(a.x + grid_cell(&a, 0, 0, k, c, 0, m) * N,
				                    b.x + grid_cell(&b, 0, 0, 1 - k, c, 0, m) * N,
				                    N * sizeof(double));
	// And the two have chances of their own.
	assert_memory_not_equal(a.x, a.x + grid_cell(&a, 0, 0, 1, 0, 0, VRD_CONTACTS) * N,
	                        N * sizeof(double));
	// Another form of care beside leaves them as they are.
	const grid one = chance_of_services(&mem, 1, "medicine", "surgery");
	assert_memory_equal(one.x + grid_cell(&one, 0, 0, 1, 0, 0, VRD_CONTACTS) * N,
	                    a.x + grid_cell(&a, 0, 0, 1, 0, 0, VRD_CONTACTS) * N,
	                    N * sizeof(double));
	vrd_arena_clear(&mem);
}

static void a_constant_has_no_variance_at_all(void **state) {
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		prop_gen gen = {.state = seed, .size = 8};
		vrd_model model = without_rules(random_model(&gen));
		const vrd_draws draws = {.n = 700, .seed = 4, .n_threads = 1};
		vrd_variance v;
		model.uncertain_rates = false;
		model.demand.n_variant = 1;
		model.variant_weight = (const double[]){1};
		OK(vrd_kernel_variance(&model, &draws, 0, VRD_BED_DAYS, &v, &err));
		NEAR(v.variance, 0, 0);
		NEAR(v.assumptions, 0, 0);
		NEAR(v.population, 0, 0);
		NEAR(v.interaction, 0, 0);
		vrd_arena_clear(&gen.mem);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_kernel_is_what_loops_over_strata_give),
	        cmocka_unit_test(so_it_is_over_several_blocks_of_draws),
	        cmocka_unit_test(a_region_gives_the_peers_expectation),
	        cmocka_unit_test(bed_days_without_contacts_stay_as_expected),
	        cmocka_unit_test(chance_follows_a_services_code_not_its_place),
	        cmocka_unit_test(a_constant_has_no_variance_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
