// The layout of a model's bytes. Private to the scenario room.
//
// Magic, then every field in the order of the structs; numbers as 8 bytes in the machine's order
// (little-endian on every supported CPU), texts and arrays behind their length. "vrdmod2" is
// "vrdmod1" and a tail with what later versions of the program added; both are read for ever.
#pragma once

#include "scenario/model.h"

#define VRD_MODEL_MAGIC_1 "vrdmod1"
#define VRD_MODEL_MAGIC_2 "vrdmod2"
enum { VRD_MAGIC_BYTES = 8, VRD_PACKED_DIST = 12 };

// Kinds as stored: never reorder, add at the end.
static const vrd_kind vrd_stored_kinds[VRD_N_KINDS] = {
        VRD_GROWTH,      VRD_AVOID,   VRD_SHIFT, VRD_LENGTH_OF_STAY, VRD_HEALTHY_AGEING, VRD_LEVEL,
        VRD_NEW_SERVICE, VRD_BACKLOG, VRD_FLOW,  VRD_CATCHMENT,      VRD_PRODUCTIVITY};
