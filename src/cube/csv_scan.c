// Splits CSV bytes into records; the one file that knows libcsv. Through libcsv alone, a field at a
// time for the places, a tidy file is read 2.3 times as slowly (bench_csv).
#include "cube/csv_scan.h"

#include <csv.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

enum { STOP = 1, BLANK = 2 };

// --- problems -----------------------------------------------------------------------------------

void vrd_csv_report_init(vrd_csv_report *report, vrd_arena *mem, vrd_diag *diag, const char *file) {
	*report = (vrd_csv_report){.diag = diag, .file = file};
	vrd_diag_init(&report->first, mem, 1);
}

void vrd_csv_problem(vrd_csv_report *report, vrd_severity severity, vrd_place place,
                     const char *rule, const char *remedy, const char *format, ...) {
	if (!report)
		return;
	const size_t limit = report->diag && report->diag->limit ? report->diag->limit : 50;
	char text[512] = "";
	// Past the limit the list only counts: a file of a million bad rows formats a few of them.
	if (report->n++ < limit || report->first.n == 0) {
		va_list args;
		va_start(args, format);
		vsnprintf(text, sizeof text, format, args);
		va_end(args);
	}
	place.file = report->file;
	vrd_diag_add(report->diag, severity, place, rule, remedy, "%s", text);
	if (severity == VRD_ERROR)
		vrd_diag_add(&report->first, severity, place, rule, remedy, "%s", text);
}

vrd_status vrd_csv_report_fail(const vrd_csv_report *report, vrd_err *err) {
	return vrd_diag_fail(&report->first, VRD_DATA, err);
}

int vrd_csv_shown(vrd_str text) {
	size_t n = text.n < 60 ? text.n : 60;
	while (n > 0 && n < text.n && ((unsigned char)text.p[n] & 0xC0) == 0x80)
		n--;
	return (int)n;
}

// --- places -------------------------------------------------------------------------------------

static bool ends_line(const char *bytes, size_t len, size_t i) {
	return bytes[i] == '\n' || (bytes[i] == '\r' && !(i + 1 < len && bytes[i + 1] == '\n'));
}

// Place of byte `at`, given that byte `from` begins line `line`.
static vrd_place place_from(const vrd_csv_scan *scan, size_t from, size_t line, size_t at) {
	size_t start = from;
	for (size_t i = from; i < at; i++) {
		if (ends_line(scan->bytes, scan->len, i)) {
			line++;
			start = i + 1;
		}
	}
	return (vrd_place){.line = line, .column = at - start + 1};
}

vrd_place vrd_csv_place(const vrd_csv_scan *scan, size_t at) {
	return place_from(scan, scan->record_at, scan->record_line, at);
}

// --- fields -------------------------------------------------------------------------------------

static vrd_status grow(vrd_csv_scan *scan, vrd_err *err) {
	const size_t capacity = scan->capacity ? 2 * scan->capacity : 32;
	vrd_csv_field *fields = NULL;
	const vrd_status rc = VRD_NEW(scan->scratch, fields, capacity);
	if (rc != VRD_OK)
		return rc;
	if (scan->n_fields > 0)
		memcpy(fields, scan->fields, scan->n_fields * sizeof *fields);
	scan->fields = fields;
	scan->capacity = capacity;
	return VRD_OK;
}

// Counts a field and keeps it when there is room under `keep`.
static inline vrd_status push(vrd_csv_scan *scan, vrd_csv_field field, vrd_err *err) {
	if (scan->n_fields < scan->keep) {
		if (scan->n_fields == scan->capacity) {
			const vrd_status rc = grow(scan, err);
			if (rc != VRD_OK)
				return rc;
		}
		scan->fields[scan->n_fields] = field;
	}
	scan->n_fields++;
	return VRD_OK;
}

static size_t past_line_end(const vrd_csv_scan *scan, size_t at) {
	const bool crlf =
	        at + 1 < scan->len && scan->bytes[at] == '\r' && scan->bytes[at + 1] == '\n';
	return at + (crlf ? 2 : 1);
}

// Splits the record at scan->at; stops with *quoted when a field begins with a quote.
static vrd_status plain_record(vrd_csv_scan *scan, bool *quoted, vrd_err *err) {
	const char *const end = scan->bytes + scan->len;
	const char *p = scan->bytes + scan->at;
	for (;;) {
		while (p < end && scan->kind[(unsigned char)*p] == BLANK)
			p++;
		if (p < end && *p == '"') {
			*quoted = true;
			return VRD_OK;
		}
		const char *const start = p;
		while (p < end && scan->kind[(unsigned char)*p] != STOP)
			p++;
		const char *stop = p;
		while (stop > start && scan->kind[(unsigned char)stop[-1]] == BLANK)
			stop--;
		const vrd_csv_field field = {{start, (size_t)(stop - start)},
		                             (size_t)(start - scan->bytes)};
		const vrd_status rc = push(scan, field, err);
		if (rc != VRD_OK)
			return rc;
		if (p == end || *p != scan->separator)
			break;
		p++;
	}
	scan->at = (size_t)(p - scan->bytes);
	if (p < end) {
		scan->at = past_line_end(scan, scan->at);
		scan->line++;
	}
	return VRD_OK;
}

// --- libcsv -------------------------------------------------------------------------------------

struct vrd_csv_quoted {
	struct csv_parser parser;
	vrd_csv_scan *scan;
	vrd_buf text;    // of the record's fields, one after the other
	size_t start;    // byte after the last separator
	size_t stop;     // the byte that ends the field: a separator, a line end, or the end
	bool field_done; // since the last byte was fed
	bool record_done;
	vrd_status status;
	vrd_err *err;
};

static size_t count(const char *p, size_t n, char c) {
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		found += p[i] == c;
	return found;
}

// First byte of the present field that is no space around it.
static size_t field_at(const vrd_csv_quoted *q) {
	size_t at = q->start;
	while (at < q->stop && q->scan->kind[(unsigned char)q->scan->bytes[at]] == BLANK)
		at++;
	return at;
}

// libcsv's field callback. Its text lies in libcsv's own buffer: copied.
static void on_field(void *text, size_t n, void *context) {
	vrd_csv_quoted *q = context;
	vrd_csv_scan *scan = q->scan;
	const size_t at = field_at(q);
	vrd_buf_add(&q->text, text, n);
	if (q->status == VRD_OK)
		q->status = push(scan, (vrd_csv_field){{NULL, n}, at}, q->err);
	q->field_done = true;
	// In a well-formed field every quote is doubled, but for the two around it. libcsv reads on
	// in quotes after "a"b, which may swallow half a file: say where it began.
	if (at < q->stop && scan->bytes[at] == '"' &&
	    count(scan->bytes + at, q->stop - at, '"') != 2 * count(text, n, '"') + 2)
		vrd_csv_problem(scan->report, VRD_ERROR, vrd_csv_place(scan, at), "csv.quote",
		                "double every quote inside a quoted field (\"\")",
		                "there is text after the closing quote of this field");
}

static void on_record(int end, void *context) {
	(void)end;
	((vrd_csv_quoted *)context)->record_done = true;
}

static vrd_status quoted_open(vrd_csv_scan *scan, vrd_err *err) {
	vrd_csv_quoted *q = NULL;
	const vrd_status rc = VRD_NEW(scan->scratch, q, 1);
	if (rc != VRD_OK)
		return rc;
	if (csv_init(&q->parser, 0) != 0)
		return vrd_fail(err, VRD_INTERNAL, "libcsv did not start");
	csv_set_delim(&q->parser, (unsigned char)scan->separator);
	csv_set_blk_size(&q->parser, 4096);
	q->scan = scan;
	scan->quoted = q;
	return VRD_OK;
}

// The input ends inside the record; false when it ends inside a quote.
static bool finish_record(vrd_csv_quoted *q) {
	csv_set_opts(&q->parser, CSV_STRICT | CSV_STRICT_FINI);
	const bool open_quote = csv_fini(&q->parser, on_field, on_record, q) != 0;
	csv_set_opts(&q->parser, 0);
	if (!open_quote)
		return true;
	vrd_csv_problem(q->scan->report, VRD_ERROR, vrd_csv_place(q->scan, field_at(q)),
	                "csv.truncated",
	                "close the quote, or fetch the file again: it may have been cut off",
	                "the quoted field that begins here has no end");
	return false;
}

// Feeds libcsv up to each byte that can end a field, so that the place of every field is known.
// *more becomes false when the input ends inside a quote.
static vrd_status quoted_record(vrd_csv_scan *scan, bool *more, vrd_err *err) {
	if (!scan->quoted) {
		const vrd_status rc = quoted_open(scan, err);
		if (rc != VRD_OK)
			return rc;
	}
	vrd_csv_quoted *q = scan->quoted;
	vrd_buf_reset(&q->text);
	q->start = scan->at;
	q->record_done = false;
	q->status = VRD_OK;
	q->err = err;
	size_t at = scan->at;
	while (!q->record_done && at < scan->len) {
		size_t stop = at;
		while (stop < scan->len && scan->kind[(unsigned char)scan->bytes[stop]] != STOP)
			stop++;
		const size_t next = stop < scan->len ? stop + 1 : stop;
		q->stop = stop;
		q->field_done = false;
		if (csv_parse(&q->parser, scan->bytes + at, next - at, on_field, on_record, q) !=
		    next - at)
			return vrd_fail(err, VRD_NOMEM, "no memory for a field of %zu bytes",
			                stop - q->start);
		at = next;
		if (q->field_done)
			q->start = next;
	}
	if (!q->record_done)
		*more = finish_record(q); // half a record is no record
	if (q->status != VRD_OK)
		return q->status;
	if (q->text.failed)
		return vrd_fail(err, VRD_NOMEM, "no memory for a record of %zu bytes",
		                at - scan->at);
	const size_t kept = scan->n_fields < scan->keep ? scan->n_fields : scan->keep;
	const char *text = q->text.p ? q->text.p : "";
	for (size_t f = 0; f < kept; f++) {
		scan->fields[f].text.p = text;
		text += scan->fields[f].text.n;
	}
	if (at < scan->len && scan->bytes[at] == '\n' && scan->bytes[at - 1] == '\r')
		at++;
	scan->line = place_from(scan, scan->at, scan->line, at).line;
	scan->at = at;
	return VRD_OK;
}

// --- records ------------------------------------------------------------------------------------

// Passes blank lines; false at the end.
static bool find_record(vrd_csv_scan *scan) {
	for (;;) {
		size_t at = scan->at;
		while (at < scan->len && scan->kind[(unsigned char)scan->bytes[at]] == BLANK)
			at++;
		if (at == scan->len)
			return false;
		if (scan->bytes[at] != '\n' && scan->bytes[at] != '\r')
			return true;
		scan->at = past_line_end(scan, at);
		scan->line++;
	}
}

vrd_status vrd_csv_scan_next(vrd_csv_scan *scan, bool *more, vrd_err *err) {
	if (!find_record(scan)) {
		*more = false;
		return VRD_OK;
	}
	*more = true;
	scan->n_fields = 0;
	scan->record_at = scan->at;
	scan->record_line = scan->line;
	bool quoted = scan->libcsv_only;
	if (!quoted) {
		const vrd_status rc = plain_record(scan, &quoted, err);
		if (rc != VRD_OK || !quoted)
			return rc;
	}
	scan->n_fields = 0;
	return quoted_record(scan, more, err);
}

static void use_separator(vrd_csv_scan *scan, char separator) {
	scan->separator = separator;
	memset(scan->kind, 0, sizeof scan->kind);
	scan->kind[' '] = scan->kind['\t'] = BLANK;
	scan->kind['\n'] = scan->kind['\r'] = scan->kind[(unsigned char)separator] = STOP;
}

void vrd_csv_scan_close(vrd_csv_scan *scan) {
	if (!scan->quoted)
		return;
	csv_free(&scan->quoted->parser);
	vrd_buf_free(&scan->quoted->text);
	scan->quoted = NULL;
}

// --- detection ----------------------------------------------------------------------------------

enum { SAMPLE_RECORDS = 24, SAMPLE_BYTES = 65536 };

typedef struct {
	size_t agree;  // records with the most usual number of fields above 1
	size_t total;  // records seen
	size_t fields; // that number; 0 = no record has two
	bool first;    // the first record has two
	bool broken;   // quotes make no sense with it
} consistency;

static vrd_status try_separator(const vrd_csv_scan *scan, char separator, consistency *out,
                                vrd_err *err) {
	vrd_csv_scan sample = *scan;
	vrd_csv_report quiet;
	vrd_csv_report_init(&quiet, scan->scratch, NULL, NULL);
	sample.report = &quiet;
	use_separator(&sample, separator);
	const bool cut = sample.len - sample.at > SAMPLE_BYTES;
	if (cut)
		sample.len = sample.at + SAMPLE_BYTES;
	size_t n_fields[SAMPLE_RECORDS];
	size_t n = 0;
	bool broken = false;
	vrd_status rc = VRD_OK;
	for (bool more = true; n < SAMPLE_RECORDS;) {
		VRD_TRY(vrd_csv_scan_next(&sample, &more, err));
		if (cut && sample.at == sample.len && n > 0) // a cut record says nothing
			break;
		broken = quiet.n > 0;
		if (!more)
			break;
		n_fields[n++] = sample.n_fields;
	}
	*out = (consistency){.total = n, .first = n > 0 && n_fields[0] > 1, .broken = broken};
	for (size_t i = 0; i < n; i++) {
		size_t agree = 0;
		for (size_t k = 0; k < n; k++)
			agree += n_fields[k] == n_fields[i];
		const bool better =
		        agree > out->agree || (agree == out->agree && n_fields[i] > out->fields);
		if (n_fields[i] > 1 && better) {
			out->agree = agree;
			out->fields = n_fields[i];
		}
	}
out:
	vrd_csv_scan_close(&sample);
	return rc;
}

static bool is_better(const consistency *a, const consistency *b) {
	if (a->broken != b->broken)
		return b->broken;
	const size_t x = a->agree * b->total;
	const size_t y = b->agree * a->total;
	if (x != y)
		return x > y;
	return a->agree != b->agree ? a->agree > b->agree : a->fields > b->fields;
}

// The separator that splits the first records most evenly, without breaking quotes; more records,
// more fields, then the order here, decide a tie. Below a title most records must agree; else a
// lone column of numbers with decimal commas looks like two. When nothing is separated, one that
// does not occur.
static vrd_status detect_separator(vrd_csv_scan *scan, vrd_err *err) {
	static const char candidates[] = {',', ';', '\t', '|'};
	consistency best = {.total = 1, .broken = true};
	char separator = 0;
	char unused = 0;
	for (size_t c = 0; c < sizeof candidates; c++) {
		consistency now;
		const vrd_status rc = try_separator(scan, candidates[c], &now, err);
		if (rc != VRD_OK)
			return rc;
		if (now.fields == 0 && !unused)
			unused = candidates[c];
		const bool used = now.fields > 0 && (now.first || 2 * now.agree > now.total);
		if (used && is_better(&now, &best)) {
			best = now;
			separator = candidates[c];
		}
	}
	use_separator(scan, separator ? separator : unused ? unused : ',');
	return VRD_OK;
}

// First byte that is not UTF-8 text, or len.
static size_t bad_byte_at(const char *bytes, size_t len) {
	const size_t at = vrd_utf8_invalid_at(bytes, len);
	const char *nul = at > 0 ? memchr(bytes, '\0', at) : NULL;
	return nul ? (size_t)(nul - bytes) : at;
}

vrd_status vrd_csv_scan_open(vrd_csv_scan *scan, vrd_arena *scratch, const char *bytes, size_t len,
                             char separator, vrd_csv_report *report, vrd_err *err) {
	*scan = (vrd_csv_scan){.bytes = bytes,
	                       .len = len,
	                       .line = 1,
	                       .keep = VRD_CSV_MAX_COLUMNS + 1,
	                       .report = report,
	                       .scratch = scratch};
	if (len > UINT32_MAX)
		return vrd_fail(err, VRD_LIMIT, "%s: %zu bytes of CSV; the limit is 4 GiB",
		                report->file ? report->file : "input", len);
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		scan->at = 3;
	const size_t bad = bad_byte_at(bytes + scan->at, len - scan->at) + scan->at;
	if (bad < len) {
		const unsigned char byte = (unsigned char)bytes[bad];
		vrd_csv_problem(report, VRD_ERROR, place_from(scan, scan->at, 1, bad),
		                "csv.encoding", "save the file as UTF-8 (in Excel: «CSV UTF-8»)",
		                "byte 0x%02X is not UTF-8%s", byte,
		                byte == 0 || byte >= 0xFE ? " (is the file UTF-16?)"
		                                          : " (is the file ISO-8859-1?)");
		return vrd_csv_report_fail(report, err);
	}
	if (separator == 0)
		return detect_separator(scan, err);
	use_separator(scan, separator);
	return VRD_OK;
}
