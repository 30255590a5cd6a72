#ifndef DNSD_FRAMING_H
#define DNSD_FRAMING_H

#include <stddef.h>
#include <stdint.h>

/*
 * A stream of octets -> messages with two octets of length before each (RFC
 * 1035 section 4.2.2), however the stream is cut. Bounded: a question with
 * everything that options and keys can add is far smaller than this.
 */
#define FRAMING_SIZE 4096

struct framing {
	uint8_t octets[FRAMING_SIZE];
	size_t at, len; /* read so far, got so far */
};

void framing_init(struct framing *framing);

/* Where the stream's next octets go, *room of them at most, never none. */
uint8_t *framing_room(struct framing *framing, size_t *room);
void framing_got(struct framing *framing, size_t len);

/*
 * The next whole message: 0, valid until framing_room; ERROR_NOT_FOUND when
 * there is none yet; ERROR_LIMIT when it is longer than any we take. After
 * ERROR_LIMIT nothing more can be read.
 */
int framing_next(struct framing *framing, const uint8_t **message, size_t *len);

/* Octets of a message that is not whole yet. */
size_t framing_partial(const struct framing *framing);

#endif
