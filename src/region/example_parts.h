// What the parts of the example region share. Private to example*.c.
#pragma once

#include "base/mem.h"
#include "base/text.h"

#define VRD_EX_FIRST_YEAR 2025
#define VRD_EX_MAP_YEAR 2031 // Grorud, Stovner and Sagene change catchment on 1 January
enum {
	VRD_EX_UNITS = 10, // catchments
	VRD_EX_AREAS = 28, // base areas: municipalities by catchment and county, districts of Oslo
	VRD_EX_YEARS = 17, // 2025..2041
	VRD_EX_AGES = 106, // 0..104 and 105+
	VRD_EX_KNOTS = 12  // of an area's age profile
};

typedef struct {
	const char *code, *nb, *nn, *en;
} vrd_example_name;

typedef struct {
	vrd_example_name name;
	int32_t persons_2026, persons_2040;
	int old_2026, old_2040; // aged 80 and over, tenths of a per cent
	double level;           // of activity; made up
} vrd_example_unit;

typedef struct {
	vrd_example_name name;
	size_t unit, unit_2031; // catchment before and from VRD_EX_MAP_YEAR
	const char *community, *county;
	int32_t persons_2026, persons_2040; // municipalities; 0 for a district of Oslo
	int32_t counted;                    // district: persons on 1 January 2026
	int profile[VRD_EX_KNOTS];          // share of an age beside the region's, per cent
} vrd_example_area;

extern const vrd_example_unit vrd_example_units[VRD_EX_UNITS];
extern const vrd_example_area vrd_example_areas[VRD_EX_AREAS];

// The catchment of an area on 1 January of `year`.
static inline size_t vrd_example_unit_of(size_t area, int year) {
	const vrd_example_area *a = &vrd_example_areas[area];
	return year < VRD_EX_MAP_YEAR ? a->unit : a->unit_2031;
}

// Persons on 1 January: MMMM with the count of 2025 in front, LLML, HHMH.
typedef enum { VRD_EX_MMMM, VRD_EX_LLML, VRD_EX_HHMH, VRD_EX_VARIANTS } vrd_example_variant;
typedef struct {
	int32_t persons[VRD_EX_VARIANTS][VRD_EX_AREAS][2][VRD_EX_YEARS][VRD_EX_AGES]; // F, M
} vrd_example_people;

vrd_status vrd_example_people_make(vrd_arena *mem, const vrd_example_people **out,
                                   vrd_err *err) VRD_MUST_USE;

// Monotone cubic through (x[i], y[i]), x ascending; constant outside (Fritsch and Carlson 1980, the
// slopes of Fritsch and Butland 1984). Exact at the points, never beyond two neighbours.
double vrd_example_curve(size_t n, const double x[], const double y[], double at);

// Whole numbers in proportion to `weights` with the sum `total`, by largest remainder; ties go to
// the first. n is at most VRD_EX_SHARE_MAX and some weight is above 0.
#define VRD_EX_SHARE_MAX 1024
void vrd_example_share(size_t n, const double weights[], int64_t total, int64_t out[]);

// An assumption of one or more of the example's scenarios; `effect` is YAML, indented as a part of
// the list item.
enum { VRD_EX_MAIN = 1, VRD_EX_EFFICIENT = 2, VRD_EX_OUTGOING = 4 };
typedef struct {
	unsigned scenarios;
	const char *id, *type, *theme, *label, *effect, *rationale;
} vrd_example_assumption;

extern const vrd_example_assumption vrd_example_assumptions[];
extern const size_t vrd_example_n_assumptions;

// Writes one file of the folder.
typedef void vrd_example_file(const vrd_example_people *people, vrd_buf *out);
vrd_example_file vrd_example_areas_csv, vrd_example_maps_csv, vrd_example_providers_csv,
        vrd_example_population_2025_csv, vrd_example_population_csv,
        vrd_example_population_llml_csv, vrd_example_population_hhmh_csv, vrd_example_services_csv,
        vrd_example_care_csv, vrd_example_activity_csv, vrd_example_flows_csv,
        vrd_example_occupancy_csv, vrd_example_control_csv, vrd_example_main_yaml,
        vrd_example_no_change_yaml, vrd_example_efficient_yaml, vrd_example_outgoing_yaml,
        vrd_example_life_expectancy_csv, vrd_example_region_yaml, vrd_example_readme;
