#include "cli/run_summary.h"

#include "cli/page.h"
#include "cube/messages.h"
#include "cube/table.h"
#include "store/store.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

typedef struct {
	vrd_cli *cli;
	vrd_region *region;
	vrd_diag quiet;
	vrd_run_record run;
	json_t *info;
	vrd_lang lang;
	char first[32], last[32]; // years
	size_t width, label;      // columns of the page and of the labels of its tables
	size_t path;              // of the lines over the years; 0: there is no room for them
	vrd_buf *out;
} summary;

// --- text ---------------------------------------------------------------------------------------

// A number right-aligned: counts to three significant digits, as projections are given in text.
static void put_number(summary *s, double x, size_t width) {
	vrd_buf text = {0};
	vrd_fmt_significant(&text, x, 3, s->lang);
	vrd_page_text(s->out, text.p ? text.p : "", width, true);
	vrd_buf_free(&text);
}

static void put_percent(summary *s, double share, size_t width) {
	vrd_buf text = {0};
	if (isfinite(share))
		vrd_fmt_percent(&text, share, 1, true, s->lang);
	vrd_page_text(s->out, text.p ? text.p : "", width, true);
	vrd_buf_free(&text);
}

static void heading(summary *s, vrd_msg_key key, size_t n, const char *const *args) {
	vrd_buf_putc(s->out, '\n');
	vrd_msg_put(s->out, key, s->lang, n, args);
	vrd_buf_putc(s->out, '\n');
}

static double info_number(const summary *s, const char *object, const char *key) {
	const json_t *at = object ? json_object_get(s->info, object) : s->info;
	return json_number_value(json_object_get(at, key));
}

// Whether the run has results by provider: it had flows.
static bool has_providers(const summary *s) {
	return json_is_true(json_object_get(s->info, "providers"));
}

// --- asking -------------------------------------------------------------------------------------

static vrd_status ask(summary *s, const char *cube, size_t n_by, const char *const *by,
                      size_t n_where, const vrd_where *where, vrd_cube *out) {
	vrd_status rc = VRD_OK;
	vrd_suppression rule;
	const vrd_query query = {.cube = cube,
	                         .run = s->run.id,
	                         .n_by = n_by,
	                         .by = by,
	                         .n_where = n_where,
	                         .where = where};
	VRD_TRY(vrd_region_query(s->region, &query, out, &rule, &s->quiet, s->cli->err));
	VRD_TRY(vrd_cube_suppress(s->cli->mem, out, &rule, out, NULL, NULL, s->cli->err));
out:
	return rc;
}

static double value(const vrd_cube *cube, size_t row, size_t column) {
	return cube->values[row * cube->dims[cube->n_dims - 1]->n + column];
}

// --- parts --------------------------------------------------------------------------------------

enum {
	NUMBER_WIDTH = 11,
	RANGE_WIDTH = 23,
	CHANGE_WIDTH = 8,
	MOST_LABEL = 36,
	BAR_WIDTH = 24,
	MOST_WIDTH = 100
};
enum { MEAN, P10, P50, P90, MC_ERROR };

static void head_row(summary *s) {
	vrd_page_text(s->out, "", s->label, false);
	vrd_page_text(s->out, s->first, NUMBER_WIDTH, true);
	vrd_page_text(s->out, s->last, NUMBER_WIDTH, true);
	vrd_page_text(s->out, vrd_msg(VRD_MSG_SUM_INTERVAL, s->lang), RANGE_WIDTH, true);
	vrd_page_text(s->out, vrd_msg(VRD_MSG_SUM_CHANGE, s->lang), CHANGE_WIDTH, true);
	if (s->path)
		vrd_buf_printf(s->out, "  %s–%s", s->first, s->last);
	vrd_buf_putc(s->out, '\n');
}

// Labels and lines share what the numbers leave; lines give way.
static void lay_out(summary *s) {
	const size_t numbers = 2 * NUMBER_WIDTH + RANGE_WIDTH + CHANGE_WIDTH;
	const size_t least_path = 9, room = s->width - numbers; // "2025–2040"
	const size_t years =
	        (size_t)(info_number(s, NULL, "horizon") - info_number(s, NULL, "first_year") + 1);
	const size_t least_label = 31;
	if (room < least_label + 2 + least_path) {
		s->label = room;
		return;
	}
	s->path = room - least_label - 2;
	s->path = s->path < years ? s->path : years;
	s->path = s->path < least_path ? least_path : s->path;
	s->label = room - 2 - s->path;
	s->label = s->label < MOST_LABEL ? s->label : MOST_LABEL;
}

// The line over the years, of as many of them as there are columns, the first and last among them.
static void put_path(summary *s, const double *path, size_t n) {
	enum { MOST = 1000 };
	double shown[MOST];
	const size_t columns = n < s->path ? n : s->path < MOST ? s->path : MOST;
	if (columns == 0)
		return;
	for (size_t i = 0; i < columns; i++)
		shown[i] = path[columns > 1 ? i * (n - 1) / (columns - 1) : 0];
	vrd_buf_puts(s->out, "  ");
	vrd_sparkline(s->out, shown, columns, false);
}

// One row of the headline table from [year, stat] values: first and last year, interval, change,
// path.
static void result_row(summary *s, const char *label, const double *values, size_t n_years,
                       const double *path) {
	const double *first = values, *last = values + (n_years - 1) * 5;
	vrd_buf range = {0};
	vrd_page_label(s->out, label, s->label);
	put_number(s, first[MEAN], NUMBER_WIDTH);
	put_number(s, last[MEAN], NUMBER_WIDTH);
	if (last[P90] > last[P10]) {
		vrd_fmt_significant(&range, last[P10], 3, s->lang);
		vrd_buf_puts(&range, " – ");
		vrd_fmt_significant(&range, last[P90], 3, s->lang);
	}
	vrd_page_text(s->out, range.p ? range.p : "", RANGE_WIDTH, true);
	put_percent(s, last[MEAN] / first[MEAN] - 1, CHANGE_WIDTH);
	put_path(s, path, n_years);
	vrd_buf_putc(s->out, '\n');
	vrd_buf_free(&range);
}

// mc_error (NULL ok): that of the last year's mean; 0 where it is only the rounding of a sum.
static vrd_status headline_row(summary *s, const char *cube, const char *label, double *mc_error) {
	const double rounding = 1e-9;
	static const char *const by[] = {"year", "stat"};
	vrd_status rc = VRD_OK;
	vrd_err *err = s->cli->err;
	vrd_cube x;
	double *path;
	VRD_TRY(ask(s, cube, 2, by, 0, NULL, &x));
	const size_t n = x.dims[0]->n;
	VRD_TRY(VRD_NEW(s->cli->mem, path, n));
	for (size_t t = 0; t < n; t++)
		path[t] = value(&x, t, MEAN);
	result_row(s, label, x.values, n, path);
	if (mc_error && value(&x, n - 1, MC_ERROR) > rounding * fabs(path[n - 1]))
		*mc_error = value(&x, n - 1, MC_ERROR);
out:
	return rc;
}

static vrd_status people_row(summary *s) {
	static const char *const by[] = {"year"};
	vrd_status rc = VRD_OK;
	vrd_cube x;
	vrd_buf range = {0};
	VRD_TRY(ask(s, "population", 1, by, 0, NULL, &x));
	const size_t first = vrd_dim_find_text(x.dims[0], s->first);
	const size_t last = vrd_dim_find_text(x.dims[0], s->last);
	if (first == VRD_NONE || last == VRD_NONE || last < first)
		return VRD_OK;
	vrd_page_label(s->out, vrd_msg(VRD_MSG_SUM_PEOPLE, s->lang), s->label);
	vrd_fmt_number(&range, x.values[first], 0, s->lang);
	vrd_page_text(s->out, range.p, NUMBER_WIDTH, true);
	vrd_buf_reset(&range);
	vrd_fmt_number(&range, x.values[last], 0, s->lang);
	vrd_page_text(s->out, range.p, NUMBER_WIDTH, true);
	vrd_page_text(s->out, "", RANGE_WIDTH, true);
	put_percent(s, x.values[last] / x.values[first] - 1, CHANGE_WIDTH);
	put_path(s, x.values + first, last - first + 1);
	vrd_buf_putc(s->out, '\n');
out:
	vrd_buf_free(&range);
	return rc;
}

static vrd_status care_rows(summary *s) {
	static const char *const by[] = {"care", "year", "stat"};
	vrd_status rc = VRD_OK;
	vrd_err *err = s->cli->err;
	vrd_cube x;
	double *path;
	VRD_TRY(ask(s, "result/activity", 3, by, 0, NULL, &x));
	heading(s, VRD_MSG_SUM_CARE, 0, NULL);
	const size_t n = x.dims[1]->n;
	VRD_TRY(VRD_NEW(s->cli->mem, path, n));
	for (size_t m = 0; m < x.dims[0]->n; m++) {
		for (size_t t = 0; t < n; t++)
			path[t] = x.values[(m * n + t) * 5 + MEAN];
		result_row(s, x.dims[0]->cats[m].label, x.values + m * n * 5, n, path);
	}
out:
	return rc;
}

static vrd_status provider_rows(summary *s) {
	static const char *const by[] = {"provider", "year", "stat"};
	vrd_status rc = VRD_OK;
	vrd_err *err = s->cli->err;
	vrd_cube x;
	double *path;
	vrd_buf occupancy = {0};
	if (!has_providers(s))
		return VRD_OK;
	VRD_TRY(ask(s, "result/beds", 3, by, 0, NULL, &x));
	vrd_fmt_percent(&occupancy, s->region->occupancy, 0, false, s->lang);
	const char *const args[] = {occupancy.p};
	heading(s, VRD_MSG_SUM_BEDS_BY, 1, args);
	const size_t n = x.dims[1]->n;
	VRD_TRY(VRD_NEW(s->cli->mem, path, n));
	for (size_t h = 0; h < x.dims[0]->n; h++) {
		for (size_t t = 0; t < n; t++)
			path[t] = x.values[(h * n + t) * 5 + MEAN];
		if (path[0] > 0)
			result_row(s, x.dims[0]->cats[h].label, x.values + h * n * 5, n, path);
	}
out:
	vrd_buf_free(&occupancy);
	return rc;
}

static vrd_status waterfall(summary *s) {
	static const char *const by[] = {"step"};
	vrd_status rc = VRD_OK;
	vrd_cube x;
	const char *year[] = {s->last}, *measure[] = {"bed_days"}, *args[] = {s->last};
	const vrd_where where[] = {{"year", 1, year}, {"measure", 1, measure}};
	VRD_TRY(ask(s, "result/waterfall", 1, by, 2, where, &x));
	heading(s, VRD_MSG_SUM_DRIVERS, 1, args);
	double largest = 0, sum = 0;
	const size_t room = s->width - NUMBER_WIDTH;
	size_t width = s->label;
	for (size_t i = 0; i < x.n_cells; i++) {
		const size_t own = vrd_utf8_width(vrd_str_of(x.dims[0]->cats[i].label));
		sum += x.values[i];
		if (i)
			largest = fmax(largest, fabs(x.values[i]));
		if (x.values[i] != 0 && own > width)
			width = own;
	}
	const bool bars = width + 2 + BAR_WIDTH <= room;
	width = width < room ? width : room;
	for (size_t i = 0; i < x.n_cells; i++) {
		if (i && x.values[i] == 0)
			continue;
		vrd_page_label(s->out, x.dims[0]->cats[i].label, width);
		put_number(s, x.values[i], NUMBER_WIDTH);
		if (bars && i && largest > 0) {
			vrd_buf_puts(s->out, "  ");
			vrd_bar(s->out, x.values[i], largest, BAR_WIDTH);
		}
		vrd_buf_putc(s->out, '\n');
	}
	vrd_buf label = {0};
	vrd_msg_put(&label, VRD_MSG_SUM_RESULT, s->lang, 1, args);
	vrd_page_text(s->out, label.p ? label.p : "", width, false);
	put_number(s, sum, NUMBER_WIDTH);
	vrd_buf_putc(s->out, '\n');
	vrd_buf_free(&label);
out:
	return rc;
}

// How much of each area's change is people and how much is the redrawn map; only when there is any.
static vrd_status map_rows(summary *s) {
	static const char *const by[] = {"area", "part"};
	vrd_status rc = VRD_OK;
	vrd_cube x;
	const char *years[] = {s->first, s->last};
	const vrd_where where[] = {{"year", 2, years}};
	VRD_TRY(ask(s, "population/change", 2, by, 1, where, &x));
	const size_t n = x.dims[1]->n, from = vrd_dim_find_text(x.dims[1], "from");
	const size_t people = vrd_dim_find_text(x.dims[1], "population");
	const size_t map = vrd_dim_find_text(x.dims[1], "map"),
	             to = vrd_dim_find_text(x.dims[1], "to");
	bool any = false;
	for (size_t i = 0; i < x.dims[0]->n; i++)
		any = any || x.values[i * n + map] != 0;
	if (!any)
		return VRD_OK;
	const char *const args[] = {s->first, s->last};
	heading(s, VRD_MSG_SUM_MAP, 2, args);
	vrd_page_text(s->out, "", s->label, false);
	vrd_page_text(s->out, s->first, NUMBER_WIDTH, true);
	vrd_page_text(s->out, vrd_msg(VRD_MSG_SUM_MAP_COLUMNS, s->lang), NUMBER_WIDTH, true);
	vrd_page_text(s->out, vrd_msg(VRD_MSG_SUM_MAP_EFFECT, s->lang), NUMBER_WIDTH, true);
	vrd_page_text(s->out, s->last, NUMBER_WIDTH, true);
	vrd_page_text(s->out, vrd_msg(VRD_MSG_SUM_CHANGE, s->lang), CHANGE_WIDTH, true);
	vrd_buf_putc(s->out, '\n');
	for (size_t i = 0; i < x.dims[0]->n; i++) {
		const size_t columns[] = {from, people, map, to};
		vrd_page_label(s->out, x.dims[0]->cats[i].label, s->label);
		for (size_t c = 0; c < 4; c++) {
			vrd_buf text = {0};
			vrd_fmt_number(&text, x.values[i * n + columns[c]], 0, s->lang);
			vrd_page_text(s->out, text.p ? text.p : "", NUMBER_WIDTH, true);
			vrd_buf_free(&text);
		}
		put_percent(s, x.values[i * n + to] / x.values[i * n + from] - 1, CHANGE_WIDTH);
		vrd_buf_putc(s->out, '\n');
	}
out:
	return rc;
}

static void variance_line(summary *s) {
	static const char *const keys[] = {"population", "assumptions", "interaction", "rates",
	                                   "chance"};
	enum { N_KEYS = sizeof keys / sizeof *keys };
	vrd_buf text[N_KEYS] = {{0}};
	const char *args[N_KEYS + 1] = {s->last};
	if (info_number(s, "variance_bed_days", "sd") <= 0 || info_number(s, NULL, "draws") < 2)
		return;
	for (size_t i = 0; i < N_KEYS; i++) {
		vrd_fmt_percent(&text[i], info_number(s, "variance_bed_days", keys[i]), 0, false,
		                s->lang);
		args[i + 1] = text[i].p;
	}
	vrd_buf_putc(s->out, '\n');
	vrd_buf whole = {0};
	vrd_msg_put(&whole, VRD_MSG_SUM_VARIANCE, s->lang, N_KEYS + 1, args);
	vrd_page_paragraph(s->out, whole.p ? whole.p : "", 0, s->width);
	s->out->failed = s->out->failed || whole.failed;
	vrd_buf_free(&whole);
	for (size_t i = 0; i < N_KEYS; i++)
		vrd_buf_free(&text[i]);
}

static void error_line(summary *s, double days, double beds) {
	vrd_buf text[2] = {{0}};
	if (!(days > 0))
		return;
	vrd_fmt_significant(&text[0], days, 2, s->lang);
	vrd_fmt_significant(&text[1], beds, 2, s->lang);
	const char *const args[] = {text[0].p, text[1].p};
	vrd_msg_put(s->out, VRD_MSG_SUM_MC, s->lang, 2, args);
	vrd_buf_putc(s->out, '\n');
	vrd_buf_free(&text[0]);
	vrd_buf_free(&text[1]);
}

static void title(summary *s, bool existed) {
	char draws[32], seed[32];
	vrd_buf number = {0};
	vrd_fmt_number(&number, info_number(s, NULL, "draws"), 0, s->lang);
	const size_t n = number.n < sizeof draws ? number.n : sizeof draws - 1;
	memcpy(draws, number.p ? number.p : "", n);
	draws[n] = 0;
	vrd_buf_free(&number);
	(void)vrd_format_double(info_number(s, NULL, "seed"), seed);
	const char *const args[] = {s->first, s->last, s->run.scenario, draws, seed};
	char id[13] = {0};
	memcpy(id, s->run.id, 12);
	const char *const run[] = {id};
	vrd_buf_printf(s->out, "%s\n", s->region->name);
	vrd_msg_put(s->out, VRD_MSG_SUM_HEAD, s->lang, 5, args);
	vrd_buf_putc(s->out, '\n');
	vrd_msg_put(s->out, VRD_MSG_SUM_RUN, s->lang, 1, run);
	vrd_buf_putc(s->out, '\n');
	if (existed)
		vrd_buf_printf(s->out, "%s\n", vrd_msg(VRD_MSG_SUM_EXISTS, s->lang));
	if (json_is_true(json_object_get(s->info, "illustrative")))
		vrd_page_paragraph(s->out, vrd_msg(VRD_MSG_ILLUSTRATIVE, s->lang), 0, s->width);
	vrd_buf_putc(s->out, '\n');
}

static void next_line(summary *s) {
	vrd_buf dir = {0};
	char id[13] = {0};
	memcpy(id, s->run.id, 12);
	vrd_cli_put_word(&dir, s->region->dir);
	const char *const args[] = {dir.p ? dir.p : "", id};
	vrd_buf_putc(s->out, '\n');
	vrd_msg_put(s->out, VRD_MSG_SUM_NEXT, s->lang, 2, args);
	vrd_buf_putc(s->out, '\n');
	s->out->failed = s->out->failed || dir.failed;
	vrd_buf_free(&dir);
}

static vrd_status read_run(summary *s, const char *id) {
	vrd_status rc = VRD_OK;
	vrd_store *store = NULL;
	const char *path = vrd_region_store_path(s->region, s->cli->mem);
	if (!path)
		VRD_TRY(vrd_no_memory(s->cli->err, s->cli->mem, 64, 1));
	VRD_TRY(vrd_store_open(path, false, &store, s->cli->err));
	VRD_TRY(vrd_store_find(store, s->cli->mem, id, &s->run, s->cli->err));
	s->info = json_loads(s->run.summary, 0, NULL);
	(void)vrd_format_double(info_number(s, NULL, "first_year"), s->first);
	(void)vrd_format_double(info_number(s, NULL, "horizon"), s->last);
out:
	vrd_store_close(store);
	return rc;
}

vrd_status vrd_cli_summary(vrd_cli *cli, vrd_region *region, const char *id, bool existed,
                           vrd_buf *out) {
	vrd_status rc = VRD_OK;
	const size_t width = vrd_cli_page_width();
	summary s = {.cli = cli,
	             .region = region,
	             .lang = region->lang,
	             .width = width < MOST_WIDTH ? width : MOST_WIDTH,
	             .out = out};
	double days_error = 0, beds_error = 0;
	vrd_diag_init(&s.quiet, cli->mem, 0);
	VRD_TRY(read_run(&s, id));
	lay_out(&s);
	title(&s, existed);
	head_row(&s);
	VRD_TRY(people_row(&s));
	VRD_TRY(headline_row(&s, "result/activity", vrd_msg(VRD_MSG_SUM_STAYS, s.lang), NULL));
	VRD_TRY(headline_row(&s, "result/bed_days", vrd_msg(VRD_MSG_SUM_BED_DAYS, s.lang),
	                     &days_error));
	if (has_providers(&s))
		VRD_TRY(headline_row(&s, "result/beds", vrd_msg(VRD_MSG_SUM_BEDS, s.lang),
		                     &beds_error));
	VRD_TRY(care_rows(&s));
	VRD_TRY(provider_rows(&s));
	VRD_TRY(waterfall(&s));
	variance_line(&s);
	error_line(&s, days_error, beds_error);
	VRD_TRY(map_rows(&s));
	next_line(&s);
out:
	json_decref(s.info);
	return rc;
}
