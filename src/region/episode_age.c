// Ages of rows: what is none, what lies in a band, and who the population counts together.
#include "region/episode_parts.h"

#include "base/banned.h"

bool vrd_episode_banded(const vrd_episode_reader *r, vrd_age *age) {
	if (r->opt->n_bands == 0)
		return true;
	for (size_t i = 0; i < r->opt->n_bands; i++)
		if (age->from >= r->opt->bands[i].from && age->to <= r->opt->bands[i].to) {
			*age = r->opt->bands[i];
			return true;
		}
	return false;
}

bool vrd_episode_folds(const vrd_episode_reader *r, vrd_age *age) {
	const int open = r->opt->open_age ? r->opt->open_age : VRD_EPISODE_OPEN_AGE;
	const bool folded = r->opt->n_bands == 0 && age->from >= open &&
	                    (age->from > open || age->to < VRD_AGE_MAX);
	if (folded)
		*age = (vrd_age){open, VRD_AGE_MAX};
	return folded;
}

// Nobody is that old: the number says that the age is not known.
bool vrd_episode_no_age(vrd_str text) {
	int64_t number;
	vrd_age age;
	return (vrd_parse_int64(text, &number) && number > VRD_EPISODE_MAX_AGE) ||
	       (vrd_age_parse(text, &age) && age.from > VRD_EPISODE_MAX_AGE);
}

const char *vrd_episode_shared_age(const vrd_episode_reader *r, vrd_age age) {
	const vrd_intern *codes = &r->codes[VRD_CELL_AGE].codes;
	for (size_t i = 0; i < codes->n; i++) {
		vrd_age other;
		if (vrd_age_parse(vrd_str_of(codes->texts[i]), &other) && age.from <= other.to &&
		    other.from <= age.to && (age.from != other.from || age.to != other.to))
			return codes->texts[i];
	}
	return NULL;
}
