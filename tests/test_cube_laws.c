// Laws of the cube: operations against naive ones on generated cubes, and what they must conserve.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cube/cube.h"
#include "prop.h"

// Inside a law nothing may fail.
#define MUST(call)                                                                                 \
	do {                                                                                       \
		vrd_err err = {0};                                                                 \
		PROP_HOLDS(gen, (call) == VRD_OK, "%s", err.text);                                 \
	} while (0)

enum { MOST_DIMS = 4, UNTOUCHED = 12345 };

// --- generators ---------------------------------------------------------------------------------

// n categories with scrambled codes, so that equal positions do not mean equal codes.
static const vrd_dim *some_dim(prop_gen *gen, const char *name, size_t n) {
	const char **codes = vrd_arena_alloc(&gen->mem, n, sizeof *codes);
	size_t *order = vrd_arena_alloc(&gen->mem, n, sizeof *order);
	const vrd_dim *dim;
	prop_shuffle(gen, order, n);
	for (size_t i = 0; i < n; i++)
		codes[i] = vrd_arena_printf(&gen->mem, "%s%zu", name, order[i]);
	assert_int_equal(vrd_dim_of_codes(&gen->mem, name, n, codes, &dim, NULL), VRD_OK);
	return dim;
}

// Up to four dimensions of up to gen->size categories; whole numbers, and now and then a status.
static vrd_cube some_cube(prop_gen *gen, bool statuses) {
	static const char *const names[MOST_DIMS] = {"p", "q", "r", "s"};
	const vrd_dim *dims[MOST_DIMS];
	vrd_cube cube;
	const size_t n = 1 + prop_below(gen, MOST_DIMS);
	for (size_t d = 0; d < n; d++)
		dims[d] = some_dim(gen, names[d], prop_size(gen));
	assert_int_equal(vrd_cube_new(&gen->mem, n, dims, &cube, NULL), VRD_OK);
	for (size_t i = 0; i < cube.n_cells; i++) {
		cube.values[i] = prop_whole(gen, -1000, 1000);
		if (statuses && prop_chance(gen, 0.3))
			assert_int_equal(vrd_cube_set_status(
			                         &gen->mem, &cube, i,
			                         (vrd_cell)prop_below(gen, VRD_MISSING + 1), NULL),
			                 VRD_OK);
	}
	return cube;
}

static double total(const vrd_cube *cube) {
	double sum = 0;
	for (size_t i = 0; i < cube->n_cells; i++)
		sum += cube->values[i];
	return sum;
}

// --- a naive sum --------------------------------------------------------------------------------

// The rules of vrd_cell, one part at a time.
typedef struct {
	double sum;
	bool seen[VRD_MISSING + 1];
} naive;

static void naive_add(naive *cell, double value, vrd_cell status) {
	cell->seen[status] = true;
	if (vrd_cell_has_number(status))
		cell->sum += value;
}

static vrd_cell naive_status(const naive *cell) {
	static const vrd_cell high_to_low[] = {VRD_MISSING,     VRD_SUPPRESSED, VRD_ESTIMATED,
	                                       VRD_PRELIMINARY, VRD_PRESENT,    VRD_NOT_APPLICABLE};
	for (size_t i = 0; i < sizeof high_to_low / sizeof *high_to_low; i++) {
		if (cell->seen[high_to_low[i]])
			return high_to_low[i];
	}
	return VRD_MISSING; // nothing reached it
}

static bool same_as_naive(prop_gen *gen, const vrd_cube *out, const naive *cells) {
	for (size_t i = 0; i < out->n_cells; i++) {
		const vrd_cell wanted = naive_status(&cells[i]), status = vrd_cube_status(out, i);
		PROP_HOLDS(gen, status == wanted, "cell %zu of %zu is %d, not %d", i, out->n_cells,
		           (int)status, (int)wanted);
		PROP_HOLDS(gen, isnan(out->values[i]) == !vrd_cell_has_number(wanted), "cell %zu",
		           i);
		PROP_HOLDS(gen, isnan(out->values[i]) || out->values[i] == cells[i].sum,
		           "cell %zu of %zu is %g, not %g", i, out->n_cells, out->values[i],
		           cells[i].sum);
	}
	return true;
}

// --- laws ---------------------------------------------------------------------------------------

static bool sum_by_is_the_naive_sum(prop_gen *gen) {
	vrd_cube in = some_cube(gen, prop_chance(gen, 0.5)), out;
	size_t axes[MOST_DIMS], index[MOST_DIMS] = {0};
	const char *by[MOST_DIMS];
	const size_t n_by = prop_below(gen, in.n_dims + 1);
	prop_shuffle(gen, axes, in.n_dims);
	for (size_t d = 0; d < n_by; d++)
		by[d] = in.dims[axes[d]]->name;
	MUST(vrd_cube_sum_by(&gen->mem, &in, n_by, by, &out, &err));
	naive *cells = vrd_arena_alloc(&gen->mem, out.n_cells, sizeof *cells);
	for (size_t i = 0; i < in.n_cells; i++, (void)vrd_cube_next(&in, index)) {
		size_t at = 0;
		for (size_t d = 0; d < n_by; d++)
			at += index[axes[d]] * out.stride[d];
		naive_add(&cells[at], in.values[i], vrd_cube_status(&in, i));
	}
	return same_as_naive(gen, &out, cells);
}

static bool sums_in_steps_keep_the_total(prop_gen *gen) {
	vrd_cube cube = some_cube(gen, false);
	const double before = total(&cube);
	while (cube.n_dims > 0) {
		const char *by[MOST_DIMS];
		size_t order[MOST_DIMS];
		prop_shuffle(gen, order, cube.n_dims);
		for (size_t d = 0; d + 1 < cube.n_dims; d++)
			by[d] = cube.dims[order[d]]->name;
		MUST(vrd_cube_sum_by(&gen->mem, &cube, cube.n_dims - 1, by, &cube, &err));
		PROP_HOLDS(gen, total(&cube) == before, "%g became %g", before, total(&cube));
	}
	return true;
}

// Numbers of very different size, in long runs and short: the error of a compensated sum is the
// last rounding, and no more grows with n than the reference (64 bits) itself is off by.
static bool sums_are_compensated(prop_gen *gen) {
	vrd_cube cube = some_cube(gen, false), out;
	long double exact = 0, size = 0;
	for (size_t i = 0; i < cube.n_cells; i++) {
		cube.values[i] = ldexp(prop_unit(gen) - 0.5, (int)prop_below(gen, 60));
		exact += cube.values[i];
		size += fabsl((long double)cube.values[i]);
	}
	MUST(vrd_cube_sum_by(&gen->mem, &cube, 0, NULL, &out, &err));
	const double error = fabs((double)(out.values[0] - exact));
	const double bound =
	        0x1p-53 * fabs((double)exact) + (double)cube.n_cells * 0x1p-63 * (double)size;
	PROP_HOLDS(gen, error <= bound, "%g of %zu cells is off by %g, more than %g", out.values[0],
	           cube.n_cells, error, bound);
	return true;
}

// Links for one category of Y: weights are quarters, so that naive sums are exact.
static vrd_link *some_links(prop_gen *gen, size_t n_from, size_t n_to, size_t *n) {
	static const double weights[] = {1, 1, 0, 0.25, 0.5, 2};
	*n = prop_below(gen, 3 * n_from + 1);
	vrd_link *links = vrd_arena_alloc(&gen->mem, *n, sizeof *links);
	for (size_t l = 0; l < *n; l++)
		links[l] = (vrd_link){prop_below(gen, n_from), prop_below(gen, n_to),
		                      weights[prop_below(gen, 6)]};
	return links;
}

static void naive_link(naive *cell, const vrd_link *link, double value, vrd_cell status) {
	if (link->weight == 0) {
		cell->seen[VRD_PRESENT] = true;
		return;
	}
	if (link->weight != 1 && vrd_cell_has_number(status))
		status = VRD_ESTIMATED;
	naive_add(cell, link->weight * value, status);
}

static bool regroup_is_the_naive_move(prop_gen *gen) {
	vrd_cube in = some_cube(gen, prop_chance(gen, 0.5)), out;
	const size_t axis = prop_below(gen, in.n_dims), by = prop_below(gen, in.n_dims);
	const bool dated = by != axis;
	const vrd_dim *target = some_dim(gen, "target", prop_size(gen));
	const size_t n_lists = dated ? in.dims[by]->n : 1;
	const vrd_link **lists = vrd_arena_alloc(&gen->mem, n_lists, sizeof *lists);
	size_t *n_links = vrd_arena_alloc(&gen->mem, n_lists, sizeof *n_links);
	size_t index[MOST_DIMS] = {0};
	for (size_t y = 0; y < n_lists; y++) {
		if (y > 0 && prop_chance(gen, 0.5)) { // maps change seldom
			lists[y] = lists[y - 1];
			n_links[y] = n_links[y - 1];
		} else {
			lists[y] = some_links(gen, in.dims[axis]->n, target->n, &n_links[y]);
		}
	}
	MUST(vrd_cube_regroup(&gen->mem, &in, in.dims[axis]->name, target,
	                      dated ? in.dims[by]->name : NULL, n_links, lists, &out, &err));
	naive *cells = vrd_arena_alloc(&gen->mem, out.n_cells, sizeof *cells);
	for (size_t i = 0; i < in.n_cells; i++, (void)vrd_cube_next(&in, index)) {
		const size_t y = dated ? index[by] : 0, from = index[axis];
		for (size_t l = 0; l < n_links[y]; l++) {
			if (lists[y][l].from != from)
				continue;
			index[axis] = lists[y][l].to;
			naive_link(&cells[vrd_cube_position(&out, index)], &lists[y][l],
			           in.values[i], vrd_cube_status(&in, i));
			index[axis] = from;
		}
	}
	return same_as_naive(gen, &out, cells);
}

static bool weights_that_sum_to_one_keep_the_total(prop_gen *gen) {
	vrd_cube in = some_cube(gen, false), out;
	const vrd_dim *old = in.dims[0], *target = some_dim(gen, "target", prop_size(gen));
	vrd_link *links = vrd_arena_alloc(&gen->mem, 2 * old->n, sizeof *links);
	const vrd_link *const lists[] = {links};
	const size_t n = 2 * old->n;
	for (size_t i = 0; i < old->n; i++) {
		const double share = prop_unit(gen);
		links[2 * i] = (vrd_link){i, prop_below(gen, target->n), share};
		links[2 * i + 1] = (vrd_link){i, prop_below(gen, target->n), 1 - share};
	}
	MUST(vrd_cube_regroup(&gen->mem, &in, "p", target, NULL, &n, lists, &out, &err));
	double kept = 0;
	for (size_t i = 0; i < out.n_cells; i++)
		kept += vrd_cube_status(&out, i) == VRD_MISSING ? 0 : out.values[i];
	PROP_HOLDS(gen, fabs(kept - total(&in)) <= 1e-9, "%.17g became %.17g", total(&in), kept);
	return true;
}

static bool selected_parts_appended_are_the_whole(prop_gen *gen) {
	vrd_cube in = some_cube(gen, prop_chance(gen, 0.5)), first, second, out;
	const vrd_dim *dim = in.dims[prop_below(gen, in.n_dims)];
	const size_t cut = prop_below(gen, dim->n + 1);
	vrd_str *codes = vrd_arena_alloc(&gen->mem, dim->n, sizeof *codes);
	for (size_t i = 0; i < dim->n; i++)
		codes[i] = vrd_str_of(dim->cats[i].code);
	MUST(vrd_cube_select(&gen->mem, &in, dim->name, cut, codes, &first, &err));
	MUST(vrd_cube_select(&gen->mem, &in, dim->name, dim->n - cut, codes + cut, &second, &err));
	MUST(vrd_cube_append(&gen->mem, &first, &second, dim->name, &out, &err));
	PROP_HOLDS(gen, vrd_cube_equal(&in, &out), "cut %s at %zu", dim->name, cut);
	return true;
}

// The same cells with dimensions and categories in another order.
static bool scramble(prop_gen *gen, const vrd_cube *in, vrd_cube *out) {
	const char *by[MOST_DIMS];
	size_t axes[MOST_DIMS];
	prop_shuffle(gen, axes, in->n_dims);
	for (size_t d = 0; d < in->n_dims; d++)
		by[d] = in->dims[axes[d]]->name;
	MUST(vrd_cube_sum_by(&gen->mem, in, in->n_dims, by, out, &err));
	for (size_t d = 0; d < in->n_dims; d++) {
		const vrd_dim *dim = in->dims[d];
		size_t *order = vrd_arena_alloc(&gen->mem, dim->n, sizeof *order);
		vrd_str *codes = vrd_arena_alloc(&gen->mem, dim->n, sizeof *codes);
		prop_shuffle(gen, order, dim->n);
		for (size_t i = 0; i < dim->n; i++)
			codes[i] = vrd_str_of(dim->cats[order[i]].code);
		MUST(vrd_cube_select(&gen->mem, out, dim->name, dim->n, codes, out, &err));
	}
	return true;
}

static bool align_undoes_any_order(prop_gen *gen) {
	vrd_cube in = some_cube(gen, prop_chance(gen, 0.5)), other, out;
	if (!scramble(gen, &in, &other))
		return false;
	MUST(vrd_cube_align(&gen->mem, &in, &other, &out, &err));
	PROP_HOLDS(gen, vrd_cube_equal(&in, &out), "%zu cells", in.n_cells);
	return true;
}

static bool what_is_added_can_be_subtracted(prop_gen *gen) {
	vrd_cube a = some_cube(gen, false), b, sum, back;
	const char *keep[MOST_DIMS];
	size_t n_keep = 0;
	for (size_t d = 0; d < a.n_dims; d++) {
		if (prop_chance(gen, 0.6))
			keep[n_keep++] = a.dims[d]->name;
	}
	MUST(vrd_cube_sum_by(&gen->mem, &a, n_keep, keep, &b, &err));
	if (!scramble(gen, &b, &b))
		return false;
	MUST(vrd_cube_arith(&gen->mem, VRD_ADD, &a, &b, &sum, &err));
	MUST(vrd_cube_arith(&gen->mem, VRD_SUBTRACT, &sum, &b, &back, &err));
	for (size_t i = 0; i < a.n_cells; i++)
		PROP_HOLDS(gen, back.values[i] == a.values[i], "cell %zu: %g is not %g", i,
		           back.values[i], a.values[i]);
	MUST(vrd_cube_sum_by(&gen->mem, &sum, n_keep, keep, &back, &err));
	const double times = (double)(a.n_cells / b.n_cells) + 1;
	PROP_HOLDS(gen, total(&back) == times * total(&b), "%g, not %g", total(&back),
	           times * total(&b));
	return true;
}

static bool rows_in_any_order_build_the_same_cells(prop_gen *gen) {
	vrd_cube in = some_cube(gen, prop_chance(gen, 0.5)), out;
	const char *names[MOST_DIMS];
	vrd_builder *builder;
	size_t *order = vrd_arena_alloc(&gen->mem, in.n_cells, sizeof *order);
	for (size_t d = 0; d < in.n_dims; d++)
		names[d] = in.dims[d]->name;
	MUST(vrd_builder_new(&gen->mem, in.n_dims, names, &builder, &err));
	prop_shuffle(gen, order, in.n_cells);
	for (size_t r = 0; r < in.n_cells; r++) {
		uint32_t row[MOST_DIMS];
		const size_t i = order[r];
		if (vrd_cube_status(&in, i) == VRD_MISSING && i % 2 == 0)
			continue; // an absent row is a missing cell
		for (size_t d = 0; d < in.n_dims; d++) {
			const vrd_dim *dim = in.dims[d];
			const char *code = dim->cats[i / in.stride[d] % dim->n].code;
			MUST(vrd_builder_index(builder, d, vrd_str_of(code), &row[d], &err));
		}
		MUST(vrd_builder_add(builder, row, in.values[i], vrd_cube_status(&in, i), &err));
	}
	for (size_t d = 0; d < in.n_dims; d++) { // categories that only absent rows had
		for (size_t i = 0; i < in.dims[d]->n; i++)
			MUST(vrd_builder_category(builder, d, vrd_str_of(in.dims[d]->cats[i].code),
			                          (vrd_str){0}, &err));
	}
	MUST(vrd_builder_finish(builder, VRD_MISSING, &out, NULL, &err));
	MUST(vrd_cube_align(&gen->mem, &in, &out, &out, &err));
	PROP_HOLDS(gen, vrd_cube_equal(&in, &out), "%zu cells", in.n_cells);
	return true;
}

// Every operation within a budget that grows from nothing until it is enough.
static bool short_memory_is_a_failure_without_a_trace(prop_gen *gen) {
	vrd_cube in = some_cube(gen, true), other;
	if (!scramble(gen, &in, &other))
		return false;
	const vrd_dim *target = some_dim(gen, "target", prop_size(gen));
	size_t n;
	const vrd_link *links = some_links(gen, in.dims[0]->n, target->n, &n);
	const vrd_str code = vrd_str_of(in.dims[0]->cats[0].code);
	vrd_cube x, y;
	MUST(vrd_cube_tag(&gen->mem, &in, "tag", "x", &x, &err));
	MUST(vrd_cube_tag(&gen->mem, &other, "tag", "y", &y, &err));
	for (int op = 0; op < 9; op++) {
		vrd_status rc = VRD_NOMEM;
		for (size_t budget = 1; rc == VRD_NOMEM; budget += 1 + budget / 2) {
			vrd_arena mem;
			vrd_cube out = {.n_cells = UNTOUCHED};
			vrd_arena_init(&mem, budget);
			if (op == 0)
				rc = vrd_cube_select(&mem, &in, "p", 1, &code, &out, NULL);
			else if (op == 1)
				rc = vrd_cube_slice(&mem, &in, "p", code, &out, NULL);
			else if (op == 2)
				rc = vrd_cube_sum_by(&mem, &in, 0, NULL, &out, NULL);
			else if (op == 3)
				rc = vrd_cube_regroup(&mem, &in, "p", target, NULL, &n, &links,
				                      &out, NULL);
			else if (op == 4)
				rc = vrd_cube_tag(&mem, &in, "tag", "x", &out, NULL);
			else if (op == 5)
				rc = vrd_cube_rename(&mem, &in, "p", "z", NULL, &out, NULL);
			else if (op == 6)
				rc = vrd_cube_align(&mem, &in, &other, &out, NULL);
			else if (op == 7)
				rc = vrd_cube_arith(&mem, VRD_ADD, &in, &other, &out, NULL);
			else
				rc = vrd_cube_append(&mem, &x, &y, "tag", &out, NULL);
			vrd_arena_clear(&mem);
			PROP_HOLDS(gen, (rc == VRD_OK) == (out.n_cells != UNTOUCHED),
			           "operation %d", op);
		}
		PROP_HOLDS(gen, rc == VRD_OK, "operation %d ended in status %d", op, (int)rc);
	}
	return true;
}

#define LAW(law, n_cases, size)                                                                    \
	static void law##_always(void **state) {                                                   \
		(void)state;                                                                       \
		prop_check(#law, law, n_cases, size);                                              \
	}

LAW(sum_by_is_the_naive_sum, 3000, 6)
LAW(sums_in_steps_keep_the_total, 200, 8)
LAW(sums_are_compensated, 200, 10)
LAW(regroup_is_the_naive_move, 3000, 6)
LAW(weights_that_sum_to_one_keep_the_total, 200, 8)
LAW(selected_parts_appended_are_the_whole, 1000, 6)
LAW(align_undoes_any_order, 1000, 6)
LAW(what_is_added_can_be_subtracted, 300, 6)
LAW(rows_in_any_order_build_the_same_cells, 200, 6)
LAW(short_memory_is_a_failure_without_a_trace, 20, 4)

// --- the property helper itself -----------------------------------------------------------------

static bool sizes_stay_below_five(prop_gen *gen) {
	PROP_HOLDS(gen, gen->size < 5, "size %zu", gen->size);
	return true;
}

static void a_false_law_is_found_and_made_small(void **state) {
	(void)state;
	prop_failure found = {0};
	assert_false(prop_search(sizes_stay_below_five, 10, 40, 1, &found));
	assert_int_equal(found.size, 5);
	assert_string_equal(found.why, "gen->size < 5: size 5");
	assert_true(prop_search(sizes_stay_below_five, 10, 4, 1, &found));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(sum_by_is_the_naive_sum_always),
	        cmocka_unit_test(sums_in_steps_keep_the_total_always),
	        cmocka_unit_test(sums_are_compensated_always),
	        cmocka_unit_test(regroup_is_the_naive_move_always),
	        cmocka_unit_test(weights_that_sum_to_one_keep_the_total_always),
	        cmocka_unit_test(selected_parts_appended_are_the_whole_always),
	        cmocka_unit_test(align_undoes_any_order_always),
	        cmocka_unit_test(what_is_added_can_be_subtracted_always),
	        cmocka_unit_test(rows_in_any_order_build_the_same_cells_always),
	        cmocka_unit_test(short_memory_is_a_failure_without_a_trace_always),
	        cmocka_unit_test(a_false_law_is_found_and_made_small),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
