// The formats of the YAML files of a region folder, as tables (see docs/region-folder.md).
#pragma once

#include "region/yaml.h"

// CONFIG, told in `diag`, when the file says `schema: N` at the start of a line with an N that this
// varde does not know: a key that is new there would only look like a mistake.
vrd_status vrd_schema_not_newer(const char *bytes, size_t len, const char *file, vrd_diag *diag,
                                vrd_err *err) VRD_MUST_USE;

extern const vrd_schema vrd_region_schema;
extern const vrd_schema vrd_scenario_schema;
extern const vrd_schema vrd_measure_schema; // of the library of measures, in the program
