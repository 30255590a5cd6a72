#include "db/meta.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "common/error.h"
#include "db/stored.h"

/*
 * How far a new lineage's serial lies past the old one: every change since the
 * backup that is now restored, at one a second for 48 days, and far below
 * 2^31, where RFC 1982 would take it for older.
 */
#define LINEAGE_GAP (1u << 22)

#define NAME(text) OCTETS(text, sizeof(text) - 1)
#define FORMAT NAME(STORE_FORMAT_KEY)
#define KEY NAME("hash key")
#define ZONE NAME("zone version")
#define INTAKE NAME("intake log")
#define LISTED NAME("listed")
#define BEGIN NAME("journal begin")
#define BEGIN_LEN 4

#define ZONE_RECORD_LEN 13
#define ZONE_RECORD_VERSION 1
#define INTAKE_RECORD_LEN 17
#define INTAKE_RECORD_VERSION 1

static pthread_once_t sodium_once = PTHREAD_ONCE_INIT;

static void
start_sodium(void)
{
	if (sodium_init() < 0)
		sodium_misuse();
}

int
meta_zone_version(struct store_txn *txn, struct zone_version *zone)
{
	struct wire_reader reader;
	struct octets value;
	int code = store_get(txn, TABLE_META, ZONE, &value);

	if (code == 0)
		code = stored_begin(&reader, value, ZONE_RECORD_VERSION);
	if (code != 0)
		return code == ERROR_NOT_FOUND ? ERROR_DAMAGED : code;
	zone->lineage = wire_read_u64(&reader);
	zone->serial = wire_read_u32(&reader);
	return stored_end(&reader);
}

static int
put_zone(struct store_txn *txn, const struct zone_version *zone)
{
	uint8_t record[ZONE_RECORD_LEN];
	struct wire_writer writer;

	wire_write(&writer, record, sizeof(record));
	wire_write_u8(&writer, ZONE_RECORD_VERSION);
	wire_write_u64(&writer, zone->lineage);
	wire_write_u32(&writer, zone->serial);
	return store_put(
	    txn, TABLE_META, ZONE, OCTETS(record, wire_len(&writer)));
}

/* Half the circle of numbers lies ahead (RFC 1982 section 3.2). */
static uint32_t
later(uint32_t serial, int64_t now)
{
	uint32_t ahead = (uint32_t)now - serial;

	return ahead != 0 && ahead < 1u << 31 ? (uint32_t)now : serial + 1;
}

int
meta_next_change(
    struct store_txn *txn, int64_t now, uint32_t *serial, uint32_t *number)
{
	struct store_changes *changes = store_changes(txn);
	struct zone_version zone = { 0 };
	int code = meta_zone_version(txn, &zone);

	if (code == 0 && !changes->numbered) {
		zone.serial = later(zone.serial, now);
		code = put_zone(txn, &zone);
		*changes = (struct store_changes){ .numbered = true };
	}
	*serial = zone.serial;
	*number = changes->count++;
	return code;
}

int
meta_listed(struct store_txn *txn, uint64_t *count)
{
	struct octets value;
	int code = store_get(txn, TABLE_META, LISTED, &value);

	*count = 0;
	if (code != 0)
		return code == ERROR_NOT_FOUND ? 0 : code;
	if (value.len != STORED_KEY_U64)
		return ERROR_DAMAGED;
	*count = stored_u64_of_key(value.data);
	return 0;
}

/* A count that cannot be read is not worth a listing: it begins anew. */
int
meta_change_listed(struct store_txn *txn, int change)
{
	uint8_t record[STORED_KEY_U64];
	uint64_t count;
	int code = meta_listed(txn, &count);

	if (code != 0 && !stored_pass_by(TABLE_META, code))
		return code;
	if (change < 0 && count == 0)
		return 0;
	return store_put(txn, TABLE_META, LISTED,
	    stored_key_u64(record, count + (uint64_t)(int64_t)change));
}

int
meta_serial_past(struct store_txn *txn, uint32_t serial)
{
	struct zone_version zone;
	int code = meta_zone_version(txn, &zone);

	if (code != 0 || (uint32_t)(serial - zone.serial) >= 1u << 31)
		return code;
	zone.serial = serial + 1;
	return put_zone(txn, &zone);
}

int
meta_begin(struct store_txn *txn, uint32_t *serial)
{
	struct wire_reader reader;
	struct octets value;
	int code = store_get(txn, TABLE_META, BEGIN, &value);

	if (code != 0)
		return code;
	wire_read(&reader, value.data, value.len);
	*serial = wire_read_u32(&reader);
	return stored_end(&reader);
}

static int
put_begin(struct store_txn *txn, uint32_t serial)
{
	uint8_t record[BEGIN_LEN];
	struct wire_writer writer;

	wire_write(&writer, record, sizeof(record));
	wire_write_u32(&writer, serial);
	return store_put(
	    txn, TABLE_META, BEGIN, OCTETS(record, sizeof(record)));
}

int
meta_forget_begin(struct store_txn *txn)
{
	int code = store_delete(txn, TABLE_META, BEGIN);

	return code == ERROR_NOT_FOUND ? 0 : code;
}

/*
 * A change later in this transaction has a serial of its own, so that no
 * journal leads across the cut.
 */
int
meta_new_lineage(struct store_txn *txn, int64_t now)
{
	struct zone_version zone, old;
	int code = meta_zone_version(txn, &old);

	if (code != 0)
		return code;
	pthread_once(&sodium_once, start_sodium);
	do {
		randombytes_buf(&zone.lineage, sizeof(zone.lineage));
	} while (zone.lineage == 0 || zone.lineage == old.lineage);
	zone.serial = later(old.serial, now) + LINEAGE_GAP;
	store_changes(txn)->numbered = false;
	code = store_clear(txn, TABLE_JOURNAL);
	if (code == 0)
		code = put_begin(txn, zone.serial);
	return code != 0 ? code : put_zone(txn, &zone);
}

int
meta_hash_key(struct store_txn *txn, uint8_t key[META_KEY_LEN])
{
	struct octets value;
	int code = store_get(txn, TABLE_META, KEY, &value);

	if (code == ERROR_NOT_FOUND || (code == 0 && value.len != META_KEY_LEN))
		return ERROR_DAMAGED;
	if (code == 0)
		memcpy(key, value.data, META_KEY_LEN);
	return code;
}

void
meta_chain(uint8_t chain[META_CHAIN_LEN], const void *data, size_t len)
{
	crypto_generichash_state state;

	pthread_once(&sodium_once, start_sodium);
	crypto_generichash_init(&state, NULL, 0, META_CHAIN_LEN);
	crypto_generichash_update(&state, chain, META_CHAIN_LEN);
	crypto_generichash_update(&state, data, len);
	crypto_generichash_final(&state, chain, META_CHAIN_LEN);
}

uint64_t
meta_hash(const uint8_t key[META_KEY_LEN], const void *data, size_t len)
{
	uint8_t hash[crypto_generichash_BYTES_MIN];
	struct wire_reader reader;
	uint64_t value;

	pthread_once(&sodium_once, start_sodium);
	crypto_generichash(hash, sizeof(hash), data, len, key, META_KEY_LEN);
	wire_read(&reader, hash, sizeof(hash));
	value = wire_read_u64(&reader);
	return value != 0 ? value : 1;
}

static struct octets
heartbeat_name(enum meta_heartbeat which)
{
	static const struct octets names[] = {
		[HEARTBEAT_SWEEP] = { "heartbeat sweep", 15 },
		[HEARTBEAT_TRAPS] = { "heartbeat traps", 15 },
	};

	return names[which];
}

int
meta_heartbeat(
    struct store_txn *txn, enum meta_heartbeat which, int64_t *seconds)
{
	struct wire_reader reader;
	struct octets value;
	int code = store_get(txn, TABLE_META, heartbeat_name(which), &value);

	*seconds = 0;
	if (code != 0)
		return code == ERROR_NOT_FOUND ? 0 : code;
	wire_read(&reader, value.data, value.len);
	*seconds = (int64_t)wire_read_u64(&reader);
	return reader.failed ? ERROR_DAMAGED : 0;
}

int
meta_set_heartbeat(
    struct store_txn *txn, enum meta_heartbeat which, int64_t seconds)
{
	struct wire_writer writer;
	uint8_t value[8];

	wire_write(&writer, value, sizeof(value));
	wire_write_u64(&writer, (uint64_t)seconds);
	return store_put(txn, TABLE_META, heartbeat_name(which),
	    OCTETS(value, sizeof(value)));
}

int
meta_intake_mark(struct store_txn *txn, struct intake_mark *mark)
{
	struct wire_reader reader;
	struct octets value;
	int code = store_get(txn, TABLE_META, INTAKE, &value);

	*mark = (struct intake_mark){ 0 };
	if (code == ERROR_NOT_FOUND)
		return 0;
	if (code == 0)
		code = stored_begin(&reader, value, INTAKE_RECORD_VERSION);
	if (code != 0)
		return code;
	mark->log = wire_read_u64(&reader);
	mark->number = wire_read_u64(&reader);
	return stored_end(&reader);
}

int
meta_set_intake_mark(struct store_txn *txn, const struct intake_mark *mark)
{
	uint8_t record[INTAKE_RECORD_LEN];
	struct wire_writer writer;

	wire_write(&writer, record, sizeof(record));
	wire_write_u8(&writer, INTAKE_RECORD_VERSION);
	wire_write_u64(&writer, mark->log);
	wire_write_u64(&writer, mark->number);
	return store_put(
	    txn, TABLE_META, INTAKE, OCTETS(record, wire_len(&writer)));
}

int
meta_new_intake_mark(struct store_txn *txn, struct intake_mark *mark)
{
	*mark = (struct intake_mark){ 0 };
	pthread_once(&sodium_once, start_sodium);
	while (mark->log == 0)
		randombytes_buf(&mark->log, sizeof(mark->log));
	return meta_set_intake_mark(txn, mark);
}

int
meta_drop_intake_mark(struct store_txn *txn)
{
	int code = store_delete(txn, TABLE_META, INTAKE);

	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
meta_set_format(struct store_txn *txn)
{
	struct wire_writer writer;
	uint8_t value[4];

	wire_write(&writer, value, sizeof(value));
	wire_write_u32(&writer, STORE_FORMAT);
	return store_put(txn, TABLE_META, FORMAT, OCTETS(value, sizeof(value)));
}

static int
put_key(struct store_txn *txn)
{
	uint8_t key[META_KEY_LEN];
	int code;

	randombytes_buf(key, sizeof(key));
	code = store_put(txn, TABLE_META, KEY, OCTETS(key, sizeof(key)));
	sodium_memzero(key, sizeof(key));
	return code;
}

int
meta_create(struct store_txn *txn, int64_t now)
{
	struct zone_version zone = { .serial = (uint32_t)now };
	struct octets value;
	int code = store_get(txn, TABLE_META, FORMAT, &value);

	if (code == 0)
		return ERROR_EXISTS;
	if (code != ERROR_NOT_FOUND)
		return code;
	pthread_once(&sodium_once, start_sodium);
	while (zone.lineage == 0)
		randombytes_buf(&zone.lineage, sizeof(zone.lineage));
	*store_changes(txn) = (struct store_changes){ .numbered = true };
	code = put_zone(txn, &zone);
	if (code == 0)
		code = put_key(txn);
	return code != 0 ? code : meta_set_format(txn);
}
