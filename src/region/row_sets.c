#include "region/row_sets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

// --- the table ----------------------------------------------------------------------------------

enum { CODE, SERVICE, MEASURES, N_COLUMNS };

typedef struct {
	vrd_region *region;
	const char *path;
	vrd_csv_table table;
	size_t column[N_COLUMNS];
	size_t n;
	vrd_row_set *sets;
	vrd_diag *diag;
} reading;

static bool find_columns(reading *r) {
	static const char *const names[N_COLUMNS] = {"code", "service", "measures"};
	bool all = true;
	for (size_t i = 0; i < N_COLUMNS; i++) {
		r->column[i] = vrd_csv_column_of(&r->table, names[i]);
		if (r->column[i] != VRD_NONE)
			continue;
		all = false;
		vrd_diag_add(r->diag, VRD_ERROR, (vrd_place){.file = r->path, .line = 1},
		             "table.missing-column", "write the columns code,service,measures",
		             "there is no column \"%s\"", names[i]);
	}
	return all;
}

static bool has_measure(const char *measures, vrd_str wanted) {
	vrd_str rest = vrd_str_of(measures), part;
	while (vrd_str_split(&rest, ';', &part))
		if (vrd_str_eq(part, wanted))
			return true;
	return false;
}

static bool same_set(const char *a, const char *b) {
	vrd_str rest = vrd_str_of(a), part;
	if (strlen(a) != strlen(b))
		return false;
	while (vrd_str_split(&rest, ';', &part))
		if (!has_measure(b, part))
			return false;
	return true;
}

// Why a list of measures cannot be used; NULL when it can.
static const char *measures_fault(const char *text) {
	vrd_str rest = vrd_str_of(text), part, others, other;
	if (!*text)
		return "there are none";
	while (vrd_str_split(&rest, ';', &part)) {
		size_t n = 0;
		for (others = vrd_str_of(text); vrd_str_split(&others, ';', &other);)
			n += vrd_str_eq(part, other);
		if (!part.n || n > 1)
			return part.n ? "one stands twice" : "one of them is empty";
	}
	return NULL;
}

static const char *fault_of(const reading *r, const char *code, size_t service,
                            const char *measures, const char **rule, const char **remedy) {
	const vrd_region *region = r->region;
	*rule = "rows.code";
	*remedy = "give every set a code of its own, such as SERVICE~1";
	if (!*code)
		return "the code is empty";
	if (vrd_dim_find_text(region->service_tree, code) != VRD_NONE)
		return "the code is that of a service";
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->sets[i].code, code) == 0)
			return "the code stands twice";
	*rule = "rows.service";
	*remedy = "write the code of a service that has activity";
	if (service == VRD_NONE)
		return "there is no such service, or it is only a heading";
	*rule = "rows.measures";
	*remedy = "join different measures by semicolons; write each set of a service once";
	for (size_t i = 0; i < r->n; i++)
		if (r->sets[i].service == service && same_set(r->sets[i].measures, measures))
			return "the service has this set already";
	return measures_fault(measures);
}

static void read_row(reading *r, size_t row) {
	const char *const *cells = r->table.rows + row * r->table.n_columns;
	const char *code = cells[r->column[CODE]], *service = cells[r->column[SERVICE]],
	           *measures = cells[r->column[MEASURES]], *rule, *remedy;
	const size_t at = vrd_dim_find_text(r->region->service, service);
	const char *fault = fault_of(r, code, at, measures, &rule, &remedy);
	if (fault)
		vrd_diag_add(r->diag, VRD_ERROR,
		             (vrd_place){.file = r->path, .line = r->table.lines[row]}, rule,
		             remedy, "set \"%s\" of service \"%s\", measures \"%s\": %s", code,
		             service, measures, fault);
	else
		r->sets[r->n++] = (vrd_row_set){code, at, measures};
}

// --- the leaves ---------------------------------------------------------------------------------

static vrd_status leaf_category(vrd_region *r, const vrd_row_set *set, vrd_category *out,
                                vrd_err *err) {
	*out = r->service->cats[set->service];
	out->code = set->code;
	out->label = vrd_arena_printf(r->mem, "%s (%s)", out->label, set->measures);
	return out->label ? VRD_OK : vrd_no_memory(err, r->mem, 64, 1);
}

static vrd_status add_leaves(reading *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_region *r = w->region;
	const vrd_dim *tree = r->service_tree, *real = r->service;
	const size_t n_tree = tree->n + w->n, n = real->n + w->n;
	vrd_category *in_tree, *cats;
	size_t *leaf;
	bool *births;
	double *kappa;
	VRD_TRY(VRD_NEW(r->mem, in_tree, n_tree));
	VRD_TRY(VRD_NEW(r->mem, cats, n));
	VRD_TRY(VRD_NEW(r->mem, leaf, n));
	VRD_TRY(VRD_NEW(r->mem, births, n));
	VRD_TRY(VRD_NEW(r->mem, kappa, n));
	memcpy(in_tree, tree->cats, tree->n * sizeof *in_tree);
	memcpy(cats, real->cats, real->n * sizeof *cats);
	memcpy(leaf, r->service_leaf, real->n * sizeof *leaf);
	memcpy(births, r->births_driven, real->n * sizeof *births);
	memcpy(kappa, r->kappa, real->n * sizeof *kappa);
	for (size_t i = 0; i < w->n; i++) {
		const size_t parent = w->sets[i].service, at = real->n + i;
		VRD_TRY(leaf_category(r, &w->sets[i], &cats[at], err));
		in_tree[tree->n + i] = cats[at];
		in_tree[tree->n + i].parent = r->service_leaf[parent];
		leaf[at] = tree->n + i;
		births[at] = births[parent];
		kappa[at] = kappa[parent];
	}
	r->real_service = real;
	VRD_TRY(vrd_dim_new(r->mem, "service", NULL, tree->role, n_tree, in_tree, &r->service_tree,
	                    err));
	VRD_TRY(vrd_dim_new(r->mem, "service", NULL, real->role, n, cats, &r->service, err));
	r->service_leaf = leaf;
	r->births_driven = births;
	r->kappa = kappa;
	r->row_sets = w->sets;
	r->n_row_sets = w->n;
out:
	return rc;
}

vrd_status vrd_row_sets_read(vrd_region *region, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *bytes;
	size_t len;
	reading r = {.region = region, .diag = diag};
	r.path = vrd_node_text(region->config, "row_sets", VRD_ROW_SETS_PATH);
	if (!region->service || !vrd_region_has_file(region, r.path))
		return VRD_OK;
	VRD_TRY(vrd_region_file(region, region->mem, r.path, region->max_input_bytes, &bytes, &len,
	                        err));
	VRD_TRY(vrd_csv_read_table(region->mem, bytes, len, r.path, &r.table, diag, err));
	if (!find_columns(&r))
		return VRD_OK;
	VRD_TRY(VRD_NEW(region->mem, r.sets, r.table.n_rows));
	for (size_t i = 0; i < r.table.n_rows; i++)
		read_row(&r, i);
	if (r.n)
		VRD_TRY(add_leaves(&r, err));
out:
	return rc;
}

// --- look-ups -----------------------------------------------------------------------------------

// The set of a leaf, or NULL.
static const vrd_row_set *set_of(const vrd_region *r, const char *code) {
	const size_t at = r->n_row_sets ? vrd_dim_find_text(r->service, code) : VRD_NONE;
	return at == VRD_NONE || at < r->real_service->n ? NULL
	                                                 : &r->row_sets[at - r->real_service->n];
}

const char *vrd_row_sets_service(const vrd_region *region, const char *code) {
	const vrd_row_set *set = set_of(region, code);
	return set ? region->service->cats[set->service].code : code;
}

bool vrd_row_sets_mark(const vrd_region *region, const vrd_dim *services, const char *measure,
                       bool *marks) {
	const vrd_str wanted = vrd_str_of(measure);
	bool known = false;
	for (size_t i = 0; i < region->n_row_sets; i++) {
		if (!has_measure(region->row_sets[i].measures, wanted))
			continue;
		known = true;
		const size_t at = vrd_dim_find_text(services, region->row_sets[i].code);
		if (at != VRD_NONE)
			marks[at] = true;
	}
	return known;
}

static int by_text(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

vrd_status vrd_row_sets_measures(const vrd_region *region, const char ***names, size_t *n,
                                 vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char **all;
	size_t most = 0, found = 0, kept = 0;
	for (size_t i = 0; i < region->n_row_sets; i++)
		most += strlen(region->row_sets[i].measures) / 2 + 1;
	VRD_TRY(VRD_NEW(region->mem, all, most));
	for (size_t i = 0; i < region->n_row_sets; i++) {
		vrd_str rest = vrd_str_of(region->row_sets[i].measures), part;
		while (vrd_str_split(&rest, ';', &part)) {
			all[found] = vrd_arena_strndup(region->mem, part.p, part.n);
			if (!all[found++])
				VRD_TRY(vrd_no_memory(err, region->mem, part.n, 1));
		}
	}
	if (found)
		qsort(all, found, sizeof *all, by_text);
	for (size_t i = 0; i < found; i++)
		if (i == 0 || strcmp(all[i - 1], all[i]) != 0)
			all[kept++] = all[i];
	*names = all;
	*n = kept;
out:
	return rc;
}

// --- real services ------------------------------------------------------------------------------

vrd_status vrd_row_sets_of(const vrd_region *region, vrd_arena *mem, const vrd_dim *own,
                           const vrd_dim **real, const size_t **of, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t *index, *place, n = 0;
	vrd_category *cats;
	bool any = false;
	for (size_t i = 0; i < own->n; i++)
		any = any || set_of(region, own->cats[i].code);
	*real = NULL;
	*of = NULL;
	if (!any)
		return VRD_OK;
	const vrd_dim *all = region->real_service;
	VRD_TRY(VRD_NEW(mem, index, own->n));
	VRD_TRY(VRD_NEW(mem, place, all->n)); // + 1, 0: not among them
	VRD_TRY(VRD_NEW(mem, cats, all->n));
	for (size_t i = 0; i < own->n; i++) {
		VRD_TRY(vrd_dim_require(all,
		                        vrd_str_of(vrd_row_sets_service(region, own->cats[i].code)),
		                        &index[i], err));
		place[index[i]] = 1;
	}
	for (size_t k = 0; k < all->n; k++)
		if (place[k]) {
			cats[n] = all->cats[k];
			cats[n++].parent = VRD_NONE;
			place[k] = n;
		}
	for (size_t i = 0; i < own->n; i++)
		index[i] = place[index[i]] - 1;
	VRD_TRY(vrd_dim_new(mem, own->name, own->label, own->role, n, cats, real, err));
	*of = index;
out:
	return rc;
}

// A row that was split into parts of 0.3 and 0.7 is one row again, not 0.9999999999999999.
static void make_whole(vrd_cube *cube) {
	for (size_t i = 0; i < cube->n_cells; i++) {
		const double x = cube->values[i], whole = nearbyint(x);
		if (fabs(x - whole) <= 1e-9 * fmax(1, fabs(whole)) && fabs(whole) < 1e9)
			cube->values[i] = whole;
	}
}

vrd_status vrd_row_sets_merge(const vrd_region *region, vrd_arena *mem, const vrd_cube *in,
                              vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t axis = vrd_cube_axis(in, "service");
	const vrd_dim *real = NULL;
	const size_t *of;
	vrd_link *links;
	vrd_cube merged = *in;
	if (axis != VRD_NONE && region->n_row_sets)
		VRD_TRY(vrd_row_sets_of(region, mem, in->dims[axis], &real, &of, err));
	if (real) {
		const size_t n = in->dims[axis]->n;
		VRD_TRY(VRD_NEW(mem, links, n));
		for (size_t i = 0; i < n; i++)
			links[i] = (vrd_link){i, of[i], 1};
		VRD_TRY(vrd_cube_regroup(mem, in, "service", real, NULL, &n,
		                         (const vrd_link *const[]){links}, &merged, err));
		make_whole(&merged);
	}
	*out = merged;
out:
	return rc;
}
