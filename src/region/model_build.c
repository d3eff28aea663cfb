// From a region and a scenario to the model of a run.
#include "region/model_parts.h"
#include "region/row_sets.h"

#include <string.h>

// --- activity -----------------------------------------------------------------------------------

static vrd_status load_activity(vrd_build *b) {
	vrd_status rc = VRD_OK;
	vrd_region *r = b->region;
	VRD_TRY(vrd_region_load_kind(r, VRD_DATA_ACTIVITY, true, b->diag, b->err));
	if (!r->service || !r->care)
		VRD_TRY(vrd_fail(
		        b->err, VRD_NOINPUT,
		        "the region has no %s table (data/%s.csv): it names the %s of the activity",
		        r->service ? "care" : "services", r->service ? "care" : "services",
		        r->service ? "forms of care" : "services"));
	VRD_TRY(vrd_region_activity(r, r->mem, &b->activity, b->diag, b->err));
	VRD_TRY(vrd_build_extend(b));
	VRD_TRY(vrd_region_births_of(r, b->activity.dims[3], &b->births_driven, b->err));
	if (r->n_base == 0)
		VRD_TRY(vrd_fail(
		        b->err, VRD_CONFIG,
		        "region.yaml names no base_years: rates need at least one, such as "
		        "base_years: [2025]"));
out:
	return rc;
}

// --- demand -------------------------------------------------------------------------------------

static vrd_status compute_demand(vrd_build *b, vrd_cube *shrinkage) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	vrd_region *r = b->region;
	int *band_from;
	size_t n_band;
	VRD_TRY(vrd_build_containers(b, b->base.dims[0], b->activity.dims[0], "activity",
	                             &b->rate_area));
	VRD_TRY(vrd_scenario_bands(r, b->scenario, &band_from, &n_band, b->diag, err));
	const vrd_demand_input in = {.activity = &b->activity,
	                             .base_exposure = &b->base,
	                             .exposure = &b->exposure,
	                             .rate_area = b->rate_area,
	                             .base_births = b->births_driven ? &b->base_births : NULL,
	                             .births = b->births_driven ? &b->births : NULL,
	                             .births_driven = b->births_driven,
	                             .n_base = r->n_base,
	                             .base_years = r->base_years,
	                             .n_band = n_band,
	                             .band_from = band_from,
	                             .n_aged = b->n_aged,
	                             .aged_share = b->aged_share,
	                             .added_years = b->n_aged ? &b->added_years : NULL,
	                             .shrink = r->shrink,
	                             .zero = r->zero};
	VRD_TRY(vrd_demand_compute(r->mem, &in, &b->model->demand, shrinkage, b->diag, err));
out:
	return rc;
}

// --- what the model says ------------------------------------------------------------------------

// Whether a service (or a form of care) has contacts in the base years.
static bool has_activity(const vrd_demand *d, bool service, size_t index) {
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++)
			for (size_t k = 0; k < d->n_service; k++)
				for (size_t m = 0; m < d->n_care; m++)
					if ((service ? k : m) == index &&
					    d->base_contacts[vrd_demand_stratum(d, g, b, k, m)] > 0)
						return true;
	return false;
}

// Row sets are told as their service.
static void put_codes(vrd_buf *buf, const vrd_model *model, bool service) {
	enum { most_listed = 12 };
	const vrd_demand *d = &model->demand;
	const size_t *of = service ? model->service_of : NULL;
	const vrd_dim *dim = !service ? d->care : of ? model->service : d->service;
	size_t n = 0;
	for (size_t i = 0; i < dim->n; i++) {
		bool active = !of && has_activity(d, service, i);
		for (size_t k = 0; of && k < d->n_service && !active; k++)
			active = of[k] == i && has_activity(d, true, k);
		if (!active)
			continue;
		if (n < most_listed)
			vrd_buf_printf(buf, "%s%s", n ? ", " : "", dim->cats[i].code);
		n++;
	}
	if (n > most_listed)
		vrd_buf_printf(buf, " and %zu more", n - most_listed);
}

// The model knows that a selector finds nothing; here it is known what there is to find.
static void check_model(const vrd_build *b) {
	vrd_diag own;
	vrd_diag_init(&own, b->region->mem, b->diag ? b->diag->limit : 0);
	vrd_model_check(b->model, b->scenario->file, &own);
	for (size_t i = 0; i < own.n; i++) {
		const vrd_problem *p = &own.items[i];
		vrd_buf found = {0};
		if (strcmp(p->rule, "model.neutral") == 0 ||
		    strcmp(p->rule, "model.backlog-base") == 0) {
			vrd_buf_puts(&found, "check its selector; services with activity: ");
			put_codes(&found, b->model, true);
			vrd_buf_puts(&found, "; forms of care: ");
			put_codes(&found, b->model, false);
		}
		vrd_diag_add(b->diag, p->severity, p->place, p->rule, found.n ? found.p : p->remedy,
		             "%s", p->text);
		vrd_buf_free(&found);
	}
}

// --- the model ----------------------------------------------------------------------------------

vrd_status vrd_region_model(vrd_region *region, const vrd_scenario *scenario, vrd_model *out,
                            const char *const **variants, vrd_cube *shrinkage, vrd_diag *diag,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_model model = {0};
	vrd_build b = {
	        .region = region, .scenario = scenario, .model = &model, .diag = diag, .err = err};
	VRD_TRY(load_activity(&b));
	VRD_TRY(vrd_build_population(&b));
	VRD_TRY(vrd_build_ageing(&b));
	VRD_TRY(compute_demand(&b, shrinkage));
	VRD_TRY(vrd_row_sets_of(region, region->mem, model.demand.service, &model.service,
	                        &model.service_of, err));
	VRD_TRY(vrd_build_maps(&b));
	VRD_TRY(vrd_build_providers(&b));
	model.variant_weight = b.weights;
	VRD_TRY(vrd_scenario_resolve(region, scenario, &model, diag, err));
	check_model(&b);
	VRD_TRY(vrd_diag_fail(diag, VRD_CONFIG, err));
	*out = model;
	if (variants)
		*variants = b.variants;
out:
	return rc;
}
