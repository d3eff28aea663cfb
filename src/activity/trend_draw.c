// Draws around a trend. Everything is a function of who is drawn (hashes of codes), the draw and
// the year, so the order of series, and which of them are asked for, never matters.
#include "activity/trend_work.h"

#include "num/rng.h"

#include <math.h>

// Streams of one unit: its level and drift (0), then one for each year of the walk.
enum { SLOT_START, SLOT_WALK };
enum { STREAM_UNIT, STREAM_VARIANCE = 8, STREAM_COUNT = 16 };

static uint64_t name_of(unsigned stream, uint64_t group, uint64_t area, uint64_t cell) {
	uint64_t words[4];
	vrd_philox(group, area, cell, stream, words);
	return words[0];
}

static size_t unit_at(const vrd_trend_input *in, vrd_trend_level level, size_t group, size_t area,
                      size_t cell) {
	switch (level) {
	case VRD_TREND_REGION:
		return group;
	case VRD_TREND_AREA:
		return group * in->n_area + area;
	case VRD_TREND_CELL:
	case VRD_N_TREND_LEVELS:
		break;
	}
	return vrd_trend_series(in, group, area, cell);
}

// Level and drift together: their effect at the target, given two standard normals.
static double start_of(const vrd_trend_unit *unit, double reach, double a, double b) {
	const double level_sd = sqrt(unit->level_var);
	const double shared = level_sd > 0 ? unit->covariance / level_sd : 0;
	const double own = sqrt(fmax(0, unit->drift_var - shared * shared));
	return level_sd * a + reach * (shared * a + own * b);
}

void vrd_trend_paths(const vrd_trend *trend, vrd_trend_level level, size_t group, size_t area,
                     size_t cell, size_t target, uint64_t seed, size_t n_draws,
                     double log_factor[]) {
	const vrd_trend_input *in = trend->in;
	const vrd_trend_unit *unit = &trend->unit[level][unit_at(in, level, group, area, cell)];
	const vrd_trend_variance *v = &trend->variance[level][group];
	const uint64_t who = name_of(STREAM_UNIT + level, in->group_id[group],
	                             level >= VRD_TREND_AREA ? in->area_id[area] : 0,
	                             level >= VRD_TREND_CELL ? in->cell_id[cell] : 0);
	const uint64_t scale = name_of(STREAM_VARIANCE + level, in->group_id[group], 0, 0);
	const int last = in->base_year[in->n_base - 1];
	const double g = trend->reach[target], walk = sqrt(unit->free * v->walk);
	const uint64_t years = (uint64_t)(in->target_year[target] - last);
	const double variance = unit->level_var + 2 * g * unit->covariance +
	                        g * g * unit->drift_var + (double)years * walk * walk;
	if (unit->free == 0)
		return;
	for (size_t d = 0; d < n_draws; d++) {
		vrd_stream start = vrd_stream_of(seed, who, d, SLOT_START);
		vrd_stream known = vrd_stream_of(seed, scale, d, 0);
		const double a = vrd_normal(&start), b = vrd_normal(&start);
		const double ratio = 1 / vrd_gamma(&known, 0.5 * v->dof, 2 / v->dof);
		double path = start_of(unit, g, a, b);
		for (uint64_t k = 0; k < years; k++) {
			vrd_stream step = vrd_stream_of(seed, who, d, SLOT_WALK + k);
			path += walk * vrd_normal(&step);
		}
		log_factor[d] += sqrt(ratio) * path - 0.5 * ratio * variance;
	}
}

// Contacts with mean `mean` and variance mean (1 + extra): a Poisson count of a gamma mean.
static double contacts(vrd_stream *stream, double mean, double extra) {
	const double scatter = extra > 1e-9 ? vrd_gamma(stream, mean / extra, extra) : mean;
	return (double)vrd_poisson(stream, scatter);
}

void vrd_trend_counts(const vrd_trend *trend, size_t group, size_t area, size_t cell, size_t target,
                      uint64_t seed, size_t n_draws, const double log_factor[], double out[]) {
	const vrd_trend_input *in = trend->in;
	const double los = vrd_trend_event(in, group), cv2 = in->los_cv * in->los_cv;
	const double extra = trend->variance[VRD_TREND_CELL][group].extra;
	const double forecast =
	        trend->forecast[vrd_trend_series(in, group, area, cell) * in->n_target + target];
	const uint64_t who =
	        name_of(STREAM_COUNT, in->group_id[group], in->area_id[area], in->cell_id[cell]);
	for (size_t d = 0; d < n_draws; d++) {
		vrd_stream stream = vrd_stream_of(seed, who, d, (uint64_t)in->target_year[target]);
		const double mean = forecast * exp(log_factor[d]);
		if (!(in->los[group] > 0)) {
			out[d] = contacts(&stream, mean, extra);
			continue;
		}
		const double n = contacts(&stream, mean / los, extra * (1 + cv2));
		out[d] = cv2 > 0 && n > 0 ? vrd_gamma(&stream, n / cv2, los * cv2) : n * los;
	}
}
