// Dates as tables of stays write them.
#include "region/episode_parts.h"

#include "base/banned.h"

// Takes exactly `n` digits off the front.
static bool digits(vrd_str *text, size_t n, int *out) {
	*out = 0;
	if (text->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (text->p[i] < '0' || text->p[i] > '9')
			return false;
		*out = 10 * *out + (text->p[i] - '0');
	}
	text->p += n;
	text->n -= n;
	return true;
}

static bool sign(vrd_str *text, char c) {
	if (!text->n || *text->p != c)
		return false;
	text->p++;
	text->n--;
	return true;
}

static bool is_leap(int year) {
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month) {
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month - 1] + (month == 2 && is_leap(year));
}

// Days since 1 March of the year 0 in the Gregorian calendar: with March first, the leap day is the
// last of its year, and months 0..11 begin at (153 m + 2) / 5.
static int64_t day_number(int year, int month, int day) {
	const int64_t m = (month + 9) % 12, y = year - (month <= 2);
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
}

static bool calendar_date(vrd_str *text, int *year, int *month, int *day) {
	vrd_str t = *text;
	if (digits(&t, 4, year)) {
		const bool dashed = sign(&t, '-');
		if (!digits(&t, 2, month) || (dashed && !sign(&t, '-')) || !digits(&t, 2, day))
			return false;
	} else {
		t = *text;
		if (!digits(&t, 2, day) || !sign(&t, '.') || !digits(&t, 2, month) ||
		    !sign(&t, '.') || !digits(&t, 4, year))
			return false;
	}
	*text = t;
	return *year >= 1800 && *year <= 2200 && *month >= 1 && *month <= 12 && *day >= 1 &&
	       *day <= days_in(*year, *month);
}

bool vrd_episode_date(vrd_str text, int64_t *minutes, int *year, bool *timed) {
	vrd_str t = vrd_str_trim(text);
	int month, day, hour = 0, minute = 0, second = 0;
	if (!calendar_date(&t, year, &month, &day))
		return false;
	*timed = sign(&t, 'T') || sign(&t, ' ');
	if (*timed && (!digits(&t, 2, &hour) || !sign(&t, ':') || !digits(&t, 2, &minute)))
		return false;
	if (*timed && sign(&t, ':') && !digits(&t, 2, &second))
		return false;
	if (t.n || hour > 23 || minute > 59 || second > 59)
		return false;
	*minutes = (day_number(*year, month, day) * 24 + hour) * 60 + minute;
	return true;
}
