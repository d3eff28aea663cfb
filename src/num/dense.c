#include "num/dense.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>

// Householder: stable without pivoting.
bool vrd_dense_solve(size_t n, double a[], double b[]) {
	gsl_matrix_view matrix = gsl_matrix_view_array(a, n, n);
	gsl_vector_view vector = gsl_vector_view_array(b, n);
	return gsl_linalg_HH_svx(&matrix.matrix, &vector.vector) == GSL_SUCCESS;
}

vrd_status vrd_dense_eigen(size_t n, double a[], double values[], double vectors[], vrd_err *err) {
	gsl_matrix_view matrix = gsl_matrix_view_array(a, n, n);
	gsl_vector_view value = gsl_vector_view_array(values, n);
	int failure = GSL_ENOMEM;
	if (vectors != NULL) {
		gsl_matrix_view vector = gsl_matrix_view_array(vectors, n, n);
		gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(n);
		if (work != NULL)
			failure = gsl_eigen_symmv(&matrix.matrix, &value.vector, &vector.matrix,
			                          work);
		gsl_eigen_symmv_free(work);
	} else {
		gsl_eigen_symm_workspace *work = gsl_eigen_symm_alloc(n);
		if (work != NULL)
			failure = gsl_eigen_symm(&matrix.matrix, &value.vector, work);
		gsl_eigen_symm_free(work);
	}
	if (failure == GSL_ENOMEM)
		return vrd_fail(err, VRD_NOMEM, "no memory for the eigenvalues of %zu variables",
		                n);
	if (failure != GSL_SUCCESS)
		return vrd_fail(err, VRD_DATA, "the eigenvalues of %zu variables were not found",
		                n);
	return VRD_OK;
}
