// Elicitation: what experts believe about a scenario's assumptions, in two rounds, and how their
// answers come into the scenario (docs/methods.md, elicitation).
//
// Questions are made of the assumptions. Each expert, known by role, gives P10, P50 and P90 and a
// reason, alone. Answers are kept in log/elicit-SCENARIO.jsonl, which is never changed (log.h): one
// entry "answer" each, with the numbers as they were given, their unit, and a hash of the question
// that was asked. The answers of one file are taken together or not at all: those of a file that did
// not come whole into the log do not count.
//
// Memory belongs to the region. Problems go to `diag` (rules elicit.*).
#pragma once

#include "num/hash.h"
#include "num/pool.h"
#include "region/region.h"

#define VRD_ELICIT_ROUNDS 2

// Lower-case hex of BLAKE2b of what a question asks, by codes, its unit and its bounds: the same in
// whatever language it was shown.
typedef struct {
	char hex[2 * VRD_HASH_BYTES + 1];
} vrd_wording;

// People answer in per cent, contacts per 1000 people or contacts: answer = parameter * scale.
typedef struct {
	const vrd_node *node; // the assumption
	const char *id, *label;
	const char *text; // the question in the region's language
	const char *unit; // "percent", "percent_a_year", "per_1000" or "contacts"
	double scale;
	double lower, upper;  // bounds of the answer (-INFINITY / INFINITY: none)
	const char *evidence; // rationale and source; ""
	vrd_kind kind;
	vrd_wording wording;
} vrd_question;

// The number without the noise of its last digits: 0.07 * 100 is 7.
double vrd_elicit_tidy(double x, int digits);
// What the region's people call a unit; NULL for a word that is none.
const char *vrd_elicit_unit(const char *unit, vrd_lang lang);
// A question for each assumption, in order. CONFIG when a bound is wrong.
vrd_status vrd_elicit_questions(vrd_region *region, const vrd_scenario *scenario,
                                const vrd_question **out, size_t *n, vrd_diag *diag,
                                vrd_err *err) VRD_MUST_USE;
// Index of a question by the id of its assumption. NOINPUT suggests the nearest.
vrd_status vrd_elicit_find(const vrd_question *questions, size_t n, const char *id, size_t *out,
                           vrd_err *err) VRD_MUST_USE;

// --- answers ------------------------------------------------------------------------------------

// Fields are public. Numbers in `unit`.
typedef struct {
	size_t round; // 1 or 2
	const char *expert, *assumption, *unit, *comment;
	const char *wording; // hash of the question, its unit and its bounds
	const char *time;    // "" until it is in the log
	double p10, p50, p90;
} vrd_answer;

// All answers in the log, as they came; none when there is no log. A broken log is told in `diag` as
// an error.
vrd_status vrd_elicit_read(vrd_region *region, const char *scenario, const vrd_answer **out,
                           size_t *n, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// Reads a file of answers (columns assumption, expert, p10, p50, p90, and comment, question, unit,
// scenario when there are any) and checks every row: rows without numbers are unanswered. With any
// error the result is DATA, and nothing is to be written. Warnings: elicit.round (an expert of round
// 2 who is not in round 1), elicit.wording (the question has changed: its words are none of today's
// in any language), elicit.fraction.
vrd_status vrd_elicit_check_csv(vrd_region *region, const char *scenario,
                                const vrd_question *questions, size_t n_questions,
                                const vrd_answer *known, size_t n_known, size_t round,
                                const char *bytes, size_t len, const char *file,
                                const vrd_answer **out, size_t *n, vrd_diag *diag,
                                vrd_err *err) VRD_MUST_USE;
// Puts the answers of one file into the log. who as for vrd_log_append.
vrd_status vrd_elicit_append(vrd_region *region, const char *scenario, const vrd_answer *answers,
                             size_t n, const char *who, vrd_err *err) VRD_MUST_USE;
// Number of different experts among answers of a round (0: of all rounds).
size_t vrd_elicit_experts(const vrd_answer *answers, size_t n, size_t round);
// Whether two roles are the same: without case and blanks at the ends.
bool vrd_elicit_same_expert(const char *a, const char *b);

// --- what they say together ---------------------------------------------------------------------

// Fields are public; `answers` and `dists` are by P50, so that their order tells nobody's name.
typedef struct {
	const vrd_question *question;
	size_t round, n; // n experts
	const vrd_answer *answers;
	const vrd_dist *dists;       // of the answers, in their unit
	vrd_pooled linear, quantile; // in the same unit
	double disagreement;
} vrd_judgement;

// n = 0 when nobody has answered. Answers in another unit or outside the bounds of today's question
// are left out with a warning (elicit.outdated); answers to other words are told (elicit.wording).
vrd_status vrd_elicit_judge(vrd_region *region, const vrd_question *question, size_t round,
                            const vrd_answer *answers, size_t n, vrd_judgement *out, vrd_diag *diag,
                            vrd_err *err) VRD_MUST_USE;
// The same of the last round in which the question was answered.
vrd_status vrd_elicit_judge_last(vrd_region *region, const vrd_question *question,
                                 const vrd_answer *answers, size_t n, vrd_judgement *out,
                                 vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// "small" below 0.2, "some" below 0.5, else "large": more of the variance lies between the experts
// than inside their own intervals.
const char *vrd_elicit_disagreement_word(double disagreement);

// Questions as CSV with empty columns for answers. `shown` (NULL: none) has the judgement of round 1
// for each question. excel: semicolon, decimal comma, BOM.
void vrd_elicit_questions_csv(const vrd_region *region, const char *scenario,
                              const vrd_question *questions, size_t n, const vrd_judgement *shown,
                              bool excel, vrd_buf *out);

// --- into the scenario --------------------------------------------------------------------------

typedef enum { VRD_POOL_LINEAR, VRD_POOL_QUANTILE, VRD_N_POOLS } vrd_pool_method;

// "linear" and "quantile"; false when it is none.
bool vrd_pool_method_parse(vrd_str text, vrd_pool_method *out);
// The scenario's text with the pooled distribution, reasons, source and date of every judgement (n >=
// 1 experts each), as a draft: a pooled number is not yet agreed. date: "2026-11-22". DATA when no
// distribution goes through what was pooled (says what to do).
vrd_status vrd_elicit_apply(vrd_region *region, const vrd_scenario *scenario,
                            const vrd_judgement *judgements, size_t n, vrd_pool_method method,
                            const char *date, vrd_buf *out, vrd_err *err) VRD_MUST_USE;

// --- afterwards ---------------------------------------------------------------------------------

// How often facts fell inside an expert's interval (P10 and P90 included), with Wilson's 95 %
// limits; nominal is 0.8.
typedef struct {
	const char *expert; // a role, or "linear" and "quantile" for the pools
	bool pool;
	size_t inside, n;
	double low, high;
} vrd_calibrated;

// Reads facts (columns assumption, value; values in the unit of the question) and compares. round 0:
// the last one in which each expert answered.
vrd_status vrd_elicit_calibrate(vrd_region *region, const vrd_question *questions,
                                size_t n_questions, const vrd_answer *answers, size_t n_answers,
                                size_t round, const char *bytes, size_t len, const char *file,
                                const vrd_calibrated **out, size_t *n, vrd_diag *diag,
                                vrd_err *err) VRD_MUST_USE;
