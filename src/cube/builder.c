#include "cube/cube.h"

#include "cube/codes.h"

#include <assert.h>
#include <stdio.h>

#include "base/banned.h"

enum { FIRST_ROWS = 1024, MOST_ROWS = 1 << 18 }; // rows of the first chunk; they double

// Rows in order of arrival:
//
//	chunk: index  [row 0: d0 d1 .. | row 1: d0 d1 .. | ...]   values [v0 v1 ...]   status [s0 s1
//...]
typedef struct chunk chunk;
struct chunk {
	chunk *next;
	size_t n;
	size_t capacity;
	uint32_t *index;
	double *values;
	uint8_t *status;
};

// Categories of one dimension so far, with a hash that grows with them.
typedef struct {
	const char *name;
	vrd_category *cats;
	uint32_t *slots;
	size_t slot_mask;
	size_t n;
	size_t capacity;
	size_t last; // looked up last: readers meet runs of the same code
} codes;

struct vrd_builder {
	vrd_arena *mem;
	size_t n_dims;
	codes *dims;
	chunk *first;
	chunk *tail;
	size_t n_rows;
	bool any_status; // a row that is not PRESENT
};

// Space for twice as many categories; the smaller arrays stay behind in the arena.
static vrd_status grow_codes(vrd_arena *mem, codes *dim, vrd_err *err) {
	vrd_status rc;
	vrd_category *cats;
	uint32_t *slots;
	const size_t capacity = dim->capacity ? 2 * dim->capacity : 16;
	if (capacity > UINT32_MAX / 4)
		return vrd_fail(err, VRD_LIMIT, "dimension \"%s\" has more than %zu categories",
		                dim->name, dim->n);
	const size_t mask = vrd_codes_size(capacity) - 1;
	VRD_TRY(VRD_NEW(mem, cats, capacity));
	VRD_TRY(VRD_NEW(mem, slots, mask + 1));
	for (size_t i = 0; i < dim->n; i++) {
		size_t slot;
		cats[i] = dim->cats[i];
		(void)vrd_codes_find(cats, slots, mask, vrd_str_of(cats[i].code), &slot);
		slots[slot] = (uint32_t)i + 1;
	}
	dim->cats = cats;
	dim->slots = slots;
	dim->slot_mask = mask;
	dim->capacity = capacity;
out:
	return rc;
}

static vrd_status copy_slice(vrd_arena *mem, vrd_str text, const char **out, vrd_err *err) {
	char *copy = vrd_arena_strndup(mem, text.p, text.n);
	if (copy == NULL)
		return vrd_no_memory(err, mem, text.n + 1, 1);
	*out = copy;
	return VRD_OK;
}

static vrd_status add_code(vrd_arena *mem, codes *dim, vrd_str code, size_t slot, vrd_err *err) {
	vrd_status rc;
	const char *copy = NULL;
	if (code.n == 0)
		return vrd_fail(err, VRD_DATA, "dimension \"%s\": a code is empty", dim->name);
	if (memchr(code.p, '\0', code.n) != NULL)
		return vrd_fail(err, VRD_DATA,
		                "dimension \"%s\": the code \"%s\" is followed by a NUL", dim->name,
		                code.p);
	if (dim->n == dim->capacity) {
		VRD_TRY(grow_codes(mem, dim, err));
		(void)vrd_codes_find(dim->cats, dim->slots, dim->slot_mask, code, &slot);
	}
	VRD_TRY(copy_slice(mem, code, &copy, err));
	dim->cats[dim->n] = (vrd_category){.code = copy, .parent = VRD_NONE, .decimals = -1};
	dim->slots[slot] = (uint32_t)++dim->n;
out:
	return rc;
}

vrd_status vrd_builder_new(vrd_arena *mem, size_t n_dims, const char *const *names,
                           vrd_builder **out, vrd_err *err) {
	vrd_status rc;
	vrd_builder *builder;
	VRD_TRY(VRD_NEW(mem, builder, 1));
	*builder = (vrd_builder){.mem = mem, .n_dims = n_dims};
	VRD_TRY(VRD_NEW(mem, builder->dims, n_dims));
	for (size_t d = 0; d < n_dims; d++) {
		codes *dim = &builder->dims[d];
		for (size_t e = 0; e < d; e++) {
			if (strcmp(names[d], names[e]) == 0)
				return vrd_fail(err, VRD_DATA, "the dimension \"%s\" stands twice",
				                names[d]);
		}
		VRD_TRY(copy_slice(mem, vrd_str_of(names[d]), &dim->name, err));
		VRD_TRY(grow_codes(mem, dim, err));
	}
	*out = builder;
out:
	return rc;
}

vrd_status vrd_builder_index(vrd_builder *builder, size_t dim, vrd_str code, uint32_t *out,
                             vrd_err *err) {
	assert(dim < builder->n_dims);
	codes *self = &builder->dims[dim];
	if (self->last >= self->n || !vrd_code_is(self->cats[self->last].code, code)) {
		size_t slot;
		size_t index =
		        vrd_codes_find(self->cats, self->slots, self->slot_mask, code, &slot);
		if (index == VRD_NONE) {
			const vrd_status rc = add_code(builder->mem, self, code, slot, err);
			if (rc != VRD_OK)
				return rc;
			index = self->n - 1;
		}
		self->last = index;
	}
	*out = (uint32_t)self->last;
	return VRD_OK;
}

vrd_status vrd_builder_category(vrd_builder *builder, size_t dim, vrd_str code, vrd_str label,
                                vrd_err *err) {
	vrd_status rc;
	uint32_t index;
	VRD_TRY(vrd_builder_index(builder, dim, code, &index, err));
	vrd_category *cat = &builder->dims[dim].cats[index];
	if (label.n > 0 && cat->label == NULL)
		VRD_TRY(copy_slice(builder->mem, label, &cat->label, err));
out:
	return rc;
}

static vrd_status add_chunk(vrd_builder *builder, vrd_err *err) {
	vrd_status rc;
	chunk *next;
	const size_t before = builder->tail ? builder->tail->capacity : FIRST_ROWS / 2;
	VRD_TRY(VRD_NEW(builder->mem, next, 1));
	next->capacity = before < MOST_ROWS ? 2 * before : MOST_ROWS;
	VRD_TRY(VRD_NEW(builder->mem, next->index, next->capacity * builder->n_dims));
	VRD_TRY(VRD_NEW(builder->mem, next->values, next->capacity));
	VRD_TRY(VRD_NEW(builder->mem, next->status, next->capacity));
	if (builder->tail != NULL)
		builder->tail->next = next;
	else
		builder->first = next;
	builder->tail = next;
out:
	return rc;
}

vrd_status vrd_builder_add(vrd_builder *builder, const uint32_t *index, double value,
                           vrd_cell status, vrd_err *err) {
	assert((size_t)status <= VRD_MISSING);
	if (!isfinite(value) && vrd_cell_has_number(status))
		return vrd_fail(err, VRD_DATA,
		                "the value of row %zu (from 0) is %g, not a finite number",
		                builder->n_rows, value);
	if (builder->tail == NULL || builder->tail->n == builder->tail->capacity) {
		const vrd_status rc = add_chunk(builder, err);
		if (rc != VRD_OK)
			return rc;
	}
	chunk *tail = builder->tail;
	uint32_t *row = tail->index + tail->n * builder->n_dims;
	for (size_t d = 0; d < builder->n_dims; d++) {
		assert(index[d] < builder->dims[d].n);
		row[d] = index[d];
	}
	tail->values[tail->n] = value;
	tail->status[tail->n] = (uint8_t)status;
	tail->n++;
	builder->n_rows++;
	builder->any_status |= status != VRD_PRESENT;
	return VRD_OK;
}

static size_t row_position(const vrd_cube *cube, const uint32_t *row) {
	size_t position = 0;
	for (size_t d = 0; d < cube->n_dims; d++)
		position += row[d] * cube->stride[d];
	return position;
}

// Number of the first row of a cell that is known to have one.
static size_t first_row_of(const vrd_builder *builder, const vrd_cube *cube, size_t position) {
	size_t n = 0;
	for (const chunk *c = builder->first;; n += c->n, c = c->next) {
		assert(c != NULL);
		for (size_t r = 0; r < c->n; r++) {
			if (row_position(cube, c->index + r * cube->n_dims) == position)
				return n + r;
		}
	}
}

static vrd_status fail_duplicate(const vrd_builder *builder, const vrd_cube *cube, size_t row,
                                 const uint32_t *index, vrd_err *err) {
	char cell[600] = "";
	size_t used = 0;
	for (size_t d = 0; d < cube->n_dims && used < sizeof cell; d++) {
		const int n = snprintf(cell + used, sizeof cell - used, "%s%s = \"%s\"",
		                       d > 0 ? ", " : "", cube->dims[d]->name,
		                       cube->dims[d]->cats[index[d]].code);
		used += n > 0 ? (size_t)n : sizeof cell;
	}
	return vrd_fail(err, VRD_DATA, "rows %zu and %zu (from 0) name the same cell%s%s",
	                first_row_of(builder, cube, row_position(cube, index)), row,
	                used > 0 ? ": " : "", cell);
}

// Puts every row in its cell; `seen` has one bit for each cell.
static vrd_status scatter(const vrd_builder *builder, vrd_cube *cube, uint64_t *seen,
                          size_t *duplicate, vrd_err *err) {
	size_t before = 0;
	for (const chunk *c = builder->first; c != NULL; before += c->n, c = c->next) {
		const uint32_t *row = c->index;
		for (size_t r = 0; r < c->n; r++, row += cube->n_dims) {
			const size_t at = row_position(cube, row);
			const uint64_t bit = (uint64_t)1 << (at & 63);
			if (seen[at / 64] & bit) {
				if (duplicate != NULL)
					*duplicate = before + r;
				return fail_duplicate(builder, cube, before + r, row, err);
			}
			seen[at / 64] |= bit;
			const vrd_cell status = (vrd_cell)c->status[r];
			cube->values[at] = vrd_cell_has_number(status) ? c->values[r] : NAN;
			if (cube->status != NULL)
				cube->status[at] = (uint8_t)status;
		}
	}
	return VRD_OK;
}

vrd_status vrd_builder_finish(vrd_builder *builder, vrd_cell absent, vrd_cube *out,
                              size_t *duplicate, vrd_err *err) {
	vrd_status rc;
	vrd_arena *mem = builder->mem;
	const vrd_dim **dims;
	uint64_t *seen;
	vrd_cube cube;
	VRD_TRY(VRD_NEW(mem, dims, builder->n_dims));
	for (size_t d = 0; d < builder->n_dims; d++) {
		const codes *dim = &builder->dims[d];
		VRD_TRY(vrd_dim_new(mem, dim->name, NULL, vrd_role_of_name(dim->name), dim->n,
		                    dim->cats, &dims[d], err));
	}
	VRD_TRY(vrd_cube_new(mem, builder->n_dims, dims, &cube, err));
	VRD_TRY(VRD_NEW(mem, seen, cube.n_cells / 64 + 1));
	// More rows than cells means a duplicate, which scatter finds; as many means that none is
	// absent.
	const bool any_absent = builder->n_rows < cube.n_cells;
	if (builder->any_status || (any_absent && absent != VRD_PRESENT)) {
		VRD_TRY(VRD_NEW(mem, cube.status, cube.n_cells));
		memset(cube.status, (int)absent, cube.n_cells);
	}
	if (any_absent && !vrd_cell_has_number(absent)) {
		for (size_t i = 0; i < cube.n_cells; i++)
			cube.values[i] = NAN;
	}
	VRD_TRY(scatter(builder, &cube, seen, duplicate, err));
	*out = cube;
out:
	return rc;
}
