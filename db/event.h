#ifndef DB_EVENT_H
#define DB_EVENT_H

#include "db/evidence.h"

/*
 * A sighting that another sensor made and tells as a JSON object; the members
 * stand in event.c's table and in bsbl-ingest(8). Whoever takes one in, be it
 * by a line or by HTTP, does this:
 *
 *	event_read(text, len, &event, why)      no database; else tell `why`
 *	event_evidence(txn, &event, sensor, now, &evidence)   in any transaction
 *	record_evidence(txn, rules, &evidence, now)     in one that writes
 *
 * ERROR_EXISTS of the last means that it was told before, which is as good.
 * A sensor that is not answered tells the same again: `id` makes it the same.
 */

/* Octets of an object at most: all members at their longest, escaped. */
#define EVENT_MAX 16384
#define EVENT_TEXT_MAX 255
#define EVENT_TRAP_MAX 320 /* the longest address there can be */
#define EVENT_WHY_MAX 160

struct event {
	struct evidence evidence; /* but trap, campaign, original, digest */
	char trap[EVENT_TRAP_MAX + 1];
	char campaign[EVENT_TEXT_MAX + 1];
	char message_id[EVENT_TEXT_MAX + 1]; /* the original's, without <> */
	char id[EVENT_TEXT_MAX + 1];
};

/*
 * 0, or ERROR_FORMAT with a sentence in `why` that names the member. Not a
 * word of it is guessed: unknown members are refused, too.
 */
int event_read(
    const char *json, size_t len, struct event *event, char why[EVENT_WHY_MAX]);

/*
 * Makes it evidence of that sensor (0: of this machine), seen at `now` where it
 * does not say when. ERROR_NOT_FOUND: no trap of ours, or one that does not
 * count (yet). A role address (postmaster) gives evidence that never counts.
 */
int event_evidence(struct store_txn *txn, const struct event *event,
    uint32_t sensor, int64_t now, struct evidence *evidence);

#endif
