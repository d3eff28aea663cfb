// What becomes of answers: pools, the scenario, and comparison with facts.
#include "elicit_kit.h"

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
	assert_string_equal(value_of("avoid", "status"), "draft");
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
