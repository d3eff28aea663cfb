// Any bytes as a file of experts' answers: refused with a problem, or answers that can be pooled: in
// order, inside the bounds of their question, with a law through them, and once from each expert.
#include "region/elicit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { N_QUESTIONS = 4, BUDGET = 64 << 20 };

static void require(bool condition) {
	if (!condition)
		abort();
}

static void require_text(const char *text) {
	require(text != NULL);
	require(vrd_utf8_invalid_at(text, strlen(text)) == strlen(text));
}

// A share, a growth, a rate without an upper bound, and one without any.
static const vrd_question questions[N_QUESTIONS] = {
        {.id = "share",
         .unit = "percent",
         .scale = 100,
         .upper = 100,
         .kind = VRD_AVOID,
         .text = "What?",
         .wording = {"asked"}},
        {.id = "growth",
         .unit = "percent_a_year",
         .scale = 100,
         .lower = -100,
         .upper = INFINITY,
         .kind = VRD_GROWTH,
         .text = "What?",
         .wording = {"asked"}},
        {.id = "rate",
         .unit = "per_1000",
         .scale = 1,
         .upper = INFINITY,
         .kind = VRD_NEW_SERVICE,
         .text = "What?",
         .wording = {"asked"}},
        {.id = "open",
         .unit = "contacts",
         .scale = 1,
         .lower = -INFINITY,
         .upper = INFINITY,
         .kind = VRD_BACKLOG,
         .text = "What?",
         .wording = {"asked"}},
};

static const vrd_question *question_of(const char *id) {
	for (size_t i = 0; i < N_QUESTIONS; i++)
		if (strcmp(questions[i].id, id) == 0)
			return &questions[i];
	abort();
}

static void require_answer(const vrd_answer *a, size_t round) {
	const vrd_question *q = question_of(a->assumption);
	vrd_dist dist;
	require(a->round == round && strcmp(a->unit, q->unit) == 0);
	require(q->lower <= a->p10 && a->p10 <= a->p50 && a->p50 <= a->p90 && a->p90 <= q->upper);
	require(vrd_dist_fit(VRD_DIST_METALOG, a->p10, a->p50, a->p90, q->lower, q->upper, &dist,
	                     NULL) == VRD_OK);
	require_text(a->expert);
	require_text(a->comment);
	require(a->expert[0] != '\0' && a->wording[0] != '\0');
	for (const char *p = a->comment; *p != '\0'; p++)
		require((unsigned char)*p >= ' ');
}

static void require_once(const vrd_answer *answers, size_t n) {
	for (size_t i = 0; i < n && i < 100; i++)
		for (size_t j = 0; j < i; j++)
			require(strcmp(answers[i].assumption, answers[j].assumption) != 0 ||
			        !vrd_elicit_same_expert(answers[i].expert, answers[j].expert));
}

// Round 2 knows what round 1 accepted.
static void read_round(vrd_region *region, size_t round, const char *bytes, size_t len,
                       const vrd_answer **answers, size_t *n) {
	const vrd_answer *out = NULL;
	size_t n_out = 0;
	vrd_diag diag;
	vrd_err err = {0};
	vrd_diag_init(&diag, region->mem, 0);
	const vrd_status rc =
	        vrd_elicit_check_csv(region, "main", questions, N_QUESTIONS, *answers, *n, round,
	                             bytes, len, "answers.csv", &out, &n_out, &diag, &err);
	require(rc == VRD_OK ? diag.n_errors == 0 && n_out > 0 : err.text[0] != '\0');
	require_text(err.text);
	for (size_t i = 0; i < diag.n; i++)
		require_text(diag.items[i].text);
	for (size_t i = 0; i < n_out; i++)
		require_answer(&out[i], round);
	require_once(out, n_out);
	*answers = out;
	*n = n_out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	vrd_arena mem;
	vrd_region region = {.mem = &mem, .dir = "no such folder"};
	const vrd_answer *answers = NULL;
	size_t n = 0;
	// A copy of its own, so that a read past the end is seen for every size.
	char *bytes = malloc(size == 0 ? 1 : size);
	require(bytes != NULL);
	if (size > 0)
		memcpy(bytes, data, size);
	vrd_arena_init(&mem, BUDGET);
	read_round(&region, 1, bytes, size, &answers, &n);
	read_round(&region, 2, bytes, size, &answers, &n);
	vrd_arena_clear(&mem);
	free(bytes);
	return 0;
}
