// SQLite and zstd behind store.h.
//
// Durability: WAL with synchronous=FULL. A run is one transaction, so FULL costs one more sync per
// run, next to minutes of computing, and a run that was reported as kept survives a power cut.
//
// Damage: SQLite has no checksums of its own, so each run carries a seal over its record and over
// the names, sizes and checksums of its parts, each part a checksum of its bytes, and opening
// compares the run table with its indices (runs are few; a part is checked when it is read).
// Whatever is damaged, a reader gets the right data or VRD_STORE.
#include "store/store.h"

#include "base/file.h"
#include "num/hash.h"
#include "store/record.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/banned.h"

enum {
	APPLICATION_ID = 0x76726465, // "vrde", as in the first migration
	BUSY_MS = 30000,             // a run of 100 MB is written in about a second
	BUSY_STEP_MS = 20,
	COMPRESSION_LEVEL = 3, // fixed: the same part gives the same bytes
};
#define MAX_PART_BYTES ((size_t)2 << 30)

// Migration i brings a store from user_version i to i + 1. Released ones are never edited:
// tests/fixtures/ holds a store of each version.
//
// Neither table is WITHOUT ROWID: seq is the order in which rows were written, and rows of part
// are large, which such tables handle badly.
static const char *const migrations[] = {
        "CREATE TABLE run ("
        "  seq INTEGER PRIMARY KEY,"
        "  id TEXT NOT NULL UNIQUE CHECK (id <> ''),"
        "  label TEXT NOT NULL,"
        "  scenario TEXT NOT NULL,"
        "  created TEXT NOT NULL,"
        "  engine TEXT NOT NULL,"
        "  summary_json TEXT NOT NULL,"
        "  seal BLOB NOT NULL CHECK (length(seal) = 32)"
        ") STRICT;"
        "CREATE TABLE part ("
        "  seq INTEGER PRIMARY KEY,"
        "  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,"
        "  name TEXT NOT NULL,"
        "  size INTEGER NOT NULL CHECK (size >= 0),"
        "  checksum BLOB NOT NULL CHECK (length(checksum) = 32),"
        "  bytes BLOB NOT NULL,"
        "  UNIQUE (run_id, name)"
        ") STRICT;"
        "PRAGMA application_id = 0x76726465;"
        "PRAGMA user_version = 1;",
};
enum { SCHEMA_VERSION = sizeof migrations / sizeof migrations[0] };

struct vrd_store {
	sqlite3 *db;
	char path[]; // for messages
};

// --- errors -------------------------------------------------------------------------------------

// `why` may quote the file: one line of it, cut to 120 bytes, as far as it is UTF-8.
static vrd_status damaged(const vrd_store *store, const char *why, vrd_err *err) {
	const size_t line = strcspn(why, "\n");
	const size_t n = vrd_utf8_invalid_at(why, line < 120 ? line : 120);
	vrd_fail(err, VRD_STORE,
	         "the store %s is damaged (%.*s): delete it, its runs can be made again",
	         store->path, (int)n, why);
	return VRD_STORE; // said here too, so that static analysis follows VRD_TRY
}

// Not "damaged": nobody is told to delete a file that may be something else.
static vrd_status foreign(const vrd_store *store, vrd_err *err) {
	return vrd_fail(
	        err, VRD_STORE,
	        "%s is not a store of varde, or its header is damaged: if it is the store of a "
	        "region, delete it, its runs can be made again",
	        store->path);
}

static vrd_status no_memory(const vrd_store *store, vrd_err *err) {
	vrd_fail(err, VRD_NOMEM, "no memory for the store %s", store->path);
	return VRD_NOMEM;
}

static vrd_status disk_full(const vrd_store *store, vrd_err *err) {
	return vrd_fail(
	        err, VRD_IO,
	        "the store %s could not be written: disk full, or a limit on the size of files "
	        "(%s): make room and run again, what was stored before is whole",
	        store->path, sqlite3_errmsg(store->db));
}

static vrd_status no_permission(const vrd_store *store, vrd_err *err) {
	return vrd_fail(
	        err, VRD_NOPERM,
	        "no permission to open or write the store %s (%s): its folder and its files "
	        "must be writable",
	        store->path, sqlite3_errmsg(store->db));
}

// The failure of the latest SQLite call as a status. An error in SQL counts as damage: the
// statements below are right for the schema, so the file does not hold what its version says.
static vrd_status failed(const vrd_store *store, vrd_err *err) {
	const int code = sqlite3_extended_errcode(store->db);
	switch (code & 0xff) {
	case SQLITE_FULL:
		return disk_full(store, err);
	case SQLITE_IOERR:
		if (code == SQLITE_IOERR_NOMEM)
			return no_memory(store, err);
		// SQLite does not say why a write failed: a full disk is the cause worth naming.
		if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_TRUNCATE ||
		    code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_FSYNC)
			return disk_full(store, err);
		return vrd_fail(err, VRD_IO, "the store %s could not be read or written: %s",
		                store->path, sqlite3_errmsg(store->db));
	case SQLITE_CANTOPEN:
		return sqlite3_system_errno(store->db) == ENOSPC ? disk_full(store, err)
		                                                 : no_permission(store, err);
	case SQLITE_READONLY:
		// A writable file that SQLite will not write has a header from nowhere.
		if (code == SQLITE_READONLY && access(store->path, W_OK) == 0)
			return damaged(store, "its header forbids writing", err);
		return no_permission(store, err);
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return no_permission(store, err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return vrd_fail(
		        err, VRD_IO,
		        "the store %s has been in use by another process for %d seconds: try "
		        "again later",
		        store->path, BUSY_MS / 1000);
	case SQLITE_NOMEM:
		return no_memory(store, err);
	case SQLITE_NOTADB:
		return foreign(store, err);
	case SQLITE_TOOBIG:
		return vrd_fail(err, VRD_LIMIT, "a part is too large for the store %s",
		                store->path);
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return vrd_fail(err, VRD_INTERNAL, "the store %s was misused: %s", store->path,
		                sqlite3_errmsg(store->db));
	default:
		return damaged(store, sqlite3_errmsg(store->db), err);
	}
}

// --- statements ---------------------------------------------------------------------------------

static vrd_status prepare(vrd_store *store, const char *sql, sqlite3_stmt **out, vrd_err *err) {
	return sqlite3_prepare_v2(store->db, sql, -1, out, NULL) == SQLITE_OK ? VRD_OK
	                                                                      : failed(store, err);
}

// Steps a query: *row is false after the last row.
static vrd_status next_row(vrd_store *store, sqlite3_stmt *query, bool *row, vrd_err *err) {
	const int code = sqlite3_step(query);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return failed(store, err);
	*row = code == SQLITE_ROW;
	return VRD_OK;
}

// Runs a list of statements for their effect.
static vrd_status execute(vrd_store *store, const char *sql, vrd_err *err) {
	while (*sql) {
		sqlite3_stmt *statement = NULL;
		vrd_status rc = VRD_OK;
		bool row = true;
		if (sqlite3_prepare_v2(store->db, sql, -1, &statement, &sql) != SQLITE_OK)
			return failed(store, err);
		while (rc == VRD_OK && row)
			rc = next_row(store, statement, &row, err);
		sqlite3_finalize(statement);
		if (rc != VRD_OK)
			return rc;
	}
	return VRD_OK;
}

// Ends a transaction that has not been committed, if there is one. A ROLLBACK that fails leaves
// nothing to be done: SQLite rolls back when the file is opened next.
static void roll_back(vrd_store *store) {
	if (!sqlite3_get_autocommit(store->db)) {
		const vrd_status ignored = execute(store, "ROLLBACK", NULL);
		(void)ignored;
	}
}

static vrd_status bind_text(vrd_store *store, sqlite3_stmt *statement, int i, const char *text,
                            vrd_err *err) {
	const int code = sqlite3_bind_text(statement, i, text, -1, SQLITE_STATIC);
	return code == SQLITE_OK ? VRD_OK : failed(store, err);
}

static vrd_status bind_int(vrd_store *store, sqlite3_stmt *statement, int i, int64_t value,
                           vrd_err *err) {
	const int code = sqlite3_bind_int64(statement, i, value);
	return code == SQLITE_OK ? VRD_OK : failed(store, err);
}

static vrd_status bind_bytes(vrd_store *store, sqlite3_stmt *statement, int i, const void *bytes,
                             size_t n, vrd_err *err) {
	const int code = sqlite3_bind_blob64(statement, i, bytes, n, SQLITE_STATIC);
	return code == SQLITE_OK ? VRD_OK : failed(store, err);
}

// A column as text; borrowed until the next step. NULL stands for damage or for no memory.
static vrd_status column_text(vrd_store *store, sqlite3_stmt *query, int column, const char **out,
                              vrd_err *err) {
	const char *const text = (const char *)sqlite3_column_text(query, column);
	if (!text)
		return sqlite3_errcode(store->db) == SQLITE_NOMEM
		               ? no_memory(store, err)
		               : damaged(store, "a text is absent", err);
	*out = text;
	return VRD_OK;
}

static vrd_status column_hash(vrd_store *store, sqlite3_stmt *query, int column, vrd_hash *out,
                              vrd_err *err) {
	const void *const bytes = sqlite3_column_blob(query, column);
	if (!bytes || sqlite3_column_bytes(query, column) != (int)sizeof out->bytes)
		return damaged(store, "a checksum is absent", err);
	memcpy(out->bytes, bytes, sizeof out->bytes);
	return VRD_OK;
}

static vrd_status query_int(vrd_store *store, const char *sql, int64_t *out, vrd_err *err) {
	sqlite3_stmt *query = NULL;
	bool row = false;
	vrd_status rc;
	VRD_TRY(prepare(store, sql, &query, err));
	VRD_TRY(next_row(store, query, &row, err));
	*out = row ? sqlite3_column_int64(query, 0) : 0;
out:
	sqlite3_finalize(query);
	return rc;
}

// --- opening ------------------------------------------------------------------------------------

// Refuses what is not a file before SQLite sees it, and makes the folder of a new store.
static vrd_status check_path(const char *path, bool create, vrd_err *err) {
	struct stat info;
	if (stat(path, &info) == 0)
		return S_ISREG(info.st_mode)
		               ? VRD_OK
		               : vrd_fail(err, VRD_NOINPUT,
		                          "%s is a folder or a device, not a store", path);
	if (errno == EACCES)
		return vrd_fail(err, VRD_NOPERM, "no permission to look for the store %s", path);
	if (!create || errno != ENOENT)
		return vrd_fail(err, VRD_NOINPUT, "there is no store %s: `varde run` makes it",
		                path);
	const char *const slash = strrchr(path, '/');
	if (!slash || slash == path)
		return VRD_OK;
	vrd_arena scratch = {0};
	char *const folder = vrd_arena_strndup(&scratch, path, (size_t)(slash - path));
	const vrd_status rc = folder ? vrd_dir_make(folder, err)
	                             : vrd_no_memory(err, &scratch, (size_t)(slash - path), 1);
	vrd_arena_clear(&scratch);
	return rc;
}

// WAL needs the file for itself once, and for this one change SQLite does not wait by itself. On a
// file system that cannot do WAL the mode stays "delete": slower, just as safe.
static vrd_status use_wal(vrd_store *store, vrd_err *err) {
	for (int waited = 0;; waited += BUSY_STEP_MS) {
		if (execute(store, "PRAGMA journal_mode = WAL", NULL) == VRD_OK)
			return VRD_OK;
		if ((sqlite3_errcode(store->db) & 0xff) != SQLITE_BUSY || waited >= BUSY_MS)
			return failed(store, err);
		sqlite3_sleep(BUSY_STEP_MS);
	}
}

static vrd_status configure(vrd_store *store, vrd_err *err) {
	vrd_status rc;
	sqlite3_busy_timeout(store->db, BUSY_MS);
	// The file may come from someone else: nothing in it may run.
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	VRD_TRY(execute(store,
	                "PRAGMA cell_size_check = ON;"
	                "PRAGMA foreign_keys = ON;"
	                "PRAGMA synchronous = FULL;",
	                err));
out:
	return rc;
}

// Which schema the file has: 0 for a new one. Another program's file and a newer schema are
// refused.
static vrd_status schema_version(vrd_store *store, int64_t *version, vrd_err *err) {
	int64_t application = 0, n_objects = 0, found = 0;
	vrd_status rc;
	VRD_TRY(query_int(store, "PRAGMA application_id", &application, err));
	VRD_TRY(query_int(store, "PRAGMA user_version", &found, err));
	VRD_TRY(query_int(store, "SELECT count(*) FROM sqlite_schema", &n_objects, err));
	const bool is_new = application == 0 && found == 0 && n_objects == 0;
	if (!is_new && application != APPLICATION_ID)
		return foreign(store, err);
	if (found > SCHEMA_VERSION)
		return vrd_fail(
		        err, VRD_STORE,
		        "the store %s was written by a newer varde: its schema is version "
		        "%lld, this varde reads up to version %d; use the newer varde, or delete "
		        "the store, its runs can be made again",
		        store->path, (long long)found, SCHEMA_VERSION);
	if (found < 0 || (found == 0 && !is_new))
		return damaged(store, "its schema version is wrong", err);
	*version = found;
out:
	return rc;
}

static vrd_status migrate(vrd_store *store, vrd_err *err) {
	int64_t version = 0;
	vrd_status rc;
	// A transaction even to look: the facts of schema_version must be of one moment.
	VRD_TRY(execute(store, "BEGIN", err));
	VRD_TRY(schema_version(store, &version, err));
	if (version == SCHEMA_VERSION)
		goto out;
	VRD_TRY(execute(store, "ROLLBACK; BEGIN IMMEDIATE", err));
	VRD_TRY(schema_version(store, &version, err)); // another process may have been first
	for (; version < SCHEMA_VERSION; version++)
		VRD_TRY(execute(store, migrations[version], err));
	VRD_TRY(execute(store, "COMMIT", err));
out:
	roll_back(store);
	return rc;
}

// A damaged page can hide whole rows, which no seal shows; the indices do.
static vrd_status check_runs(vrd_store *store, vrd_err *err) {
	sqlite3_stmt *query = NULL;
	bool row = false;
	vrd_status rc;
	VRD_TRY(prepare(store, "PRAGMA integrity_check(run)", &query, err));
	VRD_TRY(next_row(store, query, &row, err));
	const char *const said = row ? (const char *)sqlite3_column_text(query, 0) : NULL;
	if (!said || strcmp(said, "ok") != 0)
		rc = damaged(store, said ? said : "its integrity cannot be checked", err);
out:
	sqlite3_finalize(query);
	return rc;
}

vrd_status vrd_store_open(const char *path, bool create, vrd_store **out, vrd_err *err) {
	vrd_store *store = NULL;
	vrd_status rc;
	VRD_TRY(check_path(path, create, err));
	const size_t n = strlen(path) + 1;
	store = calloc(1, sizeof *store + n);
	if (!store)
		return vrd_fail(err, VRD_NOMEM, "no memory to open the store %s", path);
	memcpy(store->path, path, n);
	const int flags =
	        SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | (create ? SQLITE_OPEN_CREATE : 0);
	if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK) {
		rc = store->db ? failed(store, err)
		               : vrd_fail(err, VRD_NOMEM, "no memory to open the store %s", path);
		goto out;
	}
	VRD_TRY(configure(store, err));
	VRD_TRY(migrate(store, err));
	VRD_TRY(use_wal(store, err));
	VRD_TRY(check_runs(store, err));
	*out = store;
	store = NULL;
out:
	vrd_store_close(store);
	return rc;
}

void vrd_store_close(vrd_store *store) {
	if (!store)
		return;
	const int code = sqlite3_close(store->db);
	assert(code == SQLITE_OK); // every statement is finalised by the function that prepared it
	free(store);
}

// --- records ------------------------------------------------------------------------------------

// In the order of vrd_run_texts, then the seal.
#define RUN_COLUMNS "id, label, scenario, created, engine, summary_json, seal"

// What the store knows of one part without its bytes. seq 0 = no such part.
typedef struct {
	int64_t seq;
	int64_t size;
	vrd_hash checksum;
} part_entry;

// Adds the parts of a run to its seal. *wanted (NULL ok) becomes the entry of the part `name`;
// `names` (NULL ok) gets the names of all, for a message.
static vrd_status seal_parts(vrd_store *store, const char *run_id, vrd_hasher *seal,
                             const char *name, part_entry *wanted, vrd_buf *names, vrd_err *err) {
	sqlite3_stmt *query = NULL;
	bool row = false;
	vrd_status rc;
	VRD_TRY(prepare(store,
	                "SELECT seq, size, checksum, name FROM part WHERE run_id = ? ORDER BY seq",
	                &query, err));
	VRD_TRY(bind_text(store, query, 1, run_id, err));
	for (;;) {
		const char *text = NULL;
		part_entry part = {0};
		VRD_TRY(next_row(store, query, &row, err));
		if (!row)
			break;
		part.seq = sqlite3_column_int64(query, 0);
		part.size = sqlite3_column_int64(query, 1);
		VRD_TRY(column_hash(store, query, 2, &part.checksum, err));
		VRD_TRY(column_text(store, query, 3, &text, err));
		vrd_seal_part(seal, text, (uint64_t)part.size, &part.checksum);
		if (wanted && strcmp(text, name) == 0)
			*wanted = part;
		if (names) {
			vrd_buf_puts(names, names->n > 0 ? ", " : "");
			vrd_buf_puts(names, text);
		}
	}
out:
	sqlite3_finalize(query);
	return rc;
}

// The texts at a row of RUN_COLUMNS, borrowed until the next step and verified by the seal,
// together with the run's parts (as seal_parts).
static vrd_status read_record(vrd_store *store, sqlite3_stmt *row, const char *texts[VRD_RUN_TEXTS],
                              const char *name, part_entry *wanted, vrd_buf *names, vrd_err *err) {
	vrd_hasher seal;
	vrd_hash stored = {{0}};
	vrd_status rc;
	for (int i = 0; i < VRD_RUN_TEXTS; i++)
		VRD_TRY(column_text(store, row, i, &texts[i], err));
	VRD_TRY(column_hash(store, row, VRD_RUN_TEXTS, &stored, err));
	vrd_seal_begin(&seal, texts);
	VRD_TRY(seal_parts(store, texts[0], &seal, name, wanted, names, err));
	const vrd_hash found = vrd_hasher_finish(&seal);
	if (memcmp(stored.bytes, found.bytes, sizeof found.bytes) != 0)
		rc = damaged(store, "the record of a run does not match its seal", err);
out:
	return rc;
}

// --- putting ------------------------------------------------------------------------------------

// Checks the parts; gives the checksum of each and the seal of the whole run.
static vrd_status seal_run(vrd_arena *mem, const vrd_run_record *run, size_t n_parts,
                           const vrd_part *parts, vrd_hash **checksums, vrd_hash *out,
                           vrd_err *err) {
	const char *texts[VRD_RUN_TEXTS];
	vrd_hasher seal;
	vrd_status rc;
	VRD_TRY(VRD_NEW(mem, *checksums, n_parts));
	vrd_run_texts(run, texts);
	vrd_seal_begin(&seal, texts);
	for (size_t i = 0; i < n_parts; i++) {
		for (size_t j = 0; j < i; j++)
			if (strcmp(parts[i].name, parts[j].name) == 0)
				return vrd_fail(err, VRD_INTERNAL, "run %s has two parts named %s",
				                run->id, parts[i].name);
		if (parts[i].n > MAX_PART_BYTES)
			return vrd_fail(
			        err, VRD_LIMIT,
			        "part %s has %zu bytes, more than the %zu that the store takes",
			        parts[i].name, parts[i].n, MAX_PART_BYTES);
		(*checksums)[i] = vrd_hash_bytes(parts[i].bytes, parts[i].n);
		vrd_seal_part(&seal, parts[i].name, parts[i].n, &(*checksums)[i]);
	}
	*out = vrd_hasher_finish(&seal);
out:
	return rc;
}

static vrd_status insert_run(vrd_store *store, const vrd_run_record *run, const vrd_hash *seal,
                             bool *existed, vrd_err *err) {
	const char *texts[VRD_RUN_TEXTS];
	sqlite3_stmt *insert = NULL;
	bool row = false;
	vrd_status rc;
	VRD_TRY(prepare(store,
	                "INSERT INTO run (" RUN_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?)"
	                " ON CONFLICT (id) DO NOTHING",
	                &insert, err));
	vrd_run_texts(run, texts);
	for (int i = 0; i < VRD_RUN_TEXTS; i++)
		VRD_TRY(bind_text(store, insert, i + 1, texts[i], err));
	VRD_TRY(bind_bytes(store, insert, VRD_RUN_TEXTS + 1, seal->bytes, sizeof seal->bytes, err));
	VRD_TRY(next_row(store, insert, &row, err));
	*existed = sqlite3_changes(store->db) == 0;
out:
	sqlite3_finalize(insert);
	return rc;
}

static vrd_status insert_part(vrd_store *store, const char *run_id, const vrd_part *part,
                              const vrd_hash *checksum, vrd_err *err) {
	const size_t bound = ZSTD_compressBound(part->n);
	void *const squeezed = malloc(bound);
	sqlite3_stmt *insert = NULL;
	bool row = false;
	vrd_status rc;
	const size_t n =
	        squeezed ? ZSTD_compress(squeezed, bound, part->bytes, part->n, COMPRESSION_LEVEL)
	                 : 0;
	if (n == 0 || ZSTD_isError(n)) { // `bound` is always enough, so only memory can be short
		rc = vrd_fail(err, VRD_NOMEM, "no memory to compress part %s (%zu bytes)",
		              part->name, part->n);
		goto out;
	}
	VRD_TRY(prepare(store,
	                "INSERT INTO part (run_id, name, size, checksum, bytes)"
	                " VALUES (?, ?, ?, ?, ?)",
	                &insert, err));
	VRD_TRY(bind_text(store, insert, 1, run_id, err));
	VRD_TRY(bind_text(store, insert, 2, part->name, err));
	VRD_TRY(bind_int(store, insert, 3, (int64_t)part->n, err));
	VRD_TRY(bind_bytes(store, insert, 4, checksum->bytes, sizeof checksum->bytes, err));
	VRD_TRY(bind_bytes(store, insert, 5, squeezed, n, err));
	VRD_TRY(next_row(store, insert, &row, err));
out:
	sqlite3_finalize(insert);
	free(squeezed);
	return rc;
}

vrd_status vrd_store_put(vrd_store *store, const vrd_run_record *run, size_t n_parts,
                         const vrd_part *parts, bool *existed, vrd_err *err) {
	assert(run->id && run->id[0]);
	vrd_arena scratch = {0};
	vrd_hash *checksums = NULL;
	vrd_hash seal = {{0}};
	bool found = false;
	vrd_status rc;
	VRD_TRY(seal_run(&scratch, run, n_parts, parts, &checksums, &seal, err));
	VRD_TRY(execute(store, "BEGIN IMMEDIATE", err));
	VRD_TRY(insert_run(store, run, &seal, &found, err));
	for (size_t i = 0; !found && i < n_parts; i++)
		VRD_TRY(insert_part(store, run->id, &parts[i], &checksums[i], err));
	VRD_TRY(execute(store, "COMMIT", err));
	if (existed)
		*existed = found;
out:
	roll_back(store);
	vrd_arena_clear(&scratch);
	return rc;
}

// --- reading ------------------------------------------------------------------------------------

vrd_status vrd_store_list(vrd_store *store, vrd_arena *mem, vrd_run_record **runs, size_t *n,
                          vrd_err *err) {
	const char *texts[VRD_RUN_TEXTS];
	sqlite3_stmt *query = NULL;
	vrd_run_record *list = NULL;
	size_t count = 0;
	size_t total = 0;
	bool row = false;
	vrd_status rc;
	VRD_TRY(prepare(store,
	                "SELECT " RUN_COLUMNS ", count(*) OVER () FROM run"
	                " ORDER BY created DESC, seq DESC",
	                &query, err));
	for (;;) {
		VRD_TRY(next_row(store, query, &row, err));
		if (!row)
			break;
		if (!list) {
			total = (size_t)sqlite3_column_int64(query, VRD_RUN_TEXTS + 1);
			VRD_TRY(VRD_NEW(mem, list, total));
		}
		assert(count < total); // one statement sees one state of the store
		VRD_TRY(read_record(store, query, texts, NULL, NULL, NULL, err));
		VRD_TRY(vrd_run_of_texts(mem, texts, &list[count], err));
		count++;
	}
	*runs = list;
	*n = count;
out:
	sqlite3_finalize(query);
	return rc;
}

vrd_status vrd_store_find(vrd_store *store, vrd_arena *mem, const char *which, vrd_run_record *out,
                          vrd_err *err) {
	vrd_arena scratch = {0};
	const char *texts[VRD_RUN_TEXTS];
	vrd_run_record *runs = NULL;
	size_t n = 0, chosen = 0;
	vrd_status rc;
	VRD_TRY(vrd_store_list(store, &scratch, &runs, &n, err));
	VRD_TRY(vrd_run_choose(runs, n, which, &chosen, err));
	vrd_run_texts(&runs[chosen], texts);
	VRD_TRY(vrd_run_of_texts(mem, texts, out, err));
out:
	vrd_arena_clear(&scratch);
	return rc;
}

// The entry of a part; a run or a part that is not there is NOINPUT.
static vrd_status find_part(vrd_store *store, const char *run_id, const char *name, part_entry *out,
                            vrd_err *err) {
	const char *texts[VRD_RUN_TEXTS];
	vrd_buf names = {0};
	sqlite3_stmt *query = NULL;
	part_entry found = {0};
	bool row = false;
	vrd_status rc;
	VRD_TRY(prepare(store, "SELECT " RUN_COLUMNS " FROM run WHERE id = ?", &query, err));
	VRD_TRY(bind_text(store, query, 1, run_id, err));
	VRD_TRY(next_row(store, query, &row, err));
	if (!row) {
		rc = vrd_fail(err, VRD_NOINPUT, "the store has no run %s", run_id);
		goto out;
	}
	VRD_TRY(read_record(store, query, texts, name, &found, &names, err));
	if (found.seq == 0)
		rc = vrd_fail(err, VRD_NOINPUT, "run %.12s has no part \"%s\": it has %s", run_id,
		              name, names.p ? names.p : "none");
	else
		*out = found;
out:
	sqlite3_finalize(query);
	vrd_buf_free(&names);
	return rc;
}

// The size stands in the seal, so it is what was written before memory is asked for.
static vrd_status decompress(vrd_store *store, vrd_arena *mem, const void *squeezed, size_t n,
                             const part_entry *part, const void **out, vrd_err *err) {
	char *bytes;
	vrd_status rc;
	if (part->size < 0 || (uint64_t)part->size > MAX_PART_BYTES ||
	    ZSTD_getFrameContentSize(squeezed, n) != (unsigned long long)part->size)
		return damaged(store, "the size of a part is wrong", err);
	const size_t size = (size_t)part->size;
	VRD_TRY(VRD_NEW(mem, bytes, size));
	if (ZSTD_decompress(bytes, size, squeezed, n) != size)
		return damaged(store, "a part cannot be decompressed", err);
	const vrd_hash checksum = vrd_hash_bytes(bytes, size);
	if (memcmp(checksum.bytes, part->checksum.bytes, sizeof checksum.bytes) != 0)
		return damaged(store, "a part does not match its checksum", err);
	*out = bytes;
out:
	return rc;
}

vrd_status vrd_store_part(vrd_store *store, vrd_arena *mem, const char *run_id, const char *name,
                          const void **bytes, size_t *n, vrd_err *err) {
	sqlite3_stmt *query = NULL;
	part_entry part = {0};
	bool row = false;
	vrd_status rc;
	VRD_TRY(find_part(store, run_id, name, &part, err));
	VRD_TRY(prepare(store, "SELECT bytes FROM part WHERE seq = ?", &query, err));
	VRD_TRY(bind_int(store, query, 1, part.seq, err));
	VRD_TRY(next_row(store, query, &row, err));
	const void *const squeezed = row ? sqlite3_column_blob(query, 0) : NULL;
	if (!squeezed) {
		rc = sqlite3_errcode(store->db) == SQLITE_NOMEM
		             ? no_memory(store, err)
		             : damaged(store, "a part is absent", err);
		goto out;
	}
	VRD_TRY(decompress(store, mem, squeezed, (size_t)sqlite3_column_bytes(query, 0), &part,
	                   bytes, err));
	*n = (size_t)part.size;
out:
	sqlite3_finalize(query);
	return rc;
}
