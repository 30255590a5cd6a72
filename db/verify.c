#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/audit.h"
#include "db/campaign.h"
#include "db/listing.h"
#include "db/meta.h"
#include "db/stored.h"
#include "db/trend_day.h"
#include "db/verify_private.h"
#include "db/zonesettings.h"

#define OF_MAX 600 /* a zone key in hexadecimal, and more */
/* Records between two reports of how far it is. */
#define STRIDE 1024

void
fault(struct check *check, const char *what, const char *of)
{
	if (check->faults < INT_MAX)
		check->faults++;
	check->found(what, of, check->context);
}

void
fault_of_unit(struct check *check, const char *what, const struct ipaddr *unit)
{
	char text[IPPREFIX_TEXT_MAX];

	fault(check, what, listing_unit_format(unit, text));
}

void
fault_of_id(struct check *check, const char *what, uint64_t id)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, id);
	fault(check, what, text);
}

void
fault_of_key(struct check *check, const char *what, struct octets key)
{
	const uint8_t *octets = key.data;
	char text[OF_MAX];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < key.len && len + 3 < sizeof(text); i++)
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "%02x", octets[i]);
	fault(check, what, text);
}

int
fails(int code)
{
	static const int faults[] = { ERROR_NOT_FOUND, ERROR_DAMAGED,
		ERROR_NEWER };

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (code == faults[i])
			return 0;
	}
	return code;
}

static void
count_record(struct check *check)
{
	if (++check->done % STRIDE == 0 && check->progress != NULL)
		check->progress(check->done, check->total, check->context);
}

static int
check_table(
    struct check *check, enum store_table table, check_record *check_one)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(check->txn, table, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		count_record(check);
		code = check_one(check, key, value);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
look_up(struct check *check, enum store_table table, struct octets key,
    struct octets *value, bool *there)
{
	int code = store_get(check->txn, table, key, value);

	*there = code == 0;
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* --- the guard ------------------------------------------------------------ */

static int
check_guard(struct check *check)
{
	uint32_t listed;
	char text[64];
	int code = 0;

	for (int i = 0; code == 0 && i < GUARD_LISTS; i++) {
		enum guard_list list = (enum guard_list)i;

		code = guard_listed(check->txn, list, &listed);
		if (code != 0 || listed == check->listed[i])
			continue;
		snprintf(text, sizeof(text), "%" PRIu32 " (%s)",
		    check->listed[i], guard_list_name(list));
		fault(
		    check, "the guard counts other than what is listed", text);
	}
	return code;
}

/* As it is told to the public. */
static int
check_listed(struct check *check)
{
	uint64_t listed;
	char text[32];
	int code = meta_listed(check->txn, &listed);

	if (code != 0)
		return fails(code);
	if (listed != check->units) {
		snprintf(text, sizeof(text), "%" PRIu64, check->units);
		fault(check, "the zone counts other than its main list has",
		    text);
	}
	return 0;
}

/* --- what stands by itself ------------------------------------------------ */

static int
check_audit(struct check *check, struct octets key, struct octets value)
{
	const char *wrong;
	uint64_t number;

	if (key.len != STORED_KEY_U64) {
		fault_of_key(check, "no number of the audit", key);
		return 0;
	}
	number = stored_u64_of_key(key.data);
	wrong = audit_check(&check->audit, number, value);
	if (wrong != NULL)
		fault_of_id(check, wrong, number);
	return 0;
}

/* From the checkpoint to the head. */
static int
check_chain(struct check *check)
{
	struct audit_ends ends;
	int code = audit_ends(check->txn, &ends);

	if (code != 0) {
		fault(check, error_text(code), "the audit's ends");
		return fails(code);
	}
	check->audit = ends.checkpoint;
	code = check_table(check, TABLE_AUDIT, check_audit);
	if (code == 0 &&
	    memcmp(&check->audit, &ends.head, sizeof(ends.head)) != 0)
		fault_of_id(check, "the audit's end is not what it was",
		    ends.head.number);
	return code;
}

static int
check_trend(struct check *check, struct octets key, struct octets value)
{
	if (trend_check(key, value) != 0)
		fault_of_key(check, "a damaged count", key);
	return 0;
}

static int
check_campaign(struct check *check, struct octets key, struct octets value)
{
	if (campaign_check(key, value) != 0)
		fault_of_key(check, "a damaged merge of campaigns", key);
	return 0;
}

/* There is none before the first sweep. */
static int
read_place(struct store_txn *txn)
{
	struct trend_day_place place;
	int code = trend_day_place_get(txn, &place);

	return code == ERROR_NOT_FOUND ? 0 : code;
}

static int
check_meta(struct check *check)
{
	static const char *const names[] = { "the zone's version",
		"the zone's settings", "the hash key", "the sweep's life sign",
		"the intake log's mark", "how far days are counted" };
	struct store_txn *txn = check->txn;
	struct zone_version version;
	struct zone_settings zone;
	uint8_t hash_key[META_KEY_LEN];
	struct intake_mark mark;
	int64_t seconds;
	const int codes[] = { meta_zone_version(txn, &version),
		zone_settings_get(txn, &zone), meta_hash_key(txn, hash_key),
		meta_heartbeat(txn, HEARTBEAT_SWEEP, &seconds),
		meta_intake_mark(txn, &mark), read_place(txn) };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i] != 0)
			fault(check, error_text(codes[i]), names[i]);
	}
	return 0;
}

/* --- all of it ------------------------------------------------------------ */

static int
check_tables(struct check *check)
{
	static const struct {
		enum store_table table;
		check_record *check;
	} tables[] = {
		{ TABLE_LISTING, check_listing },
		{ TABLE_DUE, check_due_key },
		{ TABLE_ZONE, check_zone },
		{ TABLE_EVIDENCE, check_evidence },
		{ TABLE_EVIDENCE_OF, check_index },
		{ TABLE_SIGHTING, check_index },
		{ TABLE_GROUP_NETWORK, check_networks },
		{ TABLE_GROUP_MEMBER, check_member },
		{ TABLE_DIGEST, check_digest },
		{ TABLE_TREND, check_trend },
		{ TABLE_CAMPAIGN, check_campaign },
		{ TABLE_ACCOUNT, check_account },
		{ TABLE_TOKEN, check_token },
		{ TABLE_SESSION, check_session },
		{ TABLE_APPEAL, check_appeal },
	};
	int code = 0;

	for (size_t i = 0; code == 0 && i < sizeof(tables) / sizeof(tables[0]);
	     i++)
		code = check_table(check, tables[i].table, tables[i].check);
	return code;
}

int
verify_store(struct store_txn *txn, verify_found *found, void *context)
{
	return verify_store_watched(txn, found, NULL, context);
}

int
verify_store_watched(struct store_txn *txn, verify_found *found,
    verify_progress *progress, void *context)
{
	static int (*const others[])(struct check * check) = { check_meta,
		check_tables, check_chain, check_apex_and_tests, check_journal,
		check_traps, check_exemptions, check_delistings, check_guard,
		check_listed };
	struct check check = { .txn = txn,
		.found = found,
		.progress = progress,
		.context = context,
		.earliest_hour = UINT32_MAX };
	int code = 0;

	for (int table = 0; table < TABLE_COUNT; table++)
		check.total += store_count(txn, (enum store_table)table);
	for (size_t i = 0; code == 0 && i < sizeof(others) / sizeof(others[0]);
	     i++)
		code = others[i](&check);
	return code != 0 ? code : check.faults;
}
