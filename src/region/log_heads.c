// Heads of logs: what the last line was when varde wrote it, kept beside the store.
#include "region/log.h"

#include "base/file.h"
#include "num/hash.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

static const char folder[] = ".varde/log-heads";
static const char suffix[] = ".json";
static const char remedy[] = "restore the log from a copy; or delete this log's file in "
                             ".varde/log-heads, and the log counts as it stands";

typedef struct {
	size_t n; // 0: there is none
	char hash[2 * VRD_HASH_BYTES + 1];
} head;

static char *path_of(vrd_arena *mem, const char *dir, const char *name) {
	const char *file = vrd_arena_printf(mem, "%s/%s%s", folder, name, suffix);
	return file == NULL ? NULL : vrd_path_join(mem, dir, file);
}

// What cannot be read says nothing: the store's folder may be deleted at any time.
static head read_head(vrd_arena *mem, const char *dir, const char *name) {
	head out = {0};
	const char *bytes, *hash, *path = path_of(mem, dir, name);
	size_t len;
	json_int_t n;
	if (path == NULL || !vrd_path_exists(path) ||
	    vrd_file_read(mem, path, 4096, &bytes, &len, NULL) != VRD_OK)
		return out;
	json_t *root = json_loadb(bytes, len, 0, NULL);
	if (json_unpack(root, "{s:I, s:s}", "n", &n, "hash", &hash) == 0 && n > 0 &&
	    strlen(hash) == sizeof out.hash - 1) {
		out.n = (size_t)n;
		memcpy(out.hash, hash, sizeof out.hash);
	}
	json_decref(root);
	return out;
}

// The hash of line `n` of a log's bytes is `hash`.
static bool has_line(const char *bytes, size_t len, size_t n, const char *hash) {
	vrd_str rest = {bytes, len}, line = {0};
	char hex[2 * VRD_HASH_BYTES + 1];
	for (size_t i = 0; i < n; i++)
		if (rest.n == 0 || !vrd_str_split(&rest, '\n', &line))
			return false;
	const vrd_hash own = vrd_hash_bytes(line.p, line.n);
	vrd_hash_hex(&own, hex);
	return strcmp(hex, hash) == 0;
}

void vrd_log_keep_head(vrd_arena *mem, const char *dir, const char *name, const char *bytes,
                       size_t len, size_t n, const char *hash) {
	const head old = read_head(mem, dir, name);
	const char *own = vrd_path_join(mem, dir, folder), *path = path_of(mem, dir, name);
	const char *text = vrd_arena_printf(mem, "{\"n\": %zu, \"hash\": \"%s\"}\n", n, hash);
	if (own == NULL || path == NULL || text == NULL ||
	    (old.n > 0 && !has_line(bytes, len, old.n, old.hash)))
		return; // what was changed must still show
	if (vrd_dir_make(own, NULL) == VRD_OK)
		(void)!vrd_file_write_atomic(path, text, strlen(text), NULL);
}

static vrd_status check_one(vrd_arena *mem, const char *dir, const char *name, vrd_diag *diag,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_entry *entries;
	size_t n;
	vrd_diag own;
	const char *file = vrd_log_path(mem, name);
	const head kept = read_head(mem, dir, name);
	vrd_diag_init(&own, mem, 0);
	if (file == NULL)
		return vrd_no_memory(err, mem, strlen(name), 1);
	if (kept.n == 0)
		return VRD_OK;
	VRD_TRY(vrd_log_read(mem, dir, name, &entries, &n, &own, err));
	if (own.n_errors > 0) // a broken chain is told by who reads it
		return VRD_OK;
	if (n < kept.n)
		vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = file}, "log.cut", remedy,
		             "the log has %zu %s, and had %zu when varde last wrote to it", n,
		             n == 1 ? "entry" : "entries", kept.n);
	else if (strcmp(entries[kept.n - 1].hash, kept.hash) != 0)
		vrd_diag_add(diag, VRD_ERROR, (vrd_place){.file = file, .line = kept.n}, "log.cut",
		             remedy, "the line is not what varde wrote");
out:
	return rc;
}

vrd_status vrd_log_check_heads(vrd_arena *mem, const char *dir, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char **names, *own = vrd_path_join(mem, dir, folder);
	size_t n;
	if (own == NULL)
		VRD_TRY(vrd_no_memory(err, mem, strlen(dir), 1));
	VRD_TRY(vrd_dir_list(mem, own, suffix, &names, &n, err));
	for (size_t i = 0; i < n; i++) {
		const char *name =
		        vrd_arena_strndup(mem, names[i], strlen(names[i]) - strlen(suffix));
		if (name == NULL)
			VRD_TRY(vrd_no_memory(err, mem, strlen(names[i]), 1));
		VRD_TRY(check_one(mem, dir, name, diag, err));
	}
out:
	return rc;
}
