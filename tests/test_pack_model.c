// Models as bytes and back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_rules.h"

static bool same_results(prop_gen *gen, const vrd_model *a, const vrd_model *b) {
	const vrd_draws draws = {.n = 5, .seed = 1, .n_threads = 1};
	const vrd_axis last = a->provider ? VRD_BY_PROVIDER : VRD_BY_AREA;
	for (vrd_axis axis = VRD_BY_UNIT; axis <= last; axis++) {
		const vrd_view view = {.axis = axis,
		                       .measures = {true, true, axis == VRD_BY_PROVIDER},
		                       .steps = true};
		const grid x = run_view(&gen->mem, a, &draws, &view);
		const grid y = run_view(&gen->mem, b, &draws, &view);
		PROP_HOLDS(gen, same_bits(&x, &y), "the results differ");
	}
	return true;
}

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
	return same_results(gen, &model, &back);
}

static void a_model_is_the_same_when_it_comes_back(void **state) {
	(void)state;
	prop_check("packs exactly", packs_exactly, 300, 8);
}

static void same_doubles(const double *a, const double *b, size_t n) {
	assert_true((a == NULL) == (b == NULL));
	if (a)
		assert_memory_equal(a, b, n * sizeof *a);
}

// What results of one seed may not show.
static void every_field_of_a_rule_comes_back(void **state) {
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		prop_gen gen = {.state = seed, .size = 8};
		const vrd_model model = random_model(&gen);
		const vrd_demand *d = &model.demand;
		const size_t n_gap = d->n_area * d->n_service * d->n_care;
		vrd_model back;
		vrd_buf bytes = {0};
		OK(vrd_model_pack(&model, &bytes, &err));
		OK(vrd_model_unpack(&gen.mem, bytes.p, bytes.n, &back, &err));
		vrd_buf_free(&bytes);
		for (size_t i = 0; i < model.n_assumptions; i++) {
			const vrd_assumption *a = &model.assumptions[i], *b = &back.assumptions[i];
			assert_int_equal(a->kind, b->kind);
			assert_true((a->theme == NULL) == (b->theme == NULL));
			if (a->theme)
				assert_string_equal(a->theme, b->theme);
			NEAR(b->walk_sd, a->walk_sd, 0);
			assert_int_equal(a->from, b->from);
			assert_int_equal(a->to, b->to);
			same_doubles(a->gap, b->gap, n_gap);
			assert_int_equal(a->dist.n, b->dist.n);
			same_doubles(a->dist.item, b->dist.item, a->dist.n);
			same_doubles(a->dist.weight, b->dist.weight, a->dist.n);
		}
		assert_int_equal(model.n_matrices, back.n_matrices);
		for (size_t i = 0; i < model.n_matrices; i++) {
			const vrd_matrix *a = &model.matrices[i], *b = &back.matrices[i];
			assert_int_equal(a->n, b->n);
			assert_memory_equal(a->assumption, b->assumption, a->n * sizeof(size_t));
			same_doubles(a->factor, b->factor, a->n * a->n);
		}
		assert_true(model.uncertain_rates == back.uncertain_rates);
		assert_int_equal(model.n_base, back.n_base);
		assert_int_equal(vrd_model_services(&model)->n, vrd_model_services(&back)->n);
		vrd_arena_clear(&gen.mem);
	}
}

// --- the version before -------------------------------------------------------------------------

// Kinds and laws that version 1 of the bytes knows, and nothing that it does not.
static vrd_model old_model(prop_gen *gen) {
	static const vrd_kind kinds[] = {VRD_GROWTH, VRD_AVOID, VRD_SHIFT, VRD_LENGTH_OF_STAY};
	vrd_model model = random_model(gen);
	vrd_assumption *rules = ROOM(&gen->mem, vrd_assumption, 4);
	for (size_t i = 0; i < 4; i++) {
		rules[i] = rule_of_kind(gen, &model, kinds[i],
		                        vrd_arena_printf(&gen->mem, "old-%zu", i), 1);
		rules[i].walk_sd = 0;
		rules[i].theme = NULL;
		OK(vrd_dist_fit(VRD_DIST_UNIFORM, 0.02, NAN, 0.05, 0, 1, &rules[i].dist, &err));
	}
	model.assumptions = rules;
	model.n_assumptions = 4;
	model.matrices = NULL;
	model.n_matrices = model.n_base = 0;
	model.uncertain_rates = false;
	model.service = NULL;
	model.service_of = NULL;
	model.demand.people = NULL;
	model.demand.n_aged = 0;
	model.demand.aged_share = model.demand.aged_contacts = model.demand.aged_bed_days = NULL;
	return model;
}

// Bytes of version 2 after those of version 1, for a model without anything new: four arrays of the
// demand; of each assumption a text, two numbers and three arrays; the number of matrices, two
// numbers, a dimension and an array. Each takes 8 bytes when it is not there.
#define TAIL_BYTES(n_assumptions) (8 * (4 + 6 * (n_assumptions) + 1 + 2 + 2))

static bool reads_version_1(prop_gen *gen) {
	const vrd_model model = old_model(gen);
	vrd_model back;
	vrd_buf bytes = {0};
	OK(vrd_model_pack(&model, &bytes, &err));
	assert_memory_equal(bytes.p, "vrdmod2", 8);
	bytes.p[6] = '1';
	const size_t n = bytes.n - TAIL_BYTES(model.n_assumptions);
	OK(vrd_model_unpack(&gen->mem, bytes.p, n, &back, &err));
	const bool refused =
	        vrd_model_unpack(&gen->mem, bytes.p, n + 8, &back, NULL) == VRD_STORE &&
	        vrd_model_unpack(&gen->mem, bytes.p, n - 8, &back, NULL) == VRD_STORE;
	OK(vrd_model_unpack(&gen->mem, bytes.p, n, &back, &err));
	vrd_buf_free(&bytes);
	PROP_HOLDS(gen, refused, "another length was taken");
	PROP_HOLDS(gen,
	           !back.demand.people && !back.n_matrices && !back.service_of &&
	                   !back.uncertain_rates && back.n_base == 0,
	           "something new came out of old bytes");
	return same_results(gen, &model, &back);
}

static void models_of_the_version_before_are_read(void **state) {
	(void)state;
	prop_check("version 1", reads_version_1, 100, 8);
}

// Bytes that the program itself wrote before there was a version 2.
static void a_stored_model_of_the_version_before_runs(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const char *bytes;
	size_t n;
	vrd_model model;
	OK(vrd_file_read(&mem, "fuzz/corpus/model/rules-groups-maps", 1 << 20, &bytes, &n, &err));
	assert_memory_equal(bytes, "vrdmod1", 8);
	OK(vrd_model_unpack(&mem, bytes, n, &model, &err));
	assert_true(model.n_assumptions > 0);
	const vrd_view view = {.measures = {true}, .sums = true};
	const grid r = run_view(&mem, &model, &(vrd_draws){.n = 3, .seed = 1}, &view);
	assert_true(r.x[grid_cell(&r, 0, r.n_places - 1, r.n_services - 1, r.n_cares - 1, 0,
	                          VRD_CONTACTS) *
	                r.n] > 0);
	vrd_arena_clear(&mem);
}

// --- damage -------------------------------------------------------------------------------------

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
	prop_check("damage", damage_is_survived, 100, 8);
}

// A law of values that has none, as when the kind of law is damaged.
static void a_law_without_its_values_is_damage(void **state) {
	(void)state;
	for (vrd_dist_kind kind = VRD_DIST_METALOG; kind <= VRD_DIST_DISCRETE; kind++) {
		prop_gen gen = {.state = 1, .size = 8};
		const vrd_model model = old_model(&gen);
		vrd_assumption *rule = ROOM(&gen.mem, vrd_assumption, model.n_assumptions);
		vrd_model broken = model, back;
		vrd_buf bytes = {0};
		memcpy(rule, model.assumptions, model.n_assumptions * sizeof *rule);
		rule[2].dist.kind = kind;
		broken.assumptions = rule;
		OK(vrd_model_pack(&broken, &bytes, &err));
		FAILS(vrd_model_unpack(&gen.mem, bytes.p, bytes.n, &back, &err), VRD_STORE,
		      "damaged");
		bytes.p[6] = '1';
		FAILS(vrd_model_unpack(&gen.mem, bytes.p, bytes.n - TAIL_BYTES(model.n_assumptions),
		                       &back, &err),
		      VRD_STORE, "damaged");
		vrd_buf_free(&bytes);
		vrd_arena_clear(&gen.mem);
	}
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

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_model_is_the_same_when_it_comes_back),
	        cmocka_unit_test(every_field_of_a_rule_comes_back),
	        cmocka_unit_test(models_of_the_version_before_are_read),
	        cmocka_unit_test(a_stored_model_of_the_version_before_runs),
	        cmocka_unit_test(damaged_bytes_are_refused_or_harmless),
	        cmocka_unit_test(a_law_without_its_values_is_damage),
	        cmocka_unit_test(a_buffer_that_is_full_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
