#include "scenario/compare.h"

#include "num/stats.h"

#include <math.h>
#include <string.h>

enum { MOST_SIDES = 4, N_STATS = 5, N_AXES = 3 };
#define MAX_BYTES ((size_t)400 << 20) // of draws that are held at a time

static const char *const stat_codes[N_STATS] = {"mean", "p10", "p50", "p90", "mc_error"};

// One dimension of the result: groups of the view, or all categories that any model has, by code.
typedef struct {
	const vrd_dim *dim;
	size_t *group[MOST_SIDES]; // category of the side's own -> category of `dim`, or VRD_NONE
} axis;

typedef struct {
	vrd_arena *mem;
	size_t n;
	const vrd_side *sides;
	const vrd_view *view;
	vrd_measure measure;
	axis axes[N_AXES]; // place, service, care
	const vrd_dim *year;
	size_t *year_of[MOST_SIDES]; // year of the result -> year of the side
	size_t n_draws, n_cells;     // cells of one year
	vrd_cube level, difference, probability;
	vrd_err *err;
} comparing;

// --- matching -----------------------------------------------------------------------------------

static const vrd_dim *place_of(const vrd_model *model, vrd_axis by) {
	return by == VRD_BY_UNIT   ? model->unit
	       : by == VRD_BY_AREA ? model->demand.area
	                           : model->provider;
}

static const vrd_dim *own_dim(const comparing *c, size_t side, size_t which) {
	const vrd_model *model = c->sides[side].model;
	return which == 0   ? place_of(model, c->view->axis)
	       : which == 1 ? vrd_model_services(model)
	                    : model->demand.care;
}

// Every category of the first model, then what others have besides.
static vrd_status unite(comparing *c, size_t which, axis *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = c->err;
	vrd_category *cats;
	size_t n = 0, most = 0;
	const vrd_dim *first = own_dim(c, 0, which);
	for (size_t i = 0; i < c->n; i++)
		most += own_dim(c, i, which)->n;
	VRD_TRY(VRD_NEW(c->mem, cats, most));
	for (size_t i = 0; i < c->n; i++) {
		const vrd_dim *dim = own_dim(c, i, which);
		for (size_t j = 0; j < dim->n; j++) {
			bool known = false;
			for (size_t before = 0; before < i && !known; before++)
				known = vrd_dim_find_text(own_dim(c, before, which),
				                          dim->cats[j].code) != VRD_NONE;
			if (known)
				continue;
			cats[n] = dim->cats[j];
			cats[n++].parent = VRD_NONE;
		}
	}
	VRD_TRY(vrd_dim_new(c->mem, first->name, first->label, first->role, n, cats, &out->dim,
	                    err));
	for (size_t i = 0; i < c->n; i++) {
		const vrd_dim *dim = own_dim(c, i, which);
		VRD_TRY(VRD_NEW(c->mem, out->group[i], dim->n));
		for (size_t j = 0; j < dim->n; j++)
			out->group[i][j] = vrd_dim_find_text(out->dim, dim->cats[j].code);
	}
out:
	return rc;
}

// Groups are of the first model's categories; others follow by code. What only another model has
// belongs to the group of all when there is just one and nothing is left out.
static vrd_status follow_groups(comparing *c, size_t which, const size_t *group, size_t n_groups,
                                const vrd_dim *named, axis *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = c->err;
	const vrd_dim *first = own_dim(c, 0, which);
	bool all = n_groups == 1;
	for (size_t j = 0; j < first->n; j++)
		all = all && group[j] == 0;
	if (!named)
		VRD_TRY(vrd_fail(err, VRD_USAGE, "groups of %s need names", first->name));
	out->dim = named;
	for (size_t i = 0; i < c->n; i++) {
		const vrd_dim *dim = own_dim(c, i, which);
		VRD_TRY(VRD_NEW(c->mem, out->group[i], dim->n));
		for (size_t j = 0; j < dim->n; j++) {
			const size_t at = vrd_dim_find_text(first, dim->cats[j].code);
			if (at == VRD_NONE && !all)
				VRD_TRY(vrd_fail(
				        err, VRD_USAGE,
				        "%s \"%s\" is in one run only: a selection or a group of "
				        "%s cannot be compared, ask for each or for all",
				        first->name, dim->cats[j].code, first->name));
			out->group[i][j] = at == VRD_NONE ? 0 : group[at];
		}
	}
out:
	return rc;
}

static size_t find_year(const vrd_demand *d, int year) {
	for (size_t t = 0; t < d->n_year; t++)
		if (d->year[t] == year)
			return t;
	return VRD_NONE;
}

// The years of the first model that are wanted and that every model has: a year that a run does not
// reach is not a year without need.
static vrd_status match_years(comparing *c) {
	vrd_status rc = VRD_OK;
	vrd_err *err = c->err;
	const vrd_demand *d = &c->sides[0].model->demand;
	vrd_category *cats;
	size_t n = 0;
	VRD_TRY(VRD_NEW(c->mem, cats, d->n_year));
	for (size_t i = 0; i < c->n; i++)
		VRD_TRY(VRD_NEW(c->mem, c->year_of[i], d->n_year));
	for (size_t t = 0; t < d->n_year; t++) {
		bool everywhere = !c->view->years || c->view->years[t];
		for (size_t i = 0; i < c->n; i++) {
			c->year_of[i][n] = find_year(&c->sides[i].model->demand, d->year[t]);
			everywhere = everywhere && c->year_of[i][n] != VRD_NONE;
		}
		if (!everywhere)
			continue;
		const char *code = vrd_arena_printf(c->mem, "%d", d->year[t]);
		if (!code)
			VRD_TRY(vrd_no_memory(err, c->mem, 8, 1));
		cats[n++] = (vrd_category){.code = code, .parent = VRD_NONE, .decimals = -1};
	}
	if (n == 0)
		VRD_TRY(vrd_fail(err, VRD_USAGE, "the runs have no year in common"));
	VRD_TRY(vrd_dim_new(c->mem, "year", NULL, VRD_ROLE_TIME, n, cats, &c->year, err));
out:
	return rc;
}

// --- draws --------------------------------------------------------------------------------------

// Draws of one side: x[(year - from) * n_cells + cell][draw].
typedef struct {
	const comparing *c;
	size_t from, n_years;
	const size_t *year_of;
	double *x;
} collected;

static void collect(void *context, const vrd_cell_key *key, const double *draws, size_t n,
                    double *scratch) {
	const collected *to = context;
	const axis *axes = to->c->axes;
	(void)scratch;
	for (size_t t = 0; t < to->n_years && draws; t++)
		if (to->year_of[to->from + t] == key->year) {
			const size_t cell = ((t * axes[0].dim->n + key->place) * axes[1].dim->n +
			                     key->service) *
			                            axes[2].dim->n +
			                    key->care;
			memcpy(to->x + cell * n, draws, n * sizeof *draws);
		}
}

static vrd_status run_side(const comparing *c, size_t side, size_t from, size_t n_years,
                           vrd_arena *mem, double *x) {
	vrd_status rc = VRD_OK;
	vrd_err *err = c->err;
	const vrd_model *model = c->sides[side].model;
	const size_t n = c->n_draws, n_cells = n_years * c->n_cells;
	collected to = {c, from, n_years, c->year_of[side], x};
	vrd_view view = {.axis = c->view->axis,
	                 .place_group = c->axes[0].group[side],
	                 .service_group = c->axes[1].group[side],
	                 .care_group = c->axes[2].group[side],
	                 .n_places = c->axes[0].dim->n,
	                 .n_services = c->axes[1].dim->n,
	                 .n_cares = c->axes[2].dim->n,
	                 .overlap = c->view->overlap};
	bool *years;
	double *sorted;
	size_t *order;
	memset(x, 0, n_cells * n * sizeof *x);
	VRD_TRY(VRD_NEW(mem, years, model->demand.n_year));
	VRD_TRY(VRD_NEW(mem, sorted, n));
	VRD_TRY(VRD_NEW(mem, order, n));
	for (size_t t = from; t < from + n_years; t++)
		years[c->year_of[side][t]] = true;
	view.years = years;
	view.measures[c->measure] = true;
	VRD_TRY(vrd_kernel_run(model, c->sides[side].draws, &view, collect, &to, order, NULL, NULL,
	                       err));
	for (size_t cell = 0; cell < n_cells; cell++) {
		double *own = x + cell * n;
		memcpy(sorted, own, n * sizeof *own);
		for (size_t d = 0; d < n; d++)
			own[order[d]] = sorted[d];
	}
out:
	return rc;
}

// --- results ------------------------------------------------------------------------------------

// Sums in another order differ in their last digits, which is nobody's need.
static bool is_tie(double a, double b) {
	return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

static double probability_of_more(const double *a, const double *b, size_t n) {
	size_t halves = 0;
	for (size_t d = 0; d < n; d++)
		halves += is_tie(a[d], b[d]) ? 1 : a[d] > b[d] ? 2 : 0;
	return (double)halves / (2 * (double)n);
}

static void put_summary(const comparing *c, vrd_cube *cube, const size_t index[],
                        const double *draws, double *scratch) {
	const vrd_summary x = vrd_summarise(draws, c->n_draws, scratch);
	const double stats[N_STATS] = {x.mean, x.p10, x.p50, x.p90, x.mc_error};
	memcpy(cube->values + vrd_cube_position(cube, index), stats, sizeof stats);
}

// The first run does not differ from itself: that is no number.
static vrd_status no_difference(comparing *c, const size_t index[]) {
	vrd_status rc = VRD_OK;
	const size_t at = vrd_cube_position(&c->difference, index);
	VRD_TRY(vrd_cube_set_status(c->mem, &c->probability,
	                            vrd_cube_position(&c->probability, index), VRD_NOT_APPLICABLE,
	                            c->err));
	for (size_t s = 0; s < N_STATS; s++)
		VRD_TRY(vrd_cube_set_status(c->mem, &c->difference, at + s, VRD_NOT_APPLICABLE,
		                            c->err));
out:
	return rc;
}

// One cell of all sides: each as it is, and less the first. Draws are overwritten.
static vrd_status compare_cell(comparing *c, double *const x[], size_t year, size_t cell,
                               size_t offset, double *scratch) {
	vrd_status rc = VRD_OK;
	const size_t n = c->n_draws, n_care = c->axes[2].dim->n, n_service = c->axes[1].dim->n;
	size_t index[] = {
	        0, cell / (n_care * n_service), cell / n_care % n_service, cell % n_care, year, 0};
	const double *first = x[0] + offset * n;
	VRD_TRY(no_difference(c, index));
	put_summary(c, &c->level, index, first, scratch);
	for (size_t i = 1; i < c->n; i++) {
		double *own = x[i] + offset * n;
		index[0] = i;
		put_summary(c, &c->level, index, own, scratch);
		c->probability.values[vrd_cube_position(&c->probability, index)] =
		        probability_of_more(own, first, n);
		for (size_t d = 0; d < n; d++)
			own[d] -= first[d];
		put_summary(c, &c->difference, index, own, scratch);
	}
out:
	return rc;
}

// Years go in portions whose draws of all sides fit the memory.
static vrd_status compare_years(comparing *c) {
	vrd_status rc = VRD_OK;
	vrd_err *err = c->err;
	vrd_arena mem = {0};
	double *x[MOST_SIDES] = {0}, *scratch;
	const double year_bytes =
	        (double)c->n_cells * (double)c->n_draws * (double)c->n * sizeof(double);
	const double fit = (double)MAX_BYTES / (year_bytes > 0 ? year_bytes : 1);
	if (fit < 1)
		VRD_TRY(vrd_fail(err, VRD_LIMIT,
		                 "comparing this needs %.0f MB: ask for fewer categories",
		                 year_bytes / (1 << 20)));
	const size_t portion = fit < (double)c->year->n ? (size_t)fit : c->year->n;
	for (size_t i = 0; i < c->n; i++)
		VRD_TRY(VRD_NEW(&mem, x[i], portion * c->n_cells * c->n_draws));
	VRD_TRY(VRD_NEW(&mem, scratch, c->n_draws));
	for (size_t from = 0; from < c->year->n; from += portion) {
		const size_t left = c->year->n - from, n_years = left < portion ? left : portion;
		for (size_t i = 0; i < c->n; i++)
			VRD_TRY(run_side(c, i, from, n_years, &mem, x[i]));
		for (size_t i = 0; i < n_years * c->n_cells; i++)
			VRD_TRY(compare_cell(c, x, from + i / c->n_cells, i % c->n_cells, i,
			                     scratch));
	}
out:
	vrd_arena_clear(&mem);
	return rc;
}

static vrd_status check(const comparing *c) {
	const vrd_draws *first = c->sides[0].draws;
	if (c->n < 2 || c->n > MOST_SIDES)
		return vrd_fail(c->err, VRD_USAGE, "2 to %d runs can be compared, not %zu",
		                MOST_SIDES, c->n);
	if (c->view->sums || c->view->steps)
		return vrd_fail(c->err, VRD_USAGE, "a comparison has no sums and no steps");
	for (size_t i = 0; i < c->n; i++) {
		const vrd_draws *draws = c->sides[i].draws;
		if (draws->n != first->n || draws->seed != first->seed)
			return vrd_fail(c->err, VRD_USAGE,
			                "runs with %zu draws of seed %llu and %zu draws of seed "
			                "%llu have no draws in common: run one of them again with "
			                "the draws and the seed of the other",
			                first->n, (unsigned long long)first->seed, draws->n,
			                (unsigned long long)draws->seed);
		if (!own_dim(c, i, 0))
			return vrd_fail(c->err, VRD_USAGE,
			                "there are no results by provider: a run has no flows "
			                "(kind: flows)");
	}
	return VRD_OK;
}

static vrd_status make_cubes(comparing *c, const char *const names[]) {
	static const char *const units[VRD_N_MEASURES] = {"contacts", "bed days", "beds"};
	vrd_status rc = VRD_OK;
	vrd_err *err = c->err;
	const vrd_dim *dims[] = {NULL,           c->axes[0].dim, c->axes[1].dim,
	                         c->axes[2].dim, c->year,        NULL};
	VRD_TRY(vrd_dim_of_codes(c->mem, "run", c->n, names, &dims[0], err));
	VRD_TRY(vrd_dim_of_codes(c->mem, "stat", N_STATS, stat_codes, &dims[5], err));
	VRD_TRY(vrd_cube_new(c->mem, 6, dims, &c->level, err));
	VRD_TRY(vrd_cube_new(c->mem, 6, dims, &c->difference, err));
	VRD_TRY(vrd_cube_new(c->mem, 5, dims, &c->probability, err));
	c->level.unit = c->difference.unit = units[c->measure];
	c->probability.unit = "share";
	c->n_cells = c->axes[0].dim->n * c->axes[1].dim->n * c->axes[2].dim->n;
out:
	return rc;
}

vrd_status vrd_compare(vrd_arena *mem, size_t n, const vrd_side sides[], const char *const names[],
                       const vrd_view *view, const vrd_dim *place, const vrd_dim *service,
                       const vrd_dim *care, vrd_measure measure, vrd_cube *level,
                       vrd_cube *difference, vrd_cube *probability, vrd_err *err) {
	vrd_status rc = VRD_OK;
	comparing c = {.mem = mem,
	               .n = n,
	               .sides = sides,
	               .view = view,
	               .measure = measure,
	               .n_draws = sides[0].draws->n ? sides[0].draws->n : 1,
	               .err = err};
	const size_t *const groups[] = {view->place_group, view->service_group, view->care_group};
	const size_t n_groups[] = {view->n_places, view->n_services, view->n_cares};
	const vrd_dim *const named[] = {place, service, care};
	VRD_TRY(check(&c));
	for (size_t i = 0; i < N_AXES; i++)
		VRD_TRY(groups[i]
		                ? follow_groups(&c, i, groups[i], n_groups[i], named[i], &c.axes[i])
		                : unite(&c, i, &c.axes[i]));
	VRD_TRY(match_years(&c));
	VRD_TRY(make_cubes(&c, names));
	VRD_TRY(compare_years(&c));
	*level = c.level;
	*difference = c.difference;
	*probability = c.probability;
out:
	return rc;
}
