#include "store/record.h"

#include <string.h>

#include "base/banned.h"

enum {
	LEAST_PREFIX = 4,
	MAX_NAMED = 5, // runs that an error message names
};

void vrd_run_texts(const vrd_run_record *run, const char *texts[VRD_RUN_TEXTS]) {
	const char *const fields[VRD_RUN_TEXTS] = {run->id,      run->label,  run->scenario,
	                                           run->created, run->engine, run->summary};
	for (size_t i = 0; i < VRD_RUN_TEXTS; i++)
		texts[i] = fields[i] ? fields[i] : "";
}

vrd_status vrd_run_of_texts(vrd_arena *mem, const char *const texts[VRD_RUN_TEXTS],
                            vrd_run_record *out, vrd_err *err) {
	const char *copies[VRD_RUN_TEXTS];
	for (size_t i = 0; i < VRD_RUN_TEXTS; i++) {
		copies[i] = vrd_arena_strdup(mem, texts[i]);
		if (!copies[i])
			return vrd_no_memory(err, mem, strlen(texts[i]) + 1, 1);
	}
	*out = (vrd_run_record){.id = copies[0],
	                        .label = copies[1],
	                        .scenario = copies[2],
	                        .created = copies[3],
	                        .engine = copies[4],
	                        .summary = copies[5]};
	return VRD_OK;
}

void vrd_seal_begin(vrd_hasher *seal, const char *const texts[VRD_RUN_TEXTS]) {
	vrd_hasher_init(seal);
	for (size_t i = 0; i < VRD_RUN_TEXTS; i++)
		vrd_hasher_add(seal, texts[i], strlen(texts[i]));
}

void vrd_seal_part(vrd_hasher *seal, const char *name, uint64_t size, const vrd_hash *checksum) {
	vrd_hasher_add(seal, name, strlen(name));
	vrd_hasher_add_u64(seal, size);
	vrd_hasher_add(seal, checksum->bytes, sizeof checksum->bytes);
}

// --- choosing -----------------------------------------------------------------------------------

// The name that looks most like `which`, or NULL.
static const char *nearest_name(vrd_arena *mem, const vrd_run_record *runs, size_t n,
                                const char *which) {
	const char **const names = vrd_arena_alloc(mem, n, 3 * sizeof *names);
	if (!names)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		names[3 * i] = runs[i].label;
		names[3 * i + 1] = runs[i].scenario;
		names[3 * i + 2] = runs[i].id;
	}
	const size_t nearest = vrd_nearest(vrd_str_of(which), names, 3 * n);
	return nearest == SIZE_MAX ? NULL : names[nearest];
}

static vrd_status not_found(const vrd_run_record *runs, size_t n, const char *which, vrd_err *err) {
	if (n == 0)
		return vrd_fail(err, VRD_NOINPUT,
		                "the store has no runs yet: `varde run` makes one");
	vrd_arena scratch = {0};
	const char *const nearest = nearest_name(&scratch, runs, n, which);
	vrd_buf list = {0};
	for (size_t i = 0; i < n && i < MAX_NAMED; i++)
		vrd_buf_printf(&list, "%s%.12s \"%s\"", i > 0 ? ", " : "", runs[i].id,
		               runs[i].label);
	const char *const newest = list.p ? list.p : "";
	if (nearest)
		vrd_fail(err, VRD_NOINPUT,
		         "there is no run \"%s\": did you mean \"%s\"? The newest are %s", which,
		         nearest, newest);
	else
		vrd_fail(err, VRD_NOINPUT,
		         "there is no run \"%s\" (the beginning of an id has at least %d "
		         "characters): the newest are %s",
		         which, LEAST_PREFIX, newest);
	vrd_buf_free(&list);
	vrd_arena_clear(&scratch);
	return VRD_NOINPUT;
}

static bool same(const char *a, const char *b) {
	return strcmp(a, b) == 0;
}

// Whole names count before the beginning of an id: a label "2040" is not taken for a run whose id
// happens to begin with 2040.
vrd_status vrd_run_choose(const vrd_run_record *runs, size_t n, const char *which, size_t *out,
                          vrd_err *err) {
	if (n == 0 || !which || same(which, "latest")) {
		if (n == 0)
			return not_found(runs, n, which, err);
		*out = 0;
		return VRD_OK;
	}
	for (size_t i = 0; i < n; i++)
		if (same(runs[i].id, which)) {
			*out = i;
			return VRD_OK;
		}
	for (size_t i = 0; i < n; i++)
		if (same(runs[i].label, which) || same(runs[i].scenario, which)) {
			*out = i;
			return VRD_OK;
		}
	const size_t length = strlen(which);
	size_t found = n;
	for (size_t i = 0; length >= LEAST_PREFIX && i < n; i++) {
		if (strncmp(runs[i].id, which, length) != 0)
			continue;
		if (found < n)
			return vrd_fail(
			        err, VRD_DATA,
			        "\"%s\" is the beginning of several runs, among them %s and %s: "
			        "give more characters",
			        which, runs[found].id, runs[i].id);
		found = i;
	}
	if (found == n)
		return not_found(runs, n, which, err);
	*out = found;
	return VRD_OK;
}
