// Any bytes: unpacking refuses them as damage or gives a cube that packs and unpacks to itself.
#include "store/store.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
	if (!holds)
		abort();
}

// Packing names every text and bit of a cube, so equal bytes are equal cubes.
static void check_round_trip(vrd_arena *mem, const vrd_cube *cube) {
	vrd_buf first = {0};
	vrd_buf second = {0};
	vrd_cube again;
	check(vrd_cube_pack(cube, &first, NULL) == VRD_OK);
	check(vrd_cube_unpack(mem, first.p, first.n, &again, NULL) == VRD_OK);
	check(vrd_cube_equal(cube, &again));
	check(vrd_cube_pack(&again, &second, NULL) == VRD_OK);
	check(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
	vrd_buf_free(&first);
	vrd_buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	vrd_arena mem;
	vrd_cube cube;
	vrd_err err;
	vrd_arena_init(&mem, 0);
	const vrd_status rc = vrd_cube_unpack(&mem, data, size, &cube, &err);
	// The arena grows with the input, not with what the input claims.
	check(mem.used <= 64 * size + 4096);
	if (rc == VRD_OK)
		check_round_trip(&mem, &cube);
	else
		check(rc == VRD_STORE && strlen(err.text) > 0);
	vrd_arena_clear(&mem);
	return 0;
}
