#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/diag.h"

static void assert_printed(const vrd_diag *diag, bool colour, const char *expected) {
	vrd_buf out = {0};
	vrd_buf_puts(&out, "");
	vrd_diag_print(diag, &out, colour);
	assert_false(out.failed);
	assert_string_equal(out.p, expected);
	vrd_buf_free(&out);
}

static void problem_names_place_rule_and_remedy(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_diag_add(&diag, VRD_ERROR, (vrd_place){"a.csv", 3, 7}, "csv.number",
	             "write a number, or \":\" for a missing value", "\"%s\" is not a number", "x");
	vrd_diag_add(&diag, VRD_WARNING, (vrd_place){"a.csv", 4, 0}, "csv.total", NULL, "sum is %d",
	             9);
	vrd_diag_add(&diag, VRD_NOTE, (vrd_place){"b.yaml", 0, 0}, "yaml.empty", NULL, "empty");
	vrd_diag_add(&diag, VRD_ERROR, (vrd_place){0}, "region.absent", NULL, "no region");
	vrd_diag_add(&diag, VRD_ERROR, (vrd_place){NULL, 2, 1}, "csv.x", NULL, "bad");
	assert_printed(&diag, false,
	               "a.csv:3:7: error: \"x\" is not a number [csv.number]\n"
	               "  write a number, or \":\" for a missing value\n"
	               "a.csv:4: warning: sum is 9 [csv.total]\n"
	               "b.yaml: note: empty [yaml.empty]\n"
	               "error: no region [region.absent]\n"
	               "line 2:1: error: bad [csv.x]\n");
	assert_int_equal(diag.n_errors, 3);
	assert_int_equal(diag.n_warnings, 1);
	vrd_arena_clear(&mem);
}

static void colour_marks_place_and_severity(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_diag_add(&diag, VRD_ERROR, (vrd_place){"a", 1, 2}, "r", NULL, "t");
	assert_printed(&diag, true, "\033[1ma:1:2: \033[0m\033[1;31merror:\033[0m t [r]\n");
	vrd_arena_clear(&mem);
}

static void texts_are_copied(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_diag diag;
	char file[] = "a.csv";
	char remedy[] = "fix it";
	char value[] = "value";
	vrd_diag_init(&diag, &mem, 0);
	vrd_diag_add(&diag, VRD_ERROR, (vrd_place){file, 1, 1}, "r", remedy, "%s", value);
	memset(file, 'x', 5);
	memset(remedy, 'x', 6);
	memset(value, 'x', 5);
	assert_printed(&diag, false, "a.csv:1:1: error: value [r]\n  fix it\n");
	vrd_arena_clear(&mem);
}

static void limit_counts_each_file_for_itself(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 2);
	for (size_t i = 1; i <= 4; i++) {
		vrd_diag_add(&diag, VRD_ERROR, (vrd_place){"a", i, 0}, "r", NULL, "t");
		vrd_diag_add(&diag, VRD_WARNING, (vrd_place){"b", i, 0}, "r", NULL, "t");
	}
	assert_int_equal(diag.n, 4);
	assert_int_equal(diag.n_errors, 4);
	assert_int_equal(diag.n_warnings, 4);
	assert_int_equal(diag.n_dropped, 4);
	assert_printed(&diag, false,
	               "a:1: error: t [r]\n"
	               "b:1: warning: t [r]\n"
	               "a:2: error: t [r]\n"
	               "b:2: warning: t [r]\n"
	               "... and 4 more problems are not shown\n");
	vrd_arena_clear(&mem);
}

static void limit_is_fifty_when_none_is_said(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	for (size_t i = 0; i < 51; i++)
		vrd_diag_add(&diag, VRD_ERROR, (vrd_place){"a", i, 0}, "r", NULL, "t");
	assert_int_equal(diag.n, 50);
	assert_int_equal(diag.n_dropped, 1);
	vrd_arena_clear(&mem);
}

static void first_error_is_kept_behind_many_warnings(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_diag diag;
	vrd_err err = {0};
	vrd_diag_init(&diag, &mem, 1);
	for (size_t i = 1; i <= 3; i++)
		vrd_diag_add(&diag, VRD_WARNING, (vrd_place){"a", i, 0}, "r", NULL, "small");
	vrd_diag_add(&diag, VRD_ERROR, (vrd_place){"a", 9, 1}, "r", NULL, "large");
	assert_int_equal(vrd_diag_fail(&diag, VRD_DATA, &err), VRD_DATA);
	assert_string_equal(err.text, "a:9:1: large");
	vrd_arena_clear(&mem);
}

static void list_without_errors_is_no_failure(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_diag diag;
	vrd_err err = {0};
	vrd_diag_init(&diag, &mem, 0);
	assert_int_equal(vrd_diag_fail(&diag, VRD_DATA, &err), VRD_OK);
	vrd_diag_add(&diag, VRD_WARNING, (vrd_place){0}, "r", NULL, "hm");
	assert_int_equal(vrd_diag_fail(&diag, VRD_DATA, &err), VRD_OK);
	assert_string_equal(err.text, "");
	vrd_arena_clear(&mem);
}

static void failure_tells_the_first_error_and_counts_the_others(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_diag diag;
	vrd_err err = {0};
	vrd_diag_init(&diag, &mem, 0);
	vrd_diag_add(&diag, VRD_WARNING, (vrd_place){"a", 1, 1}, "r", NULL, "hm");
	vrd_diag_add(&diag, VRD_ERROR, (vrd_place){"a", 2, 5}, "r", "fix it", "bad");
	assert_int_equal(vrd_diag_fail(&diag, VRD_CONFIG, &err), VRD_CONFIG);
	assert_string_equal(err.text, "a:2:5: bad (fix it)");
	vrd_diag_add(&diag, VRD_ERROR, (vrd_place){"a", 3, 5}, "r", NULL, "worse");
	assert_int_equal(vrd_diag_fail(&diag, VRD_CONFIG, &err), VRD_CONFIG);
	assert_string_equal(err.text, "a:2:5: bad (fix it); and 1 more error");
	assert_int_equal(vrd_diag_fail(&diag, VRD_CONFIG, NULL), VRD_CONFIG);
	vrd_arena_clear(&mem);
}

static void without_memory_problems_are_still_counted(void **state) {
	(void)state;
	vrd_arena mem;
	vrd_diag diag;
	vrd_err err = {0};
	vrd_arena_init(&mem, 16);
	vrd_diag_init(&diag, &mem, 0);
	for (size_t i = 0; i < 3; i++)
		vrd_diag_add(&diag, VRD_ERROR, (vrd_place){"a", 1, 1}, "r", "remedy", "text");
	assert_int_equal(diag.n, 0);
	assert_int_equal(diag.n_errors, 3);
	assert_int_equal(diag.n_dropped, 3);
	assert_int_equal(vrd_diag_fail(&diag, VRD_DATA, &err), VRD_DATA);
	assert_string_equal(err.text, "3 errors, not kept for lack of memory");
	vrd_arena_clear(&mem);
}

static void a_problem_stays_one_line_whatever_it_quotes(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_diag diag;
	vrd_diag_init(&diag, &mem, 0);
	vrd_diag_add(&diag, VRD_ERROR, (vrd_place){"a\nb", 1, 1}, "r", "\033[1m", "x\ny\033z");
	assert_printed(&diag, false, "a b:1:1: error: x y?z [r]\n  ?[1m\n");
	vrd_arena_clear(&mem);
}

static void nobody_has_to_listen(void **state) {
	(void)state;
	vrd_diag_add(NULL, VRD_ERROR, (vrd_place){0}, "r", NULL, "t");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(problem_names_place_rule_and_remedy),
	        cmocka_unit_test(colour_marks_place_and_severity),
	        cmocka_unit_test(texts_are_copied),
	        cmocka_unit_test(limit_counts_each_file_for_itself),
	        cmocka_unit_test(limit_is_fifty_when_none_is_said),
	        cmocka_unit_test(first_error_is_kept_behind_many_warnings),
	        cmocka_unit_test(list_without_errors_is_no_failure),
	        cmocka_unit_test(failure_tells_the_first_error_and_counts_the_others),
	        cmocka_unit_test(without_memory_problems_are_still_counted),
	        cmocka_unit_test(a_problem_stays_one_line_whatever_it_quotes),
	        cmocka_unit_test(nobody_has_to_listen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
