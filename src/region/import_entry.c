#include "region/import_parts.h"

#include "region/schemas.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

// --- the entry ----------------------------------------------------------------------------------

vrd_status vrd_import_pair(vrd_arena *mem, const char *option, const char *text, char separator,
                           const char **left, const char **right, vrd_err *err) {
	const char *at = text;
	size_t n = 0;
	char *name = vrd_arena_alloc(mem, strlen(text) + 1, 1);
	if (!name)
		return vrd_no_memory(err, mem, strlen(text), 1);
	if (*at == '"') {
		for (at++; *at && (*at != '"' || at[1] == '"'); at++) {
			at += *at == '"';
			name[n++] = *at;
		}
		at += *at == '"';
	} else {
		while (*at && *at != separator)
			name[n++] = *at++;
	}
	if (n == 0 || *at != separator)
		return vrd_fail(err, VRD_USAGE,
		                "--%s \"%s\": write %s%cTEXT, with something before the %c", option,
		                text, separator == ':' ? "DIMENSION" : "NAME", separator,
		                separator);
	*left = name;
	*right = at + 1;
	return VRD_OK;
}

// A text as YAML: plain where that cannot mean anything else, else between double quotes.
static void put_text(vrd_buf *out, const char *text) {
	static const char plain[] =
	        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+=-";
	const size_t n = strlen(text);
	if (n && strspn(text, plain) == n && !strchr("_./+=-", text[0])) {
		vrd_buf_puts(out, text);
		return;
	}
	vrd_buf_putc(out, '"');
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7F) {
			vrd_buf_printf(out, "\\x%02X", (unsigned)(unsigned char)*text);
			continue;
		}
		if (*text == '"' || *text == '\\')
			vrd_buf_putc(out, '\\');
		vrd_buf_putc(out, *text);
	}
	vrd_buf_putc(out, '"');
}

static void put_key(vrd_buf *out, size_t indent, const char *key) {
	vrd_buf_printf(out, "%*s", (int)indent, "");
	put_text(out, key);
	vrd_buf_puts(out, ": ");
}

static void put_line(vrd_buf *out, size_t indent, const char *key, const char *text) {
	if (!text)
		return;
	put_key(out, indent, key);
	put_text(out, text);
	vrd_buf_putc(out, '\n');
}

static void put_number(vrd_buf *out, size_t indent, const char *key, double x) {
	char text[32];
	vrd_format_double(x, text);
	put_key(out, indent, key);
	vrd_buf_printf(out, "%s\n", text);
}

static vrd_status put_pairs(const vrd_import *job, vrd_buf *out, size_t indent, const char *key,
                            const char *option, size_t n, const char *const *texts, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *left, *right;
	if (n)
		vrd_buf_printf(out, "%*s%s:\n", (int)indent, "", key);
	for (size_t i = 0; i < n; i++) {
		VRD_TRY(vrd_import_pair(job->mem, option, texts[i], '=', &left, &right, err));
		put_line(out, indent + 2, left, right);
	}
out:
	return rc;
}

// dimension:from=to, gathered by dimension in the order of first mention.
static vrd_status put_recodes(const vrd_import *job, vrd_buf *out, size_t indent, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_import_options *opt = job->opt;
	const char **dims, **rests, *from, *to;
	VRD_TRY(VRD_NEW(job->mem, dims, opt->n_recodes));
	VRD_TRY(VRD_NEW(job->mem, rests, opt->n_recodes));
	for (size_t i = 0; i < opt->n_recodes; i++)
		VRD_TRY(vrd_import_pair(job->mem, "recode", opt->recodes[i], ':', &dims[i],
		                        &rests[i], err));
	if (opt->n_recodes)
		vrd_buf_printf(out, "%*srecode:\n", (int)indent, "");
	for (size_t i = 0; i < opt->n_recodes; i++) {
		bool told = false;
		for (size_t j = 0; j < i; j++)
			told = told || strcmp(dims[i], dims[j]) == 0;
		if (told)
			continue;
		vrd_buf_printf(out, "%*s", (int)indent + 2, "");
		put_text(out, dims[i]);
		vrd_buf_puts(out, ":\n");
		for (size_t j = i; j < opt->n_recodes; j++) {
			if (strcmp(dims[i], dims[j]) != 0)
				continue;
			VRD_TRY(vrd_import_pair(job->mem, "recode", rests[j], '=', &from, &to,
			                        err));
			put_line(out, indent + 4, from, to);
		}
	}
out:
	return rc;
}

vrd_status vrd_import_entry(const vrd_import *job, const char *path, size_t indent, vrd_buf *out,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_import_options *opt = job->opt;
	const size_t in = indent + 2;
	vrd_buf_printf(out, "%*s- kind: %s\n", (int)indent, "", opt->as);
	put_line(out, in, "file", path);
	put_line(out, in, "source", opt->source);
	put_line(out, in, "license", opt->license);
	put_line(out, in, "variant", opt->variant);
	if (opt->main)
		put_line(out, in, "main", "true");
	if (!isnan(opt->weight))
		put_number(out, in, "weight", opt->weight);
	if (opt->borders)
		put_number(out, in, "borders", (double)opt->borders);
	put_line(out, in, "absent", opt->absent);
	put_line(out, in, "other_areas", opt->other_areas);
	if (opt->sum)
		put_line(out, in, "sum", "true");
	if (opt->suppress >= 0)
		put_number(out, in, "suppress", (double)opt->suppress);
	put_line(out, in, "separator", opt->separator);
	put_line(out, in, "decimal", opt->decimal);
	VRD_TRY(put_pairs(job, out, in, "columns", "map", opt->n_maps, opt->maps, err));
	VRD_TRY(put_pairs(job, out, in, "constants", "set", opt->n_sets, opt->sets, err));
	VRD_TRY(put_recodes(job, out, in, err));
	if (out->failed)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for the entry of %s", path));
out:
	return rc;
}

// --- its place in region.yaml -------------------------------------------------------------------

// region.yaml as lines; offsets are of first bytes.
typedef struct {
	const char *text;
	size_t len;
} source;

static size_t next_line(source s, size_t at) {
	const char *end = memchr(s.text + at, '\n', s.len - at);
	return end ? (size_t)(end - s.text) + 1 : s.len;
}

static size_t line_offset(source s, size_t line) {
	size_t at = 0;
	while (line-- > 1 && at < s.len)
		at = next_line(s, at);
	return at;
}

static size_t indent_of(source s, size_t at) {
	size_t n = 0;
	while (at + n < s.len && s.text[at + n] == ' ')
		n++;
	return n;
}

static bool is_dash(source s, size_t at) {
	return at < s.len && s.text[at] == '-' &&
	       (at + 1 == s.len || strchr(" \t\r\n", s.text[at + 1]) != NULL);
}

// End of what begins at `at`: past the last line that belongs to a list whose dashes stand in
// column `dash` (one_item: to its next dash). Comments count when they stand deeper than the
// dashes; blank lines and comments after the end stay where they are.
static size_t block_end(source s, size_t at, size_t dash, bool one_item) {
	size_t end = next_line(s, at);
	for (size_t line = end; line < s.len; line = next_line(s, line)) {
		const size_t indent = indent_of(s, line);
		const size_t first = line + indent;
		if (first >= s.len || s.text[first] == '\n' || s.text[first] == '\r')
			continue;
		const bool item = indent == dash && is_dash(s, first) && !one_item;
		if (s.text[first] == '#' && indent <= dash)
			continue;
		if (indent <= dash && !item)
			break;
		end = next_line(s, line);
	}
	return end;
}

// Where to cut [from, to) and put the entry, with what before it.
typedef struct {
	size_t from, to;
	size_t indent;
	const char *before;
} cut;

static vrd_status find_cut(const vrd_import *job, source s, size_t replaced, cut *out,
                           vrd_err *err) {
	const vrd_node *list = vrd_node_get(job->region->config, "data");
	if (!list) {
		*out = (cut){s.len, s.len, 2, "data:\n"};
		return VRD_OK;
	}
	const size_t line = line_offset(s, list->place.line);
	size_t at = line + list->place.column - 1;
	if (at < s.len && s.text[at] == '[' && list->n == 0) {
		// "data: []": the brackets go, a comment after them stays.
		const char *close = memchr(s.text + at, ']', s.len - at);
		if (close && memchr(s.text + at, '\n', (size_t)(close - s.text) - at) == NULL) {
			*out = (cut){at, (size_t)(close - s.text) + 1, 2, NULL};
			return VRD_OK;
		}
	}
	if (at >= s.len || !is_dash(s, at) || indent_of(s, line) != list->place.column - 1)
		return vrd_fail(
		        err, VRD_CONFIG,
		        "region.yaml:%zu: data is written between brackets; write it as lines "
		        "that begin with \"- kind: ...\", then import again",
		        list->place.line);
	const size_t dash = list->place.column - 1;
	at = line;
	if (replaced == VRD_NONE) {
		const size_t end = block_end(s, at, dash, false);
		*out = (cut){end, end, dash, ""};
		return VRD_OK;
	}
	for (size_t i = 0; i < replaced; i++)
		for (at = block_end(s, at, dash, true);
		     at < s.len && !is_dash(s, at + indent_of(s, at));)
			at = next_line(s, at);
	*out = (cut){at, block_end(s, at, dash, true), dash, ""};
	return VRD_OK;
}

static bool same(const vrd_node *a, const vrd_node *b) {
	if (!a || !b || a->kind != b->kind || a->n != b->n)
		return a == b;
	if (a->kind == VRD_NODE_SCALAR)
		return strcmp(a->text, b->text) == 0;
	for (size_t i = 0; i < a->n; i++)
		if (!same(&a->items[i], &b->items[i]) ||
		    (a->kind == VRD_NODE_MAP && strcmp(a->keys[i], b->keys[i]) != 0))
			return false;
	return true;
}

// The text was cut by lines: it must say what it said before, and the entry besides.
static bool is_kept(const vrd_node *old, const vrd_node *fresh, size_t replaced) {
	for (size_t i = 0; i < old->n; i++)
		if (strcmp(old->keys[i], "data") != 0 &&
		    !same(&old->items[i], vrd_node_get(fresh, old->keys[i])))
			return false;
	const vrd_node *a = vrd_node_get(old, "data"), *b = vrd_node_get(fresh, "data");
	const size_t n = a ? a->n : 0;
	if (!b || b->n != n + (replaced == VRD_NONE))
		return false;
	for (size_t i = 0; i < n; i++)
		if (i != replaced && !same(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static void put_cut(vrd_buf *out, source s, const cut *at, const char *entry) {
	vrd_buf_add(out, s.text, at->from);
	size_t rest = at->to;
	if (!at->before) { // after what is left of the line of the brackets
		rest = next_line(s, at->to);
		vrd_buf_add(out, s.text + at->to, rest - at->to);
	}
	if (out->n && out->p[out->n - 1] != '\n')
		vrd_buf_putc(out, '\n');
	if (at->before)
		vrd_buf_puts(out, at->before);
	vrd_buf_puts(out, entry);
	vrd_buf_add(out, s.text + rest, s.len - rest);
}

vrd_status vrd_import_splice(const vrd_import *job, const char *old, size_t old_len,
                             const char *path, size_t replaced, const char **text, size_t *len,
                             vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_buf entry = {0}, out = {0};
	const source s = {old, old_len};
	const vrd_node *fresh;
	vrd_diag quiet;
	vrd_err why = {0};
	cut at = {0};
	VRD_TRY(find_cut(job, s, replaced, &at, err));
	VRD_TRY(vrd_import_entry(job, path, at.indent, &entry, err));
	put_cut(&out, s, &at, entry.p);
	if (out.failed)
		VRD_TRY(vrd_fail(err, VRD_NOMEM, "no memory for region.yaml"));
	vrd_diag_init(&quiet, job->mem, 0);
	rc = vrd_yaml_read(job->mem, out.p, out.n, "region.yaml", &vrd_region_schema, &fresh,
	                   &quiet, &why);
	if (rc != VRD_OK)
		VRD_TRY(vrd_fail(err, rc == VRD_CONFIG ? VRD_USAGE : rc,
		                 "these options make no entry of region.yaml: %s", why.text));
	if (!is_kept(job->region->config, fresh, replaced))
		VRD_TRY(vrd_fail(
		        err, VRD_CONFIG,
		        "the place for the entry in region.yaml was not found; add it to data: "
		        "by hand:\n%s",
		        entry.p));
	*text = vrd_arena_strndup(job->mem, out.p, out.n);
	*len = out.n;
	if (!*text)
		VRD_TRY(vrd_no_memory(err, job->mem, out.n, 1));
out:
	vrd_buf_free(&entry);
	vrd_buf_free(&out);
	return rc;
}
