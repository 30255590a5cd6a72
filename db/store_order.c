#include <endian.h>
#include <string.h>

#include "db/store_private.h"

#define WORD sizeof(uint64_t)

/* Big endian: of two numbers the lesser one has the lesser octets. */
static uint64_t
word_at(const MDB_val *val, size_t offset)
{
	uint64_t word;

	memcpy(&word, (const char *)val->mv_data + offset, WORD);
	return be64toh(word);
}

static int
order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* What the last word has in common with the one before it is equal by then. */
int
store_compare_keys(const MDB_val *a, const MDB_val *b)
{
	size_t len = a->mv_size < b->mv_size ? a->mv_size : b->mv_size;
	int found = 0;

	if (len < WORD) {
		found = memcmp(a->mv_data, b->mv_data, len);
	} else {
		for (size_t i = 0; found == 0 && i + WORD < len; i += WORD)
			found = order(word_at(a, i), word_at(b, i));
		if (found == 0)
			found = order(
			    word_at(a, len - WORD), word_at(b, len - WORD));
	}
	return found != 0 ? found : order(a->mv_size, b->mv_size);
}
