// Answers in the log, and what the experts of a round say together.
#include "region/elicit_parts.h"

#include "num/hash.h"
#include "region/log.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"

static const char entry_word[] = "answer";

static const char *log_name(vrd_arena *mem, const char *scenario) {
	return vrd_arena_printf(mem, "elicit-%s", scenario);
}

// --- into the log -------------------------------------------------------------------------------

// Names the answers of one file. Only those of a file that is in the log with all its answers count,
// so the name must not come again when a file is sent anew after it came in half.
static char *batch_name(vrd_arena *mem, const vrd_answer *answers, size_t n) {
	struct timespec now = {0};
	char hex[2 * VRD_HASH_BYTES + 1];
	vrd_hasher hasher;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	vrd_hasher_init(&hasher);
	vrd_hasher_add_u64(&hasher, (uint64_t)now.tv_sec);
	vrd_hasher_add_u64(&hasher, (uint64_t)now.tv_nsec);
	vrd_hasher_add_u64(&hasher, (uint64_t)getpid());
	for (size_t i = 0; i < n; i++) {
		vrd_hasher_add_text(&hasher, answers[i].expert);
		vrd_hasher_add_text(&hasher, answers[i].assumption);
	}
	const vrd_hash hash = vrd_hasher_finish(&hasher);
	vrd_hash_hex(&hash, hex);
	return vrd_arena_strndup(mem, hex, 16);
}

vrd_status vrd_elicit_append(vrd_region *region, const char *scenario, const vrd_answer *answers,
                             size_t n, const char *who, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *name = log_name(region->mem, scenario);
	const char *batch = batch_name(region->mem, answers, n);
	char *text = NULL;
	json_t *data = NULL;
	if (!name || !batch)
		VRD_TRY(vrd_no_memory(err, region->mem, 64, 1));
	for (size_t i = 0; i < n; i++) {
		const vrd_answer *a = &answers[i];
		data = json_pack("{s:I, s:s, s:s, s:f, s:f, s:f, s:s, s:s, s:s, s:s, s:I}", "round",
		                 (json_int_t)a->round, "expert", a->expert, "assumption",
		                 a->assumption, "p10", a->p10, "p50", a->p50, "p90", a->p90, "unit",
		                 a->unit, "comment", a->comment, "question", a->wording, "file",
		                 batch, "answers", (json_int_t)n);
		text = data ? json_dumps(data, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
		if (!text)
			VRD_TRY(vrd_no_memory(err, region->mem, 512, 1));
		VRD_TRY(vrd_log_append(region->mem, region->dir, name, who, entry_word, text, err));
		free(text);
		text = NULL;
		json_decref(data);
		data = NULL;
	}
out:
	free(text);
	json_decref(data);
	return rc;
}

// --- out of it ----------------------------------------------------------------------------------

typedef struct {
	vrd_answer answer;
	const char *file;
	size_t n; // answers of the file
} logged;

static const char *kept(vrd_arena *mem, const char *text, bool *failed) {
	const char *copy = vrd_arena_strdup(mem, text);
	*failed = *failed || !copy;
	return copy;
}

// False when the entry is no answer ("repair", or of a newer varde).
static bool read_entry(vrd_arena *mem, const vrd_entry *entry, logged *out, bool *failed) {
	const char *expert, *assumption, *unit, *comment, *wording, *file;
	json_int_t round, n;
	vrd_answer a = {.time = entry->time};
	json_t *root = json_loads(entry->data, 0, NULL);
	const bool good =
	        strcmp(entry->what, entry_word) == 0 &&
	        json_unpack(root, "{s:I, s:s, s:s, s:F, s:F, s:F, s:s, s:s, s:s, s:s, s:I}",
	                    "round", &round, "expert", &expert, "assumption", &assumption, "p10",
	                    &a.p10, "p50", &a.p50, "p90", &a.p90, "unit", &unit, "comment",
	                    &comment, "question", &wording, "file", &file, "answers", &n) == 0 &&
	        round >= 1 && round <= VRD_ELICIT_ROUNDS && n >= 1 && *expert && isfinite(a.p10) &&
	        a.p10 <= a.p50 && a.p50 <= a.p90 && isfinite(a.p90);
	if (good) {
		a.round = (size_t)round;
		a.expert = kept(mem, expert, failed);
		a.assumption = kept(mem, assumption, failed);
		a.unit = kept(mem, unit, failed);
		a.comment = kept(mem, comment, failed);
		a.wording = kept(mem, wording, failed);
		*out = (logged){a, kept(mem, file, failed), (size_t)n};
	}
	json_decref(root);
	return good;
}

static bool is_whole(const logged *all, size_t n, size_t i) {
	size_t found = 0;
	for (size_t j = 0; j < n; j++)
		found += strcmp(all[j].file, all[i].file) == 0;
	return found == all[i].n;
}

// Two files that came at the same moment may have said the same: the first one counts.
static bool is_first(const vrd_answer *answers, size_t n, const vrd_answer *a) {
	for (size_t i = 0; i < n; i++)
		if (answers[i].round == a->round &&
		    strcmp(answers[i].assumption, a->assumption) == 0 &&
		    vrd_elicit_same_expert(answers[i].expert, a->expert))
			return false;
	return true;
}

static size_t keep_whole(const logged *all, size_t n, vrd_answer *out, const char *file,
                         vrd_diag *diag) {
	size_t count = 0, torn = 0, repeated = 0;
	bool whole = false;
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(all[i].file, all[i - 1].file) != 0)
			whole = is_whole(all, n, i);
		if (!whole)
			torn++;
		else if (!is_first(out, count, &all[i].answer))
			repeated++;
		else
			out[count++] = all[i].answer;
	}
	if (torn)
		vrd_diag_add(diag, VRD_WARNING, (vrd_place){.file = file}, "elicit.torn",
		             "send the file of answers again",
		             "%zu answers do not count: their file did not come whole into the log",
		             torn);
	if (repeated)
		vrd_diag_add(diag, VRD_WARNING, (vrd_place){.file = file}, "elicit.twice",
		             "the first answer counts", "%zu answers stand twice in one round",
		             repeated);
	return count;
}

vrd_status vrd_elicit_read(vrd_region *region, const char *scenario, const vrd_answer **out,
                           size_t *n, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_entry *entries;
	vrd_answer *answers;
	logged *all;
	size_t n_entries, n_logged = 0;
	bool failed = false;
	const char *name = log_name(region->mem, scenario);
	const char *file = name ? vrd_log_path(region->mem, name) : NULL;
	if (!file)
		VRD_TRY(vrd_no_memory(err, region->mem, strlen(scenario), 1));
	const size_t errors = diag ? diag->n_errors : 0;
	VRD_TRY(vrd_log_read(region->mem, region->dir, name, &entries, &n_entries, diag, err));
	const bool broken = diag && diag->n_errors > errors; // it alone is told
	VRD_TRY(VRD_NEW(region->mem, all, n_entries));
	VRD_TRY(VRD_NEW(region->mem, answers, n_entries));
	for (size_t i = 0; i < n_entries; i++)
		n_logged += read_entry(region->mem, &entries[i], &all[n_logged], &failed);
	if (failed)
		VRD_TRY(vrd_no_memory(err, region->mem, n_entries, sizeof *answers));
	*n = keep_whole(all, n_logged, answers, file, broken ? NULL : diag);
	*out = answers;
out:
	return rc;
}

size_t vrd_elicit_experts(const vrd_answer *answers, size_t n, size_t round) {
	size_t count = 0;
	for (size_t i = 0; i < n; i++) {
		bool seen = round && answers[i].round != round;
		for (size_t j = 0; j < i && !seen; j++)
			seen = (!round || answers[j].round == round) &&
			       vrd_elicit_same_expert(answers[i].expert, answers[j].expert);
		count += !seen;
	}
	return count;
}

// --- judgements ---------------------------------------------------------------------------------

static bool is_outdated(const vrd_question *q, const vrd_answer *a, vrd_dist *dist,
                        vrd_diag *diag) {
	vrd_err why = {0};
	if (strcmp(a->unit, q->unit) != 0)
		(void)vrd_fail(&why, VRD_DATA, "the answer is in %s, the question in %s", a->unit,
		               q->unit);
	else if (vrd_elicit_fit(q, a->p10, a->p50, a->p90, dist, &why) == VRD_OK)
		return false;
	vrd_diag_add(diag, VRD_WARNING, q->node->place, "elicit.outdated",
	             "ask again, or give the assumption its type and bounds back",
	             "the answer of \"%s\" to \"%s\" is left out, because the assumption has "
	             "changed: %s",
	             a->expert, q->id, why.text);
	return true;
}

static void warn_wording(const vrd_question *q, size_t n, vrd_diag *diag) {
	if (n)
		vrd_diag_add(diag, VRD_WARNING, q->node->place, "elicit.wording",
		             "ask again if it matters",
		             "%zu answers to \"%s\" are to a question in other words than today's",
		             n, q->id);
}

static int compare(const vrd_answer *a, const vrd_answer *b) {
	const double x[] = {a->p50, a->p10, a->p90}, y[] = {b->p50, b->p10, b->p90};
	for (size_t i = 0; i < 3; i++)
		if (x[i] < y[i] || x[i] > y[i])
			return x[i] < y[i] ? -1 : 1;
	return strcmp(a->comment, b->comment);
}

static void insert(vrd_answer *answers, vrd_dist *dists, size_t n, const vrd_answer *a,
                   const vrd_dist *dist) {
	size_t at = n;
	while (at > 0 && compare(a, &answers[at - 1]) < 0)
		at--;
	memmove(&answers[at + 1], &answers[at], (n - at) * sizeof *answers);
	memmove(&dists[at + 1], &dists[at], (n - at) * sizeof *dists);
	answers[at] = *a;
	dists[at] = *dist;
}

vrd_status vrd_elicit_judge(vrd_region *region, const vrd_question *question, size_t round,
                            const vrd_answer *answers, size_t n, vrd_judgement *out, vrd_diag *diag,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_answer *own;
	vrd_dist *dists, dist;
	size_t count = 0, reworded = 0;
	for (size_t i = 0; i < n; i++)
		count += answers[i].round == round &&
		         strcmp(answers[i].assumption, question->id) == 0;
	VRD_TRY(VRD_NEW(region->mem, own, count));
	VRD_TRY(VRD_NEW(region->mem, dists, count));
	count = 0;
	for (size_t i = 0; i < n; i++) {
		const vrd_answer *a = &answers[i];
		if (a->round == round && strcmp(a->assumption, question->id) == 0 &&
		    !is_outdated(question, a, &dist, diag)) {
			insert(own, dists, count++, a, &dist);
			reworded += strcmp(question->wording.hex, a->wording) != 0;
		}
	}
	warn_wording(question, reworded, diag);
	*out = (vrd_judgement){
	        .question = question, .round = round, .n = count, .answers = own, .dists = dists};
	if (count) {
		out->linear = vrd_pool_linear(count, dists, NULL);
		out->quantile = vrd_pool_quantile(count, dists, NULL);
		out->disagreement = vrd_pool_disagreement(count, dists, NULL);
	}
out:
	return rc;
}

vrd_status vrd_elicit_judge_last(vrd_region *region, const vrd_question *question,
                                 const vrd_answer *answers, size_t n, vrd_judgement *out,
                                 vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t last = 1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(answers[i].assumption, question->id) == 0 && answers[i].round > last)
			last = answers[i].round;
	VRD_TRY(vrd_elicit_judge(region, question, last, answers, n, out, diag, err));
out:
	return rc;
}

const char *vrd_elicit_disagreement_word(double disagreement) {
	return disagreement < 0.2 ? "small" : disagreement < 0.5 ? "some" : "large";
}
