#include "num/hash.h"
#include "num/rng.h"
#include "scenario/engine.h"

#include <math.h>
#include <string.h>

// Streams of correlation groups, apart from those of assumptions with the same name.
static vrd_status group_streams(vrd_arena *mem, const vrd_model *model, uint64_t **out,
                                vrd_err *err) {
	vrd_status rc = VRD_OK;
	uint64_t *stream;
	VRD_TRY(VRD_NEW(mem, stream, model->n_groups));
	for (size_t i = 0; i < model->n_groups; i++) {
		const char *name = vrd_arena_printf(mem, "group/%s", model->group_names[i]);
		if (!name)
			VRD_TRY(vrd_no_memory(err, mem, 64, 1));
		stream[i] = vrd_hash_id(vrd_str_of(name));
	}
	*out = stream;
out:
	return rc;
}

static double own_uniform(const vrd_model *model, size_t assumption, uint64_t seed, size_t draw) {
	return vrd_uniform(seed, vrd_hash_id(vrd_str_of(model->assumptions[assumption].id)), draw,
	                   0);
}

// u_i = Phi(sum_j L_ij z_j) for the members of a matrix.
static vrd_status correlate(vrd_arena *mem, const vrd_matrix *matrix, size_t n, double *u,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	double *z;
	VRD_TRY(VRD_NEW(mem, z, matrix->n));
	for (size_t d = 0; d < n; d++) {
		for (size_t i = 0; i < matrix->n; i++)
			z[i] = vrd_normal_quantile(u[matrix->assumption[i] * n + d]);
		for (size_t i = 0; i < matrix->n; i++) {
			double sum = 0;
			for (size_t j = 0; j <= i; j++)
				sum += matrix->factor[i * matrix->n + j] * z[j];
			u[matrix->assumption[i] * n + d] = vrd_normal_cdf(sum);
		}
	}
out:
	return rc;
}

vrd_status vrd_draw_uniforms(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                             double **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = draws->n ? draws->n : 1;
	double *u;
	uint64_t *stream;
	VRD_TRY(VRD_NEW(mem, u, model->n_assumptions * n));
	VRD_TRY(group_streams(mem, model, &stream, err));
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const size_t group = model->assumptions[i].group;
		for (size_t d = 0; d < n; d++) {
			const double own = own_uniform(model, i, draws->seed, d);
			u[i * n + d] =
			        group == VRD_NO_GROUP
			                ? own
			                : vrd_copula_uniform(
			                          model->group_rho[group],
			                          vrd_uniform(draws->seed, stream[group], d, 0),
			                          own);
		}
	}
	for (size_t i = 0; i < model->n_matrices; i++)
		VRD_TRY(correlate(mem, &model->matrices[i], n, u, err));
	*out = u;
out:
	return rc;
}

void vrd_draw_values(const vrd_dist *dist, const double *u, const size_t *order, size_t n,
                     double *out) {
	const double mean = !u || dist->kind == VRD_DIST_FIXED ? vrd_dist_mean(dist) : 0;
	for (size_t d = 0; d < n; d++)
		out[d] = !u || dist->kind == VRD_DIST_FIXED
		                 ? mean
		                 : vrd_dist_quantile(dist, u[order ? order[d] : d]);
}

vrd_status vrd_kernel_parameters(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                 double **x, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = draws->n ? draws->n : 1;
	double *u, *values;
	VRD_TRY(VRD_NEW(mem, values, model->n_assumptions * n));
	VRD_TRY(vrd_draw_uniforms(mem, model, draws, &u, err));
	for (size_t i = 0; i < model->n_assumptions; i++)
		vrd_draw_values(&model->assumptions[i].dist, draws->n ? u + i * n : NULL, NULL, n,
		                values + i * n);
	*x = values;
out:
	return rc;
}

static uint32_t variant_of(const vrd_model *model, uint64_t seed, size_t draw) {
	const size_t n_v = model->demand.n_variant;
	double u = vrd_uniform(seed, vrd_hash_id(VRD_STR("population.variant")), draw, 0);
	for (size_t v = 0; v + 1 < n_v; v++) {
		u -= model->variant_weight[v];
		if (u < 0)
			return (uint32_t)v;
	}
	return (uint32_t)(n_v - 1);
}

void vrd_draw_variants(const vrd_model *model, const vrd_draws *draws, uint32_t *out) {
	out[0] = 0;
	for (size_t d = 0; d < draws->n; d++)
		out[d] = variant_of(model, draws->seed, d);
}

static void walk_years(const vrd_assumption *a, int year, double t0, int *first, int *last) {
	*first = (int)floor(fmax(t0, a->phasing.start)) + 1;
	*last = year < a->phasing.end ? year : a->phasing.end;
}

size_t vrd_walk_steps(const vrd_assumption *a, int year, double t0) {
	int first, last;
	walk_years(a, year, t0, &first, &last);
	return last >= first ? (size_t)(last - first + 1) : 0;
}

void vrd_draw_walk(const vrd_assumption *a, uint64_t seed, const size_t *order, size_t n, int year,
                   double t0, double *out) {
	const uint64_t stream = vrd_hash_id(vrd_str_of(a->id));
	int first, last;
	walk_years(a, year, t0, &first, &last);
	for (size_t d = 0; d < n; d++) {
		const size_t own = order ? order[d] : d;
		out[d] = 0;
		for (int at = first; at <= last; at++)
			out[d] += vrd_normal_quantile(vrd_uniform(seed, stream, own, (uint64_t)at));
	}
}
