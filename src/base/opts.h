// The command line: one table per command gives parsing, help, man page and completion.
#pragma once

#include "base/text.h"

typedef enum {
	VRD_OPT_FLAG, // --name
	VRD_OPT_TEXT, // --name VALUE (the last one counts)
	VRD_OPT_INT,  // --name N, within [min, max]
	VRD_OPT_LIST, // --name VALUE, may be given many times
} vrd_opt_kind;

typedef struct {
	const char *name; // without dashes
	char short_name;  // 0 = none
	vrd_opt_kind kind;
	const char *value; // what stands for the value in help: "FILE"; NULL for a flag
	const char *help;  // one or two sentences
	int64_t min, max;  // for INT (both 0 = any)
} vrd_option;

typedef struct {
	const char *name;      // "run"
	const char *arguments; // "DIR", "DIR FILE", "DIR CUBE"; a last argument in [] is optional
	size_t min_arguments, max_arguments;
	const char *summary;     // one line
	const char *description; // paragraphs separated by blank lines
	const vrd_option *options;
	size_t n_options;
	const char *examples; // lines "command<TAB>what it does"
} vrd_command;

// What was given for one option, in table order. Fields are public; texts borrowed from argv.
typedef struct {
	bool given;
	const char *text;  // TEXT: last value
	int64_t number;    // INT
	const char **list; // LIST, in order; owned by the arena
	size_t n_list;
} vrd_opt_value;

typedef struct {
	vrd_opt_value *values; // n_options, in table order
	const char **arguments;
	size_t n_arguments;
	bool help; // --help or -h was given: nothing else is checked
} vrd_opt_result;

// Parses argv[0..argc) (after the command's own name) by getopt_long; options may stand anywhere,
// "--" ends them, "-" is an argument. Errors: USAGE, naming the option, what it takes, and the
// nearest known option ("did you mean --draws?"). A unique beginning of a name is accepted. Not
// safe in two threads at once: getopt keeps its place in globals.
vrd_status vrd_opts_parse(vrd_arena *mem, const vrd_command *command, int argc, char *const *argv,
                          vrd_opt_result *out, vrd_err *err) VRD_MUST_USE;
// The value of an option by name; the option must be in the table (asserted).
const vrd_opt_value *vrd_opt(const vrd_command *command, const vrd_opt_result *result,
                             const char *name);

// Help of one command (80 columns; `colour` for bold heads).
void vrd_opts_help(const vrd_command *command, const char *program, bool colour, vrd_buf *out);
// A man page (troff man macros) of the program with all its commands. `intro` and `tail` are plain
// paragraphs separated by blank lines; a line in capitals begins a section ("EXIT STATUS") and a
// line "term<TAB>text" is an entry of a list. Deterministic: `date` is given.
void vrd_opts_man(const vrd_command *const *commands, size_t n, const char *program,
                  const char *version, const char *date, const char *tagline, const char *intro,
                  const char *tail, vrd_buf *out);
// A bash completion script for the program. An option whose value is written "csv|json|xlsx" is
// completed with those words.
void vrd_opts_completion(const vrd_command *const *commands, size_t n, const char *program,
                         vrd_buf *out);
