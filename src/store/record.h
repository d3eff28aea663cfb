// Records of runs as values: their texts in one order, the seal over them, and which of several a
// person means. Knows nothing of SQLite. Private to the store.
#pragma once

#include "num/hash.h"
#include "store/store.h"

enum { VRD_RUN_TEXTS = 6 };

// id, label, scenario, created, engine, summary: borrowed, NULL becomes "".
void vrd_run_texts(const vrd_run_record *run, const char *texts[VRD_RUN_TEXTS]);
// A record of copies owned by `mem`. Errors: NOMEM.
vrd_status vrd_run_of_texts(vrd_arena *mem, const char *const texts[VRD_RUN_TEXTS],
                            vrd_run_record *out, vrd_err *err) VRD_MUST_USE;

// The seal of a run is the hash of its texts, then of its parts in the order of writing.
void vrd_seal_begin(vrd_hasher *seal, const char *const texts[VRD_RUN_TEXTS]);
void vrd_seal_part(vrd_hasher *seal, const char *name, uint64_t size, const vrd_hash *checksum);

// Which of `runs` (newest first) is meant; rules and errors as vrd_store_find. O(n).
vrd_status vrd_run_choose(const vrd_run_record *runs, size_t n, const char *which, size_t *out,
                          vrd_err *err) VRD_MUST_USE;
