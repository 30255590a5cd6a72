#include "common/clock.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "common/error.h"

#define DAY_SECONDS 86400

/* Years 1000 to 9999: every date has four digits; others are drawn in. */
#define LEAST_SECONDS INT64_C(-30610224000)
#define MOST_SECONDS INT64_C(253402300799)

/* Plain clock_gettime(), so that libfaketime moves it in the tests. */
static struct timespec
now_of(clockid_t id)
{
	struct timespec now = { 0 };

	clock_gettime(id, &now);
	return now;
}

int64_t
clock_seconds(void)
{
	return now_of(CLOCK_REALTIME).tv_sec;
}

int64_t
clock_microseconds(void)
{
	struct timespec now = now_of(CLOCK_REALTIME);

	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec now = now_of(CLOCK_MONOTONIC);

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_coarse_ms(void)
{
	struct timespec now = now_of(CLOCK_MONOTONIC_COARSE);

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_monotonic_us(void)
{
	struct timespec now = now_of(CLOCK_MONOTONIC);

	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static char *
put_digits(char *text, unsigned number, unsigned count)
{
	for (unsigned i = count; i-- > 0; number /= 10)
		text[i] = (char)('0' + number % 10);
	return text + count;
}

/*
 * The civil date: years are counted from March, so that the leap day is the
 * last of its year and every month before it has a fixed place (the months'
 * lengths from March on repeat as 153 days in five). By hand, since answers are
 * full of times and gmtime_r() looks for a time zone under a lock.
 */
static char *
put_date(char *text, int64_t days)
{
	unsigned since = (unsigned)(days + 719468); /* 0000-03-01 */
	unsigned era = since / 146097, day = since % 146097;
	unsigned year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	unsigned month;

	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	text = put_digits(text, era * 400 + year + (month >= 10), 4);
	*text++ = '-';
	text = put_digits(text, month < 10 ? month + 3 : month - 9, 2);
	*text++ = '-';
	return put_digits(text, day + 1, 2);
}

static char *
put_time(char *text, unsigned second)
{
	text = put_digits(text, second / 3600, 2);
	*text++ = ':';
	text = put_digits(text, second / 60 % 60, 2);
	*text++ = ':';
	return put_digits(text, second % 60, 2);
}

/* Whole days, rounded down, and the second of the day. */
static int64_t
split(int64_t seconds, unsigned *second)
{
	if (seconds < LEAST_SECONDS)
		seconds = LEAST_SECONDS;
	if (seconds > MOST_SECONDS)
		seconds = MOST_SECONDS;
	seconds -= LEAST_SECONDS;
	*second = (unsigned)(seconds % DAY_SECONDS);
	return seconds / DAY_SECONDS + LEAST_SECONDS / DAY_SECONDS;
}

char *
clock_format(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
	unsigned second;
	char *to = put_date(text, split(seconds, &second));

	*to++ = 'T';
	to = put_time(to, second);
	*to++ = 'Z';
	*to = '\0';
	return text;
}

char *
clock_format_date(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
	unsigned second;

	*put_date(text, split(seconds, &second)) = '\0';
	return text;
}

static int
digits(const char *text, int count)
{
	int value = 0;

	while (count-- > 0)
		value = value * 10 + (*text++ - '0');
	return value;
}

char *
clock_format_http(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
	static const char weekdays[] = "Sun, Mon, Tue, Wed, Thu, Fri, Sat, ";
	static const char months[] = " Jan  Feb  Mar  Apr  May  Jun "
				     " Jul  Aug  Sep  Oct  Nov  Dec ";
	unsigned second;
	int64_t day = split(seconds, &second);
	int64_t weekday = (day % 7 + 7 + 4) % 7; /* 1970 began on Thursday */
	char date[CLOCK_TEXT_MAX], *to = text;

	put_date(date, day);
	to = mempcpy(to, weekdays + 5 * weekday, 5);
	to = mempcpy(to, date + 8, 2);
	to = mempcpy(to, months + 5 * (digits(date + 5, 2) - 1), 5);
	to = mempcpy(to, date, 4);
	*to++ = ' ';
	to = put_time(to, second);
	strcpy(to, " GMT");
	return text;
}

/* Does `text` look like `shape`, where '9' is any digit? */
static bool
has_shape(const char *text, const char *shape)
{
	for (; *shape != '\0'; shape++, text++) {
		if (*shape == '9' ? !isdigit((unsigned char)*text)
				  : *text != *shape)
			return false;
	}
	return *text == '\0';
}

/* timegm() turns 30 February into March: what it changes was no date. */
static int
parse_date(const char *text, bool has_time, int64_t *seconds)
{
	struct tm tm = {
		.tm_year = digits(text, 4) - 1900,
		.tm_mon = digits(text + 5, 2) - 1,
		.tm_mday = digits(text + 8, 2),
	};
	struct tm given;
	time_t when;

	if (has_time) {
		tm.tm_hour = digits(text + 11, 2);
		tm.tm_min = digits(text + 14, 2);
		tm.tm_sec = digits(text + 17, 2);
	}
	given = tm;
	when = timegm(&tm);
	if (tm.tm_year != given.tm_year || tm.tm_mon != given.tm_mon ||
	    tm.tm_mday != given.tm_mday || tm.tm_hour != given.tm_hour ||
	    tm.tm_min != given.tm_min || tm.tm_sec != given.tm_sec)
		return ERROR_FORMAT;
	*seconds = when;
	return 0;
}

int
clock_parse_distance(const char *text, int64_t *seconds)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = {
		{ 's', 1 },
		{ 'm', 60 },
		{ 'h', 3600 },
		{ 'd', 86400 },
		{ 'w', 604800 },
	};
	size_t len = strspn(text, "0123456789");

	/* Seven digits of weeks stay far from overflow. */
	if (len == 0 || len > 7 || text[len] == '\0' || text[len + 1] != '\0')
		return ERROR_FORMAT;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text[len] == units[i].letter) {
			*seconds = digits(text, (int)len) * units[i].seconds;
			return 0;
		}
	}
	return ERROR_FORMAT;
}

int
clock_parse(const char *text, int64_t now, int64_t *seconds)
{
	int64_t distance;

	if (has_shape(text, "9999-99-99"))
		return parse_date(text, false, seconds);
	if (has_shape(text, "9999-99-99T99:99:99Z"))
		return parse_date(text, true, seconds);
	if (clock_parse_distance(text, &distance) != 0)
		return ERROR_FORMAT;
	*seconds = now + distance;
	return 0;
}
