#ifndef DB_SHUTDOWN_STAGE_H
#define DB_SHUTDOWN_STAGE_H

#include "db/store.h"

/*
 * How far the end of the list has come (db/shutdown.h brings it there): what
 * whoever judges, publishes or checks asks first.
 *
 *	announced  all goes on; API and portal say when it ends, and why
 *	closed     nothing is listed any more, and what was comes off
 *	ended      the test entries are gone as well: whoever tests the list
 *	           (RFC 5782 section 5, RFC 6471 section 3.3) sees the end
 *
 * One small record in TABLE_META.
 */
enum shutdown_stage {
	SHUTDOWN_NONE,
	SHUTDOWN_ANNOUNCED,
	SHUTDOWN_CLOSED,
	SHUTDOWN_ENDED,
	SHUTDOWN_STAGE_COUNT
};
const char *shutdown_stage_name(enum shutdown_stage stage);

#define SHUTDOWN_REASON_MAX 200
struct shutdown {
	enum shutdown_stage stage;
	int64_t since;	 /* of this stage; Unix seconds */
	int64_t ends_at; /* as it was announced */
	char reason[SHUTDOWN_REASON_MAX + 1];
};
/* All zero where there is none. */
int shutdown_get(struct store_txn *txn, struct shutdown *shutdown);
int shutdown_put(struct store_txn *txn, const struct shutdown *shutdown);

#endif
