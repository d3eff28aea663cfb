#include "cube/messages.h"

#include <assert.h>
#include <string.h>

#include "base/banned.h"

static const char *const texts[VRD_N_MSGS][VRD_N_LANGS] = {
#define X(key, nb, nn, en) [VRD_MSG_##key] = {nb, nn, en},
#include "cube/messages.def"
#undef X
};

static const char *const names[VRD_N_MSGS] = {
#define X(key, nb, nn, en) [VRD_MSG_##key] = #key,
#include "cube/messages.def"
#undef X
};

const char *vrd_msg(vrd_msg_key key, vrd_lang lang) {
	assert(key < VRD_N_MSGS && lang < VRD_N_LANGS);
	return texts[key][lang];
}

const char *vrd_msg_name(vrd_msg_key key) {
	assert(key < VRD_N_MSGS);
	return names[key];
}

static char key_letter(char c) {
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c == ' ' || c == '-' ? '_' : c;
}

// Whether `name` spells the first part of `key`; *rest is what of the key is left.
static bool spells(const char *key, vrd_str name, const char **rest) {
	for (size_t i = 0; i < name.n; i++)
		if (key[i] == '\0' || key[i] != key_letter(name.p[i]))
			return false;
	*rest = key + name.n;
	return true;
}

bool vrd_msg_find(vrd_str name, vrd_msg_key *out) {
	for (size_t i = 0; i < VRD_N_MSGS; i++) {
		const char *rest;
		if (spells(names[i], name, &rest) && *rest == '\0') {
			*out = (vrd_msg_key)i;
			return true;
		}
	}
	return false;
}

const char *vrd_msg_named(const char *prefix, const char *name, vrd_lang lang) {
	for (size_t i = 0; i < VRD_N_MSGS; i++) {
		const char *rest;
		if (spells(names[i], vrd_str_of(prefix), &rest) && *rest == '_' &&
		    spells(rest + 1, vrd_str_of(name), &rest) && *rest == '\0')
			return texts[i][lang];
	}
	return NULL;
}

void vrd_msg_put(vrd_buf *out, vrd_msg_key key, vrd_lang lang, size_t n, const char *const *args) {
	size_t next = 0;
	for (const char *p = vrd_msg(key, lang); *p != '\0'; p++) {
		size_t arg;
		if (p[0] == '%' && p[1] == 's') {
			arg = next++;
			p += 1;
		} else if (p[0] == '%' && p[1] >= '1' && p[1] <= '9' && p[2] == '$' &&
		           p[3] == 's') {
			arg = (size_t)(p[1] - '1');
			p += 3;
		} else {
			vrd_buf_putc(out, *p);
			continue;
		}
		if (arg < n)
			vrd_buf_puts(out, args[arg]);
	}
}
