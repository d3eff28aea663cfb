// The population that a backtest may use: counts until the last base year is over, then the truth
// or what was projected at the time.
#include "region/backtest_parts.h"

#include <string.h>

static const char *const dims[] = {"area", "sex", "age", "year"};

int vrd_backtest_known(const vrd_dataset *set) {
	return (int)vrd_node_number(set->node, "known", 0);
}

// The newest projection that was known at the end of base year b.
static vrd_status find_vintage(const vrd_region *r, int b, const vrd_dataset **out, vrd_err *err) {
	const vrd_dataset *best = NULL;
	for (size_t i = 0; i < r->n_data; i++) {
		const vrd_dataset *set = &r->data[i];
		const int known = vrd_backtest_known(set);
		if (set->kind == VRD_DATA_POPULATION && strcmp(set->variant, "count") != 0 &&
		    known != 0 && known <= b && (!best || known > vrd_backtest_known(best)))
			best = set;
	}
	if (!best)
		return vrd_fail(err, VRD_NOINPUT,
		                "no population projection that was known in %d: give one of the "
		                "time in region.yaml, as data of kind population with a variant of "
		                "its own and `known: YEAR` (at most %d), or use --mode rates",
		                b, b);
	*out = best;
	return VRD_OK;
}

// A count made after year b would be hindsight: the projection must hold every year that is needed.
static vrd_status needs_no_hindsight(const vrd_region *r, const vrd_dataset *set, int b, int until,
                                     vrd_err *err) {
	const vrd_dim *years = set->cube.dims[vrd_cube_axis(&set->cube, "year")];
	const int last = r->exposure == VRD_EXPOSURE_MID ? until + 1 : until;
	for (int year = b + 2; year <= last; year++) {
		char code[32];
		(void)vrd_format_double(year, code);
		if (vrd_dim_find_text(years, code) == VRD_NONE)
			return vrd_fail(err, VRD_DATA,
			                "%s: the projection \"%s\", known in %d, has no year %d, "
			                "which %s; give a file that reaches it, or say an earlier "
			                "--until",
			                set->file, set->variant, vrd_backtest_known(set), year,
			                year > until
			                        ? "the mid-year exposure of the last year needs"
			                        : "is to be projected");
	}
	return VRD_OK;
}

// People of the activity's areas: by the map of the last base year where the population is finer.
static vrd_status to_areas(vrd_region *r, const vrd_dim *areas, int year, vrd_cube *cube,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *from = cube->dims[0], *target;
	const char *level = vrd_geography_type(r->geo, vrd_str_of(areas->cats[0].code));
	vrd_link *links;
	size_t n;
	bool all = true;
	for (size_t g = 0; g < from->n; g++)
		all = all && vrd_dim_find_text(areas, from->cats[g].code) != VRD_NONE;
	if (all)
		return VRD_OK;
	VRD_TRY(vrd_geography_links(r->mem, r->geo, from, level ? level : r->planning_level, NULL,
	                            year, &target, &links, &n, NULL, err));
	VRD_TRY(vrd_cube_regroup(r->mem, cube, "area", target, NULL, &n,
	                         (const vrd_link *const[]){links}, cube, err));
out:
	return rc;
}

vrd_status vrd_backtest_people_of(vrd_region *region, const vrd_backtest_options *options,
                                  const vrd_dim *areas, size_t n_base, size_t n_years,
                                  const int *years, bool with_births, vrd_backtest_people *out,
                                  vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena *mem = region->mem;
	const int b = years[n_base - 1];
	const vrd_dataset *vintage = NULL;
	vrd_backtest_people p = {0};
	vrd_cube counts, later;
	VRD_TRY(vrd_region_population(region, mem, "count", false, 4, dims, &counts, diag, err));
	later = counts;
	if (options->mode == VRD_BACKTEST_CHAIN && n_years > n_base) {
		VRD_TRY(find_vintage(region, b, &vintage, err));
		VRD_TRY(needs_no_hindsight(region, vintage, b, years[n_years - 1], err));
		VRD_TRY(vrd_region_population(region, mem, vintage->variant, true, 4, dims, &later,
		                              diag, err));
	}
	VRD_TRY(to_areas(region, areas, b, &counts, err));
	VRD_TRY(to_areas(region, areas, b, &later, err));
	VRD_TRY(vrd_population_exposure(mem, &counts, region->exposure, n_base, years, &p.base,
	                                err));
	p.exposure = p.base;
	if (n_years > n_base) {
		VRD_TRY(vrd_population_exposure(mem, &later, region->exposure, n_years - n_base,
		                                years + n_base, &p.exposure, err));
		VRD_TRY(vrd_cube_append(mem, &p.base, &p.exposure, "year", &p.exposure, err));
	}
	if (with_births) {
		VRD_TRY(vrd_population_births(mem, &counts, n_base, years, &p.base_births, err));
		p.births = p.base_births;
		if (n_years > n_base) {
			VRD_TRY(vrd_population_births(mem, &later, n_years - n_base, years + n_base,
			                              &p.births, err));
			VRD_TRY(vrd_cube_append(mem, &p.base_births, &p.births, "year", &p.births,
			                        err));
		}
	}
	p.vintage = vintage;
	*out = p;
out:
	return rc;
}
