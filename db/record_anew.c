#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/purge_act.h"
#include "db/record_private.h"
#include "db/stored.h"

/*
 * Other numbers of the policy decide about what was seen before, too, not only
 * about who is seen again: every unit is judged anew, some in each sweep, and
 * what is listed then has to pass the publish guard like any other. How far
 * that is stands in TABLE_META until it is over.
 */

#define VERSION 1
#define NAME OCTETS("judged anew from", 16)
#define UNIT_LEN 16

/* --- units ---------------------------------------------------------------- */

/* The unit at the head of the first key at or behind `from`. */
static int
first_in(struct store_txn *txn, enum store_table table,
    const struct ipaddr *from, struct ipaddr *unit)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, table, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, OCTETS(from->octets, UNIT_LEN), &key, &value);
	if (code == 0 && key.len < UNIT_LEN)
		code = ERROR_DAMAGED;
	if (code == 0)
		memcpy(unit->octets, key.data, UNIT_LEN);
	store_cursor_close(cursor);
	return code;
}

int
record_next_unit(
    struct store_txn *txn, const struct ipaddr *from, struct ipaddr *unit)
{
	struct ipaddr seen, listed;
	int code = first_in(txn, TABLE_SIGHTING, from, &seen);
	int other = first_in(txn, TABLE_LISTING, from, &listed);

	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	if (other != 0 && other != ERROR_NOT_FOUND)
		return other;
	if (code != 0 && other != 0)
		return ERROR_NOT_FOUND;
	*unit = other != 0 || (code == 0 && ipaddr_compare(&seen, &listed) < 0)
		    ? seen
		    : listed;
	return 0;
}

/* --- how far it is -------------------------------------------------------- */

static int
read_next(struct store_txn *txn, struct ipaddr *next)
{
	struct wire_reader from;
	struct octets value;
	int code = store_get(txn, TABLE_META, NAME, &value);

	memset(next, 0, sizeof(*next));
	if (code == 0)
		code = stored_begin(&from, value, VERSION);
	if (code != 0)
		return code;
	wire_read_copy(&from, next->octets, UNIT_LEN);
	return stored_end(&from);
}

static int
put_next(struct store_txn *txn, const struct ipaddr *next)
{
	uint8_t record[1 + UNIT_LEN];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_octets(&to, next->octets, UNIT_LEN);
	return store_put(txn, TABLE_META, NAME, OCTETS(record, sizeof(record)));
}

int
record_anew_begin(struct store_txn *txn)
{
	static const struct ipaddr first;

	return put_next(txn, &first);
}

int
record_anew_is_under_way(struct store_txn *txn)
{
	struct octets value;
	int code = store_get(txn, TABLE_META, NAME, &value);

	return code == 0 ? 1 : code == ERROR_NOT_FOUND ? 0 : code;
}

/* --- judging -------------------------------------------------------------- */

static int
judge_next(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, struct ipaddr *next)
{
	struct ipaddr unit;
	const struct record_case what = { .unit = &unit,
		.walks = RECORD_WALKS_MANY };
	int code = record_next_unit(txn, next, &unit);

	/* Of a key that is no unit's nobody knows what is behind it. */
	if (stored_pass_by(TABLE_LISTING, code))
		return ERROR_NOT_FOUND;
	if (code != 0)
		return code;
	*next = unit;
	/* No unit is the last of all: of IPv6 they end with 64 zeros. */
	ipaddr_step(next);
	return record_judge_or_withdraw(txn, rules, &what, now);
}

static int
judge_some(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most, int64_t end_ms, struct ipaddr *next)
{
	unsigned judged = 0;
	int code = 0;

	do
		code = judge_next(txn, rules, now, next);
	while (code == 0 && ++judged < most && clock_monotonic_ms() < end_ms);
	if (code == ERROR_NOT_FOUND) {
		code = store_delete(txn, TABLE_META, NAME);
		return code != 0 ? code : 1;
	}
	if (code == 0)
		code = put_next(txn, next);
	return code != 0 ? code : (int)most;
}

int
record_anew(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most, int64_t end_ms)
{
	struct ipaddr next;
	uint64_t purge;
	int code = read_next(txn, &next);

	if (code == ERROR_NOT_FOUND)
		return 0;
	/* What cannot be read begins anew. */
	if (code != 0 && !stored_pass_by(TABLE_META, code))
		return code;
	/* Whom a purge holds would be judged once this is over. */
	code = purge_act_holds(txn, &purge);
	if (code != 0)
		return code < 0 ? code : 0;
	return judge_some(txn, rules, now, most, end_ms, &next);
}
