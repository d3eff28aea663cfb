// varde: the planning engine for health regions, as a C library.
//
// A small subset of what the command line uses: open a region folder, run a scenario, read cubes.
// Every function returns VARDE_OK (0) or a status whose text is in the error. Objects are opaque
// and belong to the caller until they are closed. Not thread-safe for one region; different regions
// may be used from different threads.
//
//	varde_region *region;
//	varde_error error;
//	if (varde_open("my-region", &region, &error) == VARDE_OK &&
//	    varde_run(region, "main", 10000, &id, &error) == VARDE_OK)
//		...
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VARDE_OK 0

// What went wrong: NUL-terminated UTF-8 with rule, value, place and remedy.
typedef struct {
	int status;
	char text[1024];
} varde_error;

typedef struct varde_region varde_region;
typedef struct varde_cube varde_cube;

const char *varde_version(void);

// Opens a region folder; close with varde_close. `dir` must live as long as the region, and cubes
// may not be used after it.
int varde_open(const char *dir, varde_region **region, varde_error *error);
void varde_close(varde_region *region); // NULL ok

// Runs a scenario (draws < 0: the scenario's own number) and stores it; the same run is not
// computed twice. *id is the run's id, borrowed until varde_close.
int varde_run(varde_region *region, const char *scenario, int64_t draws, const char **id,
              varde_error *error);

// Reads a cube as `varde show` does, privacy suppression included. `where` and `levels` may be
// NULL. where: "year=2026,2040;care=day"; by: "area,year". run NULL: the latest. Free with
// varde_cube_free.
int varde_read(varde_region *region, const char *cube, const char *run, const char *where,
               const char *by, varde_cube **out, varde_error *error);
void varde_cube_free(varde_cube *cube); // NULL ok

// Dimensions in the order of `by`; the last runs fastest. Texts are borrowed from the cube.
size_t varde_cube_n_dims(const varde_cube *cube);
const char *varde_cube_dim_name(const varde_cube *cube, size_t dim);
size_t varde_cube_dim_size(const varde_cube *cube, size_t dim);
const char *varde_cube_code(const varde_cube *cube, size_t dim, size_t category);
const char *varde_cube_label(const varde_cube *cube, size_t dim, size_t category);
// Values; NaN where a cell has no number (missing, or hidden for privacy).
const double *varde_cube_values(const varde_cube *cube, size_t *n);

// --- live -------------------------------------------------------------------------------------

// A scenario's results that follow the hand: move an assumption, and read the table again. Nothing is
// written. See src/region/live_session.h for the exact rules.
typedef struct varde_live varde_live;

// draws < 0: 1 000. axis: "provider" or "area". The region must outlive it.
int varde_live_open(varde_region *region, const char *scenario, int64_t draws, const char *axis,
                    varde_live **live, varde_error *error);
void varde_live_close(varde_live *live); // NULL ok
// Numbers as in `interval:` of the scenario: one (P10 and P90 the same), two, or three with the middle
// one second (mode, or P50 of a metalog). n 0: back to what the file says.
int varde_live_set(varde_live *live, const char *assumption, size_t n, const double *interval,
                   varde_error *error);
// [by, year, stat] of "contacts", "bed_days" or "beds"; by: "care", the axis, or NULL: [year, stat].
// The sum has the code "*". Free with varde_cube_free.
int varde_live_read(varde_live *live, const char *measure, const char *by, varde_cube **out,
                    varde_error *error);

#ifdef __cplusplus
}
#endif
