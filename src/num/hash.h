// BLAKE2b (libsodium): ids of runs and of random streams.
#pragma once

#include "base/text.h"

#define VRD_HASH_BYTES 32
typedef struct {
	uint8_t bytes[VRD_HASH_BYTES];
} vrd_hash;

// First 8 bytes of BLAKE2b-256 of the text, little-endian.
uint64_t vrd_hash_id(vrd_str text);
vrd_hash vrd_hash_bytes(const void *bytes, size_t n);
// Lower-case hex; out needs 2 * VRD_HASH_BYTES + 1.
void vrd_hash_hex(const vrd_hash *hash, char out[2 * VRD_HASH_BYTES + 1]);

// Incremental: add fields, each with its length, so that ("ab","c") and ("a","bc") differ. Opaque.
typedef struct {
	_Alignas(64) uint8_t state[384];
} vrd_hasher;
void vrd_hasher_init(vrd_hasher *hasher);
void vrd_hasher_add(vrd_hasher *hasher, const void *bytes, size_t n);
void vrd_hasher_add_text(vrd_hasher *hasher, const char *text); // NULL differs from ""
void vrd_hasher_add_u64(vrd_hasher *hasher, uint64_t value);    // little-endian
void vrd_hasher_add_double(vrd_hasher *hasher, double value);   // bits, little-endian
vrd_hash vrd_hasher_finish(vrd_hasher *hasher);
