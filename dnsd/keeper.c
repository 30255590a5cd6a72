#include "dnsd/keeper.h"

#include "common/clock.h"
#include "common/log.h"
#include "db/listing.h"

#define REAP_SECONDS 60

/* ingest sweeps each second, httpapi in its place after five. */
#define LATE_SECONDS 60

void
keeper_init(struct keeper *keeper, struct store *store)
{
	*keeper = (struct keeper){ .store = store };
	store_live(store, STORE_DNSD, clock_seconds());
}

/* Is a listing long due to be judged? Then *unit is the first. */
static bool
is_late(struct store *store, int64_t now, struct ipaddr *unit)
{
	struct store_txn *txn;
	int64_t due_at;
	bool late;

	if (store_begin_read(store, &txn) != 0)
		return false;
	late = listing_next_due(txn, now - LATE_SECONDS, unit, &due_at) == 0;
	store_abort(txn);
	return late;
}

static void
watch_sweep(struct keeper *keeper, int64_t now)
{
	char text[IPPREFIX_TEXT_MAX];
	struct ipaddr unit;
	bool late = is_late(keeper->store, now, &unit);

	if (late && !keeper->alarmed)
		log_error("sweep_late address=%s seconds=%d "
			  "remedy=\"start bsbl-ingest or bsbl-httpapi\"",
		    listing_unit_format(&unit, text), LATE_SECONDS);
	else if (!late && keeper->alarmed)
		log_notice("sweep_resumed");
	keeper->alarmed = late;
}

void
keeper_tick(struct keeper *keeper, int64_t now)
{
	store_live(keeper->store, STORE_DNSD, now);
	watch_sweep(keeper, now);
	/* A clock set back must not put it off. */
	if (now - keeper->reaped_at >= REAP_SECONDS ||
	    now < keeper->reaped_at) {
		store_reap_readers(keeper->store);
		keeper->reaped_at = now;
	}
}
