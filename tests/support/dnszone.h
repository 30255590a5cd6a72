#ifndef TESTS_SUPPORT_DNSZONE_H
#define TESTS_SUPPORT_DNSZONE_H

#include <stdint.h>

#include "db/zonedata.h"

/*
 * A zone to ask: bl.example.org with a name server inside and one outside, an
 * address at the apex, and what the caller lists. Mistakes end the program.
 */

void dnszone_settings(struct zone_settings *zone);

/* The settings put in force: apex, servers, test entries. */
void dnszone_apply(struct store_txn *txn);

/* An address in a list, with these codes, seen on 2026-01-02. */
void dnszone_list(struct store_txn *txn, enum sublist list, const char *address,
    uint16_t codes);

/*
 * An entry at any name, written relative to the origin as in a zone file
 * ("*.odd", "a\000b.odd"), wherever the publisher would never put one.
 */
void dnszone_put(struct store_txn *txn, const char *name, uint16_t codes);

#endif
