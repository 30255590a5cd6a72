#include "db/shutdown.h"

#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/record_private.h"
#include "db/zonedata.h"

/* The clock is asked after so many units, a few ms. */
#define STRIDE 16

static int
tell(struct store_txn *txn, const struct recorder_rules *rules,
    const struct shutdown *shutdown, int64_t now)
{
	const char *stage = shutdown->stage == SHUTDOWN_NONE
				? "cancelled"
				: shutdown_stage_name(shutdown->stage);
	char until[CLOCK_TEXT_MAX], why[LOG_TEXT_MAX];

	clock_format(shutdown->ends_at, until);
	log_escape(shutdown->reason, why);
	record_note(rules, LOG_LEVEL_NOTICE,
	    "shutdown stage=%s until=%s reason=%s", stage, until, why);
	return audit_add(txn, now, rules->who, "shutdown", "",
	    "stage=%s until=%s reason=%s", stage, until, why);
}

static int
enter(struct store_txn *txn, const struct recorder_rules *rules,
    struct shutdown *shutdown, enum shutdown_stage stage, int64_t now)
{
	int code;

	shutdown->stage = stage;
	shutdown->since = now;
	code = shutdown_put(txn, shutdown);
	return code != 0 ? code : tell(txn, rules, shutdown, now);
}

/* --- the stages ----------------------------------------------------------- */

int
shutdown_announce(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t ends_at, const char *reason, int64_t now)
{
	struct shutdown shutdown;
	int code = shutdown_get(txn, &shutdown);

	if (code != 0)
		return code;
	if (shutdown.stage > SHUTDOWN_ANNOUNCED ||
	    ends_at - now < SHUTDOWN_NOTICE_SECONDS ||
	    strlen(reason) > SHUTDOWN_REASON_MAX)
		return ERROR_REFUSED;
	shutdown.ends_at = ends_at;
	strcpy(shutdown.reason, reason);
	return enter(txn, rules, &shutdown, SHUTDOWN_ANNOUNCED, now);
}

int
shutdown_close(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	struct shutdown shutdown;
	int code = shutdown_get(txn, &shutdown);

	if (code != 0)
		return code;
	if (shutdown.stage == SHUTDOWN_CLOSED)
		return 0; /* and what is left comes off */
	if (shutdown.stage != SHUTDOWN_ANNOUNCED || shutdown.ends_at > now)
		return ERROR_REFUSED;
	return enter(txn, rules, &shutdown, SHUTDOWN_CLOSED, now);
}

/* record_refusal has the reason: every judgement ends in no list. */
int
shutdown_empty(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *units, size_t count, int64_t deadline_ms, int64_t now)
{
	size_t i = 0;
	int code = 0;

	while (code == 0 && i < count) {
		const struct record_case what = { .unit = &units[i++],
			.walks = RECORD_WALKS_FEW };

		code = record_judge_or_withdraw(txn, rules, &what, now);
		if (i % STRIDE == 0 && clock_monotonic_ms() >= deadline_ms)
			break;
	}
	return code != 0 ? code : (int)i;
}

/* --- test entries, last --------------------------------------------------- */

struct tests {
	struct store_txn *txn;
	int64_t now;
};

static int
remove_test(
    const struct zonekey *key, const struct zone_entry *entry, void *context)
{
	const struct tests *tests = context;
	int code = zonedata_remove(tests->txn, key, tests->now);

	(void)entry;
	return code == ERROR_NOT_FOUND ? 0 : code;
}

static int
put_test(
    const struct zonekey *key, const struct zone_entry *entry, void *context)
{
	const struct tests *tests = context;
	uint8_t record[ZONE_ENTRY_RECORD_LEN];

	zonedata_encode_entry(entry, record);
	return zonedata_put(
	    tests->txn, key, OCTETS(record, sizeof(record)), tests->now);
}

static int
look_at(const struct listing *listing, void *context)
{
	(void)context;
	return listing->state == LISTING_LISTED ||
	       listing->callout_until != 0 || listing->manual_until != 0;
}

int
shutdown_end(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	const struct ipaddr first = { { 0 } };
	struct tests tests = { txn, now };
	struct shutdown shutdown;
	int code = shutdown_get(txn, &shutdown);

	if (code != 0)
		return code;
	if (shutdown.stage != SHUTDOWN_CLOSED)
		return ERROR_REFUSED;
	code = listing_list(txn, &first, look_at, NULL);
	if (code != 0)
		return code > 0 ? ERROR_REFUSED : code;
	code = zone_test_entries(remove_test, &tests);
	return code != 0 ? code
			 : enter(txn, rules, &shutdown, SHUTDOWN_ENDED, now);
}

int
shutdown_cancel(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	struct tests tests = { txn, now };
	struct shutdown shutdown;
	int code = shutdown_get(txn, &shutdown);

	if (code == 0 && shutdown.stage == SHUTDOWN_NONE)
		return ERROR_REFUSED;
	if (code == 0 && shutdown.stage == SHUTDOWN_ENDED)
		code = zone_test_entries(put_test, &tests);
	return code != 0 ? code
			 : enter(txn, rules, &shutdown, SHUTDOWN_NONE, now);
}
