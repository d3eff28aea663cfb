// Models as bytes, and everything that is refused before a run.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models.h"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

// --- bytes --------------------------------------------------------------------------------------

static bool packs_exactly(prop_gen *gen) {
	const vrd_model model = random_model(gen);
	vrd_model back;
	vrd_buf first = {0}, second = {0};
	OK(vrd_model_pack(&model, &first, &err));
	OK(vrd_model_unpack(&gen->mem, first.p, first.n, &back, &err));
	OK(vrd_model_pack(&back, &second, &err));
	const bool same = first.n == second.n && memcmp(first.p, second.p, first.n) == 0;
	vrd_buf_free(&first);
	vrd_buf_free(&second);
	PROP_HOLDS(gen, same, "the bytes differ");
	const vrd_draws draws = {.n = 5, .seed = 1, .n_threads = 1};
	for (vrd_axis axis = VRD_BY_UNIT; axis <= VRD_BY_AREA; axis++) {
		const vrd_view view = {.axis = axis, .measures = {true, true}, .steps = true};
		const grid a = run_view(&gen->mem, &model, &draws, &view);
		const grid b = run_view(&gen->mem, &back, &draws, &view);
		PROP_HOLDS(gen, same_bits(&a, &b), "the results differ");
	}
	return true;
}

static void a_model_is_the_same_when_it_comes_back(void **state) {
	(void)state;
	prop_check("packs exactly", packs_exactly, 200, 8);
}

// Every beginning is refused, and so is anything after the end; a changed bit is refused, or gives
// another sound model.
static bool damage_is_survived(prop_gen *gen) {
	const vrd_model model = random_model(gen);
	vrd_buf bytes = {0};
	OK(vrd_model_pack(&model, &bytes, &err));
	vrd_buf_putc(&bytes, 0);
	bool held = true;
	for (size_t n = 0; n <= bytes.n && held; n += 1 + n / 64) {
		vrd_model out;
		vrd_arena scratch = {0};
		vrd_err err = {0};
		if (n + 1 == bytes.n)
			continue;
		held = vrd_model_unpack(&scratch, bytes.p, n, &out, &err) == VRD_STORE &&
		       strstr(err.text, "run again");
		vrd_arena_clear(&scratch);
	}
	for (size_t i = 0; i < 300; i++) {
		vrd_model out;
		vrd_arena scratch = {0};
		const size_t at = prop_below(gen, bytes.n - 1), bit = prop_below(gen, 8);
		bytes.p[at] = (char)(bytes.p[at] ^ (1 << bit));
		if (vrd_model_unpack(&scratch, bytes.p, bytes.n - 1, &out, NULL) == VRD_OK)
			vrd_model_check(&out, "damaged", NULL);
		bytes.p[at] = (char)(bytes.p[at] ^ (1 << bit));
		vrd_arena_clear(&scratch);
	}
	vrd_buf_free(&bytes);
	PROP_HOLDS(gen, held, "a part of the bytes was taken for a model");
	return true;
}

static void damaged_bytes_are_refused_or_harmless(void **state) {
	(void)state;
	prop_check("damage", damage_is_survived, 60, 8);
}

static void a_buffer_that_is_full_is_an_error(void **state) {
	(void)state;
	prop_gen gen = {.state = 1, .size = 8};
	const vrd_model model = random_model(&gen);
	vrd_buf small = {.max = 100};
	FAILS(vrd_model_pack(&model, &small, &err), VRD_NOMEM, "no memory to pack the model");
	vrd_buf_free(&small);
	vrd_arena_clear(&gen.mem);
}

// --- checks -------------------------------------------------------------------------------------

// One area, service, band and provider; care m0 has 100 stays and 400 bed days, m1 nothing.
typedef struct {
	vrd_model model;
	vrd_assumption rules[3];
	double weight[2], flow[2], kappa[1], beds[2];
} small;

static const bool from_m0[] = {true, false};

static vrd_assumption shift(const char *id, double high) {
	vrd_assumption a = {.id = id,
	                    .kind = VRD_SHIFT,
	                    .care = from_m0,
	                    .to = 1,
	                    .conversion = 1,
	                    .group = VRD_NO_GROUP};
	OK(vrd_dist_fit(VRD_DIST_PERT, 0, high / 2, high, 0, 1, &a.dist, &err));
	return a;
}

static small *small_model(void) {
	small *s = ROOM(&mem, small, 1);
	s->weight[0] = 1;
	s->flow[0] = s->flow[1] = 1;
	s->rules[0] = shift("one", 0.5);
	s->rules[1] = shift("two", 0.5);
	double *contacts = ROOM(&mem, double, 2), *days = ROOM(&mem, double, 2);
	contacts[0] = 100;
	days[0] = 400;
	s->model = (vrd_model){
	        .demand = {.area = numbered(&mem, "area", 1, "g"),
	                   .service = numbered(&mem, "service", 1, "k"),
	                   .care = numbered(&mem, "care", 2, "m"),
	                   .n_area = 1,
	                   .n_service = 1,
	                   .n_care = 2,
	                   .n_band = 1,
	                   .n_variant = 1,
	                   .base_contacts = contacts,
	                   .base_bed_days = days},
	        .provider = numbered(&mem, "provider", 1, "h"),
	        .flow = s->flow,
	        .kappa = s->kappa,
	        .beds_per_bed_day = s->beds,
	        .n_assumptions = 2,
	        .assumptions = s->rules,
	        .variant_weight = s->weight,
	};
	return s;
}

static void finds(const small *s, const char *rule, vrd_severity severity, const char *fragment) {
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	if (diag.n != 1)
		fail_msg("%zu problems, not 1", diag.n);
	assert_string_equal(diag.items[0].rule, rule);
	assert_int_equal(diag.items[0].severity, severity);
	assert_string_equal(diag.items[0].place.file, "plan.yaml");
	assert_non_null(diag.items[0].remedy);
	if (!strstr(diag.items[0].text, fragment))
		fail_msg("\"%s\" is not in \"%s\"", fragment, diag.items[0].text);
}

static void a_sound_model_has_no_problems(void **state) {
	(void)state;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&small_model()->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0);
}

static void shifts_may_not_take_more_than_all(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[1] = shift("two", 0.6);
	finds(s, "model.shift-sum", VRD_ERROR,
	      "the shifts one + two may take 1.1 of service \"k0\", care \"m0\", area \"g0\"");
	// Days that move are a share of the days, not of the stays.
	s->rules[1].moves_days = true;
	s->rules[0].removed = VRD_REMOVED_SHORTEST;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0);
}

static void bounds_of_a_law_count_not_its_interval(void **state) {
	(void)state;
	static const struct {
		vrd_dist_kind kind;
		double bound, most;
	} laws[] = {{VRD_DIST_TRUNCNORM, 0.9, 0.9},
	            {VRD_DIST_BETA80, 0.8, 0.8},
	            {VRD_DIST_UNIFORM, 1, 0.325},
	            {VRD_DIST_PERT, 1, 0.3}};
	for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
		small *s = small_model();
		OK(vrd_dist_fit(laws[i].kind, 0.1, 0.2, 0.3, 0, laws[i].bound, &s->rules[0].dist,
		                &err));
		const double rest = 1 - laws[i].most;
		s->rules[1] = shift("two", rest - 1e-9);
		vrd_diag diag;
		vrd_diag_init(&diag, &mem, 0);
		vrd_model_check(&s->model, "plan.yaml", &diag);
		assert_int_equal(diag.n, 0);
		s->rules[1] = shift("two", rest + 1e-4);
		finds(s, "model.shift-sum", VRD_ERROR, "one + two");
	}
}

static void a_shift_may_not_end_where_it_starts(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[0].to = 0;
	finds(s, "model.shift-same", VRD_ERROR, "shift \"one\" moves \"m0\" to itself");
	s->rules[0].to = 1;
	s->rules[0].care = NULL; // everything, its target too
	finds(s, "model.shift-same", VRD_ERROR, "shift \"one\" moves \"m1\" to itself");
}

static void moved_stays_may_not_take_days_that_are_not_there(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[0].removed = VRD_REMOVED_VALUE;
	s->rules[0].removed_days =
	        3.9; // 0.5 x 100 x 3.9 and the mean of the other half: 395 of 400
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0);
	s->rules[0].removed_days = 4.1;
	finds(s, "model.removed-days", VRD_ERROR, "may remove 405 of the 400 bed days");
}

// The shortest 90 % of exponential stays have 0.9 + 0.1 ln 0.1 = 0.67 of the days.
static void shortest_stays_and_moved_days_share_the_days(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[0] = shift("one", 0.9);
	s->rules[0].removed = VRD_REMOVED_SHORTEST;
	s->rules[1].moves_days = true;
	finds(s, "model.removed-days", VRD_ERROR,
	      "the shifts one + two may remove 467.9 of the 400 bed days");
	s->rules[1] = shift("two", 0.33);
	s->rules[1].moves_days = true;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0);
}

static void shortest_stays_have_one_spread(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[0].removed = s->rules[1].removed = VRD_REMOVED_SHORTEST;
	s->rules[1].los_cv = 1;
	finds(s, "model.los-cv", VRD_ERROR, "one + two");
	s->rules[0].los_cv = 1;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0);
}

static void ids_are_unique(void **state) {
	(void)state;
	small *s = small_model();
	s->rules[1].id = "one";
	finds(s, "model.duplicate-id", VRD_ERROR, "two assumptions have the id \"one\"");
}

static void groups_have_different_names(void **state) {
	(void)state;
	static const char *const names[] = {"one", "two", "one"};
	static const double rho[] = {0.5, 0.5, 0.5};
	small *s = small_model();
	s->model.n_groups = 2;
	s->model.group_names = names;
	s->model.group_rho = rho;
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_model_check(&s->model, "plan.yaml", &diag);
	assert_int_equal(diag.n, 0); // a group may be called as an assumption is
	s->model.n_groups = 3;
	finds(s, "model.duplicate-group", VRD_ERROR,
	      "two correlation groups have the name \"one\"");
}

static void ids_of_other_streams_are_refused(void **state) {
	(void)state;
	static const char *const ids[] = {"population.variant", "group/one", "chance/u/h"};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		small *s = small_model();
		s->rules[1].id = ids[i];
		finds(s, "model.reserved-id", VRD_ERROR, ids[i]);
	}
}

static void an_assumption_that_selects_nothing_is_told(void **state) {
	(void)state;
	static const bool only_m1[] = {false, true};
	small *s = small_model();
	s->rules[0].kind = VRD_AVOID;
	s->rules[0].care = only_m1; // no activity there
	finds(s, "model.neutral", VRD_WARNING, "\"one\" selects nothing");
}

// One broken model for each rule that names assumptions.
static void problems_stand_at_the_last_assumption_involved(void **state) {
	(void)state;
	static const bool only_m1[] = {false, true};
	for (size_t i = 0; i < 7; i++) {
		small *s = small_model();
		vrd_assumption *last = &s->rules[1];
		s->rules[0].place = (vrd_place){"plan.yaml", 3, 5};
		last->place = (vrd_place){"other.yaml", 7, 9};
		if (i == 0) {
			last->id = "one";
		} else if (i == 1) {
			last->id = "population.variant";
		} else if (i == 2) {
			last->to = 0;
		} else if (i == 3) {
			last->kind = VRD_AVOID;
			last->care = only_m1;
		} else if (i == 4) {
			last->dist = shift("two", 0.6).dist;
		} else if (i == 5) {
			s->rules[0].removed = VRD_REMOVED_VALUE;
			s->rules[0].removed_days = 4.1;
		} else {
			s->rules[0].removed = last->removed = VRD_REMOVED_SHORTEST;
			last->los_cv = 1;
		}
		vrd_diag diag;
		vrd_diag_init(&diag, &mem, 0);
		vrd_model_check(&s->model, "plan.yaml", &diag);
		assert_int_equal(diag.n, 1);
		assert_string_equal(diag.items[0].place.file, "other.yaml");
		assert_int_equal(diag.items[0].place.line, 7);
		assert_int_equal(diag.items[0].place.column, 9);
	}
}

static void flows_sum_to_one(void **state) {
	(void)state;
	small *s = small_model();
	s->flow[1] = 0.9;
	finds(s, "model.flow-sum", VRD_ERROR,
	      "the flows of area \"g0\", service \"k0\", care \"m1\" sum to 0.9");
	s->flow[1] = NAN;
	finds(s, "model.flow-sum", VRD_ERROR, "sum to nan");
}

static void weights_of_alternatives_sum_to_one(void **state) {
	(void)state;
	small *s = small_model();
	s->weight[0] = 0.75;
	finds(s, "model.weights", VRD_ERROR, "sum to 0.75");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_model_is_the_same_when_it_comes_back),
	        cmocka_unit_test(damaged_bytes_are_refused_or_harmless),
	        cmocka_unit_test(a_buffer_that_is_full_is_an_error),
	        cmocka_unit_test_teardown(a_sound_model_has_no_problems, clear),
	        cmocka_unit_test_teardown(shifts_may_not_take_more_than_all, clear),
	        cmocka_unit_test_teardown(bounds_of_a_law_count_not_its_interval, clear),
	        cmocka_unit_test_teardown(a_shift_may_not_end_where_it_starts, clear),
	        cmocka_unit_test_teardown(moved_stays_may_not_take_days_that_are_not_there, clear),
	        cmocka_unit_test_teardown(shortest_stays_and_moved_days_share_the_days, clear),
	        cmocka_unit_test_teardown(shortest_stays_have_one_spread, clear),
	        cmocka_unit_test_teardown(ids_are_unique, clear),
	        cmocka_unit_test_teardown(groups_have_different_names, clear),
	        cmocka_unit_test_teardown(ids_of_other_streams_are_refused, clear),
	        cmocka_unit_test_teardown(an_assumption_that_selects_nothing_is_told, clear),
	        cmocka_unit_test_teardown(problems_stand_at_the_last_assumption_involved, clear),
	        cmocka_unit_test_teardown(flows_sum_to_one, clear),
	        cmocka_unit_test_teardown(weights_of_alternatives_sum_to_one, clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
