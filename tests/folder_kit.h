// What tests of region folders share: an empty folder for each test, files in it, and a picture of
// all that is in it. One test program is one process, so the state is static.
#pragma once

#include "base/file.h"
#include "region/import.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static vrd_arena mem;
static vrd_err err;
static vrd_diag diag;
static vrd_buf report;
static char *folder;     // of the test
static char *region_dir; // folder/region

static inline char *in_folder(const char *name) {
	return vrd_path_join(&mem, folder, name);
}

static inline char *in_region(const char *name) {
	return vrd_path_join(&mem, region_dir, name);
}

static inline int start(void **state) {
	(void)state;
	const char *const base = getenv("TMPDIR");
	vrd_arena_init(&mem, 0);
	vrd_diag_init(&diag, &mem, 0);
	err = (vrd_err){0};
	folder = vrd_arena_printf(&mem, "%s/varde-test-XXXXXX", base ? base : P_tmpdir);
	if (!folder || !mkdtemp(folder))
		return -1;
	region_dir = in_folder("region");
	return 0;
}

static inline void remove_tree(const char *path) {
	DIR *stream = opendir(path);
	if (!stream) {
		(void)unlink(path);
		return;
	}
	for (const struct dirent *entry; (entry = readdir(stream)) != NULL;)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_tree(vrd_path_join(&mem, path, entry->d_name));
	(void)closedir(stream);
	(void)rmdir(path);
}

static inline int stop(void **state) {
	(void)state;
	remove_tree(folder);
	vrd_buf_free(&report);
	vrd_arena_clear(&mem);
	return 0;
}

#define OK(call) assert_int_equal((call), VRD_OK)

static inline void assert_says(const char *text, const char *part) {
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" does not say \"%s\"", text ? text : "", part);
}

// Writes folder/name, with the folders on the way.
static inline const char *file_of(const char *name, const char *bytes, size_t len) {
	char *path = in_folder(name), *dir = vrd_arena_strdup(&mem, path);
	*strrchr(dir, '/') = 0;
	OK(vrd_dir_make(dir, &err));
	OK(vrd_file_write_atomic(path, bytes, len, &err));
	return path;
}

static inline const char *text_file(const char *name, const char *text) {
	return file_of(name, text, strlen(text));
}

static inline const char *text_of(const char *path) {
	const char *bytes = "";
	size_t len;
	OK(vrd_file_read(&mem, path, 0, &bytes, &len, &err));
	return bytes;
}

// Every file below a folder with its content, hidden ones too, as one text.
static inline void picture_into(const char *path, vrd_buf *out) {
	struct dirent **entries;
	const int n = scandir(path, &entries, NULL, alphasort);
	vrd_buf_printf(out, "[%s]\n", path);
	if (n < 0)
		vrd_buf_puts(out, text_of(path));
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			picture_into(vrd_path_join(&mem, path, name), out);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static inline const char *picture(void) {
	vrd_buf out = {0};
	picture_into(region_dir, &out);
	const char *text = vrd_arena_strndup(&mem, out.p, out.n);
	vrd_buf_free(&out);
	return text;
}

static inline vrd_region *opened(void) {
	vrd_region *region = NULL;
	vrd_diag_init(&diag, &mem, 0);
	if (vrd_region_open(&mem, region_dir, &region, &diag, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return region;
}

// An import of folder/file as one kind; nothing else is said.
static inline vrd_import_options import_of(const char *file, const char *as) {
	return (vrd_import_options){.file = file, .as = as, .weight = NAN, .suppress = -1};
}

static inline vrd_status try_import(const vrd_import_options *options) {
	vrd_region *region = opened();
	vrd_buf_reset(&report);
	return vrd_region_import(region, options, &report, &diag, &err);
}

static inline void import_ok(const vrd_import_options *options) {
	if (try_import(options) != VRD_OK)
		fail_msg("%s", err.text);
}

#define TEXTS(...)                                                                                 \
	(const char *const[]) {                                                                    \
		__VA_ARGS__                                                                        \
	}
