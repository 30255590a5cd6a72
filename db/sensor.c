#include "db/sensor.h"

#include <errno.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/wire.h"
#include "db/evidence.h"
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

static struct octets
key_of(uint8_t key[KEY_LEN], uint32_t sensor)
{
	struct wire_writer to;

	wire_write(&to, key, KEY_LEN);
	wire_write_octets(&to, NAME, NAME_LEN);
	wire_write_u32(&to, sensor);
	return OCTETS(key, KEY_LEN);
}

int
sensor_quarantined(
    struct store_txn *txn, uint32_t sensor, int64_t now, int64_t seconds)
{
	uint8_t key[KEY_LEN];
	uint32_t number;
	int64_t since = now;
	int code;

	if (sensor == 0)
		return 0;
	code = is_first(txn, sensor, now);
	if (code != 0)
		return code < 0 ? code : 0;
	code = read_record(txn, key_of(key, sensor), &number, &since);
	if (code == ERROR_NOT_FOUND)
		code = put_record(txn, key_of(key, sensor), sensor, now);
	if (code != 0)
		return code;
	return now - since < seconds;
}

/* --- what they have sent -------------------------------------------------- */

/* Records between two looks at the clock, well under a millisecond. */
#define STRIDE 256

int
sensor_get(struct store_txn *txn, uint32_t number, struct sensor *sensor)
{
	uint8_t key[KEY_LEN];
	uint32_t named;
	int64_t since;
	int code = read_record(txn, FIRST, &named, &since);

	sensor->number = number;
	sensor->first = code == 0 && number != 0 && named == number;
	sensor->since = sensor->first ? since : 0;
	if (sensor->first || (code != 0 && code != ERROR_NOT_FOUND))
		return code;
	code = read_record(txn, key_of(key, number), &named, &since);
	if (code == 0)
		sensor->since = since;
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int64_t
sensor_quarantine_until(
    const struct sensor *sensor, int64_t seconds, int64_t now)
{
	if (sensor->first || sensor->since == 0)
		return 0;
	return now < sensor->since + seconds ? sensor->since + seconds : 0;
}

const char *
sensor_state_name(
    const struct sensor *sensor, int64_t quarantine_seconds, int64_t now)
{
	if (sensor->number == 0)
		return "local";
	if (sensor->since == 0)
		return "silent";
	if (sensor->first)
		return "first";
	return sensor_quarantine_until(sensor, quarantine_seconds, now) != 0
		   ? "quarantine"
		   : "trusted";
}

int
sensors_init(struct sensors *sensors, int64_t now)
{
	*sensors = (struct sensors){ .now = now };
	sensors->list = calloc(SENSORS_MAX, sizeof(*sensors->list));
	return sensors->list != NULL ? 0 : -ENOMEM;
}

void
sensors_deinit(struct sensors *sensors)
{
	free(sensors->list);
	sensors->list = NULL;
	sensors->count = 0;
}

/* NULL: there is no room for another. */
static struct sensor *
find(struct sensors *sensors, uint32_t number)
{
	struct sensor *list = sensors->list;
	size_t i = 0;

	if (sensors->count > 0 && list[sensors->last].number == number)
		return &list[sensors->last];
	while (i < sensors->count && list[i].number != number)
		i++;
	if (i == SENSORS_MAX)
		return NULL;
	if (i == sensors->count)
		list[sensors->count++].number = number;
	sensors->last = i;
	return &list[i];
}

void
sensors_know(struct sensors *sensors, uint32_t number)
{
	(void)find(sensors, number);
}

struct reading {
	struct sensors *sensors;
	int64_t deadline_ms;
	unsigned looked_at;
};

/* 1 ends the walk: it is time. */
static int
look_at(const struct evidence *evidence, void *context)
{
	struct reading *reading = context;
	struct sensors *sensors = reading->sensors;
	struct sensor *sensor = find(sensors, evidence->sensor);

	sensors->next_id = evidence->id + 1;
	sensors->read++;
	if (sensor == NULL) {
		sensors->left_out++;
	} else {
		sensor->evidence++;
		sensor->lately +=
		    evidence->seen_at > sensors->now - SENSOR_LATELY_SECONDS;
		if (evidence->seen_at > sensor->last_at)
			sensor->last_at = evidence->seen_at;
	}
	return ++reading->looked_at % STRIDE == 0 &&
	       clock_monotonic_ms() >= reading->deadline_ms;
}

int
sensors_read(
    struct store_txn *txn, struct sensors *sensors, int64_t deadline_ms)
{
	struct reading reading = { sensors, deadline_ms, 0 };

	return evidence_list(txn, sensors->next_id, look_at, &reading);
}

static int
compare(const void *left, const void *right)
{
	const struct sensor *a = left, *b = right;

	return a->number < b->number ? -1 : a->number > b->number;
}

int
sensors_finish(struct store_txn *txn, struct sensors *sensors)
{
	int code = 0;

	qsort(sensors->list, sensors->count, sizeof(*sensors->list), compare);
	for (size_t i = 0; code == 0 && i < sensors->count; i++)
		code =
		    sensor_get(txn, sensors->list[i].number, &sensors->list[i]);
	return code;
}
