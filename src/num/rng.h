// Random numbers as a function of identity: Philox4x64-10 (Salmon, Moraes, Dror, Shaw, 2011).
//
// A draw is f(seed, what, draw, slot): key = (seed, 0), counter = (what, draw, slot, 0). Nothing
// is stored, so the order, the number of threads and the other draws never matter. `what` is
// vrd_hash_id of a text such as an assumption's id. Thread-safe, no state.
#pragma once

#include "base/status.h"

#include <stdint.h>

// The four 64-bit words of one Philox block.
void vrd_philox(uint64_t seed, uint64_t what, uint64_t draw, uint64_t slot, uint64_t out[4]);
// ((word 0 >> 12) + 0.5) 2^-52, strictly inside (0, 1).
double vrd_uniform(uint64_t seed, uint64_t what, uint64_t draw, uint64_t slot);
double vrd_uniform_of(uint64_t word);

// A stream for samplers that need several words for one draw: block numbers go in counter word 3.
// Fields are private; make one per (what, draw, slot).
typedef struct {
	uint64_t seed, what, draw, slot, block;
	uint64_t words[4];
	unsigned n_left;
} vrd_stream;
vrd_stream vrd_stream_of(uint64_t seed, uint64_t what, uint64_t draw, uint64_t slot);
double vrd_stream_uniform(vrd_stream *stream);

// Exact samplers. Poisson: sequential inversion below mean 10, else PTRS (Hörmann 1993, Insurance:
// Mathematics and Economics 12:39). Binomial: inversion below n min(p,1-p) = 10, else BTRS
// (Hörmann 1993, J. Stat. Comput. Simul. 46:101). Gamma: Marsaglia and Tsang 2000, shape < 1 by
// the power of a uniform. Preconditions: mean >= 0 and finite; n >= 0, 0 <= p <= 1; shape >= 0.
int64_t vrd_poisson(vrd_stream *stream, double mean);
int64_t vrd_binomial(vrd_stream *stream, int64_t n, double p);
double vrd_gamma(vrd_stream *stream, double shape, double scale);
double vrd_normal(vrd_stream *stream); // by the inverse of the distribution function
