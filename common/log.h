#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

/*
 * One line an event: its name, then key=value pairs:
 *
 *	listed address=192.0.2.1 kind=dsn sightings=4
 *
 * error: an operator must act; warning: soon; notice: a state changed; info:
 * one per mail or listing; debug: for whoever reads the source beside it.
 * Lines go to standard error, with the kernel's <N> prefix when the journal
 * reads them (JOURNAL_STREAM), else with the UTC time in front. Thread safe.
 */
enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* The program's short name ("dnsd") and the least urgent level shown. */
void log_open(const char *program, enum log_level level);
int log_level_parse(const char *name, enum log_level *level);

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)
void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * What strangers can provoke is logged through a gate: at most `burst` lines a
 * minute pass; the first line of the next minute is preceded by one that
 * counts what was left out. A gate is a static variable at the place that
 * logs; LOG_GATE(20) makes one.
 */
struct log_gate {
	unsigned burst;
	unsigned passed;
	unsigned suppressed;
	int64_t minute;
};
#define LOG_GATE(n)                                                            \
	{                                                                      \
		.burst = (n)                                                   \
	}
bool log_gate_open(struct log_gate *gate, const char *event);

/*
 * Outside text made safe for a value: quoted where it has spaces, quotes, '='
 * or nothing in it; control octets, backslash, quote and octets that are no
 * UTF-8 become \xNN; cut to fit with "..." at the end. Returns `out`.
 */
#define LOG_TEXT_MAX 256
char *log_escape(const char *text, char out[LOG_TEXT_MAX]);

#endif
