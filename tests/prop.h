// Properties: laws that must hold for every input, tried on generated ones.
//
//	static bool sums_are_kept(prop_gen *gen) {
//	        size_t n = prop_size(gen);              // 1 .. gen->size
//	        ...
//	        PROP_HOLDS(gen, before == after, "before %g, after %g", before, after);
//	        return true;
//	}
//	prop_check("sums are kept", sums_are_kept, 200, 12);
//
// Cases grow from size 1 to the given size. A law that fails is tried at half the size, and half of
// that, with the same seed and a few others; the smallest failure is printed with its seed and
// size. VRD_PROP_SEED and VRD_PROP_SIZE run that one case again; VRD_PROP_SEED alone begins
// elsewhere. Everything a law makes belongs to gen->mem, which is cleared after the case.
//
// What follows `condition` in PROP_HOLDS is a printf format and its values. Include after cmocka.h.
#pragma once

#include "base/mem.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	uint64_t state;
	size_t size;
	vrd_arena mem;
	char why[512]; // of the law that failed
} prop_gen;

typedef bool prop_law(prop_gen *gen);

// SplitMix64 (Steele, Lea and Flood 2014): every state gives one number, so a seed is a case.
static inline uint64_t prop_u64(prop_gen *gen) {
	uint64_t z = gen->state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

// 0 .. n - 1; the bias of the remainder is of no matter here.
static inline size_t prop_below(prop_gen *gen, size_t n) {
	return (size_t)(prop_u64(gen) % n);
}

static inline size_t prop_size(prop_gen *gen) {
	return 1 + prop_below(gen, gen->size);
}

static inline bool prop_chance(prop_gen *gen, double p) {
	return (double)(prop_u64(gen) >> 11) * 0x1p-53 < p;
}

static inline double prop_unit(prop_gen *gen) {
	return (double)(prop_u64(gen) >> 11) * 0x1p-53;
}

// A whole number in [from, to], as a double: sums of these are exact.
static inline double prop_whole(prop_gen *gen, int64_t from, int64_t to) {
	return (double)(from + (int64_t)prop_below(gen, (size_t)(to - from) + 1));
}

// A random order of 0 .. n - 1.
static inline void prop_shuffle(prop_gen *gen, size_t *order, size_t n) {
	for (size_t i = 0; i < n; i++) {
		const size_t j = prop_below(gen, i + 1);
		order[i] = order[j];
		order[j] = i;
	}
}

// Notes why a law failed; false, so that `return prop_refute(...)` reads well.
static inline VRD_PRINTF(3, 4) bool prop_refute(prop_gen *gen, const char *condition,
                                                const char *format, ...) {
	va_list args;
	const int n = snprintf(gen->why, sizeof gen->why, "%.200s: ", condition);
	va_start(args, format);
	(void)vsnprintf(gen->why + n, sizeof gen->why - (size_t)n, format, args);
	va_end(args);
	return false;
}

#define PROP_HOLDS(gen, condition, ...)                                                            \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return prop_refute(gen, #condition, __VA_ARGS__);                          \
	} while (0)

typedef struct {
	uint64_t seed;
	size_t size;
	char why[512];
} prop_failure;

// Runs one case; on failure fills *found.
static inline bool prop_case(prop_law *law, uint64_t seed, size_t size, prop_failure *found) {
	prop_gen gen = {.state = seed, .size = size};
	const bool holds = law(&gen);
	if (!holds) {
		found->seed = seed;
		found->size = size;
		memcpy(found->why, gen.why, sizeof found->why);
	}
	vrd_arena_clear(&gen.mem);
	return holds;
}

static inline uint64_t prop_environment(const char *name, uint64_t otherwise) {
	const char *text = getenv(name);
	return text != NULL ? strtoull(text, NULL, 0) : otherwise;
}

// True when the law held in every case; else *found is the smallest failure that was found.
static inline bool prop_search(prop_law *law, size_t n_cases, size_t max_size, uint64_t seed,
                               prop_failure *found) {
	bool holds = true;
	for (size_t c = 0; c < n_cases && holds; c++)
		holds = prop_case(law, seed + c, 1 + c * max_size / n_cases, found);
	for (size_t size = holds ? 0 : found->size / 2; size > 0; size /= 2) {
		const uint64_t first = found->seed;
		bool smaller = false;
		for (uint64_t k = 0; k < 32 && !smaller; k++)
			smaller = !prop_case(law, first + k, size, found);
	}
	return holds;
}

static inline void prop_check(const char *name, prop_law *law, size_t n_cases, size_t max_size) {
	prop_failure found;
	const uint64_t seed = prop_environment("VRD_PROP_SEED", 1);
	const size_t size = (size_t)prop_environment("VRD_PROP_SIZE", 0);
	const bool holds = size > 0 ? prop_case(law, seed, size, &found)
	                            : prop_search(law, n_cases, max_size, seed, &found);
	if (!holds)
		fail_msg("%s does not hold (VRD_PROP_SEED=%llu VRD_PROP_SIZE=%zu): %s", name,
		         (unsigned long long)found.seed, found.size, found.why);
}
