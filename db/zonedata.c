#include "db/zonedata.h"

#include <string.h>

#include "common/error.h"
#include "common/wire.h"

#define FORMAT 1
#define NODE_ENTRY 'e'
#define NODE_RRSETS 'r'

#define ENTRY_FLAGS (ZONE_ENTRY_TEST | ZONE_ENTRY_MANUAL | ZONE_ENTRY_SHARED)
#define ENTRY_KINDS (BACKSCATTER_BIT(BACKSCATTER_KIND_COUNT) - 1)
/* 127.0.0.1 is what a broken resolver or a parked domain answers. */
#define CODES_NEVER (CODE_BIT(0) | CODE_BIT(1))

/* --- values --------------------------------------------------------------- */

bool
zone_entry_equal(const struct zone_entry *a, const struct zone_entry *b)
{
	return a->codes == b->codes && a->kinds == b->kinds &&
	       a->seen_day == b->seen_day && a->flags == b->flags;
}

/* Behind version and node kind. */
static int
read_entry(struct wire_reader *reader, struct zone_entry *entry)
{
	entry->codes = wire_read_u16(reader);
	entry->kinds = wire_read_u16(reader);
	entry->seen_day = wire_read_u32(reader);
	entry->flags = wire_read_u8(reader);
	if (reader->failed || wire_left(reader) > 0 || entry->codes == 0 ||
	    (entry->codes & CODES_NEVER) != 0 ||
	    (entry->kinds & ~ENTRY_KINDS) != 0 ||
	    (entry->flags & ~ENTRY_FLAGS) != 0)
		return ERROR_DAMAGED;
	return 0;
}

static void
read_rrset(struct wire_reader *reader, struct zone_rrset *rrset)
{
	rrset->type = wire_read_u16(reader);
	rrset->ttl_seconds = wire_read_u32(reader);
	rrset->count = wire_read_u16(reader);
	rrset->rdata = reader->next;
	for (unsigned i = 0; i < rrset->count && !reader->failed; i++)
		wire_read_octets(reader, wire_read_u16(reader));
	rrset->rdata_len = (size_t)(reader->next - rrset->rdata);
}

static int
read_rrsets(struct wire_reader *reader, struct zone_node *node)
{
	unsigned count = wire_read_u8(reader);

	if (count == 0 || count > ZONE_RRSETS_MAX)
		return ERROR_DAMAGED;
	for (unsigned i = 0; i < count; i++) {
		struct zone_rrset *rrset = &node->rrsets[i];

		read_rrset(reader, rrset);
		if (reader->failed || rrset->count == 0 ||
		    (i > 0 && rrset->type <= rrset[-1].type))
			return ERROR_DAMAGED;
	}
	node->rrset_count = count;
	return wire_left(reader) == 0 ? 0 : ERROR_DAMAGED;
}

int
zonedata_decode(struct octets value, struct zone_node *node)
{
	struct wire_reader reader;
	uint8_t version;

	wire_read(&reader, value.data, value.len);
	version = wire_read_u8(&reader);
	if (version != FORMAT)
		return version > FORMAT ? ERROR_NEWER : ERROR_DAMAGED;
	node->rrset_count = 0;
	node->is_entry = false;
	switch (wire_read_u8(&reader)) {
	case NODE_ENTRY:
		node->is_entry = true;
		return read_entry(&reader, &node->entry);
	case NODE_RRSETS:
		return read_rrsets(&reader, node);
	default:
		return ERROR_DAMAGED;
	}
}

bool
zonedata_decode_entry(struct octets value, struct zone_entry *entry)
{
	const uint8_t *octets = value.data;
	struct wire_reader reader;

	if (value.len != ZONE_ENTRY_RECORD_LEN || octets[0] != FORMAT ||
	    octets[1] != NODE_ENTRY)
		return false;
	wire_read(&reader, octets + 2, value.len - 2);
	return read_entry(&reader, entry) == 0;
}

void
zonedata_encode_entry(
    const struct zone_entry *entry, uint8_t record[ZONE_ENTRY_RECORD_LEN])
{
	struct wire_writer writer;

	wire_write(&writer, record, ZONE_ENTRY_RECORD_LEN);
	wire_write_u8(&writer, FORMAT);
	wire_write_u8(&writer, NODE_ENTRY);
	wire_write_u16(&writer, entry->codes);
	wire_write_u16(&writer, entry->kinds);
	wire_write_u32(&writer, entry->seen_day);
	wire_write_u8(&writer, entry->flags);
}

int
zonedata_encode_rrsets(
    const struct zone_node *node, uint8_t *value, size_t size)
{
	struct wire_writer writer;

	wire_write(&writer, value, size);
	wire_write_u8(&writer, FORMAT);
	wire_write_u8(&writer, NODE_RRSETS);
	wire_write_u8(&writer, (uint8_t)node->rrset_count);
	for (unsigned i = 0; i < node->rrset_count; i++) {
		const struct zone_rrset *rrset = &node->rrsets[i];

		wire_write_u16(&writer, rrset->type);
		wire_write_u32(&writer, rrset->ttl_seconds);
		wire_write_u16(&writer, rrset->count);
		wire_write_octets(&writer, rrset->rdata, rrset->rdata_len);
	}
	return writer.failed ? ERROR_LIMIT : (int)wire_len(&writer);
}

/* --- the journal ---------------------------------------------------------- */

#define CHANGE_KEY_LEN 8
#define CHANGE_MAX (1 + 2 + ZONEKEY_MAX + 2 * (1 + 2 + ZONE_VALUE_MAX))

static void
write_value(struct wire_writer *writer, struct octets value)
{
	wire_write_u8(writer, value.data != NULL);
	if (value.data == NULL)
		return;
	wire_write_u16(writer, (uint16_t)value.len);
	wire_write_octets(writer, value.data, value.len);
}

static struct octets
read_value(struct wire_reader *reader)
{
	struct octets value = { NULL, 0 };
	uint8_t is_there = wire_read_u8(reader);

	if (is_there > 1)
		reader->failed = true;
	if (is_there == 1) {
		value.len = wire_read_u16(reader);
		value.data = wire_read_octets(reader, value.len);
	}
	return value;
}

/* A change's record, made before the change: what it tells of moves then. */
struct change_record {
	uint8_t octets[CHANGE_MAX];
	size_t len;
};

static int
change_encode(const struct zonekey *key, struct octets before,
    struct octets after, struct change_record *record)
{
	struct wire_writer writer;

	if (before.len > ZONE_VALUE_MAX || after.len > ZONE_VALUE_MAX)
		return ERROR_LIMIT;
	wire_write(&writer, record->octets, sizeof(record->octets));
	wire_write_u8(&writer, FORMAT);
	wire_write_u16(&writer, (uint16_t)key->len);
	wire_write_octets(&writer, key->octets, key->len);
	write_value(&writer, before);
	write_value(&writer, after);
	record->len = wire_len(&writer);
	return writer.failed ? ERROR_LIMIT : 0;
}

static int
journal_add(
    struct store_txn *txn, const struct change_record *record, int64_t now)
{
	uint8_t key[CHANGE_KEY_LEN];
	struct wire_writer writer;
	uint32_t serial, number;
	int error = meta_next_change(txn, now, &serial, &number);

	if (error != 0)
		return error;
	wire_write(&writer, key, sizeof(key));
	wire_write_u32(&writer, serial);
	wire_write_u32(&writer, number);
	return store_append(txn, TABLE_JOURNAL, OCTETS(key, sizeof(key)),
	    OCTETS(record->octets, record->len));
}

int
zonedata_change_decode(
    struct octets key, struct octets value, struct zone_change *change)
{
	struct wire_reader reader;
	uint8_t version;

	wire_read(&reader, key.data, key.len);
	change->serial = wire_read_u32(&reader);
	change->number = wire_read_u32(&reader);
	if (reader.failed || wire_left(&reader) > 0)
		return ERROR_DAMAGED;

	wire_read(&reader, value.data, value.len);
	version = wire_read_u8(&reader);
	if (version != FORMAT)
		return version > FORMAT ? ERROR_NEWER : ERROR_DAMAGED;
	change->key.len = wire_read_u16(&reader);
	change->key.data = wire_read_octets(&reader, change->key.len);
	change->before = read_value(&reader);
	change->after = read_value(&reader);
	if (reader.failed || wire_left(&reader) > 0 || change->key.len == 0 ||
	    change->key.len > ZONEKEY_MAX)
		return ERROR_DAMAGED;
	return 0;
}

int
zonedata_journal_trim(struct store_txn *txn, uint32_t keep_from, unsigned most)
{
	struct store_cursor *cursor;
	struct octets key, value;
	unsigned dropped = 0;
	int error = store_cursor_open(txn, TABLE_JOURNAL, &cursor);

	if (error != 0)
		return error;
	while (dropped < most) {
		struct wire_reader reader;

		error = store_move(cursor, STORE_FIRST, &key, &value);
		if (error != 0)
			break;
		wire_read(&reader, key.data, key.len);
		if (wire_read_u32(&reader) >= keep_from)
			break;
		error = store_cursor_delete(cursor);
		if (error != 0)
			break;
		dropped++;
	}
	store_cursor_close(cursor);
	if (dropped > 0 && (error == 0 || error == ERROR_NOT_FOUND))
		error = meta_forget_begin(txn);
	return error == 0 || error == ERROR_NOT_FOUND ? (int)dropped : error;
}

/* --- changes -------------------------------------------------------------- */

static bool
same(struct octets a, struct octets b)
{
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

/* Does the value list a unit at that name of the main list? */
bool
zonedata_lists(const struct zonekey *key, struct octets value)
{
	struct zone_entry entry;
	struct ipaddr unit;
	enum sublist list;

	return value.data != NULL && zonedata_decode_entry(value, &entry) &&
	       (entry.flags & ZONE_ENTRY_TEST) == 0 &&
	       zonekey_unit(key->octets, key->len, &list, &unit) &&
	       list == SUBLIST_MAIN;
}

static int
count_listed(struct store_txn *txn, bool was, bool is)
{
	return was == is ? 0 : meta_change_listed(txn, is - was);
}

int
zonedata_put(struct store_txn *txn, const struct zonekey *key,
    struct octets value, int64_t now)
{
	struct octets name = OCTETS(key->octets, key->len);
	struct octets before = { NULL, 0 };
	struct change_record record;
	int error = store_get(txn, TABLE_ZONE, name, &before);
	bool was;

	if (error == 0 && same(before, value))
		return 0;
	if (error == ERROR_NOT_FOUND)
		before = (struct octets){ NULL, 0 };
	else if (error != 0)
		return error;
	was = zonedata_lists(key, before);
	error = change_encode(key, before, value, &record);
	if (error == 0)
		error = store_put(txn, TABLE_ZONE, name, value);
	if (error == 0)
		error = count_listed(txn, was, zonedata_lists(key, value));
	return error == 0 ? journal_add(txn, &record, now) : error;
}

int
zonedata_remove(struct store_txn *txn, const struct zonekey *key, int64_t now)
{
	struct octets name = OCTETS(key->octets, key->len);
	struct octets before, after = { NULL, 0 };
	struct change_record record;
	int error = store_get(txn, TABLE_ZONE, name, &before);
	bool was;

	if (error != 0)
		return error == ERROR_NOT_FOUND ? 0 : error;
	was = zonedata_lists(key, before);
	error = change_encode(key, before, after, &record);
	if (error == 0)
		error = store_delete(txn, TABLE_ZONE, name);
	if (error == 0)
		error = count_listed(txn, was, false);
	return error == 0 ? journal_add(txn, &record, now) : error;
}

/* Test entries are the zone's own; no unit may take their names or cover
 * them. */
static bool
holds_test_entries(const struct ipaddr *unit)
{
	static const struct ipaddr none;
	struct ipaddr network = ipaddr_masked(unit, 64);

	if (ipaddr_is_ipv4(unit))
		return ipaddr_to_ipv4(unit) >> 24 == 127;
	return ipaddr_equal(&network, &none);
}

int
zonedata_publish(struct store_txn *txn, const struct ipaddr *unit,
    const struct zone_entry entries[SUBLIST_COUNT], int64_t now)
{
	int error = holds_test_entries(unit) ? ERROR_REFUSED : 0;

	for (int list = 0; list < SUBLIST_COUNT && error == 0; list++) {
		uint8_t record[ZONE_ENTRY_RECORD_LEN];
		struct zonekey key;

		zonekey_of_unit((enum sublist)list, unit, &key);
		if (entries[list].codes == 0) {
			error = zonedata_remove(txn, &key, now);
			continue;
		}
		zonedata_encode_entry(&entries[list], record);
		error = zonedata_put(
		    txn, &key, OCTETS(record, sizeof(record)), now);
	}
	return error;
}
