#include "db/bulk_act.h"

#include <string.h>

#include "common/error.h"
#include "db/numbered.h"
#include "db/purge_act.h"
#include "db/stored.h"

#define VERSION 1

#define WORD "bulk act"

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

/* --- where it cannot be read ---------------------------------------------- */

/*
 * A purge that stands half done holds new listings back, and must go on: what
 * it needs its own record has. Who began it, and why, is not known any more;
 * mostly its end is when that was.
 */
static void
act_of_purge(const struct purge_act *purge, struct bulk_act *act)
{
	*act = (struct bulk_act){ .number = purge->number,
		.kind = purge->purge.into != 0 ? BULK_MERGE : BULK_PURGE,
		.everywhere = true,
		.begun_at = purge->purge.to,
		.who = "unknown",
		.total = purge->result.evidence,
		.done = purge->result.evidence,
		.mended = true };
}

/* `code` is why: as it is of a purge, or that code. */
static int
mend(struct store_txn *txn, uint64_t number, int code, struct bulk_act *act)
{
	struct purge_act purge;

	if ((code != ERROR_DAMAGED && code != ERROR_NOT_FOUND) ||
	    purge_act_get(txn, number, &purge) != 0)
		return code;
	act_of_purge(&purge, act);
	return 0;
}

/* --- kept ----------------------------------------------------------------- */

int
bulk_act_put(struct store_txn *txn, const struct bulk_act *act)
{
	uint8_t record[BULK_ACT_RECORD_MAX];
	int len = bulk_act_encode(act, record, sizeof(record));

	return len < 0 ? len
		       : numbered_put(txn, WORD, act->number,
			     OCTETS(record, (size_t)len));
}

int
bulk_act_get(struct store_txn *txn, uint64_t number, struct bulk_act *act)
{
	struct octets record;
	int code = numbered_get(txn, WORD, number, &record);

	if (code == 0)
		code = bulk_act_decode(number, record, act);
	return mend(txn, number, code, act);
}

int
bulk_act_end(struct store_txn *txn, uint64_t number)
{
	return numbered_end(txn, WORD, number);
}

int
bulk_act_stop(struct store_txn *txn, uint64_t number)
{
	struct bulk_act act;
	int code = bulk_act_get(txn, number, &act);

	if (code != 0)
		return code;
	/* What it has taken is carried through, if anybody knows of that. */
	if (bulk_kind_is_purge(act.kind))
		code = purge_act_stop(txn, number);
	return bulk_kind_is_purge(act.kind) && code != ERROR_NOT_FOUND
		   ? code
		   : bulk_act_end(txn, number);
}

/* --- all of them ---------------------------------------------------------- */

struct visit {
	struct store_txn *txn;
	bulk_act_each *each;
	void *context;
	uint64_t purge; /* that is under way */
	bool told;	/* it has been visited */
};

/* Another that cannot be read is not gone on with: it is begun anew. */
static int
visit(uint64_t number, struct octets record, void *context)
{
	struct visit *visit = context;
	struct bulk_act act;
	int code = bulk_act_decode(number, record, &act);

	code = mend(visit->txn, number, code, &act);
	if (stored_pass_by(TABLE_META, code))
		return 0;
	visit->told |= code == 0 && number == visit->purge;
	return code != 0 ? code : visit->each(&act, visit->context);
}

int
bulk_act_list(struct store_txn *txn, bulk_act_each *each, void *context)
{
	struct visit all = { txn, each, context, 0, false };
	struct purge_act purge;
	struct bulk_act act;
	int any = purge_act_any(txn, &purge), code;

	if (any < 0)
		return any;
	all.purge = any > 0 ? purge.number : 0;
	code = numbered_list(txn, WORD, visit, &all);
	if (code != 0 || any == 0 || all.told)
		return code;
	act_of_purge(&purge, &act);
	return each(&act, context);
}

int
bulk_act_holds_since(struct store_txn *txn, int64_t *since)
{
	struct bulk_act act;
	uint64_t number;
	int code = purge_act_holds(txn, &number);

	*since = 0;
	if (code > 0)
		code = bulk_act_get(txn, number, &act);
	else
		return code;
	if (code == 0)
		*since = act.begun_at;
	return code;
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
