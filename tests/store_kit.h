// What the tests of the store share: an empty folder for each test, a store in it, runs to put, and
// a look behind the store's back. One test program is one process, so the state is static.
#pragma once

#include "base/file.h"
#include "store/store.h"

#include <ftw.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[256];
static char path[300]; // folder/.varde/store.db
static vrd_arena mem;
static vrd_err err;
static vrd_store *store;

static inline int start(void **state) {
	(void)state;
	const char *const base = getenv("TMPDIR");
	(void)snprintf(folder, sizeof folder, "%s/varde-test-XXXXXX", base ? base : P_tmpdir);
	if (!mkdtemp(folder))
		return -1;
	(void)snprintf(path, sizeof path, "%s/.varde/store.db", folder);
	vrd_arena_init(&mem, 0);
	err = (vrd_err){0};
	store = NULL;
	return 0;
}

static inline int remove_one(const char *name, const struct stat *info, int kind,
                             struct FTW *walk) {
	(void)info;
	(void)kind;
	(void)walk;
	return remove(name);
}

static inline int stop(void **state) {
	(void)state;
	vrd_store_close(store);
	vrd_arena_clear(&mem);
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#define OK(call) assert_int_equal((call), VRD_OK)
#define SAYS(text_part) assert_non_null(strstr(err.text, (text_part)))

static inline void reopen(void) {
	vrd_store_close(store);
	store = NULL;
	OK(vrd_store_open(path, true, &store, &err));
}

static inline vrd_run_record record(const char *id, const char *label, const char *scenario,
                                    const char *created) {
	return (vrd_run_record){.id = id,
	                        .label = label,
	                        .scenario = scenario,
	                        .created = created,
	                        .engine = "0.1.0",
	                        .summary = "{\"draws\": 1000}"};
}

static const vrd_part two_parts[] = {{"result/activity", "activity of the run", 19},
                                     {"model", "m", 1}};

static inline void put(const char *id, const char *label, const char *scenario,
                       const char *created) {
	const vrd_run_record run = record(id, label, scenario, created);
	bool existed = true;
	OK(vrd_store_put(store, &run, 2, two_parts, &existed, &err));
	assert_false(existed);
}

static inline void assert_part(const char *id, const char *name, const void *bytes, size_t n) {
	const void *found = NULL;
	size_t length = 0;
	OK(vrd_store_part(store, &mem, id, name, &found, &length, &err));
	assert_int_equal(length, n);
	assert_memory_equal(found, bytes, n);
}

// SQL on the file behind the store's back; the first column of the last row.
static inline int64_t sql(const char *text) {
	sqlite3 *db;
	sqlite3_stmt *statement;
	int64_t value = 0;
	int code;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 10000);
	while (*text) {
		assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, &text), SQLITE_OK);
		while (statement && (code = sqlite3_step(statement)) != SQLITE_DONE) {
			assert_int_equal(code, SQLITE_ROW);
			value = sqlite3_column_int64(statement, 0);
		}
		sqlite3_finalize(statement);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return value;
}

// Bytes that do not compress, the same for the same seed.
static char *noise(size_t n, uint64_t seed) {
	char *const bytes = vrd_arena_alloc(&mem, n, 1);
	assert_non_null(bytes);
	for (size_t i = 0; i < n; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		bytes[i] = (char)(seed >> 56);
	}
	return bytes;
}

static inline int wait_for(pid_t child) {
	int how;
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFEXITED(how));
	return WEXITSTATUS(how);
}

static inline void put_some_runs(void) {
	reopen();
	put("3fa21111", "Uten tiltak", "basis", "2026-01-01T00:00:00Z");
	put("3fa22222", "Hjemmesykehus", "satsing", "2026-02-01T00:00:00Z");
	put("77770000", "Uten tiltak", "basis", "2026-03-01T00:00:00Z");
	put("88880000", "3fa2", "kapasitet", "2025-01-01T00:00:00Z");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
