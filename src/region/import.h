// Importing: a file becomes a data set (a copy in data/ and an entry of region.yaml), or rows of a
// table of the region folder.
//
//	population activity flows occupancy control     cubes: copied byte for byte, read by the entry
//	areas maps changes providers services care      tables: rows are appended
//	episodes                                        rows of stays and contacts: only counts are
//	                                                written (episodes.h), as activity
//
// The folder is first opened as it would be after the import (overlays, see region.h), so that an
// import is checked exactly as the file will be read from then on. Only then is anything written,
// each file whole or not at all; region.yaml keeps every byte that is not the entry. Files with
// national identity numbers, or with columns that are called so, are refused.
//
// Cost: reads the file once for the check of identity numbers and once as data.
#pragma once

#include "region/region.h"

// Texts are those of the command line. Zeroed but for `weight` = NaN and `suppress` = -1: nothing
// was said. A text before "=" may stand in double quotes ("" is a quote), for headers that hold
// "=".
typedef struct {
	const char *file; // path of the file to import
	const char *as;   // population ... care, episodes
	size_t n_maps;
	const char *const
	        *maps; // column=dimension, column=measure=contacts, column=value, column=-;
	               // tables: column=name or column|column=name (the first that has text)
	size_t n_recodes;
	const char *const *recodes; // dimension:from=to
	size_t n_sets;
	const char *const *sets; // dimension=code
	size_t n_onlys;
	const char *const *onlys; // tables: column=text; rows without it are left out
	const char *variant, *source, *license;
	bool main;
	double weight;
	int64_t borders; // 0: the present ones
	const char *absent, *other_areas, *separator, *decimal;
	int64_t suppress;
	bool sum;
	const char *touch; // episodes: path of the table of what measures touch
	const char *ages;  // episodes: bands that ages are put into, "0-17,18-66,67+"
	bool replace;      // an entry for a file of the same name
	bool dry_run;      // only tells what it would do
} vrd_import_options;

// Imports; `region` is left as it was opened: open it again to see the result. `report` gets what
// was understood, as text for people. Problems go to `diag`; on failure nothing has changed.
// Errors: USAGE (options), NOINPUT, DATA, CONFIG, LIMIT, NOCREATE (the name is taken; says how to
// replace), NOPERM, IO.
vrd_status vrd_region_import(vrd_region *region, const vrd_import_options *options, vrd_buf *report,
                             vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
