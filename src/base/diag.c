#include "base/diag.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

enum { default_limit = 50 };

void vrd_diag_init(vrd_diag *diag, vrd_arena *mem, size_t limit) {
	*diag = (vrd_diag){.mem = mem, .limit = limit};
}

static bool same_file(const char *a, const char *b) {
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

// Problems kept of `file`. Sets *name to the list's own copy of it, NULL when there is none.
static size_t kept_of_file(const vrd_diag *diag, const char *file, const char **name) {
	size_t n = 0;
	*name = NULL;
	for (size_t i = 0; i < diag->n; i++) {
		const char *known = diag->items[i].place.file;
		// Copies are shared, so once one is found its address tells the others.
		if (*name != NULL ? known == *name : same_file(known, file)) {
			*name = known;
			n++;
		}
	}
	return n;
}

static bool grow(vrd_diag *diag) {
	if (diag->n < diag->capacity)
		return true;
	const size_t capacity = diag->capacity == 0 ? 16 : 2 * diag->capacity;
	vrd_problem *items = vrd_arena_alloc(diag->mem, capacity, sizeof *items);
	if (items == NULL)
		return false;
	if (diag->n > 0)
		memcpy(items, diag->items, diag->n * sizeof *items);
	diag->items = items;
	diag->capacity = capacity;
	return true;
}

// A problem is one line on a terminal; the input that it quotes may hold anything.
static void make_printable(char *text) {
	for (; *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;
		if (c == '\n' || c == '\t')
			*text = ' ';
		else if (c < 0x20 || c == 0x7F)
			*text = '?';
	}
}

static char *printable_copy(vrd_arena *mem, const char *text) {
	char *copy = vrd_arena_strdup(mem, text);
	if (copy != NULL)
		make_printable(copy);
	return copy;
}

// Keeps the problem; false when memory is used up.
static bool keep(vrd_diag *diag, vrd_problem problem, const char *file_copy, const char *text) {
	const char *file = problem.place.file;
	const char *remedy = problem.remedy;
	if (!grow(diag))
		return false;
	if (file != NULL)
		problem.place.file =
		        file_copy != NULL ? file_copy : printable_copy(diag->mem, file);
	problem.text = printable_copy(diag->mem, text);
	if (remedy != NULL)
		problem.remedy = printable_copy(diag->mem, remedy);
	if (problem.text == NULL || (file != NULL && problem.place.file == NULL) ||
	    (remedy != NULL && problem.remedy == NULL))
		return false;
	diag->items[diag->n++] = problem;
	return true;
}

void vrd_diag_add(vrd_diag *diag, vrd_severity severity, vrd_place place, const char *rule,
                  const char *remedy, const char *format, ...) {
	if (diag == NULL)
		return;
	const char *file_copy;
	const size_t limit = diag->limit == 0 ? default_limit : diag->limit;
	const bool has_room = kept_of_file(diag, place.file, &file_copy) < limit;
	// The first error is kept whatever came before it: vrd_diag_fail tells it.
	const bool first_error = severity == VRD_ERROR && diag->n_errors == 0;
	diag->n_errors += severity == VRD_ERROR;
	diag->n_warnings += severity == VRD_WARNING;
	if (!has_room && !first_error) {
		diag->n_dropped++;
		return;
	}
	vrd_err text = {0}; // formatted and cut between code points as every message is
	va_list args;
	va_start(args, format);
	(void)vrd_vfail(&text, VRD_DATA, format, args);
	va_end(args);
	const vrd_problem problem = {severity, place, rule, NULL, remedy};
	if (!keep(diag, problem, file_copy, text.text))
		diag->n_dropped++;
}

// "file:line:column: ", as far as it is known.
static void put_place(vrd_buf *out, vrd_place place) {
	if (place.file != NULL)
		vrd_buf_printf(out, "%s:", place.file);
	else if (place.line > 0)
		vrd_buf_puts(out, "line ");
	if (place.line > 0)
		vrd_buf_printf(out, "%zu:", place.line);
	if (place.line > 0 && place.column > 0)
		vrd_buf_printf(out, "%zu:", place.column);
	if (place.file != NULL || place.line > 0)
		vrd_buf_putc(out, ' ');
}

static void put_problem(vrd_buf *out, const vrd_problem *problem, bool colour) {
	static const struct {
		const char *name;
		const char *colour;
	} severities[] = {
	        [VRD_NOTE] = {"note", "\033[1;36m"},
	        [VRD_WARNING] = {"warning", "\033[1;35m"},
	        [VRD_ERROR] = {"error", "\033[1;31m"},
	};
	const char *bold = colour ? "\033[1m" : "";
	const char *hue = colour ? severities[problem->severity].colour : "";
	const char *plain = colour ? "\033[0m" : "";
	vrd_buf_puts(out, bold);
	put_place(out, problem->place);
	vrd_buf_puts(out, plain);
	vrd_buf_printf(out, "%s%s:%s %s", hue, severities[problem->severity].name, plain,
	               problem->text);
	if (problem->rule != NULL)
		vrd_buf_printf(out, " [%s]", problem->rule);
	vrd_buf_putc(out, '\n');
	if (problem->remedy != NULL)
		vrd_buf_printf(out, "  %s\n", problem->remedy);
}

void vrd_diag_print(const vrd_diag *diag, vrd_buf *out, bool colour) {
	for (size_t i = 0; i < diag->n; i++)
		put_problem(out, &diag->items[i], colour);
	if (diag->n_dropped > 0)
		vrd_buf_printf(out, "... and %zu more %s not shown\n", diag->n_dropped,
		               diag->n_dropped == 1 ? "problem is" : "problems are");
}

vrd_status vrd_diag_fail(const vrd_diag *diag, vrd_status status, vrd_err *err) {
	if (diag->n_errors == 0)
		return VRD_OK;
	const vrd_problem *first = NULL;
	for (size_t i = 0; i < diag->n && first == NULL; i++) {
		if (diag->items[i].severity == VRD_ERROR)
			first = &diag->items[i];
	}
	if (first == NULL) // memory ran out before the first error
		return vrd_fail(err, status, "%zu %s, not kept for lack of memory", diag->n_errors,
		                diag->n_errors == 1 ? "error" : "errors");

	char further[64] = "";
	if (diag->n_errors > 1)
		snprintf(further, sizeof further, "; and %zu more %s", diag->n_errors - 1,
		         diag->n_errors == 2 ? "error" : "errors");
	vrd_buf place = {0};
	put_place(&place, first->place);
	const bool has_remedy = first->remedy != NULL;
	(void)vrd_fail(err, status, "%s%s%s%s%s%s", place.p == NULL ? "" : place.p, first->text,
	               has_remedy ? " (" : "", has_remedy ? first->remedy : "",
	               has_remedy ? ")" : "", further);
	vrd_buf_free(&place);
	return status;
}
