#include "httpapi/percent.h"

#include <string.h>

#include "common/error.h"

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;
	int value = found != NULL ? (int)(found - digits) : -1;

	return value > 15 ? value - 6 : value;
}

/* The octet that "%XX" stands for, or -1. */
static int
escaped_octet(const char *text, size_t len)
{
	int high = len > 2 ? hex_value(text[1]) : -1;
	int low = len > 2 ? hex_value(text[2]) : -1;

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

int
percent_decode(
    const char *text, size_t len, bool plus_is_space, char *out, size_t size)
{
	size_t written = 0;

	/* Most has nothing escaped. */
	if (len < size && memchr(text, '%', len) == NULL && !plus_is_space &&
	    memchr(text, '\0', len) == NULL) {
		*(char *)mempcpy(out, text, len) = '\0';
		return 0;
	}
	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)text[i];

		if (c == '%') {
			c = escaped_octet(text + i, len - i);
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		if (c <= 0)
			return ERROR_FORMAT;
		if (written + 1 >= size)
			return ERROR_LIMIT;
		out[written++] = (char)c;
	}
	if (size == 0)
		return ERROR_LIMIT;
	out[written] = '\0';
	return 0;
}
