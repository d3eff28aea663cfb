// Queries: every way to ask for a number gives the same number, and hidden numbers stay hidden.
#include "region_text.h"

#include "cube/csv.h"
#include "cube/jsonstat.h"
#include "cube/table.h"
#include "cube/xlsx.h"
#include "store/store.h"

#include <time.h>

static int start_with_run(void **state) {
	if (start(state) != 0 || open_quietly() != VRD_OK)
		return -1;
	const vrd_run_options options = {.draws = -1, .seed = -1, .n_threads = 1};
	const char *id;
	bool existed;
	return (int)vrd_region_run(region, "main", &options, NULL, NULL, &id, &existed, &diag,
	                           &err);
}
static int start_open(void **state) {
	return start(state) != 0 ? -1 : (int)open_quietly();
}
#define OPEN(f) cmocka_unit_test_setup_teardown(f, start_open, stop)
#define RUN(f) cmocka_unit_test_setup_teardown(f, start_with_run, stop)

static void refuses(const char *cube, const char *where, const char *by, const char *level,
                    vrd_status status, const char *text) {
	vrd_cube out;
	assert_int_equal(try_query(cube, where, by, level, &out), status);
	SAYS(text);
}

static vrd_cube hide(const vrd_cube *cube) {
	vrd_cube out;
	OK(vrd_cube_suppress(&mem, cube, &last_rule, &out, NULL, NULL, &err));
	return out;
}

// --- what can be asked --------------------------------------------------------------------------

static void every_cube_answers(void **state) {
	(void)state;
	static const struct {
		const char *cube, *where;
	} cubes[] = {{"population", NULL},
	             {"population/change", "year=2026,2030"},
	             {"activity", NULL},
	             {"flows", NULL},
	             {"result/activity", NULL},
	             {"result/bed_days", NULL},
	             {"result/provider_activity", NULL},
	             {"result/provider_bed_days", NULL},
	             {"result/beds", NULL},
	             {"result/waterfall", NULL}};
	for (size_t i = 0; i < sizeof cubes / sizeof *cubes; i++) {
		const vrd_cube cube = ask(cubes[i].cube, cubes[i].where, NULL);
		assert_true(cube.n_cells > 1);
		for (size_t c = 0; c < cube.n_cells; c++)
			assert_true(isfinite(cube.values[c]));
	}
}

static void unknown_names_suggest_the_nearest(void **state) {
	(void)state;
	refuses("populasion", NULL, NULL, NULL, VRD_NOINPUT, "\"population\"");
	refuses("result/bed", NULL, NULL, NULL, VRD_NOINPUT, "\"result/beds\"");
	refuses("population", NULL, "yeer,area", NULL, VRD_USAGE, "year");
	refuses("population", NULL, "year,aera", NULL, VRD_NOINPUT, "area");
	refuses("population", "sex=X", "year", NULL, VRD_NOINPUT, "X");
	refuses("population", "variant=MMMN", "year", NULL, VRD_NOINPUT, "\"MMMM\"");
	refuses("population", "area=c11", "year", NULL, VRD_NOINPUT, "\"c1\"");
	refuses("population", "area=a", "year", NULL, VRD_NOINPUT, "--level district");
	refuses("population", NULL, "year", "distrikt", VRD_NOINPUT, "\"district\"");
	refuses("result/activity", "year=2041", "area", NULL, VRD_NOINPUT, "2041");
	refuses("result/activity", "year=2041,2042", "area", NULL, VRD_NOINPUT, "2041");
	refuses("result/activity", "service=car", "year", NULL, VRD_NOINPUT, "\"card\"");
	refuses("result/activity", "service=car,onc", "year", NULL, VRD_NOINPUT, "\"card\"");
	refuses("result/activity", "area=r", "year", NULL, VRD_NOINPUT, "--level region");
	refuses("result/activity", "area=r,f", "year", NULL, VRD_NOINPUT, "--level region");
	refuses("result/activity", NULL, "provider", NULL, VRD_NOINPUT, "it has area, service");
	refuses("result/beds", "area=c1", "year", NULL, VRD_NOINPUT, "it has provider, service");
	refuses("result/provider_activity", "provider=h3,h1", "year", NULL, VRD_NOINPUT, "\"h1\"");
	refuses("occupancy", NULL, NULL, NULL, VRD_NOINPUT, "varde import");
	refuses("result/shrinkage", NULL, NULL, NULL, VRD_NOINPUT, "shrink");
}

static void sums_that_mean_nothing_are_refused(void **state) {
	(void)state;
	refuses("population", NULL, "area", NULL, VRD_USAGE, "year");
	refuses("result/beds", NULL, "provider", NULL, VRD_USAGE, "year");
	refuses("result/waterfall", "year=2030", "measure", NULL, VRD_USAGE, "step");
	refuses("result/activity", "stat=mean,p10", "year", NULL, VRD_USAGE, "stat");
	refuses("population", "variant=MMMM,HHMH", "year", NULL, VRD_USAGE, "variant");
	refuses("population/change", "year=2030", NULL, NULL, VRD_USAGE, "two years");
	refuses("population", "year=2026;year=2027", "year", NULL, VRD_USAGE, "twice");
	refuses("population", "2026", "year", NULL, VRD_USAGE, "DIM=CODE");
}

static void dimensions_stand_in_the_order_of_by_and_codes_in_that_of_where(void **state) {
	(void)state;
	static const char *const cubes[] = {"population", "result/activity"};
	for (size_t i = 0; i < 2; i++) {
		const vrd_cube cube = ask(cubes[i], "year=2030,2027;area=c2,c1", "year,area");
		assert_int_equal(cube.n_cells, 4);
		assert_string_equal(cube.dims[0]->name, "year");
		assert_string_equal(cube.dims[0]->cats[0].code, "2030");
		assert_string_equal(cube.dims[1]->cats[0].code, "c2");
		const vrd_cube other = ask(cubes[i], "area=c1;year=2027", "area,year");
		assert_near(cube.values[3], other.values[0], 1e-9);
	}
	// A sum of some services is computed anew, in the same order.
	const vrd_cube some = ask("result/activity", "year=2030,2027;service=onc,card", "year");
	assert_string_equal(some.dims[0]->cats[0].code, "2030");
	assert_near(some.values[1], number("result/activity", "year=2027;service=card,onc", "year"),
	            1e-9);
}

// --- population ---------------------------------------------------------------------------------

static void people_move_with_the_map_of_the_year(void **state) {
	(void)state;
	const vrd_cube by_district = ask_level("population", NULL, "area,year", "district"),
	               by_unit = ask("population", NULL, "area,year");
	const size_t years = by_district.dims[1]->n;
	assert_int_equal(years, 7);
	for (size_t t = 0; t < years; t++) {
		double d[N_DISTRICTS];
		for (size_t g = 0; g < N_DISTRICTS; g++)
			d[g] = by_district.values[g * years + t];
		const bool moved = t >= 3; // 2028
		assert_near(by_unit.values[t], d[0] + (moved ? 0 : d[2]) + d[3] / 4, 1e-12);
		assert_near(by_unit.values[years + t], d[1] + (moved ? d[2] : 0) + d[3] * 0.75,
		            1e-12);
	}
}

static void every_level_has_the_same_people(void **state) {
	(void)state;
	static const char *const levels[] = {"district", "catchment", "community", "region"};
	const double all = number("population", "year=2029", "year");
	for (size_t i = 0; i < 4; i++) {
		const vrd_cube cube = ask_level("population", "year=2029", "area", levels[i]);
		assert_near(total(&cube), all, 1e-12);
	}
	assert_near(all,
	            number("population", "year=2029;sex=F", "year") +
	                    number("population", "year=2029;sex=M", "year"),
	            1e-12);
}

static void counts_stand_before_projections_unless_one_is_named(void **state) {
	(void)state;
	const double counted = number("population", "year=2026;variant=count", "year"),
	             projected = number("population", "year=2026;variant=MMMM", "year"),
	             shown = number("population", "year=2026", "year");
	assert_true(counted != projected);
	assert_float_equal(shown, counted, 0);
	const vrd_cube both = ask("population", "year=2030", "variant,year");
	assert_int_equal(both.n_cells, 2);
	assert_string_equal(both.dims[0]->cats[0].code, "MMMM");
	assert_true(both.values[1] > both.values[0]);
}

static void a_projection_says_how_far_it_was_from_the_count(void **state) {
	(void)state;
	const vrd_cube cube = ask("population", "variant=MMMM", "year");
	bool told = false;
	for (size_t i = 0; i < cube.n_notes; i++)
		told = told || (strstr(cube.notes[i], "2026") && strstr(cube.notes[i], "MMMM"));
	assert_true(told);
}

static void the_change_is_people_and_map(void **state) {
	(void)state;
	const vrd_cube cube = ask("population/change", "year=2026,2030", "area,part");
	assert_int_equal(cube.dims[1]->n, 5);
	double map = 0;
	for (size_t u = 0; u < cube.dims[0]->n; u++) {
		static const char *const names[] = {"from", "to", "change", "population", "map"};
		double v[5];
		for (size_t p = 0; p < 5; p++)
			v[p] = cube.values[u * 5 + vrd_dim_find_text(cube.dims[1], names[p])];
		assert_near(v[0] + v[3] + v[4], v[1], 1e-9);
		assert_near(v[0] + v[2], v[1], 1e-9);
		map += v[4];
	}
	assert_near(map, 0, 1e-6);
	assert_true(number("population/change", "year=2026,2030;area=c2;part=map", "part") > 1000);
}

static void a_hidden_number_of_people_hides_its_change(void **state) {
	(void)state;
	change("region.yaml", "source: Made up,", "source: Made up, suppress: 1000000,");
	open_region();
	const vrd_cube cube = ask("population/change", "year=2026,2030", "area,part"),
	               hidden = hide(&cube);
	for (size_t i = 0; i < hidden.n_cells; i++)
		assert_int_equal(vrd_cube_status(&hidden, i), VRD_SUPPRESSED);
}

static void ages_are_grouped(void **state) {
	(void)state;
	refuses("population", "year=2026", "age", "age10", VRD_DATA, "1-17");
	write_text("data/count.csv",
	           "area,year,sex,age,value\n"
	           "a,2025,all,0,1\na,2025,all,1,2\na,2025,all,2,4\na,2025,all,3,8\n"
	           "a,2025,all,4,16\na,2025,all,5,32\na,2025,all,6,64\na,2025,all,7+,128\n");
	write_text("region.yaml",
	           "schema: 1\nname: R\ndata: [{kind: population, file: data/count.csv}]\n");
	open_region();
	const vrd_cube cube = ask_level("population", "year=2025", "age", "age5");
	assert_int_equal(cube.n_cells, 2);
	assert_string_equal(cube.dims[0]->cats[0].code, "0-4");
	assert_string_equal(cube.dims[0]->cats[1].code, "5+");
	assert_float_equal(cube.values[0], 31, 0);
	assert_float_equal(cube.values[1], 224, 0);
	change("data/count.csv", "7+", "7");
	open_region();
	const vrd_cube closed = ask_level("population", "year=2025", "age", "age5");
	assert_int_equal(closed.n_cells, 2);
	assert_float_equal(closed.values[1], 224, 0);
}

// --- activity -----------------------------------------------------------------------------------

static void activity_has_groups_of_services_and_a_measure(void **state) {
	(void)state;
	const vrd_cube leaves = ask("activity", NULL, "service"),
	               groups = ask_level("activity", NULL, "service", "service_group");
	assert_int_equal(leaves.n_cells, 3);
	assert_int_equal(groups.n_cells, 2);
	assert_near(leaves.values[0] + leaves.values[1], groups.values[0], 1e-12);
	const vrd_cube measures = ask("activity", NULL, "measure");
	assert_near(measures.values[0], total(&leaves), 1e-12);
	assert_true(measures.values[1] > measures.values[0]);
	const vrd_cube units = ask("activity", NULL, "area"),
	               region_all = ask_level("activity", NULL, "area", "region");
	assert_near(total(&units), total(&leaves), 1e-12);
	assert_near(region_all.values[0], total(&leaves), 1e-12);
}

static void groups_of_services_need_their_table(void **state) {
	(void)state;
	remove_file("data/services.csv");
	open_region();
	refuses("activity", NULL, "service", "service_group", VRD_NOINPUT, "services.csv");
	assert_int_equal(ask("activity", NULL, "service").n_cells, 3);
}

static void the_first_year_of_a_result_is_close_to_the_activity(void **state) {
	(void)state;
	const double base = number("activity", "service=card;care=out", "service"),
	             first = number("result/activity", "service=card;care=out;year=2025",
	                            "service");
	assert_near(first, base, 0.02); // the projection of 2026 is not the count
}

// --- results ------------------------------------------------------------------------------------

static void results_are_the_same_from_the_store_and_computed(void **state) {
	(void)state;
	static const char *const stats[] = {"mean", "p10", "p50", "p90", "mc_error"};
	static const struct {
		const char *cube, *stored, *computed, *by;
	} pairs[] = {
	        {"result/activity", "year=2030;stat=%s", "year=2030;service=card,onc,birth;stat=%s",
	         "area"},
	        {"result/bed_days", "year=2029;stat=%s", "year=2029;care=inp,day,out;stat=%s",
	         "service"},
	        {"result/bed_days", "stat=%s", "service=birth,card,onc;stat=%s", "area,care,year"},
	        {"result/activity", "year=2028;stat=%s", "year=2028;area=c1,c2,c3;stat=%s", "care"},
	        {"result/beds", "year=2030;stat=%s", "year=2030;provider=h1,h2,ute;stat=%s",
	         "service,care"},
	        {"result/provider_activity", "year=2030;stat=%s",
	         "year=2030;care=inp,day,out;stat=%s", "provider,service"},
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		for (size_t s = 0; s < 5; s++) {
			char where[2][100];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			(void)snprintf(where[0], sizeof where[0], pairs[i].stored, stats[s]);
			(void)snprintf(where[1], sizeof where[1], pairs[i].computed, stats[s]);
#pragma GCC diagnostic pop
			const vrd_cube x = ask(pairs[i].cube, where[0], pairs[i].by),
			               y = ask(pairs[i].cube, where[1], pairs[i].by);
			assert_same(&y, &x);
		}
}

static void quantiles_of_a_sum_are_not_sums_of_quantiles(void **state) {
	(void)state;
	// What leaves the wards arrives in day care: the two do not reach their highs together.
	const char *where = "year=2030;stat=p90;service=card;care=inp,day;area=c1";
	const vrd_cube parts = ask("result/activity", where, "care");
	assert_true(number("result/activity", where, "year") < total(&parts) - 0.01);
	const vrd_cube means = ask("result/activity", "year=2030;care=inp,day", "care");
	assert_near(total(&means), number("result/activity", "year=2030;care=inp,day", "year"),
	            1e-9);
}

static void providers_and_areas_have_the_same_total(void **state) {
	(void)state;
	static const char *const stats[] = {"stat=mean", "stat=p10", "stat=p90"};
	for (size_t i = 0; i < 3; i++) {
		const vrd_cube contacts[] = {ask("result/activity", stats[i], "service,care,year"),
		                             ask("result/provider_activity", stats[i],
		                                 "service,care,year")},
		               days[] = {ask("result/bed_days", stats[i], "service,year"),
		                         ask("result/provider_bed_days", stats[i], "service,year")};
		assert_same(&contacts[1], &contacts[0]);
		assert_same(&days[1], &days[0]);
	}
	assert_near(number("result/beds", "year=2030", "year"),
	            number("result/bed_days", "year=2030;care=inp", "year") / (365 * 0.85), 1e-9);
}

static void every_level_has_the_same_result(void **state) {
	(void)state;
	static const char *const levels[] = {"catchment", "community", "region", "district"};
	for (size_t year = 2025; year <= 2030; year++) {
		char where[32];
		(void)snprintf(where, sizeof where, "year=%zu", year);
		const double all = number("result/bed_days", where, "year");
		for (size_t i = 0; i < 4; i++) {
			const vrd_cube cube =
			        ask_level("result/bed_days", where, "area", levels[i]);
			assert_near(total(&cube), all, 1e-9);
		}
	}
	const vrd_cube groups = ask_level("result/bed_days", "year=2030", "service",
	                                  "service_group"),
	               leaves = ask("result/bed_days", "year=2030", "service");
	assert_int_equal(groups.n_cells, 2);
	assert_near(groups.values[0], leaves.values[0] + leaves.values[1], 1e-9);
	const double region_p90 = number("result/bed_days", "year=2030;stat=p90", "year");
	const vrd_cube one = ask_level("result/bed_days", "year=2030;stat=p90", "area", "region");
	assert_near(one.values[0], region_p90, 1e-9);
}

static void years_are_summed_inside_the_draws(void **state) {
	(void)state;
	const vrd_cube years = ask("result/activity", "service=onc", "year");
	const double sum = number("result/activity", "service=onc", "service");
	assert_near(sum, total(&years), 1e-9);
	const vrd_cube some = ask("result/activity", "service=onc;year=2027,2030", "service,area"),
	               each = ask("result/activity", "service=onc;year=2027,2030", "area,year");
	assert_near(total(&some), total(&each), 1e-9);
	const vrd_cube highs = ask("result/activity", "service=onc;stat=p90", "year");
	assert_true(number("result/activity", "service=onc;stat=p90", "service") <=
	            total(&highs) + 1e-9);
}

static void a_waterfall_adds_up_at_every_level(void **state) {
	(void)state;
	static const char *const cubes[] = {"result/activity", "result/bed_days"},
	                         *const measures[] = {"contacts", "bed_days"},
	                         *const dims[] = {"year", "area", "care", "service"},
	                         *const levels[] = {NULL, "community", "service_group"};
	for (size_t m = 0; m < 2; m++)
		for (size_t d = 0; d < 4; d++)
			for (size_t l = 0; l < 3; l++) {
				char where[64], by[64];
				(void)snprintf(where, sizeof where, "year=2030;measure=%s",
				               measures[m]);
				(void)snprintf(by, sizeof by, "%s,step", dims[d]);
				const vrd_cube steps =
				        ask_level("result/waterfall", where, by, levels[l]);
				const vrd_cube result =
				        ask_level(cubes[m], "year=2030", dims[d], levels[l]);
				const size_t n = steps.dims[1]->n;
				assert_int_equal(n, 9);
				assert_int_equal(steps.n_cells, result.n_cells * n);
				for (size_t i = 0; i < result.n_cells; i++) {
					double sum = 0;
					for (size_t j = 0; j < n; j++)
						sum += steps.values[i * n + j];
					assert_near(sum, result.values[i], 1e-9);
				}
			}
}

static void steps_have_labels_in_every_language(void **state) {
	(void)state;
	static const char *const langs[] = {"nb", "nn", "en"};
	const char *base[3];
	for (size_t i = 0; i < 3; i++) {
		OK(vrd_region_open_in(&mem, folder, langs[i], &region, &diag, &err));
		const vrd_cube cube = ask("result/waterfall", "year=2030", "step");
		base[i] = cube.dims[0]->cats[0].label;
		assert_string_not_equal(base[i], "base");
		assert_string_equal(cube.dims[0]->cats[4].label, "Vekst");
		const vrd_cube services = ask("result/activity", "year=2030", "service"),
		               areas = ask("result/activity", "year=2030", "area");
		assert_string_equal(services.dims[0]->cats[0].label,
		                    i == 2 ? "Heart" : (i == 1 ? "Hjarte" : "Hjerte"));
		assert_string_equal(areas.dims[0]->cats[2].label,
		                    i == 2 ? "Empty" : (i == 1 ? "Aude" : "Øde"));
	}
	assert_string_not_equal(base[0], base[2]);
}

static void a_run_is_found_by_its_name(void **state) {
	(void)state;
	vrd_query query = {.cube = "result/activity", .run = "main"};
	vrd_cube cube;
	OK(vrd_region_query(region, &query, &cube, &last_rule, &diag, &err));
	query.run = "mian";
	assert_int_equal(vrd_region_query(region, &query, &cube, &last_rule, &diag, &err),
	                 VRD_NOINPUT);
	remove_file(".varde/store.db");
	query.run = NULL;
	assert_int_equal(vrd_region_query(region, &query, &cube, &last_rule, &diag, &err),
	                 VRD_NOINPUT);
	SAYS("varde run");
}

static void a_run_without_flows_has_no_providers(void **state) {
	(void)state;
	change("region.yaml", "  - {kind: flows, file: data/flows.csv}\n", "");
	open_region();
	run_with("main", 0, 1);
	assert_true(number("result/bed_days", "year=2030", "year") > 0);
	refuses("result/beds", NULL, "year", NULL, VRD_NOINPUT, "--as flows");
	refuses("result/beds", "provider=h1,h2", "year", NULL, VRD_NOINPUT, "--as flows");
}

static void shrinkage_is_shown_where_it_was_used(void **state) {
	(void)state;
	change("region.yaml", "language", "shrink: true\nlanguage");
	open_region();
	run_with("constant", 0, 1);
	const vrd_cube cube = ask("result/shrinkage", NULL, NULL), shown = hide(&cube);
	assert_int_equal(cube.n_dims, 4);
	size_t n_shown = 0, n_hidden = 0;
	const size_t n_stats = cube.dims[3]->n,
	             observed = vrd_dim_find_text(cube.dims[3], "observed");
	for (size_t i = 0; i < cube.n_cells / n_stats; i++)
		for (size_t s = 0; s < n_stats; s++) {
			const bool hidden =
			        vrd_cube_status(&shown, i * n_stats + s) == VRD_SUPPRESSED;
			n_hidden += hidden;
			n_shown += !hidden;
			if (s == observed && !hidden)
				assert_false(shown.values[i * n_stats + s] > 0 &&
				             shown.values[i * n_stats + s] < 5);
		}
	assert_true(n_shown > n_hidden);
}

// --- privacy ------------------------------------------------------------------------------------

static bool written(const char *text, const char *cell) {
	return strstr(text, cell) != NULL;
}

static void hidden_numbers_are_hidden_in_every_format(void **state) {
	(void)state;
	append_text("data/activity.csv", "a,M,18-79,birth,day,2025,3,0\n");
	change("region.yaml", "language", "suppression: {threshold: 0}\nlanguage");
	open_region();
	const vrd_cube open = ask("activity", "service=birth", "area,care");
	write_text("region.yaml", region_yaml);
	open_region();
	const vrd_cube hidden = ask("activity", "service=birth", "area,care");
	size_t n_hidden = 0, n_small = 0;
	for (size_t i = 0; i < open.n_cells; i++) {
		n_hidden += vrd_cube_status(&hidden, i) == VRD_SUPPRESSED;
		n_small += open.values[i] > 0 && open.values[i] < 5;
		if (open.values[i] > 0 && open.values[i] < 5)
			assert_int_equal(vrd_cube_status(&hidden, i), VRD_SUPPRESSED);
	}
	assert_true(n_small > 0);
	assert_true(n_hidden >= 2 * n_small); // company, so that no total tells
	vrd_buf csv = {0}, json = {0}, table = {0};
	const vrd_table_options options = {.decimals = 3};
	OK(vrd_csv_write(&hidden, VRD_CSV_MACHINE, NULL, &csv, &err));
	OK(vrd_jsonstat_write(&hidden, &json, &err));
	OK(vrd_table_write(&hidden, &options, &table, &err));
	OK(vrd_xlsx_write(&hidden, in_folder("out.xlsx"), &err));
	assert_true(written(csv.p, ":"));
	assert_true(written(json.p, "\":\""));
	vrd_cube back;
	OK(vrd_jsonstat_read(&mem, json.p, json.n, "json", &back, &err));
	for (size_t i = 0; i < back.n_cells; i++)
		assert_int_equal(vrd_cube_status(&back, i), vrd_cube_status(&hidden, i));
	vrd_cube from_csv;
	OK(vrd_csv_read(&mem, csv.p, csv.n, &(vrd_csv_options){.name = "csv"}, &from_csv, &diag,
	                &err));
	for (size_t i = 0; i < hidden.n_cells; i++) {
		char number_text[32];
		if (vrd_cube_status(&hidden, i) != VRD_SUPPRESSED || open.values[i] == 0)
			continue;
		(void)snprintf(number_text, sizeof number_text, ",%g\n", open.values[i]);
		assert_true(isnan(hidden.values[i]) && isnan(from_csv.values[i]));
	}
	vrd_buf_free(&csv);
	vrd_buf_free(&json);
	vrd_buf_free(&table);
}

// Whatever part of the table is asked for, a number that the whole table hides is not in it.
static void no_selection_shows_what_the_whole_table_hides(void **state) {
	(void)state;
	append_text("data/activity.csv", "a,M,18-79,birth,day,2025,3,0\n");
	write_text("region.yaml", region_yaml);
	open_region();
	const vrd_cube whole = ask("activity", "service=birth", "area,care");
	size_t n_hidden = 0;
	for (size_t i = 0; i < whole.n_cells; i++) {
		char where[128];
		(void)snprintf(where, sizeof where, "service=birth;area=%s;care=%s",
		               whole.dims[0]->cats[i / whole.dims[1]->n].code,
		               whole.dims[1]->cats[i % whole.dims[1]->n].code);
		const vrd_cube one = ask("activity", where, "year");
		assert_int_equal(vrd_cube_status(&one, 0), vrd_cube_status(&whole, i));
		const vrd_cube shown = ask("activity", where, "area,care");
		assert_int_equal(vrd_cube_status(&shown, 0), vrd_cube_status(&whole, i));
		n_hidden += vrd_cube_status(&whole, i) == VRD_SUPPRESSED;
	}
	assert_true(n_hidden > 0);
}

static void quantiles_of_a_hidden_mean_are_hidden_alone_too(void **state) {
	(void)state;
	run_with("main", 50, 1);
	const vrd_cube means = ask("result/activity", "service=birth;year=2030", "area,care");
	const vrd_cube p90 =
	        ask("result/activity", "service=birth;year=2030;stat=p90", "area,care");
	size_t n_hidden = 0;
	for (size_t i = 0; i < means.n_cells; i++) {
		assert_int_equal(vrd_cube_status(&p90, i), vrd_cube_status(&means, i));
		n_hidden += vrd_cube_status(&means, i) == VRD_SUPPRESSED;
	}
	assert_true(n_hidden < means.n_cells);
}

static void small_results_are_hidden_with_their_interval(void **state) {
	(void)state;
	const vrd_cube open = ask("result/activity", "year=2030;service=birth", "area,care,stat");
	const vrd_cube shown = hide(&open);
	for (size_t i = 0; i < open.n_cells; i += 5)
		if (open.values[i] > 0 && open.values[i] < 5)
			for (size_t s = 0; s < 5; s++)
				assert_int_equal(vrd_cube_status(&shown, i + s), VRD_SUPPRESSED);
	const vrd_cube day = ask("result/activity", "care=day;service=card", "area,year,stat");
	last_rule.threshold = 1.01 * fmin(day.values[0], day.values[5 * day.dims[1]->n]);
	const vrd_cube hidden = hide(&day);
	size_t n = 0;
	for (size_t i = 0; i < day.n_cells; i += 5)
		if (day.values[i] > 0 && day.values[i] < last_rule.threshold)
			for (size_t s = 0; s < 5; s++, n++)
				assert_int_equal(vrd_cube_status(&hidden, i + s), VRD_SUPPRESSED);
	assert_true(n > 0);
}

static void a_waterfall_is_hidden_where_its_base_is(void **state) {
	(void)state;
	change("region.yaml", "language", "suppression: {threshold: 400}\nlanguage");
	open_region();
	run_with("main", -1, 1);
	const vrd_cube base = ask("activity", "care=day;service=card", "area");
	assert_int_equal(vrd_cube_status(&base, 0), VRD_SUPPRESSED);
	const vrd_cube steps = ask("result/waterfall", "year=2030;care=day;service=card",
	                           "area,step"),
	               shown = hide(&steps);
	for (size_t i = 0; i < steps.dims[1]->n; i++)
		assert_int_equal(vrd_cube_status(&shown, i), VRD_SUPPRESSED);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        RUN(every_cube_answers),
	        RUN(unknown_names_suggest_the_nearest),
	        RUN(sums_that_mean_nothing_are_refused),
	        RUN(dimensions_stand_in_the_order_of_by_and_codes_in_that_of_where),
	        OPEN(people_move_with_the_map_of_the_year),
	        OPEN(every_level_has_the_same_people),
	        OPEN(counts_stand_before_projections_unless_one_is_named),
	        OPEN(a_projection_says_how_far_it_was_from_the_count),
	        OPEN(the_change_is_people_and_map),
	        OPEN(a_hidden_number_of_people_hides_its_change),
	        OPEN(ages_are_grouped),
	        OPEN(activity_has_groups_of_services_and_a_measure),
	        OPEN(groups_of_services_need_their_table),
	        RUN(the_first_year_of_a_result_is_close_to_the_activity),
	        RUN(results_are_the_same_from_the_store_and_computed),
	        RUN(quantiles_of_a_sum_are_not_sums_of_quantiles),
	        RUN(providers_and_areas_have_the_same_total),
	        RUN(every_level_has_the_same_result),
	        RUN(years_are_summed_inside_the_draws),
	        RUN(a_waterfall_adds_up_at_every_level),
	        RUN(steps_have_labels_in_every_language),
	        RUN(a_run_is_found_by_its_name),
	        RUN(a_run_without_flows_has_no_providers),
	        RUN(shrinkage_is_shown_where_it_was_used),
	        OPEN(hidden_numbers_are_hidden_in_every_format),
	        OPEN(no_selection_shows_what_the_whole_table_hides),
	        OPEN(quantiles_of_a_hidden_mean_are_hidden_alone_too),
	        RUN(small_results_are_hidden_with_their_interval),
	        OPEN(a_waterfall_is_hidden_where_its_base_is),
	};
	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
