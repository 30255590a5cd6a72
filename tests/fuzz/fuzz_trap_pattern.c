#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/trap_pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The pattern as one would write it. */
static void
write_pattern(const struct trap_pattern *pattern, char *text)
{
	if (pattern->local[0] != '\0') {
		*text++ = '"';
		for (const char *c = pattern->local; *c != '\0'; c++) {
			if (*c == '"' || *c == '\\')
				*text++ = '\\';
			*text++ = *c;
		}
		*text++ = '"';
	}
	sprintf(text, "@%s%s", pattern->subdomains ? "." : "", pattern->domain);
}

/* What parses, written out, parses to the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[1024];
	struct trap_pattern pattern, again;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	memset(&pattern, 0, sizeof(pattern));
	memset(&again, 0, sizeof(again));
	if (trap_pattern_parse(text, &pattern) != 0)
		return 0;
	write_pattern(&pattern, text);
	if (trap_pattern_parse(text, &again) != 0 ||
	    memcmp(&pattern, &again, sizeof(again)) != 0)
		abort();
	return 0;
}
