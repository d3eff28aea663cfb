#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

bool vrd_cli_colour(int fd) {
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(fd) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

size_t vrd_cli_terminal_width(void) {
	struct winsize size;
	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > 20)
		return size.ws_col;
	return 0;
}

size_t vrd_cli_page_width(void) {
	enum { LEAST = 80, USUAL = 100, MOST = 1000 };
	const char *columns = getenv("COLUMNS");
	const size_t terminal = vrd_cli_terminal_width();
	const long told = columns ? strtol(columns, NULL, 10) : 0;
	const size_t width = terminal ? terminal : told > 0 && told <= MOST ? (size_t)told : USUAL;
	return width < LEAST ? LEAST : width;
}

void vrd_cli_problems(const vrd_diag *diag, size_t from, bool notes) {
	vrd_buf out = {0};
	vrd_diag shown = *diag;
	shown.n = 0;
	shown.items = malloc((diag->n + 1) * sizeof *shown.items);
	if (!shown.items)
		return;
	size_t n_grave = 0; // kept errors and warnings
	for (size_t i = 0; i < diag->n; i++) {
		const bool grave = diag->items[i].severity != VRD_NOTE;
		n_grave += grave;
		if (i >= from && (notes || grave))
			shown.items[shown.n++] = diag->items[i];
	}
	if (!notes) // a dropped note is not missed by who does not read notes
		shown.n_dropped = diag->n_errors + diag->n_warnings - n_grave;
	vrd_diag_print(&shown, &out, vrd_cli_colour(STDERR_FILENO));
	if (out.n)
		(void)fwrite(out.p, 1, out.n, stderr);
	free(shown.items);
	vrd_buf_free(&out);
}

void vrd_cli_put_word(vrd_buf *out, const char *word) {
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                            "0123456789._/-";
	if (*word && word[strspn(word, plain)] == '\0') {
		vrd_buf_puts(out, word);
		return;
	}
	vrd_buf_putc(out, '\'');
	for (; *word; word++)
		if (*word == '\'')
			vrd_buf_puts(out, "'\\''");
		else
			vrd_buf_putc(out, *word);
	vrd_buf_putc(out, '\'');
}

vrd_status vrd_cli_open(vrd_cli *cli, vrd_region **region, vrd_diag *diag) {
	vrd_diag_init(diag, cli->mem, 0);
	const char *lang = NULL;
	for (size_t i = 0; i < cli->command->n_options; i++)
		if (strcmp(cli->command->options[i].name, "lang") == 0)
			lang = cli->options->values[i].text;
	vrd_status rc = vrd_region_open_in(cli->mem, vrd_cli_argument(cli, 0), lang, region, diag,
	                                   cli->err);
	if (rc != VRD_OK)
		vrd_cli_problems(diag, 0, false);
	return rc;
}

vrd_status vrd_cli_print(vrd_buf *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (out->failed)
		rc = vrd_fail(err, VRD_NOMEM, "no memory for the output");
	else if (out->n && (fwrite(out->p, 1, out->n, stdout) != out->n || fflush(stdout) != 0))
		rc = vrd_fail(err, VRD_IO, "writing to standard output failed: is the disk full?");
	vrd_buf_free(out);
	return rc;
}

vrd_status vrd_cli_today(char out[11], vrd_err *err) {
	const time_t now = time(NULL);
	struct tm parts;
	if (now == (time_t)-1 || !gmtime_r(&now, &parts) ||
	    strftime(out, 11, "%Y-%m-%d", &parts) == 0)
		return vrd_fail(err, VRD_INTERNAL, "the clock tells no date");
	return VRD_OK;
}
