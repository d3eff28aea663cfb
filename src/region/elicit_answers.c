// A file of answers: every row is checked, and every bad one is told.
#include "region/elicit_parts.h"

#include "cube/messages.h"

#include <stdio.h>
#include <string.h>

enum { most_comment = 2000, most_expert = 100 };

typedef struct {
	vrd_region *region;
	const char *scenario;
	const vrd_question *questions;
	size_t n_questions;
	const vrd_answer *known;
	size_t n_known, round;
	vrd_elicit_sheet sheet;
	size_t scenario_column, assumption, question, unit, expert, p[3], comment;
	vrd_answer *answers;
	size_t *rows; // of the answers
	size_t n;
	bool failed; // no memory
	bool tried[VRD_N_LANGS];
	const vrd_question *shown[VRD_N_LANGS]; // in other languages than the region's
} reader;

static void find_columns(reader *r) {
	static const char *const percentiles[] = {"p10", "p50", "p90"};
	r->assumption = vrd_elicit_column(&r->sheet, "assumption", true);
	r->expert = vrd_elicit_column(&r->sheet, "expert", true);
	for (size_t i = 0; i < 3; i++)
		r->p[i] = vrd_elicit_column(&r->sheet, percentiles[i], true);
	r->scenario_column = vrd_elicit_column(&r->sheet, "scenario", false);
	r->question = vrd_elicit_column(&r->sheet, "question", false);
	r->unit = vrd_elicit_column(&r->sheet, "unit", false);
	r->comment = vrd_elicit_column(&r->sheet, "comment", false);
}

// --- the numbers --------------------------------------------------------------------------------

static double to_line(double x, double a, double b) {
	const bool lower = isfinite(a), upper = isfinite(b);
	if (lower && upper)
		return log(x - a) - log(b - x);
	if (lower)
		return log(x - a);
	return upper ? -log(b - x) : x;
}

static double from_line(double z, double a, double b) {
	const bool lower = isfinite(a), upper = isfinite(b);
	if (lower && upper)
		return a + (b - a) / (1 + exp(-z));
	if (lower)
		return a + exp(z);
	return upper ? b - exp(-z) : z;
}

vrd_status vrd_elicit_fit(const vrd_question *question, double p10, double p50, double p90,
                          vrd_dist *out, vrd_err *err) {
	return vrd_dist_fit(VRD_DIST_METALOG, p10, p50, p90, question->lower, question->upper, out,
	                    err);
}

// Medians that a metalog can have between this P10 and P90 (Keelin 2016): a little inside 0.16658
// to 0.83342 of the way, on the scale where the bounds are infinitely far away.
static void say_medians(const vrd_question *q, double p10, double p90, char *out, size_t size) {
	const double z10 = to_line(p10, q->lower, q->upper), z90 = to_line(p90, q->lower, q->upper);
	const double least = from_line(z10 + 0.17 * (z90 - z10), q->lower, q->upper),
	             most = from_line(z10 + 0.83 * (z90 - z10), q->lower, q->upper);
	(void)snprintf(out, size,
	               "with this P10 and P90 a P50 from %.6g to %.6g goes; else widen the "
	               "interval on the side where P50 is too near",
	               least, most);
}

static bool in_order(const reader *r, size_t row, const double x[3]) {
	if (x[0] <= x[1] && x[1] <= x[2])
		return true;
	const size_t at = x[0] > x[1] ? 0 : 1;
	vrd_elicit_problem(&r->sheet, row, r->p[at], VRD_ERROR, "elicit.order",
	                   "write P10 <= P50 <= P90: the value that is exceeded nine times of ten, "
	                   "every other time, and once of ten",
	                   "P%s %g is above P%s %g", at ? "50" : "10", x[at], at ? "90" : "50",
	                   x[at + 1]);
	return false;
}

static bool in_bounds(const reader *r, size_t row, const vrd_question *q, const double x[3]) {
	bool good = true;
	for (size_t i = 0; i < 3; i++) {
		const bool open =
		        (q->kind == VRD_GROWTH || q->kind == VRD_PRODUCTIVITY) && x[i] <= -q->scale;
		if (x[i] >= q->lower && x[i] <= q->upper && !open)
			continue;
		vrd_elicit_problem(&r->sheet, row, r->p[i], VRD_ERROR, "elicit.bounds",
		                   "stay inside the bounds of the question, or have the scenario's "
		                   "bounds widened",
		                   "%g is outside %c%g, %g%c of \"%s\"", x[i],
		                   open || !isfinite(q->lower) ? '(' : '[', q->lower, q->upper,
		                   isfinite(q->upper) ? ']' : ')', q->id);
		good = false;
	}
	return good;
}

static bool is_law(const reader *r, size_t row, const vrd_question *q, const double x[3]) {
	const bool reaches = x[0] <= q->lower || x[2] >= q->upper;
	char remedy[200];
	vrd_dist dist;
	vrd_err why = {0};
	if (vrd_elicit_fit(q, x[0], x[1], x[2], &dist, &why) == VRD_OK)
		return true;
	if (reaches)
		(void)snprintf(remedy, sizeof remedy,
		               "a tenth lies beyond P10 and beyond P90: move %s a little inside "
		               "the bound, or give three equal numbers if it is certain",
		               x[0] <= q->lower ? "P10" : "P90");
	else
		say_medians(q, x[0], x[2], remedy, sizeof remedy);
	vrd_elicit_problem(&r->sheet, row,
	                   r->p[reaches && x[0] > q->lower ? 2
	                        : reaches                  ? 0
	                                                   : 1],
	                   VRD_ERROR, "elicit.metalog", remedy, "%g, %g, %g: %s", x[0], x[1], x[2],
	                   why.text);
	return false;
}

// A share below one per cent is rare; one that was written as a fraction is not.
static void warn_fraction(const reader *r, size_t row, const vrd_question *q, const double x[3]) {
	if (strcmp(q->unit, "percent") == 0 && x[0] > 0 && x[2] < 1)
		vrd_elicit_problem(&r->sheet, row, r->p[2], VRD_WARNING, "elicit.fraction",
		                   "five per cent is 5, not 0.05", "P90 of \"%s\" is %g per cent",
		                   q->id, x[2]);
}

static bool read_numbers(reader *r, size_t row, const vrd_question *q, vrd_answer *out) {
	double x[3] = {0};
	bool good = true;
	for (size_t i = 0; i < 3; i++)
		good = vrd_elicit_number(&r->sheet, row, r->p[i], &x[i]) && good;
	if (!good || !in_order(r, row, x) || !in_bounds(r, row, q, x) || !is_law(r, row, q, x))
		return false;
	warn_fraction(r, row, q, x);
	out->p10 = x[0];
	out->p50 = x[1];
	out->p90 = x[2];
	return true;
}

// --- who, and once ------------------------------------------------------------------------------

bool vrd_elicit_same_expert(const char *a, const char *b) {
	const vrd_str x = vrd_str_trim(vrd_str_of(a)), y = vrd_str_trim(vrd_str_of(b));
	return vrd_str_eq(x, y) || vrd_collate(x, y) == 0;
}

static const char twice_remedy[] =
        "each expert answers once in a round: two experts with the same name need distinct roles, "
        "such as \"geriatrician 1\" and \"geriatrician 2\"; a changed mind is an answer of round 2";

// Answers stand in the log for good, so a role must be somebody's own.
static bool is_new(const reader *r, size_t row, const vrd_answer *answer) {
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->answers[i].assumption, answer->assumption) == 0 &&
		    vrd_elicit_same_expert(r->answers[i].expert, answer->expert)) {
			vrd_elicit_problem(
			        &r->sheet, row, r->expert, VRD_ERROR, "elicit.twice", twice_remedy,
			        "\"%s\" answers \"%s\" twice, here and in line %zu", answer->expert,
			        answer->assumption, r->sheet.table.lines[r->rows[i]]);
			return false;
		}
	for (size_t i = 0; i < r->n_known; i++)
		if (r->known[i].round == r->round &&
		    strcmp(r->known[i].assumption, answer->assumption) == 0 &&
		    vrd_elicit_same_expert(r->known[i].expert, answer->expert)) {
			vrd_elicit_problem(
			        &r->sheet, row, r->expert, VRD_ERROR, "elicit.twice", twice_remedy,
			        "\"%s\" has answered \"%s\" in round %zu already (%s)",
			        answer->expert, answer->assumption, r->round, r->known[i].time);
			return false;
		}
	return true;
}

static bool read_expert(const reader *r, size_t row, const char **out) {
	const vrd_str expert = vrd_elicit_cell(&r->sheet, row, r->expert);
	vrd_pool_method method;
	if (expert.n == 0)
		vrd_elicit_problem(&r->sheet, row, r->expert, VRD_ERROR, "elicit.expert",
		                   "write the role of who answers, such as geriatrician",
		                   "the answer has no expert");
	else if (expert.n > most_expert)
		vrd_elicit_problem(&r->sheet, row, r->expert, VRD_ERROR, "elicit.expert",
		                   "write a role in a few words",
		                   "the role is %zu bytes long, at most %d are taken", expert.n,
		                   most_expert);
	else if (vrd_pool_method_parse(expert, &method))
		vrd_elicit_problem(&r->sheet, row, r->expert, VRD_ERROR, "elicit.expert",
		                   "write another role",
		                   "\"%.*s\" is the name of a pool, not of an expert",
		                   (int)expert.n, expert.p);
	else
		*out = vrd_arena_strndup(r->region->mem, expert.p, expert.n);
	return *out != NULL;
}

static bool read_comment(const reader *r, size_t row, const char **out) {
	const vrd_str comment = vrd_elicit_cell(&r->sheet, row, r->comment);
	char *text = vrd_arena_strndup(r->region->mem, comment.p, comment.n);
	if (comment.n > most_comment) {
		vrd_elicit_problem(&r->sheet, row, r->comment, VRD_ERROR, "elicit.comment",
		                   "give the reason in fewer words",
		                   "the comment is %zu bytes long, at most %d are taken", comment.n,
		                   most_comment);
		return false;
	}
	for (char *p = text; p && *p; p++) // a reason is shown on a line
		*p = (unsigned char)*p < ' ' ? ' ' : *p;
	*out = text;
	return text != NULL;
}

// --- what was asked -----------------------------------------------------------------------------

static bool is_unit(const reader *r, size_t row, const vrd_question *q) {
	const vrd_str unit = vrd_elicit_cell(&r->sheet, row, r->unit);
	bool same = unit.n == 0 || vrd_str_is(unit, q->unit);
	for (vrd_lang lang = 0; lang < VRD_N_LANGS; lang++)
		same = same || vrd_str_is(unit, vrd_elicit_unit(q->unit, lang));
	if (!same)
		vrd_elicit_problem(&r->sheet, row, r->unit, VRD_ERROR, "elicit.unit",
		                   "make a new file of questions, and answer in its unit",
		                   "\"%.*s\" is not the unit of \"%s\", which is %s",
		                   unit.n < 60 ? (int)unit.n : 60, unit.p, q->id,
		                   vrd_elicit_unit(q->unit, r->region->lang));
	return same;
}

// The questions as they are shown in another language: its words, and its names of places and
// services, which the region has in one language at a time. NULL when they cannot be read.
static const vrd_question *questions_in(reader *r, vrd_lang lang) {
	static const char *const names[VRD_N_LANGS] = {"nb", "nn", "en"};
	vrd_arena *mem = r->region->mem;
	vrd_diag quiet;
	vrd_region *region;
	vrd_scenario scenario;
	size_t n = 0;
	if (r->tried[lang])
		return r->shown[lang];
	r->tried[lang] = true;
	vrd_diag_init(&quiet, mem, 0);
	if (vrd_region_open_in(mem, r->region->dir, names[lang], &region, &quiet, NULL) != VRD_OK ||
	    vrd_scenario_read(region, r->scenario, &scenario, &quiet, NULL) != VRD_OK ||
	    vrd_elicit_questions(region, &scenario, &r->shown[lang], &n, &quiet, NULL) != VRD_OK ||
	    n != r->n_questions)
		r->shown[lang] = NULL;
	return r->shown[lang];
}

static bool is_asked_today(reader *r, const vrd_question *q, vrd_str words) {
	if (words.n == 0 || vrd_str_is(words, q->text))
		return true;
	for (vrd_lang lang = 0; lang < VRD_N_LANGS; lang++) {
		if (lang == r->region->lang)
			continue;
		const vrd_question *shown = questions_in(r, lang);
		if (shown && vrd_str_is(words, shown[q - r->questions].text))
			return true;
	}
	return false;
}

// The hash of the question, and of the words in the file when they are none of today's.
static bool read_wording(reader *r, size_t row, const vrd_question *q, const char **out) {
	const vrd_str words = vrd_elicit_cell(&r->sheet, row, r->question);
	vrd_wording wording = q->wording;
	if (!is_asked_today(r, q, words)) {
		vrd_elicit_wording(q, words, &wording);
		vrd_elicit_problem(&r->sheet, row, r->question, VRD_WARNING, "elicit.wording",
		                   "compare the file with a new file of questions",
		                   "the question about \"%s\" is another today than in this file",
		                   q->id);
	}
	*out = vrd_arena_strdup(r->region->mem, wording.hex);
	return *out != NULL;
}

// --- rows ---------------------------------------------------------------------------------------

// How many of the three numbers stand there.
static size_t count_numbers(const reader *r, size_t row) {
	size_t n = 0;
	for (size_t i = 0; i < 3; i++)
		n += vrd_elicit_cell(&r->sheet, row, r->p[i]).n > 0;
	return n;
}

static bool is_this_scenario(const reader *r, size_t row) {
	const vrd_str name = vrd_elicit_cell(&r->sheet, row, r->scenario_column);
	if (name.n == 0 || vrd_str_is(name, r->scenario))
		return true;
	vrd_elicit_problem(&r->sheet, row, r->scenario_column, VRD_ERROR, "elicit.scenario",
	                   "name the scenario that was asked about",
	                   "the answer is about \"%.*s\", not \"%s\"",
	                   name.n < 60 ? (int)name.n : 60, name.p, r->scenario);
	return false;
}

static void read_row(reader *r, size_t row) {
	vrd_answer a = {.round = r->round, .time = "", .comment = ""};
	const size_t n_numbers = count_numbers(r, row);
	if (!is_this_scenario(r, row))
		return;
	const size_t i =
	        vrd_elicit_question_of(&r->sheet, row, r->assumption, r->questions, r->n_questions);
	if (i == VRD_NONE)
		return;
	const vrd_question *q = &r->questions[i];
	if (n_numbers == 0 && vrd_elicit_cell(&r->sheet, row, r->comment).n == 0)
		return; // unanswered
	if (n_numbers < 3) {
		vrd_elicit_problem(&r->sheet, row, VRD_NONE, VRD_ERROR, "elicit.missing",
		                   "write P10, P50 and P90, or leave all of the answer empty",
		                   "\"%s\" has %zu of the three numbers", q->id, n_numbers);
		return;
	}
	a.assumption = q->id;
	a.unit = q->unit;
	bool good = read_expert(r, row, &a.expert);
	good = read_numbers(r, row, q, &a) && good;
	good = read_comment(r, row, &a.comment) && good;
	good = is_unit(r, row, q) && good;
	good = good && is_new(r, row, &a);
	if (!good)
		return;
	r->failed = !read_wording(r, row, q, &a.wording) || r->failed;
	r->rows[r->n] = row;
	r->answers[r->n++] = a;
}

// Once for each expert: who comes in round 2 has not seen the first one from inside.
static void warn_newcomers(const reader *r) {
	for (size_t i = 0; i < r->n && r->round > 1; i++) {
		bool known = false;
		for (size_t j = 0; j < r->n_known; j++)
			known = known ||
			        (r->known[j].round == 1 &&
			         vrd_elicit_same_expert(r->known[j].expert, r->answers[i].expert));
		for (size_t j = 0; j < i; j++)
			known = known ||
			        vrd_elicit_same_expert(r->answers[j].expert, r->answers[i].expert);
		if (!known)
			vrd_elicit_problem(
			        &r->sheet, r->rows[i], r->expert, VRD_WARNING, "elicit.round",
			        "check the spelling of the role; change over the rounds "
			        "is then of other people",
			        "\"%s\" answers round 2 but not round 1", r->answers[i].expert);
	}
}

vrd_status vrd_elicit_check_csv(vrd_region *region, const char *scenario,
                                const vrd_question *questions, size_t n_questions,
                                const vrd_answer *known, size_t n_known, size_t round,
                                const char *bytes, size_t len, const char *file,
                                const vrd_answer **out, size_t *n, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_diag own;
	reader r = {.region = region,
	            .scenario = scenario,
	            .questions = questions,
	            .n_questions = n_questions,
	            .known = known,
	            .n_known = n_known,
	            .round = round};
	vrd_diag_init(&own, region->mem, 0);
	VRD_TRY(vrd_elicit_sheet_read(region, bytes, len, file, &r.sheet, &own, err));
	find_columns(&r);
	VRD_TRY(vrd_diag_fail(&own, VRD_DATA, err));
	VRD_TRY(VRD_NEW(region->mem, r.answers, r.sheet.table.n_rows));
	VRD_TRY(VRD_NEW(region->mem, r.rows, r.sheet.table.n_rows));
	for (size_t row = 0; row < r.sheet.table.n_rows; row++)
		read_row(&r, row);
	if (r.failed)
		VRD_TRY(vrd_no_memory(err, region->mem, r.sheet.table.n_rows, sizeof *r.rows));
	VRD_TRY(vrd_diag_fail(&own, VRD_DATA, err));
	if (r.n == 0)
		VRD_TRY(vrd_fail(err, VRD_DATA,
		                 "%s has no answers: fill in expert, p10, p50 and p90 "
		                 "[elicit.empty]",
		                 file));
	warn_newcomers(&r);
	*out = r.answers;
	*n = r.n;
out:
	for (size_t i = 0; i < own.n; i++)
		vrd_diag_add(diag, own.items[i].severity, own.items[i].place, own.items[i].rule,
		             own.items[i].remedy, "%s", own.items[i].text);
	return rc;
}
