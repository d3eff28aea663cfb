#include "cube/csv_plan.h"

#include <string.h>

#include "base/banned.h"

// Work on one plan: what is known of every column so far.
typedef struct {
	const vrd_csv_header *header;
	const vrd_csv_options *opt;
	vrd_csv_report *report;
	vrd_arena *mem;
	bool *known;           // the role is decided
	vrd_column_kind *kind; // of a known column
	const char **name;     // dimension of a key, or whose labels the column has
	size_t n_wide;
	const char **wide;       // names of wide dimensions
	const char ***wide_code; // of a column: one code for each wide dimension
	const char *contents;
} work;

static void missing(const work *w, vrd_place place, const char *remedy, const char *what,
                    const char *name) {
	const vrd_str shown = vrd_str_of(name);
	vrd_csv_problem(w->report, VRD_ERROR, place, "csv.missing-column", remedy, "%s%s%.*s%s",
	                what, name ? " \"" : "", vrd_csv_shown(shown), name ? name : "",
	                name ? "\"" : "");
}

static void duplicate(const work *w, vrd_place place, const char *what, const char *name) {
	const vrd_str shown = vrd_str_of(name);
	vrd_csv_problem(w->report, VRD_ERROR, place, "csv.duplicate-column",
	                "rename or ignore one of them", "%s \"%.*s\"", what, vrd_csv_shown(shown),
	                name);
}

// --- columns that the caller names ---------------------------------------------------------------

static size_t wide_axis(work *w, const char *name) {
	size_t d = 0;
	while (d < w->n_wide && strcmp(w->wide[d], name) != 0)
		d++;
	if (d == w->n_wide)
		w->wide[w->n_wide++] = name;
	return d;
}

static void not_in_header(const work *w, const char *column) {
	const vrd_place place =
	        w->header->n ? (vrd_place){.line = w->header->places[0].line} : (vrd_place){0};
	const size_t near = vrd_nearest(vrd_str_of(column), w->header->names, w->header->n);
	char remedy[160] = "name the columns as in the header";
	if (near != VRD_NONE) {
		vrd_buf text = {0};
		vrd_buf_printf(&text, "did you mean \"%.*s\"?",
		               vrd_csv_shown(vrd_str_of(w->header->names[near])),
		               w->header->names[near]);
		if (text.n > 0 && text.n < sizeof remedy)
			memcpy(remedy, text.p, text.n + 1);
		vrd_buf_free(&text);
	}
	missing(w, place, remedy, "there is no column", column);
}

static void apply_options(work *w) {
	for (size_t i = 0; i < w->opt->n_columns; i++) {
		const vrd_csv_column *wish = &w->opt->columns[i];
		const size_t c = vrd_csv_header_find(w->header->names, w->header->n, wish->column);
		if (c == VRD_NONE) {
			not_in_header(w, wish->column);
			continue;
		}
		const bool also_wide =
		        wish->kind == VRD_COLUMN_WIDE && w->kind[c] == VRD_COLUMN_WIDE;
		if (w->known[c] && !also_wide) {
			duplicate(w, w->header->places[c], "two things are asked of column",
			          wish->column);
			continue;
		}
		w->known[c] = true;
		w->kind[c] = wish->kind;
		if (wish->kind == VRD_COLUMN_WIDE)
			w->wide_code[c][wide_axis(w, wish->name)] = wish->code;
		else
			w->name[c] = wish->name ? wish->name : w->header->names[c];
	}
	for (size_t c = 0; c < w->header->n; c++) {
		if (!w->known[c] && w->opt->n_columns > 0 && w->opt->other_columns_ignored) {
			w->known[c] = true;
			w->kind[c] = VRD_COLUMN_IGNORE;
		}
	}
}

// --- columns that speak for themselves -----------------------------------------------------------

// A header that ends in a number: "a17", "2024", "Personer 2024".
typedef struct {
	vrd_str stem;
	vrd_str number;
	bool year;
} numbered;

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

static bool split_number(const char *name, numbered *out) {
	const vrd_str text = vrd_str_of(name);
	size_t end = text.n;
	if (end > 1 && text.p[end - 1] == '+') // the open age group, "a105+"
		end--;
	size_t start = end;
	while (start > 0 && is_digit(text.p[start - 1]))
		start--;
	if (start == end)
		return false;
	out->number = (vrd_str){text.p + start, text.n - start};
	out->stem = vrd_str_trim((vrd_str){text.p, start});
	out->year = out->number.n == 4 && end == text.n &&
	            (text.p[start] == '1' || text.p[start] == '2');
	// "Rate 5" is no run of anything; "2024" without a stem is, "17" is not.
	return out->year || (start > 0 && out->stem.n == start);
}

static bool is_one_of(vrd_str stem, const char *const *names, size_t n) {
	char text[8] = "";
	if (stem.n >= sizeof text)
		return false;
	memcpy(text, stem.p, stem.n);
	return vrd_csv_header_find(names, n, text) != VRD_NONE;
}

static bool is_age(vrd_str stem) {
	static const char *const names[] = {"a", "age", "alder"};
	return is_one_of(stem, names, 3);
}

// "value1", "value2" would make a dimension that cannot be told from the values.
static bool is_reserved(vrd_str stem) {
	static const char *const names[] = {"value", "status"};
	return is_one_of(stem, names, 2);
}

// Length of the run of like columns that begins at `first`: all years, or all numbered with the
// same stem. *usable: it can be taken for values.
static size_t run_length(const work *w, size_t first, bool *usable) {
	numbered head;
	*usable = false;
	if (w->known[first] || !split_number(w->header->names[first], &head))
		return 0;
	size_t n = 1;
	for (numbered next; first + n < w->header->n && !w->known[first + n]; n++) {
		if (!split_number(w->header->names[first + n], &next) || next.year != head.year ||
		    (!head.year && !vrd_str_eq(next.stem, head.stem)))
			break;
	}
	const bool at_end = first + n == w->header->n;
	// One column of a year at the end is what PxWeb writes for one year. Other stems than age
	// (icd1, icd2) are taken for values only at the end, where values stand.
	if (n == 1)
		*usable = head.year && at_end;
	else
		*usable = head.year || is_age(head.stem) || (at_end && !is_reserved(head.stem));
	return n;
}

static vrd_status copy(const work *w, vrd_str text, const char **out, vrd_err *err) {
	*out = vrd_arena_strndup(w->mem, text.p, text.n);
	return *out ? VRD_OK : vrd_no_memory(err, w->mem, text.n + 1, 1);
}

static vrd_status take_run(work *w, size_t first, size_t n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	numbered head = {0};
	numbered part;
	bool one_stem = true;
	(void)split_number(w->header->names[first], &head);
	for (size_t c = first; c < first + n; c++) {
		(void)split_number(w->header->names[c], &part);
		one_stem = one_stem && vrd_str_eq(part.stem, head.stem);
	}
	const char *name = "year";
	if (!head.year && is_age(head.stem))
		name = "age";
	else if (!head.year)
		VRD_TRY(copy(w, head.stem, &name, err));
	const size_t contents = one_stem ? VRD_NONE : wide_axis(w, "ContentsCode");
	const size_t axis = wide_axis(w, name);
	if (head.year && one_stem && head.stem.n > 0)
		VRD_TRY(copy(w, head.stem, &w->contents, err));
	for (size_t c = first; c < first + n; c++) {
		(void)split_number(w->header->names[c], &part);
		w->known[c] = true;
		w->kind[c] = VRD_COLUMN_WIDE;
		VRD_TRY(copy(w, part.number, &w->wide_code[c][axis], err));
		if (contents != VRD_NONE)
			VRD_TRY(copy(w, part.stem.n ? part.stem : VRD_STR("value"),
			             &w->wide_code[c][contents], err));
	}
out:
	return rc;
}

static size_t count_kind(const work *w, vrd_column_kind kind) {
	size_t n = 0;
	for (size_t c = 0; c < w->header->n; c++)
		n += w->known[c] && w->kind[c] == kind;
	return n;
}

// Finds the values: a column "value", else the longest wide run, else the last column.
static vrd_status find_values(work *w, vrd_err *err) {
	size_t value = vrd_csv_header_find(w->header->names, w->header->n, "value");
	if (value == VRD_NONE || w->known[value]) {
		size_t first = 0;
		size_t longest = 0;
		for (size_t c = 0, n; c < w->header->n; c += n ? n : 1) {
			bool usable;
			n = run_length(w, c, &usable);
			if (usable && n > longest) {
				first = c;
				longest = n;
			}
		}
		if (longest > 0)
			return take_run(w, first, longest, err);
		value = w->header->n;
		while (value > 0 &&
		       (w->known[value - 1] ||
		        vrd_csv_header_find(&w->header->names[value - 1], 1, "status") == 0))
			value--;
		if (value-- == 0)
			return VRD_OK;
	}
	w->known[value] = true;
	w->kind[value] = VRD_COLUMN_VALUE;
	return VRD_OK;
}

static vrd_status detect(work *w, vrd_err *err) {
	for (size_t c = 0; c < w->header->n; c++) {
		if (w->known[c] || w->header->names[c][0] != '\0')
			continue;
		w->known[c] = true;
		w->kind[c] = VRD_COLUMN_IGNORE;
		vrd_csv_problem(w->report, VRD_WARNING, w->header->places[c], "csv.missing-column",
		                "give the column a name if it is wanted",
		                "column %zu has no name and is left out", c + 1);
	}
	if (count_kind(w, VRD_COLUMN_VALUE) == 0 && count_kind(w, VRD_COLUMN_WIDE) == 0) {
		const vrd_status rc = find_values(w, err);
		if (rc != VRD_OK)
			return rc;
	}
	const size_t status = vrd_csv_header_find(w->header->names, w->header->n, "status");
	if (status != VRD_NONE && !w->known[status] && count_kind(w, VRD_COLUMN_STATUS) == 0) {
		w->known[status] = true;
		w->kind[status] = VRD_COLUMN_STATUS;
	}
	for (size_t c = 0; c < w->header->n; c++) {
		if (w->known[c])
			continue;
		w->known[c] = true;
		w->kind[c] = VRD_COLUMN_DIM;
		w->name[c] = w->header->names[c];
	}
	return VRD_OK;
}

// --- the plan ------------------------------------------------------------------------------------

static void check_kinds(const work *w) {
	const size_t values = count_kind(w, VRD_COLUMN_VALUE);
	const size_t wide = count_kind(w, VRD_COLUMN_WIDE);
	const size_t statuses = count_kind(w, VRD_COLUMN_STATUS);
	const vrd_place place = {.line = w->header->n ? w->header->places[0].line : 0};
	if (values + wide == 0)
		missing(w, place, "add a column of numbers, called \"value\"",
		        "there is no column of values", NULL);
	if (values > 1 || (values > 0 && wide > 0))
		duplicate(w, place, "more than one column is",
		          "value"); // several columns of values need a dimension to tell them apart
	if (statuses > 1)
		duplicate(w, place, "more than one column is", "status");
	if (statuses == 1 && values == 0 && wide > 0)
		missing(w, place, "write symbols in the columns of values",
		        "the status column belongs to no column of values", NULL);
	for (size_t c = 0; c < w->header->n; c++) {
		if (w->kind[c] != VRD_COLUMN_WIDE)
			continue;
		for (size_t d = 0; d < w->n_wide; d++) {
			if (!w->wide_code[c][d])
				missing(w, w->header->places[c],
				        "say the category of every such column",
				        "a column of values has no category of", w->wide[d]);
		}
	}
}

// The column with labels of the key called `name`, or VRD_NONE.
static size_t label_column(const work *w, const char *name) {
	for (size_t c = 0; c < w->header->n; c++) {
		if (w->kind[c] == VRD_COLUMN_LABEL && strcmp(w->name[c], name) == 0)
			return c;
	}
	return VRD_NONE;
}

static void check_dims(const work *w, const vrd_csv_plan *plan) {
	for (size_t d = 1; d < plan->n_dims; d++) {
		const size_t first = vrd_csv_header_find(plan->dims, d, plan->dims[d]);
		if (first == VRD_NONE)
			continue;
		const vrd_place place = d < plan->n_keys
		                                ? w->header->places[plan->keys[d].column]
		                                : (vrd_place){.line = w->header->places[0].line};
		duplicate(w, place, "two columns or constants are the dimension", plan->dims[d]);
	}
	for (size_t c = 0; c < w->header->n; c++) {
		if (w->kind[c] == VRD_COLUMN_LABEL &&
		    vrd_csv_header_find(plan->dims, plan->n_keys, w->name[c]) == VRD_NONE)
			missing(w, w->header->places[c], "name a dimension that has a column",
			        "labels are given for the dimension", w->name[c]);
	}
}

static vrd_status assemble(work *w, vrd_csv_plan *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_csv_plan plan = {.status = VRD_NONE, .n_wide = w->n_wide};
	plan.label = w->header->title ? w->header->title : w->contents;
	const size_t n_keys = count_kind(w, VRD_COLUMN_DIM);
	VRD_TRY(VRD_NEW(w->mem, plan.dims, n_keys + w->opt->n_constants + w->n_wide));
	VRD_TRY(VRD_NEW(w->mem, plan.keys, n_keys));
	VRD_TRY(VRD_NEW(w->mem, plan.numbers,
	                count_kind(w, VRD_COLUMN_VALUE) + count_kind(w, VRD_COLUMN_WIDE)));
	for (size_t c = 0; c < w->header->n; c++) {
		switch (w->kind[c]) {
		case VRD_COLUMN_DIM:
			plan.dims[plan.n_keys] = w->name[c];
			plan.keys[plan.n_keys++] = (vrd_csv_key){c, label_column(w, w->name[c])};
			break;
		case VRD_COLUMN_VALUE:
		case VRD_COLUMN_WIDE:
			plan.numbers[plan.n_numbers++] = (vrd_csv_number){c, w->wide_code[c]};
			break;
		case VRD_COLUMN_STATUS:
			plan.status = c;
			break;
		case VRD_COLUMN_LABEL:
		case VRD_COLUMN_IGNORE:
			break;
		}
	}
	plan.n_dims = plan.n_keys;
	for (size_t k = 0; k < w->opt->n_constants; k++)
		plan.dims[plan.n_dims++] = w->opt->constants[k].dim;
	for (size_t d = 0; d < w->n_wide; d++)
		plan.dims[plan.n_dims++] = w->wide[d];
	check_dims(w, &plan);
	*out = plan;
out:
	return rc;
}

vrd_status vrd_csv_plan_make(vrd_arena *mem, const vrd_csv_header *header,
                             const vrd_csv_options *opt, vrd_csv_report *report, vrd_csv_plan *out,
                             vrd_err *err) {
	vrd_status rc = VRD_OK;
	work w = {.header = header, .opt = opt, .report = report, .mem = mem};
	const char **codes;
	const size_t most_wide = opt->n_columns + 2; // a detected run has two at most
	VRD_TRY(VRD_NEW(mem, w.known, header->n));
	VRD_TRY(VRD_NEW(mem, w.kind, header->n));
	VRD_TRY(VRD_NEW(mem, w.name, header->n));
	VRD_TRY(VRD_NEW(mem, w.wide, most_wide));
	VRD_TRY(VRD_NEW(mem, w.wide_code, header->n));
	VRD_TRY(VRD_NEW(mem, codes, header->n * most_wide));
	for (size_t c = 0; c < header->n; c++)
		w.wide_code[c] = codes + c * most_wide;
	apply_options(&w);
	VRD_TRY(detect(&w, err));
	check_kinds(&w);
	VRD_TRY(assemble(&w, out, err));
out:
	return rc;
}
