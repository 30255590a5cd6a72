#ifndef HTTPAPI_CATALOG_H
#define HTTPAPI_CATALOG_H

#include "httpapi/exchange.h"
#include "httpapi/route.h"

/*
 * GET /v1/campaigns: which forged runs made servers answer, for everybody.
 * Nothing of it may say whether an address is a trap:
 *
 * - by the day, and a day is told once it has been over for 24 hours; counts
 *   are ranges (disclosure.h);
 * - only what servers of more networks answered than policy asks for to bear a
 *   sighting out, and of CATALOG_NETWORKS_LEAST: who forges mail in the name of
 *   a guess and has it answered by servers of his own does not find it here;
 * - under a number that is not the campaign's own: that is a hash of what was
 *   forged, and two with the same subject have half of it in common.
 *
 * It takes a walk through all evidence, so it is made anew once an hour, when
 * somebody asks.
 */
struct catalog;
int catalog_new(struct catalog **catalog);
void catalog_free(struct catalog *catalog);

#define CATALOG_NETWORKS_LEAST 3
#define CATALOG_SECONDS 3600

route_handler catalog_get; /* ?after= &limit= */

#define CATALOG_LIMIT_USUAL 50
#define CATALOG_LIMIT_MOST 500

#endif
