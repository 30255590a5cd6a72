#ifndef TESTS_SUPPORT_ASKER_H
#define TESTS_SUPPORT_ASKER_H

#include <stddef.h>
#include <stdint.h>

#include "tests/support/slowzone.h"

/*
 * Names worth asking a zone, made of those it has: the names themselves and
 * what stands above, below and beside them, in mixed case, with odd octets,
 * listed and not. The same seed asks the same.
 */
struct asker {
	uint64_t state;
	const struct slowzone *zone;
};

void asker_init(
    struct asker *asker, const struct slowzone *zone, uint64_t seed);

/* A number below `n`. */
unsigned asker_number(struct asker *asker, unsigned n);

/*
 * A whole query of opcode QUERY, class IN: with or without RD and OPT. Returns
 * its length.
 */
#define ASKER_QUERY_MAX 512
size_t asker_query(struct asker *asker, uint8_t packet[ASKER_QUERY_MAX]);

#endif
