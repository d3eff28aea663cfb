#include "region/import_parts.h"

#include "base/file.h"
#include "region/episodes.h"
#include "region/row_sets.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

typedef struct {
	const vrd_import *job;
	vrd_episode_options opt;
	vrd_touch touch;
	vrd_episodes counts;
	const char **leaf; // [service][set] code of the leaf; NULL: no cell has it
	const char *sets_path;
	vrd_buf sets, data; // texts of the files
	size_t n_old_sets, n_new_sets;
} work;

// --- options ------------------------------------------------------------------------------------

static vrd_status refuse_options(const vrd_import_options *opt, vrd_err *err) {
	const struct {
		bool given;
		const char *name;
	} others[] = {
	        {opt->n_onlys > 0, "only"},      {opt->variant, "variant"}, {opt->main, "main"},
	        {!isnan(opt->weight), "weight"}, {opt->absent, "absent"},   {opt->sum, "sum"},
	};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].given)
			return vrd_fail(err, VRD_USAGE,
			                "--%s does not go with --as episodes: rows are counted, "
			                "and cells without a row are 0",
			                others[i].name);
	return VRD_OK;
}

static vrd_status require_field(const char *option, const char *text, vrd_episode_field *out,
                                vrd_err *err) {
	const char *names[VRD_N_EPISODE_FIELDS];
	*out = vrd_episode_field_find(text);
	if (*out != VRD_N_EPISODE_FIELDS)
		return VRD_OK;
	for (size_t i = 0; i < VRD_N_EPISODE_FIELDS; i++)
		names[i] = vrd_episode_field_name((vrd_episode_field)i);
	const size_t near = vrd_nearest(vrd_str_of(text), names, VRD_N_EPISODE_FIELDS);
	if (near != SIZE_MAX)
		return vrd_fail(err, VRD_USAGE,
		                "--%s: episodes have no field \"%s\"; did you mean \"%s\"?", option,
		                text, names[near]);
	return vrd_fail(err, VRD_USAGE,
	                "--%s: episodes have no field \"%s\"; they have row, area, sex, age, "
	                "birth_year, service, care, year, date, admitted, discharged, bed_days and "
	                "count",
	                option, text);
}

static vrd_status twice(const char *option, const char *name, vrd_err *err) {
	return vrd_fail(err, VRD_USAGE, "--%s says what %s is, and so does another option", option,
	                name);
}

static vrd_status read_maps(work *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_import_options *opt = w->job->opt;
	const char *left, *right;
	vrd_episode_field field;
	for (size_t i = 0; i < opt->n_maps; i++) {
		VRD_TRY(vrd_import_pair(w->job->mem, "map", opt->maps[i], '=', &left, &right, err));
		if (strcmp(right, "-") == 0) {
			field = vrd_episode_field_find(left); // others are passed over anyway
			if (field != VRD_N_EPISODE_FIELDS)
				w->opt.ignored[field] = true;
			continue;
		}
		VRD_TRY(require_field("map", right, &field, err));
		if (w->opt.column[field])
			VRD_TRY(twice("map", right, err));
		w->opt.column[field] = left;
	}
	for (size_t i = 0; i < opt->n_sets; i++) {
		VRD_TRY(vrd_import_pair(w->job->mem, "set", opt->sets[i], '=', &left, &right, err));
		VRD_TRY(require_field("set", left, &field, err));
		if (w->opt.column[field] || w->opt.constant[field] || !*right)
			VRD_TRY(twice("set", left, err));
		w->opt.constant[field] = right;
	}
out:
	return rc;
}

static vrd_status read_recodes(work *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_import_options *opt = w->job->opt;
	vrd_recode *recodes;
	VRD_TRY(VRD_NEW(w->job->mem, recodes, opt->n_recodes));
	for (size_t i = 0; i < opt->n_recodes; i++) {
		const char *rest;
		vrd_episode_field field;
		VRD_TRY(vrd_import_pair(w->job->mem, "recode", opt->recodes[i], ':',
		                        &recodes[i].dim, &rest, err));
		VRD_TRY(require_field("recode", recodes[i].dim, &field, err));
		if (field != VRD_EPISODE_AREA && field != VRD_EPISODE_SEX &&
		    field != VRD_EPISODE_AGE && field != VRD_EPISODE_SERVICE &&
		    field != VRD_EPISODE_CARE && field != VRD_EPISODE_YEAR)
			VRD_TRY(vrd_fail(err, VRD_USAGE,
			                 "--recode \"%s\": %s has no codes; area, sex, age, "
			                 "service, care and year have",
			                 opt->recodes[i], recodes[i].dim));
		VRD_TRY(vrd_import_pair(w->job->mem, "recode", rest, '=', &recodes[i].from,
		                        &recodes[i].to, err));
	}
	w->opt.recodes = recodes;
	w->opt.n_recodes = opt->n_recodes;
out:
	return rc;
}

// "0-17,18-66,67+": ascending, none twice.
static vrd_status read_bands(work *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *text = w->job->opt->ages;
	vrd_str rest = vrd_str_of(text), part;
	vrd_age *bands;
	size_t n = 0;
	if (!text)
		return VRD_OK;
	VRD_TRY(VRD_NEW(w->job->mem, bands, strlen(text) + 1));
	while (vrd_str_split(&rest, ',', &part)) {
		if (!vrd_age_parse(part, &bands[n]) || (n && bands[n].from <= bands[n - 1].to))
			VRD_TRY(vrd_fail(err, VRD_USAGE,
			                 "--ages \"%s\": write bands that ascend, such as "
			                 "0-17,18-66,67+",
			                 text));
		n++;
	}
	w->opt.bands = bands;
	w->opt.n_bands = n;
out:
	return rc;
}

// All areas of the region as one dimension; other borders and areas to drop are judged by the entry.
static vrd_status known_areas(work *w, vrd_err *err) {
	const vrd_import *job = w->job;
	size_t n;
	const char *const *codes = vrd_geography_codes(job->region->geo, &n);
	if (job->opt->borders ||
	    (job->opt->other_areas && strcmp(job->opt->other_areas, "drop") == 0))
		return VRD_OK;
	return vrd_dim_of_codes(job->mem, "area", n, codes, &w->opt.area, err);
}

// Where the open group of the region's population begins (the lowest, of several files); 0: none
// that can be read, which `varde check` tells.
static int open_age(const vrd_import *job) {
	vrd_region *region;
	vrd_diag quiet;
	int lowest = 0;
	vrd_diag_init(&quiet, job->mem, 1);
	if (vrd_region_open(job->mem, job->region->dir, &region, &quiet, NULL) != VRD_OK ||
	    vrd_region_load_kind(region, VRD_DATA_POPULATION, false, &quiet, NULL) != VRD_OK)
		return 0;
	for (size_t i = 0; i < region->n_data; i++) {
		const vrd_cube *cube = &region->data[i].cube;
		const size_t axis = region->data[i].kind == VRD_DATA_POPULATION
		                            ? vrd_cube_axis(cube, "age")
		                            : VRD_NONE;
		for (size_t a = 0; axis != VRD_NONE && a < cube->dims[axis]->n; a++) {
			vrd_age age;
			if (vrd_age_parse(vrd_str_of(cube->dims[axis]->cats[a].code), &age) &&
			    age.to == VRD_AGE_MAX && age.from > 0 &&
			    (lowest == 0 || age.from < lowest))
				lowest = age.from;
		}
	}
	return lowest;
}

static vrd_status read_options(work *w, vrd_err *err) {
	static const char *const words[] = {"nights", "nights_plus_one", "hours"};
	vrd_status rc = VRD_OK;
	const vrd_import *job = w->job;
	const vrd_region *r = job->region;
	const char *separator = job->opt->separator, *decimal = job->opt->decimal;
	const char *bed_day = vrd_node_text(r->config, "bed_day_definition", words[0]);
	VRD_TRY(refuse_options(job->opt, err));
	if (!r->service || !r->care)
		VRD_TRY(vrd_fail(err, VRD_NOINPUT,
		                 "the region has no %s table (data/%s.csv): import it first",
		                 r->service ? "care" : "services",
		                 r->service ? "care" : "services"));
	w->opt.name = job->name;
	w->opt.separator = !separator ? 0 : strcmp(separator, "tab") == 0 ? '\t' : separator[0];
	w->opt.decimal = decimal ? decimal[0] : 0;
	w->opt.service = r->n_row_sets ? r->real_service : r->service;
	w->opt.care = r->care;
	w->opt.care_beds = r->care_beds;
	w->opt.open_age = open_age(job);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(bed_day, words[i]) == 0)
			w->opt.bed_day = (vrd_bed_day)i;
	VRD_TRY(read_maps(w, err));
	VRD_TRY(read_recodes(w, err));
	VRD_TRY(read_bands(w, err));
	VRD_TRY(known_areas(w, err));
out:
	return rc;
}

static vrd_status read_touch(work *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_import table = *w->job; // the same import, of the other file
	const char *path = w->job->opt->touch, *slash = path ? strrchr(path, '/') : NULL;
	if (!path)
		return VRD_OK;
	table.name = slash ? slash + 1 : path;
	VRD_TRY(vrd_file_read(table.mem, path, table.region->max_input_bytes, &table.bytes,
	                      &table.len, err));
	VRD_TRY(vrd_import_refuse_persons(&table, err));
	VRD_TRY(vrd_touch_read(table.mem, table.bytes, table.len, table.name, &w->touch, table.diag,
	                       err));
	w->opt.touch = &w->touch;
out:
	return rc;
}

// --- row sets -----------------------------------------------------------------------------------

// A code SERVICE~N that nothing has.
static const char *free_code(const work *w, const char *service, size_t *number) {
	for (;;) {
		char *code = vrd_arena_printf(w->job->mem, "%s~%zu", service, ++*number);
		if (!code || vrd_dim_find_text(w->job->region->service_tree, code) == VRD_NONE)
			return code;
	}
}

static const char *present_code(const vrd_region *r, const char *service, const char *measures) {
	for (size_t i = 0; i < r->n_row_sets; i++)
		if (strcmp(r->real_service->cats[r->row_sets[i].service].code, service) == 0 &&
		    strcmp(r->row_sets[i].measures, measures) == 0)
			return r->row_sets[i].code;
	return NULL;
}

static void put_cell(vrd_buf *out, const char *text) {
	if (!strpbrk(text, ",\"\r\n") && *text != ' ' &&
	    (!*text || text[strlen(text) - 1] != ' ')) {
		vrd_buf_puts(out, text);
		return;
	}
	vrd_csv_put_quoted(out, text);
}

static void put_set(vrd_buf *out, const char *code, const char *service, const char *measures) {
	put_cell(out, code);
	vrd_buf_putc(out, ',');
	put_cell(out, service);
	vrd_buf_putc(out, ',');
	put_cell(out, measures);
	vrd_buf_putc(out, '\n');
}

// Codes that there are stay: other data sets name them. New ones follow, by service and measures.
static vrd_status name_leaves(work *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_region *r = w->job->region;
	const vrd_episodes *c = &w->counts;
	const size_t n_services = c->n_codes[VRD_CELL_SERVICE];
	bool *used;
	VRD_TRY(VRD_NEW(w->job->mem, used, n_services * c->n_sets));
	VRD_TRY(VRD_NEW(w->job->mem, w->leaf, n_services * c->n_sets));
	for (size_t i = 0; i < c->n_cells; i++)
		used[c->cells[i].at[VRD_CELL_SERVICE] * c->n_sets + c->cells[i].set] = true;
	vrd_buf_puts(&w->sets, "code,service,measures\n");
	for (size_t i = 0; i < r->n_row_sets; i++)
		put_set(&w->sets, r->row_sets[i].code,
		        r->real_service->cats[r->row_sets[i].service].code,
		        r->row_sets[i].measures);
	w->n_old_sets = r->n_row_sets;
	for (size_t k = 0; k < n_services; k++) {
		const char *service = c->codes[VRD_CELL_SERVICE][k];
		size_t number = 0;
		for (size_t s = 0; s < c->n_sets; s++) {
			const char **code = &w->leaf[k * c->n_sets + s];
			*code = s ? present_code(r, service, c->sets[s]) : service;
			if (*code || !used[k * c->n_sets + s])
				continue;
			*code = free_code(w, service, &number);
			if (!*code)
				VRD_TRY(vrd_no_memory(err, w->job->mem, 16, 1));
			put_set(&w->sets, *code, service, c->sets[s]);
			w->n_new_sets++;
		}
	}
	if (w->sets.failed)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for %s", w->sets_path));
out:
	return rc;
}

// --- counts -------------------------------------------------------------------------------------

static void put_row(const work *w, const vrd_episode_cell *cell, vrd_buf *key, const char *measure,
                    double value, vrd_buf *out) {
	char number[32];
	const vrd_episodes *c = &w->counts;
	if (value == 0)
		return;
	if (!key->n) {
		for (size_t d = 0; d < VRD_N_CELL_DIMS; d++) {
			if (!c->n_codes[d])
				continue;
			put_cell(key, d == VRD_CELL_SERVICE
			                      ? w->leaf[cell->at[d] * c->n_sets + cell->set]
			                      : c->codes[d][cell->at[d]]);
			vrd_buf_putc(key, ',');
		}
	}
	vrd_format_double(value, number);
	vrd_buf_add(out, key->p, key->n);
	vrd_buf_puts(out, measure);
	vrd_buf_putc(out, ',');
	vrd_buf_puts(out, number);
	vrd_buf_putc(out, '\n');
}

static vrd_status put_counts(work *w, vrd_err *err) {
	static const char *const names[VRD_N_CELL_DIMS] = {"area",    "sex",  "age",
	                                                   "service", "care", "year"};
	const vrd_episodes *c = &w->counts;
	vrd_buf key = {0};
	for (size_t d = 0; d < VRD_N_CELL_DIMS; d++)
		if (c->n_codes[d])
			vrd_buf_printf(&w->data, "%s,", names[d]);
	vrd_buf_puts(&w->data, "measure,value\n");
	for (size_t i = 0; i < c->n_cells; i++) {
		vrd_buf_reset(&key);
		put_row(w, &c->cells[i], &key, "contacts", c->cells[i].contacts, &w->data);
		put_row(w, &c->cells[i], &key, "bed_days", c->cells[i].bed_days, &w->data);
	}
	const bool failed = key.failed || w->data.failed;
	vrd_buf_free(&key);
	return failed ? vrd_fail(err, VRD_NOMEM, "no memory for the counts of %s", w->job->name)
	              : VRD_OK;
}

static void tell_counts(const work *w) {
	vrd_buf *out = w->job->report;
	const vrd_episodes *c = &w->counts;
	const vrd_lang lang = w->job->region->lang;
	vrd_buf_printf(out, "%s: episodes, ", w->job->name);
	vrd_fmt_number(out, (double)c->n_rows, 0, lang);
	vrd_buf_puts(out, " rows");
	if (w->opt.touch) {
		vrd_buf_puts(out, ", of which ");
		vrd_fmt_number(out, (double)c->n_touched, 0, lang);
		vrd_buf_printf(out, " are touched by %zu measures; row sets: %zu new",
		               w->touch.n_measures, w->n_new_sets);
	}
	vrd_buf_putc(out, '\n');
	if (c->n_folded) {
		vrd_buf_puts(out, "  age       ");
		vrd_fmt_number(out, (double)c->n_folded, 0, lang);
		vrd_buf_printf(out, " %s counted as %d+%s\n",
		               c->n_folded == 1 ? "row is" : "rows are",
		               w->opt.open_age ? w->opt.open_age : VRD_EPISODE_OPEN_AGE,
		               w->opt.open_age ? ", the open group of the population" : "");
	}
}

// --- the data set -------------------------------------------------------------------------------

static vrd_status make_set(work *w, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_import *job = w->job;
	const vrd_import_options own = {.as = "activity",
	                                .source = job->opt->source,
	                                .license = job->opt->license,
	                                .weight = NAN,
	                                .borders = job->opt->borders,
	                                .absent = "zero",
	                                .other_areas = job->opt->other_areas,
	                                .suppress = job->opt->suppress,
	                                .replace = job->opt->replace};
	vrd_import set = *job;
	const char *path, *old, *text;
	size_t entry, old_len, text_len;
	set.opt = &own;
	set.name = vrd_arena_printf(job->mem, "activity-%s", job->name);
	set.bytes = w->data.p;
	set.len = w->data.n;
	path = set.name ? vrd_arena_printf(job->mem, "data/%s", set.name) : NULL;
	if (!path)
		VRD_TRY(vrd_no_memory(err, job->mem, strlen(job->name), 1));
	VRD_TRY(vrd_import_find_entry(&set, path, &entry, err));
	VRD_TRY(vrd_region_file(job->region, job->mem, "region.yaml", 8 << 20, &old, &old_len,
	                        err));
	VRD_TRY(vrd_import_splice(&set, old, old_len, path, entry, &text, &text_len, err));
	const vrd_overlay files[] = {{"region.yaml", text, text_len},
	                             {path, w->data.p, w->data.n},
	                             {w->sets_path, w->sets.p, w->sets.n}};
	const size_t n = w->n_new_sets ? 3 : 2;
	VRD_TRY(vrd_import_try(&set, path, n, files, err));
	if (job->opt->dry_run) {
		vrd_buf_puts(job->report, "Nothing was written.\n");
		goto out;
	}
	VRD_TRY(vrd_import_write(job, n, files, err));
	vrd_buf_printf(job->report, "%s %s/%s%s%s and its entry in region.yaml\n",
	               entry == VRD_NONE ? "Wrote" : "Replaced", job->region->dir, path,
	               n == 3 ? ", " : "", n == 3 ? w->sets_path : "");
out:
	return rc;
}

vrd_status vrd_import_episodes(const vrd_import *job, vrd_err *err) {
	vrd_status rc = VRD_OK;
	work w = {.job = job};
	w.sets_path = vrd_node_text(job->region->config, "row_sets", VRD_ROW_SETS_PATH);
	VRD_TRY(read_options(&w, err));
	VRD_TRY(read_touch(&w, err));
	VRD_TRY(vrd_episodes_count(job->mem, job->bytes, job->len, &w.opt, &w.counts, job->diag,
	                           err));
	VRD_TRY(name_leaves(&w, err));
	VRD_TRY(put_counts(&w, err));
	tell_counts(&w);
	VRD_TRY(make_set(&w, err));
out:
	vrd_buf_free(&w.sets);
	vrd_buf_free(&w.data);
	return rc;
}
