// Remaining years of life at 65: levels as the plan prints them (section 2.3, the country, 2018 to
// 2024), and a rise about as fast as in the United Nations' projection of 2024. A straight line.
#include "region/example_parts.h"

static const struct {
	const char *sex;
	double in_2025, a_year;
} lines[] = {{"F", 22.1, 0.085}, {"M", 20.1, 0.105}};

void vrd_example_life_expectancy_csv(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(out, "sex,year,value\n");
	for (size_t s = 0; s < sizeof lines / sizeof *lines; s++)
		for (int i = 0; i < VRD_EX_YEARS; i++)
			vrd_buf_printf(out, "%s,%d,%.2f\n", lines[s].sex, VRD_EX_FIRST_YEAR + i,
			               lines[s].in_2025 + lines[s].a_year * i);
}
