#include "db/upgrade.h"

#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/audit.h"
#include "db/corroboration.h"
#include "db/guard.h"
#include "db/listing.h"
#include "db/meta.h"
#include "db/record_private.h"
#include "db/stored.h"
#include "db/trap.h"
#include "db/zonedata.h"

#define KEY_MAX 512
#define RECORD_MAX 8192
/* Records between two reports of how far it is. */
#define STRIDE 1024

struct upgrade {
	struct store_txn *txn;
	upgrade_progress *progress;
	void *context;
	uint64_t done, total;
	struct audit_ends ends;
};

/*
 * One record of an older format: writes what it is in the next to `out`, or
 * leaves *len at 0 where it stays as it is, and says no more than that another
 * table has to follow.
 */
typedef int rewrite(struct upgrade *upgrade, struct octets key,
    struct octets value, uint8_t out[RECORD_MAX], size_t *len);

/* --- 1 to 2 --------------------------------------------------------------- */

static int
chain_audit(struct upgrade *upgrade, struct octets key, struct octets value,
    uint8_t out[RECORD_MAX], size_t *len)
{
	if (key.len != STORED_KEY_U64)
		return ERROR_DAMAGED;
	if (upgrade->ends.head.number == 0)
		upgrade->ends.checkpoint.number = upgrade->ends.head.number =
		    stored_u64_of_key(key.data) - 1;
	return audit_chain_old(
	    &upgrade->ends.head, stored_u64_of_key(key.data), value, out, len);
}

/* The version, and some octets behind the last. */
static int
append(struct octets value, uint8_t version, struct octets more,
    uint8_t out[RECORD_MAX], size_t *len)
{
	if (value.len == 0 || value.len + more.len > RECORD_MAX)
		return ERROR_DAMAGED;
	memcpy(out, value.data, value.len);
	out[0] = version;
	memcpy(out + value.len, more.data, more.len);
	*len = value.len + more.len;
	return 0;
}

/* The counts of domains stand beside the traps, and stay. */
static bool
is_trap(struct octets key)
{
	const uint8_t *sort = key.data;

	return key.len > 0 && *sort == 1;
}

/* A trap weighs all. */
static int
weigh_trap(struct upgrade *upgrade, struct octets key, struct octets value,
    uint8_t out[RECORD_MAX], size_t *len)
{
	static const uint8_t weight = 100;

	(void)upgrade;
	return is_trap(key) ? append(value, 2, OCTETS(&weight, 1), out, len)
			    : 0;
}

/* Nothing is taken off a sighting's weight. */
static int
weigh_sighting(struct upgrade *upgrade, struct octets key, struct octets value,
    uint8_t out[RECORD_MAX], size_t *len)
{
	static const uint8_t discount = 0;

	(void)upgrade;
	(void)key;
	return append(value, 2, OCTETS(&discount, 1), out, len);
}

/* --- 3 to 4 --------------------------------------------------------------- */

/* Nobody said why it is one: a text of no length. */
static int
give_trap_a_reason(struct upgrade *upgrade, struct octets key,
    struct octets value, uint8_t out[RECORD_MAX], size_t *len)
{
	static const uint8_t none[2] = { 0, 0 };

	(void)upgrade;
	return is_trap(key)
		   ? append(value, 3, OCTETS(none, sizeof(none)), out, len)
		   : 0;
}

/* --- 4 to 5 --------------------------------------------------------------- */

/*
 * Where it was begun, nobody wrote down. (A listing's record may say more than
 * before, too; what it said stays as it is.)
 */
static int
give_session_a_client(struct upgrade *upgrade, struct octets key,
    struct octets value, uint8_t out[RECORD_MAX], size_t *len)
{
	static const struct ipaddr none;

	(void)upgrade;
	(void)key;
	return append(
	    value, 2, OCTETS(none.octets, sizeof(none.octets)), out, len);
}

/* --- 5 to 6 --------------------------------------------------------------- */

/* The zone says how many it lists. */
static int
count_listed(struct upgrade *upgrade, struct octets key, struct octets value,
    uint8_t out[RECORD_MAX], size_t *len)
{
	struct zonekey name = { .len = key.len };

	(void)out;
	(void)len;
	if (key.len > sizeof(name.octets))
		return ERROR_DAMAGED;
	memcpy(name.octets, key.data, key.len);
	return zonedata_lists(&name, value)
		   ? meta_change_listed(upgrade->txn, 1)
		   : 0;
}

/* What is taken off, where its trap is still known. */
static uint8_t
discount_of(struct store_txn *txn, uint64_t id)
{
	struct trap trap;

	return trap_get(txn, id, &trap) == 0 ? (uint8_t)(100 - trap.weight) : 0;
}

/* Policy looks at what weighed nothing when it was seen, too. */
static int
regard(struct upgrade *upgrade, struct octets key, struct octets value,
    uint8_t out[RECORD_MAX], size_t *len)
{
	struct evidence evidence;
	struct sighting sighting = { .borne_by = 0 };
	struct ipaddr unit;
	int code;

	(void)out;
	(void)len;
	if (key.len != STORED_KEY_U64)
		return ERROR_DAMAGED;
	sighting.id = stored_u64_of_key(key.data);
	if (evidence_decode(sighting.id, value, &evidence) != 0)
		return 0; /* what cannot be read never counted */
	policy_event_from(&evidence, false, &sighting.event);
	unit = listing_unit(&evidence.address);
	if (!policy_can_count(&sighting.event))
		return 0;
	code = sighting_get(upgrade->txn, &unit, sighting.id, &sighting);
	if (code != ERROR_NOT_FOUND)
		return code == ERROR_DAMAGED ? 0 : code;
	sighting.event.discount = discount_of(upgrade->txn, evidence.trap);
	code = corroboration_add(upgrade->txn, &evidence, 0, NULL, NULL);
	return code != 0 ? code : sighting_put(upgrade->txn, &unit, &sighting);
}

/* --- the steps ------------------------------------------------------------ */

static const struct step {
	uint32_t from;
	enum store_table table;
	rewrite *rewrite;
} steps[] = {
	{ 1, TABLE_AUDIT, chain_audit },
	{ 1, TABLE_TRAP, weigh_trap },
	{ 1, TABLE_SIGHTING, weigh_sighting },
	{ 3, TABLE_TRAP, give_trap_a_reason },
	{ 4, TABLE_SESSION, give_session_a_client },
	{ 5, TABLE_EVIDENCE, regard },
	{ 5, TABLE_ZONE, count_listed },
};
#define STEP_COUNT (sizeof(steps) / sizeof(steps[0]))

/*
 * The last format of which policy makes something else than was made of it:
 * what counts has changed since. Who is in it is judged anew by the sweeps.
 */
#define COUNTS_OTHERWISE 5

static int
rewrite_one(struct upgrade *upgrade, const struct step *step, struct octets key,
    struct octets value)
{
	uint8_t out[RECORD_MAX];
	size_t len = 0;
	int code = step->rewrite(upgrade, key, value, out, &len);

	if (++upgrade->done % STRIDE == 0 && upgrade->progress != NULL)
		upgrade->progress(
		    upgrade->done, upgrade->total, upgrade->context);
	if (code != 0 || len == 0)
		return code;
	return store_put(upgrade->txn, step->table, key, OCTETS(out, len));
}

/* The next record is sought by its key: the last one was just written. */
static int
rewrite_table(struct upgrade *upgrade, const struct step *step)
{
	uint8_t last[KEY_MAX];
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(upgrade->txn, step->table, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		if (key.len > sizeof(last)) {
			code = ERROR_DAMAGED;
			break;
		}
		memcpy(last, key.data, key.len);
		key.data = last;
		code = rewrite_one(upgrade, step, key, value);
		if (code == 0)
			code = store_seek(cursor, key, &key, &value);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
upgrade_store(struct store_txn *txn, uint32_t from, upgrade_progress *progress,
    void *context)
{
	struct upgrade upgrade = {
		.txn = txn, .progress = progress, .context = context
	};
	int code = audit_ends(txn, &upgrade.ends);

	for (size_t i = 0; i < STEP_COUNT; i++) {
		if (steps[i].from >= from)
			upgrade.total += store_count(txn, steps[i].table);
	}
	for (size_t i = 0; code == 0 && i < STEP_COUNT; i++) {
		if (steps[i].from >= from)
			code = rewrite_table(&upgrade, &steps[i]);
	}
	if (code == 0)
		code = audit_put_ends(txn, &upgrade.ends);
	/* The guard counts the callouts, too, and by themselves. */
	if (code == 0 && from <= 5)
		code = guard_count_anew(txn, clock_seconds());
	if (code == 0 && from <= COUNTS_OTHERWISE)
		code = record_anew_begin(txn);
	return code != 0 ? code : meta_set_format(txn);
}
