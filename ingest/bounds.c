#include "ingest/bounds.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool
starts_with(const uint8_t *at, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && strncasecmp((const char *)at, word, n) == 0;
}

/* Behind the line that begins at `at`. */
static size_t
next_line(const uint8_t *octets, size_t len, size_t at)
{
	const uint8_t *end = memchr(octets + at, '\n', len - at);

	return end == NULL ? len : (size_t)(end - octets) + 1;
}

static size_t
pass_blank_lines(const uint8_t *octets, size_t len)
{
	size_t begin = 0;

	for (size_t at = 0; at < len; at++) {
		if (octets[at] == '\n' || octets[at] == '\r')
			begin = at + 1;
		else if (octets[at] != ' ' && octets[at] != '\t')
			break;
	}
	return begin;
}

/* Old Macintosh files end their lines in CR alone. */
static void
mend_line_ends(uint8_t *octets, size_t len)
{
	if (memchr(octets, '\n', len) != NULL)
		return;
	for (size_t i = 0; i < len; i++) {
		if (octets[i] == '\r')
			octets[i] = '\n';
	}
}

size_t
bounds_copy(const uint8_t *octets, size_t len, uint8_t *out)
{
	size_t passed;

	if (len > BOUNDS_OCTETS_MAX)
		len = BOUNDS_OCTETS_MAX;
	passed = pass_blank_lines(octets, len);
	len -= passed;
	memcpy(out, octets + passed, len);
	mend_line_ends(out, len);
	if (starts_with(out, len, "From ") || starts_with(out, len, ">From ")) {
		passed = next_line(out, len, 0);
		len -= passed;
		memmove(out, out + passed, len);
	}
	return len;
}
