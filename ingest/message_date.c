#include <ctype.h>
#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

#include "ingest/message.h"

/* --- as nearly everybody writes it ---------------------------------- */

/*
 * "Sat, 31 Jan 2026 12:00:00 +0100", with or without the day of the week, and
 * a comment behind (RFC 5322 section 3.3). GMime reads every other form, and
 * these for ten times as much.
 */

/* `most` digits at most, `least` at least; or -1. Goes on behind them. */
static int
take_number(const char **at, int least, int most)
{
	int number = 0, digits = 0;

	for (; digits < most && isdigit((unsigned char)**at); digits++)
		number = number * 10 + *(*at)++ - '0';
	return digits < least ? -1 : number;
}

static bool
take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* 1 to 12, or -1. */
static int
take_month(const char **at)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++) {
		if (strncasecmp(*at, names + 3 * i, 3) == 0) {
			*at += 3;
			return i + 1;
		}
	}
	return -1;
}

static int
days_in(int year, int month)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Since the first of January 1970. */
static int64_t
days_before(int year, int month, int day)
{
	int64_t y = year - 1;
	int64_t days = y * 365 + y / 4 - y / 100 + y / 400 - 719162;

	for (int i = 1; i < month; i++)
		days += days_in(year, i);
	return days + day - 1;
}

/* Seconds since midnight, or -1. */
static int
take_time(const char **at)
{
	int hour = take_number(at, 2, 2), minute, second = 0;

	if (hour < 0 || hour > 23 || !take(at, ':'))
		return -1;
	minute = take_number(at, 2, 2);
	if (minute < 0 || minute > 59)
		return -1;
	if (take(at, ':'))
		second = take_number(at, 2, 2);
	if (second < 0 || second > 59)
		return -1;
	return (hour * 60 + minute) * 60 + second;
}

/* Seconds east of Greenwich. */
static bool
take_zone(const char **at, int *seconds)
{
	int sign = take(at, '+') ? 1 : take(at, '-') ? -1 : 0;
	int number = take_number(at, 4, 4);

	if (sign == 0 || number < 0 || number > 1400 || number % 100 > 59)
		return false;
	*seconds = sign * (number / 100 * 60 + number % 100) * 60;
	return true;
}

static bool
read_plain(const char *at, int64_t *seconds)
{
	int day, month, year, time, zone;

	if (isalpha((unsigned char)at[0]) && isalpha((unsigned char)at[1]) &&
	    isalpha((unsigned char)at[2]) && at[3] == ',' && at[4] == ' ')
		at += 5;
	day = take_number(&at, 1, 2);
	if (day < 1 || !take(&at, ' '))
		return false;
	month = take_month(&at);
	if (month < 0 || !take(&at, ' '))
		return false;
	year = take_number(&at, 4, 4);
	if (year < 1970 || day > days_in(year, month) || !take(&at, ' '))
		return false;
	time = take_time(&at);
	if (time < 0 || !take(&at, ' ') || !take_zone(&at, &zone) ||
	    (*at != '\0' && strncmp(at, " (", 2) != 0))
		return false;
	*seconds = days_before(year, month, day) * 86400 + time - zone;
	return true;
}

/* --- as anybody may write it ---------------------------------------- */

static int64_t
read_any(const char *value)
{
	GDateTime *date = g_mime_utils_header_decode_date(value);
	int64_t seconds;

	if (date == NULL)
		return 0;
	seconds = g_date_time_to_unix(date);
	g_date_time_unref(date);
	return seconds;
}

int64_t
message_date(const char *value)
{
	int64_t seconds;

	if (value == NULL || strlen(value) > 128)
		return 0;
	if (!read_plain(value, &seconds))
		seconds = read_any(value);
	return seconds > 0 ? seconds : 0;
}
