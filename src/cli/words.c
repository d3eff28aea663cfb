#include "cli/words.h"

#include <string.h>

vrd_status vrd_cli_word(const vrd_cli *cli, const char *option, const char *const *words,
                        size_t otherwise, size_t *out) {
	const vrd_opt_value *value = vrd_cli_opt(cli, option);
	vrd_buf list = {0};
	size_t n = 0;
	*out = otherwise;
	if (!value->given)
		return VRD_OK;
	for (; words[n]; n++) {
		if (strcmp(words[n], value->text) == 0) {
			*out = n;
			vrd_buf_free(&list);
			return VRD_OK;
		}
		vrd_buf_printf(&list, "%s%s", n ? ", " : "", words[n]);
	}
	const size_t near = vrd_nearest(vrd_str_of(value->text), words, n);
	const vrd_status rc = vrd_fail(
	        cli->err, VRD_USAGE, "--%s is one of %s, not \"%s\"%s%s%s", option,
	        list.p ? list.p : "", value->text, near == SIZE_MAX ? "" : "; did you mean \"",
	        near == SIZE_MAX ? "" : words[near], near == SIZE_MAX ? "" : "\"?");
	vrd_buf_free(&list);
	return rc;
}

vrd_status vrd_cli_check_format(const char *name, size_t n, const char *const formats[],
                                vrd_err *err) {
	vrd_buf list = {0};
	for (size_t i = 0; i < n; i++) {
		if (strcmp(formats[i], name) == 0) {
			vrd_buf_free(&list);
			return VRD_OK;
		}
		vrd_buf_printf(&list, "%s%s", i ? ", " : "", formats[i]);
	}
	const size_t near = vrd_nearest(vrd_str_of(name), formats, n);
	const vrd_status rc =
	        vrd_fail(err, VRD_USAGE, "there is no format \"%s\"; formats are %s%s%s%s", name,
	                 list.p ? list.p : "", near == SIZE_MAX ? "" : "; did you mean \"",
	                 near == SIZE_MAX ? "" : formats[near], near == SIZE_MAX ? "" : "\"?");
	vrd_buf_free(&list);
	return rc;
}
