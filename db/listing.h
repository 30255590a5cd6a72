#ifndef DB_LISTING_H
#define DB_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "db/backscatter.h"
#include "db/store.h"

/*
 * The state of one listed unit: an IPv4 address, or an IPv6 /64. What policy
 * made of its evidence, what the operator decided, and what has been before.
 */
enum listing_state {
	LISTING_NONE,	 /* nothing that counts, or it ran out */
	LISTING_WARNED,	 /* counted evidence in the last days, not listed */
	LISTING_PENDING, /* would be listed; the publish guard holds it */
	LISTING_LISTED,
	LISTING_STATE_COUNT
};
const char *listing_state_name(enum listing_state state);

enum listing_end {
	LISTING_EXPIRED,
	LISTING_DELISTED,
	LISTING_EXEMPTED,
	LISTING_REMOVED,
	LISTING_END_COUNT
};
const char *listing_end_name(enum listing_end end);

/*
 * One time on the list. An act (delisting, removal, exemption) that found
 * nothing to end is kept as well, as an episode with no length that rests on
 * nothing: policy has to know what came before it.
 */
struct listing_episode {
	int64_t listed_at;
	int64_t ended_at; /* when it ended, or will if nothing more is seen */
	int64_t rests_on_at; /* its oldest evidence at the start; 0 an act */
	enum listing_end end;
};
#define LISTING_EPISODES_MAX 16 /* 90 days of them; the oldest is dropped */

#define LISTING_REASON_MAX 200

struct listing {
	struct ipaddr unit;
	enum listing_state state;
	uint32_t kinds; /* of the counted evidence */
	bool strict;
	bool shared;
	/*
	 * What its host's name says, where that leads back to it: that many
	 * share it; db/shared.h. When it was asked, 0 never.
	 */
	bool named_shared;
	int64_t named_at;
	double score;			     /* at last_counted_at */
	int64_t first_seen_at, last_seen_at; /* any counted evidence, 0 none */
	int64_t last_counted_at;
	int64_t listed_at, expires_at; /* 0 when not listed */
	int64_t callout_until; /* in the callout list till then; 0 not */
	/* The last callout that others bear out; 0 none, or format 4's. */
	int64_t callout_seen_at;
	int64_t pending_at;	    /* held by the publish guard since; 0 not */
	int64_t callout_pending_at; /* the same of its callouts; 0 not */
	/* Judged anew by other numbers then, not as it was seen. */
	bool pending_anew, callout_pending_anew;
	uint32_t sightings;    /* counted, of the last 30 d */
	uint32_t corroborated; /* of them */
	uint32_t traps;	       /* distinct, as far as policy looks */
	uint32_t campaigns;
	int64_t delisted_at; /* the last delisting; 0 never */
	int64_t due_at;	     /* judge again then; 0 never. Key in TABLE_DUE */

	/* By hand: stands beside whatever policy says. */
	int64_t manual_at, manual_until; /* 0 none */
	char manual_reason[LISTING_REASON_MAX + 1];

	struct listing_episode episodes[LISTING_EPISODES_MAX];
	unsigned episode_count;
};

/* The unit an address is listed by: itself, or its /64. */
struct ipaddr listing_unit(const struct ipaddr *address);
/* "192.0.2.9" or "2001:db8::/64". */
char *listing_unit_format(
    const struct ipaddr *unit, char text[IPPREFIX_TEXT_MAX]);

#define LISTING_RECORD_MAX 1024
int listing_encode(const struct listing *listing, uint8_t *record, size_t size);
int listing_decode(
    const struct ipaddr *unit, struct octets record, struct listing *listing);

/* ERROR_NOT_FOUND leaves an empty listing of that unit behind. */
int listing_get(
    struct store_txn *txn, const struct ipaddr *unit, struct listing *listing);
/*
 * Writes it and keeps TABLE_DUE in step. A listing that says nothing any more
 * (state none, nothing by hand, no episode, no delisting, nothing due) is
 * removed; so whoever judges drops episodes and delisted_at when their time
 * is over.
 */
int listing_put(struct store_txn *txn, const struct listing *listing);
/* Takes one away that cannot be read; what was due of it is left. */
int listing_forget(struct store_txn *txn, const struct ipaddr *unit);
/*
 * Since when the publish guard holds something of it back, in the main list or
 * that of callouts; 0 nothing.
 */
int64_t listing_waits_since(const struct listing *listing);
/*
 * All that can be read, in the order of their addresses (IPv4 among IPv6, at
 * ::ffff:0:0), from one on, until `each` returns non-zero; that is returned.
 * `each` changes nothing in the database.
 */
typedef int listing_each(const struct listing *listing, void *context);
int listing_list(struct store_txn *txn, const struct ipaddr *from,
    listing_each *each, void *context);
/*
 * The unit that has been due longest, at or before `now`, and since when;
 * ERROR_NOT_FOUND. Once it is judged, listing_end_due sees to it that this is
 * not the next again.
 */
int listing_next_due(
    struct store_txn *txn, int64_t now, struct ipaddr *unit, int64_t *due_at);
int listing_end_due(
    struct store_txn *txn, const struct ipaddr *unit, int64_t due_at);

#endif
