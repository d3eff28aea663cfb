#include "region/log.h"

#include "base/file.h"
#include "num/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"

static const size_t most_bytes = (size_t)512 << 20;
static const char remedy[] = "restore the file from a copy, or rename it: a new log begins";

char *vrd_log_path(vrd_arena *mem, const char *name) {
	return vrd_arena_printf(mem, "log/%s.jsonl", name);
}

// --- lines --------------------------------------------------------------------------------------

typedef enum { WHOLE, NO_ENTRY, OUT_OF_CHAIN } line_state;

// What the next line must be: its number, and the hash of the line before.
typedef struct {
	size_t n;
	char prev[2 * VRD_HASH_BYTES + 1]; // "" before the first
} chain;

static void follow(chain *c, vrd_str line) {
	const vrd_hash hash = vrd_hash_bytes(line.p, line.n);
	c->n++;
	vrd_hash_hex(&hash, c->prev);
}

// Fills `out` (its texts owned by `mem`) when the line is the entry that `c` waits for.
static vrd_status read_entry(vrd_arena *mem, vrd_str line, chain *c, vrd_entry *out,
                             line_state *state, vrd_err *err) {
	vrd_status rc = VRD_OK;
	json_int_t n = 0;
	const char *time, *who, *what, *prev;
	json_t *data;
	char *text = NULL;
	json_t *root = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
	*state = NO_ENTRY;
	if (json_unpack(root, "{s:I, s:s, s:s, s:s, s:o, s:s !}", "n", &n, "time", &time, "who",
	                &who, "what", &what, "data", &data, "prev", &prev) != 0 ||
	    !json_is_object(data))
		goto out;
	*state = OUT_OF_CHAIN;
	if (n < 1 || (size_t)n != c->n + 1 || strcmp(prev, c->prev) != 0)
		goto out;
	*state = WHOLE;
	follow(c, line);
	text = json_dumps(data, JSON_COMPACT);
	*out = (vrd_entry){.n = c->n,
	                   .time = vrd_arena_strdup(mem, time),
	                   .who = vrd_arena_strdup(mem, who),
	                   .what = vrd_arena_strdup(mem, what),
	                   .data = text == NULL ? NULL : vrd_arena_strdup(mem, text),
	                   .hash = vrd_arena_strdup(mem, c->prev)};
	if (!out->time || !out->who || !out->what || !out->data || !out->hash)
		VRD_TRY(vrd_no_memory(err, mem, line.n, 1));
out:
	free(text);
	json_decref(root);
	return rc;
}

static void report(vrd_diag *diag, const char *file, size_t line, line_state state, bool torn) {
	const vrd_place place = {.file = file, .line = line};
	if (torn)
		vrd_diag_add(diag, VRD_WARNING, place, "log.torn",
		             "the next command that writes here moves it aside",
		             "the last line was not written to its end and is no entry");
	else if (state == NO_ENTRY)
		vrd_diag_add(diag, VRD_ERROR, place, "log.syntax", remedy,
		             "the line is no entry of a log");
	else
		vrd_diag_add(diag, VRD_ERROR, place, "log.broken", remedy,
		             "the line does not follow the line before it: one of them was "
		             "changed, removed or put in");
}

static size_t count_lines(const char *bytes, size_t len) {
	size_t n = 1;
	for (size_t i = 0; i < len; i++)
		n += bytes[i] == '\n';
	return n;
}

vrd_status vrd_log_parse(vrd_arena *mem, const char *bytes, size_t len, const char *file,
                         const vrd_entry **out, size_t *n, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_entry *entries;
	vrd_str rest = {bytes, len}, line;
	chain c = {0};
	line_state state = WHOLE;
	VRD_TRY(VRD_NEW(mem, entries, count_lines(bytes, len)));
	while (rest.n > 0 && vrd_str_split(&rest, '\n', &line)) {
		const size_t at = c.n;
		const bool last = line.p + line.n == bytes + len; // without its line break
		VRD_TRY(read_entry(mem, line, &c, &entries[at], &state, err));
		if (state == WHOLE)
			continue;
		report(diag, file, at + 1, state, last && state == NO_ENTRY);
		break;
	}
	*out = entries;
	*n = c.n;
out:
	return rc;
}

vrd_status vrd_log_read(vrd_arena *mem, const char *dir, const char *name, const vrd_entry **out,
                        size_t *n, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *bytes = "", *file = vrd_log_path(mem, name);
	const char *path = file == NULL ? NULL : vrd_path_join(mem, dir, file);
	size_t len = 0;
	if (path == NULL)
		VRD_TRY(vrd_no_memory(err, mem, strlen(name), 1));
	if (vrd_path_exists(path))
		VRD_TRY(vrd_file_read(mem, path, most_bytes, &bytes, &len, err));
	VRD_TRY(vrd_log_parse(mem, bytes, len, file, out, n, diag, err));
out:
	return rc;
}

// --- the file -----------------------------------------------------------------------------------

// A log that is open, locked and read. Closing any other descriptor of the file would give up the
// lock, so it is read through its own.
typedef struct {
	vrd_arena *mem;
	const char *file, *path;
	int fd;
	const char *bytes;
	size_t len;
	vrd_err *err;
} log_file;

static vrd_status fail_errno(const log_file *f, const char *verb) {
	const int code = errno;
	char reason[128];
	if (strerror_r(code, reason, sizeof reason) != 0)
		(void)snprintf(reason, sizeof reason, "error %d", code);
	const bool denied = code == EACCES || code == EPERM || code == EROFS;
	return vrd_fail(f->err, denied ? VRD_NOPERM : VRD_IO, "cannot %s %s: %s", verb, f->path,
	                reason);
}

static vrd_status lock_file(const log_file *f) {
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	while (fcntl(f->fd, F_SETLKW, &lock) != 0) {
		if (errno != EINTR)
			return fail_errno(f, "lock");
	}
	return VRD_OK;
}

static vrd_status read_file(log_file *f) {
	vrd_status rc = VRD_OK;
	vrd_err *err = f->err;
	struct stat st;
	char *bytes;
	size_t len = 0;
	if (fstat(f->fd, &st) != 0)
		VRD_TRY(fail_errno(f, "read"));
	if (!S_ISREG(st.st_mode))
		VRD_TRY(vrd_fail(err, VRD_NOCREATE, "cannot write %s: it is not a regular file",
		                 f->path));
	if ((size_t)st.st_size > most_bytes)
		VRD_TRY(vrd_fail(err, VRD_LIMIT,
		                 "%s is larger than %zu MiB: rename it, and a new log begins",
		                 f->path, most_bytes >> 20));
	VRD_TRY(VRD_NEW(f->mem, bytes, (size_t)st.st_size + 1));
	for (ssize_t got = 1; got != 0 && len < (size_t)st.st_size;) {
		got = pread(f->fd, bytes + len, (size_t)st.st_size - len, (off_t)len);
		if (got < 0 && errno != EINTR)
			VRD_TRY(fail_errno(f, "read"));
		len += got > 0 ? (size_t)got : 0;
	}
	f->bytes = bytes;
	f->len = len;
out:
	return rc;
}

// All of it and synced, or an error and the file as it was.
static vrd_status write_end(const log_file *f, int fd, const char *bytes, size_t len) {
	vrd_status rc = VRD_OK;
	struct stat st;
	if (fstat(fd, &st) != 0)
		return fail_errno(f, "write");
	for (size_t done = 0; done < len;) {
		const ssize_t n = write(fd, bytes + done, len - done);
		if (n < 0 && errno != EINTR) {
			rc = fail_errno(f, "write");
			break;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	if (rc == VRD_OK && fsync(fd) != 0)
		rc = fail_errno(f, "write");
	if (rc != VRD_OK && ftruncate(fd, st.st_size) != 0)
		return rc; // a line that was begun is told as torn
	return rc;
}

static void sync_folder(const char *folder) {
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	(void)close(fd);
}

static vrd_status open_log(log_file *f, const char *dir, const char *name) {
	vrd_status rc = VRD_OK;
	vrd_err *err = f->err;
	const char *folder = vrd_path_join(f->mem, dir, "log");
	f->file = vrd_log_path(f->mem, name);
	f->path = f->file == NULL ? NULL : vrd_path_join(f->mem, dir, f->file);
	if (folder == NULL || f->path == NULL)
		VRD_TRY(vrd_no_memory(err, f->mem, strlen(dir) + strlen(name), 1));
	VRD_TRY(vrd_dir_make(folder, err));
	const bool is_new = !vrd_path_exists(f->path);
	f->fd = open(f->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0644);
	if (f->fd < 0)
		VRD_TRY(fail_errno(f, "write"));
	VRD_TRY(lock_file(f));
	VRD_TRY(read_file(f));
	if (is_new)
		sync_folder(folder);
out:
	return rc;
}

// --- appending ----------------------------------------------------------------------------------

// The line that ends before `end`, without its line break.
static vrd_str line_before(const log_file *f, size_t end) {
	size_t start = end - 1;
	while (start > 0 && f->bytes[start - 1] != '\n')
		start--;
	return (vrd_str){f->bytes + start, end - 1 - start};
}

static json_int_t number_of(vrd_str line) {
	json_int_t n = 0;
	json_t *root = json_loadb(line.p, line.n, 0, NULL);
	if (json_unpack(root, "{s:I}", "n", &n) != 0 || n < 1)
		n = 0;
	json_decref(root);
	return n;
}

// What the next line must be, from the last two lines; *whole is the size of the lines that are
// whole, a torn one left out.
static vrd_status find_end(const log_file *f, chain *c, size_t *whole) {
	vrd_status rc = VRD_OK;
	vrd_entry entry;
	line_state state;
	*whole = f->len;
	while (*whole > 0 && f->bytes[*whole - 1] != '\n')
		(*whole)--;
	if (*whole > 0) {
		const vrd_str last = line_before(f, *whole);
		const size_t start = (size_t)(last.p - f->bytes);
		const json_int_t n = number_of(last);
		if (start > 0)
			follow(c, line_before(f, start));
		c->n = n > 0 ? (size_t)n - 1 : 0;
		VRD_TRY(read_entry(f->mem, last, c, &entry, &state, f->err));
		if (state != WHOLE || (n == 1) != (start == 0))
			VRD_TRY(vrd_fail(f->err, VRD_DATA,
			                 "%s: the last line %s (%s); nothing was written "
			                 "[log.broken]",
			                 f->file,
			                 state == NO_ENTRY ? "is no entry of a log"
			                                   : "does not follow the one before it",
			                 remedy));
	}
	if (*whole < f->len) { // an entry that lacks its line break only is whole
		const vrd_str tail = {f->bytes + *whole, f->len - *whole};
		VRD_TRY(read_entry(f->mem, tail, c, &entry, &state, f->err));
		if (state == WHOLE)
			*whole = f->len;
	}
out:
	return rc;
}

static bool is_text(const char *text) {
	return text != NULL && text[0] != '\0' &&
	       vrd_utf8_invalid_at(text, strlen(text)) == strlen(text);
}

static const char *author(vrd_arena *mem, const char *who) {
	struct passwd entry, *found = NULL;
	const char *user = getenv("VARDE_USER");
	char *space = vrd_arena_alloc(mem, 1, 4096);
	if (who != NULL)
		return who;
	if (is_text(user))
		return user;
	if (space != NULL && getpwuid_r(geteuid(), &entry, space, 4096, &found) == 0 &&
	    found != NULL && is_text(found->pw_name))
		return found->pw_name;
	return "unknown";
}

static vrd_status put_entry(const log_file *f, chain *c, const char *who, const char *what,
                            const char *data, vrd_buf *out) {
	vrd_status rc = VRD_OK;
	char stamp[32] = "", *text = NULL;
	const time_t now = time(NULL);
	struct tm parts;
	if (gmtime_r(&now, &parts) == NULL ||
	    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		return vrd_fail(f->err, VRD_INTERNAL, "the time of now is not known");
	json_t *object = json_loads(data, JSON_REJECT_DUPLICATES, NULL);
	json_t *root = json_is_object(object)
	                       ? json_pack("{s:I, s:s, s:s, s:s, s:O, s:s}", "n",
	                                   (json_int_t)c->n + 1, "time", stamp, "who", who, "what",
	                                   what, "data", object, "prev", c->prev)
	                       : NULL;
	if (root == NULL)
		VRD_TRY(vrd_fail(f->err, VRD_USAGE,
		                 "%s: author, action and data of an entry must be UTF-8 text",
		                 f->file));
	text = json_dumps(root, JSON_COMPACT);
	if (text == NULL)
		VRD_TRY(vrd_fail(f->err, VRD_NOMEM, "no memory for an entry of %s", f->file));
	follow(c, vrd_str_of(text));
	vrd_buf_puts(out, text);
	vrd_buf_putc(out, '\n');
out:
	free(text);
	json_decref(root);
	json_decref(object);
	return rc;
}

// Moves what stands after `whole` to NAME.jsonl.torn and puts an entry that says so. The bytes are
// safe there before they go here.
static vrd_status move_torn(log_file *f, chain *c, size_t whole, const char *who, vrd_buf *out) {
	vrd_status rc = VRD_OK;
	const char *aside = vrd_arena_printf(f->mem, "%s.torn", f->path);
	const char *data = vrd_arena_printf(f->mem, "{\"bytes\":%zu}", f->len - whole);
	int fd = -1;
	if (aside == NULL || data == NULL)
		VRD_TRY(vrd_no_memory(f->err, f->mem, strlen(f->path), 2));
	VRD_TRY(put_entry(f, c, who, "repair", data, out));
	fd = open(aside, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		VRD_TRY(fail_errno(f, "move aside a torn line of"));
	VRD_TRY(write_end(f, fd, f->bytes + whole, f->len - whole));
	VRD_TRY(write_end(f, fd, "\n", 1));
	if (ftruncate(f->fd, (off_t)whole) != 0)
		VRD_TRY(fail_errno(f, "shorten"));
out:
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

vrd_status vrd_log_append(vrd_arena *mem, const char *dir, const char *name, const char *who,
                          const char *what, const char *data, vrd_err *err) {
	vrd_status rc = VRD_OK;
	log_file f = {.mem = mem, .fd = -1, .err = err};
	chain c = {0};
	size_t whole = 0;
	vrd_buf text = {0};
	VRD_TRY(open_log(&f, dir, name));
	VRD_TRY(find_end(&f, &c, &whole));
	who = author(mem, who);
	if (whole == f.len && f.len > 0 && f.bytes[f.len - 1] != '\n')
		vrd_buf_putc(&text, '\n');
	if (whole < f.len)
		VRD_TRY(move_torn(&f, &c, whole, who, &text));
	VRD_TRY(put_entry(&f, &c, who, what, data, &text));
	if (text.failed)
		VRD_TRY(vrd_no_memory(err, mem, text.n, 1));
	VRD_TRY(write_end(&f, f.fd, text.p, text.n));
	vrd_log_keep_head(mem, dir, name, f.bytes, whole, c.n, c.prev);
out:
	if (f.fd >= 0)
		(void)close(f.fd); // gives up the lock
	vrd_buf_free(&text);
	return rc;
}
