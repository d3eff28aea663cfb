#include "cube/csv_header.h"

#include "cube/csv.h"

#include <string.h>

#include "base/banned.h"

// Lower case of a byte, given the one before: ASCII, and Latin-1 letters (Æ, Ø, Å) in UTF-8.
static unsigned char lower(unsigned char before, unsigned char c) {
	if (c >= 'A' && c <= 'Z')
		return (unsigned char)(c + 32);
	if (before == 0xC3 && c >= 0x80 && c <= 0x9E && c != 0x97)
		return (unsigned char)(c + 32);
	return c;
}

static bool same_name(vrd_str a, vrd_str b) {
	if (a.n != b.n)
		return false;
	unsigned char before_a = 0;
	unsigned char before_b = 0;
	for (size_t i = 0; i < a.n; i++) {
		const unsigned char x = (unsigned char)a.p[i];
		const unsigned char y = (unsigned char)b.p[i];
		if (lower(before_a, x) != lower(before_b, y))
			return false;
		before_a = x;
		before_b = y;
	}
	return true;
}

size_t vrd_csv_header_find(const char *const *names, size_t n, const char *name) {
	const vrd_str wanted = vrd_str_trim(vrd_str_of(name));
	for (size_t c = 0; c < n; c++) {
		if (same_name(vrd_str_of(names[c]), wanted))
			return c;
	}
	return VRD_NONE;
}

size_t vrd_csv_column_of(const vrd_csv_table *table, const char *header) {
	return vrd_csv_header_find(table->columns, table->n_columns, header);
}

size_t vrd_csv_control_at(vrd_str text, size_t i, unsigned *code) {
	const unsigned char c = (unsigned char)text.p[i];
	*code = c;
	if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
		return 1;
	if (c == 0xC2 && i + 1 < text.n && (unsigned char)text.p[i + 1] < 0xA0) {
		*code = (unsigned char)text.p[i + 1];
		return 2;
	}
	*code = 0xFEFF;
	return text.n - i >= 3 && memcmp(text.p + i, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

vrd_status vrd_csv_clean(vrd_csv_report *report, vrd_arena *mem, vrd_str text, vrd_place place,
                         const char **out, vrd_err *err) {
	char *copy = vrd_arena_strndup(mem, text.p, text.n);
	if (!copy)
		return vrd_no_memory(err, mem, text.n + 1, 1);
	size_t n = 0;
	unsigned found = 0;
	for (size_t i = 0; i < text.n;) {
		unsigned code;
		const size_t control = vrd_csv_control_at(text, i, &code);
		if (control == 0) {
			copy[n++] = text.p[i++];
			continue;
		}
		found = code;
		i += control;
	}
	copy[n] = '\0';
	if (n < text.n)
		vrd_csv_problem(report, VRD_WARNING, place, "csv.control",
		                "remove the character at the source",
		                "\"%.*s\" has a control character (U+%04X), which is left out",
		                vrd_csv_shown((vrd_str){copy, n}), copy, found);
	*out = copy;
	return VRD_OK;
}

// Takes the present record as the header.
static vrd_status take(const vrd_csv_scan *scan, vrd_arena *mem, vrd_csv_header *out,
                       vrd_err *err) {
	vrd_status rc = VRD_OK;
	out->n = scan->n_fields;
	VRD_TRY(VRD_NEW(mem, out->names, out->n));
	VRD_TRY(VRD_NEW(mem, out->places, out->n));
	for (size_t c = 0; c < out->n; c++) {
		const vrd_csv_field *field = &scan->fields[c];
		out->places[c] = vrd_csv_place(scan, field->at);
		const char *name;
		VRD_TRY(vrd_csv_clean(scan->report, mem, field->text, out->places[c], &name, err));
		const vrd_str trimmed = vrd_str_trim(vrd_str_of(name));
		out->names[c] = vrd_arena_strndup(mem, trimmed.p, trimmed.n);
		if (!out->names[c])
			return vrd_no_memory(err, mem, trimmed.n + 1, 1);
	}
out:
	return rc;
}

static vrd_status too_many(const vrd_csv_scan *scan, vrd_err *err) {
	return vrd_fail(err, VRD_LIMIT, "%s:%zu: %zu columns; the limit is %d",
	                scan->report->file ? scan->report->file : "input", scan->record_line,
	                scan->n_fields, VRD_CSV_MAX_COLUMNS);
}

// Whether the record after the present one shows that this one is a title: PxWeb writes it alone
// on its line, with a blank line after it. Leaves the scan where it is.
static vrd_status is_title(vrd_csv_scan *scan, size_t n_fields, bool *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t at = scan->at;
	const size_t line = scan->line;
	vrd_csv_report *const report = scan->report;
	bool more;
	scan->report = NULL;
	VRD_TRY(vrd_csv_scan_next(scan, &more, err));
	*out = more && scan->n_fields != n_fields && (n_fields == 1 || scan->record_line > line);
out:
	scan->report = report;
	scan->at = at;
	scan->line = line;
	return rc;
}

static void check_names(const vrd_csv_scan *scan, const vrd_csv_header *header) {
	for (size_t c = 1; c < header->n; c++) {
		if (header->names[c][0] == '\0')
			continue;
		const size_t first = vrd_csv_header_find(header->names, c, header->names[c]);
		if (first == VRD_NONE)
			continue;
		const vrd_str name = vrd_str_of(header->names[c]);
		vrd_csv_problem(scan->report, VRD_ERROR, header->places[c], "csv.duplicate-column",
		                "give every column a name of its own",
		                "column %zu is called \"%.*s\", as is column %zu", c + 1,
		                vrd_csv_shown(name), name.p, first + 1);
	}
}

vrd_status vrd_csv_header_read(vrd_csv_scan *scan, vrd_arena *mem, vrd_csv_header *out,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_csv_header header = {0};
	bool more;
	bool title = false;
	VRD_TRY(vrd_csv_scan_next(scan, &more, err));
	if (!more) {
		if (scan->report->first.n == 0)
			vrd_csv_problem(scan->report, VRD_ERROR, (vrd_place){0}, "csv.empty",
			                "write a header line and one line for each row",
			                "the file is empty");
		*out = header;
		return VRD_OK;
	}
	if (scan->n_fields > VRD_CSV_MAX_COLUMNS)
		return too_many(scan, err);
	VRD_TRY(take(scan, mem, &header, err));
	VRD_TRY(is_title(scan, header.n, &title, err));
	if (title) {
		const char *const text = header.names[0];
		VRD_TRY(vrd_csv_scan_next(scan, &more, err));
		if (scan->n_fields > VRD_CSV_MAX_COLUMNS)
			return too_many(scan, err);
		VRD_TRY(take(scan, mem, &header, err));
		header.title = text;
	}
	check_names(scan, &header);
	scan->keep = header.n + 1;
	*out = header;
out:
	return rc;
}

bool vrd_csv_row_fits(const vrd_csv_scan *scan, const vrd_csv_header *header) {
	if (scan->n_fields == header->n)
		return true;
	const size_t last = scan->n_fields < header->n ? scan->n_fields - 1 : header->n;
	vrd_csv_problem(scan->report, VRD_ERROR, vrd_csv_place(scan, scan->fields[last].at),
	                "csv.row-length",
	                "give every row as many fields as the header; quote a text or a decimal "
	                "comma that holds the separator",
	                "the row has %zu field%s, the header %zu (separator \"%s\")",
	                scan->n_fields, scan->n_fields == 1 ? "" : "s", header->n,
	                scan->separator == '\t' ? "tab" : (char[]){scan->separator, '\0'});
	return false;
}
