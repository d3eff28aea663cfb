// An explanation as people read it: one section for each method.
#pragma once

#include "cli/cli.h"
#include "region/explanation.h"

// Appends the head and the sections of all methods (VRD_N_EXPLAINS) or of one. `measure_given`: the
// waterfall is of the query's measure alone, else of all measures. `selection` (NULL ok): what was
// selected, as it was asked for.
vrd_status vrd_cli_explain_page(vrd_cli *cli, vrd_region *region, const vrd_opened_run *run,
                                const vrd_explain_query *query, vrd_explain_method method,
                                bool measure_given, const char *selection, vrd_diag *diag,
                                vrd_buf *out) VRD_MUST_USE;
