#include "region/episodes.h"
#include "region/episode_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define MAX_SUB_ROWS 20000000

// Sums that do not depend on the order of their terms: whole multiples of 2^-40.
__extension__ typedef __int128 exact;

static exact to_exact(double x) {
	const double whole = floor(x);
	return ((exact)(int64_t)whole << 40) + (exact)((x - whole) * 0x1p40 + 0.5);
}

static double of_exact(exact x) {
	return (double)(x >> 40) + (double)(int64_t)(x & (((exact)1 << 40) - 1)) * 0x1p-40;
}

// Rows of one cell and one profile.
typedef struct {
	uint32_t at[VRD_N_CELL_DIMS];
	uint32_t profile;
	exact contacts, bed_days;
} tally;

typedef struct {
	vrd_arena *mem;     // of the result
	vrd_arena *scratch; // of the counting
	const vrd_episode_options *opt;
	vrd_episode_reader reader;
	size_t n, capacity;
	tally *tallies;
	uint32_t *slots; // tally + 1, at most half full
	bool *seen;      // [row of the touch table] it stands here
	vrd_intern ids;  // of rows, and the line of each
	size_t *id_line, id_capacity;
	vrd_intern sets;
	vrd_episodes *out;
} counting;

// --- cells --------------------------------------------------------------------------------------

static size_t slot_of(const counting *c, const uint32_t at[VRD_N_CELL_DIMS], uint32_t profile) {
	uint64_t h = profile;
	for (size_t d = 0; d < VRD_N_CELL_DIMS; d++)
		h = (h ^ at[d]) * 0x9e3779b97f4a7c15u;
	size_t slot = (size_t)(h ^ (h >> 32)) & (2 * c->capacity - 1);
	for (; c->slots[slot]; slot = (slot + 1) & (2 * c->capacity - 1)) {
		const tally *t = &c->tallies[c->slots[slot] - 1];
		if (t->profile == profile && memcmp(t->at, at, sizeof t->at) == 0)
			break;
	}
	return slot;
}

static vrd_status grow(counting *c, vrd_err *err) {
	vrd_status rc = VRD_OK;
	tally *tallies;
	const size_t capacity = c->capacity ? 2 * c->capacity : 1024;
	VRD_TRY(VRD_NEW(c->scratch, tallies, capacity));
	VRD_TRY(VRD_NEW(c->scratch, c->slots, 2 * capacity));
	if (c->n)
		memcpy(tallies, c->tallies, c->n * sizeof *tallies);
	c->tallies = tallies;
	c->capacity = capacity;
	for (size_t i = 0; i < c->n; i++)
		c->slots[slot_of(c, tallies[i].at, tallies[i].profile)] = (uint32_t)i + 1;
out:
	return rc;
}

// An id may stand once, and where measures touch rows it must stand.
static vrd_status check_id(counting *c, bool *good, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_episode_reader *r = &c->reader;
	const vrd_str id = vrd_episode_text(r, VRD_EPISODE_ROW);
	const vrd_place place = vrd_episode_place(r, VRD_EPISODE_ROW);
	uint32_t index;
	bool fresh;
	if (!r->given[VRD_EPISODE_ROW] || (!id.n && !c->opt->touch))
		return VRD_OK;
	if (!id.n) {
		vrd_csv_problem(&r->report, VRD_ERROR, place, "episodes.empty",
		                "give every row an id of its own: the table of what measures touch "
		                "names rows by it",
		                "row is empty");
		*good = false;
		return VRD_OK;
	}
	VRD_TRY(vrd_intern_add(&c->ids, c->scratch, id, &index, &fresh, err));
	if (c->id_capacity < c->ids.capacity) {
		size_t *more;
		VRD_TRY(VRD_NEW(c->scratch, more, c->ids.capacity));
		if (c->id_capacity)
			memcpy(more, c->id_line, c->id_capacity * sizeof *more);
		c->id_line = more;
		c->id_capacity = c->ids.capacity;
	}
	if (fresh) {
		c->id_line[index] = r->scan.record_line;
		return VRD_OK;
	}
	vrd_csv_problem(&r->report, VRD_ERROR, place, "episodes.duplicate-row",
	                "leave one of the rows out, or give every row an id of its own; a column "
	                "that is no id is left out with --map row=-",
	                "the id of this row stands in line %zu too", c->id_line[index]);
	*good = false;
out:
	return rc;
}

// What touches the present row.
static uint32_t profile_of(counting *c) {
	vrd_episode_reader *r = &c->reader;
	const vrd_touch *touch = c->opt->touch;
	const size_t row = vrd_intern_find(&touch->rows, vrd_episode_text(r, VRD_EPISODE_ROW));
	if (row == SIZE_MAX)
		return 0;
	c->seen[row] = true;
	c->out->n_touched++;
	return touch->profile_of[row];
}

static vrd_status add_row(counting *c, const vrd_episode_row *row, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const uint32_t profile = c->opt->touch ? profile_of(c) : 0;
	if (c->n == c->capacity)
		VRD_TRY(grow(c, err));
	const size_t slot = slot_of(c, row->at, profile);
	if (!c->slots[slot]) {
		tally *fresh = &c->tallies[c->n++];
		memcpy(fresh->at, row->at, sizeof fresh->at);
		fresh->profile = profile;
		c->slots[slot] = (uint32_t)c->n;
	}
	tally *t = &c->tallies[c->slots[slot] - 1];
	t->contacts += to_exact(row->contacts);
	t->bed_days += to_exact(row->bed_days);
out:
	return rc;
}

static void check_touched(counting *c) {
	const vrd_touch *touch = c->opt->touch;
	vrd_csv_report *report = &c->reader.report;
	if (!touch)
		return;
	report->file = touch->name;
	for (size_t i = 0; i < touch->rows.n; i++)
		if (!c->seen[i])
			vrd_csv_problem(report, VRD_ERROR, (vrd_place){.line = touch->line[i]},
			                "touch.unknown-row",
			                "leave the line out, or add the row to the table of "
			                "episodes",
			                "no row of %s has this id", c->opt->name);
	report->file = c->opt->name;
}

static void warn_of_stays(vrd_episode_reader *r) {
	const vrd_episode_tally *longs = &r->long_stays, *none = &r->no_beds;
	if (longs->n)
		vrd_csv_problem(&r->report, VRD_WARNING, longs->first, "episodes.long-stay",
		                "look at the dates: a year may be mistyped, or a stay not closed",
		                "%zu %s more than two years, %.10g bed days in all; this is the "
		                "first",
		                longs->n, longs->n == 1 ? "stay is" : "stays are", longs->sum);
	if (none->n)
		vrd_csv_problem(&r->report, VRD_WARNING, none->first, "episodes.no-beds",
		                "they are counted as bed days and need no beds; correct the form "
		                "of care, or leave them out",
		                "%.10g bed days in %zu %s are of forms of care with beds: no; this "
		                "is the first",
		                none->sum, none->n, none->n == 1 ? "row" : "rows");
}

static vrd_status count_rows(counting *c, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_episode_reader *r = &c->reader;
	bool more, bad = false;
	for (;;) {
		vrd_episode_row row;
		bool good;
		VRD_TRY(vrd_csv_scan_next(&r->scan, &more, err));
		if (!more)
			break;
		good = vrd_csv_row_fits(&r->scan, &r->header);
		if (good)
			VRD_TRY(vrd_episode_read(r, &row, &good, err));
		if (r->scan.n_fields == r->header.n)
			VRD_TRY(check_id(c, &good, err));
		bad = bad || !good;
		c->out->n_rows += good;
		if (good)
			VRD_TRY(add_row(c, &row, err));
	}
	if (!bad) { // a row that was refused may be the one that is missed
		check_touched(c);
		warn_of_stays(r);
	}
	VRD_TRY(vrd_csv_report_fail(&r->report, err));
	if (c->out->n_rows == 0)
		VRD_TRY(vrd_fail(err, VRD_DATA,
		                 "%s has a header but no rows: write one line for "
		                 "each stay or contact",
		                 c->opt->name));
out:
	return rc;
}

// --- codes in order -----------------------------------------------------------------------------

static int by_text(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_age(const void *a, const void *b) {
	vrd_age x = {0}, y = {0};
	(void)vrd_age_parse(vrd_str_of(*(const char *const *)a), &x);
	(void)vrd_age_parse(vrd_str_of(*(const char *const *)b), &y);
	if (x.from != y.from)
		return x.from < y.from ? -1 : 1;
	return (x.to > y.to) - (x.to < y.to);
}

// Sorted copies in the arena of the result, and the rank of each index.
static vrd_status sort_texts(counting *c, const vrd_intern *texts,
                             int (*order)(const void *, const void *), const char ***out,
                             uint32_t **rank, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char **sorted;
	VRD_TRY(VRD_NEW(c->mem, sorted, texts->n));
	VRD_TRY(VRD_NEW(c->scratch, *rank, texts->n + 1));
	for (size_t i = 0; i < texts->n; i++) {
		sorted[i] = vrd_arena_strdup(c->mem, texts->texts[i]);
		if (!sorted[i])
			VRD_TRY(vrd_no_memory(err, c->mem, 16, 1));
	}
	if (texts->n)
		qsort(sorted, texts->n, sizeof *sorted, order);
	for (size_t i = 0; i < texts->n; i++)
		(*rank)[vrd_intern_find(texts, vrd_str_of(sorted[i]))] = (uint32_t)i;
	*out = sorted;
out:
	return rc;
}

static int by_cell(const void *a, const void *b) {
	const tally *x = a, *y = b;
	for (size_t d = 0; d < VRD_N_CELL_DIMS; d++)
		if (x->at[d] != y->at[d])
			return x->at[d] < y->at[d] ? -1 : 1;
	return (x->profile > y->profile) - (x->profile < y->profile);
}

static vrd_status sort_cells(counting *c, vrd_err *err) {
	vrd_status rc = VRD_OK;
	uint32_t *rank[VRD_N_CELL_DIMS];
	for (size_t d = 0; d < VRD_N_CELL_DIMS; d++) {
		const vrd_intern *codes = &c->reader.codes[d].codes;
		VRD_TRY(sort_texts(c, codes, d == VRD_CELL_AGE ? by_age : by_text,
		                   &c->out->codes[d], &rank[d], err));
		c->out->n_codes[d] = codes->n;
	}
	for (size_t i = 0; i < c->n; i++)
		for (size_t d = 0; d < VRD_N_CELL_DIMS; d++)
			c->tallies[i].at[d] = rank[d][c->tallies[i].at[d]];
	if (c->n)
		qsort(c->tallies, c->n, sizeof *c->tallies, by_cell);
out:
	return rc;
}

// --- sets ---------------------------------------------------------------------------------------

// The sub-rows of one profile: which set of measures, and with what weight.
typedef struct {
	size_t n;
	uint32_t *set;
	double *weight;
} split;

// Sub-row `chosen` has those fractional measures whose bit is set, and all with fraction 1.
static vrd_status name_set(counting *c, const vrd_profile *p, size_t chosen, vrd_buf *text,
                           split *out, vrd_err *err) {
	double weight = 1;
	size_t bit = 0;
	vrd_buf_reset(text);
	for (size_t i = 0; i < p->n; i++) {
		const bool certain = p->fraction[i] == 1;
		const bool in = certain || (chosen >> bit & 1);
		if (!certain) {
			weight *= in ? p->fraction[i] : 1 - p->fraction[i];
			bit++;
		}
		if (in)
			vrd_buf_printf(text, "%s%s", text->n ? ";" : "",
			               c->opt->touch->measures[p->measure[i]]);
	}
	if (text->failed)
		return vrd_no_memory(err, c->scratch, text->n, 1);
	out->weight[chosen] = weight;
	return vrd_intern_add(&c->sets, c->scratch, (vrd_str){text->p, text->n}, &out->set[chosen],
	                      NULL, err);
}

static vrd_status split_profile(counting *c, const vrd_profile *p, split *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_buf text = {0};
	size_t n_fractions = 0;
	for (size_t i = 0; i < p->n; i++)
		n_fractions += p->fraction[i] < 1;
	out->n = (size_t)1 << n_fractions;
	VRD_TRY(VRD_NEW(c->scratch, out->set, out->n));
	VRD_TRY(VRD_NEW(c->scratch, out->weight, out->n));
	for (size_t i = 0; i < out->n; i++)
		VRD_TRY(name_set(c, p, i, &text, out, err));
out:
	vrd_buf_free(&text);
	return rc;
}

static vrd_status split_all(counting *c, split **out, vrd_err *err) {
	static const vrd_profile nothing = {0};
	vrd_status rc = VRD_OK;
	const vrd_touch *touch = c->opt->touch;
	const size_t n = touch ? touch->n_profiles : 1;
	split *splits;
	size_t n_sub_rows = 0;
	uint32_t none, *rank;
	VRD_TRY(vrd_intern_add(&c->sets, c->scratch, VRD_STR(""), &none, NULL, err));
	VRD_TRY(VRD_NEW(c->scratch, splits, n));
	for (size_t i = 0; i < n; i++)
		VRD_TRY(split_profile(c, touch ? &touch->profiles[i] : &nothing, &splits[i], err));
	VRD_TRY(sort_texts(c, &c->sets, by_text, &c->out->sets, &rank, err));
	c->out->n_sets = c->sets.n;
	for (size_t i = 0; i < n; i++)
		for (size_t s = 0; s < splits[i].n; s++)
			splits[i].set[s] = rank[splits[i].set[s]];
	for (size_t i = 0; i < c->n; i++)
		n_sub_rows += splits[c->tallies[i].profile].n;
	if (n_sub_rows > MAX_SUB_ROWS)
		VRD_TRY(vrd_fail(err, VRD_LIMIT,
		                 "%s makes %zu sub-rows; the limit is %d: round fractions near 0 "
		                 "or 1, or put ages into bands",
		                 touch ? touch->name : c->opt->name, n_sub_rows, MAX_SUB_ROWS));
	*out = splits;
out:
	return rc;
}

// --- counts -------------------------------------------------------------------------------------

// Cells of the result so far, and where the present cell has each set.
typedef struct {
	size_t n, capacity;
	vrd_episode_cell *cells; // in the scratch arena
	size_t *at;              // [set] index + 1 in cells of the present cell
} building;

static vrd_status add_part(counting *c, building *b, const tally *t, uint32_t set, double weight,
                           size_t first, vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (b->at[set] <= first) { // of a cell before
		if (b->n == b->capacity) {
			vrd_episode_cell *more;
			const size_t capacity = b->capacity ? 2 * b->capacity : 1024;
			VRD_TRY(VRD_NEW(c->scratch, more, capacity));
			if (b->n)
				memcpy(more, b->cells, b->n * sizeof *more);
			b->cells = more;
			b->capacity = capacity;
		}
		vrd_episode_cell *fresh = &b->cells[b->n++];
		*fresh = (vrd_episode_cell){.set = set};
		memcpy(fresh->at, t->at, sizeof fresh->at);
		b->at[set] = b->n;
	}
	vrd_episode_cell *cell = &b->cells[b->at[set] - 1];
	cell->contacts += weight * of_exact(t->contacts);
	cell->bed_days += weight * of_exact(t->bed_days);
out:
	return rc;
}

static int by_set(const void *a, const void *b) {
	const vrd_episode_cell *x = a, *y = b;
	return (x->set > y->set) - (x->set < y->set);
}

// Tallies of one cell follow one another, profiles in order: sums have a fixed order.
static vrd_status build_cells(counting *c, const split *splits, vrd_err *err) {
	vrd_status rc = VRD_OK;
	building b = {0};
	VRD_TRY(VRD_NEW(c->scratch, b.at, c->out->n_sets));
	for (size_t i = 0, first = 0; i < c->n; i++) {
		const tally *t = &c->tallies[i];
		if (i && memcmp(t->at, t[-1].at, sizeof t->at) != 0)
			first = b.n;
		const split *s = &splits[t->profile];
		for (size_t j = 0; j < s->n; j++)
			VRD_TRY(add_part(c, &b, t, s->set[j], s->weight[j], first, err));
		if (i + 1 == c->n || memcmp(t->at, t[1].at, sizeof t->at) != 0)
			qsort(b.cells + first, b.n - first, sizeof *b.cells, by_set);
	}
	VRD_TRY(VRD_NEW(c->mem, c->out->cells, b.n));
	memcpy(c->out->cells, b.cells, b.n * sizeof *b.cells);
	c->out->n_cells = b.n;
out:
	return rc;
}

static vrd_status count_all(counting *c, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_episode_reader *r = &c->reader;
	split *splits;
	const bool *given = r->given;
	VRD_TRY(vrd_csv_header_read(&r->scan, c->scratch, &r->header, err));
	VRD_TRY(vrd_csv_report_fail(&r->report, err));
	VRD_TRY(vrd_episode_columns(r, err));
	if (c->opt->touch)
		VRD_TRY(VRD_NEW(c->scratch, c->seen, c->opt->touch->rows.n));
	VRD_TRY(count_rows(c, err));
	VRD_TRY(sort_cells(c, err));
	VRD_TRY(split_all(c, &splits, err));
	VRD_TRY(build_cells(c, splits, err));
	c->out->n_folded = r->n_folded;
	c->out->has_bed_days = given[VRD_EPISODE_BED_DAYS] ||
	                       (given[VRD_EPISODE_ADMITTED] && given[VRD_EPISODE_DISCHARGED]);
out:
	return rc;
}

vrd_status vrd_episodes_count(vrd_arena *mem, const char *bytes, size_t len,
                              const vrd_episode_options *options, vrd_episodes *out, vrd_diag *diag,
                              vrd_err *err) {
	vrd_arena scratch;
	vrd_episodes made = {0};
	counting c = {.mem = mem, .scratch = &scratch, .opt = options, .out = &made};
	vrd_episode_reader *r = &c.reader;
	vrd_arena_init(&scratch, vrd_csv_scratch_budget(mem));
	r->mem = &scratch;
	r->opt = options;
	r->decimal = options->decimal;
	vrd_csv_report_init(&r->report, &scratch, diag, options->name);
	vrd_status rc = vrd_csv_scan_open(&r->scan, &scratch, bytes, len, options->separator,
	                                  &r->report, err);
	if (rc == VRD_OK)
		rc = count_all(&c, err);
	vrd_csv_scan_close(&r->scan);
	vrd_arena_clear(&scratch);
	if (rc == VRD_OK)
		*out = made;
	return rc;
}
