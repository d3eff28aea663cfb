// The formats of the YAML files of a region folder, as tables (see docs/region-folder.md).
#pragma once

#include "region/yaml.h"

extern const vrd_schema vrd_region_schema;
extern const vrd_schema vrd_scenario_schema;
