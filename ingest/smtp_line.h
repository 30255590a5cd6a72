#ifndef INGEST_SMTP_LINE_H
#define INGEST_SMTP_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "ingest/smtp_command.h"

/*
 * Octets become command lines. CR LF alone ends a line (RFC 5321 section
 * 2.3.8): a bare LF or CR stays in it, where the parser finds and refuses it.
 */
struct smtp_line {
	char octets[SMTP_LINE_MAX];
	size_t len;  /* kept; with the CR LF when nothing was lost */
	size_t lost; /* octets beyond SMTP_LINE_MAX */
	bool after_cr;
};

/*
 * Takes octets up to the end of the line at most, at least one of `len` > 0.
 * Returns how many; *ended tells whether the line's end was among them. Then
 * smtp_line_clear before the next.
 */
size_t smtp_line_feed(
    struct smtp_line *line, const char *octets, size_t len, bool *ended);
void smtp_line_clear(struct smtp_line *line);

#endif
