// Which units of a level an area belongs to in a year: chains of dated maps and of parents.
#include "geography/geography_impl.h"

#include <stdlib.h>

// How an area reaches the level: its weights on the level's areas, known from round `round` on.
typedef struct {
	size_t round; // VRD_NONE = not yet
	vrd_link *links;
	size_t n;
	bool assumed;
} reach;

typedef struct {
	vrd_arena *mem;
	const vrd_geography *geo;
	size_t service;
	int year;
	reach *areas;
	double *weight; // of each area of the level; zero between uses
} chain;

static bool known_before(const chain *self, size_t area, size_t round) {
	return self->areas[area].round < round; // VRD_NONE is the largest number
}

// The first unit level, in file order, all of whose units in force are known; VRD_NONE when none
// is.
static size_t level_by_map(const chain *self, size_t area, size_t round, vrd_map_state *state) {
	const vrd_geography *geo = self->geo;
	for (size_t m = geo->first_map[area]; m < geo->first_map[area + 1]; m++) {
		size_t level = geo->areas[geo->maps[m].unit].level;
		*state = vrd_map_state_of(geo, area, level, self->service, self->year);
		bool all = state->any;
		for (size_t i = geo->first_map[area]; all && i < geo->first_map[area + 1]; i++)
			if (vrd_map_row_holds(geo, &geo->maps[i], level, state))
				all = known_before(self, geo->maps[i].unit, round);
		if (all)
			return level;
	}
	return VRD_NONE;
}

// Weights of `area` as the weighted sum of its units' weights.
static vrd_status compose(chain *self, size_t area, size_t level, const vrd_map_state *state,
                          vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_geography *geo = self->geo;
	reach *to = &self->areas[area];
	size_t most = 0;
	to->assumed = state->assumed;
	for (size_t m = geo->first_map[area]; m < geo->first_map[area + 1]; m++)
		if (vrd_map_row_holds(geo, &geo->maps[m], level, state))
			most += self->areas[geo->maps[m].unit].n;
	VRD_TRY(VRD_NEW(self->mem, to->links, most));
	for (size_t m = geo->first_map[area]; m < geo->first_map[area + 1]; m++) {
		if (!vrd_map_row_holds(geo, &geo->maps[m], level, state))
			continue;
		const reach *unit = &self->areas[geo->maps[m].unit];
		to->assumed |= unit->assumed;
		for (size_t i = 0; i < unit->n; i++) {
			size_t target = unit->links[i].to;
			if (self->weight[target] == 0)
				to->links[to->n++].to = target;
			self->weight[target] += geo->maps[m].weight * unit->links[i].weight;
		}
	}
	for (size_t i = 0; i < to->n; i++) {
		double *weight = &self->weight[to->links[i].to];
		// Parts that meet again in one unit make a whole, whatever their rounding.
		to->links[i].weight = fabs(*weight - 1) <= VRD_WEIGHT_TOLERANCE ? 1 : *weight;
		*weight = 0;
	}
out:
	return rc;
}

// Finds the shortest chain of every area, round by round: an area becomes known one round after all
// that it leads to. A cycle of maps never becomes known, so it needs no guard.
static vrd_status find_chains(chain *self, size_t level, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_geography *geo = self->geo;
	for (size_t a = 0; a < geo->n_areas; a++) {
		reach *area = &self->areas[a];
		area->round = VRD_NONE;
		if (geo->areas[a].level != level)
			continue;
		VRD_TRY(VRD_NEW(self->mem, area->links, 1));
		*area->links = (vrd_link){a, geo->areas[a].in_level, 1};
		area->n = 1;
		area->round = 0;
	}
	bool more = true;
	for (size_t round = 1; more; round++) {
		more = false;
		for (size_t a = 0; a < geo->n_areas; a++) {
			if (self->areas[a].round != VRD_NONE)
				continue;
			vrd_map_state state;
			size_t by = level_by_map(self, a, round, &state);
			size_t parent = geo->areas[a].parent;
			if (by != VRD_NONE)
				VRD_TRY(compose(self, a, by, &state, err));
			else if (parent != VRD_NONE && known_before(self, parent, round))
				self->areas[a] = self->areas[parent];
			else
				continue;
			self->areas[a].round = round;
			more = true;
		}
	}
out:
	return rc;
}

// Says which areas do not reach the level, and what to do.
static vrd_status fail_unreached(const vrd_geography *geo, const vrd_dim *from, const chain *found,
                                 const char *level, int year, vrd_err *err) {
	vrd_names names = {0};
	size_t unknown = VRD_NONE;
	for (size_t c = 0; c < from->n; c++) {
		size_t area = vrd_dim_find_text(geo->codes, from->cats[c].code);
		if (area != VRD_NONE && found->areas[area].round != VRD_NONE)
			continue;
		if (area == VRD_NONE && unknown == VRD_NONE)
			unknown = c;
		vrd_names_add(&names, "%s%s", from->cats[c].code,
		              area == VRD_NONE ? " (not among the areas)" : "");
	}
	const char *list = vrd_names_end(&names);
	if (unknown != VRD_NONE) {
		size_t near = vrd_nearest(vrd_str_of(from->cats[unknown].code), geo->code_list,
		                          geo->n_areas);
		return vrd_fail(err, VRD_DATA,
		                "these areas do not reach the level %s in %d: %s; add `%s` to the "
		                "areas%s%s%s, or bring the data to the borders of the areas",
		                level, year, list, from->cats[unknown].code,
		                near != VRD_NONE ? " (did you mean " : "",
		                near != VRD_NONE ? geo->code_list[near] : "",
		                near != VRD_NONE ? "?)" : "");
	}
	return vrd_fail(err, VRD_DATA,
	                "these areas do not reach the level %s in %d: %s; give each a line in the "
	                "maps for that year, or a parent",
	                level, year, list);
}

vrd_status vrd_geography_links(vrd_arena *mem, const vrd_geography *geo, const vrd_dim *from,
                               const char *level, const char *service, int year,
                               const vrd_dim **target, vrd_link **links, size_t *n_links,
                               bool *assumed, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *to = NULL;
	vrd_link *made = NULL;
	size_t n = 0, l = 0;
	bool any_assumed = false;
	chain self = {
	        .mem = mem, .geo = geo, .year = year, .service = vrd_map_service(geo, service)};
	VRD_TRY(vrd_geography_level_dim(geo, level, &to, err));
	while (geo->level_dims[l] != to)
		l++;
	VRD_TRY(VRD_NEW(mem, self.areas, geo->n_areas));
	VRD_TRY(VRD_NEW(mem, self.weight, to->n));
	VRD_TRY(find_chains(&self, l, err));
	for (size_t c = 0; c < from->n; c++) {
		size_t area = vrd_dim_find_text(geo->codes, from->cats[c].code);
		if (area == VRD_NONE || self.areas[area].round == VRD_NONE)
			VRD_TRY(fail_unreached(geo, from, &self, level, year, err));
		else
			n += self.areas[area].n;
	}
	VRD_TRY(VRD_NEW(mem, made, n));
	n = 0;
	for (size_t c = 0; c < from->n; c++) {
		const reach *area = &self.areas[vrd_dim_find_text(geo->codes, from->cats[c].code)];
		any_assumed |= area->assumed;
		for (size_t i = 0; i < area->n; i++)
			made[n++] = (vrd_link){c, area->links[i].to, area->links[i].weight};
	}
	if (target)
		*target = to;
	*links = made;
	*n_links = n;
	if (assumed)
		*assumed = any_assumed;
out:
	return rc;
}

// --- years of change ----------------------------------------------------------------------------

static double weight_on(const vrd_geography *geo, size_t area, size_t unit, size_t service,
                        int year) {
	size_t level = geo->areas[unit].level;
	vrd_map_state state = vrd_map_state_of(geo, area, level, service, year);
	double weight = 0;
	for (size_t m = geo->first_map[area]; m < geo->first_map[area + 1]; m++)
		if (geo->maps[m].unit == unit &&
		    vrd_map_row_holds(geo, &geo->maps[m], level, &state))
			weight += geo->maps[m].weight;
	return weight;
}

// Whether any area changes its unit or weight on 1 January of `year`. Every unit that gains or
// loses has a row, so comparing the units of the rows is enough.
static bool changes_in(const vrd_geography *geo, size_t service, int year) {
	for (size_t m = 0; m < geo->n_maps; m++) {
		const vrd_map_row *row = &geo->maps[m];
		if (row->service != service && row->service != VRD_NONE)
			continue;
		if (row->from_year != year && row->to_year != year - 1)
			continue;
		for (size_t i = geo->first_map[row->area]; i < geo->first_map[row->area + 1]; i++) {
			size_t unit = geo->maps[i].unit;
			double before = weight_on(geo, row->area, unit, service, year - 1);
			double after = weight_on(geo, row->area, unit, service, year);
			if (fabs(after - before) > VRD_WEIGHT_TOLERANCE)
				return true;
		}
	}
	return false;
}

static int by_year(const void *pa, const void *pb) {
	int a = *(const int *)pa, b = *(const int *)pb;
	return (a > b) - (a < b);
}

vrd_status vrd_geography_map_years(vrd_arena *mem, const vrd_geography *geo, const char *service,
                                   int from, int to, int **years, size_t *n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t index = vrd_map_service(geo, service), n_found = 0, n_kept = 0;
	int *found;
	VRD_TRY(VRD_NEW(mem, found, 2 * geo->n_maps));
	for (size_t m = 0; m < geo->n_maps; m++) {
		int ends[2] = {geo->maps[m].from_year, geo->maps[m].to_year + 1};
		for (size_t e = 0; e < 2; e++)
			if (ends[e] >= from && ends[e] <= to)
				found[n_found++] = ends[e];
	}
	if (n_found > 0)
		qsort(found, n_found, sizeof *found, by_year);
	for (size_t i = 0; i < n_found; i++)
		if ((i == 0 || found[i] != found[i - 1]) && changes_in(geo, index, found[i]))
			found[n_kept++] = found[i];
	*years = found;
	*n = n_kept;
out:
	return rc;
}

// Whether `row` begins the first state of its area.
static bool begins_first_state(const vrd_geography *geo, const vrd_map_row *row, size_t service) {
	size_t level = geo->areas[row->unit].level;
	return row->from_year != VRD_YEAR_FIRST &&
	       vrd_map_state_of(geo, row->area, level, service, row->from_year - 1).assumed;
}

int vrd_geography_map_version(const vrd_geography *geo, const char *service, int year) {
	size_t index = vrd_map_service(geo, service);
	int first = VRD_YEAR_LAST, version = VRD_YEAR_FIRST, same = VRD_YEAR_FIRST;
	for (size_t m = 0; m < geo->n_maps; m++) {
		const vrd_map_row *row = &geo->maps[m];
		if (row->service != index && row->service != VRD_NONE)
			continue;
		if (row->from_year < first && begins_first_state(geo, row, index))
			first = row->from_year;
		int ends[2] = {row->from_year, row->to_year + 1};
		for (size_t e = 0; e < 2; e++) {
			if (ends[e] <= version || ends[e] > year || ends[e] == same)
				continue;
			if (changes_in(geo, index, ends[e]))
				version = ends[e];
			else
				same = ends[e]; // most rows begin in the same year: ask once
		}
	}
	if (version != VRD_YEAR_FIRST)
		return version;
	return first == VRD_YEAR_LAST ? 0 : first;
}
