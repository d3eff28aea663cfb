#include "scenario/classes.h"

#include "scenario/kind.h"

#include <string.h>

// A signature is a row of bits: the assumptions on the stratum, then for each of the service's
// shifts the rules at the shift's target (empty when the shift does not apply), then a word for the
// area where its rates are drawn.
typedef struct {
	const vrd_model *model;
	size_t service;
	size_t n_rules; // that can act on the service
	const size_t *rules;
	size_t n_words; // words of one set of assumptions
	size_t n_shifts;
	const size_t *shifts; // assumption indices of all shifts
	size_t n_signature;   // words of a signature
} signer;

static bool has_demand(const vrd_demand *d, size_t g, size_t b, size_t k, size_t m) {
	const size_t stratum = vrd_demand_stratum(d, g, b, k, m);
	if (d->base_contacts[stratum] != 0 || d->base_bed_days[stratum] != 0)
		return true;
	const size_t n = d->n_variant * d->n_year;
	for (size_t i = 0; i < n; i++)
		if (d->contacts[stratum * n + i] != 0 || d->bed_days[stratum * n + i] != 0)
			return true;
	return false;
}

static void set_bit(uint64_t *words, size_t i) {
	words[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool get_bit(const uint64_t *words, size_t i) {
	return words[i / 64] >> (i % 64) & 1;
}

static vrd_stage stage_of(const vrd_model *model, size_t i) {
	return vrd_kind_rule_of(model->assumptions[i].kind)->stage;
}

static bool acts_at_target(vrd_stage stage) {
	return stage == VRD_STAGE_STAY || stage == VRD_STAGE_PLACE || stage == VRD_STAGE_RESOURCE;
}

bool vrd_stratum_ages(const vrd_demand *d, size_t g, size_t b, size_t k, size_t m) {
	const size_t paths = d->n_variant * d->n_year;
	const size_t from = vrd_demand_stratum(d, g, b, k, m) * paths;
	const size_t n_cells = vrd_demand_stratum(d, d->n_area, 0, 0, 0) * paths;
	for (size_t i = 0; i < d->n_aged; i++)
		if (memcmp(d->aged_contacts + i * n_cells + from, d->contacts + from,
		           paths * sizeof(double)) != 0 ||
		    memcmp(d->aged_bed_days + i * n_cells + from, d->bed_days + from,
		           paths * sizeof(double)) != 0)
			return true;
	return false;
}

static void sign(const signer *s, size_t g, size_t m, size_t b, uint64_t *out) {
	const vrd_model *model = s->model;
	memset(out, 0, s->n_signature * sizeof *out);
	for (size_t r = 0; r < s->n_rules; r++) {
		const size_t i = s->rules[r];
		if (vrd_assumption_selects(&model->assumptions[i], g, s->service, m, b) &&
		    (stage_of(model, i) != VRD_STAGE_RATES ||
		     vrd_stratum_ages(&model->demand, g, b, s->service, m)))
			set_bit(out, i);
	}
	for (size_t j = 0; j < s->n_shifts; j++) {
		const vrd_assumption *shift = &model->assumptions[s->shifts[j]];
		if (!get_bit(out, s->shifts[j]) || shift->to == VRD_LEAVES)
			continue;
		uint64_t *at_target = out + (j + 1) * s->n_words;
		for (size_t r = 0; r < s->n_rules; r++) {
			const size_t i = s->rules[r];
			if (acts_at_target(stage_of(model, i)) &&
			    vrd_assumption_selects(&model->assumptions[i], g, s->service, shift->to,
			                           b))
				set_bit(at_target, i);
		}
	}
	if (model->uncertain_rates)
		out[s->n_signature - 1] = g + 1;
}

static uint64_t hash_words(const uint64_t *words, size_t n) {
	uint64_t h = UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = 0; i < n; i++) {
		h = (h ^ words[i]) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	return h;
}

// The assumptions of a set that act at a stage, those of one kind after those of the kind before.
static vrd_status list_of(vrd_arena *mem, const vrd_model *model, const uint64_t *set,
                          vrd_stage first, vrd_stage last, vrd_list *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	size_t n = 0, *items;
	for (size_t i = 0; i < model->n_assumptions; i++)
		n += stage_of(model, i) >= first && stage_of(model, i) <= last && get_bit(set, i);
	VRD_TRY(VRD_NEW(mem, items, n));
	*out = (vrd_list){0, items};
	for (vrd_stage stage = first; n && stage <= last; stage++)
		for (size_t i = 0; i < model->n_assumptions; i++)
			if (stage_of(model, i) == stage && get_bit(set, i))
				items[out->n++] = i;
out:
	return rc;
}

static vrd_status rules_at(vrd_arena *mem, const vrd_model *model, const uint64_t *set,
                           vrd_rules_at *out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	VRD_TRY(list_of(mem, model, set, VRD_STAGE_STAY, VRD_STAGE_STAY, &out->stay, err));
	VRD_TRY(list_of(mem, model, set, VRD_STAGE_PLACE, VRD_STAGE_PLACE, &out->place, err));
	VRD_TRY(list_of(mem, model, set, VRD_STAGE_RESOURCE, VRD_STAGE_RESOURCE, &out->resource,
	                err));
out:
	return rc;
}

static vrd_status describe(vrd_arena *mem, const signer *s, const uint64_t *signature, vrd_class *c,
                           vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_model *model = s->model;
	vrd_rules_at *target;
	const struct {
		vrd_stage first, last;
		vrd_list *list;
	} lists[] = {{VRD_STAGE_RATES, VRD_STAGE_RATES, &c->rates},
	             {VRD_STAGE_FACTOR, VRD_STAGE_FACTOR, &c->factor},
	             {VRD_STAGE_LEVEL, VRD_STAGE_LEVEL, &c->level},
	             {VRD_STAGE_PEOPLE, VRD_STAGE_BASE, &c->added},
	             {VRD_STAGE_KEEP, VRD_STAGE_KEEP, &c->keep},
	             {VRD_STAGE_MOVE, VRD_STAGE_MOVE, &c->move}};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		VRD_TRY(list_of(mem, model, signature, lists[i].first, lists[i].last, lists[i].list,
		                err));
	VRD_TRY(rules_at(mem, model, signature, &c->own, err));
	VRD_TRY(VRD_NEW(mem, target, c->move.n));
	for (size_t i = 0, j = 0; i < c->move.n; i++) {
		while (s->shifts[j] != c->move.items[i])
			j++;
		VRD_TRY(rules_at(mem, model, signature + (j + 1) * s->n_words, &target[i], err));
	}
	c->target = target;
out:
	return rc;
}

// Whether something is added to a stratum that may have no activity of its own.
static bool gets_more(const signer *s, size_t g, size_t b, size_t m) {
	for (size_t r = 0; r < s->n_rules; r++)
		if (stage_of(s->model, s->rules[r]) == VRD_STAGE_PEOPLE &&
		    vrd_assumption_selects(&s->model->assumptions[s->rules[r]], g, s->service, m,
		                           b))
			return true;
	return false;
}

// One care form's strata: finds the class of each by its signature, then lists them class by class.
static vrd_status build_care(vrd_arena *mem, vrd_arena *scratch, const signer *s, size_t m,
                             vrd_class *classes, size_t *n_classes, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_demand *d = &s->model->demand;
	const size_t n_strata = d->n_area * d->n_band, first = *n_classes;
	size_t n_slots = 16;
	while (n_slots < 2 * n_strata)
		n_slots *= 2;
	uint32_t *slots, *class_of, *area, *band;
	uint64_t *signatures, *one;
	size_t n = 0, *fill;
	VRD_TRY(VRD_NEW(scratch, slots, n_slots));
	VRD_TRY(VRD_NEW(scratch, class_of, n_strata));
	VRD_TRY(VRD_NEW(scratch, signatures, n_strata * s->n_signature));
	VRD_TRY(VRD_NEW(scratch, one, s->n_signature));
	for (size_t g = 0; g < d->n_area; g++)
		for (size_t b = 0; b < d->n_band; b++) {
			if (!has_demand(d, g, b, s->service, m) && !gets_more(s, g, b, m))
				continue;
			sign(s, g, m, b, one);
			size_t slot = hash_words(one, s->n_signature) & (n_slots - 1);
			while (slots[slot] &&
			       memcmp(signatures + (slots[slot] - 1) * s->n_signature, one,
			              s->n_signature * sizeof *one) != 0)
				slot = (slot + 1) & (n_slots - 1);
			if (!slots[slot]) {
				memcpy(signatures + n * s->n_signature, one,
				       s->n_signature * sizeof *one);
				vrd_class *c = &classes[first + n];
				*c = (vrd_class){.care = m};
				VRD_TRY(describe(mem, s, one, c, err));
				slots[slot] = (uint32_t)++n;
			}
			class_of[g * d->n_band + b] = slots[slot];
			classes[first + slots[slot] - 1].n_strata++;
		}
	VRD_TRY(VRD_NEW(mem, area, n_strata));
	VRD_TRY(VRD_NEW(mem, band, n_strata));
	VRD_TRY(VRD_NEW(scratch, fill, n));
	for (size_t i = 0, at = 0; i < n; i++) {
		fill[i] = at;
		classes[first + i].area = area + at;
		classes[first + i].band = band + at;
		at += classes[first + i].n_strata;
	}
	for (size_t i = 0; i < n_strata; i++)
		if (class_of[i]) {
			const size_t at = fill[class_of[i] - 1]++;
			area[at] = (uint32_t)(i / d->n_band);
			band[at] = (uint32_t)(i % d->n_band);
		}
	*n_classes = first + n;
out:
	return rc;
}

// The rules that can act on service k, and the shifts among them.
static void list_rules(const vrd_model *model, size_t k, signer *s, size_t *rules, size_t *shifts) {
	s->service = k;
	s->n_rules = vrd_assumptions_of_service(model->n_assumptions, model->assumptions, k, rules);
	s->rules = rules;
	s->n_shifts = 0;
	for (size_t r = 0; r < s->n_rules; r++)
		if (stage_of(model, rules[r]) == VRD_STAGE_MOVE)
			shifts[s->n_shifts++] = rules[r];
	s->shifts = shifts;
	s->n_signature = (s->n_shifts + 1) * s->n_words + 1;
}

vrd_status vrd_classes_build(vrd_arena *mem, const vrd_model *model, vrd_classes **out,
                             vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_demand *d = &model->demand;
	vrd_arena scratch = {0};
	vrd_classes *classes;
	size_t *rules, *shifts;
	signer s = {.model = model, .n_words = (model->n_assumptions + 63) / 64};
	VRD_TRY(VRD_NEW(mem, classes, d->n_service));
	VRD_TRY(VRD_NEW(mem, rules, model->n_assumptions));
	VRD_TRY(VRD_NEW(mem, shifts, model->n_assumptions));
	for (size_t k = 0; k < d->n_service; k++) {
		vrd_class *items, *kept;
		size_t n = 0;
		list_rules(model, k, &s, rules, shifts);
		vrd_arena_clear(&scratch);
		VRD_TRY(VRD_NEW(&scratch, items, d->n_care * d->n_area * d->n_band));
		for (size_t m = 0; m < d->n_care; m++)
			VRD_TRY(build_care(mem, &scratch, &s, m, items, &n, err));
		VRD_TRY(VRD_NEW(mem, kept, n));
		if (n)
			memcpy(kept, items, n * sizeof *kept);
		classes[k] = (vrd_classes){n, kept};
	}
	*out = classes;
out:
	vrd_arena_clear(&scratch);
	return rc;
}
