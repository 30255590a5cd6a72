#ifndef DB_CORROBORATION_PRIVATE_H
#define DB_CORROBORATION_PRIVATE_H

#include "db/corroboration.h"

/*
 * What the files of corroboration share, and nobody else includes:
 * corroboration_group.c has the keys and the sets of networks, corroboration.c
 * what they mean, corroboration_again.c counts again when evidence is taken
 * away.
 */

#define GROUP_LEN 9 /* 'T' or 'C', then the trap's or campaign's id */
#define BUCKET_LEN (GROUP_LEN + 4) /* and the hour */
_Static_assert(BUCKET_LEN == CORROBORATION_BUCKET_LEN, "the same keys");
#define MEMBER_LEN (BUCKET_LEN + 16) /* and the unit */

struct group {
	uint8_t octets[GROUP_LEN];
};

struct networks {
	uint64_t ids[CORROBORATION_NETWORKS_MAX];
	unsigned count;
};

/* Since 1970. */
uint32_t group_hour(const struct evidence *evidence);
/* The first 24 bits of IPv4, the first 48 of IPv6, and which of the two. */
uint64_t networks_id(const struct ipaddr *address);

/* Where others may bear it out; false: nowhere. */
bool group_find(const struct evidence *evidence, struct group *group);
/* What it bears out: others of its campaign, and what has none of its trap. */
unsigned group_find_all(
    const struct evidence *evidence, struct group groups[2]);
/* Is it evidence that bears others out? */
bool corroborates(const struct evidence *evidence);
struct octets group_bucket(
    const struct group *group, uint32_t hour, uint8_t key[BUCKET_LEN]);

int networks_decode(struct octets value, struct networks *networks);
/* False when it was there already, or the set has all that can be asked for. */
bool networks_add(struct networks *networks, uint64_t network);
int networks_put(
    struct store_txn *txn, struct octets key, const struct networks *networks);

/*
 * The sets of one group between two hours, in order, handed to `each` until it
 * returns non-zero, which is returned.
 */
typedef int networks_each(
    uint32_t hour, const struct networks *networks, void *context);
int buckets_walk(struct store_txn *txn, const struct group *group,
    uint32_t from, uint32_t to, networks_each *each, void *context);

#endif
