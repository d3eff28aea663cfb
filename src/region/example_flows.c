// Where people of the example region are treated, how full beds are planned, and control totals.
#include "region/example_parts.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

// Shares in thousandths, made up: what other catchments leave to Oslo universitetssykehus, and what
// private hospitals treat of emergencies and of planned care. The two small Oslo hospitals lack
// some functions and leave more. 10 in a thousand are treated outside the region.
enum { OUTSIDE = 10, OUTSIDE_REGIONAL = 20, CONTRACT_PRIVATE = 990 };
static const struct {
	const char *service;
	int ous, ous_lovisenberg, ous_diakonhjemmet;
	int private_emergency, private_planned;
	bool regional; // the rest goes to Oslo universitetssykehus
} flows[] = {
        {"medicine", 30, 110, 100, 0, 20, false},
        {"surgery", 50, 330, 300, 0, 60, false},
        {"women-children", 30, 940, 940, 0, 20, false},
        {"mental-health", 10, 30, 30, 20, 90, false},
        {"addiction", 20, 60, 60, 150, 320, false},
        {"rehabilitation", 30, 100, 90, 0, 300, false},
        {"neurosurgery", 0, 0, 0, 0, 0, true},
        {"transplant", 0, 0, 0, 0, 0, true},
        {"burns", 0, 0, 0, 0, 0, true},
        {"rehab-complex", 0, 0, 0, 0, 300, true},
};
static const char *const care_codes[] = {
        "inpatient_emergency", "inpatient_elective", "day", "outpatient", "digital",
        "contract_specialist"};

static void flow_row(const char *area, size_t i, const char *care, const char *provider,
                     int thousandths, vrd_buf *out) {
	if (thousandths > 0)
		vrd_buf_printf(out, "%s,%s,%s,%s,0.%03d\n", area, flows[i].service, care, provider,
		               thousandths);
}

static void flow_rows(const char *area, size_t i, const char *care, vrd_buf *out) {
	const bool contract = strcmp(care, "contract_specialist") == 0;
	const int outside = flows[i].regional && !contract ? OUTSIDE_REGIONAL : OUTSIDE;
	const int privately = contract ? CONTRACT_PRIVATE
	                      : strcmp(care, "inpatient_emergency") == 0
	                              ? flows[i].private_emergency
	                              : flows[i].private_planned;
	const int rest = 1000 - outside - privately;
	const int to_ous = flows[i].regional || strcmp(area, "ous") == 0 ? rest
	                   : contract                                    ? 0
	                   : strcmp(area, "lovisenberg") == 0            ? flows[i].ous_lovisenberg
	                   : strcmp(area, "diakonhjemmet") == 0 ? flows[i].ous_diakonhjemmet
	                                                        : flows[i].ous;
	flow_row(area, i, care, area, rest - to_ous, out);
	flow_row(area, i, care, "ous", to_ous, out);
	flow_row(area, i, care, "private", privately, out);
	flow_row(area, i, care, "outside", outside, out);
}

void vrd_example_flows_csv(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(out, "area,service,care,provider,value\n");
	for (size_t u = 0; u < VRD_EX_UNITS; u++)
		for (size_t i = 0; i < COUNT(flows); i++)
			for (size_t m = 0; m < COUNT(care_codes); m++)
				flow_rows(vrd_example_units[u].name.code, i, care_codes[m], out);
}

void vrd_example_occupancy_csv(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(out, "service,value\n"
	                  "medicine,0.85\n"
	                  "surgery,0.85\n"
	                  "women-children,0.85\n"
	                  "mental-health,0.9\n"
	                  "addiction,0.9\n"
	                  "rehabilitation,0.85\n");
}

// --- control totals -----------------------------------------------------------------------------

void vrd_example_control_csv(const vrd_example_people *people, vrd_buf *out) {
	// SSB table 14288, MMMM (2024); 2026 and 2040 are also the sums that the plan prints.
	static const struct {
		int year;
		long persons;
	} region[] = {{2026, 3215674}, {2030, 3292649}, {2035, 3384375}, {2040, 3464947}};
	static const struct {
		const char *care;
		long contacts;
		const char *note;
	} activity[] = {
	        {"inpatient_emergency|inpatient_elective", 520000, "innleggelser"},
	        {"outpatient", 5500000, "polikliniske konsultasjoner"},
	        {"digital", 722000, "telefon og video"},
	        {"contract_specialist", 2300000, "avtalespesialist"},
	};
	(void)people;
	vrd_buf_puts(out, "cube,area,year,care,measure,value,tolerance,source,note\n");
	for (int end = 0; end < 2; end++)
		for (size_t u = 0; u < VRD_EX_UNITS; u++) {
			const vrd_example_unit *unit = &vrd_example_units[u];
			vrd_buf_printf(out,
			               "population,%s,%d,,,%ld,0,Regional utviklingsplan "
			               "2027-2040 del 1 avsnitt 2.1,%s\n",
			               unit->name.code, end ? 2040 : 2026,
			               (long)(end ? unit->persons_2040 : unit->persons_2026),
			               end ? "kartet fra 2031" : "kartet fra april 2026");
		}
	for (size_t i = 0; i < COUNT(region); i++)
		vrd_buf_printf(out, "population,,%d,,,%ld,0,SSB tabell 14288 MMMM,hele regionen\n",
		               region[i].year, region[i].persons);
	for (size_t i = 0; i < COUNT(activity); i++)
		vrd_buf_printf(out,
		               "activity,,2025,%s,contacts,%ld,0,Regional utviklingsplan 2027-2040 "
		               "del 1 avsnitt 1,%s\n",
		               activity[i].care, activity[i].contacts, activity[i].note);
}
