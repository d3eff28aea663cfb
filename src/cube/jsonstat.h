// JSON-stat 2 codec: what SSB's API speaks.
//
// Reading follows methods of the format (jsonstat.org 2.0): `index` as object, array or absent (one
// category), `value` dense or sparse, `status` as array, object or one text for all, roles, units,
// notes, child (-> parent). null or absent is MISSING, never 0. SSB's symbols become cell statuses.
// Refused with path and reason: wrong lengths, index not 0..n-1, duplicate codes, size 0,
// collections and old bundles, texts where numbers belong, numbers outside the double range.
#pragma once

#include "base/diag.h"
#include "cube/cube.h"

// Borrows bytes; `name` is for messages. Errors: DATA (with line:column for syntax, else the path).
vrd_status vrd_jsonstat_read(vrd_arena *mem, const char *bytes, size_t len, const char *name,
                             vrd_cube *out, vrd_err *err) VRD_MUST_USE;

// Streams the dataset: index as arrays, dense values with null, sparse status. read(write(c)) is c,
// with labels, units, notes and roles. Cost O(cells), no tree.
vrd_status vrd_jsonstat_write(const vrd_cube *cube, vrd_buf *out, vrd_err *err) VRD_MUST_USE;
