#include "cli/cli.h"

#include "cli/run_summary.h"
#include "store/store.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const vrd_option options[] = {
        {"scenario", 's', VRD_OPT_TEXT, "NAME", "Scenario to run (default: main, or the only one).",
         0, 0},
        {"draws", 'n', VRD_OPT_INT, "N", "Number of draws; 0: one evaluation at the means.", 0,
         10000000},
        {"seed", 0, VRD_OPT_INT, "N", "Seed of every draw.", 0, INT64_MAX},
        {"threads", 't', VRD_OPT_INT, "N",
         "Threads (default: all); the result does not depend on it.", 1, 1024},
        {"label", 0, VRD_OPT_TEXT, "TEXT", "A name for people; the id comes from the content.", 0,
         0},
        {"lang", 0, VRD_OPT_TEXT, "LANG", "nb, nn or en (default: the region's).", 0, 0},
        {"quiet", 'q', VRD_OPT_FLAG, NULL, "Print the run's id only.", 0, 0},
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number) {
	(void)signal_number;
	interrupted = 1;
}

typedef struct {
	bool terminal;
	struct timespec start;
	char phase[32];
} progress_state;

static double seconds_since(const struct timespec *start) {
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static bool progress(void *context, const char *phase, size_t done, size_t total) {
	progress_state *s = context;
	if (interrupted)
		return false;
	if (!s->terminal)
		return true;
	if (strcmp(phase, s->phase) != 0) {
		(void)snprintf(s->phase, sizeof s->phase, "%s", phase);
		(void)clock_gettime(CLOCK_MONOTONIC, &s->start);
	}
	const double spent = seconds_since(&s->start);
	(void)fprintf(stderr, "\r\033[K%s: %zu of %zu", phase, done, total);
	if (done && done < total)
		(void)fprintf(stderr, ", %.0f s left",
		              spent * (double)(total - done) / (double)done);
	(void)fflush(stderr);
	return true;
}

static vrd_status choose_scenario(vrd_cli *cli, vrd_region *region, const char **name) {
	vrd_status rc = VRD_OK;
	const char **names;
	size_t n;
	*name = vrd_cli_opt(cli, "scenario")->text;
	if (*name)
		return VRD_OK;
	VRD_TRY(vrd_scenario_list(region, &names, &n, cli->err));
	if (n == 0 || (n > 1 && strcmp(names[0], "main") != 0))
		VRD_TRY(vrd_fail(cli->err, VRD_USAGE,
		                 n ? "the region has no scenario main: choose one with --scenario, "
		                     "such as %s"
		                   : "the region has no scenarios: write one in %s/scenarios (see "
		                     "varde help region)",
		                 n ? names[0] : region->dir));
	*name = names[0];
out:
	return rc;
}

// A label is given once: a run that exists keeps its own, and who asked for another is told.
static vrd_status tell_kept_label(vrd_cli *cli, const vrd_region *region, const char *id) {
	vrd_status rc = VRD_OK;
	vrd_store *store = NULL;
	vrd_run_record record;
	const vrd_opt_value *label = vrd_cli_opt(cli, "label");
	if (!label->given)
		return VRD_OK;
	const char *path = vrd_region_store_path(region, cli->mem);
	if (!path)
		VRD_TRY(vrd_no_memory(cli->err, cli->mem, 64, 1));
	VRD_TRY(vrd_store_open(path, false, &store, cli->err));
	VRD_TRY(vrd_store_find(store, cli->mem, id, &record, cli->err));
	if (strcmp(record.label, label->text) != 0)
		(void)fprintf(
		        stderr,
		        "The run %.12s exists with the label \"%s\", which is kept; \"%s\" is "
		        "not used.\n",
		        id, record.label, label->text);
out:
	vrd_store_close(store);
	return rc;
}

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_region *region;
	vrd_diag diag;
	vrd_buf out = {0};
	const char *scenario, *id = "";
	bool existed = false;
	progress_state state = {.terminal = isatty(STDERR_FILENO)};
	const vrd_opt_value *draws = vrd_cli_opt(cli, "draws"), *seed = vrd_cli_opt(cli, "seed");
	const vrd_run_options run_options = {.draws = draws->given ? draws->number : -1,
	                                     .seed = seed->given ? seed->number : -1,
	                                     .n_threads =
	                                             (size_t)vrd_cli_opt(cli, "threads")->number,
	                                     .label = vrd_cli_opt(cli, "label")->text};
	const struct sigaction action = {.sa_handler = on_interrupt};
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	VRD_TRY(vrd_cli_open(cli, &region, &diag));
	VRD_TRY(choose_scenario(cli, region, &scenario));
	rc = vrd_region_run(region, scenario, &run_options, progress, &state, &id, &existed, &diag,
	                    cli->err);
	if (state.terminal)
		(void)fputs("\r\033[K", stderr);
	vrd_cli_problems(&diag, 0, false);
	VRD_TRY(rc);
	if (existed)
		VRD_TRY(tell_kept_label(cli, region, id));
	if (vrd_cli_opt(cli, "quiet")->given)
		vrd_buf_printf(&out, "%s\n", id);
	else
		VRD_TRY(vrd_cli_summary(cli, region, id, existed, &out));
	VRD_TRY(vrd_cli_print(&out, cli->err));
out:
	vrd_buf_free(&out);
	return rc;
}

const vrd_cli_entry vrd_cmd_run = {
        .command = {.name = "run",
                    .arguments = "DIR",
                    .min_arguments = 1,
                    .max_arguments = 1,
                    .summary = "Run a scenario and print its summary",
                    .description = "Projects activity, bed days and beds of every year from the "
                                   "base year to the horizon, "
                                   "by area of residence and by provider, with mean, P10, P50, P90 "
                                   "and Monte Carlo error, "
                                   "and a waterfall that adds up. The run is stored under an id "
                                   "that comes from "
                                   "everything that affects the result; the same run is not "
                                   "computed twice.\n\n"
                                   "A draw of a parameter depends on the seed, the assumption's id "
                                   "and the number of the "
                                   "draw only, so scenarios differ by what differs in them and not "
                                   "by chance.",
                    .options = options,
                    .n_options = sizeof options / sizeof *options,
                    .examples = "varde run my-region\trun the main scenario\n"
                                "varde run my-region --scenario no-change --draws 0\tdemography "
                                "only, no draws"},
        .run = run};
