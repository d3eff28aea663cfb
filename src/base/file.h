// Files: whole reads with a limit, and writes that either happen or do not.
#pragma once

#include "base/mem.h"
#include "base/text.h"

// Reads a whole regular file of at most `max_bytes` (0 = 512 MiB) into `mem`. The size is checked
// before anything is allocated, so a sparse file of 1 TiB costs nothing. bytes[len] is NUL.
// Errors: NOINPUT (absent, a folder), NOPERM, LIMIT (names the limit and its option), IO, NOMEM.
vrd_status vrd_file_read(vrd_arena *mem, const char *path, size_t max_bytes, const char **bytes,
                         size_t *len, vrd_err *err) VRD_MUST_USE;

// Writes bytes to a temporary name in the same folder, syncs, and renames over `path`: readers see
// the old file or the new one, never half. On failure the temporary file is removed and the old
// file stands. The old file's mode is kept; a new one gets 0644 less the umask. A symbolic link is
// replaced, not followed; a folder or device is refused. Errors: NOPERM, NOCREATE, IO, NOMEM.
vrd_status vrd_file_write_atomic(const char *path, const char *bytes, size_t len,
                                 vrd_err *err) VRD_MUST_USE;

// mkdir -p for one folder and its parents; existing folders are fine. Errors: NOPERM, NOCREATE
// (a file is in the way), IO, NOMEM.
vrd_status vrd_dir_make(const char *path, vrd_err *err) VRD_MUST_USE;
bool vrd_path_exists(const char *path);
// "dir/name", or `name` when it is absolute; owned by `mem`; NULL without memory.
char *vrd_path_join(vrd_arena *mem, const char *dir, const char *name);
// Names in `dir` that end in `suffix`, sorted by bytes, without "." files; owned by `mem`.
// An absent folder gives an empty list; "" and NULL are every name's end. Errors: NOINPUT (not a
// folder), NOPERM, IO, NOMEM.
vrd_status vrd_dir_list(vrd_arena *mem, const char *dir, const char *suffix, const char ***names,
                        size_t *n, vrd_err *err) VRD_MUST_USE;
