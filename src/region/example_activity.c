// Services, forms of care and activity of the example region: schedules by age and sex, scaled to
// the totals that the plan prints.
//
//	x(area, sex, band; service, care) ~ level(catchment) sex factor
//	                                    sum over ages of mean persons 2025 x profile(age)
// tilt(care, age)
//
// in whole numbers with the exact sum of the table below.
#include "region/example_parts.h"

#include <math.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { EMERGENCY, ELECTIVE, DAY, OUTPATIENT, DIGITAL, CONTRACT, N_CARES };
enum { N_KNOTS = 13, N_BANDS = 9 };

// `tilt`: how much more of this care older adults have, in ln per 50 years; made up.
static const struct {
	vrd_example_name name;
	const char *beds;
	double tilt;
} cares[N_CARES] = {
        // clang-format off
	[EMERGENCY] = {{"inpatient_emergency", "Døgnopphold, øyeblikkelig hjelp",
	  "Døgnopphald, augeblikkeleg hjelp", "Inpatient, emergency"},
	 "yes", 0.3},
	[ELECTIVE] = {{"inpatient_elective", "Døgnopphold, planlagt", "Døgnopphald, planlagt",
	  "Inpatient, elective"},
	 "yes", 0},
	[DAY] = {{"day", "Dagbehandling", "Dagbehandling", "Day treatment"},
	 "no", -0.1},
	[OUTPATIENT] = {{"outpatient", "Poliklinisk konsultasjon", "Poliklinisk konsultasjon",
	  "Outpatient contact"},
	 "no", -0.1},
	[DIGITAL] = {{"digital", "Telefon og video", "Telefon og video", "Telephone and video"},
	 "no", -0.5},
	[CONTRACT] = {{"contract_specialist", "Avtalespesialist", "Avtalespesialist", "Contract specialist"},
	 "no", 0},
        // clang-format on
};

static const vrd_example_name groups[] = {
        {"medicine", "Indremedisin og nevrologi", "Indremedisin og nevrologi",
         "Medicine and neurology"},
        {"surgery", "Kirurgi", "Kirurgi", "Surgery"},
        {"women-children", "Kvinner og barn", "Kvinner og barn", "Women and children"},
        {"mental-health", "Psykisk helsevern", "Psykisk helsevern", "Mental health care"},
        {"addiction", "Tverrfaglig spesialisert rusbehandling (TSB)",
         "Tverrfagleg spesialisert rusbehandling (TSB)", "Addiction treatment"},
        {"rehabilitation", "Rehabilitering", "Rehabilitering", "Rehabilitation"},
};
static const char medicine[] = "medicine", surgery[] = "surgery", children[] = "women-children",
                  mental[] = "mental-health", addiction[] = "addiction",
                  rehabilitation[] = "rehabilitation";

// Contacts of 2025 in hundreds, by form of care; mean stay in nights, emergency and elective;
// contacts per person of women and men beside each other; and by age. Sums over services: the plan,
// section 1 (key figures 2025): 520 000 admissions, 5.5 million outpatient contacts, 722 000 by
// telephone and video, 2.3 million with contract specialists. All else is an example value.
static const double knots[N_KNOTS] = {0, 1, 6, 12, 18, 25, 32, 40, 50, 60, 70, 80, 90};
static const struct {
	vrd_example_name name;
	const char *parent, *driver, *kappa;
	int contacts[N_CARES];
	double nights[2];
	int women, men;
	double by_age[N_KNOTS];
} services[] = {
        // clang-format off
	{{"cardiology", "Hjertesykdommer", "Hjartesjukdommar", "Cardiology"},
	 medicine, "population", "1", {400, 100, 60, 3200, 350, 1100}, {3.1, 2.3}, 60, 100,
	 {4, 2, 1, 1, 2, 3, 4, 8, 18, 38, 70, 110, 120}},
	{{"pulmonary", "Lungesykdommer", "Lungesjukdommar", "Respiratory medicine"},
	 medicine, "population", "1", {260, 40, 20, 1500, 200, 450}, {4.2, 3.2}, 85, 100,
	 {20, 15, 6, 4, 4, 4, 5, 8, 15, 35, 70, 95, 85}},
	{{"gastro", "Fordøyelsessykdommer", "Fordøyingssjukdommar", "Gastroenterology"},
	 medicine, "population", "1", {200, 60, 250, 2200, 300, 600}, {3.5, 2.8}, 105, 100,
	 {4, 6, 6, 7, 12, 16, 18, 20, 28, 38, 48, 50, 42}},
	{{"oncology", "Kreftsykdommer", "Kreftsjukdommar", "Oncology"},
	 medicine, "population", "1", {120, 110, 700, 4600, 650, 0}, {4.7, 3.6}, 105, 100,
	 {2, 3, 3, 3, 5, 7, 11, 18, 32, 58, 80, 70, 35}},
	{{"neurology", "Nevrologi", "Nevrologi", "Neurology"},
	 medicine, "population", "1", {210, 60, 60, 2200, 300, 900}, {3.9, 2.9}, 105, 100,
	 {10, 8, 8, 9, 14, 16, 18, 22, 28, 38, 58, 75, 60}},
	{{"geriatrics", "Geriatri", "Geriatri", "Geriatrics"},
	 medicine, "population", "1", {120, 15, 0, 350, 40, 0}, {5.4, 5}, 110, 100,
	 {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 12, 75, 130}},
	{{"internal-other", "Annen indremedisin", "Annan indremedisin", "Other internal medicine"},
	 medicine, "population", "1", {485, 90, 1450, 5200, 700, 1000}, {3.1, 2.6}, 95, 100,
	 {10, 8, 6, 7, 12, 14, 16, 20, 28, 42, 65, 95, 110}},
	{{"dermatology", "Hudsykdommer", "Hudsjukdommar", "Dermatology"},
	 medicine, "population", "1", {12, 0, 60, 1900, 120, 3600}, {4, 0}, 110, 100,
	 {8, 8, 9, 14, 20, 18, 17, 18, 20, 26, 34, 36, 28}},
	{{"general-surgery", "Generell kirurgi", "Generell kirurgi", "General surgery"},
	 surgery, "population", "1", {350, 260, 350, 3000, 250, 700}, {3, 2.7}, 105, 100,
	 {14, 9, 8, 10, 16, 18, 20, 24, 30, 38, 46, 50, 45}},
	{{"orthopaedics", "Ortopedi", "Ortopedi", "Orthopaedics"},
	 surgery, "population", "1", {330, 270, 420, 5400, 300, 900}, {3.6, 2.5}, 110, 100,
	 {6, 8, 14, 20, 18, 16, 17, 20, 28, 38, 52, 75, 100}},
	{{"urology", "Urologi", "Urologi", "Urology"},
	 surgery, "population", "1", {110, 100, 220, 2300, 200, 600}, {2.5, 2}, 35, 100,
	 {12, 8, 6, 5, 6, 8, 10, 14, 22, 42, 70, 78, 60}},
	{{"ent", "Øre-nese-hals", "Øyre-nase-hals", "Ear, nose and throat"},
	 surgery, "population", "1", {50, 60, 180, 2200, 120, 4300}, {1.8, 1.4}, 90, 100,
	 {16, 34, 26, 14, 14, 14, 15, 17, 20, 26, 36, 46, 42}},
	{{"eye", "Øyesykdommer", "Augesjukdommar", "Ophthalmology"},
	 surgery, "population", "1", {15, 0, 180, 3200, 80, 5200}, {2, 0}, 115, 100,
	 {8, 10, 12, 9, 8, 8, 9, 12, 18, 32, 65, 100, 90}},
	{{"neurosurgery", "Nevrokirurgi (regional)", "Nevrokirurgi (regional)",
	  "Neurosurgery (regional)"},
	 surgery, "population", "0", {35, 45, 0, 350, 40, 0}, {5.2, 4}, 90, 100,
	 {6, 5, 4, 5, 7, 8, 10, 14, 20, 24, 24, 14, 4}},
	{{"transplant", "Transplantasjon (regional)", "Transplantasjon (regional)",
	  "Transplantation (regional)"},
	 surgery, "population", "0", {8, 10, 0, 160, 30, 0}, {8.5, 9.5}, 60, 100,
	 {3, 3, 2, 3, 5, 7, 9, 13, 20, 24, 14, 2, 0}},
	{{"burns", "Brannskader (regional)", "Brannskadar (regional)", "Burns (regional)"},
	 surgery, "population", "0", {5, 0, 0, 30, 0, 0}, {10, 0}, 65, 100,
	 {10, 40, 8, 5, 7, 8, 8, 8, 8, 8, 9, 10, 9}},
	{{"birth", "Fødsel og barsel", "Fødsel og barsel", "Births"},
	 children, "births", "0", {330, 0, 0, 1500, 80, 0}, {2.5, 0}, 100, 0,
	 {0, 0, 0, 0, 4, 38, 100, 22, 0, 0, 0, 0, 0}},
	{{"newborn", "Nyfødtmedisin", "Nyføddmedisin", "Newborn care"},
	 children, "births", "0", {70, 0, 0, 150, 0, 0}, {7, 0}, 90, 100,
	 {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
	{{"gynaecology", "Gynekologi", "Gynekologi", "Gynaecology"},
	 children, "population", "1", {75, 65, 110, 1900, 120, 2000}, {1.8, 1.6}, 100, 0,
	 {0, 0, 0, 3, 28, 42, 48, 45, 40, 28, 24, 18, 10}},
	{{"paediatrics", "Barnesykdommer", "Barnesjukdommar", "Paediatrics"},
	 children, "population", "1", {220, 45, 90, 2400, 350, 150}, {2.1, 2.1}, 88, 100,
	 {100, 80, 45, 38, 4, 0, 0, 0, 0, 0, 0, 0, 0}},
	{{"adult-psychiatry", "Psykisk helsevern for voksne", "Psykisk helsevern for vaksne",
	  "Adult mental health"},
	 mental, "population", "1", {200, 55, 0, 5600, 1580, 1500}, {12, 16}, 120, 100,
	 {0, 0, 0, 0, 40, 48, 44, 38, 32, 22, 14, 10, 8}},
	{{"child-psychiatry", "Psykisk helsevern for barn og unge",
	  "Psykisk helsevern for barn og unge", "Child and adolescent mental health"},
	 mental, "population", "1", {20, 0, 0, 3900, 700, 0}, {12, 0}, 105, 100,
	 {1, 3, 22, 48, 30, 0, 0, 0, 0, 0, 0, 0, 0}},
	{{"addiction-detox", "Avrusning", "Avrusing", "Detoxification"},
	 addiction, "population", "1", {65, 0, 0, 0, 0, 0}, {7, 0}, 45, 100,
	 {0, 0, 0, 0, 14, 28, 34, 36, 34, 24, 8, 2, 0}},
	{{"addiction-treatment", "Rusbehandling", "Rusbehandling", "Addiction treatment"},
	 addiction, "population", "1", {0, 35, 0, 1700, 490, 0}, {0, 30}, 50, 100,
	 {0, 0, 0, 0, 16, 34, 36, 30, 22, 14, 4, 1, 0}},
	{{"rehab-general", "Fysikalsk medisin og rehabilitering",
	  "Fysikalsk medisin og rehabilitering", "Physical medicine and rehabilitation"},
	 rehabilitation, "population", "1", {0, 70, 60, 0, 200, 0}, {0, 11}, 130, 100,
	 {1, 2, 3, 4, 6, 8, 11, 16, 24, 32, 40, 38, 22}},
	{{"rehab-complex", "Kompleks rehabilitering (regional)",
	  "Kompleks rehabilitering (regional)", "Complex rehabilitation (regional)"},
	 rehabilitation, "population", "0", {0, 20, 0, 60, 20, 0}, {0, 22}, 70, 100,
	 {1, 2, 4, 5, 10, 11, 10, 11, 13, 13, 10, 4, 1}},
        // clang-format on
};

void vrd_example_services_csv(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(out, "code,parent,driver,kappa,label,label_nn,label_en\n");
	for (size_t i = 0; i < COUNT(groups); i++)
		vrd_buf_printf(out, "%s,,,,%s,%s,%s\n", groups[i].code, groups[i].nb, groups[i].nn,
		               groups[i].en);
	for (size_t k = 0; k < COUNT(services); k++) {
		const vrd_example_name *name = &services[k].name;
		vrd_buf_printf(out, "%s,%s,%s,%s,\"%s\",\"%s\",\"%s\"\n", name->code,
		               services[k].parent, services[k].driver, services[k].kappa, name->nb,
		               name->nn, name->en);
	}
}

void vrd_example_care_csv(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(out, "code,beds,label,label_nn,label_en\n");
	for (size_t m = 0; m < N_CARES; m++)
		vrd_buf_printf(out, "%s,%s,\"%s\",\"%s\",\"%s\"\n", cares[m].name.code,
		               cares[m].beds, cares[m].name.nb, cares[m].name.nn, cares[m].name.en);
}

// --- activity -----------------------------------------------------------------------------------

// `middle` stands for the band's age in the length of stay.
static const struct {
	const char *code;
	int from, to;
	double middle;
} bands[N_BANDS] = {{"0", 0, 0, 0},        {"1-5", 1, 5, 3},      {"6-17", 6, 17, 12},
                    {"18-49", 18, 49, 35}, {"50-66", 50, 66, 58}, {"67-79", 67, 79, 73},
                    {"80-89", 80, 89, 84}, {"90-94", 90, 94, 92}, {"95+", 95, 105, 97}};

// Stays grow longer with age: made up, 1 at 55.
static double stay_factor(double age) {
	return fmin(fmax(1 + 0.006 * (age - 55), 0.8), 1.25);
}

// Mean persons of 2025 (1 January 2025 and 2026).
static double exposure(const vrd_example_people *people, size_t area, size_t sex, int age) {
	const int32_t(*p)[VRD_EX_AGES] = people->persons[VRD_EX_MMMM][area][sex];
	return 0.5 * (p[0][age] + p[1][age]);
}

// Contacts of one service and form of care in whole numbers, [area][sex][band].
static void contacts_of(const vrd_example_people *people, size_t k, size_t m, int64_t out[]) {
	double weights[VRD_EX_AREAS * 2 * N_BANDS];
	for (size_t i = 0; i < COUNT(weights); i++) {
		const size_t g = i / (2 * N_BANDS), s = i / N_BANDS % 2, b = i % N_BANDS;
		double sum = 0;
		for (int a = bands[b].from; a <= bands[b].to; a++) {
			const double profile =
			        vrd_example_curve(N_KNOTS, knots, services[k].by_age, a);
			const double tilt = a > 20 ? exp(cares[m].tilt * (a - 50) / 50) : 1;
			sum += exposure(people, g, s, a) * profile * tilt;
		}
		weights[i] = sum * (s == 0 ? services[k].women : services[k].men) *
		             vrd_example_units[vrd_example_areas[g].unit].level;
	}
	vrd_example_share(COUNT(weights), weights, 100LL * services[k].contacts[m], out);
}

void vrd_example_activity_csv(const vrd_example_people *people, vrd_buf *out) {
	int64_t contacts[VRD_EX_AREAS * 2 * N_BANDS];
	vrd_buf_puts(out, "area,sex,age,service,care,year,contacts,bed_days\n");
	for (size_t k = 0; k < COUNT(services); k++)
		for (size_t m = 0; m < N_CARES; m++) {
			if (services[k].contacts[m] == 0)
				continue;
			contacts_of(people, k, m, contacts);
			for (size_t i = 0; i < COUNT(contacts); i++) {
				if (contacts[i] == 0)
					continue;
				const size_t b = i % N_BANDS;
				const double stay = m <= ELECTIVE
				                            ? services[k].nights[m] *
				                                      stay_factor(bands[b].middle)
				                            : 0;
				vrd_buf_printf(out, "%s,%c,%s,%s,%s,%d,%lld,%lld\n",
				               vrd_example_areas[i / (2 * N_BANDS)].name.code,
				               "FM"[i / N_BANDS % 2], bands[b].code,
				               services[k].name.code, cares[m].name.code,
				               VRD_EX_FIRST_YEAR, (long long)contacts[i],
				               (long long)floor((double)contacts[i] * stay + 0.5));
			}
		}
}
