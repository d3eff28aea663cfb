// Any bytes as a log: entries in order up to the first line that is none, and one problem at most.
#include "region/log.h"

#include "num/hash.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition) {
	if (!condition)
		abort();
}

static void require_text(const char *text) {
	require(text != NULL);
	require(vrd_utf8_invalid_at(text, strlen(text)) == strlen(text));
}

// The i-th entry is the i-th line of the text, and its hash is that line's.
static void require_entry(const vrd_entry *entry, size_t i, vrd_str line) {
	char hex[2 * VRD_HASH_BYTES + 1];
	const vrd_hash hash = vrd_hash_bytes(line.p, line.n);
	vrd_hash_hex(&hash, hex);
	require(entry->n == i + 1);
	require(strcmp(entry->hash, hex) == 0);
	require_text(entry->time);
	require_text(entry->who);
	require_text(entry->what);
	require_text(entry->data);
	require(entry->data[0] == '{');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	vrd_arena mem;
	vrd_diag diag;
	const vrd_entry *entries;
	size_t n;
	// A copy of its own, so that a read past the end is seen for every size.
	char *bytes = malloc(size == 0 ? 1 : size);
	require(bytes != NULL);
	if (size > 0)
		memcpy(bytes, data, size);
	vrd_arena_init(&mem, 0);
	vrd_diag_init(&diag, &mem, 0);
	require(vrd_log_parse(&mem, bytes, size, "log/fuzz.jsonl", &entries, &n, &diag, NULL) ==
	        VRD_OK);
	vrd_str rest = {bytes, size}, line;
	for (size_t i = 0; i < n; i++) {
		require(vrd_str_split(&rest, '\n', &line));
		require_entry(&entries[i], i, line);
	}
	require(diag.n == (rest.n > 0 ? 1 : 0)); // all was read, or it is said where it ends
	require(diag.n == 0 || diag.items[0].place.line == n + 1);
	vrd_arena_clear(&mem);
	free(bytes);
	return 0;
}
