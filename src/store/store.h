// The store: SQLite behind one file. Runs are immutable; a run is written in one transaction, so a
// process killed at any moment leaves the run whole or absent. It is a cache of results: the inputs
// are the files of the region folder, so a damaged store is deleted and its runs are made again.
//
//	run                                     part
//	  seq           order of writing          seq       order of writing
//	  id            unique  <---------------  run_id    with name: unique
//	  label                                   name      "result/activity", "model", "inputs" ...
//	  scenario                                size      of the uncompressed bytes
//	  created                                 checksum  BLAKE2b-256 of the uncompressed bytes
//	  engine                                  bytes     one zstd frame
//	  summary_json
//	  seal  BLAKE2b-256 of the six texts and of name, size and checksum of every part
//
// Both tables are STRICT. PRAGMA application_id is "vrde", PRAGMA user_version the version of the
// schema; migrations are numbered; a newer schema is refused. An empty file is a new store. What is
// read is verified: the right data or VRD_STORE, whatever happened to the file.
//
// Costs: opening and listing are O(runs), finding a run is a listing, putting and reading a part
// are O(bytes); nothing but records is read to list. A vrd_store belongs to one thread; threads and
// processes open their own (readers never wait, writers wait for each other up to 30 seconds).
#pragma once

#include "cube/cube.h"

typedef struct vrd_store vrd_store;

// Opens (creating folder and file when `create`) with WAL, foreign keys and a busy time-out.
// Errors: NOINPUT (absent and not create), NOPERM, STORE (damaged: the remedy is to delete it,
// since runs can be made again; newer schema: which version), IO (disk full).
vrd_status vrd_store_open(const char *path, bool create, vrd_store **out,
                          vrd_err *err) VRD_MUST_USE;
void vrd_store_close(vrd_store *store); // NULL ok

// Fields are public, texts borrowed when putting, owned by the arena when listing.
typedef struct {
	const char *id;    // hex of the run's hash
	const char *label; // a name for people; may repeat
	const char *scenario;
	const char *created; // ISO 8601 UTC
	const char *engine;  // version of varde
	const char *summary; // JSON: options, inputs' hashes, warnings, headline numbers
} vrd_run_record;

typedef struct {
	const char *name;
	const void *bytes; // uncompressed; the store compresses
	size_t n;
} vrd_part;

// Writes a run with its parts in one transaction. An id that exists is left as it is (VRD_OK,
// *existed = true; NULL ok). Errors: IO (disk full), NOPERM, STORE.
vrd_status vrd_store_put(vrd_store *store, const vrd_run_record *run, size_t n_parts,
                         const vrd_part *parts, bool *existed, vrd_err *err) VRD_MUST_USE;
// All runs, newest first.
vrd_status vrd_store_list(vrd_store *store, vrd_arena *mem, vrd_run_record **runs, size_t *n,
                          vrd_err *err) VRD_MUST_USE;
// Finds by id, unique prefix of an id (4 characters or more), label or scenario name (newest), or
// "latest"/NULL (newest). NOINPUT lists the nearest; an ambiguous prefix is DATA.
vrd_status vrd_store_find(vrd_store *store, vrd_arena *mem, const char *which, vrd_run_record *out,
                          vrd_err *err) VRD_MUST_USE;
// Reads one part, verified by its checksum; NOINPUT when the run has none of that name (lists
// them).
vrd_status vrd_store_part(vrd_store *store, vrd_arena *mem, const char *run_id, const char *name,
                          const void **bytes, size_t *n, vrd_err *err) VRD_MUST_USE;

// A cube as bytes and back: exact (names, codes, labels, parents, roles, units, notes, status, the
// bits of every value). Unpacking checks every length: damaged bytes are STORE, never a crash.
vrd_status vrd_cube_pack(const vrd_cube *cube, vrd_buf *out, vrd_err *err) VRD_MUST_USE;
vrd_status vrd_cube_unpack(vrd_arena *mem, const void *bytes, size_t n, vrd_cube *out,
                           vrd_err *err) VRD_MUST_USE;
