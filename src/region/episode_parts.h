// What the parts of the counting share: one row as numbers. Private to the region room.
#pragma once

#include "cube/csv_header.h"
#include "region/episodes.h"

#define VRD_EPISODE_BAD UINT32_MAX // a text that was refused

// Rows that are told together: how many, what they have, and where the first one stands.
typedef struct {
	size_t n;
	double sum;
	vrd_place first;
} vrd_episode_tally;

// A column of codes: each distinct text is read once.
typedef struct {
	vrd_intern raw;
	uint32_t *code_of; // [raw] index in `codes`, or VRD_EPISODE_BAD
	bool *folded;      // [raw] an age that is counted in the open group
	size_t capacity;
	vrd_intern codes;
} vrd_episode_codes;

typedef struct {
	vrd_arena *mem; // scratch
	const vrd_episode_options *opt;
	vrd_csv_scan scan;
	vrd_csv_report report;
	vrd_csv_header header;
	size_t column[VRD_N_EPISODE_FIELDS]; // VRD_NONE: a constant, or not there
	bool given[VRD_N_EPISODE_FIELDS];
	char decimal;
	vrd_episode_codes codes[VRD_N_CELL_DIMS];
	uint32_t age_of[VRD_AGE_MAX + 1]; // index + 1 of an age that was reckoned
	uint32_t year_of[401];            // of 1800 .. 2200
	size_t n_folded;                  // ages that are counted in the open group
	vrd_episode_tally long_stays, no_beds;
} vrd_episode_reader;

typedef struct {
	uint32_t at[VRD_N_CELL_DIMS];
	double contacts, bed_days;
} vrd_episode_row;

// Finds the columns and reads the constants; problems go to the report.
vrd_status vrd_episode_columns(vrd_episode_reader *r, vrd_err *err) VRD_MUST_USE;
// The present record; *good is false when it was refused (and told).
vrd_status vrd_episode_read(vrd_episode_reader *r, vrd_episode_row *row, bool *good,
                            vrd_err *err) VRD_MUST_USE;
// Text of a field in the present record.
vrd_str vrd_episode_text(const vrd_episode_reader *r, vrd_episode_field field);
vrd_place vrd_episode_place(const vrd_episode_reader *r, vrd_episode_field field);

// episode_age.c. Puts an age into the band that it lies in; false: it lies in none.
bool vrd_episode_banded(const vrd_episode_reader *r, vrd_age *age);
// Puts an age that the population has in its open group only into that group; false: it is no such.
bool vrd_episode_folds(const vrd_episode_reader *r, vrd_age *age);
// A number that says that the age is not known.
bool vrd_episode_no_age(vrd_str text);
// Another age of the table that speaks of the same people (all beside 7, 0-17 beside 7), or NULL.
const char *vrd_episode_shared_age(const vrd_episode_reader *r, vrd_age age);

// episode_date.c: minutes since 1 March of the year 0; *timed: the text has a time of day. Forms:
// 2025-03-01, 2025-03-01T14:30, 2025-03-01 14:30:00, 01.03.2025, 01.03.2025 14:30, 20250301.
bool vrd_episode_date(vrd_str text, int64_t *minutes, int *year, bool *timed);
