#include "ingest/upkeep.h"

#include "common/clock.h"
#include "common/log.h"

#define SWEEP_MS 1000
#define SWEEP_UNITS 100 /* judged in one transaction at most */
#define REAP_MS 60000

/* A sign of life each two seconds; five of silence are an alarm. */
#define HEARTBEAT_MS 2000

/* More than time servers put right at a time. */
#define CLOCK_BACK_SECONDS 60

/* Nobody can tell which of two times was right; somebody should look. */
static int
beat(struct store_txn *txn, int64_t now)
{
	int64_t last;
	int code = meta_heartbeat(txn, HEARTBEAT_SWEEP, &last);

	if (code == 0 && last - now >= CLOCK_BACK_SECONDS)
		log_error(
		    "clock_set_back seconds=%lld reason=\"what was listed "
		    "before ends so much later\" remedy=\"see to the "
		    "clock; bsblctl remove takes addresses off\"",
		    (long long)(last - now));
	return code != 0 ? code : meta_set_heartbeat(txn, HEARTBEAT_SWEEP, now);
}

/* How many, or a negative code. */
static int
write_names(struct writing *writing, struct store_txn *txn, int64_t now)
{
	struct names_answer answer;
	int written = 0, code = 0;

	while (code == 0 && writing->names != NULL && written < SWEEP_UNITS &&
	       names_take(writing->names, &answer)) {
		code = record_name(
		    txn, writing->rules, &answer.address, answer.name, now);
		written++;
	}
	return code != 0 ? code : written;
}

static int
sweep_once(struct upkeep *upkeep, struct writing *writing, int64_t now_ms)
{
	bool heartbeat = now_ms >= upkeep->heartbeat_at_ms;
	int64_t now = clock_seconds();
	struct store_txn *txn;
	int named, swept = 0, code = store_begin_write(writing->store, &txn);

	if (code != 0)
		return code;
	named = write_names(writing, txn, now);
	if (named >= 0)
		swept = record_sweep(txn, writing->rules, now, SWEEP_UNITS);
	code = named < 0 ? named : swept < 0 ? swept : 0;
	if (code == 0 && heartbeat)
		code = beat(txn, now);
	if (code == 0 && named == 0 && swept == 0 && !heartbeat) {
		store_abort(txn);
		return 0;
	}
	code = writing_end(writing, txn, code);
	if (code == 0 && heartbeat)
		upkeep->heartbeat_at_ms = now_ms + HEARTBEAT_MS;
	return code == 0 ? swept : code;
}

void
upkeep_init(struct upkeep *upkeep, enum recorder_role role)
{
	*upkeep = (struct upkeep){ 0 };
	if (role == RECORDER_GUEST)
		upkeep->sweep_at_ms = upkeep->reap_at_ms = INT64_MAX;
}

int64_t
upkeep_due_ms(const struct upkeep *upkeep)
{
	return upkeep->sweep_at_ms;
}

void
upkeep_do(struct upkeep *upkeep, struct writing *writing)
{
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms >= upkeep->sweep_at_ms) {
		int swept = sweep_once(upkeep, writing, now_ms);
		bool more = takeover_step(&upkeep->takeover, writing);

		store_live(writing->store, STORE_INGEST, clock_seconds());
		if (swept < 0)
			writing_complain("sweep", swept);
		/* More may be due: at once, but after what waits. */
		upkeep->sweep_at_ms =
		    more || swept >= SWEEP_UNITS ? now_ms : now_ms + SWEEP_MS;
	}
	if (now_ms >= upkeep->reap_at_ms) {
		int reaped = store_reap_readers(writing->store);

		if (reaped > 0)
			log_notice("reaped_readers count=%d", reaped);
		upkeep->reap_at_ms = now_ms + REAP_MS;
	}
}

void
upkeep_deinit(struct upkeep *upkeep)
{
	takeover_deinit(&upkeep->takeover);
}
