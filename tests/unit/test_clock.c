#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/error.h"

#define NOW INT64_C(1000000)

static const struct {
	const char *text;
	int64_t seconds;
} good[] = {
	{ "1970-01-01", 0 },
	{ "2026-01-31", 1769817600 },
	{ "2026-01-31T12:00:00Z", 1769860800 },
	{ "2024-02-29", 1709164800 },
	{ "1969-12-31T23:59:59Z", -1 },
	{ "30d", NOW + 30 * 86400 },
	{ "12h", NOW + 12 * 3600 },
	{ "15m", NOW + 15 * 60 },
	{ "2w", NOW + 14 * 86400 },
	{ "0s", NOW },
	{ "9999999w", NOW + INT64_C(9999999) * 7 * 86400 },
};

static const char *const bad[] = { "", "d", "15", "-1d", "+1d", " 1d", "1d ",
	"1 d", "1dd", "1y", "1D", "1.5d", "10000000d", "99999999999999999999d",
	"2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-1",
	"2026-01-31T", "2026-01-31T12:00:00", "2026-01-31T24:00:00Z",
	"2026-01-31T12:60:00Z", "2026-01-31T12:00:60Z", "2026-01-31 12:00:00Z",
	"20x6-01-31", "2026-01-31T12:00:00ZZ", "x2026-01-31" };

static void
reads_dates_and_distances(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t seconds = -7;

		assert_int_equal(clock_parse(good[i].text, NOW, &seconds), 0);
		assert_true(seconds == good[i].seconds);
	}
}

static void
refuses_what_is_no_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t seconds = -7;

		assert_int_equal(
		    clock_parse(bad[i], NOW, &seconds), ERROR_FORMAT);
		assert_true(seconds == -7);
	}
}

static void
writes_universal_time(void **state)
{
	char text[CLOCK_TEXT_MAX];

	(void)state;
	assert_string_equal(
	    clock_format(1769860800, text), "2026-01-31T12:00:00Z");
	assert_string_equal(clock_format_date(1769860800, text), "2026-01-31");
	assert_string_equal(clock_format(0, text), "1970-01-01T00:00:00Z");
}

/* The days of four years and their leap day, against the C library. */
static void
writes_the_dates_of_http(void **state)
{
	char text[CLOCK_TEXT_MAX], expected[CLOCK_TEXT_MAX];

	(void)state;
	assert_string_equal(clock_format_http(784111777, text),
	    "Sun, 06 Nov 1994 08:49:37 GMT"); /* of RFC 9110 */
	for (int day = -800; day < 800; day++) {
		time_t at = (time_t)day * 86400 + day;
		struct tm tm;

		gmtime_r(&at, &tm);
		strftime(
		    expected, sizeof(expected), "%a, %d %b %Y %T GMT", &tm);
		assert_string_equal(clock_format_http(at, text), expected);
		strftime(expected, sizeof(expected), "%FT%TZ", &tm);
		assert_string_equal(clock_format(at, text), expected);
	}
}

static void
writes_absurd_times_within_bounds(void **state)
{
	char text[CLOCK_TEXT_MAX];

	(void)state;
	assert_string_equal(
	    clock_format(INT64_MAX, text), "9999-12-31T23:59:59Z");
	assert_string_equal(
	    clock_format(INT64_MIN, text), "1000-01-01T00:00:00Z");
}

static void
its_units_agree(void **state)
{
	int64_t before = clock_seconds();
	int64_t middle = clock_microseconds();
	int64_t after = clock_seconds();

	(void)state;
	assert_true(before <= middle / 1000000 && middle / 1000000 <= after);
}

static void
monotonic_time_never_goes_back(void **state)
{
	int64_t last = clock_monotonic_ms();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_monotonic_ms();

		assert_true(now >= last);
		last = now;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_dates_and_distances),
		cmocka_unit_test(refuses_what_is_no_time),
		cmocka_unit_test(writes_universal_time),
		cmocka_unit_test(writes_the_dates_of_http),
		cmocka_unit_test(writes_absurd_times_within_bounds),
		cmocka_unit_test(its_units_agree),
		cmocka_unit_test(monotonic_time_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
