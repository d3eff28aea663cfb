#include "region/touch.h"

#include "cube/csv_header.h"
#include "cube/csv_value.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum { ROW, MEASURE, FRACTION, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {"row_id", "measure_id", "fraction"};

typedef struct {
	uint32_t row, measure;
	double fraction;
	vrd_place place;
} entry;

typedef struct {
	vrd_arena *mem; // what stays
	vrd_csv_scan scan;
	vrd_csv_report report;
	vrd_csv_header header;
	size_t column[N_COLUMNS];
	char decimal;
	vrd_intern measures;
	size_t n, capacity;
	entry *entries; // in the scratch arena
	vrd_touch *out;
} reading;

static vrd_status find_columns(reading *r, vrd_err *err) {
	for (size_t i = 0; i < N_COLUMNS; i++) {
		r->column[i] = vrd_csv_header_find(r->header.names, r->header.n, column_names[i]);
		if (r->column[i] == VRD_NONE)
			vrd_csv_problem(&r->report, VRD_ERROR,
			                (vrd_place){.file = r->out->name, .line = 1},
			                "touch.missing-column",
			                "write the columns row_id,measure_id,fraction",
			                "there is no column \"%s\"", column_names[i]);
	}
	for (size_t c = 0; c < r->header.n; c++)
		if (c != r->column[ROW] && c != r->column[MEASURE] && c != r->column[FRACTION])
			vrd_csv_problem(&r->report, VRD_ERROR, r->header.places[c],
			                "touch.unknown-column", "leave the column out",
			                "the column \"%.60s\" is none of row_id, measure_id and "
			                "fraction",
			                r->header.names[c]);
	return vrd_csv_report_fail(&r->report, err);
}

// Lists of measures are joined by semicolons.
static bool good_name(vrd_str text) {
	unsigned code;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == ';' || (unsigned char)text.p[i] < 0x20 ||
		    vrd_csv_control_at(text, i, &code))
			return false;
	return true;
}

static vrd_status add_entry(reading *r, const entry *e, vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (r->n == r->capacity) {
		entry *more;
		const size_t capacity = r->capacity ? 2 * r->capacity : 256;
		VRD_TRY(VRD_NEW(r->scan.scratch, more, capacity));
		if (r->n)
			memcpy(more, r->entries, r->n * sizeof *more);
		r->entries = more;
		r->capacity = capacity;
	}
	r->entries[r->n++] = *e;
out:
	return rc;
}

static vrd_place place_of(const reading *r, size_t column) {
	return vrd_csv_place(&r->scan, r->scan.fields[r->column[column]].at);
}

static vrd_status read_row(reading *r, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_csv_field *fields = r->scan.fields;
	const vrd_str row = fields[r->column[ROW]].text, measure = fields[r->column[MEASURE]].text,
	              number = fields[r->column[FRACTION]].text;
	entry e = {.place = place_of(r, MEASURE)};
	vrd_cell status = VRD_MISSING;
	if (!row.n || !measure.n) {
		vrd_csv_problem(&r->report, VRD_ERROR, place_of(r, row.n ? MEASURE : ROW),
		                "touch.empty", "fill the cell, or leave the line out",
		                "%s is empty", column_names[row.n ? MEASURE : ROW]);
		return VRD_OK;
	}
	if (!good_name(measure)) {
		vrd_csv_problem(&r->report, VRD_ERROR, e.place, "touch.measure",
		                "rename the measure",
		                "the measure \"%.*s\" has a semicolon or a control character",
		                vrd_csv_shown(measure), measure.p);
		return VRD_OK;
	}
	if (vrd_csv_value(number, &r->decimal, &e.fraction, &status) != VRD_CSV_NUMBER ||
	    status != VRD_PRESENT || !(e.fraction > 0 && e.fraction <= 1)) {
		vrd_csv_problem(&r->report, VRD_ERROR, place_of(r, FRACTION), "touch.fraction",
		                "write the share of the row that the measure may touch; leave the "
		                "line out where it is none",
		                "the fraction is \"%.*s\", expected a number above 0 and at most 1",
		                vrd_csv_shown(number), number.p);
		return VRD_OK;
	}
	VRD_TRY(vrd_intern_add(&r->out->rows, r->mem, row, &e.row, NULL, err));
	VRD_TRY(vrd_intern_add(&r->measures, r->scan.scratch, measure, &e.measure, NULL, err));
	VRD_TRY(add_entry(r, &e, err));
out:
	return rc;
}

// --- measures and rows in order -----------------------------------------------------------------

static int by_text(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static vrd_status sort_measures(reading *r, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_touch *out = r->out;
	uint32_t *rank;
	out->n_measures = r->measures.n;
	VRD_TRY(VRD_NEW(r->mem, out->measures, out->n_measures));
	VRD_TRY(VRD_NEW(r->scan.scratch, rank, out->n_measures));
	for (size_t i = 0; i < out->n_measures; i++) {
		out->measures[i] = vrd_arena_strdup(r->mem, r->measures.texts[i]);
		if (!out->measures[i])
			VRD_TRY(vrd_no_memory(err, r->mem, 16, 1));
	}
	if (out->n_measures)
		qsort(out->measures, out->n_measures, sizeof *out->measures, by_text);
	for (size_t i = 0; i < out->n_measures; i++)
		rank[vrd_intern_find(&r->measures, vrd_str_of(out->measures[i]))] = (uint32_t)i;
	for (size_t i = 0; i < r->n; i++)
		r->entries[i].measure = rank[r->entries[i].measure];
out:
	return rc;
}

static int by_row(const void *a, const void *b) {
	const entry *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->measure != y->measure)
		return x->measure < y->measure ? -1 : 1;
	return (x->place.line > y->place.line) - (x->place.line < y->place.line);
}

// Tables mostly come row by row; a row has few measures.
static void sort_entries(reading *r) {
	bool grouped = true;
	for (size_t i = 1; i < r->n && grouped; i++)
		grouped = r->entries[i - 1].row <= r->entries[i].row;
	for (size_t from = 0, to; from < r->n; from = to) {
		for (to = from + 1;
		     to < r->n && (!grouped || r->entries[to].row == r->entries[from].row);)
			to++;
		if (to - from > 1)
			qsort(r->entries + from, to - from, sizeof *r->entries, by_row);
	}
}

// The entries of one row are [from, to).
static void check_entries(reading *r, size_t from, size_t to) {
	size_t n_fractions = 0;
	for (size_t i = from; i < to; i++) {
		const entry *e = &r->entries[i];
		n_fractions += e->fraction < 1;
		if (i > from && e->measure == e[-1].measure)
			vrd_csv_problem(&r->report, VRD_ERROR, e->place, "touch.duplicate",
			                "leave one of the lines out",
			                "the measure \"%.60s\" touches this row in line %zu too",
			                r->out->measures[e->measure], e[-1].place.line);
	}
	if (n_fractions > VRD_MAX_FRACTIONS)
		vrd_csv_problem(&r->report, VRD_ERROR, r->entries[from].place, "touch.too-many",
		                "round fractions near 0 or 1, or join measures",
		                "%zu measures touch this row with a fraction below 1; the limit "
		                "is %d",
		                n_fractions, VRD_MAX_FRACTIONS);
}

// --- profiles -----------------------------------------------------------------------------------

static int compare_profiles(const vrd_profile *x, const vrd_profile *y) {
	for (size_t i = 0; i < x->n && i < y->n; i++) {
		if (x->measure[i] != y->measure[i])
			return x->measure[i] < y->measure[i] ? -1 : 1;
		if (x->fraction[i] != y->fraction[i])
			return x->fraction[i] < y->fraction[i] ? -1 : 1;
	}
	return (x->n > y->n) - (x->n < y->n);
}

static int by_profile(const void *a, const void *b) {
	return compare_profiles(*(const vrd_profile *const *)a, *(const vrd_profile *const *)b);
}

static size_t profile_slot(const vrd_profile *p, const uint32_t *slots, size_t n_slots,
                           const vrd_profile *const *profiles) {
	uint64_t h = p->n;
	for (size_t i = 0; i < p->n; i++) {
		uint64_t bits;
		memcpy(&bits, &p->fraction[i], sizeof bits);
		h = (h ^ p->measure[i]) * 0x9e3779b97f4a7c15u;
		h = (h ^ (bits >> 20)) * 0x9e3779b97f4a7c15u;
	}
	size_t at = (size_t)(h >> 32) & (n_slots - 1);
	while (slots[at] && compare_profiles(profiles[slots[at] - 1], p) != 0)
		at = (at + 1) & (n_slots - 1);
	return at;
}

// Rows with the same profile share it.
static vrd_status share_profiles(reading *r, const vrd_profile *own, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t n = r->out->rows.n;
	const vrd_profile **distinct;
	vrd_profile *profiles;
	uint32_t *profile_of, *slots;
	size_t n_distinct = 0, n_slots = 8;
	while (n_slots < 2 * n)
		n_slots *= 2;
	VRD_TRY(VRD_NEW(r->scan.scratch, distinct, n));
	VRD_TRY(VRD_NEW(r->scan.scratch, slots, n_slots));
	VRD_TRY(VRD_NEW(r->mem, profile_of, n));
	for (size_t i = 0; i < n; i++) {
		const size_t at = profile_slot(&own[i], slots, n_slots, distinct);
		if (!slots[at]) {
			distinct[n_distinct++] = &own[i];
			slots[at] = (uint32_t)n_distinct;
		}
	}
	if (n_distinct)
		qsort(distinct, n_distinct, sizeof *distinct, by_profile);
	VRD_TRY(VRD_NEW(r->mem, profiles, n_distinct + 1));
	memset(slots, 0, n_slots * sizeof *slots);
	for (size_t i = 0; i < n_distinct; i++) {
		profiles[i + 1] = *distinct[i];
		slots[profile_slot(distinct[i], slots, n_slots, distinct)] = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < n; i++)
		profile_of[i] = slots[profile_slot(&own[i], slots, n_slots, distinct)];
	r->out->profile_of = profile_of;
	r->out->profiles = profiles;
	r->out->n_profiles = n_distinct + 1;
out:
	return rc;
}

static vrd_status make_profiles(reading *r, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_touch *out = r->out;
	uint32_t *measure;
	double *fraction;
	size_t *line;
	vrd_profile *own;
	VRD_TRY(VRD_NEW(r->mem, measure, r->n));
	VRD_TRY(VRD_NEW(r->mem, fraction, r->n));
	VRD_TRY(VRD_NEW(r->mem, line, out->rows.n));
	VRD_TRY(VRD_NEW(r->scan.scratch, own, out->rows.n));
	sort_entries(r);
	for (size_t from = 0, to = 0; from < r->n; from = to) {
		const uint32_t row = r->entries[from].row;
		line[row] = SIZE_MAX;
		for (; to < r->n && r->entries[to].row == row; to++) {
			measure[to] = r->entries[to].measure;
			fraction[to] = r->entries[to].fraction;
			if (r->entries[to].place.line < line[row])
				line[row] = r->entries[to].place.line;
		}
		check_entries(r, from, to);
		own[row] = (vrd_profile){to - from, measure + from, fraction + from};
	}
	VRD_TRY(vrd_csv_report_fail(&r->report, err));
	out->line = line;
	VRD_TRY(share_profiles(r, own, err));
out:
	return rc;
}

static vrd_status read_all(reading *r, vrd_err *err) {
	vrd_status rc = VRD_OK;
	bool more;
	VRD_TRY(vrd_csv_header_read(&r->scan, r->scan.scratch, &r->header, err));
	VRD_TRY(vrd_csv_report_fail(&r->report, err));
	VRD_TRY(find_columns(r, err));
	for (;;) {
		VRD_TRY(vrd_csv_scan_next(&r->scan, &more, err));
		if (!more)
			break;
		if (vrd_csv_row_fits(&r->scan, &r->header))
			VRD_TRY(read_row(r, err));
	}
	VRD_TRY(sort_measures(r, err));
	VRD_TRY(make_profiles(r, err));
out:
	return rc;
}

vrd_status vrd_touch_read(vrd_arena *mem, const char *bytes, size_t len, const char *name,
                          vrd_touch *out, vrd_diag *diag, vrd_err *err) {
	vrd_arena scratch;
	vrd_touch touch = {.name = name};
	reading r = {.mem = mem, .out = &touch};
	vrd_arena_init(&scratch, vrd_csv_scratch_budget(mem));
	vrd_csv_report_init(&r.report, &scratch, diag, name);
	vrd_status rc = vrd_csv_scan_open(&r.scan, &scratch, bytes, len, 0, &r.report, err);
	if (rc == VRD_OK)
		rc = read_all(&r, err);
	vrd_csv_scan_close(&r.scan);
	vrd_arena_clear(&scratch);
	if (rc == VRD_OK)
		*out = touch;
	return rc;
}
