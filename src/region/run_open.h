// A stored run, opened: its record, the model that it was made of, and its draws.
#pragma once

#include "region/region.h"
#include "store/store.h"

// Fields are public, owned by the region's arena.
typedef struct {
	vrd_run_record record;
	vrd_model model;
	vrd_draws draws;
	const char *scenario; // its text, as it was run
	size_t scenario_len;
} vrd_opened_run;

// Opens a run by id, prefix, label or scenario (NULL: the latest). NOINPUT when there is none (says
// how to make one), STORE when what is stored cannot be read.
vrd_status vrd_run_open(vrd_region *region, const char *which, size_t n_threads,
                        vrd_opened_run *out, vrd_err *err) VRD_MUST_USE;
