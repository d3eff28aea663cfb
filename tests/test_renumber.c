// Changes of municipality numbers: chains, splits, reuse and validity.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "geography/geography.h"
#include "tabular.h"

#define AREAS "code,type,parent,label\n"
#define CHANGES "year,from,to,weight\n"

static vrd_arena mem;

static int clear(void **state) {
	(void)state;
	vrd_arena_clear(&mem);
	return 0;
}

static vrd_geography *geo_of(const char *areas, const char *changes) {
	const vrd_csv_table a = table_of(&mem, areas, ','), c = table_of(&mem, changes, ',');
	vrd_geography *geo = NULL;
	OK(vrd_geography_read(&mem, &a, "areas.csv", NULL, NULL, &c, "changes.csv", VRD_NB, &geo,
	                      NULL, &err));
	return geo;
}

static const char present[] = AREAS "3905,municipality,,Tønsberg\n0301,municipality,,Oslo\n"
                                    "1508,municipality,,Ålesund\n1580,municipality,,Haram\n";
static const char changes[] = CHANGES "2020,0704,3803,1\n2020,0716,3803,1\n2024,3803,3905,1\n"
                                      "2020,1504,1507,1\n2020,1534,1507,1\n"
                                      "2024,1507,1508,0.85\n2024,1507,1580,0.15\n";

static vrd_cube renumbered(const vrd_geography *geo, const char *data, int data_year, int year) {
	vrd_cube in = cube_of(&mem, data), out;
	OK(vrd_geography_renumber(&mem, geo, &in, data_year, year, &out, &err));
	return out;
}

static void chains_of_numbers_are_followed(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(present, changes);
	vrd_cube out = renumbered(geo, "area,value\n0704,10\n0716,5\n0301,7\n", 2019, 2024);
	assert_string_equal(codes_of(&mem, &out, "area"), "3905 0301");
	NEAR(value_at(&out, "3905"), 15, 0);
	assert_int_equal(status_at(&out, "3905"), VRD_PRESENT);
	assert_string_equal(out.dims[0]->cats[0].label, "Tønsberg");
	assert_true(has_note(&out, "Grensene fra 2019 er omregnet til grensene fra 2024."));
	out = renumbered(geo, "area,value\n0716,5\n", 2019, 2020);
	assert_string_equal(codes_of(&mem, &out, "area"), "3803");
	out = renumbered(geo, "area,value\n3905,5\n", 2024, 2026);
	assert_string_equal(codes_of(&mem, &out, "area"), "3905");
}

static void splits_are_weighted_and_estimated(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(present, changes);
	vrd_cube out = renumbered(geo, "area,value\n1504,80\n1534,20\n0301,7\n", 2019, 2024);
	assert_string_equal(codes_of(&mem, &out, "area"), "1508 1580 0301");
	NEAR(value_at(&out, "1508"), 85, 1e-9);
	NEAR(value_at(&out, "1580"), 15, 1e-9);
	assert_int_equal(status_at(&out, "1580"), VRD_ESTIMATED);
	assert_int_equal(status_at(&out, "0301"), VRD_PRESENT);
}

static void a_split_that_meets_again_is_no_estimate(void **state) {
	(void)state;
	const vrd_geography *geo =
	        geo_of(present, CHANGES "2018,1,2,0.3\n2018,1,3,0.7\n2020,2,4,1\n2020,3,4,1\n");
	vrd_cube out = renumbered(geo, "area,value\n1,9\n", 2017, 2020);
	NEAR(value_at(&out, "4"), 9, 0);
	assert_int_equal(status_at(&out, "4"), VRD_PRESENT);
}

static void a_number_is_used_again_for_another_area(void **state) {
	(void)state;
	// 0102 is taken in 2018, given to 0101 in 2018 and again taken in 2020.
	const vrd_geography *geo = geo_of(present, CHANGES "2018,0102,0103,1\n2018,0101,0102,1\n"
	                                                   "2020,0102,0104,1\n2024,0999,0102,1\n");
	vrd_cube out = renumbered(geo, "area,value\n0101,1\n0102,2\n", 2017, 2018);
	NEAR(value_at(&out, "0102"), 1, 0);
	NEAR(value_at(&out, "0103"), 2, 0);
	out = renumbered(geo, "area,value\n0101,1\n0102,2\n0999,4\n", 2017, 2024);
	NEAR(value_at(&out, "0104"), 1, 0);
	NEAR(value_at(&out, "0103"), 2, 0);
	NEAR(value_at(&out, "0102"), 4, 0);
	// The same code means another area in another year.
	out = renumbered(geo, "area,value\n0102,3\n", 2019, 2024);
	assert_string_equal(codes_of(&mem, &out, "area"), "0104");
	vrd_cube in = cube_of(&mem, "area,value\n0102,3\n");
	FAILS(vrd_geography_renumber(&mem, geo, &in, 2021, 2024, &out, &err), VRD_DATA,
	      "0102 (nearest valid year 2019)");
}

static void two_numbers_may_change_places(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(present, CHANGES "2020,A,B,1\n2020,B,A,1\n");
	vrd_cube out = renumbered(geo, "area,value\nA,1\nB,2\n", 2019, 2020);
	NEAR(value_at(&out, "A"), 2, 0);
	NEAR(value_at(&out, "B"), 1, 0);
}

static void a_number_between_two_steps_of_one_year_is_passed_through(void **state) {
	(void)state;
	const vrd_geography *geo =
	        geo_of(present, CHANGES "2020,0532,3444,1\n2020,3444,3053,1\n2024,3053,3236,1\n");
	vrd_cube out = renumbered(geo, "area,value\n0532,9\n", 2019, 2024);
	assert_string_equal(codes_of(&mem, &out, "area"), "3236");
}

static void a_number_that_keeps_a_part_stays_valid(void **state) {
	(void)state;
	const vrd_geography *geo =
	        geo_of(present, CHANGES "2020,1804,1804,0.9\n2020,1804,1805,0.1\n");
	vrd_cube out = renumbered(geo, "area,value\n1804,100\n", 2019, 2024);
	NEAR(value_at(&out, "1804"), 90, 1e-12);
	NEAR(value_at(&out, "1805"), 10, 1e-12);
	out = renumbered(geo, "area,value\n1804,100\n", 2021, 2024);
	NEAR(value_at(&out, "1804"), 100, 0);
}

static void numbers_of_another_year_are_refused_with_the_nearest_one(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(present, changes);
	vrd_cube in = cube_of(&mem, "area,value\n0716,1\n"), out;
	FAILS(vrd_geography_renumber(&mem, geo, &in, 2022, 2024, &out, &err), VRD_DATA,
	      "0716 (nearest valid year 2019)");
	in = cube_of(&mem, "area,value\n3905,1\n");
	FAILS(vrd_geography_renumber(&mem, geo, &in, 2019, 2024, &out, &err), VRD_DATA,
	      "3905 (nearest valid year 2024)");
	in = cube_of(&mem, "area,value\n3803,1\n");
	FAILS(vrd_geography_renumber(&mem, geo, &in, 2018, 2024, &out, &err), VRD_DATA,
	      "3803 (nearest valid year 2020)");
	FAILS(vrd_geography_renumber(&mem, geo, &in, 2026, 2026, &out, &err), VRD_DATA,
	      "3803 (nearest valid year 2023)");
	in = cube_of(&mem, "area,value\n7777,1\n");
	FAILS(vrd_geography_renumber(&mem, geo, &in, 2019, 2024, &out, &err), VRD_DATA,
	      "7777 (unknown)");
	in = cube_of(&mem, "area,value\n3905,1\n");
	FAILS(vrd_geography_renumber(&mem, geo, &in, 2024, 2020, &out, &err), VRD_DATA,
	      "cannot go back");
}

static void years_of_an_area_decide_over_the_changes(void **state) {
	(void)state;
	const vrd_geography *geo = geo_of(
	        "code,type,parent,label,from_year,to_year\n0716,municipality,,Re,2002,2019\n",
	        changes);
	vrd_cube in = cube_of(&mem, "area,value\n0716,1\n"), out;
	OK(vrd_geography_renumber(&mem, geo, &in, 2002, 2024, &out, &err));
	FAILS(vrd_geography_renumber(&mem, geo, &in, 2001, 2024, &out, &err), VRD_DATA,
	      "0716 (nearest valid year 2002)");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(chains_of_numbers_are_followed),
	        cmocka_unit_test(splits_are_weighted_and_estimated),
	        cmocka_unit_test(a_split_that_meets_again_is_no_estimate),
	        cmocka_unit_test(a_number_is_used_again_for_another_area),
	        cmocka_unit_test(two_numbers_may_change_places),
	        cmocka_unit_test(a_number_between_two_steps_of_one_year_is_passed_through),
	        cmocka_unit_test(a_number_that_keeps_a_part_stays_valid),
	        cmocka_unit_test(numbers_of_another_year_are_refused_with_the_nearest_one),
	        cmocka_unit_test(years_of_an_area_decide_over_the_changes),
	};
	return cmocka_run_group_tests(tests, NULL, clear);
}
