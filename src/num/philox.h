// Philox4x64-10 with its whole counter and key: private to this room, for the stream and its
// known-answer test.
#pragma once

#include <stdint.h>

void vrd_philox_block(const uint64_t counter[4], const uint64_t key[2], uint64_t out[4]);
