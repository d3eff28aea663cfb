// Append-only logs: log/NAME.jsonl in the region folder, one JSON object a line, each with the hash
// of the line before it, so that what was removed or changed afterwards shows.
//
// A line: {"n": 3, "time": "2026-11-22T08:15:00Z", "who": "...", "what": "...", "data": {...},
// "prev": "<BLAKE2b of the line before, hex; empty for the first>"}. Appending locks the file,
// verifies the last line and writes one line with fsync; a crash leaves the old log or the new one.
#pragma once

#include "base/diag.h"

typedef struct {
	size_t n; // from 1
	const char *time, *who, *what;
	const char *data; // JSON text of the object
	const char *hash; // of this line
} vrd_entry;

// Every entry in order; none when there is no log. A broken chain or a line that is no entry is an
// error in `diag` (log.broken, log.syntax) with its line; what stands before it is still given.
vrd_status vrd_log_read(vrd_arena *mem, const char *dir, const char *name, const vrd_entry **out,
                        size_t *n, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// Appends. `data` is JSON text of an object. who NULL: the environment's VARDE_USER, else the
// user's name, else "unknown". Errors: IO, DATA when the log's end is broken (nothing written).
vrd_status vrd_log_append(vrd_arena *mem, const char *dir, const char *name, const char *who,
                          const char *what, const char *data, vrd_err *err) VRD_MUST_USE;
