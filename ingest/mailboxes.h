#ifndef INGEST_MAILBOXES_H
#define INGEST_MAILBOXES_H

#include "db/store.h"
#include "ingest/envelope.h"

/*
 * Asks the database, for one event loop, whose mailbox an address is. It keeps
 * a read transaction at hand; between two rounds of the loop that must rest,
 * or it would keep pages from being used again.
 */
struct mailboxes;

/* 0 or a negative code. Belongs to the thread that opened it. */
int mailboxes_open(struct store *store, struct mailboxes **mailboxes);
void mailboxes_close(struct mailboxes *mailboxes); /* NULL does nothing */

/*
 * A trap that counts, or a role address of a trap's domain: 0, with the
 * recipient's trap filled in. ERROR_NOT_FOUND for everybody else, traps that
 * are retired or not yet in use among them. Another code: it cannot be told.
 */
int mailboxes_find(
    struct mailboxes *mailboxes, struct envelope_recipient *recipient);
void mailboxes_rest(struct mailboxes *mailboxes);

#endif
