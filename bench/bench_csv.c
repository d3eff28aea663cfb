// Speed of the CSV codec on one core: a tidy file of five million rows and a wide population file,
// both made in memory. One line of JSON for each; the best of a few runs, in processor time, since
// other work on the machine is no business of the codec.
#include "cube/csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/banned.h"

static double cpu_ms(void) {
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static double peak_rss_mb(void) {
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024;
}

// 357 areas x 2 sexes x 106 ages x 66 years = 4 995 144 rows.
static void make_tidy(vrd_buf *out) {
	vrd_buf_puts(out, "area,sex,age,year,value\n");
	for (int area = 0; area < 357; area++) {
		for (int sex = 0; sex < 2; sex++) {
			for (int age = 0; age < 106; age++) {
				for (int year = 1985; year < 2051; year++)
					vrd_buf_printf(out, "%04d,%c,%d,%d,%d\n", 301 + 7 * area,
					               "FM"[sex], age, year,
					               (area * 977 + age * 31 + year) % 5000);
			}
		}
	}
}

static void make_wide(vrd_buf *out) {
	vrd_buf_puts(out, "area,year,sex");
	for (int age = 0; age < 106; age++)
		vrd_buf_printf(out, ",a%d", age);
	vrd_buf_putc(out, '\n');
	for (int area = 0; area < 146; area++) {
		for (int year = 2005; year < 2027; year++) {
			for (int sex = 0; sex < 2; sex++) {
				vrd_buf_printf(out, "%04d,%d,%c", 301 + 7 * area, year, "FM"[sex]);
				for (int age = 0; age < 106; age++)
					vrd_buf_printf(out, ",%d",
					               (area * 977 + age * 31 + year) % 500);
				vrd_buf_putc(out, '\n');
			}
		}
	}
}

static void run(const char *name, void (*make)(vrd_buf *), int times) {
	vrd_buf text = {0};
	vrd_err err;
	double best = HUGE_VAL;
	make(&text);
	if (text.failed)
		exit(71);
	for (int i = 0; i < times; i++) {
		vrd_arena mem = {0};
		vrd_cube cube;
		const double start = cpu_ms();
		if (vrd_csv_read(&mem, text.p, text.n, NULL, &cube, NULL, &err) != VRD_OK) {
			fprintf(stderr, "%s: %s\n", name, err.text);
			exit(70);
		}
		const double ms = cpu_ms() - start;
		best = ms < best ? ms : best;
		vrd_arena_clear(&mem);
	}
	printf("{\"name\":\"%s\",\"mb_per_s\":%.1f,\"ms\":%.2f,\"peak_rss_mb\":%.1f}\n", name,
	       (double)text.n / 1e6 / (best / 1e3), best, peak_rss_mb());
	vrd_buf_free(&text);
}

int main(void) {
	run("csv_read_wide", make_wide, 10);
	run("csv_read_tidy", make_tidy, 3);
	return 0;
}
