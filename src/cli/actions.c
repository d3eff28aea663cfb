#include "cli/actions.h"

#include <string.h>

static vrd_status no_action(const vrd_cli *cli, size_t n, const vrd_cli_action *actions,
                            const char *asked) {
	vrd_status rc = VRD_OK;
	vrd_err *err = cli->err;
	const char *command = cli->command->name, **words;
	VRD_TRY(VRD_NEW(cli->mem, words, n));
	for (size_t i = 0; i < n; i++)
		words[i] = actions[i].word;
	const size_t near = vrd_nearest(vrd_str_of(asked), words, n);
	rc = vrd_fail(err, VRD_USAGE, "there is no \"varde %s DIR %s\"%s%s%s; see `varde help %s`",
	              command, asked, near == SIZE_MAX ? "" : "; did you mean \"",
	              near == SIZE_MAX ? "" : words[near], near == SIZE_MAX ? "" : "\"?", command);
out:
	return rc;
}

vrd_status vrd_cli_find_action(const vrd_cli *cli, size_t n, const vrd_cli_action *actions,
                               size_t n_options, const vrd_cli_action_option *options,
                               size_t *out) {
	const char *asked = vrd_cli_argument(cli, 1);
	const size_t n_given = cli->options->n_arguments - 2;
	size_t i = 0;
	while (i < n && strcmp(actions[i].word, asked) != 0)
		i++;
	if (i == n)
		return no_action(cli, n, actions, asked);
	if (n_given < actions[i].least || n_given > actions[i].most)
		return vrd_fail(cli->err, VRD_USAGE, "write `varde %s DIR %s%s`",
		                cli->command->name, actions[i].word, actions[i].arguments);
	for (size_t o = 0; o < n_options; o++)
		if (vrd_cli_opt(cli, options[o].option)->given &&
		    !strstr(options[o].actions, actions[i].word))
			return vrd_fail(cli->err, VRD_USAGE, "--%s belongs to %s",
			                options[o].option, options[o].actions);
	*out = i;
	return VRD_OK;
}
