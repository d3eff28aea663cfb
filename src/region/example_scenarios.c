// Scenarios of the example region: every assumption is a clearly labelled example.
#include "region/example_parts.h"

// `effect` is YAML, indented as a part of the list item.
typedef struct {
	const char *id, *type, *label, *effect, *rationale;
} example;

static const example examples[] = {
        {"hjertesykdom-forekomst", "growth", "Flere med hjertesvikt og atrieflimmer",
         "    select: {service: [cardiology], age: 50+}\n"
         "    interval: [0.001, 0.008]\n"
         "    form: annual\n"
         "    cause: epidemiology\n"
         "    phasing: {curve: linear, start: 2025, end: 2040}\n",
         "Flere lever lenge med hjertesykdom."},
        {"kreftbehandling-utvikling", "growth", "Mer kreftbehandling per pasient",
         "    select: {service: [oncology], care: [day, outpatient]}\n"
         "    interval: [0.005, 0.02]\n"
         "    form: annual\n"
         "    cause: medical_development\n"
         "    phasing: {curve: linear, start: 2025, end: 2035}\n",
         "Nye legemidler gir lengre behandling."},
        {"unge-psykisk-helse", "growth", "Flere unge henvises til psykisk helsevern",
         "    select: {service: [child-psychiatry], care: [outpatient], age: 6-17}\n"
         "    interval: [-0.005, 0.015]\n"
         "    form: annual\n"
         "    cause: epidemiology\n"
         "    phasing: {curve: linear, start: 2025, end: 2032}\n",
         "Henvisningene har økt, og retningen videre er usikker."},
        {"oyebehandling-vekst", "growth", "Flere øyeinjeksjoner",
         "    select: {service: [eye], care: [outpatient], age: 67+}\n"
         "    interval: [0.05, 0.2]\n"
         "    form: total\n"
         "    cause: medical_development\n"
         "    phasing: {curve: logistic, start: 2026, end: 2035}\n",
         "Flere diagnoser kan behandles."},
        {"skropelige-eldre-unngatt", "avoid", "Færre akuttinnleggelser av skrøpelige eldre",
         "    select: {service: [medicine], care: [inpatient_emergency], age: 80+}\n"
         "    interval: [0.03, 0.1]\n"
         "    phasing: {curve: logistic, start: 2026, end: 2035}\n",
         "Team fra sykehus og kommune følger opp sammen hjemme."},
        {"behovsstyrt-poliklinikk", "avoid", "Behovsstyrt poliklinikk",
         "    select: {service: [medicine, surgery], care: [outpatient]}\n"
         "    interval: [0.02, 0.08]\n"
         "    phasing: {curve: linear, start: 2026, end: 2034}\n"
         "    group: technology\n",
         "Kontroller etter behov i stedet for etter kalender."},
        {"ortopedi-til-dag", "shift", "Ortopedi: planlagt døgn til dag",
         "    select: {service: [orthopaedics], care: [inpatient_elective]}\n"
         "    to: day\n"
         "    interval: [0.1, 0.25]\n"
         "    bounds: [0, 0.6]\n"
         "    removed_los: shortest\n"
         "    los_cv: 0.8\n"
         "    phasing: {curve: logistic, start: 2026, end: 2036}\n",
         "Flere proteser og mindre inngrep uten overnatting."},
        {"kirurgi-til-dag", "shift", "Kirurgi: planlagt døgn til dag",
         "    select: {service: [general-surgery, urology, gynaecology], care: "
         "[inpatient_elective]}\n"
         "    to: day\n"
         "    interval: [0.05, 0.2]\n"
         "    bounds: [0, 0.6]\n"
         "    removed_los: shortest\n"
         "    los_cv: 0.8\n"
         "    phasing: {curve: linear, start: 2026, end: 2035}\n",
         "Dagkirurgi erstatter korte opphold."},
        {"utredning-til-poliklinikk", "shift", "Planlagt utredning til poliklinikk",
         "    select: {service: [medicine], care: [inpatient_elective]}\n"
         "    to: outpatient\n"
         "    interval: [0.05, 0.15]\n"
         "    bounds: [0, 0.5]\n"
         "    conversion: 2\n"
         "    removed_los: mean\n"
         "    phasing: {curve: linear, start: 2026, end: 2033}\n",
         "Utredning i to oppmøter i stedet for et opphold."},
        {"poliklinikk-til-digital", "shift", "Poliklinikk til telefon og video",
         "    select: {service: [medicine, surgery], care: [outpatient]}\n"
         "    to: digital\n"
         "    interval: [0.05, 0.15]\n"
         "    bounds: [0, 0.5]\n"
         "    phasing: {curve: logistic, start: 2026, end: 2032}\n"
         "    group: technology\n",
         "Digital oppfølging der oppmøte ikke trengs."},
        {"psykisk-til-digital", "shift", "Psykisk helsevern: poliklinikk til video",
         "    select: {service: [adult-psychiatry], care: [outpatient]}\n"
         "    to: digital\n"
         "    interval: [0.05, 0.2]\n"
         "    bounds: [0, 0.6]\n"
         "    phasing: {curve: linear, start: 2026, end: 2034}\n"
         "    group: technology\n",
         "Nettbasert behandling for flere."},
        {"hjemmesykehus-dager", "shift", "Hjemmesykehus: liggedøgn flyttes hjem",
         "    select: {service: [medicine, paediatrics], care: [inpatient_emergency]}\n"
         "    to: none\n"
         "    moves: days\n"
         "    interval: [0.02, 0.07]\n"
         "    bounds: [0, 0.3]\n"
         "    phasing: {curve: logistic, start: 2026, end: 2036}\n"
         "    group: technology\n",
         "Siste del av oppholdet hjemme, med avstandsoppfølging."},
        {"kortere-akuttopphold", "length_of_stay", "Kortere akuttopphold",
         "    select: {service: [medicine, surgery], care: [inpatient_emergency]}\n"
         "    interval: [0.02, 0.08]\n"
         "    floor: one_night\n"
         "    phasing: {curve: linear, start: 2026, end: 2035}\n",
         "Bedre flyt og raskere avklaring."},
        {"utskrivningsklare", "length_of_stay", "Færre døgn for utskrivningsklare",
         "    select: {service: [medicine, surgery], care: [inpatient_emergency], age: 80+}\n"
         "    interval: [0.01, 0.04]\n"
         "    floor: none\n"
         "    phasing: {curve: table, table: {2028: 0.3, 2032: 0.7, 2036: 1.0}}\n",
         "Kommunene tar imot raskere."},
        {"psykisk-liggetid", "length_of_stay", "Psykisk helsevern: kortere døgnopphold",
         "    select: {service: [mental-health], care: [inpatient_emergency, "
         "inpatient_elective]}\n"
         "    interval: [0.03, 0.12]\n"
         "    phasing: {curve: linear, start: 2026, end: 2035}\n",
         "Mer ambulant oppfølging."},
};

void vrd_example_main_yaml(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(out, "# Alle forutsetninger her er eksempler. Ingen av dem er et anslag.\n"
	                  "schema: 1\n"
	                  "name: main\n"
	                  "label: Eksempelscenario\n"
	                  "illustrative: true\n"
	                  "draws: 10000\n"
	                  "seed: 2040\n"
	                  "map: planned\n"
	                  "population: {MMMM: 0.6, LLML: 0.2, HHMH: 0.2}\n"
	                  "correlation:\n"
	                  "  - group: technology\n"
	                  "    rho: 0.5\n"
	                  "assumptions:\n");
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		const example *e = &examples[i];
		vrd_buf_printf(out,
		               "  - id: %s\n"
		               "    type: %s\n"
		               "    label: \"Eksempel: %s\"\n"
		               "%s"
		               "    rationale: \"%s Eksempel, ikke et anslag.\"\n"
		               "    source: Eksempel, ikke et anslag\n"
		               "    owner: Ingen (eksempel)\n"
		               "    status: draft\n",
		               e->id, e->type, e->label, e->effect, e->rationale);
	}
}

void vrd_example_constant_yaml(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(out, "# Bare befolkningen og kartet endrer seg: bruken etter alder, kjønn og "
	                  "område er som i basisåret.\n"
	                  "schema: 1\n"
	                  "name: constant\n"
	                  "label: Bare demografi\n"
	                  "illustrative: true\n"
	                  "draws: 10000\n"
	                  "seed: 2040\n"
	                  "map: planned\n"
	                  "population: {MMMM: 1}\n");
}
