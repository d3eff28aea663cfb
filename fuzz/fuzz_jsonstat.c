// Arbitrary bytes are read as JSON-stat; what can be read must be written and read again as the
// same cube, with every text, and the second writing must be the same bytes.
#include "cube/jsonstat.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
	if (!holds)
		abort();
}

static bool same(const char *a, const char *b) {
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void must_say_the_same(const vrd_cube *a, const vrd_cube *b) {
	must(vrd_cube_equal(a, b));
	must(same(a->label, b->label) && same(a->unit, b->unit));
	must(same(a->source, b->source) && same(a->updated, b->updated));
	must(a->n_notes == b->n_notes);
	for (size_t i = 0; i < a->n_notes; i++)
		must(same(a->notes[i], b->notes[i]));
	for (size_t d = 0; d < a->n_dims; d++) {
		const vrd_dim *p = a->dims[d];
		const vrd_dim *q = b->dims[d];
		must(same(p->label, q->label) && same(p->note, q->note) && p->role == q->role);
		for (size_t i = 0; i < p->n; i++) {
			const vrd_category *x = &p->cats[i];
			const vrd_category *y = &q->cats[i];
			must(same(x->label, y->label) && same(x->note, y->note));
			must(same(x->unit, y->unit) && x->decimals == y->decimals);
			must(x->parent == y->parent);
		}
	}
}

// A number exactly where the status says so.
static void must_keep_its_invariants(const vrd_cube *cube) {
	for (size_t i = 0; i < cube->n_cells; i++)
		must(isfinite(cube->values[i])
		             ? vrd_cell_has_number(vrd_cube_status(cube, i))
		             : isnan(cube->values[i]) &&
		                       !vrd_cell_has_number(vrd_cube_status(cube, i)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	vrd_arena mem = {0};
	vrd_arena_init(&mem, (size_t)16 << 20);
	vrd_cube first = {.n_dims = 77};
	vrd_cube second;
	vrd_buf once = {0};
	vrd_buf twice = {0};
	vrd_err err = {VRD_OK, ""};
	const vrd_status rc =
	        vrd_jsonstat_read(&mem, (const char *)data, size, "fuzz", &first, &err);
	if (rc != VRD_OK) {
		must(rc == VRD_DATA || rc == VRD_NOMEM);
		must(err.status == rc && strlen(err.text) > strlen("fuzz:") && first.n_dims == 77);
		must(vrd_utf8_invalid_at(err.text, strlen(err.text)) == strlen(err.text));
		goto out;
	}
	must_keep_its_invariants(&first);
	must(vrd_jsonstat_write(&first, &once, NULL) == VRD_OK);
	// A sparse file is small and its dense text is not: the second reading has its own budget.
	vrd_arena more = {0};
	must(vrd_jsonstat_read(&more, once.p, once.n, "again", &second, NULL) == VRD_OK);
	must_say_the_same(&first, &second);
	must(vrd_jsonstat_write(&second, &twice, NULL) == VRD_OK);
	must(once.n == twice.n && memcmp(once.p, twice.p, once.n) == 0);
	vrd_arena_clear(&more);
out:
	vrd_buf_free(&once);
	vrd_buf_free(&twice);
	vrd_arena_clear(&mem);
	return 0;
}
