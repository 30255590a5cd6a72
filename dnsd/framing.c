#include "dnsd/framing.h"

#include <string.h>

#include "common/error.h"

#define LENGTH_LEN 2

void
framing_init(struct framing *framing)
{
	framing->at = framing->len = 0;
}

/*
 * Callers take every whole message before they ask for room, so what is left
 * is less than one and there is room behind it.
 */
uint8_t *
framing_room(struct framing *framing, size_t *room)
{
	framing->len -= framing->at;
	memmove(framing->octets, framing->octets + framing->at, framing->len);
	framing->at = 0;
	*room = sizeof(framing->octets) - framing->len;
	return framing->octets + framing->len;
}

void
framing_got(struct framing *framing, size_t len)
{
	framing->len += len;
}

int
framing_next(struct framing *framing, const uint8_t **message, size_t *len)
{
	const uint8_t *start = framing->octets + framing->at;
	size_t got = framing_partial(framing), wanted;

	if (got < LENGTH_LEN)
		return ERROR_NOT_FOUND;
	wanted = (size_t)start[0] << 8 | start[1];
	if (wanted > sizeof(framing->octets) - LENGTH_LEN)
		return ERROR_LIMIT;
	if (got < LENGTH_LEN + wanted)
		return ERROR_NOT_FOUND;
	*message = start + LENGTH_LEN;
	*len = wanted;
	framing->at += LENGTH_LEN + wanted;
	return 0;
}

size_t
framing_partial(const struct framing *framing)
{
	return framing->len - framing->at;
}
