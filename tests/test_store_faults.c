#define _XOPEN_SOURCE 700 // the kit: nftw, mkdtemp, P_tmpdir

#include "store_kit.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

// --- damage -------------------------------------------------------------------------------------

// Reads all of a store of put_some_runs: OK only when everything is right.
static vrd_status read_everything(void) {
	static const char *const order[] = {"77770000", "3fa22222", "3fa21111", "88880000"};
	vrd_store *opened = NULL;
	vrd_arena scratch;
	vrd_run_record *runs;
	size_t n;
	vrd_status rc;
	vrd_arena_init(&scratch, (size_t)64 << 20);
	VRD_TRY(vrd_store_open(path, false, &opened, &err));
	VRD_TRY(vrd_store_list(opened, &scratch, &runs, &n, &err));
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(runs[i].id, order[i]);
		assert_string_equal(runs[i].summary, "{\"draws\": 1000}");
		for (size_t p = 0; p < 2; p++) {
			const void *bytes;
			size_t length;
			VRD_TRY(vrd_store_part(opened, &scratch, order[i], two_parts[p].name,
			                       &bytes, &length, &err));
			assert_int_equal(length, two_parts[p].n);
			assert_memory_equal(bytes, two_parts[p].bytes, length);
		}
	}
out:
	vrd_store_close(opened);
	vrd_arena_clear(&scratch);
	return rc;
}

static void overwrite(const char *bytes, size_t n) {
	char side[310];
	FILE *const file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
	(void)snprintf(side, sizeof side, "%s-wal", path);
	(void)remove(side);
	(void)snprintf(side, sizeof side, "%s-shm", path);
	(void)remove(side);
}

static char *whole_store(size_t *n) {
	const char *bytes;
	put_some_runs();
	vrd_store_close(store);
	store = NULL;
	OK(vrd_file_read(&mem, path, 0, &bytes, n, &err));
	char *const copy = vrd_arena_alloc(&mem, *n, 1);
	assert_non_null(copy);
	memcpy(copy, bytes, *n);
	OK(read_everything());
	return copy;
}

// Every byte that can be wrong in the header, and every 13th of the rest, by three masks.
static void a_flipped_byte_is_damage_or_makes_no_difference(void **state) {
	(void)state;
	static const int masks[] = {0xff, 0x01, 0x40};
	size_t n, n_damaged = 0;
	char *const bytes = whole_store(&n);
	for (size_t i = 0; i < n; i += i < 112 ? 1 : 13) {
		const char was = bytes[i];
		if (i > 112 && was == 0 && i % 3 != 0)
			continue; // most of a small file is unused room
		bytes[i] = (char)(was ^ masks[i % 3]);
		overwrite(bytes, n);
		const vrd_status rc = read_everything();
		if (rc != VRD_OK && rc != VRD_STORE)
			print_message("byte %zu of %zu: %s\n", i, n, err.text);
		assert_true(rc == VRD_OK || rc == VRD_STORE);
		n_damaged += rc == VRD_STORE;
		if (rc == VRD_STORE)
			assert_int_equal(vrd_utf8_invalid_at(err.text, strlen(err.text)),
			                 strlen(err.text));
		bytes[i] = was;
	}
	assert_true(n_damaged > 50);
	overwrite(bytes, n);
	OK(read_everything());
}

// From 2 bytes: SQLite takes a file of one byte for an empty one.
static void a_shortened_file_is_damage(void **state) {
	(void)state;
	size_t n;
	char *const bytes = whole_store(&n);
	for (size_t length = 2; length < n; length += length < 4096 ? 381 : 4096 - length % 512) {
		overwrite(bytes, length);
		assert_int_equal(read_everything(), VRD_STORE);
		SAYS("made again");
	}
}

// The file is writable, so it is not a matter of permission.
static void a_header_that_forbids_writing_is_damage(void **state) {
	(void)state;
	const vrd_run_record run = record("abcd", "l", "s", "2026-01-01T00:00:00Z");
	size_t n;
	char *const bytes = whole_store(&n);
	bytes[18] = 9; // write version: read-only for every SQLite that knows versions 1 and 2
	overwrite(bytes, n);
	OK(vrd_store_open(path, false, &store, &err));
	assert_int_equal(vrd_store_put(store, &run, 2, two_parts, NULL, &err), VRD_STORE);
	SAYS("header forbids writing");
}

// What SQLite cannot see, the seals and checksums do.
static void a_change_behind_the_stores_back_is_damage(void **state) {
	(void)state;
	static const char *const changes[] = {
	        "UPDATE run SET label = 'better' WHERE id = '3fa21111'",
	        "UPDATE run SET summary_json = replace(summary_json, '1000', '9000')",
	        "UPDATE run SET seal = zeroblob(32)",
	        "UPDATE part SET name = 'results' WHERE seq = 1",
	        "UPDATE part SET size = size + 1 WHERE seq = 2",
	        "UPDATE part SET size = 1099511627776 WHERE seq = 1",
	        "UPDATE part SET checksum = zeroblob(32) WHERE seq = 1",
	        "UPDATE part SET bytes = zeroblob(40) WHERE seq = 1",
	        "UPDATE part SET bytes = x'' WHERE seq = 1",
	        "UPDATE part SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE seq = 1",
	        "UPDATE part SET bytes = (SELECT bytes FROM part WHERE seq = 2) WHERE seq = 1",
	        "DELETE FROM part WHERE seq = 8",
	        "INSERT INTO part SELECT 9, id, 'new', 1, seal, x'' FROM run LIMIT 1",
	        "DROP TABLE part",
	        "PRAGMA user_version = 0",
	        "PRAGMA user_version = -1",
	        "PRAGMA application_id = 0",
	};
	size_t n;
	char *const bytes = whole_store(&n);
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		overwrite(bytes, n);
		sql(changes[i]);
		const vrd_status rc = read_everything();
		if (rc != VRD_STORE)
			print_message("%s: %s\n", changes[i], err.text);
		assert_int_equal(rc, VRD_STORE);
		SAYS("delete it");
	}
}

// --- faults and races ---------------------------------------------------------------------------

enum { LARGE = 512 << 10, N_LARGE = 4 };

static vrd_status put_large(vrd_store *into, const char *id, const char *bytes, vrd_err *e) {
	vrd_part parts[N_LARGE];
	static const char *const names[N_LARGE] = {"a", "b", "c", "d"};
	const vrd_run_record run = record(id, "large", "basis", "2026-05-01T00:00:00Z");
	for (size_t i = 0; i < N_LARGE; i++)
		parts[i] = (vrd_part){names[i], bytes + i, LARGE - i};
	return vrd_store_put(into, &run, N_LARGE, parts, NULL, e);
}

static void assert_large_is_whole(const char *id, const char *bytes) {
	assert_part(id, "a", bytes, LARGE);
	assert_part(id, "d", bytes + 3, LARGE - 3);
	assert_part(id, "c", bytes + 2, LARGE - 2);
	assert_part(id, "b", bytes + 1, LARGE - 1);
}

static int64_t now_us(void) {
	struct timespec t;
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void a_process_killed_at_any_moment_leaves_the_run_whole_or_absent(void **state) {
	(void)state;
	enum { ROUNDS = 24 };
	const char *const bytes = noise(LARGE, 3);
	size_t n_whole = 1;
	size_t n_absent = 0;
	vrd_run_record run, *runs;
	size_t n;
	const int64_t begun = now_us();
	reopen();
	OK(put_large(store, "first", bytes, &err));
	vrd_store_close(store);
	store = NULL;
	const int64_t needed = now_us() - begun;
	for (int round = 0; round < ROUNDS; round++) {
		char id[32];
		int how;
		(void)snprintf(id, sizeof id, "killed-%02d", round);
		const pid_t child = fork();
		if (child == 0) {
			vrd_store *own = NULL;
			if (vrd_store_open(path, true, &own, NULL) != VRD_OK)
				_exit(1);
			_exit(put_large(own, id, bytes, NULL) == VRD_OK ? 0 : 1);
		}
		const int64_t pause = needed * round / (ROUNDS * 2 / 3);
		nanosleep(&(struct timespec){.tv_sec = pause / 1000000,
		                             .tv_nsec = pause % 1000000 * 1000},
		          NULL);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &how, 0), child);
		assert_true(WIFSIGNALED(how) || WEXITSTATUS(how) == 0);
		reopen();
		const vrd_status rc = vrd_store_find(store, &mem, id, &run, &err);
		if (rc == VRD_OK) {
			assert_large_is_whole(id, bytes);
			n_whole++;
		} else {
			assert_int_equal(rc, VRD_NOINPUT);
			n_absent++;
		}
		assert_int_equal(sql("SELECT count(*) FROM part"), (int64_t)n_whole * N_LARGE);
		assert_int_equal(sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check"),
		                 1);
	}
	assert_true(n_absent > 0); // the first round kills before anything can be written
	OK(vrd_store_list(store, &mem, &runs, &n, &err));
	assert_int_equal(n, n_whole);
	assert_large_is_whole("first", bytes);
}

// A disk that is full after `limit` bytes of a file. Exit 0 = what is expected.
static int put_with_full_disk(rlim_t limit, const char *bytes) {
	const pid_t child = fork();
	if (child == 0) {
		vrd_store *own = NULL;
		vrd_err why = {0};
		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit, limit}) != 0)
			_exit(1);
		vrd_status rc = vrd_store_open(path, true, &own, &why);
		if (rc == VRD_OK)
			rc = put_large(own, "large", bytes, &why);
		vrd_store_close(own);
		_exit(rc != VRD_IO ? 2 : strstr(why.text, "disk full") ? 0 : 3);
	}
	return wait_for(child);
}

static void a_full_disk_is_said_and_leaves_the_store_whole(void **state) {
	(void)state;
	static const rlim_t limits[] = {0, 1000, 40000, 100000, 1000000, 2000000};
	const char *const bytes = noise(LARGE, 4);
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		vrd_run_record *runs;
		size_t n;
		if (i > 0) // with limit 0 the store itself cannot be made
			assert_int_equal(sql("SELECT count(*) FROM part WHERE run_id = 'large'"),
			                 0);
		assert_int_equal(put_with_full_disk(limits[i], bytes), 0);
		reopen();
		if (i == 0)
			put("aaaa1", "one", "base", "2026-01-01T00:00:00Z");
		OK(vrd_store_list(store, &mem, &runs, &n, &err));
		assert_int_equal(n, 1);
		assert_part("aaaa1", "model", "m", 1);
		vrd_store_close(store);
		store = NULL;
	}
	reopen();
	OK(put_large(store, "large", bytes, &err));
	assert_large_is_whole("large", bytes);
}

// Four processes make the store and write the same run at once: one writes, three find it there.
static void processes_that_write_the_same_run_make_it_once(void **state) {
	(void)state;
	enum { WRITERS = 4, ROUNDS = 16 };
	for (int round = 0; round < ROUNDS; round++) {
		pid_t children[WRITERS];
		int gate[2];
		int n_existed = 0;
		(void)snprintf(path, sizeof path, "%s/%d/store.db", folder, round);
		assert_int_equal(pipe(gate), 0);
		for (int i = 0; i < WRITERS; i++) {
			children[i] = fork();
			if (children[i] != 0)
				continue;
			char c;
			vrd_store *own = NULL;
			bool existed = false;
			const vrd_run_record run = record("same", "l", "s", "2026-01-01T00:00:00Z");
			close(gate[1]);
			if (read(gate[0], &c, 1) != 0)
				_exit(9);
			if (vrd_store_open(path, true, &own, NULL) != VRD_OK)
				_exit(2);
			if (vrd_store_put(own, &run, 2, two_parts, &existed, NULL) != VRD_OK)
				_exit(3);
			vrd_store_close(own);
			_exit(existed);
		}
		close(gate[0]);
		close(gate[1]); // opens the gate: every child reads the end of the pipe
		for (int i = 0; i < WRITERS; i++) {
			const int code = wait_for(children[i]);
			assert_in_range(code, 0, 1);
			n_existed += code;
		}
		assert_int_equal(n_existed, WRITERS - 1);
		reopen();
		assert_part("same", "model", "m", 1);
		assert_int_equal(sql("SELECT count(*) FROM part"), 2);
	}
}

static void a_reader_sees_what_another_has_written_since(void **state) {
	(void)state;
	vrd_store *writer;
	vrd_run_record run;
	reopen();
	OK(vrd_store_open(path, false, &writer, &err));
	assert_int_equal(vrd_store_find(store, &mem, NULL, &run, &err), VRD_NOINPUT);
	const vrd_run_record made = record("abcd1234", "l", "s", "2026-01-01T00:00:00Z");
	OK(vrd_store_put(writer, &made, 2, two_parts, NULL, &err));
	OK(vrd_store_find(store, &mem, NULL, &run, &err));
	assert_string_equal(run.id, "abcd1234");
	vrd_store_close(writer);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        TEST(a_flipped_byte_is_damage_or_makes_no_difference),
	        TEST(a_shortened_file_is_damage),
	        TEST(a_header_that_forbids_writing_is_damage),
	        TEST(a_change_behind_the_stores_back_is_damage),
	        TEST(a_process_killed_at_any_moment_leaves_the_run_whole_or_absent),
	        TEST(a_full_disk_is_said_and_leaves_the_store_whole),
	        TEST(processes_that_write_the_same_run_make_it_once),
	        TEST(a_reader_sees_what_another_has_written_since),
	};
	return cmocka_run_group_tests_name("store_faults", tests, NULL, NULL);
}
