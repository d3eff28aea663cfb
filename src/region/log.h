// Append-only logs: log/NAME.jsonl in the region folder, one JSON object a line, each with the hash
// of the line before it, so that what was removed or changed afterwards shows.
//
// A line: {"n": 3, "time": "2026-11-22T08:15:00Z", "who": "...", "what": "...", "data": {...},
// "prev": "<BLAKE2b of the line before, hex; empty for the first>"}. Appending locks the file,
// verifies the last line and writes one line with fsync; a crash leaves the old log or the new one,
// or the beginning of a line. Such a beginning is never an entry: reading tells it, and the next
// append moves it to log/NAME.jsonl.torn and says so in an entry "repair".
//
// The chain shows what was changed, removed or put in before the last line. That the last line was
// changed, or that lines at the end or the whole log are gone, shows against the number and hash of
// the last line, which appending keeps in .varde/log-heads/NAME.json. The limit: both are plain
// files in the folder. Who may write there can write both anew, or delete .varde, and nothing shows;
// who must rule that out keeps a copy, or the hash of the last line, elsewhere.
#pragma once

#include "base/diag.h"

typedef struct {
	size_t n; // from 1
	const char *time, *who, *what;
	const char *data; // JSON text of the object
	const char *hash; // of this line
} vrd_entry;

// The log's path in the folder: "log/NAME.jsonl"; NULL without memory.
char *vrd_log_path(vrd_arena *mem, const char *name);
// Every entry in order; none when there is no log. A broken chain or a line that is no entry is an
// error in `diag` (log.broken, log.syntax) with its line; what stands before it is still given. A last
// line that was not written to its end is a warning (log.torn).
vrd_status vrd_log_read(vrd_arena *mem, const char *dir, const char *name, const vrd_entry **out,
                        size_t *n, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// The same of bytes; `file` stands in places.
vrd_status vrd_log_parse(vrd_arena *mem, const char *bytes, size_t len, const char *file,
                         const vrd_entry **out, size_t *n, vrd_diag *diag,
                         vrd_err *err) VRD_MUST_USE;
// Appends. `data` is JSON text of an object. who NULL: the environment's VARDE_USER, else the
// user's name, else "unknown". Errors: IO, DATA when the log's end is broken (nothing written).
vrd_status vrd_log_append(vrd_arena *mem, const char *dir, const char *name, const char *who,
                          const char *what, const char *data, vrd_err *err) VRD_MUST_USE;

// log_heads.c. Keeps the number and hash of a log's last line, which has just been appended to
// `bytes`. What was kept and is no longer in the log stays kept, so that check tells it. Failing is
// silent: the entry itself is written. The caller holds the log's lock.
void vrd_log_keep_head(vrd_arena *mem, const char *dir, const char *name, const char *bytes,
                       size_t len, size_t n, const char *hash);
// Every log against what was kept of it: log.cut when it is shorter, gone, or has another line there.
// A log that nothing is kept of, and one whose chain is broken, is passed over.
vrd_status vrd_log_check_heads(vrd_arena *mem, const char *dir, vrd_diag *diag,
                               vrd_err *err) VRD_MUST_USE;
