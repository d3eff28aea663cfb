// What the benches share: a clock, the peak of memory, and JSON lines of name, value and unit.
// Seconds are of the clock; cpu_seconds are those of all threads.
#pragma once

#include "base/mem.h"
#include "cube/cube.h"
#include "num/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static inline void need(bool holds, const char *what) {
	if (holds)
		return;
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

#define RUN(call)                                                                                  \
	do {                                                                                       \
		vrd_err err = {0};                                                                 \
		need((call) == VRD_OK, err.text);                                                  \
	} while (0)

static inline double seconds_of(clockid_t clock) {
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline void print(const char *name, const char *what, double value, const char *unit) {
	printf("{\"name\": \"%s_%s\", \"value\": %.4g, \"unit\": \"%s\"}\n", name, what, value,
	       unit);
	fflush(stdout);
}

typedef struct {
	double wall, cpu;
} stopwatch;

static inline stopwatch start(void) {
	return (stopwatch){seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
}

static inline stopwatch elapsed(stopwatch since) {
	const stopwatch now = start();
	return (stopwatch){now.wall - since.wall, now.cpu - since.cpu};
}

static inline void print_peak(const char *name) {
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	print(name, "peak", (double)use.ru_maxrss / 1024, "MB");
}

static inline void print_run(const char *name, stopwatch took) {
	print(name, "seconds", took.wall, "s");
	print(name, "cpu_seconds", took.cpu, "s");
	print_peak(name);
}

static inline double unit_random(uint64_t what, uint64_t i) {
	return vrd_uniform(1, what, i, 0);
}

static inline void *room(vrd_arena *mem, size_t n, size_t size) {
	void *p = vrd_arena_alloc(mem, n, size);
	need(p != NULL, "no memory");
	return p;
}

static inline const vrd_dim *numbered(vrd_arena *mem, const char *name, size_t n,
                                      const char *format) {
	const char **codes = room(mem, n, sizeof *codes);
	const vrd_dim *dim;
	for (size_t i = 0; i < n; i++)
		codes[i] = vrd_arena_printf(mem, "%s%zu", format, i);
	RUN(vrd_dim_of_codes(mem, name, n, codes, &dim, &err));
	return dim;
}
