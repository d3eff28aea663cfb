// Commands whose second argument says what to do: varde scenario DIR list.
#pragma once

#include "cli/cli.h"

typedef struct {
	const char *word, *arguments; // as help writes them, with a blank before
	size_t least, most;           // arguments after the word
} vrd_cli_action;

// An option that not every action reads, and the actions that do, as an error lists them.
typedef struct {
	const char *option, *actions;
} vrd_cli_action_option;

// The index of the action that was asked for. USAGE for a word that is none (suggests one), a wrong
// number of arguments, and options of other actions.
vrd_status vrd_cli_find_action(const vrd_cli *cli, size_t n, const vrd_cli_action *actions,
                               size_t n_options, const vrd_cli_action_option *options,
                               size_t *out) VRD_MUST_USE;
