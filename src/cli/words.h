// Options whose value is one of a few words.
#pragma once

#include "cli/cli.h"

// The index of the option's word among `words` (NULL-terminated), or `otherwise` when the option was
// not given. USAGE lists the words and suggests one.
vrd_status vrd_cli_word(const vrd_cli *cli, const char *option, const char *const *words,
                        size_t otherwise, size_t *out) VRD_MUST_USE;
// Fails with USAGE, which lists the formats and suggests one, when there is no format of that name.
vrd_status vrd_cli_check_format(const char *name, size_t n, const char *const formats[],
                                vrd_err *err) VRD_MUST_USE;
