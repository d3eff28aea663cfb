// Bytes to a tree by libfyaml's events. Events and not its documents: they are made without
// recursion however deep the text nests, they keep duplicate keys and the places of everything, and
// reading can stop at a limit.
#include "region/yaml_tree.h"

#include <assert.h>
#include <libfyaml.h>
#include <string.h>

#include "base/banned.h"

enum {
	most_bytes = 8 << 20,
	most_levels = 64,
	// libfyaml looks ahead for a ": " after a bracket and keeps some 340 bytes per token until
	// then, so what can make tokens is counted before it sees the text.
	most_tokens = 1 << 18,
	// Behind a "- " and at the head of a block text libfyaml takes time that grows with the
	// square of a run of blanks and empty lines.
	most_blanks = 512,
};

typedef struct {
	size_t from, to;
} range;

typedef struct {
	vrd_yaml_job *job;
	const char *bytes; // after a byte order mark
	size_t len;
	size_t n_mark; // bytes of the byte order mark
	uint32_t *line_start;
	size_t n_lines;
	vrd_yaml_tree *root;
	vrd_yaml_tree *open[most_levels];
	size_t depth;
	bool has_key; // of the innermost map, waiting for its value
	const char *key;
	vrd_place key_place;
	range key_range;
	vrd_place last; // of what was read before
	struct fy_token_iter *iter;
	size_t n_values;
	size_t n_documents;
	bool stopped; // by a problem after which nothing can be read
} reader;

static vrd_place place_at(const reader *r, size_t offset) {
	size_t low = 0; // the last line that starts at or before the offset
	for (size_t high = r->n_lines; high - low > 1;) {
		const size_t middle = low + (high - low) / 2;
		if (r->line_start[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return (vrd_place){r->job->file, low + 1, offset - r->line_start[low] + 1};
}

static vrd_status stop(reader *r) {
	r->stopped = true;
	return VRD_OK;
}

// --- before the parser --------------------------------------------------------------------------

static bool ends_line(const reader *r, size_t at) {
	const char c = r->bytes[at];
	return c == '\n' || (c == '\r' && (at + 1 == r->len || r->bytes[at + 1] != '\n'));
}

static vrd_status find_lines(reader *r, vrd_err *err) {
	vrd_status rc;
	size_t n = 1;
	for (size_t i = 0; i < r->len; i++)
		n += ends_line(r, i);
	VRD_TRY(VRD_NEW(r->job->scratch, r->line_start, n));
	r->n_lines = 1;
	for (size_t i = 0; i < r->len; i++) {
		if (ends_line(r, i))
			r->line_start[r->n_lines++] = (uint32_t)(i + 1);
	}
out:
	return rc;
}

// libfyaml ends a text quietly at a byte that is not UTF-8, and at a NUL.
static bool is_text(reader *r) {
	const char *remedy = "save the file as UTF-8 text";
	if (r->len >= 2 &&
	    (memcmp(r->bytes, "\xFF\xFE", 2) == 0 || memcmp(r->bytes, "\xFE\xFF", 2) == 0)) {
		vrd_yaml_problem(r->job, place_at(r, 0), "yaml.encoding", remedy,
		                 "the file is UTF-16, not UTF-8");
		return false;
	}
	const size_t valid = vrd_utf8_invalid_at(r->bytes, r->len);
	if (valid < r->len) {
		vrd_yaml_problem(r->job, place_at(r, valid), "yaml.encoding", remedy,
		                 "byte 0x%02X is not UTF-8", (unsigned char)r->bytes[valid]);
		return false;
	}
	for (size_t i = 0; i < r->len; i++) {
		const unsigned char c = (unsigned char)r->bytes[i];
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
			vrd_yaml_problem(r->job, place_at(r, i), "yaml.encoding",
			                 "remove it, or write it as \\xNN between double quotes",
			                 "byte 0x%02X is a control character, not text", c);
			return false;
		}
	}
	return true;
}

static bool has_short_gaps(reader *r) {
	size_t run = 0;
	for (size_t i = 0; i < r->len; i++) {
		run = memchr(" \t\r\n", r->bytes[i], 4) == NULL ? 0 : run + 1;
		if (run > most_blanks) {
			vrd_yaml_problem(r->job, place_at(r, i + 1 - run), "yaml.size",
			                 "remove blanks and empty lines",
			                 "more than %d blanks and empty lines in a row",
			                 most_blanks);
			return false;
		}
	}
	return true;
}

static bool has_few_tokens(reader *r) {
	size_t n = 0;
	for (size_t i = 0; i < r->len; i++)
		n += memchr("[]{},?&*!|>\"'", r->bytes[i], 13) != NULL;
	if (n <= most_tokens)
		return true;
	vrd_yaml_problem(r->job, place_at(r, 0), "yaml.size",
	                 "put tables into CSV files and name them here",
	                 "%zu brackets, commas and quotes are more than %d", n, most_tokens);
	return false;
}

// libfyaml skips directives that it does not know, in time that grows with the square of a row of
// percent signs.
static bool has_no_directive(reader *r) {
	for (size_t i = 0; i < r->n_lines; i++) {
		if (r->line_start[i] < r->len && r->bytes[r->line_start[i]] == '%') {
			vrd_yaml_problem(r->job, place_at(r, r->line_start[i]), "yaml.syntax",
			                 "remove the line, or indent it if it belongs to a text",
			                 "a line begins with %%: directives are not read");
			return false;
		}
	}
	return true;
}

// --- events -------------------------------------------------------------------------------------

static vrd_place place_of(reader *r, struct fy_token *token, bool quoted) {
	const struct fy_mark *mark = token == NULL ? NULL : fy_token_start_mark(token);
	if (mark != NULL && mark->input_pos <= r->len) // a quoted text is marked after its quote
		r->last = place_at(r, mark->input_pos - (quoted && mark->input_pos > 0));
	return r->last;
}

// The header of a block text stands on the line before its content.
static size_t header_of(const reader *r, size_t content) {
	const bool at_line = content > 0 && memchr("\r\n", r->bytes[content - 1], 2) != NULL;
	size_t end = at_line ? content - 1 : content;
	if (at_line && end > 0 && r->bytes[end] == '\n' && r->bytes[end - 1] == '\r')
		end--;
	size_t i = r->line_start[place_at(r, end).line - 1];
	if (r->has_key && r->key_range.to > i) // a quoted key may look like a header
		i = r->key_range.to;
	for (; i < end; i++) {
		if ((r->bytes[i] == '|' || r->bytes[i] == '>') &&
		    (i == 0 || memchr(" \t:-", r->bytes[i - 1], 4) != NULL))
			return i;
	}
	return content;
}

// What a token takes in the text. Marks leave out quotes, and the header of a block text; a block
// text's last line breaks are its own only with "+".
static range range_of(const reader *r, struct fy_token *token) {
	const struct fy_mark *start = token == NULL ? NULL : fy_token_start_mark(token);
	const struct fy_mark *end = token == NULL ? NULL : fy_token_end_mark(token);
	if (start == NULL || end == NULL || end->input_pos > r->len ||
	    start->input_pos > end->input_pos)
		return (range){0, 0};
	range out = {start->input_pos, end->input_pos};
	const enum fy_scalar_style style = fy_token_scalar_style(token);
	if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
		out.from -= out.from > 0;
		out.to += out.to < r->len;
	} else if (style == FYSS_LITERAL || style == FYSS_FOLDED) {
		size_t least = header_of(r, out.from);
		out.from = least++;
		while (least < out.to && memchr("+-123456789", r->bytes[least], 11) != NULL)
			least++;
		const bool keeps = memchr(r->bytes + out.from, '+', least - out.from) != NULL;
		// The mark may be behind the indentation of the next line.
		while (out.to > least && memchr(" \t\r\n", r->bytes[out.to - 1], keeps ? 2 : 4))
			out.to--;
	}
	return out;
}

// Where the tree goes: into the innermost container, under the key that waits there.
static vrd_status attach(reader *r, vrd_yaml_tree *tree, vrd_err *err) {
	vrd_status rc;
	vrd_yaml_tree *fresh;
	if (++r->n_values > most_tokens) {
		vrd_yaml_problem(r->job, tree->place, "yaml.size",
		                 "put tables into CSV files and name them here",
		                 "more than %d values", most_tokens);
		return stop(r);
	}
	VRD_TRY(VRD_NEW(r->job->scratch, fresh, 1));
	*fresh = *tree;
	vrd_yaml_tree *parent = r->depth == 0 ? NULL : r->open[r->depth - 1];
	if (parent == NULL) {
		r->root = fresh;
	} else {
		if (parent->kind == VRD_NODE_MAP) {
			fresh->key = r->key;
			fresh->key_place = r->key_place;
			fresh->key_from = r->key_range.from + r->n_mark;
			fresh->key_to = r->key_range.to + r->n_mark;
			r->has_key = false;
		}
		*(parent->first == NULL ? &parent->first : &parent->last->next) = fresh;
		parent->last = fresh;
		parent->n++;
	}
	if (fresh->kind != VRD_NODE_SCALAR)
		r->open[r->depth++] = fresh;
out:
	return rc;
}

static bool wants_key(const reader *r) {
	return r->depth > 0 && r->open[r->depth - 1]->kind == VRD_NODE_MAP && !r->has_key;
}

static void set_key(reader *r, const char *key, vrd_place place, range where) {
	r->has_key = true;
	r->key = key;
	r->key_place = place;
	r->key_range = where;
}

// Copies the text of a token in pieces; false when it is not the n bytes that it should be.
// libfyaml 0.7.12 repeats quotes of a single-quoted text that follow one another; its
// fy_token_get_text then fails and leaks.
static bool copy_text(reader *r, struct fy_token *token, char *to, size_t n) {
	size_t total = 0;
	int failed = 0;
	const struct fy_iter_chunk *piece = NULL;
	fy_token_iter_start(token, r->iter);
	while ((piece = fy_token_iter_chunk_next(r->iter, piece, &failed)) != NULL) {
		if (piece->len > n - total)
			break;
		memcpy(to + total, piece->str, piece->len);
		total += piece->len;
	}
	fy_token_iter_finish(r->iter);
	return piece == NULL && failed == 0 && total == n;
}

// False when the token's text cannot be told; the problem has been reported.
static bool read_text(reader *r, struct fy_token *token, vrd_place place, char *to, size_t n) {
	if (token == NULL)
		return true;
	if (!copy_text(r, token, to, n)) {
		vrd_yaml_problem(r->job, place, "yaml.syntax", "use double quotes around it",
		                 "quotes follow one another inside this text");
		return false;
	}
	if (memchr(to, '\0', n) != NULL || vrd_utf8_invalid_at(to, n) < n) {
		vrd_yaml_problem(r->job, place, "yaml.encoding", "remove the escape",
		                 "an escape in this text makes a NUL or no UTF-8");
		return false;
	}
	return true;
}

static vrd_status read_scalar(reader *r, struct fy_token *token, vrd_err *err) {
	vrd_status rc;
	const enum fy_scalar_style style =
	        token == NULL ? FYSS_PLAIN : fy_token_scalar_style(token);
	const bool plain = style == FYSS_PLAIN;
	const bool quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
	const size_t n = token == NULL ? 0 : fy_token_get_text_length(token);
	const vrd_place place = place_of(r, token, quoted);
	const range where = range_of(r, token);
	if (n > 2 * r->len) // libfyaml's (size_t)-1; \L, two bytes, makes three at most
		return vrd_fail(err, VRD_NOMEM, "no memory to read %s", r->job->file);
	char *text;
	VRD_TRY(VRD_NEW(r->job->mem, text, n + 1));
	const bool readable = read_text(r, token, place, text, n);
	if (!wants_key(r)) {
		vrd_yaml_tree tree = {.kind = VRD_NODE_SCALAR,
		                      .plain = plain,
		                      .refused = !readable,
		                      .place = place,
		                      .from = where.from + r->n_mark,
		                      .to = where.to + r->n_mark,
		                      .text = text};
		VRD_TRY(attach(r, &tree, err));
	} else if (n == 0 && plain) {
		vrd_yaml_problem(r->job, place, "yaml.syntax", "write a key before the \":\"",
		                 "a key is empty");
		set_key(r, NULL, place, where);
	} else {
		set_key(r, readable ? text : NULL, place, where);
	}
out:
	return rc;
}

static vrd_status read_alias(reader *r, struct fy_token *token, vrd_err *err) {
	const vrd_place place = place_of(r, token, true); // marked after its asterisk
	vrd_yaml_problem(r->job, place, "yaml.alias",
	                 "write the value out, or put quotes around a text that begins with *",
	                 "an alias (*) is not allowed");
	if (wants_key(r)) {
		set_key(r, NULL, place, (range){0, 0});
		return VRD_OK;
	}
	vrd_yaml_tree tree = {.kind = VRD_NODE_SCALAR, .place = place, .text = "", .refused = true};
	return attach(r, &tree, err);
}

static vrd_status open_container(reader *r, vrd_node_kind kind, struct fy_token *token,
                                 vrd_err *err) {
	const range where = range_of(r, token);
	vrd_yaml_tree tree = {.kind = kind,
	                      .place = place_of(r, token, false),
	                      .from = where.from + r->n_mark,
	                      .to = where.to + r->n_mark};
	if (wants_key(r)) {
		vrd_yaml_problem(r->job, tree.place, "yaml.wrong-type",
		                 "put quotes around a key that begins with [, {, - or ?",
		                 "a %s stands where a key belongs",
		                 kind == VRD_NODE_LIST ? "list" : "map");
		return stop(r);
	}
	if (r->depth == most_levels) {
		vrd_yaml_problem(r->job, tree.place, "yaml.depth", "write it with fewer levels",
		                 "lists and maps are nested more than %d deep", most_levels);
		return stop(r);
	}
	return attach(r, &tree, err);
}

// A flow container ends with its bracket, a block with its last value.
static void close_container(reader *r, struct fy_token *token) {
	assert(r->depth > 0);
	vrd_yaml_tree *tree = r->open[--r->depth];
	const range where = range_of(r, token);
	if (where.to > where.from)
		tree->to = where.to + r->n_mark;
	else if (tree->last != NULL)
		tree->to = tree->last->to;
	r->has_key = false;
}

// Anchors and tags are refused, what they stand at is read all the same.
static void refuse_properties(reader *r, struct fy_token *anchor, struct fy_token *tag) {
	if (anchor != NULL)
		vrd_yaml_problem(r->job, place_of(r, anchor, true), "yaml.alias",
		                 "remove it, or put quotes around a text that begins with &",
		                 "an anchor (&) is not allowed");
	if (tag != NULL)
		vrd_yaml_problem(r->job, place_of(r, tag, false), "yaml.alias",
		                 "remove it, or put quotes around a text that begins with !",
		                 "a tag (!) is not allowed");
}

static vrd_status read_event(reader *r, const struct fy_event *event, vrd_err *err) {
	switch (event->type) {
	case FYET_DOCUMENT_START:
		if (++r->n_documents == 1)
			return VRD_OK;
		vrd_yaml_problem(r->job, place_of(r, event->document_start.document_start, false),
		                 "yaml.syntax",
		                 "keep one document in a file: remove the --- or ...",
		                 "a second document begins after here");
		return stop(r);
	case FYET_SCALAR:
		refuse_properties(r, event->scalar.anchor, event->scalar.tag);
		return read_scalar(r, event->scalar.value, err);
	case FYET_ALIAS:
		return read_alias(r, event->alias.anchor, err);
	case FYET_SEQUENCE_START:
		refuse_properties(r, event->sequence_start.anchor, event->sequence_start.tag);
		return open_container(r, VRD_NODE_LIST, event->sequence_start.sequence_start, err);
	case FYET_MAPPING_START:
		refuse_properties(r, event->mapping_start.anchor, event->mapping_start.tag);
		return open_container(r, VRD_NODE_MAP, event->mapping_start.mapping_start, err);
	case FYET_SEQUENCE_END:
		close_container(r, event->sequence_end.sequence_end);
		return VRD_OK;
	case FYET_MAPPING_END:
		close_container(r, event->mapping_end.mapping_end);
		return VRD_OK;
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
	case FYET_DOCUMENT_END:
		return VRD_OK;
	}
	return VRD_OK;
}

// --- syntax errors ------------------------------------------------------------------------------

static bool is_flow(const reader *r, const vrd_yaml_tree *tree) {
	const size_t offset = r->line_start[tree->place.line - 1] + tree->place.column - 1;
	return offset < r->len && (r->bytes[offset] == '[' || r->bytes[offset] == '{');
}

static bool is_tab_indented(const reader *r, size_t line) {
	if (line == 0 || line > r->n_lines)
		return false;
	size_t i = r->line_start[line - 1];
	while (i < r->len && r->bytes[i] == ' ')
		i++;
	return i < r->len && r->bytes[i] == '\t';
}

// libfyaml says what it met; people ask what to do.
static const char *syntax_remedy(const reader *r, const char *message, vrd_place place,
                                 const vrd_yaml_tree *bracket) {
	static const struct {
		const char *part;
		const char *remedy;
	} remedies[] = {
	        {"nested block mapping", "put quotes around a text that holds \": \""},
	        {"multiline plain key",
	         "end a key with \":\" and a space, and indent keys of one map alike"},
	        {"expected ':'", "end a key with \":\" and a space"},
	        {"closing quote", "close the quotes"},
	        {"cannot start with", "put quotes around the text"},
	        {"trailing content",
	         "end the line after the closing quote; a quote inside is \\\" or ''"},
	        {"invalid escape", "write \\\\ for a backslash, or use single quotes"},
	        {"wrongly indented", "indent what stands in brackets, the closing one too"},
	        {"indent", "indent all keys of one map, and all items of one list, alike"},
	        {"same line as a mapping key", "begin a list of - items on a line of its own"},
	        {"end of block sequence", "indent all items of one list alike, each after \"- \""},
	        {"after mapping", "indent all keys of one map, and the lines of a text, alike"},
	};
	if (strstr(message, "tab") != NULL || is_tab_indented(r, place.line) ||
	    is_tab_indented(r, place.line + 1))
		return "indent with spaces: YAML refuses tabs";
	for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++) {
		if (strstr(message, remedies[i].part) != NULL)
			return remedies[i].remedy;
	}
	if (bracket != NULL || strstr(message, "flow") != NULL)
		return "check brackets and commas: [a, b] and {key: value}, indented";
	return "put quotes around texts with special characters and indent with spaces";
}

static void report_syntax(reader *r, struct fy_diag *diag) {
	void *at = NULL;
	const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &at);
	if (error == NULL) {
		vrd_yaml_problem(r->job, r->last, "yaml.syntax", NULL,
		                 "the text after here is not YAML");
		return;
	}
	vrd_place place = {r->job->file, error->line < 1 ? 1 : (size_t)error->line,
	                   error->column < 1 ? 1 : (size_t)error->column};
	if (error->fyt != NULL) // counts bytes, where the error counts characters
		place = place_of(r, error->fyt, false);
	const vrd_yaml_tree *inner = r->depth == 0 ? NULL : r->open[r->depth - 1];
	const vrd_yaml_tree *bracket = inner != NULL && is_flow(r, inner) ? inner : NULL;
	const char *remedy = syntax_remedy(r, error->msg, place, bracket);
	if (bracket != NULL)
		vrd_yaml_problem(r->job, place, "yaml.syntax", remedy,
		                 "%s (the bracket of line %zu, column %zu, is open)", error->msg,
		                 bracket->place.line, bracket->place.column);
	else
		vrd_yaml_problem(r->job, place, "yaml.syntax", remedy, "%s", error->msg);
}

// What was read before an error is checked too, so that one reading tells all. An open bracket may
// have swallowed lines that were not meant for it.
static void cut_open(reader *r) {
	bool swallowed = false;
	for (size_t i = 0; i < r->depth; i++) {
		r->open[i]->cut = true;
		swallowed = swallowed || is_flow(r, r->open[i]);
		r->open[i]->refused = swallowed;
	}
}

// --- the parser ---------------------------------------------------------------------------------

// Not a word to stderr, whatever the library thinks of to say.
static void discard(struct fy_diag *diag, void *user, const char *text, size_t len) {
	(void)diag, (void)user, (void)text, (void)len;
}

static vrd_status read_events(reader *r, struct fy_parser *parser, struct fy_diag *diag,
                              vrd_err *err) {
	vrd_status rc = VRD_OK;
	for (bool more = true; more && !r->stopped && rc == VRD_OK;) {
		struct fy_event *event = fy_parser_parse(parser);
		if (event == NULL) {
			report_syntax(r, diag);
			return stop(r);
		}
		more = event->type != FYET_STREAM_END;
		rc = read_event(r, event, err);
		fy_parser_event_free(parser, event);
	}
	return rc;
}

static vrd_status run_parser(reader *r, vrd_err *err) {
	vrd_status rc;
	struct fy_parser *parser = NULL;
	struct fy_diag_cfg diag_cfg;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag_cfg.output_fn = discard;
	diag_cfg.colorize = false;
	diag_cfg.level = FYET_ERROR;
	struct fy_diag *diag = fy_diag_create(&diag_cfg);
	if (diag != NULL) {
		fy_diag_set_collect_errors(diag, true);
		const struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 |
		                                          FYPCF_JSON_NONE,
		                                 .diag = diag};
		parser = fy_parser_create(&cfg);
		r->iter = fy_token_iter_create(NULL);
	}
	if (parser == NULL || r->iter == NULL ||
	    fy_parser_set_string(parser, r->bytes, r->len) != 0) {
		rc = vrd_fail(err, VRD_NOMEM, "no memory to read %s", r->job->file);
		goto out;
	}
	VRD_TRY(read_events(r, parser, diag, err));
	if (r->stopped)
		cut_open(r);
out:
	fy_token_iter_destroy(r->iter);
	fy_parser_destroy(parser);
	fy_diag_destroy(diag);
	return rc;
}

vrd_status vrd_yaml_parse(vrd_yaml_job *job, const char *bytes, size_t len, vrd_yaml_tree **out,
                          vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (len > most_bytes) {
		vrd_yaml_problem(job, (vrd_place){job->file, 0, 0}, "yaml.size",
		                 "put tables into CSV files and name them here",
		                 "%zu bytes are more than the %d MiB that are read", len,
		                 most_bytes >> 20);
		*out = NULL;
		return VRD_OK;
	}
	reader r = {.job = job, .bytes = bytes, .len = len};
	r.last = (vrd_place){job->file, 1, 1};
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		r.bytes += 3;
		r.len -= 3;
		r.n_mark = 3;
	}
	if (r.len > 0) {
		VRD_TRY(find_lines(&r, err));
		if (is_text(&r) && has_short_gaps(&r) && has_few_tokens(&r) && has_no_directive(&r))
			VRD_TRY(run_parser(&r, err));
	}
	*out = r.root;
out:
	return rc;
}
