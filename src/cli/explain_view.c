// What sections of an explanation's page share: the room for labels and bars, and a remark.
#include "cli/explain_section.h"
#include "cli/page.h"

#include <math.h>
#include <string.h>

bool vrd_explain_selects(const vrd_explain_view *p, const char *dim) {
	const vrd_query *q = &p->query->selection;
	for (size_t i = 0; i < q->n_where; i++)
		if (strcmp(q->where[i].dim, dim) == 0)
			return true;
	return false;
}

size_t vrd_explain_longest(const vrd_dim *dim, size_t from) {
	size_t longest = 0;
	for (size_t i = from; i < dim->n; i++) {
		const size_t own = vrd_utf8_width(vrd_str_of(dim->cats[i].label));
		longest = own > longest ? own : longest;
	}
	return longest;
}

vrd_explain_layout vrd_explain_lay_out(const vrd_explain_view *p, const vrd_dim *dim,
                                       size_t fixed) {
	const size_t longest = vrd_explain_longest(dim, 0);
	size_t room = p->width - fixed;
	vrd_explain_layout out = {0};
	if (longest + EXPLAIN_GAP + EXPLAIN_BAR <= room ||
	    room >= EXPLAIN_LEAST_LABEL + EXPLAIN_GAP + EXPLAIN_BAR) {
		out.bar = EXPLAIN_BAR;
		room -= EXPLAIN_GAP + EXPLAIN_BAR;
	}
	out.label = longest < room ? longest : room;
	return out;
}

void vrd_explain_mixed(const vrd_explain_view *p, double total, bool observed_rates) {
	const int places = vrd_explain_decimals(p);
	vrd_buf here = {0}, there = {0}, text = {0};
	vrd_fmt_number(&here, total, places, p->lang);
	vrd_fmt_number(&there, *p->stepwise, places, p->lang);
	if (isfinite(*p->stepwise) && here.p && there.p && strcmp(here.p, there.p) != 0) {
		const char *const args[] = {there.p, here.p};
		vrd_msg_put(&text,
		            observed_rates && p->run->model.uncertain_rates
		                    ? VRD_MSG_EXPLAIN_OTHER_RATES
		                    : VRD_MSG_EXPLAIN_OTHER_DRAWS,
		            p->lang, 2, args);
		vrd_page_paragraph(p->out, text.p ? text.p : "", 0, p->width);
	}
	vrd_buf_free(&here);
	vrd_buf_free(&there);
	vrd_buf_free(&text);
}
