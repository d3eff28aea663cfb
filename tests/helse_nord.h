// What tests on public files share: the files of shared/, imports of areas and counts, and the region
// Helse Nord. Tests that use them skip visibly without shared/.
#pragma once

#include "folder_kit.h"

#define CATCHMENTS "data/geography/skde_boomr.csv"
#define NORTH_COUNTS "data/population/ssb07459_helse_nord_kommune2024_age_sex_2012_2017_wide.csv"
#define NORTH_ACTIVITY "data/activity/npr_helse_nord/npr_helse_nord_age_sex_urgency_2012_2016.csv"

// A file of shared/; skips the test when it is absent.
static inline const char *shared(const char *name) {
	const char *base = getenv("VRD_SHARED");
	const char *path = vrd_path_join(&mem, base ? base : "../shared", name);
	if (!vrd_path_exists(path)) {
		print_message("# skipped: %s is absent\n", name);
		skip();
	}
	return path;
}

// Municipalities of a regional authority and the map of their catchments.
static inline void import_areas(const char *rhf, const char *from_year) {
	const char *only = vrd_arena_printf(&mem, "borhf=%s", rhf);
	vrd_import_options options = import_of(shared(CATCHMENTS), "areas");
	options.n_onlys = 2;
	options.onlys = TEXTS(only, "bydel=");
	options.n_maps = 2;
	options.maps = TEXTS("komnr=code", "komnr_navn=label");
	options.n_sets = 1;
	options.sets = TEXTS("type=municipality");
	import_ok(&options);
	options.as = "maps";
	options.maps = TEXTS("komnr=area", "bohf=unit");
	options.n_sets = 2;
	options.sets = TEXTS(vrd_arena_printf(&mem, "from_year=%s", from_year), "weight=1");
	import_ok(&options);
}

static inline void import_counts(const char *file) {
	vrd_import_options options = import_of(shared(file), "population");
	options.source = "SSB 07459";
	options.license = "CC BY 4.0";
	import_ok(&options);
}

// The folder of docs/real-data.md, section 2.
static inline void make_north(void) {
	(void)shared(NORTH_COUNTS);
	(void)shared(NORTH_ACTIVITY);
	(void)text_file("region/region.yaml", "schema: 1\nname: Helse Nord\nlanguage: nb\n"
	                                      "planning_level: catchment\n"
	                                      "base_years: [2012, 2013, 2014]\nhorizon: 2016\n");
	(void)text_file("region/geography/areas.csv",
	                "code,type,parent,label\nhn,region,,Helse Nord\n1,catchment,hn,Finnmark\n"
	                "2,catchment,hn,UNN\n3,catchment,hn,Nordland\n4,catchment,hn,Helgeland\n");
	(void)text_file("region/data/services.csv",
	                "code,parent,driver,kappa,label\nsomatic,,population,1,Somatic care\n");
	(void)text_file("region/data/care.csv",
	                "code,beds,label\ninpatient,yes,Inpatient stays\nday,no,Day treatment\n"
	                "outpatient,no,Outpatient visits\nspecialist,no,Contract specialists\n");
	(void)text_file("region/scenarios/main.yaml", "schema: 1\nname: main\ndraws: 0\n");
	import_areas("1", "2012");
	import_counts(NORTH_COUNTS);
	vrd_import_options options = import_of(shared(NORTH_ACTIVITY), "activity");
	options.n_maps = 8;
	options.maps =
	        TEXTS("aar=year", "behandlingsniva=care", "alder=age", "kjonn=sex", "boomr_hf=area",
	              "kontakter=measure=contacts", "liggetid=measure=bed_days", "*=-");
	options.n_sets = 1;
	options.sets = TEXTS("service=somatic");
	options.n_recodes = 8;
	options.recodes =
	        TEXTS("area:Finnmark=1", "area:UNN=2", "area:Nordland=3", "area:Helgeland=4",
	              "care:Døgnopphold=inpatient", "care:Dagbehandling=day",
	              "care:Poliklinikk=outpatient", "care:Avtalespesialist=specialist");
	options.sum = true;
	options.absent = "zero";
	options.other_areas = "drop";
	options.source = "Norwegian Patient Registry through SKDE";
	import_ok(&options);
}
