// The words that people read: complete in three languages, with the same placeholders.
#include "cube/messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// How often each argument stands in a text: %s counts on, %1$s names its own.
static void count_placeholders(const char *text, unsigned count[9]) {
	size_t next = 0;
	for (size_t i = 0; i < 9; i++)
		count[i] = 0;
	for (const char *p = text; *p != '\0'; p++) {
		if (p[0] != '%')
			continue;
		if (p[1] == 's' && next < 9)
			count[next++]++;
		else if (p[1] >= '1' && p[1] <= '9' && p[2] == '$' && p[3] == 's')
			count[p[1] - '1']++;
	}
}

static bool same_placeholders(const char *a, const char *b) {
	unsigned in_a[9], in_b[9];
	count_placeholders(a, in_a);
	count_placeholders(b, in_b);
	return memcmp(in_a, in_b, sizeof in_a) == 0;
}

static void every_key_has_its_three_texts(void **state) {
	(void)state;
	assert_true(VRD_N_MSGS > 80);
	for (size_t k = 0; k < VRD_N_MSGS; k++)
		for (size_t lang = 0; lang < VRD_N_LANGS; lang++) {
			const char *text = vrd_msg((vrd_msg_key)k, (vrd_lang)lang);
			if (text == NULL || *text == '\0' ||
			    vrd_utf8_invalid_at(text, strlen(text)) != strlen(text) ||
			    vrd_str_trim(vrd_str_of(text)).n != strlen(text))
				fail_msg("%s has no proper text in %s",
				         vrd_msg_name((vrd_msg_key)k),
				         vrd_lang_code((vrd_lang)lang));
		}
}

static void placeholders_match_in_all_languages(void **state) {
	(void)state;
	for (size_t k = 0; k < VRD_N_MSGS; k++) {
		const char *nb = vrd_msg((vrd_msg_key)k, VRD_NB);
		if (!same_placeholders(nb, vrd_msg((vrd_msg_key)k, VRD_NN)) ||
		    !same_placeholders(nb, vrd_msg((vrd_msg_key)k, VRD_EN)))
			fail_msg("placeholders of %s differ", vrd_msg_name((vrd_msg_key)k));
	}
}

static void texts_hold_no_other_printf_conversion(void **state) {
	(void)state;
	for (size_t k = 0; k < VRD_N_MSGS; k++)
		for (size_t lang = 0; lang < VRD_N_LANGS; lang++)
			for (const char *p = vrd_msg((vrd_msg_key)k, (vrd_lang)lang); *p; p++)
				if (p[0] == '%' && p[1] != '\0' && strchr("dufgxzli%", p[1]))
					fail_msg("%s: only %%s is a placeholder",
					         vrd_msg_name((vrd_msg_key)k));
}

static void a_different_placeholder_would_be_seen(void **state) {
	(void)state;
	assert_true(same_placeholders("%s av %s", "%2$s of %1$s"));
	assert_false(same_placeholders("%s av %s", "%s"));
	assert_false(same_placeholders("%1$s", "%2$s"));
	assert_true(same_placeholders("80 % av", "80% of"));
}

static void keys_are_unique_and_found_by_name(void **state) {
	(void)state;
	for (size_t k = 0; k < VRD_N_MSGS; k++) {
		vrd_msg_key found = VRD_N_MSGS;
		assert_true(vrd_msg_find(vrd_str_of(vrd_msg_name((vrd_msg_key)k)), &found));
		assert_int_equal(found, k);
	}
	vrd_msg_key found = VRD_MSG_RUN;
	assert_true(vrd_msg_find(VRD_STR("catchment_area"), &found));
	assert_int_equal(found, VRD_MSG_CATCHMENT_AREA);
	assert_false(vrd_msg_find(VRD_STR("catchment"), &found));
	assert_false(vrd_msg_find(VRD_STR("catchment_area_"), &found));
	assert_false(vrd_msg_find(VRD_STR(""), &found));
	assert_int_equal(found, VRD_MSG_CATCHMENT_AREA);
}

static void dimensions_categories_and_units_are_found_by_their_names(void **state) {
	(void)state;
	assert_string_equal(vrd_msg_named("dim", "area", VRD_NB), "område");
	assert_string_equal(vrd_msg_named("sex", "F", VRD_NB), "kvinner");
	assert_string_equal(vrd_msg_named("sex", "all", VRD_EN), "both sexes");
	assert_string_equal(vrd_msg_named("measure", "bed_days", VRD_NN), "liggjedøgn");
	assert_string_equal(vrd_msg_named("unit", "bed days", VRD_EN), "bed days");
	assert_string_equal(vrd_msg_named("stat", "mc_error", VRD_NB), "Monte Carlo-feil");
	assert_null(vrd_msg_named("sex", "X", VRD_NB));
	assert_null(vrd_msg_named("dim", "", VRD_NB));
	assert_null(vrd_msg_named("di", "m_area", VRD_NB));
}

static void terms_are_those_of_the_glossary(void **state) {
	(void)state;
	assert_string_equal(vrd_msg(VRD_MSG_PROJECTION, VRD_NB), "framskriving");
	assert_string_equal(vrd_msg(VRD_MSG_PLACE_OF_TREATMENT, VRD_NN), "behandlingsstad");
	assert_string_equal(vrd_msg(VRD_MSG_LEGEND, VRD_NB), "Tegnforklaring");
	assert_string_equal(vrd_msg(VRD_MSG_CELL_SUPPRESSED, VRD_NB), "kan ikke offentliggjøres");
	for (size_t k = 0; k < VRD_N_MSGS; k++)
		assert_null(strstr(vrd_msg((vrd_msg_key)k, VRD_NB), "framskrivning"));
}

static void placeholders_are_filled_in_order_or_by_number(void **state) {
	(void)state;
	vrd_buf buf = {0};
	const char *const args[] = {"18", "juni", "2026"};
	vrd_msg_put(&buf, VRD_MSG_DATE, VRD_NB, 3, args);
	assert_string_equal(buf.p, "18. juni 2026");
	vrd_buf_reset(&buf);
	vrd_msg_put(&buf, VRD_MSG_PER_POPULATION, VRD_EN, 1, args);
	assert_string_equal(buf.p, "18 per  population");
	vrd_buf_reset(&buf);
	vrd_msg_put(&buf, VRD_MSG_INTERVAL, VRD_EN, 0, NULL);
	assert_string_equal(buf.p, "uncertainty interval (80%)");
	vrd_buf_free(&buf);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_key_has_its_three_texts),
	        cmocka_unit_test(placeholders_match_in_all_languages),
	        cmocka_unit_test(texts_hold_no_other_printf_conversion),
	        cmocka_unit_test(a_different_placeholder_would_be_seen),
	        cmocka_unit_test(keys_are_unique_and_found_by_name),
	        cmocka_unit_test(dimensions_categories_and_units_are_found_by_their_names),
	        cmocka_unit_test(terms_are_those_of_the_glossary),
	        cmocka_unit_test(placeholders_are_filled_in_order_or_by_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
