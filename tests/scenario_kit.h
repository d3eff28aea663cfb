// What tests of scenario files share: a file built into a model of the small region, or refused.
#pragma once

#include "region_text.h"

#include "region/model_parts.h"

static vrd_model model;

// Writes scenarios/t.yaml from a head and items of `assumptions:`, and builds its model.
static inline vrd_status build_with(const char *head, const char *items) {
	vrd_scenario scenario;
	const char *text = vrd_arena_printf(
	        &mem, "schema: 1\nname: t\ndraws: 50\n%sassumptions:\n%s", head, items);
	vrd_status rc;
	assert_non_null(text);
	write_text("scenarios/t.yaml", text);
	err = (vrd_err){0};
	rc = open_quietly();
	if (rc == VRD_OK)
		rc = vrd_scenario_read(region, "t", &scenario, &diag, &err);
	return rc != VRD_OK ? rc
	                    : vrd_region_model(region, &scenario, &model, NULL, NULL, &diag, &err);
}

static inline void built(const char *items) {
	if (build_with("", items) != VRD_OK)
		fail_msg("%s", err.text);
}

static inline const vrd_problem *not_built(const char *items, const char *rule, const char *text) {
	if (build_with("", items) == VRD_OK)
		fail_msg("accepted: %s", items);
	const vrd_problem *p = assert_problem(rule, text);
	assert_string_equal(p->place.file, "scenarios/t.yaml");
	assert_true(p->place.line > 0);
	return p;
}

static inline const vrd_assumption *rule_of(const char *id) {
	for (size_t i = 0; i < model.n_assumptions; i++)
		if (strcmp(model.assumptions[i].id, id) == 0)
			return &model.assumptions[i];
	fail_msg("no assumption \"%s\"", id);
	return NULL;
}

typedef struct {
	const char *items, *rule, *text;
} refusal;
#define ALL_REFUSED(list)                                                                          \
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)                                    \
	not_built(list[i].items, list[i].rule, list[i].text)
