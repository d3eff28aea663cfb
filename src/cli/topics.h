// Help that belongs to no command with options: `varde help TOPIC`.
#pragma once

#include "base/text.h"

#include <stdbool.h>

// Puts the text of a topic; false, and nothing put, when there is none of that name.
bool vrd_cli_topic(const char *name, vrd_buf *out);
// The last section of the man page, as vrd_opts_man takes it.
void vrd_cli_exit_status_section(vrd_buf *out);
