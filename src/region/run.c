#include "region/region.h"

#include "base/file.h"
#include "num/hash.h"
#include "num/linalg.h"
#include "region/versions.h"
#include "store/store.h"

#include <jansson.h>
#include <math.h>
#include <string.h>
#include <time.h>

// A run while it is made.
typedef struct {
	vrd_region *region;
	vrd_scenario scenario;
	vrd_draws draws;
	vrd_model model;
	const char *const *variants; // names of the model's population alternatives
	vrd_cube shrinkage;
	json_t *inputs; // files and their hashes
	vrd_run_progress *progress;
	void *context;
	const char *phase;
	vrd_diag *diag;
	vrd_err *err;
} run;

char *vrd_region_store_path(const vrd_region *region, vrd_arena *mem) {
	return vrd_path_join(mem, region->dir, ".varde/store.db");
}

// --- the id -------------------------------------------------------------------------------------

static vrd_status hash_file(run *r, vrd_hasher *hasher, const char *path, bool required) {
	vrd_status rc = VRD_OK;
	vrd_arena mem = {0};
	const char *bytes, *full = vrd_path_join(&mem, r->region->dir, path);
	size_t len;
	if (!full)
		VRD_TRY(vrd_no_memory(r->err, &mem, strlen(path), 1));
	if (!required && !vrd_path_exists(full))
		goto out;
	VRD_TRY(vrd_file_read(&mem, full, r->region->max_input_bytes, &bytes, &len, r->err));
	const vrd_hash hash = vrd_hash_bytes(bytes, len);
	char hex[2 * VRD_HASH_BYTES + 1];
	vrd_hash_hex(&hash, hex);
	vrd_hasher_add_text(hasher, path);
	vrd_hasher_add(hasher, hash.bytes, sizeof hash.bytes);
	json_array_append_new(r->inputs, json_pack("{s:s, s:s, s:I}", "file", path, "blake2b", hex,
	                                           "bytes", (json_int_t)len));
out:
	vrd_arena_clear(&mem);
	return rc;
}

// Everything that affects the result: the files that a run reads, draws, seed, version and BLAS.
static vrd_status run_id(run *r, const char **id) {
	vrd_status rc = VRD_OK;
	const vrd_region *region = r->region;
	const vrd_node *geography = vrd_node_get(region->config, "geography");
	vrd_hasher hasher;
	char *hex;
	vrd_err *err = r->err;
	vrd_hasher_init(&hasher);
	vrd_hasher_add_text(&hasher, VRD_VERSION);
	vrd_hasher_add_text(&hasher, vrd_blas_name());
	vrd_hasher_add_u64(&hasher, r->draws.n);
	vrd_hasher_add_u64(&hasher, r->draws.seed);
	VRD_TRY(hash_file(r, &hasher, "region.yaml", true));
	VRD_TRY(hash_file(r, &hasher, r->scenario.file, true));
	VRD_TRY(hash_file(r, &hasher, vrd_node_text(geography, "areas", "geography/areas.csv"),
	                  true));
	VRD_TRY(hash_file(r, &hasher, vrd_node_text(geography, "maps", "geography/maps.csv"),
	                  false));
	VRD_TRY(hash_file(r, &hasher, vrd_node_text(geography, "changes", "geography/changes.csv"),
	                  false));
	VRD_TRY(hash_file(r, &hasher,
	                  vrd_node_text(geography, "providers", "geography/providers.csv"), false));
	VRD_TRY(hash_file(r, &hasher,
	                  vrd_node_text(region->config, "services", "data/services.csv"), false));
	VRD_TRY(hash_file(r, &hasher, vrd_node_text(region->config, "care", "data/care.csv"),
	                  false));
	VRD_TRY(hash_file(r, &hasher, vrd_node_text(region->config, "row_sets", VRD_ROW_SETS_PATH),
	                  false));
	for (size_t i = 0; i < region->n_data; i++)
		if (region->data[i].kind != VRD_DATA_CONTROL)
			VRD_TRY(hash_file(r, &hasher, region->data[i].file, true));
	const vrd_hash hash = vrd_hasher_finish(&hasher);
	VRD_TRY(VRD_NEW(region->mem, hex, 2 * VRD_HASH_BYTES + 1));
	vrd_hash_hex(&hash, hex);
	*id = hex;
out:
	return rc;
}

// --- the results --------------------------------------------------------------------------------

static bool tick(void *context, size_t done, size_t total) {
	const run *r = context;
	return !r->progress || r->progress(r->context, r->phase, done, total);
}

typedef struct {
	vrd_cube residence[VRD_N_MEASURES], provider[VRD_N_MEASURES], waterfall[VRD_N_MEASURES];
} results;

static vrd_status simulate(run *r, results *out) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	vrd_arena *mem = r->region->mem;
	const vrd_demand *d = &r->model.demand;
	size_t *zeros;
	VRD_TRY(VRD_NEW(mem, zeros, r->model.unit->n + d->n_service + d->n_care));
	const vrd_view residence = {.axis = VRD_BY_UNIT,
	                            .sums = true,
	                            .measures = {[VRD_CONTACTS] = true, [VRD_BED_DAYS] = true}};
	const vrd_view provider = {
	        .axis = VRD_BY_PROVIDER, .sums = true, .measures = {true, true, true}};
	const vrd_view waterfall = {.axis = VRD_BY_UNIT,
	                            .steps = true,
	                            .place_group = zeros,
	                            .service_group = zeros,
	                            .care_group = zeros,
	                            .n_places = 1,
	                            .n_services = 1,
	                            .n_cares = 1,
	                            .measures = {[VRD_CONTACTS] = true, [VRD_BED_DAYS] = true}};
	r->phase = "residence";
	VRD_TRY(vrd_kernel_summary(mem, &r->model, &r->draws, &residence, NULL, NULL, NULL, tick, r,
	                           out->residence, err));
	if (r->model.provider) {
		r->phase = "provider";
		VRD_TRY(vrd_kernel_summary(mem, &r->model, &r->draws, &provider, NULL, NULL, NULL,
		                           tick, r, out->provider, err));
	}
	r->phase = "waterfall";
	const char *const all[] = {"*"};
	const vrd_dim *place, *service, *care;
	VRD_TRY(vrd_dim_of_codes(mem, "area", 1, all, &place, err));
	VRD_TRY(vrd_dim_of_codes(mem, "service", 1, all, &service, err));
	VRD_TRY(vrd_dim_of_codes(mem, "care", 1, all, &care, err));
	VRD_TRY(vrd_kernel_summary(mem, &r->model, &r->draws, &waterfall, place, service, care,
	                           tick, r, out->waterfall, err));
out:
	return rc;
}

// Activity or assumptions of absurd size give results that are no numbers: never stored.
static vrd_status check_finite(const run *r, const results *x) {
	for (size_t m = 0; m < VRD_N_MEASURES; m++) {
		const vrd_cube *const cubes[] = {&x->residence[m], &x->provider[m],
		                                 &x->waterfall[m]};
		for (size_t c = 0; c < 3; c++)
			for (size_t i = 0; i < cubes[c]->n_cells; i++)
				if (!isfinite(cubes[c]->values[i]))
					return vrd_fail(r->err, VRD_DATA,
					                "%s: a result is too large to be a number; "
					                "an interval or the activity must be",
					                r->scenario.file);
	}
	return VRD_OK;
}

static json_t *variance_json(const vrd_variance *v) {
	const double total = v->variance > 0 ? v->variance : 1;
	return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "mean", v->mean, "sd",
	                 sqrt(v->variance), "population", v->population / total, "assumptions",
	                 v->assumptions / total, "interaction", v->interaction / total, "rates",
	                 v->rates / total, "chance", v->chance / total);
}

static vrd_status summary_json(run *r, char **out) {
	vrd_status rc = VRD_OK;
	vrd_variance contacts, days;
	const vrd_scenario *s = &r->scenario;
	const vrd_demand *d = &r->model.demand;
	json_t *warnings = json_array(), *variants = json_object(), *root = NULL;
	VRD_TRY(vrd_kernel_variance(&r->model, &r->draws, d->n_year - 1, VRD_CONTACTS, &contacts,
	                            r->err));
	VRD_TRY(vrd_kernel_variance(&r->model, &r->draws, d->n_year - 1, VRD_BED_DAYS, &days,
	                            r->err));
	for (size_t i = 0; i < r->diag->n; i++)
		if (r->diag->items[i].severity == VRD_WARNING)
			json_array_append_new(warnings, json_string(r->diag->items[i].text));
	for (size_t v = 0; v < d->n_variant; v++)
		json_object_set_new(variants, r->variants[v],
		                    json_real(r->model.variant_weight[v]));
	root = json_pack(
	        "{s:s, s:s, s:I, s:I, s:i, s:i, s:s, s:s, s:i, s:b, s:s, s:s, s:O, s:O, "
	        "s:O, s:o, s:o, s:b}",
	        "scenario", s->name, "label", s->label, "draws", (json_int_t)r->draws.n, "seed",
	        (json_int_t)r->draws.seed, "first_year", d->year[0], "horizon", s->horizon, "noise",
	        s->poisson ? "poisson" : "none", "map", s->planned_map ? "planned" : "fixed",
	        "assumptions", (int)r->model.n_assumptions, "illustrative",
	        s->illustrative || r->region->illustrative, "engine", "varde " VRD_VERSION, "blas",
	        vrd_blas_name(), "population", variants, "inputs", r->inputs, "warnings", warnings,
	        "variance_contacts", variance_json(&contacts), "variance_bed_days",
	        variance_json(&days), "providers", r->model.provider != NULL);
	char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	*out = text ? vrd_arena_strdup(r->region->mem, text) : NULL;
	free(text);
	if (!*out)
		rc = vrd_fail(r->err, VRD_NOMEM, "no memory for the summary of the run");
out:
	json_decref(root);
	json_decref(variants);
	json_decref(warnings);
	return rc;
}

// --- storing ------------------------------------------------------------------------------------

#define MAX_PARTS 16
typedef struct {
	vrd_part parts[MAX_PARTS];
	vrd_buf bytes[MAX_PARTS];
	size_t n;
} part_list;

static vrd_status add_cube(part_list *list, const char *name, const vrd_cube *cube, vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (cube->n_cells == 0)
		return VRD_OK;
	vrd_buf *bytes = &list->bytes[list->n];
	VRD_TRY(vrd_cube_pack(cube, bytes, err));
	list->parts[list->n++] = (vrd_part){name, bytes->p, bytes->n};
out:
	return rc;
}

static vrd_status pack_all(run *r, const results *x, part_list *list) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	VRD_TRY(add_cube(list, "result/activity", &x->residence[VRD_CONTACTS], err));
	VRD_TRY(add_cube(list, "result/bed_days", &x->residence[VRD_BED_DAYS], err));
	VRD_TRY(add_cube(list, "result/provider_activity", &x->provider[VRD_CONTACTS], err));
	VRD_TRY(add_cube(list, "result/provider_bed_days", &x->provider[VRD_BED_DAYS], err));
	VRD_TRY(add_cube(list, "result/beds", &x->provider[VRD_BEDS], err));
	VRD_TRY(add_cube(list, "result/waterfall/contacts", &x->waterfall[VRD_CONTACTS], err));
	VRD_TRY(add_cube(list, "result/waterfall/bed_days", &x->waterfall[VRD_BED_DAYS], err));
	VRD_TRY(add_cube(list, "shrinkage", &r->shrinkage, err));
	vrd_buf *model = &list->bytes[list->n];
	VRD_TRY(vrd_model_pack(&r->model, model, err));
	list->parts[list->n++] = (vrd_part){"model", model->p, model->n};
	list->parts[list->n++] = (vrd_part){"scenario", r->scenario.bytes, r->scenario.n_bytes};
out:
	return rc;
}

static const char *now_utc(vrd_arena *mem) {
	const time_t now = time(NULL);
	struct tm parts;
	char text[32];
	if (!gmtime_r(&now, &parts) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts))
		return "";
	return vrd_arena_strdup(mem, text);
}

static vrd_status put(run *r, vrd_store *store, const char *id, const char *label, const results *x,
                      bool *existed) {
	vrd_status rc = VRD_OK;
	part_list list = {0};
	char *summary = NULL;
	VRD_TRY(summary_json(r, &summary));
	VRD_TRY(pack_all(r, x, &list));
	const vrd_run_record record = {.id = id,
	                               .label = label,
	                               .scenario = r->scenario.name,
	                               .created = now_utc(r->region->mem),
	                               .engine = VRD_VERSION,
	                               .summary = summary};
	VRD_TRY(vrd_store_put(store, &record, list.n, list.parts, existed, r->err));
out:
	for (size_t i = 0; i < MAX_PARTS; i++)
		vrd_buf_free(&list.bytes[i]);
	return rc;
}

// The text that was computed becomes a version. Evidence must not cost the result: where it cannot
// be written, that is told.
static void record_version(run *r) {
	size_t number;
	vrd_err why;
	const vrd_status rc =
	        vrd_version_record_text(r->region, r->scenario.name, r->scenario.bytes,
	                                r->scenario.n_bytes, NULL, "run", NULL, &number, &why);
	if (rc != VRD_OK)
		vrd_diag_add(r->diag, rc == VRD_NOPERM ? VRD_NOTE : VRD_WARNING,
		             (vrd_place){.file = r->scenario.file}, "log.not-recorded",
		             "the run itself is stored", "no version was recorded: %s", why.text);
}

vrd_status vrd_region_run(vrd_region *region, const char *scenario, const vrd_run_options *options,
                          vrd_run_progress *progress, void *context, const char **id, bool *existed,
                          vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_store *store = NULL;
	vrd_run_record found;
	results x = {0};
	run r = {.region = region,
	         .progress = progress,
	         .context = context,
	         .phase = "reading",
	         .diag = diag,
	         .err = err,
	         .inputs = json_array()};
	const char *made = "", *path = vrd_region_store_path(region, region->mem);
	if (!path || !r.inputs)
		VRD_TRY(vrd_no_memory(err, region->mem, 64, 1));
	VRD_TRY(vrd_scenario_read(region, scenario, &r.scenario, diag, err));
	VRD_TRY(vrd_diag_fail(diag, VRD_CONFIG, err));
	VRD_TRY(vrd_version_check(region, scenario, r.scenario.bytes, r.scenario.n_bytes, diag,
	                          err));
	r.draws = (vrd_draws){
	        .n = (size_t)(options->draws >= 0 ? options->draws : r.scenario.draws),
	        .seed = (uint64_t)(options->seed >= 0 ? options->seed : r.scenario.seed),
	        .n_threads = options->n_threads};
	VRD_TRY(run_id(&r, &made));
	VRD_TRY(vrd_store_open(path, true, &store, err));
	*existed = vrd_store_find(store, region->mem, made, &found, NULL) == VRD_OK;
	if (*existed)
		goto out;
	if (!tick(&r, 0, 1))
		VRD_TRY(vrd_fail(err, VRD_CANCELLED, "interrupted"));
	VRD_TRY(vrd_region_model(region, &r.scenario, &r.model, &r.variants, &r.shrinkage, diag,
	                         err));
	VRD_TRY(simulate(&r, &x));
	VRD_TRY(check_finite(&r, &x));
	r.phase = "writing";
	(void)tick(&r, 0, 1);
	VRD_TRY(put(&r, store, made, options->label ? options->label : r.scenario.name, &x,
	            existed));
	record_version(&r);
out:
	if (rc == VRD_OK)
		*id = made;
	json_decref(r.inputs);
	vrd_store_close(store);
	return rc;
}
