#include "varde.h"

#include "region/live_session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct varde_region {
	vrd_arena mem;
	vrd_region *region;
};

struct varde_cube {
	vrd_arena mem;
	vrd_cube cube;
};

static int give(vrd_status status, const vrd_err *from, varde_error *to) {
	if (status != VRD_OK && to) {
		to->status = (int)status;
		memcpy(to->text, from->text, sizeof to->text);
	}
	return (int)status;
}

const char *varde_version(void) {
	return VRD_VERSION;
}

int varde_open(const char *dir, varde_region **region, varde_error *error) {
	vrd_err err = {0};
	vrd_diag diag;
	varde_region *r = calloc(1, sizeof *r);
	if (!r)
		return give(vrd_fail(&err, VRD_NOMEM, "no memory for a region"), &err, error);
	vrd_diag_init(&diag, &r->mem, 0);
	const vrd_status rc = vrd_region_open(&r->mem, dir, &r->region, &diag, &err);
	if (rc == VRD_OK)
		*region = r;
	else
		varde_close(r);
	return give(rc, &err, error);
}

void varde_close(varde_region *region) {
	if (region)
		vrd_arena_clear(&region->mem);
	free(region);
}

int varde_run(varde_region *region, const char *scenario, int64_t draws, const char **id,
              varde_error *error) {
	vrd_err err = {0};
	vrd_diag diag;
	bool existed;
	vrd_diag_init(&diag, &region->mem, 0);
	const vrd_run_options options = {.draws = draws, .seed = -1};
	return give(vrd_region_run(region->region, scenario, &options, NULL, NULL, id, &existed,
	                           &diag, &err),
	            &err, error);
}

int varde_read(varde_region *region, const char *cube, const char *run, const char *where,
               const char *by, varde_cube **out, varde_error *error) {
	vrd_status rc = VRD_OK;
	vrd_err err = {0};
	vrd_diag diag;
	vrd_query query;
	vrd_suppression rule;
	varde_cube *x = calloc(1, sizeof *x);
	if (!x)
		VRD_TRY(vrd_fail(&err, VRD_NOMEM, "no memory for a cube"));
	vrd_diag_init(&diag, &region->mem, 0);
	VRD_TRY(vrd_query_parse(&x->mem, where ? 1 : 0, &where, by, &query, &err));
	query.cube = cube;
	query.run = run;
	VRD_TRY(vrd_region_query(region->region, &query, &x->cube, &rule, &diag, &err));
	VRD_TRY(vrd_cube_suppress(&x->mem, &x->cube, &rule, &x->cube, NULL, NULL, &err));
	*out = x;
	x = NULL;
out:
	varde_cube_free(x);
	return give(rc, &err, error);
}

void varde_cube_free(varde_cube *cube) {
	if (cube)
		vrd_arena_clear(&cube->mem);
	free(cube);
}

size_t varde_cube_n_dims(const varde_cube *cube) {
	return cube->cube.n_dims;
}

const char *varde_cube_dim_name(const varde_cube *cube, size_t dim) {
	return cube->cube.dims[dim]->name;
}

size_t varde_cube_dim_size(const varde_cube *cube, size_t dim) {
	return cube->cube.dims[dim]->n;
}

const char *varde_cube_code(const varde_cube *cube, size_t dim, size_t category) {
	return cube->cube.dims[dim]->cats[category].code;
}

const char *varde_cube_label(const varde_cube *cube, size_t dim, size_t category) {
	return cube->cube.dims[dim]->cats[category].label;
}

const double *varde_cube_values(const varde_cube *cube, size_t *n) {
	*n = cube->cube.n_cells;
	return cube->cube.values;
}

// --- live ---------------------------------------------------------------------------------------

struct varde_live {
	vrd_session *session;
};

int varde_live_open(varde_region *region, const char *scenario, int64_t draws, const char *axis,
                    varde_live **live, varde_error *error) {
	vrd_err err = {0};
	vrd_diag diag;
	varde_live *x = calloc(1, sizeof *x);
	if (!x)
		return give(vrd_fail(&err, VRD_NOMEM, "no memory for a session"), &err, error);
	vrd_diag_init(&diag, &region->mem, 0);
	const vrd_run_options options = {.draws = draws, .seed = -1};
	const vrd_status rc = vrd_session_open(region->region, scenario, &options, axis,
	                                       &x->session, &diag, &err);
	if (rc == VRD_OK)
		*live = x;
	else
		varde_live_close(x);
	return give(rc, &err, error);
}

void varde_live_close(varde_live *live) {
	if (live)
		vrd_session_close(live->session);
	free(live);
}

int varde_live_set(varde_live *live, const char *assumption, size_t n, const double *interval,
                   varde_error *error) {
	vrd_err err = {0};
	vrd_status rc;
	if (n > 3)
		rc = vrd_fail(&err, VRD_USAGE, "an interval has one to three numbers, not %zu", n);
	else if (n == 0)
		rc = vrd_session_reset(live->session, assumption, &err);
	else
		rc = vrd_session_set(live->session, assumption, interval[0],
		                     n == 3 ? interval[1] : NAN, interval[n - 1], &err);
	return give(rc, &err, error);
}

static vrd_status measure_of(const char *text, vrd_measure *out, vrd_err *err) {
	static const char *const names[VRD_N_MEASURES] = {"contacts", "bed_days", "beds"};
	for (vrd_measure m = 0; m < VRD_N_MEASURES; m++)
		if (strcmp(text, names[m]) == 0) {
			*out = m;
			return VRD_OK;
		}
	return vrd_fail(err, VRD_USAGE, "\"%s\" is no measure: contacts, bed_days or beds", text);
}

int varde_live_read(varde_live *live, const char *measure, const char *by, varde_cube **out,
                    varde_error *error) {
	vrd_status rc = VRD_OK;
	vrd_err err = {0};
	vrd_measure wanted = VRD_CONTACTS;
	varde_cube *x = calloc(1, sizeof *x);
	if (!x)
		VRD_TRY(vrd_fail(&err, VRD_NOMEM, "no memory for a cube"));
	VRD_TRY(measure_of(measure, &wanted, &err));
	VRD_TRY(vrd_session_table(live->session, &x->mem, by, wanted, &x->cube, &err));
	*out = x;
	x = NULL;
out:
	varde_cube_free(x);
	return give(rc, &err, error);
}
