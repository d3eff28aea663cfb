#include "cli/cli.h"

#include "cli/text_table.h"
#include "cube/messages.h"
#include "num/hash.h"
#include "region/versions.h"
#include "store/store.h"

#include <jansson.h>
#include <string.h>

static const vrd_option options[] = {
        {"lang", 0, VRD_OPT_TEXT, "LANG", "nb, nn or en (default: the region's).", 0, 0},
};

enum { ID, TIME, SCENARIO, VERSION, DRAWS, SEED, LABEL, ENGINE, N_COLUMNS };

// The versions of the scenario that was looked at last: runs of one stand together.
typedef struct {
	vrd_cli *cli;
	vrd_region *region;
	const char *scenario;
	const vrd_version *versions;
	size_t n;
	bool failed;
} listing;

static const char *kept(listing *l, const char *text) {
	l->failed = l->failed || !text;
	return text ? text : "";
}

static const char *number_of(listing *l, const json_t *summary, const char *key) {
	const json_t *value = json_object_get(summary, key);
	return json_is_integer(value)
	               ? kept(l, vrd_arena_printf(l->cli->mem, "%lld",
	                                          (long long)json_integer_value(value)))
	               : "";
}

static const char *hash_of_scenario(const listing *l, const json_t *summary, const char *scenario) {
	const json_t *inputs = json_object_get(summary, "inputs");
	const char *file = vrd_arena_printf(l->cli->mem, "scenarios/%s.yaml", scenario);
	for (size_t i = 0; file && i < json_array_size(inputs); i++) {
		const json_t *input = json_array_get(inputs, i);
		const char *name = json_string_value(json_object_get(input, "file"));
		if (name && strcmp(name, file) == 0)
			return json_string_value(json_object_get(input, "blake2b"));
	}
	return NULL;
}

// The newest version whose text was run; "" when none is: a scenario, or its log, may be gone.
static const char *version_of(listing *l, const json_t *summary, const char *scenario) {
	const char *hash = hash_of_scenario(l, summary, scenario);
	if (!l->scenario || strcmp(l->scenario, scenario) != 0) {
		vrd_diag diag;
		vrd_diag_init(&diag, l->cli->mem, 0);
		l->scenario = scenario;
		if (vrd_versions_read(l->region, scenario, &l->versions, &l->n, &diag, NULL) !=
		    VRD_OK)
			l->n = 0;
	}
	for (size_t i = l->n; hash && i > 0; i--) {
		const vrd_version *v = &l->versions[i - 1];
		const vrd_hash own = vrd_hash_bytes(v->text, v->len);
		char hex[2 * VRD_HASH_BYTES + 1];
		vrd_hash_hex(&own, hex);
		if (strcmp(hex, hash) == 0)
			return kept(l, vrd_arena_printf(l->cli->mem, "%zu", v->number));
	}
	return "";
}

static void fill_row(listing *l, const vrd_run_record *run, const char **cells) {
	static const char program[] = "varde ";
	const bool own = strncmp(run->engine, program, strlen(program)) == 0;
	json_t *summary = json_loads(run->summary, 0, NULL);
	cells[ID] = kept(l, vrd_arena_printf(l->cli->mem, "%.12s", run->id));
	cells[TIME] = run->created;
	cells[SCENARIO] = run->scenario;
	cells[VERSION] = version_of(l, summary, run->scenario);
	cells[DRAWS] = number_of(l, summary, "draws");
	cells[SEED] = number_of(l, summary, "seed");
	cells[LABEL] = run->label;
	cells[ENGINE] = run->engine + (own ? strlen(program) : 0);
	json_decref(summary);
}

static vrd_status print_runs(vrd_cli *cli, vrd_region *region, size_t n,
                             const vrd_run_record *runs) {
	vrd_status rc = VRD_OK;
	vrd_err *err = cli->err;
	const vrd_lang lang = region->lang;
	const vrd_text_column columns[N_COLUMNS] = {
	        {"id", "id", false},
	        {"time", vrd_msg(VRD_MSG_SCN_TIME, lang), false},
	        {"scenario", vrd_msg(VRD_MSG_SCN_NAME, lang), false},
	        {"version", vrd_msg(VRD_MSG_SCN_VERSION, lang), true},
	        {"draws", vrd_msg(VRD_MSG_RUNS_DRAWS, lang), true},
	        {"seed", vrd_msg(VRD_MSG_RUNS_SEED, lang), true},
	        {"label", vrd_msg(VRD_MSG_RUNS_LABEL, lang), false},
	        {"engine", "varde", false},
	};
	const char **cells;
	listing l = {.cli = cli, .region = region};
	vrd_buf out = {0};
	VRD_TRY(VRD_NEW(cli->mem, cells, n * N_COLUMNS));
	for (size_t i = 0; i < n; i++)
		fill_row(&l, &runs[i], cells + i * N_COLUMNS);
	if (l.failed)
		VRD_TRY(vrd_no_memory(err, cli->mem, n, 64));
	const vrd_text_table table = {N_COLUMNS, columns, n, cells};
	if (n > 0)
		vrd_text_table_put(&table, &out);
	VRD_TRY(vrd_cli_print(&out, err));
out:
	vrd_buf_free(&out);
	return rc;
}

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_region *region;
	vrd_diag diag;
	vrd_store *store = NULL;
	vrd_run_record *runs;
	size_t n;
	VRD_TRY(vrd_cli_open(cli, &region, &diag));
	const char *path = vrd_region_store_path(region, cli->mem);
	rc = path ? vrd_store_open(path, false, &store, cli->err)
	          : vrd_fail(cli->err, VRD_NOMEM, "no memory");
	if (rc == VRD_NOINPUT)
		rc = vrd_fail(cli->err, rc, "the region has no runs yet: `varde run %s`",
		              region->dir);
	VRD_TRY(rc);
	VRD_TRY(vrd_store_list(store, cli->mem, &runs, &n, cli->err));
	VRD_TRY(print_runs(cli, region, n, runs));
out:
	vrd_store_close(store);
	return rc;
}

const vrd_cli_entry vrd_cmd_runs = {
        .command = {.name = "runs",
                    .arguments = "DIR",
                    .min_arguments = 1,
                    .max_arguments = 1,
                    .summary = "List the runs of a region, newest first",
                    .description =
                            "Prints id, time (UTC), scenario, which version of the scenario was "
                            "run (blank when its log does not know), draws, seed, label and the "
                            "version of varde of each stored run. Any unique beginning of an id "
                            "of four characters or more names the run.",
                    .options = options,
                    .n_options = sizeof options / sizeof *options,
                    .examples = "varde runs my-region\tlist them"},
        .run = run};
