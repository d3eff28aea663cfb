// The command line: one file per command, each a table of options and a function.
//
// Results go to stdout, everything else to stderr. Exit codes are those of base/status.h.
#pragma once

#include "base/opts.h"
#include "region/region.h"

// What every command gets. `mem` lives as long as the command.
typedef struct {
	vrd_arena *mem;
	const vrd_command *command;
	const vrd_opt_result *options;
	vrd_err *err;
} vrd_cli;

typedef struct {
	vrd_command command;
	vrd_status (*run)(vrd_cli *cli);
} vrd_cli_entry;

extern const vrd_cli_entry vrd_cmd_compare;
extern const vrd_cli_entry vrd_cmd_elicit;
extern const vrd_cli_entry vrd_cmd_example;
extern const vrd_cli_entry vrd_cmd_explain;
extern const vrd_cli_entry vrd_cmd_backtest;
extern const vrd_cli_entry vrd_cmd_check;
extern const vrd_cli_entry vrd_cmd_import;
extern const vrd_cli_entry vrd_cmd_measures;
extern const vrd_cli_entry vrd_cmd_run;
extern const vrd_cli_entry vrd_cmd_runs;
extern const vrd_cli_entry vrd_cmd_scenario;
extern const vrd_cli_entry vrd_cmd_show;

// --- shared by commands (session.c) -------------------------------------------------------------

static inline const vrd_opt_value *vrd_cli_opt(const vrd_cli *cli, const char *name) {
	return vrd_opt(cli->command, cli->options, name);
}
static inline const char *vrd_cli_argument(const vrd_cli *cli, size_t i) {
	return cli->options->arguments[i];
}

// Opens the region of the first argument; on failure prints every problem. --lang overrides the
// region's language when the command has that option.
vrd_status vrd_cli_open(vrd_cli *cli, vrd_region **region, vrd_diag *diag) VRD_MUST_USE;
// Prints problems from index `from` on to stderr; notes only when `notes`.
void vrd_cli_problems(const vrd_diag *diag, size_t from, bool notes);
bool vrd_cli_colour(int fd);
// Columns of the terminal that stdout is; 0: it is none.
size_t vrd_cli_terminal_width(void);
// Columns of a page: those of the terminal, else of COLUMNS, else 100; at least 80.
size_t vrd_cli_page_width(void);
// Puts a word of a command that people may copy to a shell: in single quotes when it needs them.
void vrd_cli_put_word(vrd_buf *out, const char *word);
// Writes the buffer to stdout; IO when that fails.
vrd_status vrd_cli_print(vrd_buf *out, vrd_err *err) VRD_MUST_USE;
// The date as 2026-11-22, UTC.
vrd_status vrd_cli_today(char out[11], vrd_err *err) VRD_MUST_USE;
