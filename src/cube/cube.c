#include "cube/cube.h"

#include "cube/codes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

// --- status -------------------------------------------------------------------------------------

bool vrd_cell_has_number(vrd_cell status) {
	return status == VRD_PRESENT || status == VRD_PRELIMINARY || status == VRD_ESTIMATED;
}

static const char *const symbols[] = {
        [VRD_PRESENT] = "",    [VRD_NOT_APPLICABLE] = ".", [VRD_PRELIMINARY] = "*",
        [VRD_ESTIMATED] = "e", [VRD_SUPPRESSED] = ":",     [VRD_MISSING] = "..",
};

const char *vrd_cell_symbol(vrd_cell status) {
	assert((size_t)status <= VRD_MISSING);
	return symbols[status];
}

bool vrd_cell_from_symbol(vrd_str symbol, vrd_cell *out) {
	if (vrd_str_is(symbol, "...")) {
		*out = VRD_MISSING;
		return true;
	}
	for (size_t i = 0; i <= VRD_MISSING; i++) {
		if (vrd_str_is(symbol, symbols[i])) {
			*out = (vrd_cell)i;
			return true;
		}
	}
	return false;
}

// --- names in messages --------------------------------------------------------------------------

void vrd_listing_add(vrd_listing *list, const char *name) {
	enum { MOST = 6 };
	list->n++;
	const size_t room = sizeof list->text - list->used;
	// Room for the quotes, the comma and the closing count.
	if (list->n_shown + 1 != list->n || list->n_shown == MOST || strlen(name) + 48 > room)
		return;
	const int added = snprintf(list->text + list->used, room, "%s\"%s\"",
	                           list->n_shown > 0 ? ", " : "", name);
	assert(added > 0 && (size_t)added < room);
	list->used += (size_t)added;
	list->n_shown++;
}

const char *vrd_listing_end(vrd_listing *list) {
	if (list->n_shown < list->n)
		(void)snprintf(list->text + list->used, sizeof list->text - list->used, "%s%zu %s",
		               list->n_shown > 0 ? " and " : "", list->n - list->n_shown,
		               list->n_shown > 0 ? "more" : "with long names");
	return list->text;
}

// --- dimensions ---------------------------------------------------------------------------------

vrd_role vrd_role_of_name(const char *name) {
	if (strcmp(name, "area") == 0)
		return VRD_ROLE_GEO;
	if (strcmp(name, "year") == 0)
		return VRD_ROLE_TIME;
	return strcmp(name, "measure") == 0 ? VRD_ROLE_METRIC : VRD_ROLE_NONE;
}

static vrd_status copy_text(vrd_arena *mem, const char *text, const char **out, vrd_err *err) {
	char *copy = NULL;
	if (text != NULL && (copy = vrd_arena_strdup(mem, text)) == NULL)
		return vrd_no_memory(err, mem, strlen(text) + 1, 1);
	*out = copy;
	return VRD_OK;
}

static vrd_status copy_category(vrd_arena *mem, const vrd_category *in, vrd_category *out,
                                vrd_err *err) {
	vrd_status rc;
	*out = *in;
	VRD_TRY(copy_text(mem, in->code, &out->code, err));
	if (in->label == NULL || strcmp(in->label, in->code) == 0)
		out->label = out->code;
	else
		VRD_TRY(copy_text(mem, in->label, &out->label, err));
	VRD_TRY(copy_text(mem, in->note, &out->note, err));
	VRD_TRY(copy_text(mem, in->unit, &out->unit, err));
out:
	return rc;
}

// Follows every category to its root once: a walk that meets its own mark is a cycle.
static vrd_status check_parents(vrd_arena *mem, const char *name, size_t n,
                                const vrd_category *cats, vrd_err *err) {
	vrd_status rc = VRD_OK;
	uint32_t *mark = NULL; // number of the walk that passed here, from 1
	for (size_t i = 0; i < n; i++) {
		if (cats[i].parent == VRD_NONE)
			continue;
		if (mark == NULL)
			VRD_TRY(VRD_NEW(mem, mark, n));
		for (size_t at = i; at != VRD_NONE && mark[at] == 0; at = cats[at].parent) {
			const size_t parent = cats[at].parent;
			mark[at] = (uint32_t)i + 1;
			if (parent == VRD_NONE)
				break;
			if (parent >= n)
				return vrd_fail(err, VRD_DATA,
				                "dimension \"%s\": the parent of \"%s\" is "
				                "category number %zu, "
				                "but there are only %zu",
				                name, cats[at].code, parent + 1, n);
			if (mark[parent] == (uint32_t)i + 1)
				return vrd_fail(err, VRD_DATA,
				                "dimension \"%s\": the parents of \"%s\" lead back "
				                "to itself",
				                name, cats[parent].code);
		}
	}
out:
	return rc;
}

vrd_status vrd_dim_new(vrd_arena *mem, const char *name, const char *label, vrd_role role, size_t n,
                       const vrd_category *cats, const vrd_dim **out, vrd_err *err) {
	vrd_status rc;
	vrd_dim *dim;
	vrd_category *copies;
	uint32_t *slots;
	if (name == NULL || name[0] == '\0')
		return vrd_fail(err, VRD_DATA, "a dimension needs a name");
	if (n >= UINT32_MAX / 4)
		return vrd_fail(err, VRD_LIMIT, "dimension \"%s\" has %zu categories, more than %u",
		                name, n, UINT32_MAX / 4);
	VRD_TRY(VRD_NEW(mem, dim, 1));
	VRD_TRY(VRD_NEW(mem, copies, n));
	VRD_TRY(VRD_NEW(mem, slots, vrd_codes_size(n)));
	const size_t mask = vrd_codes_size(n) - 1;
	for (size_t i = 0; i < n; i++) {
		if (cats[i].code == NULL || cats[i].code[0] == '\0')
			return vrd_fail(err, VRD_DATA,
			                "dimension \"%s\": category number %zu has an empty code",
			                name, i + 1);
		size_t slot;
		const size_t same =
		        vrd_codes_find(copies, slots, mask, vrd_str_of(cats[i].code), &slot);
		if (same != VRD_NONE)
			return vrd_fail(
			        err, VRD_DATA,
			        "dimension \"%s\": the code \"%s\" stands twice, as category "
			        "number %zu and %zu",
			        name, cats[i].code, same + 1, i + 1);
		VRD_TRY(copy_category(mem, &cats[i], &copies[i], err));
		slots[slot] = (uint32_t)i + 1;
	}
	VRD_TRY(check_parents(mem, name, n, copies, err));
	*dim = (vrd_dim){.role = role, .n = n, .cats = copies, .slots = slots, .slot_mask = mask};
	VRD_TRY(copy_text(mem, name, &dim->name, err));
	VRD_TRY(copy_text(mem, label != NULL ? label : name, &dim->label, err));
	*out = dim;
out:
	return rc;
}

vrd_status vrd_dim_of_codes(vrd_arena *mem, const char *name, size_t n, const char *const *codes,
                            const vrd_dim **out, vrd_err *err) {
	vrd_status rc;
	vrd_category *cats;
	VRD_TRY(VRD_NEW(mem, cats, n));
	for (size_t i = 0; i < n; i++)
		cats[i] = (vrd_category){.code = codes[i], .parent = VRD_NONE, .decimals = -1};
	VRD_TRY(vrd_dim_new(mem, name, NULL, name ? vrd_role_of_name(name) : VRD_ROLE_NONE, n, cats,
	                    out, err));
out:
	return rc;
}

vrd_status vrd_dim_of_years(vrd_arena *mem, int from, int to, const vrd_dim **out, vrd_err *err) {
	vrd_status rc;
	const char **codes;
	if (from > to)
		return vrd_fail(err, VRD_DATA, "the years run from %d to %d, which is backwards",
		                from, to);
	const size_t n = (size_t)((long long)to - from) + 1;
	VRD_TRY(VRD_NEW(mem, codes, n));
	for (size_t i = 0; i < n; i++) {
		codes[i] = vrd_arena_printf(mem, "%lld", (long long)from + (long long)i);
		if (codes[i] == NULL)
			return vrd_no_memory(err, mem, 16, 1);
	}
	VRD_TRY(vrd_dim_of_codes(mem, "year", n, codes, out, err));
out:
	return rc;
}

size_t vrd_dim_find(const vrd_dim *dim, vrd_str code) {
	size_t slot;
	return vrd_codes_find(dim->cats, dim->slots, dim->slot_mask, code, &slot);
}

size_t vrd_dim_find_text(const vrd_dim *dim, const char *code) {
	return vrd_dim_find(dim, vrd_str_of(code));
}

// The category whose code or label is nearest to a text; VRD_NONE when none is near.
static size_t nearest_category(const vrd_dim *dim, vrd_str text) {
	const char **texts = calloc(2 * dim->n + 1, sizeof *texts);
	if (texts == NULL)
		return VRD_NONE;
	for (size_t i = 0; i < dim->n; i++) {
		texts[i] = dim->cats[i].code;
		texts[dim->n + i] = dim->cats[i].label;
	}
	const size_t best = vrd_nearest(text, texts, 2 * dim->n);
	free(texts);
	return best == VRD_NONE || best < dim->n ? best : best - dim->n;
}

static vrd_status fail_category(const vrd_dim *dim, vrd_str code, vrd_err *err) {
	const size_t near = nearest_category(dim, code);
	if (near != VRD_NONE) {
		const vrd_category *cat = &dim->cats[near];
		const bool plain = strcmp(cat->code, cat->label) == 0;
		return vrd_fail(
		        err, VRD_NOINPUT,
		        "dimension \"%s\" has no category \"%.*s\"; did you mean \"%s\"%s%s%s?",
		        dim->name, vrd_shown(code), code.p, cat->code, plain ? "" : " (",
		        plain ? "" : cat->label, plain ? "" : ")");
	}
	vrd_listing list = {0};
	for (size_t i = 0; i < dim->n; i++)
		vrd_listing_add(&list, dim->cats[i].code);
	return vrd_fail(err, VRD_NOINPUT, "dimension \"%s\" has no category \"%.*s\"; it has %s",
	                dim->name, vrd_shown(code), code.p,
	                dim->n ? vrd_listing_end(&list) : "none");
}

vrd_status vrd_dim_require(const vrd_dim *dim, vrd_str code, size_t *out, vrd_err *err) {
	const size_t index = vrd_dim_find(dim, code);
	if (index == VRD_NONE) // the search for a suggestion is not free
		return err == NULL ? VRD_NOINPUT : fail_category(dim, code, err);
	*out = index;
	return VRD_OK;
}

bool vrd_dim_same_codes(const vrd_dim *a, const vrd_dim *b) {
	if (a == b || a->cats == b->cats)
		return a->n == b->n;
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->cats[i].code, b->cats[i].code) != 0)
			return false;
	}
	return true;
}

// --- making and reading -------------------------------------------------------------------------

vrd_status vrd_cube_new(vrd_arena *mem, size_t n_dims, const vrd_dim *const *dims, vrd_cube *out,
                        vrd_err *err) {
	vrd_status rc;
	vrd_cube cube = {.n_dims = n_dims};
	size_t n_cells = 1, bytes;
	for (size_t d = 0; d < n_dims; d++) {
		for (size_t e = 0; e < d; e++) {
			if (strcmp(dims[d]->name, dims[e]->name) == 0)
				return vrd_fail(err, VRD_DATA, "the dimension \"%s\" stands twice",
				                dims[d]->name);
		}
	}
	VRD_TRY(VRD_NEW(mem, cube.dims, n_dims));
	VRD_TRY(VRD_NEW(mem, cube.stride, n_dims));
	for (size_t d = n_dims; d-- > 0;) {
		cube.dims[d] = dims[d];
		cube.stride[d] = n_cells;
		if (__builtin_mul_overflow(n_cells, dims[d]->n, &n_cells) ||
		    __builtin_mul_overflow(n_cells, sizeof(double), &bytes))
			return vrd_fail(
			        err, VRD_DATA,
			        "the cube is too large: dimension \"%s\" of %zu categories times "
			        "those after it",
			        dims[d]->name, dims[d]->n);
	}
	cube.n_cells = n_cells;
	VRD_TRY(VRD_NEW(mem, cube.values, n_cells));
	*out = cube;
out:
	return rc;
}

size_t vrd_cube_axis(const vrd_cube *cube, const char *name) {
	for (size_t d = 0; d < cube->n_dims; d++) {
		if (strcmp(cube->dims[d]->name, name) == 0)
			return d;
	}
	return VRD_NONE;
}

static vrd_status fail_dimension(const vrd_cube *cube, const char *name, vrd_err *err) {
	vrd_listing list = {0};
	const char *names[16];
	size_t n_names = 0;
	for (size_t d = 0; d < cube->n_dims; d++) {
		vrd_listing_add(&list, cube->dims[d]->name);
		if (n_names < sizeof names / sizeof *names)
			names[n_names++] = cube->dims[d]->name;
	}
	const size_t best = vrd_nearest(vrd_str_of(name), names, n_names);
	const char *near = best == VRD_NONE ? NULL : names[best];
	const char *has = cube->n_dims ? vrd_listing_end(&list) : "no dimensions";
	const char *quote = cube->label != NULL ? "\"" : "";
	return vrd_fail(err, VRD_NOINPUT,
	                "the cube %s%.60s%s%shas no dimension \"%s\"; %s%s%sit has %s", quote,
	                cube->label != NULL ? cube->label : "", quote, quote[0] ? " " : "", name,
	                near ? "did you mean \"" : "", near ? near : "", near ? "\"? " : "", has);
}

vrd_status vrd_cube_require(const vrd_cube *cube, const char *name, size_t *axis, vrd_err *err) {
	const size_t found = vrd_cube_axis(cube, name);
	if (found == VRD_NONE)
		return fail_dimension(cube, name, err);
	*axis = found;
	return VRD_OK;
}

vrd_status vrd_cube_set_status(vrd_arena *mem, vrd_cube *cube, size_t position, vrd_cell status,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	assert(position < cube->n_cells && (size_t)status <= VRD_MISSING);
	if (cube->status == NULL) {
		if (status == VRD_PRESENT)
			return VRD_OK;
		uint8_t *cells;
		VRD_TRY(VRD_NEW(mem, cells, cube->n_cells));
		cube->status = cells;
	}
	cube->status[position] = (uint8_t)status;
	if (!vrd_cell_has_number(status))
		cube->values[position] = NAN;
out:
	return rc;
}

bool vrd_cube_next(const vrd_cube *cube, size_t *index) {
	for (size_t d = cube->n_dims; d-- > 0;) {
		if (++index[d] < cube->dims[d]->n)
			return true;
		index[d] = 0;
	}
	return false;
}

vrd_status vrd_cube_note(vrd_arena *mem, vrd_cube *cube, const char *note, vrd_err *err) {
	vrd_status rc;
	const char **notes;
	for (size_t i = 0; i < cube->n_notes; i++) {
		if (strcmp(cube->notes[i], note) == 0)
			return VRD_OK;
	}
	// A new list each time: the old one may be shared with the cube that this one was made
	// from.
	VRD_TRY(VRD_NEW(mem, notes, cube->n_notes + 1));
	for (size_t i = 0; i < cube->n_notes; i++)
		notes[i] = cube->notes[i];
	VRD_TRY(copy_text(mem, note, &notes[cube->n_notes], err));
	cube->notes = notes;
	cube->n_notes++;
out:
	return rc;
}

bool vrd_cube_equal(const vrd_cube *a, const vrd_cube *b) {
	if (a->n_dims != b->n_dims || a->n_cells != b->n_cells)
		return false;
	for (size_t d = 0; d < a->n_dims; d++) {
		if (strcmp(a->dims[d]->name, b->dims[d]->name) != 0 ||
		    !vrd_dim_same_codes(a->dims[d], b->dims[d]))
			return false;
	}
	if (a->status == NULL && b->status == NULL)
		return memcmp(a->values, b->values, a->n_cells * sizeof(double)) == 0;
	for (size_t i = 0; i < a->n_cells; i++) {
		const vrd_cell status = vrd_cube_status(a, i);
		// Which NaN stands in a cell without a number says nothing.
		if (status != vrd_cube_status(b, i) ||
		    (vrd_cell_has_number(status) &&
		     memcmp(&a->values[i], &b->values[i], sizeof(double)) != 0))
			return false;
	}
	return true;
}
