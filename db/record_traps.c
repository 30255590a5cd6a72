#include "db/audit.h"
#include "db/meta.h"
#include "db/octetset.h"
#include "db/record_private.h"
#include "db/stored.h"
#include "db/trap.h"

/*
 * A recycled address or domain is refused for a year, in which whoever still
 * wrote to it finds out; then it is a trap, without anybody's having to think
 * of it.
 */

/* All traps are walked through so often: of a year, an hour is nothing. */
#define EVERY_SECONDS 3600

struct looking {
	int64_t before; /* conditioned since then, or longer */
	struct octetset ids;
};

static int
note_conditioned(const struct trap *trap, void *context)
{
	struct looking *looking = context;
	uint8_t id[STORED_KEY_U64];

	if (trap->state != TRAP_CONDITIONING ||
	    trap->added_at > looking->before)
		return 0;
	return octetset_add(&looking->ids, stored_key_u64(id, trap->id).data);
}

static int
activate(struct store_txn *txn, const struct recorder_rules *rules, uint64_t id,
    int64_t now)
{
	char text[TRAP_TEXT_MAX];
	struct trap trap;
	int code = trap_get(txn, id, &trap);

	if (code != 0)
		return code;
	trap.state = TRAP_ACTIVE;
	code = trap_put(txn, &trap);
	if (code != 0)
		return code;
	trap_format(&trap, text);
	record_note(rules, LOG_LEVEL_NOTICE, "trap_conditioned trap=%s", text);
	return audit_add(txn, now, rules->who, "trap_set", "",
	    "trap=%s state=active weight=%u reason=conditioned", text,
	    trap.weight);
}

static int
look(struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	struct looking looking = {
		.before = now - rules->policy.conditioning_seconds
	};
	int code;

	octetset_init(&looking.ids, STORED_KEY_U64);
	code = trap_list(txn, note_conditioned, &looking);
	for (size_t i = 0; code == 0 && i < looking.ids.count; i++)
		code = activate(txn, rules,
		    stored_u64_of_key(octetset_at(&looking.ids, i)), now);
	octetset_deinit(&looking.ids);
	return code != 0 ? code : meta_set_heartbeat(txn, HEARTBEAT_TRAPS, now);
}

int
record_traps(
    struct store_txn *txn, const struct recorder_rules *rules, int64_t now)
{
	int64_t looked_at;
	int code = meta_heartbeat(txn, HEARTBEAT_TRAPS, &looked_at);

	if (code != 0 && !stored_pass_by(TABLE_META, code))
		return code;
	/* A clock that was ahead must not keep it from looking for long. */
	if (code == 0 && now >= looked_at && now - looked_at < EVERY_SECONDS)
		return 0;
	code = look(txn, rules, now);
	return code != 0 ? code : 1;
}
