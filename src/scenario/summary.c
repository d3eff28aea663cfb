#include "scenario/kernel.h"

#include "num/stats.h"

#include <math.h>
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

// --- variance by source -------------------------------------------------------------------------

typedef struct {
	double *draws; // the one cell's draws, in their own order
} copy_sink;

static void copy(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                 double *scratch) {
	(void)key;
	(void)scratch;
	copy_sink *s = context;
	for (size_t d = 0; d < n; d++)
		s->draws[d] = draws ? draws[d] : 0;
}

static double variance_of(const double *x, size_t n) {
	const double mean = vrd_sum(x, n) / (double)n;
	double sum = 0;
	for (size_t d = 0; d < n; d++)
		sum += (x[d] - mean) * (x[d] - mean);
	return sum / (double)n;
}

// The total's variance from chance: Var(count) = Lambda; Var(bed days) = Lambda E[stay^2], summed
// over the cells in which chance is drawn, at the means of the parameters.
typedef struct {
	double *contacts, *days; // [cell]
	size_t n_services, n_cares;
} cell_means;

static void keep_mean(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                      double *scratch) {
	(void)scratch;
	cell_means *c = context;
	const size_t cell = (key->place * c->n_services + key->service) * c->n_cares + key->care;
	double *to = key->measure == VRD_CONTACTS ? c->contacts : c->days;
	to[cell] = draws ? vrd_sum(draws, n) / (double)n : 0;
}

static vrd_status variance_of_chance(vrd_arena *mem, const vrd_model *model, const bool *years,
                                     vrd_measure measure, double *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_demand *d = &model->demand;
	const size_t n_services = vrd_model_services(model)->n;
	const size_t n = model->unit->n * n_services * d->n_care;
	cell_means c = {.n_services = n_services, .n_cares = d->n_care};
	vrd_model expected = *model;
	expected.poisson = false;
	expected.uncertain_rates = false;
	VRD_TRY(VRD_NEW(mem, c.contacts, n));
	VRD_TRY(VRD_NEW(mem, c.days, n));
	const vrd_view view = {.axis = VRD_BY_UNIT,
	                       .years = years,
	                       .measures = {[VRD_CONTACTS] = true, [VRD_BED_DAYS] = true}};
	VRD_TRY(vrd_kernel_run(&expected, &(vrd_draws){.n = 0, .n_threads = 1}, &view, keep_mean,
	                       &c, NULL, NULL, NULL, err));
	double sum = 0;
	for (size_t i = 0; i < n; i++) {
		if (measure == VRD_CONTACTS)
			sum += c.contacts[i];
		else if (c.contacts[i] > 0)
			sum += c.days[i] * c.days[i] / c.contacts[i] *
			       (1 + model->los_cv * model->los_cv);
	}
	*out = sum;
out:
	return rc;
}

// A view of the region's total in one year.
static vrd_status total_view(vrd_arena *mem, const vrd_model *model, size_t year,
                             vrd_measure measure, vrd_view *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	bool *years;
	size_t *zeros;
	VRD_TRY(VRD_NEW(mem, years, model->demand.n_year));
	VRD_TRY(VRD_NEW(mem, zeros,
	                model->unit->n + vrd_model_services(model)->n + model->demand.n_care));
	years[year] = true;
	*out = (vrd_view){.axis = VRD_BY_UNIT,
	                  .place_group = zeros,
	                  .service_group = zeros,
	                  .care_group = zeros,
	                  .n_places = 1,
	                  .n_services = 1,
	                  .n_cares = 1,
	                  .years = years};
	out->measures[measure] = true;
out:
	return rc;
}

// The total's variance when the base rates alone are uncertain: every parameter at its mean, and
// the population's alternatives as one.
static vrd_status variance_of_rates(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                    const vrd_view *view, double *y, double *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_model mean = *model;
	vrd_assumption *fixed;
	double *weight;
	VRD_TRY(VRD_NEW(mem, fixed, model->n_assumptions));
	VRD_TRY(VRD_NEW(mem, weight, model->demand.n_variant));
	for (size_t i = 0; i < model->n_assumptions; i++) {
		const double x = vrd_dist_mean(&model->assumptions[i].dist);
		fixed[i] = model->assumptions[i];
		fixed[i].walk_sd = 0;
		VRD_TRY(vrd_dist_fit(VRD_DIST_FIXED, x, x, x, -INFINITY, INFINITY, &fixed[i].dist,
		                     err));
	}
	mean.assumptions = fixed;
	mean.poisson = false;
	mean.variant_weight = weight;
	weight[0] = 1;
	VRD_TRY(vrd_kernel_run(&mean, draws, view, copy, &(copy_sink){y}, NULL, NULL, NULL, err));
	*out = variance_of(y, draws->n ? draws->n : 1);
out:
	return rc;
}

vrd_status vrd_kernel_variance(const vrd_model *model, const vrd_draws *draws, size_t year,
                               vrd_measure measure, vrd_variance *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena mem = {0};
	const size_t n_v = model->demand.n_variant, n = draws->n ? draws->n : 1;
	double *y, *mixed, *weight, chance = 0, rates = 0;
	vrd_view view;
	vrd_model one = *model;
	VRD_TRY(VRD_NEW(&mem, y, n));
	VRD_TRY(VRD_NEW(&mem, mixed, n));
	VRD_TRY(VRD_NEW(&mem, weight, n_v));
	VRD_TRY(total_view(&mem, model, year, measure, &view, err));
	if (model->uncertain_rates)
		VRD_TRY(variance_of_rates(&mem, model, draws, &view, y, &rates, err));
	one.poisson = false;
	one.uncertain_rates = false;
	one.variant_weight = weight;
	// The same parameters under every alternative: Y_v(d), less the first draw of all, so that
	// what does not vary has a variance of exactly 0.
	double origin = 0, mean = 0, square = 0, between = 0;
	for (size_t v = 0; v < n_v; v++) {
		const double w = model->variant_weight[v];
		memset(weight, 0, n_v * sizeof *weight);
		weight[v] = 1;
		VRD_TRY(vrd_kernel_run(&one, draws, &view, copy, &(copy_sink){y}, NULL, NULL, NULL,
		                       err));
		double sum = 0, sum2 = 0;
		origin = v == 0 ? y[0] : origin;
		for (size_t d = 0; d < n; d++) {
			y[d] -= origin;
			sum += y[d];
			sum2 += y[d] * y[d];
			mixed[d] += w * y[d];
		}
		mean += w * sum / (double)n;
		square += w * sum2 / (double)n;
		between += w * (sum / (double)n) * (sum / (double)n);
	}
	const double within = variance_of(mixed, n);
	if (model->poisson)
		VRD_TRY(variance_of_chance(&mem, model, view.years, measure, &chance, err));
	vrd_variance result = {
	        .mean = origin + mean, .assumptions = within, .rates = rates, .chance = chance};
	result.population = between > mean * mean ? between - mean * mean : 0;
	const double parameters = square > mean * mean ? square - mean * mean : 0;
	result.interaction = parameters - result.population - within;
	result.variance = parameters + rates + chance;
	*out = result;
out:
	vrd_arena_clear(&mem);
	return rc;
}
