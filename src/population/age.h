// Ages as codes: single years "0".."104", open ends "105+", bands "0-17", "75+", and "all".
#pragma once

#include "base/mem.h"
#include "base/text.h"

#define VRD_AGE_MAX 150

// from..to inclusive; open bands have to = VRD_AGE_MAX. "all" is 0..VRD_AGE_MAX.
typedef struct {
	int from;
	int to;
} vrd_age;

// Reads canonical codes and the forms that SSB and others print: "000", "105+", "105 år eller
// eldre", "0 - 17 år", "0-17", "75+", "75-", "a7", "F00-17", "18 år", "all", "Alle aldre", "999".
// false when it is none. "18 år og over" is open.
bool vrd_age_parse(vrd_str text, vrd_age *out);
// Canonical code, owned by `mem`; NULL without memory.
char *vrd_age_code(vrd_arena *mem, vrd_age age);
// Canonical sex code: "F", "M", "all" from "2"/"1" (SSB: 1 men, 2 women), "Kvinner", "Menn", "K",
// "women", "female", "Begge kjønn", "0" ...; NULL when it is none. Static text.
const char *vrd_sex_code(vrd_str text);
