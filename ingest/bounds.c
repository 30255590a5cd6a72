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

static bool
is_address_field(const uint8_t *at, size_t len)
{
	static const char *const names[] = {
		"from:", "to:", "cc:", "bcc:", "reply-to:", "sender:"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (starts_with(at, len, names[i]))
			return true;
	}
	return false;
}

/*
 * How much lies within the bounds on lines. The header's length goes to
 * *header_len.
 */
static size_t
count_lines(const uint8_t *octets, size_t len, size_t *header_len)
{
	unsigned lines = 0, dashed = 0, types = 0, addresses = 0;
	size_t at = 0, next;
	bool header = true;

	for (; at < len; at = next) {
		next = next_line(octets, len, at);
		if (header && next - at <= 2 &&
		    (octets[at] == '\n' || octets[at] == '\r')) {
			*header_len = at;
			header = false;
		}
		dashed += starts_with(octets + at, next - at, "--");
		types += starts_with(octets + at, next - at, "content-type");
		addresses += is_address_field(octets + at, next - at);
		if (++lines > BOUNDS_LINES_MAX || dashed > BOUNDS_DASHED_MAX ||
		    types > BOUNDS_TYPES_MAX ||
		    addresses > BOUNDS_ADDRESSES_MAX)
			break;
	}
	if (header)
		*header_len = at;
	return at;
}

/* A header that is too long loses its last fields, not the body. */
static size_t
cut_header(uint8_t *octets, size_t len, size_t header_len)
{
	size_t cut = BOUNDS_HEADER_MAX;

	if (header_len <= cut)
		return len;
	while (cut > 0 && octets[cut - 1] != '\n')
		cut--;
	memmove(octets + cut, octets + header_len, len - header_len);
	return len - (header_len - cut);
}

size_t
bounds_copy(const uint8_t *octets, size_t len, uint8_t *out)
{
	size_t header_len = 0, passed;

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
	len = count_lines(out, len, &header_len);
	return cut_header(out, len, header_len);
}
