#include "scenario/model_bytes.h"

#include <string.h>

// The fewest bytes of an item, so that no count asks for more memory than the bytes can fill.
#define MIN_CATEGORY 24
#define MIN_MAP 48
#define MIN_ASSUMPTION 300
#define MIN_MATRIX 16

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
	VRD_TRY(take_needed(r, VRD_PACKED_DIST, sizeof(double), &dist));
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
	    flags[3] > VRD_REMOVED_VALUE)
		return damaged(r);
	a->kind = vrd_stored_kinds[kind];
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

// These laws are nothing without items.
static bool is_a_law(const vrd_dist *dist) {
	const bool needs_items = dist->kind == VRD_DIST_METALOG || dist->kind == VRD_DIST_DISCRETE;
	return !needs_items || dist->n > 0;
}

// Numbers of care forms, providers and units that a rule names.
static bool names_what_is_there(const vrd_model *m, const vrd_assumption *a) {
	const size_t n_h = m->provider ? m->provider->n : 0;
	const vrd_demand *d = &m->demand;
	switch (a->kind) {
	case VRD_SHIFT:
		return a->to == VRD_LEAVES || a->to < d->n_care;
	case VRD_FLOW:
		return a->from < n_h && a->to < n_h;
	case VRD_CATCHMENT:
		return a->to < m->unit->n;
	case VRD_LEVEL:
		return a->gap != NULL;
	case VRD_NEW_SERVICE:
		return d->people != NULL;
	case VRD_HEALTHY_AGEING:
		return d->n_aged > 0;
	case VRD_GROWTH:
	case VRD_BACKLOG:
	case VRD_AVOID:
	case VRD_LENGTH_OF_STAY:
	case VRD_PRODUCTIVITY:
	case VRD_N_KINDS:
		break;
	}
	return true;
}

static vrd_status take_more_of_demand(reader *r, vrd_demand *d) {
	vrd_status rc = VRD_OK;
	const size_t paths = d->n_variant * d->n_year; // fits: it was read before
	size_t n, people;
	if (!size_of(&people, d->n_area * d->n_band, paths))
		return damaged(r);
	VRD_TRY(take_array(r, people, sizeof(double), &d->people));
	VRD_TRY(take_counted(r, sizeof(double), &d->n_aged, &d->aged_share));
	if (!size_of(&n, vrd_demand_stratum(d, d->n_area, 0, 0, 0) * paths, d->n_aged))
		return damaged(r);
	VRD_TRY(take_array(r, n, sizeof(double), &d->aged_contacts));
	VRD_TRY(take_array(r, n, sizeof(double), &d->aged_bed_days));
	if (d->n_aged && (!d->aged_share || !d->aged_contacts || !d->aged_bed_days))
		return damaged(r);
out:
	return rc;
}

static vrd_status take_more_of_assumption(reader *r, const vrd_demand *d, vrd_assumption *a) {
	vrd_status rc = VRD_OK;
	const double *items = NULL, *weights = NULL;
	size_t n_weights = 0;
	VRD_TRY(take_text(r, &a->theme));
	VRD_TRY(take(r, &a->walk_sd, sizeof a->walk_sd));
	VRD_TRY(take_u64(r, &a->from));
	VRD_TRY(take_array(r, d->n_area * d->n_service * d->n_care, sizeof(double), &a->gap));
	VRD_TRY(take_counted(r, sizeof(double), &a->dist.n, &items));
	VRD_TRY(take_counted(r, sizeof(double), &n_weights, &weights));
	if (a->dist.n > VRD_DIST_ITEMS || n_weights != a->dist.n)
		return damaged(r);
	if (a->dist.n) {
		memcpy(a->dist.item, items, a->dist.n * sizeof *items);
		memcpy(a->dist.weight, weights, a->dist.n * sizeof *weights);
	}
out:
	return rc;
}

static vrd_status take_matrices(reader *r, vrd_model *m) {
	vrd_status rc = VRD_OK;
	vrd_matrix *matrices;
	VRD_TRY(take_u64(r, &m->n_matrices));
	if (m->n_matrices > r->left / MIN_MATRIX)
		return damaged(r);
	matrices = vrd_arena_alloc(r->mem, m->n_matrices, sizeof *matrices);
	if (!matrices)
		return vrd_no_memory(r->err, r->mem, m->n_matrices, sizeof *matrices);
	for (size_t i = 0; i < m->n_matrices; i++) {
		size_t n;
		VRD_TRY(take_counted(r, sizeof(size_t), &matrices[i].n, &matrices[i].assumption));
		if (!size_of(&n, matrices[i].n, matrices[i].n))
			return damaged(r);
		VRD_TRY(take_needed(r, n, sizeof(double), &matrices[i].factor));
		for (size_t j = 0; j < matrices[i].n; j++)
			if (matrices[i].assumption[j] >= m->n_assumptions)
				return damaged(r);
	}
	m->matrices = matrices;
out:
	return rc;
}

static vrd_status take_tail(reader *r, vrd_model *m) {
	vrd_status rc = VRD_OK;
	vrd_demand *d = &m->demand;
	vrd_assumption *assumptions;
	VRD_TRY(take_more_of_demand(r, d));
	assumptions = vrd_arena_alloc(r->mem, m->n_assumptions, sizeof *assumptions);
	if (!assumptions)
		return vrd_no_memory(r->err, r->mem, m->n_assumptions, sizeof *assumptions);
	if (m->n_assumptions)
		memcpy(assumptions, m->assumptions, m->n_assumptions * sizeof *assumptions);
	for (size_t i = 0; i < m->n_assumptions; i++)
		VRD_TRY(take_more_of_assumption(r, d, &assumptions[i]));
	m->assumptions = assumptions;
	VRD_TRY(take_matrices(r, m));
	VRD_TRY(take_bool(r, &m->uncertain_rates));
	VRD_TRY(take_u64(r, &m->n_base));
	VRD_TRY(take_dim(r, &m->service));
	VRD_TRY(take_array(r, d->n_service, sizeof(size_t), &m->service_of));
	if ((m->service == NULL) != (m->service_of == NULL))
		return damaged(r);
	for (size_t k = 0; m->service_of && k < d->n_service; k++)
		if (m->service_of[k] >= m->service->n)
			return damaged(r);
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
	char head[VRD_MAGIC_BYTES];
	VRD_TRY(take(&r, head, sizeof head));
	const bool has_tail = memcmp(head, VRD_MODEL_MAGIC_2, sizeof head) == 0;
	if (!has_tail && memcmp(head, VRD_MODEL_MAGIC_1, sizeof head) != 0)
		return vrd_fail(err, VRD_STORE,
		                "the run was stored by a newer varde, or is damaged: use a newer "
		                "version, or run again");
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
	if (has_tail)
		VRD_TRY(take_tail(&r, &m));
	for (size_t i = 0; i < m.n_assumptions; i++)
		if (!is_a_law(&m.assumptions[i].dist) ||
		    !names_what_is_there(&m, &m.assumptions[i]))
			return damaged(&r);
	if (r.left > 0)
		return damaged(&r);
	*out = m;
out:
	return rc;
}
