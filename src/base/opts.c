#include "base/opts.h"

#include <assert.h>
#include <getopt.h>
#include <string.h>

#include "base/banned.h"

// What getopt_long returns for a long name: this plus its index in the table. Short names are
// returned as themselves, so the two never meet.
enum { long_base = 256, help_code = 255, argument_code = 1 };

static bool takes_value(const vrd_option *option) {
	return option->kind != VRD_OPT_FLAG;
}

// "-:" + short names: arguments are handed over where they stand (whatever POSIXLY_CORRECT says),
// and a missing value is told apart from an unknown option.
static vrd_status make_short_options(vrd_arena *mem, const vrd_command *command, char **out,
                                     vrd_err *err) {
	char *text;
	vrd_status rc = VRD_NEW(mem, text, 2 * command->n_options + 4);
	if (rc != VRD_OK)
		return rc;
	size_t n = 0;
	text[n++] = '-';
	text[n++] = ':';
	text[n++] = 'h';
	for (size_t i = 0; i < command->n_options; i++) {
		const vrd_option *option = &command->options[i];
		assert(option->short_name != 'h' && strcmp(option->name, "help") != 0);
		if (option->short_name == 0)
			continue;
		text[n++] = option->short_name;
		if (takes_value(option))
			text[n++] = ':';
	}
	*out = text;
	return VRD_OK;
}

static vrd_status make_long_options(vrd_arena *mem, const vrd_command *command, struct option **out,
                                    vrd_err *err) {
	struct option *list;
	const size_t n = command->n_options;
	vrd_status rc = VRD_NEW(mem, list, n + 2);
	if (rc != VRD_OK)
		return rc;
	for (size_t i = 0; i < n; i++) {
		const vrd_option *option = &command->options[i];
		list[i] = (struct option){option->name,
		                          takes_value(option) ? required_argument : no_argument,
		                          NULL, long_base + (int)i};
	}
	list[n] = (struct option){"help", no_argument, NULL, help_code};
	*out = list;
	return VRD_OK;
}

static const vrd_option *option_of_code(const vrd_command *command, int code) {
	for (size_t i = 0; i < command->n_options; i++) {
		const vrd_option *option = &command->options[i];
		if (code == long_base + (int)i ||
		    (option->short_name != 0 && code == option->short_name))
			return option;
	}
	return NULL;
}

static vrd_status fail_number(const vrd_option *option, const char *text, vrd_err *err) {
	const bool any = option->min == 0 && option->max == 0;
	if (any)
		return vrd_fail(err, VRD_USAGE, "--%s takes a whole number, not \"%s\"",
		                option->name, text);
	if (option->max == INT64_MAX)
		return vrd_fail(err, VRD_USAGE,
		                "--%s takes a whole number of at least %lld, not \"%s\"",
		                option->name, (long long)option->min, text);
	return vrd_fail(err, VRD_USAGE, "--%s takes a whole number from %lld to %lld, not \"%s\"",
	                option->name, (long long)option->min, (long long)option->max, text);
}

// Takes one occurrence of an option. `most` is how often it can be given at all.
static vrd_status take(vrd_arena *mem, const vrd_option *option, const char *text, size_t most,
                       vrd_opt_value *value, vrd_err *err) {
	switch (option->kind) {
	case VRD_OPT_FLAG:
		break;
	case VRD_OPT_TEXT:
		value->text = text;
		break;
	case VRD_OPT_INT: {
		int64_t number;
		const bool any = option->min == 0 && option->max == 0;
		if (!vrd_parse_int64(vrd_str_of(text), &number) ||
		    (!any && (number < option->min || number > option->max)))
			return fail_number(option, text, err);
		value->number = number;
		break;
	}
	case VRD_OPT_LIST:
		if (value->list == NULL) {
			const vrd_status rc = VRD_NEW(mem, value->list, most);
			if (rc != VRD_OK)
				return rc;
		}
		value->list[value->n_list++] = text;
		break;
	}
	value->given = true;
	return VRD_OK;
}

// An unknown or ambiguous long option; `given` is the word as typed.
static vrd_status fail_long(vrd_arena *mem, const vrd_command *command, const char *given,
                            vrd_err *err) {
	const size_t n = command->n_options;
	vrd_str name = vrd_str_of(given);
	while (name.n > 0 && name.p[0] == '-')
		name = (vrd_str){name.p + 1, name.n - 1};
	const char *equals = name.n == 0 ? NULL : memchr(name.p, '=', name.n);
	if (equals != NULL)
		name.n = (size_t)(equals - name.p);

	const char **names;
	vrd_status rc = VRD_NEW(mem, names, n + 1);
	if (rc != VRD_OK)
		return rc;
	const char *same_start[2] = {NULL, NULL};
	for (size_t i = 0; i <= n; i++) {
		names[i] = i < n ? command->options[i].name : "help";
		if (strncmp(names[i], name.p, name.n) != 0)
			continue;
		if (same_start[0] == NULL)
			same_start[0] = names[i];
		else if (same_start[1] == NULL)
			same_start[1] = names[i];
	}
	const int width = name.n > 200 ? 200 : (int)name.n;
	if (same_start[1] != NULL)
		return vrd_fail(err, VRD_USAGE, "--%.*s could be --%s or --%s; write it out", width,
		                name.p, same_start[0], same_start[1]);
	const size_t nearest = vrd_nearest(name, names, n + 1);
	if (nearest == SIZE_MAX)
		return vrd_fail(err, VRD_USAGE, "unknown option --%.*s of %s", width, name.p,
		                command->name);
	return vrd_fail(err, VRD_USAGE, "unknown option --%.*s of %s; did you mean --%s?", width,
	                name.p, command->name, names[nearest]);
}

// What getopt_long objected to: it returned `code`, ':' or '?', after reading the word `given`.
static vrd_status fail_option(vrd_arena *mem, const vrd_command *command, int code,
                              const char *given, vrd_err *err) {
	const vrd_option *option = option_of_code(command, optopt);
	if (code == ':' && option != NULL)
		return vrd_fail(err, VRD_USAGE, "--%s takes a value: --%s %s", option->name,
		                option->name, option->value);
	if (optopt == 0)
		return fail_long(mem, command, given, err);
	if (optopt >= help_code)
		return vrd_fail(err, VRD_USAGE, "--%s takes no value",
		                option == NULL ? "help" : option->name);
	if (optopt > ' ' && optopt < 0x7F)
		return vrd_fail(err, VRD_USAGE, "unknown option -%c of %s", optopt, command->name);
	// A byte of a longer character: the whole word is text, the byte alone is not.
	return vrd_fail(err, VRD_USAGE, "unknown option %.200s of %s", given, command->name);
}

static vrd_status check_arguments(const vrd_command *command, const vrd_opt_result *result,
                                  vrd_err *err) {
	const size_t n = result->n_arguments;
	const char *expected = command->arguments == NULL ? "" : command->arguments;
	if (n > command->max_arguments && command->max_arguments == 0)
		return vrd_fail(err, VRD_USAGE, "%s takes no arguments, but \"%s\" was given",
		                command->name, result->arguments[0]);
	if (n > command->max_arguments)
		return vrd_fail(err, VRD_USAGE, "%s takes %s: \"%s\" is one too many",
		                command->name, expected, result->arguments[command->max_arguments]);
	if (n < command->min_arguments)
		return vrd_fail(err, VRD_USAGE, "%s takes %s, but %zu of at least %zu %s given",
		                command->name, expected, n, command->min_arguments,
		                n == 1 ? "was" : "were");
	return VRD_OK;
}

vrd_status vrd_opts_parse(vrd_arena *mem, const vrd_command *command, int argc, char *const *argv,
                          vrd_opt_result *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_opt_result result = {0};
	const size_t n_words = argc > 0 ? (size_t)argc : 0;
	char *short_options;
	struct option *long_options;
	// getopt wants the program's name first, and its argv is not const.
	char **words;
	VRD_TRY(VRD_NEW(mem, words, n_words + 2));
	VRD_TRY(VRD_NEW(mem, result.values, command->n_options));
	VRD_TRY(VRD_NEW(mem, result.arguments, n_words + 1));
	VRD_TRY(make_short_options(mem, command, &short_options, err));
	VRD_TRY(make_long_options(mem, command, &long_options, err));
	if ((words[0] = vrd_arena_strdup(mem, command->name)) == NULL)
		VRD_TRY(vrd_no_memory(err, mem, strlen(command->name) + 1, 1));
	for (size_t i = 0; i < n_words; i++)
		words[i + 1] = argv[i];

	// The first complaint waits until the end: with --help anywhere there is none.
	vrd_status complaint = VRD_OK;
	vrd_err first = {0};
	optind = 0; // GNU and musl: forget all state of an earlier scan
	opterr = 0;
	for (;;) {
		vrd_err *where = complaint == VRD_OK ? &first : NULL;
		vrd_status status = VRD_OK;
		const int word = optind == 0 ? 1 : optind;
		optopt = 0;
		const int code =
		        getopt_long((int)n_words + 1, words, short_options, long_options, NULL);
		if (code == -1)
			break;
		const vrd_option *option = option_of_code(command, code);
		if (code == help_code || code == 'h')
			result.help = true;
		else if (code == argument_code)
			result.arguments[result.n_arguments++] = optarg;
		else if (option != NULL)
			status = take(mem, option, optarg, n_words,
			              &result.values[option - command->options], where);
		else
			status = fail_option(mem, command, code, words[word], where);
		if (complaint == VRD_OK)
			complaint = status;
	}
	while (optind < (int)n_words + 1)
		result.arguments[result.n_arguments++] = words[optind++];

	if (!result.help) {
		if (complaint != VRD_OK)
			VRD_TRY(vrd_fail(err, complaint, "%s", first.text));
		VRD_TRY(check_arguments(command, &result, err));
	}
	*out = result;
out:
	return rc;
}

const vrd_opt_value *vrd_opt(const vrd_command *command, const vrd_opt_result *result,
                             const char *name) {
	size_t i = 0;
	while (i < command->n_options && strcmp(command->options[i].name, name) != 0)
		i++;
	assert(i < command->n_options);
	return &result->values[i];
}
