// Inside of vrd_geography, for the files of this room only.
//
//	areas[i]     in file order; codes->cats[i] is its code
//	maps[]       grouped by area: those of area i are maps[first_map[i] .. first_map[i + 1])
//	changes[]    sorted by year, then by code that changes, then by line
//
// Years that are not given are VRD_YEAR_FIRST and VRD_YEAR_LAST: always in force.
#pragma once

#include "geography/geography.h"

#define VRD_YEAR_FIRST (-9999)
#define VRD_YEAR_LAST 99999
#define VRD_WEIGHT_TOLERANCE 1e-9

typedef struct {
	const char *label;
	size_t level;    // index in levels
	size_t in_level; // index in level_dims[level]
	size_t parent;   // index of an area or VRD_NONE
	int from_year, to_year;
	bool dated; // from_year or to_year was given
	size_t line;
} vrd_area;

typedef struct {
	size_t area, unit; // indices of areas
	size_t service;    // index in services; VRD_NONE = all services
	int from_year, to_year;
	double weight;
	size_t line;
} vrd_map_row;

typedef struct {
	int year;
	size_t from, to; // indices in change_codes
	double weight;
	size_t line;
} vrd_change;

struct vrd_geography {
	vrd_lang lang; // of labels and notes
	const vrd_dim *codes;
	const char **code_list;
	vrd_area *areas;
	size_t n_areas;
	const char **levels;
	const vrd_dim **level_dims;
	size_t n_levels;
	const char **services; // those that maps name
	size_t n_services;
	vrd_map_row *maps;
	size_t n_maps;
	size_t *first_map;
	const vrd_dim *change_codes; // NULL without changes
	vrd_change *changes;
	size_t n_changes;
};

// Which rows of one area towards one level hold in a year. A service of its own rows uses them
// where they cover the year, else the rows for all services.
typedef struct {
	bool any;     // some row holds
	bool assumed; // the year lay before the first state, which stands in for it
	size_t service;
	int year;
} vrd_map_state;

// Index of a service that maps name; n_services (matches only rows for all) when they do not.
size_t vrd_map_service(const vrd_geography *geo, const char *service);
vrd_map_state vrd_map_state_of(const vrd_geography *geo, size_t area, size_t level, size_t service,
                               int year);
bool vrd_map_row_holds(const vrd_geography *geo, const vrd_map_row *row, size_t level,
                       const vrd_map_state *state);

// Names for a message: the first ones, then how many more. Zeroed = empty.
#define VRD_NAMES_SHOWN 10
typedef struct {
	char text[600];
	size_t used, n;
} vrd_names;
void vrd_names_add(vrd_names *names, const char *format, ...) VRD_PRINTF(2, 3);
const char *vrd_names_end(vrd_names *names); // the text

// Reports weights that do not sum to 1, overlaps and gaps.
vrd_status vrd_map_check(vrd_arena *mem, const vrd_geography *geo, const char *file, vrd_diag *diag,
                         vrd_err *err) VRD_MUST_USE;
