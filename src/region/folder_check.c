#include "region/region.h"

#include "region/versions.h"

#include <math.h>
#include <string.h>

// --- control totals -----------------------------------------------------------------------------

static const char *const control_columns[] = {"cube", "value", "tolerance", "source", "note"};
enum { CUBE, VALUE, TOLERANCE, SOURCE, NOTE, N_CONTROL };

// A row's selection: every other column that is not empty; "a|b" selects the sum of two codes.
static vrd_status row_query(vrd_region *region, const vrd_csv_table *table, size_t row,
                            const size_t *known, vrd_query *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_where *where;
	const char **by;
	VRD_TRY(VRD_NEW(region->mem, where, table->n_columns));
	VRD_TRY(VRD_NEW(region->mem, by, table->n_columns));
	*out = (vrd_query){.cube = table->rows[row * table->n_columns + known[CUBE]],
	                   .where = where,
	                   .by = by};
	for (size_t c = 0; c < table->n_columns; c++) {
		const char *text = table->rows[row * table->n_columns + c];
		bool is_known = *text == 0;
		for (size_t i = 0; i < N_CONTROL; i++)
			is_known = is_known || known[i] == c;
		if (is_known)
			continue;
		vrd_where *w = &where[out->n_where++];
		*w = (vrd_where){.dim = table->columns[c]};
		VRD_TRY(VRD_NEW(region->mem, w->codes, strlen(text)));
		vrd_str rest = vrd_str_of(text), part;
		while (vrd_str_split(&rest, '|', &part)) {
			w->codes[w->n] = vrd_arena_strndup(region->mem, part.p, part.n);
			if (!w->codes[w->n++])
				VRD_TRY(vrd_no_memory(err, region->mem, part.n, 1));
		}
		if (w->n == 1)
			by[out->n_by++] = w->dim;
	}
out:
	return rc;
}

static void check_row(vrd_region *region, const vrd_csv_table *table, size_t row,
                      const size_t *known, const char *file, vrd_diag *diag) {
	const vrd_place place = {.file = file, .line = table->lines[row]};
	const char *const *cells = table->rows + row * table->n_columns;
	double value, tolerance = 0;
	vrd_query query;
	vrd_cube cube;
	vrd_suppression rule;
	vrd_err why;
	if (!vrd_parse_double(vrd_str_of(cells[known[VALUE]]), '.', &value) ||
	    (known[TOLERANCE] != VRD_NONE && *cells[known[TOLERANCE]] &&
	     !vrd_parse_double(vrd_str_of(cells[known[TOLERANCE]]), '.', &tolerance))) {
		vrd_diag_add(diag, VRD_ERROR, place, "control.number", "write numbers with a point",
		             "value \"%s\" or its tolerance is not a number", cells[known[VALUE]]);
		return;
	}
	if (row_query(region, table, row, known, &query, &why) != VRD_OK ||
	    vrd_region_query(region, &query, &cube, &rule, diag, &why) != VRD_OK) {
		vrd_diag_add(diag, VRD_ERROR, place, "control.selection", "correct the row", "%s",
		             why.text);
		return;
	}
	double sum = 0;
	bool hidden =
	        vrd_cube_suppress(region->mem, &cube, &rule, &cube, NULL, NULL, &why) != VRD_OK;
	for (size_t i = 0; i < cube.n_cells; i++) {
		hidden = hidden || vrd_cube_status(&cube, i) == VRD_SUPPRESSED;
		sum += cube.values[i];
	}
	if (hidden) { // neither the number nor whether it is the control may be told
		vrd_diag_add(diag, VRD_ERROR, place, "control.hidden",
		             "choose a larger total, or remove the row",
		             "the number is one that suppression hides: it cannot be controlled");
		return;
	}
	const bool good = fabs(sum - value) <= tolerance;
	const char *source = known[SOURCE] == VRD_NONE ? "" : cells[known[SOURCE]];
	vrd_buf what = {.max = 200};
	vrd_buf_puts(&what, query.cube);
	for (size_t i = 0; i < query.n_where; i++)
		for (size_t j = 0; j < query.where[i].n; j++)
			vrd_buf_printf(&what, "%s%s%s%s", j ? "+" : " ",
			               j ? "" : query.where[i].dim, j ? "" : "=",
			               query.where[i].codes[j]);
	vrd_diag_add(diag, good ? VRD_NOTE : VRD_ERROR, place, "control.total",
	             good ? NULL : "correct the data, or the control total",
	             "%s: %.10g, control %.10g, difference %+.6g%s%s", what.p ? what.p : "", sum,
	             value, sum - value, *source ? "; " : "", source);
	vrd_buf_free(&what);
}

static vrd_status check_controls(vrd_region *region, const vrd_dataset *set, vrd_diag *diag,
                                 vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_csv_table table;
	const char *bytes;
	size_t len, known[N_CONTROL];
	VRD_TRY(vrd_region_file(region, region->mem, set->file, region->max_input_bytes, &bytes,
	                        &len, err));
	VRD_TRY(vrd_csv_read_table(region->mem, bytes, len, set->file, &table, diag, err));
	for (size_t i = 0; i < N_CONTROL; i++)
		known[i] = vrd_csv_column_of(&table, control_columns[i]);
	if (known[CUBE] == VRD_NONE || known[VALUE] == VRD_NONE) {
		vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = set->file, .line = 1},
		             "table.missing-column", "see docs/region-folder.md for the columns",
		             "control totals need the columns cube and value");
		return VRD_OK;
	}
	for (size_t row = 0; row < table.n_rows; row++)
		check_row(region, &table, row, known, set->file, diag);
out:
	return rc;
}

// --- projections against counts -----------------------------------------------------------------

// What a projection said of a year that has since been counted.
static void compare_with_counts(vrd_region *region, vrd_diag *diag) {
	static const char *const by[] = {"year"};
	vrd_cube count, projection;
	const char **names;
	size_t n;
	vrd_diag quiet;
	vrd_diag_init(&quiet, region->mem, 1);
	if (vrd_region_variants(region, &names, &n, &quiet, NULL) != VRD_OK ||
	    vrd_region_population(region, region->mem, "count", false, 1, by, &count, &quiet,
	                          NULL) != VRD_OK)
		return;
	const vrd_dim *years = count.dims[0];
	const char *last = years->cats[years->n - 1].code;
	const double counted = count.values[years->n - 1];
	for (size_t v = 0; v < n; v++) {
		if (vrd_region_population(region, region->mem, names[v], true, 1, by, &projection,
		                          &quiet, NULL) != VRD_OK)
			continue;
		const size_t at = vrd_dim_find_text(projection.dims[0], last);
		if (at == VRD_NONE || projection.values[at] == counted)
			continue;
		vrd_diag_add(diag, VRD_NOTE, (vrd_place){.file = "region.yaml"},
		             "pop.projection-gap", NULL,
		             "1 January %s: the projection %s has %.0f people, counted were %.0f "
		             "(%+.0f, %+.2f "
		             "%%); official projections are used as published",
		             last, names[v], projection.values[at], counted,
		             projection.values[at] - counted,
		             100 * (projection.values[at] - counted) / counted);
	}
}

static bool counts_people(const vrd_dataset *set) {
	return set->kind == VRD_DATA_POPULATION &&
	       vrd_cube_axis(&set->cube, "variant") == VRD_NONE &&
	       strcmp(set->variant, "count") == 0;
}

// Each alternative as one series at the planning level: files that do not fit each other and areas
// without a map are found here.
static void check_series(vrd_region *region, vrd_diag *diag) {
	static const char *const by[] = {"year", "area"};
	const vrd_place place = {.file = "region.yaml"};
	const char **names;
	size_t n;
	vrd_cube series;
	vrd_err why;
	bool counts = false;
	if (vrd_region_variants(region, &names, &n, diag, NULL) != VRD_OK)
		return;
	for (size_t i = 0; i < region->n_data; i++)
		counts = counts || counts_people(&region->data[i]);
	for (size_t i = counts ? 0 : 1; i <= n; i++) {
		const char *name = i ? names[i - 1] : "count";
		if (vrd_region_population(region, region->mem, name, i > 0, 1, by, &series, diag,
		                          &why) != VRD_OK)
			vrd_diag_add(diag, VRD_ERROR, place, "pop.series",
			             "correct the files, or the entries under data",
			             "the population \"%s\" cannot be put together: %s", name,
			             why.text);
		else if (vrd_region_population(region, region->mem, name, i > 0, 2, by, &series,
		                               diag, NULL) == VRD_OK &&
		         vrd_geography_move(region->mem, region->geo, &series,
		                            region->planning_level, NULL, 0, &series,
		                            &why) != VRD_OK)
			vrd_diag_add(diag, VRD_WARNING, place, "pop.level",
			             "the population cannot be shown at the planning level",
			             "the population \"%s\": %s", name, why.text);
	}
}

// --- the whole ----------------------------------------------------------------------------------

static bool has_data(const vrd_region *region, vrd_data_kind kind) {
	for (size_t i = 0; i < region->n_data; i++)
		if (region->data[i].kind == kind)
			return true;
	return false;
}

// Adds a failure that was not listed yet.
static void list_failure(vrd_diag *diag, size_t errors_before, const char *file,
                         const vrd_err *why) {
	if (diag->n_errors == errors_before)
		vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = file}, "check", NULL, "%s",
		             why->text);
}

// The files of activity together, once: every scenario would find the same.
static bool check_activity(vrd_region *region, vrd_diag *diag) {
	vrd_cube all;
	vrd_err why = {0};
	const size_t errors = diag->n_errors;
	if (!has_data(region, VRD_DATA_ACTIVITY) ||
	    vrd_region_activity(region, region->mem, &all, diag, &why) == VRD_OK)
		return true;
	list_failure(diag, errors, "region.yaml", &why);
	return false;
}

// Reads a scenario against the tables alone, where data that cannot be used give no model: every
// code of the tables is one that the model could have.
static vrd_status resolve_by_tables(vrd_region *region, const vrd_scenario *scenario,
                                    vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_model model = {.demand = {.service = region->service, .care = region->care}};
	vrd_demand *d = &model.demand;
	int *band_from;
	if (!region->service || !region->care || region->n_base == 0)
		return VRD_OK;
	const char *const *areas = vrd_geography_codes(region->geo, &d->n_area);
	VRD_TRY(vrd_dim_of_codes(region->mem, "area", d->n_area, areas, &d->area, err));
	VRD_TRY(vrd_scenario_bands(region, scenario, &band_from, &d->n_band, diag, err));
	d->band_from = band_from;
	d->n_service = region->service->n;
	d->n_care = region->care->n;
	VRD_TRY(vrd_scenario_resolve(region, scenario, &model, diag, err));
out:
	return rc;
}

static void check_scenarios(vrd_region *region, bool data_good, vrd_diag *diag) {
	const char **names;
	size_t n;
	vrd_err why;
	if (vrd_scenario_list(region, &names, &n, &why) != VRD_OK) {
		list_failure(diag, diag->n_errors, "scenarios", &why);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		vrd_scenario scenario;
		vrd_model model;
		const size_t errors = diag->n_errors;
		const char *file = vrd_arena_printf(region->mem, "scenarios/%s.yaml", names[i]);
		// Problems of one scenario must not hide those of the next: each has its own list.
		vrd_diag own;
		vrd_diag_init(&own, region->mem, diag->limit);
		vrd_status rc = vrd_scenario_read(region, names[i], &scenario, &own, &why);
		if (rc == VRD_OK && own.n_errors == 0 &&
		    !(data_good && has_data(region, VRD_DATA_ACTIVITY)))
			rc = resolve_by_tables(region, &scenario, &own, &why);
		else if (rc == VRD_OK && own.n_errors == 0)
			rc = vrd_region_model(region, &scenario, &model, NULL, NULL, &own, &why);
		for (size_t j = 0; j < own.n; j++) {
			const vrd_problem *p = &own.items[j];
			vrd_diag_add(diag, p->severity, p->place, p->rule, p->remedy, "%s",
			             p->text);
		}
		if (rc != VRD_OK)
			list_failure(diag, errors, file, &why);
	}
	if (n && !has_data(region, VRD_DATA_ACTIVITY))
		vrd_diag_add(diag, VRD_WARNING, (vrd_place){.file = "region.yaml"},
		             "region.no-activity",
		             "import a file with `varde import DIR FILE --as activity`",
		             "the region has no activity: scenarios cannot be run");
}

vrd_status vrd_region_check(vrd_region *region, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_err why;
	VRD_TRY(vrd_versions_check(region, diag, err));
	const size_t before = diag->n_errors;
	for (size_t i = 0; i < region->n_data; i++) {
		vrd_dataset *set = &region->data[i];
		const size_t errors = diag->n_errors;
		vrd_diag own;
		vrd_diag_init(&own, region->mem, diag->limit);
		if (set->kind == VRD_DATA_CONTROL)
			continue;
		rc = vrd_region_load(region, set, &own, &why);
		for (size_t j = 0; j < own.n; j++) {
			const vrd_problem *p = &own.items[j];
			vrd_diag_add(diag, p->severity, p->place, p->rule, p->remedy, "%s",
			             p->text);
		}
		if (rc == VRD_OK)
			vrd_diag_add(diag, VRD_NOTE, (vrd_place){.file = set->file}, "data.read",
			             NULL, "%s: %zu cells read", vrd_data_kind_name(set->kind),
			             set->cube.n_cells);
		else if (rc == VRD_NOMEM)
			return vrd_fail(err, rc, "%s", why.text);
		else
			list_failure(diag, errors, set->file, &why);
	}
	if (diag->n_errors > before) { // a model would only repeat it
		check_scenarios(region, false, diag);
		return VRD_OK;
	}
	if (has_data(region, VRD_DATA_POPULATION))
		check_series(region, diag);
	compare_with_counts(region, diag);
	const bool activity = check_activity(region, diag);
	for (size_t i = 0; i < region->n_data; i++)
		if (region->data[i].kind == VRD_DATA_CONTROL)
			VRD_TRY(check_controls(region, &region->data[i], diag, err));
	check_scenarios(region, activity, diag);
	rc = VRD_OK;
out:
	return rc;
}
