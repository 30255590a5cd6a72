#ifndef INGEST_CULPRIT_H
#define INGEST_CULPRIT_H

#include <stdbool.h>

#include "common/ipaddr.h"
#include "ingest/message.h"

/*
 * Which address answers for a message that came by way of our own relays. Each
 * of them wrote, on top, a Received line that names its client: from the
 * connection's address downwards the lines are believed as long as their
 * writer is trusted. Names are never believed: strangers write the receiver's
 * name into HELO and into Received lines of their own.
 *
 * `address` is the connection's on entry. Returns whether it is good for
 * evidence then: unchanged where the connection is no relay of ours, else the
 * first client that is none. False: only relays, or a line without an address.
 */
bool culprit_find(struct message *message, const struct ipprefix *relays,
    unsigned relay_count, struct ipaddr *address);

#endif
