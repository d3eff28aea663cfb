// Scenarios of the example region: what everybody expects, and three ways from there.
#include "region/example_parts.h"

// The head of a scenario after its name and label, and its correlation groups.
typedef struct {
	unsigned flag;
	const char *name, *label, *about, *correlation;
} head;

static void put_assumption(const vrd_example_assumption *a, vrd_buf *out) {
	vrd_buf_printf(out,
	               "  - id: %s\n"
	               "    type: %s\n"
	               "    label: \"Eksempel: %s\"\n"
	               "%s"
	               "    theme: %s\n"
	               "    rationale: \"%s Eksempel, ikke et anslag.\"\n"
	               "    source: Eksempel, ikke et anslag\n"
	               "    owner: Ingen (eksempel)\n"
	               "    date: 2026-11-22\n"
	               "    status: draft\n",
	               a->id, a->type, a->label, a->effect, a->theme, a->rationale);
}

static void put_scenario(const head *h, vrd_buf *out) {
	vrd_buf_printf(out,
	               "# %s\n"
	               "schema: 1\n"
	               "name: %s\n"
	               "label: %s\n"
	               "illustrative: true\n"
	               "draws: 10000\n"
	               "seed: 2040\n"
	               "map: planned\n"
	               // the same of all, so that they differ by what they assume alone
	               "population: {MMMM: 0.6, LLML: 0.2, HHMH: 0.2}\n"
	               "%s",
	               h->about, h->name, h->label, h->correlation);
	if (h->flag)
		vrd_buf_puts(out, "assumptions:\n");
	for (size_t i = 0; i < vrd_example_n_assumptions; i++)
		if (vrd_example_assumptions[i].scenarios & h->flag)
			put_assumption(&vrd_example_assumptions[i], out);
}

static const char technology[] = "correlation:\n"
                                 "  - group: technology\n"
                                 "    rho: 0.5\n";

void vrd_example_main_yaml(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	put_scenario(&(head){VRD_EX_MAIN, "main", "Eksempelscenario",
	                     "Alle forutsetninger her er eksempler. Ingen av dem er et anslag.",
	                     technology},
	             out);
}

void vrd_example_no_change_yaml(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	put_scenario(&(head){0, "no-change", "Uendret bruk (bare befolkning og kart)",
	                     "Bare befolkningen og kartet endrer seg: bruken etter alder, kjønn og "
	                     "område er som i basisåret.",
	                     ""},
	             out);
}

void vrd_example_efficient_yaml(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	put_scenario(&(head){VRD_EX_EFFICIENT, "efficient", "Effektiv drift (eksempel)",
	                     "Kortere opphold, bedre flyt og mindre uønsket variasjon. Alt er "
	                     "eksempler, ikke anslag.",
	                     "correlation:\n"
	                     "  - group: operations\n"
	                     "    rho: 0.3\n"},
	             out);
}

void vrd_example_outgoing_yaml(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	put_scenario(
	        &(head){VRD_EX_OUTGOING, "outgoing-hospital", "Utadvendt sykehus (eksempel)",
	                "Mer behandling hjemme, digitalt og nær der folk bor. Alt er eksempler, "
	                "ikke anslag.",
	                technology},
	        out);
}
