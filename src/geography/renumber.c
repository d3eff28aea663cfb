// Data on old borders brought to new ones by the changes in between.
//
// A code alone does not name an area: numbers are used again, so a change applies to the holders of
// its `from` code on 31 December before its year, all changes of a year at once. One case needs
// more: a code that a year both gives and takes away. Where it was in use before (an earlier change
// gave it, or the data have it), it is used again; else it only stood between two steps that a list
// gives for the same year (0532 -> 3444 -> 3053 in 2020), and its new holders move on with it.
#include "geography/geography_impl.h"

#include "cube/messages.h"

#include <stdio.h>
#include <stdlib.h>

// --- which codes were valid when ----------------------------------------------------------------

typedef struct {
	bool given; // the year gives the code to an area
	bool taken; // the year takes it from its holder
	bool kept;  // its holder keeps it, perhaps with another extent
} event;

static event event_of(const vrd_geography *geo, size_t code, int year) {
	event found = {false, false, false};
	for (size_t i = 0; i < geo->n_changes; i++) {
		const vrd_change *change = &geo->changes[i];
		if (change->year != year)
			continue;
		found.kept |= change->from == code && change->to == code;
		found.given |= change->to == code && change->from != code;
		found.taken |= change->from == code && change->to != code;
	}
	return found;
}

// Validity by the changes alone. Before its first change a code was valid unless that change made
// it.
static bool valid_by_changes(const vrd_geography *geo, size_t code, int year) {
	int last = VRD_YEAR_FIRST, next = VRD_YEAR_LAST;
	for (size_t i = 0; i < geo->n_changes; i++) {
		const vrd_change *change = &geo->changes[i];
		if (change->from != code && change->to != code)
			continue;
		if (change->year <= year)
			last = change->year;
		else if (change->year < next)
			next = change->year;
	}
	if (last != VRD_YEAR_FIRST) {
		event then = event_of(geo, code, last);
		return then.kept || then.given;
	}
	event first = event_of(geo, code, next);
	return first.kept || first.taken;
}

static bool valid(const vrd_geography *geo, const char *code, int year) {
	size_t area = vrd_dim_find_text(geo->codes, code);
	if (area != VRD_NONE && geo->areas[area].dated)
		return year >= geo->areas[area].from_year && year <= geo->areas[area].to_year;
	size_t change = geo->change_codes ? vrd_dim_find_text(geo->change_codes, code) : VRD_NONE;
	if (change == VRD_NONE)
		return area != VRD_NONE;
	return valid_by_changes(geo, change, year);
}

static void nearer(const vrd_geography *geo, const char *code, int year, int candidate, int *best) {
	if (valid(geo, code, candidate) &&
	    (*best == VRD_YEAR_FIRST || abs(candidate - year) < abs(*best - year)))
		*best = candidate;
}

// The valid year nearest to `year`, VRD_YEAR_FIRST when the code is never valid.
static int nearest_valid(const vrd_geography *geo, const char *code, int year) {
	int best = VRD_YEAR_FIRST;
	size_t area = vrd_dim_find_text(geo->codes, code);
	if (area != VRD_NONE && geo->areas[area].dated) {
		nearer(geo, code, year, geo->areas[area].from_year, &best);
		nearer(geo, code, year, geo->areas[area].to_year, &best);
		return best;
	}
	for (size_t i = 0; i < geo->n_changes; i++) {
		nearer(geo, code, year, geo->changes[i].year, &best);
		nearer(geo, code, year, geo->changes[i].year - 1, &best);
	}
	return best;
}

static vrd_status check_codes(const vrd_geography *geo, const vrd_dim *areas, int year,
                              vrd_err *err) {
	vrd_names names = {0};
	for (size_t c = 0; c < areas->n; c++) {
		const char *code = areas->cats[c].code;
		if (valid(geo, code, year))
			continue;
		int best = nearest_valid(geo, code, year);
		if (best == VRD_YEAR_FIRST)
			vrd_names_add(&names, "%s (unknown)", code);
		else
			vrd_names_add(&names, "%s (nearest valid year %d)", code, best);
	}
	if (names.n == 0)
		return VRD_OK;
	return vrd_fail(err, VRD_DATA,
	                "these area codes are not valid on the borders of %d: %s; correct the year "
	                "of the borders or add the missing changes",
	                year, vrd_names_end(&names));
}

// --- following the changes ----------------------------------------------------------------------

// A part of a category of the data on its way: `weight` of it now has the code `code`.
typedef struct {
	size_t category, code; // code: index in change_codes
	double weight;
} part;

typedef struct {
	vrd_arena *mem;
	const vrd_geography *geo;
	part *parts, *next; // of all categories, before and after the year
	size_t n, n_next, capacity;
	bool *live; // codes that somebody has before the year
} walk;

static vrd_status add_part(walk *self, part added, vrd_err *err) {
	vrd_status rc = VRD_OK;
	// Parts of one category stand together, so its earlier part with this code is near the end.
	for (size_t i = self->n_next; i > 0 && self->next[i - 1].category == added.category; i--) {
		if (self->next[i - 1].code == added.code) {
			self->next[i - 1].weight += added.weight;
			return VRD_OK;
		}
	}
	if (self->n_next == self->capacity) {
		part *more, *spare;
		VRD_TRY(VRD_NEW(self->mem, more, 2 * self->capacity));
		VRD_TRY(VRD_NEW(self->mem, spare, 2 * self->capacity));
		for (size_t i = 0; i < self->n; i++)
			spare[i] = self->parts[i];
		for (size_t i = 0; i < self->n_next; i++)
			more[i] = self->next[i];
		self->parts = spare;
		self->next = more;
		self->capacity *= 2;
	}
	self->next[self->n_next++] = added;
out:
	return rc;
}

static bool takes(const vrd_change *changes, size_t n, size_t code) {
	for (size_t i = 0; i < n; i++)
		if (changes[i].from == code && changes[i].to != code)
			return true;
	return false;
}

// Moves one part by the n changes of a year. `steps` bounds a list that goes in a circle.
static vrd_status follow(walk *self, const vrd_change *changes, size_t n, part moving, size_t steps,
                         vrd_err *err) {
	vrd_status rc = VRD_OK;
	bool moved = false;
	for (size_t i = 0; i < n; i++) {
		if (changes[i].from != moving.code)
			continue;
		size_t to = changes[i].to;
		part share = {moving.category, to, moving.weight * changes[i].weight};
		bool between = to != moving.code && !self->live[to] && takes(changes, n, to);
		moved = true;
		if (between && steps > 0)
			VRD_TRY(follow(self, changes, n, share, steps - 1, err));
		else
			VRD_TRY(add_part(self, share, err));
	}
	if (!moved)
		VRD_TRY(add_part(self, moving, err));
out:
	return rc;
}

static vrd_status apply_year(walk *self, size_t first, size_t n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_geography *geo = self->geo;
	for (size_t c = 0; c < geo->change_codes->n; c++)
		self->live[c] = false;
	for (size_t i = 0; i < first; i++)
		self->live[geo->changes[i].to] = true; // in use since an earlier change
	for (size_t i = 0; i < self->n; i++)
		self->live[self->parts[i].code] = true;
	self->n_next = 0;
	for (size_t i = 0; i < self->n; i++)
		VRD_TRY(follow(self, geo->changes + first, n, self->parts[i], 8, err));
	part *done = self->parts;
	self->parts = self->next;
	self->next = done;
	self->n = self->n_next;
out:
	return rc;
}

// The links from `areas` to the codes that hold in `year`, and those codes as a dimension: in the
// order of the data, new codes where their first part stands.
static vrd_status links_of(walk *self, const vrd_dim *areas, vrd_link **links, size_t *n_links,
                           const vrd_dim **target, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_geography *geo = self->geo;
	vrd_category *cats;
	size_t n_cats = 0, n = 0, p = 0;
	size_t *category_of; // of change codes, + 1
	size_t n_codes = geo->change_codes ? geo->change_codes->n : 0;
	VRD_TRY(VRD_NEW(self->mem, cats, areas->n + self->n));
	VRD_TRY(VRD_NEW(self->mem, category_of, n_codes));
	VRD_TRY(VRD_NEW(self->mem, *links, areas->n + self->n));
	for (size_t c = 0; c < areas->n; c++) {
		if (p == self->n || self->parts[p].category != c) {
			cats[n_cats] = areas->cats[c]; // no change names it
			cats[n_cats].parent = VRD_NONE;
			(*links)[n++] = (vrd_link){c, n_cats++, 1};
			continue;
		}
		for (; p < self->n && self->parts[p].category == c; p++) {
			size_t code = self->parts[p].code;
			if (category_of[code] == 0) {
				const char *text = geo->change_codes->cats[code].code;
				const char *label = vrd_geography_label(geo, vrd_str_of(text));
				size_t same = vrd_dim_find_text(areas, text);
				if (!label && same == c)
					label = areas->cats[same].label;
				cats[n_cats] = (vrd_category){.code = text,
				                              .label = label,
				                              .parent = VRD_NONE,
				                              .decimals = -1};
				category_of[code] = ++n_cats;
			}
			double weight = self->parts[p].weight;
			if (fabs(weight - 1) <= VRD_WEIGHT_TOLERANCE)
				weight = 1; // parts that have come together again
			(*links)[n++] = (vrd_link){c, category_of[code] - 1, weight};
		}
	}
	*n_links = n;
	VRD_TRY(vrd_dim_new(self->mem, areas->name, areas->label, areas->role, n_cats, cats, target,
	                    err));
out:
	return rc;
}

static vrd_status note_borders(vrd_arena *mem, const vrd_geography *geo, int data_year, int year,
                               vrd_cube *out, vrd_err *err) {
	char from[16], to[16];
	vrd_buf text = {0};
	(void)snprintf(from, sizeof from, "%d", data_year);
	(void)snprintf(to, sizeof to, "%d", year);
	vrd_msg_put(&text, VRD_MSG_BORDERS_NOTE, geo->lang, 2, (const char *const[]){from, to});
	const vrd_status rc = text.failed ? vrd_no_memory(err, mem, text.n, 1)
	                                  : vrd_cube_note(mem, out, text.p, err);
	vrd_buf_free(&text);
	return rc;
}

vrd_status vrd_geography_renumber(vrd_arena *mem, const vrd_geography *geo, const vrd_cube *in,
                                  int data_year, int year, vrd_cube *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t axis, n_links = 0;
	vrd_link *links = NULL;
	const vrd_dim *target = NULL;
	vrd_cube renumbered;
	VRD_TRY(vrd_cube_require(in, "area", &axis, err));
	const vrd_dim *areas = in->dims[axis];
	if (year < data_year)
		VRD_TRY(vrd_fail(
		        err, VRD_DATA,
		        "data on the borders of %d cannot go back to those of %d: a merger "
		        "cannot be undone",
		        data_year, year));
	VRD_TRY(check_codes(geo, areas, data_year, err));

	size_t n_codes = geo->change_codes ? geo->change_codes->n : 0;
	walk self = {.mem = mem, .geo = geo, .capacity = areas->n + 16};
	VRD_TRY(VRD_NEW(mem, self.parts, self.capacity));
	VRD_TRY(VRD_NEW(mem, self.next, self.capacity));
	VRD_TRY(VRD_NEW(mem, self.live, n_codes));
	for (size_t c = 0; c < areas->n; c++) {
		size_t code = geo->change_codes
		                      ? vrd_dim_find_text(geo->change_codes, areas->cats[c].code)
		                      : VRD_NONE;
		if (code != VRD_NONE)
			self.parts[self.n++] = (part){c, code, 1};
	}
	for (size_t i = 0, after; i < geo->n_changes; i = after) {
		int now = geo->changes[i].year;
		for (after = i; after < geo->n_changes && geo->changes[after].year == now;)
			after++;
		if (now > data_year && now <= year)
			VRD_TRY(apply_year(&self, i, after - i, err));
	}
	VRD_TRY(links_of(&self, areas, &links, &n_links, &target, err));
	const vrd_link *list = links;
	VRD_TRY(vrd_cube_regroup(mem, in, "area", target, NULL, &n_links, &list, &renumbered, err));
	if (year > data_year)
		VRD_TRY(note_borders(mem, geo, data_year, year, &renumbered, err));
	*out = renumbered;
out:
	return rc;
}
