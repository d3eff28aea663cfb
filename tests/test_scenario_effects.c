// What types of assumptions in a scenario file do to the model: gaps, new services, time and ageing.
#include "scenario_kit.h"

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
	        TEST(a_gap_leads_to_the_target),
	        TEST(a_gap_has_the_direction_and_selection_asked_for),
	        TEST(a_target_that_is_no_level_is_told),
	        TEST(a_shift_goes_to_a_form_of_care_that_nobody_has_yet),
	        TEST(a_new_service_is_one_service_in_one_form_of_care),
	        TEST(what_begins_goes_where_the_other_contacts_go),
	        TEST(bed_days_without_beds_are_told),
	        TEST(a_backlog_is_cleared_inside_the_projection),
	        TEST(effects_past_the_horizon_are_told),
	        TEST(healthy_ageing_says_what_it_needs),
	        TEST(healthy_ageing_gets_its_nodes_and_moves_the_demand),
	        TEST(added_years_are_linear_between_the_years_given),
	        TEST(nodes_of_healthy_ageing_are_never_zero_or_equal),
	        TEST(life_expectancy_is_checked),
	        TEST(life_expectancy_is_part_of_a_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
