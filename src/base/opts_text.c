// What the option tables say to people and shells: help, man page, bash completion.
#include "base/opts.h"

#include <string.h>

#include "base/banned.h"

enum { columns = 80, widest_label = 28 };

static const char help_text[] = "Show this help and do nothing else.";

static bool is_empty(const char *text) {
	return text == NULL || text[0] == '\0';
}

static void put_spaces(vrd_buf *out, size_t n) {
	while (n-- > 0)
		vrd_buf_putc(out, ' ');
}

static bool take_word(vrd_str *rest, vrd_str *word) {
	while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\n'))
		*rest = (vrd_str){rest->p + 1, rest->n - 1};
	*word = (vrd_str){rest->p, 0};
	while (word->n < rest->n && rest->p[word->n] != ' ' && rest->p[word->n] != '\n')
		word->n++;
	*rest = (vrd_str){rest->p + word->n, rest->n - word->n};
	return word->n > 0;
}

// Puts words in lines of at most 80 columns, indented; the first line has reached column `at`.
// Ends the last line.
static void put_wrapped(vrd_buf *out, vrd_str text, size_t at, size_t indent) {
	vrd_str word;
	bool starts_line = true;
	while (take_word(&text, &word)) {
		const size_t width = vrd_utf8_width(word);
		if (!starts_line && at + 1 + width > columns) {
			vrd_buf_putc(out, '\n');
			at = 0;
			starts_line = true;
		}
		if (!starts_line) {
			vrd_buf_putc(out, ' ');
			at++;
		} else if (at < indent) {
			put_spaces(out, indent - at);
			at = indent;
		}
		vrd_buf_add(out, word.p, word.n);
		at += width;
		starts_line = false;
	}
	vrd_buf_putc(out, '\n');
}

// Takes the text up to the next blank line; false at the end.
static bool take_paragraph(vrd_str *rest, vrd_str *paragraph) {
	while (rest->n > 0 && rest->p[0] == '\n')
		*rest = (vrd_str){rest->p + 1, rest->n - 1};
	size_t n = 0;
	while (n < rest->n && !(rest->p[n] == '\n' && n + 1 < rest->n && rest->p[n + 1] == '\n'))
		n++;
	*paragraph = (vrd_str){rest->p, n};
	*rest = (vrd_str){rest->p + n, rest->n - n};
	return n > 0;
}

static void put_head(vrd_buf *out, const char *head, bool colour) {
	vrd_buf_printf(out, "\n%s%s%s\n", colour ? "\033[1m" : "", head, colour ? "\033[0m" : "");
}

// What the table knows beyond the option's own help: the range, and that it may be repeated.
static void put_rule(vrd_buf *out, const vrd_option *option) {
	if (option->kind == VRD_OPT_LIST)
		vrd_buf_puts(out, " May be given more than once.");
	if (option->kind != VRD_OPT_INT || (option->min == 0 && option->max == 0))
		return;
	if (option->max == INT64_MAX)
		vrd_buf_printf(out, " At least %lld.", (long long)option->min);
	else
		vrd_buf_printf(out, " From %lld to %lld.", (long long)option->min,
		               (long long)option->max);
}

static void put_label(vrd_buf *out, char short_name, const char *name, const char *value) {
	if (short_name != 0)
		vrd_buf_printf(out, "  -%c, --%s", short_name, name);
	else
		vrd_buf_printf(out, "      --%s", name);
	if (value != NULL)
		vrd_buf_printf(out, " %s", value);
}

static void put_option(vrd_buf *out, const vrd_option *option, size_t indent) {
	vrd_buf label = {0};
	vrd_buf text = {0};
	put_label(&label, option->short_name, option->name, option->value);
	vrd_buf_puts(&text, option->help);
	put_rule(&text, option);
	out->failed |= label.failed || text.failed;
	size_t at = vrd_utf8_width((vrd_str){label.p, label.n});
	vrd_buf_add(out, label.p, label.n);
	if (at + 2 > indent) {
		vrd_buf_putc(out, '\n');
		at = 0;
	}
	put_wrapped(out, (vrd_str){text.p, text.n}, at, indent);
	vrd_buf_free(&label);
	vrd_buf_free(&text);
}

static const vrd_option help_option = {"help", 'h', VRD_OPT_FLAG, NULL, help_text, 0, 0};

// The column where help texts begin: past the widest label that is not out of the ordinary.
static size_t label_width(const vrd_command *command) {
	size_t widest = strlen("  -h, --help");
	for (size_t i = 0; i < command->n_options; i++) {
		const vrd_option *option = &command->options[i];
		size_t width = strlen("  -x, --") + strlen(option->name);
		if (option->value != NULL)
			width += 1 + vrd_utf8_width(vrd_str_of(option->value));
		if (width > widest && width <= widest_label)
			widest = width;
	}
	return widest + 2;
}

static void put_examples(vrd_buf *out, const char *examples) {
	vrd_str rest = vrd_str_of(examples);
	vrd_str line;
	while (vrd_str_split(&rest, '\n', &line)) {
		vrd_str command;
		if (line.n == 0 || !vrd_str_split(&line, '\t', &command))
			continue;
		vrd_buf_printf(out, "  %.*s\n", (int)command.n, command.p);
		if (line.n > 0)
			put_wrapped(out, line, 0, 6);
	}
}

void vrd_opts_help(const vrd_command *command, const char *program, bool colour, vrd_buf *out) {
	vrd_buf_printf(out, "%susage:%s %s %s [options]", colour ? "\033[1m" : "",
	               colour ? "\033[0m" : "", program, command->name);
	if (!is_empty(command->arguments))
		vrd_buf_printf(out, " %s", command->arguments);
	vrd_buf_puts(out, "\n\n");
	put_wrapped(out, vrd_str_of(command->summary), 0, 0);
	vrd_str rest = vrd_str_of(command->description);
	vrd_str paragraph;
	while (take_paragraph(&rest, &paragraph)) {
		vrd_buf_putc(out, '\n');
		put_wrapped(out, paragraph, 0, 0);
	}
	put_head(out, "Options", colour);
	const size_t indent = label_width(command);
	for (size_t i = 0; i < command->n_options; i++)
		put_option(out, &command->options[i], indent);
	put_option(out, &help_option, indent);
	if (!is_empty(command->examples)) {
		put_head(out, "Examples", colour);
		put_examples(out, command->examples);
	}
}

// Text as troff takes it literally: a hyphen stays a hyphen when it is copied, no line is a
// request, and letters beyond ASCII are named, so no preprocessor is needed.
static void put_troff(vrd_buf *out, vrd_str text) {
	bool starts_line = true;
	for (size_t i = 0; i < text.n;) {
		size_t length;
		const uint32_t code = vrd_utf8_decode(text.p + i, text.n - i, &length);
		const char *instead = code == '\\'   ? "\\e"
		                      : code == '-'  ? "\\-"
		                      : code == '\'' ? "\\(aq"
		                      : code == '`'  ? "\\(ga"
		                      : code == '^'  ? "\\(ha"
		                      : code == '~'  ? "\\(ti"
		                      : code == '"'  ? "\\(dq"
		                                     : NULL;
		if (length == 0)
			vrd_buf_putc(out, '?');
		else if (instead != NULL)
			vrd_buf_puts(out, instead);
		else if (code >= 0x80)
			vrd_buf_printf(out, "\\[u%04X]", (unsigned)code);
		else if (code == '.' && starts_line)
			vrd_buf_puts(out, "\\&.");
		else
			vrd_buf_putc(out, (char)code);
		starts_line = code == '\n';
		i += length == 0 ? 1 : length;
	}
}

static void put_troff_text(vrd_buf *out, const char *text) {
	put_troff(out, vrd_str_of(text));
}

static bool is_section_head(vrd_str line) {
	for (size_t i = 0; i < line.n; i++) {
		if (!(line.p[i] >= 'A' && line.p[i] <= 'Z') && line.p[i] != ' ')
			return false;
	}
	return line.n > 0;
}

static void put_troff_line(vrd_buf *out, vrd_str line) {
	vrd_str term = {0};
	if (is_section_head(line)) {
		vrd_buf_printf(out, ".SH %.*s\n", (int)line.n, line.p);
		return;
	}
	if (memchr(line.p, '\t', line.n) != NULL && vrd_str_split(&line, '\t', &term)) {
		vrd_buf_puts(out, ".TP\n.B ");
		put_troff(out, term);
		vrd_buf_putc(out, '\n');
	}
	put_troff(out, vrd_str_trim(line));
	vrd_buf_putc(out, '\n');
}

// Each paragraph is preceded by `macro`, unless it brings its own as heads and lists do.
static void put_troff_paragraphs(vrd_buf *out, const char *text) {
	vrd_str rest = vrd_str_of(text);
	vrd_str paragraph;
	bool wants_macro = false; // not after a head
	while (take_paragraph(&rest, &paragraph)) {
		vrd_str line;
		vrd_str lines = paragraph;
		for (bool first = true; vrd_str_split(&lines, '\n', &line); first = false) {
			const bool own = line.n == 0 || is_section_head(line) ||
			                 memchr(line.p, '\t', line.n) != NULL;
			if (first && wants_macro && !own)
				vrd_buf_puts(out, ".PP\n");
			if (line.n > 0)
				put_troff_line(out, line);
			wants_macro = !is_section_head(line);
		}
	}
}

static void put_troff_option(vrd_buf *out, const vrd_option *option) {
	vrd_buf_puts(out, ".TP\n");
	if (option->short_name != 0)
		vrd_buf_printf(out, "\\fB\\-%c\\fR, ", option->short_name);
	vrd_buf_puts(out, "\\fB\\-\\-");
	put_troff_text(out, option->name);
	vrd_buf_puts(out, "\\fR");
	if (option->value != NULL) {
		vrd_buf_puts(out, " \\fI");
		put_troff_text(out, option->value);
		vrd_buf_puts(out, "\\fR");
	}
	vrd_buf_putc(out, '\n');
	put_troff_text(out, option->help);
	put_rule(out, option);
	vrd_buf_putc(out, '\n');
}

static void put_troff_examples(vrd_buf *out, const char *examples) {
	vrd_buf_puts(out, ".PP\nExamples:\n");
	vrd_str rest = vrd_str_of(examples);
	vrd_str line;
	while (vrd_str_split(&rest, '\n', &line)) {
		vrd_str command;
		if (line.n == 0 || !vrd_str_split(&line, '\t', &command))
			continue;
		vrd_buf_puts(out, ".TP\n.B ");
		put_troff(out, command);
		vrd_buf_putc(out, '\n');
		put_troff(out, line);
		vrd_buf_putc(out, '\n');
	}
}

static void put_troff_command(vrd_buf *out, const vrd_command *command, const char *program) {
	vrd_buf_puts(out, ".SS ");
	put_troff_text(out, program);
	vrd_buf_putc(out, ' ');
	put_troff_text(out, command->name);
	vrd_buf_puts(out, " [\\fIoptions\\fP]");
	if (!is_empty(command->arguments)) {
		vrd_buf_puts(out, " \\fI");
		put_troff_text(out, command->arguments);
		vrd_buf_puts(out, "\\fP");
	}
	vrd_buf_putc(out, '\n');
	put_troff_text(out, command->summary);
	vrd_buf_putc(out, '\n');
	if (!is_empty(command->description)) {
		vrd_buf_puts(out, ".PP\n");
		put_troff_paragraphs(out, command->description);
	}
	for (size_t i = 0; i < command->n_options; i++)
		put_troff_option(out, &command->options[i]);
	put_troff_option(out, &help_option);
	if (!is_empty(command->examples))
		put_troff_examples(out, command->examples);
}

void vrd_opts_man(const vrd_command *const *commands, size_t n, const char *program,
                  const char *version, const char *date, const char *tagline, const char *intro,
                  const char *tail, vrd_buf *out) {
	vrd_buf_puts(out, ".TH ");
	for (const char *p = program; *p != '\0'; p++)
		vrd_buf_putc(out, *p >= 'a' && *p <= 'z' ? (char)(*p - ('a' - 'A')) : *p);
	vrd_buf_puts(out, " 1 \"");
	put_troff_text(out, date);
	vrd_buf_puts(out, "\" \"");
	put_troff_text(out, program);
	vrd_buf_putc(out, ' ');
	put_troff_text(out, version);
	vrd_buf_puts(out, "\" \"User Commands\"\n.SH NAME\n");
	put_troff_text(out, program);
	vrd_buf_puts(out, " \\- ");
	put_troff_text(out, tagline);
	vrd_buf_puts(out, "\n.SH SYNOPSIS\n");
	vrd_buf_puts(out, "\\fB");
	put_troff_text(out, program);
	vrd_buf_puts(out, "\\fR \\fIcommand\\fR [\\fIoptions\\fR] [\\fIarguments\\fR]\n");
	if (!is_empty(intro)) {
		vrd_buf_puts(out, ".SH DESCRIPTION\n");
		put_troff_paragraphs(out, intro);
	}
	vrd_buf_puts(out, ".SH COMMANDS\n");
	for (size_t i = 0; i < n; i++)
		put_troff_command(out, commands[i], program);
	put_troff_paragraphs(out, tail);
}

// The words of "csv|json|xlsx"; nothing for a plain value.
static void put_choices(vrd_buf *out, const vrd_command *command, const vrd_option *option) {
	if (option->value == NULL || strchr(option->value, '|') == NULL)
		return;
	vrd_buf_printf(out, "\t\t'%s --%s'", command->name, option->name);
	if (option->short_name != 0)
		vrd_buf_printf(out, "|'%s -%c'", command->name, option->short_name);
	vrd_buf_puts(out, ") words='");
	for (const char *p = option->value; *p != '\0'; p++)
		vrd_buf_putc(out, *p == '|' ? ' ' : *p);
	vrd_buf_puts(out, "' ;;\n");
}

static void put_identifier(vrd_buf *out, const char *program) {
	vrd_buf_putc(out, '_');
	for (const char *p = program; *p != '\0'; p++) {
		const bool fits = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		                  (*p >= '0' && *p <= '9');
		vrd_buf_putc(out, fits ? *p : '_');
	}
}

void vrd_opts_completion(const vrd_command *const *commands, size_t n, const char *program,
                         vrd_buf *out) {
	vrd_buf_printf(out, "# bash completion for %s\n", program);
	put_identifier(out, program);
	vrd_buf_puts(out, "() {\n"
	                  "\tlocal current=${COMP_WORDS[COMP_CWORD]} words=\n"
	                  "\tlocal command=${COMP_WORDS[1]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
	                  "\tCOMPREPLY=()\n"
	                  "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	                  "\t\twords='");
	for (size_t i = 0; i < n; i++)
		vrd_buf_printf(out, "%s ", commands[i]->name);
	vrd_buf_puts(out, "--help'\n"
	                  "\telse\n"
	                  "\t\tcase \"$command $current\" in\n");
	for (size_t i = 0; i < n; i++) {
		vrd_buf_printf(out, "\t\t'%s -'*) words='", commands[i]->name);
		for (size_t j = 0; j < commands[i]->n_options; j++)
			vrd_buf_printf(out, "--%s ", commands[i]->options[j].name);
		vrd_buf_puts(out, "--help' ;;\n");
	}
	vrd_buf_puts(out, "\t\tesac\n"
	                  "\t\tcase \"$command $previous\" in\n");
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < commands[i]->n_options; j++)
			put_choices(out, commands[i], &commands[i]->options[j]);
	}
	// An empty reply leaves the word to bash: file names.
	vrd_buf_puts(out, "\t\tesac\n"
	                  "\tfi\n"
	                  "\t[ -z \"$words\" ] || COMPREPLY=($(compgen -W \"$words\" -- "
	                  "\"$current\"))\n"
	                  "}\n"
	                  "complete -o bashdefault -o default -F ");
	put_identifier(out, program);
	vrd_buf_printf(out, " %s\n", program);
}
