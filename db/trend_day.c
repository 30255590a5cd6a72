#include "db/trend_day.h"

#include "common/error.h"
#include "db/stored.h"
#include "db/trend_private.h"

#define VERSION 1
#define KINDS (BACKSCATTER_KIND_COUNT - 1) /* but for none */
#define DAY_LEN (8 * KINDS)

#define PLACE OCTETS("days counted up to", 18)

/* --- a day's record ------------------------------------------------------- */

static const struct trend_series of_days = { TREND_DAYS, 0 };

static struct octets
key_of(uint32_t number, uint8_t key[TREND_KEY_LEN])
{
	return trend_key(key, of_days, TREND_DAY_FLAG | number);
}

static void
write_day(struct wire_writer *to, const struct trend_day *day)
{
	for (int kind = BACKSCATTER_NONE + 1; kind < BACKSCATTER_KIND_COUNT;
	     kind++)
		wire_write_u64(to, day->seen[kind]);
}

static void
read_day(struct wire_reader *from, struct trend_day *day)
{
	day->seen[BACKSCATTER_NONE] = 0;
	for (int kind = BACKSCATTER_NONE + 1; kind < BACKSCATTER_KIND_COUNT;
	     kind++)
		day->seen[kind] = wire_read_u64(from);
}

int
trend_decode_day(struct octets value, struct trend_day *day)
{
	struct wire_reader from;
	int code = stored_begin(&from, value, VERSION);

	if (code != 0)
		return code;
	read_day(&from, day);
	return stored_end(&from);
}

int
trend_day_put(
    struct store_txn *txn, uint32_t number, const struct trend_day *day)
{
	uint8_t key[TREND_KEY_LEN], record[1 + DAY_LEN];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	write_day(&to, day);
	return store_put(txn, TABLE_TREND, key_of(number, key),
	    OCTETS(record, sizeof(record)));
}

int
trend_day_get(struct store_txn *txn, uint32_t number, struct trend_day *day)
{
	uint8_t key[TREND_KEY_LEN];
	struct octets value;
	int code = store_get(txn, TABLE_TREND, key_of(number, key), &value);

	if (code == 0)
		code = trend_decode_day(value, day);
	return stored_pass_by(TABLE_TREND, code) ? ERROR_NOT_FOUND : code;
}

int
trend_day_forget(struct store_txn *txn, uint32_t number)
{
	uint8_t key[TREND_KEY_LEN];
	int code = store_delete(txn, TABLE_TREND, key_of(number, key));

	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
trend_day_next(struct store_txn *txn, uint32_t from, uint32_t *number)
{
	uint32_t when;
	int code = trend_first_from(txn, of_days, TREND_DAY_FLAG | from, &when);

	if (code == 0)
		*number = when & ~TREND_DAY_FLAG;
	return code;
}

/* --- how far it is -------------------------------------------------------- */

int
trend_day_place_get(struct store_txn *txn, struct trend_day_place *place)
{
	struct wire_reader from;
	struct octets value;
	int code = store_get(txn, TABLE_META, PLACE, &value);

	if (code == 0)
		code = stored_begin(&from, value, VERSION);
	if (code != 0)
		return code;
	place->first = wire_read_u32(&from);
	place->number = wire_read_u32(&from);
	place->next_id = wire_read_u64(&from);
	read_day(&from, &place->so_far);
	return stored_end(&from);
}

int
trend_day_place_put(struct store_txn *txn, const struct trend_day_place *place)
{
	uint8_t record[1 + 4 + 4 + 8 + DAY_LEN];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_u32(&to, place->first);
	wire_write_u32(&to, place->number);
	wire_write_u64(&to, place->next_id);
	write_day(&to, &place->so_far);
	return store_put(
	    txn, TABLE_META, PLACE, OCTETS(record, sizeof(record)));
}
