#include "scenario/model_bytes.h"

#include <string.h>

static void put(vrd_buf *out, const void *bytes, size_t n) {
	vrd_buf_add(out, bytes, n);
}

static void put_u64(vrd_buf *out, uint64_t x) {
	put(out, &x, sizeof x);
}

static void put_double(vrd_buf *out, double x) {
	put(out, &x, sizeof x);
}

static void put_text(vrd_buf *out, const char *text) {
	put_u64(out, text ? strlen(text) : UINT64_MAX);
	if (text)
		put(out, text, strlen(text));
}

static void put_array(vrd_buf *out, const void *items, size_t n, size_t size) {
	put_u64(out, items ? n : UINT64_MAX);
	if (items)
		put(out, items, n * size);
}

static void put_dim(vrd_buf *out, const vrd_dim *dim) {
	put_u64(out, dim != NULL);
	if (!dim)
		return;
	put_text(out, dim->name);
	put_text(out, dim->label);
	put_u64(out, (uint64_t)dim->role);
	put_u64(out, dim->n);
	for (size_t i = 0; i < dim->n; i++) {
		put_text(out, dim->cats[i].code);
		put_text(out, dim->cats[i].label);
		put_u64(out, dim->cats[i].parent);
	}
}

static size_t n_strata(const vrd_demand *d) {
	return d->n_area * d->n_band * d->n_service * d->n_care;
}

static void put_demand(vrd_buf *out, const vrd_demand *d) {
	const size_t n = n_strata(d), paths = d->n_variant * d->n_year;
	put_dim(out, d->area);
	put_dim(out, d->service);
	put_dim(out, d->care);
	put_u64(out, d->n_variant);
	put_array(out, d->band_from, d->n_band, sizeof(int));
	put_array(out, d->year, d->n_year, sizeof(int));
	put_double(out, d->t0);
	put_array(out, d->contacts, n * paths, sizeof(double));
	put_array(out, d->bed_days, n * paths, sizeof(double));
	put_array(out, d->base_contacts, n, sizeof(double));
	put_array(out, d->base_bed_days, n, sizeof(double));
	put_array(out, d->persons, d->n_area * paths, sizeof(double));
	put_array(out, d->base_persons, d->n_area, sizeof(double));
	put_array(out, d->births_driven, d->n_service, sizeof(bool));
}

static void put_map(vrd_buf *out, const vrd_membership *map, size_t n_area) {
	put_array(out, map->start, n_area + 1, sizeof(size_t));
	put_array(out, map->unit, map->start[n_area], sizeof(size_t));
	put_array(out, map->weight, map->start[n_area], sizeof(double));
}

static uint64_t stored_kind(vrd_kind kind) {
	uint64_t i = 0;
	while (vrd_stored_kinds[i] != kind)
		i++;
	return i;
}

static void put_assumption(vrd_buf *out, const vrd_assumption *a, const vrd_demand *d) {
	put_text(out, a->id);
	put_text(out, a->label);
	put_u64(out, stored_kind(a->kind));
	put_u64(out, (uint64_t)a->dist.kind);
	const double dist[VRD_PACKED_DIST] = {a->dist.a,    a->dist.b,     a->dist.low,
	                                      a->dist.mode, a->dist.high,  a->dist.p,
	                                      a->dist.q,    a->dist.cdf_a, a->dist.cdf_b,
	                                      a->dist.sf_a, a->dist.sf_b,  a->dist.log_beta};
	put_array(out, dist, VRD_PACKED_DIST, sizeof *dist);
	put_u64(out, (uint64_t)a->phasing.curve);
	const int span[] = {a->phasing.start, a->phasing.end};
	put_array(out, span, 2, sizeof *span);
	put_array(out, a->phasing.table_year, a->phasing.n_table, sizeof(int));
	put_array(out, a->phasing.table_share, a->phasing.n_table, sizeof(double));
	put_array(out, a->area, d->n_area, sizeof(bool));
	put_array(out, a->service, d->n_service, sizeof(bool));
	put_array(out, a->care, d->n_care, sizeof(bool));
	put_array(out, a->band, d->n_band, sizeof(bool));
	const uint64_t flags[] = {a->group,      a->annual,   a->to, (uint64_t)a->removed,
	                          a->moves_days, a->one_night};
	put_array(out, flags, sizeof flags / sizeof *flags, sizeof *flags);
	const double numbers[] = {a->conversion, a->removed_days, a->los_cv, a->los_new};
	put_array(out, numbers, sizeof numbers / sizeof *numbers, sizeof *numbers);
}

// What "vrdmod1" has no room for.
static void put_more_of_demand(vrd_buf *out, const vrd_demand *d) {
	const size_t paths = d->n_variant * d->n_year, n = n_strata(d) * paths;
	put_array(out, d->people, d->n_area * d->n_band * paths, sizeof(double));
	put_array(out, d->aged_share, d->n_aged, sizeof(double));
	put_array(out, d->aged_contacts, d->n_aged * n, sizeof(double));
	put_array(out, d->aged_bed_days, d->n_aged * n, sizeof(double));
}

static void put_more_of_assumption(vrd_buf *out, const vrd_assumption *a, const vrd_demand *d) {
	put_text(out, a->theme);
	put_double(out, a->walk_sd);
	put_u64(out, a->from);
	put_array(out, a->gap, d->n_area * d->n_service * d->n_care, sizeof(double));
	put_array(out, a->dist.item, a->dist.n, sizeof(double));
	put_array(out, a->dist.weight, a->dist.n, sizeof(double));
}

static void put_tail(vrd_buf *out, const vrd_model *model) {
	put_more_of_demand(out, &model->demand);
	for (size_t i = 0; i < model->n_assumptions; i++)
		put_more_of_assumption(out, &model->assumptions[i], &model->demand);
	put_u64(out, model->n_matrices);
	for (size_t i = 0; i < model->n_matrices; i++) {
		const vrd_matrix *m = &model->matrices[i];
		put_array(out, m->assumption, m->n, sizeof(size_t));
		put_array(out, m->factor, m->n * m->n, sizeof(double));
	}
	put_u64(out, model->uncertain_rates);
	put_u64(out, model->n_base);
	put_dim(out, model->service);
	put_array(out, model->service_of, model->demand.n_service, sizeof(size_t));
}

vrd_status vrd_model_pack(const vrd_model *model, vrd_buf *out, vrd_err *err) {
	const vrd_demand *d = &model->demand;
	const size_t n_h = model->provider ? model->provider->n : 0;
	put(out, VRD_MODEL_MAGIC_2, VRD_MAGIC_BYTES);
	put_demand(out, d);
	put_dim(out, model->unit);
	put_dim(out, model->provider);
	put_u64(out, model->n_maps);
	for (size_t i = 0; i < model->n_maps; i++)
		put_map(out, &model->maps[i], d->n_area);
	put_array(out, model->map_at, d->n_service * d->n_year, sizeof(uint32_t));
	put_array(out, model->map_base, d->n_service, sizeof(uint32_t));
	put_array(out, model->flow, d->n_area * d->n_service * d->n_care * n_h, sizeof(double));
	put_array(out, model->kappa, d->n_service, sizeof(double));
	put_array(out, model->home, model->unit->n, sizeof(size_t));
	put_array(out, model->beds_per_bed_day, n_h * d->n_service * d->n_care, sizeof(double));
	put_u64(out, model->n_assumptions);
	for (size_t i = 0; i < model->n_assumptions; i++)
		put_assumption(out, &model->assumptions[i], d);
	put_array(out, model->group_rho, model->n_groups, sizeof(double));
	for (size_t i = 0; i < model->n_groups; i++)
		put_text(out, model->group_names[i]);
	put_array(out, model->variant_weight, d->n_variant, sizeof(double));
	put_u64(out, model->planned_map);
	put_u64(out, model->poisson);
	put_double(out, model->los_cv);
	put_tail(out, model);
	return out->failed ? vrd_fail(err, VRD_NOMEM, "no memory to pack the model of the run")
	                   : VRD_OK;
}
