#include "db/shutdown_stage.h"

#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define VERSION 1
#define NAME OCTETS("shutdown", 8)
#define RECORD_MAX (2 + 8 + 8 + 2 + SHUTDOWN_REASON_MAX)

static const char *const stage_names[SHUTDOWN_STAGE_COUNT] = {
	[SHUTDOWN_NONE] = "none",
	[SHUTDOWN_ANNOUNCED] = "announced",
	[SHUTDOWN_CLOSED] = "closed",
	[SHUTDOWN_ENDED] = "ended",
};

const char *
shutdown_stage_name(enum shutdown_stage stage)
{
	return stage_names[stage];
}

int
shutdown_get(struct store_txn *txn, struct shutdown *shutdown)
{
	struct wire_reader from;
	struct octets value;
	int code = store_get(txn, TABLE_META, NAME, &value);

	memset(shutdown, 0, sizeof(*shutdown));
	if (code != 0)
		return code == ERROR_NOT_FOUND ? 0 : code;
	code = stored_begin(&from, value, VERSION);
	if (code != 0)
		return code;
	shutdown->stage =
	    (enum shutdown_stage)stored_read_below(&from, SHUTDOWN_STAGE_COUNT);
	shutdown->since = stored_read_time(&from);
	shutdown->ends_at = stored_read_time(&from);
	wire_read_text(&from, shutdown->reason, sizeof(shutdown->reason));
	return stored_end(&from);
}

int
shutdown_put(struct store_txn *txn, const struct shutdown *shutdown)
{
	uint8_t record[RECORD_MAX];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_u8(&to, (uint8_t)shutdown->stage);
	stored_write_time(&to, shutdown->since);
	stored_write_time(&to, shutdown->ends_at);
	wire_write_text(&to, shutdown->reason);
	return store_put(txn, TABLE_META, NAME, OCTETS(record, wire_len(&to)));
}
