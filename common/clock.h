#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdint.h>

/*
 * The two clocks. Records bear seconds or microseconds of Unix time; time-outs
 * run on the monotonic clock, which no operator sets back.
 */

int64_t clock_seconds(void);	  /* Unix time */
int64_t clock_microseconds(void); /* Unix time, finer */
int64_t clock_monotonic_ms(void); /* since some start, never back */
int64_t clock_monotonic_us(void); /* the same, finer */
/*
 * The same as of the last tick, at most some ms ago: for a quarter of the time.
 */
int64_t clock_coarse_ms(void);

/* "2026-01-31T12:00:00Z" and "2026-01-31", NUL-terminated, UTC. */
#define CLOCK_TEXT_MAX 32
char *clock_format(int64_t seconds, char text[CLOCK_TEXT_MAX]);
char *clock_format_date(int64_t seconds, char text[CLOCK_TEXT_MAX]);
/* "Sat, 31 Jan 2026 12:00:00 GMT", as HTTP has it (RFC 9110 section 5.6.7). */
char *clock_format_http(int64_t seconds, char text[CLOCK_TEXT_MAX]);

/*
 * A distance: digits, at most seven, and one of s, m, h, d, w. 0, or
 * ERROR_FORMAT with *seconds untouched.
 */
int clock_parse_distance(const char *text, int64_t *seconds);

/*
 * Reads "2026-01-31", "2026-01-31T12:00:00Z" or a distance from `now` such as
 * "30d", "12h", "15m" (into the future). 0, or ERROR_FORMAT with *seconds
 * untouched.
 */
int clock_parse(const char *text, int64_t now, int64_t *seconds);

#endif
