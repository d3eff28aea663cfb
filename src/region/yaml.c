#include "region/yaml.h"

#include <string.h>

#include "region/yaml_tree.h"

#include "base/banned.h"

enum { most_kept = 1000 }; // problems of one file; the caller's list keeps fewer

void vrd_yaml_problem(vrd_yaml_job *job, vrd_place place, const char *rule, const char *remedy,
                      const char *format, ...) {
	vrd_err text = {0};
	va_list args;
	va_start(args, format);
	(void)vrd_vfail(&text, VRD_CONFIG, format, args);
	va_end(args);
	vrd_diag_add(&job->problems, VRD_ERROR, place, rule, remedy, "%s", text.text);
}

static bool stands_before(vrd_place a, vrd_place b) {
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

// By insertion: there are few, mostly in order, and those of one place stay as they came.
static void sort_by_place(vrd_problem *items, size_t n) {
	for (size_t i = 1; i < n; i++) {
		const vrd_problem item = items[i];
		size_t k = i;
		for (; k > 0 && stands_before(item.place, items[k - 1].place); k--)
			items[k] = items[k - 1];
		items[k] = item;
	}
}

// Hands the problems over in the order of the file: syntax and meaning were checked one after the
// other.
static void tell(vrd_yaml_job *job, vrd_diag *diag) {
	vrd_diag *problems = &job->problems;
	sort_by_place(problems->items, problems->n);
	if (diag == NULL)
		return;
	for (size_t i = 0; i < problems->n; i++) {
		const vrd_problem *item = &problems->items[i];
		vrd_diag_add(diag, item->severity, item->place, item->rule, item->remedy, "%s",
		             item->text);
	}
	diag->n_errors += problems->n_dropped;
	diag->n_dropped += problems->n_dropped;
}

// What is left of a budget; 0 would be no limit.
static size_t budget_left(const vrd_arena *mem) {
	if (mem->budget == 0)
		return 0;
	return mem->used < mem->budget ? mem->budget - mem->used : 1;
}

vrd_status vrd_yaml_read(vrd_arena *mem, const char *bytes, size_t len, const char *name,
                         const vrd_schema *schema, const vrd_node **out, vrd_diag *diag,
                         vrd_err *err) {
	vrd_status rc;
	vrd_arena scratch;
	vrd_arena_init(&scratch, budget_left(mem));
	vrd_yaml_job job = {.mem = mem, .scratch = &scratch};
	vrd_diag_init(&job.problems, &scratch, most_kept);
	char *file;
	vrd_node *node;
	vrd_yaml_tree *root;
	VRD_TRY(VRD_NEW(mem, file, strlen(name) + 1));
	memcpy(file, name, strlen(name));
	job.file = file;
	VRD_TRY(VRD_NEW(mem, node, 1));
	VRD_TRY(vrd_yaml_parse(&job, bytes, len, &root, err));
	if (root != NULL || job.problems.n_errors == 0)
		VRD_TRY(vrd_yaml_check(&job, root, schema, node, err));
	tell(&job, diag);
	VRD_TRY(vrd_diag_fail(&job.problems, VRD_CONFIG, err));
	*out = node;
out:
	vrd_arena_clear(&scratch);
	return rc;
}

const vrd_node *vrd_node_get(const vrd_node *node, const char *key) {
	if (node == NULL || node->kind != VRD_NODE_MAP)
		return NULL;
	for (size_t i = 0; i < node->n; i++) {
		if (strcmp(node->keys[i], key) == 0)
			return &node->items[i];
	}
	return NULL;
}

static const vrd_node *scalar_of(const vrd_node *node, const char *key) {
	const vrd_node *child = vrd_node_get(node, key);
	return child != NULL && child->kind == VRD_NODE_SCALAR ? child : NULL;
}

const char *vrd_node_text(const vrd_node *node, const char *key, const char *otherwise) {
	const vrd_node *child = scalar_of(node, key);
	return child == NULL ? otherwise : child->text;
}

double vrd_node_number(const vrd_node *node, const char *key, double otherwise) {
	const vrd_node *child = scalar_of(node, key);
	return child == NULL ? otherwise : child->number;
}

bool vrd_node_truth(const vrd_node *node, const char *key, bool otherwise) {
	const vrd_node *child = scalar_of(node, key);
	return child == NULL ? otherwise : child->truth;
}
