// Doubles compared as doubles; cmocka's assert_float_equal rounds to float first. The tolerance of
// assert_near is absolute, that of assert_close a share of what is expected. Include after cmocka.h.
#pragma once

#include <math.h>

#define assert_near(actual, expected, tolerance)                                                   \
	near_or_fail((actual), (expected), (tolerance), __FILE__, __LINE__)
#define assert_close(actual, expected, relative)                                                   \
	close_or_fail((actual), (expected), (relative), __FILE__, __LINE__)

static inline void near_or_fail(double actual, double expected, double tolerance, const char *file,
                                int line) {
	if (!(fabs(actual - expected) <= tolerance)) {
		print_error("%.17g instead of %.17g\n", actual, expected);
		_fail(file, line);
	}
}

static inline void close_or_fail(double actual, double expected, double relative, const char *file,
                                 int line) {
	near_or_fail(actual, expected, relative * fabs(expected), file, line);
}
