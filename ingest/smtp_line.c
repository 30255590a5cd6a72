#include "ingest/smtp_line.h"

#include <string.h>

static void
keep(struct smtp_line *line, const char *octets, size_t len)
{
	size_t room = SMTP_LINE_MAX - line->len;
	size_t kept = len < room ? len : room;

	memcpy(line->octets + line->len, octets, kept);
	line->len += kept;
	line->lost += len - kept;
}

size_t
smtp_line_feed(
    struct smtp_line *line, const char *octets, size_t len, bool *ended)
{
	const char *lf = memchr(octets, '\n', len);

	if (lf != NULL)
		len = (size_t)(lf - octets) + 1;
	*ended = lf != NULL && (len > 1 ? lf[-1] == '\r' : line->after_cr);
	line->after_cr = octets[len - 1] == '\r';
	keep(line, octets, len);
	return len;
}

void
smtp_line_clear(struct smtp_line *line)
{
	line->len = line->lost = 0;
	line->after_cr = false;
}
