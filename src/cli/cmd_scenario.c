#include "cli/cli.h"

#include "cli/actions.h"
#include "cli/scenario_table.h"
#include "cube/messages.h"
#include "region/versions.h"
#include "region/yaml_edit.h"

#include <stdio.h>
#include <string.h>

static const vrd_option options[] = {
        {"why", 0, VRD_OPT_TEXT, "TEXT", "Reason that stands in the log; unlock needs one.", 0, 0},
        {"who", 0, VRD_OPT_TEXT, "NAME",
         "Author that stands in the log (default: VARDE_USER, else the user).", 0, 0},
        {"format", 'f', VRD_OPT_TEXT, "table|csv|json", "Of list, show and log (default: table).",
         0, 0},
        {"lang", 0, VRD_OPT_TEXT, "LANG", "nb, nn or en (default: the region's).", 0, 0},
};

// What every action gets.
typedef struct {
	vrd_cli *cli;
	vrd_region *region;
	vrd_diag *diag;
	const char *name, *who, *why;
} action;

static const char *extra(const action *a, size_t i) {
	return a->cli->options->n_arguments > 3 + i ? vrd_cli_argument(a->cli, 3 + i) : NULL;
}

static vrd_status say(const action *a, vrd_msg_key key, size_t n, const char *const *args) {
	vrd_buf out = {0};
	vrd_msg_put(&out, key, a->region->lang, n, args);
	vrd_buf_putc(&out, '\n');
	return vrd_cli_print(&out, a->cli->err);
}

static vrd_status say_number(const action *a, vrd_msg_key key, size_t number) {
	const char *text = vrd_arena_printf(a->cli->mem, "%zu", number);
	if (!text)
		return vrd_no_memory(a->cli->err, a->cli->mem, 32, 1);
	const char *const args[] = {a->name, text};
	return say(a, key, 2, args);
}

static vrd_status read_versions(const action *a, const vrd_version **versions, size_t *n) {
	vrd_status rc = VRD_OK;
	VRD_TRY(vrd_versions_read(a->region, a->name, versions, n, a->diag, a->cli->err));
	VRD_TRY(vrd_diag_fail(a->diag, VRD_DATA, a->cli->err));
out:
	return rc;
}

// The version that a command names.
static vrd_status find_version(const action *a, const char *text, const vrd_version **out) {
	vrd_status rc = VRD_OK;
	const vrd_version *versions;
	size_t n;
	int64_t number = 0;
	VRD_TRY(read_versions(a, &versions, &n));
	if (!vrd_parse_int64(vrd_str_of(text), &number))
		VRD_TRY(vrd_fail(a->cli->err, VRD_USAGE,
		                 "\"%s\" is not the number of a version: write 1 to %zu", text, n));
	if (number < 1 || (size_t)number > n)
		VRD_TRY(vrd_fail(a->cli->err, VRD_NOINPUT,
		                 "%s has no version %lld: %zu %s recorded (`varde scenario %s log "
		                 "%s`)",
		                 a->name, (long long)number, n, n == 1 ? "is" : "are",
		                 a->region->dir, a->name));
	*out = &versions[number - 1];
out:
	return rc;
}

// --- looking ------------------------------------------------------------------------------------

static vrd_status do_list(const action *a) {
	return vrd_scenario_list_table(a->cli, a->region);
}

static vrd_status do_show(const action *a) {
	vrd_status rc = VRD_OK;
	vrd_scenario scenario;
	VRD_TRY(vrd_scenario_read(a->region, a->name, &scenario, a->diag, a->cli->err));
	VRD_TRY(vrd_scenario_is_for_people(a->cli)
	                ? vrd_scenario_page(a->cli, a->region, &scenario)
	                : vrd_scenario_assumptions_table(a->cli, a->region, &scenario));
out:
	return rc;
}

// What stands before a break is shown, and then the break is told.
static vrd_status do_log(const action *a) {
	vrd_status rc = VRD_OK;
	const vrd_version *versions;
	const char *text;
	size_t n, len;
	VRD_TRY(vrd_scenario_bytes(a->region, a->name, &text, &len, a->cli->err));
	VRD_TRY(vrd_versions_read(a->region, a->name, &versions, &n, a->diag, a->cli->err));
	VRD_TRY(vrd_scenario_versions_table(a->cli, a->region, versions, n));
	VRD_TRY(vrd_diag_fail(a->diag, VRD_DATA, a->cli->err));
out:
	return rc;
}

// Which texts are compared, then their lines, or that there are none in the region's language.
static vrd_status print_diff(const action *a, const vrd_version *old, const vrd_version *new,
                             vrd_str lines) {
	const vrd_lang lang = a->region->lang;
	vrd_buf out = {0};
	char numbers[2][24] = {"", ""};
	(void)snprintf(numbers[0], sizeof numbers[0], "%zu", old->number);
	if (new)
		(void)snprintf(numbers[1], sizeof numbers[1], "%zu", new->number);
	const char *const args[] = {a->name, numbers[0], numbers[1]};
	vrd_msg_put(&out, new ? VRD_MSG_SCN_DIFF_VERSIONS : VRD_MSG_SCN_DIFF_FILE, lang,
	            new ? 3 : 2, args);
	vrd_buf_putc(&out, '\n');
	if (vrd_str_eq(lines, vrd_str_of("no difference\n")))
		vrd_buf_printf(&out, "%s\n", vrd_msg(VRD_MSG_SCN_DIFF_NONE, lang));
	else if (vrd_str_eq(lines, vrd_str_of("no difference in meaning\n")))
		vrd_buf_printf(&out, "%s\n", vrd_msg(VRD_MSG_SCN_DIFF_MEANING, lang));
	else
		vrd_buf_add(&out, lines.p, lines.n);
	return vrd_cli_print(&out, a->cli->err);
}

static vrd_status do_diff(const action *a) {
	vrd_status rc = VRD_OK;
	vrd_buf out = {0};
	const vrd_version *versions, *old = NULL, *new = NULL;
	const char *text;
	size_t n, len;
	VRD_TRY(vrd_scenario_bytes(a->region, a->name, &text, &len, a->cli->err));
	VRD_TRY(read_versions(a, &versions, &n));
	if (n == 0)
		VRD_TRY(vrd_fail(a->cli->err, VRD_NOINPUT,
		                 "%s has no versions yet: `varde scenario %s save %s`", a->name,
		                 a->region->dir, a->name));
	old = &versions[n - 1];
	if (extra(a, 0))
		VRD_TRY(find_version(a, extra(a, 0), &old));
	if (extra(a, 1))
		VRD_TRY(find_version(a, extra(a, 1), &new));
	VRD_TRY(vrd_scenario_diff(a->cli->mem, old->text, old->len, new ? new->text : text,
	                          new ? new->len : len, &out, a->cli->err));
	VRD_TRY(print_diff(a, old, new, (vrd_str){out.p, out.n}));
out:
	vrd_buf_free(&out);
	return rc;
}

// --- changing -----------------------------------------------------------------------------------

static vrd_status write_text(const action *a, const char *text, size_t len, bool unlocking,
                             const char *what, const char *why) {
	return vrd_scenario_write(a->region, a->name, text, len, unlocking, a->who, what, why,
	                          a->diag, a->cli->err);
}

static vrd_status do_save(const action *a) {
	vrd_status rc = VRD_OK;
	const vrd_version *versions;
	size_t number, before;
	const bool reason = a->why && vrd_str_trim(vrd_str_of(a->why)).n > 0;
	VRD_TRY(read_versions(a, &versions, &before));
	VRD_TRY(vrd_version_record(a->region, a->name, a->who, "save", a->why, &number,
	                           a->cli->err));
	if (number == before && reason)
		VRD_TRY(vrd_version_note(a->region, a->name, number, a->who, a->why, a->cli->err));
	VRD_TRY(say_number(a,
	                   number > before ? VRD_MSG_SCN_IS_VERSION
	                   : reason        ? VRD_MSG_SCN_IS_NOTED
	                                   : VRD_MSG_SCN_IS_SAVED,
	                   number));
out:
	return rc;
}

static vrd_status do_restore(const action *a) {
	vrd_status rc = VRD_OK;
	const vrd_version *version, *versions;
	size_t n;
	char number[32];
	VRD_TRY(find_version(a, extra(a, 0), &version));
	(void)snprintf(number, sizeof number, "%zu", version->number);
	const char *why = a->why ? a->why : vrd_arena_printf(a->cli->mem, "version %s", number);
	VRD_TRY(write_text(a, version->text, version->len, false, "restore", why));
	VRD_TRY(read_versions(a, &versions, &n));
	const char *now = vrd_arena_printf(a->cli->mem, "%zu", n);
	const char *const args[] = {a->name, number, now ? now : ""};
	VRD_TRY(say(a, VRD_MSG_SCN_IS_RESTORED, 3, args));
out:
	return rc;
}

// The scenario's text with another status, and for a copy another name and label.
static vrd_status with_status(const action *a, const vrd_scenario *s, const char *status,
                              const char *name, vrd_buf *out) {
	vrd_status rc = VRD_OK;
	vrd_buf quoted = {0}, label = {0}, quoted_label = {0};
	const char *const args[] = {s->label};
	const bool copy = strcmp(name, s->name) != 0;
	vrd_yaml_put_scalar(&quoted, name);
	vrd_msg_put(&label, VRD_MSG_SCN_COPY_OF, a->region->lang, 1, args);
	vrd_yaml_put_scalar(&quoted_label, label.p ? label.p : "");
	const vrd_yaml_change changes[] = {
	        {s->node, "status", status},
	        {s->node, "name", quoted.p ? quoted.p : ""},
	        {s->node, "label", quoted_label.p ? quoted_label.p : ""}};
	VRD_TRY(vrd_yaml_edit(a->cli->mem, s->bytes, s->n_bytes, copy ? 3 : 1, changes, out,
	                      a->cli->err));
out:
	vrd_buf_free(&quoted);
	vrd_buf_free(&label);
	vrd_buf_free(&quoted_label);
	return rc;
}

// One line for all that nobody has agreed on.
static void warn_of_drafts(const action *a, const vrd_scenario *s, const vrd_node *list) {
	enum { MOST_NAMED = 5 };
	vrd_buf drafts = {0};
	size_t n = 0;
	for (size_t i = 0; list && i < list->n; i++) {
		if (strcmp(vrd_node_text(&list->items[i], "status", ""), "draft") != 0)
			continue;
		if (n < MOST_NAMED)
			vrd_buf_printf(&drafts, "%s%s", n ? ", " : "",
			               vrd_node_text(&list->items[i], "id", ""));
		n++;
	}
	if (n > MOST_NAMED)
		vrd_buf_printf(&drafts, " and %zu more", n - MOST_NAMED);
	if (n > 0)
		vrd_diag_add(a->diag, VRD_WARNING, (vrd_place){.file = s->file}, "scenario.draft",
		             "agree on them, and write status: agreed",
		             "%zu of %zu assumptions are drafts in a scenario that is locked: %s",
		             n, list->n, drafts.p ? drafts.p : "");
	vrd_buf_free(&drafts);
}

// Every assumption has a reason before it binds anybody.
static vrd_status check_evidence(const action *a, const vrd_scenario *s) {
	const vrd_node *list = vrd_node_get(s->node, "assumptions");
	size_t n = 0;
	for (size_t i = 0; list && i < list->n; i++) {
		const vrd_node *item = &list->items[i];
		const char *id = vrd_node_text(item, "id", "");
		if (!vrd_scenario_says(item, "rationale")) {
			vrd_diag_add(a->diag, VRD_ERROR, item->place, "scenario.rationale",
			             "add rationale: why it is so", "\"%s\" has no rationale", id);
			n++;
		}
	}
	if (n == 0)
		warn_of_drafts(a, s, list);
	return n == 0 ? VRD_OK
	              : vrd_fail(a->cli->err, VRD_CONFIG,
	                         "%s is not locked: %zu assumption%s no rationale", a->name, n,
	                         n == 1 ? " has" : "s have");
}

static vrd_status do_lock(const action *a) {
	vrd_status rc = VRD_OK;
	vrd_scenario s;
	const vrd_version *versions;
	vrd_buf text = {0};
	size_t n;
	VRD_TRY(vrd_scenario_read(a->region, a->name, &s, a->diag, a->cli->err));
	VRD_TRY(vrd_diag_fail(a->diag, VRD_CONFIG, a->cli->err));
	VRD_TRY(read_versions(a, &versions, &n));
	const vrd_version *lock = vrd_versions_lock(versions, n);
	if (lock)
		VRD_TRY(vrd_fail(a->cli->err, VRD_CONFIG, "%s is locked already, as version %zu",
		                 a->name, lock->number));
	VRD_TRY(check_evidence(a, &s));
	if (s.locked) { // typed by hand
		VRD_TRY(vrd_version_record(a->region, a->name, a->who, "lock", a->why, &n,
		                           a->cli->err));
	} else {
		VRD_TRY(with_status(a, &s, "locked", s.name, &text));
		VRD_TRY(write_text(a, text.p, text.n, false, "lock", a->why));
		VRD_TRY(read_versions(a, &versions, &n));
	}
	VRD_TRY(say_number(a, VRD_MSG_SCN_IS_LOCKED, n));
out:
	vrd_buf_free(&text);
	return rc;
}

static vrd_status do_unlock(const action *a) {
	vrd_status rc = VRD_OK;
	vrd_scenario s;
	const vrd_version *versions;
	vrd_buf text = {0};
	size_t n;
	if (!a->why || vrd_str_trim(vrd_str_of(a->why)).n == 0)
		VRD_TRY(vrd_fail(a->cli->err, VRD_USAGE,
		                 "unlocking needs a reason that stands in the log: --why TEXT"));
	VRD_TRY(vrd_scenario_read(a->region, a->name, &s, a->diag, a->cli->err));
	VRD_TRY(vrd_diag_fail(a->diag, VRD_CONFIG, a->cli->err));
	VRD_TRY(read_versions(a, &versions, &n));
	if (!vrd_versions_lock(versions, n) && !s.locked)
		VRD_TRY(vrd_fail(a->cli->err, VRD_CONFIG, "%s is not locked", a->name));
	VRD_TRY(with_status(a, &s, "draft", s.name, &text));
	VRD_TRY(write_text(a, text.p, text.n, true, "unlock", a->why));
	VRD_TRY(read_versions(a, &versions, &n));
	VRD_TRY(say_number(a, VRD_MSG_SCN_IS_DRAFT, n));
out:
	vrd_buf_free(&text);
	return rc;
}

static vrd_status do_copy(const action *a) {
	vrd_status rc = VRD_OK;
	vrd_scenario s;
	vrd_buf text = {0};
	const char *new = extra(a, 0);
	VRD_TRY(vrd_scenario_read(a->region, a->name, &s, a->diag, a->cli->err));
	VRD_TRY(vrd_diag_fail(a->diag, VRD_CONFIG, a->cli->err));
	VRD_TRY(with_status(a, &s, s.locked ? "draft" : vrd_node_text(s.node, "status", NULL), new,
	                    &text));
	VRD_TRY(vrd_scenario_create(a->region, new, text.p, text.n, a->who, "copy",
	                            a->why ? a->why : a->name, a->diag, a->cli->err));
	const char *const args[] = {a->name, new};
	VRD_TRY(say(a, VRD_MSG_SCN_IS_COPIED, 2, args));
out:
	vrd_buf_free(&text);
	return rc;
}

// --- the command --------------------------------------------------------------------------------

static const vrd_cli_action actions[] = {
        {"list", "", 0, 0},
        {"show", " NAME", 1, 1},
        {"log", " NAME", 1, 1},
        {"diff", " NAME [V1 [V2]]", 1, 3},
        {"save", " NAME [--why TEXT]", 1, 1},
        {"restore", " NAME V", 2, 2},
        {"lock", " NAME", 1, 1},
        {"unlock", " NAME --why TEXT", 1, 1},
        {"copy", " NAME NEW", 2, 2},
};
enum { N_ACTIONS = sizeof actions / sizeof *actions };
static vrd_status (*const do_action[N_ACTIONS])(const action *a) = {
        do_list, do_show, do_log, do_diff, do_save, do_restore, do_lock, do_unlock, do_copy};

static const vrd_cli_action_option format_option = {"format", "list, show and log"};

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_region *region;
	vrd_diag diag;
	size_t i = 0;
	VRD_TRY(vrd_cli_find_action(cli, N_ACTIONS, actions, 1, &format_option, &i));
	VRD_TRY(vrd_scenario_check_format(cli));
	VRD_TRY(vrd_cli_open(cli, &region, &diag));
	const size_t told = diag.n;
	const action a = {.cli = cli,
	                  .region = region,
	                  .diag = &diag,
	                  .name = cli->options->n_arguments > 2 ? vrd_cli_argument(cli, 2) : "",
	                  .who = vrd_cli_opt(cli, "who")->text,
	                  .why = vrd_cli_opt(cli, "why")->text};
	rc = do_action[i](&a);
	vrd_cli_problems(&diag, told, false);
out:
	return rc;
}

const vrd_cli_entry vrd_cmd_scenario = {
        .command =
                {.name = "scenario",
                 .arguments = "DIR ACTION [NAME ...]",
                 .min_arguments = 2,
                 .max_arguments = 5,
                 .summary = "Show scenarios, their evidence and versions; save, lock, copy them",
                 .description =
                         "ACTION is one of: list (every scenario, and how many assumptions lack "
                         "rationale, source, owner or date), show NAME (its assumptions), log NAME "
                         "(its versions: who, when, why), diff NAME [V1 [V2]] (what differs in "
                         "meaning; by default the last version against the file), save NAME "
                         "(record the file as a version), restore NAME V, lock NAME (every "
                         "assumption needs a rationale), unlock NAME --why TEXT, copy NAME NEW.\n\n"
                         "The log of a scenario is log/scenario-NAME.jsonl. `varde run` records "
                         "what it computes, and does not run a locked scenario whose file was "
                         "changed. Each line of the log has the hash of the line before: `varde "
                         "check` tells when one was changed or removed. What the last line was is "
                         "kept in .varde/log-heads: without that folder, a last line that was "
                         "changed or removed does not show.\n\n"
                         "`varde help scenario` also has the keys of the file.",
                 .options = options,
                 .n_options = sizeof options / sizeof *options,
                 .examples =
                         "varde scenario my-region list\twhat there is, and what lacks reasons\n"
                         "varde scenario my-region diff main\twhat was changed since the last "
                         "version\n"
                         "varde scenario my-region save main --why 'After the seminar'\trecord "
                         "it\n"
                         "varde scenario my-region lock main --who 'Kari Nordmann'\tmake it "
                         "binding"},
        .run = run};
