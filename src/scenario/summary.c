#include "scenario/kernel.h"

#include "num/stats.h"

#include <string.h>

static const char *const stat_codes[] = {"mean", "p10", "p50", "p90", "mc_error"};
#define N_STATS (sizeof stat_codes / sizeof *stat_codes)

typedef struct {
	const vrd_view *view;
	const size_t *year_index; // model year -> index in the result
	vrd_cube *cubes;          // [measure]
} summary_sink;

static void summarise(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                      double *scratch) {
	const summary_sink *s = context;
	const vrd_cube *cube = &s->cubes[key->measure];
	const size_t index[] = {
	        key->step, key->place, key->service, key->care, s->year_index[key->year], 0};
	double *out = cube->values + vrd_cube_position(cube, s->view->steps ? index : index + 1);
	if (!draws)
		return; // all zero, as the cube is
	const vrd_summary x = vrd_summarise(draws, n, scratch);
	const double stats[N_STATS] = {x.mean, x.p10, x.p50, x.p90, x.mc_error};
	memcpy(out, stats, sizeof stats);
}

// The groups of a dimension, with "*" for their sum when the view has sums.
static vrd_status with_sum(vrd_arena *mem, const vrd_dim *dim, bool sums, const vrd_dim **out,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_category *cats;
	if (!sums) {
		*out = dim;
		return VRD_OK;
	}
	VRD_TRY(VRD_NEW(mem, cats, dim->n + 1));
	memcpy(cats, dim->cats, dim->n * sizeof *cats);
	cats[dim->n] = (vrd_category){.code = "*", .parent = VRD_NONE, .decimals = -1};
	VRD_TRY(vrd_dim_new(mem, dim->name, dim->label, dim->role, dim->n + 1, cats, out, err));
out:
	return rc;
}

static vrd_status step_dim(vrd_arena *mem, const vrd_model *model, const vrd_dim **out,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	static const char *const first[VRD_STEP_FIRST] = {"base", "population", "ageing", "births"};
	const size_t n = vrd_n_steps(model);
	vrd_category *cats;
	size_t *order;
	VRD_TRY(VRD_NEW(mem, cats, n));
	VRD_TRY(VRD_NEW(mem, order, model->n_assumptions));
	vrd_step_order(model, order);
	for (size_t i = 0; i < n; i++) {
		cats[i] = (vrd_category){.parent = VRD_NONE, .decimals = -1};
		if (i < VRD_STEP_FIRST) {
			cats[i].code = first[i];
		} else if (i + 1 < n) {
			const vrd_assumption *a = &model->assumptions[order[i - VRD_STEP_FIRST]];
			cats[i].code = a->id;
			cats[i].label = a->label;
		} else {
			cats[i].code = "map";
		}
	}
	VRD_TRY(vrd_dim_new(mem, "step", NULL, VRD_ROLE_NONE, n, cats, out, err));
out:
	return rc;
}

static vrd_status year_dim(vrd_arena *mem, const vrd_model *model, const vrd_view *view,
                           size_t *index, const vrd_dim **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_demand *d = &model->demand;
	vrd_category *cats;
	size_t n = 0;
	VRD_TRY(VRD_NEW(mem, cats, d->n_year));
	for (size_t t = 0; t < d->n_year; t++) {
		index[t] = n;
		if (view->years && !view->years[t])
			continue;
		char *code = vrd_arena_printf(mem, "%d", d->year[t]);
		if (!code)
			VRD_TRY(vrd_no_memory(err, mem, 8, 1));
		cats[n++] = (vrd_category){.code = code, .parent = VRD_NONE, .decimals = -1};
	}
	VRD_TRY(vrd_dim_new(mem, "year", NULL, VRD_ROLE_TIME, n, cats, out, err));
out:
	return rc;
}

vrd_status vrd_kernel_summary(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                              const vrd_view *view, const vrd_dim *place, const vrd_dim *service,
                              const vrd_dim *care, vrd_progress *progress, void *progress_context,
                              vrd_cube out[VRD_N_MEASURES], vrd_err *err) {
	vrd_status rc = VRD_OK;
	static const char *const units[VRD_N_MEASURES] = {"contacts", "bed days", "beds"};
	const vrd_dim *dims[6];
	vrd_cube cubes[VRD_N_MEASURES] = {0};
	size_t *year_index;
	if (!place)
		place = view->axis == VRD_BY_UNIT   ? model->unit
		        : view->axis == VRD_BY_AREA ? model->demand.area
		                                    : model->provider;
	VRD_TRY(VRD_NEW(mem, year_index, model->demand.n_year));
	VRD_TRY(step_dim(mem, model, &dims[0], err));
	VRD_TRY(with_sum(mem, place, view->sums, &dims[1], err));
	VRD_TRY(with_sum(mem, service ? service : vrd_model_services(model), view->sums, &dims[2],
	                 err));
	VRD_TRY(with_sum(mem, care ? care : model->demand.care, view->sums, &dims[3], err));
	VRD_TRY(year_dim(mem, model, view, year_index, &dims[4], err));
	VRD_TRY(vrd_dim_of_codes(mem, "stat", N_STATS, stat_codes, &dims[5], err));
	for (size_t m = 0; m < VRD_N_MEASURES; m++) {
		if (!view->measures[m])
			continue;
		VRD_TRY(vrd_cube_new(mem, view->steps ? 6 : 5, view->steps ? dims : dims + 1,
		                     &cubes[m], err));
		cubes[m].unit = units[m];
	}
	summary_sink sink = {view, year_index, cubes};
	VRD_TRY(vrd_kernel_run(model, draws, view, summarise, &sink, NULL, progress,
	                       progress_context, err));
	memcpy(out, cubes, sizeof cubes);
out:
	return rc;
}
