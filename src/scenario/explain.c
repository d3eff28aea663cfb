#include "scenario/explain_parts.h"

#include <string.h>

// --- one year -----------------------------------------------------------------------------------

// x[row][year] becomes x[row]; NULL stays NULL.
static vrd_status take_year(vrd_arena *mem, const double *in, size_t n_rows, size_t n_year,
                            size_t t, double **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	double *x;
	if (!in)
		return VRD_OK;
	VRD_TRY(VRD_NEW(mem, x, n_rows));
	for (size_t i = 0; i < n_rows; i++)
		x[i] = in[i * n_year + t];
	*out = x;
out:
	return rc;
}

static size_t n_strata(const vrd_demand *d) {
	return d->n_area * d->n_band * d->n_service * d->n_care;
}

static vrd_status one_year(vrd_arena *mem, const vrd_model *model, size_t t, vrd_model *out,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_demand *d = &model->demand;
	const size_t n = n_strata(d) * d->n_variant, n_t = d->n_year;
	const size_t n_area = d->n_area * d->n_variant;
	vrd_demand *to = &out->demand;
	uint32_t *map_at;
	*out = *model;
	to->n_year = 1;
	to->year = d->year + t;
	VRD_TRY(take_year(mem, d->contacts, n, n_t, t, &to->contacts, err));
	VRD_TRY(take_year(mem, d->bed_days, n, n_t, t, &to->bed_days, err));
	VRD_TRY(take_year(mem, d->aged_contacts, d->n_aged * n, n_t, t, &to->aged_contacts, err));
	VRD_TRY(take_year(mem, d->aged_bed_days, d->n_aged * n, n_t, t, &to->aged_bed_days, err));
	VRD_TRY(take_year(mem, d->persons, n_area, n_t, t, &to->persons, err));
	VRD_TRY(take_year(mem, d->people, n_area * d->n_band, n_t, t, &to->people, err));
	VRD_TRY(VRD_NEW(mem, map_at, d->n_service));
	for (size_t k = 0; k < d->n_service; k++)
		map_at[k] = model->map_at[k * n_t + t];
	out->map_at = map_at;
out:
	return rc;
}

// --- one cell -----------------------------------------------------------------------------------

static vrd_status one_group(vrd_arena *mem, const bool *wanted, size_t n, const size_t **out,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t *group;
	VRD_TRY(VRD_NEW(mem, group, n));
	for (size_t i = 0; i < n; i++)
		group[i] = !wanted || wanted[i] ? 0 : VRD_NONE;
	*out = group;
out:
	return rc;
}

vrd_status vrd_focus_new(vrd_arena *mem, const vrd_model *model, const vrd_target *target,
                         vrd_focus *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const bool providers = target->measure == VRD_BEDS || target->by_provider;
	vrd_focus focus = {.key = {.measure = target->measure}};
	vrd_view *view = &focus.view;
	if (target->year >= model->demand.n_year)
		VRD_TRY(vrd_fail(err, VRD_USAGE, "the model has %zu years: there is no year %zu",
		                 model->demand.n_year, target->year));
	if (providers && !model->provider)
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "there are no results by provider: the region has no flows "
		                 "(kind: flows)"));
	*view = (vrd_view){.axis = providers ? VRD_BY_PROVIDER : VRD_BY_UNIT,
	                   .n_places = 1,
	                   .n_services = 1,
	                   .n_cares = 1};
	view->measures[target->measure] = true;
	VRD_TRY(one_year(mem, model, target->year, &focus.model, err));
	VRD_TRY(one_group(mem, target->place, providers ? model->provider->n : model->unit->n,
	                  &view->place_group, err));
	VRD_TRY(one_group(mem, target->service, vrd_model_services(model)->n, &view->service_group,
	                  err));
	VRD_TRY(one_group(mem, target->care, model->demand.n_care, &view->care_group, err));
	*out = focus;
out:
	return rc;
}

// --- the people of the base years ---------------------------------------------------------------

static vrd_status repeat(vrd_arena *mem, const double *base, size_t n, size_t times, double **out,
                         vrd_err *err) {
	vrd_status rc = VRD_OK;
	double *x;
	VRD_TRY(VRD_NEW(mem, x, n * times));
	for (size_t i = 0; i < times; i++)
		memcpy(x + i * n, base, n * sizeof *x);
	*out = x;
out:
	return rc;
}

static vrd_status base_people(vrd_arena *mem, const vrd_demand *d, const double *weight,
                              double **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	double *people;
	VRD_TRY(VRD_NEW(mem, people, d->n_area * d->n_band));
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++)
			for (size_t v = 0; v < d->n_variant; v++) {
				const double all = d->persons[(g * d->n_variant + v) * d->n_year];
				const double own =
				        d->people[((g * d->n_band + b) * d->n_variant + v) *
				                  d->n_year];
				if (all > 0)
					people[g * d->n_band + b] +=
					        weight[v] * own * d->base_persons[g] / all;
			}
	*out = people;
out:
	return rc;
}

vrd_status vrd_focus_base_people(vrd_arena *mem, const vrd_model *model, const vrd_focus *focus,
                                 vrd_model *out, vrd_err *err) {
	static const double whole[] = {1};
	vrd_status rc = VRD_OK;
	vrd_model made = focus->model;
	vrd_demand *d = &made.demand;
	const size_t n = n_strata(d);
	d->n_variant = 1;
	made.variant_weight = whole;
	VRD_TRY(repeat(mem, d->base_contacts, n, 1, &d->contacts, err));
	VRD_TRY(repeat(mem, d->base_bed_days, n, 1, &d->bed_days, err));
	VRD_TRY(repeat(mem, d->base_persons, d->n_area, 1, &d->persons, err));
	if (d->aged_contacts)
		VRD_TRY(repeat(mem, d->base_contacts, n, d->n_aged, &d->aged_contacts, err));
	if (d->aged_bed_days)
		VRD_TRY(repeat(mem, d->base_bed_days, n, d->n_aged, &d->aged_bed_days, err));
	if (d->people)
		VRD_TRY(base_people(mem, &model->demand, model->variant_weight, &d->people, err));
	*out = made;
out:
	return rc;
}

// --- its draws ----------------------------------------------------------------------------------

vrd_status vrd_focus_live(const vrd_focus *focus, const vrd_model *model, const vrd_draws *draws,
                          const uint32_t *variant, vrd_live **out, vrd_err *err) {
	return vrd_live_new(model ? model : &focus->model, draws, &focus->view, variant, out, err);
}

vrd_status vrd_focus_parameters(vrd_arena *mem, const vrd_live *live, size_t n_assumptions,
                                double **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = vrd_live_draws(live);
	double *x;
	VRD_TRY(VRD_NEW(mem, x, n_assumptions * n));
	for (size_t i = 0; i < n_assumptions; i++)
		vrd_live_parameter(live, i, x + i * n);
	*out = x;
out:
	return rc;
}

static void keep(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                 double *scratch) {
	double *to = context;
	(void)key;
	(void)scratch;
	if (draws)
		memcpy(to, draws, n * sizeof *to);
	else
		memset(to, 0, n * sizeof *to);
}

vrd_status vrd_focus_run(const vrd_focus *focus, const vrd_model *model, const vrd_draws *draws,
                         double out[], vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena mem = {0};
	const size_t n = draws->n ? draws->n : 1;
	double *sorted;
	size_t *order;
	VRD_TRY(VRD_NEW(&mem, sorted, n));
	VRD_TRY(VRD_NEW(&mem, order, n));
	VRD_TRY(vrd_kernel_run(model ? model : &focus->model, draws, &focus->view, keep, sorted,
	                       order, NULL, NULL, err));
	for (size_t d = 0; d < n; d++)
		out[order[d]] = sorted[d];
out:
	vrd_arena_clear(&mem);
	return rc;
}

vrd_status vrd_explain_variance(vrd_arena *mem, const vrd_model *model, const vrd_draws *draws,
                                const vrd_target *target, vrd_variance *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_focus focus;
	VRD_TRY(vrd_focus_new(mem, model, target, &focus, err));
	VRD_TRY(vrd_kernel_variance_of(&focus.model, draws, &focus.view, target->measure, out,
	                               err));
out:
	return rc;
}
