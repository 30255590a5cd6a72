#ifndef DNSD_RRLIST_H
#define DNSD_RRLIST_H

#include <stdint.h>

#include "db/zonedata.h"
#include "dnsd/reply.h"

/*
 * The records of one name, as transfers write them: those that answers give,
 * one by one.
 */
struct rrlist_rr {
	uint16_t type;
	uint32_t ttl_seconds;
	const uint8_t *rdata;
	size_t rdata_len;
};

/* A name of the zone's own has addresses and servers as settings allow. */
#define RRLIST_MAX 256
struct rrlist {
	unsigned count;
	struct rrlist_rr rrs[RRLIST_MAX];
	uint8_t octets[16 * 4 + 1 + ZONE_TEXT_MAX]; /* of an entry's records */
};

/*
 * Of a value of the zone's table, none where its data is NULL. Points into the
 * value, which must outlive the list; the list must not move. 0, ERROR_DAMAGED,
 * ERROR_NEWER or ERROR_LIMIT.
 */
int rrlist_of(struct rrlist *list, const struct zone_settings *settings,
    struct octets key, struct octets value);

/* Takes away what the other has as well. */
void rrlist_subtract(struct rrlist *list, const struct rrlist *other);

/*
 * Adds them all to the answer section of a reply whose question is the origin.
 * 0, ERROR_LIMIT where there is no room (nothing is added), or ERROR_DAMAGED.
 */
int rrlist_add(
    const struct rrlist *list, struct octets key, struct reply *reply);

#endif
