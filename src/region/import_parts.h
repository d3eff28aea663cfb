// What the parts of an import share. Private to the region room.
#pragma once

#include "region/import.h"

// One import. `mem` ends with it.
typedef struct {
	const vrd_region *region; // as it is
	const vrd_import_options *opt;
	vrd_arena *mem;
	const char *name; // of the file, without folders
	const char *bytes;
	size_t len;
	vrd_buf *report;
	vrd_diag *diag;
} vrd_import;

// Splits "left=right" at the first "=" after a left side that may be quoted. USAGE names `option`.
vrd_status vrd_import_pair(vrd_arena *mem, const char *option, const char *text, char separator,
                           const char **left, const char **right, vrd_err *err) VRD_MUST_USE;

// import.c. Index of the entry for `path`, VRD_NONE when there is none; NOCREATE when the name is
// taken and --replace was not said.
vrd_status vrd_import_find_entry(const vrd_import *job, const char *path, size_t *entry,
                                 vrd_err *err) VRD_MUST_USE;
// Opens the folder as it would be, reads the data set `path` by its entry and tells what it has.
vrd_status vrd_import_try(const vrd_import *job, const char *path, size_t n,
                          const vrd_overlay *overlays, vrd_err *err) VRD_MUST_USE;
// Writes the files, the last first: region.yaml stands first, since its entry names the others.
// When one cannot be written, those before it are as they were.
vrd_status vrd_import_write(const vrd_import *job, size_t n, const vrd_overlay *overlays,
                            vrd_err *err) VRD_MUST_USE;

// import_entry.c: the entry of region.yaml for data/NAME as YAML, its dash `indent` columns from
// the left. USAGE for options that cannot be read.
vrd_status vrd_import_entry(const vrd_import *job, const char *path, size_t indent, vrd_buf *out,
                            vrd_err *err) VRD_MUST_USE;
// Text of region.yaml with the entry for `path` at the end of `data:`, or in the place of item
// `replaced` (VRD_NONE: none). Owned by job->mem. CONFIG when the text cannot take it.
vrd_status vrd_import_splice(const vrd_import *job, const char *old, size_t old_len,
                             const char *path, size_t replaced, const char **text, size_t *len,
                             vrd_err *err) VRD_MUST_USE;

// import_person.c: DATA when a cell is a national identity number or a column is called like one.
vrd_status vrd_import_refuse_persons(const vrd_import *job, vrd_err *err) VRD_MUST_USE;

// import_episodes.c: rows are counted, and the counts become a data set.
vrd_status vrd_import_episodes(const vrd_import *job, vrd_err *err) VRD_MUST_USE;

// import_table.c
vrd_status vrd_import_table(const vrd_import *job, vrd_err *err) VRD_MUST_USE;
