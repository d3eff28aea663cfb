// Parts of the model's check. Private to the scenario room.
#pragma once

#include "scenario/kind.h"
#include "scenario/model.h"

static inline vrd_place vrd_place_of_rule(const vrd_assumption *a, const char *name) {
	return a->place.file ? a->place : (vrd_place){.file = name};
}

// What several rules do together on one stratum: each violation once for the model.
void vrd_model_check_strata(const vrd_model *model, const char *name, vrd_diag *diag);
