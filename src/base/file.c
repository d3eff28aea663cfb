#include "base/file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

static const size_t default_max_bytes = (size_t)512 << 20;

// Fails with what the system said: `verb` is "read", "create" ...; `otherwise` is the status of
// errors that are not about permission.
static vrd_status fail_errno(vrd_err *err, int code, vrd_status otherwise, const char *verb,
                             const char *path) {
	char reason[128];
	if (strerror_r(code, reason, sizeof reason) != 0)
		snprintf(reason, sizeof reason, "error %d", code);
	const bool denied = code == EACCES || code == EPERM || code == EROFS;
	return vrd_fail(err, denied ? VRD_NOPERM : otherwise, "cannot %s %s: %s", verb, path,
	                reason);
}

// Status of a failed call that makes a name: a full disk is IO, anything else is about the name.
static vrd_status create_status(int code) {
	return code == ENOSPC || code == EDQUOT || code == EIO || code == ENOMEM ? VRD_IO
	                                                                         : VRD_NOCREATE;
}

// Reads up to `size` bytes; *got is less only at the end of the file. An errno, 0 = fine.
static int read_all(int fd, char *bytes, size_t size, size_t *got) {
	*got = 0;
	while (*got < size) {
		const ssize_t n = read(fd, bytes + *got, size - *got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return 0;
}

vrd_status vrd_file_read(vrd_arena *mem, const char *path, size_t max_bytes, const char **bytes,
                         size_t *len, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t limit = max_bytes == 0 ? default_max_bytes : max_bytes;
	// O_NONBLOCK: opening a FIFO must not wait for a writer.
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return fail_errno(err, errno,
		                  errno == ENOENT || errno == ENOTDIR ? VRD_NOINPUT : VRD_IO,
		                  "read", path);
	struct stat st;
	if (fstat(fd, &st) != 0)
		VRD_TRY(fail_errno(err, errno, VRD_IO, "read", path));
	if (!S_ISREG(st.st_mode))
		VRD_TRY(vrd_fail(err, VRD_NOINPUT, "cannot read %s: it is %s", path,
		                 S_ISDIR(st.st_mode) ? "a folder" : "not a regular file"));
	if ((uintmax_t)st.st_size > limit)
		VRD_TRY(vrd_fail(err, VRD_LIMIT,
		                 "%s is %jd bytes, more than the limit of %zu bytes "
		                 "(max_input_bytes in region.yaml raises it)",
		                 path, (intmax_t)st.st_size, limit));
	const size_t size = (size_t)st.st_size;
	char *text;
	VRD_TRY(VRD_NEW(mem, text, size + 1));
	size_t got;
	const int code = read_all(fd, text, size, &got);
	if (code != 0)
		VRD_TRY(fail_errno(err, code, VRD_IO, "read", path));
	*bytes = text;
	*len = got;
out:
	close(fd);
	return rc;
}

static int write_all(int fd, const char *bytes, size_t len) {
	while (len > 0) {
		const ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

// The folder part of a path, owned by `mem`.
static char *folder_of(vrd_arena *mem, const char *path) {
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return vrd_arena_strdup(mem, ".");
	return vrd_arena_strndup(mem, path, slash == path ? 1 : (size_t)(slash - path));
}

// Opens a new file beside `path`. Not mkstemp: it gives mode 600, and the umask, which a new file
// shall follow, can only be asked for by changing it, which other threads would notice.
static int open_temporary(vrd_arena *mem, const char *path, mode_t mode, char **name) {
	const char *slash = strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;
	const int folder = (int)(base - path);
	for (unsigned i = 0; i < 1000; i++) {
		char *candidate = vrd_arena_printf(mem, "%.*s.%.200s.%ld-%u.tmp", folder, path,
		                                   base, (long)getpid(), i);
		if (candidate == NULL) {
			errno = ENOMEM;
			return -1;
		}
		const int fd = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST) {
			*name = candidate;
			return fd;
		}
	}
	return -1;
}

// Makes a rename last through a power cut. Some file systems cannot sync a folder; readers then
// still see the old file or the new one, so the answer does not matter.
static void sync_folder(const char *folder) {
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

vrd_status vrd_file_write_atomic(const char *path, const char *bytes, size_t len, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena local = {0};
	vrd_arena *mem = &local;
	char *temporary = NULL;
	int fd = -1;
	struct stat st;
	const bool exists = stat(path, &st) == 0;
	if (exists && !S_ISREG(st.st_mode))
		return vrd_fail(err, VRD_NOCREATE, "cannot write %s: it is %s", path,
		                S_ISDIR(st.st_mode) ? "a folder" : "not a regular file");
	char *folder = folder_of(mem, path);
	if (folder == NULL) {
		rc = vrd_no_memory(err, mem, strlen(path) + 1, 1);
		goto out;
	}
	// Narrow until it has the old file's mode: what was private is never readable to others.
	fd = open_temporary(mem, path, exists ? S_IRUSR | S_IWUSR : 0644, &temporary);
	if (fd < 0) {
		temporary = NULL;
		VRD_TRY(fail_errno(err, errno, create_status(errno), "create", path));
	}
	if (exists && fchmod(fd, st.st_mode & 07777) != 0)
		VRD_TRY(fail_errno(err, errno, VRD_IO, "write", path));
	int code = write_all(fd, bytes, len);
	if (code == 0 && fsync(fd) != 0)
		code = errno;
	if (code != 0)
		VRD_TRY(fail_errno(err, code, VRD_IO, "write", path));
	const int closed = close(fd);
	fd = -1;
	if (closed != 0)
		VRD_TRY(fail_errno(err, errno, VRD_IO, "write", path));
	if (rename(temporary, path) != 0)
		VRD_TRY(fail_errno(err, errno, create_status(errno), "create", path));
	temporary = NULL;
	sync_folder(folder);
out:
	if (fd >= 0)
		close(fd);
	if (temporary != NULL)
		unlink(temporary);
	vrd_arena_clear(mem);
	return rc;
}

// One folder; its parent exists. An errno, 0 = it is there.
static int make_one(const char *path) {
	if (mkdir(path, 0777) == 0)
		return 0;
	const int code = errno;
	struct stat st;
	// Not only EEXIST: a read-only file system answers EROFS for a folder that is there.
	if (stat(path, &st) != 0)
		return code;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

vrd_status vrd_dir_make(const char *path, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena local = {0};
	vrd_arena *mem = &local;
	char *part = vrd_arena_strdup(mem, path);
	if (part == NULL) {
		rc = vrd_no_memory(err, mem, strlen(path) + 1, 1);
		goto out;
	}
	for (char *p = part; *p != '\0'; p++) {
		if (*p != '/' || p == part || p[-1] == '/')
			continue;
		*p = '\0';
		const int code = make_one(part);
		if (code != 0)
			VRD_TRY(fail_errno(err, code, create_status(code), "make folder", part));
		*p = '/';
	}
	const int code = make_one(part);
	if (code != 0)
		VRD_TRY(fail_errno(err, code, create_status(code), "make folder", path));
out:
	vrd_arena_clear(mem);
	return rc;
}

bool vrd_path_exists(const char *path) {
	struct stat st;
	return stat(path, &st) == 0;
}

char *vrd_path_join(vrd_arena *mem, const char *dir, const char *name) {
	const size_t n = strlen(dir);
	if (name[0] == '/' || n == 0)
		return vrd_arena_strdup(mem, name);
	return vrd_arena_printf(mem, dir[n - 1] == '/' ? "%s%s" : "%s/%s", dir, name);
}

static int by_bytes(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool ends_in(const char *name, const char *suffix) {
	const size_t n = strlen(name);
	const size_t m = suffix == NULL ? 0 : strlen(suffix);
	return m == 0 || (n >= m && memcmp(name + n - m, suffix, m) == 0);
}

vrd_status vrd_dir_list(vrd_arena *mem, const char *dir, const char *suffix, const char ***names,
                        size_t *n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char **list = NULL;
	size_t count = 0;
	size_t capacity = 16;
	DIR *stream = opendir(dir);
	if (stream == NULL && errno != ENOENT)
		return fail_errno(err, errno, errno == ENOTDIR ? VRD_NOINPUT : VRD_IO, "list", dir);
	VRD_TRY(VRD_NEW(mem, list, capacity));
	while (stream != NULL) {
		errno = 0;
		const struct dirent *entry = readdir(stream);
		if (entry == NULL && errno != 0)
			VRD_TRY(fail_errno(err, errno, VRD_IO, "list", dir));
		if (entry == NULL)
			break;
		if (entry->d_name[0] == '.' || !ends_in(entry->d_name, suffix))
			continue;
		if (count == capacity) {
			const char **larger;
			VRD_TRY(VRD_NEW(mem, larger, 2 * capacity));
			memcpy(larger, list, count * sizeof *list);
			list = larger;
			capacity *= 2;
		}
		list[count] = vrd_arena_strdup(mem, entry->d_name);
		if (list[count] == NULL)
			VRD_TRY(vrd_no_memory(err, mem, strlen(entry->d_name) + 1, 1));
		count++;
	}
	qsort(list, count, sizeof *list, by_bytes);
	*names = list;
	*n = count;
out:
	if (stream != NULL)
		closedir(stream);
	return rc;
}
