// Cubes moved to a level by the maps, and what the maps alone change.
#include "geography/geography_impl.h"

#include "cube/messages.h"

#include <stdio.h>

// One list of links for each year of the cube, or a single one for a fixed map.
typedef struct {
	const vrd_dim *target;
	size_t n;
	int *years;
	vrd_link **links;
	size_t *n_links;
	bool *assumed;
} dated_links;

// An area and one that it lies in, both in the data, would count the same people twice.
static vrd_status refuse_nested(const vrd_geography *geo, const vrd_dim *areas, vrd_err *err) {
	for (size_t c = 0; c < areas->n; c++) {
		size_t area = vrd_dim_find_text(geo->codes, areas->cats[c].code);
		size_t outer = area == VRD_NONE ? VRD_NONE : geo->areas[area].parent;
		for (; outer != VRD_NONE; outer = geo->areas[outer].parent)
			if (vrd_dim_find_text(areas, geo->code_list[outer]) != VRD_NONE)
				return vrd_fail(
				        err, VRD_DATA,
				        "the data have both %s (%s) and %s (%s), which lies "
				        "in it: people would count twice; leave one out",
				        geo->code_list[outer], geo->areas[outer].label,
				        areas->cats[c].code, geo->areas[area].label);
	}
	return VRD_OK;
}

static vrd_status years_of(vrd_arena *mem, const vrd_cube *in, const char *level, int fixed_year,
                           dated_links *lists, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t axis = vrd_cube_axis(in, "year");
	if (fixed_year == 0 && axis == VRD_NONE)
		return vrd_fail(err, VRD_DATA,
		                "data without the dimension year cannot follow dated maps to the "
		                "level %s; say which year's map to use",
		                level);
	lists->n = fixed_year == 0 ? in->dims[axis]->n : 1;
	VRD_TRY(VRD_NEW(mem, lists->years, lists->n));
	VRD_TRY(VRD_NEW(mem, lists->links, lists->n));
	VRD_TRY(VRD_NEW(mem, lists->n_links, lists->n));
	VRD_TRY(VRD_NEW(mem, lists->assumed, lists->n));
	lists->years[0] = fixed_year;
	for (size_t y = 0; fixed_year == 0 && y < lists->n; y++) {
		const char *code = in->dims[axis]->cats[y].code;
		int64_t year;
		if (!vrd_parse_int64(vrd_str_of(code), &year) || year < 1000 || year > 9999)
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "year `%s` is not a year of four digits, so "
			                 "no map can be chosen for it",
			                 code));
		lists->years[y] = (int)year;
	}
out:
	return rc;
}

// Keeps the areas of the level that the data reach in some year: others would only say `missing`.
static vrd_status keep_reached(vrd_arena *mem, dated_links *lists, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_dim *whole = lists->target;
	size_t *place, n = 0;
	vrd_category *cats;
	VRD_TRY(VRD_NEW(mem, place, whole->n));
	VRD_TRY(VRD_NEW(mem, cats, whole->n));
	for (size_t y = 0; y < lists->n; y++)
		for (size_t i = 0; i < lists->n_links[y]; i++)
			place[lists->links[y][i].to] = 1;
	for (size_t t = 0; t < whole->n; t++) {
		if (place[t] == 0)
			continue;
		place[t] = n;
		cats[n++] = whole->cats[t];
	}
	if (n == whole->n)
		return VRD_OK;
	VRD_TRY(vrd_dim_new(mem, whole->name, whole->label, whole->role, n, cats, &lists->target,
	                    err));
	for (size_t y = 0; y < lists->n; y++)
		for (size_t i = 0; i < lists->n_links[y]; i++)
			lists->links[y][i].to = place[lists->links[y][i].to];
out:
	return rc;
}

// A unit that has areas in some years has nobody in the years without: 0, and known to be.
static vrd_status zero_emptied(vrd_arena *mem, const dated_links *lists, vrd_cube *out,
                               vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t area = vrd_cube_axis(out, "area"), year = vrd_cube_axis(out, "year");
	size_t n = lists->target->n;
	bool *reached;
	size_t *index;
	if (lists->n == 1 || out->n_cells == 0)
		return VRD_OK;
	VRD_TRY(VRD_NEW(mem, reached, lists->n * n));
	VRD_TRY(VRD_NEW(mem, index, out->n_dims));
	for (size_t y = 0; y < lists->n; y++)
		for (size_t i = 0; i < lists->n_links[y]; i++)
			reached[y * n + lists->links[y][i].to] = true;
	do {
		if (reached[index[year] * n + index[area]])
			continue;
		size_t position = vrd_cube_position(out, index);
		out->values[position] = 0;
		if (out->status)
			out->status[position] = VRD_PRESENT;
	} while (vrd_cube_next(out, index));
out:
	return rc;
}

// "... by the map of 2026, 2031", in the language of the labels.
static vrd_status note_maps(vrd_arena *mem, const vrd_geography *geo, const char *level,
                            const char *service, const dated_links *lists, vrd_cube *out,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_buf versions = {0}, text = {0};
	int version = -1, assumed_to = 0;
	for (size_t y = 0; y < lists->n; y++) {
		const int now = vrd_geography_map_version(geo, service, lists->years[y]);
		if (lists->assumed[y] && lists->years[y] > assumed_to)
			assumed_to = lists->years[y];
		if (now == version)
			continue;
		version = now;
		vrd_buf_puts(&versions, versions.n ? ", " : "");
		if (now == 0)
			vrd_buf_putc(&versions, '-');
		else
			vrd_buf_printf(&versions, "%d", now);
	}
	vrd_msg_put(&text, VRD_MSG_MAP_NOTE, geo->lang, 2,
	            (const char *const[]){level, versions.p ? versions.p : ""});
	if (assumed_to) {
		char last[16];
		(void)snprintf(last, sizeof last, "%d", assumed_to);
		vrd_buf_putc(&text, ' ');
		vrd_msg_put(&text, VRD_MSG_MAP_ASSUMED, geo->lang, 1, (const char *const[]){last});
	}
	if (text.failed || versions.failed)
		VRD_TRY(vrd_no_memory(err, mem, text.n, 1));
	VRD_TRY(vrd_cube_note(mem, out, text.p, err));
out:
	vrd_buf_free(&versions);
	vrd_buf_free(&text);
	return rc;
}

vrd_status vrd_geography_move(vrd_arena *mem, const vrd_geography *geo, const vrd_cube *in,
                              const char *level, const char *service, int fixed_year, vrd_cube *out,
                              vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t axis;
	dated_links lists = {0};
	vrd_cube moved;
	VRD_TRY(vrd_cube_require(in, "area", &axis, err));
	VRD_TRY(refuse_nested(geo, in->dims[axis], err));
	VRD_TRY(years_of(mem, in, level, fixed_year, &lists, err));
	for (size_t y = 0; y < lists.n; y++)
		VRD_TRY(vrd_geography_links(mem, geo, in->dims[axis], level, service,
		                            lists.years[y], &lists.target, &lists.links[y],
		                            &lists.n_links[y], &lists.assumed[y], err));
	VRD_TRY(keep_reached(mem, &lists, err));
	const vrd_link **links;
	VRD_TRY(VRD_NEW(mem, links, lists.n));
	for (size_t y = 0; y < lists.n; y++)
		links[y] = lists.links[y];
	VRD_TRY(vrd_cube_regroup(mem, in, "area", lists.target, fixed_year == 0 ? "year" : NULL,
	                         lists.n_links, links, &moved, err));
	if (fixed_year == 0)
		VRD_TRY(zero_emptied(mem, &lists, &moved, err));
	VRD_TRY(note_maps(mem, geo, level, service, &lists, &moved, err));
	*out = moved;
out:
	return rc;
}

// --- effects ------------------------------------------------------------------------------------

// A number with its status, as vrd_cube_arith would combine them.
typedef struct {
	double value;
	vrd_cell status;
} number;

static number cell_at(const vrd_cube *cube, size_t area, size_t year) {
	size_t axis = vrd_cube_axis(cube, "area");
	size_t index[2];
	index[axis] = area;
	index[1 - axis] = year;
	size_t position = vrd_cube_position(cube, index);
	return (number){cube->values[position], vrd_cube_status(cube, position)};
}

static number minus(number a, number b) {
	if (a.status == VRD_NOT_APPLICABLE && b.status == VRD_NOT_APPLICABLE)
		return a;
	if (a.status == VRD_NOT_APPLICABLE)
		a = (number){0, VRD_PRESENT};
	if (b.status == VRD_NOT_APPLICABLE)
		b = (number){0, VRD_PRESENT};
	return (number){a.value - b.value, a.status > b.status ? a.status : b.status};
}

vrd_status vrd_geography_effects(vrd_arena *mem, const vrd_geography *geo, const vrd_cube *in,
                                 const char *level, int year_from, int year_to, vrd_cube *out,
                                 vrd_err *err) {
	vrd_status rc = VRD_OK;
	static const char *const by[] = {"area", "year"};
	static const char *const parts[] = {"from", "to", "change", "population", "map"};
	enum { N_PARTS = sizeof parts / sizeof *parts };
	static const char *const alternatives[] = {"variant", "stat"};
	for (size_t i = 0; i < 2; i++) {
		size_t axis = vrd_cube_axis(in, alternatives[i]);
		if (axis != VRD_NONE && in->dims[axis]->n > 1)
			return vrd_fail(
			        err, VRD_DATA,
			        "the dimension %s has %zu categories, which are no parts of "
			        "a sum; choose one",
			        alternatives[i], in->dims[axis]->n);
	}
	if (year_from == year_to)
		return vrd_fail(err, VRD_DATA, "effects need two different years, not %d twice",
		                year_from);
	char from_text[16], to_text[16];
	(void)snprintf(from_text, sizeof from_text, "%d", year_from);
	(void)snprintf(to_text, sizeof to_text, "%d", year_to);
	const vrd_str years[2] = {vrd_str_of(from_text), vrd_str_of(to_text)};
	vrd_cube sums, two, dated, fixed, made;
	const vrd_dim *dims[2];
	VRD_TRY(vrd_cube_sum_by(mem, in, 2, by, &sums, err));
	VRD_TRY(vrd_cube_select(mem, &sums, "year", 2, years, &two, err));
	VRD_TRY(vrd_geography_move(mem, geo, &two, level, NULL, 0, &dated, err));
	VRD_TRY(vrd_geography_move(mem, geo, &two, level, NULL, year_from, &fixed, err));
	dims[0] = dated.dims[vrd_cube_axis(&dated, "area")];
	const vrd_dim *fixed_areas = fixed.dims[vrd_cube_axis(&fixed, "area")];
	VRD_TRY(vrd_dim_of_codes(mem, "part", N_PARTS, parts, &dims[1], err));
	VRD_TRY(vrd_cube_new(mem, 2, dims, &made, err));
	made.unit = dated.unit;
	made.source = dated.source;
	made.updated = dated.updated;
	made.label = dated.label;
	made.notes = dated.notes;
	made.n_notes = dated.n_notes;
	for (size_t a = 0; a < dims[0]->n; a++) {
		// An area that the map of year_from does not know has nobody on that map.
		size_t f = vrd_dim_find_text(fixed_areas, dims[0]->cats[a].code);
		number from = cell_at(&dated, a, 0), to = cell_at(&dated, a, 1);
		number same_map = f == VRD_NONE ? (number){0, VRD_PRESENT} : cell_at(&fixed, f, 1);
		const number cells[N_PARTS] = {from, to, minus(to, from), minus(same_map, from),
		                               minus(to, same_map)};
		for (size_t p = 0; p < N_PARTS; p++) {
			made.values[a * N_PARTS + p] = cells[p].value;
			if (cells[p].status != VRD_PRESENT)
				VRD_TRY(vrd_cube_set_status(mem, &made, a * N_PARTS + p,
				                            cells[p].status, err));
		}
	}
	*out = made;
out:
	return rc;
}
