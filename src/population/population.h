// Population: counts and official projections as cubes, checked and made ready as exposure.
//
// A population cube is [area, sex, age, year] (persons on 1 January) with codes of area.csv, F/M,
// canonical ages (age.h) and years; a set of alternatives has a dimension `variant` in front.
// Functions are pure: cubes in, cubes out. Sources: docs/methods.md sections 2 and 18.
#pragma once

#include "base/diag.h"
#include "cube/cube.h"

// Brings an imported cube to canonical form: renames SSB's dimensions (Region, Alder, Kjonn, Tid,
// ContentsCode, Framskriv and their Norwegian labels) to area, age, sex, year, variant; makes codes
// canonical (area by vrd-style padding is the caller's), drops a one-category contents dimension,
// turns "Personer1" style alternatives into variants by their *label* (MMMM, LLML, HHMH ... read
// from the label, never assumed from the code), reads a last single year of 90 or more as open
// (a105 is 105+), orders dimensions [variant,] area, sex, age, year and ages ascending. A dimension
// that is absent is left absent (totals have no age or sex). A service dimension (13982) of one
// category becomes a note, of several stands before area; sex is read from the label where that is
// a word. Errors: DATA for an age, sex or year that cannot be read (with what was expected),
// alternatives whose labels have no letters, two categories that mean the same, a further dimension
// of several categories.
vrd_status vrd_population_canonical(vrd_arena *mem, const vrd_cube *in, vrd_cube *out,
                                    vrd_err *err) VRD_MUST_USE;

// Checks one population cube; problems go to `diag` with `name` as file: pop.age-gap,
// pop.age-overlap, pop.sex-missing, pop.sex-overlap, pop.year-gap, pop.negative, pop.not-a-number
// (missing cells: how many, the first), pop.jump (warning: an area's total changes by more than
// `jump` in a year, or a cohort of more than 200 persons below age 80 changes by more than 3 *
// jump; default jump 0.10), pop.open-age (warning: no open end), pop.fraction (warning: counts that
// are not whole numbers).
void vrd_population_check(const vrd_cube *population, const char *name, double jump,
                          vrd_diag *diag);

// Sums to an age partition: `ages` are canonical codes; every input age must lie inside exactly one
// (else DATA naming the age that straddles).
vrd_status vrd_population_rebin(vrd_arena *mem, const vrd_cube *in, size_t n_ages,
                                const char *const *ages, vrd_cube *out, vrd_err *err) VRD_MUST_USE;

// Single years of age from bands: inside each closed band by a monotone cubic (Hyman-filtered
// spline through the cumulated bands, Fritsch-Carlson fallback), totals kept, never negative; the
// open band is kept as an open age. Cells become ESTIMATED and a note says how. Bands that are
// already single are untouched. Error against real data: docs/methods.md section 18.
vrd_status vrd_population_graduate(vrd_arena *mem, const vrd_cube *in, vrd_cube *out,
                                   vrd_err *err) VRD_MUST_USE;

typedef enum { VRD_EXPOSURE_MID, VRD_EXPOSURE_JAN1 } vrd_exposure;
// Exposure of each of the years: MID = mean of 1 January y and y+1 (needs y+1: else DATA naming the
// year and the remedy), JAN1 = 1 January. Result: years replace the dimension year.
vrd_status vrd_population_exposure(vrd_arena *mem, const vrd_cube *in, vrd_exposure exposure,
                                   size_t n_years, const int *years, vrd_cube *out,
                                   vrd_err *err) VRD_MUST_USE;

// Births of each year, by area: persons aged 0 on 1 January y+1 (a published projection carries no
// births of its own; infant deaths and moves in the first months are left out: a note says so).
// For the last year, when y+1 is absent, persons aged 0 on 1 January y, with a note. -> [area,
// year] (and variant when present).
vrd_status vrd_population_births(vrd_arena *mem, const vrd_cube *in, size_t n_years,
                                 const int *years, vrd_cube *out, vrd_err *err) VRD_MUST_USE;
