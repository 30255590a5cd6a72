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
int lookup_read(struct store_txn *txn, const struct ipaddr *address,
    const struct policy *policy, int64_t now, struct lookup *lookup);

/*
 * What of it the public may see, as the API's JSON, added to `out`. Pages and
 * the plain text are made of the same, read back.
 */
void lookup_write(const struct lookup *lookup, const struct zone_settings *zone,
    const char *zone_name, int64_t now, struct strbuf *out);

#endif
