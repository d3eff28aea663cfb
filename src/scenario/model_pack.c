#include "scenario/model.h"

#include <string.h>

// Layout: magic, then every field in the order of the structs; numbers as 8 bytes in the machine's
// order (little-endian on every supported CPU), texts and arrays behind their length.
static const char magic[8] = "vrdmod1";
#define N_DIST 12 // numbers of a distribution
// The fewest bytes of an item, so that no count asks for more memory than the bytes can fill.
#define MIN_CATEGORY 24
#define MIN_MAP 48
#define MIN_ASSUMPTION 300

// --- writing ------------------------------------------------------------------------------------

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

static void put_assumption(vrd_buf *out, const vrd_assumption *a, const vrd_demand *d) {
	put_text(out, a->id);
	put_text(out, a->label);
	put_u64(out, (uint64_t)a->kind);
	put_u64(out, (uint64_t)a->dist.kind);
	const double dist[N_DIST] = {a->dist.a,     a->dist.b,    a->dist.low,  a->dist.mode,
	                             a->dist.high,  a->dist.p,    a->dist.q,    a->dist.cdf_a,
	                             a->dist.cdf_b, a->dist.sf_a, a->dist.sf_b, a->dist.log_beta};
	put_array(out, dist, N_DIST, sizeof *dist);
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

vrd_status vrd_model_pack(const vrd_model *model, vrd_buf *out, vrd_err *err) {
	const vrd_demand *d = &model->demand;
	const size_t n_h = model->provider ? model->provider->n : 0;
	put(out, magic, sizeof magic);
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
	return out->failed ? vrd_fail(err, VRD_NOMEM, "no memory to pack the model of the run")
	                   : VRD_OK;
}

// --- reading ------------------------------------------------------------------------------------

typedef struct {
	vrd_arena *mem;
	const char *p;
	size_t left;
	vrd_err *err;
} reader;

static vrd_status damaged(const reader *r) {
	return vrd_fail(
	        r->err, VRD_STORE,
	        "the stored model of the run is damaged; delete .varde/store.db and run again");
}

static vrd_status take(reader *r, void *out, size_t n) {
	if (n > r->left)
		return damaged(r);
	memcpy(out, r->p, n);
	r->p += n;
	r->left -= n;
	return VRD_OK;
}

static vrd_status take_u64(reader *r, size_t *out) {
	uint64_t x = 0;
	vrd_status rc = take(r, &x, sizeof x);
	if (rc == VRD_OK)
		*out = (size_t)x;
	return rc;
}

static vrd_status take_bool(reader *r, bool *out) {
	size_t x = 0;
	vrd_status rc = take_u64(r, &x);
	*out = x != 0;
	return rc == VRD_OK && x > 1 ? damaged(r) : rc;
}

static vrd_status take_text(reader *r, const char **out) {
	vrd_status rc = VRD_OK;
	size_t n;
	VRD_TRY(take_u64(r, &n));
	if (n == SIZE_MAX) {
		*out = NULL;
		return VRD_OK;
	}
	if (n > r->left)
		return damaged(r);
	char *text = vrd_arena_strndup(r->mem, r->p, n);
	if (!text)
		return vrd_no_memory(r->err, r->mem, n, 1);
	r->p += n;
	r->left -= n;
	*out = text;
out:
	return rc;
}

// An array of exactly n items (NULL allowed when it was NULL).
static vrd_status take_array(reader *r, size_t n, size_t size, void *out_pointer) {
	vrd_status rc = VRD_OK;
	size_t stored;
	VRD_TRY(take_u64(r, &stored));
	void *items = NULL;
	if (stored != SIZE_MAX) {
		if (stored != n || (n && size > r->left / n))
			return damaged(r);
		items = vrd_arena_alloc(r->mem, n, size);
		if (!items)
			return vrd_no_memory(r->err, r->mem, n, size);
		VRD_TRY(take(r, items, n * size));
	}
	memcpy(out_pointer, &items, sizeof items);
out:
	return rc;
}

// An array that no model is without.
static vrd_status take_needed(reader *r, size_t n, size_t size, void *out_pointer) {
	vrd_status rc = take_array(r, n, size, out_pointer);
	const void *items;
	if (rc != VRD_OK)
		return rc;
	memcpy(&items, out_pointer, sizeof items);
	return items ? VRD_OK : damaged(r);
}

// Truth values (NULL allowed): a byte that is neither 0 nor 1 is not one.
static vrd_status take_bools(reader *r, size_t n, const bool **out) {
	vrd_status rc = take_array(r, n, 1, out);
	const unsigned char *bytes = rc == VRD_OK ? (const void *)*out : NULL;
	for (size_t i = 0; bytes && i < n; i++)
		if (bytes[i] > 1)
			return damaged(r);
	return rc;
}

// An array whose length is stored with it.
static vrd_status take_counted(reader *r, size_t size, size_t *n, void *out_pointer) {
	if (r->left < sizeof(uint64_t))
		return damaged(r);
	uint64_t stored;
	memcpy(&stored, r->p, sizeof stored);
	*n = stored == UINT64_MAX ? 0 : (size_t)stored;
	return take_array(r, *n, size, out_pointer);
}

static vrd_status take_dim(reader *r, const vrd_dim **out) {
	vrd_status rc = VRD_OK;
	size_t there, role, n;
	const char *name, *label;
	vrd_category *cats;
	*out = NULL;
	VRD_TRY(take_u64(r, &there));
	if (!there)
		return VRD_OK;
	VRD_TRY(take_text(r, &name));
	VRD_TRY(take_text(r, &label));
	VRD_TRY(take_u64(r, &role));
	VRD_TRY(take_u64(r, &n));
	if (!name || role > VRD_ROLE_METRIC || n > r->left / MIN_CATEGORY)
		return damaged(r);
	cats = vrd_arena_alloc(r->mem, n, sizeof *cats);
	if (!cats)
		return vrd_no_memory(r->err, r->mem, n, sizeof *cats);
	for (size_t i = 0; i < n; i++) {
		cats[i].decimals = -1;
		VRD_TRY(take_text(r, &cats[i].code));
		VRD_TRY(take_text(r, &cats[i].label));
		VRD_TRY(take_u64(r, &cats[i].parent));
		if (!cats[i].code)
			return damaged(r);
	}
	VRD_TRY(vrd_dim_new(r->mem, name, label, (vrd_role)role, n, cats, out, r->err));
out:
	return rc;
}

static bool size_of(size_t *out, size_t a, size_t b) {
	return !__builtin_mul_overflow(a, b, out);
}

static vrd_status take_demand(reader *r, vrd_demand *d) {
	vrd_status rc = VRD_OK;
	VRD_TRY(take_dim(r, &d->area));
	VRD_TRY(take_dim(r, &d->service));
	VRD_TRY(take_dim(r, &d->care));
	VRD_TRY(take_u64(r, &d->n_variant));
	VRD_TRY(take_counted(r, sizeof(int), &d->n_band, &d->band_from));
	VRD_TRY(take_counted(r, sizeof(int), &d->n_year, &d->year));
	VRD_TRY(take(r, &d->t0, sizeof d->t0));
	if (!d->area || !d->service || !d->care || d->n_variant > r->left)
		return damaged(r);
	d->n_area = d->area->n;
	d->n_service = d->service->n;
	d->n_care = d->care->n;
	size_t n, paths, cells, persons;
	if (!size_of(&n, d->n_area, d->n_band) || !size_of(&n, n, d->n_service) ||
	    !size_of(&n, n, d->n_care) || !size_of(&paths, d->n_variant, d->n_year) ||
	    !size_of(&cells, n, paths) || !size_of(&persons, d->n_area, paths))
		return damaged(r);
	VRD_TRY(take_needed(r, cells, sizeof(double), &d->contacts));
	VRD_TRY(take_needed(r, cells, sizeof(double), &d->bed_days));
	VRD_TRY(take_needed(r, n, sizeof(double), &d->base_contacts));
	VRD_TRY(take_needed(r, n, sizeof(double), &d->base_bed_days));
	VRD_TRY(take_needed(r, persons, sizeof(double), &d->persons));
	VRD_TRY(take_needed(r, d->n_area, sizeof(double), &d->base_persons));
	VRD_TRY(take_bools(r, d->n_service, &d->births_driven));
	if (!d->births_driven)
		return damaged(r);
out:
	return rc;
}

static vrd_status take_map(reader *r, size_t n_area, size_t n_unit, vrd_membership *map) {
	vrd_status rc = VRD_OK;
	size_t n = 0, n_weight = 0;
	VRD_TRY(take_needed(r, n_area + 1, sizeof(size_t), &map->start));
	VRD_TRY(take_counted(r, sizeof(size_t), &n, &map->unit));
	VRD_TRY(take_counted(r, sizeof(double), &n_weight, &map->weight));
	if (n != n_weight || map->start[0] != 0 || map->start[n_area] != n)
		return damaged(r);
	for (size_t g = 0; g < n_area; g++)
		if (map->start[g] > map->start[g + 1])
			return damaged(r);
	for (size_t i = 0; i < n; i++)
		if (map->unit[i] >= n_unit)
			return damaged(r);
out:
	return rc;
}

static vrd_status take_assumption(reader *r, const vrd_demand *d, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	size_t kind = 0, dist_kind = 0, curve = 0, n_year = 0, n_share = 0;
	const double *dist = NULL, *numbers = NULL;
	const int *span = NULL;
	const uint64_t *flags = NULL;
	VRD_TRY(take_text(r, &a->id));
	VRD_TRY(take_text(r, &a->label));
	VRD_TRY(take_u64(r, &kind));
	VRD_TRY(take_u64(r, &dist_kind));
	VRD_TRY(take_needed(r, N_DIST, sizeof(double), &dist));
	VRD_TRY(take_u64(r, &curve));
	VRD_TRY(take_needed(r, 2, sizeof(int), &span));
	VRD_TRY(take_counted(r, sizeof(int), &n_year, &a->phasing.table_year));
	VRD_TRY(take_counted(r, sizeof(double), &n_share, &a->phasing.table_share));
	VRD_TRY(take_bools(r, d->n_area, &a->area));
	VRD_TRY(take_bools(r, d->n_service, &a->service));
	VRD_TRY(take_bools(r, d->n_care, &a->care));
	VRD_TRY(take_bools(r, d->n_band, &a->band));
	VRD_TRY(take_needed(r, 6, sizeof(uint64_t), &flags));
	VRD_TRY(take_needed(r, 4, sizeof(double), &numbers));
	if (!a->id || kind >= VRD_N_KINDS || dist_kind >= VRD_N_DISTS || curve > VRD_PHASE_TABLE ||
	    n_year != n_share || (curve == VRD_PHASE_TABLE && n_year == 0) ||
	    flags[3] > VRD_REMOVED_VALUE || (flags[2] != VRD_LEAVES && flags[2] >= d->n_care))
		return damaged(r);
	a->kind = (vrd_kind)kind;
	a->dist = (vrd_dist){.kind = (vrd_dist_kind)dist_kind,
	                     .a = dist[0],
	                     .b = dist[1],
	                     .low = dist[2],
	                     .mode = dist[3],
	                     .high = dist[4],
	                     .p = dist[5],
	                     .q = dist[6],
	                     .cdf_a = dist[7],
	                     .cdf_b = dist[8],
	                     .sf_a = dist[9],
	                     .sf_b = dist[10],
	                     .log_beta = dist[11]};
	a->phasing.curve = (vrd_curve)curve;
	a->phasing.start = span[0];
	a->phasing.end = span[1];
	a->phasing.n_table = n_year;
	a->group = (size_t)flags[0];
	a->annual = flags[1] != 0;
	a->to = (size_t)flags[2];
	a->removed = (vrd_removed)flags[3];
	a->moves_days = flags[4] != 0;
	a->one_night = flags[5] != 0;
	a->conversion = numbers[0];
	a->removed_days = numbers[1];
	a->los_cv = numbers[2];
	a->los_new = numbers[3];
out:
	return rc;
}

// The number of correlation groups comes after the assumptions that name them.
static vrd_status take_assumptions(reader *r, vrd_model *m) {
	vrd_status rc = VRD_OK;
	vrd_assumption *assumptions;
	const char **names;
	VRD_TRY(take_u64(r, &m->n_assumptions));
	if (m->n_assumptions > r->left / MIN_ASSUMPTION)
		return damaged(r);
	assumptions = vrd_arena_alloc(r->mem, m->n_assumptions, sizeof *assumptions);
	if (!assumptions)
		return vrd_no_memory(r->err, r->mem, m->n_assumptions, sizeof *assumptions);
	for (size_t i = 0; i < m->n_assumptions; i++)
		VRD_TRY(take_assumption(r, &m->demand, &assumptions[i]));
	VRD_TRY(take_counted(r, sizeof(double), &m->n_groups, &m->group_rho));
	names = vrd_arena_alloc(r->mem, m->n_groups, sizeof *names);
	if (!names)
		return vrd_no_memory(r->err, r->mem, m->n_groups, sizeof *names);
	for (size_t i = 0; i < m->n_groups; i++) {
		VRD_TRY(take_text(r, &names[i]));
		if (!names[i])
			return damaged(r);
	}
	for (size_t i = 0; i < m->n_assumptions; i++)
		if (assumptions[i].group != VRD_NO_GROUP && assumptions[i].group >= m->n_groups)
			return damaged(r);
	m->assumptions = assumptions;
	m->group_names = names;
out:
	return rc;
}

static vrd_status take_maps(reader *r, vrd_model *m) {
	vrd_status rc = VRD_OK;
	const vrd_demand *d = &m->demand;
	vrd_membership *maps;
	VRD_TRY(take_u64(r, &m->n_maps));
	if (m->n_maps > r->left / MIN_MAP)
		return damaged(r);
	maps = vrd_arena_alloc(r->mem, m->n_maps, sizeof *maps);
	if (!maps)
		return vrd_no_memory(r->err, r->mem, m->n_maps, sizeof *maps);
	for (size_t i = 0; i < m->n_maps; i++)
		VRD_TRY(take_map(r, d->n_area, m->unit->n, &maps[i]));
	size_t n;
	if (!size_of(&n, d->n_service, d->n_year))
		return damaged(r);
	VRD_TRY(take_needed(r, n, sizeof(uint32_t), &m->map_at));
	VRD_TRY(take_needed(r, d->n_service, sizeof(uint32_t), &m->map_base));
	for (size_t i = 0; i < n; i++)
		if (m->map_at[i] >= m->n_maps)
			return damaged(r);
	for (size_t k = 0; k < d->n_service; k++)
		if (m->map_base[k] >= m->n_maps)
			return damaged(r);
	m->maps = maps;
out:
	return rc;
}

static vrd_status take_flows(reader *r, vrd_model *m) {
	vrd_status rc = VRD_OK;
	const vrd_demand *d = &m->demand;
	const size_t n_h = m->provider ? m->provider->n : 0;
	size_t pairs, n;
	if (!size_of(&pairs, d->n_service, d->n_care) || !size_of(&pairs, pairs, n_h) ||
	    !size_of(&n, pairs, d->n_area))
		return damaged(r);
	VRD_TRY(take_array(r, n, sizeof(double), &m->flow));
	VRD_TRY(take_array(r, d->n_service, sizeof(double), &m->kappa));
	VRD_TRY(take_array(r, m->unit->n, sizeof(size_t), &m->home));
	VRD_TRY(take_array(r, pairs, sizeof(double), &m->beds_per_bed_day));
	if (m->provider && (!m->flow || !m->kappa || !m->home || !m->beds_per_bed_day))
		return damaged(r);
	for (size_t u = 0; m->home && u < m->unit->n; u++)
		if (m->home[u] != VRD_NONE && m->home[u] >= n_h)
			return damaged(r);
out:
	return rc;
}

vrd_status vrd_model_unpack(vrd_arena *mem, const void *bytes, size_t n, vrd_model *out,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	reader r = {mem, bytes, n, err};
	vrd_model m = {0};
	char head[sizeof magic];
	VRD_TRY(take(&r, head, sizeof head));
	if (memcmp(head, magic, sizeof magic) != 0)
		return damaged(&r);
	VRD_TRY(take_demand(&r, &m.demand));
	const vrd_demand *d = &m.demand;
	VRD_TRY(take_dim(&r, &m.unit));
	VRD_TRY(take_dim(&r, &m.provider));
	if (!m.unit)
		return damaged(&r);
	VRD_TRY(take_maps(&r, &m));
	VRD_TRY(take_flows(&r, &m));
	VRD_TRY(take_assumptions(&r, &m));
	VRD_TRY(take_needed(&r, d->n_variant, sizeof(double), &m.variant_weight));
	VRD_TRY(take_bool(&r, &m.planned_map));
	VRD_TRY(take_bool(&r, &m.poisson));
	VRD_TRY(take(&r, &m.los_cv, sizeof m.los_cv));
	if (r.left > 0)
		return damaged(&r);
	*out = m;
out:
	return rc;
}
