// What the tests of the JSON-stat codec share: documents are written with ' for " so that they can
// be read.
#pragma once

#include "cube/jsonstat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/banned.h"

static vrd_arena mem;

static inline int setup(void **state) {
	(void)state;
	vrd_arena_init(&mem, (size_t)64 << 20);
	return 0;
}

static inline int teardown(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

// The document with ' turned into ".
static inline const char *quoted(const char *text) {
	char *copy = vrd_arena_strdup(&mem, text);
	assert_non_null(copy);
	for (char *c = copy; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	return copy;
}

static inline vrd_cube read_text(const char *text) {
	const char *json = quoted(text);
	vrd_cube cube;
	vrd_err err = {VRD_OK, ""};
	if (vrd_jsonstat_read(&mem, json, strlen(json), "t.json", &cube, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return cube;
}

// The document is refused with exactly this message, and the cube is left alone.
static inline void refused_with(const char *text, const char *message) {
	const char *json = quoted(text);
	vrd_cube cube = {.n_dims = 77};
	vrd_err err = {VRD_OK, ""};
	assert_int_equal(vrd_jsonstat_read(&mem, json, strlen(json), "t.json", &cube, &err),
	                 VRD_DATA);
	assert_int_equal(err.status, VRD_DATA);
	assert_string_equal(err.text, message);
	assert_int_equal(cube.n_dims, 77);
	assert_int_equal(vrd_jsonstat_read(&mem, json, strlen(json), "t.json", &cube, NULL),
	                 VRD_DATA);
}

// The same, with ' for " in the message too.
static inline void refused(const char *text, const char *message) {
	refused_with(text, quoted(message));
}

static inline void assert_number(double got, double want) {
	assert_memory_equal(&got, &want, sizeof want);
}

#define BEGIN "{'version':'2.0','class':'dataset',"
// Two dimensions, 2 x 3 cells.
#define SHAPE                                                                                      \
	"'id':['sex','year'],'size':[2,3],'dimension':{"                                           \
	"'sex':{'category':{'index':['1','2']}},"                                                  \
	"'year':{'category':{'index':['2023','2024','2025']}}},"
// One dimension of two categories with this category object.
#define ONE(category) BEGIN "'id':['a'],'size':[2],'dimension':{'a':{'category':" category "}},"
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
