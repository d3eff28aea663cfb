// From a region and a scenario to the model of a run.
#include "region/model_parts.h"

// --- activity -----------------------------------------------------------------------------------

// Births are computed only where a service follows them: they need ages by the single year.
static vrd_status find_births(vrd_build *b) {
	vrd_status rc = VRD_OK;
	vrd_err *err = b->err;
	const vrd_region *r = b->region;
	const vrd_dim *services = b->activity.dims[3];
	bool *births, any = false;
	VRD_TRY(VRD_NEW(r->mem, births, services->n));
	for (size_t k = 0; k < services->n; k++) {
		births[k] = r->births_driven[vrd_dim_find_text(r->service, services->cats[k].code)];
		any = any || births[k];
	}
	b->births_driven = any ? births : NULL;
out:
	return rc;
}

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
	VRD_TRY(find_births(b));
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
	VRD_TRY(vrd_build_maps(&b));
	VRD_TRY(vrd_build_providers(&b));
	model.variant_weight = b.weights;
	VRD_TRY(vrd_scenario_resolve(region, scenario, &model, diag, err));
	vrd_model_check(&model, scenario->file, diag);
	VRD_TRY(vrd_diag_fail(diag, VRD_CONFIG, err));
	*out = model;
	if (variants)
		*variants = b.variants;
out:
	return rc;
}
