// Sums of cells: sum_by, regroup and rollup.
//
// All three add rows of cells into rows of a result. Neumaier's compensation needs the rounding
// error of each addition; Knuth's two-sum gives the same error without a branch. A sum of at most
// two numbers is rounded once, and compensation could not change it: it is left out.
//
// Statuses are added as *ranks*, the precedence of vrd_cell with NOT_APPLICABLE below PRESENT:
// rank 0 = nothing so far, and a sum takes the largest rank of its parts.
#include "cube/shape.h"

#include <assert.h>
#include <string.h>

#include "base/banned.h"

enum { NOTHING = 0, A_NUMBER = 1 };

static inline uint8_t rank_of(uint8_t status) { // its own inverse
	return status < 2 ? status ^ 1 : status;
}

static inline void two_sum(double *sum, double *lost, double x) {
	const double s = *sum, t = s + x, rest = t - s;
	*lost += (s - (t - rest)) + (x - rest);
	*sum = t;
}

// sum[i * step] += weight * x[i] for n cells. `lost` and `status` may be NULL, as literals: each
// caller gets its own loop. Parts of rank below `floor` are lifted to it (but NOTHING is not).
static inline __attribute__((always_inline)) void
add_row(double *restrict sum, double *restrict lost, uint8_t *restrict rank,
        const double *restrict x, const uint8_t *restrict status, size_t n, size_t step,
        double weight, uint8_t floor) {
	for (size_t i = 0; i < n; i++) {
		const size_t o = i * step;
		double part = weight * x[i];
		if (status != NULL) {
			const uint8_t r = rank_of(status[i]);
			const uint8_t lifted = r != NOTHING && r < floor ? floor : r;
			part = r == NOTHING ? 0 : part;
			rank[o] = rank[o] > lifted ? rank[o] : lifted;
		}
		if (lost != NULL)
			two_sum(&sum[o], &lost[o], part);
		else
			sum[o] += part;
	}
}

// Four sums side by side, because one would wait for each addition. Their shape is fixed, so the
// bits depend on nothing but the numbers.
static void sum_run(double *sum, double *lost, const double *x, size_t n) {
	double s[4] = {0}, e[4] = {0};
	size_t i = 0;
	for (; i + 4 <= n; i += 4) {
		for (size_t k = 0; k < 4; k++)
			two_sum(&s[k], &e[k], x[i + k]);
	}
	for (; i < n; i++)
		two_sum(&s[0], &e[0], x[i]);
	for (size_t k = 0; k < 4; k++) {
		two_sum(sum, lost, s[k]);
		*lost += e[k];
	}
}

// Where parts come from and go to.
typedef struct {
	const double *x;
	const uint8_t *status; // NULL = every part is PRESENT
	double *sum;
	double *lost;  // NULL = no compensation
	uint8_t *rank; // NULL = every sum is PRESENT
} adder;

static inline __attribute__((always_inline)) void sum_tile(const adder *p, const vrd_walk *w,
                                                           double *lost, const uint8_t *status) {
	const vrd_loop rows = *vrd_walk_rows(w), cells = *vrd_walk_cells(w);
	for (size_t r = 0; r < rows.n; r++) {
		const size_t a = w->a + r * rows.a, o = w->o + r * rows.o;
		double *row_lost = lost != NULL ? lost + o : NULL;
		const uint8_t *row_status = status != NULL ? status + a : NULL;
		uint8_t *rank = status != NULL ? p->rank + o : NULL;
		if (cells.o == 0 && lost != NULL && status == NULL && cells.n >= 16)
			sum_run(p->sum + o, row_lost, p->x + a, cells.n);
		else if (cells.o == 1)
			add_row(p->sum + o, row_lost, rank, p->x + a, row_status, cells.n, 1, 1, 0);
		else
			add_row(p->sum + o, row_lost, rank, p->x + a, row_status, cells.n, cells.o,
			        1, 0);
	}
}

// The loop over the input in memory order, as one of four functions without branches inside.
static void sum_walk(const adder *p, vrd_walk *walk) {
	do {
		if (p->status != NULL && p->lost != NULL)
			sum_tile(p, walk, p->lost, p->status);
		else if (p->status != NULL)
			sum_tile(p, walk, NULL, p->status);
		else if (p->lost != NULL)
			sum_tile(p, walk, p->lost, NULL);
		else
			sum_tile(p, walk, NULL, NULL);
	} while (vrd_walk_next(walk));
}

// Sums and what was lost, ranks and numbers become cells.
static vrd_status settle(vrd_cube *cube, const double *lost, vrd_err *err) {
	for (size_t i = 0; lost != NULL && i < cube->n_cells; i++)
		cube->values[i] += lost[i];
	for (size_t i = 0; i < cube->n_cells; i++) {
		if (cube->status != NULL) {
			cube->status[i] = rank_of(cube->status[i]);
			if (!vrd_cell_has_number((vrd_cell)cube->status[i])) {
				cube->values[i] = NAN;
				continue;
			}
		}
		if (!isfinite(cube->values[i]))
			return vrd_fail(err, VRD_DATA, "a sum is outside the range of a double");
	}
	vrd_cube_settle_status(cube);
	return VRD_OK;
}

vrd_status vrd_cube_sum_by(vrd_arena *mem, const vrd_cube *in, size_t n_by, const char *const *by,
                           vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	vrd_arena scratch = vrd_scratch(mem);
	const vrd_dim **dims;
	size_t *axes, *step;
	vrd_cube cube;
	vrd_walk walk = {0};
	bool same = n_by == in->n_dims;
	VRD_TRY(VRD_NEW(mem, dims, n_by));
	VRD_TRY(VRD_NEW(&scratch, axes, n_by));
	VRD_TRY(VRD_NEW(&scratch, step, in->n_dims));
	for (size_t d = 0; d < n_by; d++) {
		VRD_TRY(vrd_cube_require(in, by[d], &axes[d], err));
		dims[d] = in->dims[axes[d]];
		same = same && axes[d] == d;
	}
	if (same) {
		*out = *in;
		goto out;
	}
	VRD_TRY(vrd_cube_like(mem, in, n_by, dims, &cube, err)); // refuses names that stand twice
	if (n_by == in->n_dims) {
		VRD_TRY(vrd_cube_permute(mem, in, axes, out, err));
		goto out;
	}
	adder p = {.x = in->values, .status = in->status, .sum = cube.values};
	if (in->n_cells > 0) {
		if (in->status != NULL)
			VRD_TRY(VRD_NEW(mem, cube.status, cube.n_cells));
		if (in->n_cells / cube.n_cells > 2)
			VRD_TRY(VRD_NEW(&scratch, p.lost, cube.n_cells));
		p.rank = cube.status;
		for (size_t d = 0; d < n_by; d++)
			step[axes[d]] = cube.stride[d];
		for (size_t d = 0; d < in->n_dims; d++)
			vrd_walk_add(&walk, in->dims[d]->n, in->stride[d], 0, step[d]);
		vrd_walk_begin(&walk);
		sum_walk(&p, &walk);
	}
	VRD_TRY(settle(&cube, p.lost, err));
	*out = cube;
out:
	vrd_arena_clear(&scratch);
	return rc;
}

// --- regroup ------------------------------------------------------------------------------------

// The cube as seen by a move of one dimension with lists of links by another (Y):
//
//	Y before dim:  [outer | Y | middle | dim |            row        ]
//	Y after dim:   [outer            | dim | rows | Y | rest of a row]
//
// Neighbouring categories of Y with the same links (a *run*) are moved together.
typedef struct {
	size_t n_by;  // 1 without Y
	size_t outer; // slabs: outer * n_by * middle when Y is before dim, else outer
	size_t middle;
	size_t n_from;
	size_t n_to;
	size_t rows;
	size_t row;     // cells between rows
	size_t rest;    // cells of one category of Y in a row
	bool by_inside; // Y is after dim
} move;

typedef struct {
	size_t first; // category of Y
	size_t n;
	size_t n_links;
	const vrd_link *links;
	const bool *reached; // by target
} run;

static move plan_move(const vrd_cube *in, size_t axis, size_t by, size_t n_to) {
	const size_t end = in->n_dims;
	move m = {.n_by = 1, .middle = 1, .n_from = in->dims[axis]->n, .n_to = n_to, .rows = 1};
	m.outer = vrd_cube_product(in, 0, axis);
	m.row = m.rest = vrd_cube_product(in, axis + 1, end);
	if (by == VRD_NONE)
		return m;
	m.n_by = in->dims[by]->n;
	if (by < axis) {
		m.outer = vrd_cube_product(in, 0, by);
		m.middle = vrd_cube_product(in, by + 1, axis);
	} else {
		m.by_inside = true;
		m.rows = vrd_cube_product(in, axis + 1, by);
		m.rest = vrd_cube_product(in, by + 1, end);
		m.row = m.n_by * m.rest;
	}
	return m;
}

static inline __attribute__((always_inline)) void add_links(const adder *p, const move *m,
                                                            const run *u, size_t a, size_t o,
                                                            size_t n, double *lost,
                                                            const uint8_t *status) {
	const size_t inner = m->rows * m->row;
	for (size_t l = 0; l < u->n_links; l++) {
		const vrd_link link = u->links[l];
		const uint8_t floor =
		        link.weight == 1 || link.weight == 0 ? A_NUMBER : VRD_ESTIMATED;
		for (size_t r = 0; r < m->rows; r++) {
			const size_t from = a + link.from * inner + r * m->row;
			const size_t to = o + link.to * inner + r * m->row;
			uint8_t *rank = p->rank != NULL ? p->rank + to : NULL;
			if (rank != NULL && (status == NULL || link.weight == 0)) {
				for (size_t i = 0; i < n; i++)
					rank[i] = rank[i] > floor ? rank[i] : floor;
			}
			if (link.weight != 0) // a weight of 0 takes nothing, not even "missing"
				add_row(p->sum + to, lost != NULL ? lost + to : NULL, rank,
				        p->x + from, status != NULL ? status + from : NULL, n, 1,
				        link.weight, floor);
		}
	}
}

static void miss_unreached(const adder *p, const move *m, const run *u, size_t o, size_t n) {
	for (size_t to = 0; to < m->n_to; to++) {
		for (size_t r = 0; r < m->rows && !u->reached[to]; r++)
			memset(p->rank + o + (to * m->rows + r) * m->row, VRD_MISSING, n);
	}
}

static void move_slab(const adder *p, const move *m, const run *u, size_t a, size_t o, size_t n) {
	if (p->status != NULL && p->lost != NULL)
		add_links(p, m, u, a, o, n, p->lost, p->status);
	else if (p->status != NULL)
		add_links(p, m, u, a, o, n, NULL, p->status);
	else if (p->lost != NULL)
		add_links(p, m, u, a, o, n, p->lost, NULL);
	else
		add_links(p, m, u, a, o, n, NULL, NULL);
	if (p->rank != NULL)
		miss_unreached(p, m, u, o, n);
}

static void move_run(const adder *p, const move *m, const run *u) {
	const size_t inner = m->rows * m->row;
	const size_t offset = m->by_inside ? u->first * m->rest : 0;
	const size_t n = m->by_inside ? u->n * m->rest : m->row;
	const size_t slabs = m->by_inside ? 1 : u->n * m->middle;
	for (size_t g = 0; g < m->outer; g++) {
		for (size_t s = 0; s < slabs; s++) {
			size_t slab = g;
			if (!m->by_inside)
				slab = (g * m->n_by + u->first) * m->middle + s;
			move_slab(p, m, u, slab * m->n_from * inner + offset,
			          slab * m->n_to * inner + offset, n);
		}
	}
}

static bool same_links(const run *u, size_t n, const vrd_link *links) {
	if (u->n_links != n)
		return false;
	for (size_t l = 0; l < n && u->links != links; l++) {
		if (u->links[l].from != links[l].from || u->links[l].to != links[l].to ||
		    u->links[l].weight != links[l].weight)
			return false;
	}
	return true;
}

// What the lists of links mean for the result.
typedef struct {
	bool any_share;   // a weight that is neither 0 nor 1
	bool any_missing; // a target that nothing reaches
	bool many;        // a target with more than two parts
} survey;

static vrd_status survey_run(vrd_arena *scratch, const vrd_dim *dim, const vrd_dim *target, run *u,
                             survey *found, vrd_err *err) {
	vrd_status rc;
	bool *reached;
	uint8_t *parts;
	VRD_TRY(VRD_NEW(scratch, reached, target->n));
	VRD_TRY(VRD_NEW(scratch, parts, target->n));
	for (size_t l = 0; l < u->n_links; l++) {
		const vrd_link *link = &u->links[l];
		if (link->from >= dim->n || link->to >= target->n)
			return vrd_fail(
			        err, VRD_DATA,
			        "link %zu from \"%s\" (%zu categories) to \"%s\" (%zu categories) "
			        "goes from %zu to %zu, counted from 0",
			        l, dim->name, dim->n, target->name, target->n, link->from,
			        link->to);
		if (!isfinite(link->weight))
			return vrd_fail(err, VRD_DATA, "the weight from \"%s\" to \"%s\" is %g",
			                dim->cats[link->from].code, target->cats[link->to].code,
			                link->weight);
		reached[link->to] = true;
		if (link->weight == 0)
			continue;
		found->any_share |= link->weight != 1;
		found->many |= parts[link->to] >= 2;
		parts[link->to] = parts[link->to] < 2 ? parts[link->to] + 1 : 2;
	}
	for (size_t t = 0; t < target->n; t++)
		found->any_missing |= !reached[t];
	u->reached = reached;
out:
	return rc;
}

vrd_status vrd_cube_regroup(vrd_arena *mem, const vrd_cube *in, const char *dim,
                            const vrd_dim *target, const char *by, const size_t *n_links,
                            const vrd_link *const *links, vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	vrd_arena scratch = vrd_scratch(mem);
	size_t axis, by_axis = VRD_NONE, n_runs = 0;
	run *runs;
	survey found = {0};
	vrd_cube cube;
	VRD_TRY(vrd_cube_require(in, dim, &axis, err));
	if (by != NULL)
		VRD_TRY(vrd_cube_require(in, by, &by_axis, err));
	if (axis == by_axis) {
		rc = vrd_fail(err, VRD_DATA, "dimension \"%s\" cannot be moved by itself", dim);
		goto out;
	}
	VRD_TRY(vrd_cube_like_but(mem, in, axis, target, &cube, err));
	const move m = plan_move(in, axis, by_axis, target->n);
	VRD_TRY(VRD_NEW(&scratch, runs, m.n_by));
	for (size_t y = 0; y < m.n_by; y++) {
		if (n_runs > 0 && same_links(&runs[n_runs - 1], n_links[y], links[y])) {
			runs[n_runs - 1].n++;
			continue;
		}
		runs[n_runs] = (run){.first = y, .n = 1, .n_links = n_links[y], .links = links[y]};
		VRD_TRY(survey_run(&scratch, in->dims[axis], target, &runs[n_runs++], &found, err));
	}
	if (in->status != NULL || found.any_share || found.any_missing)
		VRD_TRY(VRD_NEW(mem, cube.status, cube.n_cells));
	adder p = {.x = in->values, .status = in->status, .sum = cube.values, .rank = cube.status};
	if (found.many)
		VRD_TRY(VRD_NEW(&scratch, p.lost, cube.n_cells));
	for (size_t u = 0; u < n_runs; u++)
		move_run(&p, &m, &runs[u]);
	VRD_TRY(settle(&cube, p.lost, err));
	*out = cube;
out:
	vrd_arena_clear(&scratch);
	return rc;
}

// --- rollup -------------------------------------------------------------------------------------

// A parent's own cells are the total of its children, if they hold anything: only the leaves are
// added, so nobody is counted twice.
vrd_status vrd_cube_rollup(vrd_arena *mem, const vrd_cube *in, const char *dim, vrd_cube *out,
                           vrd_err *err) {
	vrd_status rc;
	vrd_arena scratch = vrd_scratch(mem);
	size_t axis, n_roots = 0, n_links = 0;
	vrd_category *roots;
	size_t *root_of; // new index of a root
	bool *has_child;
	vrd_link *links;
	const vrd_dim *target;
	VRD_TRY(vrd_cube_require(in, dim, &axis, err));
	const vrd_dim *old = in->dims[axis];
	VRD_TRY(VRD_NEW(&scratch, roots, old->n));
	VRD_TRY(VRD_NEW(&scratch, root_of, old->n));
	VRD_TRY(VRD_NEW(&scratch, has_child, old->n));
	VRD_TRY(VRD_NEW(&scratch, links, old->n));
	for (size_t i = 0; i < old->n; i++) {
		if (old->cats[i].parent != VRD_NONE) {
			has_child[old->cats[i].parent] = true;
			continue;
		}
		root_of[i] = n_roots;
		roots[n_roots++] = old->cats[i];
	}
	if (n_roots == old->n) {
		*out = *in;
		goto out;
	}
	for (size_t i = 0; i < old->n; i++) {
		size_t root = i;
		while (old->cats[root].parent != VRD_NONE)
			root = old->cats[root].parent;
		if (!has_child[i])
			links[n_links++] = (vrd_link){.from = i, .to = root_of[root], .weight = 1};
	}
	VRD_TRY(vrd_dim_like(mem, old, n_roots, roots, &target, err));
	const vrd_link *const lists[] = {links};
	VRD_TRY(vrd_cube_regroup(mem, in, dim, target, NULL, &n_links, lists, out, err));
out:
	vrd_arena_clear(&scratch);
	return rc;
}
