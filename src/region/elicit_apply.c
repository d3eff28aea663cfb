// Pooled judgements as the text of a scenario: only the keys of the assumption that they decide are
// touched.
#include "region/elicit_parts.h"

#include "cube/messages.h"
#include "region/yaml_edit.h"

#include <string.h>

static const char *const methods[VRD_N_POOLS] = {"linear", "quantile"};

bool vrd_pool_method_parse(vrd_str text, vrd_pool_method *out) {
	for (vrd_pool_method m = 0; m < VRD_N_POOLS; m++)
		if (vrd_str_is(text, methods[m])) {
			*out = m;
			return true;
		}
	return false;
}

enum { n_keys = 10 };

typedef struct {
	vrd_region *region;
	vrd_pool_method method;
	const char *date;
	bool failed;
	vrd_err *err;
} applier;

// The buffer's text, owned by the region.
static const char *taken(applier *a, vrd_buf *buf) {
	const char *text =
	        buf->failed ? NULL
	                    : vrd_arena_strndup(a->region->mem, buf->p ? buf->p : "", buf->n);
	a->failed = a->failed || !text;
	vrd_buf_free(buf);
	return text ? text : "";
}

static const char *scalar(applier *a, vrd_buf *plain) {
	vrd_buf out = {0};
	vrd_yaml_put_scalar(&out, taken(a, plain));
	return taken(a, &out);
}

// --- the numbers --------------------------------------------------------------------------------

// Eight digits: more than anybody knows, and P10 <= P50 <= P90 stay so.
static double as_parameter(const vrd_question *q, double answer) {
	return vrd_elicit_tidy(answer / q->scale, 8);
}

static bool all_agree(const vrd_judgement *j) {
	const double x = j->answers[0].p50;
	for (size_t i = 0; i < j->n; i++)
		if (j->answers[i].p10 < x || j->answers[i].p90 > x)
			return false;
	return true;
}

static double pooled(const applier *a, const vrd_judgement *j, double u) {
	if (a->method == VRD_POOL_LINEAR)
		return vrd_pool_linear_quantile(j->n, j->dists, NULL, u);
	double sum = 0;
	for (size_t e = 0; e < j->n; e++)
		sum += vrd_dist_quantile(&j->dists[e], u);
	return sum / (double)j->n;
}

// Quantiles at which a pool is told when no metalog of three terms goes through it: its P10, P50 and
// P90 stay what they are.
static const double wide_u[] = {0.1, 0.25, 0.5, 0.75, 0.9};
enum { n_wide = 5 };

static bool fits_three(const vrd_question *q, const double x[3]) {
	vrd_dist dist;
	return vrd_dist_fit(VRD_DIST_METALOG, x[0], x[1], x[2], q->lower / q->scale,
	                    q->upper / q->scale, &dist, NULL) == VRD_OK;
}

static bool fits_wide(const applier *a, const vrd_judgement *j, double x[n_wide]) {
	const vrd_question *q = j->question;
	vrd_dist dist;
	for (size_t i = 0; i < n_wide; i++)
		x[i] = as_parameter(q, pooled(a, j, wide_u[i]));
	return vrd_dist_fit_quantiles(n_wide, wide_u, x, q->lower / q->scale, q->upper / q->scale,
	                              &dist, NULL) == VRD_OK;
}

static vrd_status infeasible(const applier *a, const vrd_judgement *j, const double x[3]) {
	return vrd_fail(a->err, VRD_DATA,
	                "\"%s\": no distribution goes through the pooled P10 %g, P50 %g and P90 %g "
	                "(disagreement %.2f): the experts believe in different worlds; discuss and "
	                "ask once more%s, or write values: [...] with weights: [...] by hand "
	                "[elicit.pool]",
	                j->question->id, x[0], x[1], x[2], j->disagreement,
	                a->method == VRD_POOL_LINEAR ? ", take --method quantile" : "");
}

static const char *list_of(applier *a, const double *x, size_t n) {
	char text[32];
	vrd_buf out = {0};
	for (size_t i = 0; i < n; i++) {
		vrd_format_double(x[i], text);
		vrd_buf_printf(&out, "%s%s", i ? ", " : n > 1 ? "[" : "", text);
	}
	vrd_buf_puts(&out, n > 1 ? "]" : "");
	return taken(a, &out);
}

// "{0.05: 0.02, ...}"
static const char *quantiles_of(applier *a, const double x[n_wide]) {
	char u[32], text[32];
	vrd_buf out = {0};
	for (size_t i = 0; i < n_wide; i++) {
		vrd_format_double(wide_u[i], u);
		vrd_format_double(x[i], text);
		vrd_buf_printf(&out, "%s%s: %s", i ? ", " : "{", u, text);
	}
	vrd_buf_putc(&out, '}');
	return taken(a, &out);
}

// The keys of the distribution; NULL: none of it.
static vrd_status distribution(applier *a, const vrd_judgement *j, const char **interval,
                               const char **word, const char **quantiles) {
	const vrd_pooled *p = a->method == VRD_POOL_LINEAR ? &j->linear : &j->quantile;
	const double x[3] = {as_parameter(j->question, p->p10), as_parameter(j->question, p->p50),
	                     as_parameter(j->question, p->p90)};
	double wide[n_wide];
	*interval = *word = *quantiles = NULL;
	if (all_agree(j) || (x[0] >= x[2])) {
		const double fixed =
		        as_parameter(j->question, all_agree(j) ? j->answers[0].p50 : p->p50);
		*interval = list_of(a, &fixed, 1);
	} else if (fits_three(j->question, x)) {
		*interval = list_of(a, x, 3);
		*word = "metalog";
	} else if (fits_wide(a, j, wide)) {
		*quantiles = quantiles_of(a, wide);
	} else {
		return infeasible(a, j, x);
	}
	return VRD_OK;
}

// --- the words ----------------------------------------------------------------------------------

// "The experts' reasons, round 2: geriatrician (5, 10, 20): why; ..."
static const char *rationale_of(applier *a, const vrd_judgement *j) {
	const char decimal = a->region->lang == VRD_EN ? '.' : ',';
	const vrd_str old = vrd_elicit_own_reasons(
	        vrd_str_of(vrd_node_text(j->question->node, "rationale", "")));
	vrd_buf out = {0};
	vrd_buf_add(&out, old.p, old.n);
	vrd_buf_printf(&out, "%s%s %zu: ", old.n ? " " : "",
	               vrd_msg(VRD_MSG_ELI_REASONS, a->region->lang), j->round);
	for (size_t i = 0; i < j->n; i++) {
		const vrd_answer *answer = &j->answers[i];
		const double x[] = {answer->p10, answer->p50, answer->p90};
		vrd_buf_printf(&out, "%s%s (", i ? "; " : "", answer->expert);
		for (size_t p = 0; p < 3; p++) {
			vrd_buf_puts(&out, p ? " – " : "");
			vrd_elicit_put_number(&out, x[p], decimal);
		}
		vrd_buf_printf(&out, ")%s%s", *answer->comment ? ": " : "", answer->comment);
	}
	return scalar(a, &out);
}

static const char *source_of(applier *a, const vrd_judgement *j) {
	const vrd_lang lang = a->region->lang;
	vrd_buf number = {0}, experts = {0}, round = {0}, out = {0};
	vrd_buf_printf(&number, "%zu", j->n);
	vrd_buf_printf(&round, "%zu", j->round);
	const char *const count[] = {taken(a, &number)};
	vrd_msg_put(&experts, j->n == 1 ? VRD_MSG_ELI_EXPERT : VRD_MSG_ELI_EXPERTS, lang, 1, count);
	const char *const args[] = {taken(a, &round), taken(a, &experts),
	                            vrd_msg_named("eli_method", methods[a->method], lang)};
	vrd_msg_put(&out, VRD_MSG_ELI_SOURCE, lang, 3, args);
	return scalar(a, &out);
}

// --- the text -----------------------------------------------------------------------------------

static void change(vrd_yaml_change *changes, size_t *n, const vrd_node *map, const char *key,
                   const char *value) {
	if (value || vrd_node_get(map, key))
		changes[(*n)++] = (vrd_yaml_change){map, key, value};
}

static vrd_status changes_of(applier *a, const vrd_judgement *j, vrd_yaml_change *changes,
                             size_t *n) {
	vrd_status rc = VRD_OK;
	const vrd_node *map = j->question->node;
	const char *interval, *word, *quantiles;
	vrd_buf date = {0};
	VRD_TRY(distribution(a, j, &interval, &word, &quantiles));
	change(changes, n, map, "interval", interval);
	change(changes, n, map, "distribution", word);
	change(changes, n, map, "quantiles", quantiles);
	change(changes, n, map, "values", NULL);
	change(changes, n, map, "weights", NULL);
	change(changes, n, map, "rationale", rationale_of(a, j));
	change(changes, n, map, "source", source_of(a, j));
	vrd_buf_puts(&date, a->date);
	change(changes, n, map, "date", scalar(a, &date));
	change(changes, n, map, "status", "draft");
out:
	return rc;
}

vrd_status vrd_elicit_apply(vrd_region *region, const vrd_scenario *scenario,
                            const vrd_judgement *judgements, size_t n, vrd_pool_method method,
                            const char *date, vrd_buf *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	applier a = {region, method, date, false, err};
	vrd_yaml_change *changes;
	size_t n_changes = 0;
	VRD_TRY(VRD_NEW(region->mem, changes, n * n_keys));
	for (size_t i = 0; i < n; i++)
		VRD_TRY(changes_of(&a, &judgements[i], changes, &n_changes));
	if (a.failed)
		VRD_TRY(vrd_no_memory(err, region->mem, 256, 1));
	VRD_TRY(vrd_yaml_edit(region->mem, scenario->bytes, scenario->n_bytes, n_changes, changes,
	                      out, err));
out:
	return rc;
}
