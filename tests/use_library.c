// A program of its own that uses the installed library: moves a slider and prints bed days before and
// after. Built by .ci/run with what pkg-config says; not part of the project's own build.
#include <stdio.h>
#include <varde.h>

static int say(const varde_error *error) {
	fprintf(stderr, "%s\n", error->text);
	return 1;
}

// The mean of the last year: [year, stat], five statistics a year.
static double last_mean(varde_live *live, varde_error *error) {
	varde_cube *cube = NULL;
	size_t n = 0;
	double mean = -1;
	if (varde_live_read(live, "bed_days", NULL, &cube, error) == VARDE_OK)
		mean = varde_cube_values(cube, &n)[n - 5];
	varde_cube_free(cube);
	return mean;
}

int main(int argc, char **argv) {
	const double interval[] = {0.05, 0.10};
	varde_error error = {0};
	varde_region *region = NULL;
	varde_live *live = NULL;
	if (argc < 3 || varde_open(argv[1], &region, &error) != VARDE_OK ||
	    varde_live_open(region, "main", 500, "provider", &live, &error) != VARDE_OK)
		return say(&error);
	const double before = last_mean(live, &error);
	if (varde_live_set(live, argv[2], 2, interval, &error) != VARDE_OK)
		return say(&error);
	const double after = last_mean(live, &error);
	printf("%.0f %.0f\n", before, after);
	varde_live_close(live);
	varde_close(region);
	return before > 0 && after > 0 && after < before ? 0 : 1;
}
