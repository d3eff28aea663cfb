// Unwarranted variation: how far each area's use is from a level.
#include "region/model_parts.h"

#include "num/stats.h"

#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

// Scratch of one service and form of care: contacts of the units, and their ratios.
typedef struct {
	double *observed, *expected, *ratio, *sorted; // [unit]
} scratch;

static void add_service(const vrd_model *model, const vrd_assumption *a, size_t k, size_t m,
                        const scratch *s) {
	const vrd_demand *d = &model->demand;
	const vrd_membership *map = &model->maps[model->map_base[k]];
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++) {
			const size_t at = vrd_demand_stratum(d, g, b, k, m);
			if (a->band && !a->band[b])
				continue;
			for (size_t i = map->start[g]; i < map->start[g + 1]; i++) {
				s->observed[map->unit[i]] += map->weight[i] * d->base_contacts[at];
				s->expected[map->unit[i]] += map->weight[i] * d->expected[at];
			}
		}
}

// A level is of a service as reported: of all its row sets together.
static void sum_units(const vrd_model *model, const vrd_assumption *a, size_t k, size_t m,
                      const scratch *s) {
	memset(s->observed, 0, model->unit->n * sizeof *s->observed);
	memset(s->expected, 0, model->unit->n * sizeof *s->expected);
	for (size_t j = 0; j < model->demand.n_service; j++)
		if (j == k || (model->service_of && model->service_of[j] == model->service_of[k]))
			add_service(model, a, j, m, s);
	for (size_t u = 0; u < model->unit->n; u++)
		s->ratio[u] = s->expected[u] > 0 ? s->observed[u] / s->expected[u] : 0;
}

// The ratio to aim at; NaN when there is none.
static double aim(const vrd_model *model, const vrd_level_target *target, const scratch *s) {
	size_t n = 0;
	for (size_t u = 0; u < model->unit->n; u++)
		if (s->expected[u] > 0)
			s->sorted[n++] = s->ratio[u];
	if (n == 0)
		return NAN;
	if (target->kind == VRD_LEVEL_REGION)
		return 1;
	if (target->kind == VRD_LEVEL_UNIT)
		return s->expected[target->unit] > 0 ? s->ratio[target->unit] : NAN;
	qsort(s->sorted, n, sizeof *s->sorted, ascending);
	return vrd_quantile_sorted(s->sorted, n, 0.25);
}

static double gap_of(double ratio, double wanted, const vrd_level_target *target) {
	const double gap = ratio > 0 ? wanted / ratio - 1 : 0;
	return (gap < 0 && target->down) || (gap > 0 && target->up) ? gap : 0;
}

vrd_status vrd_level_gap(vrd_arena *mem, const vrd_model *model, const vrd_assumption *a,
                         const vrd_level_target *target, const double **out, const char **aimless,
                         vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_demand *d = &model->demand;
	vrd_arena own = {0};
	scratch s;
	double *gap;
	VRD_TRY(VRD_NEW(mem, gap, d->n_area * d->n_service * d->n_care));
	VRD_TRY(VRD_NEW(&own, s.observed, model->unit->n));
	VRD_TRY(VRD_NEW(&own, s.expected, model->unit->n));
	VRD_TRY(VRD_NEW(&own, s.ratio, model->unit->n));
	VRD_TRY(VRD_NEW(&own, s.sorted, model->unit->n));
	*aimless = NULL;
	for (size_t k = 0; k < d->n_service; k++)
		for (size_t m = 0; m < d->n_care; m++) {
			if ((a->service && !a->service[k]) || (a->care && !a->care[m]))
				continue;
			const vrd_membership *map = &model->maps[model->map_base[k]];
			sum_units(model, a, k, m, &s);
			const double wanted = aim(model, target, &s);
			if (!(wanted > 0) && !*aimless && target->kind != VRD_LEVEL_REGION)
				*aimless = vrd_arena_printf(
				        mem,
				        wanted >= 0
				                ? "a level of 0 for service \"%s\", care \"%s\": "
				                  "closing the gap removes it"
				                : "no level for service \"%s\", care \"%s\": "
				                  "nobody is expected to use it, so there is no "
				                  "gap",
				        d->service->cats[k].code, d->care->cats[m].code);
			if (!(wanted >= 0))
				continue;
			for (size_t g = 0; g < d->n_area; g++)
				for (size_t i = map->start[g]; i < map->start[g + 1]; i++)
					gap[(g * d->n_service + k) * d->n_care + m] +=
					        map->weight[i] *
					        gap_of(s.ratio[map->unit[i]], wanted, target);
		}
	*out = gap;
out:
	vrd_arena_clear(&own);
	return rc;
}
