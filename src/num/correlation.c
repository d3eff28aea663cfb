#include "num/correlation.h"

#include "num/dense.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

// What a matrix read from text may differ from its mirror image and from 1 on the diagonal.
static const double rounding = 1e-12;

static vrd_status check_entry(size_t n, const double r[], size_t i, size_t j, vrd_err *err) {
	const double value = r[i * n + j];
	if (!isfinite(value))
		return vrd_fail(err, VRD_DATA,
		                "the correlation in row %zu, column %zu is not a number", i + 1,
		                j + 1);
	if (i == j && !(fabs(value - 1) <= rounding))
		return vrd_fail(err, VRD_DATA,
		                "a variable has correlation 1 with itself, got %.10g in row %zu, "
		                "column %zu",
		                value, i + 1, j + 1);
	if (!(fabs(value) <= 1 + rounding))
		return vrd_fail(err, VRD_DATA,
		                "the correlation in row %zu, column %zu is %.10g, outside [-1, 1]",
		                i + 1, j + 1, value);
	if (j < i && !(fabs(value - r[j * n + i]) <= rounding))
		return vrd_fail(err, VRD_DATA,
		                "correlations must be symmetric: row %zu, column %zu has %.10g, "
		                "row %zu, column %zu has %.10g",
		                i + 1, j + 1, value, j + 1, i + 1, r[j * n + i]);
	return VRD_OK;
}

// Scratch for the eigenvalues of n variables.
typedef struct {
	double *matrix, *values, *vectors;
} eigen;

static vrd_status eigen_init(eigen *e, vrd_arena *mem, size_t n, vrd_err *err) {
	vrd_status rc;
	VRD_TRY(VRD_NEW(mem, e->matrix, n * n));
	VRD_TRY(VRD_NEW(mem, e->values, n));
	VRD_TRY(VRD_NEW(mem, e->vectors, n * n));
out:
	return rc;
}

vrd_status vrd_correlation_check(vrd_arena *mem, size_t n, const double r[], vrd_err *err) {
	vrd_status rc = VRD_OK;
	eigen e;
	double least = INFINITY;
	for (size_t i = 0; i < n; ++i) {
		for (size_t j = 0; j < n; ++j)
			VRD_TRY(check_entry(n, r, i, j, err));
	}
	if (n == 0)
		return VRD_OK;
	VRD_TRY(eigen_init(&e, mem, n, err));
	memcpy(e.matrix, r, n * n * sizeof *r);
	VRD_TRY(vrd_dense_eigen(n, e.matrix, e.values, NULL, err));
	for (size_t i = 0; i < n; ++i)
		least = fmin(least, e.values[i]);
	if (!(least >= -1e-12 * (double)n))
		rc = vrd_fail(err, VRD_DATA,
		              "no %zu variables can have these correlations: the smallest "
		              "eigenvalue of the matrix is %.6g, and must not be below 0; use the "
		              "nearest correlation matrix",
		              n, least);
out:
	return rc;
}

// ---- The nearest correlation matrix -----------------------------------------------------------

// x = the nearest semi-definite matrix to `from`: negative eigenvalues become 0.
static vrd_status project_semidefinite(eigen *e, size_t n, const double from[], double x[],
                                       vrd_err *err) {
	vrd_status rc;
	memcpy(e->matrix, from, n * n * sizeof *from);
	VRD_TRY(vrd_dense_eigen(n, e->matrix, e->values, e->vectors, err));
	for (size_t i = 0; i < n; ++i) {
		for (size_t j = 0; j <= i; ++j) {
			double sum = 0;
			for (size_t k = 0; k < n; ++k)
				sum += fmax(e->values[k], 0) * e->vectors[i * n + k] *
				       e->vectors[j * n + k];
			x[i * n + j] = x[j * n + i] = sum;
		}
	}
out:
	return rc;
}

// The largest change, and `x` gets the new numbers.
static double replace(size_t n_items, double x[], const double by[]) {
	double most = 0;
	for (size_t i = 0; i < n_items; ++i) {
		most = fmax(most, fabs(x[i] - by[i]));
		x[i] = by[i];
	}
	return most;
}

// A semi-definite matrix whose diagonal is 1 but for what is left of the iteration.
static void scale_to_unit_diagonal(size_t n, const double x[], double out[]) {
	for (size_t i = 0; i < n; ++i) {
		for (size_t j = 0; j < n; ++j) {
			const double r = x[i * n + j] / sqrt(x[i * n + i] * x[j * n + j]);
			out[i * n + j] = i == j ? 1 : fmin(fmax(r, -1), 1);
		}
	}
}

// Symbols of the paper: Y has a unit diagonal, X is semi-definite, dS is Dykstra's correction,
// R = Y - dS.
static vrd_status alternate(vrd_arena *mem, size_t n, const double from[], double out[],
                            vrd_err *err) {
	enum { MAX_ROUNDS = 10000 };
	vrd_status rc;
	eigen e;
	double *x, *y, *ds, *r, *next;
	const size_t nn = n * n;
	double change = INFINITY;
	VRD_TRY(eigen_init(&e, mem, n, err));
	VRD_TRY(VRD_NEW(mem, x, nn));
	VRD_TRY(VRD_NEW(mem, y, nn));
	VRD_TRY(VRD_NEW(mem, ds, nn));
	VRD_TRY(VRD_NEW(mem, r, nn));
	VRD_TRY(VRD_NEW(mem, next, nn));
	memcpy(y, from, nn * sizeof *y);
	for (int round = 0; round < MAX_ROUNDS && change > 1e-12; ++round) {
		for (size_t i = 0; i < nn; ++i)
			r[i] = y[i] - ds[i];
		VRD_TRY(project_semidefinite(&e, n, r, next, err));
		change = replace(nn, x, next);
		for (size_t i = 0; i < nn; ++i)
			ds[i] = x[i] - r[i];
		for (size_t i = 0; i < n; ++i)
			next[i * n + i] = 1;
		change = fmax(change, replace(nn, y, next));
	}
	if (!(change <= 1e-9))
		return vrd_fail(err, VRD_DATA,
		                "the nearest correlation matrix of %zu variables was not found: it "
		                "still moves by %.3g after %d rounds; correct the matrix by hand",
		                n, change, MAX_ROUNDS);
	scale_to_unit_diagonal(n, x, out);
out:
	return rc;
}

static vrd_status check_symmetric(size_t n, const double r[], vrd_err *err) {
	for (size_t i = 0; i < n; ++i) {
		for (size_t j = 0; j <= i; ++j) {
			const double value = r[i * n + j];
			if (!isfinite(value) || !(fabs(value - r[j * n + i]) <= rounding))
				return vrd_fail(err, VRD_DATA,
				                "row %zu, column %zu is %.10g and row %zu, column "
				                "%zu is %.10g: correlations must be symmetric "
				                "numbers",
				                i + 1, j + 1, value, j + 1, i + 1, r[j * n + i]);
		}
	}
	return VRD_OK;
}

// A correlation matrix is its own nearest, to the last bit.
vrd_status vrd_correlation_nearest(vrd_arena *mem, size_t n, const double r[], double out[],
                                   vrd_err *err) {
	vrd_status rc;
	VRD_TRY(check_symmetric(n, r, err));
	rc = vrd_correlation_check(mem, n, r, NULL);
	if (rc == VRD_OK)
		memmove(out, r, n * n * sizeof *out);
	else if (rc == VRD_NOMEM)
		VRD_TRY(vrd_correlation_check(mem, n, r, err));
	else
		VRD_TRY(alternate(mem, n, r, out, err));
out:
	return rc;
}

// ---- Factor -----------------------------------------------------------------------------------

// What is left of a row's variance below this is rounding: the row depends on those before it. Too
// small a pivot would blow rounding up in the rows below, too large a one would drop correlation.
static const double least_pivot = 1e-13;

void vrd_correlation_factor(size_t n, const double r[], double l[]) {
	for (size_t i = 0; i < n; ++i) {
		double left = r[i * n + i];
		for (size_t j = 0; j < i; ++j) {
			double rest = r[i * n + j];
			for (size_t k = 0; k < j; ++k)
				rest -= l[i * n + k] * l[j * n + k];
			const double pivot = l[j * n + j];
			// No row may be longer than its variance allows, whatever the rounding.
			const double most = sqrt(left);
			const double value = pivot > 0 ? fmin(fmax(rest / pivot, -most), most) : 0;
			l[i * n + j] = value;
			left = fmax(left - value * value, 0);
		}
		l[i * n + i] = left > least_pivot ? sqrt(left) : 0;
		for (size_t j = i + 1; j < n; ++j)
			l[i * n + j] = 0;
	}
}

double vrd_correlation_of_rank(double spearman) {
	return 2 * sin(pi * spearman / 6);
}
