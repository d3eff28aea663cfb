#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "geography/geography.h"
#include "prop.h"
#include "tabular.h"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

static vrd_status try_read(const char *areas, const char *maps, const char *changes, vrd_lang lang,
                           vrd_geography **out, vrd_diag *diag, vrd_err *err) {
	vrd_csv_table a = table_of(&mem, areas, ','), m, c;
	if (maps)
		m = table_of(&mem, maps, ',');
	if (changes)
		c = table_of(&mem, changes, ',');
	return vrd_geography_read(&mem, &a, "areas.csv", maps ? &m : NULL, "maps.csv",
	                          changes ? &c : NULL, "changes.csv", lang, out, diag, err);
}

static vrd_geography *geo_of(const char *areas, const char *maps, const char *changes) {
	vrd_geography *geo = NULL;
	OK(try_read(areas, maps, changes, VRD_NB, &geo, NULL, &err));
	return geo;
}

// A small region: two districts and two municipalities, three catchments, two trusts.
static const char areas[] = "code,type,parent,label,label_en\n"
                            "north,region,,Region nord,North\n"
                            "T1,trust,north,Foretak 1,\n"
                            "T2,trust,north,Foretak 2,\n"
                            "A,catchment,T1,Ahus,Ahus\n"
                            "L,catchment,T2,Lovisenberg,\n"
                            "O,catchment,T2,OUS,\n"
                            "0301,municipality,,Oslo,\n"
                            "030103,district,0301,Sagene,\n"
                            "030110,district,0301,Grorud,\n"
                            "3205,municipality,,Lillestrøm,\n"
                            "3216,municipality,,Vestby,\n";
static const char maps[] = "area,unit,service,from_year,to_year,weight\n"
                           "030103,O,,2019,2030,1\n"
                           "030103,L,*,2031,,1\n"
                           "030103,A,psychiatry,2026,,1\n"
                           "030110,A,,2019,2026,1\n"
                           "030110,O,,2027,,1\n"
                           "3205,A,,,,1\n"
                           "3216,A,,,,0.25\n"
                           "3216,O,,,,0.75\n";

// --- codes and levels ---------------------------------------------------------------------------

static void official_codes_have_one_form(void **state) {
	(void)state;
	static const char *const cases[][2] = {
	        {"301", "0301"},
	        {"0301", "0301"},
	        {"3205", "3205"},
	        {"30103", "030103"},
	        {"030103", "030103"},
	        {"030103a", "030103"},
	        {"30103a", "030103"},
	        {"14", "14"},
	        {"0", "0"},
	        {"8888", "8888"},
	        {"", ""},
	        {"A301", "A301"},
	        {"030103b", "030103b"},
	        {"0301a", "0301a"},
	        {"1234567", "1234567"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(vrd_area_canonical(&mem, vrd_str_of(cases[i][0])), cases[i][1]);
}

static void areas_have_types_labels_and_levels(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	size_t n;
	const vrd_dim *dim;
	assert_string_equal(vrd_geography_type(geo, VRD_STR("030103")), "district");
	assert_string_equal(vrd_geography_label(geo, VRD_STR("O")), "OUS");
	assert_null(vrd_geography_type(geo, VRD_STR("301")));
	assert_string_equal(vrd_geography_codes(geo, &n)[1], "T1");
	assert_int_equal(n, 11);
	assert_string_equal(vrd_geography_levels(geo, &n)[3], "municipality");
	assert_int_equal(n, 5);
	OK(vrd_geography_level_dim(geo, "catchment", &dim, &err));
	assert_int_equal(dim->n, 3);
	assert_int_equal(dim->role, VRD_ROLE_GEO);
	assert_string_equal(dim->cats[1].code, "L");
	assert_string_equal(dim->cats[1].label, "Lovisenberg");
	FAILS(vrd_geography_level_dim(geo, "catchement", &dim, &err), VRD_NOINPUT,
	      "did you mean `catchment`?");
	FAILS(vrd_geography_level_dim(geo, "xyz", &dim, &err), VRD_NOINPUT,
	      "the levels are region, trust, catchment, municipality, district");
}

static void labels_follow_the_language_and_fall_back(void **state) {
	(void)state;
	vrd_geography *geo;
	OK(try_read(areas, NULL, NULL, VRD_EN, &geo, NULL, &err));
	assert_string_equal(vrd_geography_label(geo, VRD_STR("north")), "North");
	assert_string_equal(vrd_geography_label(geo, VRD_STR("T1")), "Foretak 1");
	OK(try_read(areas, NULL, NULL, VRD_NN, &geo, NULL, &err));
	assert_string_equal(vrd_geography_label(geo, VRD_STR("north")), "Region nord");
}

// --- problems -----------------------------------------------------------------------------------

typedef struct {
	const char *areas, *maps, *changes; // NULL: the small region, no file
	const char *rule;
	const char *file;
	size_t line;
	const char *text;
} bad;

#define AREAS "code,type,parent,label\n"
#define MAPS "area,unit,service,from_year,to_year,weight\n"
#define CHANGES "year,from,to,weight\n"

static void each_problem_has_its_rule_file_and_line(void **state) {
	(void)state;
	static const bad cases[] = {
	        {"code,type,label\nA,x,A\n", NULL, NULL, "geo.missing-column", "areas.csv", 1,
	         "`parent`"},
	        {AREAS, NULL, NULL, "geo.empty-code", "areas.csv", 1, "no areas"},
	        {AREAS "A,x,,A\n,x,,B\n", NULL, NULL, "geo.empty-code", "areas.csv", 3, "no code"},
	        {AREAS "A,x,,A\nB,,,B\n", NULL, NULL, "geo.empty-code", "areas.csv", 3, "no type"},
	        {AREAS "A,x,,A\nB,x,,B\nA,y,,C\n", NULL, NULL, "geo.duplicate-area", "areas.csv", 4,
	         "line 2"},
	        {AREAS "A,x,Z,A\n", NULL, NULL, "geo.unknown-area", "areas.csv", 2, "parent `Z`"},
	        {AREAS "A,x,B,A\nB,x,C,B\nC,x,B,C\n", NULL, NULL, "geo.parent-cycle", "areas.csv",
	         3, "`B`"},
	        {AREAS "A,x,A,A\n", NULL, NULL, "geo.parent-cycle", "areas.csv", 2, "`A`"},
	        {NULL, "area,unit,service,from_year,weight\n3205,A,,,1\n", NULL,
	         "geo.missing-column", "maps.csv", 1, "`to_year`"},
	        {NULL, MAPS "3206,A,,,,1\n", NULL, "geo.unknown-area", "maps.csv", 2, "`3206`"},
	        {NULL, MAPS "3205,Å,,,,1\n", NULL, "geo.unknown-unit", "maps.csv", 2, "`Å`"},
	        {NULL, MAPS "3205,A,,20x6,,1\n", NULL, "geo.number", "maps.csv", 2, "`20x6`"},
	        {NULL, MAPS "3205,A,,,26,1\n", NULL, "geo.number", "maps.csv", 2, "`26`"},
	        {NULL, MAPS "3205,A,,,,\n", NULL, "geo.number", "maps.csv", 2, "weight ``"},
	        {NULL, MAPS "3205,A,,,,1.5\n", NULL, "geo.number", "maps.csv", 2, "`1.5`"},
	        {NULL, MAPS "3205,A,,,,-1\n", NULL, "geo.number", "maps.csv", 2, "`-1`"},
	        {NULL, MAPS "3205,A,,2030,2026,1\n", NULL, "geo.year-order", "maps.csv", 2,
	         "2030 is after to_year 2026"},
	        {NULL, MAPS "3205,A,,,,0.5\n3205,O,,,,0.4\n", NULL, "geo.weight-sum", "maps.csv", 3,
	         "sum to 0.9"},
	        {NULL, MAPS "3205,A,,,,0.6\n3205,O,,,,0.6\n", NULL, "geo.weight-sum", "maps.csv", 3,
	         "sum to 1.2"},
	        {NULL, MAPS "3205,A,,2019,2026,1\n3205,O,,2026,,1\n", NULL, "geo.overlap",
	         "maps.csv", 3, "in 2026 (all services)"},
	        {NULL, MAPS "3205,A,,,,1\n3205,A,,,,1\n", NULL, "geo.overlap", "maps.csv", 3,
	         "all years"},
	        {NULL, MAPS "3205,A,,2019,2026,1\n3205,O,,2029,,1\n", NULL, "geo.gap", "maps.csv",
	         3, "nowhere in 2027-2028"},
	        {NULL, MAPS "3205,A,psy,,2020,1\n3205,O,psy,2022,,1\n", NULL, "geo.gap", "maps.csv",
	         3, "in 2021 (psy)"},
	        {NULL, NULL, "year,from,to\n2020,1,2\n", "geo.missing-column", "changes.csv", 1,
	         "`weight`"},
	        {NULL, NULL, CHANGES "2020,0716,,1\n", "geo.empty-code", "changes.csv", 2, "`to`"},
	        {NULL, NULL, CHANGES ",0716,3803,1\n", "geo.number", "changes.csv", 2, "empty"},
	        {NULL, NULL, CHANGES "2020,0716,3803,half\n", "geo.number", "changes.csv", 2,
	         "`half`"},
	        {NULL, NULL, CHANGES "2020,1850,1806,0.5\n2020,1850,1875,0.4\n",
	         "geo.change-weights", "changes.csv", 2, "`1850` in 2020 sum to 0.9"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const bad *b = &cases[i];
		vrd_diag diag;
		vrd_geography *geo = NULL;
		vrd_diag_init(&diag, &mem, 0);
		FAILS(try_read(b->areas ? b->areas : areas, b->maps, b->changes, VRD_NB, &geo,
		               &diag, &err),
		      VRD_DATA, b->text);
		assert_null(geo);
		assert_int_equal(diag.n, 1);
		assert_string_equal(diag.items[0].rule, b->rule);
		assert_string_equal(diag.items[0].place.file, b->file);
		assert_int_equal(diag.items[0].place.line, b->line);
	}
}

static void every_problem_is_listed_not_the_first_only(void **state) {
	(void)state;
	vrd_diag diag;
	vrd_geography *geo;
	vrd_diag_init(&diag, &mem, 0);
	FAILS(try_read(areas, MAPS "9999,A,,,,1\n3205,ZZ,,,,1\n3216,A,,,,2\n",
	               CHANGES "2020,1,2,0.5\n", VRD_NB, &geo, &diag, &err),
	      VRD_DATA, "`9999`");
	assert_int_equal(diag.n_errors, 4);
}

static void unknown_codes_come_with_a_suggestion(void **state) {
	(void)state;
	static const char *const cases[][2] = {
	        {MAPS "301,A,,,,1\n", "did you mean 0301 (Oslo)?"},
	        {MAPS "Vestby,A,,,,1\n", "did you mean 3216 (Vestby)?"},
	        {MAPS "32l6,A,,,,1\n", "did you mean 3216 (Vestby)?"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		vrd_diag diag;
		vrd_geography *geo;
		vrd_diag_init(&diag, &mem, 0);
		assert_int_equal(try_read(areas, cases[i][0], NULL, VRD_NB, &geo, &diag, NULL),
		                 VRD_DATA);
		assert_string_equal(diag.items[0].remedy, cases[i][1]);
	}
}

static void a_decimal_comma_is_a_weight_too(void **state) {
	(void)state;
	vrd_csv_table a = table_of(&mem, areas, ',');
	vrd_csv_table m = table_of(&mem,
	                           "area;unit;service;from_year;to_year;weight\n"
	                           "3205;A;;;;0,5\n3205;O;;;;0,5\n",
	                           ';');
	vrd_geography *geo;
	OK(vrd_geography_read(&mem, &a, "a", &m, "m", NULL, NULL, VRD_NB, &geo, NULL, &err));
}

// --- links --------------------------------------------------------------------------------------

// "030103>O 1, 3216>A 0.25": links as text.
static const char *links_text(const vrd_geography *geo, const char *codes, const char *level,
                              const char *service, int year, bool *assumed) {
	const char *list[16];
	size_t n = 0, n_links;
	vrd_str rest = vrd_str_of(codes), code;
	const vrd_dim *from, *to;
	vrd_link *links;
	const char *text = "";
	while (vrd_str_split(&rest, ' ', &code))
		list[n++] = vrd_arena_strndup(&mem, code.p, code.n);
	OK(vrd_dim_of_codes(&mem, "area", n, list, &from, &err));
	OK(vrd_geography_links(&mem, geo, from, level, service, year, &to, &links, &n_links,
	                       assumed, &err));
	for (size_t i = 0; i < n_links; i++)
		text = vrd_arena_printf(&mem, "%s%s%s>%s %g", text, i ? ", " : "",
		                        from->cats[links[i].from].code, to->cats[links[i].to].code,
		                        links[i].weight);
	return text;
}

static void maps_are_followed_in_their_years(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	bool assumed;
	assert_string_equal(links_text(geo, "030103 030110", "catchment", NULL, 2026, &assumed),
	                    "030103>O 1, 030110>A 1");
	assert_false(assumed);
	assert_string_equal(links_text(geo, "030103 030110", "catchment", NULL, 2027, &assumed),
	                    "030103>O 1, 030110>O 1");
	assert_string_equal(links_text(geo, "030103 3216", "catchment", NULL, 2031, &assumed),
	                    "030103>L 1, 3216>A 0.25, 3216>O 0.75");
}

static void a_year_before_the_first_state_uses_it_and_says_so(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	bool assumed = false;
	assert_string_equal(links_text(geo, "3205 030103", "catchment", NULL, 2010, &assumed),
	                    "3205>A 1, 030103>O 1");
	assert_true(assumed);
	assert_string_equal(links_text(geo, "3205", "catchment", NULL, 2010, &assumed), "3205>A 1");
	assert_false(assumed);
}

static void a_service_of_its_own_overrides_the_rows_for_all(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	bool assumed;
	assert_string_equal(
	        links_text(geo, "030103 3205", "catchment", "psychiatry", 2026, &assumed),
	        "030103>A 1, 3205>A 1");
	assert_string_equal(links_text(geo, "030103", "catchment", "psychiatry", 2025, &assumed),
	                    "030103>O 1");
	assert_string_equal(links_text(geo, "030103", "catchment", "surgery", 2026, &assumed),
	                    "030103>O 1");
}

static void chains_of_maps_and_parents_compose(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	bool assumed;
	assert_string_equal(links_text(geo, "030103 3216 A", "trust", NULL, 2026, &assumed),
	                    "030103>T2 1, 3216>T1 0.25, 3216>T2 0.75, A>T1 1");
	// The parts of Vestby meet again in the region and make a whole.
	assert_string_equal(links_text(geo, "3216", "region", NULL, 2026, &assumed),
	                    "3216>north 1");
	assert_string_equal(links_text(geo, "030103", "municipality", NULL, 2026, &assumed),
	                    "030103>0301 1");
	assert_string_equal(links_text(geo, "030103", "district", NULL, 2026, &assumed),
	                    "030103>030103 1");
}

static void the_shortest_chain_is_used_and_maps_go_before_parents(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(AREAS "R1,region,,\nR2,region,,\nC,catchment,R1,\n"
	                                        "M,municipality,R2,\nN,municipality,R2,\n",
	                                  MAPS "M,C,,,,1\nN,R1,,,,1\n", NULL);
	bool assumed;
	// M: by its parent in one step, by its catchment in two. N: map and parent in one step
	// each.
	assert_string_equal(links_text(geo, "M N", "region", NULL, 2026, &assumed),
	                    "M>R2 1, N>R1 1");
}

static void maps_in_a_circle_end(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(AREAS "R,region,,\nP,x,,\nQ,y,,\nS,y,S2,\nS2,x,R,\n",
	                                  MAPS "P,Q,,,,1\nQ,P,,,,1\n", NULL);
	const vrd_dim *from, *to;
	vrd_link *links;
	size_t n;
	OK(vrd_dim_of_codes(&mem, "area", 2, (const char *[]){"P", "S"}, &from, &err));
	FAILS(vrd_geography_links(&mem, geo, from, "region", NULL, 2026, &to, &links, &n, NULL,
	                          &err),
	      VRD_DATA, "these areas do not reach the level region in 2026: P;");
}

static void areas_that_do_not_reach_are_named_up_to_ten(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	const vrd_dim *from, *to;
	vrd_link *links;
	size_t n;
	const char *codes[] = {"0301", "3205", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"};
	OK(vrd_dim_of_codes(&mem, "area", 2, codes, &from, &err));
	FAILS(vrd_geography_links(&mem, geo, from, "catchment", NULL, 2026, &to, &links, &n, NULL,
	                          &err),
	      VRD_DATA, "these areas do not reach the level catchment in 2026: 0301; give each");
	OK(vrd_dim_of_codes(&mem, "area", 12, codes, &from, &err));
	FAILS(vrd_geography_links(&mem, geo, from, "catchment", NULL, 2026, &to, &links, &n, NULL,
	                          &err),
	      VRD_DATA, "these areas do not reach the level catchment in 2026: 0301, b (not among");
	FAILS(vrd_geography_links(&mem, geo, from, "catchment", NULL, 2026, &to, &links, &n, NULL,
	                          &err),
	      VRD_DATA, "and 1 more");
	OK(vrd_dim_of_codes(&mem, "area", 1, (const char *[]){"321"}, &from, &err));
	FAILS(vrd_geography_links(&mem, geo, from, "catchment", NULL, 2026, &to, &links, &n, NULL,
	                          &err),
	      VRD_DATA, "did you mean 3216?");
}

static void years_of_change_are_those_in_which_somebody_moves(void **state) {
	(void)state;
	// 3205 only has its period written in two lines: no change.
	const vrd_geography *geo = geo_of(areas,
	                                  MAPS "030103,O,,2019,2030,1\n030103,L,,2031,,1\n"
	                                       "030103,A,psychiatry,2026,,1\n"
	                                       "3205,A,,2019,2024,1\n3205,A,,2025,,1\n",
	                                  NULL);
	int *years;
	size_t n;
	OK(vrd_geography_map_years(&mem, geo, NULL, 2000, 2050, &years, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(years[0], 2031);
	OK(vrd_geography_map_years(&mem, geo, "psychiatry", 2000, 2050, &years, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(years[0], 2026);
	OK(vrd_geography_map_years(&mem, geo, NULL, 2026, 2030, &years, &n, &err));
	assert_int_equal(n, 0);
	assert_int_equal(vrd_geography_map_version(geo, NULL, 2010), 2019);
	assert_int_equal(vrd_geography_map_version(geo, NULL, 2030), 2019);
	assert_int_equal(vrd_geography_map_version(geo, NULL, 2031), 2031);
	assert_int_equal(vrd_geography_map_version(geo, "psychiatry", 2040), 2026);
	assert_int_equal(vrd_geography_map_version(geo_of(areas, NULL, NULL), NULL, 2026), 0);
}

// --- moves --------------------------------------------------------------------------------------

static const char people[] = "area,year,value\n"
                             "030103,2026,100\n030103,2031,110\n"
                             "030110,2026,200\n030110,2031,220\n"
                             "3205,2026,300\n3205,2031,330\n"
                             "3216,2026,400\n3216,2031,440\n";

static void a_move_follows_the_map_of_each_year(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	vrd_cube in = cube_of(&mem, people), out;
	OK(vrd_geography_move(&mem, geo, &in, "catchment", NULL, 0, &out, &err));
	assert_string_equal(codes_of(&mem, &out, "area"), "A L O");
	NEAR(value_at(&out, "A 2026"), 200 + 300 + 100, 0);
	NEAR(value_at(&out, "O 2026"), 100 + 300, 0);
	NEAR(value_at(&out, "A 2031"), 330 + 110, 0);
	NEAR(value_at(&out, "O 2031"), 220 + 330, 0);
	NEAR(value_at(&out, "L 2031"), 110, 0);
	assert_int_equal(status_at(&out, "L 2031"), VRD_PRESENT);
	assert_int_equal(status_at(&out, "A 2026"), VRD_ESTIMATED); // a quarter of Vestby
	assert_true(has_note(&out, "nivået catchment med kartet fra 2019, 2031"));
	// Lovisenberg has nobody in 2026: a known zero.
	NEAR(value_at(&out, "L 2026"), 0, 0);
	assert_int_equal(status_at(&out, "L 2026"), VRD_PRESENT);
}

static void a_fixed_map_holds_in_every_year(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	vrd_cube in = cube_of(&mem, people), out;
	OK(vrd_geography_move(&mem, geo, &in, "catchment", NULL, 2026, &out, &err));
	assert_string_equal(codes_of(&mem, &out, "area"), "A O"); // nobody reaches Lovisenberg
	NEAR(value_at(&out, "A 2031"), 220 + 330 + 110, 0);
	NEAR(total_of(&out), total_of(&in), 1e-9);
}

static void a_move_by_parents_needs_no_maps(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, NULL, NULL);
	vrd_cube in = cube_of(&mem, "area,year,value\n030103,2026,1\n030110,2026,2\n"), out;
	OK(vrd_geography_move(&mem, geo, &in, "municipality", NULL, 0, &out, &err));
	assert_string_equal(codes_of(&mem, &out, "area"), "0301");
	NEAR(value_at(&out, "0301 2026"), 3, 0);
}

static void moves_that_would_mislead_are_refused(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	vrd_cube no_year = cube_of(&mem, "area,value\n3205,1\n"), out = {0};
	FAILS(vrd_geography_move(&mem, geo, &no_year, "catchment", NULL, 0, &out, &err), VRD_DATA,
	      "say which year's map to use");
	OK(vrd_geography_move(&mem, geo, &no_year, "catchment", NULL, 2026, &out, &err));
	vrd_cube nested = cube_of(&mem, "area,year,value\n0301,2026,5\n030103,2026,1\n");
	FAILS(vrd_geography_move(&mem, geo, &nested, "municipality", NULL, 0, &out, &err), VRD_DATA,
	      "0301 (Oslo) and 030103 (Sagene)");
	vrd_cube tertial = cube_of(&mem, "area,year,value\n3205,2026T1,5\n");
	FAILS(vrd_geography_move(&mem, geo, &tertial, "catchment", NULL, 0, &out, &err), VRD_DATA,
	      "2026T1");
	vrd_cube no_area = cube_of(&mem, "year,value\n2026,5\n");
	FAILS(vrd_geography_move(&mem, geo, &no_area, "catchment", NULL, 0, &out, &err),
	      VRD_NOINPUT, "area");
}

static void missing_people_stay_missing(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	vrd_cube in = cube_of(&mem, "area,year,value\n3205,2026,..\n030103,2026,7\n"), out;
	OK(vrd_geography_move(&mem, geo, &in, "catchment", NULL, 0, &out, &err));
	assert_int_equal(status_at(&out, "A 2026"), VRD_MISSING);
	NEAR(value_at(&out, "O 2026"), 7, 0);
}

// Random weights and years: nobody is lost or made.
static bool moves_keep_everybody(prop_gen *gen) {
	const size_t n = prop_size(gen);
	const char *area_text = AREAS "X,catchment,,\nY,catchment,,\nZ,catchment,,\n";
	const char *map_text = MAPS, *data = "area,year,value\n";
	for (size_t i = 0; i < n; i++) {
		const double w = 0.01 + 0.98 * prop_unit(gen);
		const int turn = (int)prop_whole(gen, 2027, 2033);
		area_text = vrd_arena_printf(&gen->mem, "%sm%zu,municipality,,\n", area_text, i);
		map_text = vrd_arena_printf(&gen->mem,
		                            "%sm%zu,X,,,%d,%.17g\nm%zu,Y,,,%d,%.17g\n"
		                            "m%zu,Z,,%d,,1\n",
		                            map_text, i, turn - 1, w, i, turn - 1, 1 - w, i, turn);
		for (int year = 2026; year < 2035; year++)
			data = vrd_arena_printf(&gen->mem, "%sm%zu,%d,%.0f\n", data, i, year,
			                        prop_whole(gen, 0, 100000));
	}
	vrd_cube in = cube_of(&gen->mem, data), out;
	vrd_geography *geo = geo_of(area_text, map_text, NULL);
	OK(vrd_geography_move(&gen->mem, geo, &in, "catchment", NULL, 0, &out, &err));
	const double before = total_of(&in), after = total_of(&out);
	PROP_HOLDS(gen, fabs(after - before) <= 1e-9 * before, "%.17g became %.17g", before, after);
	return true;
}

static void moves_keep_everybody_whatever_the_map(void **state) {
	(void)state;
	prop_check("moves keep everybody", moves_keep_everybody, 60, 8);
}

// --- effects ------------------------------------------------------------------------------------

// The plan's own figures: Akershus 584 823 -> 583 204 is growth and the loss of two districts.
static void growth_and_map_add_up_to_the_printed_change(void **state) {
	(void)state;
	const vrd_geography *geo =
	        geo_of(AREAS "AHUS,catchment,,\nOUS,catchment,,\nM,municipality,,\nD,district,,\n",
	               MAPS "M,AHUS,,,,1\nD,AHUS,,,2030,1\nD,OUS,,2031,,1\n", NULL);
	vrd_cube in = cube_of(&mem, "area,sex,year,value\n"
	                            "M,F,2026,260000\nM,M,2026,261555\nM,F,2040,291000\n"
	                            "M,M,2040,292204\nD,F,2026,31000\nD,M,2026,32268\n"
	                            "D,F,2040,31500\nD,M,2040,31600\n"),
	         out;
	OK(vrd_geography_effects(&mem, geo, &in, "catchment", 2026, 2040, &out, &err));
	assert_string_equal(dims_of(&mem, &out), "area part");
	assert_string_equal(codes_of(&mem, &out, "part"), "from to change population map");
	NEAR(value_at(&out, "AHUS from"), 584823, 0);
	NEAR(value_at(&out, "AHUS to"), 583204, 0);
	NEAR(value_at(&out, "AHUS change"), -1619, 0);
	NEAR(value_at(&out, "AHUS map"), -63100, 0);
	NEAR(value_at(&out, "AHUS population"), 61481, 0);
	NEAR(value_at(&out, "OUS from"), 0, 0);
	NEAR(value_at(&out, "OUS map"), 63100, 0);
	double maps_sum = value_at(&out, "AHUS map") + value_at(&out, "OUS map");
	NEAR(maps_sum, 0, 1e-9);
	// About -10.8 % of the start is the map, +10.5 % growth, -0.3 % is printed.
	NEAR(value_at(&out, "AHUS map") / 584823, -0.108, 5e-4);
	NEAR(value_at(&out, "AHUS population") / 584823, 0.105, 5e-4);
	NEAR(value_at(&out, "AHUS change") / 584823, -0.003, 5e-4);
}

static void effects_refuse_what_has_no_sum(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	vrd_cube in = cube_of(&mem, people), out;
	FAILS(vrd_geography_effects(&mem, geo, &in, "catchment", 2026, 2026, &out, &err), VRD_DATA,
	      "two different years");
	FAILS(vrd_geography_effects(&mem, geo, &in, "catchment", 2026, 2040, &out, &err),
	      VRD_NOINPUT, "2040");
	vrd_cube two =
	        cube_of(&mem, "variant,area,year,value\nMMMM,3205,2026,1\nHHMH,3205,2026,2\n");
	FAILS(vrd_geography_effects(&mem, geo, &two, "catchment", 2026, 2027, &out, &err), VRD_DATA,
	      "variant has 2 categories");
}

static void a_missing_year_gives_missing_effects(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(areas, maps, NULL);
	vrd_cube in = cube_of(&mem, "area,year,value\n3205,2026,5\n3205,2031,..\n"), out;
	OK(vrd_geography_effects(&mem, geo, &in, "catchment", 2026, 2031, &out, &err));
	NEAR(value_at(&out, "A from"), 5, 0);
	assert_int_equal(status_at(&out, "A change"), VRD_MISSING);
	assert_int_equal(status_at(&out, "A map"), VRD_MISSING);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(official_codes_have_one_form),
	        cmocka_unit_test(areas_have_types_labels_and_levels),
	        cmocka_unit_test(labels_follow_the_language_and_fall_back),
	        cmocka_unit_test(each_problem_has_its_rule_file_and_line),
	        cmocka_unit_test(every_problem_is_listed_not_the_first_only),
	        cmocka_unit_test(unknown_codes_come_with_a_suggestion),
	        cmocka_unit_test(a_decimal_comma_is_a_weight_too),
	        cmocka_unit_test(maps_are_followed_in_their_years),
	        cmocka_unit_test(a_year_before_the_first_state_uses_it_and_says_so),
	        cmocka_unit_test(a_service_of_its_own_overrides_the_rows_for_all),
	        cmocka_unit_test(chains_of_maps_and_parents_compose),
	        cmocka_unit_test(the_shortest_chain_is_used_and_maps_go_before_parents),
	        cmocka_unit_test(maps_in_a_circle_end),
	        cmocka_unit_test(areas_that_do_not_reach_are_named_up_to_ten),
	        cmocka_unit_test(years_of_change_are_those_in_which_somebody_moves),
	        cmocka_unit_test(a_move_follows_the_map_of_each_year),
	        cmocka_unit_test(a_fixed_map_holds_in_every_year),
	        cmocka_unit_test(a_move_by_parents_needs_no_maps),
	        cmocka_unit_test(moves_that_would_mislead_are_refused),
	        cmocka_unit_test(missing_people_stay_missing),
	        cmocka_unit_test(moves_keep_everybody_whatever_the_map),
	        cmocka_unit_test(growth_and_map_add_up_to_the_printed_change),
	        cmocka_unit_test(effects_refuse_what_has_no_sum),
	        cmocka_unit_test(a_missing_year_gives_missing_effects),
	};
	return cmocka_run_group_tests(tests, NULL, clear);
}
