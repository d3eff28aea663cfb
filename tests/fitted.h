// A distribution that must fit its quantiles. Include after cmocka.h.
#pragma once

#include "num/dist.h"

static inline vrd_dist fitted(vrd_dist_kind kind, double low, double mode, double high, double a,
                              double b) {
	vrd_dist dist;
	vrd_err err = {0};
	if (vrd_dist_fit(kind, low, mode, high, a, b, &dist, &err) != VRD_OK)
		fail_msg("%s", err.text);
	return dist;
}
