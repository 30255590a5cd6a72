#include "db/verdict.h"

#include <string.h>

#define DAY_SECONDS 86400

static void
enter(struct verdict *verdict, enum sublist list, uint8_t code, uint32_t kinds,
    int64_t seen_at)
{
	struct zone_entry *entry = &verdict->entries[list];
	uint32_t day = seen_at > 0 ? (uint32_t)(seen_at / DAY_SECONDS) : 0;

	entry->codes |= CODE_BIT(code);
	entry->kinds |= (uint16_t)kinds;
	if (entry->seen_day < day)
		entry->seen_day = day;
	verdict->listed = true;
}

static void
enter_backscatter(const struct listing *listing, struct verdict *verdict)
{
	int64_t seen_at = listing->last_counted_at;

	enter(verdict, SUBLIST_MAIN, CODE_BACKSCATTER, listing->kinds, seen_at);
	if (listing->strict)
		enter(verdict, SUBLIST_STRICT, CODE_BACKSCATTER, listing->kinds,
		    seen_at);
	for (int k = BACKSCATTER_DSN; k < BACKSCATTER_CALLOUT; k++) {
		enum backscatter_kind kind = (enum backscatter_kind)k;
		uint8_t code = backscatter_code(kind);

		if ((listing->kinds & BACKSCATTER_BIT(kind)) == 0)
			continue;
		enter(verdict, SUBLIST_MAIN, code, 0, seen_at);
		enter(verdict, backscatter_sublist(kind), code,
		    BACKSCATTER_BIT(kind), seen_at);
	}
}

static void
enter_manual(const struct listing *listing, struct verdict *verdict)
{
	/* Kept out of `kinds`: nothing was seen, the operator says so. */
	enter(verdict, SUBLIST_MAIN, CODE_BACKSCATTER, 0, listing->manual_at);
	enter(verdict, SUBLIST_MAIN, CODE_MANUAL, 0, listing->manual_at);
	enter(verdict, SUBLIST_MANUAL, CODE_MANUAL, 0, listing->manual_at);
	verdict->entries[SUBLIST_MAIN].flags |= ZONE_ENTRY_MANUAL;
	verdict->entries[SUBLIST_MANUAL].flags |= ZONE_ENTRY_MANUAL;
}

/*
 * The day of a callout that nobody else bears out would tell whoever made it
 * that it met a trap. Format 4 did not know the last other one: it does from
 * the next evidence on.
 */
static void
enter_callout(const struct listing *listing, struct verdict *verdict)
{
	enter(verdict, SUBLIST_CALLOUT, backscatter_code(BACKSCATTER_CALLOUT),
	    BACKSCATTER_BIT(BACKSCATTER_CALLOUT),
	    listing->callout_seen_at != 0 ? listing->callout_seen_at
					  : listing->last_seen_at);
}

void
verdict_of(const struct listing *listing, struct verdict *verdict)
{
	memset(verdict, 0, sizeof(*verdict));
	if (listing->state == LISTING_LISTED && listing->shared) {
		enter(verdict, SUBLIST_SHARED, CODE_SHARED, listing->kinds,
		    listing->last_counted_at);
		verdict->entries[SUBLIST_SHARED].flags |= ZONE_ENTRY_SHARED;
	} else if (listing->state == LISTING_LISTED) {
		enter_backscatter(listing, verdict);
	}
	if (listing->callout_until != 0 && !listing->shared)
		enter_callout(listing, verdict);
	if (listing->manual_until != 0)
		enter_manual(listing, verdict);
}
