#include "common/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/control.h"
#include "common/error.h"

/*
 * Longer lines are cut. A write of at most PIPE_BUF (4096) octets to a pipe is
 * never mixed with another's (POSIX write()).
 */
#define LINE_MAX_LEN 4096

#define GATE_PERIOD_MS 60000

static const struct {
	const char *name;
	int priority; /* of syslog(3), as the journal wants it */
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", 3 },
	[LOG_LEVEL_WARNING] = { "warning", 4 },
	[LOG_LEVEL_NOTICE] = { "notice", 5 },
	[LOG_LEVEL_INFO] = { "info", 6 },
	[LOG_LEVEL_DEBUG] = { "debug", 7 },
};

/* A reload may change them while other threads log. */
static _Atomic(const char *) log_program = "bsbl";
static _Atomic(enum log_level) log_least = LOG_LEVEL_INFO;
static atomic_bool log_journal;

/*
 * JOURNAL_STREAM holds device and inode of the journal's socket; a program
 * whose standard error was sent elsewhere inherits the variable all the same
 * (systemd.exec(5)).
 */
static bool
journal_reads(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char own[64];

	if (stream == NULL || fstat(STDERR_FILENO, &st) != 0)
		return false;
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(own, stream) == 0;
}

void
log_open(const char *program, enum log_level level)
{
	log_program = program;
	log_least = level;
	log_journal = journal_reads();
}

int
log_level_parse(const char *name, enum log_level *level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(name, levels[i].name) == 0) {
			*level = (enum log_level)i;
			return 0;
		}
	}
	return ERROR_FORMAT;
}

static int
put_prefix(char *line, size_t size, enum log_level level)
{
	char when[CLOCK_TEXT_MAX];

	if (log_journal)
		return snprintf(line, size, "<%d>", levels[level].priority);
	return snprintf(line, size, "%s %.32s %s ",
	    clock_format(clock_seconds(), when), log_program,
	    levels[level].name);
}

void
log_line(enum log_level level, const char *format, ...)
{
	char line[LINE_MAX_LEN];
	size_t start, len;
	va_list args;
	int wanted;

	if (level > log_least)
		return;
	start = (size_t)put_prefix(line, sizeof(line), level);
	va_start(args, format);
	wanted = vsnprintf(line + start, sizeof(line) - start, format, args);
	va_end(args);
	if (wanted < 0)
		return;
	len = start + (size_t)wanted;
	if (len > sizeof(line) - 1) {
		len = sizeof(line) - 1;
		memcpy(line + len - 3, "...", 3);
	}
	/* Whatever was not escaped must not forge a line. */
	for (size_t i = start; i < len; i++) {
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	}
	line[len++] = '\n';
	/* There is nowhere to complain about a log that fails. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}

bool
log_gate_open(struct log_gate *gate, const char *event)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	int64_t minute = clock_monotonic_ms() / GATE_PERIOD_MS;
	unsigned left_out = 0;
	bool open;

	pthread_mutex_lock(&lock);
	if (gate->minute != minute) {
		left_out = gate->suppressed;
		gate->minute = minute;
		gate->passed = gate->suppressed = 0;
	}
	open = gate->passed < gate->burst;
	if (open)
		gate->passed++;
	else
		gate->suppressed++;
	pthread_mutex_unlock(&lock);
	if (left_out > 0)
		log_notice("left_out event=%s lines=%u", event, left_out);
	return open;
}

/*
 * The octets of the UTF-8 character at `s`, 0 when there is none (RFC 3629:
 * shortest form, no surrogates, at most U+10FFFF). `s` ends with a NUL, which
 * is never a continuation.
 */
static size_t
utf8_len(const unsigned char *s)
{
	static const struct {
		unsigned char first, last; /* lead octet */
		unsigned char least, most; /* second octet */
		size_t len;
	} forms[] = {
		{ 0xc2, 0xc2, 0xa0, 0xbf, 2 }, /* from U+00A0: no controls */
		{ 0xc3, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (s[1] < forms[i].least || s[1] > forms[i].most)
			return 0;
		for (size_t k = 2; k < forms[i].len; k++) {
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		}
		return forms[i].len;
	}
	return 0;
}

/* One character of `s` as it is shown, into `piece`; its octets in `s`. */
static size_t
escape_one(const unsigned char *s, char piece[8])
{
	size_t len = s[0] >= 0x80 ? utf8_len(s) : 1;

	if (len == 0 || control_len((const char *)s) > 0 || s[0] == '\\' ||
	    s[0] == '"') {
		snprintf(piece, 8, "\\x%02X", s[0]);
		return 1;
	}
	memcpy(piece, s, len);
	piece[len] = '\0';
	return len;
}

char *
log_escape(const char *text, char out[LOG_TEXT_MAX])
{
	bool quoted = text[0] == '\0' || strpbrk(text, " \"'=") != NULL;
	/* The closing quote and the NUL come after. */
	const size_t room = LOG_TEXT_MAX - 1 - (quoted ? 1 : 0);
	size_t len = 0, cut = 0;
	char piece[8];

	if (quoted)
		out[len++] = '"';
	while (*text != '\0') {
		size_t taken = escape_one((const unsigned char *)text, piece);
		size_t more = strlen(piece);

		if (len + 3 <= room)
			cut = len;
		if (len + more > room) {
			memcpy(out + cut, "...", 3);
			len = cut + 3;
			break;
		}
		memcpy(out + len, piece, more);
		len += more;
		text += taken;
	}
	if (quoted)
		out[len++] = '"';
	out[len] = '\0';
	return out;
}
