#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

// Linked with --wrap=calloc: the n-th call from now fails, and every one is counted.
static size_t fail_at;
static size_t n_calls;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size) {
	n_calls++;
	if (fail_at != 0 && --fail_at == 0)
		return NULL;
	return __real_calloc(n, size);
}

static int reset_calloc(void **state) {
	(void)state;
	fail_at = 0;
	n_calls = 0;
	return 0;
}

static void assert_zero(const unsigned char *p, size_t n) {
	for (size_t i = 0; i < n; i++)
		assert_int_equal(p[i], 0);
}

static void a_zeroed_arena_works_and_has_no_limit(void **state) {
	(void)state;
	vrd_arena mem = {0};
	unsigned char *p = vrd_arena_alloc(&mem, 3, 1000000);
	assert_non_null(p);
	assert_zero(p, 3000000);
	vrd_arena_clear(&mem);
}

static void every_size_is_zeroed_and_aligned(void **state) {
	(void)state;
	vrd_arena mem = {0};
	for (size_t n = 0; n < 40000; n = n * 5 / 4 + 1) {
		unsigned char *p = vrd_arena_alloc(&mem, n, 1);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % (n >= 64 ? 64 : 16), 0);
		assert_zero(p, n);
		memset(p, 0xA5, n); // the next one must not be dirtied by this one
	}
	vrd_arena_clear(&mem);
}

static void allocations_never_overlap(void **state) {
	(void)state;
	enum { n = 600 };
	vrd_arena mem = {0};
	unsigned char *p[n];
	for (size_t i = 0; i < n; i++) {
		const size_t size = i * 37 % 20000;
		p[i] = vrd_arena_alloc(&mem, size, 1);
		assert_non_null(p[i]);
		memset(p[i], (int)(i % 251), size);
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i * 37 % 20000; k++)
			assert_int_equal(p[i][k], i % 251);
	}
	vrd_arena_clear(&mem);
}

static void small_requests_share_a_block(void **state) {
	(void)state;
	vrd_arena mem = {0};
	for (size_t i = 0; i < 1000; i++)
		assert_non_null(vrd_arena_alloc(&mem, 1, 48));
	assert_int_equal(n_calls, 1);
	assert_non_null(vrd_arena_alloc(&mem, 1, 1000000));
	assert_non_null(vrd_arena_alloc(&mem, 1, 48)); // the shared block is still in use
	assert_int_equal(n_calls, 2);
	vrd_arena_clear(&mem);
}

static void product_that_overflows_is_refused(void **state) {
	(void)state;
	vrd_arena mem = {0};
	assert_null(vrd_arena_alloc(&mem, SIZE_MAX / 2, 3));
	assert_null(vrd_arena_alloc(&mem, SIZE_MAX, 1));
	assert_null(vrd_arena_alloc(&mem, SIZE_MAX - 20, 1));
	assert_null(vrd_arena_strndup(&mem, "x", SIZE_MAX));
	assert_int_equal(mem.used, 0);
	assert_int_equal(n_calls, 0);
}

static void budget_is_the_most_that_is_handed_out(void **state) {
	(void)state;
	vrd_arena mem;
	vrd_arena_init(&mem, 4096);
	assert_non_null(vrd_arena_alloc(&mem, 4000, 1));
	assert_null(vrd_arena_alloc(&mem, 112, 1));
	assert_int_equal(mem.used, 4000);
	assert_non_null(vrd_arena_alloc(&mem, 96, 1));
	assert_int_equal(mem.used, 4096);
	assert_null(vrd_arena_alloc(&mem, 0, 1));
	vrd_arena_clear(&mem);
	assert_int_equal(mem.used, 0);
	assert_int_equal(mem.budget, 4096);
	assert_non_null(vrd_arena_alloc(&mem, 4096, 1));
	vrd_arena_clear(&mem);
}

static void nothing_still_has_an_address_of_its_own(void **state) {
	(void)state;
	vrd_arena mem = {0};
	const void *a = vrd_arena_alloc(&mem, 0, 8);
	const void *b = vrd_arena_alloc(&mem, 8, 0);
	assert_non_null(a);
	assert_non_null(b);
	assert_ptr_not_equal(a, b);
	vrd_arena_clear(&mem);
}

static void failed_malloc_leaves_the_arena_usable(void **state) {
	(void)state;
	const size_t sizes[] = {10, 70000, 66000, 1000000};
	for (size_t k = 1; k <= 4; k++) {
		vrd_arena mem = {0};
		size_t n_failed = 0;
		size_t expected = 0;
		fail_at = k;
		for (size_t i = 0; i < 4; i++) {
			const void *p = vrd_arena_alloc(&mem, sizes[i], 1);
			n_failed += p == NULL;
			expected += p == NULL ? 0 : (sizes[i] + 15) / 16 * 16;
			assert_int_equal(mem.used, expected);
		}
		assert_int_equal(n_failed, 1);
		assert_non_null(vrd_arena_strdup(&mem, "after"));
		vrd_arena_clear(&mem);
	}
}

static void copies_are_terminated(void **state) {
	(void)state;
	vrd_arena mem = {0};
	assert_string_equal(vrd_arena_strdup(&mem, "varde"), "varde");
	assert_string_equal(vrd_arena_strndup(&mem, "varde", 3), "var");
	assert_string_equal(vrd_arena_strndup(&mem, NULL, 0), "");
	assert_string_equal(vrd_arena_printf(&mem, "%s-%d", "age", 105), "age-105");
	char *large = vrd_arena_printf(&mem, "%0100000d", 7);
	assert_int_equal(strlen(large), 100000);
	vrd_arena_clear(&mem);
}

static vrd_status make_numbers(vrd_arena *mem, size_t n, double **out, vrd_err *err) {
	return VRD_NEW(mem, *out, n);
}

static void failed_new_says_how_much_was_asked_for(void **state) {
	(void)state;
	vrd_arena mem;
	vrd_err err = {0};
	double *numbers = NULL;
	vrd_arena_init(&mem, 1024);
	assert_int_equal(make_numbers(&mem, 100, &numbers, &err), VRD_OK);
	assert_int_equal((uintptr_t)numbers % 64, 0);
	assert_string_equal(err.text, "");
	assert_int_equal(make_numbers(&mem, 100, &numbers, &err), VRD_NOMEM);
	assert_int_equal(err.status, VRD_NOMEM);
	assert_string_equal(err.text,
	                    "no memory for 100 x 8 bytes: 800 bytes of a budget of 1024 are used");
	assert_int_equal(make_numbers(&mem, 100, &numbers, NULL), VRD_NOMEM);
	vrd_arena_clear(&mem);
}

static void message_may_quote_the_message_it_replaces(void **state) {
	(void)state;
	vrd_err err = {0};
	(void)vrd_fail(&err, VRD_DATA, "age %d", 130);
	assert_int_equal(vrd_fail(&err, VRD_CONFIG, "base.yaml: %s", err.text), VRD_CONFIG);
	assert_string_equal(err.text, "base.yaml: age 130");
	assert_int_equal(vrd_fail(NULL, VRD_IO, "nobody listens"), VRD_IO);
}

static void long_message_is_cut_between_code_points(void **state) {
	(void)state;
	char text[2001];
	vrd_err err;
	for (size_t start = 0; start < 2; start++) {
		memset(text, 'a', start);
		for (size_t i = start; i + 1 < sizeof text; i += 2)
			memcpy(text + i, "\xC3\xA6", 2);
		text[sizeof text - 1] = '\0';
		(void)vrd_fail(&err, VRD_DATA, "%s", text);
		const size_t n = strlen(err.text);
		assert_int_equal(n, start == 0 ? 1022 : 1023);
		assert_int_equal((unsigned char)err.text[n - 1], 0xA6);
	}
}

static void escape_sequences_do_not_reach_the_terminal(void **state) {
	(void)state;
	vrd_err err;
	(void)vrd_fail(&err, VRD_DATA, "bad code \"%s\"", "\033[2J\x7F\n");
	assert_string_equal(err.text, "bad code \"?[2J?\n\"");
}

static void statuses_have_names_and_codes(void **state) {
	(void)state;
	assert_string_equal(vrd_status_name(VRD_DATA), "DATA");
	assert_int_equal(vrd_status_exit_code(VRD_OK), 0);
	assert_int_equal(vrd_status_exit_code(VRD_CANCELLED), 130);
	assert_int_equal(vrd_status_http(VRD_NOINPUT), 404);
	assert_string_equal(vrd_status_text(VRD_NOPERM), "no permission");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup(a_zeroed_arena_works_and_has_no_limit, reset_calloc),
	        cmocka_unit_test_setup(every_size_is_zeroed_and_aligned, reset_calloc),
	        cmocka_unit_test_setup(allocations_never_overlap, reset_calloc),
	        cmocka_unit_test_setup(small_requests_share_a_block, reset_calloc),
	        cmocka_unit_test_setup(product_that_overflows_is_refused, reset_calloc),
	        cmocka_unit_test_setup(budget_is_the_most_that_is_handed_out, reset_calloc),
	        cmocka_unit_test_setup(nothing_still_has_an_address_of_its_own, reset_calloc),
	        cmocka_unit_test_setup(failed_malloc_leaves_the_arena_usable, reset_calloc),
	        cmocka_unit_test_setup(copies_are_terminated, reset_calloc),
	        cmocka_unit_test_setup(failed_new_says_how_much_was_asked_for, reset_calloc),
	        cmocka_unit_test(message_may_quote_the_message_it_replaces),
	        cmocka_unit_test(long_message_is_cut_between_code_points),
	        cmocka_unit_test(escape_sequences_do_not_reach_the_terminal),
	        cmocka_unit_test(statuses_have_names_and_codes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
