#include "region/run_open.h"

#include <jansson.h>

static vrd_status read_draws(const vrd_run_record *run, size_t n_threads, vrd_draws *out,
                             vrd_err *err) {
	json_t *root = json_loads(run->summary, 0, NULL);
	const json_t *n = json_object_get(root, "draws"), *seed = json_object_get(root, "seed");
	const bool good = json_is_integer(n) && json_is_integer(seed);
	if (good)
		*out = (vrd_draws){.n = (size_t)json_integer_value(n),
		                   .seed = (uint64_t)json_integer_value(seed),
		                   .n_threads = n_threads};
	json_decref(root);
	return good ? VRD_OK
	            : vrd_fail(err, VRD_STORE,
	                       "the summary of run %.12s cannot be read; delete .varde/store.db "
	                       "and run again",
	                       run->id);
}

static vrd_status read_parts(vrd_store *store, vrd_arena *mem, vrd_opened_run *run, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const void *bytes;
	size_t n;
	VRD_TRY(vrd_store_part(store, mem, run->record.id, "model", &bytes, &n, err));
	VRD_TRY(vrd_model_unpack(mem, bytes, n, &run->model, err));
	VRD_TRY(vrd_store_part(store, mem, run->record.id, "scenario", &bytes, &n, err));
	run->scenario = bytes;
	run->scenario_len = n;
out:
	return rc;
}

vrd_status vrd_run_open(vrd_region *region, const char *which, size_t n_threads,
                        vrd_opened_run *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_store *store = NULL;
	vrd_opened_run run = {0};
	const char *path = vrd_region_store_path(region, region->mem);
	if (!path)
		VRD_TRY(vrd_no_memory(err, region->mem, 64, 1));
	rc = vrd_store_open(path, false, &store, err);
	if (rc == VRD_NOINPUT)
		rc = vrd_fail(err, VRD_NOINPUT, "the region has no runs yet: `varde run %s`",
		              region->dir);
	VRD_TRY(rc);
	VRD_TRY(vrd_store_find(store, region->mem, which, &run.record, err));
	VRD_TRY(read_draws(&run.record, n_threads, &run.draws, err));
	VRD_TRY(read_parts(store, region->mem, &run, err));
	*out = run;
out:
	vrd_store_close(store);
	return rc;
}
