#ifndef HTTPAPI_READER_H
#define HTTPAPI_READER_H

#include "common/strbuf.h"
#include "db/store.h"
#include "db/zonesettings.h"

/*
 * Read transactions kept for use again, so that a request neither allocates
 * nor waits. Between requests they are reset: no page stays pinned while a
 * client is slow. Thread safe; a reader belongs to its taker until given back.
 */
struct reader {
	struct store_txn *txn;
	/* As of this transaction; decoded again only when something changed. */
	struct zone_settings zone;
	char zone_name[DNAME_TEXT_MAX]; /* its origin, for people */
	unsigned apart;			/* as lookup_apart() says */
	struct strbuf unknown;		/* as lookup_write_unknown() says */
	uint64_t zone_as_of;		/* transaction id */
	struct reader *next;
};

struct readers;
int readers_new(struct store *store, struct readers **readers);
void readers_free(struct readers *readers); /* all given back */

/* A reader of the database as it is now. 0 or a negative code. */
int reader_take(struct readers *readers, struct reader **reader);
void reader_give(struct readers *readers, struct reader *reader);

#endif
