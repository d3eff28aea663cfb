// Correlation of assumptions: groups with one factor, and matrices.
#include "region/scenario_parts.h"

#include "num/correlation.h"

#include <math.h>
#include <string.h>

#define RULE "scenario.correlation"

static const vrd_node *items_of(const vrd_resolver *r) {
	return vrd_node_get(r->scenario->node, "correlation");
}

// --- groups -------------------------------------------------------------------------------------

// Whether an item is {group, rho} or {matrix, values}, and nothing of both.
static void check_shape(const vrd_resolver *r, const vrd_node *item) {
	static const struct {
		const char *key, *other;
	} needs[] = {
	        {"group", "rho"}, {"rho", "group"}, {"matrix", "values"}, {"values", "matrix"}};
	const char *remedy = "write {group: NAME, rho: 0.5}, or {matrix: [id, id], values: [[1, "
	                     "0.3], [0.3, 1]]}";
	bool any = false;
	for (size_t i = 0; i < 4; i++) {
		any = any || vrd_node_get(item, needs[i].key);
		if (vrd_node_get(item, needs[i].key) && !vrd_node_get(item, needs[i].other))
			vrd_resolver_problem(r, item, RULE, remedy, "%s needs %s beside it",
			                     needs[i].key, needs[i].other);
	}
	const bool group = vrd_node_get(item, "group") || vrd_node_get(item, "rho");
	const bool matrix = vrd_node_get(item, "matrix") || vrd_node_get(item, "values") ||
	                    vrd_node_get(item, "rank");
	if (group && matrix)
		vrd_resolver_problem(r, item, RULE, remedy,
		                     "a correlation is a group or a matrix, not both");
	else if (!any)
		vrd_resolver_problem(r, item, RULE, remedy,
		                     "a correlation names a group or a matrix");
}

vrd_status vrd_scenario_groups(const vrd_resolver *r) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_node *list = items_of(r);
	const size_t most = list ? list->n : 0;
	const char **names;
	double *rho;
	size_t n = 0;
	VRD_TRY(VRD_NEW(r->region->mem, names, most));
	VRD_TRY(VRD_NEW(r->region->mem, rho, most));
	for (size_t i = 0; i < most; i++) {
		const vrd_node *item = &list->items[i];
		check_shape(r, item);
		if (!vrd_node_get(item, "group"))
			continue;
		names[n] = vrd_node_text(item, "group", "");
		rho[n++] = vrd_node_number(item, "rho", 0);
	}
	r->model->n_groups = n;
	r->model->group_names = names;
	r->model->group_rho = rho;
out:
	return rc;
}

void vrd_scenario_group_of(const vrd_resolver *r, vrd_assumption *a) {
	const vrd_node *group = vrd_node_get(r->node, "group");
	for (size_t i = 0; group && i < r->model->n_groups; i++)
		if (strcmp(r->model->group_names[i], group->text) == 0)
			a->group = i;
	if (group && a->group == VRD_NO_GROUP)
		vrd_resolver_problem(r, group, "scenario.group",
		                     "add it under correlation: with its rho",
		                     "there is no correlation group \"%s\"", group->text);
}

// --- matrices -----------------------------------------------------------------------------------

typedef struct {
	const vrd_resolver *r;
	size_t n_assumptions;
	const vrd_assumption *assumptions;
	const char **ids;
	bool *taken; // [assumption]: stands in a matrix before
	const vrd_node *item;
	size_t n;
	bool rank;
	size_t *assumption; // [n]
	double *value;      // [n][n], of normal scores
} matrix;

static bool find_members(matrix *m) {
	const vrd_node *list = vrd_node_get(m->item, "matrix");
	bool good = true;
	for (size_t i = 0; i < m->n; i++) {
		const vrd_node *node = &list->items[i];
		size_t at = 0;
		while (at < m->n_assumptions && strcmp(m->ids[at], node->text) != 0)
			at++;
		m->assumption[i] = at;
		if (at == m->n_assumptions) {
			vrd_resolver_unknown(m->r, node, "assumption", m->ids, m->n_assumptions);
			good = false;
		} else if (m->taken[at] || m->assumptions[at].group != VRD_NO_GROUP) {
			vrd_resolver_problem(m->r, node, RULE,
			                     "name it once, in a group or in one matrix",
			                     "\"%s\" is correlated twice", node->text);
			good = false;
		} else {
			m->taken[at] = true;
		}
	}
	return good;
}

// Numbers of a square; false (told) when it is none or a number is no correlation.
static bool read_square(matrix *m) {
	const vrd_node *rows = vrd_node_get(m->item, "values");
	if (rows->n != m->n) {
		vrd_resolver_problem(m->r, rows, RULE, "write one row for each id of matrix",
		                     "the matrix has %zu ids and %zu rows", m->n, rows->n);
		return false;
	}
	for (size_t i = 0; i < m->n; i++) {
		const vrd_node *row = &rows->items[i];
		if (row->n != m->n) {
			vrd_resolver_problem(m->r, row, RULE,
			                     "write one number for each id of matrix",
			                     "row %zu of the matrix has %zu numbers, expected %zu",
			                     i + 1, row->n, m->n);
			return false;
		}
		for (size_t j = 0; j < m->n; j++) {
			const double x = row->items[j].number;
			const bool twin = j < i && !(fabs(x - rows->items[j].items[i].number) <= 0);
			if (!(x >= -1 && x <= 1) || twin || (i == j && !(x >= 1))) {
				vrd_resolver_problem(
				        m->r, &row->items[j], RULE,
				        "write 1 on the diagonal and the same number on both sides",
				        "row %zu, column %zu of the matrix is %g: %s", i + 1, j + 1,
				        x,
				        i == j ? "the diagonal is 1"
				        : twin ? "the matrix is not symmetric"
				               : "a correlation is from -1 to 1");
				return false;
			}
			m->value[i * m->n + j] = m->rank && i != j ? vrd_correlation_of_rank(x) : x;
		}
	}
	return true;
}

// As people write it: rank correlations where they do, four decimals.
static double as_written(const matrix *m, double x) {
	static const double pi = 3.14159265358979323846;
	return round((m->rank ? 6 / pi * asin(x / 2) : x) * 1e4) / 1e4;
}

// The nearest matrix that is one also when it is written with four decimals: rounding may take it
// out again, and a little less of every correlation brings it back.
static bool nearest_written(vrd_arena *mem, const matrix *m, double *out) {
	const size_t n = m->n;
	double *near = vrd_arena_alloc(mem, n * n, sizeof *near);
	double *back = vrd_arena_alloc(mem, n * n, sizeof *back);
	if (!near || !back || vrd_correlation_nearest(mem, n, m->value, near, NULL) != VRD_OK)
		return false;
	for (double less = 0; less<0.5; less = less> 0 ? 2 * less : 1e-4) {
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++) {
				const double x =
				        i == j ? 1
				               : as_written(m,
				                            (1 - less) * near[i < j ? i * n + j
				                                                    : j * n + i]);
				out[i * n + j] = x;
				back[i * n + j] =
				        m->rank && i != j ? vrd_correlation_of_rank(x) : x;
			}
		if (vrd_correlation_check(mem, n, back, NULL) == VRD_OK)
			return true;
	}
	return false;
}

static vrd_status offer_nearest(const matrix *m, const char *why) {
	vrd_status rc = VRD_OK;
	vrd_arena scratch = {0};
	vrd_err *err = m->r->err;
	vrd_buf remedy = {0};
	double *offer;
	VRD_TRY(VRD_NEW(&scratch, offer, m->n * m->n));
	vrd_buf_puts(&remedy, "correct the numbers");
	if (nearest_written(&scratch, m, offer)) {
		vrd_buf_puts(&remedy, ", or take the nearest that is one: values: [");
		for (size_t i = 0; i < m->n * m->n; i++) {
			char text[32];
			vrd_format_double(offer[i] + 0.0, text);
			vrd_buf_printf(&remedy, "%s%s%s",
			               i == 0          ? "["
			               : i % m->n == 0 ? ", ["
			                               : ", ",
			               text, i % m->n == m->n - 1 ? "]" : "");
		}
		vrd_buf_putc(&remedy, ']');
	}
	vrd_resolver_problem(m->r, vrd_node_get(m->item, "values"), RULE, remedy.p,
	                     "the matrix is no correlation: %s", why);
out:
	vrd_buf_free(&remedy);
	vrd_arena_clear(&scratch);
	return rc;
}

static vrd_status read_matrix(matrix *m, vrd_matrix *out) {
	vrd_status rc = VRD_OK;
	vrd_arena scratch = {0}, *mem = m->r->region->mem;
	vrd_err *err = m->r->err, why = {0};
	double *factor;
	m->n = vrd_node_get(m->item, "matrix")->n;
	m->rank = vrd_node_truth(m->item, "rank", false);
	VRD_TRY(VRD_NEW(mem, m->assumption, m->n));
	VRD_TRY(VRD_NEW(mem, m->value, m->n * m->n));
	VRD_TRY(VRD_NEW(mem, factor, m->n * m->n));
	const bool members = find_members(m);
	if (!read_square(m) || !members)
		goto out;
	if (vrd_correlation_check(&scratch, m->n, m->value, &why) != VRD_OK) {
		VRD_TRY(offer_nearest(m, why.text));
	} else {
		vrd_correlation_factor(m->n, m->value, factor);
		*out = (vrd_matrix){m->n, m->assumption, factor};
	}
out:
	vrd_arena_clear(&scratch);
	return rc;
}

vrd_status vrd_scenario_matrices(const vrd_resolver *r, size_t n,
                                 const vrd_assumption *assumptions) {
	vrd_status rc = VRD_OK;
	vrd_err *err = r->err;
	const vrd_node *list = items_of(r);
	vrd_matrix *out;
	matrix m = {.r = r, .n_assumptions = n, .assumptions = assumptions};
	VRD_TRY(VRD_NEW(r->region->mem, out, list ? list->n : 0));
	VRD_TRY(VRD_NEW(r->region->mem, m.ids, n));
	VRD_TRY(VRD_NEW(r->region->mem, m.taken, n));
	for (size_t i = 0; i < n; i++)
		m.ids[i] = assumptions[i].id;
	r->model->n_matrices = 0;
	for (size_t i = 0; list && i < list->n; i++) {
		m.item = &list->items[i];
		if (vrd_node_get(m.item, "matrix") && vrd_node_get(m.item, "values"))
			VRD_TRY(read_matrix(&m, &out[r->model->n_matrices++]));
	}
	r->model->matrices = out;
out:
	return rc;
}
