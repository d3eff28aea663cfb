// The library of measures: templates of what a plan names, one YAML file each (measures/ID.yaml),
// carried by the program.
//
// A template has labels, its mechanism and the evidence that it needs in three languages, the
// plan's sections, and assumptions in the scenario's own syntax. Values are neutral or marked as
// illustrative, and nothing in a template is verified. A measure that changes what a contact takes,
// not how many there are, has no assumptions; its `resource` says what it would change.
#pragma once

#include "region/region.h"

// Fields are public; owned by the arena it was read with, bytes static.
typedef struct {
	const char *id;
	const vrd_node *node; // the whole template
	const char *bytes;    // as it is written
	size_t len;
} vrd_template;

// All templates, by id. Cost: about 31 small YAML files are parsed. INTERNAL when one is wrong.
vrd_status vrd_templates_read(vrd_arena *mem, const vrd_template **out, size_t *n,
                              vrd_err *err) VRD_MUST_USE;
// One template; NOINPUT suggests the nearest id.
vrd_status vrd_template_find(size_t n, const vrd_template measures[], const char *id,
                             const vrd_template **out, vrd_err *err) VRD_MUST_USE;
// A text of three languages: "label", "mechanism", "evidence_needed", "resource"; "" when absent.
const char *vrd_template_text(const vrd_template *measure, const char *key, vrd_lang lang);
// The name of its theme, and the label of its i-th assumption. Static, or owned as the template is.
const char *vrd_template_theme(const vrd_template *measure, vrd_lang lang);
const char *vrd_template_part(const vrd_template *measure, size_t i, vrd_lang lang);
// The plan's sections ("3.3.1, 3.6.2") and the types of its assumptions ("avoid, new_service";
// the word for a resource when it has none).
void vrd_template_put_plan(const vrd_template *measure, vrd_buf *out);
void vrd_template_put_kinds(const vrd_template *measure, vrd_lang lang, vrd_buf *out);

// Appends the assumptions to scenarios/SCENARIO.yaml, as drafts with label and theme in the region's
// language, below comments with the mechanism and the evidence that is needed. Rationale, source,
// owner and date are left to people. The scenario's other text stays as it is, and the change is
// recorded as a version. What would make the scenario invalid is told in `diag` and not written, but
// for codes that the region does not have: those are told, and corrected in the file.
// Errors: USAGE (the measure has no assumptions), CONFIG (an id is there already, a locked
// scenario, or problems with the change: *written tells), NOINPUT, IO.
vrd_status vrd_template_add(vrd_region *region, const char *scenario, const vrd_template *measure,
                            bool *written, vrd_diag *diag, vrd_err *err) VRD_MUST_USE;
