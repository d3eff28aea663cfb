#include "num/hash.h"

#include <sodium/crypto_generichash_blake2b.h>

#include <assert.h>
#include <string.h>

// The hasher keeps libsodium's state where the header shows bytes only.
static_assert(sizeof(crypto_generichash_blake2b_state) == sizeof(vrd_hasher), "state size");
static_assert(_Alignof(vrd_hasher) >= _Alignof(crypto_generichash_blake2b_state), "alignment");

// libsodium refuses only lengths that cannot occur here, hence the asserts.

static crypto_generichash_blake2b_state *state_of(vrd_hasher *hasher) {
	return (crypto_generichash_blake2b_state *)hasher->state;
}

static void add_raw(vrd_hasher *hasher, const void *bytes, size_t n) {
	const int rc = crypto_generichash_blake2b_update(state_of(hasher), bytes, n);
	assert(rc == 0);
}

vrd_hash vrd_hash_bytes(const void *bytes, size_t n) {
	vrd_hash hash;
	const int rc = crypto_generichash_blake2b(hash.bytes, sizeof hash.bytes, bytes, n, NULL, 0);
	assert(rc == 0);
	return hash;
}

uint64_t vrd_hash_id(vrd_str text) {
	const vrd_hash hash = vrd_hash_bytes(text.p, text.n);
	uint64_t id = 0;
	for (int i = 0; i < 8; ++i)
		id |= (uint64_t)hash.bytes[i] << (8 * i);
	return id;
}

void vrd_hash_hex(const vrd_hash *hash, char out[2 * VRD_HASH_BYTES + 1]) {
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < VRD_HASH_BYTES; ++i) {
		out[2 * i] = digits[hash->bytes[i] >> 4];
		out[2 * i + 1] = digits[hash->bytes[i] & 15];
	}
	out[2 * VRD_HASH_BYTES] = '\0';
}

void vrd_hasher_init(vrd_hasher *hasher) {
	const int rc = crypto_generichash_blake2b_init(state_of(hasher), NULL, 0, VRD_HASH_BYTES);
	assert(rc == 0);
}

void vrd_hasher_add(vrd_hasher *hasher, const void *bytes, size_t n) {
	vrd_hasher_add_u64(hasher, n);
	if (n > 0)
		add_raw(hasher, bytes, n);
}

// A length that no text can have stands for "no text".
void vrd_hasher_add_text(vrd_hasher *hasher, const char *text) {
	if (text == NULL)
		vrd_hasher_add_u64(hasher, UINT64_MAX);
	else
		vrd_hasher_add(hasher, text, strlen(text));
}

void vrd_hasher_add_u64(vrd_hasher *hasher, uint64_t value) {
	uint8_t bytes[8];
	for (int i = 0; i < 8; ++i)
		bytes[i] = (uint8_t)(value >> (8 * i));
	add_raw(hasher, bytes, sizeof bytes);
}

void vrd_hasher_add_double(vrd_hasher *hasher, double value) {
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	vrd_hasher_add_u64(hasher, bits);
}

vrd_hash vrd_hasher_finish(vrd_hasher *hasher) {
	vrd_hash hash;
	const int rc =
	        crypto_generichash_blake2b_final(state_of(hasher), hash.bytes, sizeof hash.bytes);
	assert(rc == 0);
	return hash;
}
