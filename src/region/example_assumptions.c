// The example region's assumptions. None is an estimate: every one says so in label, rationale and
// source. A row that several scenarios name has the same draws in each, so that their difference
// has no noise of it.
#include "region/example_parts.h"

#define SICKNESS "Sykdom og medisinsk utvikling"
#define DAY_CARE "Dag og poliklinikk"
#define OUTGOING_CARE "Utadvendt sykehus"
#define TOGETHER "Samarbeid om dem som trenger det mest"
#define STAYS "Kortere opphold"
#define VARIATION "Mindre uønsket variasjon"
#define TIME "Bedre bruk av tid"

enum { MAIN = VRD_EX_MAIN, EFFICIENT = VRD_EX_EFFICIENT, OUTGOING = VRD_EX_OUTGOING };

// In the order in which they act.
const vrd_example_assumption vrd_example_assumptions[] = {
        {MAIN | EFFICIENT | OUTGOING, "hjertesykdom-forekomst", "growth", SICKNESS,
         "Flere med hjertesvikt og atrieflimmer",
         "    select: {service: [cardiology], age: 50+}\n"
         "    interval: [0.001, 0.008]\n"
         "    form: annual\n"
         "    cause: epidemiology\n"
         "    phasing: {curve: linear, start: 2025, end: 2040}\n",
         "Flere lever lenge med hjertesykdom."},
        {MAIN | EFFICIENT | OUTGOING, "kreftbehandling-utvikling", "growth", SICKNESS,
         "Mer kreftbehandling per pasient",
         "    select: {service: [oncology], care: [day, outpatient]}\n"
         "    interval: [0.005, 0.02]\n"
         "    form: annual\n"
         "    cause: medical_development\n"
         "    phasing: {curve: linear, start: 2025, end: 2035}\n",
         "Nye legemidler gir lengre behandling."},
        {MAIN | EFFICIENT | OUTGOING, "unge-psykisk-helse", "growth", SICKNESS,
         "Flere unge henvises til psykisk helsevern",
         "    select: {service: [child-psychiatry], care: [outpatient], age: 6-17}\n"
         "    interval: [-0.005, 0.015]\n"
         "    form: annual\n"
         "    walk_sd: 0.01\n"
         "    cause: epidemiology\n"
         "    phasing: {curve: linear, start: 2025, end: 2032}\n",
         "Henvisningene har økt, og retningen videre er usikker."},
        {MAIN | EFFICIENT | OUTGOING, "oyebehandling-vekst", "growth", SICKNESS,
         "Flere øyeinjeksjoner",
         "    select: {service: [eye], care: [outpatient], age: 67+}\n"
         "    interval: [0.05, 0.2]\n"
         "    form: total\n"
         "    cause: medical_development\n"
         "    phasing: {curve: logistic, start: 2026, end: 2035}\n",
         "Flere diagnoser kan behandles."},
        {MAIN | EFFICIENT | OUTGOING, "friskere-aldring", "healthy_ageing", SICKNESS,
         "En del av de nye leveårene er friske",
         "    interval: [0.1, 0.5]\n"
         "    bounds: [-0.5, 1]\n",
         "Levealderen øker, og hvor mye av den som er frisk, er usikkert."},
        {MAIN | EFFICIENT, "ortopedi-niva", "level", VARIATION,
         "Ortopedi: områder med høyt forbruk nærmer seg regionen",
         "    select: {service: [orthopaedics], care: [inpatient_elective, day]}\n"
         "    target: region\n"
         "    only: down\n"
         "    interval: [0.1, 0.4]\n"
         "    phasing: {curve: linear, start: 2026, end: 2034}\n",
         "Likere praksis for samme plager."},
        {EFFICIENT, "planlagt-niva", "level", VARIATION,
         "Medisin: forbruket nærmer seg den laveste fjerdedelen",
         "    select: {service: [medicine], care: [outpatient]}\n"
         "    target: lowest_quartile\n"
         "    only: down\n"
         "    interval: [0.05, 0.3]\n"
         "    phasing: {curve: linear, start: 2026, end: 2036}\n",
         "Forbruksrater følges i ledermøter."},
        {MAIN | OUTGOING, "fact-team-kontakter", "new_service", TOGETHER,
         "FACT-team: nye kontakter",
         "    select: {service: [adult-psychiatry], care: [outpatient], age: 18+}\n"
         "    interval: [2, 8]\n"
         "    los_new: 0\n"
         "    phasing: {curve: linear, start: 2026, end: 2032}\n",
         "Teamene møter brukerne der de bor."},
        {OUTGOING, "integrert-eldre-team", "new_service", TOGETHER,
         "Integrerte tjenester for skrøpelige eldre: teamets kontakter",
         "    select: {service: [geriatrics], care: [outpatient], age: 80+}\n"
         "    interval: [100, 300]\n"
         "    los_new: 0\n"
         "    phasing: {curve: logistic, start: 2026, end: 2034}\n",
         "Sykehus, kommune og fastlege følger opp hjemme."},
        {OUTGOING, "rusbehandling-unge", "new_service", TOGETHER,
         "Rusbehandling for unge: nytt tilbud",
         "    select: {service: [addiction-treatment], care: [outpatient], age: 6-17}\n"
         "    interval: [1, 4]\n"
         "    los_new: 0\n"
         "    phasing: {curve: linear, start: 2027, end: 2031}\n",
         "Et eget tilbud bygges opp."},
        {EFFICIENT, "venteliste-ortopedi", "backlog", TIME, "Ortopedi: ventelisten bygges ned",
         "    select: {service: [orthopaedics], care: [outpatient]}\n"
         "    interval: [5000, 15000]\n"
         "    cleared: {2026: 0.4, 2027: 0.4, 2028: 0.2}\n",
         "Kontakter som venter ut over det vanlige, tas i tre år."},
        {MAIN, "skropelige-eldre-unngatt", "avoid", TOGETHER,
         "Færre akuttinnleggelser av skrøpelige eldre",
         "    select: {service: [medicine], care: [inpatient_emergency], age: 80+}\n"
         "    interval: [0.03, 0.1]\n"
         "    phasing: {curve: logistic, start: 2026, end: 2035}\n",
         "Team fra sykehus og kommune følger opp sammen hjemme."},
        {OUTGOING, "integrert-eldre-unngatt", "avoid", TOGETHER,
         "Integrerte tjenester for skrøpelige eldre: færre akuttopphold",
         "    select: {service: [medicine], care: [inpatient_emergency], age: 80+}\n"
         "    interval: [0.05, 0.1, 0.2]\n"
         "    distribution: metalog\n"
         "    phasing: {curve: logistic, start: 2026, end: 2034}\n",
         "Forverring oppdages og behandles før den blir akutt."},
        {OUTGOING, "fact-team-unngatt", "avoid", TOGETHER, "FACT-team: færre akuttopphold",
         "    select: {service: [adult-psychiatry], care: [inpatient_emergency]}\n"
         "    interval: [0.03, 0.1]\n"
         "    phasing: {curve: linear, start: 2026, end: 2032}\n",
         "Tett oppfølging over lang tid."},
        {MAIN, "behovsstyrt-poliklinikk", "avoid", OUTGOING_CARE, "Behovsstyrt poliklinikk",
         "    select: {service: [medicine, surgery], care: [outpatient]}\n"
         "    interval: [0.02, 0.08]\n"
         "    phasing: {curve: linear, start: 2026, end: 2034}\n"
         "    group: technology\n",
         "Kontroller etter behov i stedet for etter kalender."},
        {OUTGOING, "behovsstyrt-overalt", "avoid", OUTGOING_CARE,
         "Behovsstyrt poliklinikk i alle foretak",
         "    select: {service: [medicine, surgery], care: [outpatient]}\n"
         "    interval: [0.05, 0.15]\n"
         "    phasing: {curve: logistic, start: 2026, end: 2033}\n"
         "    group: technology\n",
         "Kontroller etter behov i stedet for etter kalender, overalt."},
        {EFFICIENT, "gastroskopi-unge", "avoid", VARIATION, "Færre rutinegastroskopier under 55 år",
         "    select: {service: [gastro], care: [day, outpatient], age: 18-54}\n"
         "    values: [0, 0.05, 0.1]\n"
         "    weights: [0.3, 0.5, 0.2]\n"
         "    phasing: {curve: linear, start: 2026, end: 2030}\n",
         "Undersøkelser uten faresignaler gir sjelden funn."},
        {EFFICIENT, "skulder-artroskopi", "avoid", VARIATION, "Færre skulderartroskopier",
         "    select: {service: [orthopaedics], care: [day], age: 18+}\n"
         "    interval: [0.01, 0.03, 0.08]\n"
         "    distribution: triangular\n"
         "    phasing: {curve: linear, start: 2026, end: 2030}\n",
         "Inngrep med liten nytte velges bort."},
        {EFFICIENT, "hjerteutredning-lavverdi", "avoid", VARIATION,
         "Mindre hjerteutredning med liten nytte",
         "    select: {service: [cardiology], care: [inpatient_elective, day, outpatient], age: "
         "18+}\n"
         "    interval: [0.01, 0.06]\n"
         "    phasing: {curve: linear, start: 2026, end: 2031}\n",
         "Undersøkelser som ikke endrer behandlingen, faller bort."},
        {MAIN | EFFICIENT, "ortopedi-til-dag", "shift", DAY_CARE, "Ortopedi: planlagt døgn til dag",
         "    select: {service: [orthopaedics], care: [inpatient_elective]}\n"
         "    to: day\n"
         "    interval: [0.1, 0.25]\n"
         "    bounds: [0, 0.6]\n"
         "    removed_los: shortest\n"
         "    los_cv: 0.8\n"
         "    phasing: {curve: logistic, start: 2026, end: 2036}\n",
         "Flere proteser og mindre inngrep uten overnatting."},
        {MAIN | EFFICIENT, "kirurgi-til-dag", "shift", DAY_CARE, "Kirurgi: planlagt døgn til dag",
         "    select: {service: [general-surgery, urology, gynaecology], care: "
         "[inpatient_elective]}\n"
         "    to: day\n"
         "    interval: [0.05, 0.2]\n"
         "    bounds: [0, 0.6]\n"
         "    removed_los: shortest\n"
         "    los_cv: 0.8\n"
         "    phasing: {curve: linear, start: 2026, end: 2035}\n",
         "Dagkirurgi erstatter korte opphold."},
        {MAIN, "utredning-til-poliklinikk", "shift", DAY_CARE, "Planlagt utredning til poliklinikk",
         "    select: {service: [medicine], care: [inpatient_elective]}\n"
         "    to: outpatient\n"
         "    interval: [0.05, 0.15]\n"
         "    bounds: [0, 0.5]\n"
         "    conversion: 2\n"
         "    removed_los: mean\n"
         "    phasing: {curve: linear, start: 2026, end: 2033}\n",
         "Utredning i to oppmøter i stedet for et opphold."},
        {MAIN, "poliklinikk-til-digital", "shift", OUTGOING_CARE,
         "Poliklinikk til telefon og video",
         "    select: {service: [medicine, surgery], care: [outpatient]}\n"
         "    to: digital\n"
         "    interval: [0.05, 0.15]\n"
         "    bounds: [0, 0.5]\n"
         "    phasing: {curve: logistic, start: 2026, end: 2032}\n"
         "    group: technology\n",
         "Digital oppfølging der oppmøte ikke trengs."},
        {OUTGOING, "digital-oppfolging", "shift", OUTGOING_CARE, "Digital oppfølging i alle fag",
         "    select: {service: [medicine, surgery, women-children], care: [outpatient]}\n"
         "    to: digital\n"
         "    interval: [0.1, 0.25]\n"
         "    bounds: [0, 0.6]\n"
         "    phasing: {curve: logistic, start: 2026, end: 2034}\n"
         "    group: technology\n",
         "Målinger hjemmefra, skjema og video erstatter oppmøter."},
        {MAIN | OUTGOING, "psykisk-til-digital", "shift", OUTGOING_CARE,
         "Psykisk helsevern: poliklinikk til video",
         "    select: {service: [adult-psychiatry], care: [outpatient]}\n"
         "    to: digital\n"
         "    interval: [0.05, 0.2]\n"
         "    bounds: [0, 0.6]\n"
         "    phasing: {curve: linear, start: 2026, end: 2034}\n"
         "    group: technology\n",
         "Nettbasert behandling for flere."},
        {MAIN, "hjemmesykehus-dager", "shift", OUTGOING_CARE,
         "Hjemmesykehus: liggedøgn flyttes hjem",
         "    select: {service: [medicine, paediatrics], care: [inpatient_emergency]}\n"
         "    to: none\n"
         "    moves: days\n"
         "    interval: [0.02, 0.07]\n"
         "    bounds: [0, 0.3]\n"
         "    phasing: {curve: logistic, start: 2026, end: 2036}\n"
         "    group: technology\n",
         "Siste del av oppholdet hjemme, med avstandsoppfølging."},
        {OUTGOING, "hjemmesykehus-utvidet", "shift", OUTGOING_CARE, "Hjemmesykehus i hele regionen",
         "    select: {service: [medicine, paediatrics], care: [inpatient_emergency]}\n"
         "    to: none\n"
         "    moves: days\n"
         "    quantiles: {0.05: 0.03, 0.5: 0.08, 0.95: 0.18}\n"
         "    bounds: [0, 0.4]\n"
         "    phasing: {curve: logistic, start: 2026, end: 2036}\n"
         "    group: technology\n",
         "Alle foretak bygger opp team som behandler hjemme."},
        {OUTGOING, "fleksibel-utskriving", "shift", OUTGOING_CARE, "Fleksibel utskriving",
         "    select: {service: [medicine, surgery], care: [inpatient_emergency], age: 67+}\n"
         "    to: none\n"
         "    moves: days\n"
         "    interval: [0.01, 0.05]\n"
         "    bounds: [0, 0.2]\n"
         "    phasing: {curve: linear, start: 2026, end: 2033}\n",
         "Avdelingen kan nås de første døgnene hjemme."},
        {MAIN, "kortere-akuttopphold", "length_of_stay", STAYS, "Kortere akuttopphold",
         "    select: {service: [medicine, surgery], care: [inpatient_emergency]}\n"
         "    interval: [0.02, 0.08]\n"
         "    floor: one_night\n"
         "    phasing: {curve: linear, start: 2026, end: 2035}\n",
         "Bedre flyt og raskere avklaring."},
        {EFFICIENT, "akuttopphold-som-de-beste", "length_of_stay", STAYS,
         "Akuttopphold like korte som hos de beste",
         "    select: {service: [medicine, surgery], care: [inpatient_emergency]}\n"
         "    interval: [0.05, 0.1, 0.18]\n"
         "    distribution: metalog\n"
         "    floor: one_night\n"
         "    phasing: {curve: linear, start: 2026, end: 2035}\n"
         "    group: operations\n",
         "Avdelinger lærer av dem med best flyt."},
        {EFFICIENT, "planlagte-opphold-kortere", "length_of_stay", STAYS,
         "Kortere planlagte opphold",
         "    select: {service: [medicine, surgery], care: [inpatient_elective]}\n"
         "    quantiles: {0.05: 0.02, 0.5: 0.06, 0.95: 0.15}\n"
         "    floor: one_night\n"
         "    phasing: {curve: linear, start: 2026, end: 2034}\n"
         "    group: operations\n",
         "Forberedelser hjemme og oppstart samme dag."},
        {MAIN | EFFICIENT | OUTGOING, "utskrivningsklare", "length_of_stay", STAYS,
         "Færre døgn for utskrivningsklare",
         "    select: {service: [medicine, surgery], care: [inpatient_emergency], age: 80+}\n"
         "    interval: [0.01, 0.04]\n"
         "    floor: none\n"
         "    phasing: {curve: table, table: {2028: 0.3, 2032: 0.7, 2036: 1.0}}\n",
         "Kommunene tar imot raskere."},
        {MAIN | EFFICIENT | OUTGOING, "psykisk-liggetid", "length_of_stay", STAYS,
         "Psykisk helsevern: kortere døgnopphold",
         "    select: {service: [mental-health], care: [inpatient_emergency, inpatient_elective]}\n"
         "    interval: [0.03, 0.12]\n"
         "    phasing: {curve: linear, start: 2026, end: 2035}\n",
         "Mer ambulant oppfølging."},
        {OUTGOING, "hjem-til-innlandet", "flow", OUTGOING_CARE,
         "Innlandet: mer behandles ved eget sykehus",
         "    select: {area: [innlandet], service: [medicine, surgery]}\n"
         "    from: ous\n"
         "    to: innlandet\n"
         "    interval: [0.1, 0.4]\n"
         "    phasing: {curve: linear, start: 2027, end: 2036}\n",
         "Oppgaver som ikke må ligge ved regionsykehuset, gis nærmere hjemmet."},
        {OUTGOING, "hjem-til-vestre-viken", "flow", OUTGOING_CARE,
         "Vestre Viken: mer behandles ved eget sykehus",
         "    select: {area: [vestre-viken], service: [medicine, surgery]}\n"
         "    from: ous\n"
         "    to: vestre-viken\n"
         "    interval: [0.1, 0.4]\n"
         "    phasing: {curve: linear, start: 2027, end: 2036}\n",
         "Oppgaver som ikke må ligge ved regionsykehuset, gis nærmere hjemmet."},
        {EFFICIENT, "helselogistikk", "productivity", TIME,
         "Helselogistikk: en seng brukes til mer",
         "    select: {care: [inpatient_emergency, inpatient_elective]}\n"
         "    interval: [0.01, 0.05]\n"
         "    phasing: {curve: linear, start: 2026, end: 2035}\n"
         "    group: operations\n",
         "Mindre venting på rom, prøvesvar og utstyr."},
};
const size_t vrd_example_n_assumptions =
        sizeof vrd_example_assumptions / sizeof *vrd_example_assumptions;
