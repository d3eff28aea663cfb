#include "scenario/worker.h"

#include "num/rng.h"

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

// Adds one service's pairs, with chance, to the groups of the view.
void vrd_collect_pairs(worker *w) {
	const shared *s = w->s;
	const vrd_model *model = s->model;
	const size_t n = s->n, n_h = model->provider ? model->provider->n : 1;
	const size_t n_care = model->demand.n_care;
	for (size_t cell = 0; cell < w->pair.n_places * n_care; cell++) {
		const size_t pair = cell / n_care, care = cell % n_care;
		const size_t column = w->group.care_group[care];
		double *contacts = w->pair.data + 2 * cell * n, *days = contacts + n;
		if ((!w->pair.used[2 * cell] && !w->pair.used[2 * cell + 1]) || column == VRD_NONE)
			continue;
		add_chance(w, pair, care, contacts, days);
		const bool by_provider = s->view->axis == VRD_BY_PROVIDER;
		const size_t h = pair % n_h, own = by_provider ? h : pair / n_h;
		const size_t place = s->view->place_group ? s->view->place_group[own] : own;
		const double beds =
		        by_provider ? model->beds_per_bed_day[(h * model->demand.n_service + w->k) *
		                                                      n_care +
		                                              care]
		                    : 0;
		const size_t places[2] = {place, s->view->sums ? s->n_place_groups - 1 : VRD_NONE};
		for (size_t i = 0; i < 2; i++) {
			if (places[i] == VRD_NONE || place == VRD_NONE)
				continue;
			const size_t at =
			        (places[i] * w->group.n_cares + column) * w->group.n_slots;
			const struct {
				vrd_measure measure;
				const double *from;
				double factor;
			} add_to[] = {{VRD_CONTACTS, contacts, 1},
			              {VRD_BED_DAYS, days, 1},
			              {VRD_BEDS, days, beds}};
			for (size_t j = 0; j < 3; j++) {
				const size_t slot_of = w->group.slot[add_to[j].measure];
				if (slot_of == VRD_NONE || add_to[j].factor == 0)
					continue;
				plus(w->group.data + (at + slot_of) * n, add_to[j].from, n,
				     add_to[j].factor);
				w->group.used[at + slot_of] = true;
			}
		}
	}
}
