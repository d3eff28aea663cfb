// Any bytes as a model: refused as damage, or a model that can be checked and packs to itself.
#include "scenario/model.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
	if (!holds)
		abort();
}

// Packing names every number of a model, so equal bytes are equal models.
static void check_round_trip(vrd_arena *mem, const vrd_model *model) {
	vrd_buf first = {0}, second = {0};
	vrd_model again;
	check(vrd_model_pack(model, &first, NULL) == VRD_OK);
	check(vrd_model_unpack(mem, first.p, first.n, &again, NULL) == VRD_OK);
	check(vrd_model_pack(&again, &second, NULL) == VRD_OK);
	check(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
	vrd_buf_free(&first);
	vrd_buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	vrd_arena mem;
	vrd_diag diag;
	vrd_model model;
	vrd_err err;
	vrd_arena_init(&mem, 0);
	vrd_diag_init(&diag, &mem, 0);
	const vrd_status rc = vrd_model_unpack(&mem, data, size, &model, &err);
	// The arena grows with the input, not with what the input claims.
	check(mem.used <= 64 * size + 4096);
	if (rc == VRD_OK) {
		check_round_trip(&mem, &model);
		vrd_model_check(&model, "stored", &diag);
	} else {
		check((rc == VRD_STORE || rc == VRD_DATA) && strlen(err.text) > 0);
	}
	vrd_arena_clear(&mem);
	return 0;
}
