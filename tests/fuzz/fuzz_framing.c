#include <stdint.h>
#include <string.h>

#include "common/error.h"
#include "dnsd/framing.h"
#include "tests/support/insist.h"

/*
 * The first octet says how the stream is cut, the rest is the stream. The
 * messages are those one finds in the stream as a whole, up to the first that
 * is too long.
 */
static void
check_message(const uint8_t *data, size_t size, size_t *at,
    const uint8_t *message, size_t len)
{
	insist(*at + 2 + len <= size);
	insist(len == ((size_t)data[*at] << 8 | data[*at + 1]));
	insist(memcmp(message, data + *at + 2, len) == 0);
	*at += 2 + len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct framing framing;
	size_t step, fed = 0, at = 0;
	int error = ERROR_NOT_FOUND;

	if (size == 0)
		return 0;
	step = 1 + data[0];
	data++;
	size--;
	framing_init(&framing);
	while (fed < size && error == ERROR_NOT_FOUND) {
		size_t room, len;
		uint8_t *to = framing_room(&framing, &room);
		const uint8_t *message;

		insist(room > 0);
		len = size - fed < step ? size - fed : step;
		len = len < room ? len : room;
		memcpy(to, data + fed, len);
		framing_got(&framing, len);
		fed += len;
		while ((error = framing_next(&framing, &message, &len)) == 0)
			check_message(data, size, &at, message, len);
	}
	insist(error == ERROR_NOT_FOUND || error == ERROR_LIMIT);
	if (error == ERROR_LIMIT)
		insist(
		    ((size_t)data[at] << 8 | data[at + 1]) > FRAMING_SIZE - 2);
	else
		insist(framing_partial(&framing) == fed - at);
	return 0;
}
