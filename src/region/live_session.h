// A live session: a scenario's results that follow the hand. An assumption's interval is moved, and the
// tables follow, with their uncertainty, without repeating what it does not touch (scenario/live.h).
//
// Nothing is written: what is settled on goes into the scenario's file, and a run of it gives the same
// numbers (to rounding, with the same seed and draws). Not thread-safe.
#pragma once

#include "region/region.h"
#include "scenario/live.h"

typedef struct vrd_session vrd_session;

// Opens a scenario: reads, builds and computes it once. Draws default to 1 000 (options->draws < 0);
// `axis`: "provider" or "area" (of the planning level). `region` is borrowed until the session is
// closed. LIMIT when the results of all draws pass 1 GB (about years x places x forms of care x
// measures x draws x 8 bytes; the assumptions' draws come besides).
vrd_status vrd_session_open(vrd_region *region, const char *scenario,
                            const vrd_run_options *options, const char *axis, vrd_session **out,
                            vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
void vrd_session_close(vrd_session *session); // NULL ok
size_t vrd_session_bytes(const vrd_session *session);

// Moves an assumption: its own law and bounds with these numbers (P10 and P90, or what the law is
// given by; `mode` is read by laws with three numbers, else NaN); low == high is a fixed number. A
// fixed assumption that gets an interval becomes a truncated normal. Refused as in a scenario's
// file, and when the shares of shifts, flows and catchments could pass all there is. Errors:
// NOINPUT for an unknown id (with the nearest). Nothing changes on failure.
vrd_status vrd_session_set(vrd_session *session, const char *id, double low, double mode,
                           double high, vrd_err *err) VRD_MUST_USE;
// Back to what the file says.
vrd_status vrd_session_reset(vrd_session *session, const char *id, vrd_err *err) VRD_MUST_USE;

// Table [by, year, stat] of a measure, or [year, stat] when `by` is NULL: by "care", or the session's
// axis. The sum over the dimension stands last, with the code "*". Small numbers are hidden, beds and
// bed days where the contacts are. `mem` owns it.
vrd_status vrd_session_table(vrd_session *session, vrd_arena *mem, const char *by,
                             vrd_measure measure, vrd_cube *out, vrd_err *err) VRD_MUST_USE;
