// Variance by source.
#include "num/stats.h"
#include "scenario/kernel.h"

#include <math.h>
#include <string.h>

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

// The variance from chance: Var(count) = Lambda; Var(bed days) = Lambda E[stay^2], summed over the
// cells of the view by place, service and form of care, at the means of the parameters. A bed is its
// bed days scaled.
typedef struct {
	double *x[VRD_N_MEASURES]; // [cell]
	size_t n_services, n_cares;
} cell_means;

static void keep_mean(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                      double *scratch) {
	(void)scratch;
	const cell_means *c = context;
	const size_t cell = (key->place * c->n_services + key->service) * c->n_cares + key->care;
	c->x[key->measure][cell] = draws ? vrd_sum(draws, n) / (double)n : 0;
}

// Each category of a group is one of its own; what is left out stays so.
static vrd_status each_apart(vrd_arena *mem, const size_t *group, size_t n, const size_t **out,
                             vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t *apart;
	VRD_TRY(VRD_NEW(mem, apart, n));
	for (size_t i = 0; i < n; i++)
		apart[i] = group[i] == VRD_NONE ? VRD_NONE : i;
	*out = apart;
out:
	return rc;
}

static vrd_status variance_of_chance(vrd_arena *mem, const vrd_model *model, const vrd_view *cell,
                                     vrd_measure measure, double *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_view view = *cell;
	vrd_model expected = *model;
	cell_means c = {.n_services = vrd_model_services(model)->n,
	                .n_cares = model->demand.n_care};
	expected.poisson = false;
	expected.uncertain_rates = false;
	view.n_places = view.axis == VRD_BY_PROVIDER ? model->provider->n : model->unit->n;
	view.n_services = c.n_services;
	view.n_cares = c.n_cares;
	view.measures[VRD_CONTACTS] = view.measures[VRD_BED_DAYS] = true;
	VRD_TRY(each_apart(mem, cell->place_group, view.n_places, &view.place_group, err));
	VRD_TRY(each_apart(mem, cell->service_group, view.n_services, &view.service_group, err));
	VRD_TRY(each_apart(mem, cell->care_group, view.n_cares, &view.care_group, err));
	const size_t n = view.n_places * view.n_services * view.n_cares;
	for (size_t m = 0; m < VRD_N_MEASURES; m++)
		VRD_TRY(VRD_NEW(mem, c.x[m], n));
	VRD_TRY(vrd_kernel_run(&expected, &(vrd_draws){.n = 0, .n_threads = 1}, &view, keep_mean,
	                       &c, NULL, NULL, NULL, err));
	double sum = 0;
	for (size_t i = 0; i < n; i++) {
		const double contacts = c.x[VRD_CONTACTS][i], size = c.x[measure][i];
		if (measure == VRD_CONTACTS)
			sum += contacts;
		else if (contacts > 0)
			sum += size * size / contacts * (1 + model->los_cv * model->los_cv);
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

// The total's variance when the base rates alone are uncertain, every parameter at its mean: within
// each alternative of the population, and these mixed by their weights.
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
	double mixed = 0;
	for (size_t v = 0; v < model->demand.n_variant; v++) {
		weight[v] = 1;
		VRD_TRY(vrd_kernel_run(&mean, draws, view, copy, &(copy_sink){y}, NULL, NULL, NULL,
		                       err));
		mixed += model->variant_weight[v] * variance_of(y, draws->n ? draws->n : 1);
		weight[v] = 0;
	}
	*out = mixed;
out:
	return rc;
}

vrd_status vrd_kernel_variance_of(const vrd_model *model, const vrd_draws *draws,
                                  const vrd_view *view, vrd_measure measure, vrd_variance *out,
                                  vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena mem = {0};
	const size_t n_v = model->demand.n_variant, n = draws->n ? draws->n : 1;
	double *y, *mixed, *weight, chance = 0, rates = 0;
	vrd_model one = *model;
	VRD_TRY(VRD_NEW(&mem, y, n));
	VRD_TRY(VRD_NEW(&mem, mixed, n));
	VRD_TRY(VRD_NEW(&mem, weight, n_v));
	if (model->uncertain_rates)
		VRD_TRY(variance_of_rates(&mem, model, draws, view, y, &rates, err));
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
		VRD_TRY(vrd_kernel_run(&one, draws, view, copy, &(copy_sink){y}, NULL, NULL, NULL,
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
		VRD_TRY(variance_of_chance(&mem, model, view, measure, &chance, err));
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

vrd_status vrd_kernel_variance(const vrd_model *model, const vrd_draws *draws, size_t year,
                               vrd_measure measure, vrd_variance *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena mem = {0};
	vrd_view view;
	VRD_TRY(total_view(&mem, model, year, measure, &view, err));
	VRD_TRY(vrd_kernel_variance_of(model, draws, &view, measure, out, err));
out:
	vrd_arena_clear(&mem);
	return rc;
}
