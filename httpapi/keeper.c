#include "httpapi/keeper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/meta.h"
#include "db/record.h"
#include "db/stored.h"
#include "httpapi/dnsd_watch.h"
#include "httpapi/site.h"
#include "httpapi/undertaking.h"

/*
 * Units swept in one transaction, and transactions in one round: each stays
 * far below the 50 ms for which anybody may hold the write lock.
 */
#define SWEEP_UNITS 500
#define SWEEP_STEPS 5

/* Listings looked at in one read transaction while they are counted. */
#define CENSUS_STEP 20000
/* A whole count begins at most this often. */
#define CENSUS_SECONDS 60

#define REAP_SECONDS 60

struct keeper {
	struct service *service;
	int64_t reaped_at_ms, counted_at_ms;
	bool counting;
	struct ipaddr next; /* where the count goes on */
	uint64_t states[LISTING_STATE_COUNT];
	uint64_t held[GUARD_LISTS];
	bool sweeping; /* in ingest's stead, said so in the log */
};

int
keeper_new(struct service *service, struct keeper **out)
{
	struct keeper *keeper = calloc(1, sizeof(*keeper));

	if (keeper == NULL)
		return -ENOMEM;
	keeper->service = service;
	keeper->reaped_at_ms = clock_monotonic_ms();
	keeper->counted_at_ms =
	    clock_monotonic_ms() - (int64_t)CENSUS_SECONDS * 1000;
	store_live(service->store, STORE_HTTPAPI, clock_seconds());
	*out = keeper;
	return 0;
}

void
keeper_free(struct keeper *keeper)
{
	free(keeper);
}

/* --- sweeping ------------------------------------------------------------- */

static int
last_heartbeat(struct service *service, int64_t *at)
{
	struct store_txn *txn;
	int code = store_begin_read(service->store, &txn);

	if (code != 0)
		return code;
	code = meta_heartbeat(txn, HEARTBEAT_SWEEP, at);
	store_abort(txn);
	return code;
}

/* How many units were due, or a negative code. */
static int
sweep_step(struct service *service, int64_t now)
{
	struct site *site = atomic_load(&service->site);
	struct store_txn *txn;
	int done, code;

	code = store_begin_write(service->store, &txn);
	if (code != 0)
		return code;
	done = record_sweep(txn, &site->rules, now, SWEEP_UNITS);
	if (done > 0)
		code = store_commit(txn);
	else
		store_abort(txn);
	record_log_decisions(&site->rules, done > 0 && code == 0);
	return code != 0 ? code : done;
}

static void
sweep(struct keeper *keeper)
{
	struct service *service = keeper->service;
	int64_t now = clock_seconds(), at = 0;
	char when[CLOCK_TEXT_MAX];
	int code = last_heartbeat(service, &at);

	/* One from the future, of a clock that was set back, says nothing. */
	if (code == 0 && llabs(now - at) <= KEEPER_SWEEP_AFTER_SECONDS) {
		if (keeper->sweeping)
			log_notice("sweep_given_back");
		keeper->sweeping = false;
		return;
	}
	if (code == 0 && !keeper->sweeping)
		log_notice("sweep_taken_over last_by_ingest=%s",
		    at != 0 ? clock_format(at, when) : "never");
	keeper->sweeping = true;
	for (int i = 0; code >= 0 && i < SWEEP_STEPS; i++) {
		code = sweep_step(service, now);
		if (code < SWEEP_UNITS)
			break;
	}
	if (code < 0) {
		log_error("sweep_failed reason=\"%s\"", error_text(code));
		return;
	}
	atomic_fetch_add(&service->counters.sweeps, 1);
	atomic_store(&service->counters.swept_at, now);
}

/* --- counting ------------------------------------------------------------- */

static void
count_listing(struct keeper *keeper, const struct listing *listing)
{
	keeper->states[listing->state]++;
	for (int list = 0; list < GUARD_LISTS; list++)
		keeper->held[list] +=
		    guard_holds(listing, (enum guard_list)list);
}

static int
census_step(struct keeper *keeper, struct store_cursor *cursor)
{
	struct octets key, value;
	struct listing listing;
	int code = store_seek(cursor,
	    OCTETS(keeper->next.octets, sizeof(keeper->next.octets)), &key,
	    &value);

	for (unsigned i = 0; code == 0; i++) {
		if (key.len != sizeof(keeper->next.octets))
			return ERROR_DAMAGED;
		memcpy(keeper->next.octets, key.data, key.len);
		if (i == CENSUS_STEP)
			return 0;
		code = listing_decode(&keeper->next, value, &listing);
		if (code == 0)
			count_listing(keeper, &listing);
		else if (!stored_pass_by(TABLE_LISTING, code))
			return code;
		code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	return code;
}

static void
publish_census(struct keeper *keeper)
{
	struct counters *counters = &keeper->service->counters;

	for (int i = 0; i < LISTING_STATE_COUNT; i++)
		atomic_store(&counters->listings[i], keeper->states[i]);
	for (int i = 0; i < GUARD_LISTS; i++)
		atomic_store(&counters->held[i], keeper->held[i]);
	atomic_store(&counters->listings_counted_at, clock_seconds());
	keeper->counting = false;
}

static void
census(struct keeper *keeper)
{
	int64_t now_ms = clock_monotonic_ms();
	struct store_cursor *cursor;
	struct store_txn *txn;
	int code;

	if (!keeper->counting) {
		if (now_ms - keeper->counted_at_ms <
		    (int64_t)CENSUS_SECONDS * 1000)
			return;
		keeper->counted_at_ms = now_ms;
		keeper->counting = true;
		memset(&keeper->next, 0, sizeof(keeper->next));
		memset(keeper->states, 0, sizeof(keeper->states));
		memset(keeper->held, 0, sizeof(keeper->held));
	}
	if (store_begin_read(keeper->service->store, &txn) != 0)
		return;
	code = store_cursor_open(txn, TABLE_LISTING, &cursor);
	if (code == 0) {
		code = census_step(keeper, cursor);
		store_cursor_close(cursor);
	}
	store_abort(txn);
	if (code == ERROR_NOT_FOUND)
		publish_census(keeper);
	else if (code != 0)
		keeper->counting = false;
}

/* What bsblctl or another httpapi began, and fell. */
static void
resume(struct service *service)
{
	static struct log_gate gate = LOG_GATE(5);
	int code = undertakings_resume(service->undertakings);

	undertakings_wake(service->undertakings, false);
	if (code != 0 && log_gate_open(&gate, "undertakings_unread"))
		log_error(
		    "undertakings_unread reason=\"%s\"", error_text(code));
}

void
keeper_round(void *context)
{
	struct service *service = context;
	struct keeper *keeper = service->keeper;
	int64_t now_ms = clock_monotonic_ms();

	store_live(service->store, STORE_HTTPAPI, clock_seconds());
	site_retire(atomic_load(&service->site));
	sweep(keeper);
	resume(service);
	census(keeper);
	dnsd_watch_round(service->dnsd, service);
	if (now_ms - keeper->reaped_at_ms >= (int64_t)REAP_SECONDS * 1000) {
		keeper->reaped_at_ms = now_ms;
		store_reap_readers(service->store);
	}
}
