#ifndef HTTPAPI_READER_H
#define HTTPAPI_READER_H

#include <stdbool.h>

#include "common/strbuf.h"
#include "db/store.h"
#include "db/zonesettings.h"

/*
 * Read transactions kept for use again, one by each thread, so that a request
 * neither allocates nor waits. One that is of the database as it is now goes on
 * with the next request, since LMDB looks up each table anew in a new one;
 * readers_rest resets it, so that no page stays pinned while nobody asks.
 * Thread safe; a reader belongs to its taker, and to that thread, until given
 * back.
 */
struct reader {
	struct store_txn *txn;
	/* As of this transaction; decoded again only when something changed. */
	struct zone_settings zone;
	char zone_name[DNAME_TEXT_MAX]; /* its origin, for people */
	unsigned apart;			/* as lookup_apart() says */
	struct strbuf unknown;		/* as lookup_write_unknown() says */
	uint64_t zone_as_of;		/* transaction id */
	bool open;			/* the transaction is not reset */
};

struct readers;
int readers_new(struct store *store, struct readers **readers);
void readers_free(struct readers *readers); /* all given back */

/* A reader of the database as it is now. 0 or a negative code. */
int reader_take(struct readers *readers, struct reader **reader);
void reader_give(struct readers *readers, struct reader *reader);

/* Resets those that nobody has. To be called a few times a second. */
void readers_rest(struct readers *readers);

#endif
