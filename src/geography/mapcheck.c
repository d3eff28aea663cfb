// States of the dated maps: which rows hold when, and whether they are whole.
#include "geography/geography_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t vrd_map_service(const vrd_geography *geo, const char *service) {
	for (size_t i = 0; service && i < geo->n_services; i++)
		if (strcmp(geo->services[i], service) == 0)
			return i;
	return geo->n_services;
}

vrd_map_state vrd_map_state_of(const vrd_geography *geo, size_t area, size_t level, size_t service,
                               int year) {
	vrd_map_state state = {.service = VRD_NONE};
	int first = VRD_YEAR_LAST;
	for (size_t m = geo->first_map[area]; m < geo->first_map[area + 1]; m++) {
		const vrd_map_row *row = &geo->maps[m];
		bool own = row->service == service || row->service == VRD_NONE;
		if (own && geo->areas[row->unit].level == level && row->from_year < first)
			first = row->from_year;
	}
	state.assumed = year < first && first != VRD_YEAR_LAST;
	state.year = state.assumed ? first : year;
	for (size_t m = geo->first_map[area]; m < geo->first_map[area + 1]; m++) {
		const vrd_map_row *row = &geo->maps[m];
		if (geo->areas[row->unit].level != level || row->from_year > state.year ||
		    row->to_year < state.year)
			continue;
		if (row->service == service)
			state.service = service;
		if (row->service == service || row->service == VRD_NONE)
			state.any = true;
	}
	return state;
}

bool vrd_map_row_holds(const vrd_geography *geo, const vrd_map_row *row, size_t level,
                       const vrd_map_state *state) {
	return state->any && row->service == state->service &&
	       geo->areas[row->unit].level == level && row->from_year <= state->year &&
	       row->to_year >= state->year;
}

static int by_number(const void *pa, const void *pb) {
	int a = *(const int *)pa, b = *(const int *)pb;
	return (a > b) - (a < b);
}

// Years as people write them: "2026-2030", "from 2031", "all years".
static void write_period(char out[48], int from, int to) {
	if (from == VRD_YEAR_FIRST && to == VRD_YEAR_LAST)
		(void)snprintf(out, 48, "all years");
	else if (from == VRD_YEAR_FIRST)
		(void)snprintf(out, 48, "years to %d", to);
	else if (to == VRD_YEAR_LAST)
		(void)snprintf(out, 48, "years from %d", from);
	else if (from == to)
		(void)snprintf(out, 48, "%d", from);
	else
		(void)snprintf(out, 48, "%d-%d", from, to);
}

typedef struct {
	const vrd_geography *geo;
	size_t area, level, service; // service VRD_NONE: the rows for all services
	const char *file;
	vrd_diag *diag;
} checker;

static bool concerns(const checker *self, const vrd_map_row *row) {
	return row->service == self->service && self->geo->areas[row->unit].level == self->level;
}

// One stretch of years in which the same rows hold.
static void check_stretch(const checker *self, int from, int to) {
	const vrd_geography *geo = self->geo;
	const char *code = geo->code_list[self->area];
	const char *service =
	        self->service == VRD_NONE ? "all services" : geo->services[self->service];
	const vrd_map_row *last = NULL, *next = NULL;
	bool whole = false, unlike = false, same_unit = false, general = false;
	double sum = 0;
	char years[48];
	write_period(years, from, to);
	for (size_t m = geo->first_map[self->area]; m < geo->first_map[self->area + 1]; m++) {
		const vrd_map_row *row = &geo->maps[m];
		general |= row->service == VRD_NONE && geo->areas[row->unit].level == self->level;
		if (!concerns(self, row))
			continue;
		if (row->from_year > to && (!next || row->from_year < next->from_year))
			next = row;
		if (row->from_year > from || row->to_year < to)
			continue;
		sum += row->weight;
		whole |= row->weight >= 1;
		if (last) {
			unlike |=
			        row->from_year != last->from_year || row->to_year != last->to_year;
			same_unit |= row->unit == last->unit;
		}
		last = row;
	}
	if (!last) {
		// A service without rows of its own in these years follows the rows for all
		// services.
		if (next && !(self->service != VRD_NONE && general))
			vrd_diag_add(self->diag, VRD_ERROR, (vrd_place){self->file, next->line, 0},
			             "geo.gap",
			             "let one state end in the year before the next begins",
			             "area `%s` belongs nowhere in %s (%s)", code, years, service);
		return;
	}
	if (fabs(sum - 1) <= VRD_WEIGHT_TOLERANCE)
		return;
	bool overlap = sum > 1 && (whole || unlike || same_unit);
	vrd_diag_add(self->diag, VRD_ERROR, (vrd_place){self->file, last->line, 0},
	             overlap ? "geo.overlap" : "geo.weight-sum",
	             overlap ? "end the old state (to_year) in the year before the new one begins"
	                     : "the weights of an area sum to 1 in every year",
	             overlap ? "area `%s` belongs to several units at once in %s (%s): weights sum "
	                       "to %.10g"
	                     : "weights of area `%s` in %s (%s) sum to %.10g, not 1",
	             code, years, service, sum);
}

static void check_rows(const checker *self, int *years) {
	const vrd_geography *geo = self->geo;
	size_t n = 0;
	for (size_t m = geo->first_map[self->area]; m < geo->first_map[self->area + 1]; m++) {
		if (!concerns(self, &geo->maps[m]))
			continue;
		years[n++] = geo->maps[m].from_year;
		years[n++] = geo->maps[m].to_year + 1;
	}
	qsort(years, n, sizeof *years, by_number);
	for (size_t i = 0; i + 1 < n; i++)
		if (years[i] < years[i + 1])
			check_stretch(self, years[i], years[i + 1] - 1);
}

vrd_status vrd_map_check(vrd_arena *mem, const vrd_geography *geo, const char *file, vrd_diag *diag,
                         vrd_err *err) {
	vrd_status rc = VRD_OK;
	int *years;
	VRD_TRY(VRD_NEW(mem, years, 2 * geo->n_maps));
	for (size_t area = 0; area < geo->n_areas; area++) {
		for (size_t m = geo->first_map[area]; m < geo->first_map[area + 1]; m++) {
			checker self = {geo,
			                area,
			                geo->areas[geo->maps[m].unit].level,
			                geo->maps[m].service,
			                file,
			                diag};
			size_t first = geo->first_map[area];
			while (!concerns(&self, &geo->maps[first]))
				first++;
			if (first == m) // each pair of level and service once, at its first row
				check_rows(&self, years);
		}
	}
out:
	return rc;
}
