// varde: the command line program.

#include "cli/cli.h"

#include "cli/topics.h"
#include "num/linalg.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const vrd_cli_entry *const entries[] = {
        &vrd_cmd_example, &vrd_cmd_check,   &vrd_cmd_import,   &vrd_cmd_measures,
        &vrd_cmd_run,     &vrd_cmd_runs,    &vrd_cmd_scenario, &vrd_cmd_show,
        &vrd_cmd_explain, &vrd_cmd_compare, &vrd_cmd_backtest, &vrd_cmd_elicit};
#define N_ENTRIES (sizeof entries / sizeof *entries)

static const char tagline[] = "the planning engine for health regions";

static const char intro[] = "varde projects what people in a health region will need of hospital "
                            "care: population times use, "
                            "adjusted by professionals' judgement, with honest uncertainty. It "
                            "works on a folder of plain "
                            "files, on one machine, without network.";

static const char *const plain[] = {"help", "version", "man", "completion"};
#define N_PLAIN (sizeof plain / sizeof *plain)

static void commands_of(const vrd_command *out[N_ENTRIES]) {
	for (size_t i = 0; i < N_ENTRIES; i++)
		out[i] = &entries[i]->command;
}

static const vrd_cli_entry *find(const char *name) {
	for (size_t i = 0; i < N_ENTRIES; i++)
		if (strcmp(entries[i]->command.name, name) == 0)
			return entries[i];
	return NULL;
}

static vrd_status unknown(const char *name, vrd_err *err) {
	const char *names[N_ENTRIES + N_PLAIN];
	for (size_t i = 0; i < N_ENTRIES; i++)
		names[i] = entries[i]->command.name;
	memcpy(names + N_ENTRIES, plain, sizeof plain);
	const size_t near = vrd_nearest(vrd_str_of(name), names, N_ENTRIES + N_PLAIN);
	return vrd_fail(err, VRD_USAGE, "there is no command \"%s\"%s%s%s; see `varde help`", name,
	                near == SIZE_MAX ? "" : "; did you mean \"",
	                near == SIZE_MAX ? "" : names[near], near == SIZE_MAX ? "" : "\"?");
}

static void overview(vrd_buf *out) {
	vrd_buf_printf(out,
	               "varde %s: %s\n\nUsage: varde COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n",
	               VRD_VERSION, tagline);
	for (size_t i = 0; i < N_ENTRIES; i++)
		vrd_buf_printf(out, "  %-8s  %s\n", entries[i]->command.name,
		               entries[i]->command.summary);
	vrd_buf_puts(
	        out,
	        "  version   Print the version\n"
	        "  help      Help of a command, or of region, scenario, exit-codes\n"
	        "  man       Print the man page (varde man | man -l -)\n"
	        "  completion  Print a completion script for bash\n\n"
	        "Start with:\n"
	        "  varde example my-region\n"
	        "  varde run my-region\n"
	        "  varde show my-region result/beds --by provider,year --where year=2026,2040\n");
}

static vrd_status help(vrd_arena *mem, int argc, char **argv, vrd_buf *out, vrd_err *err) {
	(void)mem;
	if (argc < 1) {
		overview(out);
		return VRD_OK;
	}
	const vrd_cli_entry *entry = find(argv[0]);
	vrd_buf topic = {0}; // a command may have one of its own name
	if (entry)
		vrd_opts_help(&entry->command, "varde", vrd_cli_colour(STDOUT_FILENO), out);
	const bool found = vrd_cli_topic(argv[0], &topic);
	if (entry && found)
		vrd_buf_putc(out, '\n');
	vrd_buf_puts(out, topic.p ? topic.p : "");
	out->failed = out->failed || topic.failed;
	vrd_buf_free(&topic);
	if (!entry && !found)
		return unknown(argv[0], err);
	return VRD_OK;
}

static void man_page(const vrd_command *const commands[N_ENTRIES], vrd_buf *out) {
	vrd_buf tail = {0};
	vrd_cli_exit_status_section(&tail);
	vrd_opts_man(commands, N_ENTRIES, "varde", VRD_VERSION, "2026-11-22", tagline, intro,
	             tail.p ? tail.p : "", out);
	out->failed = out->failed || tail.failed;
	vrd_buf_free(&tail);
}

static vrd_status run_plain(vrd_arena *mem, const char *name, int argc, char **argv, vrd_err *err) {
	const vrd_command *commands[N_ENTRIES];
	vrd_buf out = {0};
	vrd_status rc = VRD_OK;
	commands_of(commands);
	if (strcmp(name, "version") == 0)
		vrd_buf_printf(&out, "varde %s (%s)\n", VRD_VERSION, vrd_blas_name());
	else if (strcmp(name, "man") == 0)
		man_page(commands, &out);
	else if (strcmp(name, "completion") == 0)
		vrd_opts_completion(commands, N_ENTRIES, "varde", &out);
	else
		rc = help(mem, argc, argv, &out, err);
	if (rc == VRD_OK)
		return vrd_cli_print(&out, err);
	vrd_buf_free(&out);
	return rc;
}

static vrd_status run_command(vrd_arena *mem, const vrd_cli_entry *entry, int argc, char **argv,
                              vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_opt_result options;
	VRD_TRY(vrd_opts_parse(mem, &entry->command, argc, argv, &options, err));
	if (options.help) {
		vrd_buf out = {0};
		vrd_opts_help(&entry->command, "varde", vrd_cli_colour(STDOUT_FILENO), &out);
		return vrd_cli_print(&out, err);
	}
	vrd_cli cli = {mem, &entry->command, &options, err};
	VRD_TRY(entry->run(&cli));
out:
	return rc;
}

int main(int argc, char **argv) {
	vrd_arena mem = {0};
	vrd_err err = {0};
	vrd_status rc;
	// A file-size limit is then a failed write, which is told and cleaned up after.
	(void)signal(SIGXFSZ, SIG_IGN);
	const char *name = argc < 2 ? "help" : argv[1];
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		name = "version";
	const vrd_cli_entry *entry = find(name);
	bool is_plain = false;
	for (size_t i = 0; i < N_PLAIN; i++)
		is_plain = is_plain || strcmp(name, plain[i]) == 0;
	const int rest = argc > 2 ? argc - 2 : 0;
	if (entry)
		rc = run_command(&mem, entry, rest, argv + 2, &err);
	else if (is_plain)
		rc = run_plain(&mem, name, rest, argv + 2, &err);
	else
		rc = unknown(name, &err);
	if (rc != VRD_OK)
		(void)fprintf(stderr, "varde: %s\n", err.text);
	vrd_arena_clear(&mem);
	return vrd_status_exit_code(rc);
}
