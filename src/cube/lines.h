// The sums of a cube that a reader may know: which cells of a line add up, along which dimension.
//
// A *sum set* belongs to one audited dimension: members that add up to a head (a parent category
// whose cell is in the cube) or, without a head, to a total shown elsewhere. A *line* is a set at
// one place of the other dimensions, named by `base`, the position of index 0:
//
//	position of category c of the line = base + c * stride
//
// Private to suppress.c. Everything is owned by the arena that was passed.
#pragma once

#include "cube/cube.h"

// Fields are public. `head` is VRD_NONE in the set of the roots.
typedef struct {
	size_t axis;
	size_t head;
	size_t n;
	const size_t *members;
} vrd_sum_set;

// Per axis: n_cats entries; VRD_NONE = none. NULL for an axis that is not audited.
typedef struct {
	const size_t *member_of; // the set in which the category is a member
	const size_t *head_of;   // the set of which it is the head
} vrd_axis_sets;

typedef struct {
	size_t n_sets;
	const vrd_sum_set *sets;
	const vrd_axis_sets *axes; // per dimension of the cube
} vrd_lines;

// Whether cells add up along a dimension: not along "stat", "variant" and "measure".
bool vrd_dim_is_audited(const vrd_dim *dim);
// The sets of a cube; roots make a set only when `totals_shown` and there are two or more. Cost
// O(categories). Errors: NOMEM.
vrd_status vrd_lines_of(vrd_arena *mem, const vrd_cube *cube, bool totals_shown, vrd_lines *out,
                        vrd_err *err) VRD_MUST_USE;
