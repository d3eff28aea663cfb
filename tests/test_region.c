// Opening a region folder and reading its data: one thing wrong, one clear problem.
#include "region_text.h"

#include "cube/messages.h"

// --- opening ------------------------------------------------------------------------------------

static void a_region_opens_with_everything_in_it(void **state) {
	(void)state;
	open_region();
	assert_string_equal(region->name, "Liten");
	assert_int_equal(region->n_base, 1);
	assert_int_equal(region->base_years[0], 2025);
	assert_int_equal(region->unit->n, 3);
	assert_int_equal(region->service_tree->n, 4);
	assert_int_equal(region->service->n, 3);
	assert_true(region->births_driven[2]);
	assert_float_equal(region->kappa[1], 0.5, 0);
	assert_true(region->care_beds[0] && !region->care_beds[1]);
	assert_int_equal(region->providers[1].home, 1);
	assert_int_equal(region->providers[2].home, VRD_NONE);
	assert_string_equal(region->providers[2].kind, "outside");
	assert_int_equal(region->n_data, 5);
	assert_int_equal(diag.n, 0);
}

static void labels_follow_the_language(void **state) {
	(void)state;
	static const char *const langs[] = {"nb", "nn", "en"},
	                         *const north[] = {"Øde", "Aude", "Empty"},
	                         *const group[] = {"Medisin", "Medisin", "Medicine"};
	for (size_t i = 0; i < 3; i++) {
		OK(vrd_region_open_in(&mem, folder, langs[i], &region, &diag, &err));
		assert_string_equal(region->unit->cats[2].label, north[i]);
		assert_string_equal(region->service_tree->cats[0].label, group[i]);
	}
	assert_int_equal(vrd_region_open_in(&mem, folder, "se", &region, &diag, &err), VRD_USAGE);
	SAYS("nb, nn or en");
}

static void a_folder_that_is_no_region_says_how_to_make_one(void **state) {
	(void)state;
	remove_file("region.yaml");
	assert_int_equal(open_quietly(), VRD_NOINPUT);
	SAYS("varde example");
	assert_int_equal(vrd_region_open(&mem, "no-such-folder", &region, &diag, &err),
	                 VRD_NOINPUT);
}

static void an_overlay_stands_before_the_disk(void **state) {
	(void)state;
	static const char care[] = "code,beds\ninp,yes\nday,no\nout,no\nvideo,no\n";
	const vrd_overlay files[] = {{"data/care.csv", care, sizeof care - 1}};
	OK(vrd_region_open_with(&mem, folder, NULL, 1, files, &region, &diag, &err));
	assert_int_equal(region->care->n, 4);
	open_region();
	assert_int_equal(region->care->n, 3);
}

static void a_path_with_spaces_and_norwegian_letters_works(void **state) {
	(void)state;
	write_text("Sør øst/data/æ ø å.csv", read_text(in_folder("data/flows.csv")));
	change("region.yaml", "data/flows.csv", "'Sør øst/data/æ ø å.csv'");
	open_region();
	OK(vrd_region_load_kind(region, VRD_DATA_FLOWS, true, &diag, &err));
	remove_file("Sør øst/data/æ ø å.csv");
	refused("region.no-file", "Sør øst/data/æ ø å.csv");
}

// --- region.yaml --------------------------------------------------------------------------------

static void a_base_year_stays(void **state) {
	(void)state;
	change("region.yaml", "[2025]", "[2025]\nexclude_years: [2025]");
	refused("region.base-years", "every base year is excluded");
}

static void base_years_ascend(void **state) {
	(void)state;
	change("region.yaml", "[2025]", "[2025, 2024, 2024]");
	refused("region.base-years", "base year 2024 comes after 2025");
	assert_problem("region.base-years", "base year 2024 comes after 2024");
}

static void a_missing_file_is_named_with_its_line(void **state) {
	(void)state;
	change("region.yaml", "data/HHMH.csv", "data/HHHH.csv");
	const vrd_problem *p = refused("region.no-file", "data/HHHH.csv");
	assert_int_equal(p->place.line, 9);
	assert_non_null(strstr(p->remedy, "varde import"));
}

static void only_populations_have_variants(void **state) {
	(void)state;
	change("region.yaml", "kind: flows,", "kind: flows, variant: MMMM,");
	refused("region.population-only", "population");
	change("region.yaml", "variant: MMMM, file: data/flows", "main: true, file: data/flows");
	refused("region.population-only", "population");
}

static void flows_stand_in_one_file(void **state) {
	(void)state;
	append_text("region.yaml", "  - {kind: flows, file: data/flows.csv}\n");
	const vrd_problem *p = refused("region.one-file", "flows");
	assert_int_equal(p->place.line, 12);
}

static void a_data_set_that_stands_twice_is_refused(void **state) {
	(void)state;
	vrd_cube cube;
	append_text("region.yaml",
	            "  - {kind: activity, file: data/activity.csv, absent: zero, columns: "
	            "{contacts: measure=contacts, bed_days: measure=bed_days}}\n");
	open_region();
	assert_int_equal(vrd_region_activity(region, &mem, &cube, &diag, &err), VRD_DATA);
	SAYS("data/activity.csv");
	SAYS("2025");
}

static void one_alternative_is_the_main_one(void **state) {
	(void)state;
	change("region.yaml", "variant: HHMH,", "variant: HHMH, main: true,");
	refused("region.main", "HHMH");
}

static void unknown_keys_are_listed_with_the_nearest(void **state) {
	(void)state;
	change("region.yaml", "horizon", "horison");
	assert_int_equal(open_quietly(), VRD_CONFIG);
	SAYS("horizon");
}

// --- tables -------------------------------------------------------------------------------------

static void an_unknown_parent_suggests_the_nearest(void **state) {
	(void)state;
	change("data/services.csv", "card,med,", "card,medd,");
	const vrd_problem *p = refused("table.unknown-parent", "\"med\"");
	assert_string_equal(p->place.file, "data/services.csv");
	assert_int_equal(p->place.line, 3);
}

static void a_missing_column_is_named(void **state) {
	(void)state;
	static const struct {
		const char *file, *old, *fresh, *name;
	} cases[] = {
	        {"data/services.csv", "label,", "navn,", "\"label\""},
	        {"data/care.csv", "beds", "senger", "\"beds\""},
	        {"geography/providers.csv", "kind", "type", "\"kind\""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		change(cases[i].file, cases[i].old, cases[i].fresh);
		const vrd_problem *p = refused("table.missing-column", cases[i].name);
		assert_string_equal(p->place.file, cases[i].file);
		change(cases[i].file, cases[i].fresh, cases[i].old);
	}
}

static void a_bad_number_is_shown(void **state) {
	(void)state;
	change("data/services.csv", "population,0.5", "population,1.5");
	refused("table.number", "kappa is \"1.5\"");
	change("data/services.csv", "population,1.5", "population,nan");
	refused("table.number", "kappa is \"nan\"");
}

static void an_unknown_word_suggests_the_nearest(void **state) {
	(void)state;
	change("data/care.csv", "inp,yes", "inp,yess");
	refused("table.word", "did you mean \"yes\"");
	change("data/care.csv", "inp,yess", "inp,yes");
	change("data/services.csv", "birth,,births", "birth,,birth");
	refused("table.word", "did you mean \"births\"");
}

static void an_unknown_catchment_suggests_the_nearest(void **state) {
	(void)state;
	change("geography/providers.csv", "h2,own,c2", "h2,own,c22");
	const vrd_problem *p = refused("table.unknown-catchment", "c2");
	assert_int_equal(p->place.line, 3);
}

static void one_hospital_is_home_to_an_area(void **state) {
	(void)state;
	change("geography/providers.csv", "h2,own,c2", "h2,own,c1");
	refused("table.two-homes", "h1");
}

static void flows_without_providers_are_warned(void **state) {
	(void)state;
	remove_file("geography/providers.csv");
	open_region();
	assert_null(region->provider);
	assert_int_equal(assert_problem("region.no-providers", "flows")->severity, VRD_WARNING);
}

static void a_cycle_of_parents_is_refused(void **state) {
	(void)state;
	change("geography/areas.csv", "r,region,,", "r,region,c1,");
	refused("geo.parent-cycle", "lies in itself");
	change("geography/areas.csv", "r,region,c1,", "r,region,,");
	change("data/services.csv", "med,,", "med,card,");
	assert_int_equal(open_quietly(), VRD_DATA);
	SAYS("data/services.csv");
}

static void a_code_that_stands_twice_names_the_file(void **state) {
	(void)state;
	append_text("data/care.csv", "inp,no,Igjen,,\n");
	assert_int_equal(open_quietly(), VRD_DATA);
	SAYS("data/care.csv");
	SAYS("inp");
}

static void map_weights_sum_to_one(void **state) {
	(void)state;
	change("geography/maps.csv", "0.75", "0.7");
	const vrd_problem *p = refused("geo.weight-sum", "0.95");
	assert_string_equal(p->place.file, "geography/maps.csv");
}

static void an_unknown_planning_level_suggests_the_nearest(void **state) {
	(void)state;
	change("region.yaml", "language", "planning_level: catchments\nlanguage");
	assert_int_equal(open_quietly(), VRD_NOINPUT);
	SAYS("catchment");
}

static void folders_and_empty_files_are_no_tables(void **state) {
	(void)state;
	remove_file("data/care.csv");
	OK(vrd_dir_make(in_folder("data/care.csv"), &err));
	assert_int_not_equal(open_quietly(), VRD_OK);
	SAYS("care.csv");
	remove_file("data/care.csv");
	write_text("data/care.csv", "");
	assert_int_not_equal(open_quietly(), VRD_OK);
	SAYS("care.csv");
}

static void a_file_above_the_limit_is_refused_by_its_size(void **state) {
	(void)state;
	change("region.yaml", "language", "max_input_bytes: 1048576\nlanguage");
	assert_int_equal(truncate(in_folder("data/activity.csv"), 1L << 40), 0);
	open_region();
	assert_int_equal(vrd_region_load_kind(region, VRD_DATA_ACTIVITY, true, &diag, &err),
	                 VRD_LIMIT);
	SAYS("max_input_bytes");
}

// --- data ---------------------------------------------------------------------------------------

static vrd_status load(vrd_data_kind kind) {
	open_region();
	return vrd_region_load_kind(region, kind, true, &diag, &err);
}

static void unknown_codes_suggest_the_nearest(void **state) {
	(void)state;
	static const struct {
		const char *file, *old, *fresh, *text;
		vrd_data_kind kind;
	} cases[] = {
	        {"data/count.csv", "\na,2026,F", "\naa,2026,F", "\"aa\"", VRD_DATA_POPULATION},
	        {"data/activity.csv", "card", "cards", "\"card\"", VRD_DATA_ACTIVITY},
	        {"data/activity.csv", "inp", "inpp", "\"inp\"", VRD_DATA_ACTIVITY},
	        {"data/flows.csv", "h2", "h22", "\"h2\"", VRD_DATA_FLOWS},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		change(cases[i].file, cases[i].old, cases[i].fresh);
		assert_int_equal(load(cases[i].kind), VRD_DATA);
		const vrd_problem *p = assert_problem("data.unknown-code", cases[i].text);
		assert_string_equal(p->place.file, cases[i].file);
		assert_non_null(p->remedy);
		change(cases[i].file, cases[i].fresh, cases[i].old);
	}
}

static void a_group_of_services_has_no_activity_of_its_own(void **state) {
	(void)state;
	change("data/activity.csv", "card", "med");
	assert_int_equal(load(VRD_DATA_ACTIVITY), VRD_DATA);
	assert_problem("data.unknown-code", "med");
}

static void other_areas_are_dropped_when_that_is_said(void **state) {
	(void)state;
	append_text("data/flows.csv", "zz,h1,1\n");
	assert_int_equal(load(VRD_DATA_FLOWS), VRD_DATA);
	const vrd_problem *p = assert_problem("data.unknown-code", "zz");
	assert_non_null(strstr(p->remedy, "other_areas: drop"));
	change("region.yaml", "kind: flows,", "kind: flows, other_areas: drop,");
	OK(load(VRD_DATA_FLOWS));
	assert_int_equal(region->data[4].cube.dims[0]->n, 4);
}

static void a_file_with_no_known_area_is_refused(void **state) {
	(void)state;
	change("region.yaml", "kind: flows,", "kind: flows, other_areas: drop,");
	write_text("data/flows.csv", "area,provider,value\nzz,h1,1\n");
	assert_int_equal(load(VRD_DATA_FLOWS), VRD_DATA);
	SAYS("data/flows.csv");
	SAYS("zz");
}

static void columns_constants_and_recodes_make_a_file_fit(void **state) {
	(void)state;
	write_text("data/flows.csv", "Omr;Sted;Merknad;andel\na;Sykehus;x;0,9\na;ute;y;0,1\n");
	change("region.yaml", "kind: flows,",
	       "kind: flows, columns: {Omr: area, Sted: provider, Merknad: '-', andel: value}, "
	       "constants: {care: inp}, recode: {provider: {Sykehus: h1}},");
	OK(load(VRD_DATA_FLOWS));
	const vrd_cube *cube = &region->data[4].cube;
	assert_int_equal(cube->n_cells, 2);
	assert_string_equal(cube->dims[vrd_cube_axis(cube, "provider")]->cats[0].code, "h1");
	assert_string_equal(cube->dims[vrd_cube_axis(cube, "care")]->cats[0].code, "inp");
	assert_float_equal(cube->values[0], 0.9, 0);
}

static void old_borders_become_the_present_ones(void **state) {
	(void)state;
	append_text("geography/areas.csv", "old,district,,Gammel bydel,,\n");
	write_text("geography/changes.csv",
	           "year,from,to,weight\n2022,old,a,0.25\n2022,old,b,0.75\n");
	write_text("data/flows.csv", "area,provider,value\nold,h1,1\n");
	change("region.yaml", "kind: flows,", "kind: flows, borders: 2020,");
	OK(load(VRD_DATA_FLOWS));
	const vrd_cube *cube = &region->data[4].cube;
	const size_t area = vrd_cube_axis(cube, "area");
	assert_int_equal(cube->dims[area]->n, 2);
	assert_float_equal(cube->values[vrd_dim_find_text(cube->dims[area], "b")], 0.75, 1e-12);
	append_text("data/flows.csv", "zz,h1,1\n");
	assert_int_equal(load(VRD_DATA_FLOWS), VRD_DATA);
	SAYS("zz");
	change("region.yaml", "borders: 2020,", "borders: 2020, other_areas: drop,");
	OK(load(VRD_DATA_FLOWS));
	assert_int_equal(region->data[4].cube.dims[area]->n, 2);
}

static void nested_areas_never_count_twice(void **state) {
	(void)state;
	append_text("data/count.csv", "c1,2025,F,1,1,1,1\nc1,2025,M,1,1,1,1\n"
	                              "c1,2026,F,1,1,1,1\nc1,2026,M,1,1,1,1\n");
	assert_int_equal(load(VRD_DATA_POPULATION), VRD_DATA);
	SAYS("twice");
	SAYS("c1");
}

static void nested_areas_in_two_files_never_count_twice(void **state) {
	(void)state;
	vrd_cube cube;
	write_text("data/region.csv", "area,year,sex,kid,young,grown,old\nr,2025,F,1,1,1,1\n"
	                              "r,2025,M,1,1,1,1\nr,2026,F,1,1,1,1\nr,2026,M,1,1,1,1\n");
	append_text("region.yaml",
	            "  - {kind: population, file: data/region.csv, columns: {kid: age=0, "
	            "young: age=1-17, grown: age=18-79, old: age=80+}}\n");
	open_region();
	assert_int_equal(try_query("population", NULL, "year", NULL, &cube), VRD_DATA);
	SAYS("twice");
}

static void duplicate_rows_are_named(void **state) {
	(void)state;
	append_text("data/flows.csv", "a,h1,0.9\n");
	assert_int_equal(load(VRD_DATA_FLOWS), VRD_DATA);
	SAYS("data/flows.csv:14");
	change("region.yaml", "kind: flows,", "kind: flows, sum: true,");
	OK(load(VRD_DATA_FLOWS));
}

static void a_kind_that_is_not_there_says_how_to_import_it(void **state) {
	(void)state;
	assert_int_equal(load(VRD_DATA_OCCUPANCY), VRD_NOINPUT);
	SAYS("varde import");
	SAYS("--as occupancy");
}

// --- several files ------------------------------------------------------------------------------

static const char alternatives[] =
        "{\"version\":\"2.0\",\"class\":\"dataset\",\"id\":[\"Region\",\"ContentsCode\",\"Tid\"],"
        "\"size\":[4,2,2],\"dimension\":{\"Region\":{\"category\":{\"index\":[\"a\",\"b\",\"m\","
        "\"s\"]}},\"ContentsCode\":{\"category\":{\"index\":[\"Personer1\",\"Personer2\"],"
        "\"label\":{\"Personer1\":\"Low national growth (LLML)\",\"Personer2\":\"Hovedalternativet "
        "(MMMM)\"}}},\"Tid\":{\"category\":{\"index\":[\"2032\",\"2033\"]}}},"
        "\"role\":{\"metric\":[\"ContentsCode\"],\"time\":[\"Tid\"],\"geo\":[\"Region\"]},"
        "\"value\":[1,2,11,12,3,4,13,14,5,6,15,16,7,8,17,18]}";

static void a_json_stat_data_set_may_hold_several_alternatives(void **state) {
	(void)state;
	const char **names;
	size_t n;
	write_text("data/alle.json", alternatives);
	append_text("region.yaml", "  - {kind: population, file: data/alle.json}\n");
	open_region();
	OK(vrd_region_variants(region, &names, &n, &diag, &err));
	assert_int_equal(n, 3);
	assert_string_equal(names[0], "MMMM");
	assert_string_equal(names[1], "HHMH");
	assert_string_equal(names[2], "LLML");
	assert_float_equal(number("population", "year=2032;variant=LLML", "year"), 16, 0);
	assert_float_equal(number("population", "year=2033", "year"), 60, 0);
}

static void populations_are_joined_by_year_and_by_area(void **state) {
	(void)state;
	open_region();
	const vrd_cube whole = ask("population", "variant=MMMM", "area,year"),
	               sums = ask("population", "variant=MMMM", "year");
	write_text("data/more.csv", "area,year,sex,kid,young,grown,old\n");
	vrd_buf kept = {0};
	const char *text = read_text(in_folder("data/MMMM.csv"));
	for (vrd_str rest = vrd_str_of(text), line; vrd_str_split(&rest, '\n', &line);)
		if (vrd_str_starts(line, "s,"))
			append_text("data/more.csv",
			            vrd_arena_printf(&mem, "%.*s\n", (int)line.n, line.p));
		else if (line.n)
			vrd_buf_printf(&kept, "%.*s\n", (int)line.n, line.p);
	write_bytes("data/MMMM.csv", kept.p, kept.n);
	vrd_buf_free(&kept);
	append_text("region.yaml",
	            "  - {kind: population, file: data/more.csv, variant: MMMM, columns: "
	            "{kid: age=0, young: age=1-17, grown: age=18-79, old: age=80+}}\n");
	open_region();
	const vrd_cube joined = ask("population", "variant=MMMM", "area,year"),
	               joined_sums = ask("population", "variant=MMMM", "year");
	assert_same(&joined, &whole);
	assert_same(&joined_sums, &sums);
}

static void populations_of_other_years_follow(void **state) {
	(void)state;
	write_population("data/more.csv", 2023, 2024, 0.004);
	append_text("region.yaml",
	            "  - {kind: population, file: data/more.csv, columns: {kid: age=0, "
	            "young: age=1-17, grown: age=18-79, old: age=80+}}\n");
	open_region();
	const vrd_cube cube = ask("population", NULL, "year");
	assert_int_equal(cube.n_cells, 9);
	assert_string_equal(cube.dims[0]->cats[0].code, "2023");
}

static void a_population_that_does_not_fit_names_its_file(void **state) {
	(void)state;
	vrd_cube cube;
	write_population("data/more.csv", 2026, 2027, 0.004);
	append_text("region.yaml",
	            "  - {kind: population, file: data/more.csv, columns: {kid: age=0, "
	            "young: age=1-17, grown: age=18-79, old: age=80+}}\n");
	open_region();
	assert_int_equal(try_query("population", NULL, "year", NULL, &cube), VRD_DATA);
	SAYS("data/more.csv");
	SAYS("2026");
}

static void totals_without_ages_are_left_out_with_a_note(void **state) {
	(void)state;
	write_text("data/alle.json", alternatives);
	append_text("region.yaml", "  - {kind: population, file: data/alle.json}\n");
	open_region();
	const vrd_cube cube = ask("population", NULL, "age,year");
	assert_int_equal(cube.dims[1]->n, 7);
	bool told = false;
	for (size_t i = 0; i < cube.n_notes; i++)
		told = told || strcmp(cube.notes[i], vrd_msg(VRD_MSG_TOTALS_LEFT_OUT, VRD_NB)) == 0;
	assert_true(told);
}

static void a_symbolic_link_is_read_as_the_file_it_names(void **state) {
	(void)state;
	assert_int_equal(rename(in_folder("data/flows.csv"), in_folder("flows-2025.csv")), 0);
	assert_int_equal(symlink("../flows-2025.csv", in_folder("data/flows.csv")), 0);
	OK(load(VRD_DATA_FLOWS));
	remove_file("flows-2025.csv");
	refused("region.no-file", "data/flows.csv");
}

static void an_unreadable_file_says_so(void **state) {
	(void)state;
	if (geteuid() == 0)
		skip(); // root reads everything
	assert_int_equal(chmod(in_folder("data/flows.csv"), 0), 0);
	assert_int_equal(load(VRD_DATA_FLOWS), VRD_NOPERM);
	SAYS("flows.csv");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(a_region_opens_with_everything_in_it),
	        TEST(labels_follow_the_language),
	        TEST(a_folder_that_is_no_region_says_how_to_make_one),
	        TEST(an_overlay_stands_before_the_disk),
	        TEST(a_path_with_spaces_and_norwegian_letters_works),
	        TEST(a_base_year_stays),
	        TEST(base_years_ascend),
	        TEST(a_missing_file_is_named_with_its_line),
	        TEST(only_populations_have_variants),
	        TEST(flows_stand_in_one_file),
	        TEST(a_data_set_that_stands_twice_is_refused),
	        TEST(one_alternative_is_the_main_one),
	        TEST(unknown_keys_are_listed_with_the_nearest),
	        TEST(an_unknown_parent_suggests_the_nearest),
	        TEST(a_missing_column_is_named),
	        TEST(a_bad_number_is_shown),
	        TEST(an_unknown_word_suggests_the_nearest),
	        TEST(an_unknown_catchment_suggests_the_nearest),
	        TEST(one_hospital_is_home_to_an_area),
	        TEST(flows_without_providers_are_warned),
	        TEST(a_cycle_of_parents_is_refused),
	        TEST(a_code_that_stands_twice_names_the_file),
	        TEST(map_weights_sum_to_one),
	        TEST(an_unknown_planning_level_suggests_the_nearest),
	        TEST(folders_and_empty_files_are_no_tables),
	        TEST(a_file_above_the_limit_is_refused_by_its_size),
	        TEST(unknown_codes_suggest_the_nearest),
	        TEST(a_group_of_services_has_no_activity_of_its_own),
	        TEST(other_areas_are_dropped_when_that_is_said),
	        TEST(a_file_with_no_known_area_is_refused),
	        TEST(columns_constants_and_recodes_make_a_file_fit),
	        TEST(old_borders_become_the_present_ones),
	        TEST(nested_areas_never_count_twice),
	        TEST(nested_areas_in_two_files_never_count_twice),
	        TEST(duplicate_rows_are_named),
	        TEST(a_kind_that_is_not_there_says_how_to_import_it),
	        TEST(a_json_stat_data_set_may_hold_several_alternatives),
	        TEST(populations_are_joined_by_year_and_by_area),
	        TEST(populations_of_other_years_follow),
	        TEST(a_population_that_does_not_fit_names_its_file),
	        TEST(totals_without_ages_are_left_out_with_a_note),
	        TEST(a_symbolic_link_is_read_as_the_file_it_names),
	        TEST(an_unreadable_file_says_so),
	};
	return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
