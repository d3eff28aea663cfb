#include "num/rng.h"

#include "num/philox.h"

#include <Random123/philox.h>

void vrd_philox_block(const uint64_t counter[4], const uint64_t key[2], uint64_t out[4]) {
	const philox4x64_ctr_t c = {{counter[0], counter[1], counter[2], counter[3]}};
	const philox4x64_key_t k = {{key[0], key[1]}};
	const philox4x64_ctr_t r = philox4x64_R(10, c, k);
	for (int i = 0; i < 4; ++i)
		out[i] = r.v[i];
}

void vrd_philox(uint64_t seed, uint64_t what, uint64_t draw, uint64_t slot, uint64_t out[4]) {
	vrd_philox_block((const uint64_t[4]){what, draw, slot, 0}, (const uint64_t[2]){seed, 0},
	                 out);
}

// 52 bits and a half: with 53 the top value would round to 1. The grid is symmetric, so 1 - u is
// exact and is a value of the grid as well.
double vrd_uniform_of(uint64_t word) {
	return ((double)(word >> 12) + 0.5) * 0x1p-52;
}

double vrd_uniform(uint64_t seed, uint64_t what, uint64_t draw, uint64_t slot) {
	uint64_t words[4];
	vrd_philox(seed, what, draw, slot, words);
	return vrd_uniform_of(words[0]);
}

vrd_stream vrd_stream_of(uint64_t seed, uint64_t what, uint64_t draw, uint64_t slot) {
	return (vrd_stream){.seed = seed, .what = what, .draw = draw, .slot = slot};
}

double vrd_stream_uniform(vrd_stream *stream) {
	if (stream->n_left == 0) {
		vrd_philox_block((const uint64_t[4]){stream->what, stream->draw, stream->slot,
		                                     stream->block++},
		                 (const uint64_t[2]){stream->seed, 0}, stream->words);
		stream->n_left = 4;
	}
	return vrd_uniform_of(stream->words[4 - stream->n_left--]);
}
