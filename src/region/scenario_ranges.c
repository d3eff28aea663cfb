// What an interval, quantiles or values say, whatever way they are written: P10 and P90.
#include "region/scenario_parts.h"

vrd_status vrd_scenario_ranges(vrd_region *region, const vrd_scenario *scenario,
                               const vrd_range **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *list = vrd_node_get(scenario->node, "assumptions");
	const size_t n = list ? list->n : 0;
	vrd_range *ranges;
	VRD_TRY(VRD_NEW(region->mem, ranges, n));
	for (size_t i = 0; i < n; i++) {
		vrd_diag diag; // the check tells
		vrd_assumption a = {0};
		vrd_diag_init(&diag, region->mem, 0);
		const vrd_resolver r = {region, scenario, NULL, &diag, err, &list->items[i]};
		a.id = vrd_node_text(r.node, "id", "");
		if (!vrd_kind_parse(vrd_str_of(vrd_node_text(r.node, "type", "")), &a.kind))
			continue;
		vrd_scenario_parameter(&r, &a);
		ranges[i].kind = a.kind;
		ranges[i].known = diag.n_errors == 0;
		if (ranges[i].known) {
			ranges[i].p10 = vrd_dist_quantile(&a.dist, 0.1);
			ranges[i].p90 = vrd_dist_quantile(&a.dist, 0.9);
		}
	}
	*out = ranges;
out:
	return rc;
}
