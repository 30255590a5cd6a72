#include "db/purge_act.h"

#include <string.h>

#include "common/error.h"
#include "db/numbered.h"
#include "db/stored.h"

#define VERSION 1

#define WORD "purge"

const char *
purge_by_name(enum purge_by by)
{
	static const char *const names[PURGE_BYS] = {
		[PURGE_SENSOR] = "sensor",
		[PURGE_TRAP] = "trap",
		[PURGE_CAMPAIGN] = "campaign",
	};

	return names[by];
}

/* --- its record ----------------------------------------------------------- */

static unsigned
shown_of(const struct purge_result *result)
{
	return result->ended < PURGE_SHOWN_MAX ? (unsigned)result->ended
					       : PURGE_SHOWN_MAX;
}

static void
write_result(struct wire_writer *to, const struct purge_result *result)
{
	wire_write_u64(to, result->evidence);
	wire_write_u64(to, result->addresses);
	wire_write_u64(to, result->judged);
	wire_write_u64(to, result->ended);
	wire_write_u64(to, result->unheld);
	wire_write_u64(to, result->begun);
	for (unsigned i = 0; i < shown_of(result); i++)
		wire_write_octets(to, result->first_ended[i].octets,
		    sizeof(result->first_ended[i].octets));
}

static void
read_result(struct wire_reader *from, struct purge_result *result)
{
	result->evidence = wire_read_u64(from);
	result->addresses = wire_read_u64(from);
	result->judged = wire_read_u64(from);
	result->ended = wire_read_u64(from);
	result->unheld = wire_read_u64(from);
	result->begun = wire_read_u64(from);
	for (unsigned i = 0; i < shown_of(result); i++)
		wire_read_copy(from, result->first_ended[i].octets,
		    sizeof(result->first_ended[i].octets));
}

int
purge_act_encode(const struct purge_act *act, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	wire_write_u8(&to, (uint8_t)act->purge.by);
	wire_write_u64(&to, act->purge.which);
	stored_write_time(&to, act->purge.from);
	stored_write_time(&to, act->purge.to);
	wire_write_u64(&to, act->purge.into);
	wire_write_text(&to, act->subject);
	wire_write_u8(&to, (uint8_t)act->stage);
	wire_write_u8(&to, act->stopped);
	wire_write_octets(&to, act->place, sizeof(act->place));
	wire_write_octets(&to, act->last.octets, sizeof(act->last.octets));
	write_result(&to, &act->result);
	return stored_len(&to);
}

int
purge_act_decode(uint64_t number, struct octets record, struct purge_act *act)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	memset(act, 0, sizeof(*act));
	act->number = number;
	act->purge.by = (enum purge_by)stored_read_below(&from, PURGE_BYS);
	act->purge.which = wire_read_u64(&from);
	act->purge.from = stored_read_time(&from);
	act->purge.to = stored_read_time(&from);
	act->purge.into = wire_read_u64(&from);
	wire_read_text(&from, act->subject, sizeof(act->subject));
	act->stage = (enum purge_stage)stored_read_below(&from, PURGE_STAGES);
	act->stopped = stored_read_below(&from, 2) != 0;
	wire_read_copy(&from, act->place, sizeof(act->place));
	wire_read_copy(&from, act->last.octets, sizeof(act->last.octets));
	read_result(&from, &act->result);
	return stored_end(&from);
}

/* --- kept ----------------------------------------------------------------- */

int
purge_act_put(struct store_txn *txn, const struct purge_act *act)
{
	uint8_t record[PURGE_ACT_RECORD_MAX];
	int len = purge_act_encode(act, record, sizeof(record));

	return len < 0 ? len
		       : numbered_put(txn, WORD, act->number,
			     OCTETS(record, (size_t)len));
}

/* Nobody knows any more what was meant, but its work tells what was taken. */
static int
read_or_mend(uint64_t number, struct octets record, struct purge_act *act)
{
	int code = purge_act_decode(number, record, act);

	if (code != ERROR_DAMAGED)
		return code;
	*act = (struct purge_act){ .number = number,
		.stage = PURGE_COUNTS,
		.stopped = true,
		.mended = true };
	return 0;
}

int
purge_act_get(struct store_txn *txn, uint64_t number, struct purge_act *act)
{
	struct octets record;
	int code = numbered_get(txn, WORD, number, &record);

	return code != 0 ? code : read_or_mend(number, record, act);
}

int
purge_act_end(struct store_txn *txn, uint64_t number)
{
	return numbered_end(txn, WORD, number);
}

int
purge_act_stop(struct store_txn *txn, uint64_t number)
{
	struct purge_act act;
	int code = purge_act_get(txn, number, &act);

	if (code != 0)
		return code;
	if (act.stage != PURGE_TAKES)
		return ERROR_REFUSED;
	act.stopped = true;
	return purge_act_put(txn, &act);
}

/*
 * One at a time is begun, so the first is the only one. Nobody goes on with
 * what a newer program wrote, nor waits for it.
 */
static int
take_first(uint64_t number, struct octets record, void *context)
{
	int code = read_or_mend(number, record, context);

	if (stored_pass_by(TABLE_META, code))
		return 0;
	return code != 0 ? code : 1;
}

int
purge_act_any(struct store_txn *txn, struct purge_act *act)
{
	return numbered_list(txn, WORD, take_first, act);
}

int
purge_act_holds(struct store_txn *txn, uint64_t *number)
{
	struct purge_act act;
	int any = purge_act_any(txn, &act);

	if (any > 0)
		*number = act.number;
	return any > 0 ? act.stage < PURGE_CLEANS : any;
}
