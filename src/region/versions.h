// Numbered versions of a scenario, in log/scenario-NAME.jsonl: every text that was run, locked,
// restored or changed by a command, with who, when and why. The files stay plain: a version is
// recorded when a command meets a text that differs from the last one recorded.
#pragma once

#include "region/region.h"

typedef struct {
	size_t number; // from 1
	const char *time, *who, *what;
	const char *why;  // with the notes that were added to it
	const char *text; // the whole file
	size_t len;
	bool locked;      // the text says status: locked
	const char *hash; // of the entry in the log
} vrd_version;

// Entries of the log that are no versions ("repair") are left out. A broken log is told in `diag`, and
// what stands before the break is given.
vrd_status vrd_versions_read(vrd_region *region, const char *scenario, const vrd_version **out,
                             size_t *n, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// The version that is locked, NULL when the scenario is a draft: the last one that a command made, if
// its text says so. What was only found in the file neither locks nor unlocks; "unlock" does.
const vrd_version *vrd_versions_lock(const vrd_version *versions, size_t n);
// Records the scenario's present text if it differs from the last version (or is the first); *number
// gets the version that the text has. `what`: "run", "lock", "restore", "elicit", "save" ...; why
// may be NULL. CONFIG (scenario.locked-changed) when the scenario is locked and this is another
// text, or when the text says locked, the log has no lock, and this is none; DATA when the log is
// broken.
vrd_status vrd_version_record(vrd_region *region, const char *scenario, const char *who,
                              const char *what, const char *why, size_t *number,
                              vrd_err *err) VRD_MUST_USE;
// The same of the text that a run has read, which the file may no longer have.
vrd_status vrd_version_record_text(vrd_region *region, const char *scenario, const char *text,
                                   size_t len, const char *who, const char *what, const char *why,
                                   size_t *number, vrd_err *err) VRD_MUST_USE;
// Adds a reason to a version that there is, as an entry "note".
vrd_status vrd_version_note(vrd_region *region, const char *scenario, size_t number,
                            const char *who, const char *why, vrd_err *err) VRD_MUST_USE;
// CONFIG when the scenario is locked and `text` is not the locked version, or when it says locked and
// the log has no lock (scenario.locked-changed, to diag). A broken log is an error when the text says locked, else a warning.
vrd_status vrd_version_check(vrd_region *region, const char *scenario, const char *text, size_t len,
                             vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// Every log of the folder and every scenario against its versions: problems to diag.
vrd_status vrd_versions_check(vrd_region *region, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// Writes a new text of the scenario: records the present one first, refuses a locked scenario
// (CONFIG: scenario.locked, says how to unlock) unless `unlocking` or the new text is the locked
// version itself, checks the new text by the schema
// (its problems to diag), writes it atomically and records it. A present text that was changed by
// hand is recorded as "found".
vrd_status vrd_scenario_write(vrd_region *region, const char *scenario, const char *text,
                              size_t len, bool unlocking, const char *who, const char *what,
                              const char *why, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// Makes a new scenario of a text whose name is `scenario`: checks it, refuses to overwrite
// (NOCREATE) and records it as its first version. USAGE when `scenario` is no name for a file.
vrd_status vrd_scenario_create(vrd_region *region, const char *scenario, const char *text,
                               size_t len, const char *who, const char *what, const char *why,
                               vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// The bytes of scenarios/NAME.yaml, whatever they are. NOINPUT suggests the nearest name.
vrd_status vrd_scenario_bytes(vrd_region *region, const char *scenario, const char **bytes,
                              size_t *len, vrd_err *err) VRD_MUST_USE;
// What differs between two texts of a scenario, assumption by assumption and key by key, as lines
// "~ id.key: old -> new", "+ id", "- id" and, with words about order and comments only, "no
// difference in meaning".
vrd_status vrd_scenario_diff(vrd_arena *mem, const char *a, size_t a_len, const char *b,
                             size_t b_len, vrd_buf *out, vrd_err *err) VRD_MUST_USE;
