// Terminal charts out of block characters.
#include "cube/table.h"

#include <math.h>

#include "base/banned.h"

// U+2581..U+2588 rise from below, U+258F..U+2588 grow from the left: both end in E2 96 xx.
static void put_block(vrd_buf *out, unsigned char last) {
	const char bytes[] = {'\xE2', '\x96', (char)last};
	vrd_buf_add(out, bytes, sizeof bytes);
}

void vrd_sparkline(vrd_buf *out, const double *values, size_t n, bool from_zero) {
	double lo = INFINITY, hi = -INFINITY;
	for (size_t i = 0; i < n; i++)
		if (isfinite(values[i])) {
			lo = fmin(lo, values[i]);
			hi = fmax(hi, values[i]);
		}
	const bool flat = !(hi > lo);
	if (from_zero) {
		lo = fmin(lo, 0);
		hi = fmax(hi, 0);
	}
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(values[i])) {
			vrd_buf_putc(out, ' ');
			continue;
		}
		// Halves keep the span of the largest doubles finite.
		const double share = flat ? 0.5 : (values[i] / 2 - lo / 2) / (hi / 2 - lo / 2);
		const unsigned step = (unsigned)fmin(floor(share * 8), 7);
		put_block(out, (unsigned char)(0x81 + (flat ? 3 : step)));
	}
}

void vrd_bar(vrd_buf *out, double value, double max, size_t width) {
	if (!(fabs(value) > 0 && max > 0) || !isfinite(max) || width == 0)
		return;
	const double share = fmin(fabs(value) / max, 1);
	// What is not zero shows.
	size_t eighths = (size_t)fmax(round(share * (double)width * 8), 1);
	if (value < 0) {
		for (size_t i = 0; i < (eighths + 7) / 8; i++)
			put_block(out, 0x91);
		return;
	}
	for (; eighths >= 8; eighths -= 8)
		put_block(out, 0x88);
	if (eighths > 0)
		put_block(out, (unsigned char)(0x90 - eighths));
}
