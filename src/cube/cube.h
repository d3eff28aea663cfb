// The cube: the one data type. A dense array of doubles with named dimensions.
//
//	dims[0] ... dims[n-1]: ordered categories (code, label, optional parent); the last dimension
//	runs fastest (row-major, as JSON-stat):
//
//	position = sum_d index_d * stride[d],   stride[n-1] = 1,   stride[d] = stride[d+1] * n[d+1]
//
// Invariants: dimension names are unique in a cube, codes unique in a dimension; values[i] is NaN
// exactly when the cell has no number (MISSING, SUPPRESSED, NOT_APPLICABLE); status == NULL means
// that every cell is PRESENT. A cube is a value: its memory belongs to the arena that was passed to
// the function that made it, dimensions are immutable and shared between cubes of one arena (or of
// a longer-lived one). Missing is never zero.
//
// Every operation makes a new cube (sharing what did not change) and leaves its inputs alone; on
// failure *out is untouched. Costs: O(cells) unless said. Errors: NOMEM; NOINPUT for a name that
// does not exist (the message lists or suggests what does); DATA for cubes that do not fit.
// Thread-safe for different arenas.
#pragma once

#include "base/mem.h"
#include "base/text.h"

#include <math.h>

#define VRD_NONE SIZE_MAX

// What JSON-stat calls roles.
typedef enum { VRD_ROLE_NONE, VRD_ROLE_TIME, VRD_ROLE_GEO, VRD_ROLE_METRIC } vrd_role;

// Cell status, in order of precedence: the sum of cells has the highest status among its parts.
// A sum that includes MISSING or SUPPRESSED has no number; NOT_APPLICABLE counts as nothing (a sum
// of only such cells is NOT_APPLICABLE). SSB's symbols beside.
typedef enum {
	VRD_PRESENT,
	VRD_NOT_APPLICABLE, // .
	VRD_PRELIMINARY,    // *
	VRD_ESTIMATED,      // e
	VRD_SUPPRESSED,     // :
	VRD_MISSING,        // .. and ...
} vrd_cell;

bool vrd_cell_has_number(vrd_cell status);
const char *vrd_cell_symbol(vrd_cell status); // "" . * e : ..
// Reads a symbol (also "..."); false when it is none.
bool vrd_cell_from_symbol(vrd_str symbol, vrd_cell *out);

// Fields are public, texts owned by the dimension's arena; label is never NULL (the code when none
// was given); parent is an index in the same dimension or VRD_NONE; unit and note may be NULL.
typedef struct {
	const char *code;
	const char *label;
	size_t parent;
	const char *note;
	const char *unit; // for a metric dimension ("persons", "bed days")
	int decimals;     // for a metric dimension; -1 = not said
} vrd_category;

typedef struct {
	const char *name;
	const char *label;
	const char *note; // or NULL
	vrd_role role;
	size_t n;
	const vrd_category *cats;
	const uint32_t *slots; // hash of codes: index + 1, 0 = free; size slot_mask + 1
	size_t slot_mask;
} vrd_dim;

// Fields are public; read with the functions below, write values and status in place only in a
// cube of your own making.
typedef struct {
	size_t n_dims;
	const vrd_dim **dims;
	size_t *stride;
	size_t n_cells;
	double *values;
	uint8_t *status;   // vrd_cell per cell, or NULL = all PRESENT
	const char *label; // title; texts below may be NULL
	const char *unit;
	const char *source;
	const char *updated;
	const char **notes;
	size_t n_notes;
} vrd_cube;

// --- dimensions ---------------------------------------------------------------------------------

// A dimension of n categories. `cats` is copied (label NULL = the code; zeroed parent means
// category 0: set VRD_NONE yourself, or pass codes through vrd_dim_of_codes). Errors: DATA for a
// duplicate or empty code (named), a parent outside the dimension or a cycle of parents.
vrd_status vrd_dim_new(vrd_arena *mem, const char *name, const char *label, vrd_role role, size_t n,
                       const vrd_category *cats, const vrd_dim **out, vrd_err *err) VRD_MUST_USE;
vrd_status vrd_dim_of_codes(vrd_arena *mem, const char *name, size_t n, const char *const *codes,
                            const vrd_dim **out, vrd_err *err) VRD_MUST_USE;
// A year dimension (role time) from..to.
vrd_status vrd_dim_of_years(vrd_arena *mem, int from, int to, const vrd_dim **out,
                            vrd_err *err) VRD_MUST_USE;
// Index of a code, VRD_NONE when absent. O(1).
size_t vrd_dim_find(const vrd_dim *dim, vrd_str code);
size_t vrd_dim_find_text(const vrd_dim *dim, const char *code);
// As vrd_dim_find, but an absent code is NOINPUT with the nearest code or label as suggestion.
vrd_status vrd_dim_require(const vrd_dim *dim, vrd_str code, size_t *out,
                           vrd_err *err) VRD_MUST_USE;
bool vrd_dim_same_codes(const vrd_dim *a, const vrd_dim *b); // same codes in the same order

// --- making and reading -------------------------------------------------------------------------

// A cube of zeros over dims (pointers are kept, not copied); n_dims 0 gives one cell.
// Errors: DATA when a name stands twice or the number of cells overflows.
vrd_status vrd_cube_new(vrd_arena *mem, size_t n_dims, const vrd_dim *const *dims, vrd_cube *out,
                        vrd_err *err) VRD_MUST_USE;
// Axis of a dimension by name, VRD_NONE when absent.
size_t vrd_cube_axis(const vrd_cube *cube, const char *name);
vrd_status vrd_cube_require(const vrd_cube *cube, const char *name, size_t *axis,
                            vrd_err *err) VRD_MUST_USE;
// The documented index function; index has n_dims entries.
static inline size_t vrd_cube_position(const vrd_cube *cube, const size_t *index) {
	size_t position = 0;
	for (size_t d = 0; d < cube->n_dims; d++)
		position += index[d] * cube->stride[d];
	return position;
}
static inline vrd_cell vrd_cube_status(const vrd_cube *cube, size_t position) {
	return cube->status ? (vrd_cell)cube->status[position] : VRD_PRESENT;
}
// Sets a cell's status (allocating the status array at first need); a status without a number sets
// the value to NaN.
vrd_status vrd_cube_set_status(vrd_arena *mem, vrd_cube *cube, size_t position, vrd_cell status,
                               vrd_err *err) VRD_MUST_USE;
// Advances index (n_dims entries, last fastest); false after the last cell.
bool vrd_cube_next(const vrd_cube *cube, size_t *index);
// Appends a note (deduplicated; texts copied).
vrd_status vrd_cube_note(vrd_arena *mem, vrd_cube *cube, const char *note,
                         vrd_err *err) VRD_MUST_USE;

// --- operations ---------------------------------------------------------------------------------

// Keeps the n categories `codes` of dimension `dim`, in that order.
vrd_status vrd_cube_select(vrd_arena *mem, const vrd_cube *in, const char *dim, size_t n,
                           const vrd_str *codes, vrd_cube *out, vrd_err *err) VRD_MUST_USE;
// Fixes `dim` at `code`; the dimension goes away. The category's unit, if any, becomes the cube's.
vrd_status vrd_cube_slice(vrd_arena *mem, const vrd_cube *in, const char *dim, vrd_str code,
                          vrd_cube *out, vrd_err *err) VRD_MUST_USE;
// Sums over every dimension that is not named in `by`; the result's dimensions are in the order of
// `by`. Statuses as under vrd_cell. Sums are compensated (Neumaier).
vrd_status vrd_cube_sum_by(vrd_arena *mem, const vrd_cube *in, size_t n_by, const char *const *by,
                           vrd_cube *out, vrd_err *err) VRD_MUST_USE;

// One link of a mapping between two dimensions: category `from` gives `weight` of itself to `to`.
typedef struct {
	size_t from;
	size_t to;
	double weight;
} vrd_link;

// Moves dimension `dim` to `target` (which takes its place): out[to] = sum weight * in[from].
// With by == NULL there is one list of links; else `links` and `n_links` hold one list for each
// category of dimension `by` (a dated map: by = "year"). A cell whose weight is not 0 or 1 becomes
// ESTIMATED; a target that no link reaches is MISSING. Categories of `dim` without a link are left
// out (the caller has checked that this is meant).
vrd_status vrd_cube_regroup(vrd_arena *mem, const vrd_cube *in, const char *dim,
                            const vrd_dim *target, const char *by, const size_t *n_links,
                            const vrd_link *const *links, vrd_cube *out, vrd_err *err) VRD_MUST_USE;
// Sums children into their parents along the parent tree of `dim`: the result has only the
// categories that are roots (no parent). A parent's own cells are taken to be the total of its
// children and are not added again.
vrd_status vrd_cube_rollup(vrd_arena *mem, const vrd_cube *in, const char *dim, vrd_cube *out,
                           vrd_err *err) VRD_MUST_USE;
// Adds a dimension of one category in front (role none), e.g. variant = "MMMM".
vrd_status vrd_cube_tag(vrd_arena *mem, const vrd_cube *in, const char *dim, const char *code,
                        vrd_cube *out, vrd_err *err) VRD_MUST_USE;
// New name (and label, when not NULL) for a dimension.
vrd_status vrd_cube_rename(vrd_arena *mem, const vrd_cube *in, const char *dim, const char *name,
                           const char *label, vrd_cube *out, vrd_err *err) VRD_MUST_USE;

// Puts another dimension of the same size in the place of `dim`: new codes or labels, same cells.
// DATA when the sizes differ.
vrd_status vrd_cube_replace_dim(vrd_arena *mem, const vrd_cube *in, const char *dim,
                                const vrd_dim *fresh, vrd_cube *out, vrd_err *err) VRD_MUST_USE;

// Brings b to the dimensions and category order of a. Both must have the same dimensions (any
// order) and the same categories (any order); otherwise DATA names the dimensions or categories
// that are missing on either side.
vrd_status vrd_cube_align(vrd_arena *mem, const vrd_cube *a, const vrd_cube *b, vrd_cube *b_out,
                          vrd_err *err) VRD_MUST_USE;
// Puts two cubes with the same dimensions one after the other along `dim`; every other dimension
// is aligned as above. A category that stands on both sides is an error that names it. Units that
// differ move to the categories; sources and notes are those of both.
vrd_status vrd_cube_append(vrd_arena *mem, const vrd_cube *a, const vrd_cube *b, const char *dim,
                           vrd_cube *out, vrd_err *err) VRD_MUST_USE;

typedef enum { VRD_ADD, VRD_SUBTRACT, VRD_MULTIPLY, VRD_DIVIDE } vrd_arith;
// a op b. b's dimensions must be among a's (it is repeated over the others) and its categories the
// same, in any order. Statuses combine by precedence, but a number and no number make no number;
// x / 0 is NOT_APPLICABLE, 0 / 0 too, and every result outside the range of a double.
// Unit, source, label and notes are a's; units that differ refuse ADD and SUBTRACT (DATA).
vrd_status vrd_cube_arith(vrd_arena *mem, vrd_arith op, const vrd_cube *a, const vrd_cube *b,
                          vrd_cube *out, vrd_err *err) VRD_MUST_USE;
vrd_status vrd_cube_scale(vrd_arena *mem, const vrd_cube *in, double factor, vrd_cube *out,
                          vrd_err *err) VRD_MUST_USE;
// Same dimensions in the same order, codes, statuses and bits of every value (labels and notes
// are not compared). For tests and for the detection of equal inputs.
bool vrd_cube_equal(const vrd_cube *a, const vrd_cube *b);

// --- building from rows -------------------------------------------------------------------------

// Collects rows (one code per dimension, a value, a status) and makes the dense cube at the end:
// categories in order of first appearance, cells without a row are `absent`. Opaque; owned by its
// arena. Cost per row: one hash look-up per dimension whose code differs from the row before.
typedef struct vrd_builder vrd_builder;

vrd_status vrd_builder_new(vrd_arena *mem, size_t n_dims, const char *const *names,
                           vrd_builder **out, vrd_err *err) VRD_MUST_USE;
// Declares a category in advance (fixes order and label; known categories are fine).
vrd_status vrd_builder_category(vrd_builder *builder, size_t dim, vrd_str code, vrd_str label,
                                vrd_err *err) VRD_MUST_USE;
// Index of a code, adding it when new: for readers that resolve codes once and add by index.
vrd_status vrd_builder_index(vrd_builder *builder, size_t dim, vrd_str code, uint32_t *out,
                             vrd_err *err) VRD_MUST_USE;
vrd_status vrd_builder_add(vrd_builder *builder, const uint32_t *index, double value,
                           vrd_cell status, vrd_err *err) VRD_MUST_USE;
// Makes the cube. When two rows name the same cell, *duplicate (NULL ok) gets the number (from 0)
// of the later row and the call fails with DATA naming the cell.
vrd_status vrd_builder_finish(vrd_builder *builder, vrd_cell absent, vrd_cube *out,
                              size_t *duplicate, vrd_err *err) VRD_MUST_USE;
