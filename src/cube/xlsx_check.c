#include "cube/xlsx_check.h"

#include <stdint.h>
#include <string.h>
#define ZLIB_CONST // next_in is const
#include <zlib.h>

#include "base/banned.h"

static uint32_t u16(const unsigned char *p) {
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p) {
	return u16(p) | u16(p + 2) << 16;
}

// --- tags ---------------------------------------------------------------------------------------

// Follows the nesting of tags. Enough for what libxlsxwriter writes: no comments, no CDATA, and
// "<" and ">" escaped in texts and attributes.
typedef struct {
	enum { TEXT, BEGIN, OPENING, CLOSING, DECLARATION } state;
	unsigned char before; // the byte before, inside an opening tag
	int64_t depth;
	size_t n_tags;
} nesting;

static void follow(nesting *n, const unsigned char *p, size_t len) {
	for (size_t i = 0; i < len; i++) {
		switch (n->state) {
		case TEXT:
			if (p[i] == '<')
				n->state = BEGIN;
			break;
		case BEGIN:
			n->state = p[i] == '/' ? CLOSING : p[i] == '?' ? DECLARATION : OPENING;
			n->depth += n->state == OPENING ? 1 : n->state == CLOSING ? -1 : 0;
			n->n_tags += n->state == OPENING;
			break;
		case OPENING:
			if (p[i] == '>') {
				n->depth -= n->before == '/';
				n->state = TEXT;
			}
			break;
		case CLOSING:
		case DECLARATION:
			if (p[i] == '>')
				n->state = TEXT;
			break;
		}
		n->before = p[i];
	}
}

// --- archive ------------------------------------------------------------------------------------

static bool part_is_whole(const unsigned char *packed, uint32_t n_packed, uint32_t size,
                          uint32_t checksum) {
	unsigned char out[1 << 15];
	nesting tags = {.state = TEXT};
	z_stream stream = {0};
	uint32_t crc = 0;
	int rc;
	if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
		return false;
	stream.next_in = packed;
	stream.avail_in = n_packed;
	do {
		stream.next_out = out;
		stream.avail_out = sizeof out;
		rc = inflate(&stream, Z_NO_FLUSH);
		const size_t got = sizeof out - stream.avail_out;
		crc = (uint32_t)crc32(crc, out, (uInt)got);
		follow(&tags, out, got);
	} while (rc == Z_OK);
	const bool whole = rc == Z_STREAM_END && stream.total_out == size && crc == checksum &&
	                   tags.state == TEXT && tags.depth == 0 && tags.n_tags > 0;
	inflateEnd(&stream);
	return whole;
}

// The part that an entry of the directory names; entry has 46 bytes at least.
static bool entry_is_whole(const unsigned char *bytes, size_t len, const unsigned char *entry) {
	enum { HEADER = 30, DEFLATED = 8 };
	const uint32_t n_packed = u32(entry + 20);
	const size_t at = u32(entry + 42);
	if (u16(entry + 10) != DEFLATED || at > len || len - at < HEADER ||
	    memcmp(bytes + at, "PK\3\4", 4) != 0)
		return false;
	const size_t data = at + HEADER + u16(bytes + at + 26) + u16(bytes + at + 28);
	if (data > len || len - data < n_packed)
		return false;
	return part_is_whole(bytes + data, n_packed, u32(entry + 24), u32(entry + 16));
}

bool vrd_xlsx_is_whole(const unsigned char *bytes, size_t len) {
	enum { ENTRY = 46, END = 22 };
	if (len < END || memcmp(bytes + len - END, "PK\5\6", 4) != 0)
		return false;
	const unsigned char *end = bytes + len - END;
	const uint32_t n_entries = u16(end + 10);
	size_t at = u32(end + 16);
	for (uint32_t i = 0; i < n_entries; i++) {
		if (at > len || len - at < ENTRY || memcmp(bytes + at, "PK\1\2", 4) != 0 ||
		    !entry_is_whole(bytes, len, bytes + at))
			return false;
		at += ENTRY + u16(bytes + at + 28) + u16(bytes + at + 30) + u16(bytes + at + 32);
	}
	return n_entries > 0;
}
