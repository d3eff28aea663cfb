#define _XOPEN_SOURCE 700 // P_tmpdir

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "region/example.h"
#include "region/example_parts.h"
#include "region/region.h"
#include "near.h"

// Each test has an arena and a folder of its own; the example is made once for those that read it.
typedef struct {
	vrd_arena mem;
	char *dir;
	vrd_region *region;
	vrd_diag diag;
} fixture;

static void remove_tree(vrd_arena *mem, const char *path) {
	struct stat st;
	DIR *stream = lstat(path, &st) == 0 && S_ISDIR(st.st_mode) ? opendir(path) : NULL;
	if (stream == NULL) {
		unlink(path);
		return;
	}
	for (const struct dirent *entry; (entry = readdir(stream)) != NULL;)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_tree(mem, vrd_path_join(mem, path, entry->d_name));
	closedir(stream);
	rmdir(path);
}

static int setup(void **state) {
	fixture *f = calloc(1, sizeof *f);
	const char *base = getenv("TMPDIR");
	f->dir = vrd_arena_printf(&f->mem, "%s/varde-test-XXXXXX", base ? base : P_tmpdir);
	*state = f;
	return mkdtemp(f->dir) == NULL ? -1 : 0;
}

static int teardown(void **state) {
	fixture *f = *state;
	remove_tree(&f->mem, f->dir);
	vrd_arena_clear(&f->mem);
	free(f);
	return 0;
}

static char *in(fixture *f, const char *name) {
	return vrd_path_join(&f->mem, f->dir, name);
}

static int open_example(void **state) {
	vrd_err err = {0};
	if (setup(state) != 0)
		return -1;
	fixture *f = *state;
	vrd_diag_init(&f->diag, &f->mem, 0);
	vrd_status rc = vrd_example_write(in(f, "hso"), &err);
	if (rc == VRD_OK)
		rc = vrd_region_open(&f->mem, in(f, "hso"), &f->region, &f->diag, &err);
	if (rc != VRD_OK)
		fprintf(stderr, "%s\n", err.text);
	return rc == VRD_OK ? 0 : -1;
}

static void assert_ok(vrd_status rc, const vrd_err *err) {
	if (rc != VRD_OK)
		fail_msg("%s: %s", vrd_status_name(rc), err->text);
}

// Fails with every problem that is worse than a note.
static void assert_no_complaints(const vrd_diag *diag) {
	if (diag->n_errors + diag->n_warnings == 0)
		return;
	vrd_buf text = {0};
	vrd_diag_print(diag, &text, false);
	fprintf(stderr, "%s", text.p);
	vrd_buf_free(&text);
	fail_msg("%zu errors, %zu warnings", diag->n_errors, diag->n_warnings);
}

static size_t count_entries(const char *dir) {
	size_t n = 0;
	DIR *stream = opendir(dir);
	assert_non_null(stream);
	while (readdir(stream) != NULL)
		n++;
	closedir(stream);
	return n - 2;
}

// --- numbers ------------------------------------------------------------------------------------

static void shares_keep_their_sum_and_the_largest_remainder_wins(void **state) {
	(void)state;
	int64_t out[4];
	vrd_example_share(3, (const double[]){1, 1, 1}, 100, out);
	assert_int_equal(out[0], 34); // ties go to the first
	assert_int_equal(out[1], 33);
	assert_int_equal(out[2], 33);
	vrd_example_share(4, (const double[]){0.2, 0.7, 0, 2.1}, 3, out);
	assert_int_equal(out[0], 0);
	assert_int_equal(out[1], 1);
	assert_int_equal(out[2], 0);
	assert_int_equal(out[3], 2);
	vrd_example_share(2, (const double[]){521555, 63268}, 584823, out);
	assert_int_equal(out[0], 521555);
}

static void a_curve_meets_its_points_and_never_passes_them(void **state) {
	static const double x[] = {0, 1, 6, 12, 18, 25}, y[] = {0, 0, 40, 40, 3, 4};
	(void)state;
	for (size_t i = 0; i < 6; i++)
		assert_true(vrd_example_curve(6, x, y, x[i]) == y[i]);
	assert_true(vrd_example_curve(6, x, y, -5) == 0);
	assert_true(vrd_example_curve(6, x, y, 99) == 4);
	for (size_t i = 0; i + 1 < 6; i++)
		for (double at = x[i]; at < x[i + 1]; at += 0.125) {
			const double value = vrd_example_curve(6, x, y, at);
			assert_true(value >= fmin(y[i], y[i + 1]) - 1e-12 &&
			            value <= fmax(y[i], y[i + 1]) + 1e-12);
		}
	static const double line[] = {2, 4, 14, 26, 38, 52};
	assert_near(vrd_example_curve(6, x, line, 9.5), 21, 1e-12);
}

// --- the folder ---------------------------------------------------------------------------------

static const char *const all_files[] = {"README.md",
                                        "region.yaml",
                                        "geography/areas.csv",
                                        "geography/maps.csv",
                                        "geography/providers.csv",
                                        "data/services.csv",
                                        "data/care.csv",
                                        "data/population-2025.csv",
                                        "data/population.csv",
                                        "data/population-llml.csv",
                                        "data/population-hhmh.csv",
                                        "data/activity.csv",
                                        "data/flows.csv",
                                        "data/occupancy.csv",
                                        "data/life-expectancy.csv",
                                        "data/control.csv",
                                        "scenarios/main.yaml",
                                        "scenarios/no-change.yaml",
                                        "scenarios/efficient.yaml",
                                        "scenarios/outgoing-hospital.yaml"};

static void two_examples_have_the_same_bytes(void **state) {
	fixture *f = *state;
	vrd_err err = {0};
	assert_ok(vrd_example_write(in(f, "a"), &err), &err);
	assert_ok(vrd_example_write(in(f, "deep/er/b///"), &err), &err);
	for (size_t i = 0; i < sizeof all_files / sizeof *all_files; i++) {
		const char *bytes[2];
		size_t len[2];
		for (int j = 0; j < 2; j++) {
			char *folder = in(f, j ? "deep/er/b" : "a");
			assert_ok(vrd_file_read(&f->mem,
			                        vrd_path_join(&f->mem, folder, all_files[i]), 0,
			                        &bytes[j], &len[j], &err),
			          &err);
		}
		assert_int_equal(len[0], len[1]);
		assert_memory_equal(bytes[0], bytes[1], len[0]);
		assert_int_equal(vrd_utf8_invalid_at(bytes[0], len[0]), len[0]);
		assert_true(len[0] < 3200000);
		assert_true(bytes[0][len[0] - 1] == '\n');
	}
	assert_int_equal(count_entries(in(f, "a")), 5);
	assert_int_equal(count_entries(in(f, "deep/er")), 1); // nothing temporary is left
}

static void an_empty_folder_is_filled(void **state) {
	fixture *f = *state;
	vrd_err err = {0};
	assert_int_equal(mkdir(in(f, "empty"), 0755), 0);
	assert_ok(vrd_example_write(in(f, "empty"), &err), &err);
	assert_true(vrd_path_exists(in(f, "empty/region.yaml")));
}

static void assert_refused(fixture *f, const char *dir, const char *remedy) {
	vrd_err err = {0};
	const size_t before = count_entries(f->dir);
	assert_int_equal(vrd_example_write(dir, &err), VRD_NOCREATE);
	if (!strstr(err.text, remedy))
		fail_msg("\"%s\" does not say \"%s\"", err.text, remedy);
	assert_int_equal(count_entries(f->dir), before);
	assert_int_equal(vrd_example_write(dir, NULL), VRD_NOCREATE);
}

static void what_is_there_is_never_overwritten(void **state) {
	fixture *f = *state;
	const char *bytes;
	size_t len;
	assert_int_equal(mkdir(in(f, "full"), 0755), 0);
	assert_int_equal(vrd_file_write_atomic(in(f, "full/.hidden"), "mine", 4, NULL), VRD_OK);
	assert_refused(f, in(f, "full"), "not empty");
	assert_refused(f, in(f, "full/"), "choose another name");
	assert_refused(f, in(f, "full/.hidden"), "is not a folder");
	assert_int_equal(vrd_file_read(&f->mem, in(f, "full/.hidden"), 0, &bytes, &len, NULL),
	                 VRD_OK);
	assert_string_equal(bytes, "mine");
}

static void a_name_that_is_no_new_folder_is_refused(void **state) {
	fixture *f = *state;
	assert_refused(f, ".", "a new name");
	assert_refused(f, "", "a new name");
	assert_refused(f, "/", "a new name");
	assert_refused(f, in(f, ".."), "a new name");
}

static void a_disk_that_fails_leaves_nothing(void **state) {
	fixture *f = *state;
	vrd_err err = {0};
	struct rlimit old, small;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 100000; // the population does not fit
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	const vrd_status rc = vrd_example_write(in(f, "hso"), &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, handler);
	assert_int_equal(rc, VRD_IO);
	assert_int_equal(count_entries(f->dir), 0);
}

// --- people -------------------------------------------------------------------------------------

// Regional utviklingsplan 2027-2040, del 1, section 2.1, typed again: persons, tenths of a per
// cent.
static const struct {
	const char *unit;
	double persons[2];
	double old[2];
} plan[] = {{"ahus", {584823, 583204}, {4.5, 6.6}},
            {"diakonhjemmet", {149314, 161567}, {5.4, 8.1}},
            {"lovisenberg", {173681, 228670}, {1.7, 3.5}},
            {"ous", {343439, 403987}, {3.6, 5.7}},
            {"vestfold", {260197, 277898}, {5.6, 8.8}},
            {"innlandet", {347971, 358860}, {6.4, 9.5}},
            {"telemark", {179228, 184198}, {6.0, 9.4}},
            {"ostfold", {337337, 365490}, {5.4, 8.2}},
            {"sorlandet", {325634, 348138}, {5.0, 7.8}},
            {"vestre-viken", {514050, 552935}, {5.3, 7.9}}};
#define N_PLAN (sizeof plan / sizeof *plan)

// A population series, summed to `by`, at a level on the map of each year (NULL: as it is).
static vrd_cube people(fixture *f, const char *variant, const char *level, size_t n_by,
                       const char *const *by) {
	vrd_cube cube = {0};
	vrd_err err = {0};
	assert_ok(vrd_region_population(f->region, &f->mem, variant, true, n_by, by, &cube,
	                                &f->diag, &err),
	          &err);
	if (level)
		assert_ok(vrd_geography_move(&f->mem, f->region->geo, &cube, level, NULL, 0, &cube,
		                             &err),
		          &err);
	assert_no_complaints(&f->diag);
	return cube;
}

static double value(const vrd_cube *cube, size_t n, const char *const *codes) {
	size_t position = 0;
	assert_int_equal(cube->n_dims, n);
	for (size_t d = 0; d < n; d++) {
		const size_t i = vrd_dim_find_text(cube->dims[d], codes[d]);
		if (i == VRD_NONE)
			fail_msg("%s has no %s", cube->dims[d]->name, codes[d]);
		position += i * cube->stride[d];
	}
	return cube->values[position];
}
#define VALUE(cube, ...)                                                                           \
	value(&(cube), sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                     \
	      (const char *[]){__VA_ARGS__})

static const char *const plan_years[] = {"2026", "2040"};

static void catchments_have_the_plans_people_on_the_map_of_the_year(void **state) {
	static const char *const by[] = {"area", "year"};
	const vrd_cube cube = people(*state, NULL, "catchment", 2, by);
	for (size_t y = 0; y < 2; y++) {
		double sum = 0;
		for (size_t i = 0; i < N_PLAN; i++) {
			assert_true(VALUE(cube, plan[i].unit, plan_years[y]) == plan[i].persons[y]);
			sum += plan[i].persons[y];
		}
		assert_true(sum == (y ? 3464947 : 3215674));
	}
}

static void the_region_follows_the_official_projection(void **state) {
	static const char *const by[] = {"area", "year"};
	const vrd_cube cube = people(*state, NULL, "region", 2, by);
	assert_int_equal(cube.dims[1]->n, 17);
	assert_true(VALUE(cube, "hso", "2025") == 3189959);
	assert_true(VALUE(cube, "hso", "2030") == 3292649);
	assert_true(VALUE(cube, "hso", "2035") == 3384375);
	for (size_t t = 1; t < 17; t++) {
		const double growth = cube.values[t] / cube.values[t - 1] - 1;
		assert_true(growth > 0.003 && growth < 0.009);
	}
}

static void shares_of_80_and_over_round_to_the_printed_ones(void **state) {
	fixture *f = *state;
	static const char *const by[] = {"area", "age", "year"};
	const vrd_cube cube = people(f, NULL, "catchment", 3, by);
	for (size_t y = 0; y < 2; y++) {
		double all = 0, all_old = 0;
		for (size_t i = 0; i < N_PLAN; i++) {
			double sum = 0, old = 0;
			for (size_t a = 0; a < cube.dims[1]->n; a++) {
				const char *age = cube.dims[1]->cats[a].code;
				const double n = VALUE(cube, plan[i].unit, age, plan_years[y]);
				sum += n;
				old += a >= 80 ? n : 0;
			}
			assert_near(round(1000 * old / sum) / 10, plan[i].old[y], 1e-9);
			all += sum;
			all_old += old;
		}
		assert_near(round(1000 * all_old / all) / 10, y ? 7.5 : 5.0, 1e-9);
	}
	assert_string_equal(cube.dims[1]->cats[105].code, "105+");
}

// Municipality areas: SSB table 14288; districts: proportional to table 10826.
static void districts_share_their_catchment_as_they_were_counted(void **state) {
	static const char *const by[] = {"area", "year"};
	const vrd_cube cube = people(*state, NULL, NULL, 2, by);
	assert_true(VALUE(cube, "ahus-32", "2026") + VALUE(cube, "ahus-34", "2026") == 521555);
	assert_near(VALUE(cube, "030110", "2026"), 63268.0 * 28366 / 63075.0, 1);
	assert_near(VALUE(cube, "030112", "2026"), 343439.0 * 50786 / 342902.0, 1);
	assert_near(VALUE(cube, "030101", "2026"), 173681.0 * 64920 / 171852.0, 1);
	assert_near(VALUE(cube, "030103", "2040"), 228670.0 * 48325 / 220177.0, 1);
}

static void counties_are_whole(void **state) {
	static const char *const by[] = {"area", "year"};
	const vrd_cube cube = people(*state, NULL, "county", 2, by);
	assert_int_equal(cube.dims[0]->n, 8);
	assert_true(VALUE(cube, "03", "2026") == 729702 && VALUE(cube, "03", "2040") == 794224);
	assert_true(VALUE(cube, "32", "2026") == 748674);
	assert_true(VALUE(cube, "42", "2040") == 348138);
}

static void communities_are_eight_and_cover_the_region(void **state) {
	static const char *const by[] = {"area", "year"};
	const vrd_cube cube = people(*state, NULL, "community", 2, by);
	double sum = 0;
	assert_int_equal(cube.dims[0]->n, 8);
	for (size_t i = 0; i < 8; i++)
		sum += VALUE(cube, cube.dims[0]->cats[i].code, "2040");
	assert_true(sum == 3464947);
}

static void growth_and_map_make_the_printed_change(void **state) {
	fixture *f = *state;
	static const char *const by[] = {"area", "year"};
	const vrd_cube cube = people(f, NULL, NULL, 2, by);
	vrd_cube effects;
	vrd_err err = {0};
	assert_ok(vrd_geography_effects(&f->mem, f->region->geo, &cube, "catchment", 2026, 2040,
	                                &effects, &err),
	          &err);
	for (size_t i = 0; i < N_PLAN; i++) {
		const double grown = VALUE(effects, plan[i].unit, "population");
		const double map = VALUE(effects, plan[i].unit, "map");
		assert_near(grown + map, plan[i].persons[1] - plan[i].persons[0], 1e-6);
	}
	assert_true(VALUE(effects, "ahus", "map") < -63268);
	assert_true(VALUE(effects, "lovisenberg", "map") > 48000);
	assert_true(VALUE(effects, "telemark", "map") == 0);
}

static void cohorts_grow_older_without_jumps(void **state) {
	fixture *f = *state;
	static const char *const by[] = {"sex", "age", "year"};
	const vrd_cube cube = people(f, NULL, NULL, 3, by);
	for (size_t s = 0; s < 2; s++)
		for (size_t a = 0; a < 95; a++)
			for (size_t t = 0; t < 16; t++) {
				const double *p = cube.values + s * cube.stride[0] +
				                  a * cube.stride[1] + t * cube.stride[2];
				const double change = p[cube.stride[1] + cube.stride[2]] / *p;
				assert_true(change < 1.03 && change > (a < 60 ? 0.985 : 0.7));
			}
}

static void alternatives_part_from_2026_on(void **state) {
	static const char *const by[] = {"year"};
	const vrd_cube main = people(*state, "MMMM", NULL, 1, by);
	const vrd_cube low = people(*state, "LLML", NULL, 1, by);
	const vrd_cube high = people(*state, "HHMH", NULL, 1, by);
	assert_true(VALUE(low, "2026") == VALUE(main, "2026"));
	assert_true(VALUE(high, "2026") == VALUE(main, "2026"));
	const double part = 14 / 24.0;
	assert_near(VALUE(low, "2040"), 3464947 * (1 + part * (3146206 / 3577172.0 - 1)), 1);
	assert_near(VALUE(high, "2040"), 3464947 * (1 + part * (3988313 / 3577172.0 - 1)), 1);
}

// --- activity -----------------------------------------------------------------------------------

static const vrd_cube *load(fixture *f, vrd_data_kind kind) {
	vrd_err err = {0};
	assert_ok(vrd_region_load_kind(f->region, kind, true, &f->diag, &err), &err);
	assert_no_complaints(&f->diag);
	for (size_t i = 0; i < f->region->n_data; i++)
		if (f->region->data[i].kind == kind)
			return &f->region->data[i].cube;
	fail();
	return NULL;
}

static void activity_has_the_key_figures_of_2025(void **state) {
	fixture *f = *state;
	static const char *const by[] = {"care", "measure"};
	vrd_cube sum;
	vrd_err err = {0};
	assert_ok(vrd_cube_sum_by(&f->mem, load(f, VRD_DATA_ACTIVITY), 2, by, &sum, &err), &err);
	assert_true(VALUE(sum, "inpatient_emergency", "contacts") +
	                    VALUE(sum, "inpatient_elective", "contacts") ==
	            520000);
	assert_true(VALUE(sum, "outpatient", "contacts") == 5500000);
	assert_true(VALUE(sum, "digital", "contacts") == 722000);
	assert_true(VALUE(sum, "contract_specialist", "contacts") == 2300000);
	const double days = VALUE(sum, "inpatient_emergency", "bed_days") +
	                    VALUE(sum, "inpatient_elective", "bed_days");
	assert_true(days > 1.9e6 && days < 2.1e6);
	assert_true(VALUE(sum, "day", "bed_days") == 0);
}

// A stay has at least one night, so that the floor of a length-of-stay rule holds.
static void stays_have_a_night(void **state) {
	const vrd_cube *cube = load(*state, VRD_DATA_ACTIVITY);
	const size_t beds = cube->stride[4];
	size_t stays = 0;
	for (size_t i = 0; i < cube->n_cells; i++) {
		const size_t care = i / beds % cube->dims[4]->n;
		const char *code = cube->dims[4]->cats[care].code;
		const size_t measure = i / cube->stride[5] % 2;
		if (strncmp(code, "inpatient", 9) != 0 || measure != 0)
			continue;
		assert_string_equal(cube->dims[5]->cats[0].code, "contacts");
		assert_true(cube->values[i + cube->stride[5]] >= cube->values[i]);
		stays += cube->values[i] > 0;
	}
	assert_true(stays > 5000);
}

static void only_women_give_birth_and_only_infants_are_newborn(void **state) {
	fixture *f = *state;
	static const char *const by[] = {"service", "sex", "age", "measure"};
	vrd_cube sum;
	vrd_err err = {0};
	assert_ok(vrd_cube_sum_by(&f->mem, load(f, VRD_DATA_ACTIVITY), 4, by, &sum, &err), &err);
	assert_true(VALUE(sum, "birth", "M", "18-49", "contacts") == 0);
	assert_true(VALUE(sum, "birth", "F", "18-49", "contacts") > 150000);
	assert_true(VALUE(sum, "birth", "F", "50-66", "contacts") == 0);
	assert_true(VALUE(sum, "newborn", "F", "0", "contacts") > 10000);
	assert_true(VALUE(sum, "newborn", "F", "1-5", "contacts") == 0);
	assert_true(VALUE(sum, "paediatrics", "M", "18-49", "contacts") <
	            0.05 * VALUE(sum, "paediatrics", "M", "6-17", "contacts"));
	for (size_t k = 0; k < f->region->service->n; k++)
		assert_int_equal(f->region->births_driven[k],
		                 strcmp(f->region->service->cats[k].code, "birth") == 0 ||
		                         strcmp(f->region->service->cats[k].code, "newborn") == 0);
}

static void flows_sum_to_one_everywhere(void **state) {
	fixture *f = *state;
	static const char *const by[] = {"area", "service", "care"};
	vrd_cube sum;
	vrd_err err = {0};
	const vrd_cube *flows = load(f, VRD_DATA_FLOWS);
	assert_ok(vrd_cube_sum_by(&f->mem, flows, 3, by, &sum, &err), &err);
	assert_int_equal(sum.n_cells, 10 * 10 * 6);
	for (size_t i = 0; i < sum.n_cells; i++)
		assert_near(sum.values[i], 1, 1e-12);
	static const char *const order[] = {"area", "service", "care", "provider"};
	vrd_cube ordered;
	assert_ok(vrd_cube_sum_by(&f->mem, flows, 4, order, &ordered, &err), &err);
	assert_near(VALUE(ordered, "innlandet", "transplant", "day", "ous"), 0.98, 1e-12);
	assert_near(VALUE(ordered, "innlandet", "medicine", "outpatient", "innlandet"), 0.94,
	            1e-12);
	assert_near(VALUE(ordered, "ous", "surgery", "contract_specialist", "private"), 0.99,
	            1e-12);
}

// --- the whole ----------------------------------------------------------------------------------

static void the_check_of_the_folder_has_nothing_to_say(void **state) {
	fixture *f = *state;
	vrd_err err = {0};
	size_t controls = 0;
	assert_ok(vrd_region_check(f->region, &f->diag, &err), &err);
	assert_no_complaints(&f->diag);
	for (size_t i = 0; i < f->diag.n; i++)
		controls += strcmp(f->diag.items[i].rule, "control.total") == 0;
	assert_int_equal(controls, 2 * N_PLAN + 4 + 4);
}

// --- beside real counts -------------------------------------------------------------------------

static double correlation(size_t n, const double *x, const double *y) {
	double sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
	for (size_t i = 0; i < n; i++) {
		sx += x[i] / (double)n;
		sy += y[i] / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		xx += (x[i] - sx) * (x[i] - sx);
		yy += (y[i] - sy) * (y[i] - sy);
		xy += (x[i] - sx) * (y[i] - sy);
	}
	return xy / sqrt(xx * yy);
}

// Counted persons of 2026 by area, sex and age from a file of the shared folder; skips without it.
static vrd_cube counted(fixture *f, const char *file) {
	static const char *const by[] = {"area", "sex", "age"};
	const char *shared = getenv("VRD_SHARED"), *bytes;
	char *path = vrd_arena_printf(&f->mem, "%s/data/population/%s",
	                              shared ? shared : "../shared", file);
	size_t len;
	vrd_err err = {0};
	vrd_cube cube;
	if (!vrd_path_exists(path)) {
		print_message("skipped: no %s\n", path);
		skip();
	}
	assert_ok(vrd_file_read(&f->mem, path, 0, &bytes, &len, &err), &err);
	const vrd_csv_options opt = {.name = file};
	assert_ok(vrd_csv_read(&f->mem, bytes, len, &opt, &cube, &f->diag, &err), &err);
	assert_ok(vrd_cube_slice(&f->mem, &cube, "year", VRD_STR("2026"), &cube, &err), &err);
	assert_ok(vrd_cube_sum_by(&f->mem, &cube, 3, by, &cube, &err), &err);
	assert_int_equal(cube.dims[2]->n, 106);
	return cube;
}

// Adds the ages of both sexes of every area whose code begins with `prefix`.
static void add_ages(const vrd_cube *cube, const char *prefix, double out[212]) {
	for (size_t i = 0; i < cube->n_cells; i++) {
		const size_t area = i / cube->stride[0];
		if (vrd_str_starts(vrd_str_of(cube->dims[0]->cats[area].code), prefix))
			out[i % cube->stride[0]] += cube->values[i];
	}
}

static void ages_look_like_those_that_were_counted(void **state) {
	fixture *f = *state;
	static const char *const by[] = {"area", "sex", "age", "year"};
	// Catchments that are whole counties, and the districts that make up a catchment.
	static const struct {
		const char *unit, *prefixes[4];
	} compared[] = {{"vestfold", {"39"}},
	                {"telemark", {"40"}},
	                {"sorlandet", {"42"}},
	                {"lovisenberg", {"030101", "030102", "030104"}},
	                {"diakonhjemmet", {"030105", "030106", "030107"}}};
	const vrd_cube municipalities =
	        counted(f, "ssb07459_hso_kommune2024_age_sex_2005_2026_wide.csv");
	const vrd_cube districts = counted(f, "ssb10826_bydel_age_sex_2005_2026_wide.csv");
	vrd_cube made = people(f, NULL, "catchment", 4, by);
	vrd_err err = {0};
	assert_ok(vrd_cube_slice(&f->mem, &made, "year", VRD_STR("2026"), &made, &err), &err);
	double region[2][212] = {{0}};
	for (size_t i = 0; i < sizeof compared / sizeof *compared; i++) {
		double real[212] = {0}, ours[212] = {0};
		for (size_t p = 0; p < 4 && compared[i].prefixes[p]; p++) {
			const char *prefix = compared[i].prefixes[p];
			add_ages(strlen(prefix) > 4 ? &districts : &municipalities, prefix, real);
		}
		add_ages(&made, compared[i].unit, ours);
		const double r = correlation(212, real, ours);
		if (!(r > 0.97))
			fail_msg("%s: correlation %.4f", compared[i].unit, r);
	}
	add_ages(&municipalities, "", region[0]);
	add_ages(&made, "", region[1]);
	assert_true(correlation(212, region[0], region[1]) > 0.99);
}

int main(void) {
#define EXAMPLE(test) cmocka_unit_test_setup_teardown(test, open_example, teardown)
#define FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(shares_keep_their_sum_and_the_largest_remainder_wins),
	        cmocka_unit_test(a_curve_meets_its_points_and_never_passes_them),
	        FOLDER(two_examples_have_the_same_bytes),
	        FOLDER(an_empty_folder_is_filled),
	        FOLDER(what_is_there_is_never_overwritten),
	        FOLDER(a_name_that_is_no_new_folder_is_refused),
	        FOLDER(a_disk_that_fails_leaves_nothing),
	        EXAMPLE(catchments_have_the_plans_people_on_the_map_of_the_year),
	        EXAMPLE(the_region_follows_the_official_projection),
	        EXAMPLE(shares_of_80_and_over_round_to_the_printed_ones),
	        EXAMPLE(districts_share_their_catchment_as_they_were_counted),
	        EXAMPLE(counties_are_whole),
	        EXAMPLE(communities_are_eight_and_cover_the_region),
	        EXAMPLE(growth_and_map_make_the_printed_change),
	        EXAMPLE(cohorts_grow_older_without_jumps),
	        EXAMPLE(alternatives_part_from_2026_on),
	        EXAMPLE(activity_has_the_key_figures_of_2025),
	        EXAMPLE(stays_have_a_night),
	        EXAMPLE(only_women_give_birth_and_only_infants_are_newborn),
	        EXAMPLE(flows_sum_to_one_everywhere),
	        EXAMPLE(the_check_of_the_folder_has_nothing_to_say),
	        EXAMPLE(ages_look_like_those_that_were_counted),
	};
	return cmocka_run_group_tests_name("example", tests, NULL, NULL);
}
