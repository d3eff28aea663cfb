// Rows of a CSV text into a cube. Rows wait in blocks until every category is known, then each
// value goes to its cell.
#include "cube/csv_codes.h"
#include "cube/csv_plan.h"
#include "cube/csv_value.h"

#include <assert.h>
#include <stdio.h>

#include "base/banned.h"

// Rows in order of arrival; a row of a wide file has many values:
//
//	index  [row 0: key 0, key 1 .. | row 1 ..]   line   [row 0 | row 1 ..]
//	values [row 0: number 0, number 1 .. | row 1 ..]   status likewise
typedef struct block block;
struct block {
	block *next;
	size_t n;
	size_t capacity;
	uint32_t *index;
	uint32_t *line;
	double *values;
	uint8_t *status;
};

typedef struct {
	vrd_arena *mem;
	vrd_arena *scratch;
	const vrd_csv_options *opt;
	vrd_csv_report *report;
	vrd_csv_scan *scan;
	vrd_csv_plan plan;
	vrd_builder *builder; // holds the categories; the rows are here
	uint32_t *n_cats;     // of each dimension
	uint32_t *fixed;      // number v, wide dimension w: category at v * n_wide + w
	vrd_csv_codes *codes; // of each key
	char decimal;         // 0 until a number shows it
	vrd_place decimal_at;
	vrd_place doubt; // first number such as 1,234 in a file separated by commas
	bool certain;    // commas are no thousands: some number or the options say so
	block *first;
	block *tail;
	size_t n_rows;
} reader;

// --- categories ----------------------------------------------------------------------------------

static vrd_str recoded(const vrd_csv_options *opt, const char *dim, vrd_str code) {
	for (size_t i = 0; i < opt->n_recodes; i++) {
		const vrd_recode *rule = &opt->recodes[i];
		if (vrd_str_is(code, rule->from) && strcmp(rule->dim, dim) == 0)
			return vrd_str_of(rule->to);
	}
	return code;
}

static vrd_status category(reader *r, size_t dim, vrd_str code, vrd_str label, uint32_t *out,
                           vrd_err *err) {
	vrd_status rc;
	VRD_TRY(vrd_builder_category(r->builder, dim, code, label, err));
	VRD_TRY(vrd_builder_index(r->builder, dim, code, out, err));
	if (*out >= r->n_cats[dim])
		r->n_cats[dim] = *out + 1;
out:
	return rc;
}

// The categories that no row says: constants, and those in the header.
static vrd_status fixed_categories(reader *r, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_csv_plan *plan = &r->plan;
	uint32_t index;
	for (size_t k = 0; k < r->opt->n_constants; k++) {
		const vrd_str code = vrd_str_of(r->opt->constants[k].code);
		VRD_TRY(category(r, plan->n_keys + k, code, (vrd_str){0}, &index, err));
	}
	VRD_TRY(VRD_NEW(r->scratch, r->fixed, plan->n_numbers * plan->n_wide));
	const size_t first = plan->n_dims - plan->n_wide;
	for (size_t v = 0; v < plan->n_numbers; v++) {
		for (size_t w = 0; w < plan->n_wide; w++) {
			const vrd_str code = recoded(r->opt, plan->dims[first + w],
			                             vrd_str_of(plan->numbers[v].codes[w]));
			VRD_TRY(category(r, first + w, code, (vrd_str){0},
			                 &r->fixed[v * plan->n_wide + w], err));
		}
	}
out:
	return rc;
}

// A text of key k that was not met before. *bad when it cannot be a code.
static vrd_status new_code(reader *r, size_t k, uint32_t *out, bool *bad, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_csv_key *key = &r->plan.keys[k];
	const vrd_csv_field *field = &r->scan->fields[key->column];
	const vrd_place place = vrd_csv_place(r->scan, field->at);
	const char *clean;
	const char *label = "";
	VRD_TRY(vrd_csv_clean(r->report, r->scratch, field->text, place, &clean, err));
	const vrd_str code = recoded(r->opt, r->plan.dims[k], vrd_str_of(clean));
	if (code.n == 0) {
		vrd_csv_problem(r->report, VRD_ERROR, place, "csv.empty-code",
		                "write a code in every row, or recode the empty text",
		                "the cell of dimension \"%s\" is empty", r->plan.dims[k]);
		*bad = true;
		return VRD_OK;
	}
	if (key->label != VRD_NONE) {
		const vrd_csv_field *text = &r->scan->fields[key->label];
		VRD_TRY(vrd_csv_clean(r->report, r->scratch, text->text,
		                      vrd_csv_place(r->scan, text->at), &label, err));
	}
	VRD_TRY(category(r, k, code, vrd_str_of(label), out, err));
	VRD_TRY(vrd_csv_codes_add(&r->codes[k], r->scratch, field->text, *out, err));
out:
	return rc;
}

// --- values --------------------------------------------------------------------------------------

static void report_mixed(const reader *r, vrd_str text, vrd_place place) {
	static const char *const rule = "csv.mixed-decimal";
	static const char *const remedy = "use one decimal mark in the whole file";
	const char *const name = r->decimal == ',' ? "comma" : "point";
	if (r->decimal_at.line == 0)
		vrd_csv_problem(r->report, VRD_ERROR, place, rule,
		                "correct the number or the declared decimal mark",
		                "\"%.*s\", but the file is said to have a decimal %s",
		                vrd_csv_shown(text), text.p, name);
	else
		vrd_csv_problem(r->report, VRD_ERROR, place, rule, remedy,
		                "\"%.*s\", but line %zu, column %zu has a decimal %s",
		                vrd_csv_shown(text), text.p, r->decimal_at.line,
		                r->decimal_at.column, name);
}

static void report_value(const reader *r, vrd_csv_verdict verdict, vrd_str text, vrd_place place) {
	const int shown = vrd_csv_shown(text);
	switch (verdict) {
	case VRD_CSV_NUMBER:
		break;
	case VRD_CSV_NOT_A_NUMBER:
		vrd_csv_problem(r->report, VRD_ERROR, place, "csv.number",
		                "write a number, nothing when it is missing, or a symbol: . .. : -",
		                "\"%.*s\" is not a number", shown, text.p);
		break;
	case VRD_CSV_GROUPED:
		vrd_csv_problem(r->report, VRD_ERROR, place, "csv.number",
		                "write numbers without marks between thousands: 1234, not 1 234",
		                "\"%.*s\" has a mark between thousands", shown, text.p);
		break;
	case VRD_CSV_NOT_FINITE:
		vrd_csv_problem(r->report, VRD_ERROR, place, "csv.not-finite",
		                "leave the cell empty when the number is missing",
		                "\"%.*s\" is not a finite number", shown, text.p);
		break;
	case VRD_CSV_MIXED:
		report_mixed(r, text, place);
		break;
	}
}

// 1,234 may be a decimal number or one thousand; 0,234, 1,5 and 1234,567 are decimal numbers.
static bool is_doubtful(vrd_str text) {
	const char *comma = memchr(text.p, ',', text.n);
	const char *start = text.p + (text.p[0] == '-' || text.p[0] == '+');
	const size_t before = (size_t)(comma - start);
	const size_t after = (size_t)(text.p + text.n - comma) - 1;
	return after == 3 && before >= 1 && before <= 3 && start[0] != '0';
}

// What a number tells of commas in the whole file.
static void note_comma(reader *r, const vrd_csv_field *field) {
	if (!memchr(field->text.p, ',', field->text.n))
		return;
	if (!is_doubtful(field->text))
		r->certain = true;
	else if (r->doubt.line == 0)
		r->doubt = vrd_csv_place(r->scan, field->at);
}

// Reads one cell of values; false when it is wrong (reported).
static bool read_value(reader *r, const vrd_csv_field *field, double *value, vrd_cell *status) {
	const char before = r->decimal;
	const vrd_csv_verdict verdict = vrd_csv_value(field->text, &r->decimal, value, status);
	if (verdict != VRD_CSV_NUMBER) {
		report_value(r, verdict, field->text, vrd_csv_place(r->scan, field->at));
		return false;
	}
	if (r->opt->not_negative && *value < 0) {
		vrd_csv_problem(r->report, VRD_ERROR, vrd_csv_place(r->scan, field->at),
		                "csv.negative", "counts, bed days and shares are 0 or more",
		                "\"%.*s\" is negative", vrd_csv_shown(field->text), field->text.p);
		return false;
	}
	if (r->decimal != before)
		r->decimal_at = vrd_csv_place(r->scan, field->at);
	if (r->decimal == ',' && !r->certain)
		note_comma(r, field);
	return true;
}

// Joins the cell of the status column to its value; false when they contradict (reported).
static bool apply_status(const reader *r, double *value, vrd_cell *status) {
	const vrd_csv_field *field = &r->scan->fields[r->plan.status];
	vrd_cell said;
	if (field->text.n == 0)
		return true;
	const char *problem = NULL;
	const bool number = vrd_cell_has_number(*status);
	if (!vrd_cell_from_symbol(field->text, &said))
		problem = "is not a status";
	else if (number && !vrd_cell_has_number(said))
		problem = "says that there is no number, but there is one";
	else if (!number && vrd_cell_has_number(said))
		problem = "belongs to a number, but there is none";
	if (problem) {
		vrd_csv_problem(r->report, VRD_ERROR, vrd_csv_place(r->scan, field->at),
		                "csv.number",
		                "use . .. : (no number), * e (beside a number), or nothing",
		                "the symbol \"%.*s\" %s", vrd_csv_shown(field->text), field->text.p,
		                problem);
		return false;
	}
	*status = said;
	*value = vrd_cell_has_number(said) ? *value : NAN;
	return true;
}

// --- rows ----------------------------------------------------------------------------------------

static vrd_status add_block(reader *r, vrd_err *err) {
	enum { FIRST_VALUES = 1024, MOST_VALUES = 1 << 18 };
	vrd_status rc;
	block *next;
	const size_t n_numbers = r->plan.n_numbers;
	const size_t wanted = r->tail ? 2 * r->tail->capacity * n_numbers : FIRST_VALUES;
	VRD_TRY(VRD_NEW(r->scratch, next, 1));
	next->capacity = (wanted < MOST_VALUES ? wanted : MOST_VALUES) / n_numbers;
	next->capacity += next->capacity == 0;
	VRD_TRY(VRD_NEW(r->scratch, next->index, next->capacity * r->plan.n_keys));
	VRD_TRY(VRD_NEW(r->scratch, next->line, next->capacity));
	VRD_TRY(VRD_NEW(r->scratch, next->values, next->capacity * n_numbers));
	VRD_TRY(VRD_NEW(r->scratch, next->status, next->capacity * n_numbers));
	if (r->tail)
		r->tail->next = next;
	else
		r->first = next;
	r->tail = next;
out:
	return rc;
}

// Reads the present record into the next free row, which counts only when all of it is right.
static vrd_status read_row(reader *r, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_csv_plan *plan = &r->plan;
	const vrd_csv_field *fields = r->scan->fields;
	if (!r->tail || r->tail->n == r->tail->capacity)
		VRD_TRY(add_block(r, err));
	block *b = r->tail;
	uint32_t *index = b->index + b->n * plan->n_keys;
	double *values = b->values + b->n * plan->n_numbers;
	uint8_t *statuses = b->status + b->n * plan->n_numbers;
	bool bad = false;
	for (size_t k = 0; k < plan->n_keys; k++) {
		const vrd_str text = fields[plan->keys[k].column].text;
		if (!vrd_csv_codes_find(&r->codes[k], text, &index[k]))
			VRD_TRY(new_code(r, k, &index[k], &bad, err));
	}
	for (size_t v = 0; v < plan->n_numbers; v++) {
		vrd_cell status = VRD_MISSING;
		if (!read_value(r, &fields[plan->numbers[v].column], &values[v], &status))
			bad = true;
		else if (plan->status != VRD_NONE && !apply_status(r, &values[v], &status))
			bad = true;
		statuses[v] = (uint8_t)status;
	}
	if (bad)
		return VRD_OK;
	b->line[b->n++] = (uint32_t)r->scan->record_line;
	r->n_rows++;
out:
	return rc;
}

static vrd_status read_rows(reader *r, const vrd_csv_header *header, vrd_err *err) {
	vrd_status rc;
	bool more;
	for (;;) {
		VRD_TRY(vrd_csv_scan_next(r->scan, &more, err));
		if (!more)
			break;
		if (vrd_csv_row_fits(r->scan, header))
			VRD_TRY(read_row(r, err));
	}
	if (r->doubt.line > 0 && !r->certain)
		vrd_csv_problem(r->report, VRD_ERROR, r->doubt, "csv.number",
		                "say which decimal mark the file has, or write 1234",
		                "a comma and three digits in every number: decimals or thousands?");
	if (r->n_rows == 0 && r->report->first.n == 0)
		vrd_csv_problem(r->report, VRD_ERROR, (vrd_place){.line = header->places[0].line},
		                "csv.empty", "check that the whole file was fetched",
		                "there is a header but no row");
out:
	return rc;
}

// --- cells ---------------------------------------------------------------------------------------

static void report_duplicate(const reader *r, const vrd_cube *cube, const uint32_t *index,
                             const uint32_t *fixed, uint32_t line, uint32_t before) {
	char cell[300] = "";
	size_t used = 0;
	const size_t n_keys = r->plan.n_keys;
	for (size_t d = 0; d < cube->n_dims && used < sizeof cell; d++) {
		const size_t wide = d + r->plan.n_wide;
		const size_t i = d < n_keys             ? index[d]
		                 : wide >= cube->n_dims ? fixed[wide - cube->n_dims]
		                                        : 0;
		const vrd_str code = vrd_str_of(cube->dims[d]->cats[i].code);
		const int n = snprintf(cell + used, sizeof cell - used, "%s%s %.*s", d ? ", " : "",
		                       cube->dims[d]->name, vrd_csv_shown(code), code.p);
		used += n > 0 ? (size_t)n : sizeof cell;
	}
	vrd_csv_problem(
	        r->report, VRD_ERROR, (vrd_place){.line = line, .column = 1}, "csv.duplicate-cell",
	        "keep one of the rows, add the column that tells them apart, or ask for sums",
	        "%s%sstands on line %u already", cell, used ? " " : "the number ", before);
}

// Where values go while rows are scattered; `seen` holds line numbers, 0 = no row yet.
typedef struct {
	vrd_cube cube;
	uint32_t *seen;
	double *rest;   // of compensated sums, or NULL
	size_t *offset; // of each number's wide categories
} target;

// Adds a value to a cell that has one: Neumaier's sum, statuses as vrd_cube_sum_by.
static void add_to_cell(target *t, size_t at, double value, vrd_cell status) {
	double *cell = &t->cube.values[at];
	const vrd_cell before = (vrd_cell)t->cube.status[at];
	if (status == VRD_NOT_APPLICABLE)
		return;
	if (before == VRD_NOT_APPLICABLE) {
		*cell = value;
		t->cube.status[at] = (uint8_t)status;
		return;
	}
	if (status > before)
		t->cube.status[at] = (uint8_t)status;
	const double sum = *cell + value;
	t->rest[at] += fabs(*cell) >= fabs(value) ? (*cell - sum) + value : (value - sum) + *cell;
	*cell = sum;
}

// One row. A cell that has a value already ends it when rows are not summed: one problem is enough.
static void scatter_row(const reader *r, target *t, const block *b, size_t row) {
	const vrd_csv_plan *plan = &r->plan;
	const uint32_t *index = b->index + row * plan->n_keys;
	size_t base = 0;
	for (size_t k = 0; k < plan->n_keys; k++)
		base += index[k] * t->cube.stride[k];
	for (size_t v = 0; v < plan->n_numbers; v++) {
		const size_t at = base + t->offset[v];
		const double value = b->values[row * plan->n_numbers + v];
		const vrd_cell status = (vrd_cell)b->status[row * plan->n_numbers + v];
		if (t->seen[at] == 0) {
			t->seen[at] = b->line[row];
			t->cube.values[at] = value;
			t->cube.status[at] = (uint8_t)status;
		} else if (t->rest) {
			add_to_cell(t, at, value, status);
		} else {
			report_duplicate(r, &t->cube, index, r->fixed + v * plan->n_wide,
			                 b->line[row], t->seen[at]);
			return;
		}
	}
}

// Gives cells without a row what the caller asked for, closes the sums, and drops the status array
// when it says nothing.
static void settle(const reader *r, target *t) {
	const vrd_cell absent = r->opt->absent != VRD_PRESENT ? r->opt->absent : VRD_MISSING;
	bool all_present = true;
	for (size_t i = 0; i < t->cube.n_cells; i++) {
		if (t->seen[i] == 0) {
			t->cube.status[i] =
			        (uint8_t)(r->opt->absent_is_zero ? VRD_PRESENT : absent);
			t->cube.values[i] = r->opt->absent_is_zero ? 0 : NAN;
		} else if (t->rest && vrd_cell_has_number((vrd_cell)t->cube.status[i])) {
			t->cube.values[i] += t->rest[i];
			if (!isfinite(t->cube.values[i]))
				vrd_csv_problem(r->report, VRD_ERROR,
				                (vrd_place){.line = t->seen[i]}, "csv.not-finite",
				                "check the size of the numbers",
				                "the sum of this row's cell is not finite");
		} else if (t->rest) {
			t->cube.values[i] = NAN;
		}
		all_present = all_present && t->cube.status[i] == VRD_PRESENT;
	}
	if (all_present)
		t->cube.status = NULL;
}

// A dense cube of columns that follow from each other (town, county, region) is mostly empty;
// refuse what no memory holds, and say why.
static bool is_sparse(const reader *r) {
	enum { MOST_CELLS = 1 << 27, CELLS_PER_VALUE = 100 };
	double cells = 1;
	for (size_t d = 0; d < r->plan.n_dims; d++)
		cells *= r->n_cats[d];
	const double values = (double)r->n_rows * (double)r->plan.n_numbers;
	if (!(cells > MOST_CELLS && cells > CELLS_PER_VALUE * values))
		return false;
	vrd_csv_problem(r->report, VRD_ERROR, (vrd_place){0}, "csv.sparse",
	                "ignore the columns that follow from others, and ask for sums",
	                "%zu dimensions make a table of %.3g cells, for %.0f values",
	                r->plan.n_dims, cells, values);
	return true;
}

static vrd_status assemble(reader *r, vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	target t = {0};
	VRD_TRY(vrd_builder_finish(r->builder, VRD_MISSING, &t.cube, NULL, err));
	VRD_TRY(VRD_NEW(r->scratch, t.seen, t.cube.n_cells));
	VRD_TRY(VRD_NEW(r->scratch, t.offset, r->plan.n_numbers));
	if (r->opt->sum_duplicates)
		VRD_TRY(VRD_NEW(r->scratch, t.rest, t.cube.n_cells));
	assert(t.cube.status);
	const size_t first_wide = r->plan.n_dims - r->plan.n_wide;
	for (size_t v = 0; v < r->plan.n_numbers; v++) {
		for (size_t w = 0; w < r->plan.n_wide; w++)
			t.offset[v] +=
			        r->fixed[v * r->plan.n_wide + w] * t.cube.stride[first_wide + w];
	}
	for (const block *b = r->first; b; b = b->next) {
		for (size_t row = 0; row < b->n; row++)
			scatter_row(r, &t, b, row);
	}
	settle(r, &t);
	if (r->plan.label)
		t.cube.label = r->plan.label;
	*out = t.cube;
out:
	return rc;
}

// --- reading -------------------------------------------------------------------------------------

static vrd_status read_all(reader *r, vrd_cube *out, vrd_err *err) {
	vrd_status rc;
	vrd_csv_header header;
	VRD_TRY(vrd_csv_header_read(r->scan, r->mem, &header, err));
	VRD_TRY(vrd_csv_report_fail(r->report, err));
	VRD_TRY(vrd_csv_plan_make(r->mem, &header, r->opt, r->report, &r->plan, err));
	VRD_TRY(vrd_csv_report_fail(r->report, err));
	VRD_TRY(vrd_builder_new(r->mem, r->plan.n_dims, r->plan.dims, &r->builder, err));
	VRD_TRY(VRD_NEW(r->scratch, r->n_cats, r->plan.n_dims));
	VRD_TRY(VRD_NEW(r->scratch, r->codes, r->plan.n_keys));
	VRD_TRY(fixed_categories(r, err));
	VRD_TRY(read_rows(r, &header, err));
	if (r->n_rows > 0 && !is_sparse(r)) {
		vrd_cube cube;
		VRD_TRY(assemble(r, &cube, err));
		VRD_TRY(vrd_csv_report_fail(r->report, err));
		*out = cube;
	}
	VRD_TRY(vrd_csv_report_fail(r->report, err));
out:
	return rc;
}

vrd_status vrd_csv_read(vrd_arena *mem, const char *bytes, size_t len, const vrd_csv_options *opt,
                        vrd_cube *out, vrd_diag *diag, vrd_err *err) {
	static const vrd_csv_options plain;
	vrd_arena scratch;
	vrd_csv_report report;
	vrd_csv_scan scan;
	opt = opt ? opt : &plain;
	assert(opt->decimal == 0 || opt->decimal == '.' || opt->decimal == ',');
	assert(opt->absent == VRD_PRESENT || !vrd_cell_has_number(opt->absent));
	vrd_arena_init(&scratch, vrd_csv_scratch_budget(mem));
	vrd_csv_report_init(&report, &scratch, diag, opt->name);
	reader r = {.mem = mem,
	            .scratch = &scratch,
	            .opt = opt,
	            .report = &report,
	            .scan = &scan,
	            .decimal = opt->decimal};
	vrd_status rc =
	        vrd_csv_scan_open(&scan, &scratch, bytes, len, opt->separator, &report, err);
	r.certain = opt->decimal != 0 || scan.separator != ',';
	if (rc == VRD_OK)
		rc = read_all(&r, out, err);
	vrd_csv_scan_close(&scan);
	vrd_arena_clear(&scratch);
	return rc;
}
