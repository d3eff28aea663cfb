// Episodes: a table with one row for each stay or contact, counted into cells.
//
//	row,area,sex,age,service,care,year,bed_days        area sex age service care year set
//	17,north,F,81,surgery,inpatient,2025,4        ->   north F 80+ surgery inpatient 2025 falls;frailty
//	                                                   contacts 0.6  bed_days 2.4
//
// With a table of which rows a measure may touch (touch.h), a row is counted as sub-rows by the set
// of measures that may touch it: see there why nothing is lost. Only counts leave: ids of rows are
// neither kept nor told.
//
// Equal rows are counted as whole numbers and split afterwards, and sums are exact to 2^-40, so the
// order of rows and columns changes no bit. Cost: one pass; a hash look-up per field and row.
#pragma once

#define VRD_EPISODE_OPEN_AGE 105 // where the population's open group begins, unless said
#define VRD_EPISODE_MAX_AGE 130  // above it a number is no age

#include "cube/csv.h"
#include "population/age.h"
#include "region/touch.h"

// What a column of the table can be.
typedef enum {
	VRD_EPISODE_ROW, // id, for the touch table
	VRD_EPISODE_AREA,
	VRD_EPISODE_SEX,
	VRD_EPISODE_AGE,        // single year or band
	VRD_EPISODE_BIRTH_YEAR, // the age that is reached in the year of the contact
	VRD_EPISODE_SERVICE,
	VRD_EPISODE_CARE,
	VRD_EPISODE_YEAR,
	VRD_EPISODE_DATE,       // of the contact: gives its year
	VRD_EPISODE_ADMITTED,   // date, or date and time
	VRD_EPISODE_DISCHARGED, // gives the year where neither year nor date does
	VRD_EPISODE_BED_DAYS,
	VRD_EPISODE_COUNT, // contacts that the row stands for
	VRD_N_EPISODE_FIELDS
} vrd_episode_field;

const char *vrd_episode_field_name(vrd_episode_field field); // "row", "area" ...
// The field called so, or VRD_N_EPISODE_FIELDS.
vrd_episode_field vrd_episode_field_find(const char *text);

// How a stay's dates become bed days.
typedef enum { VRD_NIGHTS, VRD_NIGHTS_PLUS_ONE, VRD_HOURS } vrd_bed_day;

// Everything is borrowed. A zeroed struct takes the columns that are called like the fields and any
// code.
typedef struct {
	const char *name;                           // of the file, for messages
	char separator, decimal;                    // 0 = detect
	const char *column[VRD_N_EPISODE_FIELDS];   // header of a field; NULL: its name, if there
	const char *constant[VRD_N_EPISODE_FIELDS]; // of every row; before a column
	bool ignored[VRD_N_EPISODE_FIELDS];         // a column of that name is not the field
	size_t n_recodes;
	const vrd_recode *recodes;            // dim: the name of a field
	const vrd_dim *area, *service, *care; // codes that are known; NULL: any
	const bool
	        *care_beds; // per form of care: dates give bed days, and must be there; NULL: all
	size_t n_bands;
	const vrd_age *bands; // ages are put into these; 0: as they are, but for
	int open_age;         // the open group that ages from here on are counted in; 0: 105
	vrd_bed_day bed_day;
	const vrd_touch *touch; // NULL: no measure touches a row
} vrd_episode_options;

// The dimensions of the counts, in the order of their codes.
enum {
	VRD_CELL_AREA,
	VRD_CELL_SEX,
	VRD_CELL_AGE,
	VRD_CELL_SERVICE,
	VRD_CELL_CARE,
	VRD_CELL_YEAR,
	VRD_N_CELL_DIMS
};

typedef struct {
	uint32_t at[VRD_N_CELL_DIMS]; // index in `codes`
	uint32_t set;                 // index in `sets`
	double contacts, bed_days;
} vrd_episode_cell;

// Fields are public. Codes ascend (ages and years by number), cells by codes and set: equal inputs
// give equal bytes.
typedef struct {
	size_t n_codes[VRD_N_CELL_DIMS]; // 0: a dimension that the table does not have (sex, age)
	const char **codes[VRD_N_CELL_DIMS];
	size_t n_sets;
	const char *
	        *sets; // measures joined by ";", ascending; [0] is "": nothing touches these rows
	size_t n_cells;
	vrd_episode_cell *cells;
	bool has_bed_days;
	size_t n_rows, n_touched;
	size_t n_folded; // rows whose age is counted in the open group
} vrd_episodes;

// Counts the rows of a CSV text. Every bad row goes to `diag` with line and column; with any the
// result is DATA. Rules: episodes.missing-column, episodes.two-columns (two that say the same
// thing), episodes.unknown-code, episodes.empty (an id too, where measures touch rows),
// episodes.sex, episodes.age (none, or one that shares people with another age of the table),
// episodes.year, episodes.date, episodes.stay (ends before it begins, or lacks its days),
// episodes.number, episodes.duplicate-row (an id twice), touch.unknown-row, and those of the
// CSV reader. Warnings, one each with the number of rows and the first: episodes.long-stay (more
// than two years), episodes.no-beds (bed days of a form of care without beds). LIMIT when the sub-rows pass 20 millions.
vrd_status vrd_episodes_count(vrd_arena *mem, const char *bytes, size_t len,
                              const vrd_episode_options *options, vrd_episodes *out, vrd_diag *diag,
                              vrd_err *err) VRD_MUST_USE;
