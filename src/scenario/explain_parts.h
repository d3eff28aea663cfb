// What the explanations share: the model of one year, seen as one number. Private to the scenario
// room.
#pragma once

#include "scenario/explain.h"

// What makes the target a single cell: its year alone, its places, services and forms of care as
// one group each. Everything is borrowed from the model or owned by the arena.
typedef struct {
	vrd_model model; // one year; all else shared with the model that it came from
	vrd_view view;   // one cell
	vrd_cell_key key;
} vrd_focus;

// USAGE for a year that the model does not have, or results by provider without flows.
vrd_status vrd_focus_new(vrd_arena *mem, const vrd_model *model, const vrd_target *target,
                         vrd_focus *out, vrd_err *err) VRD_MUST_USE;
// The focus with the people of the base years in the place of the year's: what the activity would
// be if nobody was born, died, moved or grew older. New services count people by age: those of the
// first year, scaled to the area's number of people in the base years.
vrd_status vrd_focus_base_people(vrd_arena *mem, const vrd_model *model, const vrd_focus *focus,
                                 vrd_model *out, vrd_err *err) VRD_MUST_USE;
// A live model of the focus (or of `model`, a variation of its model).
vrd_status vrd_focus_live(const vrd_focus *focus, const vrd_model *model, const vrd_draws *draws,
                          const uint32_t *variant, vrd_live **out, vrd_err *err) VRD_MUST_USE;
// Parameters of every assumption as the live model has them now: x[i * draws + d].
vrd_status vrd_focus_parameters(vrd_arena *mem, const vrd_live *live, size_t n_assumptions,
                                double **x, vrd_err *err) VRD_MUST_USE;
// explain_walk.c: whether a growth walks; its draws x[0..n) with the walk of each draw folded into
// them (`model` is of one year); and a quantile of the parameter so folded, or of the parameter alone
// where nothing walks.
bool vrd_focus_walks(const vrd_assumption *a);
void vrd_focus_fold(const vrd_model *model, const vrd_assumption *a, uint64_t seed, size_t n,
                    double *x);
double vrd_focus_quantile(const vrd_model *model, const vrd_assumption *a, double u);
// Draws of the target by a run of the kernel, in their own order.
vrd_status vrd_focus_run(const vrd_focus *focus, const vrd_model *model, const vrd_draws *draws,
                         double out[], vrd_err *err) VRD_MUST_USE;
