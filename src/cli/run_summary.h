// The summary of a run as people read it.
#pragma once

#include "cli/cli.h"

// Appends people, contacts, bed days and beds now and at the horizon with interval, the path of the
// years, the waterfall, the sources of uncertainty and the largest changes, in the region's
// language.
vrd_status vrd_cli_summary(vrd_cli *cli, vrd_region *region, const char *id, bool existed,
                           vrd_buf *out) VRD_MUST_USE;
