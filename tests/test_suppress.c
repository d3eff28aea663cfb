// Suppression: what is hidden, and that nothing hidden can be worked out.
#include "cube/suppress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_AXES = 4, MAX_CELLS = 64 };

static uint64_t random_state;

static size_t random_below(size_t n) {
	random_state += 0x9E3779B97F4A7C15U; // splitmix64
	uint64_t z = random_state;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
	return (size_t)((z ^ (z >> 31)) % n);
}

// A table as a text: rows separated by "/", cells by blanks; ":" suppressed, ".." missing, "." not
// applicable.
static vrd_cube read_cells(vrd_arena *mem, size_t n_dims, const vrd_dim *const *dims,
                           const char *text) {
	vrd_cube cube;
	assert_int_equal(vrd_cube_new(mem, n_dims, dims, &cube, NULL), VRD_OK);
	size_t p = 0;
	vrd_str rest = vrd_str_of(text), word;
	while (vrd_str_split(&rest, ' ', &word)) {
		vrd_cell status;
		if (word.n == 0 || vrd_str_is(word, "/"))
			continue;
		assert_true(p < cube.n_cells);
		if (vrd_parse_double(word, '.', &cube.values[p])) {
			p++;
			continue;
		}
		assert_true(vrd_cell_from_symbol(word, &status));
		assert_int_equal(vrd_cube_set_status(mem, &cube, p++, status, NULL), VRD_OK);
	}
	assert_int_equal(p, cube.n_cells);
	return cube;
}

static const vrd_dim *new_dim(vrd_arena *mem, const char *name, size_t n) {
	static const char *const codes[] = {"a", "b", "c", "d", "e", "f", "g", "h",
	                                    "i", "j", "k", "l", "m", "n", "o", "p"};
	const vrd_dim *dim;
	assert_in_range(n, 1, 16);
	assert_int_equal(vrd_dim_of_codes(mem, name, n, codes, &dim, NULL), VRD_OK);
	return dim;
}

// A dimension whose first category is the parent of all others.
static const vrd_dim *new_tree(vrd_arena *mem, const char *name, size_t n) {
	static const char *const codes[] = {"all", "a", "b", "c", "d", "e", "f", "g"};
	vrd_category cats[8];
	const vrd_dim *dim;
	assert_in_range(n, 2, 8);
	for (size_t c = 0; c < n; c++)
		cats[c] = (vrd_category){
		        .code = codes[c], .parent = c == 0 ? VRD_NONE : 0, .decimals = -1};
	assert_int_equal(vrd_dim_new(mem, name, NULL, VRD_ROLE_NONE, n, cats, &dim, NULL), VRD_OK);
	return dim;
}

// The statuses as a text: a hidden cell is ":", any other as its number or symbol.
static void write_cells(const vrd_cube *cube, vrd_buf *out) {
	vrd_buf_reset(out);
	for (size_t p = 0; p < cube->n_cells; p++) {
		const vrd_cell status = vrd_cube_status(cube, p);
		if (p > 0)
			vrd_buf_putc(out, ' ');
		if (vrd_cell_has_number(status))
			vrd_buf_printf(out, "%g", cube->values[p]);
		else
			vrd_buf_puts(out, vrd_cell_symbol(status));
	}
}

static void assert_hides(size_t n_dims, const vrd_dim *const *dims, vrd_arena *mem,
                         vrd_suppression rule, const char *before, const char *after,
                         size_t primary, size_t secondary) {
	const vrd_cube in = read_cells(mem, n_dims, dims, before);
	vrd_cube out, again;
	size_t n_primary, n_secondary;
	vrd_buf text = {0};
	assert_int_equal(vrd_cube_suppress(mem, &in, &rule, &out, &n_primary, &n_secondary, NULL),
	                 VRD_OK);
	write_cells(&out, &text);
	assert_string_equal(text.p, after);
	assert_int_equal(n_primary, primary);
	assert_int_equal(n_secondary, secondary);
	assert_int_equal(
	        vrd_cube_suppress(mem, &out, &rule, &again, &n_primary, &n_secondary, NULL),
	        VRD_OK);
	assert_true(vrd_cube_equal(&out, &again));
	assert_int_equal(n_primary + n_secondary, 0);
	vrd_buf_free(&text);
}

static const vrd_suppression alone = {.threshold = 5};
static const vrd_suppression with_totals = {.threshold = 5, .totals_shown = true};

// --- the rule -----------------------------------------------------------------------------------

static void small_numbers_are_hidden_and_zero_is_not(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 8);
	assert_hides(1, &row, &mem, alone, "0 1 4 4.9 5 100 .. .", "0 : : : 5 100 .. .", 3, 0);
	vrd_arena_clear(&mem);
}

static void zero_is_hidden_when_the_data_set_says_so(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 4);
	const vrd_suppression rule = {.threshold = 5, .hide_zero = true};
	assert_hides(1, &row, &mem, rule, "0 3 5 9", ": : 5 9", 2, 0);
	vrd_arena_clear(&mem);
}

static void small_differences_are_hidden_on_both_sides_of_zero(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 4);
	assert_hides(1, &row, &mem, alone, "-4 4 -5 5", ": : -5 5", 2, 0);
	vrd_arena_clear(&mem);
}

static void threshold_zero_hides_nothing(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 4);
	const vrd_suppression rule = {.threshold = 0, .hide_zero = true, .totals_shown = true};
	assert_hides(1, &row, &mem, rule, "0 1 : 9", "0 1 : 9", 0, 0);
	vrd_arena_clear(&mem);
}

static void a_threshold_that_is_no_number_is_refused(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 2);
	const vrd_cube in = read_cells(&mem, 1, &row, "1 9");
	const double bad[] = {-1, NAN};
	for (size_t i = 0; i < 2; i++) {
		const vrd_suppression rule = {.threshold = bad[i]};
		vrd_cube out = {.n_cells = 77};
		vrd_err err = {0};
		assert_int_equal(vrd_cube_suppress(&mem, &in, &rule, &out, NULL, NULL, &err),
		                 VRD_DATA);
		assert_non_null(strstr(err.text, "threshold"));
		assert_int_equal(out.n_cells, 77);
	}
	vrd_arena_clear(&mem);
}

static void the_input_is_left_alone(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 3);
	vrd_cube in = read_cells(&mem, 1, &row, "1 9 20");
	in.unit = "persons";
	vrd_cube out;
	assert_int_equal(vrd_cube_suppress(&mem, &in, &with_totals, &out, NULL, NULL, NULL),
	                 VRD_OK);
	assert_true(in.status == NULL && in.values[0] > 0);
	assert_ptr_not_equal(in.values, out.values);
	assert_string_equal(out.unit, "persons");
	vrd_arena_clear(&mem);
}

// --- secondary ----------------------------------------------------------------------------------

static void the_next_smallest_is_hidden_beside_a_lone_cell(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 5);
	assert_hides(1, &row, &mem, with_totals, "3 50 12 0 90", ": 50 : 0 90", 1, 1);
	assert_hides(1, &row, &mem, alone, "3 50 12 0 90", ": 50 12 0 90", 1, 0);
	vrd_arena_clear(&mem);
}

static void two_hidden_cells_with_a_small_sum_need_a_third(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 4);
	assert_hides(1, &row, &mem, with_totals, "1 2 12 90", ": : : 90", 2, 1);
	assert_hides(1, &row, &mem, with_totals, "1 4 12 90", ": : 12 90", 2, 0);
	vrd_arena_clear(&mem);
}

static void zero_is_hidden_only_when_nothing_else_is_left(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 4);
	assert_hides(1, &row, &mem, with_totals, "3 0 0 0", ": : 0 0", 1, 1);
	assert_hides(1, &row, &mem, with_totals, "3 0 0 600", ": 0 0 :", 1, 1);
	vrd_arena_clear(&mem);
}

static void rows_and_columns_protect_each_other(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *const dims[] = {new_dim(&mem, "area", 3), new_dim(&mem, "year", 3)};
	assert_hides(2, dims, &mem, with_totals, "3 20 30 / 40 50 60 / 70 80 90",
	             ": : 30 : : 60 70 80 90", 1, 3);
	vrd_arena_clear(&mem);
}

// Two blocks of hidden cells are safe each by itself. A cell that joins them is solved by row 1 +
// row 2 - column 1 - column 2, though every line has two hidden cells or more.
static void a_cell_that_a_combination_of_lines_solves_is_protected(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *const dims[] = {new_dim(&mem, "area", 4), new_dim(&mem, "service", 4)};
	assert_hides(2, dims, &mem, with_totals, "3 4 60 90 / 4 3 70 80 / 60 50 3 4 / 75 85 4 3",
	             ": : 60 90 : : 70 80 60 50 : : 75 85 : :", 8, 0);
	assert_hides(2, dims, &mem, with_totals, "3 4 3 90 / 4 3 70 80 / 60 50 3 4 / 75 85 4 3",
	             ": : : 90 : : : 80 60 50 : : 75 85 : :", 9, 1);
	vrd_arena_clear(&mem);
}

static void a_parent_in_the_cube_is_a_total(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *tree = new_tree(&mem, "area", 4);
	assert_hides(1, &tree, &mem, alone, "60 3 17 40", "60 : : 40", 1, 1);
	assert_hides(1, &tree, &mem, alone, ".. 3 17 40", ".. : 17 40", 1, 0);
	assert_hides(1, &tree, &mem, with_totals, ".. 3 17 40", ".. : : 40", 1, 1);
	vrd_arena_clear(&mem);
}

static void a_hidden_parent_is_not_solved_by_its_children(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *tree = new_tree(&mem, "area", 4);
	assert_hides(1, &tree, &mem, alone, "4 0 4 0", ": 0 : 0", 2, 0);
	assert_hides(1, &tree, &mem, alone, ": 10 20 0", ": : 20 0", 0, 1);
	vrd_arena_clear(&mem);
}

static void cells_that_came_in_hidden_count_as_hidden(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 4);
	assert_hides(1, &row, &mem, with_totals, ": 50 12 90", ": 50 : 90", 0, 1);
	assert_hides(1, &row, &mem, with_totals, ": 3 12 90", ": : 12 90", 1, 0);
	vrd_arena_clear(&mem);
}

static void measures_and_variants_are_not_added_up(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const char *const names[] = {"stat", "variant", "measure"};
	for (size_t i = 1; i < 3; i++) {
		const vrd_dim *row = new_dim(&mem, names[i], 3);
		assert_hides(1, &row, &mem, with_totals, "3 20 30", ": 20 30", 1, 0);
	}
	const vrd_dim *const dims[] = {new_dim(&mem, "measure", 2), new_dim(&mem, "area", 3)};
	assert_hides(2, dims, &mem, with_totals, "3 20 30 / 11 12 13", ": : 30 11 12 13", 1, 1);
	vrd_arena_clear(&mem);
}

static void a_hidden_mean_takes_its_interval_along(void **state) {
	(void)state;
	vrd_arena mem = {0};
	static const char *const codes[] = {"mean", "p10", "p90", "mc_error"};
	const vrd_dim *dims[2] = {new_dim(&mem, "area", 3)};
	assert_int_equal(vrd_dim_of_codes(&mem, "stat", 4, codes, &dims[1], NULL), VRD_OK);
	assert_hides(2, dims, &mem, alone, "4 2 6 .1 / 20 3 30 .2 / 50 40 60 ..",
	             ": : : : 20 3 30 0.2 50 40 60 ..", 1, 0);
	assert_hides(2, dims, &mem, with_totals, "4 2 6 .1 / 20 3 30 .2 / 50 40 60 ..",
	             ": : : : : : : : 50 40 60 ..", 1, 1);
	vrd_arena_clear(&mem);
}

static void without_a_mean_one_small_number_hides_its_group(void **state) {
	(void)state;
	vrd_arena mem = {0};
	static const char *const codes[] = {"p10", "p90"};
	const vrd_dim *dims[2] = {new_dim(&mem, "area", 2)};
	assert_int_equal(vrd_dim_of_codes(&mem, "stat", 2, codes, &dims[1], NULL), VRD_OK);
	assert_hides(2, dims, &mem, alone, "9 20 / 0 3", "9 20 : :", 1, 0);
	vrd_arena_clear(&mem);
}

static void a_line_of_one_number_is_no_sum(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 3);
	assert_hides(1, &row, &mem, with_totals, "3 . .", ": . .", 1, 0);
	const vrd_dim *const dims[] = {new_dim(&mem, "area", 3), new_dim(&mem, "year", 2)};
	// 10 is the only number of its row, whose total would tell it: 30 is hidden instead.
	assert_hides(2, dims, &mem, with_totals, "3 40 / 10 . / 30 50", ": : 10 . : :", 1, 3);
	vrd_arena_clear(&mem);
}

static void tables_with_negative_numbers_are_not_taken_for_counts(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *row = new_dim(&mem, "area", 4);
	assert_hides(1, &row, &mem, with_totals, "1 2 12 -90", ": : 12 -90", 2, 0);
	vrd_arena_clear(&mem);
}

static const vrd_dim *new_large_dim(vrd_arena *mem, const char *name, size_t n) {
	static char texts[26 * 26][3];
	static const char *codes[26 * 26];
	const vrd_dim *dim;
	assert_in_range(n, 1, 26 * 26);
	for (size_t i = 0; i < n; i++) {
		texts[i][0] = (char)('a' + i / 26);
		texts[i][1] = (char)('a' + i % 26);
		codes[i] = texts[i];
	}
	assert_int_equal(vrd_dim_of_codes(mem, name, n, codes, &dim, NULL), VRD_OK);
	return dim;
}

// Every row and column of a square table with hidden cells has two or more, of at least 5 in all.
static void assert_safe_line_by_line(vrd_arena *mem, const vrd_cube *in) {
	const size_t side = in->dims[0]->n;
	vrd_cube out, again;
	size_t n_primary, n_secondary;
	assert_int_equal(
	        vrd_cube_suppress(mem, in, &with_totals, &out, &n_primary, &n_secondary, NULL),
	        VRD_OK);
	assert_true(n_primary > 400);
	assert_true(n_secondary > 0);
	for (size_t line = 0; line < 2 * side; line++) {
		size_t n = 0;
		double sum = 0;
		for (size_t k = 0; k < side; k++) {
			const size_t p = line < side ? line * side + k : k * side + line - side;
			if (vrd_cube_status(&out, p) == VRD_SUPPRESSED) {
				n++;
				sum += in->values[p];
			}
		}
		assert_true(n == 0 || (n >= 2 && sum >= 5));
	}
	assert_int_equal(
	        vrd_cube_suppress(mem, &out, &with_totals, &again, NULL, &n_secondary, NULL),
	        VRD_OK);
	assert_true(vrd_cube_equal(&out, &again));
}

static void large_connected_tables_are_safe_line_by_line(void **state) {
	(void)state;
	enum { SIDE = 230 };
	vrd_arena mem = {0};
	const vrd_dim *const dims[] = {new_large_dim(&mem, "area", SIDE),
	                               new_large_dim(&mem, "service", SIDE)};
	vrd_cube in;
	assert_int_equal(vrd_cube_new(&mem, 2, dims, &in, NULL), VRD_OK);
	// One small number in a hundred: most lines have some, many have one.
	random_state = 1;
	for (size_t p = 0; p < in.n_cells; p++)
		in.values[p] = random_below(100) == 0 ? 3 : 20 + (double)(p % 50);
	assert_safe_line_by_line(&mem, &in);
	// Two ones in every line, in one ring: two hidden cells, but of 2 in all.
	for (size_t p = 0; p < in.n_cells; p++) {
		const size_t row = p / SIDE, column = p % SIDE;
		in.values[p] = column == row || column == (row + 1) % SIDE ? 1 : 20;
	}
	assert_safe_line_by_line(&mem, &in);
	vrd_arena_clear(&mem);
}

// A zero that its total tells protects nothing, and hiding it would only look like secrecy.
static void zeros_in_lines_of_zeros_stay_shown(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const vrd_dim *const dims[] = {new_dim(&mem, "area", 3), new_dim(&mem, "year", 3)};
	assert_hides(2, dims, &mem, with_totals, "3 0 0 / 0 0 0 / 0 0 0", ": 0 0 0 0 0 0 0 0", 1,
	             0);
	assert_hides(2, dims, &mem, with_totals, "3 0 0 / 0 0 0 / 9 20 0", ": : 0 0 0 0 : : 0", 1,
	             3);
	vrd_arena_clear(&mem);
}

static void a_used_up_budget_is_an_error_and_leaves_the_output(void **state) {
	(void)state;
	vrd_arena mem = {0}, tight = {0};
	const vrd_dim *row = new_dim(&mem, "area", 4);
	const vrd_cube in = read_cells(&mem, 1, &row, "3 50 12 90");
	vrd_arena_init(&tight, 16);
	vrd_cube out = {.n_cells = 77};
	assert_int_equal(vrd_cube_suppress(&tight, &in, &with_totals, &out, NULL, NULL, NULL),
	                 VRD_NOMEM);
	assert_int_equal(out.n_cells, 77);
	vrd_arena_clear(&tight);
	vrd_arena_clear(&mem);
}

static void an_empty_and_a_single_cell_are_fine(void **state) {
	(void)state;
	vrd_arena mem = {0};
	assert_hides(0, NULL, &mem, with_totals, "3", ":", 1, 0);
	assert_hides(0, NULL, &mem, with_totals, "30", "30", 0, 0);
	vrd_arena_clear(&mem);
}

// --- properties: a reader who tries everything ---------------------------------------------------

// What the reader knows: sums over hidden cells, and that they are whole numbers >= 0.
typedef struct {
	size_t n;
	size_t cells[MAX_CELLS];
	int signs[MAX_CELLS];
	int rest;    // what the cells not yet guessed add up to
	size_t open; // how many those are
} fact;

typedef struct {
	size_t n_hidden;
	size_t position[MAX_CELLS];
	int truth[MAX_CELLS];
	size_t n_facts;
	fact facts[3 * MAX_CELLS];
	size_t n_steps;
} reader;

enum { LARGEST_GUESS = 60, MAX_STEPS = 50000 };

static void guess(reader *r, size_t cell, int value, int direction) {
	for (size_t f = 0; f < r->n_facts; f++)
		for (size_t i = 0; i < r->facts[f].n; i++)
			if (r->facts[f].cells[i] == cell) {
				r->facts[f].rest -= direction * r->facts[f].signs[i] * value;
				r->facts[f].open -= (size_t)direction;
			}
}

// Whether what is guessed so far can still be true.
static bool is_possible(const reader *r, size_t guessed) {
	for (size_t f = 0; f < r->n_facts; f++) {
		const fact *k = &r->facts[f];
		bool only_plus = true;
		for (size_t i = 0; i < k->n; i++)
			only_plus = only_plus && (k->signs[i] > 0 || k->cells[i] < guessed);
		if ((k->open == 0 && k->rest != 0) || (only_plus && k->rest < 0))
			return false;
	}
	return true;
}

// Looks for a table that fits all facts and has another number in cell `other`. True too when the
// search is cut short: then it is counted in *n_unsure.
static bool finds_another(reader *r, size_t cell, size_t other, size_t *n_unsure) {
	if (!is_possible(r, cell))
		return false;
	if (cell == r->n_hidden)
		return true;
	if (++r->n_steps > MAX_STEPS) {
		++*n_unsure;
		return true;
	}
	int from = 0, to = LARGEST_GUESS;
	for (size_t f = 0; f < r->n_facts; f++)
		for (size_t i = 0; i < r->facts[f].n; i++)
			if (r->facts[f].cells[i] == cell && r->facts[f].open == 1) {
				const int forced = r->facts[f].signs[i] * r->facts[f].rest;
				from = forced > from ? forced : from;
				to = forced < to ? forced : to;
			}
	for (int value = from; value <= to; value++) {
		if (cell == other && value == r->truth[cell])
			continue;
		guess(r, cell, value, 1);
		const bool found = finds_another(r, cell + 1, other, n_unsure);
		guess(r, cell, value, -1);
		if (found)
			return true;
	}
	return false;
}

// Adds the fact of one line: members along an axis from `first`, and a head (VRD_NONE = a total).
static void learn(reader *r, const vrd_cube *truth, const vrd_cube *shown, size_t base,
                  size_t stride, size_t first, size_t n, size_t head, double threshold) {
	fact f = {0};
	double total = 0;
	size_t n_full = 0;
	for (size_t c = first; c < n; c++) {
		const size_t p = base + c * stride;
		if (isnan(truth->values[p]))
			continue;
		n_full++;
		total += truth->values[p];
		if (vrd_cube_status(shown, p) != VRD_SUPPRESSED)
			continue;
		size_t v = 0;
		while (r->position[v] != p)
			v++;
		f.cells[f.n] = v;
		f.signs[f.n++] = 1;
		f.rest += r->truth[v];
	}
	// A total that is small is hidden where it stands.
	if (head == VRD_NONE && ((total > 0 && total < threshold) || n_full < 2))
		return;
	if (head != VRD_NONE && vrd_cube_status(shown, head) == VRD_SUPPRESSED) {
		size_t v = 0;
		while (r->position[v] != head)
			v++;
		f.cells[f.n] = v;
		f.signs[f.n++] = -1;
		f.rest -= r->truth[v];
	}
	f.open = f.n;
	if (f.n > 0)
		r->facts[r->n_facts++] = f;
}

static void learn_all(reader *r, const vrd_cube *truth, const vrd_cube *shown,
                      const vrd_suppression *rule) {
	*r = (reader){0};
	for (size_t p = 0; p < truth->n_cells; p++)
		if (vrd_cube_status(shown, p) == VRD_SUPPRESSED) {
			r->position[r->n_hidden] = p;
			r->truth[r->n_hidden++] = (int)truth->values[p];
		}
	for (size_t d = 0; d < truth->n_dims; d++) {
		const size_t n = truth->dims[d]->n, stride = truth->stride[d];
		const bool tree = n > 1 && truth->dims[d]->cats[1].parent == 0;
		for (size_t p = 0; p < truth->n_cells; p++) {
			if (p / stride % n != 0)
				continue;
			if (tree)
				learn(r, truth, shown, p, stride, 1, n, p, rule->threshold);
			else if (rule->totals_shown)
				learn(r, truth, shown, p, stride, 0, n, VRD_NONE, rule->threshold);
		}
	}
}

// A table of small numbers and many zeros. In a tree the parent is the sum of its children.
static vrd_cube random_table(vrd_arena *mem, bool tree) {
	static const char *const names[] = {"area", "service", "year"};
	const vrd_dim *dims[MAX_AXES];
	const size_t n_dims = tree ? 1 + random_below(2) : 1 + random_below(3);
	for (size_t d = 0; d < n_dims; d++)
		dims[d] = tree && d == 0 ? new_tree(mem, names[d], 3 + random_below(3))
		                         : new_dim(mem, names[d],
		                                   n_dims == 3 ? 2 + random_below(d < 2 ? 2 : 1)
		                                               : 2 + random_below(3));
	vrd_cube cube;
	assert_int_equal(vrd_cube_new(mem, n_dims, dims, &cube, NULL), VRD_OK);
	const size_t zeros = random_below(60), largest = 6 + random_below(20);
	for (size_t p = 0; p < cube.n_cells; p++)
		cube.values[p] = random_below(100) < zeros ? 0 : (double)random_below(largest);
	if (tree)
		for (size_t p = 0; p < cube.stride[0]; p++) {
			cube.values[p] = 0;
			for (size_t c = 1; c < cube.dims[0]->n; c++)
				cube.values[p] += cube.values[p + c * cube.stride[0]];
		}
	return cube;
}

typedef struct {
	size_t n_tables, n_with_secondary, n_hidden, n_solved, n_hopeless, n_unsure;
} tally;

// Whether the cell at `position` can be worked out from what is shown.
static bool is_solved(const vrd_cube *truth, const vrd_cube *shown, const vrd_suppression *rule,
                      size_t position, size_t *n_unsure) {
	static reader r;
	learn_all(&r, truth, shown, rule);
	size_t v = 0;
	while (r.position[v] != position)
		v++;
	return !finds_another(&r, 0, v, n_unsure);
}

// Whether the position is in a line of zeros, which its total tells.
static bool is_in_zeros(const vrd_cube *truth, size_t position, const vrd_suppression *rule) {
	for (size_t d = 0; d < truth->n_dims; d++) {
		const size_t n = truth->dims[d]->n, stride = truth->stride[d];
		const bool tree = n > 1 && truth->dims[d]->cats[1].parent == 0;
		const size_t base = position - position / stride % n * stride;
		bool zeros = tree || rule->totals_shown;
		for (size_t c = 0; c < n; c++)
			zeros = zeros && !(truth->values[base + c * stride] > 0);
		if (zeros)
			return true;
	}
	return false;
}

static void read_table(vrd_arena *mem, const vrd_cube *truth, const vrd_cube *shown,
                       const vrd_suppression *rule, tally *t) {
	vrd_cube nothing_shown;
	assert_int_equal(vrd_cube_scale(mem, truth, 1, &nothing_shown, NULL), VRD_OK);
	for (size_t p = 0; p < truth->n_cells; p++)
		if (!is_in_zeros(truth, p, rule))
			assert_int_equal(
			        vrd_cube_set_status(mem, &nothing_shown, p, VRD_SUPPRESSED, NULL),
			        VRD_OK);
	t->n_tables++;
	for (size_t p = 0; p < truth->n_cells; p++) {
		if (vrd_cube_status(shown, p) != VRD_SUPPRESSED)
			continue;
		t->n_hidden++;
		if (!is_solved(truth, shown, rule, p, &t->n_unsure))
			continue;
		// A zero hidden as company was no secret. And the totals alone may tell a number:
		// then no further hiding is of use.
		if (!(truth->values[p] > 0))
			continue;
		if (is_solved(truth, &nothing_shown, rule, p, &t->n_unsure))
			t->n_hopeless++;
		else
			t->n_solved++;
	}
}

static void try_tables(bool tree, size_t n, bool secondary, tally *t) {
	for (size_t i = 0; i < n; i++) {
		vrd_arena mem = {0};
		random_state = 1000 * i + tree;
		const vrd_cube truth = random_table(&mem, tree);
		const vrd_suppression rule = {.threshold = 3 + (double)random_below(3),
		                              .totals_shown = !tree || random_below(2) == 0};
		vrd_cube shown;
		size_t n_secondary = 0;
		if (secondary) {
			assert_int_equal(vrd_cube_suppress(&mem, &truth, &rule, &shown, NULL,
			                                   &n_secondary, NULL),
			                 VRD_OK);
		} else {
			assert_int_equal(vrd_cube_scale(&mem, &truth, 1, &shown, NULL), VRD_OK);
			for (size_t p = 0; p < truth.n_cells; p++)
				if (truth.values[p] > 0 && truth.values[p] < rule.threshold)
					assert_int_equal(vrd_cube_set_status(&mem, &shown, p,
					                                     VRD_SUPPRESSED, NULL),
					                 VRD_OK);
		}
		t->n_with_secondary += n_secondary > 0;
		read_table(&mem, &truth, &shown, &rule, t);
		vrd_arena_clear(&mem);
	}
}

static void no_hidden_number_can_be_worked_out(void **state) {
	(void)state;
	for (int tree = 0; tree < 2; tree++) {
		tally t = {0};
		try_tables(tree == 1, 1500, true, &t);
		print_message("# %zu tables, %zu with secondary, %zu hidden, %zu solved, %zu "
		              "hopeless, %zu unsure\n",
		              t.n_tables, t.n_with_secondary, t.n_hidden, t.n_solved, t.n_hopeless,
		              t.n_unsure);
		assert_true(t.n_with_secondary > 300);
		assert_int_equal(t.n_solved, 0);
		assert_true(t.n_unsure < t.n_hidden / 50);
	}
}

// The test of the test: primary suppression alone leaves many numbers to be solved.
static void the_reader_solves_tables_with_primary_suppression_only(void **state) {
	(void)state;
	for (int tree = 0; tree < 2; tree++) {
		tally t = {0};
		try_tables(tree == 1, 300, false, &t);
		assert_true(t.n_solved > t.n_hidden / 10);
	}
}

static void suppressing_twice_is_suppressing_once_and_nothing_is_unhidden(void **state) {
	(void)state;
	for (size_t i = 0; i < 4000; i++) {
		vrd_arena mem = {0};
		random_state = 77 + i;
		vrd_cube in = random_table(&mem, i % 2 == 1);
		for (size_t p = 0; p < in.n_cells; p++) {
			const size_t dice = random_below(12);
			if (dice < 2)
				assert_int_equal(vrd_cube_set_status(&mem, &in, p,
				                                     dice == 0 ? VRD_SUPPRESSED
				                                               : VRD_MISSING,
				                                     NULL),
				                 VRD_OK);
			else if (dice == 2 && i % 3 == 0)
				in.values[p] = -in.values[p];
		}
		const vrd_suppression rule = {.threshold = 3 + (double)random_below(3),
		                              .hide_zero = random_below(4) == 0,
		                              .totals_shown = random_below(2) == 0};
		vrd_cube once, twice;
		size_t n_primary, n_secondary;
		assert_int_equal(vrd_cube_suppress(&mem, &in, &rule, &once, NULL, NULL, NULL),
		                 VRD_OK);
		assert_int_equal(vrd_cube_suppress(&mem, &once, &rule, &twice, &n_primary,
		                                   &n_secondary, NULL),
		                 VRD_OK);
		if (!vrd_cube_equal(&once, &twice) || n_primary + n_secondary > 0)
			fail_msg("table %zu: a second time hides %zu more", i, n_secondary);
		for (size_t p = 0; p < in.n_cells; p++) {
			const vrd_cell before = vrd_cube_status(&in, p);
			const vrd_cell after = vrd_cube_status(&once, p);
			assert_true(after == before ||
			            (after == VRD_SUPPRESSED && vrd_cell_has_number(before)));
		}
		vrd_arena_clear(&mem);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(small_numbers_are_hidden_and_zero_is_not),
	        cmocka_unit_test(zero_is_hidden_when_the_data_set_says_so),
	        cmocka_unit_test(small_differences_are_hidden_on_both_sides_of_zero),
	        cmocka_unit_test(threshold_zero_hides_nothing),
	        cmocka_unit_test(a_threshold_that_is_no_number_is_refused),
	        cmocka_unit_test(the_input_is_left_alone),
	        cmocka_unit_test(the_next_smallest_is_hidden_beside_a_lone_cell),
	        cmocka_unit_test(two_hidden_cells_with_a_small_sum_need_a_third),
	        cmocka_unit_test(zero_is_hidden_only_when_nothing_else_is_left),
	        cmocka_unit_test(rows_and_columns_protect_each_other),
	        cmocka_unit_test(a_cell_that_a_combination_of_lines_solves_is_protected),
	        cmocka_unit_test(a_parent_in_the_cube_is_a_total),
	        cmocka_unit_test(a_hidden_parent_is_not_solved_by_its_children),
	        cmocka_unit_test(cells_that_came_in_hidden_count_as_hidden),
	        cmocka_unit_test(measures_and_variants_are_not_added_up),
	        cmocka_unit_test(a_hidden_mean_takes_its_interval_along),
	        cmocka_unit_test(without_a_mean_one_small_number_hides_its_group),
	        cmocka_unit_test(a_line_of_one_number_is_no_sum),
	        cmocka_unit_test(tables_with_negative_numbers_are_not_taken_for_counts),
	        cmocka_unit_test(zeros_in_lines_of_zeros_stay_shown),
	        cmocka_unit_test(large_connected_tables_are_safe_line_by_line),
	        cmocka_unit_test(a_used_up_budget_is_an_error_and_leaves_the_output),
	        cmocka_unit_test(an_empty_and_a_single_cell_are_fine),
	        cmocka_unit_test(no_hidden_number_can_be_worked_out),
	        cmocka_unit_test(the_reader_solves_tables_with_primary_suppression_only),
	        cmocka_unit_test(suppressing_twice_is_suppressing_once_and_nothing_is_unhidden),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
