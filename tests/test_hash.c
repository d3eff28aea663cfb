#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "num/hash.h"

static void assert_hash(vrd_hash hash, const char *hex) {
	char text[2 * VRD_HASH_BYTES + 1];
	vrd_hash_hex(&hash, text);
	assert_string_equal(text, hex);
}

// Known answers by b2sum -l 256 (GNU coreutils), an implementation of its own.
static void hash_gives_the_known_answers(void **state) {
	(void)state;
	assert_hash(vrd_hash_bytes("", 0),
	            "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	assert_hash(vrd_hash_bytes(NULL, 0),
	            "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	assert_hash(vrd_hash_bytes("abc", 3),
	            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

static void id_is_the_first_eight_bytes_little_endian(void **state) {
	(void)state;
	assert_true(vrd_hash_id(VRD_STR("abc")) == 0x723942633c81ddbd);
	assert_true(vrd_hash_id((vrd_str){0}) == 0xb243e526c051570e);
}

static vrd_hash of_two(const char *a, const char *b) {
	vrd_hasher hasher;
	vrd_hasher_init(&hasher);
	vrd_hasher_add_text(&hasher, a);
	vrd_hasher_add_text(&hasher, b);
	return vrd_hasher_finish(&hasher);
}

static void assert_differ(vrd_hash a, vrd_hash b) {
	assert_memory_not_equal(a.bytes, b.bytes, VRD_HASH_BYTES);
}

static void fields_do_not_run_together(void **state) {
	(void)state;
	assert_differ(of_two("ab", "c"), of_two("a", "bc"));
	assert_differ(of_two("abc", ""), of_two("", "abc"));
	const vrd_hash once = of_two("ab", "c"), again = of_two("ab", "c");
	assert_memory_equal(once.bytes, again.bytes, VRD_HASH_BYTES);
}

static void missing_text_differs_from_empty_text(void **state) {
	(void)state;
	assert_differ(of_two(NULL, "a"), of_two("", "a"));
	assert_differ(of_two("a", NULL), of_two("a", ""));
}

// Ids of runs are stored: what is hashed for a field may never change.
static void field_is_its_length_and_its_bytes(void **state) {
	(void)state;
	vrd_hasher hasher;
	vrd_hasher_init(&hasher);
	vrd_hasher_add(&hasher, "ab", 2);
	vrd_hasher_add_u64(&hasher, 0x0102030405060708);
	vrd_hasher_add_double(&hasher, 1.0);
	vrd_hasher_add_text(&hasher, NULL);
	const vrd_hash hash = vrd_hasher_finish(&hasher);
	static const char bytes[] = "\x02\0\0\0\0\0\0\0"
	                            "ab"
	                            "\x08\x07\x06\x05\x04\x03\x02\x01"
	                            "\0\0\0\0\0\0\xf0\x3f"
	                            "\xff\xff\xff\xff\xff\xff\xff\xff";
	const vrd_hash whole = vrd_hash_bytes(bytes, sizeof bytes - 1);
	assert_memory_equal(hash.bytes, whole.bytes, VRD_HASH_BYTES);
}

static void signs_of_zero_differ(void **state) {
	(void)state;
	vrd_hasher a, b;
	vrd_hasher_init(&a);
	vrd_hasher_init(&b);
	vrd_hasher_add_double(&a, 0.0);
	vrd_hasher_add_double(&b, -0.0);
	assert_differ(vrd_hasher_finish(&a), vrd_hasher_finish(&b));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(hash_gives_the_known_answers),
	        cmocka_unit_test(id_is_the_first_eight_bytes_little_endian),
	        cmocka_unit_test(fields_do_not_run_together),
	        cmocka_unit_test(missing_text_differs_from_empty_text),
	        cmocka_unit_test(field_is_its_length_and_its_bytes),
	        cmocka_unit_test(signs_of_zero_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
