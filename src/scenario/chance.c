#include "scenario/worker.h"

#include "num/rng.h"

#include <string.h>

// Contacts of one cell become Poisson counts; bed days the sum of so many stays (gamma with the
// cell's mean stay and the model's coefficient of variation). Bed days without contacts, such as
// those that a shift of days brings, have no stays to be made of and stay as expected.
static void add_chance(worker *w, size_t pair, size_t care, double *contacts, double *days) {
	const shared *s = w->s;
	const vrd_demand *d = &s->model->demand;
	const double cv2 = s->model->los_cv * s->model->los_cv;
	const uint64_t slot = (s->service_care_slot[w->k * d->n_care + care] & ~(uint64_t)4095) |
	                      (uint64_t)(d->year[w->t] & 4095);
	for (size_t i = 0; i < s->n; i++) {
		const double mean = contacts[i];
		if (!(mean > 0)) {
			contacts[i] = 0;
			continue;
		}
		const double stay = days[i] / mean;
		vrd_stream stream = vrd_stream_of(s->seed, s->pair_stream[pair], s->order[i], slot);
		const double count = (double)vrd_poisson(&stream, mean);
		contacts[i] = count;
		days[i] = cv2 > 0 && count > 0 && stay > 0
		                  ? vrd_gamma(&stream, count / cv2, stay * cv2)
		                  : count * stay;
	}
}

// Beds follow the bed days that were drawn, as expected beds follow expected bed days.
static void follow(double *beds, const double *expected_days, const double *days, size_t n) {
	for (size_t i = 0; i < n; i++)
		beds[i] *= expected_days[i] > 0 ? days[i] / expected_days[i] : 1;
}

static void add_to_group(worker *w, size_t at, vrd_measure measure, const double *x) {
	const size_t slot = w->group.slot[measure];
	if (slot == VRD_NONE || !x)
		return;
	plus(w->group.data + (at + slot) * w->s->n, x, w->s->n, 1);
	w->group.used[at + slot] = true;
}

void vrd_collect_pairs(worker *w) {
	const shared *s = w->s;
	const size_t n = s->n, n_h = s->model->provider ? s->model->provider->n : 1;
	const size_t n_care = s->model->demand.n_care, n_slots = w->pair.n_slots;
	double *expected_days = w->quantiles;
	for (size_t cell = 0; cell < w->pair.n_places * n_care; cell++) {
		const size_t pair = cell / n_care, care = cell % n_care;
		const size_t column = w->group.care_group[care];
		const size_t own = s->view->axis == VRD_BY_PROVIDER ? pair % n_h : pair / n_h;
		const size_t place = s->view->place_group ? s->view->place_group[own] : own;
		const bool *used = w->pair.used + n_slots * cell;
		double *contacts = w->pair.data + n_slots * cell * n, *days = contacts + n;
		double *beds = n_slots > 2 && used[2] ? days + n : NULL;
		if ((!used[0] && !used[1]) || column == VRD_NONE || place == VRD_NONE)
			continue;
		memcpy(expected_days, days, n * sizeof *days);
		add_chance(w, pair, care, contacts, days);
		if (beds)
			follow(beds, expected_days, days, n);
		const size_t places[2] = {place, s->n_place_groups - 1};
		for (size_t i = 0; i < 1 + (size_t)s->view->sums; i++) {
			const size_t at =
			        (places[i] * w->group.n_cares + column) * w->group.n_slots;
			add_to_group(w, at, VRD_CONTACTS, contacts);
			add_to_group(w, at, VRD_BED_DAYS, days);
			add_to_group(w, at, VRD_BEDS, beds);
		}
	}
}
