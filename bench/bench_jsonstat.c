// Writes and reads a cube of 3 million cells as JSON-stat (300 areas x 2 sexes x 100 ages x 50
// years: counts, one in ten a decimal number, one in a hundred suppressed). Prints one line of
// JSON.
#include "cube/jsonstat.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "base/banned.h"

static double now_s(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double peak_mb(void) {
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024; // KiB on Linux
}

static vrd_status numbered(vrd_arena *mem, const char *name, size_t n, const vrd_dim **out,
                           vrd_err *err) {
	const char **codes;
	vrd_status rc;
	VRD_TRY(VRD_NEW(mem, codes, n));
	for (size_t i = 0; i < n; i++) {
		codes[i] = vrd_arena_printf(mem, "%04zu", i);
		if (codes[i] == NULL)
			return vrd_no_memory(err, mem, 5, 1);
	}
	VRD_TRY(vrd_dim_of_codes(mem, name, n, codes, out, err));
out:
	return rc;
}

static vrd_status make(vrd_arena *mem, vrd_cube *cube, vrd_err *err) {
	const vrd_dim *dims[4];
	vrd_status rc;
	VRD_TRY(numbered(mem, "area", 300, &dims[0], err));
	VRD_TRY(numbered(mem, "sex", 2, &dims[1], err));
	VRD_TRY(numbered(mem, "age", 100, &dims[2], err));
	VRD_TRY(vrd_dim_of_years(mem, 2001, 2050, &dims[3], err));
	VRD_TRY(vrd_cube_new(mem, 4, dims, cube, err));
	for (size_t i = 0; i < cube->n_cells; i++) {
		const size_t mixed = i * 2654435761u % 1000003;
		cube->values[i] = mixed % 10 == 0 ? (double)mixed / 7 : (double)(mixed % 5000);
		if (mixed % 100 == 1)
			VRD_TRY(vrd_cube_set_status(mem, cube, i, VRD_SUPPRESSED, err));
	}
out:
	return rc;
}

int main(void) {
	vrd_arena mem = {0};
	vrd_cube cube;
	vrd_cube copy;
	vrd_buf text = {0};
	vrd_err err = {VRD_OK, ""};
	vrd_status rc;
	VRD_TRY(make(&mem, &cube, &err));
	const double start = now_s();
	VRD_TRY(vrd_jsonstat_write(&cube, &text, &err));
	const double written = now_s();
	const double write_peak = peak_mb();
	VRD_TRY(vrd_jsonstat_read(&mem, text.p, text.n, "bench", &copy, &err));
	const double end = now_s();
	if (!vrd_cube_equal(&cube, &copy))
		VRD_TRY(vrd_fail(&err, VRD_INTERNAL, "the cube changed on the way"));
	const double mb = (double)text.n / 1e6;
	printf("{\"bench\":\"jsonstat\",\"cells\":%zu,\"mb\":%.1f,\"write_s\":%.3f,"
	       "\"write_mb_per_s\":%.0f,\"read_s\":%.3f,\"read_mb_per_s\":%.0f,"
	       "\"write_peak_rss_mb\":%.0f,\"peak_rss_mb\":%.0f}\n",
	       cube.n_cells, mb, written - start, mb / (written - start), end - written,
	       mb / (end - written), write_peak, peak_mb());
out:
	if (rc != VRD_OK)
		fprintf(stderr, "%s\n", err.text);
	vrd_buf_free(&text);
	vrd_arena_clear(&mem);
	return vrd_status_exit_code(rc);
}
