// What the parts of an explanation share. Private to the region room.
#pragma once

#include "cube/messages.h"
#include "region/explanation.h"
#include "region/query_parts.h"
#include "scenario/explain.h"

typedef struct {
	vrd_region *region;
	const vrd_opened_run *run;
	const vrd_explain_query *query;
	vrd_draws draws; // as many as are used
	vrd_target target;
	vrd_diag *diag;
	vrd_err *err;
} vrd_explaining;

// A dimension of codes with labels (NULL: the code).
vrd_status vrd_explain_dim(const vrd_explaining *e, const char *name, size_t n,
                           const char *const *codes, const char *const *labels,
                           const vrd_dim **out) VRD_MUST_USE;
// A cube [name, stat] with the statistics of n summaries.
vrd_status vrd_explain_summaries(const vrd_explaining *e, const char *name, size_t n,
                                 const char *const *codes, const char *const *labels,
                                 const vrd_summary *x, vrd_cube *out) VRD_MUST_USE;
// Adds a note in the region's language.
vrd_status vrd_explain_note(const vrd_explaining *e, vrd_cube *cube, vrd_msg_key key, size_t n,
                            const char *const *args) VRD_MUST_USE;

// The waterfall of what is asked, with all draws of the run: [step, stat].
vrd_status vrd_explain_steps(const vrd_explaining *e, vrd_cube *out) VRD_MUST_USE;
// Labels one after another, each cut to some columns, at most five of them. In the region's memory.
vrd_status vrd_explain_labels(const vrd_explaining *e, size_t n, const char *const *labels,
                              const char **out) VRD_MUST_USE;
// A text of the region's language in its memory.
vrd_status vrd_explain_text(const vrd_explaining *e, vrd_msg_key key, size_t n,
                            const char *const *args, const char **out) VRD_MUST_USE;

// explanation_players.c: the cube of Shapley.
vrd_status vrd_explain_players(const vrd_explaining *e, vrd_cube *out) VRD_MUST_USE;
