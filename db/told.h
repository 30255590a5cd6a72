#ifndef DB_TOLD_H
#define DB_TOLD_H

#include <jansson.h>

#include "db/campaign_facts.h"
#include "db/listing.h"

/*
 * What the database holds, as bsblctl and the API tell it in JSON: alike, since
 * both have it from here. NULL: no memory.
 */

/* "2026-01-31T12:00:00Z"; null for 0. */
json_t *told_time(int64_t at);
/* Outside text; escaped where it is no UTF-8. */
json_t *told_text(const char *text);
/* ["dsn", "auto"], for a set of BACKSCATTER_BIT(kind). */
json_t *told_kinds(uint32_t kinds);

/* Its times on the list, the oldest first. */
json_t *told_history(const struct listing *listing);
/* How many records each table has, by its name. */
json_t *told_tables(const struct store_stat *stat);
/* Once its servers and networks are counted (campaigns_finish). */
json_t *told_campaign(const struct campaign *campaign);
/* Once all of them are read. */
json_t *told_campaign_facts(const struct campaign_facts *facts);

#endif
