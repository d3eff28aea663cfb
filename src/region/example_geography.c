// Areas, dated maps and hospitals of the example region.
#include "region/example_parts.h"

enum {
	AHUS,
	DIAKONHJEMMET,
	LOVISENBERG,
	OUS,
	VESTFOLD,
	INNLANDET,
	TELEMARK,
	OSTFOLD,
	SORLANDET,
	VESTRE_VIKEN
};

// Persons and shares of 80 and over on 1 January: Helse Sør-Øst, Regional utviklingsplan 2027-2040,
// del 1 (høringsversjon 18 June 2026), section 2.1. The levels of activity are made up.
const vrd_example_unit vrd_example_units[VRD_EX_UNITS] = {
        // clang-format off
	[AHUS] = {{"ahus", "Akershus universitetssykehus", "Akershus universitetssykehus",
	  "Akershus University Hospital"},
	 584823, 583204, 45, 66, 1.01},
	[DIAKONHJEMMET] = {{"diakonhjemmet", "Diakonhjemmet sykehus", "Diakonhjemmet sykehus",
	  "Diakonhjemmet Hospital"},
	 149314, 161567, 54, 81, 0.96},
	[LOVISENBERG] = {{"lovisenberg", "Lovisenberg Diakonale Sykehus", "Lovisenberg Diakonale Sykehus",
	  "Lovisenberg Diaconal Hospital"},
	 173681, 228670, 17, 35, 1.02},
	[OUS] = {{"ous", "Oslo universitetssykehus", "Oslo universitetssykehus",
	  "Oslo University Hospital"},
	 343439, 403987, 36, 57, 1.00},
	[VESTFOLD] = {{"vestfold", "Sykehuset i Vestfold", "Sykehuset i Vestfold", "Vestfold Hospital"},
	 260197, 277898, 56, 88, 0.98},
	[INNLANDET] = {{"innlandet", "Sykehuset Innlandet", "Sykehuset Innlandet", "Innlandet Hospital"},
	 347971, 358860, 64, 95, 1.04},
	[TELEMARK] = {{"telemark", "Sykehuset Telemark", "Sykehuset Telemark", "Telemark Hospital"},
	 179228, 184198, 60, 94, 1.03},
	[OSTFOLD] = {{"ostfold", "Sykehuset Østfold", "Sykehuset Østfold", "Østfold Hospital"},
	 337337, 365490, 54, 82, 1.02},
	[SORLANDET] = {{"sorlandet", "Sørlandet sykehus", "Sørlandet sykehus", "Sørlandet Hospital"},
	 325634, 348138, 50, 78, 1.00},
	[VESTRE_VIKEN] = {{"vestre-viken", "Vestre Viken", "Vestre Viken", "Vestre Viken"},
	 514050, 552935, 53, 79, 0.97},
        // clang-format on
};

// clang-format off
#define DISTRICT(number, name, unit, unit_2031, counted, ...)                                      \
	{{"0301" number, name, name, name}, unit, unit_2031, "hfs-oslo", "03", 0, 0, counted,      \
	 {__VA_ARGS__}}
// clang-format on

// Municipalities, 2026 and 2040: SSB table 14288, alternative MMMM (2024), summed. Districts, 1
// January 2026: SSB table 10826. Catchments: April 2026; from 2031 an example (Grorud, Stovner and
// Sagene). Profiles: after SSB tables 07459 and 10826, 1 January 2026, to the nearest 5 per cent
// and smoothed where few people live; ages as in example_population.c.
const vrd_example_area vrd_example_areas[VRD_EX_AREAS] = {
        // clang-format off
	{{"ahus-32", "Ahus: kommuner i Akershus", "Ahus: kommunar i Akershus",
	  "Ahus: municipalities in Akershus"},
	 AHUS, AHUS, "hfs-ahus", "32", 479556, 540578, 0,
	 {105, 110, 110, 105, 100, 90, 95, 105, 105, 95, 90, 80}},
	{{"ahus-34", "Ahus: kommuner i Innlandet", "Ahus: kommunar i Innlandet",
	  "Ahus: municipalities in Innlandet"},
	 AHUS, AHUS, "hfs-ahus", "34", 41999, 42626, 0,
	 {80, 80, 90, 90, 85, 75, 80, 80, 95, 130, 145, 140}},
	{{"vestfold-39", "Kommuner i Vestfold", "Kommunar i Vestfold",
	  "Municipalities in Vestfold"},
	 VESTFOLD, VESTFOLD, "hfs-vestfold", "39", 260197, 277898, 0,
	 {90, 100, 100, 105, 90, 75, 85, 95, 100, 115, 115, 120}},
	{{"innlandet-34", "Sykehuset Innlandet: kommuner i Innlandet",
	  "Sykehuset Innlandet: kommunar i Innlandet",
	  "Innlandet Hospital: municipalities in Innlandet"},
	 INNLANDET, INNLANDET, "hfs-innlandet", "34", 338518, 348902, 0,
	 {90, 90, 95, 100, 100, 85, 85, 85, 95, 120, 130, 130}},
	{{"innlandet-32", "Sykehuset Innlandet: Lunner", "Sykehuset Innlandet: Lunner",
	  "Innlandet Hospital: Lunner"},
	 INNLANDET, INNLANDET, "hfs-innlandet", "32", 9453, 9958, 0,
	 {90, 100, 100, 100, 80, 65, 85, 95, 105, 115, 110, 95}},
	{{"telemark-40", "Kommuner i Telemark", "Kommunar i Telemark",
	  "Municipalities in Telemark"},
	 TELEMARK, TELEMARK, "hfs-telemark", "40", 179228, 184198, 0,
	 {90, 95, 100, 100, 95, 85, 85, 90, 100, 115, 125, 120}},
	{{"ostfold-31", "Kommuner i Østfold", "Kommunar i Østfold", "Municipalities in Østfold"},
	 OSTFOLD, OSTFOLD, "hfs-ostfold", "31", 317211, 342582, 0,
	 {90, 95, 100, 100, 95, 85, 90, 90, 100, 110, 115, 105}},
	{{"ostfold-32", "Sykehuset Østfold: Vestby", "Sykehuset Østfold: Vestby",
	  "Østfold Hospital: Vestby"},
	 OSTFOLD, OSTFOLD, "hfs-ostfold", "32", 20126, 22908, 0,
	 {100, 115, 115, 110, 95, 70, 80, 100, 110, 90, 110, 60}},
	{{"sorlandet-42", "Kommuner i Agder", "Kommunar i Agder", "Municipalities in Agder"},
	 SORLANDET, SORLANDET, "hfs-agder", "42", 325634, 348138, 0,
	 {100, 105, 110, 110, 110, 95, 90, 95, 95, 100, 100, 105}},
	{{"vv-33", "Vestre Viken: kommuner i Buskerud", "Vestre Viken: kommunar i Buskerud",
	  "Vestre Viken: municipalities in Buskerud"},
	 VESTRE_VIKEN, VESTRE_VIKEN, "hfs-vestre-viken", "33", 274511, 294508, 0,
	 {95, 100, 100, 105, 95, 85, 90, 100, 105, 105, 110, 105}},
	{{"vv-32", "Vestre Viken: kommuner i Akershus", "Vestre Viken: kommunar i Akershus",
	  "Vestre Viken: municipalities in Akershus"},
	 VESTRE_VIKEN, VESTRE_VIKEN, "hfs-vestre-viken", "32", 239539, 258427, 0,
	 {105, 115, 110, 110, 90, 70, 75, 105, 105, 105, 100, 115}},
	DISTRICT("01", "Gamle Oslo", LOVISENBERG, LOVISENBERG, 64920,
	         130, 80, 60, 55, 85, 180, 210, 140, 95, 60, 35, 25),
	DISTRICT("02", "Grünerløkka", LOVISENBERG, LOVISENBERG, 67039,
	         120, 70, 50, 60, 125, 220, 235, 130, 80, 50, 30, 20),
	DISTRICT("03", "Sagene", OUS, LOVISENBERG, 48325,
	         125, 65, 50, 60, 125, 220, 240, 120, 75, 55, 45, 35),
	DISTRICT("04", "St. Hanshaugen", LOVISENBERG, LOVISENBERG, 39893,
	         90, 55, 45, 60, 140, 250, 215, 105, 75, 55, 45, 45),
	DISTRICT("05", "Frogner", DIAKONHJEMMET, DIAKONHJEMMET, 60321,
	         70, 50, 50, 60, 130, 220, 180, 90, 80, 85, 90, 90),
	DISTRICT("06", "Ullern", DIAKONHJEMMET, DIAKONHJEMMET, 35805,
	         120, 100, 95, 95, 80, 85, 105, 105, 100, 95, 125, 120),
	DISTRICT("07", "Vestre Aker", DIAKONHJEMMET, DIAKONHJEMMET, 52589,
	         125, 125, 115, 110, 85, 80, 85, 105, 105, 85, 105, 120),
	DISTRICT("08", "Nordre Aker", OUS, OUS, 56137,
	         115, 110, 105, 105, 155, 130, 105, 100, 95, 80, 75, 105),
	DISTRICT("09", "Bjerke", OUS, OUS, 37538,
	         140, 115, 105, 100, 100, 120, 140, 130, 100, 65, 50, 65),
	DISTRICT("10", "Grorud", AHUS, OUS, 28366,
	         105, 105, 100, 100, 95, 95, 115, 115, 105, 95, 70, 80),
	DISTRICT("11", "Stovner", AHUS, OUS, 34709,
	         105, 115, 110, 120, 120, 100, 95, 105, 105, 85, 80, 80),
	DISTRICT("12", "Alna", OUS, OUS, 50786,
	         110, 105, 105, 100, 95, 100, 115, 120, 100, 85, 80, 80),
	DISTRICT("13", "Østensjø", OUS, OUS, 52349,
	         115, 115, 110, 100, 80, 80, 105, 120, 110, 90, 75, 130),
	DISTRICT("14", "Nordstrand", OUS, OUS, 55286,
	         110, 115, 110, 105, 90, 80, 95, 105, 110, 95, 95, 115),
	DISTRICT("15", "Søndre Nordstrand", OUS, OUS, 39312,
	         110, 115, 125, 125, 110, 95, 90, 110, 105, 100, 65, 40),
	DISTRICT("16", "Sentrum", OUS, OUS, 1486,
	         30, 15, 20, 60, 200, 300, 230, 120, 65, 35, 20, 25),
	DISTRICT("17", "Marka", OUS, OUS, 1683,
	         80, 90, 110, 105, 65, 55, 60, 110, 125, 155, 75, 50),
        // clang-format on
};

static const vrd_example_name communities[] = {
        {"hfs-ahus", "Helsefellesskapet Ahus", "Helsefellesskapet Ahus", "Health community Ahus"},
        {"hfs-oslo", "Helsefellesskapet Oslo", "Helsefellesskapet Oslo", "Health community Oslo"},
        {"hfs-vestfold", "Helsefellesskapet Vestfold", "Helsefellesskapet Vestfold",
         "Health community Vestfold"},
        {"hfs-innlandet", "Helsefellesskapet Innlandet", "Helsefellesskapet Innlandet",
         "Health community Innlandet"},
        {"hfs-telemark", "Helsefellesskapet Telemark", "Helsefellesskapet Telemark",
         "Health community Telemark"},
        {"hfs-ostfold", "Helsefellesskapet Østfold", "Helsefellesskapet Østfold",
         "Health community Østfold"},
        {"hfs-agder", "Helsefellesskapet Agder", "Helsefellesskapet Agder",
         "Health community Agder"},
        {"hfs-vestre-viken", "Helsefellesskapet Vestre Viken", "Helsefellesskapet Vestre Viken",
         "Health community Vestre Viken"},
};

static const vrd_example_name counties[] = {
        {"03", "Oslo", "Oslo", "Oslo"},
        {"31", "Østfold", "Østfold", "Østfold"},
        {"32", "Akershus", "Akershus", "Akershus"},
        {"33", "Buskerud", "Buskerud", "Buskerud"},
        {"34", "Innlandet", "Innlandet", "Innlandet"},
        {"39", "Vestfold", "Vestfold", "Vestfold"},
        {"40", "Telemark", "Telemark", "Telemark"},
        {"42", "Agder", "Agder", "Agder"},
};

static void area_row(const vrd_example_name *name, const char *type, const char *parent,
                     vrd_buf *out) {
	vrd_buf_printf(out, "%s,%s,%s,%s,%s,%s\n", name->code, type, parent, name->nb, name->nn,
	               name->en);
}

void vrd_example_areas_csv(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(out, "code,type,parent,label,label_nn,label_en\n"
	                  "hso,region,,Helse Sør-Øst,Helse Sør-Aust,"
	                  "South-Eastern Norway Regional Health Authority\n");
	for (size_t i = 0; i < VRD_EX_UNITS; i++)
		area_row(&vrd_example_units[i].name, "catchment", "hso", out);
	for (size_t i = 0; i < sizeof communities / sizeof *communities; i++)
		area_row(&communities[i], "community", "hso", out);
	for (size_t i = 0; i < sizeof counties / sizeof *counties; i++)
		area_row(&counties[i], "county", "hso", out);
	for (size_t g = 0; g < VRD_EX_AREAS; g++) {
		const vrd_example_area *a = &vrd_example_areas[g];
		area_row(&a->name, a->counted ? "district" : "municipality_group", a->county, out);
	}
}

void vrd_example_maps_csv(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(out, "area,unit,service,from_year,to_year,weight\n");
	for (size_t g = 0; g < VRD_EX_AREAS; g++) {
		const vrd_example_area *a = &vrd_example_areas[g];
		const char *area = a->name.code, *unit = vrd_example_units[a->unit].name.code;
		if (a->unit == a->unit_2031)
			vrd_buf_printf(out, "%s,%s,,2020,,1\n", area, unit);
		else
			vrd_buf_printf(out, "%s,%s,,2020,%d,1\n%s,%s,,%d,,1\n", area, unit,
			               VRD_EX_MAP_YEAR - 1, area,
			               vrd_example_units[a->unit_2031].name.code, VRD_EX_MAP_YEAR);
	}
	for (size_t g = 0; g < VRD_EX_AREAS; g++)
		vrd_buf_printf(out, "%s,%s,,2020,,1\n", vrd_example_areas[g].name.code,
		               vrd_example_areas[g].community);
}

void vrd_example_providers_csv(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(out, "code,kind,catchment,label,label_nn,label_en\n");
	for (size_t i = 0; i < VRD_EX_UNITS; i++) {
		const vrd_example_name *name = &vrd_example_units[i].name;
		vrd_buf_printf(out, "%s,own,%s,%s,%s,%s\n", name->code, name->code, name->nb,
		               name->nn, name->en);
	}
	vrd_buf_puts(out,
	             "private,private,,Avtalespesialister og private,"
	             "Avtalespesialistar og private,Contract specialists and private\n"
	             "outside,outside,,Utenfor regionen,Utanfor regionen,Outside the region\n");
}
