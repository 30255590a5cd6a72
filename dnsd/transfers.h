#ifndef DNSD_TRANSFERS_H
#define DNSD_TRANSFERS_H

#include <stdbool.h>

#include "db/store.h"
#include "dnsd/transfer.h"

/*
 * All transfers, on one thread of their own: each writes to a connection lent
 * by the TCP thread as fast as its client reads, a piece at a time and in
 * turns, and gives it back in the end. Queries do not notice them.
 */
struct transfers;

/* 0, or a negative code after one log line. */
int transfers_start(struct store *store, struct transfers **transfers);

/*
 * Ends the thread and whatever it is at; connections are their owner's again.
 * NULL does nothing.
 */
void transfers_stop(struct transfers *transfers);

/* How many there are. */
unsigned transfers_count(const struct transfers *transfers);

/*
 * Takes the request over, and the socket on loan; `place` is the lender's name
 * for it. 0 or -ENOMEM.
 */
int transfers_add(struct transfers *transfers, struct transfer_request *request,
    int fd, unsigned place);

/*
 * Becomes readable when there is something to take back. transfers_take gives
 * one place, and whether its transfer was ended rightly (else the connection
 * is good for nothing), or returns false.
 */
int transfers_fd(const struct transfers *transfers);
bool transfers_take(
    struct transfers *transfers, unsigned *place, bool *ended_well);

#endif
