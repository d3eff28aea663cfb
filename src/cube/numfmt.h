// Numbers as people read them (bokmål, nynorsk, English); never setlocale. The browser has a twin;
// both are tested with tests/numbers.tsv.
#pragma once

#include "base/text.h"

typedef enum { VRD_NB, VRD_NN, VRD_EN, VRD_N_LANGS } vrd_lang;

// "nb", "nn", "en"; false when it is none (out untouched).
bool vrd_lang_parse(vrd_str text, vrd_lang *out);
const char *vrd_lang_code(vrd_lang lang);

// Appends the number with grouping from 1 000 (U+00A0, or comma in English), `decimals` decimals
// (half away from zero on the shortest decimal form), decimal comma or point, U+2212 for minus.
// "-0" is never written. NaN gives "..". Negative `decimals` count as 0.
void vrd_fmt_number(vrd_buf *out, double value, int decimals, vrd_lang lang);
// 0.0775 with 1 decimal: "7,8 %" (U+00A0) or "7.8%". `sign`: a plus for positive numbers.
void vrd_fmt_percent(vrd_buf *out, double share, int decimals, bool sign, vrd_lang lang);
// `digits` significant digits with grouping: with 3, 3464947 -> "3 460 000"; 0.01234 -> "0,0123".
// Zeros at the end of the decimals are dropped: 0.5 -> "0,5".
void vrd_fmt_significant(vrd_buf *out, double value, int digits, vrd_lang lang);
// Compact: 2244955 -> "2,2 mill." / "2.2m"; 129e9 -> "129 mrd." / "129bn"; 50000 -> "50 tusen" /
// "50k"; below 10 000 the whole number, or 3 significant digits where those are more.
void vrd_fmt_compact(vrd_buf *out, double value, vrd_lang lang);
// Compact with the currency: 129e9 -> "129 mrd. kroner" ("129 mrd. kr") / "NOK 129bn".
void vrd_fmt_money(vrd_buf *out, double nok, bool short_form, vrd_lang lang);
// A rate with its base, 1 decimal (2 below 5): 12.4 per 1000 -> "12,4 per 1 000 innbyggere".
void vrd_fmt_rate(vrd_buf *out, double rate, int64_t per, vrd_lang lang);
// ISO date "2026-06-18" -> "18. juni 2026" / "18 June 2026"; other text is copied.
void vrd_fmt_date(vrd_buf *out, vrd_str iso, vrd_lang lang);
// The same as "18.06.2026"; in English, where that order misleads, "18 June 2026".
void vrd_fmt_date_short(vrd_buf *out, vrd_str iso, vrd_lang lang);
// Compares names by Norwegian collation (a..z æ ø å; aa sorts as å; no case; accents last): below,
// at or above 0. Blanks and signs come before digits, digits before letters. No allocation.
int vrd_collate(vrd_str a, vrd_str b);
