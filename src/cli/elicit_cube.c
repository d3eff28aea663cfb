// Answers and pools as a cube, for a workbook.
#include "cli/elicit_show.h"

#include "cube/messages.h"

#include <stdio.h>
#include <string.h>

typedef struct {
	const vrd_elicit_view *view;
	vrd_arena *mem;
	vrd_err *err;
} maker;

static const vrd_judgement *judgement(const vrd_elicit_view *v, size_t question, size_t round) {
	return &v->judgements[question * VRD_ELICIT_ROUNDS + round - 1];
}

static bool is_answered(const vrd_elicit_view *v, size_t question) {
	return judgement(v, question, 1)->n + judgement(v, question, 2)->n > 0;
}

// "Label (per cent)"
static vrd_status assumptions(const maker *m, const vrd_dim **out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = m->err;
	const vrd_lang lang = m->view->region->lang;
	vrd_category *cats;
	size_t n = 0;
	VRD_TRY(VRD_NEW(m->mem, cats, m->view->n));
	for (size_t q = 0; q < m->view->n; q++) {
		const vrd_question *question = &m->view->questions[q];
		const char *label = vrd_arena_printf(m->mem, "%s (%s)", question->label,
		                                     vrd_elicit_unit(question->unit, lang));
		if (!label)
			VRD_TRY(vrd_no_memory(err, m->mem, 64, 1));
		if (is_answered(m->view, q))
			cats[n++] = (vrd_category){
			        .code = question->id, .label = label, .parent = VRD_NONE};
	}
	VRD_TRY(vrd_dim_new(m->mem, "assumption", vrd_msg(VRD_MSG_DIM_ASSUMPTION, lang),
	                    VRD_ROLE_NONE, n, cats, out, err));
out:
	return rc;
}

// Roles as they were first written, or numbers; then the pools.
static vrd_status answers(const maker *m, const vrd_dim **out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = m->err;
	const vrd_elicit_view *v = m->view;
	const char **codes;
	size_t n = 0, most = 2;
	for (size_t i = 0; i < v->n * VRD_ELICIT_ROUNDS; i++)
		most += v->judgements[i].n;
	VRD_TRY(VRD_NEW(m->mem, codes, most));
	for (size_t i = 0; i < v->n * VRD_ELICIT_ROUNDS; i++) {
		const vrd_judgement *j = &v->judgements[i];
		for (size_t e = 0; e < j->n && !v->anonymous; e++) {
			size_t c = 0;
			while (c < n && !vrd_elicit_same_expert(codes[c], j->answers[e].expert))
				c++;
			if (c == n)
				codes[n++] = j->answers[e].expert;
		}
		while (v->anonymous && n < j->n) {
			codes[n] = vrd_arena_printf(m->mem, "%zu", n + 1);
			if (!codes[n++])
				VRD_TRY(vrd_no_memory(err, m->mem, 32, 1));
		}
	}
	codes[n++] = "linear";
	codes[n++] = "quantile";
	VRD_TRY(vrd_dim_of_codes(m->mem, "answer", n, codes, out, err));
out:
	return rc;
}

static size_t index_of(const vrd_elicit_view *v, const vrd_dim *answer, const vrd_judgement *j,
                       size_t expert) {
	size_t i = 0;
	if (v->anonymous)
		return expert;
	while (!vrd_elicit_same_expert(answer->cats[i].code, j->answers[expert].expert))
		i++;
	return i;
}

static void set(vrd_cube *cube, const size_t index[4], const double *x, size_t n) {
	const size_t at = vrd_cube_position(cube, index);
	for (size_t i = 0; i < n; i++) {
		cube->values[at + i] = x[i];
		cube->status[at + i] = VRD_PRESENT;
	}
}

static void fill(const vrd_elicit_view *v, vrd_cube *cube) {
	size_t row = 0;
	for (size_t q = 0; q < v->n; q++) {
		for (size_t round = 1; round <= VRD_ELICIT_ROUNDS; round++) {
			const vrd_judgement *j = judgement(v, q, round);
			const vrd_dim *answer = cube->dims[2];
			for (size_t e = 0; e < j->n; e++) {
				const vrd_answer *a = &j->answers[e];
				const size_t at[4] = {row, round - 1, index_of(v, answer, j, e), 0};
				set(cube, at, (const double[]){a->p10, a->p50, a->p90}, 3);
			}
			const vrd_pooled *pools[] = {&j->linear, &j->quantile};
			for (size_t p = 0; p < 2 && j->n; p++) {
				const size_t at[4] = {row, round - 1, answer->n - 2 + p, 0};
				set(cube, at,
				    (const double[]){pools[p]->p10, pools[p]->p50, pools[p]->p90,
				                     j->disagreement},
				    4);
			}
		}
		row += is_answered(v, q);
	}
}

vrd_status vrd_elicit_show_cube(const vrd_elicit_view *v, vrd_arena *mem, vrd_cube *out,
                                vrd_err *err) {
	static const char *const rounds[] = {"1", "2"}, *const stats[] = {"p10", "p50", "p90",
	                                                                  "disagreement"};
	vrd_status rc = VRD_OK;
	const maker m = {v, mem, err};
	const vrd_dim *dims[4];
	vrd_cube cube;
	VRD_TRY(assumptions(&m, &dims[0]));
	VRD_TRY(vrd_dim_of_codes(mem, "round", VRD_ELICIT_ROUNDS, rounds, &dims[1], err));
	VRD_TRY(answers(&m, &dims[2]));
	VRD_TRY(vrd_dim_of_codes(mem, "stat", 4, stats, &dims[3], err));
	VRD_TRY(vrd_cube_new(mem, 4, dims, &cube, err));
	VRD_TRY(VRD_NEW(mem, cube.status, cube.n_cells));
	for (size_t i = 0; i < cube.n_cells; i++) {
		cube.values[i] = NAN;
		cube.status[i] = VRD_MISSING;
	}
	fill(v, &cube);
	cube.label = v->scenario->label;
	*out = cube;
out:
	return rc;
}
