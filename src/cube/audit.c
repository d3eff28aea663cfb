#include "cube/audit.h"

#include <math.h>

#include "base/banned.h"

// Coefficients start as -1, 0, 1 and stay small fractions: anything below is rounding.
static const double coefficient_zero = 1e-9;

// Bounds that creep towards each other for ever are left after so many sweeps: still valid.
enum { MAX_SWEEPS = 64 };

// The reduced system: row-echelon form with ones as pivots and nothing else in their columns.
typedef struct {
	double **rows; // n_rows of n_cells coefficients and the sum
	size_t rank;
	size_t *pivots; // column of the pivot of rows[0..rank)
} echelon;

// row -= factor * pivot_row. A sum that is NaN spreads only where it takes part.
static void subtract(double *row, const double *pivot_row, double factor, size_t from, size_t n) {
	for (size_t j = from; j < n; j++) {
		row[j] -= factor * pivot_row[j];
		if (fabs(row[j]) < coefficient_zero)
			row[j] = 0;
	}
	row[n] -= factor * pivot_row[n];
}

static size_t largest_in_column(double *const *rows, size_t from, size_t n_rows, size_t column) {
	size_t best = VRD_NONE;
	double size = coefficient_zero;
	for (size_t r = from; r < n_rows; r++)
		if (fabs(rows[r][column]) > size) {
			size = fabs(rows[r][column]);
			best = r;
		}
	return best;
}

static void eliminate(echelon *e, size_t n_rows, size_t n_cells) {
	for (size_t column = 0; column < n_cells && e->rank < n_rows; column++) {
		const size_t found = largest_in_column(e->rows, e->rank, n_rows, column);
		if (found == VRD_NONE)
			continue;
		double *const pivot_row = e->rows[found];
		e->rows[found] = e->rows[e->rank];
		e->rows[e->rank] = pivot_row;
		const double pivot = pivot_row[column];
		for (size_t j = column; j <= n_cells; j++)
			pivot_row[j] /= pivot;
		for (size_t r = 0; r < n_rows; r++)
			if (r != e->rank && fabs(e->rows[r][column]) > 0)
				subtract(e->rows[r], pivot_row, e->rows[r][column], column,
				         n_cells);
		e->pivots[e->rank++] = column;
	}
}

static vrd_status reduce(vrd_arena *mem, size_t n_cells, size_t n_rows, const vrd_audit_row *rows,
                         echelon *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	echelon e = {0};
	VRD_TRY(VRD_NEW(mem, e.rows, n_rows));
	VRD_TRY(VRD_NEW(mem, e.pivots, n_rows));
	for (size_t r = 0; r < n_rows; r++) {
		VRD_TRY(VRD_NEW(mem, e.rows[r], n_cells + 1));
		for (size_t t = 0; t < rows[r].n_terms; t++)
			e.rows[r][rows[r].terms[t].cell] += rows[r].terms[t].sign;
		e.rows[r][n_cells] = rows[r].sum;
	}
	eliminate(&e, n_rows, n_cells);
	*out = e;
out:
	return rc;
}

// A cell is determined when a reduced row holds nothing but its pivot.
static void mark_determined(const echelon *e, size_t n_cells, vrd_audit_cell *cells) {
	for (size_t r = 0; r < e->rank; r++) {
		size_t n_others = 0;
		for (size_t j = e->pivots[r] + 1; j < n_cells; j++)
			n_others += fabs(e->rows[r][j]) > 0;
		cells[e->pivots[r]].determined = n_others == 0;
	}
}

// --- bounds -------------------------------------------------------------------------------------

// A sum whose terms may be infinite: the finite part, and how many are not.
typedef struct {
	double finite;
	size_t n_infinite;
} extent;

static void extend(extent *e, double term) {
	if (isinf(term))
		e->n_infinite++;
	else
		e->finite += term;
}

// The sum without `term`; `infinite` when another term is.
static double without(const extent *e, double term, double infinite) {
	if (isinf(term))
		return e->n_infinite == 1 ? e->finite : infinite;
	return e->n_infinite == 0 ? e->finite - term : infinite;
}

// sum of factor[t] * x[cell[t]] = sum; `name` is the row's number for lo_row and hi_row.
typedef struct {
	const size_t *cells;
	const double *factors;
	size_t n;
	double sum;
	size_t name;
} equation;

static bool tighten_cell(vrd_audit_cell *x, double lo, double hi, size_t name) {
	bool changed = false;
	if (lo > x->lo) {
		x->lo = lo;
		x->lo_row = name;
		changed = true;
	}
	if (hi < x->hi) {
		x->hi = hi;
		x->hi_row = name;
		changed = true;
	}
	return changed;
}

static bool propagate(const equation *q, vrd_audit_cell *cells) {
	if (isnan(q->sum))
		return false;
	extent least = {0}, most = {0};
	for (size_t t = 0; t < q->n; t++) {
		const vrd_audit_cell *x = &cells[q->cells[t]];
		const double f = q->factors[t];
		extend(&least, f * (f > 0 ? x->lo : x->hi));
		extend(&most, f * (f > 0 ? x->hi : x->lo));
	}
	// A cell stands once in a row, so the extents of the old bounds serve the whole loop.
	bool changed = false;
	for (size_t t = 0; t < q->n; t++) {
		vrd_audit_cell *x = &cells[q->cells[t]];
		const double f = q->factors[t];
		const double own_least = f * (f > 0 ? x->lo : x->hi);
		const double own_most = f * (f > 0 ? x->hi : x->lo);
		const double a = (q->sum - without(&most, own_most, INFINITY)) / f;
		const double b = (q->sum - without(&least, own_least, -INFINITY)) / f;
		changed |= tighten_cell(x, f > 0 ? a : b, f > 0 ? b : a, q->name);
	}
	return changed;
}

static vrd_status new_equation(vrd_arena *mem, size_t n, equation *out, size_t **cells,
                               double **factors, vrd_err *err) {
	vrd_status rc = VRD_OK;
	VRD_TRY(VRD_NEW(mem, *cells, n));
	VRD_TRY(VRD_NEW(mem, *factors, n));
	*out = (equation){.cells = *cells, .factors = *factors, .n = n};
out:
	return rc;
}

static vrd_status equation_of_row(vrd_arena *mem, const vrd_audit_row *row, size_t name,
                                  equation *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t *cells;
	double *factors;
	VRD_TRY(new_equation(mem, row->n_terms, out, &cells, &factors, err));
	for (size_t t = 0; t < row->n_terms; t++) {
		cells[t] = row->terms[t].cell;
		factors[t] = row->terms[t].sign;
	}
	out->sum = row->sum;
	out->name = name;
out:
	return rc;
}

static vrd_status equation_of_reduced(vrd_arena *mem, const double *row, size_t n_cells,
                                      equation *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t n = 0;
	for (size_t j = 0; j < n_cells; j++)
		n += fabs(row[j]) > 0;
	size_t *cells;
	double *factors;
	VRD_TRY(new_equation(mem, n, out, &cells, &factors, err));
	for (size_t j = 0, t = 0; j < n_cells; j++)
		if (fabs(row[j]) > 0) {
			cells[t] = j;
			factors[t++] = row[j];
		}
	out->sum = row[n_cells];
	out->name = VRD_NONE;
out:
	return rc;
}

static vrd_status propagate_all(vrd_arena *mem, size_t n_cells, size_t n_rows,
                                const vrd_audit_row *rows, const echelon *reduced,
                                vrd_audit_cell *cells, vrd_err *err) {
	vrd_status rc = VRD_OK;
	equation *equations;
	VRD_TRY(VRD_NEW(mem, equations, n_rows + reduced->rank));
	for (size_t r = 0; r < n_rows; r++)
		VRD_TRY(equation_of_row(mem, &rows[r], r, &equations[r], err));
	for (size_t r = 0; r < reduced->rank; r++)
		VRD_TRY(equation_of_reduced(mem, reduced->rows[r], n_cells, &equations[n_rows + r],
		                            err));
	bool changed = true;
	for (size_t sweep = 0; changed && sweep < MAX_SWEEPS; sweep++) {
		changed = false;
		for (size_t q = 0; q < n_rows + reduced->rank; q++)
			changed |= propagate(&equations[q], cells);
	}
out:
	return rc;
}

vrd_status vrd_audit(vrd_arena *scratch, size_t n_cells, size_t n_rows, const vrd_audit_row *rows,
                     bool non_negative, vrd_audit_cell *cells, vrd_err *err) {
	vrd_status rc = VRD_OK;
	echelon reduced;
	VRD_TRY(reduce(scratch, n_cells, n_rows, rows, &reduced, err));
	for (size_t i = 0; i < n_cells; i++)
		cells[i] = (vrd_audit_cell){.lo = non_negative ? 0 : -INFINITY,
		                            .hi = INFINITY,
		                            .lo_row = VRD_NONE,
		                            .hi_row = VRD_NONE};
	mark_determined(&reduced, n_cells, cells);
	VRD_TRY(propagate_all(scratch, n_cells, n_rows, rows, &reduced, cells, err));
out:
	return rc;
}
