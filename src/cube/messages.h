// The words that people read, in bokmål (default), nynorsk and English: one table, messages.def.
//
// Invariants (tested): every key has its three texts, and they have the same placeholders. Texts
// are static. Thread-safe. Cost: an array look-up; vrd_msg_find and vrd_msg_named are linear.
#pragma once

#include "cube/numfmt.h"

typedef enum {
#define X(key, nb, nn, en) VRD_MSG_##key,
#include "cube/messages.def"
#undef X
	VRD_N_MSGS
} vrd_msg_key;

// The text as it stands: fit for people only when it has no placeholders.
const char *vrd_msg(vrd_msg_key key, vrd_lang lang);
// The key's name: "CATCHMENT_AREA".
const char *vrd_msg_name(vrd_msg_key key);
// Finds a key by name, without case and with blanks and hyphens as underscores; false when there is
// none.
bool vrd_msg_find(vrd_str name, vrd_msg_key *out);
// The text of the key "prefix_name", NULL when there is none: ("dim", "area"), ("sex", "F"),
// ("unit", "bed days").
const char *vrd_msg_named(const char *prefix, const char *name, vrd_lang lang);

// Appends the text with its placeholders filled: %s takes the next argument, %1$s (to %9$s) the
// first, any other % is itself. Arguments past n stay empty. They are ready-made texts, so that
// numbers pass numfmt and no format meets a wrong type.
void vrd_msg_put(vrd_buf *out, vrd_msg_key key, vrd_lang lang, size_t n, const char *const *args);
