// Scenario files: every type of assumption with its own keys, laws and places, and what is said when
// something in them cannot be.
#include "region_text.h"

#include "num/correlation.h"
#include "region/model_parts.h"

static vrd_model model;

// Writes scenarios/t.yaml from a head and items of `assumptions:`, and builds its model.
static vrd_status build_with(const char *head, const char *items) {
	vrd_scenario scenario;
	const char *text = vrd_arena_printf(
	        &mem, "schema: 1\nname: t\ndraws: 50\n%sassumptions:\n%s", head, items);
	vrd_status rc;
	assert_non_null(text);
	write_text("scenarios/t.yaml", text);
	err = (vrd_err){0};
	rc = open_quietly();
	if (rc == VRD_OK)
		rc = vrd_scenario_read(region, "t", &scenario, &diag, &err);
	return rc != VRD_OK ? rc
	                    : vrd_region_model(region, &scenario, &model, NULL, NULL, &diag, &err);
}

static void built(const char *items) {
	if (build_with("", items) != VRD_OK)
		fail_msg("%s", err.text);
}

static const vrd_problem *not_built(const char *items, const char *rule, const char *text) {
	if (build_with("", items) == VRD_OK)
		fail_msg("accepted: %s", items);
	const vrd_problem *p = assert_problem(rule, text);
	assert_string_equal(p->place.file, "scenarios/t.yaml");
	assert_true(p->place.line > 0);
	return p;
}

static const vrd_assumption *rule_of(const char *id) {
	for (size_t i = 0; i < model.n_assumptions; i++)
		if (strcmp(model.assumptions[i].id, id) == 0)
			return &model.assumptions[i];
	fail_msg("no assumption \"%s\"", id);
	return NULL;
}

typedef struct {
	const char *items, *rule, *text;
} refusal;
#define ALL_REFUSED(list)                                                                          \
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)                                    \
	not_built(list[i].items, list[i].rule, list[i].text)

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
	      "  - {id: s, type: shift, select: {care: inp}, to: none, interval: [0.01, 0.05], "
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
	assert_int_equal(rule_of("s")->to, VRD_LEAVES);
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

// --- level --------------------------------------------------------------------------------------

// Observed over expected of c1 (a, m and a quarter of s) and c2 (b and the rest of s) in 2025.
static void ratios(size_t k, size_t m, double out[2]) {
	const vrd_demand *d = &model.demand;
	static const double weight[2][4] = {{1, 0, 1, 0.25}, {0, 1, 0, 0.75}};
	for (size_t u = 0; u < 2; u++) {
		double observed = 0, expected = 0;
		for (size_t g = 0; g < 4; g++)
			for (size_t b = 0; b < d->n_band; b++) {
				const size_t at = vrd_demand_stratum(d, g, b, k, m);
				observed += weight[u][g] * d->base_contacts[at];
				expected += weight[u][g] * d->expected[at];
			}
		out[u] = observed / expected;
	}
}

static double gap_at(const char *id, size_t g, size_t k, size_t m) {
	const vrd_demand *d = &model.demand;
	return rule_of(id)->gap[(g * d->n_service + k) * d->n_care + m];
}

static void a_gap_leads_to_the_target(void **state) {
	(void)state;
	double r[2];
	built("  - {id: region, type: level, interval: 0.5}\n"
	      "  - {id: low, type: level, interval: 0.5, target: lowest_quartile}\n"
	      "  - {id: c1, type: level, interval: 0.5, target: c1}\n");
	assert_string_equal(model.demand.area->cats[3].code, "s");
	for (size_t k = 0; k < 2; k++)
		for (size_t m = 0; m < 3; m++) {
			ratios(k, m, r);
			const double low = fmin(r[0], r[1]) + 0.25 * fabs(r[1] - r[0]);
			assert_true(fabs(r[0] - r[1]) > 1e-3);
			assert_near(gap_at("region", 0, k, m), 1 / r[0] - 1, 1e-12);
			assert_near(gap_at("region", 1, k, m), 1 / r[1] - 1, 1e-12);
			assert_near(gap_at("region", 3, k, m),
			            0.25 * (1 / r[0] - 1) + 0.75 * (1 / r[1] - 1), 1e-12);
			assert_near(gap_at("low", 0, k, m), low / r[0] - 1, 1e-12);
			assert_near(gap_at("low", 1, k, m), low / r[1] - 1, 1e-12);
			assert_near(gap_at("c1", 0, k, m), 0, 1e-12);
			assert_near(gap_at("c1", 2, k, m), 0, 1e-12);
			assert_near(gap_at("c1", 1, k, m), r[0] / r[1] - 1, 1e-12);
		}
}

static void a_gap_has_the_direction_and_selection_asked_for(void **state) {
	(void)state;
	double r[2];
	built("  - {id: down, type: level, interval: 0.5, only: down}\n"
	      "  - {id: up, type: level, interval: 0.5, only: up}\n"
	      "  - {id: card, type: level, interval: 0.5, select: {service: card, care: inp}}\n");
	const size_t card = vrd_dim_find_text(model.demand.service, "card");
	ratios(card, 0, r);
	const size_t high = r[0] > r[1] ? 0 : 1; // its area: a in c1, b in c2
	assert_near(gap_at("down", high, card, 0), 1 / r[high] - 1, 1e-12);
	assert_true(gap_at("down", high, card, 0) < 0);
	assert_near(gap_at("down", 1 - high, card, 0), 0, 0);
	assert_near(gap_at("up", high, card, 0), 0, 0);
	assert_true(gap_at("up", 1 - high, card, 0) > 0);
	assert_true(gap_at("card", 0, card, 0) != 0);
	assert_near(gap_at("card", 0, card, 1), 0, 0);
	assert_near(gap_at("card", 0, 1 - card, 0), 0, 0);
}

static void a_target_that_is_no_level_is_told(void **state) {
	(void)state;
	built("  - {id: x, type: level, interval: 0.5, target: c3}\n"); // nobody lives there
	assert_problem("scenario.level", "no level for service \"card\", care \"inp\"");
	assert_near(gap_at("x", 0, 0, 0), 0, 0);
	const char *text = read_text(in_folder("data/activity.csv"));
	vrd_buf kept = {0}; // what c2's own area has of card is gone
	for (vrd_str rest = vrd_str_of(text), line; vrd_str_split(&rest, '\n', &line);) {
		const char *card = line.n ? strstr(line.p, "card") : NULL;
		if (line.n && !(line.p[0] == 'b' && card && card < line.p + line.n))
			vrd_buf_printf(&kept, "%.*s\n", (int)line.n, line.p);
	}
	write_bytes("data/activity.csv", kept.p, kept.n);
	vrd_buf_free(&kept);
	change("geography/maps.csv", "s,c2,,2020,,0.75\n", "");
	change("geography/maps.csv", "s,c1,,2020,,0.25\n", "s,c1,,2020,,1\n");
	built("  - {id: x, type: level, interval: 0.5, target: c2, select: {service: card}}\n");
	assert_problem("scenario.level", "a level of 0 for service \"card\"");
	assert_near(gap_at("x", 0, 0, 0), -1, 1e-12);
}

// --- new services and forms of care -------------------------------------------------------------

static void a_shift_goes_to_a_form_of_care_that_nobody_has_yet(void **state) {
	(void)state;
	change("data/care.csv", "day,no,Dag", "home,no,Hjemme,Heime,Home\nday,no,Dag");
	built("  - {id: x, type: shift, select: {care: inp}, to: home, interval: 0.1}\n");
	const vrd_demand *d = &model.demand;
	assert_int_equal(d->n_care, 4);
	assert_string_equal(d->care->cats[1].code, "home"); // in the table's order
	assert_int_equal(rule_of("x")->to, 1);
	double home = 0, day = 0;
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++) {
			home += d->base_contacts[vrd_demand_stratum(d, g, b, 0, 1)];
			day += d->base_contacts[vrd_demand_stratum(d, g, b, 0, 2)];
		}
	assert_true(day > 0);
	assert_near(home, 0, 0);
	run_with("t", 0, 1);
	assert_true(number("result/activity", "year=2030;care=home", "care") > 0);
	built("  - {id: x, type: shift, select: {care: inp}, to: day, interval: 0.1}\n");
	assert_int_equal(model.demand.n_care, 3);
	not_built("  - {id: x, type: shift, to: homme, interval: 0.1}\n", "scenario.unknown-code",
	          "\"home\"");
}

static void a_new_service_is_one_service_in_one_form_of_care(void **state) {
	(void)state;
	static const refusal list[] = {
	        {"  - {id: x, type: new_service, interval: 2, select: {service: card}}\n",
	         "scenario.new-service", "one service and one form of care"},
	        {"  - {id: x, type: new_service, interval: 2, select: {service: [card, onc], care: "
	         "day}}\n",
	         "scenario.new-service", "one service and one form of care"},
	        {"  - {id: x, type: new_service, interval: 2, select: {service: med, care: day}}\n",
	         "scenario.new-service", "\"med\" is a group"},
	        {"  - {id: x, type: new_service, interval: 2, select: {service: rehap, care: "
	         "day}}\n",
	         "scenario.unknown-code", "\"rehab\""},
	};
	append_text("data/services.csv", "rehab,,,1,Rehab,Rehab,Rehab\n");
	ALL_REFUSED(list);
	built("  - {id: x, type: new_service, interval: 2, select: {service: rehab, care: day}}\n");
	assert_int_equal(model.demand.n_service, 4);
	assert_string_equal(model.demand.service->cats[3].code, "rehab");
	assert_null(find_problem("model.neutral", "x"));
	run_with("t", 0, 1);
	// 2 contacts per 1000 people in 2030, when the phasing is whole; alternatives by weight.
	assert_near(number("result/activity", "year=2030;service=rehab", "service"),
	            2.0 / 1000 *
	                    (number("population", "year=2030", "year") +
	                     number("population", "year=2031", "year")) /
	                    2,
	            1e-9);
}

static void what_begins_goes_where_the_other_contacts_go(void **state) {
	(void)state;
	static const char *const cares[] = {"inp", "day", "out"};
	vrd_buf text = {0};
	vrd_buf_puts(&text, "area,care,provider,value\n");
	for (size_t g = 0; g < 4; g++)
		for (size_t m = 0; m < 3; m++)
			vrd_buf_printf(&text, "%s,%s,h1,0.%zu\n%s,%s,h2,0.%zu\n", districts[g],
			               cares[m], 2 + g + m, districts[g], cares[m], 8 - g - m);
	write_bytes("data/flows.csv", text.p, text.n);
	vrd_buf_free(&text);
	append_text("data/care.csv", "home,no,Hjemme,Heime,Home\n");
	built("  - {id: x, type: shift, select: {care: inp}, to: home, interval: 0.1}\n");
	assert_problem("data.new-flows", "service \"card\", care \"home\" (and 2 more)");
	const vrd_demand *d = &model.demand;
	double all = 0, first = 0;
	for (size_t m = 0; m < 3; m++)
		for (size_t b = 0; b < d->n_band; b++) {
			const double n = d->base_contacts[vrd_demand_stratum(d, 1, b, 0, m)];
			all += n;
			first += n * (0.3 + 0.1 * (double)m);
		}
	const double *to = model.flow + ((1 * d->n_service + 0) * d->n_care + 3) * 3;
	assert_near(to[0], first / all, 1e-12);
	assert_near(to[0] + to[1] + to[2], 1, 1e-12);
}

static void bed_days_without_beds_are_told(void **state) {
	(void)state;
	built("  - {id: x, type: shift, select: {care: inp}, to: day, interval: 0.1, los_new: "
	      "0.5}\n");
	assert_problem("scenario.beds", "\"day\", which has no beds");
	append_text("data/care.csv", "obs,yes,Observasjon,Observasjon,Observation\n");
	built("  - {id: x, type: shift, select: {care: inp}, to: obs, interval: 0.1}\n");
	assert_problem("scenario.beds", "\"obs\", which has beds, but no bed days");
	built("  - {id: x, type: shift, select: {care: inp}, to: obs, interval: 0.1, los_new: "
	      "0}\n");
	assert_null(find_problem("scenario.beds", "obs"));
}

// --- time ---------------------------------------------------------------------------------------

static void a_backlog_is_cleared_inside_the_projection(void **state) {
	(void)state;
	static const refusal list[] = {
	        {"  - {id: x, type: backlog, interval: 10}\n", "scenario.backlog",
	         "when it is cleared"},
	        {"  - {id: x, type: backlog, interval: 10, cleared: {2026: 0.6, 2027: 0.6}}\n",
	         "scenario.backlog", "sum to 1.2"},
	        {"  - {id: x, type: backlog, interval: 10, cleared: {2025: 1}}\n",
	         "scenario.backlog", "after the base year 2025"},
	        {"  - {id: x, type: backlog, interval: 10, cleared: {}}\n", "scenario.phasing",
	         "empty"},
	        {"  - {id: x, type: backlog, interval: 10, cleared: {2031: 1}}\n",
	         "scenario.phasing", "after the horizon 2030"},
	};
	ALL_REFUSED(list);
	built("  - {id: x, type: backlog, interval: 10, cleared: {2030: 0.5, 2031: 0.5}}\n");
	assert_problem("scenario.phasing", "in 2031, after the horizon 2030");
}

static void effects_past_the_horizon_are_told(void **state) {
	(void)state;
	built("  - {id: x, type: avoid, interval: 0.1, phasing: {end: 2034}}\n");
	assert_problem("scenario.phasing", "full effect in 2034, after the horizon 2030");
	built("  - {id: x, type: avoid, interval: 0.1, phasing: {curve: step, end: 2034}}\n");
	assert_problem("scenario.phasing", "shows none of it");
	built("  - {id: x, type: growth, interval: 0.01, phasing: {end: 2034}}\n");
	assert_null(find_problem("scenario.phasing", "x"));
	not_built("  - {id: x, type: avoid, interval: 0.1, phasing: {start: 2030, end: 2035}}\n",
	          "scenario.phasing", "first effect in 2031 or later");
	not_built("  - {id: x, type: avoid, interval: 0.1, phasing: {table: {2031: 1}}}\n",
	          "scenario.phasing", "after the horizon");
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

// --- healthy ageing -----------------------------------------------------------------------------

static const char aged[] =
        "  - {id: h, type: healthy_ageing, interval: [0.2, 0.6], bounds: [0, 1]}\n";

// The region with single years of age, which healthy ageing needs.
static void write_single_years(void) {
	static const char *const files[] = {"count", "MMMM", "HHMH"};
	static const char columns[] =
	        ", columns: {kid: age=0, young: age=1-17, grown: age=18-79, old: "
	        "age=80+}";
	for (size_t f = 0; f < 3; f++) {
		vrd_buf text = {0};
		vrd_buf_puts(&text, "area,year,sex,age,value\n");
		for (size_t g = 0; g < 4; g++)
			for (int year = f ? 2026 : 2025; year <= (f ? 2031 : 2026); year++)
				for (size_t s = 0; s < 2; s++)
					for (int a = 0; a <= 95; a++)
						vrd_buf_printf(
						        &text, "%s,%d,%c,%d%s,%d\n", districts[g],
						        year, "FM"[s], a, a == 95 ? "+" : "",
						        200 - 2 * a + 7 * (int)g + year - 2025);
		assert_false(text.failed);
		write_bytes(vrd_arena_printf(&mem, "data/%s.csv", files[f]), text.p, text.n);
		vrd_buf_free(&text);
		change("region.yaml", columns, "");
	}
}

static void write_life(const char *text) {
	write_text("data/life.csv", text);
	append_text("region.yaml", "  - {kind: life_expectancy, file: data/life.csv}\n");
}

static void healthy_ageing_says_what_it_needs(void **state) {
	(void)state;
	write_single_years();
	assert_int_equal(build_with("", aged), VRD_NOINPUT);
	SAYS("\"h\" needs remaining life expectancy at 65");
	SAYS("--as life_expectancy");
	write_life("year,sex,value\n2025,F,21\n2025,M,19\n2029,F,21.5\n2029,M,19.5\n");
	assert_int_equal(build_with("", aged), VRD_DATA);
	SAYS("for 2025 to 2029");
	SAYS("2030");
}

static void healthy_ageing_gets_its_nodes_and_moves_the_demand(void **state) {
	(void)state;
	write_single_years();
	write_life("year,sex,value\n2031,M,20.2\n2031,F,21.6\n2025,F,21\n2025,M,19\n");
	built(aged);
	const vrd_demand *d = &model.demand;
	const double high = vrd_dist_quantile(&rule_of("h")->dist, 0.999);
	assert_int_equal(d->n_aged, 3);
	for (size_t i = 0; i < 3; i++)
		assert_near(d->aged_share[i], high * (double)(i + 1) / 3, 1e-12);
	assert_non_null(d->aged_contacts);
	run_with("t", 50, 1);
	built("  - {id: h, type: healthy_ageing, interval: 0, select: {service: card}}\n");
	run_with("t", 1, 1);
	assert_true(isfinite(number("result/activity", "year=2030", "year")));
	not_built("  - {id: h, type: healthy_ageing, interval: [0.2, 0.6], phasing: {end: 2028}}\n",
	          "scenario.key", "\"phasing\" belongs to");
}

// 2025 is the base year: straight between 2025 and 2031.
static void added_years_are_linear_between_the_years_given(void **state) {
	(void)state;
	static const vrd_category sexes[] = {{.code = "F", .parent = VRD_NONE},
	                                     {.code = "M", .parent = VRD_NONE}};
	static const int years[] = {2025, 2026, 2027, 2028};
	write_single_years();
	write_life("year,sex,value\n2031,M,20.2\n2031,F,21.6\n2025,F,21\n2025,M,19\n");
	write_text("scenarios/t.yaml", "schema: 1\nname: t\nhorizon: 2028\nassumptions:\n"
	                               "  - {id: h, type: healthy_ageing, interval: [-0.2, 0.6], "
	                               "distribution: uniform}\n");
	open_region();
	vrd_scenario scenario;
	const vrd_dim *people[2] = {NULL, NULL};
	OK(vrd_scenario_read(region, "t", &scenario, &diag, &err));
	OK(vrd_dim_new(&mem, "sex", NULL, VRD_ROLE_NONE, 2, sexes, &people[1], &err));
	people[0] = region->unit;
	vrd_build b = {.region = region,
	               .scenario = &scenario,
	               .diag = &diag,
	               .err = &err,
	               .base = {.n_dims = 2, .dims = people},
	               .n_years = 4,
	               .years = years};
	OK(vrd_build_ageing(&b));
	assert_int_equal(b.added_years.n_cells, 8);
	for (size_t y = 0; y < 4; y++) {
		assert_near(b.added_years.values[y], 0.1 * (double)y, 1e-12);
		assert_near(b.added_years.values[4 + y], 0.2 * (double)y, 1e-12);
	}
	// Uniform from -0.3 to 0.7: draws on both sides of 0.
	assert_near(b.aged_share[0], -0.299, 1e-9);
	assert_near(b.aged_share[1], 0.3495, 1e-9);
	assert_near(b.aged_share[2], 0.699, 1e-9);
	// A life expectancy of both sexes serves any.
	write_text("data/life.csv", "year,value\n2025,20\n2031,20.6\n");
	open_region();
	b.region = region;
	OK(vrd_build_ageing(&b));
	assert_int_equal(b.added_years.n_dims, 1);
	assert_near(b.added_years.values[3], 0.3, 1e-12);
}

static void nodes_of_healthy_ageing_are_never_zero_or_equal(void **state) {
	(void)state;
	double n[3];
	vrd_ageing_nodes(0.1, 0.6, n);
	assert_near(n[0], 0.2, 1e-15);
	assert_near(n[1], 0.4, 1e-15);
	assert_near(n[2], 0.6, 1e-15);
	vrd_ageing_nodes(-0.6, 0, n);
	assert_near(n[0], -0.2, 1e-15);
	assert_near(n[2], -0.6, 1e-15);
	vrd_ageing_nodes(-0.2, 0.6, n);
	assert_near(n[0], -0.2, 1e-15);
	assert_near(n[1], 0.3, 1e-15);
	vrd_ageing_nodes(0, 0, n);
	assert_true(n[0] > 0 && n[1] > n[0] && n[2] > n[1]);
}

static void life_expectancy_is_checked(void **state) {
	(void)state;
	static const struct {
		const char *text, *says;
	} list[] = {{"year,sex,value\n2025,F,21\n2025,X,19\n", "sex \"X\""},
	            {"year,sex,value\n2025,F,81\n", "2025, sex F is 81"},
	            {"year,sex,value\n2025,F,21\n2026,M,19\n", "not there"},
	            {"year,age,value\n2025,65,21\n", "\"age\""},
	            {"sex,value\nF,21\n", "year"},
	            {"year,value\nnow,21\n", "\"now\" is not a year"}};
	append_text("region.yaml", "  - {kind: life_expectancy, file: data/life.csv}\n");
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		write_text("data/life.csv", list[i].text);
		open_region();
		assert_int_equal(
		        vrd_region_load_kind(region, VRD_DATA_LIFE_EXPECTANCY, true, &diag, &err),
		        VRD_DATA);
		SAYS("data/life.csv");
		SAYS(list[i].says);
	}
	append_text("region.yaml", "  - {kind: life_expectancy, file: data/life.csv}\n");
	refused("region.one-file", "life_expectancy");
}

static void life_expectancy_is_part_of_a_run(void **state) {
	(void)state;
	write_single_years();
	write_life("year,value\n2025,20\n2031,20.6\n");
	built(aged);
	const char *first = run_with("t", 1, 1);
	const double before = number("result/activity", "year=2030", "year");
	change("data/life.csv", "20.6", "22.4");
	open_region();
	assert_string_not_equal(run_with("t", 1, 1), first);
	assert_true(fabs(number("result/activity", "year=2030", "year") - before) > 1e-6 * before);
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
	        TEST(a_gap_leads_to_the_target),
	        TEST(a_gap_has_the_direction_and_selection_asked_for),
	        TEST(a_target_that_is_no_level_is_told),
	        TEST(a_shift_goes_to_a_form_of_care_that_nobody_has_yet),
	        TEST(a_new_service_is_one_service_in_one_form_of_care),
	        TEST(what_begins_goes_where_the_other_contacts_go),
	        TEST(bed_days_without_beds_are_told),
	        TEST(a_backlog_is_cleared_inside_the_projection),
	        TEST(effects_past_the_horizon_are_told),
	        TEST(a_selector_without_activity_lists_what_has),
	        TEST(a_locked_scenario_says_why),
	        TEST(options_of_the_scenario_reach_the_model),
	        TEST(a_newer_file_is_told_from_a_mistake),
	        TEST(a_matrix_becomes_its_factor),
	        TEST(a_matrix_that_cannot_be_offers_the_nearest),
	        TEST(the_offer_is_highams_nearest),
	        TEST(correlations_that_make_no_sense_are_refused),
	        TEST(a_member_of_a_group_stands_in_no_matrix),
	        TEST(healthy_ageing_says_what_it_needs),
	        TEST(healthy_ageing_gets_its_nodes_and_moves_the_demand),
	        TEST(added_years_are_linear_between_the_years_given),
	        TEST(nodes_of_healthy_ageing_are_never_zero_or_equal),
	        TEST(life_expectancy_is_checked),
	        TEST(life_expectancy_is_part_of_a_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
