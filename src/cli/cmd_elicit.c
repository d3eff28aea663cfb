#include "cli/cli.h"

#include "base/file.h"
#include "cli/actions.h"
#include "cli/cube_out.h"
#include "cli/elicit_show.h"
#include "cli/words.h"
#include "cube/messages.h"
#include "cube/xlsx.h"
#include "region/elicit.h"
#include "region/versions.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static const vrd_option options[] = {
        {"round", 'r', VRD_OPT_INT, "1|2",
         "Round of questions, answers or what is shown; apply and calibration take the last one "
         "that each question was answered in.",
         1, VRD_ELICIT_ROUNDS},
        {"output", 'o', VRD_OPT_TEXT, "FILE", "Write to a file (needed for xlsx).", 0, 0},
        {"excel", 0, VRD_OPT_FLAG, NULL,
         "questions: CSV for Norwegian Excel (semicolon, decimal comma, BOM).", 0, 0},
        {"dry-run", 'n', VRD_OPT_FLAG, NULL, "answers: check, and write nothing.", 0, 0},
        {"anonymous", 0, VRD_OPT_FLAG, NULL, "show: experts by number.", 0, 0},
        {"format", 'f', VRD_OPT_TEXT, "table|csv|json|xlsx",
         "Of show and calibration (default: table; calibration has no xlsx).", 0, 0},
        {"assumption", 'a', VRD_OPT_LIST, "ID",
         "apply: this assumption; may be given many times (default: all that are answered).", 0, 0},
        {"method", 'm', VRD_OPT_TEXT, "linear|quantile",
         "apply: linear opinion pool, which keeps disagreement (default), or quantile averaging, "
         "which is narrower.",
         0, 0},
        {"why", 0, VRD_OPT_TEXT, "TEXT", "apply: reason that stands in the scenario's log.", 0, 0},
        {"who", 0, VRD_OPT_TEXT, "NAME",
         "Author that stands in the log (default: VARDE_USER, else the user).", 0, 0},
        {"lang", 0, VRD_OPT_TEXT, "LANG", "nb, nn or en (default: the region's).", 0, 0},
};

// What every action gets.
typedef struct {
	vrd_cli *cli;
	vrd_region *region;
	vrd_diag *diag;
	const char *name, *file, *format;
	size_t round; // 0: not said
	vrd_scenario scenario;
	size_t n_questions, n_answers;
	const vrd_question *questions;
	const vrd_answer *answers;
} action;

static const char *text_of(const action *a, const char *option) {
	return vrd_cli_opt(a->cli, option)->text;
}

static bool given(const action *a, const char *option) {
	return vrd_cli_opt(a->cli, option)->given;
}

static vrd_status read_all(action *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->cli->err;
	const size_t before = a->diag->n_errors;
	VRD_TRY(vrd_scenario_read(a->region, a->name, &a->scenario, a->diag, err));
	VRD_TRY(vrd_elicit_questions(a->region, &a->scenario, &a->questions, &a->n_questions,
	                             a->diag, err));
	VRD_TRY(vrd_elicit_read(a->region, a->name, &a->answers, &a->n_answers, a->diag, err));
	if (a->diag->n_errors > before)
		VRD_TRY(vrd_diag_fail(a->diag, VRD_DATA, err));
out:
	return rc;
}

static vrd_status read_file(const action *a, const char **bytes, size_t *len) {
	return vrd_file_read(a->cli->mem, a->file, a->region->max_input_bytes, bytes, len,
	                     a->cli->err);
}

// --- questions ----------------------------------------------------------------------------------

// The judgement of every question in one round.
static vrd_status judge_round(const action *a, size_t round, vrd_judgement *out, size_t stride) {
	vrd_status rc = VRD_OK;
	for (size_t i = 0; i < a->n_questions; i++)
		VRD_TRY(vrd_elicit_judge(a->region, &a->questions[i], round, a->answers,
		                         a->n_answers, &out[i * stride], a->diag, a->cli->err));
out:
	return rc;
}

static vrd_status do_questions(action *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->cli->err;
	vrd_judgement *shown = NULL;
	vrd_buf out = {0};
	VRD_TRY(read_all(a));
	if (a->n_questions == 0)
		VRD_TRY(vrd_fail(err, VRD_NOINPUT, "%s has no assumptions to ask about", a->name));
	if (a->round == 2) {
		if (vrd_elicit_experts(a->answers, a->n_answers, 1) == 0)
			VRD_TRY(vrd_fail(
			        err, VRD_NOINPUT,
			        "round 1 of %s has no answers that round 2 could show; ask "
			        "round 1 first",
			        a->name));
		VRD_TRY(VRD_NEW(a->cli->mem, shown, a->n_questions));
		VRD_TRY(judge_round(a, 1, shown, 1));
	}
	vrd_elicit_questions_csv(a->region, a->name, a->questions, a->n_questions, shown,
	                         given(a, "excel"), &out);
	VRD_TRY(vrd_cli_write_text(a->cli, &out));
out:
	return rc;
}

// --- answers ------------------------------------------------------------------------------------

static vrd_status say_answers(const action *a, const vrd_answer *answers, size_t n, bool written) {
	const vrd_lang lang = a->region->lang;
	const size_t experts = vrd_elicit_experts(answers, n, 0);
	vrd_buf out = {0};
	vrd_buf who = {0};
	char count[32], number[32], round[32];
	(void)snprintf(count, sizeof count, "%zu", n);
	(void)snprintf(number, sizeof number, "%zu", experts);
	(void)snprintf(round, sizeof round, "%zu", a->round);
	const char *const number_args[] = {number};
	vrd_msg_put(&who, experts == 1 ? VRD_MSG_ELI_EXPERT : VRD_MSG_ELI_EXPERTS, lang, 1,
	            number_args);
	const char *const args[] = {count, who.p ? who.p : "", round};
	vrd_msg_put(&out, written ? VRD_MSG_ELI_ACCEPTED : VRD_MSG_ELI_WOULD, lang, 3, args);
	vrd_buf_putc(&out, '\n');
	vrd_buf_free(&who);
	return vrd_cli_print(&out, a->cli->err);
}

static vrd_status do_answers(action *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->cli->err;
	const vrd_answer *answers;
	const char *bytes;
	size_t n, len;
	const bool dry = given(a, "dry-run");
	if (a->round == 0)
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "say which round the answers belong to: --round 1 or --round 2"));
	VRD_TRY(read_all(a));
	VRD_TRY(read_file(a, &bytes, &len));
	VRD_TRY(vrd_elicit_check_csv(a->region, a->name, a->questions, a->n_questions, a->answers,
	                             a->n_answers, a->round, bytes, len, a->file, &answers, &n,
	                             a->diag, err));
	if (!dry)
		VRD_TRY(vrd_elicit_append(a->region, a->name, answers, n, text_of(a, "who"), err));
	VRD_TRY(say_answers(a, answers, n, !dry));
out:
	return rc;
}

// --- show ---------------------------------------------------------------------------------------

static const char *const formats[] = {"table", "csv", "json", "xlsx"};

static vrd_status write_workbook(const action *a, const vrd_elicit_view *view) {
	vrd_status rc = VRD_OK;
	vrd_cube cube;
	if (!given(a, "output"))
		VRD_TRY(vrd_fail(a->cli->err, VRD_USAGE,
		                 "xlsx needs a file: --output answers.xlsx"));
	VRD_TRY(vrd_elicit_show_cube(view, a->cli->mem, &cube, a->cli->err));
	VRD_TRY(vrd_xlsx_write(&cube, text_of(a, "output"), a->cli->err));
out:
	return rc;
}

static vrd_status do_show(action *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->cli->err;
	vrd_judgement *judgements;
	vrd_buf out = {0};
	VRD_TRY(vrd_cli_check_format(a->format, 4, formats, a->cli->err));
	VRD_TRY(read_all(a));
	VRD_TRY(VRD_NEW(a->cli->mem, judgements, a->n_questions * VRD_ELICIT_ROUNDS));
	for (size_t round = 1; round <= VRD_ELICIT_ROUNDS; round++)
		if (a->round == 0 || a->round == round)
			VRD_TRY(judge_round(a, round, &judgements[round - 1], VRD_ELICIT_ROUNDS));
	const vrd_elicit_view view = {a->region,    &a->scenario, a->n_questions,
	                              a->questions, judgements,   given(a, "anonymous")};
	if (strcmp(a->format, "xlsx") == 0) {
		VRD_TRY(write_workbook(a, &view));
		goto out;
	}
	if (strcmp(a->format, "table") == 0)
		vrd_elicit_show_text(&view, &out);
	else
		VRD_TRY(vrd_elicit_show_rows(&view, a->cli->mem, strcmp(a->format, "json") == 0,
		                             &out, err));
	VRD_TRY(vrd_cli_write_text(a->cli, &out));
out:
	vrd_buf_free(&out);
	return rc;
}

// --- apply --------------------------------------------------------------------------------------

static bool is_wanted(const action *a, const char *id) {
	const vrd_opt_value *wanted = vrd_cli_opt(a->cli, "assumption");
	for (size_t i = 0; i < wanted->n_list; i++)
		if (strcmp(wanted->list[i], id) == 0)
			return true;
	return wanted->n_list == 0;
}

// The judgements to apply: of the round that was said, else each question's last one.
static vrd_status judge_wanted(const action *a, vrd_judgement *out, size_t *n) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->cli->err;
	const vrd_opt_value *wanted = vrd_cli_opt(a->cli, "assumption");
	size_t unused, count = 0;
	for (size_t i = 0; i < wanted->n_list; i++)
		VRD_TRY(vrd_elicit_find(a->questions, a->n_questions, wanted->list[i], &unused,
		                        err));
	for (size_t i = 0; i < a->n_questions; i++) {
		const vrd_question *q = &a->questions[i];
		if (!is_wanted(a, q->id))
			continue;
		if (a->round)
			VRD_TRY(vrd_elicit_judge(a->region, q, a->round, a->answers, a->n_answers,
			                         &out[count], a->diag, err));
		else
			VRD_TRY(vrd_elicit_judge_last(a->region, q, a->answers, a->n_answers,
			                              &out[count], a->diag, err));
		if (out[count].n == 0 && wanted->n_list)
			VRD_TRY(vrd_fail(
			        err, VRD_NOINPUT,
			        "nobody has answered \"%s\"%s, so there is nothing to apply", q->id,
			        a->round ? " in that round" : ""));
		count += out[count].n > 0;
	}
	if (count == 0)
		VRD_TRY(vrd_fail(err, VRD_NOINPUT,
		                 "nobody has answered%s, so there is nothing to apply: `varde "
		                 "elicit %s answers %s FILE.csv --round 1`",
		                 a->round ? " in that round" : "", a->region->dir, a->name));
	*n = count;
out:
	return rc;
}

static vrd_status do_apply(action *a) {
	vrd_status rc = VRD_OK;
	vrd_err *err = a->cli->err;
	vrd_pool_method method = VRD_POOL_LINEAR;
	vrd_judgement *judgements;
	vrd_buf text = {0}, said = {0};
	size_t n;
	char date[11];
	const char *word = text_of(a, "method");
	if (word && !vrd_pool_method_parse(vrd_str_of(word), &method))
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "there is no method \"%s\"; methods are linear and quantile",
		                 word));
	VRD_TRY(read_all(a));
	VRD_TRY(VRD_NEW(a->cli->mem, judgements, a->n_questions));
	VRD_TRY(judge_wanted(a, judgements, &n));
	VRD_TRY(vrd_cli_today(date, err));
	VRD_TRY(vrd_elicit_apply(a->region, &a->scenario, judgements, n, method, date, &text, err));
	VRD_TRY(vrd_scenario_write(a->region, a->name, text.p, text.n, false, text_of(a, "who"),
	                           "elicit", text_of(a, "why"), a->diag, err));
	VRD_TRY(vrd_scenario_diff(a->cli->mem, a->scenario.bytes, a->scenario.n_bytes, text.p,
	                          text.n, &said, err));
	VRD_TRY(vrd_cli_print(&said, err));
out:
	vrd_buf_free(&said);
	vrd_buf_free(&text);
	return rc;
}

// --- calibration --------------------------------------------------------------------------------

static vrd_status do_calibration(action *a) {
	vrd_status rc = VRD_OK;
	const vrd_calibrated *rows;
	const char *bytes;
	size_t n, len;
	vrd_buf out = {0};
	VRD_TRY(vrd_cli_check_format(a->format, 3, formats, a->cli->err));
	VRD_TRY(read_all(a));
	VRD_TRY(read_file(a, &bytes, &len));
	VRD_TRY(vrd_elicit_calibrate(a->region, a->questions, a->n_questions, a->answers,
	                             a->n_answers, a->round, bytes, len, a->file, &rows, &n,
	                             a->diag, a->cli->err));
	if (n == 0)
		VRD_TRY(vrd_fail(a->cli->err, VRD_NOINPUT,
		                 "no expert has answered an assumption that %s has a fact about",
		                 a->file));
	VRD_TRY(vrd_elicit_show_calibration(rows, n, a->region->lang, a->format, a->cli->mem, &out,
	                                    a->cli->err));
	VRD_TRY(vrd_cli_write_text(a->cli, &out));
out:
	vrd_buf_free(&out);
	return rc;
}

// --- the command --------------------------------------------------------------------------------

static const vrd_cli_action actions[] = {
        {"questions", " SCENARIO", 1, 1},
        {"answers", " SCENARIO FILE.csv --round 1|2", 2, 2},
        {"show", " SCENARIO", 1, 1},
        {"apply", " SCENARIO", 1, 1},
        {"calibration", " SCENARIO FACTS.csv", 2, 2},
};
enum { N_ACTIONS = sizeof actions / sizeof *actions };
static vrd_status (*const do_action[N_ACTIONS])(action *a) = {do_questions, do_answers, do_show,
                                                              do_apply, do_calibration};

static const vrd_cli_action_option belongs[] = {
        {"output", "questions, show, calibration"},
        {"excel", "questions"},
        {"dry-run", "answers"},
        {"anonymous", "show"},
        {"format", "show, calibration"},
        {"assumption", "apply"},
        {"method", "apply"},
        {"why", "apply"},
        {"who", "answers, apply"},
};

static vrd_status run(vrd_cli *cli) {
	vrd_status rc = VRD_OK;
	vrd_region *region;
	vrd_diag diag;
	size_t i = 0;
	VRD_TRY(vrd_cli_find_action(cli, N_ACTIONS, actions, sizeof belongs / sizeof *belongs,
	                            belongs, &i));
	VRD_TRY(vrd_cli_open(cli, &region, &diag));
	const size_t told = diag.n;
	const vrd_opt_value *round = vrd_cli_opt(cli, "round"),
	                    *format = vrd_cli_opt(cli, "format");
	action a = {.cli = cli,
	            .region = region,
	            .diag = &diag,
	            .name = vrd_cli_argument(cli, 2),
	            .file = actions[i].most > 1 ? vrd_cli_argument(cli, 3) : "",
	            .format = format->given ? format->text : "table",
	            .round = round->given ? (size_t)round->number : 0};
	rc = do_action[i](&a);
	vrd_cli_problems(&diag, told, false);
out:
	return rc;
}

const vrd_cli_entry vrd_cmd_elicit = {
        .command =
                {.name = "elicit",
                 .arguments = "DIR ACTION SCENARIO [FILE]",
                 .min_arguments = 3,
                 .max_arguments = 4,
                 .summary = "Ask experts about a scenario's assumptions, in two rounds",
                 .description =
                         "ACTION is one of: questions (a CSV file with a question for each "
                         "assumption and empty columns expert, p10, p50, p90 and comment; with "
                         "--round 2 also what round 1 said, without names), answers (reads such a "
                         "file), show (every interval as a bar, both ways of pooling, disagreement "
                         "and reasons), apply (writes the pooled distribution into the scenario, "
                         "with the reasons by role), calibration (how often facts, in a CSV file "
                         "with columns assumption and value, fell inside each expert's interval).\n"
                         "\n"
                         "A file of answers is taken whole or not at all, and every bad row is "
                         "told with its rule. Write roles, not names: what is accepted stays for "
                         "good in log/elicit-SCENARIO.jsonl. Answers are in the unit of the "
                         "question: five per cent is 5.",
                 .options = options,
                 .n_options = sizeof options / sizeof *options,
                 .examples = "varde elicit my-region questions main --excel -o round-1.csv\t"
                             "Questions to send\n"
                             "varde elicit my-region answers main geriatrician.csv --round 1\t"
                             "Answers that came back\n"
                             "varde elicit my-region questions main --round 2 -o round-2.csv\t"
                             "The second round\n"
                             "varde elicit my-region show main --anonymous\tFor the discussion\n"
                             "varde elicit my-region apply main --why \"workshop\"\t"
                             "Into the scenario\n"},
        .run = run,
};
