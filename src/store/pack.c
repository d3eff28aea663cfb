// A packed cube, version 1. Numbers are little-endian, nothing is padded or aligned:
//
//	"vrdcube" 1                        7 letters and the version
//	text label, unit, source, updated
//	u64 n_notes    then for each       text
//	u64 n_dims     then for each       text name, label, note; u8 role
//	  u64 n        then for each         text code, label, note, unit
//	                                     u64 parent + 1 (0 = none); u32 decimals (two's
// complement) 	u8 has_status  then, when 1,       u8 x n_cells 	u64 x n_cells the bits of
// every value
//
//	text: u32 length + 1 (0 = NULL), then the UTF-8 bytes without NUL
//
// Reading compares every count with the bytes that are left before it allocates, so a short text
// cannot claim much memory: the arena grows by at most a small multiple of the input.
#include "store/store.h"

#include <string.h>

#include "base/banned.h"

static const char magic[8] = {'v', 'r', 'd', 'c', 'u', 'b', 'e', 1};

enum {
	LEAST_TEXT = 4,
	LEAST_CATEGORY = 4 * LEAST_TEXT + 8 + 4,
	LEAST_DIM = 3 * LEAST_TEXT + 1 + 8,
	VALUES_AT_ONCE = 512,
};

static uint64_t little_endian(uint64_t value) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return __builtin_bswap64(value);
#else
	return value;
#endif
}

// --- packing ------------------------------------------------------------------------------------

typedef struct {
	vrd_buf *out;
	const char *bad; // the first text that cannot be packed, or NULL
} writer;

static void put_number(writer *w, uint64_t value, size_t width) {
	const uint64_t bytes = little_endian(value);
	vrd_buf_add(w->out, (const char *)&bytes, width);
}

static void put_text(writer *w, const char *text) {
	if (!text) {
		put_number(w, 0, 4);
		return;
	}
	const size_t n = strlen(text);
	if (n >= UINT32_MAX || vrd_utf8_invalid_at(text, n) != n) {
		w->bad = w->bad ? w->bad : text;
		return;
	}
	put_number(w, n + 1, 4);
	vrd_buf_add(w->out, text, n);
}

static void put_dim(writer *w, const vrd_dim *dim) {
	put_text(w, dim->name);
	put_text(w, dim->label);
	put_text(w, dim->note);
	put_number(w, dim->role, 1);
	put_number(w, dim->n, 8);
	for (size_t i = 0; i < dim->n; i++) {
		const vrd_category *cat = &dim->cats[i];
		put_text(w, cat->code);
		put_text(w, cat->label);
		put_text(w, cat->note);
		put_text(w, cat->unit);
		put_number(w, cat->parent == VRD_NONE ? 0 : (uint64_t)cat->parent + 1, 8);
		put_number(w, (uint32_t)cat->decimals, 4);
	}
}

static void put_values(writer *w, const double *values, size_t n) {
	uint64_t block[VALUES_AT_ONCE];
	for (size_t from = 0; from < n; from += VALUES_AT_ONCE) {
		const size_t count = n - from < VALUES_AT_ONCE ? n - from : VALUES_AT_ONCE;
		memcpy(block, values + from, count * sizeof *block);
		for (size_t i = 0; i < count; i++)
			block[i] = little_endian(block[i]);
		vrd_buf_add(w->out, (const char *)block, count * sizeof *block);
	}
}

// The invariant of cube.h: a value is NaN exactly when its cell has no number.
static bool cell_holds(uint8_t status, double value) {
	return status <= VRD_MISSING && vrd_cell_has_number((vrd_cell)status) == !isnan(value);
}

// The first cell that breaks the invariant, or n_cells.
static size_t first_bad_cell(const vrd_cube *cube) {
	size_t i = 0;
	while (i < cube->n_cells &&
	       cell_holds(cube->status ? cube->status[i] : VRD_PRESENT, cube->values[i]))
		i++;
	return i;
}

vrd_status vrd_cube_pack(const vrd_cube *cube, vrd_buf *out, vrd_err *err) {
	// Checked here because reading refuses such a cube as damage, when it is too late to see
	// which model made it.
	const size_t bad_cell = first_bad_cell(cube);
	if (bad_cell < cube->n_cells)
		return vrd_fail(
		        err, VRD_INTERNAL,
		        "cell %zu of cube \"%s\" has status %d and value %g: a value is NaN "
		        "exactly when the cell has no number",
		        bad_cell, cube->label ? cube->label : "",
		        cube->status ? cube->status[bad_cell] : VRD_PRESENT,
		        cube->values[bad_cell]);
	const size_t start = out->n;
	writer w = {.out = out};
	vrd_buf_add(out, magic, sizeof magic);
	put_text(&w, cube->label);
	put_text(&w, cube->unit);
	put_text(&w, cube->source);
	put_text(&w, cube->updated);
	put_number(&w, cube->n_notes, 8);
	for (size_t i = 0; i < cube->n_notes; i++)
		put_text(&w, cube->notes[i]);
	put_number(&w, cube->n_dims, 8);
	for (size_t d = 0; d < cube->n_dims; d++)
		put_dim(&w, cube->dims[d]);
	put_number(&w, cube->status != NULL, 1);
	if (cube->status)
		vrd_buf_add(out, (const char *)cube->status, cube->n_cells);
	put_values(&w, cube->values, cube->n_cells);
	if (!w.bad && !out->failed)
		return VRD_OK;

	out->n = start;
	if (out->p)
		out->p[start] = '\0';
	if (w.bad)
		return vrd_fail(err, VRD_DATA, "a text of a cube is not UTF-8 after \"%.*s\"",
		                (int)vrd_utf8_invalid_at(w.bad, strnlen(w.bad, 80)), w.bad);
	return vrd_fail(err, VRD_NOMEM, "no memory to pack a cube of %zu cells", cube->n_cells);
}

// --- unpacking ----------------------------------------------------------------------------------

typedef struct {
	vrd_arena *mem;
	const char *start;
	const char *p;
	size_t left;
} reader;

static vrd_status damaged(const reader *r, const char *why, vrd_err *err) {
	vrd_fail(
	        err, VRD_STORE,
	        "a stored cube is damaged at byte %zu: %s; delete .varde/store.db, its runs can be "
	        "made again",
	        (size_t)(r->p - r->start), why);
	return VRD_STORE; // said here too, so that static analysis follows VRD_TRY
}

// What cube.h refuses is damage here; a lack of memory stays what it is.
static vrd_status refused(const reader *r, vrd_status status, const vrd_err *inner, vrd_err *err) {
	if (status == VRD_NOMEM)
		return vrd_fail(err, status, "%s", inner->text);
	return damaged(r, inner->text, err);
}

static vrd_status take(reader *r, size_t n, const char **bytes, vrd_err *err) {
	if (n > r->left)
		return damaged(r, "it ends too early", err);
	*bytes = r->p;
	r->p += n;
	r->left -= n;
	return VRD_OK;
}

static vrd_status take_number(reader *r, size_t width, uint64_t *out, vrd_err *err) {
	const char *bytes = NULL;
	vrd_status rc;
	uint64_t value = 0;
	VRD_TRY(take(r, width, &bytes, err));
	memcpy(&value, bytes, width);
	*out = little_endian(value);
out:
	return rc;
}

// A count of things of which each takes at least `least` bytes.
static vrd_status take_count(reader *r, size_t least, size_t *out, vrd_err *err) {
	uint64_t n = 0;
	vrd_status rc;
	VRD_TRY(take_number(r, 8, &n, err));
	if (n > r->left / least)
		return damaged(r, "a count is larger than what follows", err);
	*out = (size_t)n;
out:
	return rc;
}

static vrd_status take_text(reader *r, const char **out, vrd_err *err) {
	uint64_t n = 0;
	const char *bytes = NULL;
	vrd_status rc;
	VRD_TRY(take_number(r, 4, &n, err));
	if (n == 0) {
		*out = NULL;
		return VRD_OK;
	}
	VRD_TRY(take(r, (size_t)n - 1, &bytes, err));
	if (memchr(bytes, '\0', (size_t)n - 1) ||
	    vrd_utf8_invalid_at(bytes, (size_t)n - 1) != (size_t)n - 1)
		return damaged(r, "a text is not UTF-8", err);
	char *const text = vrd_arena_strndup(r->mem, bytes, (size_t)n - 1);
	if (!text)
		return vrd_no_memory(err, r->mem, (size_t)n, 1);
	*out = text;
out:
	return rc;
}

// A text that cube.h says is never NULL.
static vrd_status take_name(reader *r, const char **out, vrd_err *err) {
	const char *text = NULL;
	vrd_status rc;
	VRD_TRY(take_text(r, &text, err));
	if (!text)
		return damaged(r, "a name is absent", err);
	*out = text;
out:
	return rc;
}

static vrd_status take_category(reader *r, vrd_category *cat, vrd_err *err) {
	uint64_t parent = 0, decimals = 0;
	vrd_status rc;
	VRD_TRY(take_name(r, &cat->code, err));
	VRD_TRY(take_name(r, &cat->label, err));
	VRD_TRY(take_text(r, &cat->note, err));
	VRD_TRY(take_text(r, &cat->unit, err));
	VRD_TRY(take_number(r, 8, &parent, err));
	VRD_TRY(take_number(r, 4, &decimals, err));
	if (parent > SIZE_MAX - 1)
		return damaged(r, "a parent is outside its dimension", err);
	cat->parent = parent == 0 ? VRD_NONE : (size_t)parent - 1;
	cat->decimals = (int)(int32_t)(uint32_t)decimals;
out:
	return rc;
}

static vrd_status take_dim(reader *r, const vrd_dim **out, vrd_err *err) {
	const char *name = NULL, *label = NULL, *note = NULL;
	uint64_t role = 0;
	size_t n = 0;
	vrd_category *cats = NULL;
	const vrd_dim *plain = NULL;
	vrd_err inner;
	vrd_status rc;
	VRD_TRY(take_name(r, &name, err));
	VRD_TRY(take_text(r, &label, err));
	VRD_TRY(take_text(r, &note, err));
	VRD_TRY(take_number(r, 1, &role, err));
	if (role > VRD_ROLE_METRIC)
		return damaged(r, "an unknown role of a dimension", err);
	VRD_TRY(take_count(r, LEAST_CATEGORY, &n, err));
	VRD_TRY(VRD_NEW(r->mem, cats, n));
	for (size_t i = 0; i < n; i++)
		VRD_TRY(take_category(r, &cats[i], err));
	rc = vrd_dim_new(r->mem, name, label, (vrd_role)role, n, cats, &plain, &inner);
	if (rc != VRD_OK)
		return refused(r, rc, &inner, err);
	vrd_dim *dim;
	VRD_TRY(VRD_NEW(r->mem, dim, 1));
	*dim = *plain;
	dim->note = note;
	*out = dim;
out:
	return rc;
}

// The empty cube of the right shape, once the rest is known to be large enough for its cells.
static vrd_status take_shape(reader *r, vrd_cube *cube, vrd_err *err) {
	size_t n_dims = 0;
	size_t n_cells = 1;
	const vrd_dim **dims;
	vrd_err inner;
	vrd_status rc;
	VRD_TRY(take_count(r, LEAST_DIM, &n_dims, err));
	VRD_TRY(VRD_NEW(r->mem, dims, n_dims));
	for (size_t d = 0; d < n_dims; d++) {
		VRD_TRY(take_dim(r, &dims[d], err));
		if (__builtin_mul_overflow(n_cells, dims[d]->n, &n_cells))
			return damaged(r, "too many cells", err);
	}
	if (n_cells > r->left / sizeof(double))
		return damaged(r, "it has fewer values than cells", err);
	rc = vrd_cube_new(r->mem, n_dims, dims, cube, &inner);
	if (rc != VRD_OK)
		return refused(r, rc, &inner, err);
out:
	return rc;
}

static vrd_status take_cells(reader *r, vrd_cube *cube, vrd_err *err) {
	uint64_t has_status = 0;
	const char *bytes = NULL;
	vrd_status rc;
	VRD_TRY(take_number(r, 1, &has_status, err));
	if (has_status > 1)
		return damaged(r, "the mark for statuses is neither 0 nor 1", err);
	if (has_status) {
		VRD_TRY(take(r, cube->n_cells, &bytes, err));
		VRD_TRY(VRD_NEW(r->mem, cube->status, cube->n_cells));
		memcpy(cube->status, bytes, cube->n_cells);
	}
	// take_shape has checked that n_cells * 8 does not overflow.
	VRD_TRY(take(r, cube->n_cells * sizeof(double), &bytes, err));
	for (size_t i = 0; i < cube->n_cells; i++) {
		uint64_t bits;
		memcpy(&bits, bytes + i * sizeof bits, sizeof bits);
		bits = little_endian(bits);
		memcpy(&cube->values[i], &bits, sizeof bits);
	}
	if (r->left > 0)
		return damaged(r, "more bytes follow the last value", err);
	if (first_bad_cell(cube) < cube->n_cells)
		return damaged(r, "a value does not fit its status", err);
out:
	return rc;
}

vrd_status vrd_cube_unpack(vrd_arena *mem, const void *bytes, size_t n, vrd_cube *out,
                           vrd_err *err) {
	reader r = {.mem = mem, .start = bytes, .p = bytes, .left = n};
	const char *label = NULL, *unit = NULL, *source = NULL, *updated = NULL, *head = NULL;
	const char **notes;
	size_t n_notes = 0;
	vrd_cube cube = {0};
	vrd_status rc;
	VRD_TRY(take(&r, sizeof magic, &head, err));
	if (memcmp(head, magic, sizeof magic) != 0)
		return damaged(&r, "it does not begin as a packed cube of version 1", err);
	VRD_TRY(take_text(&r, &label, err));
	VRD_TRY(take_text(&r, &unit, err));
	VRD_TRY(take_text(&r, &source, err));
	VRD_TRY(take_text(&r, &updated, err));
	VRD_TRY(take_count(&r, LEAST_TEXT, &n_notes, err));
	VRD_TRY(VRD_NEW(mem, notes, n_notes));
	for (size_t i = 0; i < n_notes; i++)
		VRD_TRY(take_text(&r, &notes[i], err));
	VRD_TRY(take_shape(&r, &cube, err));
	VRD_TRY(take_cells(&r, &cube, err));
	cube.label = label;
	cube.unit = unit;
	cube.source = source;
	cube.updated = updated;
	cube.notes = notes;
	cube.n_notes = n_notes;
	*out = cube;
out:
	return rc;
}
