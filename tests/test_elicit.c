// Elicitation: questions, answers that are refused, answers in the log, pools, and what comes into
// the scenario.
#include "region_text.h"

#include "region/elicit.h"
#include "region/log.h"
#include "region/versions.h"

static vrd_scenario scenario;
static const vrd_question *questions;
static size_t n_questions;
static const vrd_answer *answers;
static size_t n_answers;

static void ask_main_in(const char *lang) {
	vrd_diag_init(&diag, &mem, 0);
	OK(vrd_region_open_in(&mem, folder, lang, &region, &diag, &err));
	OK(vrd_scenario_read(region, "main", &scenario, &diag, &err));
	OK(vrd_elicit_questions(region, &scenario, &questions, &n_questions, &diag, &err));
}

static void ask_main(void) {
	ask_main_in(NULL);
}

static void read_answers(void) {
	OK(vrd_elicit_read(region, "main", &answers, &n_answers, &diag, &err));
}

static const vrd_question *question(const char *id) {
	size_t i = 0;
	OK(vrd_elicit_find(questions, n_questions, id, &i, &err));
	return &questions[i];
}

// Sends a file of answers as the command does.
static vrd_status try_send(size_t round, const char *csv) {
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

static void send(size_t round, const char *csv) {
	if (try_send(round, csv) != VRD_OK)
		fail_msg("%s", err.text);
}

#define HEAD "assumption,expert,p10,p50,p90,comment\n"

// The experts of the methods page.
static const char three_experts[] = HEAD "avoid,geriatrician,5,10,20,Teams work\n"
                                         "avoid,nurse,8,12,18,\n"
                                         "avoid,doctor of the district,15,25,40,Homes work\n";

static vrd_judgement judge(const char *id, size_t round) {
	vrd_judgement j;
	OK(vrd_elicit_judge(region, question(id), round, answers, n_answers, &j, &diag, &err));
	return j;
}

// Applies as the command does, and gives the text that is written.
static vrd_status try_apply(const char *id, size_t round, vrd_pool_method method) {
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

static void apply(const char *id, size_t round, vrd_pool_method method) {
	if (try_apply(id, round, method) != VRD_OK)
		fail_msg("%s", err.text);
}

static const char *log_bytes(void) {
	return vrd_path_exists(in_folder("log/elicit-main.jsonl"))
	               ? read_text(in_folder("log/elicit-main.jsonl"))
	               : "";
}

static const char *value_of(const char *id, const char *key) {
	return vrd_node_text(question(id)->node, key, "");
}

static double interval_of(const char *id, size_t i) {
	const vrd_node *node = vrd_node_get(question(id)->node, "interval");
	assert_non_null(node);
	assert_true(i < node->n);
	return node->items[i].number;
}

// The law that a run draws from.
static vrd_dist law_of(size_t index) {
	vrd_model model;
	const char *const *variants;
	vrd_cube shrinkage;
	if (vrd_region_model(region, &scenario, &model, &variants, &shrinkage, &diag, &err) !=
	    VRD_OK)
		fail_msg("%s", err.text);
	return model.assumptions[index].dist;
}
enum { AVOID = 1 }; // where it stands in main

// --- questions ----------------------------------------------------------------------------------

static void a_question_says_what_by_when_and_for_whom(void **state) {
	(void)state;
	ask_main();
	assert_int_equal(n_questions, 4);
	assert_string_equal(question("avoid")->text,
	                    "Hvor stor andel av kontaktene unngås innen 2030? Gjelder: Døgn; alder "
	                    "80+.");
	ask_main_in("en");
	assert_string_equal(question("shift")->text,
	                    "What share of the contacts moves to Day by 2029? Applies to: North; "
	                    "Heart; Inpatient.");
	assert_string_equal(
	        question("growth")->text,
	        "Vekst. By how much does use change each year from 2025 to 2030, beyond "
	        "what the population brings? Applies to: Medicine.");
}

static void answers_are_in_the_unit_that_people_use(void **state) {
	(void)state;
	append_text(
	        "scenarios/main.yaml",
	        "  - {id: new, type: new_service, select: {service: card, care: out}, interval: "
	        "1, los_new: 0}\n"
	        "  - {id: queue, type: backlog, select: {care: out}, interval: 10, cleared: "
	        "{2026: 1}}\n"
	        "  - {id: all, type: growth, form: total, interval: 0}\n"
	        "  - {id: health, type: healthy_ageing, interval: 0.1, bounds: [-0.07, 0.6]}\n");
	ask_main();
	assert_string_equal(question("growth")->unit, "percent_a_year");
	assert_string_equal(question("all")->unit, "percent");
	assert_string_equal(question("new")->unit, "per_1000");
	assert_string_equal(question("queue")->unit, "contacts");
	assert_near(question("avoid")->upper, 100, 0);
	assert_near(question("shift")->upper, 50, 0);
	assert_near(question("health")->lower, -7, 0);
	assert_near(question("health")->upper, 60, 0);
	assert_near(question("growth")->lower, -100, 0);
	assert_true(isinf(question("growth")->upper));
	assert_true(isinf(question("queue")->upper));
}

static void every_kind_is_asked_in_three_languages(void **state) {
	static const char *const langs[] = {"nb", "nn", "en"};
	(void)state;
	append_text("scenarios/main.yaml",
	            "  - {id: k1, type: healthy_ageing, interval: 0}\n"
	            "  - {id: k2, type: level, interval: 0, only: down, target: lowest_quartile}\n"
	            "  - {id: k3, type: level, interval: 0, target: c2, phasing: {table: {2027: "
	            "0.5, 2029: 1}}}\n"
	            "  - {id: k4, type: new_service, interval: 0}\n"
	            "  - {id: k5, type: backlog, interval: 0}\n"
	            "  - {id: k6, type: shift, to: none, moves: days, interval: 0}\n"
	            "  - {id: k7, type: flow, from: h1, to: h2, interval: 0}\n"
	            "  - {id: k8, type: catchment, to: c2, interval: 0}\n"
	            "  - {id: k9, type: productivity, interval: 0}\n");
	for (size_t l = 0; l < 3; l++) {
		ask_main_in(langs[l]);
		assert_int_equal(n_questions, 13);
		for (size_t i = 0; i < n_questions; i++) {
			assert_non_null(strchr(questions[i].text, '?'));
			assert_null(strchr(questions[i].text, '%'));
		}
	}
	assert_string_equal(
	        question("k2")->text,
	        "What share of the distance to the lowest quarter of the areas is gone by "
	        "2030? Applies to: only areas that lie above.");
	assert_string_equal(question("k3")->text,
	                    "What share of the distance to South is gone by 2029?");
	assert_string_equal(question("k6")->text,
	                    "What share of the bed days moves out of hospital by 2030?");
	assert_string_equal(
	        question("k7")->text,
	        "What share of what goes to Sykehus 1 goes to Sykehus 2 instead by 2030?");
}

static void a_file_of_questions_can_be_filled_in_and_read(void **state) {
	(void)state;
	vrd_buf csv = {0};
	for (size_t excel = 0; excel < 2; excel++) {
		ask_main();
		vrd_elicit_questions_csv(region, "main", questions, n_questions, NULL, excel, &csv);
		assert_false(csv.failed);
		const char *end = strstr(strstr(csv.p, "avoid"), excel ? "\r\n" : "\n");
		const char *filled =
		        vrd_arena_printf(&mem, "%.*s%s%s", (int)(end - csv.p - 5), csv.p,
		                         excel ? ";role b;5,5;10;20;" : ",role a,5.5,10,20,", end);
		send(1, filled);
		assert_int_equal(diag.n_warnings, 0);
		vrd_buf_free(&csv);
	}
	assert_int_equal(n_answers, 2);
	assert_near(answers[0].p10, 5.5, 0);
	assert_near(answers[1].p10, 5.5, 0);
	assert_string_equal(answers[1].expert, "role b");
	assert_string_equal(answers[0].wording, answers[1].wording);
}

static void a_cell_is_never_a_formula(void **state) {
	(void)state;
	vrd_buf csv = {0};
	change("scenarios/main.yaml", "label: Vekst", "label: \"=1+1\"");
	ask_main();
	vrd_elicit_questions_csv(region, "main", questions, n_questions, NULL, true, &csv);
	assert_non_null(strstr(csv.p, "\" =1+1. Hvor mye"));
	vrd_buf_free(&csv);
}

// --- refusals -----------------------------------------------------------------------------------

static void a_bad_answer_is_refused_with_its_rule(void **state) {
	static const struct {
		const char *row, *rule, *text;
	} cases[] = {
	        {"avoid,a,20,10,30,", "elicit.order", "P10 20 is above P50 10"},
	        {"avoid,a,5,30,20,", "elicit.order", "P50 30 is above P90 20"},
	        {"avoid,a,5,10,120,", "elicit.bounds", "120 is outside [0, 100]"},
	        {"shift,a,5,10,51,", "elicit.bounds", "51 is outside [0, 50]"},
	        {"growth,a,-100,-100,-100,", "elicit.bounds", "-100 is outside (-100, inf)"},
	        {"avoid,a,0,10,20,", "elicit.metalog", "reaches the bound 0"},
	        {"avoid,a,50,90,100,", "elicit.metalog", "reaches the bound 100"},
	        {"avoid,a,5,5.1,20,", "elicit.metalog", "no metalog"},
	        {"avoid,a,5,5,20,", "elicit.metalog", "needs a P50 between"},
	        {"avoid,a,few,10,20,", "elicit.number", "\"few\" is not a number"},
	        {"avoid,a,5 %,10,20,", "elicit.number", "\"5 %\" is not a number"},
	        {"avoid,a,nan,10,20,", "elicit.number", "\"nan\" is not a number"},
	        {"avoid,a,5,,20,", "elicit.missing", "has 2 of the three numbers"},
	        {"avoid,a,,,,because", "elicit.missing", "has 0 of the three numbers"},
	        {"avoid,,5,10,20,", "elicit.expert", "has no expert"},
	        {"avoid,quantile,5,10,20,", "elicit.expert", "is the name of a pool"},
	        {"avoids,a,5,10,20,", "elicit.assumption", "did you mean \"avoid\"?"},
	        {"something-else,a,5,10,20,", "elicit.assumption", "write the id of one of its 4"},
	        {"avoid,a,5,10,20,\navoid,A ,6,11,21,", "elicit.twice",
	         "twice, here and in line 3"},
	        {"avoid,a,5.5,10,20,\navoid,b,\"5,5\",10,20,", "elicit.mixed-decimal",
	         "another decimal sign"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *csv =
		        vrd_arena_printf(&mem, HEAD "stays,fine,1,2,3,ok\n%s\n", cases[i].row);
		if (try_send(1, csv) != VRD_DATA)
			fail_msg("%s is taken", cases[i].row);
		const vrd_problem *p = assert_problem(cases[i].rule, cases[i].text);
		assert_true(p->place.line >= 3);
		assert_string_equal(p->place.file, "answers.csv");
		assert_non_null(p->remedy);
		assert_int_equal(n_answers, 0); // the good row neither
		assert_string_equal(log_bytes(), "");
	}
}

static void an_infeasible_answer_says_which_median_goes(void **state) {
	(void)state;
	assert_int_equal(try_send(1, HEAD "avoid,a,5,5.1,20,\n"), VRD_DATA);
	assert_non_null(strstr(assert_problem("elicit.metalog", "no metalog")->remedy,
	                       "a P50 from 6.41906 to 16.095 goes"));
	send(1, HEAD "avoid,a,5,6.41906,20,\navoid,b,5,16.095,20,\n");
	assert_int_equal(try_send(1, HEAD "avoid,c,5,16.18,20,\n"), VRD_DATA);
	// one bound, and none that is near
	assert_int_equal(try_send(1, HEAD "growth,a,1,1.01,2,\n"), VRD_DATA);
	assert_non_null(strstr(assert_problem("elicit.metalog", "no metalog")->remedy,
	                       "a P50 from 1.16931 to 1.8293 goes"));
}

static void all_bad_rows_are_told(void **state) {
	(void)state;
	assert_int_equal(try_send(1, HEAD "avoid,a,20,10,30,\navoid,,5,10,20,\nshift,c,x,1,2,\n"),
	                 VRD_DATA);
	assert_int_equal(diag.n_errors, 3);
	SAYS("answers.csv:2: column p10");
	SAYS("2 more errors");
}

static void files_that_are_no_answers_are_refused(void **state) {
	(void)state;
	assert_int_equal(try_send(1, "assumption,p10,p50,p90\navoid,1,2,3\n"), VRD_DATA);
	assert_problem("elicit.column", "no column \"expert\"");
	assert_int_equal(try_send(1, HEAD "avoid,,,,,\n"), VRD_DATA);
	SAYS("elicit.empty");
	assert_int_equal(try_send(1, ""), VRD_DATA);
	assert_int_equal(try_send(1, "scenario," HEAD "other,avoid,a,1,2,3,\n"), VRD_DATA);
	assert_problem("elicit.scenario", "about \"other\", not \"main\"");
	assert_int_equal(try_send(1, "unit," HEAD "kroner,avoid,a,1,2,3,\n"), VRD_DATA);
	assert_problem("elicit.unit", "\"kroner\" is not the unit");
	vrd_buf longer = {0};
	vrd_buf_puts(&longer, HEAD "avoid,a,1,2,3,");
	for (size_t i = 0; i < 2001; i++)
		vrd_buf_putc(&longer, 'x');
	assert_int_equal(try_send(1, longer.p), VRD_DATA);
	assert_problem("elicit.comment", "2001 bytes");
	vrd_buf_free(&longer);
	assert_string_equal(log_bytes(), "");
}

static void an_expert_answers_once_in_a_round(void **state) {
	(void)state;
	send(1, three_experts);
	const char *before = log_bytes();
	assert_int_equal(try_send(1, HEAD "stays,new,1,2,3,\navoid,Nurse,1,2,3,\n"), VRD_DATA);
	const vrd_problem *p = assert_problem("elicit.twice", "has answered \"avoid\" in round 1");
	assert_non_null(strstr(p->remedy, "distinct roles"));
	assert_string_equal(log_bytes(), before);
	assert_int_equal(n_answers, 3);
	send(1, HEAD "stays,nurse,1,2,3,\n"); // another question
	send(2, HEAD "avoid,nurse,1,2,3,\n"); // another round
}

static void a_newcomer_in_round_2_is_told(void **state) {
	(void)state;
	send(1, three_experts);
	send(2, HEAD "avoid,nurse,9,12,18,\navoid,planner,8,12,18,\nstays,planner,1,2,3,\n");
	assert_int_equal(diag.n_warnings, 1);
	assert_problem("elicit.round", "\"planner\" answers round 2 but not round 1");
	assert_int_equal(n_answers, 6);
}

static void a_fraction_for_a_percentage_is_told(void **state) {
	(void)state;
	send(1, HEAD "avoid,a,0.05,0.1,0.2,\n");
	assert_problem("elicit.fraction", "is 0.2 per cent");
	send(1, HEAD "growth,a,0.1,0.2,0.4,\n");
	assert_int_equal(diag.n_warnings, 0);
}

static void a_decimal_comma_is_read(void **state) {
	(void)state;
	send(1, "\xEF\xBB\xBF"
	        "Assumption;Expert;P10;P50;P90;Comment\r\n"
	        "avoid; a ;5,5;10,25;20;\"a; b\"\r\n");
	assert_near(answers[0].p10, 5.5, 0);
	assert_near(answers[0].p50, 10.25, 0);
	assert_string_equal(answers[0].expert, "a");
	assert_string_equal(answers[0].comment, "a; b");
}

static void another_question_than_today_is_told(void **state) {
	(void)state;
	send(1, "question," HEAD "What then?,avoid,a,5,10,20,\n");
	assert_problem("elicit.wording", "another today than in this file");
	change("scenarios/main.yaml", "select: {age: 80+, care: inp}, interval: [0.02, 0.1]",
	       "select: {age: 67+, care: inp}, interval: [0.02, 0.1]");
	send(1, HEAD "avoid,b,5,10,20,\n");
	judge("avoid", 1);
	assert_problem("elicit.wording", "1 answers to \"avoid\" are to a question in other words");
}

// --- the log ------------------------------------------------------------------------------------

static void an_answer_is_an_entry_with_its_question(void **state) {
	(void)state;
	const vrd_entry *entries;
	size_t n;
	send(1, three_experts);
	OK(vrd_log_read(&mem, folder, "elicit-main", &entries, &n, &diag, &err));
	assert_int_equal(n, 3);
	assert_string_equal(entries[0].who, "Kari");
	assert_string_equal(entries[0].what, "answer");
	assert_non_null(strstr(entries[0].data, "\"expert\":\"geriatrician\""));
	assert_non_null(strstr(entries[0].data, "\"p50\":10.0"));
	assert_non_null(strstr(entries[0].data, "\"comment\":\"Teams work\""));
	assert_non_null(strstr(entries[0].data, question("avoid")->wordings[VRD_NB].hex));
	assert_string_equal(answers[2].expert, "doctor of the district");
	assert_string_equal(answers[2].unit, "percent");
	assert_near(answers[2].p90, 40, 0);
	assert_int_equal(vrd_elicit_experts(answers, n_answers, 1), 3);
	assert_int_equal(vrd_elicit_experts(answers, n_answers, 2), 0);
}

static void both_rounds_are_kept(void **state) {
	(void)state;
	send(1, three_experts);
	const char *first = log_bytes();
	send(2, HEAD "avoid,geriatrician,7,11,18,\navoid,nurse,8,12,18,\n");
	assert_int_equal(n_answers, 5);
	assert_int_equal(strncmp(log_bytes(), first, strlen(first)), 0);
	assert_int_equal(judge("avoid", 1).n, 3);
	assert_int_equal(judge("avoid", 2).n, 2);
	vrd_judgement last;
	OK(vrd_elicit_judge_last(region, question("avoid"), answers, n_answers, &last, &diag,
	                         &err));
	assert_int_equal(last.round, 2);
	OK(vrd_elicit_judge_last(region, question("stays"), answers, n_answers, &last, &diag,
	                         &err));
	assert_int_equal(last.n, 0);
}

static void a_file_that_came_in_half_does_not_count(void **state) {
	(void)state;
	const char *entry =
	        "{\"round\":1,\"expert\":\"a\",\"assumption\":\"avoid\",\"p10\":5,\"p50\":10,"
	        "\"p90\":20,\"unit\":\"percent\",\"comment\":\"\",\"question\":\"\",\"file\":\"f\","
	        "\"answers\":2}";
	open_region();
	OK(vrd_log_append(&mem, folder, "elicit-main", "x", "answer", entry, &err));
	OK(vrd_log_append(&mem, folder, "elicit-main", "x", "repair", "{\"bytes\":1}", &err));
	read_answers();
	assert_int_equal(n_answers, 0);
	assert_problem("elicit.torn", "1 answers do not count");
	send(1, HEAD "avoid,a,6,11,21,\n"); // and may be sent again
	assert_int_equal(n_answers, 1);
	assert_near(answers[0].p10, 6, 0);
}

static void what_two_files_say_at_once_counts_once(void **state) {
	(void)state;
	open_region();
	for (size_t i = 0; i < 2; i++) {
		const char *entry = vrd_arena_printf(
		        &mem,
		        "{\"round\":1,\"expert\":\"a\",\"assumption\":\"avoid\",\"p10\":%zu,"
		        "\"p50\":"
		        "10,\"p90\":20,\"unit\":\"percent\",\"comment\":\"\",\"question\":\"\","
		        "\"file\":\"f%zu\",\"answers\":1}",
		        i + 5, i);
		OK(vrd_log_append(&mem, folder, "elicit-main", "x", "answer", entry, &err));
	}
	read_answers();
	assert_int_equal(n_answers, 1);
	assert_near(answers[0].p10, 5, 0);
	assert_problem("elicit.twice", "1 answers stand twice");
}

static void a_changed_log_is_told(void **state) {
	(void)state;
	send(1, three_experts);
	change("log/elicit-main.jsonl", "\"p50\":10.0", "\"p50\":11.0");
	ask_main();
	read_answers();
	assert_problem("log.broken", "");
}

// --- pools --------------------------------------------------------------------------------------

static void experts_are_pooled_as_the_methods_say(void **state) {
	(void)state;
	send(1, three_experts);
	const vrd_judgement j = judge("avoid", 1);
	assert_int_equal(j.n, 3);
	assert_near(j.linear.p10, 6.987040, 1e-7);
	assert_near(j.linear.p50, 13.902195, 1e-7);
	assert_near(j.linear.p90, 31.095673, 1e-7);
	assert_near(j.quantile.p10, 9.333333, 1e-7);
	assert_near(j.quantile.p50, 15.666667, 1e-7);
	assert_near(j.quantile.p90, 26, 1e-12);
	assert_near(j.disagreement, 0.43883, 1e-5);
	assert_string_equal(vrd_elicit_disagreement_word(j.disagreement), "some");
}

static void the_order_of_experts_tells_no_name(void **state) {
	(void)state;
	send(1, HEAD "avoid,zz,15,25,40,\navoid,aa,8,12,18,\navoid,mm,5,10,20,\n");
	const vrd_judgement j = judge("avoid", 1);
	assert_string_equal(j.answers[0].expert, "mm");
	assert_string_equal(j.answers[1].expert, "aa");
	assert_string_equal(j.answers[2].expert, "zz");
	assert_near(j.dists[2].high, 40, 0);
	assert_near(j.linear.p50, 13.902195, 1e-7);
}

static void disagreement_has_three_words(void **state) {
	(void)state;
	assert_string_equal(vrd_elicit_disagreement_word(0), "small");
	assert_string_equal(vrd_elicit_disagreement_word(0.1999), "small");
	assert_string_equal(vrd_elicit_disagreement_word(0.2), "some");
	assert_string_equal(vrd_elicit_disagreement_word(0.4999), "some");
	assert_string_equal(vrd_elicit_disagreement_word(0.5), "large");
	assert_string_equal(vrd_elicit_disagreement_word(1), "large");
}

static void answers_to_another_assumption_are_left_out(void **state) {
	(void)state;
	send(1, three_experts);
	change("scenarios/main.yaml", "care: inp}, interval: [0.02, 0.1]}",
	       "care: inp}, interval: [0.02, 0.1], bounds: [0, 0.3]}");
	ask_main();
	assert_int_equal(judge("avoid", 1).n, 2); // 40 per cent is outside
	assert_problem("elicit.outdated", "the answer of \"doctor of the district\"");
	change("scenarios/main.yaml", "{id: avoid, type: avoid,", "{id: avoid, type: growth,");
	change("scenarios/main.yaml", ", bounds: [0, 0.3]", "");
	ask_main();
	assert_int_equal(judge("avoid", 1).n, 0);
	assert_problem("elicit.outdated", "in percent, the question in percent_a_year");
}

static void round_2_shows_round_1_without_names(void **state) {
	(void)state;
	vrd_buf csv = {0};
	send(1, three_experts);
	vrd_judgement shown[4];
	for (size_t i = 0; i < n_questions; i++)
		shown[i] = judge(questions[i].id, 1);
	vrd_elicit_questions_csv(region, "main", questions, n_questions, shown, false, &csv);
	assert_non_null(strstr(csv.p, ",r1_experts,r1_p10,r1_p50,r1_p90,r1_lowest,r1_highest,"
	                              "r1_disagreement,r1_comments\n"));
	assert_non_null(
	        strstr(csv.p, ",3,6.987,13.9,31.1,5,40,0.4388,• Teams work • Homes work\n"));
	assert_non_null(strstr(csv.p, ",0,,,,,,,\n")); // nobody answered these
	assert_null(strstr(csv.p, "geriatrician"));
	assert_null(strstr(csv.p, "nurse"));
	assert_null(strstr(csv.p, "district"));
	vrd_buf_free(&csv);
}

// --- into the scenario --------------------------------------------------------------------------

static void pooled_answers_come_into_the_scenario_and_a_run(void **state) {
	(void)state;
	bool existed;
	const vrd_run_options options = {.draws = 50, .seed = -1, .n_threads = 1};
	const char *before, *after;
	open_region();
	OK(vrd_region_run(region, "main", &options, NULL, NULL, &before, &existed, &diag, &err));
	send(1, three_experts);
	apply("avoid", 1, VRD_POOL_LINEAR);
	assert_near(interval_of("avoid", 0), 0.06987040, 1e-7);
	assert_near(interval_of("avoid", 1), 0.13902195, 1e-7);
	assert_near(interval_of("avoid", 2), 0.31095673, 1e-7);
	assert_string_equal(value_of("avoid", "distribution"), "metalog");
	const vrd_dist law = law_of(AVOID);
	assert_int_equal(law.kind, VRD_DIST_METALOG);
	assert_near(vrd_dist_quantile(&law, 0.1), 0.06987040, 1e-7);
	assert_near(vrd_dist_quantile(&law, 0.5), 0.13902195, 1e-7);
	assert_near(vrd_dist_quantile(&law, 0.9), 0.31095673, 1e-7);
	OK(vrd_region_run(region, "main", &options, NULL, NULL, &after, &existed, &diag, &err));
	assert_string_not_equal(before, after);
	const char *const runs[] = {before, after}, *const by[] = {"stat"};
	const char *where = "year=2030;care=inp;stat=mean";
	double sums[2];
	for (size_t i = 0; i < 2; i++) {
		vrd_query query;
		vrd_cube cube;
		OK(vrd_query_parse(&mem, 1, &where, NULL, &query, &err));
		query.cube = "result/activity";
		query.run = runs[i];
		query.by = by;
		query.n_by = 1;
		if (vrd_region_query(region, &query, &cube, &last_rule, &diag, &err) != VRD_OK)
			fail_msg("%s", err.text);
		sums[i] = total(&cube);
	}
	assert_true(sums[1] < sums[0]); // the experts believe in more
}

static void quantile_averaging_comes_in_narrower(void **state) {
	(void)state;
	send(1, three_experts);
	apply("avoid", 1, VRD_POOL_QUANTILE);
	assert_near(interval_of("avoid", 0), 0.09333333, 1e-7);
	assert_near(interval_of("avoid", 1), 0.15666667, 1e-7);
	assert_near(interval_of("avoid", 2), 0.26, 1e-12);
	assert_non_null(strstr(value_of("avoid", "source"), "gjennomsnitt av kvantiler"));
}

static void reasons_come_in_by_role_and_the_rest_stays(void **state) {
	(void)state;
	change("scenarios/main.yaml", "care: inp}, interval: [0.02, 0.1]}",
	       "care: inp}, interval: [0.02, 0.1], rationale: Pilot}  # our own words");
	send(1, three_experts);
	apply("avoid", 1, VRD_POOL_LINEAR);
	assert_string_equal(
	        value_of("avoid", "rationale"),
	        "Pilot Ekspertenes begrunnelser, runde 1: geriatrician (5 – 10 – 20): Teams "
	        "work; nurse (8 – 12 – 18); doctor of the district (15 – 25 – 40): Homes work");
	assert_string_equal(value_of("avoid", "source"),
	                    "Ekspertvurdering, runde 1, 3 eksperter, lineær sammenveiing");
	assert_string_equal(value_of("avoid", "date"), "2026-11-22");
	assert_string_equal(value_of("avoid", "status"), "agreed");
	assert_non_null(strstr(read_text(in_folder("scenarios/main.yaml")), "# our own words"));
	assert_near(interval_of("stays", 0), 0.02, 0);
	const vrd_version *versions;
	size_t n;
	OK(vrd_versions_read(region, "main", &versions, &n, &diag, &err));
	assert_string_equal(versions[n - 1].what, "elicit");
	assert_string_equal(versions[n - 1].why, "workshop");
}

static void applying_again_repeats_nothing(void **state) {
	(void)state;
	send(1, three_experts);
	apply("avoid", 1, VRD_POOL_LINEAR);
	const char *once = read_text(in_folder("scenarios/main.yaml"));
	apply("avoid", 1, VRD_POOL_LINEAR);
	assert_string_equal(read_text(in_folder("scenarios/main.yaml")), once);
	send(2, HEAD "avoid,nurse,8,12,18,Seen it\n");
	apply("avoid", 2, VRD_POOL_LINEAR);
	assert_string_equal(value_of("avoid", "rationale"),
	                    "Ekspertenes begrunnelser, runde 2: nurse (8 – 12 – 18): Seen it");
	assert_non_null(strstr(value_of("avoid", "source"), "runde 2, 1 ekspert,"));
}

static void reasons_in_the_scenario_are_no_evidence_for_the_next_round(void **state) {
	(void)state;
	change("scenarios/main.yaml", "care: inp}, interval: [0.02, 0.1]}",
	       "care: inp}, interval: [0.02, 0.1], rationale: Pilot, source: Here}");
	ask_main();
	assert_string_equal(question("avoid")->evidence, "Pilot (Here)");
	send(1, three_experts);
	apply("avoid", 1, VRD_POOL_LINEAR);
	assert_non_null(strstr(value_of("avoid", "rationale"), "nurse"));
	assert_string_equal(question("avoid")->evidence,
	                    "Pilot (Ekspertvurdering, runde 1, 3 eksperter, lineær sammenveiing)");
}

static void keys_of_another_distribution_go(void **state) {
	(void)state;
	send(1, three_experts);
	change("scenarios/main.yaml", "care: inp}, interval: [0.02, 0.1]}",
	       "care: inp}, values: [0.1, 0.2], weights: [0.5, 0.5]}");
	apply("avoid", 1, VRD_POOL_LINEAR);
	assert_null(vrd_node_get(question("avoid")->node, "values"));
	assert_null(vrd_node_get(question("avoid")->node, "weights"));
	assert_near(interval_of("avoid", 1), 0.13902195, 1e-7);
	assert_int_equal(law_of(AVOID).kind, VRD_DIST_METALOG);
}

static void experts_who_all_agree_give_a_number(void **state) {
	(void)state;
	send(1, HEAD "avoid,a,12,12,12,\navoid,b,12,12,12,\n");
	change("scenarios/main.yaml", "care: inp}, interval: [0.02, 0.1]}",
	       "care: inp}, interval: [0.02, 0.05, 0.1], distribution: pert}");
	apply("avoid", 1, VRD_POOL_LINEAR);
	assert_near(interval_of("avoid", 0), 0.12, 0);
	assert_int_equal(vrd_node_get(question("avoid")->node, "interval")->n, 1);
	assert_null(vrd_node_get(question("avoid")->node, "distribution"));
	assert_int_equal(law_of(AVOID).kind, VRD_DIST_FIXED);
}

static void a_pool_of_two_humps_is_told_by_more_quantiles(void **state) {
	(void)state;
	send(1, HEAD "avoid,a,5,7,10,\navoid,b,5,7,10,\navoid,c,5,7,10,\navoid,d,15,40,59,\n");
	apply("avoid", 1, VRD_POOL_LINEAR);
	const vrd_node *node = vrd_node_get(question("avoid")->node, "quantiles");
	assert_non_null(node);
	assert_int_equal(node->n, 5);
	assert_null(vrd_node_get(question("avoid")->node, "interval"));
	const vrd_judgement j = judge("avoid", 1);
	const vrd_dist law = law_of(AVOID);
	assert_near(vrd_dist_quantile(&law, 0.75),
	            vrd_pool_linear_quantile(4, j.dists, NULL, 0.75) / 100, 1e-7);
	assert_near(vrd_dist_quantile(&law, 0.9), j.linear.p90 / 100, 1e-7);
}

static void worlds_apart_are_refused(void **state) {
	(void)state;
	send(1, HEAD "avoid,a,1,1,1,\navoid,b,80,80,80,\n");
	const char *before = read_text(in_folder("scenarios/main.yaml"));
	assert_int_equal(try_apply("avoid", 1, VRD_POOL_LINEAR), VRD_DATA);
	SAYS("no distribution goes through");
	SAYS("--method quantile");
	assert_string_equal(read_text(in_folder("scenarios/main.yaml")), before);
	apply("avoid", 1, VRD_POOL_QUANTILE);
	assert_near(interval_of("avoid", 0), 0.405, 1e-12);
}

static void a_locked_scenario_is_not_changed(void **state) {
	(void)state;
	send(1, three_experts);
	change("scenarios/main.yaml", "draws: 200\n", "draws: 200\nstatus: locked\n");
	const char *before = read_text(in_folder("scenarios/main.yaml"));
	assert_int_equal(try_apply("avoid", 1, VRD_POOL_LINEAR), VRD_CONFIG);
	SAYS("scenario.locked");
	assert_string_equal(read_text(in_folder("scenarios/main.yaml")), before);
}

static void a_strange_comment_is_still_yaml(void **state) {
	(void)state;
	send(1, HEAD "avoid,\"role: 'x' # \",5,10,20,\"it's: \"\"so\"\" # no\nsecond - {line}\"\n");
	apply("avoid", 1, VRD_POOL_LINEAR);
	assert_non_null(strstr(value_of("avoid", "rationale"),
	                       "role: 'x' # (5 – 10 – 20): it's: \"so\" # no second - {line}"));
}

static void per_1000_and_contacts_are_not_divided(void **state) {
	(void)state;
	append_text("scenarios/main.yaml",
	            "  - {id: queue, type: backlog, select: {care: out}, interval: 10, cleared: "
	            "{2026: 1}}\n");
	send(1, HEAD "queue,a,100,150,300,\ngrowth,a,-0.5,0.5,1.5,\n");
	apply("queue", 1, VRD_POOL_LINEAR);
	assert_near(interval_of("queue", 1), 150, 1e-8);
	apply("growth", 1, VRD_POOL_LINEAR);
	assert_near(interval_of("growth", 0), -0.005, 1e-8);
	assert_near(interval_of("growth", 2), 0.015, 1e-8);
}

// --- afterwards ---------------------------------------------------------------------------------

static const vrd_calibrated *rows;
static size_t n_rows;

static vrd_status try_calibrate(size_t round, const char *csv) {
	ask_main();
	read_answers();
	return vrd_elicit_calibrate(region, questions, n_questions, answers, n_answers, round, csv,
	                            strlen(csv), "facts.csv", &rows, &n_rows, &diag, &err);
}

static const vrd_calibrated *row_of(const char *expert) {
	for (size_t i = 0; i < n_rows; i++)
		if (strcmp(rows[i].expert, expert) == 0)
			return &rows[i];
	fail_msg("no row of %s", expert);
	return NULL;
}

static void facts_are_counted_inside_each_experts_interval(void **state) {
	(void)state;
	send(1, HEAD "avoid,a,5,10,20,\nstays,a,1,2,3,\navoid,b,5,6,7,\nshift,b,5,10,20,\n");
	OK(try_calibrate(0, "assumption,value\navoid,20\nstays,4\n"));
	assert_int_equal(n_rows, 4);
	assert_int_equal(row_of("a")->n, 2);
	assert_int_equal(row_of("a")->inside, 1); // 20 is its P90
	assert_near(row_of("a")->low, 0.094531205734230737, 1e-9);
	assert_near(row_of("a")->high, 0.90546879426576926, 1e-9);
	assert_int_equal(row_of("b")->n, 1);
	assert_int_equal(row_of("b")->inside, 0);
	assert_near(row_of("b")->high, 0.79345, 1e-5);
	assert_true(row_of("linear")->pool);
	assert_int_equal(row_of("quantile")->n, 2);
}

static void the_last_answer_is_compared(void **state) {
	(void)state;
	send(1, HEAD "avoid,a,5,10,20,\navoid,b,5,10,20,\n");
	send(2, HEAD "avoid,a,15,20,25,\n");
	OK(try_calibrate(0, "assumption;value\navoid;10,5\n"));
	assert_int_equal(row_of("a")->inside, 0);
	assert_int_equal(row_of("b")->inside, 1);
	OK(try_calibrate(1, "assumption;value\navoid;10,5\n"));
	assert_int_equal(row_of("a")->inside, 1);
}

static void bad_facts_are_refused(void **state) {
	(void)state;
	send(1, three_experts);
	assert_int_equal(try_calibrate(0, "assumption,value\navoidd,10\navoid,much\n"), VRD_DATA);
	assert_problem("elicit.assumption", "did you mean \"avoid\"?");
	assert_problem("elicit.number", "\"much\" is not a number");
	assert_int_equal(try_calibrate(0, "assumption,value\navoid,10\navoid,12\n"), VRD_DATA);
	assert_problem("elicit.twice", "two facts");
	assert_int_equal(try_calibrate(0, "assumption\navoid\n"), VRD_DATA);
	assert_problem("elicit.column", "no column \"value\"");
	OK(try_calibrate(0, "assumption,value\nstays,1\n"));
	assert_int_equal(n_rows, 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(a_question_says_what_by_when_and_for_whom),
	        TEST(answers_are_in_the_unit_that_people_use),
	        TEST(every_kind_is_asked_in_three_languages),
	        TEST(a_file_of_questions_can_be_filled_in_and_read),
	        TEST(a_cell_is_never_a_formula),
	        TEST(a_bad_answer_is_refused_with_its_rule),
	        TEST(an_infeasible_answer_says_which_median_goes),
	        TEST(all_bad_rows_are_told),
	        TEST(files_that_are_no_answers_are_refused),
	        TEST(an_expert_answers_once_in_a_round),
	        TEST(a_newcomer_in_round_2_is_told),
	        TEST(a_fraction_for_a_percentage_is_told),
	        TEST(a_decimal_comma_is_read),
	        TEST(another_question_than_today_is_told),
	        TEST(an_answer_is_an_entry_with_its_question),
	        TEST(both_rounds_are_kept),
	        TEST(a_file_that_came_in_half_does_not_count),
	        TEST(what_two_files_say_at_once_counts_once),
	        TEST(a_changed_log_is_told),
	        TEST(experts_are_pooled_as_the_methods_say),
	        TEST(the_order_of_experts_tells_no_name),
	        TEST(disagreement_has_three_words),
	        TEST(answers_to_another_assumption_are_left_out),
	        TEST(round_2_shows_round_1_without_names),
	        TEST(pooled_answers_come_into_the_scenario_and_a_run),
	        TEST(quantile_averaging_comes_in_narrower),
	        TEST(reasons_come_in_by_role_and_the_rest_stays),
	        TEST(applying_again_repeats_nothing),
	        TEST(reasons_in_the_scenario_are_no_evidence_for_the_next_round),
	        TEST(keys_of_another_distribution_go),
	        TEST(experts_who_all_agree_give_a_number),
	        TEST(a_pool_of_two_humps_is_told_by_more_quantiles),
	        TEST(worlds_apart_are_refused),
	        TEST(a_locked_scenario_is_not_changed),
	        TEST(a_strange_comment_is_still_yaml),
	        TEST(per_1000_and_contacts_are_not_divided),
	        TEST(facts_are_counted_inside_each_experts_interval),
	        TEST(the_last_answer_is_compared),
	        TEST(bad_facts_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
