#define _XOPEN_SOURCE 700 // P_tmpdir

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

// Each test has an arena and an empty folder of its own, which is removed with all that is in it.
typedef struct {
	vrd_arena mem;
	char *dir;
} fixture;

static void remove_tree(vrd_arena *mem, const char *path) {
	DIR *stream = opendir(path);
	if (stream == NULL) {
		unlink(path);
		return;
	}
	for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_tree(mem, vrd_path_join(mem, path, entry->d_name));
	}
	closedir(stream);
	rmdir(path);
}

static int setup(void **state) {
	fixture *f = calloc(1, sizeof *f);
	const char *base = getenv("TMPDIR");
	f->dir = vrd_arena_printf(&f->mem, "%s/varde-test-XXXXXX", base != NULL ? base : P_tmpdir);
	*state = f;
	return mkdtemp(f->dir) == NULL ? -1 : 0;
}

static int teardown(void **state) {
	fixture *f = *state;
	remove_tree(&f->mem, f->dir);
	vrd_arena_clear(&f->mem);
	free(f);
	return 0;
}

static char *in(fixture *f, const char *name) {
	return vrd_path_join(&f->mem, f->dir, name);
}

static void assert_content(fixture *f, const char *path, const char *expected) {
	const char *bytes = NULL;
	size_t len = 0;
	assert_int_equal(vrd_file_read(&f->mem, path, 0, &bytes, &len, NULL), VRD_OK);
	assert_int_equal(len, strlen(expected));
	assert_string_equal(bytes, expected);
}

static void write_text(const char *path, const char *text) {
	assert_int_equal(vrd_file_write_atomic(path, text, strlen(text), NULL), VRD_OK);
}

static size_t count_entries(const char *dir) {
	size_t n = 0;
	DIR *stream = opendir(dir);
	assert_non_null(stream);
	while (readdir(stream) != NULL)
		n++;
	closedir(stream);
	return n - 2; // "." and ".."
}

static unsigned mode_of(const char *path) {
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777U;
}

static void what_is_written_is_read(void **state) {
	fixture *f = *state;
	const char *path = in(f, "a.bin");
	const char *bytes;
	size_t len;
	assert_int_equal(vrd_file_write_atomic(path, "a\0\xFFz", 4, NULL), VRD_OK);
	assert_int_equal(vrd_file_read(&f->mem, path, 4, &bytes, &len, NULL), VRD_OK);
	assert_int_equal(len, 4);
	assert_memory_equal(bytes, "a\0\xFFz", 5); // and a NUL behind the end
	assert_int_equal(vrd_file_write_atomic(path, NULL, 0, NULL), VRD_OK);
	assert_content(f, path, "");
	assert_int_equal(count_entries(f->dir), 1);
}

static void absent_file_is_named(void **state) {
	fixture *f = *state;
	vrd_err err = {0};
	const char *bytes = "untouched";
	size_t len = 7;
	const char *path = in(f, "no.csv");
	assert_int_equal(vrd_file_read(&f->mem, path, 0, &bytes, &len, &err), VRD_NOINPUT);
	assert_non_null(strstr(err.text, "no.csv: No such file"));
	assert_string_equal(bytes, "untouched");
	assert_int_equal(len, 7);
}

static void folders_and_pipes_are_not_read(void **state) {
	fixture *f = *state;
	vrd_err err = {0};
	const char *bytes;
	size_t len;
	assert_int_equal(vrd_file_read(&f->mem, f->dir, 0, &bytes, &len, &err), VRD_NOINPUT);
	assert_non_null(strstr(err.text, "it is a folder"));
	const char *pipe_path = in(f, "fifo");
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	assert_int_equal(vrd_file_read(&f->mem, pipe_path, 0, &bytes, &len, &err), VRD_NOINPUT);
	assert_non_null(strstr(err.text, "not a regular file"));
}

static void enormous_file_is_refused_before_anything_is_allocated(void **state) {
	fixture *f = *state;
	vrd_err err = {0};
	const char *bytes;
	size_t len;
	const char *path = in(f, "sparse");
	const int fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	const int truncated = ftruncate(fd, (off_t)1 << 40);
	close(fd);
	if (truncated != 0)
		skip(); // a file system without sparse files of 1 TiB
	const size_t used = f->mem.used;
	assert_int_equal(vrd_file_read(&f->mem, path, 0, &bytes, &len, &err), VRD_LIMIT);
	assert_int_equal(f->mem.used, used);
	assert_non_null(strstr(err.text, "1099511627776 bytes"));
	assert_non_null(strstr(err.text, "limit of 536870912 bytes"));
}

static void limit_is_the_largest_size_that_is_read(void **state) {
	fixture *f = *state;
	const char *path = in(f, "four");
	const char *bytes;
	size_t len;
	write_text(path, "1234");
	assert_int_equal(vrd_file_read(&f->mem, path, 3, &bytes, &len, NULL), VRD_LIMIT);
	assert_int_equal(vrd_file_read(&f->mem, path, 4, &bytes, &len, NULL), VRD_OK);
}

static void reading_keeps_to_the_memory_budget(void **state) {
	fixture *f = *state;
	vrd_arena small;
	vrd_err err = {0};
	const char *bytes;
	size_t len;
	const char *path = in(f, "text");
	write_text(path, "more than sixteen bytes of text");
	vrd_arena_init(&small, 16);
	assert_int_equal(vrd_file_read(&small, path, 0, &bytes, &len, &err), VRD_NOMEM);
	vrd_arena_clear(&small);
}

static void new_file_follows_the_umask(void **state) {
	fixture *f = *state;
	const char *path = in(f, "new");
	const mode_t old = umask(027);
	write_text(path, "x");
	umask(old);
	assert_int_equal(mode_of(path), 0640);
}

static void old_file_keeps_its_mode(void **state) {
	fixture *f = *state;
	const char *path = in(f, "users.yaml");
	const unsigned modes[] = {0600, 0664, 0444};
	for (size_t i = 0; i < 3; i++) {
		write_text(path, "old");
		assert_int_equal(chmod(path, modes[i]), 0);
		write_text(path, "new");
		assert_int_equal(mode_of(path), modes[i]);
		assert_content(f, path, "new");
	}
}

// Runs in a child process, because limits on files and the user are the whole process's.
static vrd_status write_in_child(const char *path, size_t len, rlim_t file_limit, bool as_nobody) {
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit limit = {file_limit, file_limit};
		char *bytes = malloc(len);
		int code = 255;
		signal(SIGXFSZ, SIG_IGN);
		if (bytes != NULL && setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
		    (!as_nobody || geteuid() != 0 || setuid(65534) == 0)) {
			memset(bytes, 'n', len);
			code = (int)vrd_file_write_atomic(path, bytes, len, NULL);
		}
		free(bytes);
		_exit(code);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), 255);
	return (vrd_status)WEXITSTATUS(status);
}

static void failed_write_leaves_the_old_file_and_nothing_else(void **state) {
	fixture *f = *state;
	const char *path = in(f, "plan.yaml");
	write_text(path, "old");
	assert_int_equal(write_in_child(path, 100000, 4096, false), VRD_IO);
	assert_content(f, path, "old");
	assert_int_equal(count_entries(f->dir), 1);
	assert_int_equal(write_in_child(path, 4096, 4096, false), VRD_OK);
}

static void folder_without_permission_is_told(void **state) {
	fixture *f = *state;
	const char *path = in(f, "plan.yaml");
	write_text(path, "old");
	assert_int_equal(chmod(f->dir, 0555), 0);
	assert_int_equal(write_in_child(path, 10, RLIM_INFINITY, true), VRD_NOPERM);
	assert_int_equal(chmod(f->dir, 0700), 0);
	assert_content(f, path, "old");
	assert_int_equal(count_entries(f->dir), 1);
}

static void what_is_not_a_file_is_not_replaced(void **state) {
	fixture *f = *state;
	vrd_err err = {0};
	struct stat st;
	assert_int_equal(vrd_file_write_atomic("/dev/full", "x", 1, &err), VRD_NOCREATE);
	assert_string_equal(err.text, "cannot write /dev/full: it is not a regular file");
	assert_int_equal(stat("/dev/full", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_int_equal(vrd_file_write_atomic(f->dir, "x", 1, &err), VRD_NOCREATE);
	assert_int_equal(vrd_file_write_atomic(in(f, "no/such/folder"), "x", 1, &err),
	                 VRD_NOCREATE);
	assert_int_equal(count_entries(f->dir), 0);
}

static void temporary_names_that_are_taken_are_passed_over(void **state) {
	fixture *f = *state;
	const char *path = in(f, "a");
	for (int i = 0; i < 3; i++) {
		char *taken =
		        vrd_arena_printf(&f->mem, "%s/.a.%ld-%d.tmp", f->dir, (long)getpid(), i);
		write_text(taken, "left over from a crash");
	}
	write_text(path, "x");
	assert_content(f, path, "x");
	assert_int_equal(count_entries(f->dir), 4);
}

static void readers_see_the_old_file_or_the_new_one(void **state) {
	fixture *f = *state;
	enum { size = 50000, rounds = 40 };
	const char *path = in(f, "cube.csv");
	char *bytes = malloc(size);
	memset(bytes, 'a', size);
	assert_int_equal(vrd_file_write_atomic(path, bytes, size, NULL), VRD_OK);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int failed = 0;
		for (int i = 0; i < rounds && !failed; i++) {
			memset(bytes, i % 2 == 0 ? 'b' : 'a', size);
			failed = vrd_file_write_atomic(path, bytes, size, NULL) != VRD_OK;
		}
		_exit(failed);
	}
	int status = 0;
	while (waitpid(child, &status, WNOHANG) == 0) {
		const char *seen;
		size_t len;
		vrd_arena mem = {0};
		assert_int_equal(vrd_file_read(&mem, path, 0, &seen, &len, NULL), VRD_OK);
		assert_int_equal(len, size);
		assert_true(seen[0] == 'a' || seen[0] == 'b');
		memset(bytes, seen[0], size);
		assert_memory_equal(seen, bytes, size);
		vrd_arena_clear(&mem);
	}
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	free(bytes);
}

static void folders_are_made_with_their_parents(void **state) {
	fixture *f = *state;
	vrd_err err = {0};
	struct stat st;
	const char *path = in(f, "a/b//c/");
	assert_int_equal(vrd_dir_make(path, &err), VRD_OK);
	assert_int_equal(vrd_dir_make(path, &err), VRD_OK); // it is there: fine
	assert_int_equal(vrd_dir_make("/", &err), VRD_OK);
	assert_int_equal(stat(in(f, "a/b/c"), &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	write_text(in(f, "file"), "x");
	assert_int_equal(vrd_dir_make(in(f, "file"), &err), VRD_NOCREATE);
	assert_int_equal(vrd_dir_make(in(f, "file/below"), &err), VRD_NOCREATE);
	assert_non_null(strstr(err.text, "/file: Not a directory"));
	assert_int_equal(vrd_dir_make("", &err), VRD_NOCREATE);
}

static void paths_are_joined_with_one_slash(void **state) {
	fixture *f = *state;
	assert_string_equal(vrd_path_join(&f->mem, "region", "data"), "region/data");
	assert_string_equal(vrd_path_join(&f->mem, "region/", "data"), "region/data");
	assert_string_equal(vrd_path_join(&f->mem, "region", "/data"), "/data");
	assert_string_equal(vrd_path_join(&f->mem, "", "data"), "data");
	assert_string_equal(vrd_path_join(&f->mem, "/", "data"), "/data");
	assert_true(vrd_path_exists(f->dir));
	assert_false(vrd_path_exists(in(f, "no")));
}

static void names_are_listed_in_byte_order_without_hidden_ones(void **state) {
	fixture *f = *state;
	const char **names;
	size_t n;
	for (int i = 39; i >= 0; i--)
		write_text(in(f, vrd_arena_printf(&f->mem, "%02d.csv", i)), "");
	write_text(in(f, "B.csv"), "");
	write_text(in(f, ".hidden.csv"), "");
	write_text(in(f, "a.yaml"), "");
	write_text(in(f, "sv"), "");
	assert_int_equal(vrd_dir_list(&f->mem, f->dir, ".csv", &names, &n, NULL), VRD_OK);
	assert_int_equal(n, 41);
	for (size_t i = 0; i + 1 < n; i++)
		assert_true(strcmp(names[i], names[i + 1]) < 0);
	assert_string_equal(names[40], "B.csv");
	assert_int_equal(vrd_dir_list(&f->mem, f->dir, "", &names, &n, NULL), VRD_OK);
	assert_int_equal(n, 43);
}

static void absent_folder_is_an_empty_list(void **state) {
	fixture *f = *state;
	const char **names = NULL;
	size_t n = 7;
	vrd_err err = {0};
	assert_int_equal(vrd_dir_list(&f->mem, in(f, "no"), ".csv", &names, &n, &err), VRD_OK);
	assert_int_equal(n, 0);
	assert_non_null(names);
	write_text(in(f, "file"), "x");
	assert_int_equal(vrd_dir_list(&f->mem, in(f, "file"), "", &names, &n, &err), VRD_NOINPUT);
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
	        FILE_TEST(what_is_written_is_read),
	        FILE_TEST(absent_file_is_named),
	        FILE_TEST(folders_and_pipes_are_not_read),
	        FILE_TEST(enormous_file_is_refused_before_anything_is_allocated),
	        FILE_TEST(limit_is_the_largest_size_that_is_read),
	        FILE_TEST(reading_keeps_to_the_memory_budget),
	        FILE_TEST(new_file_follows_the_umask),
	        FILE_TEST(old_file_keeps_its_mode),
	        FILE_TEST(failed_write_leaves_the_old_file_and_nothing_else),
	        FILE_TEST(folder_without_permission_is_told),
	        FILE_TEST(what_is_not_a_file_is_not_replaced),
	        FILE_TEST(temporary_names_that_are_taken_are_passed_over),
	        FILE_TEST(readers_see_the_old_file_or_the_new_one),
	        FILE_TEST(folders_are_made_with_their_parents),
	        FILE_TEST(paths_are_joined_with_one_slash),
	        FILE_TEST(names_are_listed_in_byte_order_without_hidden_ones),
	        FILE_TEST(absent_folder_is_an_empty_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
