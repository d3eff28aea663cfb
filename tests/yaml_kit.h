// What tests of the YAML reader share: a schema with every kind of value, and texts that are read or
// refused.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "region/schemas.h"

// --- a schema with every kind -------------------------------------------------------------------

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const vrd_schema text = {.kind = VRD_Y_TEXT};
static const vrd_schema truth = {.kind = VRD_Y_BOOL};
static const vrd_schema whole = {.kind = VRD_Y_INT};
static const vrd_schema year = {.kind = VRD_Y_INT, .min = 1800, .max = 2200};
static const vrd_schema number = {.kind = VRD_Y_NUMBER};
static const vrd_schema share = {.kind = VRD_Y_NUMBER, .min = 0, .max = 1};
static const vrd_schema curve = {
        .kind = VRD_Y_WORD,
        .words = (const char *const[]){"step", "linear", "logistic", "table", NULL}};
static const vrd_schema stay = {.kind = VRD_Y_NUMBER_OR_WORD,
                                .min = 0,
                                .max = 100,
                                .words = (const char *const[]){"shortest", "mean", NULL}};
static const vrd_schema interval = {
        .kind = VRD_Y_LIST, .item = &number, .one_ok = true, .min = 1, .max = 3};
static const vrd_schema pair = {.kind = VRD_Y_LIST, .item = &number, .min = 2, .max = 2};
static const vrd_schema texts = {.kind = VRD_Y_LIST, .item = &text, .one_ok = true};
static const vrd_schema shares = {.kind = VRD_Y_DICT, .item = &share};
static const vrd_field part_fields[] = {
        {"id", &text, true, "names the part"},
        {"interval", &interval, true, "P10 and P90"},
        {"curve", &curve, false, "how it comes"},
};
static const vrd_schema part = {
        .kind = VRD_Y_MAP, .fields = part_fields, .n_fields = COUNT(part_fields)};
static const vrd_schema parts = {.kind = VRD_Y_LIST, .item = &part};
static const vrd_field toy_fields[] = {
        {"name", &text, false, "what it is called"},  {"flag", &truth, false, "yes or no"},
        {"whole", &whole, false, "any whole number"}, {"year", &year, false, "a year"},
        {"number", &number, false, "any number"},     {"share", &share, false, "a share"},
        {"curve", &curve, false, "a curve"},          {"stay", &stay, false, "days or a word"},
        {"pair", &pair, false, "two numbers"},        {"texts", &texts, false, "texts"},
        {"shares", &shares, false, "shares by name"}, {"parts", &parts, false, "parts"},
};
static const vrd_schema toy = {
        .kind = VRD_Y_MAP, .fields = toy_fields, .n_fields = COUNT(toy_fields)};

// --- reading in a test --------------------------------------------------------------------------

typedef struct {
	vrd_arena mem;
	vrd_diag diag;
	vrd_err err;
	const vrd_node *root;
	vrd_status rc;
} reading;

static inline reading *reading_new(const vrd_schema *schema, const char *bytes, size_t n) {
	reading *r = calloc(1, sizeof *r);
	// Exactly as long as the text, so that a sanitizer sees a read past its end.
	char *copy = malloc(n == 0 ? 1 : n);
	assert_non_null(r);
	assert_non_null(copy);
	memcpy(copy, bytes, n);
	vrd_diag_init(&r->diag, &r->mem, 0);
	r->rc = vrd_yaml_read(&r->mem, copy, n, "a.yaml", schema, &r->root, &r->diag, &r->err);
	free(copy); // everything in the result is a copy
	return r;
}

static inline void reading_free(reading *r) {
	vrd_arena_clear(&r->mem);
	free(r);
}

static inline reading *reading_of(const char *yaml) {
	return reading_new(&toy, yaml, strlen(yaml));
}

static inline reading *accept(const char *yaml) {
	reading *r = reading_of(yaml);
	if (r->rc != VRD_OK)
		fail_msg("refused: %s", r->err.text);
	assert_int_equal(r->diag.n_errors, 0);
	assert_non_null(r->root);
	return r;
}

// The printed problems are exactly `expected`, and the failure tells the first of them.
static inline void refuse_bytes(const vrd_schema *schema, const char *bytes, size_t n,
                                const char *expected) {
	reading *r = reading_new(schema, bytes, n);
	vrd_buf printed = {0};
	vrd_diag_print(&r->diag, &printed, false);
	assert_int_equal(r->rc, VRD_CONFIG);
	assert_null(r->root);
	assert_string_equal(printed.p, expected);
	const size_t place = strcspn(expected, " ");
	assert_memory_equal(r->err.text, expected, place);
	vrd_buf_free(&printed);
	reading_free(r);
}

static inline void refuse(const char *yaml, const char *expected) {
	refuse_bytes(&toy, yaml, strlen(yaml), expected);
}

// The rule, place and remedy of the only problem, for texts whose wording is the library's.
static inline void refuse_by(const char *yaml, const char *rule, size_t line, size_t column,
                             const char *remedy_part) {
	reading *r = reading_of(yaml);
	assert_int_equal(r->rc, VRD_CONFIG);
	assert_int_equal(r->diag.n, 1);
	const vrd_problem *problem = &r->diag.items[0];
	assert_string_equal(problem->rule, rule);
	assert_string_equal(problem->place.file, "a.yaml");
	assert_int_equal(problem->place.line, line);
	assert_int_equal(problem->place.column, column);
	if (remedy_part != NULL &&
	    (problem->remedy == NULL || strstr(problem->remedy, remedy_part) == NULL))
		fail_msg("remedy \"%s\" does not say \"%s\"", problem->remedy, remedy_part);
	reading_free(r);
}

// `count` copies of `unit` between `head` and `tail`; free() it.
static inline char *repeated(const char *head, const char *unit, size_t count, const char *tail,
                             size_t *n) {
	const size_t h = strlen(head);
	const size_t u = strlen(unit);
	const size_t t = strlen(tail);
	char *bytes = malloc(h + u * count + t + 1);
	assert_non_null(bytes);
	memcpy(bytes, head, h);
	for (size_t i = 0; i < count; i++)
		memcpy(bytes + h + i * u, unit, u);
	memcpy(bytes + h + u * count, tail, t + 1);
	*n = h + u * count + t;
	return bytes;
}

static inline void assert_place(const vrd_node *node, size_t line, size_t column) {
	assert_non_null(node);
	assert_string_equal(node->place.file, "a.yaml");
	assert_int_equal(node->place.line, line);
	assert_int_equal(node->place.column, column);
}

static inline bool same(double a, double b) {
	return a >= b && a <= b;
}
