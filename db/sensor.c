#include "db/sensor.h"

#include "common/error.h"
#include "common/wire.h"
#include "db/stored.h"

#define VERSION 1

/* In TABLE_META: "sensor", and its number; the first has one of its own. */
#define NAME "sensor"
#define NAME_LEN (sizeof(NAME) - 1)
#define KEY_LEN (NAME_LEN + 4)
#define RECORD_LEN (1 + 4 + 8)
#define FIRST OCTETS("first sensor", 12)

/* Of a sensor: its number again, and since when it reports. */
static int
read_record(
    struct store_txn *txn, struct octets key, uint32_t *sensor, int64_t *since)
{
	struct wire_reader from;
	struct octets value;
	int code = store_get(txn, TABLE_META, key, &value);

	if (code == 0)
		code = stored_begin(&from, value, VERSION);
	if (code != 0)
		return code;
	*sensor = wire_read_u32(&from);
	*since = stored_read_time(&from);
	return stored_end(&from);
}

static int
put_record(
    struct store_txn *txn, struct octets key, uint32_t sensor, int64_t since)
{
	uint8_t record[RECORD_LEN];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_u32(&to, sensor);
	stored_write_time(&to, since);
	return store_put(txn, TABLE_META, key, OCTETS(record, wire_len(&to)));
}

static int
is_first(struct store_txn *txn, uint32_t sensor, int64_t now)
{
	uint32_t first;
	int64_t since;
	int code = read_record(txn, FIRST, &first, &since);

	if (code == 0)
		return first == sensor;
	if (code != ERROR_NOT_FOUND)
		return code;
	code = put_record(txn, FIRST, sensor, now);
	return code != 0 ? code : 1;
}

int
sensor_quarantined(
    struct store_txn *txn, uint32_t sensor, int64_t now, int64_t seconds)
{
	uint8_t key[KEY_LEN];
	struct wire_writer to;
	uint32_t number;
	int64_t since = now;
	int code;

	if (sensor == 0)
		return 0;
	code = is_first(txn, sensor, now);
	if (code != 0)
		return code < 0 ? code : 0;
	wire_write(&to, key, sizeof(key));
	wire_write_octets(&to, NAME, NAME_LEN);
	wire_write_u32(&to, sensor);
	code = read_record(txn, OCTETS(key, KEY_LEN), &number, &since);
	if (code == ERROR_NOT_FOUND)
		code = put_record(txn, OCTETS(key, KEY_LEN), sensor, now);
	if (code != 0)
		return code;
	return now - since < seconds;
}
