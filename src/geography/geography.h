// Areas, dated membership maps and changes of municipality numbers.
//
//	areas.csv    code,type,parent,label[,label_nn,label_en,from_year,to_year]
//	maps.csv     area,unit,service,from_year,to_year,weight   (service empty or *: all)
//	changes.csv  year,from,to,weight      (weights of one `from` and year sum to 1)
//
// A *level* is an area type (district, municipality, catchment, trust, county, community, region).
// An area reaches a level by maps (dated, weighted, per service) and by parents (always, weight 1);
// chains compose (district -> catchment -> trust -> region): the shortest chain is used, maps
// before parents. A year before a map's first state uses the first state, and the result says so in
// a note. A service with rows of its own uses them in the years that they cover, else the rows for
// all. Opaque but for the fields below; everything is owned by the arena it was read into.
#pragma once

#include "base/diag.h"
#include "cube/cube.h"
#include "cube/csv.h"
#include "cube/numfmt.h"

typedef struct vrd_geography vrd_geography;

// Reads the three tables (maps and changes may be NULL). Every problem goes to `diag` with its
// line: geo.unknown-area, geo.unknown-unit (both suggest the nearest code or name),
// geo.duplicate-area, geo.empty-code, geo.parent-cycle, geo.weight-sum (which area, service, year,
// sum), geo.overlap, geo.gap, geo.year-order, geo.number, geo.missing-column, geo.change-weights.
// `lang` chooses the labels.
vrd_status vrd_geography_read(vrd_arena *mem, const vrd_csv_table *areas, const char *areas_name,
                              const vrd_csv_table *maps, const char *maps_name,
                              const vrd_csv_table *changes, const char *changes_name, vrd_lang lang,
                              vrd_geography **out, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// Type of an area code; NULL when the code is unknown. Label likewise.
const char *vrd_geography_type(const vrd_geography *geo, vrd_str code);
const char *vrd_geography_label(const vrd_geography *geo, vrd_str code);
// All codes in file order (for suggestions and checks); borrowed.
const char *const *vrd_geography_codes(const vrd_geography *geo, size_t *n);
// Level names in order of first appearance.
const char *const *vrd_geography_levels(const vrd_geography *geo, size_t *n);
// The areas of one level as a dimension "area" (file order; role geo). NOINPUT for an unknown level
// (nearest suggested).
vrd_status vrd_geography_level_dim(const vrd_geography *geo, const char *level, const vrd_dim **out,
                                   vrd_err *err) VRD_MUST_USE;
// Canonical form of an official code: municipality numbers padded to 4 digits, district numbers to
// 6, a trailing "a" of table 10826 dropped ("301" -> "0301", "30103" -> "030103", "030103a" ->
// "030103"). Other text is copied. Owned by `mem`.
const char *vrd_area_canonical(vrd_arena *mem, vrd_str code);

// Links from the categories of `from` (area codes of any types) to level `level` in `year` for
// `service` (NULL = all services). Owned by `mem`. Errors: DATA listing the areas that do not reach
// the level (up to 10) with the remedy. *assumed (NULL ok): the year lay before the first state.
vrd_status vrd_geography_links(vrd_arena *mem, const vrd_geography *geo, const vrd_dim *from,
                               const char *level, const char *service, int year,
                               const vrd_dim **target, vrd_link **links, size_t *n_links,
                               bool *assumed, vrd_err *err) VRD_MUST_USE;
// Years (ascending) in which any map in force for `service` changes, within [from, to].
vrd_status vrd_geography_map_years(vrd_arena *mem, const vrd_geography *geo, const char *service,
                                   int from, int to, int **years, size_t *n,
                                   vrd_err *err) VRD_MUST_USE;
// A short id of the map in force in a year ("2026", "2031"): the last year of change at or before.
int vrd_geography_map_version(const vrd_geography *geo, const char *service, int year);

// Moves the cube's dimension "area" to `level`. fixed_year 0: every category of dimension "year"
// uses the map of that year (no year dimension: DATA); else all use the map of fixed_year. Totals
// are kept to 1e-9. A note names the map versions used. The result has the areas of the level that
// some year reaches; in a year without any area of its own such a one has 0. Data with both an area
// and one that lies in it are DATA (people would count twice).
vrd_status vrd_geography_move(vrd_arena *mem, const vrd_geography *geo, const vrd_cube *in,
                              const char *level, const char *service, int fixed_year, vrd_cube *out,
                              vrd_err *err) VRD_MUST_USE;

// Change between two years at `level`, split: out is [level areas, part] with part = from, to,
// change, population (growth on the map of `year_from`), map (the rest, from the map alone).
// from + population + map = to for every area; the map part sums to 0 over areas. `in` is
// [area, year] (other dimensions are summed).
vrd_status vrd_geography_effects(vrd_arena *mem, const vrd_geography *geo, const vrd_cube *in,
                                 const char *level, int year_from, int year_to, vrd_cube *out,
                                 vrd_err *err) VRD_MUST_USE;

// Brings the dimension "area" of data with the borders of `data_year` to the borders of `year` by
// the changes in between, in order. Splits give ESTIMATED cells. Codes that are not valid at
// data_year are DATA with the nearest valid year. Totals are kept to 1e-9. A code is valid from the
// change that gives it to the one that takes it; from_year and to_year of the area go before that.
// A change of year y holds from 1 January y; data_year's own changes have happened.
vrd_status vrd_geography_renumber(vrd_arena *mem, const vrd_geography *geo, const vrd_cube *in,
                                  int data_year, int year, vrd_cube *out,
                                  vrd_err *err) VRD_MUST_USE;
