// Scenario files: every type of assumption with its own keys and laws, and what is said when something
// in them cannot be.
#include "scenario_kit.h"

#include "num/correlation.h"

// --- types and their keys -----------------------------------------------------------------------

static void every_type_is_read_with_its_own_keys(void **state) {
	(void)state;
	built("  - {id: g, type: growth, interval: 0.01, cause: medical_development, walk_sd: "
	      "0.002, "
	      "theme: technology}\n"
	      "  - {id: l, type: level, interval: [0.2, 0.6], target: lowest_quartile, only: "
	      "down}\n"
	      "  - {id: n, type: new_service, select: {service: onc, care: day, age: 80+}, "
	      "interval: "
	      "[1, 4], los_new: 0}\n"
	      "  - {id: b, type: backlog, select: {service: card}, interval: [40, 90], cleared: "
	      "{2026: "
	      "0.25, 2027: 0.75}}\n"
	      "  - {id: a, type: avoid, interval: [0.01, 0.05], phasing: {end: 2029}}\n"
	      "  - {id: s, type: shift, select: {care: inp}, to: day, interval: [0.01, 0.05], "
	      "conversion: 2, los_new: 0.5, removed_los: 1.5}\n"
	      "  - {id: d, type: length_of_stay, interval: [0.01, 0.05], floor: one_night}\n"
	      "  - {id: f, type: flow, from: h1, to: h2, interval: [0.1, 0.2], bounds: [0, 0.4]}\n"
	      "  - {id: c, type: catchment, select: {area: a}, to: c2, interval: [0.1, 0.2], "
	      "bounds: [0, 0.4]}\n"
	      "  - {id: p, type: productivity, resource: beds, interval: [-0.1, 0.2]}\n");
	assert_int_equal(model.n_assumptions, 10);
	assert_near(rule_of("g")->walk_sd, 0.002, 1e-15);
	assert_string_equal(rule_of("g")->theme, "technology");
	assert_null(rule_of("l")->theme);
	assert_non_null(rule_of("l")->gap);
	assert_int_equal(rule_of("n")->kind, VRD_NEW_SERVICE);
	const vrd_phasing *p = &rule_of("b")->phasing;
	assert_int_equal(p->n_table, 2);
	assert_int_equal(p->table_year[1], 2027);
	assert_near(p->table_share[1], 0.75, 1e-15);
	assert_near(rule_of("s")->los_new, 0.5, 1e-15);
	assert_int_equal(rule_of("s")->to, vrd_dim_find_text(model.demand.care, "day"));
	assert_true(rule_of("d")->one_night);
	assert_int_equal(rule_of("f")->from, 0);
	assert_int_equal(rule_of("f")->to, 1);
	assert_int_equal(rule_of("c")->to, vrd_dim_find_text(model.unit, "c2"));
	assert_near(rule_of("p")->dist.low, -0.1, 1e-15);
}

// Without data a scenario is still read against the tables.
static void every_type_is_checked_without_data(void **state) {
	(void)state;
	change("region.yaml", "  - {kind: activity, file", "  - {kind: control, file");
	write_text(
	        "scenarios/main.yaml",
	        "schema: 1\nname: main\nassumptions:\n"
	        "  - {id: h, type: healthy_ageing, interval: [0.2, 0.6]}\n"
	        "  - {id: l, type: level, interval: [0.2, 0.6], target: c2}\n"
	        "  - {id: n, type: new_service, select: {service: onc, care: day}, interval: 2}\n"
	        "  - {id: f, type: flow, from: h1, to: hh2, interval: [0.1, 0.2]}\n"
	        "  - {id: s, type: shift, select: {care: inp}, to: none, interval: [0.01, "
	        "0.05]}\n");
	check_region();
	assert_problem("scenario.unknown-code", "\"h2\"");
	assert_null(find_problem("scenario.unknown-code", "c2"));
	assert_null(find_problem("scenario.interval", "h"));
}

static void a_key_of_another_type_is_refused(void **state) {
	(void)state;
	static const refusal list[] = {
	        {"  - {id: x, type: avoid, interval: 0.1, target: region}\n", "scenario.key",
	         "\"target\" belongs to type level; \"x\" is of type avoid"},
	        {"  - {id: x, type: growth, interval: 0.1, cleared: {2027: 1}}\n", "scenario.key",
	         "backlog"},
	        {"  - {id: x, type: shift, to: day, from: h1, interval: 0.1}\n", "scenario.key",
	         "\"from\" belongs to type flow"},
	        {"  - {id: x, type: avoid, interval: 0.1, to: day}\n", "scenario.key",
	         "belongs to type shift, flow, catchment"},
	        {"  - {id: x, type: level, interval: 0.1, walk_sd: 0.1}\n", "scenario.key",
	         "growth"},
	        {"  - {id: x, type: flow, from: h1, to: h2, interval: 0.1, resource: beds}\n",
	         "scenario.key", "productivity"},
	        {"  - {id: x, type: growth, form: total, interval: 0.1, walk_sd: 0.1}\n",
	         "scenario.growth", "only annual growth can walk"},
	};
	ALL_REFUSED(list);
}

static void types_with_their_own_time_have_no_phasing(void **state) {
	(void)state;
	const vrd_problem *p =
	        not_built("  - {id: x, type: backlog, interval: 10, cleared: {2026: 1}, phasing: "
	                  "{end: 2028}}\n",
	                  "scenario.key", "\"phasing\" belongs to type growth");
	assert_non_null(strstr(p->remedy, "cleared"));
	p = not_built("  - {id: x, type: flow, from: h1, to: h1, interval: 0.1, floor: none}\n",
	              "scenario.key", "length_of_stay");
	assert_string_equal(p->remedy, "remove the key");
}

static void codes_of_places_suggest_the_nearest(void **state) {
	(void)state;
	static const refusal list[] = {
	        {"  - {id: x, type: flow, from: h11, to: h2, interval: 0.1}\n",
	         "scenario.unknown-code", "\"h1\""},
	        {"  - {id: x, type: flow, from: h1, to: utte, interval: 0.1}\n",
	         "scenario.unknown-code", "\"ute\""},
	        {"  - {id: x, type: flow, from: h1, to: h1, interval: 0.1}\n", "scenario.flow",
	         "to itself"},
	        {"  - {id: x, type: flow, from: h1, interval: 0.1}\n", "scenario.flow",
	         "two providers"},
	        {"  - {id: x, type: catchment, to: cc2, interval: 0.1}\n", "scenario.unknown-code",
	         "\"c2\""},
	        {"  - {id: x, type: catchment, interval: 0.1}\n", "scenario.catchment",
	         "where people move"},
	        {"  - {id: x, type: level, target: cc1, interval: 0.1}\n", "scenario.unknown-code",
	         "\"c1\""},
	};
	ALL_REFUSED(list);
}

static void a_flow_needs_flows(void **state) {
	(void)state;
	change("region.yaml", "  - {kind: flows, file: data/flows.csv}\n", "");
	not_built("  - {id: x, type: flow, from: h1, to: h2, interval: 0.1}\n", "scenario.flow",
	          "no flows");
}

// --- the parameter ------------------------------------------------------------------------------

static void exactly_one_form_of_a_parameter_stands(void **state) {
	(void)state;
	static const refusal list[] = {
	        {"  - {id: x, type: avoid}\n", "scenario.interval", "\"x\" has none of interval"},
	        {"  - {id: x, type: avoid, interval: 0.1, values: [0.1], weights: [1]}\n",
	         "scenario.interval", "several"},
	        {"  - {id: x, type: avoid, interval: 0.1, weights: [1]}\n", "scenario.interval",
	         "have no values"},
	        {"  - {id: x, type: avoid, values: [0.1, 0.2]}\n", "scenario.interval",
	         "2 values and 0 weights"},
	        {"  - {id: x, type: avoid, values: [0.1, 0.2], weights: [1]}\n",
	         "scenario.interval", "2 values and 1 weights"},
	        {"  - {id: x, type: avoid, values: [0.1, 0.2], weights: [0.6, 0.6]}\n",
	         "scenario.interval", "\"x\""},
	        {"  - {id: x, type: avoid, values: [0.1, 1.2], weights: [0.5, 0.5]}\n",
	         "scenario.interval", "1.2"},
	        {"  - {id: x, type: avoid, values: [0.1], weights: [1], distribution: beta80}\n",
	         "scenario.interval", "are a distribution themselves"},
	        {"  - {id: x, type: avoid, quantiles: {0.1: 0.1, 0.9: 0.2}}\n", "scenario.interval",
	         "2 quantiles"},
	        {"  - {id: x, type: avoid, quantiles: {0.1: 0.1, half: 0.15, 0.9: 0.2}}\n",
	         "scenario.interval", "\"half\""},
	        {"  - {id: x, type: avoid, quantiles: {0.1: 0.1, 0.5: 0.15, 1.5: 0.2}}\n",
	         "scenario.interval", "not a probability"},
	        {"  - {id: x, type: avoid, quantiles: {0.1: 0.1, 0.5: 0.15, 0.9: 0.2}, "
	         "distribution: "
	         "normal}\n",
	         "scenario.interval", "make a metalog"},
	        {"  - {id: x, type: avoid, interval: [0.1, 0.2, 0.3]}\n", "scenario.interval",
	         "pert, triangular or metalog"},
	        {"  - {id: x, type: avoid, interval: [0.1, 0.2, 0.3], distribution: beta80}\n",
	         "scenario.interval", "beta80 takes two"},
	        {"  - {id: x, type: avoid, interval: [0.1, 0.2], distribution: metalog}\n",
	         "scenario.interval", "metalog needs three"},
	        {"  - {id: x, type: avoid, interval: [0.1, 0.2], distribution: triangular}\n",
	         "scenario.interval", "triangular needs three"},
	};
	ALL_REFUSED(list);
}

static void laws_go_through_what_was_given(void **state) {
	(void)state;
	built("  - {id: m, type: avoid, interval: [0.05, 0.1, 0.2], distribution: metalog, select: "
	      "{age: 80+}}\n"
	      "  - {id: q, type: avoid, quantiles: {0.05: 0.02, 0.5: 0.08, 0.95: 0.2}}\n"
	      "  - {id: v, type: avoid, values: [0.1, 0.3, 0.2], weights: [0.5, 0.2, 0.3]}\n"
	      "  - {id: t, type: avoid, interval: [0.05, 0.1, 0.2], distribution: triangular}\n");
	const vrd_dist *m = &rule_of("m")->dist, *q = &rule_of("q")->dist, *v = &rule_of("v")->dist,
	               *t = &rule_of("t")->dist;
	// docs/methods.md: P10, P50, P90 = .05, .10, .20 on [0, 1] has P1 .023092 and P99 .380763.
	assert_int_equal(m->kind, VRD_DIST_METALOG);
	assert_near(vrd_dist_quantile(m, 0.01), 0.023092, 1e-6);
	assert_near(vrd_dist_quantile(m, 0.99), 0.380763, 1e-6);
	assert_near(vrd_dist_quantile(q, 0.05), 0.02, 1e-9);
	assert_near(vrd_dist_quantile(q, 0.5), 0.08, 1e-9);
	assert_near(vrd_dist_quantile(q, 0.95), 0.2, 1e-9);
	assert_near(vrd_dist_mean(v), 0.5 * 0.1 + 0.2 * 0.3 + 0.3 * 0.2, 1e-12);
	assert_near(vrd_dist_mean(t), 0.35 / 3, 1e-12);
}

static void the_default_law_is_a_truncated_normal(void **state) {
	(void)state;
	built("  - {id: g, type: growth, interval: [0.005, 0.02]}\n"
	      "  - {id: a, type: avoid, interval: [0.05, 0.2]}\n"
	      "  - {id: p, type: productivity, interval: [-0.05, 0.1]}\n");
	assert_int_equal(rule_of("g")->dist.kind, VRD_DIST_TRUNCNORM);
	assert_true(isinf(rule_of("g")->dist.b));
	assert_int_equal(rule_of("a")->dist.kind, VRD_DIST_TRUNCNORM);
	assert_near(vrd_dist_mean(&rule_of("a")->dist), 0.124639465856, 1e-9);
	assert_near(vrd_dist_quantile(&rule_of("p")->dist, 0.1), -0.05, 1e-9);
}

static void every_type_has_natural_bounds(void **state) {
	(void)state;
	static const struct {
		const char *type;
		double below, above; // outside; NaN: no bound
	} list[] = {{"type: growth", -1, NAN},
	            {"type: productivity", -1, NAN},
	            {"type: healthy_ageing", -1.01, 1.01},
	            {"type: level", -0.01, 1.01},
	            {"type: new_service, select: {service: onc, care: day}", -0.01, NAN},
	            {"type: backlog, cleared: {2026: 1}", -0.01, NAN},
	            {"type: avoid", -0.01, 1.01},
	            {"type: shift, select: {care: inp}, to: day", -0.01, 1.01},
	            {"type: length_of_stay", -0.01, 1.01},
	            {"type: flow, from: h1, to: h2", -0.01, 1.01},
	            {"type: catchment, to: c2", -0.01, 1.01}};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		for (int side = 0; side < 2; side++) {
			const double x = side ? list[i].above : list[i].below;
			if (isnan(x))
				continue;
			vrd_scenario scenario;
			const char *text = vrd_arena_printf(
			        &mem,
			        "schema: 1\nname: t\nassumptions:\n  - {id: x, %s, interval: %g}\n",
			        list[i].type, x);
			write_text("scenarios/t.yaml", text);
			open_region();
			OK(vrd_scenario_read(region, "t", &scenario, &diag, &err));
			// Against the tables alone: what data are there does not matter.
			vrd_model bare = {.demand = {.service = region->service,
			                             .care = region->care,
			                             .area = region->unit,
			                             .n_service = region->service->n,
			                             .n_care = region->care->n,
			                             .n_area = region->unit->n}};
			assert_int_equal(
			        vrd_scenario_resolve(region, &scenario, &bare, &diag, &err),
			        VRD_CONFIG);
			assert_problem("scenario.interval", "outside");
		}
}

// --- the whole file -----------------------------------------------------------------------------

static void a_selector_without_activity_lists_what_has(void **state) {
	(void)state;
	built("  - {id: x, type: avoid, interval: 0.1, select: {service: birth, care: day}}\n");
	const vrd_problem *p = assert_problem("model.neutral", "\"x\" selects nothing");
	assert_int_equal(p->severity, VRD_WARNING);
	assert_string_equal(p->remedy, "check its selector; services with activity: card, onc, "
	                               "birth; forms of care: inp, day, out");
	append_text("data/care.csv", "home,no,Hjemme,Heime,Home\n");
	built("  - {id: s, type: shift, select: {care: inp}, to: home, interval: 0.1}\n"
	      "  - {id: x, type: length_of_stay, interval: 0.1, select: {care: home}}\n");
	assert_null(find_problem("model.neutral", "x"));
}

static void a_locked_scenario_says_why(void **state) {
	(void)state;
	static const char *const item = "  - {id: x, type: avoid, interval: 0.1}\n";
	assert_int_equal(build_with("status: locked\n", item), VRD_CONFIG);
	assert_int_equal(assert_problem("scenario.lock", "no rationale")->severity, VRD_ERROR);
	assert_int_equal(assert_problem("scenario.lock", "no source")->severity, VRD_WARNING);
	OK(build_with("status: locked\n", "  - {id: x, type: avoid, interval: 0.1, rationale: Why, "
	                                  "source: Where, owner: Who}\n"));
	assert_problem("scenario.lock", "no date");
	assert_null(find_problem("scenario.lock", "no source"));
	OK(build_with("status: draft\n", item));
	assert_null(find_problem("scenario.lock", "x"));
}

static void options_of_the_scenario_reach_the_model(void **state) {
	(void)state;
	OK(build_with("rate_uncertainty: true\n", "  - {id: x, type: avoid, interval: 0.1}\n"));
	assert_true(model.uncertain_rates);
	assert_int_equal(model.n_base, 1);
	OK(build_with("", "  - {id: x, type: avoid, interval: 0.1}\n"));
	assert_false(model.uncertain_rates);
}

static void a_newer_file_is_told_from_a_mistake(void **state) {
	(void)state;
	write_text("scenarios/t.yaml", "# new\nschema: 2 # later\nname: t\nwonders: true\n");
	open_region();
	vrd_scenario scenario;
	assert_int_equal(vrd_scenario_read(region, "t", &scenario, &diag, &err), VRD_CONFIG);
	assert_int_equal(diag.n_errors, 1);
	assert_int_equal(assert_problem("yaml.newer", "newer varde")->place.line, 2);
	change("region.yaml", "schema: 1", "schema: 3");
	refused("yaml.newer", "schema 3 was made by a newer varde");
}

// --- correlation --------------------------------------------------------------------------------

static const char three[] = "  - {id: x, type: avoid, interval: [0.01, 0.05]}\n"
                            "  - {id: y, type: growth, interval: [0.001, 0.02]}\n"
                            "  - {id: z, type: length_of_stay, interval: 0.1}\n";

static void a_matrix_becomes_its_factor(void **state) {
	(void)state;
	OK(build_with("correlation:\n  - {matrix: [y, x], values: [[1, 0.6], [0.6, 1]]}\n", three));
	assert_int_equal(model.n_matrices, 1);
	assert_int_equal(model.matrices[0].n, 2);
	assert_int_equal(model.matrices[0].assumption[0], 1);
	assert_int_equal(model.matrices[0].assumption[1], 0);
	assert_near(model.matrices[0].factor[2], 0.6, 1e-12);
	assert_near(model.matrices[0].factor[3], 0.8, 1e-12);
	OK(build_with(
	        "correlation:\n  - {matrix: [x, z], values: [[1, 0.5], [0.5, 1]], rank: true}\n",
	        three)); // z is fixed
	assert_near(model.matrices[0].factor[2], 2 * sin(acos(-1) * 0.5 / 6), 1e-12);
}

static void a_matrix_that_cannot_be_offers_the_nearest(void **state) {
	(void)state;
	for (int rank = 0; rank < 2; rank++) {
		const char *end = rank ? ", rank: true}\n" : "}\n";
		const char *head = vrd_arena_printf(&mem,
		                                    "correlation:\n  - {matrix: [x, y, z], values: "
		                                    "[[1, 0.9, -0.9], [0.9, 1, 0.9], "
		                                    "[-0.9, 0.9, 1]]%s",
		                                    end);
		assert_int_equal(build_with(head, three), VRD_CONFIG);
		const vrd_problem *p = assert_problem("scenario.correlation", "no correlation");
		const char *offer = strstr(p->remedy, "values: ");
		assert_non_null(offer);
		assert_true(p->place.line == 5);
		// What is offered is accepted, as it stands.
		head = vrd_arena_printf(&mem, "correlation:\n  - {matrix: [x, y, z], %s%s", offer,
		                        end);
		if (build_with(head, three) != VRD_OK)
			fail_msg("%s: %s", head, err.text);
		assert_int_equal(model.matrices[0].n, 3);
	}
}

static void the_offer_is_highams_nearest(void **state) {
	(void)state;
	// Nick Higham's example: the nearest of [[1 1 0] [1 1 1] [0 1 1]] has 0.7607 and 0.1573.
	assert_int_equal(
	        build_with("correlation:\n  - {matrix: [x, y, z], values: [[1, 1, 0], [1, 1, "
	                   "1], [0, 1, 1]]}\n",
	                   three),
	        VRD_CONFIG);
	const char *remedy = assert_problem("scenario.correlation", "no correlation")->remedy;
	const char *at = strstr(remedy, "[[1, ");
	double side, corner;
	assert_non_null(at);
	assert_int_equal(sscanf(at, "[[1, %lf, %lf]", &side, &corner), 2);
	assert_near(side, 0.7607, 2e-4);
	assert_near(corner, 0.1573, 2e-4);
}

static void correlations_that_make_no_sense_are_refused(void **state) {
	(void)state;
	static const struct {
		const char *head, *rule, *text;
	} list[] = {
	        {"- {matrix: [x, yy], values: [[1, 0], [0, 1]]}", "scenario.unknown-code", "\"y\""},
	        {"- {matrix: [x, x], values: [[1, 0], [0, 1]]}", "scenario.correlation",
	         "\"x\" is correlated twice"},
	        {"- {matrix: [x, y], values: [[1, 0], [0, 1]]}\n  - {matrix: [z, y], values: [[1, "
	         "0], "
	         "[0, 1]]}",
	         "scenario.correlation", "\"y\" is correlated twice"},
	        {"- {matrix: [x, y], values: [[1, 0.5], [0.4, 1]]}", "scenario.correlation",
	         "not symmetric"},
	        {"- {matrix: [x, y], values: [[1, 1.5], [1.5, 1]]}", "scenario.correlation",
	         "from -1 to 1"},
	        {"- {matrix: [x, y], values: [[1, 0.5], [0.5, 0.9]]}", "scenario.correlation",
	         "the diagonal is 1"},
	        {"- {matrix: [x, y, z], values: [[1, 0], [0, 1]]}", "scenario.correlation",
	         "3 ids and 2 rows"},
	        {"- {matrix: [x, y], values: [[1, 0], [0, 1, 0]]}", "scenario.correlation",
	         "row 2 of the matrix has 3 numbers"},
	        {"- {group: g}", "scenario.correlation", "group needs rho"},
	        {"- {matrix: [x, y]}", "scenario.correlation", "matrix needs values"},
	        {"- {rank: true}", "scenario.correlation", "names a group or a matrix"},
	        {"- {group: g, rho: 0.5, matrix: [x, y], values: [[1, 0], [0, 1]]}",
	         "scenario.correlation", "not both"},
	};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		const char *head = vrd_arena_printf(&mem, "correlation:\n  %s\n", list[i].head);
		if (build_with(head, three) == VRD_OK)
			fail_msg("accepted: %s", head);
		assert_true(assert_problem(list[i].rule, list[i].text)->place.line > 0);
	}
}

static void a_member_of_a_group_stands_in_no_matrix(void **state) {
	(void)state;
	assert_int_equal(
	        build_with(
	                "correlation:\n  - {group: g, rho: 0.5}\n  - {matrix: [x, y], values: [[1, "
	                "0], [0, 1]]}\n",
	                "  - {id: x, type: avoid, interval: [0.01, 0.05], group: g}\n"
	                "  - {id: y, type: growth, interval: [0.001, 0.02]}\n"),
	        VRD_CONFIG);
	assert_problem("scenario.correlation", "\"x\" is correlated twice");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(every_type_is_read_with_its_own_keys),
	        TEST(every_type_is_checked_without_data),
	        TEST(a_key_of_another_type_is_refused),
	        TEST(types_with_their_own_time_have_no_phasing),
	        TEST(codes_of_places_suggest_the_nearest),
	        TEST(a_flow_needs_flows),
	        TEST(exactly_one_form_of_a_parameter_stands),
	        TEST(laws_go_through_what_was_given),
	        TEST(the_default_law_is_a_truncated_normal),
	        TEST(every_type_has_natural_bounds),
	        TEST(a_selector_without_activity_lists_what_has),
	        TEST(a_locked_scenario_says_why),
	        TEST(options_of_the_scenario_reach_the_model),
	        TEST(a_newer_file_is_told_from_a_mistake),
	        TEST(a_matrix_becomes_its_factor),
	        TEST(a_matrix_that_cannot_be_offers_the_nearest),
	        TEST(the_offer_is_highams_nearest),
	        TEST(correlations_that_make_no_sense_are_refused),
	        TEST(a_member_of_a_group_stands_in_no_matrix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
