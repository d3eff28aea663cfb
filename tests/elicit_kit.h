// What tests of elicitation share: the questions of the small region's main scenario, answers sent to
// them, and what comes into the scenario.
#pragma once

#include "region_text.h"

#include "region/elicit.h"
#include "region/log.h"
#include "region/versions.h"

static vrd_scenario scenario;
static const vrd_question *questions;
static size_t n_questions;
static const vrd_answer *answers;
static size_t n_answers;

static inline void ask_main_in(const char *lang) {
	vrd_diag_init(&diag, &mem, 0);
	OK(vrd_region_open_in(&mem, folder, lang, &region, &diag, &err));
	OK(vrd_scenario_read(region, "main", &scenario, &diag, &err));
	OK(vrd_elicit_questions(region, &scenario, &questions, &n_questions, &diag, &err));
}

static inline void ask_main(void) {
	ask_main_in(NULL);
}

static inline void read_answers(void) {
	OK(vrd_elicit_read(region, "main", &answers, &n_answers, &diag, &err));
}

static inline const vrd_question *question(const char *id) {
	size_t i = 0;
	OK(vrd_elicit_find(questions, n_questions, id, &i, &err));
	return &questions[i];
}

// Sends a file of answers as the command does.
static inline vrd_status try_send(size_t round, const char *csv) {
	const vrd_answer *fresh;
	size_t n;
	ask_main();
	read_answers();
	vrd_status rc = vrd_elicit_check_csv(region, "main", questions, n_questions, answers,
	                                     n_answers, round, csv, strlen(csv), "answers.csv",
	                                     &fresh, &n, &diag, &err);
	if (rc == VRD_OK)
		rc = vrd_elicit_append(region, "main", fresh, n, "Kari", &err);
	read_answers();
	return rc;
}

static inline void send(size_t round, const char *csv) {
	if (try_send(round, csv) != VRD_OK)
		fail_msg("%s", err.text);
}

#define HEAD "assumption,expert,p10,p50,p90,comment\n"

// The experts of the methods page.
static const char three_experts[] = HEAD "avoid,geriatrician,5,10,20,Teams work\n"
                                         "avoid,nurse,8,12,18,\n"
                                         "avoid,doctor of the district,15,25,40,Homes work\n";

static inline vrd_judgement judge(const char *id, size_t round) {
	vrd_judgement j;
	OK(vrd_elicit_judge(region, question(id), round, answers, n_answers, &j, &diag, &err));
	return j;
}

// Applies as the command does, and gives the text that is written.
static inline vrd_status try_apply(const char *id, size_t round, vrd_pool_method method) {
	vrd_buf out = {0};
	ask_main();
	read_answers();
	const vrd_judgement j = judge(id, round);
	vrd_status rc =
	        vrd_elicit_apply(region, &scenario, &j, 1, method, "2026-11-22", &out, &err);
	if (rc == VRD_OK)
		rc = vrd_scenario_write(region, "main", out.p, out.n, false, "Kari", "elicit",
		                        "workshop", &diag, &err);
	vrd_buf_free(&out);
	ask_main();
	return rc;
}

static inline void apply(const char *id, size_t round, vrd_pool_method method) {
	if (try_apply(id, round, method) != VRD_OK)
		fail_msg("%s", err.text);
}

static inline const char *log_bytes(void) {
	return vrd_path_exists(in_folder("log/elicit-main.jsonl"))
	               ? read_text(in_folder("log/elicit-main.jsonl"))
	               : "";
}

static inline const char *value_of(const char *id, const char *key) {
	return vrd_node_text(question(id)->node, key, "");
}

static inline double interval_of(const char *id, size_t i) {
	const vrd_node *node = vrd_node_get(question(id)->node, "interval");
	assert_non_null(node);
	assert_true(i < node->n);
	return node->items[i].number;
}

// The law that a run draws from.
static inline vrd_dist law_of(size_t index) {
	vrd_model model;
	const char *const *variants;
	vrd_cube shrinkage;
	if (vrd_region_model(region, &scenario, &model, &variants, &shrinkage, &diag, &err) !=
	    VRD_OK)
		fail_msg("%s", err.text);
	return model.assumptions[index].dist;
}
enum { AVOID = 1 }; // where it stands in main
