// Suppression in rounds: find what a reader can work out about the hidden cells, hide one more cell
// beside each that is not safe, and look again until nothing is added. The last round therefore
// judges the result exactly as a second call would, which makes the operation idempotent; a second
// call knows fewer sums (hidden values are NaN by then), and fewer sums never make a cell unsafe.
#include "cube/suppress.h"

#include "cube/audit.h"
#include "cube/lines.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

// Larger connected sets get the plain rule of check_lines alone: two or more hidden cells in every
// line that has any, whose sum is not below the threshold. Elimination costs the cube of the size.
enum { EXACT_LIMIT = 400 };

// Audited cells: without a dimension "stat" all, else those of one category of it.
enum { EMPTY, SHOWN, HIDDEN, HIDDEN_THIS_ROUND };

typedef struct {
	const vrd_cube *cube; // borrowed
	const vrd_suppression *rule;
	vrd_lines lines;
	size_t stat_axis;  // VRD_NONE = none
	size_t stat_index; // category that stands for its group
	uint8_t *state;    // per position; only positions of audited cells are read
	size_t *hidden;    // positions
	bool *settled;     // per hidden cell: its set was found safe, or cannot be made safer
	size_t n_hidden, capacity;
	size_t *slice_stride; // per dimension: 0 when audited
	size_t *n_negative;   // shown cells below 0, per slice
	vrd_arena work;       // lives as long as the call
	vrd_arena round;      // cleared every round
} job;

// A line with hidden cells; its terms stand together.
typedef struct {
	size_t set;
	size_t base;
	size_t first;
	vrd_audit_row row;
} line;

// One hidden cell in one line; there may be millions, so it is packed.
typedef struct {
	uint64_t line; // set * n_cells + base
	uint32_t cell; // number in job.hidden
	int32_t sign;
} incidence;

// Hidden cells that lines connect, and their lines; local numbers run from 0 in each.
typedef struct {
	size_t n_cells;
	const size_t *cells; // numbers in job.hidden
	size_t n_lines;
	const line *lines;
} component;

// Lines grouped by component, ready to be checked.
typedef struct {
	size_t n_components;
	component *components;
} picture;

static bool is_hidden(const job *j, size_t position) {
	return j->state[position] >= HIDDEN;
}

static size_t index_in(const vrd_cube *cube, size_t position, size_t axis) {
	return position / cube->stride[axis] % cube->dims[axis]->n;
}

static bool is_audited_cell(const job *j, size_t position) {
	return j->stat_axis == VRD_NONE ||
	       index_in(j->cube, position, j->stat_axis) == j->stat_index;
}

static size_t slice_of(const job *j, size_t position) {
	size_t slice = 0;
	for (size_t d = 0; d < j->cube->n_dims; d++)
		if (j->slice_stride[d] > 0)
			slice += j->slice_stride[d] * index_in(j->cube, position, d);
	return slice;
}

// --- primary ------------------------------------------------------------------------------------

static vrd_status hide(job *j, size_t position, uint8_t state, vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (j->n_hidden == j->capacity) {
		const size_t capacity = j->capacity == 0 ? 256 : 2 * j->capacity;
		size_t *hidden;
		bool *settled;
		VRD_TRY(VRD_NEW(&j->work, hidden, capacity));
		VRD_TRY(VRD_NEW(&j->work, settled, capacity));
		if (j->n_hidden > 0) {
			memcpy(hidden, j->hidden, j->n_hidden * sizeof *hidden);
			memcpy(settled, j->settled, j->n_hidden * sizeof *settled);
		}
		j->hidden = hidden;
		j->settled = settled;
		j->capacity = capacity;
	}
	if (j->state[position] == SHOWN && j->cube->values[position] < 0) {
		size_t *const n_negative = &j->n_negative[slice_of(j, position)];
		// With its last negative number gone, readers may take the slice for counts.
		if (--*n_negative == 0)
			memset(j->settled, 0, j->n_hidden * sizeof *j->settled);
	}
	j->state[position] = state;
	j->hidden[j->n_hidden++] = position;
out:
	return rc;
}

static bool is_small(const job *j, size_t position) {
	const double size = fabs(j->cube->values[position]);
	return size < j->rule->threshold && (size > 0 || j->rule->hide_zero);
}

// Whether the number, or without a mean any number of the group, is small.
static bool group_is_small(const job *j, size_t position, bool has_mean) {
	if (j->stat_axis == VRD_NONE || has_mean)
		return is_small(j, position);
	const size_t stride = j->cube->stride[j->stat_axis];
	for (size_t k = 0; k < j->cube->dims[j->stat_axis]->n; k++)
		if (is_small(j, position + k * stride))
			return true;
	return false;
}

static vrd_status hide_small(job *j, bool has_mean, size_t *n_primary, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_cube *cube = j->cube;
	for (size_t p = 0; p < cube->n_cells; p++) {
		if (!is_audited_cell(j, p))
			continue;
		const vrd_cell status = vrd_cube_status(cube, p);
		if (vrd_cell_has_number(status)) {
			j->state[p] = SHOWN;
			if (cube->values[p] < 0)
				j->n_negative[slice_of(j, p)]++;
		}
		const bool small = group_is_small(j, p, has_mean);
		if (!small && status != VRD_SUPPRESSED)
			continue;
		VRD_TRY(hide(j, p, HIDDEN, err));
		*n_primary += status != VRD_SUPPRESSED;
	}
out:
	return rc;
}

// --- lines with hidden cells --------------------------------------------------------------------

static size_t head_of(const job *j, const vrd_sum_set *set, size_t base) {
	return set->head == VRD_NONE ? VRD_NONE : base + set->head * j->cube->stride[set->axis];
}

// Whether a reader may know the sum of the line. The parent's cell gives it, and without one it may
// be shown elsewhere. MISSING cells count as nothing: in files that leave out zeros they are. A
// line of one number is no sum: its total is that number, and hidden by the same rule.
static bool sum_is_known(const job *j, const vrd_sum_set *set, size_t base) {
	const size_t head = head_of(j, set, base);
	const size_t stride = j->cube->stride[set->axis];
	if (head != VRD_NONE && j->state[head] != EMPTY)
		return true;
	size_t n_full = 0;
	for (size_t i = 0; i < set->n && n_full < 2; i++)
		n_full += j->state[base + set->members[i] * stride] != EMPTY;
	return j->rule->totals_shown && n_full >= 2;
}

// The signed sum over the hidden cells of a line. With a head it follows from the cells that are
// shown; without one from the values that we hide ourselves.
static double hidden_sum(const job *j, const vrd_sum_set *set, size_t base) {
	const size_t head = head_of(j, set, base);
	const bool has_head = head != VRD_NONE && j->state[head] != EMPTY;
	const size_t stride = j->cube->stride[set->axis];
	double sum = has_head && !is_hidden(j, head) ? j->cube->values[head] : 0;
	for (size_t i = 0; i < set->n; i++) {
		const size_t p = base + set->members[i] * stride;
		if (has_head && j->state[p] == SHOWN)
			sum -= j->cube->values[p];
		else if (!has_head && is_hidden(j, p))
			sum += j->cube->values[p];
	}
	return sum;
}

static int compare_incidences(const void *a, const void *b) {
	const incidence *x = a, *y = b;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->cell < y->cell ? -1 : x->cell > y->cell;
}

// The lines of one hidden cell, at most two per dimension; returns how many. `to` may be NULL.
static size_t list_lines_of(const job *j, size_t cell, incidence *to) {
	size_t n = 0;
	const vrd_cube *cube = j->cube;
	for (size_t d = 0; d < cube->n_dims; d++) {
		const vrd_axis_sets *sets = &j->lines.axes[d];
		if (sets->member_of == NULL)
			continue;
		const size_t c = index_in(cube, j->hidden[cell], d);
		const size_t base = j->hidden[cell] - c * cube->stride[d];
		const size_t in[2] = {sets->member_of[c], sets->head_of[c]};
		for (int i = 0; i < 2; i++) {
			if (in[i] == VRD_NONE)
				continue;
			if (to != NULL)
				to[n] = (incidence){(uint64_t)in[i] * cube->n_cells + base,
				                    (uint32_t)cell, i == 0 ? 1 : -1};
			n++;
		}
	}
	return n;
}

static vrd_status list_incidences(job *j, incidence **out, size_t *n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	incidence *list;
	size_t k = 0;
	assert(j->n_hidden <= UINT32_MAX);
	for (size_t v = 0; v < j->n_hidden; v++)
		k += list_lines_of(j, v, NULL);
	VRD_TRY(VRD_NEW(&j->round, list, k));
	k = 0;
	for (size_t v = 0; v < j->n_hidden; v++)
		k += list_lines_of(j, v, list + k);
	qsort(list, k, sizeof *list, compare_incidences);
	*out = list;
	*n = k;
out:
	return rc;
}

// Union-find with path halving.
static size_t find_root(size_t *parent, size_t v) {
	while (parent[v] != v) {
		parent[v] = parent[parent[v]];
		v = parent[v];
	}
	return v;
}

// Makes the lines of the sorted incidences whose sums are known, and joins their cells.
static vrd_status make_lines(job *j, const incidence *list, size_t n, size_t *parent, line **out,
                             size_t *n_lines, vrd_audit_term **terms, vrd_err *err) {
	vrd_status rc = VRD_OK;
	line *lines;
	VRD_TRY(VRD_NEW(&j->round, lines, n));
	VRD_TRY(VRD_NEW(&j->round, *terms, n));
	size_t k = 0;
	for (size_t first = 0, end; first < n; first = end) {
		for (end = first; end < n && list[end].line == list[first].line;)
			end++;
		const size_t number = (size_t)(list[first].line / j->cube->n_cells);
		const size_t base = (size_t)(list[first].line % j->cube->n_cells);
		const vrd_sum_set *set = &j->lines.sets[number];
		if (!sum_is_known(j, set, base))
			continue;
		for (size_t t = first; t < end; t++) {
			(*terms)[t] = (vrd_audit_term){list[t].cell, list[t].sign};
			parent[find_root(parent, list[t].cell)] =
			        find_root(parent, list[first].cell);
		}
		const double sum = hidden_sum(j, set, base);
		lines[k++] = (line){number, base, first, {*terms + first, end - first, sum}};
	}
	*out = lines;
	*n_lines = k;
out:
	return rc;
}

// Numbers the components of the cells; *number[v] is that of cell v.
static size_t number_components(size_t *parent, size_t n_cells, size_t *number) {
	size_t n = 0;
	for (size_t v = 0; v < n_cells; v++)
		if (find_root(parent, v) == v)
			number[v] = n++;
	for (size_t v = 0; v < n_cells; v++)
		number[v] = number[find_root(parent, v)];
	return n;
}

// Sorts cells and lines by component (counting sort) and gives terms their local cell numbers.
static vrd_status group(job *j, size_t *parent, const line *lines, size_t n_lines,
                        vrd_audit_term *terms, picture *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t *number, *cells, *local;
	line *sorted;
	component *components;
	VRD_TRY(VRD_NEW(&j->round, number, j->n_hidden));
	VRD_TRY(VRD_NEW(&j->round, local, j->n_hidden));
	VRD_TRY(VRD_NEW(&j->round, cells, j->n_hidden));
	VRD_TRY(VRD_NEW(&j->round, sorted, n_lines));
	const size_t n = number_components(parent, j->n_hidden, number);
	VRD_TRY(VRD_NEW(&j->round, components, n));
	for (size_t v = 0; v < j->n_hidden; v++)
		local[v] = components[number[v]].n_cells++;
	for (size_t i = 0; i < n_lines; i++)
		components[number[lines[i].row.terms[0].cell]].n_lines++;
	for (size_t c = 0, cell = 0, at = 0; c < n; c++) {
		components[c].cells = cells + cell;
		components[c].lines = sorted + at;
		cell += components[c].n_cells;
		at += components[c].n_lines;
		components[c].n_lines = 0;
	}
	for (size_t v = 0; v < j->n_hidden; v++)
		cells[(size_t)(components[number[v]].cells - cells) + local[v]] = v;
	for (size_t i = 0; i < n_lines; i++) {
		component *const c = &components[number[lines[i].row.terms[0].cell]];
		sorted[(size_t)(c->lines - sorted) + c->n_lines++] = lines[i];
		for (size_t t = 0; t < lines[i].row.n_terms; t++) {
			vrd_audit_term *const term = &terms[lines[i].first + t];
			term->cell = local[term->cell];
		}
	}
	*out = (picture){n, components};
out:
	return rc;
}

static vrd_status look(job *j, picture *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	incidence *list;
	line *lines;
	vrd_audit_term *terms;
	size_t n, n_lines, *parent;
	VRD_TRY(list_incidences(j, &list, &n, err));
	VRD_TRY(VRD_NEW(&j->round, parent, j->n_hidden));
	for (size_t v = 0; v < j->n_hidden; v++)
		parent[v] = v;
	VRD_TRY(make_lines(j, list, n, parent, &lines, &n_lines, &terms, err));
	VRD_TRY(group(j, parent, lines, n_lines, terms, out, err));
out:
	return rc;
}

// --- secondary ----------------------------------------------------------------------------------

// Shown cells that could be hidden beside an unsafe one: the smallest number, the smallest that is
// the only number of a line of its own (whose total would tell it), and a zero.
typedef struct {
	size_t number, lone, zero;
	bool pending; // something was hidden in these lines in this round: look again first
} choice;

static const choice no_choice = {VRD_NONE, VRD_NONE, VRD_NONE, false};

static bool is_lone(const job *j, size_t position) {
	for (size_t d = 0; j->rule->totals_shown && d < j->cube->n_dims; d++) {
		const vrd_axis_sets *sets = &j->lines.axes[d];
		if (sets->member_of == NULL)
			continue;
		const size_t c = index_in(j->cube, position, d);
		if (sets->member_of[c] != VRD_NONE &&
		    !sum_is_known(j, &j->lines.sets[sets->member_of[c]],
		                  position - c * j->cube->stride[d]))
			return true;
	}
	return false;
}

static bool is_zero(const job *j, size_t position) {
	return j->state[position] == SHOWN && !(fabs(j->cube->values[position]) > 0);
}

// A zero in a line of zeros is told by the sum, so hiding it protects nothing. Such a line is never
// touched, and therefore looks the same to a second call.
static bool is_in_zero_line(const job *j, size_t position) {
	for (size_t d = 0; d < j->cube->n_dims; d++) {
		const vrd_axis_sets *sets = &j->lines.axes[d];
		if (sets->member_of == NULL)
			continue;
		const size_t c = index_in(j->cube, position, d);
		const size_t stride = j->cube->stride[d], base = position - c * stride;
		const size_t in[2] = {sets->member_of[c], sets->head_of[c]};
		for (int i = 0; i < 2; i++) {
			if (in[i] == VRD_NONE || !sum_is_known(j, &j->lines.sets[in[i]], base))
				continue;
			const vrd_sum_set *set = &j->lines.sets[in[i]];
			bool zeros = true;
			for (size_t m = 0; zeros && m < set->n; m++) {
				const size_t p = base + set->members[m] * stride;
				zeros = j->state[p] == EMPTY || is_zero(j, p);
			}
			if (zeros)
				return true;
		}
	}
	return false;
}

// Smaller size first, then lower position, so that the choice never depends on order.
static bool is_better(const job *j, size_t position, size_t than) {
	if (than == VRD_NONE)
		return true;
	const double a = fabs(j->cube->values[position]), b = fabs(j->cube->values[than]);
	return a < b || (a <= b && position < than);
}

static void offer(const job *j, size_t position, choice *best) {
	if (j->state[position] == HIDDEN_THIS_ROUND)
		best->pending = true;
	if (j->state[position] != SHOWN)
		return;
	if (is_zero(j, position)) {
		if (is_better(j, position, best->zero) && !is_in_zero_line(j, position))
			best->zero = position;
	} else if (is_better(j, position, best->number)) {
		if (!is_lone(j, position))
			best->number = position;
		else if (is_better(j, position, best->lone))
			best->lone = position;
	}
}

static void offer_line(const job *j, const line *l, choice *best) {
	const vrd_sum_set *set = &j->lines.sets[l->set];
	const size_t head = head_of(j, set, l->base);
	if (head != VRD_NONE)
		offer(j, head, best);
	for (size_t i = 0; i < set->n; i++)
		offer(j, l->base + set->members[i] * j->cube->stride[set->axis], best);
}

// Hides the best of the choice; zeros only when they can help.
static vrd_status hide_choice(job *j, const choice *best, bool zero_helps, bool *found,
                              vrd_err *err) {
	const size_t position = best->number != VRD_NONE ? best->number
	                        : best->lone != VRD_NONE ? best->lone
	                        : zero_helps             ? best->zero
	                                                 : VRD_NONE;
	*found = position != VRD_NONE;
	return *found ? hide(j, position, HIDDEN_THIS_ROUND, err) : VRD_OK;
}

// Intervals narrower than this are unsafe; the slack forgives rounding in sums of fractions.
static double least_width(const job *j) {
	return j->rule->threshold * (1 - 1e-9);
}

static bool is_total_below(const line *l, double limit) {
	for (size_t t = 0; t < l->row.n_terms; t++)
		if (l->row.terms[t].sign < 0)
			return false;
	return l->row.sum < limit;
}

// The plain rule, line by line: a single hidden cell is solved by its line, and hidden cells that
// add up to less than the threshold are bounded by it. A zero cannot raise such a sum.
static vrd_status check_lines(job *j, const component *c, bool non_negative, bool *changed,
                              vrd_err *err) {
	vrd_status rc = VRD_OK;
	for (size_t i = 0; i < c->n_lines; i++) {
		const line *l = &c->lines[i];
		const bool single = l->row.n_terms == 1;
		if (!single && !(non_negative && is_total_below(l, least_width(j))))
			continue;
		choice best = no_choice;
		bool found = false;
		offer_line(j, l, &best);
		if (!best.pending)
			VRD_TRY(hide_choice(j, &best, single, &found, err));
		*changed = *changed || found || best.pending;
	}
out:
	return rc;
}

static bool line_holds(const line *l, size_t cell) {
	for (size_t t = 0; t < l->row.n_terms; t++)
		if (l->row.terms[t].cell == cell)
			return true;
	return false;
}

// Hides something beside one unsafe cell: first in the lines that bound it, then, when any further
// unknown can help, in all its lines. A further zero never raises an upper bound, but can lower a
// lower bound and undo a solution.
static vrd_status protect(job *j, const component *c, size_t cell, const vrd_audit_cell *known,
                          bool *changed, vrd_err *err) {
	vrd_status rc = VRD_OK;
	choice near = no_choice, all = no_choice;
	for (size_t i = 0; i < c->n_lines; i++) {
		if (!line_holds(&c->lines[i], cell))
			continue;
		offer_line(j, &c->lines[i], &all);
		if (i == known->lo_row || i == known->hi_row)
			offer_line(j, &c->lines[i], &near);
	}
	bool found = all.pending;
	// A bound from a combination of lines names none of them: then all are as good.
	const bool zero_helps = known->determined || known->lo > 1e-6 || known->hi_row == VRD_NONE;
	if (!found)
		VRD_TRY(hide_choice(j, &near, zero_helps, &found, err));
	if (!found && zero_helps)
		VRD_TRY(hide_choice(j, &all, true, &found, err));
	*changed = *changed || found;
out:
	return rc;
}

static vrd_status check_exactly(job *j, const component *c, bool non_negative, bool *changed,
                                vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_audit_row *rows;
	vrd_audit_cell *known;
	VRD_TRY(VRD_NEW(&j->round, rows, c->n_lines));
	VRD_TRY(VRD_NEW(&j->round, known, c->n_cells));
	for (size_t i = 0; i < c->n_lines; i++)
		rows[i] = c->lines[i].row;
	VRD_TRY(vrd_audit(&j->round, c->n_cells, c->n_lines, rows, non_negative, known, err));
	for (size_t i = 0; i < c->n_cells; i++)
		if (known[i].determined || known[i].hi - known[i].lo < least_width(j))
			VRD_TRY(protect(j, c, i, &known[i], changed, err));
out:
	return rc;
}

static vrd_status check_component(job *j, const component *c, vrd_err *err) {
	vrd_status rc = VRD_OK;
	bool settled = true, changed = false;
	for (size_t i = 0; i < c->n_cells; i++)
		settled = settled && j->settled[c->cells[i]];
	if (settled)
		goto out;
	const bool non_negative = j->n_negative[slice_of(j, j->hidden[c->cells[0]])] == 0;
	VRD_TRY(check_lines(j, c, non_negative, &changed, err));
	if (!changed && c->n_cells <= EXACT_LIMIT)
		VRD_TRY(check_exactly(j, c, non_negative, &changed, err));
	for (size_t i = 0; !changed && i < c->n_cells; i++)
		j->settled[c->cells[i]] = true;
out:
	return rc;
}

static vrd_status hide_beside(job *j, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t before;
	do {
		before = j->n_hidden;
		picture now;
		vrd_arena_clear(&j->round);
		VRD_TRY(look(j, &now, err));
		for (size_t c = 0; c < now.n_components; c++)
			VRD_TRY(check_component(j, &now.components[c], err));
		for (size_t v = before; v < j->n_hidden; v++)
			j->state[j->hidden[v]] = HIDDEN;
	} while (j->n_hidden > before);
out:
	return rc;
}

// --- the operation ------------------------------------------------------------------------------

static vrd_status prepare(job *j, bool *has_mean, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_cube *cube = j->cube;
	j->stat_axis = vrd_cube_axis(cube, "stat");
	*has_mean = false;
	if (j->stat_axis != VRD_NONE) {
		const size_t mean = vrd_dim_find_text(cube->dims[j->stat_axis], "mean");
		*has_mean = mean != VRD_NONE;
		j->stat_index = *has_mean ? mean : 0;
	}
	VRD_TRY(VRD_NEW(&j->work, j->state, cube->n_cells));
	VRD_TRY(VRD_NEW(&j->work, j->slice_stride, cube->n_dims));
	size_t n_slices = 1;
	for (size_t d = 0; d < cube->n_dims; d++)
		if (d != j->stat_axis && !vrd_dim_is_audited(cube->dims[d])) {
			j->slice_stride[d] = n_slices;
			n_slices *= cube->dims[d]->n;
		}
	VRD_TRY(VRD_NEW(&j->work, j->n_negative, n_slices));
	VRD_TRY(vrd_lines_of(&j->work, cube, j->rule->totals_shown, &j->lines, err));
out:
	return rc;
}

// The copy, with every number of a hidden group gone.
static vrd_status write_out(vrd_arena *mem, const job *j, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_cube copy = *j->cube;
	const size_t n = copy.n_cells;
	VRD_TRY(VRD_NEW(mem, copy.values, n));
	memcpy(copy.values, j->cube->values, n * sizeof *copy.values);
	if (j->cube->status != NULL || j->n_hidden > 0)
		VRD_TRY(VRD_NEW(mem, copy.status, n));
	if (j->cube->status != NULL)
		memcpy(copy.status, j->cube->status, n);
	const size_t n_stats = j->stat_axis == VRD_NONE ? 1 : copy.dims[j->stat_axis]->n;
	const size_t stride = j->stat_axis == VRD_NONE ? 0 : copy.stride[j->stat_axis];
	for (size_t v = 0; v < j->n_hidden; v++)
		for (size_t k = 0; k < n_stats; k++) {
			const size_t p = j->hidden[v] + k * stride - j->stat_index * stride;
			if (vrd_cell_has_number((vrd_cell)copy.status[p])) {
				copy.status[p] = VRD_SUPPRESSED;
				copy.values[p] = NAN;
			}
		}
	*out = copy;
out:
	return rc;
}

// What is left of a budget; 0 means none, so a used-up one leaves a byte.
static size_t budget_left(const vrd_arena *mem) {
	if (mem->budget == 0)
		return 0;
	return mem->used < mem->budget ? mem->budget - mem->used : 1;
}

vrd_status vrd_cube_suppress(vrd_arena *mem, const vrd_cube *in, const vrd_suppression *rule,
                             vrd_cube *out, size_t *n_primary, size_t *n_secondary, vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (!(rule->threshold >= 0))
		return vrd_fail(err, VRD_DATA,
		                "the suppression threshold must be a number of 0 or more, got %g",
		                rule->threshold);
	job j = {.cube = in, .rule = rule, .stat_axis = VRD_NONE};
	vrd_arena_init(&j.work, budget_left(mem));
	vrd_arena_init(&j.round, budget_left(mem));
	size_t primary = 0, secondary = 0;
	if (rule->threshold > 0 && in->n_cells > 0) {
		bool has_mean;
		VRD_TRY(prepare(&j, &has_mean, err));
		VRD_TRY(hide_small(&j, has_mean, &primary, err));
		const size_t before = j.n_hidden;
		if (before > 0 && j.lines.n_sets > 0)
			VRD_TRY(hide_beside(&j, err));
		secondary = j.n_hidden - before;
	}
	VRD_TRY(write_out(mem, &j, out, err));
	if (n_primary != NULL)
		*n_primary = primary;
	if (n_secondary != NULL)
		*n_secondary = secondary;
out:
	vrd_arena_clear(&j.round);
	vrd_arena_clear(&j.work);
	return rc;
}
