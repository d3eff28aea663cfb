// Changes become edits (bytes from .. to are replaced), which are sorted and applied in one pass.
#include "region/yaml_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

typedef struct {
	size_t from, to; // equal: an insertion
	size_t column;   // of lines for a map: where maps end together, the inner one comes first
	size_t order;    // other insertions at one place stay in the order they were made
	const char *text;
	size_t n;
} edit;

typedef struct {
	vrd_arena *mem;
	const char *bytes;
	size_t len;
	edit *edits;
	size_t n, capacity;
	vrd_err *err;
} editor;

// --- the text -----------------------------------------------------------------------------------

static bool is_break(const editor *e, size_t at) {
	return at < e->len && (e->bytes[at] == '\n' || e->bytes[at] == '\r');
}

static bool is_blank(char c) {
	return c == ' ' || c == '\t';
}

static size_t line_start(const editor *e, size_t at) {
	while (at > 0 && !is_break(e, at - 1))
		at--;
	return at;
}

static size_t line_end(const editor *e, size_t at) {
	while (at < e->len && !is_break(e, at))
		at++;
	return at;
}

static size_t after_break(const editor *e, size_t at) {
	if (at + 1 < e->len && e->bytes[at] == '\r' && e->bytes[at + 1] == '\n')
		return at + 2;
	return at < e->len ? at + 1 : at;
}

// Whether a value ends with the line break of its last line (a block text that keeps its own).
static bool ends_line(const editor *e, size_t to) {
	return to > 0 && is_break(e, to - 1);
}

// Where the line after a value begins.
static size_t line_after(const editor *e, size_t to) {
	return ends_line(e, to) ? to : after_break(e, line_end(e, to));
}

// The line break that the text uses around here.
static const char *line_break(const editor *e, size_t at) {
	size_t end = line_end(e, at);
	if (end == e->len && line_start(e, at) > 0) {
		end = line_start(e, at) - 1;
		end -= e->bytes[end] == '\n' && end > 0 && e->bytes[end - 1] == '\r';
	}
	if (end == e->len || e->bytes[end] == '\n')
		return "\n";
	return after_break(e, end) == end + 2 ? "\r\n" : "\r";
}

static bool has_comment(const editor *e, size_t from, size_t to) {
	return to > from && memchr(e->bytes + from, '#', to - from) != NULL;
}

static bool is_flow(const editor *e, const vrd_node *node) {
	return node->from < e->len && (e->bytes[node->from] == '{' || e->bytes[node->from] == '[');
}

// A list or map of lines; a list may also be a single value that stands for it.
static bool is_block(const editor *e, const vrd_node *node) {
	if (node->kind == VRD_NODE_SCALAR || is_flow(e, node))
		return false;
	return node->kind == VRD_NODE_MAP || node->n == 0 || node->items[0].from != node->from;
}

// The ":" behind a key; e->len when the key is written as "? key".
static size_t colon_of(const editor *e, const vrd_node *child) {
	size_t before = child->key_from;
	while (before > 0 && is_blank(e->bytes[before - 1]))
		before--;
	if (before > 0 && before < child->key_from && e->bytes[before - 1] == '?')
		return e->len;
	size_t at = child->key_to;
	while (at < e->len && is_blank(e->bytes[at]))
		at++;
	return at < e->len && e->bytes[at] == ':' ? at : e->len;
}

// --- edits --------------------------------------------------------------------------------------

// Takes the text out of `text`, which is empty after.
static vrd_status replace(editor *e, size_t from, size_t to, vrd_buf *text) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	char *copy = NULL;
	if (e->n == e->capacity) {
		edit *larger;
		VRD_TRY(VRD_NEW(e->mem, larger, 2 * e->capacity + 16));
		if (e->n > 0)
			memcpy(larger, e->edits, e->n * sizeof *larger);
		e->edits = larger;
		e->capacity = 2 * e->capacity + 16;
	}
	if (!text->failed)
		copy = vrd_arena_strndup(e->mem, text->p == NULL ? "" : text->p, text->n);
	if (copy == NULL)
		VRD_TRY(vrd_no_memory(err, e->mem, text->n, 1));
	e->edits[e->n] = (edit){from, to, SIZE_MAX, e->n, copy, text->n};
	e->n++;
out:
	vrd_buf_free(text);
	return rc;
}

static vrd_status erase(editor *e, size_t from, size_t to) {
	vrd_buf nothing = {0};
	return replace(e, from, to, &nothing);
}

static int by_place(const void *a, const void *b) {
	const edit *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->column != y->column)
		return x->column > y->column ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static vrd_status apply(editor *e, vrd_buf *out) {
	size_t at = 0;
	if (e->n > 0)
		qsort(e->edits, e->n, sizeof *e->edits, by_place);
	for (size_t i = 0; i < e->n; i++) {
		if (e->edits[i].from < at)
			return vrd_fail(e->err, VRD_INTERNAL,
			                "two changes of a YAML text overlap at byte %zu",
			                e->edits[i].from);
		at = e->edits[i].to;
	}
	vrd_buf text = {0};
	at = 0;
	for (size_t i = 0; i < e->n; i++) {
		vrd_buf_add(&text, e->bytes + at, e->edits[i].from - at);
		vrd_buf_add(&text, e->edits[i].text, e->edits[i].n);
		at = e->edits[i].to;
	}
	vrd_buf_add(&text, e->bytes + at, e->len - at);
	if (!text.failed)
		vrd_buf_add(out, text.p, text.n);
	const bool failed = text.failed || out->failed;
	vrd_buf_free(&text);
	return failed ? vrd_fail(e->err, VRD_NOMEM, "no memory for a changed text") : VRD_OK;
}

// --- one map ------------------------------------------------------------------------------------

// The changes of one map: of its children by index (NULL: stays), and those that add a key.
typedef struct {
	const vrd_node *map;
	const vrd_yaml_change **of;
	const vrd_yaml_change **adds;
	size_t n_adds, n_kept;
} plan;

static bool is_removed(const plan *p, size_t i) {
	return p->of[i] != NULL && p->of[i]->value == NULL;
}

static size_t child_index(const vrd_node *map, const char *key) {
	size_t i = 0;
	while (i < map->n && strcmp(map->keys[i], key) != 0)
		i++;
	return i;
}

// The reader takes a value below its key that is not indented; a key after it would not be read.
static bool is_loose(const editor *e, const vrd_node *map) {
	bool loose = false;
	for (size_t i = 0; i < map->n && !is_flow(e, map); i++) {
		const vrd_node *child = &map->items[i];
		const size_t start = line_start(e, child->from);
		loose = loose || (start > child->key_to && !is_block(e, child) &&
		                  child->from - start < map->place.column);
	}
	return loose;
}

static vrd_status make_plan(editor *e, const vrd_node *map, size_t n,
                            const vrd_yaml_change changes[], plan *p) {
	vrd_status rc = VRD_OK;
	vrd_err *err = e->err;
	*p = (plan){.map = map, .n_kept = map->n};
	VRD_TRY(VRD_NEW(e->mem, p->of, map->n));
	VRD_TRY(VRD_NEW(e->mem, p->adds, n));
	if (is_loose(e, map))
		VRD_TRY(vrd_fail(err, VRD_CONFIG,
		                 "line %zu: this cannot be changed by a command: indent each value "
		                 "that stands below its key",
		                 map->place.line));
	for (size_t c = 0; c < n; c++) {
		const vrd_yaml_change *change = &changes[c];
		if (change->map != map)
			continue;
		const size_t i = child_index(map, change->key);
		bool twice = i < map->n && p->of[i] != NULL;
		for (size_t k = 0; k < p->n_adds; k++)
			twice = twice || strcmp(p->adds[k]->key, change->key) == 0;
		if (twice)
			VRD_TRY(vrd_fail(err, VRD_INTERNAL,
			                 "line %zu: the key \"%s\" is changed twice at once",
			                 map->place.line, change->key));
		if (i < map->n && colon_of(e, &map->items[i]) == e->len)
			VRD_TRY(vrd_fail(err, VRD_CONFIG,
			                 "line %zu: the key \"%s\" cannot be changed by a command: "
			                 "write it as \"%s: ...\" on one line",
			                 map->items[i].place.line, change->key, change->key));
		if (i < map->n)
			p->of[i] = change;
		else if (change->value != NULL)
			p->adds[p->n_adds++] = change;
		p->n_kept -= i < map->n && change->value == NULL;
	}
out:
	return rc;
}

static void put_pair(vrd_buf *out, const vrd_yaml_change *change) {
	vrd_yaml_put_scalar(out, change->key);
	vrd_buf_printf(out, ": %s", change->value);
}

// A map of which nothing stays.
static vrd_status replace_map(editor *e, const plan *p) {
	vrd_buf text = {0};
	vrd_buf_putc(&text, '{');
	for (size_t i = 0; i < p->n_adds; i++) {
		vrd_buf_puts(&text, i == 0 ? "" : ", ");
		put_pair(&text, p->adds[i]);
	}
	vrd_buf_putc(&text, '}');
	if (ends_line(e, p->map->to))
		vrd_buf_puts(&text, line_break(e, p->map->from));
	return replace(e, p->map->from, p->map->to, &text);
}

// Whether a new value stands behind the colon, and the lines of the old one go.
static bool gives_way(const editor *e, const vrd_node *child) {
	return is_block(e, child) && line_end(e, colon_of(e, child)) < child->from;
}

static vrd_status set_value(editor *e, const vrd_node *child, const char *value) {
	vrd_status rc = VRD_OK;
	vrd_buf text = {0};
	const size_t colon = colon_of(e, child);
	const bool lines = gives_way(e, child);
	if (lines || e->bytes[child->from - 1] == ':')
		vrd_buf_putc(&text, ' ');
	vrd_buf_puts(&text, value);
	if (lines) {
		VRD_TRY(replace(e, colon + 1, colon + 1, &text));
		VRD_TRY(erase(e, line_start(e, child->from), line_after(e, child->to)));
	} else {
		if (ends_line(e, child->to))
			vrd_buf_puts(&text, line_break(e, child->from));
		VRD_TRY(replace(e, child->from, child->to, &text));
	}
out:
	return rc;
}

// The children from i up to *end go, and one stands after them or before them.
static vrd_status remove_from_flow(editor *e, const plan *p, size_t i, size_t end) {
	const vrd_node *items = p->map->items;
	const vrd_node *last = &items[end - 1];
	if (end < p->map->n)
		return erase(e, items[i].key_from, items[end].key_from);
	if (!has_comment(e, items[i - 1].to, items[i].key_from))
		return erase(e, items[i - 1].to, last->to);
	size_t to = last->to; // the comma in front stays, so one behind has to go
	while (to < e->len && (is_blank(e->bytes[to]) || is_break(e, to)))
		to++;
	return erase(e, items[i].key_from, e->bytes[to] == ',' ? to + 1 : last->to);
}

static vrd_status remove_line(editor *e, const vrd_node *child) {
	const size_t start = line_start(e, child->key_from);
	size_t at = start;
	while (at < child->key_from && is_blank(e->bytes[at]))
		at++;
	if (at == child->key_from)
		return erase(e, start, line_after(e, child->to));
	vrd_buf text = {0}; // behind a "- ", which stays
	if (ends_line(e, child->to))
		vrd_buf_puts(&text, line_break(e, child->key_from));
	return replace(e, child->key_from, child->to, &text);
}

static vrd_status remove_from_block(editor *e, const plan *p, size_t i, size_t end) {
	vrd_status rc = VRD_OK;
	const vrd_node *items = p->map->items;
	bool commented = end == p->map->n;
	for (size_t k = i; k + 1 <= end && k + 1 < p->map->n; k++)
		commented = commented || has_comment(e, items[k].to, items[k + 1].key_from);
	if (i == 0 && !commented) // "- a: 1" and "  b: 2" become "- b: 2"
		return erase(e, items[0].key_from, items[end].key_from);
	for (size_t k = i; k < end; k++)
		VRD_TRY(remove_line(e, &items[k]));
out:
	return rc;
}

static vrd_status remove_keys(editor *e, const plan *p) {
	vrd_status rc = VRD_OK;
	for (size_t i = 0; i < p->map->n; i++) {
		size_t end = i;
		while (end < p->map->n && is_removed(p, end))
			end++;
		if (end == i)
			continue;
		if (is_flow(e, p->map))
			VRD_TRY(remove_from_flow(e, p, i, end));
		else
			VRD_TRY(remove_from_block(e, p, i, end));
		i = end;
	}
out:
	return rc;
}

// Inserts whole lines behind the last child that stays.
static vrd_status insert_lines(editor *e, const plan *p, const char *lines) {
	vrd_status rc = VRD_OK;
	size_t i = p->map->n - 1;
	while (is_removed(p, i))
		i--;
	const vrd_node *last = &p->map->items[i];
	const bool shrinks = p->of[i] != NULL && gives_way(e, last);
	const size_t at = shrinks ? colon_of(e, last) : last->to;
	vrd_buf text = {0};
	if (ends_line(e, at)) {
		vrd_buf_printf(&text, "%s%s", lines, line_break(e, last->key_from));
		VRD_TRY(replace(e, at, at, &text));
	} else {
		vrd_buf_printf(&text, "%s%s", line_break(e, at), lines);
		VRD_TRY(replace(e, line_end(e, at), line_end(e, at), &text));
	}
	e->edits[e->n - 1].column = p->map->place.column;
out:
	return rc;
}

static void put_indent(vrd_buf *out, size_t n) {
	for (size_t i = 0; i < n; i++)
		vrd_buf_putc(out, ' ');
}

static vrd_status add_keys(editor *e, const plan *p) {
	vrd_status rc = VRD_OK;
	const vrd_node *map = p->map;
	vrd_buf text = {0};
	size_t last = map->n;
	while (last > 0 && is_removed(p, last - 1))
		last--;
	for (size_t i = 0; i < p->n_adds; i++) {
		vrd_buf_reset(&text);
		if (is_flow(e, map)) {
			vrd_buf_puts(&text, last > 0 || i > 0 ? ", " : "");
			put_pair(&text, p->adds[i]);
			const size_t at = last > 0 ? map->items[last - 1].to : map->from + 1;
			VRD_TRY(replace(e, at, at, &text));
		} else {
			put_indent(&text, map->place.column - 1);
			put_pair(&text, p->adds[i]);
			VRD_TRY(text.failed ? vrd_no_memory(e->err, e->mem, text.n, 1)
			                    : insert_lines(e, p, text.p));
		}
	}
out:
	vrd_buf_free(&text);
	return rc;
}

static vrd_status change_map(editor *e, const vrd_node *map, size_t n,
                             const vrd_yaml_change changes[]) {
	vrd_status rc = VRD_OK;
	plan p;
	VRD_TRY(make_plan(e, map, n, changes, &p));
	if (p.n_kept == 0 && map->n > 0)
		return replace_map(e, &p);
	for (size_t i = 0; i < map->n; i++) {
		if (p.of[i] != NULL && p.of[i]->value != NULL)
			VRD_TRY(set_value(e, &map->items[i], p.of[i]->value));
	}
	VRD_TRY(remove_keys(e, &p));
	VRD_TRY(add_keys(e, &p));
out:
	return rc;
}

vrd_status vrd_yaml_edit(vrd_arena *mem, const char *bytes, size_t len, size_t n,
                         const vrd_yaml_change changes[], vrd_buf *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	editor e = {.mem = mem, .bytes = bytes, .len = len, .err = err};
	for (size_t i = 0; i < n; i++) {
		bool done = false; // with an earlier change of the same map
		for (size_t k = 0; k < i; k++)
			done = done || changes[k].map == changes[i].map;
		if (!done)
			VRD_TRY(change_map(&e, changes[i].map, n, changes));
	}
	VRD_TRY(apply(&e, out));
out:
	return rc;
}

// --- lists --------------------------------------------------------------------------------------

// The lines of an item, the first behind a "- "; without the last line break.
static void put_item(vrd_buf *out, const char *item, size_t indent, const char *nl) {
	vrd_str rest = vrd_str_of(item), line;
	while (rest.n > 0 && rest.p[rest.n - 1] == '\n')
		rest.n--;
	for (bool first = true; vrd_str_split(&rest, '\n', &line); first = false) {
		if (!first)
			vrd_buf_puts(out, nl);
		if (first || line.n > 0)
			put_indent(out, indent);
		if (first || line.n > 0)
			vrd_buf_puts(out, first ? "- " : "  ");
		vrd_buf_add(out, line.p, line.n);
	}
}

static vrd_status append_new(editor *e, const vrd_node *map, const char *key, const char *item) {
	vrd_status rc = VRD_OK;
	plan p;
	vrd_buf text = {0};
	const char *nl = line_break(e, map->from);
	VRD_TRY(make_plan(e, map, 0, NULL, &p));
	put_indent(&text, map->place.column - 1);
	vrd_yaml_put_scalar(&text, key);
	vrd_buf_printf(&text, ":%s", nl);
	put_item(&text, item, map->place.column + 1, nl);
	VRD_TRY(text.failed ? vrd_no_memory(e->err, e->mem, text.n, 1)
	                    : insert_lines(e, &p, text.p));
out:
	vrd_buf_free(&text);
	return rc;
}

static vrd_status append_to_list(editor *e, const vrd_node *map, const vrd_node *list,
                                 const char *item) {
	const char *nl = line_break(e, list->from);
	vrd_buf text = {0};
	if (is_block(e, list)) {
		const bool own_line = ends_line(e, list->to);
		const size_t at = own_line ? list->to : line_end(e, list->to);
		vrd_buf_puts(&text, own_line ? "" : nl);
		put_item(&text, item, list->place.column - 1, nl);
		vrd_buf_puts(&text, own_line ? nl : "");
		return replace(e, at, at, &text);
	}
	// An empty [] becomes lines.
	vrd_status rc = VRD_OK;
	const size_t colon = colon_of(e, list);
	VRD_TRY(erase(e, colon + 1, list->to));
	vrd_buf_puts(&text, nl);
	put_item(&text, item, map->place.column + 1, nl);
	VRD_TRY(replace(e, line_end(e, list->to), line_end(e, list->to), &text));
out:
	return rc;
}

vrd_status vrd_yaml_append(vrd_arena *mem, const char *bytes, size_t len, const vrd_node *map,
                           const char *key, const char *item, vrd_buf *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	editor e = {.mem = mem, .bytes = bytes, .len = len, .err = err};
	const vrd_node *list = vrd_node_get(map, key);
	const bool empty = list != NULL && list->n == 0 && is_flow(&e, list) &&
	                   !has_comment(&e, list->from, list->to);
	const bool lines = list == NULL || is_block(&e, list) || (empty && !is_flow(&e, map));
	if ((list == NULL && is_flow(&e, map)) || !lines ||
	    (list != NULL && colon_of(&e, list) == len))
		VRD_TRY(vrd_fail(err, VRD_CONFIG,
		                 "line %zu: nothing can be added to \"%s\": write it as lines, "
		                 "\"%s:\" and below it \"- ...\" for each item",
		                 list == NULL ? map->place.line : list->place.line, key, key));
	if (list == NULL)
		VRD_TRY(append_new(&e, map, key, item));
	else
		VRD_TRY(append_to_list(&e, map, list, item));
	VRD_TRY(apply(&e, out));
out:
	return rc;
}
