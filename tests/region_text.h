// A small region folder for tests, written from text: three planning areas, four districts, one of
// which moves between two of them in 2028 and one of which is split. A test changes one thing in it
// and sees what is said. One test program is one process, so the state is static.
//
//	region r <- community f <- c1, c2, c3        a -> c1, b -> c2, s -> c1 1/4 and c2 3/4
//	                          (c3 has nobody)    m -> c1 until 2027, c2 from 2028
#pragma once

#define _XOPEN_SOURCE 700 // nftw

#include "base/file.h"
#include "region/region.h"

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[300];
static vrd_arena mem;
static vrd_err err;
static vrd_diag diag;
static vrd_region *region;

#define OK(call) assert_int_equal((call), VRD_OK)
#define SAYS(text_part)                                                                            \
	do {                                                                                       \
		if (!strstr(err.text, (text_part)))                                                \
			fail_msg("\"%s\" does not say \"%s\"", err.text, (text_part));             \
	} while (0)
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

// --- files --------------------------------------------------------------------------------------

static inline const char *in_folder(const char *path) {
	const char *full = vrd_path_join(&mem, folder, path);
	assert_non_null(full);
	return full;
}

static inline void write_bytes(const char *path, const char *bytes, size_t n) {
	char *dir = vrd_arena_strdup(&mem, in_folder(path));
	assert_non_null(dir);
	*strrchr(dir, '/') = 0;
	OK(vrd_dir_make(dir, &err));
	OK(vrd_file_write_atomic(in_folder(path), bytes, n, &err));
}

static inline void write_text(const char *path, const char *text) {
	write_bytes(path, text, strlen(text));
}

static inline const char *read_text(const char *full) {
	static const char *bytes; // static: gcc 12 sees a dangling pointer where there is none
	size_t n;
	OK(vrd_file_read(&mem, full, 0, &bytes, &n, &err));
	return bytes;
}

// Replaces the first `old` in a file; `old` must be there.
static inline void change(const char *path, const char *old, const char *fresh) {
	const char *text = read_text(in_folder(path)), *at = strstr(text, old);
	if (!at)
		fail_msg("%s has no \"%s\"", path, old);
	char *changed =
	        vrd_arena_printf(&mem, "%.*s%s%s", (int)(at - text), text, fresh, at + strlen(old));
	assert_non_null(changed);
	write_text(path, changed);
}

static inline void append_text(const char *path, const char *text) {
	char *longer = vrd_arena_printf(&mem, "%s%s", read_text(in_folder(path)), text);
	assert_non_null(longer);
	write_text(path, longer);
}

static inline void remove_file(const char *path) {
	assert_int_equal(remove(in_folder(path)), 0);
}

static inline int remove_one(const char *name, const struct stat *info, int kind,
                             struct FTW *walk) {
	(void)info;
	(void)kind;
	(void)walk;
	return remove(name);
}

// --- the small region ---------------------------------------------------------------------------

static const char region_yaml[] =
        "schema: 1\n"
        "name: Liten\n"
        "language: nb\n"
        "base_years: [2025]\n"
        "horizon: 2030\n"
        "data:\n"
        "  - {kind: population, file: data/count.csv, source: Made up, columns: {kid: age=0, "
        "young: age=1-17, grown: age=18-79, old: age=80+}}\n"
        "  - {kind: population, file: data/MMMM.csv, variant: MMMM, main: true, columns: {kid: "
        "age=0, young: age=1-17, grown: age=18-79, old: age=80+}}\n"
        "  - {kind: population, file: data/HHMH.csv, variant: HHMH, columns: {kid: age=0, young: "
        "age=1-17, grown: age=18-79, old: age=80+}}\n"
        "  - {kind: activity, file: data/activity.csv, absent: zero, columns: {contacts: "
        "measure=contacts, bed_days: measure=bed_days}}\n"
        "  - {kind: flows, file: data/flows.csv}\n";

static const char main_yaml[] =
        "schema: 1\n"
        "name: main\n"
        "label: Hovedscenario\n"
        "draws: 200\n"
        "seed: 7\n"
        "population: {MMMM: 0.75, HHMH: 0.25}\n"
        "correlation: [{group: tech, rho: 0.5}]\n"
        "assumptions:\n"
        "  - {id: growth, type: growth, select: {service: med}, interval: [0.005, 0.02], group: "
        "tech, label: Vekst}\n"
        "  - {id: avoid, type: avoid, select: {age: 80+, care: inp}, interval: [0.02, 0.1]}\n"
        "  - {id: shift, type: shift, select: {service: card, care: inp, area: c1}, to: day, "
        "interval: [0.05, 0.2], bounds: [0, 0.5], phasing: {curve: logistic, start: 2026, end: "
        "2029}}\n"
        "  - {id: stays, type: length_of_stay, select: {care: inp}, interval: [0.02, 0.08], group: "
        "tech}\n";

static const char areas_csv[] = "code,type,parent,label,label_nn,label_en\n"
                                "r,region,,Regionen,Regionen,The region\n"
                                "f,community,r,Fellesskapet,Fellesskapet,The community\n"
                                "c1,catchment,f,Nord,Nord,North\n"
                                "c2,catchment,f,Sør,Sør,South\n"
                                "c3,catchment,f,Øde,Aude,Empty\n"
                                "a,district,,Bydel A,,\n"
                                "b,district,,Bydel B,,\n"
                                "m,district,,Bydel M,,\n"
                                "s,district,,Bydel S,,\n";

static const char maps_csv[] = "area,unit,service,from_year,to_year,weight\n"
                               "a,c1,,2020,,1\n"
                               "b,c2,,2020,,1\n"
                               "m,c1,,2020,2027,1\n"
                               "m,c2,,2028,,1\n"
                               "s,c1,,2020,,0.25\n"
                               "s,c2,,2020,,0.75\n";

static const char providers_csv[] = "code,kind,catchment,label\n"
                                    "h1,own,c1,Sykehus 1\n"
                                    "h2,own,c2,Sykehus 2\n"
                                    "ute,outside,,Utenfor\n";

static const char services_csv[] = "code,parent,driver,kappa,label,label_nn,label_en\n"
                                   "med,,,,Medisin,Medisin,Medicine\n"
                                   "card,med,population,1,Hjerte,Hjarte,Heart\n"
                                   "onc,med,population,0.5,Kreft,Kreft,Cancer\n"
                                   "birth,,births,1,Føde,Føde,Birth\n";

static const char care_csv[] = "code,beds,label,label_nn,label_en\n"
                               "inp,yes,Døgn,Døgn,Inpatient\n"
                               "day,no,Dag,Dag,Day\n"
                               "out,no,Poliklinikk,Poliklinikk,Outpatient\n";

static const char flows_csv[] = "area,provider,value\n"
                                "a,h1,0.9\na,h2,0.08\na,ute,0.02\n"
                                "b,h1,0.04\nb,h2,0.95\nb,ute,0.01\n"
                                "m,h1,0.7\nm,h2,0.25\nm,ute,0.05\n"
                                "s,h1,0.5\ns,h2,0.45\ns,ute,0.05\n";

static const char *const districts[] = {"a", "b", "m", "s"};
enum { N_DISTRICTS = 4 };

// People of one district and sex in a year, whole numbers that grow by `growth` a year.
static inline long people(size_t district, size_t age, int year, double growth) {
	static const long now[4] = {120, 2100, 7400, 640};
	return lround((double)now[age] * (1.0 + 0.37 * (double)district) *
	              pow(1 + growth * (double)(age + 1), year - 2025));
}

static inline void write_population(const char *path, int from, int to, double growth) {
	vrd_buf text = {0};
	vrd_buf_puts(&text, "area,year,sex,kid,young,grown,old\n");
	for (size_t g = 0; g < N_DISTRICTS; g++)
		for (int year = from; year <= to; year++)
			for (long sex = 0; sex < 2; sex++)
				vrd_buf_printf(&text, "%s,%d,%c,%ld,%ld,%ld,%ld\n", districts[g],
				               year, "FM"[sex], people(g, 0, year, growth) + sex,
				               people(g, 1, year, growth) - sex,
				               people(g, 2, year, growth),
				               people(g, 3, year, growth) - 9 * sex);
	assert_false(text.failed);
	write_bytes(path, text.p, text.n);
	vrd_buf_free(&text);
}

// Contacts and bed days: births only as inpatients, day care of few.
static inline void write_activity(const char *path, int from, int to) {
	static const char *const ages[] = {"0-17", "18-79", "80+"}, *const cares[] = {"inp", "day",
	                                                                              "out"};
	vrd_buf text = {0};
	vrd_buf_puts(&text, "area,sex,age,service,care,year,contacts,bed_days\n");
	for (size_t g = 0; g < N_DISTRICTS; g++)
		for (size_t s = 0; s < 2; s++)
			for (size_t b = 0; b < 3; b++)
				for (int year = from; year <= to; year++) {
					const size_t n = 7 + 11 * g + 5 * b + 3 * s + 2 * b * b;
					for (size_t m = 0; m < 3; m++) {
						const size_t x = m == 1 ? n / 3 : n * (m + 2);
						vrd_buf_printf(
						        &text,
						        "%s,%c,%s,card,%s,%d,%zu,%zu\n"
						        "%s,%c,%s,onc,%s,%d,%zu,%zu\n",
						        districts[g], "FM"[s], ages[b], cares[m],
						        year, x, m ? (size_t)0 : x * (b + 2),
						        districts[g], "FM"[s], ages[b], cares[m],
						        year, x + b, m ? (size_t)0 : 4 * x);
					}
					if (s == 0 && b == 1)
						vrd_buf_printf(&text,
						               "%s,F,18-79,birth,inp,%d,%zu,"
						               "%zu\n",
						               districts[g], year, 40 + 9 * g,
						               110 + 20 * g);
				}
	assert_false(text.failed);
	write_bytes(path, text.p, text.n);
	vrd_buf_free(&text);
}

static inline void write_region(void) {
	write_text("region.yaml", region_yaml);
	write_text("scenarios/main.yaml", main_yaml);
	write_text("scenarios/constant.yaml", "schema: 1\nname: constant\ndraws: 0\n");
	write_text("geography/areas.csv", areas_csv);
	write_text("geography/maps.csv", maps_csv);
	write_text("geography/providers.csv", providers_csv);
	write_text("data/services.csv", services_csv);
	write_text("data/care.csv", care_csv);
	write_text("data/flows.csv", flows_csv);
	write_population("data/count.csv", 2025, 2026, 0.004);
	write_population("data/MMMM.csv", 2026, 2031, 0.005);
	write_population("data/HHMH.csv", 2026, 2031, 0.009);
	write_activity("data/activity.csv", 2025, 2025);
}

static inline int start(void **state) {
	(void)state;
	const char *const base = getenv("TMPDIR");
	(void)snprintf(folder, sizeof folder, "%s/varde-test-XXXXXX", base ? base : P_tmpdir);
	if (!mkdtemp(folder))
		return -1;
	vrd_arena_init(&mem, 0);
	vrd_diag_init(&diag, &mem, 0);
	err = (vrd_err){0};
	region = NULL;
	write_region();
	return 0;
}

static inline int stop(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

// --- asking it ----------------------------------------------------------------------------------

static inline vrd_status open_quietly(void) {
	vrd_diag_init(&diag, &mem, 0);
	return vrd_region_open(&mem, folder, &region, &diag, &err);
}

static inline void open_region(void) {
	if (open_quietly() != VRD_OK)
		fail_msg("%s", err.text);
}

static inline const vrd_problem *find_problem(const char *rule, const char *text) {
	for (size_t i = 0; i < diag.n; i++)
		if (strcmp(diag.items[i].rule, rule) == 0 && strstr(diag.items[i].text, text))
			return &diag.items[i];
	return NULL;
}

// The list has a problem of this rule whose text has this part.
static inline const vrd_problem *assert_problem(const char *rule, const char *text) {
	const vrd_problem *found = find_problem(rule, text);
	if (found)
		return found;
	vrd_buf all = {0};
	vrd_diag_print(&diag, &all, false);
	print_error("%s", all.p ? all.p : "no problems\n");
	vrd_buf_free(&all);
	fail_msg("no [%s] that says \"%s\"; err: %s", rule, text, err.text);
	return NULL;
}

static inline const vrd_problem *refused(const char *rule, const char *text) {
	assert_int_not_equal(open_quietly(), VRD_OK);
	return assert_problem(rule, text);
}

static inline void check_region(void) {
	open_region();
	OK(vrd_region_check(region, &diag, &err));
}

static inline const vrd_problem *check_finds(const char *rule, const char *text) {
	check_region();
	const vrd_problem *p = assert_problem(rule, text);
	assert_true(diag.n_errors > 0 || p->severity != VRD_ERROR);
	return p;
}

static inline void assert_no_errors(void) {
	for (size_t i = 0; i < diag.n; i++)
		if (diag.items[i].severity == VRD_ERROR)
			fail_msg("%s: %s [%s]", diag.items[i].place.file, diag.items[i].text,
			         diag.items[i].rule);
}

static inline const char *run_with(const char *scenario, int64_t draws, size_t n_threads) {
	const vrd_run_options options = {.draws = draws, .seed = -1, .n_threads = n_threads};
	const char *id = NULL;
	bool existed;
	if (vrd_region_run(region, scenario, &options, NULL, NULL, &id, &existed, &diag, &err) !=
	    VRD_OK)
		fail_msg("%s", err.text);
	return id;
}

static vrd_suppression last_rule; // of the last query

// `level` may name one level; NULL = the planning level.
static inline vrd_status try_query(const char *cube, const char *where, const char *by,
                                   const char *level, vrd_cube *out) {
	vrd_query query;
	const vrd_status rc = vrd_query_parse(&mem, where ? 1 : 0, &where, by, &query, &err);
	if (rc != VRD_OK)
		return rc;
	query.cube = cube;
	query.levels = &level;
	query.n_levels = level ? 1 : 0;
	return vrd_region_query(region, &query, out, &last_rule, &diag, &err);
}

static inline vrd_cube ask_level(const char *cube, const char *where, const char *by,
                                 const char *level) {
	vrd_cube out;
	if (try_query(cube, where, by, level, &out) != VRD_OK)
		fail_msg("%s: %s", cube, err.text);
	return out;
}

static inline vrd_cube ask(const char *cube, const char *where, const char *by) {
	return ask_level(cube, where, by, NULL);
}

// A query that selects a single number.
static inline double number(const char *cube, const char *where, const char *by) {
	const vrd_cube out = ask(cube, where, by);
	assert_int_equal(out.n_cells, 1);
	return out.values[0];
}

static inline double total(const vrd_cube *cube) {
	double sum = 0;
	for (size_t i = 0; i < cube->n_cells; i++)
		sum += cube->values[i];
	return sum;
}

// The tolerance is absolute below 1 and relative above.
static inline void assert_near(double x, double y, double tolerance) {
	if (!(fabs(x - y) <= tolerance * fmax(1, fabs(y))))
		fail_msg("%.17g is not %.17g", x, y);
}

static inline void assert_same(const vrd_cube *x, const vrd_cube *y) {
	assert_int_equal(x->n_cells, y->n_cells);
	for (size_t i = 0; i < x->n_cells; i++)
		assert_near(x->values[i], y->values[i], 1e-9);
}
