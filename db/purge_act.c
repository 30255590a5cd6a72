#include "db/purge_act.h"

#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define VERSION 1

/* In TABLE_META, which other keys share: a word, then the number. */
#define WORD "purge"
#define WORD_LEN (sizeof(WORD) - 1)
#define KEY_LEN (WORD_LEN + STORED_KEY_U64)

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

static struct octets
make_key(uint8_t key[KEY_LEN], uint64_t number)
{
	memcpy(key, WORD, WORD_LEN);
	stored_key_u64(key + WORD_LEN, number);
	return OCTETS(key, KEY_LEN);
}

int
purge_act_put(struct store_txn *txn, const struct purge_act *act)
{
	uint8_t key[KEY_LEN], record[PURGE_ACT_RECORD_MAX];
	int len = purge_act_encode(act, record, sizeof(record));

	return len < 0 ? len
		       : store_put(txn, TABLE_META, make_key(key, act->number),
			     OCTETS(record, (size_t)len));
}

int
purge_act_get(struct store_txn *txn, uint64_t number, struct purge_act *act)
{
	uint8_t key[KEY_LEN];
	struct octets value;
	int code = store_get(txn, TABLE_META, make_key(key, number), &value);

	return code != 0 ? code : purge_act_decode(number, value, act);
}

int
purge_act_end(struct store_txn *txn, uint64_t number)
{
	uint8_t key[KEY_LEN];

	return store_delete(txn, TABLE_META, make_key(key, number));
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
 * One at a time is begun, so the first that can be read is the only one. Nobody
 * goes on with another, nor waits for it.
 */
static int
find_any(struct store_txn *txn, struct purge_act *act)
{
	struct store_cursor *cursor;
	struct octets key, value;
	uint8_t from[KEY_LEN];
	int code = store_cursor_open(txn, TABLE_META, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, make_key(from, 0), &key, &value);
	while (code == 0) {
		if (key.len != KEY_LEN ||
		    memcmp(key.data, WORD, WORD_LEN) != 0) {
			code = ERROR_NOT_FOUND;
			break;
		}
		code = purge_act_decode(
		    stored_u64_of_key((const uint8_t *)key.data + WORD_LEN),
		    value, act);
		if (!stored_pass_by(TABLE_META, code))
			break;
		code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code;
}

int
purge_act_any(struct store_txn *txn, struct purge_act *act)
{
	int code = find_any(txn, act);

	return code == ERROR_NOT_FOUND ? 0 : code != 0 ? code : 1;
}

int
purge_act_is_under_way(struct store_txn *txn)
{
	struct purge_act act;
	int any = purge_act_any(txn, &act);

	return any > 0 ? act.stage < PURGE_CLEANS : any;
}
