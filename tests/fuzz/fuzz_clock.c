#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

/*
 * Dates and distances from text. A date that reads is written as it stood; a
 * distance leads from any time to one not before it.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t now = 1769860800;
	char *text = malloc(size + 1), written[CLOCK_TEXT_MAX];
	int64_t seconds, distance;

	memcpy(text, data, size);
	text[size] = '\0';
	if (clock_parse(text, now, &seconds) != 0) {
		free(text);
		return 0;
	}
	if (clock_parse_distance(text, &distance) == 0) {
		if (distance < 0 || seconds != now + distance)
			abort();
	} else if (strcmp(text, "1000") > 0 &&
		   strcmp(clock_format(seconds, written), text) != 0 &&
		   strcmp(clock_format_date(seconds, written), text) != 0) {
		abort();
	}
	free(text);
	return 0;
}
