// The example region: a whole region folder made from published totals and typed schedules.
//
// Everything is written by code and marked as illustrative. Sums of people and activity are those
// of the regional development plan; what lies inside the sums (ages, services, flows, assumptions)
// is made up, smooth and plausible. The same build writes the same bytes every time.
#pragma once

#include "base/status.h"

// Writes the folder `dir` (absent, or there and empty), its parents too. All or nothing: it is made
// under a temporary name beside `dir` and renamed. About 5 MB and well under a second. Errors:
// NOCREATE (something is in the way: says what to do; "." and ".."), NOPERM, IO, NOMEM.
vrd_status vrd_example_write(const char *dir, vrd_err *err) VRD_MUST_USE;
