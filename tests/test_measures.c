#include "region_text.h"

#include "cube/messages.h"
#include "region/example.h"
#include "region/measure_files.h"
#include "region/measures.h"

static const vrd_template *templates;
static size_t n_templates;

static void read_library(void) {
	OK(vrd_templates_read(&mem, &templates, &n_templates, &err));
}

static const vrd_template *template_of(const char *id) {
	const vrd_template *found;
	read_library();
	OK(vrd_template_find(n_templates, templates, id, &found, &err));
	return found;
}

static const vrd_node *assumptions_of(const vrd_template *t) {
	return vrd_node_get(t->node, "assumptions");
}

// --- the files ----------------------------------------------------------------------------------

static void the_program_carries_every_file_of_the_library(void **state) {
	(void)state;
	const char **names, *bytes = "";
	size_t n, len;
	OK(vrd_dir_list(&mem, "measures", ".yaml", &names, &n, &err));
	assert_int_equal(n, vrd_measure_files_n);
	assert_true(n >= 20);
	for (size_t i = 0; i < n; i++) {
		const vrd_embedded *file = &vrd_measure_files[i];
		assert_string_equal(vrd_arena_printf(&mem, "%s.yaml", file->name), names[i]);
		OK(vrd_file_read(&mem, vrd_path_join(&mem, "measures", names[i]), 0, &bytes, &len,
		                 &err));
		assert_int_equal(len, file->len);
		assert_memory_equal(bytes, file->bytes, len);
	}
}

static void an_id_is_the_name_of_the_file(void **state) {
	(void)state;
	read_library();
	assert_int_equal(n_templates, vrd_measure_files_n);
	for (size_t i = 0; i < n_templates; i++)
		assert_string_equal(templates[i].id, vrd_measure_files[i].name);
}

// --- what a template says -----------------------------------------------------------------------

static void assert_three_texts(const vrd_template *t, const char *key) {
	for (vrd_lang lang = VRD_NB; lang < VRD_N_LANGS; lang++)
		if (strlen(vrd_template_text(t, key, lang)) < 5)
			fail_msg("%s: no %s in %s", t->id, key, vrd_lang_code(lang));
	if (strlen(vrd_template_text(t, key, VRD_NB)) > 40 &&
	    strcmp(vrd_template_text(t, key, VRD_NB), vrd_template_text(t, key, VRD_EN)) == 0)
		fail_msg("%s: %s is not translated", t->id, key);
}

static void every_template_speaks_three_languages_and_claims_nothing(void **state) {
	(void)state;
	read_library();
	for (size_t i = 0; i < n_templates; i++) {
		const vrd_template *t = &templates[i];
		assert_three_texts(t, "label");
		assert_three_texts(t, "mechanism");
		assert_three_texts(t, "evidence_needed");
		assert_true(vrd_node_truth(t->node, "unverified", false));
		for (vrd_lang lang = VRD_NB; lang < VRD_N_LANGS; lang++)
			assert_string_not_equal(vrd_template_theme(t, lang),
			                        vrd_node_text(t->node, "theme", ""));
		if (assumptions_of(t)->n == 0)
			assert_three_texts(t, "resource");
		else
			assert_null(vrd_node_get(t->node, "resource"));
	}
}

static void several_assumptions_of_a_measure_have_labels_of_their_own(void **state) {
	(void)state;
	read_library();
	size_t several = 0;
	for (size_t i = 0; i < n_templates; i++) {
		const vrd_template *t = &templates[i];
		const vrd_node *list = assumptions_of(t), *parts = vrd_node_get(t->node, "parts");
		assert_int_equal(parts ? parts->n : 0, list->n > 1 ? list->n : 0);
		several += list->n > 1;
		for (size_t a = 0; a < list->n; a++) {
			const char *id = vrd_node_text(&list->items[a], "id", "");
			assert_memory_equal(id, t->id, strlen(t->id));
			if (list->n == 1)
				assert_string_equal(id, t->id);
			else
				assert_non_null(vrd_node_get(parts, id));
		}
	}
	assert_true(several >= 3);
}

static void every_value_is_neutral(void **state) {
	(void)state;
	read_library();
	for (size_t i = 0; i < n_templates; i++)
		for (size_t a = 0; a < assumptions_of(&templates[i])->n; a++) {
			const vrd_node *item = &assumptions_of(&templates[i])->items[a],
			               *interval = vrd_node_get(item, "interval");
			assert_non_null(interval);
			assert_int_equal(interval->n, 1);
			assert_true(interval->items[0].number == 0);
			assert_null(vrd_node_get(item, "group"));
		}
}

static void the_plans_sections_have_their_measures(void **state) {
	(void)state;
	static const char *const sections[] = {"2.3",   "3.1.2", "3.2.3", "3.2.4", "3.2.5",
	                                       "3.2.6", "3.2.7", "3.3.1", "3.3.2", "3.3.3",
	                                       "3.4",   "3.5",   "3.6.2", "3.7"};
	size_t named[sizeof sections / sizeof *sections] = {0};
	read_library();
	for (size_t i = 0; i < n_templates; i++) {
		const vrd_node *plan = vrd_node_get(templates[i].node, "plan");
		assert_true(plan->n > 0);
		for (size_t p = 0; p < plan->n; p++) {
			size_t s = 0;
			while (s < sizeof sections / sizeof *sections &&
			       strcmp(sections[s], plan->items[p].text) != 0)
				s++;
			if (s == sizeof sections / sizeof *sections)
				fail_msg("%s: section %s is not one that names measures",
				         templates[i].id, plan->items[p].text);
			named[s]++;
		}
	}
	for (size_t s = 0; s < sizeof sections / sizeof *sections; s++)
		if (named[s] == 0)
			fail_msg("section %s has no measure", sections[s]);
}

static void kinds_are_told_once_and_working_time_in_words(void **state) {
	(void)state;
	vrd_buf text = {0};
	vrd_template_put_kinds(template_of("low-value-coronary"), VRD_EN, &text);
	assert_string_equal(text.p, "avoid");
	vrd_buf_reset(&text);
	vrd_template_put_kinds(template_of("fact-teams"), VRD_EN, &text);
	assert_string_equal(text.p, "avoid, new_service");
	vrd_buf_reset(&text);
	vrd_template_put_kinds(template_of("speech-to-note"), VRD_EN, &text);
	assert_string_equal(text.p, "working time");
	vrd_buf_reset(&text);
	vrd_template_put_plan(template_of("home-hospital"), &text);
	assert_string_equal(text.p, "3.3.1, 3.6.2");
	vrd_buf_free(&text);
}

static void a_mistyped_measure_is_told(void **state) {
	(void)state;
	const vrd_template *found;
	read_library();
	assert_int_equal(vrd_template_find(n_templates, templates, "home-hospitals", &found, &err),
	                 VRD_NOINPUT);
	SAYS("did you mean \"home-hospital\"?");
}

// --- in a scenario ------------------------------------------------------------------------------

// The example region in the place of the small one.
static void open_example(void) {
	const char *dir = in_folder("example");
	OK(vrd_example_write(dir, &err));
	(void)snprintf(folder, sizeof folder, "%s", dir);
	open_region();
}

// The example lies inside the folder that `stop` takes away.
static int stop_above(void **state) {
	char *last = strrchr(folder, '/');
	if (strcmp(last, "/example") == 0)
		*last = '\0';
	return stop(state);
}

static vrd_status try_add(const char *scenario, const char *id, bool *written) {
	vrd_diag_init(&diag, &mem, 0);
	return vrd_template_add(region, scenario, template_of(id), written, &diag, &err);
}

static void every_template_fits_the_example_region_and_changes_nothing(void **state) {
	(void)state;
	bool written;
	open_example();
	run_with("no-change", 0, 1);
	const vrd_cube before = ask("result/provider_bed_days", "year=2040", "provider,service");
	read_library();
	for (size_t i = 0; i < n_templates; i++) {
		if (assumptions_of(&templates[i])->n == 0)
			continue;
		vrd_diag_init(&diag, &mem, 0);
		if (vrd_template_add(region, "no-change", &templates[i], &written, &diag, &err) !=
		    VRD_OK)
			fail_msg("%s: %s", templates[i].id, err.text);
		assert_int_equal(diag.n_errors + diag.n_warnings, 0);
		assert_true(written);
	}
	open_region();
	run_with("no-change", 0, 1);
	const vrd_cube after = ask("result/provider_bed_days", "year=2040", "provider,service");
	assert_int_equal(before.n_cells, after.n_cells);
	for (size_t i = 0; i < after.n_cells; i++)
		assert_near(after.values[i], before.values[i], 1e-9 * (1 + before.values[i]));
}

static void what_was_typed_stays_and_the_template_comes_last(void **state) {
	(void)state;
	bool written;
	open_example();
	const char *before = read_text(in_folder("scenarios/main.yaml"));
	OK(try_add("main", "user-controlled-beds", &written));
	const char *after = read_text(in_folder("scenarios/main.yaml"));
	assert_memory_equal(after, before, strlen(before));
	assert_string_equal(
	        after + strlen(before),
	        "  # Virkemåte: Den som kjenner sykdommen sin, kan selv ta et kort opphold før\n"
	        "  # det blir akutt. Noen akutte opphold blir korte, planlagte opphold.\n"
	        "  # Dette må være kjent: Opphold og døgn før og etter avtale om plass, hvor\n"
	        "  # lange de selvvalgte oppholdene er, og hvor mange korte opphold som kommer\n"
	        "  # for hvert akutte.\n"
	        "  - id: user-controlled-beds\n"
	        "    type: shift\n"
	        "    select: {service: [adult-psychiatry, addiction], care: [inpatient_emergency], "
	        "age: 18+}\n"
	        "    to: inpatient_elective\n"
	        "    interval: 0\n"
	        "    bounds: [0, 0.4]  # illustrative\n"
	        "    conversion: 2  # illustrative\n"
	        "    removed_los: mean\n"
	        "    los_new: 3  # illustrative\n"
	        "    phasing: {curve: linear, start: 2026, end: 2035}\n"
	        "    label: Brukerstyrte plasser\n"
	        "    theme: Samarbeid om dem som trenger det mest\n"
	        "    status: draft\n");
}

// Two of healthy ageing for the same activity: the file stays as it was.
static void what_makes_the_scenario_wrong_is_not_written(void **state) {
	(void)state;
	bool written;
	open_example();
	const char *before = read_text(in_folder("scenarios/main.yaml"));
	assert_int_equal(try_add("main", "prevention", &written), VRD_CONFIG);
	assert_false(written);
	assert_problem("model.two-ageing", "friskere-aldring");
	assert_string_equal(read_text(in_folder("scenarios/main.yaml")), before);
}

static void a_measure_is_added_once(void **state) {
	(void)state;
	bool written;
	open_example();
	OK(try_add("main", "integrated-care-frail", &written));
	const char *before = read_text(in_folder("scenarios/main.yaml"));
	assert_int_equal(try_add("main", "integrated-care-frail", &written), VRD_CONFIG);
	assert_false(written);
	SAYS("\"integrated-care-frail-stays\" is there already");
	assert_int_equal(diag.n_errors, 2);
	assert_string_equal(read_text(in_folder("scenarios/main.yaml")), before);
}

static void working_time_is_not_added(void **state) {
	(void)state;
	bool written;
	open_region();
	assert_int_equal(try_add("main", "ai-radiology", &written), VRD_USAGE);
	assert_false(written);
	SAYS("has no assumptions to add");
}

static void a_locked_scenario_is_left_alone(void **state) {
	(void)state;
	bool written;
	open_example();
	change("scenarios/no-change.yaml", "schema: 1\n", "schema: 1\nstatus: locked\n");
	const char *before = read_text(in_folder("scenarios/no-change.yaml"));
	assert_int_equal(try_add("no-change", "prevention", &written), VRD_CONFIG);
	assert_false(written);
	SAYS("lock");
	assert_string_equal(read_text(in_folder("scenarios/no-change.yaml")), before);
}

// The small region has services of its own: the template is there, and what to change is told.
static void codes_of_another_region_are_told_at_their_line(void **state) {
	(void)state;
	bool written;
	open_region();
	assert_int_equal(try_add("constant", "fact-teams", &written), VRD_CONFIG);
	assert_true(written);
	const vrd_problem *p = assert_problem("scenario.unknown-code", "adult-psychiatry");
	assert_string_equal(p->place.file, "scenarios/constant.yaml");
	assert_int_equal(p->place.line, 12);
	assert_problem("scenario.unknown-code", "inpatient_emergency");
	assert_non_null(strstr(read_text(in_folder("scenarios/constant.yaml")),
	                       "  - id: fact-teams-contacts\n"));
}

int main(void) {
#define PLACE(f) cmocka_unit_test_setup_teardown(f, start, stop_above)
	const struct CMUnitTest tests[] = {
	        TEST(the_program_carries_every_file_of_the_library),
	        TEST(an_id_is_the_name_of_the_file),
	        TEST(every_template_speaks_three_languages_and_claims_nothing),
	        TEST(several_assumptions_of_a_measure_have_labels_of_their_own),
	        TEST(every_value_is_neutral),
	        TEST(the_plans_sections_have_their_measures),
	        TEST(kinds_are_told_once_and_working_time_in_words),
	        TEST(a_mistyped_measure_is_told),
	        PLACE(every_template_fits_the_example_region_and_changes_nothing),
	        PLACE(what_was_typed_stays_and_the_template_comes_last),
	        PLACE(what_makes_the_scenario_wrong_is_not_written),
	        PLACE(a_measure_is_added_once),
	        TEST(working_time_is_not_added),
	        PLACE(a_locked_scenario_is_left_alone),
	        TEST(codes_of_another_region_are_told_at_their_line),
	};
	return cmocka_run_group_tests_name("measures", tests, NULL, NULL);
}
