// What `varde scenario` shows as tables: all scenarios, the assumptions of one, its versions.
#pragma once

#include "cli/cli.h"
#include "region/versions.h"

// Fails with USAGE when --format is none that a table has.
vrd_status vrd_scenario_check_format(vrd_cli *cli) VRD_MUST_USE;
// Whether the format is the one for people.
bool vrd_scenario_is_for_people(const vrd_cli *cli);
vrd_status vrd_scenario_list_table(vrd_cli *cli, vrd_region *region) VRD_MUST_USE;
// scenario_page.c: the assumptions in words, 80 columns wide.
vrd_status vrd_scenario_page(vrd_cli *cli, vrd_region *region,
                             const vrd_scenario *scenario) VRD_MUST_USE;
vrd_status vrd_scenario_assumptions_table(vrd_cli *cli, vrd_region *region,
                                          const vrd_scenario *scenario) VRD_MUST_USE;
vrd_status vrd_scenario_versions_table(vrd_cli *cli, const vrd_region *region,
                                       const vrd_version *versions, size_t n) VRD_MUST_USE;
// Whether an assumption says something under a key.
bool vrd_scenario_says(const vrd_node *assumption, const char *key);
