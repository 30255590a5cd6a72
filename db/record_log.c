#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "db/record_private.h"

void
record_note(const struct recorder_rules *rules, enum log_level level,
    const char *format, ...)
{
	struct record_scratch *scratch = rules->scratch;
	struct record_line *line;
	va_list args;

	if (scratch->line_count == RECORD_LINES_MAX) {
		scratch->lines_lost++;
		return;
	}
	line = &scratch->lines[scratch->line_count++];
	line->level = level;
	va_start(args, format);
	vsnprintf(line->text, sizeof(line->text), format, args);
	va_end(args);
}

void
record_log_decisions(const struct recorder_rules *rules, bool committed)
{
	struct record_scratch *scratch = rules->scratch;

	for (unsigned i = 0; committed && i < scratch->line_count; i++)
		log_line(scratch->lines[i].level, "%s", scratch->lines[i].text);
	if (committed && scratch->lines_lost > 0)
		log_notice("decisions more=%u reason=\"the audit has all\"",
		    scratch->lines_lost);
	scratch->line_count = scratch->lines_lost = 0;
}

char *
record_kinds(uint32_t kinds, char text[RECORD_KINDS_MAX])
{
	size_t len = 0;

	text[0] = '\0';
	for (int k = BACKSCATTER_DSN; k < BACKSCATTER_KIND_COUNT; k++) {
		if ((kinds & BACKSCATTER_BIT(k)) != 0)
			len += (size_t)snprintf(text + len,
			    RECORD_KINDS_MAX - len, "%s%s", len > 0 ? "," : "",
			    backscatter_name((enum backscatter_kind)k));
	}
	return len > 0 ? text : strcpy(text, "none");
}

enum backscatter_kind
record_first_kind(uint32_t kinds)
{
	int kind = BACKSCATTER_DSN;

	while (kind < BACKSCATTER_KIND_COUNT &&
	       (kinds & BACKSCATTER_BIT(kind)) == 0)
		kind++;
	return kind < BACKSCATTER_KIND_COUNT ? (enum backscatter_kind)kind
					     : BACKSCATTER_NONE;
}
