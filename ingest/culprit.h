#ifndef INGEST_CULPRIT_H
#define INGEST_CULPRIT_H

#include <stdbool.h>

#include "common/prefixes.h"
#include "ingest/envelope.h"
#include "ingest/message.h"

/*
 * Which address answers for a message that came by way of our own relays. Each
 * of them wrote, on top, a Received line that names its client: from the
 * connection's address downwards the lines are believed as long as their
 * writer is trusted. Names are never believed: strangers write the receiver's
 * name into HELO and into Received lines of their own. Nor is anything below a
 * line that tells of a local user ("by relay (Postfix, from userid 33)"): who
 * hands a message to sendmail(1) has written all of its header. Such mail is
 * the relay's own, and nobody's fault that a list could tell.
 *
 * Without a connection (a file in a mailbox) the first line is our own.
 */
struct culprit {
	struct ipaddr address;		  /* the connection's on entry */
	bool known;			  /* is there one? */
	bool relayed;			  /* now it is from a line */
	char helo[ENVELOPE_HELO_MAX + 1]; /* what that line says of it */
};

/*
 * Whether the address is good for evidence: unchanged where the connection is
 * no relay of ours, else the first client that is none. False: only relays, a
 * local user of one, or a line without an address.
 */
bool culprit_find(struct message *message, const struct prefixes *relays,
    struct culprit *culprit);

/*
 * Finds the client of an envelope by its message, of which the header is
 * looked at, and only where the connection does not tell. One for which no
 * line answers keeps the relay's address and never counts. ERROR_NOT_FOUND:
 * there is no address at all; -ENOMEM.
 */
int culprit_settle(struct envelope *envelope, const char *octets, size_t len,
    const struct prefixes *relays);

#endif
