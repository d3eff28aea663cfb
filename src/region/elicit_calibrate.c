// Answers against facts: how often what was counted fell inside each expert's 80 % interval.
#include "region/elicit_parts.h"

#include "num/score.h"

#include <string.h>

static const double z95 = 1.959963984540054;

typedef struct {
	vrd_region *region;
	const vrd_question *questions;
	size_t n_questions;
	bool *known;   // per question
	double *value; // per question, in its unit
	vrd_calibrated *rows;
	size_t n;
} calibrator;

static vrd_status read_facts(calibrator *c, vrd_elicit_sheet *sheet, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t assumption = vrd_elicit_column(sheet, "assumption", true),
	             value = vrd_elicit_column(sheet, "value", true);
	VRD_TRY(vrd_diag_fail(sheet->diag, VRD_DATA, err));
	for (size_t row = 0; row < sheet->table.n_rows; row++) {
		double x;
		const size_t i = vrd_elicit_question_of(sheet, row, assumption, c->questions,
		                                        c->n_questions);
		if (i == VRD_NONE || !vrd_elicit_number(sheet, row, value, &x))
			continue;
		if (c->known[i])
			vrd_elicit_problem(sheet, row, assumption, VRD_ERROR, "elicit.twice",
			                   "leave one of them out", "\"%s\" has two facts",
			                   c->questions[i].id);
		c->known[i] = true;
		c->value[i] = x;
	}
	VRD_TRY(vrd_diag_fail(sheet->diag, VRD_DATA, err));
out:
	return rc;
}

static void count(calibrator *c, const char *expert, bool pool, double p10, double p90, double x) {
	size_t i = 0;
	while (i < c->n &&
	       !(c->rows[i].pool == pool && vrd_elicit_same_expert(c->rows[i].expert, expert)))
		i++;
	if (i == c->n)
		c->rows[c->n++] = (vrd_calibrated){.expert = expert, .pool = pool};
	c->rows[i].n++;
	c->rows[i].inside += p10 <= x && x <= p90;
}

// Whether an answer is the expert's last one to its question.
static bool is_last(const vrd_answer *answers, size_t n, const vrd_answer *a) {
	for (size_t i = 0; i < n; i++)
		if (answers[i].round > a->round &&
		    strcmp(answers[i].assumption, a->assumption) == 0 &&
		    vrd_elicit_same_expert(answers[i].expert, a->expert))
			return false;
	return true;
}

static void count_experts(calibrator *c, const vrd_answer *answers, size_t n, size_t round) {
	for (size_t i = 0; i < n; i++) {
		const vrd_answer *a = &answers[i];
		size_t q = 0;
		while (q < c->n_questions && strcmp(c->questions[q].id, a->assumption) != 0)
			q++;
		if (q < c->n_questions && c->known[q] &&
		    strcmp(c->questions[q].unit, a->unit) == 0 &&
		    (round ? a->round == round : is_last(answers, n, a)))
			count(c, a->expert, false, a->p10, a->p90, c->value[q]);
	}
}

static vrd_status count_pools(calibrator *c, const vrd_answer *answers, size_t n, size_t round,
                              vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	for (size_t q = 0; q < c->n_questions; q++) {
		vrd_judgement j;
		if (!c->known[q])
			continue;
		if (round)
			VRD_TRY(vrd_elicit_judge(c->region, &c->questions[q], round, answers, n, &j,
			                         diag, err));
		else
			VRD_TRY(vrd_elicit_judge_last(c->region, &c->questions[q], answers, n, &j,
			                              diag, err));
		if (j.n == 0)
			continue;
		count(c, "linear", true, j.linear.p10, j.linear.p90, c->value[q]);
		count(c, "quantile", true, j.quantile.p10, j.quantile.p90, c->value[q]);
	}
out:
	return rc;
}

vrd_status vrd_elicit_calibrate(vrd_region *region, const vrd_question *questions,
                                size_t n_questions, const vrd_answer *answers, size_t n_answers,
                                size_t round, const char *bytes, size_t len, const char *file,
                                const vrd_calibrated **out, size_t *n, vrd_diag *diag,
                                vrd_err *err) {
	vrd_status rc = VRD_OK;
	calibrator c = {.region = region, .questions = questions, .n_questions = n_questions};
	vrd_elicit_sheet sheet;
	vrd_diag own;
	vrd_diag_init(&own, region->mem, 0);
	VRD_TRY(VRD_NEW(region->mem, c.known, n_questions));
	VRD_TRY(VRD_NEW(region->mem, c.value, n_questions));
	VRD_TRY(VRD_NEW(region->mem, c.rows, n_answers + 2));
	VRD_TRY(vrd_elicit_sheet_read(region, bytes, len, file, &sheet, &own, err));
	VRD_TRY(read_facts(&c, &sheet, err));
	count_experts(&c, answers, n_answers, round);
	VRD_TRY(count_pools(&c, answers, n_answers, round, diag, err));
	for (size_t i = 0; i < c.n; i++)
		vrd_wilson((double)c.rows[i].inside, (double)c.rows[i].n, z95, &c.rows[i].low,
		           &c.rows[i].high);
	*out = c.rows;
	*n = c.n;
out:
	for (size_t i = 0; i < own.n; i++)
		vrd_diag_add(diag, own.items[i].severity, own.items[i].place, own.items[i].rule,
		             own.items[i].remedy, "%s", own.items[i].text);
	return rc;
}
