#ifndef TESTS_SUPPORT_SLOWZONE_H
#define TESTS_SUPPORT_SLOWZONE_H

#include <ldns/ldns.h>
#include <stdbool.h>

#include "db/store.h"

/*
 * What the server must answer, found the plain way: the table becomes ldns
 * records in presentation form, and RFC 1034 section 4.3.2 with RFC 4592 is
 * done by taking labels off until a name is there. Shares no line with dnsd.
 */
struct slowzone;

/* The zone as the transaction sees it. */
struct slowzone *slowzone_new(struct store_txn *txn);
void slowzone_free(struct slowzone *zone);

/* How many owners there are, and one of them (below the origin or at it). */
size_t slowzone_count(const struct slowzone *zone);
const ldns_rdf *slowzone_owner(const struct slowzone *zone, size_t i);

/*
 * NULL when `reply` (question, flags, rcode, sections, TTLs, EDNS) is what
 * `query` must get; else what is wrong, in words. The query is one of opcode
 * QUERY with one question of class IN. A truncated reply passes where it is
 * empty; whether it had to be truncated is for the caller to judge.
 */
const char *slowzone_objection(
    const struct slowzone *zone, const ldns_pkt *query, const ldns_pkt *reply);

#endif
