#ifndef HTTPAPI_LOOKUP_H
#define HTTPAPI_LOOKUP_H

#include "common/ipaddr.h"
#include "common/strbuf.h"
#include "db/policy.h"
#include "db/zonesettings.h"
#include "httpapi/disclosure.h"

/*
 * One address as it is now, all read in one transaction: what the published
 * zone answers (that is the truth about listed or not), the listing behind it,
 * and its newest sightings.
 */
struct lookup {
	struct ipaddr address, unit;
	struct disclosure_facts facts;
};
/*
 * `apart` is what lookup_apart() said of this database, or LOOKUP_APART. The
 * listing is read where the address is in a list, empty where it has none, and
 * undefined else.
 */
int lookup_read(struct store_txn *txn, const struct ipaddr *address,
    const struct policy *policy, unsigned apart, int64_t now,
    struct lookup *lookup);

/*
 * Lists that may hold an address which the main list does not, as bits
 * 1u << enum sublist. Most have but their test entries there, and need not be
 * asked for each address: which have more. 0 or a negative code.
 */
#define LOOKUP_APART (1u << SUBLIST_CALLOUT | 1u << SUBLIST_SHARED)
int lookup_apart(struct store_txn *txn, unsigned *apart);

/*
 * What of it the public may see, as the API's JSON, added to `out`. Pages and
 * the plain text are made of the same, read back.
 */
void lookup_write(const struct lookup *lookup, const struct zone_settings *zone,
    const char *zone_name, int64_t now, struct strbuf *out);

/*
 * Nearly all addresses asked for are in no list and have nothing to be told of.
 * What is said of them is all the same but for the address: made once by
 * _write_unknown, and what follows the address in the answer by _add_unknown.
 */
bool lookup_is_unknown(const struct lookup *lookup);
void lookup_write_unknown(const struct zone_settings *zone,
    const char *zone_name, struct strbuf *unknown);
void lookup_add_unknown(const struct lookup *lookup,
    const struct strbuf *unknown, struct strbuf *out);

#endif
