#include "common/clock.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "common/error.h"

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
clock_monotonic_us(void)
{
	struct timespec now = now_of(CLOCK_MONOTONIC);

	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct tm
broken_down(int64_t seconds)
{
	struct tm tm = { 0 };
	time_t when;

	if (seconds < LEAST_SECONDS)
		seconds = LEAST_SECONDS;
	if (seconds > MOST_SECONDS)
		seconds = MOST_SECONDS;
	when = (time_t)seconds;
	gmtime_r(&when, &tm);
	return tm;
}

char *
clock_format(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
	struct tm tm = broken_down(seconds);

	strftime(text, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return text;
}

char *
clock_format_date(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
	struct tm tm = broken_down(seconds);

	strftime(text, CLOCK_TEXT_MAX, "%Y-%m-%d", &tm);
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

static int
digits(const char *text, int count)
{
	int value = 0;

	while (count-- > 0)
		value = value * 10 + (*text++ - '0');
	return value;
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
