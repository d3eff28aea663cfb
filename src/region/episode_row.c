// One row of a table of episodes: its texts become codes, a count and bed days.
#include "region/episode_parts.h"

#include "cube/csv_value.h"
#include "geography/geography.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define LONG_STAY 731 // days: two years

static const char *const names[VRD_N_EPISODE_FIELDS] = {
        "row",  "area", "sex",      "age",        "birth_year", "service", "care",
        "year", "date", "admitted", "discharged", "bed_days",   "count"};

const char *vrd_episode_field_name(vrd_episode_field field) {
	return names[field];
}

vrd_episode_field vrd_episode_field_find(const char *text) {
	for (size_t i = 0; i < VRD_N_EPISODE_FIELDS; i++)
		if (strcmp(names[i], text) == 0)
			return (vrd_episode_field)i;
	return VRD_N_EPISODE_FIELDS;
}

vrd_str vrd_episode_text(const vrd_episode_reader *r, vrd_episode_field field) {
	if (r->column[field] != VRD_NONE)
		return r->scan.fields[r->column[field]].text;
	return vrd_str_of(r->opt->constant[field]);
}

vrd_place vrd_episode_place(const vrd_episode_reader *r, vrd_episode_field field) {
	if (r->column[field] == VRD_NONE)
		return (vrd_place){.file = r->opt->name, .line = r->scan.record_line};
	return vrd_csv_place(&r->scan, r->scan.fields[r->column[field]].at);
}

static void refuse(vrd_episode_reader *r, vrd_episode_field field, const char *rule,
                   const char *remedy, const char *expected) {
	const vrd_str text = vrd_episode_text(r, field);
	vrd_csv_problem(&r->report, VRD_ERROR, vrd_episode_place(r, field), rule, remedy,
	                "%s is \"%.*s\", expected %s", names[field], vrd_csv_shown(text),
	                text.p ? text.p : "", expected);
}

// --- codes --------------------------------------------------------------------------------------

static const vrd_dim *known_codes(const vrd_episode_reader *r, vrd_episode_field field) {
	return field == VRD_EPISODE_AREA      ? r->opt->area
	       : field == VRD_EPISODE_SERVICE ? r->opt->service
	       : field == VRD_EPISODE_CARE    ? r->opt->care
	                                      : NULL;
}

static vrd_str recoded(const vrd_episode_reader *r, vrd_episode_field field, vrd_str text) {
	for (size_t i = 0; i < r->opt->n_recodes; i++)
		if (strcmp(r->opt->recodes[i].dim, names[field]) == 0 &&
		    vrd_str_is(text, r->opt->recodes[i].from))
			return vrd_str_of(r->opt->recodes[i].to);
	return text;
}

// The canonical code of a text; NULL: there is none, or (*failed) no memory.
static const char *canonical(const vrd_episode_reader *r, vrd_episode_field field, vrd_str text,
                             bool *failed) {
	const vrd_dim *known = known_codes(r, field);
	const char *code = NULL;
	*failed = false;
	if (field == VRD_EPISODE_SEX)
		return vrd_sex_code(text);
	if (field == VRD_EPISODE_AGE) {
		vrd_age age;
		if (vrd_episode_no_age(text) || !vrd_age_parse(text, &age) ||
		    !vrd_episode_banded(r, &age))
			return NULL;
		(void)vrd_episode_folds(r, &age);
		if (vrd_episode_shared_age(r, age))
			return NULL;
		code = vrd_age_code(r->mem, age);
	} else if (field == VRD_EPISODE_YEAR) {
		int64_t year;
		if (!vrd_parse_int64(text, &year) || year < 1800 || year > 2200)
			return NULL;
		code = vrd_arena_printf(r->mem, "%d", (int)year);
	} else if (known && field == VRD_EPISODE_AREA && vrd_dim_find(known, text) == VRD_NONE) {
		code = vrd_area_canonical(r->mem, text);
		*failed = !code;
		return code && vrd_dim_find_text(known, code) != VRD_NONE ? code : NULL;
	} else if (known && vrd_dim_find(known, text) == VRD_NONE) {
		return NULL;
	} else {
		code = vrd_arena_strndup(r->mem, text.p, text.n);
	}
	*failed = !code;
	return code;
}

static void refuse_age(vrd_episode_reader *r, vrd_episode_field field, vrd_str text) {
	vrd_age age;
	if (vrd_episode_no_age(text))
		refuse(r, field, "episodes.age",
		       "an age that is not known cannot stand beside ages: correct the cell, leave "
		       "the "
		       "row out, read it as an age with --recode age:TEXT=AGE, or leave the whole "
		       "column "
		       "out with --map age=-",
		       "an age of at most 130");
	else if (vrd_age_parse(text, &age) && vrd_episode_banded(r, &age) &&
	         (vrd_episode_folds(r, &age), true) && vrd_episode_shared_age(r, age))
		vrd_csv_problem(&r->report, VRD_ERROR, vrd_episode_place(r, field), "episodes.age",
		                "give every row an age of the same groups, or put them into bands "
		                "with --ages",
		                "age is \"%.*s\", and rows before have \"%s\": people would stand "
		                "in both",
		                vrd_csv_shown(text), text.p, vrd_episode_shared_age(r, age));
	else
		refuse(r, field, "episodes.age", "correct the cell, or the bands",
		       r->opt->n_bands ? "an age inside one of the bands asked for"
		                       : "an age such as 7, 105+ or 0-17");
}

static void refuse_code(vrd_episode_reader *r, vrd_episode_field field, vrd_str text) {
	const vrd_dim *known = known_codes(r, field);
	vrd_err why = {0};
	size_t index;
	if (field == VRD_EPISODE_SEX) {
		refuse(r, field, "episodes.sex", "correct the cell, or add --recode sex:TEXT=F",
		       "F, M or all");
	} else if (field == VRD_EPISODE_AGE) {
		refuse_age(r, field, text);
	} else if (field == VRD_EPISODE_YEAR) {
		refuse(r, field, "episodes.year", "write the year of the contact with four digits",
		       "a year from 1800 to 2200");
	} else {
		(void)!vrd_dim_require(known, text, &index, &why);
		vrd_csv_problem(&r->report, VRD_ERROR, vrd_episode_place(r, field),
		                "episodes.unknown-code",
		                "correct the code, add it to the table of the region folder, or "
		                "recode it with --recode",
		                "%s", why.text);
	}
}

// Room for what is known of each text.
static vrd_status fit_codes(vrd_arena *mem, vrd_episode_codes *c, vrd_err *err) {
	vrd_status rc = VRD_OK;
	uint32_t *code_of;
	bool *folded;
	if (c->capacity >= c->raw.capacity)
		return VRD_OK;
	VRD_TRY(VRD_NEW(mem, code_of, c->raw.capacity));
	VRD_TRY(VRD_NEW(mem, folded, c->raw.capacity));
	if (c->capacity) {
		memcpy(code_of, c->code_of, c->capacity * sizeof *code_of);
		memcpy(folded, c->folded, c->capacity * sizeof *folded);
	}
	c->code_of = code_of;
	c->folded = folded;
	c->capacity = c->raw.capacity;
out:
	return rc;
}

static bool is_folded(const vrd_episode_reader *r, vrd_episode_field field, vrd_str text) {
	vrd_age age;
	return field == VRD_EPISODE_AGE && vrd_age_parse(text, &age) && vrd_episode_folds(r, &age);
}

static vrd_status read_code(vrd_episode_reader *r, vrd_episode_field field, size_t dim,
                            uint32_t *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_episode_codes *c = &r->codes[dim];
	const vrd_str raw = vrd_episode_text(r, field);
	uint32_t index;
	bool fresh, failed;
	*out = VRD_EPISODE_BAD;
	if (!raw.n) {
		vrd_csv_problem(&r->report, VRD_ERROR, vrd_episode_place(r, field),
		                "episodes.empty", "fill the cell, or leave the row out",
		                "%s is empty", names[field]);
		return VRD_OK;
	}
	VRD_TRY(vrd_intern_add(&c->raw, r->mem, raw, &index, &fresh, err));
	VRD_TRY(fit_codes(r->mem, c, err));
	if (fresh) {
		c->folded[index] = is_folded(r, field, recoded(r, field, raw));
		const char *code = canonical(r, field, recoded(r, field, raw), &failed);
		if (failed)
			VRD_TRY(vrd_no_memory(err, r->mem, raw.n, 1));
		c->code_of[index] = VRD_EPISODE_BAD;
		if (code)
			VRD_TRY(vrd_intern_add(&c->codes, r->mem, vrd_str_of(code),
			                       &c->code_of[index], NULL, err));
	}
	*out = c->code_of[index];
	r->n_folded += *out != VRD_EPISODE_BAD && c->folded[index];
	if (*out == VRD_EPISODE_BAD)
		refuse_code(r, field, recoded(r, field, raw));
out:
	return rc;
}

// A code that was reckoned: `table` remembers the index (+ 1) of each number.
static vrd_status number_code(vrd_episode_reader *r, size_t dim, uint32_t *memory, const char *code,
                              uint32_t *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (!code)
		return vrd_no_memory(err, r->mem, 8, 1);
	VRD_TRY(vrd_intern_add(&r->codes[dim].codes, r->mem, vrd_str_of(code), out, NULL, err));
	*memory = *out + 1;
out:
	return rc;
}

// --- dates and numbers --------------------------------------------------------------------------

typedef struct {
	int64_t minutes;
	int year; // 0: empty
	bool timed;
} moment;

static bool read_date(vrd_episode_reader *r, vrd_episode_field field, moment *out) {
	const vrd_str text = vrd_episode_text(r, field);
	*out = (moment){0};
	if (!text.n)
		return true;
	if (vrd_episode_date(text, &out->minutes, &out->year, &out->timed))
		return true;
	refuse(r, field, "episodes.date", "correct the cell",
	       "a date such as 2025-03-01, 2025-03-01T14:30 or 01.03.2025");
	return false;
}

static bool read_number(vrd_episode_reader *r, vrd_episode_field field, double *out) {
	const vrd_str text = vrd_episode_text(r, field);
	vrd_cell status;
	if (vrd_csv_value(text, &r->decimal, out, &status) == VRD_CSV_NUMBER &&
	    status == VRD_PRESENT && *out >= 0 && *out <= 1e9)
		return true;
	refuse(r, field, "episodes.number", "correct the cell", "a number from 0 to 1000000000");
	return false;
}

// Bed days of a stay by its dates. Stays without a night have none under `nights`.
static bool days_of_stay(vrd_episode_reader *r, moment from, moment to, double *out) {
	if (to.minutes < from.minutes &&
	    (to.timed == from.timed || to.minutes / 1440 < from.minutes / 1440)) {
		refuse(r, VRD_EPISODE_DISCHARGED, "episodes.stay", "correct one of the dates",
		       "a date at or after the admission");
		return false;
	}
	if (r->opt->bed_day == VRD_HOURS) {
		const vrd_episode_field lacking =
		        from.timed ? VRD_EPISODE_DISCHARGED : VRD_EPISODE_ADMITTED;
		if (!from.timed || !to.timed) {
			refuse(r, lacking, "episodes.stay",
			       "add the time, or map a column of bed days",
			       "a date with a time of day: bed days of this region are hours");
			return false;
		}
		*out = (double)(to.minutes - from.minutes) / 1440;
		return true;
	}
	const int64_t nights = to.minutes / 1440 - from.minutes / 1440; // midnights between
	*out = (double)nights + (r->opt->bed_day == VRD_NIGHTS_PLUS_ONE ? 1 : 0);
	return true;
}

static void tell_with(vrd_episode_tally *tally, double x, vrd_place place) {
	if (tally->n++ == 0)
		tally->first = place;
	tally->sum += x;
}

static bool read_stay(vrd_episode_reader *r, const vrd_episode_row *row, moment to, double *days) {
	const vrd_episode_codes *care = &r->codes[VRD_CELL_CARE];
	const char *code = care->codes.texts[row->at[VRD_CELL_CARE]];
	const size_t known = r->opt->care ? vrd_dim_find_text(r->opt->care, code) : VRD_NONE;
	const bool beds = !r->opt->care_beds || known == VRD_NONE || r->opt->care_beds[known];
	moment from;
	*days = 0;
	if (r->given[VRD_EPISODE_BED_DAYS]) {
		if (vrd_episode_text(r, VRD_EPISODE_BED_DAYS).n) {
			if (!read_number(r, VRD_EPISODE_BED_DAYS, days))
				return false;
			if (!beds && *days > 0)
				tell_with(&r->no_beds, *days * row->contacts,
				          vrd_episode_place(r, VRD_EPISODE_BED_DAYS));
			return true;
		}
		if (!beds)
			return true;
		refuse(r, VRD_EPISODE_BED_DAYS, "episodes.stay", "fill the cell",
		       "a number: this form of care uses beds");
		return false;
	}
	if (!r->given[VRD_EPISODE_ADMITTED] || !r->given[VRD_EPISODE_DISCHARGED])
		return true;
	if (!read_date(r, VRD_EPISODE_ADMITTED, &from))
		return false;
	if (!beds)
		return true;
	if (from.year && to.year)
		return days_of_stay(r, from, to, days);
	refuse(r, from.year ? VRD_EPISODE_DISCHARGED : VRD_EPISODE_ADMITTED, "episodes.stay",
	       "fill the cell", "a date: this form of care uses beds");
	return false;
}

// --- year and age -------------------------------------------------------------------------------

static vrd_status read_year(vrd_episode_reader *r, moment discharged, uint32_t *out, int *year,
                            vrd_err *err) {
	vrd_status rc = VRD_OK;
	moment at = discharged;
	vrd_episode_field field = VRD_EPISODE_DISCHARGED;
	*out = VRD_EPISODE_BAD;
	if (r->given[VRD_EPISODE_YEAR]) {
		int64_t number = 0;
		VRD_TRY(read_code(r, VRD_EPISODE_YEAR, VRD_CELL_YEAR, out, err));
		if (*out != VRD_EPISODE_BAD)
			(void)!vrd_parse_int64(
			        vrd_str_of(r->codes[VRD_CELL_YEAR].codes.texts[*out]), &number);
		*year = (int)number;
		return VRD_OK;
	}
	if (r->given[VRD_EPISODE_DATE]) {
		field = VRD_EPISODE_DATE;
		if (!read_date(r, field, &at))
			return VRD_OK;
	}
	if (!at.year) {
		refuse(r, field, "episodes.year", "fill the cell, or leave the row out",
		       "a date: it gives the year");
		return VRD_OK;
	}
	*year = at.year;
	uint32_t *memory = &r->year_of[at.year - 1800];
	*out = *memory - 1;
	if (!*memory)
		VRD_TRY(number_code(r, VRD_CELL_YEAR, memory,
		                    vrd_arena_printf(r->mem, "%d", at.year), out, err));
out:
	return rc;
}

static vrd_status read_age(vrd_episode_reader *r, int year, uint32_t *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	int64_t born;
	if (r->given[VRD_EPISODE_AGE])
		return read_code(r, VRD_EPISODE_AGE, VRD_CELL_AGE, out, err);
	*out = 0;
	if (!r->given[VRD_EPISODE_BIRTH_YEAR])
		return VRD_OK;
	*out = VRD_EPISODE_BAD;
	const vrd_str text = vrd_episode_text(r, VRD_EPISODE_BIRTH_YEAR);
	if (!vrd_parse_int64(text, &born) || born > year || born < year - VRD_EPISODE_MAX_AGE) {
		refuse(r, VRD_EPISODE_BIRTH_YEAR, "episodes.age",
		       "correct the cell; a year of birth that is not known cannot stand beside "
		       "others: leave the row out, or the whole column with --map birth_year=-",
		       "a year of birth at most 130 years before the contact");
		return VRD_OK;
	}
	const int reached = year - (int)born;
	vrd_age age = {reached, reached};
	uint32_t *memory = &r->age_of[reached];
	*out = *memory - 1;
	r->n_folded += vrd_episode_folds(r, &age);
	if (*memory)
		return VRD_OK;
	if (!vrd_episode_banded(r, &age)) {
		*out = VRD_EPISODE_BAD;
		refuse(r, VRD_EPISODE_BIRTH_YEAR, "episodes.age", "correct the bands",
		       "an age inside one of the bands asked for");
		return VRD_OK;
	}
	VRD_TRY(number_code(r, VRD_CELL_AGE, memory, vrd_age_code(r->mem, age), out, err));
out:
	return rc;
}

vrd_status vrd_episode_read(vrd_episode_reader *r, vrd_episode_row *row, bool *good, vrd_err *err) {
	static const struct {
		vrd_episode_field field;
		size_t dim;
	} coded[] = {{VRD_EPISODE_AREA, VRD_CELL_AREA},
	             {VRD_EPISODE_SEX, VRD_CELL_SEX},
	             {VRD_EPISODE_SERVICE, VRD_CELL_SERVICE},
	             {VRD_EPISODE_CARE, VRD_CELL_CARE}};
	vrd_status rc = VRD_OK;
	moment discharged = {0};
	int year = 0;
	*row = (vrd_episode_row){.contacts = 1};
	*good = true;
	for (size_t i = 0; i < sizeof coded / sizeof *coded; i++)
		if (r->given[coded[i].field]) {
			VRD_TRY(read_code(r, coded[i].field, coded[i].dim, &row->at[coded[i].dim],
			                  err));
			*good = *good && row->at[coded[i].dim] != VRD_EPISODE_BAD;
		}
	if (r->given[VRD_EPISODE_DISCHARGED] && !read_date(r, VRD_EPISODE_DISCHARGED, &discharged))
		*good = false;
	else
		VRD_TRY(read_year(r, discharged, &row->at[VRD_CELL_YEAR], &year, err));
	if (row->at[VRD_CELL_YEAR] == VRD_EPISODE_BAD)
		*good = false;
	if (*good) // what is reckoned from a wrong cell would only be told twice
		VRD_TRY(read_age(r, year, &row->at[VRD_CELL_AGE], err));
	if (r->given[VRD_EPISODE_COUNT] && !read_number(r, VRD_EPISODE_COUNT, &row->contacts))
		*good = false;
	*good = *good && row->at[VRD_CELL_AGE] != VRD_EPISODE_BAD &&
	        read_stay(r, row, discharged, &row->bed_days);
	if (*good && row->bed_days > LONG_STAY)
		tell_with(&r->long_stays, row->bed_days, (vrd_place){.line = r->scan.record_line});
	row->bed_days *= r->given[VRD_EPISODE_COUNT] ? row->contacts : 1;
out:
	return rc;
}

// --- columns ------------------------------------------------------------------------------------

static void need(vrd_episode_reader *r, bool holds, vrd_episode_field field, const char *text) {
	if (!holds)
		vrd_csv_problem(
		        &r->report, VRD_ERROR, (vrd_place){.file = r->opt->name, .line = 1},
		        "episodes.missing-column",
		        "name it with --map COLUMN=FIELD, or give one code to every row with "
		        "--set",
		        "nothing says what %s is%s", names[field], text);
}

static void refuse_pair(vrd_episode_reader *r, vrd_episode_field a, vrd_episode_field b) {
	if (r->given[a] && r->given[b])
		vrd_csv_problem(&r->report, VRD_ERROR, (vrd_place){.file = r->opt->name, .line = 1},
		                "episodes.two-columns", "leave one of them out with --map COLUMN=-",
		                "both %s and %s are there: one of them would be passed over",
		                names[a], names[b]);
}

// --set says one code of every row, and the table another of each.
static void refuse_constant(vrd_episode_reader *r, vrd_episode_field field) {
	vrd_csv_problem(&r->report, VRD_ERROR, r->header.places[r->column[field]],
	                "episodes.two-columns",
	                "leave out --set, or the column with --map COLUMN=-",
	                "the column \"%.60s\" says %s of each row, and --set says \"%.60s\" of all",
	                r->header.names[r->column[field]], names[field], r->opt->constant[field]);
	r->column[field] = VRD_NONE;
}

static void check_fields(vrd_episode_reader *r) {
	const bool *given = r->given;
	need(r, given[VRD_EPISODE_AREA], VRD_EPISODE_AREA, "");
	need(r, given[VRD_EPISODE_SERVICE], VRD_EPISODE_SERVICE, "");
	need(r, given[VRD_EPISODE_CARE], VRD_EPISODE_CARE, "");
	need(r, given[VRD_EPISODE_YEAR] || given[VRD_EPISODE_DATE] || given[VRD_EPISODE_DISCHARGED],
	     VRD_EPISODE_YEAR, " (a year, a date or discharged gives it)");
	need(r, !r->opt->touch || given[VRD_EPISODE_ROW], VRD_EPISODE_ROW,
	     ": the table of what measures touch names rows by it");
	need(r,
	     given[VRD_EPISODE_BED_DAYS] || !given[VRD_EPISODE_ADMITTED] ||
	             given[VRD_EPISODE_DISCHARGED],
	     VRD_EPISODE_DISCHARGED, ": a stay that begins must end");
	refuse_pair(r, VRD_EPISODE_AGE, VRD_EPISODE_BIRTH_YEAR);
	refuse_pair(r, VRD_EPISODE_YEAR, VRD_EPISODE_DATE);
	refuse_pair(r, VRD_EPISODE_BED_DAYS, VRD_EPISODE_ADMITTED);
}

vrd_status vrd_episode_columns(vrd_episode_reader *r, vrd_err *err) {
	for (size_t f = 0; f < VRD_N_EPISODE_FIELDS; f++) {
		const char *wanted = r->opt->column[f];
		r->column[f] = VRD_NONE;
		if (!r->opt->ignored[f])
			r->column[f] = vrd_csv_header_find(r->header.names, r->header.n,
			                                   wanted ? wanted : names[f]);
		if (r->opt->constant[f] && r->column[f] != VRD_NONE)
			refuse_constant(r, (vrd_episode_field)f);
		r->given[f] = r->opt->constant[f] || r->column[f] != VRD_NONE;
		if (wanted && !r->given[f]) {
			const size_t near =
			        vrd_nearest(vrd_str_of(wanted), r->header.names, r->header.n);
			vrd_csv_problem(&r->report, VRD_ERROR,
			                (vrd_place){.file = r->opt->name, .line = 1},
			                "episodes.missing-column", "correct the name of the column",
			                "there is no column \"%.60s\"; did you mean \"%.60s\"?",
			                wanted, r->header.names[near == SIZE_MAX ? 0 : near]);
		}
	}
	check_fields(r);
	return vrd_csv_report_fail(&r->report, err);
}
