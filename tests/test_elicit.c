// Elicitation: questions, answers that are refused, and answers in the log.
#include "elicit_kit.h"

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

// The names of services and care are the region's in one language at a time, too.
static void the_language_of_a_question_is_no_part_of_it(void **state) {
	(void)state;
	char hex[sizeof(vrd_wording)];
	ask_main();
	memcpy(hex, question("avoid")->wording.hex, sizeof hex);
	ask_main_in("en");
	assert_string_equal(question("avoid")->wording.hex, hex);
	const char *text = question("avoid")->text;
	assert_non_null(strstr(text, "What share"));
	send(1, vrd_arena_printf(&mem, "question," HEAD "\"%s\",avoid,a,5,10,20,\n", text));
	assert_int_equal(diag.n_warnings, 0);
	assert_string_not_equal(question("avoid")->text, text);
	assert_string_equal(answers[0].wording, hex);
	(void)judge("avoid", 1);
	assert_int_equal(diag.n_warnings, 0);
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
	assert_non_null(strstr(entries[0].data, question("avoid")->wording.hex));
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

static void a_broken_chain_alone_is_told(void **state) {
	(void)state;
	send(1, three_experts);
	change("log/elicit-main.jsonl", "geriatrician", "geriatrocian");
	read_answers();
	assert_problem("log.broken", "does not follow");
	for (size_t i = 0; i < diag.n; i++)
		assert_string_not_equal(diag.items[i].rule, "elicit.torn");
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
	        TEST(the_language_of_a_question_is_no_part_of_it),
	        TEST(an_answer_is_an_entry_with_its_question),
	        TEST(both_rounds_are_kept),
	        TEST(a_file_that_came_in_half_does_not_count),
	        TEST(a_broken_chain_alone_is_told),
	        TEST(what_two_files_say_at_once_counts_once),
	        TEST(a_changed_log_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
