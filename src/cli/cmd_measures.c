#include "cli/cli.h"

#include "cli/page.h"
#include "cube/messages.h"
#include "region/measures.h"

#include <string.h>

typedef struct {
	vrd_cli *cli;
	vrd_lang lang;
	size_t n;
	const vrd_template *measures;
} library;

static const vrd_option options[] = {
        {"format", 'f', VRD_OPT_TEXT, "text|yaml", "show: text, or yaml, the template as it is.", 0,
         0},
        {"lang", 0, VRD_OPT_TEXT, "LANG", "nb, nn or en (default: nb; add: the region's).", 0, 0},
};

// --- the three things it does -------------------------------------------------------------------

static vrd_status list(const library *lib) {
	enum { ID, PLAN, KINDS, N };
	vrd_status rc = VRD_OK;
	vrd_buf out = {0}, cell[N] = {{0}};
	size_t widest[N] = {0};
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < lib->n; i++) {
			const vrd_template *m = &lib->measures[i];
			for (size_t c = 0; c < N; c++)
				vrd_buf_reset(&cell[c]);
			vrd_buf_puts(&cell[ID], m->id);
			vrd_template_put_plan(m, &cell[PLAN]);
			vrd_template_put_kinds(m, lib->lang, &cell[KINDS]);
			for (size_t c = 0; c < N; c++) {
				const char *text = cell[c].p ? cell[c].p : "";
				const size_t width = vrd_utf8_width(vrd_str_of(text));
				widest[c] = width > widest[c] ? width : widest[c];
				if (pass == 1)
					vrd_page_text(&out, text, widest[c] + 2, false);
			}
			if (pass == 1)
				vrd_buf_printf(&out, "%s\n",
				               vrd_template_text(m, "label", lib->lang));
		}
	VRD_TRY(vrd_cli_print(&out, lib->cli->err));
out:
	vrd_buf_free(&out);
	for (size_t c = 0; c < N; c++)
		vrd_buf_free(&cell[c]);
	return rc;
}

static void put_facts(const library *lib, const vrd_template *m, vrd_buf *out) {
	vrd_buf_printf(out, "%s: ", vrd_msg(VRD_MSG_LIBRARY_PLAN, lib->lang));
	vrd_template_put_plan(m, out);
	vrd_buf_printf(out, "\n%s: %s\n", vrd_msg(VRD_MSG_LIBRARY_THEME, lib->lang),
	               vrd_template_theme(m, lib->lang));
	vrd_buf_printf(out, "%s: ", vrd_msg(VRD_MSG_LIBRARY_KIND, lib->lang));
	vrd_template_put_kinds(m, lib->lang, out);
	vrd_buf_putc(out, '\n');
}

static void put_measure(const library *lib, const vrd_template *m, vrd_buf *out) {
	const vrd_node *assumptions = vrd_node_get(m->node, "assumptions"),
	               *resource = vrd_node_get(m->node, "resource");
	vrd_buf_printf(out, "%s (%s)\n", vrd_template_text(m, "label", lib->lang), m->id);
	vrd_buf_printf(out, "%s\n\n", vrd_msg(VRD_MSG_LIBRARY_UNVERIFIED, lib->lang));
	put_facts(lib, m, out);
	vrd_page_heading(out, vrd_msg(VRD_MSG_LIBRARY_MECHANISM, lib->lang));
	vrd_page_paragraph(out, vrd_template_text(m, "mechanism", lib->lang), 2, 80);
	vrd_page_heading(out, vrd_msg(VRD_MSG_LIBRARY_EVIDENCE, lib->lang));
	vrd_page_paragraph(out, vrd_template_text(m, "evidence_needed", lib->lang), 2, 80);
	if (resource) {
		vrd_page_heading(out, vrd_msg(VRD_MSG_LIBRARY_CHANGES, lib->lang));
		vrd_page_paragraph(out, vrd_template_text(m, "resource", lib->lang), 2, 80);
	}
	if (assumptions->n) {
		vrd_page_heading(out, vrd_msg(VRD_MSG_LIBRARY_ASSUMPTIONS, lib->lang));
		vrd_buf_puts(out, "  ");
		vrd_buf_add(out, m->bytes + assumptions->from, m->len - assumptions->from);
	}
}

static vrd_status show(const library *lib, const char *id) {
	static const char *const formats[] = {"text", "yaml"};
	vrd_status rc = VRD_OK;
	vrd_buf out = {0};
	const vrd_template *m;
	const vrd_opt_value *format = vrd_cli_opt(lib->cli, "format");
	const char *name = format->given ? format->text : "text";
	VRD_TRY(vrd_template_find(lib->n, lib->measures, id, &m, lib->cli->err));
	if (strcmp(name, formats[1]) == 0)
		vrd_buf_add(&out, m->bytes, m->len);
	else if (strcmp(name, formats[0]) == 0)
		put_measure(lib, m, &out);
	else
		VRD_TRY(vrd_fail(lib->cli->err, VRD_USAGE,
		                 "there is no format \"%s\"; formats are text and yaml", name));
	VRD_TRY(vrd_cli_print(&out, lib->cli->err));
out:
	vrd_buf_free(&out);
	return rc;
}

static vrd_status add(const library *lib, const char *dir, const char *scenario, const char *id) {
	vrd_status rc = VRD_OK;
	vrd_cli *cli = lib->cli;
	vrd_region *region;
	vrd_diag diag;
	vrd_buf out = {0};
	const vrd_template *m;
	bool written = false;
	vrd_diag_init(&diag, cli->mem, 0);
	VRD_TRY(vrd_template_find(lib->n, lib->measures, id, &m, cli->err));
	rc = vrd_region_open_in(cli->mem, dir, vrd_cli_opt(cli, "lang")->text, &region, &diag,
	                        cli->err);
	if (rc == VRD_OK)
		rc = vrd_template_add(region, scenario, m, &written, &diag, cli->err);
	vrd_cli_problems(&diag, 0, false);
	if (rc != VRD_OK && written)
		rc = vrd_fail(cli->err, rc,
		              "\"%s\" is added to scenarios/%s.yaml, but does not fit this region "
		              "yet: correct what is told above there",
		              id, scenario);
	else if (rc == VRD_CONFIG && diag.n_errors > 0)
		rc = vrd_fail(
		        cli->err, rc,
		        "\"%s\" is not added to scenarios/%s.yaml: with it the scenario would "
		        "be wrong as told above",
		        id, scenario);
	VRD_TRY(rc);
	vrd_buf_printf(&out, "scenarios/%s.yaml: + %s\n%s\n%s\n", scenario, id,
	               vrd_msg(VRD_MSG_LIBRARY_UNVERIFIED, region->lang),
	               vrd_msg(VRD_MSG_LIBRARY_FILL_IN, region->lang));
	VRD_TRY(vrd_cli_print(&out, cli->err));
out:
	vrd_buf_free(&out);
	return rc;
}

static vrd_status usage(vrd_err *err) {
	return vrd_fail(err, VRD_USAGE,
	                "measures takes nothing (a list), \"show ID\" or \"add DIR SCENARIO ID\"; "
	                "see `varde help measures`");
}

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	library lib = {.cli = cli, .lang = VRD_NB};
	const size_t n = cli->options->n_arguments;
	const char *const *words = cli->options->arguments, *lang = vrd_cli_opt(cli, "lang")->text;
	if (lang && !vrd_lang_parse(vrd_str_of(lang), &lib.lang))
		VRD_TRY(vrd_fail(cli->err, VRD_USAGE,
		                 "there is no language \"%s\"; write nb, nn or en", lang));
	VRD_TRY(vrd_templates_read(cli->mem, &lib.measures, &lib.n, cli->err));
	if (n == 0)
		rc = list(&lib);
	else if (n == 2 && strcmp(words[0], "show") == 0)
		rc = show(&lib, words[1]);
	else if (n == 4 && strcmp(words[0], "add") == 0)
		rc = add(&lib, words[1], words[2], words[3]);
	else
		rc = usage(cli->err);
out:
	return rc;
}

const vrd_cli_entry vrd_cmd_measures = {
        .command = {.name = "measures",
                    .arguments = "[show ID | add DIR SCENARIO ID]",
                    .min_arguments = 0,
                    .max_arguments = 4,
                    .summary = "List measures that a plan may name, and add one to a scenario",
                    .description =
                            "The library has a template for each measure: how it works, which "
                            "services, forms of care and ages it selects, and what would have to "
                            "be known. Values are neutral or marked as illustrative; none is "
                            "verified.\n\n"
                            "Without arguments: id, sections of the plan, kinds of assumption and "
                            "label. A measure that changes working time only has no assumptions "
                            "yet.\n\n"
                            "show ID prints one; add DIR SCENARIO ID puts its assumptions at the "
                            "end of a scenario, as drafts that do nothing until somebody sets an "
                            "interval, and says why: rationale, source, owner and date are left "
                            "out. How it works and what must be known stand above as comments. "
                            "Codes that the region does not have are told with their line; a "
                            "measure that does not fit what is there is not added.",
                    .options = options,
                    .n_options = sizeof options / sizeof *options,
                    .examples = "varde measures\tlist them\n"
                                "varde measures show home-hospital --lang en\twhat it is\n"
                                "varde measures add my-region main home-hospital\tto a scenario"},
        .run = run};
