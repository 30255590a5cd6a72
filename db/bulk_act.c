#include "db/bulk_act.h"

#include <string.h>

#include "common/error.h"
#include "db/purge_act.h"
#include "db/stored.h"

#define VERSION 1

/* In TABLE_META, which other keys share: a word, then the number. */
#define WORD "bulk act"
#define WORD_LEN (sizeof(WORD) - 1)
#define KEY_LEN (WORD_LEN + STORED_KEY_U64)

const char *
bulk_kind_name(enum bulk_kind kind)
{
	static const char *const names[BULK_KINDS] = {
		[BULK_RELEASE] = "release",
		[BULK_REJECT] = "reject",
		[BULK_REMOVE] = "remove",
		[BULK_EXEMPT] = "exempt",
		[BULK_PURGE] = "purge",
		[BULK_MERGE] = "merge",
	};

	return names[kind];
}

bool
bulk_kind_is_purge(enum bulk_kind kind)
{
	return kind == BULK_PURGE || kind == BULK_MERGE;
}

/* --- its record ----------------------------------------------------------- */

int
bulk_act_encode(const struct bulk_act *act, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	wire_write_u8(&to, (uint8_t)act->kind);
	wire_write_u8(&to, act->everywhere);
	wire_write_octets(&to, act->prefix.address.octets,
	    sizeof(act->prefix.address.octets));
	wire_write_u8(&to, act->prefix.length);
	stored_write_time(&to, act->until);
	stored_write_time(&to, act->begun_at);
	wire_write_text(&to, act->who);
	wire_write_text(&to, act->reason);
	wire_write_u64(&to, act->total);
	wire_write_u64(&to, act->done);
	return stored_len(&to);
}

int
bulk_act_decode(uint64_t number, struct octets record, struct bulk_act *act)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	memset(act, 0, sizeof(*act));
	act->number = number;
	act->kind = (enum bulk_kind)stored_read_below(&from, BULK_KINDS);
	act->everywhere = stored_read_below(&from, 2) != 0;
	wire_read_copy(&from, act->prefix.address.octets,
	    sizeof(act->prefix.address.octets));
	act->prefix.length = stored_read_below(&from, 129);
	act->until = stored_read_time(&from);
	act->begun_at = stored_read_time(&from);
	wire_read_text(&from, act->who, sizeof(act->who));
	wire_read_text(&from, act->reason, sizeof(act->reason));
	act->total = wire_read_u64(&from);
	act->done = wire_read_u64(&from);
	return stored_end(&from);
}

static struct octets
make_key(uint8_t key[KEY_LEN], uint64_t number)
{
	memcpy(key, WORD, WORD_LEN);
	stored_key_u64(key + WORD_LEN, number);
	return OCTETS(key, KEY_LEN);
}

int
bulk_act_put(struct store_txn *txn, const struct bulk_act *act)
{
	uint8_t key[KEY_LEN], record[BULK_ACT_RECORD_MAX];
	int len = bulk_act_encode(act, record, sizeof(record));

	return len < 0 ? len
		       : store_put(txn, TABLE_META, make_key(key, act->number),
			     OCTETS(record, (size_t)len));
}

int
bulk_act_get(struct store_txn *txn, uint64_t number, struct bulk_act *act)
{
	uint8_t key[KEY_LEN];
	struct octets value;
	int code = store_get(txn, TABLE_META, make_key(key, number), &value);

	return code != 0 ? code : bulk_act_decode(number, value, act);
}

int
bulk_act_end(struct store_txn *txn, uint64_t number)
{
	uint8_t key[KEY_LEN];

	return store_delete(txn, TABLE_META, make_key(key, number));
}

int
bulk_act_stop(struct store_txn *txn, uint64_t number)
{
	struct bulk_act act;
	int code = bulk_act_get(txn, number, &act);

	if (code != 0)
		return code;
	/* What it has taken is carried through. */
	return bulk_kind_is_purge(act.kind) ? purge_act_stop(txn, number)
					    : bulk_act_end(txn, number);
}

/* --- all of them ---------------------------------------------------------- */

/* What cannot be read is not gone on with: the operator begins it anew. */
static int
visit(
    struct octets key, struct octets value, bulk_act_each *each, void *context)
{
	const uint8_t *octets = key.data;
	struct bulk_act act;
	int code =
	    bulk_act_decode(stored_u64_of_key(octets + WORD_LEN), value, &act);

	if (stored_pass_by(TABLE_META, code))
		return 0;
	return code != 0 ? code : each(&act, context);
}

int
bulk_act_list(struct store_txn *txn, bulk_act_each *each, void *context)
{
	struct store_cursor *cursor;
	struct octets key, value;
	uint8_t first[KEY_LEN];
	int code = store_cursor_open(txn, TABLE_META, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, make_key(first, 0), &key, &value);
	while (code == 0 && key.len == KEY_LEN &&
	       memcmp(key.data, WORD, WORD_LEN) == 0) {
		code = visit(key, value, each, context);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* --- what it is about ----------------------------------------------------- */

bool
bulk_act_is_wide(const struct ipprefix *prefix)
{
	/* A /24 of IPv4, or the /64 that is one unit. */
	return prefix->length < (ipprefix_is_ipv4(prefix) ? 96 + 24 : 64);
}

bool
bulk_act_wants(const struct bulk_act *act, const struct listing *listing)
{
	if (!act->everywhere &&
	    !ipprefix_contains(&act->prefix, &listing->unit))
		return false;
	switch (act->kind) {
	case BULK_RELEASE:
	case BULK_REJECT:
		return listing_waits_since(listing) != 0;
	case BULK_REMOVE:
		return listing_waits_since(listing) != 0 ||
		       listing->state == LISTING_LISTED ||
		       listing->callout_until != 0 ||
		       listing->manual_until != 0;
	case BULK_EXEMPT:
		return listing->state != LISTING_NONE ||
		       listing_waits_since(listing) != 0 ||
		       listing->callout_until != 0 ||
		       listing->manual_until != 0;
	default:
		return false;
	}
}
