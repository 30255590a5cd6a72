#ifndef INGEST_NAMES_H
#define INGEST_NAMES_H

#include <stdbool.h>

#include "common/ipaddr.h"

/*
 * Asks for the host names of servers, on a thread of its own: the name that
 * an address has by reverse DNS, and whether that leads back to it (RFC 1912
 * section 2.1). Any other name is worth nothing, for who has an address may
 * give it every name.
 *
 * Both ends belong to one thread, the one that writes; nothing here waits for
 * an answer. What cannot be asked at once is left out: the next sighting asks
 * again.
 */
struct names;

#define NAMES_NAME_MAX 253

struct names_answer {
	struct ipaddr address;
	char name[NAMES_NAME_MAX + 1]; /* "" no name leads back to it */
};

/*
 * `resolver`: "system", or an address with an optional port. 0, or a negative
 * code after one log line.
 */
int names_open(const char *resolver, struct names **names);
void names_close(struct names *names); /* NULL does nothing */

void names_ask(struct names *names, const struct ipaddr *address);
/* False when no answer has come in. */
bool names_take(struct names *names, struct names_answer *answer);

#endif
