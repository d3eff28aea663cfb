// Small dense problems by GSL. Private to this room.
#pragma once

#include "base/mem.h"
#include "base/status.h"

#include <stdbool.h>

// Solves A x = b; a (n x n, row-major) is destroyed, b becomes x. False when A is singular or
// memory is used up.
bool vrd_dense_solve(size_t n, double a[], double b[]);
// Eigenvalues of a symmetric matrix (its lower triangle is read, and destroyed), in no order;
// vectors, unless NULL, gets the matching unit eigenvectors as columns, row-major.
vrd_status vrd_dense_eigen(size_t n, double a[], double values[], double vectors[],
                           vrd_err *err) VRD_MUST_USE;
