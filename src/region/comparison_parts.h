// Private to the region room.
#pragma once

#include "region/comparison.h"

// comparison_warnings.c: what runs are made of that differs, as texts.
vrd_status vrd_comparison_warnings(vrd_region *region, vrd_comparison *comparison,
                                   vrd_err *err) VRD_MUST_USE;
