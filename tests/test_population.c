#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cube/jsonstat.h"
#include "population/age.h"
#include "population/population.h"
#include "prop.h"
#include "tabular.h"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

// --- ages and sexes -----------------------------------------------------------------------------

static void ages_are_read_in_every_form_in_use(void **state) {
	(void)state;
	static const struct {
		const char *text;
		int from, to;
	} cases[] = {
	        {"0", 0, 0},
	        {"000", 0, 0},
	        {"007", 7, 7},
	        {"104", 104, 104},
	        {"a7", 7, 7},
	        {"18 år", 18, 18},
	        {"18 ÅR", 18, 18},
	        {"1 year", 1, 1},
	        {"105+", 105, VRD_AGE_MAX},
	        {"105 år eller eldre", 105, VRD_AGE_MAX},
	        {"105 years or older", 105, VRD_AGE_MAX},
	        {"18 år og over", 18, VRD_AGE_MAX},
	        {"80 år +", 80, VRD_AGE_MAX},
	        {"80+ år", 80, VRD_AGE_MAX},
	        {"75-", 75, VRD_AGE_MAX},
	        {"F75+", 75, VRD_AGE_MAX},
	        {"0 - 17 år", 0, 17},
	        {"0-17", 0, 17},
	        {"00-17", 0, 17},
	        {"F00-17", 0, 17},
	        {"67–79 år", 67, 79},
	        {"0-4\xC2\xA0"
	         "år",
	         0, 4},
	        {" 18-49 ", 18, 49},
	        {"all", 0, VRD_AGE_MAX},
	        {"Alle aldre", 0, VRD_AGE_MAX},
	        {"Alder i alt", 0, VRD_AGE_MAX},
	        {"999", 0, VRD_AGE_MAX},
	        {"999A", 0, VRD_AGE_MAX},
	        {"0+", 0, VRD_AGE_MAX},
	        {"150", 150, 150},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		vrd_age age = {-1, -1};
		if (!vrd_age_parse(vrd_str_of(cases[i].text), &age))
			fail_msg("\"%s\" is not read", cases[i].text);
		if (age.from != cases[i].from || age.to != cases[i].to)
			fail_msg("\"%s\" is %d..%d", cases[i].text, age.from, age.to);
	}
}

static void what_is_no_age_is_refused(void **state) {
	(void)state;
	static const char *const cases[] = {
	        "",
	        " ",
	        "x",
	        "år",
	        "-5",
	        "+",
	        "5.5",
	        "17-0",
	        "1-2-3",
	        "151",
	        "0-151",
	        "1000",
	        "a",
	        "F",
	        "18 dager",
	        "10000",
	        "0-17 x",
	        "unge",
	        "18+x",
	        "998",
	        "F-17",
	        "1e2",
	        "en veldig lang tekst som umulig kan v\xC3\xA6re en alder, men som st\xC3\xA5r her",
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		vrd_age age = {-1, -1};
		if (vrd_age_parse(vrd_str_of(cases[i]), &age))
			fail_msg("\"%s\" is read as %d..%d", cases[i], age.from, age.to);
		assert_int_equal(age.from, -1);
	}
}

static void ages_have_one_code_each(void **state) {
	(void)state;
	assert_string_equal(vrd_age_code(&mem, (vrd_age){7, 7}), "7");
	assert_string_equal(vrd_age_code(&mem, (vrd_age){0, 17}), "0-17");
	assert_string_equal(vrd_age_code(&mem, (vrd_age){105, VRD_AGE_MAX}), "105+");
	assert_string_equal(vrd_age_code(&mem, (vrd_age){0, VRD_AGE_MAX}), "all");
	for (int from = 0; from < VRD_AGE_MAX; from += 7) {
		for (int to = from; to <= VRD_AGE_MAX; to += 11) {
			vrd_age back;
			const char *code = vrd_age_code(&mem, (vrd_age){from, to});
			assert_true(vrd_age_parse(vrd_str_of(code), &back));
			assert_int_equal(back.from, from);
			assert_int_equal(back.to, to);
		}
	}
}

static void sexes_are_read_in_every_form_in_use(void **state) {
	(void)state;
	static const char *const cases[][2] = {
	        {"1", "M"},
	        {"2", "F"},
	        {"0", "all"},
	        {"Menn", "M"},
	        {"Kvinner", "F"},
	        {"K", "F"},
	        {"M", "M"},
	        {"women", "F"},
	        {"Female", "F"},
	        {"males", "M"},
	        {"Begge kjønn", "all"},
	        {"BEGGE KJØNN", "all"},
	        {"all", "all"},
	        {"kvinner ", "F"},
	        {"Both sexes", "all"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *code = vrd_sex_code(vrd_str_of(cases[i][0]));
		if (!code || strcmp(code, cases[i][1]) != 0)
			fail_msg("\"%s\" is %s", cases[i][0], code ? code : "nothing");
	}
	assert_null(vrd_sex_code(VRD_STR("3")));
	assert_null(vrd_sex_code(VRD_STR("")));
	assert_null(vrd_sex_code(VRD_STR("9")));
}

// --- canonical form -----------------------------------------------------------------------------

static vrd_cube json(const char *text) {
	vrd_cube cube;
	OK(vrd_jsonstat_read(&mem, text, strlen(text), "test", &cube, &err));
	return cube;
}

static vrd_cube canonical(vrd_cube in) {
	vrd_cube out;
	OK(vrd_population_canonical(&mem, &in, &out, &err));
	return out;
}

#define DATASET "{\"version\":\"2.0\",\"class\":\"dataset\",\"source\":\"Statistisk sentralbyrå\","
#define CONTENTS                                                                                   \
	"\"ContentsCode\":{\"label\":\"statistikkvariabel\",\"category\":{\"index\":"              \
	"{\"Personer1\":0},\"label\":{\"Personer1\":\"Personer\"},\"unit\":{\"Personer1\":"        \
	"{\"base\":\"personer\",\"decimals\":0}}}}"

// 07459: municipality x sex x single age, men first, one contents.
static void table_07459_becomes_a_population(void **state) {
	(void)state;
	vrd_cube out = canonical(json(
	        DATASET
	        "\"id\":[\"Region\",\"Kjonn\",\"Alder\",\"ContentsCode\",\"Tid\"],"
	        "\"size\":[2,2,3,1,2],\"role\":{\"time\":[\"Tid\"],\"metric\":[\"ContentsCode\"]},"
	        "\"dimension\":{"
	        "\"Region\":{\"label\":\"region\",\"category\":{\"index\":{\"0301\":0,\"3101\":1},"
	        "\"label\":{\"0301\":\"Oslo\",\"3101\":\"Halden\"}}},"
	        "\"Kjonn\":{\"label\":\"kjønn\",\"category\":{\"index\":{\"1\":0,\"2\":1},"
	        "\"label\":{\"1\":\"Menn\",\"2\":\"Kvinner\"}}},"
	        "\"Alder\":{\"label\":\"alder\",\"category\":{\"index\":{\"105+\":0,\"000\":1,"
	        "\"001\":2},\"label\":{\"105+\":\"105 år eller eldre\",\"000\":\"0 år\","
	        "\"001\":\"1 år\"}}}," CONTENTS ","
	        "\"Tid\":{\"label\":\"år\",\"category\":{\"index\":{\"2025\":0,\"2026\":1},"
	        "\"label\":{\"2025\":\"2025\",\"2026\":\"2026\"}}}},"
	        "\"value\":[1,2,11,12,21,22, 3,4,31,32,41,42, 5,6,51,52,61,62, 7,8,71,72,81,82]}"));
	assert_string_equal(dims_of(&mem, &out), "area sex age year");
	assert_string_equal(codes_of(&mem, &out, "sex"), "M F");
	assert_string_equal(codes_of(&mem, &out, "age"), "0 1 105+");
	assert_string_equal(codes_of(&mem, &out, "year"), "2025 2026");
	NEAR(value_at(&out, "0301 M 0 2025"), 11, 0);
	NEAR(value_at(&out, "0301 F 105+ 2026"), 4, 0);
	NEAR(value_at(&out, "3101 F 1 2026"), 82, 0);
	assert_string_equal(out.dims[0]->cats[1].label, "Halden");
	assert_string_equal(out.unit, "personer");
	assert_int_equal(out.dims[3]->role, VRD_ROLE_TIME);
	assert_true(has_note(&out, "statistikkvariabel: Personer"));
}

// 10826: districts; their codes are left to the caller (vrd_area_canonical).
static void table_10826_of_districts_becomes_a_population(void **state) {
	(void)state;
	vrd_cube out = canonical(
	        json(DATASET
	             "\"id\":[\"Region\",\"Alder\",\"Kjonn\",\"ContentsCode\",\"Tid\"],"
	             "\"size\":[2,2,2,1,1],\"dimension\":{"
	             "\"Region\":{\"label\":\"region\",\"category\":{\"index\":[\"030103a\","
	             "\"030110a\"],"
	             "\"label\":{\"030103a\":\"Sagene (Oslo)\",\"030110a\":\"Grorud (Oslo)\"}}},"
	             "\"Alder\":{\"label\":\"alder\",\"category\":{\"index\":[\"F00-17\",\"F18+\"],"
	             "\"label\":{\"F00-17\":\"0-17 år\",\"F18+\":\"18 år og over\"}}},"
	             "\"Kjonn\":{\"label\":\"kjønn\",\"category\":{\"index\":[\"2\",\"1\"],"
	             "\"label\":{\"2\":\"Kvinner\",\"1\":\"Menn\"}}}," CONTENTS ","
	             "\"Tid\":{\"label\":\"år\",\"category\":{\"index\":[\"2026\"],"
	             "\"label\":{\"2026\":\"2026\"}}}},\"value\":[1,2,3,4,5,6,7,8]}"));
	assert_string_equal(dims_of(&mem, &out), "area sex age year");
	assert_string_equal(codes_of(&mem, &out, "area"), "030103a 030110a");
	assert_string_equal(codes_of(&mem, &out, "age"), "0-17 18+");
	NEAR(value_at(&out, "030110a M 18+ 2026"), 8, 0);
	NEAR(value_at(&out, "030103a F 18+ 2026"), 3, 0);
}

// 13982: catchments x service; one service is a note, several stay a dimension.
static void table_13982_of_catchments_becomes_a_population(void **state) {
	(void)state;
	static const char format[] = DATASET
	        "\"id\":[\"HelseReg\",\"HelseTjenomr\",\"Kjonn\",\"Alder\",\"ContentsCode\","
	        "\"Tid\"],"
	        "\"size\":[2,%d,1,1,1,1],\"dimension\":{"
	        "\"HelseReg\":{\"label\":\"helseregion\",\"category\":{\"index\":[\"H14\",\"H20\"],"
	        "\"label\":{\"H14\":\"Østfold\",\"H20\":\"Vestre Viken\"}}},"
	        "\"HelseTjenomr\":{\"label\":\"tjenesteområde\",\"category\":{%s}},"
	        "\"Kjonn\":{\"label\":\"kjønn\",\"category\":{\"label\":{\"0\":\"Begge kjønn\"}}},"
	        "\"Alder\":{\"label\":\"alder\",\"category\":{\"label\":{\"999\":\"Alle "
	        "aldre\"}}}," CONTENTS
	        ",\"Tid\":{\"label\":\"år\",\"category\":{\"label\":{\"2026\":\"2026\"}}}},"
	        "\"value\":%s}";
	const char *one =
	        vrd_arena_printf(&mem, format, 1, "\"label\":{\"SOM\":\"Somatikk\"}", "[1,2]");
	vrd_cube out = canonical(json(one));
	assert_string_equal(dims_of(&mem, &out), "area sex age year");
	NEAR(value_at(&out, "H20 all all 2026"), 2, 0);
	assert_true(has_note(&out, "tjenesteområde: Somatikk"));
	const char *two = vrd_arena_printf(&mem, format, 2,
	                                   "\"index\":[\"SOM\",\"VOP\"],\"label\":{\"SOM\":"
	                                   "\"Somatikk\",\"VOP\":\"Voksenpsykiatri\"}",
	                                   "[1,2,3,4]");
	out = canonical(json(two));
	assert_string_equal(dims_of(&mem, &out), "service area sex age year");
	NEAR(value_at(&out, "VOP H14 all all 2026"), 2, 0);
}

// 14288 with the contents in another order than their codes suggest.
static const char table_14288[] = DATASET
        "\"id\":[\"Region\",\"Kjonn\",\"Alder\",\"ContentsCode\",\"Tid\"],\"size\":[1,1,1,3,2],"
        "\"dimension\":{\"Region\":{\"label\":\"region\",\"category\":{\"label\":{\"0301\":"
        "\"Oslo\"}}},\"Kjonn\":{\"label\":\"kjønn\",\"category\":{\"label\":{\"2\":\"Kvinner\"}}},"
        "\"Alder\":{\"label\":\"alder\",\"category\":{\"label\":{\"080\":\"80 år\"}}},"
        "\"ContentsCode\":{\"label\":\"statistikkvariabel\",\"category\":{\"index\":{"
        "\"Personer\":0,\"Personer1\":1,\"Personer2\":2},\"label\":{"
        "\"Personer\":\"Hovedalternativet (MMMM)\","
        "\"Personer1\":\"Lav nasjonal vekst (LLML)\","
        "\"Personer2\":\"Høy nasjonal vekst (HHMH)\"},\"unit\":{\"Personer\":{\"base\":"
        "\"personer\",\"decimals\":0}}}},"
        "\"Tid\":{\"label\":\"år\",\"category\":{\"index\":[\"2026\",\"2040\"],\"label\":{}}}},"
        "\"value\":[10,20,11,21,12,22]}";

static void table_14288_has_its_alternatives_from_the_labels(void **state) {
	(void)state;
	vrd_cube out = canonical(json(table_14288));
	assert_string_equal(dims_of(&mem, &out), "variant area sex age year");
	assert_string_equal(codes_of(&mem, &out, "variant"), "MMMM LLML HHMH");
	NEAR(value_at(&out, "LLML 0301 F 80 2040"), 21, 0);
	NEAR(value_at(&out, "HHMH 0301 F 80 2026"), 12, 0);
	assert_string_equal(out.dims[0]->cats[2].label, "Høy nasjonal vekst (HHMH)");
	assert_string_equal(out.unit, "personer");
}

static vrd_cube with_labels(const char *dim, size_t n, const char *const *codes,
                            const char *const *labels) {
	vrd_builder *builder;
	vrd_cube cube;
	OK(vrd_builder_new(&mem, 2, (const char *[]){dim, "Tid"}, &builder, &err));
	for (size_t i = 0; i < n; i++) {
		uint32_t index[2] = {(uint32_t)i, 0};
		OK(vrd_builder_category(builder, 0, vrd_str_of(codes[i]), vrd_str_of(labels[i]),
		                        &err));
		OK(vrd_builder_index(builder, 1, VRD_STR("2026"), &index[1], &err));
		OK(vrd_builder_add(builder, index, (double)i, VRD_PRESENT, &err));
	}
	OK(vrd_builder_finish(builder, VRD_MISSING, &cube, NULL, &err));
	return cube;
}

static void the_code_of_an_alternative_is_never_believed(void **state) {
	(void)state;
	// The codes say the opposite of the labels.
	vrd_cube in = with_labels("ContentsCode", 2, (const char *[]){"MMMM", "LLML"},
	                          (const char *[]){"Lav vekst (LLML)", "Alternativ MMMM"});
	vrd_cube out = canonical(in);
	assert_string_equal(codes_of(&mem, &out, "variant"), "LLML MMMM");
	in = with_labels("ContentsCode", 2, (const char *[]){"MMMM", "HHMH"},
	                 (const char *[]){"Personer", "Endring"});
	FAILS(vrd_population_canonical(&mem, &in, &out, &err), VRD_DATA, "names no alternative");
	in = with_labels("ContentsCode", 2, (const char *[]){"a", "b"},
	                 (const char *[]){"Hoved (MMMM)", "Igjen (MMMM)"});
	FAILS(vrd_population_canonical(&mem, &in, &out, &err), VRD_DATA, "`a` and `b`");
	// Words that only hold the letters are no alternatives; zeros are letters.
	in = with_labels("ContentsCode", 2, (const char *[]){"a", "b"},
	                 (const char *[]){"HLMX xMMMM MMMMM MMMMå 2000 0000", "(MM00)"});
	FAILS(vrd_population_canonical(&mem, &in, &out, &err), VRD_DATA, "`a` of ContentsCode");
	in = with_labels("Framskriv", 2, (const char *[]){"1", "2"},
	                 (const char *[]){"Middels (MMM)", "Ingen innvandring (MM00)"});
	out = canonical(in);
	assert_string_equal(codes_of(&mem, &out, "variant"), "MMM MM00");
}

static void what_is_canonical_stays_as_it_is(void **state) {
	(void)state;
	vrd_cube in = cube_of(&mem, "variant,area,sex,age,year,value\ncount,0301,F,0,2026,1\n"
	                            "count,0301,F,1-4,2026,2\nown,0301,F,0,2026,3e\n"
	                            "own,0301,F,1-4,2026,..\n");
	vrd_cube out = canonical(in);
	assert_true(vrd_cube_equal(&in, &out));
	vrd_cube again = canonical(out);
	assert_true(vrd_cube_equal(&out, &again));
	in = cube_of(&mem, "area,year,value\n0301,2026,1\n");
	out = canonical(in);
	assert_string_equal(dims_of(&mem, &out), "area year");
}

static void dimensions_are_known_by_their_norwegian_labels(void **state) {
	(void)state;
	vrd_cube in = cube_of(&mem, "år,kjønn,Alder,region,value\n2026,Menn,0 år,0301,1\n");
	vrd_cube out = canonical(in);
	NEAR(value_at(&out, "0301 M 0 2026"), 1, 0);
}

static void unreadable_codes_are_named_with_what_was_expected(void **state) {
	(void)state;
	static const char *const cases[][2] = {
	        {"area,sex,age,year,value\n0301,F,ung,2026,1\n", "age `ung`"},
	        {"area,sex,age,year,value\n0301,X,1,2026,1\n", "expected F, M or all"},
	        {"area,sex,age,year,value\n0301,F,1,2026K1,1\n", "year `2026K1`"},
	        {"area,age,year,value\n0301,000,2026,1\n0301,0,2026,1\n", "`000` and `0` of age"},
	        {"area,farge,year,value\n0301,a,2026,1\n0301,b,2026,1\n", "farge"},
	        {"area,Region,year,value\n0301,a,2026,1\n0301,b,2026,1\n", "both mean area"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		vrd_cube in = cube_of(&mem, cases[i][0]), out = {0};
		FAILS(vrd_population_canonical(&mem, &in, &out, &err), VRD_DATA, cases[i][1]);
		assert_int_equal(out.n_dims, 0);
	}
}

// --- checks -------------------------------------------------------------------------------------

// "E pop.age-gap" for each problem, in order.
static const char *problems_of(const char *data, double jump, vrd_diag *diag) {
	vrd_cube in = cube_of(&mem, data);
	const char *text = "";
	vrd_diag_init(diag, &mem, 0);
	vrd_population_check(&in, "population.csv", jump, diag);
	for (size_t i = 0; i < diag->n; i++) {
		text = vrd_arena_printf(&mem, "%s%s%s %s", text, i ? "; " : "",
		                        diag->items[i].severity == VRD_ERROR ? "E" : "W",
		                        diag->items[i].rule);
		assert_string_equal(diag->items[i].place.file, "population.csv");
	}
	return text;
}

static void a_sound_population_has_no_problem(void **state) {
	(void)state;
	vrd_diag diag;
	assert_string_equal(problems_of("area,sex,age,year,value\nA,F,0-17,2026,5\nA,F,18+,2026,6\n"
	                                "A,M,0-17,2026,5\nA,M,18+,2026,6\nA,F,0-17,2027,5\n"
	                                "A,F,18+,2027,6\nA,M,0-17,2027,5\nA,M,18+,2027,7\n",
	                                0, &diag),
	                    "");
	assert_string_equal(problems_of("area,year,value\nA,2026,5\n", 0, &diag), "");
	assert_string_equal(problems_of("area,sex,age,value\nA,all,all,5\n", 0, &diag), "");
}

static void each_fault_of_a_population_has_its_rule(void **state) {
	(void)state;
	static const struct {
		const char *data, *rules, *text;
	} cases[] = {
	        {"age,value\n0,5\n2,5\n3+,5\n", "E pop.age-gap", "ages 1 to 1 are missing"},
	        {"age,value\n18+,5\n", "E pop.age-gap", "ages 0 to 17 are missing"},
	        {"age,value\n0-17,5\n17+,5\n", "E pop.age-overlap", "17+"},
	        {"age,value\nall,5\n0,5\n1+,5\n", "E pop.age-overlap; E pop.age-overlap", "all"},
	        {"age,value\n0,5\n1-17,5\n", "W pop.open-age", "end at 17"},
	        {"sex,value\nF,5\n", "E pop.sex-missing", "sex M is missing"},
	        {"sex,value\nM,5\nall,9\n", "E pop.sex-missing; E pop.sex-overlap",
	         "sex F is missing"},
	        {"sex,value\nF,5\nM,4\nall,9\n", "E pop.sex-overlap", "twice"},
	        {"year,value\n2026,5\n2028,5\n", "E pop.year-gap", "year 2027 is missing"},
	        {"year,value\n2026,5\n2030,5\n", "E pop.year-gap", "years 2027 to 2029"},
	        {"area,value\nA,-5\n", "E pop.negative", "-5 persons (area A)"},
	        {"area,value\nA,..\nB,:\nC,1\n", "E pop.not-a-number",
	         "2 cells of 3 have no number; the first: area A"},
	        {"area,value\nA,1.5\nB,2.5\nC,3\n", "W pop.fraction", "2 counts"},
	        {"area,value\nA,1.5e\nB,.\n", "", ""},
	        {"area,year,value\nA,2026,100\nA,2027,111\nB,2026,100\nB,2027,110\n", "W pop.jump",
	         "area A: 100 persons in 2026 and 111 in 2027, +11 %"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		vrd_diag diag;
		assert_string_equal(problems_of(cases[i].data, 0, &diag), cases[i].rules);
		if (diag.n > 0 && !strstr(diag.items[0].text, cases[i].text))
			fail_msg("\"%s\" is not in \"%s\"", cases[i].text, diag.items[0].text);
	}
}

static void a_cohort_that_jumps_is_named(void **state) {
	(void)state;
	vrd_diag diag;
	// Ages 0 and 1 of men change places: totals are the same, the cohort is not.
	const char *data = "area,sex,age,year,value\n"
	                   "A,F,0,2026,300\nA,F,1,2026,300\nA,F,2+,2026,9000\n"
	                   "A,F,0,2027,300\nA,F,1,2027,300\nA,F,2+,2027,9000\n"
	                   "A,M,0,2026,300\nA,M,1,2026,300\nA,M,2+,2026,9000\n"
	                   "A,M,0,2027,200\nA,M,1,2027,400\nA,M,2+,2027,9000\n";
	assert_string_equal(problems_of(data, 0, &diag), "W pop.jump");
	assert_non_null(strstr(diag.items[0].text, "area A, sex M, age 0: 300 persons in 2026 and "
	                                           "400 a year older in 2027, +33 %"));
	assert_string_equal(problems_of(data, 0.12, &diag), "");
}

static void all_faults_are_listed_at_once(void **state) {
	(void)state;
	vrd_diag diag;
	assert_string_equal(problems_of("sex,age,year,value\nF,0,2026,-1\nF,2,2026,-2\n"
	                                "F,0,2028,..\nF,2,2028,0.5\n",
	                                0, &diag),
	                    "E pop.age-gap; W pop.open-age; E pop.sex-missing; E pop.year-gap; "
	                    "E pop.negative; E pop.negative; E pop.not-a-number; W pop.fraction");
}

// --- age groups ---------------------------------------------------------------------------------

static void ages_are_summed_to_groups(void **state) {
	(void)state;
	vrd_cube in = cube_of(&mem,
	                      "age,year,value\n0,2026,1\n1,2026,2\n2-17,2026,4\n18+,2026,8\n"),
	         out;
	OK(vrd_population_rebin(&mem, &in, 2, (const char *[]){"0-17", "18+"}, &out, &err));
	NEAR(value_at(&out, "0-17 2026"), 7, 0);
	NEAR(value_at(&out, "18+ 2026"), 8, 0);
	assert_int_equal(status_at(&out, "0-17 2026"), VRD_PRESENT);
	OK(vrd_population_rebin(&mem, &in, 1, (const char *[]){"all"}, &out, &err));
	NEAR(value_at(&out, "all 2026"), 15, 0);
	FAILS(vrd_population_rebin(&mem, &in, 2, (const char *[]){"0-9", "10+"}, &out, &err),
	      VRD_DATA, "age 2-17 does not lie inside one of the groups: it straddles 0-9");
	FAILS(vrd_population_rebin(&mem, &in, 2, (const char *[]){"0-17", "18-99"}, &out, &err),
	      VRD_DATA, "age 18+");
	FAILS(vrd_population_rebin(&mem, &in, 1, (const char *[]){"0-17"}, &out, &err), VRD_DATA,
	      "18+ lies in none");
	FAILS(vrd_population_rebin(&mem, &in, 2, (const char *[]){"all", "0-17"}, &out, &err),
	      VRD_DATA, "age 0");
	FAILS(vrd_population_rebin(&mem, &in, 1, (const char *[]){"young"}, &out, &err), VRD_DATA,
	      "`young`");
}

static void graduation_keeps_totals_singles_and_the_open_age(void **state) {
	(void)state;
	vrd_cube in = cube_of(&mem,
	                      "area,age,year,value\n"
	                      "A,0,2026,10\nA,1-4,2026,44\nA,5-9,2026,60\nA,10-14,2026,70\n"
	                      "A,15-19,2026,0\nA,20+,2026,99\nB,0,2026,1\nB,1-4,2026,0\n"
	                      "B,5-9,2026,..\nB,10-14,2026,50\nB,15-19,2026,5\nB,20+,2026,:\n"),
	         out, back;
	static const char *const groups[] = {"0", "1-4", "5-9", "10-14", "15-19", "20+"};
	OK(vrd_population_graduate(&mem, &in, &out, &err));
	assert_int_equal(out.dims[1]->n, 21);
	NEAR(value_at(&out, "A 0 2026"), 10, 0);
	assert_int_equal(status_at(&out, "A 0 2026"), VRD_PRESENT);
	assert_int_equal(status_at(&out, "A 3 2026"), VRD_ESTIMATED);
	NEAR(value_at(&out, "A 20+ 2026"), 99, 0);
	assert_int_equal(status_at(&out, "A 20+ 2026"), VRD_PRESENT);
	assert_int_equal(status_at(&out, "B 7 2026"), VRD_MISSING);
	assert_int_equal(status_at(&out, "B 20+ 2026"), VRD_SUPPRESSED);
	NEAR(value_at(&out, "A 17 2026"), 0, 0); // an empty group stays empty, exactly
	NEAR(value_at(&out, "B 3 2026"), 0, 0);
	NEAR(value_at(&out, "B 12 2026"), 10, 3); // a short run of two groups
	OK(vrd_population_rebin(&mem, &out, 6, groups, &back, &err));
	for (size_t i = 0; i < in.n_cells; i++)
		if (vrd_cell_has_number(vrd_cube_status(&in, i)))
			NEAR(back.values[i], in.values[i], 1e-12 * (1 + in.values[i]));
	for (size_t i = 0; i < out.n_cells; i++)
		assert_false(out.values[i] < 0);
	assert_true(has_note(&out, "Hyman"));
}

static void one_group_is_spread_evenly_and_single_ages_are_left_alone(void **state) {
	(void)state;
	vrd_cube in = cube_of(&mem, "age,value\n0-4,10\n5+,7\n"), out;
	OK(vrd_population_graduate(&mem, &in, &out, &err));
	for (size_t i = 0; i < 5; i++)
		NEAR(out.values[i], 2, 1e-12);
	NEAR(out.values[5], 7, 0);
	in = cube_of(&mem, "age,value\n0,10\n1,9\n2+,7\n");
	OK(vrd_population_graduate(&mem, &in, &out, &err));
	assert_true(vrd_cube_equal(&in, &out));
}

static void groups_that_cannot_be_graduated_are_refused(void **state) {
	(void)state;
	vrd_cube in = cube_of(&mem, "age,value\n0-4,10\n6-9,7\n"), out;
	FAILS(vrd_population_graduate(&mem, &in, &out, &err), VRD_DATA, "ages 0-4 and 6-9");
	in = cube_of(&mem, "age,value\n0-4,10\n4-9,7\n");
	FAILS(vrd_population_graduate(&mem, &in, &out, &err), VRD_DATA, "do not meet");
	in = cube_of(&mem, "age,value\n0-4,10\n5-9,-7\n");
	FAILS(vrd_population_graduate(&mem, &in, &out, &err), VRD_DATA, "age 5-9 has -7 people");
	in = cube_of(&mem, "area,value\nA,10\n");
	FAILS(vrd_population_graduate(&mem, &in, &out, &err), VRD_NOINPUT, "age");
}

// Groups of any width and size, zeros among them.
static bool graduation_is_monotone(prop_gen *gen) {
	const size_t n = prop_size(gen);
	const char *data = "age,value\n";
	const char **groups = vrd_arena_alloc(&gen->mem, n + 1, sizeof *groups);
	int from = 0;
	for (size_t i = 0; i < n; i++) {
		const int to = from + (int)prop_below(gen, 6);
		const double people = prop_chance(gen, 0.2) ? 0 : prop_whole(gen, 0, 1000000);
		groups[i] = vrd_age_code(&gen->mem, (vrd_age){from, to});
		data = vrd_arena_printf(&gen->mem, "%s%s,%.0f\n", data, groups[i], people);
		from = to + 1;
	}
	vrd_cube in = cube_of(&gen->mem, data), out, back;
	OK(vrd_population_graduate(&gen->mem, &in, &out, &err));
	OK(vrd_population_rebin(&gen->mem, &out, n, groups, &back, &err));
	for (size_t i = 0; i < out.n_cells; i++)
		PROP_HOLDS(gen, out.values[i] >= 0, "%g at %zu", out.values[i], i);
	for (size_t i = 0; i < n; i++)
		PROP_HOLDS(gen, fabs(back.values[i] - in.values[i]) <= 1e-9 * in.values[i],
		           "%.17g became %.17g", in.values[i], back.values[i]);
	return true;
}

static void graduation_never_goes_below_zero(void **state) {
	(void)state;
	prop_check("graduation is monotone", graduation_is_monotone, 200, 20);
}

// --- exposure and births ------------------------------------------------------------------------

static const char three_years[] =
        "area,sex,age,year,value\n"
        "A,F,0,2026,10\nA,F,1+,2026,100\nA,M,0,2026,12\nA,M,1+,2026,90\n"
        "A,F,0,2027,14\nA,F,1+,2027,110\nA,M,0,2027,16\nA,M,1+,2027,92\n"
        "A,F,0,2028,18\nA,F,1+,2028,120\nA,M,0,2028,20\nA,M,1+,2028,94e\n";

static void exposure_is_the_mean_of_two_first_januaries(void **state) {
	(void)state;
	vrd_cube in = cube_of(&mem, three_years), out;
	OK(vrd_population_exposure(&mem, &in, VRD_EXPOSURE_MID, 2, (const int[]){2027, 2026}, &out,
	                           &err));
	assert_string_equal(codes_of(&mem, &out, "year"), "2027 2026");
	NEAR(value_at(&out, "A F 1+ 2026"), 105, 0);
	NEAR(value_at(&out, "A M 1+ 2027"), 93, 0);
	assert_int_equal(status_at(&out, "A M 1+ 2027"), VRD_ESTIMATED);
	assert_int_equal(status_at(&out, "A F 1+ 2026"), VRD_PRESENT);
	OK(vrd_population_exposure(&mem, &in, VRD_EXPOSURE_JAN1, 1, (const int[]){2028}, &out,
	                           &err));
	NEAR(value_at(&out, "A F 0 2028"), 18, 0);
	FAILS(vrd_population_exposure(&mem, &in, VRD_EXPOSURE_MID, 1, (const int[]){2028}, &out,
	                              &err),
	      VRD_DATA,
	      "needs 1 January 2029, which the data lack; add that year, or set exposure");
	FAILS(vrd_population_exposure(&mem, &in, VRD_EXPOSURE_JAN1, 1, (const int[]){2025}, &out,
	                              &err),
	      VRD_DATA, "no 1 January 2025");
	FAILS(vrd_population_exposure(&mem, &in, VRD_EXPOSURE_JAN1, 0, NULL, &out, &err), VRD_DATA,
	      "no year");
}

static void exposure_of_a_hidden_or_new_area_says_so(void **state) {
	(void)state;
	vrd_cube in = cube_of(&mem, "area,year,value\nA,2026,..\nA,2027,5\nB,2026,.\nB,2027,8\n"
	                            "C,2026,.\nC,2027,.\n"),
	         out;
	OK(vrd_population_exposure(&mem, &in, VRD_EXPOSURE_MID, 1, (const int[]){2026}, &out,
	                           &err));
	assert_int_equal(status_at(&out, "A 2026"), VRD_MISSING);
	assert_true(isnan(value_at(&out, "A 2026")));
	NEAR(value_at(&out, "B 2026"), 4, 0); // there for half of it
	assert_int_equal(status_at(&out, "C 2026"), VRD_NOT_APPLICABLE);
}

static void births_are_those_aged_0_a_year_later(void **state) {
	(void)state;
	vrd_cube in = cube_of(&mem, three_years), out;
	OK(vrd_population_births(&mem, &in, 3, (const int[]){2026, 2027, 2028}, &out, &err));
	assert_string_equal(dims_of(&mem, &out), "area year");
	NEAR(value_at(&out, "A 2026"), 30, 0);
	NEAR(value_at(&out, "A 2027"), 38, 0);
	NEAR(value_at(&out, "A 2028"), 38, 0); // 2029 is not there
	assert_true(has_note(&out, "births of 2028: persons aged 0 on 1 January 2028"));
	assert_true(has_note(&out, "infant deaths"));
	OK(vrd_population_births(&mem, &in, 1, (const int[]){2025}, &out, &err));
	NEAR(value_at(&out, "A 2025"), 22, 0);
	assert_false(has_note(&out, "births of 2025"));
	FAILS(vrd_population_births(&mem, &in, 1, (const int[]){2029}, &out, &err), VRD_DATA,
	      "births of 2029");
	in = cube_of(&mem, "variant,area,sex,age,year,value\nMMMM,A,F,0,2027,1\nMMMM,A,M,0,2027,2\n"
	                   "MMMM,A,all,0,2027,3\n");
	OK(vrd_population_births(&mem, &in, 1, (const int[]){2026}, &out, &err));
	assert_string_equal(dims_of(&mem, &out), "variant area year");
	NEAR(value_at(&out, "MMMM A 2026"), 3, 0);
	in = cube_of(&mem, "area,age,year,value\nA,0-4,2027,5\n");
	FAILS(vrd_population_births(&mem, &in, 1, (const int[]){2026}, &out, &err), VRD_DATA,
	      "graduate");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ages_are_read_in_every_form_in_use),
	        cmocka_unit_test(what_is_no_age_is_refused),
	        cmocka_unit_test(ages_have_one_code_each),
	        cmocka_unit_test(sexes_are_read_in_every_form_in_use),
	        cmocka_unit_test(table_07459_becomes_a_population),
	        cmocka_unit_test(table_10826_of_districts_becomes_a_population),
	        cmocka_unit_test(table_13982_of_catchments_becomes_a_population),
	        cmocka_unit_test(table_14288_has_its_alternatives_from_the_labels),
	        cmocka_unit_test(the_code_of_an_alternative_is_never_believed),
	        cmocka_unit_test(what_is_canonical_stays_as_it_is),
	        cmocka_unit_test(dimensions_are_known_by_their_norwegian_labels),
	        cmocka_unit_test(unreadable_codes_are_named_with_what_was_expected),
	        cmocka_unit_test(a_sound_population_has_no_problem),
	        cmocka_unit_test(each_fault_of_a_population_has_its_rule),
	        cmocka_unit_test(a_cohort_that_jumps_is_named),
	        cmocka_unit_test(all_faults_are_listed_at_once),
	        cmocka_unit_test(ages_are_summed_to_groups),
	        cmocka_unit_test(graduation_keeps_totals_singles_and_the_open_age),
	        cmocka_unit_test(one_group_is_spread_evenly_and_single_ages_are_left_alone),
	        cmocka_unit_test(groups_that_cannot_be_graduated_are_refused),
	        cmocka_unit_test(graduation_never_goes_below_zero),
	        cmocka_unit_test(exposure_is_the_mean_of_two_first_januaries),
	        cmocka_unit_test(exposure_of_a_hidden_or_new_area_says_so),
	        cmocka_unit_test(births_are_those_aged_0_a_year_later),
	};
	return cmocka_run_group_tests(tests, NULL, clear);
}
