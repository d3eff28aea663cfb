// The hall: opens a region folder, checks it, and wires data to models to store.
//
// A region is opened once and borrowed by everything here; its memory belongs to the arena that was
// passed to vrd_region_open. Tables (areas, services ...) are read at once, cubes when first
// needed.
#pragma once

#include "base/diag.h"
#include "cube/csv.h"
#include "cube/numfmt.h"
#include "cube/suppress.h"
#include "geography/geography.h"
#include "population/population.h"
#include "region/yaml.h"
#include "scenario/kernel.h"

#define VRD_VERSION "0.2.0"

typedef enum {
	VRD_DATA_POPULATION,
	VRD_DATA_ACTIVITY,
	VRD_DATA_FLOWS,
	VRD_DATA_OCCUPANCY,
	VRD_DATA_LIFE_EXPECTANCY, // remaining years at 65: [sex, year] or [year]
	VRD_DATA_CONTROL,
	VRD_N_DATA_KINDS
} vrd_data_kind;

const char *vrd_data_kind_name(vrd_data_kind kind);

// One entry of `data:` in region.yaml. Fields are public; `loaded` and what follows are filled by
// vrd_region_load.
typedef struct {
	vrd_data_kind kind;
	const vrd_node *node; // the entry, for its places
	const char *file;     // as written
	const char *variant;  // population: "count" or an alternative
	bool main;
	double weight;    // NaN = not said
	double threshold; // of suppression
	bool loaded;
	vrd_cube cube; // canonical
} vrd_dataset;

typedef struct {
	const char *code;
	const char *kind; // own, private, outside
	size_t home; // unit (index in the planning level) whose home hospital it is, or VRD_NONE
} vrd_provider;

#define VRD_ROW_SETS_PATH "data/row-sets.csv" // unless region.yaml says otherwise

// Rows of one service that a set of measures may touch: a leaf below the service (row_sets.h).
typedef struct {
	const char *code;
	size_t service;       // index among the real services
	const char *measures; // joined by ";"
} vrd_row_set;

// A file of the folder as it would be: read in place of what is on disk. Borrowed.
typedef struct {
	const char *path; // as in region.yaml
	const char *bytes;
	size_t len;
} vrd_overlay;

// Fields are public to read.
typedef struct {
	vrd_arena *mem;
	const char *dir;
	size_t n_overlays;
	const vrd_overlay *overlays;
	const vrd_node *config;
	const char *name;
	vrd_lang lang;
	bool illustrative;
	const char *planning_level;
	size_t n_base;
	const int *base_years; // excluded years left out
	int horizon;
	vrd_exposure exposure;
	double occupancy;
	vrd_zero_policy zero;
	bool shrink;
	vrd_suppression suppression;
	size_t max_input_bytes;
	vrd_geography *geo;
	const vrd_dim *unit;         // areas of the planning level
	const vrd_dim *service_tree; // services and groups (parents)
	const vrd_dim *service;      // leaves only
	const size_t *service_leaf;  // [leaf] -> index in the tree
	const bool *births_driven;   // [leaf]
	const double *kappa;         // [leaf]
	size_t n_row_sets;           // the last leaves
	const vrd_row_set *row_sets;
	const vrd_dim *real_service; // leaves that are no row set; NULL: there are no row sets
	const vrd_dim *care;
	const bool *care_beds;   // [care]
	const vrd_dim *provider; // NULL when there is no providers.csv
	const vrd_provider *providers;
	size_t n_data;
	vrd_dataset *data;
} vrd_region;

// Reads region.yaml and the tables. Problems go to `diag`; with any error the result is CONFIG or
// DATA. `dir` is borrowed. NOINPUT when the folder or region.yaml is absent (says how to make one).
vrd_status vrd_region_open(vrd_arena *mem, const char *dir, vrd_region **out, vrd_diag *diag,
                           vrd_err *err) VRD_MUST_USE;
// The same in another language than the region's own: "nb", "nn", "en", or NULL for its own.
vrd_status vrd_region_open_in(vrd_arena *mem, const char *dir, const char *lang, vrd_region **out,
                              vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// The folder as it would be with some files changed: how an import is checked before it is written.
vrd_status vrd_region_open_with(vrd_arena *mem, const char *dir, const char *lang,
                                size_t n_overlays, const vrd_overlay *overlays, vrd_region **out,
                                vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// A file of the folder (or its overlay), of at most `max` bytes; and whether there is one.
vrd_status vrd_region_file(const vrd_region *region, vrd_arena *mem, const char *path, size_t max,
                           const char **bytes, size_t *len, vrd_err *err) VRD_MUST_USE;
bool vrd_region_has_file(const vrd_region *region, const char *path);

// What a bed day is in this region, in its language (bed_day_definition): stands with every number
// of bed days. Static text.
const char *vrd_region_bed_day_note(const vrd_region *region);

// Reads one data set if it has not been read (canonical codes, borders of the present list, checks
// of population or activity to `diag`).
vrd_status vrd_region_load(vrd_region *region, vrd_dataset *set, vrd_diag *diag,
                           vrd_err *err) VRD_MUST_USE;
// Reads every set of one kind. NOINPUT when there is none and `required` (names the kind and how to
// import it).
vrd_status vrd_region_load_kind(vrd_region *region, vrd_data_kind kind, bool required,
                                vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// Reads a data file by its ending (.csv, .json) with the options of an entry (NULL: plain).
vrd_status vrd_region_read_file(const vrd_region *region, vrd_arena *mem, const char *path,
                                const vrd_node *entry, vrd_cube *out, vrd_diag *diag,
                                vrd_err *err) VRD_MUST_USE;

// DATA when the cube has an area and one that lies in it: a sum would count people twice. Cost: a
// look-up of the maps for each area and level.
vrd_status vrd_region_refuse_nested(const vrd_region *region, vrd_arena *mem, const vrd_cube *cube,
                                    const char *file, vrd_err *err) VRD_MUST_USE;

// --- series.c ----------------------------------------------------------------------------------

// The alternatives that the region has, main first; "count" is not among them. Owned by the region.
vrd_status vrd_region_variants(vrd_region *region, const char ***names, size_t *n, vrd_diag *diag,
                               vrd_err *err) VRD_MUST_USE;
// The series of one alternative (NULL: the main one; "count": counts alone), summed to the
// dimensions `by` (of area, sex, age, year): counts where there are any and the alternative after
// them, or (prefer_projection) the alternative where it has the year. Years of pieces that lack a
// dimension asked for are left out, with a note. Areas are those of the data.
vrd_status vrd_region_population(vrd_region *region, vrd_arena *mem, const char *variant,
                                 bool prefer_projection, size_t n_by, const char *const *by,
                                 vrd_cube *out, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// All activity: several files are put together along the one dimension in which they differ. Files
// that do not fit each other are DATA, told at the later one's entry of region.yaml (activity.join).
vrd_status vrd_region_activity(vrd_region *region, vrd_arena *mem, vrd_cube *out, vrd_diag *diag,
                               vrd_err *err) VRD_MUST_USE;

// Which of these services births drive, NULL when none is: births need ages by the single year.
vrd_status vrd_region_births_of(const vrd_region *region, const vrd_dim *services, const bool **out,
                                vrd_err *err) VRD_MUST_USE;

// --- scenario_read.c ----------------------------------------------------------------------------

// A scenario as written; assumptions are resolved against a region by vrd_region_model.
typedef struct {
	const char *name, *label, *file;
	bool illustrative;
	bool locked;
	int horizon;
	int64_t draws, seed;
	bool poisson, planned_map, uncertain_rates;
	double los_cv;
	const vrd_node *node;
	const char *bytes; // of the file
	size_t n_bytes;
} vrd_scenario;

// Reads scenarios/NAME.yaml. NOINPUT suggests the nearest name.
vrd_status vrd_scenario_read(vrd_region *region, const char *name, vrd_scenario *out,
                             vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// Names of all scenarios (files' names without .yaml), "main" first.
vrd_status vrd_scenario_list(vrd_region *region, const char ***names, size_t *n,
                             vrd_err *err) VRD_MUST_USE;
// Ages at which the assumptions cut (ascending, 0 first): the bands of the model.
vrd_status vrd_scenario_bands(vrd_region *region, const vrd_scenario *scenario, int **band_from,
                              size_t *n_band, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// --- scenario_ranges.c --------------------------------------------------------------------------

// Where a parameter lies, however it is written. Fields are public.
typedef struct {
	bool known; // false: it is wrong, which the check tells
	vrd_kind kind;
	double p10, p90;
} vrd_range;

// One of each assumption of the file, in its order; owned by the region's arena.
vrd_status vrd_scenario_ranges(vrd_region *region, const vrd_scenario *scenario,
                               const vrd_range **out, vrd_err *err) VRD_MUST_USE;

// --- scenario_file.c ----------------------------------------------------------------------------

// Resolves the assumptions against the model's dimensions; problems (unknown codes with the
// nearest, intervals, distributions, keys of another type, matrices that are none, what a locked
// scenario lacks) go to `diag` with their places. Fills assumptions, groups, matrices and options
// of `model`. A model without demand.base_contacts (the data cannot be read) is checked against the
// tables alone.
vrd_status vrd_scenario_resolve(vrd_region *region, const vrd_scenario *scenario, vrd_model *model,
                                vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// --- model_build.c ------------------------------------------------------------------------------

// The model of a scenario: loads what it needs, computes demand, maps, flows and assumptions, and
// checks the whole; *variants (NULL ok) gets the names of the population alternatives, in the order
// of the model's weights. Errors name what is missing ("no activity ...: varde import ... --as
// activity").
vrd_status vrd_region_model(vrd_region *region, const vrd_scenario *scenario, vrd_model *out,
                            const char *const **variants, vrd_cube *shrinkage, vrd_diag *diag,
                            vrd_err *err) VRD_MUST_USE;

// --- run.c --------------------------------------------------------------------------------------

typedef struct {
	int64_t draws; // -1: the scenario's
	int64_t seed;  // -1: the scenario's
	size_t n_threads;
	const char *label; // NULL: the scenario's name
} vrd_run_options;

// Called with a phase ("reading", "simulating", "writing") and its progress; false cancels.
typedef bool vrd_run_progress(void *context, const char *phase, size_t done, size_t total);

// Runs a scenario and stores it: an id from the content of everything that affects the result; a
// run that exists is not computed again (*existed). The result is written in one transaction.
vrd_status vrd_region_run(vrd_region *region, const char *scenario, const vrd_run_options *options,
                          vrd_run_progress *progress, void *context, const char **id, bool *existed,
                          vrd_diag *diag, vrd_err *err) VRD_MUST_USE;

// Path of the store; owned by `mem`, NULL without memory.
char *vrd_region_store_path(const vrd_region *region, vrd_arena *mem);

// --- query.c ------------------------------------------------------------------------------------

typedef struct {
	const char *dim;
	size_t n;
	const char **codes;
} vrd_where;

// What `varde show` asks for. Dimensions that are not in `by` are summed (inside the draws for
// results); stat and variant are never summed: left out, the mean and the main alternative;
// measure: left out, contacts.
typedef struct {
	const char *cube; // population, activity, flows, result/activity ...
	const char *run;  // id, prefix, label or scenario; NULL = latest
	size_t n_where;
	const vrd_where *where;
	size_t n_by;
	const char *const *by; // n_by 0: every dimension but those of a single selected code
	size_t n_levels;
	const char *const *levels; // area level, service_group, age5, age10
	size_t n_threads;
} vrd_query;

// Reads selections ("year=2026-2040", "care=day;area=ahus,ous") and a list of dimensions
// ("area,year"; NULL ok) into a query; the caller sets the rest. Texts are copied to `mem`. USAGE
// when it is none.
vrd_status vrd_query_parse(vrd_arena *mem, size_t n_where, const char *const *where, const char *by,
                           vrd_query *out, vrd_err *err) VRD_MUST_USE;

// Answers a query with a cube whose dimensions are `by`, in that order. Small numbers are hidden
// already: a selection never shows what the whole table hides, sums with a hidden part are hidden,
// and statistics, steps and beds follow their counts. *rule gets what is still to apply (threshold 0
// where nothing is). Errors: NOINPUT for unknown cubes, runs, dimensions and codes (with
// suggestions and the levels that have a code).
vrd_status vrd_region_query(vrd_region *region, const vrd_query *query, vrd_cube *out,
                            vrd_suppression *rule, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
// Names of the cubes that can be shown.
const char *const *vrd_query_cubes(size_t *n);

// --- folder_check.c ------------------------------------------------------------------------------

// Reads and checks everything: all data sets, all scenarios against the data, control totals. Adds
// every problem and (as notes) what was found; fails only when it cannot go on.
vrd_status vrd_region_check(vrd_region *region, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
