// Remaining life expectancy at 65, as data: [sex, year] or [year], in years.
#pragma once

#include "cube/cube.h"

// Sexes become F, M or all. DATA when there is no dimension year, a year is none, a sex cannot be
// read, or a value is absent or not between 0 and 60 (names the cell).
vrd_status vrd_life_canonical(vrd_arena *mem, vrd_cube *cube, vrd_err *err) VRD_MUST_USE;
